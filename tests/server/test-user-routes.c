/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "porch-test-server.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-presence-message.h"

#define PASSWORD "correct horse"

typedef struct
{
  PorchTestServer *server;
  char *ann;
  char *bob;
  char *authorization;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *body = porch_auth_password_grant_build ("ann@example.org", PASSWORD);
  g_autoptr (PorchTestAnswer) session = NULL;

  fixture->server = porch_test_server_new ();
  fixture->ann = porch_test_server_add_user (fixture->server, "ann@example.org", PASSWORD, "Ann",
                                             "Arbor");
  fixture->bob = porch_test_server_add_user (fixture->server, "bob@example.org", PASSWORD, "Bob",
                                             "<b>Ärger</b>");
  session = porch_test_server_call (fixture->server, "POST", "/auth/v1/token?grant_type=password",
                                    body, "apikey", fixture->server->secrets->anon_key, NULL);
  fixture->authorization = g_strconcat ("Bearer ", porch_test_answer_get (session, "access_token"),
                                        NULL);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  porch_test_server_free (fixture->server);
  g_free (fixture->ann);
  g_free (fixture->bob);
  g_free (fixture->authorization);
}

static PorchTestAnswer *
get (Fixture *fixture, const char *path)
{
  return porch_test_server_call (fixture->server, "GET", path, NULL, "Authorization",
                                 fixture->authorization, NULL);
}

static GPtrArray *
get_profiles (Fixture *fixture, const char *query)
{
  g_autofree char *escaped = g_uri_escape_string (query, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/api/users?query=", escaped, NULL);
  g_autoptr (PorchTestAnswer) answer = get (fixture, path);
  g_autoptr (GError) error = NULL;
  GPtrArray *profiles;

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_null (strstr (answer->text, "@"));
  profiles = porch_user_profiles_parse (answer->text, strlen (answer->text), &error);
  g_assert_no_error (error);

  return profiles;
}

static void
on_updated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *is_done = user_data;
  PorchPresence presence;

  g_assert_true (porch_presence_service_update_finish (PORCH_PRESENCE_SERVICE (source), result,
                                                       &presence, NULL));
  *is_done = TRUE;
}

static void
test_states (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_strdup_printf ("/api/users?ids=%s,nobody,%%27%%20OR%%201=1,%s,..,",
                                           fixture->ann, fixture->bob);
  g_autoptr (PorchTestAnswer) answer = NULL;
  g_autoptr (GPtrArray) states = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_done = FALSE;
  PorchUserState *bob;

  porch_presence_service_update_async (fixture->server->presence, fixture->bob, NULL,
                                       PORCH_STATUS_ONLINE, on_updated_cb, &is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);

  answer = get (fixture, path);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_null (strstr (answer->text, "@"));
  states = porch_user_states_parse (answer->text, strlen (answer->text), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (states->len, ==, 2);
  g_assert_cmpint (((PorchUserState *) g_ptr_array_index (states, 0))->status, ==,
                   PORCH_STATUS_OFFLINE);
  g_assert_cmpint (((PorchUserState *) g_ptr_array_index (states, 0))->last_active_us, ==, 0);
  bob = g_ptr_array_index (states, 1);
  g_assert_cmpstr (bob->user_id, ==, fixture->bob);
  g_assert_cmpint (bob->status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (bob->last_active_us, ==, PORCH_TEST_NOW_US);
  g_assert_cmpstr (bob->last_name, ==, "<b>Ärger</b>");
}

static void
test_number_of_states_is_bounded (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GString) path = g_string_new ("/api/users?ids=a");
  g_autoptr (PorchTestAnswer) hundred = NULL;
  g_autoptr (PorchTestAnswer) more = NULL;

  for (guint i = 1; i < 100; i++)
    g_string_append_printf (path, ",a%u", i);
  hundred = get (fixture, path->str);
  g_string_append (path, ",one-more");
  more = get (fixture, path->str);

  g_assert_cmpuint (hundred->status, ==, 200);
  g_assert_cmpuint (more->status, ==, 400);
}

static void
test_search (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GPtrArray) by_name = get_profiles (fixture, "ob <B>äR");
  g_autoptr (GPtrArray) by_email = get_profiles (fixture, "Bob@Example.org");
  g_autoptr (GPtrArray) by_part_of_email = get_profiles (fixture, "example.org");
  g_autoptr (GPtrArray) injection = get_profiles (fixture, "%' OR 1=1 --");

  g_assert_cmpuint (by_name->len, ==, 1);
  g_assert_cmpstr (((PorchUserState *) g_ptr_array_index (by_name, 0))->user_id, ==, fixture->bob);
  g_assert_cmpuint (by_email->len, ==, 1);
  g_assert_cmpuint (by_part_of_email->len, ==, 0);
  g_assert_cmpuint (injection->len, ==, 0);
}

static void
test_search_finds_ten_at_most (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GPtrArray) profiles = NULL;

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *email = g_strdup_printf ("clone%u@example.org", i);
      g_autofree char *id = porch_test_server_add_user (fixture->server, email, PASSWORD, "Clone",
                                                        "");

      g_assert_nonnull (id);
    }

  profiles = get_profiles (fixture, "clone");
  g_assert_cmpuint (profiles->len, ==, 10);
}

static void
test_search_is_limited (Fixture *fixture, gconstpointer user_data)
{
  static const char *const too_short[] = { "", "an", "%20%20an%20" };
  g_autoptr (PorchTestAnswer) refused = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (too_short); i++)
    {
      g_autofree char *path = g_strconcat ("/api/users?query=", too_short[i], NULL);
      g_autoptr (PorchTestAnswer) answer = get (fixture, path);

      g_assert_cmpuint (answer->status, ==, 400);
    }

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (PorchTestAnswer) answer = get (fixture, "/api/users?query=ann");

      g_assert_cmpuint (answer->status, ==, 200);
    }
  refused = get (fixture, "/api/users?query=ann");
  g_assert_cmpuint (refused->status, ==, 429);
  g_assert_cmpstr (soup_message_headers_get_one (refused->headers, "Retry-After"), ==, "2");
}

static void
test_needs_a_token (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) none = porch_test_server_call (fixture->server, "GET",
                                                             "/api/users?ids=a", NULL, NULL);
  g_autoptr (PorchTestAnswer) bad = porch_test_server_call (
      fixture->server, "GET", "/api/users?query=ann", NULL, "Authorization", "Bearer x.y.z", NULL);
  g_autoptr (PorchTestAnswer) neither = get (fixture, "/api/users");

  g_assert_cmpuint (none->status, ==, 401);
  g_assert_cmpstr (porch_test_answer_get (none, "error"), ==, "No access token");
  g_assert_cmpuint (bad->status, ==, 401);
  g_assert_cmpuint (neither->status, ==, 400);
}

static void
on_avatar_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *is_done = user_data;

  g_assert_true (porch_store_set_avatar_finish (PORCH_STORE (source), result, NULL));
  *is_done = TRUE;
}

static void
test_avatar (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) image = g_bytes_new_static ("\x89PNG", 4);
  g_autofree char *path = g_strconcat ("/avatars/", fixture->ann, NULL);
  g_autoptr (PorchTestAnswer) answer = NULL;
  g_autoptr (PorchTestAnswer) again = NULL;
  gboolean is_done = FALSE;
  const char *etag;

  porch_store_set_avatar_async (fixture->server->store, fixture->ann, "image/png", image, NULL,
                                on_avatar_set_cb, &is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);

  answer = porch_test_server_call (fixture->server, "GET", path, NULL, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->text, ==, "\x89PNG");
  g_assert_cmpstr (soup_message_headers_get_one (answer->headers, "Content-Type"), ==, "image/png");
  g_assert_cmpstr (soup_message_headers_get_one (answer->headers, "X-Content-Type-Options"), ==,
                   "nosniff");
  g_assert_nonnull (strstr (
      soup_message_headers_get_one (answer->headers, "Content-Security-Policy"), "sandbox"));
  g_assert_nonnull (
      strstr (soup_message_headers_get_one (answer->headers, "Cache-Control"), "max-age"));

  etag = soup_message_headers_get_one (answer->headers, "ETag");
  again = porch_test_server_call (fixture->server, "GET", path, NULL, "If-None-Match", etag, NULL);
  g_assert_cmpuint (again->status, ==, 304);
  g_assert_cmpstr (again->text, ==, "");
}

static void
test_avatar_of_nobody (Fixture *fixture, gconstpointer user_data)
{
  static const char *const paths[] = {
    "/avatars/nobody", "/avatars/..%2f..%2fsecrets",
    "/avatars/%2e%2e", "/avatars/' OR 1=1 --",
    "/avatars/%00",    "/avatars/%ff",
    "/avatars/",
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (PorchTestAnswer) answer = porch_test_server_call (fixture->server, "GET", paths[i],
                                                                   NULL, NULL);

      g_assert_cmpuint (answer->status, >=, 400);
      g_assert_cmpuint (answer->status, <=, 404);
      g_assert_null (strstr (answer->text, "jwt-secret"));
    }
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/user-routes/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("states", test_states);
  add ("number-of-states-is-bounded", test_number_of_states_is_bounded);
  add ("search", test_search);
  add ("search-finds-ten-at-most", test_search_finds_ten_at_most);
  add ("search-is-limited", test_search_is_limited);
  add ("needs-a-token", test_needs_a_token);
  add ("avatar", test_avatar);
  add ("avatar-of-nobody", test_avatar_of_nobody);

  return g_test_run ();
}
