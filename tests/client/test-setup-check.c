/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-setup-check.h"

#include "porch-fake-clock.h"
#include "porch-scripted-server.h"

typedef struct
{
  PorchScriptedServer *server;
  PorchFakeClock *clock;
  PorchDiscovery *discovery;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = porch_scripted_server_new ();
  fixture->clock = porch_fake_clock_new (g_get_real_time ());
  fixture->discovery = porch_scripted_server_get_discovery (fixture->server);
  fixture->server->refuses_tokens = 10;
  fixture->server->authorization_status = 403;
  porch_scripted_server_set_answer (fixture->server, "/auth/v1/settings", 200,
                                    "{\"external\":{\"email\":true}}");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  porch_run_for_ms (20);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);
  g_assert_finalize_object (fixture->clock);
  porch_discovery_free (fixture->discovery);
  porch_scripted_server_free (fixture->server);
}

/* The parts that are wrong, as "name name". */
static char *
check (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  GString *parts = g_string_new (NULL);

  porch_setup_check_async (PORCH_CLOCK (fixture->clock), fixture->discovery, NULL,
                           porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  problems = porch_setup_check_finish (result, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++)
    {
      const PorchSetupProblem *problem = problems->pdata[i];

      g_assert_cmpstr (problem->sentence, !=, "");
      g_string_append_printf (parts, "%s%s", i > 0 ? " " : "",
                              porch_setup_part_to_string (problem->part));
    }
  return g_string_free (parts, FALSE);
}

static void
test_all_is_well (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wrong = check (fixture);

  g_assert_cmpstr (wrong, ==, "");
}

static void
test_wrong_key (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wrong = NULL;

  porch_scripted_server_set_answer (fixture->server, "/auth/v1/settings", 401,
                                    "{\"message\":\"Invalid API key\"}");
  wrong = check (fixture);
  g_assert_cmpstr (wrong, ==, "key");
}

static void
test_no_supabase (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wrong = NULL;

  porch_scripted_server_set_answer (fixture->server, "/auth/v1/settings", 200, "<html></html>");
  wrong = check (fixture);
  g_assert_cmpstr (wrong, ==, "supabase");
}

static void
test_no_api (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wrong = NULL;

  g_free (fixture->discovery->api_url);
  fixture->discovery->api_url = g_strconcat (fixture->server->origin, "/elsewhere", NULL);
  wrong = check (fixture);
  g_assert_cmpstr (wrong, ==, "api auth");
}

static void
test_no_authorisation (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wrong = NULL;

  g_free (fixture->discovery->auth_endpoint);
  fixture->discovery->auth_endpoint = g_strdup ("/api/elsewhere");
  wrong = check (fixture);
  g_assert_cmpstr (wrong, ==, "auth");
}

static void
test_no_socket (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wrong = NULL;

  fixture->discovery->pusher_port = 1;
  wrong = check (fixture);
  g_assert_cmpstr (wrong, ==, "host");
}

static void
test_all_is_wrong (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wrong = NULL;

  porch_scripted_server_stop (fixture->server);
  wrong = check (fixture);
  g_assert_cmpstr (wrong, ==, "supabase api host auth");
}

#define ADD(name, func)                                                                            \
  g_test_add ("/client/setup-check/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("all-is-well", test_all_is_well);
  ADD ("wrong-key", test_wrong_key);
  ADD ("no-supabase", test_no_supabase);
  ADD ("no-api", test_no_api);
  ADD ("no-authorisation", test_no_authorisation);
  ADD ("no-socket", test_no_socket);
  ADD ("all-is-wrong", test_all_is_wrong);

  return g_test_run ();
}
