/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-history.h"

G_BEGIN_DECLS

#define PORCH_WEEK_DAYS 7

/**
 * PorchHistoryDay:
 * @midnight: when the day begins, in the person's time zone
 * @start_us: the same, Unix microseconds
 * @end_us: when the next day begins: 23 or 25 hours later where the clocks are changed
 * @spans: (element-type PorchInterval): what was so in it, without a gap, up to now; empty where it
 *   is yet to come
 *
 * A person's day.
 */
typedef struct
{
  GDateTime *midnight;
  gint64 start_us;
  gint64 end_us;
  GArray *spans;
} PorchHistoryDay;

double porch_history_day_get_position (const PorchHistoryDay *day, gint64 time_us);
char *porch_history_day_describe (const PorchHistoryDay *day);
char *porch_history_describe_span (const PorchInterval *span, const PorchHistoryDay *day);

/**
 * PorchHistoryWeek:
 * @days: its days, in order
 *
 * A person's week.
 */
typedef struct
{
  PorchHistoryDay days[PORCH_WEEK_DAYS];
} PorchHistoryWeek;

GDateTime *porch_history_week_find_start (gint64 time_us, GTimeZone *zone, guint first_weekday);
PorchHistoryWeek *porch_history_week_new (GDateTime *start, const GArray *intervals, gint64 now_us);
void porch_history_week_free (PorchHistoryWeek *week);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchHistoryWeek, porch_history_week_free)

G_END_DECLS
