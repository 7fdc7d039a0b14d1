/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-postgres-connection.h"
#include "server/porch-store.h"

G_BEGIN_DECLS

#define PORCH_TYPE_POSTGRES_RECORDER (porch_postgres_recorder_get_type ())
G_DECLARE_FINAL_TYPE (PorchPostgresRecorder,
                      porch_postgres_recorder,
                      PORCH,
                      POSTGRES_RECORDER,
                      GObject)

PorchPostgresRecorder *porch_postgres_recorder_new (PorchPostgresConnection *connection);
void porch_postgres_recorder_add (PorchPostgresRecorder *self,
                                  const PorchStorePresence *presence,
                                  GTask *task);

G_END_DECLS
