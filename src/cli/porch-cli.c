/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What the verbs of porchlight share: reading their command line, asking the agent and waiting for
 * the answer, and saying what went wrong with the exit code that porchlight(1) promises. A verb
 * does one thing and ends, so that waiting here may run the main loop.
 */

#define G_LOG_DOMAIN "porch-cli"

#include "cli/porch-cli.h"

#include "config.h"

#include "cli/porch-cli-text.h"

#include <glib/gi18n.h>

static PorchCliExit
exit_from_error (const GError *error)
{
  if (error->domain != PORCH_AGENT_ERROR)
    return PORCH_CLI_FAILED;

  switch ((PorchAgentError) error->code)
    {
    case PORCH_AGENT_ERROR_NOT_RUNNING:
      return PORCH_CLI_NOT_RUNNING;
    case PORCH_AGENT_ERROR_SIGNED_OUT:
      return PORCH_CLI_SIGNED_OUT;
    case PORCH_AGENT_ERROR_NO_SUCH_USER:
      return PORCH_CLI_NOBODY;
    case PORCH_AGENT_ERROR_INVALID_CREDENTIALS:
    case PORCH_AGENT_ERROR_RATE_LIMIT:
      return PORCH_CLI_REFUSED;
    case PORCH_AGENT_ERROR_INVALID_ADDRESS:
    case PORCH_AGENT_ERROR_UNREACHABLE:
    case PORCH_AGENT_ERROR_NOT_PORCHLIGHT:
    case PORCH_AGENT_ERROR_TLS:
    case PORCH_AGENT_ERROR_NOT_CONNECTED:
      return PORCH_CLI_UNREACHABLE;
    case PORCH_AGENT_ERROR_FAILED:
    case PORCH_AGENT_ERROR_NO_SECRET_SERVICE:
    case PORCH_AGENT_ERROR_INVALID_ARGUMENT:
    case PORCH_AGENT_ERROR_DATABASE:
    case PORCH_AGENT_ERROR_LOCKED:
    case PORCH_AGENT_ERROR_SECOND_FACTOR:
    case PORCH_AGENT_ERROR_CONFIRM_EMAIL:
    case PORCH_AGENT_ERROR_CAPTCHA:
      break;
    }
  return PORCH_CLI_FAILED;
}

/**
 * porch_cli_parse:
 * @argc: (inout): how many arguments, the verb's name included
 * @argv: (inout): the arguments; what @entries take is removed
 * @entries: the verb's options
 * @arguments: (nullable): what the help calls the rest
 * @min_arguments: how many the rest must be
 * @max_arguments: how many the rest may be, -1 for any number
 *
 * Says on stderr what is wrong.
 *
 * Returns: whether the command line is as it should be
 */
gboolean
porch_cli_parse (int *argc,
                 char ***argv,
                 const GOptionEntry *entries,
                 const char *arguments,
                 int min_arguments,
                 int max_arguments)
{
  g_autofree char *verb = g_strdup ((*argv)[0]);
  g_autofree char *usage = g_strconcat (verb, arguments != NULL ? " " : NULL, arguments, NULL);
  g_autofree char *program = g_strconcat ("porchlight ", verb, NULL);
  g_autoptr (GOptionContext) context = g_option_context_new (arguments);
  g_autoptr (GError) error = NULL;

  /* What its help begins with. */
  g_set_prgname (program);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      g_printerr ("porchlight %s: %s\n", verb, error->message);
      return FALSE;
    }

  /* "--" ends the options and is no argument. */
  if (*argc > 1 && g_str_equal ((*argv)[1], "--"))
    {
      (*argv)[1] = (*argv)[0];
      ++*argv;
      --*argc;
    }

  if (*argc - 1 < min_arguments || (max_arguments >= 0 && *argc - 1 > max_arguments))
    {
      g_printerr (_ ("Usage: porchlight %s\n"), usage);
      return FALSE;
    }
  return TRUE;
}

/**
 * porch_cli_report:
 * @error: what went wrong
 *
 * Says it on stderr.
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_report (const GError *error)
{
  g_return_val_if_fail (error != NULL, PORCH_CLI_FAILED);

  g_printerr ("porchlight: %s\n", error->message);
  return exit_from_error (error);
}

/**
 * porch_cli_take_result:
 * @source: (nullable): where the result comes from
 * @result: a result
 * @user_data: a `GAsyncResult **` that holds %NULL
 *
 * The callback to give to a call whose result porch_cli_wait() waits for.
 */
void
porch_cli_take_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **taken = user_data;

  *taken = g_object_ref (result);
}

/**
 * porch_cli_wait:
 * @result: where porch_cli_take_result() puts the result
 *
 * Runs the main loop until it is there.
 *
 * Returns: (transfer none): the result
 */
GAsyncResult *
porch_cli_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

/**
 * porch_cli_connect:
 * @start: whether an agent may be started
 * @need_account: whether it is an error that nobody ever signed in
 * @proxy: (out) (transfer full): the agent, loaded
 *
 * Says on stderr what is wrong.
 *
 * Returns: %PORCH_CLI_OK, or what to exit with
 */
PorchCliExit
porch_cli_connect (gboolean start, gboolean need_account, PorchAgentProxy **proxy)
{
  g_autoptr (PorchAgentProxy) agent = porch_agent_proxy_new (NULL, start);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_load_async (agent, NULL, porch_cli_take_result, &result);
  if (!porch_agent_proxy_load_finish (agent, porch_cli_wait (&result), &error))
    return porch_cli_report (error);

  if (need_account && !porch_agent_proxy_get_has_account (agent))
    {
      const char *data_error = porch_agent_proxy_get_data_error (agent);
      gboolean is_known = *data_error == '\0';

      g_printerr ("porchlight: %s\n", is_known ? _ ("Nobody is signed in.") : data_error);
      return is_known ? PORCH_CLI_SIGNED_OUT : PORCH_CLI_FAILED;
    }

  *proxy = g_steal_pointer (&agent);
  return PORCH_CLI_OK;
}

/**
 * porch_cli_find_person:
 * @agent: the agent, loaded
 * @who: an id, a name or the beginning of a name
 *
 * Says on stderr what is wrong.
 *
 * Returns: (transfer none) (nullable): the contact that is meant
 */
PorchContact *
porch_cli_find_person (PorchAgentProxy *agent, const char *who)
{
  gboolean ambiguous;
  PorchContact *contact = porch_cli_find_contact (porch_agent_proxy_get_roster (agent), who,
                                                  &ambiguous);

  if (contact == NULL)
    /* Translators: what a person typed for somebody's name */
    g_printerr (ambiguous ? _ ("porchlight: More than one contact is called “%s”.\n")
                          : _ ("porchlight: No contact is called “%s”.\n"),
                who);
  return contact;
}
