/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A way to have the agent started at log-in: systemd, a file in ~/.config/autostart, the Background
 * portal. Owned by PorchAutostart, which chooses among them.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-autostart-way.h"

G_DEFINE_INTERFACE (PorchAutostartWay, porch_autostart_way, G_TYPE_OBJECT)

static void
porch_autostart_way_default_init (PorchAutostartWayInterface *iface)
{
}

/**
 * porch_autostart_way_get_name:
 * @self: a way
 *
 * Returns: what it is called on the bus
 */
const char *
porch_autostart_way_get_name (PorchAutostartWay *self)
{
  g_return_val_if_fail (PORCH_IS_AUTOSTART_WAY (self), NULL);

  return PORCH_AUTOSTART_WAY_GET_IFACE (self)->name;
}

/**
 * porch_autostart_way_query_async:
 * @self: a way
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks whether this session has the way, and whether the agent starts by it.
 */
void
porch_autostart_way_query_async (PorchAutostartWay *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AUTOSTART_WAY (self));

  PORCH_AUTOSTART_WAY_GET_IFACE (self)->query_async (self, cancellable, callback, user_data);
}

/**
 * porch_autostart_way_query_finish:
 * @self: a way
 * @result: a result
 * @state: (out): what it would do at the next log-in
 * @error: return location
 *
 * Returns: %FALSE with %G_IO_ERROR_NOT_SUPPORTED where this session has no such way
 */
gboolean
porch_autostart_way_query_finish (PorchAutostartWay *self,
                                  GAsyncResult *result,
                                  PorchAutostartState *state,
                                  GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  gssize answer = g_task_propagate_int (G_TASK (result), error);
  if (answer < 0)
    return FALSE;

  *state = (PorchAutostartState) answer;
  return TRUE;
}

/**
 * porch_autostart_way_set_async:
 * @self: a way
 * @enabled: whether the agent shall start at log-in
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is so, or cannot be
 * @user_data: for @callback
 */
void
porch_autostart_way_set_async (PorchAutostartWay *self,
                               gboolean enabled,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AUTOSTART_WAY (self));

  PORCH_AUTOSTART_WAY_GET_IFACE (self)->set_async (self, enabled, cancellable, callback, user_data);
}

/**
 * porch_autostart_way_set_finish:
 * @self: a way
 * @result: a result
 * @error: return location; its message is a sentence for a person
 *
 * Returns: whether it is so now
 */
gboolean
porch_autostart_way_set_finish (PorchAutostartWay *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
