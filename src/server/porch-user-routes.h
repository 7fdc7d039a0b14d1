/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-authenticator.h"
#include "server/porch-http-server.h"

G_BEGIN_DECLS

#define PORCH_TYPE_USER_ROUTES (porch_user_routes_get_type ())

G_DECLARE_FINAL_TYPE (PorchUserRoutes, porch_user_routes, PORCH, USER_ROUTES, GObject)

/**
 * PorchPresenceLookup:
 * @user_id: whose
 * @presence: (out): what is known of them
 * @user_data: what was given with the function
 *
 * Asks who keeps presence in memory. Where it knows nothing, the store's last word counts.
 *
 * Returns: %TRUE when @presence was set
 */
typedef gboolean (*PorchPresenceLookup) (const char *user_id,
                                         PorchPresence *presence,
                                         gpointer user_data);

PorchUserRoutes *
porch_user_routes_new (PorchClock *clock, PorchStore *store, PorchAuthenticator *authenticator);
void porch_user_routes_set_presence_lookup (PorchUserRoutes *self,
                                            PorchPresenceLookup lookup,
                                            gpointer user_data);
void porch_user_routes_register (PorchUserRoutes *self, PorchHttpServer *http);

G_END_DECLS
