/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Who is subscribed to one channel, and who of them is a member. On a person's own channel nobody
 * but that person is: who watches whom is nobody else's business. A message is built once and
 * shared by all subscribers. Owned by PorchBroker, which decides who may subscribe.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-broker-channel.h"

#include <string.h>

#include "protocol/porch-user-id.h"
#include "server/porch-websocket.h"

typedef struct
{
  char *user_info; /* JSON */
  guint n_connections;
} Member;

struct _PorchBrokerChannel
{
  char *name;
  PorchBrokerChannelKind kind;
  GPtrArray *subscriptions; /* PorchBrokerSubscription, in no order */
  GHashTable *members;      /* user id → Member; NULL where there can be none */
};

static void
member_free (Member *member)
{
  g_free (member->user_info);
  g_free (member);
}

/**
 * porch_broker_channel_kind_of:
 * @name: a valid channel name
 *
 * Returns: what kind of channel has that name
 */
PorchBrokerChannelKind
porch_broker_channel_kind_of (const char *name)
{
  if (porch_user_id_from_channel (name) != NULL)
    return PORCH_BROKER_CHANNEL_PERSON;
  if (g_str_has_prefix (name, "presence-"))
    return PORCH_BROKER_CHANNEL_PRESENCE;
  if (g_str_has_prefix (name, "private-"))
    return PORCH_BROKER_CHANNEL_PRIVATE;

  return PORCH_BROKER_CHANNEL_PUBLIC;
}

/**
 * porch_broker_channel_new:
 * @name: a valid channel name
 *
 * Returns: (transfer full): an empty channel
 */
PorchBrokerChannel *
porch_broker_channel_new (const char *name)
{
  PorchBrokerChannel *self = g_new0 (PorchBrokerChannel, 1);

  self->name = g_strdup (name);
  self->kind = porch_broker_channel_kind_of (name);
  self->subscriptions = g_ptr_array_new ();
  if (self->kind == PORCH_BROKER_CHANNEL_PRESENCE || self->kind == PORCH_BROKER_CHANNEL_PERSON)
    self->members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                           (GDestroyNotify) member_free);

  return self;
}

/**
 * porch_broker_channel_free:
 * @self: (transfer full): a channel without subscriptions
 */
void
porch_broker_channel_free (PorchBrokerChannel *self)
{
  g_return_if_fail (self->subscriptions->len == 0);

  g_ptr_array_unref (self->subscriptions);
  g_clear_pointer (&self->members, g_hash_table_unref);
  g_free (self->name);
  g_free (self);
}

/**
 * porch_broker_channel_get_name:
 * @self: a channel
 *
 * Returns: its name
 */
const char *
porch_broker_channel_get_name (PorchBrokerChannel *self)
{
  return self->name;
}

/**
 * porch_broker_channel_get_kind:
 * @self: a channel
 *
 * Returns: its kind
 */
PorchBrokerChannelKind
porch_broker_channel_get_kind (PorchBrokerChannel *self)
{
  return self->kind;
}

/**
 * porch_broker_channel_get_n_subscriptions:
 * @self: a channel
 *
 * Returns: how many connections are subscribed
 */
guint
porch_broker_channel_get_n_subscriptions (PorchBrokerChannel *self)
{
  return self->subscriptions->len;
}

/**
 * porch_broker_channel_get_n_members:
 * @self: a channel
 *
 * Returns: how many people are members
 */
guint
porch_broker_channel_get_n_members (PorchBrokerChannel *self)
{
  return self->members != NULL ? g_hash_table_size (self->members) : 0;
}

/**
 * porch_broker_channel_has_member:
 * @self: a channel
 * @user_id: a person
 *
 * Returns: whether they are a member, by one connection or more
 */
gboolean
porch_broker_channel_has_member (PorchBrokerChannel *self, const char *user_id)
{
  return self->members != NULL && g_hash_table_contains (self->members, user_id);
}

/**
 * porch_broker_channel_list_members:
 * @self: a channel
 *
 * Returns: (transfer container) (element-type utf8): the ids of the people who are members
 */
GPtrArray *
porch_broker_channel_list_members (PorchBrokerChannel *self)
{
  GPtrArray *ids = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer user_id;

  if (self->members == NULL)
    return ids;

  g_hash_table_iter_init (&iter, self->members);
  while (g_hash_table_iter_next (&iter, &user_id, NULL))
    g_ptr_array_add (ids, user_id);

  return ids;
}

/**
 * porch_broker_channel_is_watched:
 * @self: a channel
 *
 * Returns: whether anybody is subscribed who is not a member
 */
gboolean
porch_broker_channel_is_watched (PorchBrokerChannel *self)
{
  guint n_of_members = 0;
  GHashTableIter iter;
  gpointer member;

  if (self->members != NULL)
    {
      g_hash_table_iter_init (&iter, self->members);
      while (g_hash_table_iter_next (&iter, NULL, &member))
        n_of_members += ((Member *) member)->n_connections;
    }

  return self->subscriptions->len > n_of_members;
}

static gboolean
is_listed (PorchBrokerChannel *self, const char *user_id)
{
  if (self->members == NULL || user_id == NULL)
    return FALSE;

  return self->kind == PORCH_BROKER_CHANNEL_PRESENCE
         || g_str_equal (user_id, porch_user_id_from_channel (self->name));
}

/**
 * porch_broker_channel_subscribe:
 * @self: a channel
 * @connection: a connection that is not subscribed to it
 * @member: (nullable): who subscribes, on presence channels
 * @is_first: (out): whether this made a person a member
 *
 * Returns: (transfer none): the subscription, until porch_broker_channel_unsubscribe()
 */
PorchBrokerSubscription *
porch_broker_channel_subscribe (PorchBrokerChannel *self,
                                PorchBrokerConnection *connection,
                                const PorchPusherMember *member,
                                gboolean *is_first)
{
  PorchBrokerSubscription *subscription = g_new0 (PorchBrokerSubscription, 1);

  subscription->channel = self;
  subscription->connection = connection;
  subscription->index = self->subscriptions->len;
  subscription->user_id = member != NULL ? g_strdup (member->user_id) : NULL;
  g_ptr_array_add (self->subscriptions, subscription);

  *is_first = FALSE;
  if (is_listed (self, subscription->user_id))
    {
      Member *known = g_hash_table_lookup (self->members, member->user_id);

      if (known == NULL)
        {
          known = g_new0 (Member, 1);
          known->user_info = g_strdup (member->user_info);
          g_hash_table_insert (self->members, g_strdup (member->user_id), known);
          *is_first = TRUE;
        }
      known->n_connections++;
    }

  return subscription;
}

/**
 * porch_broker_channel_unsubscribe:
 * @subscription: (transfer full): a subscription
 *
 * Returns: whether this ended a person's membership
 */
gboolean
porch_broker_channel_unsubscribe (PorchBrokerSubscription *subscription)
{
  PorchBrokerChannel *self = subscription->channel;
  PorchBrokerSubscription *moved;
  gboolean was_last = FALSE;

  g_ptr_array_remove_index_fast (self->subscriptions, subscription->index);
  if (subscription->index < self->subscriptions->len)
    {
      moved = g_ptr_array_index (self->subscriptions, subscription->index);
      moved->index = subscription->index;
    }

  if (is_listed (self, subscription->user_id))
    {
      Member *member = g_hash_table_lookup (self->members, subscription->user_id);

      if (--member->n_connections == 0)
        {
          g_hash_table_remove (self->members, subscription->user_id);
          was_last = TRUE;
        }
    }

  g_free (subscription->user_id);
  g_free (subscription);

  return was_last;
}

/**
 * porch_broker_channel_get_member_info:
 * @self: a channel
 * @user_id: a person
 *
 * Returns: (nullable): what their member data say about them, JSON; %NULL where they are no member
 */
const char *
porch_broker_channel_get_member_info (PorchBrokerChannel *self, const char *user_id)
{
  Member *member = self->members != NULL ? g_hash_table_lookup (self->members, user_id) : NULL;

  return member != NULL ? member->user_info : NULL;
}

/**
 * porch_broker_channel_build_members:
 * @self: a presence channel
 * @elsewhere: (nullable): a member whose connection is at another instance
 *
 * Returns: (transfer full): the data of pusher_internal:subscription_succeeded
 */
char *
porch_broker_channel_build_members (PorchBrokerChannel *self, const PorchPusherMember *elsewhere)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer user_id;
  gpointer member;

  g_hash_table_iter_init (&iter, self->members);
  while (g_hash_table_iter_next (&iter, &user_id, &member))
    {
      PorchPusherMember *listed = g_new0 (PorchPusherMember, 1);

      /* Borrowed for the moment. */
      listed->user_id = user_id;
      listed->user_info = ((Member *) member)->user_info;
      g_ptr_array_add (members, listed);
    }

  if (elsewhere != NULL && !g_hash_table_contains (self->members, elsewhere->user_id))
    g_ptr_array_add (members, g_memdup2 (elsewhere, sizeof *elsewhere));

  return porch_pusher_members_build (members);
}

/**
 * porch_broker_channel_broadcast:
 * @self: a channel
 * @text: the text of a frame
 * @except_socket_id: (nullable): the connection that does not get it
 */
void
porch_broker_channel_broadcast (PorchBrokerChannel *self,
                                const char *text,
                                const char *except_socket_id)
{
  g_autoptr (GBytes) frame = porch_websocket_build_frame (text);

  for (guint i = 0; i < self->subscriptions->len; i++)
    {
      PorchBrokerSubscription *subscription = g_ptr_array_index (self->subscriptions, i);
      PorchBrokerConnection *connection = subscription->connection;

      if (except_socket_id == NULL
          || !g_str_equal (porch_broker_connection_get_socket_id (connection), except_socket_id))
        porch_broker_connection_send (connection, frame);
    }
}
