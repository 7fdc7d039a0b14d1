/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The tokens of a Supabase project: by its keys, by its secret, by asking it, and the people who
 * appear with them.
 */

#include "porch-log-catcher.h"
#include "porch-test-project.h"
#include "porch-test-server.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "server/porch-jwt-verifier.h"
#include "server/porch-user-verifier.h"

#define SECRET "the project's secret, which it shares with nobody else"
#define ANN    "11111111-1111-4111-8111-111111111111"

static PorchTestSigner *ec;
static PorchTestSigner *rsa;
static PorchTestSigner *other;

typedef struct
{
  PorchFakeClock *clock;
  PorchTestProject *project;
  PorchTokenVerifier *verifier;
} Fixture;

static void
take_verifier (Fixture *fixture, const char *secret, gboolean with_keys)
{
  g_autofree char *url = g_strconcat (fixture->project->issuer, "/.well-known/jwks.json", NULL);
  g_autoptr (PorchJwks) jwks = with_keys ? porch_jwks_new (PORCH_CLOCK (fixture->clock), url)
                                         : NULL;

  g_clear_object (&fixture->verifier);
  fixture->verifier = PORCH_TOKEN_VERIFIER (porch_jwt_verifier_new (
      PORCH_CLOCK (fixture->clock), secret, jwks, fixture->project->issuer, "authenticated"));
}

static void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->clock = porch_fake_clock_new (PORCH_TEST_PROJECT_NOW_S * G_USEC_PER_SEC);
  fixture->project = porch_test_project_new (fixture->clock);
  porch_test_project_add_key (fixture->project, ec);
  porch_test_project_add_key (fixture->project, rsa);
  take_verifier (fixture, NULL, TRUE);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_clear_object (&fixture->verifier);
  g_clear_pointer (&fixture->project, porch_test_project_free);
  g_clear_object (&fixture->clock);
  g_free (porch_log_catcher_take ());
}

static PorchJwtClaims *
verify (Fixture *fixture, const char *token, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_token_verifier_verify_async (fixture->verifier, token, NULL, porch_test_take_result,
                                     &result);
  porch_test_wait_until (result != NULL);

  return porch_token_verifier_verify_finish (fixture->verifier, result, error);
}

static void
assert_taken (Fixture *fixture, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchJwtClaims) claims = verify (fixture, token, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (claims->sub, ==, ANN);
  g_assert_cmpstr (claims->first_name, ==, "Ann");
  g_assert_cmpstr (claims->last_name, ==, "Arbor");
  g_assert_cmpstr (claims->avatar, ==, "https://pictures.example/ann.png");
}

static void
assert_refused (Fixture *fixture, const char *token)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (verify (fixture, token, &error));
  g_assert_error (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_BAD_JWT);
}

static char *
sign (Fixture *fixture, PorchTestSigner *signer, const char *extra)
{
  g_autofree char *claims = porch_test_project_build_claims (fixture->project, extra);

  return porch_test_signer_sign (signer, NULL, claims);
}

/* header: JSON; key: what the HMAC is computed with, NULL for no signature at all */
static char *
sign_hmac (Fixture *fixture, const char *header, const char *key, gsize key_length)
{
  g_autofree char *claims = porch_test_project_build_claims (fixture->project, NULL);
  g_autofree char *first = porch_base64url_encode ((const guint8 *) header, strlen (header));
  g_autofree char *second = porch_base64url_encode ((const guint8 *) claims, strlen (claims));
  g_autofree char *message = g_strconcat (first, ".", second, NULL);
  g_autofree char *signature = g_strdup ("");

  if (key != NULL)
    {
      g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) key, key_length);
      guint8 digest[32];
      gsize length = sizeof digest;

      g_hmac_update (hmac, (const guchar *) message, -1);
      g_hmac_get_digest (hmac, digest, &length);
      g_free (signature);
      signature = porch_base64url_encode (digest, length);
    }

  return g_strconcat (message, ".", signature, NULL);
}

static void
test_public_keys (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *es256 = sign (fixture, ec, NULL);
  g_autofree char *rs256 = sign (fixture, rsa, NULL);

  assert_taken (fixture, es256);
  assert_taken (fixture, rs256);
  g_assert_cmpuint (fixture->project->n_key_requests, ==, 1);
}

static void
test_secret (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *hs256 = sign_hmac (fixture, "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", SECRET,
                                      strlen (SECRET));
  g_autofree char *wrong = sign_hmac (fixture, "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", "secret", 6);
  g_autofree char *es256 = sign (fixture, ec, NULL);

  take_verifier (fixture, SECRET, FALSE);
  assert_taken (fixture, hs256);
  assert_refused (fixture, wrong);
  assert_refused (fixture, es256);
  g_assert_cmpuint (fixture->project->n_key_requests, ==, 0);

  /* A project that moves from its secret to keys has tokens of both. */
  take_verifier (fixture, SECRET, TRUE);
  assert_taken (fixture, hs256);
  assert_taken (fixture, es256);
}

/* An HMAC with what everybody can read: the key as it is shown, or a part of it. */
static void
test_algorithm_confusion (Fixture *fixture, gconstpointer user_data)
{
  static const char *const headers[] = {
    "{\"alg\":\"HS256\",\"kid\":\"rsa\",\"typ\":\"JWT\"}",
    "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"typ\":\"JWT\"}",
    "{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"JWT\"}",
  };
  g_autofree char *jwk = porch_test_signer_build_jwk (rsa);
  g_auto (GStrv) parts = g_strsplit (jwk, "\"", -1);

  for (guint with_secret = 0; with_secret < 2; with_secret++)
    {
      take_verifier (fixture, with_secret ? SECRET : NULL, TRUE);
      for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
        {
          g_autofree char *by_key = sign_hmac (fixture, headers[i], jwk, strlen (jwk));
          g_autofree char *by_nothing = sign_hmac (fixture, headers[i], "", 0);

          assert_refused (fixture, by_key);
          assert_refused (fixture, by_nothing);
          for (guint j = 0; parts[j] != NULL; j++)
            {
              g_autofree char *by_part = sign_hmac (fixture, headers[i], parts[j],
                                                    strlen (parts[j]));

              assert_refused (fixture, by_part);
            }
        }
    }
}

static void
test_none (Fixture *fixture, gconstpointer user_data)
{
  static const char *const headers[] = { "{\"alg\":\"none\"}", "{\"alg\":\"None\"}",
                                         "{\"alg\":\"\"}", "{\"typ\":\"JWT\"}", "{}" };

  take_verifier (fixture, SECRET, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *unsigned_token = sign_hmac (fixture, headers[i], NULL, 0);
      g_autofree char *by_secret = sign_hmac (fixture, headers[i], SECRET, strlen (SECRET));

      assert_refused (fixture, unsigned_token);
      assert_refused (fixture, by_secret);
    }
}

static void
test_claims_that_are_refused (Fixture *fixture, gconstpointer user_data)
{
  static const char *const extras[] = {
    "\"exp\":1699999999",
    "\"exp\":\"tomorrow\"",
    "\"nbf\":1700000060",
    "\"aud\":\"anon\"",
    "\"aud\":[\"anon\",\"other\"]",
    "\"iss\":\"https://evil.example/auth/v1\"",
    "\"iss\":null",
    "\"sub\":\"\"",
    "\"sub\":\"../admin\"",
  };

  for (guint i = 0; i < G_N_ELEMENTS (extras); i++)
    {
      g_autofree char *token = sign (fixture, ec, extras[i]);

      assert_refused (fixture, token);
    }
  /* They were refused before anybody looked for a key. */
  g_assert_cmpuint (fixture->project->n_key_requests, ==, 0);
}

static void
test_signed_by_a_stranger (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *claims = porch_test_project_build_claims (fixture->project, NULL);
  g_autofree char *as_ours = porch_test_signer_sign (other, "{\"alg\":\"ES256\",\"kid\":\"ec\"}",
                                                     claims);
  g_autofree char *unnamed = porch_test_signer_sign (other, "{\"alg\":\"ES256\"}", claims);

  assert_refused (fixture, as_ours);
  assert_refused (fixture, unnamed);
}

static void
advance_s (Fixture *fixture, guint seconds)
{
  porch_fake_clock_advance_ms (fixture->clock, seconds * 1000);
}

static void
test_keys_are_kept_for_ten_minutes (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = sign (fixture, ec, NULL);

  assert_taken (fixture, token);
  advance_s (fixture, 599);
  assert_taken (fixture, token);
  g_assert_cmpuint (fixture->project->n_key_requests, ==, 1);

  advance_s (fixture, 1);
  assert_taken (fixture, token);
  g_assert_cmpuint (fixture->project->n_key_requests, ==, 2);
}

static void
test_key_that_is_withdrawn (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = sign (fixture, ec, NULL);

  assert_taken (fixture, token);
  g_string_truncate (fixture->project->keys, 0);
  porch_test_project_add_key (fixture->project, rsa);
  advance_s (fixture, 600);

  assert_refused (fixture, token);
}

static void
test_unknown_key_is_looked_for_once_a_minute (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = sign (fixture, ec, NULL);
  g_autofree char *unknown = sign (fixture, other, NULL);

  assert_taken (fixture, token);
  assert_refused (fixture, unknown);
  assert_refused (fixture, unknown);
  g_assert_cmpuint (fixture->project->n_key_requests, ==, 1);

  advance_s (fixture, 60);
  assert_refused (fixture, unknown);
  assert_refused (fixture, unknown);
  g_assert_cmpuint (fixture->project->n_key_requests, ==, 2);

  /* When the project has signed with a new key for a minute. */
  porch_test_project_add_key (fixture->project, other);
  advance_s (fixture, 60);
  assert_taken (fixture, unknown);
  g_assert_cmpuint (fixture->project->n_key_requests, ==, 3);
}

static void
test_tokens_wait_for_one_answer (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = sign (fixture, ec, NULL);
  GAsyncResult *results[20] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    porch_token_verifier_verify_async (fixture->verifier, token, NULL, porch_test_take_result,
                                       &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (PorchJwtClaims) claims = NULL;

      porch_test_wait_until (results[i] != NULL);
      result = results[i];
      claims = porch_token_verifier_verify_finish (fixture->verifier, result, NULL);
      g_assert_nonnull (claims);
    }
  g_assert_cmpuint (fixture->project->n_key_requests, ==, 1);
}

static void
assert_not_known (Fixture *fixture, const char *token)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (verify (fixture, token, &error));
  g_assert_nonnull (error);
  g_assert_false (error->domain == PORCH_AUTH_ERROR);
}

static void
test_project_is_away (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = sign (fixture, ec, NULL);

  /* Given a project that fails at first: nobody is refused for it. */
  fixture->project->status = 500;
  assert_not_known (fixture, token);
  assert_not_known (fixture, token);
  g_assert_cmpuint (fixture->project->n_key_requests, ==, 1);
  fixture->project->status = 200;
  advance_s (fixture, 60);
  assert_taken (fixture, token);

  /* When it is away later, its keys go on counting. */
  porch_test_project_stop (fixture->project);
  advance_s (fixture, 600);
  assert_taken (fixture, token);
}

static void
test_keys_without_end (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = sign (fixture, ec, NULL);
  g_autofree char *blanks = g_strnfill (PORCH_JWK_SET_MAX_BYTES, ' ');

  g_string_append (fixture->project->keys, blanks);

  assert_not_known (fixture, token);
}

static void
take_user_verifier (Fixture *fixture)
{
  g_clear_object (&fixture->verifier);
  fixture->verifier = PORCH_TOKEN_VERIFIER (
      porch_user_verifier_new (PORCH_CLOCK (fixture->clock), fixture->project->url, "anon"));
  g_free (fixture->project->user);
  fixture->project->user = g_strdup (
      "{\"id\":\"" ANN "\",\"email\":\"ann@example.org\",\"user_metadata\":{"
      "\"full_name\":\"Ann Arbor\",\"avatar_url\":\"https://pictures.example/ann.png\"}}");
}

static void
test_user_is_asked_for (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = sign (fixture, other, NULL);
  g_autoptr (PorchJwtClaims) claims = NULL;

  take_user_verifier (fixture);
  assert_taken (fixture, token);

  /* Its word counts for a minute. */
  claims = verify (fixture, token, NULL);
  g_assert_cmpint (claims->exp_us, ==,
                   porch_clock_get_real_us (PORCH_CLOCK (fixture->clock)) + 60 * G_USEC_PER_SEC);
}

static void
test_user_is_unknown (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = sign (fixture, ec, NULL);

  take_user_verifier (fixture);
  fixture->project->status = 401;
  assert_refused (fixture, token);
  fixture->project->status = 403;
  assert_refused (fixture, token);
  fixture->project->status = 500;
  assert_not_known (fixture, token);
  fixture->project->status = 429;
  assert_not_known (fixture, token);

  g_assert_cmpuint (fixture->project->n_user_requests, ==, 4);
  assert_refused (fixture, "no token");
  assert_refused (fixture, "a.b.c");
  g_assert_cmpuint (fixture->project->n_user_requests, ==, 4);
}

/* The presence API with the project's tokens; the store and the broker are a test server's. */
typedef struct
{
  PorchTestServer *server;
  PorchTestProject *project;
  PorchAuthenticator *authenticator;
  PorchPresenceRoutes *routes;
  PorchHttpServer *http;
  char *address;
} Api;

static Api *
api_new (void)
{
  Api *api = g_new0 (Api, 1);
  g_autoptr (PorchTokenVerifier) verifier = NULL;
  g_autoptr (PorchJwks) jwks = NULL;
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;

  api->server = porch_test_server_new ();
  api->project = porch_test_project_new (api->server->clock);
  porch_test_project_add_key (api->project, ec);
  url = g_strconcat (api->project->issuer, "/.well-known/jwks.json", NULL);
  jwks = porch_jwks_new (PORCH_CLOCK (api->server->clock), url);
  verifier = PORCH_TOKEN_VERIFIER (porch_jwt_verifier_new (
      PORCH_CLOCK (api->server->clock), NULL, jwks, api->project->issuer, "authenticated"));
  api->authenticator = porch_authenticator_new_for_project (PORCH_CLOCK (api->server->clock),
                                                            api->server->store, verifier);
  api->routes = porch_presence_routes_new (api->server->presence, api->server->store,
                                           PORCH_PUBLISHER (api->server->broker),
                                           api->authenticator);
  api->http = porch_http_server_new (PORCH_CLOCK (api->server->clock));
  porch_presence_routes_register (api->routes, api->http);
  porch_http_server_listen (api->http, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  api->address = porch_http_server_dup_address (api->http);

  return api;
}

static void
api_free (Api *api)
{
  porch_http_server_stop (api->http);
  g_clear_object (&api->http);
  g_clear_object (&api->routes);
  g_clear_object (&api->authenticator);
  porch_test_project_free (api->project);
  porch_test_server_free (api->server);
  g_free (api->address);
  g_free (api);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Api, api_free)

static PorchTestAnswer *
call (Api *api, const char *method, const char *path, const char *body, const char *token)
{
  g_autofree char *uri = g_strconcat (api->address, path, NULL);
  g_autofree char *authorization = g_strconcat ("Bearer ", token, NULL);

  return porch_test_call (api->server->session, method, uri, body, "Authorization", authorization,
                          NULL);
}

static void
test_person_appears (void)
{
  g_autoptr (Api) api = api_new ();
  g_autofree char *claims = porch_test_project_build_claims (api->project, NULL);
  g_autofree char *token = porch_test_signer_sign (ec, NULL, claims);
  g_autoptr (PorchTestAnswer) heartbeat = NULL;
  g_autoptr (PorchTestAnswer) status = NULL;
  g_autoptr (PorchTestAnswer) authorization = NULL;

  heartbeat = call (api, "POST", "/api/user/presence", "{\"status\":\"online\"}", token);
  status = call (api, "GET", "/api/user/" ANN "/status", NULL, token);
  authorization = call (api, "POST", "/api/pusher/auth",
                        "socket_id=1.1&channel_name=presence-user-" ANN, token);

  g_assert_cmpuint (heartbeat->status, ==, 200);
  g_assert_cmpuint (status->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (status, "status"), ==, "online");
  g_assert_cmpstr (porch_test_answer_get (status, "user.firstName"), ==, "Ann");
  g_assert_cmpstr (porch_test_answer_get (status, "user.lastName"), ==, "Arbor");
  g_assert_cmpstr (porch_test_answer_get (status, "user.avatar"), ==,
                   "https://pictures.example/ann.png");
  g_assert_cmpuint (authorization->status, ==, 200);
}

static void
test_person_changes_their_name (void)
{
  g_autoptr (Api) api = api_new ();
  g_autofree char *claims = porch_test_project_build_claims (api->project, NULL);
  g_autofree char *new_claims = porch_test_project_build_claims (
      api->project, "\"user_metadata\":{\"firstName\":\"Anna\",\"lastName\":\"Harbour\"}");
  g_autofree char *token = porch_test_signer_sign (ec, NULL, claims);
  g_autofree char *new_token = porch_test_signer_sign (ec, NULL, new_claims);
  g_autoptr (PorchTestAnswer) before = NULL;
  g_autoptr (PorchTestAnswer) after = NULL;

  before = call (api, "GET", "/api/user/" ANN "/status", NULL, token);
  after = call (api, "GET", "/api/user/" ANN "/status", NULL, new_token);

  g_assert_cmpstr (porch_test_answer_get (before, "user.firstName"), ==, "Ann");
  g_assert_cmpstr (porch_test_answer_get (after, "user.firstName"), ==, "Anna");
  g_assert_cmpstr (porch_test_answer_get (after, "user.lastName"), ==, "Harbour");
}

static void
test_answers_to_bad_tokens (void)
{
  g_autoptr (Api) api = api_new ();
  g_autofree char *claims = porch_test_project_build_claims (api->project, "\"aud\":\"anon\"");
  g_autofree char *good_claims = porch_test_project_build_claims (api->project, NULL);
  g_autofree char *bad = porch_test_signer_sign (ec, NULL, claims);
  g_autofree char *good = porch_test_signer_sign (ec, NULL, good_claims);
  g_autoptr (PorchTestAnswer) refused = NULL;
  g_autoptr (PorchTestAnswer) unknown = NULL;

  refused = call (api, "POST", "/api/user/presence", "{\"status\":\"online\"}", bad);
  porch_test_project_stop (api->project);
  unknown = call (api, "POST", "/api/user/presence", "{\"status\":\"online\"}", good);

  g_assert_cmpuint (refused->status, ==, 401);
  /* Not 401, which would cost a refresh: the token may well be good. */
  g_assert_cmpuint (unknown->status, ==, 503);
  g_assert_cmpstr (soup_message_headers_get_one (unknown->headers, "Retry-After"), ==, "5");
}

/* After ten minutes a token is verified again; until then its key does not matter. */
static void
test_verified_tokens_are_remembered (void)
{
  g_autoptr (Api) api = api_new ();
  g_autofree char *claims = porch_test_project_build_claims (api->project, NULL);
  g_autofree char *token = porch_test_signer_sign (ec, NULL, claims);
  const char *path = "/api/user/" ANN "/status";
  g_autoptr (PorchTestAnswer) first = call (api, "GET", path, NULL, token);
  g_autoptr (PorchTestAnswer) second = NULL;
  g_autoptr (PorchTestAnswer) third = NULL;

  g_string_truncate (api->project->keys, 0);
  porch_fake_clock_advance_ms (api->server->clock, 599 * 1000);
  second = call (api, "GET", path, NULL, token);
  porch_fake_clock_advance_ms (api->server->clock, 1000);
  third = call (api, "GET", path, NULL, token);

  g_assert_cmpuint (first->status, ==, 200);
  g_assert_cmpuint (second->status, ==, 200);
  g_assert_cmpuint (third->status, ==, 401);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/server/token-verifier/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  porch_log_catcher_install ();
  ec = porch_test_signer_new ("ES256", 0, "ec");
  other = porch_test_signer_new ("ES256", 0, "other");
  rsa = porch_test_signer_new ("RS256", 2048, "rsa");

  add ("public-keys", test_public_keys);
  add ("secret", test_secret);
  add ("algorithm-confusion", test_algorithm_confusion);
  add ("none", test_none);
  add ("claims-that-are-refused", test_claims_that_are_refused);
  add ("signed-by-a-stranger", test_signed_by_a_stranger);
  add ("keys-are-kept-for-ten-minutes", test_keys_are_kept_for_ten_minutes);
  add ("key-that-is-withdrawn", test_key_that_is_withdrawn);
  add ("unknown-key-is-looked-for-once-a-minute", test_unknown_key_is_looked_for_once_a_minute);
  add ("tokens-wait-for-one-answer", test_tokens_wait_for_one_answer);
  add ("project-is-away", test_project_is_away);
  add ("keys-without-end", test_keys_without_end);
  add ("user-is-asked-for", test_user_is_asked_for);
  add ("user-is-unknown", test_user_is_unknown);
  g_test_add_func ("/server/token-verifier/person-appears", test_person_appears);
  g_test_add_func ("/server/token-verifier/person-changes-their-name",
                   test_person_changes_their_name);
  g_test_add_func ("/server/token-verifier/answers-to-bad-tokens", test_answers_to_bad_tokens);
  g_test_add_func ("/server/token-verifier/verified-tokens-are-remembered",
                   test_verified_tokens_are_remembered);

  result = g_test_run ();
  porch_test_signer_free (ec);
  porch_test_signer_free (other);
  porch_test_signer_free (rsa);

  return result;
}
