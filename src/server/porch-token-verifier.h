/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "protocol/porch-jwt.h"

G_BEGIN_DECLS

#define PORCH_TYPE_TOKEN_VERIFIER (porch_token_verifier_get_type ())
G_DECLARE_INTERFACE (PorchTokenVerifier, porch_token_verifier, PORCH, TOKEN_VERIFIER, GObject)

/**
 * PorchTokenVerifierInterface:
 * @verify_async: answers a #GTask with itself as the source with #PorchJwtClaims
 *
 * Who knows whether an access token of a Supabase project is genuine.
 */
struct _PorchTokenVerifierInterface
{
  GTypeInterface parent_iface;

  void (*verify_async) (PorchTokenVerifier *self,
                        const char *token,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
};

void porch_token_verifier_verify_async (PorchTokenVerifier *self,
                                        const char *token,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
PorchJwtClaims *
porch_token_verifier_verify_finish (PorchTokenVerifier *self, GAsyncResult *result, GError **error);

G_END_DECLS
