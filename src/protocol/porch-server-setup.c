/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A server that says nothing of itself, set up by hand: the fields of a form, and the two ways in
 * which an administrator hands them out, a porchlight://setup link and a file with the same JSON as
 * a discovery document. What is read here fills the form, no more; what the form says becomes a
 * PorchDiscovery under the same rules as a server's own words. Whether anybody answers at these
 * addresses is for porch-setup-check.c to find out.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "config.h"

#include "protocol/porch-server-setup.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "presence/porch-text.h"
#include "protocol/porch-json.h"

#define LINK_PREFIX    "porchlight://setup?"
#define LINK_MAX_BYTES 8192
#define PART_MAX_BYTES 4096

/* The names that links and the bus have for the parts. */
static const char *const part_names[] = {
  [PORCH_SETUP_NAME] = "name",           [PORCH_SETUP_SUPABASE_URL] = "supabase",
  [PORCH_SETUP_ANON_KEY] = "key",        [PORCH_SETUP_API_URL] = "api",
  [PORCH_SETUP_PUSHER_KEY] = "pusher",   [PORCH_SETUP_PUSHER_CLUSTER] = "cluster",
  [PORCH_SETUP_PUSHER_HOST] = "host",    [PORCH_SETUP_PUSHER_PORT] = "port",
  [PORCH_SETUP_PUSHER_TLS] = "tls",      [PORCH_SETUP_AUTH_ENDPOINT] = "auth",
  [PORCH_SETUP_HEARTBEAT] = "heartbeat",
};

G_STATIC_ASSERT (G_N_ELEMENTS (part_names) == PORCH_SETUP_N_PARTS);

/* Where the parts are in a file. */
static const struct
{
  PorchSetupPart part;
  const char *object;
  const char *member;
} file_members[] = {
  { PORCH_SETUP_SUPABASE_URL, "supabase", "url" },
  { PORCH_SETUP_ANON_KEY, "supabase", "anonKey" },
  { PORCH_SETUP_API_URL, "api", "url" },
  { PORCH_SETUP_PUSHER_KEY, "pusher", "key" },
  { PORCH_SETUP_PUSHER_CLUSTER, "pusher", "cluster" },
  { PORCH_SETUP_PUSHER_HOST, "pusher", "host" },
  { PORCH_SETUP_AUTH_ENDPOINT, "pusher", "authEndpoint" },
};

/**
 * porch_setup_problem_new:
 * @part: the part that is wrong
 * @sentence: what was expected there, translated
 *
 * Returns: (transfer full): a problem
 */
PorchSetupProblem *
porch_setup_problem_new (PorchSetupPart part, const char *sentence)
{
  PorchSetupProblem *problem = g_new0 (PorchSetupProblem, 1);

  problem->part = part;
  problem->sentence = g_strdup (sentence);
  return problem;
}

/**
 * porch_setup_problem_free:
 * @problem: (transfer full) (nullable): a problem
 */
void
porch_setup_problem_free (PorchSetupProblem *problem)
{
  if (problem == NULL)
    return;

  g_free (problem->sentence);
  g_free (problem);
}

/**
 * porch_setup_part_to_string:
 * @part: a part
 *
 * Returns: (transfer none): its name in links and on the bus
 */
const char *
porch_setup_part_to_string (PorchSetupPart part)
{
  g_return_val_if_fail (part < PORCH_SETUP_N_PARTS, NULL);

  return part_names[part];
}

/**
 * porch_setup_part_from_string:
 * @name: a name in a link or on the bus
 * @part: (out): the part
 *
 * Returns: whether there is such a part
 */
gboolean
porch_setup_part_from_string (const char *name, PorchSetupPart *part)
{
  for (guint i = 0; i < PORCH_SETUP_N_PARTS; i++)
    if (g_strcmp0 (part_names[i], name) == 0)
      {
        *part = i;
        return TRUE;
      }

  return FALSE;
}

/**
 * porch_server_setup_new:
 *
 * Returns: (transfer full): an empty form
 */
PorchServerSetup *
porch_server_setup_new (void)
{
  return g_new0 (PorchServerSetup, 1);
}

/**
 * porch_server_setup_free:
 * @setup: (transfer full) (nullable): a set-up
 */
void
porch_server_setup_free (PorchServerSetup *setup)
{
  if (setup == NULL)
    return;

  for (guint i = 0; i < PORCH_SETUP_N_PARTS; i++)
    g_free (setup->parts[i]);
  g_free (setup);
}

/**
 * porch_server_setup_set:
 * @setup: a set-up
 * @part: a part
 * @text: (nullable): what it says
 *
 * Spaces around it and a text that no part can be (too long, several lines) are left out.
 *
 * Returns: whether the part says @text now
 */
gboolean
porch_server_setup_set (PorchServerSetup *setup, PorchSetupPart part, const char *text)
{
  g_autofree char *stripped = NULL;

  g_return_val_if_fail (setup != NULL && part < PORCH_SETUP_N_PARTS, FALSE);

  g_clear_pointer (&setup->parts[part], g_free);
  if (text == NULL || strlen (text) > PART_MAX_BYTES)
    return FALSE;

  stripped = g_strstrip (g_strdup (text));
  if (*stripped == '\0')
    return TRUE;

  if (part == PORCH_SETUP_NAME)
    setup->parts[part] = porch_text_clean (stripped, PART_MAX_BYTES);
  else if (porch_text_is_visible_ascii (stripped))
    setup->parts[part] = g_steal_pointer (&stripped);
  return setup->parts[part] != NULL;
}

static gboolean
read_link (PorchServerSetup *setup, const char *text)
{
  g_autoptr (GUri) uri = NULL;
  g_autoptr (GHashTable) parameters = NULL;

  if (strlen (text) > LINK_MAX_BYTES)
    return FALSE;

  uri = g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL || g_uri_get_query (uri) == NULL)
    return FALSE;

  parameters = g_uri_parse_params (g_uri_get_query (uri), -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  if (parameters == NULL)
    return FALSE;

  for (guint i = 0; i < PORCH_SETUP_N_PARTS; i++)
    porch_server_setup_set (setup, i, g_hash_table_lookup (parameters, part_names[i]));
  return TRUE;
}

static void
read_number (PorchServerSetup *setup, PorchSetupPart part, JsonObject *object, const char *member)
{
  g_autofree char *text = NULL;
  gint64 value;

  if (!porch_json_get_int (object, member, 0, G_MAXUINT16, &value))
    return;

  text = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  porch_server_setup_set (setup, part, text);
}

static gboolean
read_file (PorchServerSetup *setup, const char *text)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (text, strlen (text), NULL);
  JsonObject *object, *pusher;

  if (root == NULL)
    return FALSE;

  object = json_node_get_object (root);
  pusher = porch_json_get_object (object, "pusher");
  porch_server_setup_set (setup, PORCH_SETUP_NAME,
                          porch_json_get_string (object, "name", PART_MAX_BYTES));
  for (guint i = 0; i < G_N_ELEMENTS (file_members); i++)
    porch_server_setup_set (
        setup, file_members[i].part,
        porch_json_get_string (porch_json_get_object (object, file_members[i].object),
                               file_members[i].member, PART_MAX_BYTES));
  read_number (setup, PORCH_SETUP_PUSHER_PORT, pusher, "port");
  if (porch_json_has (pusher, "tls") && !porch_json_get_boolean (pusher, "tls", TRUE))
    porch_server_setup_set (setup, PORCH_SETUP_PUSHER_TLS, "0");
  read_number (setup, PORCH_SETUP_HEARTBEAT, porch_json_get_object (object, "presence"),
               "heartbeatSeconds");
  return TRUE;
}

/**
 * porch_server_setup_parse:
 * @text: a porchlight://setup link, or what a set-up file holds
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR, whose message is for the person
 *
 * Takes what it says of each part; whether that can be is for porch_server_setup_build_discovery().
 *
 * Returns: (transfer full): the form, filled in
 */
PorchServerSetup *
porch_server_setup_parse (const char *text, GError **error)
{
  g_autoptr (PorchServerSetup) setup = porch_server_setup_new ();
  g_autofree char *stripped = NULL;
  gboolean is_read;

  g_return_val_if_fail (text != NULL, NULL);

  if (strlen (text) <= PORCH_JSON_MAX_BYTES)
    stripped = g_strstrip (g_strdup (text));
  is_read = stripped != NULL
            && (g_str_has_prefix (stripped, LINK_PREFIX) ? read_link (setup, stripped)
                                                         : read_file (setup, stripped));
  if (!is_read || setup->parts[PORCH_SETUP_SUPABASE_URL] == NULL)
    {
      porch_protocol_error_set_invalid (
          error, _ ("This is neither a set-up link nor a set-up file of Porchlight."));
      return NULL;
    }

  return g_steal_pointer (&setup);
}

/**
 * porch_server_setup_build_link:
 * @setup: a set-up
 *
 * Returns: (transfer full): a link that fills it into somebody's form
 */
char *
porch_server_setup_build_link (const PorchServerSetup *setup)
{
  GString *link;

  g_return_val_if_fail (setup != NULL, NULL);

  link = g_string_new (LINK_PREFIX);
  for (guint i = 0; i < PORCH_SETUP_N_PARTS; i++)
    {
      if (setup->parts[i] == NULL)
        continue;
      if (link->len > strlen (LINK_PREFIX))
        g_string_append_c (link, '&');
      g_string_append (link, part_names[i]);
      g_string_append_c (link, '=');
      g_string_append_uri_escaped (link, setup->parts[i], NULL, FALSE);
    }
  return g_string_free (link, FALSE);
}

static void
add_problem (GPtrArray *problems, PorchSetupPart part, const char *sentence)
{
  g_ptr_array_add (problems, porch_setup_problem_new (part, sentence));
}

static gboolean
is_plain (const char *tls)
{
  return g_strcmp0 (tls, "0") == 0 || g_strcmp0 (tls, "false") == 0;
}

/* 0 for none said; G_MAXUINT for what is not a number between the two. */
static guint
read_bounded (const char *text, guint min, guint max)
{
  guint64 value;

  if (text == NULL)
    return 0;

  return g_ascii_string_to_unsigned (text, 10, min, max, &value, NULL) ? value : G_MAXUINT;
}

static void
check_address (const PorchServerSetup *setup,
               PorchSetupPart part,
               const char *sentence,
               GPtrArray *problems)
{
  if (!porch_url_is_acceptable (setup->parts[part], "https", "http"))
    add_problem (problems, part, sentence);
}

static void
check_pusher (const PorchServerSetup *setup, GPtrArray *problems)
{
  const char *key = setup->parts[PORCH_SETUP_PUSHER_KEY];
  const char *auth = setup->parts[PORCH_SETUP_AUTH_ENDPOINT];

  if (!porch_text_consists_of (key, PORCH_TEXT_ALPHANUMERIC "-_", PART_MAX_BYTES))
    add_problem (problems, PORCH_SETUP_PUSHER_KEY,
                 _ ("The key of a Pusher app is expected here: letters and digits."));
  if (setup->parts[PORCH_SETUP_PUSHER_CLUSTER] == NULL
      && setup->parts[PORCH_SETUP_PUSHER_HOST] == NULL)
    add_problem (problems, PORCH_SETUP_PUSHER_CLUSTER,
                 _ ("A cluster, such as eu, is expected here, or a host below."));
  if (read_bounded (setup->parts[PORCH_SETUP_PUSHER_PORT], 1, G_MAXUINT16) == G_MAXUINT)
    add_problem (problems, PORCH_SETUP_PUSHER_PORT,
                 _ ("A number from 1 to 65535 is expected here."));
  if (auth != NULL && (auth[0] != '/' || strstr (auth, "//") != NULL))
    add_problem (problems, PORCH_SETUP_AUTH_ENDPOINT,
                 _ ("A path on the address of the presence API is expected here, such as "
                    "/api/pusher/auth."));
}

static char *
build_document (const PorchServerSetup *setup)
{
  guint port = read_bounded (setup->parts[PORCH_SETUP_PUSHER_PORT], 1, G_MAXUINT16);
  guint heartbeat_s = read_bounded (setup->parts[PORCH_SETUP_HEARTBEAT], 1, G_MAXUINT16);
  GString *json = g_string_new ("{\"version\":1");

  porch_json_append_boolean_member (json, "byHand", TRUE);
  g_string_append (json, ",\"supabase\":{");
  porch_json_append_string_member (json, "url", setup->parts[PORCH_SETUP_SUPABASE_URL]);
  porch_json_append_string_member (json, "anonKey", setup->parts[PORCH_SETUP_ANON_KEY]);
  g_string_append (json, "},\"api\":{");
  porch_json_append_string_member (json, "url", setup->parts[PORCH_SETUP_API_URL]);
  g_string_append (json, "},\"pusher\":{");
  porch_json_append_string_member (json, "key", setup->parts[PORCH_SETUP_PUSHER_KEY]);
  if (setup->parts[PORCH_SETUP_PUSHER_HOST] != NULL)
    porch_json_append_string_member (json, "host", setup->parts[PORCH_SETUP_PUSHER_HOST]);
  else
    porch_json_append_string_member (json, "cluster", setup->parts[PORCH_SETUP_PUSHER_CLUSTER]);
  if (port != 0)
    porch_json_append_int_member (json, "port", port);
  porch_json_append_boolean_member (json, "tls", !is_plain (setup->parts[PORCH_SETUP_PUSHER_TLS]));
  if (setup->parts[PORCH_SETUP_AUTH_ENDPOINT] != NULL)
    porch_json_append_string_member (json, "authEndpoint", setup->parts[PORCH_SETUP_AUTH_ENDPOINT]);
  g_string_append (json, "},\"presence\":{");
  if (heartbeat_s != 0)
    porch_json_append_int_member (json, "heartbeatSeconds", heartbeat_s);
  g_string_append_c (json, '}');
  if (setup->parts[PORCH_SETUP_NAME] != NULL)
    porch_json_append_string_member (json, "name", setup->parts[PORCH_SETUP_NAME]);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/**
 * porch_server_setup_build_discovery:
 * @setup: what the form says
 * @problems: (element-type PorchSetupProblem): gets what is wrong with it
 *
 * Returns: (transfer full) (nullable): where the server's parts are; %NULL with at least one
 * problem
 */
PorchDiscovery *
porch_server_setup_build_discovery (const PorchServerSetup *setup, GPtrArray *problems)
{
  g_autofree char *document = NULL;
  g_autoptr (GError) error = NULL;
  PorchDiscovery *discovery;

  g_return_val_if_fail (setup != NULL && problems != NULL, NULL);

  check_address (setup, PORCH_SETUP_SUPABASE_URL,
                 _ ("The address of a Supabase project is expected here, such as "
                    "https://abcd.supabase.co."),
                 problems);
  if (setup->parts[PORCH_SETUP_ANON_KEY] == NULL)
    add_problem (problems, PORCH_SETUP_ANON_KEY,
                 _ ("The project’s anon (or publishable) key is expected here."));
  check_address (setup, PORCH_SETUP_API_URL,
                 _ ("The address of the web app is expected here, such as "
                    "https://app.example.org."),
                 problems);
  check_pusher (setup, problems);
  if (read_bounded (setup->parts[PORCH_SETUP_HEARTBEAT], 30, 120) == G_MAXUINT)
    add_problem (problems, PORCH_SETUP_HEARTBEAT,
                 _ ("A number of seconds from 30 to 120 is expected here."));
  if (problems->len > 0)
    return NULL;

  document = build_document (setup);
  discovery = porch_discovery_parse (document, strlen (document), &error);
  /* What is left to be wrong is the host: the rest was looked at above. */
  if (discovery == NULL)
    {
      g_debug ("A set-up: %s", error->message);
      add_problem (problems,
                   setup->parts[PORCH_SETUP_PUSHER_HOST] != NULL ? PORCH_SETUP_PUSHER_HOST
                                                                 : PORCH_SETUP_PUSHER_CLUSTER,
                   _ ("The name of a host that is connected to with encryption is expected here."));
    }
  return discovery;
}
