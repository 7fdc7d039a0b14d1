/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The JSON of Supabase Auth (/auth/v1), both sides of it: sessions, people, settings, grants, and
 * the three shapes its errors have had over the years. Tokens and passwords pass through here; they
 * are wiped when freed and are in no message. How long a session is kept, and what ends it, the
 * client decides.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "protocol/porch-auth-message.h"

#include <string.h>

#include "protocol/porch-json.h"
#include "protocol/porch-presence-message.h"
#include "presence/porch-text.h"
#include "protocol/porch-timestamp.h"
#include "protocol/porch-user-id.h"

#define ERROR_CODE_MAX_BYTES    64
#define ERROR_MESSAGE_MAX_BYTES 200
#define PROVIDER_MAX_BYTES      64
#define PROVIDERS_MAX           100
/* Of types, codes and ids in a grant. */
#define LABEL_MAX_BYTES 128
/* A year: who says more means for ever, or harm. */
#define EXPIRES_IN_MAX_S (366 * 24 * 60 * 60)

G_DEFINE_QUARK (porch - auth - error - quark, porch_auth_error)

/* The first code of a kind is the one that we write. */
static const struct
{
  const char *code;
  PorchAuthError error;
} error_codes[] = {
  { "unexpected_failure", PORCH_AUTH_ERROR_FAILED },
  { "invalid_credentials", PORCH_AUTH_ERROR_INVALID_CREDENTIALS },
  { "email_not_confirmed", PORCH_AUTH_ERROR_EMAIL_NOT_CONFIRMED },
  { "user_banned", PORCH_AUTH_ERROR_USER_BANNED },
  { "over_request_rate_limit", PORCH_AUTH_ERROR_RATE_LIMIT },
  { "over_email_send_rate_limit", PORCH_AUTH_ERROR_EMAIL_RATE_LIMIT },
  { "otp_expired", PORCH_AUTH_ERROR_OTP_EXPIRED },
  { "signup_disabled", PORCH_AUTH_ERROR_SIGNUP_DISABLED },
  { "user_already_exists", PORCH_AUTH_ERROR_USER_EXISTS },
  { "email_exists", PORCH_AUTH_ERROR_USER_EXISTS },
  { "weak_password", PORCH_AUTH_ERROR_WEAK_PASSWORD },
  { "email_provider_disabled", PORCH_AUTH_ERROR_PROVIDER_DISABLED },
  { "provider_disabled", PORCH_AUTH_ERROR_PROVIDER_DISABLED },
  { "mfa_verification_failed", PORCH_AUTH_ERROR_MFA_FAILED },
  { "captcha_failed", PORCH_AUTH_ERROR_CAPTCHA_FAILED },
  { "validation_failed", PORCH_AUTH_ERROR_VALIDATION_FAILED },
  { "bad_jwt", PORCH_AUTH_ERROR_BAD_JWT },
  { "session_not_found", PORCH_AUTH_ERROR_SESSION_NOT_FOUND },
  { "session_expired", PORCH_AUTH_ERROR_SESSION_EXPIRED },
  { "refresh_token_not_found", PORCH_AUTH_ERROR_REFRESH_TOKEN_NOT_FOUND },
  { "refresh_token_already_used", PORCH_AUTH_ERROR_REFRESH_TOKEN_ALREADY_USED },
  { "otp_disabled", PORCH_AUTH_ERROR_OTP_DISABLED },
  { "mfa_challenge_expired", PORCH_AUTH_ERROR_MFA_CHALLENGE_EXPIRED },
  { "mfa_verification_rejected", PORCH_AUTH_ERROR_MFA_REJECTED },
  { "flow_state_not_found", PORCH_AUTH_ERROR_BROWSER_FLOW },
  { "flow_state_expired", PORCH_AUTH_ERROR_BROWSER_FLOW },
  { "flow_state_already_used", PORCH_AUTH_ERROR_BROWSER_FLOW },
  { "bad_code_verifier", PORCH_AUTH_ERROR_BROWSER_FLOW },
  { "bad_oauth_state", PORCH_AUTH_ERROR_BROWSER_FLOW },
  { "bad_oauth_callback", PORCH_AUTH_ERROR_BROWSER_FLOW },
  { "email_address_invalid", PORCH_AUTH_ERROR_EMAIL_REFUSED },
  { "email_address_not_authorized", PORCH_AUTH_ERROR_EMAIL_REFUSED },
};

/* What versions from before the codes say instead, in the OAuth shape. */
static const struct
{
  const char *message;
  PorchAuthError error;
} error_messages[] = {
  { "Invalid login credentials", PORCH_AUTH_ERROR_INVALID_CREDENTIALS },
  { "Email not confirmed", PORCH_AUTH_ERROR_EMAIL_NOT_CONFIRMED },
  { "Invalid Refresh Token: Already Used", PORCH_AUTH_ERROR_REFRESH_TOKEN_ALREADY_USED },
  { "Invalid Refresh Token: Refresh Token Not Found", PORCH_AUTH_ERROR_REFRESH_TOKEN_NOT_FOUND },
  { "Invalid Refresh Token", PORCH_AUTH_ERROR_REFRESH_TOKEN_NOT_FOUND },
};

/**
 * porch_auth_error_to_code:
 * @code: an error
 *
 * Returns: (transfer none): the code that Supabase Auth has for it
 */
const char *
porch_auth_error_to_code (PorchAuthError code)
{
  for (guint i = 0; i < G_N_ELEMENTS (error_codes); i++)
    if (error_codes[i].error == code)
      return error_codes[i].code;

  g_return_val_if_reached (error_codes[0].code);
}

static gboolean
error_from_code (const char *code, PorchAuthError *error)
{
  for (guint i = 0; i < G_N_ELEMENTS (error_codes); i++)
    if (g_strcmp0 (error_codes[i].code, code) == 0)
      {
        *error = error_codes[i].error;
        return TRUE;
      }

  return FALSE;
}

static PorchAuthError
error_from_message (const char *message, guint http_status)
{
  for (guint i = 0; i < G_N_ELEMENTS (error_messages); i++)
    if (g_strcmp0 (error_messages[i].message, message) == 0)
      return error_messages[i].error;

  return http_status == 429 ? PORCH_AUTH_ERROR_RATE_LIMIT : PORCH_AUTH_ERROR_FAILED;
}

/* The first of the members that is a string, cleaned; NULL where none is. */
static char *
dup_first_text (JsonObject *object, const char *const *members, gsize max_bytes)
{
  for (guint i = 0; members[i] != NULL; i++)
    {
      char *text = porch_text_clean (
          porch_json_get_string (object, members[i], PORCH_JSON_MAX_BYTES), max_bytes);

      if (text != NULL)
        return text;
    }

  return NULL;
}

/**
 * porch_auth_error_parse:
 * @http_status: the status of the answer
 * @header_code: (nullable): its header x-sb-error-code
 * @bytes: (array length=length) (nullable): its body, whatever that is
 * @length: how many bytes
 *
 * Reads {code, error_code, msg}, {code, message} and {error, error_description}. A body that is
 * none of these (a proxy's HTML page) gives %PORCH_AUTH_ERROR_FAILED, or what @http_status says.
 *
 * Returns: (transfer full): an error of %PORCH_AUTH_ERROR; its message is the server's own words in
 *   one short line, for the details
 */
GError *
porch_auth_error_parse (guint http_status, const char *header_code, const char *bytes, gsize length)
{
  static const char *const messages[] = { "msg", "message", "error_description", "error", NULL };
  static const char *const codes[] = { "error_code", "code", "error" };
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, NULL);
  JsonObject *object = root != NULL ? json_node_get_object (root) : NULL;
  g_autofree char *message = dup_first_text (object, messages, ERROR_MESSAGE_MAX_BYTES);
  gboolean is_known;
  PorchAuthError code;

  is_known = error_from_code (header_code, &code);
  for (guint i = 0; i < G_N_ELEMENTS (codes) && !is_known; i++)
    is_known = error_from_code (porch_json_get_string (object, codes[i], ERROR_CODE_MAX_BYTES),
                                &code);
  if (!is_known)
    code = error_from_message (message, http_status);

  if (message == NULL)
    return g_error_new (PORCH_AUTH_ERROR, code, "HTTP status %u", http_status);
  return g_error_new_literal (PORCH_AUTH_ERROR, code, message);
}

/* Versions are dates, "2024-01-01", and sort as text. */
static gboolean
version_has_new_errors (const char *api_version)
{
  return api_version != NULL && strlen (api_version) == strlen (PORCH_SUPABASE_API_VERSION)
         && g_ascii_isdigit (*api_version) && strcmp (api_version, PORCH_SUPABASE_API_VERSION) >= 0;
}

/**
 * porch_auth_error_build:
 * @http_status: the status of the answer
 * @code: a code of Supabase Auth, as porch_auth_error_to_code() gives it
 * @message: what is wrong
 * @api_version: (nullable): the header X-Supabase-Api-Version of the request
 *
 * Returns: (transfer full): the body of an answer that is an error, in the shape that the caller
 *   expects
 */
char *
porch_auth_error_build (guint http_status,
                        const char *code,
                        const char *message,
                        const char *api_version)
{
  GString *json = g_string_new ("{");

  if (version_has_new_errors (api_version))
    {
      porch_json_append_string_member (json, "code", code);
      porch_json_append_string_member (json, "message", message);
    }
  else
    {
      porch_json_append_int_member (json, "code", http_status);
      porch_json_append_string_member (json, "error_code", code);
      porch_json_append_string_member (json, "msg", message);
    }
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/* Identity providers each have their own words for a name; ours come first. */
static void
read_names (JsonObject *metadata, char **first_name, char **last_name)
{
  static const char *const first_names[] = { "firstName", "first_name", "given_name", NULL };
  static const char *const last_names[] = { "lastName", "last_name", "family_name", NULL };
  static const char *const names[] = { "full_name", "name", NULL };
  g_autofree char *name = NULL;
  char *space;

  *first_name = dup_first_text (metadata, first_names, PORCH_NAME_MAX_BYTES);
  *last_name = dup_first_text (metadata, last_names, PORCH_NAME_MAX_BYTES);
  if (*first_name != NULL || *last_name != NULL)
    return;

  name = dup_first_text (metadata, names, PORCH_NAME_MAX_BYTES);
  space = name != NULL ? strrchr (name, ' ') : NULL;
  if (space != NULL)
    {
      *space = '\0';
      *last_name = g_strdup (space + 1);
    }
  *first_name = g_steal_pointer (&name);
}

static char *
dup_avatar (JsonObject *metadata)
{
  static const char *const members[] = { "avatar", "avatar_url", "picture" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      const char *avatar = porch_json_get_string (metadata, members[i], PORCH_AVATAR_URL_MAX_BYTES);

      if (porch_avatar_is_acceptable (avatar))
        return g_strdup (avatar);
    }

  return NULL;
}

/**
 * porch_auth_metadata_read:
 * @metadata: (nullable): user_metadata
 * @first_name: (out) (transfer full) (nullable): all of the name, where it is in one piece
 * @last_name: (out) (transfer full) (nullable): the last name
 * @avatar: (out) (transfer full) (nullable): the address of a picture
 *
 * Reads what a provider, or the person, says of themselves.
 */
void
porch_auth_metadata_read (JsonObject *metadata, char **first_name, char **last_name, char **avatar)
{
  read_names (metadata, first_name, last_name);
  *avatar = dup_avatar (metadata);
}

static PorchAuthUser *
read_user (JsonObject *object, GError **error)
{
  const char *id = porch_json_get_string (object, "id", PORCH_USER_ID_MAX_BYTES);
  JsonObject *metadata = porch_json_get_object (object, "user_metadata");
  PorchAuthUser *user;

  if (!porch_user_id_is_valid (id))
    {
      porch_protocol_error_set_invalid (error, "The user has no valid id");
      return NULL;
    }

  user = g_new0 (PorchAuthUser, 1);
  user->id = g_strdup (id);
  user->email = porch_text_clean (porch_json_get_string (object, "email", PORCH_EMAIL_MAX_BYTES),
                                  PORCH_EMAIL_MAX_BYTES);
  porch_auth_metadata_read (metadata, &user->first_name, &user->last_name, &user->avatar);
  return user;
}

/**
 * porch_auth_user_parse:
 * @bytes: (array length=length): the answer to GET /user
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: (transfer full): the person
 */
PorchAuthUser *
porch_auth_user_parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);

  return root != NULL ? read_user (json_node_get_object (root), error) : NULL;
}

/**
 * porch_auth_user_copy:
 * @user: a person
 *
 * Returns: (transfer full): a copy
 */
PorchAuthUser *
porch_auth_user_copy (const PorchAuthUser *user)
{
  PorchAuthUser *copy;

  g_return_val_if_fail (user != NULL, NULL);

  copy = g_new0 (PorchAuthUser, 1);
  copy->id = g_strdup (user->id);
  copy->email = g_strdup (user->email);
  copy->first_name = g_strdup (user->first_name);
  copy->last_name = g_strdup (user->last_name);
  copy->avatar = g_strdup (user->avatar);
  return copy;
}

/**
 * porch_auth_user_free:
 * @user: (transfer full) (nullable): a person
 */
void
porch_auth_user_free (PorchAuthUser *user)
{
  if (user == NULL)
    return;

  g_free (user->id);
  g_free (user->email);
  g_free (user->first_name);
  g_free (user->last_name);
  g_free (user->avatar);
  g_free (user);
}

static void
append_factor (GString *json, const PorchAuthFactor *factor)
{
  g_autofree char *created_at = porch_timestamp_format (factor->created_at_us);

  g_string_append_c (json, '{');
  porch_json_append_string_member (json, "id", factor->id);
  porch_json_append_string_member (json, "friendly_name", factor->name);
  porch_json_append_string_member (json, "factor_type", "totp");
  porch_json_append_string_member (json, "status", factor->is_verified ? "verified" : "unverified");
  porch_json_append_string_member (json, "created_at", created_at);
  porch_json_append_string_member (json, "updated_at", created_at);
  g_string_append_c (json, '}');
}

static void
append_user (GString *json, const PorchAuthUser *user, GPtrArray *factors, gint64 created_at_us)
{
  g_autofree char *created_at = porch_timestamp_format (created_at_us);

  g_string_append_c (json, '{');
  porch_json_append_string_member (json, "id", user->id);
  porch_json_append_string_member (json, "aud", "authenticated");
  porch_json_append_string_member (json, "role", "authenticated");
  porch_json_append_string_member (json, "email", user->email);
  porch_json_append_string_member (json, "email_confirmed_at", created_at);
  porch_json_append_string_member (json, "phone", "");

  porch_json_append_name (json, "app_metadata");
  g_string_append (json, "{\"provider\":\"email\",\"providers\":[\"email\"]}");

  porch_json_append_name (json, "user_metadata");
  g_string_append_c (json, '{');
  porch_json_append_string_member (json, "firstName", user->first_name);
  porch_json_append_string_member (json, "lastName", user->last_name);
  porch_json_append_string_member (json, "avatar", user->avatar);
  g_string_append_c (json, '}');

  porch_json_append_name (json, "identities");
  g_string_append (json, "[]");
  if (factors != NULL && factors->len > 0)
    {
      porch_json_append_name (json, "factors");
      for (guint i = 0; i < factors->len; i++)
        {
          g_string_append_c (json, i == 0 ? '[' : ',');
          append_factor (json, g_ptr_array_index (factors, i));
        }
      g_string_append_c (json, ']');
    }
  porch_json_append_string_member (json, "created_at", created_at);
  porch_json_append_string_member (json, "updated_at", created_at);
  porch_json_append_boolean_member (json, "is_anonymous", FALSE);
  g_string_append_c (json, '}');
}

/**
 * porch_auth_user_build:
 * @user: a person
 * @factors: (nullable) (element-type PorchAuthFactor): the second steps that they have set up
 * @created_at_us: when the account was made, Unix microseconds
 *
 * Returns: (transfer full): the answer to GET /user, with the members that auth-js expects
 */
char *
porch_auth_user_build (const PorchAuthUser *user, GPtrArray *factors, gint64 created_at_us)
{
  GString *json;

  g_return_val_if_fail (user != NULL, NULL);

  json = g_string_sized_new (1024);
  append_user (json, user, factors, created_at_us);
  return g_string_free (json, FALSE);
}

/* A token goes into a header: visible ASCII and nothing else. */
static char *
dup_token (JsonObject *object, const char *member)
{
  const char *token = porch_json_get_string (object, member, PORCH_TOKEN_MAX_BYTES);

  return porch_text_is_visible_ascii (token) ? g_strdup (token) : NULL;
}

static PorchAuthSession *
read_session (JsonObject *object, GError **error)
{
  g_autoptr (PorchAuthSession) session = g_new0 (PorchAuthSession, 1);
  const char *token_type = porch_json_get_string (object, "token_type", PROVIDER_MAX_BYTES);
  gint64 expires_in_s;

  session->access_token = dup_token (object, "access_token");
  session->refresh_token = dup_token (object, "refresh_token");
  if (session->access_token == NULL || session->refresh_token == NULL)
    {
      porch_protocol_error_set_invalid (error, "The session has no valid tokens");
      return NULL;
    }
  if (porch_json_has (object, "token_type")
      && (token_type == NULL || g_ascii_strcasecmp (token_type, "bearer") != 0))
    {
      porch_protocol_error_set_invalid (error, "The session is of an unknown type");
      return NULL;
    }
  if (!porch_json_get_int (object, "expires_in", 1, EXPIRES_IN_MAX_S, &expires_in_s))
    {
      porch_protocol_error_set_invalid (error, "The session does not say when it ends");
      return NULL;
    }
  session->expires_in_s = expires_in_s;

  if (porch_json_has (object, "user"))
    {
      session->user = read_user (porch_json_get_object (object, "user"), error);
      if (session->user == NULL)
        return NULL;
    }

  return g_steal_pointer (&session);
}

/**
 * porch_auth_session_parse:
 * @bytes: (array length=length): the answer to POST /token
 * @length: how many bytes
 * @now_us: when it came, on the caller's clock, Unix microseconds
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * The server's expires_at is not read: it is on the server's clock.
 *
 * Returns: (transfer full): the session, which has a user
 */
PorchAuthSession *
porch_auth_session_parse (const char *bytes, gsize length, gint64 now_us, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  g_autoptr (PorchAuthSession) session = NULL;

  if (root == NULL)
    return NULL;

  session = read_session (json_node_get_object (root), error);
  if (session == NULL)
    return NULL;
  if (session->user == NULL)
    {
      porch_protocol_error_set_invalid (error, "The session does not say whose it is");
      return NULL;
    }

  session->expires_at_us = now_us + session->expires_in_s * G_TIME_SPAN_SECOND;
  return g_steal_pointer (&session);
}

/**
 * porch_auth_session_parse_stored:
 * @bytes: (array length=length): what porch_auth_session_build() gave
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: (transfer full): the session as it was stored, to the second; its user may be %NULL
 */
PorchAuthSession *
porch_auth_session_parse_stored (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  g_autoptr (PorchAuthSession) session = NULL;
  gint64 expires_at_s;

  if (root == NULL)
    return NULL;

  session = read_session (json_node_get_object (root), error);
  if (session == NULL)
    return NULL;
  if (!porch_json_get_int (json_node_get_object (root), "expires_at", 0, PORCH_TIMESTAMP_MAX_S,
                           &expires_at_s))
    {
      porch_protocol_error_set_invalid (error, "The session does not say when it ends");
      return NULL;
    }

  session->expires_at_us = expires_at_s * G_TIME_SPAN_SECOND;
  return g_steal_pointer (&session);
}

/**
 * porch_auth_session_copy:
 * @session: a session
 *
 * Returns: (transfer full): a copy
 */
PorchAuthSession *
porch_auth_session_copy (const PorchAuthSession *session)
{
  PorchAuthSession *copy;

  g_return_val_if_fail (session != NULL, NULL);

  copy = g_memdup2 (session, sizeof *session);
  copy->access_token = g_strdup (session->access_token);
  copy->refresh_token = g_strdup (session->refresh_token);
  copy->user = session->user != NULL ? porch_auth_user_copy (session->user) : NULL;
  copy->factors = NULL;
  return copy;
}

/**
 * porch_auth_session_free:
 * @session: (transfer full) (nullable): a session, whose tokens are wiped
 */
void
porch_auth_session_free (PorchAuthSession *session)
{
  if (session == NULL)
    return;

  porch_secret_free (session->access_token);
  porch_secret_free (session->refresh_token);
  porch_auth_user_free (session->user);
  g_free (session);
}

/* A string that never grows, so that no part of a secret stays behind in memory that was freed. In
 * JSON a byte takes six at most.
 */
static GString *
secret_json_new (const char *secret, const char *other_secret)
{
  gsize length = strlen (secret) + (other_secret != NULL ? strlen (other_secret) : 0);
  GString *json = g_string_sized_new (6 * length + 256);

  g_string_append_c (json, '{');
  return json;
}

/**
 * porch_auth_session_build:
 * @session: a session
 * @created_at_us: when the user's account was made, Unix microseconds; 0 where that is not known
 *
 * Returns: (transfer full): the answer to POST /token, and what the keyring keeps; to be freed with
 *   porch_secret_free()
 */
char *
porch_auth_session_build (const PorchAuthSession *session, gint64 created_at_us)
{
  g_autofree char *user = NULL;
  GString *json;

  g_return_val_if_fail (session != NULL, NULL);
  g_return_val_if_fail (session->access_token != NULL && session->refresh_token != NULL, NULL);

  if (session->user != NULL)
    user = porch_auth_user_build (session->user, session->factors, created_at_us);

  json = g_string_sized_new (strlen (session->access_token) + strlen (session->refresh_token)
                             + (user != NULL ? strlen (user) : 0) + 256);
  g_string_append_c (json, '{');
  porch_json_append_string_member (json, "access_token", session->access_token);
  porch_json_append_string_member (json, "token_type", "bearer");
  porch_json_append_int_member (json, "expires_in", session->expires_in_s);
  porch_json_append_int_member (json, "expires_at", session->expires_at_us / G_TIME_SPAN_SECOND);
  porch_json_append_string_member (json, "refresh_token", session->refresh_token);
  if (user != NULL)
    {
      porch_json_append_name (json, "user");
      g_string_append (json, user);
    }
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/* What is listed among the providers and is none to go to. */
static gboolean
is_other_way_in (const char *provider)
{
  return g_str_equal (provider, "email") || g_str_equal (provider, "phone")
         || g_str_equal (provider, "anonymous_users");
}

static GStrv
read_providers (JsonObject *external)
{
  g_autoptr (GStrvBuilder) providers = g_strv_builder_new ();
  g_autoptr (GList) members = external != NULL ? json_object_get_members (external) : NULL;
  guint n_providers = 0;

  members = g_list_sort (members, (GCompareFunc) strcmp);
  /* A provider's name goes into the address of the page that a browser opens. */
  for (GList *item = members; item != NULL && n_providers < PROVIDERS_MAX; item = item->next)
    {
      const char *provider = item->data;

      if (is_other_way_in (provider)
          || !porch_text_consists_of (provider, PORCH_TEXT_ALPHANUMERIC "-_:", PROVIDER_MAX_BYTES)
          || !porch_json_get_boolean (external, provider, FALSE))
        continue;

      g_strv_builder_add (providers, provider);
      n_providers++;
    }

  return g_strv_builder_end (providers);
}

/**
 * porch_auth_settings_parse:
 * @bytes: (array length=length): the answer to GET /settings
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Returns: (transfer full): which ways to sign in the project offers
 */
PorchAuthSettings *
porch_auth_settings_parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  PorchAuthSettings *settings;
  JsonObject *object, *external;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  external = porch_json_get_object (object, "external");
  if (external == NULL)
    {
      porch_protocol_error_set_invalid (error, "The settings list no way to sign in");
      return NULL;
    }

  settings = g_new0 (PorchAuthSettings, 1);
  settings->email = porch_json_get_boolean (external, "email", FALSE);
  settings->phone = porch_json_get_boolean (external, "phone", FALSE);
  settings->disable_signup = porch_json_get_boolean (object, "disable_signup", FALSE);
  settings->mailer_autoconfirm = porch_json_get_boolean (object, "mailer_autoconfirm", FALSE);
  settings->providers = read_providers (external);
  return settings;
}

/**
 * porch_auth_settings_free:
 * @settings: (transfer full) (nullable): what porch_auth_settings_parse() gave
 */
void
porch_auth_settings_free (PorchAuthSettings *settings)
{
  if (settings == NULL)
    return;

  g_strfreev (settings->providers);
  g_free (settings);
}

/**
 * porch_auth_settings_build:
 * @settings: which ways to sign in there are; providers may be %NULL
 *
 * Returns: (transfer full): the answer to GET /settings
 */
char *
porch_auth_settings_build (const PorchAuthSettings *settings)
{
  GString *json;

  g_return_val_if_fail (settings != NULL, NULL);

  json = g_string_new ("{\"external\":{");
  porch_json_append_boolean_member (json, "email", settings->email);
  porch_json_append_boolean_member (json, "phone", settings->phone);
  for (guint i = 0; settings->providers != NULL && settings->providers[i] != NULL; i++)
    porch_json_append_boolean_member (json, settings->providers[i], TRUE);
  g_string_append_c (json, '}');
  porch_json_append_boolean_member (json, "disable_signup", settings->disable_signup);
  porch_json_append_boolean_member (json, "mailer_autoconfirm", settings->mailer_autoconfirm);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/**
 * porch_auth_password_grant_build:
 * @email: what the person typed
 * @password: what the person typed
 *
 * Returns: (transfer full): the body of POST /token?grant_type=password; to be freed with
 *   porch_secret_free()
 */
char *
porch_auth_password_grant_build (const char *email, const char *password)
{
  GString *json;

  g_return_val_if_fail (email != NULL && password != NULL, NULL);

  json = secret_json_new (email, password);
  porch_json_append_string_member (json, "email", email);
  porch_json_append_string_member (json, "password", password);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/**
 * porch_auth_refresh_grant_build:
 * @refresh_token: the newest refresh token
 *
 * Returns: (transfer full): the body of POST /token?grant_type=refresh_token; to be freed with
 *   porch_secret_free()
 */
char *
porch_auth_refresh_grant_build (const char *refresh_token)
{
  GString *json;

  g_return_val_if_fail (refresh_token != NULL, NULL);

  json = secret_json_new (refresh_token, NULL);
  porch_json_append_string_member (json, "refresh_token", refresh_token);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/* FALSE where the member is there but is no string that can be taken. */
static gboolean
dup_grant_member (JsonObject *object, const char *member, gsize max_bytes, char **value)
{
  *value = g_strdup (porch_json_get_string (object, member, max_bytes));

  return *value != NULL || !porch_json_has (object, member);
}

/**
 * porch_auth_grant_parse:
 * @bytes: (array length=length): the body of a POST to /token, /signup, /otp, /verify or /factors
 * @length: how many bytes
 * @error: return location for an error of %PORCH_PROTOCOL_ERROR
 *
 * Which members a request must have depends on its path and is not checked here.
 *
 * Returns: (transfer full): what the body holds
 */
PorchAuthGrant *
porch_auth_grant_parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = porch_json_parse_object (bytes, length, error);
  g_autoptr (PorchAuthGrant) grant = NULL;
  JsonObject *object;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  grant = g_new0 (PorchAuthGrant, 1);
  if (!dup_grant_member (object, "email", PORCH_EMAIL_MAX_BYTES, &grant->email)
      || !dup_grant_member (object, "password", PORCH_PASSWORD_MAX_BYTES, &grant->password)
      || !dup_grant_member (object, "refresh_token", PORCH_TOKEN_MAX_BYTES, &grant->refresh_token)
      || !dup_grant_member (object, "type", LABEL_MAX_BYTES, &grant->type)
      || !dup_grant_member (object, json_object_has_member (object, "token") ? "token" : "code",
                            LABEL_MAX_BYTES, &grant->code)
      || !dup_grant_member (object, "challenge_id", LABEL_MAX_BYTES, &grant->challenge_id)
      || !dup_grant_member (object, "factor_type", LABEL_MAX_BYTES, &grant->factor_type)
      || !dup_grant_member (object, "friendly_name", PORCH_NAME_MAX_BYTES, &grant->friendly_name))
    {
      porch_protocol_error_set_invalid (error, "The request holds something that is too long or "
                                               "not a string");
      return NULL;
    }

  read_names (porch_json_get_object (object, "data"), &grant->first_name, &grant->last_name);
  return g_steal_pointer (&grant);
}

/**
 * porch_auth_grant_free:
 * @grant: (transfer full) (nullable): what porch_auth_grant_parse() gave, whose secrets are wiped
 */
void
porch_auth_grant_free (PorchAuthGrant *grant)
{
  if (grant == NULL)
    return;

  g_free (grant->email);
  porch_secret_free (grant->password);
  porch_secret_free (grant->refresh_token);
  g_free (grant->type);
  porch_secret_free (grant->code);
  g_free (grant->challenge_id);
  g_free (grant->factor_type);
  g_free (grant->friendly_name);
  g_free (grant->first_name);
  g_free (grant->last_name);
  g_free (grant);
}

/**
 * porch_secret_free:
 * @secret: (transfer full) (nullable): a secret
 *
 * Overwrites a secret and frees it.
 */
void
porch_secret_free (char *secret)
{
  if (secret == NULL)
    return;

  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
