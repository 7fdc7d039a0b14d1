/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What every PorchPublisher promises, run on each implementation: the broker itself, and a Pusher
 * app whose cluster is that same broker behind its HTTP API. What only the second can go through
 * comes after, against a cluster that fails as it is told.
 */

#include "porch-log-catcher.h"
#include "porch-test-server.h"
#include "porch-test-socket.h"

#include <string.h>

#include "protocol/porch-pusher-api.h"
#include "protocol/porch-pusher-signature.h"
#include "server/porch-pusher-publisher.h"

#define PERSON  "11111111-1111-4111-8111-111111111111"
#define WATCHER "22222222-2222-4222-8222-222222222222"
#define CHANNEL "presence-user-" PERSON

typedef struct
{
  PorchTestServer *server;
  PorchTestSocket *socket;
  PorchPublisher *publisher;
} Fixture;

typedef PorchPublisher *(*MakeFunc) (PorchTestServer *server);

static PorchPublisher *
make_broker (PorchTestServer *server)
{
  return PORCH_PUBLISHER (g_object_ref (server->broker));
}

static PorchPublisher *
make_pusher (PorchTestServer *server)
{
  return PORCH_PUBLISHER (porch_pusher_publisher_new (
      PORCH_CLOCK (server->clock), server->address, server->secrets->pusher_app_id,
      server->secrets->pusher_key, server->secrets->pusher_secret));
}

static void
fixture_set_up (Fixture *fixture, gconstpointer make)
{
  fixture->server = porch_test_server_new ();
  fixture->socket = porch_test_socket_new (fixture->server->address,
                                           fixture->server->secrets->pusher_key, "protocol=7");
  fixture->publisher = ((MakeFunc) make) (fixture->server);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer make)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->publisher));
  g_clear_pointer (&fixture->socket, porch_test_socket_free);
  g_clear_pointer (&fixture->server, porch_test_server_free);
}

/* The broker's own test server holds it too. */
static void
fixture_tear_down_broker (Fixture *fixture, gconstpointer make)
{
  g_clear_object (&fixture->publisher);
  g_clear_pointer (&fixture->socket, porch_test_socket_free);
  g_clear_pointer (&fixture->server, porch_test_server_free);
}

static void
subscribe (Fixture *fixture, PorchTestSocket *socket, const char *channel, const char *user_id)
{
  g_autoptr (PorchPusherFrame) succeeded = porch_test_socket_subscribe (
      socket, fixture->server->broker, channel, user_id);

  g_assert_nonnull (succeeded);
}

static void
test_event_arrives (Fixture *fixture, gconstpointer make)
{
  static const char data[] = "{\"name\":\"Ärlig \\\"A\\\" \\n\",\"n\":1}";
  g_autoptr (PorchPusherFrame) frame = NULL;

  subscribe (fixture, fixture->socket, CHANNEL, WATCHER);
  porch_publisher_publish (fixture->publisher, CHANNEL, "user-status-change", data, NULL);

  frame = porch_test_socket_wait (fixture->socket, "user-status-change");
  g_assert_cmpstr (frame->channel, ==, CHANNEL);
  g_assert_cmpstr (frame->data, ==, data);
}

static void
test_nobody_is_subscribed (Fixture *fixture, gconstpointer make)
{
  g_autoptr (PorchPusherFrame) frame = NULL;

  porch_publisher_publish (fixture->publisher, CHANNEL, "lost", "{}", NULL);
  subscribe (fixture, fixture->socket, "news", NULL);
  porch_publisher_publish (fixture->publisher, "news", "found", "{}", NULL);

  frame = porch_test_socket_wait (fixture->socket, "found");
  g_assert_nonnull (frame);
  g_assert_cmpuint (porch_test_socket_count (fixture->socket, "lost"), ==, 0);
}

/* More than one request carries them, and other channels' events are in between. */
static void
test_order_of_a_channel (Fixture *fixture, gconstpointer make)
{
  subscribe (fixture, fixture->socket, "news", NULL);
  for (guint i = 0; i < 25; i++)
    {
      g_autofree char *data = g_strdup_printf ("%u", i);
      g_autofree char *other = g_strdup_printf ("other-%u", i);

      porch_publisher_publish (fixture->publisher, "news", "count", data, NULL);
      porch_publisher_publish (fixture->publisher, other, "count", data, NULL);
    }

  for (guint i = 0; i < 25; i++)
    {
      g_autoptr (PorchPusherFrame) frame = porch_test_socket_wait (fixture->socket, "count");
      g_autofree char *data = g_strdup_printf ("%u", i);

      g_assert_cmpstr (frame->data, ==, data);
    }
}

static void
test_not_for_its_sender (Fixture *fixture, gconstpointer make)
{
  g_autoptr (PorchPusherFrame) frame = NULL;

  subscribe (fixture, fixture->socket, "news", NULL);
  porch_publisher_publish (fixture->publisher, "news", "own", "{}", fixture->socket->socket_id);
  porch_publisher_publish (fixture->publisher, "news", "others", "{}", NULL);

  frame = porch_test_socket_wait (fixture->socket, "others");
  g_assert_nonnull (frame);
  g_assert_cmpuint (porch_test_socket_count (fixture->socket, "own"), ==, 0);
}

static void
test_authorization_is_accepted (Fixture *fixture, gconstpointer make)
{
  g_autofree char *member = porch_pusher_member_build (WATCHER, "{}");
  g_autofree char *json = porch_publisher_authorize (fixture->publisher, "session",
                                                     fixture->socket->socket_id, CHANNEL, member);
  g_autoptr (PorchPusherChannelAuth) auth = porch_pusher_channel_auth_parse (json, strlen (json),
                                                                             NULL);
  g_autofree char *request = porch_pusher_subscribe_frame_build (CHANNEL, auth->auth,
                                                                 auth->channel_data);
  g_autoptr (PorchPusherFrame) frame = NULL;

  porch_test_socket_send (fixture->socket, request);

  frame = porch_test_socket_wait (fixture->socket, PORCH_PUSHER_EVENT_SUBSCRIPTION_SUCCEEDED);
  g_assert_cmpstr (frame->channel, ==, CHANNEL);
}

/* A publisher that does not know takes everybody for watched. */
static void
test_watched (Fixture *fixture, gconstpointer make)
{
  subscribe (fixture, fixture->socket, CHANNEL, WATCHER);

  g_assert_true (porch_publisher_is_watched (fixture->publisher, CHANNEL));
}

static void
flush (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_publisher_flush_async (fixture->publisher, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_publisher_flush_finish (fixture->publisher, result, &error));
  g_assert_no_error (error);
}

static void
test_flush (Fixture *fixture, gconstpointer make)
{
  g_autoptr (PorchPusherFrame) frame = NULL;

  flush (fixture);
  subscribe (fixture, fixture->socket, "news", NULL);
  for (guint i = 0; i < 25; i++)
    porch_publisher_publish (fixture->publisher, "news", i < 24 ? "earlier" : "last", "{}", NULL);
  flush (fixture);

  /* Then it is on its way to the client without this end doing anything more. */
  g_object_ref (fixture->publisher);
  frame = porch_test_socket_wait (fixture->socket, "last");
  g_object_unref (fixture->publisher);
  g_assert_nonnull (frame);
}

static void
add_conformance_tests (const char *name,
                       MakeFunc make,
                       void (*tear_down) (Fixture *, gconstpointer))
{
  static const struct
  {
    const char *name;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "event-arrives", test_event_arrives },
    { "nobody-is-subscribed", test_nobody_is_subscribed },
    { "order-of-a-channel", test_order_of_a_channel },
    { "not-for-its-sender", test_not_for_its_sender },
    { "authorization-is-accepted", test_authorization_is_accepted },
    { "watched", test_watched },
    { "flush", test_flush },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/server/publisher/%s/%s", name, tests[i].name);

      g_test_add (path, Fixture, make, fixture_set_up, tests[i].test, tear_down);
    }
}

/* A cluster that answers as it is told and remembers what it took. */
typedef struct
{
  PorchFakeClock *clock;
  PorchHttpServer *http;
  PorchPublisher *publisher;
  char *address;
  GArray *statuses; /* of the next answers; then 200 */
  guint n_requests;
  GString *taken; /* the data of the events, each followed by a space */
} Cluster;

static void
handle_batch (PorchHttpRequest *request, gpointer user_data)
{
  Cluster *cluster = user_data;
  gsize length;
  const char *body = g_bytes_get_data (porch_http_request_get_body (request), &length);
  g_autoptr (GPtrArray) triggers = porch_pusher_batch_parse (body, length, NULL);
  guint status = 200;

  cluster->n_requests++;
  if (cluster->statuses->len > 0)
    {
      status = g_array_index (cluster->statuses, guint, 0);
      g_array_remove_index (cluster->statuses, 0);
    }
  g_assert_nonnull (triggers);
  g_assert_cmpuint (triggers->len, <=, 10);
  for (guint i = 0; status == 200 && i < triggers->len; i++)
    g_string_append_printf (cluster->taken, "%s ",
                            ((PorchPusherTrigger *) g_ptr_array_index (triggers, i))->data);
  if (status == 429)
    porch_http_request_set_header (request, "Retry-After", "20");
  porch_http_request_respond_json (request, status, "{}");
}

static void
cluster_listen (Cluster *cluster, const char *address)
{
  g_autoptr (GError) error = NULL;

  cluster->http = porch_http_server_new (PORCH_CLOCK (cluster->clock));
  porch_http_server_add_route (cluster->http, "POST", "/apps/1/batch_events", handle_batch,
                               cluster);
  porch_http_server_listen (cluster->http, address, &error);
  g_assert_no_error (error);
}

static Cluster *
cluster_new (void)
{
  Cluster *cluster = g_new0 (Cluster, 1);

  cluster->clock = porch_fake_clock_new (PORCH_TEST_NOW_US);
  cluster->statuses = g_array_new (FALSE, FALSE, sizeof (guint));
  cluster->taken = g_string_new (NULL);
  cluster_listen (cluster, "127.0.0.1:0");
  cluster->address = porch_http_server_dup_address (cluster->http);
  cluster->publisher = PORCH_PUBLISHER (porch_pusher_publisher_new (
      PORCH_CLOCK (cluster->clock), cluster->address, "1", "key", "secret"));

  return cluster;
}

static void
cluster_free (Cluster *cluster)
{
  g_assert_finalize_object (g_steal_pointer (&cluster->publisher));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (cluster->http != NULL)
    porch_http_server_stop (cluster->http);
  g_clear_object (&cluster->http);
  g_clear_object (&cluster->clock);
  g_array_unref (cluster->statuses);
  g_string_free (cluster->taken, TRUE);
  g_free (cluster->address);
  g_free (cluster);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Cluster, cluster_free)

static void
cluster_will_answer (Cluster *cluster, guint status)
{
  g_array_append_val (cluster->statuses, status);
}

static void
publish (Cluster *cluster, const char *channel, const char *data)
{
  porch_publisher_publish (cluster->publisher, channel, "event", data, NULL);
}

static PorchPusherPublisherStats
get_stats (Cluster *cluster)
{
  return porch_pusher_publisher_get_stats (PORCH_PUSHER_PUBLISHER (cluster->publisher));
}

static void
test_failure_is_retried_in_order (void)
{
  g_autoptr (Cluster) cluster = cluster_new ();
  g_autofree char *warnings = NULL;

  /* Given a cluster that fails twice. */
  cluster_will_answer (cluster, 500);
  cluster_will_answer (cluster, 503);
  publish (cluster, "a", "1");
  porch_test_wait_until (get_stats (cluster).n_retries == 1);
  publish (cluster, "a", "2");
  publish (cluster, "a", "3");

  /* When there was time for two more tries. */
  porch_fake_clock_advance_ms (cluster->clock, 30000);
  porch_test_wait_until (get_stats (cluster).n_retries == 2);
  porch_fake_clock_advance_ms (cluster->clock, 30000);
  porch_test_wait_until (get_stats (cluster).n_waiting == 0);

  g_assert_cmpstr (cluster->taken->str, ==, "1 2 3 ");
  g_assert_cmpuint (get_stats (cluster).n_sent, ==, 3);
  /* And an administrator was told once that it fails. */
  warnings = porch_log_catcher_take ();
  g_assert_nonnull (strstr (warnings, "answers 500"));
  g_assert_null (strchr (warnings, '\n'));
}

static void
test_retry_after_is_obeyed (void)
{
  g_autoptr (Cluster) cluster = cluster_new ();
  g_autofree char *warnings = NULL;

  cluster_will_answer (cluster, 429);
  publish (cluster, "a", "1");
  porch_test_wait_until (get_stats (cluster).n_retries == 1);

  porch_fake_clock_advance_ms (cluster->clock, 19000);
  g_assert_cmpuint (cluster->n_requests, ==, 1);
  porch_fake_clock_advance_ms (cluster->clock, 1000);
  porch_test_wait_until (cluster->n_requests == 2);
  porch_test_wait_until (get_stats (cluster).n_sent == 1);
  warnings = porch_log_catcher_take ();
  g_assert_cmpstr (warnings, !=, "");
}

static void
test_refusal_is_not_retried (void)
{
  g_autoptr (Cluster) cluster = cluster_new ();
  g_autofree char *warnings = NULL;

  cluster_will_answer (cluster, 401);
  publish (cluster, "a", "1");
  publish (cluster, "a", "2");
  porch_test_wait_until (get_stats (cluster).n_sent == 1);

  g_assert_cmpstr (cluster->taken->str, ==, "2 ");
  g_assert_cmpuint (get_stats (cluster).n_dropped, ==, 1);
  warnings = porch_log_catcher_take ();
  g_assert_nonnull (strstr (warnings, "are app, key and secret right?"));
  g_assert_null (strchr (warnings, '\n'));
}

static void
test_unreachable_for_a_while (void)
{
  g_autoptr (Cluster) cluster = cluster_new ();
  g_autofree char *warnings = NULL;
  const char *listen = cluster->address + strlen ("http://");

  /* Given a cluster that is down. */
  porch_http_server_stop (cluster->http);
  g_clear_object (&cluster->http);
  publish (cluster, "a", "1");
  porch_test_wait_until (get_stats (cluster).n_retries == 1);
  publish (cluster, "b", "2");

  /* When it is up again. */
  cluster_listen (cluster, listen);
  porch_fake_clock_advance_ms (cluster->clock, 30000);
  porch_test_wait_until (get_stats (cluster).n_sent == 2);

  g_assert_cmpstr (cluster->taken->str, ==, "1 2 ");
  warnings = porch_log_catcher_take ();
  g_assert_nonnull (strstr (warnings, "cannot be reached"));
  g_assert_null (strchr (warnings, '\n'));
}

static void
test_outdated_events_are_dropped (void)
{
  g_autoptr (Cluster) cluster = cluster_new ();
  const char *listen = cluster->address + strlen ("http://");
  g_autofree char *warnings = NULL;

  porch_http_server_stop (cluster->http);
  g_clear_object (&cluster->http);
  publish (cluster, "a", "1");
  porch_test_wait_until (get_stats (cluster).n_retries == 1);

  /* When it stays away for longer than anybody counts as online. */
  while (get_stats (cluster).n_dropped == 0)
    {
      guint64 n_retries = get_stats (cluster).n_retries;

      porch_fake_clock_advance_ms (cluster->clock, 30 * 1000);
      porch_test_wait_until (get_stats (cluster).n_retries > n_retries
                             || get_stats (cluster).n_dropped > 0);
    }
  g_assert_cmpuint (get_stats (cluster).n_retries, >=, 9);
  cluster_listen (cluster, listen);
  publish (cluster, "a", "2");
  porch_test_wait_until (get_stats (cluster).n_sent == 1);

  g_assert_cmpstr (cluster->taken->str, ==, "2 ");
  g_assert_cmpuint (get_stats (cluster).n_dropped, ==, 1);
  warnings = porch_log_catcher_take ();
  g_assert_cmpstr (warnings, !=, "");
}

static void
test_queue_is_bounded (void)
{
  g_autoptr (Cluster) cluster = cluster_new ();
  g_autofree char *warnings = NULL;
  guint n_published = PORCH_PUSHER_PUBLISHER_QUEUE_MAX + 500;

  cluster_will_answer (cluster, 429);
  publish (cluster, "a", "0");
  porch_test_wait_until (get_stats (cluster).n_retries == 1);
  g_free (porch_log_catcher_take ());
  for (guint i = 1; i < n_published; i++)
    {
      g_autofree char *channel = g_strdup_printf ("c%u", i);

      publish (cluster, channel, "x");
    }

  g_assert_cmpuint (get_stats (cluster).n_waiting, ==, PORCH_PUSHER_PUBLISHER_QUEUE_MAX);
  g_assert_cmpuint (get_stats (cluster).n_dropped, ==, 500);
  warnings = porch_log_catcher_take ();
  g_assert_nonnull (strstr (warnings, "the oldest are dropped"));
  g_assert_null (strchr (warnings, '\n'));
}

static void
test_flush_that_lasts_too_long (void)
{
  g_autoptr (Cluster) cluster = cluster_new ();
  g_autofree char *warnings = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cluster_will_answer (cluster, 500);
  publish (cluster, "a", "1");
  porch_publisher_flush_async (cluster->publisher, cancellable, porch_test_take_result, &result);
  porch_test_wait_until (get_stats (cluster).n_retries == 1);
  g_assert_null (result);

  g_cancellable_cancel (cancellable);
  porch_test_wait_until (result != NULL);
  g_assert_false (porch_publisher_flush_finish (cluster->publisher, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  warnings = porch_log_catcher_take ();
  g_assert_cmpstr (warnings, !=, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  porch_log_catcher_install ();

  add_conformance_tests ("broker", make_broker, fixture_tear_down_broker);
  add_conformance_tests ("pusher", make_pusher, fixture_tear_down);

  g_test_add_func ("/server/publisher/pusher/failure-is-retried-in-order",
                   test_failure_is_retried_in_order);
  g_test_add_func ("/server/publisher/pusher/retry-after-is-obeyed", test_retry_after_is_obeyed);
  g_test_add_func ("/server/publisher/pusher/refusal-is-not-retried", test_refusal_is_not_retried);
  g_test_add_func ("/server/publisher/pusher/unreachable-for-a-while",
                   test_unreachable_for_a_while);
  g_test_add_func ("/server/publisher/pusher/outdated-events-are-dropped",
                   test_outdated_events_are_dropped);
  g_test_add_func ("/server/publisher/pusher/queue-is-bounded", test_queue_is_bounded);
  g_test_add_func ("/server/publisher/pusher/flush-that-lasts-too-long",
                   test_flush_that_lasts_too_long);

  return g_test_run ();
}
