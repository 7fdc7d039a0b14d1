/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A real PostgreSQL with a cluster of its own in a temporary folder, reached by a socket in it. */
typedef struct
{
  GSubprocess *process;
  char *programs; /* where initdb and postgres are */
  char *folder;
  char *conninfo;
  guint16 port; /* of 127.0.0.1, and of no other address; 0 for the socket in the folder alone */
} PorchTestPostgres;

PorchTestPostgres *porch_test_postgres_start (void);
void porch_test_postgres_stop (PorchTestPostgres *self);
void porch_test_postgres_start_again (PorchTestPostgres *self);
void porch_test_postgres_open_port (PorchTestPostgres *self);
void porch_test_postgres_free (PorchTestPostgres *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchTestPostgres, porch_test_postgres_free)
void porch_test_postgres_run (PorchTestPostgres *self, const char *sql);
char *porch_test_postgres_query (PorchTestPostgres *self, const char *sql);

G_END_DECLS
