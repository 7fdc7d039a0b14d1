/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* PorchStore on a SQLite file. One worker thread owns the database. It takes whatever was queued
 * since its last turn as one batch, writes in one transaction, waits for the disk once, and hands
 * the whole batch back with one wake-up of the main context: the more load, the larger the batches,
 * and the less each call costs. Calls come from the main context in which the store was made, and
 * are answered there. What is written and read, and the SQL, is PorchSqliteDatabase's.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-sqlite-store.h"

#include <signal.h>

#include "protocol/porch-auth-message.h"
#include "server/porch-sqlite-database.h"
#include "server/porch-sqlite-proofs.h"

/* How soon it is noticed that "porchlightd user" ended somebody's sessions. */
#define POLL_US (2 * G_TIME_SPAN_SECOND)

typedef struct _Operation Operation;

/* Runs on the worker. Returns the result, or for an operation without one anything but NULL. */
typedef gpointer (*OperationFunc) (PorchSqliteDatabase *database,
                                   Operation *operation,
                                   GError **error);

typedef struct
{
  OperationFunc run;
  gboolean writes;
  gboolean may_end_sessions;
  gboolean answers_number;    /* the operation's own */
  GDestroyNotify free_result; /* NULL: the answer is a boolean */
} OperationType;

/* Arguments and result of one call; each type of operation uses some of the fields. */
struct _Operation
{
  const OperationType *type;

  char *id;
  char *text;
  gint64 time_us;
  guint number;
  GStrv ids;
  GBytes *bytes;
  gint64 step;
  PorchStoreUser *user;
  PorchStoreFactor *factor;
  PorchStorePresence *presence;

  gpointer result;
  GError *error;
};

struct _PorchSqliteStore
{
  GObject parent_instance;

  GThread *worker;
  GSource *answer_source; /* made ready when there is something to answer or to signal */

  GMutex mutex;
  GCond cond;
  GPtrArray *queue;    /* under the mutex: GTask, to run */
  GPtrArray *answered; /* under the mutex: GTask, to return in the main context */
  GPtrArray *ended;    /* under the mutex: session ids, to signal */
  gboolean is_closing; /* under the mutex */

  PorchSqliteDatabase *database; /* the worker's */
  gboolean is_damaged;           /* the worker's: nothing is written any more */
  gboolean is_failing;           /* the worker's: the administrator was told */
};

static void porch_sqlite_store_iface_init (PorchStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchSqliteStore,
                               porch_sqlite_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_STORE,
                                                      porch_sqlite_store_iface_init))

static void
operation_discard_result (Operation *operation)
{
  if (operation->result != NULL && operation->type->free_result != NULL)
    operation->type->free_result (operation->result);
  operation->result = NULL;
}

static void
operation_free (Operation *operation)
{
  operation_discard_result (operation);
  g_clear_error (&operation->error);
  g_free (operation->id);
  porch_secret_free (operation->text);
  g_strfreev (operation->ids);
  g_clear_pointer (&operation->bytes, g_bytes_unref);
  porch_store_user_free (operation->user);
  porch_store_factor_free (operation->factor);
  porch_store_presence_free (operation->presence);
  g_free (operation);
}

static void
run_operation (PorchSqliteStore *self, GTask *task)
{
  Operation *operation = g_task_get_task_data (task);

  if (!g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &operation->error))
    operation->result = operation->type->run (self->database, operation, &operation->error);
}

/* Whether an error is the operation's own answer, as opposed to one that lost the transaction. */
static gboolean
is_answer (const GError *error)
{
  return error == NULL || error->domain == G_IO_ERROR
         || g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND)
         || g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_EXISTS);
}

static gboolean
write_in_transaction (PorchSqliteStore *self, GPtrArray *tasks, GError **error)
{
  if (self->is_damaged)
    {
      g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_DAMAGED,
                           "The database is damaged and is not written any more");
      return FALSE;
    }

  if (!porch_sqlite_database_begin (self->database, error))
    return FALSE;

  for (guint i = 0; i < tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (tasks, i);
      Operation *operation = g_task_get_task_data (task);

      run_operation (self, task);
      if (!is_answer (operation->error))
        {
          porch_sqlite_database_rollback (self->database);
          g_propagate_error (error, g_steal_pointer (&operation->error));
          return FALSE;
        }
    }

  return porch_sqlite_database_commit (self->database, error);
}

/* Says so once, however many calls it costs. */
static void
note_failure (PorchSqliteStore *self, const GError *error)
{
  if (!self->is_failing)
    g_warning ("%s. What cannot be stored is refused meanwhile.", error->message);

  self->is_failing = TRUE;
  if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_DAMAGED))
    self->is_damaged = TRUE;
}

static void
note_success (PorchSqliteStore *self)
{
  if (self->is_failing)
    g_message ("The database is written again");

  self->is_failing = FALSE;
}

static void
write_all (PorchSqliteStore *self, GPtrArray *tasks)
{
  g_autoptr (GError) error = NULL;

  if (tasks->len == 0)
    return;

  if (write_in_transaction (self, tasks, &error))
    {
      note_success (self);
      return;
    }

  /* Nothing of the batch was stored, so nobody may be told that theirs was. */
  note_failure (self, error);
  for (guint i = 0; i < tasks->len; i++)
    {
      Operation *operation = g_task_get_task_data (g_ptr_array_index (tasks, i));

      operation_discard_result (operation);
      g_clear_error (&operation->error);
      operation->error = g_error_copy (error);
    }
}

static void
read_all (PorchSqliteStore *self, GPtrArray *tasks)
{
  for (guint i = 0; i < tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (tasks, i);
      Operation *operation = g_task_get_task_data (task);

      run_operation (self, task);
      if (!is_answer (operation->error))
        note_failure (self, operation->error);
    }
}

static GPtrArray *
find_ended_sessions (PorchSqliteStore *self, gboolean may_have_ended)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *ended;

  if (!porch_sqlite_database_was_changed_elsewhere (self->database) && !may_have_ended)
    return NULL;

  ended = porch_sqlite_database_take_ended_sessions (self->database, &error);
  if (ended == NULL)
    note_failure (self, error);

  return ended;
}

/* Writes before reads: the answer to a read is never of something that is lost in the commit. */
static void
run_batch (PorchSqliteStore *self, GPtrArray *batch)
{
  g_autoptr (GPtrArray) writes = g_ptr_array_sized_new (batch->len);
  g_autoptr (GPtrArray) reads = g_ptr_array_new ();
  g_autoptr (GPtrArray) ended = NULL;
  gboolean may_have_ended = FALSE;

  for (guint i = 0; i < batch->len; i++)
    {
      GTask *task = g_ptr_array_index (batch, i);
      Operation *operation = g_task_get_task_data (task);

      g_ptr_array_add (operation->type->writes ? writes : reads, task);
      may_have_ended |= operation->type->may_end_sessions;
    }
  write_all (self, writes);
  read_all (self, reads);

  ended = find_ended_sessions (self, may_have_ended);
  if (batch->len == 0 && (ended == NULL || ended->len == 0))
    return;

  g_mutex_lock (&self->mutex);
  g_ptr_array_extend_and_steal (self->answered, g_ptr_array_ref (batch));
  if (ended != NULL)
    g_ptr_array_extend_and_steal (self->ended, g_steal_pointer (&ended));
  g_mutex_unlock (&self->mutex);
  g_source_set_ready_time (self->answer_source, 0);
}

static gpointer
porch_sqlite_store_work (gpointer data)
{
  PorchSqliteStore *self = data;

  g_mutex_lock (&self->mutex);
  while (!self->is_closing)
    {
      g_autoptr (GPtrArray) batch = NULL;
      gint64 end = g_get_monotonic_time () + POLL_US;

      while (self->queue->len == 0 && !self->is_closing
             && g_cond_wait_until (&self->cond, &self->mutex, end))
        ;

      batch = g_steal_pointer (&self->queue);
      self->queue = g_ptr_array_new ();
      g_mutex_unlock (&self->mutex);
      run_batch (self, batch);
      g_mutex_lock (&self->mutex);
    }
  g_mutex_unlock (&self->mutex);

  return NULL;
}

static void
answer (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);

  if (operation->error != NULL)
    g_task_return_error (task, g_steal_pointer (&operation->error));
  else if (operation->type->free_result != NULL)
    g_task_return_pointer (task, g_steal_pointer (&operation->result),
                           operation->type->free_result);
  else if (operation->type->answers_number)
    g_task_return_int (task, operation->number);
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
on_answers_ready_cb (gpointer user_data)
{
  /* The last task's reference may be the last one on the store. */
  g_autoptr (PorchSqliteStore) self = g_object_ref (user_data);
  g_autoptr (GPtrArray) answered = NULL;
  g_autoptr (GPtrArray) ended = NULL;

  g_source_set_ready_time (self->answer_source, -1);

  g_mutex_lock (&self->mutex);
  answered = g_steal_pointer (&self->answered);
  self->answered = g_ptr_array_new_with_free_func (g_object_unref);
  ended = g_steal_pointer (&self->ended);
  self->ended = g_ptr_array_new_with_free_func (g_free);
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < ended->len; i++)
    porch_store_session_ended (PORCH_STORE (self), g_ptr_array_index (ended, i));
  for (guint i = 0; i < answered->len; i++)
    answer (g_ptr_array_index (answered, i));

  return G_SOURCE_CONTINUE;
}

static gboolean
answer_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs answer_source_funcs = { .dispatch = answer_source_dispatch };

static Operation *
operation_new (const OperationType *type)
{
  Operation *operation = g_new0 (Operation, 1);

  operation->type = type;

  return operation;
}

static void
submit (PorchStore *store,
        Operation *operation,
        GCancellable *cancellable,
        GAsyncReadyCallback callback,
        gpointer user_data)
{
  PorchSqliteStore *self = PORCH_SQLITE_STORE (store);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, operation, (GDestroyNotify) operation_free);

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->queue, task);
  if (self->queue->len == 1)
    g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

static gpointer
run_add_user (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return GINT_TO_POINTER (porch_sqlite_database_add_user (database, operation->user, error));
}

static void
porch_sqlite_store_add_user_async (PorchStore *store,
                                   const PorchStoreUser *user,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  static const OperationType type = {
    .run = run_add_user,
    .writes = TRUE,
  };
  Operation *operation = operation_new (&type);

  operation->user = porch_store_user_copy (user);
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_put_profile (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return GINT_TO_POINTER (porch_sqlite_database_put_profile (database, operation->user, error));
}

static void
porch_sqlite_store_put_profile_async (PorchStore *store,
                                      const PorchStoreUser *profile,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  static const OperationType type = {
    .run = run_put_profile,
    .writes = TRUE,
  };
  Operation *operation = operation_new (&type);

  operation->user = porch_store_user_copy (profile);
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_remove_user (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return GINT_TO_POINTER (
      porch_sqlite_database_remove_user (database, operation->id, operation->time_us, error));
}

static void
porch_sqlite_store_remove_user_async (PorchStore *store,
                                      const char *user_id,
                                      gint64 now_us,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  static const OperationType type = {
    .run = run_remove_user,
    .writes = TRUE,
    .may_end_sessions = TRUE,
  };
  Operation *operation = operation_new (&type);

  operation->id = g_strdup (user_id);
  operation->time_us = now_us;
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_set_password (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return GINT_TO_POINTER (porch_sqlite_database_set_password (
      database, operation->id, operation->text, operation->time_us, error));
}

static void
porch_sqlite_store_set_password_async (PorchStore *store,
                                       const char *user_id,
                                       const char *password_hash,
                                       gint64 now_us,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  static const OperationType type = {
    .run = run_set_password,
    .writes = TRUE,
    .may_end_sessions = TRUE,
  };
  Operation *operation = operation_new (&type);

  operation->id = g_strdup (user_id);
  operation->text = g_strdup (password_hash);
  operation->time_us = now_us;
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_set_avatar (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return GINT_TO_POINTER (porch_sqlite_database_set_avatar (
      database, operation->id, operation->text, operation->bytes, error));
}

static void
porch_sqlite_store_set_avatar_async (PorchStore *store,
                                     const char *user_id,
                                     const char *content_type,
                                     GBytes *image,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  static const OperationType type = {
    .run = run_set_avatar,
    .writes = TRUE,
  };
  Operation *operation = operation_new (&type);

  operation->id = g_strdup (user_id);
  operation->text = g_strdup (content_type);
  operation->bytes = g_bytes_ref (image);
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_get_avatar (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return porch_sqlite_database_get_avatar (database, operation->id, error);
}

static void
porch_sqlite_store_get_avatar_async (PorchStore *store,
                                     const char *user_id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  static const OperationType type = {
    .run = run_get_avatar,
    .free_result = (GDestroyNotify) porch_store_avatar_free,
  };
  Operation *operation = operation_new (&type);

  operation->id = g_strdup (user_id);
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_get_user_by_email (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return porch_sqlite_database_get_user_by_email (database, operation->text, error);
}

static void
porch_sqlite_store_get_user_by_email_async (PorchStore *store,
                                            const char *email,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data)
{
  static const OperationType type = {
    .run = run_get_user_by_email,
    .free_result = (GDestroyNotify) porch_store_user_free,
  };
  Operation *operation = operation_new (&type);

  operation->text = g_strdup (email);
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_get_users (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return porch_sqlite_database_get_users (database, (const char *const *) operation->ids, error);
}

static void
porch_sqlite_store_get_users_async (PorchStore *store,
                                    const char *const *ids,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  static const OperationType type = {
    .run = run_get_users,
    .free_result = (GDestroyNotify) g_ptr_array_unref,
  };
  Operation *operation = operation_new (&type);

  operation->ids = g_strdupv ((GStrv) ids);
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_search_users (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return porch_sqlite_database_search_users (database, operation->text, operation->number, error);
}

static void
porch_sqlite_store_search_users_async (PorchStore *store,
                                       const char *query,
                                       guint limit,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  static const OperationType type = {
    .run = run_search_users,
    .free_result = (GDestroyNotify) g_ptr_array_unref,
  };
  Operation *operation = operation_new (&type);

  operation->text = g_strdup (query);
  operation->number = limit;
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_add_session (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return porch_sqlite_database_add_session (database, operation->id, operation->text,
                                            operation->time_us, error);
}

static void
porch_sqlite_store_add_session_async (PorchStore *store,
                                      const char *user_id,
                                      const char *methods,
                                      gint64 now_us,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  static const OperationType type = {
    .run = run_add_session,
    .writes = TRUE,
    .free_result = (GDestroyNotify) porch_refresh_result_free,
  };
  Operation *operation = operation_new (&type);

  operation->id = g_strdup (user_id);
  operation->text = g_strdup (methods);
  operation->time_us = now_us;
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_refresh_session (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return porch_sqlite_database_refresh_session (database, operation->text, operation->time_us,
                                                error);
}

static void
porch_sqlite_store_refresh_session_async (PorchStore *store,
                                          const char *refresh_token,
                                          gint64 now_us,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  static const OperationType type = {
    .run = run_refresh_session,
    .writes = TRUE,
    .may_end_sessions = TRUE,
    .free_result = (GDestroyNotify) porch_refresh_result_free,
  };
  Operation *operation = operation_new (&type);

  operation->text = g_strdup (refresh_token);
  operation->time_us = now_us;
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_end_sessions (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return GINT_TO_POINTER (porch_sqlite_database_end_sessions (
      database, operation->id, operation->text, operation->number, operation->time_us, error));
}

static void
porch_sqlite_store_end_sessions_async (PorchStore *store,
                                       const char *user_id,
                                       const char *session_id,
                                       PorchSessionScope scope,
                                       gint64 now_us,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  static const OperationType type = {
    .run = run_end_sessions,
    .writes = TRUE,
    .may_end_sessions = TRUE,
  };
  Operation *operation = operation_new (&type);

  operation->id = g_strdup (user_id);
  operation->text = g_strdup (session_id);
  operation->number = scope;
  operation->time_us = now_us;
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_list_ended_sessions (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return porch_sqlite_database_list_ended_sessions (database, operation->time_us, error);
}

static void
porch_sqlite_store_list_ended_sessions_async (PorchStore *store,
                                              gint64 since_us,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data)
{
  static const OperationType type = {
    .run = run_list_ended_sessions,
    .free_result = (GDestroyNotify) g_ptr_array_unref,
  };
  Operation *operation = operation_new (&type);

  operation->time_us = since_us;
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_put_code (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return GINT_TO_POINTER (porch_sqlite_proofs_put_code (database, operation->id,
                                                        g_bytes_get_data (operation->bytes, NULL),
                                                        operation->time_us, error));
}

static void
porch_sqlite_store_put_code_async (PorchStore *store,
                                   const char *user_id,
                                   const guint8 *hash,
                                   gint64 expires_us,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  static const OperationType type = {
    .run = run_put_code,
    .writes = TRUE,
  };
  Operation *operation = operation_new (&type);

  operation->id = g_strdup (user_id);
  operation->bytes = g_bytes_new (hash, PORCH_STORE_CODE_HASH_BYTES);
  operation->time_us = expires_us;
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_take_code (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return GINT_TO_POINTER (porch_sqlite_proofs_take_code (database, operation->id,
                                                         g_bytes_get_data (operation->bytes, NULL),
                                                         operation->time_us, error));
}

static void
porch_sqlite_store_take_code_async (PorchStore *store,
                                    const char *user_id,
                                    const guint8 *hash,
                                    gint64 now_us,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  static const OperationType type = {
    .run = run_take_code,
    .writes = TRUE,
  };
  Operation *operation = operation_new (&type);

  operation->id = g_strdup (user_id);
  operation->bytes = g_bytes_new (hash, PORCH_STORE_CODE_HASH_BYTES);
  operation->time_us = now_us;
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_add_factor (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return GINT_TO_POINTER (porch_sqlite_proofs_add_factor (database, operation->factor, error));
}

static void
porch_sqlite_store_add_factor_async (PorchStore *store,
                                     const PorchStoreFactor *factor,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  static const OperationType type = {
    .run = run_add_factor,
    .writes = TRUE,
  };
  Operation *operation = operation_new (&type);

  operation->factor = porch_store_factor_copy (factor);
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_list_factors (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return porch_sqlite_proofs_list_factors (database, operation->id, error);
}

static void
porch_sqlite_store_list_factors_async (PorchStore *store,
                                       const char *user_id,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  static const OperationType type = {
    .run = run_list_factors,
    .free_result = (GDestroyNotify) g_ptr_array_unref,
  };
  Operation *operation = operation_new (&type);

  operation->id = g_strdup (user_id);
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_use_factor (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return GINT_TO_POINTER (porch_sqlite_proofs_use_factor (database, operation->id, operation->text,
                                                          operation->step, error));
}

static void
porch_sqlite_store_use_factor_async (PorchStore *store,
                                     const char *user_id,
                                     const char *factor_id,
                                     gint64 step,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  static const OperationType type = {
    .run = run_use_factor,
    .writes = TRUE,
  };
  Operation *operation = operation_new (&type);

  operation->id = g_strdup (user_id);
  operation->text = g_strdup (factor_id);
  operation->step = step;
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_remove_factors (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return GINT_TO_POINTER (
      porch_sqlite_proofs_remove_factors (database, operation->id, operation->text, error));
}

static void
porch_sqlite_store_remove_factors_async (PorchStore *store,
                                         const char *user_id,
                                         const char *factor_id,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  static const OperationType type = {
    .run = run_remove_factors,
    .writes = TRUE,
  };
  Operation *operation = operation_new (&type);

  operation->id = g_strdup (user_id);
  operation->text = g_strdup (factor_id);
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_record_presence (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return GINT_TO_POINTER (porch_sqlite_database_record_presence (database, operation->presence,
                                                                 operation->number, error));
}

static void
porch_sqlite_store_record_presence_async (PorchStore *store,
                                          const PorchStorePresence *presence,
                                          PorchStatus combined,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  static const OperationType type = {
    .run = run_record_presence,
    .writes = TRUE,
    .answers_number = TRUE,
  };
  Operation *operation = operation_new (&type);

  operation->presence = porch_store_presence_copy (presence);
  operation->number = combined;
  submit (store, operation, cancellable, callback, user_data);
}

static gpointer
run_list_presences (PorchSqliteDatabase *database, Operation *operation, GError **error)
{
  return porch_sqlite_database_list_presences (database, operation->time_us, error);
}

static void
porch_sqlite_store_list_presences_async (PorchStore *store,
                                         gint64 since_us,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  static const OperationType type = {
    .run = run_list_presences,
    .free_result = (GDestroyNotify) g_ptr_array_unref,
  };
  Operation *operation = operation_new (&type);

  operation->time_us = since_us;
  submit (store, operation, cancellable, callback, user_data);
}

static void
porch_sqlite_store_iface_init (PorchStoreInterface *iface)
{
  iface->add_user_async = porch_sqlite_store_add_user_async;
  iface->put_profile_async = porch_sqlite_store_put_profile_async;
  iface->remove_user_async = porch_sqlite_store_remove_user_async;
  iface->set_password_async = porch_sqlite_store_set_password_async;
  iface->set_avatar_async = porch_sqlite_store_set_avatar_async;
  iface->get_avatar_async = porch_sqlite_store_get_avatar_async;
  iface->get_user_by_email_async = porch_sqlite_store_get_user_by_email_async;
  iface->get_users_async = porch_sqlite_store_get_users_async;
  iface->search_users_async = porch_sqlite_store_search_users_async;
  iface->add_session_async = porch_sqlite_store_add_session_async;
  iface->refresh_session_async = porch_sqlite_store_refresh_session_async;
  iface->end_sessions_async = porch_sqlite_store_end_sessions_async;
  iface->list_ended_sessions_async = porch_sqlite_store_list_ended_sessions_async;
  iface->put_code_async = porch_sqlite_store_put_code_async;
  iface->take_code_async = porch_sqlite_store_take_code_async;
  iface->add_factor_async = porch_sqlite_store_add_factor_async;
  iface->list_factors_async = porch_sqlite_store_list_factors_async;
  iface->use_factor_async = porch_sqlite_store_use_factor_async;
  iface->remove_factors_async = porch_sqlite_store_remove_factors_async;
  iface->record_presence_async = porch_sqlite_store_record_presence_async;
  iface->list_presences_async = porch_sqlite_store_list_presences_async;
}

static void
porch_sqlite_store_finalize (GObject *object)
{
  PorchSqliteStore *self = PORCH_SQLITE_STORE (object);

  if (self->worker != NULL)
    {
      g_mutex_lock (&self->mutex);
      self->is_closing = TRUE;
      g_cond_signal (&self->cond);
      g_mutex_unlock (&self->mutex);
      g_thread_join (self->worker);
    }

  if (self->answer_source != NULL)
    g_source_destroy (self->answer_source);
  g_clear_pointer (&self->answer_source, g_source_unref);
  g_clear_pointer (&self->database, porch_sqlite_database_close);
  g_clear_pointer (&self->queue, g_ptr_array_unref);
  g_clear_pointer (&self->answered, g_ptr_array_unref);
  g_clear_pointer (&self->ended, g_ptr_array_unref);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);

  G_OBJECT_CLASS (porch_sqlite_store_parent_class)->finalize (object);
}

static void
porch_sqlite_store_class_init (PorchSqliteStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_sqlite_store_finalize;
}

static void
porch_sqlite_store_init (PorchSqliteStore *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->queue = g_ptr_array_new ();
  self->answered = g_ptr_array_new_with_free_func (g_object_unref);
  self->ended = g_ptr_array_new_with_free_func (g_free);
}

/* Signals are for the main thread: who is asked for a password there can interrupt it. */
static void
start_worker (PorchSqliteStore *self)
{
  sigset_t all;
  sigset_t before;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  self->worker = g_thread_new ("porch-sqlite", porch_sqlite_store_work, self);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
}

/**
 * porch_sqlite_store_new:
 * @path: the file; made where it is missing, readable by nobody else
 * @token_secret: derives a refresh token's successor; the same at every start
 * @error: a place for an error of %PORCH_STORE_ERROR
 *
 * Opens the store and starts its worker. Blocks while the file is opened and its schema brought up
 * to date, so it is for a program's start. The store is used in the main context that is the
 * thread's default now.
 *
 * Returns: (transfer full): the store, or %NULL with @error set
 */
PorchSqliteStore *
porch_sqlite_store_new (const char *path, const char *token_secret, GError **error)
{
  g_autoptr (PorchSqliteStore) self = NULL;
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (token_secret != NULL, NULL);

  self = g_object_new (PORCH_TYPE_SQLITE_STORE, NULL);
  self->database = porch_sqlite_database_open (path, token_secret, error);
  if (self->database == NULL)
    return NULL;

  self->answer_source = g_source_new (&answer_source_funcs, sizeof (GSource));
  g_source_set_static_name (self->answer_source, "PorchSqliteStore answers");
  g_source_set_callback (self->answer_source, on_answers_ready_cb, self, NULL);
  g_source_attach (self->answer_source, context);
  start_worker (self);

  return g_steal_pointer (&self);
}
