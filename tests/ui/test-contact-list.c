/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The list's model: what is where, and that exactly what changed is told. A follower that knows
 * only "items-changed" must always hold what a naive sort of the roster gives.
 */

#include "porch-fake-clock.h"
#include "presence/porch-roster.h"
#include "ui/porch-contact-list.h"

#define NOW (G_GINT64_CONSTANT (1705492800) * G_USEC_PER_SEC)

typedef struct
{
  PorchFakeClock *clock;
  PorchServerClock *server_clock;
  PorchRoster *roster;
  PorchContactList *list;
  /* What somebody who only listens believes to be in the list. */
  GPtrArray *mirror;
  GString *log;
} Fixture;

static void
on_items_changed_cb (GListModel *model,
                     guint position,
                     guint removed,
                     guint added,
                     Fixture *fixture)
{
  g_assert_cmpuint (position + removed, <=, fixture->mirror->len);
  if (removed > 0)
    g_ptr_array_remove_range (fixture->mirror, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (fixture->mirror, position + i, g_list_model_get_item (model, position + i));
  g_assert_cmpuint (fixture->mirror->len, ==, g_list_model_get_n_items (model));

  g_string_append_printf (fixture->log, "%u-%u+%u ", position, removed, added);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = porch_fake_clock_new (NOW);
  fixture->server_clock = porch_server_clock_new (PORCH_CLOCK (fixture->clock));
  fixture->roster = porch_roster_new (fixture->server_clock);
  fixture->list = porch_contact_list_new (fixture->roster);
  fixture->mirror = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->log = g_string_new (NULL);
  g_signal_connect (fixture->list, "items-changed", G_CALLBACK (on_items_changed_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->mirror);
  g_string_free (fixture->log, TRUE);
  g_assert_finalize_object (fixture->list);
  g_assert_finalize_object (fixture->roster);
  g_object_unref (fixture->server_clock);
  g_object_unref (fixture->clock);
}

static void
set_state (Fixture *fixture, const char *id, PorchStatus status, gint64 minutes_ago)
{
  PorchContactState state = {
    .status = status,
    .last_known_status = status,
    .last_active_us = minutes_ago < 0 ? 0 : NOW - minutes_ago * G_TIME_SPAN_MINUTE,
  };

  porch_roster_mirror (fixture->roster, porch_roster_lookup (fixture->roster, id), &state);
}

static void
add (Fixture *fixture, const char *name, PorchStatus status, gint64 minutes_ago)
{
  g_autoptr (PorchContact) contact = porch_contact_new (name);

  porch_contact_set_name (contact, name);
  porch_roster_add (fixture->roster, contact);
  set_state (fixture, name, status, minutes_ago);
}

static PorchContact *
look_up (Fixture *fixture, const char *id)
{
  return porch_roster_lookup (fixture->roster, id);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* The list as text: "[Online 2] Ann Ben [Offline 1] Cleo". */
static char *
describe (GPtrArray *items)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < items->len; i++)
    {
      gpointer item = items->pdata[i];

      if (i > 0)
        g_string_append_c (text, ' ');
      if (PORCH_IS_SECTION (item))
        g_string_append_printf (text, "[%s %u]", porch_section_get_title (item),
                                porch_section_get_count (item));
      else
        g_string_append (text, porch_contact_get_display_name (item));
    }

  return g_string_free (text, FALSE);
}

static void
assert_list (Fixture *fixture, const char *expected)
{
  g_autofree char *actual = describe (fixture->mirror);

  g_assert_cmpstr (actual, ==, expected);
}

static void
assert_changes (Fixture *fixture, const char *expected)
{
  g_assert_cmpstr (g_strchomp (fixture->log->str), ==, expected);
  g_string_truncate (fixture->log, 0);
}

static void
add_some (Fixture *fixture)
{
  add (fixture, "Cleo", PORCH_STATUS_ONLINE, 1);
  add (fixture, "ann", PORCH_STATUS_ONLINE, 0);
  add (fixture, "Ben", PORCH_STATUS_ONLINE, 2);
  add (fixture, "Never", PORCH_STATUS_OFFLINE, -1);
  add (fixture, "Old", PORCH_STATUS_OFFLINE, 600);
  add (fixture, "Fresh", PORCH_STATUS_OFFLINE, 6);
  g_string_truncate (fixture->log, 0);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  assert_list (fixture, "");

  add_some (fixture);

  assert_list (fixture, "[Online 3] ann Ben Cleo [Offline 3] Fresh Old Never");
}

static void
test_order_by_name (Fixture *fixture, gconstpointer data)
{
  add_some (fixture);
  porch_contact_list_set_sorts_by_name (fixture->list, TRUE);
  assert_list (fixture, "[Online 3] ann Ben Cleo [Offline 3] Fresh Never Old");

  /* a heartbeat that came late moves nobody */
  g_string_truncate (fixture->log, 0);
  set_state (fixture, "Old", PORCH_STATUS_OFFLINE, 1);
  g_assert_cmpstr (fixture->log->str, ==, "");

  porch_contact_list_set_sorts_by_name (fixture->list, FALSE);
  assert_list (fixture, "[Online 3] ann Ben Cleo [Offline 3] Old Fresh Never");
}

static void
test_favourites (Fixture *fixture, gconstpointer data)
{
  add_some (fixture);

  porch_contact_set_favourite (look_up (fixture, "Old"), TRUE);
  assert_list (fixture, "[Favourites 1] Old [Online 3] ann Ben Cleo [Offline 2] Fresh Never");
  porch_contact_set_favourite (look_up (fixture, "Cleo"), TRUE);
  assert_list (fixture, "[Favourites 2] Cleo Old [Online 2] ann Ben [Offline 2] Fresh Never");

  porch_contact_set_favourite (look_up (fixture, "Old"), FALSE);
  porch_contact_set_favourite (look_up (fixture, "Cleo"), FALSE);
  assert_list (fixture, "[Online 3] ann Ben Cleo [Offline 3] Fresh Old Never");
}

static void
test_change_moves_one_row (Fixture *fixture, gconstpointer data)
{
  add_some (fixture);

  set_state (fixture, "Old", PORCH_STATUS_ONLINE, 0);

  assert_list (fixture, "[Online 4] ann Ben Cleo Old [Offline 2] Fresh Never");
  assert_changes (fixture, "6-1+0 4-0+1");
}

static void
test_heartbeat_moves_nothing (Fixture *fixture, gconstpointer data)
{
  add_some (fixture);

  set_state (fixture, "Ben", PORCH_STATUS_ONLINE, 0);
  set_state (fixture, "Fresh", PORCH_STATUS_OFFLINE, 5);

  assert_changes (fixture, "");
}

static void
test_heading_comes_and_goes (Fixture *fixture, gconstpointer data)
{
  add (fixture, "Ann", PORCH_STATUS_ONLINE, 0);
  g_string_truncate (fixture->log, 0);

  set_state (fixture, "Ann", PORCH_STATUS_OFFLINE, 0);

  assert_list (fixture, "[Offline 1] Ann");
  assert_changes (fixture, "0-2+0 0-0+2");
}

static void
test_unknown_moves_nothing (Fixture *fixture, gconstpointer data)
{
  add_some (fixture);

  porch_roster_set_unknown (fixture->roster);

  assert_list (fixture, "[Online 3] ann Ben Cleo [Offline 3] Fresh Old Never");
  assert_changes (fixture, "");
}

static void
test_rename (Fixture *fixture, gconstpointer data)
{
  add_some (fixture);

  porch_contact_set_name (look_up (fixture, "ann"), "Zed");

  assert_list (fixture, "[Online 3] Ben Cleo Zed [Offline 3] Fresh Old Never");
  assert_changes (fixture, "1-1+0 3-0+1");
}

static void
test_held (Fixture *fixture, gconstpointer data)
{
  PorchContact *ben;

  add_some (fixture);
  ben = look_up (fixture, "Ben");

  /* By pointer and keyboard at once. */
  porch_contact_list_hold (fixture->list, ben);
  porch_contact_list_hold (fixture->list, ben);
  set_state (fixture, "Ben", PORCH_STATUS_OFFLINE, 1);
  set_state (fixture, "ann", PORCH_STATUS_OFFLINE, 2);
  assert_list (fixture, "[Online 2] Ben Cleo [Offline 4] ann Fresh Old Never");

  porch_contact_list_release (fixture->list, ben);
  settle ();
  assert_list (fixture, "[Online 2] Ben Cleo [Offline 4] ann Fresh Old Never");

  porch_contact_list_release (fixture->list, ben);
  settle ();
  assert_list (fixture, "[Online 1] Cleo [Offline 5] Ben ann Fresh Old Never");
}

static void
test_held_and_removed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchContact) ben = NULL;

  add_some (fixture);
  ben = g_object_ref (look_up (fixture, "Ben"));
  porch_contact_list_hold (fixture->list, ben);
  set_state (fixture, "Ben", PORCH_STATUS_OFFLINE, 1);
  porch_roster_remove (fixture->roster, "Ben");
  assert_list (fixture, "[Online 2] ann Cleo [Offline 3] Fresh Old Never");

  porch_contact_list_release (fixture->list, ben);
  settle ();
  assert_list (fixture, "[Online 2] ann Cleo [Offline 3] Fresh Old Never");
}

static void
test_collapsed (Fixture *fixture, gconstpointer data)
{
  PorchSection *online = porch_contact_list_get_section (fixture->list, PORCH_SECTION_ONLINE);

  add_some (fixture);

  porch_section_set_collapsed (online, TRUE);
  assert_list (fixture, "[Online 3] [Offline 3] Fresh Old Never");
  assert_changes (fixture, "1-3+0");

  set_state (fixture, "Old", PORCH_STATUS_ONLINE, 0);
  assert_list (fixture, "[Online 4] [Offline 2] Fresh Never");
  assert_changes (fixture, "3-1+0");

  porch_section_set_collapsed (online, FALSE);
  assert_list (fixture, "[Online 4] ann Ben Cleo Old [Offline 2] Fresh Never");
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  add_some (fixture);
  porch_contact_set_name (look_up (fixture, "Old"), "Zoë Ångström");
  porch_section_set_collapsed (porch_contact_list_get_section (fixture->list, PORCH_SECTION_ONLINE),
                               TRUE);

  porch_contact_list_set_search (fixture->list, "  angstrom ZOE ");
  assert_list (fixture, "[Offline 1] Zoë Ångström");

  /* Open while it is searched, whatever was collapsed. */
  porch_contact_list_set_search (fixture->list, "e");
  assert_list (fixture, "[Online 2] Ben Cleo [Offline 3] Fresh Zoë Ångström Never");
  porch_contact_set_name (look_up (fixture, "Ben"), "Bob");
  assert_list (fixture, "[Online 1] Cleo [Offline 3] Fresh Zoë Ångström Never");
  porch_contact_set_name (look_up (fixture, "ann"), "Anne");
  assert_list (fixture, "[Online 2] Anne Cleo [Offline 3] Fresh Zoë Ångström Never");

  porch_contact_list_set_search (fixture->list, "nobody");
  assert_list (fixture, "");
  g_assert_true (porch_contact_list_get_searching (fixture->list));

  porch_contact_list_set_search (fixture->list, "");
  assert_list (fixture, "[Online 3] [Offline 3] Fresh Zoë Ångström Never");
}

/* --- Against a naive sort --- */

static int
compare_naively (gconstpointer a, gconstpointer b)
{
  PorchContact *first = *(PorchContact *const *) a;
  PorchContact *second = *(PorchContact *const *) b;
  gboolean first_online = porch_contact_get_last_known_status (first) == PORCH_STATUS_ONLINE;
  gboolean second_online = porch_contact_get_last_known_status (second) == PORCH_STATUS_ONLINE;
  int first_section = porch_contact_get_favourite (first) ? 0 : first_online ? 1 : 2;
  int second_section = porch_contact_get_favourite (second) ? 0 : second_online ? 1 : 2;
  g_autofree char *first_name = g_utf8_casefold (porch_contact_get_display_name (first), -1);
  g_autofree char *second_name = g_utf8_casefold (porch_contact_get_display_name (second), -1);
  gint64 first_us = porch_contact_get_last_active_us (first);
  gint64 second_us = porch_contact_get_last_active_us (second);

  if (first_section != second_section)
    return first_section - second_section;
  if (first_online != second_online)
    return first_online ? -1 : 1;
  if (!first_online && first_us != second_us)
    return first_us > second_us ? -1 : 1;
  if (!g_str_equal (first_name, second_name))
    return g_utf8_collate (first_name, second_name);

  return strcmp (porch_contact_get_id (first), porch_contact_get_id (second));
}

static void
assert_matches_naive_sort (Fixture *fixture)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new_with_free_func (g_object_unref);
  const char *search = porch_contact_list_get_search (fixture->list);
  guint position = 0;
  int section = -1;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (fixture->roster)); i++)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (G_LIST_MODEL (fixture->roster), i);

      if (search == NULL || strstr (porch_contact_get_display_name (contact), search) != NULL)
        g_ptr_array_add (sorted, g_steal_pointer (&contact));
    }
  g_ptr_array_sort (sorted, compare_naively);

  for (guint i = 0; i < sorted->len; i++)
    {
      PorchContact *contact = sorted->pdata[i];
      int kind = porch_contact_get_favourite (contact)                                  ? 0
                 : porch_contact_get_last_known_status (contact) == PORCH_STATUS_ONLINE ? 1
                                                                                        : 2;
      PorchSection *heading = porch_contact_list_get_section (fixture->list, kind);

      if (kind != section)
        g_assert_true (fixture->mirror->pdata[position++] == heading);
      section = kind;
      if (porch_contact_list_get_searching (fixture->list)
          || !porch_section_get_collapsed (heading))
        g_assert_true (fixture->mirror->pdata[position++] == contact);
    }
  g_assert_cmpuint (position, ==, fixture->mirror->len);
}

static void
do_something (Fixture *fixture, GPtrArray *held)
{
  g_autofree char *id = g_strdup_printf ("person %d", g_test_rand_int_range (0, 60));
  PorchContact *contact = look_up (fixture, id);

  switch (g_test_rand_int_range (0, 12))
    {
    case 0:
      if (contact != NULL)
        porch_roster_remove (fixture->roster, id);
      break;
    case 1:
      if (contact != NULL)
        porch_contact_set_favourite (contact, !porch_contact_get_favourite (contact));
      break;
    case 2:
      if (contact != NULL)
        {
          g_autofree char *name = g_strdup_printf ("name %d", g_test_rand_int_range (0, 30));

          porch_contact_set_name (contact, name);
        }
      break;
    case 3:
      {
        PorchSection *section = porch_contact_list_get_section (fixture->list,
                                                                g_test_rand_int_range (0, 3));

        porch_section_set_collapsed (section, !porch_section_get_collapsed (section));
        break;
      }
    case 4:
      porch_contact_list_set_search (fixture->list, g_test_rand_int_range (0, 2) ? NULL : "1");
      break;
    case 5:
      if (contact != NULL)
        {
          porch_contact_list_hold (fixture->list, contact);
          g_ptr_array_add (held, g_object_ref (contact));
        }
      break;
    default:
      if (contact == NULL)
        add (fixture, id, PORCH_STATUS_OFFLINE, g_test_rand_int_range (-1, 10));
      else
        set_state (fixture, id,
                   g_test_rand_int_range (0, 2) ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE,
                   g_test_rand_int_range (-1, 10));
      break;
    }
}

static void
test_random_operations (Fixture *fixture, gconstpointer data)
{
  for (guint round = 0; round < 400; round++)
    {
      g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 0; i < 8; i++)
        do_something (fixture, held);
      for (guint i = 0; i < held->len; i++)
        porch_contact_list_release (fixture->list, held->pdata[i]);
      settle ();
      assert_matches_naive_sort (fixture);
    }
}

static void
test_many_at_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *id = g_strdup_printf ("person %u", i);

      g_ptr_array_add (crowd, porch_contact_new (id));
    }
  porch_roster_add_many (fixture->roster, crowd);
  assert_changes (fixture, "0-0+101");
  assert_matches_naive_sort (fixture);

  porch_roster_clear (fixture->roster);
  assert_list (fixture, "");
}

/* The list of 10,000 must cost little enough to be filled within a start, and a change of one of
 * them little enough to be lost in a frame. The bounds are ten times what a slow machine needs. */
static void
test_ten_thousand (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (g_object_unref);
  double fill_ms, change_us;

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *id = g_strdup_printf ("user-%u", i);
      g_autofree char *name = g_strdup_printf ("Person %u", i * 7919 % 10000);
      g_autoptr (PorchContact) contact = porch_contact_new (id);
      PorchStatus status = i % 3 == 0 ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE;
      PorchContactState state = { status, status, NOW - i * G_USEC_PER_SEC, 0, 0 };

      porch_contact_set_name (contact, name);
      porch_roster_mirror (fixture->roster, contact, &state);
      g_ptr_array_add (crowd, g_steal_pointer (&contact));
    }
  g_signal_handlers_disconnect_by_func (fixture->list, on_items_changed_cb, fixture);

  g_test_timer_start ();
  porch_roster_add_many (fixture->roster, crowd);
  fill_ms = g_test_timer_elapsed () * 1000;

  g_test_timer_start ();
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *id = g_strdup_printf ("user-%u", i * 10);

      set_state (fixture, id, i % 2 ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE, 0);
    }
  change_us = g_test_timer_elapsed () * 1000000 / 1000;

  g_test_minimized_result (fill_ms, "filling with 10,000: %.1f ms", fill_ms);
  g_test_minimized_result (change_us, "one change among 10,000: %.1f us", change_us);
  g_assert_cmpfloat (fill_ms, <, 1500);
  g_assert_cmpfloat (change_us, <, 500);
}

static void
add_test (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/ui/contact-list/order", test_order);
  add_test ("/ui/contact-list/order-by-name", test_order_by_name);
  add_test ("/ui/contact-list/favourites", test_favourites);
  add_test ("/ui/contact-list/change-moves-one-row", test_change_moves_one_row);
  add_test ("/ui/contact-list/heartbeat-moves-nothing", test_heartbeat_moves_nothing);
  add_test ("/ui/contact-list/heading-comes-and-goes", test_heading_comes_and_goes);
  add_test ("/ui/contact-list/unknown-moves-nothing", test_unknown_moves_nothing);
  add_test ("/ui/contact-list/rename", test_rename);
  add_test ("/ui/contact-list/held", test_held);
  add_test ("/ui/contact-list/held-and-removed", test_held_and_removed);
  add_test ("/ui/contact-list/collapsed", test_collapsed);
  add_test ("/ui/contact-list/search", test_search);
  add_test ("/ui/contact-list/many-at-once", test_many_at_once);
  add_test ("/ui/contact-list/random-operations", test_random_operations);
  add_test ("/ui/contact-list/ten-thousand", test_ten_thousand);

  return g_test_run ();
}
