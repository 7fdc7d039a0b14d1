/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A socket for tests that send what no decent client would. Waiting runs the main loop, so that the
 * server may be in this process, and fails after twenty seconds.
 */

#include "porch-test-raw.h"

#include <string.h>

#define PATIENCE_US (20 * G_TIME_SPAN_SECOND)

PorchTestRaw *
porch_test_raw_new (const char *address)
{
  PorchTestRaw *self = g_new0 (PorchTestRaw, 1);
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocketAddress) peer = g_inet_socket_address_new_from_string (g_uri_get_host (uri),
                                                                           g_uri_get_port (uri));
  g_autoptr (GError) error = NULL;

  self->received = g_string_new (NULL);
  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                               &error);
  g_assert_no_error (error);
  g_socket_connect (self->socket, peer, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (self->socket, FALSE);

  return self;
}

void
porch_test_raw_free (PorchTestRaw *self)
{
  g_object_unref (self->socket);
  g_string_free (self->received, TRUE);
  g_free (self);
}

/* How much was taken: 0 when nothing can be sent now, -1 when nothing can be any more. */
gssize
porch_test_raw_send_some (PorchTestRaw *self, const void *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;
  gssize n_sent = g_socket_send (self->socket, bytes, length, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return 0;

  return n_sent;
}

static void
iterate (gint64 began_us)
{
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, PATIENCE_US);
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (500);
}

void
porch_test_raw_send (PorchTestRaw *self, const void *bytes, gsize length)
{
  gint64 began_us = g_get_monotonic_time ();
  const char *rest = bytes;

  while (length > 0)
    {
      gssize n_sent = porch_test_raw_send_some (self, rest, length);

      g_assert_cmpint (n_sent, >=, 0);
      rest += n_sent;
      length -= n_sent;
      if (length > 0)
        iterate (began_us);
    }
}

void
porch_test_raw_send_text (PorchTestRaw *self, const char *text)
{
  porch_test_raw_send (self, text, strlen (text));
}

/* Takes what has come. */
void
porch_test_raw_receive (PorchTestRaw *self)
{
  char buffer[16384];

  while (!self->is_over)
    {
      g_autoptr (GError) error = NULL;
      gssize n_read = g_socket_receive (self->socket, buffer, sizeof buffer, NULL, &error);

      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return;
      if (n_read > 0)
        g_string_append_len (self->received, buffer, n_read);
      else
        self->is_over = TRUE;
    }
}

void
porch_test_raw_wait_for (PorchTestRaw *self, const char *text)
{
  gint64 began_us = g_get_monotonic_time ();

  for (;;)
    {
      porch_test_raw_receive (self);
      if (memmem (self->received->str, self->received->len, text, strlen (text)) != NULL)
        return;
      if (self->is_over)
        g_error ("Waited for “%s”, got “%s”", text, self->received->str);
      iterate (began_us);
    }
}

void
porch_test_raw_wait_for_length (PorchTestRaw *self, gsize length)
{
  gint64 began_us = g_get_monotonic_time ();

  for (porch_test_raw_receive (self); self->received->len < length && !self->is_over;
       porch_test_raw_receive (self))
    iterate (began_us);
  g_assert_cmpuint (self->received->len, >=, length);
}

void
porch_test_raw_wait_for_end (PorchTestRaw *self)
{
  gint64 began_us = g_get_monotonic_time ();

  for (porch_test_raw_receive (self); !self->is_over; porch_test_raw_receive (self))
    iterate (began_us);
}

/* Does the opening handshake; what comes after it is received anew. */
void
porch_test_raw_open_websocket (PorchTestRaw *self, const char *path)
{
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\n"
                                              "Host: localhost\r\n"
                                              "Upgrade: websocket\r\n"
                                              "Connection: keep-alive, Upgrade\r\n"
                                              "Sec-WebSocket-Version: 13\r\n"
                                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                              "\r\n",
                                              path);
  const char *end;

  porch_test_raw_send_text (self, request);
  porch_test_raw_wait_for (self, "\r\n\r\n");
  g_assert_true (g_str_has_prefix (self->received->str, "HTTP/1.1 101 "));
  /* The answer to the key of RFC 6455, 1.3. */
  g_assert_nonnull (strstr (self->received->str, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  end = strstr (self->received->str, "\r\n\r\n");
  g_string_erase (self->received, 0, end + 4 - self->received->str);
}

/* A masked frame; first: its first byte, 0x81 for a whole text. */
void
porch_test_raw_send_frame (PorchTestRaw *self, guint8 first, const char *payload, gsize length)
{
  static const guint8 mask[] = { 0x12, 0x34, 0x56, 0x78 };
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 header[10] = { first };
  gsize header_length = 2;

  if (length < 126)
    {
      header[1] = 0x80 | length;
    }
  else
    {
      header_length = length <= G_MAXUINT16 ? 4 : 10;
      header[1] = 0x80 | (length <= G_MAXUINT16 ? 126 : 127);
      for (gsize i = 2; i < header_length; i++)
        header[i] = (guint64) length >> (8 * (header_length - 1 - i)) & 0xff;
    }
  g_byte_array_append (frame, header, header_length);
  g_byte_array_append (frame, mask, sizeof mask);
  g_byte_array_append (frame, (const guint8 *) payload, length);
  for (gsize i = 0; i < length; i++)
    frame->data[header_length + 4 + i] ^= mask[i % 4];

  porch_test_raw_send (self, frame->data, frame->len);
}
