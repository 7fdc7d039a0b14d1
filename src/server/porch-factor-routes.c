/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The second step of a sign-in, by an authenticator app: /auth/v1/factors, as Supabase Auth has it.
 * Owned by PorchAuthRoutes. A challenge is not stored: its id says until when it counts and for
 * which session, and is signed. The session that took the step is a new one; the one before it
 * ends.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-factor-routes.h"

#include <string.h>

#include "presence/porch-text.h"
#include "protocol/porch-json.h"
#include "protocol/porch-pusher-signature.h"
#include "server/porch-totp.h"

#define CHALLENGE_LIFETIME_S 300
#define SIGNATURE_CHARS      40 /* of a challenge: 160 bits */
#define FACTORS_MAX          10 /* of a person */
#define NAME_MAX_BYTES       200
#define DEFAULT_ISSUER       "Porchlight"
#define METHOD               "totp"
#define AAL2                 "aal2"

struct _PorchFactorRoutes
{
  GObject parent_instance;

  PorchClock *clock;
  PorchStore *store;
  PorchAuthGate *gate;
  char *key; /* signs challenges */
};

/* One request that is being answered, in several steps. */
typedef struct
{
  PorchFactorRoutes *self;
  PorchHttpRequest *request;
  char *factor_id;
  char *user_id;
  char *email;
  char *session_id;
  char *methods;
  gboolean is_second_level;
  PorchAuthGrant *grant;
  PorchStoreFactor *factor;
  gboolean had_verified;
} Call;

/* What to do with a person's factors, once they are read. */
typedef void (*FactorsFunc) (Call *call, GPtrArray *factors);

G_DEFINE_FINAL_TYPE (PorchFactorRoutes, porch_factor_routes, G_TYPE_OBJECT)

static void
call_free (Call *call)
{
  g_object_unref (call->self);
  g_object_unref (call->request);
  g_free (call->factor_id);
  g_free (call->user_id);
  g_free (call->email);
  g_free (call->session_id);
  g_free (call->methods);
  porch_auth_grant_free (call->grant);
  porch_store_factor_free (call->factor);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* Somebody's request, about a factor or about none yet. NULL where it is nobody's and was answered.
 */
static Call *
call_new (PorchFactorRoutes *self, PorchHttpRequest *request, const char *factor_id)
{
  const PorchJwtClaims *claims = porch_auth_gate_authenticate (self->gate, request);
  Call *call;

  if (claims == NULL)
    return NULL;

  call = g_new0 (Call, 1);
  call->self = g_object_ref (self);
  call->request = g_object_ref (request);
  call->factor_id = g_strdup (factor_id);
  call->user_id = g_strdup (claims->sub);
  call->email = g_strdup (claims->email != NULL ? claims->email : "");
  call->session_id = g_strdup (claims->session_id);
  call->methods = g_strdup (claims->methods);
  call->is_second_level = g_strcmp0 (claims->aal, AAL2) == 0;

  return call;
}

static void
respond_not_found (Call *call)
{
  porch_auth_answer_error (call->request, 404, "mfa_factor_not_found", "Factor not found");
}

static void
respond_wrong (Call *call)
{
  porch_auth_answer_error (call->request, 422, "mfa_verification_failed",
                           "Invalid TOTP code entered");
}

static void
respond_insufficient (Call *call)
{
  porch_auth_answer_error (call->request, 403, "insufficient_aal",
                           "AAL2 session is required to change verified factors");
}

static gboolean
has_verified (GPtrArray *factors)
{
  for (guint i = 0; i < factors->len; i++)
    if (((const PorchStoreFactor *) g_ptr_array_index (factors, i))->is_verified)
      return TRUE;

  return FALSE;
}

static const PorchStoreFactor *
find_factor (GPtrArray *factors, const char *id)
{
  for (guint i = 0; i < factors->len; i++)
    {
      const PorchStoreFactor *factor = g_ptr_array_index (factors, i);

      if (g_str_equal (factor->id, id))
        return factor;
    }

  return NULL;
}

/* Its func goes on with the call, and owns it. */
typedef struct
{
  Call *call;
  FactorsFunc func;
} Listing;

static void
on_factors_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Listing *listing = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) factors = porch_store_list_factors_finish (PORCH_STORE (source), result,
                                                                   &error);

  if (factors != NULL)
    listing->func (listing->call, factors);
  else
    {
      porch_auth_answer_failure (listing->call->request, error);
      call_free (listing->call);
    }
}

/* call: (transfer full) */
static void
with_factors (Call *call, FactorsFunc func)
{
  Listing *listing = g_new (Listing, 1);

  listing->call = call;
  listing->func = func;
  porch_store_list_factors_async (call->self->store, call->user_id,
                                  porch_http_request_get_cancellable (call->request),
                                  on_factors_listed_cb, listing);
}

/* What an authenticator app shows beside the code: the host of this server. */
static char *
get_issuer_name (PorchFactorRoutes *self)
{
  g_autoptr (GUri) uri = g_uri_parse (porch_auth_gate_get_issuer (self->gate), G_URI_FLAGS_NONE,
                                      NULL);

  return g_strdup (uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri)
                                                               : DEFAULT_ISSUER);
}

static void
on_factor_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  const PorchStoreFactor *factor = call->factor;
  g_autoptr (GError) error = NULL;
  g_autofree char *issuer = NULL;
  GString *json;
  char *uri;

  if (!porch_store_add_factor_finish (PORCH_STORE (source), result, &error))
    {
      porch_auth_answer_failure (call->request, error);
      return;
    }

  issuer = get_issuer_name (call->self);
  uri = porch_totp_build_uri (factor->secret, issuer, call->email);
  json = g_string_sized_new (6 * strlen (uri) + 1024);
  g_string_append_c (json, '{');
  porch_json_append_string_member (json, "id", factor->id);
  porch_json_append_string_member (json, "type", METHOD);
  porch_json_append_string_member (json, "friendly_name", factor->name);
  porch_json_append_name (json, METHOD);
  g_string_append_c (json, '{');
  porch_json_append_string_member (json, "qr_code", "");
  porch_json_append_string_member (json, "secret", factor->secret);
  porch_json_append_string_member (json, "uri", uri);
  g_string_append (json, "}}");
  porch_http_request_respond_json (call->request, 200, json->str);
  porch_secret_free (g_string_free (json, FALSE));
  porch_secret_free (uri);
}

static void
add_factor (Call *owned, GPtrArray *factors)
{
  g_autoptr (Call) call = owned;
  PorchStoreFactor *factor;

  if (has_verified (factors) && !call->is_second_level)
    {
      respond_insufficient (call);
      return;
    }
  if (factors->len >= FACTORS_MAX)
    {
      porch_auth_answer_error (call->request, 422, "too_many_enrolled_mfa_factors",
                               "Maximum number of verified factors reached, unenroll to continue");
      return;
    }

  factor = g_new0 (PorchStoreFactor, 1);
  factor->id = g_uuid_string_random ();
  factor->user_id = g_strdup (call->user_id);
  factor->name = porch_text_clean (call->grant->friendly_name, NAME_MAX_BYTES);
  if (factor->name == NULL)
    factor->name = g_strdup ("");
  factor->secret = porch_totp_new_secret ();
  factor->created_at_us = porch_clock_get_real_us (call->self->clock);
  call->factor = factor;
  porch_store_add_factor_async (call->self->store, factor, NULL, on_factor_added_cb, call);
  g_steal_pointer (&call);
}

static void
handle_enroll (PorchHttpRequest *request, gpointer user_data)
{
  g_autoptr (Call) call = call_new (user_data, request, NULL);

  if (call == NULL)
    return;

  call->grant = porch_auth_gate_parse_grant (request);
  if (call->grant == NULL)
    return;

  if (g_strcmp0 (call->grant->factor_type, METHOD) == 0)
    with_factors (g_steal_pointer (&call), add_factor);
  else
    porch_auth_answer_error (request, 400, "validation_failed", "factor_type needs to be totp");
}

static char *
sign_challenge (Call *call, gint64 expires_s)
{
  g_autofree char *text = g_strdup_printf ("challenge:%" G_GINT64_FORMAT ":%s:%s", expires_s,
                                           call->session_id, call->factor_id);
  g_autofree char *digest = g_compute_hmac_for_string (
      G_CHECKSUM_SHA256, (const guchar *) call->self->key, strlen (call->self->key), text, -1);

  return g_strdup_printf ("%" G_GINT64_FORMAT "-%.*s", expires_s, SIGNATURE_CHARS, digest);
}

/* Answers where it is none of ours, or too old. */
static gboolean
check_challenge (Call *call, const char *id)
{
  gint64 now_s = porch_clock_get_real_us (call->self->clock) / G_TIME_SPAN_SECOND;
  gint64 expires_s = g_ascii_strtoll (id, NULL, 10);
  g_autofree char *expected = sign_challenge (call, expires_s);

  if (!porch_equal_in_constant_time (id, expected))
    porch_auth_answer_error (call->request, 422, "mfa_challenge_expired",
                             "MFA factor with the provided challenge ID not found");
  else if (expires_s <= now_s)
    porch_auth_answer_error (call->request, 422, "mfa_challenge_expired",
                             "MFA challenge has expired, verify against another challenge or "
                             "create a new challenge.");
  else
    return TRUE;

  return FALSE;
}

static void
challenge (Call *owned, GPtrArray *factors)
{
  g_autoptr (Call) call = owned;
  gint64 expires_s = porch_clock_get_real_us (call->self->clock) / G_TIME_SPAN_SECOND
                     + CHALLENGE_LIFETIME_S;
  g_autofree char *id = NULL;
  g_autoptr (GString) json = NULL;

  if (find_factor (factors, call->factor_id) == NULL)
    {
      respond_not_found (call);
      return;
    }

  id = sign_challenge (call, expires_s);
  json = g_string_new ("{");
  porch_json_append_string_member (json, "id", id);
  porch_json_append_string_member (json, "type", METHOD);
  porch_json_append_int_member (json, "expires_at", expires_s);
  g_string_append_c (json, '}');
  porch_http_request_respond_json (call->request, 200, json->str);
}

static void
handle_challenge (PorchHttpRequest *request, gpointer user_data)
{
  Call *call = call_new (user_data, request, porch_http_request_get_path_param (request, "id"));

  if (call != NULL)
    with_factors (call, challenge);
}

static void
on_user_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = porch_store_get_users_finish (PORCH_STORE (source), result, &error);
  g_autofree char *methods = NULL;

  if (users == NULL)
    porch_auth_answer_failure (call->request, error);
  else if (users->len == 0)
    respond_not_found (call);
  else
    {
      methods = call->is_second_level || call->methods == NULL
                    ? g_strdup (call->methods != NULL ? call->methods : METHOD)
                    : g_strconcat (call->methods, " " METHOD, NULL);
      porch_auth_gate_begin_session (call->self->gate, call->request,
                                     g_ptr_array_steal_index (users, 0), methods);
    }
}

static void
on_session_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  PorchStore *store = PORCH_STORE (source);
  const char *ids[] = { call->user_id, NULL };
  g_autoptr (GError) error = NULL;

  if (!porch_store_end_sessions_finish (store, result, &error))
    {
      porch_auth_answer_failure (call->request, error);
      return;
    }

  porch_store_get_users_async (store, ids, porch_http_request_get_cancellable (call->request),
                               on_user_got_cb, call);
  g_steal_pointer (&call);
}

/* With the first authenticator, sessions that never saw one end, everywhere. */
static void
on_factor_used_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  PorchFactorRoutes *self = call->self;
  PorchStore *store = PORCH_STORE (source);
  PorchSessionScope scope = call->had_verified ? PORCH_SESSION_SCOPE_LOCAL
                                               : PORCH_SESSION_SCOPE_GLOBAL;
  g_autoptr (GError) error = NULL;

  if (!porch_store_use_factor_finish (store, result, &error))
    {
      if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
        respond_wrong (call);
      else
        porch_auth_answer_failure (call->request, error);
      return;
    }

  porch_login_limiter_succeeded (porch_auth_gate_get_limiter (self->gate),
                                 porch_http_request_get_address (call->request), call->email);
  porch_store_end_sessions_async (store, call->user_id, call->session_id, scope,
                                  porch_clock_get_real_us (self->clock), NULL, on_session_ended_cb,
                                  call);
  g_steal_pointer (&call);
}

static void
verify (Call *owned, GPtrArray *factors)
{
  g_autoptr (Call) call = owned;
  PorchFactorRoutes *self = call->self;
  const PorchStoreFactor *factor = find_factor (factors, call->factor_id);
  gint64 step;

  if (factor == NULL)
    {
      respond_not_found (call);
      return;
    }
  /* Or whoever has a password could set up an app of their own, and be in. */
  if (!factor->is_verified && has_verified (factors) && !call->is_second_level)
    {
      respond_insufficient (call);
      return;
    }
  if (!porch_totp_find_step (factor->secret, call->grant->code,
                             porch_clock_get_real_us (self->clock), factor->last_step, &step))
    {
      respond_wrong (call);
      return;
    }

  call->had_verified = has_verified (factors);
  porch_store_use_factor_async (self->store, call->user_id, call->factor_id, step, NULL,
                                on_factor_used_cb, call);
  g_steal_pointer (&call);
}

static void
handle_verify (PorchHttpRequest *request, gpointer user_data)
{
  PorchFactorRoutes *self = user_data;
  g_autoptr (Call) call = call_new (self, request,
                                    porch_http_request_get_path_param (request, "id"));
  guint retry_after_s;

  if (call == NULL)
    return;

  call->grant = porch_auth_gate_parse_grant (request);
  if (call->grant == NULL)
    return;

  if (call->grant->challenge_id == NULL || call->grant->code == NULL)
    porch_auth_answer_error (request, 400, "validation_failed", "challenge_id and code required");
  else if (!porch_login_limiter_take (porch_auth_gate_get_limiter (self->gate),
                                      porch_http_request_get_address (request), call->email,
                                      &retry_after_s))
    porch_auth_answer_rate_limit (request, retry_after_s);
  else if (check_challenge (call, call->grant->challenge_id))
    with_factors (g_steal_pointer (&call), verify);
}

static void
on_factor_removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GString) json = NULL;
  g_autoptr (GError) error = NULL;

  if (porch_store_remove_factors_finish (PORCH_STORE (source), result, &error))
    {
      json = g_string_new ("{");
      porch_json_append_string_member (json, "id", call->factor_id);
      g_string_append_c (json, '}');
      porch_http_request_respond_json (call->request, 200, json->str);
    }
  else if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    respond_not_found (call);
  else
    porch_auth_answer_failure (call->request, error);
}

static void
remove_factor (Call *owned, GPtrArray *factors)
{
  g_autoptr (Call) call = owned;
  const PorchStoreFactor *factor = find_factor (factors, call->factor_id);

  if (factor == NULL)
    respond_not_found (call);
  else if (factor->is_verified && !call->is_second_level)
    respond_insufficient (call);
  else
    {
      porch_store_remove_factors_async (call->self->store, call->user_id, call->factor_id, NULL,
                                        on_factor_removed_cb, call);
      g_steal_pointer (&call);
    }
}

static void
handle_unenroll (PorchHttpRequest *request, gpointer user_data)
{
  Call *call = call_new (user_data, request, porch_http_request_get_path_param (request, "id"));

  if (call != NULL)
    with_factors (call, remove_factor);
}

static void
porch_factor_routes_dispose (GObject *object)
{
  PorchFactorRoutes *self = PORCH_FACTOR_ROUTES (object);

  g_clear_object (&self->gate);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_factor_routes_parent_class)->dispose (object);
}

static void
porch_factor_routes_finalize (GObject *object)
{
  PorchFactorRoutes *self = PORCH_FACTOR_ROUTES (object);

  porch_secret_free (self->key);

  G_OBJECT_CLASS (porch_factor_routes_parent_class)->finalize (object);
}

static void
porch_factor_routes_class_init (PorchFactorRoutesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_factor_routes_dispose;
  object_class->finalize = porch_factor_routes_finalize;
}

static void
porch_factor_routes_init (PorchFactorRoutes *self)
{
}

/**
 * porch_factor_routes_new:
 * @clock: the time
 * @store: where second steps are
 * @gate: what all routes of sign-in share
 * @key: signs challenges; the same for all servers on one store
 *
 * Returns: (transfer full): the routes
 */
PorchFactorRoutes *
porch_factor_routes_new (PorchClock *clock, PorchStore *store, PorchAuthGate *gate, const char *key)
{
  PorchFactorRoutes *self = g_object_new (PORCH_TYPE_FACTOR_ROUTES, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->gate = g_object_ref (gate);
  self->key = g_strdup (key);

  return self;
}

/**
 * porch_factor_routes_register:
 * @self: the routes, which outlive @http
 * @http: the server
 *
 * Adds the routes to a server.
 */
void
porch_factor_routes_register (PorchFactorRoutes *self, PorchHttpServer *http)
{
  g_return_if_fail (PORCH_IS_FACTOR_ROUTES (self));

  porch_http_server_add_route (http, "POST", "/auth/v1/factors", handle_enroll, self);
  porch_http_server_add_route (http, "POST", "/auth/v1/factors/{id}/challenge", handle_challenge,
                               self);
  porch_http_server_add_route (http, "POST", "/auth/v1/factors/{id}/verify", handle_verify, self);
  porch_http_server_add_route (http, "DELETE", "/auth/v1/factors/{id}", handle_unenroll, self);
}
