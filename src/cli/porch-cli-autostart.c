/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight autostart, and the question that sign-in asks about it once.
 */

#define G_LOG_DOMAIN "porch-cli"

#include "cli/porch-cli.h"

#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

static PorchCliExit
set_autostart (PorchAgentProxy *agent, gboolean enabled)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_set_start_at_login_async (agent, enabled, NULL, porch_cli_take_result, &result);
  if (!porch_agent_proxy_call_finish (agent, porch_cli_wait (&result), &error))
    return porch_cli_report (error);
  return PORCH_CLI_OK;
}

/**
 * porch_cli_autostart:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight autostart [on|off]: without an argument, prints whether it is on
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_autostart (int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  if (!porch_cli_parse (&argc, &argv, entries, "[on|off]", 0, 1))
    return PORCH_CLI_USAGE;

  if (argc > 1 && !g_str_equal (argv[1], "on") && !g_str_equal (argv[1], "off"))
    {
      g_printerr ("%s\n", _ ("Usage: porchlight autostart [on|off]"));
      return PORCH_CLI_USAGE;
    }

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, FALSE, &agent);
  if (agent == NULL)
    return code;
  if (argc > 1)
    return set_autostart (agent, g_str_equal (argv[1], "on"));

  /* For scripts as much as for a person: the words that it takes. */
  g_print ("%s\n", g_str_equal (porch_agent_proxy_get_start_at_login (agent), "on") ? "on" : "off");
  return PORCH_CLI_OK;
}

/**
 * porch_cli_offer_autostart:
 * @agent: an agent, where somebody has just signed in
 *
 * Asks, once in a person's life, whether Porchlight shall start when they log in. Only a person can
 * be asked: a script that signs in is left alone.
 */
void
porch_cli_offer_autostart (PorchAgentProxy *agent)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (agent));

  if (!g_str_equal (porch_agent_proxy_get_start_at_login (agent), "undecided")
      || !isatty (STDIN_FILENO))
    return;

  char answer[16];
  g_printerr ("%s ", _ ("Start Porchlight when you log in? [Y/n]"));
  if (fgets (answer, sizeof answer, stdin) != NULL)
    set_autostart (agent, *answer != 'n' && *answer != 'N');
}
