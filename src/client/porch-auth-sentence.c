/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Each error code of Supabase Auth in a sentence for a person, which says what happened and what to
 * do. The server's own words stay in the log.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-auth-sentence.h"

#include "config.h"

#include "client/porch-client-error.h"
#include "protocol/porch-auth-message.h"

#include <glib/gi18n-lib.h>

/* Where the sentence stands (under the field of the secret, or under the form) follows from the
 * code. */
static const struct
{
  PorchAuthError error;
  PorchClientError code;
  const char *sentence;
} sentences[] = {
  /* One for a wrong password and an unknown person. */
  { PORCH_AUTH_ERROR_INVALID_CREDENTIALS, PORCH_CLIENT_ERROR_INVALID_CREDENTIALS,
    N_ ("The email address or the password is wrong.") },
  { PORCH_AUTH_ERROR_VALIDATION_FAILED, PORCH_CLIENT_ERROR_INVALID_CREDENTIALS,
    N_ ("The server cannot make sense of what was entered. Check the email address.") },
  { PORCH_AUTH_ERROR_EMAIL_NOT_CONFIRMED, PORCH_CLIENT_ERROR_CONFIRM_EMAIL,
    N_ ("This email address is not confirmed yet. Open the link in the message that was sent to "
        "it, or enter the code from it.") },
  { PORCH_AUTH_ERROR_USER_BANNED, PORCH_CLIENT_ERROR_FAILED,
    N_ ("This account is blocked on the server.") },
  { PORCH_AUTH_ERROR_RATE_LIMIT, PORCH_CLIENT_ERROR_RATE_LIMIT,
    N_ ("Too many tries. Wait a few minutes, then try again.") },
  { PORCH_AUTH_ERROR_EMAIL_RATE_LIMIT, PORCH_CLIENT_ERROR_RATE_LIMIT,
    N_ ("The server has sent too many messages for now. Wait a few minutes before you ask for "
        "another.") },
  { PORCH_AUTH_ERROR_OTP_EXPIRED, PORCH_CLIENT_ERROR_INVALID_CREDENTIALS,
    N_ ("This code is wrong, or it is too old by now. Ask for a new one if it does not help to "
        "enter it again.") },
  { PORCH_AUTH_ERROR_OTP_DISABLED, PORCH_CLIENT_ERROR_FAILED,
    N_ ("This server sends no codes to that address.") },
  { PORCH_AUTH_ERROR_SIGNUP_DISABLED, PORCH_CLIENT_ERROR_FAILED,
    N_ ("This server takes no new accounts. Ask who runs it for one.") },
  { PORCH_AUTH_ERROR_USER_EXISTS, PORCH_CLIENT_ERROR_FAILED,
    N_ ("There is an account with this email address already. Sign in with it instead.") },
  { PORCH_AUTH_ERROR_WEAK_PASSWORD, PORCH_CLIENT_ERROR_INVALID_CREDENTIALS,
    N_ ("This password is too easy to guess. Take a longer one, with letters, digits and signs.") },
  { PORCH_AUTH_ERROR_PROVIDER_DISABLED, PORCH_CLIENT_ERROR_FAILED,
    N_ ("This server does not offer this way to sign in.") },
  { PORCH_AUTH_ERROR_MFA_FAILED, PORCH_CLIENT_ERROR_INVALID_CREDENTIALS,
    N_ ("This is not the code that the authenticator shows now. Enter the newest one.") },
  { PORCH_AUTH_ERROR_MFA_CHALLENGE_EXPIRED, PORCH_CLIENT_ERROR_INVALID_CREDENTIALS,
    N_ ("That took too long. Enter the code that the authenticator shows now.") },
  { PORCH_AUTH_ERROR_MFA_REJECTED, PORCH_CLIENT_ERROR_FAILED,
    N_ ("The server refuses this second step. Ask who runs it.") },
  { PORCH_AUTH_ERROR_CAPTCHA_FAILED, PORCH_CLIENT_ERROR_CAPTCHA,
    N_ ("This server wants to see that you are no robot (a captcha), which only a web page can "
        "ask. Sign in with the browser instead.") },
  { PORCH_AUTH_ERROR_BROWSER_FLOW, PORCH_CLIENT_ERROR_FAILED,
    N_ ("The sign-in in the browser was not finished in time, or was finished twice. Start it "
        "again.") },
  { PORCH_AUTH_ERROR_EMAIL_REFUSED, PORCH_CLIENT_ERROR_FAILED,
    N_ ("The server sends no messages to this email address.") },
  { PORCH_AUTH_ERROR_BAD_JWT, PORCH_CLIENT_ERROR_FAILED,
    N_ ("The server does not accept its own key. The set-up of this server may be out of date: ask "
        "who runs it.") },
  { PORCH_AUTH_ERROR_SESSION_NOT_FOUND, PORCH_CLIENT_ERROR_SIGNED_OUT,
    N_ ("You were signed out elsewhere. Sign in again.") },
  { PORCH_AUTH_ERROR_SESSION_EXPIRED, PORCH_CLIENT_ERROR_SIGNED_OUT,
    N_ ("The server lets nobody stay signed in for longer. Sign in again.") },
  { PORCH_AUTH_ERROR_REFRESH_TOKEN_NOT_FOUND, PORCH_CLIENT_ERROR_SIGNED_OUT,
    N_ ("The server no longer knows this sign-in. Sign in again.") },
  { PORCH_AUTH_ERROR_REFRESH_TOKEN_ALREADY_USED, PORCH_CLIENT_ERROR_SIGNED_OUT,
    N_ ("This sign-in was used from two places, so the server ended it for safety. Sign in "
        "again.") },
};

static int
find_sentence (const GError *error)
{
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_error_matches (error, PORCH_AUTH_ERROR, sentences[i].error))
      return i;

  return -1;
}

/**
 * porch_auth_sentence_describe:
 * @error: what porch_auth_error_parse() made of an answer
 * @http_status: the answer's status
 * @host: who answered
 *
 * Returns: (transfer full): %PORCH_CLIENT_ERROR, with one translated sentence
 */
GError *
porch_auth_sentence_describe (const GError *error, guint http_status, const char *host)
{
  int found = find_sentence (error);

  if (found < 0)
    return porch_client_error_new_for_status (http_status, host);

  return g_error_new_literal (PORCH_CLIENT_ERROR, sentences[found].code,
                              _ (sentences[found].sentence));
}

/**
 * porch_auth_sentence_for_end:
 * @error: what the server said when it ended a session
 * @host: the server
 *
 * Returns: (transfer full): why the person is signed out, translated
 */
char *
porch_auth_sentence_for_end (const GError *error, const char *host)
{
  int found = find_sentence (error);

  if (found < 0)
    /* Translators: %s is the name of a server */
    return g_strdup_printf (_ ("%s ended the session. Sign in again."), host);

  return g_strdup (_ (sentences[found].sentence));
}
