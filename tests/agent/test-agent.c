/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The agent as a person has it: the real program on a session bus of its own, with a real keyring
 * and a real porchlightd.
 */

#include "porch-test-desktop.h"

#include "server/porch-test-daemon.h"

#include <gio/gunixfdlist.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define ANN          "ann@porch.example"
#define BOB          "bob@porch.example"
#define ANN_PASSWORD "correct horse battery"
#define BOB_PASSWORD "staple staple"

/* What the end may take, and a margin for a machine that does other things too. */
#define END_MAX_US (2 * G_TIME_SPAN_SECOND + 500 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  PorchTestDaemon *daemon;
  PorchTestDesktop *desktop;
  SoupSession *http;
  char *anon_key;
  char *bob_token;
  char *bob_id;
} Fixture;

/* Bob is a plain client of the API. */
static JsonNode *
request (Fixture *fixture, const char *method, const char *path, const char *body)
{
  g_autofree char *url = g_strconcat (fixture->daemon->address, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (bytes != NULL)
    soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  if (fixture->anon_key != NULL)
    soup_message_headers_append (headers, "apikey", fixture->anon_key);
  if (fixture->bob_token != NULL)
    {
      g_autofree char *authorization = g_strconcat ("Bearer ", fixture->bob_token, NULL);
      soup_message_headers_append (headers, "Authorization", authorization);
    }

  soup_session_send_and_read_async (fixture->http, message, G_PRIORITY_DEFAULT, NULL,
                                    porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_autoptr (GBytes) answer = soup_session_send_and_read_finish (fixture->http, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  JsonNode *root = json_from_string (g_bytes_get_data (answer, NULL), &error);
  g_assert_no_error (error);
  return root;
}

static JsonObject *
get_object (JsonNode *root, const char *member)
{
  return json_object_get_object_member (json_node_get_object (root), member);
}

static void
let_bob_in (Fixture *fixture)
{
  g_autoptr (JsonNode) discovery = request (fixture, "GET", "/.well-known/porchlight", NULL);
  fixture->anon_key = g_strdup (
      json_object_get_string_member (get_object (discovery, "supabase"), "anonKey"));

  g_autoptr (JsonNode) session = request (fixture, "POST", "/auth/v1/token?grant_type=password",
                                          "{\"email\":\"" BOB "\",\"password\":\"" BOB_PASSWORD
                                          "\"}");
  fixture->bob_token = g_strdup (
      json_object_get_string_member (json_node_get_object (session), "access_token"));
  fixture->bob_id = g_strdup (json_object_get_string_member (get_object (session, "user"), "id"));
}

static void
set_bob (Fixture *fixture, const char *status)
{
  g_autofree char *body = g_strdup_printf ("{\"status\":\"%s\"}", status);
  g_autoptr (JsonNode) answer = request (fixture, "POST", "/api/user/presence", body);

  g_assert_true (json_object_get_boolean_member (json_node_get_object (answer), "success"));
}

static char *
get_ann_status (Fixture *fixture, const char *ann_id)
{
  g_autofree char *path = g_strconcat ("/api/user/", ann_id, "/status", NULL);
  g_autoptr (JsonNode) answer = request (fixture, "GET", path, NULL);

  return g_strdup (json_object_get_string_member (json_node_get_object (answer), "status"));
}

static void
set_up (Fixture *fixture, gconstpointer without_keyring)
{
  fixture->daemon = porch_test_daemon_start (NULL);
  porch_test_daemon_add_user (fixture->daemon, ANN, "Ann Lee", ANN_PASSWORD);
  porch_test_daemon_add_user (fixture->daemon, BOB, "Bob O'Neil", BOB_PASSWORD);
  fixture->http = soup_session_new ();
  let_bob_in (fixture);
  fixture->desktop = porch_test_desktop_new (without_keyring == NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer without_keyring)
{
  porch_test_desktop_free (fixture->desktop);
  porch_test_daemon_free (fixture->daemon);
  g_clear_object (&fixture->http);
  g_free (fixture->anon_key);
  g_free (fixture->bob_token);
  g_free (fixture->bob_id);
}

static gboolean
is_state (Fixture *fixture, const char *state)
{
  return g_str_equal (porch_agent_proxy_get_state (fixture->desktop->proxy), state);
}

static PorchContact *
get_bob (Fixture *fixture)
{
  return porch_roster_lookup (porch_agent_proxy_get_roster (fixture->desktop->proxy),
                              fixture->bob_id);
}

static PorchStatus
get_bob_status (Fixture *fixture)
{
  return porch_contact_get_status (get_bob (fixture));
}

static gboolean
finish_call (Fixture *fixture, GAsyncResult **result, GError **error)
{
  porch_test_wait_until (*result != NULL);
  return porch_agent_proxy_call_finish (fixture->desktop->proxy, *result, error);
}

static gboolean
add (Fixture *fixture, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_agent_proxy_add_contact_async (fixture->desktop->proxy, text, NULL, porch_test_take_result,
                                       &result);
  return finish_call (fixture, &result, error);
}

static gboolean
remove_bob (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_agent_proxy_remove_contact_async (fixture->desktop->proxy, fixture->bob_id, NULL,
                                          porch_test_take_result, &result);
  return finish_call (fixture, &result, error);
}

static void
sign_in_well (Fixture *fixture, gboolean keep_in_memory)
{
  g_autoptr (GError) error = NULL;

  porch_test_desktop_sign_in (fixture->desktop, fixture->daemon->address, ANN, ANN_PASSWORD,
                              keep_in_memory, &error);
  g_assert_no_error (error);
  porch_test_wait_until (is_state (fixture, "connected"));
}

static void
sign_in_and_add_bob (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  porch_test_desktop_start_agent (fixture->desktop);
  sign_in_well (fixture, FALSE);
  add (fixture, fixture->bob_id, &error);
  g_assert_no_error (error);
  porch_test_wait_until (get_bob (fixture) != NULL
                         && get_bob_status (fixture) == PORCH_STATUS_OFFLINE);
}

static void
test_watches (Fixture *fixture, gconstpointer data)
{
  /* given Ann, signed in, with Bob on her list */
  sign_in_and_add_bob (fixture);
  g_assert_cmpstr (porch_agent_proxy_get_name (fixture->desktop->proxy), ==, "Ann Lee");
  g_assert_cmpstr (porch_contact_get_name (get_bob (fixture)), ==, "Bob O'Neil");
  porch_test_wait_until (porch_agent_proxy_get_own_status (fixture->desktop->proxy)
                         == PORCH_STATUS_ONLINE);

  /* when he comes and goes, then she sees it */
  set_bob (fixture, "online");
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_ONLINE);
  set_bob (fixture, "offline");
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_OFFLINE);
}

static void
test_starts_signed_in (Fixture *fixture, gconstpointer data)
{
  /* given an agent that ended */
  sign_in_and_add_bob (fixture);
  set_bob (fixture, "online");
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_ONLINE);
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);

  /* when the next one starts, then nobody sees a signed-out person, and the list is there */
  porch_test_desktop_start_agent (fixture->desktop);
  g_assert_false (is_state (fixture, "signed-out"));
  g_assert_nonnull (get_bob (fixture));
  porch_test_wait_until (is_state (fixture, "connected"));
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_ONLINE);
}

static void
test_starts_without_network (Fixture *fixture, gconstpointer data)
{
  /* given a server that is away */
  sign_in_and_add_bob (fixture);
  set_bob (fixture, "online");
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_ONLINE);
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  porch_test_daemon_stop (fixture->daemon);

  /* when the agent starts, then it shows what it knew, as unknown, with the time */
  porch_test_desktop_start_agent (fixture->desktop);
  g_assert_cmpint (get_bob_status (fixture), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (porch_contact_get_last_known_status (get_bob (fixture)), ==,
                   PORCH_STATUS_ONLINE);
  g_assert_cmpint (porch_contact_get_known_at_us (get_bob (fixture)), >, 0);
  g_assert_cmpstr (porch_contact_get_name (get_bob (fixture)), ==, "Bob O'Neil");
  g_assert_cmpstr (porch_agent_proxy_get_name (fixture->desktop->proxy), ==, "Ann Lee");
  porch_test_wait_until (
      g_str_equal (porch_agent_proxy_get_error_code (fixture->desktop->proxy), "unreachable"));
}

static void
assert_offline_within_2_s (Fixture *fixture, const char *ann_id, gint64 began_us)
{
  g_autofree char *status = get_ann_status (fixture, ann_id);

  g_assert_cmpint (g_get_monotonic_time () - began_us, <, END_MAX_US);
  g_assert_cmpstr (status, ==, "offline");
}

static void
test_signal_says_offline (Fixture *fixture, gconstpointer data)
{
  static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

  porch_test_desktop_start_agent (fixture->desktop);
  sign_in_well (fixture, FALSE);
  g_autofree char *ann_id = g_strdup (porch_agent_proxy_get_id (fixture->desktop->proxy));

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      porch_test_wait_until (porch_agent_proxy_get_own_status (fixture->desktop->proxy)
                             == PORCH_STATUS_ONLINE);
      gint64 began_us = g_get_monotonic_time ();
      porch_test_desktop_end_agent (fixture->desktop, signals[i]);
      assert_offline_within_2_s (fixture, ann_id, began_us);
      porch_test_desktop_start_agent (fixture->desktop);
    }
}

static void
test_end_of_the_bus_says_offline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  /* given Ann, online */
  porch_test_desktop_start_agent (fixture->desktop);
  sign_in_well (fixture, FALSE);
  g_autofree char *ann_id = g_strdup (porch_agent_proxy_get_id (fixture->desktop->proxy));
  porch_test_wait_until (porch_agent_proxy_get_own_status (fixture->desktop->proxy)
                         == PORCH_STATUS_ONLINE);

  /* when her session ends and takes the bus along */
  gint64 began_us = g_get_monotonic_time ();
  g_clear_object (&fixture->desktop->proxy);
  g_dbus_connection_close_sync (fixture->desktop->bus, NULL, NULL);
  g_clear_object (&fixture->desktop->bus);
  g_test_dbus_stop (fixture->desktop->dbus);

  /* then the agent says so and ends by itself */
  g_subprocess_wait_check (fixture->desktop->agent, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&fixture->desktop->agent);
  assert_offline_within_2_s (fixture, ann_id, began_us);
}

static void
test_silent_server_does_not_hold_the_end (Fixture *fixture, gconstpointer data)
{
  /* given a server that accepts and never answers */
  porch_test_desktop_start_agent (fixture->desktop);
  sign_in_well (fixture, FALSE);
  g_subprocess_send_signal (fixture->daemon->process, SIGSTOP);

  /* when the agent is told to end, then it does within its time */
  gint64 began_us = g_get_monotonic_time ();
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  gint64 took_us = g_get_monotonic_time () - began_us;
  g_subprocess_send_signal (fixture->daemon->process, SIGCONT);
  g_assert_cmpint (took_us, <, END_MAX_US);
}

static void
test_server_goes_and_comes_back (Fixture *fixture, gconstpointer data)
{
  /* given Bob, online */
  sign_in_and_add_bob (fixture);
  set_bob (fixture, "online");
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_ONLINE);

  /* when the server goes, then nothing stays green */
  porch_test_daemon_stop (fixture->daemon);
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_UNKNOWN);
  porch_test_wait_until (is_state (fixture, "waiting"));
  g_assert_cmpstr (porch_agent_proxy_get_error_code (fixture->desktop->proxy), ==, "unreachable");
  g_assert_cmpint (porch_agent_proxy_get_next_try_us (fixture->desktop->proxy), >, 0);

  /* when it is back, then all recovers alone */
  porch_test_daemon_start_again (fixture->daemon);
  porch_test_wait_until (is_state (fixture, "connected"));
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_ONLINE);
  g_assert_cmpstr (porch_agent_proxy_get_error_code (fixture->desktop->proxy), ==, "");
}

static void
test_wrong_password_and_unknown_user_are_one_sentence (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) unknown = NULL;

  porch_test_desktop_start_agent (fixture->desktop);
  g_assert_false (porch_test_desktop_sign_in (fixture->desktop, fixture->daemon->address, ANN,
                                              "wrong", FALSE, &wrong));
  g_assert_false (porch_test_desktop_sign_in (fixture->desktop, fixture->daemon->address,
                                              "nobody@porch.example", "wrong", FALSE, &unknown));

  g_assert_error (wrong, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_CREDENTIALS);
  g_assert_error (unknown, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_CREDENTIALS);
  g_assert_cmpstr (wrong->message, ==, unknown->message);
  g_assert_false (porch_agent_proxy_get_has_account (fixture->desktop->proxy));
}

static void
test_unreachable_server (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  porch_test_desktop_start_agent (fixture->desktop);
  porch_test_daemon_stop (fixture->daemon);
  g_assert_false (porch_test_desktop_sign_in (fixture->desktop, fixture->daemon->address, ANN,
                                              ANN_PASSWORD, FALSE, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_UNREACHABLE);

  g_clear_error (&error);
  g_assert_false (porch_test_desktop_sign_in (fixture->desktop, "ftp://porch.example", ANN,
                                              ANN_PASSWORD, FALSE, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ADDRESS);
}

static void
test_second_sign_in_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  porch_test_desktop_start_agent (fixture->desktop);
  sign_in_well (fixture, FALSE);
  g_assert_false (porch_test_desktop_sign_in (fixture->desktop, fixture->daemon->address, BOB,
                                              BOB_PASSWORD, FALSE, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (porch_agent_proxy_get_email (fixture->desktop->proxy), ==, ANN);
}

static void
test_sign_in_without_its_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  /* when a call speaks of another descriptor than the one that it brings */
  porch_test_desktop_start_agent (fixture->desktop);
  g_assert_cmpint (g_unix_fd_list_append (fds, STDIN_FILENO, NULL), ==, 0);
  g_dbus_connection_call_with_unix_fd_list (
      fixture->desktop->bus, PORCH_AGENT_BUS_NAME, PORCH_AGENT_PATH, "app.porchlight.Agent1",
      "SignIn", g_variant_new ("(ssha{sv})", fixture->daemon->address, ANN, 7, NULL), NULL,
      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, fds, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_null (g_dbus_connection_call_with_unix_fd_list_finish (fixture->desktop->bus, NULL,
                                                                  result, &error));

  /* then it is refused, and that is all */
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT);
  g_assert_true (porch_agent_proxy_get_running (fixture->desktop->proxy));
}

/* Gives the server another key for its channels, as an administrator would who moves them. */
static void
move_channels (PorchTestDaemon *daemon)
{
  g_autofree char *path = g_build_filename (daemon->folder, "secrets", NULL);
  g_autoptr (GKeyFile) secrets = g_key_file_new ();
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  porch_test_daemon_stop (daemon);
  g_key_file_load_from_file (secrets, path, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  g_key_file_set_string (secrets, "porchlightd", "pusher-key", "another-key");
  contents = g_key_file_to_data (secrets, &length, NULL);
  g_file_set_contents_full (path, contents, length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
  porch_test_daemon_start_again (daemon);
}

static void
test_server_that_moved_asks_again (Fixture *fixture, gconstpointer data)
{
  /* given Bob, online, and a server that names other addresses since its last start */
  sign_in_and_add_bob (fixture);
  set_bob (fixture, "online");
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_ONLINE);
  move_channels (fixture->daemon);

  /* then they are not used unasked */
  porch_test_wait_until (
      g_str_equal (porch_agent_proxy_get_error_code (fixture->desktop->proxy), "server-changed"));
  g_assert_cmpint (get_bob_status (fixture), ==, PORCH_STATUS_UNKNOWN);

  /* and signing in again agrees to them */
  sign_in_well (fixture, FALSE);
  porch_test_wait_until (is_state (fixture, "connected"));
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_ONLINE);
  g_assert_cmpstr (porch_agent_proxy_get_error_code (fixture->desktop->proxy), ==, "");
}

static void
test_adding_whom_there_is_not (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GListModel *roster;

  porch_test_desktop_start_agent (fixture->desktop);
  sign_in_well (fixture, FALSE);

  g_assert_false (add (fixture, "nobody", &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NO_SUCH_USER);
  g_clear_error (&error);
  g_assert_false (add (fixture, "no such/id", &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (add (fixture, porch_agent_proxy_get_id (fixture->desktop->proxy), &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (
      add (fixture, "porchlight://add?server=https%3A%2F%2Felsewhere.example&user=x", &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT);

  roster = G_LIST_MODEL (porch_agent_proxy_get_roster (fixture->desktop->proxy));
  porch_test_wait_until (g_list_model_get_n_items (roster) == 0);
}

static void
test_link_adds (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *server = g_uri_escape_string (fixture->daemon->address, NULL, FALSE);
  g_autofree char *link = g_strdup_printf ("porchlight://add?server=%s&user=%s", server,
                                           fixture->bob_id);

  porch_test_desktop_start_agent (fixture->desktop);
  sign_in_well (fixture, FALSE);
  add (fixture, link, &error);
  g_assert_no_error (error);
  porch_test_wait_until (get_bob (fixture) != NULL);
}

static void
test_undone_removal_keeps_a_favourite (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sign_in_and_add_bob (fixture);
  porch_agent_proxy_set_favourite_async (fixture->desktop->proxy, fixture->bob_id, TRUE, NULL,
                                         porch_test_take_result, &result);
  g_assert_true (finish_call (fixture, &result, NULL));
  porch_test_wait_until (porch_contact_get_favourite (get_bob (fixture)));

  g_assert_true (remove_bob (fixture, NULL));
  porch_test_wait_until (get_bob (fixture) == NULL);
  g_assert_false (remove_bob (fixture, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NO_SUCH_USER);

  g_assert_true (add (fixture, fixture->bob_id, NULL));
  porch_test_wait_until (get_bob (fixture) != NULL);
  g_assert_true (porch_contact_get_favourite (get_bob (fixture)));
  g_assert_cmpstr (porch_contact_get_name (get_bob (fixture)), ==, "Bob O'Neil");
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_OFFLINE);
}

static void
sign_out (Fixture *fixture, gboolean forget)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_sign_out_async (fixture->desktop->proxy, forget, NULL, porch_test_take_result,
                                    &result);
  finish_call (fixture, &result, &error);
  g_assert_no_error (error);
}

static void
test_sign_out_keeps_the_list (Fixture *fixture, gconstpointer data)
{
  /* given Ann, who signs out */
  sign_in_and_add_bob (fixture);
  g_autofree char *ann_id = g_strdup (porch_agent_proxy_get_id (fixture->desktop->proxy));
  sign_out (fixture, FALSE);
  porch_test_wait_until (is_state (fixture, "signed-out"));
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_UNKNOWN);
  g_autofree char *status = get_ann_status (fixture, ann_id);
  g_assert_cmpstr (status, ==, "offline");

  /* then the next agent does not sign her in */
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  porch_test_desktop_start_agent (fixture->desktop);
  porch_test_wait_until (is_state (fixture, "signed-out"));

  /* and her list is there when she does */
  sign_in_well (fixture, FALSE);
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_OFFLINE);
}

static void
test_sign_out_without_the_server (Fixture *fixture, gconstpointer data)
{
  /* given a server that is away, then one signs out all the same */
  sign_in_and_add_bob (fixture);
  porch_test_daemon_stop (fixture->daemon);
  sign_out (fixture, FALSE);
  porch_test_wait_until (is_state (fixture, "signed-out"));

  /* and the tokens are gone: nobody is signed in when it is back */
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  porch_test_daemon_start_again (fixture->daemon);
  porch_test_desktop_start_agent (fixture->desktop);
  porch_test_wait_until (is_state (fixture, "signed-out"));
  g_assert_cmpstr (porch_agent_proxy_get_error_code (fixture->desktop->proxy), ==,
                   "no-access-token");
}

static void
test_forget_leaves_nothing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *contents = NULL;
  gsize length;

  sign_in_and_add_bob (fixture);
  sign_out (fixture, TRUE);
  porch_test_wait_until (!porch_agent_proxy_get_has_account (fixture->desktop->proxy));
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);

  g_assert_true (g_file_get_contents (fixture->desktop->database, &contents, &length, NULL));
  g_assert_null (memmem (contents, length, ANN, strlen (ANN)));
  g_assert_null (memmem (contents, length, fixture->bob_id, strlen (fixture->bob_id)));
}

static void
test_no_secret_service_asks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  /* given no keyring, then signing in asks first */
  porch_test_desktop_start_agent (fixture->desktop);
  g_assert_false (porch_test_desktop_sign_in (fixture->desktop, fixture->daemon->address, ANN,
                                              ANN_PASSWORD, FALSE, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NO_SECRET_SERVICE);
  g_assert_false (porch_agent_proxy_get_has_account (fixture->desktop->proxy));

  /* when the person agrees, then it holds for this run */
  sign_in_well (fixture, TRUE);
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  porch_test_desktop_start_agent (fixture->desktop);
  porch_test_wait_until (is_state (fixture, "signed-out"));
}

static void
test_second_agent_leaves (Fixture *fixture, gconstpointer data)
{
  const char *const argv[] = { g_getenv ("PORCHLIGHT_AGENT"), NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;

  porch_test_desktop_start_agent (fixture->desktop);
  g_autoptr (GSubprocess) second = porch_test_desktop_spawn (fixture->desktop,
                                                             G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
  g_subprocess_communicate_utf8 (second, NULL, NULL, &output, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_exit_status (second), ==, 0);
  g_assert_cmpstr (output, ==, "Porchlight is already running.\n");
  sign_in_well (fixture, FALSE);
}

static void
test_damaged_database_is_said (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (fixture->desktop->database);
  g_autofree char *garbage = g_strnfill (10000, '?');
  g_autofree char *said = NULL;
  g_autofree char *contents = NULL;

  /* given a file that is no database */
  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (fixture->desktop->database, garbage, -1, NULL));

  /* then nobody is told that they are signed out */
  porch_test_desktop_start_agent (fixture->desktop);
  g_assert_nonnull (strstr (porch_agent_proxy_get_data_error (fixture->desktop->proxy),
                            fixture->desktop->database));
  g_assert_cmpint (porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, &said, "status", NULL),
                   ==, 1);
  g_assert_nonnull (strstr (said, "damaged"));
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);

  /* then a person can sign in and is told, and all works but the keeping */
  sign_in_and_add_bob (fixture);
  g_assert_cmpstr (porch_agent_proxy_get_error_code (fixture->desktop->proxy), ==, "database");
  g_assert_cmpstr (porch_agent_proxy_get_error_message (fixture->desktop->proxy), !=, "");
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  g_assert_true (g_file_get_contents (fixture->desktop->database, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, garbage);
}

static void
set_file_size_limit (Fixture *fixture, rlim_t limit)
{
  const struct rlimit limits = { .rlim_cur = limit, .rlim_max = RLIM_INFINITY };

  g_assert_cmpint (prlimit (atoi (g_subprocess_get_identifier (fixture->desktop->agent)),
                            RLIMIT_FSIZE, &limits, NULL),
                   ==, 0);
}

static void
test_full_disk_is_said (Fixture *fixture, gconstpointer data)
{
  porch_test_desktop_start_agent (fixture->desktop);
  sign_in_well (fixture, FALSE);

  /* when the file can grow no more, then it is said, and the list is as the person wants it */
  set_file_size_limit (fixture, 1);
  g_assert_true (add (fixture, fixture->bob_id, NULL));
  porch_test_wait_until (
      g_str_equal (porch_agent_proxy_get_error_code (fixture->desktop->proxy), "database"));
  porch_test_wait_until (get_bob (fixture) != NULL);

  /* when there is space again, then what was added is kept */
  set_file_size_limit (fixture, RLIM_INFINITY);
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  porch_test_desktop_start_agent (fixture->desktop);
  g_assert_nonnull (get_bob (fixture));
  g_assert_cmpstr (porch_agent_proxy_get_error_code (fixture->desktop->proxy), ==, "");
}

static void
test_keyring_that_goes_loses_no_session (Fixture *fixture, gconstpointer data)
{
  /* given Ann, signed in, whose keyring is away when the agent starts */
  porch_test_desktop_start_agent (fixture->desktop);
  sign_in_well (fixture, FALSE);
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  porch_test_desktop_stop_keyring (fixture->desktop);
  porch_test_desktop_start_agent (fixture->desktop);
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);

  /* when it is back at the next start, then so is she */
  porch_test_desktop_start_keyring (fixture->desktop);
  porch_test_desktop_start_agent (fixture->desktop);
  porch_test_wait_until (is_state (fixture, "connected"));
}

static void
lock_keyring (Fixture *fixture)
{
  const char *const collections[] = { "/org/freedesktop/secrets/aliases/default", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      fixture->desktop->bus, "org.freedesktop.secrets", "/org/freedesktop/secrets",
      "org.freedesktop.Secret.Service", "Lock", g_variant_new ("(^ao)", collections), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
}

static void
test_locked_keyring_waits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  /* given Ann, signed in, whose keyring is locked when the agent starts */
  sign_in_and_add_bob (fixture);
  porch_test_desktop_end_agent (fixture->desktop, SIGTERM);
  lock_keyring (fixture);
  porch_test_desktop_start_agent (fixture->desktop);

  /* then she is not signed out but waiting, her list is there, and she is told why */
  porch_test_wait_until (
      g_str_equal (porch_agent_proxy_get_error_code (fixture->desktop->proxy), "keyring-locked"));
  g_assert_true (is_state (fixture, "waiting"));
  g_assert_nonnull (get_bob (fixture));

  /* when it is unlocked and she asks for a try, then she is in */
  porch_test_desktop_stop_keyring (fixture->desktop);
  porch_test_desktop_start_keyring (fixture->desktop);
  porch_agent_proxy_try_now_async (fixture->desktop->proxy, NULL, porch_test_take_result, &result);
  g_assert_true (finish_call (fixture, &result, NULL));
  porch_test_wait_until (is_state (fixture, "connected"));
  g_assert_cmpstr (porch_agent_proxy_get_error_code (fixture->desktop->proxy), ==, "");
}

static void
test_appears_offline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GError) error = NULL;
  PorchAgentProxy *proxy;

  porch_test_desktop_start_agent (fixture->desktop);
  sign_in_well (fixture, FALSE);
  proxy = fixture->desktop->proxy;
  porch_test_wait_until (porch_agent_proxy_get_own_status (proxy) == PORCH_STATUS_ONLINE);

  /* when she appears offline for a second, then others see it, and then no more */
  porch_agent_proxy_set_appear_offline_async (proxy, TRUE,
                                              g_get_real_time () + 1500 * G_TIME_SPAN_MILLISECOND,
                                              NULL, porch_test_take_result, &result);
  g_assert_true (finish_call (fixture, &result, NULL));
  porch_test_wait_until (porch_agent_proxy_get_own_status (proxy) == PORCH_STATUS_OFFLINE);
  g_assert_true (porch_agent_proxy_get_appear_offline (proxy));
  porch_test_wait_until (porch_agent_proxy_get_own_status (proxy) == PORCH_STATUS_ONLINE);
  g_assert_false (porch_agent_proxy_get_appear_offline (proxy));

  /* a time that is over is none */
  porch_agent_proxy_set_appear_offline_async (proxy, TRUE, 1, NULL, porch_test_take_result, &late);
  g_assert_false (finish_call (fixture, &late, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT);
}

#define test(name, func) g_test_add ("/agent/" name, Fixture, NULL, set_up, func, tear_down)
#define test_without_keyring(name, func)                                                           \
  g_test_add ("/agent/" name, Fixture, "", set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  if (!porch_test_desktop_has_keyring_program ())
    {
      g_print ("1..0 # SKIP gnome-keyring-daemon is not installed\n");
      return 77;
    }

  test ("watches", test_watches);
  test ("starts-signed-in", test_starts_signed_in);
  test ("starts-without-network", test_starts_without_network);
  test ("signal-says-offline", test_signal_says_offline);
  test ("end-of-the-bus-says-offline", test_end_of_the_bus_says_offline);
  test ("silent-server-does-not-hold-the-end", test_silent_server_does_not_hold_the_end);
  test ("server-goes-and-comes-back", test_server_goes_and_comes_back);
  test ("wrong-password-and-unknown-user-are-one-sentence",
        test_wrong_password_and_unknown_user_are_one_sentence);
  test ("unreachable-server", test_unreachable_server);
  test ("second-sign-in-is-refused", test_second_sign_in_is_refused);
  test ("sign-in-without-its-password", test_sign_in_without_its_password);
  test ("server-that-moved-asks-again", test_server_that_moved_asks_again);
  test ("adding-whom-there-is-not", test_adding_whom_there_is_not);
  test ("link-adds", test_link_adds);
  test ("undone-removal-keeps-a-favourite", test_undone_removal_keeps_a_favourite);
  test ("sign-out-keeps-the-list", test_sign_out_keeps_the_list);
  test ("sign-out-without-the-server", test_sign_out_without_the_server);
  test ("forget-leaves-nothing", test_forget_leaves_nothing);
  test_without_keyring ("no-secret-service-asks", test_no_secret_service_asks);
  test ("second-agent-leaves", test_second_agent_leaves);
  test ("damaged-database-is-said", test_damaged_database_is_said);
  test ("full-disk-is-said", test_full_disk_is_said);
  test ("keyring-that-goes-loses-no-session", test_keyring_that_goes_loses_no_session);
  test ("locked-keyring-waits", test_locked_keyring_waits);
  test ("appears-offline", test_appears_offline);

  return g_test_run ();
}
