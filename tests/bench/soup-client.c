/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The least that a libsoup program can do of what the agent does, one HTTPS request and one
 * WebSocket that stays open: what the agent's memory is measured against.
 *
 *   soup-client HTTPS-ADDRESS WSS-ADDRESS
 *
 * Prints "ready" when both are done, and runs until it is ended.
 */

#include <libsoup/soup.h>

static SoupWebsocketConnection *websocket;

static void
on_websocket_connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  websocket = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  if (websocket == NULL)
    g_error ("No WebSocket: %s", error->message);

  g_print ("ready\n");
}

static void
on_answer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = soup_session_send_and_read_finish (SOUP_SESSION (source), result,
                                                                 &error);

  if (answer == NULL)
    g_error ("No answer: %s", error->message);

  soup_session_websocket_connect_async (SOUP_SESSION (source), message, NULL, NULL,
                                        G_PRIORITY_DEFAULT, NULL, on_websocket_connected_cb, NULL);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = NULL;

  if (argc != 3)
    {
      g_printerr ("usage: soup-client HTTPS-ADDRESS WSS-ADDRESS\n");
      return 2;
    }

  message = soup_message_new (SOUP_METHOD_GET, argv[1]);
  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, on_answer_cb,
                                    argv[2]);
  g_main_loop_run (loop);
  return 0;
}
