/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-clock.h"

G_BEGIN_DECLS

#define PORCH_TYPE_AGENT_SERVICE (porch_agent_service_get_type ())
G_DECLARE_FINAL_TYPE (PorchAgentService, porch_agent_service, PORCH, AGENT_SERVICE, GObject)

/**
 * PorchAgentService:
 *
 * The agent: its accounts, and app.porchlight.Agent1 on the bus.
 *
 * Signals:
 *  "quit": a person asked for the end, and has the answer
 */

PorchAgentService *porch_agent_service_new (GDBusConnection *bus,
                                            PorchClock *clock,
                                            const char *data_folder,
                                            const char *cache_folder);
void porch_agent_service_start_async (PorchAgentService *self,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
porch_agent_service_start_finish (PorchAgentService *self, GAsyncResult *result, GError **error);
void porch_agent_service_stop_async (PorchAgentService *self,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
void porch_agent_service_stop_finish (PorchAgentService *self, GAsyncResult *result);

G_END_DECLS
