/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 9999-12-31T23:59:59Z: what comes after has no year of four digits. */
#define PORCH_TIMESTAMP_MAX_S G_GINT64_CONSTANT (253402300799)

/* RFC 3339 on the wire, microseconds since the Unix epoch inside; 0 stands for never. */
gboolean porch_timestamp_parse (const char *string, gint64 *time_us);
gboolean porch_timestamp_parse_http_date (const char *string, gint64 *time_us);
char *porch_timestamp_format (gint64 time_us);

G_END_DECLS
