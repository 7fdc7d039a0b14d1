/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Links that anyone may put on a web page. A link that is read here has said what to fill into a
 * form, no more: it is a person who submits.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "config.h"

#include "protocol/porch-link.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "protocol/porch-json.h"
#include "protocol/porch-user-id.h"

#define LINK_SCHEME    "porchlight"
#define LINK_MAX_BYTES 2048

static gboolean
kind_from_string (const char *string, PorchLinkKind *kind)
{
  if (g_strcmp0 (string, "add") == 0)
    *kind = PORCH_LINK_ADD;
  else if (g_strcmp0 (string, "setup") == 0)
    *kind = PORCH_LINK_SETUP;
  else
    return FALSE;

  return TRUE;
}

static GHashTable *
parse_parameters (const char *uri, PorchLinkKind *kind)
{
  g_autoptr (GUri) parsed = NULL;

  if (strlen (uri) > LINK_MAX_BYTES)
    return NULL;

  parsed = g_uri_parse (uri, G_URI_FLAGS_ENCODED, NULL);
  if (parsed == NULL || !g_str_equal (g_uri_get_scheme (parsed), LINK_SCHEME)
      || !kind_from_string (g_uri_get_host (parsed), kind) || g_uri_get_query (parsed) == NULL)
    return NULL;

  return g_uri_parse_params (g_uri_get_query (parsed), -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
}

/**
 * porch_link_parse:
 * @uri: porchlight://add?server=…&user=… or porchlight://setup?server=…
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR, whose message is for the person
 *
 * Both kinds name a server; an add link names a person too. Parameters of other names are ignored.
 *
 * Returns: (transfer full): what the link says, the server as porch_server_address_normalize()
 * makes it
 */
PorchLink *
porch_link_parse (const char *uri, GError **error)
{
  g_autoptr (GHashTable) parameters = NULL;
  g_autofree char *origin = NULL;
  const char *server, *user_id;
  PorchLinkKind kind;
  PorchLink *link;

  g_return_val_if_fail (uri != NULL, NULL);

  parameters = parse_parameters (uri, &kind);
  server = parameters != NULL ? g_hash_table_lookup (parameters, "server") : NULL;
  user_id = parameters != NULL ? g_hash_table_lookup (parameters, "user") : NULL;
  if (server == NULL || (kind == PORCH_LINK_ADD && !porch_user_id_is_valid (user_id)))
    {
      porch_protocol_error_set_invalid (error, _ ("This is not a link of Porchlight."));
      return NULL;
    }

  origin = porch_server_address_normalize (server, error);
  if (origin == NULL)
    return NULL;

  link = g_new0 (PorchLink, 1);
  link->kind = kind;
  link->server = g_steal_pointer (&origin);
  link->user_id = kind == PORCH_LINK_ADD ? g_strdup (user_id) : NULL;
  return link;
}

/**
 * porch_link_free:
 * @link: (transfer full) (nullable): a link
 */
void
porch_link_free (PorchLink *link)
{
  if (link == NULL)
    return;

  g_free (link->server);
  g_free (link->user_id);
  g_free (link);
}

/**
 * porch_link_build_add:
 * @server: the origin of a server
 * @user_id: a person on it
 *
 * Returns: (transfer full): a link that offers to add the person
 */
char *
porch_link_build_add (const char *server, const char *user_id)
{
  g_autofree char *escaped_server = NULL;
  g_autofree char *escaped_user_id = NULL;

  g_return_val_if_fail (server != NULL && user_id != NULL, NULL);

  escaped_server = g_uri_escape_string (server, NULL, FALSE);
  escaped_user_id = g_uri_escape_string (user_id, NULL, FALSE);
  return g_strconcat (LINK_SCHEME "://add?server=", escaped_server, "&user=", escaped_user_id,
                      NULL);
}
