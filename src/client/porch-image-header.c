/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Tells from the first bytes of a PNG, JPEG or WebP picture how large it will be. It decodes
 * nothing: that happens in the window, where a crash takes nothing with it but the picture.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-image-header.h"

#include <string.h>

#define JPEG_MARKER_SOF_FIRST 0xc0
#define JPEG_MARKER_DHT       0xc4
#define JPEG_MARKER_JPG       0xc8
#define JPEG_MARKER_DAC       0xcc
#define JPEG_MARKER_SOF_LAST  0xcf
#define JPEG_MARKER_RST_FIRST 0xd0
#define JPEG_MARKER_SOI       0xd8
#define JPEG_MARKER_EOI       0xd9
#define JPEG_MARKER_SOS       0xda
#define JPEG_MARKER_TEM       0x01

static guint
read_be16 (const guint8 *bytes)
{
  return bytes[0] << 8 | bytes[1];
}

static guint
read_be32 (const guint8 *bytes)
{
  return (guint) read_be16 (bytes) << 16 | read_be16 (bytes + 2);
}

static guint
read_le16 (const guint8 *bytes)
{
  return bytes[1] << 8 | bytes[0];
}

static guint
read_le24 (const guint8 *bytes)
{
  return (guint) bytes[2] << 16 | read_le16 (bytes);
}

/* PNG, third edition, 5.2 and 11.2.1: the signature, then IHDR. */
static gboolean
parse_png (const guint8 *bytes, gsize length, guint *width, guint *height)
{
  static const guint8 start[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n',
                                  0,    0,   0,   13,  'I',  'H',  'D',  'R' };

  if (length < 24 || memcmp (bytes, start, sizeof start) != 0)
    return FALSE;

  *width = read_be32 (bytes + 16);
  *height = read_be32 (bytes + 20);
  return TRUE;
}

static gboolean
marker_starts_frame (guint8 marker)
{
  return marker >= JPEG_MARKER_SOF_FIRST && marker <= JPEG_MARKER_SOF_LAST
         && marker != JPEG_MARKER_DHT && marker != JPEG_MARKER_JPG && marker != JPEG_MARKER_DAC;
}

/* ITU-T T.81, annex B: segments up to the start of the frame. */
static gboolean
parse_jpeg (const guint8 *bytes, gsize length, guint *width, guint *height)
{
  gsize at = 2;

  if (length < 4 || bytes[0] != 0xff || bytes[1] != JPEG_MARKER_SOI)
    return FALSE;

  while (at + 9 <= length && bytes[at] == 0xff)
    {
      guint8 marker = bytes[at + 1];

      if (marker == 0xff)
        {
          at++;
          continue;
        }
      if (marker == JPEG_MARKER_TEM
          || (marker >= JPEG_MARKER_RST_FIRST && marker < JPEG_MARKER_SOI))
        {
          at += 2;
          continue;
        }
      if (marker == JPEG_MARKER_SOS || marker == JPEG_MARKER_EOI)
        return FALSE;
      if (marker_starts_frame (marker))
        {
          *height = read_be16 (bytes + at + 5);
          *width = read_be16 (bytes + at + 7);
          return TRUE;
        }

      at += 2 + MAX (read_be16 (bytes + at + 2), 2);
    }

  return FALSE;
}

/* RFC 9649, 2.5 to 2.7: the first chunk says the size, in one of three ways. */
static gboolean
parse_webp (const guint8 *bytes, gsize length, guint *width, guint *height)
{
  if (length < 30 || memcmp (bytes, "RIFF", 4) != 0 || memcmp (bytes + 8, "WEBP", 4) != 0)
    return FALSE;

  if (memcmp (bytes + 12, "VP8 ", 4) == 0)
    {
      static const guint8 start_code[] = { 0x9d, 0x01, 0x2a };

      if (memcmp (bytes + 23, start_code, sizeof start_code) != 0)
        return FALSE;

      *width = read_le16 (bytes + 26) & 0x3fff;
      *height = read_le16 (bytes + 28) & 0x3fff;
      return TRUE;
    }

  if (memcmp (bytes + 12, "VP8L", 4) == 0)
    {
      guint bits = read_le24 (bytes + 21) | (guint) bytes[24] << 24;

      if (bytes[20] != 0x2f)
        return FALSE;

      *width = (bits & 0x3fff) + 1;
      *height = (bits >> 14 & 0x3fff) + 1;
      return TRUE;
    }

  if (memcmp (bytes + 12, "VP8X", 4) == 0)
    {
      *width = read_le24 (bytes + 24) + 1;
      *height = read_le24 (bytes + 27) + 1;
      return TRUE;
    }

  return FALSE;
}

/**
 * porch_image_header_parse:
 * @bytes: (array length=length): a picture's file, or its beginning
 * @length: how many bytes
 * @width: (out): its width in pixels
 * @height: (out): its height in pixels
 *
 * Returns: whether it begins as PNG, JPEG or WebP do, and says its size
 */
gboolean
porch_image_header_parse (const guint8 *bytes, gsize length, guint *width, guint *height)
{
  g_return_val_if_fail (width != NULL && height != NULL, FALSE);

  if (bytes == NULL)
    return FALSE;

  return parse_png (bytes, length, width, height) || parse_jpeg (bytes, length, width, height)
         || parse_webp (bytes, length, width, height);
}
