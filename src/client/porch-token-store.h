/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "protocol/porch-auth-message.h"

G_BEGIN_DECLS

#define PORCH_TYPE_TOKEN_STORE (porch_token_store_get_type ())
G_DECLARE_INTERFACE (PorchTokenStore, porch_token_store, PORCH, TOKEN_STORE, GObject)

/**
 * PorchTokenStoreInterface:
 * @load_async: reads the session of an account
 * @load_finish: returns it, or %NULL without an error when there is none
 * @save_async: replaces the session of an account; @session is not kept by the caller
 * @save_finish: ends a save
 * @clear_async: removes the session of an account
 * @clear_finish: ends a clear; there having been none is success
 *
 * Where a session's tokens are kept between runs; filled by desktop/ (PorchKeyring) and by
 * #PorchMemoryTokenStore for those who want one run only.
 *
 * The errors that mean something here: %G_IO_ERROR_PENDING where the keyring is locked, its prompt
 * was dismissed or it went away (ask again later, the session is not lost), and
 * %G_IO_ERROR_NOT_SUPPORTED where there is no secret service at all.
 */
struct _PorchTokenStoreInterface
{
  GTypeInterface parent_iface;

  void (*load_async) (PorchTokenStore *self,
                      const char *account,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  PorchAuthSession *(*load_finish) (PorchTokenStore *self, GAsyncResult *result, GError **error);
  void (*save_async) (PorchTokenStore *self,
                      const char *account,
                      const PorchAuthSession *session,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*save_finish) (PorchTokenStore *self, GAsyncResult *result, GError **error);
  void (*clear_async) (PorchTokenStore *self,
                       const char *account,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*clear_finish) (PorchTokenStore *self, GAsyncResult *result, GError **error);
};

void porch_token_store_load_async (PorchTokenStore *self,
                                   const char *account,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
PorchAuthSession *
porch_token_store_load_finish (PorchTokenStore *self, GAsyncResult *result, GError **error);
void porch_token_store_save_async (PorchTokenStore *self,
                                   const char *account,
                                   const PorchAuthSession *session,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean
porch_token_store_save_finish (PorchTokenStore *self, GAsyncResult *result, GError **error);
void porch_token_store_clear_async (PorchTokenStore *self,
                                    const char *account,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
porch_token_store_clear_finish (PorchTokenStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
