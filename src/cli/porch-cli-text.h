/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-roster.h"

G_BEGIN_DECLS

gboolean porch_cli_parse_duration (const char *text, gint64 *duration_us);
gboolean porch_cli_parse_when (const char *text, gint64 now_us, gint64 *when_us);
char *porch_cli_format_length (gint64 length_us);
PorchContact *porch_cli_find_contact (PorchRoster *roster, const char *who, gboolean *ambiguous);
char *porch_cli_make_printable (const char *text);
guint porch_cli_count_columns (const char *text);

G_END_DECLS
