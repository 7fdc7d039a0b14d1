/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-image-header.h"

#include "porch-test-pictures.h"

typedef struct
{
  const guint8 *bytes;
  gsize length;
  guint width;
  guint height;
} Case;

/* A JFIF picture of 300 × 200 with an APP0 and a comment before its frame. */
static const guint8 jpeg[] = {
  0xff, 0xd8, 0xff, 0xe0, 0x00, 0x04, 'J',  'F',  0xff, 0xff, 0xfe, 0x00, 0x03, 'x',  0xff, 0xc2,
  0x00, 0x11, 0x08, 0x00, 0xc8, 0x01, 0x2c, 0x03, 0x01, 0x22, 0x00, 0x02, 0x11, 0x01, 0x03, 0x11,
};

/* 640 × 480, lossy. */
static const guint8 webp_lossy[] = {
  'R', 'I', 'F', 'F', 0x18, 0,    0,    0,    'W',  'E',  'B',  'P',  'V',  'P',  '8',
  ' ', 0,   0,   0,   0,    0x30, 0x01, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01,
};

/* 386 × 395, lossless: 385 and 394 in 14 bits each. */
static const guint8 webp_lossless[] = {
  'R', 'I', 'F', 'F', 0x18, 0,    0,    0,    'W',  'E',  'B', 'P', 'V', 'P', '8',
  'L', 0,   0,   0,   0,    0x2f, 0x81, 0x81, 0x62, 0x00, 0,   0,   0,   0,   0,
};

/* 16777216 × 1, extended. */
static const guint8 webp_extended[] = {
  'R', 'I', 'F', 'F', 0x18, 0, 0, 0, 'W', 'E',  'B',  'P',  'V', 'P', '8',
  'X', 10,  0,   0,   0,    0, 0, 0, 0,   0xff, 0xff, 0xff, 0,   0,   0,
};

static void
test_sizes (void)
{
  g_autoptr (GBytes) png = porch_test_picture_png (70000, 3);
  const Case cases[] = {
    { g_bytes_get_data (png, NULL), g_bytes_get_size (png), 70000, 3 },
    { jpeg, sizeof jpeg, 300, 200 },
    { webp_lossy, sizeof webp_lossy, 640, 480 },
    { webp_lossless, sizeof webp_lossless, 386, 395 },
    { webp_extended, sizeof webp_extended, 16777216, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint width, height;

      g_assert_true (porch_image_header_parse (cases[i].bytes, cases[i].length, &width, &height));
      g_assert_cmpuint (width, ==, cases[i].width);
      g_assert_cmpuint (height, ==, cases[i].height);
    }
}

static void
test_other_things (void)
{
  const char *const texts[] = {
    "",
    "GIF89a\1\0\1\0\0\0\0;",
    "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "BM",
    "<!DOCTYPE html><title>x</title>",
    "RIFF\1\1\1\1WAVEfmt 0123456789012345",
    "\xff\xd8\xff\xda\1\1\1\1\1\1\1\1\1\1",
    "\xff\xd8\xff\xd9\1\1\1\1\1\1\1\1\1\1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      guint width, height;

      g_assert_false (
          porch_image_header_parse ((const guint8 *) texts[i], strlen (texts[i]), &width, &height));
    }
}

/* Copies of exactly as many bytes, so that a sanitizer sees a step too far. */
static void
test_every_beginning_is_safe (void)
{
  const Case cases[] = {
    { jpeg, sizeof jpeg, 0, 0 },
    { webp_lossy, sizeof webp_lossy, 0, 0 },
    { webp_lossless, sizeof webp_lossless, 0, 0 },
    { webp_extended, sizeof webp_extended, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize length = 1; length < cases[i].length; length++)
      {
        g_autofree guint8 *bytes = g_memdup2 (cases[i].bytes, length);
        guint width, height;

        if (length < 23)
          g_assert_false (porch_image_header_parse (bytes, length, &width, &height));
        else
          porch_image_header_parse (bytes, length, &width, &height);
      }
}

static void
test_segments_that_lead_nowhere (void)
{
  guint8 bytes[4096];
  guint width, height;

  memset (bytes, 0xff, sizeof bytes);
  bytes[1] = 0xd8;
  g_assert_false (porch_image_header_parse (bytes, sizeof bytes, &width, &height));

  /* Lengths of 0, which would never get on. */
  for (gsize i = 2; i + 4 <= sizeof bytes; i += 4)
    {
      bytes[i] = 0xff;
      bytes[i + 1] = 0xe0;
      bytes[i + 2] = 0;
      bytes[i + 3] = 0;
    }
  g_assert_false (porch_image_header_parse (bytes, sizeof bytes, &width, &height));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/image-header/sizes", test_sizes);
  g_test_add_func ("/client/image-header/other-things", test_other_things);
  g_test_add_func ("/client/image-header/every-beginning-is-safe", test_every_beginning_is_safe);
  g_test_add_func ("/client/image-header/segments-that-lead-nowhere",
                   test_segments_that_lead_nowhere);

  return g_test_run ();
}
