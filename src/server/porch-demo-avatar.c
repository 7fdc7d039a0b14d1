/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Draws the pictures of the simulated people: a soft gradient with two discs on it, a different one
 * for each number, as a PNG (RFC 2083). Nothing is read from a file and nobody's face is used.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-demo-avatar.h"

#include <gio/gio.h>
#include <math.h>

#define SIZE            PORCH_DEMO_AVATAR_SIZE
#define BYTES_PER_PIXEL 3
#define ROW_BYTES       (1 + SIZE * BYTES_PER_PIXEL) /* a row begins with its filter */
#define FILTER_UP       2

typedef struct
{
  double red, green, blue; /* 0 to 1 */
} Colour;

typedef struct
{
  double x, y, radius; /* of the picture's size */
  double opacity;
} Disc;

/* hue in turns; saturation and lightness from 0 to 1 */
static Colour
colour_from_hsl (double hue, double saturation, double lightness)
{
  const double offsets[] = { 0.0, 8.0, 4.0 };
  double channels[3];
  double a = saturation * MIN (lightness, 1 - lightness);

  for (guint i = 0; i < 3; i++)
    {
      double k = fmod (offsets[i] + hue * 12, 12);

      channels[i] = lightness - a * MAX (-1, MIN (MIN (k - 3, 9 - k), 1));
    }

  return (Colour){ channels[0], channels[1], channels[2] };
}

static Colour
mix (Colour a, Colour b, double share_of_b)
{
  return (Colour){ a.red + (b.red - a.red) * share_of_b, a.green + (b.green - a.green) * share_of_b,
                   a.blue + (b.blue - a.blue) * share_of_b };
}

/* How much of a pixel the disc covers: its edge is one pixel soft. */
static double
get_coverage (const Disc *disc, double x, double y)
{
  double distance = hypot (x - disc->x, y - disc->y);

  return CLAMP ((disc->radius - distance) * SIZE + 0.5, 0, 1) * disc->opacity;
}

static guint8 *
draw_rows (guint number)
{
  guint8 *rows = g_malloc0 (SIZE * ROW_BYTES);
  /* The golden ratio spreads the hues however many there are. */
  double hue = fmod (0.08 + number * 0.61803398875, 1);
  double turn = number * 2.399963;
  Colour from = colour_from_hsl (hue, 0.62, 0.70);
  Colour to = colour_from_hsl (fmod (hue + 0.14, 1), 0.58, 0.42);
  Colour light = colour_from_hsl (fmod (hue + 0.05, 1), 0.70, 0.90);
  Disc discs[] = {
    { 0.5 + 0.30 * cos (turn), 0.5 + 0.30 * sin (turn), 0.30 + 0.06 * (number % 3), 0.38 },
    { 0.5 - 0.34 * cos (turn + 0.9), 0.5 - 0.34 * sin (turn + 0.9), 0.16 + 0.05 * (number % 4),
      0.55 },
  };

  for (guint row = 0; row < SIZE; row++)
    for (guint column = 0; column < SIZE; column++)
      {
        guint8 *pixel = rows + row * ROW_BYTES + 1 + column * BYTES_PER_PIXEL;
        double x = (column + 0.5) / SIZE;
        double y = (row + 0.5) / SIZE;
        Colour colour = mix (from, to, (x + y) / 2);

        for (guint i = 0; i < G_N_ELEMENTS (discs); i++)
          colour = mix (colour, light, get_coverage (&discs[i], x, y));
        pixel[0] = colour.red * 255 + 0.5;
        pixel[1] = colour.green * 255 + 0.5;
        pixel[2] = colour.blue * 255 + 0.5;
      }

  return rows;
}

/* Each row becomes its difference from the one above, which compresses far better. */
static void
filter_rows (guint8 *rows)
{
  for (guint row = SIZE - 1; row > 0; row--)
    {
      guint8 *bytes = rows + row * ROW_BYTES;
      const guint8 *above = bytes - ROW_BYTES;

      bytes[0] = FILTER_UP;
      for (guint i = 1; i < ROW_BYTES; i++)
        bytes[i] -= above[i];
    }
}

static GByteArray *
compress (const guint8 *bytes, gsize length)
{
  g_autoptr (GConverter) compressor = G_CONVERTER (
      g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9));
  g_autofree guint8 *buffer = g_malloc (length + 1024);
  GByteArray *output = g_byte_array_new ();
  GConverterResult result = G_CONVERTER_CONVERTED;
  gsize consumed = 0;

  while (result != G_CONVERTER_FINISHED)
    {
      gsize n_read = 0;
      gsize n_written = 0;

      result = g_converter_convert (compressor, bytes + consumed, length - consumed, buffer,
                                    length + 1024, G_CONVERTER_INPUT_AT_END, &n_read, &n_written,
                                    NULL);
      g_assert (result != G_CONVERTER_ERROR);
      consumed += n_read;
      g_byte_array_append (output, buffer, n_written);
    }

  return output;
}

static guint32
checksum (const guint8 *bytes, gsize length)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= bytes[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = crc & 1 ? 0xedb88320 ^ (crc >> 1) : crc >> 1;
    }

  return ~crc;
}

static void
append_chunk (GByteArray *png, const char *type, const guint8 *bytes, gsize length)
{
  guint32 number = GUINT32_TO_BE (length);
  gsize begin;

  g_byte_array_append (png, (guint8 *) &number, 4);
  begin = png->len;
  g_byte_array_append (png, (const guint8 *) type, 4);
  g_byte_array_append (png, bytes, length);
  number = GUINT32_TO_BE (checksum (png->data + begin, png->len - begin));
  g_byte_array_append (png, (guint8 *) &number, 4);
}

/**
 * porch_demo_avatar_render:
 * @number: whose
 *
 * Returns: (transfer full): a PNG of %PORCH_DEMO_AVATAR_SIZE pixels a side, always the same for a
 *   number
 */
GBytes *
porch_demo_avatar_render (guint number)
{
  static const guint8 signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  /* Width, height, 8 bits, true colour, and the only methods that there are. */
  static const guint8 header[] = { 0,           0, SIZE >> 8, SIZE & 0xff, 0, 0, SIZE >> 8,
                                   SIZE & 0xff, 8, 2,         0,           0, 0 };
  g_autofree guint8 *rows = draw_rows (number);
  g_autoptr (GByteArray) compressed = NULL;
  GByteArray *png = g_byte_array_new ();

  filter_rows (rows);
  compressed = compress (rows, SIZE * ROW_BYTES);

  g_byte_array_append (png, signature, sizeof signature);
  append_chunk (png, "IHDR", header, sizeof header);
  append_chunk (png, "IDAT", compressed->data, compressed->len);
  append_chunk (png, "IEND", NULL, 0);

  return g_byte_array_free_to_bytes (png);
}
