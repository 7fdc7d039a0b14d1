/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A person's week as it is shown: seven days of the calendar on the wall, what was so in each, and
 * each in words. Pure; who draws it is the window's week timeline.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "config.h"

#include "presence/porch-history-week.h"

#include <glib/gi18n-lib.h>

#include "presence/porch-time-text.h"

static gint64
to_us (GDateTime *time)
{
  return g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
}

static GDateTime *
from_us (gint64 time_us, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);

  return utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
}

/* The beginning of the day that is @days later. Not every day begins at 00:00. */
static GDateTime *
find_midnight (GDateTime *time, int days)
{
  g_autoptr (GDateTime) day = g_date_time_add_days (time, days);

  return g_date_time_new (g_date_time_get_timezone (time), g_date_time_get_year (day),
                          g_date_time_get_month (day), g_date_time_get_day_of_month (day), 0, 0, 0);
}

/**
 * porch_history_week_find_start:
 * @time_us: a moment, Unix microseconds
 * @zone: the person's time zone
 * @first_weekday: the day that weeks begin with: 1 for Monday to 7 for Sunday
 *
 * Returns: (transfer full): when the week began that the moment is in
 */
GDateTime *
porch_history_week_find_start (gint64 time_us, GTimeZone *zone, guint first_weekday)
{
  g_return_val_if_fail (zone != NULL, NULL);
  g_return_val_if_fail (first_weekday >= 1 && first_weekday <= 7, NULL);

  g_autoptr (GDateTime) time = from_us (time_us, zone);
  int since_first = (g_date_time_get_day_of_week (time) - (int) first_weekday + 7) % 7;
  return find_midnight (time, -since_first);
}

/**
 * porch_history_week_new:
 * @start: when the week begins: a midnight, in the person's time zone
 * @intervals: (element-type PorchInterval): a person's intervals, tidy
 * @now_us: the server's clock
 *
 * Returns: (transfer full): the week
 */
PorchHistoryWeek *
porch_history_week_new (GDateTime *start, const GArray *intervals, gint64 now_us)
{
  g_return_val_if_fail (start != NULL && intervals != NULL, NULL);

  PorchHistoryWeek *week = g_new0 (PorchHistoryWeek, 1);
  g_autoptr (GDateTime) midnight = g_date_time_ref (start);

  for (int i = 0; i < PORCH_WEEK_DAYS; i++)
    {
      PorchHistoryDay *day = &week->days[i];
      GDateTime *next = find_midnight (start, i + 1);

      day->start_us = to_us (midnight);
      day->end_us = to_us (next);
      day->midnight = g_steal_pointer (&midnight);
      day->spans = porch_history_clip (intervals, day->start_us, day->end_us, now_us);
      midnight = next;
    }
  return week;
}

/**
 * porch_history_week_free:
 * @week: (transfer full) (nullable): a week
 */
void
porch_history_week_free (PorchHistoryWeek *week)
{
  if (week == NULL)
    return;

  for (guint i = 0; i < PORCH_WEEK_DAYS; i++)
    {
      g_date_time_unref (week->days[i].midnight);
      g_array_unref (week->days[i].spans);
    }
  g_free (week);
}

/**
 * porch_history_day_get_position:
 * @day: a day
 * @time_us: a moment in it
 *
 * Returns: where the hands of the clock on the wall were, 0 for midnight to 1 for the next; on a
 * day on which the clocks are changed they skip an hour, or go through one twice
 */
double
porch_history_day_get_position (const PorchHistoryDay *day, gint64 time_us)
{
  g_return_val_if_fail (day != NULL, 0.0);

  if (time_us <= day->start_us)
    return 0.0;
  if (time_us >= day->end_us)
    return 1.0;

  g_autoptr (GDateTime) time = from_us (time_us, g_date_time_get_timezone (day->midnight));
  return (g_date_time_get_hour (time) * 60 + g_date_time_get_minute (time)
          + g_date_time_get_second (time) / 60.0)
         / (24 * 60);
}

static char *
format_time (gint64 time_us, GTimeZone *zone)
{
  g_autoptr (GDateTime) time = from_us (time_us, zone);

  return porch_time_of_day_format (time);
}

/* A stretch in words: "09:12 to 12:30", "from 22:10 on" where the day ends in it, "all day". */
static char *
describe_stretch (const PorchInterval *span, const PorchHistoryDay *day)
{
  GTimeZone *zone = g_date_time_get_timezone (day->midnight);
  g_autofree char *start = format_time (span->start_us, zone);
  g_autofree char *end = format_time (span->end_us, zone);

  if (span->start_us <= day->start_us && span->end_us >= day->end_us)
    return g_strdup (_ ("all day"));
  if (span->end_us >= day->end_us)
    /* Translators: a time of day until midnight: "from 22:10 on" */
    return g_strdup_printf (_ ("from %s on"), start);
  /* Translators: two times of day: "09:12 to 12:30" */
  return g_strdup_printf (_ ("%s to %s"), start, end);
}

/**
 * porch_history_describe_span:
 * @span: one of a day's spans
 * @day: the day
 *
 * Returns: (transfer full): "Online 09:12 to 12:30", translated
 */
char *
porch_history_describe_span (const PorchInterval *span, const PorchHistoryDay *day)
{
  g_return_val_if_fail (span != NULL && day != NULL, NULL);

  g_autofree char *stretch = describe_stretch (span, day);
  switch (span->status)
    {
    case PORCH_STATUS_ONLINE:
      /* Translators: a stretch of a day: "Online 09:12 to 12:30" */
      return g_strdup_printf (_ ("Online %s"), stretch);
    case PORCH_STATUS_OFFLINE:
      /* Translators: a stretch of a day: "Offline 09:12 to 12:30" */
      return g_strdup_printf (_ ("Offline %s"), stretch);
    case PORCH_STATUS_UNKNOWN:
    default:
      /* Translators: a stretch of a day of which nothing was recorded: "Not known 09:12 to 12:30"
       */
      return g_strdup_printf (_ ("Not known %s"), stretch);
    }
}

/* The stretches of a status as a list, or NULL where there is none. */
static char *
describe_status (const PorchHistoryDay *day, PorchStatus status)
{
  g_autoptr (GPtrArray) stretches = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < day->spans->len; i++)
    {
      const PorchInterval *span = &g_array_index (day->spans, PorchInterval, i);
      if (span->status == status)
        g_ptr_array_add (stretches, describe_stretch (span, day));
    }
  if (stretches->len == 0)
    return NULL;

  g_ptr_array_add (stretches, NULL);
  /* Translators: between the stretches of a day: "09:12 to 12:30, 13:15 to 17:02" */
  return g_strjoinv (C_ ("between times", ", "), (char **) stretches->pdata);
}

/**
 * porch_history_day_describe:
 * @day: a day
 *
 * Returns: (transfer full): a sentence for who does not see the timeline: "Online 09:12 to 12:30,
 *   13:15 to 17:02. Not known 12:30 to 13:15."
 */
char *
porch_history_day_describe (const PorchHistoryDay *day)
{
  g_return_val_if_fail (day != NULL, NULL);

  g_autofree char *online = describe_status (day, PORCH_STATUS_ONLINE);
  g_autofree char *unknown = describe_status (day, PORCH_STATUS_UNKNOWN);

  if (day->spans->len == 0)
    return g_strdup (_ ("Yet to come."));
  if (online != NULL && unknown != NULL)
    /* Translators: lists of stretches of a day, as in "09:12 to 12:30, 13:15 to 17:02" */
    return g_strdup_printf (_ ("Online %s. Not known %s."), online, unknown);
  if (online != NULL)
    /* Translators: a list of stretches of a day, as in "09:12 to 12:30, 13:15 to 17:02" */
    return g_strdup_printf (_ ("Online %s."), online);
  if (unknown != NULL && day->spans->len == 1)
    return g_strdup (_ ("Nothing is known."));
  if (unknown != NULL)
    /* Translators: a list of stretches of a day, as in "09:12 to 12:30, 13:15 to 17:02" */
    return g_strdup_printf (_ ("Not online. Not known %s."), unknown);
  return g_strdup (_ ("Not online."));
}
