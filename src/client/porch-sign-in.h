/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-http-client.h"
#include "client/porch-way-in.h"
#include "protocol/porch-auth-message.h"
#include "protocol/porch-discovery.h"

G_BEGIN_DECLS

/* What a message is asked for. */
typedef enum
{
  PORCH_MAIL_CODE,     /* a code to sign in with */
  PORCH_MAIL_PASSWORD, /* a link to choose a new password */
} PorchMailKind;

#define PORCH_TYPE_SIGN_IN (porch_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (PorchSignIn, porch_sign_in, PORCH, SIGN_IN, GObject)

PorchSignIn *
porch_sign_in_new (PorchHttpClient *http, PorchClock *clock, const PorchDiscovery *discovery);
void porch_sign_in_offer_async (PorchSignIn *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GStrv porch_sign_in_offer_finish (PorchSignIn *self, GAsyncResult *result, GError **error);
void porch_sign_in_request_mail_async (PorchSignIn *self,
                                       PorchMailKind kind,
                                       const char *email,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
porch_sign_in_request_mail_finish (PorchSignIn *self, GAsyncResult *result, GError **error);
void porch_sign_in_enter_async (PorchSignIn *self,
                                const PorchWayIn *way,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void porch_sign_in_confirm_async (PorchSignIn *self,
                                  const char *code,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
PorchAuthSession *
porch_sign_in_enter_finish (PorchSignIn *self, GAsyncResult *result, GError **error);
gboolean porch_sign_in_get_is_half_way (PorchSignIn *self);

G_END_DECLS
