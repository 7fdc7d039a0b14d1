/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What a person proves themselves by, and what is asked of Supabase Auth for it: where, and with
 * which body. Made by the agent from what it was handed, spent by PorchSignIn.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-way-in.h"

#include "protocol/porch-auth-message.h"
#include "protocol/porch-auth-steps.h"

/**
 * porch_way_in_new:
 * @kind: any but the browser
 * @email: the email address
 * @secret: the password, or the code that was sent
 *
 * Returns: (transfer full): a way in
 */
PorchWayIn *
porch_way_in_new (PorchWayKind kind, const char *email, const char *secret)
{
  PorchWayIn *way;

  g_return_val_if_fail (email != NULL && secret != NULL, NULL);
  g_return_val_if_fail (kind != PORCH_WAY_BROWSER, NULL);

  way = g_new0 (PorchWayIn, 1);
  way->kind = kind;
  way->email = g_strdup (email);
  way->secret = g_strdup (secret);
  return way;
}

/**
 * porch_way_in_new_for_browser:
 * @auth_code: what the browser came back with
 * @verifier: what the code challenge was made of
 *
 * Returns: (transfer full): a way in
 */
PorchWayIn *
porch_way_in_new_for_browser (const char *auth_code, const char *verifier)
{
  PorchWayIn *way;

  g_return_val_if_fail (auth_code != NULL && verifier != NULL, NULL);

  way = g_new0 (PorchWayIn, 1);
  way->kind = PORCH_WAY_BROWSER;
  way->secret = g_strdup (auth_code);
  way->verifier = g_strdup (verifier);
  return way;
}

/**
 * porch_way_in_free:
 * @way: (transfer full) (nullable): a way in, whose secrets are wiped
 */
void
porch_way_in_free (PorchWayIn *way)
{
  if (way == NULL)
    return;

  g_free (way->email);
  porch_secret_free (way->secret);
  porch_secret_free (way->verifier);
  g_free (way);
}

/**
 * porch_way_in_get_path:
 * @way: a way in
 *
 * Returns: what to ask, after /auth/v1/
 */
const char *
porch_way_in_get_path (const PorchWayIn *way)
{
  switch (way->kind)
    {
    case PORCH_WAY_EMAIL_CODE:
      return "verify";
    case PORCH_WAY_BROWSER:
      return "token?grant_type=pkce";
    case PORCH_WAY_NEW_ACCOUNT:
      return "signup";
    case PORCH_WAY_PASSWORD:
    default:
      return "token?grant_type=password";
    }
}

/**
 * porch_way_in_build:
 * @way: a way in
 *
 * Returns: (transfer full): the body of the request; to be freed with porch_secret_free()
 */
char *
porch_way_in_build (const PorchWayIn *way)
{
  switch (way->kind)
    {
    case PORCH_WAY_EMAIL_CODE:
      return porch_auth_code_grant_build (way->email, way->secret);
    case PORCH_WAY_BROWSER:
      return porch_auth_browser_grant_build (way->secret, way->verifier);
    case PORCH_WAY_NEW_ACCOUNT:
      return porch_auth_new_account_build (way->email, way->secret, NULL);
    case PORCH_WAY_PASSWORD:
    default:
      return porch_auth_password_grant_build (way->email, way->secret);
    }
}
