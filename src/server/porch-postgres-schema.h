/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>
#include <libpq-fe.h>

G_BEGIN_DECLS

/**
 * PORCH_POSTGRES_CHANNEL:
 *
 * Where instances tell each other what happened: who is online, who is connected where, events.
 */
#define PORCH_POSTGRES_CHANNEL "porchlight"

/**
 * PORCH_POSTGRES_SESSIONS_CHANNEL:
 *
 * Where the ids of ended sessions are told.
 */
#define PORCH_POSTGRES_SESSIONS_CHANNEL "porchlight_sessions"

gboolean porch_postgres_schema_migrate (PGconn *pg, GError **error);

G_END_DECLS
