/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The file of contacts that a person exports and imports; porchlight(1) describes it. Pure text:
 * whom to add, and whether the file is of the right server, its caller decides. A file is hostile
 * until it is read: bounded, and refused whole where any entry is not a person.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-contact-file.h"

#include "config.h"

#include "bus/porch-agent-error.h"
#include "protocol/porch-json.h"
#include "protocol/porch-presence-message.h"
#include "protocol/porch-user-id.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FORMAT_VERSION   1
#define SERVER_MAX_BYTES 2048

static void
set_error (GError **error, const char *message)
{
  g_set_error_literal (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT, message);
}

static PorchContactRecord *
parse_contact (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;

  JsonObject *object = json_node_get_object (node);
  const char *id = porch_json_get_string (object, "id", PORCH_USER_ID_MAX_BYTES);
  if (id == NULL || !porch_user_id_is_valid (id))
    return NULL;

  PorchContactRecord *record = g_new0 (PorchContactRecord, 1);
  record->user_id = g_strdup (id);
  record->name = g_strdup (porch_json_get_string (object, "name", PORCH_NAME_MAX_BYTES));
  record->favourite = porch_json_get_boolean (object, "favourite", FALSE);
  return record;
}

/**
 * porch_contact_file_build:
 * @server: the server's origin
 * @contacts: (element-type PorchContactRecord): the contacts
 *
 * Returns: (transfer full): the file's text, indented for a person to read, with a line end
 */
char *
porch_contact_file_build (const char *server, GPtrArray *contacts)
{
  g_return_val_if_fail (server != NULL, NULL);
  g_return_val_if_fail (contacts != NULL, NULL);

  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "porchlightContacts");
  json_builder_add_int_value (builder, FORMAT_VERSION);
  json_builder_set_member_name (builder, "server");
  json_builder_add_string_value (builder, server);
  json_builder_set_member_name (builder, "contacts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < contacts->len; i++)
    {
      const PorchContactRecord *record = g_ptr_array_index (contacts, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "id");
      json_builder_add_string_value (builder, record->user_id);
      if (record->name != NULL)
        {
          json_builder_set_member_name (builder, "name");
          json_builder_add_string_value (builder, record->name);
        }
      if (record->favourite)
        {
          json_builder_set_member_name (builder, "favourite");
          json_builder_add_boolean_value (builder, TRUE);
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);
  return g_strconcat (text, "\n", NULL);
}

/**
 * porch_contact_file_parse:
 * @json: the file's text
 * @server: (out) (transfer full): the server that the contacts are of
 * @error: return location for %PORCH_AGENT_ERROR_INVALID_ARGUMENT
 *
 * Returns: (transfer full) (element-type PorchContactRecord): the contacts; ids, names and
 *   favourites alone are set
 */
GPtrArray *
porch_contact_file_parse (const char *json, char **server, GError **error)
{
  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (server != NULL, NULL);

  g_autoptr (GError) json_error = NULL;
  g_autoptr (JsonNode) root = porch_json_parse_bounded (json, strlen (json),
                                                        PORCH_CONTACT_FILE_MAX_BYTES, &json_error);
  gint64 version;
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)
      || !porch_json_get_int (json_node_get_object (root), "porchlightContacts", 1, G_MAXINT32,
                              &version))
    {
      set_error (error, _ ("This is not a list of contacts that Porchlight exported."));
      return NULL;
    }
  if (version > FORMAT_VERSION)
    {
      set_error (error, _ ("This list of contacts is of a newer version of Porchlight."));
      return NULL;
    }

  JsonObject *object = json_node_get_object (root);
  const char *origin = porch_json_get_string (object, "server", SERVER_MAX_BYTES);
  JsonArray *array = porch_json_get_array (object, "contacts", PORCH_CONTACT_FILE_MAX_CONTACTS);
  if (origin == NULL || array == NULL)
    {
      set_error (error, _ ("This list of contacts is incomplete or too long."));
      return NULL;
    }

  g_autoptr (GPtrArray) contacts = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_contact_record_free);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      PorchContactRecord *record = parse_contact (json_array_get_element (array, i));
      if (record == NULL)
        {
          set_error (error, _ ("This list names somebody without a valid id."));
          return NULL;
        }
      g_ptr_array_add (contacts, record);
    }

  *server = g_strdup (origin);
  return g_steal_pointer (&contacts);
}
