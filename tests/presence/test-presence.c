/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The status rule, sentence by sentence (system.md, The rule). */

#include "presence/porch-presence.h"

#define NOW (G_GINT64_CONSTANT (1705314600) * G_USEC_PER_SEC)

static PorchStatus
evaluate_age (PorchStatus status, gint64 age_us)
{
  PorchPresence presence = { status, NOW - age_us, PORCH_PRESENCE_SOURCE_EVENT };

  return porch_presence_evaluate (&presence, NOW);
}

static void
test_two_minutes_is_online (void)
{
  g_assert_cmpint (evaluate_age (PORCH_STATUS_ONLINE, 2 * G_TIME_SPAN_MINUTE), ==,
                   PORCH_STATUS_ONLINE);
}

static void
test_twelve_minutes_is_offline (void)
{
  g_assert_cmpint (evaluate_age (PORCH_STATUS_ONLINE, 12 * G_TIME_SPAN_MINUTE), ==,
                   PORCH_STATUS_OFFLINE);
}

static void
test_exactly_five_minutes_is_offline (void)
{
  g_assert_cmpint (evaluate_age (PORCH_STATUS_ONLINE, 5 * G_TIME_SPAN_MINUTE), ==,
                   PORCH_STATUS_OFFLINE);
  g_assert_cmpint (evaluate_age (PORCH_STATUS_ONLINE, 5 * G_TIME_SPAN_MINUTE - 1), ==,
                   PORCH_STATUS_ONLINE);
}

static void
test_said_offline_is_offline (void)
{
  g_assert_cmpint (evaluate_age (PORCH_STATUS_OFFLINE, 0), ==, PORCH_STATUS_OFFLINE);
}

static void
test_nothing_said_is_unknown (void)
{
  g_assert_cmpint (evaluate_age (PORCH_STATUS_UNKNOWN, 0), ==, PORCH_STATUS_UNKNOWN);
}

static void
test_never_active_is_offline (void)
{
  PorchPresence presence = { PORCH_STATUS_ONLINE, 0, PORCH_PRESENCE_SOURCE_HTTP };

  g_assert_cmpint (porch_presence_evaluate (&presence, NOW), ==, PORCH_STATUS_OFFLINE);
}

static void
test_future_is_clamped_to_now (void)
{
  PorchPresence future = { PORCH_STATUS_ONLINE, NOW + G_TIME_SPAN_DAY,
                           PORCH_PRESENCE_SOURCE_EVENT };
  PorchPresence later = { PORCH_STATUS_OFFLINE, NOW + G_TIME_SPAN_SECOND,
                          PORCH_PRESENCE_SOURCE_EVENT };

  porch_presence_clamp (&future, NOW);

  g_assert_cmpint (future.last_active_us, ==, NOW);
  g_assert_true (porch_presence_supersedes (&later, &future, FALSE));
}

static void
test_a_moment_ahead_stays_in_order (void)
{
  PorchPresence online = { PORCH_STATUS_ONLINE, NOW + 900 * G_TIME_SPAN_MILLISECOND,
                           PORCH_PRESENCE_SOURCE_EVENT };
  PorchPresence offline = { PORCH_STATUS_OFFLINE, NOW + 1000 * G_TIME_SPAN_MILLISECOND,
                            PORCH_PRESENCE_SOURCE_EVENT };
  PorchPresence answer = { PORCH_STATUS_ONLINE, NOW + 1000 * G_TIME_SPAN_MILLISECOND,
                           PORCH_PRESENCE_SOURCE_HTTP };

  /* Between the first two the server's clock is found to be earlier than was thought. */
  porch_presence_clamp (&online, NOW + 950 * G_TIME_SPAN_MILLISECOND);
  porch_presence_clamp (&offline, NOW);
  porch_presence_clamp (&answer, NOW);

  g_assert_true (porch_presence_supersedes (&offline, &online, FALSE));
  /* The original web app goes on saying online with the same moment. */
  g_assert_false (porch_presence_supersedes (&answer, &offline, FALSE));
}

static void
test_before_the_epoch_is_never (void)
{
  PorchPresence past = { PORCH_STATUS_ONLINE, G_MININT64, PORCH_PRESENCE_SOURCE_EVENT };

  porch_presence_clamp (&past, NOW);

  g_assert_cmpint (past.last_active_us, ==, 0);
}

static gboolean
supersedes (PorchStatus news_status,
            gint64 news_at,
            PorchPresenceSource news_source,
            PorchStatus known_status,
            gint64 known_at,
            PorchPresenceSource known_source,
            gboolean after_gap)
{
  PorchPresence news = { news_status, news_at, news_source };
  PorchPresence known = { known_status, known_at, known_source };

  return porch_presence_supersedes (&news, &known, after_gap);
}

static void
test_older_event_changes_nothing (void)
{
  g_assert_false (supersedes (PORCH_STATUS_OFFLINE, 1, PORCH_PRESENCE_SOURCE_EVENT,
                              PORCH_STATUS_ONLINE, 2, PORCH_PRESENCE_SOURCE_HTTP, FALSE));
  g_assert_true (supersedes (PORCH_STATUS_OFFLINE, 2, PORCH_PRESENCE_SOURCE_HTTP,
                             PORCH_STATUS_ONLINE, 1, PORCH_PRESENCE_SOURCE_EVENT, FALSE));
}

static void
test_event_outranks_answer_on_a_tie (void)
{
  g_assert_false (supersedes (PORCH_STATUS_ONLINE, 1, PORCH_PRESENCE_SOURCE_HTTP,
                              PORCH_STATUS_OFFLINE, 1, PORCH_PRESENCE_SOURCE_EVENT, FALSE));
  g_assert_false (supersedes (PORCH_STATUS_ONLINE, 1, PORCH_PRESENCE_SOURCE_HTTP,
                              PORCH_STATUS_OFFLINE, 1, PORCH_PRESENCE_SOURCE_EVENT, TRUE));
  g_assert_false (supersedes (PORCH_STATUS_OFFLINE, 1, PORCH_PRESENCE_SOURCE_HTTP,
                              PORCH_STATUS_ONLINE, 1, PORCH_PRESENCE_SOURCE_EVENT, FALSE));
  g_assert_true (supersedes (PORCH_STATUS_OFFLINE, 1, PORCH_PRESENCE_SOURCE_EVENT,
                             PORCH_STATUS_ONLINE, 1, PORCH_PRESENCE_SOURCE_HTTP, FALSE));
}

static void
test_later_event_wins_a_tie (void)
{
  g_assert_true (supersedes (PORCH_STATUS_OFFLINE, 1, PORCH_PRESENCE_SOURCE_EVENT,
                             PORCH_STATUS_ONLINE, 1, PORCH_PRESENCE_SOURCE_EVENT, FALSE));
}

static void
test_offline_answer_after_a_gap_wins_a_tie (void)
{
  g_assert_true (supersedes (PORCH_STATUS_OFFLINE, 1, PORCH_PRESENCE_SOURCE_HTTP,
                             PORCH_STATUS_ONLINE, 1, PORCH_PRESENCE_SOURCE_EVENT, TRUE));
}

static void
test_words_of_the_wire (void)
{
  g_assert_cmpint (porch_status_from_string ("online"), ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (porch_status_from_string ("offline"), ==, PORCH_STATUS_OFFLINE);
  g_assert_cmpint (porch_status_from_string ("away"), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (porch_status_from_string (NULL), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpstr (porch_status_to_string (PORCH_STATUS_ONLINE), ==, "online");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/presence/rule/two-minutes-is-online", test_two_minutes_is_online);
  g_test_add_func ("/presence/rule/twelve-minutes-is-offline", test_twelve_minutes_is_offline);
  g_test_add_func ("/presence/rule/exactly-five-minutes-is-offline",
                   test_exactly_five_minutes_is_offline);
  g_test_add_func ("/presence/rule/said-offline-is-offline", test_said_offline_is_offline);
  g_test_add_func ("/presence/rule/nothing-said-is-unknown", test_nothing_said_is_unknown);
  g_test_add_func ("/presence/rule/never-active-is-offline", test_never_active_is_offline);
  g_test_add_func ("/presence/rule/future-is-clamped-to-now", test_future_is_clamped_to_now);
  g_test_add_func ("/presence/rule/a-moment-ahead-stays-in-order",
                   test_a_moment_ahead_stays_in_order);
  g_test_add_func ("/presence/rule/before-the-epoch-is-never", test_before_the_epoch_is_never);
  g_test_add_func ("/presence/order/older-event-changes-nothing", test_older_event_changes_nothing);
  g_test_add_func ("/presence/order/event-outranks-answer-on-a-tie",
                   test_event_outranks_answer_on_a_tie);
  g_test_add_func ("/presence/order/later-event-wins-a-tie", test_later_event_wins_a_tie);
  g_test_add_func ("/presence/order/offline-answer-after-a-gap-wins-a-tie",
                   test_offline_answer_after_a_gap_wins_a_tie);
  g_test_add_func ("/presence/words-of-the-wire", test_words_of_the_wire);

  return g_test_run ();
}
