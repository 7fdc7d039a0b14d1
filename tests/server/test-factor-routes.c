/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "porch-test-server.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-auth-steps.h"
#include "protocol/porch-json.h"
#include "server/porch-totp.h"

#define PASSWORD "correct horse"
#define ANN      "ann@example.org"
#define BOB      "bob@example.org"
#define STEP_US  (30 * G_TIME_SPAN_SECOND)

typedef struct
{
  PorchTestServer *server;
  char *ann;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *bob = NULL;

  fixture->server = porch_test_server_new ();
  fixture->ann = porch_test_server_add_user (fixture->server, ANN, PASSWORD, "Ann", "Arbor");
  bob = porch_test_server_add_user (fixture->server, BOB, PASSWORD, "Bob", "Birch");
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  porch_test_server_free (fixture->server);
  g_free (fixture->ann);
}

static PorchTestAnswer *
call (Fixture *fixture,
      const char *method,
      const char *path,
      PorchTestAnswer *session,
      const char *body)
{
  g_autofree char *authorization = g_strconcat (
      "Bearer ", session != NULL ? porch_test_answer_get (session, "access_token") : "none", NULL);

  return porch_test_server_call (fixture->server, method, path, body, "apikey",
                                 fixture->server->secrets->anon_key, "Authorization", authorization,
                                 NULL);
}

static PorchTestAnswer *
sign_in (Fixture *fixture, const char *email)
{
  g_autofree char *body = porch_auth_password_grant_build (email, PASSWORD);
  PorchTestAnswer *answer = call (fixture, "POST", "/auth/v1/token?grant_type=password", NULL,
                                  body);

  g_assert_cmpuint (answer->status, ==, 200);

  return answer;
}

static PorchTestAnswer *
enroll (Fixture *fixture, PorchTestAnswer *session)
{
  return call (fixture, "POST", "/auth/v1/factors", session,
               "{\"factor_type\":\"totp\",\"friendly_name\":\"Phone\"}");
}

static const char *
get_secret (PorchTestAnswer *factor)
{
  JsonObject *totp = porch_json_get_object (json_node_get_object (factor->root), "totp");

  return porch_json_get_string (totp, "secret", 64);
}

/* What an authenticator app shows that many half minutes from now. */
static char *
make_code (Fixture *fixture, const char *secret, int steps)
{
  gint64 now_us = porch_clock_get_real_us (PORCH_CLOCK (fixture->server->clock));

  return porch_totp_make_code (secret, now_us / STEP_US + steps);
}

static char *
begin_challenge (Fixture *fixture, PorchTestAnswer *session, const char *factor_id)
{
  g_autofree char *path = g_strdup_printf ("/auth/v1/factors/%s/challenge", factor_id);
  g_autoptr (PorchTestAnswer) answer = call (fixture, "POST", path, session, "{}");

  g_assert_cmpuint (answer->status, ==, 200);

  return g_strdup (porch_test_answer_get (answer, "id"));
}

static PorchTestAnswer *
answer_challenge (Fixture *fixture,
                  PorchTestAnswer *session,
                  const char *factor_id,
                  const char *challenge,
                  const char *code)
{
  g_autofree char *path = g_strdup_printf ("/auth/v1/factors/%s/verify", factor_id);
  g_autofree char *body = g_strdup_printf ("{\"challenge_id\":\"%s\",\"code\":\"%s\"}", challenge,
                                           code);

  return call (fixture, "POST", path, session, body);
}

static PorchTestAnswer *
take_step (Fixture *fixture, PorchTestAnswer *session, const char *factor_id, const char *code)
{
  g_autofree char *challenge = begin_challenge (fixture, session, factor_id);

  return answer_challenge (fixture, session, factor_id, challenge, code);
}

static PorchTestAnswer *
tell_presence (Fixture *fixture, PorchTestAnswer *session)
{
  return call (fixture, "POST", "/api/user/presence", session, "{\"status\":\"online\"}");
}

static void
assert_error (PorchTestAnswer *answer, guint status, const char *code)
{
  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpstr (soup_message_headers_get_one (answer->headers, "x-sb-error-code"), ==, code);
}

static PorchJwtClaims *
read_token (Fixture *fixture, PorchTestAnswer *session)
{
  g_autoptr (GError) error = NULL;
  PorchJwtClaims *claims = porch_jwt_verify (
      porch_test_answer_get (session, "access_token"), fixture->server->secrets->jwt_secret,
      porch_clock_get_real_us (PORCH_CLOCK (fixture->server->clock)), &error);

  g_assert_no_error (error);

  return claims;
}

/* Somebody who has an authenticator, and the session that set it up. */
static PorchTestAnswer *
set_up_authenticator (Fixture *fixture, PorchTestAnswer **factor)
{
  g_autoptr (PorchTestAnswer) session = sign_in (fixture, ANN);
  g_autofree char *code = NULL;
  PorchTestAnswer *verified;

  *factor = enroll (fixture, session);
  g_assert_cmpuint ((*factor)->status, ==, 200);
  code = make_code (fixture, get_secret (*factor), -1);
  verified = take_step (fixture, session, porch_test_answer_get (*factor, "id"), code);
  g_assert_cmpuint (verified->status, ==, 200);

  return verified;
}

static void
test_set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) elsewhere = sign_in (fixture, ANN);
  g_autoptr (PorchTestAnswer) factor = NULL;
  g_autoptr (PorchTestAnswer) session = set_up_authenticator (fixture, &factor);
  g_autoptr (PorchTestAnswer) told = tell_presence (fixture, session);
  g_autoptr (PorchTestAnswer) user = call (fixture, "GET", "/auth/v1/user", session, NULL);
  g_autoptr (PorchTestAnswer) ended = tell_presence (fixture, elsewhere);
  g_autoptr (PorchJwtClaims) claims = read_token (fixture, session);

  g_assert_cmpstr (porch_test_answer_get (factor, "friendly_name"), ==, "Phone");
  g_assert_nonnull (strstr (factor->text, "otpauth://totp/"));
  g_assert_cmpstr (claims->aal, ==, "aal2");
  g_assert_cmpstr (claims->methods, ==, "password totp");
  g_assert_false (claims->lacks_second_step);
  g_assert_cmpuint (told->status, ==, 200);
  g_assert_nonnull (strstr (user->text, "\"status\":\"verified\""));
  g_assert_null (strstr (user->text, get_secret (factor)));
  /* Sessions from before never saw an authenticator. */
  g_assert_cmpuint (ended->status, ==, 401);
}

static void
test_half_signed_in (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) factor = NULL;
  g_autoptr (PorchTestAnswer) first = set_up_authenticator (fixture, &factor);
  const char *id = porch_test_answer_get (factor, "id");
  g_autoptr (PorchTestAnswer) half = sign_in (fixture, ANN);
  g_autofree char *missing = porch_auth_missing_factor_parse (half->text, strlen (half->text));
  g_autoptr (PorchTestAnswer) refused = tell_presence (fixture, half);
  g_autoptr (PorchTestAnswer) second_app = enroll (fixture, half);
  g_autofree char *path = g_strconcat ("/auth/v1/factors/", id, NULL);
  g_autoptr (PorchTestAnswer) removed = call (fixture, "DELETE", path, half, NULL);
  g_autofree char *code = make_code (fixture, get_secret (factor), 0);
  g_autoptr (PorchTestAnswer) whole = take_step (fixture, half, id, code);
  g_autoptr (PorchTestAnswer) told = tell_presence (fixture, whole);
  g_autoptr (PorchTestAnswer) ended = call (fixture, "GET", "/auth/v1/user", half, NULL);
  g_autoptr (PorchTestAnswer) first_is_there = tell_presence (fixture, first);

  g_assert_cmpstr (missing, ==, id);
  assert_error (refused, 403, "insufficient_aal");
  assert_error (second_app, 403, "insufficient_aal");
  assert_error (removed, 403, "insufficient_aal");
  g_assert_cmpuint (whole->status, ==, 200);
  g_assert_cmpuint (told->status, ==, 200);
  assert_error (ended, 403, "session_not_found");
  g_assert_cmpuint (first_is_there->status, ==, 200);
}

static PorchTestAnswer *
refresh (Fixture *fixture, PorchTestAnswer *session)
{
  g_autofree char *body = porch_auth_refresh_grant_build (
      porch_test_answer_get (session, "refresh_token"));

  return call (fixture, "POST", "/auth/v1/token?grant_type=refresh_token", NULL, body);
}

static void
test_refresh_keeps_the_level (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) factor = NULL;
  g_autoptr (PorchTestAnswer) whole = set_up_authenticator (fixture, &factor);
  g_autoptr (PorchTestAnswer) half = sign_in (fixture, ANN);
  g_autoptr (PorchTestAnswer) whole_next = refresh (fixture, whole);
  g_autoptr (PorchTestAnswer) half_next = refresh (fixture, half);
  g_autoptr (PorchTestAnswer) told = tell_presence (fixture, whole_next);
  g_autoptr (PorchTestAnswer) refused = tell_presence (fixture, half_next);

  g_assert_cmpuint (told->status, ==, 200);
  assert_error (refused, 403, "insufficient_aal");
}

static void
test_code_counts_once (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) factor = NULL;
  g_autoptr (PorchTestAnswer) first = set_up_authenticator (fixture, &factor);
  const char *id = porch_test_answer_get (factor, "id");
  g_autofree char *code = make_code (fixture, get_secret (factor), 0);
  g_autoptr (PorchTestAnswer) half = sign_in (fixture, ANN);
  g_autoptr (PorchTestAnswer) thief = sign_in (fixture, ANN);
  g_autoptr (PorchTestAnswer) entered = take_step (fixture, half, id, code);
  g_autoptr (PorchTestAnswer) seen = take_step (fixture, thief, id, code);
  g_autoptr (PorchTestAnswer) wrong = take_step (fixture, thief, id, "no");

  g_assert_cmpuint (entered->status, ==, 200);
  assert_error (seen, 422, "mfa_verification_failed");
  assert_error (wrong, 422, "mfa_verification_failed");
}

static void
test_challenges (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) factor = NULL;
  g_autoptr (PorchTestAnswer) first = set_up_authenticator (fixture, &factor);
  const char *id = porch_test_answer_get (factor, "id");
  g_autoptr (PorchTestAnswer) half = sign_in (fixture, ANN);
  g_autoptr (PorchTestAnswer) other = sign_in (fixture, ANN);
  g_autofree char *challenge = begin_challenge (fixture, half, id);
  g_autofree char *code = NULL;
  g_autoptr (PorchTestAnswer) made_up = NULL;
  g_autoptr (PorchTestAnswer) of_another = NULL;
  g_autoptr (PorchTestAnswer) late = NULL;

  porch_test_server_advance_s (fixture->server, 60);
  code = make_code (fixture, get_secret (factor), 0);
  made_up = answer_challenge (fixture, half, id, "9999999999-0", code);
  of_another = answer_challenge (fixture, other, id, challenge, code);
  porch_test_server_advance_s (fixture->server, 240);
  late = answer_challenge (fixture, half, id, challenge, code);

  assert_error (made_up, 422, "mfa_challenge_expired");
  assert_error (of_another, 422, "mfa_challenge_expired");
  assert_error (late, 422, "mfa_challenge_expired");
}

static void
test_guesses_are_limited (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) factor = NULL;
  g_autoptr (PorchTestAnswer) first = set_up_authenticator (fixture, &factor);
  const char *id = porch_test_answer_get (factor, "id");
  g_autoptr (PorchTestAnswer) half = sign_in (fixture, ANN);
  guint n_tries = 0;
  guint status;

  do
    {
      g_autoptr (PorchTestAnswer) answer = take_step (fixture, half, id, "no");

      status = answer->status;
      n_tries++;
    }
  while (status == 422 && n_tries < 50);

  g_assert_cmpuint (status, ==, 429);
  g_assert_cmpuint (n_tries, ==, 11);
}

static void
test_somebody_elses (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) factor = NULL;
  g_autoptr (PorchTestAnswer) anns = set_up_authenticator (fixture, &factor);
  const char *id = porch_test_answer_get (factor, "id");
  g_autoptr (PorchTestAnswer) bobs = sign_in (fixture, BOB);
  g_autofree char *path = g_strconcat ("/auth/v1/factors/", id, NULL);
  g_autofree char *challenge_path = g_strconcat (path, "/challenge", NULL);
  g_autoptr (PorchTestAnswer) challenged = call (fixture, "POST", challenge_path, bobs, "{}");
  g_autoptr (PorchTestAnswer) removed = call (fixture, "DELETE", path, bobs, NULL);
  g_autoptr (PorchTestAnswer) by_nobody = enroll (fixture, NULL);

  assert_error (challenged, 404, "mfa_factor_not_found");
  assert_error (removed, 404, "mfa_factor_not_found");
  assert_error (by_nobody, 403, "bad_jwt");
}

static void
test_removed (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) factor = NULL;
  g_autoptr (PorchTestAnswer) session = set_up_authenticator (fixture, &factor);
  const char *id = porch_test_answer_get (factor, "id");
  g_autofree char *path = g_strconcat ("/auth/v1/factors/", id, NULL);
  g_autoptr (PorchTestAnswer) removed = call (fixture, "DELETE", path, session, NULL);
  g_autoptr (PorchTestAnswer) next = sign_in (fixture, ANN);
  g_autoptr (PorchTestAnswer) told = tell_presence (fixture, next);

  g_assert_cmpuint (removed->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (removed, "id"), ==, id);
  g_assert_cmpuint (told->status, ==, 200);
}

static void
test_what_is_no_factor (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (PorchTestAnswer) session = sign_in (fixture, ANN);
  g_autoptr (PorchTestAnswer) phone = call (fixture, "POST", "/auth/v1/factors", session,
                                            "{\"factor_type\":\"phone\"}");
  g_autoptr (PorchTestAnswer) begun = enroll (fixture, session);
  g_autoptr (PorchTestAnswer) next = sign_in (fixture, ANN);
  g_autoptr (PorchTestAnswer) told = tell_presence (fixture, next);

  assert_error (phone, 400, "validation_failed");
  /* What was begun and not verified is asked of nobody. */
  g_assert_cmpuint (begun->status, ==, 200);
  g_assert_cmpuint (told->status, ==, 200);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/factor-routes/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("set-up", test_set_up);
  add ("half-signed-in", test_half_signed_in);
  add ("refresh-keeps-the-level", test_refresh_keeps_the_level);
  add ("code-counts-once", test_code_counts_once);
  add ("challenges", test_challenges);
  add ("guesses-are-limited", test_guesses_are_limited);
  add ("somebody-elses", test_somebody_elses);
  add ("removed", test_removed);
  add ("what-is-no-factor", test_what_is_no_factor);

  return g_test_run ();
}
