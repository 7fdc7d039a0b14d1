/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What the tray's tests share: they ask over a bus as a panel does, from a connection of its own.
 */

#include "porch-tray-fixture.h"

static GDBusConnection *
connect_to_bus (PorchTrayFixture *self)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (self->dbus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

void
porch_tray_fixture_set_up (PorchTrayFixture *self)
{
  self->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->dbus);
  self->bus = connect_to_bus (self);
  self->panel = connect_to_bus (self);
  self->clock = porch_fake_clock_new (PORCH_TEST_NOW_US);
  self->server_clock = porch_server_clock_new (PORCH_CLOCK (self->clock));
  self->roster = porch_roster_new (self->server_clock);
}

void
porch_tray_fixture_tear_down (PorchTrayFixture *self)
{
  g_assert_true (g_dbus_connection_close_sync (self->panel, NULL, NULL));
  g_clear_object (&self->panel);
  g_assert_true (g_dbus_connection_close_sync (self->bus, NULL, NULL));
  g_clear_object (&self->bus);
  g_assert_finalize_object (self->roster);
  g_assert_finalize_object (self->server_clock);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (self->clock), ==, 0);
  g_assert_finalize_object (self->clock);
  g_test_dbus_down (self->dbus);
  g_clear_object (&self->dbus);
}

/* A person, whose id is their name in lower case, is so now; added where they are not there yet. */
void
porch_tray_fixture_tell (PorchTrayFixture *self, const char *name, PorchStatus status)
{
  g_autofree char *id = g_ascii_strdown (name, -1);
  PorchPresence presence = { status, porch_server_clock_get_now_us (self->server_clock),
                             PORCH_PRESENCE_SOURCE_EVENT };

  if (porch_roster_lookup (self->roster, id) == NULL)
    {
      g_autoptr (PorchContact) contact = porch_contact_new (id);

      porch_contact_set_name (contact, name);
      porch_roster_add (self->roster, contact);
    }
  porch_roster_apply (self->roster, id, &presence);
}

static void
on_called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

/* The panel calls what we export; both live in this main loop. */
GVariant *
porch_tray_fixture_call (PorchTrayFixture *self,
                         const char *path,
                         const char *interface,
                         const char *method,
                         GVariant *parameters,
                         GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_call (self->panel, g_dbus_connection_get_unique_name (self->bus), path,
                          interface, method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          on_called_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_dbus_connection_call_finish (self->panel, result, error);
}

/* Returns when the panel has got all that was sent to it before. */
void
porch_tray_fixture_settle (PorchTrayFixture *self)
{
  g_autoptr (GVariant) reply = NULL;

  g_assert_true (g_dbus_connection_flush_sync (self->bus, NULL, NULL));
  reply = porch_tray_fixture_call (self, "/", "org.freedesktop.DBus.Peer", "Ping", NULL, NULL);
  g_assert_nonnull (reply);
}
