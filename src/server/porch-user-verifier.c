/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Verifies a Supabase project's tokens by asking the project whose they are: GET /auth/v1/user.
 * That needs neither keys nor secret and notices a session that ended, for a request a minute for
 * each token in use. What no project could have made is refused without asking. Owned by
 * PorchAuthenticator.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-user-verifier.h"

#include <libsoup/soup.h>

#include "client/porch-http-client.h"
#include "protocol/porch-auth-message.h"

#define DEADLINE_MS 10000

struct _PorchUserVerifier
{
  GObject parent_instance;

  PorchClock *clock;
  PorchHttpClient *http;
  char *url;
  char *anon_key;
  guint n_requests;
};

static void porch_user_verifier_iface_init (PorchTokenVerifierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchUserVerifier,
                               porch_user_verifier,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_TOKEN_VERIFIER,
                                                      porch_user_verifier_iface_init))

static PorchJwtClaims *
make_claims (PorchUserVerifier *self, PorchAuthUser *user)
{
  PorchJwtClaims *claims = g_new0 (PorchJwtClaims, 1);

  claims->sub = g_strdup (user->id);
  claims->email = g_strdup (user->email);
  claims->first_name = g_strdup (user->first_name);
  claims->last_name = g_strdup (user->last_name);
  claims->avatar = g_strdup (user->avatar);
  claims->iat_us = porch_clock_get_real_us (self->clock);
  claims->exp_us = claims->iat_us + PORCH_USER_VERIFIER_LIFETIME_S * G_TIME_SPAN_SECOND;

  return claims;
}

static void
on_user_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchUserVerifier *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (PorchHttpAnswer) answer = porch_http_client_send_finish (PORCH_HTTP_CLIENT (source),
                                                                      result, &error);
  g_autoptr (PorchAuthUser) user = NULL;

  self->n_requests--;
  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  if (answer->status == SOUP_STATUS_UNAUTHORIZED || answer->status == SOUP_STATUS_FORBIDDEN)
    {
      g_task_return_new_error (task, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_BAD_JWT,
                               "The project does not know the token");
      return;
    }
  if (answer->status != SOUP_STATUS_OK)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "The project answers %u",
                               answer->status);
      return;
    }

  user = porch_auth_user_parse (answer->body, answer->length, &error);
  if (user != NULL)
    g_task_return_pointer (task, make_claims (self, user), (GDestroyNotify) porch_jwt_claims_free);
  else
    g_task_return_error (task, error);
}

static void
porch_user_verifier_verify_async (PorchTokenVerifier *verifier,
                                  const char *token,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  PorchUserVerifier *self = PORCH_USER_VERIFIER (verifier);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (PorchJwtHeader) header = NULL;
  SoupMessageHeaders *headers;
  GError *error = NULL;
  char *authorization;

  header = porch_jwt_header_parse (token, &error);
  if (header == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->n_requests >= PORCH_USER_VERIFIER_REQUESTS_MAX)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY,
                               "Too many tokens are being asked about");
      return;
    }

  self->n_requests++;
  message = porch_http_message_new ("GET", self->url);
  soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
  headers = soup_message_get_request_headers (message);
  authorization = g_strconcat ("Bearer ", token, NULL);
  soup_message_headers_replace (headers, "apikey", self->anon_key);
  soup_message_headers_replace (headers, "Authorization", authorization);
  porch_secret_free (authorization);
  /* Not cancelled with the request that needs it: the next one of the same client will. */
  porch_http_client_send_async (self->http, message, PORCH_HTTP_BODY_MAX_BYTES, DEADLINE_MS, NULL,
                                on_user_got_cb, g_steal_pointer (&task));
}

static void
porch_user_verifier_iface_init (PorchTokenVerifierInterface *iface)
{
  iface->verify_async = porch_user_verifier_verify_async;
}

static void
porch_user_verifier_dispose (GObject *object)
{
  PorchUserVerifier *self = PORCH_USER_VERIFIER (object);

  g_clear_object (&self->http);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_user_verifier_parent_class)->dispose (object);
}

static void
porch_user_verifier_finalize (GObject *object)
{
  PorchUserVerifier *self = PORCH_USER_VERIFIER (object);

  g_free (self->url);
  g_free (self->anon_key);

  G_OBJECT_CLASS (porch_user_verifier_parent_class)->finalize (object);
}

static void
porch_user_verifier_class_init (PorchUserVerifierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_user_verifier_dispose;
  object_class->finalize = porch_user_verifier_finalize;
}

static void
porch_user_verifier_init (PorchUserVerifier *self)
{
}

/**
 * porch_user_verifier_new:
 * @clock: the time
 * @supabase_url: the project's address, without a slash at the end
 * @anon_key: its anonymous API key
 *
 * Returns: (transfer full): a verifier
 */
PorchUserVerifier *
porch_user_verifier_new (PorchClock *clock, const char *supabase_url, const char *anon_key)
{
  PorchUserVerifier *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (supabase_url != NULL && anon_key != NULL, NULL);

  self = g_object_new (PORCH_TYPE_USER_VERIFIER, NULL);
  self->clock = g_object_ref (clock);
  self->http = porch_http_client_new (clock);
  self->url = g_strconcat (supabase_url, "/auth/v1/user", NULL);
  self->anon_key = g_strdup (anon_key);

  return self;
}
