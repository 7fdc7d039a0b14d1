/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Everything of the presence API, from both sides. */

#include "fuzz.h"

#include <string.h>

#include "protocol/porch-json.h"
#include "protocol/porch-presence-message.h"
#include "protocol/porch-user-id.h"

static void
check_update (const char *bytes, gsize length)
{
  g_autoptr (PorchPresenceUpdate) update = porch_presence_update_parse (bytes, length, NULL);
  g_autoptr (PorchPresenceUpdate) again = NULL;
  g_autofree char *text = NULL;

  if (update == NULL)
    return;

  text = porch_presence_update_build (update->status, update->client);
  again = porch_presence_update_parse (text, strlen (text), NULL);
  g_assert_cmpint (update->status, ==, again->status);
  g_assert_cmpstr (update->client, ==, again->client);
}

static void
check_answer (const char *bytes, gsize length)
{
  PorchPresenceAnswer answer, again;
  g_autofree char *text = NULL;

  /* The epoch itself stands for never and is not written. */
  if (!porch_presence_answer_parse (bytes, length, &answer, NULL) || answer.last_active_us == 0)
    return;

  text = porch_presence_answer_build (answer.status, answer.last_active_us);
  g_assert_true (porch_presence_answer_parse (text, strlen (text), &again, NULL));
  g_assert_cmpint (answer.last_active_us, ==, again.last_active_us);
}

static void
assert_states_equal (const PorchUserState *a, const PorchUserState *b)
{
  g_assert_true (porch_user_id_is_valid (a->user_id));
  g_assert_cmpstr (a->user_id, ==, b->user_id);
  g_assert_cmpint (a->status, ==, b->status);
  g_assert_cmpint (a->last_active_us, ==, b->last_active_us);
  g_assert_cmpstr (a->first_name, ==, b->first_name);
  g_assert_cmpstr (a->last_name, ==, b->last_name);
  g_assert_cmpstr (a->avatar, ==, b->avatar);
}

static void
check_state (const char *bytes, gsize length)
{
  g_autoptr (PorchUserState) state = porch_user_state_parse (bytes, length, NULL);
  g_autoptr (PorchUserState) copy = NULL;
  g_autoptr (PorchUserState) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  if (state == NULL)
    return;

  copy = porch_user_state_copy (state);
  name = porch_user_state_get_name (copy);
  text = porch_user_state_build (copy);
  again = porch_user_state_parse (text, strlen (text), NULL);
  assert_states_equal (state, again);
}

typedef GPtrArray *(*ParseFunc) (const char *bytes, gsize length, GError **error);
typedef char *(*BuildFunc) (GPtrArray *states);

static void
check_list (const char *bytes, gsize length, ParseFunc parse, BuildFunc build)
{
  g_autoptr (GPtrArray) states = parse (bytes, length, NULL);
  g_autoptr (GPtrArray) again = NULL;
  g_autofree char *text = NULL;

  if (states == NULL)
    return;

  g_assert_cmpuint (states->len, <=, PORCH_USERS_MAX);
  text = build (states);
  if (strlen (text) > PORCH_JSON_MAX_BYTES)
    return;

  again = parse (text, strlen (text), NULL);
  g_assert_cmpuint (states->len, ==, again->len);
  for (guint i = 0; i < states->len; i++)
    assert_states_equal (states->pdata[i], again->pdata[i]);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  const char *text = (const char *) bytes;

  check_update (text, length);
  check_answer (text, length);
  check_state (text, length);
  check_list (text, length, porch_user_states_parse, porch_user_states_build);
  check_list (text, length, porch_user_profiles_parse, porch_user_profiles_build);
  g_free (porch_api_error_parse (text, length));
  return 0;
}
