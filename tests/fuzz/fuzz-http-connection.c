/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What any client may send to porchlightd: HTTP, and WebSocket after an upgrade. The first byte
 * says into how large pieces the rest is cut on its way through a socket.
 */

#include "fuzz.h"

#include <sys/socket.h>
#include <unistd.h>

#include "server/porch-http-connection.h"
#include "server/porch-websocket.h"

static PorchPoller *poller;
static PorchClock *clock_;
static guint n_open;

static void
on_websocket_message (PorchWebsocket *websocket, const char *text, gsize length, gpointer user_data)
{
  g_autofree char *echo = g_strndup (text, length);

  g_assert_true (g_utf8_validate_len (text, length, NULL));
  porch_websocket_send_text (websocket, echo);
  if (length == 3)
    porch_websocket_close (websocket, 4000, "three");
}

static void
on_websocket_closed (PorchWebsocket *websocket, gpointer user_data)
{
  porch_websocket_free (websocket);
  n_open--;
}

static const PorchWebsocketFuncs websocket_funcs = {
  .message = on_websocket_message,
  .closed = on_websocket_closed,
};

static void
on_request (PorchHttpConnection *connection, PorchHttpRequest *request, gpointer user_data)
{
  g_assert_cmpuint (g_bytes_get_size (porch_http_request_get_body (request)), <=, 128 * 1024);
  porch_http_request_get_query_param (request, "a");
  porch_http_request_get_bearer_token (request);

  if (porch_http_request_get_header (request, "Upgrade") == NULL)
    porch_http_request_respond_bytes (request, 200, "text/plain",
                                      porch_http_request_get_body (request));
  else if (porch_websocket_accept (request, &websocket_funcs, NULL) != NULL)
    n_open++;
}

static void
on_closed (PorchHttpConnection *connection, gpointer user_data)
{
  porch_http_connection_free (connection);
  n_open--;
}

static void
on_answered (PorchHttpConnection *connection,
             PorchHttpRequest *request,
             guint status,
             gint64 duration_us,
             gpointer user_data)
{
  g_assert_nonnull (porch_http_request_get_method (request));
}

static const PorchHttpConnectionFuncs connection_funcs = {
  .request = on_request,
  .answered = on_answered,
  .closed = on_closed,
};

static void
iterate (int peer)
{
  char buffer[4096];

  while (g_main_context_iteration (NULL, FALSE))
    ;
  while (recv (peer, buffer, sizeof buffer, MSG_DONTWAIT) > 0)
    ;
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  int pair[2];
  gsize piece;

  if (length == 0)
    return 0;
  if (poller == NULL)
    {
      poller = porch_poller_new ();
      clock_ = porch_clock_new ();
    }

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), ==, 0);
  n_open++;
  porch_http_connection_new (porch_transport_new (poller, pair[0], "192.0.2.1", NULL), clock_,
                             &connection_funcs, NULL);

  piece = bytes[0] % 8 == 0 ? (gsize) bytes[0] / 8 + 1 : length;
  for (gsize sent = 1; sent < length && n_open > 0; sent += piece)
    {
      if (send (pair[1], bytes + sent, MIN (piece, length - sent), MSG_NOSIGNAL) < 0)
        break;
      iterate (pair[1]);
    }

  /* Whatever it was: when the client goes, nothing stays. */
  close (pair[1]);
  while (n_open > 0)
    g_main_context_iteration (NULL, TRUE);

  return 0;
}
