/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight sign-in and porchlight set-up: asks for what the chosen way in needs, one thing after
 * another, and names the host that gets it first.
 */

#define G_LOG_DOMAIN "porch-cli"

#include "cli/porch-cli.h"

#include "config.h"

#include "bus/porch-sign-in-proxy.h"
#include "cli/porch-cli-password.h"
#include "cli/porch-cli-text.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A person has so many tries at a code. */
#define CODE_TRIES 3

/* What the command line says of the sign-in, and what is found out on the way. */
typedef struct
{
  PorchAgentProxy *agent;
  PorchServerInfo *server;
  const char *email; /* NULL where none was given */
  gboolean this_run_only;
  gboolean code;
  gboolean new_account;
  char *provider;
} Entrance;

static void
entrance_clear (Entrance *entrance)
{
  g_clear_object (&entrance->agent);
  g_clear_pointer (&entrance->server, porch_server_info_free);
  g_free (entrance->provider);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entrance, entrance_clear)

static gboolean
finish (Entrance *entrance, GAsyncResult **result, GError **error)
{
  return porch_agent_proxy_call_finish (entrance->agent, porch_cli_wait (result), error);
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

static gboolean
enter (Entrance *entrance, const char *way, const char *secret, GError **error)
{
  GError *own_error = NULL;

  for (;;)
    {
      g_autoptr (GAsyncResult) result = NULL;

      porch_agent_proxy_sign_in_async (entrance->agent, entrance->server, way, entrance->email,
                                       secret, entrance->this_run_only, NULL, porch_cli_take_result,
                                       &result);
      if (finish (entrance, &result, &own_error))
        return TRUE;

      if (entrance->this_run_only
          || !g_error_matches (own_error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NO_SECRET_SERVICE)
          || !ask_for_this_run_only (own_error))
        break;

      g_clear_error (&own_error);
      entrance->this_run_only = TRUE;
    }

  g_propagate_error (error, own_error);
  return FALSE;
}

/* Returns: (transfer full) (nullable): what the person typed; where NULL, they were told */
static char *
read_secret (const char *prompt, const char *if_missing)
{
  char *secret = porch_cli_read_password (prompt);

  if (secret != NULL && *secret != '\0')
    return secret;

  porch_cli_free_password (secret);
  g_printerr ("porchlight: %s\n", if_missing);
  return NULL;
}

static gboolean
is_wrong_code (const GError *error)
{
  return g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_CREDENTIALS);
}

static PorchCliExit
welcome (Entrance *entrance)
{
  g_autofree char *server = porch_cli_make_printable (entrance->server->server);

  if (entrance->email != NULL)
    /* Translators: an email address, and the address of a server */
    g_print (_ ("Signed in as %s at %s.\n"), entrance->email, server);
  else
    /* Translators: the address of a server */
    g_print (_ ("Signed in at %s.\n"), server);
  porch_cli_offer_autostart (entrance->agent);
  return PORCH_CLI_OK;
}

/* The second step: the code of an authenticator app. */
static PorchCliExit
confirm (Entrance *entrance)
{
  for (guint i = 0; i < CODE_TRIES; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      char *code = read_secret (_ ("Code of your authenticator app: "), _ ("There is no code."));

      if (code == NULL)
        return PORCH_CLI_USAGE;

      porch_agent_proxy_confirm_sign_in_async (entrance->agent, code, NULL, porch_cli_take_result,
                                               &result);
      porch_cli_free_password (code);
      if (finish (entrance, &result, &error))
        return welcome (entrance);
      if (!is_wrong_code (error) || i + 1 == CODE_TRIES || !isatty (STDIN_FILENO))
        return porch_cli_report (error);
      g_printerr ("%s\n", error->message);
    }
  return PORCH_CLI_REFUSED;
}

static PorchCliExit
enter_code (Entrance *entrance)
{
  /* Translators: an email address */
  g_autofree char *prompt = g_strdup_printf (_ ("Code that was sent to %s: "), entrance->email);

  for (guint i = 0; i < CODE_TRIES; i++)
    {
      g_autoptr (GError) error = NULL;
      char *code = read_secret (prompt, _ ("There is no code."));

      if (code == NULL)
        return PORCH_CLI_USAGE;

      gboolean entered = enter (entrance, "code", code, &error);
      porch_cli_free_password (code);
      if (entered)
        return welcome (entrance);
      if (g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_SECOND_FACTOR))
        return confirm (entrance);
      if (!is_wrong_code (error) || i + 1 == CODE_TRIES || !isatty (STDIN_FILENO))
        return porch_cli_report (error);
      g_printerr ("%s\n", error->message);
    }
  return PORCH_CLI_REFUSED;
}

static PorchCliExit
sign_in_by_code (Entrance *entrance)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_request_mail_async (entrance->agent, entrance->server, entrance->email, "code",
                                        NULL, porch_cli_take_result, &result);
  if (!finish (entrance, &result, &error))
    return porch_cli_report (error);
  return enter_code (entrance);
}

static PorchCliExit
sign_in_by_password (Entrance *entrance)
{
  g_autofree char *host = porch_cli_make_printable (entrance->server->host);
  g_autofree char *prompt = g_strdup_printf (
      /* Translators: an email address, and the host that receives the password */
      entrance->new_account ? _ ("New password for %s, sent to %s: ")
                            : _ ("Password of %s, sent to %s: "),
      entrance->email, host);
  g_autoptr (GError) error = NULL;
  char *password = read_secret (prompt, _ ("There is no password."));

  if (password == NULL)
    return PORCH_CLI_USAGE;

  gboolean entered = enter (entrance, entrance->new_account ? "new-account" : "password", password,
                            &error);
  porch_cli_free_password (password);
  if (entered)
    return welcome (entrance);
  if (g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_SECOND_FACTOR))
    return confirm (entrance);
  if (g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_CONFIRM_EMAIL))
    {
      g_printerr ("%s\n", error->message);
      return enter_code (entrance);
    }
  return porch_cli_report (error);
}

static PorchCliExit
sign_in_by_browser (Entrance *entrance)
{
  g_autoptr (GAsyncResult) started = NULL;
  g_autoptr (GAsyncResult) finished = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_start_browser_async (entrance->agent, entrance->server, entrance->provider,
                                         TRUE, entrance->this_run_only, NULL, porch_cli_take_result,
                                         &started);
  g_autofree char *address = porch_agent_proxy_start_browser_finish (
      entrance->agent, porch_cli_wait (&started), &error);
  if (address == NULL)
    return porch_cli_report (error);

  g_autofree char *printable = porch_cli_make_printable (address);
  g_print ("%s\n%s\n", _ ("Sign in in your browser. If none opens, open this address in one:"),
           printable);
  fflush (stdout);
  porch_agent_proxy_finish_browser_async (entrance->agent, NULL, porch_cli_take_result, &finished);
  if (finish (entrance, &finished, &error))
    return welcome (entrance);
  if (g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_SECOND_FACTOR))
    return confirm (entrance);
  return porch_cli_report (error);
}

static gboolean
is_offered (Entrance *entrance, const char *way)
{
  if (porch_server_info_offers (entrance->server, way))
    return TRUE;

  g_autofree char *ways = g_strjoinv (", ", entrance->server->ways);
  g_autofree char *printable = porch_cli_make_printable (ways);
  /* Translators: ways to sign in, as the command line names them */
  g_printerr (_ ("porchlight: This server does not offer that. It offers: %s\n"), printable);
  return FALSE;
}

static PorchCliExit
sign_in (Entrance *entrance)
{
  if (entrance->provider != NULL)
    {
      g_autofree char *way = g_strconcat ("browser:", entrance->provider, NULL);

      return is_offered (entrance, way) ? sign_in_by_browser (entrance) : PORCH_CLI_USAGE;
    }

  if (entrance->code)
    return is_offered (entrance, "code") ? sign_in_by_code (entrance) : PORCH_CLI_USAGE;
  if (!is_offered (entrance, entrance->new_account ? "new-account" : "password"))
    return PORCH_CLI_USAGE;
  return sign_in_by_password (entrance);
}

static gboolean
parse (Entrance *entrance, int *argc, char ***argv, const char *arguments)
{
  const GOptionEntry entries[] = {
    { "this-run-only", 0, 0, G_OPTION_ARG_NONE, &entrance->this_run_only,
      N_ ("Keep the session in memory, not in the keyring"), NULL },
    { "code", 0, 0, G_OPTION_ARG_NONE, &entrance->code,
      N_ ("Sign in with a code that is sent by email"), NULL },
    { "provider", 0, 0, G_OPTION_ARG_STRING, &entrance->provider,
      N_ ("Sign in in the browser, as at github or google"), N_ ("NAME") },
    { "new-account", 0, 0, G_OPTION_ARG_NONE, &entrance->new_account, N_ ("Make an account first"),
      NULL },
    { NULL },
  };

  return porch_cli_parse (argc, argv, entries, arguments, 1, 2);
}

/**
 * porch_cli_sign_in:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight sign-in [--this-run-only] [--code|--provider NAME|--new-account] SERVER [EMAIL]
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_sign_in (int argc, char **argv)
{
  g_auto (Entrance) entrance = { 0 };
  if (!parse (&entrance, &argc, &argv, "SERVER [EMAIL]"))
    return PORCH_CLI_USAGE;

  entrance.email = argv[2];
  if (entrance.email == NULL && entrance.provider == NULL)
    {
      g_printerr ("porchlight: %s\n", _ ("There is no email address."));
      return PORCH_CLI_USAGE;
    }

  PorchCliExit code = porch_cli_connect (TRUE, FALSE, &entrance.agent);
  if (entrance.agent == NULL)
    return code;

  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  porch_agent_proxy_discover_async (entrance.agent, argv[1], NULL, porch_cli_take_result, &result);
  entrance.server = porch_agent_proxy_discover_finish (entrance.agent, porch_cli_wait (&result),
                                                       &error);
  if (entrance.server == NULL)
    return porch_cli_report (error);

  return sign_in (&entrance);
}

/* Returns: (transfer full) (nullable): the text of a link or a file; where NULL, it was told why */
static char *
read_setup_text (const char *argument)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  if (g_str_has_prefix (argument, "porchlight:"))
    return g_strdup (argument);

  if (!g_file_get_contents (argument, &text, NULL, &error) || !g_utf8_validate (text, -1, NULL))
    {
      g_printerr ("porchlight: %s\n",
                  error != NULL ? error->message : _ ("The file is not a text."));
      g_clear_pointer (&text, g_free);
    }
  return text;
}

static void
print_problems (GVariant *problems)
{
  GVariantIter iter;
  const char *part, *sentence;

  g_variant_iter_init (&iter, problems);
  while (g_variant_iter_next (&iter, "(&s&s)", &part, &sentence))
    {
      g_autofree char *printable = porch_cli_make_printable (sentence);
      g_printerr ("porchlight: %s: %s\n", part, printable);
    }
}

/* Returns: (transfer full) (nullable): the server of a set-up, each part of which has answered */
static PorchServerInfo *
check_setup (PorchAgentProxy *agent, const char *text, PorchCliExit *code)
{
  g_autoptr (GAsyncResult) read = NULL;
  g_autoptr (GAsyncResult) checked = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_read_setup_async (agent, text, NULL, porch_cli_take_result, &read);
  g_autoptr (GVariant) setup = porch_agent_proxy_read_setup_finish (agent, porch_cli_wait (&read),
                                                                    &error);
  if (setup == NULL)
    {
      *code = porch_cli_report (error);
      return NULL;
    }

  porch_agent_proxy_check_setup_async (agent, setup, NULL, porch_cli_take_result, &checked);
  g_autoptr (PorchServerInfo) server = porch_agent_proxy_discover_finish (
      agent, porch_cli_wait (&checked), &error);
  if (server == NULL)
    {
      *code = porch_cli_report (error);
      return NULL;
    }
  if (server->problems != NULL)
    {
      print_problems (server->problems);
      *code = PORCH_CLI_UNREACHABLE;
      return NULL;
    }

  server->setup = g_variant_ref (setup);
  return g_steal_pointer (&server);
}

/**
 * porch_cli_set_up:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight set-up [options of sign-in] FILE-OR-LINK [EMAIL]
 *
 * Tries a set-up, names every host in it, and with EMAIL or --provider signs in.
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_set_up (int argc, char **argv)
{
  g_auto (Entrance) entrance = { 0 };
  if (!parse (&entrance, &argc, &argv, "FILE-OR-LINK [EMAIL]"))
    return PORCH_CLI_USAGE;

  g_autofree char *text = read_setup_text (argv[1]);
  if (text == NULL)
    return PORCH_CLI_USAGE;

  PorchCliExit code = porch_cli_connect (TRUE, FALSE, &entrance.agent);
  if (entrance.agent == NULL)
    return code;

  entrance.server = check_setup (entrance.agent, text, &code);
  if (entrance.server == NULL)
    return code;

  g_autofree char *hosts = g_strjoinv (", ", entrance.server->hosts);
  g_autofree char *ways = g_strjoinv (", ", entrance.server->ways);
  g_autofree char *printable = porch_cli_make_printable (hosts);
  /* Translators: names of hosts */
  g_print (_ ("Every part answers. Porchlight would talk to: %s\n"), printable);
  entrance.email = argv[2];
  if (entrance.email != NULL || entrance.provider != NULL)
    return sign_in (&entrance);

  /* Translators: ways to sign in, as the command line names them */
  g_print (_ ("Ways to sign in: %s\n"), ways);
  return PORCH_CLI_OK;
}
