/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* JSON Web Tokens, as Supabase Auth and porchlightd make them. Those with a shared secret (HS256)
 * are verified here: the signature before a byte of the token is parsed, and whatever the token
 * says about how it was signed, it is HS256 or refused. Of others this reads how they claim to be
 * signed, and, once somebody with the keys has verified that, what they say. Whether the session
 * behind a token is still there, the server's store knows.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "protocol/porch-jwt.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-json.h"
#include "protocol/porch-pusher-signature.h"
#include "protocol/porch-timestamp.h"
#include "protocol/porch-user-id.h"

#define AUDIENCE        "authenticated"
#define HMAC_BYTES      32
#define CLAIM_MAX_BYTES 512
#define AUDIENCES_MAX   16
#define METHODS_MAX     16
/* A claim of porchlightd's own tokens. */
#define LACKS_SECOND_STEP "lacks_second_step"
#define ISSUER_MAX_BYTES  1024
#define ANON_LIFETIME_S   (10 * 365 * G_GINT64_CONSTANT (86400))
/* {"alg":"HS256","typ":"JWT"} */
#define HEADER_BASE64URL "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"

static const char base64url_digits[]
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static char *
hmac_sha256_base64url (const char *secret, const char *message, gsize length)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) secret, strlen (secret));
  guint8 digest[HMAC_BYTES];
  gsize digest_length = sizeof digest;

  g_hmac_update (hmac, (const guchar *) message, length);
  g_hmac_get_digest (hmac, digest, &digest_length);
  return porch_base64url_encode (digest, digest_length);
}

static JsonNode *
decode_object (const char *text, gsize length)
{
  gsize decoded_length;
  g_autofree guint8 *decoded = porch_base64url_decode (text, length, &decoded_length);

  if (decoded == NULL)
    return NULL;

  return porch_json_parse_object ((const char *) decoded, decoded_length, NULL);
}

/* Says HS256 and asks for no extension that we would have to understand (RFC 7515, 4.1.11). */
static gboolean
header_is_acceptable (const char *header, gsize length)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object;

  /* The one that we write ourselves needs no parser. */
  if (length == strlen (HEADER_BASE64URL) && memcmp (header, HEADER_BASE64URL, length) == 0)
    return TRUE;

  root = decode_object (header, length);
  if (root == NULL)
    return FALSE;

  object = json_node_get_object (root);
  return g_strcmp0 (porch_json_get_string (object, "alg", CLAIM_MAX_BYTES), "HS256") == 0
         && !json_object_has_member (object, "crit");
}

/* Seconds since the epoch, which may have a fraction (RFC 7519, 2). */
static gboolean
get_numeric_date (JsonObject *object, const char *member, gint64 *time_us)
{
  gint64 seconds;
  JsonNode *node;
  double real;

  if (porch_json_get_int (object, member, 0, PORCH_TIMESTAMP_MAX_S, &seconds))
    {
      *time_us = seconds * G_USEC_PER_SEC;
      return TRUE;
    }

  node = json_object_get_member (object, member);
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_DOUBLE)
    return FALSE;

  real = json_node_get_double (node);
  if (!(real >= 0 && real <= PORCH_TIMESTAMP_MAX_S))
    return FALSE;

  *time_us = real * G_USEC_PER_SEC;
  return TRUE;
}

static gboolean
is_for (JsonObject *object, const char *audience)
{
  JsonArray *audiences = porch_json_get_array (object, "aud", AUDIENCES_MAX);

  if (audiences == NULL)
    return g_strcmp0 (porch_json_get_string (object, "aud", CLAIM_MAX_BYTES), audience) == 0;

  for (guint i = 0; i < json_array_get_length (audiences); i++)
    {
      JsonNode *node = json_array_get_element (audiences, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
          && g_str_equal (json_node_get_string (node), audience))
        return TRUE;
    }

  return FALSE;
}

static char *
dup_claim (JsonObject *object, const char *name)
{
  return g_strdup (porch_json_get_string (object, name, CLAIM_MAX_BYTES));
}

/* What is wrong with the claims of a token that is genuine, or NULL. */
static const char *
check_claims (JsonObject *object, const char *audience, const char *issuer, gint64 now_us)
{
  gint64 exp_us, nbf_us;

  if (!get_numeric_date (object, "exp", &exp_us))
    return "The token does not say when it ends";
  if (exp_us <= now_us)
    return "The token has expired";
  if (json_object_has_member (object, "nbf")
      && (!get_numeric_date (object, "nbf", &nbf_us) || nbf_us > now_us))
    return "The token is not valid yet";
  if (!is_for (object, audience))
    return "The token is for somebody else";
  if (issuer != NULL
      && g_strcmp0 (porch_json_get_string (object, "iss", ISSUER_MAX_BYTES), issuer) != 0)
    return "The token is from somebody else";
  if (!porch_user_id_is_valid (porch_json_get_string (object, "sub", PORCH_USER_ID_MAX_BYTES)))
    return "The token does not say whose it is";

  return NULL;
}

/* The methods of "amr": objects as Supabase Auth makes them, or strings (RFC 8176). */
static char *
read_methods (JsonObject *object)
{
  JsonArray *amr = porch_json_get_array (object, "amr", METHODS_MAX);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) methods = NULL;

  for (guint i = 0; amr != NULL && i < json_array_get_length (amr); i++)
    {
      JsonNode *node = json_array_get_element (amr, i);
      const char *method = NULL;

      if (JSON_NODE_HOLDS_OBJECT (node))
        method = porch_json_get_string (json_node_get_object (node), "method", CLAIM_MAX_BYTES);
      else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        method = json_node_get_string (node);
      if (method != NULL)
        g_strv_builder_add (builder, method);
    }

  methods = g_strv_builder_end (builder);
  return *methods != NULL ? g_strjoinv (" ", methods) : NULL;
}

static PorchJwtClaims *
read_claims (JsonObject *object, const char *audience)
{
  PorchJwtClaims *claims = g_new0 (PorchJwtClaims, 1);

  claims->sub = dup_claim (object, "sub");
  claims->email = dup_claim (object, "email");
  claims->session_id = dup_claim (object, "session_id");
  claims->role = dup_claim (object, "role");
  claims->aud = g_strdup (audience);
  claims->iss = dup_claim (object, "iss");
  claims->aal = dup_claim (object, "aal");
  claims->methods = read_methods (object);
  claims->lacks_second_step = porch_json_get_boolean (object, LACKS_SECOND_STEP, FALSE);
  get_numeric_date (object, "exp", &claims->exp_us);
  get_numeric_date (object, "iat", &claims->iat_us);
  porch_auth_metadata_read (porch_json_get_object (object, "user_metadata"), &claims->first_name,
                            &claims->last_name, &claims->avatar);
  return claims;
}

/* Finds the two dots; FALSE where there are none, or more. */
static gboolean
split_token (const char *token, const char **payload, const char **signature)
{
  const char *first = strchr (token, '.');
  const char *second = first != NULL ? strchr (first + 1, '.') : NULL;

  if (second == NULL || strchr (second + 1, '.') != NULL)
    return FALSE;

  *payload = first + 1;
  *signature = second + 1;
  return TRUE;
}

static void
set_bad_jwt (GError **error, const char *message)
{
  g_set_error_literal (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_BAD_JWT, message);
}

/**
 * porch_jwt_header_parse:
 * @token: what may be an access token
 * @error: return location for %PORCH_AUTH_ERROR_BAD_JWT
 *
 * Returns: (transfer full): how it claims to be signed, to be verified with the key that it names
 */
PorchJwtHeader *
porch_jwt_header_parse (const char *token, GError **error)
{
  g_autoptr (PorchJwtHeader) header = g_new0 (PorchJwtHeader, 1);
  g_autoptr (JsonNode) root = NULL;
  const char *payload, *signature;
  JsonObject *object;

  g_return_val_if_fail (token != NULL, NULL);

  if (strlen (token) > PORCH_TOKEN_MAX_BYTES || !split_token (token, &payload, &signature))
    {
      set_bad_jwt (error, "This is no token");
      return NULL;
    }

  root = decode_object (token, payload - 1 - token);
  object = root != NULL ? json_node_get_object (root) : NULL;
  header->signed_length = signature - 1 - token;
  header->signature = porch_base64url_decode (signature, -1, &header->signature_length);
  if (object != NULL)
    {
      header->algorithm = dup_claim (object, "alg");
      header->key_id = dup_claim (object, "kid");
    }
  /* An extension that we would have to understand (RFC 7515, 4.1.11), or a key whose name is none.
   */
  if (header->signature == NULL || header->algorithm == NULL
      || json_object_has_member (object, "crit")
      || (header->key_id == NULL && json_object_has_member (object, "kid")))
    {
      set_bad_jwt (error, "The token does not say how it is signed");
      return NULL;
    }

  return g_steal_pointer (&header);
}

/**
 * porch_jwt_header_free:
 * @header: (transfer full) (nullable): a header
 */
void
porch_jwt_header_free (PorchJwtHeader *header)
{
  if (header == NULL)
    return;

  g_free (header->algorithm);
  g_free (header->key_id);
  g_free (header->signature);
  g_free (header);
}

/**
 * porch_jwt_is_signed_with:
 * @token: an access token
 * @secret: a secret
 *
 * Returns: whether the token is signed HS256 with the secret, and says so
 */
gboolean
porch_jwt_is_signed_with (const char *token, const char *secret)
{
  g_autofree char *expected = NULL;
  const char *payload, *signature;

  g_return_val_if_fail (token != NULL, FALSE);
  g_return_val_if_fail (secret != NULL && *secret != '\0', FALSE);

  if (strlen (token) > PORCH_TOKEN_MAX_BYTES || !split_token (token, &payload, &signature))
    return FALSE;

  expected = hmac_sha256_base64url (secret, token, signature - 1 - token);

  return porch_equal_in_constant_time (signature, expected)
         && header_is_acceptable (token, payload - 1 - token);
}

/**
 * porch_jwt_claims_parse:
 * @token: an access token whose signature was verified
 * @audience: for whom it must be
 * @issuer: (nullable): who must have made it; %NULL for anybody with the key
 * @now_us: the server's clock, Unix microseconds
 * @error: return location for %PORCH_AUTH_ERROR_BAD_JWT
 *
 * Takes a token that ends after @now_us, is for @audience and from @issuer, and names a person.
 *
 * Returns: (transfer full): what the token claims
 */
PorchJwtClaims *
porch_jwt_claims_parse (const char *token,
                        const char *audience,
                        const char *issuer,
                        gint64 now_us,
                        GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  const char *payload, *signature;
  const char *problem = NULL;

  g_return_val_if_fail (token != NULL && audience != NULL, NULL);

  if (strlen (token) > PORCH_TOKEN_MAX_BYTES || !split_token (token, &payload, &signature))
    {
      set_bad_jwt (error, "This is no token");
      return NULL;
    }

  root = decode_object (payload, signature - 1 - payload);
  problem = root != NULL ? check_claims (json_node_get_object (root), audience, issuer, now_us)
                         : "The token holds no claims";
  if (problem != NULL)
    {
      set_bad_jwt (error, problem);
      return NULL;
    }

  return read_claims (json_node_get_object (root), audience);
}

/**
 * porch_jwt_verify:
 * @token: an access token
 * @secret: the secret it must be signed with
 * @now_us: the server's clock, Unix microseconds
 * @error: return location for %PORCH_AUTH_ERROR_BAD_JWT
 *
 * Takes a token that is signed HS256 with @secret, ends after @now_us, is for "authenticated", and
 * names a person.
 *
 * Returns: (transfer full): what the token claims
 */
PorchJwtClaims *
porch_jwt_verify (const char *token, const char *secret, gint64 now_us, GError **error)
{
  if (!porch_jwt_is_signed_with (token, secret))
    {
      set_bad_jwt (error, "The token is not signed by us");
      return NULL;
    }

  return porch_jwt_claims_parse (token, AUDIENCE, NULL, now_us, error);
}

/**
 * porch_jwt_claims_free:
 * @claims: (transfer full) (nullable): claims
 */
void
porch_jwt_claims_free (PorchJwtClaims *claims)
{
  if (claims == NULL)
    return;

  g_free (claims->sub);
  g_free (claims->email);
  g_free (claims->session_id);
  g_free (claims->role);
  g_free (claims->aud);
  g_free (claims->iss);
  g_free (claims->first_name);
  g_free (claims->last_name);
  g_free (claims->avatar);
  g_free (claims->aal);
  g_free (claims->methods);
  g_free (claims);
}

static void
append_methods (GString *payload, const char *methods, gint64 iat_s)
{
  g_auto (GStrv) names = g_strsplit (methods, " ", -1);

  porch_json_append_name (payload, "amr");
  g_string_append_c (payload, '[');
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_string_append (payload, i > 0 ? ",{" : "{");
      porch_json_append_string_member (payload, "method", names[i]);
      porch_json_append_int_member (payload, "timestamp", iat_s);
      g_string_append_c (payload, '}');
    }
  g_string_append_c (payload, ']');
}

static char *
sign_payload (GString *payload, const char *secret)
{
  g_autofree char *encoded = porch_base64url_encode ((const guint8 *) payload->str, payload->len);
  g_autofree char *message = g_strconcat (HEADER_BASE64URL, ".", encoded, NULL);
  g_autofree char *signature = hmac_sha256_base64url (secret, message, strlen (message));

  return g_strconcat (message, ".", signature, NULL);
}

/**
 * porch_jwt_sign:
 * @claims: what the token shall claim
 * @user_metadata: (nullable): the person's own metadata, embedded as it is
 * @secret: the secret to sign with
 *
 * Makes an access token with the claims that Supabase Auth gives a person who signed in; with a
 * password, where @claims does not say how.
 *
 * Returns: (transfer full): the token; to be freed with porch_secret_free()
 */
char *
porch_jwt_sign (const PorchJwtClaims *claims, JsonNode *user_metadata, const char *secret)
{
  g_autoptr (GString) payload = g_string_sized_new (512);
  gint64 iat_s;

  g_return_val_if_fail (claims != NULL && claims->sub != NULL, NULL);
  g_return_val_if_fail (secret != NULL && *secret != '\0', NULL);

  iat_s = claims->iat_us / G_USEC_PER_SEC;
  g_string_append_c (payload, '{');
  porch_json_append_string_member (payload, "aud", claims->aud);
  porch_json_append_int_member (payload, "exp", claims->exp_us / G_USEC_PER_SEC);
  porch_json_append_int_member (payload, "iat", iat_s);
  porch_json_append_string_member (payload, "iss", claims->iss);
  porch_json_append_string_member (payload, "sub", claims->sub);
  porch_json_append_string_member (payload, "email", claims->email);
  porch_json_append_string_member (payload, "role", claims->role);
  porch_json_append_string_member (payload, "session_id", claims->session_id);
  porch_json_append_string_member (payload, "aal", claims->aal != NULL ? claims->aal : "aal1");
  append_methods (payload, claims->methods != NULL ? claims->methods : "password", iat_s);
  if (claims->lacks_second_step)
    porch_json_append_boolean_member (payload, LACKS_SECOND_STEP, TRUE);
  porch_json_append_name (payload, "app_metadata");
  g_string_append (payload, "{\"provider\":\"email\",\"providers\":[\"email\"]}");
  if (user_metadata != NULL)
    {
      g_autofree char *metadata = porch_json_to_string (user_metadata);

      porch_json_append_name (payload, "user_metadata");
      g_string_append (payload, metadata);
    }
  g_string_append_c (payload, '}');

  return sign_payload (payload, secret);
}

/**
 * porch_jwt_sign_anon:
 * @secret: the secret to sign with
 * @now_us: the server's clock, Unix microseconds
 *
 * Makes the anonymous API key, which is public, good for ten years, and nobody's access token.
 *
 * Returns: (transfer full): the key
 */
char *
porch_jwt_sign_anon (const char *secret, gint64 now_us)
{
  g_autoptr (GString) payload = g_string_new ("{");
  gint64 now_s = now_us / G_USEC_PER_SEC;

  g_return_val_if_fail (secret != NULL && *secret != '\0', NULL);

  porch_json_append_string_member (payload, "role", "anon");
  porch_json_append_string_member (payload, "iss", "porchlight");
  porch_json_append_int_member (payload, "iat", now_s);
  porch_json_append_int_member (payload, "exp", now_s + ANON_LIFETIME_S);
  g_string_append_c (payload, '}');

  return sign_payload (payload, secret);
}

/**
 * porch_base64url_encode:
 * @bytes: (array length=length): what to write
 * @length: how many bytes
 *
 * Returns: (transfer full): @bytes in base64url (RFC 4648, 5), without padding
 */
char *
porch_base64url_encode (const guint8 *bytes, gsize length)
{
  char *text = g_malloc (length / 3 * 4 + 4 + 1);
  char *end = text;

  for (gsize i = 0; i < length; i += 3)
    {
      gsize count = MIN (length - i, 3);
      guint32 group = (guint32) bytes[i] << 16 | (count > 1 ? bytes[i + 1] << 8 : 0)
                      | (count > 2 ? bytes[i + 2] : 0);

      for (gsize digit = 0; digit <= count; digit++)
        *end++ = base64url_digits[group >> (18 - 6 * digit) & 63];
    }

  *end = '\0';
  return text;
}

static int
base64url_digit_value (char digit)
{
  if (g_ascii_isupper (digit))
    return digit - 'A';
  if (g_ascii_islower (digit))
    return digit - 'a' + 26;
  if (g_ascii_isdigit (digit))
    return digit - '0' + 52;
  if (digit == '-')
    return 62;
  return digit == '_' ? 63 : -1;
}

/**
 * porch_base64url_decode:
 * @text: base64url (RFC 4648, 5), without padding
 * @length: its length in bytes, or -1
 * @decoded_length: (out): return location for the length of what it stands for
 *
 * Takes only what porch_base64url_encode() could have written, so that no two texts stand for the
 * same bytes.
 *
 * Returns: (transfer full) (nullable) (array length=decoded_length): the bytes, and a NUL after
 * them
 */
guint8 *
porch_base64url_decode (const char *text, gssize length, gsize *decoded_length)
{
  gsize text_length = length < 0 ? strlen (text) : (gsize) length;
  g_autofree guint8 *decoded = NULL;
  guint32 bits = 0;
  guint n_bits = 0;
  gsize end = 0;

  if (text_length % 4 == 1)
    return NULL;

  decoded = g_malloc (text_length / 4 * 3 + 3);
  for (gsize i = 0; i < text_length; i++)
    {
      int value = base64url_digit_value (text[i]);

      if (value < 0)
        return NULL;

      bits = bits << 6 | value;
      n_bits += 6;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          decoded[end++] = bits >> n_bits;
          bits &= (1u << n_bits) - 1;
        }
    }

  if (bits != 0)
    return NULL;

  decoded[end] = '\0';
  *decoded_length = end;
  return g_steal_pointer (&decoded);
}
