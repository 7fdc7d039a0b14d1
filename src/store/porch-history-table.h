/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <sqlite3.h>

#include "presence/porch-history.h"

G_BEGIN_DECLS

/* The tables, for PorchAgentDatabase's migrations. */
#define PORCH_HISTORY_TABLE_SCHEMA                                                                 \
  "CREATE TABLE history_person ("                                                                  \
  "  id INTEGER PRIMARY KEY,"                                                                      \
  "  account TEXT NOT NULL,"                                                                       \
  "  user_id TEXT NOT NULL,"                                                                       \
  "  UNIQUE (account, user_id)"                                                                    \
  ") STRICT;"                                                                                      \
  "CREATE TABLE history ("                                                                         \
  "  person INTEGER NOT NULL,"                                                                     \
  "  start_ms INTEGER NOT NULL,"                                                                   \
  "  length_ms INTEGER,"                                                                           \
  "  status INTEGER NOT NULL,"                                                                     \
  "  PRIMARY KEY (person, start_ms)"                                                               \
  ") STRICT, WITHOUT ROWID;"                                                                       \
  "CREATE INDEX history_open ON history (person) WHERE length_ms IS NULL;"                         \
  "CREATE TABLE history_seen ("                                                                    \
  "  account TEXT PRIMARY KEY NOT NULL,"                                                           \
  "  seen_ms INTEGER NOT NULL"                                                                     \
  ") STRICT, WITHOUT ROWID;"

/**
 * PorchHistoryChange:
 * @account: an account's key
 * @user_id: (nullable): a person; %NULL where this only says that the account was watched
 * @status: what they are from now on
 * @at_us: now, server's clock
 *
 * What was seen.
 */
typedef struct
{
  char *account;
  char *user_id;
  PorchStatus status;
  gint64 at_us;
} PorchHistoryChange;

void porch_history_change_clear (PorchHistoryChange *change);

typedef struct _PorchHistoryTable PorchHistoryTable;

PorchHistoryTable *porch_history_table_new (sqlite3 *db);
void porch_history_table_free (PorchHistoryTable *self);
int porch_history_table_record (PorchHistoryTable *self, GArray *changes);
int porch_history_table_end_run (PorchHistoryTable *self, const char *account);
int porch_history_table_prune (PorchHistoryTable *self, const char *account, gint64 cutoff_us);
int porch_history_table_delete (PorchHistoryTable *self, const char *account);
int porch_history_table_load (PorchHistoryTable *self,
                              const char *account,
                              const char *user_id,
                              gint64 since_us,
                              gint64 until_us,
                              GArray *intervals);

G_END_DECLS
