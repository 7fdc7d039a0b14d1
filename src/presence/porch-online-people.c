/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Who is online, for where there is room for a few only: the tray's tooltip and menu, and a
 * notification of several people. It picks and words; when to look again is for who shows it.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "config.h"

#include "presence/porch-online-people.h"

#include <glib/gi18n-lib.h>

static int
compare_people (PorchContact *a, PorchContact *b)
{
  int order = porch_contact_get_favourite (b) - porch_contact_get_favourite (a);

  if (order == 0)
    order = g_utf8_collate (porch_contact_get_display_name (a), porch_contact_get_display_name (b));
  if (order == 0)
    order = g_strcmp0 (porch_contact_get_id (a), porch_contact_get_id (b));
  return order;
}

/* Keeps the few best in order; most of a long list is compared once, with the last of them. */
static void
insert_person (GPtrArray *people, PorchContact *contact, guint max)
{
  guint position = people->len;

  while (position > 0 && compare_people (contact, g_ptr_array_index (people, position - 1)) < 0)
    position--;
  if (position == max)
    return;

  g_ptr_array_insert (people, position, g_object_ref (contact));
  if (people->len > max)
    g_ptr_array_set_size (people, max);
}

/**
 * porch_online_people_pick:
 * @roster: a roster
 * @max: how many at most
 *
 * Returns: (transfer full) (element-type PorchContact): who is online, favourites first, then by
 *   name as the locale sorts
 */
GPtrArray *
porch_online_people_pick (PorchRoster *roster, guint max)
{
  g_return_val_if_fail (PORCH_IS_ROSTER (roster), NULL);
  g_return_val_if_fail (max > 0, NULL);

  GPtrArray *people = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_contacts = g_list_model_get_n_items (G_LIST_MODEL (roster));

  for (guint i = 0; i < n_contacts; i++)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (G_LIST_MODEL (roster), i);

      if (porch_contact_get_status (contact) == PORCH_STATUS_ONLINE)
        insert_person (people, contact, max);
    }
  return people;
}

/**
 * porch_online_people_format:
 * @roster: a roster
 *
 * Returns: (transfer full): "Ann, Ben and 2 others are online", translated; favourites are named
 *   first
 */
char *
porch_online_people_format (PorchRoster *roster)
{
  g_return_val_if_fail (PORCH_IS_ROSTER (roster), NULL);

  g_autoptr (GPtrArray) people = porch_online_people_pick (roster, PORCH_ONLINE_NAMES_MAX);
  const char *names[PORCH_ONLINE_NAMES_MAX + 1] = { NULL };

  for (guint i = 0; i < people->len; i++)
    names[i] = porch_contact_get_display_name (g_ptr_array_index (people, i));
  return porch_online_names_format (names, porch_roster_get_n_online (roster));
}

/**
 * porch_online_names_format:
 * @names: (array zero-terminated=1): names, most important first: all, or %PORCH_ONLINE_NAMES_MAX
 * @n_online: how many people are online, those named included
 *
 * Returns: (transfer full): "Nobody is online", "Ann is online", "Ann and Ben are online", "Ann,
 *   Ben and Cleo are online" or "Ann, Ben and 2 others are online", translated
 */
char *
porch_online_names_format (const char *const *names, guint n_online)
{
  g_return_val_if_fail (names != NULL, NULL);
  g_return_val_if_fail (g_strv_length ((char **) names) >= MIN (n_online, PORCH_ONLINE_NAMES_MAX),
                        NULL);

  g_autofree char *first = n_online > 0 ? porch_short_name_format (names[0]) : NULL;
  g_autofree char *second = n_online > 1 ? porch_short_name_format (names[1]) : NULL;
  g_autofree char *third = n_online == 3 ? porch_short_name_format (names[2]) : NULL;

  switch (n_online)
    {
    case 0:
      return g_strdup (_ ("Nobody is online"));
    case 1:
      /* Translators: a person's name */
      return g_strdup_printf (_ ("%s is online"), first);
    case 2:
      /* Translators: two names */
      return g_strdup_printf (_ ("%s and %s are online"), first, second);
    case 3:
      /* Translators: three names */
      return g_strdup_printf (_ ("%s, %s and %s are online"), first, second, third);
    default:
      /* Translators: two names, and how many more people: two or more */
      return g_strdup_printf (ngettext ("%s, %s and %u other are online",
                                        "%s, %s and %u others are online", n_online - 2),
                              first, second, n_online - 2);
    }
}

/**
 * porch_short_name_format:
 * @name: a person's name
 *
 * Returns: (transfer full): the name, cut with an ellipsis where it is longer than
 *   %PORCH_SHORT_NAME_MAX_CHARS
 */
char *
porch_short_name_format (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  if (g_utf8_strlen (name, -1) <= PORCH_SHORT_NAME_MAX_CHARS)
    return g_strdup (name);

  g_autofree char *beginning = g_utf8_substring (name, 0, PORCH_SHORT_NAME_MAX_CHARS - 1);
  return g_strconcat (g_strchomp (beginning), "…", NULL);
}
