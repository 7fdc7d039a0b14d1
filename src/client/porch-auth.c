/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A person's session at Supabase Auth: renews the tokens ahead of their expiry, and keeps them in
 * the token store. What it begins with comes of a PorchSignIn. Owned by PorchSession; whoever needs
 * a token asks here, and however many ask at once, one refresh is in flight. Only Supabase Auth's
 * own word ends a session: no network failure, no locked keyring and no failing server does. It
 * arms no timer while all is well: a token is looked at when it is asked for, which a heartbeat
 * does all the time.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-auth.h"

#include "config.h"

#include "client/porch-auth-request.h"
#include "client/porch-auth-sentence.h"
#include "client/porch-backoff.h"
#include "client/porch-client-error.h"

#include <glib/gi18n-lib.h>

/* A token is renewed when it has less than this left. */
#define REFRESH_AHEAD_US (90 * G_USEC_PER_SEC)
/* A lost answer is asked for again at once, while the server still takes the old refresh token. */
#define REFRESH_TRIES       3
#define REFRESH_RETRY_MS    1000
#define REFRESH_WAIT_MIN_MS 5000
#define REFRESH_WAIT_MAX_MS 60000
#define STORE_RETRY_MS      30000
#define LOAD_LATE_MS        5000
#define LOAD_WAIT_MIN_MS    5000
#define LOAD_WAIT_MAX_MS    60000
/* Signing out here does not wait longer for the server to know. */
#define SIGN_OUT_WAIT_MS 5000
/* Long enough to answer a keyring's question, and short enough for who never sees it. */
#define SIGN_IN_STORE_WAIT_MS 30000

struct _PorchAuth
{
  GObject parent_instance;

  PorchClock *clock;
  PorchHttpClient *http;
  PorchTokenStore *token_store;
  PorchDiscovery *discovery;
  char *account;
  char *host;

  PorchAuthState state;
  PorchAuthSession *session;
  gint64 expires_mono_us; /* of the access token, on a clock that nobody can set */
  guint generation;       /* of the session: grows with every change, so that none are mixed up */
  GCancellable *cancellable;

  GPtrArray *waiters; /* tasks of get_token_async that wait for the refresh */
  guint refresh_tries;
  guint refresh_timer;
  PorchBackoff refresh_backoff;
  gint64 refresh_not_before_us;
  GError *refresh_error; /* what get_token_async answers until then */
  char *end_sentence;    /* why the server ended the session */

  GTask *sign_in_task; /* these wait for the token store */
  GPtrArray *sign_out_tasks;
  guint sign_out_timer;
  guint sign_in_timer;
  gboolean store_busy;
  gboolean store_locked;
  guint store_started; /* the generation under way, and the one that is kept */
  guint store_kept;
  guint store_timer;
  PorchBackoff load_backoff;
};

G_DEFINE_ENUM_TYPE (PorchAuthState,
                    porch_auth_state,
                    G_DEFINE_ENUM_VALUE (PORCH_AUTH_SIGNED_OUT, "signed-out"),
                    G_DEFINE_ENUM_VALUE (PORCH_AUTH_LOADING, "loading"),
                    G_DEFINE_ENUM_VALUE (PORCH_AUTH_SIGNING_IN, "signing-in"),
                    G_DEFINE_ENUM_VALUE (PORCH_AUTH_SIGNED_IN, "signed-in"),
                    G_DEFINE_ENUM_VALUE (PORCH_AUTH_REFRESHING, "refreshing"))

G_DEFINE_FINAL_TYPE (PorchAuth, porch_auth, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_STORE_LOCKED,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* What a caller of get_token_async knows. */
typedef struct
{
  guint refused_generation;
} TokenRequest;

typedef struct
{
  char *token;
  guint generation;
} TokenGrant;

static void sync_store (PorchAuth *self);
static void send_refresh (PorchAuth *self);
static void load_session (PorchAuth *self);

static void
token_grant_free (TokenGrant *grant)
{
  porch_secret_free (grant->token);
  g_free (grant);
}

static void
set_state (PorchAuth *self, PorchAuthState state)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (self->state == state)
    return;

  from = g_enum_to_string (PORCH_TYPE_AUTH_STATE, self->state);
  to = g_enum_to_string (PORCH_TYPE_AUTH_STATE, state);
  g_debug ("Sign-in of %s: %s -> %s", self->account, from, to);

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_store_locked (PorchAuth *self, gboolean store_locked)
{
  if (self->store_locked == store_locked)
    return;

  self->store_locked = store_locked;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STORE_LOCKED]);
}

static gboolean
access_token_lasts_us (PorchAuth *self, gint64 span_us)
{
  return porch_clock_get_monotonic_us (self->clock) + span_us < self->expires_mono_us;
}

/* Takes over a session that was just given or read back. */
static void
adopt_session (PorchAuth *self, PorchAuthSession *session)
{
  gint64 left_us = session->expires_at_us - porch_clock_get_real_us (self->clock);

  /* A wall clock that was set back since then must not make an old token look good. */
  left_us = MIN (left_us, (gint64) session->expires_in_s * G_USEC_PER_SEC);

  g_clear_pointer (&self->session, porch_auth_session_free);
  self->session = session;
  self->expires_mono_us = porch_clock_get_monotonic_us (self->clock) + left_us;
  self->generation++;

  porch_backoff_reset (&self->refresh_backoff);
  self->refresh_not_before_us = 0;
  g_clear_error (&self->refresh_error);
}

static void
return_token (PorchAuth *self, GTask *task)
{
  TokenGrant *grant = g_new0 (TokenGrant, 1);

  grant->token = g_strdup (self->session->access_token);
  grant->generation = self->generation;
  g_task_return_pointer (task, grant, (GDestroyNotify) token_grant_free);
}

/* Answers everyone who waits for the refresh: with the token that is there now, or with @error. */
static void
answer_waiters (PorchAuth *self, const GError *error)
{
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&self->waiters);

  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < waiters->len; i++)
    {
      GTask *task = waiters->pdata[i];
      TokenRequest *request = g_task_get_task_data (task);

      if (self->session != NULL && request->refused_generation != self->generation
          && access_token_lasts_us (self, 0))
        return_token (self, task);
      else
        g_task_return_error (task, error != NULL
                                       ? g_error_copy (error)
                                       : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                              "The sign-in went away"));
    }
}

/* Forgets the session here; the token store follows. */
static void
drop_session (PorchAuth *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  porch_clock_clear_timeout (self->clock, &self->refresh_timer);
  porch_clock_clear_timeout (self->clock, &self->store_timer);
  porch_clock_clear_timeout (self->clock, &self->sign_in_timer);

  g_clear_pointer (&self->session, porch_auth_session_free);
  self->generation++;
  porch_backoff_reset (&self->refresh_backoff);
  self->refresh_not_before_us = 0;
  g_clear_error (&self->refresh_error);
}

static GError *
new_signed_out_error (void)
{
  return g_error_new_literal (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_SIGNED_OUT,
                              _ ("You are signed out."));
}

static void
end_session (PorchAuth *self)
{
  g_autoptr (GError) error = new_signed_out_error ();

  drop_session (self);
  set_state (self, PORCH_AUTH_SIGNED_OUT);
  sync_store (self);
  answer_waiters (self, error);
  if (self->sign_in_task != NULL)
    g_task_return_error (self->sign_in_task, g_steal_pointer (&error));
  g_clear_object (&self->sign_in_task);
}

static gboolean
on_store_timer_cb (gpointer user_data)
{
  PorchAuth *self = user_data;

  self->store_timer = 0;
  if (self->state == PORCH_AUTH_LOADING)
    load_session (self);
  else
    sync_store (self);

  return G_SOURCE_REMOVE;
}

static void
finish_sign_in (PorchAuth *self, const GError *store_error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->sign_in_task);

  porch_clock_clear_timeout (self->clock, &self->sign_in_timer);
  if (store_error != NULL && !g_error_matches (store_error, G_IO_ERROR, G_IO_ERROR_PENDING))
    {
      g_message ("The session cannot be kept: %s", store_error->message);
      porch_auth_sign_out_async (self, NULL, NULL, NULL);
      g_task_return_new_error (task, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_NO_TOKEN_STORE, "%s",
                               _ ("No keyring answers on this computer, so that you would stay "
                                  "signed in for this run only."));
      return;
    }

  set_state (self, PORCH_AUTH_SIGNED_IN);
  g_task_return_boolean (task, TRUE);
}

/* The store goes on asking; whoever does not hear it is signed in meanwhile. */
static gboolean
on_sign_in_timer_cb (gpointer user_data)
{
  PorchAuth *self = user_data;

  self->sign_in_timer = 0;
  g_message ("The token store does not answer");
  set_store_locked (self, TRUE);
  finish_sign_in (self, NULL);

  return G_SOURCE_REMOVE;
}

static void
answer_sign_outs (PorchAuth *self)
{
  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->sign_out_timer);

  while (self->sign_out_tasks->len > 0)
    {
      g_autoptr (GTask) task = g_ptr_array_steal_index (self->sign_out_tasks, 0);

      g_task_return_boolean (task, TRUE);
    }
}

static gboolean
on_sign_out_timer_cb (gpointer user_data)
{
  PorchAuth *self = user_data;

  self->sign_out_timer = 0;
  answer_sign_outs (self);

  return G_SOURCE_REMOVE;
}

/* Signed out is who is not signed in at the next start either. A store that asks the person first
 * is not waited for: the tokens are taken from it as soon as it opens.
 */
static void
finish_sign_out (PorchAuth *self, GTask *task)
{
  if (self->clock == NULL || !self->store_busy)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  g_ptr_array_add (self->sign_out_tasks, g_object_ref (task));
  if (self->sign_out_timer == 0)
    self->sign_out_timer = porch_clock_add_timeout (self->clock, SIGN_OUT_WAIT_MS,
                                                    on_sign_out_timer_cb, self);
}

static void
on_store_synced (PorchAuth *self, const GError *error)
{
  gboolean is_current = self->store_started == self->generation;

  self->store_busy = FALSE;
  if (self->clock == NULL)
    return;

  if (error == NULL)
    {
      self->store_kept = self->store_started;
      set_store_locked (self, FALSE);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      self->store_kept = self->store_started;
    }
  else
    {
      /* Used from memory meanwhile; the write is tried until it succeeds. */
      g_message ("The token store does not take the session yet: %s", error->message);
      set_store_locked (self, TRUE);
      if (self->store_timer == 0)
        self->store_timer = porch_clock_add_timeout (self->clock, STORE_RETRY_MS, on_store_timer_cb,
                                                     self);
    }

  if (self->sign_in_task != NULL && is_current)
    finish_sign_in (self, error);
  if (self->store_timer == 0)
    sync_store (self);
  if (!self->store_busy)
    answer_sign_outs (self);
}

static void
on_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAuth) self = user_data;
  g_autoptr (GError) error = NULL;

  porch_token_store_save_finish (PORCH_TOKEN_STORE (source), result, &error);
  on_store_synced (self, error);
}

static void
on_cleared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAuth) self = user_data;
  g_autoptr (GError) error = NULL;

  porch_token_store_clear_finish (PORCH_TOKEN_STORE (source), result, &error);
  on_store_synced (self, error);
}

/* Brings the token store to what is in memory. One write at a time, so that none overtakes another.
 */
static void
sync_store (PorchAuth *self)
{
  if (self->store_busy || self->store_kept == self->generation)
    return;

  porch_clock_clear_timeout (self->clock, &self->store_timer);
  self->store_busy = TRUE;
  self->store_started = self->generation;

  if (self->session != NULL)
    porch_token_store_save_async (self->token_store, self->account, self->session, NULL,
                                  on_saved_cb, g_object_ref (self));
  else
    porch_token_store_clear_async (self->token_store, self->account, NULL, on_cleared_cb,
                                   g_object_ref (self));
}

static void
on_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAuth) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchAuthSession) session = porch_token_store_load_finish (PORCH_TOKEN_STORE (source),
                                                                        result, &error);

  if (self->clock == NULL || self->state != PORCH_AUTH_LOADING
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  porch_clock_clear_timeout (self->clock, &self->store_timer);
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      g_message ("The token store does not give the session yet: %s", error->message);
      set_store_locked (self, TRUE);
      self->store_timer = porch_clock_add_timeout (
          self->clock, porch_backoff_next_ms (&self->load_backoff, self->clock), on_store_timer_cb,
          self);
      return;
    }

  set_store_locked (self, FALSE);
  if (session == NULL || session->user == NULL)
    {
      set_state (self, PORCH_AUTH_SIGNED_OUT);
      return;
    }

  adopt_session (self, g_steal_pointer (&session));
  self->store_kept = self->generation;
  set_state (self, PORCH_AUTH_SIGNED_IN);
}

/* A store that does not answer may be asking the person something that nobody sees. */
static gboolean
on_load_late_cb (gpointer user_data)
{
  PorchAuth *self = user_data;

  self->store_timer = 0;
  set_store_locked (self, TRUE);

  return G_SOURCE_REMOVE;
}

static void
load_session (PorchAuth *self)
{
  porch_clock_clear_timeout (self->clock, &self->store_timer);
  self->store_timer = porch_clock_add_timeout (self->clock, LOAD_LATE_MS, on_load_late_cb, self);
  porch_token_store_load_async (self->token_store, self->account, self->cancellable, on_loaded_cb,
                                g_object_ref (self));
}

static gboolean
on_refresh_timer_cb (gpointer user_data)
{
  PorchAuth *self = user_data;

  self->refresh_timer = 0;
  send_refresh (self);

  return G_SOURCE_REMOVE;
}

/* The session stays; those who wait get the old token where it still lasts. */
static void
on_refresh_failed (PorchAuth *self, const GError *error, guint retry_after_s)
{
  g_autoptr (GError) described = NULL;
  guint wait_ms;

  g_message ("The session could not be refreshed: %s", error->message);

  if (self->refresh_tries < REFRESH_TRIES && retry_after_s == 0)
    {
      self->refresh_timer = porch_clock_add_timeout (self->clock, REFRESH_RETRY_MS,
                                                     on_refresh_timer_cb, self);
      return;
    }

  wait_ms = porch_backoff_next_ms (&self->refresh_backoff, self->clock);
  wait_ms = MAX (wait_ms, retry_after_s * 1000);
  self->refresh_not_before_us = porch_clock_get_monotonic_us (self->clock)
                                + (gint64) wait_ms * 1000;
  described = porch_client_error_new_for_network (error, self->host);
  g_clear_error (&self->refresh_error);
  self->refresh_error = g_error_copy (described);

  set_state (self, PORCH_AUTH_SIGNED_IN);
  answer_waiters (self, described);
}

static gboolean
error_ends_session (guint http_status, const GError *error)
{
  if (http_status != 400 && http_status != 401 && http_status != 403)
    return FALSE;

  return g_error_matches (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_REFRESH_TOKEN_NOT_FOUND)
         || g_error_matches (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_REFRESH_TOKEN_ALREADY_USED)
         || g_error_matches (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_SESSION_NOT_FOUND)
         || g_error_matches (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_SESSION_EXPIRED);
}

static void
on_refresh_answer (PorchAuth *self, const PorchHttpAnswer *answer)
{
  g_autoptr (GError) error = NULL;
  PorchAuthSession *session;

  if (answer->status != 200)
    {
      error = porch_auth_error_parse (answer->status, answer->error_code, answer->body,
                                      answer->length);
      if (error_ends_session (answer->status, error))
        {
          g_message ("The server ended the session: %s", error->message);
          g_free (self->end_sentence);
          self->end_sentence = porch_auth_sentence_for_end (error, self->host);
          end_session (self);
        }
      else
        {
          on_refresh_failed (self, error, answer->retry_after_s);
        }
      return;
    }

  session = porch_auth_session_parse (answer->body, answer->length,
                                      porch_clock_get_real_us (self->clock), &error);
  if (session == NULL)
    {
      on_refresh_failed (self, error, 0);
      return;
    }

  adopt_session (self, session);
  sync_store (self);
  set_state (self, PORCH_AUTH_SIGNED_IN);
  answer_waiters (self, NULL);
}

static void
on_refresh_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAuth) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchHttpAnswer) answer = porch_http_client_send_finish (PORCH_HTTP_CLIENT (source),
                                                                      result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (answer != NULL)
    on_refresh_answer (self, answer);
  else
    on_refresh_failed (self, error, 0);
}

/* Never SOUP_MESSAGE_IDEMPOTENT: whether the token was used is decided here. */
static void
send_refresh (PorchAuth *self)
{
  g_autoptr (SoupMessage) message = porch_auth_request_new (self->discovery, "POST",
                                                            "token?grant_type=refresh_token");

  self->refresh_tries++;
  porch_http_message_take_body (message, "application/json",
                                porch_auth_refresh_grant_build (self->session->refresh_token));
  porch_http_client_send_async (self->http, message, PORCH_HTTP_BODY_MAX_BYTES,
                                PORCH_HTTP_DEADLINE_MS, self->cancellable, on_refresh_sent_cb,
                                g_object_ref (self));
}

static void
start_refresh (PorchAuth *self)
{
  if (self->state == PORCH_AUTH_REFRESHING)
    return;

  set_state (self, PORCH_AUTH_REFRESHING);
  self->refresh_tries = 0;
  send_refresh (self);
}

static void
on_sign_out_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchHttpAnswer) answer = porch_http_client_send_finish (PORCH_HTTP_CLIENT (source),
                                                                      result, &error);

  /* Signed out here is signed out; a server that was not told forgets the session by itself. */
  if (answer == NULL)
    g_message ("The server does not know of the sign-out: %s", error->message);

  finish_sign_out (g_task_get_source_object (task), task);
}

static void
porch_auth_dispose (GObject *object)
{
  PorchAuth *self = PORCH_AUTH (object);

  if (self->clock != NULL)
    {
      drop_session (self);
      answer_waiters (self, NULL);
      answer_sign_outs (self);
    }
  if (self->sign_in_task != NULL)
    g_task_return_new_error (self->sign_in_task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                             "The sign-in went away");
  g_clear_object (&self->sign_in_task);
  g_clear_object (&self->token_store);
  g_clear_object (&self->http);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_auth_parent_class)->dispose (object);
}

static void
porch_auth_finalize (GObject *object)
{
  PorchAuth *self = PORCH_AUTH (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->waiters, g_ptr_array_unref);
  g_clear_pointer (&self->sign_out_tasks, g_ptr_array_unref);
  g_clear_pointer (&self->discovery, porch_discovery_free);
  g_clear_pointer (&self->account, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_error (&self->refresh_error);
  g_free (self->end_sentence);

  G_OBJECT_CLASS (porch_auth_parent_class)->finalize (object);
}

static void
porch_auth_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PorchAuth *self = PORCH_AUTH (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_STORE_LOCKED:
      g_value_set_boolean (value, self->store_locked);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_auth_class_init (PorchAuthClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_auth_dispose;
  object_class->finalize = porch_auth_finalize;
  object_class->get_property = porch_auth_get_property;

  properties[PROP_STATE] = g_param_spec_enum (
      "state", NULL, NULL, PORCH_TYPE_AUTH_STATE, PORCH_AUTH_SIGNED_OUT,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_STORE_LOCKED] = g_param_spec_boolean ("store-locked", NULL, NULL, FALSE,
                                                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                                                            | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
porch_auth_init (PorchAuth *self)
{
  self->cancellable = g_cancellable_new ();
  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  self->sign_out_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  porch_backoff_init (&self->refresh_backoff, REFRESH_WAIT_MIN_MS, REFRESH_WAIT_MAX_MS);
  porch_backoff_init (&self->load_backoff, LOAD_WAIT_MIN_MS, LOAD_WAIT_MAX_MS);
}

/**
 * porch_auth_new:
 * @clock: the program's clock
 * @http: the account's HTTP client
 * @token_store: where the tokens are kept between runs
 * @discovery: where the server's parts are
 * @account: the account's id, the key in @token_store
 *
 * Returns: (transfer full): a sign-in that is signed out
 */
PorchAuth *
porch_auth_new (PorchClock *clock,
                PorchHttpClient *http,
                PorchTokenStore *token_store,
                const PorchDiscovery *discovery,
                const char *account)
{
  PorchAuth *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_HTTP_CLIENT (http), NULL);
  g_return_val_if_fail (PORCH_IS_TOKEN_STORE (token_store), NULL);
  g_return_val_if_fail (discovery != NULL, NULL);
  g_return_val_if_fail (account != NULL, NULL);

  self = g_object_new (PORCH_TYPE_AUTH, NULL);
  self->clock = g_object_ref (clock);
  self->http = g_object_ref (http);
  self->token_store = g_object_ref (token_store);
  self->discovery = porch_discovery_copy (discovery);
  self->account = g_strdup (account);
  self->host = porch_client_error_get_host (discovery->supabase_url);

  return self;
}

/**
 * porch_auth_begin_async:
 * @self: a sign-in that is signed out
 * @session: (transfer full): what a PorchSignIn ended with
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Takes over a session and puts it into the token store.
 */
void
porch_auth_begin_async (PorchAuth *self,
                        PorchAuthSession *session,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (PORCH_IS_AUTH (self));
  g_return_if_fail (session != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  if (self->state != PORCH_AUTH_SIGNED_OUT && self->state != PORCH_AUTH_LOADING)
    {
      porch_auth_session_free (session);
      g_task_return_new_error (task, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_FAILED, "%s",
                               _ ("Sign out first."));
      return;
    }

  drop_session (self);
  g_clear_pointer (&self->end_sentence, g_free);
  adopt_session (self, session);
  set_state (self, PORCH_AUTH_SIGNING_IN);
  self->sign_in_task = g_steal_pointer (&task);
  self->sign_in_timer = porch_clock_add_timeout (self->clock, SIGN_IN_STORE_WAIT_MS,
                                                 on_sign_in_timer_cb, self);
  sync_store (self);
}

/**
 * porch_auth_begin_finish:
 * @self: a sign-in
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR, in one translated sentence
 *
 * Returns: whether somebody is signed in now
 */
gboolean
porch_auth_begin_finish (PorchAuth *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_auth_resume:
 * @self: a sign-in that is signed out
 *
 * Takes up the session that the token store kept, and asks again while that is locked.
 */
void
porch_auth_resume (PorchAuth *self)
{
  g_return_if_fail (PORCH_IS_AUTH (self));

  if (self->state != PORCH_AUTH_SIGNED_OUT)
    return;

  porch_backoff_reset (&self->load_backoff);
  set_state (self, PORCH_AUTH_LOADING);
  load_session (self);
}

/**
 * porch_auth_sign_out_async:
 * @self: a sign-in
 * @cancellable: (nullable): to give up telling the server
 * @callback: (nullable): called when it is done
 * @user_data: for @callback
 *
 * Forgets the session here and in the token store at once, then tells the server
 * (POST /logout?scope=local). Both are waited for at most five seconds.
 */
void
porch_auth_sign_out_async (PorchAuth *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (SoupMessage) message = NULL;

  g_return_if_fail (PORCH_IS_AUTH (self));

  task = g_task_new (self, NULL, callback, user_data);
  if (self->session != NULL)
    {
      message = porch_auth_request_new (self->discovery, "POST", "logout?scope=local");
      porch_auth_request_set_bearer (message, self->session->access_token);
    }
  end_session (self);

  if (message == NULL)
    {
      finish_sign_out (self, task);
      return;
    }

  porch_http_client_send_async (self->http, message, PORCH_HTTP_BODY_MAX_BYTES, SIGN_OUT_WAIT_MS,
                                cancellable, on_sign_out_sent_cb, g_steal_pointer (&task));
}

/**
 * porch_auth_sign_out_finish:
 * @self: a sign-in
 * @result: what the callback got
 * @error: never set at present
 *
 * Returns: %TRUE: signed out here, whatever the server says
 */
gboolean
porch_auth_sign_out_finish (PorchAuth *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_auth_get_token_async:
 * @self: a sign-in
 * @refused_generation: the generation of a token that was just answered with 401, or 0
 * @cancellable: (nullable): to give up waiting; a refresh goes on for the others
 * @callback: called when there is a token
 * @user_data: for @callback
 *
 * Asks for an access token that is good for some time: one that soon ends or was refused is renewed
 * first. Two tokens may be the same string, so it is generations that are compared.
 */
void
porch_auth_get_token_async (PorchAuth *self,
                            guint refused_generation,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  TokenRequest *request;
  gboolean is_refused;

  g_return_if_fail (PORCH_IS_AUTH (self));

  task = g_task_new (self, cancellable, callback, user_data);
  request = g_new0 (TokenRequest, 1);
  request->refused_generation = refused_generation;
  g_task_set_task_data (task, request, g_free);

  if (!porch_auth_has_session (self))
    {
      g_task_return_error (task, new_signed_out_error ());
      return;
    }

  is_refused = refused_generation == self->generation;
  if (!is_refused && access_token_lasts_us (self, REFRESH_AHEAD_US))
    {
      return_token (self, task);
      return;
    }

  g_ptr_array_add (self->waiters, g_object_ref (task));
  if (self->state != PORCH_AUTH_REFRESHING
      && porch_clock_get_monotonic_us (self->clock) < self->refresh_not_before_us)
    answer_waiters (self, self->refresh_error);
  else
    start_refresh (self);
}

/**
 * porch_auth_get_token_finish:
 * @self: a sign-in
 * @result: what the callback got
 * @generation: (out): which one it is, to say if the server refuses it
 * @error: %PORCH_CLIENT_ERROR_SIGNED_OUT, or why it could not be renewed
 *
 * Returns: (transfer full): the access token; free it with porch_secret_free()
 */
char *
porch_auth_get_token_finish (PorchAuth *self,
                             GAsyncResult *result,
                             guint *generation,
                             GError **error)
{
  TokenGrant *grant;
  char *token;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  grant = g_task_propagate_pointer (G_TASK (result), error);
  if (grant == NULL)
    return NULL;

  *generation = grant->generation;
  token = g_steal_pointer (&grant->token);
  token_grant_free (grant);

  return token;
}

static void
on_others_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchAuth *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchHttpAnswer) answer = porch_http_client_send_finish (PORCH_HTTP_CLIENT (source),
                                                                      result, &error);

  if (answer == NULL)
    g_task_return_error (task, porch_client_error_new_for_network (error, self->host));
  else if (answer->status == 200 || answer->status == 204)
    g_task_return_boolean (task, TRUE);
  else
    {
      error = porch_auth_error_parse (answer->status, answer->error_code, answer->body,
                                      answer->length);
      g_task_return_error (task, porch_auth_sentence_describe (error, answer->status, self->host));
    }
}

static void
on_others_token_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchAuth *self = PORCH_AUTH (source);
  g_autoptr (SoupMessage) message = NULL;
  GError *error = NULL;
  guint generation;
  char *token = porch_auth_get_token_finish (self, result, &generation, &error);

  if (token == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  message = porch_auth_request_new (self->discovery, "POST", "logout?scope=others");
  porch_auth_request_set_bearer (message, token);
  porch_secret_free (token);
  porch_http_client_send_async (self->http, message, PORCH_HTTP_BODY_MAX_BYTES,
                                PORCH_HTTP_DEADLINE_MS, self->cancellable, on_others_sent_cb,
                                g_steal_pointer (&task));
}

/**
 * porch_auth_sign_out_others_async:
 * @self: a sign-in
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Ends every other session of this person (POST /logout?scope=others).
 */
void
porch_auth_sign_out_others_async (PorchAuth *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PORCH_IS_AUTH (self));

  task = g_task_new (self, cancellable, callback, user_data);
  porch_auth_get_token_async (self, 0, cancellable, on_others_token_cb, task);
}

/**
 * porch_auth_sign_out_others_finish:
 * @self: a sign-in
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR, in one translated sentence
 *
 * Returns: whether the others are signed out
 */
gboolean
porch_auth_sign_out_others_finish (PorchAuth *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_auth_try_now:
 * @self: a sign-in
 *
 * Something changed for the better: waits before the next try are over.
 */
void
porch_auth_try_now (PorchAuth *self)
{
  g_return_if_fail (PORCH_IS_AUTH (self));

  self->refresh_not_before_us = 0;
  porch_backoff_reset (&self->refresh_backoff);

  if (self->store_timer != 0)
    {
      porch_clock_clear_timeout (self->clock, &self->store_timer);
      on_store_timer_cb (self);
    }
}

/**
 * porch_auth_get_state:
 * @self: a sign-in
 *
 * Returns: where it stands
 */
PorchAuthState
porch_auth_get_state (PorchAuth *self)
{
  g_return_val_if_fail (PORCH_IS_AUTH (self), PORCH_AUTH_SIGNED_OUT);

  return self->state;
}

/**
 * porch_auth_has_session:
 * @self: a sign-in
 *
 * Returns: whether somebody is signed in
 */
gboolean
porch_auth_has_session (PorchAuth *self)
{
  g_return_val_if_fail (PORCH_IS_AUTH (self), FALSE);

  return self->state == PORCH_AUTH_SIGNED_IN || self->state == PORCH_AUTH_REFRESHING;
}

/**
 * porch_auth_get_store_locked:
 * @self: a sign-in
 *
 * Returns: whether the token store could not be read or written last time
 */
gboolean
porch_auth_get_store_locked (PorchAuth *self)
{
  g_return_val_if_fail (PORCH_IS_AUTH (self), FALSE);

  return self->store_locked;
}

/**
 * porch_auth_get_user:
 * @self: a sign-in
 *
 * Returns: (transfer none) (nullable): who is signed in
 */
const PorchAuthUser *
porch_auth_get_user (PorchAuth *self)
{
  g_return_val_if_fail (PORCH_IS_AUTH (self), NULL);

  return self->session != NULL ? self->session->user : NULL;
}

/**
 * porch_auth_get_end_sentence:
 * @self: a sign-in
 *
 * Returns: (transfer none) (nullable): why the server ended the last session, translated
 */
const char *
porch_auth_get_end_sentence (PorchAuth *self)
{
  g_return_val_if_fail (PORCH_IS_AUTH (self), NULL);

  return self->end_sentence;
}
