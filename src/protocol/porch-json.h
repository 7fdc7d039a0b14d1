/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What is larger or deeper is refused by a scan of the bytes, before the parser sees it: json-glib
 * recurses without a limit of its own. An object of more members is refused too: names can be
 * chosen so that GHashTable, which hashes without a secret, takes a quarter of a second for 128 KiB
 * of them.
 */
#define PORCH_JSON_MAX_BYTES   (128 * 1024)
#define PORCH_JSON_MAX_DEPTH   32
#define PORCH_JSON_MAX_MEMBERS 512

typedef enum
{
  PORCH_PROTOCOL_ERROR_TOO_LARGE,
  PORCH_PROTOCOL_ERROR_TOO_DEEP,
  PORCH_PROTOCOL_ERROR_SYNTAX,
  PORCH_PROTOCOL_ERROR_INVALID,
} PorchProtocolError;

#define PORCH_PROTOCOL_ERROR (porch_protocol_error_quark ())
GQuark porch_protocol_error_quark (void);
void porch_protocol_error_set_invalid (GError **error, const char *message);

JsonNode *porch_json_parse (const char *bytes, gsize length, GError **error);
JsonNode *
porch_json_parse_bounded (const char *bytes, gsize length, gsize max_bytes, GError **error);
JsonNode *porch_json_parse_object (const char *bytes, gsize length, GError **error);

/* Reading: none of these asserts or warns, whatever the member is. */
gboolean porch_json_has (JsonObject *object, const char *member);
const char *porch_json_get_string (JsonObject *object, const char *member, gsize max_bytes);
char *porch_json_dup_id (JsonObject *object, const char *member, gsize max_bytes);
gboolean
porch_json_get_int (JsonObject *object, const char *member, gint64 min, gint64 max, gint64 *value);
gboolean porch_json_get_boolean (JsonObject *object, const char *member, gboolean fallback);
JsonObject *porch_json_get_object (JsonObject *object, const char *member);
JsonArray *porch_json_get_array (JsonObject *object, const char *member, guint max_length);

/* Writing: an object is '{', members, '}' appended to a GString; no tree is built. */
void porch_json_append_string (GString *json, const char *text);
void porch_json_append_name (GString *json, const char *name);
void porch_json_append_string_member (GString *json, const char *name, const char *text);
void porch_json_append_int_member (GString *json, const char *name, gint64 value);
void porch_json_append_boolean_member (GString *json, const char *name, gboolean value);
char *porch_json_to_string (JsonNode *node);
char *porch_json_builder_to_string (JsonBuilder *builder);

G_END_DECLS
