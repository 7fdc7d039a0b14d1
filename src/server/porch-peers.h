/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "presence/porch-presence.h"
#include "server/porch-broker.h"
#include "server/porch-postgres-connection.h"

G_BEGIN_DECLS

/**
 * PorchPeersActivity:
 * @user_id: a person
 * @last_active_us: Unix microseconds
 * @is_ours: whether it is this instance that is to tell a publisher which all share
 *
 * When a person was last active, at whichever instance.
 */
typedef struct
{
  char *user_id;
  gint64 last_active_us;
  gboolean is_ours;
} PorchPeersActivity;

void porch_peers_activity_free (PorchPeersActivity *activity);

#define PORCH_TYPE_PEERS (porch_peers_get_type ())
G_DECLARE_FINAL_TYPE (PorchPeers, porch_peers, PORCH, PEERS, GObject)

/* Signals:
 *   "status-changed" (const char *user_id, PorchStatus status, gint64 last_active_us,
 *     gboolean is_ours): a person came or went, at whichever instance; once for each change
 *   "statuses-read" (GHashTable *online): who is online, user id → gint64 *last_active_us: at the
 *     start, and after a time in which changes may have been missed
 */
PorchPeers *
porch_peers_new (PorchClock *clock, const PorchPostgresAddress *address, PorchBroker *broker);
gboolean porch_peers_start (PorchPeers *self, GError **error);
void porch_peers_read_activities_async (PorchPeers *self,
                                        const char *const *user_ids,
                                        gint64 told_before_us,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
GPtrArray *
porch_peers_read_activities_finish (PorchPeers *self, GAsyncResult *result, GError **error);

G_END_DECLS
