/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One client that speaks HTTP/1.1 (RFC 9112) to us: a state machine from bytes to requests and from
 * answers to bytes, one request at a time. Every state has a deadline and every buffer a bound, and
 * what is too large is refused before it is read. libsoup parses the headers; SoupServer is not
 * used because it gives neither. Owned by PorchHttpServer, which decides what a request means.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-http-connection.h"

#include <errno.h>
#include <string.h>

#include "server/porch-http-server.h"

#define READ_SIZE (64 * 1024)
/* What a client may send ahead while its request is being answered. */
#define AHEAD_MAX_BYTES (16 * 1024)
/* A chunk's length in hexadecimal, with extensions that nobody reads. */
#define CHUNK_LINE_MAX_BYTES 256
/* After a refusal the client may be in the middle of sending: closing at once would reset the
 * connection and with it the answer. */
#define DRAIN_DEADLINE_S 2

/* RFC 6585 and 9110: statuses that libsoup has no names for. */
#define STATUS_UPGRADE_REQUIRED  426
#define STATUS_TOO_MANY_REQUESTS 429
#define STATUS_HEADERS_TOO_LARGE 431

typedef enum
{
  STATE_HEADERS, /* waiting for a request, or reading its headers */
  STATE_BODY,
  STATE_HANDLING, /* a route has the request */
  STATE_WRITING,
  STATE_DRAINING, /* answered for the last time; waiting for the client to close */
  STATE_UPGRADED, /* the transport has another owner */
} State;

typedef enum
{
  CHUNK_NONE, /* the body's length is known */
  CHUNK_LINE,
  CHUNK_DATA,
  CHUNK_DATA_END,
  CHUNK_TRAILER,
} ChunkState;

struct _PorchHttpConnection
{
  PorchTransport *transport;
  PorchClock *clock;
  const PorchHttpConnectionFuncs *funcs;
  gpointer user_data;

  State state;
  gint64 deadline_us; /* monotonic; 0 for none */
  GByteArray *input;  /* NULL when empty, so that an idle client costs little */
  gsize consumed;
  GByteArray *output;
  gsize written;
  gboolean is_processing;
  gboolean is_broken;
  gboolean is_winding_down; /* the next answer is the last */

  PorchHttpRequest *reading;  /* owned: its body is not there yet */
  PorchHttpRequest *handling; /* borrowed: it tells us when it is answered, or let go */
  gint64 handling_since_us;   /* monotonic */
  gboolean is_head;
  gboolean keep_alive;
  GByteArray *body;
  guint64 body_left; /* of the body, or of the chunk */
  ChunkState chunk_state;
};

static void
set_state (PorchHttpConnection *self, State state, gint64 deadline_s)
{
  self->state = state;
  self->deadline_us = deadline_s == 0 ? 0
                                      : porch_clock_get_monotonic_us (self->clock)
                                            + deadline_s * G_TIME_SPAN_SECOND;
}

static const char *
peek_input (PorchHttpConnection *self, gsize *length)
{
  *length = self->input != NULL ? self->input->len - self->consumed : 0;

  return *length > 0 ? (const char *) self->input->data + self->consumed : "";
}

static void
compact_input (PorchHttpConnection *self)
{
  if (self->input == NULL)
    return;

  if (self->consumed == self->input->len)
    g_clear_pointer (&self->input, g_byte_array_unref);
  else if (self->consumed > 0)
    g_byte_array_remove_range (self->input, 0, self->consumed);
  self->consumed = 0;
}

/* The descriptor reports a hang-up in the next turn, and only there the connection ends: nobody
 * up the stack finds it freed. */
static void
break_connection (PorchHttpConnection *self)
{
  if (self->is_broken)
    return;

  self->is_broken = TRUE;
  porch_transport_shutdown (self->transport, TRUE);
}

static void
finish_answer (PorchHttpConnection *self)
{
  if (self->keep_alive)
    {
      set_state (self, STATE_HEADERS, PORCH_HTTP_IDLE_DEADLINE_S);
    }
  else
    {
      porch_transport_shutdown (self->transport, FALSE);
      set_state (self, STATE_DRAINING, DRAIN_DEADLINE_S);
    }
}

static void
flush_output (PorchHttpConnection *self)
{
  while (self->output != NULL && !self->is_broken)
    {
      gssize n_written = porch_transport_write (self->transport, self->output->data + self->written,
                                                self->output->len - self->written);

      if (n_written < 0 && errno == EAGAIN)
        return;
      if (n_written < 0)
        {
          break_connection (self);
          return;
        }

      self->written += n_written;
      if (self->written == self->output->len)
        {
          g_clear_pointer (&self->output, g_byte_array_unref);
          self->written = 0;
        }
    }

  if (self->state == STATE_WRITING && !self->is_broken)
    finish_answer (self);
}

static void
queue_output (PorchHttpConnection *self, const char *bytes, gsize length)
{
  if (self->output == NULL)
    self->output = g_byte_array_new ();
  g_byte_array_append (self->output, (const guint8 *) bytes, length);
}

static const char *
get_phrase (guint status)
{
  switch (status)
    {
    case STATUS_UPGRADE_REQUIRED:
      return "Upgrade Required";
    case STATUS_TOO_MANY_REQUESTS:
      return "Too Many Requests";
    case STATUS_HEADERS_TOO_LARGE:
      return "Request Header Fields Too Large";
    default:
      return soup_status_get_phrase (status);
    }
}

/* The Date header is how clients learn our clock (RFC 9110, 6.6.1). */
static void
append_date (GString *head, PorchClock *clock)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (porch_clock_get_real_us (clock)
                                                             / G_TIME_SPAN_SECOND);
  g_autofree char *date = soup_date_time_to_string (now, SOUP_DATE_HTTP);

  g_string_append_printf (head, "Date: %s\r\n", date);
}

static void
write_answer (PorchHttpConnection *self,
              guint status,
              const char *content_type,
              const char *extra_headers,
              const char *body,
              gsize length)
{
  GString *head = g_string_sized_new (512);

  g_string_append_printf (head, "HTTP/1.1 %u %s\r\n", status, get_phrase (status));
  append_date (head, self->clock);
  if (content_type != NULL)
    g_string_append_printf (head, "Content-Type: %s\r\n", content_type);
  if (status != SOUP_STATUS_NO_CONTENT && status != SOUP_STATUS_NOT_MODIFIED)
    g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n", length);
  g_string_append (head, "X-Content-Type-Options: nosniff\r\n");
  if (extra_headers != NULL)
    g_string_append (head, extra_headers);
  if (!self->keep_alive)
    g_string_append (head, "Connection: close\r\n");
  g_string_append (head, "\r\n");

  queue_output (self, head->str, head->len);
  if (!self->is_head)
    queue_output (self, body, length);
  g_string_free (head, TRUE);

  set_state (self, STATE_WRITING, PORCH_HTTP_WRITE_DEADLINE_S);
  flush_output (self);
}

static void
drop_reading (PorchHttpConnection *self)
{
  if (self->reading == NULL)
    return;

  porch_http_request_disconnect (self->reading);
  g_clear_object (&self->reading);
}

/* Answers what is not going to be read, and ends. */
static void
refuse (PorchHttpConnection *self, guint status)
{
  g_autofree char *body = g_strdup_printf ("{\"error\":\"%s\"}", get_phrase (status));

  g_debug ("%s: refused with %u", porch_transport_get_address (self->transport), status);

  drop_reading (self);
  g_clear_pointer (&self->body, g_byte_array_unref);
  self->keep_alive = FALSE;
  write_answer (self, status, "application/json", NULL, body, strlen (body));
}

static void
deliver_request (PorchHttpConnection *self)
{
  g_autoptr (PorchHttpRequest) request = g_steal_pointer (&self->reading);
  GBytes *body = self->body != NULL ? g_byte_array_free_to_bytes (g_steal_pointer (&self->body))
                                    : g_bytes_new_static ("", 0);

  porch_http_request_set_body (request, body);
  self->handling = request;
  self->handling_since_us = porch_clock_get_monotonic_us (self->clock);
  set_state (self, STATE_HANDLING, 0);
  self->funcs->request (self, request, self->user_data);
}

/* Whether the client may send the body; answers for it where it may not. */
static gboolean
plan_body (PorchHttpConnection *self, SoupMessageHeaders *headers, SoupHTTPVersion version)
{
  const char *transfer_encoding = soup_message_headers_get_list (headers, "Transfer-Encoding");
  const char *content_length = soup_message_headers_get_list (headers, "Content-Length");

  self->body_left = 0;
  self->chunk_state = CHUNK_NONE;

  if (transfer_encoding != NULL)
    {
      /* Both at once is how requests are smuggled past a proxy (RFC 9112, 6.1). */
      if (content_length != NULL || version == SOUP_HTTP_1_0)
        {
          refuse (self, SOUP_STATUS_BAD_REQUEST);
          return FALSE;
        }
      if (g_ascii_strcasecmp (transfer_encoding, "chunked") != 0)
        {
          refuse (self, SOUP_STATUS_NOT_IMPLEMENTED);
          return FALSE;
        }
      self->chunk_state = CHUNK_LINE;
    }
  else if (content_length != NULL)
    {
      if (!g_ascii_string_to_unsigned (content_length, 10, 0, G_MAXINT64, &self->body_left, NULL))
        {
          refuse (self, SOUP_STATUS_BAD_REQUEST);
          return FALSE;
        }
      if (self->body_left > PORCH_HTTP_BODY_MAX_BYTES)
        {
          refuse (self, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
has_token (const char *list, const char *token)
{
  return list != NULL && soup_header_contains (list, token);
}

/* head: the header lines, without the empty one */
static void
begin_request (PorchHttpConnection *self, const char *head, gsize length)
{
  g_autoptr (SoupMessageHeaders) headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autofree char *method = NULL;
  g_autofree char *target = NULL;
  SoupHTTPVersion version;
  guint status = SOUP_STATUS_BAD_REQUEST;
  gsize rest;

  if (memchr (head, '\0', length) == NULL)
    status = soup_headers_parse_request (head, length, headers, &method, &target, &version);
  if (status != SOUP_STATUS_OK)
    {
      refuse (self, status);
      return;
    }
  if (version == SOUP_HTTP_1_1 && soup_message_headers_get_one (headers, "Host") == NULL)
    {
      refuse (self, SOUP_STATUS_BAD_REQUEST);
      return;
    }

  self->is_head = g_str_equal (method, "HEAD");
  self->keep_alive = version != SOUP_HTTP_1_0
                     && !has_token (soup_message_headers_get_list (headers, "Connection"), "close");
  if (!plan_body (self, headers, version))
    return;

  self->reading = porch_http_request_new (self, porch_transport_get_address (self->transport),
                                          method, target, soup_message_headers_ref (headers));
  set_state (self, STATE_BODY, PORCH_HTTP_BODY_DEADLINE_S);

  peek_input (self, &rest);
  if (rest == 0 && (self->body_left > 0 || self->chunk_state != CHUNK_NONE)
      && has_token (soup_message_headers_get_list (headers, "Expect"), "100-continue"))
    {
      queue_output (self, "HTTP/1.1 100 Continue\r\n\r\n", 25);
      flush_output (self);
    }
}

static gboolean
read_headers (PorchHttpConnection *self)
{
  gsize length;
  const char *bytes = peek_input (self, &length);
  const char *end = memmem (bytes, length, "\r\n\r\n", 4);
  gsize head_length = end != NULL ? (gsize) (end - bytes) + 4 : length;

  if (head_length > PORCH_HTTP_HEADERS_MAX_BYTES)
    {
      refuse (self, STATUS_HEADERS_TOO_LARGE);
      return FALSE;
    }
  if (end == NULL)
    return FALSE;

  self->consumed += head_length;
  begin_request (self, bytes, head_length - 2);

  return TRUE;
}

static gboolean
take_body_bytes (PorchHttpConnection *self, const char *bytes, gsize length)
{
  gsize n_taken = MIN (length, self->body_left);

  if (n_taken == 0)
    return FALSE;

  if (self->body == NULL)
    self->body = g_byte_array_new ();
  g_byte_array_append (self->body, (const guint8 *) bytes, n_taken);
  self->body_left -= n_taken;
  self->consumed += n_taken;

  return TRUE;
}

/* A line up to its end, which is not counted; NULL while it is not there. */
static const char *
take_line (PorchHttpConnection *self, gsize *line_length)
{
  gsize length;
  const char *bytes = peek_input (self, &length);
  const char *end = memmem (bytes, length, "\r\n", 2);

  *line_length = end != NULL ? (gsize) (end - bytes) : length;
  if (*line_length > CHUNK_LINE_MAX_BYTES)
    {
      refuse (self, SOUP_STATUS_BAD_REQUEST);
      return NULL;
    }
  if (end == NULL)
    return NULL;

  self->consumed += *line_length + 2;

  return bytes;
}

static gboolean
read_chunk_line (PorchHttpConnection *self)
{
  gsize length;
  const char *line = take_line (self, &length);
  gsize n_digits = 0;

  if (line == NULL)
    return FALSE;

  self->body_left = 0;
  while (n_digits < length && n_digits < 8 && g_ascii_isxdigit (line[n_digits]))
    self->body_left = self->body_left * 16 + g_ascii_xdigit_value (line[n_digits++]);

  if (n_digits == 0 || (n_digits < length && strchr ("; \t", line[n_digits]) == NULL))
    refuse (self, SOUP_STATUS_BAD_REQUEST);
  else if (self->body_left + (self->body != NULL ? self->body->len : 0) > PORCH_HTTP_BODY_MAX_BYTES)
    refuse (self, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE);
  else
    self->chunk_state = self->body_left > 0 ? CHUNK_DATA : CHUNK_TRAILER;

  return TRUE;
}

/* Chunked (RFC 9112, 7.1); trailers are read and dropped, within the body's deadline. */
static gboolean
read_chunked (PorchHttpConnection *self)
{
  gsize length;
  const char *bytes = peek_input (self, &length);

  switch (self->chunk_state)
    {
    case CHUNK_LINE:
      return read_chunk_line (self);

    case CHUNK_DATA:
      if (!take_body_bytes (self, bytes, length))
        return FALSE;
      if (self->body_left == 0)
        self->chunk_state = CHUNK_DATA_END;
      return TRUE;

    case CHUNK_DATA_END:
      if (length < 2)
        return FALSE;
      self->consumed += 2;
      if (memcmp (bytes, "\r\n", 2) == 0)
        self->chunk_state = CHUNK_LINE;
      else
        refuse (self, SOUP_STATUS_BAD_REQUEST);
      return TRUE;

    case CHUNK_TRAILER:
      if (take_line (self, &length) == NULL)
        return FALSE;
      if (length == 0)
        deliver_request (self);
      return TRUE;

    case CHUNK_NONE:
    default:
      g_return_val_if_reached (FALSE);
    }
}

static gboolean
read_body (PorchHttpConnection *self)
{
  gsize length;
  const char *bytes;

  if (self->chunk_state != CHUNK_NONE)
    return read_chunked (self);

  bytes = peek_input (self, &length);
  if (self->body_left > 0 && !take_body_bytes (self, bytes, length))
    return FALSE;
  if (self->body_left == 0)
    deliver_request (self);

  return TRUE;
}

/* One step forward; FALSE when there is none without more bytes, or without an answer. */
static gboolean
process_step (PorchHttpConnection *self)
{
  if (self->is_broken)
    return FALSE;

  switch (self->state)
    {
    case STATE_HEADERS:
      return read_headers (self);
    case STATE_BODY:
      return read_body (self);
    case STATE_DRAINING:
      if (self->input != NULL)
        self->consumed = self->input->len;
      return FALSE;
    case STATE_HANDLING:
    case STATE_WRITING:
    case STATE_UPGRADED:
    default:
      return FALSE;
    }
}

static void
update_wanted (PorchHttpConnection *self)
{
  GIOCondition wanted = 0;
  gboolean is_answering = self->state == STATE_HANDLING || self->state == STATE_WRITING;

  if (!is_answering || self->input == NULL || self->input->len < AHEAD_MAX_BYTES)
    wanted |= G_IO_IN;
  if (self->output != NULL)
    wanted |= G_IO_OUT;

  porch_transport_set_wanted (self->transport, wanted);
}

/* May free the connection. */
static void
process_input (PorchHttpConnection *self)
{
  /* An answer given within the handler comes by here: the loop below goes on after it. */
  if (self->is_processing)
    return;

  self->is_processing = TRUE;
  while (process_step (self))
    ;
  self->is_processing = FALSE;

  if (self->state == STATE_UPGRADED)
    {
      self->funcs->closed (self, self->user_data);
      return;
    }

  compact_input (self);
  update_wanted (self);
}

/* FALSE at the end of the connection. */
static gboolean
read_input (PorchHttpConnection *self)
{
  static guint8 buffer[READ_SIZE]; /* one thread, and nothing keeps it */
  gssize n_read = porch_transport_read (self->transport, buffer, sizeof buffer);

  if (n_read < 0)
    return errno == EAGAIN;
  if (n_read == 0)
    return FALSE;
  if (self->state == STATE_DRAINING)
    return TRUE;

  if (self->state == STATE_HEADERS && self->input == NULL)
    set_state (self, STATE_HEADERS, PORCH_HTTP_HEADER_DEADLINE_S);
  if (self->input == NULL)
    self->input = g_byte_array_new ();
  g_byte_array_append (self->input, buffer, n_read);

  return TRUE;
}

static void
on_transport_ready_cb (PorchTransport *transport, GIOCondition ready, gpointer user_data)
{
  PorchHttpConnection *self = user_data;
  gboolean is_open = TRUE;

  if (self->is_broken || (ready & G_IO_ERR) != 0)
    is_open = FALSE;
  if (is_open && (ready & G_IO_OUT) != 0)
    flush_output (self);
  if (is_open && (ready & (G_IO_IN | G_IO_HUP)) != 0)
    is_open = read_input (self);

  if (!is_open)
    {
      self->funcs->closed (self, self->user_data);
      return;
    }

  process_input (self);
}

/**
 * porch_http_connection_new:
 * @transport: (transfer full): a new connection
 * @clock: for deadlines and dates; outlives the connection
 * @funcs: what to call
 * @user_data: for @funcs
 *
 * Returns: (transfer full): a connection that waits for its first request
 */
PorchHttpConnection *
porch_http_connection_new (PorchTransport *transport,
                           PorchClock *clock,
                           const PorchHttpConnectionFuncs *funcs,
                           gpointer user_data)
{
  PorchHttpConnection *self = g_new0 (PorchHttpConnection, 1);

  self->transport = transport;
  self->clock = clock;
  self->funcs = funcs;
  self->user_data = user_data;
  set_state (self, STATE_HEADERS, PORCH_HTTP_HEADER_DEADLINE_S);
  porch_transport_set_callback (transport, on_transport_ready_cb, self);

  return self;
}

/**
 * porch_http_connection_free:
 * @self: (transfer full): a connection
 *
 * Closes it, unless it was upgraded. A request that is being answered learns that nobody waits.
 */
void
porch_http_connection_free (PorchHttpConnection *self)
{
  g_return_if_fail (self != NULL);

  drop_reading (self);
  if (self->handling != NULL)
    porch_http_request_disconnect (g_steal_pointer (&self->handling));
  g_clear_pointer (&self->transport, porch_transport_free);
  g_clear_pointer (&self->input, g_byte_array_unref);
  g_clear_pointer (&self->output, g_byte_array_unref);
  g_clear_pointer (&self->body, g_byte_array_unref);
  g_free (self);
}

/**
 * porch_http_connection_is_overdue:
 * @self: a connection
 * @now_us: monotonic
 *
 * Returns: whether the client takes longer than it may
 */
gboolean
porch_http_connection_is_overdue (PorchHttpConnection *self, gint64 now_us)
{
  return self->deadline_us != 0 && now_us >= self->deadline_us;
}

/**
 * porch_http_connection_expire:
 * @self: a connection that is overdue
 *
 * Tells a client that began a request, and ends.
 */
void
porch_http_connection_expire (PorchHttpConnection *self)
{
  if (!self->is_broken
      && (self->state == STATE_BODY || (self->state == STATE_HEADERS && self->input != NULL)))
    {
      refuse (self, SOUP_STATUS_REQUEST_TIMEOUT);
      update_wanted (self);
    }
  else
    {
      break_connection (self);
    }
}

/**
 * porch_http_connection_wind_down:
 * @self: a connection
 *
 * Lets a client have the answer to the request that it has begun, and no other.
 */
void
porch_http_connection_wind_down (PorchHttpConnection *self)
{
  self->is_winding_down = TRUE;
  if (self->state == STATE_HEADERS && self->input == NULL)
    break_connection (self);
  else if (self->state == STATE_WRITING)
    self->keep_alive = FALSE;
}

/**
 * porch_http_connection_respond:
 * @self: a connection whose request is being handled
 * @status: an HTTP status
 * @content_type: (nullable): of the body
 * @extra_headers: (nullable): lines, each with its end
 * @body: the body
 * @length: its length in bytes
 */
void
porch_http_connection_respond (PorchHttpConnection *self,
                               guint status,
                               const char *content_type,
                               const char *extra_headers,
                               const char *body,
                               gsize length)
{
  PorchHttpRequest *request = g_steal_pointer (&self->handling);

  g_return_if_fail (self->state == STATE_HANDLING);

  self->funcs->answered (self, request, status,
                         porch_clock_get_monotonic_us (self->clock) - self->handling_since_us,
                         self->user_data);
  if (self->is_broken)
    return;

  if (self->is_winding_down)
    self->keep_alive = FALSE;
  write_answer (self, status, content_type, extra_headers, body, length);
  process_input (self);
}

/**
 * porch_http_connection_steal_transport:
 * @self: a connection whose request is being handled, in its handler
 * @rest: (out) (transfer full): what the client sent after its request
 *
 * Returns: (transfer full): the transport, with a callback that is to be replaced
 */
PorchTransport *
porch_http_connection_steal_transport (PorchHttpConnection *self, GBytes **rest)
{
  gsize length;
  const char *bytes = peek_input (self, &length);

  g_return_val_if_fail (self->state == STATE_HANDLING && self->is_processing, NULL);

  *rest = g_bytes_new (bytes, length);
  self->handling = NULL;
  set_state (self, STATE_UPGRADED, 0);

  return g_steal_pointer (&self->transport);
}
