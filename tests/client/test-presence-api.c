/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-presence-api.h"

#include "client/porch-client-error.h"
#include "porch-client-fixture.h"

typedef PorchClientFixture Fixture;

static PorchUserState *
get_state (Fixture *fixture, const char *user_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_presence_api_get_state_async (fixture->api, user_id, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  return porch_presence_api_get_state_finish (fixture->api, result, error);
}

static void
test_dates_set_the_server_clock (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchUserState) state = NULL;
  const gint64 two_hours_us = 2 * G_TIME_SPAN_HOUR;
  gint64 offset_us;

  /* This computer is two hours slow. */
  porch_client_fixture_sign_in (fixture);
  fixture->server->says_date = TRUE;
  fixture->server->date_offset_s = 7200;

  state = get_state (fixture, SCRIPTED_USER, NULL);

  offset_us = porch_server_clock_get_offset_us (fixture->server_clock);
  g_assert_cmpint (ABS (offset_us - two_hours_us), <, G_TIME_SPAN_MINUTE);
}

static void
test_refused_token_is_renewed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchUserState) state = NULL;
  g_autoptr (GError) error = NULL;

  porch_client_fixture_sign_in (fixture);
  fixture->server->refuses_tokens = 1;

  state = get_state (fixture, SCRIPTED_USER, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (state->user_id, ==, SCRIPTED_USER);
  g_assert_cmpuint (fixture->server->n_refresh_grants, ==, 1);
  g_assert_cmpuint (fixture->server->n_singles, ==, 2);
}

static void
test_second_refusal_is_a_failed_call (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  porch_client_fixture_sign_in (fixture);
  fixture->server->refuses_tokens = 2;

  g_assert_null (get_state (fixture, SCRIPTED_USER, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_UNAUTHORIZED);
  g_assert_true (porch_auth_has_session (fixture->auth));
}

static void
test_many_refused_calls_refresh_once (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *results[8] = { NULL };

  porch_client_fixture_sign_in (fixture);
  fixture->server->refuses_tokens = G_N_ELEMENTS (results);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    porch_presence_api_get_state_async (fixture->api, SCRIPTED_USER, NULL, porch_test_take_result,
                                        &results[i]);

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (PorchUserState) state = NULL;

      porch_test_wait_until (results[i] != NULL);
      state = porch_presence_api_get_state_finish (fixture->api, results[i], NULL);
      g_assert_nonnull (state);
      g_object_unref (results[i]);
    }
  g_assert_cmpuint (fixture->server->n_refresh_grants, ==, 1);
}

static void
test_unknown_person (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  porch_client_fixture_sign_in (fixture);

  g_assert_null (get_state (fixture, BOB, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_NO_SUCH_USER);
}

static void
test_signed_out_asks_nobody (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (get_state (fixture, SCRIPTED_USER, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_SIGNED_OUT);
  g_assert_cmpuint (fixture->server->n_singles, ==, 0);
}

static void
test_nobody_there (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  porch_client_fixture_sign_in (fixture);
  porch_scripted_server_stop (fixture->server);

  g_assert_null (get_state (fixture, SCRIPTED_USER, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_UNREACHABLE);
}

static void
test_list_where_there_is_none (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  porch_client_fixture_sign_in (fixture);
  fixture->server->lacks_list = TRUE;
  g_ptr_array_add (ids, (gpointer) BOB);

  porch_presence_api_get_states_async (fixture->api, ids, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  g_assert_null (porch_presence_api_get_states_finish (fixture->api, result, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_UNSUPPORTED);
}

static void
test_retry_after_is_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  PorchPresenceAnswer answer;

  porch_client_fixture_sign_in (fixture);
  fixture->server->update_status = 429;
  fixture->server->retry_after_s = 17;

  porch_presence_api_update_async (fixture->api, PORCH_STATUS_ONLINE, NULL, PORCH_HTTP_DEADLINE_MS,
                                   NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  g_assert_false (porch_presence_api_update_finish (fixture->api, result, &answer, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_RATE_LIMIT);
  g_assert_cmpuint (porch_presence_api_get_retry_after_s (result), ==, 17);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                            \
  g_test_add ("/client/presence-api/" name, Fixture, NULL, porch_client_fixture_set_up, func,      \
              porch_client_fixture_tear_down)
  ADD ("dates-set-the-server-clock", test_dates_set_the_server_clock);
  ADD ("refused-token-is-renewed", test_refused_token_is_renewed);
  ADD ("second-refusal-is-a-failed-call", test_second_refusal_is_a_failed_call);
  ADD ("many-refused-calls-refresh-once", test_many_refused_calls_refresh_once);
  ADD ("unknown-person", test_unknown_person);
  ADD ("signed-out-asks-nobody", test_signed_out_asks_nobody);
  ADD ("nobody-there", test_nobody_there);
  ADD ("list-where-there-is-none", test_list_where_there_is_none);
  ADD ("retry-after-is-told", test_retry_after_is_told);
#undef ADD

  return g_test_run ();
}
