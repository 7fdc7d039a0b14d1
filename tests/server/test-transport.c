/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "porch-fake-clock.h"
#include "porch-test-certificate.h"
#include "porch-test-raw.h"
#include "server/porch-broker.h"
#include "server/porch-http-server.h"

#define KEY "key"

typedef struct
{
  PorchFakeClock *clock;
  PorchHttpServer *http;
  PorchBroker *broker;
  SoupSession *session;
  char *folder;
  char *certificate_path;
  char *key_path;
  char *address;
} Fixture;

static void
on_echo (PorchHttpRequest *request, gpointer user_data)
{
  porch_http_request_respond_bytes (request, 200, "text/plain",
                                    porch_http_request_get_body (request));
}

static void
on_large (PorchHttpRequest *request, gpointer user_data)
{
  g_autofree char *text = g_strnfill (512 * 1024, 'x');
  g_autoptr (GBytes) bytes = g_bytes_new (text, 512 * 1024);

  porch_http_request_respond_bytes (request, 200, "text/plain", bytes);
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (GTlsDatabase) trusted = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("porch-tls-XXXXXX", NULL);
  porch_test_certificate_write (self->folder, &self->certificate_path, &self->key_path);
  self->clock = porch_fake_clock_new (1705314600 * G_TIME_SPAN_SECOND);
  self->http = porch_http_server_new (PORCH_CLOCK (self->clock));
  self->broker = porch_broker_new (PORCH_CLOCK (self->clock), KEY, "secret");
  porch_broker_add_routes (self->broker, self->http);
  porch_http_server_add_route (self->http, "POST", "/echo", on_echo, NULL);
  porch_http_server_add_route (self->http, "GET", "/large", on_large, NULL);
  porch_http_server_set_tls_certificate (self->http, self->certificate_path, self->key_path,
                                         &error);
  g_assert_no_error (error);
  porch_http_server_listen (self->http, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  self->address = porch_http_server_dup_address (self->http);

  trusted = g_tls_file_database_new (self->certificate_path, &error);
  g_assert_no_error (error);
  self->session = soup_session_new_with_options ("tls-database", trusted, NULL);

  return self;
}

static void
fixture_free (Fixture *self)
{
  soup_session_abort (self->session);
  g_object_unref (self->session);
  porch_http_server_stop (self->http);
  porch_broker_stop (self->broker);
  g_object_unref (self->broker);
  g_assert_finalize_object (self->http);
  g_object_unref (self->clock);
  g_unlink (self->certificate_path);
  g_unlink (self->key_path);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->certificate_path);
  g_free (self->key_path);
  g_free (self->address);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
on_sent (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GBytes *
call (Fixture *self, const char *method, const char *path, GBytes *body, GError **error)
{
  g_autofree char *url = g_strconcat (self->address, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GAsyncResult) result = NULL;

  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, "text/plain", body);
  soup_session_send_and_read_async (self->session, message, G_PRIORITY_DEFAULT, NULL, on_sent,
                                    &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return soup_session_send_and_read_finish (self->session, result, error);
}

/* More than a record each way, and more than the kernel takes at once. */
static void
test_bodies (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autofree char *text = g_strnfill (100000, 'y');
  g_autoptr (GBytes) body = g_bytes_new (text, 100000);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) echo = NULL;
  g_autoptr (GBytes) large = NULL;

  g_assert_true (g_str_has_prefix (self->address, "https://127.0.0.1:"));
  echo = call (self, "POST", "/echo", body, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (echo, body));
  large = call (self, "GET", "/large", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (large), ==, 512 * 1024);
}

static void
test_untrusted (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = NULL;

  g_object_unref (self->session);
  self->session = soup_session_new ();
  answer = call (self, "GET", "/large", NULL, &error);
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
}

static gboolean
on_accept_certificate (void)
{
  return TRUE;
}

static void
on_websocket_message (SoupWebsocketConnection *connection,
                      SoupWebsocketDataType type,
                      GBytes *bytes,
                      gpointer user_data)
{
  g_string_append_len (user_data, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
test_websocket (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autofree char *url = g_strconcat (self->address, "/app/" KEY "?protocol=7", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  g_autoptr (SoupWebsocketConnection) connection = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GString) received = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate), NULL);
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT,
                                        NULL, on_sent, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  connection = soup_session_websocket_connect_finish (self->session, result, &error);
  g_assert_no_error (error);
  g_signal_connect (connection, "message", G_CALLBACK (on_websocket_message), received);
  while (strstr (received->str, "connection_established") == NULL)
    g_main_context_iteration (NULL, TRUE);
  soup_websocket_connection_send_text (connection, "{\"event\":\"pusher:ping\"}");
  while (strstr (received->str, "pusher:pong") == NULL)
    g_main_context_iteration (NULL, TRUE);

  soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  while (soup_websocket_connection_get_state (connection) != SOUP_WEBSOCKET_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (connection), ==,
                    SOUP_WEBSOCKET_CLOSE_NORMAL);
}

/* Neither a client that speaks HTTP to us nor one that stops in its handshake is served, and the
 * latter ends by the deadline of a request; others are served meanwhile. */
static void
test_no_handshake (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestRaw) plain = porch_test_raw_new (self->address);
  g_autoptr (GPtrArray) halves = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_test_raw_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = NULL;

  porch_test_raw_send_text (plain, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  porch_test_raw_wait_for_end (plain);
  g_assert_null (strstr (plain->received->str, "HTTP/1.1"));

  for (guint i = 0; i < 50; i++)
    {
      PorchTestRaw *half = porch_test_raw_new (self->address);

      porch_test_raw_send (half, "\x16\x03\x01\x01\x00\x01\x00", 7);
      g_ptr_array_add (halves, half);
    }
  answer = call (self, "GET", "/large", NULL, &error);
  g_assert_no_error (error);

  for (guint second = 0; second < 12; second++)
    porch_fake_clock_advance_ms (self->clock, 1000);
  for (guint i = 0; i < halves->len; i++)
    porch_test_raw_wait_for_end (g_ptr_array_index (halves, i));
}

static void
test_bad_files (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchHttpServer) other = porch_http_server_new (PORCH_CLOCK (self->clock));
  g_autoptr (GError) error = NULL;

  g_assert_false (
      porch_http_server_set_tls_certificate (other, self->key_path, self->key_path, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_clear_error (&error);
  g_assert_false (porch_http_server_set_tls_certificate (other, "/nowhere", "/nowhere", &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
}

#define ADD(name, func) g_test_add_func ("/server/transport/tls/" name, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("bodies", test_bodies);
  ADD ("untrusted", test_untrusted);
  ADD ("websocket", test_websocket);
  ADD ("no-handshake", test_no_handshake);
  ADD ("bad-files", test_bad_files);

  return g_test_run ();
}
