/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One HTTP request as the routes see it: parsed, bounded, whole. It holds no more than a loose end
 * to the connection that it came on, which lets go of it when the client does. Made by
 * PorchHttpConnection; it knows no route and decides nothing.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-http-request.h"
#include "server/porch-http-request-private.h"

#include <string.h>

#include "protocol/porch-presence-message.h"
#include "server/porch-http-connection.h"

typedef struct
{
  const char *name; /* of the route's pattern */
  guint segment;
} PathParam;

struct _PorchHttpRequest
{
  GObject parent_instance;

  PorchHttpConnection *connection; /* NULL when answered or gone */
  char *address;
  char *method;
  char *path;
  GStrv segments; /* decoded; NULL where the path is malformed */
  char *query;
  GHashTable *query_params;
  GArray *path_params;
  SoupMessageHeaders *headers;
  GBytes *body;
  GCancellable *cancellable;
  GString *response_headers;
  gboolean is_answered;
};

G_DEFINE_FINAL_TYPE (PorchHttpRequest, porch_http_request, G_TYPE_OBJECT)

static void
porch_http_request_dispose (GObject *object)
{
  PorchHttpRequest *self = PORCH_HTTP_REQUEST (object);

  if (!self->is_answered && self->connection != NULL)
    {
      g_warning ("%s %s was not answered by its route", self->method, self->path);
      porch_http_request_respond_error (self, SOUP_STATUS_INTERNAL_SERVER_ERROR,
                                        "The server could not answer");
    }

  G_OBJECT_CLASS (porch_http_request_parent_class)->dispose (object);
}

static void
porch_http_request_finalize (GObject *object)
{
  PorchHttpRequest *self = PORCH_HTTP_REQUEST (object);

  g_free (self->address);
  g_free (self->method);
  g_free (self->path);
  g_strfreev (self->segments);
  g_free (self->query);
  g_clear_pointer (&self->query_params, g_hash_table_unref);
  g_clear_pointer (&self->path_params, g_array_unref);
  soup_message_headers_unref (self->headers);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_object (&self->cancellable);
  if (self->response_headers != NULL)
    g_string_free (self->response_headers, TRUE);

  G_OBJECT_CLASS (porch_http_request_parent_class)->finalize (object);
}

static void
porch_http_request_class_init (PorchHttpRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_http_request_dispose;
  object_class->finalize = porch_http_request_finalize;
}

static void
porch_http_request_init (PorchHttpRequest *self)
{
}

/* An absolute target, as a proxy would get it, is as good as its path (RFC 9112, 3.2.2). */
static const char *
skip_authority (const char *target)
{
  const char *authority;

  if (g_ascii_strncasecmp (target, "http://", 7) == 0)
    authority = target + 7;
  else if (g_ascii_strncasecmp (target, "https://", 8) == 0)
    authority = target + 8;
  else
    return target;

  authority = strchr (authority, '/');

  return authority != NULL ? authority : "/";
}

/* Decoded after the split, so that an encoded slash stays inside its segment. */
static GStrv
split_path (const char *path)
{
  g_auto (GStrv) segments = NULL;

  if (path[0] != '/')
    return NULL;

  segments = g_strsplit (path + 1, "/", -1);
  for (guint i = 0; segments[i] != NULL; i++)
    {
      char *decoded;

      if (strchr (segments[i], '%') == NULL && g_utf8_validate (segments[i], -1, NULL))
        continue;

      decoded = g_uri_unescape_string (segments[i], NULL);
      if (decoded == NULL || !g_utf8_validate (decoded, -1, NULL))
        {
          g_free (decoded);
          return NULL;
        }
      g_free (segments[i]);
      segments[i] = decoded;
    }

  return g_steal_pointer (&segments);
}

/* porch_http_request_new:
 * connection: (transfer none): who delivers the answer, until porch_http_request_disconnect()
 * headers: (transfer full): the headers
 *
 * Returns: (transfer full): a request without a body
 */
PorchHttpRequest *
porch_http_request_new (PorchHttpConnection *connection,
                        const char *address,
                        const char *method,
                        const char *target,
                        SoupMessageHeaders *headers)
{
  PorchHttpRequest *self = g_object_new (PORCH_TYPE_HTTP_REQUEST, NULL);
  const char *path = skip_authority (target);
  const char *question_mark = strchr (path, '?');

  self->connection = connection;
  self->address = g_strdup (address);
  self->method = g_strdup (method);
  self->path = question_mark != NULL ? g_strndup (path, question_mark - path) : g_strdup (path);
  self->query = question_mark != NULL ? g_strdup (question_mark + 1) : NULL;
  self->segments = split_path (self->path);
  self->headers = headers;

  return self;
}

/* porch_http_request_set_address:
 * address: whom a proxy asks for
 */
void
porch_http_request_set_address (PorchHttpRequest *self, const char *address)
{
  g_free (self->address);
  self->address = g_strdup (address);
}

/* porch_http_request_set_body:
 * body: (transfer full): what came after the headers
 */
void
porch_http_request_set_body (PorchHttpRequest *self, GBytes *body)
{
  self->body = body;
}

/* porch_http_request_get_segments:
 *
 * Returns: (transfer none) (nullable): the path's segments, decoded; NULL for a malformed path
 */
GStrv
porch_http_request_get_segments (PorchHttpRequest *self)
{
  return self->segments;
}

/* porch_http_request_set_path_param:
 * name: (transfer none): a name in the route's pattern, which outlives the request
 * segment: which segment of the path has it
 */
void
porch_http_request_set_path_param (PorchHttpRequest *self, const char *name, guint segment)
{
  PathParam param = { .name = name, .segment = segment };

  if (self->path_params == NULL)
    self->path_params = g_array_new (FALSE, FALSE, sizeof (PathParam));
  g_array_append_val (self->path_params, param);
}

/* porch_http_request_disconnect:
 *
 * The client has gone: nobody waits for the answer.
 */
void
porch_http_request_disconnect (PorchHttpRequest *self)
{
  g_autoptr (GCancellable) cancellable = self->cancellable != NULL
                                             ? g_object_ref (self->cancellable)
                                             : NULL;

  self->connection = NULL;
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

/* porch_http_request_steal_transport:
 * rest: (out) (transfer full): what came after the request
 *
 * Takes the connection out of HTTP. Only from within the handler.
 *
 * Returns: (transfer full) (nullable): the transport, or NULL where the client has gone
 */
PorchTransport *
porch_http_request_steal_transport (PorchHttpRequest *self, GBytes **rest)
{
  PorchHttpConnection *connection = g_steal_pointer (&self->connection);

  self->is_answered = TRUE;
  if (connection == NULL)
    return NULL;

  return porch_http_connection_steal_transport (connection, rest);
}

/**
 * porch_http_request_get_method:
 * @self: a request
 *
 * Returns: the method, as it came
 */
const char *
porch_http_request_get_method (PorchHttpRequest *self)
{
  g_return_val_if_fail (PORCH_IS_HTTP_REQUEST (self), NULL);

  return self->method;
}

/**
 * porch_http_request_get_path:
 * @self: a request
 *
 * Returns: the path as it came, percent-encoded, without the query
 */
const char *
porch_http_request_get_path (PorchHttpRequest *self)
{
  g_return_val_if_fail (PORCH_IS_HTTP_REQUEST (self), NULL);

  return self->path;
}

/**
 * porch_http_request_get_path_param:
 * @self: a request
 * @name: a name that the route's pattern has in braces
 *
 * Returns: the decoded segment in its place: valid UTF-8, perhaps with slashes in it
 */
const char *
porch_http_request_get_path_param (PorchHttpRequest *self, const char *name)
{
  g_return_val_if_fail (PORCH_IS_HTTP_REQUEST (self), NULL);

  for (guint i = 0; self->path_params != NULL && i < self->path_params->len; i++)
    {
      const PathParam *param = &g_array_index (self->path_params, PathParam, i);

      if (g_str_equal (param->name, name))
        return self->segments[param->segment];
    }

  g_return_val_if_reached (NULL);
}

/**
 * porch_http_request_get_query_params:
 * @self: a request
 *
 * Returns: (transfer none) (element-type utf8 utf8): the query, decoded; values may be any bytes
 */
GHashTable *
porch_http_request_get_query_params (PorchHttpRequest *self)
{
  g_return_val_if_fail (PORCH_IS_HTTP_REQUEST (self), NULL);

  if (self->query_params == NULL)
    self->query_params = soup_form_decode (self->query != NULL ? self->query : "");

  return self->query_params;
}

/**
 * porch_http_request_get_query_param:
 * @self: a request
 * @name: a parameter
 *
 * Returns: (nullable): its decoded value, valid UTF-8
 */
const char *
porch_http_request_get_query_param (PorchHttpRequest *self, const char *name)
{
  const char *value;

  g_return_val_if_fail (PORCH_IS_HTTP_REQUEST (self), NULL);

  if (self->query == NULL)
    return NULL;

  value = g_hash_table_lookup (porch_http_request_get_query_params (self), name);

  return value != NULL && g_utf8_validate (value, -1, NULL) ? value : NULL;
}

/**
 * porch_http_request_get_header:
 * @self: a request
 * @name: a header
 *
 * Returns: (nullable): its value; of several, all with commas between
 */
const char *
porch_http_request_get_header (PorchHttpRequest *self, const char *name)
{
  g_return_val_if_fail (PORCH_IS_HTTP_REQUEST (self), NULL);

  return soup_message_headers_get_list (self->headers, name);
}

/**
 * porch_http_request_get_body:
 * @self: a request
 *
 * Returns: (transfer none): the body, at most %PORCH_HTTP_BODY_MAX_BYTES; empty where none came
 */
GBytes *
porch_http_request_get_body (PorchHttpRequest *self)
{
  g_return_val_if_fail (PORCH_IS_HTTP_REQUEST (self), NULL);

  return self->body;
}

/**
 * porch_http_request_get_address:
 * @self: a request
 *
 * Headers that claim another address are believed of trusted proxies alone.
 *
 * Returns: the numeric address of the client
 */
const char *
porch_http_request_get_address (PorchHttpRequest *self)
{
  g_return_val_if_fail (PORCH_IS_HTTP_REQUEST (self), NULL);

  return self->address;
}

/**
 * porch_http_request_get_bearer_token:
 * @self: a request
 *
 * Returns: (nullable): the token of "Authorization: Bearer"
 */
const char *
porch_http_request_get_bearer_token (PorchHttpRequest *self)
{
  const char *authorization;

  g_return_val_if_fail (PORCH_IS_HTTP_REQUEST (self), NULL);

  authorization = soup_message_headers_get_one (self->headers, "Authorization");
  if (authorization == NULL || g_ascii_strncasecmp (authorization, "Bearer ", 7) != 0)
    return NULL;

  return authorization + 7;
}

/**
 * porch_http_request_get_cancellable:
 * @self: a request
 *
 * Returns: (transfer none): cancelled when the client goes before its answer
 */
GCancellable *
porch_http_request_get_cancellable (PorchHttpRequest *self)
{
  g_return_val_if_fail (PORCH_IS_HTTP_REQUEST (self), NULL);

  if (self->cancellable == NULL)
    {
      self->cancellable = g_cancellable_new ();
      if (self->connection == NULL && !self->is_answered)
        g_cancellable_cancel (self->cancellable);
    }

  return self->cancellable;
}

/**
 * porch_http_request_is_answered:
 * @self: a request
 *
 * Returns: whether one of the respond functions was called
 */
gboolean
porch_http_request_is_answered (PorchHttpRequest *self)
{
  g_return_val_if_fail (PORCH_IS_HTTP_REQUEST (self), FALSE);

  return self->is_answered;
}

/**
 * porch_http_request_set_header:
 * @self: a request
 * @name: a header of the answer; not one that says how the body travels
 * @value: its value, without line ends
 */
void
porch_http_request_set_header (PorchHttpRequest *self, const char *name, const char *value)
{
  g_return_if_fail (PORCH_IS_HTTP_REQUEST (self));
  g_return_if_fail (strpbrk (name, "\r\n:") == NULL && strpbrk (value, "\r\n") == NULL);

  if (self->response_headers == NULL)
    self->response_headers = g_string_new (NULL);
  g_string_append_printf (self->response_headers, "%s: %s\r\n", name, value);
}

static void
respond (PorchHttpRequest *self,
         guint status,
         const char *content_type,
         const char *body,
         gsize length)
{
  PorchHttpConnection *connection = g_steal_pointer (&self->connection);

  g_return_if_fail (!self->is_answered);

  self->is_answered = TRUE;
  if (connection == NULL)
    return;

  porch_http_connection_respond (connection, status, content_type,
                                 self->response_headers ? self->response_headers->str : NULL, body,
                                 length);
}

/**
 * porch_http_request_respond_json:
 * @self: a request
 * @status: an HTTP status
 * @json: the body
 *
 * Answers, with an answer that no cache keeps.
 */
void
porch_http_request_respond_json (PorchHttpRequest *self, guint status, const char *json)
{
  g_return_if_fail (PORCH_IS_HTTP_REQUEST (self));
  g_return_if_fail (json != NULL);

  porch_http_request_set_header (self, "Cache-Control", "no-store");
  respond (self, status, "application/json", json, strlen (json));
}

/**
 * porch_http_request_respond_error:
 * @self: a request
 * @status: an HTTP status
 * @message: a sentence that gives nothing away
 *
 * Answers {"error": @message}.
 */
void
porch_http_request_respond_error (PorchHttpRequest *self, guint status, const char *message)
{
  g_autofree char *json = porch_api_error_build (message);

  porch_http_request_respond_json (self, status, json);
}

/**
 * porch_http_request_respond_bytes:
 * @self: a request
 * @status: an HTTP status
 * @content_type: (nullable): what @bytes are
 * @bytes: the body
 */
void
porch_http_request_respond_bytes (PorchHttpRequest *self,
                                  guint status,
                                  const char *content_type,
                                  GBytes *bytes)
{
  gsize length;
  const char *body;

  g_return_if_fail (PORCH_IS_HTTP_REQUEST (self));
  g_return_if_fail (bytes != NULL);

  body = g_bytes_get_data (bytes, &length);
  respond (self, status, content_type, body, length);
}
