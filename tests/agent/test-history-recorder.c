/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What is recorded of a roster as time passes: the computer sleeps, the agent stands still, people
 * are taken off the list. Time is played; the file is real.
 */

#include "agent/porch-history-recorder.h"

#include "porch-fake-clock.h"
#include "porch-test-wait.h"

#include <glib/gstdio.h>

#define KEY "0123456789abcdef0123456789abcdef"
#define NOW (1700000000 * G_TIME_SPAN_SECOND)

#define SECOND_MS 1000
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)

/* What is noted anew so often is the most that is claimed wrongly. */
#define WATCH_STEP_MS (5 * MINUTE_MS)

typedef struct
{
  char *folder;
  PorchFakeClock *clock;
  PorchServerClock *server_clock;
  PorchAgentStore *store;
  PorchRoster *roster;
  PorchHistoryRecorder *recorder;
} Fixture;

static void
add_contact (Fixture *fixture, const char *id)
{
  g_autoptr (PorchContact) contact = porch_contact_new (id);
  const PorchContactRecord record = { .user_id = (char *) id };

  porch_agent_store_put_contact (fixture->store, KEY, &record);
  porch_roster_add (fixture->roster, contact);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const PorchAccountRecord account = {
    .key = (char *) KEY,
    .server = (char *) "https://porch.example",
    .discovery = (char *) "{}",
    .email = (char *) "ann@porch.example",
    .client_id = (char *) "client",
  };

  fixture->folder = g_dir_make_tmp ("porch-recorder-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (fixture->folder, "agent.db", NULL);
  fixture->clock = porch_fake_clock_new (NOW);
  fixture->server_clock = porch_server_clock_new (PORCH_CLOCK (fixture->clock));
  fixture->store = porch_agent_store_new (path, PORCH_CLOCK (fixture->clock));
  fixture->roster = porch_roster_new (fixture->server_clock);
  porch_agent_store_put_account (fixture->store, &account);
  add_contact (fixture, "bob");
  fixture->recorder = porch_history_recorder_new (fixture->store, fixture->roster, KEY,
                                                  PORCH_HISTORY_30_DAYS);
  porch_history_recorder_start (fixture->recorder);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "agent.db", "agent.db-wal", "agent.db-shm" };

  g_clear_object (&fixture->recorder);
  g_clear_object (&fixture->roster);
  g_clear_object (&fixture->store);
  g_clear_object (&fixture->server_clock);
  g_clear_object (&fixture->clock);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);
      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static gint64
get_now_us (Fixture *fixture)
{
  return porch_server_clock_get_now_us (fixture->server_clock);
}

static void
say (Fixture *fixture, const char *id, PorchStatus status)
{
  const PorchPresence presence = { status, get_now_us (fixture), PORCH_PRESENCE_SOURCE_EVENT };

  porch_roster_apply (fixture->roster, id, &presence);
}

/* Bob's heartbeats keep him online meanwhile. */
static void
advance_minutes (Fixture *fixture, guint minutes)
{
  for (guint i = 0; i < minutes; i++)
    {
      say (fixture, "bob", PORCH_STATUS_ONLINE);
      porch_fake_clock_advance_ms (fixture->clock, MINUTE_MS);
    }
}

static GArray *
load (Fixture *fixture, const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_history_recorder_load_async (fixture->recorder, id, 0, 0, NULL, porch_test_take_result,
                                     &result);
  porch_test_wait_until (result != NULL);
  GArray *intervals = porch_history_recorder_load_finish (fixture->recorder, result, &error);
  g_assert_no_error (error);
  return intervals;
}

/* What Bob was so long after the beginning. */
static PorchStatus
was (Fixture *fixture, gint64 after_ms)
{
  g_autoptr (GArray) intervals = load (fixture, "bob");
  const PorchInterval *found = porch_history_lookup (intervals, NOW + after_ms * 1000,
                                                     get_now_us (fixture));

  return found != NULL ? found->status : PORCH_STATUS_UNKNOWN;
}

static guint
count (Fixture *fixture, const char *id)
{
  g_autoptr (GArray) intervals = load (fixture, id);

  return intervals->len;
}

static void
test_heartbeats_make_no_rows (Fixture *fixture, gconstpointer data)
{
  advance_minutes (fixture, 60);

  g_assert_cmpuint (count (fixture, "bob"), ==, 1);
  g_assert_cmpint (was (fixture, 30 * MINUTE_MS), ==, PORCH_STATUS_ONLINE);
}

static void
test_wakes_seldom (Fixture *fixture, gconstpointer data)
{
  /* given that all is written */
  say (fixture, "bob", PORCH_STATUS_OFFLINE);
  porch_fake_clock_advance_ms (fixture->clock, MINUTE_MS);
  guint n_wakeups = porch_fake_clock_get_n_wakeups (fixture->clock);

  /* when nothing changes for an hour, then it wakes once in five minutes, and writes then and there
   */
  porch_fake_clock_advance_ms (fixture->clock, HOUR_MS);
  g_assert_cmpuint (porch_fake_clock_get_n_wakeups (fixture->clock) - n_wakeups, <=, 12);
}

static void
test_told_before_sleep (Fixture *fixture, gconstpointer data)
{
  advance_minutes (fixture, 10);

  /* when the computer falls asleep, and what comes on the way there is not believed */
  porch_history_recorder_pause (fixture->recorder);
  say (fixture, "bob", PORCH_STATUS_OFFLINE);
  porch_fake_clock_suspend_ms (fixture->clock, HOUR_MS);
  porch_roster_set_unknown (fixture->roster);
  porch_history_recorder_resume (fixture->recorder);
  porch_fake_clock_advance_ms (fixture->clock, SECOND_MS);
  say (fixture, "bob", PORCH_STATUS_ONLINE);
  advance_minutes (fixture, 2);

  g_assert_cmpint (was (fixture, 10 * MINUTE_MS - SECOND_MS), ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (was (fixture, 10 * MINUTE_MS + SECOND_MS), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (was (fixture, HOUR_MS), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (was (fixture, HOUR_MS + 11 * MINUTE_MS), ==, PORCH_STATUS_ONLINE);
  g_assert_cmpuint (count (fixture, "bob"), ==, 3);
}

static void
test_turned_off_on_the_way_to_sleep (Fixture *fixture, gconstpointer data)
{
  advance_minutes (fixture, 10);

  /* given that it was turned off when the computer fell asleep already */
  porch_history_recorder_pause (fixture->recorder);
  porch_history_recorder_set_keep (fixture->recorder, PORCH_HISTORY_OFF);
  porch_fake_clock_suspend_ms (fixture->clock, HOUR_MS);
  porch_history_recorder_resume (fixture->recorder);

  /* when it is turned on again, then it records at once */
  porch_history_recorder_set_keep (fixture->recorder, PORCH_HISTORY_30_DAYS);
  say (fixture, "bob", PORCH_STATUS_OFFLINE);
  porch_fake_clock_advance_ms (fixture->clock, MINUTE_MS);
  g_assert_cmpint (was (fixture, HOUR_MS + 10 * MINUTE_MS + SECOND_MS), ==, PORCH_STATUS_OFFLINE);
}

static void
test_untold_sleep (Fixture *fixture, gconstpointer data)
{
  advance_minutes (fixture, 10);

  /* when the computer has slept and nobody said so before */
  porch_fake_clock_suspend_ms (fixture->clock, HOUR_MS);
  porch_history_recorder_resume (fixture->recorder);
  porch_roster_set_unknown (fixture->roster);
  say (fixture, "bob", PORCH_STATUS_ONLINE);
  advance_minutes (fixture, 2);

  g_assert_cmpint (was (fixture, 10 * MINUTE_MS - SECOND_MS), ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (was (fixture, 10 * MINUTE_MS + SECOND_MS), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (was (fixture, HOUR_MS + 10 * MINUTE_MS - SECOND_MS), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (was (fixture, HOUR_MS + 11 * MINUTE_MS), ==, PORCH_STATUS_ONLINE);
}

static void
test_stood_still (Fixture *fixture, gconstpointer data)
{
  /* given an agent that was stopped for an hour, and not the computer: its clock went on, and none
   * of its timers did */
  advance_minutes (fixture, 11);
  porch_fake_clock_suspend_ms (fixture->clock, HOUR_MS);
  porch_roster_set_unknown (fixture->roster);
  say (fixture, "bob", PORCH_STATUS_ONLINE);
  advance_minutes (fixture, 2);

  /* then what it did not see is unknown */
  g_assert_cmpint (was (fixture, 9 * MINUTE_MS), ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (was (fixture, 40 * MINUTE_MS), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (was (fixture, HOUR_MS + 12 * MINUTE_MS), ==, PORCH_STATUS_ONLINE);
}

static void
test_who_stays_the_same_over_a_gap (Fixture *fixture, gconstpointer data)
{
  /* given a sleep so short that the connection outlived it */
  advance_minutes (fixture, 10);
  porch_fake_clock_suspend_ms (fixture->clock, 20 * SECOND_MS);
  porch_history_recorder_resume (fixture->recorder);

  /* when nobody changes, then what they are is known again with the next note */
  advance_minutes (fixture, 7);
  g_assert_cmpint (was (fixture, 10 * MINUTE_MS + 10 * SECOND_MS), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (was (fixture, 17 * MINUTE_MS), ==, PORCH_STATUS_ONLINE);
}

static void
test_removed_contact_goes (Fixture *fixture, gconstpointer data)
{
  say (fixture, "bob", PORCH_STATUS_ONLINE);
  g_assert_cmpuint (count (fixture, "bob"), ==, 1);

  /* when they are removed, and that is not undone within a minute, then their history goes */
  porch_roster_remove (fixture->roster, "bob");
  porch_agent_store_remove_contact (fixture->store, KEY, "bob");
  porch_fake_clock_advance_ms (fixture->clock, 30 * SECOND_MS);
  g_assert_cmpuint (count (fixture, "bob"), ==, 1);
  porch_fake_clock_advance_ms (fixture->clock, 31 * SECOND_MS);
  g_assert_cmpuint (count (fixture, "bob"), ==, 0);
}

static void
test_undone_removal_keeps (Fixture *fixture, gconstpointer data)
{
  say (fixture, "bob", PORCH_STATUS_ONLINE);

  porch_roster_remove (fixture->roster, "bob");
  porch_agent_store_remove_contact (fixture->store, KEY, "bob");
  porch_fake_clock_advance_ms (fixture->clock, 5 * SECOND_MS);
  add_contact (fixture, "bob");
  porch_fake_clock_advance_ms (fixture->clock, 2 * MINUTE_MS);
  g_assert_cmpuint (count (fixture, "bob"), ==, 1);
}

static void
test_prunes_daily (Fixture *fixture, gconstpointer data)
{
  /* given what was 29 days ago when the agent started */
  porch_agent_store_put_history (fixture->store, KEY, "bob", PORCH_STATUS_ONLINE,
                                 NOW - 29 * G_TIME_SPAN_DAY);
  porch_agent_store_put_history (fixture->store, KEY, "bob", PORCH_STATUS_OFFLINE,
                                 NOW - 29 * G_TIME_SPAN_DAY + G_TIME_SPAN_HOUR);
  g_assert_cmpuint (count (fixture, "bob"), ==, 2);

  /* when two days have passed, then it is gone, without a restart */
  for (guint i = 0; i < 49 * 12; i++)
    porch_fake_clock_advance_ms (fixture->clock, WATCH_STEP_MS);
  g_assert_cmpuint (count (fixture, "bob"), ==, 1);
}

static void
test_shorter_keep_prunes_at_once (Fixture *fixture, gconstpointer data)
{
  porch_history_recorder_set_keep (fixture->recorder, PORCH_HISTORY_90_DAYS);
  porch_agent_store_put_history (fixture->store, KEY, "bob", PORCH_STATUS_ONLINE,
                                 NOW - 60 * G_TIME_SPAN_DAY);
  porch_agent_store_put_history (fixture->store, KEY, "bob", PORCH_STATUS_OFFLINE,
                                 NOW - 59 * G_TIME_SPAN_DAY);
  g_assert_cmpuint (count (fixture, "bob"), ==, 2);

  porch_history_recorder_set_keep (fixture->recorder, PORCH_HISTORY_30_DAYS);
  g_assert_cmpuint (count (fixture, "bob"), ==, 1);
}

static void
test_delete_begins_anew (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  advance_minutes (fixture, 10);
  say (fixture, "bob", PORCH_STATUS_OFFLINE);

  porch_history_recorder_delete_async (fixture->recorder, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_history_recorder_delete_finish (fixture->recorder, result, &error);
  g_assert_no_error (error);
  g_autoptr (GArray) intervals = load (fixture, "bob");
  g_assert_cmpuint (intervals->len, ==, 1);
  g_assert_cmpint (g_array_index (intervals, PorchInterval, 0).status, ==, PORCH_STATUS_OFFLINE);
  g_assert_cmpint (g_array_index (intervals, PorchInterval, 0).start_us, ==,
                   NOW + 10 * G_TIME_SPAN_MINUTE);
}

#define test(name, func)                                                                           \
  g_test_add ("/agent/history-recorder/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test ("heartbeats-make-no-rows", test_heartbeats_make_no_rows);
  test ("wakes-seldom", test_wakes_seldom);
  test ("told-before-sleep", test_told_before_sleep);
  test ("turned-off-on-the-way-to-sleep", test_turned_off_on_the_way_to_sleep);
  test ("untold-sleep", test_untold_sleep);
  test ("stood-still", test_stood_still);
  test ("who-stays-the-same-over-a-gap", test_who_stays_the_same_over_a_gap);
  test ("removed-contact-goes", test_removed_contact_goes);
  test ("undone-removal-keeps", test_undone_removal_keeps);
  test ("prunes-daily", test_prunes_daily);
  test ("shorter-keep-prunes-at-once", test_shorter_keep_prunes_at_once);
  test ("delete-begins-anew", test_delete_begins_anew);

  return g_test_run ();
}
