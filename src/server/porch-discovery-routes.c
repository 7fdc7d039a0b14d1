/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Tells a client where everything is, so that a person types one address. What it says was settled
 * at the start: an address taken from a request's Host header would be whatever an attacker puts
 * there. Owned by PorchServer.
 *
 *   GET /.well-known/porchlight
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-discovery-routes.h"

#include <libsoup/soup.h>

struct _PorchDiscoveryRoutes
{
  GObject parent_instance;

  char *json; /* NULL until the address is known */
};

G_DEFINE_FINAL_TYPE (PorchDiscoveryRoutes, porch_discovery_routes, G_TYPE_OBJECT)

static void
porch_discovery_routes_finalize (GObject *object)
{
  PorchDiscoveryRoutes *self = PORCH_DISCOVERY_ROUTES (object);

  g_free (self->json);

  G_OBJECT_CLASS (porch_discovery_routes_parent_class)->finalize (object);
}

static void
porch_discovery_routes_class_init (PorchDiscoveryRoutesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_discovery_routes_finalize;
}

static void
porch_discovery_routes_init (PorchDiscoveryRoutes *self)
{
}

static void
handle_discovery (PorchHttpRequest *request, gpointer user_data)
{
  PorchDiscoveryRoutes *self = user_data;

  if (self->json != NULL)
    porch_http_request_respond_json (request, SOUP_STATUS_OK, self->json);
  else
    porch_http_request_respond_error (request, SOUP_STATUS_SERVICE_UNAVAILABLE, "Starting");
}

/**
 * porch_discovery_routes_new:
 *
 * Returns: (transfer full): routes that say nothing yet
 */
PorchDiscoveryRoutes *
porch_discovery_routes_new (void)
{
  return g_object_new (PORCH_TYPE_DISCOVERY_ROUTES, NULL);
}

/**
 * porch_discovery_routes_set_discovery:
 * @self: the routes
 * @discovery: where everything is
 */
void
porch_discovery_routes_set_discovery (PorchDiscoveryRoutes *self, const PorchDiscovery *discovery)
{
  g_return_if_fail (PORCH_IS_DISCOVERY_ROUTES (self));

  g_free (self->json);
  self->json = porch_discovery_build (discovery);
}

/**
 * porch_discovery_routes_register:
 * @self: the routes, which outlive @http
 * @http: a server
 */
void
porch_discovery_routes_register (PorchDiscoveryRoutes *self, PorchHttpServer *http)
{
  g_return_if_fail (PORCH_IS_DISCOVERY_ROUTES (self));

  porch_http_server_add_route (http, "GET", "/.well-known/porchlight", handle_discovery, self);
}
