/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The presence API's JSON, as the original web app and porchlightd write it. */

#include "protocol/porch-presence-message.h"

#include <string.h>

#include "protocol/porch-json.h"
#include "protocol/porch-pusher-frame.h"

#include "porch-fixture.h"

#define TEN_THIRTY (G_GINT64_CONSTANT (1705314600) * G_USEC_PER_SEC)

static PorchUserState *
parse_state (const char *text, GError **error)
{
  return porch_user_state_parse (text, strlen (text), error);
}

static void
test_update (void)
{
  g_autofree char *online = porch_presence_update_build (PORCH_STATUS_ONLINE, NULL);
  g_autofree char *offline = porch_presence_update_build (PORCH_STATUS_OFFLINE, "Laptop_1-a");
  g_autoptr (PorchPresenceUpdate) online_update = porch_presence_update_parse (
      online, strlen (online), NULL);
  g_autoptr (PorchPresenceUpdate) offline_update = porch_presence_update_parse (
      offline, strlen (offline), NULL);

  g_assert_cmpstr (online, ==, "{\"status\":\"online\"}");
  g_assert_cmpint (online_update->status, ==, PORCH_STATUS_ONLINE);
  g_assert_null (online_update->client);
  g_assert_cmpint (offline_update->status, ==, PORCH_STATUS_OFFLINE);
  g_assert_cmpstr (offline_update->client, ==, "Laptop_1-a");
}

static void
test_update_is_checked (void)
{
  g_autofree char *client = g_strnfill (PORCH_CLIENT_ID_MAX_BYTES + 1, 'a');
  g_autofree char *long_client = g_strdup_printf ("{\"status\":\"online\",\"client\":\"%s\"}",
                                                  client);
  const char *const bodies[] = { "[]",
                                 "{}",
                                 "{\"status\":\"away\"}",
                                 "{\"status\":\"unknown\"}",
                                 "{\"status\":\"Online\"}",
                                 "{\"status\":\"online \"}",
                                 "{\"status\":1}",
                                 "{\"status\":null}",
                                 "{\"status\":\"online\",\"client\":1}",
                                 "{\"status\":\"online\",\"client\":\"\"}",
                                 "{\"status\":\"online\",\"client\":\"a b\"}",
                                 long_client };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (porch_presence_update_parse (bodies[i], strlen (bodies[i]), &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_answer_of_the_original (void)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read ("original-presence-answer.json", &length);
  g_autoptr (GError) error = NULL;
  PorchPresenceAnswer answer;

  porch_presence_answer_parse (bytes, length, &answer, &error);

  g_assert_no_error (error);
  g_assert_cmpint (answer.last_active_us, ==, TEN_THIRTY);
  g_assert_cmpint (answer.status, ==, PORCH_STATUS_UNKNOWN);
}

static void
test_answer_of_ours (void)
{
  g_autofree char *text = porch_presence_answer_build (PORCH_STATUS_OFFLINE, TEN_THIRTY + 1);
  PorchPresenceAnswer answer;

  g_assert_true (porch_presence_answer_parse (text, strlen (text), &answer, NULL));
  g_assert_cmpint (answer.last_active_us, ==, TEN_THIRTY + 1);
  g_assert_cmpint (answer.status, ==, PORCH_STATUS_OFFLINE);
}

static void
test_answer_is_checked (void)
{
  const char *const answers[] = { "{}",
                                  "{\"success\":false,\"lastActive\":\"2024-01-15T10:30:00Z\"}",
                                  "{\"success\":true}",
                                  "{\"success\":true,\"lastActive\":null}",
                                  "{\"success\":true,\"lastActive\":\"yesterday\"}",
                                  "{\"error\":\"Unauthorized\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GError) error = NULL;
      PorchPresenceAnswer answer;

      g_assert_false (
          porch_presence_answer_parse (answers[i], strlen (answers[i]), &answer, &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_state_of_the_original (void)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read ("original-status.json", &length);
  g_autoptr (PorchUserState) state = porch_user_state_parse (bytes, length, NULL);
  g_autofree char *name = porch_user_state_get_name (state);

  g_assert_cmpstr (state->user_id, ==, "clr8x2k0q0000v8l5h3j1a2b3");
  g_assert_cmpint (state->status, ==, PORCH_STATUS_OFFLINE);
  g_assert_cmpint (state->last_active_us, ==, TEN_THIRTY - 12 * G_TIME_SPAN_MINUTE);
  g_assert_cmpstr (name, ==, "Ann");
  g_assert_cmpstr (state->avatar, ==, "https://example.org/ann.png");
}

static void
test_state_never_active (void)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read ("original-status-never.json", &length);
  g_autoptr (PorchUserState) state = porch_user_state_parse (bytes, length, NULL);

  g_assert_cmpint (state->last_active_us, ==, 0);
  g_assert_null (porch_user_state_get_name (state));
  g_assert_null (state->avatar);
}

static void
test_state_in_an_event (void)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read ("pusher-user-status-change.json", &length);
  g_autoptr (PorchPusherFrame) frame = porch_pusher_frame_parse (bytes, length, NULL);
  g_autoptr (PorchUserState) state = parse_state (frame->data, NULL);
  g_autofree char *name = porch_user_state_get_name (state);

  g_assert_cmpint (state->status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpstr (name, ==, "Ann Example");
}

static void
test_state_with_the_least (void)
{
  g_autoptr (PorchUserState) state = parse_state (
      "{\"userId\":7,\"status\":\"online\",\"user\":null}", NULL);

  g_assert_cmpstr (state->user_id, ==, "7");
  g_assert_cmpint (state->last_active_us, ==, 0);
}

static void
test_state_is_checked (void)
{
  const char *const texts[] = {
    "{}",
    "{\"userId\":\"a\"}",
    "{\"userId\":\"../a\",\"status\":\"online\"}",
    "{\"userId\":null,\"status\":\"online\"}",
    "{\"userId\":\"a\",\"status\":\"unknown\"}",
    "{\"userId\":\"a\",\"status\":\"online\",\"lastActive\":\"soon\"}",
    "{\"userId\":\"a\",\"status\":\"online\",\"lastActive\":1705314600}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse_state (texts[i], &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_hostile_profile_is_made_safe (void)
{
  g_autofree char *long_name = g_strnfill (10000, 'x');
  g_autofree char *text = g_strdup_printf (
      "{\"userId\":\"a\",\"status\":\"online\",\"user\":{\"firstName\":\"%s\","
      "\"lastName\":\"<b>\\u202eEve\\n\\u001b[0m\","
      "\"avatar\":\"http://192.168.0.1/reboot\"}}",
      long_name);
  g_autoptr (PorchUserState) state = parse_state (text, NULL);

  g_assert_cmpuint (strlen (state->first_name), ==, PORCH_NAME_MAX_BYTES);
  g_assert_cmpstr (state->last_name, ==, "<b>Eve [0m");
  g_assert_null (state->avatar);
}

static void
test_state_is_built (void)
{
  PorchUserState ann = {
    "ann", PORCH_STATUS_ONLINE, TEN_THIRTY, "Ann \"A\"", NULL, "/avatars/ann"
  };
  PorchUserState never = { "ben", PORCH_STATUS_OFFLINE, 0, NULL, NULL, NULL };
  g_autofree char *text = porch_user_state_build (&ann);
  g_autofree char *never_text = porch_user_state_build (&never);

  g_assert_cmpstr (text, ==,
                   "{\"userId\":\"ann\",\"status\":\"online\","
                   "\"lastActive\":\"2024-01-15T10:30:00Z\",\"user\":{\"id\":\"ann\","
                   "\"firstName\":\"Ann \\\"A\\\"\",\"lastName\":null,"
                   "\"avatar\":\"/avatars/ann\"}}");
  g_assert_cmpstr (never_text, ==,
                   "{\"userId\":\"ben\",\"status\":\"offline\",\"lastActive\":null,"
                   "\"user\":{\"id\":\"ben\",\"firstName\":null,\"lastName\":null,"
                   "\"avatar\":null}}");
}

static void
test_states_round_trip (void)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read ("users-by-ids.json", &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) states = porch_user_states_parse (bytes, length, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (states->len, ==, 2);
  again = porch_user_states_build (states);
  g_assert_cmpstr (again, ==, g_strchomp (bytes));
}

static void
test_profiles_round_trip (void)
{
  gsize length;
  g_autofree char *bytes = porch_fixture_read ("users-by-query.json", &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) profiles = porch_user_profiles_parse (bytes, length, &error);
  PorchUserState *ann;
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (profiles->len, ==, 2);
  ann = profiles->pdata[0];
  g_assert_cmpint (ann->status, ==, PORCH_STATUS_UNKNOWN);
  again = porch_user_profiles_build (profiles);
  g_assert_cmpstr (again, ==, g_strchomp (bytes));
}

static void
test_lists_are_bounded_and_whole (void)
{
  g_autoptr (GString) many = g_string_new ("{\"users\":[");
  const char *const texts[] = { "{}", "{\"users\":{}}", "{\"users\":[1]}", "{\"users\":[{}]}",
                                "{\"users\":[{\"userId\":\"a\",\"status\":\"online\"},null]}" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= PORCH_USERS_MAX; i++)
    g_string_append_printf (many, "%s{\"userId\":\"%u\",\"status\":\"online\"}", i > 0 ? "," : "",
                            i);
  g_string_append (many, "]}");
  g_assert_null (porch_user_states_parse (many->str, many->len, &error));
  g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_clear_error (&error);
      g_assert_null (porch_user_states_parse (texts[i], strlen (texts[i]), &error));
      g_assert_error (error, PORCH_PROTOCOL_ERROR, PORCH_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_avatars (void)
{
  g_assert_true (porch_avatar_is_acceptable ("https://example.org/a.png?v=1"));
  g_assert_true (porch_avatar_is_acceptable ("/avatars/ann?v=1"));
  g_assert_true (porch_avatar_is_acceptable ("http://127.0.0.1:8080/avatars/ann"));
  g_assert_false (porch_avatar_is_acceptable (NULL));
  g_assert_false (porch_avatar_is_acceptable (""));
  g_assert_false (porch_avatar_is_acceptable ("//evil.example/a.png"));
  g_assert_false (porch_avatar_is_acceptable ("/\\evil.example/a.png"));
  g_assert_false (porch_avatar_is_acceptable ("http://example.org/a.png"));
  g_assert_false (porch_avatar_is_acceptable ("https://user:pass@example.org/a.png"));
  g_assert_false (porch_avatar_is_acceptable ("file:///etc/passwd"));
  g_assert_false (porch_avatar_is_acceptable ("data:image/png;base64,AAAA"));
  g_assert_false (porch_avatar_is_acceptable ("avatars/ann"));
  g_assert_false (porch_avatar_is_acceptable ("/avatars/a b"));
}

static void
test_api_errors (void)
{
  g_autofree char *built = porch_api_error_build ("Invalid status");
  g_autofree char *read = porch_api_error_parse (built, strlen (built));
  static const char html[] = "<html><body>404</body></html>";
  static const char other[] = "{\"error\":{\"code\":5}}";

  g_assert_cmpstr (built, ==, "{\"error\":\"Invalid status\"}");
  g_assert_cmpstr (read, ==, "Invalid status");
  g_assert_null (porch_api_error_parse (html, strlen (html)));
  g_assert_null (porch_api_error_parse (other, strlen (other)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/presence-message/update", test_update);
  g_test_add_func ("/protocol/presence-message/update-is-checked", test_update_is_checked);
  g_test_add_func ("/protocol/presence-message/answer-of-the-original",
                   test_answer_of_the_original);
  g_test_add_func ("/protocol/presence-message/answer-of-ours", test_answer_of_ours);
  g_test_add_func ("/protocol/presence-message/answer-is-checked", test_answer_is_checked);
  g_test_add_func ("/protocol/presence-message/state-of-the-original", test_state_of_the_original);
  g_test_add_func ("/protocol/presence-message/state-never-active", test_state_never_active);
  g_test_add_func ("/protocol/presence-message/state-in-an-event", test_state_in_an_event);
  g_test_add_func ("/protocol/presence-message/state-with-the-least", test_state_with_the_least);
  g_test_add_func ("/protocol/presence-message/state-is-checked", test_state_is_checked);
  g_test_add_func ("/protocol/presence-message/hostile-profile-is-made-safe",
                   test_hostile_profile_is_made_safe);
  g_test_add_func ("/protocol/presence-message/state-is-built", test_state_is_built);
  g_test_add_func ("/protocol/presence-message/states-round-trip", test_states_round_trip);
  g_test_add_func ("/protocol/presence-message/profiles-round-trip", test_profiles_round_trip);
  g_test_add_func ("/protocol/presence-message/lists-are-bounded-and-whole",
                   test_lists_are_bounded_and_whole);
  g_test_add_func ("/protocol/presence-message/avatars", test_avatars);
  g_test_add_func ("/protocol/presence-message/api-errors", test_api_errors);

  return g_test_run ();
}
