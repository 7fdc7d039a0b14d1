/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "desktop/porch-idle-source.h"

G_BEGIN_DECLS

#define PORCH_TYPE_BUS_IDLE_SOURCE (porch_bus_idle_source_get_type ())
G_DECLARE_DERIVABLE_TYPE (PorchBusIdleSource,
                          porch_bus_idle_source,
                          PORCH,
                          BUS_IDLE_SOURCE,
                          PorchIdleSource)

/**
 * PorchBusIdleSourceClass:
 * @appeared: somebody owns the name: ask them
 * @vanished: (nullable): nobody owns it; what @appeared began is to be undone, and nothing can be
 *   told any more
 *
 * A source that is a name on a bus, which comes and goes with the desktop's parts. Nothing here
 * starts them.
 */
struct _PorchBusIdleSourceClass
{
  PorchIdleSourceClass parent_class;

  void (*appeared) (PorchBusIdleSource *self);
  void (*vanished) (PorchBusIdleSource *self);
};

void porch_bus_idle_source_set_bus (PorchBusIdleSource *self,
                                    GDBusConnection *bus,
                                    const char *bus_name);
void porch_bus_idle_source_call (PorchBusIdleSource *self,
                                 const char *path,
                                 const char *interface,
                                 const char *method,
                                 GVariant *parameters,
                                 const char *reply_type,
                                 GAsyncReadyCallback callback);
GVariant *
porch_bus_idle_source_call_finish (PorchBusIdleSource *self, GObject *bus, GAsyncResult *result);
void porch_bus_idle_source_subscribe (PorchBusIdleSource *self,
                                      const char *path,
                                      const char *interface,
                                      const char *signal,
                                      GDBusSignalCallback callback);

G_END_DECLS
