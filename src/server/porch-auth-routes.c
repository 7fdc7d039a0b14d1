/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Signing in, as Supabase Auth offers it to its clients: /auth/v1/settings, token, user, logout,
 * signup and health. Owned by porchlightd's main, which registers the routes once. It tells a wrong
 * password from an unknown person neither in words nor in time. Codes by mail and second steps have
 * routes of their own, which it owns; providers are not offered.
 */

#define G_LOG_DOMAIN "porch-server"

#include "config.h"

#include "server/porch-auth-routes.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "presence/porch-text.h"
#include "server/porch-auth-gate.h"
#include "server/porch-factor-routes.h"
#include "server/porch-otp-routes.h"
#include "server/porch-password.h"

#define BUSY_RETRY_AFTER_S 5
#define PASSWORD_METHOD    "password"
/* Of a first or last name that somebody gives themselves: it travels with every event. */
#define NAME_MAX_BYTES 200

struct _PorchAuthRoutes
{
  GObject parent_instance;

  PorchClock *clock;
  PorchStore *store;
  PorchAuthGate *gate;
  PorchOtpRoutes *otp_routes;
  PorchFactorRoutes *factor_routes;
  PorchPasswordHasher *hasher;
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
respond_invalid_credentials (PorchHttpRequest *request)
{
  porch_auth_answer_error (request, 400, "invalid_credentials", "Invalid login credentials");
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
        porch_auth_answer_rate_limit (call->request, BUSY_RETRY_AFTER_S);
      else
        porch_auth_answer_failure (call->request, error);
      return;
    }

  if (!is_right)
    {
      respond_invalid_credentials (call->request);
      return;
    }

  porch_login_limiter_succeeded (porch_auth_gate_get_limiter (call->self->gate), call->address,
                                 call->email);
  porch_auth_gate_begin_session (call->self->gate, call->request, g_steal_pointer (&call->user),
                                 PASSWORD_METHOD);
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
      porch_auth_answer_failure (call->request, error);
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
      porch_auth_answer_error (call->request, 400, "validation_failed",
                               "missing email or password");
      return FALSE;
    }

  /* What cannot be an address is nobody's, and counts as well. */
  call->email = porch_email_normalize (grant->email);
  if (!porch_login_limiter_take (porch_auth_gate_get_limiter (call->self->gate), call->address,
                                 call->email != NULL ? call->email : "", &retry_after_s))
    {
      porch_auth_answer_rate_limit (call->request, retry_after_s);
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
      porch_auth_answer_failure (call->request, error);
      return;
    }
  if (users->len == 0)
    {
      porch_auth_answer_error (call->request, 400, "refresh_token_not_found",
                               "Invalid Refresh Token: Refresh Token Not Found");
      return;
    }

  porch_auth_gate_answer_session (call->self->gate, call->request,
                                  g_ptr_array_steal_index (users, 0),
                                  g_steal_pointer (&call->session));
}

static void
on_refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  call->session = porch_store_refresh_session_finish (PORCH_STORE (source), result, &error);
  if (call->session == NULL)
    porch_auth_answer_failure (call->request, error);
  else if (call->session->outcome == PORCH_REFRESH_NOT_FOUND)
    porch_auth_answer_error (call->request, 400, "refresh_token_not_found",
                             "Invalid Refresh Token: Refresh Token Not Found");
  else if (call->session->outcome == PORCH_REFRESH_REVOKED)
    porch_auth_answer_error (call->request, 400, "refresh_token_already_used",
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
      porch_auth_answer_error (request, 400, "validation_failed", "refresh_token required");
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

  if (!porch_auth_gate_check_key (self->gate, request))
    return;

  if (g_strcmp0 (grant_type, "password") != 0 && g_strcmp0 (grant_type, "refresh_token") != 0)
    {
      porch_auth_answer_error (request, 400, "validation_failed", "unsupported_grant_type");
      return;
    }

  grant = porch_auth_gate_parse_grant (request);
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
    porch_auth_gate_begin_session (call->self->gate, call->request, g_steal_pointer (&call->user),
                                   PASSWORD_METHOD);
  else if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_EXISTS))
    porch_auth_answer_error (call->request, 422, "user_already_exists", "User already registered");
  else
    porch_auth_answer_failure (call->request, error);
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
    porch_auth_answer_rate_limit (call->request, BUSY_RETRY_AFTER_S);
  else
    porch_auth_answer_failure (call->request, error);
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

  if (!porch_auth_gate_check_key (self->gate, request))
    return;

  if (!self->is_signup_enabled)
    {
      porch_auth_answer_error (request, 422, "signup_disabled",
                               "Signups not allowed for this instance");
      return;
    }

  grant = porch_auth_gate_parse_grant (request);
  if (grant == NULL || !take_credentials (call, grant))
    return;

  if (call->email == NULL)
    {
      porch_auth_answer_error (request, 400, "validation_failed",
                               "Unable to validate email address: invalid format");
      return;
    }

  if (!porch_password_check (call->password, &error))
    {
      porch_auth_answer_error (request, 422, "weak_password", error->message);
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

static void
on_own_user_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = porch_store_get_users_finish (PORCH_STORE (source), result, &error);

  if (users == NULL)
    porch_auth_answer_failure (call->request, error);
  else if (users->len == 0)
    porch_auth_answer_error (call->request, 403, "user_not_found",
                             "User from sub claim in JWT does not exist");
  else
    porch_auth_gate_answer_user (call->self->gate, call->request,
                                 g_ptr_array_steal_index (users, 0));
}

static void
handle_user (PorchHttpRequest *request, gpointer user_data)
{
  PorchAuthRoutes *self = user_data;
  const PorchJwtClaims *claims = porch_auth_gate_authenticate (self->gate, request);
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
    porch_auth_answer_failure (call->request, error);
}

static void
handle_logout (PorchHttpRequest *request, gpointer user_data)
{
  PorchAuthRoutes *self = user_data;
  const PorchJwtClaims *claims = porch_auth_gate_authenticate (self->gate, request);
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
      porch_auth_answer_error (request, 400, "validation_failed", "Unsupported logout scope");
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

  if (!porch_auth_gate_check_key (self->gate, request))
    return;

  json = porch_auth_settings_build (&settings);
  porch_http_request_respond_json (request, 200, json);
}

static void
handle_health (PorchHttpRequest *request, gpointer user_data)
{
  PorchAuthRoutes *self = user_data;

  if (porch_auth_gate_check_key (self->gate, request))
    porch_http_request_respond_json (request, 200,
                                     "{\"version\":\"" PORCH_VERSION "\",\"name\":\"porchlightd\","
                                     "\"description\":\"Porchlight is a user presence system\"}");
}

static void
porch_auth_routes_dispose (GObject *object)
{
  PorchAuthRoutes *self = PORCH_AUTH_ROUTES (object);

  g_clear_object (&self->otp_routes);
  g_clear_object (&self->factor_routes);
  g_clear_object (&self->gate);
  g_clear_object (&self->hasher);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_auth_routes_parent_class)->dispose (object);
}

static void
porch_auth_routes_class_init (PorchAuthRoutesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = porch_auth_routes_dispose;
}

static void
porch_auth_routes_init (PorchAuthRoutes *self)
{
  self->hasher = porch_password_hasher_new ();
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
  self->gate = porch_auth_gate_new (clock, store, secrets);
  self->otp_routes = porch_otp_routes_new (clock, store, self->gate, secrets->token_secret);
  self->factor_routes = porch_factor_routes_new (clock, store, self->gate, secrets->token_secret);

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

  porch_auth_gate_set_issuer (self->gate, issuer);
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
 * porch_auth_routes_set_mailer:
 * @self: the routes
 * @mailer: who sends codes to people who sign in by mail
 *
 * Offers to sign in by a code. Nobody can before.
 */
void
porch_auth_routes_set_mailer (PorchAuthRoutes *self, PorchMailer *mailer)
{
  g_return_if_fail (PORCH_IS_AUTH_ROUTES (self));

  porch_otp_routes_set_mailer (self->otp_routes, mailer);
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
  porch_otp_routes_register (self->otp_routes, http);
  porch_factor_routes_register (self->factor_routes, http);
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

  return porch_auth_gate_get_authenticator (self->gate);
}
