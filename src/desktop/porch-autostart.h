/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "desktop/porch-autostart-way.h"

G_BEGIN_DECLS

#define PORCH_TYPE_AUTOSTART (porch_autostart_get_type ())
G_DECLARE_FINAL_TYPE (PorchAutostart, porch_autostart, PORCH, AUTOSTART, GObject)

/**
 * PorchAutostart:
 *
 * Whether the agent starts when the person logs in, by the best way that this session has.
 */

PorchAutostart *
porch_autostart_new (GDBusConnection *bus, const char *program, gboolean is_sandboxed);
void porch_autostart_load_async (PorchAutostart *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean porch_autostart_load_finish (PorchAutostart *self,
                                      GAsyncResult *result,
                                      PorchAutostartState *state,
                                      GError **error);
const char *porch_autostart_get_way (PorchAutostart *self);
void porch_autostart_set_async (PorchAutostart *self,
                                gboolean enabled,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean porch_autostart_set_finish (PorchAutostart *self, GAsyncResult *result, GError **error);
void porch_autostart_stay_async (PorchAutostart *self,
                                 gboolean enabled,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean porch_autostart_stay_finish (PorchAutostart *self, GAsyncResult *result, GError **error);
void porch_autostart_set_status (PorchAutostart *self, const char *line);

G_END_DECLS
