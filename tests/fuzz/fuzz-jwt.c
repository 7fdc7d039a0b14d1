/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Tokens as they come, which no fuzzer can sign, and tokens with any header and any payload, signed
 * here: the first line of the input is the header, the rest the payload.
 */

#include "fuzz.h"

#include <string.h>

#include "protocol/porch-jwt.h"

#define NOW    (G_GINT64_CONSTANT (1705314600) * G_USEC_PER_SEC)
#define SECRET "secret"

static char *
sign (const guint8 *bytes, gsize length)
{
  const guint8 *newline = length > 0 ? memchr (bytes, '\n', length) : NULL;
  gsize header_length = newline != NULL ? (gsize) (newline - bytes) : 0;
  gsize payload_start = newline != NULL ? header_length + 1 : 0;
  g_autofree char *header = porch_base64url_encode (bytes, header_length);
  g_autofree char *payload = porch_base64url_encode (bytes + payload_start, length - payload_start);
  g_autofree char *message = g_strconcat (header, ".", payload, NULL);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) SECRET, strlen (SECRET));
  guint8 digest[32];
  gsize digest_length = sizeof digest;
  g_autofree char *signature = NULL;

  g_hmac_update (hmac, (const guchar *) message, -1);
  g_hmac_get_digest (hmac, digest, &digest_length);
  signature = porch_base64url_encode (digest, digest_length);
  return g_strconcat (message, ".", signature, NULL);
}

static void
check_signed (const guint8 *bytes, gsize length)
{
  g_autofree char *token = sign (bytes, length);
  g_autoptr (PorchJwtClaims) claims = porch_jwt_verify (token, SECRET, NOW, NULL);
  g_autoptr (PorchJwtClaims) again = NULL;
  g_autofree char *own_token = NULL;

  if (claims == NULL)
    return;

  own_token = porch_jwt_sign (claims, NULL, SECRET);
  /* A fraction of a second is not written. */
  again = porch_jwt_verify (own_token, SECRET, NOW - G_USEC_PER_SEC, NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (claims->sub, ==, again->sub);
  g_assert_cmpstr (claims->email, ==, again->email);
  g_assert_cmpstr (claims->session_id, ==, again->session_id);
  g_assert_cmpstr (claims->role, ==, again->role);
  g_assert_cmpstr (claims->iss, ==, again->iss);
}

static void
check_base64url (const char *text, gsize length)
{
  gsize decoded_length;
  g_autofree guint8 *decoded = porch_base64url_decode (text, length, &decoded_length);
  g_autofree char *again = NULL;

  if (decoded == NULL)
    return;

  again = porch_base64url_encode (decoded, decoded_length);
  g_assert_cmpmem (text, length, again, strlen (again));
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autofree char *token = g_strndup ((const char *) bytes, length);

  g_autoptr (PorchJwtHeader) header = porch_jwt_header_parse (token, NULL);
  g_autoptr (PorchJwtClaims) claims = porch_jwt_claims_parse (token, "authenticated", NULL, NOW,
                                                              NULL);

  g_assert_null (porch_jwt_verify (token, SECRET, NOW, NULL));
  if (header != NULL)
    g_assert_cmpuint (header->signed_length, <, length);
  if (claims != NULL)
    g_assert_cmpint (claims->exp_us, >, NOW);
  check_signed (bytes, length);
  check_base64url ((const char *) bytes, length);
  return 0;
}
