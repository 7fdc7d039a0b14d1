/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Tells by its first bytes what kind of picture a file is. It decodes nothing: what a picture shows
 * is the clients' business, which decode it where a crash does no harm.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-avatar.h"

#include <gio/gio.h>
#include <string.h>

/* Returns: (nullable): image/png, image/jpeg or image/webp; NULL for anything else */
static const char *
find_content_type (GBytes *image)
{
  gsize length;
  const char *data = g_bytes_get_data (image, &length);

  if (length >= 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    return "image/png";
  if (length >= 3 && memcmp (data, "\xff\xd8\xff", 3) == 0)
    return "image/jpeg";
  if (length >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return "image/webp";

  return NULL;
}

/**
 * porch_avatar_load:
 * @path: a file
 * @content_type: (out): what kind of picture it is
 * @error: a place for an error of %G_IO_ERROR
 *
 * Reads a picture of a kind and size that clients show. Blocks.
 *
 * Returns: (transfer full): the encoded picture, or %NULL with @error set
 */
GBytes *
porch_avatar_load (const char *path, const char **content_type, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr (GBytes) image = NULL;

  if (stream == NULL)
    return NULL;

  image = g_input_stream_read_bytes (G_INPUT_STREAM (stream), PORCH_AVATAR_MAX_BYTES + 1, NULL,
                                     error);
  if (image == NULL)
    return NULL;

  *content_type = find_content_type (image);
  if (g_bytes_get_size (image) > PORCH_AVATAR_MAX_BYTES)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "%s is larger than %d KiB, which no client shows", path,
                 PORCH_AVATAR_MAX_BYTES / 1024);
  else if (*content_type == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "%s is not a PNG, JPEG or WebP picture", path);
  else
    return g_steal_pointer (&image);

  return NULL;
}
