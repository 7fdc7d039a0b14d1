/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-authenticator.h"
#include "server/porch-http-server.h"
#include "server/porch-secrets.h"
#include "server/porch-mailer.h"

G_BEGIN_DECLS

#define PORCH_TYPE_AUTH_ROUTES (porch_auth_routes_get_type ())

G_DECLARE_FINAL_TYPE (PorchAuthRoutes, porch_auth_routes, PORCH, AUTH_ROUTES, GObject)

PorchAuthRoutes *
porch_auth_routes_new (PorchClock *clock, PorchStore *store, const PorchSecrets *secrets);
void porch_auth_routes_set_issuer (PorchAuthRoutes *self, const char *issuer);
void porch_auth_routes_set_signup_enabled (PorchAuthRoutes *self, gboolean is_enabled);
void porch_auth_routes_set_mailer (PorchAuthRoutes *self, PorchMailer *mailer);
void porch_auth_routes_register (PorchAuthRoutes *self, PorchHttpServer *http);
PorchAuthenticator *porch_auth_routes_get_authenticator (PorchAuthRoutes *self);

G_END_DECLS
