/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-auth-gate.h"
#include "server/porch-http-server.h"
#include "server/porch-mailer.h"

G_BEGIN_DECLS

#define PORCH_TYPE_OTP_ROUTES (porch_otp_routes_get_type ())

G_DECLARE_FINAL_TYPE (PorchOtpRoutes, porch_otp_routes, PORCH, OTP_ROUTES, GObject)

PorchOtpRoutes *
porch_otp_routes_new (PorchClock *clock, PorchStore *store, PorchAuthGate *gate, const char *key);
void porch_otp_routes_set_mailer (PorchOtpRoutes *self, PorchMailer *mailer);
void porch_otp_routes_register (PorchOtpRoutes *self, PorchHttpServer *http);

G_END_DECLS
