/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What others see of a person who is away: two real agents on two desktops and a real porchlightd;
 * the logind of the one desktop is played by python-dbusmock.
 */

#include "porch-test-desktop.h"

#include "porch-bus-mock.h"
#include "server/porch-test-daemon.h"

#include <signal.h>
#include <string.h>

#define ANN      "ann@porch.example"
#define BOB      "bob@porch.example"
#define PASSWORD "correct horse battery"

#define SESSION_PATH      "/org/freedesktop/login1/session/c1"
#define SESSION_INTERFACE "org.freedesktop.login1.Session"

/* What the contract says, and a margin for a machine that does other things too. */
#define RELEASE_MAX_US  (2 * G_TIME_SPAN_SECOND + 500 * G_TIME_SPAN_MILLISECOND)
#define RECOVERY_MAX_US (3 * G_TIME_SPAN_SECOND)

typedef struct
{
  PorchTestDaemon *daemon;
  GTestDBus *system_dbus;
  GDBusConnection *system_bus;
  PorchBusMock *logind;
  PorchTestDesktop *ann;
  PorchTestDesktop *bob; /* who watches her */
} Fixture;

static PorchTestDesktop *
start_desktop (Fixture *fixture, const char *email)
{
  PorchTestDesktop *desktop = porch_test_desktop_new (FALSE);
  g_autoptr (GError) error = NULL;

  porch_test_desktop_start_agent (desktop);
  porch_test_desktop_sign_in (desktop, fixture->daemon->address, email, PASSWORD, TRUE, &error);
  g_assert_no_error (error);
  porch_test_wait_until (porch_agent_proxy_get_own_status (desktop->proxy) == PORCH_STATUS_ONLINE);
  return desktop;
}

static void
add_contact (PorchTestDesktop *desktop, const char *user_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_add_contact_async (desktop->proxy, user_id, NULL, porch_test_take_result,
                                       &result);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_agent_proxy_call_finish (desktop->proxy, result, &error));
}

static PorchStatus
get_status (PorchTestDesktop *watcher, PorchTestDesktop *watched)
{
  PorchContact *contact = porch_roster_lookup (porch_agent_proxy_get_roster (watcher->proxy),
                                               porch_agent_proxy_get_id (watched->proxy));

  return contact != NULL ? porch_contact_get_status (contact) : PORCH_STATUS_UNKNOWN;
}

/* Ann, as Bob sees her. */
static PorchStatus
get_ann (Fixture *fixture)
{
  return get_status (fixture->bob, fixture->ann);
}

static gboolean
is_away (Fixture *fixture, const char *reason)
{
  return g_str_equal (porch_agent_proxy_get_away (fixture->ann->proxy), reason);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->daemon = porch_test_daemon_start (NULL);
  porch_test_daemon_add_user (fixture->daemon, ANN, "Ann Lee", PASSWORD);
  porch_test_daemon_add_user (fixture->daemon, BOB, "Bob O'Neil", PASSWORD);
  fixture->bob = start_desktop (fixture, BOB);

  fixture->system_dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->system_dbus);
  fixture->system_bus = porch_bus_mock_connect (fixture->system_dbus);
  fixture->logind = porch_bus_mock_new_logind (fixture->system_dbus, fixture->system_bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (fixture->system_dbus), TRUE);
  g_setenv ("XDG_SESSION_ID", "c1", TRUE);
  fixture->ann = start_desktop (fixture, ANN);
  porch_test_wait_until (porch_bus_mock_count_inhibitors (fixture->logind) == 1);

  add_contact (fixture->bob, porch_agent_proxy_get_id (fixture->ann->proxy));
  add_contact (fixture->ann, porch_agent_proxy_get_id (fixture->bob->proxy));
  porch_test_wait_until (get_ann (fixture) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (get_status (fixture->ann, fixture->bob) == PORCH_STATUS_ONLINE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  porch_test_desktop_free (fixture->ann);
  porch_test_desktop_free (fixture->bob);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  porch_bus_mock_free (fixture->logind);
  g_dbus_connection_close_sync (fixture->system_bus, NULL, NULL);
  g_clear_object (&fixture->system_bus);
  g_test_dbus_down (fixture->system_dbus);
  g_clear_object (&fixture->system_dbus);
  porch_test_daemon_free (fixture->daemon);
}

static void
set_locked (Fixture *fixture, gboolean locked)
{
  porch_bus_mock_set_property (fixture->logind, SESSION_PATH, SESSION_INTERFACE, "LockedHint",
                               g_variant_new_boolean (locked));
}

static void
prepare_for_sleep (Fixture *fixture, gboolean begins)
{
  porch_bus_mock_emit (fixture->logind, "PrepareForSleep", "b",
                       g_variant_new_parsed ("[<%b>]", begins));
}

static gboolean
sleep_is_held_back (Fixture *fixture)
{
  return porch_bus_mock_count_inhibitors (fixture->logind) > 0;
}

static void
test_lock (Fixture *fixture, gconstpointer data)
{
  set_locked (fixture, TRUE);
  porch_test_wait_until (get_ann (fixture) == PORCH_STATUS_OFFLINE);
  porch_test_wait_until (is_away (fixture, "locked"));

  set_locked (fixture, FALSE);
  porch_test_wait_until (get_ann (fixture) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (is_away (fixture, ""));
}

static void
test_offline_leaves_before_sleep (Fixture *fixture, gconstpointer data)
{
  GSubprocess *daemon = fixture->daemon->process;

  /* given a server that takes a while to answer */
  g_subprocess_send_signal (daemon, SIGSTOP);

  /* when the computer is about to sleep, then it waits for the answer */
  prepare_for_sleep (fixture, TRUE);
  porch_test_wait_until (is_away (fixture, "asleep"));
  g_assert_true (sleep_is_held_back (fixture));
  g_usleep (200 * 1000);
  g_assert_true (sleep_is_held_back (fixture));
  g_subprocess_send_signal (daemon, SIGCONT);
  porch_test_wait_until (!sleep_is_held_back (fixture));

  /* and Ann is offline when it sleeps */
  porch_test_wait_until (get_ann (fixture) == PORCH_STATUS_OFFLINE);
}

static void
test_sleep_waits_for_no_dead_server (Fixture *fixture, gconstpointer data)
{
  GSubprocess *daemon = fixture->daemon->process;
  gint64 began_us = g_get_monotonic_time ();

  g_subprocess_send_signal (daemon, SIGSTOP);
  prepare_for_sleep (fixture, TRUE);
  porch_test_wait_until (!sleep_is_held_back (fixture));
  gint64 took_us = g_get_monotonic_time () - began_us;
  g_subprocess_send_signal (daemon, SIGCONT);

  g_test_message ("Sleep was held back for %.1f s", (double) took_us / G_USEC_PER_SEC);
  g_assert_cmpint (took_us, <, RELEASE_MAX_US);
}

static void
test_resume (Fixture *fixture, gconstpointer data)
{
  prepare_for_sleep (fixture, TRUE);
  porch_test_wait_until (!sleep_is_held_back (fixture));
  porch_test_wait_until (get_ann (fixture) == PORCH_STATUS_OFFLINE);

  gint64 began_us = g_get_monotonic_time ();
  prepare_for_sleep (fixture, FALSE);
  porch_test_wait_until (get_ann (fixture) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (get_status (fixture->ann, fixture->bob) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (
      g_str_equal (porch_agent_proxy_get_state (fixture->ann->proxy), "connected"));
  gint64 took_us = g_get_monotonic_time () - began_us;

  g_test_message ("All was right again after %.1f s", (double) took_us / G_USEC_PER_SEC);
  g_assert_cmpint (took_us, <, RECOVERY_MAX_US);
  porch_test_wait_until (is_away (fixture, ""));
  porch_test_wait_until (sleep_is_held_back (fixture));
}

static void
test_locked_over_sleep (Fixture *fixture, gconstpointer data)
{
  set_locked (fixture, TRUE);
  porch_test_wait_until (get_ann (fixture) == PORCH_STATUS_OFFLINE);
  prepare_for_sleep (fixture, TRUE);
  porch_test_wait_until (!sleep_is_held_back (fixture));

  /* Awake, and still locked: nobody is there. */
  prepare_for_sleep (fixture, FALSE);
  porch_test_wait_until (is_away (fixture, "locked"));
  porch_test_wait_until (get_status (fixture->ann, fixture->bob) == PORCH_STATUS_ONLINE);
  g_assert_cmpint (get_ann (fixture), ==, PORCH_STATUS_OFFLINE);

  set_locked (fixture, FALSE);
  porch_test_wait_until (get_ann (fixture) == PORCH_STATUS_ONLINE);
}

static void
test_scripts_tell (Fixture *fixture, gconstpointer data)
{
  g_autofree char *output = NULL;

  g_assert_cmpint (porch_test_desktop_run_cli (fixture->ann, NULL, NULL, NULL, "idle", "on", NULL),
                   ==, 0);
  porch_test_wait_until (get_ann (fixture) == PORCH_STATUS_OFFLINE);
  porch_test_wait_until (is_away (fixture, "told"));
  porch_test_wait_until (porch_agent_proxy_get_own_status (fixture->ann->proxy)
                         == PORCH_STATUS_OFFLINE);
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->ann, NULL, &output, NULL, "status", "--verbose", NULL),
      ==, 0);
  g_assert_nonnull (strstr (output, "“porchlight idle on” was said"));
  g_assert_nonnull (strstr (output, "Away by: logind\n"));
  g_assert_nonnull (strstr (output, "Locked by: logind\n"));

  g_assert_cmpint (porch_test_desktop_run_cli (fixture->ann, NULL, NULL, NULL, "idle", "off", NULL),
                   ==, 0);
  porch_test_wait_until (get_ann (fixture) == PORCH_STATUS_ONLINE);
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->ann, NULL, NULL, NULL, "idle", "perhaps", NULL), ==, 2);
}

static void
assert_away_after (Fixture *fixture, const char *expected)
{
  g_autofree char *output = NULL;

  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->ann, NULL, &output, NULL, "away-after", NULL), ==, 0);
  g_assert_cmpstr (output, ==, expected);
}

static void
test_minutes_are_kept (Fixture *fixture, gconstpointer data)
{
  g_autofree char *errors = NULL;

  assert_away_after (fixture, "10 minutes\n");
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->ann, NULL, NULL, NULL, "away-after", "never", NULL), ==,
      0);
  assert_away_after (fixture, "never\n");
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->ann, NULL, NULL, &errors, "away-after", "7", NULL), ==,
      1);
  g_assert_nonnull (strstr (errors, "5, 10, 15 or 30"));

  porch_test_desktop_end_agent (fixture->ann, SIGTERM);
  porch_test_desktop_start_agent (fixture->ann);
  porch_test_wait_until (porch_agent_proxy_get_away_after_minutes (fixture->ann->proxy) == 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  if (!porch_bus_mock_is_possible ())
    {
      g_print ("1..0 # SKIP python3-dbusmock is not here\n");
      return 77;
    }

#define ADD(name, func) g_test_add ("/agent/away/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("lock", test_lock);
  ADD ("offline-leaves-before-sleep", test_offline_leaves_before_sleep);
  ADD ("sleep-waits-for-no-dead-server", test_sleep_waits_for_no_dead_server);
  ADD ("resume", test_resume);
  ADD ("locked-over-sleep", test_locked_over_sleep);
  ADD ("scripts-tell", test_scripts_tell);
  ADD ("minutes-are-kept", test_minutes_are_kept);
#undef ADD

  return g_test_run ();
}
