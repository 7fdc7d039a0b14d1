/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PORCH_TYPE_BACKGROUND_PORTAL (porch_background_portal_get_type ())
G_DECLARE_FINAL_TYPE (PorchBackgroundPortal,
                      porch_background_portal,
                      PORCH,
                      BACKGROUND_PORTAL,
                      GObject)

/**
 * PorchBackgroundPortal:
 *
 * What a sandboxed program asks of the desktop: to run without a window, to start at log-in, and
 * to be listed with a line that says what it does.
 */

PorchBackgroundPortal *porch_background_portal_new (GDBusConnection *bus);
void porch_background_portal_request_async (PorchBackgroundPortal *self,
                                            gboolean autostart,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
gboolean porch_background_portal_request_finish (PorchBackgroundPortal *self,
                                                 GAsyncResult *result,
                                                 GError **error);
void porch_background_portal_set_status (PorchBackgroundPortal *self, const char *line);

G_END_DECLS
