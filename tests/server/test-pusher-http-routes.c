/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "porch-test-server.h"
#include "porch-test-socket.h"

#include <string.h>

#include "protocol/porch-pusher-api.h"
#include "protocol/porch-pusher-signature.h"

#define PERSON  "11111111-1111-4111-8111-111111111111"
#define WATCHER "22222222-2222-4222-8222-222222222222"
#define CHANNEL "presence-user-" PERSON

typedef struct
{
  PorchTestServer *server;
  PorchTestSocket *socket;
  char *app; /* "/apps/{id}" */
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->server = porch_test_server_new ();
  fixture->socket = porch_test_socket_new (fixture->server->address,
                                           fixture->server->secrets->pusher_key, "protocol=7");
  fixture->app = g_strconcat ("/apps/", fixture->server->secrets->pusher_app_id, NULL);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_clear_pointer (&fixture->socket, porch_test_socket_free);
  g_clear_pointer (&fixture->server, porch_test_server_free);
  g_free (fixture->app);
}

static PorchTestAnswer *
post (Fixture *fixture, const char *path, const char *body)
{
  const PorchSecrets *secrets = fixture->server->secrets;
  g_autofree char *full_path = g_strconcat (fixture->app, path, NULL);
  g_autofree char *target = porch_pusher_api_target_build (
      secrets->pusher_key, secrets->pusher_secret, "POST", full_path, body,
      porch_clock_get_real_us (PORCH_CLOCK (fixture->server->clock)));

  return porch_test_server_call (fixture->server, "POST", target, body, NULL);
}

/* name and value: (nullable): one parameter more */
static PorchTestAnswer *
get (Fixture *fixture, const char *path, const char *name, const char *value)
{
  const PorchSecrets *secrets = fixture->server->secrets;
  g_autoptr (GHashTable) query = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *full_path = g_strconcat (fixture->app, path, NULL);
  g_autofree char *timestamp = g_strdup_printf (
      "%" G_GINT64_FORMAT,
      porch_clock_get_real_us (PORCH_CLOCK (fixture->server->clock)) / G_USEC_PER_SEC);
  g_autofree char *signature = NULL;
  g_autofree char *target = NULL;

  g_hash_table_insert (query, (char *) "auth_key", secrets->pusher_key);
  g_hash_table_insert (query, (char *) "auth_timestamp", timestamp);
  g_hash_table_insert (query, (char *) "auth_version", (char *) "1.0");
  if (name != NULL)
    g_hash_table_insert (query, (char *) name, (char *) value);
  signature = porch_pusher_http_signature_build (secrets->pusher_secret, "GET", full_path, query);
  target = g_strdup_printf (
      "%s?auth_key=%s&auth_timestamp=%s&auth_version=1.0&auth_signature=%s%s%s%s%s", full_path,
      secrets->pusher_key, timestamp, signature, name != NULL ? "&" : "", name != NULL ? name : "",
      name != NULL ? "=" : "", name != NULL ? value : "");

  return porch_test_server_call (fixture->server, "GET", target, NULL, NULL);
}

static void
subscribe (Fixture *fixture, PorchTestSocket *socket, const char *channel, const char *user_id)
{
  g_autoptr (PorchPusherFrame) succeeded = porch_test_socket_subscribe (
      socket, fixture->server->broker, channel, user_id);

  g_assert_nonnull (succeeded);
}

static void
test_event (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) answer = NULL;
  g_autoptr (PorchPusherFrame) frame = NULL;

  subscribe (fixture, fixture->socket, "news", NULL);
  answer = post (
      fixture, "/events",
      "{\"name\":\"hello\",\"channels\":[\"other\",\"news\"],\"data\":\"{\\\"a\\\":1}\"}");

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->text, ==, "{}");
  frame = porch_test_socket_wait (fixture->socket, "hello");
  g_assert_cmpstr (frame->channel, ==, "news");
  g_assert_cmpstr (frame->data, ==, "{\"a\":1}");
}

static void
test_event_but_not_for_its_sender (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *body = g_strdup_printf (
      "{\"name\":\"first\",\"channel\":\"news\",\"data\":\"\",\"socket_id\":\"%s\"}",
      fixture->socket->socket_id);
  g_autoptr (PorchTestAnswer) first = NULL;
  g_autoptr (PorchTestAnswer) second = NULL;
  g_autoptr (PorchPusherFrame) frame = NULL;

  subscribe (fixture, fixture->socket, "news", NULL);
  first = post (fixture, "/events", body);
  second = post (fixture, "/events", "{\"name\":\"second\",\"channel\":\"news\",\"data\":\"\"}");

  g_assert_cmpuint (first->status, ==, 200);
  g_assert_cmpuint (second->status, ==, 200);
  frame = porch_test_socket_wait (fixture->socket, "second");
  g_assert_nonnull (frame);
  g_assert_cmpuint (porch_test_socket_count (fixture->socket, "first"), ==, 0);
}

static void
test_batch (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) answer = NULL;
  g_autoptr (PorchPusherFrame) frame = NULL;

  subscribe (fixture, fixture->socket, "news", NULL);
  answer = post (fixture, "/batch_events",
                 "{\"batch\":[{\"channel\":\"news\",\"name\":\"one\",\"data\":\"1\","
                 "\"info\":\"subscription_count\"},"
                 "{\"channel\":\"other\",\"name\":\"two\",\"data\":\"2\"},"
                 "{\"channel\":\"news\",\"name\":\"three\",\"data\":\"3\"}]}");

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->text, ==, "{\"batch\":[{\"subscription_count\":1},{},{}]}");
  frame = porch_test_socket_wait (fixture->socket, "three");
  g_assert_cmpstr (frame->data, ==, "3");
  g_assert_cmpuint (porch_test_socket_count (fixture->socket, "one"), ==, 1);
}

static void
test_channels (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) all = NULL;
  g_autoptr (PorchTestAnswer) presence = NULL;
  g_autoptr (PorchTestAnswer) refused = NULL;

  subscribe (fixture, fixture->socket, "news", NULL);
  subscribe (fixture, fixture->socket, "presence-room", PERSON);
  all = get (fixture, "/channels", NULL, NULL);
  presence = get (fixture, "/channels", "filter_by_prefix", "presence-");
  refused = get (fixture, "/channels", "info", "user_count");

  g_assert_cmpuint (all->status, ==, 200);
  g_assert_nonnull (strstr (all->text, "\"news\":{}"));
  g_assert_nonnull (strstr (all->text, "\"presence-room\":{}"));
  g_assert_cmpstr (presence->text, ==, "{\"channels\":{\"presence-room\":{}}}");
  g_assert_cmpuint (refused->status, ==, 400);
}

static void
test_channel (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestSocket) watcher = porch_test_socket_new (
      fixture->server->address, fixture->server->secrets->pusher_key, "protocol=7");
  g_autoptr (PorchTestAnswer) empty = get (fixture, "/channels/" CHANNEL, NULL, NULL);
  g_autoptr (PorchTestAnswer) answer = NULL;
  g_autoptr (PorchTestAnswer) users = NULL;
  g_autoptr (PorchTestAnswer) unknown = NULL;

  subscribe (fixture, fixture->socket, CHANNEL, PERSON);
  subscribe (fixture, watcher, CHANNEL, WATCHER);
  answer = get (fixture, "/channels/" CHANNEL, "info", "user_count,subscription_count");
  users = get (fixture, "/channels/" CHANNEL "/users", NULL, NULL);
  unknown = get (fixture, "/channels/" CHANNEL, "info", "shoe_size");

  g_assert_cmpstr (empty->text, ==, "{\"occupied\":false}");
  g_assert_cmpstr (answer->text, ==,
                   "{\"occupied\":true,\"user_count\":1,\"subscription_count\":2}");
  /* Who watches whom is nobody else's business. */
  g_assert_cmpstr (users->text, ==, "{\"users\":[{\"id\":\"" PERSON "\"}]}");
  g_assert_cmpuint (unknown->status, ==, 400);
}

static void
test_users_of_a_public_channel (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) answer = get (fixture, "/channels/news/users", NULL, NULL);

  g_assert_cmpuint (answer->status, ==, 400);
}

static void
test_what_is_refused (Fixture *fixture, gconstpointer user_data)
{
  static const char good[] = "{\"name\":\"n\",\"channel\":\"news\",\"data\":\"\"}";
  g_autofree char *large_data = g_strnfill (10241, 'x');
  g_autofree char *large = g_strdup_printf ("{\"name\":\"n\",\"channel\":\"news\",\"data\":\"%s\"}",
                                            large_data);
  g_autofree char *unsigned_path = g_strconcat (fixture->app, "/events", NULL);
  g_autoptr (PorchTestAnswer) too_large = post (fixture, "/events", large);
  g_autoptr (PorchTestAnswer) malformed = post (fixture, "/events", "[]");
  g_autoptr (PorchTestAnswer) own = post (
      fixture, "/events", "{\"name\":\"pusher:error\",\"channel\":\"news\",\"data\":\"\"}");
  g_autoptr (PorchTestAnswer) unsigned_answer = porch_test_server_call (fixture->server, "POST",
                                                                        unsigned_path, good, NULL);
  g_autoptr (PorchTestAnswer) other_app = porch_test_server_call (fixture->server, "POST",
                                                                  "/apps/1/events", good, NULL);
  g_autoptr (PorchTestAnswer) old = NULL;
  g_autofree char *target = NULL;

  target = porch_pusher_api_target_build (fixture->server->secrets->pusher_key,
                                          fixture->server->secrets->pusher_secret, "POST",
                                          unsigned_path, good, PORCH_TEST_NOW_US);
  porch_test_server_advance_s (fixture->server, 601);
  old = porch_test_server_call (fixture->server, "POST", target, good, NULL);

  g_assert_cmpuint (too_large->status, ==, 413);
  g_assert_cmpuint (malformed->status, ==, 400);
  g_assert_cmpuint (own->status, ==, 400);
  g_assert_cmpuint (unsigned_answer->status, ==, 401);
  g_assert_cmpstr (unsigned_answer->text, ==, "Unknown auth_key\n");
  g_assert_cmpuint (other_app->status, ==, 404);
  g_assert_cmpuint (old->status, ==, 401);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/pusher-http-routes/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("event", test_event);
  add ("event-but-not-for-its-sender", test_event_but_not_for_its_sender);
  add ("batch", test_batch);
  add ("channels", test_channels);
  add ("channel", test_channel);
  add ("users-of-a-public-channel", test_users_of_a_public_channel);
  add ("what-is-refused", test_what_is_refused);

  return g_test_run ();
}
