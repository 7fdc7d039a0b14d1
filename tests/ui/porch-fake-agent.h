/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "bus/porch-agent-dbus.h"
#include "presence/porch-history.h"
#include "presence/porch-roster.h"

G_BEGIN_DECLS

/* The agent's end of the bus without an agent behind it: what a test puts in its roster and its
 * account is what the window is told. */
#define PORCH_TYPE_FAKE_AGENT (porch_fake_agent_get_type ())

G_DECLARE_FINAL_TYPE (PorchFakeAgent, porch_fake_agent, PORCH, FAKE_AGENT, GObject)

PorchFakeAgent *porch_fake_agent_new (GDBusConnection *bus, gboolean has_account);
PorchDBusAgent1 *porch_fake_agent_get_agent (PorchFakeAgent *self);
PorchDBusAccount1 *porch_fake_agent_get_account (PorchFakeAgent *self);
PorchRoster *porch_fake_agent_get_roster (PorchFakeAgent *self);
GArray *porch_fake_agent_get_history (PorchFakeAgent *self);
PorchContact *porch_fake_agent_add (PorchFakeAgent *self,
                                    const char *id,
                                    const char *name,
                                    const PorchContactState *state);
void porch_fake_agent_add_crowd (PorchFakeAgent *self, guint n_contacts, gint64 now_us);
const char *porch_fake_agent_get_password (PorchFakeAgent *self);

G_END_DECLS
