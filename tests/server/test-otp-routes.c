/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "porch-log-catcher.h"
#include "porch-test-server.h"

#include <glib/gstdio.h>
#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-json.h"

#define PASSWORD "correct horse"
#define ANN      "ann@example.org"

/* A server whose sendmail is a script that keeps the messages. */
typedef struct
{
  PorchTestServer *server;
  PorchMailer *mailer;
  char *folder;
  char *script;
  char *message;
} Fixture;

static void
set_mailer (Fixture *fixture)
{
  const char *command[] = { fixture->script, "-t", NULL };

  fixture->mailer = porch_mailer_new (PORCH_CLOCK (fixture->server->clock), command,
                                      "porch@example.org", "Ann’s porch");
  porch_auth_routes_set_mailer (fixture->server->auth_routes, fixture->mailer);
}

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *text = NULL;
  g_autofree char *id = NULL;

  fixture->server = porch_test_server_new ();
  id = porch_test_server_add_user (fixture->server, ANN, PASSWORD, "Ann", "Arbor");
  fixture->folder = g_dir_make_tmp ("porch-mail-XXXXXX", NULL);
  fixture->script = g_build_filename (fixture->folder, "sendmail", NULL);
  fixture->message = g_build_filename (fixture->folder, "message", NULL);
  text = g_strdup_printf ("#!/bin/sh\ncat > '%s.part' && mv '%s.part' '%s'\n", fixture->message,
                          fixture->message, fixture->message);
  g_assert_true (
      g_file_set_contents_full (fixture->script, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  set_mailer (fixture);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  porch_test_server_free (fixture->server);
  g_object_unref (fixture->mailer);
  g_unlink (fixture->message);
  g_unlink (fixture->script);
  g_rmdir (fixture->folder);
  g_free (fixture->message);
  g_free (fixture->script);
  g_free (fixture->folder);
}

static PorchTestAnswer *
call (Fixture *fixture, const char *path, const char *body)
{
  return porch_test_server_call (fixture->server, "POST", path, body, "apikey",
                                 fixture->server->secrets->anon_key, NULL);
}

static PorchTestAnswer *
ask_for_code (Fixture *fixture, const char *email)
{
  g_autofree char *body = g_strdup_printf ("{\"email\":\"%s\",\"create_user\":false}", email);

  return call (fixture, "/auth/v1/otp", body);
}

static PorchTestAnswer *
verify (Fixture *fixture, const char *email, const char *code)
{
  g_autofree char *body = g_strdup_printf ("{\"type\":\"email\",\"email\":\"%s\",\"token\":\"%s\"}",
                                           email, code);

  return call (fixture, "/auth/v1/verify", body);
}

static char *
read_code (Fixture *fixture)
{
  g_autofree char *text = NULL;
  const char *code;

  porch_test_wait_until (g_file_test (fixture->message, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (fixture->message, &text, NULL, NULL));
  g_unlink (fixture->message);
  g_assert_nonnull (strstr (text, "To: " ANN "\n"));
  g_assert_nonnull (strstr (text, "From: porch@example.org\n"));
  g_assert_nonnull (strstr (text, "Ann’s porch"));
  code = strstr (text, "Your code is ");
  g_assert_nonnull (code);
  code += strlen ("Your code is ");
  g_assert_cmpuint (strspn (code, "0123456789"), ==, 6);

  return g_strndup (code, 6);
}

/* A code that is not the one. */
static char *
spoil (const char *code)
{
  char *other = g_strdup (code);

  other[0] = other[0] == '0' ? '1' : '0';

  return other;
}

static void
assert_error (PorchTestAnswer *answer, guint status, const char *code)
{
  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpstr (porch_test_answer_get (answer, "error_code"), ==, code);
}

static void
test_signs_in_once (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) asked = ask_for_code (fixture, " Ann@Example.org");
  g_autofree char *code = read_code (fixture);
  g_autoptr (PorchTestAnswer) entered = verify (fixture, ANN, code);
  g_autoptr (PorchTestAnswer) again = verify (fixture, ANN, code);
  g_autoptr (PorchJwtClaims) claims = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (asked->status, ==, 200);
  g_assert_cmpstr (asked->text, ==, "{}");
  g_assert_cmpuint (entered->status, ==, 200);
  claims = porch_jwt_verify (porch_test_answer_get (entered, "access_token"),
                             fixture->server->secrets->jwt_secret, PORCH_TEST_NOW_US, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (claims->email, ==, ANN);
  g_assert_cmpstr (claims->methods, ==, "otp");
  g_assert_cmpstr (claims->aal, ==, "aal1");
  assert_error (again, 403, "otp_expired");
}

static void
test_nobody_learns_who_is_known (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) known = ask_for_code (fixture, ANN);
  g_autoptr (PorchTestAnswer) unknown = ask_for_code (fixture, "zoe@example.org");
  g_autofree char *code = read_code (fixture);
  g_autofree char *wrong = spoil (code);
  g_autoptr (PorchTestAnswer) of_known = verify (fixture, ANN, wrong);
  g_autoptr (PorchTestAnswer) of_unknown = verify (fixture, "zoe@example.org", code);
  g_autoptr (PorchTestAnswer) known_again = ask_for_code (fixture, ANN);
  g_autoptr (PorchTestAnswer) unknown_again = ask_for_code (fixture, "zoe@example.org");

  g_assert_cmpuint (unknown->status, ==, known->status);
  g_assert_cmpstr (unknown->text, ==, known->text);
  assert_error (of_known, 403, "otp_expired");
  g_assert_cmpuint (of_unknown->status, ==, of_known->status);
  g_assert_cmpstr (of_unknown->text, ==, of_known->text);
  assert_error (known_again, 429, "over_email_send_rate_limit");
  g_assert_cmpuint (unknown_again->status, ==, known_again->status);
  g_assert_cmpstr (unknown_again->text, ==, known_again->text);
}

static void
test_one_message_a_minute (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) first = ask_for_code (fixture, ANN);
  g_autofree char *code = read_code (fixture);
  g_autoptr (PorchTestAnswer) second = NULL;
  g_autoptr (PorchTestAnswer) recovery = NULL;
  g_autofree char *next = NULL;
  g_autoptr (PorchTestAnswer) old = NULL;
  g_autoptr (PorchTestAnswer) entered = NULL;

  porch_test_server_advance_s (fixture->server, 59);
  second = ask_for_code (fixture, ANN);
  assert_error (second, 429, "over_email_send_rate_limit");
  g_assert_nonnull (soup_message_headers_get_one (second->headers, "Retry-After"));

  porch_test_server_advance_s (fixture->server, 1);
  recovery = call (fixture, "/auth/v1/recover", "{\"email\":\"" ANN "\"}");
  g_assert_cmpuint (recovery->status, ==, 200);
  next = read_code (fixture);
  if (!g_str_equal (next, code))
    {
      old = verify (fixture, ANN, code);
      assert_error (old, 403, "otp_expired");
    }
  entered = verify (fixture, ANN, next);
  g_assert_cmpuint (entered->status, ==, 200);
}

static void
test_five_tries (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) asked = ask_for_code (fixture, ANN);
  g_autofree char *code = read_code (fixture);
  g_autofree char *wrong = spoil (code);
  g_autoptr (PorchTestAnswer) right = NULL;

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (PorchTestAnswer) answer = verify (fixture, ANN, wrong);

      assert_error (answer, 403, "otp_expired");
    }
  right = verify (fixture, ANN, code);
  assert_error (right, 403, "otp_expired");
}

static void
test_a_quarter_of_an_hour (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) asked = ask_for_code (fixture, ANN);
  g_autofree char *code = read_code (fixture);
  g_autoptr (PorchTestAnswer) late = NULL;

  porch_test_server_advance_s (fixture->server, 15 * 60);
  late = verify (fixture, ANN, code);

  assert_error (late, 403, "otp_expired");
}

static void
test_guesses_are_limited (Fixture *fixture, gconstpointer user_data)
{
  guint n_tries = 0;
  guint status;

  do
    {
      g_autoptr (PorchTestAnswer) answer = verify (fixture, ANN, "123456");

      status = answer->status;
      n_tries++;
    }
  while (status == 403 && n_tries < 50);

  g_assert_cmpuint (status, ==, 429);
  g_assert_cmpuint (n_tries, ==, 11);
}

static void
test_what_is_no_request (Fixture *fixture, gconstpointer user_data)
{
  static const char *const bodies[] = {
    "{\"type\":\"email\",\"email\":\"" ANN "\"}",
    "{\"type\":\"sms\",\"email\":\"" ANN "\",\"token\":\"123456\"}",
    "{\"type\":\"email\",\"token\":\"123456\"}",
    "{\"email\":\"" ANN "\",\"token\":\"123456\"}",
  };
  g_autoptr (PorchTestAnswer) no_address = call (fixture, "/auth/v1/otp", "{\"email\":\"ann\"}");
  g_autoptr (PorchTestAnswer) no_key = porch_test_server_call (
      fixture->server, "POST", "/auth/v1/otp", "{\"email\":\"" ANN "\"}", NULL);

  assert_error (no_address, 400, "validation_failed");
  g_assert_cmpuint (no_key->status, ==, 401);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (PorchTestAnswer) answer = call (fixture, "/auth/v1/verify", bodies[i]);

      assert_error (answer, 400, "validation_failed");
    }
}

static void
test_without_a_mailer (void)
{
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTestAnswer) answer = porch_test_server_call (server, "POST", "/auth/v1/otp",
                                                               "{\"email\":\"" ANN "\"}", "apikey",
                                                               server->secrets->anon_key, NULL);

  assert_error (answer, 422, "email_provider_disabled");
}

/* The person hears nothing of it: the administrator does. */
static void
test_command_that_hangs_is_ended (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) asked = NULL;
  g_autofree char *started = g_build_filename (fixture->folder, "message", NULL);
  g_autofree char *text = g_strdup_printf ("#!/bin/sh\n: > '%s'\nexec sleep 600\n", started);
  g_autofree char *warnings = NULL;
  gpointer mailer = fixture->mailer;

  g_assert_true (
      g_file_set_contents_full (fixture->script, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  asked = ask_for_code (fixture, ANN);
  g_assert_cmpuint (asked->status, ==, 200);
  porch_test_wait_until (g_file_test (started, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (G_OBJECT (mailer)->ref_count, ==, 3);

  porch_test_server_advance_s (fixture->server, 30);
  porch_test_wait_until (G_OBJECT (mailer)->ref_count == 2);
  warnings = porch_log_catcher_take ();
  g_assert_nonnull (strstr (warnings, "takes too long"));
  g_assert_nonnull (strstr (warnings, "did not send"));
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/otp-routes/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  porch_log_catcher_install ();

  add ("signs-in-once", test_signs_in_once);
  add ("nobody-learns-who-is-known", test_nobody_learns_who_is_known);
  add ("one-message-a-minute", test_one_message_a_minute);
  add ("five-tries", test_five_tries);
  add ("a-quarter-of-an-hour", test_a_quarter_of_an_hour);
  add ("guesses-are-limited", test_guesses_are_limited);
  add ("what-is-no-request", test_what_is_no_request);
  g_test_add_func ("/server/otp-routes/without-a-mailer", test_without_a_mailer);
  add ("command-that-hangs-is-ended", test_command_that_hangs_is_ended);

  return g_test_run ();
}
