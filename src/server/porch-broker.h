/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-broker-channel.h"
#include "server/porch-http-server.h"
#include "server/porch-publisher.h"

G_BEGIN_DECLS

#define PORCH_BROKER_CONNECTIONS_MAX 4000
/* Of one connection: the largest list of contacts, and a few more. */
#define PORCH_BROKER_CHANNELS_MAX 12000
/* How many a connection may have before another public channel, which anybody may make, is refused.
 */
#define PORCH_BROKER_PUBLIC_CHANNELS_MAX 100

/**
 * PorchBrokerStats:
 * @n_connections: clients that are connected now
 * @n_channels: channels that anybody is subscribed to now
 * @n_events: events that were published so far
 * @n_deliveries: how many clients they went to, all together
 */
typedef struct
{
  guint n_connections;
  guint n_channels;
  guint64 n_events;
  guint64 n_deliveries;
} PorchBrokerStats;

#define PORCH_TYPE_BROKER (porch_broker_get_type ())
G_DECLARE_FINAL_TYPE (PorchBroker, porch_broker, PORCH, BROKER, GObject)

/* Signals:
 *   "published" (const char *channel, const char *text, const char *except_socket_id): a frame went
 *     to the subscribers here, and is for those of the other instances as well
 */
PorchBroker *porch_broker_new (PorchClock *clock, const char *key, const char *secret);
void porch_broker_add_routes (PorchBroker *self, PorchHttpServer *server);
void porch_broker_set_max_connections (PorchBroker *self, guint max_connections);
guint porch_broker_get_n_connections (PorchBroker *self);
PorchBrokerChannel *porch_broker_get_channel (PorchBroker *self, const char *name);
GPtrArray *porch_broker_list_channels (PorchBroker *self);
void porch_broker_publish_everywhere (PorchBroker *self,
                                      const char *channel,
                                      const char *event,
                                      const char *data,
                                      const char *except_socket_id);
void porch_broker_deliver (PorchBroker *self,
                           const char *channel,
                           const char *text,
                           const char *except_socket_id);
GPtrArray *porch_broker_list_owners (PorchBroker *self);
const char *porch_broker_get_owner_info (PorchBroker *self, const char *user_id);
void
porch_broker_set_owner_elsewhere (PorchBroker *self, const char *user_id, const char *user_info);
gboolean porch_broker_has_owner (PorchBroker *self, const char *user_id);
PorchBrokerStats porch_broker_get_stats (PorchBroker *self);
void porch_broker_wind_down (PorchBroker *self);
void porch_broker_stop (PorchBroker *self);

G_END_DECLS
