/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <string.h>

#include <glib.h>

/* The beginning of a PNG of that size; no decoder has to like it. */
static inline GBytes *
porch_test_picture_png (guint width, guint height)
{
  static const guint8 start[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n',
                                  0,    0,   0,   13,  'I',  'H',  'D',  'R' };
  guint8 bytes[33] = { 0 };

  memcpy (bytes, start, sizeof start);
  for (guint i = 0; i < 4; i++)
    {
      bytes[16 + i] = width >> (24 - 8 * i);
      bytes[20 + i] = height >> (24 - 8 * i);
    }

  return g_bytes_new (bytes, sizeof bytes);
}
