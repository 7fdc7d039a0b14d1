/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-own-presence.h"

#include "porch-client-fixture.h"

#define CHANNEL "presence-user-" SCRIPTED_USER

typedef struct
{
  PorchClientFixture base;
  PorchOwnPresence *own_presence;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  PorchClientFixture *base = &fixture->base;

  porch_client_fixture_set_up (base, data);
  fixture->own_presence = porch_own_presence_new (base->server_clock, base->api, base->connection,
                                                  SCRIPTED_USER, "this-machine", 30);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_run_dispose (G_OBJECT (fixture->own_presence));
  porch_run_for_ms (20);
  g_assert_finalize_object (fixture->own_presence);
  porch_client_fixture_tear_down (&fixture->base, data);
}

static void
advance_s (Fixture *fixture, guint seconds)
{
  porch_fake_clock_advance_ms (fixture->base.fake_clock, seconds * 1000);
  porch_run_for_ms (10);
}

static void
start_and_be_online (Fixture *fixture)
{
  porch_client_fixture_sign_in (&fixture->base);
  porch_own_presence_start (fixture->own_presence);
  porch_test_wait_until (porch_own_presence_get_status (fixture->own_presence)
                         == PORCH_STATUS_ONLINE);
}

static void
test_heartbeats_do_not_need_the_socket (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 1);
  g_assert_cmpstr (fixture->base.server->last_client, ==, "this-machine");
  g_assert_cmpint (porch_own_presence_get_last_active_us (fixture->own_presence), >, 0);

  for (guint i = 0; i < 4; i++)
    advance_s (fixture, 30);

  g_assert_cmpuint (fixture->base.server->n_updates, ==, 5);
  g_assert_cmpint (porch_pusher_connection_get_state (fixture->base.connection), ==,
                   PORCH_PUSHER_IDLE);
}

static void
test_heartbeat_of_the_server (Fixture *fixture, gconstpointer data)
{
  porch_own_presence_set_heartbeat_s (fixture->own_presence, 120);
  start_and_be_online (fixture);

  advance_s (fixture, 119);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 1);
  advance_s (fixture, 1);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 2);
}

static void
test_expired_token_is_noticed_by_nobody (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  fixture->base.server->refuses_tokens = 1;

  advance_s (fixture, 30);

  porch_test_wait_until (fixture->base.server->n_refresh_grants == 1
                         && fixture->base.server->n_updates == 3);
  g_assert_cmpint (porch_own_presence_get_status (fixture->own_presence), ==, PORCH_STATUS_ONLINE);
}

static void
test_second_401_is_a_failed_call (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  fixture->base.server->refuses_tokens = 2;

  advance_s (fixture, 30);
  porch_run_for_ms (50);
  g_assert_cmpuint (fixture->base.server->n_refresh_grants, ==, 1);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 3);
  g_assert_true (porch_auth_has_session (fixture->base.auth));

  /* Tried again at the next heartbeat, and well. */
  advance_s (fixture, 30);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 4);
}

static void
test_retry_after_is_respected (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  fixture->base.server->update_status = 429;
  fixture->base.server->retry_after_s = 200;
  advance_s (fixture, 30);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 2);

  advance_s (fixture, 199);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 2);
  fixture->base.server->update_status = 0;
  advance_s (fixture, 1);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 3);

  /* And then at the pace of before. */
  advance_s (fixture, 30);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 4);
}

static void
test_failing_server_is_asked_less (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  fixture->base.server->update_status = 503;

  for (guint i = 0; i < 60; i++)
    advance_s (fixture, 10);

  /* Ten minutes: 20 heartbeats, had all been well. */
  g_assert_cmpuint (fixture->base.server->n_updates, <, 10);
  g_assert_cmpuint (fixture->base.server->n_updates, >, 3);
  g_assert_cmpint (porch_own_presence_get_status (fixture->own_presence), ==, PORCH_STATUS_OFFLINE);
}

static void
test_hidden_says_offline_and_is_quiet (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  advance_s (fixture, 1);

  porch_own_presence_set_hidden (fixture->own_presence, TRUE);
  porch_test_wait_until (porch_own_presence_get_status (fixture->own_presence)
                         == PORCH_STATUS_OFFLINE);
  g_assert_cmpint (fixture->base.server->last_status, ==, PORCH_STATUS_OFFLINE);
  /* Less than the five minutes: the scripted server lives at the wall clock. */
  for (guint i = 0; i < 8; i++)
    advance_s (fixture, 30);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 2);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->base.fake_clock), ==, 0);

  porch_own_presence_set_hidden (fixture->own_presence, FALSE);
  porch_test_wait_until (porch_own_presence_get_status (fixture->own_presence)
                         == PORCH_STATUS_ONLINE);
}

static gboolean
is_in_channel (Fixture *fixture)
{
  return porch_scripted_server_count_subscribed (fixture->base.server, CHANNEL) == 1;
}

static void
test_hidden_is_in_no_channel_of_their_own (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  porch_client_fixture_connect (&fixture->base);
  porch_pusher_connection_subscribe (fixture->base.connection, "presence-user-" BOB);
  porch_test_wait_until (is_in_channel (fixture));
  advance_s (fixture, 1);

  porch_own_presence_set_hidden (fixture->own_presence, TRUE);
  porch_test_wait_until (!is_in_channel (fixture));
  porch_test_wait_until (fixture->base.server->last_status == PORCH_STATUS_OFFLINE);
  g_assert_cmpuint (
      porch_scripted_server_count_subscribed (fixture->base.server, "presence-user-" BOB), ==, 1);

  /* Nor after a reconnect, which says nothing either: the server has it. */
  porch_pusher_connection_reconnect (fixture->base.connection);
  porch_test_wait_until (fixture->base.server->n_sockets == 2);
  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->base.server, NULL) == 1);
  advance_s (fixture, 60);
  g_assert_false (is_in_channel (fixture));
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 2);

  porch_own_presence_set_hidden (fixture->own_presence, FALSE);
  porch_test_wait_until (is_in_channel (fixture));
  porch_test_wait_until (fixture->base.server->last_status == PORCH_STATUS_ONLINE);
}

static void
start_hidden (Fixture *fixture, PorchStatus believed)
{
  porch_scripted_server_set_user (fixture->base.server, SCRIPTED_USER, "Ann", believed,
                                  porch_clock_get_real_us (fixture->base.clock));
  porch_client_fixture_sign_in (&fixture->base);
  porch_own_presence_set_hidden (fixture->own_presence, TRUE);
  porch_own_presence_start (fixture->own_presence);
}

/* To the original, everything that is said is a sign of life. */
static void
test_hidden_from_the_start_says_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  start_hidden (fixture, PORCH_STATUS_OFFLINE);
  porch_test_wait_until (porch_own_presence_get_status (fixture->own_presence)
                         == PORCH_STATUS_OFFLINE);
  porch_client_fixture_connect (&fixture->base);
  advance_s (fixture, 60);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 0);
  g_assert_cmpuint (fixture->base.server->n_singles, ==, 1);
  g_assert_false (is_in_channel (fixture));

  porch_own_presence_stop_async (fixture->own_presence, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_own_presence_stop_finish (fixture->own_presence, result);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 0);
}

static void
test_hidden_from_the_start_corrects_the_server (Fixture *fixture, gconstpointer data)
{
  start_hidden (fixture, PORCH_STATUS_ONLINE);

  porch_test_wait_until (porch_own_presence_get_status (fixture->own_presence)
                         == PORCH_STATUS_OFFLINE);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 1);
  g_assert_cmpint (fixture->base.server->last_status, ==, PORCH_STATUS_OFFLINE);
}

static void
test_question_is_asked_until_it_is_answered (Fixture *fixture, gconstpointer data)
{
  porch_client_fixture_sign_in (&fixture->base);
  fixture->base.server->refuses_tokens = 2;
  porch_own_presence_set_hidden (fixture->own_presence, TRUE);
  porch_own_presence_start (fixture->own_presence);
  porch_test_wait_until (fixture->base.server->n_singles == 2);
  porch_run_for_ms (20);
  g_assert_cmpint (porch_own_presence_get_status (fixture->own_presence), ==, PORCH_STATUS_UNKNOWN);

  advance_s (fixture, 60);

  porch_test_wait_until (porch_own_presence_get_status (fixture->own_presence)
                         == PORCH_STATUS_OFFLINE);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 0);
}

static void
test_hidden_is_said_until_the_server_has_it (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  advance_s (fixture, 1);
  fixture->base.server->update_status = 500;
  porch_own_presence_set_hidden (fixture->own_presence, TRUE);
  porch_test_wait_until (fixture->base.server->n_updates == 2);
  porch_run_for_ms (30);

  fixture->base.server->update_status = 0;
  advance_s (fixture, 60);

  g_assert_cmpint (fixture->base.server->last_status, ==, PORCH_STATUS_OFFLINE);
}

static void
test_last_word_wins (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  advance_s (fixture, 1);

  porch_own_presence_set_hidden (fixture->own_presence, TRUE);
  porch_own_presence_set_hidden (fixture->own_presence, FALSE);
  porch_own_presence_set_hidden (fixture->own_presence, TRUE);
  porch_own_presence_set_hidden (fixture->own_presence, FALSE);
  porch_run_for_ms (30);
  advance_s (fixture, 1);
  porch_run_for_ms (100);

  g_assert_cmpint (fixture->base.server->last_status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (porch_own_presence_get_status (fixture->own_presence), ==, PORCH_STATUS_ONLINE);
}

static void
test_one_update_a_second_at_most (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  advance_s (fixture, 1);
  guint n_updates = fixture->base.server->n_updates;

  /* A desktop that cannot decide: 40 changes in ten seconds. */
  for (guint i = 1; i <= 40; i++)
    {
      porch_own_presence_set_hidden (fixture->own_presence, i % 2 == 1);
      porch_fake_clock_advance_ms (fixture->base.fake_clock, 250);
      porch_run_for_ms (5);
    }
  g_assert_cmpuint (fixture->base.server->n_updates - n_updates, <=, 11);

  porch_own_presence_set_hidden (fixture->own_presence, TRUE);
  advance_s (fixture, 2);
  porch_test_wait_until (fixture->base.server->last_status == PORCH_STATUS_OFFLINE);
}

static void
settle (Fixture *fixture, GAsyncResult **result)
{
  porch_own_presence_settle_async (fixture->own_presence, porch_test_take_result, result);
}

static void
test_settle_waits_for_the_answer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  start_and_be_online (fixture);
  advance_s (fixture, 1);
  porch_own_presence_set_hidden (fixture->own_presence, TRUE);
  settle (fixture, &result);

  porch_test_wait_until (result != NULL);

  porch_own_presence_settle_finish (fixture->own_presence, result);
  g_assert_cmpint (fixture->base.server->last_status, ==, PORCH_STATUS_OFFLINE);
}

static void
test_settle_waits_for_what_is_held_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  start_and_be_online (fixture);
  porch_own_presence_set_hidden (fixture->own_presence, TRUE);
  settle (fixture, &result);
  porch_run_for_ms (30);
  g_assert_null (result);

  advance_s (fixture, 1);
  porch_test_wait_until (result != NULL);

  porch_own_presence_settle_finish (fixture->own_presence, result);
  g_assert_cmpint (fixture->base.server->last_status, ==, PORCH_STATUS_OFFLINE);
}

static void
test_settle_waits_two_seconds_at_most (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  start_and_be_online (fixture);
  advance_s (fixture, 1);
  fixture->base.server->stalls_updates = TRUE;
  porch_own_presence_set_hidden (fixture->own_presence, TRUE);
  porch_test_wait_until (fixture->base.server->stalled->len == 1);
  settle (fixture, &result);

  porch_fake_clock_advance_ms (fixture->base.fake_clock, 1999);
  porch_run_for_ms (10);
  g_assert_null (result);
  porch_fake_clock_advance_ms (fixture->base.fake_clock, 1);
  porch_test_wait_until (result != NULL);

  porch_own_presence_settle_finish (fixture->own_presence, result);
}

static void
test_settle_with_nothing_to_say (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  start_and_be_online (fixture);
  settle (fixture, &result);
  porch_test_wait_until (result != NULL);

  porch_own_presence_settle_finish (fixture->own_presence, result);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 1);
}

static void
test_woke_up_waits_for_no_dead_connection (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  fixture->base.server->stalls_updates = TRUE;
  advance_s (fixture, 30);
  porch_test_wait_until (fixture->base.server->stalled->len == 1);
  fixture->base.server->stalls_updates = FALSE;
  porch_fake_clock_suspend_ms (fixture->base.fake_clock, 3600 * 1000);
  guint n_updates = fixture->base.server->n_updates;

  porch_own_presence_woke_up (fixture->own_presence);

  porch_test_wait_until (fixture->base.server->n_updates == n_updates + 1);
  porch_test_wait_until (porch_own_presence_get_status (fixture->own_presence)
                         == PORCH_STATUS_ONLINE);
}

static void
tell (Fixture *fixture, PorchStatus status)
{
  const PorchUserState state = {
    .user_id = (char *) SCRIPTED_USER,
    .status = status,
    .last_active_us = porch_server_clock_get_now_us (fixture->base.server_clock),
  };

  porch_own_presence_told (fixture->own_presence, &state, PORCH_PRESENCE_SOURCE_EVENT);
}

static void
test_other_machine_is_contradicted_every_10_s (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  advance_s (fixture, 1);

  tell (fixture, PORCH_STATUS_OFFLINE);
  porch_test_wait_until (fixture->base.server->n_updates == 2);
  porch_run_for_ms (30);
  advance_s (fixture, 2);
  tell (fixture, PORCH_STATUS_OFFLINE);
  porch_run_for_ms (30);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 2);

  advance_s (fixture, 9);
  g_assert_cmpuint (fixture->base.server->n_updates, ==, 3);
}

static void
test_hidden_person_contradicts_nobody (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  advance_s (fixture, 1);
  porch_own_presence_set_hidden (fixture->own_presence, TRUE);
  porch_test_wait_until (fixture->base.server->n_updates == 2);
  advance_s (fixture, 1);

  tell (fixture, PORCH_STATUS_OFFLINE);
  advance_s (fixture, 60);

  g_assert_cmpuint (fixture->base.server->n_updates, ==, 2);
}

static void
test_shows_what_the_server_said (Fixture *fixture, gconstpointer data)
{
  /* An answer of the original, with a lastActive that is long ago. */
  fixture->base.server->lists_no_status = TRUE;
  porch_client_fixture_sign_in (&fixture->base);
  porch_own_presence_start (fixture->own_presence);

  porch_test_wait_until (porch_own_presence_get_last_active_us (fixture->own_presence) != 0);
  g_assert_cmpint (porch_own_presence_get_status (fixture->own_presence), ==, PORCH_STATUS_OFFLINE);
}

static void
test_state_is_repeated_after_a_reconnect (Fixture *fixture, gconstpointer data)
{
  guint n_updates;

  start_and_be_online (fixture);
  advance_s (fixture, 6);
  n_updates = fixture->base.server->n_updates;

  porch_client_fixture_connect (&fixture->base);

  porch_test_wait_until (fixture->base.server->n_updates == n_updates + 1);
  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->base.server, CHANNEL)
                         == 1);
}

static void
test_update_that_vanished_is_not_waited_for (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  fixture->base.server->stalls_updates = TRUE;
  advance_s (fixture, 30);
  porch_test_wait_until (fixture->base.server->stalled->len == 1);
  fixture->base.server->stalls_updates = FALSE;
  advance_s (fixture, 10);
  guint n_updates = fixture->base.server->n_updates;

  porch_client_fixture_connect (&fixture->base);

  porch_test_wait_until (fixture->base.server->n_updates == n_updates + 1);
  g_assert_cmpint (fixture->base.server->last_status, ==, PORCH_STATUS_ONLINE);
}

static void
test_failed_heartbeat_pings_the_socket (Fixture *fixture, gconstpointer data)
{
  start_and_be_online (fixture);
  porch_client_fixture_connect (&fixture->base);
  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->base.server, CHANNEL)
                         == 1);
  fixture->base.server->stalls_updates = TRUE;
  fixture->base.server->ignores_pings = TRUE;

  advance_s (fixture, 30);
  porch_test_wait_until (fixture->base.server->n_pings >= 1);
}

static void
test_own_error_comes_and_goes (Fixture *fixture, gconstpointer data)
{
  fixture->base.server->authorization_status = 403;
  start_and_be_online (fixture);
  porch_client_fixture_connect (&fixture->base);

  porch_test_wait_until (g_str_has_prefix (porch_own_presence_get_error (fixture->own_presence),
                                           "Subscription failed"));
  fixture->base.server->authorization_status = 0;
  advance_s (fixture, 10);
  porch_test_wait_until (g_str_equal (porch_own_presence_get_error (fixture->own_presence), ""));
}

static void
test_stop_replaces_what_is_under_way (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  start_and_be_online (fixture);
  fixture->base.server->stalls_updates = TRUE;
  advance_s (fixture, 30);
  porch_test_wait_until (fixture->base.server->stalled->len == 1);
  fixture->base.server->stalls_updates = FALSE;

  porch_own_presence_stop_async (fixture->own_presence, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_own_presence_stop_finish (fixture->own_presence, result);

  g_assert_cmpint (fixture->base.server->last_status, ==, PORCH_STATUS_OFFLINE);
  advance_s (fixture, 600);
  g_assert_cmpint (fixture->base.server->last_status, ==, PORCH_STATUS_OFFLINE);
}

static void
test_stop_while_stopped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_own_presence_stop_async (fixture->own_presence, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_own_presence_stop_finish (fixture->own_presence, result);

  g_assert_cmpuint (fixture->base.server->n_updates, ==, 0);
}

static void
test_wakeups_of_a_quiet_minute (Fixture *fixture, gconstpointer data)
{
  guint n_wakeups;

  start_and_be_online (fixture);
  porch_client_fixture_connect (&fixture->base);
  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->base.server, CHANNEL)
                         == 1);
  for (guint i = 0; i < 60; i++)
    advance_s (fixture, 1);
  n_wakeups = porch_fake_clock_get_n_wakeups (fixture->base.fake_clock);

  for (guint i = 0; i < 60; i++)
    advance_s (fixture, 1);

  /* Two heartbeats, and the socket is pinged along with them. */
  g_assert_cmpuint (porch_fake_clock_get_n_wakeups (fixture->base.fake_clock) - n_wakeups, <=, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                            \
  g_test_add ("/client/own-presence/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("heartbeats-do-not-need-the-socket", test_heartbeats_do_not_need_the_socket);
  ADD ("heartbeat-of-the-server", test_heartbeat_of_the_server);
  ADD ("expired-token-is-noticed-by-nobody", test_expired_token_is_noticed_by_nobody);
  ADD ("second-401-is-a-failed-call", test_second_401_is_a_failed_call);
  ADD ("retry-after-is-respected", test_retry_after_is_respected);
  ADD ("failing-server-is-asked-less", test_failing_server_is_asked_less);
  ADD ("hidden-says-offline-and-is-quiet", test_hidden_says_offline_and_is_quiet);
  ADD ("hidden-is-in-no-channel-of-their-own", test_hidden_is_in_no_channel_of_their_own);
  ADD ("hidden-from-the-start-says-nothing", test_hidden_from_the_start_says_nothing);
  ADD ("hidden-from-the-start-corrects-the-server", test_hidden_from_the_start_corrects_the_server);
  ADD ("question-is-asked-until-it-is-answered", test_question_is_asked_until_it_is_answered);
  ADD ("hidden-is-said-until-the-server-has-it", test_hidden_is_said_until_the_server_has_it);
  ADD ("last-word-wins", test_last_word_wins);
  ADD ("one-update-a-second-at-most", test_one_update_a_second_at_most);
  ADD ("settle-waits-for-the-answer", test_settle_waits_for_the_answer);
  ADD ("settle-waits-for-what-is-held-back", test_settle_waits_for_what_is_held_back);
  ADD ("settle-waits-two-seconds-at-most", test_settle_waits_two_seconds_at_most);
  ADD ("settle-with-nothing-to-say", test_settle_with_nothing_to_say);
  ADD ("woke-up-waits-for-no-dead-connection", test_woke_up_waits_for_no_dead_connection);
  ADD ("other-machine-is-contradicted-every-10-s", test_other_machine_is_contradicted_every_10_s);
  ADD ("hidden-person-contradicts-nobody", test_hidden_person_contradicts_nobody);
  ADD ("shows-what-the-server-said", test_shows_what_the_server_said);
  ADD ("state-is-repeated-after-a-reconnect", test_state_is_repeated_after_a_reconnect);
  ADD ("update-that-vanished-is-not-waited-for", test_update_that_vanished_is_not_waited_for);
  ADD ("failed-heartbeat-pings-the-socket", test_failed_heartbeat_pings_the_socket);
  ADD ("own-error-comes-and-goes", test_own_error_comes_and_goes);
  ADD ("stop-replaces-what-is-under-way", test_stop_replaces_what_is_under_way);
  ADD ("stop-while-stopped", test_stop_while_stopped);
  ADD ("wakeups-of-a-quiet-minute", test_wakeups_of_a_quiet_minute);
#undef ADD

  return g_test_run ();
}
