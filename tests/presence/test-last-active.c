/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Last-active wording (system.md, Last-active wording). */

#include "presence/porch-last-active.h"

/* Wednesday, 2024-01-17 12:00:00 UTC */
#define NOW (G_GINT64_CONSTANT (1705492800) * G_USEC_PER_SEC)

static void
assert_wording (gint64 age_us, const char *expected)
{
  g_autofree char *wording = porch_last_active_format (NOW - age_us, NOW);

  g_assert_cmpstr (wording, ==, expected);
}

static void
test_under_a_minute (void)
{
  assert_wording (0, "Active just now");
  assert_wording (G_TIME_SPAN_MINUTE - 1, "Active just now");
  assert_wording (-G_TIME_SPAN_HOUR, "Active just now");
}

static void
test_minutes (void)
{
  assert_wording (G_TIME_SPAN_MINUTE, "Last active 1m ago");
  assert_wording (5 * G_TIME_SPAN_MINUTE, "Last active 5m ago");
  assert_wording (12 * G_TIME_SPAN_MINUTE, "Last active 12m ago");
  assert_wording (G_TIME_SPAN_HOUR - 1, "Last active 59m ago");
}

static void
test_hours (void)
{
  assert_wording (G_TIME_SPAN_HOUR, "Last active 1h ago");
  assert_wording (G_TIME_SPAN_DAY - 1, "Last active 23h ago");
}

static void
test_yesterday_is_the_calendar_day (void)
{
  assert_wording (G_TIME_SPAN_DAY, "Last active yesterday");
  assert_wording (36 * G_TIME_SPAN_HOUR, "Last active yesterday");
  assert_wording (36 * G_TIME_SPAN_HOUR + 1, "Last active on 01/15/24");
}

static void
test_never (void)
{
  g_autofree char *wording = porch_last_active_format (0, NOW);
  g_autofree char *exact = porch_last_active_format_exact (0);

  g_assert_cmpstr (wording, ==, "Never active");
  g_assert_cmpstr (exact, ==, "Never active");
}

static void
test_exact (void)
{
  g_autofree char *exact = porch_last_active_format_exact (NOW);

  g_assert_cmpstr (exact, ==, "Wed Jan 17 12:00:00 2024");
}

static void
test_time_names_the_day_only_where_it_is_another (void)
{
  g_autofree char *today = porch_last_active_format_time (NOW - G_TIME_SPAN_HOUR, NOW);
  g_autofree char *before = porch_last_active_format_time (NOW - G_TIME_SPAN_DAY, NOW);

  g_assert_cmpstr (today, ==, "11:00");
  g_assert_cmpstr (before, ==, "01/16/24 12:00");
}

static void
test_absurd_times_are_survived (void)
{
  g_autofree char *wording = porch_last_active_format (G_MAXINT64, G_MAXINT64);
  g_autofree char *exact = porch_last_active_format_exact (G_MAXINT64);

  g_assert_nonnull (wording);
  g_assert_nonnull (exact);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/presence/last-active/under-a-minute", test_under_a_minute);
  g_test_add_func ("/presence/last-active/minutes", test_minutes);
  g_test_add_func ("/presence/last-active/hours", test_hours);
  g_test_add_func ("/presence/last-active/yesterday-is-the-calendar-day",
                   test_yesterday_is_the_calendar_day);
  g_test_add_func ("/presence/last-active/never", test_never);
  g_test_add_func ("/presence/last-active/exact", test_exact);
  g_test_add_func ("/presence/last-active/time-names-the-day-only-where-it-is-another",
                   test_time_names_the_day_only_where_it_is_another);
  g_test_add_func ("/presence/last-active/absurd-times-are-survived",
                   test_absurd_times_are_survived);

  return g_test_run ();
}
