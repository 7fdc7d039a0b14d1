/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What a screen reader is told, asked over AT-SPI as a screen reader asks: the registry of a
 * session bus of its own, our window's tree, roles and names.
 */

#include <adwaita.h>
#include <glib/gstdio.h>
#include <stdlib.h>

#include "bus/porch-agent-proxy.h"
#include "porch-fake-agent.h"
#include "ui/porch-window.h"

#define ACCESSIBLE "org.a11y.atspi.Accessible"
#define REGISTRY   "org.a11y.atspi.Registry"
#define ROOT       "/org/a11y/atspi/accessible/root"
#define MAX_DEPTH  24

static GTestDBus *bus;
static GDBusConnection *reader;

static void
on_called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Asks, and lets the main loop run: it is this process that answers. */
static GVariant *
call (const char *name,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *parameters,
      const char *type)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_call (reader, name, path, interface, method, parameters, G_VARIANT_TYPE (type),
                          G_DBUS_CALL_FLAGS_NONE, 10000, NULL, on_called_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return g_dbus_connection_call_finish (reader, result, NULL);
}

static char *
get_name (const char *name, const char *path)
{
  g_autoptr (GVariant) reply = call (name, path, "org.freedesktop.DBus.Properties", "Get",
                                     g_variant_new ("(ss)", ACCESSIBLE, "Name"), "(v)");
  g_autoptr (GVariant) value = NULL;

  if (reply == NULL)
    return g_strdup ("");
  g_variant_get (reply, "(v)", &value);

  return g_variant_dup_string (value, NULL);
}

static char *
get_role (const char *name, const char *path)
{
  g_autoptr (GVariant) reply = call (name, path, ACCESSIBLE, "GetRoleName", NULL, "(s)");
  char *role = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(s)", &role);

  return role != NULL ? role : g_strdup ("");
}

/* One line for each thing that has a name: "list item: Ann Marsh, online". */
static void
read_tree (GString *text, const char *name, const char *path, guint depth)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariantIter) children = NULL;
  g_autofree char *own_name = get_name (name, path);
  g_autofree char *role = get_role (name, path);
  const char *child_name, *child_path;

  if (*own_name != '\0')
    g_string_append_printf (text, "%s: %s\n", role, own_name);

  reply = call (name, path, ACCESSIBLE, "GetChildren", NULL, "(a(so))");
  if (reply == NULL || depth == MAX_DEPTH)
    return;

  g_variant_get (reply, "(a(so))", &children);
  while (g_variant_iter_next (children, "(&s&o)", &child_name, &child_path))
    read_tree (text, child_name, child_path, depth + 1);
}

static gboolean
on_moment_over_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
wait_a_moment (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (50, on_moment_over_cb, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* All that there is to hear, once @line is among it: widgets come and change with the frames. */
static char *
read_aloud (const char *line)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 200; i++)
    {
      g_string_truncate (text, 0);
      read_tree (text, REGISTRY, ROOT, 0);
      if (strstr (text->str, line) != NULL)
        break;
      wait_a_moment ();
    }

  return g_strdup (text->str);
}

static void
assert_says (const char *text, const char *line)
{
  if (strstr (text, line) == NULL)
    g_error ("No \"%s\" in what a screen reader is told:\n%s", line, text);
}

static void
test_window (void)
{
  const GDBusConnectionFlags flags = G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                     | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION;
  /* 2024-01-17 09:12 UTC, and today for the other. */
  const gint64 since_us = G_GINT64_CONSTANT (1705482720) * G_USEC_PER_SEC;
  PorchContactState online = { PORCH_STATUS_ONLINE, PORCH_STATUS_ONLINE, g_get_real_time (),
                               since_us, 0 };
  PorchContactState offline = { PORCH_STATUS_OFFLINE, PORCH_STATUS_OFFLINE,
                                g_get_real_time () - 5 * G_TIME_SPAN_MINUTE, 0, 0 };
  g_autoptr (GDBusConnection) agent_end = NULL;
  g_autoptr (GDBusConnection) window_end = NULL;
  g_autoptr (PorchFakeAgent) fake = NULL;
  g_autoptr (PorchAgentProxy) agent = NULL;
  g_autofree char *text = NULL;
  GtkWidget *window;
  gboolean ready = FALSE;

  agent_end = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus), flags,
                                                      NULL, NULL, NULL);
  window_end = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus), flags,
                                                       NULL, NULL, NULL);
  fake = porch_fake_agent_new (agent_end, TRUE);
  porch_fake_agent_add (fake, "ann", "Ann Marsh", &online);
  porch_fake_agent_add (fake, "ben", "Ben Okafor", &offline);
  agent = porch_agent_proxy_new (window_end, FALSE);
  window = porch_window_new (NULL, agent);
  gtk_window_present (GTK_WINDOW (window));
  while (!ready)
    {
      g_main_context_iteration (NULL, TRUE);
      g_object_get (agent, "ready", &ready, NULL);
    }

  text = read_aloud ("list item: Ann Marsh, online since 01/17/24 09:12\n");
  assert_says (text, "list item: Ann Marsh, online since 01/17/24 09:12\n");
  assert_says (text, "list: People\n");
  assert_says (text, "list item: Ben Okafor, last active 5m ago\n");
  assert_says (text, "list item: Online, 1 person\n");
  assert_says (text, "image: Robin Ashe, online\n");
  assert_says (text, "Add Someone\n");
  assert_says (text, "Search\n");
  assert_says (text, "Main Menu\n");
  assert_says (text, "Your Status\n");

  /* And what changes is told. */
  porch_roster_mirror (porch_fake_agent_get_roster (fake),
                       porch_roster_lookup (porch_fake_agent_get_roster (fake), "ben"), &online);
  while (porch_roster_get_n_online (porch_agent_proxy_get_roster (agent)) < 2)
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&text, g_free);
  text = read_aloud ("list item: Ben Okafor, online since 01/17/24 09:12\n");
  assert_says (text, "list item: Ben Okafor, online since 01/17/24 09:12\n");
  assert_says (text, "list item: Online, 2 people\n");

  gtk_widget_activate_action (window, "win.show-person", "s", "ann");
  g_clear_pointer (&text, g_free);
  text = read_aloud ("Copy User ID\n");
  assert_says (text, "Copy User ID\n");
  assert_says (text, "image: Ann Marsh, online\n");
  assert_says (text, "Remove from List\n");

  gtk_window_destroy (GTK_WINDOW (window));
}

/* Connects to the bus that screen readers use, or returns %FALSE where this computer has none. */
static gboolean
start_accessibility (void)
{
  g_autofree char *display = g_strdup (g_getenv ("DISPLAY"));
  g_autoptr (GDBusConnection) session = NULL;
  g_autoptr (GVariant) reply = NULL;
  const char *address;

  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_add_service_dir (bus, "/usr/share/dbus-1/services");
  g_test_dbus_up (bus);
  g_setenv ("DISPLAY", display, TRUE);

  session = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, NULL);
  reply = g_dbus_connection_call_sync (session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus",
                                       "GetAddress", NULL, G_VARIANT_TYPE ("(s)"),
                                       G_DBUS_CALL_FLAGS_NONE, 10000, NULL, NULL);
  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(&s)", &address);
  reader = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, NULL);

  return reader != NULL;
}

static gboolean
is_empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  return dir == NULL || g_dir_read_name (dir) == NULL;
}

static void
remove_cache (const char *cache)
{
  static const char *const left[] = { "at-spi", "dconf/user", "dconf", "" };
  g_autofree char *sockets = g_build_filename (cache, "at-spi", NULL);

  /* The accessibility bus ends a little after the session's, and takes its socket along. */
  for (guint i = 0; i < 200 && !is_empty (sockets); i++)
    g_usleep (10000);

  for (guint i = 0; i < G_N_ELEMENTS (left); i++)
    {
      g_autofree char *path = g_build_filename (cache, left[i], NULL);

      g_remove (path);
    }
}

int
main (int argc, char *argv[])
{
  g_autofree char *cache = g_dir_make_tmp ("porch-accessibility-XXXXXX", NULL);
  g_autoptr (AdwApplication) application = NULL;
  int result;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", cache, TRUE);
  g_setenv ("GTK_A11Y", "atspi", TRUE);
  g_test_init (&argc, &argv, NULL);

  if (!start_accessibility ())
    {
      g_test_dbus_stop (bus);
      g_printerr ("The accessibility bus (at-spi2-core) is not installed\n");
      return 77;
    }

  application = adw_application_new ("app.porchlight.Porchlight", G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add_func ("/ui/accessibility/window", test_window);

  result = g_test_run ();
  g_test_dbus_stop (bus);
  remove_cache (cache);

  return result;
}
