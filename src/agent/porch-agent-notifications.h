/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "agent/porch-agent-account.h"
#include "agent/porch-agent-preferences.h"

G_BEGIN_DECLS

#define PORCH_TYPE_AGENT_NOTIFICATIONS (porch_agent_notifications_get_type ())
G_DECLARE_FINAL_TYPE (PorchAgentNotifications,
                      porch_agent_notifications,
                      PORCH,
                      AGENT_NOTIFICATIONS,
                      GObject)

PorchAgentNotifications *porch_agent_notifications_new (GDBusConnection *bus,
                                                        PorchClock *clock,
                                                        PorchAgentPreferences *preferences);
void porch_agent_notifications_set_account (PorchAgentNotifications *self,
                                            PorchAgentAccount *account);

G_END_DECLS
