/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PorchSecrets:
 * @jwt_secret: signs access tokens (HS256)
 * @anon_key: the API key that every client sends and anybody may know
 * @token_secret: derives a refresh token's successor
 * @pusher_app_id: the broker's app, as the Pusher HTTP API names it
 * @pusher_key: the app's public key
 * @pusher_secret: the app's secret
 *
 * What this server must keep to itself and find again at the next start.
 */
typedef struct
{
  char *jwt_secret;
  char *anon_key;
  char *token_secret;
  char *pusher_app_id;
  char *pusher_key;
  char *pusher_secret;
} PorchSecrets;

gboolean porch_secrets_prepare_data_dir (const char *data_dir, GError **error);
PorchSecrets *porch_secrets_load (const char *data_dir, gint64 now_us, GError **error);
void porch_secrets_free (PorchSecrets *secrets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchSecrets, porch_secrets_free)

G_END_DECLS
