/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The presence API of the server, one function a route: gets a token from PorchAuth, asks,
 * refreshes once after a 401 and asks again, and reads the answer. Every answer's Date goes to the
 * server clock. Owned by PorchSession, used by PorchOwnPresence, PorchWatcher and
 * PorchPusherConnection, which decide when to ask and when to ask again.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-presence-api.h"

#include "config.h"

#include "client/porch-client-error.h"
#include "protocol/porch-user-id.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _PorchPresenceApi
{
  GObject parent_instance;

  PorchHttpClient *http;
  PorchAuth *auth;
  PorchServerClock *server_clock;
  PorchDiscovery *discovery;
  char *host;
};

G_DEFINE_FINAL_TYPE (PorchPresenceApi, porch_presence_api, G_TYPE_OBJECT)

/* One call, which may take two requests; owned by its task. */
typedef struct
{
  const char *method;
  char *url;
  const char *content_type;
  char *body;
  guint deadline_ms;
  guint generation; /* of the token that was sent, 0 before */
  gboolean is_retry;
  guint retry_after_s;
} Call;

static void get_token (GTask *task, guint refused_generation);

static void
call_free (Call *call)
{
  g_free (call->url);
  g_free (call->body);
  g_free (call);
}

static void
on_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPresenceApi *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchHttpAnswer) answer = porch_http_client_send_finish (PORCH_HTTP_CLIENT (source),
                                                                      result, &error);

  if (answer == NULL)
    {
      g_debug ("%s: %s", call->url, error->message);
      g_task_return_error (task, porch_client_error_new_for_network (error, self->host));
      return;
    }

  if (answer->date_us != 0)
    porch_server_clock_add_date (self->server_clock, answer->date_us);
  call->retry_after_s = answer->retry_after_s;

  /* The original answers 401 to a good token, too, when it cannot reach Supabase: one refresh, one
   * more try, and no conclusion about the session. */
  if (answer->status == 401 && !call->is_retry)
    {
      call->is_retry = TRUE;
      get_token (g_steal_pointer (&task), call->generation);
      return;
    }

  g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) porch_http_answer_free);
}

static void
send_call (GTask *task, const char *token)
{
  PorchPresenceApi *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  g_autoptr (SoupMessage) message = porch_http_message_new (call->method, call->url);
  g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);

  /* A POST of a state or for an authorisation may be sent twice, so that it can use the connection
   * that is there. */
  soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                bearer);
  explicit_bzero (bearer, strlen (bearer));
  if (call->body != NULL)
    porch_http_message_take_body (message, call->content_type, g_strdup (call->body));

  porch_http_client_send_async (self->http, message, PORCH_HTTP_BODY_MAX_BYTES, call->deadline_ms,
                                g_task_get_cancellable (task), on_sent_cb, task);
}

static void
on_token_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  char *token = porch_auth_get_token_finish (PORCH_AUTH (source), result, &call->generation,
                                             &error);

  if (token == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  send_call (g_steal_pointer (&task), token);
  porch_secret_free (token);
}

static void
get_token (GTask *task, guint refused_generation)
{
  PorchPresenceApi *self = g_task_get_source_object (task);

  porch_auth_get_token_async (self->auth, refused_generation, g_task_get_cancellable (task),
                              on_token_cb, task);
}

/* Takes @url and @body. */
static void
start_call (PorchPresenceApi *self,
            const char *method,
            char *url,
            const char *content_type,
            char *body,
            guint deadline_ms,
            GTask *task)
{
  Call *call = g_new0 (Call, 1);

  call->method = method;
  call->url = url;
  call->content_type = content_type;
  call->body = body;
  call->deadline_ms = deadline_ms;
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);

  get_token (task, 0);
}

static char *
build_url (PorchPresenceApi *self, const char *path)
{
  return g_strconcat (self->discovery->api_url, path, NULL);
}

/* The answer of a call that succeeded, or an error in a sentence. */
static PorchHttpAnswer *
finish_call (PorchPresenceApi *self, GAsyncResult *result, GError **error)
{
  g_autoptr (PorchHttpAnswer) answer = g_task_propagate_pointer (G_TASK (result), error);

  if (answer == NULL)
    return NULL;

  if (answer->status == 200)
    return g_steal_pointer (&answer);

  if (answer->status == 404 && answer->is_json)
    g_set_error_literal (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_NO_SUCH_USER,
                         _ ("The server does not know this person."));
  else
    g_propagate_error (error, porch_client_error_new_for_status (answer->status, self->host));

  return NULL;
}

/* Replaces what a parser said by a sentence. */
static void
describe_parse_error (PorchPresenceApi *self, GError *cause, GError **error)
{
  g_message ("%s sent what cannot be read: %s", self->host, cause->message);
  g_error_free (cause);
  g_propagate_error (error, porch_client_error_new_for_status (200, self->host));
}

static void
porch_presence_api_dispose (GObject *object)
{
  PorchPresenceApi *self = PORCH_PRESENCE_API (object);

  g_clear_object (&self->http);
  g_clear_object (&self->auth);
  g_clear_object (&self->server_clock);

  G_OBJECT_CLASS (porch_presence_api_parent_class)->dispose (object);
}

static void
porch_presence_api_finalize (GObject *object)
{
  PorchPresenceApi *self = PORCH_PRESENCE_API (object);

  g_clear_pointer (&self->discovery, porch_discovery_free);
  g_clear_pointer (&self->host, g_free);

  G_OBJECT_CLASS (porch_presence_api_parent_class)->finalize (object);
}

static void
porch_presence_api_class_init (PorchPresenceApiClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_presence_api_dispose;
  object_class->finalize = porch_presence_api_finalize;
}

static void
porch_presence_api_init (PorchPresenceApi *self)
{
}

/**
 * porch_presence_api_new:
 * @http: the account's HTTP client
 * @auth: where tokens come from
 * @server_clock: what learns the server's time
 * @discovery: where the API is
 *
 * Returns: (transfer full): the API of one server
 */
PorchPresenceApi *
porch_presence_api_new (PorchHttpClient *http,
                        PorchAuth *auth,
                        PorchServerClock *server_clock,
                        const PorchDiscovery *discovery)
{
  PorchPresenceApi *self;

  g_return_val_if_fail (PORCH_IS_HTTP_CLIENT (http), NULL);
  g_return_val_if_fail (PORCH_IS_AUTH (auth), NULL);
  g_return_val_if_fail (PORCH_IS_SERVER_CLOCK (server_clock), NULL);
  g_return_val_if_fail (discovery != NULL, NULL);

  self = g_object_new (PORCH_TYPE_PRESENCE_API, NULL);
  self->http = g_object_ref (http);
  self->auth = g_object_ref (auth);
  self->server_clock = g_object_ref (server_clock);
  self->discovery = porch_discovery_copy (discovery);
  self->host = porch_client_error_get_host (discovery->api_url);

  return self;
}

/**
 * porch_presence_api_update_async:
 * @self: an API
 * @status: what to say about oneself
 * @client_id: (nullable): the random id of this installation
 * @deadline_ms: how long a request may take, milliseconds
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * POST /api/user/presence.
 */
void
porch_presence_api_update_async (PorchPresenceApi *self,
                                 PorchStatus status,
                                 const char *client_id,
                                 guint deadline_ms,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PORCH_IS_PRESENCE_API (self));

  task = g_task_new (self, cancellable, callback, user_data);
  start_call (self, "POST", build_url (self, "/api/user/presence"), "application/json",
              porch_presence_update_build (status, client_id), deadline_ms, task);
}

/**
 * porch_presence_api_update_finish:
 * @self: an API
 * @result: what the callback got
 * @answer: (out caller-allocates): what the server says now
 * @error: %PORCH_CLIENT_ERROR
 *
 * Returns: whether the server took it
 */
gboolean
porch_presence_api_update_finish (PorchPresenceApi *self,
                                  GAsyncResult *result,
                                  PorchPresenceAnswer *answer,
                                  GError **error)
{
  g_autoptr (PorchHttpAnswer) http_answer = NULL;
  GError *parse_error = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  http_answer = finish_call (self, result, error);
  if (http_answer == NULL)
    return FALSE;

  if (!porch_presence_answer_parse (http_answer->body, http_answer->length, answer, &parse_error))
    {
      describe_parse_error (self, parse_error, error);
      return FALSE;
    }

  return TRUE;
}

/**
 * porch_presence_api_get_state_async:
 * @self: an API
 * @user_id: whose
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * GET /api/user/{id}/status.
 */
void
porch_presence_api_get_state_async (PorchPresenceApi *self,
                                    const char *user_id,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;
  GTask *task;

  g_return_if_fail (PORCH_IS_PRESENCE_API (self));
  g_return_if_fail (porch_user_id_is_valid (user_id));

  escaped = g_uri_escape_string (user_id, NULL, FALSE);
  path = g_strconcat ("/api/user/", escaped, "/status", NULL);
  task = g_task_new (self, cancellable, callback, user_data);
  start_call (self, "GET", build_url (self, path), NULL, NULL, PORCH_HTTP_DEADLINE_MS, task);
}

/**
 * porch_presence_api_get_state_finish:
 * @self: an API
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR_NO_SUCH_USER, or another of %PORCH_CLIENT_ERROR
 *
 * Returns: (transfer full): the person's state
 */
PorchUserState *
porch_presence_api_get_state_finish (PorchPresenceApi *self, GAsyncResult *result, GError **error)
{
  g_autoptr (PorchHttpAnswer) answer = NULL;
  GError *parse_error = NULL;
  PorchUserState *state;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  answer = finish_call (self, result, error);
  if (answer == NULL)
    return NULL;

  state = porch_user_state_parse (answer->body, answer->length, &parse_error);
  if (state == NULL)
    describe_parse_error (self, parse_error, error);

  return state;
}

/**
 * porch_presence_api_get_states_async:
 * @self: an API
 * @user_ids: (element-type utf8): at most %PORCH_USERS_MAX ids
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * GET /api/users?ids=, which only porchlightd has.
 */
void
porch_presence_api_get_states_async (PorchPresenceApi *self,
                                     GPtrArray *user_ids,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GString) path = NULL;
  GTask *task;

  g_return_if_fail (PORCH_IS_PRESENCE_API (self));
  g_return_if_fail (user_ids->len > 0 && user_ids->len <= PORCH_USERS_MAX);

  path = g_string_new ("/api/users?ids=");
  for (guint i = 0; i < user_ids->len; i++)
    {
      if (i > 0)
        g_string_append_c (path, ',');
      g_string_append_uri_escaped (path, user_ids->pdata[i], NULL, FALSE);
    }

  task = g_task_new (self, cancellable, callback, user_data);
  start_call (self, "GET", build_url (self, path->str), NULL, NULL, PORCH_HTTP_DEADLINE_MS, task);
}

/* The answer of a route that other servers lack: they say so with a page. */
static PorchHttpAnswer *
finish_optional_call (PorchPresenceApi *self, GAsyncResult *result, GError **error)
{
  g_autoptr (PorchHttpAnswer) answer = g_task_propagate_pointer (G_TASK (result), error);

  if (answer == NULL)
    return NULL;

  if (answer->status == 200 && answer->is_json)
    return g_steal_pointer (&answer);

  if (answer->status == 200 || answer->status == 404 || answer->status == 405)
    g_set_error_literal (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_UNSUPPORTED,
                         _ ("This server has no list of people to search."));
  else
    g_propagate_error (error, porch_client_error_new_for_status (answer->status, self->host));

  return NULL;
}

static GPtrArray *
finish_people (PorchPresenceApi *self,
               GAsyncResult *result,
               GPtrArray *(*parse) (const char *bytes, gsize length, GError **error),
               GError **error)
{
  g_autoptr (PorchHttpAnswer) answer = finish_optional_call (self, result, error);
  GError *parse_error = NULL;
  GPtrArray *people;

  if (answer == NULL)
    return NULL;

  people = parse (answer->body, answer->length, &parse_error);
  if (people == NULL)
    describe_parse_error (self, parse_error, error);

  return people;
}

/**
 * porch_presence_api_get_states_finish:
 * @self: an API
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR_UNSUPPORTED where the server lacks the route, or another of
 *   %PORCH_CLIENT_ERROR
 *
 * Returns: (transfer full) (element-type PorchUserState): the states of those whom the server knows
 */
GPtrArray *
porch_presence_api_get_states_finish (PorchPresenceApi *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return finish_people (self, result, porch_user_states_parse, error);
}

/**
 * porch_presence_api_search_async:
 * @self: an API
 * @query: letters of a name, or an email address
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * GET /api/users?query=, which only porchlightd has.
 */
void
porch_presence_api_search_async (PorchPresenceApi *self,
                                 const char *query,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;
  GTask *task;

  g_return_if_fail (PORCH_IS_PRESENCE_API (self));
  g_return_if_fail (query != NULL);

  escaped = g_uri_escape_string (query, NULL, FALSE);
  path = g_strconcat ("/api/users?query=", escaped, NULL);
  task = g_task_new (self, cancellable, callback, user_data);
  start_call (self, "GET", build_url (self, path), NULL, NULL, PORCH_HTTP_DEADLINE_MS, task);
}

/**
 * porch_presence_api_search_finish:
 * @self: an API
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR_UNSUPPORTED where the server cannot be searched, or another of
 *   %PORCH_CLIENT_ERROR
 *
 * Returns: (transfer full) (element-type PorchUserState): who was found; their status is unknown
 */
GPtrArray *
porch_presence_api_search_finish (PorchPresenceApi *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return finish_people (self, result, porch_user_profiles_parse, error);
}

/**
 * porch_presence_api_authorize_async:
 * @self: an API
 * @socket_id: of the WebSocket
 * @channel: which channel to subscribe to
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Asks for the authorisation of a channel (Pusher Channels: POST to the authEndpoint, as a form).
 */
void
porch_presence_api_authorize_async (PorchPresenceApi *self,
                                    const char *socket_id,
                                    const char *channel,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PORCH_IS_PRESENCE_API (self));
  g_return_if_fail (socket_id != NULL && channel != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  start_call (self, "POST", build_url (self, self->discovery->auth_endpoint),
              SOUP_FORM_MIME_TYPE_URLENCODED,
              soup_form_encode ("socket_id", socket_id, "channel_name", channel, NULL),
              PORCH_HTTP_DEADLINE_MS, task);
}

/**
 * porch_presence_api_authorize_finish:
 * @self: an API
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR
 *
 * Returns: (transfer full): what to send with the subscription
 */
PorchPusherChannelAuth *
porch_presence_api_authorize_finish (PorchPresenceApi *self, GAsyncResult *result, GError **error)
{
  g_autoptr (PorchHttpAnswer) answer = NULL;
  GError *parse_error = NULL;
  PorchPusherChannelAuth *channel_auth;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  answer = finish_call (self, result, error);
  if (answer == NULL)
    return NULL;

  channel_auth = porch_pusher_channel_auth_parse (answer->body, answer->length, &parse_error);
  if (channel_auth == NULL)
    describe_parse_error (self, parse_error, error);

  return channel_auth;
}

/**
 * porch_presence_api_get_retry_after_s:
 * @result: what any callback of the API got
 *
 * Returns: how long the server asked to wait before the next request, seconds, or 0
 */
guint
porch_presence_api_get_retry_after_s (GAsyncResult *result)
{
  Call *call = g_task_get_task_data (G_TASK (result));

  return call->retry_after_s;
}
