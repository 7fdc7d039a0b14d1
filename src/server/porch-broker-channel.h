/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-broker-connection.h"

G_BEGIN_DECLS

/* Members of an ordinary presence channel, as on hosted Pusher. */
#define PORCH_BROKER_MEMBERS_MAX 100

/**
 * PorchBrokerChannelKind:
 * @PORCH_BROKER_CHANNEL_PUBLIC: open to everyone
 * @PORCH_BROKER_CHANNEL_PRIVATE: by authorisation
 * @PORCH_BROKER_CHANNEL_PRESENCE: by authorisation, and subscribers see each other
 * @PORCH_BROKER_CHANNEL_PERSON: a presence channel that is about one person: presence-user-{id}.
 *   By authorisation, and only the person themselves is a member
 */
typedef enum
{
  PORCH_BROKER_CHANNEL_PUBLIC,
  PORCH_BROKER_CHANNEL_PRIVATE,
  PORCH_BROKER_CHANNEL_PRESENCE,
  PORCH_BROKER_CHANNEL_PERSON,
} PorchBrokerChannelKind;

PorchBrokerChannelKind porch_broker_channel_kind_of (const char *name);

typedef struct _PorchBrokerChannel PorchBrokerChannel;

/* One connection's place in one channel. */
typedef struct
{
  PorchBrokerChannel *channel;
  PorchBrokerConnection *connection;
  guint index;   /* in the channel */
  char *user_id; /* of whoever subscribed, on presence channels */
} PorchBrokerSubscription;

PorchBrokerChannel *porch_broker_channel_new (const char *name);
void porch_broker_channel_free (PorchBrokerChannel *self);
const char *porch_broker_channel_get_name (PorchBrokerChannel *self);
PorchBrokerChannelKind porch_broker_channel_get_kind (PorchBrokerChannel *self);
guint porch_broker_channel_get_n_subscriptions (PorchBrokerChannel *self);
guint porch_broker_channel_get_n_members (PorchBrokerChannel *self);
gboolean porch_broker_channel_has_member (PorchBrokerChannel *self, const char *user_id);
GPtrArray *porch_broker_channel_list_members (PorchBrokerChannel *self);
gboolean porch_broker_channel_is_watched (PorchBrokerChannel *self);
PorchBrokerSubscription *porch_broker_channel_subscribe (PorchBrokerChannel *self,
                                                         PorchBrokerConnection *connection,
                                                         const PorchPusherMember *member,
                                                         gboolean *is_first);
gboolean porch_broker_channel_unsubscribe (PorchBrokerSubscription *subscription);
const char *porch_broker_channel_get_member_info (PorchBrokerChannel *self, const char *user_id);
char *porch_broker_channel_build_members (PorchBrokerChannel *self,
                                          const PorchPusherMember *elsewhere);
void porch_broker_channel_broadcast (PorchBrokerChannel *self,
                                     const char *text,
                                     const char *except_socket_id);

G_END_DECLS
