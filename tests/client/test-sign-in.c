/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-sign-in.h"

#include "client/porch-browser-sign-in.h"
#include "client/porch-client-error.h"
#include "client/porch-pkce-listener.h"
#include "porch-fake-clock.h"
#include "porch-scripted-server.h"
#include "protocol/porch-auth-steps.h"
#include "protocol/porch-jwt.h"

#define FACTOR    "f0000000-0000-4000-8000-000000000001"
#define CHALLENGE "c0000000-0000-4000-8000-000000000001"

typedef struct
{
  PorchScriptedServer *server;
  PorchFakeClock *fake_clock;
  PorchHttpClient *http;
  PorchDiscovery *discovery;
  PorchSignIn *sign_in;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = porch_scripted_server_new ();
  fixture->fake_clock = porch_fake_clock_new (g_get_real_time ());
  fixture->http = porch_http_client_new (PORCH_CLOCK (fixture->fake_clock));
  fixture->discovery = porch_scripted_server_get_discovery (fixture->server);
  fixture->sign_in = porch_sign_in_new (fixture->http, PORCH_CLOCK (fixture->fake_clock),
                                        fixture->discovery);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_run_dispose (G_OBJECT (fixture->http));
  porch_run_for_ms (20);
  g_assert_finalize_object (fixture->sign_in);
  g_assert_finalize_object (fixture->http);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->fake_clock), ==, 0);
  g_assert_finalize_object (fixture->fake_clock);
  porch_discovery_free (fixture->discovery);
  porch_scripted_server_free (fixture->server);
}

static PorchAuthSession *
enter (Fixture *fixture, PorchWayKind kind, const char *email, const char *secret, GError **error)
{
  g_autoptr (PorchWayIn) way = porch_way_in_new (kind, email, secret);
  g_autoptr (GAsyncResult) result = NULL;

  porch_sign_in_enter_async (fixture->sign_in, way, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  return porch_sign_in_enter_finish (fixture->sign_in, result, error);
}

static PorchAuthSession *
confirm (Fixture *fixture, const char *code, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_sign_in_confirm_async (fixture->sign_in, code, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  return porch_sign_in_enter_finish (fixture->sign_in, result, error);
}

static gboolean
request_mail (Fixture *fixture, PorchMailKind kind, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_sign_in_request_mail_async (fixture->sign_in, kind, SCRIPTED_EMAIL, NULL,
                                    porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  return porch_sign_in_request_mail_finish (fixture->sign_in, result, error);
}

/* A session whose token says how sure the server is of the person. */
static char *
build_session (const char *aal)
{
  g_autofree char *claims = g_strdup_printf ("{\"sub\":\"%s\",\"aal\":\"%s\"}", SCRIPTED_USER, aal);
  g_autofree char *payload = porch_base64url_encode ((const guint8 *) claims, strlen (claims));

  return g_strdup_printf (
      "{\"access_token\":\"e30.%s.c2ln\",\"token_type\":\"bearer\",\"expires_in\":3600,"
      "\"refresh_token\":\"refresh-of-%s\",\"user\":{\"id\":\"%s\",\"email\":\"%s\",\"factors\":"
      "[{\"id\":\"x\",\"factor_type\":\"totp\",\"status\":\"unverified\"},"
      "{\"id\":\"%s\",\"factor_type\":\"totp\",\"status\":\"verified\"}]}}",
      payload, aal, SCRIPTED_USER, SCRIPTED_EMAIL, FACTOR);
}

static void
test_offers_what_the_settings_say (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ways = NULL;
  const char *const expected[] = { "password",    "code",           "reset",
                                   "new-account", "browser:github", NULL };

  porch_scripted_server_set_answer (
      fixture->server, "/auth/v1/settings", 200,
      "{\"external\":{\"email\":true,\"github\":true,\"google\":false},\"disable_signup\":false}");
  porch_sign_in_offer_async (fixture->sign_in, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  ways = porch_sign_in_offer_finish (fixture->sign_in, result, &error);

  g_assert_no_error (error);
  g_assert_true (g_strv_equal ((const char *const *) ways, expected));
}

static void
test_wrong_password_and_unknown_user_are_one (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) unknown = NULL;

  g_assert_null (enter (fixture, PORCH_WAY_PASSWORD, SCRIPTED_EMAIL, "wrong", &wrong));
  g_assert_null (
      enter (fixture, PORCH_WAY_PASSWORD, "nobody@example.org", SCRIPTED_PASSWORD, &unknown));

  g_assert_error (wrong, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_INVALID_CREDENTIALS);
  g_assert_error (unknown, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_INVALID_CREDENTIALS);
  g_assert_cmpstr (wrong->message, ==, unknown->message);
}

static void
test_every_code_has_its_own_sentence (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *code;
    guint status;
  } answers[] = {
    { "invalid_credentials", 400 },
    { "email_not_confirmed", 400 },
    { "user_banned", 403 },
    { "over_request_rate_limit", 429 },
    { "over_email_send_rate_limit", 429 },
    { "otp_expired", 403 },
    { "signup_disabled", 422 },
    { "weak_password", 422 },
    { "email_provider_disabled", 422 },
    { "mfa_verification_failed", 422 },
    { "captcha_failed", 400 },
    { "validation_failed", 400 },
    { "bad_jwt", 403 },
    { "session_not_found", 403 },
    { "session_expired", 403 },
    { "refresh_token_not_found", 400 },
    { "refresh_token_already_used", 400 },
    { "user_already_exists", 422 },
    { "flow_state_expired", 422 },
  };
  g_autoptr (GHashTable) sentences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *json = porch_auth_error_build (
          answers[i].status, answers[i].code, "the server's own words", PORCH_SUPABASE_API_VERSION);
      g_autoptr (GError) error = NULL;

      porch_scripted_server_set_answer (fixture->server, "/auth/v1/token", answers[i].status, json);
      g_assert_null (enter (fixture, PORCH_WAY_PASSWORD, SCRIPTED_EMAIL, "secret", &error));
      g_assert_cmpint (error->domain, ==, PORCH_CLIENT_ERROR);
      g_assert_null (strstr (error->message, "own words"));
      if (!g_hash_table_add (sentences, g_strdup (error->message)))
        g_error ("%s has the sentence of another code: %s", answers[i].code, error->message);
    }
}

static void
test_code_by_email (Fixture *fixture, gconstpointer data)
{
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchAuthSession) session = NULL;
  g_autofree char *code = porch_auth_code_normalize (" 123 456\n");

  /* given a code that was asked for, and makes no account of a mistyped address */
  porch_scripted_server_set_answer (fixture->server, "/auth/v1/otp", 200, "{}");
  g_assert_true (request_mail (fixture, PORCH_MAIL_CODE, &error));
  g_assert_cmpstr (porch_scripted_server_get_body (fixture->server, "/auth/v1/otp"), ==,
                   "{\"email\":\"" SCRIPTED_EMAIL "\",\"create_user\":false}");

  /* when it is entered, then there is a session */
  json = build_session ("aal2");
  porch_scripted_server_set_answer (fixture->server, "/auth/v1/verify", 200, json);
  session = enter (fixture, PORCH_WAY_EMAIL_CODE, SCRIPTED_EMAIL, code, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (session->user->id, ==, SCRIPTED_USER);
  g_assert_cmpstr (porch_scripted_server_get_body (fixture->server, "/auth/v1/verify"), ==,
                   "{\"type\":\"email\",\"email\":\"" SCRIPTED_EMAIL "\",\"token\":\"123456\"}");
}

static void
test_nobody_learns_who_has_an_account (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  porch_scripted_server_set_answer (
      fixture->server, "/auth/v1/otp", 422,
      "{\"code\":\"otp_disabled\",\"message\":\"Signups not allowed for otp\"}");
  g_assert_true (request_mail (fixture, PORCH_MAIL_CODE, &error));
  g_assert_no_error (error);
}

static void
test_forgotten_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  porch_scripted_server_set_answer (fixture->server, "/auth/v1/recover", 200, "{}");
  g_assert_true (request_mail (fixture, PORCH_MAIL_PASSWORD, &error));
  g_assert_nonnull (porch_scripted_server_get_body (fixture->server, "/auth/v1/recover"));

  porch_scripted_server_set_answer (fixture->server, "/auth/v1/recover", 429,
                                    "{\"code\":\"over_email_send_rate_limit\",\"message\":\"no\"}");
  g_assert_false (request_mail (fixture, PORCH_MAIL_PASSWORD, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_RATE_LIMIT);
}

static void
test_second_step (Fixture *fixture, gconstpointer data)
{
  const char *const challenge = "/auth/v1/factors/" FACTOR "/challenge";
  const char *const verify = "/auth/v1/factors/" FACTOR "/verify";
  g_autofree char *first = build_session ("aal1");
  g_autofree char *second = build_session ("aal2");
  g_autoptr (PorchAuthSession) session = NULL;
  g_autoptr (GError) error = NULL;

  /* given an account with an authenticator */
  porch_scripted_server_set_answer (fixture->server, "/auth/v1/token", 200, first);
  porch_scripted_server_set_answer (fixture->server, challenge, 200,
                                    "{\"id\":\"" CHALLENGE "\",\"type\":\"totp\"}");
  porch_scripted_server_set_answer (
      fixture->server, verify, 422,
      "{\"code\":\"mfa_verification_failed\",\"message\":\"Invalid TOTP code entered\"}");

  /* when the password is right, then a code is asked for */
  g_assert_null (enter (fixture, PORCH_WAY_PASSWORD, SCRIPTED_EMAIL, "right", &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_SECOND_FACTOR);
  g_assert_true (porch_sign_in_get_is_half_way (fixture->sign_in));

  /* when that is wrong, then another may be tried */
  g_clear_error (&error);
  g_assert_null (confirm (fixture, "000000", &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_INVALID_CREDENTIALS);
  g_assert_true (porch_sign_in_get_is_half_way (fixture->sign_in));

  /* when it is right, then the session is the second one */
  g_clear_error (&error);
  porch_scripted_server_set_answer (fixture->server, verify, 200, second);
  session = confirm (fixture, "123456", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (session->refresh_token, ==, "refresh-of-aal2");
  g_assert_cmpstr (porch_scripted_server_get_body (fixture->server, verify), ==,
                   "{\"challenge_id\":\"" CHALLENGE "\",\"code\":\"123456\"}");
  g_assert_false (porch_sign_in_get_is_half_way (fixture->sign_in));
}

static void
test_new_account_is_confirmed_first (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  porch_scripted_server_set_answer (fixture->server, "/auth/v1/signup", 200,
                                    "{\"id\":\"" SCRIPTED_USER "\",\"email\":\"" SCRIPTED_EMAIL
                                    "\",\"identities\":[]}");
  g_assert_null (enter (fixture, PORCH_WAY_NEW_ACCOUNT, SCRIPTED_EMAIL, "a new password", &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_CONFIRM_EMAIL);
}

static PorchBrowserSignIn *
start_browser (Fixture *fixture, char **address_back)
{
  g_autoptr (GError) error = NULL;
  PorchBrowserSignIn *browser = porch_browser_sign_in_new (PORCH_CLOCK (fixture->fake_clock),
                                                           fixture->discovery, "github", &error);
  g_autoptr (GUri) uri = NULL;
  g_autoptr (GHashTable) query = NULL;

  g_assert_no_error (error);
  uri = g_uri_parse (porch_browser_sign_in_get_address (browser), G_URI_FLAGS_ENCODED, &error);
  g_assert_no_error (error);
  query = g_uri_parse_params (g_uri_get_query (uri), -1, "&", G_URI_PARAMS_NONE, NULL);
  g_assert_cmpstr (g_hash_table_lookup (query, "provider"), ==, "github");
  g_assert_cmpstr (g_hash_table_lookup (query, "code_challenge_method"), ==, "s256");
  g_assert_cmpuint (strlen (g_hash_table_lookup (query, "code_challenge")), ==, 43);
  *address_back = g_strdup (g_hash_table_lookup (query, "redirect_to"));
  g_assert_true (g_str_has_prefix (*address_back, "http://127.0.0.1:"));
  return browser;
}

/* As a browser does. Returns the status, and the page. */
static guint
visit (Fixture *fixture, const char *address, char **page)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new ("GET", address);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) body = NULL;

  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL,
                                    porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  body = soup_session_send_and_read_finish (session, result, NULL);
  if (page != NULL && body != NULL)
    *page = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  return body != NULL ? soup_message_get_status (message) : 0;
}

static void
test_browser_comes_back (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = NULL;
  g_autoptr (PorchBrowserSignIn) browser = start_browser (fixture, &address);
  g_autofree char *other = g_strconcat (address, "x&code=stolen", NULL);
  g_autofree char *back = g_strconcat (address, "&code=the-code", NULL);
  g_autofree char *favicon = NULL;
  g_autofree char *page = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchWayIn) way = NULL;

  porch_browser_sign_in_wait_async (browser, NULL, porch_test_take_result, &result);

  /* given requests that do not know the nonce, or are for something else */
  favicon = g_strndup (address, strstr (address, "/callback") - address);
  g_assert_cmpuint (visit (fixture, favicon, NULL), ==, 404);
  g_assert_cmpuint (visit (fixture, other, NULL), ==, 404);
  g_assert_null (result);

  /* when the right one comes, then its page is a kind one */
  g_assert_cmpuint (visit (fixture, back, &page), ==, 200);
  g_assert_nonnull (strstr (page, "close this page"));
  porch_test_wait_until (result != NULL);
  way = porch_browser_sign_in_wait_finish (browser, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (way->secret, ==, "the-code");
  g_assert_cmpuint (strlen (way->verifier), ==, 43);

  /* and nobody listens there any more */
  g_assert_cmpuint (visit (fixture, back, NULL), ==, 0);
}

static void
test_browser_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = NULL;
  g_autoptr (PorchBrowserSignIn) browser = start_browser (fixture, &address);
  g_autofree char *back = g_strconcat (
      address, "&error=access_denied&error_code=user_banned&error_description=no", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_browser_sign_in_wait_async (browser, NULL, porch_test_take_result, &result);
  g_assert_cmpuint (visit (fixture, back, NULL), ==, 200);
  porch_test_wait_until (result != NULL);
  g_assert_null (porch_browser_sign_in_wait_finish (browser, result, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "blocked"));
}

/* The words are those of whoever sent the browser back, and may be any bytes. */
static void
test_browser_is_refused_in_no_words (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = NULL;
  g_autoptr (PorchBrowserSignIn) browser = start_browser (fixture, &address);
  g_autofree char *back = g_strconcat (address, "&error_code=%FD&error_description=no%0Ano%FE",
                                       NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_browser_sign_in_wait_async (browser, NULL, porch_test_take_result, &result);
  g_assert_cmpuint (visit (fixture, back, NULL), ==, 200);
  porch_test_wait_until (result != NULL);
  g_assert_null (porch_browser_sign_in_wait_finish (browser, result, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "not signed in"));
}

static void
test_browser_is_not_waited_for_for_ever (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = NULL;
  g_autoptr (PorchBrowserSignIn) browser = start_browser (fixture, &address);
  g_autofree char *back = g_strconcat (address, "&code=late", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_browser_sign_in_wait_async (browser, NULL, porch_test_take_result, &result);
  porch_fake_clock_advance_ms (fixture->fake_clock, PORCH_PKCE_LISTENER_MS);
  porch_test_wait_until (result != NULL);
  g_assert_null (porch_browser_sign_in_wait_finish (browser, result, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_FAILED);
  g_assert_cmpuint (visit (fixture, back, NULL), ==, 0);
}

static void
test_browser_can_be_given_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = NULL;
  g_autoptr (PorchBrowserSignIn) browser = start_browser (fixture, &address);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_browser_sign_in_wait_async (browser, cancellable, porch_test_take_result, &result);
  g_cancellable_cancel (cancellable);
  porch_test_wait_until (result != NULL);
  g_assert_null (porch_browser_sign_in_wait_finish (browser, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define ADD(name, func) g_test_add ("/client/sign-in/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("offers-what-the-settings-say", test_offers_what_the_settings_say);
  ADD ("wrong-password-and-unknown-user-are-one", test_wrong_password_and_unknown_user_are_one);
  ADD ("every-code-has-its-own-sentence", test_every_code_has_its_own_sentence);
  ADD ("code-by-email", test_code_by_email);
  ADD ("nobody-learns-who-has-an-account", test_nobody_learns_who_has_an_account);
  ADD ("forgotten-password", test_forgotten_password);
  ADD ("second-step", test_second_step);
  ADD ("new-account-is-confirmed-first", test_new_account_is_confirmed_first);
  ADD ("browser-comes-back", test_browser_comes_back);
  ADD ("browser-is-refused", test_browser_is_refused);
  ADD ("browser-is-refused-in-no-words", test_browser_is_refused_in_no_words);
  ADD ("browser-is-not-waited-for-for-ever", test_browser_is_not_waited_for_for_ever);
  ADD ("browser-can-be-given-up", test_browser_can_be_given_up);

  return g_test_run ();
}
