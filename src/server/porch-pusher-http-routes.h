/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-broker.h"
#include "server/porch-http-server.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PUSHER_HTTP_ROUTES (porch_pusher_http_routes_get_type ())
G_DECLARE_FINAL_TYPE (PorchPusherHttpRoutes,
                      porch_pusher_http_routes,
                      PORCH,
                      PUSHER_HTTP_ROUTES,
                      GObject)

PorchPusherHttpRoutes *porch_pusher_http_routes_new (PorchClock *clock,
                                                     PorchBroker *broker,
                                                     const char *app_id,
                                                     const char *key,
                                                     const char *secret);
void porch_pusher_http_routes_register (PorchPusherHttpRoutes *self, PorchHttpServer *http);

G_END_DECLS
