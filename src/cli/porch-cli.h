/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

/**
 * PorchCliExit:
 * @PORCH_CLI_OK: done
 * @PORCH_CLI_FAILED: anything else
 * @PORCH_CLI_USAGE: the command line is wrong
 * @PORCH_CLI_NOT_RUNNING: no agent runs
 * @PORCH_CLI_SIGNED_OUT: nobody is signed in
 * @PORCH_CLI_NOBODY: there is no such person, or more than one
 * @PORCH_CLI_REFUSED: the server refused the password
 * @PORCH_CLI_UNREACHABLE: the server cannot be reached, or is no Porchlight server
 *
 * What porchlight exits with; promised in porchlight(1).
 */
typedef enum
{
  PORCH_CLI_OK = 0,
  PORCH_CLI_FAILED = 1,
  PORCH_CLI_USAGE = 2,
  PORCH_CLI_NOT_RUNNING = 3,
  PORCH_CLI_SIGNED_OUT = 4,
  PORCH_CLI_NOBODY = 5,
  PORCH_CLI_REFUSED = 6,
  PORCH_CLI_UNREACHABLE = 7,
} PorchCliExit;

/* A verb's own command line: argv[0] is the verb. */
typedef PorchCliExit (*PorchCliRun) (int argc, char **argv);

/* Verbs, each in the file of its kind. */
PorchCliExit porch_cli_status (int argc, char **argv);
PorchCliExit porch_cli_watch (int argc, char **argv);
PorchCliExit porch_cli_sign_in (int argc, char **argv);
PorchCliExit porch_cli_set_up (int argc, char **argv);
PorchCliExit porch_cli_sign_out (int argc, char **argv);
PorchCliExit porch_cli_add (int argc, char **argv);
PorchCliExit porch_cli_remove (int argc, char **argv);
PorchCliExit porch_cli_notify (int argc, char **argv);
PorchCliExit porch_cli_history (int argc, char **argv);
PorchCliExit porch_cli_search (int argc, char **argv);
PorchCliExit porch_cli_export (int argc, char **argv);
PorchCliExit porch_cli_import (int argc, char **argv);
PorchCliExit porch_cli_appear (int argc, char **argv);
PorchCliExit porch_cli_idle (int argc, char **argv);
PorchCliExit porch_cli_away_after (int argc, char **argv);
PorchCliExit porch_cli_autostart (int argc, char **argv);
PorchCliExit porch_cli_quit (int argc, char **argv);

/* What they share. */
gboolean porch_cli_parse (int *argc,
                          char ***argv,
                          const GOptionEntry *entries,
                          const char *arguments,
                          int min_arguments,
                          int max_arguments);
PorchCliExit porch_cli_report (const GError *error);
void porch_cli_take_result (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *porch_cli_wait (GAsyncResult **result);
void porch_cli_offer_autostart (PorchAgentProxy *agent);
PorchCliExit porch_cli_connect (gboolean start, gboolean need_account, PorchAgentProxy **proxy);
PorchContact *porch_cli_find_person (PorchAgentProxy *agent, const char *who);

G_END_DECLS
