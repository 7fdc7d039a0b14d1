/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _PorchPoller PorchPoller;
typedef struct _PorchPollerWatch PorchPollerWatch;

/**
 * PorchPollerFunc:
 * @watch: the descriptor that is ready
 * @ready: for what
 */
typedef void (*PorchPollerFunc) (PorchPollerWatch *watch, GIOCondition ready);

/**
 * PorchPollerWatch:
 * @fd: a descriptor
 * @wanted: what to wait for; errors and hang-ups are always told
 * @func: called when it is ready
 *
 * One watched descriptor, embedded in what owns it.
 */
struct _PorchPollerWatch
{
  int fd;
  GIOCondition wanted;
  PorchPollerFunc func;
};

PorchPoller *porch_poller_new (void);
PorchPoller *porch_poller_ref (PorchPoller *self);
void porch_poller_unref (PorchPoller *self);
gboolean porch_poller_add (PorchPoller *self, PorchPollerWatch *watch);
void porch_poller_modify (PorchPoller *self, PorchPollerWatch *watch, GIOCondition wanted);
void porch_poller_remove (PorchPoller *self, PorchPollerWatch *watch);

G_END_DECLS
