/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>
#include <libpq-fe.h>

G_BEGIN_DECLS

char *porch_postgres_get_text (const PGresult *result, int row, int column);
gint64 porch_postgres_get_number (const PGresult *result, int row, int column);
gboolean porch_postgres_get_boolean (const PGresult *result, int row, int column);
GBytes *porch_postgres_get_bytes (const PGresult *result, int row, int column);
void porch_postgres_set_error (const PGresult *result, GError **error);

G_END_DECLS
