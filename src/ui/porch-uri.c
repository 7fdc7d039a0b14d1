/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight://add?server=…&user=… and porchlight://setup?server=…, as a browser or a message hands
 * them over. Whoever made one may mean ill: it only ever fills in a form, where every part of it is
 * shown and nothing is submitted. Whether an address or an id is a good one is for the agent to
 * say.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "ui/porch-uri.h"

#include <string.h>

#define MAX_LENGTH 2048

static gboolean
is_one_visible_line (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (!g_unichar_isgraph (g_utf8_get_char (p)))
        return FALSE;
    }

  return TRUE;
}

static char *
take_parameter (GHashTable *parameters, const char *name)
{
  const char *value = g_hash_table_lookup (parameters, name);

  if (value == NULL || *value == '\0' || !is_one_visible_line (value))
    return NULL;

  return g_strdup (value);
}

/**
 * porch_uri_parse:
 * @link: what was handed over
 *
 * Returns: (transfer full) (nullable): the link taken apart, or %NULL if it is none of ours
 */
PorchUri *
porch_uri_parse (const char *link)
{
  g_autoptr (GUri) uri = NULL;
  g_autoptr (GHashTable) parameters = NULL;
  g_autoptr (PorchUri) parsed = g_new0 (PorchUri, 1);

  g_return_val_if_fail (link != NULL, NULL);

  if (strlen (link) > MAX_LENGTH)
    return NULL;

  uri = g_uri_parse (link, G_URI_FLAGS_ENCODED_QUERY, NULL);
  if (uri == NULL || g_strcmp0 (g_uri_get_scheme (uri), "porchlight") != 0
      || g_uri_get_query (uri) == NULL)
    return NULL;

  parameters = g_uri_parse_params (g_uri_get_query (uri), -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  if (parameters == NULL)
    return NULL;

  parsed->server = take_parameter (parameters, "server");
  parsed->user = take_parameter (parameters, "user");

  if (g_strcmp0 (g_uri_get_host (uri), "add") == 0 && parsed->user != NULL)
    parsed->kind = PORCH_URI_ADD;
  else if (g_strcmp0 (g_uri_get_host (uri), "setup") == 0
           && (parsed->server != NULL || g_hash_table_contains (parameters, "supabase")))
    parsed->kind = PORCH_URI_SETUP;
  else
    return NULL;

  return g_steal_pointer (&parsed);
}

/**
 * porch_uri_free:
 * @uri: (transfer full): a link
 */
void
porch_uri_free (PorchUri *uri)
{
  if (uri == NULL)
    return;

  g_free (uri->server);
  g_free (uri->user);
  g_free (uri);
}
