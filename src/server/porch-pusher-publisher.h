/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-publisher.h"

G_BEGIN_DECLS

/**
 * PORCH_PUSHER_PUBLISHER_QUEUE_MAX:
 *
 * How many events wait while the cluster does not answer; then the oldest make room.
 */
#define PORCH_PUSHER_PUBLISHER_QUEUE_MAX 10000

/**
 * PorchPusherPublisherStats:
 * @n_waiting: events that are not with the cluster yet
 * @n_sent: those that it took
 * @n_dropped: those that it refused, that were too old, or that had no room
 * @n_retries: requests that failed and were made again
 */
typedef struct
{
  guint n_waiting;
  guint64 n_sent;
  guint64 n_dropped;
  guint64 n_retries;
} PorchPusherPublisherStats;

#define PORCH_TYPE_PUSHER_PUBLISHER (porch_pusher_publisher_get_type ())
G_DECLARE_FINAL_TYPE (PorchPusherPublisher,
                      porch_pusher_publisher,
                      PORCH,
                      PUSHER_PUBLISHER,
                      GObject)

PorchPusherPublisher *porch_pusher_publisher_new (PorchClock *clock,
                                                  const char *origin,
                                                  const char *app_id,
                                                  const char *key,
                                                  const char *secret);
PorchPusherPublisherStats porch_pusher_publisher_get_stats (PorchPusherPublisher *self);

G_END_DECLS
