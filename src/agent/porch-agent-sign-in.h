/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "bus/porch-agent-dbus.h"
#include "client/porch-session.h"
#include "desktop/porch-keyring.h"

G_BEGIN_DECLS

/**
 * PorchAgentEntry:
 * @server: the origin that was signed in to
 * @discovery: where its parts are
 * @email: the person's email address
 * @session: what they were given; the handler may steal it
 * @keep_in_memory: whether to do without the keyring
 * @invocation: the call to answer, whose answer is (o); the handler takes it
 *
 * A person who has proven who they are.
 */
typedef struct
{
  const char *server;
  const PorchDiscovery *discovery;
  const char *email;
  PorchAuthSession *session;
  gboolean keep_in_memory;
  GDBusMethodInvocation *invocation;
} PorchAgentEntry;

#define PORCH_TYPE_AGENT_SIGN_IN (porch_agent_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (PorchAgentSignIn, porch_agent_sign_in, PORCH, AGENT_SIGN_IN, GObject)

/**
 * PorchAgentSignIn:
 *
 * Signals:
 *  "refuse" (const char *server, const char *email) → char *: why nobody may sign in there now, a
 *    sentence, or NULL; email is "" where it is not known yet
 *  "known-setup" (const char *server) → gpointer (PorchDiscovery *): (transfer full) (nullable):
 * where the parts of a server are that was set up by hand before "entered" (gpointer:
 * PorchAgentEntry *): somebody is to be taken in
 */

PorchAgentSignIn *
porch_agent_sign_in_new (PorchDBusAgent1 *skeleton, PorchClock *clock, PorchKeyring *keyring);
void porch_agent_sign_in_over (PorchAgentSignIn *self);

G_END_DECLS
