/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The parts of porchlightd, made and tied together: store, HTTP, sign-in, presence, broker, and the
 * simulated people of a demonstration. Owned by main, which has the command line and the signals.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-server.h"

#include <string.h>
#include <sys/resource.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-discovery.h"
#include "server/porch-auth-routes.h"
#include "server/porch-broker.h"
#include "server/porch-demo.h"
#include "server/porch-discovery-routes.h"
#include "server/porch-http-server.h"
#include "server/porch-jwt-verifier.h"
#include "server/porch-metrics-routes.h"
#include "server/porch-open-store.h"
#include "server/porch-peers.h"
#include "server/porch-presence-routes.h"
#include "server/porch-presence-service.h"
#include "server/porch-pusher-http-routes.h"
#include "server/porch-pusher-publisher.h"
#include "server/porch-secrets.h"
#include "server/porch-shared-presence.h"
#include "server/porch-user-routes.h"
#include "server/porch-user-verifier.h"

/* Beside the sockets: room for the requests of those who have one. */
#define REQUEST_CONNECTIONS 1000
/* What is not a client: the database, the terminal, libraries. */
#define RESERVED_DESCRIPTORS 64
/* A project that runs Supabase Auth by itself may name nobody as the issuer of its tokens. */
#define ANY_ISSUER "any"
/* How long everybody may take to go when the server stops, and how often that is looked at. */
#define STOP_DEADLINE_US      (5 * G_TIME_SPAN_SECOND)
#define STOP_LOOK_INTERVAL_MS 20

struct _PorchServer
{
  GObject parent_instance;

  PorchClock *clock;
  const PorchConfig *config;
  char *instance; /* which of several this one is: a UUID */
  PorchSecrets *secrets;
  PorchStore *store;
  PorchPublisher *publisher;
  PorchBroker *broker;                  /* NULL where it is not the publisher */
  PorchPeers *peers;                    /* NULL on a store of its own, as the next one */
  PorchSharedPresence *shared_presence; /* tells in place of the presence service */
  PorchPresenceService *presence_service;
  PorchAuthenticator *authenticator;
  PorchAuthRoutes *auth_routes; /* NULL with a Supabase project */
  PorchUserRoutes *user_routes;
  PorchPresenceRoutes *presence_routes;
  PorchPusherHttpRoutes *pusher_http_routes;
  PorchDiscoveryRoutes *discovery_routes;
  PorchMetricsRoutes *metrics_routes;
  PorchHttpServer *http;
  PorchDemo *demo;
  char *address;

  GTask *stopping; /* NULL until it stops */
  gint64 stop_deadline_us;
  guint stop_id;
  GCancellable *flush_cancellable;
  gboolean is_flushed;
};

G_DEFINE_FINAL_TYPE (PorchServer, porch_server, G_TYPE_OBJECT)

static void
porch_server_dispose (GObject *object)
{
  PorchServer *self = PORCH_SERVER (object);

  porch_server_stop (self);
  g_clear_object (&self->presence_routes);
  g_clear_object (&self->user_routes);
  g_clear_object (&self->auth_routes);
  g_clear_object (&self->authenticator);
  g_clear_object (&self->pusher_http_routes);
  g_clear_object (&self->discovery_routes);
  g_clear_object (&self->metrics_routes);
  g_clear_object (&self->presence_service);
  g_clear_object (&self->shared_presence);
  g_clear_object (&self->peers);
  g_clear_object (&self->publisher);
  g_clear_object (&self->broker);
  g_clear_object (&self->http);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (porch_server_parent_class)->dispose (object);
}

static void
porch_server_finalize (GObject *object)
{
  PorchServer *self = PORCH_SERVER (object);

  g_clear_pointer (&self->secrets, porch_secrets_free);
  g_clear_object (&self->clock);
  g_free (self->address);
  g_free (self->instance);
  g_clear_object (&self->flush_cancellable);

  G_OBJECT_CLASS (porch_server_parent_class)->finalize (object);
}

static void
porch_server_class_init (PorchServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_server_dispose;
  object_class->finalize = porch_server_finalize;
}

static void
porch_server_init (PorchServer *self)
{
  self->instance = g_uuid_string_random ();
}

/* One descriptor a client: a shell's usual limit is 1,024. */
static guint
raise_descriptor_limit (guint max_connections)
{
  rlim_t wanted = max_connections + REQUEST_CONNECTIONS + RESERVED_DESCRIPTORS;
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return wanted - RESERVED_DESCRIPTORS;

  if (limit.rlim_cur < wanted)
    {
      limit.rlim_cur = MIN (limit.rlim_max, wanted);
      if (setrlimit (RLIMIT_NOFILE, &limit) < 0)
        getrlimit (RLIMIT_NOFILE, &limit);
    }

  return MIN (wanted, MAX (limit.rlim_cur, 2 * RESERVED_DESCRIPTORS)) - RESERVED_DESCRIPTORS;
}

/* The app that the administrator has takes the place of the one that the server made for itself. */
static void
take_app (PorchServer *self)
{
  if (self->config->pusher_key == NULL)
    return;

  g_free (self->secrets->pusher_app_id);
  g_free (self->secrets->pusher_key);
  porch_secret_free (self->secrets->pusher_secret);
  self->secrets->pusher_app_id = g_strdup (self->config->pusher_app_id);
  self->secrets->pusher_key = g_strdup (self->config->pusher_key);
  self->secrets->pusher_secret = g_strdup (self->config->pusher_secret);
}

/* Where the HTTP API of the cluster is. */
static char *
get_cluster_origin (const PorchConfig *config)
{
  gboolean is_ipv6 = config->pusher_host != NULL && strchr (config->pusher_host, ':') != NULL;

  if (config->pusher_cluster != NULL)
    return g_strdup_printf ("https://api-%s.pusher.com", config->pusher_cluster);

  return g_strdup_printf ("%s://%s%s%s:%u", config->pusher_tls ? "https" : "http",
                          is_ipv6 ? "[" : "", config->pusher_host, is_ipv6 ? "]" : "",
                          config->pusher_port);
}

static void
make_publisher (PorchServer *self)
{
  const PorchSecrets *secrets = self->secrets;
  g_autofree char *origin = NULL;

  if (self->config->publisher_kind == PORCH_PUBLISHER_KIND_PUSHER)
    {
      origin = get_cluster_origin (self->config);
      self->publisher = PORCH_PUBLISHER (
          porch_pusher_publisher_new (self->clock, origin, secrets->pusher_app_id,
                                      secrets->pusher_key, secrets->pusher_secret));
      return;
    }

  self->broker = porch_broker_new (self->clock, secrets->pusher_key, secrets->pusher_secret);
  porch_broker_set_max_connections (self->broker, self->config->max_connections);
  self->publisher = PORCH_PUBLISHER (g_object_ref (self->broker));
  self->pusher_http_routes = porch_pusher_http_routes_new (
      self->clock, self->broker, secrets->pusher_app_id, secrets->pusher_key,
      secrets->pusher_secret);
}

static PorchTokenVerifier *
make_verifier (PorchServer *self)
{
  const PorchConfig *config = self->config;
  g_autofree char *base = g_strconcat (config->supabase_url, "/auth/v1", NULL);
  g_autofree char *url = g_strconcat (base, "/.well-known/jwks.json", NULL);
  const char *issuer = config->supabase_issuer != NULL ? config->supabase_issuer : base;
  g_autoptr (PorchJwks) jwks = NULL;

  if (g_str_equal (issuer, ANY_ISSUER))
    issuer = NULL;
  if (config->token_check == PORCH_TOKEN_CHECK_USER)
    return PORCH_TOKEN_VERIFIER (
        porch_user_verifier_new (self->clock, config->supabase_url, config->supabase_anon_key));

  if (config->token_check == PORCH_TOKEN_CHECK_JWKS)
    jwks = porch_jwks_new (self->clock, url);

  return PORCH_TOKEN_VERIFIER (porch_jwt_verifier_new (self->clock, config->supabase_jwt_secret,
                                                       jwks, issuer, config->supabase_audience));
}

/* People sign in here, or at a project whose tokens this server verifies. */
static void
make_sign_in (PorchServer *self)
{
  g_autoptr (PorchTokenVerifier) verifier = NULL;
  g_autoptr (PorchMailer) mailer = NULL;

  if (self->config->supabase_url != NULL)
    {
      verifier = make_verifier (self);
      self->authenticator = porch_authenticator_new_for_project (self->clock, self->store,
                                                                 verifier);
      return;
    }

  self->auth_routes = porch_auth_routes_new (self->clock, self->store, self->secrets);
  porch_auth_routes_set_signup_enabled (self->auth_routes, self->config->allow_signup);
  if (self->config->sendmail != NULL)
    {
      mailer = porch_mailer_new (self->clock, (const char *const *) self->config->sendmail,
                                 self->config->mail_from, self->config->name);
      porch_auth_routes_set_mailer (self->auth_routes, mailer);
    }
  self->authenticator = g_object_ref (porch_auth_routes_get_authenticator (self->auth_routes));
}

/* Whoever shares the database may be there, or come. */
static void
make_peers (PorchServer *self)
{
  PorchPostgresAddress address = { self->config->postgres, self->config->postgres_password,
                                   self->instance };

  if (self->config->store_backend != PORCH_STORE_BACKEND_POSTGRES)
    return;

  self->peers = porch_peers_new (self->clock, &address, self->broker);
  self->shared_presence = porch_shared_presence_new (self->clock, self->store, self->publisher,
                                                     self->peers);
}

static void
make_parts (PorchServer *self)
{
  make_publisher (self);
  make_peers (self);
  make_sign_in (self);
  self->presence_service = porch_presence_service_new (
      self->clock, self->store, self->peers == NULL ? self->publisher : NULL);
  self->user_routes = porch_user_routes_new (self->clock, self->store, self->presence_service,
                                             self->authenticator);
  self->presence_routes = porch_presence_routes_new (self->presence_service, self->store,
                                                     self->publisher, self->authenticator);
  self->discovery_routes = porch_discovery_routes_new ();
  self->metrics_routes = porch_metrics_routes_new (self->clock, self->store, self->publisher,
                                                   self->presence_service,
                                                   self->config->metrics_readers);
  porch_metrics_routes_set_shared_presence (self->metrics_routes, self->shared_presence);
}

static gboolean
make_http (PorchServer *self, GError **error)
{
  const PorchConfig *config = self->config;

  self->http = porch_http_server_new (self->clock);
  porch_http_server_set_allowed_origins (self->http, (const char *const *) config->allowed_origins);
  porch_http_server_set_trusted_proxies (self->http, config->trusted_proxies);
  porch_http_server_set_log_requests (self->http, config->log_requests);
  porch_http_server_set_max_connections (
      self->http, raise_descriptor_limit (config->max_connections), config->max_per_address);

  return config->tls_certificate == NULL
         || porch_http_server_set_tls_certificate (self->http, config->tls_certificate,
                                                   config->tls_key, error);
}

static void
register_routes (PorchServer *self)
{
  porch_discovery_routes_register (self->discovery_routes, self->http);
  porch_metrics_routes_register (self->metrics_routes, self->http);
  porch_presence_routes_register (self->presence_routes, self->http);
  porch_user_routes_register (self->user_routes, self->http);
  if (self->auth_routes != NULL)
    porch_auth_routes_register (self->auth_routes, self->http);
  if (self->broker != NULL)
    {
      porch_broker_add_routes (self->broker, self->http);
      porch_pusher_http_routes_register (self->pusher_http_routes, self->http);
    }
}

/**
 * porch_server_new:
 * @clock: the time for everyone
 * @config: what the administrator chose; outlives the server
 * @error: what is wrong with that
 *
 * Makes the data folder, the secrets and the database where they are missing.
 *
 * Returns: (transfer full): a server that is not started, or %NULL
 */
PorchServer *
porch_server_new (PorchClock *clock, const PorchConfig *config, GError **error)
{
  g_autoptr (PorchServer) self = g_object_new (PORCH_TYPE_SERVER, NULL);

  self->clock = g_object_ref (clock);
  self->config = config;
  if (!porch_secrets_prepare_data_dir (config->data_dir, error))
    return NULL;
  self->secrets = porch_secrets_load (config->data_dir, porch_clock_get_real_us (clock), error);
  if (self->secrets == NULL)
    return NULL;
  self->store = porch_open_store (clock, config, self->secrets, self->instance, error);
  if (self->store == NULL)
    return NULL;

  take_app (self);
  make_parts (self);
  if (!make_http (self, error))
    return NULL;
  register_routes (self);

  return g_steal_pointer (&self);
}

/* What a client is told to use. A server that listens on all addresses cannot name one of them. */
static char *
choose_address (PorchServer *self)
{
  g_autofree char *listening = porch_http_server_dup_address (self->http);

  if (self->config->public_url != NULL)
    return g_strdup (self->config->public_url);

  if (g_strrstr (listening, "//0.0.0.0:") != NULL || g_strrstr (listening, "//[::]:") != NULL)
    {
      g_autofree char *typed = g_strdup_printf (
          "%s%s%s", g_str_has_prefix (listening, "https") ? "https://" : "http://",
          g_get_host_name (), g_strrstr (listening, ":"));

      g_message ("No public-url was given: clients are told to use %s", typed);
      return g_steal_pointer (&typed);
    }

  return g_steal_pointer (&listening);
}

static gboolean
publish_address (PorchServer *self, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree char *issuer = NULL;
  PorchDiscovery discovery = { 0 };
  gboolean is_secure;

  self->address = choose_address (self);
  uri = g_uri_parse (self->address, G_URI_FLAGS_NONE, error);
  if (uri == NULL)
    return FALSE;

  is_secure = g_str_equal (g_uri_get_scheme (uri), "https");
  discovery.name = (char *) self->config->name;
  discovery.supabase_url = self->auth_routes != NULL ? self->address : self->config->supabase_url;
  discovery.supabase_anon_key = self->auth_routes != NULL ? self->secrets->anon_key
                                                          : self->config->supabase_anon_key;
  discovery.api_url = self->address;
  discovery.pusher_key = self->secrets->pusher_key;
  if (self->broker != NULL)
    {
      discovery.pusher_host = (char *) g_uri_get_host (uri);
      discovery.pusher_port = g_uri_get_port (uri) > 0 ? g_uri_get_port (uri)
                                                       : (is_secure ? 443 : 80);
      discovery.pusher_tls = is_secure;
    }
  else
    {
      discovery.pusher_cluster = self->config->pusher_cluster;
      discovery.pusher_host = self->config->pusher_host;
      discovery.pusher_port = self->config->pusher_port;
      discovery.pusher_tls = self->config->pusher_tls;
    }
  discovery.auth_endpoint = (char *) "/api/pusher/auth";
  discovery.heartbeat_s = self->config->heartbeat_s;
  porch_discovery_routes_set_discovery (self->discovery_routes, &discovery);

  issuer = g_strconcat (self->address, "/auth/v1", NULL);
  if (self->auth_routes != NULL)
    porch_auth_routes_set_issuer (self->auth_routes, issuer);

  return TRUE;
}

static gboolean
open_doors (PorchServer *self, GError **error)
{
  g_autofree char *local = NULL;

  if ((self->peers != NULL && !porch_peers_start (self->peers, error))
      || !porch_http_server_listen (self->http, self->config->listen, error)
      || !publish_address (self, error))
    return FALSE;

  if (self->config->demo > 0)
    {
      local = porch_http_server_dup_address (self->http);
      self->demo = porch_demo_new (self->clock, self->store, local, self->secrets->anon_key,
                                   self->secrets->pusher_key, self->config->demo);
      porch_demo_start (self->demo);
    }

  return TRUE;
}

static void
on_presence_loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchServer *self = g_task_get_source_object (task);
  g_autoptr (GError) load_error = NULL;
  GError *error = NULL;

  /* Everybody's next heartbeat says it anew: no reason to serve nobody. */
  if (!porch_presence_service_load_finish (PORCH_PRESENCE_SERVICE (object), result, &load_error))
    g_warning ("Who was online before is not known: %s", load_error->message);

  if (open_doors (self, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * porch_server_start_async:
 * @self: a server
 * @callback: called when clients are served
 * @user_data: for @callback
 */
void
porch_server_start_async (PorchServer *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PORCH_IS_SERVER (self));

  task = g_task_new (self, NULL, callback, user_data);
  porch_presence_service_load_async (self->presence_service, NULL, on_presence_loaded_cb, task);
}

/**
 * porch_server_start_finish:
 * @self: a server
 * @result: what the callback got
 * @error: why it could not start
 *
 * Returns: whether clients are served
 */
gboolean
porch_server_start_finish (PorchServer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_server_get_address:
 * @self: a server that was started
 *
 * Returns: what a person types into the app
 */
const char *
porch_server_get_address (PorchServer *self)
{
  g_return_val_if_fail (PORCH_IS_SERVER (self), NULL);

  return self->address;
}

static gboolean
on_look_cb (gpointer user_data)
{
  PorchServer *self = user_data;
  gboolean is_late = porch_clock_get_monotonic_us (self->clock) >= self->stop_deadline_us;
  g_autoptr (GTask) task = NULL;

  if (!is_late && !(porch_http_server_is_idle (self->http) && self->is_flushed))
    return G_SOURCE_CONTINUE;

  if (is_late)
    g_message ("Not everybody has gone: their connections are cut");
  g_cancellable_cancel (self->flush_cancellable);
  porch_server_stop (self);
  task = g_steal_pointer (&self->stopping);
  g_task_return_boolean (task, TRUE);

  return G_SOURCE_REMOVE;
}

static void
on_flushed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchServer) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!porch_publisher_flush_finish (PORCH_PUBLISHER (object), result, &error))
    g_info ("Not all events have left: %s", error->message);
  self->is_flushed = TRUE;
}

/**
 * porch_server_stop_async:
 * @self: a server that was started
 * @callback: called when it has stopped, within five seconds
 * @user_data: for @callback
 *
 * Stops as clients like it: what they have begun is answered, the connected ones are told to come
 * back, and what was published leaves for the cluster.
 */
void
porch_server_stop_async (PorchServer *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (PORCH_IS_SERVER (self) && self->stopping == NULL);

  self->stopping = g_task_new (self, NULL, callback, user_data);
  self->stop_deadline_us = porch_clock_get_monotonic_us (self->clock) + STOP_DEADLINE_US;
  self->flush_cancellable = g_cancellable_new ();

  g_clear_object (&self->demo);
  porch_metrics_routes_set_stopping (self->metrics_routes);
  porch_http_server_wind_down (self->http);
  if (self->broker != NULL)
    porch_broker_wind_down (self->broker);
  porch_publisher_flush_async (self->publisher, self->flush_cancellable, on_flushed_cb,
                               g_object_ref (self));
  self->stop_id = porch_clock_add_timeout (self->clock, STOP_LOOK_INTERVAL_MS, on_look_cb, self);
}

/**
 * porch_server_stop_finish:
 * @self: a server
 * @result: what the callback got
 * @error: never set
 *
 * Returns: %TRUE
 */
gboolean
porch_server_stop_finish (PorchServer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_server_stop:
 * @self: a server
 *
 * Serves nobody any more, from now on.
 */
void
porch_server_stop (PorchServer *self)
{
  g_return_if_fail (PORCH_IS_SERVER (self));

  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->stop_id);
  g_clear_object (&self->demo);
  if (self->http != NULL)
    porch_http_server_stop (self->http);
  if (self->broker != NULL)
    porch_broker_stop (self->broker);
}
