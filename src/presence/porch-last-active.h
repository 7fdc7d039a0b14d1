/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-presence.h"

G_BEGIN_DECLS

char *porch_last_active_format (gint64 last_active_us, gint64 now_us);
char *porch_last_active_format_exact (gint64 last_active_us);
char *porch_last_active_format_time (gint64 time_us, gint64 now_us);

G_END_DECLS
