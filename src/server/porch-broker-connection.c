/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One client of the broker: its socket, its socket id, its subscriptions, and whether it is still
 * alive. It answers pings, counts silence and client events, and passes on everything that is about
 * channels. Owned by PorchBroker, which decides.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-broker-connection.h"

#include "server/porch-random.h"
#include "server/porch-websocket.h"

struct _PorchBrokerConnection
{
  PorchWebsocket *websocket;
  PorchClock *clock;
  const PorchBrokerConnectionFuncs *funcs;
  gpointer user_data;
  char *socket_id;           /* NULL until established */
  char *session_id;          /* whose channels these are, once it was authorised for one */
  GHashTable *subscriptions; /* name → PorchBrokerSubscription, the channel's */

  gint64 heard_us;  /* when anything came last */
  gint64 pinged_us; /* when the unanswered ping went; 0 for none */
  gint64 closed_us; /* when we began to close; 0 while open */

  gint64 client_events_since_us; /* the second that is being counted */
  guint n_client_events;
};

static void
on_message_cb (PorchWebsocket *websocket, const char *text, gsize length, gpointer user_data)
{
  PorchBrokerConnection *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchPusherFrame) frame = NULL;

  self->heard_us = porch_clock_get_monotonic_us (self->clock);
  self->pinged_us = 0;
  if (self->socket_id == NULL || self->closed_us != 0)
    return;

  frame = porch_pusher_frame_parse (text, length, &error);
  if (frame == NULL)
    {
      g_debug ("%s sent no frame: %s", self->socket_id, error->message);
      porch_broker_connection_send_error (self, 0, "Not an event");
      return;
    }

  if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_PING))
    porch_broker_connection_send_event (self, PORCH_PUSHER_EVENT_PONG, NULL, "{}");
  else if (!g_str_equal (frame->event, PORCH_PUSHER_EVENT_PONG))
    self->funcs->frame (self, frame, self->user_data);
}

static void
on_websocket_closed_cb (PorchWebsocket *websocket, gpointer user_data)
{
  PorchBrokerConnection *self = user_data;

  self->funcs->closed (self, self->user_data);
}

static const PorchWebsocketFuncs websocket_funcs = {
  .message = on_message_cb,
  .closed = on_websocket_closed_cb,
};

/**
 * porch_broker_connection_accept:
 * @request: a request that asks for a WebSocket, in its handler
 * @clock: for silence and rates
 * @funcs: what to call
 * @user_data: for @funcs
 *
 * Returns: (transfer full) (nullable): a connection that is not established yet
 */
PorchBrokerConnection *
porch_broker_connection_accept (PorchHttpRequest *request,
                                PorchClock *clock,
                                const PorchBrokerConnectionFuncs *funcs,
                                gpointer user_data)
{
  PorchBrokerConnection *self = g_new0 (PorchBrokerConnection, 1);

  self->websocket = porch_websocket_accept (request, &websocket_funcs, self);
  if (self->websocket == NULL)
    {
      g_free (self);
      return NULL;
    }

  self->clock = g_object_ref (clock);
  self->funcs = funcs;
  self->user_data = user_data;
  self->subscriptions = g_hash_table_new (g_str_hash, g_str_equal);
  self->heard_us = porch_clock_get_monotonic_us (clock);

  return self;
}

/**
 * porch_broker_connection_free:
 * @self: (transfer full): a connection without subscriptions
 */
void
porch_broker_connection_free (PorchBrokerConnection *self)
{
  porch_websocket_free (self->websocket);
  g_hash_table_unref (self->subscriptions);
  g_object_unref (self->clock);
  g_free (self->session_id);
  g_free (self->socket_id);
  g_free (self);
}

/**
 * porch_broker_connection_get_socket_id:
 * @self: a connection
 *
 * Returns: (nullable): its id, "123.456", once it is established
 */
const char *
porch_broker_connection_get_socket_id (PorchBrokerConnection *self)
{
  return self->socket_id;
}

/**
 * porch_broker_connection_get_session_id:
 * @self: a connection
 *
 * Returns: (nullable): the session for which it was authorised last
 */
const char *
porch_broker_connection_get_session_id (PorchBrokerConnection *self)
{
  return self->session_id;
}

/**
 * porch_broker_connection_set_session_id:
 * @self: a connection
 * @session_id: the session for which it is authorised
 */
void
porch_broker_connection_set_session_id (PorchBrokerConnection *self, const char *session_id)
{
  if (g_strcmp0 (self->session_id, session_id) == 0)
    return;

  g_free (self->session_id);
  self->session_id = g_strdup (session_id);
}

/**
 * porch_broker_connection_get_subscriptions:
 * @self: a connection
 *
 * Returns: (transfer none): channel names to #PorchBrokerSubscription, for the broker to fill
 */
GHashTable *
porch_broker_connection_get_subscriptions (PorchBrokerConnection *self)
{
  return self->subscriptions;
}

/**
 * porch_broker_connection_is_established:
 * @self: a connection
 *
 * Returns: whether the client was let in, and not shown out since
 */
gboolean
porch_broker_connection_is_established (PorchBrokerConnection *self)
{
  return self->socket_id != NULL && self->closed_us == 0;
}

/**
 * porch_broker_connection_establish:
 * @self: a connection
 *
 * Gives it a socket id that nobody can guess, and tells the client.
 */
void
porch_broker_connection_establish (PorchBrokerConnection *self)
{
  guint32 id[2];
  g_autofree char *data = NULL;

  porch_random_fill ((guint8 *) id, sizeof id);
  self->socket_id = g_strdup_printf ("%u.%u", id[0], id[1]);

  data = porch_pusher_connection_established_build (self->socket_id, PORCH_BROKER_SILENCE_S);
  porch_broker_connection_send_event (self, PORCH_PUSHER_EVENT_CONNECTION_ESTABLISHED, NULL, data);
}

/**
 * porch_broker_connection_send:
 * @self: a connection
 * @frame: what porch_websocket_build_frame() made
 */
void
porch_broker_connection_send (PorchBrokerConnection *self, GBytes *frame)
{
  porch_websocket_send (self->websocket, frame);
}

/**
 * porch_broker_connection_send_event:
 * @self: a connection
 * @event: an event
 * @channel: (nullable): its channel
 * @data: (nullable): its data, JSON
 *
 * Sends an event to this client alone.
 */
void
porch_broker_connection_send_event (PorchBrokerConnection *self,
                                    const char *event,
                                    const char *channel,
                                    const char *data)
{
  g_autofree char *text = porch_pusher_frame_build (event, channel, data);

  porch_websocket_send_text (self->websocket, text);
}

/**
 * porch_broker_connection_send_error:
 * @self: a connection
 * @code: a code of the protocol, or 0 for none
 * @message: what is wrong
 *
 * Sends pusher:error, which closes nothing.
 */
void
porch_broker_connection_send_error (PorchBrokerConnection *self, int code, const char *message)
{
  g_autofree char *data = porch_pusher_fault_build (code, message);

  porch_broker_connection_send_event (self, PORCH_PUSHER_EVENT_ERROR, NULL, data);
}

/**
 * porch_broker_connection_take_client_event:
 * @self: a connection
 *
 * Counts a client event.
 *
 * Returns: %FALSE where there were too many within a second
 */
gboolean
porch_broker_connection_take_client_event (PorchBrokerConnection *self)
{
  gint64 now_us = porch_clock_get_monotonic_us (self->clock);

  if (now_us - self->client_events_since_us >= G_TIME_SPAN_SECOND)
    {
      self->client_events_since_us = now_us;
      self->n_client_events = 0;
    }

  return ++self->n_client_events <= PORCH_BROKER_CLIENT_EVENTS_MAX;
}

/**
 * porch_broker_connection_check:
 * @self: a connection
 * @now_us: monotonic
 *
 * Pings a client that has been silent, and ends one whose part in the closing handshake is overdue.
 *
 * Returns: %FALSE when the client owes a pong for too long
 */
gboolean
porch_broker_connection_check (PorchBrokerConnection *self, gint64 now_us)
{
  if (self->closed_us != 0)
    {
      if (now_us - self->closed_us >= PORCH_BROKER_CLOSE_S * G_TIME_SPAN_SECOND)
        porch_websocket_abort (self->websocket);
      return TRUE;
    }

  if (self->pinged_us != 0)
    return now_us - self->pinged_us < PORCH_BROKER_PONG_S * G_TIME_SPAN_SECOND;

  if (now_us - self->heard_us >= PORCH_BROKER_SILENCE_S * G_TIME_SPAN_SECOND)
    {
      self->pinged_us = now_us;
      porch_broker_connection_send_event (self, PORCH_PUSHER_EVENT_PING, NULL, "{}");
    }

  return TRUE;
}

/**
 * porch_broker_connection_close:
 * @self: a connection
 * @code: a close code of the protocol: it tells the client whether to come back
 * @reason: the same in words
 *
 * Shows the client out. @closed is called when it has gone.
 */
void
porch_broker_connection_close (PorchBrokerConnection *self, guint16 code, const char *reason)
{
  if (self->closed_us != 0)
    return;

  g_debug ("%s: closing with %u %s", self->socket_id != NULL ? self->socket_id : "new client", code,
           reason);
  self->closed_us = porch_clock_get_monotonic_us (self->clock);
  /* Some clients look at the event, some at the code of the close frame. */
  porch_broker_connection_send_error (self, code, reason);
  porch_websocket_close (self->websocket, code, reason);
}
