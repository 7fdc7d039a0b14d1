/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Tells who sent a request, by its access token. Owned by PorchServer, asked by every route that
 * needs to know. Costs no query and, for a token seen before, no parsing: verified tokens are
 * remembered, and so are the sessions that ended while their access tokens may still be about. The
 * tokens are this server's own, or those of a Supabase project, whose people the store first hears
 * of here. It neither issues tokens nor knows what a person may do.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-authenticator.h"

#include "protocol/porch-auth-message.h"

/* About 1.3 KiB each. */
#define VERIFIED_MAX 8192
/* After that a project's token is verified again, since its keys and its people may change. */
#define PROJECT_TOKEN_US    (10 * G_TIME_SPAN_MINUTE)
#define PROJECT_RETRY_AFTER "5"

typedef struct
{
  GList link; /* in by_use; data is the token */
  char *text;
  PorchJwtClaims *claims;
  gint64 until_us;
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
  char *jwt_secret;             /* of this server; NULL with a verifier */
  PorchTokenVerifier *verifier; /* of a project; NULL with a secret */
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

/* What a token says that was verified before and still counts. */
static const PorchJwtClaims *
find_verified (PorchAuthenticator *self, const char *text, gint64 now_us)
{
  VerifiedToken *token = g_hash_table_lookup (self->verified, text);

  if (token == NULL)
    return NULL;
  if (now_us >= token->until_us)
    {
      forget_token (self, token);
      return NULL;
    }

  g_queue_unlink (&self->by_use, &token->link);
  g_queue_push_head_link (&self->by_use, &token->link);

  return token->claims;
}

/* claims: (transfer full) */
static void
remember_token (PorchAuthenticator *self, const char *text, PorchJwtClaims *claims, gint64 until_us)
{
  VerifiedToken *token = g_hash_table_lookup (self->verified, text);
  gint64 now_us = porch_clock_get_real_us (self->clock);

  if (token != NULL)
    forget_token (self, token);
  if (self->by_use.length == VERIFIED_MAX)
    forget_token (self, g_queue_peek_tail (&self->by_use));
  /* Nobody comes again with one that has run out. */
  while ((token = g_queue_peek_tail (&self->by_use)) != NULL && token->until_us <= now_us)
    forget_token (self, token);

  token = g_new0 (VerifiedToken, 1);
  token->link.data = token;
  token->text = g_strdup (text);
  token->claims = claims;
  token->until_us = until_us;
  g_hash_table_insert (self->verified, token->text, token);
  g_queue_push_head_link (&self->by_use, &token->link);
}

static const PorchJwtClaims *
verify_signature (PorchAuthenticator *self, const char *text, GError **error)
{
  gint64 now_us = porch_clock_get_real_us (self->clock);
  const PorchJwtClaims *known = find_verified (self, text, now_us);
  PorchJwtClaims *claims;

  if (known != NULL)
    return known;

  claims = porch_jwt_verify (text, self->jwt_secret, now_us, error);
  if (claims != NULL)
    remember_token (self, text, claims, claims->exp_us);

  return claims;
}

static void
porch_authenticator_dispose (GObject *object)
{
  PorchAuthenticator *self = PORCH_AUTHENTICATOR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->verifier);
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
 * porch_authenticator_new_for_project:
 * @clock: the time
 * @store: where the project's people are kept
 * @verifier: who knows the project's tokens
 *
 * Returns: (transfer full): an authenticator of people who sign in at a Supabase project
 */
PorchAuthenticator *
porch_authenticator_new_for_project (PorchClock *clock,
                                     PorchStore *store,
                                     PorchTokenVerifier *verifier)
{
  PorchAuthenticator *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_STORE (store), NULL);
  g_return_val_if_fail (PORCH_IS_TOKEN_VERIFIER (verifier), NULL);

  self = g_object_new (PORCH_TYPE_AUTHENTICATOR, NULL);
  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->verifier = g_object_ref (verifier);

  return self;
}

/**
 * porch_authenticator_verify:
 * @self: an authenticator of this server's own tokens
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

  g_return_val_if_fail (PORCH_IS_AUTHENTICATOR (self) && self->verifier == NULL, NULL);
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

/* A request whose token is being verified. */
typedef struct
{
  PorchAuthenticator *authenticator;
  PorchHttpRequest *request;
  PorchAuthenticatedFunc func;
  GObject *owner;
  char *token;
  PorchJwtClaims *claims;
} Check;

static void
check_free (Check *check)
{
  g_object_unref (check->authenticator);
  g_object_unref (check->request);
  g_object_unref (check->owner);
  porch_secret_free (check->token);
  porch_jwt_claims_free (check->claims);
  g_free (check);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Check, check_free)

static void
respond_unauthorized (PorchHttpRequest *request)
{
  porch_http_request_set_header (request, "WWW-Authenticate", "Bearer error=\"invalid_token\"");
  porch_http_request_respond_error (request, 401, "Unauthorized");
}

/* Who has an authenticator app and did not use it is good for the routes of sign-in alone. */
static void
respond_second_step (PorchHttpRequest *request)
{
  porch_http_request_set_header (request, "x-sb-error-code", "insufficient_aal");
  porch_http_request_respond_error (request, 403, "The second step of the sign-in is missing");
}

/* Neither yes nor no: nobody shall take it for the end of their session. */
static void
respond_unknown (PorchHttpRequest *request, const char *retry_after_s, const char *message)
{
  porch_http_request_set_header (request, "Retry-After", retry_after_s);
  porch_http_request_respond_error (request, 503, message);
}

static void
on_profile_put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Check) check = user_data;
  PorchAuthenticator *self = check->authenticator;
  g_autoptr (GError) error = NULL;
  PorchJwtClaims *claims = check->claims;
  gint64 until_us;

  if (!porch_store_put_profile_finish (PORCH_STORE (source), result, &error))
    {
      g_info ("Cannot store a person: %s", error->message);
      respond_unknown (check->request, PROJECT_RETRY_AFTER, "The server cannot use its database");
      return;
    }

  until_us = MIN (claims->exp_us, porch_clock_get_real_us (self->clock) + PROJECT_TOKEN_US);
  remember_token (self, check->token, g_steal_pointer (&check->claims), until_us);
  check->func (check->request, claims, check->owner);
}

static void
on_token_verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Check) check = user_data;
  PorchAuthenticator *self = check->authenticator;
  PorchStoreUser profile = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *email = NULL;

  check->claims = porch_token_verifier_verify_finish (PORCH_TOKEN_VERIFIER (source), result,
                                                      &error);
  if (check->claims == NULL)
    {
      g_info ("A token is not taken: %s", error->message);
      if (error->domain == PORCH_AUTH_ERROR)
        respond_unauthorized (check->request);
      else
        respond_unknown (check->request, PROJECT_RETRY_AFTER,
                         "Who is signed in cannot be found out now");
      return;
    }

  email = check->claims->email != NULL ? porch_email_normalize (check->claims->email) : NULL;
  profile.id = check->claims->sub;
  profile.email = email;
  profile.first_name = check->claims->first_name != NULL ? check->claims->first_name : (char *) "";
  profile.last_name = check->claims->last_name != NULL ? check->claims->last_name : (char *) "";
  profile.avatar = check->claims->avatar;
  profile.created_at_us = porch_clock_get_real_us (self->clock);
  porch_store_put_profile_async (self->store, &profile, NULL, on_profile_put_cb,
                                 g_steal_pointer (&check));
}

static void
authenticate_by_project (PorchAuthenticator *self,
                         PorchHttpRequest *request,
                         const char *token,
                         PorchAuthenticatedFunc func,
                         GObject *owner)
{
  const PorchJwtClaims *known = find_verified (self, token, porch_clock_get_real_us (self->clock));
  Check *check;

  if (known != NULL)
    {
      func (request, known, owner);
      return;
    }

  check = g_new0 (Check, 1);
  check->authenticator = g_object_ref (self);
  check->request = g_object_ref (request);
  check->func = func;
  check->owner = g_object_ref (owner);
  check->token = g_strdup (token);
  porch_token_verifier_verify_async (self->verifier, token, self->cancellable, on_token_verified_cb,
                                     check);
}

/**
 * porch_authenticator_authenticate:
 * @self: an authenticator
 * @request: a request
 * @func: who goes on with it
 * @owner: (type GObject): for @func, kept alive until then
 *
 * Tells who sent a request of the presence API by its bearer token, at once where the token was
 * seen before. Where that cannot be told the request is answered: with 401, or with 503 while the
 * server starts or the project cannot be asked, or with 403 where the second step was not taken.
 */
void
porch_authenticator_authenticate (PorchAuthenticator *self,
                                  PorchHttpRequest *request,
                                  PorchAuthenticatedFunc func,
                                  gpointer owner)
{
  const char *token = porch_http_request_get_bearer_token (request);
  const PorchJwtClaims *claims;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (PORCH_IS_AUTHENTICATOR (self));

  if (token == NULL)
    {
      porch_http_request_set_header (request, "WWW-Authenticate", "Bearer");
      porch_http_request_respond_error (request, 401, "No access token");
      return;
    }
  if (self->verifier != NULL)
    {
      authenticate_by_project (self, request, token, func, owner);
      return;
    }

  claims = porch_authenticator_verify (self, token, &error);
  if (claims != NULL && claims->lacks_second_step)
    respond_second_step (request);
  else if (claims != NULL)
    func (request, claims, owner);
  else if (g_error_matches (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_FAILED))
    respond_unknown (request, "1", "The server is starting");
  else
    respond_unauthorized (request);
}
