/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "porch-test-client.h"
#include "porch-test-daemon.h"

typedef struct
{
  char *path;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  int fd = g_file_open_tmp ("porchlightd-XXXXXX.conf", &fixture->path, NULL);

  g_close (fd, NULL);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_unlink (fixture->path);
  g_free (fixture->path);
}

static void
write_config (Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (fixture->path, text, -1, &error);
  g_assert_no_error (error);
}

/* Returns the exit status. */
static int
run (char **errors, const char *const *arguments)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_strv_builder_add (builder, g_getenv ("PORCHLIGHTD"));
  g_strv_builder_addv (builder, (const char **) arguments);
  argv = g_strv_builder_end (builder);
  process = g_subprocess_newv ((const char *const *) argv,
                               G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, errors, &error);
  g_assert_no_error (error);

  return g_subprocess_get_exit_status (process);
}

static void
test_nothing_wrong (Fixture *fixture, gconstpointer user_data)
{
  const char *const arguments[] = { "check-config", fixture->path, NULL };
  g_autofree char *errors = NULL;

  write_config (fixture, "[server]\nheartbeat=60\n");

  g_assert_cmpint (run (&errors, arguments), ==, 0);
  g_assert_cmpstr (errors, ==, "");
}

static void
test_faults_with_their_lines (Fixture *fixture, gconstpointer user_data)
{
  const char *const arguments[] = { "check-config", fixture->path, NULL };
  g_autofree char *errors = NULL;
  g_autofree char *first = g_strconcat (fixture->path, ":2: “heartbeat” is a number", NULL);
  g_autofree char *second = g_strconcat (fixture->path, ":3: There is no key “nmae”", NULL);

  write_config (fixture, "[server]\nheartbeat=1\nnmae=x\n");

  g_assert_cmpint (run (&errors, arguments), ==, 2);
  g_assert_nonnull (strstr (errors, first));
  g_assert_nonnull (strstr (errors, second));
}

static void
test_secret_that_is_missing (Fixture *fixture, gconstpointer user_data)
{
  const char *const arguments[] = { "check-config", fixture->path, NULL };
  g_autofree char *errors = NULL;
  g_autofree char *fault = g_strconcat (fixture->path, ":5: The app needs its secret", NULL);

  write_config (fixture,
                "[publisher]\nkind=pusher\n[pusher]\napp-id=1\nkey=k\nhost=push.example.org\n");

  g_assert_cmpint (run (&errors, arguments), ==, 2);
  g_assert_nonnull (strstr (errors, fault));
}

static void
test_a_server_does_not_start (Fixture *fixture, gconstpointer user_data)
{
  const char *const arguments[] = { "--config", fixture->path, NULL };
  g_autofree char *errors = NULL;

  write_config (fixture, "[server]\nheartbeat=1\n");

  g_assert_cmpint (run (&errors, arguments), ==, 2);
  g_assert_nonnull (strstr (errors, ":2: "));
}

static void
test_options_outrank_the_file (Fixture *fixture, gconstpointer user_data)
{
  const char *const options[] = { "--config", fixture->path, "--heartbeat", "120", NULL };
  g_autoptr (PorchTestDaemon) daemon = NULL;
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (PorchTestAnswer) answer = NULL;
  g_autofree char *uri = NULL;

  /* Where the daemon listens is an option of the test's, or it would not start. */
  write_config (fixture, "[server]\nlisten=192.0.2.1:1\nname=The office\nheartbeat=60\n");
  daemon = porch_test_daemon_start (options);

  uri = g_strconcat (daemon->address, "/.well-known/porchlight", NULL);
  answer = porch_test_call (session, "GET", uri, NULL, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (answer, "name"), ==, "The office");
  g_assert_nonnull (strstr (answer->text, "\"heartbeatSeconds\":120"));
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/check-config/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("nothing-wrong", test_nothing_wrong);
  add ("faults-with-their-lines", test_faults_with_their_lines);
  add ("secret-that-is-missing", test_secret_that_is_missing);
  add ("a-server-does-not-start", test_a_server_does_not_start);
  add ("options-outrank-the-file", test_options_outrank_the_file);

  return g_test_run ();
}
