/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Tokens that are ours, and the many that are not. */

#include "protocol/porch-jwt.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-json.h"

#define SECRET "super-secret-jwt-token-with-at-least-32-characters-long"
#define NOW    (G_GINT64_CONSTANT (1705314600) * G_USEC_PER_SEC)

/* The example of RFC 7515, A.1, whose key is bytes, does not fit a secret that is text: this one is
 * signed by Python's hmac.
 */
#define FOREIGN_TOKEN                                                                              \
  "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIiwidHlwIjoiSldUIn0."                                           \
  "eyJhdWQiOlsiYXV0aGVudGljYXRlZCJdLCJleHAiOjE3MDUzMTgyMDAuNSwic3ViIjoiYW5uIn0."                   \
  "seCuoMJ4eCLlyvu0yJmIyv7297aF8P4IrIuI5JikUpU"

static char *
base64url (const char *text)
{
  return porch_base64url_encode ((const guint8 *) text, strlen (text));
}

/* Any header and any payload, signed as they should be. */
static char *
sign (const char *header, const char *payload)
{
  g_autofree char *encoded_header = base64url (header);
  g_autofree char *encoded_payload = base64url (payload);
  g_autofree char *message = g_strconcat (encoded_header, ".", encoded_payload, NULL);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) SECRET, strlen (SECRET));
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autofree char *signature = NULL;

  g_hmac_update (hmac, (const guchar *) message, -1);
  g_hmac_get_digest (hmac, digest, &length);
  signature = porch_base64url_encode (digest, length);
  return g_strconcat (message, ".", signature, NULL);
}

static PorchJwtClaims
make_claims (void)
{
  return (PorchJwtClaims){
    .sub = "ann",
    .email = "ann@example.org",
    .session_id = "session-1",
    .role = "authenticated",
    .aud = "authenticated",
    .iss = "https://porch.example.org/auth/v1",
    .exp_us = NOW + G_TIME_SPAN_HOUR,
    .iat_us = NOW,
  };
}

static void
assert_refused (const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchJwtClaims) claims = porch_jwt_verify (token, SECRET, NOW, &error);

  if (claims != NULL)
    g_error ("%s: was taken", token);
  g_assert_error (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_BAD_JWT);
  g_assert_true (strlen (token) < 10 || strstr (error->message, token) == NULL);
}

static void
assert_payload_refused (const char *payload)
{
  g_autofree char *token = sign ("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", payload);

  assert_refused (token);
}

static void
assert_header_refused (const char *header)
{
  g_autofree char *token = sign (header,
                                 "{\"sub\":\"ann\",\"aud\":\"authenticated\",\"exp\":1705318200}");

  assert_refused (token);
}

static void
test_what_is_signed_is_verified (void)
{
  PorchJwtClaims claims = make_claims ();
  g_autofree char *token = porch_jwt_sign (&claims, NULL, SECRET);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchJwtClaims) verified = porch_jwt_verify (token, SECRET, NOW, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (verified->sub, ==, "ann");
  g_assert_cmpstr (verified->email, ==, "ann@example.org");
  g_assert_cmpstr (verified->session_id, ==, "session-1");
  g_assert_cmpstr (verified->role, ==, "authenticated");
  g_assert_cmpstr (verified->aud, ==, "authenticated");
  g_assert_cmpstr (verified->iss, ==, "https://porch.example.org/auth/v1");
  g_assert_cmpint (verified->exp_us, ==, NOW + G_TIME_SPAN_HOUR);
  g_assert_cmpint (verified->iat_us, ==, NOW);
}

static void
test_token_of_another_maker (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchJwtClaims) claims = porch_jwt_verify (FOREIGN_TOKEN, SECRET, NOW, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (claims->sub, ==, "ann");
  g_assert_cmpint (claims->exp_us, ==, NOW + G_TIME_SPAN_HOUR + 500000);
}

static void
test_metadata_is_embedded (void)
{
  PorchJwtClaims claims = make_claims ();
  g_autoptr (JsonNode) metadata = porch_json_parse ("{\"firstName\":\"Ann\"}", 19, NULL);
  g_autofree char *token = porch_jwt_sign (&claims, metadata, SECRET);
  g_auto (GStrv) parts = g_strsplit (token, ".", -1);
  gsize length;
  g_autofree guint8 *payload = porch_base64url_decode (parts[1], -1, &length);

  g_assert_nonnull (strstr ((char *) payload, "\"user_metadata\":{\"firstName\":\"Ann\"}"));
  g_assert_nonnull (strstr ((char *) payload, "\"aal\":\"aal1\""));
}

static void
test_expiry_is_exact (void)
{
  PorchJwtClaims claims = make_claims ();
  g_autofree char *token = porch_jwt_sign (&claims, NULL, SECRET);
  g_autoptr (PorchJwtClaims) just_before = porch_jwt_verify (token, SECRET,
                                                             NOW + G_TIME_SPAN_HOUR - 1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (just_before);
  g_assert_null (porch_jwt_verify (token, SECRET, NOW + G_TIME_SPAN_HOUR, &error));
  g_assert_error (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_BAD_JWT);
}

static void
test_other_secret_is_refused (void)
{
  PorchJwtClaims claims = make_claims ();
  g_autofree char *token = porch_jwt_sign (&claims, NULL, "another secret");

  assert_refused (token);
}

static void
test_every_changed_character_is_refused (void)
{
  PorchJwtClaims claims = make_claims ();
  g_autofree char *token = porch_jwt_sign (&claims, NULL, SECRET);

  for (gsize i = 0; token[i] != '\0'; i++)
    {
      char original = token[i];

      token[i] = original == 'A' ? 'B' : 'A';
      assert_refused (token);
      token[i] = original;
    }
}

static void
test_algorithm_is_not_the_tokens_choice (void)
{
  assert_header_refused ("{\"alg\":\"none\"}");
  assert_header_refused ("{\"alg\":\"None\"}");
  assert_header_refused ("{\"alg\":\"hs256\"}");
  assert_header_refused ("{\"alg\":\"HS256 \"}");
  assert_header_refused ("{\"alg\":\"HS512\"}");
  assert_header_refused ("{\"alg\":\"RS256\"}");
  assert_header_refused ("{\"alg\":[\"HS256\"]}");
  assert_header_refused ("{\"typ\":\"JWT\"}");
  assert_header_refused ("{\"alg\":\"HS256\",\"crit\":[\"exp\"]}");
  assert_header_refused ("[]");
  assert_header_refused ("");
}

static void
test_unsigned_is_refused (void)
{
  g_autofree char *header = base64url ("{\"alg\":\"none\",\"typ\":\"JWT\"}");
  g_autofree char *payload = base64url (
      "{\"sub\":\"ann\",\"aud\":\"authenticated\",\"exp\":1705318200}");
  g_autofree char *empty_signature = g_strconcat (header, ".", payload, ".", NULL);
  g_autofree char *two_parts = g_strconcat (header, ".", payload, NULL);

  assert_refused (empty_signature);
  assert_refused (two_parts);
}

static void
test_what_is_no_token (void)
{
  g_autofree char *too_long = g_strnfill (PORCH_TOKEN_MAX_BYTES + 1, '.');

  assert_refused ("");
  assert_refused (".");
  assert_refused ("..");
  assert_refused ("...");
  assert_refused ("Bearer x");
  assert_refused (too_long);
}

static void
test_claims_are_checked (void)
{
  assert_payload_refused ("{\"sub\":\"ann\",\"aud\":\"authenticated\"}");
  assert_payload_refused ("{\"sub\":\"ann\",\"aud\":\"authenticated\",\"exp\":\"1705318200\"}");
  assert_payload_refused ("{\"sub\":\"ann\",\"aud\":\"authenticated\",\"exp\":-1}");
  assert_payload_refused ("{\"sub\":\"ann\",\"aud\":\"authenticated\",\"exp\":1e300}");
  assert_payload_refused ("{\"sub\":\"ann\",\"aud\":\"anon\",\"exp\":1705318200}");
  assert_payload_refused ("{\"sub\":\"ann\",\"aud\":[\"anon\"],\"exp\":1705318200}");
  assert_payload_refused ("{\"sub\":\"ann\",\"exp\":1705318200}");
  assert_payload_refused ("{\"aud\":\"authenticated\",\"exp\":1705318200}");
  assert_payload_refused ("{\"sub\":\"../ann\",\"aud\":\"authenticated\",\"exp\":1705318200}");
  assert_payload_refused (
      "{\"sub\":\"ann\",\"aud\":\"authenticated\",\"exp\":1705318200,\"nbf\":1705314601}");
  assert_payload_refused ("[]");
  assert_payload_refused ("");
}

static void
test_anonymous_key_is_nobodys_token (void)
{
  g_autofree char *key = porch_jwt_sign_anon (SECRET, NOW);

  assert_refused (key);
}

/* RFC 4648, 10, without the padding. */
static void
test_base64url (void)
{
  const char *const texts[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar", "\xfb\xff" };
  const char *const encoded[] = { "", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy", "-_8" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = base64url (texts[i]);
      g_autofree guint8 *decoded = NULL;
      gsize length;

      g_assert_cmpstr (text, ==, encoded[i]);
      decoded = porch_base64url_decode (text, -1, &length);
      g_assert_cmpmem (decoded, length, texts[i], strlen (texts[i]));
    }
}

static void
test_base64url_is_strict (void)
{
  const char *const texts[] = { "Z", "Zg==", "Zh", "Zm9", "Zm 9", "+_8", "Zm9vY", "é" };
  gsize length;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (porch_base64url_decode (texts[i], -1, &length) != NULL)
      g_error ("%s: was taken", texts[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/jwt/what-is-signed-is-verified", test_what_is_signed_is_verified);
  g_test_add_func ("/protocol/jwt/token-of-another-maker", test_token_of_another_maker);
  g_test_add_func ("/protocol/jwt/metadata-is-embedded", test_metadata_is_embedded);
  g_test_add_func ("/protocol/jwt/expiry-is-exact", test_expiry_is_exact);
  g_test_add_func ("/protocol/jwt/other-secret-is-refused", test_other_secret_is_refused);
  g_test_add_func ("/protocol/jwt/every-changed-character-is-refused",
                   test_every_changed_character_is_refused);
  g_test_add_func ("/protocol/jwt/algorithm-is-not-the-tokens-choice",
                   test_algorithm_is_not_the_tokens_choice);
  g_test_add_func ("/protocol/jwt/unsigned-is-refused", test_unsigned_is_refused);
  g_test_add_func ("/protocol/jwt/what-is-no-token", test_what_is_no_token);
  g_test_add_func ("/protocol/jwt/claims-are-checked", test_claims_are_checked);
  g_test_add_func ("/protocol/jwt/anonymous-key-is-nobodys-token",
                   test_anonymous_key_is_nobodys_token);
  g_test_add_func ("/protocol/jwt/base64url", test_base64url);
  g_test_add_func ("/protocol/jwt/base64url-is-strict", test_base64url_is_strict);

  return g_test_run ();
}
