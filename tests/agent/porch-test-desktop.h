/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "bus/porch-agent-proxy.h"
#include "porch-test-wait.h"

G_BEGIN_DECLS

/* A person's desktop for tests: a session bus, folders and where wanted a keyring of its own, on
 * which the real agent and the real command line run. */
typedef struct
{
  GTestDBus *dbus;
  GDBusConnection *bus;
  char *folder;
  char *database; /* the agent's */
  GSubprocess *keyring;
  GSubprocess *agent;
  PorchAgentProxy *proxy; /* while an agent runs */
} PorchTestDesktop;

PorchTestDesktop *porch_test_desktop_new (gboolean with_keyring);
void porch_test_desktop_end (PorchTestDesktop *self);
void porch_test_desktop_free (PorchTestDesktop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchTestDesktop, porch_test_desktop_free)
gboolean porch_test_desktop_has_keyring_program (void);
void porch_test_desktop_start_keyring (PorchTestDesktop *self);
void porch_test_desktop_stop_keyring (PorchTestDesktop *self);

void porch_test_desktop_start_agent (PorchTestDesktop *self);
void porch_test_desktop_end_agent (PorchTestDesktop *self, int signal_number);
GSubprocess *
porch_test_desktop_spawn (PorchTestDesktop *self, GSubprocessFlags flags, const char *const *argv);
int porch_test_desktop_run_cli (PorchTestDesktop *self,
                                const char *input,
                                char **output,
                                char **errors,
                                ...) G_GNUC_NULL_TERMINATED;
gboolean porch_test_desktop_sign_in (PorchTestDesktop *self,
                                     const char *server,
                                     const char *email,
                                     const char *password,
                                     gboolean keep_in_memory,
                                     GError **error);

G_END_DECLS
