/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight-agent: the presence monitor itself, in the person's session all day. This makes the
 * clock, the bus and PorchAgentService, and ends them well: by Quit, by a signal, with the session
 * bus, or with its own uninstallation, the person is offline before it is gone.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "config.h"

#include "agent/porch-agent-service.h"
#include "bus/porch-agent-proxy.h"
#include "bus/porch-removal.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>

/* The end waits for the server's answer 2 s at most in all, whatever hangs. */
#define STOP_TIMEOUT_MS 1900

/* What --verbose shows. */
#define OWN_LOG_DOMAINS                                                                            \
  "porch-presence porch-protocol porch-client porch-store porch-desktop porch-bus porch-agent"

/* Threads are few and rest: one arena for each would only hold memory. */
#define ARENAS_MAX 2

typedef struct
{
  GMainLoop *loop;
  PorchClock *clock;
  GDBusConnection *bus;
  PorchAgentService *service;
  PorchRemoval *removal;
  guint name_id;
  guint stop_timeout_id;
  gboolean stopping;
  int exit_code;
} Agent;

static gboolean
on_stop_timeout_cb (gpointer user_data)
{
  Agent *agent = user_data;

  agent->stop_timeout_id = 0;
  g_message ("The server does not answer; not waiting any longer");
  g_main_loop_quit (agent->loop);
  return G_SOURCE_REMOVE;
}

static void
on_stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Agent *agent = user_data;

  porch_agent_service_stop_finish (PORCH_AGENT_SERVICE (source), result);
  g_main_loop_quit (agent->loop);
}

static void
stop (Agent *agent)
{
  if (agent->stopping)
    return;

  agent->stopping = TRUE;
  if (agent->service == NULL)
    {
      g_main_loop_quit (agent->loop);
      return;
    }

  agent->stop_timeout_id = porch_clock_add_timeout (agent->clock, STOP_TIMEOUT_MS,
                                                    on_stop_timeout_cb, agent);
  porch_agent_service_stop_async (agent->service, on_stopped_cb, agent);
}

static gboolean
on_signal_cb (gpointer user_data)
{
  stop (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_bus_closed_cb (GDBusConnection *bus,
                  gboolean remote_peer_vanished,
                  GError *error,
                  gpointer user_data)
{
  g_message ("The session is over");
  stop (user_data);
}

static void
on_name_lost_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  Agent *agent = user_data;

  /* Without a bus, the connection's own end tells. */
  if (bus == NULL || g_dbus_connection_is_closed (bus) || agent->stopping)
    return;

  g_print ("%s\n", _ ("Porchlight is already running."));
  stop (agent);
}

static void
on_started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Agent *agent = user_data;
  g_autoptr (GError) error = NULL;

  if (agent->stopping)
    return;

  if (!porch_agent_service_start_finish (agent->service, result, &error))
    {
      g_printerr ("%s\n", error->message);
      agent->exit_code = EXIT_FAILURE;
      stop (agent);
      return;
    }

  agent->name_id = g_bus_own_name_on_connection (agent->bus, PORCH_AGENT_BUS_NAME,
                                                 G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL,
                                                 on_name_lost_cb, agent, NULL);
}

static void
start (Agent *agent)
{
  g_autofree char *data = g_build_filename (g_get_user_data_dir (), "porchlight", NULL);
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "porchlight", NULL);

  agent->service = porch_agent_service_new (agent->bus, agent->clock, data, cache);
  g_signal_connect_swapped (agent->service, "quit", G_CALLBACK (stop), agent);
  porch_agent_service_start_async (agent->service, on_started_cb, agent);
}

static void
on_owner_known_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Agent *agent = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              NULL);
  gboolean owned = FALSE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &owned);
  if (agent->stopping)
    return;

  /* A second agent does not even open the first one's database. */
  if (owned)
    on_name_lost_cb (agent->bus, PORCH_AGENT_BUS_NAME, agent);
  else
    start (agent);
}

static void
on_bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Agent *agent = user_data;
  g_autoptr (GError) error = NULL;

  agent->bus = g_bus_get_finish (result, &error);
  if (agent->bus == NULL)
    {
      g_printerr (_ ("There is no session bus, which Porchlight needs: %s\n"), error->message);
      agent->exit_code = EXIT_FAILURE;
      stop (agent);
      return;
    }

  g_dbus_connection_set_exit_on_close (agent->bus, FALSE);
  g_signal_connect (agent->bus, "closed", G_CALLBACK (on_bus_closed_cb), agent);
  g_dbus_connection_call (agent->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "NameHasOwner",
                          g_variant_new ("(s)", PORCH_AGENT_BUS_NAME), G_VARIANT_TYPE ("(b)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_owner_known_cb, agent);
}

static void
run (Agent *agent)
{
  const int ends[] = { SIGTERM, SIGINT, SIGHUP };

  /* A file that may not grow is an error to be told, and not the end. */
  signal (SIGXFSZ, SIG_IGN);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    g_unix_signal_add (ends[i], on_signal_cb, agent);

  agent->loop = g_main_loop_new (NULL, FALSE);
  agent->clock = porch_clock_new ();
  agent->removal = porch_removal_new ("/app");
  g_signal_connect_swapped (agent->removal, "removed", G_CALLBACK (stop), agent);
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus_cb, agent);
  g_main_loop_run (agent->loop);

  /* The signals stay caught: one more of them shall not make a good end look like a bad one. */
  porch_clock_clear_timeout (agent->clock, &agent->stop_timeout_id);
  g_clear_handle_id (&agent->name_id, g_bus_unown_name);
  g_clear_object (&agent->service);
  g_clear_object (&agent->removal);
  if (agent->bus != NULL)
    {
      g_signal_handlers_disconnect_by_data (agent->bus, agent);
      if (!g_dbus_connection_is_closed (agent->bus))
        g_dbus_connection_flush_sync (agent->bus, NULL, NULL);
    }
  g_clear_object (&agent->bus);
  g_clear_object (&agent->clock);
  g_clear_pointer (&agent->loop, g_main_loop_unref);
}

int
main (int argc, char *argv[])
{
  gboolean show_version = FALSE;
  gboolean verbose = FALSE;
  const GOptionEntry entries[] = {
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, N_ ("Say what happens"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &show_version, N_ ("Print the version and exit"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, PORCH_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  mallopt (M_ARENA_MAX, ARENAS_MAX);

  g_option_context_set_summary (context, _ ("Keeps your own light on and watches your contacts'."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
    {
      g_printerr ("%s\n",
                  error != NULL ? error->message : _ ("porchlight-agent takes no arguments."));
      return 2;
    }
  if (show_version)
    {
      g_print ("porchlight-agent %s\n", PORCH_VERSION);
      return EXIT_SUCCESS;
    }
  g_log_writer_default_set_use_stderr (TRUE);
  if (verbose)
    g_setenv ("G_MESSAGES_DEBUG", OWN_LOG_DOMAINS, FALSE);

  Agent agent = { 0 };
  run (&agent);
  return agent.exit_code;
}
