/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* See the header. One SoupServer on a port of its own on loopback. */

#include "porch-scripted-server.h"

#include "protocol/porch-auth-message.h"
#include "protocol/porch-presence-message.h"
#include "protocol/porch-pusher-frame.h"
#include "protocol/porch-pusher-signature.h"
#include "protocol/porch-timestamp.h"
#include "protocol/porch-user-id.h"

#define APP_KEY    "key"
#define APP_SECRET "secret"

typedef struct
{
  PorchScriptedServer *server;
  SoupWebsocketConnection *connection;
  GHashTable *channels;
} Socket;

static void
socket_free (Socket *socket)
{
  g_signal_handlers_disconnect_by_data (socket->connection, socket);
  if (soup_websocket_connection_get_state (socket->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (socket->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  g_object_unref (socket->connection);
  g_hash_table_unref (socket->channels);
  g_free (socket);
}

static void
respond (SoupServerMessage *message, guint status, char *json)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, json,
                                    strlen (json));
}

static void
respond_page (SoupServerMessage *message, guint status)
{
  const char *page = "<!DOCTYPE html><title>Not found</title>";

  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC, page, strlen (page));
}

static void
hang_up (SoupServerMessage *message)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  g_io_stream_close (stream, NULL, NULL);
}

static char *
build_session (PorchScriptedServer *self)
{
  PorchAuthUser user = {
    .id = (char *) SCRIPTED_USER,
    .email = (char *) SCRIPTED_EMAIL,
    .first_name = (char *) "Ann",
    .last_name = (char *) "Example",
  };
  g_autofree char *access_token = g_strdup_printf ("access-%u", self->generation);
  g_autofree char *refresh_token = g_strdup_printf ("refresh-%u", self->generation);
  PorchAuthSession session = {
    .access_token = access_token,
    .refresh_token = refresh_token,
    .expires_at_us = g_get_real_time () + (gint64) self->expires_in_s * G_USEC_PER_SEC,
    .expires_in_s = self->expires_in_s,
    .user = &user,
  };

  return porch_auth_session_build (&session, 0);
}

static void
on_refresh_grant (PorchScriptedServer *self, SoupServerMessage *message, const char *refresh_token)
{
  self->n_refresh_grants++;
  if (self->refresh_status != 0)
    {
      respond (message, self->refresh_status,
               porch_auth_error_build (self->refresh_status, self->refresh_error, "no",
                                       PORCH_SUPABASE_API_VERSION));
      return;
    }

  /* The newest token, or its parent. */
  self->used_refresh_token = g_ascii_strtoull (refresh_token + strlen ("refresh-"), NULL, 10);
  g_assert_cmpuint (self->used_refresh_token + 1, >=, self->generation);
  self->generation++;

  if (self->loses_refresh_answers)
    {
      self->loses_refresh_answers = FALSE;
      hang_up (message);
      return;
    }
  respond (message, 200, build_session (self));
}

typedef struct
{
  guint status;
  char *json;
} Answer;

static void
answer_free (Answer *answer)
{
  g_free (answer->json);
  g_free (answer);
}

/* Whether a test has written down what to answer there. */
static gboolean
answer_as_written (PorchScriptedServer *self, SoupServerMessage *message, const char *path)
{
  const Answer *answer = g_hash_table_lookup (self->answers, path);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (
      soup_server_message_get_request_body (message));
  gsize length;
  const char *body = g_bytes_get_data (bytes, &length);

  g_hash_table_replace (self->bodies, g_strdup (path), g_strndup (body, length));
  if (answer == NULL)
    return FALSE;

  respond (message, answer->status, g_strdup (answer->json));
  return TRUE;
}

static void
on_auth_cb (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  PorchScriptedServer *self = user_data;

  g_assert_cmpstr (
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "apikey"),
      ==, "anon");
  if (!answer_as_written (self, message, path))
    respond_page (message, 404);
}

static void
on_token_cb (SoupServer *soup,
             SoupServerMessage *message,
             const char *path,
             GHashTable *query,
             gpointer user_data)
{
  PorchScriptedServer *self = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  g_autoptr (PorchAuthGrant) grant = porch_auth_grant_parse (g_bytes_get_data (bytes, NULL),
                                                             g_bytes_get_size (bytes), NULL);

  if (answer_as_written (self, message, path))
    return;

  g_assert_nonnull (grant);
  g_assert_cmpstr (
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "apikey"),
      ==, "anon");

  if (grant->refresh_token != NULL)
    {
      on_refresh_grant (self, message, grant->refresh_token);
      return;
    }

  self->n_password_grants++;
  if (g_strcmp0 (grant->email, SCRIPTED_EMAIL) == 0
      && g_strcmp0 (grant->password, SCRIPTED_PASSWORD) == 0)
    {
      self->generation++;
      respond (message, 200, build_session (self));
    }
  else
    {
      respond (message, 400,
               porch_auth_error_build (400, "invalid_credentials", "Invalid login credentials",
                                       PORCH_SUPABASE_API_VERSION));
    }
}

static void
on_logout_cb (SoupServer *soup,
              SoupServerMessage *message,
              const char *path,
              GHashTable *query,
              gpointer user_data)
{
  PorchScriptedServer *self = user_data;

  g_assert_cmpstr (g_hash_table_lookup (query, "scope"), ==, "local");
  self->n_logouts++;
  soup_server_message_set_status (message, 204, NULL);
}

/* Whether the call may go on; otherwise it is answered. */
static gboolean
check_token (PorchScriptedServer *self, SoupServerMessage *message)
{
  g_autofree char *expected = g_strdup_printf ("Bearer access-%u", self->generation);
  const char *bearer = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Authorization");

  if (self->says_date)
    {
      g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
      g_autoptr (GDateTime) then = g_date_time_add_seconds (now, self->date_offset_s);
      g_autofree char *date = soup_date_time_to_string (then, SOUP_DATE_HTTP);

      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Date",
                                    date);
    }

  if (self->refuses_tokens == 0 && g_strcmp0 (bearer, expected) == 0)
    return TRUE;
  /* Several programs of the person have a session each. */
  if (self->is_original && bearer != NULL && g_str_has_prefix (bearer, "Bearer access-"))
    return TRUE;

  if (self->refuses_tokens > 0)
    self->refuses_tokens--;
  respond (message, 401, porch_api_error_build ("no"));
  return FALSE;
}

static char *
build_status_frame (const char *channel_owner,
                    const char *id,
                    PorchStatus status,
                    gint64 last_active_us)
{
  PorchUserState state = {
    .user_id = (char *) id,
    .status = status,
    .last_active_us = last_active_us,
    .first_name = (char *) "Told",
  };
  g_autofree char *channel = porch_user_id_to_channel (channel_owner);
  g_autofree char *data = porch_user_state_build (&state);

  return porch_pusher_frame_build (PORCH_STATUS_CHANGE_EVENT, channel, data);
}

static void
tell_as_original (PorchScriptedServer *self, PorchStatus status)
{
  gint64 now_us = g_get_real_time ();

  porch_scripted_server_set_user (self, SCRIPTED_USER, "Ann", PORCH_STATUS_UNKNOWN, now_us);
  for (guint i = 0; i < self->sockets->len; i++)
    {
      Socket *socket = self->sockets->pdata[i];
      g_autofree char *frame = build_status_frame (SCRIPTED_USER, SCRIPTED_USER, status, now_us);

      if (g_hash_table_contains (socket->channels, "presence-user-" SCRIPTED_USER))
        soup_websocket_connection_send_text (socket->connection, frame);
    }
}

static void
on_update_cb (SoupServer *soup,
              SoupServerMessage *message,
              const char *path,
              GHashTable *query,
              gpointer user_data)
{
  PorchScriptedServer *self = user_data;
  g_autoptr (GBytes) bytes = soup_message_body_flatten (
      soup_server_message_get_request_body (message));
  g_autoptr (PorchPresenceUpdate) update = porch_presence_update_parse (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  g_autofree char *now = porch_timestamp_format (g_get_real_time ());

  self->n_updates++;
  if (!check_token (self, message))
    return;

  g_assert_nonnull (update);
  if (self->stalls_updates)
    {
      soup_server_message_pause (message);
      g_ptr_array_add (self->stalled, g_object_ref (message));
      return;
    }
  if (self->update_status != 0)
    {
      if (self->retry_after_s != 0)
        {
          g_autofree char *value = g_strdup_printf ("%u", self->retry_after_s);

          soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                        "Retry-After", value);
        }
      respond (message, self->update_status, porch_api_error_build ("no"));
      return;
    }

  self->last_status = update->status;
  g_free (self->last_client);
  self->last_client = g_strdup (update->client);
  if (self->is_original)
    tell_as_original (self, update->status);
  respond (message, 200,
           self->is_original ? g_strdup_printf ("{\"success\":true,\"lastActive\":\"%s\"}", now)
           : self->lists_no_status
               ? g_strdup ("{\"success\":true,\"lastActive\":\"2024-01-15T10:30:00Z\"}")
               : porch_presence_answer_build (update->status, g_get_real_time ()));
}

static void
on_user_cb (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  PorchScriptedServer *self = user_data;
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  PorchUserState *state;

  self->n_singles++;
  if (!check_token (self, message))
    return;

  state = g_strv_length (parts) == 5 ? g_hash_table_lookup (self->users, parts[3]) : NULL;
  if (state != NULL && self->is_original)
    state->status = g_get_real_time () - state->last_active_us < PORCH_ONLINE_WINDOW_US
                        ? PORCH_STATUS_ONLINE
                        : PORCH_STATUS_OFFLINE;
  if (state != NULL)
    respond (message, 200, porch_user_state_build (state));
  else
    respond (message, 404, porch_api_error_build ("no such user"));
}

static void
on_users_cb (SoupServer *soup,
             SoupServerMessage *message,
             const char *path,
             GHashTable *query,
             gpointer user_data)
{
  PorchScriptedServer *self = user_data;
  const char *wanted = query != NULL ? g_hash_table_lookup (query, "ids") : NULL;
  g_autoptr (GPtrArray) states = g_ptr_array_new ();
  g_auto (GStrv) ids = NULL;

  if (self->lacks_list || self->is_original)
    {
      respond_page (message, 404);
      return;
    }
  if (!check_token (self, message))
    return;
  if (self->users_status != 0)
    {
      respond (message, self->users_status, porch_api_error_build ("no"));
      return;
    }

  if (wanted == NULL)
    {
      GHashTableIter iter;
      gpointer state;

      self->n_searches++;
      g_hash_table_iter_init (&iter, self->users);
      while (g_hash_table_iter_next (&iter, NULL, &state))
        g_ptr_array_add (states, state);
      respond (message, 200, porch_user_profiles_build (states));
      return;
    }

  self->n_batches++;
  ids = g_strsplit (wanted, ",", -1);
  g_assert_cmpuint (g_strv_length (ids), <=, PORCH_USERS_MAX);
  for (guint i = 0; ids[i] != NULL; i++)
    if (g_hash_table_contains (self->users, ids[i]))
      g_ptr_array_add (states, g_hash_table_lookup (self->users, ids[i]));

  if (self->garbled_user != NULL && g_strv_contains ((const char *const *) ids, self->garbled_user))
    respond (message, 200, g_strdup ("{\"users\":[{\"userId\":\"\"}]}"));
  else
    respond (message, 200, porch_user_states_build (states));
}

static void
on_authorize_cb (SoupServer *soup,
                 SoupServerMessage *message,
                 const char *path,
                 GHashTable *query,
                 gpointer user_data)
{
  PorchScriptedServer *self = user_data;
  g_autoptr (GBytes) bytes = soup_message_body_flatten (
      soup_server_message_get_request_body (message));
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (GHashTable) form = soup_form_decode (text);
  g_autofree char *channel_data = porch_pusher_member_build (SCRIPTED_USER, "{\"name\":\"Ann\"}");
  g_autofree char *auth = NULL;

  self->n_authorizations++;
  if (!check_token (self, message))
    return;
  if (self->authorization_status != 0)
    {
      respond (message, self->authorization_status, porch_api_error_build ("no"));
      return;
    }

  auth = porch_pusher_channel_auth_build (APP_KEY, APP_SECRET,
                                          g_hash_table_lookup (form, "socket_id"),
                                          g_hash_table_lookup (form, "channel_name"), channel_data);
  respond (message, 200, porch_pusher_channel_auth_to_json (auth, channel_data));
}

static void
on_discovery_cb (SoupServer *soup,
                 SoupServerMessage *message,
                 const char *path,
                 GHashTable *query,
                 gpointer user_data)
{
  PorchScriptedServer *self = user_data;
  g_autoptr (PorchDiscovery) discovery = porch_scripted_server_get_discovery (self);

  self->n_discoveries++;
  respond (message, 200, porch_discovery_build (discovery));
}

static void
send_text (Socket *socket, const char *event, const char *channel, const char *data)
{
  g_autofree char *frame = porch_pusher_frame_build (event, channel, data);

  soup_websocket_connection_send_text (socket->connection, frame);
}

static void
add_member (GPtrArray *members, const char *user_id)
{
  PorchPusherMember *member = g_new0 (PorchPusherMember, 1);

  member->user_id = g_strdup (user_id);
  g_ptr_array_add (members, member);
}

static void
on_subscribe (Socket *socket, const char *data)
{
  g_autoptr (PorchPusherSubscribe) subscribe = porch_pusher_subscribe_parse (data, NULL);
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_pusher_member_free);
  const char *owner = porch_user_id_from_channel (subscribe->channel);
  g_autofree char *members_json = NULL;

  g_assert_true (porch_pusher_channel_auth_verify (subscribe->auth, APP_KEY, APP_SECRET, "1.1",
                                                   subscribe->channel, subscribe->channel_data));
  if (socket->server->ignores_subscriptions)
    return;

  /* As porchlightd does: only the owner is a member. */
  if (owner != NULL && g_hash_table_contains (socket->server->users, owner))
    add_member (members, owner);
  if (socket->server->is_original && g_strcmp0 (owner, SCRIPTED_USER) != 0)
    add_member (members, SCRIPTED_USER);
  g_hash_table_add (socket->channels, g_strdup (subscribe->channel));
  members_json = porch_pusher_members_build (members);
  send_text (socket, PORCH_PUSHER_EVENT_SUBSCRIPTION_SUCCEEDED, subscribe->channel, members_json);
}

static void
on_message_cb (SoupWebsocketConnection *connection,
               SoupWebsocketDataType type,
               GBytes *message,
               Socket *socket)
{
  g_autoptr (PorchPusherFrame) frame = porch_pusher_frame_parse (g_bytes_get_data (message, NULL),
                                                                 g_bytes_get_size (message), NULL);

  g_assert_nonnull (frame);
  if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_PING))
    {
      socket->server->n_pings++;
      if (!socket->server->ignores_pings)
        send_text (socket, PORCH_PUSHER_EVENT_PONG, NULL, "{}");
    }
  else if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_PONG))
    {
      socket->server->n_pongs++;
    }
  else if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_SUBSCRIBE))
    {
      on_subscribe (socket, frame->data);
    }
  else if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_UNSUBSCRIBE))
    {
      g_autoptr (PorchPusherSubscribe) subscribe = porch_pusher_subscribe_parse (frame->data, NULL);

      g_hash_table_remove (socket->channels, subscribe->channel);
    }
}

static void
on_closed_cb (SoupWebsocketConnection *connection, Socket *socket)
{
  g_ptr_array_remove_fast (socket->server->sockets, socket);
}

static void
on_socket_cb (SoupServer *soup,
              SoupServerMessage *message,
              const char *path,
              SoupWebsocketConnection *connection,
              gpointer user_data)
{
  PorchScriptedServer *self = user_data;
  Socket *socket = g_new0 (Socket, 1);
  g_autofree char *greeting = porch_pusher_connection_established_build ("1.1", 120);

  self->n_sockets++;
  socket->server = self;
  socket->connection = g_object_ref (connection);
  socket->channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (self->sockets, socket);
  g_signal_connect (connection, "message", G_CALLBACK (on_message_cb), socket);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed_cb), socket);
  send_text (socket, PORCH_PUSHER_EVENT_CONNECTION_ESTABLISHED, NULL,
             self->greets_badly ? "[]" : greeting);
}

PorchScriptedServer *
porch_scripted_server_new (void)
{
  PorchScriptedServer *self = g_new0 (PorchScriptedServer, 1);

  self->sockets = g_ptr_array_new_with_free_func ((GDestroyNotify) socket_free);
  self->stalled = g_ptr_array_new_with_free_func (g_object_unref);
  self->users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) porch_user_state_free);
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) answer_free);
  self->bodies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->expires_in_s = 3600;
  porch_scripted_server_set_user (self, SCRIPTED_USER, "Ann", PORCH_STATUS_OFFLINE, 0);
  porch_scripted_server_start (self);

  return self;
}

void
porch_scripted_server_free (PorchScriptedServer *self)
{
  porch_scripted_server_stop (self);
  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->stalled);
  g_hash_table_unref (self->users);
  g_hash_table_unref (self->answers);
  g_hash_table_unref (self->bodies);
  g_free (self->origin);
  g_free (self->last_client);
  g_free (self);
}

/* On the port of before, where there was one. */
void
porch_scripted_server_start (PorchScriptedServer *self)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->soup = soup_server_new (NULL, NULL);
  soup_server_remove_websocket_extension (self->soup, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  soup_server_add_handler (self->soup, "/auth/v1", on_auth_cb, self, NULL);
  soup_server_add_handler (self->soup, "/auth/v1/token", on_token_cb, self, NULL);
  soup_server_add_handler (self->soup, "/auth/v1/logout", on_logout_cb, self, NULL);
  soup_server_add_handler (self->soup, "/api/user/presence", on_update_cb, self, NULL);
  soup_server_add_handler (self->soup, "/api/user", on_user_cb, self, NULL);
  soup_server_add_handler (self->soup, "/api/users", on_users_cb, self, NULL);
  soup_server_add_handler (self->soup, "/api/pusher/auth", on_authorize_cb, self, NULL);
  soup_server_add_handler (self->soup, "/.well-known/porchlight", on_discovery_cb, self, NULL);
  soup_server_add_websocket_handler (self->soup, "/app/" APP_KEY, NULL, NULL, on_socket_cb, self,
                                     NULL);

  soup_server_listen_local (self->soup, self->port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->soup);
  self->port = g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_free (self->origin);
  self->origin = g_strdup_printf ("http://127.0.0.1:%u", self->port);
}

/* As if it were killed. */
void
porch_scripted_server_stop (PorchScriptedServer *self)
{
  while (self->sockets->len > 0)
    {
      Socket *socket = self->sockets->pdata[0];

      g_signal_handlers_disconnect_by_data (socket->connection, socket);
      g_io_stream_close (soup_websocket_connection_get_io_stream (socket->connection), NULL, NULL);
      g_ptr_array_remove_index_fast (self->sockets, 0);
    }
  g_ptr_array_set_size (self->stalled, 0);
  if (self->soup != NULL)
    soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
}

PorchDiscovery *
porch_scripted_server_get_discovery (PorchScriptedServer *self)
{
  PorchDiscovery *discovery = g_new0 (PorchDiscovery, 1);

  discovery->name = g_strdup ("Scripted");
  discovery->supabase_url = g_strdup (self->origin);
  discovery->supabase_anon_key = g_strdup ("anon");
  discovery->api_url = g_strdup (self->origin);
  discovery->pusher_key = g_strdup (APP_KEY);
  discovery->pusher_host = g_strdup ("127.0.0.1");
  discovery->pusher_port = self->port;
  discovery->auth_endpoint = g_strdup ("/api/pusher/auth");
  discovery->heartbeat_s = 30;

  return discovery;
}

void
porch_scripted_server_set_user (PorchScriptedServer *self,
                                const char *id,
                                const char *name,
                                PorchStatus status,
                                gint64 last_active_us)
{
  PorchUserState *state = g_new0 (PorchUserState, 1);

  state->user_id = g_strdup (id);
  state->first_name = g_strdup (name);
  state->status = status;
  state->last_active_us = last_active_us;
  g_hash_table_replace (self->users, g_strdup (id), state);
}

/* What is answered under /auth/v1/ from now on. */
void
porch_scripted_server_set_answer (PorchScriptedServer *self,
                                  const char *path,
                                  guint status,
                                  const char *json)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->status = status;
  answer->json = g_strdup (json);
  g_hash_table_replace (self->answers, g_strdup (path), answer);
}

/* What was sent there last, or NULL. */
const char *
porch_scripted_server_get_body (PorchScriptedServer *self, const char *path)
{
  return g_hash_table_lookup (self->bodies, path);
}

/* How many sockets are subscribed to a channel, or to any where it is NULL. */
guint
porch_scripted_server_count_subscribed (PorchScriptedServer *self, const char *channel)
{
  guint count = 0;

  for (guint i = 0; i < self->sockets->len; i++)
    {
      Socket *socket = self->sockets->pdata[i];

      if (channel == NULL)
        count += g_hash_table_size (socket->channels);
      else if (g_hash_table_contains (socket->channels, channel))
        count++;
    }

  return count;
}

void
porch_scripted_server_send (PorchScriptedServer *self, const char *frame)
{
  for (guint i = 0; i < self->sockets->len; i++)
    soup_websocket_connection_send_text (((Socket *) self->sockets->pdata[i])->connection, frame);
}

void
porch_scripted_server_send_status (PorchScriptedServer *self,
                                   const char *channel_owner,
                                   const char *id,
                                   PorchStatus status,
                                   gint64 last_active_us)
{
  g_autofree char *frame = build_status_frame (channel_owner, id, status, last_active_us);

  porch_scripted_server_send (self, frame);
}

void
porch_scripted_server_send_member (PorchScriptedServer *self, const char *event, const char *id)
{
  g_autofree char *channel = porch_user_id_to_channel (id);
  g_autofree char *data = porch_pusher_member_build (id, NULL);
  g_autofree char *frame = porch_pusher_frame_build (event, channel, data);

  porch_scripted_server_send (self, frame);
}

void
porch_scripted_server_close_sockets (PorchScriptedServer *self, guint code)
{
  for (guint i = 0; i < self->sockets->len; i++)
    soup_websocket_connection_close (((Socket *) self->sockets->pdata[i])->connection, code, NULL);
}

/* One turn of the main context; never blocks for long. */
void
porch_iterate (void)
{
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (1000);
}

/* At least that long, and until both sides have nothing more to do: they share this thread, so that
 * a busy machine makes it slower, not different. */
void
porch_run_for_ms (guint ms)
{
  gint64 end_us = g_get_monotonic_time () + ms * 1000;
  guint n_quiet = 0;

  while (g_get_monotonic_time () < end_us || n_quiet < 10)
    {
      if (g_main_context_iteration (NULL, FALSE))
        {
          n_quiet = 0;
          continue;
        }

      n_quiet++;
      g_usleep (500);
    }
}
