/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The one place that knows which stores there are: the server and "porchlightd user" open the store
 * that the configuration names through it.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-open-store.h"

#include "server/porch-postgres-store.h"
#include "server/porch-sqlite-store.h"

/**
 * porch_open_store:
 * @clock: the time
 * @config: what the administrator chose
 * @secrets: the server's own
 * @instance: which process of porchlightd this is: a UUID
 * @error: a place for an error of %PORCH_STORE_ERROR
 *
 * Opens the store, and makes it first where it is missing. Blocks, so it is for a program's start.
 *
 * Returns: (transfer full): the store, or %NULL with @error set
 */
PorchStore *
porch_open_store (PorchClock *clock,
                  const PorchConfig *config,
                  const PorchSecrets *secrets,
                  const char *instance,
                  GError **error)
{
  if (config->store_backend == PORCH_STORE_BACKEND_POSTGRES)
    {
      PorchPostgresAddress address = { config->postgres, config->postgres_password, instance };
      PorchPostgresStore *store = porch_postgres_store_new (clock, &address, &config->user_table,
                                                            secrets->token_secret, error);

      return store != NULL ? PORCH_STORE (store) : NULL;
    }
  else
    {
      g_autofree char *path = g_build_filename (config->data_dir, PORCH_SQLITE_STORE_FILE, NULL);
      PorchSqliteStore *store = porch_sqlite_store_new (path, secrets->token_secret, error);

      return store != NULL ? PORCH_STORE (store) : NULL;
    }
}
