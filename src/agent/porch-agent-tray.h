/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "agent/porch-agent-account.h"

G_BEGIN_DECLS

#define PORCH_TYPE_AGENT_TRAY (porch_agent_tray_get_type ())
G_DECLARE_FINAL_TYPE (PorchAgentTray, porch_agent_tray, PORCH, AGENT_TRAY, GObject)

/**
 * PorchAgentTray:
 *
 * The tray's icon of the account that is used.
 *
 * Signals:
 *  "quit": the person asked for the end
 *  "hint" (const char *sentence): what they should be told once: their desktop shows no icon
 *  "own-line" (const char *line): what is true of the person, whenever that may have changed
 */

PorchAgentTray *
porch_agent_tray_new (GDBusConnection *bus, PorchClock *clock, PorchAgentStore *store);
void porch_agent_tray_set_account (PorchAgentTray *self, PorchAgentAccount *account);
void porch_agent_tray_start (PorchAgentTray *self);

G_END_DECLS
