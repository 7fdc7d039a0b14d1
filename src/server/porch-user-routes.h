/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-authenticator.h"
#include "server/porch-http-server.h"
#include "server/porch-presence-service.h"

G_BEGIN_DECLS

#define PORCH_TYPE_USER_ROUTES (porch_user_routes_get_type ())

G_DECLARE_FINAL_TYPE (PorchUserRoutes, porch_user_routes, PORCH, USER_ROUTES, GObject)

PorchUserRoutes *porch_user_routes_new (PorchClock *clock,
                                        PorchStore *store,
                                        PorchPresenceService *presence,
                                        PorchAuthenticator *authenticator);
void porch_user_routes_register (PorchUserRoutes *self, PorchHttpServer *http);

G_END_DECLS
