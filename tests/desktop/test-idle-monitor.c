/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Which source is chosen, what inhibitors do, and what the sources on a bus make of what they are
 * told: by python-dbusmock, on private buses. */

#include "desktop/porch-idle-monitor.h"
#include "desktop/porch-logind-idle-source.h"
#include "desktop/porch-mutter-idle-source.h"
#include "desktop/porch-portal-idle-source.h"
#include "desktop/porch-screensaver-idle-source.h"

#include "porch-bus-mock.h"
#include "porch-fake-clock.h"
#include "porch-idle-fixture.h"

#define NOW_US (G_GINT64_CONSTANT (1705492800) * G_USEC_PER_SEC)

#define SCREENSAVER_NAME "org.freedesktop.ScreenSaver"
#define SCREENSAVER_PATH "/org/freedesktop/ScreenSaver"
#define SESSION_PATH     "/org/freedesktop/login1/session/c1"

typedef struct
{
  GTestDBus *dbus;
  GDBusConnection *bus;      /* ours */
  GDBusConnection *mock_bus; /* the test's */
  PorchFakeClock *clock;
  PorchIdleInhibition *inhibition;
  PorchIdleMonitor *monitor;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->dbus);
  fixture->bus = porch_bus_mock_connect (fixture->dbus);
  fixture->mock_bus = porch_bus_mock_connect (fixture->dbus);
  fixture->clock = porch_fake_clock_new (NOW_US);
  fixture->inhibition = porch_idle_inhibition_new (fixture->bus);
  fixture->monitor = porch_idle_monitor_new (PORCH_CLOCK (fixture->clock), fixture->inhibition);
  porch_idle_monitor_set_threshold_s (fixture->monitor, 600);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_run_dispose (G_OBJECT (fixture->monitor));
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);
  g_clear_object (&fixture->monitor);
  g_clear_object (&fixture->inhibition);
  g_clear_object (&fixture->clock);
  g_dbus_connection_close_sync (fixture->bus, NULL, NULL);
  g_dbus_connection_close_sync (fixture->mock_bus, NULL, NULL);
  g_clear_object (&fixture->bus);
  g_clear_object (&fixture->mock_bus);
  g_test_dbus_down (fixture->dbus);
  g_clear_object (&fixture->dbus);
}

static PorchIdleSource *
add (Fixture *fixture, const char *name, PorchIdleFeatures features)
{
  PorchIdleSource *source = porch_scripted_idle_source_new (name, features);

  porch_idle_monitor_add_source (fixture->monitor, source);
  return source;
}

static PorchBusMock *
new_mock (Fixture *fixture, const char *name, const char *path)
{
  return porch_bus_mock_new (fixture->dbus, fixture->mock_bus, name, path, name);
}

static gboolean
is_idle (Fixture *fixture)
{
  return porch_idle_monitor_get_idle (fixture->monitor);
}

static void
run_for_ms (guint ms)
{
  gint64 until_us = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < until_us)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static void
test_first_that_answers (Fixture *fixture, gconstpointer data)
{
  PorchIdleSource *silent = add (fixture, "silent", 0);
  PorchIdleSource *lock = add (fixture, "lock", PORCH_IDLE_FEATURE_LOCK);
  PorchIdleSource *good = add (fixture, "good", PORCH_IDLE_FEATURE_IDLE);
  PorchIdleSource *other = add (fixture, "other", PORCH_IDLE_FEATURE_IDLE);

  g_assert_cmpstr (porch_idle_monitor_get_source_name (fixture->monitor), ==, "good");
  g_assert_cmpuint (porch_scripted_idle_source_get_watched_s (silent), ==, 0);
  g_assert_cmpuint (porch_scripted_idle_source_get_watched_s (lock), ==, 0);
  g_assert_cmpuint (porch_scripted_idle_source_get_watched_s (good), ==, 600);
  g_assert_cmpuint (porch_scripted_idle_source_get_watched_s (other), ==, 0);
}

static void
test_nobody_answers (Fixture *fixture, gconstpointer data)
{
  add (fixture, "silent", 0);

  g_assert_cmpstr (porch_idle_monitor_get_source_name (fixture->monitor), ==, "");
  g_assert_false (is_idle (fixture));
}

static void
test_better_one_that_comes_late (Fixture *fixture, gconstpointer data)
{
  PorchIdleSource *late = add (fixture, "late", 0);
  PorchIdleSource *good = add (fixture, "good", PORCH_IDLE_FEATURE_IDLE);

  porch_idle_source_set_features (late, PORCH_IDLE_FEATURE_IDLE);

  g_assert_cmpstr (porch_idle_monitor_get_source_name (fixture->monitor), ==, "late");
  g_assert_cmpuint (porch_scripted_idle_source_get_watched_s (late), ==, 600);
  g_assert_cmpuint (porch_scripted_idle_source_get_watched_s (good), ==, 0);
}

static void
test_chosen_one_goes (Fixture *fixture, gconstpointer data)
{
  PorchIdleSource *first = add (fixture, "first",
                                PORCH_IDLE_FEATURE_IDLE | PORCH_IDLE_FEATURE_INHIBITORS);
  PorchIdleSource *second = add (fixture, "second", PORCH_IDLE_FEATURE_IDLE);
  porch_idle_source_set_idle (first, TRUE);
  g_assert_true (is_idle (fixture));

  porch_idle_source_set_features (first, 0);

  g_assert_false (is_idle (fixture));
  g_assert_cmpstr (porch_idle_monitor_get_source_name (fixture->monitor), ==, "second");
  g_assert_cmpuint (porch_scripted_idle_source_get_watched_s (second), ==, 600);
}

static void
test_never (Fixture *fixture, gconstpointer data)
{
  PorchIdleSource *source = add (fixture, "source", PORCH_IDLE_FEATURE_IDLE);

  porch_idle_monitor_set_threshold_s (fixture->monitor, 0);

  g_assert_cmpuint (porch_scripted_idle_source_get_watched_s (source), ==, 0);
}

static void
test_every_lock_counts (Fixture *fixture, gconstpointer data)
{
  add (fixture, "never-tells", PORCH_IDLE_FEATURE_IDLE | PORCH_IDLE_FEATURE_LOCK);
  PorchIdleSource *tells = add (fixture, "tells", PORCH_IDLE_FEATURE_LOCK);
  const char *const names[] = { "never-tells", "tells", NULL };
  g_assert_true (g_strv_equal (porch_idle_monitor_get_lock_source_names (fixture->monitor), names));

  porch_idle_source_set_locked (tells, TRUE);
  g_assert_true (porch_idle_monitor_get_locked (fixture->monitor));

  /* One that goes while it is locked does not lock for ever. */
  porch_idle_source_set_features (tells, 0);
  g_assert_false (porch_idle_monitor_get_locked (fixture->monitor));
}

static void
test_nothing_inhibits (Fixture *fixture, gconstpointer data)
{
  PorchIdleSource *source = add (fixture, "source", PORCH_IDLE_FEATURE_IDLE);

  /* There is no session manager at all. */
  porch_idle_source_set_idle (source, TRUE);
  porch_test_wait_until (is_idle (fixture));

  porch_idle_source_set_idle (source, FALSE);
  g_assert_false (is_idle (fixture));
}

static void
test_film_keeps_the_person_there (Fixture *fixture, gconstpointer data)
{
  PorchBusMock *manager = new_mock (fixture, "org.gnome.SessionManager",
                                    "/org/gnome/SessionManager");
  porch_bus_mock_add_method (manager, "IsInhibited", "u", "b", "ret = (args[0] == 8)");
  PorchIdleSource *source = add (fixture, "source", PORCH_IDLE_FEATURE_IDLE);

  porch_idle_source_set_idle (source, TRUE);
  porch_test_wait_until (porch_bus_mock_count_calls (manager, "IsInhibited") == 1);
  run_for_ms (50);
  g_assert_false (is_idle (fixture));

  /* Another film begins and this one goes on. */
  porch_bus_mock_emit (manager, "InhibitorAdded", "o",
                       g_variant_new_parsed ("[<@o '/org/gnome/SessionManager/Inhibitor2'>]"));
  porch_test_wait_until (porch_bus_mock_count_calls (manager, "IsInhibited") == 2);
  run_for_ms (50);
  g_assert_false (is_idle (fixture));

  /* All are over; the person still has ten minutes. */
  porch_bus_mock_add_method (manager, "IsInhibited", "u", "b", "ret = False");
  porch_bus_mock_emit (manager, "InhibitorRemoved", "o",
                       g_variant_new_parsed ("[<@o '/org/gnome/SessionManager/Inhibitor2'>]"));
  porch_test_wait_until (porch_fake_clock_get_n_timers (fixture->clock) == 1);
  porch_fake_clock_advance_ms (fixture->clock, 599 * 1000);
  g_assert_false (is_idle (fixture));
  porch_fake_clock_advance_ms (fixture->clock, 1000);
  porch_test_wait_until (is_idle (fixture));

  porch_bus_mock_free (manager);
}

static void
test_input_after_the_film (Fixture *fixture, gconstpointer data)
{
  PorchBusMock *manager = new_mock (fixture, "org.gnome.SessionManager",
                                    "/org/gnome/SessionManager");
  porch_bus_mock_add_method (manager, "IsInhibited", "u", "b", "ret = True");
  PorchIdleSource *source = add (fixture, "source", PORCH_IDLE_FEATURE_IDLE);
  porch_idle_source_set_idle (source, TRUE);
  porch_test_wait_until (porch_bus_mock_count_calls (manager, "IsInhibited") == 1);
  run_for_ms (50);

  /* A session manager that goes takes its inhibitors along. */
  porch_bus_mock_free (manager);
  porch_test_wait_until (porch_fake_clock_get_n_timers (fixture->clock) == 1);
  porch_idle_source_set_idle (source, FALSE);

  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);
  g_assert_false (is_idle (fixture));
}

/* Where there is no session manager that knows: one that does, its question and its answer to it.
 */
static void
check_film (Fixture *fixture,
            PorchBusMock *keeper,
            const char *method,
            const char *in_signature,
            const char *code,
            const char *signal,
            const char *signature,
            const char *arguments)
{
  porch_bus_mock_add_method (keeper, method, in_signature, "b", code);
  PorchIdleSource *source = add (fixture, "source", PORCH_IDLE_FEATURE_IDLE);

  porch_idle_source_set_idle (source, TRUE);
  porch_test_wait_until (porch_bus_mock_count_calls (keeper, method) == 1);
  run_for_ms (50);
  g_assert_false (is_idle (fixture));

  /* The film is over; the person still has ten minutes. */
  porch_bus_mock_add_method (keeper, method, in_signature, "b", "ret = False");
  porch_bus_mock_emit (keeper, signal, signature, g_variant_new_parsed (arguments));
  porch_test_wait_until (porch_fake_clock_get_n_timers (fixture->clock) == 1);
  porch_fake_clock_advance_ms (fixture->clock, 600 * 1000);
  porch_test_wait_until (is_idle (fixture));
}

static PorchBusMock *
new_power_management (Fixture *fixture)
{
  return porch_bus_mock_new (fixture->dbus, fixture->mock_bus, "org.freedesktop.PowerManagement",
                             "/org/freedesktop/PowerManagement/Inhibit",
                             "org.freedesktop.PowerManagement.Inhibit");
}

static PorchBusMock *
new_policy_agent (Fixture *fixture)
{
  return new_mock (fixture, "org.kde.Solid.PowerManagement.PolicyAgent",
                   "/org/kde/Solid/PowerManagement/PolicyAgent");
}

static void
test_film_on_xfce (Fixture *fixture, gconstpointer data)
{
  PorchBusMock *power = new_power_management (fixture);

  check_film (fixture, power, "HasInhibit", "", "ret = True", "HasInhibitChanged", "b",
              "[<false>]");
  porch_bus_mock_free (power);
}

static void
test_film_on_plasma (Fixture *fixture, gconstpointer data)
{
  PorchBusMock *agent = new_policy_agent (fixture);

  check_film (fixture, agent, "HasInhibition", "u", "ret = (args[0] == 4)", "InhibitionsChanged",
              "a(ss)as", "[<@a(ss) []>, <['film']>]");
  porch_bus_mock_free (agent);
}

static void
test_download_on_plasma (Fixture *fixture, gconstpointer data)
{
  PorchBusMock *power = new_power_management (fixture);
  PorchBusMock *agent = new_policy_agent (fixture);

  porch_bus_mock_add_method (power, "HasInhibit", "", "b", "ret = True");
  porch_bus_mock_add_method (agent, "HasInhibition", "u", "b", "ret = (args[0] == 1)");
  PorchIdleSource *source = add (fixture, "source", PORCH_IDLE_FEATURE_IDLE);

  porch_idle_source_set_idle (source, TRUE);
  porch_test_wait_until (is_idle (fixture));
  porch_bus_mock_free (power);
  porch_bus_mock_free (agent);
}

static void
set_locks (PorchBusMock *logind, const char *locks)
{
  porch_bus_mock_set_property (logind, "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
                               "BlockInhibited", g_variant_new_string (locks));
}

static void
test_idle_lock_of_logind (Fixture *fixture, gconstpointer data)
{
  PorchBusMock *logind = porch_bus_mock_new_logind (fixture->dbus, fixture->mock_bus);

  g_variant_unref (porch_bus_mock_call (logind, "AddProperty",
                                        g_variant_new ("(ssv)", "org.freedesktop.login1.Manager",
                                                       "BlockInhibited",
                                                       g_variant_new_string ("shutdown:idle"))));
  porch_idle_monitor_add_system_bus (fixture->monitor, fixture->bus);
  PorchIdleSource *source = porch_scripted_idle_source_new ("source", PORCH_IDLE_FEATURE_IDLE);
  porch_idle_monitor_add_source (fixture->monitor, source);
  porch_test_wait_until (
      g_str_equal (porch_idle_monitor_get_source_name (fixture->monitor), "source"));
  porch_idle_source_set_idle (source, TRUE);
  run_for_ms (200);
  g_assert_false (is_idle (fixture));

  set_locks (logind, "shutdown");
  porch_test_wait_until (porch_fake_clock_get_n_timers (fixture->clock) == 1);
  porch_fake_clock_advance_ms (fixture->clock, 600 * 1000);
  porch_test_wait_until (is_idle (fixture));
  porch_bus_mock_free (logind);
}

static void
test_mutter (Fixture *fixture, gconstpointer data)
{
  PorchBusMock *mutter = porch_bus_mock_new (
      fixture->dbus, fixture->mock_bus, "org.gnome.Mutter.IdleMonitor",
      "/org/gnome/Mutter/IdleMonitor/Core", "org.gnome.Mutter.IdleMonitor");
  porch_bus_mock_add_method (mutter, "GetIdletime", "", "t", "ret = 5");
  porch_bus_mock_add_method (mutter, "AddIdleWatch", "t", "u", "ret = args[0] // 1000 + 100");
  porch_bus_mock_add_method (mutter, "AddUserActiveWatch", "", "u", "ret = 7");
  porch_bus_mock_add_method (mutter, "RemoveWatch", "u", "", "");
  porch_idle_monitor_add_source (fixture->monitor, porch_mutter_idle_source_new (fixture->bus));
  porch_test_wait_until (g_str_equal (porch_idle_monitor_get_source_name (fixture->monitor),
                                      "org.gnome.Mutter.IdleMonitor"));
  porch_test_wait_until (porch_bus_mock_count_calls (mutter, "AddIdleWatch") == 1);
  run_for_ms (50);

  /* Somebody else's watch. */
  porch_bus_mock_emit (mutter, "WatchFired", "u", g_variant_new_parsed ("[<@u 3>]"));
  run_for_ms (50);
  g_assert_false (is_idle (fixture));

  porch_bus_mock_emit (mutter, "WatchFired", "u", g_variant_new_parsed ("[<@u 700>]"));
  porch_test_wait_until (is_idle (fixture));
  porch_test_wait_until (porch_bus_mock_count_calls (mutter, "AddUserActiveWatch") == 1);
  run_for_ms (50);
  porch_bus_mock_emit (mutter, "WatchFired", "u", g_variant_new_parsed ("[<@u 7>]"));
  porch_test_wait_until (!is_idle (fixture));

  /* The other threshold has another watch, and the old one is taken back. */
  porch_idle_monitor_set_threshold_s (fixture->monitor, 300);
  porch_test_wait_until (porch_bus_mock_count_calls (mutter, "RemoveWatch") == 1);
  run_for_ms (50);
  porch_bus_mock_emit (mutter, "WatchFired", "u", g_variant_new_parsed ("[<@u 400>]"));
  porch_test_wait_until (is_idle (fixture));

  /* The shell crashes: whoever it was, they are taken to be there. */
  porch_bus_mock_free (mutter);
  porch_test_wait_until (!is_idle (fixture));
  g_assert_cmpstr (porch_idle_monitor_get_source_name (fixture->monitor), ==, "");
}

static void
test_screensaver (Fixture *fixture, gconstpointer data)
{
  PorchBusMock *saver = new_mock (fixture, SCREENSAVER_NAME, SCREENSAVER_PATH);
  porch_bus_mock_add_method (saver, "GetActive", "", "b", "ret = False");
  porch_bus_mock_add_method (saver, "GetSessionIdleTime", "", "u", "ret = 60000");
  porch_idle_monitor_add_source (fixture->monitor, porch_screensaver_idle_source_new (
                                                       fixture->bus, PORCH_CLOCK (fixture->clock),
                                                       SCREENSAVER_NAME, SCREENSAVER_PATH));
  porch_test_wait_until (porch_fake_clock_get_n_timers (fixture->clock) == 1);
  guint n_calls = porch_bus_mock_count_calls (saver, "GetSessionIdleTime");

  /* A minute of ten is over: nothing is asked for nine. */
  porch_fake_clock_advance_ms (fixture->clock, 539 * 1000);
  run_for_ms (50);
  g_assert_cmpuint (porch_bus_mock_count_calls (saver, "GetSessionIdleTime"), ==, n_calls);

  porch_bus_mock_add_method (saver, "GetSessionIdleTime", "", "u", "ret = 600000");
  porch_fake_clock_advance_ms (fixture->clock, 1000);
  porch_test_wait_until (is_idle (fixture));

  porch_bus_mock_add_method (saver, "GetSessionIdleTime", "", "u", "ret = 20");
  porch_fake_clock_advance_ms (fixture->clock, 1000);
  porch_test_wait_until (!is_idle (fixture));

  porch_bus_mock_emit (saver, "ActiveChanged", "b", g_variant_new_parsed ("[<true>]"));
  porch_test_wait_until (porch_idle_monitor_get_locked (fixture->monitor));
  porch_bus_mock_emit (saver, "ActiveChanged", "b", g_variant_new_parsed ("[<false>]"));
  porch_test_wait_until (!porch_idle_monitor_get_locked (fixture->monitor));
  porch_bus_mock_free (saver);
}

static void
test_screensaver_that_knows_the_lock_alone (Fixture *fixture, gconstpointer data)
{
  PorchBusMock *saver = new_mock (fixture, "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver");
  porch_bus_mock_add_method (saver, "GetActive", "", "b", "ret = True");

  porch_idle_monitor_add_source (
      fixture->monitor,
      porch_screensaver_idle_source_new (fixture->bus, PORCH_CLOCK (fixture->clock),
                                         "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"));

  porch_test_wait_until (porch_idle_monitor_get_locked (fixture->monitor));
  g_assert_cmpstr (porch_idle_monitor_get_source_name (fixture->monitor), ==, "");
  porch_bus_mock_free (saver);
}

static void
test_portal (Fixture *fixture, gconstpointer data)
{
  PorchBusMock *portal = porch_bus_mock_new (
      fixture->dbus, fixture->mock_bus, "org.freedesktop.portal.Desktop",
      "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Inhibit");
  g_autofree char *sender = g_strdelimit (
      g_strdup (g_dbus_connection_get_unique_name (fixture->bus) + 1), ".", '_');
  g_autofree char *request = g_strdup_printf (
      "/org/freedesktop/portal/desktop/request/%s/porchlight_idle", sender);
  g_autofree char *session = g_strdup_printf (
      "/org/freedesktop/portal/desktop/session/%s/porchlight_idle", sender);
  g_autofree char *code = g_strdup_printf (
      "self.AddObject('%s', 'org.freedesktop.portal.Request', {}, [])\n"
      "mockobject = sys.modules['dbusmock.mockobject']\n"
      "mockobject.objects['%s'].EmitSignal('org.freedesktop.portal.Request', 'Response', "
      "'ua{sv}', [dbus.UInt32(0), dbus.Dictionary({}, signature='sv')])\n"
      "ret = '%s'",
      request, request, request);
  porch_bus_mock_add_method (portal, "CreateMonitor", "sa{sv}", "o", code);
  porch_bus_mock_add_method (portal, "QueryEndResponse", "o", "", "");

  porch_idle_monitor_add_source (fixture->monitor, porch_portal_idle_source_new (fixture->bus));
  porch_test_wait_until (porch_idle_monitor_get_lock_source_names (fixture->monitor)[0] != NULL);
  porch_bus_mock_emit (portal, "StateChanged", "oa{sv}",
                       g_variant_new_parsed ("[<%o>, <{'screensaver-active': <true>}>]", session));
  porch_test_wait_until (porch_idle_monitor_get_locked (fixture->monitor));

  /* Another program's monitor. */
  porch_bus_mock_emit (
      portal, "StateChanged", "oa{sv}",
      g_variant_new_parsed ("[<@o '/not/ours'>, <{'screensaver-active': <false>}>]"));
  /* Who is asked before the session ends answers. */
  porch_bus_mock_emit (portal, "StateChanged", "oa{sv}",
                       g_variant_new_parsed ("[<%o>, <{'session-state': <@u 2>}>]", session));
  porch_test_wait_until (porch_bus_mock_count_calls (portal, "QueryEndResponse") == 1);
  g_assert_true (porch_idle_monitor_get_locked (fixture->monitor));
  porch_bus_mock_free (portal);
}

static void
test_logind (Fixture *fixture, gconstpointer data)
{
  g_setenv ("XDG_SESSION_ID", "c1", TRUE);
  PorchBusMock *logind = porch_bus_mock_new_logind (fixture->dbus, fixture->mock_bus);
  porch_idle_monitor_add_system_bus (fixture->monitor, fixture->bus);
  porch_test_wait_until (
      g_str_equal (porch_idle_monitor_get_source_name (fixture->monitor), "logind"));

  porch_bus_mock_set_property (logind, SESSION_PATH, "org.freedesktop.login1.Session", "LockedHint",
                               g_variant_new_boolean (TRUE));
  porch_test_wait_until (porch_idle_monitor_get_locked (fixture->monitor));
  porch_bus_mock_set_property (logind, SESSION_PATH, "org.freedesktop.login1.Session", "LockedHint",
                               g_variant_new_boolean (FALSE));
  porch_test_wait_until (!porch_idle_monitor_get_locked (fixture->monitor));

  /* The desktop hints after five minutes; the other five are waited for. */
  porch_bus_mock_set_property (logind, SESSION_PATH, "org.freedesktop.login1.Session",
                               "IdleSinceHint", g_variant_new_uint64 (NOW_US - 300000000));
  porch_bus_mock_set_property (logind, SESSION_PATH, "org.freedesktop.login1.Session", "IdleHint",
                               g_variant_new_boolean (TRUE));
  porch_test_wait_until (porch_fake_clock_get_n_timers (fixture->clock) == 1);
  porch_fake_clock_advance_ms (fixture->clock, 299 * 1000);
  g_assert_false (is_idle (fixture));
  porch_fake_clock_advance_ms (fixture->clock, 1000);
  porch_test_wait_until (is_idle (fixture));

  porch_bus_mock_set_property (logind, SESSION_PATH, "org.freedesktop.login1.Session", "IdleHint",
                               g_variant_new_boolean (FALSE));
  porch_test_wait_until (!is_idle (fixture));
  porch_bus_mock_free (logind);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                            \
  g_test_add ("/desktop/idle-monitor/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("first-that-answers", test_first_that_answers);
  ADD ("nobody-answers", test_nobody_answers);
  ADD ("better-one-that-comes-late", test_better_one_that_comes_late);
  ADD ("chosen-one-goes", test_chosen_one_goes);
  ADD ("never", test_never);
  ADD ("every-lock-counts", test_every_lock_counts);
  ADD ("nothing-inhibits", test_nothing_inhibits);
  if (porch_bus_mock_is_possible ())
    {
      ADD ("film-keeps-the-person-there", test_film_keeps_the_person_there);
      ADD ("input-after-the-film", test_input_after_the_film);
      ADD ("film-on-xfce", test_film_on_xfce);
      ADD ("film-on-plasma", test_film_on_plasma);
      ADD ("download-on-plasma", test_download_on_plasma);
      ADD ("idle-lock-of-logind", test_idle_lock_of_logind);
      ADD ("mutter", test_mutter);
      ADD ("screensaver", test_screensaver);
      ADD ("screensaver-that-knows-the-lock-alone", test_screensaver_that_knows_the_lock_alone);
      ADD ("portal", test_portal);
      ADD ("logind", test_logind);
    }
  else
    g_test_message ("python3-dbusmock is not here: the sources on a bus are not tested");
#undef ADD

  return g_test_run ();
}
