/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Makes a desktop for tests, and takes it away again. The programs come from the environment
 * variables PORCHLIGHT and PORCHLIGHT_AGENT. Nothing of the person who runs the tests is touched.
 */

#include "porch-test-desktop.h"

#include "bus/porch-sign-in-proxy.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

static const char *
get_program (const char *variable)
{
  const char *program = g_getenv (variable);

  if (program == NULL)
    g_error ("%s must say where the program is", variable);
  return program;
}

/* A test that fails ends at once, and leaves nobody behind. */
static void
end_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

GSubprocess *
porch_test_desktop_spawn (PorchTestDesktop *self, GSubprocessFlags flags, const char *const *argv)
{
  static const char *const folders[] = { "data", "cache", "config", "state", "runtime" };
  static const char *const variables[] = { "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
                                           "XDG_STATE_HOME", "XDG_RUNTIME_DIR" };
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, folders[i], NULL);
      g_mkdir_with_parents (path, 0700);
      g_subprocess_launcher_setenv (launcher, variables[i], path, TRUE);
    }
  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS",
                                g_test_dbus_get_bus_address (self->dbus), TRUE);
  GSubprocess *process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  return process;
}

gboolean
porch_test_desktop_has_keyring_program (void)
{
  g_autofree char *program = g_find_program_in_path ("gnome-keyring-daemon");

  return program != NULL;
}

static gboolean
has_owner (PorchTestDesktop *self, const char *name)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      self->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "NameHasOwner", g_variant_new ("(s)", name), G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE,
      -1, NULL, NULL);
  gboolean owned = FALSE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &owned);
  return owned;
}

/* Unlocked with an empty password, which it reads from its standard input. */
void
porch_test_desktop_start_keyring (PorchTestDesktop *self)
{
  const char *const argv[] = { "gnome-keyring-daemon", "--foreground", "--unlock",
                               "--components=secrets", NULL };

  self->keyring = porch_test_desktop_spawn (self,
                                            G_SUBPROCESS_FLAGS_STDIN_PIPE
                                                | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                                | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                            argv);
  GOutputStream *input = g_subprocess_get_stdin_pipe (self->keyring);
  g_output_stream_write_all (input, "\n", 1, NULL, NULL, NULL);
  g_output_stream_close (input, NULL, NULL);
  porch_test_wait_until (has_owner (self, "org.freedesktop.secrets"));
}

void
porch_test_desktop_stop_keyring (PorchTestDesktop *self)
{
  g_subprocess_send_signal (self->keyring, SIGTERM);
  g_subprocess_wait (self->keyring, NULL, NULL);
  g_clear_object (&self->keyring);
}

PorchTestDesktop *
porch_test_desktop_new (gboolean with_keyring)
{
  PorchTestDesktop *self = g_new0 (PorchTestDesktop, 1);
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("porch-desktop-XXXXXX", NULL);
  self->database = g_build_filename (self->folder, "data", "porchlight", "agent.db", NULL);
  self->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->dbus);
  self->bus = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (self->dbus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  if (with_keyring)
    porch_test_desktop_start_keyring (self);
  return self;
}

static void
remove_tree (const char *path)
{
  GStatBuf info;

  if (g_lstat (path, &info) == 0 && S_ISDIR (info.st_mode))
    {
      g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
      const char *name;

      while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);
          remove_tree (child);
        }
    }
  g_remove (path);
}

/* Ends every process and removes every file; what is left is memory. Enough for a test whose
 * libraries hold the session bus to the end, which GTestDBus would wait for. */
void
porch_test_desktop_end (PorchTestDesktop *self)
{
  if (self->agent != NULL)
    porch_test_desktop_end_agent (self, SIGTERM);
  if (self->keyring != NULL)
    porch_test_desktop_stop_keyring (self);
  g_clear_object (&self->proxy);
  if (self->bus != NULL)
    g_dbus_connection_close_sync (self->bus, NULL, NULL);
  g_clear_object (&self->bus);
  /* A test may have ended the session before. */
  if (g_test_dbus_get_bus_address (self->dbus) != NULL)
    g_test_dbus_stop (self->dbus);
  remove_tree (self->folder);
}

void
porch_test_desktop_free (PorchTestDesktop *self)
{
  porch_test_desktop_end (self);
  g_test_dbus_down (self->dbus);
  g_clear_object (&self->dbus);
  g_free (self->folder);
  g_free (self->database);
  g_free (self);
}

/* Starts it, and waits until all that it knows has come. */
void
porch_test_desktop_start_agent (PorchTestDesktop *self)
{
  const char *const argv[] = { get_program ("PORCHLIGHT_AGENT"), NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->agent = porch_test_desktop_spawn (self, G_SUBPROCESS_FLAGS_NONE, argv);
  porch_test_wait_until (has_owner (self, PORCH_AGENT_BUS_NAME));
  self->proxy = porch_agent_proxy_new (self->bus, FALSE);
  porch_agent_proxy_load_async (self->proxy, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_agent_proxy_load_finish (self->proxy, result, &error);
  g_assert_no_error (error);
}

/* Sends a signal and expects that it ends well. */
void
porch_test_desktop_end_agent (PorchTestDesktop *self, int signal_number)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_send_signal (self->agent, signal_number);
  g_subprocess_wait_check (self->agent, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->agent);
  g_clear_object (&self->proxy);
}

/* Returns: what `porchlight …` exits with */
int
porch_test_desktop_run_cli (PorchTestDesktop *self,
                            const char *input,
                            char **output,
                            char **errors,
                            ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const char *argument;
  va_list arguments;

  g_ptr_array_add (argv, (char *) get_program ("PORCHLIGHT"));
  va_start (arguments, errors);
  while ((argument = va_arg (arguments, const char *)) != NULL)
    g_ptr_array_add (argv, (char *) argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);

  g_autoptr (GSubprocess) process = porch_test_desktop_spawn (self,
                                                              G_SUBPROCESS_FLAGS_STDIN_PIPE
                                                                  | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                                                  | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                                                              (const char *const *) argv->pdata);
  g_subprocess_communicate_utf8_async (process, input, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  g_autofree char *own_output = NULL;
  g_autofree char *own_errors = NULL;
  g_subprocess_communicate_utf8_finish (process, result, &own_output, &own_errors, &error);
  g_assert_no_error (error);
  if (*own_errors != '\0')
    g_test_message ("%s", own_errors);
  if (output != NULL)
    *output = g_steal_pointer (&own_output);
  if (errors != NULL)
    *errors = g_steal_pointer (&own_errors);
  g_assert_true (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

gboolean
porch_test_desktop_sign_in (PorchTestDesktop *self,
                            const char *server,
                            const char *email,
                            const char *password,
                            gboolean keep_in_memory,
                            GError **error)
{
  const PorchServerInfo info = { .server = (char *) server };
  g_autoptr (GAsyncResult) result = NULL;

  porch_agent_proxy_sign_in_async (self->proxy, &info, "password", email, password, keep_in_memory,
                                   NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  return porch_agent_proxy_call_finish (self->proxy, result, error);
}
