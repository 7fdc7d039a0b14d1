/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Accepts clients, bounds how many there are in all and from one address, hands each whole request
 * to the route that its method and path belong to, and ends those that take too long. One timer a
 * second looks after all deadlines, only while anybody is connected. Owned by main; routes belong
 * to those who add them. It serves no files, so no path can name one.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-http-server.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/porch-http-connection.h"

#define DEFAULT_MAX_CONNECTIONS             5000
#define DEFAULT_MAX_CONNECTIONS_PER_ADDRESS 500
/* How many new connections one turn of the main loop takes. */
#define ACCEPT_BATCH 64
/* What the system keeps for a client that does not read; bounded, or it would grow to 4 MiB. */
#define SEND_BUFFER_BYTES (128 * 1024)
#define SWEEP_INTERVAL_MS 1000
/* How long accepting rests when there are no more descriptors. */
#define ACCEPT_PAUSE_MS 100

typedef struct
{
  char *method;
  GStrv segments; /* "{name}" stands for any */
  PorchHttpHandler handler;
  gpointer user_data;
} Route;

struct _PorchHttpServer
{
  GObject parent_instance;

  PorchClock *clock;
  PorchPoller *poller;
  PorchTlsCredentials *tls_credentials;
  GPtrArray *routes;
  GStrv allowed_origins;
  GPtrArray *trusted_proxies; /* GInetAddressMask; NULL for none */

  GSocket *listener;
  guint accept_id;
  guint accept_pause_id;
  gboolean has_warned_full;

  guint max_connections;
  guint max_connections_per_address;
  guint n_connections;     /* upgraded ones too */
  GHashTable *n_by_site;   /* see get_site() → number */
  GHashTable *connections; /* PorchHttpConnection, a set */
  guint sweep_id;

  gboolean log_requests;
  guint64 n_answers[6];
  gint64 answer_us;
};

G_DEFINE_FINAL_TYPE (PorchHttpServer, porch_http_server, G_TYPE_OBJECT)

static void
route_free (Route *route)
{
  g_free (route->method);
  g_strfreev (route->segments);
  g_free (route);
}

static void
porch_http_server_dispose (GObject *object)
{
  PorchHttpServer *self = PORCH_HTTP_SERVER (object);

  porch_http_server_stop (self);

  G_OBJECT_CLASS (porch_http_server_parent_class)->dispose (object);
}

static void
porch_http_server_finalize (GObject *object)
{
  PorchHttpServer *self = PORCH_HTTP_SERVER (object);

  g_ptr_array_unref (self->routes);
  g_strfreev (self->allowed_origins);
  g_clear_pointer (&self->trusted_proxies, g_ptr_array_unref);
  g_hash_table_unref (self->n_by_site);
  g_hash_table_unref (self->connections);
  g_clear_pointer (&self->tls_credentials, porch_tls_credentials_free);
  g_clear_pointer (&self->poller, porch_poller_unref);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_http_server_parent_class)->finalize (object);
}

static void
porch_http_server_class_init (PorchHttpServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_http_server_dispose;
  object_class->finalize = porch_http_server_finalize;
}

static void
porch_http_server_init (PorchHttpServer *self)
{
  self->poller = porch_poller_new ();
  self->routes = g_ptr_array_new_with_free_func ((GDestroyNotify) route_free);
  self->max_connections = DEFAULT_MAX_CONNECTIONS;
  self->max_connections_per_address = DEFAULT_MAX_CONNECTIONS_PER_ADDRESS;
  self->n_by_site = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->connections = g_hash_table_new (NULL, NULL);
}

static gboolean
is_param (const char *segment)
{
  return segment[0] == '{';
}

static gboolean
route_matches_path (Route *route, GStrv segments)
{
  guint i;

  for (i = 0; segments[i] != NULL && route->segments[i] != NULL; i++)
    if (!is_param (route->segments[i]) && !g_str_equal (route->segments[i], segments[i]))
      return FALSE;

  return segments[i] == NULL && route->segments[i] == NULL;
}

static gboolean
route_matches_method (Route *route, const char *method)
{
  return g_str_equal (route->method, method)
         || (g_str_equal (method, "HEAD") && g_str_equal (route->method, "GET"));
}

static void
call_route (Route *route, PorchHttpRequest *request)
{
  for (guint i = 0; route->segments[i] != NULL; i++)
    if (is_param (route->segments[i]))
      {
        /* The pattern's name without its braces, interned: it outlives the route. */
        g_autofree char *name = g_strndup (route->segments[i] + 1, strlen (route->segments[i]) - 2);

        porch_http_request_set_path_param (request, g_intern_string (name), i);
      }

  route->handler (request, route->user_data);
}

static gboolean
is_trusted (PorchHttpServer *self, GInetAddress *address)
{
  for (guint i = 0; self->trusted_proxies != NULL && i < self->trusted_proxies->len; i++)
    if (g_inet_address_mask_matches (g_ptr_array_index (self->trusted_proxies, i), address))
      return TRUE;

  return FALSE;
}

/* Each proxy adds whom it sees at the end: the last one that is no proxy of ours is the client.
 * What stands before may be anybody's invention.
 */
static void
resolve_client (PorchHttpServer *self, PorchHttpRequest *request)
{
  const char *forwarded = porch_http_request_get_header (request, "X-Forwarded-For");
  g_autoptr (GInetAddress) address = NULL;
  g_auto (GStrv) hops = NULL;

  if (forwarded == NULL)
    return;

  address = g_inet_address_new_from_string (porch_http_request_get_address (request));
  hops = g_strsplit (forwarded, ",", -1);
  for (guint i = g_strv_length (hops); i > 0 && is_trusted (self, address); i--)
    {
      g_autoptr (GInetAddress) hop = g_inet_address_new_from_string (g_strstrip (hops[i - 1]));

      if (hop == NULL)
        break;
      g_set_object (&address, hop);
      porch_http_request_set_address (request, hops[i - 1]);
    }
}

/* Lets the web pages of some origins read answers (Fetch, 3.2 "CORS protocol"); tells everybody
 * else's browser nothing.
 */
static gboolean
allow_origin (PorchHttpServer *self, PorchHttpRequest *request)
{
  const char *origin = porch_http_request_get_header (request, "Origin");

  if (self->allowed_origins == NULL || self->allowed_origins[0] == NULL)
    return FALSE;

  /* Said to all, or a cache would give one origin's answer to another. */
  porch_http_request_set_header (request, "Vary", "Origin");
  if (origin == NULL || !g_strv_contains ((const char *const *) self->allowed_origins, origin))
    return FALSE;

  porch_http_request_set_header (request, "Access-Control-Allow-Origin", origin);
  porch_http_request_set_header (request, "Access-Control-Expose-Headers",
                                 "Date, Retry-After, X-Supabase-Api-Version, x-sb-error-code");

  return TRUE;
}

static void
respond_preflight (PorchHttpRequest *request, const char *methods)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  porch_http_request_set_header (request, "Access-Control-Allow-Methods", methods);
  porch_http_request_set_header (request, "Access-Control-Allow-Headers",
                                 "apikey, authorization, content-type, x-client-info, "
                                 "x-supabase-api-version");
  porch_http_request_set_header (request, "Access-Control-Max-Age", "600");
  porch_http_request_respond_bytes (request, SOUP_STATUS_NO_CONTENT, NULL, nothing);
}

static void
on_request_cb (PorchHttpConnection *connection, PorchHttpRequest *request, gpointer user_data)
{
  PorchHttpServer *self = user_data;
  const char *method = porch_http_request_get_method (request);
  GStrv segments = porch_http_request_get_segments (request);
  g_autoptr (GString) allowed = g_string_new (NULL);
  gboolean is_allowed_origin = allow_origin (self, request);

  resolve_client (self, request);
  if (segments == NULL)
    {
      porch_http_request_respond_error (request, SOUP_STATUS_BAD_REQUEST, "Malformed path");
      return;
    }

  for (guint i = 0; i < self->routes->len; i++)
    {
      Route *route = g_ptr_array_index (self->routes, i);

      if (!route_matches_path (route, segments))
        continue;
      if (route_matches_method (route, method))
        {
          call_route (route, request);
          return;
        }
      g_string_append_printf (allowed, "%s%s", allowed->len > 0 ? ", " : "", route->method);
    }

  if (allowed->len > 0 && is_allowed_origin && g_str_equal (method, "OPTIONS"))
    {
      respond_preflight (request, allowed->str);
    }
  else if (allowed->len > 0)
    {
      porch_http_request_set_header (request, "Allow", allowed->str);
      porch_http_request_respond_error (request, SOUP_STATUS_METHOD_NOT_ALLOWED,
                                        "Method not allowed");
    }
  else
    {
      porch_http_request_respond_error (request, SOUP_STATUS_NOT_FOUND, "Not found");
    }
}

static void
on_connection_closed_cb (PorchHttpConnection *connection, gpointer user_data)
{
  PorchHttpServer *self = user_data;

  g_hash_table_remove (self->connections, connection);
  porch_http_connection_free (connection);

  if (g_hash_table_size (self->connections) == 0)
    porch_clock_clear_timeout (self->clock, &self->sweep_id);
}

/* The query is left out: it may have what is nobody's business. */
static void
log_request (PorchHttpRequest *request, guint status, gint64 duration_us)
{
  g_autofree char *status_text = g_strdup_printf ("%u", status);
  g_autofree char *duration = g_strdup_printf ("%" G_GINT64_FORMAT, duration_us);
  const char *method = porch_http_request_get_method (request);
  const char *path = porch_http_request_get_path (request);
  const char *address = porch_http_request_get_address (request);

  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "PORCH_METHOD", method, "PORCH_PATH", path,
                    "PORCH_STATUS", status_text, "PORCH_DURATION_US", duration, "PORCH_ADDRESS",
                    address, "MESSAGE", "%s %s %s in %s µs for %s", method, path, status_text,
                    duration, address);
}

static void
on_answered_cb (PorchHttpConnection *connection,
                PorchHttpRequest *request,
                guint status,
                gint64 duration_us,
                gpointer user_data)
{
  PorchHttpServer *self = user_data;

  self->n_answers[MIN (status / 100, G_N_ELEMENTS (self->n_answers) - 1)]++;
  self->answer_us += duration_us;
  if (self->log_requests)
    log_request (request, status, duration_us);
}

static const PorchHttpConnectionFuncs connection_funcs = {
  .request = on_request_cb,
  .answered = on_answered_cb,
  .closed = on_connection_closed_cb,
};

static gboolean
on_sweep_cb (gpointer user_data)
{
  PorchHttpServer *self = user_data;
  gint64 now_us = porch_clock_get_monotonic_us (self->clock);
  GHashTableIter iter;
  gpointer connection;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    if (porch_http_connection_is_overdue (connection, now_us))
      porch_http_connection_expire (connection);

  return G_SOURCE_CONTINUE;
}

/* Whose connections are counted together: an address, or all of an IPv6 network, since each
 * customer of a provider has 2^64 addresses. */
static char *
get_site (const char *address)
{
  g_autoptr (GInetAddress) parsed = NULL;
  const guint8 *bytes;

  if (strchr (address, ':') == NULL)
    return g_strdup (address);

  parsed = g_inet_address_new_from_string (address);
  if (parsed == NULL)
    return g_strdup (address);

  bytes = g_inet_address_to_bytes (parsed);

  return g_strdup_printf ("%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", bytes[0], bytes[1], bytes[2],
                          bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]);
}

static guint
get_n_of_site (PorchHttpServer *self, const char *site)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->n_by_site, site));
}

static void
on_transport_closed_cb (PorchTransport *transport, gpointer user_data)
{
  PorchHttpServer *self = user_data;
  g_autofree char *site = get_site (porch_transport_get_address (transport));
  guint n = get_n_of_site (self, site);

  self->n_connections--;
  if (n > 1)
    g_hash_table_insert (self->n_by_site, g_steal_pointer (&site), GUINT_TO_POINTER (n - 1));
  else
    g_hash_table_remove (self->n_by_site, site);

  g_object_unref (self);
}

/* A reverse proxy brings everybody's connections, and so may what else runs on this machine. */
static gboolean
may_connect (PorchHttpServer *self, GInetAddress *address, const char *text)
{
  g_autofree char *site = get_site (text);

  if (self->n_connections >= self->max_connections)
    {
      if (!self->has_warned_full)
        g_warning ("%u connections are open: more are refused", self->n_connections);
      self->has_warned_full = TRUE;
      return FALSE;
    }
  self->has_warned_full = FALSE;

  return g_inet_address_get_is_loopback (address) || is_trusted (self, address)
         || get_n_of_site (self, site) < self->max_connections_per_address;
}

static void
add_connection (PorchHttpServer *self, int fd, const char *address)
{
  g_autofree char *site = get_site (address);
  guint n = get_n_of_site (self, site);
  int send_buffer = SEND_BUFFER_BYTES;
  PorchTransport *transport;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int));
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);

  transport = porch_transport_new (self->poller, fd, address, self->tls_credentials);
  if (transport == NULL)
    return;
  porch_transport_set_closed_callback (transport, on_transport_closed_cb, g_object_ref (self));
  self->n_connections++;
  g_hash_table_insert (self->n_by_site, g_steal_pointer (&site), GUINT_TO_POINTER (n + 1));

  g_hash_table_add (self->connections,
                    porch_http_connection_new (transport, self->clock, &connection_funcs, self));
  if (self->sweep_id == 0)
    self->sweep_id = porch_clock_add_timeout (self->clock, SWEEP_INTERVAL_MS, on_sweep_cb, self);
}

/* On [::] an IPv4 client comes as ::ffff:192.0.2.1, which is 192.0.2.1 (RFC 4291, 2.5.5.2). */
static GInetAddress *
get_peer (GSocketAddress *address)
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  GInetAddress *inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  const guint8 *bytes = g_inet_address_to_bytes (inet);

  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6
      && memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_inet_address_new_from_bytes (bytes + sizeof mapped, G_SOCKET_FAMILY_IPV4);

  return g_object_ref (inet);
}

static void
admit (PorchHttpServer *self, int fd, struct sockaddr_storage *peer, socklen_t length)
{
  g_autoptr (GSocketAddress) address = g_socket_address_new_from_native (peer, length);
  g_autoptr (GInetAddress) inet = NULL;
  g_autofree char *text = NULL;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    {
      close (fd);
      return;
    }

  inet = get_peer (address);
  text = g_inet_address_to_string (inet);
  if (may_connect (self, inet, text))
    add_connection (self, fd, text);
  else
    close (fd);
}

static gboolean on_listener_ready_cb (int fd, GIOCondition condition, gpointer user_data);

static void
start_accepting (PorchHttpServer *self)
{
  self->accept_id = g_unix_fd_add (g_socket_get_fd (self->listener), G_IO_IN, on_listener_ready_cb,
                                   self);
}

static gboolean
on_accept_pause_over_cb (gpointer user_data)
{
  PorchHttpServer *self = user_data;

  self->accept_pause_id = 0;
  start_accepting (self);

  return G_SOURCE_REMOVE;
}

static gboolean
on_listener_ready_cb (int fd, GIOCondition condition, gpointer user_data)
{
  PorchHttpServer *self = user_data;

  for (guint i = 0; i < ACCEPT_BATCH; i++)
    {
      struct sockaddr_storage peer;
      socklen_t length = sizeof peer;
      int client = accept4 (fd, (struct sockaddr *) &peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

      if (client >= 0)
        {
          admit (self, client, &peer, length);
          continue;
        }
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        {
          g_warning ("Cannot accept connections for a moment: %s", g_strerror (errno));
          self->accept_id = 0;
          self->accept_pause_id = porch_clock_add_timeout (self->clock, ACCEPT_PAUSE_MS,
                                                           on_accept_pause_over_cb, self);
          return G_SOURCE_REMOVE;
        }
      if (errno == EAGAIN)
        break;
    }

  return G_SOURCE_CONTINUE;
}

/**
 * porch_http_server_new:
 * @clock: for deadlines and for the dates of answers
 *
 * Returns: (transfer full): a server without routes, which listens to nobody yet
 */
PorchHttpServer *
porch_http_server_new (PorchClock *clock)
{
  PorchHttpServer *self = g_object_new (PORCH_TYPE_HTTP_SERVER, NULL);

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);

  self->clock = g_object_ref (clock);

  return self;
}

/**
 * porch_http_server_add_route:
 * @self: a server
 * @method: "GET", which serves HEAD too, "POST" …
 * @pattern: a path; a segment in braces stands for any: "/api/user/{id}/status"
 * @handler: who answers
 * @user_data: for @handler; outlives the server
 *
 * Of several routes that match, the first one added answers.
 */
void
porch_http_server_add_route (PorchHttpServer *self,
                             const char *method,
                             const char *pattern,
                             PorchHttpHandler handler,
                             gpointer user_data)
{
  Route *route;

  g_return_if_fail (PORCH_IS_HTTP_SERVER (self));
  g_return_if_fail (pattern[0] == '/');

  route = g_new0 (Route, 1);
  route->method = g_strdup (method);
  route->segments = g_strsplit (pattern + 1, "/", -1);
  route->handler = handler;
  route->user_data = user_data;
  g_ptr_array_add (self->routes, route);
}

/**
 * porch_http_server_set_allowed_origins:
 * @self: a server
 * @origins: (nullable): "https://app.example.org" …; %NULL, as at first, for none
 *
 * Says whose web pages may use this server.
 */
void
porch_http_server_set_allowed_origins (PorchHttpServer *self, const char *const *origins)
{
  g_return_if_fail (PORCH_IS_HTTP_SERVER (self));

  g_strfreev (self->allowed_origins);
  self->allowed_origins = g_strdupv ((GStrv) origins);
}

/**
 * porch_http_server_set_trusted_proxies:
 * @self: a server
 * @proxies: (element-type GInetAddressMask): from where X-Forwarded-For is believed; at first from
 *   nowhere
 *
 * Says who speaks for others. Their connections are not counted by address.
 */
void
porch_http_server_set_trusted_proxies (PorchHttpServer *self, GPtrArray *proxies)
{
  g_return_if_fail (PORCH_IS_HTTP_SERVER (self));

  g_clear_pointer (&self->trusted_proxies, g_ptr_array_unref);
  self->trusted_proxies = g_ptr_array_ref (proxies);
}

/**
 * porch_http_server_set_max_connections:
 * @self: a server
 * @max_connections: how many clients at once, WebSockets included
 * @max_connections_per_address: how many of them from one address; this machine's own are exempt
 *
 * Who comes in excess is closed at once.
 */
void
porch_http_server_set_max_connections (PorchHttpServer *self,
                                       guint max_connections,
                                       guint max_connections_per_address)
{
  g_return_if_fail (PORCH_IS_HTTP_SERVER (self));

  self->max_connections = max_connections;
  self->max_connections_per_address = max_connections_per_address;
}

/**
 * porch_http_server_set_log_requests:
 * @self: a server
 * @log_requests: whether each request is logged
 */
void
porch_http_server_set_log_requests (PorchHttpServer *self, gboolean log_requests)
{
  g_return_if_fail (PORCH_IS_HTTP_SERVER (self));

  self->log_requests = log_requests;
}

/**
 * porch_http_server_set_tls_certificate:
 * @self: a server that does not listen yet
 * @certificate_path: PEM: the certificate, followed by those that vouch for it
 * @key_path: PEM: its private key
 * @error: #GTlsError
 *
 * Returns: %FALSE where they cannot be used
 */
gboolean
porch_http_server_set_tls_certificate (PorchHttpServer *self,
                                       const char *certificate_path,
                                       const char *key_path,
                                       GError **error)
{
  g_return_val_if_fail (PORCH_IS_HTTP_SERVER (self), FALSE);
  g_return_val_if_fail (self->listener == NULL && self->tls_credentials == NULL, FALSE);

  self->tls_credentials = porch_tls_credentials_new_from_files (certificate_path, key_path, error);

  return self->tls_credentials != NULL;
}

static GSocketAddress *
parse_listen_address (const char *address, GError **error)
{
  g_autoptr (GNetworkAddress) parsed = G_NETWORK_ADDRESS (
      g_network_address_parse (address, 0, error));
  const char *host;
  GSocketAddress *socket_address;

  if (parsed == NULL)
    return NULL;

  host = g_network_address_get_hostname (parsed);
  if (g_str_equal (host, "localhost"))
    host = "127.0.0.1";
  socket_address = g_inet_socket_address_new_from_string (host,
                                                          g_network_address_get_port (parsed));
  if (socket_address == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "“%s” is no numeric address with a port, as 127.0.0.1:8080 is", address);

  return socket_address;
}

/**
 * porch_http_server_listen:
 * @self: a server
 * @address: a numeric address (or localhost) and a port, 0 for any: "127.0.0.1:8080", "[::]:443"
 * @error: #GIOError
 *
 * Returns: %FALSE where the address cannot be had
 */
gboolean
porch_http_server_listen (PorchHttpServer *self, const char *address, GError **error)
{
  g_autoptr (GSocketAddress) socket_address = NULL;
  g_autoptr (GSocket) listener = NULL;

  g_return_val_if_fail (PORCH_IS_HTTP_SERVER (self), FALSE);
  g_return_val_if_fail (self->listener == NULL, FALSE);

  socket_address = parse_listen_address (address, error);
  if (socket_address == NULL)
    return FALSE;

  listener = g_socket_new (g_socket_address_get_family (socket_address), G_SOCKET_TYPE_STREAM,
                           G_SOCKET_PROTOCOL_TCP, error);
  if (listener == NULL)
    return FALSE;

  g_socket_set_blocking (listener, FALSE);
  g_socket_set_listen_backlog (listener, SOMAXCONN);
  if (!g_socket_bind (listener, socket_address, TRUE, error) || !g_socket_listen (listener, error))
    return FALSE;

  self->listener = g_steal_pointer (&listener);
  start_accepting (self);

  return TRUE;
}

/**
 * porch_http_server_dup_address:
 * @self: a server that listens
 *
 * Returns: (transfer full): where: "http://127.0.0.1:8080"
 */
char *
porch_http_server_dup_address (PorchHttpServer *self)
{
  g_autoptr (GSocketAddress) local = NULL;
  g_autofree char *host = NULL;
  GInetSocketAddress *inet;
  gboolean is_ipv6;

  g_return_val_if_fail (PORCH_IS_HTTP_SERVER (self) && self->listener != NULL, NULL);

  local = g_socket_get_local_address (self->listener, NULL);
  inet = G_INET_SOCKET_ADDRESS (local);
  host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  is_ipv6 = g_socket_address_get_family (local) == G_SOCKET_FAMILY_IPV6;

  return g_strdup_printf ("%s://%s%s%s:%u", self->tls_credentials != NULL ? "https" : "http",
                          is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "",
                          g_inet_socket_address_get_port (inet));
}

/**
 * porch_http_server_get_stats:
 * @self: a server
 *
 * Returns: what it has done so far
 */
PorchHttpStats
porch_http_server_get_stats (PorchHttpServer *self)
{
  PorchHttpStats stats = { 0 };

  g_return_val_if_fail (PORCH_IS_HTTP_SERVER (self), stats);

  stats.n_connections = self->n_connections;
  memcpy (stats.n_answers, self->n_answers, sizeof stats.n_answers);
  stats.answer_us = self->answer_us;

  return stats;
}

static void
stop_accepting (PorchHttpServer *self)
{
  g_clear_handle_id (&self->accept_id, g_source_remove);
  porch_clock_clear_timeout (self->clock, &self->accept_pause_id);
  g_clear_object (&self->listener);
}

/**
 * porch_http_server_wind_down:
 * @self: a server
 *
 * Accepts nobody any more, and lets those who have begun a request have its answer and no other.
 */
void
porch_http_server_wind_down (PorchHttpServer *self)
{
  GHashTableIter iter;
  gpointer connection;

  g_return_if_fail (PORCH_IS_HTTP_SERVER (self));

  stop_accepting (self);
  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    porch_http_connection_wind_down (connection);
}

/**
 * porch_http_server_is_idle:
 * @self: a server
 *
 * Returns: whether nobody is connected any more, WebSockets included
 */
gboolean
porch_http_server_is_idle (PorchHttpServer *self)
{
  g_return_val_if_fail (PORCH_IS_HTTP_SERVER (self), TRUE);

  return self->n_connections == 0;
}

/**
 * porch_http_server_stop:
 * @self: a server
 *
 * Accepts nobody any more and closes every connection; requests that are being handled are
 * cancelled. WebSockets belong to whoever accepted them.
 */
void
porch_http_server_stop (PorchHttpServer *self)
{
  GHashTableIter iter;
  gpointer connection;

  g_return_if_fail (PORCH_IS_HTTP_SERVER (self));

  stop_accepting (self);
  porch_clock_clear_timeout (self->clock, &self->sweep_id);

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    {
      g_hash_table_iter_steal (&iter);
      porch_http_connection_free (connection);
    }
}
