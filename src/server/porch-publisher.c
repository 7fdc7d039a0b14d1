/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What a publisher is: the broker of this server, or an app on a Pusher cluster. This file only
 * hands calls on to the implementation that main chose; PorchPresenceService has the events.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-publisher.h"

#include "protocol/porch-user-id.h"

G_DEFINE_INTERFACE (PorchPublisher, porch_publisher, G_TYPE_OBJECT)

enum
{
  SIGNAL_OWNER_CONNECTED,
  SIGNAL_OWNER_DISCONNECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
porch_publisher_default_init (PorchPublisherInterface *iface)
{
  signals[SIGNAL_OWNER_CONNECTED] = g_signal_new ("owner-connected", PORCH_TYPE_PUBLISHER,
                                                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_OWNER_DISCONNECTED] = g_signal_new ("owner-disconnected", PORCH_TYPE_PUBLISHER,
                                                     G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                     G_TYPE_NONE, 1, G_TYPE_STRING);
}

/**
 * porch_publisher_publish:
 * @self: a publisher
 * @channel: a channel
 * @event: an event
 * @data: JSON
 * @except_socket_id: (nullable): the connection that does not get it
 *
 * Sends an event to all who are subscribed. Those of one channel arrive in the order in which they
 * were published.
 */
void
porch_publisher_publish (PorchPublisher *self,
                         const char *channel,
                         const char *event,
                         const char *data,
                         const char *except_socket_id)
{
  g_return_if_fail (PORCH_IS_PUBLISHER (self));
  g_return_if_fail (channel != NULL && event != NULL && data != NULL);

  PORCH_PUBLISHER_GET_IFACE (self)->publish (self, channel, event, data, except_socket_id);
}

/**
 * porch_publisher_publish_status:
 * @self: a publisher
 * @state: who a person is, and what became of them
 *
 * Tells who watches them.
 */
void
porch_publisher_publish_status (PorchPublisher *self, const PorchUserState *state)
{
  g_autofree char *channel = porch_user_id_to_channel (state->user_id);
  g_autofree char *data = porch_user_state_build (state);

  porch_publisher_publish (self, channel, PORCH_STATUS_CHANGE_EVENT, data, NULL);
}

/**
 * porch_publisher_is_watched:
 * @self: a publisher
 * @channel: a person's channel
 *
 * Returns: whether anybody other than that person is, or may be, subscribed
 */
gboolean
porch_publisher_is_watched (PorchPublisher *self, const char *channel)
{
  g_return_val_if_fail (PORCH_IS_PUBLISHER (self), FALSE);

  return PORCH_PUBLISHER_GET_IFACE (self)->is_watched (self, channel);
}

/**
 * porch_publisher_authorize:
 * @self: a publisher
 * @session_id: (nullable): the session that asks
 * @socket_id: a connection
 * @channel: the channel that it may subscribe to
 * @channel_data: (nullable): who it is, for presence channels
 *
 * Returns: (transfer full): the answer of the authorisation endpoint, JSON
 */
char *
porch_publisher_authorize (PorchPublisher *self,
                           const char *session_id,
                           const char *socket_id,
                           const char *channel,
                           const char *channel_data)
{
  g_return_val_if_fail (PORCH_IS_PUBLISHER (self), NULL);

  return PORCH_PUBLISHER_GET_IFACE (self)->authorize (self, session_id, socket_id, channel,
                                                      channel_data);
}

/**
 * porch_publisher_end_session:
 * @self: a publisher
 * @session_id: a session that is over: signed out, revoked, or its person removed
 *
 * Closes the connections that were authorised for it, where the publisher can.
 */
void
porch_publisher_end_session (PorchPublisher *self, const char *session_id)
{
  g_return_if_fail (PORCH_IS_PUBLISHER (self));
  g_return_if_fail (session_id != NULL);

  PORCH_PUBLISHER_GET_IFACE (self)->end_session (self, session_id);
}

/**
 * porch_publisher_flush_async:
 * @self: a publisher
 * @cancellable: (nullable): when waiting has lasted long enough
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Waits until what was published has left this server. What does not leave now is given up.
 */
void
porch_publisher_flush_async (PorchPublisher *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (PORCH_IS_PUBLISHER (self));

  PORCH_PUBLISHER_GET_IFACE (self)->flush_async (self, cancellable, callback, user_data);
}

/**
 * porch_publisher_flush_finish:
 * @self: a publisher
 * @result: what the callback got
 * @error: %G_IO_ERROR_CANCELLED
 *
 * Returns: whether all has left
 */
gboolean
porch_publisher_flush_finish (PorchPublisher *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_publisher_owner_connected:
 * @self: a publisher, which says so
 * @user_id: who is a member of their own channel
 */
void
porch_publisher_owner_connected (PorchPublisher *self, const char *user_id)
{
  g_signal_emit (self, signals[SIGNAL_OWNER_CONNECTED], 0, user_id);
}

/**
 * porch_publisher_owner_disconnected:
 * @self: a publisher, which says so
 * @user_id: who is so no more
 */
void
porch_publisher_owner_disconnected (PorchPublisher *self, const char *user_id)
{
  g_signal_emit (self, signals[SIGNAL_OWNER_DISCONNECTED], 0, user_id);
}
