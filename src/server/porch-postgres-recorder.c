/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Stores heartbeats in PostgreSQL. One batch is under way at a time; what comes meanwhile makes the
 * next one and shares its commit, so the more load, the larger the batches and the less each costs.
 * Owned by PorchPostgresStore, whose tasks it answers with the person's combined status.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-postgres-recorder.h"

#include "server/porch-postgres-result.h"
#include "server/porch-postgres-statements.h"

/* How many heartbeats share a commit, and how many may wait for one. */
#define BATCH_MAX   1000
#define WAITING_MAX 20000

struct _PorchPostgresRecorder
{
  GObject parent_instance;

  PorchPostgresConnection *connection;
  GPtrArray *waiting; /* GTask for the next batch */
  gboolean is_recording;
  GSource *begin_source; /* while a first batch is being gathered */
};

G_DEFINE_FINAL_TYPE (PorchPostgresRecorder, porch_postgres_recorder, G_TYPE_OBJECT)

/* Heartbeats of one commit. Several of one program are one row: the last. */
typedef struct
{
  PorchPostgresRecorder *recorder;
  GPtrArray *tasks;
  GHashTable *latest; /* "user\nclient" → PorchStorePresence, a task's */
  gboolean has_offline;
} Batch;

static void
batch_free (Batch *batch)
{
  g_object_unref (batch->recorder);
  g_ptr_array_unref (batch->tasks);
  g_hash_table_unref (batch->latest);
  g_free (batch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Batch, batch_free)

static Batch *
batch_new (PorchPostgresRecorder *self, GPtrArray *tasks)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->recorder = g_object_ref (self);
  batch->tasks = tasks;
  batch->latest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < tasks->len; i++)
    {
      PorchStorePresence *presence = g_task_get_task_data (g_ptr_array_index (tasks, i));

      g_hash_table_insert (batch->latest,
                           g_strconcat (presence->user_id, "\n", presence->client, NULL), presence);
      batch->has_offline |= presence->status == PORCH_STATUS_OFFLINE;
    }

  return batch;
}

static PorchPostgresCall *
build_record_call (Batch *batch)
{
  PorchPostgresCall *call = porch_postgres_call_new ();
  g_autoptr (GString) ids = g_string_new (NULL);
  g_autoptr (GString) clients = g_string_new (NULL);
  g_autoptr (GString) are_online = g_string_new ("{");
  g_autoptr (GString) times = g_string_new ("{");
  g_autoptr (GString) offline_ids = g_string_new (NULL);
  gint64 now_us = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, batch->latest);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const PorchStorePresence *presence = value;
      gboolean is_online = presence->status == PORCH_STATUS_ONLINE;

      porch_postgres_array_append (ids, presence->user_id);
      porch_postgres_array_append (clients, presence->client);
      g_string_append (are_online, is_online ? "t," : "f,");
      g_string_append_printf (times, "%" G_GINT64_FORMAT ",", presence->last_active_us);
      if (!is_online)
        porch_postgres_array_append (offline_ids, presence->user_id);
      now_us = MAX (now_us, presence->last_active_us);
    }
  g_string_append_c (ids, '}');
  g_string_append_c (clients, '}');
  are_online->str[are_online->len - 1] = '}';
  times->str[times->len - 1] = '}';

  porch_postgres_call_add (call, PORCH_STATEMENT_RECORD_PRESENCES, "ssss", ids->str, clients->str,
                           are_online->str, times->str);
  if (batch->has_offline)
    {
      g_string_append_c (offline_ids, '}');
      porch_postgres_call_add (call, PORCH_STATEMENT_SETTLE, "si", offline_ids->str, now_us);
    }

  return call;
}

static void record_now (PorchPostgresRecorder *self, GPtrArray *tasks);

/* Each by itself, so that one that cannot be stored takes no other with it. */
static void
record_one_by_one (PorchPostgresRecorder *self, GPtrArray *tasks)
{
  for (guint i = 0; i < tasks->len; i++)
    {
      GPtrArray *one = g_ptr_array_new_with_free_func (g_object_unref);

      g_ptr_array_add (one, g_object_ref (g_ptr_array_index (tasks, i)));
      record_now (self, one);
    }
}

/* Who said offline may be online by another program. */
static GHashTable *
read_settled (const PGresult *rows)
{
  GHashTable *online = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int row = 0; row < PQntuples (rows); row++)
    if (porch_postgres_get_boolean (rows, row, 1))
      g_hash_table_add (online, porch_postgres_get_text (rows, row, 0));

  return online;
}

static void
answer_recorded (Batch *batch, GPtrArray *results)
{
  g_autoptr (GHashTable) online = NULL;

  if (batch->has_offline)
    online = read_settled (g_ptr_array_index (results, 1));

  for (guint i = 0; i < batch->tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (batch->tasks, i);
      const PorchStorePresence *presence = g_task_get_task_data (task);
      gboolean is_online = presence->status == PORCH_STATUS_ONLINE
                           || g_hash_table_contains (online, presence->user_id);

      g_task_return_int (task, is_online ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE);
    }
}

static void record_waiting (PorchPostgresRecorder *self);

static void
on_recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Batch) batch = user_data;
  PorchPostgresRecorder *self = batch->recorder;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (self->connection, result,
                                                                        &error);
  gint64 n_stored = results != NULL
                        ? porch_postgres_get_number (g_ptr_array_index (results, 0), 0, 0)
                        : 0;

  if (results != NULL && n_stored == g_hash_table_size (batch->latest))
    answer_recorded (batch, results);
  else if (batch->tasks->len > 1
           && !g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE))
    record_one_by_one (self, batch->tasks);
  else
    {
      if (error == NULL)
        g_set_error_literal (&error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                             "There is no such user");
      for (guint i = 0; i < batch->tasks->len; i++)
        g_task_return_error (g_ptr_array_index (batch->tasks, i), g_error_copy (error));
    }
}

static void
record_now (PorchPostgresRecorder *self, GPtrArray *tasks)
{
  Batch *batch = batch_new (self, tasks);

  porch_postgres_connection_run_async (self->connection, build_record_call (batch), NULL,
                                       on_recorded_cb, batch);
}

static void
on_batch_recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPostgresRecorder) self = g_object_ref (((Batch *) user_data)->recorder);

  self->is_recording = FALSE;
  on_recorded_cb (source, result, user_data);
  record_waiting (self);
}

/* One batch at a time: what comes meanwhile makes the next one. */
static void
record_waiting (PorchPostgresRecorder *self)
{
  GPtrArray *tasks;
  Batch *batch;

  if (self->is_recording || self->waiting->len == 0)
    return;

  if (self->waiting->len <= BATCH_MAX)
    {
      tasks = g_steal_pointer (&self->waiting);
      self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
    }
  else
    {
      tasks = g_ptr_array_new_with_free_func (g_object_unref);
      for (guint i = 0; i < BATCH_MAX; i++)
        g_ptr_array_add (tasks, g_object_ref (g_ptr_array_index (self->waiting, i)));
      g_ptr_array_remove_range (self->waiting, 0, BATCH_MAX);
    }

  self->is_recording = TRUE;
  batch = batch_new (self, tasks);
  porch_postgres_connection_run_async (self->connection, build_record_call (batch), NULL,
                                       on_batch_recorded_cb, batch);
}

static gboolean
on_begin_cb (gpointer user_data)
{
  PorchPostgresRecorder *self = user_data;

  g_clear_pointer (&self->begin_source, g_source_unref);
  record_waiting (self);

  return G_SOURCE_REMOVE;
}

/* What comes in the same turn of the main loop is to share the first batch. */
static void
begin (PorchPostgresRecorder *self)
{
  if (self->begin_source != NULL)
    return;

  self->begin_source = g_idle_source_new ();
  g_source_set_priority (self->begin_source, G_PRIORITY_HIGH);
  g_source_set_callback (self->begin_source, on_begin_cb, self, NULL);
  g_source_attach (self->begin_source, g_main_context_get_thread_default ());
}

static void
porch_postgres_recorder_finalize (GObject *object)
{
  PorchPostgresRecorder *self = PORCH_POSTGRES_RECORDER (object);

  if (self->begin_source != NULL)
    g_source_destroy (self->begin_source);
  g_clear_pointer (&self->begin_source, g_source_unref);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);

  G_OBJECT_CLASS (porch_postgres_recorder_parent_class)->finalize (object);
}

static void
porch_postgres_recorder_class_init (PorchPostgresRecorderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_postgres_recorder_finalize;
}

static void
porch_postgres_recorder_init (PorchPostgresRecorder *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * porch_postgres_recorder_new:
 * @connection: where heartbeats go
 *
 * Returns: (transfer full): a recorder
 */
PorchPostgresRecorder *
porch_postgres_recorder_new (PorchPostgresConnection *connection)
{
  PorchPostgresRecorder *self = g_object_new (PORCH_TYPE_POSTGRES_RECORDER, NULL);

  self->connection = g_object_ref (connection);

  return self;
}

/**
 * porch_postgres_recorder_add:
 * @self: a recorder
 * @presence: what one program of a person told
 * @task: is answered with the person's status, or with an error of %PORCH_STORE_ERROR; its data is
 *   the recorder's
 */
void
porch_postgres_recorder_add (PorchPostgresRecorder *self,
                             const PorchStorePresence *presence,
                             GTask *task)
{
  if (self->waiting->len >= WAITING_MAX)
    {
      g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE,
                               "The database does not keep up");
      return;
    }

  g_task_set_task_data (task, porch_store_presence_copy (presence),
                        (GDestroyNotify) porch_store_presence_free);
  g_ptr_array_add (self->waiting, g_object_ref (task));
  if (!self->is_recording)
    begin (self);
}
