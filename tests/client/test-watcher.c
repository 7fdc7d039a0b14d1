/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-watcher.h"

#include "porch-client-fixture.h"
#include "protocol/porch-user-id.h"

typedef struct
{
  PorchClientFixture base;
  PorchWatcher *watcher;
  PorchContact *bob;
  guint n_told;
  GString *missing;
} Fixture;

static void
on_told_cb (PorchWatcher *watcher,
            const PorchUserState *state,
            PorchPresenceSource source,
            Fixture *fixture)
{
  fixture->n_told++;
}

static void
on_missing_cb (PorchWatcher *watcher, const char *user_id, gboolean missing, Fixture *fixture)
{
  PorchContact *contact = porch_roster_lookup (fixture->base.roster, user_id);

  g_string_append_printf (fixture->missing, "%s %d;", user_id, missing);
  porch_contact_set_missing (contact, missing);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  PorchClientFixture *base = &fixture->base;

  porch_client_fixture_set_up (base, data);
  fixture->watcher = porch_watcher_new (base->clock, base->api, base->connection, base->roster,
                                        SCRIPTED_USER);
  fixture->missing = g_string_new (NULL);
  g_signal_connect (fixture->watcher, "told", G_CALLBACK (on_told_cb), fixture);
  g_signal_connect (fixture->watcher, "missing", G_CALLBACK (on_missing_cb), fixture);
  fixture->bob = porch_client_fixture_add_contact (base, BOB);
  porch_scripted_server_set_user (base->server, BOB, "Bob", PORCH_STATUS_ONLINE,
                                  g_get_real_time ());
  porch_client_fixture_sign_in (base);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_run_dispose (G_OBJECT (fixture->watcher));
  g_object_run_dispose (G_OBJECT (fixture->base.connection));
  porch_run_for_ms (20);
  g_assert_finalize_object (fixture->watcher);
  g_string_free (fixture->missing, TRUE);
  porch_client_fixture_tear_down (&fixture->base, data);
}

static void
watch_and_connect (Fixture *fixture)
{
  porch_watcher_watch (fixture->watcher, BOB);
  porch_client_fixture_connect (&fixture->base);
  porch_test_wait_until (porch_contact_get_status (fixture->bob) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (
      porch_scripted_server_count_subscribed (fixture->base.server, "presence-user-" BOB) == 1);
  porch_run_for_ms (30);
}

static void
test_members_who_only_watch_are_noticed (Fixture *fixture, gconstpointer data)
{
  watch_and_connect (fixture);
  g_assert_false (porch_watcher_get_lists_watchers (fixture->watcher));

  fixture->base.server->is_original = TRUE;
  porch_pusher_connection_reconnect (fixture->base.connection);
  porch_test_wait_until (porch_watcher_get_lists_watchers (fixture->watcher));
}

static void
test_first_states_come_in_batches (Fixture *fixture, gconstpointer data)
{
  PorchScriptedServer *server = fixture->base.server;

  for (guint i = 0; i < 199; i++)
    {
      g_autofree char *id = g_strdup_printf ("person-%03u", i);

      porch_client_fixture_add_contact (&fixture->base, id);
      porch_scripted_server_set_user (server, id, id, PORCH_STATUS_ONLINE, g_get_real_time ());
      porch_watcher_watch (fixture->watcher, id);
    }
  porch_client_fixture_connect (&fixture->base);

  porch_test_wait_until (porch_roster_get_n_online (fixture->base.roster) == 199);
  g_assert_cmpuint (server->n_batches, ==, 2);
  g_assert_cmpuint (server->n_singles, ==, 0);

  /* Once more when all are subscribed: what happened in between is lost otherwise. */
  porch_test_wait_until (server->n_batches == 4);
  porch_run_for_ms (30);
  g_assert_cmpuint (server->n_batches, ==, 4);
  g_assert_cmpuint (porch_scripted_server_count_subscribed (server, NULL), ==, 199);
}

static void
test_one_unreadable_person_hides_no_other (Fixture *fixture, gconstpointer data)
{
  PorchScriptedServer *server = fixture->base.server;
  PorchContact *garbled = NULL;

  server->garbled_user = "person-042";
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *id = g_strdup_printf ("person-%03u", i);
      PorchContact *contact = porch_client_fixture_add_contact (&fixture->base, id);

      if (g_str_equal (id, server->garbled_user))
        garbled = contact;
      porch_scripted_server_set_user (server, id, id, PORCH_STATUS_ONLINE, g_get_real_time ());
      porch_watcher_watch (fixture->watcher, id);
    }
  porch_client_fixture_connect (&fixture->base);

  for (guint i = 0; i < 100 && porch_roster_get_n_online (fixture->base.roster) < 99; i++)
    {
      porch_run_for_ms (20);
      porch_fake_clock_advance_ms (fixture->base.fake_clock, 1000);
    }

  g_assert_cmpuint (porch_roster_get_n_online (fixture->base.roster), ==, 99);
  g_assert_cmpint (porch_contact_get_status (garbled), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpstr (fixture->missing->str, ==, "");
}

static void
test_single_requests_where_there_is_no_list (Fixture *fixture, gconstpointer data)
{
  PorchScriptedServer *server = fixture->base.server;

  server->lacks_list = TRUE;
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *id = g_strdup_printf ("person-%03u", i);

      porch_client_fixture_add_contact (&fixture->base, id);
      porch_scripted_server_set_user (server, id, id, PORCH_STATUS_ONLINE, g_get_real_time ());
      porch_watcher_watch (fixture->watcher, id);
    }
  porch_client_fixture_connect (&fixture->base);

  porch_test_wait_until (porch_roster_get_n_online (fixture->base.roster) == 20);
  g_assert_false (porch_watcher_get_has_list (fixture->watcher));

  /* The next connection does not ask for what is not there. */
  porch_pusher_connection_reconnect (fixture->base.connection);
  g_assert_cmpuint (porch_roster_get_n_online (fixture->base.roster), ==, 0);
  porch_test_wait_until (porch_roster_get_n_online (fixture->base.roster) == 20);
}

static void
test_late_contacts_are_asked_for_together (Fixture *fixture, gconstpointer data)
{
  PorchScriptedServer *server = fixture->base.server;
  guint n_batches;

  watch_and_connect (fixture);
  n_batches = server->n_batches;
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *id = g_strdup_printf ("person-%03u", i);

      porch_client_fixture_add_contact (&fixture->base, id);
      porch_scripted_server_set_user (server, id, id, PORCH_STATUS_ONLINE, g_get_real_time ());
      porch_watcher_watch (fixture->watcher, id);
    }
  porch_fake_clock_advance_ms (fixture->base.fake_clock, 10);

  porch_test_wait_until (porch_roster_get_n_online (fixture->base.roster) == 51);
  g_assert_cmpuint (server->n_batches, ==, n_batches + 1);
}

static void
test_not_connected_is_unknown (Fixture *fixture, gconstpointer data)
{
  watch_and_connect (fixture);

  porch_scripted_server_stop (fixture->base.server);
  porch_test_wait_until (porch_pusher_connection_get_state (fixture->base.connection)
                         == PORCH_PUSHER_WAITING);
  g_assert_cmpint (porch_contact_get_status (fixture->bob), ==, PORCH_STATUS_UNKNOWN);

  /* What happened meanwhile is read after the reconnect. */
  porch_scripted_server_set_user (fixture->base.server, BOB, "Bob", PORCH_STATUS_OFFLINE,
                                  g_get_real_time ());
  porch_scripted_server_start (fixture->base.server);
  porch_fake_clock_advance_ms (fixture->base.fake_clock, 2000);
  porch_test_wait_until (porch_contact_get_status (fixture->bob) == PORCH_STATUS_OFFLINE);
}

static void
test_foreign_events_change_nothing (Fixture *fixture, gconstpointer data)
{
  PorchScriptedServer *server = fixture->base.server;
  g_autofree char *own = g_strdup_printf (
      "{\"userId\":\"" BOB "\",\"status\":\"offline\",\"lastActive\":\"2100-01-01T00:00:00Z\"}");
  g_autofree char *as_client = porch_pusher_frame_build_client_event (
      PORCH_STATUS_CHANGE_EVENT, "presence-user-" BOB, own, CAROL);
  g_autofree char *client_event = porch_pusher_frame_build ("client-user-status-change",
                                                            "presence-user-" BOB, own);
  g_autofree char *unreadable = porch_pusher_frame_build (PORCH_STATUS_CHANGE_EVENT,
                                                          "presence-user-" BOB, "{}");
  guint n_told;

  porch_client_fixture_add_contact (&fixture->base, CAROL);
  watch_and_connect (fixture);
  n_told = fixture->n_told;

  /* Carol's server half speaks on Bob's channel, and the other way round. */
  porch_scripted_server_send_status (server, BOB, CAROL, PORCH_STATUS_ONLINE, g_get_real_time ());
  porch_scripted_server_send_status (server, CAROL, BOB, PORCH_STATUS_OFFLINE, g_get_real_time ());
  porch_scripted_server_send (server, as_client);
  porch_scripted_server_send (server, client_event);
  porch_scripted_server_send (server, unreadable);
  porch_run_for_ms (50);

  g_assert_cmpuint (fixture->n_told, ==, n_told);
  g_assert_cmpint (porch_contact_get_status (fixture->bob), ==, PORCH_STATUS_ONLINE);
}

static void
test_name_of_10000_letters (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strnfill (10000, 'x');
  guint n_told;

  watch_and_connect (fixture);
  n_told = fixture->n_told;
  porch_scripted_server_set_user (fixture->base.server, BOB, name, PORCH_STATUS_OFFLINE,
                                  g_get_real_time ());
  porch_pusher_connection_reconnect (fixture->base.connection);

  porch_test_wait_until (porch_contact_get_status (fixture->bob) == PORCH_STATUS_OFFLINE);
  g_assert_cmpuint (fixture->n_told, >, n_told);
}

static void
test_gone_owner_is_offline_after_the_grace (Fixture *fixture, gconstpointer data)
{
  PorchClientFixture *base = &fixture->base;

  watch_and_connect (fixture);

  /* Gone and back within the grace. */
  porch_scripted_server_send_member (base->server, PORCH_PUSHER_EVENT_MEMBER_REMOVED, BOB);
  porch_run_for_ms (30);
  porch_fake_clock_advance_ms (base->fake_clock, 10000);
  porch_scripted_server_send_member (base->server, PORCH_PUSHER_EVENT_MEMBER_ADDED, BOB);
  porch_run_for_ms (30);
  porch_fake_clock_advance_ms (base->fake_clock, 10000);
  g_assert_cmpint (porch_contact_get_status (fixture->bob), ==, PORCH_STATUS_ONLINE);

  porch_scripted_server_send_member (base->server, PORCH_PUSHER_EVENT_MEMBER_REMOVED, BOB);
  porch_run_for_ms (30);
  porch_fake_clock_advance_ms (base->fake_clock, 15500);
  g_assert_cmpint (porch_contact_get_status (fixture->bob), ==, PORCH_STATUS_OFFLINE);
}

static void
test_unknown_contact_is_missing_until_known (Fixture *fixture, gconstpointer data)
{
  porch_client_fixture_add_contact (&fixture->base, CAROL);
  porch_watcher_watch (fixture->watcher, CAROL);
  porch_client_fixture_connect (&fixture->base);
  porch_test_wait_until (fixture->missing->len > 0);
  porch_run_for_ms (50);
  g_assert_cmpstr (fixture->missing->str, ==, CAROL " 1;");

  porch_scripted_server_set_user (fixture->base.server, CAROL, "Carol", PORCH_STATUS_ONLINE,
                                  g_get_real_time ());
  porch_pusher_connection_reconnect (fixture->base.connection);
  porch_test_wait_until (g_str_equal (fixture->missing->str, CAROL " 1;" CAROL " 0;"));
}

static void
test_missing_without_a_list (Fixture *fixture, gconstpointer data)
{
  fixture->base.server->lacks_list = TRUE;
  porch_client_fixture_add_contact (&fixture->base, CAROL);
  porch_watcher_watch (fixture->watcher, CAROL);
  porch_client_fixture_connect (&fixture->base);

  porch_test_wait_until (g_str_equal (fixture->missing->str, CAROL " 1;"));
}

static void
test_failed_read_is_tried_again (Fixture *fixture, gconstpointer data)
{
  porch_watcher_watch (fixture->watcher, BOB);
  fixture->base.server->users_status = 503;
  porch_client_fixture_connect (&fixture->base);
  porch_test_wait_until (
      porch_scripted_server_count_subscribed (fixture->base.server, "presence-user-" BOB) == 1);
  porch_run_for_ms (50);
  g_assert_cmpint (porch_contact_get_status (fixture->bob), ==, PORCH_STATUS_UNKNOWN);

  fixture->base.server->users_status = 0;
  porch_fake_clock_advance_ms (fixture->base.fake_clock, 5000);

  porch_test_wait_until (porch_contact_get_status (fixture->bob) == PORCH_STATUS_ONLINE);
}

static void
test_unwatched_is_followed_no_longer (Fixture *fixture, gconstpointer data)
{
  guint n_told;

  watch_and_connect (fixture);
  porch_watcher_unwatch (fixture->watcher, BOB);
  porch_test_wait_until (porch_scripted_server_count_subscribed (fixture->base.server, NULL) == 0);
  n_told = fixture->n_told;

  porch_scripted_server_send_status (fixture->base.server, BOB, BOB, PORCH_STATUS_OFFLINE,
                                     g_get_real_time ());
  porch_run_for_ms (30);

  g_assert_cmpuint (fixture->n_told, ==, n_told);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/client/watcher/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("members-who-only-watch-are-noticed", test_members_who_only_watch_are_noticed);
  ADD ("first-states-come-in-batches", test_first_states_come_in_batches);
  ADD ("one-unreadable-person-hides-no-other", test_one_unreadable_person_hides_no_other);
  ADD ("single-requests-where-there-is-no-list", test_single_requests_where_there_is_no_list);
  ADD ("late-contacts-are-asked-for-together", test_late_contacts_are_asked_for_together);
  ADD ("not-connected-is-unknown", test_not_connected_is_unknown);
  ADD ("foreign-events-change-nothing", test_foreign_events_change_nothing);
  ADD ("name-of-10000-letters", test_name_of_10000_letters);
  ADD ("gone-owner-is-offline-after-the-grace", test_gone_owner_is_offline_after_the_grace);
  ADD ("unknown-contact-is-missing-until-known", test_unknown_contact_is_missing_until_known);
  ADD ("missing-without-a-list", test_missing_without_a_list);
  ADD ("failed-read-is-tried-again", test_failed_read_is_tried_again);
  ADD ("unwatched-is-followed-no-longer", test_unwatched_is_followed_no_longer);
#undef ADD

  return g_test_run ();
}
