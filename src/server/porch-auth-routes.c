/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Signing in, as Supabase Auth offers it to its clients: /auth/v1/settings, token, user, logout,
 * signup and health. Owned by porchlightd's main, which registers the routes once. It tells a wrong
 * password from an unknown person neither in words nor in time. Mail, providers and second factors
 * are not offered.
 */

#define G_LOG_DOMAIN "porch-server"

#include "config.h"

#include "server/porch-auth-routes.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-json.h"
#include "protocol/porch-pusher-signature.h"
#include "presence/porch-text.h"
#include "server/porch-login-limiter.h"
#include "server/porch-password.h"

#define BUSY_RETRY_AFTER_S 5
/* Of a first or last name that somebody gives themselves: it travels with every event. */
#define NAME_MAX_BYTES 200

struct _PorchAuthRoutes
{
  GObject parent_instance;

  PorchClock *clock;
  PorchStore *store;
  PorchAuthenticator *authenticator;
  PorchPasswordHasher *hasher;
  PorchLoginLimiter *limiter;
  char *jwt_secret;
  char *anon_key;
  char *issuer;
  gboolean is_signup_enabled;
};

/* One request that is being answered, in several steps. */
typedef struct
{
  PorchAuthRoutes *self;
  PorchHttpRequest *request;
  PorchStoreUser *user;
  PorchRefreshResult *session;
  char *address;
  char *email;
  char *password;
} Call;

G_DEFINE_FINAL_TYPE (PorchAuthRoutes, porch_auth_routes, G_TYPE_OBJECT)

static Call *
call_new (PorchAuthRoutes *self, PorchHttpRequest *request)
{
  Call *call = g_new0 (Call, 1);

  call->self = g_object_ref (self);
  call->request = g_object_ref (request);
  call->address = g_strdup (porch_http_request_get_address (request));

  return call;
}

static void
call_free (Call *call)
{
  g_object_unref (call->self);
  g_object_unref (call->request);
  porch_store_user_free (call->user);
  porch_refresh_result_free (call->session);
  g_free (call->address);
  g_free (call->email);
  porch_secret_free (call->password);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
respond_error (PorchHttpRequest *request, guint status, const char *code, const char *message)
{
  const char *api_version = porch_http_request_get_header (request, "X-Supabase-Api-Version");
  g_autofree char *json = porch_auth_error_build (status, code, message, api_version);

  /* auth-js reads from the answer which shape it has. */
  if (g_strcmp0 (api_version, PORCH_SUPABASE_API_VERSION) == 0)
    porch_http_request_set_header (request, "X-Supabase-Api-Version", api_version);
  porch_http_request_set_header (request, "x-sb-error-code", code);
  porch_http_request_respond_json (request, status, json);
}

static void
respond_rate_limit (PorchHttpRequest *request, guint retry_after_s)
{
  g_autofree char *retry_after = g_strdup_printf ("%u", retry_after_s);

  porch_http_request_set_header (request, "Retry-After", retry_after);
  respond_error (request, 429, "over_request_rate_limit", "Request rate limit reached");
}

static void
respond_invalid_credentials (PorchHttpRequest *request)
{
  respond_error (request, 400, "invalid_credentials", "Invalid login credentials");
}

/* 503 rather than 500: clients keep their session and try again. */
static void
respond_failure (PorchHttpRequest *request, const GError *error)
{
  g_info ("%s: %s", porch_http_request_get_path (request), error->message);
  porch_http_request_set_header (request, "Retry-After", G_STRINGIFY (BUSY_RETRY_AFTER_S));
  respond_error (request, 503, "unexpected_failure", "The server cannot answer now");
}

/* As the gateway in front of Supabase Auth does it. The key is no secret; it tells projects apart.
 */
static gboolean
check_api_key (PorchAuthRoutes *self, PorchHttpRequest *request)
{
  const char *key = porch_http_request_get_header (request, "apikey");

  if (key == NULL)
    key = porch_http_request_get_query_param (request, "apikey");

  if (key == NULL)
    porch_http_request_respond_json (
        request, 401,
        "{\"message\":\"No API key found in request\","
        "\"hint\":\"No `apikey` request header or url param was found.\"}");
  else if (!porch_equal_in_constant_time (key, self->anon_key))
    porch_http_request_respond_json (request, 401,
                                     "{\"message\":\"Invalid API key\","
                                     "\"hint\":\"Double check your Supabase `anon` API key.\"}");
  else
    return TRUE;

  return FALSE;
}

static PorchAuthGrant *
parse_grant (PorchHttpRequest *request)
{
  gsize length;
  const char *body = g_bytes_get_data (porch_http_request_get_body (request), &length);
  g_autoptr (GError) error = NULL;
  PorchAuthGrant *grant = porch_auth_grant_parse (body, length, &error);

  if (grant == NULL)
    respond_error (request, 400, "bad_json", "Could not parse request body as JSON");

  return grant;
}

static PorchAuthUser
view_user (const PorchStoreUser *user)
{
  PorchAuthUser view = {
    .id = user->id,
    .email = user->email,
    .first_name = user->first_name,
    .last_name = user->last_name,
    .avatar = user->avatar,
  };

  return view;
}

static JsonNode *
build_user_metadata (const PorchStoreUser *user)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "firstName");
  json_builder_add_string_value (builder, user->first_name);
  json_builder_set_member_name (builder, "lastName");
  json_builder_add_string_value (builder, user->last_name);
  json_builder_set_member_name (builder, "avatar");
  if (user->avatar != NULL)
    json_builder_add_string_value (builder, user->avatar);
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

static char *
sign_access_token (PorchAuthRoutes *self,
                   const PorchStoreUser *user,
                   const char *session_id,
                   gint64 now_us)
{
  g_autoptr (JsonNode) metadata = build_user_metadata (user);
  PorchJwtClaims claims = {
    .sub = user->id,
    .email = user->email,
    .session_id = (char *) session_id,
    .role = (char *) "authenticated",
    .aud = (char *) "authenticated",
    .iss = self->issuer,
    .iat_us = now_us,
    .exp_us = now_us + PORCH_ACCESS_TOKEN_LIFETIME_S * G_TIME_SPAN_SECOND,
  };

  return porch_jwt_sign (&claims, metadata, self->jwt_secret);
}

static void
respond_session (Call *call)
{
  gint64 now_us = porch_clock_get_real_us (call->self->clock);
  PorchAuthUser user = view_user (call->user);
  char *access_token = sign_access_token (call->self, call->user, call->session->session_id,
                                          now_us);
  PorchAuthSession session = {
    .access_token = access_token,
    .refresh_token = call->session->refresh_token,
    .expires_at_us = now_us + PORCH_ACCESS_TOKEN_LIFETIME_S * G_TIME_SPAN_SECOND,
    .expires_in_s = PORCH_ACCESS_TOKEN_LIFETIME_S,
    .user = &user,
  };
  char *json = porch_auth_session_build (&session, call->user->created_at_us);

  porch_http_request_respond_json (call->request, 200, json);
  porch_secret_free (json);
  porch_secret_free (access_token);
}

static void
on_session_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  call->session = porch_store_add_session_finish (PORCH_STORE (source), result, &error);
  if (call->session != NULL)
    respond_session (call);
  else if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    respond_invalid_credentials (call->request);
  else
    respond_failure (call->request, error);
}

static void
add_session (Call *call)
{
  porch_store_add_session_async (
      call->self->store, call->user->id, porch_clock_get_real_us (call->self->clock),
      porch_http_request_get_cancellable (call->request), on_session_added_cb, call);
}

static void
on_password_verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_right;

  if (!porch_password_hasher_verify_finish (PORCH_PASSWORD_HASHER (source), result, &is_right,
                                            &error))
    {
      if (g_error_matches (error, PORCH_PASSWORD_ERROR, PORCH_PASSWORD_ERROR_BUSY))
        respond_rate_limit (call->request, BUSY_RETRY_AFTER_S);
      else
        respond_failure (call->request, error);
      return;
    }

  if (!is_right)
    {
      respond_invalid_credentials (call->request);
      return;
    }

  porch_login_limiter_succeeded (call->self->limiter, call->address, call->email);
  add_session (g_steal_pointer (&call));
}

static void
on_user_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  PorchPasswordHasher *hasher = call->self->hasher;
  g_autoptr (GError) error = NULL;

  call->user = porch_store_get_user_by_email_finish (PORCH_STORE (source), result, &error);
  if (call->user == NULL
      && !g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    {
      respond_failure (call->request, error);
      return;
    }

  porch_password_hasher_verify_async (
      hasher, call->password, call->user != NULL ? call->user->password_hash : NULL,
      porch_http_request_get_cancellable (call->request), on_password_verified_cb, call);
  g_steal_pointer (&call);
}

/* Takes from a grant whom and with which password. Answers where it lacks them, or too many were
 * tried.
 */
static gboolean
take_credentials (Call *call, PorchAuthGrant *grant)
{
  guint retry_after_s;

  if (grant->email == NULL || grant->password == NULL || *grant->password == '\0')
    {
      respond_error (call->request, 400, "validation_failed", "missing email or password");
      return FALSE;
    }

  /* What cannot be an address is nobody's, and counts as well. */
  call->email = porch_email_normalize (grant->email);
  if (!porch_login_limiter_take (call->self->limiter, call->address,
                                 call->email != NULL ? call->email : "", &retry_after_s))
    {
      respond_rate_limit (call->request, retry_after_s);
      return FALSE;
    }

  call->password = g_steal_pointer (&grant->password);
  return TRUE;
}

static void
sign_in (PorchAuthRoutes *self, PorchHttpRequest *request, PorchAuthGrant *grant)
{
  g_autoptr (Call) call = call_new (self, request);

  if (!take_credentials (call, grant))
    return;

  porch_store_get_user_by_email_async (self->store, call->email != NULL ? call->email : "",
                                       porch_http_request_get_cancellable (request),
                                       on_user_found_cb, call);
  g_steal_pointer (&call);
}

static void
on_refreshed_user_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = porch_store_get_users_finish (PORCH_STORE (source), result, &error);

  if (users == NULL)
    {
      respond_failure (call->request, error);
      return;
    }
  if (users->len == 0)
    {
      respond_error (call->request, 400, "refresh_token_not_found",
                     "Invalid Refresh Token: Refresh Token Not Found");
      return;
    }

  call->user = g_ptr_array_steal_index (users, 0);
  respond_session (call);
}

static void
on_refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  call->session = porch_store_refresh_session_finish (PORCH_STORE (source), result, &error);
  if (call->session == NULL)
    respond_failure (call->request, error);
  else if (call->session->outcome == PORCH_REFRESH_NOT_FOUND)
    respond_error (call->request, 400, "refresh_token_not_found",
                   "Invalid Refresh Token: Refresh Token Not Found");
  else if (call->session->outcome == PORCH_REFRESH_REVOKED)
    respond_error (call->request, 400, "refresh_token_already_used",
                   "Invalid Refresh Token: Already Used");
  else
    {
      const char *ids[] = { call->session->user_id, NULL };

      porch_store_get_users_async (call->self->store, ids,
                                   porch_http_request_get_cancellable (call->request),
                                   on_refreshed_user_got_cb, call);
      g_steal_pointer (&call);
    }
}

static void
refresh (PorchAuthRoutes *self, PorchHttpRequest *request, PorchAuthGrant *grant)
{
  if (grant->refresh_token == NULL || *grant->refresh_token == '\0')
    {
      respond_error (request, 400, "validation_failed", "refresh_token required");
      return;
    }

  porch_store_refresh_session_async (
      self->store, grant->refresh_token, porch_clock_get_real_us (self->clock),
      porch_http_request_get_cancellable (request), on_refreshed_cb, call_new (self, request));
}

static void
handle_token (PorchHttpRequest *request, gpointer user_data)
{
  PorchAuthRoutes *self = user_data;
  const char *grant_type = porch_http_request_get_query_param (request, "grant_type");
  g_autoptr (PorchAuthGrant) grant = NULL;

  if (!check_api_key (self, request))
    return;

  if (g_strcmp0 (grant_type, "password") != 0 && g_strcmp0 (grant_type, "refresh_token") != 0)
    {
      respond_error (request, 400, "validation_failed", "unsupported_grant_type");
      return;
    }

  grant = parse_grant (request);
  if (grant == NULL)
    return;

  if (g_str_equal (grant_type, "password"))
    sign_in (self, request, grant);
  else
    refresh (self, request, grant);
}

static void
on_user_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_store_add_user_finish (PORCH_STORE (source), result, &error))
    add_session (g_steal_pointer (&call));
  else if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_EXISTS))
    respond_error (call->request, 422, "user_already_exists", "User already registered");
  else
    respond_failure (call->request, error);
}

static void
on_password_hashed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  PorchStore *store = call->self->store;
  g_autoptr (GError) error = NULL;

  call->user->password_hash = porch_password_hasher_hash_finish (PORCH_PASSWORD_HASHER (source),
                                                                 result, &error);
  if (call->user->password_hash != NULL)
    {
      porch_store_add_user_async (store, call->user,
                                  porch_http_request_get_cancellable (call->request),
                                  on_user_added_cb, call);
      g_steal_pointer (&call);
    }
  else if (g_error_matches (error, PORCH_PASSWORD_ERROR, PORCH_PASSWORD_ERROR_BUSY))
    respond_rate_limit (call->request, BUSY_RETRY_AFTER_S);
  else
    respond_failure (call->request, error);
}

static char *
choose_name (const char *name)
{
  char *clean = porch_text_clean (name, NAME_MAX_BYTES);

  return clean != NULL ? clean : g_strdup ("");
}

static void
handle_signup (PorchHttpRequest *request, gpointer user_data)
{
  PorchAuthRoutes *self = user_data;
  g_autoptr (Call) call = call_new (self, request);
  g_autoptr (PorchAuthGrant) grant = NULL;
  g_autoptr (GError) error = NULL;

  if (!check_api_key (self, request))
    return;

  if (!self->is_signup_enabled)
    {
      respond_error (request, 422, "signup_disabled", "Signups not allowed for this instance");
      return;
    }

  grant = parse_grant (request);
  if (grant == NULL || !take_credentials (call, grant))
    return;

  if (call->email == NULL)
    {
      respond_error (request, 400, "validation_failed",
                     "Unable to validate email address: invalid format");
      return;
    }

  if (!porch_password_check (call->password, &error))
    {
      respond_error (request, 422, "weak_password", error->message);
      return;
    }

  call->user = g_new0 (PorchStoreUser, 1);
  call->user->id = g_uuid_string_random ();
  call->user->email = g_strdup (call->email);
  call->user->first_name = choose_name (grant->first_name);
  call->user->last_name = choose_name (grant->last_name);
  call->user->created_at_us = porch_clock_get_real_us (self->clock);
  porch_password_hasher_hash_async (self->hasher, call->password,
                                    porch_http_request_get_cancellable (request),
                                    on_password_hashed_cb, call);
  g_steal_pointer (&call);
}

/* Checks key and bearer token as Supabase Auth does, and answers as it does. */
static const PorchJwtClaims *
authenticate (PorchAuthRoutes *self, PorchHttpRequest *request)
{
  const char *token = porch_http_request_get_bearer_token (request);
  const PorchJwtClaims *claims;
  g_autoptr (GError) error = NULL;

  if (!check_api_key (self, request))
    return NULL;

  if (token == NULL)
    {
      respond_error (request, 401, "no_authorization",
                     "This endpoint requires a valid Bearer token");
      return NULL;
    }

  claims = porch_authenticator_verify (self->authenticator, token, &error);
  if (claims != NULL)
    return claims;

  if (g_error_matches (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_FAILED))
    respond_failure (request, error);
  else
    respond_error (request, 403, porch_auth_error_to_code (error->code), error->message);

  return NULL;
}

static void
on_own_user_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = porch_store_get_users_finish (PORCH_STORE (source), result, &error);

  if (users == NULL)
    respond_failure (call->request, error);
  else if (users->len == 0)
    respond_error (call->request, 403, "user_not_found",
                   "User from sub claim in JWT does not exist");
  else
    {
      PorchStoreUser *user = g_ptr_array_index (users, 0);
      PorchAuthUser view = view_user (user);
      g_autofree char *json = porch_auth_user_build (&view, user->created_at_us);

      porch_http_request_respond_json (call->request, 200, json);
    }
}

static void
handle_user (PorchHttpRequest *request, gpointer user_data)
{
  PorchAuthRoutes *self = user_data;
  const PorchJwtClaims *claims = authenticate (self, request);
  const char *ids[] = { claims != NULL ? claims->sub : NULL, NULL };

  if (claims != NULL)
    porch_store_get_users_async (self->store, ids, porch_http_request_get_cancellable (request),
                                 on_own_user_got_cb, call_new (self, request));
}

static void
on_sessions_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;

  if (porch_store_end_sessions_finish (PORCH_STORE (source), result, &error))
    porch_http_request_respond_bytes (call->request, 204, NULL, nothing);
  else
    respond_failure (call->request, error);
}

static void
handle_logout (PorchHttpRequest *request, gpointer user_data)
{
  PorchAuthRoutes *self = user_data;
  const PorchJwtClaims *claims = authenticate (self, request);
  const char *name = porch_http_request_get_query_param (request, "scope");
  PorchSessionScope scope;

  if (claims == NULL)
    return;

  if (name == NULL || g_str_equal (name, "global"))
    scope = PORCH_SESSION_SCOPE_GLOBAL;
  else if (g_str_equal (name, "local"))
    scope = PORCH_SESSION_SCOPE_LOCAL;
  else if (g_str_equal (name, "others"))
    scope = PORCH_SESSION_SCOPE_OTHERS;
  else
    {
      respond_error (request, 400, "validation_failed", "Unsupported logout scope");
      return;
    }

  /* Not cancelled with the request: who signs out may not wait for the answer. */
  porch_store_end_sessions_async (self->store, claims->sub, claims->session_id, scope,
                                  porch_clock_get_real_us (self->clock), NULL, on_sessions_ended_cb,
                                  call_new (self, request));
}

static void
handle_settings (PorchHttpRequest *request, gpointer user_data)
{
  PorchAuthRoutes *self = user_data;
  PorchAuthSettings settings = {
    .email = TRUE,
    .disable_signup = !self->is_signup_enabled,
    .mailer_autoconfirm = TRUE,
  };
  g_autofree char *json = NULL;

  if (!check_api_key (self, request))
    return;

  json = porch_auth_settings_build (&settings);
  porch_http_request_respond_json (request, 200, json);
}

static void
handle_health (PorchHttpRequest *request, gpointer user_data)
{
  PorchAuthRoutes *self = user_data;

  if (check_api_key (self, request))
    porch_http_request_respond_json (request, 200,
                                     "{\"version\":\"" PORCH_VERSION "\",\"name\":\"porchlightd\","
                                     "\"description\":\"Porchlight is a user presence system\"}");
}

static void
porch_auth_routes_dispose (GObject *object)
{
  PorchAuthRoutes *self = PORCH_AUTH_ROUTES (object);

  g_clear_object (&self->authenticator);
  g_clear_object (&self->hasher);
  g_clear_object (&self->limiter);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_auth_routes_parent_class)->dispose (object);
}

static void
porch_auth_routes_finalize (GObject *object)
{
  PorchAuthRoutes *self = PORCH_AUTH_ROUTES (object);

  porch_secret_free (self->jwt_secret);
  g_free (self->anon_key);
  g_free (self->issuer);

  G_OBJECT_CLASS (porch_auth_routes_parent_class)->finalize (object);
}

static void
porch_auth_routes_class_init (PorchAuthRoutesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_auth_routes_dispose;
  object_class->finalize = porch_auth_routes_finalize;
}

static void
porch_auth_routes_init (PorchAuthRoutes *self)
{
  self->hasher = porch_password_hasher_new ();
  self->issuer = g_strdup ("porchlightd");
}

/**
 * porch_auth_routes_new:
 * @clock: the time
 * @store: where people and sessions are
 * @secrets: the server's secrets; copied
 *
 * Returns: (transfer full): the routes, with signing up disabled
 */
PorchAuthRoutes *
porch_auth_routes_new (PorchClock *clock, PorchStore *store, const PorchSecrets *secrets)
{
  PorchAuthRoutes *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_STORE (store), NULL);
  g_return_val_if_fail (secrets != NULL, NULL);

  self = g_object_new (PORCH_TYPE_AUTH_ROUTES, NULL);
  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->authenticator = porch_authenticator_new (clock, store, secrets->jwt_secret);
  self->limiter = porch_login_limiter_new (clock);
  self->jwt_secret = g_strdup (secrets->jwt_secret);
  self->anon_key = g_strdup (secrets->anon_key);

  return self;
}

/**
 * porch_auth_routes_set_issuer:
 * @self: the routes
 * @issuer: the address of the auth base, as clients know it: "https://…/auth/v1"
 *
 * Says what access tokens name as their issuer.
 */
void
porch_auth_routes_set_issuer (PorchAuthRoutes *self, const char *issuer)
{
  g_return_if_fail (PORCH_IS_AUTH_ROUTES (self));
  g_return_if_fail (issuer != NULL);

  g_free (self->issuer);
  self->issuer = g_strdup (issuer);
}

/**
 * porch_auth_routes_set_signup_enabled:
 * @self: the routes
 * @is_enabled: whether anybody may make themselves an account
 */
void
porch_auth_routes_set_signup_enabled (PorchAuthRoutes *self, gboolean is_enabled)
{
  g_return_if_fail (PORCH_IS_AUTH_ROUTES (self));

  self->is_signup_enabled = is_enabled;
}

/**
 * porch_auth_routes_register:
 * @self: the routes, which outlive @http
 * @http: the server
 *
 * Adds the routes to a server.
 */
void
porch_auth_routes_register (PorchAuthRoutes *self, PorchHttpServer *http)
{
  g_return_if_fail (PORCH_IS_AUTH_ROUTES (self));
  g_return_if_fail (PORCH_IS_HTTP_SERVER (http));

  porch_http_server_add_route (http, "GET", "/auth/v1/settings", handle_settings, self);
  porch_http_server_add_route (http, "GET", "/auth/v1/health", handle_health, self);
  porch_http_server_add_route (http, "POST", "/auth/v1/token", handle_token, self);
  porch_http_server_add_route (http, "POST", "/auth/v1/signup", handle_signup, self);
  porch_http_server_add_route (http, "GET", "/auth/v1/user", handle_user, self);
  porch_http_server_add_route (http, "POST", "/auth/v1/logout", handle_logout, self);
}

/**
 * porch_auth_routes_get_authenticator:
 * @self: the routes
 *
 * Returns: (transfer none): who tells the senders of requests apart
 */
PorchAuthenticator *
porch_auth_routes_get_authenticator (PorchAuthRoutes *self)
{
  g_return_val_if_fail (PORCH_IS_AUTH_ROUTES (self), NULL);

  return self->authenticator;
}
