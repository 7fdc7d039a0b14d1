/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight appear, idle, away-after and quit: the person's own light.
 */

#define G_LOG_DOMAIN "porch-cli"

#include "cli/porch-cli.h"

#include "config.h"

#include "cli/porch-cli-text.h"

#include <glib/gi18n.h>

/* An agent says offline and waits for the answer 2 s at most. */
#define QUIT_TIMEOUT_MS (5 * 1000)

/**
 * porch_cli_appear:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight appear [--for DURATION] offline|online
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_appear (int argc, char **argv)
{
  g_autofree char *duration = NULL;
  const GOptionEntry entries[] = {
    { "for", 'f', 0, G_OPTION_ARG_STRING, &duration, N_ ("For how long: 45m, 1h30m, 2d"),
      N_ ("DURATION") },
    { NULL },
  };
  if (!porch_cli_parse (&argc, &argv, entries, "offline|online", 1, 1))
    return PORCH_CLI_USAGE;

  gboolean offline = g_str_equal (argv[1], "offline");
  gint64 duration_us = 0;
  if ((!offline && !g_str_equal (argv[1], "online")) || (duration != NULL && !offline)
      || (duration != NULL && !porch_cli_parse_duration (duration, &duration_us)))
    {
      g_printerr ("%s\n", _ ("Usage: porchlight appear [--for DURATION] offline|online"));
      return PORCH_CLI_USAGE;
    }

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, TRUE, &agent);
  if (agent == NULL)
    return code;

  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  porch_agent_proxy_set_appear_offline_async (
      agent, offline, duration_us > 0 ? g_get_real_time () + duration_us : 0, NULL,
      porch_cli_take_result, &result);
  if (!porch_agent_proxy_call_finish (agent, porch_cli_wait (&result), &error))
    return porch_cli_report (error);
  return PORCH_CLI_OK;
}

/**
 * porch_cli_idle:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight idle on|off
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_idle (int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  if (!porch_cli_parse (&argc, &argv, entries, "on|off", 1, 1))
    return PORCH_CLI_USAGE;

  gboolean idle = g_str_equal (argv[1], "on");
  if (!idle && !g_str_equal (argv[1], "off"))
    {
      g_printerr ("%s\n", _ ("Usage: porchlight idle on|off"));
      return PORCH_CLI_USAGE;
    }

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, FALSE, &agent);
  if (agent == NULL)
    return code;

  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  porch_agent_proxy_set_idle_async (agent, idle, NULL, porch_cli_take_result, &result);
  if (!porch_agent_proxy_call_finish (agent, porch_cli_wait (&result), &error))
    return porch_cli_report (error);
  return PORCH_CLI_OK;
}

static void
print_away_after (guint minutes)
{
  if (minutes == 0)
    /* Translators: how long it takes until somebody is away */
    g_print ("%s\n", C_ ("away after", "never"));
  else
    g_print (g_dngettext (GETTEXT_PACKAGE, "%u minute\n", "%u minutes\n", minutes), minutes);
}

/**
 * porch_cli_away_after:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight away-after [never|MINUTES]: without an argument, prints what was chosen
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_away_after (int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  guint64 minutes = 0;
  if (!porch_cli_parse (&argc, &argv, entries, "[never|5|10|15|30]", 0, 1))
    return PORCH_CLI_USAGE;

  if (argc > 1 && !g_str_equal (argv[1], "never")
      && !g_ascii_string_to_unsigned (argv[1], 10, 1, G_MAXUINT32, &minutes, NULL))
    {
      g_printerr ("%s\n", _ ("Usage: porchlight away-after [never|5|10|15|30]"));
      return PORCH_CLI_USAGE;
    }

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, FALSE, &agent);
  if (agent == NULL)
    return code;

  if (argc == 1)
    {
      print_away_after (porch_agent_proxy_get_away_after_minutes (agent));
      return PORCH_CLI_OK;
    }

  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  porch_agent_proxy_set_away_after_minutes_async (agent, minutes, NULL, porch_cli_take_result,
                                                  &result);
  if (!porch_agent_proxy_call_finish (agent, porch_cli_wait (&result), &error))
    return porch_cli_report (error);
  return PORCH_CLI_OK;
}

static gboolean
on_timeout_cb (gpointer user_data)
{
  gboolean *over = user_data;

  *over = TRUE;
  return G_SOURCE_REMOVE;
}

/**
 * porch_cli_quit:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight quit: returns when the agent is gone
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_quit (int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  if (!porch_cli_parse (&argc, &argv, entries, NULL, 0, 0))
    return PORCH_CLI_USAGE;

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, FALSE, &agent);
  if (agent == NULL)
    return code;

  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  porch_agent_proxy_quit_async (agent, NULL, porch_cli_take_result, &result);
  if (!porch_agent_proxy_call_finish (agent, porch_cli_wait (&result), &error))
    return porch_cli_report (error);

  gboolean over = FALSE;
  guint timeout_id = g_timeout_add (QUIT_TIMEOUT_MS, on_timeout_cb, &over);
  while (porch_agent_proxy_get_running (agent) && !over)
    g_main_context_iteration (NULL, TRUE);
  if (!over)
    g_source_remove (timeout_id);
  return over ? PORCH_CLI_FAILED : PORCH_CLI_OK;
}
