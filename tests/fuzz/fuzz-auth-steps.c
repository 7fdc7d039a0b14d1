/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The answers to the steps of a sign-in: a factor that is wanted still, a challenge, and a code as
 * it was typed. Ids become part of an address, codes part of a request.
 */

#include "fuzz.h"

#include "presence/porch-text.h"
#include "protocol/porch-auth-message.h"
#include "protocol/porch-auth-steps.h"

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autofree char *text = g_strndup ((const char *) bytes, length);
  g_autofree char *factor = porch_auth_missing_factor_parse ((const char *) bytes, length);
  g_autofree char *challenge = porch_auth_challenge_parse ((const char *) bytes, length, NULL);
  g_autofree char *code = porch_auth_code_normalize (text);

  if (factor != NULL)
    g_assert_true (porch_text_consists_of (factor, PORCH_TEXT_ALPHANUMERIC "-", 64));
  if (challenge != NULL)
    g_assert_true (porch_text_consists_of (challenge, PORCH_TEXT_ALPHANUMERIC "-", 64));
  if (code != NULL)
    g_assert_true (
        porch_text_consists_of (code, PORCH_TEXT_ALPHANUMERIC, PORCH_AUTH_CODE_MAX_BYTES));
  return 0;
}
