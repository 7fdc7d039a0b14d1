/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "server/porch-secrets.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "porch-log-catcher.h"

#define NOW_US G_GINT64_CONSTANT (1700000000000000)

typedef struct
{
  char *parent;
  char *data_dir;
  char *path;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->parent = g_dir_make_tmp ("porch-secrets-XXXXXX", NULL);
  fixture->data_dir = g_build_filename (fixture->parent, "some", "data", NULL);
  fixture->path = g_build_filename (fixture->data_dir, "secrets", NULL);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *some = g_build_filename (fixture->parent, "some", NULL);

  g_unlink (fixture->path);
  g_rmdir (fixture->data_dir);
  g_rmdir (some);
  g_rmdir (fixture->parent);
  g_free (fixture->path);
  g_free (fixture->data_dir);
  g_free (fixture->parent);
}

static guint
get_mode (const char *path)
{
  GStatBuf status;

  g_assert_no_errno (g_stat (path, &status));

  return status.st_mode & 0777;
}

static PorchSecrets *
load (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  PorchSecrets *secrets;

  porch_secrets_prepare_data_dir (fixture->data_dir, &error);
  g_assert_no_error (error);
  secrets = porch_secrets_load (fixture->data_dir, NOW_US, &error);
  g_assert_no_error (error);

  return secrets;
}

static void
test_made_at_the_first_start (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchSecrets) secrets = load (fixture);

  g_assert_cmpuint (strlen (secrets->jwt_secret), >=, 43);
  g_assert_cmpuint (strlen (secrets->token_secret), >=, 43);
  g_assert_cmpuint (strlen (secrets->pusher_secret), >=, 43);
  g_assert_cmpuint (strlen (secrets->pusher_key), >=, 20);
  g_assert_cmpstr (secrets->jwt_secret, !=, secrets->token_secret);
  g_assert_true (g_str_has_prefix (secrets->anon_key, "eyJ"));
  g_assert_cmpuint (get_mode (fixture->path), ==, 0600);
  g_assert_cmpuint (get_mode (fixture->data_dir), ==, 0700);
}

static void
test_the_same_at_the_next_start (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchSecrets) first = load (fixture);
  g_autoptr (PorchSecrets) second = load (fixture);

  g_assert_cmpstr (first->jwt_secret, ==, second->jwt_secret);
  g_assert_cmpstr (first->anon_key, ==, second->anon_key);
  g_assert_cmpstr (first->token_secret, ==, second->token_secret);
  g_assert_cmpstr (first->pusher_app_id, ==, second->pusher_app_id);
  g_assert_cmpstr (first->pusher_key, ==, second->pusher_key);
  g_assert_cmpstr (first->pusher_secret, ==, second->pusher_secret);
}

static void
test_open_to_others (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchSecrets) first = load (fixture);
  g_autoptr (PorchSecrets) second = NULL;
  g_autofree char *warnings = NULL;

  g_assert_no_errno (g_chmod (fixture->path, 0644));
  g_assert_no_errno (g_chmod (fixture->data_dir, 0755));

  second = load (fixture);

  warnings = porch_log_catcher_take ();
  g_assert_nonnull (strstr (warnings, "data was open to other users"));
  g_assert_nonnull (strstr (warnings, "secrets was open to other users"));

  g_assert_cmpuint (get_mode (fixture->path), ==, 0600);
  g_assert_cmpuint (get_mode (fixture->data_dir), ==, 0700);
}

static void
assert_refused_and_kept (Fixture *fixture, const char *contents)
{
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, contents, -1, NULL));

  g_assert_null (porch_secrets_load (fixture->data_dir, NOW_US, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_null (strstr (error->message, "nonsense"));
  g_assert_true (g_file_get_contents (fixture->path, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, contents);
}

static void
test_damaged_file_is_refused_and_kept (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchSecrets) secrets = load (fixture);

  assert_refused_and_kept (fixture, "");
  assert_refused_and_kept (fixture, "\x01\x02 nonsense");
  assert_refused_and_kept (fixture, "[porchlightd]\njwt-secret=\n");
  assert_refused_and_kept (fixture, "[porchlightd]\njwt-secret=abc\n");
}

static void
test_folder_that_cannot_be_made (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *file = g_build_filename (fixture->parent, "some", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));

  g_assert_false (porch_secrets_prepare_data_dir (fixture->data_dir, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
  g_assert_nonnull (strstr (error->message, fixture->data_dir));

  g_unlink (file);
}

#define add(name, function)                                                                        \
  g_test_add ("/server/secrets/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  porch_log_catcher_install ();

  add ("made-at-the-first-start", test_made_at_the_first_start);
  add ("the-same-at-the-next-start", test_the_same_at_the_next_start);
  add ("open-to-others", test_open_to_others);
  add ("damaged-file-is-refused-and-kept", test_damaged_file_is_refused_and_kept);
  add ("folder-that-cannot-be-made", test_folder_that_cannot_be_made);

  return g_test_run ();
}
