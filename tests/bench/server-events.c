/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* How many events a person costs who is online all day and says so every 30 seconds, with nothing
 * changing: to one who watches them, and when nobody does. A day on a clock that is moved, with
 * real sockets. Prints two figures as the other benchmarks do.
 */

#include <locale.h>

#include "porch-test-server.h"
#include "porch-test-socket.h"
#include "protocol/porch-presence-message.h"
#include "protocol/porch-user-id.h"

#define HEARTBEAT_S 30
#define STEP_S      5 /* shorter than the server waits for a pong */
#define DAY_S       (24 * 60 * 60)
#define GOAL        360
#define DESIGN      (DAY_S / HEARTBEAT_S)

static void
beat (PorchTestServer *server, const char *user_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  PorchPresence presence;

  porch_presence_service_update_async (server->presence, user_id, NULL, PORCH_STATUS_ONLINE,
                                       porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_presence_service_update_finish (server->presence, result, &presence, NULL));
}

/* The events that a socket on the person's channel gets in a day, after that they came online. */
static guint
count_events (gboolean is_watched)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autofree char *user_id = porch_test_server_add_user (server, "ann@example.org", "password",
                                                         "Ann", "Arbor");
  g_autofree char *channel = porch_user_id_to_channel (user_id);
  g_autoptr (PorchTestSocket) socket = porch_test_socket_new (
      server->address, server->secrets->pusher_key, "protocol=7");
  guint n_events = 0;

  porch_pusher_frame_free (porch_test_socket_subscribe (socket, server->broker, channel,
                                                        is_watched ? "a-watcher" : user_id));
  beat (server, user_id);
  porch_pusher_frame_free (porch_test_socket_wait (socket, PORCH_STATUS_CHANGE_EVENT));

  for (guint second = 0; second < DAY_S; second += HEARTBEAT_S)
    {
      for (guint passed = 0; passed < HEARTBEAT_S; passed += STEP_S)
        {
          porch_fake_clock_advance_ms (server->clock, STEP_S * 1000);
          while (g_main_context_iteration (NULL, FALSE))
            ;
        }
      beat (server, user_id);
      for (guint n = porch_test_socket_count (socket, PORCH_STATUS_CHANGE_EVENT); n > 0; n--)
        {
          porch_pusher_frame_free (porch_test_socket_wait (socket, PORCH_STATUS_CHANGE_EVENT));
          n_events++;
        }
      g_ptr_array_set_size (socket->frames, 0);
    }

  return n_events;
}

int
main (void)
{
  guint n_watched, n_unwatched;

  setlocale (LC_ALL, "");
  n_watched = count_events (TRUE);
  n_unwatched = count_events (FALSE);

  g_print (
      "porchlightd: events a day of a person who is online all of it, watched, nothing changing"
      " | %u (as first designed %u) | ≤ %u | %s\n",
      n_watched, DESIGN, GOAL, n_watched <= GOAL ? "holds" : "falls short");
  g_print ("the same, watched by nobody | %u | 0 | %s\n", n_unwatched,
           n_unwatched == 0 ? "holds" : "falls short");

  return 0;
}
