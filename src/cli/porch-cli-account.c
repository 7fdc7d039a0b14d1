/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight sign-out.
 */

#define G_LOG_DOMAIN "porch-cli"

#include "cli/porch-cli.h"

#include "config.h"

#include "bus/porch-sign-in-proxy.h"

#include <glib/gi18n.h>

/**
 * porch_cli_sign_out:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight sign-out [--forget|--others]
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_sign_out (int argc, char **argv)
{
  gboolean forget = FALSE, others = FALSE;
  const GOptionEntry entries[] = {
    { "others", 0, 0, G_OPTION_ARG_NONE, &others,
      N_ ("Stay signed in here, and sign out everywhere else"), NULL },
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
  if (others)
    {
      porch_agent_proxy_sign_out_others_async (agent, NULL, porch_cli_take_result, &result);
      if (!porch_agent_proxy_call_finish (agent, porch_cli_wait (&result), &error))
        return porch_cli_report (error);
      g_print ("%s\n", _ ("Signed out everywhere but here."));
      return PORCH_CLI_OK;
    }

  porch_agent_proxy_sign_out_async (agent, forget, NULL, porch_cli_take_result, &result);
  if (!porch_agent_proxy_call_finish (agent, porch_cli_wait (&result), &error))
    return porch_cli_report (error);

  g_print ("%s\n", forget ? _ ("Signed out, and everything about the account is deleted here.")
                          : _ ("Signed out. Your contacts are kept for the next time."));
  return PORCH_CLI_OK;
}
