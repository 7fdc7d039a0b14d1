/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-postgres-people.h"
#include "server/porch-store.h"

G_BEGIN_DECLS

#define PORCH_TYPE_POSTGRES_STORE (porch_postgres_store_get_type ())
G_DECLARE_FINAL_TYPE (PorchPostgresStore, porch_postgres_store, PORCH, POSTGRES_STORE, GObject)

PorchPostgresStore *porch_postgres_store_new (PorchClock *clock,
                                              const char *conninfo,
                                              const char *instance,
                                              const PorchUserTable *users,
                                              const char *token_secret,
                                              GError **error);

G_END_DECLS
