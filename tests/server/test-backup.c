/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "porch-test-client.h"
#include "porch-test-daemon.h"
#include "porch-test-wait.h"
#include "protocol/porch-auth-message.h"

typedef struct
{
  PorchTestDaemon *daemon;
  SoupSession *session;
  char *folder; /* of backups */
  char *backup;
  char *output;
  char *errors;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->daemon = porch_test_daemon_start (NULL);
  fixture->session = soup_session_new ();
  fixture->folder = g_dir_make_tmp ("porch-backup-XXXXXX", NULL);
  fixture->backup = g_build_filename (fixture->folder, "monday.db", NULL);
  porch_test_daemon_add_user (fixture->daemon, "ann@example.org", "Ann Arbor", "correct horse");
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_clear_object (&fixture->session);
  porch_test_daemon_free (fixture->daemon);
  g_unlink (fixture->backup);
  g_assert_no_errno (g_rmdir (fixture->folder));
  g_free (fixture->folder);
  g_free (fixture->backup);
  g_free (fixture->output);
  g_free (fixture->errors);
}

/* Returns the exit code. option: (nullable): one of porchlightd, with its value */
static int
run_backup (Fixture *fixture, const char *option, const char *value)
{
  const char *const argv[] = { g_getenv ("PORCHLIGHTD"),
                               "--data",
                               fixture->daemon->folder,
                               option != NULL ? option : "backup",
                               option != NULL ? value : fixture->backup,
                               option != NULL ? "backup" : NULL,
                               fixture->backup,
                               NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->output, g_free);
  g_clear_pointer (&fixture->errors, g_free);
  process = g_subprocess_newv (
      argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &fixture->output, &fixture->errors, &error);
  g_assert_no_error (error);

  return g_subprocess_get_exit_status (process);
}

static PorchTestAnswer *
call (Fixture *fixture, const char *path, const char *body, const char *header, const char *value)
{
  g_autofree char *uri = g_strconcat (fixture->daemon->address, path, NULL);

  return porch_test_call (fixture->session, "POST", uri, body, header, value, NULL);
}

/* Returns the header of who is signed in. */
static char *
sign_in (Fixture *fixture)
{
  g_autofree char *uri = g_strconcat (fixture->daemon->address, "/.well-known/porchlight", NULL);
  g_autofree char *body = porch_auth_password_grant_build ("ann@example.org", "correct horse");
  g_autoptr (PorchTestAnswer) discovery = porch_test_call (fixture->session, "GET", uri, NULL,
                                                           NULL);
  g_autoptr (PorchTestAnswer) signed_in = call (
      fixture, "/auth/v1/token?grant_type=password", body, "apikey",
      porch_test_answer_get (discovery, "supabase.anonKey"));

  g_assert_cmpuint (signed_in->status, ==, 200);

  return g_strconcat ("Bearer ", porch_test_answer_get (signed_in, "access_token"), NULL);
}

static gint64
read_number (const char *path, const char *sql)
{
  sqlite3 *handle;
  sqlite3_stmt *statement;
  gint64 number;

  g_assert_cmpint (sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  number = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (handle);

  return number;
}

static void
test_backup_has_what_was_answered (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *authorization = sign_in (fixture);
  g_autoptr (PorchTestAnswer) answer = call (
      fixture, "/api/user/presence", "{\"status\":\"online\"}", "Authorization", authorization);
  GStatBuf status;

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpint (run_backup (fixture, NULL, NULL), ==, 0);

  g_assert_cmpint (read_number (fixture->backup, "SELECT count(*) FROM users"), ==, 1);
  g_assert_cmpint (read_number (fixture->backup, "SELECT count(*) FROM sessions"), ==, 1);
  g_assert_cmpint (read_number (fixture->backup, "SELECT is_online FROM presences"), ==, 1);
  g_assert_no_errno (g_stat (fixture->backup, &status));
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
on_beat_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);

  g_assert_nonnull (body);
  (*(guint *) user_data)--;
}

/* The server writes on while it is copied, and the copy can take its place. */
static void
test_backup_can_be_restored (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *authorization = sign_in (fixture);
  g_autofree char *uri = g_strconcat (fixture->daemon->address, "/api/user/presence", NULL);
  g_autofree char *database = g_build_filename (fixture->daemon->folder, "porchlight.db", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (PorchTestAnswer) answer = NULL;
  guint n_under_way = 50;
  gsize length;

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
      g_autoptr (GBytes) body = g_bytes_new_static ("{\"status\":\"online\"}", 19);

      soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                   authorization);
      soup_message_set_request_body_from_bytes (message, "application/json", body);
      soup_session_send_and_read_async (fixture->session, message, G_PRIORITY_DEFAULT, NULL,
                                        on_beat_answered_cb, &n_under_way);
    }
  g_assert_cmpint (run_backup (fixture, NULL, NULL), ==, 0);
  porch_test_wait_until (n_under_way == 0);

  porch_test_daemon_stop (fixture->daemon);
  g_assert_true (g_file_get_contents (fixture->backup, &contents, &length, NULL));
  g_assert_true (g_file_set_contents (database, contents, (gssize) length, NULL));
  porch_test_daemon_start_again (fixture->daemon);
  soup_session_abort (fixture->session);
  answer = call (fixture, "/api/user/presence", "{\"status\":\"offline\"}", "Authorization",
                 authorization);
  g_assert_cmpuint (answer->status, ==, 200);
}

static void
test_backup_overwrites_nothing (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *contents = NULL;

  g_assert_true (g_file_set_contents (fixture->backup, "last week's", -1, NULL));
  g_assert_cmpint (run_backup (fixture, NULL, NULL), ==, 1);
  g_assert_nonnull (strstr (fixture->errors, "there already"));
  g_assert_true (g_file_get_contents (fixture->backup, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "last week's");
}

/* What is no whole copy never gets the name of one. */
static void
test_damaged_database_is_no_backup (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *database = g_build_filename (fixture->daemon->folder, "porchlight.db", NULL);
  g_autofree char *contents = NULL;
  gsize length;

  porch_test_daemon_stop (fixture->daemon);
  g_assert_true (g_file_get_contents (database, &contents, &length, NULL));
  memset (contents + 8192, 0xa5, length - 8192);
  g_assert_true (g_file_set_contents (database, contents, (gssize) length, NULL));

  g_assert_cmpint (run_backup (fixture, NULL, NULL), ==, 1);
  g_assert_nonnull (strstr (fixture->errors, "damaged"));
  g_assert_false (g_file_test (fixture->backup, G_FILE_TEST_EXISTS));
}

static void
test_postgres_has_a_tool_of_its_own (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *config = g_build_filename (fixture->folder, "porchlightd.conf", NULL);

  g_assert_true (g_file_set_contents (config, "[store]\nbackend=postgres\npostgres=host=/nowhere\n",
                                      -1, NULL));
  g_assert_cmpint (run_backup (fixture, "--config", config), ==, 1);
  g_assert_nonnull (strstr (fixture->errors, "pg_dump"));
  g_unlink (config);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/backup/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("has-what-was-answered", test_backup_has_what_was_answered);
  add ("can-be-restored", test_backup_can_be_restored);
  add ("overwrites-nothing", test_backup_overwrites_nothing);
  add ("damaged-database-is-none", test_damaged_database_is_no_backup);
  add ("postgres-has-a-tool-of-its-own", test_postgres_has_a_tool_of_its_own);

  return g_test_run ();
}
