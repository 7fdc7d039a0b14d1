/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Runs PostgreSQL for tests: makes a cluster, starts it, can stop it and start it again on the same
 * data, and removes what it left. It refuses to run as root, so then it runs as Debian's user
 * "postgres". It ends with the test, however that ends.
 */

#include "porch-test-postgres.h"

#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define DEBIAN_FOLDER "/usr/lib/postgresql"
#define DEFAULT_PORT  5432
#define SERVER_USER   "postgres"
#define PATIENCE_US   (30 * G_TIME_SPAN_SECOND)

/* The newest version that Debian's packages have put there; NULL where there is none. */
static char *
find_programs (void)
{
  g_autoptr (GDir) dir = g_dir_open (DEBIAN_FOLDER, 0, NULL);
  gint64 newest = 0;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *initdb = g_build_filename (DEBIAN_FOLDER, name, "bin", "initdb", NULL);

      if (g_file_test (initdb, G_FILE_TEST_IS_EXECUTABLE))
        newest = MAX (newest, g_ascii_strtoll (name, NULL, 10));
    }

  return newest > 0 ? g_strdup_printf (DEBIAN_FOLDER "/%" G_GINT64_FORMAT "/bin", newest) : NULL;
}

/* The words of a command, as the user who may run it. program: transfer full */
static GPtrArray *
begin_command (char *program)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (argv, g_strdup ("setpriv"));
  g_ptr_array_add (argv, g_strdup ("--pdeathsig=INT"));
  if (geteuid () == 0)
    {
      g_ptr_array_add (argv, g_strdup ("--reuid=" SERVER_USER));
      g_ptr_array_add (argv, g_strdup ("--regid=" SERVER_USER));
      g_ptr_array_add (argv, g_strdup ("--clear-groups"));
    }
  g_ptr_array_add (argv, g_strdup ("--"));
  g_ptr_array_add (argv, program);

  return argv;
}

static GSubprocess *
launch (GPtrArray *argv)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv (
      (const char *const *) argv->pdata,
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&process);
}

static void
make_cluster (PorchTestPostgres *self)
{
  g_autoptr (GPtrArray) argv = begin_command (g_build_filename (self->programs, "initdb", NULL));
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  struct passwd *user = getpwnam (SERVER_USER);

  if (geteuid () == 0)
    g_assert_no_errno (chown (self->folder, user->pw_uid, user->pw_gid));

  g_ptr_array_add (argv, g_strdup_printf ("--pgdata=%s/data", self->folder));
  g_ptr_array_add (argv, g_strdup ("--username=porchlight"));
  g_ptr_array_add (argv, g_strdup ("--auth=trust"));
  g_ptr_array_add (argv, g_strdup ("--encoding=UTF8"));
  g_ptr_array_add (argv, g_strdup ("--locale=C.UTF-8"));
  g_ptr_array_add (argv, g_strdup ("--no-sync"));
  process = launch (argv);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

static void
wait_until_it_answers (PorchTestPostgres *self)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;

  while (PQping (self->conninfo) != PQPING_OK)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (20000);
    }
}

/* On the same data. */
void
porch_test_postgres_start_again (PorchTestPostgres *self)
{
  g_autoptr (GPtrArray) argv = begin_command (g_build_filename (self->programs, "postgres", NULL));
  g_autofree char *data = g_build_filename (self->folder, "data", NULL);
  g_autofree char *sockets = g_strconcat ("unix_socket_directories=", self->folder, NULL);
  g_autofree char *port = g_strdup_printf ("port=%u", self->port != 0 ? self->port : DEFAULT_PORT);
  const char *listen = self->port != 0 ? "listen_addresses=127.0.0.1" : "listen_addresses=";
  const char *const words[] = { "-D", data, "-c", listen,      "-c", sockets,
                                "-c", port, "-c", "fsync=off", "-c", "max_connections=40" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_ptr_array_add (argv, g_strdup (words[i]));
  self->process = launch (argv);
  g_free (self->conninfo);
  self->conninfo = g_strdup_printf ("host=%s %s user=porchlight dbname=postgres", self->folder,
                                    port);
  wait_until_it_answers (self);
}

/* NULL, after saying so, where PostgreSQL is not installed. */
PorchTestPostgres *
porch_test_postgres_start (void)
{
  g_autofree char *programs = find_programs ();
  PorchTestPostgres *self;

  if (programs == NULL || (geteuid () == 0 && getpwnam (SERVER_USER) == NULL))
    {
      g_test_message ("PostgreSQL is not installed: what needs it is left out");
      return NULL;
    }

  self = g_new0 (PorchTestPostgres, 1);
  self->programs = g_steal_pointer (&programs);
  self->folder = g_dir_make_tmp ("porch-postgres-XXXXXX", NULL);
  make_cluster (self);
  porch_test_postgres_start_again (self);

  return self;
}

/* At once, but cleanly: whoever is connected loses the connection. */
void
porch_test_postgres_stop (PorchTestPostgres *self)
{
  g_autoptr (GError) error = NULL;

  if (self->process == NULL)
    return;

  g_subprocess_send_signal (self->process, SIGINT);
  g_subprocess_wait (self->process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->process);
}

/* From now on it can be reached by TCP too, but by IPv4 alone. */
void
porch_test_postgres_open_port (PorchTestPostgres *self)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) got = NULL;
  g_autoptr (GError) error = NULL;

  g_socket_listener_add_address (listener, wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, &got, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  g_socket_listener_close (listener);

  porch_test_postgres_stop (self);
  porch_test_postgres_start_again (self);
}

static void
remove_folder (const char *folder)
{
  const char *const argv[] = { "rm", "-rf", "--", folder, NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_NONE, NULL);

  g_subprocess_wait (process, NULL, NULL);
}

void
porch_test_postgres_free (PorchTestPostgres *self)
{
  porch_test_postgres_stop (self);
  remove_folder (self->folder);
  g_free (self->programs);
  g_free (self->folder);
  g_free (self->conninfo);
  g_free (self);
}

static void
ignore_notice (void *arg, const PGresult *notice)
{
}

/* The first value of the first row; NULL where there is none. */
char *
porch_test_postgres_query (PorchTestPostgres *self, const char *sql)
{
  PGconn *pg = PQconnectdb (self->conninfo);
  PGresult *result;
  ExecStatusType status;
  char *value = NULL;

  PQsetNoticeReceiver (pg, ignore_notice, NULL);
  result = PQexec (pg, sql);
  status = PQresultStatus (result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    g_error ("%s: %s", sql, PQresultErrorMessage (result));
  if (PQntuples (result) > 0 && !PQgetisnull (result, 0, 0))
    value = g_strdup (PQgetvalue (result, 0, 0));
  PQclear (result);
  PQfinish (pg);

  return value;
}

void
porch_test_postgres_run (PorchTestPostgres *self, const char *sql)
{
  g_free (porch_test_postgres_query (self, sql));
}
