/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "store/porch-agent-store.h"

G_BEGIN_DECLS

/**
 * PorchAutostartChoice:
 * @PORCH_AUTOSTART_CHOICE_UNKNOWN: not read yet
 * @PORCH_AUTOSTART_CHOICE_UNDECIDED: the person was not asked yet, or did not answer
 * @PORCH_AUTOSTART_CHOICE_ON: the agent starts at log-in
 * @PORCH_AUTOSTART_CHOICE_OFF: it does not
 */
typedef enum
{
  PORCH_AUTOSTART_CHOICE_UNKNOWN,
  PORCH_AUTOSTART_CHOICE_UNDECIDED,
  PORCH_AUTOSTART_CHOICE_ON,
  PORCH_AUTOSTART_CHOICE_OFF,
} PorchAutostartChoice;

#define PORCH_TYPE_AUTOSTART_CHOICE (porch_autostart_choice_get_type ())
GType porch_autostart_choice_get_type (void);

#define PORCH_TYPE_AGENT_AUTOSTART (porch_agent_autostart_get_type ())
G_DECLARE_FINAL_TYPE (PorchAgentAutostart, porch_agent_autostart, PORCH, AGENT_AUTOSTART, GObject)

/**
 * PorchAgentAutostart:
 *
 * Whether the agent starts at log-in, and whether the person decided so.
 *
 * Signals:
 *  "changed": what the getters return has changed
 */

PorchAgentAutostart *porch_agent_autostart_new (GDBusConnection *bus, PorchAgentStore *store);
void porch_agent_autostart_start (PorchAgentAutostart *self);
void porch_agent_autostart_set_async (PorchAgentAutostart *self,
                                      gboolean enabled,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
porch_agent_autostart_set_finish (PorchAgentAutostart *self, GAsyncResult *result, GError **error);
void porch_agent_autostart_stay_async (PorchAgentAutostart *self,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
porch_agent_autostart_stay_finish (PorchAgentAutostart *self, GAsyncResult *result, GError **error);
void porch_agent_autostart_set_status (PorchAgentAutostart *self, const char *line);
const char *porch_agent_autostart_get_choice_code (PorchAgentAutostart *self);
const char *porch_agent_autostart_get_way (PorchAgentAutostart *self);

G_END_DECLS
