/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The agent's file: what is kept, when it is written, and what happens to a file that is not as it
 * should be.
 */

#include "store/porch-agent-store.h"

#include "porch-fake-clock.h"
#include "porch-test-wait.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>

#define KEY "0123456789abcdef0123456789abcdef"

typedef struct
{
  char *folder;
  char *path;
  PorchFakeClock *clock;
  PorchAgentStore *store;
} Fixture;

static void
open_store (Fixture *fixture)
{
  fixture->store = porch_agent_store_new (fixture->path, PORCH_CLOCK (fixture->clock));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("porch-store-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "data", "agent.db", NULL);
  fixture->clock = porch_fake_clock_new (1700000000 * G_TIME_SPAN_SECOND);
  open_store (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "agent.db", "agent.db-wal", "agent.db-shm" };
  g_autofree char *data_folder = g_path_get_dirname (fixture->path);

  g_clear_object (&fixture->store);
  g_clear_object (&fixture->clock);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (data_folder, names[i], NULL);
      g_unlink (path);
    }
  g_rmdir (data_folder);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static GPtrArray *
load_accounts (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_store_load_accounts_async (fixture->store, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  GPtrArray *accounts = porch_agent_store_load_accounts_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  return accounts;
}

static GPtrArray *
load_contacts (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_store_load_contacts_async (fixture->store, KEY, NULL, porch_test_take_result,
                                         &result);
  porch_test_wait_until (result != NULL);
  GPtrArray *contacts = porch_agent_store_load_contacts_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  return contacts;
}

static gboolean
flush (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_agent_store_flush_async (fixture->store, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  return porch_agent_store_flush_finish (fixture->store, result, error);
}

static void
reopen (Fixture *fixture)
{
  g_clear_object (&fixture->store);
  open_store (fixture);
}

static void
put_account (Fixture *fixture)
{
  const PorchAccountRecord record = {
    .key = (char *) KEY,
    .server = (char *) "https://porch.example",
    .discovery = (char *) "{}",
    .email = (char *) "ann@porch.example",
    .client_id = (char *) "client",
    .appear_offline = TRUE,
    .appear_offline_until_us = 5,
    .notify_default = PORCH_NOTIFY_FAVOURITES,
    .quiet_hours = { .days = 31, .from_min = 1260, .to_min = 390, .summary = TRUE },
    .clock_offset_us = -7,
    .used_at_us = 9,
  };

  porch_agent_store_put_account (fixture->store, &record);
}

static void
put_contact (Fixture *fixture, const char *user_id, const char *name, gint64 last_active_us)
{
  const PorchContactRecord record = {
    .user_id = (char *) user_id,
    .name = (char *) name,
    .avatar = (char *) "/avatars/1",
    .favourite = TRUE,
    .notify_rule = PORCH_NOTIFY_ALSO_LEAVES,
    .status = PORCH_STATUS_ONLINE,
    .last_active_us = last_active_us,
    .known_at_us = last_active_us + 1,
  };

  porch_agent_store_put_contact (fixture->store, KEY, &record);
}

static char *
read_file (const char *path, gsize *length)
{
  char *contents = NULL;

  g_assert_true (g_file_get_contents (path, &contents, length, NULL));
  return contents;
}

static void
test_keeps (Fixture *fixture, gconstpointer data)
{
  /* given what was put */
  put_account (fixture);
  put_contact (fixture, "bob", "Bob “B” O'Neil", 100);
  g_assert_true (flush (fixture, NULL));

  /* when the file is opened again */
  reopen (fixture);
  g_autoptr (GPtrArray) accounts = load_accounts (fixture);
  g_autoptr (GPtrArray) contacts = load_contacts (fixture);

  /* then it is all there */
  g_assert_cmpuint (accounts->len, ==, 1);
  const PorchAccountRecord *account = g_ptr_array_index (accounts, 0);
  g_assert_cmpstr (account->key, ==, KEY);
  g_assert_cmpstr (account->server, ==, "https://porch.example");
  g_assert_cmpstr (account->email, ==, "ann@porch.example");
  g_assert_null (account->user_id);
  g_assert_true (account->appear_offline);
  g_assert_cmpint (account->appear_offline_until_us, ==, 5);
  const PorchQuietHours quiet_hours = {
    .days = 31, .from_min = 1260, .to_min = 390, .summary = TRUE
  };
  g_assert_cmpint (account->clock_offset_us, ==, -7);
  g_assert_cmpint (account->notify_default, ==, PORCH_NOTIFY_FAVOURITES);
  g_assert_true (porch_quiet_hours_equal (&account->quiet_hours, &quiet_hours));

  g_assert_cmpuint (contacts->len, ==, 1);
  const PorchContactRecord *contact = g_ptr_array_index (contacts, 0);
  g_assert_cmpstr (contact->user_id, ==, "bob");
  g_assert_cmpstr (contact->name, ==, "Bob “B” O'Neil");
  g_assert_true (contact->favourite);
  g_assert_cmpint (contact->notify_rule, ==, PORCH_NOTIFY_ALSO_LEAVES);
  g_assert_false (contact->missing);
  g_assert_cmpint (contact->status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (contact->last_active_us, ==, 100);
  g_assert_cmpint (contact->known_at_us, ==, 101);
  g_assert_cmpint (porch_agent_store_get_fault (fixture->store), ==, PORCH_AGENT_STORE_FAULT_NONE);
}

static void
test_is_private (Fixture *fixture, gconstpointer data)
{
  GStatBuf info;

  put_account (fixture);
  g_assert_true (flush (fixture, NULL));

  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

static void
test_writes_together_after_five_seconds (Fixture *fixture, gconstpointer data)
{
  /* given an account, and changes that are not flushed */
  put_account (fixture);
  g_assert_true (flush (fixture, NULL));
  put_contact (fixture, "bob", "Bob", 1);
  put_contact (fixture, "bob", "Bob", 2);
  put_contact (fixture, "cleo", "Cleo", 3);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 1);

  /* when less than five seconds pass, then nothing is written */
  porch_fake_clock_advance_ms (fixture->clock, 4900);
  g_autoptr (GPtrArray) before = load_contacts (fixture);
  g_assert_cmpuint (before->len, ==, 0);

  /* when they have passed, then the newest of each is */
  porch_fake_clock_advance_ms (fixture->clock, 1100);
  g_autoptr (GPtrArray) after = load_contacts (fixture);
  g_assert_cmpuint (after->len, ==, 2);
  g_assert_cmpint (((PorchContactRecord *) g_ptr_array_index (after, 0))->last_active_us, ==, 2);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);
}

static int
read_data_version (sqlite3 *db)
{
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA data_version", -1, &statement, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  int version = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  return version;
}

static void
test_unchanged_costs_no_write (Fixture *fixture, gconstpointer data)
{
  /* given a stored contact, and somebody who looks at the file */
  put_account (fixture);
  put_contact (fixture, "bob", "Bob", 1);
  g_assert_true (flush (fixture, NULL));
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  int version = read_data_version (db);

  /* when the same is put again, then the file stays as it is */
  put_account (fixture);
  put_contact (fixture, "bob", "Bob", 1);
  g_assert_true (flush (fixture, NULL));
  g_assert_cmpint (read_data_version (db), ==, version);

  /* when something else is, then it does not */
  put_contact (fixture, "bob", "Bob", 2);
  g_assert_true (flush (fixture, NULL));
  g_assert_cmpint (read_data_version (db), !=, version);
  sqlite3_close (db);
}

static void
test_removes (Fixture *fixture, gconstpointer data)
{
  put_account (fixture);
  put_contact (fixture, "bob", "Bob", 1);
  put_contact (fixture, "cleo", "Cleo", 1);
  g_assert_true (flush (fixture, NULL));

  porch_agent_store_remove_contact (fixture->store, KEY, "bob");
  g_assert_true (flush (fixture, NULL));

  g_autoptr (GPtrArray) contacts = load_contacts (fixture);
  g_assert_cmpuint (contacts->len, ==, 1);
  g_assert_cmpstr (((PorchContactRecord *) g_ptr_array_index (contacts, 0))->user_id, ==, "cleo");
}

static void
test_forgets_to_the_last_byte (Fixture *fixture, gconstpointer data)
{
  /* given an account with a contact */
  put_account (fixture);
  put_contact (fixture, "bob", "Unforgettable", 1);
  g_assert_true (flush (fixture, NULL));

  /* when the account is removed and the file closed */
  porch_agent_store_remove_account (fixture->store, KEY);
  g_assert_true (flush (fixture, NULL));
  g_clear_object (&fixture->store);

  /* then not even deleted pages name anybody */
  gsize length;
  g_autofree char *contents = read_file (fixture->path, &length);
  g_assert_null (memmem (contents, length, "Unforgettable", strlen ("Unforgettable")));
  g_assert_null (memmem (contents, length, "ann@porch.example", strlen ("ann@porch.example")));
}

static void
test_contact_of_no_account_is_not_kept (Fixture *fixture, gconstpointer data)
{
  put_contact (fixture, "bob", "Bob", 1);
  g_assert_true (flush (fixture, NULL));

  g_autoptr (GPtrArray) contacts = load_contacts (fixture);
  g_assert_cmpuint (contacts->len, ==, 0);
}

static void
assert_left_alone (Fixture *fixture, PorchAgentStoreFault fault)
{
  gsize length_before, length_after;
  g_autofree char *before = read_file (fixture->path, &length_before);

  /* when it is read and written to */
  g_autoptr (GPtrArray) accounts = load_accounts (fixture);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (porch_agent_store_get_fault (fixture->store), ==, fault);
  put_account (fixture);
  put_contact (fixture, "bob", "Bob", 1);
  flush (fixture, &error);
  g_clear_object (&fixture->store);

  /* then no byte of it has changed */
  g_autofree char *after = read_file (fixture->path, &length_after);
  g_assert_cmpmem (after, length_after, before, length_before);
}

static void
test_damaged_is_left_alone (Fixture *fixture, gconstpointer data)
{
  /* given a file that is no database */
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_autofree char *garbage = g_strnfill (20000, 'x');
  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (fixture->path, garbage, -1, NULL));

  assert_left_alone (fixture, PORCH_AGENT_STORE_FAULT_DAMAGED);
}

static void
overwrite (const char *path, long offset, gsize length)
{
  FILE *file = g_fopen (path, "r+");
  g_autofree char *garbage = g_strnfill (length, '\xa5');

  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, offset, SEEK_SET), ==, 0);
  g_assert_cmpuint (fwrite (garbage, 1, length, file), ==, length);
  fclose (file);
}

static void
test_what_can_be_read_of_a_damaged_file_is (Fixture *fixture, gconstpointer data)
{
  /* given a database whose table of contacts was overwritten: the third page of 4096 bytes */
  put_account (fixture);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *id = g_strdup_printf ("user-%u", i);
      put_contact (fixture, id, "Somebody", 1);
    }
  g_assert_true (flush (fixture, NULL));
  reopen (fixture);
  overwrite (fixture->path, 2 * 4096, 4096);

  /* when it is loaded, then the account is still known */
  g_autoptr (GPtrArray) accounts = load_accounts (fixture);
  g_assert_cmpuint (accounts->len, ==, 1);
  g_assert_cmpint (porch_agent_store_get_fault (fixture->store), ==,
                   PORCH_AGENT_STORE_FAULT_DAMAGED);
}

static void
test_newer_is_left_alone (Fixture *fixture, gconstpointer data)
{
  /* given a file of a version to come */
  put_account (fixture);
  g_assert_true (flush (fixture, NULL));
  g_clear_object (&fixture->store);
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 999", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  open_store (fixture);

  assert_left_alone (fixture, PORCH_AGENT_STORE_FAULT_NEWER);
}

static void
on_marked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

static gboolean
mark_told (Fixture *fixture, const char *hint)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_store_mark_told_async (fixture->store, hint, on_marked_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  gboolean is_new = porch_agent_store_mark_told_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  return is_new;
}

static void
test_told_once_in_a_life (Fixture *fixture, gconstpointer data)
{
  g_assert_true (mark_told (fixture, "a"));
  g_assert_false (mark_told (fixture, "a"));
  g_assert_true (mark_told (fixture, "b"));

  g_clear_object (&fixture->store);
  open_store (fixture);

  g_assert_false (mark_told (fixture, "a"));
}

/* Returns: the setting, or -1 where it was never put */
static gint64
load_setting (Fixture *fixture, const char *setting)
{
  g_autoptr (GAsyncResult) result = NULL;
  gint64 value = -1;

  porch_agent_store_load_setting_async (fixture->store, setting, on_marked_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  porch_agent_store_load_setting_finish (fixture->store, result, &value);
  return value;
}

static void
test_keeps_settings (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (load_setting (fixture, "minutes"), ==, -1);
  porch_agent_store_put_setting (fixture->store, "minutes", 15);
  porch_agent_store_put_setting (fixture->store, "minutes", 0);
  porch_agent_store_put_setting (fixture->store, "other", 7);
  g_assert_true (flush (fixture, NULL));
  g_clear_object (&fixture->store);
  open_store (fixture);

  g_assert_cmpint (load_setting (fixture, "minutes"), ==, 0);
  g_assert_cmpint (load_setting (fixture, "other"), ==, 7);
  g_assert_cmpint (load_setting (fixture, "third"), ==, -1);
}

static void
test_first_version_is_brought_up (Fixture *fixture, gconstpointer data)
{
  /* given a file as the first version left it */
  put_account (fixture);
  g_assert_true (flush (fixture, NULL));
  g_clear_object (&fixture->store);
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db,
                                 "DROP TABLE told;"
                                 "DROP TABLE setting;"
                                 "DROP TABLE history;"
                                 "DROP TABLE history_person;"
                                 "DROP TABLE history_seen;"
                                 "ALTER TABLE account DROP COLUMN history_keep;"
                                 "ALTER TABLE account DROP COLUMN notify_default;"
                                 "ALTER TABLE account DROP COLUMN quiet_days;"
                                 "ALTER TABLE account DROP COLUMN quiet_from_min;"
                                 "ALTER TABLE account DROP COLUMN quiet_to_min;"
                                 "ALTER TABLE account DROP COLUMN quiet_summary;"
                                 "ALTER TABLE contact DROP COLUMN notify_rule;"
                                 "PRAGMA user_version = 1",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (db);
  open_store (fixture);

  /* then nothing is lost, and what is new can be kept */
  g_autoptr (GPtrArray) accounts = load_accounts (fixture);
  g_assert_cmpuint (accounts->len, ==, 1);
  g_assert_true (mark_told (fixture, "a"));
  const PorchAccountRecord *account = g_ptr_array_index (accounts, 0);
  const PorchQuietHours none = PORCH_QUIET_HOURS_NONE;
  g_assert_cmpint (account->notify_default, ==, PORCH_NOTIFY_NOBODY);
  g_assert_cmpint (account->history_keep, ==, PORCH_HISTORY_NOT_ASKED);
  g_assert_true (porch_quiet_hours_equal (&account->quiet_hours, &none));
}

static void
set_file_size_limit (rlim_t limit)
{
  struct rlimit limits;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limits), ==, 0);
  limits.rlim_cur = MIN (limit, limits.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limits), ==, 0);
}

static void
test_full_disk_loses_nothing (Fixture *fixture, gconstpointer data)
{
  /* given a file that may not grow, as on a full disk */
  put_account (fixture);
  g_assert_true (flush (fixture, NULL));
  signal (SIGXFSZ, SIG_IGN);
  set_file_size_limit (1);

  /* when something is written, then it fails and is said */
  g_autoptr (GError) error = NULL;
  put_contact (fixture, "bob", "Bob", 1);
  g_assert_false (flush (fixture, &error));
  g_assert_error (error, PORCH_AGENT_STORE_ERROR, PORCH_AGENT_STORE_FAULT_UNWRITABLE);
  g_assert_cmpint (porch_agent_store_get_fault (fixture->store), ==,
                   PORCH_AGENT_STORE_FAULT_UNWRITABLE);

  /* when there is space again, and some time later, then nothing is lost */
  set_file_size_limit (RLIM_INFINITY);
  porch_fake_clock_advance_ms (fixture->clock, 61 * 1000);
  g_autoptr (GPtrArray) contacts = load_contacts (fixture);
  g_assert_cmpuint (contacts->len, ==, 1);
  g_assert_cmpint (porch_agent_store_get_fault (fixture->store), ==, PORCH_AGENT_STORE_FAULT_NONE);
}

static void
test_full_disk_is_read (Fixture *fixture, gconstpointer data)
{
  /* given a list that was kept, and a disk with no room for anything more */
  put_account (fixture);
  put_contact (fixture, "bob", "Bob", 1);
  g_assert_true (flush (fixture, NULL));
  signal (SIGXFSZ, SIG_IGN);
  reopen (fixture);
  set_file_size_limit (1);

  /* when it is loaded, then all of it is there */
  g_autoptr (GPtrArray) accounts = load_accounts (fixture);
  g_autoptr (GPtrArray) contacts = load_contacts (fixture);
  g_assert_cmpuint (accounts->len, ==, 1);
  g_assert_cmpuint (contacts->len, ==, 1);

  /* when there is room again, then what came meanwhile is kept */
  put_contact (fixture, "cleo", "Cleo", 1);
  g_assert_false (flush (fixture, NULL));
  set_file_size_limit (RLIM_INFINITY);
  g_assert_true (flush (fixture, NULL));
  reopen (fixture);
  g_autoptr (GPtrArray) later = load_contacts (fixture);
  g_assert_cmpuint (later->len, ==, 2);
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* Faults are logged as warnings, and faults are what some of these tests make. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);

  add ("/store/agent/keeps", test_keeps);
  add ("/store/agent/is-private", test_is_private);
  add ("/store/agent/writes-together-after-five-seconds", test_writes_together_after_five_seconds);
  add ("/store/agent/unchanged-costs-no-write", test_unchanged_costs_no_write);
  add ("/store/agent/removes", test_removes);
  add ("/store/agent/forgets-to-the-last-byte", test_forgets_to_the_last_byte);
  add ("/store/agent/contact-of-no-account-is-not-kept", test_contact_of_no_account_is_not_kept);
  add ("/store/agent/damaged-is-left-alone", test_damaged_is_left_alone);
  add ("/store/agent/what-can-be-read-of-a-damaged-file-is",
       test_what_can_be_read_of_a_damaged_file_is);
  add ("/store/agent/full-disk-is-read", test_full_disk_is_read);
  add ("/store/agent/newer-is-left-alone", test_newer_is_left_alone);
  add ("/store/agent/told-once-in-a-life", test_told_once_in_a_life);
  add ("/store/agent/keeps-settings", test_keeps_settings);
  add ("/store/agent/first-version-is-brought-up", test_first_version_is_brought_up);
  add ("/store/agent/full-disk-loses-nothing", test_full_disk_loses_nothing);

  return g_test_run ();
}
