/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The embedded broker: Pusher Channels, protocol 7, at /app/{key}. It lets clients in, checks what
 * they were authorised for, keeps the channels, and carries events: the server's own through
 * PorchPublisher, client events where the protocol allows them. It knows who is connected
 * but not what presence means; PorchPresenceService does. Owned by main.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-broker.h"

#include <libsoup/soup.h>
#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-pusher-signature.h"
#include "protocol/porch-user-id.h"
#include "server/porch-broker-channel.h"
#include "server/porch-broker-connection.h"

#define PROTOCOL_MIN        5
#define PROTOCOL_MAX        7
#define CLIENT_EVENT_PREFIX "client-"
/* How often silence is looked for: what it adds to the bounds on how long a dot may lie. */
#define SWEEP_INTERVAL_MS 5000

enum
{
  SIGNAL_PUBLISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _PorchBroker
{
  GObject parent_instance;

  PorchClock *clock;
  char *key;
  char *secret;
  guint max_connections;
  guint n_established;
  GHashTable *connections;  /* PorchBrokerConnection, a set */
  GHashTable *by_socket_id; /* the established ones among them */
  GHashTable *channels;     /* name → PorchBrokerChannel */
  GHashTable *elsewhere; /* user id → user_info of owners who are connected at other instances */
  guint sweep_id;
  gboolean is_winding_down;
  guint64 n_events;
  guint64 n_deliveries;
};

static void porch_broker_publisher_iface_init (PorchPublisherInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchBroker,
                               porch_broker,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_PUBLISHER,
                                                      porch_broker_publisher_iface_init))

static void
porch_broker_dispose (GObject *object)
{
  PorchBroker *self = PORCH_BROKER (object);

  porch_broker_stop (self);

  G_OBJECT_CLASS (porch_broker_parent_class)->dispose (object);
}

static void
porch_broker_finalize (GObject *object)
{
  PorchBroker *self = PORCH_BROKER (object);

  g_hash_table_unref (self->by_socket_id);
  g_hash_table_unref (self->connections);
  g_hash_table_unref (self->channels);
  g_hash_table_unref (self->elsewhere);
  g_free (self->key);
  porch_secret_free (self->secret);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_broker_parent_class)->finalize (object);
}

static void
porch_broker_class_init (PorchBrokerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_broker_dispose;
  object_class->finalize = porch_broker_finalize;

  signals[SIGNAL_PUBLISHED] = g_signal_new (
      "published", PORCH_TYPE_BROKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
porch_broker_init (PorchBroker *self)
{
  self->max_connections = PORCH_BROKER_CONNECTIONS_MAX;
  self->connections = g_hash_table_new (NULL, NULL);
  self->by_socket_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                          (GDestroyNotify) porch_broker_channel_free);
  self->elsewhere = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
send_subscription_succeeded (PorchBroker *self,
                             PorchBrokerChannel *channel,
                             PorchBrokerConnection *connection)
{
  PorchBrokerChannelKind kind = porch_broker_channel_get_kind (channel);
  const char *owner_id = porch_user_id_from_channel (porch_broker_channel_get_name (channel));
  PorchPusherMember elsewhere = { (char *) owner_id, NULL };
  g_autofree char *members = NULL;

  if (owner_id != NULL)
    elsewhere.user_info = g_hash_table_lookup (self->elsewhere, owner_id);
  if (kind == PORCH_BROKER_CHANNEL_PRESENCE || kind == PORCH_BROKER_CHANNEL_PERSON)
    members = porch_broker_channel_build_members (channel,
                                                  elsewhere.user_info != NULL ? &elsewhere : NULL);

  porch_broker_connection_send_event (connection, PORCH_PUSHER_EVENT_SUBSCRIPTION_SUCCEEDED,
                                      porch_broker_channel_get_name (channel),
                                      members != NULL ? members : "{}");
}

static void
announce_member (PorchBroker *self,
                 PorchBrokerChannel *channel,
                 const char *event,
                 const PorchPusherMember *member,
                 const char *except_socket_id)
{
  g_autofree char *data = porch_pusher_member_build (member->user_id, member->user_info);
  g_autofree char *text = porch_pusher_frame_build (event, porch_broker_channel_get_name (channel),
                                                    data);

  porch_broker_channel_broadcast (channel, text, except_socket_id);
}

static void
enter_channel (PorchBroker *self,
               PorchBrokerConnection *connection,
               const char *name,
               const PorchPusherMember *member)
{
  PorchBrokerChannel *channel = g_hash_table_lookup (self->channels, name);
  PorchBrokerSubscription *subscription;
  gboolean is_person, is_first;

  if (channel == NULL)
    {
      channel = porch_broker_channel_new (name);
      g_hash_table_insert (self->channels, (gpointer) porch_broker_channel_get_name (channel),
                           channel);
    }

  subscription = porch_broker_channel_subscribe (channel, connection, member, &is_first);
  g_hash_table_insert (porch_broker_connection_get_subscriptions (connection),
                       (gpointer) porch_broker_channel_get_name (channel), subscription);
  send_subscription_succeeded (self, channel, connection);

  if (!is_first)
    return;

  is_person = porch_broker_channel_get_kind (channel) == PORCH_BROKER_CHANNEL_PERSON;
  if (!is_person || !g_hash_table_contains (self->elsewhere, member->user_id))
    announce_member (self, channel, PORCH_PUSHER_EVENT_MEMBER_ADDED, member,
                     porch_broker_connection_get_socket_id (connection));
  if (is_person)
    porch_publisher_owner_connected (PORCH_PUBLISHER (self), member->user_id);
}

/* The subscription is out of its connection's table already. */
static void
leave_channel (PorchBroker *self, PorchBrokerSubscription *subscription)
{
  PorchBrokerChannel *channel = subscription->channel;
  gboolean is_person = porch_broker_channel_get_kind (channel) == PORCH_BROKER_CHANNEL_PERSON;
  g_autofree char *user_id = g_strdup (subscription->user_id);
  gboolean was_last = porch_broker_channel_unsubscribe (subscription);

  if (was_last && !(is_person && g_hash_table_contains (self->elsewhere, user_id)))
    {
      PorchPusherMember member = { .user_id = user_id };

      announce_member (self, channel, PORCH_PUSHER_EVENT_MEMBER_REMOVED, &member, NULL);
    }
  if (porch_broker_channel_get_n_subscriptions (channel) == 0)
    g_hash_table_remove (self->channels, porch_broker_channel_get_name (channel));

  if (was_last && is_person)
    porch_publisher_owner_disconnected (PORCH_PUBLISHER (self), user_id);
}

static void
leave_all_channels (PorchBroker *self, PorchBrokerConnection *connection)
{
  GHashTable *subscriptions = porch_broker_connection_get_subscriptions (connection);
  GHashTableIter iter;
  gpointer subscription;

  g_hash_table_iter_init (&iter, subscriptions);
  while (g_hash_table_iter_next (&iter, NULL, &subscription))
    {
      g_hash_table_iter_remove (&iter);
      leave_channel (self, subscription);
    }
}

static void
send_subscription_error (PorchBrokerConnection *connection,
                         const char *channel,
                         const char *type,
                         const char *message,
                         int status)
{
  g_autofree char *data = porch_pusher_subscription_error_build (type, message, status);

  porch_broker_connection_send_event (connection, PORCH_PUSHER_EVENT_SUBSCRIPTION_ERROR, channel,
                                      data);
}

/* Whether a channel has room for one more member. */
static gboolean
has_room (PorchBroker *self, const char *name, const PorchPusherMember *member)
{
  PorchBrokerChannel *channel = g_hash_table_lookup (self->channels, name);

  return channel == NULL || porch_broker_channel_get_kind (channel) != PORCH_BROKER_CHANNEL_PRESENCE
         || porch_broker_channel_has_member (channel, member->user_id)
         || porch_broker_channel_get_n_members (channel) < PORCH_BROKER_MEMBERS_MAX;
}

static void
subscribe (PorchBroker *self,
           PorchBrokerConnection *connection,
           const PorchPusherSubscribe *subscribe)
{
  PorchBrokerChannelKind kind = porch_broker_channel_kind_of (subscribe->channel);
  const char *socket_id = porch_broker_connection_get_socket_id (connection);
  g_autoptr (PorchPusherMember) member = NULL;

  if (kind != PORCH_BROKER_CHANNEL_PUBLIC
      && (subscribe->auth == NULL
          || !porch_pusher_channel_auth_verify (subscribe->auth, self->key, self->secret, socket_id,
                                                subscribe->channel, subscribe->channel_data)))
    {
      send_subscription_error (connection, subscribe->channel, "AuthError",
                               "The authorisation is not valid", SOUP_STATUS_UNAUTHORIZED);
      return;
    }

  if (kind == PORCH_BROKER_CHANNEL_PRESENCE || kind == PORCH_BROKER_CHANNEL_PERSON)
    {
      if (subscribe->channel_data != NULL)
        member = porch_pusher_member_parse (subscribe->channel_data, NULL);
      if (member == NULL)
        {
          send_subscription_error (connection, subscribe->channel, "AuthError",
                                   "A presence channel needs channel_data with a user_id",
                                   SOUP_STATUS_BAD_REQUEST);
          return;
        }
      if (!has_room (self, subscribe->channel, member))
        {
          send_subscription_error (connection, subscribe->channel, "LimitReached",
                                   "The channel is full", SOUP_STATUS_FORBIDDEN);
          return;
        }
    }

  enter_channel (self, connection, subscribe->channel, member);
}

static void
on_subscribe (PorchBroker *self, PorchBrokerConnection *connection, PorchPusherFrame *frame)
{
  GHashTable *subscriptions = porch_broker_connection_get_subscriptions (connection);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchPusherSubscribe) parsed = porch_pusher_subscribe_parse (frame->data, &error);
  guint max_channels = PORCH_BROKER_CHANNELS_MAX;

  if (parsed != NULL
      && porch_broker_channel_kind_of (parsed->channel) == PORCH_BROKER_CHANNEL_PUBLIC)
    max_channels = PORCH_BROKER_PUBLIC_CHANNELS_MAX;

  if (parsed == NULL)
    porch_broker_connection_send_error (connection, 0, "The subscription is malformed");
  else if (g_hash_table_contains (subscriptions, parsed->channel))
    porch_broker_connection_send_error (connection, 0, "Already subscribed to this channel");
  else if (g_hash_table_size (subscriptions) >= max_channels)
    send_subscription_error (connection, parsed->channel, "LimitReached",
                             "Too many channels on one connection", SOUP_STATUS_FORBIDDEN);
  else
    subscribe (self, connection, parsed);
}

static void
on_unsubscribe (PorchBroker *self, PorchBrokerConnection *connection, PorchPusherFrame *frame)
{
  GHashTable *subscriptions = porch_broker_connection_get_subscriptions (connection);
  g_autoptr (PorchPusherSubscribe) parsed = porch_pusher_subscribe_parse (frame->data, NULL);
  gpointer subscription;

  if (parsed != NULL
      && g_hash_table_steal_extended (subscriptions, parsed->channel, NULL, &subscription))
    leave_channel (self, subscription);
}

/* Why a client event is refused; NULL where it is not. */
static const char *
find_client_event_fault (PorchBrokerConnection *connection,
                         const PorchPusherFrame *frame,
                         const PorchBrokerSubscription *subscription)
{
  PorchBrokerChannelKind kind;

  if (!g_str_has_prefix (frame->event, CLIENT_EVENT_PREFIX))
    return "Client events begin with “client-”";
  if (subscription == NULL)
    return "Client events need a subscription to their channel";

  /* On a person's channel only the server speaks: anybody may watch there. */
  kind = porch_broker_channel_get_kind (subscription->channel);
  if (kind != PORCH_BROKER_CHANNEL_PRIVATE && kind != PORCH_BROKER_CHANNEL_PRESENCE)
    return "Client events are not allowed on this channel";
  if (frame->data != NULL && strlen (frame->data) > PORCH_PUSHER_DATA_MAX_BYTES)
    return "The data of the event is too large";
  if (!porch_broker_connection_take_client_event (connection))
    return "Too many client events";

  return NULL;
}

static void
on_client_event (PorchBroker *self, PorchBrokerConnection *connection, PorchPusherFrame *frame)
{
  PorchBrokerSubscription *subscription
      = frame->channel != NULL ? g_hash_table_lookup (
            porch_broker_connection_get_subscriptions (connection), frame->channel)
                               : NULL;
  const char *fault = find_client_event_fault (connection, frame, subscription);
  g_autofree char *text = NULL;

  if (fault != NULL)
    {
      porch_broker_connection_send_error (connection, PORCH_PUSHER_ERROR_CLIENT_EVENT, fault);
      return;
    }

  text = porch_pusher_frame_build_client_event (frame->event, frame->channel, frame->data,
                                                subscription->user_id);
  porch_broker_channel_broadcast (subscription->channel, text,
                                  porch_broker_connection_get_socket_id (connection));
  g_signal_emit (self, signals[SIGNAL_PUBLISHED], 0, frame->channel, text,
                 porch_broker_connection_get_socket_id (connection));
}

static void
on_connection_frame_cb (PorchBrokerConnection *connection,
                        PorchPusherFrame *frame,
                        gpointer user_data)
{
  PorchBroker *self = user_data;

  if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_SUBSCRIBE))
    on_subscribe (self, connection, frame);
  else if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_UNSUBSCRIBE))
    on_unsubscribe (self, connection, frame);
  else if (g_str_has_prefix (frame->event, "pusher:"))
    porch_broker_connection_send_error (connection, 0, "This event is not supported");
  else
    on_client_event (self, connection, frame);
}

static void
show_out (PorchBroker *self, PorchBrokerConnection *connection, guint16 code, const char *reason)
{
  if (porch_broker_connection_is_established (connection))
    self->n_established--;
  porch_broker_connection_close (connection, code, reason);
  leave_all_channels (self, connection);
}

static void
on_connection_closed_cb (PorchBrokerConnection *connection, gpointer user_data)
{
  PorchBroker *self = user_data;

  if (porch_broker_connection_is_established (connection))
    self->n_established--;
  leave_all_channels (self, connection);
  g_hash_table_remove (self->connections, connection);
  if (porch_broker_connection_get_socket_id (connection) != NULL)
    g_hash_table_remove (self->by_socket_id, porch_broker_connection_get_socket_id (connection));
  porch_broker_connection_free (connection);

  if (g_hash_table_size (self->connections) == 0)
    porch_clock_clear_timeout (self->clock, &self->sweep_id);
}

static const PorchBrokerConnectionFuncs connection_funcs = {
  .frame = on_connection_frame_cb,
  .closed = on_connection_closed_cb,
};

static gboolean
on_sweep_cb (gpointer user_data)
{
  PorchBroker *self = user_data;
  gint64 now_us = porch_clock_get_monotonic_us (self->clock);
  GHashTableIter iter;
  gpointer connection;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    if (!porch_broker_connection_check (connection, now_us))
      show_out (self, connection, PORCH_PUSHER_CLOSE_NO_PONG, "Pong reply not received");

  return G_SOURCE_CONTINUE;
}

/* The close code for who may not come in, 0 for who may. */
static guint16
find_refusal (PorchBroker *self, const char *key, const char *protocol, const char **reason)
{
  guint64 version;

  if (!g_str_equal (key, self->key))
    {
      *reason = "No such app";
      return PORCH_PUSHER_CLOSE_UNKNOWN_APP;
    }
  if (protocol == NULL)
    {
      *reason = "No protocol version supplied";
      return PORCH_PUSHER_CLOSE_NO_PROTOCOL;
    }
  if (!g_ascii_string_to_unsigned (protocol, 10, PROTOCOL_MIN, PROTOCOL_MAX, &version, NULL))
    {
      *reason = "Unsupported protocol version";
      return PORCH_PUSHER_CLOSE_UNSUPPORTED_PROTOCOL;
    }
  if (self->is_winding_down)
    {
      *reason = "Server stops";
      return PORCH_PUSHER_CLOSE_RECONNECT;
    }
  if (self->n_established >= self->max_connections)
    {
      *reason = "Over capacity";
      return PORCH_PUSHER_CLOSE_OVER_CAPACITY;
    }

  return 0;
}

static void
handle_socket (PorchHttpRequest *request, gpointer user_data)
{
  PorchBroker *self = user_data;
  const char *reason = NULL;
  guint16 refusal = find_refusal (self, porch_http_request_get_path_param (request, "key"),
                                  porch_http_request_get_query_param (request, "protocol"),
                                  &reason);
  PorchBrokerConnection *connection = porch_broker_connection_accept (request, self->clock,
                                                                      &connection_funcs, self);

  if (connection == NULL)
    return;

  g_hash_table_add (self->connections, connection);
  if (self->sweep_id == 0)
    self->sweep_id = porch_clock_add_timeout (self->clock, SWEEP_INTERVAL_MS, on_sweep_cb, self);

  if (refusal != 0)
    {
      porch_broker_connection_close (connection, refusal, reason);
      return;
    }

  self->n_established++;
  porch_broker_connection_establish (connection);
  g_hash_table_insert (self->by_socket_id,
                       (gpointer) porch_broker_connection_get_socket_id (connection), connection);
}

static void
porch_broker_publish (PorchPublisher *publisher,
                      const char *channel,
                      const char *event,
                      const char *data,
                      const char *except_socket_id)
{
  PorchBroker *self = PORCH_BROKER (publisher);
  PorchBrokerChannel *found = g_hash_table_lookup (self->channels, channel);
  g_autofree char *text = NULL;

  self->n_events++;
  if (found == NULL)
    return;

  self->n_deliveries += porch_broker_channel_get_n_subscriptions (found);
  text = porch_pusher_frame_build (event, channel, data);
  porch_broker_channel_broadcast (found, text, except_socket_id);
}

static gboolean
porch_broker_is_watched (PorchPublisher *publisher, const char *channel)
{
  PorchBroker *self = PORCH_BROKER (publisher);
  PorchBrokerChannel *found = g_hash_table_lookup (self->channels, channel);

  return found != NULL && porch_broker_channel_is_watched (found);
}

/* When the session ends, so does the connection. */
static char *
porch_broker_authorize (PorchPublisher *publisher,
                        const char *session_id,
                        const char *socket_id,
                        const char *channel,
                        const char *channel_data)
{
  PorchBroker *self = PORCH_BROKER (publisher);
  PorchBrokerConnection *connection = g_hash_table_lookup (self->by_socket_id, socket_id);
  g_autofree char *auth = NULL;

  if (connection != NULL)
    porch_broker_connection_set_session_id (connection, session_id);

  auth = porch_pusher_channel_auth_build (self->key, self->secret, socket_id, channel,
                                          channel_data);

  return porch_pusher_channel_auth_to_json (auth, channel_data);
}

/* 4009: what a client may see was asked only once, when it subscribed. */
static void
porch_broker_end_session (PorchPublisher *publisher, const char *session_id)
{
  PorchBroker *self = PORCH_BROKER (publisher);
  GHashTableIter iter;
  gpointer connection;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    if (g_strcmp0 (porch_broker_connection_get_session_id (connection), session_id) == 0)
      show_out (self, connection, PORCH_PUSHER_CLOSE_UNAUTHORIZED, "The session has ended");
}

/* What is published goes to the sockets at once. */
static void
porch_broker_flush_async (PorchPublisher *publisher,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (publisher, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static void
porch_broker_publisher_iface_init (PorchPublisherInterface *iface)
{
  iface->publish = porch_broker_publish;
  iface->is_watched = porch_broker_is_watched;
  iface->authorize = porch_broker_authorize;
  iface->end_session = porch_broker_end_session;
  iface->flush_async = porch_broker_flush_async;
}

/**
 * porch_broker_new:
 * @clock: for silence and rates
 * @key: the app key, which every client knows
 * @secret: the app secret, which signs authorisations
 *
 * Returns: (transfer full): a broker that nobody can reach yet
 */
PorchBroker *
porch_broker_new (PorchClock *clock, const char *key, const char *secret)
{
  PorchBroker *self = g_object_new (PORCH_TYPE_BROKER, NULL);

  self->clock = g_object_ref (clock);
  self->key = g_strdup (key);
  self->secret = g_strdup (secret);

  return self;
}

/**
 * porch_broker_add_routes:
 * @self: a broker, which outlives @server or is stopped after it
 * @server: where clients come from
 */
void
porch_broker_add_routes (PorchBroker *self, PorchHttpServer *server)
{
  g_return_if_fail (PORCH_IS_BROKER (self));

  porch_http_server_add_route (server, "GET", "/app/{key}", handle_socket, self);
}

/**
 * porch_broker_set_max_connections:
 * @self: a broker
 * @max_connections: how many clients it carries; more are told 4100, over capacity
 */
void
porch_broker_set_max_connections (PorchBroker *self, guint max_connections)
{
  g_return_if_fail (PORCH_IS_BROKER (self));

  self->max_connections = max_connections;
}

/**
 * porch_broker_get_n_connections:
 * @self: a broker
 *
 * Returns: how many clients are connected
 */
guint
porch_broker_get_n_connections (PorchBroker *self)
{
  g_return_val_if_fail (PORCH_IS_BROKER (self), 0);

  return self->n_established;
}

/**
 * porch_broker_get_channel:
 * @self: a broker
 * @name: a channel
 *
 * Returns: (transfer none) (nullable): the channel, while anybody is subscribed; valid until the
 *   caller returns to the main loop
 */
PorchBrokerChannel *
porch_broker_get_channel (PorchBroker *self, const char *name)
{
  g_return_val_if_fail (PORCH_IS_BROKER (self), NULL);

  return g_hash_table_lookup (self->channels, name);
}

/**
 * porch_broker_list_channels:
 * @self: a broker
 *
 * Returns: (transfer container) (element-type PorchBrokerChannel): all channels that anybody is
 *   subscribed to, valid until the caller returns to the main loop
 */
GPtrArray *
porch_broker_list_channels (PorchBroker *self)
{
  GPtrArray *channels;
  GHashTableIter iter;
  gpointer channel;

  g_return_val_if_fail (PORCH_IS_BROKER (self), NULL);

  channels = g_ptr_array_sized_new (g_hash_table_size (self->channels));
  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    g_ptr_array_add (channels, channel);

  return channels;
}

/**
 * porch_broker_publish_everywhere:
 * @self: a broker
 * @channel: a channel
 * @event: an event
 * @data: JSON
 * @except_socket_id: (nullable): the connection that does not get it
 *
 * Sends an event to all who are subscribed, here and at other instances. porch_publisher_publish()
 * reaches those who are connected here: of a person's status each instance tells its own.
 */
void
porch_broker_publish_everywhere (PorchBroker *self,
                                 const char *channel,
                                 const char *event,
                                 const char *data,
                                 const char *except_socket_id)
{
  g_autofree char *text = porch_pusher_frame_build (event, channel, data);

  g_return_if_fail (PORCH_IS_BROKER (self));

  porch_broker_deliver (self, channel, text, except_socket_id);
  g_signal_emit (self, signals[SIGNAL_PUBLISHED], 0, channel, text, except_socket_id);
}

/**
 * porch_broker_deliver:
 * @self: a broker
 * @channel: a channel
 * @text: the text of a frame
 * @except_socket_id: (nullable): the connection that does not get it
 *
 * Sends a frame to all who are subscribed here.
 */
void
porch_broker_deliver (PorchBroker *self,
                      const char *channel,
                      const char *text,
                      const char *except_socket_id)
{
  PorchBrokerChannel *found = g_hash_table_lookup (self->channels, channel);

  if (found != NULL)
    porch_broker_channel_broadcast (found, text, except_socket_id);
}

/**
 * porch_broker_list_owners:
 * @self: a broker
 *
 * Returns: (transfer container) (element-type utf8): the people who are members of their own
 * channel by a connection here, valid until the caller returns to the main loop
 */
GPtrArray *
porch_broker_list_owners (PorchBroker *self)
{
  GPtrArray *owners = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name, channel;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, &name, &channel))
    {
      const char *user_id = porch_user_id_from_channel (name);

      if (user_id != NULL && porch_broker_channel_has_member (channel, user_id))
        g_ptr_array_add (owners, (char *) user_id);
    }

  return owners;
}

/**
 * porch_broker_get_owner_info:
 * @self: a broker
 * @user_id: a person
 *
 * Returns: (nullable): what their member data say about them, JSON; %NULL where they are not
 *   connected here
 */
const char *
porch_broker_get_owner_info (PorchBroker *self, const char *user_id)
{
  g_autofree char *name = porch_user_id_to_channel (user_id);
  PorchBrokerChannel *channel = g_hash_table_lookup (self->channels, name);

  return channel != NULL ? porch_broker_channel_get_member_info (channel, user_id) : NULL;
}

/**
 * porch_broker_set_owner_elsewhere:
 * @self: a broker
 * @user_id: a person
 * @user_info: (nullable): what is said about them as a member, where they are connected at another
 *   instance; %NULL where they are not any more
 *
 * Whoever watches a person here sees them as a member wherever they are connected.
 */
void
porch_broker_set_owner_elsewhere (PorchBroker *self, const char *user_id, const char *user_info)
{
  g_autofree char *name = porch_user_id_to_channel (user_id);
  PorchBrokerChannel *channel = g_hash_table_lookup (self->channels, name);
  PorchPusherMember member = { (char *) user_id, (char *) user_info };
  gboolean was_there = g_hash_table_contains (self->elsewhere, user_id);

  g_return_if_fail (PORCH_IS_BROKER (self));

  if (user_info != NULL)
    g_hash_table_insert (self->elsewhere, g_strdup (user_id), g_strdup (user_info));
  else
    g_hash_table_remove (self->elsewhere, user_id);

  if (channel == NULL || was_there == (user_info != NULL)
      || porch_broker_channel_has_member (channel, user_id))
    return;

  announce_member (self, channel,
                   user_info != NULL ? PORCH_PUSHER_EVENT_MEMBER_ADDED
                                     : PORCH_PUSHER_EVENT_MEMBER_REMOVED,
                   &member, NULL);
}

/**
 * porch_broker_has_owner:
 * @self: a broker
 * @user_id: a person
 *
 * Returns: whether they are subscribed to their own channel
 */
gboolean
porch_broker_has_owner (PorchBroker *self, const char *user_id)
{
  g_autofree char *channel = porch_user_id_to_channel (user_id);
  PorchBrokerChannel *found = g_hash_table_lookup (self->channels, channel);

  return found != NULL && porch_broker_channel_has_member (found, user_id);
}

/**
 * porch_broker_get_stats:
 * @self: a broker
 *
 * Returns: what it does, and has done so far
 */
PorchBrokerStats
porch_broker_get_stats (PorchBroker *self)
{
  PorchBrokerStats stats = { 0 };

  g_return_val_if_fail (PORCH_IS_BROKER (self), stats);

  stats.n_connections = self->n_established;
  stats.n_channels = g_hash_table_size (self->channels);
  stats.n_events = self->n_events;
  stats.n_deliveries = self->n_deliveries;

  return stats;
}

/* No signals and no events: that the server ends says nothing about people. */
static void
forget_subscriptions (PorchBrokerConnection *connection)
{
  GHashTable *subscriptions = porch_broker_connection_get_subscriptions (connection);
  GHashTableIter iter;
  gpointer subscription;

  g_hash_table_iter_init (&iter, subscriptions);
  while (g_hash_table_iter_next (&iter, NULL, &subscription))
    porch_broker_channel_unsubscribe (subscription);
  g_hash_table_remove_all (subscriptions);
}

/**
 * porch_broker_wind_down:
 * @self: a broker
 *
 * Tells every client to come back at once (4200), and those who still come as well. Their
 * connections end when they have heard it.
 */
void
porch_broker_wind_down (PorchBroker *self)
{
  GHashTableIter iter;
  gpointer connection;

  g_return_if_fail (PORCH_IS_BROKER (self));

  self->is_winding_down = TRUE;
  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    {
      forget_subscriptions (connection);
      porch_broker_connection_close (connection, PORCH_PUSHER_CLOSE_RECONNECT, "Server stops");
    }
  g_hash_table_remove_all (self->channels);
  self->n_established = 0;
}

/**
 * porch_broker_stop:
 * @self: a broker
 *
 * Tells every client to come back at once (4200) and closes all connections.
 */
void
porch_broker_stop (PorchBroker *self)
{
  GHashTableIter iter;
  gpointer connection;

  g_return_if_fail (PORCH_IS_BROKER (self));

  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->sweep_id);

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    {
      g_hash_table_iter_steal (&iter);
      porch_broker_connection_close (connection, PORCH_PUSHER_CLOSE_RECONNECT, "Server stops");
      forget_subscriptions (connection);
      porch_broker_connection_free (connection);
    }
  g_hash_table_remove_all (self->channels);
  g_hash_table_remove_all (self->by_socket_id);
  self->n_established = 0;
}
