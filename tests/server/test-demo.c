/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The simulated people of `porchlightd --demo`, watched as anybody would watch them. */

#include <libsoup/soup.h>
#include <string.h>

#include "porch-test-daemon.h"
#include "porch-test-socket.h"
#include "protocol/porch-auth-message.h"
#include "protocol/porch-discovery.h"
#include "protocol/porch-presence-message.h"
#include "protocol/porch-pusher-signature.h"
#include "protocol/porch-user-id.h"
#include "server/porch-demo-avatar.h"

#define N_PEOPLE    12
#define PATIENCE_US (20 * G_TIME_SPAN_SECOND)

typedef struct
{
  PorchTestDaemon *server;
  PorchDiscovery *discovery;
  char *access_token;
} Fixture;

static GBytes *
call (Fixture *self, const char *method, const char *path, const char *type, const char *body)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strconcat (self->server->address, path, NULL);
  g_autofree char *authorization = g_strdup_printf (
      "Bearer %s", self->access_token != NULL ? self->access_token : "none");
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GBytes *answer;

  if (self->discovery != NULL)
    soup_message_headers_append (headers, "apikey", self->discovery->supabase_anon_key);
  soup_message_headers_append (headers, "Authorization", authorization);
  if (body != NULL)
    {
      bytes = g_bytes_new (body, strlen (body));
      soup_message_set_request_body_from_bytes (message, type, bytes);
    }
  answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);

  return answer;
}

static void
start (Fixture *self)
{
  g_autofree char *n_people = g_strdup_printf ("%u", N_PEOPLE);
  const char *options[] = { "--demo", n_people, NULL };
  g_autoptr (GBytes) found = NULL;
  g_autoptr (GBytes) signed_in = NULL;
  g_autoptr (PorchAuthSession) session = NULL;

  self->server = porch_test_daemon_start (options);
  porch_test_daemon_add_user (self->server, "ann@example.org", "Ann Porter", "a good password");
  found = call (self, "GET", "/.well-known/porchlight", NULL, NULL);
  self->discovery = porch_discovery_parse (g_bytes_get_data (found, NULL), g_bytes_get_size (found),
                                           NULL);
  signed_in = call (self, "POST", "/auth/v1/token?grant_type=password", "application/json",
                    "{\"email\":\"ann@example.org\",\"password\":\"a good password\"}");
  session = porch_auth_session_parse (g_bytes_get_data (signed_in, NULL),
                                      g_bytes_get_size (signed_in), g_get_real_time (), NULL);
  self->access_token = g_strdup (session->access_token);
}

static void
stop (Fixture *self)
{
  porch_test_daemon_free (self->server);
  porch_discovery_free (self->discovery);
  g_free (self->access_token);
}

/* Who is there by their exact email address; NULL while they have not moved in. */
static PorchUserState *
find_person (Fixture *self, guint number)
{
  g_autofree char *path = g_strdup_printf ("/api/users?query=person%u@demo.invalid", number);
  g_autoptr (GBytes) found = call (self, "GET", path, NULL, NULL);
  g_autoptr (GPtrArray) profiles = porch_user_profiles_parse (g_bytes_get_data (found, NULL),
                                                              g_bytes_get_size (found), NULL);
  const char *id;
  g_autofree char *status_path = NULL;
  g_autoptr (GBytes) status = NULL;

  g_assert_nonnull (profiles);
  if (profiles->len == 0)
    return NULL;

  id = ((PorchUserState *) g_ptr_array_index (profiles, 0))->user_id;
  status_path = g_strdup_printf ("/api/user/%s/status", id);
  status = call (self, "GET", status_path, NULL, NULL);

  return porch_user_state_parse (g_bytes_get_data (status, NULL), g_bytes_get_size (status), NULL);
}

static void
wait_until_moved_in (Fixture *self)
{
  gint64 began_us = g_get_monotonic_time ();

  for (;;)
    {
      g_autoptr (PorchUserState) first = find_person (self, 1);
      g_autoptr (PorchUserState) last = find_person (self, N_PEOPLE);

      if (first != NULL && last != NULL && first->status == PORCH_STATUS_ONLINE)
        return;
      g_assert_cmpint (g_get_monotonic_time () - began_us, <, PATIENCE_US);
      g_usleep (100000);
    }
}

static char *
subscribe (Fixture *self, PorchTestSocket *socket, const char *user_id)
{
  g_autofree char *channel = porch_user_id_to_channel (user_id);
  g_autofree char *form = soup_form_encode ("socket_id", socket->socket_id, "channel_name", channel,
                                            NULL);
  g_autoptr (GBytes) answer = call (self, "POST", "/api/pusher/auth",
                                    SOUP_FORM_MIME_TYPE_URLENCODED, form);
  g_autoptr (PorchPusherChannelAuth) auth = porch_pusher_channel_auth_parse (
      g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), NULL);
  g_autofree char *frame = porch_pusher_subscribe_frame_build (channel, auth->auth,
                                                               auth->channel_data);
  g_autoptr (PorchPusherFrame) succeeded = NULL;

  porch_test_socket_send (socket, frame);
  succeeded = porch_test_socket_wait (socket, PORCH_PUSHER_EVENT_SUBSCRIPTION_SUCCEEDED);

  return g_strdup (succeeded->data);
}

static void
test_people (void)
{
  Fixture self = { 0 };
  guint n_online = 0;
  guint n_seen_before = 0;
  guint n_with_avatar = 0;

  start (&self);
  wait_until_moved_in (&self);

  for (guint number = 1; number <= N_PEOPLE; number++)
    {
      g_autoptr (PorchUserState) person = find_person (&self, number);
      g_autofree char *name = porch_user_state_get_name (person);

      g_assert_nonnull (name);
      if (person->status == PORCH_STATUS_ONLINE)
        n_online++;
      else if (person->last_active_us != 0)
        n_seen_before++;
      if (person->avatar != NULL)
        {
          g_autoptr (GBytes) avatar = call (&self, "GET", person->avatar, NULL, NULL);

          g_assert_cmpmem (g_bytes_get_data (avatar, NULL), 8, "\x89PNG\r\n\x1a\n", 8);
          n_with_avatar++;
        }
    }

  /* Some are here, some were. */
  g_assert_cmpuint (n_online, >=, 3);
  g_assert_cmpuint (n_online, <, N_PEOPLE);
  g_assert_cmpuint (n_seen_before, >=, 2);
  g_assert_cmpuint (n_with_avatar, >=, N_PEOPLE / 2);

  stop (&self);
}

/* They hold sockets, and in the first twenty seconds something happens. */
static void
test_life (void)
{
  Fixture self = { 0 };
  g_autoptr (PorchTestSocket) socket = NULL;
  g_autoptr (PorchPusherFrame) change = NULL;
  g_autoptr (PorchUserState) state = NULL;
  guint n_with_owner = 0;

  start (&self);
  wait_until_moved_in (&self);
  socket = porch_test_socket_new (self.server->address, self.discovery->pusher_key, "protocol=7");
  for (guint number = 1; number <= N_PEOPLE; number++)
    {
      g_autoptr (PorchUserState) person = find_person (&self, number);
      g_autofree char *members = subscribe (&self, socket, person->user_id);

      if (strstr (members, person->user_id) != NULL)
        n_with_owner++;
    }
  g_assert_cmpuint (n_with_owner, >=, 1);

  change = porch_test_socket_wait (socket, PORCH_STATUS_CHANGE_EVENT);
  state = porch_user_state_parse (change->data, strlen (change->data), NULL);
  g_assert_nonnull (state);
  g_assert_nonnull (state->first_name);

  porch_test_socket_free (g_steal_pointer (&socket));
  stop (&self);
}

/* The same people after a restart, not twice as many. */
static void
test_restart (void)
{
  Fixture self = { 0 };
  g_autoptr (PorchUserState) before = NULL;
  g_autoptr (PorchUserState) after = NULL;

  start (&self);
  wait_until_moved_in (&self);
  before = find_person (&self, 2);
  porch_test_daemon_stop (self.server);
  porch_test_daemon_start_again (self.server);
  wait_until_moved_in (&self);
  after = find_person (&self, 2);
  g_assert_cmpstr (before->user_id, ==, after->user_id);
  g_assert_cmpstr (before->avatar, ==, after->avatar);

  stop (&self);
}

static void
test_avatar (void)
{
  g_autoptr (GBytes) one = porch_demo_avatar_render (1);
  g_autoptr (GBytes) same = porch_demo_avatar_render (1);
  g_autoptr (GBytes) other = porch_demo_avatar_render (2);

  g_assert_true (g_bytes_equal (one, same));
  g_assert_false (g_bytes_equal (one, other));
  g_assert_cmpuint (g_bytes_get_size (one), <, 64 * 1024);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/demo/avatar", test_avatar);
  g_test_add_func ("/server/demo/people", test_people);
  g_test_add_func ("/server/demo/life", test_life);
  g_test_add_func ("/server/demo/restart", test_restart);

  return g_test_run ();
}
