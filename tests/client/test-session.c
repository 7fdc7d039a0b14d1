/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-session.h"

#include "client/porch-memory-token-store.h"
#include "porch-fake-clock.h"
#include "porch-scripted-server.h"
#include "porch-test-sign-in.h"
#include "protocol/porch-pusher-frame.h"
#include "protocol/porch-user-id.h"

#define BOB   "0b000000-0000-4000-8000-000000000002"
#define CAROL "0c000000-0000-4000-8000-000000000003"

typedef struct
{
  PorchScriptedServer *server;
  PorchFakeClock *clock;
  PorchServerClock *server_clock;
  PorchRoster *roster;
  PorchTokenStore *token_store;
  PorchSession *session;
  GHashTable *profiles; /* id → first name */
} Fixture;

static void
on_profile_cb (PorchSession *session, const PorchUserState *state, Fixture *fixture)
{
  g_hash_table_replace (fixture->profiles, g_strdup (state->user_id), g_strdup (state->first_name));
}

static void
on_missing_cb (PorchSession *session, const char *user_id, gboolean missing, Fixture *fixture)
{
  porch_contact_set_missing (porch_roster_lookup (fixture->roster, user_id), missing);
}

static void
make_session (Fixture *fixture, const PorchDiscovery *discovery)
{
  fixture->session = porch_session_new (PORCH_CLOCK (fixture->clock), fixture->roster,
                                        fixture->token_store, fixture->server->origin, discovery,
                                        "account", "this-machine");
  g_signal_connect (fixture->session, "profile", G_CALLBACK (on_profile_cb), fixture);
  g_signal_connect (fixture->session, "missing", G_CALLBACK (on_missing_cb), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchDiscovery) discovery = NULL;

  fixture->server = porch_scripted_server_new ();
  fixture->clock = porch_fake_clock_new (g_get_real_time ());
  fixture->server_clock = porch_server_clock_new (PORCH_CLOCK (fixture->clock));
  fixture->roster = porch_roster_new (fixture->server_clock);
  fixture->token_store = porch_memory_token_store_new ();
  fixture->profiles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  discovery = porch_scripted_server_get_discovery (fixture->server);
  make_session (fixture, discovery);
}

static void
drop_session (Fixture *fixture)
{
  g_object_run_dispose (G_OBJECT (fixture->session));
  g_assert_finalize_object (fixture->session);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  /* What is under way holds on to the session until it has heard that it is cancelled. */
  g_object_run_dispose (G_OBJECT (fixture->session));
  porch_run_for_ms (20);
  g_assert_finalize_object (fixture->session);
  porch_scripted_server_free (fixture->server);
  g_object_unref (fixture->roster);
  g_object_unref (fixture->server_clock);
  g_object_unref (fixture->token_store);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);
  g_object_unref (fixture->clock);
  g_hash_table_unref (fixture->profiles);
}

static gboolean
sign_in (Fixture *fixture, const char *password, GError **error)
{
  g_autoptr (PorchDiscovery) discovery = porch_scripted_server_get_discovery (fixture->server);
  PorchAuthSession *session = porch_test_sign_in (PORCH_CLOCK (fixture->clock), discovery,
                                                  SCRIPTED_EMAIL, password, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (session == NULL)
    return FALSE;

  porch_session_begin_async (fixture->session, session, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  return porch_session_begin_finish (fixture->session, result, error);
}

static void
sign_in_and_connect (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  sign_in (fixture, SCRIPTED_PASSWORD, &error);
  g_assert_no_error (error);
  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_CONNECTED);
}

static PorchContact *
watch (Fixture *fixture, const char *id)
{
  PorchContact *contact = porch_contact_new (id);

  porch_roster_add (fixture->roster, contact);
  porch_session_watch (fixture->session, id);
  g_object_unref (contact);

  return contact;
}

static char *
get_string (Fixture *fixture, const char *property)
{
  char *value;

  g_object_get (fixture->session, property, &value, NULL);

  return value;
}

static PorchStatus
get_own_status (Fixture *fixture)
{
  PorchStatus status;

  g_object_get (fixture->session, "own-status", &status, NULL);

  return status;
}

static void
test_sign_in_and_watch (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = NULL;
  PorchContact *bob, *carol;

  porch_scripted_server_set_user (fixture->server, BOB, "Bob", PORCH_STATUS_ONLINE,
                                  g_get_real_time ());
  porch_scripted_server_set_user (fixture->server, CAROL, "Carol", PORCH_STATUS_OFFLINE,
                                  g_get_real_time () - 12 * G_TIME_SPAN_MINUTE);
  bob = watch (fixture, BOB);
  g_assert_cmpint (porch_contact_get_status (bob), ==, PORCH_STATUS_UNKNOWN);

  sign_in_and_connect (fixture);
  carol = watch (fixture, CAROL);
  porch_fake_clock_advance_ms (fixture->clock, 20);

  porch_test_wait_until (porch_contact_get_status (bob) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (porch_contact_get_status (carol) == PORCH_STATUS_OFFLINE);
  porch_test_wait_until (get_own_status (fixture) == PORCH_STATUS_ONLINE);
  g_assert_cmpstr (g_hash_table_lookup (fixture->profiles, BOB), ==, "Bob");
  g_assert_cmpstr (porch_session_get_user_id (fixture->session), ==, SCRIPTED_USER);
  g_assert_cmpstr (fixture->server->last_client, ==, "this-machine");
  g_assert_cmpuint (fixture->server->n_singles, ==, 0);
  name = get_string (fixture, "name");
  g_assert_cmpstr (name, ==, "Ann");
}

static void
test_events_reach_the_roster (Fixture *fixture, gconstpointer data)
{
  g_autofree char *channel = porch_user_id_to_channel (BOB);
  PorchContact *bob;

  porch_scripted_server_set_user (fixture->server, BOB, "Bob", PORCH_STATUS_OFFLINE,
                                  g_get_real_time () - G_TIME_SPAN_HOUR);
  bob = watch (fixture, BOB);
  sign_in_and_connect (fixture);
  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->server, channel) == 1
                         && porch_contact_get_status (bob) == PORCH_STATUS_OFFLINE);

  porch_scripted_server_send_status (fixture->server, BOB, BOB, PORCH_STATUS_ONLINE,
                                     g_get_real_time ());
  porch_test_wait_until (porch_contact_get_status (bob) == PORCH_STATUS_ONLINE);
  g_assert_cmpstr (g_hash_table_lookup (fixture->profiles, BOB), ==, "Told");

  porch_scripted_server_send_member (fixture->server, PORCH_PUSHER_EVENT_MEMBER_REMOVED, BOB);
  porch_run_for_ms (50);
  porch_fake_clock_advance_ms (fixture->clock, 14000);
  g_assert_cmpint (porch_contact_get_status (bob), ==, PORCH_STATUS_ONLINE);
  porch_fake_clock_advance_ms (fixture->clock, 2000);
  g_assert_cmpint (porch_contact_get_status (bob), ==, PORCH_STATUS_OFFLINE);
}

static void
test_wrong_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sign_in (fixture, "wrong", &error));

  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_INVALID_CREDENTIALS);
  g_assert_cmpint (porch_session_get_state (fixture->session), ==, PORCH_SESSION_SIGNED_OUT);
  g_assert_null (strstr (error->message, "wrong-password"));
}

static void
test_server_dies_and_comes_back (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = NULL;
  g_autofree char *code_after = NULL;
  g_autofree char *channel = porch_user_id_to_channel (BOB);
  gint64 next_try_us;
  PorchContact *bob;

  porch_scripted_server_set_user (fixture->server, BOB, "Bob", PORCH_STATUS_ONLINE,
                                  g_get_real_time ());
  bob = watch (fixture, BOB);
  sign_in_and_connect (fixture);
  porch_test_wait_until (porch_contact_get_status (bob) == PORCH_STATUS_ONLINE);

  porch_scripted_server_stop (fixture->server);

  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_WAITING);
  g_assert_cmpint (porch_contact_get_status (bob), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (porch_contact_get_last_known_status (bob), ==, PORCH_STATUS_ONLINE);
  code = get_string (fixture, "error-code");
  g_assert_cmpstr (code, ==, "unreachable");
  g_object_get (fixture->session, "next-try-us", &next_try_us, NULL);
  g_assert_cmpint (next_try_us, >, porch_clock_get_real_us (PORCH_CLOCK (fixture->clock)));

  /* A try that fails waits again, longer. */
  porch_fake_clock_advance_ms (fixture->clock, 2000);
  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_WAITING);
  g_assert_cmpint (porch_contact_get_status (bob), ==, PORCH_STATUS_UNKNOWN);

  porch_scripted_server_start (fixture->server);
  porch_fake_clock_advance_ms (fixture->clock, 30000);
  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_CONNECTED);
  porch_test_wait_until (porch_contact_get_status (bob) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->server, channel) == 1);
  code_after = get_string (fixture, "error-code");
  g_assert_cmpstr (code_after, ==, "");
}

static void
test_try_now_ends_the_wait (Fixture *fixture, gconstpointer data)
{
  sign_in_and_connect (fixture);
  porch_scripted_server_stop (fixture->server);
  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_WAITING);
  porch_scripted_server_start (fixture->server);

  porch_session_try_now (fixture->session);

  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_CONNECTED);
}

static void
test_woke_up_shows_nobody_online (Fixture *fixture, gconstpointer data)
{
  PorchContact *bob;
  guint n_updates;

  porch_scripted_server_set_user (fixture->server, BOB, "Bob", PORCH_STATUS_ONLINE,
                                  g_get_real_time ());
  bob = watch (fixture, BOB);
  sign_in_and_connect (fixture);
  porch_test_wait_until (porch_contact_get_status (bob) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (get_own_status (fixture) == PORCH_STATUS_ONLINE);
  n_updates = fixture->server->n_updates;
  porch_fake_clock_suspend_ms (fixture->clock, 2000);

  porch_session_woke_up (fixture->session);

  g_assert_cmpint (porch_contact_get_status (bob), ==, PORCH_STATUS_UNKNOWN);
  porch_test_wait_until (porch_contact_get_status (bob) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (fixture->server->n_updates > n_updates);
  g_assert_cmpuint (fixture->server->n_sockets, ==, 2);
}

static void
test_stop_says_offline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  sign_in_and_connect (fixture);
  porch_test_wait_until (get_own_status (fixture) == PORCH_STATUS_ONLINE);

  porch_session_stop_async (fixture->session, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_session_stop_finish (fixture->session, result);

  g_assert_cmpint (fixture->server->last_status, ==, PORCH_STATUS_OFFLINE);
}

static void
test_stop_waits_two_seconds_at_most (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  sign_in_and_connect (fixture);
  porch_test_wait_until (get_own_status (fixture) == PORCH_STATUS_ONLINE);
  fixture->server->stalls_updates = TRUE;

  porch_session_stop_async (fixture->session, porch_test_take_result, &result);
  porch_test_wait_until (fixture->server->stalled->len == 1);
  g_assert_null (result);
  porch_fake_clock_advance_ms (fixture->clock, 2000);

  porch_test_wait_until (result != NULL);
  porch_session_stop_finish (fixture->session, result);
}

static void
test_sign_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GError) error = NULL;
  PorchContact *bob;

  porch_scripted_server_set_user (fixture->server, BOB, "Bob", PORCH_STATUS_ONLINE,
                                  g_get_real_time ());
  bob = watch (fixture, BOB);
  sign_in_and_connect (fixture);
  porch_test_wait_until (porch_contact_get_status (bob) == PORCH_STATUS_ONLINE);

  porch_session_sign_out_async (fixture->session, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_session_sign_out_finish (fixture->session, result, &error));

  g_assert_cmpuint (fixture->server->n_logouts, ==, 1);
  g_assert_cmpint (fixture->server->last_status, ==, PORCH_STATUS_OFFLINE);
  g_assert_cmpint (porch_session_get_state (fixture->session), ==, PORCH_SESSION_SIGNED_OUT);
  g_assert_cmpint (porch_contact_get_status (bob), ==, PORCH_STATUS_UNKNOWN);
  porch_token_store_load_async (fixture->token_store, "account", NULL, porch_test_take_result,
                                &loaded);
  porch_test_wait_until (loaded != NULL);
  g_assert_null (porch_token_store_load_finish (fixture->token_store, loaded, &error));
  g_assert_no_error (error);

  /* And in again, by the same object. */
  sign_in_and_connect (fixture);
  porch_test_wait_until (porch_contact_get_status (bob) == PORCH_STATUS_ONLINE);
}

static void
test_resume (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchDiscovery) discovery = porch_scripted_server_get_discovery (fixture->server);

  sign_in_and_connect (fixture);
  g_object_run_dispose (G_OBJECT (fixture->session));
  porch_run_for_ms (20);
  drop_session (fixture);

  make_session (fixture, discovery);
  porch_session_resume (fixture->session);

  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_CONNECTED);
  g_assert_cmpuint (fixture->server->n_password_grants, ==, 1);
}

static void
test_resume_without_a_session (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = NULL;
  g_autofree char *sentence = NULL;

  porch_session_resume (fixture->session);
  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_SIGNED_OUT);

  code = get_string (fixture, "error-code");
  sentence = get_string (fixture, "error-message");
  g_assert_cmpstr (code, ==, "no-access-token");
  g_assert_true (g_str_has_prefix (sentence, "No access token"));
}

static void
test_session_ended_by_the_server (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = NULL;

  fixture->server->expires_in_s = 100;
  sign_in_and_connect (fixture);
  fixture->server->refresh_status = 400;
  fixture->server->refresh_error = "refresh_token_already_used";

  porch_fake_clock_advance_ms (fixture->clock, 30000);
  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_SIGNED_OUT);

  code = get_string (fixture, "error-code");
  g_assert_cmpstr (code, ==, "signed-out");
  g_assert_cmpint (get_own_status (fixture), ==, PORCH_STATUS_UNKNOWN);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = NULL;
  guint n_sockets;

  sign_in_and_connect (fixture);
  porch_test_wait_until (fixture->server->n_discoveries == 1);
  n_sockets = fixture->server->n_sockets;
  porch_scripted_server_close_sockets (fixture->server, 4001);
  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_WAITING);

  code = get_string (fixture, "error-code");
  g_assert_cmpstr (code, ==, "refused");
  porch_test_wait_until (fixture->server->n_discoveries == 2);
  porch_fake_clock_advance_ms (fixture->clock, 600000);
  g_assert_cmpuint (fixture->server->n_sockets, ==, n_sockets);
}

static void
test_own_subscription_failed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *sentence = NULL;
  g_autofree char *code = NULL;

  fixture->server->authorization_status = 403;
  sign_in_and_connect (fixture);
  porch_test_wait_until ((g_free (sentence), sentence = get_string (fixture, "own-error"),
                          g_str_has_prefix (sentence, "Subscription failed")));
  code = get_string (fixture, "error-code");
  g_assert_cmpstr (code, ==, "subscription-failed");
  g_assert_cmpint (porch_session_get_state (fixture->session), ==, PORCH_SESSION_CONNECTED);

  /* Tried again by itself. */
  fixture->server->authorization_status = 0;
  porch_fake_clock_advance_ms (fixture->clock, 10000);
  porch_test_wait_until (
      (g_free (sentence), sentence = get_string (fixture, "own-error"), *sentence == '\0'));
}

static void
test_server_that_moved_asks_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchDiscovery) discovery = porch_scripted_server_get_discovery (fixture->server);
  g_autofree char *code = NULL;

  porch_run_for_ms (5);
  drop_session (fixture);
  g_free (discovery->auth_endpoint);
  discovery->auth_endpoint = g_strdup ("/elsewhere");
  make_session (fixture, discovery);

  sign_in_and_connect (fixture);

  porch_test_wait_until ((g_free (code), code = get_string (fixture, "error-code"), *code != '\0'));
  g_assert_cmpstr (code, ==, "server-changed");
}

static void
test_server_that_stayed_does_not (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = NULL;

  sign_in_and_connect (fixture);
  porch_test_wait_until (fixture->server->n_discoveries == 1);
  porch_run_for_ms (50);

  code = get_string (fixture, "error-code");
  g_assert_cmpstr (code, ==, "");
}

static void
test_away_and_appearing_offline_add_up (Fixture *fixture, gconstpointer data)
{
  sign_in_and_connect (fixture);
  porch_test_wait_until (get_own_status (fixture) == PORCH_STATUS_ONLINE);
  porch_fake_clock_advance_ms (fixture->clock, 1000);

  porch_session_set_away (fixture->session, TRUE);
  porch_test_wait_until (get_own_status (fixture) == PORCH_STATUS_OFFLINE);

  /* Back at the desk, yet not for others. */
  porch_session_set_appear_offline (fixture->session, TRUE);
  porch_session_set_away (fixture->session, FALSE);
  porch_fake_clock_advance_ms (fixture->clock, 1000);
  porch_run_for_ms (20);
  g_assert_cmpint (fixture->server->last_status, ==, PORCH_STATUS_OFFLINE);

  porch_session_set_appear_offline (fixture->session, FALSE);
  porch_fake_clock_advance_ms (fixture->clock, 1000);
  porch_test_wait_until (get_own_status (fixture) == PORCH_STATUS_ONLINE);
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  gboolean can_search;

  porch_scripted_server_set_user (fixture->server, BOB, "Bob", PORCH_STATUS_ONLINE, 0);
  sign_in_and_connect (fixture);
  g_object_get (fixture->session, "can-search", &can_search, NULL);
  g_assert_true (can_search);

  porch_session_search_async (fixture->session, "bob & co", NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  found = porch_session_search_finish (fixture->session, result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 2);
}

static void
test_search_where_there_is_none (Fixture *fixture, gconstpointer data)
{
  gboolean can_search = TRUE;

  fixture->server->lacks_list = TRUE;
  sign_in_and_connect (fixture);

  porch_test_wait_until (
      (g_object_get (fixture->session, "can-search", &can_search, NULL), !can_search));
}

static void
test_contact_that_does_not_exist (Fixture *fixture, gconstpointer data)
{
  PorchContact *bob = watch (fixture, BOB);

  sign_in_and_connect (fixture);
  porch_test_wait_until (porch_contact_get_missing (bob));
  g_assert_cmpint (porch_contact_get_status (bob), ==, PORCH_STATUS_UNKNOWN);

  /* And is there again the next time. */
  porch_scripted_server_set_user (fixture->server, BOB, "Bob", PORCH_STATUS_ONLINE,
                                  g_get_real_time ());
  porch_session_woke_up (fixture->session);
  porch_test_wait_until (!porch_contact_get_missing (bob));
}

static void
test_goes_away_in_the_middle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchDiscovery) discovery = porch_scripted_server_get_discovery (fixture->server);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  watch (fixture, BOB);
  porch_session_begin_async (fixture->session,
                             porch_test_sign_in (PORCH_CLOCK (fixture->clock), discovery,
                                                 SCRIPTED_EMAIL, SCRIPTED_PASSWORD, NULL),
                             NULL, porch_test_take_result, &result);

  g_object_run_dispose (G_OBJECT (fixture->session));
  porch_test_wait_until (result != NULL);

  g_assert_false (porch_session_begin_finish (fixture->session, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
on_contact_status_cb (PorchContact *contact, GParamSpec *pspec, guint *n_changes)
{
  *n_changes += 1;
}

/* Each change is a reason to look whether the socket lives, and none to give it up. */
static void
test_vpn_up_and_down_does_not_flap (Fixture *fixture, gconstpointer data)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();
  guint n_changes = 0;

  porch_scripted_server_set_user (fixture->server, BOB, "Bob", PORCH_STATUS_ONLINE,
                                  g_get_real_time ());
  PorchContact *bob = watch (fixture, BOB);
  sign_in_and_connect (fixture);
  porch_test_wait_until (porch_contact_get_status (bob) == PORCH_STATUS_ONLINE);
  guint n_pings = fixture->server->n_pings;
  guint n_updates = fixture->server->n_updates;
  g_signal_connect (bob, "notify::status", G_CALLBACK (on_contact_status_cb), &n_changes);

  for (guint i = 0; i < 20; i++)
    {
      g_signal_emit_by_name (monitor, "network-changed", i % 2 == 1);
      porch_fake_clock_advance_ms (fixture->clock, 250);
      porch_run_for_ms (5);
    }

  g_assert_cmpuint (fixture->server->n_pings, >, n_pings);
  g_assert_cmpuint (fixture->server->n_sockets, ==, 1);
  g_assert_cmpuint (fixture->server->n_updates, ==, n_updates);
  g_assert_cmpuint (n_changes, ==, 0);
  g_assert_cmpint (porch_session_get_state (fixture->session), ==, PORCH_SESSION_CONNECTED);
  g_signal_handlers_disconnect_by_data (bob, &n_changes);
}

static void
test_full_channel_is_said (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = NULL;
  g_autofree char *code_after = NULL;

  /* given somebody whom a hundred people watch */
  fixture->server->ignores_subscriptions = TRUE;
  watch (fixture, BOB);
  sign_in_and_connect (fixture);
  porch_test_wait_until (fixture->server->n_authorizations >= 2);
  porch_run_for_ms (50);
  porch_scripted_server_send (
      fixture->server,
      "{\"event\":\"pusher:subscription_error\",\"channel\":\"presence-user-" BOB "\",\"data\":"
      "{\"type\":\"LimitReached\",\"error\":\"The maximum is reached\",\"status\":4004}}");

  /* then the person is told that the status comes late */
  porch_run_for_ms (50);
  g_object_get (fixture->session, "error-code", &code, NULL);
  g_assert_cmpstr (code, ==, "channel-full");

  /* until there is a place, or nobody asks for one */
  porch_session_unwatch (fixture->session, BOB);
  g_object_get (fixture->session, "error-code", &code_after, NULL);
  g_assert_cmpstr (code_after, !=, "channel-full");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/client/session/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("full-channel-is-said", test_full_channel_is_said);
  ADD ("sign-in-and-watch", test_sign_in_and_watch);
  ADD ("events-reach-the-roster", test_events_reach_the_roster);
  ADD ("wrong-password", test_wrong_password);
  ADD ("server-dies-and-comes-back", test_server_dies_and_comes_back);
  ADD ("try-now-ends-the-wait", test_try_now_ends_the_wait);
  ADD ("woke-up-shows-nobody-online", test_woke_up_shows_nobody_online);
  ADD ("stop-says-offline", test_stop_says_offline);
  ADD ("stop-waits-two-seconds-at-most", test_stop_waits_two_seconds_at_most);
  ADD ("sign-out", test_sign_out);
  ADD ("resume", test_resume);
  ADD ("resume-without-a-session", test_resume_without_a_session);
  ADD ("session-ended-by-the-server", test_session_ended_by_the_server);
  ADD ("refused", test_refused);
  ADD ("own-subscription-failed", test_own_subscription_failed);
  ADD ("server-that-moved-asks-again", test_server_that_moved_asks_again);
  ADD ("server-that-stayed-does-not", test_server_that_stayed_does_not);
  ADD ("away-and-appearing-offline-add-up", test_away_and_appearing_offline_add_up);
  ADD ("search", test_search);
  ADD ("search-where-there-is-none", test_search_where_there_is_none);
  ADD ("contact-that-does-not-exist", test_contact_that_does_not_exist);
  ADD ("goes-away-in-the-middle", test_goes_away_in_the_middle);
  ADD ("vpn-up-and-down-does-not-flap", test_vpn_up_and_down_does_not_flap);
#undef ADD

  return g_test_run ();
}
