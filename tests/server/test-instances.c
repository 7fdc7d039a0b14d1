/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Three processes of porchlightd on one PostgreSQL, as behind a load balancer. Time that would have
 * to pass is taken from what the database remembers instead.
 */

#include <glib/gstdio.h>
#include <string.h>

#include "porch-test-client.h"
#include "porch-test-daemon.h"
#include "porch-test-postgres.h"
#include "porch-test-socket.h"
#include "porch-test-wait.h"
#include "protocol/porch-auth-message.h"
#include "protocol/porch-jwt.h"
#include "protocol/porch-presence-message.h"
#include "protocol/porch-timestamp.h"
#include "protocol/porch-user-id.h"
#include "server/porch-secrets.h"

#define N_INSTANCES 3
#define N_PEOPLE    30
#define EVENT       PORCH_STATUS_CHANGE_EVENT

static PorchTestPostgres *postgres;

typedef struct
{
  char *folder;
  char *config;
  PorchTestDaemon *daemons[N_INSTANCES];
  PorchTestSocket *watchers[N_INSTANCES]; /* of everybody */
  PorchSecrets *secrets;
  PorchBroker *authorizer; /* serves nobody: it has the key */
  SoupSession *session;
  char *people[N_PEOPLE];
  char *tokens[N_PEOPLE];
  gint64 answered_us[N_PEOPLE]; /* what each was last answered that was stored */
} Fixture;

static char *
make_token (Fixture *fixture, const char *user_id)
{
  PorchJwtClaims claims = {
    .sub = (char *) user_id,
    .session_id = (char *) user_id,
    .role = (char *) "authenticated",
    .aud = (char *) "authenticated",
    .iat_us = g_get_real_time (),
    .exp_us = g_get_real_time () + G_TIME_SPAN_HOUR,
  };

  return porch_jwt_sign (&claims, NULL, fixture->secrets->jwt_secret);
}

static void
add_people (Fixture *fixture)
{
  for (guint i = 0; i < N_PEOPLE; i++)
    {
      g_autofree char *sql = NULL;

      fixture->people[i] = g_uuid_string_random ();
      fixture->tokens[i] = make_token (fixture, fixture->people[i]);
      sql = g_strdup_printf ("INSERT INTO porchlight.users (id, email, password_hash, first_name,"
                             " last_name, folded_name, created_at)"
                             " VALUES ('%s', '%u@example.org', '*', 'Person', '%u', '', 0)",
                             fixture->people[i], i, i);
      porch_test_postgres_run (postgres, sql);
    }
}

static void
start_instances (Fixture *fixture)
{
  const char *const options[] = { "--config", fixture->config, NULL };

  fixture->daemons[0] = porch_test_daemon_start (options);
  for (guint i = 1; i < N_INSTANCES; i++)
    fixture->daemons[i] = porch_test_daemon_start_beside (fixture->daemons[0], options);
}

static PorchTestSocket *
connect_to (Fixture *fixture, guint instance)
{
  return porch_test_socket_new (fixture->daemons[instance]->address, fixture->secrets->pusher_key,
                                "protocol=7");
}

/* user_id: who subscribes. Returns the answer. */
static PorchPusherFrame *
subscribe (Fixture *fixture, PorchTestSocket *socket, guint person, const char *user_id)
{
  g_autofree char *channel = porch_user_id_to_channel (fixture->people[person]);

  return porch_test_socket_subscribe (socket, fixture->authorizer, channel, user_id);
}

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *text = g_strdup_printf ("[store]\nbackend=postgres\npostgres=%s\n",
                                           postgres->conninfo);
  g_autoptr (PorchClock) clock = porch_clock_new ();

  porch_test_postgres_run (postgres, "DROP SCHEMA IF EXISTS porchlight CASCADE");
  fixture->folder = g_dir_make_tmp ("porch-instances-XXXXXX", NULL);
  fixture->config = g_build_filename (fixture->folder, "porchlightd.conf", NULL);
  g_assert_true (g_file_set_contents (fixture->config, text, -1, NULL));
  start_instances (fixture);

  fixture->secrets = porch_secrets_load (fixture->daemons[0]->folder, g_get_real_time (), NULL);
  fixture->authorizer = porch_broker_new (clock, fixture->secrets->pusher_key,
                                          fixture->secrets->pusher_secret);
  fixture->session = soup_session_new_with_options ("max-conns-per-host", 8, "max-conns", 30, NULL);
  add_people (fixture);
  for (guint i = 0; i < N_INSTANCES; i++)
    {
      fixture->watchers[i] = connect_to (fixture, i);
      for (guint person = 0; person < N_PEOPLE; person++)
        porch_pusher_frame_free (subscribe (fixture, fixture->watchers[i], person, "a-watcher"));
    }
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  for (guint i = 0; i < N_INSTANCES; i++)
    {
      porch_test_socket_free (fixture->watchers[i]);
      porch_test_daemon_free (fixture->daemons[i]);
    }
  g_clear_object (&fixture->session);
  g_clear_object (&fixture->authorizer);
  porch_secrets_free (fixture->secrets);
  for (guint i = 0; i < N_PEOPLE; i++)
    {
      g_free (fixture->people[i]);
      g_free (fixture->tokens[i]);
    }
  g_unlink (fixture->config);
  g_rmdir (fixture->folder);
  g_free (fixture->config);
  g_free (fixture->folder);
}

static PorchTestAnswer *
call (Fixture *fixture,
      guint instance,
      guint person,
      const char *method,
      const char *path,
      const char *body)
{
  g_autofree char *uri = g_strconcat (fixture->daemons[instance]->address, path, NULL);
  g_autofree char *authorization = g_strconcat ("Bearer ", fixture->tokens[person], NULL);

  return porch_test_call (fixture->session, method, uri, body, "Authorization", authorization,
                          NULL);
}

static void
say (Fixture *fixture, guint instance, guint person, const char *client, const char *status)
{
  g_autofree char *body = g_strdup_printf ("{\"status\":\"%s\",\"client\":\"%s\"}", status, client);
  g_autoptr (PorchTestAnswer) answer = call (fixture, instance, person, "POST",
                                             "/api/user/presence", body);

  g_assert_cmpuint (answer->status, ==, 200);
}

/* How many events have come about a person with that status. */
static guint
count_events (Fixture *fixture, guint watcher, guint person, PorchStatus status)
{
  GPtrArray *frames = fixture->watchers[watcher]->frames;
  guint n = 0;

  for (guint i = 0; i < frames->len; i++)
    {
      PorchPusherFrame *frame = g_ptr_array_index (frames, i);
      g_autoptr (PorchUserState) state = NULL;

      if (!g_str_equal (frame->event, EVENT))
        continue;
      state = porch_user_state_parse (frame->data, strlen (frame->data), NULL);
      g_assert_cmpstr (state->first_name, ==, "Person");
      n += g_str_equal (state->user_id, fixture->people[person]) && state->status == status;
    }

  return n;
}

#define assert_told(fixture, watcher, person, status)                                              \
  porch_test_wait_until (count_events (fixture, watcher, person, status) == 1)

static void
assert_state (Fixture *fixture, guint instance, guint person, const char *status)
{
  g_autofree char *path = g_strdup_printf ("/api/user/%s/status", fixture->people[person]);
  g_autoptr (PorchTestAnswer) answer = call (fixture, instance, 0, "GET", path, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (answer, "status"), ==, status);
}

/* As if so many seconds had passed since everything that happened. */
static void
let_pass (guint seconds)
{
  g_autofree char *sql = g_strdup_printf (
      "UPDATE porchlight.presences SET last_active = last_active - %u000000;"
      "UPDATE porchlight.statuses SET last_active = last_active - %u000000,"
      " due_at = due_at - %u000000, lost_at = lost_at - %u000000,"
      " lost_until = lost_until - %u000000, gone_at = gone_at - %u000000",
      seconds, seconds, seconds, seconds, seconds, seconds);

  porch_test_postgres_run (postgres, sql);
}

static void
test_change_is_told_everywhere (Fixture *fixture, gconstpointer user_data)
{
  say (fixture, 0, 1, "laptop", "online");
  for (guint i = 0; i < N_INSTANCES; i++)
    {
      assert_told (fixture, i, 1, PORCH_STATUS_ONLINE);
      assert_state (fixture, i, 1, "online");
    }

  /* A heartbeat that goes elsewhere is no news */
  say (fixture, 1, 1, "laptop", "online");
  say (fixture, 2, 1, "laptop", "offline");
  for (guint i = 0; i < N_INSTANCES; i++)
    {
      assert_told (fixture, i, 1, PORCH_STATUS_OFFLINE);
      assert_state (fixture, i, 1, "offline");
      g_assert_cmpuint (count_events (fixture, i, 1, PORCH_STATUS_ONLINE), ==, 1);
    }
}

/* The laptop is here and the desk there: together they are one person. */
static void
test_programs_at_two_instances (Fixture *fixture, gconstpointer user_data)
{
  say (fixture, 0, 1, "laptop", "online");
  say (fixture, 1, 1, "desk", "online");
  say (fixture, 0, 1, "laptop", "offline");
  assert_state (fixture, 2, 1, "online");
  say (fixture, 2, 1, "desk", "offline");
  for (guint i = 0; i < N_INSTANCES; i++)
    {
      assert_told (fixture, i, 1, PORCH_STATUS_OFFLINE);
      g_assert_cmpuint (count_events (fixture, i, 1, PORCH_STATUS_ONLINE), ==, 1);
    }
}

static void
test_member_is_seen_everywhere (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestSocket) owner = connect_to (fixture, 0);
  g_autoptr (PorchTestSocket) late = NULL;
  g_autoptr (PorchPusherFrame) members = NULL;

  porch_pusher_frame_free (subscribe (fixture, owner, 1, fixture->people[1]));
  for (guint i = 0; i < N_INSTANCES; i++)
    porch_pusher_frame_free (
        porch_test_socket_wait (fixture->watchers[i], PORCH_PUSHER_EVENT_MEMBER_ADDED));

  /* Who comes later finds them there */
  late = connect_to (fixture, 2);
  members = subscribe (fixture, late, 1, "late");
  g_assert_nonnull (strstr (members->data, fixture->people[1]));

  /* Who goes, goes everywhere, and is offline after the grace */
  say (fixture, 1, 1, "laptop", "online");
  porch_test_socket_free (g_steal_pointer (&owner));
  for (guint i = 0; i < N_INSTANCES; i++)
    porch_pusher_frame_free (
        porch_test_socket_wait (fixture->watchers[i], PORCH_PUSHER_EVENT_MEMBER_REMOVED));
  let_pass (16);
  for (guint i = 0; i < N_INSTANCES; i++)
    assert_told (fixture, i, 1, PORCH_STATUS_OFFLINE);
}

static void
test_heartbeat_elsewhere_ends_the_grace (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestSocket) owner = connect_to (fixture, 0);

  porch_pusher_frame_free (subscribe (fixture, owner, 1, fixture->people[1]));
  say (fixture, 1, 1, "laptop", "online");
  say (fixture, 1, 2, "laptop", "online");
  porch_test_socket_free (g_steal_pointer (&owner));
  porch_pusher_frame_free (
      porch_test_socket_wait (fixture->watchers[2], PORCH_PUSHER_EVENT_MEMBER_REMOVED));
  say (fixture, 2, 1, "laptop", "online");

  /* When the grace of the one and the window of another are over */
  let_pass (20);
  porch_test_postgres_run (postgres, "UPDATE porchlight.statuses SET due_at = 0");
  say (fixture, 0, 2, "laptop", "offline");
  assert_told (fixture, 0, 2, PORCH_STATUS_OFFLINE);

  assert_state (fixture, 0, 1, "online");
  g_assert_cmpuint (count_events (fixture, 0, 1, PORCH_STATUS_OFFLINE), ==, 0);
}

static void
test_timeout_goes_out_once (Fixture *fixture, gconstpointer user_data)
{
  for (guint person = 0; person < N_PEOPLE; person++)
    say (fixture, person % N_INSTANCES, person, "laptop", "online");
  let_pass (300);

  for (guint i = 0; i < N_INSTANCES; i++)
    for (guint person = 0; person < N_PEOPLE; person++)
      assert_told (fixture, i, person, PORCH_STATUS_OFFLINE);

  /* Three sweeps later it is still once */
  porch_test_postgres_run (postgres, "SELECT pg_sleep (3)");
  for (guint i = 0; i < N_INSTANCES; i++)
    {
      porch_test_socket_count (fixture->watchers[i], EVENT);
      for (guint person = 0; person < N_PEOPLE; person++)
        assert_told (fixture, i, person, PORCH_STATUS_OFFLINE);
    }
}

static void
send_client_event (PorchTestSocket *socket, const char *channel, gsize length)
{
  g_autofree char *letters = g_strnfill (length, 'x');
  g_autofree char *frame = g_strdup_printf (
      "{\"event\":\"client-note\",\"channel\":\"%s\",\"data\":\"%s\"}", channel, letters);

  porch_test_socket_send (socket, frame);
}

/* A notification of PostgreSQL holds 8,000 bytes. */
static void
test_event_of_a_client_reaches_the_others (Fixture *fixture, gconstpointer user_data)
{
  const gsize lengths[] = { 10, 9000 };

  for (guint i = 0; i < N_INSTANCES; i++)
    porch_pusher_frame_free (porch_test_socket_subscribe (fixture->watchers[i], fixture->authorizer,
                                                          "private-room", NULL));

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      send_client_event (fixture->watchers[0], "private-room", lengths[i]);
      for (guint watcher = 1; watcher < N_INSTANCES; watcher++)
        {
          g_autoptr (PorchPusherFrame) frame = porch_test_socket_wait (fixture->watchers[watcher],
                                                                       "client-note");

          g_assert_cmpuint (strlen (frame->data), ==, lengths[i]);
        }
    }
  g_assert_cmpuint (porch_test_socket_count (fixture->watchers[0], "client-note"), ==, 0);
}

/* Heartbeats that are always under way: a person's next leaves when the last was answered. */
typedef struct
{
  Fixture *fixture;
  guint person;
  guint instance;
  SoupMessage *message;
} Beat;

typedef struct
{
  gboolean is_over;
  guint n_under_way;
  guint n_answered;
  gboolean is_dead[N_INSTANCES];
} Load;

static Load load;

static void send_beat (Fixture *fixture, guint person, guint instance);

static void
on_beat_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Beat *beat = user_data;
  Fixture *fixture = beat->fixture;
  guint next = (beat->instance + 1) % N_INSTANCES;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result,
                                                               &error);

  load.n_under_way--;
  if (body != NULL && soup_message_get_status (beat->message) == 200)
    {
      g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
      PorchPresenceAnswer answer;

      g_assert_true (porch_presence_answer_parse (text, strlen (text), &answer, NULL));
      fixture->answered_us[beat->person] = MAX (fixture->answered_us[beat->person],
                                                answer.last_active_us);
      load.n_answered++;
    }
  /* As a load balancer does: whoever does not answer is left out. */
  else
    load.is_dead[beat->instance] = TRUE;

  while (load.is_dead[next])
    next = (next + 1) % N_INSTANCES;
  if (!load.is_over)
    send_beat (fixture, beat->person, next);
  g_object_unref (beat->message);
  g_free (beat);
}

static void
send_beat (Fixture *fixture, guint person, guint instance)
{
  g_autofree char *uri = g_strconcat (fixture->daemons[instance]->address, "/api/user/presence",
                                      NULL);
  g_autofree char *authorization = g_strconcat ("Bearer ", fixture->tokens[person], NULL);
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"status\":\"online\"}", 19);
  Beat *beat = g_new0 (Beat, 1);

  beat->fixture = fixture;
  beat->person = person;
  beat->instance = instance;
  beat->message = soup_message_new ("POST", uri);
  soup_message_headers_append (soup_message_get_request_headers (beat->message), "Authorization",
                               authorization);
  soup_message_set_request_body_from_bytes (beat->message, "application/json", body);
  load.n_under_way++;
  soup_session_send_and_read_async (fixture->session, beat->message, G_PRIORITY_DEFAULT, NULL,
                                    on_beat_answered_cb, beat);
}

static gint64
read_last_active (Fixture *fixture, guint person)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT max (last_active) FROM porchlight.presences WHERE user_id = '%s'",
      fixture->people[person]);
  g_autofree char *value = porch_test_postgres_query (postgres, sql);

  return g_ascii_strtoll (value, NULL, 10);
}

/* The dead instance's lease is over. */
static void
end_lease_of (Fixture *fixture, guint owner)
{
  g_autofree char *sql = g_strdup_printf (
      "UPDATE porchlight.instances SET seen_at = seen_at - interval '1 minute'"
      " WHERE id = (SELECT instance FROM porchlight.owners WHERE user_id = '%s')",
      fixture->people[owner]);

  porch_test_postgres_run (postgres, sql);
}

static void
test_killed_under_load (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestSocket) owner = connect_to (fixture, 1);
  guint survivors[] = { 0, 2 };
  guint n_before;

  /* Given everybody's heartbeats at all three, and somebody who is connected to the second */
  load = (Load){ 0 };
  porch_pusher_frame_free (subscribe (fixture, owner, 1, fixture->people[1]));
  for (guint person = 0; person < N_PEOPLE; person++)
    send_beat (fixture, person, person % N_INSTANCES);
  porch_test_wait_until (load.n_answered > 10 * N_PEOPLE);

  /* When that is killed in the middle of it */
  porch_test_daemon_kill (fixture->daemons[1]);
  porch_test_wait_until (load.is_dead[1]);
  n_before = load.n_answered;
  porch_test_wait_until (load.n_answered > n_before + 10 * N_PEOPLE);
  load.is_over = TRUE;
  porch_test_wait_until (load.n_under_way == 0);

  /* Then all that was answered is stored, and nobody was said to have gone */
  for (guint person = 0; person < N_PEOPLE; person++)
    {
      /* A timestamp on the wire may be shorter than the database's. */
      g_assert_cmpint (read_last_active (fixture, person), >=, fixture->answered_us[person]);
      for (guint i = 0; i < G_N_ELEMENTS (survivors); i++)
        {
          assert_told (fixture, survivors[i], person, PORCH_STATUS_ONLINE);
          g_assert_cmpuint (count_events (fixture, survivors[i], person, PORCH_STATUS_OFFLINE), ==,
                            0);
        }
    }

  /* Its connections are gone when its lease is */
  end_lease_of (fixture, 1);
  for (guint i = 0; i < G_N_ELEMENTS (survivors); i++)
    porch_pusher_frame_free (porch_test_socket_wait (fixture->watchers[survivors[i]],
                                                     PORCH_PUSHER_EVENT_MEMBER_REMOVED));
  assert_state (fixture, 0, 1, "online");

  /* And everybody who says no more goes once, whoever they said it to last */
  let_pass (301);
  for (guint i = 0; i < G_N_ELEMENTS (survivors); i++)
    for (guint person = 0; person < N_PEOPLE; person++)
      assert_told (fixture, survivors[i], person, PORCH_STATUS_OFFLINE);
  porch_test_postgres_run (postgres, "SELECT pg_sleep (2)");
  for (guint i = 0; i < G_N_ELEMENTS (survivors); i++)
    {
      porch_test_socket_count (fixture->watchers[survivors[i]], EVENT);
      for (guint person = 0; person < N_PEOPLE; person++)
        assert_told (fixture, survivors[i], person, PORCH_STATUS_OFFLINE);
    }
}

/* While the database is away requests are refused at once; then all goes on, and what was missed is
 * told. */
static void
test_database_comes_back (Fixture *fixture, gconstpointer user_data)
{
  guint status = 0;

  say (fixture, 0, 1, "laptop", "online");
  say (fixture, 0, 2, "laptop", "online");
  for (guint i = 0; i < N_INSTANCES; i++)
    assert_told (fixture, i, 2, PORCH_STATUS_ONLINE);

  porch_test_postgres_stop (postgres);
  {
    g_autoptr (PorchTestAnswer) refused = call (fixture, 0, 1, "POST", "/api/user/presence",
                                                "{\"status\":\"online\"}");

    g_assert_cmpuint (refused->status, ==, 503);
    g_assert_nonnull (soup_message_headers_get_one (refused->headers, "Retry-After"));
  }
  {
    g_autoptr (PorchTestAnswer) health = call (fixture, 0, 1, "GET", "/healthz", NULL);

    g_assert_cmpuint (health->status, ==, 503);
  }

  /* Somebody goes while nobody listens */
  porch_test_postgres_start_again (postgres);
  let_pass (300);
  for (guint i = 0; i < N_INSTANCES; i++)
    {
      assert_told (fixture, i, 1, PORCH_STATUS_OFFLINE);
      assert_told (fixture, i, 2, PORCH_STATUS_OFFLINE);
    }

  while (status != 200)
    {
      g_autoptr (PorchTestAnswer) answer = call (fixture, 1, 1, "POST", "/api/user/presence",
                                                 "{\"status\":\"online\"}");

      status = answer->status;
      g_assert_true (status == 200 || status == 503);
    }
  for (guint i = 0; i < N_INSTANCES; i++)
    porch_test_wait_until (count_events (fixture, i, 1, PORCH_STATUS_ONLINE) == 2);
}

static void
test_session_ends_everywhere (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *end = g_strdup_printf ("INSERT INTO porchlight.ended_sessions"
                                          " (session_id, ended_at) VALUES ('%s', %" G_GINT64_FORMAT
                                          ")",
                                          fixture->people[3], g_get_real_time ());

  say (fixture, 2, 3, "laptop", "online");
  porch_test_postgres_run (postgres, end);
  for (guint i = 0; i < N_INSTANCES; i++)
    {
      guint status = 0;

      for (guint n = 0; status != 401 && n < 100; n++)
        {
          g_autoptr (PorchTestAnswer) answer = call (fixture, i, 3, "GET", "/api/users?ids=", NULL);

          status = answer->status;
        }
      g_assert_cmpuint (status, ==, 401);
    }
}

/* Added at one, signed in at another. */
static void
test_user_command (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *body = porch_auth_password_grant_build ("ann@example.org", "correct horse");
  g_autofree char *uri = g_strconcat (fixture->daemons[2]->address,
                                      "/auth/v1/token?grant_type=password", NULL);
  g_autoptr (PorchTestAnswer) signed_in = NULL;

  porch_test_daemon_add_user (fixture->daemons[0], "ann@example.org", "Ann Arbor", "correct horse");
  signed_in = porch_test_call (fixture->session, "POST", uri, body, "apikey",
                               fixture->secrets->anon_key, NULL);

  g_assert_cmpuint (signed_in->status, ==, 200);
  g_assert_nonnull (porch_test_answer_get (signed_in, "refresh_token"));
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/instances/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  int exit_code;

  g_test_init (&argc, &argv, NULL);
  postgres = porch_test_postgres_start ();
  if (postgres == NULL)
    return g_test_run ();

  add ("change-is-told-everywhere", test_change_is_told_everywhere);
  add ("programs-at-two-instances", test_programs_at_two_instances);
  add ("member-is-seen-everywhere", test_member_is_seen_everywhere);
  add ("heartbeat-elsewhere-ends-the-grace", test_heartbeat_elsewhere_ends_the_grace);
  add ("timeout-goes-out-once", test_timeout_goes_out_once);
  add ("event-of-a-client-reaches-the-others", test_event_of_a_client_reaches_the_others);
  add ("killed-under-load", test_killed_under_load);
  add ("database-comes-back", test_database_comes_back);
  add ("user-command", test_user_command);
  add ("session-ends-everywhere", test_session_ends_everywhere);

  exit_code = g_test_run ();
  porch_test_postgres_free (postgres);

  return exit_code;
}
