/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* JSON Web Tokens as Supabase Auth makes them (RFC 7519, RFC 7515). What user_metadata says of the
 * person is NULL where it says nothing.
 */
typedef struct
{
  char *sub;
  char *email;
  char *session_id;
  char *role;
  char *aud;
  char *iss;
  char *first_name;
  char *last_name;
  char *avatar;
  char *aal;     /* how sure one may be of the person: "aal1", or "aal2" with a second step */
  char *methods; /* how they signed in, with spaces between: "password", "otp totp" … */
  gboolean lacks_second_step; /* they have one and did not take it: no more than half signed in */
  gint64 exp_us;
  gint64 iat_us;
} PorchJwtClaims;

/**
 * PorchJwtHeader:
 * @algorithm: "HS256", "ES256" …, as the token claims
 * @key_id: (nullable): which key it says it is signed with
 * @signed_length: how many bytes of the token, from its start, are signed
 * @signature: (array length=signature_length): the signature
 * @signature_length: how many bytes
 *
 * How a token says that it is signed. Nothing of it is proven.
 */
typedef struct
{
  char *algorithm;
  char *key_id;
  gsize signed_length;
  guint8 *signature;
  gsize signature_length;
} PorchJwtHeader;

PorchJwtHeader *porch_jwt_header_parse (const char *token, GError **error);
void porch_jwt_header_free (PorchJwtHeader *header);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchJwtHeader, porch_jwt_header_free)
gboolean porch_jwt_is_signed_with (const char *token, const char *secret);
/* Of a token whose signature was verified. */
PorchJwtClaims *porch_jwt_claims_parse (const char *token,
                                        const char *audience,
                                        const char *issuer,
                                        gint64 now_us,
                                        GError **error);

/* Verifies signature, algorithm, exp against now_us, and aud ("authenticated"). */
PorchJwtClaims *
porch_jwt_verify (const char *token, const char *secret, gint64 now_us, GError **error);
void porch_jwt_claims_free (PorchJwtClaims *claims);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchJwtClaims, porch_jwt_claims_free)
/* user_metadata: (nullable): embedded as it is */
char *porch_jwt_sign (const PorchJwtClaims *claims, JsonNode *user_metadata, const char *secret);
/* For the anonymous API key: {"role":"anon","iss","iat","exp"}. */
char *porch_jwt_sign_anon (const char *secret, gint64 now_us);
char *porch_base64url_encode (const guint8 *bytes, gsize length);
guint8 *porch_base64url_decode (const char *text, gssize length, gsize *decoded_length);

G_END_DECLS
