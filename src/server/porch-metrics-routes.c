/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What those who look after the server ask it: whether it can do its work, and how much it does, in
 * Prometheus's text format. Health anybody may ask, the figures only whom the administrator lets;
 * nobody else learns that there are any. Owned by PorchServer; each part counts for itself.
 *
 *   GET /healthz
 *   GET /metrics
 */

#define G_LOG_DOMAIN "porch-server"

#include "config.h"

#include "server/porch-metrics-routes.h"

#include <libsoup/soup.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/porch-pusher-publisher.h"

/* Nobody's: asking for it only shows that the store answers. */
#define NOBODY_ID "00000000-0000-4000-8000-000000000000"

struct _PorchMetricsRoutes
{
  GObject parent_instance;

  PorchStore *store;
  PorchPublisher *publisher;
  PorchPresenceService *presence;
  PorchSharedPresence *shared_presence; /* NULL on a store of its own */
  PorchHttpServer *http;                /* which we outlive */
  GPtrArray *readers;                   /* GInetAddressMask */
  double started_s;
  gboolean is_stopping;
};

G_DEFINE_FINAL_TYPE (PorchMetricsRoutes, porch_metrics_routes, G_TYPE_OBJECT)

static void
porch_metrics_routes_dispose (GObject *object)
{
  PorchMetricsRoutes *self = PORCH_METRICS_ROUTES (object);

  g_clear_object (&self->shared_presence);
  g_clear_object (&self->presence);
  g_clear_object (&self->publisher);
  g_clear_object (&self->store);
  g_clear_pointer (&self->readers, g_ptr_array_unref);

  G_OBJECT_CLASS (porch_metrics_routes_parent_class)->dispose (object);
}

static void
porch_metrics_routes_class_init (PorchMetricsRoutesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = porch_metrics_routes_dispose;
}

static void
porch_metrics_routes_init (PorchMetricsRoutes *self)
{
}

static void
respond_text (PorchHttpRequest *request, guint status, const char *type, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  porch_http_request_set_header (request, "Cache-Control", "no-store");
  porch_http_request_respond_bytes (request, status, type, body);
}

static void
respond_health (PorchHttpRequest *request, const char *fault)
{
  if (fault == NULL)
    respond_text (request, SOUP_STATUS_OK, "text/plain; charset=utf-8", "ok\n");
  else
    respond_text (request, SOUP_STATUS_SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", fault);
}

static void
on_store_answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchHttpRequest) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = porch_store_get_users_finish (PORCH_STORE (object), result, &error);

  respond_health (request, users != NULL ? NULL : "the database does not answer\n");
}

static void
handle_health (PorchHttpRequest *request, gpointer user_data)
{
  PorchMetricsRoutes *self = user_data;
  const char *const ids[] = { NOBODY_ID, NULL };

  /* A load balancer sends nobody here any more. */
  if (self->is_stopping)
    respond_health (request, "stopping\n");
  else
    porch_store_get_users_async (self->store, ids, porch_http_request_get_cancellable (request),
                                 on_store_answered_cb, g_object_ref (request));
}

static void G_GNUC_PRINTF (5, 6) append (GString *text,
                                         const char *name,
                                         const char *type,
                                         const char *help,
                                         const char *format,
                                         ...)
{
  va_list args;

  g_string_append_printf (text, "# HELP %s %s\n# TYPE %s %s\n%s", name, help, name, type, name);
  va_start (args, format);
  g_string_append_vprintf (text, format, args);
  va_end (args);
  g_string_append_c (text, '\n');
}

static void
append_uint (GString *text, const char *name, const char *type, const char *help, guint64 value)
{
  append (text, name, type, help, " %" G_GUINT64_FORMAT, value);
}

static double
to_seconds (struct timeval time)
{
  return time.tv_sec + time.tv_usec / 1e6;
}

static void
append_seconds (GString *text, const char *name, const char *type, const char *help, double seconds)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  append (text, name, type, help, " %s", g_ascii_formatd (number, sizeof number, "%.6f", seconds));
}

static guint64
get_resident_bytes (void)
{
  g_autofree char *statm = NULL;
  const char *space;

  if (!g_file_get_contents ("/proc/self/statm", &statm, NULL, NULL))
    return 0;
  space = strchr (statm, ' ');

  return space != NULL ? g_ascii_strtoull (space, NULL, 10) * sysconf (_SC_PAGESIZE) : 0;
}

static void
append_process (PorchMetricsRoutes *self, GString *text)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  append (text, "porchlightd_build_info", "gauge", "Which version this is.",
          "{version=\"" PORCH_VERSION "\"} 1");
  append_seconds (text, "process_start_time_seconds", "gauge", "When the server started.",
                  self->started_s);
  append_seconds (text, "process_cpu_seconds_total", "counter", "CPU time.",
                  to_seconds (usage.ru_utime) + to_seconds (usage.ru_stime));
  append_uint (text, "process_resident_memory_bytes", "gauge", "Memory in use.",
               get_resident_bytes ());
}

static void
append_http (PorchMetricsRoutes *self, GString *text)
{
  PorchHttpStats stats = porch_http_server_get_stats (self->http);
  guint64 n_answers = 0;

  append_uint (text, "porchlightd_connections", "gauge", "Clients that are connected.",
               stats.n_connections);
  g_string_append (text, "# HELP porchlightd_http_requests_total Requests that were answered.\n"
                         "# TYPE porchlightd_http_requests_total counter\n");
  for (guint i = 2; i < G_N_ELEMENTS (stats.n_answers); i++)
    {
      g_string_append_printf (
          text, "porchlightd_http_requests_total{class=\"%uxx\"} %" G_GUINT64_FORMAT "\n", i,
          stats.n_answers[i]);
      n_answers += stats.n_answers[i];
    }
  append_seconds (text, "porchlightd_http_request_seconds_sum", "counter",
                  "How long requests took to be answered.", stats.answer_us / 1e6);
  append_uint (text, "porchlightd_http_request_seconds_count", "counter",
               "How many requests that was.", n_answers);
}

static void
append_presence (PorchMetricsRoutes *self, GString *text)
{
  PorchPresenceStats stats = porch_presence_service_get_stats (self->presence);

  if (self->shared_presence != NULL)
    {
      PorchSharedPresenceStats shared = porch_shared_presence_get_stats (self->shared_presence);

      stats.n_online = shared.n_online;
      stats.n_events = shared.n_events;
    }
  append_uint (text, "porchlightd_people_online", "gauge", "People who are online.",
               stats.n_online);
  append_uint (text, "porchlightd_presence_updates_total", "counter",
               "Heartbeats and other words of a person's programs.", stats.n_updates);
  append_uint (text, "porchlightd_presence_events_total", "counter",
               "Changes and refreshes that were published.", stats.n_events);
}

static void
append_broker (PorchBroker *broker, GString *text)
{
  PorchBrokerStats stats = porch_broker_get_stats (broker);

  append_uint (text, "porchlightd_broker_connections", "gauge", "Clients of the broker.",
               stats.n_connections);
  append_uint (text, "porchlightd_broker_channels", "gauge", "Channels with a subscriber.",
               stats.n_channels);
  append_uint (text, "porchlightd_broker_events_total", "counter", "Events that were published.",
               stats.n_events);
  append_uint (text, "porchlightd_broker_deliveries_total", "counter",
               "How many clients they went to.", stats.n_deliveries);
}

static void
append_pusher (PorchPusherPublisher *pusher, GString *text)
{
  PorchPusherPublisherStats stats = porch_pusher_publisher_get_stats (pusher);

  append_uint (text, "porchlightd_pusher_events_waiting", "gauge",
               "Events that are not with the cluster yet.", stats.n_waiting);
  append_uint (text, "porchlightd_pusher_events_sent_total", "counter",
               "Events that the cluster took.", stats.n_sent);
  append_uint (text, "porchlightd_pusher_events_dropped_total", "counter",
               "Events that were refused, too old or too many.", stats.n_dropped);
  append_uint (text, "porchlightd_pusher_retries_total", "counter",
               "Requests that failed and were made again.", stats.n_retries);
}

static gboolean
is_reader (PorchMetricsRoutes *self, PorchHttpRequest *request)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (
      porch_http_request_get_address (request));

  for (guint i = 0; address != NULL && i < self->readers->len; i++)
    if (g_inet_address_mask_matches (g_ptr_array_index (self->readers, i), address))
      return TRUE;

  return FALSE;
}

static void
handle_metrics (PorchHttpRequest *request, gpointer user_data)
{
  PorchMetricsRoutes *self = user_data;
  g_autoptr (GString) text = NULL;

  if (!is_reader (self, request))
    {
      porch_http_request_respond_error (request, SOUP_STATUS_NOT_FOUND, "Not found");
      return;
    }

  text = g_string_sized_new (4096);
  append_process (self, text);
  append_http (self, text);
  append_presence (self, text);
  if (PORCH_IS_BROKER (self->publisher))
    append_broker (PORCH_BROKER (self->publisher), text);
  if (PORCH_IS_PUSHER_PUBLISHER (self->publisher))
    append_pusher (PORCH_PUSHER_PUBLISHER (self->publisher), text);
  respond_text (request, SOUP_STATUS_OK, "text/plain; version=0.0.4; charset=utf-8", text->str);
}

/**
 * porch_metrics_routes_new:
 * @clock: when the server started: now
 * @store: whether it answers
 * @publisher: how much it carries
 * @presence: who is online
 * @readers: (element-type GInetAddressMask): who may read the figures
 *
 * Returns: (transfer full): the routes
 */
PorchMetricsRoutes *
porch_metrics_routes_new (PorchClock *clock,
                          PorchStore *store,
                          PorchPublisher *publisher,
                          PorchPresenceService *presence,
                          GPtrArray *readers)
{
  PorchMetricsRoutes *self = g_object_new (PORCH_TYPE_METRICS_ROUTES, NULL);

  self->started_s = porch_clock_get_real_us (clock) / 1e6;
  self->store = g_object_ref (store);
  self->publisher = g_object_ref (publisher);
  self->presence = g_object_ref (presence);
  self->readers = g_ptr_array_ref (readers);

  return self;
}

/**
 * porch_metrics_routes_set_shared_presence:
 * @self: the routes
 * @shared_presence: who knows of people, where several instances share a store
 */
void
porch_metrics_routes_set_shared_presence (PorchMetricsRoutes *self,
                                          PorchSharedPresence *shared_presence)
{
  g_return_if_fail (PORCH_IS_METRICS_ROUTES (self));

  g_set_object (&self->shared_presence, shared_presence);
}

/**
 * porch_metrics_routes_set_stopping:
 * @self: the routes
 *
 * From now on the server is not healthy: nobody new shall be sent to it.
 */
void
porch_metrics_routes_set_stopping (PorchMetricsRoutes *self)
{
  g_return_if_fail (PORCH_IS_METRICS_ROUTES (self));

  self->is_stopping = TRUE;
}

/**
 * porch_metrics_routes_register:
 * @self: the routes, which outlive @http
 * @http: the server, of which they tell too
 */
void
porch_metrics_routes_register (PorchMetricsRoutes *self, PorchHttpServer *http)
{
  g_return_if_fail (PORCH_IS_METRICS_ROUTES (self));

  self->http = http;
  porch_http_server_add_route (http, "GET", "/healthz", handle_health, self);
  porch_http_server_add_route (http, "GET", "/metrics", handle_metrics, self);
}
