/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-auth.h"

#include "client/porch-client-error.h"
#include "porch-client-fixture.h"

typedef PorchClientFixture Fixture;

/* A keyring that is locked, or not there, until it is told otherwise. */
#define LOCKED_TYPE_TOKEN_STORE (locked_token_store_get_type ())
G_DECLARE_FINAL_TYPE (LockedTokenStore, locked_token_store, LOCKED, TOKEN_STORE, GObject)

struct _LockedTokenStore
{
  GObject parent_instance;

  int error; /* or 0 once it is open */
  char *kept;
  guint n_saves;
  gboolean stalls_loads;
  GTask *stalled_load;
  gboolean stalls_clears;
  GTask *stalled_clear;
  gboolean stalls_saves;
  GTask *stalled_save;
};

static void
locked_token_store_load_async (PorchTokenStore *store,
                               const char *account,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  LockedTokenStore *self = LOCKED_TOKEN_STORE (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  PorchAuthSession *session = NULL;

  if (self->stalls_loads)
    {
      g_assert_null (self->stalled_load);
      self->stalled_load = g_steal_pointer (&task);
      return;
    }

  if (self->error != 0)
    {
      g_task_return_new_error (task, G_IO_ERROR, self->error, "The keyring is locked");
      return;
    }

  if (self->kept != NULL)
    session = porch_auth_session_parse_stored (self->kept, strlen (self->kept), NULL);
  g_task_return_pointer (task, session, (GDestroyNotify) porch_auth_session_free);
}

static PorchAuthSession *
locked_token_store_load_finish (PorchTokenStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
locked_token_store_save_async (PorchTokenStore *store,
                               const char *account,
                               const PorchAuthSession *session,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  LockedTokenStore *self = LOCKED_TOKEN_STORE (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  self->n_saves++;
  if (self->stalls_saves)
    {
      g_assert_null (self->stalled_save);
      self->stalled_save = g_steal_pointer (&task);
      return;
    }
  if (self->error != 0)
    {
      g_task_return_new_error (task, G_IO_ERROR, self->error, "The keyring is locked");
      return;
    }

  g_free (self->kept);
  self->kept = porch_auth_session_build (session, 0);
  g_task_return_boolean (task, TRUE);
}

static void
locked_token_store_clear_async (PorchTokenStore *store,
                                const char *account,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  LockedTokenStore *self = LOCKED_TOKEN_STORE (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  if (self->stalls_clears)
    {
      g_assert_null (self->stalled_clear);
      self->stalled_clear = g_steal_pointer (&task);
      return;
    }

  g_clear_pointer (&self->kept, g_free);
  g_task_return_boolean (task, TRUE);
}

static gboolean
locked_token_store_finish (PorchTokenStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
locked_token_store_iface_init (PorchTokenStoreInterface *iface)
{
  iface->load_async = locked_token_store_load_async;
  iface->load_finish = locked_token_store_load_finish;
  iface->save_async = locked_token_store_save_async;
  iface->save_finish = locked_token_store_finish;
  iface->clear_async = locked_token_store_clear_async;
  iface->clear_finish = locked_token_store_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (LockedTokenStore,
                               locked_token_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_TOKEN_STORE,
                                                      locked_token_store_iface_init))

static void
locked_token_store_finalize (GObject *object)
{
  g_free (LOCKED_TOKEN_STORE (object)->kept);

  G_OBJECT_CLASS (locked_token_store_parent_class)->finalize (object);
}

static void
locked_token_store_class_init (LockedTokenStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = locked_token_store_finalize;
}

static void
locked_token_store_init (LockedTokenStore *self)
{
}

static LockedTokenStore *
use_locked_store (Fixture *fixture, int error)
{
  g_autoptr (PorchDiscovery) discovery = porch_scripted_server_get_discovery (fixture->server);
  LockedTokenStore *store = g_object_new (LOCKED_TYPE_TOKEN_STORE, NULL);

  store->error = error;
  g_object_run_dispose (G_OBJECT (fixture->auth));
  g_object_unref (fixture->auth);
  g_object_unref (fixture->token_store);
  fixture->token_store = PORCH_TOKEN_STORE (store);
  fixture->auth = porch_auth_new (fixture->clock, fixture->http, fixture->token_store, discovery,
                                  "account");

  return store;
}

static char *
get_token (Fixture *fixture, guint refused_generation, guint *generation, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_auth_get_token_async (fixture->auth, refused_generation, NULL, porch_test_take_result,
                              &result);
  porch_test_wait_until (result != NULL);

  return porch_auth_get_token_finish (fixture->auth, result, generation, error);
}

static char *
get_kept_refresh_token (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (PorchAuthSession) session = NULL;

  porch_token_store_load_async (fixture->token_store, "account", NULL, porch_test_take_result,
                                &result);
  porch_test_wait_until (result != NULL);
  session = porch_token_store_load_finish (fixture->token_store, result, NULL);

  return session != NULL ? g_strdup (session->refresh_token) : NULL;
}

static void
test_token_is_used_while_it_lasts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  guint generation;

  porch_client_fixture_sign_in (fixture);
  porch_fake_clock_advance_ms (fixture->fake_clock, 3500 * 1000);
  token = get_token (fixture, 0, &generation, NULL);

  g_assert_cmpstr (token, ==, "access-1");
  g_assert_cmpuint (fixture->server->n_refresh_grants, ==, 0);
}

static void
test_refreshes_ahead_of_expiry (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autofree char *kept = NULL;
  guint generation;

  porch_client_fixture_sign_in (fixture);
  porch_fake_clock_advance_ms (fixture->fake_clock, 3511 * 1000);
  token = get_token (fixture, 0, &generation, NULL);

  g_assert_cmpstr (token, ==, "access-2");
  kept = get_kept_refresh_token (fixture);
  g_assert_cmpstr (kept, ==, "refresh-2");
}

static void
test_no_timer_runs_while_all_is_well (Fixture *fixture, gconstpointer data)
{
  porch_client_fixture_sign_in (fixture);

  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->fake_clock), ==, 0);
}

static void
test_wall_clock_set_back_hides_no_expiry (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  guint generation;

  porch_client_fixture_sign_in (fixture);
  porch_fake_clock_advance_ms (fixture->fake_clock, 3600 * 1000);
  porch_fake_clock_set_real_us (fixture->fake_clock, 0);
  token = get_token (fixture, 0, &generation, NULL);

  g_assert_cmpstr (token, ==, "access-2");
}

static void
test_one_refresh_whoever_asks (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *results[20] = { NULL };

  porch_client_fixture_sign_in (fixture);
  porch_fake_clock_advance_ms (fixture->fake_clock, 3600 * 1000);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    porch_auth_get_token_async (fixture->auth, 0, NULL, porch_test_take_result, &results[i]);

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autofree char *token = NULL;
      guint generation;

      porch_test_wait_until (results[i] != NULL);
      token = porch_auth_get_token_finish (fixture->auth, results[i], &generation, NULL);
      g_assert_cmpstr (token, ==, "access-2");
      g_object_unref (results[i]);
    }
  g_assert_cmpuint (fixture->server->n_refresh_grants, ==, 1);
}

static void
test_refused_token_is_renewed_once_for_all (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  guint generation, refused;

  porch_client_fixture_sign_in (fixture);
  first = get_token (fixture, 0, &refused, NULL);

  second = get_token (fixture, refused, &generation, NULL);
  g_assert_cmpstr (second, ==, "access-2");
  g_assert_cmpuint (generation, !=, refused);

  /* Another call that had been refused with the same token. */
  third = get_token (fixture, refused, &generation, NULL);
  g_assert_cmpstr (third, ==, "access-2");
  g_assert_cmpuint (fixture->server->n_refresh_grants, ==, 1);
}

static void
test_lost_answer_keeps_the_session (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  guint generation;

  porch_client_fixture_sign_in (fixture);
  porch_fake_clock_advance_ms (fixture->fake_clock, 3600 * 1000);
  fixture->server->loses_refresh_answers = TRUE;

  porch_auth_get_token_async (fixture->auth, 0, NULL, porch_test_take_result, &result);
  porch_test_wait_until (fixture->server->n_refresh_grants == 1);
  porch_run_for_ms (50);
  porch_fake_clock_advance_ms (fixture->fake_clock, 1000);
  porch_test_wait_until (result != NULL);
  token = porch_auth_get_token_finish (fixture->auth, result, &generation, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (token, ==, "access-3");
  g_assert_cmpuint (fixture->server->used_refresh_token, ==, 1);
  g_assert_true (porch_auth_has_session (fixture->auth));
}

/* Asks for a token while refreshing fails, until the tries are used up. */
static void
fail_refresh (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint generation;

  porch_auth_get_token_async (fixture->auth, 0, NULL, porch_test_take_result, &result);
  while (result == NULL)
    {
      porch_run_for_ms (20);
      porch_fake_clock_advance_ms (fixture->fake_clock, 1000);
    }
  g_assert_null (porch_auth_get_token_finish (fixture->auth, result, &generation, error));
}

static void
test_failing_server_keeps_the_session (Fixture *fixture, gconstpointer data)
{
  const guint statuses[] = { 500, 502, 503, 520, 429, 404, 400, 401, 403 };

  porch_client_fixture_sign_in (fixture);
  porch_fake_clock_advance_ms (fixture->fake_clock, 3600 * 1000);
  fixture->server->refresh_error = "unexpected_failure";

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (GError) error = NULL;

      fixture->server->refresh_status = statuses[i];
      porch_auth_try_now (fixture->auth);
      fail_refresh (fixture, &error);

      g_assert_nonnull (error);
      g_assert_true (porch_auth_has_session (fixture->auth));
    }
}

static void
test_failing_refresh_is_not_hammered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;
  g_autofree char *token = NULL;
  guint generation, n_refresh_grants;

  porch_client_fixture_sign_in (fixture);
  porch_fake_clock_advance_ms (fixture->fake_clock, 3600 * 1000);
  fixture->server->refresh_status = 500;
  fail_refresh (fixture, &error);
  n_refresh_grants = fixture->server->n_refresh_grants;

  for (guint i = 0; i < 100; i++)
    {
      g_clear_error (&again);
      g_assert_null (get_token (fixture, 0, &generation, &again));
    }
  g_assert_cmpuint (fixture->server->n_refresh_grants, ==, n_refresh_grants);

  fixture->server->refresh_status = 0;
  porch_auth_try_now (fixture->auth);
  token = get_token (fixture, 0, &generation, NULL);
  g_assert_cmpstr (token, ==, "access-2");
}

static void
test_old_token_serves_while_refresh_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *token = NULL;
  guint generation;

  porch_client_fixture_sign_in (fixture);
  porch_fake_clock_advance_ms (fixture->fake_clock, 3550 * 1000);
  fixture->server->refresh_status = 500;

  porch_auth_get_token_async (fixture->auth, 0, NULL, porch_test_take_result, &result);
  while (result == NULL)
    {
      porch_run_for_ms (20);
      porch_fake_clock_advance_ms (fixture->fake_clock, 1000);
    }
  token = porch_auth_get_token_finish (fixture->auth, result, &generation, NULL);

  g_assert_cmpstr (token, ==, "access-1");
}

/* Somebody asks all the time, as heartbeats do. */
static void
test_a_day_of_failures_keeps_the_session (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;
  guint generation;

  porch_client_fixture_sign_in (fixture);
  fixture->server->refresh_status = 503;
  for (guint i = 0; i < 24 * 2; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      porch_fake_clock_advance_ms (fixture->fake_clock, 30 * 60 * 1000);
      porch_auth_get_token_async (fixture->auth, 0, NULL, porch_test_take_result, &result);
      while (result == NULL)
        {
          porch_run_for_ms (1);
          porch_fake_clock_advance_ms (fixture->fake_clock, 500);
        }
      porch_secret_free (porch_auth_get_token_finish (fixture->auth, result, &generation, NULL));
      g_assert_true (porch_auth_has_session (fixture->auth));
    }

  /* when it is over, then one refresh is all that it takes */
  fixture->server->refresh_status = 0;
  porch_fake_clock_advance_ms (fixture->fake_clock, 60 * 1000);
  token = get_token (fixture, 0, &generation, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (token, ==, "access-2");
  kept = get_kept_refresh_token (fixture);
  g_assert_cmpstr (kept, ==, "refresh-2");
}

static void
test_only_the_server_ends_a_session (Fixture *fixture, gconstpointer data)
{
  const char *const codes[] = { "refresh_token_not_found", "refresh_token_already_used",
                                "session_not_found", "session_expired" };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *kept = NULL;
      guint generation;

      fixture->server->refresh_status = 0;
      porch_client_fixture_sign_in (fixture);
      porch_fake_clock_advance_ms (fixture->fake_clock, 3600 * 1000);
      fixture->server->refresh_status = 400;
      fixture->server->refresh_error = codes[i];
      g_assert_null (get_token (fixture, 0, &generation, &error));

      g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_SIGNED_OUT);
      g_assert_cmpint (porch_auth_get_state (fixture->auth), ==, PORCH_AUTH_SIGNED_OUT);
      kept = get_kept_refresh_token (fixture);
      g_assert_null (kept);
    }
}

static void
test_locked_keyring_is_asked_again (Fixture *fixture, gconstpointer data)
{
  LockedTokenStore *store = use_locked_store (fixture, G_IO_ERROR_PENDING);

  store->kept = g_strdup ("{\"access_token\":\"access-0\",\"token_type\":\"bearer\",\"expires_in\":"
                          "3600,\"expires_at\":4000000000,\"refresh_token\":\"refresh-0\","
                          "\"user\":{\"id\":\"" SCRIPTED_USER "\"}}");
  porch_auth_resume (fixture->auth);
  porch_run_for_ms (20);
  g_assert_cmpint (porch_auth_get_state (fixture->auth), ==, PORCH_AUTH_LOADING);
  g_assert_true (porch_auth_get_store_locked (fixture->auth));

  porch_fake_clock_advance_ms (fixture->fake_clock, 60000);
  porch_run_for_ms (20);
  g_assert_cmpint (porch_auth_get_state (fixture->auth), ==, PORCH_AUTH_LOADING);

  store->error = 0;
  porch_fake_clock_advance_ms (fixture->fake_clock, 60000);
  porch_test_wait_until (porch_auth_get_state (fixture->auth) == PORCH_AUTH_SIGNED_IN);
  g_assert_false (porch_auth_get_store_locked (fixture->auth));
  g_assert_cmpstr (porch_auth_get_user (fixture->auth)->id, ==, SCRIPTED_USER);
}

static void
test_keyring_that_does_not_answer_is_said (Fixture *fixture, gconstpointer data)
{
  LockedTokenStore *store = use_locked_store (fixture, 0);

  store->stalls_loads = TRUE;
  porch_auth_resume (fixture->auth);
  g_assert_false (porch_auth_get_store_locked (fixture->auth));
  porch_fake_clock_advance_ms (fixture->fake_clock, 5000);
  g_assert_true (porch_auth_get_store_locked (fixture->auth));
  g_assert_cmpint (porch_auth_get_state (fixture->auth), ==, PORCH_AUTH_LOADING);

  /* Its late answer counts all the same. */
  g_task_return_pointer (store->stalled_load, NULL, NULL);
  g_clear_object (&store->stalled_load);
  porch_test_wait_until (porch_auth_get_state (fixture->auth) == PORCH_AUTH_SIGNED_OUT);
  g_assert_false (porch_auth_get_store_locked (fixture->auth));
}

static void
test_locked_keyring_does_not_stop_a_refresh (Fixture *fixture, gconstpointer data)
{
  LockedTokenStore *store = use_locked_store (fixture, G_IO_ERROR_PENDING);
  g_autofree char *token = NULL;
  g_autofree char *kept = NULL;
  guint generation;

  porch_client_fixture_sign_in (fixture);
  porch_fake_clock_advance_ms (fixture->fake_clock, 3600 * 1000);
  token = get_token (fixture, 0, &generation, NULL);
  g_assert_cmpstr (token, ==, "access-2");
  porch_run_for_ms (20);
  g_assert_true (porch_auth_get_store_locked (fixture->auth));
  g_assert_null (store->kept);

  /* The write is tried until it succeeds. */
  store->error = 0;
  porch_fake_clock_advance_ms (fixture->fake_clock, 30000);
  porch_run_for_ms (20);
  kept = get_kept_refresh_token (fixture);
  g_assert_cmpstr (kept, ==, "refresh-2");
  g_assert_false (porch_auth_get_store_locked (fixture->auth));
}

static void
test_no_keyring_is_said (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  use_locked_store (fixture, G_IO_ERROR_NOT_SUPPORTED);
  porch_auth_begin_async (fixture->auth, porch_client_fixture_get_session (fixture), NULL,
                          porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  g_assert_false (porch_auth_begin_finish (fixture->auth, result, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_NO_TOKEN_STORE);
  g_assert_cmpint (porch_auth_get_state (fixture->auth), ==, PORCH_AUTH_SIGNED_OUT);
  porch_test_wait_until (fixture->server->n_logouts == 1);
}

static void
test_sign_in_waits_not_for_ever_for_the_keyring (Fixture *fixture, gconstpointer data)
{
  LockedTokenStore *store = use_locked_store (fixture, 0);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  /* given a keyring whose question nobody sees */
  store->stalls_saves = TRUE;
  porch_auth_begin_async (fixture->auth, porch_client_fixture_get_session (fixture), NULL,
                          porch_test_take_result, &result);
  porch_test_wait_until (store->stalled_save != NULL);
  porch_fake_clock_advance_ms (fixture->fake_clock, 29000);
  porch_run_for_ms (20);
  g_assert_null (result);

  /* when time has passed, then the person is in, and it is said that the keyring is not */
  porch_fake_clock_advance_ms (fixture->fake_clock, 1000);
  porch_test_wait_until (result != NULL);
  porch_auth_begin_finish (fixture->auth, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (porch_auth_get_state (fixture->auth), ==, PORCH_AUTH_SIGNED_IN);
  g_assert_true (porch_auth_get_store_locked (fixture->auth));

  /* when it takes the session at last, then all is well */
  g_task_return_boolean (store->stalled_save, TRUE);
  g_clear_object (&store->stalled_save);
  porch_test_wait_until (!porch_auth_get_store_locked (fixture->auth));
  g_assert_cmpint (porch_auth_get_state (fixture->auth), ==, PORCH_AUTH_SIGNED_IN);
}

static void
test_sign_out_overtakes_a_sign_in (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) signed_in = NULL;
  g_autoptr (GAsyncResult) signed_out = NULL;
  g_autoptr (GError) error = NULL;

  /* given a sign-in that the keyring is taking, when the person signs out */
  porch_auth_begin_async (fixture->auth, porch_client_fixture_get_session (fixture), NULL,
                          porch_test_take_result, &signed_in);
  porch_auth_sign_out_async (fixture->auth, NULL, porch_test_take_result, &signed_out);
  porch_test_wait_until (signed_in != NULL && signed_out != NULL);

  /* then they are signed out, and stay so */
  g_assert_false (porch_auth_begin_finish (fixture->auth, signed_in, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_SIGNED_OUT);
  g_assert_cmpint (porch_auth_get_state (fixture->auth), ==, PORCH_AUTH_SIGNED_OUT);
}

static void
test_sign_out_does_not_need_the_server (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *kept = NULL;

  porch_client_fixture_sign_in (fixture);
  porch_scripted_server_stop (fixture->server);

  porch_auth_sign_out_async (fixture->auth, NULL, porch_test_take_result, &result);
  g_assert_cmpint (porch_auth_get_state (fixture->auth), ==, PORCH_AUTH_SIGNED_OUT);
  porch_test_wait_until (result != NULL);

  g_assert_true (porch_auth_sign_out_finish (fixture->auth, result, NULL));
  kept = get_kept_refresh_token (fixture);
  g_assert_null (kept);
}

static void
test_sign_out_waits_for_the_keyring (Fixture *fixture, gconstpointer data)
{
  LockedTokenStore *store = use_locked_store (fixture, 0);
  g_autoptr (GAsyncResult) result = NULL;

  porch_client_fixture_sign_in (fixture);
  store->stalls_clears = TRUE;
  porch_auth_sign_out_async (fixture->auth, NULL, porch_test_take_result, &result);
  porch_test_wait_until (fixture->server->n_logouts == 1);
  porch_run_for_ms (20);
  g_assert_null (result);

  g_task_return_boolean (store->stalled_clear, TRUE);
  g_clear_object (&store->stalled_clear);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_auth_sign_out_finish (fixture->auth, result, NULL));
}

static void
test_sign_out_waits_not_for_ever (Fixture *fixture, gconstpointer data)
{
  LockedTokenStore *store = use_locked_store (fixture, 0);
  g_autoptr (GAsyncResult) result = NULL;

  porch_client_fixture_sign_in (fixture);
  store->stalls_clears = TRUE;
  porch_auth_sign_out_async (fixture->auth, NULL, porch_test_take_result, &result);
  porch_test_wait_until (fixture->server->n_logouts == 1);
  porch_run_for_ms (20);

  porch_fake_clock_advance_ms (fixture->fake_clock, 5000);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_auth_sign_out_finish (fixture->auth, result, NULL));
  g_task_return_boolean (store->stalled_clear, TRUE);
  g_clear_object (&store->stalled_clear);
  porch_run_for_ms (20);
}

static void
test_signed_out_has_no_token (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint generation;

  g_assert_null (get_token (fixture, 0, &generation, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_SIGNED_OUT);
}

static void
test_waiting_caller_may_give_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) impatient = NULL;
  g_autoptr (GAsyncResult) patient = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  guint generation;

  porch_client_fixture_sign_in (fixture);
  porch_fake_clock_advance_ms (fixture->fake_clock, 3600 * 1000);
  porch_auth_get_token_async (fixture->auth, 0, cancellable, porch_test_take_result, &impatient);
  porch_auth_get_token_async (fixture->auth, 0, NULL, porch_test_take_result, &patient);
  g_cancellable_cancel (cancellable);

  porch_test_wait_until (impatient != NULL && patient != NULL);
  g_assert_null (porch_auth_get_token_finish (fixture->auth, impatient, &generation, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  token = porch_auth_get_token_finish (fixture->auth, patient, &generation, NULL);
  g_assert_cmpstr (token, ==, "access-2");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                            \
  g_test_add ("/client/auth/" name, Fixture, NULL, porch_client_fixture_set_up, func,              \
              porch_client_fixture_tear_down)
  ADD ("token-is-used-while-it-lasts", test_token_is_used_while_it_lasts);
  ADD ("refreshes-ahead-of-expiry", test_refreshes_ahead_of_expiry);
  ADD ("no-timer-runs-while-all-is-well", test_no_timer_runs_while_all_is_well);
  ADD ("wall-clock-set-back-hides-no-expiry", test_wall_clock_set_back_hides_no_expiry);
  ADD ("one-refresh-whoever-asks", test_one_refresh_whoever_asks);
  ADD ("refused-token-is-renewed-once-for-all", test_refused_token_is_renewed_once_for_all);
  ADD ("lost-answer-keeps-the-session", test_lost_answer_keeps_the_session);
  ADD ("failing-server-keeps-the-session", test_failing_server_keeps_the_session);
  ADD ("failing-refresh-is-not-hammered", test_failing_refresh_is_not_hammered);
  ADD ("old-token-serves-while-refresh-fails", test_old_token_serves_while_refresh_fails);
  ADD ("a-day-of-failures-keeps-the-session", test_a_day_of_failures_keeps_the_session);
  ADD ("only-the-server-ends-a-session", test_only_the_server_ends_a_session);
  ADD ("locked-keyring-is-asked-again", test_locked_keyring_is_asked_again);
  ADD ("keyring-that-does-not-answer-is-said", test_keyring_that_does_not_answer_is_said);
  ADD ("locked-keyring-does-not-stop-a-refresh", test_locked_keyring_does_not_stop_a_refresh);
  ADD ("no-keyring-is-said", test_no_keyring_is_said);
  ADD ("sign-out-overtakes-a-sign-in", test_sign_out_overtakes_a_sign_in);
  ADD ("sign-out-does-not-need-the-server", test_sign_out_does_not_need_the_server);
  ADD ("sign-in-waits-not-for-ever-for-the-keyring",
       test_sign_in_waits_not_for_ever_for_the_keyring);
  ADD ("sign-out-waits-for-the-keyring", test_sign_out_waits_for_the_keyring);
  ADD ("sign-out-waits-not-for-ever", test_sign_out_waits_not_for_ever);
  ADD ("signed-out-has-no-token", test_signed_out_has_no_token);
  ADD ("waiting-caller-may-give-up", test_waiting_caller_may_give_up);
#undef ADD

  return g_test_run ();
}
