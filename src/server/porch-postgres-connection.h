/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-clock.h"
#include "server/porch-postgres-call.h"

G_BEGIN_DECLS

/**
 * PorchPostgresAddress:
 * @conninfo: as libpq reads it
 * @password: (nullable): where libpq is not to look for it itself
 * @instance: which process of porchlightd this is: a UUID
 *
 * Where the database is, and who we are there.
 */
typedef struct
{
  const char *conninfo;
  const char *password;
  const char *instance;
} PorchPostgresAddress;

#define PORCH_TYPE_POSTGRES_CONNECTION (porch_postgres_connection_get_type ())
G_DECLARE_FINAL_TYPE (PorchPostgresConnection,
                      porch_postgres_connection,
                      PORCH,
                      POSTGRES_CONNECTION,
                      GObject)

/* Signals:
 *   "ready" (): connected, and the session is set up; again after each loss
 *   "notified" (const char *channel, const char *payload)
 */
PorchPostgresConnection *porch_postgres_connection_new (PorchClock *clock,
                                                        const PorchPostgresAddress *address,
                                                        const char *const *statements,
                                                        const char *channel);
gboolean porch_postgres_connection_start (PorchPostgresConnection *self, GError **error);
gboolean porch_postgres_connection_is_ready (PorchPostgresConnection *self);
void porch_postgres_connection_run_async (PorchPostgresConnection *self,
                                          PorchPostgresCall *call,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
GPtrArray *porch_postgres_connection_run_finish (PorchPostgresConnection *self,
                                                 GAsyncResult *result,
                                                 GError **error);

PGconn *porch_postgres_connect_blocking (const PorchPostgresAddress *address, GError **error);

G_END_DECLS
