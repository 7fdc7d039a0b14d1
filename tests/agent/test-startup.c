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

/* (nullable): of Xvfb, where there is one; GTestDBus takes it out of the environment. */
static char *display;

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

static guint32
find_agent (Fixture *fixture)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      fixture->desktop->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", "GetConnectionUnixProcessID",
      g_variant_new ("(s)", PORCH_AGENT_BUS_NAME), G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE,
      -1, NULL, NULL);
  guint32 pid = 0;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &pid);
  return pid;
}

static GSubprocess *
open_window (Fixture *fixture)
{
  g_autofree char *screen = g_strconcat ("DISPLAY=", display, NULL);
  const char *const argv[] = { "env", screen, g_getenv ("PORCHLIGHT_WINDOW"), NULL };

  return porch_test_desktop_spawn (fixture->desktop, G_SUBPROCESS_FLAGS_STDERR_SILENCE, argv);
}

static gboolean
has_window (Fixture *fixture)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      fixture->desktop->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", "NameHasOwner", g_variant_new ("(s)", "app.porchlight.Porchlight"),
      G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean owned;

  g_variant_get (reply, "(b)", &owned);
  return owned;
}

static gboolean
on_over_cb (gpointer user_data)
{
  gboolean *over = user_data;

  *over = TRUE;
  return G_SOURCE_REMOVE;
}

static void
let_pass (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, on_over_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* Longer than the window waits before it starts an agent anew. */
static void
assert_nobody_starts_it (Fixture *fixture)
{
  let_pass (3000);
  g_assert_cmpuint (find_agent (fixture), ==, 0);
}

/* The time that a process has had on a core, in ticks. */
static guint64
read_cpu_ticks (GSubprocess *process)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/stat", g_subprocess_get_identifier (process));
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;

  g_assert_true (g_file_get_contents (path, &line, NULL, NULL));
  words = g_strsplit (strrchr (line, ')'), " ", 0);

  /* proc(5): utime and stime, counted from the state */
  return g_ascii_strtoull (words[12], NULL, 10) + g_ascii_strtoull (words[13], NULL, 10);
}

/* given a window that runs, and has seen the agent: it has nothing left to do */
static GSubprocess *
open_window_and_wait (Fixture *fixture)
{
  GSubprocess *window = open_window (fixture);
  guint64 ticks, before;

  porch_test_wait_until (has_window (fixture));
  ticks = read_cpu_ticks (window);
  do
    {
      before = ticks;
      let_pass (1000);
      ticks = read_cpu_ticks (window);
    }
  while (ticks > before + 1);

  return window;
}

static void
end_window (GSubprocess *window)
{
  g_subprocess_send_signal (window, SIGTERM);
  g_subprocess_wait (window, NULL, NULL);
  g_object_unref (window);
}

static void
crash_agent (Fixture *fixture)
{
  kill ((pid_t) find_agent (fixture), SIGKILL);
  porch_test_wait_until (find_agent (fixture) == 0);
}

static void
test_window_restarts_a_crashed_agent (Fixture *fixture, gconstpointer data)
{
  GSubprocess *window = open_window_and_wait (fixture);

  /* when the agent crashes, then the window starts another; not when it keeps crashing */
  for (guint i = 0; i < 4; i++)
    {
      crash_agent (fixture);
      porch_test_wait_until (find_agent (fixture) != 0);
    }
  crash_agent (fixture);
  assert_nobody_starts_it (fixture);

  end_window (window);
  g_subprocess_wait (fixture->desktop->agent, NULL, NULL);
  g_clear_object (&fixture->desktop->agent);
}

static void
test_window_leaves_an_agent_that_was_ended (Fixture *fixture, gconstpointer data)
{
  GSubprocess *window = open_window_and_wait (fixture);

  /* when the agent is told to end by a signal, then the window does not start another */
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  assert_nobody_starts_it (fixture);
  g_assert_true (has_window (fixture));
  end_window (window);
}

static void
test_quit_is_for_good (Fixture *fixture, gconstpointer data)
{
  GSubprocess *window = open_window_and_wait (fixture);

  /* when the person quits, then the agent ends well, which systemd takes for no failure, and the
   * window with it */
  g_assert_cmpint (porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, NULL, "quit", NULL),
                   ==, 0);
  g_subprocess_wait (window, NULL, NULL);
  g_object_unref (window);
  g_assert_true (g_subprocess_wait_check (fixture->desktop->agent, NULL, NULL));
  g_clear_object (&fixture->desktop->agent);

  /* then nobody who only asks starts it */
  g_assert_cmpint (porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, NULL, "status", NULL),
                   ==, 3);
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, NULL, "idle", "on", NULL), ==, 3);
  assert_nobody_starts_it (fixture);
}

#define test(name, func) g_test_add ("/startup/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test ("asks-until-it-is-decided", test_asks_until_it_is_decided);
  test ("starts-this-program-at-log-in", test_starts_this_program_at_log_in);
  test ("refusal-is-said", test_refusal_is_said);

  display = g_strdup (g_getenv ("DISPLAY"));
  if (display == NULL || *display == '\0')
    {
      g_test_message ("There is no screen: nothing about the window is tested");
      return g_test_run ();
    }
  test ("window-restarts-a-crashed-agent", test_window_restarts_a_crashed_agent);
  test ("window-leaves-an-agent-that-was-ended", test_window_leaves_an_agent_that_was_ended);
  test ("quit-is-for-good", test_quit_is_for_good);

  int code = g_test_run ();
  g_free (display);
  return code;
}
