/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-token-verifier.h"

G_BEGIN_DECLS

/* How long the project's word for a token counts, and how many may be asked about at once. */
#define PORCH_USER_VERIFIER_LIFETIME_S   60
#define PORCH_USER_VERIFIER_REQUESTS_MAX 32

#define PORCH_TYPE_USER_VERIFIER (porch_user_verifier_get_type ())
G_DECLARE_FINAL_TYPE (PorchUserVerifier, porch_user_verifier, PORCH, USER_VERIFIER, GObject)

PorchUserVerifier *
porch_user_verifier_new (PorchClock *clock, const char *supabase_url, const char *anon_key);

G_END_DECLS
