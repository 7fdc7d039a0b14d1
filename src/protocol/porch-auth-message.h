/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define PORCH_TOKEN_MAX_BYTES      (16 * 1024)
#define PORCH_EMAIL_MAX_BYTES      320
#define PORCH_PASSWORD_MAX_BYTES   1024
#define PORCH_SUPABASE_API_VERSION "2024-01-01"

/* The codes of Supabase Auth that a person or a program must tell apart; the rest is FAILED. */
typedef enum
{
  PORCH_AUTH_ERROR_FAILED,
  PORCH_AUTH_ERROR_INVALID_CREDENTIALS,
  PORCH_AUTH_ERROR_EMAIL_NOT_CONFIRMED,
  PORCH_AUTH_ERROR_USER_BANNED,
  PORCH_AUTH_ERROR_RATE_LIMIT,
  PORCH_AUTH_ERROR_EMAIL_RATE_LIMIT,
  PORCH_AUTH_ERROR_OTP_EXPIRED,
  PORCH_AUTH_ERROR_SIGNUP_DISABLED,
  PORCH_AUTH_ERROR_USER_EXISTS,
  PORCH_AUTH_ERROR_WEAK_PASSWORD,
  PORCH_AUTH_ERROR_PROVIDER_DISABLED,
  PORCH_AUTH_ERROR_MFA_FAILED,
  PORCH_AUTH_ERROR_CAPTCHA_FAILED,
  PORCH_AUTH_ERROR_VALIDATION_FAILED,
  PORCH_AUTH_ERROR_BAD_JWT,
  PORCH_AUTH_ERROR_SESSION_NOT_FOUND,
  PORCH_AUTH_ERROR_SESSION_EXPIRED,
  PORCH_AUTH_ERROR_REFRESH_TOKEN_NOT_FOUND,
  PORCH_AUTH_ERROR_REFRESH_TOKEN_ALREADY_USED,
  PORCH_AUTH_ERROR_OTP_DISABLED,
  PORCH_AUTH_ERROR_MFA_CHALLENGE_EXPIRED,
  PORCH_AUTH_ERROR_MFA_REJECTED,
  PORCH_AUTH_ERROR_BROWSER_FLOW,
  PORCH_AUTH_ERROR_EMAIL_REFUSED,
} PorchAuthError;

#define PORCH_AUTH_ERROR (porch_auth_error_quark ())
GQuark porch_auth_error_quark (void);
const char *porch_auth_error_to_code (PorchAuthError code);

/* Reads the three shapes an error comes in, and the x-sb-error-code header where it came. Always
 * returns an error of PORCH_AUTH_ERROR; its message is the server's, cut to one short line, for
 * the details, never for a person to read alone.
 */
GError *porch_auth_error_parse (guint http_status,
                                const char *header_code,
                                const char *bytes,
                                gsize length);
/* The shape by the API version the caller asked for: NULL or older gives {code, error_code, msg}.
 */
char *porch_auth_error_build (guint http_status,
                              const char *code,
                              const char *message,
                              const char *api_version);

typedef struct
{
  char *id;
  char *email;
  char *first_name; /* user_metadata: firstName, first_name or given_name; else split of name */
  char *last_name;
  char *avatar; /* user_metadata: avatar, avatar_url or picture */
} PorchAuthUser;

/* A second step that a person has set up, as the server tells of it. */
typedef struct
{
  char *id;
  char *name;
  gboolean is_verified;
  gint64 created_at_us;
} PorchAuthFactor;

PorchAuthUser *porch_auth_user_parse (const char *bytes, gsize length, GError **error);
PorchAuthUser *porch_auth_user_copy (const PorchAuthUser *user);
void porch_auth_user_free (PorchAuthUser *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchAuthUser, porch_auth_user_free)
/* The answer to GET /user: created_at and the like as auth-js expects them. factors: (nullable)
 * (element-type PorchAuthFactor)
 */
char *porch_auth_user_build (const PorchAuthUser *user, GPtrArray *factors, gint64 created_at_us);

/* Tokens are wiped when freed. */
typedef struct
{
  char *access_token;
  char *refresh_token;
  gint64 expires_at_us; /* local wall clock when it was received + expires_in; see parse */
  guint expires_in_s;
  PorchAuthUser *user; /* may be NULL in a stored session */
  GPtrArray *factors;  /* PorchAuthFactor; only written, by the server */
} PorchAuthSession;

/* now_us: the moment of receipt on the caller's clock; expires_at_us is counted from it, so that a
 * wrong local clock does no harm.
 */
PorchAuthSession *
porch_auth_session_parse (const char *bytes, gsize length, gint64 now_us, GError **error);
PorchAuthSession *porch_auth_session_copy (const PorchAuthSession *session);
void porch_auth_session_free (PorchAuthSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchAuthSession, porch_auth_session_free)
/* For the server's answer, and for the keyring (which keeps expires_at). Free it, and the grants
 * below, with porch_secret_free().
 */
char *porch_auth_session_build (const PorchAuthSession *session, gint64 created_at_us);
/* For reading back what the keyring kept: expires_at as it is. */
PorchAuthSession *porch_auth_session_parse_stored (const char *bytes, gsize length, GError **error);

typedef struct
{
  gboolean email;
  gboolean phone;
  gboolean disable_signup;
  gboolean mailer_autoconfirm;
  GStrv providers; /* enabled ones but email and phone, sorted */
} PorchAuthSettings;

PorchAuthSettings *porch_auth_settings_parse (const char *bytes, gsize length, GError **error);
void porch_auth_settings_free (PorchAuthSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchAuthSettings, porch_auth_settings_free)
char *porch_auth_settings_build (const PorchAuthSettings *settings);

char *porch_auth_password_grant_build (const char *email, const char *password);
char *porch_auth_refresh_grant_build (const char *refresh_token);
/* The bodies of token, signup, verify and factors as the server reads them; what a grant lacks is
 * NULL. */
typedef struct
{
  char *email;
  char *password;
  char *refresh_token;
  char *type; /* verify: "email" … */
  char *code; /* verify: token; of a second step: code */
  char *challenge_id;
  char *factor_type;
  char *friendly_name;
  char *first_name; /* signup: data.firstName … */
  char *last_name;
} PorchAuthGrant;

PorchAuthGrant *porch_auth_grant_parse (const char *bytes, gsize length, GError **error);
void porch_auth_grant_free (PorchAuthGrant *grant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchAuthGrant, porch_auth_grant_free)

/* A person's name and picture as their own metadata has them, by whatever provider. */
void
porch_auth_metadata_read (JsonObject *metadata, char **first_name, char **last_name, char **avatar);

/* Overwrites a secret before it is freed. */
void porch_secret_free (char *secret);

G_END_DECLS
