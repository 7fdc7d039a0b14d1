/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The server's own secrets, in the key file DATA/secrets: made at the first start, read at every
 * later one by porchlightd's main. A file that is damaged or lacks a key is an error rather than a
 * reason to make new ones, which would sign everybody out.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-secrets.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-jwt.h"
#include "server/porch-random.h"

#define SECRETS_FILE       "secrets"
#define GROUP              "porchlightd"
#define FILE_MAX_BYTES     (64 * 1024)
#define SECRET_BYTES       32
#define PUSHER_KEY_BYTES   15
#define OTHERS_PERMISSIONS 077

static gboolean
set_errno_error (GError **error, const char *path, const char *what)
{
  int saved_errno = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved_errno), "Cannot %s %s: %s", what,
               path, g_strerror (saved_errno));
  return FALSE;
}

/* Takes from everybody else what they may do with a file or folder, and says so. */
static gboolean
ensure_private (const char *path, GError **error)
{
  GStatBuf status;

  if (g_stat (path, &status) == -1)
    return set_errno_error (error, path, "look at");
  if ((status.st_mode & OTHERS_PERMISSIONS) == 0)
    return TRUE;

  if (g_chmod (path, status.st_mode & 0700) == -1)
    return set_errno_error (error, path, "make private");

  g_warning ("%s was open to other users of this computer and is not any more", path);
  return TRUE;
}

static void
make_secret (GKeyFile *key_file, const char *key, gsize n_bytes)
{
  char *secret = porch_random_token (n_bytes);

  g_key_file_set_string (key_file, GROUP, key, secret);
  porch_secret_free (secret);
}

static gboolean
make_file (const char *path, gint64 now_us, GError **error)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  g_autofree char *pusher_app_id = g_strdup_printf ("%u", g_random_int_range (100000, 1000000));
  g_autofree char *anon_key = NULL;
  char *jwt_secret;
  char *text;
  gsize length;
  gboolean written;

  make_secret (key_file, "jwt-secret", SECRET_BYTES);
  make_secret (key_file, "token-secret", SECRET_BYTES);
  make_secret (key_file, "pusher-key", PUSHER_KEY_BYTES);
  make_secret (key_file, "pusher-secret", SECRET_BYTES);
  g_key_file_set_string (key_file, GROUP, "pusher-app-id", pusher_app_id);
  jwt_secret = g_key_file_get_string (key_file, GROUP, "jwt-secret", NULL);
  anon_key = porch_jwt_sign_anon (jwt_secret, now_us);
  porch_secret_free (jwt_secret);
  g_key_file_set_string (key_file, GROUP, "anon-key", anon_key);

  text = g_key_file_to_data (key_file, &length, NULL);
  written = g_file_set_contents_full (path, text, length,
                                      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                      0600, error);
  porch_secret_free (text);

  return written;
}

static char *
read_secret (GKeyFile *key_file, const char *key, const char *path, GError **error)
{
  g_autofree char *secret = NULL;

  if (*error != NULL)
    return NULL;

  secret = g_key_file_get_string (key_file, GROUP, key, NULL);
  if (secret == NULL || *secret == '\0')
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND,
                   "%s lacks %s: restore it from a backup, or delete it to have new secrets made",
                   path, key);
      return NULL;
    }

  return g_steal_pointer (&secret);
}

static PorchSecrets *
read_file (const char *path, GError **error)
{
  g_autoptr (PorchSecrets) secrets = g_new0 (PorchSecrets, 1);
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  g_autoptr (GError) local_error = NULL;
  GStatBuf status;

  if (g_stat (path, &status) == -1)
    {
      set_errno_error (error, path, "look at");
      return NULL;
    }
  /* A parser's message would quote what it stumbled over, which may be a secret. */
  if (status.st_size > FILE_MAX_BYTES
      || !g_key_file_load_from_file (key_file, path, G_KEY_FILE_NONE, &local_error))
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE,
                   "Cannot read the server's secrets in %s: %s", path,
                   local_error != NULL && local_error->domain == G_FILE_ERROR
                       ? local_error->message
                       : "the file is damaged");
      return NULL;
    }

  secrets->jwt_secret = read_secret (key_file, "jwt-secret", path, &local_error);
  secrets->anon_key = read_secret (key_file, "anon-key", path, &local_error);
  secrets->token_secret = read_secret (key_file, "token-secret", path, &local_error);
  secrets->pusher_app_id = read_secret (key_file, "pusher-app-id", path, &local_error);
  secrets->pusher_key = read_secret (key_file, "pusher-key", path, &local_error);
  secrets->pusher_secret = read_secret (key_file, "pusher-secret", path, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&secrets);
}

/**
 * porch_secrets_prepare_data_dir:
 * @data_dir: the server's data folder
 * @error: a place for an error of %G_FILE_ERROR
 *
 * Makes the folder where it is missing and keeps other users out of it.
 *
 * Returns: %TRUE when it is there and private
 */
gboolean
porch_secrets_prepare_data_dir (const char *data_dir, GError **error)
{
  g_return_val_if_fail (data_dir != NULL, FALSE);

  if (g_mkdir_with_parents (data_dir, 0700) == -1)
    return set_errno_error (error, data_dir, "make");

  return ensure_private (data_dir, error);
}

/**
 * porch_secrets_load:
 * @data_dir: the server's data folder, which porch_secrets_prepare_data_dir() has seen
 * @now_us: the time, Unix microseconds
 * @error: a place for an error of %G_FILE_ERROR or %G_KEY_FILE_ERROR
 *
 * Reads the server's secrets, and makes them first where there are none.
 *
 * Returns: (transfer full): the secrets, or %NULL with @error set
 */
PorchSecrets *
porch_secrets_load (const char *data_dir, gint64 now_us, GError **error)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (data_dir != NULL, NULL);

  path = g_build_filename (data_dir, SECRETS_FILE, NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS) && !make_file (path, now_us, error))
    return NULL;

  if (!ensure_private (path, error))
    return NULL;

  return read_file (path, error);
}

/**
 * porch_secrets_free:
 * @secrets: (nullable): secrets
 *
 * Wipes and frees them.
 */
void
porch_secrets_free (PorchSecrets *secrets)
{
  if (secrets == NULL)
    return;

  porch_secret_free (secrets->jwt_secret);
  porch_secret_free (secrets->anon_key);
  porch_secret_free (secrets->token_secret);
  porch_secret_free (secrets->pusher_app_id);
  porch_secret_free (secrets->pusher_key);
  porch_secret_free (secrets->pusher_secret);
  g_free (secrets);
}
