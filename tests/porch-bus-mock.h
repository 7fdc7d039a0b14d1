/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A part of the desktop, played by python-dbusmock on a private bus. */
typedef struct
{
  GSubprocess *process;
  GDBusConnection *bus;
  char *name;
  char *path;
  char *interface;
} PorchBusMock;

gboolean porch_bus_mock_is_possible (void);
PorchBusMock *porch_bus_mock_new (GTestDBus *dbus,
                                  GDBusConnection *bus,
                                  const char *name,
                                  const char *path,
                                  const char *interface);
PorchBusMock *porch_bus_mock_new_logind (GTestDBus *system_dbus, GDBusConnection *bus);
void porch_bus_mock_free (PorchBusMock *self);
void porch_bus_mock_add_method (PorchBusMock *self,
                                const char *method,
                                const char *in_signature,
                                const char *out_signature,
                                const char *code);
void porch_bus_mock_emit (PorchBusMock *self,
                          const char *signal,
                          const char *signature,
                          GVariant *arguments);
void porch_bus_mock_set_property (PorchBusMock *self,
                                  const char *path,
                                  const char *interface,
                                  const char *property,
                                  GVariant *value);
GVariant *porch_bus_mock_call (PorchBusMock *self, const char *method, GVariant *arguments);
guint porch_bus_mock_count_calls (PorchBusMock *self, const char *method);
guint porch_bus_mock_count_inhibitors (PorchBusMock *self);

GDBusConnection *porch_bus_mock_connect (GTestDBus *dbus);

G_END_DECLS
