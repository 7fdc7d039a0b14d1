/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What the scan lets through, json-glib reads without harm, and what is written is read as the same
 * value again.
 */

#include "fuzz.h"

#include <string.h>

#include "protocol/porch-json.h"

static void
check_value (const char *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = porch_json_parse (bytes, length, &error);
  g_autoptr (JsonNode) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;

  g_assert_true ((node != NULL) != (error != NULL));
  if (node == NULL)
    return;

  text = porch_json_to_string (node);
  if (strlen (text) > PORCH_JSON_MAX_BYTES)
    return;

  again = porch_json_parse (text, strlen (text), NULL);
  g_assert_nonnull (again);
  text_again = porch_json_to_string (again);
  g_assert_cmpstr (text, ==, text_again);
}

static void
check_string (const char *bytes, gsize length)
{
  g_autofree char *text = g_strndup (bytes, length);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (JsonNode) node = NULL;

  porch_json_append_string (json, text);
  if (json->len > PORCH_JSON_MAX_BYTES)
    return;

  node = porch_json_parse (json->str, json->len, NULL);
  g_assert_nonnull (node);
  g_assert_cmpstr (json_node_get_string (node), ==, valid);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  check_value ((const char *) bytes, length);
  check_string ((const char *) bytes, length);
  return 0;
}
