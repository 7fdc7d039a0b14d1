/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "protocol/porch-pusher-signature.h"
#include "porch-test-server.h"
#include "porch-test-socket.h"

#define PERSON  "a1b2c3"
#define CHANNEL "presence-user-" PERSON

static PorchTestSocket *
connect_to (PorchTestServer *server)
{
  return porch_test_socket_new (server->address, server->secrets->pusher_key, "protocol=7");
}

static void
assert_members (PorchPusherFrame *succeeded, const char *const *expected)
{
  g_auto (GStrv) ids = porch_pusher_members_parse (succeeded->data, NULL);

  g_assert_nonnull (ids);
  g_assert_cmpstrv (ids, expected);
}

static void
test_established (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) socket = connect_to (server);
  g_autoptr (PorchPusherFrame) frame = porch_test_socket_wait (
      socket, PORCH_PUSHER_EVENT_CONNECTION_ESTABLISHED);
  g_autoptr (PorchPusherConnectionEstablished) established
      = porch_pusher_connection_established_parse (frame->data, NULL);

  g_assert_true (porch_pusher_socket_id_is_valid (established->socket_id));
  g_assert_cmpuint (established->activity_timeout_s, ==, 30);
  g_assert_cmpuint (porch_broker_get_n_connections (server->broker), ==, 1);
}

static void
assert_refused (const char *key, const char *query, guint code)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) socket = porch_test_socket_new (
      server->address, key != NULL ? key : server->secrets->pusher_key, query);

  porch_test_socket_wait_closed (socket);
  g_assert_null (socket->socket_id);
  g_assert_cmpuint (socket->close_code, ==, code);
  g_assert_cmpuint (porch_broker_get_n_connections (server->broker), ==, 0);
}

static void
test_refusals (void)
{
  assert_refused ("no-such-key", "protocol=7", 4001);
  assert_refused (NULL, "protocol=4", 4007);
  assert_refused (NULL, "protocol=99", 4007);
  assert_refused (NULL, "protocol=7x", 4007);
  assert_refused (NULL, "client=x", 4008);
}

static void
test_over_capacity (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) first = NULL;
  g_autoptr (PorchTestSocket) second = NULL;
  g_autoptr (PorchTestSocket) third = NULL;

  porch_broker_set_max_connections (server->broker, 1);
  first = connect_to (server);
  second = connect_to (server);
  porch_test_socket_wait_closed (second);
  g_assert_cmpuint (second->close_code, ==, 4100);

  /* Room is there again as soon as somebody goes. */
  porch_test_socket_free (g_steal_pointer (&first));
  while (porch_broker_get_n_connections (server->broker) > 0)
    g_main_context_iteration (NULL, TRUE);
  third = connect_to (server);
  g_assert_nonnull (third->socket_id);
}

static void
test_public_channel (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) subscriber = connect_to (server);
  g_autoptr (PorchTestSocket) other = connect_to (server);
  g_autoptr (PorchPusherFrame) succeeded = NULL;
  g_autoptr (PorchPusherFrame) news = NULL;

  porch_test_socket_send (
      subscriber, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"news\",\"auth\":\"\"}}");
  succeeded = porch_test_socket_wait (subscriber, PORCH_PUSHER_EVENT_SUBSCRIPTION_SUCCEEDED);
  g_assert_cmpstr (succeeded->channel, ==, "news");

  porch_publisher_publish (PORCH_PUBLISHER (server->broker), "news", "hello", "{\"a\":\"b\"}",
                           NULL);
  news = porch_test_socket_wait (subscriber, "hello");
  g_assert_cmpstr (news->channel, ==, "news");
  g_assert_cmpstr (news->data, ==, "{\"a\":\"b\"}");
  g_assert_cmpuint (porch_test_socket_count (other, "hello"), ==, 0);

  /* Not to the one whose event it was, and not after unsubscribing. */
  porch_publisher_publish (PORCH_PUBLISHER (server->broker), "news", "hello", "{}",
                           subscriber->socket_id);
  g_assert_cmpuint (porch_test_socket_count (subscriber, "hello"), ==, 0);
  porch_test_socket_send (subscriber,
                          "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"news\"}}");
  g_assert_cmpuint (porch_test_socket_count (subscriber, "hello"), ==, 0);
  porch_publisher_publish (PORCH_PUBLISHER (server->broker), "news", "hello", "{}", NULL);
  g_assert_cmpuint (porch_test_socket_count (subscriber, "hello"), ==, 0);
}

static void
test_authorization (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) socket = connect_to (server);
  g_autoptr (PorchTestSocket) other = connect_to (server);
  g_autofree char *stolen = porch_pusher_channel_auth_build (
      server->secrets->pusher_key, server->secrets->pusher_secret, other->socket_id, "private-room",
      NULL);
  g_autofree char *frame = porch_pusher_subscribe_frame_build ("private-room", stolen, NULL);
  g_autoptr (PorchPusherFrame) refusal = NULL;
  g_autoptr (PorchPusherFrame) second_refusal = NULL;
  g_autoptr (PorchPusherFrame) succeeded = NULL;

  /* An authorisation is for one socket. */
  porch_test_socket_send (socket, frame);
  refusal = porch_test_socket_wait (socket, PORCH_PUSHER_EVENT_SUBSCRIPTION_ERROR);
  g_assert_cmpstr (refusal->channel, ==, "private-room");
  g_assert_nonnull (strstr (refusal->data, "AuthError"));

  porch_test_socket_send (
      socket, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-user-x\"}}");
  second_refusal = porch_test_socket_wait (socket, PORCH_PUSHER_EVENT_SUBSCRIPTION_ERROR);
  g_assert_cmpstr (second_refusal->channel, ==, "presence-user-x");

  succeeded = porch_test_socket_subscribe (socket, server->broker, "private-room", NULL);
  g_assert_cmpstr (succeeded->channel, ==, "private-room");
}

static void
test_presence_members (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) ann = connect_to (server);
  g_autoptr (PorchTestSocket) bob = connect_to (server);
  g_autoptr (PorchTestSocket) bob_again = connect_to (server);
  g_autoptr (PorchPusherFrame) first = porch_test_socket_subscribe (ann, server->broker,
                                                                    "presence-room", "ann");
  g_autoptr (PorchPusherFrame) second = porch_test_socket_subscribe (bob, server->broker,
                                                                     "presence-room", "bob");
  g_autoptr (PorchPusherFrame) third = porch_test_socket_subscribe (bob_again, server->broker,
                                                                    "presence-room", "bob");
  g_autoptr (PorchPusherFrame) removed = NULL;

  assert_members (first, (const char *[]){ "ann", NULL });
  /* One person, two connections: added once, removed once. */
  g_assert_cmpuint (porch_test_socket_count (ann, PORCH_PUSHER_EVENT_MEMBER_ADDED), ==, 1);
  porch_test_socket_free (g_steal_pointer (&bob));
  g_assert_cmpuint (porch_test_socket_count (ann, PORCH_PUSHER_EVENT_MEMBER_REMOVED), ==, 0);
  porch_test_socket_free (g_steal_pointer (&bob_again));
  removed = porch_test_socket_wait (ann, PORCH_PUSHER_EVENT_MEMBER_REMOVED);
  g_assert_cmpstr (removed->data, ==, "{\"user_id\":\"bob\"}");
}

static void
on_owner_signal (PorchBroker *broker, const char *user_id, gpointer user_data)
{
  guint *n = user_data;

  g_assert_cmpstr (user_id, ==, PERSON);
  (*n)++;
}

static void
test_only_the_owner_is_listed (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) watcher = connect_to (server);
  g_autoptr (PorchTestSocket) other_watcher = connect_to (server);
  g_autoptr (PorchTestSocket) owner = connect_to (server);
  g_autoptr (PorchTestSocket) owner_again = connect_to (server);
  g_autoptr (PorchPusherFrame) frame = NULL;
  g_autoptr (PorchPusherFrame) second = NULL;
  g_autoptr (PorchPusherFrame) third = NULL;
  g_autoptr (PorchPusherFrame) fourth = NULL;
  g_autoptr (PorchPusherFrame) added = NULL;
  g_autoptr (PorchPusherFrame) removed = NULL;
  guint n_connected = 0;
  guint n_disconnected = 0;

  g_signal_connect (server->broker, "owner-connected", G_CALLBACK (on_owner_signal), &n_connected);
  g_signal_connect (server->broker, "owner-disconnected", G_CALLBACK (on_owner_signal),
                    &n_disconnected);

  frame = porch_test_socket_subscribe (watcher, server->broker, CHANNEL, "watcher");
  assert_members (frame, (const char *[]){ NULL });
  second = porch_test_socket_subscribe (other_watcher, server->broker, CHANNEL, "other");
  assert_members (second, (const char *[]){ NULL });
  g_assert_cmpuint (porch_test_socket_count (watcher, PORCH_PUSHER_EVENT_MEMBER_ADDED), ==, 0);
  g_assert_false (porch_broker_has_owner (server->broker, PERSON));

  third = porch_test_socket_subscribe (owner, server->broker, CHANNEL, PERSON);
  assert_members (third, (const char *[]){ PERSON, NULL });
  fourth = porch_test_socket_subscribe (owner_again, server->broker, CHANNEL, PERSON);
  added = porch_test_socket_wait (watcher, PORCH_PUSHER_EVENT_MEMBER_ADDED);
  g_assert_nonnull (strstr (added->data, "\"user_id\":\"" PERSON "\""));
  g_assert_cmpuint (porch_test_socket_count (watcher, PORCH_PUSHER_EVENT_MEMBER_ADDED), ==, 0);
  g_assert_cmpuint (n_connected, ==, 1);
  g_assert_true (porch_broker_has_owner (server->broker, PERSON));

  porch_test_socket_free (g_steal_pointer (&other_watcher));
  porch_test_socket_free (g_steal_pointer (&owner));
  g_assert_cmpuint (porch_test_socket_count (watcher, PORCH_PUSHER_EVENT_MEMBER_REMOVED), ==, 0);
  porch_test_socket_free (g_steal_pointer (&owner_again));
  removed = porch_test_socket_wait (watcher, PORCH_PUSHER_EVENT_MEMBER_REMOVED);
  g_assert_cmpuint (n_disconnected, ==, 1);
}

static void
test_watched (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) owner = connect_to (server);
  g_autoptr (PorchTestSocket) watcher = connect_to (server);
  g_autoptr (PorchPusherFrame) first = NULL;
  g_autoptr (PorchPusherFrame) second = NULL;

  g_assert_false (porch_publisher_is_watched (PORCH_PUBLISHER (server->broker), CHANNEL));
  first = porch_test_socket_subscribe (owner, server->broker, CHANNEL, PERSON);
  g_assert_false (porch_publisher_is_watched (PORCH_PUBLISHER (server->broker), CHANNEL));
  second = porch_test_socket_subscribe (watcher, server->broker, CHANNEL, "watcher");
  g_assert_true (porch_publisher_is_watched (PORCH_PUBLISHER (server->broker), CHANNEL));
}

static void
assert_client_event_refused (PorchTestSocket *socket, const char *event, const char *channel)
{
  g_autofree char *frame = porch_pusher_frame_build (event, channel, "{}");
  g_autoptr (PorchPusherFrame) error = NULL;
  g_autoptr (PorchPusherFault) fault = NULL;

  porch_test_socket_send (socket, frame);
  error = porch_test_socket_wait (socket, PORCH_PUSHER_EVENT_ERROR);
  fault = porch_pusher_fault_parse (error->data, NULL);
  g_assert_cmpint (fault->code, ==, 4301);
}

static void
test_client_events (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) ann = connect_to (server);
  g_autoptr (PorchTestSocket) bob = connect_to (server);
  g_autoptr (PorchPusherFrame) first = porch_test_socket_subscribe (ann, server->broker,
                                                                    "presence-room", "ann");
  g_autoptr (PorchPusherFrame) second = porch_test_socket_subscribe (bob, server->broker,
                                                                     "presence-room", "bob");
  g_autoptr (PorchPusherFrame) third = porch_test_socket_subscribe (ann, server->broker, CHANNEL,
                                                                    "ann");
  g_autoptr (PorchPusherFrame) fourth = porch_test_socket_subscribe (bob, server->broker, CHANNEL,
                                                                     PERSON);
  g_autofree char *hi = porch_pusher_frame_build ("client-hi", "presence-room", "{\"x\":1}");
  g_autoptr (PorchPusherFrame) heard = NULL;

  porch_test_socket_send (bob, hi);
  heard = porch_test_socket_wait (ann, "client-hi");
  g_assert_cmpstr (heard->data, ==, "{\"x\":1}");
  g_assert_cmpstr (heard->user_id, ==, "bob");
  g_assert_cmpuint (porch_test_socket_count (bob, "client-hi"), ==, 0);

  /* Nobody but the server speaks on a person's channel, not even that person. */
  assert_client_event_refused (bob, "user-status-change", CHANNEL);
  assert_client_event_refused (bob, "client-hi", CHANNEL);
  assert_client_event_refused (bob, "user-status-change", "presence-room");
  assert_client_event_refused (bob, "client-hi", "private-elsewhere");
  g_assert_cmpuint (porch_test_socket_count (ann, "user-status-change"), ==, 0);
  g_assert_cmpuint (porch_test_socket_count (ann, "client-hi"), ==, 0);
}

static void
test_client_event_rate (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) ann = connect_to (server);
  g_autoptr (PorchTestSocket) bob = connect_to (server);
  g_autoptr (PorchPusherFrame) first = porch_test_socket_subscribe (ann, server->broker,
                                                                    "private-room", NULL);
  g_autoptr (PorchPusherFrame) second = porch_test_socket_subscribe (bob, server->broker,
                                                                     "private-room", NULL);
  g_autofree char *hi = porch_pusher_frame_build ("client-hi", "private-room", "{}");

  for (guint i = 0; i < 25; i++)
    porch_test_socket_send (bob, hi);
  g_assert_cmpuint (porch_test_socket_count (bob, PORCH_PUSHER_EVENT_ERROR), ==, 15);
  g_assert_cmpuint (porch_test_socket_count (ann, "client-hi"), ==, 10);

  porch_test_server_advance_s (server, 1);
  porch_test_socket_send (bob, hi);
  g_assert_cmpuint (porch_test_socket_count (bob, PORCH_PUSHER_EVENT_ERROR), ==, 15);
  g_assert_cmpuint (porch_test_socket_count (ann, "client-hi"), ==, 11);
}

static void
test_silent_client_is_pinged (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) socket = connect_to (server);

  porch_test_server_advance_s (server, 29);
  g_assert_cmpuint (porch_test_socket_count (socket, PORCH_PUSHER_EVENT_PING), ==, 0);

  /* Silence counts from what was just said. */
  porch_test_server_advance_s (server, 36);
  g_assert_cmpuint (porch_test_socket_count (socket, PORCH_PUSHER_EVENT_PING), ==, 1);
  porch_test_server_advance_s (server, 120);
  g_assert_false (socket->is_closed);
  g_assert_cmpuint (porch_broker_get_n_connections (server->broker), ==, 1);
}

static void
test_no_pong (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) watcher = connect_to (server);
  g_autoptr (PorchTestSocket) owner = connect_to (server);
  g_autoptr (PorchPusherFrame) first = porch_test_socket_subscribe (watcher, server->broker,
                                                                    CHANNEL, "watcher");
  g_autoptr (PorchPusherFrame) second = porch_test_socket_subscribe (owner, server->broker, CHANNEL,
                                                                     PERSON);

  owner->is_mute = TRUE;
  porch_test_server_advance_s (server, 44);
  g_assert_cmpuint (porch_test_socket_count (watcher, PORCH_PUSHER_EVENT_MEMBER_REMOVED), ==, 0);

  /* 30 s of silence and 15 s for the pong, each found within 5 s. */
  porch_test_server_advance_s (server, 12);
  g_assert_cmpuint (porch_test_socket_count (watcher, PORCH_PUSHER_EVENT_MEMBER_REMOVED), ==, 1);
  porch_test_socket_wait_closed (owner);
  g_assert_cmpuint (owner->close_code, ==, 4201);
}

static void
test_malformed_frames (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) socket = connect_to (server);
  g_autofree char *deep = g_strnfill (100000, '[');
  const char *frames[] = { "",
                           "{",
                           "[]",
                           "{\"event\":7}",
                           "{\"event\":\"pusher:subscribe\"}",
                           "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a b\"}}",
                           "{\"event\":\"pusher:nonsense\"}",
                           deep };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    porch_test_socket_send (socket, frames[i]);

  g_assert_cmpuint (porch_test_socket_count (socket, PORCH_PUSHER_EVENT_ERROR), ==,
                    G_N_ELEMENTS (frames));
  g_assert_false (socket->is_closed);
}

static void
test_second_subscription (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) owner = connect_to (server);
  g_autoptr (PorchPusherFrame) first = porch_test_socket_subscribe (owner, server->broker, CHANNEL,
                                                                    PERSON);
  g_autofree char *data = porch_pusher_member_build (PERSON, NULL);
  g_autofree char *auth = porch_pusher_channel_auth_build (
      server->secrets->pusher_key, server->secrets->pusher_secret, owner->socket_id, CHANNEL, data);
  g_autofree char *frame = porch_pusher_subscribe_frame_build (CHANNEL, auth, data);

  porch_test_socket_send (owner, frame);
  g_assert_cmpuint (porch_test_socket_count (owner, PORCH_PUSHER_EVENT_ERROR), ==, 1);

  /* It counted once: one unsubscription is enough. */
  porch_test_socket_send (
      owner, "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"" CHANNEL "\"}}");
  g_assert_cmpuint (porch_test_socket_count (owner, PORCH_PUSHER_EVENT_ERROR), ==, 1);
  g_assert_false (porch_broker_has_owner (server->broker, PERSON));
}

/* Anybody may make a public channel: not without end. */
static void
test_public_channels_are_bounded (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) socket = connect_to (server);
  g_autoptr (PorchPusherFrame) succeeded = NULL;

  for (guint i = 0; i < PORCH_BROKER_PUBLIC_CHANNELS_MAX + 10; i++)
    {
      g_autofree char *frame = g_strdup_printf (
          "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"news-%u\"}}", i);

      porch_test_socket_send (socket, frame);
    }
  g_assert_cmpuint (porch_test_socket_count (socket, PORCH_PUSHER_EVENT_SUBSCRIPTION_SUCCEEDED), ==,
                    PORCH_BROKER_PUBLIC_CHANNELS_MAX);
  g_assert_cmpuint (porch_test_socket_count (socket, PORCH_PUSHER_EVENT_SUBSCRIPTION_ERROR), ==,
                    10);

  /* One that was authorised is another matter. */
  succeeded = porch_test_socket_subscribe (socket, server->broker, CHANNEL, "watcher");
  g_assert_nonnull (succeeded);
}

static void
test_stop (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestSocket) socket = connect_to (server);

  porch_broker_stop (server->broker);
  porch_test_socket_wait_closed (socket);
  g_assert_cmpuint (socket->close_code, ==, 4200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/broker/established", test_established);
  g_test_add_func ("/server/broker/refusals", test_refusals);
  g_test_add_func ("/server/broker/over-capacity", test_over_capacity);
  g_test_add_func ("/server/broker/public-channel", test_public_channel);
  g_test_add_func ("/server/broker/authorization", test_authorization);
  g_test_add_func ("/server/broker/presence-members", test_presence_members);
  g_test_add_func ("/server/broker/only-the-owner-is-listed", test_only_the_owner_is_listed);
  g_test_add_func ("/server/broker/watched-by-somebody-else", test_watched);
  g_test_add_func ("/server/broker/client-events", test_client_events);
  g_test_add_func ("/server/broker/client-event-rate", test_client_event_rate);
  g_test_add_func ("/server/broker/silent-client-is-pinged", test_silent_client_is_pinged);
  g_test_add_func ("/server/broker/no-pong", test_no_pong);
  g_test_add_func ("/server/broker/malformed-frames", test_malformed_frames);
  g_test_add_func ("/server/broker/second-subscription", test_second_subscription);
  g_test_add_func ("/server/broker/public-channels-are-bounded", test_public_channels_are_bounded);
  g_test_add_func ("/server/broker/stop", test_stop);

  return g_test_run ();
}
