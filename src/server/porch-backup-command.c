/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* "porchlightd backup FILE": a copy of the SQLite database as it is at one moment, while the server
 * goes on writing. The copy gets its name when all of it is on the disk and was looked through, so
 * that a file with that name is always whole. Called by main, which knows the configuration. It
 * does not copy the server's secrets, which do not change and are kept apart from the data.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-backup-command.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/porch-sqlite-store.h"
#include "server/porch-store.h"

#define EXIT_USAGE      2
#define BUSY_TIMEOUT_MS 5000

typedef sqlite3 PorchSqliteHandle;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchSqliteHandle, sqlite3_close)

static gboolean
set_sqlite_error (sqlite3 *handle, const char *path, GError **error)
{
  g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FAILED, "%s: %s", path,
               sqlite3_errmsg (handle));
  return FALSE;
}

static gboolean
set_errno_error (const char *path, GError **error)
{
  g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FAILED, "%s: %s", path,
               g_strerror (errno));
  return FALSE;
}

/* Readable by nobody else, as the database is. */
static gboolean
make_file (const char *path, GError **error)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd == -1 || fchmod (fd, 0600) == -1)
    {
      set_errno_error (path, error);
      if (fd != -1)
        g_close (fd, NULL);
      return FALSE;
    }

  return g_close (fd, error);
}

static PorchSqliteHandle *
open_database (const char *path, int flags, GError **error)
{
  g_autoptr (PorchSqliteHandle) handle = NULL;

  if (sqlite3_open_v2 (path, &handle, flags, NULL) != SQLITE_OK)
    {
      set_sqlite_error (handle, path, error);
      return NULL;
    }
  sqlite3_busy_timeout (handle, BUSY_TIMEOUT_MS);

  return g_steal_pointer (&handle);
}

/* In one step, which reads one state of the database: the server writes on beside it. */
static gboolean
copy (const char *from, const char *to, GError **error)
{
  g_autoptr (PorchSqliteHandle) source = open_database (from, SQLITE_OPEN_READWRITE, error);
  g_autoptr (PorchSqliteHandle) target = NULL;
  sqlite3_backup *backup;

  if (source == NULL)
    return FALSE;
  target = open_database (to, SQLITE_OPEN_READWRITE, error);
  if (target == NULL)
    return FALSE;

  backup = sqlite3_backup_init (target, "main", source, "main");
  if (backup == NULL)
    return set_sqlite_error (target, to, error);
  sqlite3_backup_step (backup, -1);
  if (sqlite3_backup_finish (backup) != SQLITE_OK)
    return set_sqlite_error (target, to, error);

  /* One file, which needs none beside it. */
  if (sqlite3_exec (target, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
    return set_sqlite_error (target, to, error);

  return TRUE;
}

static gboolean
look_through (const char *path, GError **error)
{
  g_autoptr (PorchSqliteHandle) handle = open_database (path, SQLITE_OPEN_READONLY, error);
  sqlite3_stmt *statement = NULL;
  gboolean is_whole = FALSE;

  if (handle == NULL)
    return FALSE;

  if (sqlite3_prepare_v2 (handle, "PRAGMA quick_check", -1, &statement, NULL) == SQLITE_OK
      && sqlite3_step (statement) == SQLITE_ROW)
    is_whole = g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") == 0;
  sqlite3_finalize (statement);
  if (!is_whole)
    g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_DAMAGED,
                         "The database is damaged: this is no backup");

  return is_whole;
}

static gboolean
name_durably (const char *from, const char *to, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (to);
  int fd;

  if (g_rename (from, to) == -1)
    return set_errno_error (to, error);

  fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd != -1)
    {
      fsync (fd);
      g_close (fd, NULL);
    }

  return TRUE;
}

static gboolean
back_up (const char *from, const char *to, GError **error)
{
  g_autofree char *partial = g_strconcat (to, ".partial", NULL);

  if (!g_file_test (from, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND, "There is no database %s",
                   from);
      return FALSE;
    }
  if (g_file_test (to, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_EXISTS, "%s is there already", to);
      return FALSE;
    }
  if (!make_file (partial, error))
    return FALSE;

  if (copy (from, partial, error) && look_through (partial, error)
      && name_durably (partial, to, error))
    return TRUE;

  g_unlink (partial);

  return FALSE;
}

/**
 * porch_backup_command_run:
 * @argc: how many arguments
 * @argv: the arguments from "backup" on
 * @config: what the administrator chose
 *
 * Runs "porchlightd backup FILE" and says what came of it. Blocks.
 *
 * Returns: 0 when the backup is there, 1 when it failed, 2 when the command was not understood
 */
int
porch_backup_command_run (int argc, char **argv, const PorchConfig *config)
{
  g_autofree char *database = g_build_filename (config->data_dir, PORCH_SQLITE_STORE_FILE, NULL);
  g_autoptr (GError) error = NULL;

  if (config->store_backend == PORCH_STORE_BACKEND_POSTGRES)
    {
      g_printerr (
          "porchlightd: The data are in PostgreSQL, which pg_dump backs up while the server "
          "runs:\n  pg_dump --schema=porchlight --format=custom --file=FILE DATABASE\n");
      return EXIT_FAILURE;
    }
  if (argc != 2 || *argv[1] == '-')
    {
      g_printerr ("Usage: porchlightd [--data DIR] backup FILE\n");
      return EXIT_USAGE;
    }

  if (!back_up (database, argv[1], &error))
    {
      g_printerr ("porchlightd: %s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("Wrote %s. Keep a copy of %s/secrets too, apart from it.\n", argv[1], config->data_dir);

  return EXIT_SUCCESS;
}
