/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight add, remove, notify, search, export and import: who is on the list, and what to tell
 * of them.
 */

#define G_LOG_DOMAIN "porch-cli"

#include "cli/porch-cli.h"

#include "config.h"

#include "cli/porch-cli-text.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

/* No list of contacts is longer; what the agent takes in the end it says itself. */
#define IMPORT_MAX_BYTES (8 * 1024 * 1024)

static const GOptionEntry no_options[] = { { NULL } };

typedef void (*ContactCall) (PorchAgentProxy *agent,
                             const char *user_id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

static PorchCliExit
call_for (PorchAgentProxy *agent, ContactCall call, const char *user_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  call (agent, user_id, NULL, porch_cli_take_result, &result);
  return porch_agent_proxy_call_finish (agent, porch_cli_wait (&result), &error)
             ? PORCH_CLI_OK
             : porch_cli_report (error);
}

/**
 * porch_cli_add:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight add WHO…, each a user id or a porchlight://add link
 *
 * Returns: what to exit with: the first failure's
 */
PorchCliExit
porch_cli_add (int argc, char **argv)
{
  if (!porch_cli_parse (&argc, &argv, no_options, "ID-OR-LINK…", 1, -1))
    return PORCH_CLI_USAGE;

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, TRUE, &agent);
  for (int i = 1; agent != NULL && i < argc; i++)
    {
      PorchCliExit one = call_for (agent, porch_agent_proxy_add_contact_async, argv[i]);
      if (code == PORCH_CLI_OK)
        code = one;
    }
  return code;
}

static PorchCliExit
remove_one (PorchAgentProxy *agent, const char *who)
{
  PorchContact *contact = porch_cli_find_person (agent, who);

  if (contact == NULL)
    return PORCH_CLI_NOBODY;
  return call_for (agent, porch_agent_proxy_remove_contact_async, porch_contact_get_id (contact));
}

/**
 * porch_cli_remove:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight remove WHO…
 *
 * Returns: what to exit with: the first failure's
 */
PorchCliExit
porch_cli_remove (int argc, char **argv)
{
  if (!porch_cli_parse (&argc, &argv, no_options, "WHO…", 1, -1))
    return PORCH_CLI_USAGE;

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, TRUE, &agent);
  for (int i = 1; agent != NULL && i < argc; i++)
    {
      PorchCliExit one = remove_one (agent, argv[i]);
      if (code == PORCH_CLI_OK)
        code = one;
    }
  return code;
}

static PorchCliExit
set_notify (PorchAgentProxy *agent, const char *who, PorchNotifyRule rule)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  PorchContact *contact = porch_cli_find_person (agent, who);

  if (contact == NULL)
    return PORCH_CLI_NOBODY;

  porch_agent_proxy_set_notify_async (agent, porch_contact_get_id (contact), rule, NULL,
                                      porch_cli_take_result, &result);
  return porch_agent_proxy_call_finish (agent, porch_cli_wait (&result), &error)
             ? PORCH_CLI_OK
             : porch_cli_report (error);
}

/**
 * porch_cli_notify:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight notify WHO once|always|also-leaves|never|default
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_notify (int argc, char **argv)
{
  PorchNotifyRule rule;

  if (!porch_cli_parse (&argc, &argv, no_options, "WHO once|always|also-leaves|never|default", 2,
                        2))
    return PORCH_CLI_USAGE;
  if (!porch_notify_rule_from_string (argv[2], &rule))
    {
      /* Translators: what a person typed; the words after it are typed as they are */
      g_printerr (_ ("porchlight: “%s” is none of once, always, also-leaves, never, default.\n"),
                  argv[2]);
      return PORCH_CLI_USAGE;
    }

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, TRUE, &agent);
  return agent != NULL ? set_notify (agent, argv[1], rule) : code;
}

static void
print_people_json (GPtrArray *people)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < people->len; i++)
    {
      const PorchPerson *person = g_ptr_array_index (people, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "id");
      json_builder_add_string_value (builder, person->id);
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, person->name);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);
  g_print ("%s\n", text);
}

/**
 * porch_cli_search:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight search [--json] QUERY
 *
 * Returns: what to exit with: %PORCH_CLI_NOBODY where nobody was found
 */
PorchCliExit
porch_cli_search (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"), NULL },
    { NULL },
  };
  if (!porch_cli_parse (&argc, &argv, entries, "QUERY", 1, 1))
    return PORCH_CLI_USAGE;

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, TRUE, &agent);
  if (agent == NULL)
    return code;

  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  porch_agent_proxy_search_async (agent, argv[1], NULL, porch_cli_take_result, &result);
  g_autoptr (GPtrArray) people = porch_agent_proxy_search_finish (agent, porch_cli_wait (&result),
                                                                  &error);
  if (people == NULL)
    return porch_cli_report (error);

  if (json)
    print_people_json (people);
  for (guint i = 0; !json && i < people->len; i++)
    {
      const PorchPerson *person = g_ptr_array_index (people, i);
      g_autofree char *name = porch_cli_make_printable (person->name);

      g_print ("%s  %s\n", person->id, name);
    }
  return people->len > 0 ? PORCH_CLI_OK : PORCH_CLI_NOBODY;
}

/* A file is replaced whole or not at all; a pipe or a device is written to. */
static gboolean
write_file (const char *path, const char *text, GError **error)
{
  GStatBuf status;
  if (g_stat (path, &status) != 0 || S_ISREG (status.st_mode))
    return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);

  int fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path,
                   g_strerror (errno));
      return FALSE;
    }

  g_autoptr (GOutputStream) stream = g_unix_output_stream_new (fd, TRUE);
  return g_output_stream_write_all (stream, text, strlen (text), NULL, NULL, error)
         && g_output_stream_close (stream, NULL, error);
}

/**
 * porch_cli_export:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight export [FILE]
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_export (int argc, char **argv)
{
  if (!porch_cli_parse (&argc, &argv, no_options, "[FILE]", 0, 1))
    return PORCH_CLI_USAGE;

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, TRUE, &agent);
  if (agent == NULL)
    return code;

  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  porch_agent_proxy_export_async (agent, NULL, porch_cli_take_result, &result);
  g_autofree char *json = porch_agent_proxy_export_finish (agent, porch_cli_wait (&result), &error);
  if (json == NULL)
    return porch_cli_report (error);

  if (argc < 2 || g_str_equal (argv[1], "-"))
    g_print ("%s", json);
  else if (!write_file (argv[1], json, &error))
    return porch_cli_report (error);
  return PORCH_CLI_OK;
}

/* Returns: (transfer full): the whole file, at most IMPORT_MAX_BYTES, whatever its size says */
static char *
read_file (const char *path, GError **error)
{
  int fd = g_str_equal (path, "-") ? dup (STDIN_FILENO) : g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path,
                   g_strerror (errno));
      return NULL;
    }

  g_autoptr (GInputStream) stream = g_unix_input_stream_new (fd, TRUE);
  g_autofree char *text = g_malloc (IMPORT_MAX_BYTES + 2);
  gsize length = 0;
  if (!g_input_stream_read_all (stream, text, IMPORT_MAX_BYTES + 1, &length, NULL, error))
    return NULL;

  text[length] = '\0';
  if (length > IMPORT_MAX_BYTES || strlen (text) != length || !g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path,
                   _ ("This is not a list of contacts that Porchlight exported."));
      return NULL;
    }
  return g_realloc (g_steal_pointer (&text), length + 1);
}

/**
 * porch_cli_import:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight import FILE
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_import (int argc, char **argv)
{
  if (!porch_cli_parse (&argc, &argv, no_options, "FILE", 1, 1))
    return PORCH_CLI_USAGE;

  g_autoptr (GError) error = NULL;
  g_autofree char *json = read_file (argv[1], &error);
  if (json == NULL)
    return porch_cli_report (error);

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, TRUE, &agent);
  if (agent == NULL)
    return code;

  g_autoptr (GAsyncResult) result = NULL;
  porch_agent_proxy_import_async (agent, json, NULL, porch_cli_take_result, &result);
  guint added = porch_agent_proxy_import_finish (agent, porch_cli_wait (&result), &error);
  if (error != NULL)
    return porch_cli_report (error);

  g_print (g_dngettext (GETTEXT_PACKAGE, "%u contact added.\n", "%u contacts added.\n", added),
           added);
  return PORCH_CLI_OK;
}
