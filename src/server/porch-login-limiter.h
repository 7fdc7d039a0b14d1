/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"

G_BEGIN_DECLS

#define PORCH_TYPE_LOGIN_LIMITER (porch_login_limiter_get_type ())

G_DECLARE_FINAL_TYPE (PorchLoginLimiter, porch_login_limiter, PORCH, LOGIN_LIMITER, GObject)

PorchLoginLimiter *porch_login_limiter_new (PorchClock *clock);
gboolean porch_login_limiter_take (PorchLoginLimiter *self,
                                   const char *address,
                                   const char *email,
                                   guint *retry_after_s);
void
porch_login_limiter_succeeded (PorchLoginLimiter *self, const char *address, const char *email);

G_END_DECLS
