/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-notify-rule.h"
#include "store/porch-agent-record.h"
#include "store/porch-agent-store.h"

G_BEGIN_DECLS

#define PORCH_TYPE_AGENT_PREFERENCES (porch_agent_preferences_get_type ())
G_DECLARE_FINAL_TYPE (PorchAgentPreferences,
                      porch_agent_preferences,
                      PORCH,
                      AGENT_PREFERENCES,
                      GObject)

/**
 * PorchAgentPreferences:
 *
 * What the person chose for all of the agent on this computer.
 *
 * Signals:
 *  "changed": a value, or what is locked; by whomever
 */

PorchAgentPreferences *porch_agent_preferences_new (void);
void porch_agent_preferences_move_old (PorchAgentPreferences *self,
                                       PorchAgentStore *store,
                                       const PorchAccountRecord *record);

guint porch_agent_preferences_get_away_after_minutes (PorchAgentPreferences *self);
gboolean porch_agent_preferences_set_away_after_minutes (PorchAgentPreferences *self,
                                                         guint minutes,
                                                         GError **error);
guint porch_agent_preferences_get_heartbeat_s (PorchAgentPreferences *self);
gboolean porch_agent_preferences_set_heartbeat_s (PorchAgentPreferences *self,
                                                  guint heartbeat_s,
                                                  GError **error);
PorchNotifyDefault porch_agent_preferences_get_notify_default (PorchAgentPreferences *self);
gboolean porch_agent_preferences_set_notify_default (PorchAgentPreferences *self,
                                                     PorchNotifyDefault value,
                                                     GError **error);
PorchQuietHours porch_agent_preferences_get_quiet_hours (PorchAgentPreferences *self);
gboolean porch_agent_preferences_set_quiet_hours (PorchAgentPreferences *self,
                                                  const PorchQuietHours *hours,
                                                  GError **error);
char **porch_agent_preferences_dup_locked (PorchAgentPreferences *self);

G_END_DECLS
