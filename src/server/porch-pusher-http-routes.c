/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Pusher's HTTP API before the broker: a web application's own server publishes here with any of
 * Pusher's libraries, and asks who is there. Whoever has the app's secret may do all of it. Owned
 * by PorchServer; the broker does the work.
 *
 *   POST /apps/{id}/events          {"name", "data", "channels" or "channel", "socket_id"?,
 * "info"?} POST /apps/{id}/batch_events    {"batch": [{"channel", "name", "data", …}]} GET
 * /apps/{id}/channels        ?filter_by_prefix=…&info=user_count GET  /apps/{id}/channels/{name}
 * ?info=user_count,subscription_count GET  /apps/{id}/channels/{name}/users
 *
 * Errors are a sentence of plain text, as Pusher's are.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-pusher-http-routes.h"

#include <libsoup/soup.h>
#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-json.h"
#include "protocol/porch-pusher-api.h"
#include "protocol/porch-pusher-frame.h"

struct _PorchPusherHttpRoutes
{
  GObject parent_instance;

  PorchClock *clock;
  PorchBroker *broker;
  char *app_id;
  char *key;
  char *secret;
};

G_DEFINE_FINAL_TYPE (PorchPusherHttpRoutes, porch_pusher_http_routes, G_TYPE_OBJECT)

/* What is asked about channels. */
typedef enum
{
  INFO_NONE = 0,
  INFO_USER_COUNT = 1 << 0,
  INFO_SUBSCRIPTION_COUNT = 1 << 1,
} Info;

static void
porch_pusher_http_routes_dispose (GObject *object)
{
  PorchPusherHttpRoutes *self = PORCH_PUSHER_HTTP_ROUTES (object);

  g_clear_object (&self->broker);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_pusher_http_routes_parent_class)->dispose (object);
}

static void
porch_pusher_http_routes_finalize (GObject *object)
{
  PorchPusherHttpRoutes *self = PORCH_PUSHER_HTTP_ROUTES (object);

  g_free (self->app_id);
  g_free (self->key);
  porch_secret_free (self->secret);

  G_OBJECT_CLASS (porch_pusher_http_routes_parent_class)->finalize (object);
}

static void
porch_pusher_http_routes_class_init (PorchPusherHttpRoutesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_pusher_http_routes_dispose;
  object_class->finalize = porch_pusher_http_routes_finalize;
}

static void
porch_pusher_http_routes_init (PorchPusherHttpRoutes *self)
{
}

static void
respond_error (PorchHttpRequest *request, guint status, const char *message)
{
  g_autofree char *line = g_strconcat (message, "\n", NULL);
  g_autoptr (GBytes) body = g_bytes_new (line, strlen (line));

  porch_http_request_respond_bytes (request, status, "text/plain; charset=utf-8", body);
}

static void
respond_parse_error (PorchHttpRequest *request, const GError *error)
{
  gboolean is_too_large = g_error_matches (error, PORCH_PROTOCOL_ERROR,
                                           PORCH_PROTOCOL_ERROR_TOO_LARGE);

  respond_error (request,
                 is_too_large ? SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE : SOUP_STATUS_BAD_REQUEST,
                 error->message);
}

/* Whether this is for our app and from somebody who has its secret; else it is answered. */
static gboolean
check_request (PorchPusherHttpRoutes *self, PorchHttpRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (porch_http_request_get_path_param (request, "id"), self->app_id))
    {
      respond_error (request, SOUP_STATUS_NOT_FOUND, "Unknown app");
      return FALSE;
    }

  if (porch_pusher_api_request_verify (
          self->key, self->secret, porch_http_request_get_method (request),
          porch_http_request_get_path (request), porch_http_request_get_query_params (request),
          porch_http_request_get_body (request), porch_clock_get_real_us (self->clock), &error))
    return TRUE;

  respond_error (request, SOUP_STATUS_UNAUTHORIZED, error->message);

  return FALSE;
}

/* FALSE for a word that is not known. */
static gboolean
parse_info (const char *text, Info *info)
{
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", ",", -1);

  *info = INFO_NONE;
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (g_str_equal (g_strstrip (words[i]), "user_count"))
        *info |= INFO_USER_COUNT;
      else if (g_str_equal (words[i], "subscription_count"))
        *info |= INFO_SUBSCRIPTION_COUNT;
      else
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_presence_channel (const char *name)
{
  PorchBrokerChannelKind kind = porch_broker_channel_kind_of (name);

  return kind == PORCH_BROKER_CHANNEL_PRESENCE || kind == PORCH_BROKER_CHANNEL_PERSON;
}

/* The members of an object that is open: what is asked of one channel, which may be empty. */
static void
append_counts (GString *json, PorchBrokerChannel *channel, const char *name, Info info)
{
  if ((info & INFO_USER_COUNT) != 0 && is_presence_channel (name))
    porch_json_append_int_member (
        json, "user_count", channel != NULL ? porch_broker_channel_get_n_members (channel) : 0);
  if ((info & INFO_SUBSCRIPTION_COUNT) != 0)
    porch_json_append_int_member (
        json, "subscription_count",
        channel != NULL ? porch_broker_channel_get_n_subscriptions (channel) : 0);
}

/* Why an event must not go where it is to go; NULL where it may. */
static const char *
find_fault (const PorchPusherTrigger *trigger)
{
  Info info;

  if (g_str_has_prefix (trigger->event, "pusher:")
      || g_str_has_prefix (trigger->event, "pusher_internal:"))
    return "Event names that begin with “pusher:” are the protocol's own";
  if (!parse_info (trigger->info, &info))
    return "The info is not known";

  return NULL;
}

static void
publish (PorchPusherHttpRoutes *self, const PorchPusherTrigger *trigger)
{
  for (guint i = 0; trigger->channels[i] != NULL; i++)
    porch_broker_publish_everywhere (self->broker, trigger->channels[i], trigger->event,
                                     trigger->data, trigger->socket_id);
}

static void
handle_event (PorchHttpRequest *request, gpointer user_data)
{
  PorchPusherHttpRoutes *self = user_data;
  g_autoptr (PorchPusherTrigger) trigger = NULL;
  g_autoptr (GString) json = g_string_new ("{");
  g_autoptr (GError) error = NULL;
  const char *body;
  gsize length;
  Info info;

  if (!check_request (self, request))
    return;

  body = g_bytes_get_data (porch_http_request_get_body (request), &length);
  trigger = porch_pusher_trigger_parse (body, length, &error);
  if (trigger == NULL)
    {
      respond_parse_error (request, error);
      return;
    }
  if (find_fault (trigger) != NULL)
    {
      respond_error (request, SOUP_STATUS_BAD_REQUEST, find_fault (trigger));
      return;
    }

  publish (self, trigger);
  parse_info (trigger->info, &info);
  if (info != INFO_NONE)
    {
      porch_json_append_name (json, "channels");
      g_string_append_c (json, '{');
      for (guint i = 0; trigger->channels[i] != NULL; i++)
        {
          const char *name = trigger->channels[i];

          porch_json_append_name (json, name);
          g_string_append_c (json, '{');
          append_counts (json, porch_broker_get_channel (self->broker, name), name, info);
          g_string_append_c (json, '}');
        }
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, '}');
  porch_http_request_respond_json (request, SOUP_STATUS_OK, json->str);
}

static const char *
find_batch_fault (GPtrArray *triggers)
{
  for (guint i = 0; i < triggers->len; i++)
    {
      const char *fault = find_fault (g_ptr_array_index (triggers, i));

      if (fault != NULL)
        return fault;
    }

  return NULL;
}

/* The answer has the counts that the events ask for, event by event, or nothing. */
static void
respond_batch (PorchPusherHttpRoutes *self, PorchHttpRequest *request, GPtrArray *triggers)
{
  g_autoptr (GString) json = g_string_new ("{\"batch\":[");
  gboolean is_asked = FALSE;

  for (guint i = 0; i < triggers->len; i++)
    {
      const PorchPusherTrigger *trigger = g_ptr_array_index (triggers, i);
      const char *name = trigger->channels[0];
      Info info;

      parse_info (trigger->info, &info);
      is_asked |= info != INFO_NONE;
      g_string_append (json, i > 0 ? ",{" : "{");
      append_counts (json, porch_broker_get_channel (self->broker, name), name, info);
      g_string_append_c (json, '}');
    }
  g_string_append (json, "]}");
  porch_http_request_respond_json (request, SOUP_STATUS_OK, is_asked ? json->str : "{}");
}

static void
handle_batch (PorchHttpRequest *request, gpointer user_data)
{
  PorchPusherHttpRoutes *self = user_data;
  g_autoptr (GPtrArray) triggers = NULL;
  g_autoptr (GError) error = NULL;
  const char *body;
  gsize length;

  if (!check_request (self, request))
    return;

  body = g_bytes_get_data (porch_http_request_get_body (request), &length);
  triggers = porch_pusher_batch_parse (body, length, &error);
  if (triggers == NULL)
    {
      respond_parse_error (request, error);
      return;
    }
  if (find_batch_fault (triggers) != NULL)
    {
      respond_error (request, SOUP_STATUS_BAD_REQUEST, find_batch_fault (triggers));
      return;
    }

  for (guint i = 0; i < triggers->len; i++)
    publish (self, g_ptr_array_index (triggers, i));
  respond_batch (self, request, triggers);
}

static void
handle_channels (PorchHttpRequest *request, gpointer user_data)
{
  PorchPusherHttpRoutes *self = user_data;
  const char *prefix = porch_http_request_get_query_param (request, "filter_by_prefix");
  g_autoptr (GPtrArray) channels = NULL;
  g_autoptr (GString) json = g_string_new ("{\"channels\":{");
  Info info;

  if (!check_request (self, request))
    return;

  if (!parse_info (porch_http_request_get_query_param (request, "info"), &info))
    {
      respond_error (request, SOUP_STATUS_BAD_REQUEST, "The info is not known");
      return;
    }
  if ((info & INFO_USER_COUNT) != 0 && (prefix == NULL || !g_str_has_prefix (prefix, "presence-")))
    {
      respond_error (request, SOUP_STATUS_BAD_REQUEST,
                     "user_count is only known of presence channels: filter_by_prefix=presence-");
      return;
    }

  channels = porch_broker_list_channels (self->broker);
  for (guint i = 0; i < channels->len; i++)
    {
      PorchBrokerChannel *channel = g_ptr_array_index (channels, i);
      const char *name = porch_broker_channel_get_name (channel);

      if (prefix != NULL && !g_str_has_prefix (name, prefix))
        continue;
      porch_json_append_name (json, name);
      g_string_append_c (json, '{');
      append_counts (json, channel, name, info);
      g_string_append_c (json, '}');
    }
  g_string_append (json, "}}");
  porch_http_request_respond_json (request, SOUP_STATUS_OK, json->str);
}

static void
handle_channel (PorchHttpRequest *request, gpointer user_data)
{
  PorchPusherHttpRoutes *self = user_data;
  const char *name = porch_http_request_get_path_param (request, "name");
  g_autoptr (GString) json = g_string_new ("{");
  PorchBrokerChannel *channel;
  Info info;

  if (!check_request (self, request))
    return;

  if (!parse_info (porch_http_request_get_query_param (request, "info"), &info))
    {
      respond_error (request, SOUP_STATUS_BAD_REQUEST, "The info is not known");
      return;
    }
  if ((info & INFO_USER_COUNT) != 0 && !is_presence_channel (name))
    {
      respond_error (request, SOUP_STATUS_BAD_REQUEST,
                     "user_count is only known of presence channels");
      return;
    }

  channel = porch_broker_get_channel (self->broker, name);
  porch_json_append_boolean_member (json, "occupied", channel != NULL);
  append_counts (json, channel, name, info);
  g_string_append_c (json, '}');
  porch_http_request_respond_json (request, SOUP_STATUS_OK, json->str);
}

static void
handle_users (PorchHttpRequest *request, gpointer user_data)
{
  PorchPusherHttpRoutes *self = user_data;
  const char *name = porch_http_request_get_path_param (request, "name");
  g_autoptr (GString) json = g_string_new ("{\"users\":[");
  g_autoptr (GPtrArray) ids = NULL;
  PorchBrokerChannel *channel;

  if (!check_request (self, request))
    return;

  if (!is_presence_channel (name))
    {
      respond_error (request, SOUP_STATUS_BAD_REQUEST, "Users are only known of presence channels");
      return;
    }

  channel = porch_broker_get_channel (self->broker, name);
  ids = channel != NULL ? porch_broker_channel_list_members (channel) : g_ptr_array_new ();
  for (guint i = 0; i < ids->len; i++)
    {
      g_string_append (json, i > 0 ? ",{" : "{");
      porch_json_append_string_member (json, "id", g_ptr_array_index (ids, i));
      g_string_append_c (json, '}');
    }
  g_string_append (json, "]}");
  porch_http_request_respond_json (request, SOUP_STATUS_OK, json->str);
}

/**
 * porch_pusher_http_routes_new:
 * @clock: how old a request is
 * @broker: who publishes
 * @app_id: the app's number, which stands in the path
 * @key: the app's key
 * @secret: the app's secret
 *
 * Returns: (transfer full): the routes
 */
PorchPusherHttpRoutes *
porch_pusher_http_routes_new (PorchClock *clock,
                              PorchBroker *broker,
                              const char *app_id,
                              const char *key,
                              const char *secret)
{
  PorchPusherHttpRoutes *self = g_object_new (PORCH_TYPE_PUSHER_HTTP_ROUTES, NULL);

  self->clock = g_object_ref (clock);
  self->broker = g_object_ref (broker);
  self->app_id = g_strdup (app_id);
  self->key = g_strdup (key);
  self->secret = g_strdup (secret);

  return self;
}

/**
 * porch_pusher_http_routes_register:
 * @self: the routes, which outlive @http
 * @http: the server
 */
void
porch_pusher_http_routes_register (PorchPusherHttpRoutes *self, PorchHttpServer *http)
{
  g_return_if_fail (PORCH_IS_PUSHER_HTTP_ROUTES (self));

  porch_http_server_add_route (http, "POST", "/apps/{id}/events", handle_event, self);
  porch_http_server_add_route (http, "POST", "/apps/{id}/batch_events", handle_batch, self);
  porch_http_server_add_route (http, "GET", "/apps/{id}/channels", handle_channels, self);
  porch_http_server_add_route (http, "GET", "/apps/{id}/channels/{name}", handle_channel, self);
  porch_http_server_add_route (http, "GET", "/apps/{id}/channels/{name}/users", handle_users, self);
}
