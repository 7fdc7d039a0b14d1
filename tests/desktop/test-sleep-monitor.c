/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Sleep, with a logind of python-dbusmock and without any. */

#include "desktop/porch-sleep-monitor.h"

#include "porch-bus-mock.h"
#include "porch-fake-clock.h"
#include "porch-idle-fixture.h"

#define NOW_US (G_GINT64_CONSTANT (1705492800) * G_USEC_PER_SEC)

typedef struct
{
  PorchFakeClock *clock;
  PorchSleepMonitor *monitor;
  guint n_falling_asleep;
  guint n_woke_up;

  GTestDBus *dbus;
  GDBusConnection *bus;
  GDBusConnection *mock_bus;
  PorchBusMock *logind;
} Fixture;

static void
on_falling_asleep_cb (Fixture *fixture)
{
  fixture->n_falling_asleep++;
}

static void
on_woke_up_cb (Fixture *fixture)
{
  fixture->n_woke_up++;
}

static void
set_up (Fixture *fixture, gconstpointer with_logind)
{
  fixture->clock = porch_fake_clock_new (NOW_US);
  fixture->monitor = porch_sleep_monitor_new (PORCH_CLOCK (fixture->clock));
  g_signal_connect_swapped (fixture->monitor, "falling-asleep", G_CALLBACK (on_falling_asleep_cb),
                            fixture);
  g_signal_connect_swapped (fixture->monitor, "woke-up", G_CALLBACK (on_woke_up_cb), fixture);
  if (with_logind == NULL)
    return;

  fixture->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->dbus);
  fixture->bus = porch_bus_mock_connect (fixture->dbus);
  fixture->mock_bus = porch_bus_mock_connect (fixture->dbus);
  fixture->logind = porch_bus_mock_new_logind (fixture->dbus, fixture->mock_bus);
  porch_sleep_monitor_add_system_bus (fixture->monitor, fixture->bus);
  porch_test_wait_until (porch_bus_mock_count_inhibitors (fixture->logind) == 1);
}

static void
tear_down (Fixture *fixture, gconstpointer with_logind)
{
  g_object_run_dispose (G_OBJECT (fixture->monitor));
  g_clear_object (&fixture->monitor);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);
  g_clear_object (&fixture->clock);
  if (with_logind == NULL)
    return;

  if (fixture->logind != NULL)
    porch_bus_mock_free (fixture->logind);
  g_dbus_connection_close_sync (fixture->bus, NULL, NULL);
  g_dbus_connection_close_sync (fixture->mock_bus, NULL, NULL);
  g_clear_object (&fixture->bus);
  g_clear_object (&fixture->mock_bus);
  g_test_dbus_down (fixture->dbus);
  g_clear_object (&fixture->dbus);
}

static void
prepare_for_sleep (Fixture *fixture, gboolean begins)
{
  porch_bus_mock_emit (fixture->logind, "PrepareForSleep", "b",
                       g_variant_new_parsed ("[<%b>]", begins));
}

static void
turn_main_loop (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_sleep_and_resume (Fixture *fixture, gconstpointer data)
{
  prepare_for_sleep (fixture, TRUE);
  porch_test_wait_until (fixture->n_falling_asleep == 1);
  g_assert_cmpuint (porch_bus_mock_count_inhibitors (fixture->logind), ==, 1);

  porch_sleep_monitor_let_go (fixture->monitor);
  porch_test_wait_until (porch_bus_mock_count_inhibitors (fixture->logind) == 0);
  g_assert_cmpint (porch_sleep_monitor_get_state (fixture->monitor), ==, PORCH_SLEEP_STATE_ASLEEP);

  prepare_for_sleep (fixture, FALSE);
  porch_test_wait_until (fixture->n_woke_up == 1);
  g_assert_cmpint (porch_sleep_monitor_get_state (fixture->monitor), ==, PORCH_SLEEP_STATE_AWAKE);

  /* The next sleep is held back too. */
  porch_test_wait_until (porch_bus_mock_count_inhibitors (fixture->logind) == 1);
}

static void
test_sleep_waits_two_seconds_at_most (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (PORCH_SLEEP_DELAY_MS, <=, 2000);

  prepare_for_sleep (fixture, TRUE);
  porch_test_wait_until (fixture->n_falling_asleep == 1);

  porch_fake_clock_advance_ms (fixture->clock, PORCH_SLEEP_DELAY_MS - 1);
  g_assert_cmpuint (porch_bus_mock_count_inhibitors (fixture->logind), ==, 1);
  porch_fake_clock_advance_ms (fixture->clock, 1);

  porch_test_wait_until (porch_bus_mock_count_inhibitors (fixture->logind) == 0);
}

static void
test_clock_and_logind_tell_one_resume (Fixture *fixture, gconstpointer data)
{
  prepare_for_sleep (fixture, TRUE);
  porch_test_wait_until (fixture->n_falling_asleep == 1);
  porch_sleep_monitor_let_go (fixture->monitor);
  porch_fake_clock_suspend_ms (fixture->clock, 8 * 3600 * 1000);
  turn_main_loop ();
  g_assert_cmpuint (fixture->n_woke_up, ==, 1);

  prepare_for_sleep (fixture, FALSE);
  porch_test_wait_until (porch_bus_mock_count_inhibitors (fixture->logind) == 1);
  for (guint i = 0; i < 20; i++)
    {
      turn_main_loop ();
      g_usleep (2000);
    }

  g_assert_cmpuint (fixture->n_woke_up, ==, 1);
}

static void
test_logind_that_goes (Fixture *fixture, gconstpointer data)
{
  prepare_for_sleep (fixture, TRUE);
  porch_test_wait_until (fixture->n_falling_asleep == 1);

  porch_bus_mock_free (g_steal_pointer (&fixture->logind));

  /* Nobody will say that the computer is awake: it is. */
  porch_test_wait_until (fixture->n_woke_up == 1);
}

static void
test_resume_by_the_clocks (Fixture *fixture, gconstpointer data)
{
  turn_main_loop ();
  g_assert_cmpuint (fixture->n_woke_up, ==, 0);

  porch_fake_clock_suspend_ms (fixture->clock, 3600 * 1000);
  turn_main_loop ();
  turn_main_loop ();

  g_assert_cmpuint (fixture->n_woke_up, ==, 1);
  g_assert_cmpuint (fixture->n_falling_asleep, ==, 0);
}

static void
test_time_that_passes_is_no_sleep (Fixture *fixture, gconstpointer data)
{
  porch_fake_clock_advance_ms (fixture->clock, 8 * 3600 * 1000);
  porch_fake_clock_set_real_us (fixture->clock, NOW_US + 3 * G_TIME_SPAN_HOUR);
  turn_main_loop ();

  g_assert_cmpuint (fixture->n_woke_up, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func, with_logind)                                                               \
  g_test_add ("/desktop/sleep-monitor/" name, Fixture, with_logind, set_up, func, tear_down)
  if (porch_bus_mock_is_possible ())
    {
      ADD ("sleep-and-resume", test_sleep_and_resume, "");
      ADD ("sleep-waits-two-seconds-at-most", test_sleep_waits_two_seconds_at_most, "");
      ADD ("clock-and-logind-tell-one-resume", test_clock_and_logind_tell_one_resume, "");
      ADD ("logind-that-goes", test_logind_that_goes, "");
    }
  else
    g_test_message ("python3-dbusmock is not here: sleep with logind is not tested");
  ADD ("resume-by-the-clocks", test_resume_by_the_clocks, NULL);
  ADD ("time-that-passes-is-no-sleep", test_time_that_passes_is_no_sleep, NULL);
#undef ADD

  return g_test_run ();
}
