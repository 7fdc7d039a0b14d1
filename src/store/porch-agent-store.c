/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The agent's own file, seen from the main loop: what is put waits in memory for some seconds and
 * is then written in one transaction on one worker; what is loaded is read there too. Owned by
 * PorchAgentService. What cannot be written because the disk is full stays here and is tried again;
 * what the file is and does when damaged is PorchAgentDatabase's.
 */

#define G_LOG_DOMAIN "porch-store"

#include "store/porch-agent-store.h"

#include "store/porch-agent-database.h"

/* So long may a change wait for others to go with it: a busy morning costs one write each. */
#define WRITE_DELAY_MS (5 * 1000)

/* How soon a full disk is tried again. */
#define RETRY_DELAY_MS (60 * 1000)

/* So much of what was seen is kept for a disk that stays full; what is older is given up. */
#define MAX_PENDING_HISTORY 100000

struct _PorchAgentStore
{
  GObject parent_instance;

  char *path;
  PorchClock *clock;
  PorchAgentStoreFault fault;

  /* One thread at most, and none while there is nothing to do; the database is its own. */
  GThreadPool *worker;
  PorchAgentDatabase *database;

  /* Changes by account and user id ("key" or "key/user"), the newest of each. */
  GHashTable *pending;
  /* PorchHistoryChange, in order; and how often some of them were deleted with what is stored. */
  GArray *pending_history;
  guint n_deletions;
  guint write_timeout_id;
};

G_DEFINE_FINAL_TYPE (PorchAgentStore, porch_agent_store, G_TYPE_OBJECT)

enum
{
  PROP_FAULT = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* What the worker does, and what came of it; the worker's between push and on_job_done_cb(). */
typedef struct Job
{
  void (*run) (PorchAgentDatabase *database, struct Job *job);
  char *account;
  char *hint;
  char *setting;
  char *user_id;
  gint64 since_us;
  gint64 until_us;
  GPtrArray *changes;
  GArray *history;
  guint n_deletions;
  GPtrArray *records;
  GArray *intervals;
  gboolean is_new;
  gboolean is_set;
  gint64 value;
  GError *error;
} Job;

static void
job_free (Job *job)
{
  g_free (job->account);
  g_free (job->hint);
  g_free (job->setting);
  g_free (job->user_id);
  g_clear_pointer (&job->changes, g_ptr_array_unref);
  g_clear_pointer (&job->history, g_array_unref);
  g_clear_pointer (&job->records, g_ptr_array_unref);
  g_clear_pointer (&job->intervals, g_array_unref);
  g_clear_error (&job->error);
  g_free (job);
}

static void arm_write (PorchAgentStore *self, guint delay_ms);

static void
set_fault (PorchAgentStore *self, PorchAgentStoreFault fault)
{
  if (self->fault == fault)
    return;

  g_debug ("Fault %d becomes %d", self->fault, fault);
  self->fault = fault;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FAULT]);
}

static char *
change_get_key (const PorchStoreChange *change)
{
  const char *user_id = change->contact != NULL ? change->contact->user_id : change->user_id;

  /* No account's key holds a colon. */
  if (change->setting != NULL)
    return g_strconcat ("setting:", change->setting, NULL);
  return user_id != NULL ? g_strconcat (change->account_key, "/", user_id, NULL)
                         : g_strdup (change->account_key);
}

static GArray *
new_history (void)
{
  GArray *history = g_array_new (FALSE, FALSE, sizeof (PorchHistoryChange));

  g_array_set_clear_func (history, (GDestroyNotify) porch_history_change_clear);
  return history;
}

static void
bound_history (PorchAgentStore *self)
{
  if (self->pending_history->len <= MAX_PENDING_HISTORY)
    return;

  /* Many at once: neither is this said for each, nor are all the others moved. */
  g_warning ("History is given up: it cannot be written");
  g_array_remove_range (self->pending_history, 0,
                        self->pending_history->len - MAX_PENDING_HISTORY * 9 / 10);
}

/* Before what has come meanwhile, unless it was to be deleted meanwhile. */
static void
put_back_history (PorchAgentStore *self, Job *job)
{
  if (job->history->len == 0 || job->n_deletions != self->n_deletions)
    return;

  g_array_prepend_vals (self->pending_history, job->history->data, job->history->len);
  /* The contents have moved. */
  g_array_set_clear_func (job->history, NULL);
  bound_history (self);
}

static void
drop_history (PorchAgentStore *self, const char *account)
{
  self->n_deletions++;
  for (guint i = self->pending_history->len; i > 0; i--)
    if (g_str_equal (g_array_index (self->pending_history, PorchHistoryChange, i - 1).account,
                     account))
      g_array_remove_index (self->pending_history, i - 1);
}

static void
put_back (PorchAgentStore *self, GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++)
    {
      PorchStoreChange *change = g_ptr_array_index (changes, i);
      g_autofree char *key = change_get_key (change);

      if (!g_hash_table_contains (self->pending, key))
        {
          g_hash_table_insert (self->pending, g_steal_pointer (&key), change);
          changes->pdata[i] = NULL;
        }
    }
}

static gboolean
on_job_done_cb (gpointer user_data)
{
  GTask *task = user_data;
  PorchAgentStore *self = g_task_get_source_object (task);
  Job *job = g_task_get_task_data (task);

  if (job->error != NULL)
    {
      g_warning ("%s", job->error->message);
      if (job->changes != NULL && job->error->code == PORCH_AGENT_STORE_FAULT_UNWRITABLE)
        {
          put_back (self, job->changes);
          put_back_history (self, job);
          arm_write (self, RETRY_DELAY_MS);
        }
      set_fault (self, job->error->code);
    }
  else if (job->intervals == NULL
           && (job->changes == NULL || job->changes->len > 0 || job->history->len > 0))
    set_fault (self, PORCH_AGENT_STORE_FAULT_NONE);

  if (job->intervals != NULL)
    g_task_return_pointer (task, g_steal_pointer (&job->intervals), (GDestroyNotify) g_array_unref);
  else if (job->records != NULL)
    g_task_return_pointer (task, g_steal_pointer (&job->records),
                           (GDestroyNotify) g_ptr_array_unref);
  else if (job->error != NULL)
    g_task_return_error (task, g_steal_pointer (&job->error));
  else
    g_task_return_boolean (task, job->hint == NULL || job->is_new);
  return G_SOURCE_REMOVE;
}

static void
run_in_worker (gpointer data, gpointer user_data)
{
  GTask *task = data;
  PorchAgentStore *self = user_data;
  Job *job = g_task_get_task_data (task);

  job->run (self->database, job);

  /* The task, and with it the store, is let go of in the main loop. */
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_job_done_cb, task, g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static void
push_job (PorchAgentStore *self,
          const Job *template,
          gpointer source_tag,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);
  g_task_set_task_data (task, g_memdup2 (template, sizeof *template), (GDestroyNotify) job_free);
  g_thread_pool_push (self->worker, task, NULL);
}

static void
run_load_accounts (PorchAgentDatabase *database, Job *job)
{
  job->records = porch_agent_database_load_accounts (database, &job->error);
}

static void
run_load_contacts (PorchAgentDatabase *database, Job *job)
{
  job->records = porch_agent_database_load_contacts (database, job->account, &job->error);
}

static void
run_mark_told (PorchAgentDatabase *database, Job *job)
{
  job->is_new = porch_agent_database_mark_told (database, job->hint, &job->error);
}

static void
run_load_setting (PorchAgentDatabase *database, Job *job)
{
  job->is_set = porch_agent_database_load_setting (database, job->setting, &job->value,
                                                   &job->error);
}

static void
run_write (PorchAgentDatabase *database, Job *job)
{
  if (job->changes->len > 0 || job->history->len > 0)
    porch_agent_database_write (database, job->changes, job->history, &job->error);
}

static void
run_begin_history (PorchAgentDatabase *database, Job *job)
{
  porch_agent_database_end_history_run (database, job->account, &job->error);
}

static void
run_prune_history (PorchAgentDatabase *database, Job *job)
{
  porch_agent_database_prune_history (database, job->account, job->until_us, &job->error);
}

static void
run_load_history (PorchAgentDatabase *database, Job *job)
{
  job->intervals = porch_agent_database_load_history (database, job->account, job->user_id,
                                                      job->since_us, job->until_us, &job->error);
}

static void
run_delete_history (PorchAgentDatabase *database, Job *job)
{
  porch_agent_database_delete_history (database, job->account, &job->error);
}

/* An account is there before its contacts are. */
static int
compare_changes (gconstpointer a, gconstpointer b)
{
  const PorchStoreChange *first = *(const PorchStoreChange *const *) a;
  const PorchStoreChange *second = *(const PorchStoreChange *const *) b;

  return (second->account != NULL) - (first->account != NULL);
}

static GPtrArray *
steal_pending (PorchAgentStore *self)
{
  GPtrArray *changes = g_ptr_array_new_with_free_func ((GDestroyNotify) porch_store_change_free);
  GHashTableIter iter;
  gpointer key, change;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, &key, &change))
    {
      g_ptr_array_add (changes, change);
      g_hash_table_iter_steal (&iter);
      g_free (key);
    }
  g_ptr_array_sort (changes, compare_changes);
  return changes;
}

static gboolean
on_write_timeout_cb (gpointer user_data)
{
  PorchAgentStore *self = user_data;

  self->write_timeout_id = 0;
  porch_agent_store_flush_async (self, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
arm_write (PorchAgentStore *self, guint delay_ms)
{
  if (self->write_timeout_id == 0)
    self->write_timeout_id = porch_clock_add_timeout (self->clock, delay_ms, on_write_timeout_cb,
                                                      self);
}

/* Whether nothing is written any more, ever. */
static gboolean
is_closed (PorchAgentStore *self)
{
  return self->fault == PORCH_AGENT_STORE_FAULT_DAMAGED
         || self->fault == PORCH_AGENT_STORE_FAULT_NEWER;
}

static void
put_change (PorchAgentStore *self, PorchStoreChange *change)
{
  if (is_closed (self))
    {
      porch_store_change_free (change);
      return;
    }

  g_hash_table_insert (self->pending, change_get_key (change), change);
  arm_write (self, WRITE_DELAY_MS);
}

static void
porch_agent_store_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PorchAgentStore *self = PORCH_AGENT_STORE (object);

  switch (id)
    {
    case PROP_FAULT:
      g_value_set_enum (value, self->fault);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
porch_agent_store_finalize (GObject *object)
{
  PorchAgentStore *self = PORCH_AGENT_STORE (object);

  /* Every job holds the store, so that the worker is at rest here. */
  g_thread_pool_free (self->worker, FALSE, TRUE);
  g_clear_pointer (&self->database, porch_agent_database_free);
  porch_clock_clear_timeout (self->clock, &self->write_timeout_id);
  g_hash_table_unref (self->pending);
  g_array_unref (self->pending_history);
  g_clear_object (&self->clock);
  g_free (self->path);

  G_OBJECT_CLASS (porch_agent_store_parent_class)->finalize (object);
}

static void
porch_agent_store_class_init (PorchAgentStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = porch_agent_store_get_property;
  object_class->finalize = porch_agent_store_finalize;

  properties[PROP_FAULT] = g_param_spec_enum (
      "fault", NULL, NULL, PORCH_TYPE_AGENT_STORE_FAULT, PORCH_AGENT_STORE_FAULT_NONE,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
porch_agent_store_init (PorchAgentStore *self)
{
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) porch_store_change_free);
  self->pending_history = new_history ();
  self->worker = g_thread_pool_new (run_in_worker, self, 1, FALSE, NULL);
}

G_DEFINE_ENUM_TYPE (PorchAgentStoreFault,
                    porch_agent_store_fault,
                    G_DEFINE_ENUM_VALUE (PORCH_AGENT_STORE_FAULT_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (PORCH_AGENT_STORE_FAULT_UNWRITABLE, "unwritable"),
                    G_DEFINE_ENUM_VALUE (PORCH_AGENT_STORE_FAULT_DAMAGED, "damaged"),
                    G_DEFINE_ENUM_VALUE (PORCH_AGENT_STORE_FAULT_NEWER, "newer"))

/**
 * porch_agent_store_new:
 * @path: (type filename): the file; made with its folder where it is missing
 * @clock: for the moment to write
 *
 * Nothing is opened before the first load or write.
 *
 * Returns: (transfer full): a store
 */
PorchAgentStore *
porch_agent_store_new (const char *path, PorchClock *clock)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);

  PorchAgentStore *self = g_object_new (PORCH_TYPE_AGENT_STORE, NULL);
  self->path = g_strdup (path);
  self->clock = g_object_ref (clock);
  self->database = porch_agent_database_new (path);
  return self;
}

/**
 * porch_agent_store_get_path:
 * @self: a store
 *
 * Returns: (type filename): the file
 */
const char *
porch_agent_store_get_path (PorchAgentStore *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_STORE (self), NULL);

  return self->path;
}

/**
 * porch_agent_store_get_fault:
 * @self: a store
 *
 * Returns: what keeps the store from storing, as known from the last call that ended
 */
PorchAgentStoreFault
porch_agent_store_get_fault (PorchAgentStore *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_STORE (self), PORCH_AGENT_STORE_FAULT_NONE);

  return self->fault;
}

/**
 * porch_agent_store_load_accounts_async:
 * @self: a store
 * @cancellable: (nullable): a cancellable
 * @callback: called with the accounts
 * @user_data: for @callback
 */
void
porch_agent_store_load_accounts_async (PorchAgentStore *self,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));

  push_job (self, &(Job){ .run = run_load_accounts }, porch_agent_store_load_accounts_async,
            cancellable, callback, user_data);
}

/**
 * porch_agent_store_load_accounts_finish:
 * @self: a store
 * @result: a result
 * @error: return location for %G_IO_ERROR_CANCELLED, the only failure: a file that cannot be read
 *   gives what it can, and "fault" says the rest
 *
 * Returns: (transfer full) (element-type PorchAccountRecord): the accounts, last used first
 */
GPtrArray *
porch_agent_store_load_accounts_finish (PorchAgentStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_agent_store_load_contacts_async:
 * @self: a store
 * @account: an account's key
 * @cancellable: (nullable): a cancellable
 * @callback: called with the contacts
 * @user_data: for @callback
 */
void
porch_agent_store_load_contacts_async (PorchAgentStore *self,
                                       const char *account,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (account != NULL);

  push_job (self, &(Job){ .run = run_load_contacts, .account = g_strdup (account) },
            porch_agent_store_load_contacts_async, cancellable, callback, user_data);
}

/**
 * porch_agent_store_load_contacts_finish:
 * @self: a store
 * @result: a result
 * @error: return location for %G_IO_ERROR_CANCELLED, the only failure, as with accounts
 *
 * Returns: (transfer full) (element-type PorchContactRecord): the account's contacts
 */
GPtrArray *
porch_agent_store_load_contacts_finish (PorchAgentStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_agent_store_put_account:
 * @self: a store
 * @record: an account; replaces the one of the same key
 */
void
porch_agent_store_put_account (PorchAgentStore *self, const PorchAccountRecord *record)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (record != NULL);

  PorchStoreChange *change = g_new0 (PorchStoreChange, 1);
  change->account = porch_account_record_copy (record);
  change->account_key = g_strdup (record->key);
  put_change (self, change);
}

/**
 * porch_agent_store_remove_account:
 * @self: a store
 * @account: an account's key, which is not put again
 *
 * Removes an account with all its contacts and its history.
 */
void
porch_agent_store_remove_account (PorchAgentStore *self, const char *account)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (account != NULL);

  PorchStoreChange *change = g_new0 (PorchStoreChange, 1);
  change->account_key = g_strdup (account);
  put_change (self, change);
  drop_history (self, account);
}

/**
 * porch_agent_store_put_contact:
 * @self: a store
 * @account: the account's key
 * @record: a contact; replaces the one of the same id
 */
void
porch_agent_store_put_contact (PorchAgentStore *self,
                               const char *account,
                               const PorchContactRecord *record)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (account != NULL);
  g_return_if_fail (record != NULL);

  PorchStoreChange *change = g_new0 (PorchStoreChange, 1);
  change->account_key = g_strdup (account);
  change->contact = porch_contact_record_copy (record);
  put_change (self, change);
}

/**
 * porch_agent_store_remove_contact:
 * @self: a store
 * @account: the account's key
 * @user_id: the contact's id
 */
void
porch_agent_store_remove_contact (PorchAgentStore *self, const char *account, const char *user_id)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (account != NULL);
  g_return_if_fail (user_id != NULL);

  PorchStoreChange *change = g_new0 (PorchStoreChange, 1);
  change->account_key = g_strdup (account);
  change->user_id = g_strdup (user_id);
  put_change (self, change);
}

/**
 * porch_agent_store_mark_told_async:
 * @self: a store
 * @hint: what a person is about to be told once in their life
 * @callback: called with the answer
 * @user_data: for @callback
 */
void
porch_agent_store_mark_told_async (PorchAgentStore *self,
                                   const char *hint,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (hint != NULL);

  push_job (self, &(Job){ .run = run_mark_told, .hint = g_strdup (hint) },
            porch_agent_store_mark_told_async, NULL, callback, user_data);
}

/**
 * porch_agent_store_mark_told_finish:
 * @self: a store
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR
 *
 * Returns: whether the person was not told before, and it is stored that they are now
 */
gboolean
porch_agent_store_mark_told_finish (PorchAgentStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_agent_store_load_setting_async:
 * @self: a store
 * @setting: its name
 * @callback: called with the value
 * @user_data: for @callback
 */
void
porch_agent_store_load_setting_async (PorchAgentStore *self,
                                      const char *setting,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (setting != NULL);

  push_job (self, &(Job){ .run = run_load_setting, .setting = g_strdup (setting) },
            porch_agent_store_load_setting_async, NULL, callback, user_data);
}

/**
 * porch_agent_store_load_setting_finish:
 * @self: a store
 * @result: a result
 * @value: (out): the value, left alone where there is none
 *
 * What keeps the file from being read, "fault" says.
 *
 * Returns: whether the setting was ever put
 */
gboolean
porch_agent_store_load_setting_finish (PorchAgentStore *self, GAsyncResult *result, gint64 *value)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  const Job *job = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), NULL) || !job->is_set)
    return FALSE;

  *value = job->value;
  return TRUE;
}

/**
 * porch_agent_store_put_setting:
 * @self: a store
 * @setting: its name
 * @value: its value; replaces what was put before
 */
void
porch_agent_store_put_setting (PorchAgentStore *self, const char *setting, gint64 value)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (setting != NULL);

  PorchStoreChange *change = g_new0 (PorchStoreChange, 1);
  change->setting = g_strdup (setting);
  change->value = value;
  put_change (self, change);
}

/**
 * porch_agent_store_put_history:
 * @self: a store
 * @account: an account's key
 * @user_id: (nullable): a person; %NULL to say only that the account was watched until now
 * @status: what they are from now on; what they were already makes no difference
 * @at_us: now, server's clock
 */
void
porch_agent_store_put_history (PorchAgentStore *self,
                               const char *account,
                               const char *user_id,
                               PorchStatus status,
                               gint64 at_us)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (account != NULL);

  if (is_closed (self))
    return;

  const PorchHistoryChange change = { g_strdup (account), g_strdup (user_id), status, at_us };
  g_array_append_val (self->pending_history, change);
  bound_history (self);
  arm_write (self, WRITE_DELAY_MS);
}

/**
 * porch_agent_store_begin_history:
 * @self: a store
 * @account: an account's key
 *
 * At the start of the agent: what nobody was there to see since the end of the last run is unknown.
 */
void
porch_agent_store_begin_history (PorchAgentStore *self, const char *account)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (account != NULL);

  push_job (self, &(Job){ .run = run_begin_history, .account = g_strdup (account) },
            porch_agent_store_begin_history, NULL, NULL, NULL);
}

/**
 * porch_agent_store_prune_history:
 * @self: a store
 * @account: an account's key
 * @cutoff_us: what ended before is deleted, server's clock; 0 for nothing
 *
 * Deletes what is too old, and all of who is no longer a contact.
 */
void
porch_agent_store_prune_history (PorchAgentStore *self, const char *account, gint64 cutoff_us)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (account != NULL);

  porch_agent_store_flush_async (self, NULL, NULL);
  push_job (
      self,
      &(Job){ .run = run_prune_history, .account = g_strdup (account), .until_us = cutoff_us },
      porch_agent_store_prune_history, NULL, NULL, NULL);
}

/**
 * porch_agent_store_load_history_async:
 * @self: a store
 * @account: an account's key
 * @user_id: a person
 * @since_us: from when on, server's clock
 * @until_us: until when; later than @since_us
 * @cancellable: (nullable): a cancellable
 * @callback: called with the intervals
 * @user_data: for @callback
 */
void
porch_agent_store_load_history_async (PorchAgentStore *self,
                                      const char *account,
                                      const char *user_id,
                                      gint64 since_us,
                                      gint64 until_us,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (account != NULL && user_id != NULL);

  porch_agent_store_flush_async (self, NULL, NULL);
  push_job (self,
            &(Job){ .run = run_load_history,
                    .account = g_strdup (account),
                    .user_id = g_strdup (user_id),
                    .since_us = since_us,
                    .until_us = until_us },
            porch_agent_store_load_history_async, cancellable, callback, user_data);
}

/**
 * porch_agent_store_load_history_finish:
 * @self: a store
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type PorchInterval): what was recorded of then, tidy, the first
 *   and the last whole; at most 50,000, the earliest
 */
GArray *
porch_agent_store_load_history_finish (PorchAgentStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_agent_store_delete_history_async:
 * @self: a store
 * @account: an account's key
 * @callback: called when it is gone, or cannot be deleted
 * @user_data: for @callback
 *
 * Deletes an account's history so that nothing of it is left in the file.
 */
void
porch_agent_store_delete_history_async (PorchAgentStore *self,
                                        const char *account,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));
  g_return_if_fail (account != NULL);

  drop_history (self, account);
  push_job (self, &(Job){ .run = run_delete_history, .account = g_strdup (account) },
            porch_agent_store_delete_history_async, NULL, callback, user_data);
}

/**
 * porch_agent_store_delete_history_finish:
 * @self: a store
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR
 *
 * Returns: whether it is gone
 */
gboolean
porch_agent_store_delete_history_finish (PorchAgentStore *self,
                                         GAsyncResult *result,
                                         GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_agent_store_flush_async:
 * @self: a store
 * @callback: (nullable): called when all that was put before is written, or cannot be
 * @user_data: for @callback
 *
 * Writes now instead of some seconds later: after what a person did, and at exit.
 */
void
porch_agent_store_flush_async (PorchAgentStore *self,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_STORE (self));

  porch_clock_clear_timeout (self->clock, &self->write_timeout_id);
  push_job (self,
            &(Job){ .run = run_write,
                    .changes = steal_pending (self),
                    .history = g_steal_pointer (&self->pending_history),
                    .n_deletions = self->n_deletions },
            porch_agent_store_flush_async, NULL, callback, user_data);
  self->pending_history = new_history ();
}

/**
 * porch_agent_store_flush_finish:
 * @self: a store
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_STORE_ERROR
 *
 * Returns: whether all that was put is written
 */
gboolean
porch_agent_store_flush_finish (PorchAgentStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
