/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Supabase Auth's JSON, as its versions write it, and ours. */

#include "protocol/porch-auth-message.h"

#include <string.h>

#include "protocol/porch-json.h"

#include "porch-fixture.h"

#define NOW        (G_GINT64_CONSTANT (1705314600) * G_USEC_PER_SEC)
#define CREATED_AT (G_GINT64_CONSTANT (1704182400) * G_USEC_PER_SEC)

static void
assert_error_reads_as (guint http_status,
                       const char *header_code,
                       const char *body,
                       PorchAuthError code,
                       const char *message)
{
  g_autoptr (GError) error = porch_auth_error_parse (http_status, header_code, body,
                                                     body != NULL ? strlen (body) : 0);

  g_assert_error (error, PORCH_AUTH_ERROR, (int) code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_three_shapes_of_errors (void)
{
  g_autofree char *numeric = porch_fixture_read ("supabase-error-numeric.json", NULL);
  g_autofree char *dated = porch_fixture_read ("supabase-error-2024.json", NULL);
  g_autofree char *oauth = porch_fixture_read ("supabase-error-oauth.json", NULL);
  g_autofree char *weak = porch_fixture_read ("supabase-error-weak-password.json", NULL);

  assert_error_reads_as (400, NULL, numeric, PORCH_AUTH_ERROR_INVALID_CREDENTIALS,
                         "Invalid login credentials");
  assert_error_reads_as (400, NULL, dated, PORCH_AUTH_ERROR_REFRESH_TOKEN_ALREADY_USED,
                         "Invalid Refresh Token: Already Used");
  assert_error_reads_as (400, NULL, oauth, PORCH_AUTH_ERROR_INVALID_CREDENTIALS,
                         "Invalid login credentials");
  assert_error_reads_as (422, NULL, weak, PORCH_AUTH_ERROR_WEAK_PASSWORD,
                         "Password should be at least 6 characters.");
}

static void
test_header_outranks_the_body (void)
{
  assert_error_reads_as (403, "session_not_found", "{\"code\":\"bad_jwt\",\"message\":\"No\"}",
                         PORCH_AUTH_ERROR_SESSION_NOT_FOUND, "No");
  assert_error_reads_as (403, "a_new_code", "{\"code\":\"bad_jwt\",\"message\":\"No\"}",
                         PORCH_AUTH_ERROR_BAD_JWT, "No");
}

static void
test_what_is_no_error_of_theirs (void)
{
  assert_error_reads_as (502, NULL, "<html>Bad Gateway</html>", PORCH_AUTH_ERROR_FAILED,
                         "HTTP status 502");
  assert_error_reads_as (500, NULL, NULL, PORCH_AUTH_ERROR_FAILED, "HTTP status 500");
  assert_error_reads_as (429, NULL, "Slow down", PORCH_AUTH_ERROR_RATE_LIMIT, "HTTP status 429");
  assert_error_reads_as (400, NULL, "{\"code\":\"tomorrows_code\",\"message\":\"Hm\"}",
                         PORCH_AUTH_ERROR_FAILED, "Hm");
  assert_error_reads_as (400, NULL, "{\"msg\":[],\"code\":{}}", PORCH_AUTH_ERROR_FAILED,
                         "HTTP status 400");
}

static void
test_error_message_is_one_short_line (void)
{
  g_autofree char *text = g_strnfill (5000, 'x');
  g_autofree char *body = g_strdup_printf ("{\"msg\":\"a\\nb %s\"}", text);
  g_autoptr (GError) error = porch_auth_error_parse (400, NULL, body, strlen (body));

  g_assert_true (g_str_has_prefix (error->message, "a b x"));
  g_assert_cmpuint (strlen (error->message), <=, 200);
}

static void
test_every_error_has_its_code (void)
{
  for (int code = PORCH_AUTH_ERROR_FAILED; code <= PORCH_AUTH_ERROR_REFRESH_TOKEN_ALREADY_USED;
       code++)
    {
      g_autofree char *body = porch_auth_error_build (400, porch_auth_error_to_code (code), "No",
                                                      NULL);

      assert_error_reads_as (400, NULL, body, code, "No");
    }
}

static void
test_error_in_the_shape_asked_for (void)
{
  g_autofree char *old = porch_auth_error_build (400, "bad_jwt", "No", NULL);
  g_autofree char *older = porch_auth_error_build (400, "bad_jwt", "No", "2023-12-31");
  g_autofree char *odd = porch_auth_error_build (400, "bad_jwt", "No", "latest");
  g_autofree char *new = porch_auth_error_build (400, "bad_jwt", "No", PORCH_SUPABASE_API_VERSION);

  g_assert_cmpstr (old, ==, "{\"code\":400,\"error_code\":\"bad_jwt\",\"msg\":\"No\"}");
  g_assert_cmpstr (older, ==, old);
  g_assert_cmpstr (odd, ==, old);
  g_assert_cmpstr (new, ==, "{\"code\":\"bad_jwt\",\"message\":\"No\"}");
}

static void
test_session_of_supabase (void)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read ("supabase-session.json", &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchAuthSession) session = porch_auth_session_parse (bytes, length, NOW, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (session->access_token, "eyJhbGciOiJIUzI1NiIs"));
  g_assert_cmpstr (session->refresh_token, ==, "nHIhQ2rKlqoPGfLRyVzaFw");
  g_assert_cmpuint (session->expires_in_s, ==, 3600);
  g_assert_cmpint (session->expires_at_us, ==, NOW + G_TIME_SPAN_HOUR);
  g_assert_cmpstr (session->user->id, ==, "11111111-2222-3333-4444-555555555555");
  g_assert_cmpstr (session->user->email, ==, "ann@example.org");
  g_assert_cmpstr (session->user->first_name, ==, "Ann");
  g_assert_cmpstr (session->user->last_name, ==, "Example");
}

static void
test_wrong_clock_does_no_harm (void)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read ("supabase-session.json", &length);
  gint64 wrong_now = NOW - 3 * G_TIME_SPAN_DAY;
  g_autoptr (PorchAuthSession) session = porch_auth_session_parse (bytes, length, wrong_now, NULL);

  g_assert_cmpint (session->expires_at_us, ==, wrong_now + G_TIME_SPAN_HOUR);
}

static void
test_session_is_checked (void)
{
  g_autofree char *token = g_strnfill (PORCH_TOKEN_MAX_BYTES + 1, 'a');
  g_autofree char *long_token = g_strdup_printf (
      "{\"access_token\":\"%s\",\"refresh_token\":\"b\",\"expires_in\":1,\"user\":{\"id\":\"u\"}}",
      token);
  const char *const texts[] = {
    "{}",
    "{\"access_token\":\"a\",\"expires_in\":1,\"user\":{\"id\":\"u\"}}",
    "{\"access_token\":\"a\\r\\nX-Evil: 1\",\"refresh_token\":\"b\",\"expires_in\":1,"
    "\"user\":{\"id\":\"u\"}}",
    "{\"access_token\":\"a\",\"refresh_token\":\"b\",\"user\":{\"id\":\"u\"}}",
    "{\"access_token\":\"a\",\"refresh_token\":\"b\",\"expires_in\":0,"
    "\"user\":{\"id\":\"u\"}}",
    "{\"access_token\":\"a\",\"refresh_token\":\"b\",\"expires_in\":999999999999,"
    "\"user\":{\"id\":\"u\"}}",
    "{\"access_token\":\"a\",\"refresh_token\":\"b\",\"expires_in\":1}",
    "{\"access_token\":\"a\",\"refresh_token\":\"b\",\"expires_in\":1,\"user\":{}}",
    "{\"access_token\":\"a\",\"refresh_token\":\"b\",\"expires_in\":1,\"token_type\":\"mac\","
    "\"user\":{\"id\":\"u\"}}",
    long_token
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (porch_auth_session_parse (texts[i], strlen (texts[i]), NOW, &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_stored_session_comes_back (void)
{
  PorchAuthUser user = { "u", "ann@example.org", "Ann", NULL, "/avatars/u" };
  PorchAuthSession session = { "access", "refresh", NOW, 3600, &user };
  char *text = porch_auth_session_build (&session, CREATED_AT);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchAuthSession) stored = porch_auth_session_parse_stored (text, strlen (text),
                                                                         &error);
  g_autoptr (PorchAuthSession) copy = NULL;

  g_assert_no_error (error);
  copy = porch_auth_session_copy (stored);
  g_assert_cmpstr (copy->access_token, ==, "access");
  g_assert_cmpstr (copy->refresh_token, ==, "refresh");
  g_assert_cmpint (copy->expires_at_us, ==, NOW);
  g_assert_cmpuint (copy->expires_in_s, ==, 3600);
  g_assert_cmpstr (copy->user->id, ==, "u");
  g_assert_cmpstr (copy->user->email, ==, "ann@example.org");
  g_assert_cmpstr (copy->user->first_name, ==, "Ann");
  g_assert_null (copy->user->last_name);
  g_assert_cmpstr (copy->user->avatar, ==, "/avatars/u");
  porch_secret_free (text);
}

static void
test_stored_session_without_user (void)
{
  PorchAuthSession session = { "access", "refresh", NOW, 3600, NULL };
  char *text = porch_auth_session_build (&session, 0);
  g_autoptr (PorchAuthSession) stored = porch_auth_session_parse_stored (text, strlen (text), NULL);

  g_assert_cmpstr (stored->refresh_token, ==, "refresh");
  g_assert_null (stored->user);
  porch_secret_free (text);
}

static void
test_user_of_a_provider (void)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read ("supabase-user-google.json", &length);
  g_autoptr (PorchAuthUser) user = porch_auth_user_parse (bytes, length, NULL);

  g_assert_cmpstr (user->first_name, ==, "Maria del Mar");
  g_assert_cmpstr (user->last_name, ==, "Ruiz");
  g_assert_cmpstr (user->avatar, ==, "https://lh3.googleusercontent.com/a/ACg8ocK=s96-c");
}

static void
test_user_without_metadata (void)
{
  static const char text[] = "{\"id\":\"u\",\"email\":null,\"user_metadata\":[]}";
  g_autoptr (PorchAuthUser) user = porch_auth_user_parse (text, strlen (text), NULL);

  g_assert_cmpstr (user->id, ==, "u");
  g_assert_null (user->email);
  g_assert_null (user->first_name);
}

static void
test_user_has_what_auth_js_expects (void)
{
  PorchAuthUser user = { "u", "ann@example.org", "Ann", NULL, NULL };
  g_autofree char *text = porch_auth_user_build (&user, NULL, CREATED_AT);
  g_autoptr (JsonNode) root = porch_json_parse_object (text, strlen (text), NULL);
  JsonObject *object = json_node_get_object (root);

  g_assert_cmpstr (porch_json_get_string (object, "aud", 100), ==, "authenticated");
  g_assert_cmpstr (porch_json_get_string (object, "role", 100), ==, "authenticated");
  g_assert_cmpstr (porch_json_get_string (object, "created_at", 100), ==, "2024-01-02T08:00:00Z");
  g_assert_nonnull (porch_json_get_object (object, "app_metadata"));
  g_assert_nonnull (porch_json_get_array (object, "identities", 0));
}

static void
test_settings (void)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read ("supabase-settings.json", &length);
  g_autoptr (PorchAuthSettings) settings = porch_auth_settings_parse (bytes, length, NULL);
  g_autofree char *text = porch_auth_settings_build (settings);
  g_autoptr (PorchAuthSettings) again = porch_auth_settings_parse (text, strlen (text), NULL);
  const char *const providers[] = { "github", "google", NULL };

  g_assert_true (again->email);
  g_assert_false (again->phone);
  g_assert_false (again->disable_signup);
  g_assert_true (again->mailer_autoconfirm);
  g_assert_true (g_strv_equal ((const char *const *) again->providers, providers));
}

static void
test_settings_are_checked (void)
{
  static const char odd[] = "{\"external\":{\"email\":\"yes\",\"a b\":true,\"x?y=\":true}}";
  g_autoptr (PorchAuthSettings) settings = porch_auth_settings_parse (odd, strlen (odd), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (settings->email);
  g_assert_cmpuint (g_strv_length (settings->providers), ==, 0);
  g_assert_null (porch_auth_settings_parse ("{}", 2, &error));
  g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
}

static void
test_grants (void)
{
  char *password_body = porch_auth_password_grant_build ("ann@example.org", "pa\"ss\\wörd");
  char *refresh_body = porch_auth_refresh_grant_build ("refresh");
  g_autoptr (PorchAuthGrant) password = porch_auth_grant_parse (password_body,
                                                                strlen (password_body), NULL);
  g_autoptr (PorchAuthGrant) refresh = porch_auth_grant_parse (refresh_body, strlen (refresh_body),
                                                               NULL);

  g_assert_cmpstr (password->email, ==, "ann@example.org");
  g_assert_cmpstr (password->password, ==, "pa\"ss\\wörd");
  g_assert_null (password->refresh_token);
  g_assert_cmpstr (refresh->refresh_token, ==, "refresh");
  g_assert_null (refresh->email);
  porch_secret_free (password_body);
  porch_secret_free (refresh_body);
}

static void
test_signup_of_auth_js (void)
{
  static const char text[]
      = "{\"email\":\"ann@example.org\",\"password\":\"secret\",\"data\":{\"first_name\":\"Ann\","
        "\"last_name\":\"Example\"},\"gotrue_meta_security\":{},\"code_challenge\":null,"
        "\"code_challenge_method\":null}";
  g_autoptr (PorchAuthGrant) grant = porch_auth_grant_parse (text, strlen (text), NULL);

  g_assert_cmpstr (grant->first_name, ==, "Ann");
  g_assert_cmpstr (grant->last_name, ==, "Example");
}

static void
test_grants_are_checked (void)
{
  g_autofree char *password = g_strnfill (PORCH_PASSWORD_MAX_BYTES + 1, 'a');
  g_autofree char *long_password = g_strdup_printf ("{\"password\":\"%s\"}", password);
  const char *const texts[] = { "{\"email\":1}", "{\"password\":{}}", "{\"refresh_token\":true}",
                                long_password };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (porch_auth_grant_parse (texts[i], strlen (texts[i]), &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/auth-message/three-shapes-of-errors", test_three_shapes_of_errors);
  g_test_add_func ("/protocol/auth-message/header-outranks-the-body",
                   test_header_outranks_the_body);
  g_test_add_func ("/protocol/auth-message/what-is-no-error-of-theirs",
                   test_what_is_no_error_of_theirs);
  g_test_add_func ("/protocol/auth-message/error-message-is-one-short-line",
                   test_error_message_is_one_short_line);
  g_test_add_func ("/protocol/auth-message/every-error-has-its-code",
                   test_every_error_has_its_code);
  g_test_add_func ("/protocol/auth-message/error-in-the-shape-asked-for",
                   test_error_in_the_shape_asked_for);
  g_test_add_func ("/protocol/auth-message/session-of-supabase", test_session_of_supabase);
  g_test_add_func ("/protocol/auth-message/wrong-clock-does-no-harm",
                   test_wrong_clock_does_no_harm);
  g_test_add_func ("/protocol/auth-message/session-is-checked", test_session_is_checked);
  g_test_add_func ("/protocol/auth-message/stored-session-comes-back",
                   test_stored_session_comes_back);
  g_test_add_func ("/protocol/auth-message/stored-session-without-user",
                   test_stored_session_without_user);
  g_test_add_func ("/protocol/auth-message/user-of-a-provider", test_user_of_a_provider);
  g_test_add_func ("/protocol/auth-message/user-without-metadata", test_user_without_metadata);
  g_test_add_func ("/protocol/auth-message/user-has-what-auth-js-expects",
                   test_user_has_what_auth_js_expects);
  g_test_add_func ("/protocol/auth-message/settings", test_settings);
  g_test_add_func ("/protocol/auth-message/settings-are-checked", test_settings_are_checked);
  g_test_add_func ("/protocol/auth-message/grants", test_grants);
  g_test_add_func ("/protocol/auth-message/signup-of-auth-js", test_signup_of_auth_js);
  g_test_add_func ("/protocol/auth-message/grants-are-checked", test_grants_are_checked);

  return g_test_run ();
}
