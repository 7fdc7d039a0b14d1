/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* How people are found by name, in the window's list and in the desktop's search alike: each word
 * of the search must be somewhere in the name, whatever its case and accents.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "presence/porch-search.h"

#include <string.h>

/**
 * porch_search_fold:
 * @text: a name, or what is searched for
 *
 * Returns: (transfer full): @text in lower case and without accents: "zoe" finds "Zoë"
 */
char *
porch_search_fold (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  g_autofree char *decomposed = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  g_autofree char *lower = NULL;
  GString *folded = g_string_new (NULL);

  if (decomposed != NULL)
    {
      lower = g_utf8_casefold (decomposed, -1);
      for (const char *p = lower; *p != '\0'; p = g_utf8_next_char (p))
        {
          gunichar c = g_utf8_get_char (p);

          if (!g_unichar_ismark (c))
            g_string_append_unichar (folded, c);
        }
    }

  return g_string_free (folded, FALSE);
}

/**
 * porch_search_split:
 * @search: (nullable): what is searched for
 *
 * Returns: (transfer full) (nullable): its words, folded; %NULL where there is none
 */
char **
porch_search_split (const char *search)
{
  g_autofree char *folded = g_strstrip (porch_search_fold (search != NULL ? search : ""));

  return *folded != '\0' ? g_strsplit (folded, " ", -1) : NULL;
}

/**
 * porch_search_matches:
 * @folded: a name, folded
 * @terms: (nullable): words of a search
 *
 * Returns: whether all of @terms are in @folded; %TRUE for no search
 */
gboolean
porch_search_matches (const char *folded, const char *const *terms)
{
  g_return_val_if_fail (folded != NULL, FALSE);

  for (guint i = 0; terms != NULL && terms[i] != NULL; i++)
    if (strstr (folded, terms[i]) == NULL)
      return FALSE;

  return TRUE;
}
