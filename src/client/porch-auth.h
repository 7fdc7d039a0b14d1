/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-http-client.h"
#include "client/porch-token-store.h"
#include "protocol/porch-discovery.h"

G_BEGIN_DECLS

/**
 * PorchAuthState:
 * @PORCH_AUTH_SIGNED_OUT: there is no session
 * @PORCH_AUTH_LOADING: the token store is being asked, again and again while it is locked
 * @PORCH_AUTH_SIGNING_IN: there is a session, and the token store is taking it
 * @PORCH_AUTH_SIGNED_IN: there is a session
 * @PORCH_AUTH_REFRESHING: there is a session, and its tokens are being renewed
 */
typedef enum
{
  PORCH_AUTH_SIGNED_OUT,
  PORCH_AUTH_LOADING,
  PORCH_AUTH_SIGNING_IN,
  PORCH_AUTH_SIGNED_IN,
  PORCH_AUTH_REFRESHING,
} PorchAuthState;

#define PORCH_TYPE_AUTH_STATE (porch_auth_state_get_type ())
GType porch_auth_state_get_type (void);

#define PORCH_TYPE_AUTH (porch_auth_get_type ())
G_DECLARE_FINAL_TYPE (PorchAuth, porch_auth, PORCH, AUTH, GObject)

PorchAuth *porch_auth_new (PorchClock *clock,
                           PorchHttpClient *http,
                           PorchTokenStore *token_store,
                           const PorchDiscovery *discovery,
                           const char *account);
void porch_auth_begin_async (PorchAuth *self,
                             PorchAuthSession *session,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean porch_auth_begin_finish (PorchAuth *self, GAsyncResult *result, GError **error);
void porch_auth_resume (PorchAuth *self);
void porch_auth_sign_out_async (PorchAuth *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean porch_auth_sign_out_finish (PorchAuth *self, GAsyncResult *result, GError **error);

void porch_auth_get_token_async (PorchAuth *self,
                                 guint refused_generation,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
char *porch_auth_get_token_finish (PorchAuth *self,
                                   GAsyncResult *result,
                                   guint *generation,
                                   GError **error);
void porch_auth_try_now (PorchAuth *self);
void porch_auth_sign_out_others_async (PorchAuth *self,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean porch_auth_sign_out_others_finish (PorchAuth *self, GAsyncResult *result, GError **error);

PorchAuthState porch_auth_get_state (PorchAuth *self);
gboolean porch_auth_has_session (PorchAuth *self);
gboolean porch_auth_get_store_locked (PorchAuth *self);
const PorchAuthUser *porch_auth_get_user (PorchAuth *self);
const char *porch_auth_get_end_sentence (PorchAuth *self);

G_END_DECLS
