/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What Pusher signs with an application's secret: the right to subscribe to a channel, and requests
 * to the HTTP API. Whether a request is recent, and whether its body is the one that was signed
 * (body_md5), its caller checks.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "protocol/porch-pusher-signature.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/porch-json.h"
#include "protocol/porch-pusher-frame.h"

/**
 * porch_hmac_sha256_hex:
 * @secret: the key
 * @message: what to sign
 *
 * Returns: (transfer full): the HMAC-SHA256 in lower-case hexadecimal
 */
char *
porch_hmac_sha256_hex (const char *secret, const char *message)
{
  g_return_val_if_fail (secret != NULL && message != NULL, NULL);

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) secret, strlen (secret),
                                    message, strlen (message));
}

/**
 * porch_equal_in_constant_time:
 * @a: (nullable): what a stranger sent
 * @b: (nullable): what it should be
 *
 * Compares without telling, by the time it takes, how much of @a is right: it takes as long as @a
 * is long.
 *
 * Returns: whether both are the same string; %FALSE where one is %NULL
 */
gboolean
porch_equal_in_constant_time (const char *a, const char *b)
{
  volatile gsize difference;
  gsize a_length, b_length;

  if (a == NULL || b == NULL)
    return FALSE;

  a_length = strlen (a);
  b_length = strlen (b);
  difference = a_length ^ b_length;
  for (gsize i = 0; i < a_length; i++)
    difference |= (guchar) a[i] ^ (guchar) b[MIN (i, b_length)];

  return difference == 0;
}

/**
 * porch_pusher_channel_auth_build:
 * @key: the application's key
 * @secret: the application's secret
 * @socket_id: the connection that may subscribe
 * @channel: a private or presence channel
 * @channel_data: (nullable): who subscribes, on a presence channel
 *
 * Returns: (transfer full): "key:signature"
 */
char *
porch_pusher_channel_auth_build (const char *key,
                                 const char *secret,
                                 const char *socket_id,
                                 const char *channel,
                                 const char *channel_data)
{
  g_autofree char *message = NULL;
  g_autofree char *signature = NULL;

  g_return_val_if_fail (key != NULL && secret != NULL, NULL);
  g_return_val_if_fail (socket_id != NULL && channel != NULL, NULL);

  message = g_strconcat (socket_id, ":", channel, channel_data != NULL ? ":" : NULL, channel_data,
                         NULL);
  signature = porch_hmac_sha256_hex (secret, message);
  return g_strconcat (key, ":", signature, NULL);
}

/**
 * porch_pusher_channel_auth_verify:
 * @auth: (nullable): what a client sent
 * @key: the application's key
 * @secret: the application's secret
 * @socket_id: the client's connection
 * @channel: the channel that it asks for
 * @channel_data: (nullable): the data that it sent along
 *
 * Returns: whether @auth is the authorisation of this connection for this channel and data
 */
gboolean
porch_pusher_channel_auth_verify (const char *auth,
                                  const char *key,
                                  const char *secret,
                                  const char *socket_id,
                                  const char *channel,
                                  const char *channel_data)
{
  g_autofree char *expected = porch_pusher_channel_auth_build (key, secret, socket_id, channel,
                                                               channel_data);

  return porch_equal_in_constant_time (auth, expected);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * porch_pusher_http_signature_build:
 * @secret: the application's secret
 * @method: the method of the request, upper case
 * @path: its path, as it was sent, without the query
 * @query: (element-type utf8 utf8): its parameters, unescaped; auth_signature among them is left
 *   out
 *
 * Signs a request to the HTTP API: the parameters sorted by their lower-case keys.
 *
 * Returns: (transfer full): the auth_signature of the request
 */
char *
porch_pusher_http_signature_build (const char *secret,
                                   const char *method,
                                   const char *path,
                                   GHashTable *query)
{
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree const char **keys = NULL;
  g_autoptr (GString) message = NULL;
  const char *key, *value;
  GHashTableIter iter;
  guint n_keys;

  g_return_val_if_fail (secret != NULL && method != NULL && path != NULL, NULL);
  g_return_val_if_fail (query != NULL, NULL);

  g_hash_table_iter_init (&iter, query);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &value))
    g_hash_table_replace (values, g_ascii_strdown (key, -1), (gpointer) value);
  g_hash_table_remove (values, "auth_signature");

  keys = (const char **) g_hash_table_get_keys_as_array (values, &n_keys);
  qsort (keys, n_keys, sizeof *keys, compare_strings);

  message = g_string_new (NULL);
  g_string_append_printf (message, "%s\n%s\n", method, path);
  for (guint i = 0; i < n_keys; i++)
    g_string_append_printf (message, "%s%s=%s", i > 0 ? "&" : "", keys[i],
                            (const char *) g_hash_table_lookup (values, keys[i]));

  return porch_hmac_sha256_hex (secret, message->str);
}

/**
 * porch_md5_hex:
 * @bytes: (array length=length): the body of a request
 * @length: how many bytes
 *
 * MD5 because Pusher's body_md5 is; the signature over it is HMAC-SHA256.
 *
 * Returns: (transfer full): the MD5 in lower-case hexadecimal
 */
char *
porch_md5_hex (const char *bytes, gsize length)
{
  return g_compute_checksum_for_data (G_CHECKSUM_MD5, (const guchar *) bytes, length);
}

/**
 * porch_pusher_channel_auth_parse:
 * @bytes: (array length=length): the answer of a channel authorisation endpoint
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: (transfer full): the authorisation
 */
PorchPusherChannelAuth *
porch_pusher_channel_auth_parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  PorchPusherChannelAuth *channel_auth;
  const char *auth, *channel_data;
  JsonObject *object;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  auth = porch_json_get_string (object, "auth", PORCH_PUSHER_AUTH_MAX_BYTES);
  channel_data = porch_json_get_string (object, "channel_data", PORCH_PUSHER_DATA_MAX_BYTES);
  if (auth == NULL || *auth == '\0'
      || (channel_data == NULL && porch_json_has (object, "channel_data")))
    {
      porch_protocol_error_set_invalid (error, "The answer holds no valid authorisation");
      return NULL;
    }

  channel_auth = g_new0 (PorchPusherChannelAuth, 1);
  channel_auth->auth = g_strdup (auth);
  channel_auth->channel_data = g_strdup (channel_data);
  return channel_auth;
}

/**
 * porch_pusher_channel_auth_free:
 * @channel_auth: (transfer full) (nullable): what porch_pusher_channel_auth_parse() gave
 */
void
porch_pusher_channel_auth_free (PorchPusherChannelAuth *channel_auth)
{
  if (channel_auth == NULL)
    return;

  g_free (channel_auth->auth);
  g_free (channel_auth->channel_data);
  g_free (channel_auth);
}

/**
 * porch_pusher_channel_auth_to_json:
 * @auth: what porch_pusher_channel_auth_build() gave
 * @channel_data: (nullable): the data that was signed with it
 *
 * Returns: (transfer full): the answer of a channel authorisation endpoint
 */
char *
porch_pusher_channel_auth_to_json (const char *auth, const char *channel_data)
{
  GString *json = g_string_new ("{");

  porch_json_append_string_member (json, "auth", auth);
  if (channel_data != NULL)
    porch_json_append_string_member (json, "channel_data", channel_data);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}
