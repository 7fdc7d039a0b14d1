/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * PorchDiscovery:
 *
 * Where a server's parts are: GET /.well-known/porchlight, or what was typed in by hand. Every
 * address in it is https or wss (http and ws for loopback alone).
 */
typedef struct
{
  char *name;
  char *supabase_url; /* no slash at the end */
  char *supabase_anon_key;
  char *api_url; /* no slash at the end */
  char *pusher_key;
  char *pusher_host;    /* host, or NULL with a cluster */
  char *pusher_cluster; /* or NULL with a host */
  guint16 pusher_port;
  gboolean pusher_tls;
  char *auth_endpoint; /* a path on api_url */
  guint heartbeat_s;   /* 30 to 120 */
  gboolean by_hand;    /* a person's word: no server has a document that says the same */
} PorchDiscovery;

PorchDiscovery *porch_discovery_parse (const char *bytes, gsize length, GError **error);
PorchDiscovery *
porch_discovery_parse_from (const char *origin, const char *bytes, gsize length, GError **error);
PorchDiscovery *porch_discovery_copy (const PorchDiscovery *discovery);
void porch_discovery_free (PorchDiscovery *discovery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchDiscovery, porch_discovery_free)
char *porch_discovery_build (const PorchDiscovery *discovery);
gboolean porch_discovery_equal (const PorchDiscovery *a, const PorchDiscovery *b);
char *porch_discovery_get_socket_url (const PorchDiscovery *discovery);

/* What a person types, made an origin: "porch.example.org" → "https://porch.example.org",
 * "127.0.0.1:8080" and "localhost:8080" → "http://…". NULL and an error for what cannot be one.
 */
char *porch_server_address_normalize (const char *typed, GError **error);
/* https, or http on loopback; no user info */
gboolean
porch_url_is_acceptable (const char *url, const char *scheme_secure, const char *scheme_plain);
gboolean porch_url_is_loopback (const char *url);

G_END_DECLS
