/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "bus/porch-agent-proxy.h"

#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

/* For the other files of this folder that add calls to the proxy. */

typedef enum
{
  PORCH_PROXY_AGENT,
  PORCH_PROXY_ACCOUNT,
} PorchProxyTarget;

void porch_agent_proxy_call (PorchAgentProxy *self,
                             PorchProxyTarget target,
                             const char *method,
                             GVariant *parameters,
                             GUnixFDList *fds,
                             int timeout_ms,
                             gpointer source_tag,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GVariant *porch_agent_proxy_call_take (PorchAgentProxy *self, GAsyncResult *result, GError **error);

G_END_DECLS
