/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Publishes through an app on a Pusher cluster, hosted or one's own: POST /apps/{id}/batch_events,
 * ten events at a time, a few requests at once, but never two events of one channel, so that they
 * arrive in order. What fails goes to the head of the queue again, until nobody would believe it
 * any more. Owned by PorchServer.
 *
 * It does not see its clients. It therefore cannot know who is watched and takes everybody for it,
 * never says that a person's connection is gone, and cannot close the connections of a session
 * that ended: they last as long as the client lets them.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-pusher-publisher.h"

#include <libsoup/soup.h>
#include <string.h>

#include "client/porch-backoff.h"
#include "client/porch-http-client.h"
#include "presence/porch-presence.h"
#include "protocol/porch-auth-message.h"
#include "protocol/porch-pusher-api.h"
#include "protocol/porch-pusher-signature.h"

/* A request takes no more events when their data are this long. */
#define BATCH_BYTES  (32 * 1024)
#define REQUESTS_MAX 3
#define DEADLINE_MS  10000
/* RFC 6585, 4: libsoup has no name for it. */
#define TOO_MANY_REQUESTS 429
#define ANSWER_MAX_BYTES  (16 * 1024)
#define RETRY_MIN_MS      500
#define RETRY_MAX_MS      30000
#define RETRY_AFTER_MAX_S 60

typedef struct
{
  PorchPusherTrigger *trigger; /* of one channel */
  gint64 published_us;
} Event;

typedef enum
{
  STATE_WORKING,
  STATE_FAILING, /* the last request failed: the next waits for the timer */
} State;

struct _PorchPusherPublisher
{
  GObject parent_instance;

  PorchClock *clock;
  PorchHttpClient *http;
  GCancellable *cancellable;
  char *origin;
  char *path;
  char *key;
  char *secret;

  State state;
  GQueue waiting;   /* Event, the oldest first */
  GHashTable *busy; /* channels, owned by the events that are under way */
  guint n_requests; /* under way */
  guint n_busy;     /* events in them */
  PorchBackoff backoff;
  guint retry_id;
  gboolean has_warned_full;
  gboolean has_warned_refused;
  GTask *flush; /* until all is sent */
  GSource *flush_source;

  guint64 n_sent;
  guint64 n_dropped;
  guint64 n_retries;
};

static void porch_pusher_publisher_iface_init (PorchPublisherInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchPusherPublisher,
                               porch_pusher_publisher,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_PUBLISHER,
                                                      porch_pusher_publisher_iface_init))

/* The events of one request. */
typedef struct
{
  PorchPusherPublisher *publisher; /* gone when the answer is that it was cancelled */
  GPtrArray *events;               /* Event */
} Batch;

static void
event_free (Event *event)
{
  porch_pusher_trigger_free (event->trigger);
  g_free (event);
}

static void
batch_free (Batch *batch)
{
  g_ptr_array_unref (batch->events);
  g_free (batch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Batch, batch_free)

static void
set_state (PorchPusherPublisher *self, State state)
{
  static const char *const names[] = { "working", "failing" };

  if (self->state == state)
    return;

  g_debug ("Pusher at %s: %s -> %s", self->origin, names[self->state], names[state]);
  self->state = state;
}

static void
end_flush (PorchPusherPublisher *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->flush);

  if (self->flush_source != NULL)
    g_source_destroy (self->flush_source);
  g_clear_pointer (&self->flush_source, g_source_unref);
  if (task != NULL && !g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

static void
drop (PorchPusherPublisher *self, Event *event)
{
  self->n_dropped++;
  event_free (event);
}

/* Nobody believes an online that is older than the window, and after it everybody is shown offline
 * by themselves. */
static void
drop_outdated (PorchPusherPublisher *self)
{
  gint64 oldest_us = porch_clock_get_monotonic_us (self->clock) - PORCH_ONLINE_WINDOW_US;
  Event *event;

  while ((event = g_queue_peek_head (&self->waiting)) != NULL && event->published_us < oldest_us)
    drop (self, g_queue_pop_head (&self->waiting));
}

/* The oldest events of channels that have none under way, as many as fit into one request. */
static GPtrArray *
take_batch (PorchPusherPublisher *self)
{
  GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify) event_free);
  gsize n_bytes = 0;
  GList *next;

  for (GList *link = self->waiting.head;
       link != NULL && events->len < PORCH_PUSHER_BATCH_MAX && n_bytes < BATCH_BYTES; link = next)
    {
      Event *event = link->data;

      next = link->next;
      if (!g_hash_table_add (self->busy, event->trigger->channels[0]))
        continue;
      n_bytes += strlen (event->trigger->data);
      g_queue_delete_link (&self->waiting, link);
      g_ptr_array_add (events, event);
    }

  return events;
}

static void
release (PorchPusherPublisher *self, GPtrArray *events)
{
  self->n_requests--;
  self->n_busy -= events->len;
  for (guint i = 0; i < events->len; i++)
    g_hash_table_remove (self->busy,
                         ((Event *) g_ptr_array_index (events, i))->trigger->channels[0]);
}

static void send_waiting (PorchPusherPublisher *self);

static gboolean
on_retry_cb (gpointer user_data)
{
  PorchPusherPublisher *self = user_data;

  self->retry_id = 0;
  send_waiting (self);

  return G_SOURCE_REMOVE;
}

/* Those of one channel are never in two batches: at the head they are in order again. */
static void
retry_later (PorchPusherPublisher *self, GPtrArray *events, guint retry_after_s)
{
  guint wait_ms = porch_backoff_next_ms (&self->backoff, self->clock);

  while (events->len > 0)
    g_queue_push_head (&self->waiting, g_ptr_array_steal_index (events, events->len - 1));
  self->n_retries++;

  if (self->state == STATE_FAILING && self->retry_id != 0)
    return;

  set_state (self, STATE_FAILING);
  wait_ms = MAX (wait_ms, MIN (retry_after_s, RETRY_AFTER_MAX_S) * 1000);
  self->retry_id = porch_clock_add_timeout (self->clock, wait_ms, on_retry_cb, self);
}

/* Whether the same request may succeed another time. */
static gboolean
is_passing (guint status)
{
  return status >= 500 || status == TOO_MANY_REQUESTS || status == SOUP_STATUS_REQUEST_TIMEOUT;
}

static void
on_answer (PorchPusherPublisher *self, GPtrArray *events, const PorchHttpAnswer *answer)
{
  if (is_passing (answer->status))
    {
      if (self->state == STATE_WORKING)
        g_warning ("Pusher at %s answers %u: events wait", self->origin, answer->status);
      retry_later (self, events, answer->retry_after_s);
      return;
    }

  porch_backoff_reset (&self->backoff);
  if (SOUP_STATUS_IS_SUCCESSFUL (answer->status))
    {
      if (self->state == STATE_FAILING || self->has_warned_refused)
        g_message ("Pusher at %s takes events again", self->origin);
      set_state (self, STATE_WORKING);
      self->has_warned_refused = FALSE;
      self->n_sent += events->len;
      return;
    }

  /* What was asked for has succeeded all the same; who watches sees it by the next event. */
  if (!self->has_warned_refused)
    g_warning ("Pusher at %s refuses events: %u %s", self->origin, answer->status,
               answer->status == SOUP_STATUS_UNAUTHORIZED ? "(are app, key and secret right?)"
                                                          : "");
  self->has_warned_refused = TRUE;
  set_state (self, STATE_WORKING);
  self->n_dropped += events->len;
}

static void
on_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Batch) batch = user_data;
  PorchPusherPublisher *self = batch->publisher;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchHttpAnswer) answer = porch_http_client_send_finish (PORCH_HTTP_CLIENT (source),
                                                                      result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  release (self, batch->events);
  if (answer != NULL)
    on_answer (self, batch->events, answer);
  else
    {
      if (self->state == STATE_WORKING)
        g_warning ("Pusher at %s cannot be reached, events wait: %s", self->origin, error->message);
      retry_later (self, batch->events, 0);
    }

  send_waiting (self);
}

static void
send_batch (PorchPusherPublisher *self, GPtrArray *events)
{
  g_autoptr (GPtrArray) triggers = g_ptr_array_new ();
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *body = NULL;
  g_autofree char *target = NULL;
  g_autofree char *url = NULL;
  Batch *batch = g_new0 (Batch, 1);

  for (guint i = 0; i < events->len; i++)
    g_ptr_array_add (triggers, ((Event *) g_ptr_array_index (events, i))->trigger);
  body = porch_pusher_batch_build ((PorchPusherTrigger *const *) triggers->pdata, triggers->len);
  target = porch_pusher_api_target_build (self->key, self->secret, "POST", self->path, body,
                                          porch_clock_get_real_us (self->clock));
  url = g_strconcat (self->origin, target, NULL);
  message = porch_http_message_new ("POST", url);
  /* An event that comes twice changes nothing, and a connection for each would. */
  soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
  porch_http_message_take_body (message, "application/json", g_steal_pointer (&body));

  self->n_requests++;
  self->n_busy += events->len;
  batch->publisher = self;
  batch->events = events;
  porch_http_client_send_async (self->http, message, ANSWER_MAX_BYTES, DEADLINE_MS,
                                self->cancellable, on_sent_cb, batch);
}

static void
send_waiting (PorchPusherPublisher *self)
{
  /* One request finds out whether it works again. */
  guint max_requests = self->state == STATE_FAILING ? 1 : REQUESTS_MAX;

  drop_outdated (self);
  while (self->retry_id == 0 && self->n_requests < max_requests)
    {
      g_autoptr (GPtrArray) events = take_batch (self);

      if (events->len == 0)
        break;
      send_batch (self, g_steal_pointer (&events));
    }

  if (self->waiting.length == 0)
    self->has_warned_full = FALSE;
  if (self->waiting.length == 0 && self->n_requests == 0)
    end_flush (self);
}

static void
porch_pusher_publisher_publish (PorchPublisher *publisher,
                                const char *channel,
                                const char *event_name,
                                const char *data,
                                const char *except_socket_id)
{
  PorchPusherPublisher *self = PORCH_PUSHER_PUBLISHER (publisher);
  const char *channels[] = { channel, NULL };
  Event *event = g_new0 (Event, 1);

  event->published_us = porch_clock_get_monotonic_us (self->clock);
  event->trigger = g_new0 (PorchPusherTrigger, 1);
  event->trigger->event = g_strdup (event_name);
  event->trigger->channels = g_strdupv ((GStrv) channels);
  event->trigger->data = g_strdup (data);
  event->trigger->socket_id = g_strdup (except_socket_id);

  if (self->waiting.length >= PORCH_PUSHER_PUBLISHER_QUEUE_MAX)
    {
      if (!self->has_warned_full)
        g_warning ("%u events wait for Pusher: the oldest are dropped", self->waiting.length);
      self->has_warned_full = TRUE;
      drop (self, g_queue_pop_head (&self->waiting));
    }
  g_queue_push_tail (&self->waiting, event);
  send_waiting (self);
}

static gboolean
porch_pusher_publisher_is_watched (PorchPublisher *publisher, const char *channel)
{
  return TRUE;
}

static char *
porch_pusher_publisher_authorize (PorchPublisher *publisher,
                                  const char *session_id,
                                  const char *socket_id,
                                  const char *channel,
                                  const char *channel_data)
{
  PorchPusherPublisher *self = PORCH_PUSHER_PUBLISHER (publisher);
  g_autofree char *auth = porch_pusher_channel_auth_build (self->key, self->secret, socket_id,
                                                           channel, channel_data);

  return porch_pusher_channel_auth_to_json (auth, channel_data);
}

static void
porch_pusher_publisher_end_session (PorchPublisher *publisher, const char *session_id)
{
}

static gboolean
on_flush_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  end_flush (g_task_get_source_object (user_data));

  return G_SOURCE_REMOVE;
}

static void
porch_pusher_publisher_flush_async (PorchPublisher *publisher,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  PorchPusherPublisher *self = PORCH_PUSHER_PUBLISHER (publisher);

  g_return_if_fail (self->flush == NULL);

  self->flush = g_task_new (self, cancellable, callback, user_data);
  if (cancellable != NULL)
    {
      self->flush_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->flush_source, G_SOURCE_FUNC (on_flush_cancelled_cb), self->flush,
                             NULL);
      g_source_attach (self->flush_source, g_main_context_get_thread_default ());
    }
  send_waiting (self);
}

static void
porch_pusher_publisher_iface_init (PorchPublisherInterface *iface)
{
  iface->publish = porch_pusher_publisher_publish;
  iface->is_watched = porch_pusher_publisher_is_watched;
  iface->authorize = porch_pusher_publisher_authorize;
  iface->end_session = porch_pusher_publisher_end_session;
  iface->flush_async = porch_pusher_publisher_flush_async;
}

static void
porch_pusher_publisher_dispose (GObject *object)
{
  PorchPusherPublisher *self = PORCH_PUSHER_PUBLISHER (object);

  g_cancellable_cancel (self->cancellable);
  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->retry_id);
  g_clear_object (&self->http);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_pusher_publisher_parent_class)->dispose (object);
}

static void
porch_pusher_publisher_finalize (GObject *object)
{
  PorchPusherPublisher *self = PORCH_PUSHER_PUBLISHER (object);

  g_queue_clear_full (&self->waiting, (GDestroyNotify) event_free);
  g_hash_table_unref (self->busy);
  g_clear_object (&self->cancellable);
  g_free (self->origin);
  g_free (self->path);
  g_free (self->key);
  porch_secret_free (self->secret);

  G_OBJECT_CLASS (porch_pusher_publisher_parent_class)->finalize (object);
}

static void
porch_pusher_publisher_class_init (PorchPusherPublisherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_pusher_publisher_dispose;
  object_class->finalize = porch_pusher_publisher_finalize;
}

static void
porch_pusher_publisher_init (PorchPusherPublisher *self)
{
  self->cancellable = g_cancellable_new ();
  self->busy = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->waiting);
  porch_backoff_init (&self->backoff, RETRY_MIN_MS, RETRY_MAX_MS);
}

/**
 * porch_pusher_publisher_new:
 * @clock: the time
 * @origin: where the cluster's HTTP API is: "https://api-eu.pusher.com"
 * @app_id: the app's number
 * @key: the app's key
 * @secret: the app's secret
 *
 * Returns: (transfer full): a publisher
 */
PorchPusherPublisher *
porch_pusher_publisher_new (PorchClock *clock,
                            const char *origin,
                            const char *app_id,
                            const char *key,
                            const char *secret)
{
  PorchPusherPublisher *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (origin != NULL && app_id != NULL && key != NULL && secret != NULL, NULL);

  self = g_object_new (PORCH_TYPE_PUSHER_PUBLISHER, NULL);
  self->clock = g_object_ref (clock);
  self->http = porch_http_client_new (clock);
  self->origin = g_strdup (origin);
  self->path = g_strdup_printf ("/apps/%s/batch_events", app_id);
  self->key = g_strdup (key);
  self->secret = g_strdup (secret);

  return self;
}

/**
 * porch_pusher_publisher_get_stats:
 * @self: a publisher
 *
 * Returns: what became of the events so far
 */
PorchPusherPublisherStats
porch_pusher_publisher_get_stats (PorchPusherPublisher *self)
{
  PorchPusherPublisherStats stats = { 0 };

  g_return_val_if_fail (PORCH_IS_PUSHER_PUBLISHER (self), stats);

  stats.n_waiting = self->waiting.length + self->n_busy;
  stats.n_sent = self->n_sent;
  stats.n_dropped = self->n_dropped;
  stats.n_retries = self->n_retries;

  return stats;
}
