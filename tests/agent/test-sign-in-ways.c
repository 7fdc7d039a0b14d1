/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The ways in beyond the password, as a person takes them on the command line: the real agent, and
 * the server's half of what it speaks.
 */

#include "porch-test-desktop.h"

#include "bus/porch-sign-in-proxy.h"
#include "client/porch-scripted-server.h"
#include "porch-test-wait.h"
#include "protocol/porch-jwt.h"
#include "protocol/porch-server-setup.h"

#include <glib/gstdio.h>

#define FACTOR_PATH "/auth/v1/factors/f0000000-0000-4000-8000-000000000001"

typedef struct
{
  PorchTestDesktop *desktop;
  PorchScriptedServer *server;
} Fixture;

/* token: what the API of the scripted server takes is "access-0" */
static char *
build_session (const char *token, gboolean has_factor)
{
  return g_strdup_printf (
      "{\"access_token\":\"%s\",\"token_type\":\"bearer\",\"expires_in\":3600,\"refresh_token\":"
      "\"refresh-0\",\"user\":{\"id\":\"%s\",\"email\":\"%s\",\"factors\":[%s]}}",
      token, SCRIPTED_USER, SCRIPTED_EMAIL,
      has_factor ? "{\"id\":\"f0000000-0000-4000-8000-000000000001\",\"factor_type\":\"totp\","
                   "\"status\":\"verified\"}"
                 : "");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = porch_scripted_server_new ();
  fixture->desktop = porch_test_desktop_new (FALSE);
  porch_scripted_server_set_answer (
      fixture->server, "/auth/v1/settings", 200,
      "{\"external\":{\"email\":true,\"github\":true},\"disable_signup\":true}");
  porch_test_desktop_start_agent (fixture->desktop);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  porch_test_desktop_free (fixture->desktop);
  porch_scripted_server_free (fixture->server);
}

static void
test_code_by_email (Fixture *fixture, gconstpointer data)
{
  g_autofree char *session = build_session ("access-0", FALSE);
  g_autofree char *output = NULL;

  porch_scripted_server_set_answer (fixture->server, "/auth/v1/otp", 200, "{}");
  porch_scripted_server_set_answer (fixture->server, "/auth/v1/verify", 200, session);

  g_assert_cmpint (porch_test_desktop_run_cli (fixture->desktop, "123 456\n", &output, NULL,
                                               "sign-in", "--this-run-only", "--code",
                                               fixture->server->origin, SCRIPTED_EMAIL, NULL),
                   ==, 0);
  g_assert_nonnull (strstr (output, "Signed in as " SCRIPTED_EMAIL));
  g_assert_nonnull (strstr (porch_scripted_server_get_body (fixture->server, "/auth/v1/verify"),
                            "\"token\":\"123456\""));
}

static void
test_second_step (Fixture *fixture, gconstpointer data)
{
  const char *const claims = "{\"aal\":\"aal1\"}";
  g_autofree char *payload = porch_base64url_encode ((const guint8 *) claims, strlen (claims));
  g_autofree char *token = g_strdup_printf ("e30.%s.c2ln", payload);
  g_autofree char *half = build_session (token, TRUE);
  g_autofree char *whole = build_session ("access-0", TRUE);
  g_autofree char *errors = NULL;

  porch_scripted_server_set_answer (fixture->server, "/auth/v1/token", 200, half);
  porch_scripted_server_set_answer (fixture->server, FACTOR_PATH "/challenge", 200,
                                    "{\"id\":\"c-1\"}");
  porch_scripted_server_set_answer (fixture->server, FACTOR_PATH "/verify", 422,
                                    "{\"code\":\"mfa_verification_failed\",\"message\":\"no\"}");

  /* given a wrong code, then nobody is signed in */
  g_assert_cmpint (porch_test_desktop_run_cli (fixture->desktop, "secret\n000000\n", NULL, &errors,
                                               "sign-in", "--this-run-only",
                                               fixture->server->origin, SCRIPTED_EMAIL, NULL),
                   ==, 6);
  g_assert_nonnull (strstr (errors, "authenticator"));
  g_assert_false (porch_agent_proxy_get_has_account (fixture->desktop->proxy));

  /* when it is right, then they are */
  porch_scripted_server_set_answer (fixture->server, FACTOR_PATH "/verify", 200, whole);
  g_assert_cmpint (porch_test_desktop_run_cli (fixture->desktop, "secret\n123456\n", NULL, NULL,
                                               "sign-in", "--this-run-only",
                                               fixture->server->origin, SCRIPTED_EMAIL, NULL),
                   ==, 0);
}

/* The server answers in this process, so that nothing is answered before it is given up. */
static void
test_given_up_under_way (Fixture *fixture, gconstpointer data)
{
  PorchAgentProxy *proxy = fixture->desktop->proxy;
  PorchServerInfo server = { .server = fixture->server->origin };
  g_autofree char *session = build_session ("access-0", FALSE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) started = NULL;
  g_autoptr (GError) error = NULL;

  porch_scripted_server_set_answer (fixture->server, "/auth/v1/token", 200, session);

  /* when a password is on its way, then it signs nobody in */
  porch_agent_proxy_sign_in_async (proxy, &server, "password", SCRIPTED_EMAIL, "secret", TRUE, NULL,
                                   porch_test_take_result, &result);
  porch_agent_proxy_cancel_sign_in_async (proxy, NULL, NULL, NULL);
  porch_test_wait_until (result != NULL);
  g_assert_false (porch_agent_proxy_call_finish (proxy, result, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_FAILED);
  g_assert_false (porch_agent_proxy_get_has_account (proxy));
  g_clear_error (&error);

  /* when a browser is to be opened, then none is */
  porch_agent_proxy_start_browser_async (proxy, &server, "github", FALSE, TRUE, NULL,
                                         porch_test_take_result, &started);
  porch_agent_proxy_cancel_sign_in_async (proxy, NULL, NULL, NULL);
  porch_test_wait_until (started != NULL);
  g_assert_null (porch_agent_proxy_start_browser_finish (proxy, started, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_FAILED);
}

static void
test_what_is_not_offered (Fixture *fixture, gconstpointer data)
{
  g_autofree char *errors = NULL;

  g_assert_cmpint (porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, &errors, "sign-in",
                                               "--provider", "google", fixture->server->origin,
                                               NULL),
                   ==, 2);
  g_assert_nonnull (strstr (errors, "browser:github"));
}

static char *
write_setup (Fixture *fixture)
{
  g_autoptr (PorchDiscovery) discovery = porch_scripted_server_get_discovery (fixture->server);
  g_autofree char *json = porch_discovery_build (discovery);
  char *path = g_build_filename (fixture->desktop->folder, "set-up.json", NULL);

  g_assert_true (g_file_set_contents (path, json, -1, NULL));
  return path;
}

static void
test_set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = write_setup (fixture);
  g_autofree char *errors = NULL;
  g_autofree char *output = NULL;

  /* given a key that the sign-in service refuses, then it is the key that is named */
  fixture->server->refuses_tokens = 100;
  fixture->server->authorization_status = 403;
  porch_scripted_server_set_answer (fixture->server, "/auth/v1/settings", 401,
                                    "{\"message\":\"Invalid API key\"}");
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, &errors, "set-up", path, NULL), ==,
      7);
  g_assert_true (g_str_has_prefix (errors, "porchlight: key: "));
  g_assert_null (strstr (errors, "api"));

  /* when all parts answer, then each host is named, and nobody is signed in by that alone */
  porch_scripted_server_set_answer (fixture->server, "/auth/v1/settings", 200,
                                    "{\"external\":{\"email\":true}}");
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, &output, NULL, "set-up", path, NULL), ==,
      0);
  g_assert_nonnull (strstr (output, "127.0.0.1"));
  g_assert_false (porch_agent_proxy_get_has_account (fixture->desktop->proxy));

  g_assert_cmpint (porch_test_desktop_run_cli (fixture->desktop, SCRIPTED_PASSWORD "\n", NULL, NULL,
                                               "set-up", "--this-run-only", path, SCRIPTED_EMAIL,
                                               NULL),
                   ==, 0);
  porch_test_wait_until (porch_agent_proxy_get_has_account (fixture->desktop->proxy));
}

#define ADD(name, func)                                                                            \
  g_test_add ("/agent/sign-in-ways/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("code-by-email", test_code_by_email);
  ADD ("second-step", test_second_step);
  ADD ("given-up-under-way", test_given_up_under_way);
  ADD ("what-is-not-offered", test_what_is_not_offered);
  ADD ("set-up", test_set_up);

  return g_test_run ();
}
