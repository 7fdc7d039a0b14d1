/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The JSON of the ways into Supabase Auth that take more than a password: a code by e-mail, a
 * browser (PKCE), a new account, and the second step of an authenticator app (TOTP). The client's
 * side; a session and its errors are read in porch-auth-message.c. Who asks for which step, and
 * when, is PorchSignIn's.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "protocol/porch-auth-steps.h"

#include <string.h>

#include "presence/porch-text.h"
#include "protocol/porch-auth-message.h"
#include "protocol/porch-json.h"
#include "protocol/porch-jwt.h"

/* Ids of factors and challenges are UUIDs; they become part of an address. */
#define ID_MAX_BYTES    64
#define FACTORS_MAX     32
#define AAL_MAX_BYTES   16
#define LABEL_MAX_BYTES 32

/* Never grows, so that no part of a secret stays behind in memory that was freed. */
static GString *
secret_json_new (const char *secret)
{
  GString *json = g_string_sized_new (6 * strlen (secret) + 4096);

  g_string_append_c (json, '{');
  return json;
}

/**
 * porch_auth_mail_request_build:
 * @email: what the person typed
 *
 * Returns: (transfer full): the body of POST /recover
 */
char *
porch_auth_mail_request_build (const char *email)
{
  GString *json;

  g_return_val_if_fail (email != NULL, NULL);

  json = g_string_new ("{");
  porch_json_append_string_member (json, "email", email);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/**
 * porch_auth_code_request_build:
 * @email: what the person typed
 *
 * Returns: (transfer full): the body of POST /otp, which makes no account for an unknown address
 */
char *
porch_auth_code_request_build (const char *email)
{
  GString *json;

  g_return_val_if_fail (email != NULL, NULL);

  json = g_string_new ("{");
  porch_json_append_string_member (json, "email", email);
  porch_json_append_boolean_member (json, "create_user", FALSE);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/**
 * porch_auth_code_grant_build:
 * @email: whom the code was sent to
 * @code: the code
 *
 * The type "email" stands for the code of a sign-in and for the one that confirms a new account.
 *
 * Returns: (transfer full): the body of POST /verify; to be freed with porch_secret_free()
 */
char *
porch_auth_code_grant_build (const char *email, const char *code)
{
  GString *json;

  g_return_val_if_fail (email != NULL && code != NULL, NULL);

  json = secret_json_new (code);
  porch_json_append_string_member (json, "type", "email");
  porch_json_append_string_member (json, "email", email);
  porch_json_append_string_member (json, "token", code);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/**
 * porch_auth_browser_grant_build:
 * @auth_code: what the browser came back with
 * @verifier: what the code challenge was made of
 *
 * Returns: (transfer full): the body of POST /token?grant_type=pkce; to be freed with
 *   porch_secret_free()
 */
char *
porch_auth_browser_grant_build (const char *auth_code, const char *verifier)
{
  GString *json;

  g_return_val_if_fail (auth_code != NULL && verifier != NULL, NULL);

  json = secret_json_new (verifier);
  porch_json_append_string_member (json, "auth_code", auth_code);
  porch_json_append_string_member (json, "code_verifier", verifier);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/**
 * porch_auth_new_account_build:
 * @email: what the person typed
 * @password: what the person typed
 * @name: (nullable): what others are to see
 *
 * Returns: (transfer full): the body of POST /signup; to be freed with porch_secret_free()
 */
char *
porch_auth_new_account_build (const char *email, const char *password, const char *name)
{
  GString *json;

  g_return_val_if_fail (email != NULL && password != NULL, NULL);

  json = secret_json_new (password);
  porch_json_append_string_member (json, "email", email);
  porch_json_append_string_member (json, "password", password);
  if (name != NULL && *name != '\0')
    {
      porch_json_append_name (json, "data");
      g_string_append_c (json, '{');
      porch_json_append_string_member (json, "name", name);
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

static char *
dup_id (JsonObject *object)
{
  const char *id = porch_json_get_string (object, "id", ID_MAX_BYTES);

  return porch_text_consists_of (id, PORCH_TEXT_ALPHANUMERIC "-", ID_MAX_BYTES) ? g_strdup (id)
                                                                                : NULL;
}

/* The level of assurance that the access token names. It is read, not believed: a token is for the
 * server to verify. */
static gboolean
is_second_level (JsonObject *session)
{
  const char *token = porch_json_get_string (session, "access_token", PORCH_TOKEN_MAX_BYTES);
  g_auto (GStrv) parts = token != NULL ? g_strsplit (token, ".", 4) : NULL;
  g_autofree guint8 *claims = NULL;
  g_autoptr (JsonNode) root = NULL;
  gsize length = 0;

  if (parts == NULL || g_strv_length (parts) != 3)
    return FALSE;

  claims = porch_base64url_decode (parts[1], -1, &length);
  root = claims != NULL ? porch_json_parse_object ((const char *) claims, length, NULL) : NULL;
  return root != NULL
         && g_strcmp0 (porch_json_get_string (json_node_get_object (root), "aal", AAL_MAX_BYTES),
                       "aal2")
                == 0;
}

/**
 * porch_auth_missing_factor_parse:
 * @bytes: (array length=length): an answer that holds a session
 * @length: how many bytes
 *
 * Whether the account has an authenticator app that has not been asked for this session yet.
 *
 * Returns: (transfer full) (nullable): the id of that factor, or %NULL where the session is whole
 */
char *
porch_auth_missing_factor_parse (const char *bytes, gsize length)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, NULL);
  JsonObject *object = root != NULL ? json_node_get_object (root) : NULL;
  JsonObject *user = object != NULL ? porch_json_get_object (object, "user") : NULL;
  JsonArray *factors = user != NULL ? porch_json_get_array (user, "factors", FACTORS_MAX) : NULL;

  if (factors == NULL || is_second_level (object))
    return NULL;

  for (guint i = 0; i < json_array_get_length (factors); i++)
    {
      JsonNode *node = json_array_get_element (factors, i);
      JsonObject *factor = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      char *id;

      if (g_strcmp0 (porch_json_get_string (factor, "factor_type", LABEL_MAX_BYTES), "totp") != 0
          || g_strcmp0 (porch_json_get_string (factor, "status", LABEL_MAX_BYTES), "verified") != 0)
        continue;

      id = dup_id (factor);
      if (id != NULL)
        return id;
    }

  return NULL;
}

/**
 * porch_auth_challenge_parse:
 * @bytes: (array length=length): the answer to POST /factors/{id}/challenge
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: (transfer full): the challenge's id
 */
char *
porch_auth_challenge_parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  char *id;

  if (root == NULL)
    return NULL;

  id = dup_id (json_node_get_object (root));
  if (id == NULL)
    porch_protocol_error_set_invalid (error, "The challenge has no id");
  return id;
}

/**
 * porch_auth_factor_answer_build:
 * @challenge_id: the challenge
 * @code: what the authenticator shows
 *
 * Returns: (transfer full): the body of POST /factors/{id}/verify; to be freed with
 *   porch_secret_free()
 */
char *
porch_auth_factor_answer_build (const char *challenge_id, const char *code)
{
  GString *json;

  g_return_val_if_fail (challenge_id != NULL && code != NULL, NULL);

  json = secret_json_new (code);
  porch_json_append_string_member (json, "challenge_id", challenge_id);
  porch_json_append_string_member (json, "code", code);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/**
 * porch_auth_code_normalize:
 * @typed: a code as a person typed or pasted it
 *
 * Takes out what people read with it: "123 456" and "123-456" are 123456.
 *
 * Returns: (transfer full) (nullable): letters and digits alone; %NULL where there is anything else
 *   or nothing
 */
char *
porch_auth_code_normalize (const char *typed)
{
  GString *code;

  g_return_val_if_fail (typed != NULL, NULL);

  if (strlen (typed) > PORCH_AUTH_CODE_MAX_BYTES)
    return NULL;

  code = g_string_sized_new (PORCH_AUTH_CODE_MAX_BYTES);
  for (const char *at = typed; *at != '\0'; at++)
    {
      if (g_ascii_isalnum (*at))
        g_string_append_c (code, *at);
      else if (!g_ascii_isspace (*at) && *at != '-')
        {
          porch_secret_free (g_string_free (code, FALSE));
          return NULL;
        }
    }

  if (code->len > 0)
    return g_string_free (code, FALSE);

  g_string_free (code, TRUE);
  return NULL;
}
