/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One HTTP session for everything that an account asks of its servers: no cookies, no redirects, no
 * compression, bodies bounded while they arrive, a deadline for the whole answer. Owned by
 * PorchSession (and one each by PorchAvatarFetcher and porch_discover_async()). It knows nothing of
 * tokens or JSON.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-http-client.h"

#include "config.h"

#include "client/porch-client-error.h"
#include "protocol/porch-auth-message.h"
#include "protocol/porch-timestamp.h"

#include <string.h>

/* Above the longest heartbeat: a connection that waits for the next one is worth keeping. */
#define IDLE_TIMEOUT_S 150
/* Silence of the peer in the middle of an exchange. */
#define SOCKET_TIMEOUT_S  20
#define CONNECTIONS_MAX   4
#define READ_BYTES        4096
#define RETRY_AFTER_MAX_S 3600

struct _PorchHttpClient
{
  GObject parent_instance;

  PorchClock *clock;
  SoupSession *session;
};

G_DEFINE_FINAL_TYPE (PorchHttpClient, porch_http_client, G_TYPE_OBJECT)

/* One request under way; owned by its task. */
typedef struct
{
  PorchClock *clock;
  SoupMessage *message;
  GInputStream *stream;
  GCancellable *cancellable; /* ours: cancelled by the caller's and by the deadline */
  GCancellable *caller;
  gulong caller_handler;
  guint deadline_timer;
  gboolean deadline_passed;
  GByteArray *body;
  gsize max_bytes;
} Exchange;

static void read_more (GTask *task);

static void
wipe_byte_array (GByteArray *array)
{
  explicit_bzero (array->data, array->len);
  g_byte_array_unref (array);
}

static void
exchange_end (Exchange *exchange)
{
  porch_clock_clear_timeout (exchange->clock, &exchange->deadline_timer);
  /* Not g_cancellable_disconnect(), which waits for ever inside the handler. */
  g_clear_signal_handler (&exchange->caller_handler, exchange->caller);
}

static void
exchange_free (Exchange *exchange)
{
  exchange_end (exchange);
  g_clear_object (&exchange->message);
  g_clear_object (&exchange->stream);
  g_clear_object (&exchange->cancellable);
  g_clear_object (&exchange->caller);
  g_clear_pointer (&exchange->body, wipe_byte_array);
  g_clear_object (&exchange->clock);
  g_free (exchange);
}

static void
on_caller_cancelled_cb (GCancellable *caller, GCancellable *ours)
{
  g_cancellable_cancel (ours);
}

static gboolean
on_deadline_cb (gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->deadline_timer = 0;
  exchange->deadline_passed = TRUE;
  g_cancellable_cancel (exchange->cancellable);

  return G_SOURCE_REMOVE;
}

/* Ends the exchange and the connection under it; an unread rest is not waited for. */
static void
abandon (GTask *task, GError *error)
{
  Exchange *exchange = g_task_get_task_data (task);

  exchange_end (exchange);
  if (exchange->stream != NULL)
    {
      g_cancellable_cancel (exchange->cancellable);
      g_input_stream_close_async (exchange->stream, G_PRIORITY_DEFAULT, exchange->cancellable, NULL,
                                  NULL);
    }

  if (exchange->deadline_passed)
    {
      g_clear_error (&error);
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The answer took too long");
    }
  g_task_return_error (task, error);
}

static guint
parse_retry_after (const char *value)
{
  guint64 seconds;

  if (value == NULL || !g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT32, &seconds, NULL))
    return 0;

  return MIN (seconds, RETRY_AFTER_MAX_S);
}

static PorchHttpAnswer *
build_answer (Exchange *exchange)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (exchange->message);
  const char *date = soup_message_headers_get_one (headers, "Date");
  PorchHttpAnswer *answer = g_new0 (PorchHttpAnswer, 1);

  answer->status = soup_message_get_status (exchange->message);
  answer->error_code = g_strdup (soup_message_headers_get_one (headers, "x-sb-error-code"));
  answer->is_json = g_strcmp0 (soup_message_headers_get_content_type (headers, NULL),
                               "application/json")
                    == 0;
  answer->retry_after_s = parse_retry_after (soup_message_headers_get_one (headers, "Retry-After"));
  if (date != NULL && soup_message_headers_get_one (headers, "Age") == NULL
      && !porch_timestamp_parse_http_date (date, &answer->date_us))
    answer->date_us = 0;

  answer->length = exchange->body->len;
  g_byte_array_append (exchange->body, (const guint8 *) "", 1);
  answer->body = (char *) g_byte_array_free (g_steal_pointer (&exchange->body), FALSE);

  return answer;
}

static void
on_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gssize n_read = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n_read < 0)
    {
      abandon (task, g_steal_pointer (&error));
      return;
    }

  g_byte_array_set_size (exchange->body, exchange->body->len - READ_BYTES + n_read);
  if (exchange->body->len > exchange->max_bytes)
    {
      abandon (task, g_error_new (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_TOO_LARGE,
                                  "More than %" G_GSIZE_FORMAT " bytes came", exchange->max_bytes));
      return;
    }

  if (n_read == 0)
    {
      exchange_end (exchange);
      g_task_return_pointer (task, build_answer (exchange),
                             (GDestroyNotify) porch_http_answer_free);
      return;
    }

  read_more (g_steal_pointer (&task));
}

static void
read_more (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);
  gsize start = exchange->body->len;

  g_byte_array_set_size (exchange->body, start + READ_BYTES);
  g_input_stream_read_async (exchange->stream, exchange->body->data + start, READ_BYTES,
                             G_PRIORITY_DEFAULT, exchange->cancellable, on_read_cb, task);
}

static void
on_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  SoupMessageHeaders *headers = soup_message_get_response_headers (exchange->message);
  goffset announced;
  GError *error = NULL;

  exchange->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (exchange->stream == NULL)
    {
      abandon (task, error);
      return;
    }

  announced = soup_message_headers_get_content_length (headers);
  if (announced > 0 && (gsize) announced > exchange->max_bytes)
    {
      abandon (task, g_error_new (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_TOO_LARGE,
                                  "%" G_GOFFSET_FORMAT " bytes are too many", announced));
      return;
    }

  /* Room for all that is announced, so that a token is not left behind by a reallocation. */
  exchange->body = g_byte_array_sized_new (MAX (announced, 0) + READ_BYTES + 1);
  read_more (g_steal_pointer (&task));
}

static void
porch_http_client_dispose (GObject *object)
{
  PorchHttpClient *self = PORCH_HTTP_CLIENT (object);

  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_http_client_parent_class)->dispose (object);
}

static void
porch_http_client_class_init (PorchHttpClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = porch_http_client_dispose;
}

static SoupSession *
new_session (void)
{
  SoupSession *session = soup_session_new_with_options (
      "user-agent", "Porchlight/" PORCH_VERSION, "timeout", SOCKET_TIMEOUT_S, "idle-timeout",
      IDLE_TIMEOUT_S, "max-conns", 2 * CONNECTIONS_MAX, "max-conns-per-host", CONNECTIONS_MAX,
      NULL);

  /* A few bytes of compressed answer may be megabytes, and deflate costs 100 KiB a socket. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);

  return session;
}

static void
porch_http_client_init (PorchHttpClient *self)
{
  self->session = new_session ();
}

/**
 * porch_http_client_new:
 * @clock: the program's clock
 *
 * Returns: (transfer full): a client with connections of its own
 */
PorchHttpClient *
porch_http_client_new (PorchClock *clock)
{
  PorchHttpClient *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);

  self = g_object_new (PORCH_TYPE_HTTP_CLIENT, NULL);
  self->clock = g_object_ref (clock);

  return self;
}

/**
 * porch_http_client_get_session:
 * @self: a client
 *
 * Returns: (transfer none): the session under it, to open a WebSocket with
 */
SoupSession *
porch_http_client_get_session (PorchHttpClient *self)
{
  g_return_val_if_fail (PORCH_IS_HTTP_CLIENT (self), NULL);

  return self->session;
}

/**
 * porch_http_client_renew:
 * @self: a client
 *
 * What is sent from now on goes over new connections: after the computer slept, one that was kept
 * open swallows requests without a word. What is under way ends as it may.
 */
void
porch_http_client_renew (PorchHttpClient *self)
{
  g_return_if_fail (PORCH_IS_HTTP_CLIENT (self));

  g_object_unref (self->session);
  self->session = new_session ();
}

/**
 * porch_http_client_send_async:
 * @self: a client
 * @message: from porch_http_message_new()
 * @max_bytes: how long the answer's body may be
 * @deadline_ms: how long all of it may take, milliseconds
 * @cancellable: (nullable): to give up
 * @callback: called when the whole answer is there
 * @user_data: for @callback
 *
 * Sends a request and reads the answer, whatever its status.
 */
void
porch_http_client_send_async (PorchHttpClient *self,
                              SoupMessage *message,
                              gsize max_bytes,
                              guint deadline_ms,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;
  Exchange *exchange;

  g_return_if_fail (PORCH_IS_HTTP_CLIENT (self));
  g_return_if_fail (SOUP_IS_MESSAGE (message));

  task = g_task_new (self, cancellable, callback, user_data);
  exchange = g_new0 (Exchange, 1);
  exchange->clock = g_object_ref (self->clock);
  exchange->message = g_object_ref (message);
  exchange->max_bytes = max_bytes;
  exchange->cancellable = g_cancellable_new ();
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);

  if (cancellable != NULL)
    {
      exchange->caller = g_object_ref (cancellable);
      exchange->caller_handler = g_cancellable_connect (
          cancellable, G_CALLBACK (on_caller_cancelled_cb), g_object_ref (exchange->cancellable),
          g_object_unref);
    }
  exchange->deadline_timer = porch_clock_add_timeout (self->clock, deadline_ms, on_deadline_cb,
                                                      exchange);

  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, exchange->cancellable,
                           on_sent_cb, task);
}

/**
 * porch_http_client_send_finish:
 * @self: a client
 * @result: what the callback got
 * @error: %G_IO_ERROR, %G_TLS_ERROR, %G_RESOLVER_ERROR as they came, or
 *   %PORCH_CLIENT_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): the answer, or %NULL when none came
 */
PorchHttpAnswer *
porch_http_client_send_finish (PorchHttpClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_http_answer_free:
 * @answer: (nullable): an answer
 *
 * Wipes and frees an answer.
 */
void
porch_http_answer_free (PorchHttpAnswer *answer)
{
  if (answer == NULL)
    return;

  if (answer->body != NULL)
    explicit_bzero (answer->body, answer->length);
  g_free (answer->body);
  g_free (answer->error_code);
  g_free (answer);
}

/* Once the handshake is over, which is where the peer's certificate is verified, a connection has
 * no more use for the system's certificates. glib-networking before 2.80 gives each connection a
 * copy of them all, 4 MiB on Debian, and keeps it for as long as the connection. A connection
 * without them trusts nobody, should it ever have to verify again. */
static void
on_network_event_cb (SoupMessage *message, GSocketClientEvent event, GIOStream *connection)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED && G_IS_TLS_CONNECTION (connection))
    g_tls_connection_set_database (G_TLS_CONNECTION (connection), NULL);
}

/**
 * porch_http_message_new:
 * @method: GET or POST
 * @url: where to
 *
 * Returns: (transfer full) (nullable): a request that follows no redirect, or %NULL where @url is
 *   not one
 */
SoupMessage *
porch_http_message_new (const char *method, const char *url)
{
  SoupMessage *message = soup_message_new (method, url);

  if (message == NULL)
    return NULL;

  soup_message_set_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (message, "network-event", G_CALLBACK (on_network_event_cb), NULL);

  return message;
}

/* After a proxy has asked who we are libsoup sends the request once more, and its body from where
 * it was read to, which is the end. */
static void
on_restarted_cb (SoupMessage *message, GBytes *body)
{
  const char *type = soup_message_headers_get_content_type (
      soup_message_get_request_headers (message), NULL);

  soup_message_set_request_body_from_bytes (message, type, body);
}

/**
 * porch_http_message_take_body:
 * @message: a request
 * @content_type: its type
 * @body: (transfer full): its text; wiped when it has been sent, since it may be a password
 *
 * Gives a request its body.
 */
void
porch_http_message_take_body (SoupMessage *message, const char *content_type, char *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (body, strlen (body),
                                                         (GDestroyNotify) porch_secret_free, body);

  soup_message_set_request_body_from_bytes (message, content_type, bytes);
  g_signal_connect_data (message, "restarted", G_CALLBACK (on_restarted_cb), g_bytes_ref (bytes),
                         (GClosureNotify) g_bytes_unref, 0);
}
