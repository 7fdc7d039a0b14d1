/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Tells who sent a request, by its access token. Owned by the sign-in routes, asked by every other
 * route that needs to know. Costs no query and, for a token seen before, no parsing: verified
 * tokens are remembered, and so are the sessions that ended while their access tokens may still be
 * about. It neither issues tokens nor knows what a person may do.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-authenticator.h"

#include "protocol/porch-auth-message.h"

/* About 1.3 KiB each. */
#define VERIFIED_MAX 8192

typedef struct
{
  GList link; /* in by_use; data is the token */
  char *text;
  PorchJwtClaims *claims;
} VerifiedToken;

typedef struct
{
  char *session_id;
  gint64 forget_at_us;
} EndedSession;

typedef enum
{
  STATE_EMPTY, /* ended sessions were not read yet, or could not be */
  STATE_LOADING,
  STATE_READY,
} State;

struct _PorchAuthenticator
{
  GObject parent_instance;

  PorchClock *clock;
  PorchStore *store;
  GCancellable *cancellable;
  char *jwt_secret;
  State state;

  GHashTable *verified; /* text, owned by the token, to VerifiedToken */
  GQueue by_use;        /* links in the tokens, the latest first */

  GHashTable *ended;     /* session ids, owned by ended_order */
  GQueue ended_in_order; /* EndedSession, the first to forget first */
};

G_DEFINE_FINAL_TYPE (PorchAuthenticator, porch_authenticator, G_TYPE_OBJECT)

static void
verified_token_free (VerifiedToken *token)
{
  porch_secret_free (token->text);
  porch_jwt_claims_free (token->claims);
  g_free (token);
}

static void
ended_session_free (EndedSession *ended)
{
  g_free (ended->session_id);
  g_free (ended);
}

static void
set_state (PorchAuthenticator *self, State state)
{
  static const char *const names[] = { "empty", "loading", "ready" };

  g_debug ("Ended sessions: %s -> %s", names[self->state], names[state]);
  self->state = state;
}

static void
forget_ended (PorchAuthenticator *self)
{
  gint64 now_us = porch_clock_get_real_us (self->clock);
  EndedSession *first;

  while ((first = g_queue_peek_head (&self->ended_in_order)) != NULL
         && first->forget_at_us < now_us)
    {
      g_queue_pop_head (&self->ended_in_order);
      g_hash_table_remove (self->ended, first->session_id);
      ended_session_free (first);
    }
}

static void
remember_ended (PorchAuthenticator *self, const char *session_id)
{
  EndedSession *ended;

  forget_ended (self);
  if (g_hash_table_contains (self->ended, session_id))
    return;

  ended = g_new0 (EndedSession, 1);
  ended->session_id = g_strdup (session_id);
  ended->forget_at_us = porch_clock_get_real_us (self->clock)
                        + PORCH_ACCESS_TOKEN_LIFETIME_S * G_TIME_SPAN_SECOND;
  g_queue_push_tail (&self->ended_in_order, ended);
  g_hash_table_add (self->ended, ended->session_id);
}

static void
on_session_ended_cb (PorchAuthenticator *self, const char *session_id, PorchStore *store)
{
  remember_ended (self, session_id);
}

static void
on_ended_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ids = porch_store_list_ended_sessions_finish (PORCH_STORE (source), result,
                                                                      &error);
  PorchAuthenticator *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = PORCH_AUTHENTICATOR (user_data);
  if (ids == NULL)
    {
      g_warning ("Cannot read which sessions ended: %s", error->message);
      set_state (self, STATE_EMPTY);
      return;
    }

  for (guint i = 0; i < ids->len; i++)
    remember_ended (self, g_ptr_array_index (ids, i));
  set_state (self, STATE_READY);
}

static void
load_ended (PorchAuthenticator *self)
{
  gint64 since_us = porch_clock_get_real_us (self->clock)
                    - PORCH_ACCESS_TOKEN_LIFETIME_S * G_TIME_SPAN_SECOND;

  set_state (self, STATE_LOADING);
  porch_store_list_ended_sessions_async (self->store, since_us, self->cancellable,
                                         on_ended_listed_cb, self);
}

static void
forget_token (PorchAuthenticator *self, VerifiedToken *token)
{
  g_queue_unlink (&self->by_use, &token->link);
  g_hash_table_remove (self->verified, token->text);
}

static const PorchJwtClaims *
verify_signature (PorchAuthenticator *self, const char *text, GError **error)
{
  gint64 now_us = porch_clock_get_real_us (self->clock);
  VerifiedToken *token = g_hash_table_lookup (self->verified, text);
  PorchJwtClaims *claims;

  if (token != NULL && now_us < token->claims->exp_us)
    {
      g_queue_unlink (&self->by_use, &token->link);
      g_queue_push_head_link (&self->by_use, &token->link);
      return token->claims;
    }
  if (token != NULL)
    forget_token (self, token);

  claims = porch_jwt_verify (text, self->jwt_secret, now_us, error);
  if (claims == NULL)
    return NULL;

  if (self->by_use.length == VERIFIED_MAX)
    forget_token (self, g_queue_peek_tail (&self->by_use));

  token = g_new0 (VerifiedToken, 1);
  token->link.data = token;
  token->text = g_strdup (text);
  token->claims = claims;
  g_hash_table_insert (self->verified, token->text, token);
  g_queue_push_head_link (&self->by_use, &token->link);

  return claims;
}

static void
porch_authenticator_dispose (GObject *object)
{
  PorchAuthenticator *self = PORCH_AUTHENTICATOR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_authenticator_parent_class)->dispose (object);
}

static void
porch_authenticator_finalize (GObject *object)
{
  PorchAuthenticator *self = PORCH_AUTHENTICATOR (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->verified, g_hash_table_unref);
  g_clear_pointer (&self->ended, g_hash_table_unref);
  g_queue_clear_full (&self->ended_in_order, (GDestroyNotify) ended_session_free);
  porch_secret_free (self->jwt_secret);

  G_OBJECT_CLASS (porch_authenticator_parent_class)->finalize (object);
}

static void
porch_authenticator_class_init (PorchAuthenticatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_authenticator_dispose;
  object_class->finalize = porch_authenticator_finalize;
}

static void
porch_authenticator_init (PorchAuthenticator *self)
{
  self->cancellable = g_cancellable_new ();
  self->verified = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                          (GDestroyNotify) verified_token_free);
  g_queue_init (&self->by_use);
  self->ended = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->ended_in_order);
}

/**
 * porch_authenticator_new:
 * @clock: the time
 * @store: where sessions end
 * @jwt_secret: what access tokens are signed with
 *
 * Makes an authenticator, which begins to read the sessions that ended lately. Until they are read
 * it refuses everybody for a moment.
 *
 * Returns: (transfer full): the authenticator
 */
PorchAuthenticator *
porch_authenticator_new (PorchClock *clock, PorchStore *store, const char *jwt_secret)
{
  PorchAuthenticator *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_STORE (store), NULL);
  g_return_val_if_fail (jwt_secret != NULL && *jwt_secret != '\0', NULL);

  self = g_object_new (PORCH_TYPE_AUTHENTICATOR, NULL);
  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->jwt_secret = g_strdup (jwt_secret);
  g_signal_connect_object (store, "session-ended", G_CALLBACK (on_session_ended_cb), self,
                           G_CONNECT_SWAPPED);
  load_ended (self);

  return self;
}

/**
 * porch_authenticator_verify:
 * @self: an authenticator
 * @token: an access token
 * @error: a place for %PORCH_AUTH_ERROR_BAD_JWT, %PORCH_AUTH_ERROR_SESSION_NOT_FOUND or, when the
 *   server has just started, %PORCH_AUTH_ERROR_FAILED
 *
 * Checks a token's signature and expiry and that its session has not ended.
 *
 * Returns: (transfer none): what the token says, valid until the caller returns to the main loop;
 *   or %NULL with @error set
 */
const PorchJwtClaims *
porch_authenticator_verify (PorchAuthenticator *self, const char *token, GError **error)
{
  const PorchJwtClaims *claims;

  g_return_val_if_fail (PORCH_IS_AUTHENTICATOR (self), NULL);
  g_return_val_if_fail (token != NULL, NULL);

  claims = verify_signature (self, token, error);
  if (claims == NULL)
    return NULL;

  if (claims->session_id == NULL || g_hash_table_contains (self->ended, claims->session_id))
    {
      g_set_error_literal (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_SESSION_NOT_FOUND,
                           "Session from session_id claim in JWT does not exist");
      return NULL;
    }

  if (self->state != STATE_READY)
    {
      if (self->state == STATE_EMPTY)
        load_ended (self);
      g_set_error_literal (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_FAILED,
                           "The server is starting");
      return NULL;
    }

  return claims;
}

/**
 * porch_authenticator_authenticate:
 * @self: an authenticator
 * @request: a request
 *
 * Tells who sent a request of the presence API by its bearer token. Where that cannot be told the
 * request is answered: with 401, or with 503 while the server starts.
 *
 * Returns: (transfer none) (nullable): what the token says, valid until the caller returns to the
 *   main loop; or %NULL when the request is answered
 */
const PorchJwtClaims *
porch_authenticator_authenticate (PorchAuthenticator *self, PorchHttpRequest *request)
{
  const char *token = porch_http_request_get_bearer_token (request);
  const PorchJwtClaims *claims;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (PORCH_IS_AUTHENTICATOR (self), NULL);

  if (token == NULL)
    {
      porch_http_request_set_header (request, "WWW-Authenticate", "Bearer");
      porch_http_request_respond_error (request, 401, "No access token");
      return NULL;
    }

  claims = porch_authenticator_verify (self, token, &error);
  if (claims != NULL)
    return claims;

  if (g_error_matches (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_FAILED))
    {
      porch_http_request_set_header (request, "Retry-After", "1");
      porch_http_request_respond_error (request, 503, "The server is starting");
    }
  else
    {
      porch_http_request_set_header (request, "WWW-Authenticate", "Bearer error=\"invalid_token\"");
      porch_http_request_respond_error (request, 401, "Unauthorized");
    }

  return NULL;
}
