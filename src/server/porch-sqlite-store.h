/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-store.h"

G_BEGIN_DECLS

/**
 * PORCH_SQLITE_STORE_FILE:
 *
 * The file's name in the server's data folder.
 */
#define PORCH_SQLITE_STORE_FILE "porchlight.db"

#define PORCH_TYPE_SQLITE_STORE (porch_sqlite_store_get_type ())

G_DECLARE_FINAL_TYPE (PorchSqliteStore, porch_sqlite_store, PORCH, SQLITE_STORE, GObject)

PorchSqliteStore *
porch_sqlite_store_new (const char *path, const char *token_secret, GError **error);

G_END_DECLS
