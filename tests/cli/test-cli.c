/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight as a person types it: every verb against a real agent and server, and the exit codes
 * that its man page promises.
 */

#include "porch-test-desktop.h"

#include "cli/porch-cli.h"
#include "server/porch-test-daemon.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define ANN "ann@porch.example"

typedef struct
{
  PorchTestDaemon *daemon;
  PorchTestDesktop *desktop;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer without_keyring)
{
  fixture->daemon = porch_test_daemon_start (NULL);
  porch_test_daemon_add_user (fixture->daemon, ANN, "Ann Lee", "password of ann");
  porch_test_daemon_add_user (fixture->daemon, "bob@porch.example", "Bob Lee", "password of bob");
  porch_test_daemon_add_user (fixture->daemon, "boris@porch.example", "Boris Lee",
                              "password of boris");
  fixture->desktop = porch_test_desktop_new (without_keyring == NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer without_keyring)
{
  /* Signing in has started an agent of its own. */
  if (fixture->desktop->agent == NULL)
    porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, NULL, "quit", NULL);
  porch_test_desktop_free (fixture->desktop);
  porch_test_daemon_free (fixture->daemon);
}

#define run(fixture, ...)                                                                          \
  porch_test_desktop_run_cli ((fixture)->desktop, NULL, NULL, NULL, __VA_ARGS__, NULL)

static void
sign_in (Fixture *fixture)
{
  g_assert_cmpint (porch_test_desktop_run_cli (fixture->desktop, "password of ann\n", NULL, NULL,
                                               "sign-in", fixture->daemon->address, ANN, NULL),
                   ==, PORCH_CLI_OK);
}

/* The ids of whom a search finds, a line each. */
static GStrv
search (Fixture *fixture, const char *query)
{
  g_autofree char *output = NULL;

  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, &output, NULL, "search", query, NULL), ==,
      PORCH_CLI_OK);
  GStrv lines = g_strsplit (g_strchomp (output), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    *strchr (lines[i], ' ') = '\0';
  return lines;
}

static void
add_everybody (Fixture *fixture)
{
  g_auto (GStrv) bobs = search (fixture, "bob lee");
  g_auto (GStrv) boris = search (fixture, "boris");

  g_assert_cmpint (run (fixture, "add", bobs[0], boris[0]), ==, PORCH_CLI_OK);
}

static JsonObject *
read_status (Fixture *fixture, int expected_exit, JsonNode **root)
{
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, &output, NULL, "status", "--json", NULL),
      ==, expected_exit);
  *root = json_from_string (output, &error);
  g_assert_no_error (error);
  return json_node_get_object (*root);
}

static void
test_usage (Fixture *fixture, gconstpointer data)
{
  g_autofree char *output = NULL;
  g_autofree char *help = NULL;

  g_assert_cmpint (run (fixture, "frobnicate"), ==, PORCH_CLI_USAGE);
  g_assert_cmpint (run (fixture, "status", "extra"), ==, PORCH_CLI_USAGE);
  g_assert_cmpint (run (fixture, "status", "--frobnicate"), ==, PORCH_CLI_USAGE);
  g_assert_cmpint (run (fixture, "sign-in", "only-a-server"), ==, PORCH_CLI_USAGE);
  g_assert_cmpint (run (fixture, "appear", "sideways"), ==, PORCH_CLI_USAGE);
  g_assert_cmpint (run (fixture, "appear", "online", "--for", "1h"), ==, PORCH_CLI_USAGE);
  g_assert_cmpint (run (fixture, "appear", "offline", "--for", "soon"), ==, PORCH_CLI_USAGE);
  g_assert_cmpint (run (fixture, "add"), ==, PORCH_CLI_USAGE);

  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, &output, NULL, "--help", NULL), ==,
      PORCH_CLI_OK);
  g_assert_nonnull (strstr (output, "sign-in"));
  g_assert_cmpint (run (fixture, "--version"), ==, PORCH_CLI_OK);
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, &help, NULL, "sign-in", "--help", NULL),
      ==, PORCH_CLI_OK);
  g_assert_nonnull (strstr (help, "porchlight sign-in [OPTION…] SERVER [EMAIL]"));
}

static void
test_no_agent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *errors = NULL;

  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, &errors, "status", NULL), ==,
      PORCH_CLI_NOT_RUNNING);
  g_assert_cmpstr (errors, ==, "porchlight: Porchlight is not running.\n");
  g_assert_cmpint (run (fixture, "watch"), ==, PORCH_CLI_NOT_RUNNING);
  g_assert_cmpint (run (fixture, "add", "x"), ==, PORCH_CLI_NOT_RUNNING);
  g_assert_cmpint (run (fixture, "export"), ==, PORCH_CLI_NOT_RUNNING);
  g_assert_cmpint (run (fixture, "appear", "offline"), ==, PORCH_CLI_NOT_RUNNING);
  g_assert_cmpint (run (fixture, "sign-out"), ==, PORCH_CLI_NOT_RUNNING);
  g_assert_cmpint (run (fixture, "quit"), ==, PORCH_CLI_NOT_RUNNING);

  JsonObject *status = read_status (fixture, PORCH_CLI_NOT_RUNNING, &root);
  g_assert_false (json_object_get_boolean_member (status, "running"));
}

static void
test_nobody_signed_in (Fixture *fixture, gconstpointer data)
{
  g_autofree char *errors = NULL;

  porch_test_desktop_start_agent (fixture->desktop);
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, &errors, "status", NULL), ==,
      PORCH_CLI_SIGNED_OUT);
  g_assert_cmpstr (errors, ==, "porchlight: Nobody is signed in.\n");
  g_assert_cmpint (run (fixture, "watch"), ==, PORCH_CLI_SIGNED_OUT);
  g_assert_cmpint (run (fixture, "search", "ann"), ==, PORCH_CLI_SIGNED_OUT);
}

static void
test_sign_in_starts_the_agent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) root = NULL;

  /* given no agent, when somebody signs in, then there is one, and they are in */
  sign_in (fixture);
  JsonObject *status = read_status (fixture, PORCH_CLI_OK, &root);
  JsonObject *account = json_object_get_object_member (status, "account");
  g_assert_true (json_object_get_boolean_member (status, "running"));
  g_assert_cmpstr (json_object_get_string_member (account, "email"), ==, ANN);
  g_assert_cmpstr (json_object_get_string_member (account, "server"), ==, fixture->daemon->address);

  /* when told to quit, then it is gone when the command returns */
  g_assert_cmpint (run (fixture, "quit"), ==, PORCH_CLI_OK);
  g_assert_cmpint (run (fixture, "status"), ==, PORCH_CLI_NOT_RUNNING);
}

static int
try_sign_in (Fixture *fixture, const char *server, const char *input, char **errors)
{
  return porch_test_desktop_run_cli (fixture->desktop, input, NULL, errors, "sign-in", server, ANN,
                                     NULL);
}

static void
test_sign_in_fails (Fixture *fixture, gconstpointer data)
{
  g_autofree char *errors = NULL;

  porch_test_desktop_start_agent (fixture->desktop);
  g_assert_cmpint (try_sign_in (fixture, fixture->daemon->address, "wrong\n", &errors), ==,
                   PORCH_CLI_REFUSED);
  g_assert_null (strstr (errors, "wrong\n"));
  g_assert_cmpint (try_sign_in (fixture, fixture->daemon->address, "", NULL), ==, PORCH_CLI_USAGE);
  g_assert_cmpint (try_sign_in (fixture, "http://elsewhere.example", "x\n", NULL), ==,
                   PORCH_CLI_UNREACHABLE);

  porch_test_daemon_stop (fixture->daemon);
  g_assert_cmpint (try_sign_in (fixture, fixture->daemon->address, "x\n", NULL), ==,
                   PORCH_CLI_UNREACHABLE);
}

static void
test_this_run_only (Fixture *fixture, gconstpointer data)
{
  g_autofree char *errors = NULL;

  porch_test_desktop_start_agent (fixture->desktop);
  g_assert_cmpint (try_sign_in (fixture, fixture->daemon->address, "password of ann\n", &errors),
                   ==, PORCH_CLI_FAILED);
  g_assert_nonnull (strstr (errors, "--this-run-only"));
  g_assert_cmpint (porch_test_desktop_run_cli (fixture->desktop, "password of ann\n", NULL, NULL,
                                               "sign-in", "--this-run-only",
                                               fixture->daemon->address, ANN, NULL),
                   ==, PORCH_CLI_OK);
}

static void
test_contacts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *list = NULL;
  g_autofree char *exported = NULL;
  g_autofree char *imported = NULL;
  g_autofree char *refusal = NULL;

  sign_in (fixture);
  add_everybody (fixture);
  porch_test_desktop_run_cli (fixture->desktop, NULL, &list, NULL, "status", NULL);
  g_assert_nonnull (strstr (list, "Bob Lee"));
  g_assert_nonnull (strstr (list, "Boris Lee"));

  g_assert_cmpint (run (fixture, "search", "nobody at all"), ==, PORCH_CLI_NOBODY);
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, NULL, &refusal, "search", "bo", NULL), ==,
      PORCH_CLI_FAILED);
  g_assert_nonnull (strstr (refusal, "three letters"));
  g_assert_cmpint (run (fixture, "add", "nobody"), ==, PORCH_CLI_NOBODY);
  g_assert_cmpint (run (fixture, "add", "no id/at all"), ==, PORCH_CLI_FAILED);

  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, &exported, NULL, "export", NULL), ==,
      PORCH_CLI_OK);
  g_assert_cmpint (run (fixture, "notify", "bori", "sometimes"), ==, PORCH_CLI_USAGE);
  g_assert_cmpint (run (fixture, "notify", "bori"), ==, PORCH_CLI_USAGE);
  g_assert_cmpint (run (fixture, "notify", "bo", "once"), ==, PORCH_CLI_NOBODY);
  g_assert_cmpint (run (fixture, "notify", "bori", "also-leaves"), ==, PORCH_CLI_OK);

  g_assert_cmpint (run (fixture, "remove", "bo"), ==, PORCH_CLI_NOBODY);
  g_assert_cmpint (run (fixture, "remove", "zoe"), ==, PORCH_CLI_NOBODY);
  g_assert_cmpint (run (fixture, "remove", "bori", "bob lee"), ==, PORCH_CLI_OK);

  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, exported, &imported, NULL, "import", "-", NULL),
      ==, PORCH_CLI_OK);
  g_assert_cmpstr (imported, ==, "2 contacts added.\n");
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, "{\"a\":1}", NULL, NULL, "import", "-", NULL),
      ==, PORCH_CLI_FAILED);
  g_assert_cmpint (run (fixture, "import", "/nonexistent"), ==, PORCH_CLI_FAILED);
}

static void
test_output_that_cannot_be_written (Fixture *fixture, gconstpointer data)
{
  const char *const to_a_full_disk[] = { "sh", "-c", "\"$PORCHLIGHT\" export >/dev/full", NULL };
  g_autofree char *pipe_path = NULL;
  g_autofree char *piped = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  /* given a full disk, when the list goes there, then the command says that it has failed */
  sign_in (fixture);
  g_autoptr (GSubprocess) export = porch_test_desktop_spawn (
      fixture->desktop, G_SUBPROCESS_FLAGS_STDERR_SILENCE, to_a_full_disk);
  g_assert_false (g_subprocess_wait_check (export, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (export), ==, PORCH_CLI_FAILED);

  /* given a named pipe, when the list goes there, then it is written to and not replaced */
  pipe_path = g_build_filename (fixture->desktop->folder, "pipe", NULL);
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  const char *const cat[] = { "cat", pipe_path, NULL };
  g_autoptr (GSubprocess) reader = porch_test_desktop_spawn (fixture->desktop,
                                                             G_SUBPROCESS_FLAGS_STDOUT_PIPE, cat);
  g_assert_cmpint (run (fixture, "export", pipe_path), ==, PORCH_CLI_OK);
  g_assert_cmpint (g_stat (pipe_path, &status), ==, 0);
  g_assert_true (S_ISFIFO (status.st_mode));
  g_subprocess_communicate_utf8 (reader, NULL, NULL, &piped, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (piped, "porchlightContacts"));
}

static void
test_sign_out (Fixture *fixture, gconstpointer data)
{
  sign_in (fixture);
  g_assert_cmpint (run (fixture, "sign-out"), ==, PORCH_CLI_OK);
  g_assert_cmpint (run (fixture, "status"), ==, PORCH_CLI_SIGNED_OUT);
  g_assert_cmpint (run (fixture, "sign-out"), ==, PORCH_CLI_SIGNED_OUT);
  g_assert_cmpint (run (fixture, "sign-out", "--forget"), ==, PORCH_CLI_OK);
  g_assert_cmpint (run (fixture, "export"), ==, PORCH_CLI_SIGNED_OUT);
}

static void
test_appear (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) offline = NULL;
  g_autoptr (JsonNode) online = NULL;
  g_autofree char *words = NULL;

  sign_in (fixture);
  g_assert_cmpint (run (fixture, "appear", "offline", "--for", "1h30m"), ==, PORCH_CLI_OK);
  JsonObject *account = json_object_get_object_member (
      read_status (fixture, PORCH_CLI_OK, &offline), "account");
  g_assert_true (json_object_get_boolean_member (account, "appearOffline"));
  g_assert_nonnull (json_object_get_string_member (account, "appearOfflineUntil"));
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->desktop, NULL, &words, NULL, "status", NULL), ==,
      PORCH_CLI_OK);
  g_assert_nonnull (strstr (words, "You appear offline until "));

  g_assert_cmpint (run (fixture, "appear", "online"), ==, PORCH_CLI_OK);
  account = json_object_get_object_member (read_status (fixture, PORCH_CLI_OK, &online), "account");
  g_assert_false (json_object_get_boolean_member (account, "appearOffline"));
}

static void
test_server_away (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lines = NULL;
  g_autofree char *status = NULL;

  /* given somebody who is online */
  sign_in (fixture);
  do
    {
      g_clear_pointer (&lines, g_free);
      porch_test_desktop_run_cli (fixture->desktop, NULL, &lines, NULL, "status", NULL);
    }
  while (strstr (lines, "  Online\n") == NULL);

  /* when the server goes, then nobody is called online any more, not even they */
  porch_test_daemon_stop (fixture->daemon);
  do
    {
      g_autoptr (JsonNode) root = NULL;
      JsonObject *account = json_object_get_object_member (
          read_status (fixture, PORCH_CLI_OK, &root), "account");

      g_free (status);
      status = g_strdup (json_object_get_string_member (account, "status"));
    }
  while (g_str_equal (status, "online"));
  g_assert_cmpstr (status, ==, "unknown");
  g_clear_pointer (&lines, g_free);
  porch_test_desktop_run_cli (fixture->desktop, NULL, &lines, NULL, "status", NULL);
  g_assert_nonnull (strstr (lines, "  Not connected\n"));
}

static const char *
get_member (JsonNode *root, const char *member)
{
  return json_object_get_string_member (json_node_get_object (root), member);
}

/* Takes lines until one tells of this status. */
static gboolean
is_told (GDataInputStream *output, GAsyncResult **result, const char *status)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (output, *result, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);

  g_autoptr (JsonNode) change = json_from_string (line, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (get_member (change, "id"), !=, "");
  g_assert_nonnull (get_member (change, "time"));

  g_clear_object (result);
  g_data_input_stream_read_line_async (output, G_PRIORITY_DEFAULT, NULL, porch_test_take_result,
                                       result);
  return g_str_equal (get_member (change, "status"), status);
}

static void
test_watch (Fixture *fixture, gconstpointer data)
{
  const char *const argv[] = { g_getenv ("PORCHLIGHT"), "watch", "--json", NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  /* given somebody who watches */
  sign_in (fixture);
  add_everybody (fixture);
  g_auto (GStrv) boris = search (fixture, "boris");
  g_autoptr (GSubprocess) watch = porch_test_desktop_spawn (fixture->desktop,
                                                            G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
  g_autoptr (GDataInputStream) output = g_data_input_stream_new (
      g_subprocess_get_stdout_pipe (watch));
  g_data_input_stream_read_line_async (output, G_PRIORITY_DEFAULT, NULL, porch_test_take_result,
                                       &result);

  /* when something becomes known of a contact, again and again until the watcher is there for it,
   * then a line says so */
  do
    {
      g_assert_cmpint (run (fixture, "remove", boris[0]), ==, PORCH_CLI_OK);
      g_assert_cmpint (run (fixture, "add", boris[0]), ==, PORCH_CLI_OK);
    }
  while (result == NULL || !is_told (output, &result, "offline"));

  /* when the server goes, then lines say that nothing is known any more */
  porch_test_daemon_stop (fixture->daemon);
  do
    porch_test_wait_until (result != NULL);
  while (!is_told (output, &result, "unknown"));

  /* when interrupted, then it ends well */
  g_subprocess_send_signal (watch, SIGINT);
  g_subprocess_wait_check (watch, NULL, &error);
  g_assert_no_error (error);
  porch_test_wait_until (result != NULL);
}

static void
test_watch_that_nobody_reads (Fixture *fixture, gconstpointer data)
{
  const char *const argv[] = { "sh", "-c", "\"$PORCHLIGHT\" watch | true", NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  /* when the reader goes, then the watcher does not stay behind */
  sign_in (fixture);
  g_autoptr (GSubprocess) watch = porch_test_desktop_spawn (fixture->desktop,
                                                            G_SUBPROCESS_FLAGS_NONE, argv);
  g_subprocess_wait_async (watch, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_subprocess_wait_finish (watch, result, &error);
  g_assert_no_error (error);
}

#define test(name, func) g_test_add ("/cli/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  if (!porch_test_desktop_has_keyring_program ())
    {
      g_print ("1..0 # SKIP gnome-keyring-daemon is not installed\n");
      return 77;
    }

  test ("usage", test_usage);
  test ("no-agent", test_no_agent);
  test ("nobody-signed-in", test_nobody_signed_in);
  test ("sign-in-starts-the-agent", test_sign_in_starts_the_agent);
  test ("sign-in-fails", test_sign_in_fails);
  g_test_add ("/cli/this-run-only", Fixture, "", set_up, test_this_run_only, tear_down);
  test ("contacts", test_contacts);
  test ("output-that-cannot-be-written", test_output_that_cannot_be_written);
  test ("sign-out", test_sign_out);
  test ("appear", test_appear);
  test ("server-away", test_server_away);
  test ("watch", test_watch);
  test ("watch-that-nobody-reads", test_watch_that_nobody_reads);

  return g_test_run ();
}
