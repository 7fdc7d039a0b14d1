/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Where a server's parts are, and which addresses may be believed at all. The document comes from
 * whoever answers at an address that a person typed: nothing in it may lead a password or a token
 * off an encrypted connection, or to a host that is not spelled out.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "config.h"

#include "protocol/porch-discovery.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "protocol/porch-json.h"
#include "presence/porch-text.h"

#define DISCOVERY_VERSION     1
#define URL_MAX_BYTES         2048
#define ANON_KEY_MAX_BYTES    4096
#define SERVER_NAME_MAX_BYTES 200
#define LABEL_MAX_BYTES       128
#define HOST_MAX_BYTES        253
#define AUTH_ENDPOINT_DEFAULT "/api/pusher/auth"
#define HEARTBEAT_DEFAULT_S   30
#define HEARTBEAT_MAX_S       120
#define PORT_SECURE           443
#define PORT_PLAIN            80

static gboolean
host_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);

  return g_ascii_strcasecmp (host, "localhost") == 0;
}

/* A name or an address, as it stands between the slashes and the port of a URL, without brackets.
 */
static gboolean
host_is_valid (const char *host)
{
  if (g_hostname_is_ip_address (host))
    return strchr (host, '%') == NULL;

  return host[0] != '.' && host[0] != '-'
         && porch_text_consists_of (host, PORCH_TEXT_ALPHANUMERIC "-._", HOST_MAX_BYTES);
}

static gboolean
uri_is_acceptable (GUri *uri, const char *scheme_secure, const char *scheme_plain)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);

  if (g_uri_get_userinfo (uri) != NULL || host == NULL || !host_is_valid (host)
      || g_uri_get_port (uri) == 0)
    return FALSE;

  return g_str_equal (scheme, scheme_secure)
         || (g_str_equal (scheme, scheme_plain) && host_is_loopback (host));
}

/* An address that paths are put after: no query, no fragment, no slash at the end. */
static char *
read_base_url (JsonObject *object, const char *member)
{
  const char *url = porch_json_get_string (object, member, URL_MAX_BYTES);
  g_autoptr (GUri) uri = NULL;
  g_autofree char *base = NULL;

  if (!porch_url_is_acceptable (url, "https", "http"))
    return NULL;

  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL || g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    return NULL;

  base = g_strdup (url);
  for (gsize length = strlen (base); length > 0 && base[length - 1] == '/'; length--)
    base[length - 1] = '\0';

  return g_steal_pointer (&base);
}

/* What becomes one segment of a path or one label of a host name. */
static char *
read_label (JsonObject *object, const char *member)
{
  const char *label = porch_json_get_string (object, member, LABEL_MAX_BYTES);

  if (!porch_text_consists_of (label, PORCH_TEXT_ALPHANUMERIC "-_", LABEL_MAX_BYTES))
    return NULL;

  return g_strdup (label);
}

static gboolean
read_supabase (JsonObject *object, PorchDiscovery *discovery)
{
  const char *anon_key = porch_json_get_string (object, "anonKey", ANON_KEY_MAX_BYTES);

  discovery->supabase_url = read_base_url (object, "url");
  /* It goes into a header of every request. */
  if (porch_text_is_visible_ascii (anon_key))
    discovery->supabase_anon_key = g_strdup (anon_key);

  return discovery->supabase_url != NULL && discovery->supabase_anon_key != NULL;
}

/* The host stands for itself, a cluster for Pusher's own hosts; of both the host counts. */
static gboolean
read_socket_host (JsonObject *object, PorchDiscovery *discovery)
{
  const char *host = porch_json_get_string (object, "host", HOST_MAX_BYTES);

  if (!porch_json_has (object, "host"))
    {
      discovery->pusher_cluster = read_label (object, "cluster");
      return discovery->pusher_cluster != NULL && discovery->pusher_tls;
    }

  if (host == NULL || !host_is_valid (host))
    return FALSE;

  discovery->pusher_host = g_strdup (host);
  return discovery->pusher_tls || host_is_loopback (host);
}

static gboolean
read_auth_endpoint (JsonObject *object, PorchDiscovery *discovery)
{
  const char *path = porch_json_get_string (object, "authEndpoint", URL_MAX_BYTES);

  if (!porch_json_has (object, "authEndpoint"))
    path = AUTH_ENDPOINT_DEFAULT;
  if (!porch_text_consists_of (path, PORCH_TEXT_ALPHANUMERIC "-_./", URL_MAX_BYTES)
      || path[0] != '/' || strstr (path, "//") != NULL || strstr (path, "..") != NULL)
    return FALSE;

  discovery->auth_endpoint = g_strdup (path);
  return TRUE;
}

static gboolean
read_pusher (JsonObject *object, PorchDiscovery *discovery)
{
  gint64 port;

  discovery->pusher_key = read_label (object, "key");
  discovery->pusher_tls = porch_json_get_boolean (object, "tls", TRUE);
  port = discovery->pusher_tls ? PORT_SECURE : PORT_PLAIN;
  if (porch_json_has (object, "port")
      && !porch_json_get_int (object, "port", 1, G_MAXUINT16, &port))
    return FALSE;
  discovery->pusher_port = port;

  return discovery->pusher_key != NULL && read_socket_host (object, discovery)
         && read_auth_endpoint (object, discovery);
}

static guint
read_heartbeat (JsonObject *object)
{
  gint64 heartbeat_s = HEARTBEAT_DEFAULT_S;

  porch_json_get_int (object, "heartbeatSeconds", 0, G_MAXINT64, &heartbeat_s);
  return CLAMP (heartbeat_s, HEARTBEAT_DEFAULT_S, HEARTBEAT_MAX_S);
}

/**
 * porch_discovery_parse:
 * @bytes: (array length=length): the answer to GET /.well-known/porchlight
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Refuses a document with any address that is not encrypted (on loopback it may be plain), carries
 * a user name, or is missing.
 *
 * Returns: (transfer full): where the server's parts are
 */
PorchDiscovery *
porch_discovery_parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  g_autoptr (PorchDiscovery) discovery = NULL;
  const char *problem = NULL;
  gint64 version;
  JsonObject *object;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  discovery = g_new0 (PorchDiscovery, 1);
  discovery->name = porch_text_clean (porch_json_get_string (object, "name", PORCH_JSON_MAX_BYTES),
                                      SERVER_NAME_MAX_BYTES);
  discovery->api_url = read_base_url (porch_json_get_object (object, "api"), "url");
  discovery->heartbeat_s = read_heartbeat (porch_json_get_object (object, "presence"));
  discovery->by_hand = porch_json_get_boolean (object, "byHand", FALSE);

  if (!porch_json_get_int (object, "version", DISCOVERY_VERSION, DISCOVERY_VERSION, &version))
    problem = "The document is of another version";
  else if (discovery->api_url == NULL)
    problem = "The address of the presence API cannot be used";
  else if (!read_supabase (porch_json_get_object (object, "supabase"), discovery))
    problem = "The address or the key of the sign-in service cannot be used";
  else if (!read_pusher (porch_json_get_object (object, "pusher"), discovery))
    problem = "The address of the socket cannot be used";

  if (problem != NULL)
    {
      porch_protocol_error_set_invalid (error, problem);
      return NULL;
    }

  return g_steal_pointer (&discovery);
}

static gboolean
names_loopback (const PorchDiscovery *discovery)
{
  return porch_url_is_loopback (discovery->supabase_url)
         || porch_url_is_loopback (discovery->api_url)
         || (discovery->pusher_host != NULL && host_is_loopback (discovery->pusher_host));
}

/**
 * porch_discovery_parse_from:
 * @origin: the origin of the server that sent the document
 * @bytes: (array length=length): the answer to GET /.well-known/porchlight
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Same as porch_discovery_parse(), and refuses a document by which a server elsewhere would have us
 * talk to the services of this computer.
 *
 * Returns: (transfer full): where the server's parts are
 */
PorchDiscovery *
porch_discovery_parse_from (const char *origin, const char *bytes, gsize length, GError **error)
{
  g_autoptr (PorchDiscovery) discovery = NULL;

  g_return_val_if_fail (origin != NULL, NULL);

  discovery = porch_discovery_parse (bytes, length, error);
  if (discovery == NULL)
    return NULL;

  if (names_loopback (discovery) && !porch_url_is_loopback (origin))
    {
      porch_protocol_error_set_invalid (error,
                                        "A server elsewhere names addresses of this computer");
      return NULL;
    }

  /* Not for a server to say. */
  discovery->by_hand = FALSE;
  return g_steal_pointer (&discovery);
}

/**
 * porch_discovery_copy:
 * @discovery: a discovery
 *
 * Returns: (transfer full): a copy
 */
PorchDiscovery *
porch_discovery_copy (const PorchDiscovery *discovery)
{
  PorchDiscovery *copy;

  g_return_val_if_fail (discovery != NULL, NULL);

  copy = g_memdup2 (discovery, sizeof *discovery);
  copy->name = g_strdup (discovery->name);
  copy->supabase_url = g_strdup (discovery->supabase_url);
  copy->supabase_anon_key = g_strdup (discovery->supabase_anon_key);
  copy->api_url = g_strdup (discovery->api_url);
  copy->pusher_key = g_strdup (discovery->pusher_key);
  copy->pusher_host = g_strdup (discovery->pusher_host);
  copy->pusher_cluster = g_strdup (discovery->pusher_cluster);
  copy->auth_endpoint = g_strdup (discovery->auth_endpoint);
  return copy;
}

/**
 * porch_discovery_free:
 * @discovery: (transfer full) (nullable): a discovery
 */
void
porch_discovery_free (PorchDiscovery *discovery)
{
  if (discovery == NULL)
    return;

  g_free (discovery->name);
  g_free (discovery->supabase_url);
  g_free (discovery->supabase_anon_key);
  g_free (discovery->api_url);
  g_free (discovery->pusher_key);
  g_free (discovery->pusher_host);
  g_free (discovery->pusher_cluster);
  g_free (discovery->auth_endpoint);
  g_free (discovery);
}

static void
append_object_name (GString *json, const char *name)
{
  porch_json_append_name (json, name);
  g_string_append_c (json, '{');
}

/**
 * porch_discovery_build:
 * @discovery: a discovery
 *
 * Returns: (transfer full): the answer to GET /.well-known/porchlight
 */
char *
porch_discovery_build (const PorchDiscovery *discovery)
{
  GString *json;

  g_return_val_if_fail (discovery != NULL, NULL);

  json = g_string_new ("{");
  porch_json_append_int_member (json, "version", DISCOVERY_VERSION);
  porch_json_append_string_member (json, "name", discovery->name);
  if (discovery->by_hand)
    porch_json_append_boolean_member (json, "byHand", TRUE);

  append_object_name (json, "supabase");
  porch_json_append_string_member (json, "url", discovery->supabase_url);
  porch_json_append_string_member (json, "anonKey", discovery->supabase_anon_key);
  g_string_append_c (json, '}');

  append_object_name (json, "api");
  porch_json_append_string_member (json, "url", discovery->api_url);
  g_string_append_c (json, '}');

  append_object_name (json, "pusher");
  porch_json_append_string_member (json, "key", discovery->pusher_key);
  porch_json_append_string_member (json, "host", discovery->pusher_host);
  porch_json_append_string_member (json, "cluster", discovery->pusher_cluster);
  porch_json_append_int_member (json, "port", discovery->pusher_port);
  porch_json_append_boolean_member (json, "tls", discovery->pusher_tls);
  porch_json_append_string_member (json, "authEndpoint", discovery->auth_endpoint);
  g_string_append_c (json, '}');

  append_object_name (json, "presence");
  porch_json_append_int_member (json, "heartbeatSeconds", discovery->heartbeat_s);
  g_string_append (json, "}}");
  return g_string_free (json, FALSE);
}

/**
 * porch_discovery_equal:
 * @a: a discovery
 * @b: another
 *
 * Returns: whether both say the same in everything
 */
gboolean
porch_discovery_equal (const PorchDiscovery *a, const PorchDiscovery *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return g_strcmp0 (a->name, b->name) == 0 && g_strcmp0 (a->supabase_url, b->supabase_url) == 0
         && g_strcmp0 (a->supabase_anon_key, b->supabase_anon_key) == 0
         && g_strcmp0 (a->api_url, b->api_url) == 0 && g_strcmp0 (a->pusher_key, b->pusher_key) == 0
         && g_strcmp0 (a->pusher_host, b->pusher_host) == 0
         && g_strcmp0 (a->pusher_cluster, b->pusher_cluster) == 0
         && a->pusher_port == b->pusher_port && a->pusher_tls == b->pusher_tls
         && g_strcmp0 (a->auth_endpoint, b->auth_endpoint) == 0 && a->heartbeat_s == b->heartbeat_s;
}

/**
 * porch_discovery_get_socket_url:
 * @discovery: a discovery
 *
 * Returns: (transfer full): the whole address of the WebSocket, protocol 7
 */
char *
porch_discovery_get_socket_url (const PorchDiscovery *discovery)
{
  g_autofree char *host = NULL;
  g_autofree char *path = NULL;

  g_return_val_if_fail (discovery != NULL && discovery->pusher_key != NULL, NULL);

  if (discovery->pusher_host != NULL)
    host = g_strdup (discovery->pusher_host);
  else
    host = g_strdup_printf ("ws-%s.pusher.com", discovery->pusher_cluster);
  path = g_strconcat ("/app/", discovery->pusher_key, NULL);

  return g_uri_join (G_URI_FLAGS_NONE, discovery->pusher_tls ? "wss" : "ws", NULL, host,
                     discovery->pusher_port, path,
                     "protocol=7&client=porchlight&version=" PORCH_VERSION, NULL);
}

/* What stands before the port of an address without a scheme. */
static gboolean
typed_host_is_loopback (const char *typed)
{
  g_autofree char *with_scheme = g_strconcat ("http://", typed, NULL);
  g_autoptr (GUri) uri = g_uri_parse (with_scheme, G_URI_FLAGS_ENCODED, NULL);

  return uri != NULL && g_uri_get_host (uri) != NULL && host_is_loopback (g_uri_get_host (uri));
}

/* The origin, with its host in lower-case ASCII, and without the port that the scheme implies. */
static char *
uri_dup_origin (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  int port = g_uri_get_port (uri);
  g_autofree char *ascii_host = NULL;
  g_autofree char *host = NULL;

  if (g_uri_get_host (uri) == NULL || g_uri_get_userinfo (uri) != NULL || port == 0)
    return NULL;

  ascii_host = g_hostname_to_ascii (g_uri_get_host (uri));
  if (ascii_host == NULL || !host_is_valid (ascii_host))
    return NULL;

  host = g_ascii_strdown (ascii_host, -1);
  if (port == (g_str_equal (scheme, "https") ? PORT_SECURE : PORT_PLAIN))
    port = -1;
  return g_uri_join (G_URI_FLAGS_NONE, scheme, NULL, host, port, "", NULL, NULL);
}

/**
 * porch_server_address_normalize:
 * @typed: what a person typed
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR, whose message is for the person
 *
 * Makes an origin of an address: "porch.example.org" is https, "localhost:8080" http. A path, which
 * may have been pasted along, is dropped; a name in other letters is written in ASCII (RFC 5890),
 * so that it cannot look like another.
 *
 * Returns: (transfer full): the origin, without a slash at the end
 */
char *
porch_server_address_normalize (const char *typed, GError **error)
{
  g_autofree char *address = NULL;
  g_autofree char *url = NULL;
  g_autofree char *origin = NULL;
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (typed != NULL, NULL);

  address = g_strstrip (g_strndup (typed, URL_MAX_BYTES));
  if (strstr (address, "://") != NULL)
    url = g_strdup (address);
  else
    url = g_strconcat (typed_host_is_loopback (address) ? "http://" : "https://", address, NULL);

  uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  origin = uri != NULL ? uri_dup_origin (uri) : NULL;
  if (origin == NULL)
    {
      porch_protocol_error_set_invalid (error, _ ("This is not the address of a server."));
      return NULL;
    }
  if (!porch_url_is_acceptable (origin, "https", "http"))
    {
      porch_protocol_error_set_invalid (
          error, _ ("The address of a server begins with https, so that nobody can listen in."));
      return NULL;
    }

  return g_steal_pointer (&origin);
}

/**
 * porch_url_is_acceptable:
 * @url: (nullable): an address that somebody else chose
 * @scheme_secure: the scheme that is taken from anywhere, as "https"
 * @scheme_plain: the scheme that is taken from this computer alone, as "http"
 *
 * Returns: whether @url may be asked: encrypted or on loopback, with a host and no user name, and
 * in plain ASCII
 */
gboolean
porch_url_is_acceptable (const char *url, const char *scheme_secure, const char *scheme_plain)
{
  g_autoptr (GUri) uri = NULL;

  if (!porch_text_is_visible_ascii (url) || strlen (url) > URL_MAX_BYTES
      || strchr (url, '\\') != NULL)
    return FALSE;

  uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  return uri != NULL && uri_is_acceptable (uri, scheme_secure, scheme_plain);
}

/**
 * porch_url_is_loopback:
 * @url: an address
 *
 * Returns: whether it is of this computer, by its number or as "localhost"
 */
gboolean
porch_url_is_loopback (const char *url)
{
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (url != NULL, FALSE);

  uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  return uri != NULL && g_uri_get_host (uri) != NULL && host_is_loopback (g_uri_get_host (uri));
}
