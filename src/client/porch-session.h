/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-token-store.h"
#include "presence/porch-roster.h"
#include "protocol/porch-discovery.h"
#include "protocol/porch-presence-message.h"

G_BEGIN_DECLS

typedef enum
{
  PORCH_SESSION_SIGNED_OUT,
  PORCH_SESSION_CONNECTING,
  PORCH_SESSION_CONNECTED,
  PORCH_SESSION_WAITING,
  PORCH_SESSION_NO_NETWORK,
} PorchSessionState;

#define PORCH_TYPE_SESSION (porch_session_get_type ())
G_DECLARE_FINAL_TYPE (PorchSession, porch_session, PORCH, SESSION, GObject)

/* One account, signed in or not: owns PorchAuth, PorchPusherConnection, PorchPresenceApi,
 * PorchOwnPresence and PorchWatcher, and feeds the roster.
 *
 * Properties, all read-only with explicit notify: state, error-code, error-message, error-detail,
 * next-try-us, own-status, own-last-active-us, own-error, can-search, user-id, email, name,
 * avatar-url. (The codes are those of Account1.ErrorCode in data/app.porchlight.Agent1.xml.)
 *
 * Signals:
 *   "profile" (const PorchUserState *): a name or an avatar address was told, of a contact or of
 * oneself "missing" (const char *user_id, gboolean missing): the server does (not) know this
 * contact "discovery-changed": the server answers with other addresses than the ones agreed to
 */
PorchSession *porch_session_new (PorchClock *clock,
                                 PorchRoster *roster,
                                 PorchTokenStore *token_store,
                                 const char *server,
                                 const PorchDiscovery *discovery,
                                 const char *account,
                                 const char *client_id);
void porch_session_sign_in_async (PorchSession *self,
                                  const char *email,
                                  const char *password,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean porch_session_sign_in_finish (PorchSession *self, GAsyncResult *result, GError **error);
/* Takes up a session that the token store kept. */
void porch_session_resume (PorchSession *self);
/* Says offline and waits for it at most 2 s. */
void
porch_session_stop_async (PorchSession *self, GAsyncReadyCallback callback, gpointer user_data);
void porch_session_stop_finish (PorchSession *self, GAsyncResult *result);
void porch_session_sign_out_async (PorchSession *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean porch_session_sign_out_finish (PorchSession *self, GAsyncResult *result, GError **error);

void porch_session_watch (PorchSession *self, const char *user_id);
void porch_session_unwatch (PorchSession *self, const char *user_id);
/* (element-type PorchUserState) */
void porch_session_search_async (PorchSession *self,
                                 const char *query,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GPtrArray *porch_session_search_finish (PorchSession *self, GAsyncResult *result, GError **error);
void porch_session_set_appear_offline (PorchSession *self, gboolean appear_offline);
void porch_session_try_now (PorchSession *self);

PorchSessionState porch_session_get_state (PorchSession *self);
const char *porch_session_get_user_id (PorchSession *self);

/* Asks an address that a person typed what it is; the error is one sentence for under the field. */
void porch_discover_async (const char *server,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
PorchDiscovery *porch_discover_finish (GAsyncResult *result, GError **error);

G_END_DECLS
