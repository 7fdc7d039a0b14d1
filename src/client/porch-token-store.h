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
 *
 * Where a session's tokens are kept between runs; filled by desktop/ (PorchKeyring) and by
 * PorchMemoryTokenStore for those who want one run only.
 */
struct _PorchTokenStoreInterface
{
  GTypeInterface parent_iface;

  /* NULL without an error: there is none. G_IO_ERROR_PENDING where the keyring is locked or away:
   * ask again later, the session is not lost. */
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

G_END_DECLS
