/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Requests to Pusher's HTTP API. The signed request is the example of Pusher's own documents. */

#include "protocol/porch-pusher-api.h"

#include <string.h>

#include "protocol/porch-json.h"
#include "protocol/porch-pusher-frame.h"

#define KEY    "278d425bdf160c739803"
#define SECRET "7ad3773142a6692b25b8"
#define PATH   "/apps/3/events"
#define BODY                                                                                       \
  "{\"name\":\"foo\",\"channels\":[\"project-3\"],\"data\":\"{\\\"some\\\":\\\"data\\\"}\"}"
#define MD5    "ec365a775a4cd0599faeb73354201b6f"
#define SIGNED "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c"
#define NOW_S  G_GINT64_CONSTANT (1353088179)

static PorchPusherTrigger *
parse (const char *json, GError **error)
{
  return porch_pusher_trigger_parse (json, strlen (json), error);
}

static void
assert_refused (const char *json, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (parse (json, &error));
  g_assert_error (error, PORCH_PROTOCOL_ERROR, code);
}

static void
test_event (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchPusherTrigger) trigger = parse (BODY, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (trigger->event, ==, "foo");
  g_assert_cmpuint (g_strv_length (trigger->channels), ==, 1);
  g_assert_cmpstr (trigger->channels[0], ==, "project-3");
  g_assert_cmpstr (trigger->data, ==, "{\"some\":\"data\"}");
  g_assert_null (trigger->socket_id);
}

static char *
build_event (guint n_channels, gsize n_data)
{
  GString *json = g_string_new ("{\"name\":\"n\",\"channels\":[");
  g_autofree char *data = g_strnfill (n_data, 'x');

  for (guint i = 0; i < n_channels; i++)
    g_string_append_printf (json, "%s\"c%u\"", i > 0 ? "," : "", i);
  g_string_append_printf (json, "],\"data\":\"%s\"}", data);

  return g_string_free (json, FALSE);
}

static void
test_limits (void)
{
  g_autofree char *largest = build_event (100, PORCH_PUSHER_DATA_MAX_BYTES);
  g_autofree char *too_many = build_event (101, 1);
  g_autofree char *too_large = build_event (1, PORCH_PUSHER_DATA_MAX_BYTES + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchPusherTrigger) trigger = parse (largest, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (trigger->channels), ==, 100);
  assert_refused (too_many, PORCH_PROTOCOL_ERROR_INVALID);
  assert_refused (too_large, PORCH_PROTOCOL_ERROR_TOO_LARGE);
}

static void
test_malformed_events (void)
{
  static const char *const bodies[] = {
    "{}",
    "{\"name\":\"n\",\"data\":\"d\"}",
    "{\"name\":\"n\",\"data\":\"d\",\"channels\":[]}",
    "{\"name\":\"n\",\"data\":\"d\",\"channels\":[1]}",
    "{\"name\":\"n\",\"data\":\"d\",\"channels\":[\"a b\"]}",
    "{\"name\":\"n\",\"data\":\"d\",\"channel\":\"a b\"}",
    "{\"name\":\"\",\"data\":\"d\",\"channel\":\"a\"}",
    "{\"name\":7,\"data\":\"d\",\"channel\":\"a\"}",
    "{\"name\":\"n\",\"channel\":\"a\"}",
    "{\"name\":\"n\",\"data\":{},\"channel\":\"a\"}",
    "{\"name\":\"n\",\"data\":\"d\",\"channel\":\"a\",\"socket_id\":\"a.b\"}",
    "{\"name\":\"n\",\"data\":\"d\",\"channel\":\"a\",\"socket_id\":7}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    assert_refused (bodies[i], PORCH_PROTOCOL_ERROR_INVALID);
}

static void
test_batch_there_and_back (void)
{
  char *first_channels[] = { (char *) "a", NULL };
  char *second_channels[] = { (char *) "presence-b", NULL };
  PorchPusherTrigger first = { (char *) "one", first_channels, (char *) "{\"a\":\"\\n\"}", NULL };
  PorchPusherTrigger second = { (char *) "two", second_channels, (char *) "", (char *) "1.2" };
  PorchPusherTrigger *const triggers[] = { &first, &second };
  g_autofree char *json = porch_pusher_batch_build (triggers, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) again = porch_pusher_batch_parse (json, strlen (json), &error);
  const PorchPusherTrigger *read;

  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 2);
  read = g_ptr_array_index (again, 0);
  g_assert_cmpstr (read->event, ==, "one");
  g_assert_cmpstr (read->data, ==, first.data);
  g_assert_null (read->socket_id);
  read = g_ptr_array_index (again, 1);
  g_assert_cmpstr (read->channels[0], ==, "presence-b");
  g_assert_cmpstr (read->socket_id, ==, "1.2");
}

static void
test_malformed_batches (void)
{
  static const char event[] = "{\"name\":\"n\",\"data\":\"d\",\"channel\":\"a\"}";
  g_autofree char *events = g_strdup_printf ("%s,%s,%s,%s,%s,%s,%s,%s,%s,%s", event, event, event,
                                             event, event, event, event, event, event, event);
  g_autofree char *largest = g_strdup_printf ("{\"batch\":[%s]}", events);
  g_autofree char *too_many = g_strdup_printf ("{\"batch\":[%s,%s]}", events, event);
  g_autofree char *one_wrong = g_strdup_printf ("{\"batch\":[%s,{}]}", event);
  const char *const refused[] = {
    "{}",
    "{\"batch\":[]}",
    "{\"batch\":[1]}",
    "{\"batch\":[{\"name\":\"n\",\"data\":\"d\",\"channels\":[\"a\",\"b\"]}]}",
    too_many,
    one_wrong,
  };
  g_autoptr (GPtrArray) parsed = porch_pusher_batch_parse (largest, strlen (largest), NULL);

  g_assert_cmpuint (parsed->len, ==, 10);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (porch_pusher_batch_parse (refused[i], strlen (refused[i]), &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_target_is_signed (void)
{
  g_autofree char *target = porch_pusher_api_target_build (KEY, SECRET, "POST", PATH, BODY,
                                                           NOW_S * G_USEC_PER_SEC);

  g_assert_cmpstr (target, ==,
                   PATH "?auth_key=" KEY "&auth_timestamp=1353088179&auth_version=1.0&body_md5=" MD5
                        "&auth_signature=" SIGNED);
}

static GHashTable *
make_query (void)
{
  GHashTable *query = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (query, (char *) "auth_key", (char *) KEY);
  g_hash_table_insert (query, (char *) "auth_timestamp", (char *) "1353088179");
  g_hash_table_insert (query, (char *) "auth_version", (char *) "1.0");
  g_hash_table_insert (query, (char *) "body_md5", (char *) MD5);
  g_hash_table_insert (query, (char *) "auth_signature", (char *) SIGNED);

  return query;
}

static gboolean
verify (GHashTable *query, const char *path, const char *body, gint64 now_s)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (GError) error = NULL;
  gboolean is_genuine = porch_pusher_api_request_verify (KEY, SECRET, "POST", path, query, bytes,
                                                         now_s * G_USEC_PER_SEC, &error);

  g_assert_true (is_genuine == (error == NULL));

  return is_genuine;
}

static void
test_signature_is_verified (void)
{
  g_autoptr (GHashTable) query = make_query ();

  g_assert_true (verify (query, PATH, BODY, NOW_S));
  g_assert_true (verify (query, PATH, BODY, NOW_S + 600));
  g_assert_true (verify (query, PATH, BODY, NOW_S - 600));
  g_assert_false (verify (query, PATH, BODY, NOW_S + 601));
  g_assert_false (verify (query, PATH, BODY, NOW_S - 601));
  g_assert_false (verify (query, "/apps/3/batch_events", BODY, NOW_S));
  g_assert_false (verify (query, PATH, "{}", NOW_S));
}

static void
test_nothing_may_be_missing_or_other (void)
{
  static const char *const names[] = { "auth_key", "auth_timestamp", "auth_version", "body_md5",
                                       "auth_signature" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GHashTable) without = make_query ();
      g_autoptr (GHashTable) other = make_query ();
      g_autoptr (GHashTable) more = make_query ();

      g_hash_table_remove (without, names[i]);
      g_assert_false (verify (without, PATH, BODY, NOW_S));
      g_hash_table_replace (other, (char *) names[i], (char *) "1");
      g_assert_false (verify (other, PATH, BODY, NOW_S));
      g_hash_table_replace (more, (char *) "info", (char *) "user_count");
      g_assert_false (verify (more, PATH, BODY, NOW_S));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/pusher-api/event", test_event);
  g_test_add_func ("/protocol/pusher-api/limits", test_limits);
  g_test_add_func ("/protocol/pusher-api/malformed-events", test_malformed_events);
  g_test_add_func ("/protocol/pusher-api/batch-there-and-back", test_batch_there_and_back);
  g_test_add_func ("/protocol/pusher-api/malformed-batches", test_malformed_batches);
  g_test_add_func ("/protocol/pusher-api/target-is-signed", test_target_is_signed);
  g_test_add_func ("/protocol/pusher-api/signature-is-verified", test_signature_is_verified);
  g_test_add_func ("/protocol/pusher-api/nothing-may-be-missing-or-other",
                   test_nothing_may_be_missing_or_other);

  return g_test_run ();
}
