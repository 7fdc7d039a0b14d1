/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One connection to PostgreSQL that never blocks the main loop. Calls are pipelined: each is sent
 * at once, behind those whose answers are still to come, and is a transaction of its own. A
 * connection that is lost, or that does not answer in time, fails what was under way and is made
 * again with a growing pause; meanwhile calls fail at once, so that nobody waits in vain. Owned by
 * PorchPostgresStore and by PorchPeers. It knows no SQL but what sets up a session.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-postgres-connection.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "server/porch-postgres-result.h"
#include "server/porch-store.h"

/* What may be under way at once: a database that does not keep up is better told than waited for.
 */
#define CALLS_MAX          2048
#define ANSWER_DEADLINE_US (10 * G_TIME_SPAN_SECOND)
#define DEADLINE_CHECK_MS  1000
#define CONNECT_TIMEOUT_S  10
#define RETRY_FIRST_MS     250
#define RETRY_MAX_MS       10000
#define RETRY_DOUBLINGS    6

typedef enum
{
  STATE_IDLE,
  STATE_RESOLVING,
  STATE_CONNECTING,
  STATE_PREPARING, /* calls are taken: they come after the preparation in the pipeline */
  STATE_READY,
  STATE_WAITING, /* to try again */
} State;

enum
{
  SIGNAL_READY,
  SIGNAL_NOTIFIED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What a GTask under way carries. */
typedef struct
{
  PorchPostgresCall *call;
  GPtrArray *results; /* PGresult */
  gint64 sent_at_us;
} Pending;

typedef struct
{
  GSource source;
  gpointer tag;
  int fd;
} Watch;

struct _PorchPostgresConnection
{
  GObject parent_instance;

  PorchClock *clock;
  PorchPostgresAddress address;
  GStrv statements;
  char *channel;
  GCancellable *cancellable; /* of a name that is being resolved */

  State state;
  PGconn *pg;
  Watch *watch;
  char *host; /* the name that is to be resolved before the next try; NULL where there is none */
  char *host_names; /* that name, as often as there are addresses */
  char *host_addresses;
  GQueue under_way; /* GTask, in the order in which they were sent */
  gint64 connecting_since_us;
  guint deadline_id;
  guint retry_id;
  guint n_failures;
  char *fault;         /* why the connection was lost */
  gboolean is_failing; /* calls do, and the administrator was told */
};

G_DEFINE_FINAL_TYPE (PorchPostgresConnection, porch_postgres_connection, G_TYPE_OBJECT)

static void begin_connecting (PorchPostgresConnection *self);

static void
pending_free (Pending *pending)
{
  porch_postgres_call_free (pending->call);
  g_ptr_array_unref (pending->results);
  g_free (pending);
}

static void
set_state (PorchPostgresConnection *self, State state)
{
  static const char *const names[] = { "idle",      "resolving", "connecting",
                                       "preparing", "ready",     "waiting" };

  g_debug ("Database connection: %s -> %s", names[self->state], names[state]);
  self->state = state;
}

static void
drop_watch (PorchPostgresConnection *self)
{
  if (self->watch == NULL)
    return;

  g_source_destroy (&self->watch->source);
  g_source_unref (&self->watch->source);
  self->watch = NULL;
}

static void
drop_connection (PorchPostgresConnection *self)
{
  drop_watch (self);
  g_clear_pointer (&self->pg, PQfinish);
  porch_clock_clear_timeout (self->clock, &self->deadline_id);
}

static void
porch_postgres_connection_dispose (GObject *object)
{
  PorchPostgresConnection *self = PORCH_POSTGRES_CONNECTION (object);

  g_cancellable_cancel (self->cancellable);
  if (self->clock != NULL)
    {
      drop_connection (self);
      porch_clock_clear_timeout (self->clock, &self->retry_id);
    }

  G_OBJECT_CLASS (porch_postgres_connection_parent_class)->dispose (object);
}

static void
porch_postgres_connection_finalize (GObject *object)
{
  PorchPostgresConnection *self = PORCH_POSTGRES_CONNECTION (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->clock);
  g_free ((char *) self->address.conninfo);
  porch_secret_free ((char *) self->address.password);
  g_free ((char *) self->address.instance);
  g_strfreev (self->statements);
  g_free (self->channel);
  g_free (self->host);
  g_free (self->host_names);
  g_free (self->host_addresses);
  g_free (self->fault);

  G_OBJECT_CLASS (porch_postgres_connection_parent_class)->finalize (object);
}

static void
porch_postgres_connection_class_init (PorchPostgresConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_postgres_connection_dispose;
  object_class->finalize = porch_postgres_connection_finalize;

  signals[SIGNAL_READY] = g_signal_new ("ready", PORCH_TYPE_POSTGRES_CONNECTION, G_SIGNAL_RUN_LAST,
                                        0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_NOTIFIED] = g_signal_new ("notified", PORCH_TYPE_POSTGRES_CONNECTION,
                                           G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                           G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
                                           G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
porch_postgres_connection_init (PorchPostgresConnection *self)
{
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->under_way);
}

/* The first line of what libpq has to say. */
static char *
get_fault (PGconn *pg)
{
  char *fault = g_strdup (pg != NULL ? PQerrorMessage (pg) : "Out of memory");

  g_strdelimit (g_strstrip (fault), "\n", '\0');

  return fault;
}

static gboolean
on_retry_cb (gpointer user_data)
{
  PorchPostgresConnection *self = user_data;

  self->retry_id = 0;
  begin_connecting (self);

  return G_SOURCE_REMOVE;
}

static void
fail_all (PorchPostgresConnection *self)
{
  GQueue under_way = self->under_way;
  GTask *task;

  g_queue_init (&self->under_way);
  while ((task = g_queue_pop_head (&under_way)) != NULL)
    {
      g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE,
                               "The connection to the database was lost: %s", self->fault);
      g_object_unref (task);
    }
}

/* The connection is gone, or no use. */
static void
lose (PorchPostgresConnection *self, const char *fault)
{
  g_autofree char *copy = g_strdup (fault);
  guint delay_ms = MIN (RETRY_FIRST_MS << MIN (self->n_failures, RETRY_DOUBLINGS), RETRY_MAX_MS);

  if (self->n_failures++ == 0)
    g_warning ("The database cannot be used: %s. It is tried again; requests that need it are "
               "refused meanwhile.",
               copy);
  g_free (self->fault);
  self->fault = g_steal_pointer (&copy);

  set_state (self, STATE_WAITING);
  drop_connection (self);
  delay_ms = delay_ms / 2 + (guint) (porch_clock_random (self->clock) * delay_ms / 2);
  self->retry_id = porch_clock_add_timeout (self->clock, delay_ms, on_retry_cb, self);
  fail_all (self);
}

static void
lose_by_fault_of_libpq (PorchPostgresConnection *self)
{
  g_autofree char *fault = get_fault (self->pg);

  lose (self, fault);
}

/* Looks now and then instead of arming a timer for each call. */
static gboolean
on_deadline_check_cb (gpointer user_data)
{
  PorchPostgresConnection *self = user_data;
  GTask *oldest = g_queue_peek_head (&self->under_way);
  gint64 since_us = self->connecting_since_us;

  if (self->state == STATE_PREPARING || self->state == STATE_READY)
    {
      if (oldest == NULL)
        {
          self->deadline_id = 0;
          return G_SOURCE_REMOVE;
        }
      since_us = ((Pending *) g_task_get_task_data (oldest))->sent_at_us;
    }

  if (porch_clock_get_monotonic_us (self->clock) - since_us < ANSWER_DEADLINE_US)
    return G_SOURCE_CONTINUE;

  self->deadline_id = 0;
  lose (self, "it does not answer");
  return G_SOURCE_REMOVE;
}

static void
watch_deadline (PorchPostgresConnection *self)
{
  if (self->deadline_id == 0)
    self->deadline_id = porch_clock_add_timeout (self->clock, DEADLINE_CHECK_MS,
                                                 on_deadline_check_cb, self);
}

static void
take_notifications (PorchPostgresConnection *self)
{
  PGnotify *notification;

  while (self->pg != NULL && (notification = PQnotifies (self->pg)) != NULL)
    {
      g_signal_emit (self, signals[SIGNAL_NOTIFIED], 0, notification->relname, notification->extra);
      PQfreemem (notification);
    }
}

/* The one that failed, or NULL: those behind it are merely aborted. */
static const PGresult *
find_failure (GPtrArray *results)
{
  for (guint i = 0; i < results->len; i++)
    if (PQresultStatus (g_ptr_array_index (results, i)) == PGRES_FATAL_ERROR)
      return g_ptr_array_index (results, i);

  return NULL;
}

/* Tells the administrator once, however many calls it costs. What is a call's own answer is no
 * news, and of a lost connection lose() tells.
 */
static void
note_failure (PorchPostgresConnection *self, const GError *error)
{
  if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND)
      || g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_EXISTS)
      || g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE))
    return;

  if (!self->is_failing)
    g_warning ("%s. What cannot be stored is refused meanwhile.", error->message);
  self->is_failing = TRUE;
}

static void
note_success (PorchPostgresConnection *self)
{
  if (self->is_failing)
    g_message ("The database works again");
  self->is_failing = FALSE;
}

/* All answers of the oldest call are there, and it is committed or rolled back. */
static void
complete (PorchPostgresConnection *self)
{
  g_autoptr (GTask) task = g_queue_pop_head (&self->under_way);
  Pending *pending = g_task_get_task_data (task);
  const PGresult *failure = find_failure (pending->results);
  GError *error = NULL;

  if (failure == NULL)
    {
      note_success (self);
      g_task_return_pointer (task, g_ptr_array_ref (pending->results),
                             (GDestroyNotify) g_ptr_array_unref);
      return;
    }

  porch_postgres_set_error (failure, &error);
  note_failure (self, error);
  /* A standby: there may be a primary elsewhere by now. */
  if (g_strcmp0 (PQresultErrorField (failure, PG_DIAG_SQLSTATE), "25006") == 0)
    lose (self, error->message);
  g_task_return_error (task, error);
}

/* What came by then is told first: a session that ended is known before its end is answered. */
static void
read_answers (PorchPostgresConnection *self)
{
  if (!PQconsumeInput (self->pg))
    {
      lose_by_fault_of_libpq (self);
      return;
    }

  while (self->pg != NULL && self->under_way.length > 0 && !PQisBusy (self->pg))
    {
      Pending *pending = g_task_get_task_data (g_queue_peek_head (&self->under_way));
      PGresult *result = PQgetResult (self->pg);

      if (result != NULL && PQresultStatus (result) == PGRES_PIPELINE_SYNC)
        {
          PQclear (result);
          take_notifications (self);
          complete (self);
        }
      else if (result != NULL)
        g_ptr_array_add (pending->results, result);
      else if (PQstatus (self->pg) == CONNECTION_BAD)
        lose_by_fault_of_libpq (self);
    }

  if (self->pg != NULL)
    PQisBusy (self->pg);
  take_notifications (self);
}

static gboolean on_socket_ready_cb (gpointer user_data);

static gboolean
watch_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs watch_funcs = { .dispatch = watch_dispatch };

/* libpq may take another socket at each step of connecting. */
static void
watch_socket (PorchPostgresConnection *self, GIOCondition condition)
{
  int fd = PQsocket (self->pg);

  if (self->watch != NULL && self->watch->fd == fd)
    {
      g_source_modify_unix_fd (&self->watch->source, self->watch->tag, condition);
      return;
    }

  drop_watch (self);
  self->watch = (Watch *) g_source_new (&watch_funcs, sizeof (Watch));
  self->watch->fd = fd;
  self->watch->tag = g_source_add_unix_fd (&self->watch->source, fd, condition);
  g_source_set_static_name (&self->watch->source, "porch-postgres");
  g_source_set_callback (&self->watch->source, on_socket_ready_cb, self, NULL);
  g_source_attach (&self->watch->source, g_main_context_get_thread_default ());
}

static void
flush (PorchPostgresConnection *self)
{
  int left = PQflush (self->pg);

  if (left < 0)
    lose_by_fault_of_libpq (self);
  else
    watch_socket (self, left > 0 ? G_IO_IN | G_IO_OUT : G_IO_IN);
}

static void
send_call (PorchPostgresConnection *self, GTask *task)
{
  Pending *pending = g_task_get_task_data (task);

  pending->sent_at_us = porch_clock_get_monotonic_us (self->clock);
  g_queue_push_tail (&self->under_way, g_object_ref (task));
  watch_deadline (self);

  if (porch_postgres_call_send (pending->call, self->pg))
    flush (self);
  else
    lose_by_fault_of_libpq (self);
}

static GTask *
make_task (PorchPostgresConnection *self,
           PorchPostgresCall *call,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Pending *pending = g_new0 (Pending, 1);

  pending->call = call;
  pending->results = g_ptr_array_new_with_free_func ((GDestroyNotify) PQclear);
  g_task_set_task_data (task, pending, (GDestroyNotify) pending_free);

  return task;
}

static void
on_prepared_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PorchPostgresConnection *self = PORCH_POSTGRES_CONNECTION (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = g_task_propagate_pointer (G_TASK (result), &error);

  if (self->state != STATE_PREPARING)
    return;

  if (results == NULL)
    {
      lose (self, error->message);
      return;
    }

  if (self->n_failures > 0)
    g_message ("The database can be used again");
  self->n_failures = 0;
  set_state (self, STATE_READY);
  g_signal_emit (self, signals[SIGNAL_READY], 0);
}

/* Every statement goes by an index, whatever its parameters: to plan each call anew would cost more
 * than to run it.
 */
static void
begin_session (PorchPostgresConnection *self)
{
  PorchPostgresCall *call = porch_postgres_call_new ();
  g_autofree char *listen = g_strconcat ("LISTEN ", self->channel, NULL);
  g_autofree char *name_instance = g_strdup_printf (
      "SELECT set_config ('porchlight.instance', '%s', FALSE),"
      " set_config ('search_path', 'pg_catalog, pg_temp', FALSE),"
      " set_config ('plan_cache_mode', 'force_generic_plan', FALSE)",
      self->address.instance);
  g_autoptr (GTask) task = NULL;

  porch_postgres_call_add_sql (call, name_instance);
  porch_postgres_call_add_sql (call, listen);
  for (guint i = 0; self->statements[i] != NULL; i++)
    porch_postgres_call_add_preparation (call, i, self->statements[i]);

  set_state (self, STATE_PREPARING);
  task = make_task (self, call, NULL, on_prepared_cb, NULL);
  if (PQsetnonblocking (self->pg, 1) == 0 && PQenterPipelineMode (self->pg))
    send_call (self, task);
  else
    {
      g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE,
                               "The connection cannot be used");
      lose_by_fault_of_libpq (self);
    }
}

static void
step_connecting (PorchPostgresConnection *self)
{
  switch (PQconnectPoll (self->pg))
    {
    case PGRES_POLLING_READING:
      watch_socket (self, G_IO_IN);
      break;
    case PGRES_POLLING_WRITING:
      watch_socket (self, G_IO_OUT);
      break;
    case PGRES_POLLING_OK:
      begin_session (self);
      break;
    default:
      lose_by_fault_of_libpq (self);
    }
}

static gboolean
on_socket_ready_cb (gpointer user_data)
{
  /* An answer may let go of the last reference. */
  g_autoptr (PorchPostgresConnection) self = g_object_ref (user_data);

  if (self->state == STATE_CONNECTING)
    {
      step_connecting (self);
      return G_SOURCE_CONTINUE;
    }

  read_answers (self);
  if (self->pg != NULL)
    flush (self);

  return G_SOURCE_CONTINUE;
}

static void
ignore_notice (void *arg, const PGresult *notice)
{
  g_debug ("%s", PQresultErrorMessage (notice));
}

/* A later keyword overrides an earlier one: first what the administrator may choose otherwise, then
 * what they chose, then what must be.
 */
static PGconn *
start_connecting (const PorchPostgresAddress *address,
                  const char *host_names,
                  const char *host_addresses)
{
  const struct
  {
    const char *keyword;
    const char *value;
  } options[] = {
    { "fallback_application_name", "porchlightd" },
    { "keepalives_idle", "30" },
    { "tcp_user_timeout", "15000" },
    { "target_session_attrs", "read-write" },
    { "dbname", address->conninfo },
    { "client_encoding", "UTF8" },
    { "password", address->password },
    { "host", host_names },
    { "hostaddr", host_addresses },
  };
  const char *keywords[G_N_ELEMENTS (options) + 1] = { NULL };
  const char *values[G_N_ELEMENTS (options) + 1] = { NULL };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    if (options[i].value != NULL)
      {
        keywords[n] = options[i].keyword;
        values[n++] = options[i].value;
      }

  return PQconnectStartParams (keywords, values, TRUE);
}

static void
connect_now (PorchPostgresConnection *self)
{
  set_state (self, STATE_CONNECTING);
  self->pg = start_connecting (&self->address, self->host_names, self->host_addresses);
  if (self->pg == NULL || PQstatus (self->pg) == CONNECTION_BAD)
    {
      lose_by_fault_of_libpq (self);
      return;
    }

  PQsetNoticeReceiver (self->pg, ignore_notice, NULL);
  self->connecting_since_us = porch_clock_get_monotonic_us (self->clock);
  watch_deadline (self);
  watch_socket (self, G_IO_OUT);
}

/* All of them, in the order in which libpq is to try them: a database that listens to one family of
 * addresses alone may be behind the last. libpq wants a name for each.
 */
static void
take_addresses (PorchPostgresConnection *self, GList *addresses)
{
  GString *names = g_string_new (self->host);
  g_autofree char *first = g_inet_address_to_string (addresses->data);
  GString *texts = g_string_new (first);

  for (GList *link = addresses->next; link != NULL; link = link->next)
    {
      g_autofree char *text = g_inet_address_to_string (link->data);

      g_string_append_printf (names, ",%s", self->host);
      g_string_append_printf (texts, ",%s", text);
    }
  g_free (self->host_names);
  self->host_names = g_string_free (names, FALSE);
  g_free (self->host_addresses);
  self->host_addresses = g_string_free (texts, FALSE);
}

static void
on_resolved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (object), result, &error);
  PorchPostgresConnection *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = user_data;
  if (addresses == NULL)
    {
      lose (self, error->message);
      return;
    }

  take_addresses (self, addresses);
  g_resolver_free_addresses (addresses);
  connect_now (self);
}

/* libpq would resolve a name on the spot, however long that takes. */
static void
begin_connecting (PorchPostgresConnection *self)
{
  g_autoptr (GResolver) resolver = NULL;

  if (self->host == NULL)
    {
      connect_now (self);
      return;
    }

  set_state (self, STATE_RESOLVING);
  resolver = g_resolver_get_default ();
  g_resolver_lookup_by_name_async (resolver, self->host, self->cancellable, on_resolved_cb, self);
}

/* The name of the one host that is to be resolved; NULL for a socket, an address or several hosts.
 */
static char *
find_host (PGconn *pg)
{
  PQconninfoOption *options = PQconninfo (pg);
  const char *host = NULL;
  gboolean has_address = FALSE;
  char *name = NULL;

  for (PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++)
    {
      if (option->val == NULL || *option->val == '\0')
        continue;
      if (g_str_equal (option->keyword, "host"))
        host = option->val;
      has_address |= g_str_equal (option->keyword, "hostaddr");
    }

  if (host != NULL && !has_address && strpbrk (host, "/@,") == NULL
      && !g_hostname_is_ip_address (host))
    name = g_strdup (host);
  PQconninfoFree (options);

  return name;
}

/**
 * porch_postgres_connection_new:
 * @clock: for deadlines and pauses
 * @address: where the database is
 * @statements: (array zero-terminated=1): what is prepared, in the order of its numbers
 * @channel: what to listen to
 *
 * Returns: (transfer full): a connection that is not made yet
 */
PorchPostgresConnection *
porch_postgres_connection_new (PorchClock *clock,
                               const PorchPostgresAddress *address,
                               const char *const *statements,
                               const char *channel)
{
  PorchPostgresConnection *self = g_object_new (PORCH_TYPE_POSTGRES_CONNECTION, NULL);

  self->clock = g_object_ref (clock);
  self->address.conninfo = g_strdup (address->conninfo);
  self->address.password = g_strdup (address->password);
  self->address.instance = g_strdup (address->instance);
  self->statements = g_strdupv ((GStrv) statements);
  self->channel = g_strdup (channel);

  return self;
}

/**
 * porch_postgres_connection_start:
 * @self: a new connection
 * @error: a place for an error of %PORCH_STORE_ERROR
 *
 * Connects for the first time. Blocks, so it is for a program's start.
 *
 * Returns: %FALSE where it cannot connect: it does not try again then
 */
gboolean
porch_postgres_connection_start (PorchPostgresConnection *self, GError **error)
{
  gint64 end_us = g_get_monotonic_time () + ANSWER_DEADLINE_US;

  g_return_val_if_fail (PORCH_IS_POSTGRES_CONNECTION (self), FALSE);
  g_return_val_if_fail (self->state == STATE_IDLE, FALSE);

  self->pg = porch_postgres_connect_blocking (&self->address, error);
  if (self->pg == NULL)
    return FALSE;

  self->host = find_host (self->pg);
  begin_session (self);
  while (self->state == STATE_PREPARING && g_get_monotonic_time () < end_us)
    {
      GPollFD poll_fd = { PQsocket (self->pg), G_IO_IN | (PQflush (self->pg) > 0 ? G_IO_OUT : 0),
                          0 };

      g_poll (&poll_fd, 1, 1000);
      read_answers (self);
      /* The task answers in the main context. */
      while (self->under_way.length == 0 && self->state == STATE_PREPARING)
        g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
    }
  if (self->state == STATE_READY)
    return TRUE;

  g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE,
               "The database cannot be used: %s",
               self->fault != NULL ? self->fault : "it does not answer");
  return FALSE;
}

/**
 * porch_postgres_connection_is_ready:
 * @self: a connection
 *
 * Returns: whether a call has a chance now
 */
gboolean
porch_postgres_connection_is_ready (PorchPostgresConnection *self)
{
  g_return_val_if_fail (PORCH_IS_POSTGRES_CONNECTION (self), FALSE);

  return self->state == STATE_READY;
}

/**
 * porch_postgres_connection_run_async:
 * @self: a connection that was started
 * @call: (transfer full): what to run, in one transaction
 * @cancellable: (nullable): cancels the wait; what was sent runs nevertheless
 * @callback: called when it is committed
 * @user_data: for @callback
 *
 * Runs statements. Fails with %PORCH_STORE_ERROR_UNAVAILABLE while there is no connection.
 */
void
porch_postgres_connection_run_async (PorchPostgresConnection *self,
                                     PorchPostgresCall *call,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (PORCH_IS_POSTGRES_CONNECTION (self));

  task = make_task (self, call, cancellable, callback, user_data);
  if (g_task_return_error_if_cancelled (task))
    return;

  if (self->state != STATE_READY && self->state != STATE_PREPARING)
    g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE,
                             "There is no connection to the database: %s",
                             self->fault != NULL ? self->fault : "not yet");
  else if (self->under_way.length >= CALLS_MAX)
    g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE,
                             "The database does not keep up");
  else
    send_call (self, task);
}

/**
 * porch_postgres_connection_run_finish:
 * @self: a connection
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type PGresult): the result of each statement, or %NULL with
 *   @error set and nothing of the call stored
 */
GPtrArray *
porch_postgres_connection_run_finish (PorchPostgresConnection *self,
                                      GAsyncResult *result,
                                      GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_postgres_connect_blocking:
 * @address: where the database is
 * @error: a place for an error of %PORCH_STORE_ERROR
 *
 * Returns: (transfer full): a connection, or %NULL with @error set
 */
PGconn *
porch_postgres_connect_blocking (const PorchPostgresAddress *address, GError **error)
{
  g_autoptr (PGconn) pg = start_connecting (address, NULL, NULL);
  PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
  gint64 end_us = g_get_monotonic_time () + CONNECT_TIMEOUT_S * G_TIME_SPAN_SECOND;
  g_autofree char *fault = NULL;

  while (pg != NULL && PQstatus (pg) != CONNECTION_BAD && wanted != PGRES_POLLING_OK
         && wanted != PGRES_POLLING_FAILED)
    {
      GPollFD poll_fd = { PQsocket (pg), wanted == PGRES_POLLING_READING ? G_IO_IN : G_IO_OUT, 0 };
      gint64 left_us = end_us - g_get_monotonic_time ();

      if (left_us <= 0 || g_poll (&poll_fd, 1, (int) (left_us / 1000 + 1)) == 0)
        {
          g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE,
                               "The database does not answer");
          return NULL;
        }
      wanted = PQconnectPoll (pg);
    }

  if (pg != NULL && PQstatus (pg) == CONNECTION_OK)
    {
      PQsetNoticeReceiver (pg, ignore_notice, NULL);
      return g_steal_pointer (&pg);
    }

  fault = get_fault (pg);
  g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE,
               "The database cannot be reached: %s", fault);
  return NULL;
}
