/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "protocol/porch-auth-message.h"
#include "server/porch-authenticator.h"
#include "server/porch-login-limiter.h"
#include "server/porch-secrets.h"

G_BEGIN_DECLS

#define PORCH_TYPE_AUTH_GATE (porch_auth_gate_get_type ())

G_DECLARE_FINAL_TYPE (PorchAuthGate, porch_auth_gate, PORCH, AUTH_GATE, GObject)

PorchAuthGate *
porch_auth_gate_new (PorchClock *clock, PorchStore *store, const PorchSecrets *secrets);
void porch_auth_gate_set_issuer (PorchAuthGate *self, const char *issuer);
const char *porch_auth_gate_get_issuer (PorchAuthGate *self);
PorchAuthenticator *porch_auth_gate_get_authenticator (PorchAuthGate *self);
PorchLoginLimiter *porch_auth_gate_get_limiter (PorchAuthGate *self);

gboolean porch_auth_gate_check_key (PorchAuthGate *self, PorchHttpRequest *request);
const PorchJwtClaims *porch_auth_gate_authenticate (PorchAuthGate *self, PorchHttpRequest *request);
PorchAuthGrant *porch_auth_gate_parse_grant (PorchHttpRequest *request);

void porch_auth_gate_begin_session (PorchAuthGate *self,
                                    PorchHttpRequest *request,
                                    PorchStoreUser *user,
                                    const char *methods);
void porch_auth_gate_answer_session (PorchAuthGate *self,
                                     PorchHttpRequest *request,
                                     PorchStoreUser *user,
                                     PorchRefreshResult *session);
void
porch_auth_gate_answer_user (PorchAuthGate *self, PorchHttpRequest *request, PorchStoreUser *user);

void porch_auth_answer_error (PorchHttpRequest *request,
                              guint status,
                              const char *code,
                              const char *message);
void porch_auth_answer_rate_limit (PorchHttpRequest *request, guint retry_after_s);
void porch_auth_answer_failure (PorchHttpRequest *request, const GError *error);

G_END_DECLS
