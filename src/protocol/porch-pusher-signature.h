/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How far the clock of a caller of the HTTP API may be off. */
#define PORCH_PUSHER_SIGNATURE_WINDOW_S 600

char *porch_hmac_sha256_hex (const char *secret, const char *message);
gboolean porch_equal_in_constant_time (const char *a, const char *b);

char *porch_pusher_channel_auth_build (const char *key,
                                       const char *secret,
                                       const char *socket_id,
                                       const char *channel,
                                       const char *channel_data);
gboolean porch_pusher_channel_auth_verify (const char *auth,
                                           const char *key,
                                           const char *secret,
                                           const char *socket_id,
                                           const char *channel,
                                           const char *channel_data);
/* query: decoded parameters, without auth_signature; the body may be NULL */
char *porch_pusher_http_signature_build (const char *secret,
                                         const char *method,
                                         const char *path,
                                         GHashTable *query);
char *porch_md5_hex (const char *bytes, gsize length);

/* {"auth": …, "channel_data": …}: the answer of a channel authorisation endpoint */
typedef struct
{
  char *auth;
  char *channel_data;
} PorchPusherChannelAuth;

PorchPusherChannelAuth *
porch_pusher_channel_auth_parse (const char *bytes, gsize length, GError **error);
void porch_pusher_channel_auth_free (PorchPusherChannelAuth *channel_auth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchPusherChannelAuth, porch_pusher_channel_auth_free)
char *porch_pusher_channel_auth_to_json (const char *auth, const char *channel_data);

G_END_DECLS
