/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-authenticator.h"
#include "server/porch-publisher.h"
#include "server/porch-http-server.h"
#include "server/porch-presence-service.h"
#include "server/porch-store.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PRESENCE_ROUTES (porch_presence_routes_get_type ())
G_DECLARE_FINAL_TYPE (PorchPresenceRoutes, porch_presence_routes, PORCH, PRESENCE_ROUTES, GObject)

PorchPresenceRoutes *porch_presence_routes_new (PorchPresenceService *service,
                                                PorchStore *store,
                                                PorchPublisher *publisher,
                                                PorchAuthenticator *authenticator);
void porch_presence_routes_register (PorchPresenceRoutes *self, PorchHttpServer *http);

G_END_DECLS
