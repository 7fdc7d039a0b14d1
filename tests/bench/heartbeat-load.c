/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Sends heartbeats to a porchlightd on the loopback as fast as it answers them: each connection
 * stays open, has one request under way, and takes the next person in turn for the next one. It
 * knows just enough HTTP to do that, so that it costs its core less than the server costs its own.
 *
 *   heartbeat-load PORT CONNECTIONS SECONDS <TOKENS
 *
 * Tokens come one a line. Prints: answers in the time, failed answers, and the 50th and 99th
 * percentile of the time to an answer in microseconds.
 */

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX_BYTES 4096
#define CONNECTIONS_MAX  4000
/* 127.0.0.0/8 is all this machine: porchlightd bounds the connections of one address. */
#define CONNECTIONS_PER_ADDRESS 16

typedef struct
{
  int fd;
  gint64 sent_at_us;
  gsize received;
  char answer[ANSWER_MAX_BYTES + 1];
} Connection;

typedef struct
{
  GPtrArray *requests;
  guint next_request;
  GArray *latencies_us;
  guint n_failed;
} Load;

static GPtrArray *
read_requests (void)
{
  GPtrArray *requests = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (STDIN_FILENO);
  char *line;

  while (g_io_channel_read_line (input, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL)
    {
      g_autofree char *body = g_strdup_printf ("{\"status\":\"online\",\"client\":\"bench-%u\"}",
                                               requests->len);

      g_ptr_array_add (requests, g_strdup_printf ("POST /api/user/presence HTTP/1.1\r\n"
                                                  "Host: 127.0.0.1\r\n"
                                                  "Authorization: Bearer %s\r\n"
                                                  "Content-Type: application/json\r\n"
                                                  "Content-Length: %zu\r\n"
                                                  "\r\n%s",
                                                  g_strchomp (line), strlen (body), body));
      g_free (line);
    }

  return requests;
}

static gboolean
send_next (Load *load, Connection *connection)
{
  const char *request = load->requests->pdata[load->next_request++ % load->requests->len];
  gsize length = strlen (request);

  connection->received = 0;
  connection->sent_at_us = g_get_monotonic_time ();
  return send (connection->fd, request, length, MSG_NOSIGNAL) == (gssize) length;
}

static gboolean
open_connection (Load *load, Connection *connection, guint number, guint16 port, int epoll_fd)
{
  struct sockaddr_in own = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK + 1 + number / CONNECTIONS_PER_ADDRESS),
  };
  struct sockaddr_in server = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };
  int yes = 1;

  connection->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);

  return bind (connection->fd, (struct sockaddr *) &own, sizeof own) == 0
         && connect (connection->fd, (struct sockaddr *) &server, sizeof server) == 0
         && epoll_ctl (epoll_fd, EPOLL_CTL_ADD, connection->fd, &event) == 0
         && send_next (load, connection);
}

/* Whether all of an answer is there: the head says how long the body is. */
static gboolean
answer_is_whole (Connection *connection)
{
  const char *end_of_head, *length;

  connection->answer[connection->received] = '\0';
  end_of_head = strstr (connection->answer, "\r\n\r\n");
  if (end_of_head == NULL)
    return FALSE;

  length = strcasestr (connection->answer, "\r\ncontent-length:");
  if (length == NULL || length > end_of_head)
    return FALSE;

  return connection->received
         >= (gsize) (end_of_head + 4 - connection->answer) + strtoul (length + 17, NULL, 10);
}

static gboolean
receive (Load *load, Connection *connection)
{
  gint64 took_us;
  gssize n = recv (connection->fd, connection->answer + connection->received,
                   ANSWER_MAX_BYTES - connection->received, 0);

  if (n <= 0)
    return FALSE;

  connection->received += n;
  if (!answer_is_whole (connection))
    return connection->received < ANSWER_MAX_BYTES;

  took_us = g_get_monotonic_time () - connection->sent_at_us;
  if (g_str_has_prefix (connection->answer, "HTTP/1.1 200"))
    g_array_append_val (load->latencies_us, took_us);
  else if (load->n_failed++ == 0)
    g_printerr ("heartbeat-load: %s\n", connection->answer);

  return send_next (load, connection);
}

static int
compare_int64 (gconstpointer a, gconstpointer b)
{
  const gint64 *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static void
print_result (Load *load)
{
  GArray *latencies_us = load->latencies_us;
  gint64 p50 = 0, p99 = 0;

  g_array_sort (latencies_us, compare_int64);
  if (latencies_us->len > 0)
    {
      p50 = g_array_index (latencies_us, gint64, latencies_us->len / 2);
      p99 = g_array_index (latencies_us, gint64, latencies_us->len - 1 - latencies_us->len / 100);
    }

  g_print ("%u %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", latencies_us->len, load->n_failed,
           p50, p99);
}

int
main (int argc, char *argv[])
{
  Load load = { .latencies_us = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  guint n_connections = argc == 4 ? strtoul (argv[2], NULL, 10) : 0;
  g_autofree Connection *connections = NULL;
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  gint64 end_us;

  if (n_connections == 0 || n_connections > CONNECTIONS_MAX)
    {
      g_printerr ("usage: heartbeat-load PORT CONNECTIONS SECONDS <TOKENS\n");
      return 2;
    }

  load.requests = read_requests ();
  connections = g_new0 (Connection, n_connections);
  end_us = g_get_monotonic_time () + strtoul (argv[3], NULL, 10) * G_USEC_PER_SEC;
  for (guint i = 0; i < n_connections; i++)
    {
      if (load.requests->len == 0
          || !open_connection (&load, &connections[i], i, strtoul (argv[1], NULL, 10), epoll_fd))
        {
          g_printerr ("heartbeat-load: no tokens, or the server takes no connection\n");
          return 1;
        }
    }

  while (g_get_monotonic_time () < end_us)
    {
      struct epoll_event events[64];
      int n_events = epoll_wait (epoll_fd, events, G_N_ELEMENTS (events), 100);

      for (int i = 0; i < n_events; i++)
        {
          if (!receive (&load, events[i].data.ptr))
            {
              g_printerr ("heartbeat-load: the server ended a connection\n");
              return 1;
            }
        }
    }

  print_result (&load);
  g_ptr_array_unref (load.requests);
  g_array_unref (load.latencies_us);
  return 0;
}
