/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Runs the real porchlightd, whose path is the argument. */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-discovery.h"

/* How soon a server must notice what the command changed. */
#define NOTICED_WITHIN_US (5 * G_TIME_SPAN_SECOND)

static const char *porchlightd;

typedef struct
{
  char *data_dir;
} Fixture;

typedef struct
{
  int exit_code;
  char *output;
  char *errors;
} Outcome;

static void
outcome_free (Outcome *outcome)
{
  g_free (outcome->output);
  g_free (outcome->errors);
  g_free (outcome);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Outcome, outcome_free)

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->data_dir = g_dir_make_tmp ("porch-user-XXXXXX", NULL);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->data_dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->data_dir, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->data_dir);
  g_free (fixture->data_dir);
}

/* Runs "porchlightd --data … user" with the arguments after input, which end with NULL. */
static Outcome *
run (Fixture *fixture, const char *input, ...)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *input_path = g_build_filename (fixture->data_dir, "input", NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GError) error = NULL;
  Outcome *outcome = g_new0 (Outcome, 1);
  const char *argument;
  va_list args;

  g_strv_builder_add_many (builder, porchlightd, "--data", fixture->data_dir, "user", NULL);
  va_start (args, input);
  while ((argument = va_arg (args, const char *)) != NULL)
    g_strv_builder_add (builder, argument);
  va_end (args);
  arguments = g_strv_builder_end (builder);

  /* From a file, since some commands end without reading it. */
  g_assert_true (g_file_set_contents (input_path, input != NULL ? input : "", -1, NULL));
  g_subprocess_launcher_set_stdin_file_path (launcher, input_path);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) arguments, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &outcome->output, &outcome->errors, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  outcome->exit_code = g_subprocess_get_exit_status (process);

  return outcome;
}

static void
add_ann (Fixture *fixture)
{
  g_autoptr (Outcome) outcome = run (fixture, "correct horse\n", "add", "Ann@Example.org", "--name",
                                     "Ann Beth Arbor", NULL);

  g_assert_cmpstr (outcome->errors, ==, "");
  g_assert_cmpint (outcome->exit_code, ==, 0);
}

static void
assert_fails (Outcome *outcome, int exit_code, const char *says)
{
  g_assert_cmpint (outcome->exit_code, ==, exit_code);
  g_assert_cmpstr (outcome->output, ==, "");
  g_assert_nonnull (strstr (outcome->errors, says));
  /* One sentence, and no assertion in it. */
  g_assert_true (g_str_has_prefix (outcome->errors, "porchlightd: "));
  g_assert_true (strchr (outcome->errors, '\n') == outcome->errors + strlen (outcome->errors) - 1);
}

static void
test_add_list_remove (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (Outcome) listed = NULL;
  g_autoptr (Outcome) as_json = NULL;
  g_autoptr (Outcome) removed = NULL;
  g_autoptr (Outcome) listed_after = NULL;
  g_autoptr (Outcome) removed_again = NULL;

  add_ann (fixture);

  listed = run (fixture, NULL, "list", NULL);
  g_assert_true (g_str_has_suffix (listed->output, "  ann@example.org  Ann Beth Arbor\n"));
  as_json = run (fixture, NULL, "list", "--json", NULL);
  g_assert_nonnull (strstr (as_json->output, "\"firstName\":\"Ann Beth\",\"lastName\":\"Arbor\""));
  g_assert_null (strstr (as_json->output, "$y$"));

  removed = run (fixture, NULL, "remove", "ann@example.org", NULL);
  g_assert_cmpint (removed->exit_code, ==, 0);
  listed_after = run (fixture, NULL, "list", NULL);
  g_assert_cmpstr (listed_after->output, ==, "");
  removed_again = run (fixture, NULL, "remove", "ann@example.org", NULL);
  assert_fails (removed_again, 1, "no user");
}

static void
test_avatar (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *picture = g_build_filename (fixture->data_dir, "picture", NULL);
  g_autofree char *huge = g_malloc0 (512 * 1024 + 1);
  g_autoptr (Outcome) no_picture = NULL;
  g_autoptr (Outcome) too_large = NULL;
  g_autoptr (Outcome) missing = NULL;
  g_autoptr (Outcome) added = NULL;
  g_autoptr (Outcome) listed = NULL;

  g_assert_true (g_file_set_contents (picture, "GIF89a", -1, NULL));
  no_picture = run (fixture, "correct horse\n", "add", "bob@example.org", "--name", "Bob",
                    "--avatar", picture, NULL);
  assert_fails (no_picture, 1, "not a PNG, JPEG or WebP");

  memcpy (huge, "\xff\xd8\xff", 3);
  g_assert_true (g_file_set_contents (picture, huge, 512 * 1024 + 1, NULL));
  too_large = run (fixture, "correct horse\n", "add", "bob@example.org", "--name", "Bob",
                   "--avatar", picture, NULL);
  assert_fails (too_large, 1, "larger than 512 KiB");

  missing = run (fixture, "correct horse\n", "add", "bob@example.org", "--name", "Bob", "--avatar",
                 "/nowhere/at/all", NULL);
  assert_fails (missing, 1, "/nowhere/at/all");

  g_assert_true (g_file_set_contents (picture, huge, 512 * 1024, NULL));
  added = run (fixture, "correct horse\n", "add", "bob@example.org", "--name", "Bob", "--avatar",
               picture, NULL);
  g_assert_cmpint (added->exit_code, ==, 0);
  listed = run (fixture, NULL, "list", "--json", NULL);
  g_assert_nonnull (strstr (listed->output, "\"avatar\":\"/avatars/"));
}

static void
test_passwords_that_will_not_do (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *endless = g_strnfill (100000, 'x');
  g_autoptr (Outcome) none = run (fixture, "", "add", "bob@example.org", "--name", "Bob", NULL);
  g_autoptr (Outcome) empty = run (fixture, "\n", "add", "bob@example.org", "--name", "Bob", NULL);
  g_autoptr (Outcome) weak = run (fixture, "1234567\n", "add", "bob@example.org", "--name", "Bob",
                                  NULL);
  g_autoptr (Outcome) too_long = run (fixture, endless, "add", "bob@example.org", "--name", "Bob",
                                      NULL);
  g_autoptr (Outcome) listed = run (fixture, NULL, "list", NULL);

  assert_fails (none, 1, "no password");
  assert_fails (empty, 1, "no password");
  assert_fails (weak, 1, "at least 8");
  assert_fails (too_long, 1, "too long");
  g_assert_null (strstr (weak->errors, "1234567"));
  g_assert_cmpstr (listed->output, ==, "");
}

static void
test_address_is_taken (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (Outcome) again = NULL;

  add_ann (fixture);
  again = run (fixture, "correct horse\n", "add", "ann@example.org", "--name", "Ann", NULL);
  assert_fails (again, 1, "already");
}

static void
test_usage (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (Outcome) nothing = run (fixture, NULL, NULL);
  g_autoptr (Outcome) unknown = run (fixture, NULL, "promote", NULL);
  g_autoptr (Outcome) no_email = run (fixture, NULL, "add", "--name", "Bob", NULL);
  g_autoptr (Outcome) bad_email = run (fixture, NULL, "remove", "bob", NULL);
  g_autoptr (Outcome) no_name = run (fixture, NULL, "add", "bob@example.org", NULL);
  g_autoptr (Outcome) two = run (fixture, NULL, "remove", "bob@example.org", "ann@example.org",
                                 NULL);
  g_autoptr (Outcome) option = run (fixture, NULL, "set-password", "bob@example.org",
                                    "--password=secret", NULL);
  g_autoptr (Outcome) help = run (fixture, NULL, "--help", NULL);

  assert_fails (nothing, 2, "add, list, remove or set-password");
  assert_fails (unknown, 2, "no such command");
  assert_fails (no_email, 2, "One e-mail address");
  assert_fails (bad_email, 2, "no e-mail address");
  assert_fails (no_name, 2, "--name");
  assert_fails (two, 2, "One e-mail address");
  assert_fails (option, 2, "Unknown option");
  g_assert_cmpint (help->exit_code, ==, 0);
}

static void
test_damaged_database (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (fixture->data_dir, "porchlight.db", NULL);
  g_autofree char *text = g_strnfill (8192, 'x');
  g_autoptr (Outcome) outcome = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  outcome = run (fixture, NULL, "list", NULL);
  assert_fails (outcome, 1, path);
}

typedef struct
{
  GSubprocess *process;
  PorchDiscovery *discovery;
  SoupSession *session;
} Server;

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

/* Returns the status; the body too where asked. */
static guint
call (Server *server,
      const char *method,
      const char *uri,
      const char *access_token,
      const char *json,
      char **answer)
{
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  if (server->discovery != NULL)
    soup_message_headers_append (headers, "apikey", server->discovery->supabase_anon_key);
  if (access_token != NULL)
    {
      g_autofree char *authorization = g_strconcat ("Bearer ", access_token, NULL);

      soup_message_headers_append (headers, "Authorization", authorization);
    }
  if (json != NULL)
    {
      g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));

      soup_message_set_request_body_from_bytes (message, "application/json", body);
    }

  soup_session_send_and_read_async (server->session, message, G_PRIORITY_DEFAULT, NULL, on_done_cb,
                                    &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  bytes = soup_session_send_and_read_finish (server->session, result, &error);
  g_assert_no_error (error);
  if (answer != NULL)
    *answer = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  return soup_message_get_status (message);
}

static char *
wait_for_address (GSubprocess *process)
{
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (
      g_subprocess_get_stdout_pipe (process));

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  while (TRUE)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);

      g_assert_nonnull (line);
      if (g_str_has_prefix (line, "Address: "))
        return g_strdup (line + strlen ("Address: "));
    }
}

static void
server_start (Server *server, Fixture *fixture)
{
  g_autofree char *address = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;

  server->session = soup_session_new ();
  server->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, porchlightd, "--data",
                                      fixture->data_dir, "--listen", "127.0.0.1:0", NULL);
  g_assert_no_error (error);
  address = wait_for_address (server->process);
  uri = g_strconcat (address, "/.well-known/porchlight", NULL);
  g_assert_cmpuint (call (server, "GET", uri, NULL, NULL, &answer), ==, 200);
  server->discovery = porch_discovery_parse (answer, strlen (answer), &error);
  g_assert_no_error (error);
}

static void
server_stop (Server *server)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&server->session);
  g_subprocess_send_signal (server->process, SIGTERM);
  g_subprocess_wait (server->process, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_exit_status (server->process), ==, 0);
  g_clear_object (&server->process);
  g_clear_pointer (&server->discovery, porch_discovery_free);
}

static PorchAuthSession *
sign_in (Server *server, const char *password)
{
  g_autofree char *uri = g_strconcat (server->discovery->supabase_url,
                                      "/auth/v1/token?grant_type=password", NULL);
  g_autofree char *body = porch_auth_password_grant_build ("ann@example.org", password);
  g_autofree char *answer = NULL;

  if (call (server, "POST", uri, NULL, body, &answer) != 200)
    return NULL;

  return porch_auth_session_parse (answer, strlen (answer), g_get_real_time (), NULL);
}

static void
assert_refused_soon (Server *server, PorchAuthSession *session)
{
  g_autofree char *uri = g_strconcat (server->discovery->supabase_url, "/auth/v1/user", NULL);
  gint64 end_us = g_get_monotonic_time () + NOTICED_WITHIN_US;

  while (call (server, "GET", uri, session->access_token, NULL, NULL) != 403)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (50 * 1000);
    }
}

static void
test_running_server_notices_a_new_password (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchAuthSession) session = NULL;
  g_autoptr (PorchAuthSession) with_old = NULL;
  g_autoptr (PorchAuthSession) with_new = NULL;
  g_autoptr (Outcome) changed = NULL;
  Server server = { 0 };

  add_ann (fixture);
  server_start (&server, fixture);
  session = sign_in (&server, "correct horse");
  g_assert_nonnull (session);

  changed = run (fixture, "another horse\n", "set-password", "ann@example.org", NULL);
  g_assert_cmpint (changed->exit_code, ==, 0);

  assert_refused_soon (&server, session);
  with_old = sign_in (&server, "correct horse");
  g_assert_null (with_old);
  with_new = sign_in (&server, "another horse");
  g_assert_nonnull (with_new);
  server_stop (&server);
}

static void
test_running_server_notices_a_removed_user (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchAuthSession) session = NULL;
  g_autoptr (PorchAuthSession) again = NULL;
  g_autoptr (Outcome) removed = NULL;
  Server server = { 0 };

  add_ann (fixture);
  server_start (&server, fixture);
  session = sign_in (&server, "correct horse");
  g_assert_nonnull (session);

  removed = run (fixture, NULL, "remove", "ann@example.org", NULL);
  g_assert_cmpint (removed->exit_code, ==, 0);

  assert_refused_soon (&server, session);
  again = sign_in (&server, "correct horse");
  g_assert_null (again);
  server_stop (&server);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/user-command/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  porchlightd = argv[1];

  add ("add-list-remove", test_add_list_remove);
  add ("avatar", test_avatar);
  add ("passwords-that-will-not-do", test_passwords_that_will_not_do);
  add ("address-is-taken", test_address_is_taken);
  add ("usage", test_usage);
  add ("damaged-database", test_damaged_database);
  add ("running-server/notices-a-new-password", test_running_server_notices_a_new_password);
  add ("running-server/notices-a-removed-user", test_running_server_notices_a_removed_user);

  return g_test_run ();
}
