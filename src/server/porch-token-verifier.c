/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What a verifier of a Supabase project's tokens is: by keys (PorchJwtVerifier) or by asking the
 * project (PorchUserVerifier). This file only hands calls on. PorchAuthenticator asks, and
 * remembers the answers.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-token-verifier.h"

G_DEFINE_INTERFACE (PorchTokenVerifier, porch_token_verifier, G_TYPE_OBJECT)

static void
porch_token_verifier_default_init (PorchTokenVerifierInterface *iface)
{
}

/**
 * porch_token_verifier_verify_async:
 * @self: a verifier
 * @token: what may be an access token
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is known
 * @user_data: for @callback
 */
void
porch_token_verifier_verify_async (PorchTokenVerifier *self,
                                   const char *token,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (PORCH_IS_TOKEN_VERIFIER (self));
  g_return_if_fail (token != NULL);

  PORCH_TOKEN_VERIFIER_GET_IFACE (self)->verify_async (self, token, cancellable, callback,
                                                       user_data);
}

/**
 * porch_token_verifier_verify_finish:
 * @self: a verifier
 * @result: what the callback got
 * @error: %PORCH_AUTH_ERROR_BAD_JWT for a token that is not genuine, or not good here and now;
 *   anything else where that could not be found out
 *
 * Returns: (transfer full): what the token says; it may be believed until its exp_us
 */
PorchJwtClaims *
porch_token_verifier_verify_finish (PorchTokenVerifier *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
