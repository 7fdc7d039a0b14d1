/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The other end of the broker in tests: libsoup's WebSocket client, which shares no code with our
 * server side, and a list of what came. Waiting runs the main loop and fails after twenty seconds.
 */

#include "porch-test-socket.h"

#include "protocol/porch-pusher-signature.h"

#define PATIENCE_US (20 * G_TIME_SPAN_SECOND)

static void
iterate (gint64 began_us)
{
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, PATIENCE_US);
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (200);
}

static void
on_message (SoupWebsocketConnection *connection,
            SoupWebsocketDataType type,
            GBytes *bytes,
            gpointer user_data)
{
  PorchTestSocket *self = user_data;
  g_autoptr (GError) error = NULL;
  PorchPusherFrame *frame = porch_pusher_frame_parse (g_bytes_get_data (bytes, NULL),
                                                      g_bytes_get_size (bytes), &error);

  g_assert_no_error (error);
  if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_PING) && !self->is_mute)
    porch_test_socket_send (self, "{\"event\":\"pusher:pong\",\"data\":\"{}\"}");
  g_ptr_array_add (self->frames, frame);
}

static void
on_closed (SoupWebsocketConnection *connection, gpointer user_data)
{
  PorchTestSocket *self = user_data;

  self->is_closed = TRUE;
  self->close_code = soup_websocket_connection_get_close_code (connection);
}

static void
on_connected (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PorchTestSocket *self = user_data;
  g_autoptr (GError) error = NULL;

  self->connection = soup_session_websocket_connect_finish (SOUP_SESSION (object), result, &error);
  g_assert_no_error (error);
  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
}

/* query: "protocol=7" and the like. Returns when the broker has let the client in, or not. */
PorchTestSocket *
porch_test_socket_new (const char *address, const char *key, const char *query)
{
  PorchTestSocket *self = g_new0 (PorchTestSocket, 1);
  g_autofree char *url = g_strdup_printf ("%s/app/%s?%s", address, key, query);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  gint64 began_us = g_get_monotonic_time ();

  self->session = soup_session_new ();
  self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) porch_pusher_frame_free);
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT,
                                        NULL, on_connected, self);
  while (self->connection == NULL || (self->frames->len == 0 && !self->is_closed))
    iterate (began_us);

  if (self->frames->len > 0)
    {
      PorchPusherFrame *frame = g_ptr_array_index (self->frames, 0);
      g_autoptr (PorchPusherConnectionEstablished) established
          = porch_pusher_connection_established_parse (frame->data, NULL);

      if (established != NULL)
        self->socket_id = g_strdup (established->socket_id);
    }

  return self;
}

void
porch_test_socket_free (PorchTestSocket *self)
{
  gint64 began_us = g_get_monotonic_time ();

  if (!self->is_closed)
    soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  while (!self->is_closed)
    iterate (began_us);
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_object_unref (self->connection);
  g_object_unref (self->session);
  g_ptr_array_unref (self->frames);
  g_free (self->socket_id);
  g_free (self);
}

void
porch_test_socket_send (PorchTestSocket *self, const char *text)
{
  if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->connection, text);
}

static int
find (PorchTestSocket *self, const char *event)
{
  for (guint i = 0; i < self->frames->len; i++)
    if (g_str_equal (((PorchPusherFrame *) g_ptr_array_index (self->frames, i))->event, event))
      return i;

  return -1;
}

/* Returns the first frame of that event, which is then forgotten. */
PorchPusherFrame *
porch_test_socket_wait (PorchTestSocket *self, const char *event)
{
  gint64 began_us = g_get_monotonic_time ();

  while (find (self, event) < 0)
    iterate (began_us);

  return g_ptr_array_steal_index (self->frames, find (self, event));
}

/* How many frames of that event have come, once everything that was sent before has. */
guint
porch_test_socket_count (PorchTestSocket *self, const char *event)
{
  guint n = 0;

  porch_test_socket_send (self, "{\"event\":\"pusher:ping\",\"data\":\"{}\"}");
  porch_pusher_frame_free (porch_test_socket_wait (self, PORCH_PUSHER_EVENT_PONG));

  for (guint i = 0; i < self->frames->len; i++)
    if (g_str_equal (((PorchPusherFrame *) g_ptr_array_index (self->frames, i))->event, event))
      n++;

  return n;
}

void
porch_test_socket_wait_closed (PorchTestSocket *self)
{
  gint64 began_us = g_get_monotonic_time ();

  while (!self->is_closed)
    iterate (began_us);
}

/* user_id: who subscribes, NULL on channels without members. Returns the answer. */
PorchPusherFrame *
porch_test_socket_subscribe (PorchTestSocket *self,
                             PorchBroker *broker,
                             const char *channel,
                             const char *user_id)
{
  g_autofree char *data = user_id != NULL ? porch_pusher_member_build (user_id, "{\"name\":\"N\"}")
                                          : NULL;
  g_autofree char *json = porch_publisher_authorize (PORCH_PUBLISHER (broker), NULL,
                                                     self->socket_id, channel, data);
  g_autoptr (PorchPusherChannelAuth) auth = porch_pusher_channel_auth_parse (json, strlen (json),
                                                                             NULL);
  g_autofree char *frame = porch_pusher_subscribe_frame_build (channel, auth->auth,
                                                               auth->channel_data);

  porch_test_socket_send (self, frame);

  return porch_test_socket_wait (self, PORCH_PUSHER_EVENT_SUBSCRIPTION_SUCCEEDED);
}
