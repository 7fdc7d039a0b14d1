/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Requests to Pusher's HTTP API, by which servers publish: their bodies, and how they are signed.
 * porchlightd is on both ends, as the broker that is asked and as one who asks a cluster. Sending
 * and answering is not its business.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "protocol/porch-pusher-api.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "protocol/porch-json.h"
#include "protocol/porch-pusher-frame.h"
#include "protocol/porch-pusher-signature.h"

#define INFO_MAX_BYTES 100

/**
 * porch_pusher_trigger_free:
 * @trigger: (transfer full) (nullable): an event that was asked for
 */
void
porch_pusher_trigger_free (PorchPusherTrigger *trigger)
{
  if (trigger == NULL)
    return;

  g_free (trigger->event);
  g_strfreev (trigger->channels);
  g_free (trigger->data);
  g_free (trigger->socket_id);
  g_free (trigger->info);
  g_free (trigger);
}

static void
set_too_large (GError **error, const char *message)
{
  g_set_error_literal (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_TOO_LARGE, message);
}

/* One "channel" or several "channels". */
static GStrv
read_channels (JsonObject *object, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *single = porch_json_get_string (object, "channel", PORCH_PUSHER_NAME_MAX_BYTES);
  JsonArray *array = porch_json_get_array (object, "channels", PORCH_PUSHER_TRIGGER_CHANNELS_MAX);
  guint length = array != NULL ? json_array_get_length (array) : 0;

  if (single != NULL && porch_pusher_channel_name_is_valid (single))
    {
      g_strv_builder_add (builder, single);
      return g_strv_builder_end (builder);
    }

  if (length == 0)
    {
      porch_protocol_error_set_invalid (error, "An event needs 1 to 100 channels with valid names");
      return NULL;
    }

  for (guint i = 0; i < length; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING
          || !porch_pusher_channel_name_is_valid (json_node_get_string (node)))
        {
          porch_protocol_error_set_invalid (error, "A channel has no valid name");
          return NULL;
        }
      g_strv_builder_add (builder, json_node_get_string (node));
    }

  return g_strv_builder_end (builder);
}

static PorchPusherTrigger *
read_trigger (JsonObject *object, GError **error)
{
  g_autoptr (PorchPusherTrigger) trigger = g_new0 (PorchPusherTrigger, 1);
  const char *event = porch_json_get_string (object, "name", PORCH_PUSHER_NAME_MAX_BYTES);
  const char *data = porch_json_get_string (object, "data", PORCH_JSON_MAX_BYTES);

  trigger->channels = read_channels (object, error);
  if (trigger->channels == NULL)
    return NULL;

  if (event == NULL || !porch_pusher_event_name_is_valid (event))
    {
      porch_protocol_error_set_invalid (error, "An event needs a name of at most 200 characters");
      return NULL;
    }
  if (data == NULL)
    {
      porch_protocol_error_set_invalid (error, "An event needs data, a string");
      return NULL;
    }
  if (strlen (data) > PORCH_PUSHER_DATA_MAX_BYTES)
    {
      set_too_large (error, "The data of an event exceeds 10240 bytes");
      return NULL;
    }

  trigger->event = g_strdup (event);
  trigger->data = g_strdup (data);
  trigger->info = g_strdup (porch_json_get_string (object, "info", INFO_MAX_BYTES));
  if (!porch_json_has (object, "socket_id"))
    return g_steal_pointer (&trigger);

  trigger->socket_id = g_strdup (
      porch_json_get_string (object, "socket_id", PORCH_PUSHER_NAME_MAX_BYTES));
  if (trigger->socket_id == NULL || !porch_pusher_socket_id_is_valid (trigger->socket_id))
    {
      porch_protocol_error_set_invalid (error, "The socket_id is not valid");
      return NULL;
    }

  return g_steal_pointer (&trigger);
}

/**
 * porch_pusher_trigger_parse:
 * @bytes: (array length=length): the body of POST /apps/{id}/events
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR, with a message for whoever asked
 *
 * Returns: (transfer full): the event
 */
PorchPusherTrigger *
porch_pusher_trigger_parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);

  return root != NULL ? read_trigger (json_node_get_object (root), error) : NULL;
}

/**
 * porch_pusher_batch_parse:
 * @bytes: (array length=length): the body of POST /apps/{id}/batch_events
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR, with a message for whoever asked
 *
 * Returns: (transfer full) (element-type PorchPusherTrigger): the events, all of them or none
 */
GPtrArray *
porch_pusher_batch_parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (GPtrArray) triggers = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_pusher_trigger_free);
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  JsonArray *array;

  if (root == NULL)
    return NULL;

  array = porch_json_get_array (json_node_get_object (root), "batch", PORCH_PUSHER_BATCH_MAX);
  if (array == NULL || json_array_get_length (array) == 0)
    {
      porch_protocol_error_set_invalid (error, "A batch has 1 to 10 events");
      return NULL;
    }

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      PorchPusherTrigger *trigger = NULL;

      if (JSON_NODE_HOLDS_OBJECT (node))
        trigger = read_trigger (json_node_get_object (node), error);
      else
        porch_protocol_error_set_invalid (error, "A batch has objects in it");
      if (trigger == NULL)
        return NULL;
      g_ptr_array_add (triggers, trigger);
      if (trigger->channels[1] != NULL)
        {
          porch_protocol_error_set_invalid (error, "An event of a batch has one channel");
          return NULL;
        }
    }

  return g_steal_pointer (&triggers);
}

/**
 * porch_pusher_batch_build:
 * @triggers: (array length=n_triggers): events, each with one channel
 * @n_triggers: how many, at most %PORCH_PUSHER_BATCH_MAX
 *
 * Returns: (transfer full): the body of POST /apps/{id}/batch_events
 */
char *
porch_pusher_batch_build (PorchPusherTrigger *const *triggers, guint n_triggers)
{
  GString *json = g_string_new ("{\"batch\":[");

  g_return_val_if_fail (n_triggers > 0 && n_triggers <= PORCH_PUSHER_BATCH_MAX, NULL);

  for (guint i = 0; i < n_triggers; i++)
    {
      g_string_append (json, i > 0 ? ",{" : "{");
      porch_json_append_string_member (json, "channel", triggers[i]->channels[0]);
      porch_json_append_string_member (json, "name", triggers[i]->event);
      porch_json_append_string_member (json, "data", triggers[i]->data);
      if (triggers[i]->socket_id != NULL)
        porch_json_append_string_member (json, "socket_id", triggers[i]->socket_id);
      g_string_append_c (json, '}');
    }
  g_string_append (json, "]}");

  return g_string_free (json, FALSE);
}

/**
 * porch_pusher_api_target_build:
 * @key: the app's key
 * @secret: the app's secret
 * @method: the method, upper case
 * @path: the path, "/apps/123/batch_events"
 * @body: the body that goes with it
 * @now_us: the time, Unix microseconds
 *
 * Returns: (transfer full): the path and the query that signs the request, good for ten minutes
 */
char *
porch_pusher_api_target_build (const char *key,
                               const char *secret,
                               const char *method,
                               const char *path,
                               const char *body,
                               gint64 now_us)
{
  g_autoptr (GHashTable) query = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *timestamp = g_strdup_printf ("%" G_GINT64_FORMAT, now_us / G_USEC_PER_SEC);
  g_autofree char *md5 = porch_md5_hex (body, strlen (body));
  g_autofree char *signature = NULL;

  g_hash_table_insert (query, (char *) "auth_key", (char *) key);
  g_hash_table_insert (query, (char *) "auth_timestamp", timestamp);
  g_hash_table_insert (query, (char *) "auth_version", (char *) "1.0");
  g_hash_table_insert (query, (char *) "body_md5", md5);
  signature = porch_pusher_http_signature_build (secret, method, path, query);

  return g_strdup_printf (
      "%s?auth_key=%s&auth_timestamp=%s&auth_version=1.0&body_md5=%s&auth_signature=%s", path, key,
      timestamp, md5, signature);
}

static gboolean
timestamp_is_recent (const char *text, gint64 now_us)
{
  gint64 now_s = now_us / G_USEC_PER_SEC;
  gint64 seconds;

  return text != NULL && g_ascii_string_to_signed (text, 10, 0, G_MAXINT32, &seconds, NULL)
         && ABS (now_s - seconds) <= PORCH_PUSHER_SIGNATURE_WINDOW_S;
}

/**
 * porch_pusher_api_request_verify:
 * @key: the app's key
 * @secret: the app's secret
 * @method: the method, upper case
 * @path: the path as it was sent
 * @query: (element-type utf8 utf8): the parameters, unescaped
 * @body: the body, perhaps empty
 * @now_us: the time, Unix microseconds
 * @error: return location for %PORCH_PROTOCOL_ERROR_INVALID, with a message for whoever asked
 *
 * Returns: whether somebody who has the secret sent this, in the last ten minutes
 */
gboolean
porch_pusher_api_request_verify (const char *key,
                                 const char *secret,
                                 const char *method,
                                 const char *path,
                                 GHashTable *query,
                                 GBytes *body,
                                 gint64 now_us,
                                 GError **error)
{
  g_autofree char *expected = porch_pusher_http_signature_build (secret, method, path, query);
  const char *body_md5 = g_hash_table_lookup (query, "body_md5");
  const char *problem = NULL;
  g_autofree char *md5 = NULL;
  gsize length;
  const char *bytes = g_bytes_get_data (body, &length);

  if (length > 0)
    md5 = porch_md5_hex (bytes, length);

  if (!porch_equal_in_constant_time (g_hash_table_lookup (query, "auth_key"), key))
    problem = "Unknown auth_key";
  else if (g_strcmp0 (g_hash_table_lookup (query, "auth_version"), "1.0") != 0)
    problem = "The auth_version is not 1.0";
  else if (!porch_equal_in_constant_time (g_hash_table_lookup (query, "auth_signature"), expected))
    problem = "Invalid signature";
  else if (!timestamp_is_recent (g_hash_table_lookup (query, "auth_timestamp"), now_us))
    problem = "Timestamp expired: it is not within 600s of the server's time";
  else if (md5 != NULL && !porch_equal_in_constant_time (body_md5, md5))
    problem = "Invalid body_md5: it is not the body's";

  if (problem != NULL)
    porch_protocol_error_set_invalid (error, problem);

  return problem == NULL;
}
