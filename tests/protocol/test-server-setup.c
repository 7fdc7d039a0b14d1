/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "protocol/porch-server-setup.h"

#include <string.h>

static const char file[]
    = "{\"version\":1,\"name\":\"Maple\",\"supabase\":{\"url\":\"https://abcd.supabase.co\","
      "\"anonKey\":\"anon\"},\"api\":{\"url\":\"https://app.example.org/\"},\"pusher\":{\"key\":"
      "\"0123abc\",\"cluster\":\"eu\",\"authEndpoint\":\"/api/auth\"},\"presence\":"
      "{\"heartbeatSeconds\":60}}";

/* The parts that are wrong, as "name name". */
static char *
find_problems (const PorchServerSetup *setup)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_setup_problem_free);
  g_autoptr (PorchDiscovery) discovery = porch_server_setup_build_discovery (setup, problems);
  GString *parts = g_string_new (NULL);

  g_assert_true ((discovery == NULL) == (problems->len > 0));
  for (guint i = 0; i < problems->len; i++)
    {
      const PorchSetupProblem *problem = problems->pdata[i];

      g_string_append_printf (parts, "%s%s", i > 0 ? " " : "",
                              porch_setup_part_to_string (problem->part));
    }
  return g_string_free (parts, FALSE);
}

static PorchServerSetup *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  PorchServerSetup *setup = porch_server_setup_parse (text, &error);

  g_assert_no_error (error);
  return setup;
}

static void
test_file (void)
{
  g_autoptr (PorchServerSetup) setup = parse (file);
  g_autoptr (GPtrArray) problems = g_ptr_array_new ();
  g_autoptr (PorchDiscovery) discovery = porch_server_setup_build_discovery (setup, problems);

  g_assert_nonnull (discovery);
  g_assert_cmpstr (discovery->name, ==, "Maple");
  g_assert_cmpstr (discovery->supabase_url, ==, "https://abcd.supabase.co");
  g_assert_cmpstr (discovery->api_url, ==, "https://app.example.org");
  g_assert_cmpstr (discovery->pusher_cluster, ==, "eu");
  g_assert_cmpuint (discovery->pusher_port, ==, 443);
  g_assert_cmpstr (discovery->auth_endpoint, ==, "/api/auth");
  g_assert_cmpuint (discovery->heartbeat_s, ==, 60);
  g_assert_true (discovery->by_hand);
}

static void
test_link_says_what_the_file_says (void)
{
  g_autoptr (PorchServerSetup) setup = parse (file);
  g_autofree char *link = porch_server_setup_build_link (setup);
  g_autoptr (PorchServerSetup) again = parse (link);

  g_assert_true (g_str_has_prefix (link, "porchlight://setup?"));
  for (guint i = 0; i < PORCH_SETUP_N_PARTS; i++)
    g_assert_cmpstr (again->parts[i], ==, setup->parts[i]);
}

static void
test_each_wrong_part_is_named (void)
{
  static const struct
  {
    PorchSetupPart part;
    const char *text;
    const char *problem;
  } cases[] = {
    { PORCH_SETUP_SUPABASE_URL, "http://abcd.supabase.co", "supabase" },
    { PORCH_SETUP_SUPABASE_URL, "https://me:pw@abcd.supabase.co", "supabase" },
    { PORCH_SETUP_ANON_KEY, "", "key" },
    { PORCH_SETUP_API_URL, "app", "api" },
    { PORCH_SETUP_PUSHER_KEY, "a/b", "pusher" },
    { PORCH_SETUP_PUSHER_CLUSTER, "", "cluster" },
    { PORCH_SETUP_PUSHER_CLUSTER, "eu.example.org/", "cluster" },
    { PORCH_SETUP_PUSHER_HOST, "exa/mple", "host" },
    { PORCH_SETUP_PUSHER_PORT, "0", "port" },
    { PORCH_SETUP_PUSHER_PORT, "70000", "port" },
    { PORCH_SETUP_PUSHER_TLS, "0", "cluster" },
    { PORCH_SETUP_AUTH_ENDPOINT, "//evil.example", "auth" },
    { PORCH_SETUP_HEARTBEAT, "1", "heartbeat" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PorchServerSetup) setup = parse (file);
      g_autofree char *problems = NULL;

      porch_server_setup_set (setup, cases[i].part, cases[i].text);
      problems = find_problems (setup);
      g_assert_cmpstr (problems, ==, cases[i].problem);
    }
}

static void
test_an_empty_form_names_what_it_lacks (void)
{
  g_autoptr (PorchServerSetup) setup = porch_server_setup_new ();
  g_autofree char *problems = find_problems (setup);

  g_assert_cmpstr (problems, ==, "supabase key api pusher cluster");
}

static void
test_what_is_no_setup (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  const char *const texts[] = {
    "",
    "porchlight://setup?server=porch.example.org",
    "porchlight://add?server=porch.example.org&user=x",
    "{\"version\":1}",
    "<html>",
    deep,
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (porch_server_setup_parse (texts[i], &error));
      g_assert_nonnull (error);
    }
}

static void
test_a_server_cannot_say_by_hand (void)
{
  static const char document[]
      = "{\"version\":1,\"byHand\":true,\"supabase\":{\"url\":\"https://a.example\",\"anonKey\":"
        "\"k\"},\"api\":{\"url\":\"https://a.example\"},\"pusher\":{\"key\":\"k\",\"cluster\":"
        "\"eu\"}}";
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchDiscovery) discovery = porch_discovery_parse_from ("https://a.example", document,
                                                                     strlen (document), &error);

  g_assert_no_error (error);
  g_assert_false (discovery->by_hand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/server-setup/file", test_file);
  g_test_add_func ("/protocol/server-setup/link-says-what-the-file-says",
                   test_link_says_what_the_file_says);
  g_test_add_func ("/protocol/server-setup/each-wrong-part-is-named",
                   test_each_wrong_part_is_named);
  g_test_add_func ("/protocol/server-setup/an-empty-form-names-what-it-lacks",
                   test_an_empty_form_names_what_it_lacks);
  g_test_add_func ("/protocol/server-setup/what-is-no-setup", test_what_is_no_setup);
  g_test_add_func ("/protocol/server-setup/a-server-cannot-say-by-hand",
                   test_a_server_cannot_say_by_hand);

  return g_test_run ();
}
