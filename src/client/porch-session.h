/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-auth.h"
#include "client/porch-client-error.h"
#include "client/porch-discover.h"
#include "client/porch-token-store.h"
#include "presence/porch-roster.h"
#include "protocol/porch-discovery.h"
#include "protocol/porch-presence-message.h"

G_BEGIN_DECLS

/**
 * PorchSessionState:
 * @PORCH_SESSION_SIGNED_OUT: nobody is signed in; nothing is tried
 * @PORCH_SESSION_CONNECTING: the socket is being opened
 * @PORCH_SESSION_CONNECTED: the socket is open
 * @PORCH_SESSION_WAITING: the next try comes at next-try-us, or never by itself where that is 0
 * @PORCH_SESSION_NO_NETWORK: there is no way to the server from this computer; waits for one
 */
typedef enum
{
  PORCH_SESSION_SIGNED_OUT,
  PORCH_SESSION_CONNECTING,
  PORCH_SESSION_CONNECTED,
  PORCH_SESSION_WAITING,
  PORCH_SESSION_NO_NETWORK,
} PorchSessionState;

#define PORCH_TYPE_SESSION_STATE (porch_session_state_get_type ())
GType porch_session_state_get_type (void);

#define PORCH_TYPE_SESSION (porch_session_get_type ())
G_DECLARE_FINAL_TYPE (PorchSession, porch_session, PORCH, SESSION, GObject)

/**
 * PorchSession:
 *
 * One account, signed in or not: owns PorchAuth, PorchPusherConnection, PorchPresenceApi,
 * PorchOwnPresence and PorchWatcher, and feeds the roster.
 *
 * Properties, all read-only with explicit notify: state (PorchSessionState), error-code,
 * error-message, error-detail (strings, "" for none; the codes are those of Account1.ErrorCode in
 * data/app.porchlight.Agent1.xml), next-try-us (int64, this computer's wall clock, 0 for none),
 * own-status (PorchStatus), own-last-active-us (int64, server's clock), own-error (string, "" for
 * none), can-search (boolean), lists-watchers (boolean: contacts can see who watches them),
 * user-id, email, name, avatar-url (strings, NULL when signed out).
 *
 * Signals:
 *  "profile" (gpointer: const PorchUserState *): a name or an avatar address was told, of a contact
 *    or of oneself
 *  "missing" (const char *user_id, gboolean missing): the server does not know this contact, or
 *    knows it again
 */

PorchSession *porch_session_new (PorchClock *clock,
                                 PorchRoster *roster,
                                 PorchTokenStore *token_store,
                                 const char *server,
                                 const PorchDiscovery *discovery,
                                 const char *account,
                                 const char *client_id);
void porch_session_begin_async (PorchSession *self,
                                PorchAuthSession *session,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean porch_session_begin_finish (PorchSession *self, GAsyncResult *result, GError **error);
void porch_session_resume (PorchSession *self);
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
void porch_session_search_async (PorchSession *self,
                                 const char *query,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GPtrArray *porch_session_search_finish (PorchSession *self, GAsyncResult *result, GError **error);
void porch_session_set_appear_offline (PorchSession *self, gboolean appear_offline);
void porch_session_set_away (PorchSession *self, gboolean away);
void
porch_session_settle_async (PorchSession *self, GAsyncReadyCallback callback, gpointer user_data);
void porch_session_settle_finish (PorchSession *self, GAsyncResult *result);
void porch_session_set_heartbeat_s (PorchSession *self, guint heartbeat_s);
void porch_session_woke_up (PorchSession *self);
void porch_session_try_now (PorchSession *self);

PorchAuth *porch_session_get_auth (PorchSession *self);
PorchSessionState porch_session_get_state (PorchSession *self);
const char *porch_session_get_user_id (PorchSession *self);

G_END_DECLS
