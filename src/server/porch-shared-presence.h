/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-peers.h"
#include "server/porch-publisher.h"
#include "server/porch-store.h"

G_BEGIN_DECLS

/**
 * PorchSharedPresenceStats:
 * @n_online: people who are online now, at whatever instance
 * @n_events: what this instance has published so far
 */
typedef struct
{
  guint n_online;
  guint64 n_events;
} PorchSharedPresenceStats;

#define PORCH_TYPE_SHARED_PRESENCE (porch_shared_presence_get_type ())
G_DECLARE_FINAL_TYPE (PorchSharedPresence, porch_shared_presence, PORCH, SHARED_PRESENCE, GObject)

PorchSharedPresence *porch_shared_presence_new (PorchClock *clock,
                                                PorchStore *store,
                                                PorchPublisher *publisher,
                                                PorchPeers *peers);
PorchSharedPresenceStats porch_shared_presence_get_stats (PorchSharedPresence *self);

G_END_DECLS
