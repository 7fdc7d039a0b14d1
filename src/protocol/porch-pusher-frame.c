/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The messages of Pusher Channels, protocol 7, as client and broker exchange them over a WebSocket:
 * frames, and the data of the protocol's own events. Hosted Pusher sends data as a string of JSON,
 * soketi some of it as an object: both are read, strings are written. It knows nothing of
 * connections, of what a channel is for, or of who may subscribe.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "protocol/porch-pusher-frame.h"

#include <string.h>

#include "protocol/porch-json.h"
#include "presence/porch-text.h"
#include "protocol/porch-user-id.h"

#define SOCKET_ID_MAX_BYTES        64
#define MESSAGE_MAX_BYTES          200
#define ACTIVITY_TIMEOUT_DEFAULT_S 120
#define ACTIVITY_TIMEOUT_MAX_S     3600

static JsonNode *
parse_data (const char *data, GError **error)
{
  if (data == NULL)
    {
      porch_protocol_error_set_invalid (error, "The event has no data");
      return NULL;
    }

  return porch_json_parse_object (data, strlen (data), error);
}

static char *
frame_dup_data (JsonObject *object)
{
  JsonNode *node;

  if (!porch_json_has (object, "data"))
    return NULL;

  node = json_object_get_member (object, "data");
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);

  return porch_json_to_string (node);
}

/**
 * porch_pusher_frame_parse:
 * @bytes: (array length=length): the text of one WebSocket message
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Reads a frame either side may send. The data comes as text whether it travelled as a string or
 * not; its own JSON is still unread.
 *
 * Returns: (transfer full): the frame, whose names are valid
 */
PorchPusherFrame *
porch_pusher_frame_parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  g_autoptr (PorchPusherFrame) frame = NULL;
  JsonObject *object;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  frame = g_new0 (PorchPusherFrame, 1);
  frame->event = g_strdup (porch_json_get_string (object, "event", PORCH_PUSHER_NAME_MAX_BYTES));
  frame->channel = g_strdup (
      porch_json_get_string (object, "channel", PORCH_PUSHER_NAME_MAX_BYTES));
  frame->user_id = porch_json_dup_id (object, "user_id", PORCH_USER_ID_MAX_BYTES);
  frame->data = frame_dup_data (object);

  if (!porch_pusher_event_name_is_valid (frame->event))
    {
      porch_protocol_error_set_invalid (error, "The frame has no valid event");
      return NULL;
    }
  if (porch_json_has (object, "channel") && !porch_pusher_channel_name_is_valid (frame->channel))
    {
      porch_protocol_error_set_invalid (error, "The frame has no valid channel");
      return NULL;
    }

  return g_steal_pointer (&frame);
}

/**
 * porch_pusher_frame_free:
 * @frame: (transfer full) (nullable): a frame
 */
void
porch_pusher_frame_free (PorchPusherFrame *frame)
{
  if (frame == NULL)
    return;

  g_free (frame->event);
  g_free (frame->channel);
  g_free (frame->data);
  g_free (frame->user_id);
  g_free (frame);
}

/**
 * porch_pusher_frame_build:
 * @event: the event's name
 * @channel: (nullable): the channel
 * @data: (nullable): the data, which travels as a string
 *
 * Returns: (transfer full): the text of a frame
 */
char *
porch_pusher_frame_build (const char *event, const char *channel, const char *data)
{
  return porch_pusher_frame_build_client_event (event, channel, data, NULL);
}

/**
 * porch_pusher_frame_build_client_event:
 * @event: the event's name
 * @channel: (nullable): the channel
 * @data: (nullable): the data, which travels as a string
 * @user_id: (nullable): the member who triggered it, where the channel is a presence channel
 *
 * Returns: (transfer full): the text of a frame
 */
char *
porch_pusher_frame_build_client_event (const char *event,
                                       const char *channel,
                                       const char *data,
                                       const char *user_id)
{
  GString *json;

  g_return_val_if_fail (event != NULL, NULL);

  json = g_string_sized_new (128 + (data != NULL ? strlen (data) * 5 / 4 : 0));
  g_string_append_c (json, '{');
  porch_json_append_string_member (json, "event", event);
  if (channel != NULL)
    porch_json_append_string_member (json, "channel", channel);
  if (data != NULL)
    porch_json_append_string_member (json, "data", data);
  if (user_id != NULL)
    porch_json_append_string_member (json, "user_id", user_id);
  g_string_append_c (json, '}');

  return g_string_free (json, FALSE);
}

/**
 * porch_pusher_connection_established_parse:
 * @data: (nullable): the data of pusher:connection_established
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * A server that does not say its activity timeout has that of hosted Pusher, 120 s.
 *
 * Returns: (transfer full): what the server said
 */
PorchPusherConnectionEstablished *
porch_pusher_connection_established_parse (const char *data, GError **error)
{
  g_autoptr (JsonNode) root = parse_data (data, error);
  PorchPusherConnectionEstablished *established;
  gint64 timeout_s = ACTIVITY_TIMEOUT_DEFAULT_S;
  const char *socket_id;
  JsonObject *object;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  socket_id = porch_json_get_string (object, "socket_id", SOCKET_ID_MAX_BYTES);
  if (!porch_pusher_socket_id_is_valid (socket_id))
    {
      porch_protocol_error_set_invalid (error, "The connection has no valid socket id");
      return NULL;
    }
  porch_json_get_int (object, "activity_timeout", 1, ACTIVITY_TIMEOUT_MAX_S, &timeout_s);

  established = g_new0 (PorchPusherConnectionEstablished, 1);
  established->socket_id = g_strdup (socket_id);
  established->activity_timeout_s = timeout_s;
  return established;
}

/**
 * porch_pusher_connection_established_free:
 * @established: (transfer full) (nullable): what porch_pusher_connection_established_parse() gave
 */
void
porch_pusher_connection_established_free (PorchPusherConnectionEstablished *established)
{
  if (established == NULL)
    return;

  g_free (established->socket_id);
  g_free (established);
}

/**
 * porch_pusher_connection_established_build:
 * @socket_id: the id of the connection, "digits.digits"
 * @activity_timeout_s: after how much silence, in seconds, the client is to ping
 *
 * Returns: (transfer full): the data of pusher:connection_established
 */
char *
porch_pusher_connection_established_build (const char *socket_id, guint activity_timeout_s)
{
  GString *json = g_string_new ("{");

  porch_json_append_string_member (json, "socket_id", socket_id);
  porch_json_append_int_member (json, "activity_timeout", activity_timeout_s);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/* An optional string: FALSE where it is there but cannot be taken. */
static gboolean
dup_optional_string (JsonObject *object, const char *member, gsize max_bytes, char **string)
{
  const char *value = porch_json_get_string (object, member, max_bytes);

  if (value != NULL && *value != '\0')
    *string = g_strdup (value);

  return value != NULL || !porch_json_has (object, member);
}

/**
 * porch_pusher_subscribe_parse:
 * @data: (nullable): the data of pusher:subscribe or pusher:unsubscribe
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: (transfer full): what is asked for, with a valid channel; an empty string counts as none
 */
PorchPusherSubscribe *
porch_pusher_subscribe_parse (const char *data, GError **error)
{
  g_autoptr (JsonNode) root = parse_data (data, error);
  g_autoptr (PorchPusherSubscribe) subscribe = NULL;
  JsonObject *object;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  subscribe = g_new0 (PorchPusherSubscribe, 1);
  subscribe->channel = g_strdup (
      porch_json_get_string (object, "channel", PORCH_PUSHER_NAME_MAX_BYTES));
  if (!porch_pusher_channel_name_is_valid (subscribe->channel))
    {
      porch_protocol_error_set_invalid (error, "The subscription has no valid channel");
      return NULL;
    }
  if (!dup_optional_string (object, "auth", PORCH_PUSHER_AUTH_MAX_BYTES, &subscribe->auth)
      || !dup_optional_string (object, "channel_data", PORCH_PUSHER_DATA_MAX_BYTES,
                               &subscribe->channel_data))
    {
      porch_protocol_error_set_invalid (error, "The subscription has no valid authorisation");
      return NULL;
    }

  return g_steal_pointer (&subscribe);
}

/**
 * porch_pusher_subscribe_free:
 * @subscribe: (transfer full) (nullable): what porch_pusher_subscribe_parse() gave
 */
void
porch_pusher_subscribe_free (PorchPusherSubscribe *subscribe)
{
  if (subscribe == NULL)
    return;

  g_free (subscribe->channel);
  g_free (subscribe->auth);
  g_free (subscribe->channel_data);
  g_free (subscribe);
}

static GString *
subscription_frame_open (const char *event, const char *channel)
{
  GString *json = g_string_new ("{");

  porch_json_append_string_member (json, "event", event);
  porch_json_append_name (json, "data");
  g_string_append_c (json, '{');
  porch_json_append_string_member (json, "channel", channel);
  return json;
}

static char *
subscription_frame_close (GString *json)
{
  g_string_append (json, "}}");
  return g_string_free (json, FALSE);
}

/**
 * porch_pusher_subscribe_frame_build:
 * @channel: the channel
 * @auth: (nullable): the authorisation of a private or presence channel
 * @channel_data: (nullable): what was signed with it, for a presence channel
 *
 * Returns: (transfer full): the text of a frame
 */
char *
porch_pusher_subscribe_frame_build (const char *channel, const char *auth, const char *channel_data)
{
  GString *json = subscription_frame_open (PORCH_PUSHER_EVENT_SUBSCRIBE, channel);

  if (auth != NULL)
    porch_json_append_string_member (json, "auth", auth);
  if (channel_data != NULL)
    porch_json_append_string_member (json, "channel_data", channel_data);

  return subscription_frame_close (json);
}

/**
 * porch_pusher_unsubscribe_frame_build:
 * @channel: the channel
 *
 * Returns: (transfer full): the text of a frame
 */
char *
porch_pusher_unsubscribe_frame_build (const char *channel)
{
  return subscription_frame_close (
      subscription_frame_open (PORCH_PUSHER_EVENT_UNSUBSCRIBE, channel));
}

/**
 * porch_pusher_member_parse:
 * @data: (nullable): channel_data, or the data of member_added or member_removed
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: (transfer full): the member
 */
PorchPusherMember *
porch_pusher_member_parse (const char *data, GError **error)
{
  g_autoptr (JsonNode) root = parse_data (data, error);
  PorchPusherMember *member;
  char *user_id;
  JsonObject *object;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  user_id = porch_json_dup_id (object, "user_id", PORCH_USER_ID_MAX_BYTES);
  if (user_id == NULL)
    {
      porch_protocol_error_set_invalid (error, "The member has no valid user id");
      return NULL;
    }

  member = g_new0 (PorchPusherMember, 1);
  member->user_id = user_id;
  if (porch_json_has (object, "user_info"))
    member->user_info = porch_json_to_string (json_object_get_member (object, "user_info"));
  return member;
}

/**
 * porch_pusher_member_free:
 * @member: (transfer full) (nullable): a member
 */
void
porch_pusher_member_free (PorchPusherMember *member)
{
  if (member == NULL)
    return;

  g_free (member->user_id);
  g_free (member->user_info);
  g_free (member);
}

/**
 * porch_pusher_member_build:
 * @user_id: the member's id
 * @user_info: (nullable): JSON about them; left out where it is %NULL, as in member_removed
 *
 * Returns: (transfer full): channel_data, or the data of member_added or member_removed
 */
char *
porch_pusher_member_build (const char *user_id, const char *user_info)
{
  GString *json = g_string_new ("{");

  porch_json_append_string_member (json, "user_id", user_id);
  if (user_info != NULL)
    {
      porch_json_append_name (json, "user_info");
      g_string_append (json, user_info);
    }
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

static char *
dup_id_element (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  const char *string;

  if (type == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  if (type != G_TYPE_STRING)
    return NULL;

  string = json_node_get_string (node);
  return *string != '\0' && strlen (string) <= PORCH_USER_ID_MAX_BYTES ? g_strdup (string) : NULL;
}

/**
 * porch_pusher_members_parse:
 * @data: (nullable): the data of pusher_internal:subscription_succeeded of a presence channel
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: (transfer full): the ids of the members
 */
GStrv
porch_pusher_members_parse (const char *data, GError **error)
{
  g_autoptr (JsonNode) root = parse_data (data, error);
  g_autoptr (GStrvBuilder) members = NULL;
  JsonArray *ids;

  if (root == NULL)
    return NULL;

  ids = porch_json_get_array (porch_json_get_object (json_node_get_object (root), "presence"),
                              "ids", PORCH_PUSHER_MEMBERS_MAX);
  if (ids == NULL)
    {
      porch_protocol_error_set_invalid (error, "The subscription has no valid list of members");
      return NULL;
    }

  members = g_strv_builder_new ();
  for (guint i = 0; i < json_array_get_length (ids); i++)
    {
      g_autofree char *id = dup_id_element (ids, i);

      if (id == NULL)
        {
          porch_protocol_error_set_invalid (error, "A member has no valid user id");
          return NULL;
        }
      g_strv_builder_add (members, id);
    }

  return g_strv_builder_end (members);
}

/**
 * porch_pusher_members_build:
 * @members: (element-type PorchPusherMember): who is there, each once
 *
 * Returns: (transfer full): the data of pusher_internal:subscription_succeeded
 */
char *
porch_pusher_members_build (GPtrArray *members)
{
  GString *json;

  g_return_val_if_fail (members != NULL, NULL);

  json = g_string_new ("{\"presence\":{");
  porch_json_append_int_member (json, "count", members->len);

  porch_json_append_name (json, "ids");
  g_string_append_c (json, '[');
  for (guint i = 0; i < members->len; i++)
    {
      PorchPusherMember *member = members->pdata[i];

      if (i > 0)
        g_string_append_c (json, ',');
      porch_json_append_string (json, member->user_id);
    }
  g_string_append_c (json, ']');

  porch_json_append_name (json, "hash");
  g_string_append_c (json, '{');
  for (guint i = 0; i < members->len; i++)
    {
      PorchPusherMember *member = members->pdata[i];

      porch_json_append_name (json, member->user_id);
      g_string_append (json, member->user_info != NULL ? member->user_info : "null");
    }
  g_string_append (json, "}}}");
  return g_string_free (json, FALSE);
}

/**
 * porch_pusher_fault_parse:
 * @data: (nullable): the data of pusher:error or pusher:subscription_error
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Reads {code, message} of the one and {type, error, status} of the other.
 *
 * Returns: (transfer full): the code (or HTTP status) and the server's own words, cut to one line
 */
PorchPusherFault *
porch_pusher_fault_parse (const char *data, GError **error)
{
  g_autoptr (JsonNode) root = parse_data (data, error);
  const char *message;
  PorchPusherFault *fault;
  gint64 code = 0;
  JsonObject *object;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  if (!porch_json_get_int (object, "code", 0, G_MAXUINT16, &code))
    porch_json_get_int (object, "status", 0, G_MAXUINT16, &code);
  message = porch_json_get_string (object, "message", PORCH_JSON_MAX_BYTES);
  if (message == NULL)
    message = porch_json_get_string (object, "error", PORCH_JSON_MAX_BYTES);

  fault = g_new0 (PorchPusherFault, 1);
  fault->code = code;
  fault->message = porch_text_clean (message, MESSAGE_MAX_BYTES);
  return fault;
}

/**
 * porch_pusher_fault_free:
 * @fault: (transfer full) (nullable): what porch_pusher_fault_parse() gave
 */
void
porch_pusher_fault_free (PorchPusherFault *fault)
{
  if (fault == NULL)
    return;

  g_free (fault->message);
  g_free (fault);
}

/**
 * porch_pusher_fault_build:
 * @code: a code of the protocol (4000 to 4399), or 0 for none
 * @message: what is wrong, for a developer
 *
 * Returns: (transfer full): the data of pusher:error
 */
char *
porch_pusher_fault_build (int code, const char *message)
{
  GString *json = g_string_new ("{");

  if (code != 0)
    porch_json_append_int_member (json, "code", code);
  porch_json_append_string_member (json, "message", message);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/**
 * porch_pusher_subscription_error_build:
 * @type: the kind of error, as "AuthError"
 * @message: what is wrong, for a developer
 * @status: an HTTP status, as 401
 *
 * Returns: (transfer full): the data of pusher:subscription_error
 */
char *
porch_pusher_subscription_error_build (const char *type, const char *message, int status)
{
  GString *json = g_string_new ("{");

  porch_json_append_string_member (json, "type", type);
  porch_json_append_string_member (json, "error", message);
  porch_json_append_int_member (json, "status", status);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/**
 * porch_pusher_channel_name_is_valid:
 * @channel: (nullable): a name
 *
 * Returns: whether @channel may be the name of a channel (^[-a-zA-Z0-9_=@,.;]+$, up to 200)
 */
gboolean
porch_pusher_channel_name_is_valid (const char *channel)
{
  return porch_text_consists_of (channel, PORCH_TEXT_ALPHANUMERIC "-_=@,.;",
                                 PORCH_PUSHER_NAME_MAX_BYTES);
}

/**
 * porch_pusher_event_name_is_valid:
 * @event: (nullable): a name, UTF-8
 *
 * Returns: whether @event may be the name of an event: 1 to 200 bytes, no control characters
 */
gboolean
porch_pusher_event_name_is_valid (const char *event)
{
  const char *at = event;

  if (event == NULL || *event == '\0')
    return FALSE;

  while (*at != '\0' && !g_unichar_iscntrl (g_utf8_get_char (at)))
    at = g_utf8_next_char (at);

  return *at == '\0' && at - event <= PORCH_PUSHER_NAME_MAX_BYTES;
}

/**
 * porch_pusher_socket_id_is_valid:
 * @socket_id: (nullable): an id
 *
 * Returns: whether @socket_id is the id of a connection ("digits.digits", up to 64)
 */
gboolean
porch_pusher_socket_id_is_valid (const char *socket_id)
{
  static const char digits[] = "0123456789";
  gsize before, after;

  if (socket_id == NULL)
    return FALSE;

  before = strspn (socket_id, digits);
  if (before == 0 || socket_id[before] != '.')
    return FALSE;
  after = strspn (socket_id + before + 1, digits);

  return after > 0 && socket_id[before + 1 + after] == '\0'
         && before + 1 + after <= SOCKET_ID_MAX_BYTES;
}
