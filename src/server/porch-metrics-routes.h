/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-broker.h"
#include "server/porch-http-server.h"
#include "server/porch-presence-service.h"
#include "server/porch-publisher.h"
#include "server/porch-shared-presence.h"

G_BEGIN_DECLS

#define PORCH_TYPE_METRICS_ROUTES (porch_metrics_routes_get_type ())
G_DECLARE_FINAL_TYPE (PorchMetricsRoutes, porch_metrics_routes, PORCH, METRICS_ROUTES, GObject)

PorchMetricsRoutes *porch_metrics_routes_new (PorchClock *clock,
                                              PorchStore *store,
                                              PorchPublisher *publisher,
                                              PorchPresenceService *presence,
                                              GPtrArray *readers);
void porch_metrics_routes_set_shared_presence (PorchMetricsRoutes *self,
                                               PorchSharedPresence *shared_presence);
void porch_metrics_routes_set_stopping (PorchMetricsRoutes *self);
void porch_metrics_routes_register (PorchMetricsRoutes *self, PorchHttpServer *http);

G_END_DECLS
