/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "protocol/porch-discovery.h"
#include "server/porch-http-server.h"

G_BEGIN_DECLS

#define PORCH_TYPE_DISCOVERY_ROUTES (porch_discovery_routes_get_type ())
G_DECLARE_FINAL_TYPE (PorchDiscoveryRoutes,
                      porch_discovery_routes,
                      PORCH,
                      DISCOVERY_ROUTES,
                      GObject)

PorchDiscoveryRoutes *porch_discovery_routes_new (void);
void porch_discovery_routes_set_discovery (PorchDiscoveryRoutes *self,
                                           const PorchDiscovery *discovery);
void porch_discovery_routes_register (PorchDiscoveryRoutes *self, PorchHttpServer *http);

G_END_DECLS
