/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlightd: the command line, the block that says where the server is, and the signals that end
 * it. Everything else is PorchServer's, or porch_user_command_run()'s.
 */

#define G_LOG_DOMAIN "porch-server"

#include "config.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/porch-backup-command.h"
#include "server/porch-config-file.h"
#include "server/porch-log.h"
#include "server/porch-server.h"
#include "server/porch-user-command.h"

#define DEMO_MAX   1000
#define EXIT_USAGE 2

typedef struct
{
  PorchConfig *config;
  PorchServer *server;
  GMainLoop *loop;
  int exit_code;
  gboolean is_started;
  gboolean is_stopping;
} Main;

/* An option that says what a key of the configuration file says, and outranks it. */
typedef struct
{
  const char *option;
  const char *group;
  const char *key;
} Override;

static const Override overrides[] = {
  { "--data", "server", "data" },
  { "-d", "server", "data" },
  { "--listen", "server", "listen" },
  { "-l", "server", "listen" },
  { "--tls-cert", "server", "tls-certificate" },
  { "--tls-key", "server", "tls-key" },
  { "--name", "server", "name" },
  { "--public-url", "server", "public-url" },
  { "--allow-origin", "server", "allowed-origins" },
  { "--allow-signup", "sign-in", "allow-signup" },
  { "--max-per-address", "server", "max-per-address" },
  { "--heartbeat", "server", "heartbeat" },
};

typedef struct
{
  const Override *override;
  char *value;
} Chosen;

static GArray *chosen; /* Chosen, in the order of the command line */
static char *option_config;
static int option_demo;
static gboolean option_verbose;
static gboolean option_version;

/* Kept until the file is read. */
static gboolean
on_override_cb (const char *option, const char *value, gpointer user_data, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (overrides); i++)
    if (g_str_equal (overrides[i].option, option))
      {
        Chosen choice = { &overrides[i], g_strdup (value != NULL ? value : "true") };

        g_array_append_val (chosen, choice);
        return TRUE;
      }

  g_return_val_if_reached (FALSE);
}

static const GOptionEntry entries[] = {
  { "config", 'c', 0, G_OPTION_ARG_FILENAME, &option_config,
    "Read what is not said here from FILE; see porchlightd.conf(5)", "FILE" },
  { "data", 'd', G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, on_override_cb,
    "Where the database and the secrets are", "DIR" },
  { "listen", 'l', 0, G_OPTION_ARG_CALLBACK, on_override_cb,
    "Address and port (127.0.0.1:8080; port 0 for any that is free)", "ADDRESS:PORT" },
  { "tls-cert", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, on_override_cb,
    "Serve HTTPS with this certificate, PEM", "FILE" },
  { "tls-key", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, on_override_cb,
    "The certificate's private key, PEM", "FILE" },
  { "name", 0, 0, G_OPTION_ARG_CALLBACK, on_override_cb, "What people see this server called",
    "NAME" },
  { "public-url", 0, 0, G_OPTION_ARG_CALLBACK, on_override_cb,
    "The address that clients use, where a proxy stands in front", "URL" },
  { "allow-origin", 0, 0, G_OPTION_ARG_CALLBACK, on_override_cb,
    "Let web pages of this origin use the server; of several, with ; between", "ORIGIN" },
  { "allow-signup", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_override_cb,
    "Let anybody make themselves an account", NULL },
  { "max-per-address", 0, 0, G_OPTION_ARG_CALLBACK, on_override_cb,
    "Connections from one address (500); this machine's own are not counted", "N" },
  { "heartbeat", 0, 0, G_OPTION_ARG_CALLBACK, on_override_cb,
    "How often clients say that their person is there: 30 to 120 (30)", "SECONDS" },
  { "demo", 0, 0, G_OPTION_ARG_INT, &option_demo, "Simulate so many people", "N" },
  { "verbose", 'v', 0, G_OPTION_ARG_NONE, &option_verbose, "Say what happens", NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, "Print the version", NULL },
  G_OPTION_ENTRY_NULL,
};

static void
on_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Main *self = user_data;

  porch_server_stop_finish (PORCH_SERVER (object), result, NULL);
  g_main_loop_quit (self->loop);
}

/* Asked twice, it goes at once. */
static gboolean
on_terminate_cb (gpointer user_data)
{
  Main *self = user_data;

  if (!self->is_started || self->is_stopping)
    {
      g_main_loop_quit (self->loop);
      return G_SOURCE_CONTINUE;
    }

  g_message ("Stopping");
  self->is_stopping = TRUE;
  porch_server_stop_async (self->server, on_stopped_cb, self);

  return G_SOURCE_CONTINUE;
}

static void
print_welcome (Main *self)
{
  g_print ("Porchlight server %s: %s\n", PORCH_VERSION, self->config->name);
  g_print ("Address: %s\n", porch_server_get_address (self->server));
  g_print ("Data: %s\n", self->config->data_dir);
  if (self->config->demo > 0)
    g_print ("Demo: %u simulated people\n", self->config->demo);
  g_print ("Type the address into Porchlight.");
  if (self->config->supabase_url == NULL)
    g_print (" To add a person:\n"
             "  porchlightd --data %s user add EMAIL --name \"First Last\"",
             self->config->data_dir);
  g_print ("\n");
  fflush (stdout);
}

static void
on_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Main *self = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_server_start_finish (self->server, result, &error))
    {
      self->is_started = TRUE;
      print_welcome (self);
      return;
    }

  g_printerr ("porchlightd: %s\n", error->message);
  self->exit_code = EXIT_FAILURE;
  g_main_loop_quit (self->loop);
}

static int
serve (PorchConfig *config)
{
  g_autoptr (PorchClock) clock = porch_clock_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  Main self = { .config = config, .loop = loop, .exit_code = EXIT_SUCCESS };

  self.server = porch_server_new (clock, config, &error);
  if (self.server == NULL)
    {
      g_printerr ("porchlightd: %s\n", error->message);
      return EXIT_FAILURE;
    }

  g_unix_signal_add (SIGTERM, on_terminate_cb, &self);
  g_unix_signal_add (SIGINT, on_terminate_cb, &self);
  porch_server_start_async (self.server, on_started_cb, &self);
  g_main_loop_run (loop);
  g_clear_object (&self.server);

  return self.exit_code;
}

static void
print_faults (GPtrArray *faults, const char *place)
{
  for (guint i = 0; i < faults->len; i++)
    {
      const PorchConfigFault *fault = g_ptr_array_index (faults, i);

      if (fault->line > 0)
        g_printerr ("%s:%u: %s\n", place, fault->line, fault->message);
      else
        g_printerr ("%s: %s\n", place, fault->message);
    }
}

/* The file's values, and over them the command line's. Says all that is wrong with either. */
static gboolean
configure (PorchConfig *config)
{
  g_autoptr (GPtrArray) in_file = porch_config_faults_new ();
  g_autoptr (GPtrArray) in_options = porch_config_faults_new ();

  if (option_config != NULL)
    porch_config_file_read (option_config, config, in_file);
  for (guint i = 0; i < chosen->len; i++)
    {
      const Chosen *choice = &g_array_index (chosen, Chosen, i);

      porch_config_set (config, choice->override->group, choice->override->key, choice->value, 0,
                        in_options);
    }
  if (option_demo < 0 || option_demo > DEMO_MAX)
    porch_config_add_fault (in_options, 0, "--demo takes a number up to 1000");
  config->demo = option_demo;
  if (option_verbose)
    config->log_level = G_LOG_LEVEL_DEBUG;

  porch_config_check (config, option_config != NULL ? in_file : in_options);
  print_faults (in_file, option_config);
  print_faults (in_options, "porchlightd");

  return in_file->len == 0 && in_options->len == 0;
}

static gboolean
read_secrets (PorchConfig *config)
{
  g_autoptr (GPtrArray) faults = porch_config_faults_new ();

  if (porch_config_read_secrets (config, faults))
    return TRUE;

  print_faults (faults, option_config != NULL ? option_config : "porchlightd");

  return FALSE;
}

static int
run (int argc, char **argv, PorchConfig *config)
{
  const char *command = argc > 1 ? argv[1] : NULL;
  gboolean is_check = g_strcmp0 (command, "check-config") == 0;

  if (is_check && argc > 2)
    option_config = argv[2];
  if (!configure (config))
    return EXIT_USAGE;

  porch_log_set_up (config->log_format, config->log_level);
  if (g_strcmp0 (command, "user") == 0)
    return config->store_backend == PORCH_STORE_BACKEND_POSTGRES && !read_secrets (config)
               ? EXIT_USAGE
               : porch_user_command_run (argc - 1, argv + 1, config);

  if (g_strcmp0 (command, "backup") == 0)
    return porch_backup_command_run (argc - 1, argv + 1, config);

  if (command != NULL && !is_check)
    {
      g_printerr ("porchlightd: unknown command; see --help\n");
      return EXIT_USAGE;
    }
  if (!read_secrets (config))
    return EXIT_USAGE;
  if (!is_check)
    return serve (config);

  g_print ("%s: nothing is wrong\n", option_config != NULL ? option_config : "The options");

  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (
      "[user COMMAND … | backup FILE | check-config]");
  g_autoptr (PorchConfig) config = porch_config_new ();
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  chosen = g_array_new (FALSE, FALSE, sizeof (Chosen));
  g_option_context_set_summary (
      context, "The Porchlight server: sign-in, presence and the broker in one process.\n"
               "“porchlightd user --help” manages the people who have an account;\n"
               "“porchlightd backup FILE” copies the database while the server runs;\n"
               "“porchlightd check-config FILE” says all that is wrong with a configuration.");
  g_option_context_add_main_entries (context, entries, NULL);
  /* What follows “user” is for the command, options and all. */
  g_option_context_set_strict_posix (context, TRUE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("porchlightd: %s\n", error->message);
      return EXIT_USAGE;
    }

  if (option_version)
    {
      g_print ("porchlightd %s\n", PORCH_VERSION);
      return EXIT_SUCCESS;
    }

  return run (argc, argv, config);
}
