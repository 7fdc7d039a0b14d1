/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

#include "presence/porch-history-week.h"

G_BEGIN_DECLS

#define PORCH_TYPE_WEEK_TIMELINE (porch_week_timeline_get_type ())
G_DECLARE_FINAL_TYPE (PorchWeekTimeline, porch_week_timeline, PORCH, WEEK_TIMELINE, GtkWidget)

guint porch_week_timeline_get_first_weekday (void);
void
porch_week_timeline_set_week (PorchWeekTimeline *self, const PorchHistoryWeek *week, gint64 now_us);

G_END_DECLS
