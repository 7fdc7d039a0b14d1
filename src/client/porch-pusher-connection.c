/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One WebSocket to a server that speaks Pusher Channels, protocol 7: opens it, opens it again when
 * it is lost, notices when it is dead, and keeps the wanted channels subscribed. Owned by
 * PorchSession. It knows nothing of presence: what comes over a channel goes out as a signal.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-pusher-connection.h"

#include "config.h"

#include "client/porch-backoff.h"
#include "client/porch-client-error.h"

#include <string.h>

/* From the first packet to pusher:connection_established. */
#define HANDSHAKE_MS 15000
/* A silence of this length is pinged, or sooner where the server asks for it. */
#define SILENCE_MS 30000
#define PONG_MS    10000
/* A timer this late means that the computer slept: nothing that was true before is known now. */
#define STALL_US (15 * G_USEC_PER_SEC)
/* A connection that held this long was a good one: the waits begin anew. */
#define STABLE_US (10 * G_USEC_PER_SEC)

#define WAIT_MIN_MS     1000
#define WAIT_MAX_MS     30000
#define WAIT_AT_ONCE_MS 50
/* Without a network nothing is tried but for this, since whoever says so may be wrong. */
#define WAIT_NO_NETWORK_MS  300000
#define AUTHORIZATIONS_MAX  8
#define CHANNEL_WAIT_MIN_MS 5000
/* What a subscription_error has as its status where a channel is full. */
#define FULL_CODE           4004
#define CHANNEL_WAIT_MAX_MS 300000

typedef enum
{
  CHANNEL_WANTED,
  CHANNEL_AUTHORIZING,
  CHANNEL_SUBSCRIBING,
  CHANNEL_SUBSCRIBED,
  CHANNEL_FAILED,
} ChannelState;

/* One allocation a channel. */
typedef struct
{
  guint8 state;
  guint8 uses;
  char name[];
} Channel;

struct _PorchPusherConnection
{
  GObject parent_instance;

  PorchClock *clock;
  PorchHttpClient *http;
  PorchPresenceApi *api;
  char *url;

  PorchPusherState state;
  guint attempt; /* tells a late answer from one for this socket */
  SoupWebsocketConnection *socket;
  char *socket_id;
  GCancellable *cancellable;
  GError *error;
  int fault_code; /* of the last pusher:error, for a close without a code */

  guint timer; /* of the state: handshake, silence, pong or wait */
  gint64 timer_due_us;
  gboolean pong_awaited;
  guint silence_ms;
  gint64 last_frame_us;
  gint64 connected_us;
  gint64 next_try_us;
  gboolean has_network;
  PorchBackoff backoff;

  GHashTable *channels; /* name → Channel, which holds the name */
  GQueue wanted;        /* of Channel, not owned */
  guint n_authorizing;
  guint n_unsettled;
  guint channel_timer;
  PorchBackoff channel_backoff;

  gboolean malformed_logged;
};

/* Whom an authorisation is for. */
typedef struct
{
  PorchPusherConnection *connection;
  guint attempt;
  char *channel;
} Authorization;

G_DEFINE_QUARK (porch - pusher - error - quark, porch_pusher_error)

G_DEFINE_ENUM_TYPE (PorchPusherState,
                    porch_pusher_state,
                    G_DEFINE_ENUM_VALUE (PORCH_PUSHER_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (PORCH_PUSHER_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (PORCH_PUSHER_HANDSHAKING, "handshaking"),
                    G_DEFINE_ENUM_VALUE (PORCH_PUSHER_CONNECTED, "connected"),
                    G_DEFINE_ENUM_VALUE (PORCH_PUSHER_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (PORCH_PUSHER_REFUSED, "refused"))

G_DEFINE_FINAL_TYPE (PorchPusherConnection, porch_pusher_connection, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  N_PROPS,
};

enum
{
  SIGNAL_EVENT,
  SIGNAL_SUBSCRIBED,
  SIGNAL_MEMBER_ADDED,
  SIGNAL_MEMBER_REMOVED,
  SIGNAL_SUBSCRIPTION_FAILED,
  SIGNAL_SETTLED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void open_socket (PorchPusherConnection *self);
static void pump_channels (PorchPusherConnection *self);

static void
set_state (PorchPusherConnection *self, PorchPusherState state)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (self->state == state)
    return;

  from = g_enum_to_string (PORCH_TYPE_PUSHER_STATE, self->state);
  to = g_enum_to_string (PORCH_TYPE_PUSHER_STATE, state);
  g_debug ("Socket: %s -> %s", from, to);

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
arm_timer (PorchPusherConnection *self, guint interval_ms, GSourceFunc func)
{
  porch_clock_clear_timeout (self->clock, &self->timer);
  self->timer_due_us = porch_clock_get_monotonic_us (self->clock) + (gint64) interval_ms * 1000;
  self->timer = porch_clock_add_timeout (self->clock, interval_ms, func, self);
}

static void
send_frame (PorchPusherConnection *self, const char *frame)
{
  if (self->socket != NULL
      && soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->socket, frame);
}

static void
set_channel_state (PorchPusherConnection *self, Channel *channel, ChannelState state)
{
  static const char *const names[] = {
    [CHANNEL_WANTED] = "wanted",           [CHANNEL_AUTHORIZING] = "authorizing",
    [CHANNEL_SUBSCRIBING] = "subscribing", [CHANNEL_SUBSCRIBED] = "subscribed",
    [CHANNEL_FAILED] = "failed",
  };
  gboolean was_settled = channel->state >= CHANNEL_SUBSCRIBED;
  gboolean is_settled = state >= CHANNEL_SUBSCRIBED;

  g_debug ("%s: %s -> %s", channel->name, names[channel->state], names[state]);
  channel->state = state;
  self->n_unsettled += was_settled - is_settled;
}

/* After the last change to channels in a handler, since others act on it. */
static void
announce_if_settled (PorchPusherConnection *self)
{
  if (self->n_unsettled != 0)
    return;

  if (self->channel_timer == 0)
    porch_backoff_reset (&self->channel_backoff);
  g_signal_emit (self, signals[SIGNAL_SETTLED], 0);
}

/* Lets go of the socket, and with it of everything that it was told. */
static void
drop_socket (PorchPusherConnection *self)
{
  GHashTableIter iter;
  gpointer channel;

  self->attempt++;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  porch_clock_clear_timeout (self->clock, &self->timer);
  porch_clock_clear_timeout (self->clock, &self->channel_timer);
  porch_backoff_reset (&self->channel_backoff);
  g_clear_pointer (&self->socket_id, g_free);
  self->pong_awaited = FALSE;
  self->next_try_us = 0;

  if (self->socket != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->socket, self);
      if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
      g_clear_object (&self->socket);
    }

  g_queue_clear (&self->wanted);
  self->n_authorizing = 0;
  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    {
      set_channel_state (self, channel, CHANNEL_WANTED);
      g_queue_push_tail (&self->wanted, channel);
    }
}

static gboolean
on_wait_over_cb (gpointer user_data)
{
  PorchPusherConnection *self = user_data;

  self->timer = 0;
  open_socket (self);

  return G_SOURCE_REMOVE;
}

static void
wait_ms (PorchPusherConnection *self, guint delay_ms)
{
  self->next_try_us = porch_clock_get_real_us (self->clock) + (gint64) delay_ms * 1000;
  arm_timer (self, delay_ms, on_wait_over_cb);
  set_state (self, PORCH_PUSHER_WAITING);
}

/* Whether the server said not to come again. */
static gboolean
is_refusal (const GError *error)
{
  switch ((PorchPusherError) error->code)
    {
    case PORCH_PUSHER_ERROR_REFUSED:
    case PORCH_PUSHER_ERROR_NO_SUCH_APP:
    case PORCH_PUSHER_ERROR_DISABLED:
    case PORCH_PUSHER_ERROR_QUOTA:
      return TRUE;
    case PORCH_PUSHER_ERROR_UNREACHABLE:
    case PORCH_PUSHER_ERROR_TLS:
    case PORCH_PUSHER_ERROR_TIMED_OUT:
    case PORCH_PUSHER_ERROR_OVER_CAPACITY:
    case PORCH_PUSHER_ERROR_CLOSED:
    case PORCH_PUSHER_ERROR_SUBSCRIPTION:
    case PORCH_PUSHER_ERROR_CHANNEL_FULL:
    default:
      return FALSE;
    }
}

/* The connection is lost or was never made. Takes @error. */
static void
on_lost (PorchPusherConnection *self, GError *error, gboolean at_once)
{
  gboolean was_stable = self->state == PORCH_PUSHER_CONNECTED
                        && porch_clock_get_monotonic_us (self->clock) - self->connected_us
                               >= STABLE_US;

  g_message ("The socket is lost: %s", error->message);
  drop_socket (self);
  g_clear_error (&self->error);
  self->error = error;

  if (is_refusal (error))
    {
      set_state (self, PORCH_PUSHER_REFUSED);
      return;
    }

  if (was_stable)
    porch_backoff_reset (&self->backoff);
  if (!self->has_network)
    wait_ms (self, WAIT_NO_NETWORK_MS);
  else if (at_once && was_stable)
    wait_ms (self, WAIT_AT_ONCE_MS);
  else
    wait_ms (self, porch_backoff_next_ms (&self->backoff, self->clock));
}

static gboolean
timer_was_stalled (PorchPusherConnection *self)
{
  return porch_clock_get_monotonic_us (self->clock) - self->timer_due_us > STALL_US;
}

static GError *
new_timeout_error (const char *what)
{
  return g_error_new_literal (PORCH_PUSHER_ERROR, PORCH_PUSHER_ERROR_TIMED_OUT, what);
}

static gboolean
on_pong_late_cb (gpointer user_data)
{
  PorchPusherConnection *self = user_data;

  self->timer = 0;
  on_lost (self, new_timeout_error ("No answer to a ping"), TRUE);

  return G_SOURCE_REMOVE;
}

static void
send_ping (PorchPusherConnection *self)
{
  g_autofree char *frame = porch_pusher_frame_build (PORCH_PUSHER_EVENT_PING, NULL, "{}");

  send_frame (self, frame);
  self->pong_awaited = TRUE;
  arm_timer (self, PONG_MS, on_pong_late_cb);
}

static void fail_channel (PorchPusherConnection *self, Channel *channel, const GError *error);

/* A subscription that a whole silence did not answer is not coming. */
static void
fail_unanswered_channels (PorchPusherConnection *self)
{
  g_autoptr (GError) error = g_error_new_literal (
      PORCH_PUSHER_ERROR, PORCH_PUSHER_ERROR_SUBSCRIPTION, "The subscription was not answered");
  g_autoptr (GPtrArray) unanswered = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Channel *) value)->state == CHANNEL_SUBSCRIBING)
      g_ptr_array_add (unanswered, g_strdup (((Channel *) value)->name));

  for (guint i = 0; i < unanswered->len; i++)
    {
      Channel *channel = g_hash_table_lookup (self->channels, unanswered->pdata[i]);

      if (channel != NULL && channel->state == CHANNEL_SUBSCRIBING)
        fail_channel (self, channel, error);
    }
}

static gboolean
on_silence_cb (gpointer user_data)
{
  PorchPusherConnection *self = user_data;
  gint64 silent_ms = (porch_clock_get_monotonic_us (self->clock) - self->last_frame_us) / 1000;

  self->timer = 0;
  if (timer_was_stalled (self))
    {
      on_lost (self, new_timeout_error ("The computer was asleep"), TRUE);
      return G_SOURCE_REMOVE;
    }

  if (silent_ms + 1000 > self->silence_ms)
    {
      send_ping (self);
      if (self->n_unsettled != 0)
        fail_unanswered_channels (self);
    }
  else
    {
      /* Whole seconds, which share their wake-up with others. */
      guint left_s = (self->silence_ms - silent_ms + 999) / 1000;

      arm_timer (self, left_s * 1000, on_silence_cb);
    }

  return G_SOURCE_REMOVE;
}

static void
on_handshake_established (PorchPusherConnection *self, const PorchPusherFrame *frame)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchPusherConnectionEstablished) established
      = porch_pusher_connection_established_parse (frame->data, &error);

  if (established == NULL)
    {
      on_lost (self,
               g_error_new (PORCH_PUSHER_ERROR, PORCH_PUSHER_ERROR_UNREACHABLE,
                            "The server's greeting cannot be read: %s", error->message),
               FALSE);
      return;
    }

  g_free (self->socket_id);
  self->socket_id = g_strdup (established->socket_id);
  self->silence_ms = MIN (SILENCE_MS, MAX (established->activity_timeout_s, 1) * 1000);
  self->connected_us = porch_clock_get_monotonic_us (self->clock);
  g_clear_error (&self->error);
  arm_timer (self, self->silence_ms, on_silence_cb);
  set_state (self, PORCH_PUSHER_CONNECTED);
  pump_channels (self);
}

static gboolean
on_channel_retry_cb (gpointer user_data)
{
  PorchPusherConnection *self = user_data;
  GHashTableIter iter;
  gpointer value;

  self->channel_timer = 0;
  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Channel *channel = value;

      if (channel->state != CHANNEL_FAILED)
        continue;

      set_channel_state (self, channel, CHANNEL_WANTED);
      g_queue_push_tail (&self->wanted, channel);
    }
  pump_channels (self);

  return G_SOURCE_REMOVE;
}

static void
fail_channel (PorchPusherConnection *self, Channel *channel, const GError *error)
{
  g_autofree char *name = g_strdup (channel->name);

  g_message ("Subscription to %s failed: %s", channel->name, error->message);
  set_channel_state (self, channel, CHANNEL_FAILED);
  if (self->channel_timer == 0)
    self->channel_timer = porch_clock_add_timeout (
        self->clock, porch_backoff_next_ms (&self->channel_backoff, self->clock),
        on_channel_retry_cb, self);

  g_signal_emit (self, signals[SIGNAL_SUBSCRIPTION_FAILED], 0, name, error);
  announce_if_settled (self);
}

static void
authorization_free (Authorization *authorization)
{
  g_object_unref (authorization->connection);
  g_free (authorization->channel);
  g_free (authorization);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Authorization, authorization_free)

static void
on_authorized_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Authorization) authorization = user_data;
  PorchPusherConnection *self = authorization->connection;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchPusherChannelAuth) channel_auth = porch_presence_api_authorize_finish (
      PORCH_PRESENCE_API (source), result, &error);
  Channel *channel;

  if (self->attempt != authorization->attempt)
    return;

  self->n_authorizing--;
  channel = g_hash_table_lookup (self->channels, authorization->channel);
  if (channel != NULL && channel->state == CHANNEL_AUTHORIZING)
    {
      if (channel_auth != NULL)
        {
          g_autofree char *frame = porch_pusher_subscribe_frame_build (
              channel->name, channel_auth->auth, channel_auth->channel_data);

          set_channel_state (self, channel, CHANNEL_SUBSCRIBING);
          send_frame (self, frame);
        }
      else
        {
          fail_channel (self, channel, error);
        }
    }

  pump_channels (self);
}

/* Authorises wanted channels, some at a time. */
static void
pump_channels (PorchPusherConnection *self)
{
  while (self->state == PORCH_PUSHER_CONNECTED && self->n_authorizing < AUTHORIZATIONS_MAX
         && !g_queue_is_empty (&self->wanted))
    {
      Channel *channel = g_queue_pop_head (&self->wanted);
      Authorization *authorization = g_new0 (Authorization, 1);

      authorization->connection = g_object_ref (self);
      authorization->attempt = self->attempt;
      authorization->channel = g_strdup (channel->name);
      set_channel_state (self, channel, CHANNEL_AUTHORIZING);
      self->n_authorizing++;
      porch_presence_api_authorize_async (self->api, self->socket_id, channel->name,
                                          self->cancellable, on_authorized_cb, authorization);
    }
}

static void
on_subscription_succeeded (PorchPusherConnection *self,
                           Channel *channel,
                           const PorchPusherFrame *frame)
{
  g_auto (GStrv) members = porch_pusher_members_parse (frame->data, NULL);
  const char *const nobody[] = { NULL };

  if (channel->state != CHANNEL_SUBSCRIBING)
    return;

  set_channel_state (self, channel, CHANNEL_SUBSCRIBED);
  g_signal_emit (self, signals[SIGNAL_SUBSCRIBED], 0, frame->channel,
                 members != NULL ? (gpointer) members : (gpointer) nobody);
  announce_if_settled (self);
}

static void
on_subscription_error (PorchPusherConnection *self, Channel *channel, const PorchPusherFrame *frame)
{
  g_autoptr (PorchPusherFault) fault = porch_pusher_fault_parse (frame->data, NULL);
  g_autoptr (GError) error = NULL;

  if (channel->state != CHANNEL_SUBSCRIBING)
    return;

  error = g_error_new (PORCH_PUSHER_ERROR,
                       fault != NULL && fault->code == FULL_CODE ? PORCH_PUSHER_ERROR_CHANNEL_FULL
                                                                 : PORCH_PUSHER_ERROR_SUBSCRIPTION,
                       "%s (%d)",
                       fault != NULL && fault->message != NULL ? fault->message : "refused",
                       fault != NULL ? fault->code : 0);
  fail_channel (self, channel, error);
}

static void
on_member_frame (PorchPusherConnection *self, guint signal, const PorchPusherFrame *frame)
{
  g_autoptr (PorchPusherMember) member = porch_pusher_member_parse (frame->data, NULL);

  if (member != NULL)
    g_signal_emit (self, signals[signal], 0, frame->channel, member->user_id);
}

static void
on_channel_frame (PorchPusherConnection *self, const PorchPusherFrame *frame)
{
  Channel *channel = g_hash_table_lookup (self->channels, frame->channel);

  if (channel == NULL)
    return;

  if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_SUBSCRIPTION_SUCCEEDED))
    on_subscription_succeeded (self, channel, frame);
  else if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_SUBSCRIPTION_ERROR))
    on_subscription_error (self, channel, frame);
  else if (channel->state != CHANNEL_SUBSCRIBED)
    g_debug ("An event on %s came before the subscription", frame->channel);
  else if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_MEMBER_ADDED))
    on_member_frame (self, SIGNAL_MEMBER_ADDED, frame);
  else if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_MEMBER_REMOVED))
    on_member_frame (self, SIGNAL_MEMBER_REMOVED, frame);
  else if (!g_str_has_prefix (frame->event, "pusher"))
    g_signal_emit (self, signals[SIGNAL_EVENT], 0, frame);
}

static void
on_fault (PorchPusherConnection *self, const PorchPusherFrame *frame)
{
  g_autoptr (PorchPusherFault) fault = porch_pusher_fault_parse (frame->data, NULL);

  if (fault == NULL)
    return;

  g_message ("The server reports fault %d: %s", fault->code, fault->message);
  self->fault_code = fault->code;
}

static void
on_frame (PorchPusherConnection *self, const PorchPusherFrame *frame)
{
  if (self->state == PORCH_PUSHER_HANDSHAKING)
    {
      if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_CONNECTION_ESTABLISHED))
        on_handshake_established (self, frame);
      else if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_ERROR))
        on_fault (self, frame);
      return;
    }

  if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_PING))
    {
      g_autofree char *pong = porch_pusher_frame_build (PORCH_PUSHER_EVENT_PONG, NULL, "{}");

      send_frame (self, pong);
    }
  else if (g_str_equal (frame->event, PORCH_PUSHER_EVENT_ERROR))
    on_fault (self, frame);
  else if (frame->channel != NULL)
    on_channel_frame (self, frame);
}

static void
on_message_cb (SoupWebsocketConnection *socket,
               SoupWebsocketDataType type,
               GBytes *message,
               PorchPusherConnection *self)
{
  g_autoptr (PorchPusherConnection) alive = g_object_ref (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchPusherFrame) frame = NULL;
  gsize length;
  const char *bytes = g_bytes_get_data (message, &length);

  /* Whatever came, it came: the connection lives. */
  self->last_frame_us = porch_clock_get_monotonic_us (self->clock);
  if (self->pong_awaited)
    {
      self->pong_awaited = FALSE;
      arm_timer (self, self->silence_ms, on_silence_cb);
    }

  frame = porch_pusher_frame_parse (bytes, length, &error);
  if (frame != NULL)
    {
      on_frame (self, frame);
    }
  else if (!self->malformed_logged)
    {
      self->malformed_logged = TRUE;
      g_message ("Ignoring a malformed frame, and others like it: %s", error->message);
    }
}

static PorchPusherError
reason_from_close_code (int code)
{
  switch (code)
    {
    case 4001:
      return PORCH_PUSHER_ERROR_NO_SUCH_APP;
    case 4003:
      return PORCH_PUSHER_ERROR_DISABLED;
    case 4004:
      return PORCH_PUSHER_ERROR_QUOTA;
    default:
      if (code >= 4000 && code < 4100)
        return PORCH_PUSHER_ERROR_REFUSED;
      if (code >= 4100 && code < 4200)
        return PORCH_PUSHER_ERROR_OVER_CAPACITY;
      return PORCH_PUSHER_ERROR_CLOSED;
    }
}

static void
on_closed_cb (SoupWebsocketConnection *socket, PorchPusherConnection *self)
{
  g_autoptr (PorchPusherConnection) alive = g_object_ref (self);
  int code = soup_websocket_connection_get_close_code (socket);

  /* Some servers say it in a frame and then just hang up. */
  if (code < 4000 && self->fault_code >= 4000 && self->fault_code < 4300)
    code = self->fault_code;

  on_lost (self,
           g_error_new (PORCH_PUSHER_ERROR, reason_from_close_code (code),
                        "Closed by the server (%d)", code),
           code >= 4200 && code < 4300);
}

static void
on_connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPusherConnection) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) socket = soup_session_websocket_connect_finish (
      SOUP_SESSION (source), result, &error);

  /* A handshake that ran out was cancelled, and said so itself. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || self->state != PORCH_PUSHER_CONNECTING || self->socket != NULL)
    return;

  if (socket == NULL)
    {
      on_lost (self,
               g_error_new_literal (PORCH_PUSHER_ERROR,
                                    error->domain == G_TLS_ERROR ? PORCH_PUSHER_ERROR_TLS
                                                                 : PORCH_PUSHER_ERROR_UNREACHABLE,
                                    error->message),
               FALSE);
      return;
    }

  self->socket = g_steal_pointer (&socket);
  soup_websocket_connection_set_max_incoming_payload_size (self->socket,
                                                           PORCH_PUSHER_FRAME_MAX_BYTES);
  g_signal_connect_object (self->socket, "message", G_CALLBACK (on_message_cb), self, 0);
  g_signal_connect_object (self->socket, "closed", G_CALLBACK (on_closed_cb), self, 0);
  set_state (self, PORCH_PUSHER_HANDSHAKING);
}

static gboolean
on_handshake_late_cb (gpointer user_data)
{
  PorchPusherConnection *self = user_data;

  self->timer = 0;
  on_lost (self, new_timeout_error ("The server did not greet in time"), FALSE);

  return G_SOURCE_REMOVE;
}

static void
open_socket (PorchPusherConnection *self)
{
  g_autoptr (SoupMessage) message = porch_http_message_new ("GET", self->url);

  drop_socket (self);
  self->fault_code = 0;
  self->cancellable = g_cancellable_new ();
  arm_timer (self, HANDSHAKE_MS, on_handshake_late_cb);
  set_state (self, PORCH_PUSHER_CONNECTING);
  soup_session_websocket_connect_async (porch_http_client_get_session (self->http), message, NULL,
                                        NULL, G_PRIORITY_DEFAULT, self->cancellable,
                                        on_connected_cb, g_object_ref (self));
}

static void
porch_pusher_connection_dispose (GObject *object)
{
  PorchPusherConnection *self = PORCH_PUSHER_CONNECTION (object);

  if (self->clock != NULL)
    drop_socket (self);
  self->state = PORCH_PUSHER_IDLE;
  g_clear_object (&self->api);
  g_clear_object (&self->http);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_pusher_connection_parent_class)->dispose (object);
}

static void
porch_pusher_connection_finalize (GObject *object)
{
  PorchPusherConnection *self = PORCH_PUSHER_CONNECTION (object);

  g_queue_clear (&self->wanted);
  g_clear_pointer (&self->channels, g_hash_table_unref);
  g_clear_pointer (&self->url, g_free);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (porch_pusher_connection_parent_class)->finalize (object);
}

static void
porch_pusher_connection_get_property (GObject *object,
                                      guint prop_id,
                                      GValue *value,
                                      GParamSpec *pspec)
{
  PorchPusherConnection *self = PORCH_PUSHER_CONNECTION (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_pusher_connection_class_init (PorchPusherConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  const GType string = G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE;

  object_class->dispose = porch_pusher_connection_dispose;
  object_class->finalize = porch_pusher_connection_finalize;
  object_class->get_property = porch_pusher_connection_get_property;

  properties[PROP_STATE] = g_param_spec_enum (
      "state", NULL, NULL, PORCH_TYPE_PUSHER_STATE, PORCH_PUSHER_IDLE,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_EVENT] = g_signal_new ("event", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_SUBSCRIBED] = g_signal_new ("subscribed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                             NULL, G_TYPE_NONE, 2, string, G_TYPE_POINTER);
  signals[SIGNAL_MEMBER_ADDED] = g_signal_new ("member-added", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 2, string, string);
  signals[SIGNAL_MEMBER_REMOVED] = g_signal_new ("member-removed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                 NULL, NULL, G_TYPE_NONE, 2, string, string);
  signals[SIGNAL_SUBSCRIPTION_FAILED] = g_signal_new ("subscription-failed", type,
                                                      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                      G_TYPE_NONE, 2, string, G_TYPE_POINTER);
  signals[SIGNAL_SETTLED] = g_signal_new ("settled", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
porch_pusher_connection_init (PorchPusherConnection *self)
{
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_queue_init (&self->wanted);
  self->silence_ms = SILENCE_MS;
  self->has_network = TRUE;
  porch_backoff_init (&self->backoff, WAIT_MIN_MS, WAIT_MAX_MS);
  porch_backoff_init (&self->channel_backoff, CHANNEL_WAIT_MIN_MS, CHANNEL_WAIT_MAX_MS);
}

/**
 * porch_pusher_connection_new:
 * @clock: the program's clock
 * @http: the account's HTTP client
 * @api: (nullable): who authorises channels, where any is subscribed to
 * @url: from porch_discovery_get_socket_url()
 *
 * Returns: (transfer full): a connection that is idle
 */
PorchPusherConnection *
porch_pusher_connection_new (PorchClock *clock,
                             PorchHttpClient *http,
                             PorchPresenceApi *api,
                             const char *url)
{
  PorchPusherConnection *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_HTTP_CLIENT (http), NULL);
  g_return_val_if_fail (api == NULL || PORCH_IS_PRESENCE_API (api), NULL);
  g_return_val_if_fail (url != NULL, NULL);

  self = g_object_new (PORCH_TYPE_PUSHER_CONNECTION, NULL);
  self->clock = g_object_ref (clock);
  self->http = g_object_ref (http);
  g_set_object (&self->api, api);
  self->url = g_strdup (url);

  return self;
}

/**
 * porch_pusher_connection_connect:
 * @self: a connection
 *
 * Opens the socket and keeps it open until porch_pusher_connection_disconnect(). One that is wanted
 * already is left alone.
 */
void
porch_pusher_connection_connect (PorchPusherConnection *self)
{
  g_return_if_fail (PORCH_IS_PUSHER_CONNECTION (self));

  if (self->state != PORCH_PUSHER_IDLE)
    return;

  porch_backoff_reset (&self->backoff);
  open_socket (self);
}

/**
 * porch_pusher_connection_disconnect:
 * @self: a connection
 *
 * Closes the socket. The channels are remembered for the next time.
 */
void
porch_pusher_connection_disconnect (PorchPusherConnection *self)
{
  g_return_if_fail (PORCH_IS_PUSHER_CONNECTION (self));

  drop_socket (self);
  g_clear_error (&self->error);
  set_state (self, PORCH_PUSHER_IDLE);
}

/**
 * porch_pusher_connection_reconnect:
 * @self: a connection
 *
 * Gives up the socket and opens another at once: after the computer slept, when nothing that it
 * said before can be trusted.
 */
void
porch_pusher_connection_reconnect (PorchPusherConnection *self)
{
  g_return_if_fail (PORCH_IS_PUSHER_CONNECTION (self));

  if (self->state == PORCH_PUSHER_IDLE)
    return;

  porch_backoff_reset (&self->backoff);
  open_socket (self);
}

/**
 * porch_pusher_connection_try_now:
 * @self: a connection
 *
 * Ends a wait before the next try, also after a refusal; an open socket is pinged, to see whether
 * it lives, and failed subscriptions are tried again.
 */
void
porch_pusher_connection_try_now (PorchPusherConnection *self)
{
  g_return_if_fail (PORCH_IS_PUSHER_CONNECTION (self));

  switch (self->state)
    {
    case PORCH_PUSHER_WAITING:
    case PORCH_PUSHER_REFUSED:
      porch_pusher_connection_reconnect (self);
      break;
    case PORCH_PUSHER_CONNECTED:
      if (!self->pong_awaited)
        send_ping (self);
      if (self->channel_timer != 0)
        {
          porch_clock_clear_timeout (self->clock, &self->channel_timer);
          on_channel_retry_cb (self);
        }
      break;
    case PORCH_PUSHER_IDLE:
    case PORCH_PUSHER_CONNECTING:
    case PORCH_PUSHER_HANDSHAKING:
      break;
    }
}

/**
 * porch_pusher_connection_check:
 * @self: a connection
 * @silence_ms: how long a silence is long enough, milliseconds
 *
 * Pings an open socket that was silent for that long. A heartbeat calls this as it passes by, so
 * that the connection does not have to wake up on its own; one that failed calls it with 0.
 */
void
porch_pusher_connection_check (PorchPusherConnection *self, guint silence_ms)
{
  gint64 silent_us;

  g_return_if_fail (PORCH_IS_PUSHER_CONNECTION (self));

  silent_us = porch_clock_get_monotonic_us (self->clock) - self->last_frame_us;
  if (self->state == PORCH_PUSHER_CONNECTED && !self->pong_awaited
      && silent_us >= (gint64) silence_ms * 1000)
    send_ping (self);
}

/**
 * porch_pusher_connection_set_has_network:
 * @self: a connection
 * @has_network: whether there is a way to the server
 *
 * Without a network the next try comes when there is one again, or after five minutes. An open
 * socket is left alone.
 */
void
porch_pusher_connection_set_has_network (PorchPusherConnection *self, gboolean has_network)
{
  g_return_if_fail (PORCH_IS_PUSHER_CONNECTION (self));

  if (self->has_network == has_network)
    return;

  self->has_network = has_network;
  if (self->state != PORCH_PUSHER_WAITING)
    return;

  if (has_network)
    porch_pusher_connection_reconnect (self);
  else
    wait_ms (self, WAIT_NO_NETWORK_MS);
}

/**
 * porch_pusher_connection_subscribe:
 * @self: a connection
 * @channel: a channel's name
 *
 * Wants a channel, now and after every reconnect. Calls count: each needs its
 * porch_pusher_connection_unsubscribe().
 */
void
porch_pusher_connection_subscribe (PorchPusherConnection *self, const char *channel)
{
  Channel *known;
  gsize length;

  g_return_if_fail (PORCH_IS_PUSHER_CONNECTION (self));
  g_return_if_fail (porch_pusher_channel_name_is_valid (channel));

  known = g_hash_table_lookup (self->channels, channel);
  if (known != NULL)
    {
      known->uses++;
      return;
    }

  length = strlen (channel);
  known = g_malloc (sizeof (Channel) + length + 1);
  known->state = CHANNEL_WANTED;
  known->uses = 1;
  memcpy (known->name, channel, length + 1);
  g_hash_table_insert (self->channels, known->name, known);
  self->n_unsettled++;
  g_queue_push_tail (&self->wanted, known);
  pump_channels (self);
}

/**
 * porch_pusher_connection_unsubscribe:
 * @self: a connection
 * @channel: a channel's name
 *
 * Ends what one porch_pusher_connection_subscribe() began.
 */
void
porch_pusher_connection_unsubscribe (PorchPusherConnection *self, const char *channel)
{
  Channel *known;

  g_return_if_fail (PORCH_IS_PUSHER_CONNECTION (self));
  g_return_if_fail (channel != NULL);

  known = g_hash_table_lookup (self->channels, channel);
  if (known == NULL || --known->uses > 0)
    return;

  if (known->state == CHANNEL_SUBSCRIBING || known->state == CHANNEL_SUBSCRIBED)
    {
      g_autofree char *frame = porch_pusher_unsubscribe_frame_build (channel);

      send_frame (self, frame);
    }
  if (known->state < CHANNEL_SUBSCRIBED)
    self->n_unsettled--;
  g_queue_remove (&self->wanted, known);
  g_hash_table_remove (self->channels, channel);
}

/**
 * porch_pusher_connection_get_state:
 * @self: a connection
 *
 * Returns: where it stands
 */
PorchPusherState
porch_pusher_connection_get_state (PorchPusherConnection *self)
{
  g_return_val_if_fail (PORCH_IS_PUSHER_CONNECTION (self), PORCH_PUSHER_IDLE);

  return self->state;
}

/**
 * porch_pusher_connection_get_next_try_us:
 * @self: a connection
 *
 * Returns: when the next try comes, this computer's wall clock, Unix microseconds; 0 for none
 */
gint64
porch_pusher_connection_get_next_try_us (PorchPusherConnection *self)
{
  g_return_val_if_fail (PORCH_IS_PUSHER_CONNECTION (self), 0);

  return self->next_try_us;
}

/**
 * porch_pusher_connection_get_error:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): why it is not connected, until it is
 */
const GError *
porch_pusher_connection_get_error (PorchPusherConnection *self)
{
  g_return_val_if_fail (PORCH_IS_PUSHER_CONNECTION (self), NULL);

  return self->error;
}
