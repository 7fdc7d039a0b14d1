/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The answer of a channel authorisation endpoint, and authorisations that nobody gave. */

#include "fuzz.h"

#include <string.h>

#include "protocol/porch-json.h"
#include "protocol/porch-pusher-signature.h"

static void
check_answer (const char *bytes, gsize length)
{
  g_autoptr (PorchPusherChannelAuth) auth = porch_pusher_channel_auth_parse (bytes, length, NULL);
  g_autoptr (PorchPusherChannelAuth) again = NULL;
  g_autofree char *text = NULL;

  if (auth == NULL)
    return;

  text = porch_pusher_channel_auth_to_json (auth->auth, auth->channel_data);
  if (strlen (text) > PORCH_JSON_MAX_BYTES)
    return;

  again = porch_pusher_channel_auth_parse (text, strlen (text), NULL);
  g_assert_cmpstr (auth->auth, ==, again->auth);
  g_assert_cmpstr (auth->channel_data, ==, again->channel_data);
}

static void
check_verification (const char *bytes, gsize length)
{
  g_autofree char *text = g_strndup (bytes, length);
  g_autofree char *right = porch_pusher_channel_auth_build ("key", "secret", "1.2", text, text);

  g_assert_true (porch_pusher_channel_auth_verify (right, "key", "secret", "1.2", text, text));
  g_assert_false (porch_pusher_channel_auth_verify (text, "key", "secret", "1.2", text, text));
  g_assert_true (porch_equal_in_constant_time (text, text));
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  check_answer ((const char *) bytes, length);
  check_verification ((const char *) bytes, length);
  return 0;
}
