/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>
#include <libpq-fe.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGconn, PQfinish)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGresult, PQclear)

typedef struct _PorchPostgresCall PorchPostgresCall;

PorchPostgresCall *porch_postgres_call_new (void);
void porch_postgres_call_free (PorchPostgresCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchPostgresCall, porch_postgres_call_free)

void porch_postgres_call_add (PorchPostgresCall *self, guint statement, const char *types, ...);
void porch_postgres_call_add_sql (PorchPostgresCall *self, const char *sql);
void
porch_postgres_call_add_preparation (PorchPostgresCall *self, guint statement, const char *sql);
gboolean porch_postgres_call_send (PorchPostgresCall *self, PGconn *connection);

void porch_postgres_array_append (GString *array, const char *value);
char *porch_postgres_array_from_strv (const char *const *values);

G_END_DECLS
