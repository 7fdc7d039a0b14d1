/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-auth-gate.h"
#include "server/porch-http-server.h"

G_BEGIN_DECLS

#define PORCH_TYPE_FACTOR_ROUTES (porch_factor_routes_get_type ())

G_DECLARE_FINAL_TYPE (PorchFactorRoutes, porch_factor_routes, PORCH, FACTOR_ROUTES, GObject)

PorchFactorRoutes *porch_factor_routes_new (PorchClock *clock,
                                            PorchStore *store,
                                            PorchAuthGate *gate,
                                            const char *key);
void porch_factor_routes_register (PorchFactorRoutes *self, PorchHttpServer *http);

G_END_DECLS
