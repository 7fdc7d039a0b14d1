/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "presence/porch-search.h"

static void
test_finds (void)
{
  static const struct
  {
    const char *name;
    const char *search;
    gboolean finds;
  } cases[] = {
    { "Ann Marsh", "ann", TRUE },
    { "Ann Marsh", "MARSH an", TRUE },
    { "Ann Marsh", "ann park", FALSE },
    { "Zoë Park", "zoe", TRUE },
    { "Zoe Park", "zoë", TRUE },
    { "Straße", "STRASSE", TRUE },
    { "李小龍", "小龍", TRUE },
    { "Ann Marsh", "", TRUE },
    { "Ann Marsh", "  ", TRUE },
    { "Ann Marsh", "ann  marsh", TRUE },
    { "", "ann", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folded = porch_search_fold (cases[i].name);
      g_auto (GStrv) terms = porch_search_split (cases[i].search);

      g_test_message ("%s in %s", cases[i].search, cases[i].name);
      g_assert_cmpint (porch_search_matches (folded, (const char *const *) terms), ==,
                       cases[i].finds);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/presence/search/finds", test_finds);

  return g_test_run ();
}
