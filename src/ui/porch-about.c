/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* About Porchlight, with what whoever reads a report of a fault needs to know: versions, the
 * desktop and what of it answers. It goes into public places: nothing in it names the person, their
 * account or anybody on their list.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-about.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

/* The parts of a desktop that Porchlight uses where they are there. */
static const struct
{
  const char *what;
  const char *bus_name;
} desktop_parts[] = {
  { "Tray host", "org.kde.StatusNotifierWatcher" },
  { "Notifications", "org.freedesktop.Notifications" },
  { "Keyring", "org.freedesktop.secrets" },
  { "Portal", "org.freedesktop.portal.Desktop" },
};

static void
append (GString *info, const char *what, const char *value)
{
  g_string_append_printf (info, "%s: %s\n", what, value != NULL && *value != '\0' ? value : "none");
}

static void
append_versions (GString *info, PorchAgentProxy *agent)
{
  g_string_append_printf (info, "Porchlight: %s\n", PORCH_VERSION);
  append (info, "Agent", porch_agent_proxy_get_version (agent));
  g_string_append_printf (info, "GLib: %u.%u.%u\n", glib_major_version, glib_minor_version,
                          glib_micro_version);
  g_string_append_printf (info, "GTK: %u.%u.%u\n", gtk_get_major_version (),
                          gtk_get_minor_version (), gtk_get_micro_version ());
  g_string_append_printf (info, "libadwaita: %u.%u.%u\n", adw_get_major_version (),
                          adw_get_minor_version (), adw_get_micro_version ());
}

static void
append_desktop (GString *info, const char *const *bus_names)
{
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  GdkDisplay *display = gdk_display_get_default ();

  append (info, "System", system);
  append (info, "Flatpak", g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) ? "yes" : "no");
  append (info, "Desktop", g_getenv ("XDG_CURRENT_DESKTOP"));
  append (info, "Session type", g_getenv ("XDG_SESSION_TYPE"));
  append (info, "Display", display != NULL ? G_OBJECT_TYPE_NAME (display) : NULL);
  append (info, "Language", g_get_language_names ()[0]);
  for (guint i = 0; i < G_N_ELEMENTS (desktop_parts); i++)
    append (info, desktop_parts[i].what,
            g_strv_contains (bus_names, desktop_parts[i].bus_name) ? "yes" : "no");
}

static void
append_agent (GString *info, PorchAgentProxy *agent)
{
  g_auto (GStrv) lock_sources = porch_agent_proxy_dup_lock_sources (agent);
  g_autofree char *locks = g_strjoinv (", ", lock_sources);
  g_autoptr (GUri) server = g_uri_parse (porch_agent_proxy_get_server (agent), G_URI_FLAGS_NONE,
                                         NULL);
  guint n_people = g_list_model_get_n_items (G_LIST_MODEL (porch_agent_proxy_get_roster (agent)));

  append (info, "Agent runs", porch_agent_proxy_get_running (agent) ? "yes" : "no");
  append (info, "Idle source", porch_agent_proxy_get_idle_source (agent));
  append (info, "Lock sources", locks);
  append (info, "Account's host", server != NULL ? g_uri_get_host (server) : NULL);
  append (info, "Account's state", porch_agent_proxy_get_state (agent));
  append (info, "Trouble", porch_agent_proxy_get_error_code (agent));
  g_string_append_printf (info, "People on the list: %u\n", n_people);
}

/* Asks the bus itself, which always answers. */
static char **
list_bus_names (void)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) reply = NULL;
  char **names = NULL;

  if (bus != NULL)
    reply = g_dbus_connection_call_sync (
        bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames",
        NULL, G_VARIANT_TYPE ("(as)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  if (reply != NULL)
    g_variant_get (reply, "(^as)", &names);

  return names != NULL ? names : g_new0 (char *, 1);
}

/**
 * porch_about_show:
 * @parent: the window that it belongs to
 * @agent: the agent
 *
 * Opens the window about Porchlight.
 */
void
porch_about_show (GtkWindow *parent, PorchAgentProxy *agent)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (agent));

  g_auto (GStrv) bus_names = list_bus_names ();
  g_autofree char *debug_info = porch_about_format_debug_info (agent,
                                                               (const char *const *) bus_names);

  adw_show_about_window (
      parent, "application-name", "Porchlight", "application-icon", PORCH_APPLICATION_ID, "version",
      PORCH_VERSION, "developer-name", _ ("The Porchlight developers"), "copyright",
      "© 2026 The Porchlight developers", "license-type", GTK_LICENSE_GPL_3_0, "comments",
      _ ("See who is online, and since when."), "debug-info", debug_info, "debug-info-filename",
      "porchlight-debug-info.txt", "translator-credits",
      /* Translators: your names, one a line. */
      _ ("translator-credits"), NULL);
}

/**
 * porch_about_format_debug_info:
 * @agent: the agent
 * @bus_names: (array zero-terminated=1): the names on the session bus
 *
 * Returns: (transfer full): what a report of a fault needs, in English for whoever mends it
 */
char *
porch_about_format_debug_info (PorchAgentProxy *agent, const char *const *bus_names)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (agent), NULL);
  g_return_val_if_fail (bus_names != NULL, NULL);

  GString *info = g_string_new (NULL);

  append_versions (info, agent);
  append_desktop (info, bus_names);
  append_agent (info, agent);

  return g_string_free (info, FALSE);
}
