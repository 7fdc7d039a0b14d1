/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Runs python-dbusmock and tells it what to be. */

#include "porch-bus-mock.h"

#include <signal.h>
#include <sys/prctl.h>

/* Debian's packages are the system's Python's. */
#define PYTHON "/usr/bin/python3"

#define MOCK "org.freedesktop.DBus.Mock"

static void
end_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

gboolean
porch_bus_mock_is_possible (void)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  const char *argv[] = { PYTHON, "-c", "import dbusmock", NULL };
  int status = 0;

  return g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &errors,
                       &status, NULL)
         && status == 0;
}

GDBusConnection *
porch_bus_mock_connect (GTestDBus *dbus)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (dbus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return bus;
}

static gboolean
has_owner (GDBusConnection *bus, const char *name)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
      g_variant_new ("(s)", name), G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean owned = FALSE;

  g_variant_get (reply, "(b)", &owned);
  return owned;
}

static PorchBusMock *
start (GTestDBus *dbus,
       GDBusConnection *bus,
       const char *const *argv,
       const char *name,
       const char *path,
       const char *interface)
{
  PorchBusMock *self = g_new0 (PorchBusMock, 1);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GError) error = NULL;

  self->bus = g_object_ref (bus);
  self->name = g_strdup (name);
  self->path = g_strdup (path);
  self->interface = g_strdup (interface);
  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS",
                                g_test_dbus_get_bus_address (dbus), TRUE);
  g_subprocess_launcher_setenv (launcher, "DBUS_SYSTEM_BUS_ADDRESS",
                                g_test_dbus_get_bus_address (dbus), TRUE);
  self->process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);

  gint64 until_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  while (!has_owner (bus, name))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      g_usleep (10 * 1000);
    }
  return self;
}

PorchBusMock *
porch_bus_mock_new (GTestDBus *dbus,
                    GDBusConnection *bus,
                    const char *name,
                    const char *path,
                    const char *interface)
{
  const char *const argv[] = { PYTHON, "-m", "dbusmock", name, path, interface, NULL };

  return start (dbus, bus, argv, name, path, interface);
}

PorchBusMock *
porch_bus_mock_new_logind (GTestDBus *system_dbus, GDBusConnection *bus)
{
  const char *const argv[] = { PYTHON, "-m", "dbusmock", "--template", "logind", NULL };
  PorchBusMock *self = start (system_dbus, bus, argv, "org.freedesktop.login1",
                              "/org/freedesktop/login1", "org.freedesktop.login1.Manager");

  g_variant_unref (porch_bus_mock_call (
      self, "AddSession", g_variant_new ("(ssusb)", "c1", "seat0", 1000u, "ann", TRUE)));
  return self;
}

void
porch_bus_mock_free (PorchBusMock *self)
{
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  g_object_unref (self->bus);
  g_free (self->name);
  g_free (self->path);
  g_free (self->interface);
  g_free (self);
}

static GVariant *
call (PorchBusMock *self,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (self->bus, self->name, path, interface, method,
                                                 arguments, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                                                 &error);

  g_assert_no_error (error);
  return reply;
}

/* Returns: (transfer full): the answer of one of the mock's own methods */
GVariant *
porch_bus_mock_call (PorchBusMock *self, const char *method, GVariant *arguments)
{
  return call (self, self->path, MOCK, method, arguments);
}

/* code: Python that makes "ret" of "args" */
void
porch_bus_mock_add_method (PorchBusMock *self,
                           const char *method,
                           const char *in_signature,
                           const char *out_signature,
                           const char *code)
{
  g_variant_unref (porch_bus_mock_call (
      self, "AddMethod",
      g_variant_new ("(sssss)", self->interface, method, in_signature, out_signature, code)));
}

/* arguments: of type av */
void
porch_bus_mock_emit (PorchBusMock *self,
                     const char *signal,
                     const char *signature,
                     GVariant *arguments)
{
  g_variant_unref (porch_bus_mock_call (
      self, "EmitSignal",
      g_variant_new ("(sss@av)", self->interface, signal, signature, arguments)));
}

void
porch_bus_mock_set_property (PorchBusMock *self,
                             const char *path,
                             const char *interface,
                             const char *property,
                             GVariant *value)
{
  g_auto (GVariantBuilder) values = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&values, "{sv}", property, value);
  g_variant_unref (
      call (self, path, MOCK, "UpdateProperties", g_variant_new ("(sa{sv})", interface, &values)));
}

guint
porch_bus_mock_count_calls (PorchBusMock *self, const char *method)
{
  g_autoptr (GVariant) reply = porch_bus_mock_call (self, "GetMethodCalls",
                                                    g_variant_new ("(s)", method));
  g_autoptr (GVariant) calls = g_variant_get_child_value (reply, 0);

  return g_variant_n_children (calls);
}

/* How many hold sleep back now. */
guint
porch_bus_mock_count_inhibitors (PorchBusMock *self)
{
  g_autoptr (GVariant) reply = call (self, self->path, self->interface, "ListInhibitors", NULL);
  g_autoptr (GVariant) inhibitors = g_variant_get_child_value (reply, 0);

  return g_variant_n_children (inhibitors);
}
