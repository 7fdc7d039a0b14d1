/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight: the command that a person types. With a verb it asks the agent and ends; without one,
 * or with a link, it becomes porchlight-window. It loads no GTK and no network library: status in a
 * status bar must cost milliseconds.
 */

#define G_LOG_DOMAIN "porch-cli"

#include "config.h"

#include "bus/porch-program.h"
#include "cli/porch-cli.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

/* What is longer has a line of its own. */
#define USAGE_COLUMNS 40

static const struct
{
  const char *name;
  const char *arguments;
  const char *summary;
  PorchCliRun run;
} verbs[] = {
  { "status", "[--json] [--verbose]", N_ ("Show who is online"), porch_cli_status },
  { "watch", "[--json]", N_ ("Print a line for each change"), porch_cli_watch },
  { "sign-in", "[--code|--provider NAME] SERVER [EMAIL]", N_ ("Sign in; asks for what it needs"),
    porch_cli_sign_in },
  { "set-up", "FILE-OR-LINK [EMAIL]", N_ ("Try a set-up made by hand, and sign in with it"),
    porch_cli_set_up },
  { "sign-out", "[--forget|--others]", N_ ("Sign out"), porch_cli_sign_out },
  { "add", "ID-OR-LINK…", N_ ("Add contacts"), porch_cli_add },
  { "remove", "WHO…", N_ ("Remove contacts, by name or id"), porch_cli_remove },
  { "notify", "WHO once|always|also-leaves|never|default",
    N_ ("Choose when to be told of a contact"), porch_cli_notify },
  { "history", "[--json] [--since WHEN] WHO", N_ ("Show when a contact was here"),
    porch_cli_history },
  { "search", "[--json] QUERY", N_ ("Look for people on the server"), porch_cli_search },
  { "export", "[FILE]", N_ ("Write the contacts as JSON"), porch_cli_export },
  { "import", "FILE", N_ ("Add the contacts of an export"), porch_cli_import },
  { "appear", "[--for DURATION] offline|online", N_ ("Choose what others see"), porch_cli_appear },
  { "idle", "on|off", N_ ("Say whether you are away, for scripts"), porch_cli_idle },
  { "away-after", "[never|5|10|15|30]", N_ ("Choose after how many minutes you are away"),
    porch_cli_away_after },
  { "autostart", "[on|off]", N_ ("Choose whether Porchlight starts when you log in"),
    porch_cli_autostart },
  { "quit", "", N_ ("Go offline and end Porchlight"), porch_cli_quit },
};

static void
print_help (void)
{
  g_print ("%s\n\n", _ ("Usage: porchlight [VERB …]"));
  g_print ("%s\n\n", _ ("Without a verb, opens the window."));
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      g_autofree char *usage = g_strconcat (verbs[i].name, " ", verbs[i].arguments, NULL);
      int width = (int) g_utf8_strlen (usage, -1);

      if (width <= USAGE_COLUMNS)
        g_print ("  %s%*s %s\n", usage, USAGE_COLUMNS - width, "", _ (verbs[i].summary));
      else
        g_print ("  %s\n  %*s %s\n", usage, USAGE_COLUMNS, "", _ (verbs[i].summary));
    }
  g_print ("\n%s\n", _ ("porchlight VERB --help says more; porchlight(1) says all."));
}

static int
become_window (char **argv)
{
  g_autofree char *program = porch_program_find ("porchlight-window", "ui");

  argv[0] = program;
  execv (program, argv);
  g_printerr (_ ("porchlight: The window cannot be opened: %s: %s\n"), program, g_strerror (errno));
  return PORCH_CLI_FAILED;
}

/* What could not be written, to a full disk for instance, is no success. A reader that has gone,
 * such as head, has seen enough, and is told nothing. */
static PorchCliExit
close_output (PorchCliExit code)
{
  gboolean failed = ferror (stdout) != 0;

  if (fclose (stdout) == 0 && !failed)
    return code;

  if (errno != EPIPE)
    g_printerr (_ ("porchlight: The output cannot be written: %s\n"), g_strerror (errno));

  return code == PORCH_CLI_OK ? PORCH_CLI_FAILED : code;
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, PORCH_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (argc < 2 || g_str_has_prefix (argv[1], "porchlight:"))
    return become_window (argv);

  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    {
      print_help ();
      return PORCH_CLI_OK;
    }
  if (g_str_equal (argv[1], "--version"))
    {
      g_print ("porchlight %s\n", PORCH_VERSION);
      return PORCH_CLI_OK;
    }

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (argv[1], verbs[i].name))
      {
        return close_output (verbs[i].run (argc - 1, argv + 1));
      }

  g_printerr (_ ("porchlight: There is no verb “%s”; see porchlight --help\n"), argv[1]);
  return PORCH_CLI_USAGE;
}
