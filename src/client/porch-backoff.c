/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The waits between tries, for whatever is tried again: a field of the one who tries. It arms no
 * timer.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-backoff.h"

/**
 * porch_backoff_init:
 * @self: a backoff
 * @min_ms: the least wait before the first try, milliseconds
 * @max_ms: no wait is longer, milliseconds
 *
 * Prepares a backoff.
 */
void
porch_backoff_init (PorchBackoff *self, guint min_ms, guint max_ms)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (min_ms > 0 && min_ms <= max_ms);

  *self = (PorchBackoff){ .min_ms = min_ms, .max_ms = max_ms };
}

/**
 * porch_backoff_next_ms:
 * @self: a backoff
 * @clock: where chance comes from
 *
 * The n-th wait lies between a half and the whole of @min_ms · 2ⁿ, cut to @max_ms.
 *
 * Returns: how long to wait before the next try, milliseconds; never less than @min_ms
 */
guint
porch_backoff_next_ms (PorchBackoff *self, PorchClock *clock)
{
  guint64 whole_ms;
  guint64 chance_ms;

  g_return_val_if_fail (self != NULL, 0);

  self->attempts++;
  whole_ms = (guint64) self->min_ms << MIN (self->attempts, 31);
  whole_ms = MIN (whole_ms, self->max_ms);

  chance_ms = whole_ms / 2.0 * porch_clock_random (clock);

  return MAX (self->min_ms, whole_ms / 2 + chance_ms);
}

/**
 * porch_backoff_reset:
 * @self: a backoff
 *
 * Something worked: the next wait is the shortest again.
 */
void
porch_backoff_reset (PorchBackoff *self)
{
  g_return_if_fail (self != NULL);

  self->attempts = 0;
}
