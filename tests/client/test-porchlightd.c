/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The client against porchlightd itself, as two people use it: real processes, real time. */

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>

#include "client/porch-memory-token-store.h"
#include "client/porch-session.h"
#include "porch-scripted-server.h"
#include "porch-test-sign-in.h"

#define PASSWORD "correct horse battery"

typedef struct
{
  PorchClock *clock;
  PorchServerClock *server_clock;
  PorchRoster *roster;
  PorchTokenStore *token_store;
  PorchSession *session;
  const PorchDiscovery *discovery; /* the fixture's */
} Person;

typedef struct
{
  char *folder;
  char *address;
  GSubprocess *server;
  PorchDiscovery *discovery;
  Person ann;
  Person bob;
} Fixture;

/* A test that fails leaves no server behind. */
static void
die_with_the_test (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* Starts the server, on the port of before where there was one. */
static void
start_server (Fixture *fixture)
{
  const char *listen = fixture->address != NULL ? strstr (fixture->address, "127.0.0.1")
                                                : "127.0.0.1:0";
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                        | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_the_test, NULL, NULL);
  fixture->server = g_subprocess_launcher_spawn (launcher, &error,
                                                 g_getenv ("PORCH_TEST_PORCHLIGHTD"), "--data",
                                                 fixture->folder, "--listen", listen, NULL);
  g_assert_no_error (error);

  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (fixture->server));
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (output, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (line);
      if (g_str_has_prefix (line, "Address: "))
        {
          g_free (fixture->address);
          fixture->address = g_strdup (line + strlen ("Address: "));
          return;
        }
    }
}

static void
kill_server (Fixture *fixture)
{
  g_subprocess_send_signal (fixture->server, SIGKILL);
  g_subprocess_wait (fixture->server, NULL, NULL);
  g_clear_object (&fixture->server);
}

static void
add_user (Fixture *fixture, const char *email, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) command = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error,
      g_getenv ("PORCH_TEST_PORCHLIGHTD"), "--data", fixture->folder, "user", "add", email,
      "--name", name, NULL);

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (command, PASSWORD "\n", NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (command));
}

static void
person_set_up (Person *person, Fixture *fixture, const char *client_id)
{
  person->clock = porch_clock_new ();
  person->discovery = fixture->discovery;
  person->server_clock = porch_server_clock_new (person->clock);
  person->roster = porch_roster_new (person->server_clock);
  person->token_store = porch_memory_token_store_new ();
  person->session = porch_session_new (person->clock, person->roster, person->token_store,
                                       fixture->address, fixture->discovery, "account", client_id);
}

static void
person_tear_down (Person *person)
{
  g_object_run_dispose (G_OBJECT (person->session));
  porch_run_for_ms (20);
  g_assert_finalize_object (person->session);
  g_assert_finalize_object (person->roster);
  g_object_unref (person->token_store);
  g_object_unref (person->server_clock);
  g_object_unref (person->clock);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("porchlightd-XXXXXX", NULL);
  start_server (fixture);
  add_user (fixture, "ann@example.org", "Ann Example");
  add_user (fixture, "bob@example.org", "Bob Builder");

  porch_discover_async (fixture->address, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  fixture->discovery = porch_discover_finish (result, &error);
  g_assert_no_error (error);
  person_set_up (&fixture->ann, fixture, "machine-a");
  person_set_up (&fixture->bob, fixture, "machine-b");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  person_tear_down (&fixture->ann);
  person_tear_down (&fixture->bob);
  if (fixture->server != NULL)
    kill_server (fixture);
  porch_discovery_free (fixture->discovery);

  dir = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->address);
}

static gboolean
sign_in (Person *person, const char *email, const char *password, GError **error)
{
  PorchAuthSession *session = porch_test_sign_in (person->clock, person->discovery, email, password,
                                                  error);
  g_autoptr (GAsyncResult) result = NULL;

  if (session == NULL)
    return FALSE;

  porch_session_begin_async (person->session, session, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  return porch_session_begin_finish (person->session, result, error);
}

static PorchContact *
watch (Person *person, Person *other)
{
  g_autoptr (PorchContact) contact = porch_contact_new (porch_session_get_user_id (other->session));

  porch_roster_add (person->roster, contact);
  porch_session_watch (person->session, porch_contact_get_id (contact));

  return contact;
}

static PorchStatus
get_own_status (Person *person)
{
  PorchStatus status;

  g_object_get (person->session, "own-status", &status, NULL);

  return status;
}

static void
sign_both_in (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  sign_in (&fixture->ann, "ann@example.org", PASSWORD, &error);
  g_assert_no_error (error);
  sign_in (&fixture->bob, "bob@example.org", PASSWORD, &error);
  g_assert_no_error (error);
}

static void
test_see_each_other (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autofree char *own_name = NULL;
  PorchContact *ann, *bob;
  gint64 stopped_us;

  sign_both_in (fixture);
  bob = watch (&fixture->ann, &fixture->bob);
  ann = watch (&fixture->bob, &fixture->ann);
  porch_test_wait_until (porch_contact_get_status (ann) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (porch_contact_get_status (bob) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (get_own_status (&fixture->ann) == PORCH_STATUS_ONLINE);
  g_object_get (fixture->ann.session, "name", &own_name, NULL);
  g_assert_cmpstr (own_name, ==, "Ann Example");

  /* Appearing offline is seen, and so is coming back. */
  porch_session_set_appear_offline (fixture->ann.session, TRUE);
  porch_test_wait_until (porch_contact_get_status (ann) == PORCH_STATUS_OFFLINE);
  porch_test_wait_until (get_own_status (&fixture->ann) == PORCH_STATUS_OFFLINE);
  porch_session_set_appear_offline (fixture->ann.session, FALSE);
  porch_test_wait_until (porch_contact_get_status (ann) == PORCH_STATUS_ONLINE);

  /* Quitting is seen within a second. */
  stopped_us = g_get_monotonic_time ();
  porch_session_stop_async (fixture->ann.session, porch_test_take_result, &stopped);
  porch_test_wait_until (porch_contact_get_status (ann) == PORCH_STATUS_OFFLINE);
  g_assert_cmpint (g_get_monotonic_time () - stopped_us, <, G_USEC_PER_SEC);
  porch_test_wait_until (stopped != NULL);
}

static void
test_two_machines_of_one_person (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GError) error = NULL;
  Person laptop;
  PorchContact *ann;

  sign_both_in (fixture);
  ann = watch (&fixture->bob, &fixture->ann);
  person_set_up (&laptop, fixture, "laptop");
  sign_in (&laptop, "ann@example.org", PASSWORD, &error);
  g_assert_no_error (error);
  porch_test_wait_until (porch_contact_get_status (ann) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (get_own_status (&laptop) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (get_own_status (&fixture->ann) == PORCH_STATUS_ONLINE);

  porch_session_stop_async (laptop.session, porch_test_take_result, &stopped);
  porch_test_wait_until (stopped != NULL);
  porch_run_for_ms (300);

  g_assert_cmpint (porch_contact_get_status (ann), ==, PORCH_STATUS_ONLINE);
  g_clear_object (&stopped);
  person_tear_down (&laptop);
}

static void
test_server_killed_and_started_again (Fixture *fixture, gconstpointer data)
{
  PorchContact *ann;

  sign_both_in (fixture);
  ann = watch (&fixture->bob, &fixture->ann);
  porch_test_wait_until (porch_contact_get_status (ann) == PORCH_STATUS_ONLINE);

  kill_server (fixture);
  porch_test_wait_until (porch_contact_get_status (ann) == PORCH_STATUS_UNKNOWN);
  start_server (fixture);

  porch_test_wait_until (porch_contact_get_status (ann) == PORCH_STATUS_ONLINE);
  porch_test_wait_until (porch_session_get_state (fixture->ann.session) == PORCH_SESSION_CONNECTED);
}

static void
test_wrong_password_and_unknown_user (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) unknown = NULL;

  g_assert_false (sign_in (&fixture->ann, "ann@example.org", "wrong", &wrong));
  g_assert_false (sign_in (&fixture->ann, "nobody@example.org", PASSWORD, &unknown));

  g_assert_error (wrong, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_INVALID_CREDENTIALS);
  g_assert_error (unknown, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_INVALID_CREDENTIALS);
  g_assert_cmpstr (wrong->message, ==, unknown->message);
}

static void
test_search_finds_by_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  sign_both_in (fixture);
  porch_session_search_async (fixture->ann.session, "build", NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  found = porch_session_search_finish (fixture->ann.session, result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  name = porch_user_state_get_name (found->pdata[0]);
  g_assert_cmpstr (name, ==, "Bob Builder");
}

static void
test_resume_after_sign_out_is_signed_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  sign_both_in (fixture);
  porch_session_sign_out_async (fixture->ann.session, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_session_sign_out_finish (fixture->ann.session, result, NULL));

  porch_session_resume (fixture->ann.session);
  porch_run_for_ms (20);

  g_assert_cmpint (porch_session_get_state (fixture->ann.session), ==, PORCH_SESSION_SIGNED_OUT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                            \
  g_test_add ("/client/porchlightd/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("see-each-other", test_see_each_other);
  ADD ("two-machines-of-one-person", test_two_machines_of_one_person);
  ADD ("server-killed-and-started-again", test_server_killed_and_started_again);
  ADD ("wrong-password-and-unknown-user", test_wrong_password_and_unknown_user);
  ADD ("search-finds-by-name", test_search_finds_by_name);
  ADD ("resume-after-sign-out-is-signed-out", test_resume_after_sign_out_is_signed_out);
#undef ADD

  return g_test_run ();
}
