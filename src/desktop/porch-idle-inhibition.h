/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PORCH_TYPE_IDLE_INHIBITION (porch_idle_inhibition_get_type ())
G_DECLARE_FINAL_TYPE (PorchIdleInhibition, porch_idle_inhibition, PORCH, IDLE_INHIBITION, GObject)

/**
 * PorchIdleInhibition:
 *
 * Signals:
 *  "changed": while followed, something began or ceased to inhibit: check again
 */

PorchIdleInhibition *porch_idle_inhibition_new (GDBusConnection *bus);
void porch_idle_inhibition_add_system_bus (PorchIdleInhibition *self, GDBusConnection *system_bus);
void porch_idle_inhibition_check_async (PorchIdleInhibition *self,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean porch_idle_inhibition_check_finish (PorchIdleInhibition *self,
                                             GAsyncResult *result,
                                             GError **error);
void porch_idle_inhibition_set_followed (PorchIdleInhibition *self, gboolean followed);

G_END_DECLS
