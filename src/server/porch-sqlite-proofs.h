/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-sqlite-database.h"

G_BEGIN_DECLS

gboolean porch_sqlite_proofs_put_code (PorchSqliteDatabase *database,
                                       const char *user_id,
                                       const guint8 *hash,
                                       gint64 expires_us,
                                       GError **error);
gboolean porch_sqlite_proofs_take_code (PorchSqliteDatabase *database,
                                        const char *user_id,
                                        const guint8 *hash,
                                        gint64 now_us,
                                        GError **error);
gboolean porch_sqlite_proofs_add_factor (PorchSqliteDatabase *database,
                                         const PorchStoreFactor *factor,
                                         GError **error);
GPtrArray *porch_sqlite_proofs_list_factors (PorchSqliteDatabase *database,
                                             const char *user_id,
                                             GError **error);
gboolean porch_sqlite_proofs_use_factor (PorchSqliteDatabase *database,
                                         const char *user_id,
                                         const char *factor_id,
                                         gint64 step,
                                         GError **error);
gboolean porch_sqlite_proofs_remove_factors (PorchSqliteDatabase *database,
                                             const char *user_id,
                                             const char *factor_id,
                                             GError **error);

G_END_DECLS
