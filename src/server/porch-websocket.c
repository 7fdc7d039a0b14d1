/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The server's side of one WebSocket (RFC 6455). A frame is built once and shared by all who get
 * it, written at once where the client keeps up, and queued by reference where not; an idle client
 * costs a few hundred bytes. SoupWebsocketConnection copies each message for each client, and
 * bounds a frame where a message must be bounded. No extensions, no binary messages. Owned by the
 * broker's connection; it knows nothing of what the messages say.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-websocket.h"

#include <errno.h>
#include <libsoup/soup.h>
#include <string.h>

#include "server/porch-http-request-private.h"
#include "server/porch-transport.h"

#define READ_SIZE                 (64 * 1024)
#define CONTROL_PAYLOAD_MAX_BYTES 125
/* Who has so much waiting that they did not read is not read either: their pings and requests would
 * only make it more. */
#define OUTPUT_BEFORE_INPUT_BYTES (64 * 1024)
#define HANDSHAKE_GUID            "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define STATUS_UPGRADE_REQUIRED   426

typedef enum
{
  OPCODE_CONTINUATION = 0x0,
  OPCODE_TEXT = 0x1,
  OPCODE_BINARY = 0x2,
  OPCODE_CLOSE = 0x8,
  OPCODE_PING = 0x9,
  OPCODE_PONG = 0xA,
} Opcode;

typedef enum
{
  STATE_OPEN,
  STATE_CLOSING, /* our close frame is out; waiting for the client's */
  STATE_CLOSED,  /* both are; waiting for the bytes to leave */
  STATE_BROKEN,  /* the transport was shut down; waiting for the next turn to say so */
} State;

struct _PorchWebsocket
{
  PorchTransport *transport;
  const PorchWebsocketFuncs *funcs;
  gpointer user_data;
  State state;
  GByteArray *input;   /* an unfinished frame, or NULL */
  GByteArray *message; /* an unfinished message, or NULL */
  GQueue output;       /* GBytes, whole frames */
  gsize output_offset; /* what is written of the first */
  gsize output_bytes;
};

typedef struct
{
  gboolean is_final;
  Opcode opcode;
  guint8 *payload;
  gsize length;
} Frame;

static void
break_connection (PorchWebsocket *self)
{
  if (self->state == STATE_BROKEN)
    return;

  /* The hang-up comes in the next turn: nobody up the stack finds the socket freed. */
  self->state = STATE_BROKEN;
  porch_transport_shutdown (self->transport, TRUE);
}

static void
update_wanted (PorchWebsocket *self)
{
  GIOCondition wanted = 0;

  if (self->output_bytes <= OUTPUT_BEFORE_INPUT_BYTES)
    wanted |= G_IO_IN;
  if (!g_queue_is_empty (&self->output))
    wanted |= G_IO_OUT;

  porch_transport_set_wanted (self->transport, wanted);
}

static void
flush_output (PorchWebsocket *self)
{
  while (!g_queue_is_empty (&self->output))
    {
      GBytes *frame = g_queue_peek_head (&self->output);
      gsize length;
      const char *bytes = g_bytes_get_data (frame, &length);
      gssize n_written = porch_transport_write (self->transport, bytes + self->output_offset,
                                                length - self->output_offset);

      if (n_written < 0)
        {
          if (errno != EAGAIN)
            break_connection (self);
          else
            update_wanted (self);
          return;
        }

      self->output_offset += n_written;
      self->output_bytes -= n_written;
      if (self->output_offset == length)
        {
          g_bytes_unref (g_queue_pop_head (&self->output));
          self->output_offset = 0;
        }
    }

  update_wanted (self);
  if (self->state == STATE_CLOSED)
    break_connection (self);
}

static void
queue_frame (PorchWebsocket *self, GBytes *frame, gsize n_written)
{
  if (g_queue_is_empty (&self->output))
    self->output_offset = n_written;
  g_queue_push_tail (&self->output, g_bytes_ref (frame));
  self->output_bytes += g_bytes_get_size (frame) - n_written;

  if (self->output_bytes + porch_transport_get_unacknowledged (self->transport)
      > PORCH_WEBSOCKET_UNACKNOWLEDGED_MAX_BYTES)
    {
      g_message ("%s does not read what it is sent and was dropped",
                 porch_transport_get_address (self->transport));
      break_connection (self);
      return;
    }

  update_wanted (self);
}

static void
write_frame (PorchWebsocket *self, GBytes *frame)
{
  gsize length;
  const char *bytes = g_bytes_get_data (frame, &length);
  gssize n_written = 0;

  if (g_queue_is_empty (&self->output))
    {
      n_written = porch_transport_write (self->transport, bytes, length);
      if (n_written == (gssize) length)
        return;
      if (n_written < 0 && errno != EAGAIN)
        {
          break_connection (self);
          return;
        }
    }

  queue_frame (self, frame, MAX (n_written, 0));
}

/* A server's frame: final, not masked (RFC 6455, 5.1 and 5.2). */
static GBytes *
build_frame (Opcode opcode, const char *payload, gsize length)
{
  guint8 *bytes = g_malloc (length + 10);
  gsize n = 0;

  bytes[n++] = 0x80 | opcode;
  if (length <= CONTROL_PAYLOAD_MAX_BYTES)
    {
      bytes[n++] = length;
    }
  else if (length <= G_MAXUINT16)
    {
      bytes[n++] = 126;
      bytes[n++] = length >> 8;
      bytes[n++] = length & 0xff;
    }
  else
    {
      bytes[n++] = 127;
      for (int shift = 56; shift >= 0; shift -= 8)
        bytes[n++] = (guint64) length >> shift & 0xff;
    }
  memcpy (bytes + n, payload, length);

  return g_bytes_new_take (bytes, n + length);
}

static void
send_control (PorchWebsocket *self, Opcode opcode, const char *payload, gsize length)
{
  g_autoptr (GBytes) frame = build_frame (opcode, payload, length);

  write_frame (self, frame);
}

static void
send_close (PorchWebsocket *self, guint16 code, const char *reason)
{
  char payload[CONTROL_PAYLOAD_MAX_BYTES];
  gsize length = MIN (strlen (reason), sizeof payload - 2);

  payload[0] = code >> 8;
  payload[1] = code & 0xff;
  memcpy (payload + 2, reason, length);
  send_control (self, OPCODE_CLOSE, payload, 2 + length);
}

/* The client broke the protocol: it is told, and nothing more of it is read. */
static void
fail (PorchWebsocket *self, guint16 code, const char *reason)
{
  g_debug ("%s: %s", porch_transport_get_address (self->transport), reason);

  if (self->state == STATE_OPEN)
    send_close (self, code, reason);
  if (self->state == STATE_BROKEN)
    return;

  self->state = STATE_CLOSED;
  if (g_queue_is_empty (&self->output))
    break_connection (self);
}

/* Which codes may travel (RFC 6455, 7.4). */
static gboolean
is_close_code (guint code)
{
  return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
         || (code >= 3000 && code <= 4999);
}

static void
on_close_frame (PorchWebsocket *self, const Frame *frame)
{
  guint code = SOUP_WEBSOCKET_CLOSE_NORMAL;

  if (frame->length >= 2)
    code = frame->payload[0] << 8 | frame->payload[1];

  if (frame->length == 1 || !is_close_code (code)
      || (frame->length > 2
          && !g_utf8_validate_len ((char *) frame->payload + 2, frame->length - 2, NULL)))
    {
      fail (self, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, "Malformed close frame");
      return;
    }

  if (self->state == STATE_OPEN)
    send_close (self, code, "");
  if (self->state == STATE_BROKEN)
    return;

  self->state = STATE_CLOSED;
  if (g_queue_is_empty (&self->output))
    break_connection (self);
}

static void
deliver_message (PorchWebsocket *self, const char *text, gsize length)
{
  if (!g_utf8_validate_len (text, length, NULL))
    fail (self, SOUP_WEBSOCKET_CLOSE_BAD_DATA, "Not UTF-8");
  else if (self->state == STATE_OPEN)
    self->funcs->message (self, text, length, self->user_data);
}

static void
on_data_frame (PorchWebsocket *self, const Frame *frame)
{
  gboolean is_first = frame->opcode != OPCODE_CONTINUATION;

  if (frame->opcode == OPCODE_BINARY)
    {
      fail (self, SOUP_WEBSOCKET_CLOSE_UNSUPPORTED_DATA, "No binary messages");
      return;
    }
  if (is_first != (self->message == NULL))
    {
      fail (self, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, "Fragments out of order");
      return;
    }
  if (is_first && frame->is_final)
    {
      deliver_message (self, (char *) frame->payload, frame->length);
      return;
    }

  if (is_first)
    self->message = g_byte_array_new ();
  g_byte_array_append (self->message, frame->payload, frame->length);

  if (frame->is_final)
    {
      g_autoptr (GByteArray) message = g_steal_pointer (&self->message);

      deliver_message (self, (char *) message->data, message->len);
    }
}

static void
on_frame (PorchWebsocket *self, const Frame *frame)
{
  switch (frame->opcode)
    {
    case OPCODE_CONTINUATION:
    case OPCODE_TEXT:
    case OPCODE_BINARY:
      on_data_frame (self, frame);
      break;
    case OPCODE_CLOSE:
      on_close_frame (self, frame);
      break;
    case OPCODE_PING:
      if (self->state == STATE_OPEN)
        send_control (self, OPCODE_PONG, (char *) frame->payload, frame->length);
      break;
    case OPCODE_PONG:
      break;
    default:
      fail (self, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, "Unknown opcode");
      break;
    }
}

/* The length of a frame's header by its first two bytes; every client masks, with four bytes. */
static gsize
get_header_length (const guint8 *bytes)
{
  guint length7 = bytes[1] & 0x7f;

  return 2 + (length7 == 126 ? 2 : length7 == 127 ? 8 : 0) + 4;
}

static guint64
get_payload_length (const guint8 *bytes)
{
  guint length7 = bytes[1] & 0x7f;
  guint n_bytes = length7 == 126 ? 2 : length7 == 127 ? 8 : 0;
  guint64 length = 0;

  if (n_bytes == 0)
    return length7;
  for (guint i = 0; i < n_bytes; i++)
    length = length << 8 | bytes[2 + i];

  return length;
}

static const char *
find_header_fault (const guint8 *bytes, guint64 length)
{
  gboolean is_control = (bytes[0] & 0x08) != 0;

  if ((bytes[0] & 0x70) != 0)
    return "Reserved bits";
  if ((bytes[1] & 0x80) == 0)
    return "Frame not masked";
  if (is_control && ((bytes[0] & 0x80) == 0 || length > CONTROL_PAYLOAD_MAX_BYTES))
    return "Malformed control frame";

  return NULL;
}

/* Takes one frame from the front of bytes, unmasked in place. Returns its whole length; 0 when it
 * is not all there, or the client has failed. */
static gsize
take_frame (PorchWebsocket *self, guint8 *bytes, gsize n_bytes, Frame *frame)
{
  gsize unfinished = 0;
  gsize header_length;
  guint64 length;
  const char *fault;
  const guint8 *mask;

  if (n_bytes < 2)
    return 0;
  header_length = get_header_length (bytes);
  if (n_bytes < header_length)
    return 0;

  /* A control frame in between is no part of the message (RFC 6455, 5.4). */
  if ((bytes[0] & 0x08) == 0 && self->message != NULL)
    unfinished = self->message->len;
  length = get_payload_length (bytes);
  fault = find_header_fault (bytes, length);
  if (fault != NULL || length > PORCH_WEBSOCKET_MESSAGE_MAX_BYTES - unfinished)
    {
      if (fault != NULL)
        fail (self, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, fault);
      else
        fail (self, SOUP_WEBSOCKET_CLOSE_TOO_BIG, "Message too large");
      return 0;
    }
  if (n_bytes - header_length < length)
    return 0;

  mask = bytes + header_length - 4;
  frame->is_final = (bytes[0] & 0x80) != 0;
  frame->opcode = bytes[0] & 0x0f;
  frame->payload = bytes + header_length;
  frame->length = length;
  for (gsize i = 0; i < length; i++)
    frame->payload[i] ^= mask[i % 4];

  return header_length + length;
}

/* Returns how many of the bytes were whole frames. */
static gsize
take_frames (PorchWebsocket *self, guint8 *bytes, gsize n_bytes)
{
  gsize taken = 0;

  while (self->state == STATE_OPEN || self->state == STATE_CLOSING)
    {
      Frame frame;
      gsize length = take_frame (self, bytes + taken, n_bytes - taken, &frame);

      if (length == 0)
        return taken;
      taken += length;
      on_frame (self, &frame);
    }

  /* After the close nothing is read any more. */
  return n_bytes;
}

static void
take_input (PorchWebsocket *self, guint8 *bytes, gsize n_bytes)
{
  gsize taken;

  if (self->input == NULL)
    {
      taken = take_frames (self, bytes, n_bytes);
      if (taken < n_bytes)
        {
          self->input = g_byte_array_new ();
          g_byte_array_append (self->input, bytes + taken, n_bytes - taken);
        }
      return;
    }

  g_byte_array_append (self->input, bytes, n_bytes);
  taken = take_frames (self, self->input->data, self->input->len);
  if (taken == self->input->len)
    g_clear_pointer (&self->input, g_byte_array_unref);
  else if (taken > 0)
    g_byte_array_remove_range (self->input, 0, taken);
}

/* FALSE at the end of the connection. */
static gboolean
read_input (PorchWebsocket *self)
{
  static guint8 buffer[READ_SIZE]; /* one thread, and nothing keeps it */
  gssize n_read = porch_transport_read (self->transport, buffer, sizeof buffer);

  if (n_read > 0)
    take_input (self, buffer, n_read);

  return n_read > 0 || (n_read < 0 && errno == EAGAIN);
}

static void
on_transport_ready_cb (PorchTransport *transport, GIOCondition ready, gpointer user_data)
{
  PorchWebsocket *self = user_data;
  gboolean is_open = self->state != STATE_BROKEN && (ready & G_IO_ERR) == 0;

  if (is_open && (ready & G_IO_OUT) != 0)
    flush_output (self);
  if (is_open && (ready & (G_IO_IN | G_IO_HUP)) != 0)
    is_open = read_input (self);

  if (!is_open)
    {
      self->state = STATE_BROKEN;
      self->funcs->closed (self, self->user_data);
    }
}

/* The headers of the opening handshake (RFC 6455, 4.2.1). Returns the key, or answers. */
static const char *
check_handshake (PorchHttpRequest *request)
{
  const char *upgrade = porch_http_request_get_header (request, "Upgrade");
  const char *connection = porch_http_request_get_header (request, "Connection");
  const char *version = porch_http_request_get_header (request, "Sec-WebSocket-Version");
  const char *key = porch_http_request_get_header (request, "Sec-WebSocket-Key");
  gsize key_length = 0;
  g_autofree guchar *key_bytes = NULL;

  if (upgrade == NULL || !soup_header_contains (upgrade, "websocket") || connection == NULL
      || !soup_header_contains (connection, "upgrade") || g_strcmp0 (version, "13") != 0)
    {
      porch_http_request_set_header (request, "Upgrade", "websocket");
      porch_http_request_set_header (request, "Sec-WebSocket-Version", "13");
      porch_http_request_respond_error (request, STATUS_UPGRADE_REQUIRED,
                                        "This address speaks WebSocket");
      return NULL;
    }

  if (key != NULL && strlen (key) == 24)
    key_bytes = g_base64_decode (key, &key_length);
  if (key_length != 16)
    {
      porch_http_request_respond_error (request, SOUP_STATUS_BAD_REQUEST,
                                        "Malformed Sec-WebSocket-Key");
      return NULL;
    }

  return key;
}

static char *
build_handshake_answer (const char *key)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;
  g_autofree char *accept = NULL;

  g_checksum_update (checksum, (const guchar *) key, -1);
  g_checksum_update (checksum, (const guchar *) HANDSHAKE_GUID, -1);
  g_checksum_get_digest (checksum, digest, &length);
  accept = g_base64_encode (digest, length);

  return g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n"
                          "\r\n",
                          accept);
}

/**
 * porch_websocket_accept:
 * @request: a request that asks for a WebSocket, in its handler
 * @funcs: what to call
 * @user_data: for @funcs
 *
 * Completes the opening handshake, or answers the request with what is wrong with it.
 *
 * Returns: (transfer full) (nullable): the open socket
 */
PorchWebsocket *
porch_websocket_accept (PorchHttpRequest *request,
                        const PorchWebsocketFuncs *funcs,
                        gpointer user_data)
{
  const char *key = check_handshake (request);
  g_autofree char *answer = NULL;
  g_autoptr (GBytes) rest = NULL;
  g_autoptr (GBytes) answer_bytes = NULL;
  PorchTransport *transport;
  PorchWebsocket *self;

  if (key == NULL)
    return NULL;

  answer = build_handshake_answer (key);
  transport = porch_http_request_steal_transport (request, &rest);
  if (transport == NULL)
    return NULL;
  /* A client waits for our half of the handshake before it sends a frame (RFC 6455, 4.1). */
  if (g_bytes_get_size (rest) > 0)
    {
      porch_transport_free (transport);
      return NULL;
    }

  self = g_new0 (PorchWebsocket, 1);
  self->transport = transport;
  self->funcs = funcs;
  self->user_data = user_data;
  porch_transport_set_callback (transport, on_transport_ready_cb, self);
  porch_transport_set_wanted (transport, G_IO_IN);

  answer_bytes = g_bytes_new (answer, strlen (answer));
  write_frame (self, answer_bytes);

  return self;
}

/**
 * porch_websocket_free:
 * @self: (transfer full): a socket; not while it calls, but for @closed
 *
 * Closes the connection without a word, where it is still open.
 */
void
porch_websocket_free (PorchWebsocket *self)
{
  g_return_if_fail (self != NULL);

  porch_transport_free (self->transport);
  g_clear_pointer (&self->input, g_byte_array_unref);
  g_clear_pointer (&self->message, g_byte_array_unref);
  g_queue_clear_full (&self->output, (GDestroyNotify) g_bytes_unref);
  g_free (self);
}

/**
 * porch_websocket_build_frame:
 * @text: valid UTF-8
 *
 * Returns: (transfer full): a text message as it travels, the same to every client
 */
GBytes *
porch_websocket_build_frame (const char *text)
{
  return build_frame (OPCODE_TEXT, text, strlen (text));
}

/**
 * porch_websocket_send:
 * @self: a socket
 * @frame: what porch_websocket_build_frame() made
 *
 * Sends it, or drops a client that has more than %PORCH_WEBSOCKET_UNACKNOWLEDGED_MAX_BYTES waiting.
 * Calls nothing back.
 */
void
porch_websocket_send (PorchWebsocket *self, GBytes *frame)
{
  if (self->state == STATE_OPEN)
    write_frame (self, frame);
}

/**
 * porch_websocket_send_text:
 * @self: a socket
 * @text: valid UTF-8
 *
 * Sends a message that is for one client alone.
 */
void
porch_websocket_send_text (PorchWebsocket *self, const char *text)
{
  g_autoptr (GBytes) frame = porch_websocket_build_frame (text);

  porch_websocket_send (self, frame);
}

/**
 * porch_websocket_close:
 * @self: a socket
 * @code: why (RFC 6455, 7.4; 4000 and above are the application's)
 * @reason: the same in words
 *
 * Begins the closing handshake. Messages that still come are dropped. A client that does not do its
 * part is for porch_websocket_abort().
 */
void
porch_websocket_close (PorchWebsocket *self, guint16 code, const char *reason)
{
  if (self->state != STATE_OPEN)
    return;

  send_close (self, code, reason);
  if (self->state == STATE_OPEN)
    self->state = STATE_CLOSING;
}

/**
 * porch_websocket_abort:
 * @self: a socket
 *
 * Ends the connection without waiting for anything; @closed is called in the next turn.
 */
void
porch_websocket_abort (PorchWebsocket *self)
{
  break_connection (self);
}
