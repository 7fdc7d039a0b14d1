/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "desktop/porch-notifier.h"

G_BEGIN_DECLS

#define PORCH_TYPE_SERVER_NOTIFIER (porch_server_notifier_get_type ())
G_DECLARE_FINAL_TYPE (PorchServerNotifier, porch_server_notifier, PORCH, SERVER_NOTIFIER, GObject)

PorchNotifier *porch_server_notifier_new (GDBusConnection *bus);

G_END_DECLS
