/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"

G_BEGIN_DECLS

#define PORCH_TYPE_RATE_LIMITER (porch_rate_limiter_get_type ())

G_DECLARE_FINAL_TYPE (PorchRateLimiter, porch_rate_limiter, PORCH, RATE_LIMITER, GObject)

PorchRateLimiter *
porch_rate_limiter_new (PorchClock *clock, guint burst, guint interval_ms, guint max_keys);
gboolean porch_rate_limiter_take (PorchRateLimiter *self, const char *key, guint *retry_after_s);
void porch_rate_limiter_give_back (PorchRateLimiter *self, const char *key);
guint porch_rate_limiter_get_n_keys (PorchRateLimiter *self);

G_END_DECLS
