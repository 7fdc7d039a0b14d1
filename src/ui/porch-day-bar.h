/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

#include "presence/porch-history-week.h"

G_BEGIN_DECLS

#define PORCH_TYPE_DAY_BAR (porch_day_bar_get_type ())
G_DECLARE_FINAL_TYPE (PorchDayBar, porch_day_bar, PORCH, DAY_BAR, GtkWidget)

GtkWidget *porch_day_bar_new (void);
void porch_day_bar_set_day (PorchDayBar *self, const PorchHistoryDay *day);

G_END_DECLS
