/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Contacts over the bus: what one roster tells, the other repeats.
 */

#include "bus/porch-contact-wire.h"

#include "porch-fake-clock.h"

#define NOW_US (1700000000 * G_TIME_SPAN_SECOND)

typedef struct
{
  PorchServerClock *server_clock;
  PorchRoster *agent;
  PorchRoster *mirror;
  guint n_items_changed;
} Fixture;

static void
on_items_changed_cb (Fixture *fixture)
{
  fixture->n_items_changed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (NOW_US);

  fixture->server_clock = porch_server_clock_new (PORCH_CLOCK (clock));
  fixture->agent = porch_roster_new (fixture->server_clock);
  fixture->mirror = porch_roster_new (fixture->server_clock);
  g_signal_connect_swapped (fixture->mirror, "items-changed", G_CALLBACK (on_items_changed_cb),
                            fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->mirror);
  g_assert_finalize_object (fixture->agent);
  g_assert_finalize_object (fixture->server_clock);
}

static PorchContact *
add_contact (Fixture *fixture, const char *id, const char *name)
{
  g_autoptr (PorchContact) contact = porch_contact_new (id);

  porch_contact_set_name (contact, name);
  porch_roster_add (fixture->agent, contact);
  return porch_roster_lookup (fixture->agent, id);
}

static GVariant *
build_all (Fixture *fixture)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (
      G_VARIANT_TYPE ("a" PORCH_CONTACT_WIRE_TYPE));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (fixture->agent)); i++)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (G_LIST_MODEL (fixture->agent), i);
      g_variant_builder_add_value (&builder, porch_contact_wire_build (contact));
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
assert_mirrored (Fixture *fixture, PorchContact *contact)
{
  PorchContact *mirrored = porch_roster_lookup (fixture->mirror, porch_contact_get_id (contact));

  g_assert_nonnull (mirrored);
  g_assert_cmpstr (porch_contact_get_name (mirrored), ==, porch_contact_get_name (contact));
  g_assert_cmpstr (porch_contact_get_avatar (mirrored), ==, porch_contact_get_avatar (contact));
  g_assert_cmpint (porch_contact_get_favourite (mirrored), ==,
                   porch_contact_get_favourite (contact));
  g_assert_cmpint (porch_contact_get_notify_rule (mirrored), ==,
                   porch_contact_get_notify_rule (contact));
  g_assert_cmpint (porch_contact_get_missing (mirrored), ==, porch_contact_get_missing (contact));
  g_assert_cmpint (porch_contact_get_status (mirrored), ==, porch_contact_get_status (contact));
  g_assert_cmpint (porch_contact_get_last_known_status (mirrored), ==,
                   porch_contact_get_last_known_status (contact));
  g_assert_cmpint (porch_contact_get_last_active_us (mirrored), ==,
                   porch_contact_get_last_active_us (contact));
  g_assert_cmpint (porch_contact_get_online_since_us (mirrored), ==,
                   porch_contact_get_online_since_us (contact));
  g_assert_cmpint (porch_contact_get_known_at_us (mirrored), ==,
                   porch_contact_get_known_at_us (contact));
}

static void
test_mirrors (Fixture *fixture, gconstpointer data)
{
  const PorchPresence online = { PORCH_STATUS_ONLINE, NOW_US - G_TIME_SPAN_MINUTE,
                                 PORCH_PRESENCE_SOURCE_EVENT };
  const PorchPresence offline = { PORCH_STATUS_OFFLINE, NOW_US - G_TIME_SPAN_HOUR,
                                  PORCH_PRESENCE_SOURCE_HTTP };

  /* given people of every kind */
  PorchContact *ann = add_contact (fixture, "ann", "Ann");
  PorchContact *bob = add_contact (fixture, "bob", "Bob");
  PorchContact *nameless = add_contact (fixture, "nameless", NULL);
  porch_roster_apply (fixture->agent, "ann", &online);
  porch_roster_apply (fixture->agent, "bob", &offline);
  porch_contact_set_avatar (ann, "/cache/ann.png");
  porch_contact_set_favourite (ann, TRUE);
  porch_contact_set_notify_rule (ann, PORCH_NOTIFY_ALSO_LEAVES);
  porch_contact_set_missing (bob, TRUE);
  porch_contact_set_notify_rule (bob, PORCH_NOTIFY_NEVER);

  /* when all are told, then the mirror says the same of each, in one announcement */
  g_autoptr (GVariant) all = build_all (fixture);
  porch_contact_wire_replace (fixture->mirror, all);
  g_assert_cmpuint (fixture->n_items_changed, ==, 1);
  assert_mirrored (fixture, ann);
  assert_mirrored (fixture, bob);
  assert_mirrored (fixture, nameless);

  /* when the connection is lost, then so it does */
  porch_roster_set_unknown (fixture->agent);
  g_autoptr (GVariant) unknown = build_all (fixture);
  porch_contact_wire_apply (fixture->mirror, unknown);
  g_assert_cmpuint (fixture->n_items_changed, ==, 1);
  g_assert_cmpint (porch_contact_get_status (ann), ==, PORCH_STATUS_UNKNOWN);
  assert_mirrored (fixture, ann);
  assert_mirrored (fixture, bob);
}

static void
test_replace_removes_whom_it_does_not_name (Fixture *fixture, gconstpointer data)
{
  add_contact (fixture, "ann", "Ann");
  add_contact (fixture, "bob", "Bob");
  g_autoptr (GVariant) both = build_all (fixture);
  porch_contact_wire_replace (fixture->mirror, both);

  porch_roster_remove (fixture->agent, "ann");
  g_autoptr (GVariant) one = build_all (fixture);
  porch_contact_wire_replace (fixture->mirror, one);

  g_assert_null (porch_roster_lookup (fixture->mirror, "ann"));
  g_assert_nonnull (porch_roster_lookup (fixture->mirror, "bob"));
}

static void
test_status_out_of_range_is_unknown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) odd = g_variant_ref_sink (
      g_variant_new_parsed ("[('ann', 'Ann', '', uint32 77, uint32 78, int64 0, int64 0, int64 0,"
                            " uint32 31)]"));

  porch_contact_wire_apply (fixture->mirror, odd);

  PorchContact *ann = porch_roster_lookup (fixture->mirror, "ann");
  g_assert_cmpint (porch_contact_get_status (ann), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (porch_contact_get_last_known_status (ann), ==, PORCH_STATUS_UNKNOWN);
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/bus/contact-wire/mirrors", test_mirrors);
  add ("/bus/contact-wire/replace-removes-whom-it-does-not-name",
       test_replace_removes_whom_it_does_not_name);
  add ("/bus/contact-wire/status-out-of-range-is-unknown", test_status_out_of_range_is_unknown);

  return g_test_run ();
}
