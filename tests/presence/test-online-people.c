/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Who is online, in a sentence and as a short list. */

#include "presence/porch-online-people.h"

#include "porch-fake-clock.h"

#define NOW (G_GINT64_CONSTANT (1705492800) * G_USEC_PER_SEC)

typedef struct
{
  PorchFakeClock *clock;
  PorchServerClock *server_clock;
  PorchRoster *roster;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = porch_fake_clock_new (NOW);
  fixture->server_clock = porch_server_clock_new (PORCH_CLOCK (fixture->clock));
  fixture->roster = porch_roster_new (fixture->server_clock);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->roster);
  g_assert_finalize_object (fixture->server_clock);
  g_assert_finalize_object (fixture->clock);
}

static void
add_person (Fixture *fixture, const char *name, PorchStatus status, gboolean favourite)
{
  g_autoptr (PorchContact) contact = porch_contact_new (name);
  PorchPresence presence = { status, NOW, PORCH_PRESENCE_SOURCE_EVENT };

  porch_contact_set_name (contact, name);
  porch_contact_set_favourite (contact, favourite);
  porch_roster_add (fixture->roster, contact);
  porch_roster_apply (fixture->roster, name, &presence);
}

static void
add_online (Fixture *fixture, const char *name)
{
  add_person (fixture, name, PORCH_STATUS_ONLINE, FALSE);
}

static void
assert_sentence (Fixture *fixture, const char *expected)
{
  g_autofree char *sentence = porch_online_people_format (fixture->roster);

  g_assert_cmpstr (sentence, ==, expected);
}

static void
test_nobody (Fixture *fixture, gconstpointer data)
{
  assert_sentence (fixture, "Nobody is online");
  add_person (fixture, "Ann", PORCH_STATUS_OFFLINE, FALSE);
  assert_sentence (fixture, "Nobody is online");
}

static void
test_each_number_of_people (Fixture *fixture, gconstpointer data)
{
  add_online (fixture, "Ann");
  assert_sentence (fixture, "Ann is online");
  add_online (fixture, "Ben");
  assert_sentence (fixture, "Ann and Ben are online");
  add_online (fixture, "Cleo");
  assert_sentence (fixture, "Ann, Ben and Cleo are online");
  add_online (fixture, "Dora");
  assert_sentence (fixture, "Ann, Ben and 2 others are online");
  add_online (fixture, "Emil");
  assert_sentence (fixture, "Ann, Ben and 3 others are online");
}

static void
test_favourites_are_named_first (Fixture *fixture, gconstpointer data)
{
  add_online (fixture, "Ann");
  add_online (fixture, "Ben");
  add_online (fixture, "Cleo");
  add_person (fixture, "Zoe", PORCH_STATUS_ONLINE, TRUE);
  add_person (fixture, "Away", PORCH_STATUS_OFFLINE, TRUE);

  assert_sentence (fixture, "Zoe, Ann and 2 others are online");
}

static void
test_order_of_arrival_does_not_matter (Fixture *fixture, gconstpointer data)
{
  add_online (fixture, "Cleo");
  add_online (fixture, "Ann");
  add_online (fixture, "Ben");

  assert_sentence (fixture, "Ann, Ben and Cleo are online");
}

static void
test_without_a_name_the_id_stands_in (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchContact) contact = porch_contact_new ("u-17");
  PorchPresence presence = { PORCH_STATUS_ONLINE, NOW, PORCH_PRESENCE_SOURCE_EVENT };

  porch_roster_add (fixture->roster, contact);
  porch_roster_apply (fixture->roster, "u-17", &presence);

  assert_sentence (fixture, "u-17 is online");
}

static void
test_pick_is_bounded (Fixture *fixture, gconstpointer data)
{
  for (int i = 99; i >= 0; i--)
    {
      g_autofree char *name = g_strdup_printf ("Person %02d", i);
      add_person (fixture, name, PORCH_STATUS_ONLINE, i == 70);
    }

  g_autoptr (GPtrArray) people = porch_online_people_pick (fixture->roster, 10);

  g_assert_cmpuint (people->len, ==, 10);
  g_assert_cmpstr (porch_contact_get_id (people->pdata[0]), ==, "Person 70");
  g_assert_cmpstr (porch_contact_get_id (people->pdata[1]), ==, "Person 00");
  g_assert_cmpstr (porch_contact_get_id (people->pdata[9]), ==, "Person 08");
}

static void
test_long_names_are_cut (void)
{
  g_autofree char *fits = porch_short_name_format ("Änne Müller-Lüdenscheid vom Öttinger See");
  g_autofree char *cut = porch_short_name_format ("Änne Müller-Lüdenscheid vom Öttinger Meere");

  g_assert_cmpstr (fits, ==, "Änne Müller-Lüdenscheid vom Öttinger See");
  g_assert_cmpstr (cut, ==, "Änne Müller-Lüdenscheid vom Öttinger Me…");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/presence/online-people/nobody", test_nobody);
  ADD ("/presence/online-people/each-number-of-people", test_each_number_of_people);
  ADD ("/presence/online-people/favourites-are-named-first", test_favourites_are_named_first);
  ADD ("/presence/online-people/order-of-arrival-does-not-matter",
       test_order_of_arrival_does_not_matter);
  ADD ("/presence/online-people/without-a-name-the-id-stands-in",
       test_without_a_name_the_id_stands_in);
  ADD ("/presence/online-people/pick-is-bounded", test_pick_is_bounded);
  g_test_add_func ("/presence/online-people/long-names-are-cut", test_long_names_are_cut);

  return g_test_run ();
}
