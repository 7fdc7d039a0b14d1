/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "protocol/porch-jwt.h"
#include "server/porch-http-request.h"
#include "server/porch-store.h"

G_BEGIN_DECLS

/**
 * PORCH_ACCESS_TOKEN_LIFETIME_S:
 *
 * How long an access token is taken, as with Supabase Auth.
 */
#define PORCH_ACCESS_TOKEN_LIFETIME_S 3600

#define PORCH_TYPE_AUTHENTICATOR (porch_authenticator_get_type ())

G_DECLARE_FINAL_TYPE (PorchAuthenticator, porch_authenticator, PORCH, AUTHENTICATOR, GObject)

PorchAuthenticator *
porch_authenticator_new (PorchClock *clock, PorchStore *store, const char *jwt_secret);
const PorchJwtClaims *
porch_authenticator_verify (PorchAuthenticator *self, const char *token, GError **error);
const PorchJwtClaims *porch_authenticator_authenticate (PorchAuthenticator *self,
                                                        PorchHttpRequest *request);

G_END_DECLS
