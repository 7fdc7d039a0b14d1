/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The roster: contacts as a list, and the status rule applied to them over time. */

#include "presence/porch-roster.h"

#include "porch-fake-clock.h"

#define NOW (G_GINT64_CONSTANT (1705492800) * G_USEC_PER_SEC)

typedef struct
{
  PorchFakeClock *clock;
  PorchServerClock *server_clock;
  PorchRoster *roster;
  PorchContact *ann;
  guint n_changes;
  GString *transitions;
} Fixture;

static void
on_contact_changed_cb (PorchRoster *roster, PorchContact *contact, Fixture *fixture)
{
  fixture->n_changes++;
}

static void
on_status_changed_cb (PorchRoster *roster,
                      PorchContact *contact,
                      PorchStatus old_status,
                      PorchStatus new_status,
                      Fixture *fixture)
{
  g_string_append_printf (fixture->transitions, "%s: %s to %s;", porch_contact_get_id (contact),
                          porch_status_to_string (old_status), porch_status_to_string (new_status));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = porch_fake_clock_new (NOW);
  fixture->server_clock = porch_server_clock_new (PORCH_CLOCK (fixture->clock));
  fixture->roster = porch_roster_new (fixture->server_clock);
  fixture->ann = porch_contact_new ("ann");
  fixture->transitions = g_string_new (NULL);
  porch_roster_add (fixture->roster, fixture->ann);
  g_signal_connect (fixture->roster, "contact-changed", G_CALLBACK (on_contact_changed_cb),
                    fixture);
  g_signal_connect (fixture->roster, "status-changed", G_CALLBACK (on_status_changed_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->roster);
  g_assert_finalize_object (fixture->ann);
  g_assert_finalize_object (fixture->server_clock);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);
  g_assert_finalize_object (fixture->clock);
  g_string_free (fixture->transitions, TRUE);
}

static gint64
now (Fixture *fixture)
{
  return porch_server_clock_get_now_us (fixture->server_clock);
}

static gboolean
tell (Fixture *fixture, PorchStatus status, gint64 age_us, PorchPresenceSource source)
{
  PorchPresence presence = { status, now (fixture) - age_us, source };

  return porch_roster_apply (fixture->roster, "ann", &presence);
}

static void
assert_status (Fixture *fixture, PorchStatus expected)
{
  g_assert_cmpint (porch_contact_get_status (fixture->ann), ==, expected);
}

static void
assert_transitions (Fixture *fixture, const char *expected)
{
  g_assert_cmpstr (fixture->transitions->str, ==, expected);
}

static void
test_first_statement (Fixture *fixture, gconstpointer data)
{
  assert_status (fixture, PORCH_STATUS_UNKNOWN);

  g_assert_true (
      tell (fixture, PORCH_STATUS_ONLINE, G_TIME_SPAN_MINUTE, PORCH_PRESENCE_SOURCE_HTTP));

  assert_status (fixture, PORCH_STATUS_ONLINE);
  assert_transitions (fixture, "ann: unknown to online;");
  g_assert_cmpuint (fixture->n_changes, ==, 1);
  g_assert_cmpuint (porch_roster_get_n_online (fixture->roster), ==, 1);
  g_assert_cmpint (porch_contact_get_online_since_us (fixture->ann), ==, 0);
}

static void
test_expires_at_five_minutes (Fixture *fixture, gconstpointer data)
{
  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);

  porch_fake_clock_advance_ms (fixture->clock, 5 * 60 * 1000 - 1);
  assert_status (fixture, PORCH_STATUS_ONLINE);

  porch_fake_clock_advance_ms (fixture->clock, 2);
  assert_status (fixture, PORCH_STATUS_OFFLINE);
  assert_transitions (fixture, "ann: unknown to online;ann: online to offline;");
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);
}

static void
test_one_timer_for_all (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *id = g_strdup_printf ("user-%u", i);
      g_autoptr (PorchContact) contact = porch_contact_new (id);
      PorchPresence presence = { PORCH_STATUS_ONLINE, NOW - i * G_TIME_SPAN_MILLISECOND,
                                 PORCH_PRESENCE_SOURCE_EVENT };

      porch_roster_add (fixture->roster, contact);
      porch_roster_apply (fixture->roster, id, &presence);
      g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 1);
    }

  g_assert_cmpuint (porch_roster_get_n_online (fixture->roster), ==, 500);
  porch_fake_clock_advance_ms (fixture->clock, 5 * 60 * 1000 + 1);
  g_assert_cmpuint (porch_roster_get_n_online (fixture->roster), ==, 0);
}

static void
test_heartbeats_do_not_wake (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 120; i++)
    {
      tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);
      porch_fake_clock_advance_ms (fixture->clock, 30 * 1000);
    }

  assert_status (fixture, PORCH_STATUS_ONLINE);
  /* An hour: one wake-up in five minutes at the most. */
  g_assert_cmpuint (porch_fake_clock_get_n_wakeups (fixture->clock), <=, 13);
}

static void
test_older_event_changes_nothing (Fixture *fixture, gconstpointer data)
{
  tell (fixture, PORCH_STATUS_ONLINE, G_TIME_SPAN_MINUTE, PORCH_PRESENCE_SOURCE_EVENT);
  fixture->n_changes = 0;

  g_assert_false (
      tell (fixture, PORCH_STATUS_OFFLINE, 2 * G_TIME_SPAN_MINUTE, PORCH_PRESENCE_SOURCE_EVENT));

  assert_status (fixture, PORCH_STATUS_ONLINE);
  g_assert_cmpuint (fixture->n_changes, ==, 0);
}

static void
test_future_does_not_outrank_what_comes_later (Fixture *fixture, gconstpointer data)
{
  tell (fixture, PORCH_STATUS_ONLINE, -G_TIME_SPAN_DAY, PORCH_PRESENCE_SOURCE_EVENT);
  porch_fake_clock_advance_ms (fixture->clock, 1000);

  tell (fixture, PORCH_STATUS_OFFLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);

  assert_status (fixture, PORCH_STATUS_OFFLINE);
}

static void
test_original_answer_after_offline_event (Fixture *fixture, gconstpointer data)
{
  tell (fixture, PORCH_STATUS_ONLINE, G_TIME_SPAN_SECOND, PORCH_PRESENCE_SOURCE_EVENT);
  tell (fixture, PORCH_STATUS_OFFLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);

  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_HTTP);

  assert_status (fixture, PORCH_STATUS_OFFLINE);
}

static void
test_owner_gone_is_offline_after_the_grace (Fixture *fixture, gconstpointer data)
{
  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);
  porch_roster_owner_left (fixture->roster, "ann");

  porch_fake_clock_advance_ms (fixture->clock, 14 * 1000);
  assert_status (fixture, PORCH_STATUS_ONLINE);

  porch_fake_clock_advance_ms (fixture->clock, 1001);
  assert_status (fixture, PORCH_STATUS_OFFLINE);
}

static void
test_owner_back_within_the_grace_does_not_flap (Fixture *fixture, gconstpointer data)
{
  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);
  porch_roster_owner_left (fixture->roster, "ann");
  porch_fake_clock_advance_ms (fixture->clock, 10 * 1000);

  porch_roster_owner_joined (fixture->roster, "ann");

  porch_fake_clock_advance_ms (fixture->clock, 60 * 1000);
  assert_status (fixture, PORCH_STATUS_ONLINE);
  assert_transitions (fixture, "ann: unknown to online;");
}

static void
test_heartbeat_after_the_loss_cancels_the_grace (Fixture *fixture, gconstpointer data)
{
  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);
  porch_roster_owner_left (fixture->roster, "ann");
  porch_fake_clock_advance_ms (fixture->clock, 10 * 1000);

  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);

  porch_fake_clock_advance_ms (fixture->clock, 60 * 1000);
  assert_status (fixture, PORCH_STATUS_ONLINE);
}

static void
test_owner_back_after_the_grace (Fixture *fixture, gconstpointer data)
{
  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);
  porch_roster_owner_left (fixture->roster, "ann");
  porch_fake_clock_advance_ms (fixture->clock, 20 * 1000);
  assert_status (fixture, PORCH_STATUS_OFFLINE);

  porch_roster_owner_joined (fixture->roster, "ann");

  assert_status (fixture, PORCH_STATUS_ONLINE);
}

static void
test_unknown_keeps_what_was_known (Fixture *fixture, gconstpointer data)
{
  g_autofree char *label = NULL;

  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);

  porch_roster_set_unknown (fixture->roster);
  porch_fake_clock_advance_ms (fixture->clock, 60 * 60 * 1000);

  assert_status (fixture, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (porch_contact_get_last_known_status (fixture->ann), ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (porch_contact_get_known_at_us (fixture->ann), ==, NOW);
  g_assert_cmpuint (porch_roster_get_n_online (fixture->roster), ==, 0);
  label = porch_contact_format_status (fixture->ann, now (fixture));
  g_assert_cmpstr (label, ==, "Online as of 12:00");
}

static void
test_any_statement_ends_unknown (Fixture *fixture, gconstpointer data)
{
  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);
  porch_roster_set_unknown (fixture->roster);

  /* Older than what is known, yet it says that we are connected. */
  tell (fixture, PORCH_STATUS_ONLINE, G_TIME_SPAN_SECOND, PORCH_PRESENCE_SOURCE_HTTP);

  assert_status (fixture, PORCH_STATUS_ONLINE);
  g_assert_cmpint (porch_contact_get_last_active_us (fixture->ann), ==, NOW);
  assert_transitions (fixture, "ann: unknown to online;ann: online to unknown;"
                               "ann: unknown to online;");
}

static void
test_offline_missed_while_away (Fixture *fixture, gconstpointer data)
{
  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);
  porch_roster_set_unknown (fixture->roster);

  /* The server made her offline when her connection went: the same last activity. */
  tell (fixture, PORCH_STATUS_OFFLINE, 0, PORCH_PRESENCE_SOURCE_HTTP);

  assert_status (fixture, PORCH_STATUS_OFFLINE);
}

static void
test_online_since_is_what_was_seen_to_begin (Fixture *fixture, gconstpointer data)
{
  g_autofree char *label = NULL;

  tell (fixture, PORCH_STATUS_OFFLINE, G_TIME_SPAN_MINUTE, PORCH_PRESENCE_SOURCE_HTTP);
  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);
  porch_fake_clock_advance_ms (fixture->clock, 60 * 1000);
  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);

  g_assert_cmpint (porch_contact_get_online_since_us (fixture->ann), ==, NOW);
  label = porch_contact_format_status_long (fixture->ann, now (fixture));
  g_assert_cmpstr (label, ==, "Online since 12:00");
}

static void
test_wrong_local_clock (Fixture *fixture, gconstpointer data)
{
  PorchPresence presence = { PORCH_STATUS_ONLINE, NOW, PORCH_PRESENCE_SOURCE_HTTP };

  /* Three hours slow: to the local clock, the answer lies in the future. */
  porch_fake_clock_set_real_us (fixture->clock, NOW - 3 * G_TIME_SPAN_HOUR);
  porch_server_clock_add_date (fixture->server_clock, NOW);

  porch_roster_apply (fixture->roster, "ann", &presence);

  assert_status (fixture, PORCH_STATUS_ONLINE);
  g_assert_cmpint (porch_contact_get_last_active_us (fixture->ann), ==, NOW);
}

static void
test_learning_the_clock_expires_at_once (Fixture *fixture, gconstpointer data)
{
  tell (fixture, PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_EVENT);

  porch_server_clock_add_date (fixture->server_clock, NOW + G_TIME_SPAN_HOUR);
  porch_fake_clock_advance_ms (fixture->clock, 10);

  assert_status (fixture, PORCH_STATUS_OFFLINE);
}

static void
test_mirror_draws_no_conclusion (Fixture *fixture, gconstpointer data)
{
  PorchContactState state = { PORCH_STATUS_ONLINE, PORCH_STATUS_ONLINE, NOW, NOW, 0 };

  porch_roster_mirror (fixture->roster, fixture->ann, &state);
  porch_fake_clock_advance_ms (fixture->clock, 60 * 60 * 1000);

  assert_status (fixture, PORCH_STATUS_ONLINE);
  g_assert_cmpuint (porch_roster_get_n_online (fixture->roster), ==, 1);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);
}

static void
test_stored_state_is_outranked_by_any_answer (Fixture *fixture, gconstpointer data)
{
  PorchContactState state = { PORCH_STATUS_UNKNOWN, PORCH_STATUS_ONLINE, NOW, 0, NOW };

  porch_roster_mirror (fixture->roster, fixture->ann, &state);
  tell (fixture, PORCH_STATUS_OFFLINE, 0, PORCH_PRESENCE_SOURCE_HTTP);

  assert_status (fixture, PORCH_STATUS_OFFLINE);
  assert_transitions (fixture, "ann: unknown to offline;");
}

static void
test_is_a_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchContact) ben = porch_contact_new ("ben");
  g_autoptr (PorchContact) again = porch_contact_new ("ann");
  g_autoptr (PorchContact) item = NULL;
  GListModel *model = G_LIST_MODEL (fixture->roster);

  porch_roster_add (fixture->roster, ben);
  porch_roster_add (fixture->roster, again);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 2);
  item = g_list_model_get_item (model, 1);
  g_assert_true (item == ben);
  g_assert_null (g_list_model_get_item (model, 2));

  g_assert_true (porch_roster_remove (fixture->roster, "ann"));
  g_assert_false (porch_roster_remove (fixture->roster, "ann"));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 1);
  g_assert_null (porch_roster_lookup (fixture->roster, "ann"));

  porch_roster_clear (fixture->roster);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 0);
}

static void
test_strangers_are_ignored (Fixture *fixture, gconstpointer data)
{
  PorchPresence presence = { PORCH_STATUS_ONLINE, NOW, PORCH_PRESENCE_SOURCE_EVENT };

  g_assert_false (porch_roster_apply (fixture->roster, "mallory", &presence));
  porch_roster_owner_left (fixture->roster, "mallory");
  porch_roster_owner_joined (fixture->roster, "mallory");
  g_assert_cmpuint (fixture->n_changes, ==, 0);
}

static void
test_names_are_one_harmless_line (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (10000, 'x');

  porch_contact_set_name (fixture->ann, "Ann\n\xe2\x80\xae Marsh\x01");
  g_assert_cmpstr (porch_contact_get_name (fixture->ann), ==, "Ann Marsh");

  porch_contact_set_name (fixture->ann, long_name);
  g_assert_cmpint (g_utf8_strlen (porch_contact_get_name (fixture->ann), -1), ==,
                   PORCH_NAME_MAX_CHARS + 1);

  porch_contact_set_name (fixture->ann, " \t ");
  g_assert_null (porch_contact_get_name (fixture->ann));
  g_assert_cmpstr (porch_contact_get_display_name (fixture->ann), ==, "ann");

  porch_contact_set_name (fixture->ann, "\xff\xfe");
  g_assert_true (g_utf8_validate (porch_contact_get_name (fixture->ann), -1, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                                            \
  g_test_add ("/presence/roster/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("first-statement", test_first_statement);
  ADD ("expires-at-five-minutes", test_expires_at_five_minutes);
  ADD ("one-timer-for-all", test_one_timer_for_all);
  ADD ("heartbeats-do-not-wake", test_heartbeats_do_not_wake);
  ADD ("older-event-changes-nothing", test_older_event_changes_nothing);
  ADD ("future-does-not-outrank-what-comes-later", test_future_does_not_outrank_what_comes_later);
  ADD ("original-answer-after-offline-event", test_original_answer_after_offline_event);
  ADD ("owner-gone-is-offline-after-the-grace", test_owner_gone_is_offline_after_the_grace);
  ADD ("owner-back-within-the-grace-does-not-flap", test_owner_back_within_the_grace_does_not_flap);
  ADD ("heartbeat-after-the-loss-cancels-the-grace",
       test_heartbeat_after_the_loss_cancels_the_grace);
  ADD ("owner-back-after-the-grace", test_owner_back_after_the_grace);
  ADD ("unknown-keeps-what-was-known", test_unknown_keeps_what_was_known);
  ADD ("any-statement-ends-unknown", test_any_statement_ends_unknown);
  ADD ("offline-missed-while-away", test_offline_missed_while_away);
  ADD ("online-since-is-what-was-seen-to-begin", test_online_since_is_what_was_seen_to_begin);
  ADD ("wrong-local-clock", test_wrong_local_clock);
  ADD ("learning-the-clock-expires-at-once", test_learning_the_clock_expires_at_once);
  ADD ("mirror-draws-no-conclusion", test_mirror_draws_no_conclusion);
  ADD ("stored-state-is-outranked-by-any-answer", test_stored_state_is_outranked_by_any_answer);
  ADD ("is-a-list", test_is_a_list);
  ADD ("strangers-are-ignored", test_strangers_are_ignored);
  ADD ("names-are-one-harmless-line", test_names_are_one_harmless_line);

  return g_test_run ();
}
