/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What was answered is still so after the server was killed. */

#include "porch-test-client.h"
#include "porch-test-daemon.h"
#include "protocol/porch-auth-message.h"

typedef struct
{
  PorchTestDaemon *daemon;
  SoupSession *session;
  char *api_key;
  PorchTestAnswer *signed_in;
} Fixture;

static PorchTestAnswer *
call (Fixture *fixture, const char *method, const char *path, const char *body)
{
  g_autofree char *uri = g_strconcat (fixture->daemon->address, path, NULL);
  g_autofree char *authorization = NULL;

  if (fixture->signed_in == NULL)
    return porch_test_call (fixture->session, method, uri, body, "apikey", fixture->api_key, NULL);

  authorization = g_strconcat ("Bearer ",
                               porch_test_answer_get (fixture->signed_in, "access_token"), NULL);

  return porch_test_call (fixture->session, method, uri, body, "apikey", fixture->api_key,
                          "Authorization", authorization, NULL);
}

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *body = porch_auth_password_grant_build ("ann@example.org", "correct horse");
  g_autofree char *uri = NULL;
  g_autoptr (PorchTestAnswer) discovery = NULL;

  fixture->daemon = porch_test_daemon_start (NULL);
  fixture->session = soup_session_new ();
  porch_test_daemon_add_user (fixture->daemon, "ann@example.org", "Ann Arbor", "correct horse");

  uri = g_strconcat (fixture->daemon->address, "/.well-known/porchlight", NULL);
  discovery = porch_test_call (fixture->session, "GET", uri, NULL, NULL);
  fixture->api_key = g_strdup (porch_test_answer_get (discovery, "supabase.anonKey"));
  fixture->signed_in = call (fixture, "POST", "/auth/v1/token?grant_type=password", body);
  g_assert_cmpuint (fixture->signed_in->status, ==, 200);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_clear_object (&fixture->session);
  porch_test_answer_free (fixture->signed_in);
  g_free (fixture->api_key);
  porch_test_daemon_free (fixture->daemon);
}

static void
kill_and_start_again (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_force_exit (fixture->daemon->process);
  g_subprocess_wait (fixture->daemon->process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&fixture->daemon->process);
  soup_session_abort (fixture->session);

  porch_test_daemon_start_again (fixture->daemon);
}

static PorchTestAnswer *
refresh (Fixture *fixture, const char *token)
{
  g_autofree char *body = porch_auth_refresh_grant_build (token);

  return call (fixture, "POST", "/auth/v1/token?grant_type=refresh_token", body);
}

static void
test_heartbeat_is_kept (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_strdup_printf ("/api/user/%s/status",
                                           porch_test_answer_get (fixture->signed_in, "user.id"));
  g_autoptr (PorchTestAnswer) answered = call (fixture, "POST", "/api/user/presence",
                                               "{\"status\":\"online\"}");
  g_autoptr (PorchTestAnswer) status = NULL;

  g_assert_cmpuint (answered->status, ==, 200);
  kill_and_start_again (fixture);

  status = call (fixture, "GET", path, NULL);
  g_assert_cmpuint (status->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (status, "status"), ==, "online");
  g_assert_cmpstr (porch_test_answer_get (status, "lastActive"), ==,
                   porch_test_answer_get (answered, "lastActive"));
}

static void
test_session_is_kept (Fixture *fixture, gconstpointer user_data)
{
  const char *first = porch_test_answer_get (fixture->signed_in, "refresh_token");
  g_autoptr (PorchTestAnswer) second = refresh (fixture, first);
  g_autoptr (PorchTestAnswer) user = NULL;
  g_autoptr (PorchTestAnswer) again = NULL;
  g_autoptr (PorchTestAnswer) third = NULL;

  kill_and_start_again (fixture);

  /* The access token, the refresh token whose answer was lost, and the newest */
  user = call (fixture, "GET", "/auth/v1/user", NULL);
  g_assert_cmpuint (user->status, ==, 200);
  again = refresh (fixture, first);
  g_assert_cmpuint (again->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (again, "refresh_token"), ==,
                   porch_test_answer_get (second, "refresh_token"));
  third = refresh (fixture, porch_test_answer_get (second, "refresh_token"));
  g_assert_cmpuint (third->status, ==, 200);
}

static void
test_logout_is_kept (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) out = call (fixture, "POST", "/auth/v1/logout?scope=local", NULL);
  g_autoptr (PorchTestAnswer) user = NULL;
  g_autoptr (PorchTestAnswer) refreshed = NULL;

  g_assert_cmpuint (out->status, ==, 204);
  kill_and_start_again (fixture);

  user = call (fixture, "GET", "/auth/v1/user", NULL);
  g_assert_cmpuint (user->status, ==, 403);
  refreshed = refresh (fixture, porch_test_answer_get (fixture->signed_in, "refresh_token"));
  g_assert_cmpuint (refreshed->status, ==, 400);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/crash/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("heartbeat-is-kept", test_heartbeat_is_kept);
  add ("session-is-kept", test_session_is_kept);
  add ("logout-is-kept", test_logout_is_kept);

  return g_test_run ();
}
