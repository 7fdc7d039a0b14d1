/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Appearing offline, seen from outside: a real agent of Ann's at a real porchlightd, and Bob, who
 * looks at all there is to see of her: events, members, answers. And at a server like the original,
 * to which everything that is said is a sign of life.
 */

#include "porch-test-desktop.h"

#include "client/porch-discover.h"
#include "client/porch-memory-token-store.h"
#include "client/porch-pusher-connection.h"
#include "client/porch-scripted-server.h"
#include "client/porch-test-sign-in.h"
#include "protocol/porch-user-id.h"
#include "server/porch-test-daemon.h"

#include <signal.h>
#include <string.h>

#define ANN      "ann@porch.example"
#define BOB      "bob@porch.example"
#define PASSWORD "correct horse battery"

typedef struct
{
  PorchClock *clock;
  PorchServerClock *server_clock;
  PorchTokenStore *token_store;
  PorchHttpClient *http;
  PorchAuth *auth;
  PorchPresenceApi *api;
  PorchPusherConnection *connection;
  char *ann_id;
  char *channel;

  gboolean is_member; /* Ann, of her channel */
  gboolean saw_offline;
  guint n_online; /* how often anything said that she is there */
} Watcher;

typedef struct
{
  PorchTestDaemon *daemon;
  PorchTestDesktop *desktop;
  Watcher bob;
} Fixture;

static void
note (Watcher *self, PorchStatus status)
{
  self->n_online += status == PORCH_STATUS_ONLINE;
  self->saw_offline |= status == PORCH_STATUS_OFFLINE;
}

static void
on_event_cb (PorchPusherConnection *connection, const PorchPusherFrame *frame, Watcher *self)
{
  g_autoptr (PorchUserState) state = porch_user_state_parse (frame->data, strlen (frame->data),
                                                             NULL);

  g_assert_cmpstr (state->user_id, ==, self->ann_id);
  note (self, state->status);
}

static void
set_member (Watcher *self, gboolean is_member)
{
  self->is_member = is_member;
  self->n_online += is_member;
}

static void
on_subscribed_cb (PorchPusherConnection *connection,
                  const char *channel,
                  const char *const *members,
                  Watcher *self)
{
  set_member (self, g_strv_contains (members, self->ann_id));
}

static void
on_member_added_cb (PorchPusherConnection *connection,
                    const char *channel,
                    const char *member,
                    Watcher *self)
{
  set_member (self, TRUE);
}

static void
on_member_removed_cb (PorchPusherConnection *connection,
                      const char *channel,
                      const char *member,
                      Watcher *self)
{
  set_member (self, FALSE);
}

static PorchDiscovery *
discover (const char *address)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_discover_async (address, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  PorchDiscovery *discovery = porch_discover_finish (result, &error);
  g_assert_no_error (error);
  return discovery;
}

static void
watcher_start (Watcher *self, const char *address, const char *ann_id)
{
  g_autoptr (PorchDiscovery) discovery = discover (address);
  g_autofree char *url = porch_discovery_get_socket_url (discovery);
  g_autoptr (GAsyncResult) result = NULL;

  self->clock = porch_clock_new ();
  self->server_clock = porch_server_clock_new (self->clock);
  self->token_store = porch_memory_token_store_new ();
  self->http = porch_http_client_new (self->clock);
  self->auth = porch_auth_new (self->clock, self->http, self->token_store, discovery, "bob");
  self->api = porch_presence_api_new (self->http, self->auth, self->server_clock, discovery);
  self->connection = porch_pusher_connection_new (self->clock, self->http, self->api, url);
  self->ann_id = g_strdup (ann_id);
  self->channel = porch_user_id_to_channel (ann_id);
  g_signal_connect (self->connection, "event", G_CALLBACK (on_event_cb), self);
  g_signal_connect (self->connection, "subscribed", G_CALLBACK (on_subscribed_cb), self);
  g_signal_connect (self->connection, "member-added", G_CALLBACK (on_member_added_cb), self);
  g_signal_connect (self->connection, "member-removed", G_CALLBACK (on_member_removed_cb), self);

  porch_auth_begin_async (self->auth,
                          porch_test_sign_in (self->clock, discovery, BOB, PASSWORD, NULL), NULL,
                          porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_auth_begin_finish (self->auth, result, NULL));
  porch_pusher_connection_subscribe (self->connection, self->channel);
  porch_pusher_connection_connect (self->connection);
}

static void
watcher_stop (Watcher *self)
{
  g_object_run_dispose (G_OBJECT (self->connection));
  g_object_run_dispose (G_OBJECT (self->auth));
  g_object_run_dispose (G_OBJECT (self->http));
  porch_run_for_ms (20);
  g_object_unref (self->connection);
  g_object_unref (self->api);
  g_object_unref (self->auth);
  g_object_unref (self->http);
  g_object_unref (self->token_store);
  g_object_unref (self->server_clock);
  g_object_unref (self->clock);
  g_free (self->ann_id);
  g_free (self->channel);
}

/* Asks the server about Ann, as somebody does who opens the page just now. */
static void
watcher_ask (Watcher *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_presence_api_get_state_async (self->api, self->ann_id, NULL, porch_test_take_result,
                                      &result);
  porch_test_wait_until (result != NULL);
  g_autoptr (PorchUserState) state = porch_presence_api_get_state_finish (self->api, result,
                                                                          &error);
  g_assert_no_error (error);
  note (self, state->status);
}

static gboolean
is_connected (PorchTestDesktop *desktop)
{
  return g_str_equal (porch_agent_proxy_get_state (desktop->proxy), "connected");
}

static void
sign_in (PorchTestDesktop *desktop, const char *server, const char *email, const char *password)
{
  g_autoptr (GError) error = NULL;

  porch_test_desktop_start_agent (desktop);
  porch_test_desktop_sign_in (desktop, server, email, password, FALSE, &error);
  g_assert_no_error (error);
  porch_test_wait_until (is_connected (desktop));
}

static void
appear_offline (PorchTestDesktop *desktop, gboolean offline, gint64 until_us)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_agent_proxy_set_appear_offline_async (desktop->proxy, offline, until_us, NULL,
                                              porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_agent_proxy_call_finish (desktop->proxy, result, NULL));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->daemon = porch_test_daemon_start (NULL);
  porch_test_daemon_add_user (fixture->daemon, ANN, "Ann Lee", PASSWORD);
  porch_test_daemon_add_user (fixture->daemon, BOB, "Bob O'Neil", PASSWORD);
  fixture->desktop = porch_test_desktop_new (TRUE);
  sign_in (fixture->desktop, fixture->daemon->address, ANN, PASSWORD);
  watcher_start (&fixture->bob, fixture->daemon->address,
                 porch_agent_proxy_get_id (fixture->desktop->proxy));
  porch_test_wait_until (fixture->bob.is_member);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  watcher_stop (&fixture->bob);
  porch_test_desktop_free (fixture->desktop);
  porch_test_daemon_free (fixture->daemon);
}

static void
hide (Fixture *fixture, gint64 until_us)
{
  fixture->bob.saw_offline = FALSE;
  appear_offline (fixture->desktop, TRUE, until_us);
  porch_test_wait_until (fixture->bob.saw_offline && !fixture->bob.is_member);
  fixture->bob.n_online = 0;
}

static void
assert_nothing_showed_her (Fixture *fixture)
{
  watcher_ask (&fixture->bob);
  g_assert_false (fixture->bob.is_member);
  g_assert_cmpuint (fixture->bob.n_online, ==, 0);
}

static void
start_agent_again (Fixture *fixture)
{
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  porch_test_desktop_start_agent (fixture->desktop);
  porch_test_wait_until (is_connected (fixture->desktop));
}

static void
test_nothing_shows_her (Fixture *fixture, gconstpointer data)
{
  hide (fixture, 0);
  porch_test_wait_until (porch_agent_proxy_get_own_status (fixture->desktop->proxy)
                         == PORCH_STATUS_OFFLINE);
  assert_nothing_showed_her (fixture);

  /* Over a restart of her agent, of the server, and what her desktop and her hand do. */
  start_agent_again (fixture);
  porch_test_wait_until (porch_agent_proxy_get_appear_offline (fixture->desktop->proxy));
  assert_nothing_showed_her (fixture);
  porch_test_daemon_stop (fixture->daemon);
  porch_test_wait_until (!is_connected (fixture->desktop));
  porch_test_daemon_start_again (fixture->daemon);
  porch_test_wait_until (is_connected (fixture->desktop));
  porch_test_wait_until (porch_pusher_connection_get_state (fixture->bob.connection)
                         == PORCH_PUSHER_CONNECTED);
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, NULL, "idle", "on", NULL), ==, 0);
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, NULL, "idle", "off", NULL), ==, 0);
  porch_run_for_ms (1500);
  assert_nothing_showed_her (fixture);

  /* Until it is changed. */
  appear_offline (fixture->desktop, FALSE, 0);
  porch_test_wait_until (fixture->bob.is_member && fixture->bob.n_online >= 2);
}

static void
test_she_still_sees_others (Fixture *fixture, gconstpointer data)
{
  PorchRoster *roster = porch_agent_proxy_get_roster (fixture->desktop->proxy);
  const PorchAuthUser *bob = porch_auth_get_user (fixture->bob.auth);
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) said = NULL;
  PorchPresenceAnswer answer;

  hide (fixture, 0);
  porch_agent_proxy_add_contact_async (fixture->desktop->proxy, bob->id, NULL,
                                       porch_test_take_result, &added);
  porch_test_wait_until (added != NULL);
  porch_test_wait_until (porch_roster_lookup (roster, bob->id) != NULL);
  PorchContact *contact = porch_roster_lookup (roster, bob->id);
  porch_test_wait_until (porch_contact_get_status (contact) == PORCH_STATUS_OFFLINE);

  porch_presence_api_update_async (fixture->bob.api, PORCH_STATUS_ONLINE, NULL, 10000, NULL,
                                   porch_test_take_result, &said);
  porch_test_wait_until (said != NULL);
  g_assert_true (porch_presence_api_update_finish (fixture->bob.api, said, &answer, NULL));
  porch_test_wait_until (porch_contact_get_status (contact) == PORCH_STATUS_ONLINE);
  assert_nothing_showed_her (fixture);
  g_assert_false (porch_agent_proxy_get_lists_watchers (fixture->desktop->proxy));
}

static void
test_for_a_while (Fixture *fixture, gconstpointer data)
{
  gint64 until_us = g_get_real_time () + 4 * G_TIME_SPAN_SECOND;

  /* A restart in the middle changes nothing of it. */
  hide (fixture, until_us);
  start_agent_again (fixture);
  g_assert_cmpint (porch_agent_proxy_get_appear_offline_until_us (fixture->desktop->proxy), ==,
                   until_us);
  assert_nothing_showed_her (fixture);

  porch_test_wait_until (fixture->bob.is_member && fixture->bob.n_online >= 2);
  g_assert_cmpint (g_get_real_time (), >=, until_us);
  g_assert_false (porch_agent_proxy_get_appear_offline (fixture->desktop->proxy));
}

static void
test_while_the_agent_was_away (Fixture *fixture, gconstpointer data)
{
  hide (fixture, g_get_real_time () + 2 * G_TIME_SPAN_SECOND);
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  porch_run_for_ms (2100);
  assert_nothing_showed_her (fixture);

  porch_test_desktop_start_agent (fixture->desktop);
  porch_test_wait_until (fixture->bob.is_member && fixture->bob.n_online >= 2);
}

static void
test_original (void)
{
  g_autoptr (PorchScriptedServer) server = porch_scripted_server_new ();
  g_autoptr (PorchTestDesktop) desktop = porch_test_desktop_new (TRUE);
  const char *own_channel = "presence-user-" SCRIPTED_USER;
  const char *bob = "0b000000-0000-4000-8000-000000000002";

  server->is_original = TRUE;
  porch_scripted_server_set_user (server, bob, "Bob", PORCH_STATUS_OFFLINE, 0);
  sign_in (desktop, server->origin, SCRIPTED_EMAIL, SCRIPTED_PASSWORD);
  porch_test_wait_until (porch_scripted_server_count_subscribed (server, own_channel) == 1);
  g_assert_cmpint (porch_test_desktop_run_cli (desktop, NULL, NULL, NULL, "add", bob, NULL), ==, 0);
  porch_test_wait_until (porch_agent_proxy_get_lists_watchers (desktop->proxy));

  /* when she appears offline, then she says so once */
  appear_offline (desktop, TRUE, 0);
  porch_test_wait_until (server->last_status == PORCH_STATUS_OFFLINE);
  porch_test_wait_until (porch_scripted_server_count_subscribed (server, own_channel) == 0);
  guint n_updates = server->n_updates;

  /* and never again: it would count as a sign of life */
  porch_scripted_server_set_user (server, SCRIPTED_USER, "Ann", PORCH_STATUS_UNKNOWN,
                                  g_get_real_time () - G_TIME_SPAN_HOUR);
  porch_scripted_server_close_sockets (server, 4200);
  porch_test_wait_until (!is_connected (desktop));
  porch_test_wait_until (is_connected (desktop));
  porch_test_desktop_end_agent (desktop, SIGTERM);
  porch_test_desktop_start_agent (desktop);
  porch_test_wait_until (is_connected (desktop));
  porch_run_for_ms (1500);
  g_assert_cmpuint (server->n_updates, ==, n_updates);
  g_assert_cmpuint (porch_scripted_server_count_subscribed (server, own_channel), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  if (!porch_test_desktop_has_keyring_program ())
    {
      g_print ("1..0 # SKIP gnome-keyring-daemon is not installed\n");
      return 77;
    }

#define ADD(name, func)                                                                            \
  g_test_add ("/agent/appear-offline/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("nothing-shows-her", test_nothing_shows_her);
  ADD ("she-still-sees-others", test_she_still_sees_others);
  ADD ("for-a-while", test_for_a_while);
  ADD ("while-the-agent-was-away", test_while_the_agent_was_away);
#undef ADD
  g_test_add_func ("/agent/appear-offline/original", test_original);

  return g_test_run ();
}
