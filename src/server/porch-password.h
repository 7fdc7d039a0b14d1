/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PORCH_PASSWORD_MIN_CHARS:
 *
 * The shortest password that is taken for an account.
 */
#define PORCH_PASSWORD_MIN_CHARS 8

/**
 * PORCH_PASSWORD_QUEUE_MAX:
 *
 * How many passwords may wait to be hashed; more are refused.
 */
#define PORCH_PASSWORD_QUEUE_MAX 32

/**
 * PorchPasswordError:
 * @PORCH_PASSWORD_ERROR_FAILED: the system cannot hash
 * @PORCH_PASSWORD_ERROR_BUSY: too many wait already: try again in some seconds
 * @PORCH_PASSWORD_ERROR_WEAK: too short, too long, or not text
 */
typedef enum
{
  PORCH_PASSWORD_ERROR_FAILED,
  PORCH_PASSWORD_ERROR_BUSY,
  PORCH_PASSWORD_ERROR_WEAK,
} PorchPasswordError;

#define PORCH_PASSWORD_ERROR (porch_password_error_quark ())
GQuark porch_password_error_quark (void);

gboolean porch_password_check (const char *password, GError **error);
char *porch_password_hash (const char *password, GError **error);
gboolean porch_password_verify (const char *password, const char *hash);

#define PORCH_TYPE_PASSWORD_HASHER (porch_password_hasher_get_type ())

G_DECLARE_FINAL_TYPE (PorchPasswordHasher, porch_password_hasher, PORCH, PASSWORD_HASHER, GObject)

PorchPasswordHasher *porch_password_hasher_new (void);
void porch_password_hasher_hash_async (PorchPasswordHasher *self,
                                       const char *password,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
char *
porch_password_hasher_hash_finish (PorchPasswordHasher *self, GAsyncResult *result, GError **error);
void porch_password_hasher_verify_async (PorchPasswordHasher *self,
                                         const char *password,
                                         const char *hash,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean porch_password_hasher_verify_finish (PorchPasswordHasher *self,
                                              GAsyncResult *result,
                                              gboolean *is_right,
                                              GError **error);

G_END_DECLS
