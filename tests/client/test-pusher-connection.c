/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-pusher-connection.h"

#include "client/porch-client-error.h"
#include "porch-client-fixture.h"
#include "protocol/porch-user-id.h"

typedef PorchClientFixture Fixture;

#define CHANNEL "presence-user-" BOB

static PorchPusherState
get_state (Fixture *fixture)
{
  return porch_pusher_connection_get_state (fixture->connection);
}

/* A moment on the clocks of both sides. */
static void
settle (void)
{
  porch_run_for_ms (30);
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_subscribes_and_subscribes_again (Fixture *fixture, gconstpointer data)
{
  guint n_subscribed = 0;

  g_signal_connect_swapped (fixture->connection, "subscribed", G_CALLBACK (count_cb),
                            &n_subscribed);
  porch_client_fixture_sign_in (fixture);
  porch_pusher_connection_subscribe (fixture->connection, CHANNEL);
  porch_client_fixture_connect (fixture);
  porch_test_wait_until (n_subscribed == 1);

  porch_scripted_server_close_sockets (fixture->server, 4200);
  porch_test_wait_until (get_state (fixture) == PORCH_PUSHER_WAITING);
  porch_fake_clock_advance_ms (fixture->fake_clock, 2000);

  porch_test_wait_until (n_subscribed == 2);
  g_assert_cmpuint (porch_scripted_server_count_subscribed (fixture->server, CHANNEL), ==, 1);
}

static void
test_channel_ends_with_its_last_use (Fixture *fixture, gconstpointer data)
{
  porch_client_fixture_sign_in (fixture);
  porch_pusher_connection_subscribe (fixture->connection, CHANNEL);
  porch_pusher_connection_subscribe (fixture->connection, CHANNEL);
  porch_client_fixture_connect (fixture);
  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->server, CHANNEL) == 1);

  porch_pusher_connection_unsubscribe (fixture->connection, CHANNEL);
  settle ();
  g_assert_cmpuint (porch_scripted_server_count_subscribed (fixture->server, CHANNEL), ==, 1);

  porch_pusher_connection_unsubscribe (fixture->connection, CHANNEL);
  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->server, CHANNEL) == 0);
}

static void
test_many_channels (Fixture *fixture, gconstpointer data)
{
  porch_client_fixture_sign_in (fixture);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *channel = g_strdup_printf ("presence-user-%u", i);

      porch_pusher_connection_subscribe (fixture->connection, channel);
    }
  porch_client_fixture_connect (fixture);

  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->server, NULL) == 200);
  g_assert_cmpuint (fixture->server->n_authorizations, ==, 200);
}

static void
test_silence_is_pinged (Fixture *fixture, gconstpointer data)
{
  porch_client_fixture_sign_in (fixture);
  porch_client_fixture_connect (fixture);

  porch_fake_clock_advance_ms (fixture->fake_clock, 30000);
  porch_test_wait_until (fixture->server->n_pings == 1);
  settle ();
  porch_fake_clock_advance_ms (fixture->fake_clock, 30000);
  porch_test_wait_until (fixture->server->n_pings == 2);

  g_assert_cmpint (get_state (fixture), ==, PORCH_PUSHER_CONNECTED);
}

static void
test_dead_socket_is_noticed_within_45_s (Fixture *fixture, gconstpointer data)
{
  porch_client_fixture_sign_in (fixture);
  porch_client_fixture_connect (fixture);
  fixture->server->ignores_pings = TRUE;

  for (guint second = 0; second < 45; second++)
    {
      porch_fake_clock_advance_ms (fixture->fake_clock, 1000);
      porch_run_for_ms (2);
    }

  g_assert_cmpuint (fixture->server->n_sockets, >=, 2);
}

static void
test_late_pong_is_not_waited_for_twice (Fixture *fixture, gconstpointer data)
{
  porch_client_fixture_sign_in (fixture);
  porch_client_fixture_connect (fixture);
  fixture->server->ignores_pings = TRUE;
  porch_pusher_connection_try_now (fixture->connection);
  porch_test_wait_until (fixture->server->n_pings == 1);
  porch_fake_clock_advance_ms (fixture->fake_clock, 5000);

  /* Another reason to look does not start the ten seconds again. */
  porch_pusher_connection_try_now (fixture->connection);
  porch_fake_clock_advance_ms (fixture->fake_clock, 5000);

  g_assert_cmpint (get_state (fixture), ==, PORCH_PUSHER_WAITING);
  g_assert_error (porch_pusher_connection_get_error (fixture->connection), PORCH_PUSHER_ERROR,
                  PORCH_PUSHER_ERROR_TIMED_OUT);
}

static void
test_heartbeat_saves_a_wakeup (Fixture *fixture, gconstpointer data)
{
  guint n_wakeups;

  porch_client_fixture_sign_in (fixture);
  porch_client_fixture_connect (fixture);
  n_wakeups = porch_fake_clock_get_n_wakeups (fixture->fake_clock);

  for (guint i = 0; i < 4; i++)
    {
      porch_fake_clock_advance_ms (fixture->fake_clock, 29000);
      porch_pusher_connection_check (fixture->connection, 20000);
      settle ();
    }

  g_assert_cmpuint (fixture->server->n_pings, ==, 4);
  g_assert_cmpuint (porch_fake_clock_get_n_wakeups (fixture->fake_clock), ==, n_wakeups);
}

static void
test_close_codes (Fixture *fixture, gconstpointer data)
{
  const struct
  {
    guint code;
    PorchPusherState state;
    PorchPusherError error;
  } cases[] = {
    { 4000, PORCH_PUSHER_REFUSED, PORCH_PUSHER_ERROR_REFUSED },
    { 4001, PORCH_PUSHER_REFUSED, PORCH_PUSHER_ERROR_NO_SUCH_APP },
    { 4003, PORCH_PUSHER_REFUSED, PORCH_PUSHER_ERROR_DISABLED },
    { 4004, PORCH_PUSHER_REFUSED, PORCH_PUSHER_ERROR_QUOTA },
    { 4009, PORCH_PUSHER_REFUSED, PORCH_PUSHER_ERROR_REFUSED },
    { 4099, PORCH_PUSHER_REFUSED, PORCH_PUSHER_ERROR_REFUSED },
    { 4100, PORCH_PUSHER_WAITING, PORCH_PUSHER_ERROR_OVER_CAPACITY },
    { 4199, PORCH_PUSHER_WAITING, PORCH_PUSHER_ERROR_OVER_CAPACITY },
    { 4200, PORCH_PUSHER_WAITING, PORCH_PUSHER_ERROR_CLOSED },
    { 4201, PORCH_PUSHER_WAITING, PORCH_PUSHER_ERROR_CLOSED },
    { 1001, PORCH_PUSHER_WAITING, PORCH_PUSHER_ERROR_CLOSED },
    { 1003, PORCH_PUSHER_WAITING, PORCH_PUSHER_ERROR_CLOSED },
  };

  porch_client_fixture_sign_in (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 wait_us;

      porch_client_fixture_connect (fixture);
      porch_fake_clock_advance_ms (fixture->fake_clock, 11000);
      porch_scripted_server_close_sockets (fixture->server, cases[i].code);
      porch_test_wait_until (get_state (fixture) == cases[i].state);
      g_assert_error (porch_pusher_connection_get_error (fixture->connection), PORCH_PUSHER_ERROR,
                      (int) cases[i].error);

      /* 4200 to 4299 come back at once; whatever else comes back takes a second or more. */
      if (cases[i].state == PORCH_PUSHER_WAITING)
        {
          wait_us = porch_pusher_connection_get_next_try_us (fixture->connection)
                    - porch_clock_get_real_us (fixture->clock);
          if (cases[i].code >= 4200)
            g_assert_cmpint (wait_us, <, 100000);
          else
            g_assert_cmpint (wait_us, >=, 1000000);
        }
      porch_pusher_connection_disconnect (fixture->connection);
    }
}

static void
test_server_that_always_hangs_up_is_not_hammered (Fixture *fixture, gconstpointer data)
{
  gint64 started_us = porch_clock_get_monotonic_us (fixture->clock);

  porch_client_fixture_sign_in (fixture);
  porch_client_fixture_connect (fixture);

  /* Five minutes of "reconnect at once". */
  while (porch_clock_get_monotonic_us (fixture->clock) - started_us < 300 * G_USEC_PER_SEC)
    {
      if (get_state (fixture) == PORCH_PUSHER_CONNECTED)
        {
          porch_scripted_server_close_sockets (fixture->server, 4200);
          porch_test_wait_until (get_state (fixture) == PORCH_PUSHER_WAITING);
        }
      porch_fake_clock_advance_ms (fixture->fake_clock, 1000);
      porch_test_wait_until (get_state (fixture) == PORCH_PUSHER_WAITING
                             || get_state (fixture) == PORCH_PUSHER_CONNECTED);
    }

  g_assert_cmpuint (fixture->server->n_sockets, <, 25);
}

static void
test_frame_of_10_mb (Fixture *fixture, gconstpointer data)
{
  g_autofree char *huge = g_malloc (10 * 1024 * 1024 + 1);

  memset (huge, 'x', 10 * 1024 * 1024);
  huge[10 * 1024 * 1024] = '\0';
  porch_client_fixture_sign_in (fixture);
  porch_client_fixture_connect (fixture);
  porch_fake_clock_advance_ms (fixture->fake_clock, 11000);

  porch_scripted_server_send (fixture->server, huge);
  porch_test_wait_until (get_state (fixture) == PORCH_PUSHER_WAITING);
  porch_fake_clock_advance_ms (fixture->fake_clock, 2000);

  porch_test_wait_until (get_state (fixture) == PORCH_PUSHER_CONNECTED);
  g_assert_cmpuint (fixture->server->n_sockets, ==, 2);
}

static void
test_malformed_frames (Fixture *fixture, gconstpointer data)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  const char *const frames[] = {
    "",
    "{",
    "[]",
    "null",
    "\"x\"",
    "{\"event\":1}",
    "{\"event\":\"\"}",
    deep,
    "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"" CHANNEL "\"}",
    "{\"event\":\"pusher_internal:member_added\",\"channel\":\"" CHANNEL "\",\"data\":\"[]\"}",
    "{\"event\":\"pusher:error\",\"data\":7}",
    "{\"event\":\"pusher:connection_established\",\"data\":\"{}\"}",
    "{\"event\":\"x\",\"channel\":\"not wanted\"}",
  };
  guint n_events = 0;

  g_signal_connect_swapped (fixture->connection, "event", G_CALLBACK (count_cb), &n_events);
  porch_client_fixture_sign_in (fixture);
  porch_pusher_connection_subscribe (fixture->connection, CHANNEL);
  porch_client_fixture_connect (fixture);
  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->server, CHANNEL) == 1);

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    porch_scripted_server_send (fixture->server, frames[i]);
  porch_scripted_server_send (fixture->server,
                              "{\"event\":\"good\",\"channel\":\"" CHANNEL "\",\"data\":\"{}\"}");

  porch_test_wait_until (n_events == 1);
  g_assert_cmpint (get_state (fixture), ==, PORCH_PUSHER_CONNECTED);
}

static void
test_bad_greeting_waits (Fixture *fixture, gconstpointer data)
{
  porch_client_fixture_sign_in (fixture);
  fixture->server->greets_badly = TRUE;
  porch_pusher_connection_connect (fixture->connection);

  porch_test_wait_until (get_state (fixture) == PORCH_PUSHER_WAITING);
}

static void
test_no_greeting_is_not_waited_for (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchPusherConnection) connection = NULL;
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u/app/key", port);

  /* A server that takes the connection and says nothing. */
  connection = porch_pusher_connection_new (fixture->clock, fixture->http, fixture->api, url);
  porch_pusher_connection_connect (connection);
  settle ();
  g_assert_cmpint (porch_pusher_connection_get_state (connection), ==, PORCH_PUSHER_CONNECTING);
  porch_fake_clock_advance_ms (fixture->fake_clock, 15000);

  g_assert_cmpint (porch_pusher_connection_get_state (connection), ==, PORCH_PUSHER_WAITING);
  g_object_run_dispose (G_OBJECT (connection));
}

static void
test_not_a_websocket (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchPusherConnection) connection = NULL;
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u/.well-known/porchlight",
                                          fixture->server->port);

  connection = porch_pusher_connection_new (fixture->clock, fixture->http, fixture->api, url);
  porch_pusher_connection_connect (connection);

  porch_test_wait_until (porch_pusher_connection_get_state (connection) == PORCH_PUSHER_WAITING);
  g_object_run_dispose (G_OBJECT (connection));
}

static void
test_wrong_certificate (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "client", "fixtures",
                                                 "self-signed.pem", NULL);
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_file (path, NULL);
  g_autoptr (SoupServer) server = soup_server_new ("tls-certificate", certificate, NULL);
  g_autoptr (PorchPusherConnection) connection = NULL;
  g_autofree char *url = NULL;
  GSList *uris;

  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS,
                            NULL);
  uris = soup_server_get_uris (server);
  url = g_strdup_printf ("wss://127.0.0.1:%d/app/key", g_uri_get_port ((GUri *) uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  connection = porch_pusher_connection_new (fixture->clock, fixture->http, fixture->api, url);
  porch_pusher_connection_connect (connection);
  porch_test_wait_until (porch_pusher_connection_get_state (connection) == PORCH_PUSHER_WAITING);

  g_assert_error (porch_pusher_connection_get_error (connection), PORCH_PUSHER_ERROR,
                  PORCH_PUSHER_ERROR_TLS);
  g_object_run_dispose (G_OBJECT (connection));
  soup_server_disconnect (server);
}

static void
on_failed_cb (PorchPusherConnection *connection,
              const char *channel,
              const GError *error,
              GError **kept)
{
  g_clear_error (kept);
  *kept = g_error_copy (error);
}

static void
test_refused_subscription_is_tried_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_signal_connect (fixture->connection, "subscription-failed", G_CALLBACK (on_failed_cb), &error);
  porch_client_fixture_sign_in (fixture);
  fixture->server->authorization_status = 403;
  porch_pusher_connection_subscribe (fixture->connection, CHANNEL);
  porch_client_fixture_connect (fixture);
  porch_test_wait_until (error != NULL);

  fixture->server->authorization_status = 0;
  porch_fake_clock_advance_ms (fixture->fake_clock, 10000);

  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->server, CHANNEL) == 1);
}

static void
test_unanswered_subscription_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_signal_connect (fixture->connection, "subscription-failed", G_CALLBACK (on_failed_cb), &error);
  porch_client_fixture_sign_in (fixture);
  fixture->server->ignores_subscriptions = TRUE;
  porch_pusher_connection_subscribe (fixture->connection, CHANNEL);
  porch_client_fixture_connect (fixture);
  settle ();

  porch_fake_clock_advance_ms (fixture->fake_clock, 30000);

  g_assert_error (error, PORCH_PUSHER_ERROR, PORCH_PUSHER_ERROR_SUBSCRIPTION);
}

static void
test_settles_once (Fixture *fixture, gconstpointer data)
{
  guint n_settled = 0;

  g_signal_connect_swapped (fixture->connection, "settled", G_CALLBACK (count_cb), &n_settled);
  porch_client_fixture_sign_in (fixture);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *channel = g_strdup_printf ("presence-user-%u", i);

      porch_pusher_connection_subscribe (fixture->connection, channel);
    }
  porch_client_fixture_connect (fixture);
  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->server, NULL) == 20);
  settle ();

  g_assert_cmpuint (n_settled, ==, 1);
}

static void
test_server_may_ping (Fixture *fixture, gconstpointer data)
{
  porch_client_fixture_sign_in (fixture);
  porch_client_fixture_connect (fixture);

  porch_scripted_server_send (fixture->server, "{\"event\":\"pusher:ping\",\"data\":{}}");

  porch_test_wait_until (fixture->server->n_pongs == 1);
}

static void
test_disconnect_stays (Fixture *fixture, gconstpointer data)
{
  porch_client_fixture_sign_in (fixture);
  porch_client_fixture_connect (fixture);

  porch_pusher_connection_disconnect (fixture->connection);
  porch_fake_clock_advance_ms (fixture->fake_clock, 600000);
  settle ();

  g_assert_cmpint (get_state (fixture), ==, PORCH_PUSHER_IDLE);
  g_assert_cmpuint (fixture->server->n_sockets, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                            \
  g_test_add ("/client/pusher-connection/" name, Fixture, NULL, porch_client_fixture_set_up, func, \
              porch_client_fixture_tear_down)
  ADD ("subscribes-and-subscribes-again", test_subscribes_and_subscribes_again);
  ADD ("channel-ends-with-its-last-use", test_channel_ends_with_its_last_use);
  ADD ("many-channels", test_many_channels);
  ADD ("silence-is-pinged", test_silence_is_pinged);
  ADD ("dead-socket-is-noticed-within-45-s", test_dead_socket_is_noticed_within_45_s);
  ADD ("late-pong-is-not-waited-for-twice", test_late_pong_is_not_waited_for_twice);
  ADD ("heartbeat-saves-a-wakeup", test_heartbeat_saves_a_wakeup);
  ADD ("close-codes", test_close_codes);
  ADD ("server-that-always-hangs-up-is-not-hammered",
       test_server_that_always_hangs_up_is_not_hammered);
  ADD ("frame-of-10-mb", test_frame_of_10_mb);
  ADD ("malformed-frames", test_malformed_frames);
  ADD ("bad-greeting-waits", test_bad_greeting_waits);
  ADD ("no-greeting-is-not-waited-for", test_no_greeting_is_not_waited_for);
  ADD ("not-a-websocket", test_not_a_websocket);
  ADD ("wrong-certificate", test_wrong_certificate);
  ADD ("refused-subscription-is-tried-again", test_refused_subscription_is_tried_again);
  ADD ("unanswered-subscription-fails", test_unanswered_subscription_fails);
  ADD ("settles-once", test_settles_once);
  ADD ("server-may-ping", test_server_may_ping);
  ADD ("disconnect-stays", test_disconnect_stays);
#undef ADD

  return g_test_run ();
}
