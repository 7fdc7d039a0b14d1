/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_AGENT_KEEPER (porch_agent_keeper_get_type ())

/**
 * PorchAgentKeeper:
 *
 * Starts an agent anew that crashed while the window is there.
 */
G_DECLARE_FINAL_TYPE (PorchAgentKeeper, porch_agent_keeper, PORCH, AGENT_KEEPER, GObject)

PorchAgentKeeper *porch_agent_keeper_new (PorchAgentProxy *agent, PorchClock *clock);

G_END_DECLS
