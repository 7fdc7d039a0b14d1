/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Frames as hosted Pusher, soketi and pusher-js send them, and back. */

#include "protocol/porch-pusher-frame.h"

#include <string.h>

#include "protocol/porch-json.h"

#include "porch-fixture.h"

static PorchPusherFrame *
read_frame (const char *fixture)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read (fixture, &length);
  g_autoptr (GError) error = NULL;
  PorchPusherFrame *frame = porch_pusher_frame_parse (bytes, length, &error);

  g_assert_no_error (error);
  return frame;
}

static void
assert_frame_refused (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchPusherFrame) frame = porch_pusher_frame_parse (text, strlen (text), &error);

  if (frame != NULL)
    g_error ("%s: was taken", text);
  g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
}

static void
test_connection_established (void)
{
  g_autoptr (PorchPusherFrame) frame = read_frame ("pusher-connection-established.json");
  g_autoptr (PorchPusherConnectionEstablished) established
      = porch_pusher_connection_established_parse (frame->data, NULL);
  g_autofree char *again = NULL;

  g_assert_cmpstr (frame->event, ==, PORCH_PUSHER_EVENT_CONNECTION_ESTABLISHED);
  g_assert_null (frame->channel);
  g_assert_cmpstr (established->socket_id, ==, "138351.1276953");
  g_assert_cmpuint (established->activity_timeout_s, ==, 120);

  again = porch_pusher_connection_established_build ("138351.1276953", 120);
  g_assert_cmpstr (again, ==, frame->data);
}

static void
test_connection_without_timeout (void)
{
  const char *const data[] = { "{\"socket_id\":\"1.2\"}",
                               "{\"socket_id\":\"1.2\",\"activity_timeout\":0}",
                               "{\"socket_id\":\"1.2\",\"activity_timeout\":\"soon\"}",
                               "{\"socket_id\":\"1.2\",\"activity_timeout\":99999}" };

  for (guint i = 0; i < G_N_ELEMENTS (data); i++)
    {
      g_autoptr (PorchPusherConnectionEstablished) established
          = porch_pusher_connection_established_parse (data[i], NULL);

      g_assert_cmpuint (established->activity_timeout_s, ==, 120);
    }
}

static void
test_connection_without_socket_id (void)
{
  const char *const data[] = { NULL, "{}", "{\"socket_id\":1.2}", "{\"socket_id\":\"1:2\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (data); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (porch_pusher_connection_established_parse (data[i], &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_data_as_object (void)
{
  g_autoptr (PorchPusherFrame) pong = read_frame ("soketi-pong.json");
  g_autoptr (PorchPusherFrame) number = porch_pusher_frame_parse (
      "{\"event\":\"a\",\"data\":5}", strlen ("{\"event\":\"a\",\"data\":5}"), NULL);

  g_assert_cmpstr (pong->data, ==, "{}");
  g_assert_cmpstr (number->data, ==, "5");
}

static void
test_data_missing (void)
{
  static const char text[] = "{\"event\":\"pusher:ping\",\"channel\":null,\"data\":null}";
  g_autoptr (PorchPusherFrame) frame = porch_pusher_frame_parse (text, strlen (text), NULL);

  g_assert_null (frame->data);
  g_assert_null (frame->channel);
}

static void
test_names_are_checked (void)
{
  g_autofree char *name = g_strnfill (PORCH_PUSHER_NAME_MAX_BYTES + 1, 'a');
  g_autofree char *long_event = g_strdup_printf ("{\"event\":\"%s\"}", name);
  g_autofree char *long_channel = g_strdup_printf ("{\"event\":\"a\",\"channel\":\"%s\"}", name);

  assert_frame_refused ("[]");
  assert_frame_refused ("{}");
  assert_frame_refused ("{\"event\":\"\"}");
  assert_frame_refused ("{\"event\":1}");
  assert_frame_refused ("{\"event\":\"a\\nb\"}");
  assert_frame_refused ("{\"event\":\"a\",\"channel\":\"\"}");
  assert_frame_refused ("{\"event\":\"a\",\"channel\":7}");
  assert_frame_refused ("{\"event\":\"a\",\"channel\":\"a b\"}");
  assert_frame_refused ("{\"event\":\"a\",\"channel\":\"a/b\"}");
  assert_frame_refused (long_event);
  assert_frame_refused (long_channel);
}

static void
test_what_is_built_is_read (void)
{
  g_autofree char *text = porch_pusher_frame_build_client_event ("client-\"quoted\"", "presence-a",
                                                                 "{\"a\":\"\\u00e9\\n\"}", "10");
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchPusherFrame) frame = porch_pusher_frame_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (frame->event, ==, "client-\"quoted\"");
  g_assert_cmpstr (frame->channel, ==, "presence-a");
  g_assert_cmpstr (frame->data, ==, "{\"a\":\"\\u00e9\\n\"}");
  g_assert_cmpstr (frame->user_id, ==, "10");
}

static void
test_built_as_hosted_pusher_does (void)
{
  g_autofree char *fixture = porch_fixture_read ("pusher-client-event.json", NULL);
  g_autoptr (PorchPusherFrame) frame = read_frame ("pusher-client-event.json");
  g_autofree char *text = porch_pusher_frame_build_client_event (frame->event, frame->channel,
                                                                 frame->data, frame->user_id);
  g_autofree char *ping = porch_pusher_frame_build (PORCH_PUSHER_EVENT_PING, NULL, "{}");

  g_assert_cmpstr (text, ==, g_strchomp (fixture));
  g_assert_cmpstr (ping, ==, "{\"event\":\"pusher:ping\",\"data\":\"{}\"}");
}

static void
test_subscribe_of_pusher_js (void)
{
  g_autoptr (PorchPusherFrame) frame = read_frame ("pusher-js-subscribe.json");
  g_autoptr (PorchPusherSubscribe) subscribe = porch_pusher_subscribe_parse (frame->data, NULL);
  g_autoptr (PorchPusherFrame) public_frame = read_frame ("pusher-js-subscribe-public.json");
  g_autoptr (PorchPusherSubscribe) public_subscribe = porch_pusher_subscribe_parse (
      public_frame->data, NULL);

  g_assert_cmpstr (frame->event, ==, PORCH_PUSHER_EVENT_SUBSCRIBE);
  g_assert_cmpstr (subscribe->channel, ==, "presence-foobar");
  g_assert_true (g_str_has_prefix (subscribe->auth, "278d425bdf160c739803:31935e7d"));
  g_assert_cmpstr (subscribe->channel_data, ==,
                   "{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Channels\"}}");
  g_assert_cmpstr (public_subscribe->channel, ==, "my-channel");
  g_assert_null (public_subscribe->auth);
}

static void
test_subscribe_travels_as_object (void)
{
  g_autofree char *subscribe = porch_pusher_subscribe_frame_build ("presence-a", "key:sig",
                                                                   "{\"user_id\":1}");
  g_autofree char *public_subscribe = porch_pusher_subscribe_frame_build ("a", NULL, NULL);
  g_autofree char *unsubscribe = porch_pusher_unsubscribe_frame_build ("a");

  g_assert_cmpstr (subscribe, ==,
                   "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-a\","
                   "\"auth\":\"key:sig\",\"channel_data\":\"{\\\"user_id\\\":1}\"}}");
  g_assert_cmpstr (public_subscribe, ==,
                   "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a\"}}");
  g_assert_cmpstr (unsubscribe, ==,
                   "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"a\"}}");
}

static void
test_subscribe_is_checked (void)
{
  g_autofree char *auth = g_strnfill (PORCH_PUSHER_AUTH_MAX_BYTES + 1, 'a');
  g_autofree char *long_auth = g_strdup_printf ("{\"channel\":\"a\",\"auth\":\"%s\"}", auth);
  const char *const data[] = { NULL,
                               "{}",
                               "{\"channel\":\"a b\"}",
                               "{\"channel\":\"a\",\"auth\":1}",
                               "{\"channel\":\"a\",\"auth\":\"b\",\"channel_data\":{}}",
                               long_auth };

  for (guint i = 0; i < G_N_ELEMENTS (data); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (porch_pusher_subscribe_parse (data[i], &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_members (void)
{
  g_autoptr (PorchPusherFrame) hosted = read_frame ("pusher-subscription-succeeded.json");
  g_auto (GStrv) strings = porch_pusher_members_parse (hosted->data, NULL);
  g_autoptr (PorchPusherFrame) soketi = read_frame ("soketi-subscription-succeeded.json");
  g_auto (GStrv) numbers = porch_pusher_members_parse (soketi->data, NULL);

  g_assert_cmpuint (g_strv_length (strings), ==, 2);
  g_assert_cmpstr (strings[0], ==, "11814b369700141b222a3f3791cec2d9");
  g_assert_cmpuint (g_strv_length (numbers), ==, 2);
  g_assert_cmpstr (numbers[1], ==, "12");
}

static void
test_members_are_checked (void)
{
  const char *const data[] = { NULL,
                               "{}",
                               "{\"presence\":[]}",
                               "{\"presence\":{\"ids\":{}}}",
                               "{\"presence\":{\"ids\":[null]}}",
                               "{\"presence\":{\"ids\":[\"\"]}}",
                               "{\"presence\":{\"ids\":[1.5]}}" };

  for (guint i = 0; i < G_N_ELEMENTS (data); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (porch_pusher_members_parse (data[i], &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_members_are_built (void)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new ();
  PorchPusherMember ann = { "ann", "{\"name\":\"Ann\"}" };
  PorchPusherMember ben = { "ben", NULL };
  g_autofree char *nobody = porch_pusher_members_build (members);
  g_autofree char *both = NULL;

  g_ptr_array_add (members, &ann);
  g_ptr_array_add (members, &ben);
  both = porch_pusher_members_build (members);

  g_assert_cmpstr (nobody, ==, "{\"presence\":{\"count\":0,\"ids\":[],\"hash\":{}}}");
  g_assert_cmpstr (both, ==,
                   "{\"presence\":{\"count\":2,\"ids\":[\"ann\",\"ben\"],"
                   "\"hash\":{\"ann\":{\"name\":\"Ann\"},\"ben\":null}}}");
}

static void
test_member (void)
{
  g_autoptr (PorchPusherFrame) added = read_frame ("pusher-member-added.json");
  g_autoptr (PorchPusherMember) member = porch_pusher_member_parse (added->data, NULL);
  g_autoptr (PorchPusherFrame) removed = read_frame ("pusher-member-removed.json");
  g_autoptr (PorchPusherMember) gone = porch_pusher_member_parse (removed->data, NULL);
  g_autoptr (PorchPusherMember) number = porch_pusher_member_parse ("{\"user_id\":10}", NULL);
  g_autofree char *again = porch_pusher_member_build (member->user_id, member->user_info);
  g_autofree char *gone_again = porch_pusher_member_build (gone->user_id, gone->user_info);

  g_assert_cmpstr (member->user_info, ==,
                   "{\"name\":\"Phil Leggetter\",\"twitter\":\"@leggetter\"}");
  g_assert_null (gone->user_info);
  g_assert_cmpstr (number->user_id, ==, "10");
  g_assert_cmpstr (again, ==, added->data);
  g_assert_cmpstr (gone_again, ==, removed->data);
}

static void
test_member_without_id (void)
{
  const char *const data[] = { NULL, "{}", "{\"user_id\":null}", "{\"user_id\":\"\"}",
                               "{\"user_id\":[1]}" };

  for (guint i = 0; i < G_N_ELEMENTS (data); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (porch_pusher_member_parse (data[i], &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
assert_fault (const char *fixture, int code, const char *message)
{
  g_autoptr (PorchPusherFrame) frame = read_frame (fixture);
  g_autoptr (PorchPusherFault) fault = porch_pusher_fault_parse (frame->data, NULL);

  g_assert_cmpint (fault->code, ==, code);
  g_assert_cmpstr (fault->message, ==, message);
}

static void
test_faults (void)
{
  g_autoptr (PorchPusherFault) bare = porch_pusher_fault_parse ("{\"code\":null}", NULL);

  assert_fault ("pusher-error.json", 4000,
                "Application only accepts SSL connections, reconnect using wss://");
  assert_fault ("soketi-error.json", 4009, "The connection is not authorized.");
  assert_fault ("soketi-subscription-error.json", 401, "The connection is unauthorized.");
  assert_fault ("pusher-subscription-error.json", 401,
                "Invalid signature: Expected HMAC SHA256 hex digest of "
                "138351.1276953:private-example");
  g_assert_cmpint (bare->code, ==, 0);
  g_assert_null (bare->message);
}

static void
test_faults_are_built (void)
{
  g_autofree char *fault = porch_pusher_fault_build (4009, "Not \"yours\"");
  g_autofree char *without_code = porch_pusher_fault_build (0, "No");
  g_autofree char *subscription = porch_pusher_subscription_error_build ("AuthError", "Not yours",
                                                                         401);

  g_assert_cmpstr (fault, ==, "{\"code\":4009,\"message\":\"Not \\\"yours\\\"\"}");
  g_assert_cmpstr (without_code, ==, "{\"message\":\"No\"}");
  g_assert_cmpstr (subscription, ==,
                   "{\"type\":\"AuthError\",\"error\":\"Not yours\",\"status\":401}");
}

static void
test_socket_ids (void)
{
  g_autofree char *digits = g_strnfill (70, '1');
  g_autofree char *too_long = g_strconcat ("1.", digits, NULL);

  g_assert_true (porch_pusher_socket_id_is_valid ("1.2"));
  g_assert_true (porch_pusher_socket_id_is_valid ("138351.1276953"));
  g_assert_false (porch_pusher_socket_id_is_valid (NULL));
  g_assert_false (porch_pusher_socket_id_is_valid (""));
  g_assert_false (porch_pusher_socket_id_is_valid ("1"));
  g_assert_false (porch_pusher_socket_id_is_valid ("1."));
  g_assert_false (porch_pusher_socket_id_is_valid (".1"));
  g_assert_false (porch_pusher_socket_id_is_valid ("1.2.3"));
  g_assert_false (porch_pusher_socket_id_is_valid ("1.2:private-a"));
  g_assert_false (porch_pusher_socket_id_is_valid (too_long));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/pusher-frame/connection-established", test_connection_established);
  g_test_add_func ("/protocol/pusher-frame/connection-without-timeout",
                   test_connection_without_timeout);
  g_test_add_func ("/protocol/pusher-frame/connection-without-socket-id",
                   test_connection_without_socket_id);
  g_test_add_func ("/protocol/pusher-frame/data-as-object", test_data_as_object);
  g_test_add_func ("/protocol/pusher-frame/data-missing", test_data_missing);
  g_test_add_func ("/protocol/pusher-frame/names-are-checked", test_names_are_checked);
  g_test_add_func ("/protocol/pusher-frame/what-is-built-is-read", test_what_is_built_is_read);
  g_test_add_func ("/protocol/pusher-frame/built-as-hosted-pusher-does",
                   test_built_as_hosted_pusher_does);
  g_test_add_func ("/protocol/pusher-frame/subscribe-of-pusher-js", test_subscribe_of_pusher_js);
  g_test_add_func ("/protocol/pusher-frame/subscribe-travels-as-object",
                   test_subscribe_travels_as_object);
  g_test_add_func ("/protocol/pusher-frame/subscribe-is-checked", test_subscribe_is_checked);
  g_test_add_func ("/protocol/pusher-frame/members", test_members);
  g_test_add_func ("/protocol/pusher-frame/members-are-checked", test_members_are_checked);
  g_test_add_func ("/protocol/pusher-frame/members-are-built", test_members_are_built);
  g_test_add_func ("/protocol/pusher-frame/member", test_member);
  g_test_add_func ("/protocol/pusher-frame/member-without-id", test_member_without_id);
  g_test_add_func ("/protocol/pusher-frame/faults", test_faults);
  g_test_add_func ("/protocol/pusher-frame/faults-are-built", test_faults_are_built);
  g_test_add_func ("/protocol/pusher-frame/socket-ids", test_socket_ids);

  return g_test_run ();
}
