/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight sign-in and porchlight sign-out.
 */

#define G_LOG_DOMAIN "porch-cli"

#include "cli/porch-cli.h"

#include "config.h"

#include "cli/porch-cli-password.h"
#include "cli/porch-cli-text.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

static PorchServerInfo *
discover (PorchAgentProxy *agent, const char *address, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_agent_proxy_discover_async (agent, address, NULL, porch_cli_take_result, &result);
  return porch_agent_proxy_discover_finish (agent, porch_cli_wait (&result), error);
}

static gboolean
sign_in (PorchAgentProxy *agent,
         const char *server,
         const char *email,
         const char *password,
         gboolean keep_in_memory,
         GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_agent_proxy_sign_in_async (agent, server, email, password, keep_in_memory, NULL,
                                   porch_cli_take_result, &result);
  return porch_agent_proxy_sign_in_finish (agent, porch_cli_wait (&result), error);
}

/* Only a person can be asked; a script says --this-run-only. */
static gboolean
ask_for_this_run_only (const GError *error)
{
  if (!isatty (STDIN_FILENO))
    {
      g_printerr ("%s\n", _ ("Use --this-run-only to sign in all the same."));
      return FALSE;
    }

  char answer[16];
  g_printerr ("%s\n%s ", error->message, _ ("Sign in all the same? [y/N]"));
  return fgets (answer, sizeof answer, stdin) != NULL && (*answer == 'y' || *answer == 'Y');
}

static PorchCliExit
sign_in_with_password (PorchAgentProxy *agent,
                       const char *server,
                       const char *email,
                       const char *password,
                       gboolean this_run_only)
{
  g_autoptr (GError) error = NULL;
  gboolean signed_in = sign_in (agent, server, email, password, this_run_only, &error);

  if (g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NO_SECRET_SERVICE)
      && ask_for_this_run_only (error))
    {
      g_clear_error (&error);
      signed_in = sign_in (agent, server, email, password, TRUE, &error);
    }
  if (!signed_in)
    return porch_cli_report (error);

  /* Translators: an email address, and the address of a server */
  g_print (_ ("Signed in as %s at %s.\n"), email, server);
  porch_cli_offer_autostart (agent);
  return PORCH_CLI_OK;
}

/**
 * porch_cli_sign_in:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight sign-in [--this-run-only] SERVER EMAIL
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_sign_in (int argc, char **argv)
{
  gboolean this_run_only = FALSE;
  const GOptionEntry entries[] = {
    { "this-run-only", 0, 0, G_OPTION_ARG_NONE, &this_run_only,
      N_ ("Keep the session in memory, not in the keyring"), NULL },
    { NULL },
  };
  if (!porch_cli_parse (&argc, &argv, entries, "SERVER EMAIL", 2, 2))
    return PORCH_CLI_USAGE;

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (TRUE, FALSE, &agent);
  if (agent == NULL)
    return code;

  g_autoptr (GError) error = NULL;
  g_autoptr (PorchServerInfo) server = discover (agent, argv[1], &error);
  if (server == NULL)
    return porch_cli_report (error);

  /* The person sees who gets the password before they type it. */
  g_autofree char *host = porch_cli_make_printable (server->host);
  /* Translators: an email address, and the host that receives the password */
  g_autofree char *prompt = g_strdup_printf (_ ("Password of %s, sent to %s: "), argv[2], host);
  char *password = porch_cli_read_password (prompt);
  if (password == NULL || *password == '\0')
    {
      porch_cli_free_password (password);
      g_printerr ("porchlight: %s\n", _ ("There is no password."));
      return PORCH_CLI_USAGE;
    }

  code = sign_in_with_password (agent, server->server, argv[2], password, this_run_only);
  porch_cli_free_password (password);
  return code;
}

/**
 * porch_cli_sign_out:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight sign-out [--forget]
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_sign_out (int argc, char **argv)
{
  gboolean forget = FALSE;
  const GOptionEntry entries[] = {
    { "forget", 0, 0, G_OPTION_ARG_NONE, &forget,
      N_ ("Delete contacts, their last states and pictures too"), NULL },
    { NULL },
  };
  if (!porch_cli_parse (&argc, &argv, entries, NULL, 0, 0))
    return PORCH_CLI_USAGE;

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, TRUE, &agent);
  if (agent == NULL)
    return code;

  if (!forget && g_str_equal (porch_agent_proxy_get_state (agent), "signed-out"))
    {
      g_printerr ("porchlight: %s\n", _ ("Nobody is signed in."));
      return PORCH_CLI_SIGNED_OUT;
    }

  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  porch_agent_proxy_sign_out_async (agent, forget, NULL, porch_cli_take_result, &result);
  if (!porch_agent_proxy_call_finish (agent, porch_cli_wait (&result), &error))
    return porch_cli_report (error);

  g_print ("%s\n", forget ? _ ("Signed out, and everything about the account is deleted here.")
                          : _ ("Signed out. Your contacts are kept for the next time."));
  return PORCH_CLI_OK;
}
