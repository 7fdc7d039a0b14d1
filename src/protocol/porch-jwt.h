/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* JSON Web Tokens signed HS256, as Supabase Auth signs them (RFC 7519, RFC 7515). */
typedef struct
{
  char *sub;
  char *email;
  char *session_id;
  char *role;
  char *aud;
  char *iss;
  gint64 exp_us;
  gint64 iat_us;
} PorchJwtClaims;

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
