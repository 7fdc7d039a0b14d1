/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Decoded pictures of people, at the size that they are shown. Decoding happens off the main loop;
 * what was shown longest ago is dropped when the memory allowed is full. It reads files in the
 * agent's cache and nothing else: no address, no folder of the person's own. One for the program,
 * made at first use.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "ui/porch-avatar-cache.h"

#include <gio/gio.h>

/* Some 330 pictures of 40 px on a screen of scale 2. */
#define MAX_BYTES (8 * 1024 * 1024)

/* What the agent stores at most; anything larger was not put there by it. */
#define MAX_FILE_BYTES (512 * 1024)

/* Pictures whose sides differ more than this are cut at the centre from a decode this much larger.
 */
#define MAX_ASPECT 4.0

typedef struct
{
  char *key;
  GdkTexture *texture;
  gsize n_bytes;
} CachedPicture;

typedef struct
{
  char *file;
  int pixels;
} LoadJob;

struct _PorchAvatarCache
{
  GObject parent_instance;

  char *folder;
  gsize max_bytes;
  gsize n_bytes;
  /* Most recently shown first; the table finds the link of a key. */
  GQueue pictures;
  GHashTable *links;
};

G_DEFINE_FINAL_TYPE (PorchAvatarCache, porch_avatar_cache, G_TYPE_OBJECT)

static void
cached_picture_free (CachedPicture *picture)
{
  g_free (picture->key);
  g_object_unref (picture->texture);
  g_free (picture);
}

static void
load_job_free (LoadJob *job)
{
  g_free (job->file);
  g_free (job);
}

static char *
make_key (const char *file, int pixels)
{
  return g_strdup_printf ("%d %s", pixels, file);
}

static gboolean
porch_avatar_cache_owns (PorchAvatarCache *self, const char *file)
{
  g_autofree char *canonical = g_canonicalize_filename (file, self->folder);
  gsize length = strlen (self->folder);

  return strncmp (canonical, self->folder, length) == 0 && canonical[length] == G_DIR_SEPARATOR;
}

static void
porch_avatar_cache_drop_oldest (PorchAvatarCache *self)
{
  CachedPicture *oldest = g_queue_pop_tail (&self->pictures);

  self->n_bytes -= oldest->n_bytes;
  g_hash_table_remove (self->links, oldest->key);
  cached_picture_free (oldest);
}

static void
porch_avatar_cache_store (PorchAvatarCache *self, char *key, GdkTexture *texture)
{
  CachedPicture *picture = g_new0 (CachedPicture, 1);

  picture->key = key;
  picture->texture = g_object_ref (texture);
  picture->n_bytes = (gsize) gdk_texture_get_width (texture) * gdk_texture_get_height (texture) * 4;
  self->n_bytes += picture->n_bytes;
  g_queue_push_head (&self->pictures, picture);
  g_hash_table_insert (self->links, picture->key, self->pictures.head);

  while (self->n_bytes > self->max_bytes && self->pictures.length > 1)
    porch_avatar_cache_drop_oldest (self);
}

/* Makes the shorter side @pixels long, whatever the picture's shape, so that it can be cut square.
 */
static void
on_size_prepared_cb (GdkPixbufLoader *loader, int width, int height, gpointer user_data)
{
  LoadJob *job = user_data;
  double scale = (double) job->pixels / MAX (MIN (width, height), 1);
  double limit = job->pixels * MAX_ASPECT;

  gdk_pixbuf_loader_set_size (loader, MAX ((int) CLAMP (width * scale, 1.0, limit), 1),
                              MAX ((int) CLAMP (height * scale, 1.0, limit), 1));
}

static GdkPixbuf *
decode (LoadJob *job, GBytes *bytes, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  GdkPixbuf *pixbuf;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared_cb), job);
  if (!gdk_pixbuf_loader_write_bytes (loader, bytes, error))
    {
      gdk_pixbuf_loader_close (loader, NULL);
      return NULL;
    }
  if (!gdk_pixbuf_loader_close (loader, error))
    return NULL;

  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (pixbuf == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The file has no picture");
      return NULL;
    }

  return g_object_ref (pixbuf);
}

static GBytes *
read_file (const char *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) location = g_file_new_for_path (file);
  g_autoptr (GFileInputStream) stream = g_file_read (location, cancellable, error);
  g_autoptr (GBytes) bytes = NULL;

  if (stream == NULL)
    return NULL;

  bytes = g_input_stream_read_bytes (G_INPUT_STREAM (stream), MAX_FILE_BYTES + 1, cancellable,
                                     error);
  if (bytes != NULL && g_bytes_get_size (bytes) > MAX_FILE_BYTES)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The file is too large");
      return NULL;
    }

  return g_steal_pointer (&bytes);
}

static void
load_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  LoadJob *job = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GdkPixbuf) square = NULL;
  int side;

  if (g_task_return_error_if_cancelled (task))
    return;

  bytes = read_file (job->file, cancellable, &error);
  if (bytes != NULL)
    pixbuf = decode (job, bytes, &error);
  if (pixbuf == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  side = MIN (gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf));
  square = gdk_pixbuf_new_subpixbuf (pixbuf, (gdk_pixbuf_get_width (pixbuf) - side) / 2,
                                     (gdk_pixbuf_get_height (pixbuf) - side) / 2, side, side);
  g_task_return_pointer (task, gdk_texture_new_for_pixbuf (square), g_object_unref);
}

static void
porch_avatar_cache_finalize (GObject *object)
{
  PorchAvatarCache *self = PORCH_AVATAR_CACHE (object);

  g_hash_table_unref (self->links);
  g_queue_clear_full (&self->pictures, (GDestroyNotify) cached_picture_free);
  g_free (self->folder);

  G_OBJECT_CLASS (porch_avatar_cache_parent_class)->finalize (object);
}

static void
porch_avatar_cache_class_init (PorchAvatarCacheClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_avatar_cache_finalize;
}

static void
porch_avatar_cache_init (PorchAvatarCache *self)
{
  g_queue_init (&self->pictures);
  self->links = g_hash_table_new (g_str_hash, g_str_equal);
}

/**
 * porch_avatar_cache_get_default:
 *
 * Returns: (transfer none): the program's own, over the agent's cache folder
 */
PorchAvatarCache *
porch_avatar_cache_get_default (void)
{
  static PorchAvatarCache *instance;

  if (instance == NULL)
    {
      g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "porchlight", NULL);

      instance = porch_avatar_cache_new (folder, MAX_BYTES);
    }

  return instance;
}

/**
 * porch_avatar_cache_new:
 * @folder: (type filename): the only folder, with what is below it, that is read from
 * @max_bytes: how much memory decoded pictures may take; the one shown last stays in any case
 *
 * Returns: (transfer full): an empty cache
 */
PorchAvatarCache *
porch_avatar_cache_new (const char *folder, gsize max_bytes)
{
  PorchAvatarCache *self;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (PORCH_TYPE_AVATAR_CACHE, NULL);
  self->folder = g_canonicalize_filename (folder, NULL);
  self->max_bytes = max_bytes;

  return self;
}

/**
 * porch_avatar_cache_lookup:
 * @self: a cache
 * @file: (type filename): a picture's file
 * @pixels: the side at which it is shown, in device pixels
 *
 * Returns: (transfer none) (nullable): the picture, if it is decoded already
 */
GdkTexture *
porch_avatar_cache_lookup (PorchAvatarCache *self, const char *file, int pixels)
{
  g_autofree char *key = NULL;
  GList *link;

  g_return_val_if_fail (PORCH_IS_AVATAR_CACHE (self), NULL);
  g_return_val_if_fail (file != NULL, NULL);

  key = make_key (file, pixels);
  link = g_hash_table_lookup (self->links, key);
  if (link == NULL)
    return NULL;

  g_queue_unlink (&self->pictures, link);
  g_queue_push_head_link (&self->pictures, link);

  return ((CachedPicture *) link->data)->texture;
}

/**
 * porch_avatar_cache_get_n_bytes:
 * @self: a cache
 *
 * Returns: how much memory the decoded pictures take
 */
gsize
porch_avatar_cache_get_n_bytes (PorchAvatarCache *self)
{
  g_return_val_if_fail (PORCH_IS_AVATAR_CACHE (self), 0);

  return self->n_bytes;
}

/**
 * porch_avatar_cache_load_async:
 * @self: a cache
 * @file: (type filename): a picture's file, below the cache's folder
 * @pixels: the side at which it will be shown, in device pixels
 * @cancellable: (nullable): a cancellable
 * @callback: called with the picture
 * @user_data: for @callback
 *
 * Reads and decodes a picture off the main loop, cuts it square and remembers it.
 */
void
porch_avatar_cache_load_async (PorchAvatarCache *self,
                               const char *file,
                               int pixels,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  LoadJob *job;

  g_return_if_fail (PORCH_IS_AVATAR_CACHE (self));
  g_return_if_fail (file != NULL);
  g_return_if_fail (pixels > 0);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_avatar_cache_load_async);
  /* After whatever a frame waits for. */
  g_task_set_priority (task, G_PRIORITY_DEFAULT_IDLE);

  if (!porch_avatar_cache_owns (self, file))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                               "The picture is not in the agent's cache");
      return;
    }

  job = g_new0 (LoadJob, 1);
  job->file = g_strdup (file);
  job->pixels = pixels;
  g_task_set_task_data (task, job, (GDestroyNotify) load_job_free);
  g_task_run_in_thread (task, load_thread);
}

/**
 * porch_avatar_cache_load_finish:
 * @self: a cache
 * @result: a result
 * @error: return location
 *
 * Returns: (transfer full): the picture, square, or %NULL with a #GIOErrorEnum or #GdkPixbufError
 */
GdkTexture *
porch_avatar_cache_load_finish (PorchAvatarCache *self, GAsyncResult *result, GError **error)
{
  GdkTexture *texture;

  g_return_val_if_fail (PORCH_IS_AVATAR_CACHE (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  texture = g_task_propagate_pointer (G_TASK (result), error);
  if (texture != NULL)
    {
      LoadJob *job = g_task_get_task_data (G_TASK (result));
      g_autofree char *key = make_key (job->file, job->pixels);

      /* Two rows may have asked for the same picture at once. */
      if (!g_hash_table_contains (self->links, key))
        porch_avatar_cache_store (self, g_steal_pointer (&key), texture);
    }

  return texture;
}
