/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Verifies a Supabase project's tokens by the project's secret (HS256), by its public keys (ES256,
 * RS256), or by either. The kind of key decides what is verified, not the token: an HMAC is never
 * computed with a public key, and "none" is no algorithm. Owned by PorchAuthenticator.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-jwt-verifier.h"

#include "protocol/porch-auth-message.h"

struct _PorchJwtVerifier
{
  GObject parent_instance;

  PorchClock *clock;
  PorchJwks *jwks; /* NULL without */
  char *secret;    /* NULL without */
  char *issuer;
  char *audience;
};

/* A token that waits for the keys. */
typedef struct
{
  char *token;
  PorchJwtHeader *header;
} Pending;

static void porch_jwt_verifier_iface_init (PorchTokenVerifierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchJwtVerifier,
                               porch_jwt_verifier,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_TOKEN_VERIFIER,
                                                      porch_jwt_verifier_iface_init))

static void
pending_free (Pending *pending)
{
  porch_secret_free (pending->token);
  porch_jwt_header_free (pending->header);
  g_free (pending);
}

/* The signature is right: what does it say? */
static void
return_claims (PorchJwtVerifier *self, GTask *task, const char *token)
{
  GError *error = NULL;
  PorchJwtClaims *claims = porch_jwt_claims_parse (token, self->audience, self->issuer,
                                                   porch_clock_get_real_us (self->clock), &error);

  if (claims != NULL)
    g_task_return_pointer (task, claims, (GDestroyNotify) porch_jwt_claims_free);
  else
    g_task_return_error (task, error);
}

static void
return_not_signed (GTask *task)
{
  g_task_return_new_error (task, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_BAD_JWT,
                           "The token is not signed by the project");
}

static void
on_keys_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Pending *pending = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (PorchJwkSet) keys = porch_jwks_get_finish (PORCH_JWKS (source), result, &error);

  if (keys == NULL)
    g_task_return_error (task, error);
  else if (porch_jwk_set_verify (keys, pending->token, pending->header))
    return_claims (g_task_get_source_object (task), task, pending->token);
  else
    return_not_signed (task);
}

static gboolean
is_public_key_algorithm (const char *algorithm)
{
  return g_str_equal (algorithm, "ES256") || g_str_equal (algorithm, "RS256");
}

static void
porch_jwt_verifier_verify_async (PorchTokenVerifier *verifier,
                                 const char *token,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  PorchJwtVerifier *self = PORCH_JWT_VERIFIER (verifier);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  g_autoptr (PorchJwtHeader) header = porch_jwt_header_parse (token, &error);
  g_autoptr (PorchJwtClaims) claims = NULL;
  Pending *pending;

  if (header == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  if (!is_public_key_algorithm (header->algorithm) || self->jwks == NULL)
    {
      if (self->secret != NULL && porch_jwt_is_signed_with (token, self->secret))
        return_claims (self, task, token);
      else
        return_not_signed (task);
      return;
    }

  /* What would be refused anyway needs no keys: nobody makes us fetch them by old tokens. */
  claims = porch_jwt_claims_parse (token, self->audience, self->issuer,
                                   porch_clock_get_real_us (self->clock), &error);
  if (claims == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  pending = g_new0 (Pending, 1);
  pending->token = g_strdup (token);
  pending->header = g_steal_pointer (&header);
  g_task_set_task_data (task, pending, (GDestroyNotify) pending_free);
  porch_jwks_get_async (self->jwks, pending->header->key_id, cancellable, on_keys_got_cb,
                        g_steal_pointer (&task));
}

static void
porch_jwt_verifier_iface_init (PorchTokenVerifierInterface *iface)
{
  iface->verify_async = porch_jwt_verifier_verify_async;
}

static void
porch_jwt_verifier_dispose (GObject *object)
{
  PorchJwtVerifier *self = PORCH_JWT_VERIFIER (object);

  g_clear_object (&self->jwks);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_jwt_verifier_parent_class)->dispose (object);
}

static void
porch_jwt_verifier_finalize (GObject *object)
{
  PorchJwtVerifier *self = PORCH_JWT_VERIFIER (object);

  porch_secret_free (self->secret);
  g_free (self->issuer);
  g_free (self->audience);

  G_OBJECT_CLASS (porch_jwt_verifier_parent_class)->finalize (object);
}

static void
porch_jwt_verifier_class_init (PorchJwtVerifierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_jwt_verifier_dispose;
  object_class->finalize = porch_jwt_verifier_finalize;
}

static void
porch_jwt_verifier_init (PorchJwtVerifier *self)
{
}

/**
 * porch_jwt_verifier_new:
 * @clock: the time
 * @secret: (nullable): the project's secret; %NULL to take no token that is signed with one
 * @jwks: (nullable): the project's public keys; %NULL to take no token that is signed with one
 * @issuer: (nullable): who must have issued a token; %NULL for anybody with the key
 * @audience: for whom it must be
 *
 * Returns: (transfer full): a verifier
 */
PorchJwtVerifier *
porch_jwt_verifier_new (PorchClock *clock,
                        const char *secret,
                        PorchJwks *jwks,
                        const char *issuer,
                        const char *audience)
{
  PorchJwtVerifier *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (audience != NULL, NULL);

  self = g_object_new (PORCH_TYPE_JWT_VERIFIER, NULL);
  self->clock = g_object_ref (clock);
  self->secret = g_strdup (secret);
  g_set_object (&self->jwks, jwks);
  self->issuer = g_strdup (issuer);
  self->audience = g_strdup (audience);

  return self;
}
