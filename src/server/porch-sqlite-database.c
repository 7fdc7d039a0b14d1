/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The server's SQLite file and every SQL statement that runs on it. Used by one thread at a time,
 * since every call blocks on the disk: PorchSqliteStore owns one on its worker thread, the command
 * "porchlightd user" opens its own. It starts no transaction by itself: its caller decides what is
 * committed together. A write that fails with anything but PORCH_STORE_ERROR_EXISTS or
 * PORCH_STORE_ERROR_NOT_FOUND may have been half done: roll back.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-sqlite-database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "protocol/porch-auth-message.h"
#include "server/porch-refresh-token.h"
#include "server/porch-sqlite-database-private.h"

#define BUSY_TIMEOUT_MS      5000
#define HASH_BYTES           PORCH_REFRESH_TOKEN_HASH_BYTES
#define ENDED_KEPT_US        G_TIME_SPAN_DAY
#define USED_TOKEN_KEPT_US   (30 * G_TIME_SPAN_DAY)
#define IDLE_SESSION_KEPT_US (365 * G_TIME_SPAN_DAY)

/* From version n to n + 1, each in a transaction of its own. Never change one that was released. */
static const char *const migrations[] = {
  "CREATE TABLE users ("
  "  id TEXT PRIMARY KEY NOT NULL,"
  "  email TEXT NOT NULL UNIQUE,"
  "  password_hash TEXT NOT NULL,"
  "  first_name TEXT NOT NULL,"
  "  last_name TEXT NOT NULL,"
  "  folded_name TEXT NOT NULL,"
  "  created_at INTEGER NOT NULL"
  ") STRICT;"
  "CREATE INDEX users_by_name ON users (folded_name);"

  "CREATE TABLE avatars ("
  "  user_id TEXT PRIMARY KEY NOT NULL REFERENCES users ON DELETE CASCADE,"
  "  content_type TEXT NOT NULL,"
  "  version TEXT NOT NULL,"
  "  image BLOB NOT NULL"
  ") STRICT;"

  /* The person's own state is the row with the latest last_active: one write a heartbeat. */
  "CREATE TABLE presences ("
  "  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,"
  "  client TEXT NOT NULL,"
  "  is_online INTEGER NOT NULL,"
  "  is_person_online INTEGER NOT NULL,"
  "  last_active INTEGER NOT NULL,"
  "  PRIMARY KEY (user_id, client)"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE sessions ("
  "  id TEXT PRIMARY KEY NOT NULL,"
  "  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,"
  "  newest_token BLOB NOT NULL,"
  "  refreshed_at INTEGER NOT NULL,"
  "  is_revoked INTEGER NOT NULL DEFAULT 0"
  ") STRICT;"
  "CREATE INDEX sessions_by_user ON sessions (user_id);"

  "CREATE TABLE refresh_tokens ("
  "  hash BLOB PRIMARY KEY NOT NULL,"
  "  session_id TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,"
  "  used_at INTEGER"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);"

  /* Numbered in the order in which they ended, so that each process finds those it has not seen. */
  "CREATE TABLE ended_sessions ("
  "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  session_id TEXT NOT NULL,"
  "  ended_at INTEGER NOT NULL"
  ") STRICT;",

  /* Of people whose account is elsewhere. */
  "ALTER TABLE users ADD COLUMN avatar_url TEXT;",

  /* Codes that were sent by mail, authenticator apps, and how a session's person signed in. */
  "ALTER TABLE sessions ADD COLUMN methods TEXT NOT NULL DEFAULT 'password';"

  "CREATE TABLE codes ("
  "  user_id TEXT PRIMARY KEY NOT NULL REFERENCES users ON DELETE CASCADE,"
  "  hash BLOB NOT NULL,"
  "  expires_at INTEGER NOT NULL,"
  "  tries INTEGER NOT NULL DEFAULT 0"
  ") STRICT;"

  "CREATE TABLE factors ("
  "  id TEXT PRIMARY KEY NOT NULL,"
  "  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,"
  "  name TEXT NOT NULL,"
  "  secret TEXT NOT NULL,"
  "  is_verified INTEGER NOT NULL DEFAULT 0,"
  "  created_at INTEGER NOT NULL,"
  "  last_step INTEGER NOT NULL DEFAULT 0"
  ") STRICT;"
  "CREATE INDEX factors_by_user ON factors (user_id);",
};

#define SELECT_USER                                                                                \
  "SELECT u.id, u.email, u.first_name, u.last_name, u.created_at, a.version, "                     \
  "       p.is_person_online, p.last_active, u.password_hash, u.avatar_url "                       \
  "FROM users u "                                                                                  \
  "LEFT JOIN avatars a ON a.user_id = u.id "                                                       \
  "LEFT JOIN presences p ON p.user_id = u.id AND p.client = "                                      \
  "  (SELECT client FROM presences WHERE user_id = u.id ORDER BY last_active DESC LIMIT 1) "

/* ?1 the user, ?2 the session, ?3 a PorchSessionScope */
#define SESSIONS_IN_SCOPE                                                                          \
  "user_id = ?1 AND CASE ?3 WHEN 0 THEN id = ?2 WHEN 1 THEN TRUE ELSE id <> ?2 END"

typedef enum
{
  BEGIN,
  COMMIT,
  ROLLBACK,
  DATA_VERSION,
  ADD_USER,
  RELEASE_EMAIL,
  PUT_PROFILE,
  REMOVE_USER,
  SET_PASSWORD,
  SET_AVATAR,
  GET_AVATAR,
  GET_USER_BY_EMAIL,
  GET_USER,
  SEARCH_USERS,
  ADD_SESSION,
  FORGET_IDLE_SESSIONS,
  ADD_TOKEN,
  GET_TOKEN,
  USE_TOKEN,
  SET_NEWEST_TOKEN,
  FORGET_USED_TOKENS,
  REVOKE_SESSION,
  REMEMBER_ENDED_SESSION,
  REMEMBER_ENDED_SESSIONS,
  FORGET_ENDED_SESSIONS,
  REMOVE_SESSIONS,
  LIST_ENDED_SESSIONS,
  LIST_NEWLY_ENDED_SESSIONS,
  GET_LAST_ENDED_SESSION,
  UPDATE_PRESENCE,
  ADD_PRESENCE,
  FORGET_OLD_CLIENTS,
  LIST_PRESENCES,
  N_STATEMENTS
} Statement;

static const char *const sql[N_STATEMENTS] = {
  [BEGIN] = "BEGIN IMMEDIATE",
  [COMMIT] = "COMMIT",
  [ROLLBACK] = "ROLLBACK",
  [DATA_VERSION] = "PRAGMA data_version",
  [ADD_USER] = "INSERT INTO users (id, email, password_hash, first_name, last_name, folded_name, "
               "created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
  /* The column takes no NULL; an id is nobody's email address. */
  [RELEASE_EMAIL] = "UPDATE users SET email = id WHERE email = ?2 AND id <> ?1",
  [PUT_PROFILE] = "INSERT INTO users (id, email, password_hash, first_name, last_name, "
                  "folded_name, created_at, avatar_url) "
                  "VALUES (?1, COALESCE (?2, ?1), '*', ?3, ?4, ?5, ?6, ?7) "
                  "ON CONFLICT (id) DO UPDATE SET email = COALESCE (?2, ?1), first_name = ?3, "
                  "last_name = ?4, folded_name = ?5, avatar_url = ?7",
  [REMOVE_USER] = "DELETE FROM users WHERE id = ?1",
  [SET_PASSWORD] = "UPDATE users SET password_hash = ?2 WHERE id = ?1",
  [SET_AVATAR] = "INSERT INTO avatars (user_id, content_type, version, image) "
                 "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (user_id) DO UPDATE SET "
                 "content_type = ?2, version = ?3, image = ?4",
  [GET_AVATAR] = "SELECT content_type, version, image FROM avatars WHERE user_id = ?1",
  [GET_USER_BY_EMAIL] = SELECT_USER "WHERE u.email = ?1",
  [GET_USER] = SELECT_USER "WHERE u.id = ?1",
  [SEARCH_USERS] = SELECT_USER "WHERE instr (u.folded_name, ?1) > 0 OR u.email = ?2 "
                               "ORDER BY u.folded_name LIMIT ?3",
  [ADD_SESSION] = "INSERT INTO sessions (id, user_id, newest_token, refreshed_at, methods) "
                  "VALUES (?1, ?2, ?3, ?4, ?5)",
  [FORGET_IDLE_SESSIONS] = "DELETE FROM sessions WHERE user_id = ?1 AND refreshed_at < ?2",
  [ADD_TOKEN] = "INSERT INTO refresh_tokens (hash, session_id) VALUES (?1, ?2)",
  [GET_TOKEN]
  = "SELECT s.id, s.user_id, s.newest_token, s.is_revoked, t.used_at, "
    "s.methods FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE t.hash = ?1",
  [USE_TOKEN] = "UPDATE refresh_tokens SET used_at = ?2 WHERE hash = ?1",
  [SET_NEWEST_TOKEN] = "UPDATE sessions SET newest_token = ?2, refreshed_at = ?3 WHERE id = ?1",
  [FORGET_USED_TOKENS] = "DELETE FROM refresh_tokens WHERE session_id = ?1 AND used_at < ?2",
  [REVOKE_SESSION] = "UPDATE sessions SET is_revoked = TRUE WHERE id = ?1",
  [REMEMBER_ENDED_SESSION] = "INSERT INTO ended_sessions (session_id, ended_at) VALUES (?1, ?2)",
  [REMEMBER_ENDED_SESSIONS] = "INSERT INTO ended_sessions (session_id, ended_at) "
                              "SELECT id, ?4 FROM sessions WHERE " SESSIONS_IN_SCOPE,
  [FORGET_ENDED_SESSIONS] = "DELETE FROM ended_sessions WHERE ended_at < ?1",
  [REMOVE_SESSIONS] = "DELETE FROM sessions WHERE " SESSIONS_IN_SCOPE,
  [LIST_ENDED_SESSIONS] = "SELECT session_id FROM ended_sessions WHERE ended_at >= ?1",
  [LIST_NEWLY_ENDED_SESSIONS] = "SELECT session_id, number FROM ended_sessions "
                                "WHERE number > ?1 ORDER BY number",
  [GET_LAST_ENDED_SESSION] = "SELECT COALESCE (MAX (number), 0) FROM ended_sessions",
  [UPDATE_PRESENCE] = "UPDATE presences SET is_online = ?3, is_person_online = ?4, "
                      "last_active = ?5 WHERE user_id = ?1 AND client = ?2",
  [ADD_PRESENCE] = "INSERT INTO presences (user_id, client, is_online, is_person_online, "
                   "last_active) VALUES (?1, ?2, ?3, ?4, ?5)",
  [FORGET_OLD_CLIENTS] = "DELETE FROM presences WHERE user_id = ?1 AND client IN "
                         "(SELECT client FROM presences WHERE user_id = ?1 "
                         "ORDER BY last_active DESC LIMIT -1 OFFSET ?2)",
  [LIST_PRESENCES] = "SELECT user_id, client, is_online, last_active FROM presences "
                     "WHERE last_active >= ?1",
};

struct _PorchSqliteDatabase
{
  sqlite3 *handle;
  sqlite3_stmt *statements[N_STATEMENTS];
  char *token_secret;
  gint64 data_version;
  gint64 last_ended;
};

/* A prepared statement in use; released at the end of the scope, so that it holds no lock. */
typedef sqlite3_stmt PorchStatement;

static void
porch_statement_release (PorchStatement *statement)
{
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchStatement, porch_statement_release)

static void
set_error (PorchSqliteDatabase *self, GError **error)
{
  int code = sqlite3_extended_errcode (self->handle);

  if ((code & 0xff) == SQLITE_FULL)
    g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FULL,
                         "The disk that holds the database is full");
  else if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB)
    g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_DAMAGED, "The database is damaged: %s",
                 sqlite3_errmsg (self->handle));
  else if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
    g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                         "There is no such user");
  else if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
    g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_EXISTS,
                         "There is a user with this email address");
  else
    g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FAILED, "The database fails: %s",
                 sqlite3_errmsg (self->handle));
}

/* types: a letter for each parameter: s a string or NULL, i a gint64, h a hash, b a GBytes. They
 * must outlive the statement's use.
 */
static void
bind (sqlite3_stmt *statement, const char *types, va_list args)
{
  for (int i = 0; types[i] != '\0'; i++)
    {
      if (types[i] == 's')
        sqlite3_bind_text (statement, i + 1, va_arg (args, const char *), -1, SQLITE_STATIC);
      else if (types[i] == 'i')
        sqlite3_bind_int64 (statement, i + 1, va_arg (args, gint64));
      else if (types[i] == 'h')
        sqlite3_bind_blob (statement, i + 1, va_arg (args, const guint8 *), HASH_BYTES,
                           SQLITE_STATIC);
      else
        {
          gsize length;
          gconstpointer data = g_bytes_get_data (va_arg (args, GBytes *), &length);

          sqlite3_bind_blob64 (statement, i + 1, data, length, SQLITE_STATIC);
        }
    }
}

static PorchStatement *
use (PorchSqliteDatabase *self, Statement which, const char *types, ...)
{
  PorchStatement *statement = self->statements[which];
  va_list args;

  va_start (args, types);
  bind (statement, types, args);
  va_end (args);

  return statement;
}

/* TRUE with *has_row where there is a row, TRUE without where there is none (any more). */
static gboolean
step (PorchSqliteDatabase *self, PorchStatement *statement, gboolean *has_row, GError **error)
{
  int result = sqlite3_step (statement);

  *has_row = result == SQLITE_ROW;
  if (result == SQLITE_ROW || result == SQLITE_DONE)
    return TRUE;

  set_error (self, error);
  return FALSE;
}

static gboolean
run (PorchSqliteDatabase *self, PorchStatement *statement, GError **error)
{
  gboolean has_row;

  return step (self, statement, &has_row, error);
}

/* Like run(), and at least one row must have changed. */
static gboolean
run_on_user (PorchSqliteDatabase *self, PorchStatement *statement, GError **error)
{
  if (!run (self, statement, error))
    return FALSE;

  if (sqlite3_changes (self->handle) > 0)
    return TRUE;

  g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                       "There is no such user");
  return FALSE;
}

static char *
column_text (PorchStatement *statement, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

static gboolean
execute (PorchSqliteDatabase *self, const char *statements, GError **error)
{
  if (sqlite3_exec (self->handle, statements, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;

  set_error (self, error);
  return FALSE;
}

/* SQLite gives its -wal and -shm files the permissions of the database. */
static gboolean
ensure_private (const char *path, GError **error)
{
  static const char *const suffixes[] = { "-wal", "-shm" };
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd == -1 || fchmod (fd, 0600) == -1)
    {
      g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FAILED, "Cannot open %s: %s", path,
                   g_strerror (errno));
      if (fd != -1)
        g_close (fd, NULL);
      return FALSE;
    }
  g_close (fd, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *companion = g_strconcat (path, suffixes[i], NULL);

      if (g_chmod (companion, 0600) == -1 && errno != ENOENT)
        g_warning ("Cannot make %s private: %s", companion, g_strerror (errno));
    }

  return TRUE;
}

static gboolean
read_user_version (PorchSqliteDatabase *self, gint64 *version, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok = FALSE;

  if (sqlite3_prepare_v2 (self->handle, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK
      && sqlite3_step (statement) == SQLITE_ROW)
    {
      *version = sqlite3_column_int64 (statement, 0);
      ok = TRUE;
    }
  else
    set_error (self, error);

  sqlite3_finalize (statement);
  return ok;
}

/* One step; done is set when there was none left. Another process may be migrating as well, so the
 * version is read within the transaction.
 */
static gboolean
migrate_once (PorchSqliteDatabase *self, gboolean *done, GError **error)
{
  g_autofree char *set_version = NULL;
  gint64 version;

  if (!read_user_version (self, &version, error))
    return FALSE;

  *done = version == G_N_ELEMENTS (migrations);
  if (*done)
    return TRUE;

  if (version > (gint64) G_N_ELEMENTS (migrations))
    {
      g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FAILED,
                           "The database was written by a newer version of porchlightd");
      return FALSE;
    }

  set_version = g_strdup_printf ("PRAGMA user_version = %" G_GINT64_FORMAT, version + 1);

  return execute (self, migrations[version], error) && execute (self, set_version, error);
}

static gboolean
migrate (PorchSqliteDatabase *self, GError **error)
{
  gboolean done = FALSE;

  while (!done)
    {
      if (!execute (self, sql[BEGIN], error))
        return FALSE;

      if (!migrate_once (self, &done, error) || !execute (self, sql[COMMIT], error))
        {
          if (!sqlite3_get_autocommit (self->handle))
            execute (self, sql[ROLLBACK], NULL);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
prepare (PorchSqliteDatabase *self, GError **error)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    if (sqlite3_prepare_v3 (self->handle, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                            &self->statements[i], NULL)
        != SQLITE_OK)
      {
        set_error (self, error);
        return FALSE;
      }

  return TRUE;
}

static gint64
read_number (PorchSqliteDatabase *self, Statement which)
{
  g_autoptr (PorchStatement) statement = use (self, which, "");

  return sqlite3_step (statement) == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : 0;
}

/**
 * porch_sqlite_database_open:
 * @path: the file; made where it is missing, readable by nobody else
 * @token_secret: derives a refresh token's successor
 * @error: a place for an error of %PORCH_STORE_ERROR
 *
 * Opens the database and brings its schema up to date. Blocks.
 *
 * Returns: (transfer full): the database, or %NULL with @error set
 */
PorchSqliteDatabase *
porch_sqlite_database_open (const char *path, const char *token_secret, GError **error)
{
  g_autoptr (PorchSqliteDatabase) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (token_secret != NULL, NULL);

  if (!ensure_private (path, error))
    return NULL;

  self = g_new0 (PorchSqliteDatabase, 1);
  self->token_secret = g_strdup (token_secret);
  if (sqlite3_open_v2 (path, &self->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
      != SQLITE_OK)
    {
      set_error (self, error);
      return NULL;
    }

  sqlite3_extended_result_codes (self->handle, 1);
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  if (!execute (self,
                "PRAGMA journal_mode = WAL;"
                "PRAGMA synchronous = FULL;"
                "PRAGMA foreign_keys = ON;"
                "PRAGMA trusted_schema = OFF;",
                error)
      || !migrate (self, error) || !prepare (self, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }

  self->data_version = read_number (self, DATA_VERSION);
  self->last_ended = read_number (self, GET_LAST_ENDED_SESSION);

  return g_steal_pointer (&self);
}

/**
 * porch_sqlite_database_close:
 * @self: (nullable): a database
 *
 * Closes and frees it. What was not committed is rolled back.
 */
void
porch_sqlite_database_close (PorchSqliteDatabase *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  sqlite3_close (self->handle);
  porch_secret_free (self->token_secret);
  g_free (self);
}

/**
 * porch_sqlite_database_begin:
 * @self: a database
 * @error: a place for an error of %PORCH_STORE_ERROR
 *
 * Begins a transaction that writes. Waits some seconds for another process that writes.
 *
 * Returns: %TRUE when it began
 */
gboolean
porch_sqlite_database_begin (PorchSqliteDatabase *self, GError **error)
{
  g_autoptr (PorchStatement) statement = use (self, BEGIN, "");

  return run (self, statement, error);
}

/**
 * porch_sqlite_database_commit:
 * @self: a database in a transaction
 * @error: a place for an error of %PORCH_STORE_ERROR
 *
 * Makes durable what was written since porch_sqlite_database_begin().
 *
 * Returns: %TRUE when it is on the disk; %FALSE when nothing of it is kept
 */
gboolean
porch_sqlite_database_commit (PorchSqliteDatabase *self, GError **error)
{
  gboolean committed;

  {
    g_autoptr (PorchStatement) statement = use (self, COMMIT, "");

    committed = run (self, statement, error);
  }

  if (!committed)
    porch_sqlite_database_rollback (self);

  return committed;
}

/**
 * porch_sqlite_database_rollback:
 * @self: a database
 *
 * Forgets what was written since porch_sqlite_database_begin(). SQLite may have done so already,
 * when the disk was full.
 */
void
porch_sqlite_database_rollback (PorchSqliteDatabase *self)
{
  if (!sqlite3_get_autocommit (self->handle))
    {
      g_autoptr (PorchStatement) statement = use (self, ROLLBACK, "");

      run (self, statement, NULL);
    }
}

/**
 * porch_sqlite_database_add_user:
 * @self: a database in a transaction
 * @user: the user
 * @error: a place for an error
 *
 * See porch_store_add_user_async().
 *
 * Returns: %TRUE when it was written
 */
gboolean
porch_sqlite_database_add_user (PorchSqliteDatabase *self,
                                const PorchStoreUser *user,
                                GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s %s", user->first_name, user->last_name);
  g_autofree char *folded_name = porch_name_fold (name);
  g_autoptr (PorchStatement) statement = use (self, ADD_USER, "ssssssi", user->id, user->email,
                                              user->password_hash, user->first_name,
                                              user->last_name, folded_name, user->created_at_us);

  return run (self, statement, error);
}

/**
 * porch_sqlite_database_put_profile:
 * @self: a database
 * @profile: a person whose account is elsewhere
 * @error: a place for an error of %PORCH_STORE_ERROR
 *
 * See porch_store_put_profile_async().
 *
 * Returns: %TRUE when it is stored
 */
gboolean
porch_sqlite_database_put_profile (PorchSqliteDatabase *self,
                                   const PorchStoreUser *profile,
                                   GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s %s", profile->first_name, profile->last_name);
  g_autofree char *folded_name = porch_name_fold (name);
  g_autoptr (PorchStatement) release = use (self, RELEASE_EMAIL, "ss", profile->id, profile->email);
  g_autoptr (PorchStatement) put = use (self, PUT_PROFILE, "sssssis", profile->id, profile->email,
                                        profile->first_name, profile->last_name, folded_name,
                                        profile->created_at_us, profile->avatar);

  return run (self, release, error) && run (self, put, error);
}

/**
 * porch_sqlite_database_remove_user:
 * @self: a database in a transaction
 * @user_id: whom
 * @now_us: the time, Unix microseconds
 * @error: a place for an error
 *
 * See porch_store_remove_user_async().
 *
 * Returns: %TRUE when it was written
 */
gboolean
porch_sqlite_database_remove_user (PorchSqliteDatabase *self,
                                   const char *user_id,
                                   gint64 now_us,
                                   GError **error)
{
  g_autoptr (PorchStatement) statement = NULL;

  if (!porch_sqlite_database_end_sessions (self, user_id, NULL, PORCH_SESSION_SCOPE_GLOBAL, now_us,
                                           error))
    return FALSE;

  statement = use (self, REMOVE_USER, "s", user_id);

  return run_on_user (self, statement, error);
}

/**
 * porch_sqlite_database_set_password:
 * @self: a database in a transaction
 * @user_id: whose
 * @password_hash: as crypt(3) writes it
 * @now_us: the time, Unix microseconds
 * @error: a place for an error
 *
 * See porch_store_set_password_async().
 *
 * Returns: %TRUE when it was written
 */
gboolean
porch_sqlite_database_set_password (PorchSqliteDatabase *self,
                                    const char *user_id,
                                    const char *password_hash,
                                    gint64 now_us,
                                    GError **error)
{
  g_autoptr (PorchStatement) statement = use (self, SET_PASSWORD, "ss", user_id, password_hash);

  return run_on_user (self, statement, error)
         && porch_sqlite_database_end_sessions (self, user_id, NULL, PORCH_SESSION_SCOPE_GLOBAL,
                                                now_us, error);
}

/**
 * porch_sqlite_database_set_avatar:
 * @self: a database in a transaction
 * @user_id: whose
 * @content_type: what kind of picture
 * @image: the encoded picture
 * @error: a place for an error
 *
 * See porch_store_set_avatar_async().
 *
 * Returns: %TRUE when it was written
 */
gboolean
porch_sqlite_database_set_avatar (PorchSqliteDatabase *self,
                                  const char *user_id,
                                  const char *content_type,
                                  GBytes *image,
                                  GError **error)
{
  g_autofree char *version = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, image);
  g_autoptr (PorchStatement) statement = NULL;

  version[16] = '\0';
  statement = use (self, SET_AVATAR, "sssb", user_id, content_type, version, image);

  return run (self, statement, error);
}

/**
 * porch_sqlite_database_get_avatar:
 * @self: a database
 * @user_id: whose
 * @error: a place for an error
 *
 * See porch_store_get_avatar_async().
 *
 * Returns: (transfer full): the picture, or %NULL with @error set
 */
PorchStoreAvatar *
porch_sqlite_database_get_avatar (PorchSqliteDatabase *self, const char *user_id, GError **error)
{
  g_autoptr (PorchStatement) statement = use (self, GET_AVATAR, "s", user_id);
  PorchStoreAvatar *avatar;
  gboolean has_row;

  if (!step (self, statement, &has_row, error))
    return NULL;

  if (!has_row)
    {
      g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                           "There is no such avatar");
      return NULL;
    }

  avatar = g_new0 (PorchStoreAvatar, 1);
  avatar->content_type = column_text (statement, 0);
  avatar->version = column_text (statement, 1);
  avatar->image = g_bytes_new (sqlite3_column_blob (statement, 2),
                               sqlite3_column_bytes (statement, 2));

  return avatar;
}

static PorchStoreUser *
read_user (PorchStatement *statement)
{
  PorchStoreUser *user = g_new0 (PorchStoreUser, 1);

  user->id = column_text (statement, 0);
  user->email = column_text (statement, 1);
  user->first_name = column_text (statement, 2);
  user->last_name = column_text (statement, 3);
  user->created_at_us = sqlite3_column_int64 (statement, 4);
  if (g_strcmp0 (user->email, user->id) == 0)
    user->email[0] = '\0';
  user->avatar = column_text (statement, 9);
  if (user->avatar == NULL && sqlite3_column_type (statement, 5) != SQLITE_NULL)
    user->avatar = g_strdup_printf ("/avatars/%s?v=%s", user->id,
                                    sqlite3_column_text (statement, 5));
  if (sqlite3_column_type (statement, 6) != SQLITE_NULL)
    user->status = sqlite3_column_int (statement, 6) ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE;
  user->last_active_us = sqlite3_column_int64 (statement, 7);

  return user;
}

/**
 * porch_sqlite_database_get_user_by_email:
 * @self: a database
 * @email: as porch_email_normalize() returns it
 * @error: a place for an error
 *
 * See porch_store_get_user_by_email_async().
 *
 * Returns: (transfer full): the user with the password hash, or %NULL with @error set
 */
PorchStoreUser *
porch_sqlite_database_get_user_by_email (PorchSqliteDatabase *self,
                                         const char *email,
                                         GError **error)
{
  g_autoptr (PorchStatement) statement = use (self, GET_USER_BY_EMAIL, "s", email);
  PorchStoreUser *user;
  gboolean has_row;

  if (!step (self, statement, &has_row, error))
    return NULL;

  if (!has_row)
    {
      g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                           "There is no user with this email address");
      return NULL;
    }

  user = read_user (statement);
  user->password_hash = column_text (statement, 8);

  return user;
}

/**
 * porch_sqlite_database_get_users:
 * @self: a database
 * @ids: user ids
 * @error: a place for an error
 *
 * See porch_store_get_users_async().
 *
 * Returns: (transfer full) (element-type PorchStoreUser): the users, or %NULL with @error set
 */
GPtrArray *
porch_sqlite_database_get_users (PorchSqliteDatabase *self, const char *const *ids, GError **error)
{
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_store_user_free);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (PorchStatement) statement = use (self, GET_USER, "s", ids[i]);
      gboolean has_row;

      if (!step (self, statement, &has_row, error))
        return NULL;
      if (has_row)
        g_ptr_array_add (users, read_user (statement));
    }

  return g_steal_pointer (&users);
}

/**
 * porch_sqlite_database_search_users:
 * @self: a database
 * @query: (nullable): letters of a name or an email address
 * @limit: how many at most
 * @error: a place for an error
 *
 * See porch_store_search_users_async().
 *
 * Returns: (transfer full) (element-type PorchStoreUser): the users, or %NULL with @error set
 */
GPtrArray *
porch_sqlite_database_search_users (PorchSqliteDatabase *self,
                                    const char *query,
                                    guint limit,
                                    GError **error)
{
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_store_user_free);
  g_autofree char *letters = porch_name_fold (query != NULL ? query : "");
  g_autofree char *email = query != NULL ? porch_email_normalize (query) : NULL;
  g_autoptr (PorchStatement) statement = use (self, SEARCH_USERS, "ssi", letters, email,
                                              (gint64) limit);
  gboolean has_row;

  while (TRUE)
    {
      if (!step (self, statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&users);

      g_ptr_array_add (users, read_user (statement));
    }
}

/**
 * porch_sqlite_database_add_session:
 * @self: a database in a transaction
 * @user_id: who signed in
 * @methods: how
 * @now_us: the time, Unix microseconds
 * @error: a place for an error
 *
 * See porch_store_add_session_async().
 *
 * Returns: (transfer full): the session, or %NULL with @error set
 */
PorchRefreshResult *
porch_sqlite_database_add_session (PorchSqliteDatabase *self,
                                   const char *user_id,
                                   const char *methods,
                                   gint64 now_us,
                                   GError **error)
{
  g_autoptr (PorchRefreshResult) result = g_new0 (PorchRefreshResult, 1);
  g_autoptr (PorchStatement) add_session = NULL;
  g_autoptr (PorchStatement) add_token = NULL;
  g_autoptr (PorchStatement) forget = NULL;
  guint8 hash[HASH_BYTES];

  result->outcome = PORCH_REFRESH_ROTATED;
  result->session_id = g_uuid_string_random ();
  result->user_id = g_strdup (user_id);
  result->methods = g_strdup (methods);
  result->refresh_token = porch_refresh_token_new ();
  porch_refresh_token_hash (result->refresh_token, hash);

  add_session = use (self, ADD_SESSION, "sshis", result->session_id, user_id, hash, now_us,
                     methods);
  if (!run (self, add_session, error))
    return NULL;

  add_token = use (self, ADD_TOKEN, "hs", hash, result->session_id);
  forget = use (self, FORGET_IDLE_SESSIONS, "si", user_id, now_us - IDLE_SESSION_KEPT_US);
  if (!run (self, add_token, error) || !run (self, forget, error))
    return NULL;

  return g_steal_pointer (&result);
}

static gboolean
rotate_token (PorchSqliteDatabase *self,
              const guint8 hash[HASH_BYTES],
              const char *token,
              gint64 now_us,
              PorchRefreshResult *result,
              GError **error)
{
  guint8 successor[HASH_BYTES];
  g_autoptr (PorchStatement) add = NULL;
  g_autoptr (PorchStatement) use_up = NULL;
  g_autoptr (PorchStatement) set_newest = NULL;
  g_autoptr (PorchStatement) forget = NULL;

  result->outcome = PORCH_REFRESH_ROTATED;
  result->refresh_token = porch_refresh_token_derive_successor (self->token_secret, token);
  porch_refresh_token_hash (result->refresh_token, successor);

  add = use (self, ADD_TOKEN, "hs", successor, result->session_id);
  use_up = use (self, USE_TOKEN, "hi", hash, now_us);
  set_newest = use (self, SET_NEWEST_TOKEN, "shi", result->session_id, successor, now_us);
  forget = use (self, FORGET_USED_TOKENS, "si", result->session_id, now_us - USED_TOKEN_KEPT_US);

  return run (self, add, error) && run (self, use_up, error) && run (self, set_newest, error)
         && run (self, forget, error);
}

static gboolean
revoke_session (PorchSqliteDatabase *self, const char *session_id, gint64 now_us, GError **error)
{
  g_autoptr (PorchStatement) revoke = use (self, REVOKE_SESSION, "s", session_id);
  g_autoptr (PorchStatement) remember = use (self, REMEMBER_ENDED_SESSION, "si", session_id,
                                             now_us);

  return run (self, revoke, error) && run (self, remember, error);
}

/**
 * porch_sqlite_database_refresh_session:
 * @self: a database in a transaction
 * @refresh_token: what the client presented
 * @now_us: the time, Unix microseconds
 * @error: a place for an error
 *
 * See porch_store_refresh_session_async().
 *
 * Returns: (transfer full): what became of the token, or %NULL with @error set
 */
PorchRefreshResult *
porch_sqlite_database_refresh_session (PorchSqliteDatabase *self,
                                       const char *refresh_token,
                                       gint64 now_us,
                                       GError **error)
{
  g_autoptr (PorchRefreshResult) result = g_new0 (PorchRefreshResult, 1);
  g_autoptr (PorchStatement) get = NULL;
  guint8 hash[HASH_BYTES];
  guint8 newest[HASH_BYTES];
  gboolean has_row, is_used, is_within_window;

  porch_refresh_token_hash (refresh_token, hash);
  get = use (self, GET_TOKEN, "h", hash);
  if (!step (self, get, &has_row, error))
    return NULL;

  if (!has_row || sqlite3_column_bytes (get, 2) != HASH_BYTES)
    {
      result->outcome = PORCH_REFRESH_NOT_FOUND;
      return g_steal_pointer (&result);
    }

  result->session_id = column_text (get, 0);
  result->user_id = column_text (get, 1);
  result->methods = column_text (get, 5);
  memcpy (newest, sqlite3_column_blob (get, 2), HASH_BYTES);
  is_used = sqlite3_column_type (get, 4) != SQLITE_NULL;
  is_within_window = now_us - sqlite3_column_int64 (get, 4) < PORCH_REFRESH_REUSE_WINDOW_US;
  result->outcome = PORCH_REFRESH_REVOKED;
  if (sqlite3_column_int (get, 3))
    return g_steal_pointer (&result);

  if (!is_used)
    return rotate_token (self, hash, refresh_token, now_us, result, error)
               ? g_steal_pointer (&result)
               : NULL;

  /* The parent of the newest is one step away, however long ago it was used. */
  result->refresh_token = porch_refresh_token_find_newest (self->token_secret, refresh_token,
                                                           newest, is_within_window);
  if (result->refresh_token != NULL)
    result->outcome = PORCH_REFRESH_REUSED;
  else if (!revoke_session (self, result->session_id, now_us, error))
    return NULL;

  return g_steal_pointer (&result);
}

/**
 * porch_sqlite_database_end_sessions:
 * @self: a database in a transaction
 * @user_id: whose
 * @session_id: (nullable): which
 * @scope: how many
 * @now_us: the time, Unix microseconds
 * @error: a place for an error
 *
 * See porch_store_end_sessions_async().
 *
 * Returns: %TRUE when it was written
 */
gboolean
porch_sqlite_database_end_sessions (PorchSqliteDatabase *self,
                                    const char *user_id,
                                    const char *session_id,
                                    PorchSessionScope scope,
                                    gint64 now_us,
                                    GError **error)
{
  g_autoptr (PorchStatement) forget = use (self, FORGET_ENDED_SESSIONS, "i",
                                           now_us - ENDED_KEPT_US);
  g_autoptr (PorchStatement) remember = use (self, REMEMBER_ENDED_SESSIONS, "ssii", user_id,
                                             session_id, (gint64) scope, now_us);
  g_autoptr (PorchStatement) remove = use (self, REMOVE_SESSIONS, "ssi", user_id, session_id,
                                           (gint64) scope);

  return run (self, forget, error) && run (self, remember, error) && run (self, remove, error);
}

/**
 * porch_sqlite_database_list_ended_sessions:
 * @self: a database
 * @since_us: Unix microseconds
 * @error: a place for an error
 *
 * See porch_store_list_ended_sessions_async().
 *
 * Returns: (transfer full) (element-type utf8): session ids, or %NULL with @error set
 */
GPtrArray *
porch_sqlite_database_list_ended_sessions (PorchSqliteDatabase *self,
                                           gint64 since_us,
                                           GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PorchStatement) statement = use (self, LIST_ENDED_SESSIONS, "i", since_us);
  gboolean has_row;

  while (TRUE)
    {
      if (!step (self, statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&ids);

      g_ptr_array_add (ids, column_text (statement, 0));
    }
}

/**
 * porch_sqlite_database_take_ended_sessions:
 * @self: a database
 * @error: a place for an error
 *
 * Lists the sessions that ended, by any process's hand, since the last call or since the database
 * was opened.
 *
 * Returns: (transfer full) (element-type utf8): session ids, or %NULL with @error set
 */
GPtrArray *
porch_sqlite_database_take_ended_sessions (PorchSqliteDatabase *self, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PorchStatement) statement = use (self, LIST_NEWLY_ENDED_SESSIONS, "i",
                                              self->last_ended);
  gint64 last_ended = self->last_ended;
  gboolean has_row;

  while (TRUE)
    {
      if (!step (self, statement, &has_row, error))
        return NULL;
      if (!has_row)
        break;

      g_ptr_array_add (ids, column_text (statement, 0));
      last_ended = sqlite3_column_int64 (statement, 1);
    }

  self->last_ended = last_ended;
  return g_steal_pointer (&ids);
}

/**
 * porch_sqlite_database_record_presence:
 * @self: a database in a transaction
 * @presence: what one program of a person told
 * @combined: the person's status over all their programs
 * @error: a place for an error
 *
 * See porch_store_record_presence_async().
 *
 * Returns: %TRUE when it was written
 */
gboolean
porch_sqlite_database_record_presence (PorchSqliteDatabase *self,
                                       const PorchStorePresence *presence,
                                       PorchStatus combined,
                                       GError **error)
{
  gint64 is_online = presence->status == PORCH_STATUS_ONLINE;
  gint64 is_person_online = combined == PORCH_STATUS_ONLINE;
  g_autoptr (PorchStatement) update = use (self, UPDATE_PRESENCE, "ssiii", presence->user_id,
                                           presence->client, is_online, is_person_online,
                                           presence->last_active_us);
  g_autoptr (PorchStatement) add = NULL;
  g_autoptr (PorchStatement) forget = NULL;

  if (!run (self, update, error))
    return FALSE;
  if (sqlite3_changes (self->handle) > 0)
    return TRUE;

  add = use (self, ADD_PRESENCE, "ssiii", presence->user_id, presence->client, is_online,
             is_person_online, presence->last_active_us);
  if (!run (self, add, error))
    return FALSE;

  forget = use (self, FORGET_OLD_CLIENTS, "si", presence->user_id,
                (gint64) PORCH_STORE_CLIENTS_MAX);

  return run (self, forget, error);
}

/**
 * porch_sqlite_database_list_presences:
 * @self: a database
 * @since_us: Unix microseconds
 * @error: a place for an error
 *
 * See porch_store_list_presences_async().
 *
 * Returns: (transfer full) (element-type PorchStorePresence): presences, or %NULL with @error set
 */
GPtrArray *
porch_sqlite_database_list_presences (PorchSqliteDatabase *self, gint64 since_us, GError **error)
{
  g_autoptr (GPtrArray) presences = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_store_presence_free);
  g_autoptr (PorchStatement) statement = use (self, LIST_PRESENCES, "i", since_us);
  gboolean has_row;

  while (TRUE)
    {
      PorchStorePresence *presence;

      if (!step (self, statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&presences);

      presence = g_new0 (PorchStorePresence, 1);
      presence->user_id = column_text (statement, 0);
      presence->client = column_text (statement, 1);
      presence->status = sqlite3_column_int (statement, 2) ? PORCH_STATUS_ONLINE
                                                           : PORCH_STATUS_OFFLINE;
      presence->last_active_us = sqlite3_column_int64 (statement, 3);
      g_ptr_array_add (presences, presence);
    }
}

/**
 * porch_sqlite_database_was_changed_elsewhere:
 * @self: a database
 *
 * Returns: %TRUE when another process has committed since the last call or since the database was
 *   opened
 */
gboolean
porch_sqlite_database_was_changed_elsewhere (PorchSqliteDatabase *self)
{
  gint64 data_version = read_number (self, DATA_VERSION);

  /* 0 where it cannot be read, which is not news. */
  if (data_version == 0 || data_version == self->data_version)
    return FALSE;

  self->data_version = data_version;
  return TRUE;
}

/**
 * porch_sqlite_database_query:
 * @self: a database
 * @error: a place for an error
 * @sql_text: a statement that is too rare to be kept prepared
 * @types: a letter for each parameter, as for use()
 * @...: the parameters, which outlive the statement's use
 *
 * Returns: (transfer full): the statement, to be stepped, or %NULL with @error set
 */
PorchSqliteQuery *
porch_sqlite_database_query (PorchSqliteDatabase *self,
                             GError **error,
                             const char *sql_text,
                             const char *types,
                             ...)
{
  sqlite3_stmt *statement = NULL;
  va_list args;

  if (sqlite3_prepare_v2 (self->handle, sql_text, -1, &statement, NULL) != SQLITE_OK)
    {
      set_error (self, error);
      return NULL;
    }

  va_start (args, types);
  bind (statement, types, args);
  va_end (args);

  return statement;
}

/**
 * porch_sqlite_database_step:
 * @self: a database
 * @query: a statement of it
 * @has_row: (out): whether there is a row, or another one
 * @error: a place for an error
 *
 * Returns: %TRUE when it was run
 */
gboolean
porch_sqlite_database_step (PorchSqliteDatabase *self,
                            PorchSqliteQuery *query,
                            gboolean *has_row,
                            GError **error)
{
  return step (self, query, has_row, error);
}
