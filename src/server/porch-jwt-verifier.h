/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-jwks.h"
#include "server/porch-token-verifier.h"

G_BEGIN_DECLS

#define PORCH_TYPE_JWT_VERIFIER (porch_jwt_verifier_get_type ())
G_DECLARE_FINAL_TYPE (PorchJwtVerifier, porch_jwt_verifier, PORCH, JWT_VERIFIER, GObject)

PorchJwtVerifier *porch_jwt_verifier_new (PorchClock *clock,
                                          const char *secret,
                                          PorchJwks *jwks,
                                          const char *issuer,
                                          const char *audience);

G_END_DECLS
