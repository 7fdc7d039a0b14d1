/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What every PorchStore promises, run on each implementation: a backend opens the same data anew
 * each time it is asked. What only SQLite promises comes after.
 */

#include "server/porch-postgres-store.h"
#include "server/porch-sqlite-store.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "porch-log-catcher.h"
#include "porch-test-postgres.h"

#define NOW_US G_GINT64_CONSTANT (1700000000000000)
#define ANN    "11111111-1111-4111-8111-111111111111"
#define BOB    "22222222-2222-4222-8222-222222222222"
#define NOBODY "99999999-9999-4999-8999-999999999999"

typedef struct
{
  const char *name;
  PorchStore *(*open) (const char *folder, GError **error);
  void (*empty) (void); /* NULL: the data are in the folder */
} Backend;

typedef struct
{
  const Backend *backend;
  char *folder;
  PorchStore *store;
  GPtrArray *ended;
  GAsyncResult *result;
} Fixture;

static PorchStore *
open_sqlite (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "porchlight.db", NULL);

  return PORCH_STORE (porch_sqlite_store_new (path, "a token secret", error));
}

/* One for all tests of this program: NULL where PostgreSQL is not installed. */
static PorchTestPostgres *postgres;

static PorchStore *
open_postgres (const char *folder, GError **error)
{
  g_autoptr (PorchClock) clock = porch_clock_new ();
  PorchPostgresAddress address = { postgres->conninfo, NULL, NOBODY };

  return PORCH_STORE (porch_postgres_store_new (clock, &address, NULL, "a token secret", error));
}

static void
empty_postgres (void)
{
  porch_test_postgres_run (postgres, "DROP SCHEMA IF EXISTS porchlight CASCADE");
}

static const Backend sqlite_backend = { "sqlite", open_sqlite, NULL };
static const Backend postgres_backend = { "postgres", open_postgres, empty_postgres };

static void
on_session_ended_cb (Fixture *fixture, const char *session_id)
{
  g_ptr_array_add (fixture->ended, g_strdup (session_id));
}

static void
fixture_open (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->store = fixture->backend->open (fixture->folder, &error);
  g_assert_no_error (error);
  g_signal_connect_swapped (fixture->store, "session-ended", G_CALLBACK (on_session_ended_cb),
                            fixture);
}

static void
fixture_set_up (Fixture *fixture, gconstpointer backend)
{
  fixture->backend = backend;
  fixture->folder = g_dir_make_tmp ("porch-store-XXXXXX", NULL);
  fixture->ended = g_ptr_array_new_with_free_func (g_free);
  if (fixture->backend->empty != NULL)
    fixture->backend->empty ();
  fixture_open (fixture);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  g_clear_object (&fixture->store);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_assert_no_errno (g_unlink (path));
    }
  g_assert_no_errno (g_rmdir (fixture->folder));
  g_free (fixture->folder);
  g_ptr_array_unref (fixture->ended);
}

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (fixture->result);
  fixture->result = g_object_ref (result);
}

static GAsyncResult *
wait_for_result (Fixture *fixture)
{
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return g_steal_pointer (&fixture->result);
}

static gboolean
add_user (Fixture *fixture,
          const char *id,
          const char *email,
          const char *first_name,
          const char *last_name,
          GError **error)
{
  PorchStoreUser user = {
    .id = (char *) id,
    .email = (char *) email,
    .password_hash = (char *) "$y$of-a-password",
    .first_name = (char *) first_name,
    .last_name = (char *) last_name,
    .created_at_us = NOW_US,
  };
  g_autoptr (GAsyncResult) result = NULL;

  porch_store_add_user_async (fixture->store, &user, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);

  return porch_store_add_user_finish (fixture->store, result, error);
}

static void
add_ann_and_bob (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  add_user (fixture, ANN, "ann@example.org", "Ann", "Ärlig", &error);
  g_assert_no_error (error);
  add_user (fixture, BOB, "bob@example.org", "Bob", "O'Brien; DROP TABLE users", &error);
  g_assert_no_error (error);
}

static PorchStoreUser *
get_user_by_email (Fixture *fixture, const char *email, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_store_get_user_by_email_async (fixture->store, email, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);

  return porch_store_get_user_by_email_finish (fixture->store, result, error);
}

static GPtrArray *
get_users (Fixture *fixture, const char *const *ids)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *users;

  porch_store_get_users_async (fixture->store, ids, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);
  users = porch_store_get_users_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return users;
}

/* The ids of the users found, in order, each followed by a space. */
static char *
search (Fixture *fixture, const char *query, guint limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) users = NULL;
  g_autoptr (GError) error = NULL;
  GString *ids = g_string_new (NULL);

  porch_store_search_users_async (fixture->store, query, limit, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);
  users = porch_store_search_users_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < users->len; i++)
    {
      PorchStoreUser *user = g_ptr_array_index (users, i);

      g_assert_null (user->password_hash);
      g_string_append_printf (ids, "%s ", user->id);
    }

  return g_string_free (ids, FALSE);
}

#define assert_finds(fixture, query, expected)                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *found = search (fixture, query, 10);                                          \
    g_assert_cmpstr (found, ==, expected);                                                         \
  }                                                                                                \
  G_STMT_END

static PorchRefreshResult *
add_session (Fixture *fixture, const char *user_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_store_add_session_async (fixture->store, user_id, "otp", NOW_US, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);

  return porch_store_add_session_finish (fixture->store, result, error);
}

static PorchRefreshResult *
refresh (Fixture *fixture, const char *token, gint64 after_us)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  PorchRefreshResult *refreshed;

  porch_store_refresh_session_async (fixture->store, token, NOW_US + after_us, NULL, on_done_cb,
                                     fixture);
  result = wait_for_result (fixture);
  refreshed = porch_store_refresh_session_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return refreshed;
}

static void
end_sessions (Fixture *fixture, const char *session_id, PorchSessionScope scope)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_store_end_sessions_async (fixture->store, ANN, session_id, scope, NOW_US, NULL, on_done_cb,
                                  fixture);
  result = wait_for_result (fixture);
  porch_store_end_sessions_finish (fixture->store, result, &error);
  g_assert_no_error (error);
}

static const guint8 right_hash[PORCH_STORE_CODE_HASH_BYTES] = { 1, 2, 3 };
static const guint8 wrong_hash[PORCH_STORE_CODE_HASH_BYTES] = { 1, 2, 4 };

static gboolean
put_code (Fixture *fixture, const char *user_id, gint64 expires_us, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_store_put_code_async (fixture->store, user_id, right_hash, expires_us, NULL, on_done_cb,
                              fixture);
  result = wait_for_result (fixture);

  return porch_store_put_code_finish (fixture->store, result, error);
}

static gboolean
take_code (Fixture *fixture, const char *user_id, const guint8 *hash)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_right;

  porch_store_take_code_async (fixture->store, user_id, hash, NOW_US, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);
  is_right = porch_store_take_code_finish (fixture->store, result, &error);
  if (!is_right)
    g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND);

  return is_right;
}

static gboolean
add_factor (Fixture *fixture, const char *user_id, const char *id, GError **error)
{
  PorchStoreFactor factor = {
    .id = (char *) id,
    .user_id = (char *) user_id,
    .name = (char *) "Ann’s phone",
    .secret = (char *) "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    .created_at_us = NOW_US,
  };
  g_autoptr (GAsyncResult) result = NULL;

  porch_store_add_factor_async (fixture->store, &factor, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);

  return porch_store_add_factor_finish (fixture->store, result, error);
}

static GPtrArray *
list_factors (Fixture *fixture, const char *user_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *factors;

  porch_store_list_factors_async (fixture->store, user_id, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);
  factors = porch_store_list_factors_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return factors;
}

static gboolean
use_factor (Fixture *fixture, const char *user_id, const char *id, gint64 step)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_store_use_factor_async (fixture->store, user_id, id, step, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);

  return porch_store_use_factor_finish (fixture->store, result, NULL);
}

static gboolean
remove_factors (Fixture *fixture, const char *user_id, const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_store_remove_factors_async (fixture->store, user_id, id, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);

  return porch_store_remove_factors_finish (fixture->store, result, NULL);
}

static gboolean
record (Fixture *fixture,
        const char *user_id,
        const char *client,
        PorchStatus status,
        PorchStatus combined,
        gint64 last_active_us,
        GError **error)
{
  PorchStorePresence presence = {
    .user_id = (char *) user_id,
    .client = (char *) client,
    .status = status,
    .last_active_us = last_active_us,
  };
  g_autoptr (GAsyncResult) result = NULL;

  porch_store_record_presence_async (fixture->store, &presence, combined, NULL, on_done_cb,
                                     fixture);
  result = wait_for_result (fixture);

  return porch_store_record_presence_finish (fixture->store, result, NULL, error);
}

static GPtrArray *
list_presences (Fixture *fixture, gint64 since_us)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *presences;

  porch_store_list_presences_async (fixture->store, since_us, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);
  presences = porch_store_list_presences_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return presences;
}

static void
test_user_is_found_again (Fixture *fixture, gconstpointer backend)
{
  const char *ids[] = { NOBODY, ANN, "' OR 1=1 --", NULL };
  g_autoptr (PorchStoreUser) user = NULL;
  g_autoptr (GPtrArray) users = NULL;
  g_autoptr (GError) error = NULL;

  add_ann_and_bob (fixture);
  g_clear_object (&fixture->store);
  fixture_open (fixture);

  user = get_user_by_email (fixture, "ann@example.org", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (user->id, ==, ANN);
  g_assert_cmpstr (user->password_hash, ==, "$y$of-a-password");
  g_assert_cmpstr (user->first_name, ==, "Ann");
  g_assert_cmpstr (user->last_name, ==, "Ärlig");
  g_assert_null (user->avatar);
  g_assert_cmpint (user->status, ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (user->last_active_us, ==, 0);
  g_assert_cmpint (user->created_at_us, ==, NOW_US);

  users = get_users (fixture, ids);
  g_assert_cmpuint (users->len, ==, 1);
  g_assert_null (((PorchStoreUser *) g_ptr_array_index (users, 0))->password_hash);
}

static void
put_profile (Fixture *fixture, const char *id, const char *email, const char *name)
{
  PorchStoreUser profile = {
    .id = (char *) id,
    .email = (char *) email,
    .first_name = (char *) name,
    .last_name = (char *) "",
    .avatar = (char *) "https://pictures.example/1.png",
    .created_at_us = NOW_US,
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_store_put_profile_async (fixture->store, &profile, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);
  porch_store_put_profile_finish (fixture->store, result, &error);
  g_assert_no_error (error);
}

static void
assert_profile (Fixture *fixture, const char *id, const char *email, const char *name)
{
  const char *const ids[] = { id, NULL };
  g_autoptr (GPtrArray) users = get_users (fixture, ids);
  const PorchStoreUser *user;

  g_assert_cmpuint (users->len, ==, 1);
  user = g_ptr_array_index (users, 0);
  g_assert_cmpstr (user->email, ==, email);
  g_assert_cmpstr (user->first_name, ==, name);
  g_assert_cmpstr (user->avatar, ==, "https://pictures.example/1.png");
}

static void
test_profile_from_elsewhere (Fixture *fixture, gconstpointer backend)
{
  put_profile (fixture, ANN, "ann@example.org", "Ann");
  assert_profile (fixture, ANN, "ann@example.org", "Ann");

  put_profile (fixture, ANN, "ann@example.com", "Anna");
  assert_profile (fixture, ANN, "ann@example.com", "Anna");
  assert_finds (fixture, "anna", ANN " ");
  assert_finds (fixture, "ann@example.com", ANN " ");

  /* Two people without an address do not get in each other's way. */
  put_profile (fixture, ANN, NULL, "Anna");
  put_profile (fixture, BOB, NULL, "Bob");
  assert_profile (fixture, ANN, "", "Anna");
  assert_profile (fixture, BOB, "", "Bob");
}

static void
test_email_that_moves (Fixture *fixture, gconstpointer backend)
{
  put_profile (fixture, ANN, "office@example.org", "Ann");
  put_profile (fixture, BOB, "office@example.org", "Bob");

  assert_profile (fixture, ANN, "", "Ann");
  assert_profile (fixture, BOB, "office@example.org", "Bob");
  assert_finds (fixture, "office@example.org", BOB " ");
}

static void
test_unknown_email_is_not_found (Fixture *fixture, gconstpointer backend)
{
  const char *emails[] = { "zoe@example.org", "' OR ''='", "%", "ann@example.org'--" };

  add_ann_and_bob (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (emails); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (get_user_by_email (fixture, emails[i], &error));
      g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND);
    }
}

static void
test_email_is_taken_once (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;

  add_ann_and_bob (fixture);

  g_assert_false (add_user (fixture, NOBODY, "ann@example.org", "A", "B", &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_EXISTS);
}

static void
test_search (Fixture *fixture, gconstpointer backend)
{
  add_ann_and_bob (fixture);

  assert_finds (fixture, "ann", ANN " ");
  assert_finds (fixture, "N äRL", ANN " ");
  assert_finds (fixture, "N a\xcc\x88RL", ANN " ");
  assert_finds (fixture, "o'brien; drop", BOB " ");
  assert_finds (fixture, "bob@example.org", BOB " ");
  assert_finds (fixture, " Bob@Example.org ", BOB " ");
  assert_finds (fixture, "bob@example.or", "");
  assert_finds (fixture, "%", "");
  assert_finds (fixture, "\xff\xfe", "");
  assert_finds (fixture, NULL, ANN " " BOB " ");
}

static void
test_search_stops_at_the_limit (Fixture *fixture, gconstpointer backend)
{
  g_autofree char *found = NULL;

  add_ann_and_bob (fixture);

  found = search (fixture, NULL, 1);
  g_assert_cmpstr (found, ==, ANN " ");
}

static void
test_avatar (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GBytes) image = g_bytes_new_static ("\x89PNG\0picture", 12);
  const char *ids[] = { ANN, NULL };
  g_autoptr (GAsyncResult) set = NULL;
  g_autoptr (GAsyncResult) set_nobodys = NULL;
  g_autoptr (GAsyncResult) got = NULL;
  g_autoptr (PorchStoreAvatar) avatar = NULL;
  g_autoptr (GPtrArray) users = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;

  add_ann_and_bob (fixture);

  porch_store_set_avatar_async (fixture->store, ANN, "image/png", image, NULL, on_done_cb, fixture);
  set = wait_for_result (fixture);
  porch_store_set_avatar_finish (fixture->store, set, &error);
  g_assert_no_error (error);
  porch_store_get_avatar_async (fixture->store, ANN, NULL, on_done_cb, fixture);
  got = wait_for_result (fixture);
  avatar = porch_store_get_avatar_finish (fixture->store, got, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (avatar->content_type, ==, "image/png");
  g_assert_true (g_bytes_equal (avatar->image, image));

  users = get_users (fixture, ids);
  address = g_strdup_printf ("/avatars/" ANN "?v=%s", avatar->version);
  g_assert_cmpstr (((PorchStoreUser *) g_ptr_array_index (users, 0))->avatar, ==, address);

  porch_store_set_avatar_async (fixture->store, NOBODY, "image/png", image, NULL, on_done_cb,
                                fixture);
  set_nobodys = wait_for_result (fixture);
  g_assert_false (porch_store_set_avatar_finish (fixture->store, set_nobodys, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND);
}

static void
test_refresh_rotates (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (PorchRefreshResult) first = NULL;
  g_autoptr (PorchRefreshResult) second = NULL;
  g_autoptr (PorchRefreshResult) third = NULL;

  add_ann_and_bob (fixture);

  first = add_session (fixture, ANN, NULL);
  second = refresh (fixture, first->refresh_token, G_TIME_SPAN_HOUR);
  third = refresh (fixture, second->refresh_token, 2 * G_TIME_SPAN_HOUR);

  g_assert_cmpint (second->outcome, ==, PORCH_REFRESH_ROTATED);
  g_assert_cmpint (third->outcome, ==, PORCH_REFRESH_ROTATED);
  g_assert_cmpstr (third->session_id, ==, first->session_id);
  g_assert_cmpstr (third->user_id, ==, ANN);
  g_assert_cmpstr (first->refresh_token, !=, second->refresh_token);
  g_assert_cmpstr (second->refresh_token, !=, third->refresh_token);
}

static void
test_refresh_of_an_unknown_token (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (PorchRefreshResult) result = refresh (fixture, "' OR 1=1 --", 0);

  g_assert_cmpint (result->outcome, ==, PORCH_REFRESH_NOT_FOUND);
}

static void
test_reuse_within_the_window (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (PorchRefreshResult) first = NULL;
  g_autoptr (PorchRefreshResult) second = NULL;
  g_autoptr (PorchRefreshResult) third = NULL;
  g_autoptr (PorchRefreshResult) reused = NULL;

  /* Given three refreshes in a row */
  add_ann_and_bob (fixture);
  first = add_session (fixture, ANN, NULL);
  second = refresh (fixture, first->refresh_token, 0);
  third = refresh (fixture, second->refresh_token, G_TIME_SPAN_SECOND);

  /* When the first token, which is not the parent of the newest, comes again in time */
  reused = refresh (fixture, first->refresh_token, PORCH_REFRESH_REUSE_WINDOW_US - 1);

  /* Then the newest is handed out */
  g_assert_cmpint (reused->outcome, ==, PORCH_REFRESH_REUSED);
  g_assert_cmpstr (reused->refresh_token, ==, third->refresh_token);
  g_assert_cmpstr (reused->session_id, ==, first->session_id);
}

static void
test_parent_of_the_newest_after_the_window (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (PorchRefreshResult) first = NULL;
  g_autoptr (PorchRefreshResult) second = NULL;
  g_autoptr (PorchRefreshResult) reused = NULL;
  g_autoptr (PorchRefreshResult) third = NULL;

  /* Given a client that never received the answer to its refresh */
  add_ann_and_bob (fixture);
  first = add_session (fixture, ANN, NULL);
  second = refresh (fixture, first->refresh_token, 0);
  g_clear_object (&fixture->store);
  fixture_open (fixture);

  /* When it comes again a week later */
  reused = refresh (fixture, first->refresh_token, 7 * G_TIME_SPAN_DAY);

  /* Then it gets the same answer, which works */
  g_assert_cmpint (reused->outcome, ==, PORCH_REFRESH_REUSED);
  g_assert_cmpstr (reused->refresh_token, ==, second->refresh_token);
  third = refresh (fixture, reused->refresh_token, 7 * G_TIME_SPAN_DAY);
  g_assert_cmpint (third->outcome, ==, PORCH_REFRESH_ROTATED);
}

static void
test_other_reuse_revokes_the_family (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (PorchRefreshResult) first = NULL;
  g_autoptr (PorchRefreshResult) second = NULL;
  g_autoptr (PorchRefreshResult) third = NULL;
  g_autoptr (PorchRefreshResult) others = NULL;
  g_autoptr (PorchRefreshResult) reused = NULL;
  g_autoptr (PorchRefreshResult) newest = NULL;
  g_autoptr (PorchRefreshResult) others_next = NULL;

  add_ann_and_bob (fixture);
  first = add_session (fixture, ANN, NULL);
  second = refresh (fixture, first->refresh_token, 0);
  third = refresh (fixture, second->refresh_token, 0);
  others = add_session (fixture, ANN, NULL);

  reused = refresh (fixture, first->refresh_token, PORCH_REFRESH_REUSE_WINDOW_US);
  newest = refresh (fixture, third->refresh_token, PORCH_REFRESH_REUSE_WINDOW_US);
  others_next = refresh (fixture, others->refresh_token, PORCH_REFRESH_REUSE_WINDOW_US);

  g_assert_cmpint (reused->outcome, ==, PORCH_REFRESH_REVOKED);
  g_assert_null (reused->refresh_token);
  g_assert_cmpint (newest->outcome, ==, PORCH_REFRESH_REVOKED);
  g_assert_cmpint (others_next->outcome, ==, PORCH_REFRESH_ROTATED);
  g_assert_cmpuint (fixture->ended->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->ended, 0), ==, first->session_id);
}

static void
test_scopes_of_ending (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (PorchRefreshResult) one = NULL;
  g_autoptr (PorchRefreshResult) two = NULL;
  g_autoptr (PorchRefreshResult) three = NULL;
  g_autoptr (PorchRefreshResult) bobs = NULL;
  g_autoptr (PorchRefreshResult) gone = NULL;
  g_autoptr (PorchRefreshResult) bobs_next = NULL;

  add_ann_and_bob (fixture);
  one = add_session (fixture, ANN, NULL);
  two = add_session (fixture, ANN, NULL);
  three = add_session (fixture, ANN, NULL);
  bobs = add_session (fixture, BOB, NULL);

  end_sessions (fixture, one->session_id, PORCH_SESSION_SCOPE_LOCAL);
  g_assert_cmpuint (fixture->ended->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->ended, 0), ==, one->session_id);
  gone = refresh (fixture, one->refresh_token, 0);
  g_assert_cmpint (gone->outcome, ==, PORCH_REFRESH_NOT_FOUND);

  end_sessions (fixture, two->session_id, PORCH_SESSION_SCOPE_OTHERS);
  g_assert_cmpuint (fixture->ended->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (fixture->ended, 1), ==, three->session_id);

  end_sessions (fixture, NULL, PORCH_SESSION_SCOPE_GLOBAL);
  g_assert_cmpuint (fixture->ended->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (fixture->ended, 2), ==, two->session_id);

  /* Another person's session does not end with one's own id. */
  end_sessions (fixture, bobs->session_id, PORCH_SESSION_SCOPE_LOCAL);
  bobs_next = refresh (fixture, bobs->refresh_token, 0);
  g_assert_cmpint (bobs_next->outcome, ==, PORCH_REFRESH_ROTATED);
}

static void
test_session_remembers_how_it_began (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (PorchRefreshResult) first = NULL;
  g_autoptr (PorchRefreshResult) second = NULL;

  add_ann_and_bob (fixture);
  first = add_session (fixture, ANN, NULL);
  second = refresh (fixture, first->refresh_token, 0);

  g_assert_cmpstr (first->methods, ==, "otp");
  g_assert_cmpstr (second->methods, ==, "otp");
}

static void
test_code_counts_once (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;

  add_ann_and_bob (fixture);
  g_assert_true (put_code (fixture, ANN, NOW_US + 1, NULL));

  g_assert_false (take_code (fixture, BOB, right_hash));
  g_assert_true (take_code (fixture, ANN, right_hash));
  g_assert_false (take_code (fixture, ANN, right_hash));

  /* Another one is another one. */
  g_assert_true (put_code (fixture, ANN, NOW_US + 1, NULL));
  g_assert_true (take_code (fixture, ANN, right_hash));

  g_assert_false (put_code (fixture, NOBODY, NOW_US + 1, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND);
}

static void
test_code_that_expired (Fixture *fixture, gconstpointer backend)
{
  add_ann_and_bob (fixture);
  g_assert_true (put_code (fixture, ANN, NOW_US, NULL));

  g_assert_false (take_code (fixture, ANN, right_hash));
}

static void
test_code_is_guessed_five_times (Fixture *fixture, gconstpointer backend)
{
  add_ann_and_bob (fixture);
  g_assert_true (put_code (fixture, ANN, NOW_US + 1, NULL));
  for (guint i = 0; i < PORCH_STORE_CODE_TRIES_MAX - 1; i++)
    g_assert_false (take_code (fixture, ANN, wrong_hash));
  g_assert_true (take_code (fixture, ANN, right_hash));

  g_assert_true (put_code (fixture, ANN, NOW_US + 1, NULL));
  for (guint i = 0; i < PORCH_STORE_CODE_TRIES_MAX; i++)
    g_assert_false (take_code (fixture, ANN, wrong_hash));
  g_assert_false (take_code (fixture, ANN, right_hash));
}

static void
test_factors (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GPtrArray) begun = NULL;
  g_autoptr (GPtrArray) verified = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GPtrArray) bobs = NULL;
  const PorchStoreFactor *factor;
  g_autoptr (GError) error = NULL;

  add_ann_and_bob (fixture);
  g_assert_true (add_factor (fixture, ANN, "one", NULL));
  g_assert_true (add_factor (fixture, ANN, "two", NULL));
  g_assert_true (add_factor (fixture, BOB, "bobs", NULL));
  g_assert_false (add_factor (fixture, NOBODY, "three", &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND);

  /* The first one was never verified. */
  begun = list_factors (fixture, ANN);
  g_assert_cmpuint (begun->len, ==, 1);
  factor = g_ptr_array_index (begun, 0);
  g_assert_cmpstr (factor->id, ==, "two");
  g_assert_cmpstr (factor->user_id, ==, ANN);
  g_assert_cmpstr (factor->name, ==, "Ann’s phone");
  g_assert_cmpstr (factor->secret, ==, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  g_assert_cmpint (factor->created_at_us, ==, NOW_US);
  g_assert_false (factor->is_verified);

  g_assert_false (use_factor (fixture, BOB, "two", 7));
  g_assert_true (use_factor (fixture, ANN, "two", 7));
  g_assert_false (use_factor (fixture, ANN, "two", 7));
  g_assert_false (use_factor (fixture, ANN, "two", 6));
  g_assert_true (use_factor (fixture, ANN, "two", 8));
  g_assert_true (add_factor (fixture, ANN, "three", NULL));
  verified = list_factors (fixture, ANN);
  g_assert_cmpuint (verified->len, ==, 2);
  for (guint i = 0; i < verified->len; i++)
    {
      factor = g_ptr_array_index (verified, i);
      g_assert_cmpint (factor->is_verified, ==, g_str_equal (factor->id, "two"));
    }

  g_assert_false (remove_factors (fixture, BOB, "two"));
  g_assert_true (remove_factors (fixture, ANN, "two"));
  g_assert_false (remove_factors (fixture, ANN, "two"));
  g_assert_true (remove_factors (fixture, ANN, NULL));
  left = list_factors (fixture, ANN);
  g_assert_cmpuint (left->len, ==, 0);
  bobs = list_factors (fixture, BOB);
  g_assert_cmpuint (bobs->len, ==, 1);
}

static void
test_ended_sessions_are_listed (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (PorchRefreshResult) session = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) later_result = NULL;
  g_autoptr (GPtrArray) ended = NULL;
  g_autoptr (GPtrArray) ended_later = NULL;

  add_ann_and_bob (fixture);
  session = add_session (fixture, ANN, NULL);
  end_sessions (fixture, session->session_id, PORCH_SESSION_SCOPE_LOCAL);
  g_clear_object (&fixture->store);
  fixture_open (fixture);

  porch_store_list_ended_sessions_async (fixture->store, NOW_US, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);
  ended = porch_store_list_ended_sessions_finish (fixture->store, result, NULL);
  g_assert_cmpuint (ended->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (ended, 0), ==, session->session_id);

  porch_store_list_ended_sessions_async (fixture->store, NOW_US + 1, NULL, on_done_cb, fixture);
  later_result = wait_for_result (fixture);
  ended_later = porch_store_list_ended_sessions_finish (fixture->store, later_result, NULL);
  g_assert_cmpuint (ended_later->len, ==, 0);
}

static void
test_password_change_ends_the_sessions (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (PorchRefreshResult) session = NULL;
  g_autoptr (PorchRefreshResult) refreshed = NULL;
  g_autoptr (PorchStoreUser) user = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) nobodys = NULL;
  g_autoptr (GError) error = NULL;

  add_ann_and_bob (fixture);
  session = add_session (fixture, ANN, NULL);

  porch_store_set_password_async (fixture->store, ANN, "$y$another", NOW_US, NULL, on_done_cb,
                                  fixture);
  result = wait_for_result (fixture);
  porch_store_set_password_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  user = get_user_by_email (fixture, "ann@example.org", NULL);
  g_assert_cmpstr (user->password_hash, ==, "$y$another");
  refreshed = refresh (fixture, session->refresh_token, 0);
  g_assert_cmpint (refreshed->outcome, ==, PORCH_REFRESH_NOT_FOUND);
  g_assert_cmpuint (fixture->ended->len, ==, 1);

  porch_store_set_password_async (fixture->store, NOBODY, "$y$another", NOW_US, NULL, on_done_cb,
                                  fixture);
  nobodys = wait_for_result (fixture);
  g_assert_false (porch_store_set_password_finish (fixture->store, nobodys, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND);
}

static void
test_removed_user_leaves_nothing (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (PorchRefreshResult) session = NULL;
  g_autoptr (PorchRefreshResult) refreshed = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (GPtrArray) presences = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) session_error = NULL;

  add_ann_and_bob (fixture);
  session = add_session (fixture, ANN, NULL);
  record (fixture, ANN, "", PORCH_STATUS_ONLINE, PORCH_STATUS_ONLINE, NOW_US, &error);
  g_assert_no_error (error);

  porch_store_remove_user_async (fixture->store, ANN, NOW_US, NULL, on_done_cb, fixture);
  result = wait_for_result (fixture);
  porch_store_remove_user_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  assert_finds (fixture, NULL, BOB " ");
  refreshed = refresh (fixture, session->refresh_token, 0);
  g_assert_cmpint (refreshed->outcome, ==, PORCH_REFRESH_NOT_FOUND);
  presences = list_presences (fixture, 0);
  g_assert_cmpuint (presences->len, ==, 0);
  g_assert_cmpuint (fixture->ended->len, ==, 1);
  g_assert_null (add_session (fixture, ANN, &session_error));
  g_assert_error (session_error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND);

  porch_store_remove_user_async (fixture->store, ANN, NOW_US, NULL, on_done_cb, fixture);
  again = wait_for_result (fixture);
  g_assert_false (porch_store_remove_user_finish (fixture->store, again, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND);
}

static void
test_presence_of_a_person_is_their_latest_programs (Fixture *fixture, gconstpointer backend)
{
  const char *ids[] = { ANN, NULL };
  g_autoptr (GPtrArray) users = NULL;
  g_autoptr (GPtrArray) presences = NULL;
  g_autoptr (GPtrArray) later = NULL;
  PorchStoreUser *ann;

  /* Given a desk that is online, and a laptop that was told to go offline after it */
  add_ann_and_bob (fixture);
  record (fixture, ANN, "laptop", PORCH_STATUS_ONLINE, PORCH_STATUS_ONLINE, NOW_US, NULL);
  record (fixture, ANN, "desk", PORCH_STATUS_ONLINE, PORCH_STATUS_ONLINE, NOW_US + 1, NULL);
  record (fixture, ANN, "laptop", PORCH_STATUS_OFFLINE, PORCH_STATUS_ONLINE, NOW_US + 2, NULL);
  g_clear_object (&fixture->store);
  fixture_open (fixture);

  users = get_users (fixture, ids);
  ann = g_ptr_array_index (users, 0);
  g_assert_cmpint (ann->status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (ann->last_active_us, ==, NOW_US + 2);

  presences = list_presences (fixture, 0);
  g_assert_cmpuint (presences->len, ==, 2);
  later = list_presences (fixture, NOW_US + 2);
  g_assert_cmpuint (later->len, ==, 1);
  g_assert_cmpstr (((PorchStorePresence *) g_ptr_array_index (later, 0))->client, ==, "laptop");
  g_assert_cmpint (((PorchStorePresence *) g_ptr_array_index (later, 0))->status, ==,
                   PORCH_STATUS_OFFLINE);
}

static void
test_presence_of_nobody (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (
      record (fixture, NOBODY, "", PORCH_STATUS_ONLINE, PORCH_STATUS_ONLINE, NOW_US, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND);
}

static void
test_programs_of_a_person_are_bounded (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GPtrArray) presences = NULL;

  add_ann_and_bob (fixture);

  for (guint i = 0; i < PORCH_STORE_CLIENTS_MAX + 5; i++)
    {
      g_autofree char *client = g_strdup_printf ("client-%u", i);

      record (fixture, ANN, client, PORCH_STATUS_ONLINE, PORCH_STATUS_ONLINE, NOW_US + i, NULL);
    }

  presences = list_presences (fixture, 0);
  g_assert_cmpuint (presences->len, ==, PORCH_STORE_CLIENTS_MAX);
  for (guint i = 0; i < presences->len; i++)
    g_assert_cmpint (((PorchStorePresence *) g_ptr_array_index (presences, i))->last_active_us, >=,
                     NOW_US + 5);
}

typedef struct
{
  guint n_answers;
  guint n_stored;
  guint n_not_found;
} Tally;

static void
on_recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Tally *tally = user_data;
  g_autoptr (GError) error = NULL;

  tally->n_answers++;
  if (porch_store_record_presence_finish (PORCH_STORE (source), result, NULL, &error))
    tally->n_stored++;
  else if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    tally->n_not_found++;
}

/* A call that fails among those that share its commit takes none of them with it. */
static void
test_calls_that_share_a_commit_fail_alone (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GPtrArray) presences = NULL;
  Tally tally = { 0 };

  add_ann_and_bob (fixture);

  for (guint i = 0; i < 999; i++)
    {
      PorchStorePresence presence = {
        .user_id = (char *) (i % 3 == 0   ? NOBODY
                             : i % 3 == 1 ? ANN
                                          : BOB),
        .client = (char *) "",
        .status = PORCH_STATUS_ONLINE,
        .last_active_us = NOW_US + i,
      };

      porch_store_record_presence_async (fixture->store, &presence, PORCH_STATUS_ONLINE, NULL,
                                         on_recorded_cb, &tally);
    }
  while (tally.n_answers < 999)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (tally.n_stored, ==, 666);
  g_assert_cmpuint (tally.n_not_found, ==, 333);
  presences = list_presences (fixture, NOW_US + 997);
  g_assert_cmpuint (presences->len, ==, 2);
}

static void
test_cancelled_call (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  porch_store_get_user_by_email_async (fixture->store, "ann@example.org", cancellable, on_done_cb,
                                       fixture);
  result = wait_for_result (fixture);
  g_assert_null (porch_store_get_user_by_email_finish (fixture->store, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A call under way keeps the store alive until it is answered. */
static void
test_store_let_go_under_way (Fixture *fixture, gconstpointer backend)
{
  PorchStorePresence presence = { (char *) ANN, (char *) "", PORCH_STATUS_ONLINE, NOW_US };
  g_autoptr (GPtrArray) presences = NULL;
  Tally tally = { 0 };

  add_ann_and_bob (fixture);
  porch_store_record_presence_async (fixture->store, &presence, PORCH_STATUS_ONLINE, NULL,
                                     on_recorded_cb, &tally);
  g_clear_object (&fixture->store);
  while (tally.n_answers == 0)
    g_main_context_iteration (NULL, TRUE);

  fixture_open (fixture);
  presences = list_presences (fixture, 0);
  g_assert_cmpuint (presences->len, ==, 1);
}

/* porchlightd user set-password runs in a process of its own. */
static void
test_session_ended_elsewhere (Fixture *fixture, gconstpointer backend)
{
  Fixture other = { .backend = backend, .folder = fixture->folder };
  g_autoptr (PorchRefreshResult) session = NULL;

  add_ann_and_bob (fixture);
  session = add_session (fixture, ANN, NULL);

  other.ended = g_ptr_array_new_with_free_func (g_free);
  fixture_open (&other);
  end_sessions (&other, NULL, PORCH_SESSION_SCOPE_GLOBAL);
  while (fixture->ended->len == 0)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpstr (g_ptr_array_index (fixture->ended, 0), ==, session->session_id);
  g_assert_cmpuint (other.ended->len, ==, 1);
  g_clear_object (&other.store);
  g_ptr_array_unref (other.ended);
}

/* And it told the administrator why. */
static void
assert_warned_once (const char *word)
{
  g_autofree char *warnings = porch_log_catcher_take ();

  g_assert_nonnull (strstr (warnings, word));
  g_assert_null (strchr (warnings, '\n'));
}

static char *
get_database_path (Fixture *fixture)
{
  return g_build_filename (fixture->folder, "porchlight.db", NULL);
}

static void
test_sqlite_files_are_private (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GDir) dir = NULL;
  guint n_files = 0;
  const char *name;

  add_ann_and_bob (fixture);

  dir = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
      GStatBuf status;

      g_assert_no_errno (g_stat (path, &status));
      g_assert_cmpint (status.st_mode & 0777, ==, 0600);
      n_files++;
    }
  g_assert_cmpuint (n_files, ==, 3);
}

static void
test_sqlite_holds_no_token (Fixture *fixture, gconstpointer backend)
{
  static const char *const files[] = { "porchlight.db", "porchlight.db-wal" };
  g_autoptr (PorchRefreshResult) first = NULL;
  g_autoptr (PorchRefreshResult) second = NULL;

  add_ann_and_bob (fixture);
  first = add_session (fixture, ANN, NULL);
  second = refresh (fixture, first->refresh_token, 0);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, files[i], NULL);
      g_autofree char *contents = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
      g_assert_null (memmem (contents, length, first->refresh_token, 43));
      g_assert_null (memmem (contents, length, second->refresh_token, 43));
    }
}

static gboolean disk_is_full;

static ssize_t
write_to_disk (int fd, const void *bytes, size_t length, off_t offset)
{
  if (!disk_is_full)
    return pwrite (fd, bytes, length, offset);

  errno = ENOSPC;
  return -1;
}

/* SQLite lets a test stand between it and the system's calls. */
static void
test_sqlite_full_disk (Fixture *fixture, gconstpointer backend)
{
  sqlite3_vfs *vfs = sqlite3_vfs_find (NULL);
  g_autoptr (PorchStoreUser) user = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) read_error = NULL;
  g_autoptr (GError) later_error = NULL;

  add_ann_and_bob (fixture);
  vfs->xSetSystemCall (vfs, "pwrite", (sqlite3_syscall_ptr) write_to_disk);
  vfs->xSetSystemCall (vfs, "pwrite64", (sqlite3_syscall_ptr) write_to_disk);

  /* When the disk is full, a write says so, and reading goes on */
  disk_is_full = TRUE;
  g_assert_false (
      record (fixture, ANN, "", PORCH_STATUS_ONLINE, PORCH_STATUS_ONLINE, NOW_US, &error));
  user = get_user_by_email (fixture, "ann@example.org", &read_error);
  disk_is_full = FALSE;
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FULL);
  g_assert_no_error (read_error);
  g_assert_cmpint (user->last_active_us, ==, 0);
  assert_warned_once ("full");

  /* When there is room again, so does writing */
  record (fixture, ANN, "", PORCH_STATUS_ONLINE, PORCH_STATUS_ONLINE, NOW_US, &later_error);
  g_assert_no_error (later_error);
  vfs->xSetSystemCall (vfs, NULL, NULL);
}

static void
test_sqlite_not_a_database (Fixture *fixture, gconstpointer backend)
{
  g_autofree char *path = get_database_path (fixture);
  g_autofree char *text = g_strnfill (8192, 'x');
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_clear_object (&fixture->store);
  g_assert_true (g_file_set_contents (path, text, 8192, NULL));

  g_assert_null (fixture->backend->open (fixture->folder, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, text, 8192);
}

static char *
checksum_file (const char *path)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));

  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) contents, length);
}

/* Every page but the first two, which hold the schema, is overwritten. */
static void
test_sqlite_damaged_database (Fixture *fixture, gconstpointer backend)
{
  g_autofree char *path = get_database_path (fixture);
  g_autofree char *contents = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) next_error = NULL;
  gsize length;

  add_ann_and_bob (fixture);
  g_clear_object (&fixture->store);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  memset (contents + 8192, 0xa5, length - 8192);
  g_assert_true (g_file_set_contents (path, contents, (gssize) length, NULL));
  before = checksum_file (path);

  fixture_open (fixture);
  g_assert_false (add_user (fixture, NOBODY, "zoe@example.org", "Zoe", "", &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_DAMAGED);
  g_assert_null (add_session (fixture, ANN, &next_error));
  g_assert_error (next_error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_DAMAGED);
  g_clear_object (&fixture->store);
  assert_warned_once ("damaged");

  after = checksum_file (path);
  g_assert_cmpstr (before, ==, after);
}

static void
test_sqlite_newer_schema (Fixture *fixture, gconstpointer backend)
{
  g_autofree char *path = get_database_path (fixture);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  /* The user version is at offset 60 of the file (SQLite's file format, 1.3). */
  g_clear_object (&fixture->store);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  contents[60 + 2] = 1;
  g_assert_true (g_file_set_contents (path, contents, (gssize) length, NULL));

  g_assert_null (fixture->backend->open (fixture->folder, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "newer"));
}

static void
test_email_normalize (void)
{
  static const struct
  {
    const char *typed;
    const char *normalized;
  } cases[] = {
    { "ann@example.org", "ann@example.org" },
    { " Ann.O'Hara+x@Example.ORG\n", "ann.o'hara+x@example.org" },
    { "ann", NULL },
    { "@example.org", NULL },
    { "ann@", NULL },
    { "ann@b@c", NULL },
    { "a nn@example.org", NULL },
    { "ann\x01@example.org", NULL },
    { "\xff@example.org", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *normalized = porch_email_normalize (cases[i].typed);

      g_assert_cmpstr (normalized, ==, cases[i].normalized);
    }
}

static void
add (const Backend *backend, const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/server/store/%s/%s", backend->name, name);

  g_test_add (path, Fixture, backend, fixture_set_up, test, fixture_tear_down);
}

static void
add_conformance_tests (const Backend *backend)
{
  add (backend, "user/found-again", test_user_is_found_again);
  add (backend, "user/unknown-email", test_unknown_email_is_not_found);
  add (backend, "user/email-is-taken-once", test_email_is_taken_once);
  add (backend, "user/profile-from-elsewhere", test_profile_from_elsewhere);
  add (backend, "user/email-that-moves", test_email_that_moves);
  add (backend, "user/search", test_search);
  add (backend, "user/search-stops-at-the-limit", test_search_stops_at_the_limit);
  add (backend, "user/avatar", test_avatar);
  add (backend, "user/password-change-ends-the-sessions", test_password_change_ends_the_sessions);
  add (backend, "user/removed-leaves-nothing", test_removed_user_leaves_nothing);
  add (backend, "session/refresh-rotates", test_refresh_rotates);
  add (backend, "session/unknown-token", test_refresh_of_an_unknown_token);
  add (backend, "session/reuse-within-the-window", test_reuse_within_the_window);
  add (backend, "session/parent-of-the-newest", test_parent_of_the_newest_after_the_window);
  add (backend, "session/other-reuse-revokes-the-family", test_other_reuse_revokes_the_family);
  add (backend, "session/scopes-of-ending", test_scopes_of_ending);
  add (backend, "session/ended-are-listed", test_ended_sessions_are_listed);
  add (backend, "session/ended-elsewhere", test_session_ended_elsewhere);
  add (backend, "session/remembers-how-it-began", test_session_remembers_how_it_began);
  add (backend, "code/counts-once", test_code_counts_once);
  add (backend, "code/expired", test_code_that_expired);
  add (backend, "code/is-guessed-five-times", test_code_is_guessed_five_times);
  add (backend, "factors", test_factors);
  add (backend, "presence/is-the-latest-programs",
       test_presence_of_a_person_is_their_latest_programs);
  add (backend, "presence/of-nobody", test_presence_of_nobody);
  add (backend, "presence/programs-are-bounded", test_programs_of_a_person_are_bounded);
  add (backend, "presence/share-a-commit-and-fail-alone",
       test_calls_that_share_a_commit_fail_alone);
  add (backend, "call/cancelled", test_cancelled_call);
  add (backend, "call/store-let-go-under-way", test_store_let_go_under_way);
}

int
main (int argc, char **argv)
{
  int exit_code;

  g_test_init (&argc, &argv, NULL);
  porch_log_catcher_install ();

  postgres = porch_test_postgres_start ();
  add_conformance_tests (&sqlite_backend);
  if (postgres != NULL)
    add_conformance_tests (&postgres_backend);

  add (&sqlite_backend, "files-are-private", test_sqlite_files_are_private);
  add (&sqlite_backend, "holds-no-token", test_sqlite_holds_no_token);
  add (&sqlite_backend, "full-disk", test_sqlite_full_disk);
  add (&sqlite_backend, "not-a-database", test_sqlite_not_a_database);
  add (&sqlite_backend, "damaged-database", test_sqlite_damaged_database);
  add (&sqlite_backend, "newer-schema", test_sqlite_newer_schema);
  g_test_add_func ("/server/store/email-normalize", test_email_normalize);

  exit_code = g_test_run ();
  g_clear_pointer (&postgres, porch_test_postgres_free);

  return exit_code;
}
