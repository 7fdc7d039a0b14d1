/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"

G_BEGIN_DECLS

/**
 * PorchBackoff:
 * @min_ms: the least wait before the first try
 * @max_ms: no wait is longer
 * @attempts: how many waits were handed out since the last success
 *
 * How long to wait before the next try: doubles with each, and half of every wait is chance, so
 * that the clients of a server that comes back do not all come at once.
 */
typedef struct
{
  guint min_ms;
  guint max_ms;
  guint attempts;
} PorchBackoff;

void porch_backoff_init (PorchBackoff *self, guint min_ms, guint max_ms);
guint porch_backoff_next_ms (PorchBackoff *self, PorchClock *clock);
void porch_backoff_reset (PorchBackoff *self);

G_END_DECLS
