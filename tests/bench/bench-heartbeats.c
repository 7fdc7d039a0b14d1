/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* How many heartbeats a second porchlightd takes on one core, each stored before it is answered.
 * The real server runs on the first core that this process may use, on a database on the disk; this
 * process plays the clients from the others, each on a connection of its own that sends its next
 * heartbeat when the last one was answered.
 */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/porch-jwt.h"
#include "server/porch-secrets.h"
#include "server/porch-sqlite-database.h"
#include "server/porch-sqlite-store.h"

#define N_CLIENTS  500
#define WARM_UP_US (1 * G_TIME_SPAN_SECOND)
#define MEASURE_US (5 * G_TIME_SPAN_SECOND)
#define GOAL       10000
#define ANSWER_OK  "HTTP/1.1 200 "
#define BODY       "{\"status\":\"online\",\"client\":\"0123456789abcdef\"}"
#define EVENTS_MAX 256

typedef struct
{
  int fd;
  char *request;
  gsize length;
} Client;

static char *
add_user (PorchSqliteDatabase *database, const PorchSecrets *secrets, guint number)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *email = g_strdup_printf ("person%u@example.org", number);
  g_autofree char *session_id = g_uuid_string_random ();
  gint64 now_us = g_get_real_time ();
  PorchStoreUser user = {
    .id = id,
    .email = email,
    .password_hash = (char *) "nobody signs in",
    .first_name = (char *) "Person",
    .last_name = (char *) "Number",
    .created_at_us = now_us,
  };
  PorchJwtClaims claims = {
    .sub = id,
    .email = email,
    .session_id = session_id,
    .role = (char *) "authenticated",
    .aud = (char *) "authenticated",
    .iss = (char *) "http://127.0.0.1/auth/v1",
    .iat_us = now_us,
    .exp_us = now_us + G_TIME_SPAN_HOUR,
  };
  g_autoptr (GError) error = NULL;

  if (!porch_sqlite_database_add_user (database, &user, &error))
    g_error ("%s", error->message);

  return porch_jwt_sign (&claims, NULL, secrets->jwt_secret);
}

static void
make_clients (const char *data_dir, Client *clients)
{
  g_autofree char *path = g_build_filename (data_dir, PORCH_SQLITE_STORE_FILE, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchSecrets) secrets = porch_secrets_load (data_dir, g_get_real_time (), &error);
  g_autoptr (PorchSqliteDatabase) database = NULL;

  g_assert_no_error (error);
  database = porch_sqlite_database_open (path, secrets->token_secret, &error);
  g_assert_no_error (error);

  porch_sqlite_database_begin (database, &error);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *token = add_user (database, secrets, i);

      clients[i].request = g_strdup_printf ("POST /api/user/presence HTTP/1.1\r\n"
                                            "Host: 127.0.0.1\r\n"
                                            "Authorization: Bearer %s\r\n"
                                            "Content-Type: application/json\r\n"
                                            "Content-Length: %zu\r\n"
                                            "\r\n" BODY,
                                            token, strlen (BODY));
      clients[i].length = strlen (clients[i].request);
    }
  porch_sqlite_database_commit (database, &error);
  g_assert_no_error (error);
}

static int
get_first_core (const cpu_set_t *cores)
{
  int core = 0;

  while (!CPU_ISSET (core, cores))
    core++;

  return core;
}

static void
pin_to_one_core (gpointer user_data)
{
  sched_setaffinity (0, sizeof (cpu_set_t), user_data);
}

/* Leaves the first core to the server, where there is another one. */
static GSubprocess *
start_server (const char *porchlightd, const char *data_dir)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GError) error = NULL;
  cpu_set_t all, servers;
  GSubprocess *process;

  sched_getaffinity (0, sizeof all, &all);
  CPU_ZERO (&servers);
  CPU_SET (get_first_core (&all), &servers);
  g_subprocess_launcher_set_child_setup (launcher, pin_to_one_core, &servers, NULL);
  process = g_subprocess_launcher_spawn (launcher, &error, porchlightd, "--data", data_dir,
                                         "--listen", "127.0.0.1:0", NULL);
  g_assert_no_error (error);

  if (CPU_COUNT (&all) > 1)
    {
      CPU_CLR (get_first_core (&all), &all);
      sched_setaffinity (0, sizeof all, &all);
    }

  return process;
}

static guint16
wait_for_port (GSubprocess *process)
{
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (
      g_subprocess_get_stdout_pipe (process));

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  while (TRUE)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);

      g_assert_nonnull (line);
      if (g_str_has_prefix (line, "Address: "))
        return (guint16) g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
    }
}

static void
send_heartbeat (Client *client)
{
  if (write (client->fd, client->request, client->length) != (gssize) client->length)
    g_error ("Cannot send a heartbeat");
}

static int
connect_clients (Client *clients, guint16 port)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int epoll = epoll_create1 (EPOLL_CLOEXEC);

  for (guint i = 0; i < N_CLIENTS; i++)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.ptr = &clients[i] };

      clients[i].fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      g_assert_no_errno (
          connect (clients[i].fd, (struct sockaddr *) (gpointer) &address, sizeof address));
      g_assert_no_errno (epoll_ctl (epoll, EPOLL_CTL_ADD, clients[i].fd, &event));
      send_heartbeat (&clients[i]);
    }

  return epoll;
}

static void
receive_answer (Client *client)
{
  char answer[4096];
  gssize length = read (client->fd, answer, sizeof answer);

  if (length < (gssize) strlen (ANSWER_OK) || memcmp (answer, ANSWER_OK, strlen (ANSWER_OK)) != 0)
    g_error ("A heartbeat was refused: %.*s", (int) MAX (length, 0), answer);
}

/* Returns how many were answered. */
static guint
beat (int epoll, gint64 duration_us)
{
  gint64 end_us = g_get_monotonic_time () + duration_us;
  guint n_answers = 0;

  while (g_get_monotonic_time () < end_us)
    {
      struct epoll_event events[EVENTS_MAX];
      int n_events = epoll_wait (epoll, events, EVENTS_MAX, 1000);

      for (int i = 0; i < n_events; i++)
        {
          receive_answer (events[i].data.ptr);
          send_heartbeat (events[i].data.ptr);
          n_answers++;
        }
    }

  return n_answers;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_autofree Client *clients = g_new0 (Client, N_CLIENTS);
  g_autofree char *data_dir = NULL;
  g_autoptr (GSubprocess) server = NULL;
  struct rusage usage;
  guint n_answers;
  double cpu_s;
  int epoll;

  g_assert_cmpint (argc, ==, 2);

  /* In the build folder rather than in /tmp, which may be no disk. */
  data_dir = g_strdup ("bench-heartbeats-XXXXXX");
  g_assert_nonnull (g_mkdtemp (data_dir));
  make_clients (data_dir, clients);
  server = start_server (argv[1], data_dir);
  epoll = connect_clients (clients, wait_for_port (server));
  beat (epoll, WARM_UP_US);
  n_answers = beat (epoll, MEASURE_US);

  g_subprocess_send_signal (server, SIGTERM);
  g_subprocess_wait (server, NULL, NULL);
  getrusage (RUSAGE_CHILDREN, &usage);
  cpu_s = (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
          + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / G_USEC_PER_SEC;
  g_print ("porchlightd, %u clients, one core: %.0f heartbeats a second, each stored "
           "(goal: %u); %.1f s of CPU in all\n",
           N_CLIENTS, (double) n_answers * G_USEC_PER_SEC / MEASURE_US, GOAL, cpu_s);

  close (epoll);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      close (clients[i].fd);
      g_free (clients[i].request);
    }
  remove_folder (data_dir);

  return 0;
}
