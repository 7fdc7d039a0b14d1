/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A real porchlightd in a folder of its own, on a port of loopback that was free. */
typedef struct
{
  GSubprocess *process;
  GPtrArray *arguments;
  char *folder;
  char *address; /* "http://127.0.0.1:41234" */
  guint port;
} PorchTestDaemon;

PorchTestDaemon *porch_test_daemon_start (const char *const *options);
PorchTestDaemon *porch_test_daemon_start_beside (PorchTestDaemon *other,
                                                 const char *const *options);
void porch_test_daemon_kill (PorchTestDaemon *self);
void porch_test_daemon_stop (PorchTestDaemon *self);
void porch_test_daemon_start_again (PorchTestDaemon *self);
void porch_test_daemon_free (PorchTestDaemon *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchTestDaemon, porch_test_daemon_free)
void porch_test_daemon_add_user (PorchTestDaemon *self,
                                 const char *email,
                                 const char *name,
                                 const char *password);
guint64 porch_test_daemon_get_rss_kib (PorchTestDaemon *self);
gboolean porch_test_daemon_is_alive (PorchTestDaemon *self);

G_END_DECLS
