/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Signs tokens as a Supabase project does with ES256 and RS256, by a key that is made for the test.
 */

#include "porch-test-signer.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "protocol/porch-jwt.h"

#define P256_BYTES 32

static gboolean
is_ec (PorchTestSigner *self)
{
  return g_str_equal (self->algorithm, "ES256");
}

/* algorithm: ES256 or RS256
 * rsa_bits: of an RSA key
 */
PorchTestSigner *
porch_test_signer_new (const char *algorithm, guint rsa_bits, const char *key_id)
{
  PorchTestSigner *self = g_new0 (PorchTestSigner, 1);
  int result;

  self->algorithm = algorithm;
  self->key_id = key_id;
  result = gnutls_privkey_init (&self->key);
  g_assert_cmpint (result, ==, 0);
  result = is_ec (self) ? gnutls_privkey_generate (
               self->key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0)
                        : gnutls_privkey_generate (self->key, GNUTLS_PK_RSA, rsa_bits, 0);
  g_assert_cmpint (result, ==, 0);

  return self;
}

void
porch_test_signer_free (PorchTestSigner *self)
{
  gnutls_privkey_deinit (self->key);
  g_free (self);
}

/* The number in so many bytes: GnuTLS puts a zero in front or leaves some out. */
static void
copy_number (guint8 *bytes, const gnutls_datum_t *number)
{
  gsize skipped = number->size > P256_BYTES ? number->size - P256_BYTES : 0;
  gsize length = number->size - skipped;

  memset (bytes, 0, P256_BYTES);
  memcpy (bytes + P256_BYTES - length, number->data + skipped, length);
}

static char *
build_ec_jwk (PorchTestSigner *self)
{
  gnutls_ecc_curve_t curve;
  gnutls_datum_t x, y;
  guint8 x_bytes[P256_BYTES], y_bytes[P256_BYTES];
  g_autofree char *x_text = NULL;
  g_autofree char *y_text = NULL;

  g_assert_cmpint (gnutls_privkey_export_ecc_raw (self->key, &curve, &x, &y, NULL), ==, 0);
  copy_number (x_bytes, &x);
  copy_number (y_bytes, &y);
  x_text = porch_base64url_encode (x_bytes, sizeof x_bytes);
  y_text = porch_base64url_encode (y_bytes, sizeof y_bytes);
  gnutls_free (x.data);
  gnutls_free (y.data);

  return g_strdup_printf ("{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\","
                          "\"kid\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}",
                          self->key_id, x_text, y_text);
}

static char *
build_rsa_jwk (PorchTestSigner *self)
{
  gnutls_datum_t modulus, exponent;
  g_autofree char *modulus_text = NULL;
  g_autofree char *exponent_text = NULL;

  g_assert_cmpint (gnutls_privkey_export_rsa_raw2 (self->key, &modulus, &exponent, NULL, NULL, NULL,
                                                   NULL, NULL, NULL, GNUTLS_EXPORT_FLAG_NO_LZ),
                   ==, 0);
  modulus_text = porch_base64url_encode (modulus.data, modulus.size);
  exponent_text = porch_base64url_encode (exponent.data, exponent.size);
  gnutls_free (modulus.data);
  gnutls_free (exponent.data);

  return g_strdup_printf ("{\"kty\":\"RSA\",\"alg\":\"RS256\",\"kid\":\"%s\",\"n\":\"%s\","
                          "\"e\":\"%s\"}",
                          self->key_id, modulus_text, exponent_text);
}

char *
porch_test_signer_build_jwk (PorchTestSigner *self)
{
  return is_ec (self) ? build_ec_jwk (self) : build_rsa_jwk (self);
}

static char *
sign_text (PorchTestSigner *self, const char *text)
{
  gnutls_datum_t data = { (unsigned char *) text, strlen (text) };
  gnutls_datum_t signature, r, s;
  guint8 both[2 * P256_BYTES];
  char *encoded;

  g_assert_cmpint (gnutls_privkey_sign_data2 (
                       self->key, is_ec (self) ? GNUTLS_SIGN_ECDSA_SHA256 : GNUTLS_SIGN_RSA_SHA256,
                       0, &data, &signature),
                   ==, 0);
  if (!is_ec (self))
    {
      encoded = porch_base64url_encode (signature.data, signature.size);
      gnutls_free (signature.data);
      return encoded;
    }

  g_assert_cmpint (gnutls_decode_rs_value (&signature, &r, &s), ==, 0);
  copy_number (both, &r);
  copy_number (both + P256_BYTES, &s);
  gnutls_free (r.data);
  gnutls_free (s.data);
  gnutls_free (signature.data);

  return porch_base64url_encode (both, sizeof both);
}

/* header: (nullable): JSON; NULL for one that says what is so */
char *
porch_test_signer_sign (PorchTestSigner *self, const char *header, const char *payload)
{
  g_autofree char *own_header = g_strdup_printf ("{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"JWT\"}",
                                                 self->algorithm, self->key_id);
  const char *chosen = header != NULL ? header : own_header;
  g_autofree char *first = porch_base64url_encode ((const guint8 *) chosen, strlen (chosen));
  g_autofree char *second = porch_base64url_encode ((const guint8 *) payload, strlen (payload));
  g_autofree char *message = g_strconcat (first, ".", second, NULL);
  g_autofree char *signature = sign_text (self, message);

  return g_strconcat (message, ".", signature, NULL);
}
