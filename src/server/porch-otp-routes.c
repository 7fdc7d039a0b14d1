/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Signing in by a code that is sent by mail: /auth/v1/otp, recover and verify, as Supabase Auth has
 * them. Owned by PorchAuthRoutes. Whoever asks for a code hears the same, whether or not anybody
 * has that address, before anything is stored or sent. Makes no accounts.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-otp-routes.h"

#include <string.h>

#include "server/porch-random.h"
#include "server/porch-rate-limiter.h"

#define CODE_LIFETIME_US (15 * G_TIME_SPAN_MINUTE)
#define CODE_MODULUS     1000000
/* One message a minute to an address. */
#define MAIL_INTERVAL_MS 60000
#define ADDRESSES_MAX    20000
#define METHOD           "otp"
/* Nobody has this id: the store is asked as if somebody had. */
#define NOBODY ""

struct _PorchOtpRoutes
{
  GObject parent_instance;

  PorchClock *clock;
  PorchStore *store;
  PorchAuthGate *gate;
  PorchMailer *mailer; /* NULL where no mail is sent */
  PorchRateLimiter *mail_limiter;
  char *key; /* of the hashes of codes: six digits alone are soon guessed from one */
};

/* One request that is being answered, or was and is acted on. */
typedef struct
{
  PorchOtpRoutes *self;
  PorchHttpRequest *request;
  PorchStoreUser *user;
  char *email;
  char *code;
} Call;

G_DEFINE_FINAL_TYPE (PorchOtpRoutes, porch_otp_routes, G_TYPE_OBJECT)

static Call *
call_new (PorchOtpRoutes *self, PorchHttpRequest *request)
{
  Call *call = g_new0 (Call, 1);

  call->self = g_object_ref (self);
  call->request = g_object_ref (request);

  return call;
}

static void
call_free (Call *call)
{
  g_object_unref (call->self);
  g_object_unref (call->request);
  porch_store_user_free (call->user);
  g_free (call->email);
  porch_secret_free (call->code);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static char *
make_code (void)
{
  /* The numbers above the last multiple would make some codes likelier than others. */
  const guint32 end = G_MAXUINT32 - G_MAXUINT32 % CODE_MODULUS;
  guint32 number;

  do
    porch_random_fill ((guint8 *) &number, sizeof number);
  while (number >= end);

  return g_strdup_printf ("%06u", number % CODE_MODULUS);
}

static void
hash_code (PorchOtpRoutes *self,
           const char *user_id,
           const char *code,
           guint8 hash[PORCH_STORE_CODE_HASH_BYTES])
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) self->key,
                                       strlen (self->key));
  gsize length = PORCH_STORE_CODE_HASH_BYTES;

  g_hmac_update (hmac, (const guchar *) "code:", -1);
  g_hmac_update (hmac, (const guchar *) user_id, -1);
  g_hmac_update (hmac, (const guchar *) ":", -1);
  g_hmac_update (hmac, (const guchar *) code, -1);
  g_hmac_get_digest (hmac, hash, &length);
}

static void
on_code_put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_store_put_code_finish (PORCH_STORE (source), result, &error))
    porch_mailer_send_code (call->self->mailer, call->email, call->code);
  else
    g_warning ("A code cannot be stored, and is not sent: %s", error->message);
}

static void
on_recipient_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  PorchStore *store = PORCH_STORE (source);
  guint8 hash[PORCH_STORE_CODE_HASH_BYTES];
  g_autoptr (GError) error = NULL;
  gint64 expires_us;

  call->user = porch_store_get_user_by_email_finish (store, result, &error);
  if (call->user == NULL
      && !g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    {
      porch_auth_answer_failure (call->request, error);
      return;
    }

  porch_http_request_respond_json (call->request, 200, "{}");
  if (call->user == NULL)
    return;

  call->code = make_code ();
  hash_code (call->self, call->user->id, call->code, hash);
  expires_us = porch_clock_get_real_us (call->self->clock) + CODE_LIFETIME_US;
  porch_store_put_code_async (store, call->user->id, hash, expires_us, NULL, on_code_put_cb, call);
  g_steal_pointer (&call);
}

/* Takes the address from a grant, and counts. Answers where it is none or it is too often. */
static gboolean
take_address (Call *call, PorchAuthGrant *grant)
{
  guint retry_after_s;

  call->email = grant->email != NULL ? porch_email_normalize (grant->email) : NULL;
  if (call->email == NULL)
    {
      porch_auth_answer_error (call->request, 400, "validation_failed",
                               "Unable to validate email address: invalid format");
      return FALSE;
    }

  if (porch_login_limiter_take (porch_auth_gate_get_limiter (call->self->gate),
                                porch_http_request_get_address (call->request), call->email,
                                &retry_after_s))
    return TRUE;

  porch_auth_answer_rate_limit (call->request, retry_after_s);
  return FALSE;
}

static gboolean
may_send (Call *call)
{
  g_autofree char *retry_after = NULL;
  g_autofree char *message = NULL;
  guint retry_after_s;

  if (porch_rate_limiter_take (call->self->mail_limiter, call->email, &retry_after_s))
    return TRUE;

  retry_after = g_strdup_printf ("%u", retry_after_s);
  message = g_strdup_printf ("For security purposes, you can only request this after %u seconds.",
                             retry_after_s);
  porch_http_request_set_header (call->request, "Retry-After", retry_after);
  porch_auth_answer_error (call->request, 429, "over_email_send_rate_limit", message);

  return FALSE;
}

static void
handle_otp (PorchHttpRequest *request, gpointer user_data)
{
  PorchOtpRoutes *self = user_data;
  g_autoptr (Call) call = call_new (self, request);
  g_autoptr (PorchAuthGrant) grant = NULL;

  if (!porch_auth_gate_check_key (self->gate, request))
    return;

  if (self->mailer == NULL)
    {
      porch_auth_answer_error (request, 422, "email_provider_disabled",
                               "This server sends no mail");
      return;
    }

  grant = porch_auth_gate_parse_grant (request);
  if (grant == NULL || !take_address (call, grant) || !may_send (call))
    return;

  /* Not cancelled with the request: who asks may not wait for the answer. */
  porch_store_get_user_by_email_async (self->store, call->email, NULL, on_recipient_found_cb, call);
  g_steal_pointer (&call);
}

static void
on_code_taken_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  PorchOtpRoutes *self = call->self;
  g_autoptr (GError) error = NULL;

  if (porch_store_take_code_finish (PORCH_STORE (source), result, &error) && call->user != NULL)
    {
      porch_login_limiter_succeeded (porch_auth_gate_get_limiter (self->gate),
                                     porch_http_request_get_address (call->request), call->email);
      porch_auth_gate_begin_session (self->gate, call->request, g_steal_pointer (&call->user),
                                     METHOD);
    }
  else if (error == NULL || g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    porch_auth_answer_error (call->request, 403, "otp_expired", "Token has expired or is invalid");
  else
    porch_auth_answer_failure (call->request, error);
}

static void
on_sender_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  PorchOtpRoutes *self = call->self;
  PorchStore *store = PORCH_STORE (source);
  guint8 hash[PORCH_STORE_CODE_HASH_BYTES];
  g_autoptr (GError) error = NULL;
  const char *id;

  call->user = porch_store_get_user_by_email_finish (store, result, &error);
  if (call->user == NULL
      && !g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    {
      porch_auth_answer_failure (call->request, error);
      return;
    }

  id = call->user != NULL ? call->user->id : NOBODY;
  hash_code (self, id, call->code, hash);
  porch_store_take_code_async (store, id, hash, porch_clock_get_real_us (self->clock),
                               porch_http_request_get_cancellable (call->request), on_code_taken_cb,
                               call);
  g_steal_pointer (&call);
}

static gboolean
is_known_type (const char *type)
{
  static const char *const types[] = { "email", "magiclink", "recovery", NULL };

  return type != NULL && g_strv_contains (types, type);
}

static void
handle_verify (PorchHttpRequest *request, gpointer user_data)
{
  PorchOtpRoutes *self = user_data;
  g_autoptr (Call) call = call_new (self, request);
  g_autoptr (PorchAuthGrant) grant = NULL;

  if (!porch_auth_gate_check_key (self->gate, request))
    return;

  grant = porch_auth_gate_parse_grant (request);
  if (grant == NULL)
    return;

  if (!is_known_type (grant->type) || grant->code == NULL || *grant->code == '\0')
    {
      porch_auth_answer_error (request, 400, "validation_failed",
                               "Verify requires a known type and a token");
      return;
    }
  if (!take_address (call, grant))
    return;

  call->code = g_steal_pointer (&grant->code);
  porch_store_get_user_by_email_async (self->store, call->email,
                                       porch_http_request_get_cancellable (request),
                                       on_sender_found_cb, call);
  g_steal_pointer (&call);
}

static void
porch_otp_routes_dispose (GObject *object)
{
  PorchOtpRoutes *self = PORCH_OTP_ROUTES (object);

  g_clear_object (&self->mail_limiter);
  g_clear_object (&self->mailer);
  g_clear_object (&self->gate);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_otp_routes_parent_class)->dispose (object);
}

static void
porch_otp_routes_finalize (GObject *object)
{
  PorchOtpRoutes *self = PORCH_OTP_ROUTES (object);

  porch_secret_free (self->key);

  G_OBJECT_CLASS (porch_otp_routes_parent_class)->finalize (object);
}

static void
porch_otp_routes_class_init (PorchOtpRoutesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_otp_routes_dispose;
  object_class->finalize = porch_otp_routes_finalize;
}

static void
porch_otp_routes_init (PorchOtpRoutes *self)
{
}

/**
 * porch_otp_routes_new:
 * @clock: the time
 * @store: where people and codes are
 * @gate: what all routes of sign-in share
 * @key: of the hashes of codes; the same for all servers on one store
 *
 * Returns: (transfer full): the routes, which refuse to send codes until they have a mailer
 */
PorchOtpRoutes *
porch_otp_routes_new (PorchClock *clock, PorchStore *store, PorchAuthGate *gate, const char *key)
{
  PorchOtpRoutes *self = g_object_new (PORCH_TYPE_OTP_ROUTES, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->gate = g_object_ref (gate);
  self->mail_limiter = porch_rate_limiter_new (clock, 1, MAIL_INTERVAL_MS, ADDRESSES_MAX);
  self->key = g_strdup (key);

  return self;
}

/**
 * porch_otp_routes_set_mailer:
 * @self: the routes
 * @mailer: who sends codes
 */
void
porch_otp_routes_set_mailer (PorchOtpRoutes *self, PorchMailer *mailer)
{
  g_return_if_fail (PORCH_IS_OTP_ROUTES (self));
  g_return_if_fail (PORCH_IS_MAILER (mailer));

  g_set_object (&self->mailer, mailer);
}

/**
 * porch_otp_routes_register:
 * @self: the routes, which outlive @http
 * @http: the server
 *
 * Adds the routes to a server.
 */
void
porch_otp_routes_register (PorchOtpRoutes *self, PorchHttpServer *http)
{
  g_return_if_fail (PORCH_IS_OTP_ROUTES (self));

  porch_http_server_add_route (http, "POST", "/auth/v1/otp", handle_otp, self);
  porch_http_server_add_route (http, "POST", "/auth/v1/recover", handle_otp, self);
  porch_http_server_add_route (http, "POST", "/auth/v1/verify", handle_verify, self);
}
