/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "porch-test-server.h"

#include <string.h>
#include <time.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-json.h"

#define PASSWORD "correct horse"

typedef struct
{
  PorchTestServer *server;
  const char *key;
  char *ann;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->server = porch_test_server_new ();
  fixture->key = fixture->server->secrets->anon_key;
  fixture->ann = porch_test_server_add_user (fixture->server, "ann@example.org", PASSWORD, "Ann",
                                             "Arbor");
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  porch_test_server_free (fixture->server);
  g_free (fixture->ann);
}

static PorchTestAnswer *
sign_in (Fixture *fixture, const char *email, const char *password)
{
  g_autofree char *body = porch_auth_password_grant_build (email, password);

  return porch_test_server_call (fixture->server, "POST", "/auth/v1/token?grant_type=password",
                                 body, "apikey", fixture->key, NULL);
}

static PorchTestAnswer *
refresh (Fixture *fixture, const char *token)
{
  g_autofree char *body = porch_auth_refresh_grant_build (token);

  return porch_test_server_call (fixture->server, "POST", "/auth/v1/token?grant_type=refresh_token",
                                 body, "apikey", fixture->key, NULL);
}

static PorchTestAnswer *
call_with_session (Fixture *fixture, const char *method, const char *path, PorchTestAnswer *session)
{
  g_autofree char *authorization = g_strconcat (
      "Bearer ", porch_test_answer_get (session, "access_token"), NULL);

  return porch_test_server_call (fixture->server, method, path, NULL, "apikey", fixture->key,
                                 "Authorization", authorization, NULL);
}

/* The older shape, which is what who names no version gets. */
static void
assert_error (PorchTestAnswer *answer, guint status, const char *code)
{
  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpstr (porch_test_answer_get (answer, "error_code"), ==, code);
  g_assert_nonnull (porch_test_answer_get (answer, "msg"));
  g_assert_cmpstr (soup_message_headers_get_one (answer->headers, "x-sb-error-code"), ==, code);
}

static void
test_sign_in (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) answer = sign_in (fixture, " Ann@Example.org", PASSWORD);
  g_autoptr (PorchAuthSession) session = NULL;
  g_autoptr (PorchJwtClaims) claims = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (soup_message_headers_get_one (answer->headers, "Cache-Control"), ==, "no-store");
  g_assert_cmpstr (porch_test_answer_get (answer, "token_type"), ==, "bearer");
  session = porch_auth_session_parse (answer->text, strlen (answer->text), PORCH_TEST_NOW_US,
                                      &error);
  g_assert_no_error (error);
  g_assert_cmpuint (session->expires_in_s, ==, 3600);
  g_assert_cmpstr (session->user->id, ==, fixture->ann);
  g_assert_cmpstr (session->user->email, ==, "ann@example.org");
  g_assert_cmpstr (session->user->first_name, ==, "Ann");
  g_assert_cmpstr (session->user->last_name, ==, "Arbor");
  g_assert_null (strstr (answer->text, "$y$"));

  claims = porch_jwt_verify (session->access_token, fixture->server->secrets->jwt_secret,
                             PORCH_TEST_NOW_US, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (claims->sub, ==, fixture->ann);
  g_assert_cmpstr (claims->role, ==, "authenticated");
  g_assert_nonnull (claims->session_id);
}

static void
test_wrong_password_and_unknown_person (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) wrong = sign_in (fixture, "ann@example.org", "correct hors");
  g_autoptr (PorchTestAnswer) unknown = sign_in (fixture, "zoe@example.org", PASSWORD);
  g_autoptr (PorchTestAnswer) injection = sign_in (fixture, "ann@example.org'--", PASSWORD);
  g_autoptr (PorchTestAnswer) percent = sign_in (fixture, "%@%", PASSWORD);

  assert_error (wrong, 400, "invalid_credentials");
  g_assert_cmpstr (unknown->text, ==, wrong->text);
  g_assert_cmpuint (unknown->status, ==, wrong->status);
  g_assert_cmpstr (injection->text, ==, wrong->text);
  g_assert_cmpstr (percent->text, ==, wrong->text);
}

/* Processor time, since the computer may be doing other things as well. */
static gint64
time_sign_in (Fixture *fixture, const char *email)
{
  clock_t start = clock ();
  g_autoptr (PorchTestAnswer) answer = sign_in (fixture, email, "correct hors");

  g_assert_cmpuint (answer->status, ==, 400);

  return clock () - start;
}

static void
test_unknown_person_takes_as_long (Fixture *fixture, gconstpointer user_data)
{
  gint64 known = G_MAXINT64;
  gint64 unknown = G_MAXINT64;

  for (guint i = 0; i < 5; i++)
    {
      known = MIN (known, time_sign_in (fixture, "ann@example.org"));
      unknown = MIN (unknown, time_sign_in (fixture, "zoe@example.org"));
    }

  g_assert_cmpint (unknown, >, known / 2);
  g_assert_cmpint (unknown, <, known * 2);
}

static void
test_error_shape_by_version (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *body = porch_auth_password_grant_build ("ann@example.org", "wrong");
  g_autoptr (PorchTestAnswer) answer = porch_test_server_call (
      fixture->server, "POST", "/auth/v1/token?grant_type=password", body, "apikey", fixture->key,
      "X-Supabase-Api-Version", PORCH_SUPABASE_API_VERSION, NULL);

  g_assert_cmpuint (answer->status, ==, 400);
  g_assert_cmpstr (porch_test_answer_get (answer, "code"), ==, "invalid_credentials");
  g_assert_cmpstr (porch_test_answer_get (answer, "message"), ==, "Invalid login credentials");
  g_assert_cmpstr (soup_message_headers_get_one (answer->headers, "X-Supabase-Api-Version"), ==,
                   PORCH_SUPABASE_API_VERSION);
}

static void
test_api_key (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *in_query = g_strconcat ("/auth/v1/settings?apikey=", fixture->key, NULL);
  g_autoptr (PorchTestAnswer) missing = porch_test_server_call (fixture->server, "GET",
                                                                "/auth/v1/settings", NULL, NULL);
  g_autoptr (PorchTestAnswer) wrong = porch_test_server_call (
      fixture->server, "GET", "/auth/v1/settings", NULL, "apikey", "eyJ", NULL);
  g_autoptr (PorchTestAnswer) query = porch_test_server_call (fixture->server, "GET", in_query,
                                                              NULL, NULL);

  g_assert_cmpuint (missing->status, ==, 401);
  g_assert_cmpstr (porch_test_answer_get (missing, "message"), ==, "No API key found in request");
  g_assert_cmpuint (wrong->status, ==, 401);
  g_assert_cmpstr (porch_test_answer_get (wrong, "message"), ==, "Invalid API key");
  g_assert_cmpuint (query->status, ==, 200);
}

static void
test_malformed_requests (Fixture *fixture, gconstpointer user_data)
{
  static const struct
  {
    const char *path;
    const char *body;
    const char *code;
  } cases[] = {
    { "/auth/v1/token", "{}", "validation_failed" },
    { "/auth/v1/token?grant_type=magic", "{}", "validation_failed" },
    { "/auth/v1/token?grant_type=password", "", "bad_json" },
    { "/auth/v1/token?grant_type=password", "[]", "bad_json" },
    { "/auth/v1/token?grant_type=password", "{\"email\":3,\"password\":[]}", "bad_json" },
    { "/auth/v1/token?grant_type=password", "{}", "validation_failed" },
    { "/auth/v1/token?grant_type=password", "{\"email\":\"a@b\"}", "validation_failed" },
    { "/auth/v1/token?grant_type=password", "{\"email\":\"ann\",\"password\":\"x\"}",
      "invalid_credentials" },
    { "/auth/v1/token?grant_type=refresh_token", "{}", "validation_failed" },
    { "/auth/v1/token?grant_type=refresh_token", "{\"refresh_token\":\"' OR 1=1 --\"}",
      "refresh_token_not_found" },
  };
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autoptr (PorchTestAnswer) deep_answer = porch_test_server_call (
      fixture->server, "POST", "/auth/v1/token?grant_type=password", deep, "apikey", fixture->key,
      NULL);

  assert_error (deep_answer, 400, "bad_json");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PorchTestAnswer) answer = porch_test_server_call (
          fixture->server, "POST", cases[i].path, cases[i].body, "apikey", fixture->key, NULL);

      assert_error (answer, 400, cases[i].code);
    }
}

static void
test_refresh_rotates (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) first = sign_in (fixture, "ann@example.org", PASSWORD);
  g_autoptr (PorchTestAnswer) second = NULL;
  g_autoptr (PorchTestAnswer) user = NULL;

  porch_fake_clock_advance_ms (fixture->server->clock, 3590 * 1000);
  second = refresh (fixture, porch_test_answer_get (first, "refresh_token"));
  g_assert_cmpuint (second->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (second, "refresh_token"), !=,
                   porch_test_answer_get (first, "refresh_token"));
  g_assert_cmpstr (porch_test_answer_get (second, "user.id"), ==, fixture->ann);

  user = call_with_session (fixture, "GET", "/auth/v1/user", second);
  g_assert_cmpuint (user->status, ==, 200);
}

static void
test_refresh_again_within_the_window (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) first = sign_in (fixture, "ann@example.org", PASSWORD);
  g_autoptr (PorchTestAnswer) second = refresh (fixture,
                                                porch_test_answer_get (first, "refresh_token"));
  g_autoptr (PorchTestAnswer) third = refresh (fixture,
                                               porch_test_answer_get (second, "refresh_token"));
  g_autoptr (PorchTestAnswer) again = NULL;

  porch_fake_clock_advance_ms (fixture->server->clock, 9999);
  again = refresh (fixture, porch_test_answer_get (first, "refresh_token"));

  g_assert_cmpuint (again->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (again, "refresh_token"), ==,
                   porch_test_answer_get (third, "refresh_token"));
}

static void
test_lost_answer_to_a_refresh (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) first = sign_in (fixture, "ann@example.org", PASSWORD);
  g_autoptr (PorchTestAnswer) lost = refresh (fixture,
                                              porch_test_answer_get (first, "refresh_token"));
  g_autoptr (PorchTestAnswer) again = NULL;
  g_autoptr (PorchTestAnswer) next = NULL;

  porch_fake_clock_advance_ms (fixture->server->clock, 8 * 3600 * 1000);
  again = refresh (fixture, porch_test_answer_get (first, "refresh_token"));
  g_assert_cmpuint (again->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (again, "refresh_token"), ==,
                   porch_test_answer_get (lost, "refresh_token"));

  next = refresh (fixture, porch_test_answer_get (again, "refresh_token"));
  g_assert_cmpuint (next->status, ==, 200);
}

static void
test_stolen_token_ends_the_family (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) first = sign_in (fixture, "ann@example.org", PASSWORD);
  g_autoptr (PorchTestAnswer) second = refresh (fixture,
                                                porch_test_answer_get (first, "refresh_token"));
  g_autoptr (PorchTestAnswer) third = refresh (fixture,
                                               porch_test_answer_get (second, "refresh_token"));
  g_autoptr (PorchTestAnswer) other = sign_in (fixture, "ann@example.org", PASSWORD);
  g_autoptr (PorchTestAnswer) reused = NULL;
  g_autoptr (PorchTestAnswer) newest = NULL;
  g_autoptr (PorchTestAnswer) user = NULL;
  g_autoptr (PorchTestAnswer) other_user = NULL;

  porch_fake_clock_advance_ms (fixture->server->clock, 10000);
  reused = refresh (fixture, porch_test_answer_get (first, "refresh_token"));
  newest = refresh (fixture, porch_test_answer_get (third, "refresh_token"));
  user = call_with_session (fixture, "GET", "/auth/v1/user", third);
  other_user = call_with_session (fixture, "GET", "/auth/v1/user", other);

  assert_error (reused, 400, "refresh_token_already_used");
  assert_error (newest, 400, "refresh_token_already_used");
  assert_error (user, 403, "session_not_found");
  g_assert_cmpuint (other_user->status, ==, 200);
}

static void
test_own_user (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) session = sign_in (fixture, "ann@example.org", PASSWORD);
  g_autoptr (PorchTestAnswer) user = call_with_session (fixture, "GET", "/auth/v1/user", session);

  g_assert_cmpuint (user->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (user, "id"), ==, fixture->ann);
  g_assert_cmpstr (porch_test_answer_get (user, "aud"), ==, "authenticated");
  g_assert_cmpstr (porch_test_answer_get (user, "email"), ==, "ann@example.org");
  g_assert_cmpstr (porch_test_answer_get (user, "user_metadata.firstName"), ==, "Ann");
  g_assert_cmpstr (porch_test_answer_get (user, "app_metadata.provider"), ==, "email");
  g_assert_nonnull (porch_test_answer_get (user, "created_at"));
}

static void
test_refused_access_tokens (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) session = sign_in (fixture, "ann@example.org", PASSWORD);
  g_autofree char *forged = g_strconcat ("Bearer ", porch_test_answer_get (session, "access_token"),
                                         "x", NULL);
  g_autofree char *anon = g_strconcat ("Bearer ", fixture->key, NULL);
  g_autoptr (PorchTestAnswer) none = porch_test_server_call (
      fixture->server, "GET", "/auth/v1/user", NULL, "apikey", fixture->key, NULL);
  g_autoptr (PorchTestAnswer) bad = porch_test_server_call (fixture->server, "GET", "/auth/v1/user",
                                                            NULL, "apikey", fixture->key,
                                                            "Authorization", forged, NULL);
  g_autoptr (PorchTestAnswer) anonymous = porch_test_server_call (
      fixture->server, "GET", "/auth/v1/user", NULL, "apikey", fixture->key, "Authorization", anon,
      NULL);
  g_autoptr (PorchTestAnswer) late = NULL;

  assert_error (none, 401, "no_authorization");
  assert_error (bad, 403, "bad_jwt");
  assert_error (anonymous, 403, "bad_jwt");

  porch_fake_clock_advance_ms (fixture->server->clock, 3600 * 1000);
  late = call_with_session (fixture, "GET", "/auth/v1/user", session);
  assert_error (late, 403, "bad_jwt");
}

static void
assert_signed_in (Fixture *fixture, PorchTestAnswer *session, gboolean is_signed_in)
{
  g_autoptr (PorchTestAnswer) user = call_with_session (fixture, "GET", "/auth/v1/user", session);
  g_autoptr (PorchTestAnswer) refreshed = refresh (
      fixture, porch_test_answer_get (session, "refresh_token"));

  if (is_signed_in)
    {
      g_assert_cmpuint (user->status, ==, 200);
      g_assert_cmpuint (refreshed->status, ==, 200);
    }
  else
    {
      assert_error (user, 403, "session_not_found");
      assert_error (refreshed, 400, "refresh_token_not_found");
    }
}

static void
test_logout_scopes (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) one = sign_in (fixture, "ann@example.org", PASSWORD);
  g_autoptr (PorchTestAnswer) two = sign_in (fixture, "ann@example.org", PASSWORD);
  g_autoptr (PorchTestAnswer) three = sign_in (fixture, "ann@example.org", PASSWORD);
  g_autoptr (PorchTestAnswer) unknown = call_with_session (fixture, "POST",
                                                           "/auth/v1/logout?scope=everybody", one);
  g_autoptr (PorchTestAnswer) local = NULL;
  g_autoptr (PorchTestAnswer) others = NULL;
  g_autoptr (PorchTestAnswer) global = NULL;

  assert_error (unknown, 400, "validation_failed");

  local = call_with_session (fixture, "POST", "/auth/v1/logout?scope=local", one);
  g_assert_cmpuint (local->status, ==, 204);
  assert_signed_in (fixture, one, FALSE);
  assert_signed_in (fixture, two, TRUE);

  others = call_with_session (fixture, "POST", "/auth/v1/logout?scope=others", two);
  g_assert_cmpuint (others->status, ==, 204);
  assert_signed_in (fixture, two, TRUE);
  assert_signed_in (fixture, three, FALSE);

  global = call_with_session (fixture, "POST", "/auth/v1/logout", two);
  g_assert_cmpuint (global->status, ==, 204);
  assert_signed_in (fixture, two, FALSE);
}

static PorchTestAnswer *
sign_up (Fixture *fixture, const char *email, const char *password)
{
  g_autofree char *body = g_strdup_printf (
      "{\"email\":\"%s\",\"password\":\"%s\","
      "\"data\":{\"firstName\":\"Zoe\",\"lastName\":\"Zest\"}}",
      email, password);

  return porch_test_server_call (fixture->server, "POST", "/auth/v1/signup", body, "apikey",
                                 fixture->key, NULL);
}

static void
test_signup_disabled (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) answer = sign_up (fixture, "zoe@example.org", PASSWORD);
  g_autoptr (PorchTestAnswer) settings = porch_test_server_call (
      fixture->server, "GET", "/auth/v1/settings", NULL, "apikey", fixture->key, NULL);

  assert_error (answer, 422, "signup_disabled");
  g_assert_true (
      porch_json_get_boolean (json_node_get_object (settings->root), "disable_signup", FALSE));
}

static void
test_signup_enabled (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) weak = NULL;
  g_autoptr (PorchTestAnswer) taken = NULL;
  g_autoptr (PorchTestAnswer) answer = NULL;
  g_autoptr (PorchTestAnswer) signed_in = NULL;

  porch_auth_routes_set_signup_enabled (fixture->server->auth_routes, TRUE);
  weak = sign_up (fixture, "zoe@example.org", "short");
  taken = sign_up (fixture, "Ann@example.org", PASSWORD);
  answer = sign_up (fixture, "zoe@example.org", PASSWORD);
  signed_in = sign_in (fixture, "zoe@example.org", PASSWORD);

  assert_error (weak, 422, "weak_password");
  assert_error (taken, 422, "user_already_exists");
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (answer, "user.user_metadata.firstName"), ==, "Zoe");
  g_assert_cmpuint (signed_in->status, ==, 200);
}

static void
test_attempts_are_limited (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) refused = NULL;
  g_autoptr (PorchTestAnswer) other = NULL;
  g_autoptr (PorchTestAnswer) later = NULL;

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (PorchTestAnswer) wrong = sign_in (fixture, "ann@example.org", "wrong");

      assert_error (wrong, 400, "invalid_credentials");
    }

  /* Even the right one, and the same for nobody's address. */
  refused = sign_in (fixture, "ann@example.org", PASSWORD);
  assert_error (refused, 429, "over_request_rate_limit");
  g_assert_nonnull (soup_message_headers_get_one (refused->headers, "Retry-After"));
  other = sign_in (fixture, "zoe@example.org", PASSWORD);
  assert_error (other, 400, "invalid_credentials");

  porch_fake_clock_advance_ms (fixture->server->clock, 20000);
  later = sign_in (fixture, "ann@example.org", PASSWORD);
  g_assert_cmpuint (later->status, ==, 200);
}

static void
test_signup_with_an_endless_name (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *name = g_strnfill (10000, 'Z');
  g_autofree char *body = g_strdup_printf ("{\"email\":\"zoe@example.org\",\"password\":\"" PASSWORD
                                           "\","
                                           "\"data\":{\"firstName\":\"%s\",\"lastName\":\"<b>\"}}",
                                           name);
  g_autoptr (PorchTestAnswer) answer = NULL;
  const char *first_name;

  porch_auth_routes_set_signup_enabled (fixture->server->auth_routes, TRUE);
  answer = porch_test_server_call (fixture->server, "POST", "/auth/v1/signup", body, "apikey",
                                   fixture->key, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  first_name = porch_test_answer_get (answer, "user.user_metadata.firstName");
  g_assert_cmpuint (strlen (first_name), ==, 200);
  g_assert_cmpstr (porch_test_answer_get (answer, "user.user_metadata.lastName"), ==, "<b>");
}

static guint
count_sign_ins (Fixture *fixture, const char *forwarded_format)
{
  for (guint i = 0; i < 40; i++)
    {
      g_auto (GStrv) parts = g_strsplit (forwarded_format, "#", 2);
      g_autofree char *number = g_strdup_printf ("%u", i + 1);
      g_autofree char *forwarded = g_strjoinv (number, parts);
      g_autofree char *email = g_strdup_printf ("person%u@example.org", g_random_int ());
      g_autofree char *body = porch_auth_password_grant_build (email, "wrong");
      g_autoptr (PorchTestAnswer) answer = porch_test_server_call (
          fixture->server, "POST", "/auth/v1/token?grant_type=password", body, "apikey",
          fixture->key, "X-Forwarded-For", forwarded, NULL);

      if (answer->status == 429)
        return i;
    }

  return 40;
}

static GPtrArray *
parse_networks (const char *const *texts)
{
  GPtrArray *networks = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; texts[i] != NULL; i++)
    g_ptr_array_add (networks, g_inet_address_mask_new_from_string (texts[i], NULL));

  return networks;
}

/* The test's requests come from this machine, as a proxy's would. */
static void
test_attempts_through_a_proxy (Fixture *fixture, gconstpointer user_data)
{
  static const char *const texts[] = { "127.0.0.1", "10.1.0.0/16", NULL };
  g_autoptr (GPtrArray) proxies = parse_networks (texts);

  porch_http_server_set_trusted_proxies (fixture->server->http, proxies);

  /* What the client claims stands before what the proxy saw. */
  g_assert_cmpuint (count_sign_ins (fixture, "10.0.0.#, 192.0.2.1"), ==, 30);
  g_assert_cmpuint (count_sign_ins (fixture, "192.0.2.2"), ==, 30);
  g_assert_cmpuint (count_sign_ins (fixture, "192.0.3.#"), ==, 40);
  /* Of two proxies that are ours the first one saw the client. */
  g_assert_cmpuint (count_sign_ins (fixture, "192.0.4.1, 10.1.0.#"), ==, 30);
}

static void
test_attempts_through_a_stranger (Fixture *fixture, gconstpointer user_data)
{
  static const char *const texts[] = { "192.0.2.80", NULL };
  g_autoptr (GPtrArray) proxies = parse_networks (texts);

  porch_http_server_set_trusted_proxies (fixture->server->http, proxies);

  g_assert_cmpuint (count_sign_ins (fixture, "192.0.3.#"), ==, 30);
}

static PorchTestAnswer *
ask_before (Fixture *fixture, const char *path, const char *origin)
{
  return porch_test_server_call (fixture->server, "OPTIONS", path, NULL, "Origin", origin,
                                 "Access-Control-Request-Method", "POST", NULL);
}

static void
test_web_pages_of_an_origin (Fixture *fixture, gconstpointer user_data)
{
  static const char allow[] = "Access-Control-Allow-Origin";
  static const char *const origins[] = { "https://app.example.org", "http://localhost:3000", NULL };
  g_autoptr (PorchTestAnswer) before = ask_before (fixture, "/auth/v1/token",
                                                   "https://app.example.org");
  g_autoptr (PorchTestAnswer) allowed = NULL;
  g_autoptr (PorchTestAnswer) second = NULL;
  g_autoptr (PorchTestAnswer) other = NULL;
  g_autoptr (PorchTestAnswer) nowhere = NULL;
  g_autoptr (PorchTestAnswer) settings = NULL;

  g_assert_cmpuint (before->status, ==, 405);
  g_assert_null (soup_message_headers_get_one (before->headers, allow));

  porch_http_server_set_allowed_origins (fixture->server->http, origins);
  allowed = ask_before (fixture, "/auth/v1/token", "https://app.example.org");
  second = ask_before (fixture, "/api/pusher/auth", "http://localhost:3000");
  other = ask_before (fixture, "/auth/v1/token", "https://app.example.org.evil.example");
  nowhere = ask_before (fixture, "/auth/v1/nothing", "https://app.example.org");
  settings = porch_test_server_call (fixture->server, "GET", "/auth/v1/settings", NULL, "apikey",
                                     fixture->key, "Origin", "https://app.example.org", NULL);

  g_assert_cmpuint (allowed->status, ==, 204);
  g_assert_cmpstr (soup_message_headers_get_one (allowed->headers, allow), ==,
                   "https://app.example.org");
  g_assert_cmpstr (soup_message_headers_get_one (allowed->headers, "Access-Control-Allow-Methods"),
                   ==, "POST");
  g_assert_cmpstr (soup_message_headers_get_one (second->headers, allow), ==,
                   "http://localhost:3000");
  g_assert_cmpstr (soup_message_headers_get_one (second->headers, "Vary"), ==, "Origin");
  g_assert_cmpuint (other->status, ==, 405);
  g_assert_null (soup_message_headers_get_one (other->headers, allow));
  g_assert_cmpuint (nowhere->status, ==, 404);
  g_assert_cmpuint (settings->status, ==, 200);
  g_assert_cmpstr (soup_message_headers_get_one (settings->headers, allow), ==,
                   "https://app.example.org");
}

static void
test_health (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) answer = porch_test_server_call (
      fixture->server, "GET", "/auth/v1/health", NULL, "apikey", fixture->key, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (answer, "name"), ==, "porchlightd");
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/auth-routes/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("sign-in", test_sign_in);
  add ("wrong-password-and-unknown-person", test_wrong_password_and_unknown_person);
  add ("unknown-person-takes-as-long", test_unknown_person_takes_as_long);
  add ("error-shape-by-version", test_error_shape_by_version);
  add ("api-key", test_api_key);
  add ("malformed-requests", test_malformed_requests);
  add ("refresh/rotates", test_refresh_rotates);
  add ("refresh/again-within-the-window", test_refresh_again_within_the_window);
  add ("refresh/lost-answer", test_lost_answer_to_a_refresh);
  add ("refresh/stolen-token-ends-the-family", test_stolen_token_ends_the_family);
  add ("own-user", test_own_user);
  add ("refused-access-tokens", test_refused_access_tokens);
  add ("logout-scopes", test_logout_scopes);
  add ("signup-disabled", test_signup_disabled);
  add ("signup-enabled", test_signup_enabled);
  add ("signup-with-an-endless-name", test_signup_with_an_endless_name);
  add ("attempts-are-limited", test_attempts_are_limited);
  add ("attempts-through-a-proxy", test_attempts_through_a_proxy);
  add ("attempts-through-a-stranger", test_attempts_through_a_stranger);
  add ("web-pages-of-an-origin", test_web_pages_of_an_origin);
  add ("health", test_health);

  return g_test_run ();
}
