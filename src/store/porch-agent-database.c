/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The agent's SQLite file, as blocking calls. Owned by PorchAgentStore and called on its worker
 * alone, one call at a time; opened at the first of them.
 *
 * A file that is damaged, or that a newer Porchlight made, is never written to again and never
 * moved or deleted: what can be read of it is read, and the person decides. A file that cannot be
 * written (disk full, no permission) is tried again at the next write.
 */

#define G_LOG_DOMAIN "porch-store"

#include "store/porch-agent-database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <unistd.h>

#define SCHEMA_VERSION 5

/* Another agent of the same person, on another session bus, may be writing. */
#define BUSY_TIMEOUT_MS 2000

/* Each brings a file of the version before it to its own; run in a transaction. */
static const char *const migrations[SCHEMA_VERSION] = {
  "CREATE TABLE account ("
  "  key TEXT PRIMARY KEY NOT NULL,"
  "  server TEXT NOT NULL,"
  "  discovery TEXT NOT NULL,"
  "  email TEXT NOT NULL,"
  "  user_id TEXT,"
  "  client_id TEXT NOT NULL,"
  "  name TEXT,"
  "  avatar TEXT,"
  "  appear_offline INTEGER NOT NULL,"
  "  appear_offline_until_us INTEGER NOT NULL,"
  "  clock_offset_us INTEGER NOT NULL,"
  "  used_at_us INTEGER NOT NULL"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE contact ("
  "  account TEXT NOT NULL,"
  "  user_id TEXT NOT NULL,"
  "  name TEXT,"
  "  avatar TEXT,"
  "  favourite INTEGER NOT NULL,"
  "  missing INTEGER NOT NULL,"
  "  status INTEGER NOT NULL,"
  "  last_active_us INTEGER NOT NULL,"
  "  known_at_us INTEGER NOT NULL,"
  "  PRIMARY KEY (account, user_id)"
  ") STRICT, WITHOUT ROWID;",
  "CREATE TABLE told (hint TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;",
  "ALTER TABLE account ADD COLUMN notify_default INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE account ADD COLUMN quiet_days INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE account ADD COLUMN quiet_from_min INTEGER NOT NULL DEFAULT 1320;"
  "ALTER TABLE account ADD COLUMN quiet_to_min INTEGER NOT NULL DEFAULT 420;"
  "ALTER TABLE account ADD COLUMN quiet_summary INTEGER NOT NULL DEFAULT 1;"
  "ALTER TABLE contact ADD COLUMN notify_rule INTEGER NOT NULL DEFAULT 0;",
  "CREATE TABLE setting ("
  "  name TEXT PRIMARY KEY NOT NULL,"
  "  value INTEGER NOT NULL"
  ") STRICT, WITHOUT ROWID;",
  "ALTER TABLE account ADD COLUMN history_keep INTEGER NOT NULL DEFAULT "
  "0;" PORCH_HISTORY_TABLE_SCHEMA,
};

/* secure_delete: what a person wants forgotten is overwritten, not only unlinked. */
static const char configuration[] = "PRAGMA synchronous = NORMAL;"
                                    "PRAGMA secure_delete = ON;"
                                    "PRAGMA cache_size = -256;";

enum
{
  STATEMENT_BEGIN,
  STATEMENT_COMMIT,
  STATEMENT_ROLLBACK,
  STATEMENT_LOAD_ACCOUNTS,
  STATEMENT_LOAD_CONTACTS,
  STATEMENT_PUT_ACCOUNT,
  STATEMENT_PUT_CONTACT,
  STATEMENT_REMOVE_CONTACT,
  STATEMENT_REMOVE_CONTACTS,
  STATEMENT_REMOVE_ACCOUNT,
  STATEMENT_MARK_TOLD,
  STATEMENT_LOAD_SETTING,
  STATEMENT_PUT_SETTING,
  N_STATEMENTS
};

/* The upserts leave a row alone that says so already, so that an unchanged state costs no page. A
 * contact of an account that was removed meanwhile is not stored. */
static const char *const statements_sql[N_STATEMENTS] = {
  [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
  [STATEMENT_COMMIT] = "COMMIT",
  [STATEMENT_ROLLBACK] = "ROLLBACK",
  [STATEMENT_LOAD_ACCOUNTS]
  = "SELECT key, server, discovery, email, user_id, client_id, name, avatar, appear_offline,"
    " appear_offline_until_us, clock_offset_us, used_at_us, notify_default, quiet_days,"
    " quiet_from_min, quiet_to_min, quiet_summary, history_keep FROM account ORDER BY used_at_us "
    "DESC",
  [STATEMENT_LOAD_CONTACTS]
  = "SELECT user_id, name, avatar, favourite, missing, status, last_active_us, known_at_us,"
    " notify_rule FROM contact WHERE account = ?1",
  [STATEMENT_PUT_ACCOUNT]
  = "INSERT INTO account VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
    " ?13, ?14, ?15, ?16, ?17, ?18)"
    " ON CONFLICT (key) DO UPDATE SET server = ?2, discovery = ?3, email = ?4, user_id = ?5,"
    " client_id = ?6, name = ?7, avatar = ?8, appear_offline = ?9, appear_offline_until_us = ?10,"
    " clock_offset_us = ?11, used_at_us = ?12, notify_default = ?13, quiet_days = ?14,"
    " quiet_from_min = ?15, quiet_to_min = ?16, quiet_summary = ?17, history_keep = ?18"
    " WHERE (server, discovery, email, user_id, client_id, name, avatar, appear_offline,"
    " appear_offline_until_us, clock_offset_us, used_at_us, notify_default, quiet_days,"
    " quiet_from_min, quiet_to_min, quiet_summary, history_keep)"
    " IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
  [STATEMENT_PUT_CONTACT]
  = "INSERT INTO contact SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10"
    " WHERE EXISTS (SELECT 1 FROM account WHERE key = ?1)"
    " ON CONFLICT (account, user_id) DO UPDATE SET name = ?3, avatar = ?4, favourite = ?5,"
    " missing = ?6, status = ?7, last_active_us = ?8, known_at_us = ?9,"
    " notify_rule = ?10"
    " WHERE (name, avatar, favourite, missing, status, last_active_us, known_at_us, notify_rule)"
    " IS NOT (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
  [STATEMENT_REMOVE_CONTACT] = "DELETE FROM contact WHERE account = ?1 AND user_id = ?2",
  [STATEMENT_REMOVE_CONTACTS] = "DELETE FROM contact WHERE account = ?1",
  [STATEMENT_REMOVE_ACCOUNT] = "DELETE FROM account WHERE key = ?1",
  [STATEMENT_MARK_TOLD] = "INSERT OR IGNORE INTO told VALUES (?1)",
  [STATEMENT_LOAD_SETTING] = "SELECT value FROM setting WHERE name = ?1",
  [STATEMENT_PUT_SETTING] = "INSERT OR REPLACE INTO setting VALUES (?1, ?2)",
};

struct _PorchAgentDatabase
{
  char *path;
  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS];
  PorchHistoryTable *history;

  /* Once set, nothing is written any more: DAMAGED or NEWER. */
  PorchAgentStoreFault verdict;
};

static PorchAgentStoreFault
fault_from_code (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return PORCH_AGENT_STORE_FAULT_DAMAGED;
    default:
      return PORCH_AGENT_STORE_FAULT_UNWRITABLE;
    }
}

static void
set_error (PorchAgentDatabase *self, int code, GError **error)
{
  PorchAgentStoreFault fault = fault_from_code (code);

  if (fault == PORCH_AGENT_STORE_FAULT_DAMAGED)
    self->verdict = fault;
  g_set_error (error, PORCH_AGENT_STORE_ERROR, (int) fault, "%s: %s", self->path,
               self->db != NULL && sqlite3_errcode (self->db) == (code & 0xff)
                   ? sqlite3_errmsg (self->db)
                   : sqlite3_errstr (code));
}

static void
set_verdict_error (PorchAgentDatabase *self, GError **error)
{
  g_set_error (error, PORCH_AGENT_STORE_ERROR, (int) self->verdict, "%s: %s", self->path,
               self->verdict == PORCH_AGENT_STORE_FAULT_NEWER
                   ? "made by a newer version of Porchlight"
                   : "damaged, nothing is written to it any more");
}

static void
close_database (PorchAgentDatabase *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    g_clear_pointer (&self->statements[i], sqlite3_finalize);
  g_clear_pointer (&self->history, porch_history_table_free);
  g_clear_pointer (&self->db, sqlite3_close);
}

/* SQLite makes files that others may read; one that is there already it leaves as it is. */
static void
make_private_file (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_mkdir_with_parents (folder, 0700);

  int fd = g_open (path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    close (fd);
}

static gboolean
read_pragma (PorchAgentDatabase *self, const char *sql, sqlite3_stmt **statement, GError **error)
{
  int code = sqlite3_prepare_v2 (self->db, sql, -1, statement, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_step (*statement);
  if (code == SQLITE_ROW)
    return TRUE;

  set_error (self, code, error);
  g_clear_pointer (statement, sqlite3_finalize);
  return FALSE;
}

static gboolean
check_health (PorchAgentDatabase *self, GError **error)
{
  sqlite3_stmt *statement = NULL;
  if (!read_pragma (self, "PRAGMA quick_check (1)", &statement, error))
    return FALSE;

  gboolean healthy = g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") == 0;
  if (!healthy)
    {
      g_warning ("%s: %s", self->path, sqlite3_column_text (statement, 0));
      self->verdict = PORCH_AGENT_STORE_FAULT_DAMAGED;
      set_verdict_error (self, error);
    }
  sqlite3_finalize (statement);
  return healthy;
}

static gboolean
run (PorchAgentDatabase *self, const char *sql, GError **error)
{
  int code = sqlite3_exec (self->db, sql, NULL, NULL, NULL);
  if (code == SQLITE_OK)
    return TRUE;

  set_error (self, code, error);
  return FALSE;
}

static gboolean
migrate (PorchAgentDatabase *self, GError **error)
{
  sqlite3_stmt *statement = NULL;
  if (!read_pragma (self, "PRAGMA user_version", &statement, error))
    return FALSE;
  int version = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);

  if (version < 0 || version > SCHEMA_VERSION)
    {
      self->verdict = PORCH_AGENT_STORE_FAULT_NEWER;
      set_verdict_error (self, error);
      return FALSE;
    }

  for (; version < SCHEMA_VERSION; version++)
    {
      g_autofree char *sql = g_strdup_printf (
          "BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT;", migrations[version],
          version + 1);
      if (!run (self, sql, error))
        {
          sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
          return FALSE;
        }
    }
  return TRUE;
}

/* The index of the write-ahead log is a file beside it, or alone with the database in memory. */
static gboolean
open_for_writing (PorchAgentDatabase *self, gboolean alone, GError **error)
{
  make_private_file (self->path);
  int code = sqlite3_open_v2 (self->path, &self->db,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                              NULL);
  if (code != SQLITE_OK)
    {
      set_error (self, code, error);
      return FALSE;
    }

  sqlite3_busy_timeout (self->db, BUSY_TIMEOUT_MS);
  return (!alone || run (self, "PRAGMA locking_mode = EXCLUSIVE", error))
         && check_health (self, error) && run (self, "PRAGMA journal_mode = WAL", error)
         && run (self, configuration, error) && migrate (self, error);
}

static gboolean
open_for_reading (PorchAgentDatabase *self, GError **error)
{
  int code = sqlite3_open_v2 (self->path, &self->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                              NULL);
  if (code == SQLITE_OK)
    return TRUE;

  set_error (self, code, error);
  return FALSE;
}

/* Whether there was no room, or no right, even for what SQLite keeps beside a database to read it.
 */
static gboolean
lacks_room (PorchAgentDatabase *self)
{
  int code = self->db != NULL ? sqlite3_errcode (self->db) : SQLITE_OK;

  return code == SQLITE_IOERR || code == SQLITE_FULL;
}

/* For writing where that can be, else at least for reading. */
static void
ensure_open (PorchAgentDatabase *self)
{
  if (self->db != NULL)
    return;

  g_autoptr (GError) error = NULL;
  if (self->verdict == PORCH_AGENT_STORE_FAULT_NONE && open_for_writing (self, FALSE, &error))
    return;

  if (self->verdict == PORCH_AGENT_STORE_FAULT_NONE && lacks_room (self))
    {
      close_database (self);
      if (open_for_writing (self, TRUE, NULL))
        return;
    }

  if (error != NULL)
    g_warning ("Cannot write: %s", error->message);
  close_database (self);
  if (!open_for_reading (self, NULL))
    close_database (self);
}

static gboolean
ensure_writable (PorchAgentDatabase *self, GError **error)
{
  /* What could only be read may be writable by now. */
  if (self->db != NULL && self->verdict == PORCH_AGENT_STORE_FAULT_NONE
      && sqlite3_db_readonly (self->db, "main") == 1)
    close_database (self);
  ensure_open (self);

  if (self->verdict != PORCH_AGENT_STORE_FAULT_NONE)
    {
      set_verdict_error (self, error);
      return FALSE;
    }
  return TRUE;
}

static sqlite3_stmt *
prepare (PorchAgentDatabase *self, guint id, GError **error)
{
  if (self->db == NULL)
    {
      set_error (self, SQLITE_CANTOPEN, error);
      return NULL;
    }

  if (self->statements[id] == NULL)
    {
      int code = sqlite3_prepare_v3 (self->db, statements_sql[id], -1, SQLITE_PREPARE_PERSISTENT,
                                     &self->statements[id], NULL);
      if (code != SQLITE_OK)
        {
          set_error (self, code, error);
          return NULL;
        }
    }
  return self->statements[id];
}

static gboolean
step_to_end (PorchAgentDatabase *self, sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step (statement);
  if (code != SQLITE_DONE)
    set_error (self, code, error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return code == SQLITE_DONE;
}

static gboolean
execute (PorchAgentDatabase *self, guint id, const char *a, const char *b, GError **error)
{
  sqlite3_stmt *statement = prepare (self, id, error);
  if (statement == NULL)
    return FALSE;

  if (a != NULL)
    sqlite3_bind_text (statement, 1, a, -1, SQLITE_STATIC);
  if (b != NULL)
    sqlite3_bind_text (statement, 2, b, -1, SQLITE_STATIC);
  return step_to_end (self, statement, error);
}

static PorchHistoryTable *
get_history (PorchAgentDatabase *self)
{
  if (self->history == NULL)
    self->history = porch_history_table_new (self->db);
  return self->history;
}

/* code: what one of the history's functions gave */
static gboolean
check (PorchAgentDatabase *self, int code, GError **error)
{
  if (code == SQLITE_DONE)
    return TRUE;

  set_error (self, code, error);
  return FALSE;
}

static gboolean
put_account (PorchAgentDatabase *self, const PorchAccountRecord *record, GError **error)
{
  sqlite3_stmt *statement = prepare (self, STATEMENT_PUT_ACCOUNT, error);
  if (statement == NULL)
    return FALSE;

  sqlite3_bind_text (statement, 1, record->key, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, record->server, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, record->discovery, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 4, record->email, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 5, record->user_id, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 6, record->client_id, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 7, record->name, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 8, record->avatar, -1, SQLITE_STATIC);
  sqlite3_bind_int (statement, 9, record->appear_offline);
  sqlite3_bind_int64 (statement, 10, record->appear_offline_until_us);
  sqlite3_bind_int64 (statement, 11, record->clock_offset_us);
  sqlite3_bind_int64 (statement, 12, record->used_at_us);
  sqlite3_bind_int (statement, 13, (int) record->notify_default);
  sqlite3_bind_int (statement, 14, (int) record->quiet_hours.days);
  sqlite3_bind_int (statement, 15, (int) record->quiet_hours.from_min);
  sqlite3_bind_int (statement, 16, (int) record->quiet_hours.to_min);
  sqlite3_bind_int (statement, 17, record->quiet_hours.summary);
  sqlite3_bind_int (statement, 18, (int) record->history_keep);
  return step_to_end (self, statement, error);
}

static gboolean
put_contact (PorchAgentDatabase *self,
             const char *account,
             const PorchContactRecord *record,
             GError **error)
{
  sqlite3_stmt *statement = prepare (self, STATEMENT_PUT_CONTACT, error);
  if (statement == NULL)
    return FALSE;

  sqlite3_bind_text (statement, 1, account, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, record->user_id, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, record->name, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 4, record->avatar, -1, SQLITE_STATIC);
  sqlite3_bind_int (statement, 5, record->favourite);
  sqlite3_bind_int (statement, 6, record->missing);
  sqlite3_bind_int (statement, 7, record->status);
  sqlite3_bind_int64 (statement, 8, record->last_active_us);
  sqlite3_bind_int64 (statement, 9, record->known_at_us);
  sqlite3_bind_int (statement, 10, (int) record->notify_rule);
  return step_to_end (self, statement, error);
}

static gboolean
put_setting (PorchAgentDatabase *self, const char *setting, gint64 value, GError **error)
{
  sqlite3_stmt *statement = prepare (self, STATEMENT_PUT_SETTING, error);
  if (statement == NULL)
    return FALSE;

  sqlite3_bind_text (statement, 1, setting, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, value);
  return step_to_end (self, statement, error);
}

static gboolean
write_change (PorchAgentDatabase *self, const PorchStoreChange *change, GError **error)
{
  if (change->setting != NULL)
    return put_setting (self, change->setting, change->value, error);
  if (change->account != NULL)
    return put_account (self, change->account, error);
  if (change->contact != NULL)
    return put_contact (self, change->account_key, change->contact, error);
  if (change->user_id != NULL)
    return execute (self, STATEMENT_REMOVE_CONTACT, change->account_key, change->user_id, error);

  return execute (self, STATEMENT_REMOVE_CONTACTS, change->account_key, NULL, error)
         && execute (self, STATEMENT_REMOVE_ACCOUNT, change->account_key, NULL, error)
         && check (self, porch_history_table_delete (get_history (self), change->account_key),
                   error);
}

/* Ends a transaction that execute() began with %STATEMENT_BEGIN. */
static gboolean
end_transaction (PorchAgentDatabase *self, gboolean written, GError **error)
{
  if (written && execute (self, STATEMENT_COMMIT, NULL, NULL, error))
    return TRUE;

  /* Some errors have rolled back by themselves. */
  if (!sqlite3_get_autocommit (self->db))
    execute (self, STATEMENT_ROLLBACK, NULL, NULL, NULL);
  return FALSE;
}

static gboolean
write_changes (PorchAgentDatabase *self, GPtrArray *changes, GArray *history, GError **error)
{
  if (!execute (self, STATEMENT_BEGIN, NULL, NULL, error))
    return FALSE;

  gboolean written = TRUE;
  for (guint i = 0; i < changes->len && written; i++)
    written = write_change (self, g_ptr_array_index (changes, i), error);
  if (written && history != NULL)
    written = check (self, porch_history_table_record (get_history (self), history), error);
  return end_transaction (self, written, error);
}

/* What was written over or deleted is in the log until it is emptied. */
static gboolean
empty_log (PorchAgentDatabase *self, GError **error)
{
  sqlite3_stmt *statement = NULL;
  if (!read_pragma (self, "PRAGMA wal_checkpoint (TRUNCATE)", &statement, error))
    return FALSE;

  /* Whether somebody else who reads the file kept it from being emptied. */
  gboolean busy = sqlite3_column_int (statement, 0) != 0;
  sqlite3_finalize (statement);
  return !busy || check (self, SQLITE_BUSY, error);
}

/* After this nothing that was deleted is in the file or its log: secure_delete has overwritten it,
 * VACUUM leaves out the pages that held it. */
static gboolean
scrub (PorchAgentDatabase *self, GError **error)
{
  return empty_log (self, error) && run (self, "VACUUM", error) && empty_log (self, error);
}

static gboolean
removes_account (GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const PorchStoreChange *change = g_ptr_array_index (changes, i);
      if (change->account == NULL && change->contact == NULL && change->user_id == NULL
          && change->setting == NULL)
        return TRUE;
    }
  return FALSE;
}

static char *
column_string (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

/* Others may have written to the file; what makes no sense is no quiet hours. */
static PorchQuietHours
read_quiet_hours (sqlite3_stmt *statement, int first_column)
{
  PorchQuietHours hours = {
    .days = (guint) sqlite3_column_int (statement, first_column),
    .from_min = (guint) sqlite3_column_int (statement, first_column + 1),
    .to_min = (guint) sqlite3_column_int (statement, first_column + 2),
    .summary = sqlite3_column_int (statement, first_column + 3) != 0,
  };

  return porch_quiet_hours_is_valid (&hours) ? hours : (PorchQuietHours) PORCH_QUIET_HOURS_NONE;
}

static PorchAccountRecord *
read_account (sqlite3_stmt *statement)
{
  PorchAccountRecord *record = g_new0 (PorchAccountRecord, 1);

  record->key = column_string (statement, 0);
  record->server = column_string (statement, 1);
  record->discovery = column_string (statement, 2);
  record->email = column_string (statement, 3);
  record->user_id = column_string (statement, 4);
  record->client_id = column_string (statement, 5);
  record->name = column_string (statement, 6);
  record->avatar = column_string (statement, 7);
  record->appear_offline = sqlite3_column_int (statement, 8) != 0;
  record->appear_offline_until_us = sqlite3_column_int64 (statement, 9);
  record->clock_offset_us = sqlite3_column_int64 (statement, 10);
  record->used_at_us = sqlite3_column_int64 (statement, 11);
  record->notify_default = (PorchNotifyDefault) CLAMP (sqlite3_column_int (statement, 12),
                                                       PORCH_NOTIFY_NOBODY, PORCH_NOTIFY_EVERYBODY);
  record->quiet_hours = read_quiet_hours (statement, 13);
  record->history_keep = (PorchHistoryKeep) CLAMP (sqlite3_column_int (statement, 17),
                                                   PORCH_HISTORY_NOT_ASKED, PORCH_HISTORY_FOREVER);
  return record;
}

static PorchContactRecord *
read_contact (sqlite3_stmt *statement)
{
  PorchContactRecord *record = g_new0 (PorchContactRecord, 1);
  int status = sqlite3_column_int (statement, 5);

  record->user_id = column_string (statement, 0);
  record->name = column_string (statement, 1);
  record->avatar = column_string (statement, 2);
  record->favourite = sqlite3_column_int (statement, 3) != 0;
  record->missing = sqlite3_column_int (statement, 4) != 0;
  record->status = CLAMP (status, PORCH_STATUS_UNKNOWN, PORCH_STATUS_ONLINE);
  record->last_active_us = sqlite3_column_int64 (statement, 6);
  record->known_at_us = sqlite3_column_int64 (statement, 7);
  record->notify_rule = (PorchNotifyRule) CLAMP (sqlite3_column_int (statement, 8),
                                                 PORCH_NOTIFY_DEFAULT, PORCH_NOTIFY_ALSO_LEAVES);
  return record;
}

/* The error of a file that was read as far as it goes. */
static void
set_error_of_reading (PorchAgentDatabase *self, int code, GError **error)
{
  if (code != SQLITE_DONE)
    set_error (self, code, error);
  else if (self->verdict != PORCH_AGENT_STORE_FAULT_NONE)
    set_verdict_error (self, error);
  else if (sqlite3_db_readonly (self->db, "main") == 1)
    set_error (self, SQLITE_READONLY, error);
}

GQuark
porch_agent_store_error_quark (void)
{
  return g_quark_from_static_string ("porch-agent-store-error-quark");
}

/**
 * porch_store_change_free:
 * @change: (transfer full) (nullable): a change
 */
void
porch_store_change_free (PorchStoreChange *change)
{
  if (change == NULL)
    return;

  porch_account_record_free (change->account);
  porch_contact_record_free (change->contact);
  g_free (change->account_key);
  g_free (change->user_id);
  g_free (change->setting);
  g_free (change);
}

/**
 * porch_agent_database_new:
 * @path: (type filename): the file; made with its folder at the first call where it is missing
 *
 * Returns: (transfer full): a database, not yet open
 */
PorchAgentDatabase *
porch_agent_database_new (const char *path)
{
  g_return_val_if_fail (path != NULL, NULL);

  PorchAgentDatabase *self = g_new0 (PorchAgentDatabase, 1);
  self->path = g_strdup (path);
  return self;
}

/**
 * porch_agent_database_free:
 * @self: (transfer full): a database
 *
 * Closes the file.
 */
void
porch_agent_database_free (PorchAgentDatabase *self)
{
  g_return_if_fail (self != NULL);

  close_database (self);
  g_free (self->path);
  g_free (self);
}

/**
 * porch_agent_database_load_accounts:
 * @self: a database
 * @error: return location for what keeps it from being read whole or written later
 *
 * Returns: (transfer full) (element-type PorchAccountRecord): the accounts, last used first; those
 *   that could be read, where @error is set
 */
GPtrArray *
porch_agent_database_load_accounts (PorchAgentDatabase *self, GError **error)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) porch_account_record_free);

  ensure_open (self);
  sqlite3_stmt *statement = prepare (self, STATEMENT_LOAD_ACCOUNTS, error);
  if (statement == NULL)
    return records;

  int code;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    g_ptr_array_add (records, read_account (statement));
  set_error_of_reading (self, code, error);
  sqlite3_reset (statement);
  return records;
}

/**
 * porch_agent_database_load_contacts:
 * @self: a database
 * @account: an account's key
 * @error: return location for what keeps it from being read whole or written later
 *
 * Returns: (transfer full) (element-type PorchContactRecord): the account's contacts; those that
 *   could be read, where @error is set
 */
GPtrArray *
porch_agent_database_load_contacts (PorchAgentDatabase *self, const char *account, GError **error)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) porch_contact_record_free);

  ensure_open (self);
  sqlite3_stmt *statement = prepare (self, STATEMENT_LOAD_CONTACTS, error);
  if (statement == NULL)
    return records;

  sqlite3_bind_text (statement, 1, account, -1, SQLITE_STATIC);
  int code;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    g_ptr_array_add (records, read_contact (statement));
  set_error_of_reading (self, code, error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return records;
}

/**
 * porch_agent_database_load_setting:
 * @self: a database
 * @setting: its name
 * @value: (out): its value, left alone where it was never put
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR
 *
 * Returns: whether it was ever put
 */
gboolean
porch_agent_database_load_setting (PorchAgentDatabase *self,
                                   const char *setting,
                                   gint64 *value,
                                   GError **error)
{
  ensure_open (self);
  if (self->verdict != PORCH_AGENT_STORE_FAULT_NONE)
    {
      set_verdict_error (self, error);
      return FALSE;
    }
  sqlite3_stmt *statement = prepare (self, STATEMENT_LOAD_SETTING, error);
  if (statement == NULL)
    return FALSE;

  sqlite3_bind_text (statement, 1, setting, -1, SQLITE_STATIC);
  int code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    *value = sqlite3_column_int64 (statement, 0);
  else
    set_error_of_reading (self, code, error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return code == SQLITE_ROW;
}

/**
 * porch_agent_database_mark_told:
 * @self: a database
 * @hint: what a person is about to be told once in their life
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR
 *
 * Returns: whether it is stored now and was not before
 */
gboolean
porch_agent_database_mark_told (PorchAgentDatabase *self, const char *hint, GError **error)
{
  return ensure_writable (self, error) && execute (self, STATEMENT_MARK_TOLD, hint, NULL, error)
         && sqlite3_changes (self->db) > 0;
}

/**
 * porch_agent_database_write:
 * @self: a database
 * @changes: (element-type PorchStoreChange): what to write, in this order
 * @history: (nullable) (element-type PorchHistoryChange): what was seen, in this order
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR
 *
 * Writes all or nothing. Of an account that is removed nothing is left in the file.
 *
 * Returns: whether it is written
 */
gboolean
porch_agent_database_write (PorchAgentDatabase *self,
                            GPtrArray *changes,
                            GArray *history,
                            GError **error)
{
  return ensure_writable (self, error) && write_changes (self, changes, history, error)
         && (!removes_account (changes) || scrub (self, error));
}

/**
 * porch_agent_database_end_history_run:
 * @self: a database
 * @account: an account's key
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR
 *
 * At the start of the agent: what nobody was there to see since the end of the last run is unknown.
 *
 * Returns: whether it is written
 */
gboolean
porch_agent_database_end_history_run (PorchAgentDatabase *self, const char *account, GError **error)
{
  if (!ensure_writable (self, error) || !execute (self, STATEMENT_BEGIN, NULL, NULL, error))
    return FALSE;

  gboolean written = check (self, porch_history_table_end_run (get_history (self), account), error);
  return end_transaction (self, written, error);
}

/**
 * porch_agent_database_prune_history:
 * @self: a database
 * @account: an account's key
 * @cutoff_us: what ended before is deleted, server's clock; 0 for nothing
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR
 *
 * Deletes what is too old, and all of who is no longer a contact.
 *
 * Returns: whether it is gone
 */
gboolean
porch_agent_database_prune_history (PorchAgentDatabase *self,
                                    const char *account,
                                    gint64 cutoff_us,
                                    GError **error)
{
  if (!ensure_writable (self, error))
    return FALSE;

  int n_changes = sqlite3_total_changes (self->db);
  if (!execute (self, STATEMENT_BEGIN, NULL, NULL, error))
    return FALSE;

  gboolean written = check (
      self, porch_history_table_prune (get_history (self), account, cutoff_us), error);
  return end_transaction (self, written, error)
         && (sqlite3_total_changes (self->db) == n_changes || empty_log (self, error));
}

/**
 * porch_agent_database_delete_history:
 * @self: a database
 * @account: an account's key
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR
 *
 * Deletes an account's history so that nothing of it is left in the file.
 *
 * Returns: whether it is gone
 */
gboolean
porch_agent_database_delete_history (PorchAgentDatabase *self, const char *account, GError **error)
{
  if (!ensure_writable (self, error) || !execute (self, STATEMENT_BEGIN, NULL, NULL, error))
    return FALSE;

  gboolean written = check (self, porch_history_table_delete (get_history (self), account), error);
  return end_transaction (self, written, error) && scrub (self, error);
}

/**
 * porch_agent_database_load_history:
 * @self: a database
 * @account: an account's key
 * @user_id: a person
 * @since_us: from when on, server's clock
 * @until_us: until when; later than @since_us
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR
 *
 * Returns: (transfer full) (nullable) (element-type PorchInterval): what was recorded of then,
 * tidy, the first and the last whole; at most 50,000, the earliest
 */
GArray *
porch_agent_database_load_history (PorchAgentDatabase *self,
                                   const char *account,
                                   const char *user_id,
                                   gint64 since_us,
                                   gint64 until_us,
                                   GError **error)
{
  g_autoptr (GArray) intervals = g_array_new (FALSE, FALSE, sizeof (PorchInterval));

  ensure_open (self);
  if (self->db == NULL)
    {
      set_error (self, SQLITE_CANTOPEN, error);
      return NULL;
    }
  if (!check (self,
              porch_history_table_load (get_history (self), account, user_id, since_us, until_us,
                                        intervals),
              error))
    return NULL;

  porch_history_tidy (intervals);
  return g_steal_pointer (&intervals);
}
