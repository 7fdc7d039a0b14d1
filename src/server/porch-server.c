/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The parts of porchlightd, made and tied together: store, HTTP, sign-in, presence, broker, and the
 * simulated people of a demonstration. Owned by main, which has the command line and the signals.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-server.h"

#include <sys/resource.h>

#include "protocol/porch-discovery.h"
#include "server/porch-auth-routes.h"
#include "server/porch-broker.h"
#include "server/porch-demo.h"
#include "server/porch-discovery-routes.h"
#include "server/porch-http-server.h"
#include "server/porch-presence-routes.h"
#include "server/porch-presence-service.h"
#include "server/porch-secrets.h"
#include "server/porch-sqlite-store.h"
#include "server/porch-user-routes.h"

/* Sockets, and room for the requests of those who have one. */
#define CONNECTIONS_MAX (PORCH_BROKER_CONNECTIONS_MAX + 1000)
/* What is not a client: the database, the terminal, libraries. */
#define RESERVED_DESCRIPTORS 64

struct _PorchServer
{
  GObject parent_instance;

  PorchClock *clock;
  PorchSecrets *secrets;
  PorchStore *store;
  PorchBroker *broker;
  PorchPresenceService *presence_service;
  PorchAuthRoutes *auth_routes;
  PorchUserRoutes *user_routes;
  PorchPresenceRoutes *presence_routes;
  PorchDiscoveryRoutes *discovery_routes;
  PorchHttpServer *http;
  PorchDemo *demo;
  char *address;
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
  g_clear_object (&self->discovery_routes);
  g_clear_object (&self->presence_service);
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
}

/* One descriptor a client: a shell's usual limit is 1,024. */
static guint
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return CONNECTIONS_MAX;

  if (limit.rlim_cur < CONNECTIONS_MAX + RESERVED_DESCRIPTORS)
    {
      limit.rlim_cur = MIN (limit.rlim_max, CONNECTIONS_MAX + RESERVED_DESCRIPTORS);
      if (setrlimit (RLIMIT_NOFILE, &limit) < 0)
        getrlimit (RLIMIT_NOFILE, &limit);
    }

  return MIN (CONNECTIONS_MAX,
              MAX (limit.rlim_cur, 2 * RESERVED_DESCRIPTORS) - RESERVED_DESCRIPTORS);
}

static void
make_parts (PorchServer *self, const PorchServerOptions *options)
{
  PorchAuthenticator *authenticator;

  self->broker = porch_broker_new (self->clock, self->secrets->pusher_key,
                                   self->secrets->pusher_secret);
  self->presence_service = porch_presence_service_new (self->clock, self->store, self->broker);
  self->auth_routes = porch_auth_routes_new (self->clock, self->store, self->secrets);
  porch_auth_routes_set_signup_enabled (self->auth_routes, options->allow_signup);
  authenticator = porch_auth_routes_get_authenticator (self->auth_routes);
  self->user_routes = porch_user_routes_new (self->clock, self->store, self->presence_service,
                                             authenticator);
  self->presence_routes = porch_presence_routes_new (self->presence_service, self->store,
                                                     self->broker, authenticator);
  self->discovery_routes = porch_discovery_routes_new ();
}

static void
register_routes (PorchServer *self)
{
  porch_discovery_routes_register (self->discovery_routes, self->http);
  porch_presence_routes_register (self->presence_routes, self->http);
  porch_user_routes_register (self->user_routes, self->http);
  porch_auth_routes_register (self->auth_routes, self->http);
  porch_broker_add_routes (self->broker, self->http);
}

/**
 * porch_server_new:
 * @clock: the time for everyone
 * @options: what the administrator chose
 * @error: what is wrong with that
 *
 * Makes the data folder, the secrets and the database where they are missing.
 *
 * Returns: (transfer full): a server that is not started, or %NULL
 */
PorchServer *
porch_server_new (PorchClock *clock, const PorchServerOptions *options, GError **error)
{
  g_autoptr (PorchServer) self = g_object_new (PORCH_TYPE_SERVER, NULL);
  g_autofree char *database = g_build_filename (options->data_dir, PORCH_SQLITE_STORE_FILE, NULL);

  self->clock = g_object_ref (clock);
  if (!porch_secrets_prepare_data_dir (options->data_dir, error))
    return NULL;
  self->secrets = porch_secrets_load (options->data_dir, porch_clock_get_real_us (clock), error);
  if (self->secrets == NULL)
    return NULL;
  self->store = PORCH_STORE (porch_sqlite_store_new (database, self->secrets->token_secret, error));
  if (self->store == NULL)
    return NULL;

  make_parts (self, options);
  self->http = porch_http_server_new (clock);
  porch_http_server_set_allowed_origin (self->http, options->allowed_origin);
  porch_http_server_set_max_connections (self->http, raise_descriptor_limit (),
                                         options->max_per_address);
  if (options->tls_certificate != NULL
      && !porch_http_server_set_tls_certificate (self->http, options->tls_certificate,
                                                 options->tls_key, error))
    return NULL;
  register_routes (self);

  return g_steal_pointer (&self);
}

/* What a client is told to use. A server that listens on all addresses cannot name one of them. */
static char *
choose_address (PorchServer *self, const PorchServerOptions *options, GError **error)
{
  g_autofree char *listening = porch_http_server_dup_address (self->http);

  if (options->public_url != NULL)
    return porch_server_address_normalize (options->public_url, error);

  if (g_strrstr (listening, "//0.0.0.0:") != NULL || g_strrstr (listening, "//[::]:") != NULL)
    {
      g_autofree char *typed = g_strdup_printf (
          "%s%s%s", g_str_has_prefix (listening, "https") ? "https://" : "http://",
          g_get_host_name (), g_strrstr (listening, ":"));

      g_message ("No --public-url was given: clients are told to use %s", typed);
      return g_steal_pointer (&typed);
    }

  return g_steal_pointer (&listening);
}

static gboolean
publish_address (PorchServer *self, const PorchServerOptions *options, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree char *issuer = NULL;
  PorchDiscovery discovery = { 0 };
  gboolean is_secure;

  self->address = choose_address (self, options, error);
  if (self->address == NULL)
    return FALSE;
  uri = g_uri_parse (self->address, G_URI_FLAGS_NONE, error);
  if (uri == NULL)
    return FALSE;

  is_secure = g_str_equal (g_uri_get_scheme (uri), "https");
  discovery.name = (char *) options->name;
  discovery.supabase_url = self->address;
  discovery.supabase_anon_key = self->secrets->anon_key;
  discovery.api_url = self->address;
  discovery.pusher_key = self->secrets->pusher_key;
  discovery.pusher_host = (char *) g_uri_get_host (uri);
  discovery.pusher_port = g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : (is_secure ? 443 : 80);
  discovery.pusher_tls = is_secure;
  discovery.auth_endpoint = (char *) "/api/pusher/auth";
  discovery.heartbeat_s = options->heartbeat_s;
  porch_discovery_routes_set_discovery (self->discovery_routes, &discovery);

  issuer = g_strconcat (self->address, "/auth/v1", NULL);
  porch_auth_routes_set_issuer (self->auth_routes, issuer);

  return TRUE;
}

static gboolean
open_doors (PorchServer *self, const PorchServerOptions *options, GError **error)
{
  g_autofree char *local = NULL;

  if (!porch_http_server_listen (self->http, options->listen, error)
      || !publish_address (self, options, error))
    return FALSE;

  if (options->demo > 0)
    {
      local = porch_http_server_dup_address (self->http);
      self->demo = porch_demo_new (self->clock, self->store, local, self->secrets->anon_key,
                                   self->secrets->pusher_key, options->demo);
      porch_demo_start (self->demo);
    }

  return TRUE;
}

static void
on_presence_loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchServer *self = g_task_get_source_object (task);
  const PorchServerOptions *options = g_task_get_task_data (task);
  g_autoptr (GError) load_error = NULL;
  GError *error = NULL;

  /* Everybody's next heartbeat says it anew: no reason to serve nobody. */
  if (!porch_presence_service_load_finish (PORCH_PRESENCE_SERVICE (object), result, &load_error))
    g_warning ("Who was online before is not known: %s", load_error->message);

  if (open_doors (self, options, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * porch_server_start_async:
 * @self: a server
 * @options: the same as before, valid until the callback
 * @callback: called when clients are served
 * @user_data: for @callback
 */
void
porch_server_start_async (PorchServer *self,
                          const PorchServerOptions *options,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PORCH_IS_SERVER (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_task_data (task, (gpointer) options, NULL);
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

/**
 * porch_server_stop:
 * @self: a server
 *
 * Tells the connected clients to come back, and serves nobody any more.
 */
void
porch_server_stop (PorchServer *self)
{
  g_return_if_fail (PORCH_IS_SERVER (self));

  g_clear_object (&self->demo);
  if (self->http != NULL)
    porch_http_server_stop (self->http);
  if (self->broker != NULL)
    porch_broker_stop (self->broker);
}
