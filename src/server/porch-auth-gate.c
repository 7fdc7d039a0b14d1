/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What all routes of sign-in share: the API key, the bearer token and the limit of tries at the way
 * in, a session at the way out, and errors in the shape that Supabase Auth's clients expect. Owned
 * by the sign-in routes, whose business it is whether somebody proved who they are.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-auth-gate.h"

#include "protocol/porch-pusher-signature.h"

#define FAILURE_RETRY_AFTER_S 5
/* As "amr" names the method that makes a session one of the second level. */
#define SECOND_STEP_METHOD "totp"

struct _PorchAuthGate
{
  GObject parent_instance;

  PorchClock *clock;
  PorchStore *store;
  PorchAuthenticator *authenticator;
  PorchLoginLimiter *limiter;
  char *jwt_secret;
  char *anon_key;
  char *issuer;
};

/* A request that is about to be answered with a person, and perhaps with a session of theirs. */
typedef struct
{
  PorchAuthGate *self;
  PorchHttpRequest *request;
  PorchStoreUser *user;
  PorchRefreshResult *session;
} Answer;

G_DEFINE_FINAL_TYPE (PorchAuthGate, porch_auth_gate, G_TYPE_OBJECT)

static Answer *
answer_new (PorchAuthGate *self, PorchHttpRequest *request, PorchStoreUser *user)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->self = g_object_ref (self);
  answer->request = g_object_ref (request);
  answer->user = user;

  return answer;
}

static void
answer_free (Answer *answer)
{
  g_object_unref (answer->self);
  g_object_unref (answer->request);
  porch_store_user_free (answer->user);
  porch_refresh_result_free (answer->session);
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

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

/* Without the secrets. The views borrow from the factors. */
static GPtrArray *
view_factors (GPtrArray *factors)
{
  GPtrArray *views = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < factors->len; i++)
    {
      const PorchStoreFactor *factor = g_ptr_array_index (factors, i);
      PorchAuthFactor *view = g_new0 (PorchAuthFactor, 1);

      view->id = factor->id;
      view->name = factor->name;
      view->is_verified = factor->is_verified;
      view->created_at_us = factor->created_at_us;
      g_ptr_array_add (views, view);
    }

  return views;
}

static gboolean
has_verified_factor (GPtrArray *factors)
{
  for (guint i = 0; i < factors->len; i++)
    if (((const PorchStoreFactor *) g_ptr_array_index (factors, i))->is_verified)
      return TRUE;

  return FALSE;
}

static gboolean
have_second_step (const char *methods)
{
  g_auto (GStrv) names = g_strsplit (methods, " ", -1);

  return g_strv_contains ((const char *const *) names, SECOND_STEP_METHOD);
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
sign_access_token (Answer *answer, GPtrArray *factors, gint64 now_us)
{
  g_autoptr (JsonNode) metadata = build_user_metadata (answer->user);
  gboolean has_second_step = have_second_step (answer->session->methods);
  PorchJwtClaims claims = {
    .sub = answer->user->id,
    .email = answer->user->email,
    .session_id = answer->session->session_id,
    .role = (char *) "authenticated",
    .aud = (char *) "authenticated",
    .iss = answer->self->issuer,
    .aal = (char *) (has_second_step ? "aal2" : "aal1"),
    .methods = answer->session->methods,
    .lacks_second_step = !has_second_step && has_verified_factor (factors),
    .iat_us = now_us,
    .exp_us = now_us + PORCH_ACCESS_TOKEN_LIFETIME_S * G_TIME_SPAN_SECOND,
  };

  return porch_jwt_sign (&claims, metadata, answer->self->jwt_secret);
}

static void
respond_session (Answer *answer, GPtrArray *factors)
{
  g_autoptr (GPtrArray) views = view_factors (factors);
  gint64 now_us = porch_clock_get_real_us (answer->self->clock);
  PorchAuthUser user = view_user (answer->user);
  char *access_token = sign_access_token (answer, factors, now_us);
  PorchAuthSession session = {
    .access_token = access_token,
    .refresh_token = answer->session->refresh_token,
    .expires_at_us = now_us + PORCH_ACCESS_TOKEN_LIFETIME_S * G_TIME_SPAN_SECOND,
    .expires_in_s = PORCH_ACCESS_TOKEN_LIFETIME_S,
    .user = &user,
    .factors = views,
  };
  char *json = porch_auth_session_build (&session, answer->user->created_at_us);

  porch_http_request_respond_json (answer->request, 200, json);
  porch_secret_free (json);
  porch_secret_free (access_token);
}

static void
respond_user (Answer *answer, GPtrArray *factors)
{
  g_autoptr (GPtrArray) views = view_factors (factors);
  PorchAuthUser view = view_user (answer->user);
  g_autofree char *json = porch_auth_user_build (&view, views, answer->user->created_at_us);

  porch_http_request_respond_json (answer->request, 200, json);
}

static void
on_factors_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) answer = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) factors = porch_store_list_factors_finish (PORCH_STORE (source), result,
                                                                   &error);

  if (factors == NULL)
    porch_auth_answer_failure (answer->request, error);
  else if (answer->session != NULL)
    respond_session (answer, factors);
  else
    respond_user (answer, factors);
}

/* answer: (transfer full) */
static void
complete (Answer *answer)
{
  porch_store_list_factors_async (answer->self->store, answer->user->id,
                                  porch_http_request_get_cancellable (answer->request),
                                  on_factors_listed_cb, answer);
}

static void
on_session_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) answer = user_data;
  g_autoptr (GError) error = NULL;

  answer->session = porch_store_add_session_finish (PORCH_STORE (source), result, &error);
  if (answer->session != NULL)
    complete (g_steal_pointer (&answer));
  else if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    porch_auth_answer_error (answer->request, 400, "invalid_credentials",
                             "Invalid login credentials");
  else
    porch_auth_answer_failure (answer->request, error);
}

static void
porch_auth_gate_dispose (GObject *object)
{
  PorchAuthGate *self = PORCH_AUTH_GATE (object);

  g_clear_object (&self->authenticator);
  g_clear_object (&self->limiter);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_auth_gate_parent_class)->dispose (object);
}

static void
porch_auth_gate_finalize (GObject *object)
{
  PorchAuthGate *self = PORCH_AUTH_GATE (object);

  porch_secret_free (self->jwt_secret);
  g_free (self->anon_key);
  g_free (self->issuer);

  G_OBJECT_CLASS (porch_auth_gate_parent_class)->finalize (object);
}

static void
porch_auth_gate_class_init (PorchAuthGateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_auth_gate_dispose;
  object_class->finalize = porch_auth_gate_finalize;
}

static void
porch_auth_gate_init (PorchAuthGate *self)
{
  self->issuer = g_strdup ("porchlightd");
}

/**
 * porch_auth_gate_new:
 * @clock: the time
 * @store: where people and sessions are
 * @secrets: the server's secrets; copied
 *
 * Returns: (transfer full): a gate
 */
PorchAuthGate *
porch_auth_gate_new (PorchClock *clock, PorchStore *store, const PorchSecrets *secrets)
{
  PorchAuthGate *self = g_object_new (PORCH_TYPE_AUTH_GATE, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->authenticator = porch_authenticator_new (clock, store, secrets->jwt_secret);
  self->limiter = porch_login_limiter_new (clock);
  self->jwt_secret = g_strdup (secrets->jwt_secret);
  self->anon_key = g_strdup (secrets->anon_key);

  return self;
}

/**
 * porch_auth_gate_set_issuer:
 * @self: a gate
 * @issuer: what access tokens name as their issuer
 */
void
porch_auth_gate_set_issuer (PorchAuthGate *self, const char *issuer)
{
  g_return_if_fail (PORCH_IS_AUTH_GATE (self));
  g_return_if_fail (issuer != NULL);

  g_free (self->issuer);
  self->issuer = g_strdup (issuer);
}

/**
 * porch_auth_gate_get_issuer:
 * @self: a gate
 *
 * Returns: (transfer none): what access tokens name as their issuer
 */
const char *
porch_auth_gate_get_issuer (PorchAuthGate *self)
{
  g_return_val_if_fail (PORCH_IS_AUTH_GATE (self), NULL);

  return self->issuer;
}

/**
 * porch_auth_gate_get_authenticator:
 * @self: a gate
 *
 * Returns: (transfer none): who tells the senders of requests apart
 */
PorchAuthenticator *
porch_auth_gate_get_authenticator (PorchAuthGate *self)
{
  g_return_val_if_fail (PORCH_IS_AUTH_GATE (self), NULL);

  return self->authenticator;
}

/**
 * porch_auth_gate_get_limiter:
 * @self: a gate
 *
 * Returns: (transfer none): who counts the tries, whatever is tried
 */
PorchLoginLimiter *
porch_auth_gate_get_limiter (PorchAuthGate *self)
{
  g_return_val_if_fail (PORCH_IS_AUTH_GATE (self), NULL);

  return self->limiter;
}

/**
 * porch_auth_gate_check_key:
 * @self: a gate
 * @request: a request, which is answered where its key is not the server's
 *
 * Looks at the API key as the gateway in front of Supabase Auth does. It is no secret: it tells
 * projects apart.
 *
 * Returns: whether to go on
 */
gboolean
porch_auth_gate_check_key (PorchAuthGate *self, PorchHttpRequest *request)
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

/**
 * porch_auth_gate_authenticate:
 * @self: a gate
 * @request: a request, which is answered where it is nobody's
 *
 * Checks key and bearer token as Supabase Auth does. Who lacks their second step passes.
 *
 * Returns: (transfer none) (nullable): whose it is, valid until the caller returns to the main loop
 */
const PorchJwtClaims *
porch_auth_gate_authenticate (PorchAuthGate *self, PorchHttpRequest *request)
{
  const char *token = porch_http_request_get_bearer_token (request);
  const PorchJwtClaims *claims;
  g_autoptr (GError) error = NULL;

  if (!porch_auth_gate_check_key (self, request))
    return NULL;

  if (token == NULL)
    {
      porch_auth_answer_error (request, 401, "no_authorization",
                               "This endpoint requires a valid Bearer token");
      return NULL;
    }

  claims = porch_authenticator_verify (self->authenticator, token, &error);
  if (claims != NULL)
    return claims;

  if (g_error_matches (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_FAILED))
    porch_auth_answer_failure (request, error);
  else
    porch_auth_answer_error (request, 403, porch_auth_error_to_code (error->code), error->message);

  return NULL;
}

/**
 * porch_auth_gate_parse_grant:
 * @request: a request, which is answered where its body is not to be read
 *
 * Returns: (transfer full) (nullable): what the body holds
 */
PorchAuthGrant *
porch_auth_gate_parse_grant (PorchHttpRequest *request)
{
  gsize length;
  const char *body = g_bytes_get_data (porch_http_request_get_body (request), &length);
  g_autoptr (GError) error = NULL;
  PorchAuthGrant *grant = porch_auth_grant_parse (body, length, &error);

  if (grant == NULL)
    porch_auth_answer_error (request, 400, "bad_json", "Could not parse request body as JSON");

  return grant;
}

/**
 * porch_auth_gate_begin_session:
 * @self: a gate
 * @request: the request that proved who sent it
 * @user: (transfer full): who that is
 * @methods: how they proved it: "password", "otp", "password totp" …
 *
 * Begins a session and answers with it.
 */
void
porch_auth_gate_begin_session (PorchAuthGate *self,
                               PorchHttpRequest *request,
                               PorchStoreUser *user,
                               const char *methods)
{
  g_return_if_fail (PORCH_IS_AUTH_GATE (self));
  g_return_if_fail (user != NULL && methods != NULL);

  porch_store_add_session_async (self->store, user->id, methods,
                                 porch_clock_get_real_us (self->clock),
                                 porch_http_request_get_cancellable (request), on_session_added_cb,
                                 answer_new (self, request, user));
}

/**
 * porch_auth_gate_answer_session:
 * @self: a gate
 * @request: a request
 * @user: (transfer full): whose session it is
 * @session: (transfer full): the session, with the token to hand out
 *
 * Answers with a session and a new access token.
 */
void
porch_auth_gate_answer_session (PorchAuthGate *self,
                                PorchHttpRequest *request,
                                PorchStoreUser *user,
                                PorchRefreshResult *session)
{
  Answer *answer;

  g_return_if_fail (PORCH_IS_AUTH_GATE (self));
  g_return_if_fail (user != NULL && session != NULL);

  answer = answer_new (self, request, user);
  answer->session = session;
  complete (answer);
}

/**
 * porch_auth_gate_answer_user:
 * @self: a gate
 * @request: a request
 * @user: (transfer full): who sent it
 *
 * Answers with the person, as GET /user does.
 */
void
porch_auth_gate_answer_user (PorchAuthGate *self, PorchHttpRequest *request, PorchStoreUser *user)
{
  g_return_if_fail (PORCH_IS_AUTH_GATE (self));
  g_return_if_fail (user != NULL);

  complete (answer_new (self, request, user));
}

/**
 * porch_auth_answer_error:
 * @request: a request
 * @status: the HTTP status
 * @code: a code of Supabase Auth
 * @message: what is wrong
 *
 * Answers with an error, in the shape of the API version that the request names.
 */
void
porch_auth_answer_error (PorchHttpRequest *request,
                         guint status,
                         const char *code,
                         const char *message)
{
  const char *api_version = porch_http_request_get_header (request, "X-Supabase-Api-Version");
  g_autofree char *json = porch_auth_error_build (status, code, message, api_version);

  /* auth-js reads from the answer which shape it has. */
  if (g_strcmp0 (api_version, PORCH_SUPABASE_API_VERSION) == 0)
    porch_http_request_set_header (request, "X-Supabase-Api-Version", api_version);
  porch_http_request_set_header (request, "x-sb-error-code", code);
  porch_http_request_respond_json (request, status, json);
}

/**
 * porch_auth_answer_rate_limit:
 * @request: a request
 * @retry_after_s: when to come again
 *
 * Answers that there were too many.
 */
void
porch_auth_answer_rate_limit (PorchHttpRequest *request, guint retry_after_s)
{
  g_autofree char *retry_after = g_strdup_printf ("%u", retry_after_s);

  porch_http_request_set_header (request, "Retry-After", retry_after);
  porch_auth_answer_error (request, 429, "over_request_rate_limit", "Request rate limit reached");
}

/**
 * porch_auth_answer_failure:
 * @request: a request
 * @error: what failed, for the log
 *
 * Answers that the server cannot answer: 503 rather than 500, so that clients keep their session
 * and try again.
 */
void
porch_auth_answer_failure (PorchHttpRequest *request, const GError *error)
{
  g_info ("%s: %s", porch_http_request_get_path (request), error->message);
  porch_http_request_set_header (request, "Retry-After", G_STRINGIFY (FAILURE_RETRY_AFTER_S));
  porch_auth_answer_error (request, 503, "unexpected_failure", "The server cannot answer now");
}
