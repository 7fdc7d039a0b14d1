/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "protocol/porch-server-setup.h"

#include <gio/gio.h>

G_BEGIN_DECLS

void porch_setup_check_async (PorchClock *clock,
                              const PorchDiscovery *discovery,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
GPtrArray *porch_setup_check_finish (GAsyncResult *result, GError **error);

G_END_DECLS
