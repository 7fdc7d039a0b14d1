/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Signatures, with the examples of Pusher's own documents. */

#include "protocol/porch-pusher-signature.h"

#include <string.h>

#include "protocol/porch-json.h"

#include "porch-fixture.h"

#define KEY           "278d425bdf160c739803"
#define SECRET        "7ad3773142a6692b25b8"
#define CHANNEL_DATA  "{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Channels\"}}"
#define PRIVATE_AUTH  KEY ":58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"
#define PRESENCE_AUTH KEY ":31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80"

static void
test_private_channel (void)
{
  g_autofree char *auth = porch_pusher_channel_auth_build (KEY, SECRET, "1234.1234",
                                                           "private-foobar", NULL);

  g_assert_cmpstr (auth, ==, PRIVATE_AUTH);
  g_assert_true (
      porch_pusher_channel_auth_verify (auth, KEY, SECRET, "1234.1234", "private-foobar", NULL));
}

static void
test_presence_channel (void)
{
  g_autofree char *auth = porch_pusher_channel_auth_build (KEY, SECRET, "1234.1234",
                                                           "presence-foobar", CHANNEL_DATA);

  g_assert_cmpstr (auth, ==, PRESENCE_AUTH);
  g_assert_true (porch_pusher_channel_auth_verify (auth, KEY, SECRET, "1234.1234",
                                                   "presence-foobar", CHANNEL_DATA));
}

static void
test_good_for_nothing_else (void)
{
  g_assert_false (
      porch_pusher_channel_auth_verify (NULL, KEY, SECRET, "1234.1234", "private-foobar", NULL));
  g_assert_false (
      porch_pusher_channel_auth_verify ("", KEY, SECRET, "1234.1234", "private-foobar", NULL));
  g_assert_false (porch_pusher_channel_auth_verify (PRIVATE_AUTH, KEY, SECRET, "1234.1235",
                                                    "private-foobar", NULL));
  g_assert_false (porch_pusher_channel_auth_verify (PRIVATE_AUTH, KEY, SECRET, "1234.1234",
                                                    "private-foobaz", NULL));
  g_assert_false (porch_pusher_channel_auth_verify (PRIVATE_AUTH, KEY, "secret", "1234.1234",
                                                    "private-foobar", NULL));
  g_assert_false (porch_pusher_channel_auth_verify (PRIVATE_AUTH, "key", SECRET, "1234.1234",
                                                    "private-foobar", NULL));
  g_assert_false (porch_pusher_channel_auth_verify (PRESENCE_AUTH, KEY, SECRET, "1234.1234",
                                                    "presence-foobar", "{\"user_id\":11}"));
  g_assert_false (porch_pusher_channel_auth_verify (PRIVATE_AUTH "0", KEY, SECRET, "1234.1234",
                                                    "private-foobar", NULL));
}

/* The worked example of Pusher's HTTP API reference, "Generating authentication signatures". */
static void
test_http_request (void)
{
  static const char body[]
      = "{\"name\":\"foo\",\"channels\":[\"project-3\"],\"data\":\"{\\\"some\\\":\\\"data\\\"}\"}";
  g_autoptr (GHashTable) query = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *md5 = porch_md5_hex (body, strlen (body));
  g_autofree char *signature = NULL;

  g_assert_cmpstr (md5, ==, "ec365a775a4cd0599faeb73354201b6f");
  g_hash_table_insert (query, "auth_version", "1.0");
  g_hash_table_insert (query, "auth_timestamp", "1353088179");
  g_hash_table_insert (query, "auth_key", KEY);
  g_hash_table_insert (query, "body_md5", md5);

  signature = porch_pusher_http_signature_build (SECRET, "POST", "/apps/3/events", query);

  g_assert_cmpstr (signature, ==,
                   "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c");
}

static void
test_http_parameters_are_sorted_by_key (void)
{
  g_autoptr (GHashTable) query = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *expected = porch_hmac_sha256_hex (SECRET, "GET\n/p\na=2&a-b=1&info=x");
  g_autofree char *signature = NULL;

  g_hash_table_insert (query, "a-b", "1");
  g_hash_table_insert (query, "a", "2");
  g_hash_table_insert (query, "Info", "x");
  g_hash_table_insert (query, "auth_signature", "not signed itself");

  signature = porch_pusher_http_signature_build (SECRET, "GET", "/p", query);

  g_assert_cmpstr (signature, ==, expected);
}

static void
test_comparison (void)
{
  g_assert_true (porch_equal_in_constant_time ("", ""));
  g_assert_true (porch_equal_in_constant_time ("abc", "abc"));
  g_assert_false (porch_equal_in_constant_time ("abc", "abd"));
  g_assert_false (porch_equal_in_constant_time ("abc", "ab"));
  g_assert_false (porch_equal_in_constant_time ("ab", "abc"));
  g_assert_false (porch_equal_in_constant_time ("", "abc"));
  g_assert_false (porch_equal_in_constant_time (NULL, "abc"));
  g_assert_false (porch_equal_in_constant_time ("abc", NULL));
  g_assert_false (porch_equal_in_constant_time (NULL, NULL));
}

static void
test_answer (void)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read ("pusher-channel-auth.json", &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchPusherChannelAuth) auth = porch_pusher_channel_auth_parse (bytes, length, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (auth->auth, ==, PRESENCE_AUTH);
  g_assert_cmpstr (auth->channel_data, ==, CHANNEL_DATA);

  again = porch_pusher_channel_auth_to_json (auth->auth, auth->channel_data);
  g_assert_cmpstr (again, ==, g_strchomp (bytes));
}

static void
test_answer_without_authorisation (void)
{
  const char *const answers[] = { "{}", "{\"auth\":\"\"}", "{\"auth\":1}",
                                  "{\"auth\":\"a\",\"channel_data\":{}}" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (porch_pusher_channel_auth_parse (answers[i], strlen (answers[i]), &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/pusher-signature/private-channel", test_private_channel);
  g_test_add_func ("/protocol/pusher-signature/presence-channel", test_presence_channel);
  g_test_add_func ("/protocol/pusher-signature/good-for-nothing-else", test_good_for_nothing_else);
  g_test_add_func ("/protocol/pusher-signature/http-request", test_http_request);
  g_test_add_func ("/protocol/pusher-signature/http-parameters-are-sorted-by-key",
                   test_http_parameters_are_sorted_by_key);
  g_test_add_func ("/protocol/pusher-signature/comparison", test_comparison);
  g_test_add_func ("/protocol/pusher-signature/answer", test_answer);
  g_test_add_func ("/protocol/pusher-signature/answer-without-authorisation",
                   test_answer_without_authorisation);

  return g_test_run ();
}
