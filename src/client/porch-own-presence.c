/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Says to the server that the person is here, at every heartbeat, or that they are not; and shows
 * what the server made of it. Owned by PorchSession, which tells it when the person is away or
 * wants to appear offline.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-own-presence.h"

#include "config.h"

#include "client/porch-backoff.h"
#include "client/porch-client-error.h"
#include "protocol/porch-user-id.h"

#include <glib/gi18n-lib.h>

#define HEARTBEAT_MIN_S    30
#define HEARTBEAT_MAX_S    120
#define UPDATE_DEADLINE_MS 20000
/* A failing server is asked less and less, yet always within the 5 minutes. */
#define WAIT_MIN_MS 15000
#define WAIT_MAX_MS 240000
/* Another machine that goes offline is contradicted this often at most. */
#define REASSERT_US (10 * G_USEC_PER_SEC)
/* At most one update leaves in this time, whatever the desktop reports; the last word counts. */
#define SPACING_US G_USEC_PER_SEC
/* A state this fresh is not repeated when the socket is connected. */
#define FRESH_US (5 * G_USEC_PER_SEC)
/* A socket that was silent for this long is pinged along with a heartbeat. */
#define SILENCE_MS 20000

struct _PorchOwnPresence
{
  GObject parent_instance;

  PorchClock *clock;
  PorchServerClock *server_clock;
  PorchPresenceApi *api;
  PorchPusherConnection *connection;
  char *user_id;
  char *channel;
  char *client_id;
  guint heartbeat_s;

  PorchOwnPresenceState state;
  gboolean hidden;
  gboolean has_network;
  gboolean in_channel;       /* the own one is wanted */
  gboolean is_unsure;        /* hidden from the start: what the server has is asked first */
  gboolean owes_update;      /* the server has not taken the last word yet */
  GCancellable *cancellable; /* of the update, or the question, under way */
  gboolean sends_again;      /* what is under way is no longer what is wanted */
  guint timer;               /* the next heartbeat, or the next try */
  gboolean is_held;          /* that try is what SPACING_US holds back */
  gint64 sent_us;            /* when the last update left, 0 before the first */
  PorchBackoff backoff;
  gint64 answered_us;
  gint64 reasserted_us;

  PorchPresence told; /* what the server last said about the person */
  PorchStatus status;
  gint64 last_active_us;
  char *error;

  GTask *stop_task;
  GPtrArray *settles; /* the tasks of porch_own_presence_settle_async() */
  guint settle_timer;
};

/* Which update, or which question where there is no status, an answer is for. */
typedef struct
{
  PorchOwnPresence *own_presence;
  GCancellable *cancellable;
  PorchStatus status;
} Update;

G_DEFINE_ENUM_TYPE (PorchOwnPresenceState,
                    porch_own_presence_state,
                    G_DEFINE_ENUM_VALUE (PORCH_OWN_PRESENCE_STOPPED, "stopped"),
                    G_DEFINE_ENUM_VALUE (PORCH_OWN_PRESENCE_ACTIVE, "active"),
                    G_DEFINE_ENUM_VALUE (PORCH_OWN_PRESENCE_HIDDEN, "hidden"),
                    G_DEFINE_ENUM_VALUE (PORCH_OWN_PRESENCE_STOPPING, "stopping"))

G_DEFINE_FINAL_TYPE (PorchOwnPresence, porch_own_presence, G_TYPE_OBJECT)

enum
{
  PROP_STATUS = 1,
  PROP_LAST_ACTIVE_US,
  PROP_ERROR,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void send_update (PorchOwnPresence *self);
static void
take_news (PorchOwnPresence *self, const PorchUserState *state, PorchPresenceSource source);

static void
update_free (Update *update)
{
  g_object_unref (update->own_presence);
  g_object_unref (update->cancellable);
  g_free (update);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Update, update_free)

static void
set_state (PorchOwnPresence *self, PorchOwnPresenceState state)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (self->state == state)
    return;

  from = g_enum_to_string (PORCH_TYPE_OWN_PRESENCE_STATE, self->state);
  to = g_enum_to_string (PORCH_TYPE_OWN_PRESENCE_STATE, state);
  g_debug ("Own presence: %s -> %s", from, to);

  self->state = state;
}

static void
set_error (PorchOwnPresence *self, const char *error)
{
  if (g_str_equal (self->error, error))
    return;

  g_free (self->error);
  self->error = g_strdup (error);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

/* What others see, as far as the server's words go. */
static void
conclude (PorchOwnPresence *self)
{
  PorchStatus status = self->told.status == PORCH_STATUS_UNKNOWN
                           ? PORCH_STATUS_UNKNOWN
                           : porch_presence_evaluate (
                               &self->told, porch_server_clock_get_now_us (self->server_clock));

  g_object_freeze_notify (G_OBJECT (self));
  if (self->status != status)
    {
      self->status = status;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
    }
  if (self->last_active_us != self->told.last_active_us)
    {
      self->last_active_us = self->told.last_active_us;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_ACTIVE_US]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

/* Members of the own channel are connected, for all who watch it: a hidden person leaves it, as one
 * of several machines too, or it would stand for another that was killed. */
static void
join_channel (PorchOwnPresence *self)
{
  if (self->in_channel)
    return;

  self->in_channel = TRUE;
  porch_pusher_connection_subscribe (self->connection, self->channel);
}

static void
leave_channel (PorchOwnPresence *self)
{
  if (!self->in_channel)
    return;

  self->in_channel = FALSE;
  porch_pusher_connection_unsubscribe (self->connection, self->channel);
  set_error (self, "");
}

/* Whoever waits has waited for what there is: nothing is to be said, or it could not be said. */
static void
finish_settles (PorchOwnPresence *self)
{
  g_autoptr (GPtrArray) settles = g_steal_pointer (&self->settles);

  self->settles = g_ptr_array_new_with_free_func (g_object_unref);
  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->settle_timer);
  for (guint i = 0; i < settles->len; i++)
    g_task_return_boolean (g_ptr_array_index (settles, i), TRUE);
}

static gboolean
on_timer_cb (gpointer user_data)
{
  PorchOwnPresence *self = user_data;

  self->timer = 0;
  self->is_held = FALSE;
  porch_pusher_connection_check (self->connection, SILENCE_MS);
  conclude (self);
  send_update (self);

  return G_SOURCE_REMOVE;
}

static void
arm_timer (PorchOwnPresence *self, guint interval_ms)
{
  porch_clock_clear_timeout (self->clock, &self->timer);
  self->timer = porch_clock_add_timeout (self->clock, interval_ms, on_timer_cb, self);
}

static void
finish_stopping (PorchOwnPresence *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stop_task);

  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->timer);
  set_state (self, PORCH_OWN_PRESENCE_STOPPED);
  finish_settles (self);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
on_update_failed (PorchOwnPresence *self, const GError *error, guint retry_after_s)
{
  gboolean server_is_ill = g_error_matches (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_SERVER)
                           || g_error_matches (error, PORCH_CLIENT_ERROR,
                                               PORCH_CLIENT_ERROR_RATE_LIMIT);

  g_message ("The heartbeat failed: %s", error->message);
  /* What the server took before is no longer what is wanted: the next connection says it anew. */
  self->answered_us = 0;
  if (g_error_matches (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_SIGNED_OUT))
    return;

  /* If no request gets through, the socket may be dead as well. */
  if (!server_is_ill)
    porch_pusher_connection_check (self->connection, 0);

  /* An active person's next try is the next heartbeat, whose timer runs. */
  if (server_is_ill || self->state == PORCH_OWN_PRESENCE_HIDDEN)
    {
      guint wait_ms = porch_backoff_next_ms (&self->backoff, self->clock);

      arm_timer (self, MAX (wait_ms, retry_after_s * 1000));
    }
}

static void
on_update_answered (PorchOwnPresence *self, PorchStatus sent, const PorchPresenceAnswer *answer)
{
  porch_backoff_reset (&self->backoff);
  self->answered_us = porch_clock_get_monotonic_us (self->clock);
  self->owes_update = FALSE;

  /* Where the server does not say what others see, it is what it has just accepted. */
  self->told.status = answer->status != PORCH_STATUS_UNKNOWN ? answer->status : sent;
  self->told.last_active_us = answer->last_active_us;
  self->told.source = PORCH_PRESENCE_SOURCE_EVENT;
  porch_presence_clamp (&self->told, porch_server_clock_get_now_us (self->server_clock));
  conclude (self);
}

/* What was under way has ended, well or not. Takes in what became due meanwhile. */
static void
on_call_ended (PorchOwnPresence *self, const GError *error, guint retry_after_s)
{
  if (self->sends_again)
    send_update (self);
  else if (error != NULL)
    on_update_failed (self, error, retry_after_s);
  if (self->cancellable == NULL && !self->is_held)
    finish_settles (self);
}

static void
on_updated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Update) update = user_data;
  PorchOwnPresence *self = update->own_presence;
  g_autoptr (GError) error = NULL;
  PorchPresenceAnswer answer;
  gboolean success = porch_presence_api_update_finish (PORCH_PRESENCE_API (source), result, &answer,
                                                       &error);

  if (self->cancellable != update->cancellable)
    return;

  g_clear_object (&self->cancellable);
  if (success)
    on_update_answered (self, update->status, &answer);

  if (self->state == PORCH_OWN_PRESENCE_STOPPING)
    {
      finish_stopping (self);
      return;
    }

  on_call_ended (self, error, porch_presence_api_get_retry_after_s (result));
}

static void
on_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Update) update = user_data;
  PorchOwnPresence *self = update->own_presence;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchUserState) state = porch_presence_api_get_state_finish (
      PORCH_PRESENCE_API (source), result, &error);

  if (self->cancellable != update->cancellable)
    return;

  g_clear_object (&self->cancellable);
  if (state != NULL)
    {
      porch_backoff_reset (&self->backoff);
      self->is_unsure = FALSE;
      if (g_str_equal (state->user_id, self->user_id))
        take_news (self, state, PORCH_PRESENCE_SOURCE_HTTP);
      self->owes_update = self->told.status != PORCH_STATUS_OFFLINE;
      self->sends_again |= self->owes_update;
    }
  on_call_ended (self, error, porch_presence_api_get_retry_after_s (result));
}

/* A person who was hidden before this run is so already, as a rule. The original takes whatever is
 * said for a sign of life, and would show them online to whoever looks in the next five minutes. */
static void
ask_state (PorchOwnPresence *self)
{
  Update *question = g_new0 (Update, 1);

  self->cancellable = g_cancellable_new ();
  question->own_presence = g_object_ref (self);
  question->cancellable = g_object_ref (self->cancellable);
  porch_presence_api_get_state_async (self->api, self->user_id, self->cancellable, on_asked_cb,
                                      question);
}

/* Returns: whether an update left so short a time ago that the next one has to wait; it then comes
 * by itself */
static gboolean
hold_update (PorchOwnPresence *self)
{
  gint64 since_us = porch_clock_get_monotonic_us (self->clock) - self->sent_us;

  if (self->sent_us == 0 || since_us >= SPACING_US)
    return FALSE;

  arm_timer (self, (SPACING_US - since_us + 999) / 1000);
  self->is_held = TRUE;
  return TRUE;
}

/* Says what is wanted now, or as soon as it may; the next heartbeat is counted from here. */
static void
send_update (PorchOwnPresence *self)
{
  gboolean is_active = self->state == PORCH_OWN_PRESENCE_ACTIVE;
  gboolean is_last = self->state == PORCH_OWN_PRESENCE_STOPPING;
  Update *update;

  porch_clock_clear_timeout (self->clock, &self->timer);
  self->is_held = FALSE;
  if (is_active)
    arm_timer (self, self->heartbeat_s * 1000);

  self->sends_again = self->cancellable != NULL;
  if (self->sends_again)
    return;
  if (!self->has_network && !is_last)
    {
      self->owes_update = TRUE;
      finish_settles (self);
      return;
    }
  if (self->is_unsure && self->state == PORCH_OWN_PRESENCE_HIDDEN)
    {
      ask_state (self);
      return;
    }

  self->owes_update = TRUE;
  if (!is_last && hold_update (self))
    return;

  self->sent_us = porch_clock_get_monotonic_us (self->clock);
  self->cancellable = g_cancellable_new ();
  update = g_new0 (Update, 1);
  update->own_presence = g_object_ref (self);
  update->cancellable = g_object_ref (self->cancellable);
  update->status = is_active ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE;
  porch_presence_api_update_async (self->api, update->status, self->client_id,
                                   is_last ? PORCH_GOODBYE_MS : UPDATE_DEADLINE_MS,
                                   self->cancellable, on_updated_cb, update);
}

static gboolean
is_running (PorchOwnPresence *self)
{
  return self->state == PORCH_OWN_PRESENCE_ACTIVE || self->state == PORCH_OWN_PRESENCE_HIDDEN;
}

/* What the server has been told of a hidden person stays true without heartbeats. */
static gboolean
has_something_to_say (PorchOwnPresence *self)
{
  return self->state != PORCH_OWN_PRESENCE_HIDDEN || self->owes_update || self->is_unsure;
}

static void
on_connection_state_cb (PorchPusherConnection *connection,
                        GParamSpec *pspec,
                        PorchOwnPresence *self)
{
  gint64 now_us = porch_clock_get_monotonic_us (self->clock);

  if (!is_running (self) || !has_something_to_say (self)
      || porch_pusher_connection_get_state (connection) != PORCH_PUSHER_CONNECTED)
    return;

  /* The state is repeated after a reconnect: the server may be another one. What has been under way
   * for longer may have gone into a connection that died with the socket before this one. */
  if (self->cancellable != NULL && now_us - self->sent_us > SPACING_US)
    porch_own_presence_woke_up (self);
  else if (self->cancellable == NULL
           && (self->answered_us == 0 || now_us - self->answered_us > FRESH_US))
    send_update (self);
}

static void
on_subscribed_cb (PorchPusherConnection *connection,
                  const char *channel,
                  gpointer members,
                  PorchOwnPresence *self)
{
  if (g_str_equal (channel, self->channel))
    set_error (self, "");
}

static void
on_subscription_failed_cb (PorchPusherConnection *connection,
                           const char *channel,
                           const GError *error,
                           PorchOwnPresence *self)
{
  if (!g_str_equal (channel, self->channel))
    return;

  if (g_error_matches (error, PORCH_PUSHER_ERROR, PORCH_PUSHER_ERROR_CHANNEL_FULL))
    set_error (self, _ ("So many people watch you that the server has no room for yourself. Your "
                        "own status may be shown late."));
  else
    set_error (self, _ ("Subscription failed. Your own status may be shown late."));
}

static gboolean
on_goodbye_late_cb (gpointer user_data)
{
  PorchOwnPresence *self = user_data;

  self->timer = 0;
  g_message ("The server did not take the goodbye in time");
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  finish_stopping (self);

  return G_SOURCE_REMOVE;
}

static void
porch_own_presence_dispose (GObject *object)
{
  PorchOwnPresence *self = PORCH_OWN_PRESENCE (object);

  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  finish_stopping (self);
  g_clear_object (&self->connection);
  g_clear_object (&self->api);
  g_clear_object (&self->server_clock);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_own_presence_parent_class)->dispose (object);
}

static void
porch_own_presence_finalize (GObject *object)
{
  PorchOwnPresence *self = PORCH_OWN_PRESENCE (object);

  g_clear_pointer (&self->user_id, g_free);
  g_clear_pointer (&self->channel, g_free);
  g_clear_pointer (&self->client_id, g_free);
  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->settles, g_ptr_array_unref);

  G_OBJECT_CLASS (porch_own_presence_parent_class)->finalize (object);
}

static void
porch_own_presence_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PorchOwnPresence *self = PORCH_OWN_PRESENCE (object);

  switch (prop_id)
    {
    case PROP_STATUS:
      g_value_set_enum (value, self->status);
      break;
    case PROP_LAST_ACTIVE_US:
      g_value_set_int64 (value, self->last_active_us);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_own_presence_class_init (PorchOwnPresenceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = porch_own_presence_dispose;
  object_class->finalize = porch_own_presence_finalize;
  object_class->get_property = porch_own_presence_get_property;

  properties[PROP_STATUS] = g_param_spec_enum ("status", NULL, NULL, PORCH_TYPE_STATUS,
                                               PORCH_STATUS_UNKNOWN, flags);
  properties[PROP_LAST_ACTIVE_US] = g_param_spec_int64 ("last-active-us", NULL, NULL, 0, G_MAXINT64,
                                                        0, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
porch_own_presence_init (PorchOwnPresence *self)
{
  self->error = g_strdup ("");
  self->has_network = TRUE;
  self->settles = g_ptr_array_new_with_free_func (g_object_unref);
  porch_backoff_init (&self->backoff, WAIT_MIN_MS, WAIT_MAX_MS);
}

/**
 * porch_own_presence_new:
 * @server_clock: the server's clock
 * @api: where the state is said
 * @connection: the socket, for the own channel
 * @user_id: who is signed in
 * @client_id: (nullable): the random id of this installation, for a person with several machines
 * @heartbeat_s: seconds between heartbeats, 30 to 120
 *
 * Returns: (transfer full): an own presence that says nothing yet
 */
PorchOwnPresence *
porch_own_presence_new (PorchServerClock *server_clock,
                        PorchPresenceApi *api,
                        PorchPusherConnection *connection,
                        const char *user_id,
                        const char *client_id,
                        guint heartbeat_s)
{
  PorchOwnPresence *self;

  g_return_val_if_fail (PORCH_IS_SERVER_CLOCK (server_clock), NULL);
  g_return_val_if_fail (PORCH_IS_PRESENCE_API (api), NULL);
  g_return_val_if_fail (PORCH_IS_PUSHER_CONNECTION (connection), NULL);
  g_return_val_if_fail (user_id != NULL, NULL);

  self = g_object_new (PORCH_TYPE_OWN_PRESENCE, NULL);
  self->clock = g_object_ref (porch_server_clock_get_clock (server_clock));
  self->server_clock = g_object_ref (server_clock);
  self->api = g_object_ref (api);
  self->connection = g_object_ref (connection);
  self->user_id = g_strdup (user_id);
  self->channel = porch_user_id_to_channel (user_id);
  self->client_id = g_strdup (client_id);
  self->heartbeat_s = CLAMP (heartbeat_s, HEARTBEAT_MIN_S, HEARTBEAT_MAX_S);

  g_signal_connect (connection, "notify::state", G_CALLBACK (on_connection_state_cb), self);
  g_signal_connect (connection, "subscribed", G_CALLBACK (on_subscribed_cb), self);
  g_signal_connect (connection, "subscription-failed", G_CALLBACK (on_subscription_failed_cb),
                    self);

  return self;
}

/**
 * porch_own_presence_start:
 * @self: an own presence
 *
 * Subscribes to the own channel and says the state, at once and at every heartbeat. Heartbeats do
 * not need the socket. A hidden person is not in the channel, and "offline" is said only where the
 * server believes otherwise.
 */
void
porch_own_presence_start (PorchOwnPresence *self)
{
  g_return_if_fail (PORCH_IS_OWN_PRESENCE (self));

  if (self->state != PORCH_OWN_PRESENCE_STOPPED)
    return;

  self->is_unsure = self->hidden;
  set_state (self, self->hidden ? PORCH_OWN_PRESENCE_HIDDEN : PORCH_OWN_PRESENCE_ACTIVE);
  if (!self->hidden)
    join_channel (self);
  send_update (self);
}

/**
 * porch_own_presence_stop_async:
 * @self: an own presence
 * @callback: called when the server knows, or after %PORCH_GOODBYE_MS
 * @user_data: for @callback
 *
 * Stops the heartbeat, leaves the own channel and says "offline" for the last time, unless it is
 * what was said before.
 */
void
porch_own_presence_stop_async (PorchOwnPresence *self,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (PORCH_IS_OWN_PRESENCE (self));

  task = g_task_new (self, NULL, callback, user_data);
  if (!is_running (self))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  leave_channel (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);

  self->stop_task = g_steal_pointer (&task);
  if (!has_something_to_say (self))
    {
      finish_stopping (self);
      return;
    }
  set_state (self, PORCH_OWN_PRESENCE_STOPPING);
  send_update (self);
  self->timer = porch_clock_add_timeout (self->clock, PORCH_GOODBYE_MS, on_goodbye_late_cb, self);
}

/**
 * porch_own_presence_stop_finish:
 * @self: an own presence
 * @result: what the callback got
 *
 * Ends porch_own_presence_stop_async(), which cannot fail.
 */
void
porch_own_presence_stop_finish (PorchOwnPresence *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

/**
 * porch_own_presence_set_hidden:
 * @self: an own presence
 * @hidden: whether to be offline for others, with no heartbeats and not in the own channel
 *
 * The change is said at once, and again until the server has it.
 */
void
porch_own_presence_set_hidden (PorchOwnPresence *self, gboolean hidden)
{
  g_return_if_fail (PORCH_IS_OWN_PRESENCE (self));

  if (self->hidden == hidden)
    return;

  self->hidden = hidden;
  if (!is_running (self))
    return;

  self->is_unsure = FALSE;
  set_state (self, hidden ? PORCH_OWN_PRESENCE_HIDDEN : PORCH_OWN_PRESENCE_ACTIVE);
  if (hidden)
    leave_channel (self);
  else
    join_channel (self);
  send_update (self);
}

static gboolean
on_settle_late_cb (gpointer user_data)
{
  PorchOwnPresence *self = user_data;

  self->settle_timer = 0;
  g_message ("The server did not take the last update in time");
  finish_settles (self);

  return G_SOURCE_REMOVE;
}

/**
 * porch_own_presence_settle_async:
 * @self: an own presence
 * @callback: called when the server has what is to be said now, or could not be told, or after
 *   %PORCH_GOODBYE_MS
 * @user_data: for @callback
 *
 * For whoever has to wait before the computer sleeps.
 */
void
porch_own_presence_settle_async (PorchOwnPresence *self,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (PORCH_IS_OWN_PRESENCE (self));

  g_ptr_array_add (self->settles, g_task_new (self, NULL, callback, user_data));
  if (self->cancellable == NULL && !self->is_held)
    finish_settles (self);
  else if (self->settle_timer == 0)
    self->settle_timer = porch_clock_add_timeout (self->clock, PORCH_GOODBYE_MS, on_settle_late_cb,
                                                  self);
}

/**
 * porch_own_presence_settle_finish:
 * @self: an own presence
 * @result: what the callback got
 *
 * Ends porch_own_presence_settle_async(), which cannot fail.
 */
void
porch_own_presence_settle_finish (PorchOwnPresence *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

/**
 * porch_own_presence_woke_up:
 * @self: an own presence
 *
 * The computer slept: an update that is under way went into a connection that is no more. The state
 * is said again over another one.
 */
void
porch_own_presence_woke_up (PorchOwnPresence *self)
{
  g_return_if_fail (PORCH_IS_OWN_PRESENCE (self));

  if (!is_running (self))
    return;

  /* What never arrived does not count. */
  if (self->cancellable != NULL)
    self->sent_us = 0;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  porch_own_presence_try_now (self);
}

/**
 * porch_own_presence_set_heartbeat_s:
 * @self: an own presence
 * @heartbeat_s: seconds between heartbeats, 30 to 120
 *
 * Counts from the next heartbeat on.
 */
void
porch_own_presence_set_heartbeat_s (PorchOwnPresence *self, guint heartbeat_s)
{
  g_return_if_fail (PORCH_IS_OWN_PRESENCE (self));

  self->heartbeat_s = CLAMP (heartbeat_s, HEARTBEAT_MIN_S, HEARTBEAT_MAX_S);
}

/**
 * porch_own_presence_set_has_network:
 * @self: an own presence
 * @has_network: whether there is a way to the server
 *
 * Without a network nothing is said but the goodbye; what there was to say is said once there is
 * one.
 */
void
porch_own_presence_set_has_network (PorchOwnPresence *self, gboolean has_network)
{
  g_return_if_fail (PORCH_IS_OWN_PRESENCE (self));

  if (self->has_network == has_network)
    return;

  self->has_network = has_network;
  if (has_network)
    porch_own_presence_try_now (self);
}

/* Another machine of the same person went offline, and the server took it for the person. */
static void
reassert (PorchOwnPresence *self)
{
  gint64 now_us = porch_clock_get_monotonic_us (self->clock);
  gint64 since_us = now_us - self->reasserted_us;

  if (self->reasserted_us != 0 && since_us < REASSERT_US)
    {
      arm_timer (self, (REASSERT_US - since_us) / 1000 + 1);
      return;
    }

  g_message ("Another machine went offline; saying online again");
  self->reasserted_us = now_us;
  send_update (self);
}

static void
take_news (PorchOwnPresence *self, const PorchUserState *state, PorchPresenceSource source)
{
  PorchPresence news = {
    .status = state->status,
    .last_active_us = state->last_active_us,
    .source = source,
  };

  if (news.status == PORCH_STATUS_UNKNOWN)
    return;

  porch_presence_clamp (&news, porch_server_clock_get_now_us (self->server_clock));
  if (self->told.status != PORCH_STATUS_UNKNOWN
      && !porch_presence_supersedes (&news, &self->told, FALSE))
    return;

  self->told = news;
  conclude (self);

  if (news.status == PORCH_STATUS_OFFLINE && source == PORCH_PRESENCE_SOURCE_EVENT
      && self->state == PORCH_OWN_PRESENCE_ACTIVE && self->cancellable == NULL)
    reassert (self);
}

/**
 * porch_own_presence_told:
 * @self: an own presence
 * @state: what the server said about the person who is signed in
 * @source: where it was told
 *
 * Takes in an event on the own channel, or an answer about oneself. An active person who is said to
 * be offline says online again, at most every 10 s.
 */
void
porch_own_presence_told (PorchOwnPresence *self,
                         const PorchUserState *state,
                         PorchPresenceSource source)
{
  g_return_if_fail (PORCH_IS_OWN_PRESENCE (self));
  g_return_if_fail (state != NULL);

  take_news (self, state, source);
}

/**
 * porch_own_presence_try_now:
 * @self: an own presence
 *
 * Says the state now instead of at the end of a wait.
 */
void
porch_own_presence_try_now (PorchOwnPresence *self)
{
  g_return_if_fail (PORCH_IS_OWN_PRESENCE (self));

  if (!is_running (self) || !has_something_to_say (self))
    return;

  porch_backoff_reset (&self->backoff);
  send_update (self);
}

/**
 * porch_own_presence_get_status:
 * @self: an own presence
 *
 * Returns: what others see, by what the server said last
 */
PorchStatus
porch_own_presence_get_status (PorchOwnPresence *self)
{
  g_return_val_if_fail (PORCH_IS_OWN_PRESENCE (self), PORCH_STATUS_UNKNOWN);

  return self->status;
}

/**
 * porch_own_presence_get_last_active_us:
 * @self: an own presence
 *
 * Returns: when the person was last active, server's clock, Unix microseconds; 0 for never
 */
gint64
porch_own_presence_get_last_active_us (PorchOwnPresence *self)
{
  g_return_val_if_fail (PORCH_IS_OWN_PRESENCE (self), 0);

  return self->last_active_us;
}

/**
 * porch_own_presence_get_error:
 * @self: an own presence
 *
 * Returns: a sentence about the own channel, or ""
 */
const char *
porch_own_presence_get_error (PorchOwnPresence *self)
{
  g_return_val_if_fail (PORCH_IS_OWN_PRESENCE (self), "");

  return self->error;
}
