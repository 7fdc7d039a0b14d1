/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What an id may look like, and the channel it gives. */

#include "protocol/porch-user-id.h"

static void
test_real_ids_are_valid (void)
{
  g_assert_true (porch_user_id_is_valid ("11111111-2222-3333-4444-555555555555"));
  g_assert_true (porch_user_id_is_valid ("clr8x2k0q0000v8l5h3j1a2b3"));
  g_assert_true (porch_user_id_is_valid ("42"));
  g_assert_true (porch_user_id_is_valid ("ann@example.org"));
}

static void
test_what_could_escape_is_not (void)
{
  const char *const ids[] = { "",    ".",   "..",   "a/b", "../etc", "a b",   "a%2fb",
                              "a?b", "a#b", "a\nb", "a'b", "a,b",    "ann é", "*",
                              "a:b", "a&b", "\"",   "<b>", "a\\b",   "a\x7f" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    if (porch_user_id_is_valid (ids[i]))
      g_error ("%s: was taken", ids[i]);
  g_assert_false (porch_user_id_is_valid (NULL));
}

static void
test_length_is_bounded (void)
{
  g_autofree char *longest = g_strnfill (PORCH_USER_ID_MAX_BYTES, 'a');
  g_autofree char *longer = g_strnfill (PORCH_USER_ID_MAX_BYTES + 1, 'a');

  g_assert_true (porch_user_id_is_valid (longest));
  g_assert_false (porch_user_id_is_valid (longer));
}

static void
test_channel_and_back (void)
{
  g_autofree char *channel = porch_user_id_to_channel ("ann");

  g_assert_cmpstr (channel, ==, "presence-user-ann");
  g_assert_cmpstr (porch_user_id_from_channel (channel), ==, "ann");
}

static void
test_other_channels_are_nobodys (void)
{
  g_assert_null (porch_user_id_from_channel (NULL));
  g_assert_null (porch_user_id_from_channel ("presence-user-"));
  g_assert_null (porch_user_id_from_channel ("presence-user-.."));
  g_assert_null (porch_user_id_from_channel ("presence-users-ann"));
  g_assert_null (porch_user_id_from_channel ("private-user-ann"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/user-id/real-ids-are-valid", test_real_ids_are_valid);
  g_test_add_func ("/protocol/user-id/what-could-escape-is-not", test_what_could_escape_is_not);
  g_test_add_func ("/protocol/user-id/length-is-bounded", test_length_is_bounded);
  g_test_add_func ("/protocol/user-id/channel-and-back", test_channel_and_back);
  g_test_add_func ("/protocol/user-id/other-channels-are-nobodys", test_other_channels_are_nobodys);

  return g_test_run ();
}
