/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One-time passwords by time (RFC 6238, RFC 4226), as every authenticator app makes them: SHA-1,
 * six digits, a new one each half minute. Keys are in base32 (RFC 4648), which is how people type
 * them. That a step is taken once only, the store sees to.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-totp.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-pusher-signature.h"
#include "server/porch-random.h"

#define STEP_US     (30 * G_TIME_SPAN_SECOND)
#define DIGITS      6
#define MODULUS     1000000
#define KEY_BYTES   20 /* a multiple of five: base32 without padding */
#define SHA1_BYTES  20
#define STEPS_APART 1

static const char base32_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static char *
base32_encode (const guint8 key[KEY_BYTES])
{
  GString *text = g_string_sized_new (KEY_BYTES * 8 / 5);

  for (guint bit = 0; bit < KEY_BYTES * 8; bit += 5)
    {
      guint next = bit / 8 + 1;
      guint pair = key[bit / 8] << 8 | (next < KEY_BYTES ? key[next] : 0);

      g_string_append_c (text, base32_digits[pair >> (11 - bit % 8) & 31]);
    }

  return g_string_free (text, FALSE);
}

static gboolean
base32_decode (const char *text, guint8 key[KEY_BYTES])
{
  guint bits = 0, n_bits = 0, n_bytes = 0;

  for (; *text != '\0' && n_bytes < KEY_BYTES; text++)
    {
      const char *digit = strchr (base32_digits, *text);

      if (digit == NULL)
        return FALSE;

      bits = (bits << 5 | (guint) (digit - base32_digits)) & 0xfff;
      n_bits += 5;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          key[n_bytes++] = bits >> n_bits;
        }
    }

  return n_bytes == KEY_BYTES && *text == '\0';
}

/**
 * porch_totp_new_secret:
 *
 * Returns: (transfer full): a key for an authenticator app, in base32; to be freed with
 *   porch_secret_free()
 */
char *
porch_totp_new_secret (void)
{
  guint8 key[KEY_BYTES];
  char *secret;

  porch_random_fill (key, sizeof key);
  secret = base32_encode (key);
  explicit_bzero (key, sizeof key);

  return secret;
}

/**
 * porch_totp_make_code:
 * @secret: a key of porch_totp_new_secret()
 * @step: a half minute since 1970
 *
 * Returns: (transfer full) (nullable): the code of that half minute (RFC 4226, 5.3), to be freed
 * with porch_secret_free(); %NULL where @secret is no such key
 */
char *
porch_totp_make_code (const char *secret, gint64 step)
{
  g_autoptr (GHmac) hmac = NULL;
  guint64 counter = GUINT64_TO_BE ((guint64) step);
  guint8 key[KEY_BYTES], digest[SHA1_BYTES];
  gsize length = sizeof digest;
  guint32 number;

  g_return_val_if_fail (secret != NULL, NULL);

  if (!base32_decode (secret, key))
    return NULL;

  hmac = g_hmac_new (G_CHECKSUM_SHA1, key, KEY_BYTES);
  g_hmac_update (hmac, (const guchar *) &counter, sizeof counter);
  g_hmac_get_digest (hmac, digest, &length);
  memcpy (&number, digest + (digest[SHA1_BYTES - 1] & 15), sizeof number);
  explicit_bzero (key, sizeof key);

  return g_strdup_printf ("%0*u", DIGITS, (GUINT32_FROM_BE (number) & 0x7fffffff) % MODULUS);
}

/**
 * porch_totp_find_step:
 * @secret: a key of porch_totp_new_secret()
 * @code: what the app showed
 * @now_us: the time, Unix microseconds
 * @last_step: the latest step that was taken; 0 for none
 * @step: (out): with %TRUE, the half minute since 1970 whose code it is
 *
 * Takes the code of this half minute, of the one before, for who types slowly, and of the next, for
 * a clock that is ahead.
 *
 * Returns: whether it is right
 */
gboolean
porch_totp_find_step (const char *secret,
                      const char *code,
                      gint64 now_us,
                      gint64 last_step,
                      gint64 *step)
{
  gint64 now = now_us / STEP_US;
  gboolean is_right = FALSE;

  g_return_val_if_fail (secret != NULL && code != NULL && step != NULL, FALSE);

  for (gint64 candidate = now - STEPS_APART; candidate <= now + STEPS_APART; candidate++)
    {
      char *expected = porch_totp_make_code (secret, candidate);

      if (expected != NULL && porch_equal_in_constant_time (code, expected)
          && candidate > last_step)
        {
          is_right = TRUE;
          *step = candidate;
        }
      porch_secret_free (expected);
    }

  return is_right;
}

/**
 * porch_totp_build_uri:
 * @secret: a key of porch_totp_new_secret()
 * @issuer: who asks for the codes
 * @account: whose they are
 *
 * Returns: (transfer full): what an app reads from a QR code; to be freed with porch_secret_free()
 */
char *
porch_totp_build_uri (const char *secret, const char *issuer, const char *account)
{
  g_autofree char *escaped_issuer = g_uri_escape_string (issuer, NULL, FALSE);
  g_autofree char *escaped_account = g_uri_escape_string (account, "@", FALSE);

  return g_strdup_printf ("otpauth://totp/%s:%s?algorithm=SHA1&digits=%d&issuer=%s&period=30"
                          "&secret=%s",
                          escaped_issuer, escaped_account, DIGITS, escaped_issuer, secret);
}
