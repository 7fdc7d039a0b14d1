/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Clean text is one bounded line, and cleaning it again changes nothing. */

#include "fuzz.h"

#include <string.h>

#include "presence/porch-text.h"
#include "protocol/porch-user-id.h"

#define MAX_BYTES 64

static void
check_clean (const char *text)
{
  g_autofree char *clean = porch_text_clean (text, MAX_BYTES);
  g_autofree char *again = porch_text_clean (clean, MAX_BYTES);

  g_assert_cmpstr (clean, ==, again);
  if (clean == NULL)
    return;

  g_assert_cmpuint (strlen (clean), <=, MAX_BYTES);
  g_assert_true (g_utf8_validate (clean, -1, NULL));
  for (const char *at = clean; *at != '\0'; at = g_utf8_next_char (at))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (at)));
}

static void
check_user_id (const char *text)
{
  g_autofree char *channel = NULL;

  if (!porch_user_id_is_valid (text))
    return;

  channel = porch_user_id_to_channel (text);
  g_assert_cmpstr (porch_user_id_from_channel (channel), ==, text);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autofree char *text = g_utf8_make_valid ((const char *) bytes, length);

  check_clean (text);
  check_user_id (text);
  return 0;
}
