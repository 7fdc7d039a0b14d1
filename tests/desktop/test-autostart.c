/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Start at log-in: with a systemd and a Background portal of python-dbusmock, and with real files.
 */

#include "desktop/porch-autostart.h"
#include "desktop/porch-xdg-autostart.h"

#include "porch-bus-mock.h"
#include "porch-test-wait.h"

#include <gio/gdesktopappinfo.h>
#include <glib/gstdio.h>
#include <string.h>

#define SYSTEMD_UNIT_PATH "/org/freedesktop/systemd1/unit/graphical_2dsession_2etarget"

typedef struct
{
  GTestDBus *dbus;
  GDBusConnection *bus;
  GDBusConnection *mock_bus;
  PorchBusMock *mock;
  PorchAutostart *autostart;
  char *program;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer is_sandboxed)
{
  fixture->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->dbus);
  fixture->bus = porch_bus_mock_connect (fixture->dbus);
  fixture->mock_bus = porch_bus_mock_connect (fixture->dbus);

  /* A name that the Exec key has to quote. */
  fixture->program = g_build_filename (g_get_user_data_dir (), "my \"$(50)\\agent", NULL);
  g_mkdir_with_parents (g_get_user_data_dir (), 0700);
  g_assert_true (g_file_set_contents_full (fixture->program, "#!/bin/sh\n", -1,
                                           G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  fixture->autostart = porch_autostart_new (fixture->bus, fixture->program, is_sandboxed != NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer is_sandboxed)
{
  g_object_unref (fixture->autostart);
  g_clear_pointer (&fixture->mock, porch_bus_mock_free);
  g_object_unref (fixture->mock_bus);
  g_object_unref (fixture->bus);
  g_test_dbus_down (fixture->dbus);
  g_object_unref (fixture->dbus);
  g_free (fixture->program);
}

/* The manager of a person whose session systemd runs. */
static void
start_systemd (Fixture *fixture, const char *session_state)
{
  fixture->mock = porch_bus_mock_new (fixture->dbus, fixture->mock_bus, "org.freedesktop.systemd1",
                                      "/org/freedesktop/systemd1",
                                      "org.freedesktop.systemd1.Manager");
  porch_bus_mock_add_method (fixture->mock, "GetUnit", "s", "o", "ret = '" SYSTEMD_UNIT_PATH "'");
  porch_bus_mock_add_method (fixture->mock, "GetUnitFileState", "s", "s",
                             "ret = getattr(self, 'unit_file', 'disabled')");
  porch_bus_mock_add_method (fixture->mock, "EnableUnitFiles", "asbb", "ba(sss)",
                             "assert args[0] == ['porchlight-agent.service'] and not args[1]\n"
                             "self.unit_file = 'enabled'\n"
                             "ret = (True, [('symlink', 'a', 'b')])");
  porch_bus_mock_add_method (fixture->mock, "DisableUnitFiles", "asb", "a(sss)",
                             "self.unit_file = 'disabled'\nret = [('unlink', 'a', '')]");
  porch_bus_mock_add_method (fixture->mock, "Reload", "", "", "");

  g_auto (GVariantBuilder) unit = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&unit, "{sv}", "ActiveState", g_variant_new_string (session_state));
  g_variant_unref (
      porch_bus_mock_call (fixture->mock, "AddObject",
                           g_variant_new ("(ssa{sv}a(ssss))", SYSTEMD_UNIT_PATH,
                                          "org.freedesktop.systemd1.Unit", &unit, NULL)));
}

static void
load (Fixture *fixture, const char *way, PorchAutostartState expected)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  PorchAutostartState state;

  porch_autostart_load_async (fixture->autostart, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_autostart_load_finish (fixture->autostart, result, &state, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (porch_autostart_get_way (fixture->autostart), ==, way);
  g_assert_cmpint (state, ==, expected);
}

static gboolean
set (Fixture *fixture, gboolean enabled, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_autostart_set_async (fixture->autostart, enabled, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  return porch_autostart_set_finish (fixture->autostart, result, error);
}

static void
set_well (Fixture *fixture, gboolean enabled)
{
  g_autoptr (GError) error = NULL;

  set (fixture, enabled, &error);
  g_assert_no_error (error);
}

static char *
build_file_path (const char *config_folder)
{
  return g_build_filename (config_folder, "autostart", PORCH_XDG_AUTOSTART_FILE, NULL);
}

static void
test_systemd (Fixture *fixture, gconstpointer data)
{
  /* given a session that systemd runs */
  start_systemd (fixture, "active");
  load (fixture, "systemd", PORCH_AUTOSTART_OFF);

  /* when it is turned on, then the unit is enabled, the manager knows, and there is no file */
  set_well (fixture, TRUE);
  load (fixture, "systemd", PORCH_AUTOSTART_ON);
  g_assert_cmpuint (porch_bus_mock_count_calls (fixture->mock, "Reload"), ==, 1);
  g_autofree char *path = build_file_path (g_get_user_config_dir ());
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  /* when it is turned off, then it is not */
  set_well (fixture, FALSE);
  load (fixture, "systemd", PORCH_AUTOSTART_OFF);
}

static void
test_systemd_that_does_not_obey (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  /* given a unit that an administrator enabled for everybody */
  start_systemd (fixture, "active");
  porch_bus_mock_add_method (fixture->mock, "GetUnitFileState", "s", "s", "ret = 'enabled'");
  load (fixture, "systemd", PORCH_AUTOSTART_ON);

  /* when it is turned off, then the person is told that it is not */
  g_assert_false (set (fixture, FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "enabled"));
}

static void
test_session_without_systemd (Fixture *fixture, gconstpointer data)
{
  /* given a systemd that runs, and a session that it knows nothing of */
  start_systemd (fixture, "inactive");

  /* then the file is the way, and turning it off turns off an enabled unit too */
  load (fixture, "autostart-file", PORCH_AUTOSTART_OFF);
  set_well (fixture, FALSE);
  porch_test_wait_until (porch_bus_mock_count_calls (fixture->mock, "DisableUnitFiles") == 1);
}

static void
test_unit_that_systemd_does_not_find (Fixture *fixture, gconstpointer data)
{
  start_systemd (fixture, "active");
  porch_bus_mock_add_method (fixture->mock, "GetUnitFileState", "s", "s",
                             "raise dbus.exceptions.DBusException('No such file or directory', "
                             "name='org.freedesktop.DBus.Error.FileNotFound')");

  load (fixture, "autostart-file", PORCH_AUTOSTART_OFF);
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = build_file_path (g_get_user_config_dir ());

  /* given a session without systemd */
  load (fixture, "autostart-file", PORCH_AUTOSTART_OFF);

  /* when it is turned on, then every desktop finds the program by the file */
  set_well (fixture, TRUE);
  load (fixture, "autostart-file", PORCH_AUTOSTART_ON);
  g_autoptr (GDesktopAppInfo) info = g_desktop_app_info_new_from_filename (path);
  g_auto (GStrv) command = NULL;
  g_assert_true (
      g_shell_parse_argv (g_app_info_get_commandline (G_APP_INFO (info)), NULL, &command, NULL));
  g_assert_cmpuint (g_strv_length (command), ==, 1);
  g_assert_cmpstr (command[0], ==, fixture->program);
  g_assert_cmpstr (g_app_info_get_name (G_APP_INFO (info)), ==, "Porchlight");

  /* when it is turned off, then nothing is left */
  set_well (fixture, FALSE);
  load (fixture, "autostart-file", PORCH_AUTOSTART_OFF);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_file_turned_off_by_others (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *key;
    gboolean value;
  } ways[] = {
    { "Hidden", TRUE },
    { "X-GNOME-Autostart-enabled", FALSE },
  };
  g_autofree char *path = build_file_path (g_get_user_config_dir ());

  load (fixture, "autostart-file", PORCH_AUTOSTART_OFF);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (GKeyFile) file = g_key_file_new ();

      set_well (fixture, TRUE);
      g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL));
      g_key_file_set_boolean (file, "Desktop Entry", ways[i].key, ways[i].value);
      g_assert_true (g_key_file_save_to_file (file, path, NULL));
      load (fixture, "autostart-file", PORCH_AUTOSTART_OFF);
    }

  /* a program that is no longer installed does not start either */
  set_well (fixture, TRUE);
  load (fixture, "autostart-file", PORCH_AUTOSTART_ON);
  g_unlink (fixture->program);
  load (fixture, "autostart-file", PORCH_AUTOSTART_OFF);
  set_well (fixture, FALSE);
}

static void
test_administrators_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = build_file_path (g_get_user_config_dir ());
  g_autofree char *system_path = build_file_path (g_get_system_config_dirs ()[0]);
  g_autofree char *system_folder = g_path_get_dirname (system_path);

  /* given a file for everybody */
  g_assert_cmpint (g_mkdir_with_parents (system_folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (
      system_path, "[Desktop Entry]\nType=Application\nName=Porchlight\nExec=true\n", -1, NULL));
  load (fixture, "autostart-file", PORCH_AUTOSTART_ON);

  /* when the person turns it off, then theirs says so, and counts */
  set_well (fixture, FALSE);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  load (fixture, "autostart-file", PORCH_AUTOSTART_OFF);
  g_unlink (system_path);
}

static void
test_file_that_cannot_be_written (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "autostart", NULL);
  g_autoptr (GError) error = NULL;

  /* given something else where the folder should be */
  g_rmdir (folder);
  g_mkdir_with_parents (g_get_user_config_dir (), 0700);
  g_assert_true (g_file_set_contents (folder, "", -1, NULL));

  load (fixture, "autostart-file", PORCH_AUTOSTART_OFF);
  g_assert_false (set (fixture, TRUE, &error));
  g_assert_nonnull (strstr (error->message, folder));
  g_unlink (folder);
}

/* response: 0 where the person agrees */
static void
start_portal (Fixture *fixture, guint response, const char *granted)
{
  g_autofree char *sender = g_strdelimit (
      g_strdup (g_dbus_connection_get_unique_name (fixture->bus) + 1), ".", '_');
  g_autofree char *code = g_strdup_printf (
      "path = '/org/freedesktop/portal/desktop/request/%s/' + str(args[1]['handle_token'])\n"
      "assert args[1]['commandline'] == ['porchlight-agent']\n"
      "assert not args[1]['dbus-activatable']\n"
      "self.autostart = bool(args[1]['autostart'])\n"
      "if path not in objects: self.AddObject(path, 'org.freedesktop.portal.Request', {}, [])\n"
      "objects[path].EmitSignal('org.freedesktop.portal.Request', 'Response', 'ua{sv}',\n"
      "  [dbus.UInt32(%u), dbus.Dictionary(%s, signature='sv')])\n"
      "ret = dbus.ObjectPath(path)",
      sender, response, granted);

  fixture->mock = porch_bus_mock_new (
      fixture->dbus, fixture->mock_bus, "org.freedesktop.portal.Desktop",
      "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Background");
  porch_bus_mock_add_method (fixture->mock, "RequestBackground", "sa{sv}", "o", code);
  porch_bus_mock_add_method (fixture->mock, "SetStatus", "a{sv}", "",
                             "assert args[0]['message'] == 'You are online'");
}

static void
test_portal (Fixture *fixture, gconstpointer data)
{
  /* given a sandbox, whose portal cannot be asked what it does at log-in */
  start_portal (fixture, 0, "{'background': True, 'autostart': self.autostart}");
  load (fixture, "portal", PORCH_AUTOSTART_UNTOLD);

  /* then it is told, and shows what the agent is doing, once */
  set_well (fixture, TRUE);
  set_well (fixture, FALSE);
  porch_autostart_set_status (fixture->autostart, "You are online");
  porch_autostart_set_status (fixture->autostart, "You are online");
  porch_test_wait_until (porch_bus_mock_count_calls (fixture->mock, "SetStatus") == 1);
  set_well (fixture, FALSE);
  g_assert_cmpuint (porch_bus_mock_count_calls (fixture->mock, "SetStatus"), ==, 1);
}

/* Runs on without a window, and starts at log-in or not as it did. */
static void
test_portal_stay (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint response;
    const char *granted;
    gboolean enabled;
  } cases[] = {
    { 0, "{'background': True, 'autostart': True}", TRUE },
    { 0, "{'background': True, 'autostart': False}", FALSE },
    { 1, "{}", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      start_portal (fixture, cases[i].response, cases[i].granted);
      porch_autostart_stay_async (fixture->autostart, cases[i].enabled, NULL,
                                  porch_test_take_result, &result);
      porch_test_wait_until (result != NULL);
      g_assert_cmpint (porch_autostart_stay_finish (fixture->autostart, result, &error), ==,
                       cases[i].response == 0);
      if (error != NULL)
        g_assert_nonnull (strstr (error->message, "without a window"));
      g_clear_pointer (&fixture->mock, porch_bus_mock_free);
    }
}

/* Nobody ends what nobody can be asked about. */
static void
test_no_portal_stay (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_autostart_stay_async (fixture->autostart, TRUE, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_autostart_stay_finish (fixture->autostart, result, &error));
}

static void
test_portal_refuses (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint response;
    const char *granted;
    gboolean enabled;
    const char *says;
  } cases[] = {
    { 1, "{}", TRUE, "without a window" },
    { 0, "{'background': False, 'autostart': False}", FALSE, "without a window" },
    { 0, "{'background': True, 'autostart': False}", TRUE, "at log-in" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      start_portal (fixture, cases[i].response, cases[i].granted);
      load (fixture, "portal", PORCH_AUTOSTART_UNTOLD);
      g_assert_false (set (fixture, cases[i].enabled, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
      g_assert_nonnull (strstr (error->message, cases[i].says));
      g_clear_pointer (&fixture->mock, porch_bus_mock_free);
    }
}

static void
test_portal_that_goes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) gone = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  /* given no portal */
  load (fixture, "portal", PORCH_AUTOSTART_UNTOLD);
  g_assert_false (set (fixture, TRUE, &missing));
  g_assert_error (missing, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);

  /* given one that ends while the person thinks it over */
  start_portal (fixture, 0, "{}");
  porch_bus_mock_add_method (fixture->mock, "RequestBackground", "sa{sv}", "o",
                             "ret = dbus.ObjectPath('/org/freedesktop/portal/desktop/request/x')");
  porch_autostart_set_async (fixture->autostart, TRUE, NULL, porch_test_take_result, &result);
  porch_test_wait_until (porch_bus_mock_count_calls (fixture->mock, "RequestBackground") == 1);
  g_clear_pointer (&fixture->mock, porch_bus_mock_free);
  porch_test_wait_until (result != NULL);
  g_assert_false (porch_autostart_set_finish (fixture->autostart, result, &gone));
  g_assert_error (gone, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

static void
test_portal_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  start_portal (fixture, 0, "{}");
  porch_bus_mock_add_method (fixture->mock, "RequestBackground", "sa{sv}", "o",
                             "ret = dbus.ObjectPath('/org/freedesktop/portal/desktop/request/x')");
  load (fixture, "portal", PORCH_AUTOSTART_UNTOLD);
  porch_autostart_set_async (fixture->autostart, TRUE, cancellable, porch_test_take_result,
                             &result);
  porch_test_wait_until (porch_bus_mock_count_calls (fixture->mock, "RequestBackground") == 1);
  g_cancellable_cancel (cancellable);
  porch_test_wait_until (result != NULL);
  g_assert_false (porch_autostart_set_finish (fixture->autostart, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define test(name, func) g_test_add ("/autostart/" name, Fixture, NULL, set_up, func, tear_down)
#define test_in_sandbox(name, func)                                                                \
  g_test_add ("/autostart/" name, Fixture, "", set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  test ("file", test_file);
  test ("file-turned-off-by-others", test_file_turned_off_by_others);
  test ("administrators-file", test_administrators_file);
  test ("file-that-cannot-be-written", test_file_that_cannot_be_written);
  if (!porch_bus_mock_is_possible ())
    {
      g_test_message ("python3-dbusmock is not installed: no systemd, no portal");
      return g_test_run ();
    }

  test ("systemd", test_systemd);
  test ("systemd-that-does-not-obey", test_systemd_that_does_not_obey);
  test ("session-without-systemd", test_session_without_systemd);
  test ("unit-that-systemd-does-not-find", test_unit_that_systemd_does_not_find);
  test_in_sandbox ("portal", test_portal);
  test_in_sandbox ("portal-stay", test_portal_stay);
  test_in_sandbox ("no-portal-stay", test_no_portal_stay);
  test_in_sandbox ("portal-refuses", test_portal_refuses);
  test_in_sandbox ("portal-that-goes", test_portal_that_goes);
  test_in_sandbox ("portal-cancelled", test_portal_cancelled);

  return g_test_run ();
}
