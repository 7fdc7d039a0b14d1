/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Tells of who comes and goes where several instances share a database, which decides it
 * (PorchPeers). On brokers of their own each instance tells those who are connected to it; a Pusher
 * app that all share is told by the instance at which it happened. It remembers what was told,
 * tells nothing twice, and often enough in between that clients which know only the five-minute
 * rule stay right. Owned by PorchServer, in place of what PorchPresenceService does on a store of
 * its own.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-shared-presence.h"

#include "protocol/porch-presence-message.h"
#include "protocol/porch-user-id.h"

/* As in PorchPresenceService. */
#define REFRESH_INTERVAL_MS (60 * 1000)
#define REFRESH_AHEAD_US    (75 * G_TIME_SPAN_SECOND)
/* How many names are read at once; how often, and after what pause, while the database cannot be
 * reached. */
#define NEWS_MAX    100
#define TRIES_MAX   10
#define NEXT_TRY_MS 1000

/* What is to be told, once the name and picture are there to go with it. */
typedef struct
{
  char *user_id;
  PorchStatus status;
  gint64 last_active_us;
} News;

struct _PorchSharedPresence
{
  GObject parent_instance;

  PorchClock *clock;
  PorchStore *store;
  PorchPublisher *publisher;
  PorchPeers *peers;
  gboolean has_own_broker;
  GCancellable *cancellable;
  GHashTable *told; /* user id → gint64 *last_active_us, of those who are online */
  gboolean is_told_known;
  GQueue news;    /* News, in the order in which it happened */
  GQueue reading; /* News whose names are being read */
  guint n_tries;
  guint next_try_id;
  guint refresh_id;
  guint64 n_events;
};

G_DEFINE_FINAL_TYPE (PorchSharedPresence, porch_shared_presence, G_TYPE_OBJECT)

static void read_names (PorchSharedPresence *self);
static void read_next_names (PorchSharedPresence *self);

static void
news_free (News *news)
{
  g_free (news->user_id);
  g_free (news);
}

static void
porch_shared_presence_dispose (GObject *object)
{
  PorchSharedPresence *self = PORCH_SHARED_PRESENCE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->clock != NULL)
    {
      porch_clock_clear_timeout (self->clock, &self->refresh_id);
      porch_clock_clear_timeout (self->clock, &self->next_try_id);
    }
  g_clear_object (&self->peers);
  g_clear_object (&self->publisher);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (porch_shared_presence_parent_class)->dispose (object);
}

static void
porch_shared_presence_finalize (GObject *object)
{
  PorchSharedPresence *self = PORCH_SHARED_PRESENCE (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->clock);
  g_hash_table_unref (self->told);
  g_queue_clear_full (&self->news, (GDestroyNotify) news_free);
  g_queue_clear_full (&self->reading, (GDestroyNotify) news_free);

  G_OBJECT_CLASS (porch_shared_presence_parent_class)->finalize (object);
}

static void
porch_shared_presence_class_init (PorchSharedPresenceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_shared_presence_dispose;
  object_class->finalize = porch_shared_presence_finalize;
}

static void
porch_shared_presence_init (PorchSharedPresence *self)
{
  self->cancellable = g_cancellable_new ();
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->news);
  g_queue_init (&self->reading);
}

static void
remember (PorchSharedPresence *self, const char *user_id, gint64 last_active_us)
{
  g_hash_table_insert (self->told, g_strdup (user_id),
                       g_memdup2 (&last_active_us, sizeof last_active_us));
}

static const PorchStoreUser *
find_user (GPtrArray *users, const char *user_id)
{
  for (guint i = 0; users != NULL && i < users->len; i++)
    {
      const PorchStoreUser *user = g_ptr_array_index (users, i);

      if (g_str_equal (user->id, user_id))
        return user;
    }

  return NULL;
}

static void
tell (PorchSharedPresence *self, const News *news, const PorchStoreUser *user)
{
  PorchUserState state = {
    .user_id = news->user_id,
    .status = news->status,
    .last_active_us = news->last_active_us,
  };

  if (user != NULL)
    {
      state.first_name = user->first_name;
      state.last_name = user->last_name;
      state.avatar = user->avatar;
    }
  g_debug ("%s is %s", news->user_id, porch_status_to_string (news->status));
  porch_publisher_publish_status (self->publisher, &state);
  self->n_events++;
}

static gboolean
on_next_try_cb (gpointer user_data)
{
  PorchSharedPresence *self = user_data;

  self->next_try_id = 0;
  read_names (self);

  return G_SOURCE_REMOVE;
}

/* A database that was lost is back soon; in the end the status goes out without a name: it is what
 * people wait for. */
static void
on_names_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchSharedPresence) self = PORCH_SHARED_PRESENCE (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = porch_store_get_users_finish (PORCH_STORE (object), result, &error);
  News *news;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE)
      && ++self->n_tries < TRIES_MAX)
    {
      self->next_try_id = porch_clock_add_timeout (self->clock, NEXT_TRY_MS, on_next_try_cb, self);
      return;
    }

  if (error != NULL)
    g_info ("Cannot read people's names: %s", error->message);
  self->n_tries = 0;
  while ((news = g_queue_pop_head (&self->reading)) != NULL)
    {
      tell (self, news, find_user (users, news->user_id));
      news_free (news);
    }
  read_next_names (self);
}

static void
read_names (PorchSharedPresence *self)
{
  const char *ids[NEWS_MAX + 1] = { NULL };
  guint n = 0;

  for (GList *link = self->reading.head; link != NULL; link = link->next)
    ids[n++] = ((News *) link->data)->user_id;
  porch_store_get_users_async (self->store, ids, self->cancellable, on_names_read_cb,
                               g_object_ref (self));
}

static void
read_next_names (PorchSharedPresence *self)
{
  if (self->reading.length > 0 || self->news.length == 0)
    return;

  while (self->reading.length < NEWS_MAX && self->news.length > 0)
    g_queue_push_tail (&self->reading, g_queue_pop_head (&self->news));
  read_names (self);
}

static void
add_news (PorchSharedPresence *self, const char *user_id, PorchStatus status, gint64 last_active_us)
{
  News *news = g_new0 (News, 1);

  news->user_id = g_strdup (user_id);
  news->status = status;
  news->last_active_us = last_active_us;
  g_queue_push_tail (&self->news, news);
  read_next_names (self);
}

static void
on_status_changed_cb (PorchSharedPresence *self,
                      const char *user_id,
                      PorchStatus status,
                      gint64 last_active_us,
                      gboolean is_ours)
{
  gboolean is_online = status == PORCH_STATUS_ONLINE;

  if (g_hash_table_contains (self->told, user_id) == is_online)
    return;

  if (is_online)
    remember (self, user_id, last_active_us);
  else
    g_hash_table_remove (self->told, user_id);
  if (self->has_own_broker || is_ours)
    add_news (self, user_id, status, last_active_us);
}

/* What was missed is told now, but at the start, when nobody was told anything yet. */
static void
on_statuses_read_cb (PorchSharedPresence *self, GHashTable *online)
{
  gboolean is_news = self->has_own_broker && self->is_told_known;
  GHashTableIter iter;
  gpointer user_id, last_active_us;

  g_hash_table_iter_init (&iter, self->told);
  while (g_hash_table_iter_next (&iter, &user_id, &last_active_us))
    if (!g_hash_table_contains (online, user_id))
      {
        if (is_news)
          add_news (self, user_id, PORCH_STATUS_OFFLINE, *(gint64 *) last_active_us);
        g_hash_table_iter_remove (&iter);
      }

  g_hash_table_iter_init (&iter, online);
  while (g_hash_table_iter_next (&iter, &user_id, &last_active_us))
    if (!g_hash_table_contains (self->told, user_id))
      {
        if (is_news)
          add_news (self, user_id, PORCH_STATUS_ONLINE, *(gint64 *) last_active_us);
        remember (self, user_id, *(gint64 *) last_active_us);
      }
  self->is_told_known = TRUE;
}

static void
on_activities_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchSharedPresence) self = PORCH_SHARED_PRESENCE (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) activities = porch_peers_read_activities_finish (PORCH_PEERS (object),
                                                                         result, &error);

  if (activities == NULL)
    return;

  for (guint i = 0; i < activities->len; i++)
    {
      const PorchPeersActivity *activity = g_ptr_array_index (activities, i);
      const gint64 *told_us = g_hash_table_lookup (self->told, activity->user_id);

      if (told_us == NULL || activity->last_active_us <= *told_us)
        continue;

      remember (self, activity->user_id, activity->last_active_us);
      if (self->has_own_broker || activity->is_ours)
        add_news (self, activity->user_id, PORCH_STATUS_ONLINE, activity->last_active_us);
    }
}

static gboolean
is_watched (PorchSharedPresence *self, const char *user_id)
{
  g_autofree char *channel = porch_user_id_to_channel (user_id);

  return porch_publisher_is_watched (self->publisher, channel);
}

static gboolean
on_refresh_cb (gpointer user_data)
{
  PorchSharedPresence *self = user_data;
  gint64 told_before_us = porch_clock_get_real_us (self->clock) + REFRESH_AHEAD_US
                          - PORCH_ONLINE_WINDOW_US;
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer user_id, last_active_us;

  g_hash_table_iter_init (&iter, self->told);
  while (g_hash_table_iter_next (&iter, &user_id, &last_active_us))
    if (*(gint64 *) last_active_us <= told_before_us && is_watched (self, user_id))
      g_ptr_array_add (ids, user_id);

  if (ids->len > 0)
    {
      g_ptr_array_add (ids, NULL);
      porch_peers_read_activities_async (self->peers, (const char *const *) ids->pdata,
                                         told_before_us, self->cancellable, on_activities_read_cb,
                                         g_object_ref (self));
    }

  return G_SOURCE_CONTINUE;
}

/**
 * porch_shared_presence_new:
 * @clock: what "now" is for everyone
 * @store: who people are
 * @publisher: whom to tell
 * @peers: who says what happened; not started yet
 *
 * Returns: (transfer full): what tells of it
 */
PorchSharedPresence *
porch_shared_presence_new (PorchClock *clock,
                           PorchStore *store,
                           PorchPublisher *publisher,
                           PorchPeers *peers)
{
  PorchSharedPresence *self = g_object_new (PORCH_TYPE_SHARED_PRESENCE, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->publisher = g_object_ref (publisher);
  self->peers = g_object_ref (peers);
  self->has_own_broker = PORCH_IS_BROKER (publisher);
  g_signal_connect_object (peers, "status-changed", G_CALLBACK (on_status_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (peers, "statuses-read", G_CALLBACK (on_statuses_read_cb), self,
                           G_CONNECT_SWAPPED);
  self->refresh_id = porch_clock_add_timeout (clock, REFRESH_INTERVAL_MS, on_refresh_cb, self);

  return self;
}

/**
 * porch_shared_presence_get_stats:
 * @self: what tells of people
 *
 * Returns: what it knows, and has done so far
 */
PorchSharedPresenceStats
porch_shared_presence_get_stats (PorchSharedPresence *self)
{
  PorchSharedPresenceStats stats = { 0 };

  g_return_val_if_fail (PORCH_IS_SHARED_PRESENCE (self), stats);

  stats.n_online = g_hash_table_size (self->told);
  stats.n_events = self->n_events;

  return stats;
}
