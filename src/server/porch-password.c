/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Password hashes by crypt(3), yescrypt, which take tens of milliseconds and 16 MiB each on
 * purpose. PorchPasswordHasher, made by porchlightd's main for the sign-in routes, runs them off
 * the main loop, two at a time, and refuses what would wait too long, so that a flood of sign-ins
 * neither takes the memory nor stops heartbeats.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-password.h"

#include <crypt.h>
#include <errno.h>
#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-pusher-signature.h"
#include "server/porch-random.h"

#define THREADS_MAX  2
#define YESCRYPT     "$y$"
#define COST_DEFAULT 0 /* libxcrypt's own */
#define SALT_BYTES   16

/* A yescrypt setting of the default cost: what a password is hashed with where there is no user, so
 * that the answer takes as long.
 */
#define NOBODYS_SETTING "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$"

typedef struct
{
  char *password;
  char *hash; /* to verify against; NULL for an unknown user */
  gboolean verifies;
} Job;

struct _PorchPasswordHasher
{
  GObject parent_instance;

  GThreadPool *pool;
};

G_DEFINE_QUARK (porch - password - error - quark, porch_password_error)

G_DEFINE_FINAL_TYPE (PorchPasswordHasher, porch_password_hasher, G_TYPE_OBJECT)

static void
job_free (Job *job)
{
  porch_secret_free (job->password);
  porch_secret_free (job->hash);
  g_free (job);
}

static char *
run_crypt (const char *password, const char *setting)
{
  struct crypt_data *data = g_new0 (struct crypt_data, 1);
  char *hash = g_strdup (crypt_rn (password, setting, data, sizeof *data));

  explicit_bzero (data, sizeof *data);
  g_free (data);

  return hash;
}

/**
 * porch_password_check:
 * @password: a password that somebody chose
 * @error: a place for %PORCH_PASSWORD_ERROR_WEAK, with a sentence for that person
 *
 * Returns: %TRUE when it will do for an account
 */
gboolean
porch_password_check (const char *password, GError **error)
{
  g_return_val_if_fail (password != NULL, FALSE);

  if (!g_utf8_validate (password, -1, NULL))
    g_set_error_literal (error, PORCH_PASSWORD_ERROR, PORCH_PASSWORD_ERROR_WEAK,
                         "The password is not UTF-8 text.");
  else if (g_utf8_strlen (password, -1) < PORCH_PASSWORD_MIN_CHARS)
    g_set_error (error, PORCH_PASSWORD_ERROR, PORCH_PASSWORD_ERROR_WEAK,
                 "Password should be at least %d characters.", PORCH_PASSWORD_MIN_CHARS);
  else if (strlen (password) > CRYPT_MAX_PASSPHRASE_SIZE)
    g_set_error (error, PORCH_PASSWORD_ERROR, PORCH_PASSWORD_ERROR_WEAK,
                 "Password should be at most %d bytes.", CRYPT_MAX_PASSPHRASE_SIZE);
  else
    return TRUE;

  return FALSE;
}

/**
 * porch_password_hash:
 * @password: a password that porch_password_check() takes
 * @error: a place for an error of %PORCH_PASSWORD_ERROR
 *
 * Hashes a password with a fresh salt. Blocks for tens of milliseconds: a main loop uses
 * porch_password_hasher_hash_async().
 *
 * Returns: (transfer full): the hash as crypt(3) writes it, or %NULL with @error set
 */
char *
porch_password_hash (const char *password, GError **error)
{
  char salt[SALT_BYTES];
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  char *hash = NULL;

  g_return_val_if_fail (password != NULL, NULL);

  porch_random_fill ((guint8 *) salt, sizeof salt);
  if (crypt_gensalt_rn (YESCRYPT, COST_DEFAULT, salt, sizeof salt, setting, sizeof setting) != NULL)
    hash = run_crypt (password, setting);
  if (hash == NULL)
    g_set_error (error, PORCH_PASSWORD_ERROR, PORCH_PASSWORD_ERROR_FAILED,
                 "Cannot hash a password: %s", g_strerror (errno));

  return hash;
}

/**
 * porch_password_verify:
 * @password: what was typed
 * @hash: (nullable): the user's hash, or %NULL where there is no such user
 *
 * Compares a password with a hash. Takes as long where there is none. Blocks like
 * porch_password_hash().
 *
 * Returns: %TRUE when the password is right
 */
gboolean
porch_password_verify (const char *password, const char *hash)
{
  char *computed;
  gboolean is_right;

  g_return_val_if_fail (password != NULL, FALSE);

  computed = run_crypt (password, hash != NULL ? hash : NOBODYS_SETTING);
  is_right = hash != NULL && computed != NULL && porch_equal_in_constant_time (computed, hash);
  porch_secret_free (computed);

  return is_right;
}

static void
run_job (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  char *hash;

  /* Nobody waits for the answer any more: the next one's turn. */
  if (g_task_return_error_if_cancelled (task))
    return;

  if (job->verifies)
    {
      g_task_return_int (task, porch_password_verify (job->password, job->hash));
      return;
    }

  hash = porch_password_hash (job->password, &error);
  if (hash != NULL)
    g_task_return_pointer (task, hash, (GDestroyNotify) porch_secret_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
push (PorchPasswordHasher *self, GTask *task)
{
  if (g_thread_pool_unprocessed (self->pool) < PORCH_PASSWORD_QUEUE_MAX)
    {
      g_thread_pool_push (self->pool, task, NULL);
      return;
    }

  g_task_return_new_error (task, PORCH_PASSWORD_ERROR, PORCH_PASSWORD_ERROR_BUSY,
                           "Too many people are signing in");
  g_object_unref (task);
}

static void
porch_password_hasher_finalize (GObject *object)
{
  PorchPasswordHasher *self = PORCH_PASSWORD_HASHER (object);

  /* Every task holds a reference, so nothing is queued; a thread may still be letting go of the
   * last one, so it is not waited for.
   */
  g_thread_pool_free (self->pool, FALSE, FALSE);

  G_OBJECT_CLASS (porch_password_hasher_parent_class)->finalize (object);
}

static void
porch_password_hasher_class_init (PorchPasswordHasherClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_password_hasher_finalize;
}

static void
porch_password_hasher_init (PorchPasswordHasher *self)
{
  self->pool = g_thread_pool_new (run_job, NULL, THREADS_MAX, FALSE, NULL);
}

/**
 * porch_password_hasher_new:
 *
 * Returns: (transfer full): a hasher, whose threads start when they are needed
 */
PorchPasswordHasher *
porch_password_hasher_new (void)
{
  return g_object_new (PORCH_TYPE_PASSWORD_HASHER, NULL);
}

/**
 * porch_password_hasher_hash_async:
 * @self: a hasher
 * @password: a password that porch_password_check() takes
 * @cancellable: (nullable): cancels the call
 * @callback: called with the hash
 * @user_data: for @callback
 *
 * Hashes a password with a fresh salt, off the main loop.
 */
void
porch_password_hasher_hash_async (PorchPasswordHasher *self,
                                  const char *password,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;
  Job *job;

  g_return_if_fail (PORCH_IS_PASSWORD_HASHER (self));
  g_return_if_fail (password != NULL);

  job = g_new0 (Job, 1);
  job->password = g_strdup (password);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_password_hasher_hash_async);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  push (self, task);
}

/**
 * porch_password_hasher_hash_finish:
 * @self: a hasher
 * @result: what the callback got
 * @error: a place for an error of %PORCH_PASSWORD_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the hash as crypt(3) writes it, or %NULL with @error set
 */
char *
porch_password_hasher_hash_finish (PorchPasswordHasher *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_password_hasher_verify_async:
 * @self: a hasher
 * @password: what was typed
 * @hash: (nullable): the user's hash, or %NULL where there is no such user
 * @cancellable: (nullable): cancels the call
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Compares a password with a hash, off the main loop. Takes as long where there is none.
 */
void
porch_password_hasher_verify_async (PorchPasswordHasher *self,
                                    const char *password,
                                    const char *hash,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task;
  Job *job;

  g_return_if_fail (PORCH_IS_PASSWORD_HASHER (self));
  g_return_if_fail (password != NULL);

  job = g_new0 (Job, 1);
  job->password = g_strdup (password);
  job->hash = g_strdup (hash);
  job->verifies = TRUE;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_password_hasher_verify_async);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  push (self, task);
}

/**
 * porch_password_hasher_verify_finish:
 * @self: a hasher
 * @result: what the callback got
 * @is_right: (out): whether the password is right
 * @error: a place for an error of %PORCH_PASSWORD_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when they were compared
 */
gboolean
porch_password_hasher_verify_finish (PorchPasswordHasher *self,
                                     GAsyncResult *result,
                                     gboolean *is_right,
                                     GError **error)
{
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (is_right != NULL, FALSE);

  *is_right = g_task_propagate_int (G_TASK (result), &local_error) == TRUE;
  if (local_error == NULL)
    return TRUE;

  *is_right = FALSE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
