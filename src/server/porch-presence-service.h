/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "presence/porch-presence.h"
#include "server/porch-publisher.h"
#include "server/porch-store.h"

G_BEGIN_DECLS

/**
 * PorchPresenceStats:
 * @n_online: people who are online now
 * @n_updates: what programs have said so far
 * @n_events: what was published so far
 */
typedef struct
{
  guint n_online;
  guint64 n_updates;
  guint64 n_events;
} PorchPresenceStats;

#define PORCH_TYPE_PRESENCE_SERVICE (porch_presence_service_get_type ())
G_DECLARE_FINAL_TYPE (PorchPresenceService,
                      porch_presence_service,
                      PORCH,
                      PRESENCE_SERVICE,
                      GObject)

PorchPresenceService *
porch_presence_service_new (PorchClock *clock, PorchStore *store, PorchPublisher *publisher);
void porch_presence_service_load_async (PorchPresenceService *self,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean porch_presence_service_load_finish (PorchPresenceService *self,
                                             GAsyncResult *result,
                                             GError **error);
void porch_presence_service_update_async (PorchPresenceService *self,
                                          const char *user_id,
                                          const char *client,
                                          PorchStatus status,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean porch_presence_service_update_finish (PorchPresenceService *self,
                                               GAsyncResult *result,
                                               PorchPresence *presence,
                                               GError **error);
PorchPresence porch_presence_service_view (PorchPresenceService *self, const PorchStoreUser *user);
gboolean porch_presence_service_get (PorchPresenceService *self,
                                     const char *user_id,
                                     PorchPresence *presence);
PorchPresenceStats porch_presence_service_get_stats (PorchPresenceService *self);

G_END_DECLS
