/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Every time that is read is written as the same time again. */

#include "fuzz.h"

#include "protocol/porch-timestamp.h"

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autofree char *string = g_strndup ((const char *) bytes, length);
  gint64 time_us, again_us;

  if (porch_timestamp_parse (string, &time_us) && time_us > 0)
    {
      g_autofree char *text = porch_timestamp_format (time_us);

      g_assert_true (porch_timestamp_parse (text, &again_us));
      g_assert_cmpint (time_us, ==, again_us);
    }

  if (porch_timestamp_parse_http_date (string, &time_us))
    g_assert_cmpint (time_us, >=, 0);

  return 0;
}
