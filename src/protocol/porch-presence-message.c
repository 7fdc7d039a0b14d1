/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The JSON of the presence API and of the event user-status-change, both sides of it. What is read
 * is safe to keep and to show: ids are valid, names are one clean line, an avatar is an address
 * that may be fetched or none. Whether a person is online is not decided here: see
 * porch-presence.h.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "protocol/porch-presence-message.h"

#include <string.h>

#include "protocol/porch-discovery.h"
#include "protocol/porch-json.h"
#include "presence/porch-text.h"
#include "protocol/porch-timestamp.h"
#include "protocol/porch-user-id.h"

#define STATUS_MAX_BYTES        16
#define TIMESTAMP_MAX_BYTES     64
#define ERROR_MESSAGE_MAX_BYTES 200

/* The wire knows two states, and both sides say nothing else. */
static const char *
status_to_wire (PorchStatus status)
{
  return status == PORCH_STATUS_ONLINE ? "online" : "offline";
}

static PorchStatus
read_status (JsonObject *object)
{
  return porch_status_from_string (porch_json_get_string (object, "status", STATUS_MAX_BYTES));
}

/**
 * porch_presence_update_parse:
 * @bytes: (array length=length): the body of POST /api/user/presence
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: (transfer full): what a person's program tells, status online or offline
 */
PorchPresenceUpdate *
porch_presence_update_parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  PorchPresenceUpdate *update;
  PorchStatus status;
  const char *client;
  JsonObject *object;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  status = read_status (object);
  if (status == PORCH_STATUS_UNKNOWN)
    {
      porch_protocol_error_set_invalid (error, "The status is neither online nor offline");
      return NULL;
    }
  client = porch_json_get_string (object, "client", PORCH_CLIENT_ID_MAX_BYTES);
  if (porch_json_has (object, "client")
      && !porch_text_consists_of (client, PORCH_TEXT_ALPHANUMERIC "-_", PORCH_CLIENT_ID_MAX_BYTES))
    {
      porch_protocol_error_set_invalid (error, "The client is not a valid id");
      return NULL;
    }

  update = g_new0 (PorchPresenceUpdate, 1);
  update->status = status;
  update->client = g_strdup (client);
  return update;
}

/**
 * porch_presence_update_free:
 * @update: (transfer full) (nullable): what porch_presence_update_parse() gave
 */
void
porch_presence_update_free (PorchPresenceUpdate *update)
{
  if (update == NULL)
    return;

  g_free (update->client);
  g_free (update);
}

/**
 * porch_presence_update_build:
 * @status: online or offline
 * @client: (nullable): the random id of this installation: letters, digits, "-" and "_"
 *
 * Returns: (transfer full): the body of POST /api/user/presence
 */
char *
porch_presence_update_build (PorchStatus status, const char *client)
{
  GString *json = g_string_new ("{");

  porch_json_append_string_member (json, "status", status_to_wire (status));
  if (client != NULL)
    porch_json_append_string_member (json, "client", client);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/**
 * porch_presence_answer_parse:
 * @bytes: (array length=length): the answer to POST /api/user/presence
 * @length: how many bytes
 * @answer: (out caller-allocates): return location, untouched on failure
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: whether the server took the update
 */
gboolean
porch_presence_answer_parse (const char *bytes,
                             gsize length,
                             PorchPresenceAnswer *answer,
                             GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  gint64 last_active_us;
  JsonObject *object;

  g_return_val_if_fail (answer != NULL, FALSE);

  if (root == NULL)
    return FALSE;

  object = json_node_get_object (root);
  if (!porch_json_get_boolean (object, "success", FALSE)
      || !porch_timestamp_parse (porch_json_get_string (object, "lastActive", TIMESTAMP_MAX_BYTES),
                                 &last_active_us))
    {
      porch_protocol_error_set_invalid (error, "The answer does not confirm the update");
      return FALSE;
    }

  answer->last_active_us = last_active_us;
  answer->status = read_status (object);
  return TRUE;
}

static void
append_timestamp_member (GString *json, const char *name, gint64 time_us)
{
  g_autofree char *timestamp = porch_timestamp_format (time_us);

  porch_json_append_string_member (json, name, timestamp);
}

/**
 * porch_presence_answer_build:
 * @status: what others see of the person now
 * @last_active_us: server's clock, Unix microseconds
 *
 * Returns: (transfer full): the answer to POST /api/user/presence
 */
char *
porch_presence_answer_build (PorchStatus status, gint64 last_active_us)
{
  GString *json = g_string_new ("{\"success\":true");

  append_timestamp_member (json, "lastActive", last_active_us);
  porch_json_append_string_member (json, "status", status_to_wire (status));
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

static void
read_profile (JsonObject *object, PorchUserState *state)
{
  const char *avatar = porch_json_get_string (object, "avatar", PORCH_AVATAR_URL_MAX_BYTES);

  state->first_name = porch_text_clean (
      porch_json_get_string (object, "firstName", PORCH_JSON_MAX_BYTES), PORCH_NAME_MAX_BYTES);
  state->last_name = porch_text_clean (
      porch_json_get_string (object, "lastName", PORCH_JSON_MAX_BYTES), PORCH_NAME_MAX_BYTES);
  if (porch_avatar_is_acceptable (avatar))
    state->avatar = g_strdup (avatar);
}

/* Reads what counts from a member that is an id; NULL with an error where it is none. */
static PorchUserState *
user_state_new_with_id (JsonObject *object, const char *member, GError **error)
{
  g_autofree char *user_id = porch_json_dup_id (object, member, PORCH_USER_ID_MAX_BYTES);
  PorchUserState *state;

  if (!porch_user_id_is_valid (user_id))
    {
      porch_protocol_error_set_invalid (error, "A person has no valid id");
      return NULL;
    }

  state = g_new0 (PorchUserState, 1);
  state->user_id = g_steal_pointer (&user_id);
  return state;
}

static PorchUserState *
read_user_state (JsonObject *object, GError **error)
{
  g_autoptr (PorchUserState) state = user_state_new_with_id (object, "userId", error);

  if (state == NULL)
    return NULL;

  state->status = read_status (object);
  if (state->status == PORCH_STATUS_UNKNOWN)
    {
      porch_protocol_error_set_invalid (error, "A person is neither online nor offline");
      return NULL;
    }
  if (porch_json_has (object, "lastActive")
      && !porch_timestamp_parse (porch_json_get_string (object, "lastActive", TIMESTAMP_MAX_BYTES),
                                 &state->last_active_us))
    {
      porch_protocol_error_set_invalid (error, "A person's last activity is not a time");
      return NULL;
    }

  read_profile (porch_json_get_object (object, "user"), state);
  return g_steal_pointer (&state);
}

/**
 * porch_user_state_parse:
 * @bytes: (array length=length): the answer to GET /api/user/{id}/status, or the data of a
 *   user-status-change
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * A last activity that is null or missing is 0, never. Names may be %NULL, and so is an avatar that
 * may not be fetched.
 *
 * Returns: (transfer full): the person's state
 */
PorchUserState *
porch_user_state_parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);

  return root != NULL ? read_user_state (json_node_get_object (root), error) : NULL;
}

/**
 * porch_user_state_copy:
 * @state: a state
 *
 * Returns: (transfer full): a copy
 */
PorchUserState *
porch_user_state_copy (const PorchUserState *state)
{
  PorchUserState *copy;

  g_return_val_if_fail (state != NULL, NULL);

  copy = g_memdup2 (state, sizeof *state);
  copy->user_id = g_strdup (state->user_id);
  copy->first_name = g_strdup (state->first_name);
  copy->last_name = g_strdup (state->last_name);
  copy->avatar = g_strdup (state->avatar);
  return copy;
}

/**
 * porch_user_state_free:
 * @state: (transfer full) (nullable): a state
 */
void
porch_user_state_free (PorchUserState *state)
{
  if (state == NULL)
    return;

  g_free (state->user_id);
  g_free (state->first_name);
  g_free (state->last_name);
  g_free (state->avatar);
  g_free (state);
}

static void
append_profile (GString *json, const PorchUserState *state)
{
  g_string_append_c (json, '{');
  porch_json_append_string_member (json, "id", state->user_id);
  porch_json_append_string_member (json, "firstName", state->first_name);
  porch_json_append_string_member (json, "lastName", state->last_name);
  porch_json_append_string_member (json, "avatar", state->avatar);
  g_string_append_c (json, '}');
}

static void
append_user_state (GString *json, const PorchUserState *state)
{
  g_string_append_c (json, '{');
  porch_json_append_string_member (json, "userId", state->user_id);
  porch_json_append_string_member (json, "status", status_to_wire (state->status));
  append_timestamp_member (json, "lastActive", state->last_active_us);
  porch_json_append_name (json, "user");
  append_profile (json, state);
  g_string_append_c (json, '}');
}

/**
 * porch_user_state_build:
 * @state: a state, online or offline
 *
 * Returns: (transfer full): the answer to GET /api/user/{id}/status, or the data of a
 *   user-status-change
 */
char *
porch_user_state_build (const PorchUserState *state)
{
  GString *json;

  g_return_val_if_fail (state != NULL && state->user_id != NULL, NULL);

  json = g_string_sized_new (256);
  append_user_state (json, state);
  return g_string_free (json, FALSE);
}

/**
 * porch_user_state_get_name:
 * @state: a state
 *
 * Returns: (transfer full) (nullable): first and last name, or the one there is
 */
char *
porch_user_state_get_name (const PorchUserState *state)
{
  g_return_val_if_fail (state != NULL, NULL);

  if (state->first_name == NULL || state->last_name == NULL)
    return g_strdup (state->first_name != NULL ? state->first_name : state->last_name);

  return g_strconcat (state->first_name, " ", state->last_name, NULL);
}

static PorchUserState *
read_user_profile (JsonObject *object, GError **error)
{
  PorchUserState *profile = user_state_new_with_id (object, "id", error);

  if (profile != NULL)
    read_profile (object, profile);
  return profile;
}

typedef PorchUserState *(*ReadFunc) (JsonObject *object, GError **error);
typedef void (*AppendFunc) (GString *json, const PorchUserState *state);

static GPtrArray *
users_parse (const char *bytes, gsize length, ReadFunc read, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  g_autoptr (GPtrArray) states = NULL;
  JsonArray *users;

  if (root == NULL)
    return NULL;

  users = porch_json_get_array (json_node_get_object (root), "users", PORCH_USERS_MAX);
  if (users == NULL)
    {
      porch_protocol_error_set_invalid (error, "The answer holds no valid list of people");
      return NULL;
    }

  states = g_ptr_array_new_with_free_func ((GDestroyNotify) porch_user_state_free);
  for (guint i = 0; i < json_array_get_length (users); i++)
    {
      JsonNode *user = json_array_get_element (users, i);
      PorchUserState *state = read (
          JSON_NODE_HOLDS_OBJECT (user) ? json_node_get_object (user) : NULL, error);

      if (state == NULL)
        return NULL;
      g_ptr_array_add (states, state);
    }

  return g_steal_pointer (&states);
}

static char *
users_build (GPtrArray *states, AppendFunc append)
{
  GString *json;

  g_return_val_if_fail (states != NULL, NULL);

  json = g_string_new ("{\"users\":[");
  for (guint i = 0; i < states->len; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      append (json, states->pdata[i]);
    }
  g_string_append (json, "]}");
  return g_string_free (json, FALSE);
}

/**
 * porch_user_states_parse:
 * @bytes: (array length=length): the answer to GET /api/users?ids=
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: (transfer full) (element-type PorchUserState): up to %PORCH_USERS_MAX states
 */
GPtrArray *
porch_user_states_parse (const char *bytes, gsize length, GError **error)
{
  return users_parse (bytes, length, read_user_state, error);
}

/**
 * porch_user_states_build:
 * @states: (element-type PorchUserState): states, online or offline
 *
 * Returns: (transfer full): the answer to GET /api/users?ids=
 */
char *
porch_user_states_build (GPtrArray *states)
{
  return users_build (states, append_user_state);
}

/**
 * porch_user_profiles_parse:
 * @bytes: (array length=length): the answer to GET /api/users?query=
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: (transfer full) (element-type PorchUserState): up to %PORCH_USERS_MAX people, whose
 *   status is unknown
 */
GPtrArray *
porch_user_profiles_parse (const char *bytes, gsize length, GError **error)
{
  return users_parse (bytes, length, read_user_profile, error);
}

/**
 * porch_user_profiles_build:
 * @profiles: (element-type PorchUserState): people, whose status is of no account
 *
 * Returns: (transfer full): the answer to GET /api/users?query=
 */
char *
porch_user_profiles_build (GPtrArray *profiles)
{
  return users_build (profiles, append_profile);
}

/* Not "//host/…", nor "/\\host/…", which a URL takes for another server's address. */
static gboolean
is_path_on_server (const char *path)
{
  return path[0] == '/' && path[1] != '/' && strchr (path, '\\') == NULL
         && porch_text_is_visible_ascii (path);
}

/**
 * porch_avatar_is_acceptable:
 * @avatar: (nullable): where a person's picture is said to be
 *
 * Returns: whether @avatar is an address that may be fetched: https (http on loopback), or a path
 * on the person's own server
 */
gboolean
porch_avatar_is_acceptable (const char *avatar)
{
  if (avatar == NULL || *avatar == '\0' || strlen (avatar) > PORCH_AVATAR_URL_MAX_BYTES)
    return FALSE;

  return is_path_on_server (avatar) || porch_url_is_acceptable (avatar, "https", "http");
}

/**
 * porch_api_error_parse:
 * @bytes: (array length=length): the body of an answer of the API that is not a success
 * @length: how many bytes
 *
 * Returns: (transfer full) (nullable): the server's own words, cut to one short line, or %NULL
 * where the body is something else (a proxy's HTML page, say)
 */
char *
porch_api_error_parse (const char *bytes, gsize length)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, NULL);

  if (root == NULL)
    return NULL;

  return porch_text_clean (
      porch_json_get_string (json_node_get_object (root), "error", PORCH_JSON_MAX_BYTES),
      ERROR_MESSAGE_MAX_BYTES);
}

/**
 * porch_api_error_build:
 * @message: what is wrong
 *
 * Returns: (transfer full): the body of an answer of the API that is not a success
 */
char *
porch_api_error_build (const char *message)
{
  GString *json = g_string_new ("{");

  porch_json_append_string_member (json, "error", message);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}
