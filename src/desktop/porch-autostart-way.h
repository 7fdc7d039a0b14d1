/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PorchAutostartState:
 * @PORCH_AUTOSTART_OFF: the agent does not start at log-in
 * @PORCH_AUTOSTART_ON: it does
 * @PORCH_AUTOSTART_UNTOLD: nobody tells; what was set last counts
 *
 * What the desktop would do at the next log-in.
 */
typedef enum
{
  PORCH_AUTOSTART_OFF,
  PORCH_AUTOSTART_ON,
  PORCH_AUTOSTART_UNTOLD,
} PorchAutostartState;

#define PORCH_TYPE_AUTOSTART_WAY (porch_autostart_way_get_type ())
G_DECLARE_INTERFACE (PorchAutostartWay, porch_autostart_way, PORCH, AUTOSTART_WAY, GObject)

/**
 * PorchAutostartWayInterface:
 * @name: what the way is called on the bus and by `porchlight status --verbose`
 * @query_async: returns a #GTask of an int, a #PorchAutostartState; %G_IO_ERROR_NOT_SUPPORTED where
 *   this session has no such way
 * @set_async: returns a #GTask of a boolean; its error is a sentence for a person
 *
 * A way to have the agent started at log-in.
 */
struct _PorchAutostartWayInterface
{
  GTypeInterface parent_iface;

  const char *name;

  void (*query_async) (PorchAutostartWay *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  void (*set_async) (PorchAutostartWay *self,
                     gboolean enabled,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
};

const char *porch_autostart_way_get_name (PorchAutostartWay *self);
void porch_autostart_way_query_async (PorchAutostartWay *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean porch_autostart_way_query_finish (PorchAutostartWay *self,
                                           GAsyncResult *result,
                                           PorchAutostartState *state,
                                           GError **error);
void porch_autostart_way_set_async (PorchAutostartWay *self,
                                    gboolean enabled,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
porch_autostart_way_set_finish (PorchAutostartWay *self, GAsyncResult *result, GError **error);

G_END_DECLS
