/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* How long ago a person was last active, in words. The same words in the list, the tray,
 * notifications and on the command line; who shows them refreshes them.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "config.h"

#include "presence/porch-last-active.h"

#include <glib/gi18n-lib.h>

#include "presence/porch-time-text.h"

/* Days between two moments as the calendar on the wall counts them. */
static int
count_calendar_days (GDateTime *from, GDateTime *to)
{
  g_autoptr (GDate) from_date = g_date_new_dmy (g_date_time_get_day_of_month (from),
                                                g_date_time_get_month (from),
                                                g_date_time_get_year (from));
  g_autoptr (GDate) to_date = g_date_new_dmy (
      g_date_time_get_day_of_month (to), g_date_time_get_month (to), g_date_time_get_year (to));

  return g_date_days_between (from_date, to_date);
}

static GDateTime *
date_time_from_us (gint64 time_us)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_local (time_us / G_USEC_PER_SEC);

  /* Beyond the year 9999: nothing that a clamped time can be. */
  if (seconds == NULL)
    return g_date_time_new_from_unix_local (0);

  return g_steal_pointer (&seconds);
}

/**
 * porch_last_active_format:
 * @last_active_us: when a person was last active, server's clock, Unix microseconds; 0 for never
 * @now_us: the server's clock
 *
 * Returns: (transfer full): "Active just now", "Last active 5m ago", "Last active 3h ago", "Last
 *   active yesterday", "Last active on 03/14/26" or "Never active", translated
 */
char *
porch_last_active_format (gint64 last_active_us, gint64 now_us)
{
  gint64 age_us = MAX (now_us - last_active_us, 0);
  g_autoptr (GDateTime) then = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *date = NULL;

  if (last_active_us <= 0)
    return g_strdup (_ ("Never active"));

  if (age_us < G_TIME_SPAN_MINUTE)
    return g_strdup (_ ("Active just now"));

  if (age_us < G_TIME_SPAN_HOUR)
    {
      guint minutes = age_us / G_TIME_SPAN_MINUTE;

      /* Translators: minutes, abbreviated as far as is usual in your language. */
      return g_strdup_printf (ngettext ("Last active %um ago", "Last active %um ago", minutes),
                              minutes);
    }

  if (age_us < G_TIME_SPAN_DAY)
    {
      guint hours = age_us / G_TIME_SPAN_HOUR;

      /* Translators: hours, abbreviated as far as is usual in your language. */
      return g_strdup_printf (ngettext ("Last active %uh ago", "Last active %uh ago", hours),
                              hours);
    }

  then = date_time_from_us (last_active_us);
  now = date_time_from_us (now_us);

  if (count_calendar_days (then, now) <= 1)
    return g_strdup (_ ("Last active yesterday"));

  date = g_date_time_format (then, "%x");

  /* Translators: a date, as your locale writes it. */
  return g_strdup_printf (_ ("Last active on %s"), date);
}

/**
 * porch_last_active_format_exact:
 * @last_active_us: when a person was last active, Unix microseconds; 0 for never
 *
 * For tooltips and a person's page.
 *
 * Returns: (transfer full): the full local date and time as the locale writes them, or "Never
 *   active", translated
 */
char *
porch_last_active_format_exact (gint64 last_active_us)
{
  g_autoptr (GDateTime) then = NULL;

  if (last_active_us <= 0)
    return g_strdup (_ ("Never active"));

  then = date_time_from_us (last_active_us);

  return g_date_time_format (then, "%c");
}

/**
 * porch_last_active_format_time:
 * @time_us: a moment, Unix microseconds
 * @now_us: the clock that it is of
 *
 * Returns: (transfer full): the time of day where that is clear ("14:02"), else with its date
 */
char *
porch_last_active_format_time (gint64 time_us, gint64 now_us)
{
  g_autoptr (GDateTime) then = date_time_from_us (time_us);
  g_autoptr (GDateTime) now = date_time_from_us (now_us);
  g_autofree char *time = porch_time_of_day_format (then);

  if (count_calendar_days (then, now) == 0)
    return g_steal_pointer (&time);

  g_autofree char *date = g_date_time_format (then, "%x");
  /* Translators: a date and a time of day, as your locale writes them */
  return g_strdup_printf (C_ ("date and time", "%s %s"), date, time);
}
