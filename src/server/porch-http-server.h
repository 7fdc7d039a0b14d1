/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-http-request.h"

G_BEGIN_DECLS

/* What a client may cost before it is refused. */
#define PORCH_HTTP_HEADERS_MAX_BYTES (16 * 1024)
#define PORCH_HTTP_BODY_MAX_BYTES    (128 * 1024)
#define PORCH_HTTP_HEADER_DEADLINE_S 10
#define PORCH_HTTP_BODY_DEADLINE_S   20
#define PORCH_HTTP_WRITE_DEADLINE_S  30
/* Longer than the slowest heartbeat (120 s), so that one connection carries them all. */
#define PORCH_HTTP_IDLE_DEADLINE_S 150

#define PORCH_TYPE_HTTP_SERVER (porch_http_server_get_type ())
G_DECLARE_FINAL_TYPE (PorchHttpServer, porch_http_server, PORCH, HTTP_SERVER, GObject)

/**
 * PorchHttpHandler:
 * @request: (transfer none): the request; take a reference to answer it later
 * @user_data: what was given with the route
 *
 * Answers a request, now or later, in the main context.
 */
typedef void (*PorchHttpHandler) (PorchHttpRequest *request, gpointer user_data);

/**
 * PorchHttpStats:
 * @n_connections: clients that are connected now, WebSockets included
 * @n_answers: answers so far by their class: 1xx at 1, 2xx at 2 …
 * @answer_us: how long requests took to be answered, all together
 */
typedef struct
{
  guint n_connections;
  guint64 n_answers[6];
  gint64 answer_us;
} PorchHttpStats;

PorchHttpServer *porch_http_server_new (PorchClock *clock);
void porch_http_server_add_route (PorchHttpServer *self,
                                  const char *method,
                                  const char *pattern,
                                  PorchHttpHandler handler,
                                  gpointer user_data);
void porch_http_server_set_max_connections (PorchHttpServer *self,
                                            guint max_connections,
                                            guint max_connections_per_address);
void porch_http_server_set_allowed_origins (PorchHttpServer *self, const char *const *origins);
void porch_http_server_set_trusted_proxies (PorchHttpServer *self, GPtrArray *proxies);
void porch_http_server_set_log_requests (PorchHttpServer *self, gboolean log_requests);
gboolean porch_http_server_set_tls_certificate (PorchHttpServer *self,
                                                const char *certificate_path,
                                                const char *key_path,
                                                GError **error);
gboolean porch_http_server_listen (PorchHttpServer *self, const char *address, GError **error);
char *porch_http_server_dup_address (PorchHttpServer *self);
PorchHttpStats porch_http_server_get_stats (PorchHttpServer *self);
void porch_http_server_wind_down (PorchHttpServer *self);
gboolean porch_http_server_is_idle (PorchHttpServer *self);
void porch_http_server_stop (PorchHttpServer *self);

G_END_DECLS
