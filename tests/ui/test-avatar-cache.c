/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Pictures: read from the agent's cache only, decoded at the size shown, bounded in memory. */

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>

#include "ui/porch-avatar-cache.h"

typedef struct
{
  char *folder;
  PorchAvatarCache *cache;
  GdkTexture *texture;
  GError *error;
  gboolean done;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("porch-avatars-XXXXXX", NULL);
  /* Four pictures of 40 px. */
  fixture->cache = porch_avatar_cache_new (fixture->folder, 4 * 40 * 40 * 4);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (fixture->folder, name, NULL);

      g_unlink (file);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_clear_object (&fixture->texture);
  g_clear_error (&fixture->error);
  /* A thread may let go of it a little later. */
  g_object_unref (fixture->cache);
}

static char *
make_picture (Fixture *fixture, const char *name, int width, int height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  char *file = g_build_filename (fixture->folder, name, NULL);

  gdk_pixbuf_fill (pixbuf, 0x33d17aff);
  g_assert_true (gdk_pixbuf_save (pixbuf, file, "png", NULL, NULL));

  return file;
}

static void
on_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_clear_object (&fixture->texture);
  g_clear_error (&fixture->error);
  fixture->texture = porch_avatar_cache_load_finish (PORCH_AVATAR_CACHE (source), result,
                                                     &fixture->error);
  fixture->done = TRUE;
}

static void
load (Fixture *fixture, const char *file, int pixels)
{
  fixture->done = FALSE;
  porch_avatar_cache_load_async (fixture->cache, file, pixels, NULL, on_loaded_cb, fixture);
  while (!fixture->done)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_size (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wide = make_picture (fixture, "wide", 640, 320);
  g_autofree char *thin = make_picture (fixture, "thin", 2000, 3);

  load (fixture, wide, 80);
  g_assert_no_error (fixture->error);
  g_assert_cmpint (gdk_texture_get_width (fixture->texture), ==, 80);
  g_assert_cmpint (gdk_texture_get_height (fixture->texture), ==, 80);
  g_assert_true (porch_avatar_cache_lookup (fixture->cache, wide, 80) == fixture->texture);
  g_assert_null (porch_avatar_cache_lookup (fixture->cache, wide, 40));

  /* A shape that would need a huge decode to fill the square does not get one. */
  load (fixture, thin, 40);
  g_assert_no_error (fixture->error);
  g_assert_cmpint (gdk_texture_get_width (fixture->texture), <=, 160);
}

static void
test_bounded (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = NULL;

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      g_autofree char *file = make_picture (fixture, name, 64, 64);

      load (fixture, file, 40);
      g_assert_no_error (fixture->error);
      g_assert_cmpuint (porch_avatar_cache_get_n_bytes (fixture->cache), <=, 4 * 40 * 40 * 4);
      if (i == 0)
        first = g_steal_pointer (&file);
      /* Who is on the screen stays. */
      g_assert_nonnull (porch_avatar_cache_lookup (fixture->cache, first, 40));
    }
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *outside = g_build_filename (fixture->folder, "..", "elsewhere.png", NULL);
  g_autofree char *sibling = g_strconcat (fixture->folder, "-other/picture.png", NULL);
  g_autofree char *text = g_build_filename (fixture->folder, "text", NULL);
  g_autofree char *large = g_build_filename (fixture->folder, "large", NULL);
  g_autofree char *filler = g_strnfill (600 * 1024, 'x');
  g_autofree char *missing = g_build_filename (fixture->folder, "missing", NULL);

  load (fixture, outside, 40);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  load (fixture, sibling, 40);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  load (fixture, "/etc/passwd", 40);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);

  g_assert_true (g_file_set_contents (text, "not a picture", -1, NULL));
  load (fixture, text, 40);
  g_assert_nonnull (fixture->error);
  g_assert_true (g_file_set_contents (large, filler, -1, NULL));
  load (fixture, large, 40);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  load (fixture, missing, 40);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpuint (porch_avatar_cache_get_n_bytes (fixture->cache), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/ui/avatar-cache/size", Fixture, NULL, set_up, test_size, tear_down);
  g_test_add ("/ui/avatar-cache/bounded", Fixture, NULL, set_up, test_bounded, tear_down);
  g_test_add ("/ui/avatar-cache/refused", Fixture, NULL, set_up, test_refused, tear_down);

  return g_test_run ();
}
