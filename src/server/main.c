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

#include "server/porch-server.h"
#include "server/porch-user-command.h"

#define DEFAULT_LISTEN          "127.0.0.1:8080"
#define DEFAULT_MAX_PER_ADDRESS 500
#define DEMO_MAX                1000
#define EXIT_USAGE              2
/* Ours: what libraries have to say is of no use to an administrator. */
#define VERBOSE_DOMAINS "porch-server porch-presence porch-protocol"

typedef struct
{
  PorchServerOptions options;
  PorchServer *server;
  GMainLoop *loop;
  int exit_code;
} Main;

static char *option_data_dir;
static char *option_listen;
static char *option_tls_certificate;
static char *option_tls_key;
static char *option_name;
static char *option_public_url;
static char *option_allow_origin;
static gboolean option_allow_signup;
static int option_max_per_address = DEFAULT_MAX_PER_ADDRESS;
static int option_heartbeat_s = 30;
static int option_demo;
static gboolean option_verbose;
static gboolean option_version;

static const GOptionEntry entries[] = {
  { "data", 'd', 0, G_OPTION_ARG_FILENAME, &option_data_dir,
    "Where the database and the secrets are", "DIR" },
  { "listen", 'l', 0, G_OPTION_ARG_STRING, &option_listen,
    "Address and port (" DEFAULT_LISTEN "; port 0 for any that is free)", "ADDRESS:PORT" },
  { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &option_tls_certificate,
    "Serve HTTPS with this certificate, PEM", "FILE" },
  { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &option_tls_key, "The certificate's private key, PEM",
    "FILE" },
  { "name", 0, 0, G_OPTION_ARG_STRING, &option_name, "What people see this server called", "NAME" },
  { "public-url", 0, 0, G_OPTION_ARG_STRING, &option_public_url,
    "The address that clients use, where a proxy stands in front", "URL" },
  { "allow-origin", 0, 0, G_OPTION_ARG_STRING, &option_allow_origin,
    "Let web pages of this origin use the server", "ORIGIN" },
  { "allow-signup", 0, 0, G_OPTION_ARG_NONE, &option_allow_signup,
    "Let anybody make themselves an account", NULL },
  { "max-per-address", 0, 0, G_OPTION_ARG_INT, &option_max_per_address,
    "Connections from one address (500); this machine's own are not counted", "N" },
  { "heartbeat", 0, 0, G_OPTION_ARG_INT, &option_heartbeat_s,
    "How often clients say that their person is there: 30 to 120 (30)", "SECONDS" },
  { "demo", 0, 0, G_OPTION_ARG_INT, &option_demo, "Simulate so many people", "N" },
  { "verbose", 'v', 0, G_OPTION_ARG_NONE, &option_verbose, "Say what happens", NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, "Print the version", NULL },
  G_OPTION_ENTRY_NULL,
};

static gboolean
on_terminate_cb (gpointer user_data)
{
  Main *self = user_data;

  g_message ("Stopping");
  porch_server_stop (self->server);
  g_main_loop_quit (self->loop);

  return G_SOURCE_CONTINUE;
}

static void
print_welcome (Main *self)
{
  g_print ("Porchlight server %s: %s\n", PORCH_VERSION, self->options.name);
  g_print ("Address: %s\n", porch_server_get_address (self->server));
  g_print ("Data: %s\n", self->options.data_dir);
  if (self->options.demo > 0)
    g_print ("Demo: %u simulated people\n", self->options.demo);
  g_print ("Type the address into Porchlight. To add a person:\n"
           "  porchlightd --data %s user add EMAIL --name \"First Last\"\n",
           self->options.data_dir);
  fflush (stdout);
}

static void
on_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Main *self = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_server_start_finish (self->server, result, &error))
    {
      print_welcome (self);
      return;
    }

  g_printerr ("porchlightd: %s\n", error->message);
  self->exit_code = EXIT_FAILURE;
  g_main_loop_quit (self->loop);
}

static int
serve (void)
{
  g_autofree char *default_name = g_strdup_printf ("Porchlight on %s", g_get_host_name ());
  g_autoptr (PorchClock) clock = porch_clock_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  Main self = { .loop = loop, .exit_code = EXIT_SUCCESS };

  self.options.data_dir = option_data_dir;
  self.options.listen = option_listen != NULL ? option_listen : DEFAULT_LISTEN;
  self.options.tls_certificate = option_tls_certificate;
  self.options.tls_key = option_tls_key;
  self.options.name = option_name != NULL ? option_name : default_name;
  self.options.public_url = option_public_url;
  self.options.allowed_origin = option_allow_origin;
  self.options.allow_signup = option_allow_signup;
  self.options.max_per_address = option_max_per_address;
  self.options.heartbeat_s = option_heartbeat_s;
  self.options.demo = option_demo;

  self.server = porch_server_new (clock, &self.options, &error);
  if (self.server == NULL)
    {
      g_printerr ("porchlightd: %s\n", error->message);
      return EXIT_FAILURE;
    }

  g_unix_signal_add (SIGTERM, on_terminate_cb, &self);
  g_unix_signal_add (SIGINT, on_terminate_cb, &self);
  porch_server_start_async (self.server, &self.options, on_started_cb, &self);
  g_main_loop_run (loop);
  g_clear_object (&self.server);

  return self.exit_code;
}

/* What is wrong with the options; NULL where nothing is. */
static const char *
find_fault (void)
{
  if ((option_tls_certificate == NULL) != (option_tls_key == NULL))
    return "--tls-cert and --tls-key belong together";
  if (option_demo < 0 || option_demo > DEMO_MAX)
    return "--demo takes a number up to 1000";
  if (option_heartbeat_s < 30 || option_heartbeat_s > 120)
    return "--heartbeat takes a number from 30 to 120";
  if (option_max_per_address < 1)
    return "--max-per-address takes a number above 0";

  return NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("[user COMMAND …]");
  g_autoptr (GError) error = NULL;
  const char *fault;

  setlocale (LC_ALL, "");
  /* Standard output is for what was asked for. */
  g_log_writer_default_set_use_stderr (TRUE);
  g_option_context_set_summary (
      context, "The Porchlight server: sign-in, presence and the broker in one process.\n"
               "“porchlightd user --help” manages the people who have an account.");
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
  if (option_verbose)
    g_setenv ("G_MESSAGES_DEBUG", VERBOSE_DOMAINS, FALSE);
  if (option_data_dir == NULL)
    option_data_dir = g_build_filename (g_get_user_data_dir (), "porchlightd", NULL);

  if (argc > 1 && g_str_equal (argv[1], "user"))
    return porch_user_command_run (argc - 1, argv + 1, option_data_dir);

  fault = argc > 1 ? "unknown command; see --help" : find_fault ();
  if (fault != NULL)
    {
      g_printerr ("porchlightd: %s\n", fault);
      return EXIT_USAGE;
    }

  return serve ();
}
