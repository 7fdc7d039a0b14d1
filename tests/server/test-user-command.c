/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "porch-test-client.h"
#include "porch-test-daemon.h"
#include "protocol/porch-auth-message.h"

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
test_list_that_cannot_be_written (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;

  add_ann (fixture);
  g_subprocess_launcher_set_stdout_file_path (launcher, "/dev/full");
  process = g_subprocess_launcher_spawn (launcher, &error, porchlightd, "--data", fixture->data_dir,
                                         "user", "list", NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &errors, &error);
  g_assert_no_error (error);

  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_nonnull (strstr (errors, "cannot be written"));
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

  assert_fails (nothing, 2, "add, list, remove, set-password or reset-factors");
  assert_fails (unknown, 2, "no such command");
  assert_fails (no_email, 2, "One email address");
  assert_fails (bad_email, 2, "no email address");
  assert_fails (no_name, 2, "--name");
  assert_fails (two, 2, "One email address");
  assert_fails (option, 2, "Unknown option");
  g_assert_cmpint (help->exit_code, ==, 0);
}

static void
test_reset_factors (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (fixture->data_dir, "porchlight.db", NULL);
  g_autoptr (Outcome) none = NULL;
  g_autoptr (Outcome) reset = NULL;
  g_autoptr (Outcome) again = NULL;
  sqlite3 *database = NULL;

  add_ann (fixture);
  none = run (fixture, NULL, "reset-factors", "ann@example.org", NULL);
  assert_fails (none, 1, "no authenticator app");

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database,
                                 "INSERT INTO factors (id, user_id, name, secret, created_at) "
                                 "SELECT 'one', id, '', 'SECRET', 0 FROM users",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (database);
  reset = run (fixture, NULL, "reset-factors", "ann@example.org", NULL);
  g_assert_cmpstr (reset->errors, ==, "");
  g_assert_cmpint (reset->exit_code, ==, 0);
  again = run (fixture, NULL, "reset-factors", "ann@example.org", NULL);
  assert_fails (again, 1, "no authenticator app");
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

static char *
get_api_key (PorchTestDaemon *daemon, SoupSession *session)
{
  g_autofree char *uri = g_strconcat (daemon->address, "/.well-known/porchlight", NULL);
  g_autoptr (PorchTestAnswer) answer = porch_test_call (session, "GET", uri, NULL, NULL);

  return g_strdup (porch_test_answer_get (answer, "supabase.anonKey"));
}

static PorchTestAnswer *
sign_in (PorchTestDaemon *daemon, SoupSession *session, const char *api_key, const char *password)
{
  g_autofree char *uri = g_strconcat (daemon->address, "/auth/v1/token?grant_type=password", NULL);
  g_autofree char *body = porch_auth_password_grant_build ("ann@example.org", password);

  return porch_test_call (session, "POST", uri, body, "apikey", api_key, NULL);
}

static void
assert_refused_soon (PorchTestDaemon *daemon,
                     SoupSession *session,
                     const char *api_key,
                     PorchTestAnswer *signed_in)
{
  g_autofree char *uri = g_strconcat (daemon->address, "/auth/v1/user", NULL);
  g_autofree char *authorization = g_strconcat (
      "Bearer ", porch_test_answer_get (signed_in, "access_token"), NULL);
  gint64 end_us = g_get_monotonic_time () + NOTICED_WITHIN_US;

  while (TRUE)
    {
      g_autoptr (PorchTestAnswer) answer = porch_test_call (
          session, "GET", uri, NULL, "apikey", api_key, "Authorization", authorization, NULL);

      if (answer->status == 403)
        return;
      g_assert_cmpuint (answer->status, ==, 200);
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (50 * 1000);
    }
}

static void
test_running_server_notices (gconstpointer user_data)
{
  gboolean removes = GPOINTER_TO_INT (user_data);
  g_autoptr (PorchTestDaemon) daemon = porch_test_daemon_start (NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *api_key = get_api_key (daemon, session);
  Fixture fixture = { .data_dir = daemon->folder };
  g_autoptr (PorchTestAnswer) signed_in = NULL;
  g_autoptr (PorchTestAnswer) with_old = NULL;
  g_autoptr (PorchTestAnswer) with_new = NULL;
  g_autoptr (Outcome) outcome = NULL;

  add_ann (&fixture);
  signed_in = sign_in (daemon, session, api_key, "correct horse");
  g_assert_cmpuint (signed_in->status, ==, 200);

  if (removes)
    outcome = run (&fixture, NULL, "remove", "ann@example.org", NULL);
  else
    outcome = run (&fixture, "another horse\n", "set-password", "ann@example.org", NULL);
  g_assert_cmpint (outcome->exit_code, ==, 0);

  assert_refused_soon (daemon, session, api_key, signed_in);
  with_old = sign_in (daemon, session, api_key, "correct horse");
  g_assert_cmpuint (with_old->status, ==, 400);
  with_new = sign_in (daemon, session, api_key, "another horse");
  g_assert_cmpuint (with_new->status, ==, removes ? 400 : 200);
}

/* Reads until text has come; returns everything that came. */
static char *
expect (int terminal, const char *text)
{
  GString *output = g_string_new (NULL);

  while (strstr (output->str, text) == NULL)
    {
      char byte;

      g_assert_cmpint (read (terminal, &byte, 1), ==, 1);
      g_string_append_c (output, byte);
    }

  return g_string_free (output, FALSE);
}

static void
type (int terminal, const char *text)
{
  g_assert_cmpint (write (terminal, text, strlen (text)), ==, strlen (text));
}

static pid_t
run_in_terminal (Fixture *fixture, int *terminal)
{
  pid_t pid = forkpty (terminal, NULL, NULL, NULL);

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      execl (porchlightd, porchlightd, "--data", fixture->data_dir, "user", "set-password",
             "ann@example.org", NULL);
      _exit (127);
    }

  return pid;
}

static void
test_terminal_asks_twice (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *rest = NULL;
  int terminal, status;
  pid_t pid;

  add_ann (fixture);
  pid = run_in_terminal (fixture, &terminal);
  first = expect (terminal, "New password: ");
  type (terminal, "another horse\n");
  second = expect (terminal, "again: ");
  type (terminal, "another horse\n");
  rest = expect (terminal, "Changed");

  g_assert_null (strstr (second, "horse"));
  g_assert_null (strstr (rest, "horse"));
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  close (terminal);
}

static void
test_terminal_passwords_differ (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *rest = NULL;
  int terminal, status;
  pid_t pid;

  add_ann (fixture);
  pid = run_in_terminal (fixture, &terminal);
  first = expect (terminal, "New password: ");
  type (terminal, "another horse\n");
  second = expect (terminal, "again: ");
  type (terminal, "another house\n");
  rest = expect (terminal, "differ");

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 1);
  close (terminal);
}

static void
test_terminal_interrupted (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *first = NULL;
  struct termios attributes;
  int terminal, status;
  pid_t pid;

  add_ann (fixture);
  pid = run_in_terminal (fixture, &terminal);
  first = expect (terminal, "New password: ");
  g_assert_no_errno (tcgetattr (terminal, &attributes));
  g_assert_false (attributes.c_lflag & ECHO);
  type (terminal, "\003");

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGINT);
  g_assert_no_errno (tcgetattr (terminal, &attributes));
  g_assert_true (attributes.c_lflag & ECHO);
  close (terminal);
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
  porchlightd = g_getenv ("PORCHLIGHTD");
  g_assert_nonnull (porchlightd);

  add ("add-list-remove", test_add_list_remove);
  add ("list-that-cannot-be-written", test_list_that_cannot_be_written);
  add ("avatar", test_avatar);
  add ("passwords-that-will-not-do", test_passwords_that_will_not_do);
  add ("address-is-taken", test_address_is_taken);
  add ("reset-factors", test_reset_factors);
  add ("usage", test_usage);
  add ("damaged-database", test_damaged_database);
  add ("terminal/asks-twice", test_terminal_asks_twice);
  add ("terminal/passwords-differ", test_terminal_passwords_differ);
  add ("terminal/interrupted", test_terminal_interrupted);
  g_test_add_data_func ("/server/user-command/running-server/notices-a-new-password",
                        GINT_TO_POINTER (FALSE), test_running_server_notices);
  g_test_add_data_func ("/server/user-command/running-server/notices-a-removed-user",
                        GINT_TO_POINTER (TRUE), test_running_server_notices);

  return g_test_run ();
}
