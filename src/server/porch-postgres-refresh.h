/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-postgres-connection.h"

G_BEGIN_DECLS

void porch_postgres_refresh_begin (PorchPostgresConnection *connection,
                                   const char *token_secret,
                                   const char *refresh_token,
                                   gint64 now_us,
                                   GTask *task);

G_END_DECLS
