/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Who is online on this server: what each program of each person said last, combined, kept in
 * memory and, before it is answered, in the store. It tells the publisher when a person's status
 * changes, when their window or the grace after their last connection runs out, and often enough in
 * between that clients which know only the five-minute rule stay right. Owned by main. It speaks no
 * HTTP (PorchPresenceRoutes does) and holds no sockets (PorchBroker does).
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-presence-service.h"

#include "protocol/porch-presence-message.h"
#include "protocol/porch-user-id.h"

/* The refresh: one pass a minute tells again of each watched person whose last told activity would
 * run out before the pass after the next could. */
#define REFRESH_INTERVAL_MS (60 * 1000)
#define REFRESH_AHEAD_US    (75 * G_TIME_SPAN_SECOND)

/* After a start everybody's connection is gone: who is still there is heard of by the slowest
 * heartbeat, sooner by a connection. */
#define RETURN_US (120 * G_TIME_SPAN_SECOND)

/* One installation of a person's. */
typedef struct
{
  char *id; /* "" for one that does not say */
  PorchStatus status;
  gint64 last_active_us;
} Client;

typedef struct
{
  char *id;
  GPtrArray *clients;
  gint64 lost_us; /* when their last connection counts as gone; 0 when it matters no more */

  PorchStatus told_status;
  gint64 told_last_active_us;

  PorchStoreUser *profile;
  gboolean is_profile_pending;
  gboolean is_announcement_pending; /* until the profile has come */

  gint64 due_us; /* when they go offline if nothing happens */
  GSequenceIter *due_iter;
} Person;

struct _PorchPresenceService
{
  GObject parent_instance;

  PorchClock *clock;
  PorchStore *store;
  PorchPublisher *publisher; /* NULL where the store decides who is online, and others tell */
  GCancellable *cancellable; /* of profiles that are being read */
  GHashTable *people;        /* id → Person */
  GSequence *due;            /* of those who are online, the soonest first */
  guint due_id;
  gint64 due_armed_us;
  guint refresh_id;
  guint64 n_updates;
  guint64 n_events;
};

G_DEFINE_FINAL_TYPE (PorchPresenceService, porch_presence_service, G_TYPE_OBJECT)

static void
client_free (Client *client)
{
  g_free (client->id);
  g_free (client);
}

static void
person_free (Person *person)
{
  if (person->due_iter != NULL)
    g_sequence_remove (person->due_iter);
  g_free (person->id);
  g_ptr_array_unref (person->clients);
  g_clear_pointer (&person->profile, porch_store_user_free);
  g_free (person);
}

static void
porch_presence_service_dispose (GObject *object)
{
  PorchPresenceService *self = PORCH_PRESENCE_SERVICE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->clock != NULL)
    {
      porch_clock_clear_timeout (self->clock, &self->due_id);
      porch_clock_clear_timeout (self->clock, &self->refresh_id);
    }
  g_hash_table_remove_all (self->people);
  g_clear_object (&self->publisher);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (porch_presence_service_parent_class)->dispose (object);
}

static void
porch_presence_service_finalize (GObject *object)
{
  PorchPresenceService *self = PORCH_PRESENCE_SERVICE (object);

  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->people);
  g_sequence_free (self->due);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_presence_service_parent_class)->finalize (object);
}

static void
porch_presence_service_class_init (PorchPresenceServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_presence_service_dispose;
  object_class->finalize = porch_presence_service_finalize;
}

static void
porch_presence_service_init (PorchPresenceService *self)
{
  self->cancellable = g_cancellable_new ();
  self->people = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                        (GDestroyNotify) person_free);
  self->due = g_sequence_new (NULL);
}

static gint64
get_now_us (PorchPresenceService *self)
{
  return porch_clock_get_real_us (self->clock);
}

static Person *
ensure_person (PorchPresenceService *self, const char *user_id)
{
  Person *person = g_hash_table_lookup (self->people, user_id);

  if (person != NULL)
    return person;

  person = g_new0 (Person, 1);
  person->id = g_strdup (user_id);
  person->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  person->told_status = PORCH_STATUS_OFFLINE;
  g_hash_table_insert (self->people, person->id, person);

  return person;
}

/* A person has a handful; the one that was heard of longest ago makes room. */
static Client *
ensure_client (Person *person, const char *client_id)
{
  Client *client;
  guint oldest = 0;

  for (guint i = 0; i < person->clients->len; i++)
    {
      client = g_ptr_array_index (person->clients, i);
      if (g_str_equal (client->id, client_id))
        return client;
      if (client->last_active_us
          < ((Client *) g_ptr_array_index (person->clients, oldest))->last_active_us)
        oldest = i;
    }

  if (person->clients->len >= PORCH_STORE_CLIENTS_MAX)
    g_ptr_array_remove_index (person->clients, oldest);

  client = g_new0 (Client, 1);
  client->id = g_strdup (client_id);
  client->status = PORCH_STATUS_OFFLINE;
  g_ptr_array_add (person->clients, client);

  return client;
}

/* When the last of the person's windows runs out; 0 when none is open. */
static gint64
get_expiry_us (const Person *person)
{
  gint64 expiry_us = 0;

  for (guint i = 0; i < person->clients->len; i++)
    {
      const Client *client = g_ptr_array_index (person->clients, i);

      if (client->status == PORCH_STATUS_ONLINE)
        expiry_us = MAX (expiry_us, client->last_active_us + PORCH_ONLINE_WINDOW_US);
    }

  return expiry_us;
}

static gint64
get_last_active_us (const Person *person)
{
  gint64 last_active_us = 0;

  for (guint i = 0; i < person->clients->len; i++)
    {
      const Client *client = g_ptr_array_index (person->clients, i);

      last_active_us = MAX (last_active_us, client->last_active_us);
    }

  return last_active_us;
}

/* Online while any of a person's clients is. */
static PorchStatus
get_status (const Person *person, gint64 now_us)
{
  return now_us < get_expiry_us (person) ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE;
}

static void
tell (PorchPresenceService *self, Person *person, PorchStatus status)
{
  PorchUserState state = {
    .user_id = person->id,
    .status = status,
    .last_active_us = get_last_active_us (person),
  };

  if (person->profile != NULL)
    {
      state.first_name = person->profile->first_name;
      state.last_name = person->profile->last_name;
      state.avatar = person->profile->avatar;
    }

  porch_publisher_publish_status (self->publisher, &state);
  self->n_events++;
  person->told_status = status;
  person->told_last_active_us = state.last_active_us;
}

typedef struct
{
  PorchPresenceService *service;
  char *user_id;
} ProfileRequest;

static void
profile_request_free (ProfileRequest *request)
{
  g_object_unref (request->service);
  g_free (request->user_id);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProfileRequest, profile_request_free)

static void
on_profile_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ProfileRequest) request = user_data;
  PorchPresenceService *self = request->service;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = porch_store_get_users_finish (PORCH_STORE (object), result, &error);
  Person *person = g_hash_table_lookup (self->people, request->user_id);

  if (person == NULL)
    return;

  /* Without a profile the status goes out all the same: it is what people wait for. */
  person->is_profile_pending = FALSE;
  if (error != NULL)
    g_warning ("Cannot read a person's name: %s", error->message);
  else if (users->len > 0)
    {
      g_clear_pointer (&person->profile, porch_store_user_free);
      person->profile = porch_store_user_copy (g_ptr_array_index (users, 0));
    }

  if (person->is_announcement_pending)
    {
      PorchStatus status = get_status (person, get_now_us (self));

      person->is_announcement_pending = FALSE;
      if (status != person->told_status)
        tell (self, person, status);
    }
}

static void
request_profile (PorchPresenceService *self, Person *person)
{
  const char *const ids[] = { person->id, NULL };
  ProfileRequest *request = g_new0 (ProfileRequest, 1);

  request->service = g_object_ref (self);
  request->user_id = g_strdup (person->id);
  person->is_profile_pending = TRUE;
  porch_store_get_users_async (self->store, ids, self->cancellable, on_profile_read_cb, request);
}

/* Tells of a change of status, if there is one, once the name and picture are there to go with it.
 */
static void
announce (PorchPresenceService *self, Person *person)
{
  PorchStatus status = get_status (person, get_now_us (self));

  person->is_announcement_pending = FALSE;
  if (status == person->told_status)
    return;

  if (person->profile == NULL && !person->is_profile_pending)
    request_profile (self, person);
  if (person->is_profile_pending)
    {
      person->is_announcement_pending = TRUE;
      return;
    }

  g_debug ("%s is %s", person->id, porch_status_to_string (status));
  tell (self, person, status);
}

static int
compare_due (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Person *left = a;
  const Person *right = b;

  return (left->due_us > right->due_us) - (left->due_us < right->due_us);
}

static void
on_offline_stored_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!porch_store_record_presence_finish (PORCH_STORE (object), result, NULL, &error))
    g_warning ("Cannot store that a person went offline: %s", error->message);
}

/* Their connection went and neither it nor a heartbeat came back. Stored, because after a restart
 * nobody would remember. */
static void
end_grace (PorchPresenceService *self, Person *person)
{
  person->lost_us = 0;

  for (guint i = 0; i < person->clients->len; i++)
    {
      Client *client = g_ptr_array_index (person->clients, i);
      PorchStorePresence stored = {
        .user_id = person->id,
        .client = client->id,
        .status = PORCH_STATUS_OFFLINE,
        .last_active_us = client->last_active_us,
      };

      if (client->status != PORCH_STATUS_ONLINE)
        continue;

      client->status = PORCH_STATUS_OFFLINE;
      porch_store_record_presence_async (self->store, &stored, PORCH_STATUS_OFFLINE, NULL,
                                         on_offline_stored_cb, NULL);
    }
}

static void arm_due_timer (PorchPresenceService *self);

static gboolean
on_refresh_cb (gpointer user_data)
{
  PorchPresenceService *self = user_data;
  gint64 now_us = get_now_us (self);

  if (g_sequence_is_empty (self->due))
    {
      self->refresh_id = 0;
      return G_SOURCE_REMOVE;
    }

  for (GSequenceIter *iter = g_sequence_get_begin_iter (self->due); !g_sequence_iter_is_end (iter);
       iter = g_sequence_iter_next (iter))
    {
      Person *person = g_sequence_get (iter);
      g_autofree char *channel = NULL;

      if (person->told_status != PORCH_STATUS_ONLINE
          || person->told_last_active_us + PORCH_ONLINE_WINDOW_US - now_us > REFRESH_AHEAD_US
          || get_last_active_us (person) == person->told_last_active_us)
        continue;

      channel = porch_user_id_to_channel (person->id);
      if (porch_publisher_is_watched (self->publisher, channel))
        tell (self, person, PORCH_STATUS_ONLINE);
    }

  return G_SOURCE_CONTINUE;
}

/* Keeps the person's place among those who are going to go offline. */
static void
reschedule (PorchPresenceService *self, Person *person)
{
  gint64 due_us = get_expiry_us (person);

  if (due_us != 0 && person->lost_us != 0)
    due_us = MIN (due_us, person->lost_us + PORCH_MEMBER_GRACE_US);
  person->due_us = due_us;

  if (due_us == 0)
    {
      if (person->due_iter != NULL)
        g_sequence_remove (person->due_iter);
      person->due_iter = NULL;
      return;
    }

  if (person->due_iter != NULL)
    g_sequence_sort_changed (person->due_iter, compare_due, NULL);
  else
    person->due_iter = g_sequence_insert_sorted (self->due, person, compare_due, NULL);

  arm_due_timer (self);
  if (self->refresh_id == 0)
    self->refresh_id = porch_clock_add_timeout (self->clock, REFRESH_INTERVAL_MS, on_refresh_cb,
                                                self);
}

static void
settle (PorchPresenceService *self, Person *person, gint64 now_us)
{
  if (person->lost_us != 0 && now_us >= person->lost_us + PORCH_MEMBER_GRACE_US)
    end_grace (self, person);

  /* A window that ran out is a client that is offline, also if the clock is set back. */
  for (guint i = 0; i < person->clients->len; i++)
    {
      Client *client = g_ptr_array_index (person->clients, i);

      if (now_us >= client->last_active_us + PORCH_ONLINE_WINDOW_US)
        client->status = PORCH_STATUS_OFFLINE;
    }

  reschedule (self, person);
  announce (self, person);
}

static gboolean
on_due_cb (gpointer user_data)
{
  PorchPresenceService *self = user_data;
  gint64 now_us = get_now_us (self);

  self->due_id = 0;
  while (!g_sequence_is_empty (self->due))
    {
      Person *person = g_sequence_get (g_sequence_get_begin_iter (self->due));

      if (person->due_us > now_us)
        break;
      settle (self, person, now_us);
    }
  arm_due_timer (self);

  return G_SOURCE_REMOVE;
}

/* Heartbeats only ever move people back: a timer that fires too early is cheaper than one that is
 * moved at every heartbeat. */
static void
arm_due_timer (PorchPresenceService *self)
{
  Person *first;
  gint64 wait_us;
  guint wait_ms;

  if (g_sequence_is_empty (self->due))
    return;

  first = g_sequence_get (g_sequence_get_begin_iter (self->due));
  if (self->due_id != 0 && first->due_us >= self->due_armed_us)
    return;

  porch_clock_clear_timeout (self->clock, &self->due_id);
  wait_us = MAX (first->due_us - get_now_us (self), 0);
  self->due_armed_us = first->due_us;
  /* People wait for this, and whole seconds may come one late. */
  wait_ms = (wait_us + 999) / 1000;
  if (wait_us % 1000 != 0 && wait_ms % 1000 == 0)
    wait_ms++;
  self->due_id = porch_clock_add_timeout (self->clock, wait_ms, on_due_cb, self);
}

static void
on_owner_connected_cb (PorchPresenceService *self, const char *user_id)
{
  Person *person = g_hash_table_lookup (self->people, user_id);

  if (person == NULL || person->lost_us == 0)
    return;

  person->lost_us = 0;
  reschedule (self, person);
}

static void
on_owner_disconnected_cb (PorchPresenceService *self, const char *user_id)
{
  Person *person = g_hash_table_lookup (self->people, user_id);

  if (person == NULL || get_status (person, get_now_us (self)) != PORCH_STATUS_ONLINE)
    return;

  person->lost_us = get_now_us (self);
  reschedule (self, person);
}

/**
 * porch_presence_service_new:
 * @clock: what "now" is for everyone
 * @store: where presence is kept
 * @publisher: (nullable): whom to tell; %NULL where several servers share the store, which knows
 *   who is online then: this one passes on to it what is said, and tells nobody
 *
 * Returns: (transfer full): a service that knows of nobody yet
 */
PorchPresenceService *
porch_presence_service_new (PorchClock *clock, PorchStore *store, PorchPublisher *publisher)
{
  PorchPresenceService *self = g_object_new (PORCH_TYPE_PRESENCE_SERVICE, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  if (publisher == NULL)
    return self;

  self->publisher = g_object_ref (publisher);
  g_signal_connect_object (publisher, "owner-connected", G_CALLBACK (on_owner_connected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (publisher, "owner-disconnected", G_CALLBACK (on_owner_disconnected_cb),
                           self, G_CONNECT_SWAPPED);

  return self;
}

static void
take_stored (PorchPresenceService *self, const PorchStorePresence *stored, gint64 now_us)
{
  Person *person = ensure_person (self, stored->user_id);
  Client *client = ensure_client (person, stored->client);

  /* What was said since is newer. */
  if (client->last_active_us >= stored->last_active_us)
    return;

  client->status = stored->status;
  client->last_active_us = MIN (stored->last_active_us, now_us);
  person->told_status = get_status (person, now_us);
  person->told_last_active_us = get_last_active_us (person);
  if (person->told_status == PORCH_STATUS_ONLINE)
    person->lost_us = now_us + RETURN_US;
  reschedule (self, person);
}

static void
on_presences_listed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPresenceService *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) presences = porch_store_list_presences_finish (PORCH_STORE (object), result,
                                                                       &error);

  if (presences == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  for (guint i = 0; i < presences->len; i++)
    take_stored (self, g_ptr_array_index (presences, i), get_now_us (self));

  g_task_return_boolean (task, TRUE);
}

/**
 * porch_presence_service_load_async:
 * @self: a new service
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Reads back who may still be online from before a restart. Whoever neither
 * connects nor says that they are there until the slowest heartbeat and the grace have passed goes
 * offline then, or when their window runs out.
 */
void
porch_presence_service_load_async (PorchPresenceService *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PORCH_IS_PRESENCE_SERVICE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  if (self->publisher == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  porch_store_list_presences_async (self->store, get_now_us (self) - PORCH_ONLINE_WINDOW_US,
                                    cancellable, on_presences_listed_cb, task);
}

/**
 * porch_presence_service_load_finish:
 * @self: a service
 * @result: what the callback got
 * @error: #PorchStoreError
 *
 * Returns: %FALSE where the store could not be read
 */
gboolean
porch_presence_service_load_finish (PorchPresenceService *self,
                                    GAsyncResult *result,
                                    GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Somebody's words on their way to the store, and what others see of them then. */
typedef struct
{
  char *user_id;
  PorchPresence presence;
} Update;

static void
update_free (Update *update)
{
  g_free (update->user_id);
  g_free (update);
}

static GTask *
make_update_task (PorchPresenceService *self,
                  const char *user_id,
                  gint64 now_us,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Update *update = g_new0 (Update, 1);

  update->user_id = g_strdup (user_id);
  update->presence.last_active_us = now_us;
  update->presence.source = PORCH_PRESENCE_SOURCE_HTTP;
  g_task_set_task_data (task, update, (GDestroyNotify) update_free);

  return task;
}

static void
on_update_stored_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPresenceService *self = g_task_get_source_object (task);
  Update *update = g_task_get_task_data (task);
  Person *person = g_hash_table_lookup (self->people, update->user_id);
  g_autoptr (GError) error = NULL;

  if (!porch_store_record_presence_finish (PORCH_STORE (object), result, &update->presence.status,
                                           &error))
    {
      if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
        g_hash_table_remove (self->people, update->user_id);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  if (person != NULL)
    announce (self, person);
  g_task_return_boolean (task, TRUE);
}

/* The store decides, and tells everybody: nothing is to be remembered here. */
static void
pass_on (PorchPresenceService *self,
         const char *user_id,
         const char *client,
         PorchStatus status,
         GTask *task)
{
  PorchStorePresence presence = {
    .user_id = (char *) user_id,
    .client = (char *) (client != NULL ? client : ""),
    .status = status,
    .last_active_us = get_now_us (self),
  };

  porch_store_record_presence_async (self->store, &presence, status, NULL, on_update_stored_cb,
                                     task);
}

/**
 * porch_presence_service_update_async:
 * @self: a service
 * @user_id: who, as their token says
 * @client: (nullable): which installation of theirs
 * @status: online or offline
 * @callback: called when it is stored and told
 * @user_data: for @callback
 *
 * A person's program speaks. It cannot be cancelled: what was said was said.
 */
void
porch_presence_service_update_async (PorchPresenceService *self,
                                     const char *user_id,
                                     const char *client,
                                     PorchStatus status,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  gint64 now_us;
  Person *person;
  Client *entry;
  PorchStatus combined;
  PorchStorePresence stored;
  GTask *task;

  g_return_if_fail (PORCH_IS_PRESENCE_SERVICE (self));
  g_return_if_fail (status == PORCH_STATUS_ONLINE || status == PORCH_STATUS_OFFLINE);

  self->n_updates++;
  now_us = get_now_us (self);
  task = make_update_task (self, user_id, now_us, callback, user_data);
  if (self->publisher == NULL)
    {
      pass_on (self, user_id, client, status, task);
      return;
    }

  person = ensure_person (self, user_id);
  entry = ensure_client (person, client != NULL ? client : "");
  entry->status = status;
  entry->last_active_us = MAX (entry->last_active_us, now_us);
  if (status == PORCH_STATUS_ONLINE)
    person->lost_us = 0;
  reschedule (self, person);

  /* Asked for before the write, so that both come back together. */
  combined = get_status (person, now_us);
  if (combined != person->told_status && !person->is_profile_pending)
    request_profile (self, person);

  stored.user_id = person->id;
  stored.client = entry->id;
  stored.status = status;
  stored.last_active_us = entry->last_active_us;
  porch_store_record_presence_async (self->store, &stored, combined, NULL, on_update_stored_cb,
                                     task);
}

/**
 * porch_presence_service_update_finish:
 * @self: a service
 * @result: what the callback got
 * @presence: (out): what others see of the person now
 * @error: #PorchStoreError
 *
 * Returns: %FALSE where it could not be stored
 */
gboolean
porch_presence_service_update_finish (PorchPresenceService *self,
                                      GAsyncResult *result,
                                      PorchPresence *presence,
                                      GError **error)
{
  const Update *update;

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;

  update = g_task_get_task_data (G_TASK (result));
  *presence = update->presence;
  porch_presence_service_get (self, update->user_id, presence);

  return TRUE;
}

/**
 * porch_presence_service_get:
 * @self: a service
 * @user_id: a person
 * @presence: (out): what others see of them now
 *
 * Returns: %FALSE for a person who was not active since the server started, nor within the window
 *   before, and where the store decides: what the store has of them stands
 */
gboolean
porch_presence_service_get (PorchPresenceService *self,
                            const char *user_id,
                            PorchPresence *presence)
{
  const Person *person;

  g_return_val_if_fail (PORCH_IS_PRESENCE_SERVICE (self), FALSE);

  person = g_hash_table_lookup (self->people, user_id);
  if (person == NULL)
    return FALSE;

  presence->status = get_status (person, get_now_us (self));
  presence->last_active_us = get_last_active_us (person);
  presence->source = PORCH_PRESENCE_SOURCE_HTTP;

  return TRUE;
}

/**
 * porch_presence_service_view:
 * @self: a service
 * @user: a person, as the store has them
 *
 * Returns: what others see of them now: online or offline
 */
PorchPresence
porch_presence_service_view (PorchPresenceService *self, const PorchStoreUser *user)
{
  PorchPresence presence = {
    .status = user->status,
    .last_active_us = user->last_active_us,
    .source = PORCH_PRESENCE_SOURCE_STORE,
  };

  if (!porch_presence_service_get (self, user->id, &presence)
      && porch_presence_evaluate (&presence, get_now_us (self)) != PORCH_STATUS_ONLINE)
    presence.status = PORCH_STATUS_OFFLINE;

  return presence;
}

/**
 * porch_presence_service_get_stats:
 * @self: a service
 *
 * Returns: what it does, and has done so far
 */
PorchPresenceStats
porch_presence_service_get_stats (PorchPresenceService *self)
{
  PorchPresenceStats stats = { 0 };

  g_return_val_if_fail (PORCH_IS_PRESENCE_SERVICE (self), stats);

  stats.n_online = g_sequence_get_length (self->due);
  stats.n_updates = self->n_updates;
  stats.n_events = self->n_events;

  return stats;
}
