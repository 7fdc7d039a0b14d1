/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>
#include <libpq-fe.h>

#include "server/porch-user-table.h"

G_BEGIN_DECLS

typedef struct _PorchPostgresPeople PorchPostgresPeople;

PorchPostgresPeople *
porch_postgres_people_new (PGconn *pg, const PorchUserTable *table, GError **error);
void porch_postgres_people_free (PorchPostgresPeople *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchPostgresPeople, porch_postgres_people_free)
gboolean porch_postgres_people_are_own (PorchPostgresPeople *self);
gboolean porch_postgres_people_may_have (PorchPostgresPeople *self, const char *user_id);
char *porch_postgres_people_expand (PorchPostgresPeople *self, const char *sql);

G_END_DECLS
