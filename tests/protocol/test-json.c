/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The scan that stands before the parser, and the helpers that read and write. */

#include "protocol/porch-json.h"

#include <string.h>

static JsonNode *
parse (const char *text, GError **error)
{
  return porch_json_parse (text, strlen (text), error);
}

static void
assert_refused (const char *text, PorchProtocolError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = parse (text, &error);

  if (!g_error_matches (error, PORCH_PROTOCOL_ERROR, code))
    g_error ("%s: %s", text, error != NULL ? error->message : "was taken");
  g_assert_null (node);
}

static void
assert_reads_as (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = parse (text, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  again = porch_json_to_string (node);
  g_assert_cmpstr (again, ==, expected);
}

static void
test_takes_what_is_json (void)
{
  assert_reads_as ("{}", "{}");
  assert_reads_as (" \t\r\n[ ] ", "[]");
  assert_reads_as ("null", "null");
  assert_reads_as ("\"\\u00e9\\ud83d\\ude00\\/\"", "\"é😀/\"");
  assert_reads_as ("[-0,1,-12,0.5,-1.25,1e2,1E-2,true,false]",
                   "[0,1,-12,0.5,-1.25,100,0.01,true,false]");
  assert_reads_as ("[-0.0,1e17,1e18,-1e300,5e-324]", "[0,1e+17,1e+18,-1.0000000000000001e+300,"
                                                     "4.9406564584124654e-324]");
  assert_reads_as ("{\"a\":{\"b\":[{}]},\"\":1}", "{\"a\":{\"b\":[{}]},\"\":1}");
  assert_reads_as ("{\"a\":1,\"a\":2}", "{\"a\":2}");
}

static void
test_refuses_what_is_not (void)
{
  const char *const texts[] = {
    "",          " ",        "[",           "]",          "{",
    "}",         "[1",       "[1,",         "[1,]",       "[,1]",
    "[1 2]",     "{\"a\"}",  "{\"a\":}",    "{\"a\":1,}", "{a:1}",
    "{1:2}",     "{'a':1}",  "['a']",       "[1]]",       "[1}",
    "{\"a\":1]", "1 2",      "{}{}",        "\"a",        "\"\\\"",
    "\"\\x\"",   "\"\\u12",  "\"\\u123g\"", "nul",        "tru",
    "nulll",     "True",     "NaN",         "+1",         "01",
    "-",         "1.",       ".5",          "1e",         "1e+",
    "0x10",      "1.e1",     "--1",         "undefined",  "/**/1",
    "// c\n1",   "\"a\nb\"", "\"\tb\"",     "var x = 1;", "\xef\xbb\xbf{}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i], PORCH_PROTOCOL_ERROR_SYNTAX);
}

static void
test_refuses_what_c_cannot_hold (void)
{
  assert_refused ("[\"\\u0000\"]", PORCH_PROTOCOL_ERROR_SYNTAX);
  assert_refused ("[\"\\ud800\"]", PORCH_PROTOCOL_ERROR_SYNTAX);
  assert_refused ("[\"\\ud800\\u0041\"]", PORCH_PROTOCOL_ERROR_SYNTAX);
  assert_refused ("[\"\\ud800\\\"]", PORCH_PROTOCOL_ERROR_SYNTAX);
  assert_refused ("[\"\\udc00\"]", PORCH_PROTOCOL_ERROR_SYNTAX);
  assert_refused ("[9999999999999999999]", PORCH_PROTOCOL_ERROR_SYNTAX);
  assert_refused ("[1e999]", PORCH_PROTOCOL_ERROR_SYNTAX);
  assert_reads_as ("[999999999999999999,-999999999999999999]",
                   "[999999999999999999,-999999999999999999]");
}

static void
test_refuses_bytes_that_are_no_text (void)
{
  g_autoptr (GError) error = NULL;

  assert_refused ("\"\xff\"", PORCH_PROTOCOL_ERROR_SYNTAX);
  assert_refused ("\"\xed\xa0\x80\"", PORCH_PROTOCOL_ERROR_SYNTAX);
  g_assert_null (porch_json_parse ("[1,\0 2]", 7, &error));
  g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_SYNTAX);
  g_clear_error (&error);
  g_assert_null (porch_json_parse ("\"a\0b\"", 5, &error));
  g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_SYNTAX);
}

static void
test_reads_no_further_than_the_length (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = g_memdup2 ("[1]", 3);
  g_autoptr (JsonNode) node = porch_json_parse (bytes, 3, &error);

  g_assert_no_error (error);
  g_assert_nonnull (node);
}

static char *
nest (guint depth)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, i % 2 == 0 ? "[" : "{\"a\":");
  g_string_append (text, "1");
  for (guint i = depth; i > 0; i--)
    g_string_append_c (text, i % 2 == 1 ? ']' : '}');

  return g_string_free (text, FALSE);
}

static void
test_depth_is_bounded (void)
{
  g_autofree char *deepest = nest (PORCH_JSON_MAX_DEPTH);
  g_autofree char *deeper = nest (PORCH_JSON_MAX_DEPTH + 1);
  g_autofree char *brackets = g_strnfill (100000, '[');
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = parse (deepest, &error);

  g_assert_no_error (error);
  assert_refused (deeper, PORCH_PROTOCOL_ERROR_TOO_DEEP);
  assert_refused (brackets, PORCH_PROTOCOL_ERROR_TOO_DEEP);
}

static void
test_brackets_in_strings_are_not_depth (void)
{
  assert_reads_as ("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{{{{\\\"[[[\"",
                   "\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{{{{\\\"[[[\"");
}

static void
test_size_is_bounded (void)
{
  g_autofree char *largest = g_strnfill (PORCH_JSON_MAX_BYTES, ' ');
  g_autofree char *larger = g_strnfill (PORCH_JSON_MAX_BYTES + 1, ' ');

  largest[0] = larger[0] = '1';

  assert_reads_as (largest, "1");
  assert_refused (larger, PORCH_PROTOCOL_ERROR_TOO_LARGE);
}

static void
test_a_file_may_be_longer (void)
{
  g_autofree char *file = g_strnfill (PORCH_JSON_MAX_BYTES + 10, ' ');
  g_autofree char *brackets = g_strnfill (100000, '[');
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  file[0] = '1';
  node = porch_json_parse_bounded (file, strlen (file), PORCH_JSON_MAX_BYTES + 10, &error);
  g_assert_no_error (error);
  g_assert_null (porch_json_parse_bounded (file, strlen (file), PORCH_JSON_MAX_BYTES + 9, &error));
  g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (porch_json_parse_bounded (brackets, 100000, G_MAXSIZE, &error));
  g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_TOO_DEEP);
}

static char *
make_object (guint n_members)
{
  GString *text = g_string_new ("{");

  for (guint i = 0; i < n_members; i++)
    g_string_append_printf (text, "%s\"%u\":%u", i > 0 ? "," : "", i, i);
  g_string_append_c (text, '}');

  return g_string_free (text, FALSE);
}

static void
test_members_are_bounded (void)
{
  g_autofree char *largest = make_object (PORCH_JSON_MAX_MEMBERS);
  g_autofree char *larger = make_object (PORCH_JSON_MAX_MEMBERS + 1);
  g_autofree char *two = g_strdup_printf ("[%s,%s]", largest, largest);

  assert_reads_as (two, two);
  assert_refused (larger, PORCH_PROTOCOL_ERROR_TOO_LARGE);
}

static void
test_object_is_asked_for (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (porch_json_parse_object ("[]", 2, &error));
  g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
}

static void
test_no_error_quotes_what_came (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (parse ("{\"password\":\"hunter2\" oops}", &error));
  g_assert_null (strstr (error->message, "hunter2"));
}

static void
test_getters_mind_the_type (void)
{
  static const char text[] = "{\"s\":\"text\",\"e\":\"\",\"i\":7,\"d\":7.5,\"b\":true,\"n\":null,"
                             "\"o\":{},\"a\":[1,2,3]}";
  g_autoptr (JsonNode) root = parse (text, NULL);
  JsonObject *object = json_node_get_object (root);
  const char *const members[] = { "s", "e", "i", "d", "b", "n", "o", "a", "missing" };
  gint64 value = 99;

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      const char *member = members[i];

      g_assert_true ((porch_json_get_string (object, member, 4) != NULL)
                     == (strchr ("se", *member) != NULL));
      g_assert_true (porch_json_get_int (object, member, 0, 9, &value) == (*member == 'i'));
      g_assert_true (porch_json_get_boolean (object, member, FALSE) == (*member == 'b'));
      g_assert_true ((porch_json_get_object (object, member) != NULL) == (*member == 'o'));
      g_assert_true ((porch_json_get_array (object, member, 3) != NULL) == (*member == 'a'));
      g_assert_true (porch_json_has (object, member) == (strchr ("nm", *member) == NULL));
      g_assert_false (porch_json_has (NULL, member));
    }
  g_assert_cmpint (value, ==, 7);
}

static void
test_getters_mind_the_range (void)
{
  g_autoptr (JsonNode) root = parse ("{\"s\":\"text\",\"i\":7,\"a\":[1,2,3]}", NULL);
  JsonObject *object = json_node_get_object (root);
  gint64 value = 99;

  g_assert_null (porch_json_get_string (object, "s", 3));
  g_assert_null (porch_json_get_array (object, "a", 2));
  g_assert_false (porch_json_get_int (object, "i", 8, 9, &value));
  g_assert_false (porch_json_get_int (object, "i", 5, 6, &value));
  g_assert_cmpint (value, ==, 99);
}

static void
test_ids_are_strings_or_integers (void)
{
  g_autoptr (JsonNode) root = parse ("{\"s\":\"a1\",\"i\":-7,\"d\":1.5,\"e\":\"\"}", NULL);
  JsonObject *object = json_node_get_object (root);
  g_autofree char *string = porch_json_dup_id (object, "s", 2);
  g_autofree char *number = porch_json_dup_id (object, "i", 2);

  g_assert_cmpstr (string, ==, "a1");
  g_assert_cmpstr (number, ==, "-7");
  g_assert_null (porch_json_dup_id (object, "s", 1));
  g_assert_null (porch_json_dup_id (object, "d", 9));
  g_assert_null (porch_json_dup_id (object, "e", 9));
}

static void
test_written_text_is_escaped (void)
{
  g_autoptr (GString) json = g_string_new ("{");
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = NULL;

  porch_json_append_string_member (json, "a\"b", "quote \" backslash \\ control \n\x01 é");
  porch_json_append_string_member (json, "null", NULL);
  porch_json_append_string_member (json, "bytes", "a\xff z");
  porch_json_append_int_member (json, "int", -5);
  porch_json_append_boolean_member (json, "boolean", TRUE);
  g_string_append_c (json, '}');

  root = porch_json_parse (json->str, json->len, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (porch_json_get_string (json_node_get_object (root), "a\"b", 100), ==,
                   "quote \" backslash \\ control \n\x01 é");
  g_assert_cmpstr (porch_json_get_string (json_node_get_object (root), "bytes", 100), ==, "a� z");
  g_assert_false (porch_json_has (json_node_get_object (root), "null"));
  g_assert_true (porch_json_get_boolean (json_node_get_object (root), "boolean", FALSE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/json/takes-what-is-json", test_takes_what_is_json);
  g_test_add_func ("/protocol/json/refuses-what-is-not", test_refuses_what_is_not);
  g_test_add_func ("/protocol/json/refuses-what-c-cannot-hold", test_refuses_what_c_cannot_hold);
  g_test_add_func ("/protocol/json/refuses-bytes-that-are-no-text",
                   test_refuses_bytes_that_are_no_text);
  g_test_add_func ("/protocol/json/reads-no-further-than-the-length",
                   test_reads_no_further_than_the_length);
  g_test_add_func ("/protocol/json/depth-is-bounded", test_depth_is_bounded);
  g_test_add_func ("/protocol/json/brackets-in-strings-are-not-depth",
                   test_brackets_in_strings_are_not_depth);
  g_test_add_func ("/protocol/json/size-is-bounded", test_size_is_bounded);
  g_test_add_func ("/protocol/json/a-file-may-be-longer", test_a_file_may_be_longer);
  g_test_add_func ("/protocol/json/members-are-bounded", test_members_are_bounded);
  g_test_add_func ("/protocol/json/object-is-asked-for", test_object_is_asked_for);
  g_test_add_func ("/protocol/json/no-error-quotes-what-came", test_no_error_quotes_what_came);
  g_test_add_func ("/protocol/json/getters-mind-the-type", test_getters_mind_the_type);
  g_test_add_func ("/protocol/json/getters-mind-the-range", test_getters_mind_the_range);
  g_test_add_func ("/protocol/json/ids-are-strings-or-integers", test_ids_are_strings_or_integers);
  g_test_add_func ("/protocol/json/written-text-is-escaped", test_written_text_is_escaped);

  return g_test_run ();
}
