/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The public keys that a Supabase project shows (RFC 7517), and what is signed with them: ES256 and
 * RS256 (RFC 7518, 3.3 and 3.4), by GnuTLS. A key is good for the one algorithm that its kind has
 * here, whatever a token says; what is no such key is passed over. Where keys come from PorchJwks
 * knows.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-jwk-set.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "protocol/porch-json.h"

#define TEXT_MAX_BYTES 512
/* RFC 7518, 6.2.1 and 3.4. */
#define P256_BYTES            32
#define ES256_SIGNATURE_BYTES (2 * P256_BYTES)
/* RFC 7518, 3.3 asks for the first; what is larger than the second costs too much time. */
#define RSA_MIN_BITS       2048
#define RSA_MAX_BITS       8192
#define EXPONENT_MAX_BYTES 8
/* Base64url of RSA_MAX_BITS, and some. */
#define MODULUS_MAX_TEXT 1500

typedef struct
{
  char *id; /* NULL for one without */
  const char *algorithm;
  gnutls_sign_algorithm_t sign;
  gnutls_pubkey_t key;
} Jwk;

struct _PorchJwkSet
{
  GPtrArray *keys; /* Jwk */
};

static void
jwk_free (Jwk *jwk)
{
  gnutls_pubkey_deinit (jwk->key);
  g_free (jwk->id);
  g_free (jwk);
}

/* (transfer full): datum->data, by g_free() */
static gboolean
read_bytes (JsonObject *object, const char *member, gsize max_text, gnutls_datum_t *datum)
{
  const char *text = porch_json_get_string (object, member, max_text);
  gsize length;

  datum->data = text != NULL ? porch_base64url_decode (text, -1, &length) : NULL;
  datum->size = datum->data != NULL ? length : 0;

  return datum->size > 0;
}

static gboolean
import_ec (gnutls_pubkey_t key, JsonObject *object)
{
  gnutls_datum_t x = { 0 };
  gnutls_datum_t y = { 0 };
  gboolean done;

  done = g_strcmp0 (porch_json_get_string (object, "crv", TEXT_MAX_BYTES), "P-256") == 0
         && read_bytes (object, "x", TEXT_MAX_BYTES, &x) && x.size == P256_BYTES
         && read_bytes (object, "y", TEXT_MAX_BYTES, &y) && y.size == P256_BYTES
         && gnutls_pubkey_import_ecc_raw (key, GNUTLS_ECC_CURVE_SECP256R1, &x, &y) == 0;
  g_free (x.data);
  g_free (y.data);

  return done;
}

static gboolean
import_rsa (gnutls_pubkey_t key, JsonObject *object)
{
  gnutls_datum_t modulus = { 0 };
  gnutls_datum_t exponent = { 0 };
  unsigned int bits = 0;
  gboolean done;

  /* An even or tiny exponent makes a key that anybody can sign for. */
  done = read_bytes (object, "n", MODULUS_MAX_TEXT, &modulus)
         && read_bytes (object, "e", TEXT_MAX_BYTES, &exponent)
         && exponent.size <= EXPONENT_MAX_BYTES && (exponent.data[exponent.size - 1] & 1) == 1
         && !(exponent.size == 1 && exponent.data[0] < 3)
         && gnutls_pubkey_import_rsa_raw (key, &modulus, &exponent) == 0
         && gnutls_pubkey_get_pk_algorithm (key, &bits) == GNUTLS_PK_RSA && bits >= RSA_MIN_BITS
         && bits <= RSA_MAX_BITS;
  g_free (modulus.data);
  g_free (exponent.data);

  return done;
}

/* What a key may be used for, where it says so (RFC 7517, 4.2 and 4.4). */
static gboolean
is_for (JsonObject *object, const char *algorithm)
{
  const char *use = porch_json_get_string (object, "use", TEXT_MAX_BYTES);
  const char *alg = porch_json_get_string (object, "alg", TEXT_MAX_BYTES);

  return (use == NULL || g_str_equal (use, "sig")) && (alg == NULL || g_str_equal (alg, algorithm));
}

/* NULL for what is no key that we can use. */
static Jwk *
read_key (JsonObject *object)
{
  const char *type = porch_json_get_string (object, "kty", TEXT_MAX_BYTES);
  gboolean is_ec = g_strcmp0 (type, "EC") == 0;
  const char *algorithm = is_ec ? "ES256" : "RS256";
  gnutls_pubkey_t key;
  Jwk *jwk;

  if ((!is_ec && g_strcmp0 (type, "RSA") != 0) || !is_for (object, algorithm)
      || gnutls_pubkey_init (&key) < 0)
    return NULL;

  if (!(is_ec ? import_ec (key, object) : import_rsa (key, object)))
    {
      gnutls_pubkey_deinit (key);
      return NULL;
    }

  jwk = g_new0 (Jwk, 1);
  jwk->id = g_strdup (porch_json_get_string (object, "kid", TEXT_MAX_BYTES));
  jwk->algorithm = algorithm;
  jwk->sign = is_ec ? GNUTLS_SIGN_ECDSA_SHA256 : GNUTLS_SIGN_RSA_SHA256;
  jwk->key = key;

  return jwk;
}

/**
 * porch_jwk_set_parse:
 * @bytes: (array length=length): a JWK set
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: (transfer full): the keys in it that can be used, perhaps none
 */
PorchJwkSet *
porch_jwk_set_parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  PorchJwkSet *self;
  JsonArray *array;

  if (root == NULL)
    return NULL;

  array = porch_json_get_array (json_node_get_object (root), "keys", PORCH_JWK_SET_KEYS_MAX);
  if (array == NULL)
    {
      porch_protocol_error_set_invalid (error, "This is no set of keys");
      return NULL;
    }

  self = g_atomic_rc_box_new0 (PorchJwkSet);
  self->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) jwk_free);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      Jwk *jwk = JSON_NODE_HOLDS_OBJECT (node) ? read_key (json_node_get_object (node)) : NULL;

      if (jwk != NULL)
        g_ptr_array_add (self->keys, jwk);
    }

  return self;
}

/**
 * porch_jwk_set_ref:
 * @self: a set of keys
 *
 * Returns: (transfer full): the same
 */
PorchJwkSet *
porch_jwk_set_ref (PorchJwkSet *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
jwk_set_clear (PorchJwkSet *self)
{
  g_ptr_array_unref (self->keys);
}

/**
 * porch_jwk_set_unref:
 * @self: (transfer full): a set of keys
 */
void
porch_jwk_set_unref (PorchJwkSet *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) jwk_set_clear);
}

/**
 * porch_jwk_set_get_n_keys:
 * @self: a set of keys
 *
 * Returns: how many can be used
 */
guint
porch_jwk_set_get_n_keys (PorchJwkSet *self)
{
  return self->keys->len;
}

/**
 * porch_jwk_set_has_key:
 * @self: a set of keys
 * @key_id: (nullable): which; %NULL for any
 *
 * Returns: whether there is such a key
 */
gboolean
porch_jwk_set_has_key (PorchJwkSet *self, const char *key_id)
{
  for (guint i = 0; i < self->keys->len; i++)
    if (key_id == NULL || g_strcmp0 (((Jwk *) g_ptr_array_index (self->keys, i))->id, key_id) == 0)
      return TRUE;

  return FALSE;
}

/* JWS has the two numbers one after the other, GnuTLS wants them in DER. */
static gboolean
encode_ecdsa (const PorchJwtHeader *header, gnutls_datum_t *der)
{
  gnutls_datum_t r = { header->signature, P256_BYTES };
  gnutls_datum_t s = { header->signature + P256_BYTES, P256_BYTES };

  return header->signature_length == ES256_SIGNATURE_BYTES
         && gnutls_encode_rs_value (der, &r, &s) == 0;
}

static gboolean
verify_with (const Jwk *jwk, const char *token, const PorchJwtHeader *header)
{
  gnutls_datum_t data = { (unsigned char *) token, header->signed_length };
  gnutls_datum_t signature = { header->signature, header->signature_length };
  gnutls_datum_t der = { 0 };
  int result;

  if (jwk->sign == GNUTLS_SIGN_ECDSA_SHA256)
    {
      if (!encode_ecdsa (header, &der))
        return FALSE;
      signature = der;
    }

  result = gnutls_pubkey_verify_data2 (jwk->key, jwk->sign, 0, &data, &signature);
  gnutls_free (der.data);

  return result >= 0;
}

/**
 * porch_jwk_set_verify:
 * @self: a set of keys
 * @token: a token
 * @header: how it says that it is signed
 *
 * Returns: whether a key of the set that has the name in @header, or any where it names none,
 *   signed the token by the algorithm in @header
 */
gboolean
porch_jwk_set_verify (PorchJwkSet *self, const char *token, const PorchJwtHeader *header)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      const Jwk *jwk = g_ptr_array_index (self->keys, i);

      if (g_str_equal (jwk->algorithm, header->algorithm)
          && (header->key_id == NULL || g_strcmp0 (jwk->id, header->key_id) == 0)
          && verify_with (jwk, token, header))
        return TRUE;
    }

  return FALSE;
}
