/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *porch_time_of_day_format (GDateTime *time);
gboolean porch_time_of_day_parse (const char *text, guint *minutes);
char *porch_time_pattern_without_seconds (const char *pattern, const char *twelve_hours);

G_END_DECLS
