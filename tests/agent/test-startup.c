/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* How the agent begins and ends with the person's session: the real program on a bus of its own.
 */

#include "porch-test-desktop.h"

#include "porch-test-wait.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

typedef struct
{
  PorchTestDesktop *desktop;
  char *autostart_file;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->desktop = porch_test_desktop_new (FALSE);
  fixture->autostart_file = g_build_filename (fixture->desktop->folder, "config", "autostart",
                                              "app.porchlight.Porchlight.Agent.desktop", NULL);
  porch_test_desktop_start_agent (fixture->desktop);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  porch_test_desktop_free (fixture->desktop);
  g_free (fixture->autostart_file);
}

static gboolean
start_at_login_is (Fixture *fixture, const char *choice)
{
  return g_str_equal (porch_agent_proxy_get_start_at_login (fixture->desktop->proxy), choice);
}

static void
assert_cli_says (Fixture *fixture, const char *choice)
{
  g_autofree char *output = NULL;

  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, &output, NULL, "autostart", NULL), ==, 0);
  g_assert_cmpstr (g_strchomp (output), ==, choice);
}

static void
start_agent_again (Fixture *fixture)
{
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  porch_test_desktop_start_agent (fixture->desktop);
}

static void
test_asks_until_it_is_decided (Fixture *fixture, gconstpointer data)
{
  /* given a person who was not asked yet, then nothing was turned on for them */
  porch_test_wait_until (start_at_login_is (fixture, "undecided"));
  g_assert_false (g_file_test (fixture->autostart_file, G_FILE_TEST_EXISTS));
  assert_cli_says (fixture, "off");
  start_agent_again (fixture);
  porch_test_wait_until (start_at_login_is (fixture, "undecided"));

  /* when they say no, then that is kept, and they are not asked again */
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, NULL, "autostart", "off", NULL), ==,
      0);
  porch_test_wait_until (start_at_login_is (fixture, "off"));
  start_agent_again (fixture);
  porch_test_wait_until (start_at_login_is (fixture, "off"));
}

static void
test_starts_this_program_at_log_in (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  /* when it is turned on, then the file names the program that runs */
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, NULL, "autostart", "on", NULL), ==,
      0);
  porch_test_wait_until (start_at_login_is (fixture, "on"));
  g_assert_cmpstr (porch_agent_proxy_get_start_at_login_way (fixture->desktop->proxy), ==,
                   "autostart-file");
  g_assert_true (g_key_file_load_from_file (file, fixture->autostart_file, G_KEY_FILE_NONE, NULL));
  g_autofree char *program = g_key_file_get_string (file, "Desktop Entry", "TryExec", NULL);
  g_assert_cmpstr (program, ==, g_getenv ("PORCHLIGHT_AGENT"));
  assert_cli_says (fixture, "on");

  /* when it is turned off in the desktop's settings, then that counts */
  g_key_file_set_boolean (file, "Desktop Entry", "Hidden", TRUE);
  g_assert_true (g_key_file_save_to_file (file, fixture->autostart_file, NULL));
  start_agent_again (fixture);
  porch_test_wait_until (start_at_login_is (fixture, "off"));

  /* when it is turned off here, then nothing is left */
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, NULL, "autostart", "off", NULL), ==,
      0);
  g_assert_false (g_file_test (fixture->autostart_file, G_FILE_TEST_EXISTS));
}

static void
test_refusal_is_said (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (fixture->autostart_file);
  g_autofree char *errors = NULL;

  /* given something else where the folder should be */
  porch_test_wait_until (start_at_login_is (fixture, "undecided"));
  g_assert_true (g_file_set_contents (folder, "", -1, NULL));

  /* then the person is told which file, and the question stays open */
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, &errors, "autostart", "on", NULL),
      ==, 1);
  g_assert_nonnull (strstr (errors, fixture->autostart_file));
  g_assert_true (start_at_login_is (fixture, "undecided"));
}

#define test(name, func) g_test_add ("/startup/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test ("asks-until-it-is-decided", test_asks_until_it_is_decided);
  test ("starts-this-program-at-log-in", test_starts_this_program_at_log_in);
  test ("refusal-is-said", test_refusal_is_said);

  return g_test_run ();
}
