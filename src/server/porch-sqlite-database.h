/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-store.h"

G_BEGIN_DECLS

typedef struct _PorchSqliteDatabase PorchSqliteDatabase;

PorchSqliteDatabase *
porch_sqlite_database_open (const char *path, const char *token_secret, GError **error);
void porch_sqlite_database_close (PorchSqliteDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchSqliteDatabase, porch_sqlite_database_close)

gboolean porch_sqlite_database_begin (PorchSqliteDatabase *self, GError **error);
gboolean porch_sqlite_database_commit (PorchSqliteDatabase *self, GError **error);
void porch_sqlite_database_rollback (PorchSqliteDatabase *self);

gboolean porch_sqlite_database_add_user (PorchSqliteDatabase *self,
                                         const PorchStoreUser *user,
                                         GError **error);
gboolean porch_sqlite_database_put_profile (PorchSqliteDatabase *self,
                                            const PorchStoreUser *profile,
                                            GError **error);
gboolean porch_sqlite_database_remove_user (PorchSqliteDatabase *self,
                                            const char *user_id,
                                            gint64 now_us,
                                            GError **error);
gboolean porch_sqlite_database_set_password (PorchSqliteDatabase *self,
                                             const char *user_id,
                                             const char *password_hash,
                                             gint64 now_us,
                                             GError **error);
gboolean porch_sqlite_database_set_avatar (PorchSqliteDatabase *self,
                                           const char *user_id,
                                           const char *content_type,
                                           GBytes *image,
                                           GError **error);
PorchStoreAvatar *
porch_sqlite_database_get_avatar (PorchSqliteDatabase *self, const char *user_id, GError **error);
PorchStoreUser *porch_sqlite_database_get_user_by_email (PorchSqliteDatabase *self,
                                                         const char *email,
                                                         GError **error);
GPtrArray *
porch_sqlite_database_get_users (PorchSqliteDatabase *self, const char *const *ids, GError **error);
GPtrArray *porch_sqlite_database_search_users (PorchSqliteDatabase *self,
                                               const char *query,
                                               guint limit,
                                               GError **error);
PorchRefreshResult *porch_sqlite_database_add_session (PorchSqliteDatabase *self,
                                                       const char *user_id,
                                                       const char *methods,
                                                       gint64 now_us,
                                                       GError **error);
PorchRefreshResult *porch_sqlite_database_refresh_session (PorchSqliteDatabase *self,
                                                           const char *refresh_token,
                                                           gint64 now_us,
                                                           GError **error);
gboolean porch_sqlite_database_end_sessions (PorchSqliteDatabase *self,
                                             const char *user_id,
                                             const char *session_id,
                                             PorchSessionScope scope,
                                             gint64 now_us,
                                             GError **error);
GPtrArray *porch_sqlite_database_list_ended_sessions (PorchSqliteDatabase *self,
                                                      gint64 since_us,
                                                      GError **error);
GPtrArray *porch_sqlite_database_take_ended_sessions (PorchSqliteDatabase *self, GError **error);
gboolean porch_sqlite_database_record_presence (PorchSqliteDatabase *self,
                                                const PorchStorePresence *presence,
                                                PorchStatus combined,
                                                GError **error);
GPtrArray *
porch_sqlite_database_list_presences (PorchSqliteDatabase *self, gint64 since_us, GError **error);
gboolean porch_sqlite_database_was_changed_elsewhere (PorchSqliteDatabase *self);

G_END_DECLS
