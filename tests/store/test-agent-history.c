/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Who was here when, in the agent's file: what is kept, what goes, and that what is deleted is
 * gone.
 */

#include "store/porch-agent-store.h"

#include "porch-fake-clock.h"
#include "porch-test-wait.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define KEY   "0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210"

#define NOW    (1700000000 * G_TIME_SPAN_SECOND)
#define MINUTE G_TIME_SPAN_MINUTE
#define DAY    G_TIME_SPAN_DAY

typedef struct
{
  char *folder;
  char *path;
  PorchFakeClock *clock;
  PorchAgentStore *store;
} Fixture;

static void
put_account (Fixture *fixture, const char *key)
{
  const PorchAccountRecord record = {
    .key = (char *) key,
    .server = (char *) "https://porch.example",
    .discovery = (char *) "{}",
    .email = (char *) "ann@porch.example",
    .client_id = (char *) "client",
    .history_keep = PORCH_HISTORY_90_DAYS,
  };

  porch_agent_store_put_account (fixture->store, &record);
}

static void
put_contact (Fixture *fixture, const char *user_id)
{
  const PorchContactRecord record = { .user_id = (char *) user_id };

  porch_agent_store_put_contact (fixture->store, KEY, &record);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("porch-history-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "agent.db", NULL);
  fixture->clock = porch_fake_clock_new (NOW);
  fixture->store = porch_agent_store_new (fixture->path, PORCH_CLOCK (fixture->clock));
  put_account (fixture, KEY);
  put_account (fixture, OTHER);
  put_contact (fixture, "bob");
  put_contact (fixture, "cleo");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "agent.db", "agent.db-wal", "agent.db-shm" };

  g_clear_object (&fixture->store);
  g_clear_object (&fixture->clock);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);
      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
put (Fixture *fixture, const char *user_id, PorchStatus status, gint64 at_us)
{
  porch_agent_store_put_history (fixture->store, KEY, user_id, status, at_us);
}

static void
flush (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_store_flush_async (fixture->store, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_agent_store_flush_finish (fixture->store, result, &error);
  g_assert_no_error (error);
}

static GArray *
load (Fixture *fixture, const char *user_id, gint64 since_us, gint64 until_us)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_store_load_history_async (fixture->store, KEY, user_id, since_us, until_us, NULL,
                                        porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  GArray *intervals = porch_agent_store_load_history_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  return intervals;
}

static GArray *
load_all (Fixture *fixture, const char *user_id)
{
  return load (fixture, user_id, 0, NOW + 1000 * DAY);
}

static void
assert_interval (const GArray *intervals, guint i, PorchStatus status, gint64 start, gint64 end)
{
  g_assert_cmpuint (i, <, intervals->len);
  const PorchInterval *interval = &g_array_index (intervals, PorchInterval, i);
  g_assert_cmpint (interval->status, ==, status);
  g_assert_cmpint (interval->start_us, ==, start);
  g_assert_cmpint (interval->end_us, ==, end);
}

static void
test_a_row_an_interval (Fixture *fixture, gconstpointer data)
{
  /* given changes, and a status that is said again and again */
  put (fixture, "bob", PORCH_STATUS_ONLINE, NOW);
  put (fixture, "bob", PORCH_STATUS_ONLINE, NOW + MINUTE);
  flush (fixture);
  put (fixture, "bob", PORCH_STATUS_ONLINE, NOW + 2 * MINUTE);
  put (fixture, "cleo", PORCH_STATUS_OFFLINE, NOW + 2 * MINUTE);
  put (fixture, "bob", PORCH_STATUS_UNKNOWN, NOW + 3 * MINUTE);
  put (fixture, "bob", PORCH_STATUS_OFFLINE, NOW + 4 * MINUTE);

  /* then each is one interval, the last without an end, and unknown is one of them */
  g_autoptr (GArray) bob = load_all (fixture, "bob");
  g_assert_cmpuint (bob->len, ==, 3);
  assert_interval (bob, 0, PORCH_STATUS_ONLINE, NOW, NOW + 3 * MINUTE);
  assert_interval (bob, 1, PORCH_STATUS_UNKNOWN, NOW + 3 * MINUTE, NOW + 4 * MINUTE);
  assert_interval (bob, 2, PORCH_STATUS_OFFLINE, NOW + 4 * MINUTE, 0);
  g_autoptr (GArray) cleo = load_all (fixture, "cleo");
  g_assert_cmpuint (cleo->len, ==, 1);
  g_autoptr (GArray) nobody = load_all (fixture, "dan");
  g_assert_cmpuint (nobody->len, ==, 0);
}

static void
test_loads_what_touches_the_time (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    put (fixture, "bob", i % 2 == 0 ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE, NOW + i * MINUTE);

  g_autoptr (GArray) some = load (fixture, "bob", NOW + 2 * MINUTE + 1000, NOW + 4 * MINUTE);
  g_assert_cmpuint (some->len, ==, 2);
  assert_interval (some, 0, PORCH_STATUS_ONLINE, NOW + 2 * MINUTE, NOW + 3 * MINUTE);
  assert_interval (some, 1, PORCH_STATUS_OFFLINE, NOW + 3 * MINUTE, NOW + 4 * MINUTE);
}

static void
test_ten_thousand_at_once (Fixture *fixture, gconstpointer data)
{
  /* given 10,000 changes of 200 people within a tenth of a second */
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *user_id = g_strdup_printf ("user-%u", i % 200);
      put (fixture, user_id, i / 200 % 2 == 0 ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE,
           NOW + i * 10);
    }

  /* then all are written */
  guint n_intervals = 0;
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *user_id = g_strdup_printf ("user-%u", i);
      g_autoptr (GArray) intervals = load_all (fixture, user_id);
      n_intervals += intervals->len;
    }
  g_assert_cmpuint (n_intervals, ==, 10000);
}

static void
test_killed_agent (Fixture *fixture, gconstpointer data)
{
  /* given an agent that was seen watching a minute after a change, and then no more */
  put (fixture, "bob", PORCH_STATUS_ONLINE, NOW);
  put (fixture, NULL, PORCH_STATUS_UNKNOWN, NOW + MINUTE);
  put (fixture, "cleo", PORCH_STATUS_OFFLINE, NOW + 2 * MINUTE);
  flush (fixture);

  /* when another is started, and knows bob again an hour later */
  g_clear_object (&fixture->store);
  fixture->store = porch_agent_store_new (fixture->path, PORCH_CLOCK (fixture->clock));
  porch_agent_store_begin_history (fixture->store, KEY);
  put (fixture, "bob", PORCH_STATUS_ONLINE, NOW + 60 * MINUTE);

  /* then nothing is claimed of the time between */
  g_autoptr (GArray) bob = load_all (fixture, "bob");
  g_assert_cmpuint (bob->len, ==, 3);
  assert_interval (bob, 0, PORCH_STATUS_ONLINE, NOW, NOW + MINUTE + 1000);
  assert_interval (bob, 1, PORCH_STATUS_UNKNOWN, NOW + MINUTE + 1000, NOW + 60 * MINUTE);
  assert_interval (bob, 2, PORCH_STATUS_ONLINE, NOW + 60 * MINUTE, 0);

  /* and what was seen after the last note is not lost */
  g_autoptr (GArray) cleo = load_all (fixture, "cleo");
  g_assert_cmpuint (cleo->len, ==, 2);
  assert_interval (cleo, 0, PORCH_STATUS_OFFLINE, NOW + 2 * MINUTE, NOW + 2 * MINUTE + 1000);

  /* and a second start finds nothing more to end */
  porch_agent_store_begin_history (fixture->store, KEY);
  g_autoptr (GArray) again = load_all (fixture, "cleo");
  g_assert_cmpuint (again->len, ==, 2);
}

static void
test_prune (Fixture *fixture, gconstpointer data)
{
  /* given an old interval, one that reaches into the time that is kept, one that lasts, and
   * somebody who is no contact any more */
  put (fixture, "bob", PORCH_STATUS_ONLINE, NOW - 100 * DAY);
  put (fixture, "bob", PORCH_STATUS_OFFLINE, NOW - 95 * DAY);
  put (fixture, "bob", PORCH_STATUS_ONLINE, NOW - 80 * DAY);
  put (fixture, "cleo", PORCH_STATUS_OFFLINE, NOW - 200 * DAY);
  put (fixture, "gone", PORCH_STATUS_ONLINE, NOW - DAY);
  porch_agent_store_put_history (fixture->store, OTHER, "dan", PORCH_STATUS_ONLINE, NOW);

  /* when it is pruned */
  porch_agent_store_prune_history (fixture->store, KEY, NOW - 90 * DAY);

  /* then the old and the gone are gone */
  g_autoptr (GArray) bob = load_all (fixture, "bob");
  g_assert_cmpuint (bob->len, ==, 2);
  assert_interval (bob, 0, PORCH_STATUS_OFFLINE, NOW - 95 * DAY, NOW - 80 * DAY);
  g_autoptr (GArray) cleo = load_all (fixture, "cleo");
  g_assert_cmpuint (cleo->len, ==, 1);
  g_autoptr (GArray) gone = load_all (fixture, "gone");
  g_assert_cmpuint (gone->len, ==, 0);
}

/* Whether any of the database's files holds these bytes. */
static gboolean
files_hold (Fixture *fixture, gconstpointer bytes, gsize length)
{
  static const char *const names[] = { "agent.db", "agent.db-wal" };
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);
      g_autofree char *contents = NULL;
      gsize size = 0;

      if (g_file_get_contents (path, &contents, &size, NULL))
        found |= memmem (contents, size, bytes, length) != NULL;
    }
  return found;
}

/* A time as SQLite writes it: milliseconds in six bytes, the highest first. */
static gboolean
files_hold_time (Fixture *fixture, gint64 time_us)
{
  guint64 big_endian = GUINT64_TO_BE ((guint64) (time_us / G_TIME_SPAN_MILLISECOND));

  return files_hold (fixture, (const char *) &big_endian + 2, 6);
}

static void
fill (Fixture *fixture)
{
  for (guint i = 0; i < 4000; i++)
    {
      g_autofree char *user_id = g_strdup_printf ("watched-person-%u", i % 40);
      put (fixture, user_id, i / 40 % 2 == 0 ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE,
           NOW + i * G_TIME_SPAN_SECOND);
    }
  flush (fixture);
  g_assert_true (files_hold (fixture, "watched-person-7", 16));
  g_assert_true (files_hold_time (fixture, NOW + 1234 * G_TIME_SPAN_SECOND));
}

static void
assert_gone (Fixture *fixture)
{
  g_assert_false (files_hold (fixture, "watched-person-", 15));
  for (guint i = 0; i < 4000; i++)
    g_assert_false (files_hold_time (fixture, NOW + i * G_TIME_SPAN_SECOND));
}

static void
test_deleted_is_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  /* given a history, some of it written, some not yet */
  fill (fixture);
  put (fixture, "watched-person-9", PORCH_STATUS_UNKNOWN, NOW + DAY);

  /* when it is deleted */
  porch_agent_store_delete_history_async (fixture->store, KEY, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_agent_store_delete_history_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  /* then neither a name nor a time is in the file or its log, now or later */
  assert_gone (fixture);
  flush (fixture);
  assert_gone (fixture);
  g_autoptr (GArray) nothing = load_all (fixture, "watched-person-9");
  g_assert_cmpuint (nothing->len, ==, 0);
}

static void
test_forgotten_account_is_gone (Fixture *fixture, gconstpointer data)
{
  fill (fixture);

  porch_agent_store_remove_account (fixture->store, KEY);
  flush (fixture);
  assert_gone (fixture);
}

static void
test_removed_contact_is_gone (Fixture *fixture, gconstpointer data)
{
  /* nobody of these is a contact */
  fill (fixture);

  porch_agent_store_prune_history (fixture->store, KEY, 0);
  flush (fixture);
  assert_gone (fixture);
}

static void
test_delete_while_somebody_reads (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *reader = NULL;
  sqlite3_stmt *statement = NULL;

  /* given somebody who is reading the file, so that its log cannot be emptied */
  fill (fixture);
  g_assert_cmpint (sqlite3_open_v2 (fixture->path, &reader, SQLITE_OPEN_READONLY, NULL), ==,
                   SQLITE_OK);
  sqlite3_prepare_v2 (reader, "SELECT * FROM history", -1, &statement, NULL);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);

  /* when it is deleted, then it is not said to be gone */
  porch_agent_store_delete_history_async (fixture->store, KEY, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_false (porch_agent_store_delete_history_finish (fixture->store, result, &error));
  g_assert_error (error, PORCH_AGENT_STORE_ERROR, PORCH_AGENT_STORE_FAULT_UNWRITABLE);
  sqlite3_finalize (statement);
  sqlite3_close (reader);
}

static void
test_keep_is_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  flush (fixture);
  porch_agent_store_load_accounts_async (fixture->store, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_autoptr (GPtrArray) accounts = porch_agent_store_load_accounts_finish (fixture->store, result,
                                                                           NULL);
  const PorchAccountRecord *record = g_ptr_array_index (accounts, 0);
  g_assert_cmpint (record->history_keep, ==, PORCH_HISTORY_90_DAYS);
}

#define test(name, func)                                                                           \
  g_test_add ("/store/agent-history/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  /* Faults are logged as warnings, and one of these tests makes one. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);

  test ("a-row-an-interval", test_a_row_an_interval);
  test ("loads-what-touches-the-time", test_loads_what_touches_the_time);
  test ("ten-thousand-at-once", test_ten_thousand_at_once);
  test ("killed-agent", test_killed_agent);
  test ("prune", test_prune);
  test ("deleted-is-gone", test_deleted_is_gone);
  test ("forgotten-account-is-gone", test_forgotten_account_is_gone);
  test ("removed-contact-is-gone", test_removed_contact_is_gone);
  test ("delete-while-somebody-reads", test_delete_while_somebody_reads);
  test ("keep-is-kept", test_keep_is_kept);

  return g_test_run ();
}
