/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "porch-test-server.h"
#include "porch-test-socket.h"
#include "protocol/porch-presence-message.h"
#include "protocol/porch-user-id.h"

#define EVENT PORCH_STATUS_CHANGE_EVENT

typedef struct
{
  PorchTestServer *server;
  char *user_id;
  char *channel;
  PorchTestSocket *watcher; /* of the person's channel */
} Fixture;

static Fixture *
fixture_new (gboolean is_watched)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->server = porch_test_server_new ();
  self->user_id = porch_test_server_add_user (self->server, "ann@example.org", "password", "Ann",
                                              "Porter");
  self->channel = porch_user_id_to_channel (self->user_id);
  if (is_watched)
    {
      self->watcher = porch_test_socket_new (self->server->address,
                                             self->server->secrets->pusher_key, "protocol=7");
      porch_pusher_frame_free (porch_test_socket_subscribe (self->watcher, self->server->broker,
                                                            self->channel, "watcher"));
    }

  return self;
}

static void
fixture_free (Fixture *self)
{
  g_clear_pointer (&self->watcher, porch_test_socket_free);
  porch_test_server_free (self->server);
  g_free (self->user_id);
  g_free (self->channel);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static PorchTestSocket *
connect_owner (Fixture *self)
{
  PorchTestSocket *owner = porch_test_socket_new (self->server->address,
                                                  self->server->secrets->pusher_key, "protocol=7");

  porch_pusher_frame_free (
      porch_test_socket_subscribe (owner, self->server->broker, self->channel, self->user_id));

  return owner;
}

static PorchPresence
update (Fixture *self, const char *client, PorchStatus status)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  PorchPresence presence;

  porch_presence_service_update_async (self->server->presence, self->user_id, client, status,
                                       porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_presence_service_update_finish (self->server->presence, result, &presence, &error);
  g_assert_no_error (error);

  return presence;
}

static PorchPresence
get (Fixture *self)
{
  PorchPresence presence;

  g_assert_true (porch_presence_service_get (self->server->presence, self->user_id, &presence));

  return presence;
}

static PorchStoreUser *
read_stored (Fixture *self)
{
  const char *const ids[] = { self->user_id, NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) users = NULL;

  porch_store_get_users_async (self->server->store, ids, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  users = porch_store_get_users_finish (self->server->store, result, NULL);
  g_assert_cmpuint (users->len, ==, 1);

  return porch_store_user_copy (g_ptr_array_index (users, 0));
}

static PorchUserState *
wait_for_event (Fixture *self)
{
  g_autoptr (PorchPusherFrame) frame = porch_test_socket_wait (self->watcher, EVENT);
  PorchUserState *state = porch_user_state_parse (frame->data, strlen (frame->data), NULL);

  g_assert_nonnull (state);
  g_assert_cmpstr (frame->channel, ==, self->channel);
  g_assert_cmpstr (state->user_id, ==, self->user_id);

  return state;
}

static void
assert_event (Fixture *self, PorchStatus status, gint64 last_active_us)
{
  g_autoptr (PorchUserState) state = wait_for_event (self);

  g_assert_cmpint (state->status, ==, status);
  g_assert_cmpint (state->last_active_us, ==, last_active_us);
}

static void
assert_no_event (Fixture *self)
{
  g_assert_cmpuint (porch_test_socket_count (self->watcher, EVENT), ==, 0);
}

static gint64
now_us (Fixture *self)
{
  return porch_clock_get_real_us (PORCH_CLOCK (self->server->clock));
}

static void
test_change_is_told_at_once (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);
  g_autoptr (PorchUserState) state = NULL;
  PorchPresence presence = update (self, NULL, PORCH_STATUS_ONLINE);

  g_assert_cmpint (presence.status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (presence.last_active_us, ==, now_us (self));
  state = wait_for_event (self);
  g_assert_cmpint (state->status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (state->last_active_us, ==, now_us (self));
  g_assert_cmpstr (state->first_name, ==, "Ann");
  g_assert_cmpstr (state->last_name, ==, "Porter");

  porch_test_server_advance_s (self->server, 10);
  update (self, NULL, PORCH_STATUS_OFFLINE);
  assert_event (self, PORCH_STATUS_OFFLINE, now_us (self));
}

static void
test_answered_when_stored (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  g_autoptr (PorchStoreUser) stored = NULL;

  update (self, "laptop", PORCH_STATUS_ONLINE);
  stored = read_stored (self);
  g_assert_cmpint (stored->status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (stored->last_active_us, ==, now_us (self));
}

static void
test_heartbeat_is_not_told (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);

  update (self, NULL, PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, now_us (self));
  for (guint i = 0; i < 4; i++)
    {
      porch_test_server_advance_s (self->server, 30);
      update (self, NULL, PORCH_STATUS_ONLINE);
    }
  assert_no_event (self);
  g_assert_cmpint (get (self).last_active_us, ==, now_us (self));
}

/* A client that knows only the five-minute rule must never see a gap; and there is no more than one
 * event in four minutes. */
static void
test_refresh (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);
  gint64 told_us = now_us (self);
  guint n_events = 0;

  update (self, NULL, PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, told_us);

  for (guint second = 1; second <= 3600; second++)
    {
      porch_test_server_advance_s (self->server, 1);
      if (second % 30 == 0)
        update (self, NULL, PORCH_STATUS_ONLINE);
      if (second % 10 == 0 && porch_test_socket_count (self->watcher, EVENT) > 0)
        {
          g_autoptr (PorchUserState) state = wait_for_event (self);

          g_assert_cmpint (state->status, ==, PORCH_STATUS_ONLINE);
          told_us = state->last_active_us;
          n_events++;
        }
      g_assert_cmpint (now_us (self) - told_us, <, PORCH_ONLINE_WINDOW_US);
    }

  g_assert_cmpuint (n_events, >=, 12);
  g_assert_cmpuint (n_events, <=, 15);
}

static void
test_unwatched_costs_nothing (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  g_autoptr (PorchTestSocket) owner = connect_owner (self);

  update (self, NULL, PORCH_STATUS_ONLINE);
  g_assert_cmpuint (porch_test_socket_count (owner, EVENT), ==, 1);
  for (guint second = 30; second <= 1200; second += 30)
    {
      porch_test_server_advance_s (self->server, 30);
      update (self, NULL, PORCH_STATUS_ONLINE);
    }
  g_assert_cmpuint (porch_test_socket_count (owner, EVENT), ==, 1);
}

static void
test_window_runs_out (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);
  gint64 last_active_us = now_us (self);

  update (self, NULL, PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, last_active_us);

  porch_test_server_advance_s (self->server, 299);
  porch_fake_clock_advance_ms (self->server->clock, 999);
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_ONLINE);
  assert_no_event (self);

  porch_fake_clock_advance_ms (self->server->clock, 1);
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_OFFLINE);
  assert_event (self, PORCH_STATUS_OFFLINE, last_active_us);

  /* Once. */
  porch_test_server_advance_s (self->server, 900);
  assert_no_event (self);
}

static void
test_heartbeat_moves_the_window (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);

  update (self, NULL, PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, now_us (self));
  porch_test_server_advance_s (self->server, 200);
  update (self, NULL, PORCH_STATUS_ONLINE);
  porch_test_server_advance_s (self->server, 299);
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_ONLINE);
  porch_test_server_advance_s (self->server, 1);
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_OFFLINE);
}

static void
test_online_while_any_client_is (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);

  update (self, "laptop", PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, now_us (self));
  update (self, "desktop", PORCH_STATUS_ONLINE);
  porch_test_server_advance_s (self->server, 5);
  g_assert_cmpint (update (self, "laptop", PORCH_STATUS_OFFLINE).status, ==, PORCH_STATUS_ONLINE);
  assert_no_event (self);
  g_assert_cmpint (update (self, "desktop", PORCH_STATUS_OFFLINE).status, ==, PORCH_STATUS_OFFLINE);
  assert_event (self, PORCH_STATUS_OFFLINE, now_us (self));
}

/* The laptop's goodbye is not the desktop's heartbeat. */
static void
test_client_that_runs_out (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);
  gint64 goodbye_us;

  update (self, "desktop", PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, now_us (self));
  porch_test_server_advance_s (self->server, 200);
  update (self, "laptop", PORCH_STATUS_ONLINE);
  porch_test_server_advance_s (self->server, 10);
  update (self, "laptop", PORCH_STATUS_OFFLINE);
  goodbye_us = now_us (self);

  porch_test_server_advance_s (self->server, 89);
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_ONLINE);
  porch_test_server_advance_s (self->server, 1);
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_OFFLINE);
  g_assert_cmpint (get (self).last_active_us, ==, goodbye_us);
}

static void
test_connection_lost (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);
  g_autoptr (PorchTestSocket) owner = connect_owner (self);
  g_autoptr (PorchStoreUser) stored = NULL;
  gint64 last_active_us = now_us (self);

  update (self, NULL, PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, last_active_us);
  porch_test_server_advance_s (self->server, 10);
  porch_test_socket_free (g_steal_pointer (&owner));
  porch_pusher_frame_free (
      porch_test_socket_wait (self->watcher, PORCH_PUSHER_EVENT_MEMBER_REMOVED));

  porch_test_server_advance_s (self->server, 14);
  assert_no_event (self);
  porch_test_server_advance_s (self->server, 1);
  assert_event (self, PORCH_STATUS_OFFLINE, last_active_us);
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_OFFLINE);

  /* A restart must not make them online again. */
  stored = read_stored (self);
  g_assert_cmpint (stored->status, ==, PORCH_STATUS_OFFLINE);
  g_assert_cmpint (stored->last_active_us, ==, last_active_us);
}

/* Their machine freezes right after a heartbeat: nothing closes the socket, no pong comes. */
static void
test_frozen_machine (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);
  g_autoptr (PorchTestSocket) owner = connect_owner (self);
  guint seconds = 0;

  update (self, NULL, PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, now_us (self));
  owner->is_mute = TRUE;
  while (get (self).status == PORCH_STATUS_ONLINE)
    {
      porch_test_server_advance_s (self->server, 1);
      g_assert_cmpuint (++seconds, <=, 75);
    }
  assert_event (self, PORCH_STATUS_OFFLINE, PORCH_TEST_NOW_US);
  /* Not before the silence, the pong and the grace could have been over. */
  g_assert_cmpuint (seconds, >=, 30 + 15 + 15);
}

static void
test_heartbeat_after_the_loss (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);
  g_autoptr (PorchTestSocket) owner = connect_owner (self);

  update (self, NULL, PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, now_us (self));
  porch_test_socket_free (g_steal_pointer (&owner));
  porch_pusher_frame_free (
      porch_test_socket_wait (self->watcher, PORCH_PUSHER_EVENT_MEMBER_REMOVED));

  /* Their socket is blocked, but they are there. */
  porch_test_server_advance_s (self->server, 14);
  update (self, NULL, PORCH_STATUS_ONLINE);
  porch_test_server_advance_s (self->server, 200);
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_ONLINE);
  assert_no_event (self);
  porch_test_server_advance_s (self->server, 100);
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_OFFLINE);
}

static void
test_owner_returns_in_time (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);
  g_autoptr (PorchTestSocket) owner = connect_owner (self);
  g_autoptr (PorchTestSocket) owner_again = NULL;

  update (self, NULL, PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, now_us (self));
  porch_test_socket_free (g_steal_pointer (&owner));
  porch_pusher_frame_free (
      porch_test_socket_wait (self->watcher, PORCH_PUSHER_EVENT_MEMBER_REMOVED));
  porch_test_server_advance_s (self->server, 14);
  owner_again = connect_owner (self);
  porch_test_server_advance_s (self->server, 60);
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_ONLINE);
  assert_no_event (self);
}

static void
test_goodbye_then_gone (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);
  g_autoptr (PorchTestSocket) owner = connect_owner (self);

  update (self, NULL, PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, now_us (self));
  update (self, NULL, PORCH_STATUS_OFFLINE);
  assert_event (self, PORCH_STATUS_OFFLINE, now_us (self));
  porch_test_socket_free (g_steal_pointer (&owner));
  porch_test_server_advance_s (self->server, 400);
  assert_no_event (self);
}

/* The service of a server that was ended and starts anew. */
static void
start_again (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->server->presence);
  self->server->presence = porch_presence_service_new (PORCH_CLOCK (self->server->clock),
                                                       self->server->store,
                                                       PORCH_PUBLISHER (self->server->broker));
  porch_presence_service_load_async (self->server->presence, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_presence_service_load_finish (self->server->presence, result, &error);
  g_assert_no_error (error);
}

static void
test_restart (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);
  gint64 last_active_us = now_us (self);

  /* Given a person who was online for a while when the service starts anew. */
  update (self, "laptop", PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, last_active_us);
  porch_test_server_advance_s (self->server, 200);
  start_again (self);

  /* Then they are still online, and their window still runs out. */
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (get (self).last_active_us, ==, last_active_us);
  porch_test_server_advance_s (self->server, 99);
  assert_no_event (self);
  porch_test_server_advance_s (self->server, 1);
  assert_event (self, PORCH_STATUS_OFFLINE, last_active_us);
}

static void
test_restart_without_return (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);
  gint64 last_active_us = now_us (self);

  update (self, "laptop", PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, last_active_us);

  /* When the service starts anew and nothing is heard of them: the slowest heartbeat, the grace. */
  start_again (self);
  porch_test_server_advance_s (self->server, 134);
  assert_no_event (self);
  porch_test_server_advance_s (self->server, 1);

  assert_event (self, PORCH_STATUS_OFFLINE, last_active_us);
}

static void
test_restart_with_return (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);

  update (self, "laptop", PORCH_STATUS_ONLINE);
  assert_event (self, PORCH_STATUS_ONLINE, now_us (self));

  /* When they speak again at the last moment. */
  start_again (self);
  porch_test_server_advance_s (self->server, 119);
  update (self, "laptop", PORCH_STATUS_ONLINE);
  porch_test_server_advance_s (self->server, 60);

  assert_no_event (self);
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_ONLINE);
}

static void
test_nobody (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  PorchPresence presence;

  porch_presence_service_update_async (self->server->presence, "nobody", NULL, PORCH_STATUS_ONLINE,
                                       porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_false (
      porch_presence_service_update_finish (self->server->presence, result, &presence, &error));
  g_assert_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND);
  g_assert_false (porch_presence_service_get (self->server->presence, "nobody", &presence));
}

/* A program that makes itself a new id each time must not fill the server. */
static void
test_many_clients (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *client = g_strdup_printf ("client-%u", i);

      update (self, client, PORCH_STATUS_ONLINE);
      porch_fake_clock_advance_ms (self->server->clock, 10);
    }
  assert_event (self, PORCH_STATUS_ONLINE, PORCH_TEST_NOW_US);
  assert_no_event (self);
  g_assert_cmpint (get (self).status, ==, PORCH_STATUS_ONLINE);
}

/* Only the pass and one timer, however many are online; none when nobody is. */
static void
test_one_timer (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  guint n_before = porch_fake_clock_get_n_timers (self->server->clock);

  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *email = g_strdup_printf ("p%u@example.org", i);

      g_free (self->user_id);
      self->user_id = porch_test_server_add_user (self->server, email, "password", "P", "Q");
      update (self, NULL, PORCH_STATUS_ONLINE);
      porch_test_server_advance_s (self->server, 1);
    }
  g_assert_cmpuint (porch_fake_clock_get_n_timers (self->server->clock), ==, n_before + 2);
  porch_test_server_advance_s (self->server, 400);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (self->server->clock), ==, n_before);
}

#define ADD(name, func) g_test_add_func ("/server/presence-service/" name, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("change-is-told-at-once", test_change_is_told_at_once);
  ADD ("answered-when-stored", test_answered_when_stored);
  ADD ("heartbeat-is-not-told", test_heartbeat_is_not_told);
  ADD ("refresh", test_refresh);
  ADD ("unwatched-costs-nothing", test_unwatched_costs_nothing);
  ADD ("window-runs-out-once", test_window_runs_out);
  ADD ("heartbeat-moves-the-window", test_heartbeat_moves_the_window);
  ADD ("online-while-any-client-is", test_online_while_any_client_is);
  ADD ("client-that-runs-out", test_client_that_runs_out);
  ADD ("connection-lost", test_connection_lost);
  ADD ("frozen-machine", test_frozen_machine);
  ADD ("heartbeat-after-the-loss", test_heartbeat_after_the_loss);
  ADD ("owner-returns-in-time", test_owner_returns_in_time);
  ADD ("goodbye-then-gone", test_goodbye_then_gone);
  ADD ("restart", test_restart);
  ADD ("restart-without-return", test_restart_without_return);
  ADD ("restart-with-return", test_restart_with_return);
  ADD ("nobody", test_nobody);
  ADD ("many-clients", test_many_clients);
  ADD ("one-timer", test_one_timer);

  return g_test_run ();
}
