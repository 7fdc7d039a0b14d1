/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One simulated person: a small client that signs in, says that it is online every thirty seconds,
 * and holds a socket subscribed to its own channel, all through the server's real interfaces. It
 * comes, leaves and vanishes when PorchDemo, its owner, says so.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-demo-person.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-presence-message.h"
#include "protocol/porch-pusher-frame.h"
#include "protocol/porch-pusher-signature.h"
#include "protocol/porch-user-id.h"

#define HEARTBEAT_MS (30 * 1000)
#define RETRY_MS     (3 * 1000)

typedef enum
{
  STATE_AWAY,
  STATE_SIGNING_IN,
  STATE_HERE,
} State;

struct _PorchDemoPerson
{
  GObject parent_instance;

  PorchClock *clock;
  const PorchDemoServer *server;
  char *user_id;
  char *email;
  char *password;

  State state;
  char *access_token;
  char *socket_id;
  SoupWebsocketConnection *socket;
  GCancellable *cancellable; /* of one stay */
  guint heartbeat_id;
  guint retry_id;
};

G_DEFINE_FINAL_TYPE (PorchDemoPerson, porch_demo_person, G_TYPE_OBJECT)

static const char *
state_to_string (State state)
{
  switch (state)
    {
    case STATE_AWAY:
      return "away";
    case STATE_SIGNING_IN:
      return "signing in";
    case STATE_HERE:
      return "here";
    default:
      g_return_val_if_reached ("");
    }
}

static void
set_state (PorchDemoPerson *self, State state)
{
  g_debug ("%s: %s", self->email, state_to_string (state));
  self->state = state;
}

static void
drop_socket (PorchDemoPerson *self)
{
  g_clear_pointer (&self->socket_id, g_free);
  if (self->socket == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->socket, self);
  soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  g_clear_object (&self->socket);
}

static void
end_stay (PorchDemoPerson *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  porch_clock_clear_timeout (self->clock, &self->heartbeat_id);
  porch_clock_clear_timeout (self->clock, &self->retry_id);
  drop_socket (self);
}

static void
porch_demo_person_dispose (GObject *object)
{
  PorchDemoPerson *self = PORCH_DEMO_PERSON (object);

  end_stay (self);

  G_OBJECT_CLASS (porch_demo_person_parent_class)->dispose (object);
}

static void
porch_demo_person_finalize (GObject *object)
{
  PorchDemoPerson *self = PORCH_DEMO_PERSON (object);

  g_free (self->user_id);
  g_free (self->email);
  porch_secret_free (self->password);
  porch_secret_free (self->access_token);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_demo_person_parent_class)->finalize (object);
}

static void
porch_demo_person_class_init (PorchDemoPersonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_demo_person_dispose;
  object_class->finalize = porch_demo_person_finalize;
}

static void
porch_demo_person_init (PorchDemoPerson *self)
{
}

/* The certificate is this very process's own, whoever signed it. */
static gboolean
on_accept_certificate_cb (SoupMessage *message)
{
  return TRUE;
}

static SoupMessage *
new_message (PorchDemoPerson *self, const char *method, const char *path)
{
  g_autofree char *url = g_strconcat (self->server->url, path, NULL);
  SoupMessage *message = soup_message_new (method, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_headers_append (headers, "apikey", self->server->anon_key);
  if (self->access_token != NULL)
    {
      g_autofree char *authorization = g_strconcat ("Bearer ", self->access_token, NULL);

      soup_message_headers_append (headers, "Authorization", authorization);
    }
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate_cb), NULL);

  return message;
}

static void
send_message (PorchDemoPerson *self,
              SoupMessage *message,
              const char *content_type,
              const char *body,
              GAsyncReadyCallback callback)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

  soup_message_set_request_body_from_bytes (message, content_type, bytes);
  soup_session_send_and_read_async (self->server->session, message, G_PRIORITY_DEFAULT,
                                    self->cancellable, callback, g_object_ref (self));
}

/* The answer's body; NULL when the request failed, or the stay is over. */
static GBytes *
finish_message (PorchDemoPerson *self, GObject *session, GAsyncResult *result)
{
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (session), result);
  guint status = message != NULL ? soup_message_get_status (message) : 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (session), result,
                                                               &error);

  if (error != NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("%s: %s", self->email, error->message);
      return NULL;
    }
  if (status == SOUP_STATUS_UNAUTHORIZED)
    g_clear_pointer (&self->access_token, porch_secret_free);
  if (status != SOUP_STATUS_OK)
    {
      g_debug ("%s: the server answered %u", self->email, status);
      return NULL;
    }

  return g_steal_pointer (&body);
}

static void begin_stay (PorchDemoPerson *self);

static gboolean
on_retry_cb (gpointer user_data)
{
  PorchDemoPerson *self = user_data;

  self->retry_id = 0;
  begin_stay (self);

  return G_SOURCE_REMOVE;
}

/* Begins anew, soon, unless the person has left meanwhile. */
static void
retry (PorchDemoPerson *self)
{
  if (self->state == STATE_AWAY)
    return;

  end_stay (self);
  self->retry_id = porch_clock_add_timeout (self->clock, RETRY_MS, on_retry_cb, self);
}

static void
on_subscription_authorized_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchDemoPerson) self = user_data;
  g_autoptr (GBytes) body = finish_message (self, object, result);
  g_autoptr (PorchPusherChannelAuth) auth = NULL;
  g_autofree char *channel = porch_user_id_to_channel (self->user_id);
  g_autofree char *frame = NULL;

  if (body != NULL)
    auth = porch_pusher_channel_auth_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body),
                                            NULL);
  if (auth == NULL || self->socket == NULL)
    return;

  frame = porch_pusher_subscribe_frame_build (channel, auth->auth, auth->channel_data);
  soup_websocket_connection_send_text (self->socket, frame);
}

static void
authorize_subscription (PorchDemoPerson *self)
{
  g_autoptr (SoupMessage) message = new_message (self, "POST", "/api/pusher/auth");
  g_autofree char *channel = porch_user_id_to_channel (self->user_id);
  g_autofree char *form = soup_form_encode ("socket_id", self->socket_id, "channel_name", channel,
                                            NULL);

  send_message (self, message, SOUP_FORM_MIME_TYPE_URLENCODED, form, on_subscription_authorized_cb);
}

static void
on_socket_message_cb (SoupWebsocketConnection *socket,
                      SoupWebsocketDataType type,
                      GBytes *bytes,
                      gpointer user_data)
{
  PorchDemoPerson *self = user_data;
  g_autoptr (PorchPusherFrame) frame = porch_pusher_frame_parse (g_bytes_get_data (bytes, NULL),
                                                                 g_bytes_get_size (bytes), NULL);

  if (frame == NULL)
    return;

  if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_PING))
    {
      g_autofree char *pong = porch_pusher_frame_build (PORCH_PUSHER_EVENT_PONG, NULL, "{}");

      soup_websocket_connection_send_text (socket, pong);
    }
  else if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_CONNECTION_ESTABLISHED))
    {
      g_autoptr (PorchPusherConnectionEstablished) established
          = porch_pusher_connection_established_parse (frame->data, NULL);

      if (established == NULL)
        return;
      g_free (self->socket_id);
      self->socket_id = g_strdup (established->socket_id);
      authorize_subscription (self);
    }
}

static void
on_socket_closed_cb (SoupWebsocketConnection *socket, gpointer user_data)
{
  PorchDemoPerson *self = user_data;

  retry (self);
}

static void
on_socket_connected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchDemoPerson) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) socket = soup_session_websocket_connect_finish (
      SOUP_SESSION (object), result, &error);

  if (socket == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        retry (self);
      return;
    }

  self->socket = g_steal_pointer (&socket);
  g_signal_connect (self->socket, "message", G_CALLBACK (on_socket_message_cb), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (on_socket_closed_cb), self);
}

static void
connect_socket (PorchDemoPerson *self)
{
  g_autofree char *path = g_strdup_printf ("/app/%s?protocol=7&client=porchlight-demo&version=1",
                                           self->server->pusher_key);
  g_autoptr (SoupMessage) message = new_message (self, "GET", path);

  soup_session_websocket_connect_async (self->server->session, message, NULL, NULL,
                                        G_PRIORITY_DEFAULT, self->cancellable,
                                        on_socket_connected_cb, g_object_ref (self));
}

static void
on_presence_answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchDemoPerson) self = user_data;
  g_autoptr (GBytes) body = finish_message (self, object, result);

  /* The token is worn out: as on the first day. */
  if (body == NULL && self->access_token == NULL)
    retry (self);
}

static void
say (PorchDemoPerson *self, PorchStatus status)
{
  g_autoptr (SoupMessage) message = new_message (self, "POST", "/api/user/presence");
  g_autofree char *body = porch_presence_update_build (status, NULL);

  send_message (self, message, "application/json", body, on_presence_answered_cb);
}

static gboolean
on_heartbeat_cb (gpointer user_data)
{
  PorchDemoPerson *self = user_data;

  say (self, PORCH_STATUS_ONLINE);

  return G_SOURCE_CONTINUE;
}

static void
settle_in (PorchDemoPerson *self)
{
  set_state (self, STATE_HERE);
  say (self, PORCH_STATUS_ONLINE);
  self->heartbeat_id = porch_clock_add_timeout (self->clock, HEARTBEAT_MS, on_heartbeat_cb, self);
  connect_socket (self);
}

static void
on_signed_in_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchDemoPerson) self = user_data;
  g_autoptr (GBytes) body = finish_message (self, object, result);
  g_autoptr (PorchAuthSession) session = NULL;

  if (body != NULL)
    session = porch_auth_session_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body),
                                        porch_clock_get_real_us (self->clock), NULL);
  /* Away: the stay ended before it began. */
  if (self->state != STATE_SIGNING_IN)
    return;
  if (session == NULL)
    {
      retry (self);
      return;
    }

  self->access_token = g_strdup (session->access_token);
  settle_in (self);
}

static void
begin_stay (PorchDemoPerson *self)
{
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *body = NULL;

  self->cancellable = g_cancellable_new ();
  if (self->access_token != NULL)
    {
      settle_in (self);
      return;
    }

  set_state (self, STATE_SIGNING_IN);
  message = new_message (self, "POST", "/auth/v1/token?grant_type=password");
  body = porch_auth_password_grant_build (self->email, self->password);
  send_message (self, message, "application/json", body, on_signed_in_cb);
}

/**
 * porch_demo_person_new:
 * @clock: for heartbeats
 * @server: where they live; outlives the person
 * @user_id: their account
 * @email: their email address
 * @password: their password
 *
 * Returns: (transfer full): a person who is away
 */
PorchDemoPerson *
porch_demo_person_new (PorchClock *clock,
                       const PorchDemoServer *server,
                       const char *user_id,
                       const char *email,
                       const char *password)
{
  PorchDemoPerson *self = g_object_new (PORCH_TYPE_DEMO_PERSON, NULL);

  self->clock = g_object_ref (clock);
  self->server = server;
  self->user_id = g_strdup (user_id);
  self->email = g_strdup (email);
  self->password = g_strdup (password);

  return self;
}

/**
 * porch_demo_person_is_here:
 * @self: a person
 *
 * Returns: whether they came and did not leave
 */
gboolean
porch_demo_person_is_here (PorchDemoPerson *self)
{
  g_return_val_if_fail (PORCH_IS_DEMO_PERSON (self), FALSE);

  return self->state != STATE_AWAY;
}

/**
 * porch_demo_person_come:
 * @self: a person who is away
 */
void
porch_demo_person_come (PorchDemoPerson *self)
{
  g_return_if_fail (PORCH_IS_DEMO_PERSON (self));

  if (self->state == STATE_AWAY)
    begin_stay (self);
}

/**
 * porch_demo_person_leave:
 * @self: a person who is here
 *
 * They say so, as an agent does that quits.
 */
void
porch_demo_person_leave (PorchDemoPerson *self)
{
  g_return_if_fail (PORCH_IS_DEMO_PERSON (self));

  if (self->state == STATE_AWAY)
    return;

  end_stay (self);
  set_state (self, STATE_AWAY);
  if (self->access_token != NULL)
    say (self, PORCH_STATUS_OFFLINE);
}

/**
 * porch_demo_person_vanish:
 * @self: a person who is here
 *
 * They say nothing, as an agent does that is killed.
 */
void
porch_demo_person_vanish (PorchDemoPerson *self)
{
  g_return_if_fail (PORCH_IS_DEMO_PERSON (self));

  end_stay (self);
  set_state (self, STATE_AWAY);
}
