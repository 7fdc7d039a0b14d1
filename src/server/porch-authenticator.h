/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "protocol/porch-jwt.h"
#include "server/porch-http-request.h"
#include "server/porch-store.h"
#include "server/porch-token-verifier.h"

G_BEGIN_DECLS

/**
 * PORCH_ACCESS_TOKEN_LIFETIME_S:
 *
 * How long an access token is taken, as with Supabase Auth.
 */
#define PORCH_ACCESS_TOKEN_LIFETIME_S 3600

#define PORCH_TYPE_AUTHENTICATOR (porch_authenticator_get_type ())

G_DECLARE_FINAL_TYPE (PorchAuthenticator, porch_authenticator, PORCH, AUTHENTICATOR, GObject)

/**
 * PorchAuthenticatedFunc:
 * @request: a request that was not answered yet
 * @claims: what the token of its sender says, valid until the callee returns
 * @user_data: what was given with the function
 */
typedef void (*PorchAuthenticatedFunc) (PorchHttpRequest *request,
                                        const PorchJwtClaims *claims,
                                        gpointer user_data);

PorchAuthenticator *
porch_authenticator_new (PorchClock *clock, PorchStore *store, const char *jwt_secret);
PorchAuthenticator *porch_authenticator_new_for_project (PorchClock *clock,
                                                         PorchStore *store,
                                                         PorchTokenVerifier *verifier);
const PorchJwtClaims *
porch_authenticator_verify (PorchAuthenticator *self, const char *token, GError **error);
void porch_authenticator_authenticate (PorchAuthenticator *self,
                                       PorchHttpRequest *request,
                                       PorchAuthenticatedFunc func,
                                       gpointer owner);

G_END_DECLS
