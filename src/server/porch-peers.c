/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The other instances of this server, which meet in PostgreSQL. Each says every second that it is
 * alive, and sweeps: whose window or grace has run out goes offline, and an instance that has said
 * nothing for the lease is taken for dead, with the connections that it had. Whoever sweeps first
 * does it for all. What happened comes as notifications: who came and went, who is connected where,
 * events for channels that have subscribers elsewhere. After a lost connection everything is said
 * and read anew. Owned by PorchServer; the decisions are in PorchPostgresSchema's functions.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-peers.h"

#include <string.h>

#include "protocol/porch-pusher-frame.h"
#include "protocol/porch-user-id.h"
#include "server/porch-postgres-result.h"
#include "server/porch-postgres-schema.h"
#include "server/porch-store.h"

#define SWEEP_INTERVAL_MS 1000
#define LEASE             "10 seconds"
/* Whose connection went with an instance is heard of by the slowest heartbeat, sooner by a
 * connection elsewhere. */
#define RETURN_US (120 * G_TIME_SPAN_SECOND + PORCH_MEMBER_GRACE_US)

typedef enum
{
  REGISTER,
  LEAVE_OTHERS,
  ENTER_ALL,
  LIST_OWNERS,
  LIST_STATUSES,
  ENTER,
  LEAVE,
  SWEEP,
  READ_ACTIVITIES,
  PUBLISH,
  READ_MESSAGE,
  N_STATEMENTS
} Statement;

static const char *const sql[N_STATEMENTS + 1] = {
  [REGISTER] = "INSERT INTO porchlight.instances (id, seen_at) VALUES ($1, clock_timestamp ()) "
               "ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at",
  [LEAVE_OTHERS] = "SELECT porchlight.leave ($1, user_id, $3, $4) FROM porchlight.owners "
                   "WHERE instance = $1 AND user_id <> ALL ($2::text[])",
  [ENTER_ALL] = "SELECT porchlight.enter ($1, o.user_id, o.user_info) "
                "FROM unnest ($2::text[], $3::text[]) AS o (user_id, user_info)",
  [LIST_OWNERS] = "SELECT instance, user_id, user_info FROM porchlight.owners "
                  "WHERE instance <> $1",
  [LIST_STATUSES] = "SELECT user_id, last_active FROM porchlight.statuses WHERE is_online",
  [ENTER] = "SELECT porchlight.enter ($1, $2, $3)",
  [LEAVE] = "SELECT porchlight.leave ($1, $2, $3, $4)",
  [SWEEP] = "SELECT porchlight.sweep ($1, $2, $3::interval, $4)",
  /* Of those that were told of before $2, one instance gets each as its own. */
  [READ_ACTIVITIES]
  = "WITH latest AS (SELECT user_id, max (last_active) AS last_active FROM porchlight.presences "
    "  WHERE user_id = ANY ($1::text[]) GROUP BY user_id), "
    "claimed AS (UPDATE porchlight.statuses s SET last_active = l.last_active FROM latest l "
    "  WHERE s.user_id = l.user_id AND s.is_online AND s.last_active < $2 "
    "    AND l.last_active > s.last_active RETURNING s.user_id) "
    "SELECT l.user_id, l.last_active, c.user_id IS NOT NULL FROM latest l "
    "LEFT JOIN claimed c ON c.user_id = l.user_id",
  [PUBLISH] = "SELECT porchlight.publish ($1, $2)",
  [READ_MESSAGE] = "SELECT body FROM porchlight.messages WHERE id = $1",
};

enum
{
  SIGNAL_STATUS_CHANGED,
  SIGNAL_STATUSES_READ,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _PorchPeers
{
  GObject parent_instance;

  PorchClock *clock;
  PorchPostgresConnection *connection;
  PorchBroker *broker; /* NULL where clients are connected to somebody else's */
  char *instance;
  GCancellable *cancellable;
  GHashTable *owners; /* user id → GHashTable of instance → user_info */
  guint sweep_id;
  gboolean is_sweeping;
};

G_DEFINE_FINAL_TYPE (PorchPeers, porch_peers, G_TYPE_OBJECT)

static void say_everything (PorchPeers *self);

/**
 * porch_peers_activity_free:
 * @activity: (nullable): an activity
 */
void
porch_peers_activity_free (PorchPeersActivity *activity)
{
  if (activity == NULL)
    return;

  g_free (activity->user_id);
  g_free (activity);
}

static void
porch_peers_dispose (GObject *object)
{
  PorchPeers *self = PORCH_PEERS (object);

  g_cancellable_cancel (self->cancellable);
  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->sweep_id);
  g_clear_object (&self->connection);
  g_clear_object (&self->broker);

  G_OBJECT_CLASS (porch_peers_parent_class)->dispose (object);
}

static void
porch_peers_finalize (GObject *object)
{
  PorchPeers *self = PORCH_PEERS (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->clock);
  g_hash_table_unref (self->owners);
  g_free (self->instance);

  G_OBJECT_CLASS (porch_peers_parent_class)->finalize (object);
}

static void
porch_peers_class_init (PorchPeersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_peers_dispose;
  object_class->finalize = porch_peers_finalize;

  signals[SIGNAL_STATUS_CHANGED] = g_signal_new (
      "status-changed", PORCH_TYPE_PEERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, PORCH_TYPE_STATUS, G_TYPE_INT64, G_TYPE_BOOLEAN);
  signals[SIGNAL_STATUSES_READ] = g_signal_new ("statuses-read", PORCH_TYPE_PEERS,
                                                G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                                1, G_TYPE_HASH_TABLE);
}

static void
porch_peers_init (PorchPeers *self)
{
  self->cancellable = g_cancellable_new ();
  self->owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_hash_table_unref);
}

/* Whatever comes of it: what is missed is said again when there is a connection again. */
static void
on_said_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (
      PORCH_POSTGRES_CONNECTION (source), result, &error);

  if (results != NULL)
    return;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* This instance was taken for dead. */
  if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    say_everything (user_data);
  else
    g_debug ("Other instances were not told: %s", error->message);
}

static void
say (PorchPeers *self, PorchPostgresCall *call)
{
  porch_postgres_connection_run_async (self->connection, call, self->cancellable, on_said_cb, self);
}

static void
on_owner_connected_cb (PorchPeers *self, const char *user_id)
{
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, ENTER, "sss", self->instance, user_id,
                           porch_broker_get_owner_info (self->broker, user_id));
  say (self, call);
}

static void
on_owner_disconnected_cb (PorchPeers *self, const char *user_id)
{
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, LEAVE, "ssii", self->instance, user_id,
                           porch_clock_get_real_us (self->clock), PORCH_MEMBER_GRACE_US);
  say (self, call);
}

/* The body of an event: the channel, the connection that does not get it or "-", and the frame. */
static void
on_published_cb (PorchPeers *self,
                 const char *channel,
                 const char *text,
                 const char *except_socket_id)
{
  PorchPostgresCall *call = porch_postgres_call_new ();
  g_autofree char *body = g_strdup_printf ("%s %s %s", channel,
                                           except_socket_id != NULL ? except_socket_id : "-", text);

  porch_postgres_call_add (call, PUBLISH, "ss", self->instance, body);
  say (self, call);
}

static const char *
get_any_info (GHashTable *instances)
{
  GHashTableIter iter;
  gpointer info = NULL;

  g_hash_table_iter_init (&iter, instances);
  g_hash_table_iter_next (&iter, NULL, &info);

  return info;
}

static void
add_owner (PorchPeers *self, const char *instance, const char *user_id, const char *user_info)
{
  GHashTable *instances = g_hash_table_lookup (self->owners, user_id);

  if (instances == NULL)
    {
      instances = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      g_hash_table_insert (self->owners, g_strdup (user_id), instances);
    }
  g_hash_table_insert (instances, g_strdup (instance),
                       g_strdup (user_info != NULL && *user_info != '\0' ? user_info : "{}"));

  if (self->broker != NULL)
    porch_broker_set_owner_elsewhere (self->broker, user_id, get_any_info (instances));
}

static void
remove_owner (PorchPeers *self, const char *instance, const char *user_id)
{
  GHashTable *instances = g_hash_table_lookup (self->owners, user_id);

  if (instances == NULL)
    return;

  g_hash_table_remove (instances, instance);
  if (g_hash_table_size (instances) > 0)
    return;

  g_hash_table_remove (self->owners, user_id);
  if (self->broker != NULL)
    porch_broker_set_owner_elsewhere (self->broker, user_id, NULL);
}

static void
take_status (PorchPeers *self, const char *origin, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 3);

  if (g_strv_length (words) == 3)
    g_signal_emit (self, signals[SIGNAL_STATUS_CHANGED], 0, words[0],
                   porch_status_from_string (words[1]), g_ascii_strtoll (words[2], NULL, 10),
                   g_str_equal (origin, self->instance));
}

static void
take_event (PorchPeers *self, const char *body)
{
  g_auto (GStrv) words = g_strsplit (body, " ", 3);

  if (g_strv_length (words) == 3 && self->broker != NULL)
    porch_broker_deliver (self->broker, words[0], words[2],
                          g_str_equal (words[1], "-") ? NULL : words[1]);
}

static void
on_message_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (
      PORCH_POSTGRES_CONNECTION (source), result, NULL);
  const PGresult *rows = results != NULL ? g_ptr_array_index (results, 0) : NULL;

  if (rows != NULL && PQntuples (rows) > 0)
    take_event (user_data, PQgetvalue (rows, 0, 0));
}

static void
read_message (PorchPeers *self, const char *number)
{
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, READ_MESSAGE, "i", g_ascii_strtoll (number, NULL, 10));
  porch_postgres_connection_run_async (self->connection, call, self->cancellable,
                                       on_message_read_cb, self);
}

/* A kind, the instance that it is from, and what depends on the kind. */
static void
on_notified_cb (PorchPeers *self, const char *channel, const char *payload)
{
  g_auto (GStrv) words = g_strsplit (payload, " ", 3);
  const char *origin;
  const char *rest;

  if (g_strv_length (words) < 3)
    return;

  origin = words[1];
  rest = words[2];
  if (g_str_equal (words[0], "status"))
    take_status (self, origin, rest);
  else if (g_str_equal (origin, self->instance))
    return;
  else if (g_str_equal (words[0], "enter"))
    {
      g_auto (GStrv) owner = g_strsplit (rest, " ", 2);

      add_owner (self, origin, owner[0], owner[1]);
    }
  else if (g_str_equal (words[0], "leave"))
    remove_owner (self, origin, rest);
  else if (g_str_equal (words[0], "event"))
    take_event (self, rest);
  else if (g_str_equal (words[0], "large"))
    read_message (self, rest);
}

static void
take_owners (PorchPeers *self, const PGresult *rows)
{
  g_autoptr (GHashTable) before = g_steal_pointer (&self->owners);
  GHashTableIter iter;
  gpointer user_id;

  self->owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_hash_table_unref);
  for (int row = 0; row < PQntuples (rows); row++)
    add_owner (self, PQgetvalue (rows, row, 0), PQgetvalue (rows, row, 1),
               PQgetvalue (rows, row, 2));

  g_hash_table_iter_init (&iter, before);
  while (self->broker != NULL && g_hash_table_iter_next (&iter, &user_id, NULL))
    if (!g_hash_table_contains (self->owners, user_id))
      porch_broker_set_owner_elsewhere (self->broker, user_id, NULL);
}

static void
take_statuses (PorchPeers *self, const PGresult *rows)
{
  g_autoptr (GHashTable) online = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (int row = 0; row < PQntuples (rows); row++)
    {
      gint64 last_active_us = porch_postgres_get_number (rows, row, 1);

      g_hash_table_insert (online, porch_postgres_get_text (rows, row, 0),
                           g_memdup2 (&last_active_us, sizeof last_active_us));
    }
  g_signal_emit (self, signals[SIGNAL_STATUSES_READ], 0, online);
}

static void
on_everything_said_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (
      PORCH_POSTGRES_CONNECTION (source), result, &error);

  if (results == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("Other instances were not asked: %s", error->message);
      return;
    }

  take_owners (user_data, g_ptr_array_index (results, results->len - 2));
  take_statuses (user_data, g_ptr_array_index (results, results->len - 1));
}

static void
say_everything (PorchPeers *self)
{
  PorchPostgresCall *call = porch_postgres_call_new ();
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) infos = g_strv_builder_new ();
  g_autofree char *id_array = NULL;
  g_autofree char *info_array = NULL;
  g_auto (GStrv) id_list = NULL;
  g_auto (GStrv) info_list = NULL;

  if (self->broker != NULL)
    {
      g_autoptr (GPtrArray) owners = porch_broker_list_owners (self->broker);

      for (guint i = 0; i < owners->len; i++)
        {
          const char *info = porch_broker_get_owner_info (self->broker, owners->pdata[i]);

          g_strv_builder_add (ids, owners->pdata[i]);
          g_strv_builder_add (infos, info != NULL ? info : "{}");
        }
    }
  id_list = g_strv_builder_end (ids);
  info_list = g_strv_builder_end (infos);
  id_array = porch_postgres_array_from_strv ((const char *const *) id_list);
  info_array = porch_postgres_array_from_strv ((const char *const *) info_list);

  porch_postgres_call_add (call, REGISTER, "s", self->instance);
  porch_postgres_call_add (call, LEAVE_OTHERS, "ssii", self->instance, id_array,
                           porch_clock_get_real_us (self->clock), PORCH_MEMBER_GRACE_US);
  porch_postgres_call_add (call, ENTER_ALL, "sss", self->instance, id_array, info_array);
  porch_postgres_call_add (call, LIST_OWNERS, "s", self->instance);
  porch_postgres_call_add (call, LIST_STATUSES, "");
  porch_postgres_connection_run_async (self->connection, call, self->cancellable,
                                       on_everything_said_cb, self);
}

static void
on_swept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (
      PORCH_POSTGRES_CONNECTION (source), result, &error);
  PorchPeers *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = user_data;
  self->is_sweeping = FALSE;
  if (results != NULL && !porch_postgres_get_boolean (g_ptr_array_index (results, 0), 0, 0))
    {
      g_message ("The other instances took this one for dead");
      say_everything (self);
    }
}

static gboolean
on_sweep_cb (gpointer user_data)
{
  PorchPeers *self = user_data;
  PorchPostgresCall *call;

  if (self->is_sweeping || !porch_postgres_connection_is_ready (self->connection))
    return G_SOURCE_CONTINUE;

  self->is_sweeping = TRUE;
  call = porch_postgres_call_new ();
  porch_postgres_call_add (call, SWEEP, "sisi", self->instance,
                           porch_clock_get_real_us (self->clock), LEASE, RETURN_US);
  porch_postgres_connection_run_async (self->connection, call, self->cancellable, on_swept_cb,
                                       self);

  return G_SOURCE_CONTINUE;
}

/**
 * porch_peers_new:
 * @clock: what "now" is for everyone
 * @address: where instances meet
 * @broker: (nullable): where clients are connected; %NULL where that is somebody else's
 *
 * Returns: (transfer full): peers that are not asked yet
 */
PorchPeers *
porch_peers_new (PorchClock *clock, const PorchPostgresAddress *address, PorchBroker *broker)
{
  PorchPeers *self = g_object_new (PORCH_TYPE_PEERS, NULL);

  self->clock = g_object_ref (clock);
  self->instance = g_strdup (address->instance);
  self->connection = porch_postgres_connection_new (clock, address, sql, PORCH_POSTGRES_CHANNEL);
  g_signal_connect_object (self->connection, "ready", G_CALLBACK (say_everything), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->connection, "notified", G_CALLBACK (on_notified_cb), self,
                           G_CONNECT_SWAPPED);
  if (broker == NULL)
    return self;

  self->broker = g_object_ref (broker);
  g_signal_connect_object (broker, "owner-connected", G_CALLBACK (on_owner_connected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (broker, "owner-disconnected", G_CALLBACK (on_owner_disconnected_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (broker, "published", G_CALLBACK (on_published_cb), self,
                           G_CONNECT_SWAPPED);

  return self;
}

/**
 * porch_peers_start:
 * @self: new peers
 * @error: a place for an error of %PORCH_STORE_ERROR
 *
 * Connects, and begins to be one of them. Blocks, so it is for a program's start.
 *
 * Returns: %FALSE where it cannot
 */
gboolean
porch_peers_start (PorchPeers *self, GError **error)
{
  g_return_val_if_fail (PORCH_IS_PEERS (self), FALSE);

  if (!porch_postgres_connection_start (self->connection, error))
    return FALSE;

  self->sweep_id = porch_clock_add_timeout (self->clock, SWEEP_INTERVAL_MS, on_sweep_cb, self);

  return TRUE;
}

static void
on_activities_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (
      PORCH_POSTGRES_CONNECTION (source), result, &error);
  g_autoptr (GPtrArray) activities = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_peers_activity_free);
  const PGresult *rows;

  if (results == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  rows = g_ptr_array_index (results, 0);
  for (int row = 0; row < PQntuples (rows); row++)
    {
      PorchPeersActivity *activity = g_new0 (PorchPeersActivity, 1);

      activity->user_id = porch_postgres_get_text (rows, row, 0);
      activity->last_active_us = porch_postgres_get_number (rows, row, 1);
      activity->is_ours = porch_postgres_get_boolean (rows, row, 2);
      g_ptr_array_add (activities, activity);
    }
  g_task_return_pointer (task, g_steal_pointer (&activities), (GDestroyNotify) g_ptr_array_unref);
}

/**
 * porch_peers_read_activities_async:
 * @self: peers
 * @user_ids: (array zero-terminated=1): people who are online
 * @told_before_us: what was told with an activity from before then is to be told again
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Reads when people were last active, since their heartbeats may go to any instance.
 */
void
porch_peers_read_activities_async (PorchPeers *self,
                                   const char *const *user_ids,
                                   gint64 told_before_us,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  PorchPostgresCall *call = porch_postgres_call_new ();
  g_autofree char *array = porch_postgres_array_from_strv (user_ids);

  g_return_if_fail (PORCH_IS_PEERS (self));

  porch_postgres_call_add (call, READ_ACTIVITIES, "si", array, told_before_us);
  porch_postgres_connection_run_async (self->connection, call, cancellable, on_activities_read_cb,
                                       g_task_new (self, cancellable, callback, user_data));
}

/**
 * porch_peers_read_activities_finish:
 * @self: peers
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type PorchPeersActivity): activities, or %NULL with @error set
 */
GPtrArray *
porch_peers_read_activities_finish (PorchPeers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
