/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The first bytes of a picture, which anyone may have named as theirs. */

#include "fuzz.h"

#include "client/porch-image-header.h"

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  guint width = 0, height = 0;

  /* A copy of exactly that size, so that a step too far is seen. */
  g_autofree guint8 *exact = g_memdup2 (bytes, length);

  if (!porch_image_header_parse (exact, length, &width, &height))
    return 0;

  g_assert_cmpuint (length, >=, 11);
  return 0;
}
