/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "bus/porch-agent-proxy.h"
#include "presence/porch-history.h"

G_BEGIN_DECLS

PorchHistoryKeep porch_agent_proxy_get_history_keep (PorchAgentProxy *self);
void porch_agent_proxy_load_history_async (PorchAgentProxy *self,
                                           const char *user_id,
                                           gint64 since_us,
                                           gint64 until_us,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
GArray *
porch_agent_proxy_load_history_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error);
void porch_agent_proxy_set_history_keep_async (PorchAgentProxy *self,
                                               PorchHistoryKeep keep,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);
void porch_agent_proxy_delete_history_async (PorchAgentProxy *self,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);

G_END_DECLS
