/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What strangers wrote, made fit to show. */

#include "presence/porch-text.h"

#include <string.h>

static void
assert_cleans (const char *text, gsize max_bytes, const char *expected)
{
  g_autofree char *clean = porch_text_clean (text, max_bytes);

  g_assert_cmpstr (clean, ==, expected);
}

static void
test_plain_text_stays (void)
{
  assert_cleans ("Ann Example", 100, "Ann Example");
  assert_cleans ("أحمد يوسف", 100, "أحمد يوسف");
  assert_cleans ("<b>Ann</b> & Co", 100, "<b>Ann</b> & Co");
  assert_cleans ("👩‍👩‍👧", 100, "👩‍👩‍👧");
}

static void
test_becomes_one_line (void)
{
  assert_cleans ("  Ann \t\r\n Example\n", 100, "Ann Example");
  assert_cleans ("Ann\xe2\x80\xa8"
                 "Example",
                 100, "Ann Example");
}

static void
test_controls_are_left_out (void)
{
  assert_cleans ("A\x1b[31mnn\x07\x7f", 100, "A[31mnn");
  assert_cleans ("A\xc2\x9bnn", 100, "Ann");
}

static void
test_direction_stays (void)
{
  /* U+202E, U+2066, U+2069 */
  assert_cleans ("gnp.\xe2\x80\xae"
                 "ann\xe2\x81\xa6!\xe2\x81\xa9",
                 100, "gnp.ann!");
}

static void
test_nothing_is_null (void)
{
  assert_cleans (NULL, 100, NULL);
  assert_cleans ("", 100, NULL);
  assert_cleans (" \n\x01 ", 100, NULL);
  /* U+200B, U+200D, U+0301 */
  assert_cleans ("\xe2\x80\x8b \xe2\x80\x8d\xcc\x81", 100, NULL);
}

static void
test_cut_between_characters (void)
{
  g_autofree char *long_text = g_strnfill (10000, 'x');
  g_autofree char *clean = porch_text_clean (long_text, 200);

  g_assert_cmpuint (strlen (clean), ==, 200);
  assert_cleans ("aéé", 4, "aé");
  assert_cleans ("aéé", 5, "aéé");
  assert_cleans ("abc d", 4, "abc");
}

static void
test_consists_of (void)
{
  g_assert_true (porch_text_consists_of ("abc-1", PORCH_TEXT_ALPHANUMERIC "-", 5));
  g_assert_false (porch_text_consists_of ("abc-1", PORCH_TEXT_ALPHANUMERIC "-", 4));
  g_assert_false (porch_text_consists_of ("abc-1", PORCH_TEXT_ALPHANUMERIC, 5));
  g_assert_false (porch_text_consists_of ("", PORCH_TEXT_ALPHANUMERIC, 5));
  g_assert_false (porch_text_consists_of (NULL, PORCH_TEXT_ALPHANUMERIC, 5));
}

static void
test_visible_ascii (void)
{
  g_assert_true (porch_text_is_visible_ascii ("Az~!"));
  g_assert_false (porch_text_is_visible_ascii ("a b"));
  g_assert_false (porch_text_is_visible_ascii ("a\r\nX-Header: b"));
  g_assert_false (porch_text_is_visible_ascii ("é"));
  g_assert_false (porch_text_is_visible_ascii (""));
  g_assert_false (porch_text_is_visible_ascii (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/presence/text/plain-text-stays", test_plain_text_stays);
  g_test_add_func ("/presence/text/becomes-one-line", test_becomes_one_line);
  g_test_add_func ("/presence/text/controls-are-left-out", test_controls_are_left_out);
  g_test_add_func ("/presence/text/direction-stays", test_direction_stays);
  g_test_add_func ("/presence/text/nothing-is-null", test_nothing_is_null);
  g_test_add_func ("/presence/text/cut-between-characters", test_cut_between_characters);
  g_test_add_func ("/presence/text/consists-of", test_consists_of);
  g_test_add_func ("/presence/text/visible-ascii", test_visible_ascii);

  return g_test_run ();
}
