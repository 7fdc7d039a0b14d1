/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* An uninstallation as Flatpak tells of it: files that appear in a folder. */

#include "bus/porch-removal.h"

#include "porch-test-wait.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  PorchRemoval *removal;
  guint n_removed;
} Fixture;

static void
on_removed_cb (Fixture *fixture)
{
  fixture->n_removed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("porchlight-removal-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->removal = porch_removal_new (fixture->folder);
  g_signal_connect_swapped (fixture->removal, "removed", G_CALLBACK (on_removed_cb), fixture);
}

static void
create (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "", 0, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
      g_remove (path);
    }
  g_rmdir (fixture->folder);
  g_clear_object (&fixture->removal);
  g_free (fixture->folder);
}

static void
test_removed (Fixture *fixture, gconstpointer data)
{
  create (fixture, ".removed");
  porch_test_wait_until (fixture->n_removed > 0);
  g_assert_cmpuint (fixture->n_removed, ==, 1);
}

/* The update is told of first: whoever took it for a removal would have counted two. */
static void
test_updated (Fixture *fixture, gconstpointer data)
{
  create (fixture, ".updated");
  create (fixture, ".removed");
  porch_test_wait_until (fixture->n_removed > 0);
  g_assert_cmpuint (fixture->n_removed, ==, 1);
}

static void
test_no_sandbox (void)
{
  g_autoptr (PorchRemoval) removal = porch_removal_new ("/nonexistent/app");

  g_assert_nonnull (removal);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/removal/is-told", Fixture, NULL, set_up, test_removed, tear_down);
  g_test_add ("/bus/removal/an-update-is-none", Fixture, NULL, set_up, test_updated, tear_down);
  g_test_add_func ("/bus/removal/without-a-sandbox-nobody-tells", test_no_sandbox);

  return g_test_run ();
}
