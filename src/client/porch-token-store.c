/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The interface of what keeps a session's tokens between runs. It names no keyring: desktop/ and
 * PorchMemoryTokenStore fill it, PorchAuth uses it.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-token-store.h"

G_DEFINE_INTERFACE (PorchTokenStore, porch_token_store, G_TYPE_OBJECT)

static void
porch_token_store_default_init (PorchTokenStoreInterface *iface)
{
}

/**
 * porch_token_store_load_async:
 * @self: a token store
 * @account: the account's id
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Reads the session of an account.
 */
void
porch_token_store_load_async (PorchTokenStore *self,
                              const char *account,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (PORCH_IS_TOKEN_STORE (self));
  g_return_if_fail (account != NULL);

  PORCH_TOKEN_STORE_GET_IFACE (self)->load_async (self, account, cancellable, callback, user_data);
}

/**
 * porch_token_store_load_finish:
 * @self: a token store
 * @result: what the callback got
 * @error: %G_IO_ERROR_PENDING to ask again later, or any other
 *
 * Returns: (transfer full) (nullable): the session; %NULL without an error when there is none
 */
PorchAuthSession *
porch_token_store_load_finish (PorchTokenStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (PORCH_IS_TOKEN_STORE (self), NULL);

  return PORCH_TOKEN_STORE_GET_IFACE (self)->load_finish (self, result, error);
}

/**
 * porch_token_store_save_async:
 * @self: a token store
 * @account: the account's id
 * @session: what to keep; copied where it outlives the call
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Replaces the session of an account.
 */
void
porch_token_store_save_async (PorchTokenStore *self,
                              const char *account,
                              const PorchAuthSession *session,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (PORCH_IS_TOKEN_STORE (self));
  g_return_if_fail (account != NULL);
  g_return_if_fail (session != NULL);

  PORCH_TOKEN_STORE_GET_IFACE (self)->save_async (self, account, session, cancellable, callback,
                                                  user_data);
}

/**
 * porch_token_store_save_finish:
 * @self: a token store
 * @result: what the callback got
 * @error: %G_IO_ERROR_PENDING to try again later, %G_IO_ERROR_NOT_SUPPORTED where nothing can be
 *   kept, or any other
 *
 * Returns: whether the session is kept
 */
gboolean
porch_token_store_save_finish (PorchTokenStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (PORCH_IS_TOKEN_STORE (self), FALSE);

  return PORCH_TOKEN_STORE_GET_IFACE (self)->save_finish (self, result, error);
}

/**
 * porch_token_store_clear_async:
 * @self: a token store
 * @account: the account's id
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Removes the session of an account.
 */
void
porch_token_store_clear_async (PorchTokenStore *self,
                               const char *account,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (PORCH_IS_TOKEN_STORE (self));
  g_return_if_fail (account != NULL);

  PORCH_TOKEN_STORE_GET_IFACE (self)->clear_async (self, account, cancellable, callback, user_data);
}

/**
 * porch_token_store_clear_finish:
 * @self: a token store
 * @result: what the callback got
 * @error: why it could not be removed
 *
 * Returns: whether nothing is kept any more
 */
gboolean
porch_token_store_clear_finish (PorchTokenStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (PORCH_IS_TOKEN_STORE (self), FALSE);

  return PORCH_TOKEN_STORE_GET_IFACE (self)->clear_finish (self, result, error);
}
