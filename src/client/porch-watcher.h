/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-pusher-connection.h"
#include "presence/porch-roster.h"

G_BEGIN_DECLS

#define PORCH_TYPE_WATCHER (porch_watcher_get_type ())
G_DECLARE_FINAL_TYPE (PorchWatcher, porch_watcher, PORCH, WATCHER, GObject)

/**
 * PorchWatcher:
 *
 * Properties: has-list (boolean): whether the server has the list of people, which is asked for
 * many states at once and searched; lists-watchers (boolean): whether it was seen to show people
 * who watches them.
 *
 * Signals:
 *  "told" (gpointer: const PorchUserState *, PorchPresenceSource): a state was told, of a contact
 *    or of oneself
 *  "missing" (const char *user_id, gboolean missing): the server does not know this contact, or
 *    knows it again
 */

PorchWatcher *porch_watcher_new (PorchClock *clock,
                                 PorchPresenceApi *api,
                                 PorchPusherConnection *connection,
                                 PorchRoster *roster,
                                 const char *own_id);
void porch_watcher_watch (PorchWatcher *self, const char *user_id);
void porch_watcher_unwatch (PorchWatcher *self, const char *user_id);
gboolean porch_watcher_get_has_list (PorchWatcher *self);
gboolean porch_watcher_get_lists_watchers (PorchWatcher *self);

G_END_DECLS
