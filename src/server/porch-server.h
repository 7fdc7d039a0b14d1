/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-config.h"

G_BEGIN_DECLS

#define PORCH_TYPE_SERVER (porch_server_get_type ())
G_DECLARE_FINAL_TYPE (PorchServer, porch_server, PORCH, SERVER, GObject)

PorchServer *porch_server_new (PorchClock *clock, const PorchConfig *config, GError **error);
void porch_server_start_async (PorchServer *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean porch_server_start_finish (PorchServer *self, GAsyncResult *result, GError **error);
const char *porch_server_get_address (PorchServer *self);
void porch_server_stop_async (PorchServer *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean porch_server_stop_finish (PorchServer *self, GAsyncResult *result, GError **error);
void porch_server_stop (PorchServer *self);

G_END_DECLS
