/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Everything of Supabase Auth, from both sides. */

#include "fuzz.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-json.h"

#define NOW (G_GINT64_CONSTANT (1705314600) * G_USEC_PER_SEC)

static void
assert_users_equal (const PorchAuthUser *a, const PorchAuthUser *b)
{
  g_assert_true ((a != NULL) == (b != NULL));
  if (a == NULL)
    return;

  g_assert_cmpstr (a->id, ==, b->id);
  g_assert_cmpstr (a->email, ==, b->email);
  g_assert_cmpstr (a->first_name, ==, b->first_name);
  g_assert_cmpstr (a->last_name, ==, b->last_name);
  g_assert_cmpstr (a->avatar, ==, b->avatar);
}

static void
check_user (const char *bytes, gsize length)
{
  g_autoptr (PorchAuthUser) user = porch_auth_user_parse (bytes, length, NULL);
  g_autoptr (PorchAuthUser) again = NULL;
  g_autofree char *text = NULL;

  if (user == NULL)
    return;

  text = porch_auth_user_build (user, NULL, NOW);
  again = porch_auth_user_parse (text, strlen (text), NULL);
  assert_users_equal (user, again);
}

static void
check_session (const char *bytes, gsize length)
{
  g_autoptr (PorchAuthSession) received = porch_auth_session_parse (bytes, length, NOW, NULL);
  g_autoptr (PorchAuthSession) session = porch_auth_session_parse_stored (bytes, length, NULL);
  g_autoptr (PorchAuthSession) again = NULL;
  char *text;

  if (received != NULL)
    g_assert_cmpint (received->expires_at_us, >, NOW);
  if (session == NULL)
    return;

  text = porch_auth_session_build (session, NOW);
  again = porch_auth_session_parse_stored (text, strlen (text), NULL);
  g_assert_cmpstr (session->access_token, ==, again->access_token);
  g_assert_cmpstr (session->refresh_token, ==, again->refresh_token);
  g_assert_cmpint (session->expires_at_us, ==, again->expires_at_us);
  g_assert_cmpuint (session->expires_in_s, ==, again->expires_in_s);
  assert_users_equal (session->user, again->user);
  porch_secret_free (text);
}

static void
check_settings (const char *bytes, gsize length)
{
  g_autoptr (PorchAuthSettings) settings = porch_auth_settings_parse (bytes, length, NULL);
  g_autoptr (PorchAuthSettings) again = NULL;
  g_autofree char *text = NULL;

  if (settings == NULL)
    return;

  text = porch_auth_settings_build (settings);
  again = porch_auth_settings_parse (text, strlen (text), NULL);
  g_assert_cmpint (settings->email, ==, again->email);
  g_assert_cmpint (settings->disable_signup, ==, again->disable_signup);
  g_assert_true (g_strv_equal ((const char *const *) settings->providers,
                               (const char *const *) again->providers));
}

static void
check_grant (const char *bytes, gsize length)
{
  g_autoptr (PorchAuthGrant) grant = porch_auth_grant_parse (bytes, length, NULL);
  g_autoptr (PorchAuthGrant) again = NULL;
  char *text;

  if (grant == NULL || grant->email == NULL || grant->password == NULL)
    return;

  text = porch_auth_password_grant_build (grant->email, grant->password);
  again = porch_auth_grant_parse (text, strlen (text), NULL);
  g_assert_cmpstr (grant->email, ==, again->email);
  g_assert_cmpstr (grant->password, ==, again->password);
  porch_secret_free (text);
}

static void
check_error (const char *bytes, gsize length)
{
  g_autofree char *header_code = g_strndup (bytes, length);
  g_autoptr (GError) error = porch_auth_error_parse (400, header_code, bytes, length);

  g_assert_true (error->domain == PORCH_AUTH_ERROR);
  g_assert_nonnull (porch_auth_error_to_code (error->code));
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  const char *text = (const char *) bytes;

  check_user (text, length);
  check_session (text, length);
  check_settings (text, length);
  check_grant (text, length);
  check_error (text, length);
  return 0;
}
