/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-clock.h"

G_BEGIN_DECLS

void porch_agent_start_async (GDBusConnection *bus,
                              PorchClock *clock,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean porch_agent_start_finish (GAsyncResult *result, GError **error);

G_END_DECLS
