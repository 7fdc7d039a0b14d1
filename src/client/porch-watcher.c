/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Learns how other people are: reads everyone's state after each connect, then follows the events
 * on their channels, and feeds both to the roster, which draws the conclusions. Owned by
 * PorchSession. It keeps no state of a person itself.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-watcher.h"

#include "config.h"

#include "client/porch-backoff.h"
#include "client/porch-client-error.h"
#include "protocol/porch-user-id.h"

#include <string.h>

/* People who are added one after the other are asked for together. */
#define GATHER_MS 10
/* Proxies take addresses of 8 KiB. */
#define BATCH_MAX_CHARS 6000
#define BATCHES_MAX     2
#define SINGLES_MAX     8
#define WAIT_MIN_MS     2000
#define WAIT_MAX_MS     60000

struct _PorchWatcher
{
  GObject parent_instance;

  PorchClock *clock;
  PorchPresenceApi *api;
  PorchPusherConnection *connection;
  PorchRoster *roster;
  char *own_id;

  gboolean is_connected;
  gboolean has_list;
  gboolean lists_watchers;
  gboolean reads_when_settled;
  guint attempt; /* tells a late answer from one for this connection */
  GCancellable *cancellable;

  GHashTable *watched; /* id → whether a read of it is pending */
  GQueue pending;      /* of ids in @watched */
  guint n_reading;
  guint batch_max; /* people a request; less after an answer that could not be read */
  guint timer;
  PorchBackoff backoff;

  gboolean foreign_logged;
};

/* One request for states. */
typedef struct
{
  PorchWatcher *watcher;
  guint attempt;
  GPtrArray *ids;
} Read;

G_DEFINE_FINAL_TYPE (PorchWatcher, porch_watcher, G_TYPE_OBJECT)

enum
{
  PROP_HAS_LIST = 1,
  PROP_LISTS_WATCHERS,
  N_PROPS,
};

enum
{
  SIGNAL_TOLD,
  SIGNAL_MISSING,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void pump_reads (PorchWatcher *self);

static void
read_free (Read *read)
{
  g_object_unref (read->watcher);
  g_ptr_array_unref (read->ids);
  g_free (read);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Read, read_free)

static void
set_has_list (PorchWatcher *self, gboolean has_list)
{
  if (self->has_list == has_list)
    return;

  self->has_list = has_list;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_LIST]);
}

static void
queue_read (PorchWatcher *self, const char *user_id)
{
  gpointer key, is_pending;

  if (!g_hash_table_lookup_extended (self->watched, user_id, &key, &is_pending) || is_pending)
    return;

  g_hash_table_insert (self->watched, g_strdup (user_id), GINT_TO_POINTER (TRUE));
  g_queue_push_tail (&self->pending, key);
}

static void
queue_reads (PorchWatcher *self, GPtrArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    queue_read (self, ids->pdata[i]);
}

static void
queue_all_reads (PorchWatcher *self)
{
  guint n_ids;
  g_autofree gpointer *ids = g_hash_table_get_keys_as_array (self->watched, &n_ids);

  for (guint i = 0; i < n_ids; i++)
    queue_read (self, ids[i]);
}

/* Takes the next read off the queue: the id itself lives in @watched. */
static char *
pop_pending (PorchWatcher *self)
{
  char *user_id = g_strdup (g_queue_pop_head (&self->pending));

  g_hash_table_insert (self->watched, g_strdup (user_id), GINT_TO_POINTER (FALSE));

  return user_id;
}

static void
tell (PorchWatcher *self, const PorchUserState *state, PorchPresenceSource source)
{
  const PorchPresence presence = {
    .status = state->status,
    .last_active_us = state->last_active_us,
    .source = source,
  };

  if (state->status != PORCH_STATUS_UNKNOWN)
    porch_roster_apply (self->roster, state->user_id, &presence);
  g_signal_emit (self, signals[SIGNAL_TOLD], 0, state, source);
}

static void
tell_missing (PorchWatcher *self, const char *user_id, gboolean missing)
{
  PorchContact *contact = porch_roster_lookup (self->roster, user_id);

  if (contact != NULL && porch_contact_get_missing (contact) != missing)
    g_signal_emit (self, signals[SIGNAL_MISSING], 0, user_id, missing);
}

static void
on_state (PorchWatcher *self, const PorchUserState *state)
{
  if (!g_hash_table_contains (self->watched, state->user_id))
    return;

  tell_missing (self, state->user_id, FALSE);
  tell (self, state, PORCH_PRESENCE_SOURCE_HTTP);
}

static gboolean
on_timer_cb (gpointer user_data)
{
  PorchWatcher *self = user_data;

  self->timer = 0;
  pump_reads (self);

  return G_SOURCE_REMOVE;
}

/* Reads that failed are tried again, later. */
static void
on_read_failed (PorchWatcher *self, GPtrArray *ids, const GError *error, guint retry_after_s)
{
  guint wait_ms;

  queue_reads (self, ids);

  if (self->timer != 0)
    return;

  g_message ("The states of %u people could not be read: %s", ids->len, error->message);
  wait_ms = porch_backoff_next_ms (&self->backoff, self->clock);
  self->timer = porch_clock_add_timeout (self->clock, MAX (wait_ms, retry_after_s * 1000),
                                         on_timer_cb, self);
}

/* Whether an answer is still wanted; if so, it no longer counts as under way. */
static gboolean
read_is_current (Read *read)
{
  if (read->attempt != read->watcher->attempt)
    return FALSE;

  read->watcher->n_reading--;
  return TRUE;
}

static void
on_states (PorchWatcher *self, GPtrArray *asked, GPtrArray *states)
{
  g_autoptr (GHashTable) answered = g_hash_table_new (g_str_hash, g_str_equal);

  porch_backoff_reset (&self->backoff);
  for (guint i = 0; i < states->len; i++)
    {
      PorchUserState *state = states->pdata[i];

      g_hash_table_add (answered, state->user_id);
      on_state (self, state);
    }

  for (guint i = 0; i < asked->len; i++)
    if (!g_hash_table_contains (answered, asked->pdata[i]))
      tell_missing (self, asked->pdata[i], TRUE);
}

/* An answer that is too large, or that one person makes unreadable, must not keep the others
 * unknown: they are asked for in halves, until whoever it is stands alone.
 */
static gboolean
can_split_batch (Read *read, const GError *error)
{
  return read->ids->len > 1
         && (g_error_matches (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_NOT_PORCHLIGHT)
             || g_error_matches (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_TOO_LARGE));
}

static void
on_batch_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Read) read = user_data;
  PorchWatcher *self = read->watcher;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) states = porch_presence_api_get_states_finish (PORCH_PRESENCE_API (source),
                                                                       result, &error);

  if (!read_is_current (read))
    return;

  if (states != NULL)
    {
      set_has_list (self, TRUE);
      on_states (self, read->ids, states);
    }
  else if (g_error_matches (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_UNSUPPORTED))
    {
      set_has_list (self, FALSE);
      queue_reads (self, read->ids);
    }
  else if (can_split_batch (read, error))
    {
      self->batch_max = MIN (self->batch_max, read->ids->len / 2);
      queue_reads (self, read->ids);
    }
  else
    {
      on_read_failed (self, read->ids, error, porch_presence_api_get_retry_after_s (result));
    }

  pump_reads (self);
}

static void
on_single_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Read) read = user_data;
  PorchWatcher *self = read->watcher;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchUserState) state = porch_presence_api_get_state_finish (
      PORCH_PRESENCE_API (source), result, &error);

  if (!read_is_current (read))
    return;

  if (state != NULL)
    {
      porch_backoff_reset (&self->backoff);
      if (g_str_equal (state->user_id, read->ids->pdata[0]))
        on_state (self, state);
    }
  else if (g_error_matches (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_NO_SUCH_USER))
    tell_missing (self, read->ids->pdata[0], TRUE);
  else
    on_read_failed (self, read->ids, error, porch_presence_api_get_retry_after_s (result));

  pump_reads (self);
}

static Read *
new_read (PorchWatcher *self)
{
  Read *read = g_new0 (Read, 1);

  read->watcher = g_object_ref (self);
  read->attempt = self->attempt;
  read->ids = g_ptr_array_new_with_free_func (g_free);
  self->n_reading++;

  return read;
}

static void
read_batch (PorchWatcher *self)
{
  Read *read = new_read (self);
  gsize chars = 0;

  while (!g_queue_is_empty (&self->pending) && read->ids->len < self->batch_max
         && chars < BATCH_MAX_CHARS)
    {
      char *user_id = pop_pending (self);

      chars += strlen (user_id) + 1;
      g_ptr_array_add (read->ids, user_id);
    }

  porch_presence_api_get_states_async (self->api, read->ids, self->cancellable, on_batch_cb, read);
}

static void
read_single (PorchWatcher *self)
{
  Read *read = new_read (self);

  g_ptr_array_add (read->ids, pop_pending (self));
  porch_presence_api_get_state_async (self->api, read->ids->pdata[0], self->cancellable,
                                      on_single_cb, read);
}

/* Sends what is pending, as many at a time as is decent. */
static void
pump_reads (PorchWatcher *self)
{
  while (self->is_connected && self->timer == 0 && !g_queue_is_empty (&self->pending)
         && self->n_reading < (self->has_list ? BATCHES_MAX : SINGLES_MAX))
    {
      if (self->has_list)
        read_batch (self);
      else
        read_single (self);
    }
}

static void
forget_reads (PorchWatcher *self)
{
  self->attempt++;
  self->n_reading = 0;
  self->reads_when_settled = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  porch_clock_clear_timeout (self->clock, &self->timer);

  while (!g_queue_is_empty (&self->pending))
    g_free (pop_pending (self));
}

static void
on_connection_state_cb (PorchPusherConnection *connection, GParamSpec *pspec, PorchWatcher *self)
{
  gboolean is_connected = porch_pusher_connection_get_state (connection) == PORCH_PUSHER_CONNECTED;

  if (self->is_connected == is_connected)
    return;

  self->is_connected = is_connected;
  if (!is_connected)
    {
      forget_reads (self);
      porch_roster_set_unknown (self->roster);
      return;
    }

  porch_backoff_reset (&self->backoff);
  self->batch_max = PORCH_USERS_MAX;
  self->cancellable = g_cancellable_new ();
  self->reads_when_settled = TRUE;
  if (self->has_list)
    queue_all_reads (self);
  else
    queue_read (self, self->own_id);
  pump_reads (self);
}

/* What changed between the first read and the subscriptions is caught by a second read. */
static void
on_settled_cb (PorchPusherConnection *connection, PorchWatcher *self)
{
  if (!self->is_connected || !self->reads_when_settled)
    return;

  self->reads_when_settled = FALSE;
  if (self->has_list)
    queue_all_reads (self);
  pump_reads (self);
}

/* porchlightd shows nobody but the owner. */
static void
note_member (PorchWatcher *self, const char *channel, const char *member)
{
  const char *owner = porch_user_id_from_channel (channel);

  if (self->lists_watchers || owner == NULL || g_str_equal (owner, member))
    return;

  g_message ("This server shows people who watches them");
  self->lists_watchers = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LISTS_WATCHERS]);
}

static void
on_subscribed_cb (PorchPusherConnection *connection,
                  const char *channel,
                  const char *const *members,
                  PorchWatcher *self)
{
  const char *user_id = porch_user_id_from_channel (channel);

  if (user_id == NULL || !g_hash_table_contains (self->watched, user_id))
    return;

  for (guint i = 0; members[i] != NULL; i++)
    note_member (self, channel, members[i]);
  if (g_strv_contains (members, user_id))
    porch_roster_owner_joined (self->roster, user_id);

  if (!self->has_list)
    {
      queue_read (self, user_id);
      pump_reads (self);
    }
}

static void
on_subscription_failed_cb (PorchPusherConnection *connection,
                           const char *channel,
                           const GError *error,
                           PorchWatcher *self)
{
  const char *user_id = porch_user_id_from_channel (channel);

  if (user_id != NULL && !self->has_list)
    {
      queue_read (self, user_id);
      pump_reads (self);
    }
}

static void
on_member_added_cb (PorchPusherConnection *connection,
                    const char *channel,
                    const char *member,
                    PorchWatcher *self)
{
  note_member (self, channel, member);
  if (g_strcmp0 (porch_user_id_from_channel (channel), member) == 0)
    porch_roster_owner_joined (self->roster, member);
}

static void
on_member_removed_cb (PorchPusherConnection *connection,
                      const char *channel,
                      const char *member,
                      PorchWatcher *self)
{
  if (g_strcmp0 (porch_user_id_from_channel (channel), member) == 0)
    porch_roster_owner_left (self->roster, member);
}

static void
log_foreign (PorchWatcher *self, const PorchPusherFrame *frame, const char *why)
{
  if (self->foreign_logged)
    return;

  self->foreign_logged = TRUE;
  g_message ("Ignoring an event on %s, and others like it: %s", frame->channel, why);
}

static void
on_event_cb (PorchPusherConnection *connection, const PorchPusherFrame *frame, PorchWatcher *self)
{
  const char *owner = porch_user_id_from_channel (frame->channel);
  g_autoptr (PorchUserState) state = NULL;

  if (owner == NULL || !g_hash_table_contains (self->watched, owner))
    return;

  if (frame->user_id != NULL || g_str_has_prefix (frame->event, "client-"))
    {
      log_foreign (self, frame, "it was sent by another client");
      return;
    }
  if (!g_str_equal (frame->event, PORCH_STATUS_CHANGE_EVENT))
    return;

  if (frame->data != NULL)
    state = porch_user_state_parse (frame->data, strlen (frame->data), NULL);
  if (state == NULL || state->status == PORCH_STATUS_UNKNOWN)
    log_foreign (self, frame, "it cannot be read");
  else if (!g_str_equal (state->user_id, owner))
    log_foreign (self, frame, "it is about somebody else");
  else
    tell (self, state, PORCH_PRESENCE_SOURCE_EVENT);
}

static void
porch_watcher_dispose (GObject *object)
{
  PorchWatcher *self = PORCH_WATCHER (object);

  if (self->clock != NULL)
    forget_reads (self);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  g_clear_object (&self->api);
  g_clear_object (&self->roster);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_watcher_parent_class)->dispose (object);
}

static void
porch_watcher_finalize (GObject *object)
{
  PorchWatcher *self = PORCH_WATCHER (object);

  g_queue_clear (&self->pending);
  g_clear_pointer (&self->watched, g_hash_table_unref);
  g_clear_pointer (&self->own_id, g_free);

  G_OBJECT_CLASS (porch_watcher_parent_class)->finalize (object);
}

static void
porch_watcher_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PorchWatcher *self = PORCH_WATCHER (object);

  switch (prop_id)
    {
    case PROP_HAS_LIST:
      g_value_set_boolean (value, self->has_list);
      break;
    case PROP_LISTS_WATCHERS:
      g_value_set_boolean (value, self->lists_watchers);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_watcher_class_init (PorchWatcherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = porch_watcher_dispose;
  object_class->finalize = porch_watcher_finalize;
  object_class->get_property = porch_watcher_get_property;

  properties[PROP_HAS_LIST] = g_param_spec_boolean ("has-list", NULL, NULL, TRUE, flags);
  properties[PROP_LISTS_WATCHERS] = g_param_spec_boolean ("lists-watchers", NULL, NULL, FALSE,
                                                          flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_TOLD] = g_signal_new ("told", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_INT);
  signals[SIGNAL_MISSING] = g_signal_new ("missing", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
porch_watcher_init (PorchWatcher *self)
{
  self->has_list = TRUE;
  self->batch_max = PORCH_USERS_MAX;
  self->watched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->pending);
  porch_backoff_init (&self->backoff, WAIT_MIN_MS, WAIT_MAX_MS);
}

/**
 * porch_watcher_new:
 * @clock: the program's clock
 * @api: where states are read
 * @connection: where events come from
 * @roster: what is fed
 * @own_id: who is signed in: their state is read too, and their events, which PorchOwnPresence
 *   subscribes to, are told
 *
 * Returns: (transfer full): a watcher of nobody else
 */
PorchWatcher *
porch_watcher_new (PorchClock *clock,
                   PorchPresenceApi *api,
                   PorchPusherConnection *connection,
                   PorchRoster *roster,
                   const char *own_id)
{
  PorchWatcher *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_PRESENCE_API (api), NULL);
  g_return_val_if_fail (PORCH_IS_PUSHER_CONNECTION (connection), NULL);
  g_return_val_if_fail (PORCH_IS_ROSTER (roster), NULL);
  g_return_val_if_fail (own_id != NULL, NULL);

  self = g_object_new (PORCH_TYPE_WATCHER, NULL);
  self->clock = g_object_ref (clock);
  self->api = g_object_ref (api);
  self->connection = g_object_ref (connection);
  self->roster = g_object_ref (roster);
  self->own_id = g_strdup (own_id);
  g_hash_table_insert (self->watched, g_strdup (own_id), GINT_TO_POINTER (FALSE));

  g_signal_connect (connection, "notify::state", G_CALLBACK (on_connection_state_cb), self);
  g_signal_connect (connection, "settled", G_CALLBACK (on_settled_cb), self);
  g_signal_connect (connection, "subscribed", G_CALLBACK (on_subscribed_cb), self);
  g_signal_connect (connection, "subscription-failed", G_CALLBACK (on_subscription_failed_cb),
                    self);
  g_signal_connect (connection, "member-added", G_CALLBACK (on_member_added_cb), self);
  g_signal_connect (connection, "member-removed", G_CALLBACK (on_member_removed_cb), self);
  g_signal_connect (connection, "event", G_CALLBACK (on_event_cb), self);

  return self;
}

/**
 * porch_watcher_watch:
 * @self: a watcher
 * @user_id: a contact; one's own id is allowed
 *
 * Subscribes to a person's channel and reads their state.
 */
void
porch_watcher_watch (PorchWatcher *self, const char *user_id)
{
  g_autofree char *channel = NULL;

  g_return_if_fail (PORCH_IS_WATCHER (self));
  g_return_if_fail (porch_user_id_is_valid (user_id));

  if (!g_hash_table_contains (self->watched, user_id))
    {
      g_hash_table_insert (self->watched, g_strdup (user_id), GINT_TO_POINTER (FALSE));
      channel = porch_user_id_to_channel (user_id);
      porch_pusher_connection_subscribe (self->connection, channel);
    }

  if (!self->is_connected)
    return;

  queue_read (self, user_id);
  if (self->timer == 0)
    self->timer = porch_clock_add_timeout (self->clock, GATHER_MS, on_timer_cb, self);
}

/**
 * porch_watcher_unwatch:
 * @self: a watcher
 * @user_id: a contact
 *
 * Ends what porch_watcher_watch() began.
 */
void
porch_watcher_unwatch (PorchWatcher *self, const char *user_id)
{
  g_autofree char *channel = NULL;
  gpointer key;

  g_return_if_fail (PORCH_IS_WATCHER (self));
  g_return_if_fail (user_id != NULL);

  if (g_str_equal (user_id, self->own_id)
      || !g_hash_table_lookup_extended (self->watched, user_id, &key, NULL))
    return;

  channel = porch_user_id_to_channel (user_id);
  porch_pusher_connection_unsubscribe (self->connection, channel);
  g_queue_remove (&self->pending, key);
  g_hash_table_remove (self->watched, user_id);
}

/**
 * porch_watcher_get_has_list:
 * @self: a watcher
 *
 * Returns: whether the server has the list of people; assumed until it turns out that it has not
 */
gboolean
porch_watcher_get_has_list (PorchWatcher *self)
{
  g_return_val_if_fail (PORCH_IS_WATCHER (self), FALSE);

  return self->has_list;
}

/**
 * porch_watcher_get_lists_watchers:
 * @self: a watcher
 *
 * Returns: whether the server was seen to make members of those who watch a person, as the original
 *   does: everybody can then see who watches them
 */
gboolean
porch_watcher_get_lists_watchers (PorchWatcher *self)
{
  g_return_val_if_fail (PORCH_IS_WATCHER (self), FALSE);

  return self->lists_watchers;
}
