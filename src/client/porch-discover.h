/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-http-client.h"
#include "protocol/porch-discovery.h"

G_BEGIN_DECLS

void porch_discover_async (const char *typed,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
PorchDiscovery *porch_discover_finish (GAsyncResult *result, GError **error);
const char *porch_discover_get_server (GAsyncResult *result);

void porch_discover_fetch_async (PorchHttpClient *http,
                                 const char *server,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

G_END_DECLS
