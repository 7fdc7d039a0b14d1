/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "agent/porch-agent-account.h"
#include "bus/porch-agent-dbus.h"

G_BEGIN_DECLS

#define PORCH_TYPE_HISTORY_SERVICE (porch_history_service_get_type ())
G_DECLARE_FINAL_TYPE (PorchHistoryService, porch_history_service, PORCH, HISTORY_SERVICE, GObject)

PorchHistoryService *porch_history_service_new (PorchAgentAccount *account,
                                                PorchDBusAccount1 *skeleton);

G_END_DECLS
