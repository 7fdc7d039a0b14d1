/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-store.h"

G_BEGIN_DECLS

/**
 * PorchServerOptions:
 * @data_dir: where the database and the secrets are
 * @listen: a numeric address and a port
 * @tls_certificate: (nullable): PEM
 * @tls_key: (nullable): PEM
 * @name: what the server calls itself
 * @public_url: (nullable): the origin that clients use, where a proxy stands in front
 * @allowed_origin: (nullable): whose web pages may use the server
 * @allow_signup: whether anybody may make themselves an account
 * @max_per_address: connections from one address
 * @heartbeat_s: how often clients are asked to say that their person is there: 30 to 120
 * @demo: how many simulated people live here
 *
 * What an administrator may choose.
 */
typedef struct
{
  const char *data_dir;
  const char *listen;
  const char *tls_certificate;
  const char *tls_key;
  const char *name;
  const char *public_url;
  const char *allowed_origin;
  gboolean allow_signup;
  guint max_per_address;
  guint heartbeat_s;
  guint demo;
} PorchServerOptions;

#define PORCH_TYPE_SERVER (porch_server_get_type ())
G_DECLARE_FINAL_TYPE (PorchServer, porch_server, PORCH, SERVER, GObject)

PorchServer *
porch_server_new (PorchClock *clock, const PorchServerOptions *options, GError **error);
void porch_server_start_async (PorchServer *self,
                               const PorchServerOptions *options,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean porch_server_start_finish (PorchServer *self, GAsyncResult *result, GError **error);
const char *porch_server_get_address (PorchServer *self);
void porch_server_stop (PorchServer *self);

G_END_DECLS
