/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include <string.h>

#include "porch-test-raw.h"
#include "porch-test-server.h"
#include "server/porch-websocket.h"

#define PING_EVENT "{\"event\":\"pusher:ping\",\"data\":\"{}\"}"
#define PONG_EVENT "pusher:pong"

#define FINAL        0x80
#define CONTINUATION 0x0
#define TEXT         0x1
#define BINARY       0x2
#define CLOSE        0x8
#define PING         0x9
#define PONG         0xA

static PorchTestRaw *
connect_to (PorchTestServer *server)
{
  PorchTestRaw *raw = porch_test_raw_new (server->address);
  g_autofree char *path = g_strdup_printf ("/app/%s?protocol=7", server->secrets->pusher_key);

  porch_test_raw_open_websocket (raw, path);
  porch_test_raw_wait_for (raw, "connection_established");

  return raw;
}

/* The last frame is a close with this code, and then comes the end. */
static void
assert_closed_with (PorchTestRaw *raw, guint code)
{
  const char close[] = { (char) (FINAL | CLOSE) };
  const guint8 *frame;

  porch_test_raw_wait_for_end (raw);
  frame = memrchr (raw->received->str, close[0], raw->received->len);
  g_assert_nonnull (frame);
  g_assert_cmpuint (frame[2] << 8 | frame[3], ==, code);
}

static void
test_whole_message (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestRaw) raw = connect_to (server);

  porch_test_raw_send_frame (raw, FINAL | TEXT, PING_EVENT, strlen (PING_EVENT));
  porch_test_raw_wait_for (raw, PONG_EVENT);
}

/* In three pieces, with a ping in between, each byte of it in a packet of its own. */
static void
test_fragments (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestRaw) raw = connect_to (server);
  const char pong[] = { (char) (FINAL | PONG), 2, 'h', 'i', '\0' };

  porch_test_raw_send_frame (raw, TEXT, PING_EVENT, 10);
  porch_test_raw_send_frame (raw, FINAL | PING, "hi", 2);
  porch_test_raw_wait_for (raw, pong);
  porch_test_raw_send_frame (raw, CONTINUATION, "", 0);
  porch_test_raw_send_frame (raw, FINAL | CONTINUATION, PING_EVENT + 10, strlen (PING_EVENT) - 10);
  porch_test_raw_wait_for (raw, PONG_EVENT);
}

static void
test_byte_by_byte (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestRaw) raw = connect_to (server);
  /* pusher:ping, masked with zeroes. */
  g_autoptr (GString) frame = g_string_new (NULL);

  g_string_append_printf (frame, "%c%c", FINAL | TEXT, (int) (0x80 | strlen (PING_EVENT)));
  g_string_append_len (frame, "\0\0\0\0", 4);
  g_string_append (frame, PING_EVENT);
  for (gsize i = 0; i < frame->len; i++)
    {
      porch_test_raw_send (raw, frame->str + i, 1);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  porch_test_raw_wait_for (raw, PONG_EVENT);
}

static void
test_large_message (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestRaw) raw = connect_to (server);
  g_autofree char *text = g_strnfill (PORCH_WEBSOCKET_MESSAGE_MAX_BYTES, 'x');

  /* It is no event, but it is read, and the connection stays. */
  porch_test_raw_send_frame (raw, FINAL | TEXT, text, PORCH_WEBSOCKET_MESSAGE_MAX_BYTES);
  porch_test_raw_wait_for (raw, "pusher:error");
  porch_test_raw_send_frame (raw, FINAL | TEXT, PING_EVENT, strlen (PING_EVENT));
  porch_test_raw_wait_for (raw, PONG_EVENT);
}

static void
assert_frame_fails (guint8 first, const char *payload, gsize length, guint code)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestRaw) raw = connect_to (server);

  porch_test_raw_send_frame (raw, first, payload, length);
  assert_closed_with (raw, code);
}

static void
test_protocol_errors (void)
{
  g_autofree char *long_ping = g_strnfill (126, 'x');

  assert_frame_fails (FINAL | BINARY, "x", 1, 1003);
  assert_frame_fails (FINAL | TEXT, "\xc3\x28", 2, 1007);
  assert_frame_fails (FINAL | 0x40 | TEXT, "x", 1, 1002);
  assert_frame_fails (FINAL | 0x3, "x", 1, 1002);
  assert_frame_fails (FINAL | 0xB, "x", 1, 1002);
  assert_frame_fails (PING, "x", 1, 1002);
  assert_frame_fails (FINAL | PING, long_ping, 126, 1002);
  assert_frame_fails (FINAL | CONTINUATION, "x", 1, 1002);
  assert_frame_fails (FINAL | CLOSE, "x", 1, 1002);
  assert_frame_fails (FINAL | CLOSE, "\x03\xed", 2, 1002); /* 1005 may not travel */
}

static void
test_unmasked (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestRaw) raw = connect_to (server);

  porch_test_raw_send (raw, "\x81\x05hello", 7);
  assert_closed_with (raw, 1002);
}

static void
test_too_large (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestRaw) raw = connect_to (server);

  /* The header is enough: nobody waits for 2^63 bytes. */
  porch_test_raw_send (raw, "\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14);
  assert_closed_with (raw, 1009);
}

static void
test_close (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestRaw) normal = connect_to (server);
  g_autoptr (PorchTestRaw) bare = connect_to (server);

  porch_test_raw_send_frame (normal, FINAL | CLOSE,
                             "\x0f\xa0"
                             "bye",
                             5); /* 4000 */
  assert_closed_with (normal, 4000);
  porch_test_raw_send_frame (bare, FINAL | CLOSE, "", 0);
  assert_closed_with (bare, 1000);
  while (porch_broker_get_n_connections (server->broker) > 0)
    g_main_context_iteration (NULL, TRUE);
}

/* One that does not read what is published is dropped at 1 MiB, and the others are not held up. */
static void
test_reader_that_never_reads (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestRaw) lazy = connect_to (server);
  g_autoptr (PorchTestRaw) diligent = connect_to (server);
  const char subscribe[] = "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"news\"}}";
  g_autofree char *data = g_strnfill (10000, '7');
  gsize n_published = 0;

  porch_test_raw_send_frame (lazy, FINAL | TEXT, subscribe, strlen (subscribe));
  porch_test_raw_wait_for (lazy, "subscription_succeeded");
  porch_test_raw_send_frame (diligent, FINAL | TEXT, subscribe, strlen (subscribe));
  porch_test_raw_wait_for (diligent, "subscription_succeeded");

  while (porch_broker_get_n_connections (server->broker) == 2)
    {
      porch_publisher_publish (PORCH_PUBLISHER (server->broker), "news", "flood", data, NULL);
      n_published += strlen (data);
      g_main_context_iteration (NULL, FALSE);
      porch_test_raw_receive (diligent);
      /* The client's kernel takes some megabytes before the server's begins to keep them. */
      g_assert_cmpuint (n_published, <, 16 * 1024 * 1024);
    }

  g_assert_cmpuint (n_published, >, PORCH_WEBSOCKET_UNACKNOWLEDGED_MAX_BYTES);
  porch_test_raw_wait_for_length (diligent, n_published);
  porch_test_raw_send_frame (diligent, FINAL | TEXT, PING_EVENT, strlen (PING_EVENT));
  porch_test_raw_wait_for (diligent, PONG_EVENT);
}

static void
assert_handshake_refused (const char *headers, const char *status)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (server->address);
  g_autofree char *request = g_strdup_printf ("GET /app/x?protocol=7 HTTP/1.1\r\nHost: x\r\n%s\r\n",
                                              headers);

  porch_test_raw_send_text (raw, request);
  porch_test_raw_wait_for (raw, status);
}

static void
test_bad_handshakes (void)
{
  assert_handshake_refused ("", "HTTP/1.1 426 Upgrade Required");
  assert_handshake_refused ("Upgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Version: 8\r\n"
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                            "Sec-WebSocket-Version: 13\r\n");
  assert_handshake_refused ("Upgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n",
                            "HTTP/1.1 400 ");
  assert_handshake_refused ("Upgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Version: 13\r\n",
                            "HTTP/1.1 400 ");
}

#define ADD(name, func) g_test_add_func ("/server/websocket/" name, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("whole-message", test_whole_message);
  ADD ("fragments", test_fragments);
  ADD ("byte-by-byte", test_byte_by_byte);
  ADD ("large-message", test_large_message);
  ADD ("protocol-errors", test_protocol_errors);
  ADD ("unmasked", test_unmasked);
  ADD ("too-large", test_too_large);
  ADD ("close", test_close);
  ADD ("reader-that-never-reads", test_reader_that_never_reads);
  ADD ("bad-handshakes", test_bad_handshakes);

  return g_test_run ();
}
