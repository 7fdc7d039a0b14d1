/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

void porch_agent_proxy_call_account_async (PorchAgentProxy *self,
                                           const char *method,
                                           GVariant *parameters,
                                           gpointer source_tag,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
GVariant *
porch_agent_proxy_call_account_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error);

G_END_DECLS
