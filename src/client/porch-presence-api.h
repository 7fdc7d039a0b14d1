/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-auth.h"
#include "client/porch-http-client.h"
#include "presence/porch-server-clock.h"
#include "protocol/porch-presence-message.h"
#include "protocol/porch-pusher-signature.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PRESENCE_API (porch_presence_api_get_type ())
G_DECLARE_FINAL_TYPE (PorchPresenceApi, porch_presence_api, PORCH, PRESENCE_API, GObject)

PorchPresenceApi *porch_presence_api_new (PorchHttpClient *http,
                                          PorchAuth *auth,
                                          PorchServerClock *server_clock,
                                          const PorchDiscovery *discovery);

void porch_presence_api_update_async (PorchPresenceApi *self,
                                      PorchStatus status,
                                      const char *client_id,
                                      guint deadline_ms,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean porch_presence_api_update_finish (PorchPresenceApi *self,
                                           GAsyncResult *result,
                                           PorchPresenceAnswer *answer,
                                           GError **error);
void porch_presence_api_get_state_async (PorchPresenceApi *self,
                                         const char *user_id,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
PorchUserState *
porch_presence_api_get_state_finish (PorchPresenceApi *self, GAsyncResult *result, GError **error);
void porch_presence_api_get_states_async (PorchPresenceApi *self,
                                          GPtrArray *user_ids,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
GPtrArray *
porch_presence_api_get_states_finish (PorchPresenceApi *self, GAsyncResult *result, GError **error);
void porch_presence_api_search_async (PorchPresenceApi *self,
                                      const char *query,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
GPtrArray *
porch_presence_api_search_finish (PorchPresenceApi *self, GAsyncResult *result, GError **error);
void porch_presence_api_authorize_async (PorchPresenceApi *self,
                                         const char *socket_id,
                                         const char *channel,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
PorchPusherChannelAuth *
porch_presence_api_authorize_finish (PorchPresenceApi *self, GAsyncResult *result, GError **error);
guint porch_presence_api_get_retry_after_s (GAsyncResult *result);

G_END_DECLS
