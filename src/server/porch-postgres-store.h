/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-postgres-connection.h"
#include "server/porch-store.h"
#include "server/porch-user-table.h"

G_BEGIN_DECLS

#define PORCH_TYPE_POSTGRES_STORE (porch_postgres_store_get_type ())
G_DECLARE_FINAL_TYPE (PorchPostgresStore, porch_postgres_store, PORCH, POSTGRES_STORE, GObject)

PorchPostgresStore *porch_postgres_store_new (PorchClock *clock,
                                              const PorchPostgresAddress *address,
                                              const PorchUserTable *users,
                                              const char *token_secret,
                                              GError **error);

G_END_DECLS
