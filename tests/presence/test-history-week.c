/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A person's week: where it begins, what is in its days, and how they read.
 */

#include "presence/porch-history-week.h"

#include <math.h>

static gint64
at (GTimeZone *zone, int month, int day, int hour, int minute)
{
  g_autoptr (GDateTime) time = g_date_time_new (zone, 2026, month, day, hour, minute, 0);

  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

/* The week of Monday 2026-11-16, now is Wednesday at 18:00. */
static PorchHistoryWeek *
make_week (GTimeZone *zone, guint n, const PorchInterval *intervals)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (PorchInterval));
  g_autoptr (GDateTime) start = g_date_time_new (zone, 2026, 11, 16, 0, 0, 0);

  g_array_append_vals (array, intervals, n);
  return porch_history_week_new (start, array, at (zone, 11, 18, 18, 0));
}

static void
test_start (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");
  static const struct
  {
    guint first_weekday;
    int day; /* of November 2026, on which the week of Wednesday the 18th began */
  } cases[] = { { 1, 16 }, { 6, 14 }, { 7, 15 }, { 3, 18 }, { 4, 12 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GDateTime) start = porch_history_week_find_start (at (zone, 11, 18, 23, 59), zone,
                                                                   cases[i].first_weekday);
      g_assert_cmpint (g_date_time_get_day_of_month (start), ==, cases[i].day);
      g_assert_cmpint (g_date_time_get_hour (start), ==, 0);
    }
}

static void
test_midnight_divides (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  const PorchInterval night = { PORCH_STATUS_ONLINE, at (zone, 11, 16, 22, 0),
                                at (zone, 11, 17, 2, 0) };
  g_autoptr (PorchHistoryWeek) week = make_week (zone, 1, &night);

  const GArray *monday = week->days[0].spans;
  g_assert_cmpuint (monday->len, ==, 2);
  const PorchInterval *late = &g_array_index (monday, PorchInterval, 1);
  g_assert_cmpint (late->status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (late->start_us, ==, night.start_us);
  g_assert_cmpint (late->end_us, ==, week->days[1].start_us);

  const PorchInterval *early = &g_array_index (week->days[1].spans, PorchInterval, 0);
  g_assert_cmpint (early->status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (early->end_us, ==, night.end_us);
}

static void
test_today_ends_now (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  const PorchInterval lasts = { PORCH_STATUS_ONLINE, at (zone, 11, 18, 9, 0), 0 };
  g_autoptr (PorchHistoryWeek) week = make_week (zone, 1, &lasts);

  const GArray *today = week->days[2].spans;
  g_assert_cmpint (g_array_index (today, PorchInterval, today->len - 1).end_us, ==,
                   at (zone, 11, 18, 18, 0));
  g_assert_cmpuint (week->days[3].spans->len, ==, 0);
}

static void
test_days_of_23_and_25_hours (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (PorchInterval));
  g_autoptr (GDateTime) march = g_date_time_new (zone, 2026, 3, 23, 0, 0, 0);
  g_autoptr (GDateTime) october = g_date_time_new (zone, 2026, 10, 19, 0, 0, 0);
  g_autoptr (PorchHistoryWeek) spring = porch_history_week_new (march, none, 0);
  g_autoptr (PorchHistoryWeek) autumn = porch_history_week_new (october, none, 0);

  const PorchHistoryDay *short_day = &spring->days[6];
  const PorchHistoryDay *long_day = &autumn->days[6];
  g_assert_cmpint (short_day->end_us - short_day->start_us, ==, 23 * G_TIME_SPAN_HOUR);
  g_assert_cmpint (long_day->end_us - long_day->start_us, ==, 25 * G_TIME_SPAN_HOUR);

  /* Noon is in the middle on both. */
  g_assert_cmpfloat_with_epsilon (
      porch_history_day_get_position (short_day, at (zone, 3, 29, 12, 0)), 0.5, 0.001);
  g_assert_cmpfloat_with_epsilon (
      porch_history_day_get_position (long_day, at (zone, 10, 25, 12, 0)), 0.5, 0.001);
}

static void
test_position (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr (PorchHistoryWeek) week = make_week (zone, 0, NULL);
  const PorchHistoryDay *day = &week->days[0];

  g_assert_cmpfloat (porch_history_day_get_position (day, day->start_us - 1), ==, 0.0);
  g_assert_cmpfloat (porch_history_day_get_position (day, day->start_us), ==, 0.0);
  g_assert_cmpfloat (porch_history_day_get_position (day, at (zone, 11, 16, 6, 0)), ==, 0.25);
  g_assert_cmpfloat (porch_history_day_get_position (day, day->end_us), ==, 1.0);
}

static void
test_words (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  const PorchInterval intervals[] = {
    { PORCH_STATUS_OFFLINE, at (zone, 11, 16, 0, 0), at (zone, 11, 16, 9, 12) },
    { PORCH_STATUS_ONLINE, at (zone, 11, 16, 9, 12), at (zone, 11, 16, 12, 30) },
    { PORCH_STATUS_UNKNOWN, at (zone, 11, 16, 12, 30), at (zone, 11, 16, 13, 15) },
    { PORCH_STATUS_ONLINE, at (zone, 11, 16, 13, 15), at (zone, 11, 16, 17, 2) },
    { PORCH_STATUS_OFFLINE, at (zone, 11, 16, 17, 2), at (zone, 11, 18, 0, 0) },
    { PORCH_STATUS_ONLINE, at (zone, 11, 18, 0, 0), 0 },
  };
  static const char *const expected[] = {
    "Online 09:12 to 12:30, 13:15 to 17:02. Not known 12:30 to 13:15.",
    "Not online.",
    "Online 00:00 to 18:00.",
    "Yet to come.",
  };
  g_autoptr (PorchHistoryWeek) week = make_week (zone, G_N_ELEMENTS (intervals), intervals);

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *words = porch_history_day_describe (&week->days[i]);
      g_assert_cmpstr (words, ==, expected[i]);
    }

  g_autofree char *span = porch_history_describe_span (
      &g_array_index (week->days[0].spans, PorchInterval, 1), &week->days[0]);
  g_assert_cmpstr (span, ==, "Online 09:12 to 12:30");
  g_autofree char *evening = porch_history_describe_span (
      &g_array_index (week->days[0].spans, PorchInterval, 4), &week->days[0]);
  g_assert_cmpstr (evening, ==, "Offline from 17:02 on");

  g_autoptr (PorchHistoryWeek) nothing = make_week (zone, 0, NULL);
  g_autofree char *unknown = porch_history_day_describe (&nothing->days[0]);
  g_assert_cmpstr (unknown, ==, "Nothing is known.");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/presence/history-week/start", test_start);
  g_test_add_func ("/presence/history-week/midnight-divides", test_midnight_divides);
  g_test_add_func ("/presence/history-week/today-ends-now", test_today_ends_now);
  g_test_add_func ("/presence/history-week/days-of-23-and-25-hours", test_days_of_23_and_25_hours);
  g_test_add_func ("/presence/history-week/position", test_position);
  g_test_add_func ("/presence/history-week/words", test_words);

  return g_test_run ();
}
