/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Who was here when, in the agent's SQLite file. Owned by PorchAgentDatabase, which opens the file,
 * makes the tables, begins and ends transactions and says what an error means; all here are
 * SQLite's own results.
 *
 * A row is an interval; the one that lasts has no length yet, and a person has one such row at
 * most. How long it lasted when the agent was killed says history_seen, a moment at which the
 * account was watched. Rows are kept by person and start, so that a week of one person is read from
 * one or two pages; times are milliseconds and people numbers, so that a row takes some twenty
 * bytes.
 */

#define G_LOG_DOMAIN "porch-store"

#include "store/porch-history-table.h"

#include <string.h>

/* What one question may be answered with; who wants more asks from where this ends. */
#define MAX_INTERVALS 50000

/* Others may have written to the file: the year 9999, and no time that cannot be reckoned with. */
#define MAX_MS (253402300799 * 1000)

enum
{
  STATEMENT_FIND_PERSON,
  STATEMENT_ADD_PERSON,
  STATEMENT_FIND_OPEN,
  STATEMENT_PUT,
  STATEMENT_FORGET,
  STATEMENT_SEE,
  STATEMENT_GO_ON_UNKNOWN,
  STATEMENT_CLOSE_ALL,
  STATEMENT_LOAD,
  STATEMENT_PRUNE,
  STATEMENT_PRUNE_STRANGERS,
  STATEMENT_PRUNE_PEOPLE,
  STATEMENT_DELETE,
  STATEMENT_DELETE_PEOPLE,
  STATEMENT_DELETE_SEEN,
  N_STATEMENTS
};

/* Until when what was open at the end of a run was so: until the account was watched last. */
#define SEEN_MS "max (start_ms, ifnull ((SELECT seen_ms FROM history_seen WHERE account = ?1), 0))"

#define PEOPLE "(SELECT id FROM history_person WHERE account = ?1)"

static const char *const statements_sql[N_STATEMENTS] = {
  [STATEMENT_FIND_PERSON] = "SELECT id FROM history_person WHERE account = ?1 AND user_id = ?2",
  [STATEMENT_ADD_PERSON] = "INSERT INTO history_person (account, user_id) VALUES (?1, ?2)",
  [STATEMENT_FIND_OPEN]
  = "SELECT start_ms, status FROM history WHERE person = ?1 AND length_ms IS NULL",
  [STATEMENT_PUT] = "INSERT OR REPLACE INTO history VALUES (?1, ?2, ?3, ?4)",
  [STATEMENT_FORGET] = "DELETE FROM history WHERE person = ?1 AND start_ms = ?2",
  [STATEMENT_SEE] = "INSERT OR REPLACE INTO history_seen VALUES (?1, ?2)",
  [STATEMENT_GO_ON_UNKNOWN] = "INSERT OR REPLACE INTO history SELECT person, " SEEN_MS
                              " + 1, NULL, 0 FROM history"
                              " WHERE length_ms IS NULL AND status <> 0 AND person IN " PEOPLE,
  [STATEMENT_CLOSE_ALL] = "UPDATE history SET length_ms = " SEEN_MS " + 1 - start_ms"
                          " WHERE length_ms IS NULL AND status <> 0 AND person IN " PEOPLE,
  /* From the one that had begun already at the beginning. */
  [STATEMENT_LOAD]
  = "SELECT start_ms, length_ms, status FROM history"
    " WHERE person = (SELECT id FROM history_person WHERE account = ?1 AND user_id = ?2)"
    " AND start_ms < ?4 AND start_ms >= ifnull ((SELECT max (start_ms) FROM history"
    " WHERE person = (SELECT id FROM history_person WHERE account = ?1 AND user_id = ?2)"
    " AND start_ms <= ?3), ?3)"
    " ORDER BY start_ms LIMIT ?5",
  [STATEMENT_PRUNE] = "DELETE FROM history WHERE person IN " PEOPLE
                      " AND start_ms < ?2 AND start_ms + length_ms < ?2",
  [STATEMENT_PRUNE_STRANGERS]
  = "DELETE FROM history WHERE person IN (SELECT id FROM history_person WHERE account = ?1"
    " AND user_id NOT IN (SELECT user_id FROM contact WHERE account = ?1))",
  [STATEMENT_PRUNE_PEOPLE] = "DELETE FROM history_person WHERE account = ?1"
                             " AND user_id NOT IN (SELECT user_id FROM contact WHERE account = ?1)",
  [STATEMENT_DELETE] = "DELETE FROM history WHERE person IN " PEOPLE,
  [STATEMENT_DELETE_PEOPLE] = "DELETE FROM history_person WHERE account = ?1",
  [STATEMENT_DELETE_SEEN] = "DELETE FROM history_seen WHERE account = ?1",
};

struct _PorchHistoryTable
{
  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS];
};

static int
prepare (PorchHistoryTable *self, guint id, sqlite3_stmt **statement)
{
  int code = SQLITE_OK;

  if (self->statements[id] == NULL)
    code = sqlite3_prepare_v3 (self->db, statements_sql[id], -1, SQLITE_PREPARE_PERSISTENT,
                               &self->statements[id], NULL);
  *statement = self->statements[id];
  return code;
}

/* Returns: SQLITE_DONE where it is done */
static int
finish (sqlite3_stmt *statement, int code)
{
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return code;
}

/* Runs a statement that is given an account's key and, where it has one, a number. */
static int
run_for_account (PorchHistoryTable *self, guint id, const char *account, gint64 number)
{
  sqlite3_stmt *statement;
  int code = prepare (self, id, &statement);
  if (code != SQLITE_OK)
    return code;

  sqlite3_bind_text (statement, 1, account, -1, SQLITE_STATIC);
  if (sqlite3_bind_parameter_count (statement) > 1)
    sqlite3_bind_int64 (statement, 2, number);
  return finish (statement, sqlite3_step (statement));
}

/* Returns: SQLITE_ROW where @person is set */
static int
find_person (PorchHistoryTable *self, const PorchHistoryChange *change, gint64 *person)
{
  sqlite3_stmt *statement;
  int code = prepare (self, STATEMENT_FIND_PERSON, &statement);
  if (code != SQLITE_OK)
    return code;

  sqlite3_bind_text (statement, 1, change->account, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, change->user_id, -1, SQLITE_STATIC);
  code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    *person = sqlite3_column_int64 (statement, 0);
  return finish (statement, code);
}

static int
add_person (PorchHistoryTable *self, const PorchHistoryChange *change, gint64 *person)
{
  sqlite3_stmt *statement;
  int code = prepare (self, STATEMENT_ADD_PERSON, &statement);
  if (code != SQLITE_OK)
    return code;

  sqlite3_bind_text (statement, 1, change->account, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, change->user_id, -1, SQLITE_STATIC);
  code = sqlite3_step (statement);
  *person = sqlite3_last_insert_rowid (self->db);
  return finish (statement, code) == SQLITE_DONE ? SQLITE_ROW : code;
}

static gint64
read_ms (sqlite3_stmt *statement, int column)
{
  gint64 ms = sqlite3_column_int64 (statement, column);

  return CLAMP (ms, 0, MAX_MS);
}

static PorchStatus
read_status (sqlite3_stmt *statement, int column)
{
  int status = sqlite3_column_int (statement, column);

  return (PorchStatus) CLAMP (status, PORCH_STATUS_UNKNOWN, PORCH_STATUS_ONLINE);
}

/* Returns: SQLITE_ROW where @open is set, SQLITE_DONE where nothing is open */
static int
find_open (PorchHistoryTable *self, gint64 person, PorchInterval *open)
{
  sqlite3_stmt *statement;
  int code = prepare (self, STATEMENT_FIND_OPEN, &statement);
  if (code != SQLITE_OK)
    return code;

  sqlite3_bind_int64 (statement, 1, person);
  code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    {
      open->start_us = read_ms (statement, 0) * G_TIME_SPAN_MILLISECOND;
      open->end_us = 0;
      open->status = read_status (statement, 1);
    }
  return finish (statement, code);
}

static int
put_interval (PorchHistoryTable *self, gint64 person, const PorchInterval *interval)
{
  sqlite3_stmt *statement;
  int code = prepare (self, STATEMENT_PUT, &statement);
  if (code != SQLITE_OK)
    return code;

  gint64 start_ms = interval->start_us / G_TIME_SPAN_MILLISECOND;
  sqlite3_bind_int64 (statement, 1, person);
  sqlite3_bind_int64 (statement, 2, start_ms);
  if (interval->end_us != 0)
    sqlite3_bind_int64 (statement, 3, interval->end_us / G_TIME_SPAN_MILLISECOND - start_ms);
  sqlite3_bind_int (statement, 4, interval->status);
  return finish (statement, sqlite3_step (statement));
}

static int
forget_interval (PorchHistoryTable *self, gint64 person, const PorchInterval *interval)
{
  sqlite3_stmt *statement;
  int code = prepare (self, STATEMENT_FORGET, &statement);
  if (code != SQLITE_OK)
    return code;

  sqlite3_bind_int64 (statement, 1, person);
  sqlite3_bind_int64 (statement, 2, interval->start_us / G_TIME_SPAN_MILLISECOND);
  return finish (statement, sqlite3_step (statement));
}

/* What a person is after a number of changes; only the last of them is left open. */
static int
record_person (PorchHistoryTable *self, const PorchHistoryChange *changes, guint n_changes)
{
  gint64 person = 0;
  int code = find_person (self, changes, &person);
  if (code == SQLITE_DONE)
    code = add_person (self, changes, &person);
  if (code != SQLITE_ROW)
    return code;

  PorchInterval open, closed, next;
  code = find_open (self, person, &open);
  gboolean has_open = code == SQLITE_ROW;
  gboolean is_stored = has_open;
  if (code == SQLITE_ROW)
    code = SQLITE_DONE;

  for (guint i = 0; i < n_changes && code == SQLITE_DONE; i++)
    {
      gint64 at_ms = changes[i].at_us / G_TIME_SPAN_MILLISECOND;
      if (!porch_history_advance (has_open ? &open : NULL, changes[i].status,
                                  at_ms * G_TIME_SPAN_MILLISECOND, &closed, &next))
        continue;

      if (has_open && closed.end_us > closed.start_us)
        code = put_interval (self, person, &closed);
      else if (is_stored)
        code = forget_interval (self, person, &closed);
      open = next;
      has_open = TRUE;
      is_stored = FALSE;
    }
  return code == SQLITE_DONE && has_open && !is_stored ? put_interval (self, person, &open) : code;
}

static int
compare_people (gconstpointer a, gconstpointer b)
{
  const PorchHistoryChange *first = a;
  const PorchHistoryChange *second = b;
  int by_account = strcmp (first->account, second->account);

  return by_account != 0 ? by_account : g_strcmp0 (first->user_id, second->user_id);
}

/**
 * porch_history_change_clear:
 * @change: a change
 *
 * Frees what it holds.
 */
void
porch_history_change_clear (PorchHistoryChange *change)
{
  g_clear_pointer (&change->account, g_free);
  g_clear_pointer (&change->user_id, g_free);
}

/**
 * porch_history_table_new:
 * @db: the file, its tables made
 *
 * Returns: (transfer full): the history in it
 */
PorchHistoryTable *
porch_history_table_new (sqlite3 *db)
{
  g_return_val_if_fail (db != NULL, NULL);

  PorchHistoryTable *self = g_new0 (PorchHistoryTable, 1);
  self->db = db;
  return self;
}

/**
 * porch_history_table_free:
 * @self: (transfer full): a history
 */
void
porch_history_table_free (PorchHistoryTable *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  g_free (self);
}

/**
 * porch_history_table_record:
 * @self: a history
 * @changes: (element-type PorchHistoryChange): what was seen, in order; sorted by person here,
 * which keeps the order of each and reads and writes their page once
 *
 * Returns: SQLITE_DONE where it is recorded
 */
int
porch_history_table_record (PorchHistoryTable *self, GArray *changes)
{
  g_return_val_if_fail (self != NULL && changes != NULL, SQLITE_MISUSE);

  int code = SQLITE_DONE;
  g_array_sort (changes, compare_people);
  for (guint i = 0, n; i < changes->len && code == SQLITE_DONE; i += n)
    {
      const PorchHistoryChange *first = &g_array_index (changes, PorchHistoryChange, i);

      for (n = 1; i + n < changes->len && compare_people (first, first + n) == 0;)
        n++;
      code = first->user_id != NULL
                 ? record_person (self, first, n)
                 : run_for_account (self, STATEMENT_SEE, first->account,
                                    first[n - 1].at_us / G_TIME_SPAN_MILLISECOND);
    }
  return code;
}

/**
 * porch_history_table_end_run:
 * @self: a history
 * @account: an account's key
 *
 * At the start of the agent: what is still open since the last run was so until the account was
 * watched last, and is unknown from then on.
 *
 * Returns: SQLITE_DONE where it is done
 */
int
porch_history_table_end_run (PorchHistoryTable *self, const char *account)
{
  g_return_val_if_fail (self != NULL && account != NULL, SQLITE_MISUSE);

  /* The second goes by what is open and known, which the first does not change. */
  int code = run_for_account (self, STATEMENT_GO_ON_UNKNOWN, account, 0);
  return code == SQLITE_DONE ? run_for_account (self, STATEMENT_CLOSE_ALL, account, 0) : code;
}

/**
 * porch_history_table_prune:
 * @self: a history
 * @account: an account's key
 * @cutoff_us: what ended before is deleted, server's clock; 0 for nothing
 *
 * Deletes what is too old, and all of who is no longer a contact.
 *
 * Returns: SQLITE_DONE where it is done
 */
int
porch_history_table_prune (PorchHistoryTable *self, const char *account, gint64 cutoff_us)
{
  g_return_val_if_fail (self != NULL && account != NULL, SQLITE_MISUSE);

  int code = run_for_account (self, STATEMENT_PRUNE, account, cutoff_us / G_TIME_SPAN_MILLISECOND);
  if (code == SQLITE_DONE)
    code = run_for_account (self, STATEMENT_PRUNE_STRANGERS, account, 0);
  if (code == SQLITE_DONE)
    code = run_for_account (self, STATEMENT_PRUNE_PEOPLE, account, 0);
  return code;
}

/**
 * porch_history_table_delete:
 * @self: a history
 * @account: an account's key
 *
 * Deletes all of an account.
 *
 * Returns: SQLITE_DONE where it is done
 */
int
porch_history_table_delete (PorchHistoryTable *self, const char *account)
{
  g_return_val_if_fail (self != NULL && account != NULL, SQLITE_MISUSE);

  int code = run_for_account (self, STATEMENT_DELETE, account, 0);
  if (code == SQLITE_DONE)
    code = run_for_account (self, STATEMENT_DELETE_PEOPLE, account, 0);
  if (code == SQLITE_DONE)
    code = run_for_account (self, STATEMENT_DELETE_SEEN, account, 0);
  return code;
}

/**
 * porch_history_table_load:
 * @self: a history
 * @account: an account's key
 * @user_id: a person
 * @since_us: from when on, server's clock
 * @until_us: until when; later than @since_us
 * @intervals: (element-type PorchInterval): where to add what was so then, the first and the last
 *   whole; at most 50,000
 *
 * Returns: SQLITE_DONE where all was read
 */
int
porch_history_table_load (PorchHistoryTable *self,
                          const char *account,
                          const char *user_id,
                          gint64 since_us,
                          gint64 until_us,
                          GArray *intervals)
{
  g_return_val_if_fail (self != NULL && account != NULL && user_id != NULL, SQLITE_MISUSE);
  g_return_val_if_fail (intervals != NULL, SQLITE_MISUSE);

  sqlite3_stmt *statement;
  int code = prepare (self, STATEMENT_LOAD, &statement);
  if (code != SQLITE_OK)
    return code;

  sqlite3_bind_text (statement, 1, account, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, user_id, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 3, since_us / G_TIME_SPAN_MILLISECOND);
  sqlite3_bind_int64 (statement, 4, until_us / G_TIME_SPAN_MILLISECOND);
  sqlite3_bind_int (statement, 5, MAX_INTERVALS);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      gint64 start_ms = read_ms (statement, 0);
      PorchInterval interval = {
        .status = read_status (statement, 2),
        .start_us = start_ms * G_TIME_SPAN_MILLISECOND,
      };

      if (sqlite3_column_type (statement, 1) != SQLITE_NULL)
        interval.end_us = (start_ms + read_ms (statement, 1)) * G_TIME_SPAN_MILLISECOND;
      g_array_append_val (intervals, interval);
    }
  return finish (statement, code);
}
