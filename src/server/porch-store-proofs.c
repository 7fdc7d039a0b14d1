/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The part of PorchStore that is about proofs of who somebody is beside the password: codes that
 * were sent by mail, and authenticator apps. As the rest of it, it stores and answers: whether a
 * code is right by the clock is PorchTotp's business, what it opens the sign-in routes'.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-store.h"

#include "protocol/porch-auth-message.h"

/**
 * porch_store_factor_copy:
 * @factor: a factor
 *
 * Returns: (transfer full): a deep copy
 */
PorchStoreFactor *
porch_store_factor_copy (const PorchStoreFactor *factor)
{
  PorchStoreFactor *copy;

  g_return_val_if_fail (factor != NULL, NULL);

  copy = g_memdup2 (factor, sizeof *factor);
  copy->id = g_strdup (factor->id);
  copy->user_id = g_strdup (factor->user_id);
  copy->name = g_strdup (factor->name);
  copy->secret = g_strdup (factor->secret);

  return copy;
}

/**
 * porch_store_factor_free:
 * @factor: (nullable): a factor
 *
 * Frees it and wipes the secret.
 */
void
porch_store_factor_free (PorchStoreFactor *factor)
{
  if (factor == NULL)
    return;

  g_free (factor->id);
  g_free (factor->user_id);
  g_free (factor->name);
  porch_secret_free (factor->secret);
  g_free (factor);
}

/**
 * porch_store_put_code_async:
 * @self: a store
 * @user_id: whom the code was sent to
 * @hash: (array fixed-size=32): what is kept of it
 * @expires_us: until when it counts, Unix microseconds
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Replaces the code that a person was sent before, if there was one. Fails with
 * %PORCH_STORE_ERROR_NOT_FOUND where there is no such person.
 */
void
porch_store_put_code_async (PorchStore *self,
                            const char *user_id,
                            const guint8 *hash,
                            gint64 expires_us,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (user_id != NULL);
  g_return_if_fail (hash != NULL);

  PORCH_STORE_GET_IFACE (self)->put_code_async (self, user_id, hash, expires_us, cancellable,
                                                callback, user_data);
}

/**
 * porch_store_put_code_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it is stored
 */
gboolean
porch_store_put_code_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_store_take_code_async:
 * @self: a store
 * @user_id: who says the code
 * @hash: (array fixed-size=32): what would be kept of what they say
 * @now_us: the time, Unix microseconds
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Compares a code with the one that was sent. A right one is used up; a wrong one counts, and after
 * %PORCH_STORE_CODE_TRIES_MAX of them none is right. Several servers that are asked at once count
 * as one. Fails with %PORCH_STORE_ERROR_NOT_FOUND where the code is not right, whatever the reason.
 */
void
porch_store_take_code_async (PorchStore *self,
                             const char *user_id,
                             const guint8 *hash,
                             gint64 now_us,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (user_id != NULL);
  g_return_if_fail (hash != NULL);

  PORCH_STORE_GET_IFACE (self)->take_code_async (self, user_id, hash, now_us, cancellable, callback,
                                                 user_data);
}

/**
 * porch_store_take_code_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it was right
 */
gboolean
porch_store_take_code_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_store_add_factor_async:
 * @self: a store
 * @factor: a second step that is not verified yet
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Adds a second step, in place of one that was begun and never verified. Fails with
 * %PORCH_STORE_ERROR_NOT_FOUND where there is no such person.
 */
void
porch_store_add_factor_async (PorchStore *self,
                              const PorchStoreFactor *factor,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (factor != NULL);

  PORCH_STORE_GET_IFACE (self)->add_factor_async (self, factor, cancellable, callback, user_data);
}

/**
 * porch_store_add_factor_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it is stored
 */
gboolean
porch_store_add_factor_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_store_list_factors_async:
 * @self: a store
 * @user_id: whose
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Lists the second steps of a person, the oldest first, with their secrets.
 */
void
porch_store_list_factors_async (PorchStore *self,
                                const char *user_id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (user_id != NULL);

  PORCH_STORE_GET_IFACE (self)->list_factors_async (self, user_id, cancellable, callback,
                                                    user_data);
}

/**
 * porch_store_list_factors_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type PorchStoreFactor): the factors, or %NULL with @error set
 */
GPtrArray *
porch_store_list_factors_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_store_use_factor_async:
 * @self: a store
 * @user_id: whose
 * @factor_id: which
 * @step: the time step of the code that it told
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Takes a code of an authenticator, each step at most once, whoever asks; it is verified then.
 * Fails with %PORCH_STORE_ERROR_NOT_FOUND where this step or a later one was used before.
 */
void
porch_store_use_factor_async (PorchStore *self,
                              const char *user_id,
                              const char *factor_id,
                              gint64 step,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (user_id != NULL);
  g_return_if_fail (factor_id != NULL);

  PORCH_STORE_GET_IFACE (self)->use_factor_async (self, user_id, factor_id, step, cancellable,
                                                  callback, user_data);
}

/**
 * porch_store_use_factor_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it counts
 */
gboolean
porch_store_use_factor_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_store_remove_factors_async:
 * @self: a store
 * @user_id: whose
 * @factor_id: (nullable): which; %NULL for all of them
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Removes second steps. Fails with %PORCH_STORE_ERROR_NOT_FOUND where there was none.
 */
void
porch_store_remove_factors_async (PorchStore *self,
                                  const char *user_id,
                                  const char *factor_id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (user_id != NULL);

  PORCH_STORE_GET_IFACE (self)->remove_factors_async (self, user_id, factor_id, cancellable,
                                                      callback, user_data);
}

/**
 * porch_store_remove_factors_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when they are gone
 */
gboolean
porch_store_remove_factors_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
