/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Brings porchlight-window to the person, from the tray, a notification or
 * the desktop's search: by its actions on the bus, which starts it
 * where its service file is installed, else (a build tree) by running the program. It waits for
 * nothing; a window that cannot be had is logged.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-window-opener.h"

#include "config.h"

#include "bus/porch-program.h"

#define WINDOW_BUS_NAME PORCH_APPLICATION_ID
#define WINDOW_PATH     "/app/porchlight/Porchlight"

/* What to run where the bus cannot start the window: its arguments, and the token. */
typedef struct
{
  GStrvBuilder *arguments;
  char *token;
} Fallback;

static void
fallback_free (Fallback *fallback)
{
  g_strv_builder_unref (fallback->arguments);
  g_free (fallback->token);
  g_free (fallback);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fallback, fallback_free)

/* token: (nullable); option and value: (nullable): what the program is told */
static Fallback *
fallback_new (const char *token, const char *option, const char *value)
{
  Fallback *fallback = g_new0 (Fallback, 1);
  g_autofree char *program = porch_program_find ("porchlight-window", "ui");

  fallback->arguments = g_strv_builder_new ();
  fallback->token = g_strdup (token);
  g_strv_builder_add (fallback->arguments, program);
  if (option != NULL && value != NULL)
    {
      g_autofree char *argument = g_strdup_printf ("--%s=%s", option, value);
      g_strv_builder_add (fallback->arguments, argument);
    }
  else if (option != NULL)
    {
      g_autofree char *argument = g_strconcat ("--", option, NULL);
      g_strv_builder_add (fallback->arguments, argument);
    }
  return fallback;
}

static void
run_program (Fallback *fallback)
{
  g_autoptr (GSubprocessLauncher) launcher = porch_program_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_auto (GStrv) arguments = g_strv_builder_end (fallback->arguments);
  g_autoptr (GError) error = NULL;

  if (fallback->token != NULL)
    {
      g_subprocess_launcher_setenv (launcher, "XDG_ACTIVATION_TOKEN", fallback->token, TRUE);
      g_subprocess_launcher_setenv (launcher, "DESKTOP_STARTUP_ID", fallback->token, TRUE);
    }

  g_autoptr (GSubprocess) window = g_subprocess_launcher_spawnv (
      launcher, (const char *const *) arguments, &error);
  if (window == NULL)
    g_warning ("The window cannot be opened: %s", error->message);
}

static void
on_called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fallback) fallback = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);

  if (reply != NULL)
    return;

  /* The bus itself says that nobody can be had. One that is there and does not answer would not
   * answer a second one either, and without a bus the session is over. */
  if (!g_dbus_error_is_remote_error (error))
    {
      g_message ("The window does not answer: %s", error->message);
      return;
    }

  g_debug ("The bus cannot start the window: %s", error->message);
  run_program (fallback);
}

static GVariant *
build_platform_data (const char *token)
{
  g_auto (GVariantDict) data = G_VARIANT_DICT_INIT (NULL);

  if (token != NULL)
    {
      g_variant_dict_insert (&data, "activation-token", "s", token);
      g_variant_dict_insert (&data, "desktop-startup-id", "s", token);
    }
  return g_variant_dict_end (&data);
}

static void
call_window (GDBusConnection *bus, const char *method, GVariant *parameters, Fallback *fallback)
{
  g_dbus_connection_call (
      bus, WINDOW_BUS_NAME, WINDOW_PATH, "org.freedesktop.Application", method, parameters, NULL,
      fallback != NULL ? G_DBUS_CALL_FLAGS_NONE : G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL,
      fallback != NULL ? on_called_cb : NULL, fallback);
}

/* parameter: (nullable) (transfer floating) */
static void
activate_action (GDBusConnection *bus,
                 const char *action,
                 GVariant *parameter,
                 const char *token,
                 Fallback *fallback)
{
  GVariant *parameters = g_variant_new_array (
      G_VARIANT_TYPE_VARIANT,
      parameter != NULL ? (GVariant *[]){ g_variant_new_variant (parameter) } : NULL,
      parameter != NULL ? 1 : 0);

  call_window (bus, "ActivateAction",
               g_variant_new ("(s@av@a{sv})", action, parameters, build_platform_data (token)),
               fallback);
}

/**
 * porch_window_open:
 * @bus: the session bus
 * @token: (nullable): the activation token of the click that asked for it
 *
 * Opens the window, or brings it to the front.
 */
void
porch_window_open (GDBusConnection *bus, const char *token)
{
  g_return_if_fail (G_IS_DBUS_CONNECTION (bus));

  call_window (bus, "Activate", g_variant_new ("(@a{sv})", build_platform_data (token)),
               fallback_new (token, NULL, NULL));
}

/**
 * porch_window_toggle:
 * @bus: the session bus
 * @token: (nullable): the activation token of the click that asked for it
 *
 * Closes the window where it is in use, else opens it or brings it to the front.
 */
void
porch_window_toggle (GDBusConnection *bus, const char *token)
{
  g_return_if_fail (G_IS_DBUS_CONNECTION (bus));

  activate_action (bus, "toggle-window", NULL, token, fallback_new (token, NULL, NULL));
}

/**
 * porch_window_show_person:
 * @bus: the session bus
 * @user_id: a contact
 * @token: (nullable): the activation token of the click that asked for it
 *
 * Opens the page of a person.
 */
void
porch_window_show_person (GDBusConnection *bus, const char *user_id, const char *token)
{
  g_return_if_fail (G_IS_DBUS_CONNECTION (bus));
  g_return_if_fail (user_id != NULL);

  activate_action (bus, "show-person", g_variant_new_string (user_id), token,
                   fallback_new (token, "person", user_id));
}

/**
 * porch_window_show_preferences:
 * @bus: the session bus
 * @token: (nullable): the activation token of the click that asked for it
 */
void
porch_window_show_preferences (GDBusConnection *bus, const char *token)
{
  g_return_if_fail (G_IS_DBUS_CONNECTION (bus));

  activate_action (bus, "preferences", NULL, token, fallback_new (token, "preferences", NULL));
}

/**
 * porch_window_search:
 * @bus: the session bus
 * @search: what to search the list for
 * @token: (nullable): the activation token of the click that asked for it
 */
void
porch_window_search (GDBusConnection *bus, const char *search, const char *token)
{
  g_return_if_fail (G_IS_DBUS_CONNECTION (bus));
  g_return_if_fail (search != NULL);

  activate_action (bus, "search", g_variant_new_string (search), token,
                   fallback_new (token, "search", search));
}

/**
 * porch_window_quit:
 * @bus: the session bus
 *
 * Ends the window's program, where it is running.
 */
void
porch_window_quit (GDBusConnection *bus)
{
  g_return_if_fail (G_IS_DBUS_CONNECTION (bus));

  activate_action (bus, "quit", NULL, NULL, NULL);
}
