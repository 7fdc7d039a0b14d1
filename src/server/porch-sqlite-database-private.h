/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <sqlite3.h>

#include "server/porch-sqlite-database.h"

G_BEGIN_DECLS

/* For the files that hold more of the database's SQL. */
typedef sqlite3_stmt PorchSqliteQuery;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchSqliteQuery, sqlite3_finalize)

PorchSqliteQuery *porch_sqlite_database_query (PorchSqliteDatabase *self,
                                               GError **error,
                                               const char *sql_text,
                                               const char *types,
                                               ...);
gboolean porch_sqlite_database_step (PorchSqliteDatabase *self,
                                     PorchSqliteQuery *query,
                                     gboolean *has_row,
                                     GError **error);

G_END_DECLS
