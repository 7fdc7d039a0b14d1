/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Records who is here when: what the roster concludes goes to the store, where the person wants it.
 * Owned by PorchAgentAccount. It draws no conclusion of its own but one: of a time in which nobody
 * was there to see (the computer slept, the agent was stopped, was killed) nothing is known.
 *
 * A status that stays costs nothing. Every few minutes it is noted that we are still watching, so
 * that after a crash no more than that is claimed; which also tells a time in which we were not.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-history-recorder.h"

/* How often it is noted that we are watching; for whole seconds timers go together. */
#define WATCH_STEP_MS (5 * 60 * 1000)

/* So much later than it is due that note is no busy computer, but one that stood still. */
#define WATCH_SLACK_US (30 * G_TIME_SPAN_SECOND)

/* Less than this in suspend breaks no connection; and the two clocks are not read at once. */
#define SLEEP_MIN_US G_TIME_SPAN_SECOND

/* How long the history of a removed contact waits for them to be added again. */
#define REMOVE_DELAY_MS (60 * 1000)

#define PRUNE_STEP_US G_TIME_SPAN_DAY

struct _PorchHistoryRecorder
{
  GObject parent_instance;

  PorchAgentStore *store;
  PorchRoster *roster;
  PorchServerClock *server_clock;
  PorchClock *clock;
  char *account;

  PorchHistoryKeep keep;
  gboolean started;
  gboolean paused; /* the computer is about to sleep */

  /* When we were last seen watching, and for how long the computer had slept by then. */
  gint64 watched_us;
  gint64 suspended_us;
  /* Nobody is known to have changed since a gap: what they are is said anew at the next note. */
  gboolean after_gap;

  gint64 pruned_us;
  guint watch_timeout_id;
  guint remove_timeout_id;
};

G_DEFINE_FINAL_TYPE (PorchHistoryRecorder, porch_history_recorder, G_TYPE_OBJECT)

static gboolean
is_recording (PorchHistoryRecorder *self)
{
  return self->started && porch_history_keep_records (self->keep);
}

static gint64
get_now_us (PorchHistoryRecorder *self)
{
  return porch_server_clock_get_now_us (self->server_clock);
}

static void
put (PorchHistoryRecorder *self, PorchContact *contact, PorchStatus status, gint64 at_us)
{
  porch_agent_store_put_history (self->store, self->account, porch_contact_get_id (contact), status,
                                 at_us);
}

static void
put_everybody_unknown (PorchHistoryRecorder *self, gint64 at_us)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->roster)); i++)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (G_LIST_MODEL (self->roster), i);
      put (self, contact, PORCH_STATUS_UNKNOWN, at_us);
    }
}

static void
put_everybody (PorchHistoryRecorder *self)
{
  gint64 now_us = get_now_us (self);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->roster)); i++)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (G_LIST_MODEL (self->roster), i);
      PorchStatus status = porch_contact_get_status (contact);

      /* Who was never seen needs no row to be unknown. */
      if (status != PORCH_STATUS_UNKNOWN)
        put (self, contact, status, now_us);
    }
}

static void
watch (PorchHistoryRecorder *self)
{
  self->watched_us = porch_clock_get_monotonic_us (self->clock);
  self->suspended_us = porch_clock_get_suspended_us (self->clock);
}

/* Finds out whether we were away: asleep, where nobody had told before, or standing still. */
static void
look_for_gap (PorchHistoryRecorder *self)
{
  gint64 silent_us = porch_clock_get_monotonic_us (self->clock) - self->watched_us;
  gint64 slept_us = porch_clock_get_suspended_us (self->clock) - self->suspended_us;
  gint64 gap_us = 0;

  if (silent_us > WATCH_STEP_MS * G_TIME_SPAN_MILLISECOND + WATCH_SLACK_US)
    gap_us = silent_us;
  else if (slept_us >= SLEEP_MIN_US)
    gap_us = MIN (slept_us, silent_us);

  watch (self);
  if (gap_us == 0)
    return;

  g_debug ("Nobody was watching for %" G_GINT64_FORMAT " s", gap_us / G_TIME_SPAN_SECOND);
  put_everybody_unknown (self, get_now_us (self) - gap_us);
  self->after_gap = TRUE;
}

static void
prune (PorchHistoryRecorder *self)
{
  self->pruned_us = porch_clock_get_monotonic_us (self->clock);
  porch_agent_store_prune_history (
      self->store, self->account, porch_history_keep_get_cutoff_us (self->keep, get_now_us (self)));
}

static gboolean on_watch_timeout_cb (gpointer user_data);

static void
arm_watch (PorchHistoryRecorder *self)
{
  porch_clock_clear_timeout (self->clock, &self->watch_timeout_id);
  self->watch_timeout_id = porch_clock_add_timeout (self->clock, WATCH_STEP_MS, on_watch_timeout_cb,
                                                    self);
}

/* Written at once: a wait for more would be one more wake-up. */
static void
note_watching (PorchHistoryRecorder *self)
{
  porch_agent_store_put_history (self->store, self->account, NULL, PORCH_STATUS_UNKNOWN,
                                 get_now_us (self));
  porch_agent_store_flush_async (self->store, NULL, NULL);
}

static gboolean
on_watch_timeout_cb (gpointer user_data)
{
  PorchHistoryRecorder *self = user_data;

  self->watch_timeout_id = 0;
  arm_watch (self);
  if (self->paused)
    return G_SOURCE_REMOVE;

  if (self->after_gap)
    {
      self->after_gap = FALSE;
      put_everybody (self);
    }
  look_for_gap (self);
  note_watching (self);
  if (self->watched_us - self->pruned_us >= PRUNE_STEP_US)
    prune (self);
  return G_SOURCE_REMOVE;
}

static void
on_status_changed_cb (PorchHistoryRecorder *self,
                      PorchContact *contact,
                      PorchStatus old_status,
                      PorchStatus new_status,
                      PorchRoster *roster)
{
  if (!is_recording (self) || self->paused)
    return;

  look_for_gap (self);
  put (self, contact, new_status, get_now_us (self));
}

static gboolean
on_remove_timeout_cb (gpointer user_data)
{
  PorchHistoryRecorder *self = user_data;

  self->remove_timeout_id = 0;
  prune (self);
  return G_SOURCE_REMOVE;
}

/* Who is taken off the list takes their history along, unless that is undone. */
static void
on_items_changed_cb (PorchHistoryRecorder *self, guint position, guint removed, guint added)
{
  if (!self->started || self->keep == PORCH_HISTORY_NOT_ASKED || removed == 0)
    return;

  porch_clock_clear_timeout (self->clock, &self->remove_timeout_id);
  self->remove_timeout_id = porch_clock_add_timeout (self->clock, REMOVE_DELAY_MS,
                                                     on_remove_timeout_cb, self);
}

static void
begin_recording (PorchHistoryRecorder *self)
{
  watch (self);
  arm_watch (self);
  put_everybody (self);
  note_watching (self);
}

static void
porch_history_recorder_dispose (GObject *object)
{
  PorchHistoryRecorder *self = PORCH_HISTORY_RECORDER (object);

  porch_history_recorder_stop (self);

  G_OBJECT_CLASS (porch_history_recorder_parent_class)->dispose (object);
}

static void
porch_history_recorder_finalize (GObject *object)
{
  PorchHistoryRecorder *self = PORCH_HISTORY_RECORDER (object);

  g_clear_object (&self->roster);
  g_clear_object (&self->store);
  g_clear_object (&self->server_clock);
  g_clear_object (&self->clock);
  g_free (self->account);

  G_OBJECT_CLASS (porch_history_recorder_parent_class)->finalize (object);
}

static void
porch_history_recorder_class_init (PorchHistoryRecorderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_history_recorder_dispose;
  object_class->finalize = porch_history_recorder_finalize;
}

static void
porch_history_recorder_init (PorchHistoryRecorder *self)
{
}

/**
 * porch_history_recorder_new:
 * @store: where to record
 * @roster: the account's contacts
 * @account: the account's key
 * @keep: for how long to keep it
 *
 * Returns: (transfer full): a recorder that does not record yet
 */
PorchHistoryRecorder *
porch_history_recorder_new (PorchAgentStore *store,
                            PorchRoster *roster,
                            const char *account,
                            PorchHistoryKeep keep)
{
  g_return_val_if_fail (PORCH_IS_AGENT_STORE (store), NULL);
  g_return_val_if_fail (PORCH_IS_ROSTER (roster), NULL);
  g_return_val_if_fail (account != NULL, NULL);

  PorchHistoryRecorder *self = g_object_new (PORCH_TYPE_HISTORY_RECORDER, NULL);
  self->store = g_object_ref (store);
  self->roster = g_object_ref (roster);
  self->server_clock = g_object_ref (porch_roster_get_server_clock (roster));
  self->clock = g_object_ref (porch_server_clock_get_clock (self->server_clock));
  self->account = g_strdup (account);
  self->keep = keep;
  g_signal_connect_object (roster, "status-changed", G_CALLBACK (on_status_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (roster, "items-changed", G_CALLBACK (on_items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * porch_history_recorder_start:
 * @self: a recorder
 *
 * The contacts are in the roster: records from now on, where the person wants it. What the last run
 * of the agent left open ends where it was last seen watching.
 */
void
porch_history_recorder_start (PorchHistoryRecorder *self)
{
  g_return_if_fail (PORCH_IS_HISTORY_RECORDER (self));

  if (self->started)
    return;

  self->started = TRUE;
  if (self->keep == PORCH_HISTORY_NOT_ASKED)
    return;

  porch_agent_store_begin_history (self->store, self->account);
  prune (self);
  if (is_recording (self))
    begin_recording (self);
}

/**
 * porch_history_recorder_stop:
 * @self: a recorder
 *
 * Records nothing any more: the account is over.
 */
void
porch_history_recorder_stop (PorchHistoryRecorder *self)
{
  g_return_if_fail (PORCH_IS_HISTORY_RECORDER (self));

  self->started = FALSE;
  if (self->clock == NULL)
    return;

  porch_clock_clear_timeout (self->clock, &self->watch_timeout_id);
  porch_clock_clear_timeout (self->clock, &self->remove_timeout_id);
}

/**
 * porch_history_recorder_set_keep:
 * @self: a recorder
 * @keep: for how long to keep it
 *
 * What was recorded for longer than that is deleted; where nothing is recorded any more, it stays
 * until the person deletes it.
 */
void
porch_history_recorder_set_keep (PorchHistoryRecorder *self, PorchHistoryKeep keep)
{
  g_return_if_fail (PORCH_IS_HISTORY_RECORDER (self));

  gboolean was_recording = is_recording (self);
  self->keep = keep;
  if (!self->started)
    return;

  prune (self);
  if (!was_recording && is_recording (self))
    begin_recording (self);
  if (was_recording && !is_recording (self))
    {
      porch_clock_clear_timeout (self->clock, &self->watch_timeout_id);
      put_everybody_unknown (self, get_now_us (self));
      porch_agent_store_flush_async (self->store, NULL, NULL);
    }
}

/**
 * porch_history_recorder_pause:
 * @self: a recorder
 *
 * The computer is about to sleep.
 */
void
porch_history_recorder_pause (PorchHistoryRecorder *self)
{
  g_return_if_fail (PORCH_IS_HISTORY_RECORDER (self));

  if (!is_recording (self) || self->paused)
    return;

  put_everybody_unknown (self, get_now_us (self));
  porch_agent_store_flush_async (self->store, NULL, NULL);
  self->paused = TRUE;
}

/**
 * porch_history_recorder_resume:
 * @self: a recorder
 *
 * The computer woke up, whether we had been told before that it would sleep or not.
 */
void
porch_history_recorder_resume (PorchHistoryRecorder *self)
{
  g_return_if_fail (PORCH_IS_HISTORY_RECORDER (self));

  gboolean was_paused = self->paused;
  self->paused = FALSE;
  if (!is_recording (self))
    return;

  if (!was_paused)
    look_for_gap (self);
  self->after_gap = TRUE;
  watch (self);
}

/**
 * porch_history_recorder_load_async:
 * @self: a recorder
 * @user_id: a person
 * @since_us: from when on, server's clock
 * @until_us: until when; 0 for now
 * @cancellable: (nullable): a cancellable
 * @callback: called with the intervals
 * @user_data: for @callback
 */
void
porch_history_recorder_load_async (PorchHistoryRecorder *self,
                                   const char *user_id,
                                   gint64 since_us,
                                   gint64 until_us,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (PORCH_IS_HISTORY_RECORDER (self));
  g_return_if_fail (user_id != NULL);

  if (until_us == 0)
    until_us = get_now_us (self) + G_TIME_SPAN_SECOND;
  porch_agent_store_load_history_async (self->store, self->account, user_id, since_us, until_us,
                                        cancellable, callback, user_data);
}

/**
 * porch_history_recorder_load_finish:
 * @self: a recorder
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type PorchInterval): what was recorded of then, tidy, the first
 *   and the last whole; at most 50,000, the earliest
 */
GArray *
porch_history_recorder_load_finish (PorchHistoryRecorder *self,
                                    GAsyncResult *result,
                                    GError **error)
{
  g_return_val_if_fail (PORCH_IS_HISTORY_RECORDER (self), NULL);

  return porch_agent_store_load_history_finish (self->store, result, error);
}

static void
on_deleted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchHistoryRecorder *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!porch_agent_store_delete_history_finish (PORCH_AGENT_STORE (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  if (is_recording (self) && !self->paused)
    begin_recording (self);
  g_task_return_boolean (task, TRUE);
}

/**
 * porch_history_recorder_delete_async:
 * @self: a recorder
 * @callback: called when it is gone, or cannot be deleted
 * @user_data: for @callback
 *
 * Deletes all that was recorded of the account; where it is recorded still, it begins anew.
 */
void
porch_history_recorder_delete_async (PorchHistoryRecorder *self,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_return_if_fail (PORCH_IS_HISTORY_RECORDER (self));

  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, porch_history_recorder_delete_async);
  porch_agent_store_delete_history_async (self->store, self->account, on_deleted_cb, task);
}

/**
 * porch_history_recorder_delete_finish:
 * @self: a recorder
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR
 *
 * Returns: whether it is gone
 */
gboolean
porch_history_recorder_delete_finish (PorchHistoryRecorder *self,
                                      GAsyncResult *result,
                                      GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
