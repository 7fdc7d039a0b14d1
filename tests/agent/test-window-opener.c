/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* How the agent asks for the window: the actions, and the token that lets it take the focus. The
 * window's side is an application of the same name and actions; the window itself, and running it
 * where none is there, is in tests/desktop/test-tray-hosts.
 */

#include "agent/porch-window-opener.h"

#include "config.h"

struct _TestWindow
{
  GApplication parent_instance;

  GString *asked;
};

#define TEST_TYPE_WINDOW (test_window_get_type ())
G_DECLARE_FINAL_TYPE (TestWindow, test_window, TEST, WINDOW, GApplication)
G_DEFINE_FINAL_TYPE (TestWindow, test_window, G_TYPE_APPLICATION)

static void
test_window_before_emit (GApplication *application, GVariant *platform_data)
{
  const char *token = "-";

  g_variant_lookup (platform_data, "activation-token", "&s", &token);
  g_string_append_printf (TEST_WINDOW (application)->asked, "%s: ", token);
}

static void
test_window_activate (GApplication *application)
{
  g_string_append (TEST_WINDOW (application)->asked, "activate;");
}

static void
on_action_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TestWindow *self = user_data;

  g_string_append_printf (self->asked, "%s %s;", g_action_get_name (G_ACTION (action)),
                          parameter != NULL ? g_variant_get_string (parameter, NULL) : "-");
}

static void
test_window_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "preferences", .activate = on_action_cb },
    { .name = "quit", .activate = on_action_cb },
    { .name = "search", .activate = on_action_cb, .parameter_type = "s" },
    { .name = "show-person", .activate = on_action_cb, .parameter_type = "s" },
    { .name = "toggle-window", .activate = on_action_cb },
  };

  G_APPLICATION_CLASS (test_window_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
}

static void
test_window_finalize (GObject *object)
{
  g_string_free (TEST_WINDOW (object)->asked, TRUE);

  G_OBJECT_CLASS (test_window_parent_class)->finalize (object);
}

static void
test_window_class_init (TestWindowClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_window_finalize;
  application_class->before_emit = test_window_before_emit;
  application_class->activate = test_window_activate;
  application_class->startup = test_window_startup;
}

static void
test_window_init (TestWindow *self)
{
  self->asked = g_string_new (NULL);
}

typedef struct
{
  GTestDBus *dbus;
  GDBusConnection *bus;
  TestWindow *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->dbus);
  fixture->bus = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (fixture->dbus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  fixture->window = g_object_new (TEST_TYPE_WINDOW, "application-id", PORCH_APPLICATION_ID, NULL);
  g_application_register (G_APPLICATION (fixture->window), NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->window);
  g_dbus_connection_close_sync (fixture->bus, NULL, NULL);
  g_clear_object (&fixture->bus);
  g_test_dbus_down (fixture->dbus);
  g_clear_object (&fixture->dbus);
}

static void
assert_asked (Fixture *fixture, const char *expected)
{
  while (!g_str_has_suffix (fixture->window->asked->str, ";"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (fixture->window->asked->str, ==, expected);
  g_string_truncate (fixture->window->asked, 0);
}

static void
test_each_wish_and_its_token (Fixture *fixture, gconstpointer data)
{
  porch_window_open (fixture->bus, "t0k3n");
  assert_asked (fixture, "t0k3n: activate;");
  porch_window_toggle (fixture->bus, "t0k3n");
  assert_asked (fixture, "t0k3n: toggle-window -;");
  porch_window_show_person (fixture->bus, "ann", "t0k3n");
  assert_asked (fixture, "t0k3n: show-person ann;");
  porch_window_search (fixture->bus, "ann", "t0k3n");
  assert_asked (fixture, "t0k3n: search ann;");
  porch_window_show_preferences (fixture->bus, "t0k3n");
  assert_asked (fixture, "t0k3n: preferences -;");
}

static void
test_without_a_token (Fixture *fixture, gconstpointer data)
{
  porch_window_open (fixture->bus, NULL);
  assert_asked (fixture, "-: activate;");
  porch_window_quit (fixture->bus);
  assert_asked (fixture, "-: quit -;");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/agent/window-opener/each-wish-and-its-token", Fixture, NULL, set_up,
              test_each_wish_and_its_token, tear_down);
  g_test_add ("/agent/window-opener/without-a-token", Fixture, NULL, set_up, test_without_a_token,
              tear_down);

  return g_test_run ();
}
