/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "agent/porch-agent-account.h"

G_BEGIN_DECLS

#define PORCH_TYPE_AGENT_SEARCH (porch_agent_search_get_type ())
G_DECLARE_FINAL_TYPE (PorchAgentSearch, porch_agent_search, PORCH, AGENT_SEARCH, GObject)

/**
 * PorchAgentSearch:
 *
 * The contacts of the account that is used, in the desktop's search.
 */

PorchAgentSearch *porch_agent_search_new (GDBusConnection *bus);
void porch_agent_search_set_account (PorchAgentSearch *self, PorchAgentAccount *account);
void porch_agent_search_start (PorchAgentSearch *self);

G_END_DECLS
