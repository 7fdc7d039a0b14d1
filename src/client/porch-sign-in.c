/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One conversation with Supabase Auth by which a person proves who they are: which ways in there
 * are, a message with a code, the way itself, and the second step where the account has one. It
 * ends with a session, which PorchAuth keeps from then on; here nothing is kept but, between the
 * two steps, a session that is not good for anything yet. Owned by who leads the conversation
 * (PorchAgentSignIn).
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-sign-in.h"

#include "config.h"

#include "client/porch-auth-request.h"
#include "client/porch-auth-sentence.h"
#include "client/porch-client-error.h"
#include "protocol/porch-auth-steps.h"

#include <glib/gi18n-lib.h>

struct _PorchSignIn
{
  GObject parent_instance;

  PorchHttpClient *http;
  PorchClock *clock;
  PorchDiscovery *discovery;
  char *host;

  PorchAuthSession *half; /* waits for the second step */
  char *factor;
};

G_DEFINE_FINAL_TYPE (PorchSignIn, porch_sign_in, G_TYPE_OBJECT)

static void
send (PorchSignIn *self, SoupMessage *message, GAsyncReadyCallback callback, GTask *task)
{
  porch_http_client_send_async (self->http, message, PORCH_HTTP_BODY_MAX_BYTES,
                                PORCH_HTTP_DEADLINE_MS, g_task_get_cancellable (task), callback,
                                task);
}

/* Returns: (transfer full) (nullable): the answer where its status is 200; otherwise the task has
 * failed with a sentence. */
static PorchHttpAnswer *
take_answer (GTask *task, PorchHttpClient *http, GAsyncResult *result)
{
  PorchSignIn *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchHttpAnswer) answer = porch_http_client_send_finish (http, result, &error);

  if (answer == NULL)
    {
      g_message ("Sign-in: %s", error->message);
      g_task_return_error (task, porch_client_error_new_for_network (error, self->host));
      return NULL;
    }

  if (answer->status != 200)
    {
      error = porch_auth_error_parse (answer->status, answer->error_code, answer->body,
                                      answer->length);
      g_message ("Sign-in: status %u, %s", answer->status, error->message);
      g_task_return_error (task, porch_auth_sentence_describe (error, answer->status, self->host));
      return NULL;
    }

  return g_steal_pointer (&answer);
}

/* The names that the bus, the window and the command line have for them. */
static GStrv
list_ways (const PorchAuthSettings *settings)
{
  g_autoptr (GStrvBuilder) ways = g_strv_builder_new ();

  if (settings->email)
    {
      g_strv_builder_add (ways, "password");
      g_strv_builder_add (ways, "code");
      g_strv_builder_add (ways, "reset");
      if (!settings->disable_signup)
        g_strv_builder_add (ways, "new-account");
    }
  for (guint i = 0; settings->providers != NULL && settings->providers[i] != NULL; i++)
    {
      g_autofree char *way = g_strconcat ("browser:", settings->providers[i], NULL);

      g_strv_builder_add (ways, way);
    }
  return g_strv_builder_end (ways);
}

static void
on_settings_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchSignIn *self = g_task_get_source_object (task);
  g_autoptr (PorchHttpAnswer) answer = take_answer (task, PORCH_HTTP_CLIENT (source), result);
  g_autoptr (PorchAuthSettings) settings = NULL;
  g_autoptr (GError) error = NULL;

  if (answer == NULL)
    return;

  settings = porch_auth_settings_parse (answer->body, answer->length, &error);
  if (settings == NULL)
    {
      g_message ("Settings of %s: %s", self->host, error->message);
      g_task_return_error (task, porch_client_error_new_for_status (200, self->host));
      return;
    }

  g_task_return_pointer (task, list_ways (settings), (GDestroyNotify) g_strfreev);
}

static void
on_mail_requested_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchSignIn *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchHttpAnswer) answer = porch_http_client_send_finish (PORCH_HTTP_CLIENT (source),
                                                                      result, &error);

  if (answer == NULL)
    {
      g_task_return_error (task, porch_client_error_new_for_network (error, self->host));
      return;
    }

  if (answer->status == 200)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  error = porch_auth_error_parse (answer->status, answer->error_code, answer->body, answer->length);
  g_message ("A message: status %u, %s", answer->status, error->message);
  /* This is how the server says that it knows nobody of that address: not for us to pass on. */
  if (g_error_matches (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_OTP_DISABLED))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, porch_auth_sentence_describe (error, answer->status, self->host));
}

/* A new account whose address is to be confirmed first is answered with a person, not a session. */
static GError *
describe_no_session (PorchSignIn *self, const PorchHttpAnswer *answer, const GError *error)
{
  g_autoptr (PorchAuthUser) user = porch_auth_user_parse (answer->body, answer->length, NULL);

  if (user != NULL)
    return g_error_new_literal (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_CONFIRM_EMAIL,
                                _ ("A message is on its way to you. Open the link in it, or enter "
                                   "the code from it."));

  g_message ("Sign-in: %s", error->message);
  return porch_client_error_new_for_status (200, self->host);
}

static void
on_entered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchSignIn *self = g_task_get_source_object (task);
  g_autoptr (PorchHttpAnswer) answer = take_answer (task, PORCH_HTTP_CLIENT (source), result);
  g_autoptr (PorchAuthSession) session = NULL;
  g_autoptr (GError) error = NULL;

  if (answer == NULL)
    return;

  session = porch_auth_session_parse (answer->body, answer->length,
                                      porch_clock_get_real_us (self->clock), &error);
  if (session == NULL)
    {
      g_task_return_error (task, describe_no_session (self, answer, error));
      return;
    }

  g_clear_pointer (&self->half, porch_auth_session_free);
  g_free (self->factor);
  self->factor = porch_auth_missing_factor_parse (answer->body, answer->length);
  if (self->factor == NULL)
    {
      g_task_return_pointer (task, g_steal_pointer (&session),
                             (GDestroyNotify) porch_auth_session_free);
      return;
    }

  self->half = g_steal_pointer (&session);
  g_task_return_new_error (task, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_SECOND_FACTOR, "%s",
                           _ ("Enter the code that your authenticator app shows."));
}

static void
on_confirmed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchSignIn *self = g_task_get_source_object (task);
  g_autoptr (PorchHttpAnswer) answer = take_answer (task, PORCH_HTTP_CLIENT (source), result);
  g_autoptr (PorchAuthSession) session = NULL;
  g_autoptr (GError) error = NULL;

  if (answer == NULL)
    return;

  session = porch_auth_session_parse (answer->body, answer->length,
                                      porch_clock_get_real_us (self->clock), &error);
  if (session == NULL)
    {
      g_message ("The second step: %s", error->message);
      g_task_return_error (task, porch_client_error_new_for_status (200, self->host));
      return;
    }

  g_clear_pointer (&self->half, porch_auth_session_free);
  g_clear_pointer (&self->factor, g_free);
  g_task_return_pointer (task, g_steal_pointer (&session),
                         (GDestroyNotify) porch_auth_session_free);
}

static SoupMessage *
new_factor_request (PorchSignIn *self, const char *verb, char *body)
{
  g_autofree char *path = g_strdup_printf ("factors/%s/%s", self->factor, verb);
  SoupMessage *message = porch_auth_request_new (self->discovery, "POST", path);

  porch_auth_request_set_bearer (message, self->half->access_token);
  porch_http_message_take_body (message, "application/json", body);
  return message;
}

static void
on_challenged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchSignIn *self = g_task_get_source_object (task);
  const char *code = g_task_get_task_data (task);
  g_autoptr (PorchHttpAnswer) answer = take_answer (task, PORCH_HTTP_CLIENT (source), result);
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *challenge = NULL;

  if (answer == NULL)
    return;

  challenge = porch_auth_challenge_parse (answer->body, answer->length, &error);
  if (challenge == NULL || self->half == NULL)
    {
      g_message ("The second step: %s", error != NULL ? error->message : "is over");
      g_task_return_error (task, porch_client_error_new_for_status (200, self->host));
      return;
    }

  message = new_factor_request (self, "verify", porch_auth_factor_answer_build (challenge, code));
  send (self, message, on_confirmed_cb, g_steal_pointer (&task));
}

static void
porch_sign_in_finalize (GObject *object)
{
  PorchSignIn *self = PORCH_SIGN_IN (object);

  g_clear_object (&self->http);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->discovery, porch_discovery_free);
  g_clear_pointer (&self->half, porch_auth_session_free);
  g_free (self->factor);
  g_free (self->host);

  G_OBJECT_CLASS (porch_sign_in_parent_class)->finalize (object);
}

static void
porch_sign_in_class_init (PorchSignInClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_sign_in_finalize;
}

static void
porch_sign_in_init (PorchSignIn *self)
{
}

/**
 * porch_sign_in_new:
 * @http: a client
 * @clock: the program's clock
 * @discovery: where the server's parts are
 *
 * Returns: (transfer full): a conversation that has not begun
 */
PorchSignIn *
porch_sign_in_new (PorchHttpClient *http, PorchClock *clock, const PorchDiscovery *discovery)
{
  PorchSignIn *self;

  g_return_val_if_fail (PORCH_IS_HTTP_CLIENT (http), NULL);
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (discovery != NULL, NULL);

  self = g_object_new (PORCH_TYPE_SIGN_IN, NULL);
  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->discovery = porch_discovery_copy (discovery);
  self->host = porch_client_error_get_host (discovery->supabase_url);
  return self;
}

/**
 * porch_sign_in_offer_async:
 * @self: a conversation
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Asks which ways in there are (GET /settings).
 */
void
porch_sign_in_offer_async (PorchSignIn *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (SoupMessage) message = NULL;
  GTask *task;

  g_return_if_fail (PORCH_IS_SIGN_IN (self));

  task = g_task_new (self, cancellable, callback, user_data);
  message = porch_auth_request_new (self->discovery, "GET", "settings");
  send (self, message, on_settings_cb, task);
}

/**
 * porch_sign_in_offer_finish:
 * @self: a conversation
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR, in one translated sentence
 *
 * Returns: (transfer full): "password", "code", "reset", "new-account", and "browser:" with the
 *   name of each provider
 */
GStrv
porch_sign_in_offer_finish (PorchSignIn *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_sign_in_request_mail_async:
 * @self: a conversation
 * @kind: what for
 * @email: whom to write to
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Has the server send a message (POST /otp or POST /recover). An address that it does not know is
 * no error.
 */
void
porch_sign_in_request_mail_async (PorchSignIn *self,
                                  PorchMailKind kind,
                                  const char *email,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (SoupMessage) message = NULL;
  GTask *task;

  g_return_if_fail (PORCH_IS_SIGN_IN (self));
  g_return_if_fail (email != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  message = porch_auth_request_new (self->discovery, "POST",
                                    kind == PORCH_MAIL_CODE ? "otp" : "recover");
  porch_http_message_take_body (message, "application/json",
                                kind == PORCH_MAIL_CODE ? porch_auth_code_request_build (email)
                                                        : porch_auth_mail_request_build (email));
  send (self, message, on_mail_requested_cb, task);
}

/**
 * porch_sign_in_request_mail_finish:
 * @self: a conversation
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR, in one translated sentence
 *
 * Returns: whether the server will write, should it know the address
 */
gboolean
porch_sign_in_request_mail_finish (PorchSignIn *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_sign_in_enter_async:
 * @self: a conversation
 * @way: what the person proves themselves by
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Asks for a session. Ends with porch_sign_in_enter_finish().
 */
void
porch_sign_in_enter_async (PorchSignIn *self,
                           const PorchWayIn *way,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (SoupMessage) message = NULL;
  GTask *task;

  g_return_if_fail (PORCH_IS_SIGN_IN (self));
  g_return_if_fail (way != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  message = porch_auth_request_new (self->discovery, "POST", porch_way_in_get_path (way));
  porch_http_message_take_body (message, "application/json", porch_way_in_build (way));
  send (self, message, on_entered_cb, task);
}

/**
 * porch_sign_in_confirm_async:
 * @self: a conversation that is half way
 * @code: what the authenticator shows
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * The second step (POST /factors/{id}/challenge, then /verify). A wrong code leaves it half way, so
 * that another can be tried. Ends with porch_sign_in_enter_finish().
 */
void
porch_sign_in_confirm_async (PorchSignIn *self,
                             const char *code,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (SoupMessage) message = NULL;
  GTask *task;

  g_return_if_fail (PORCH_IS_SIGN_IN (self));
  g_return_if_fail (self->half != NULL);
  g_return_if_fail (code != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, g_strdup (code), (GDestroyNotify) porch_secret_free);
  message = new_factor_request (self, "challenge", g_strdup ("{}"));
  send (self, message, on_challenged_cb, task);
}

/**
 * porch_sign_in_enter_finish:
 * @self: a conversation
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR, in one translated sentence; %PORCH_CLIENT_ERROR_SECOND_FACTOR where
 *   the account wants a second step, %PORCH_CLIENT_ERROR_CONFIRM_EMAIL where a message was sent
 *   that must be answered first
 *
 * Returns: (transfer full): the session
 */
PorchAuthSession *
porch_sign_in_enter_finish (PorchSignIn *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_sign_in_get_is_half_way:
 * @self: a conversation
 *
 * Returns: whether porch_sign_in_confirm_async() is what comes next
 */
gboolean
porch_sign_in_get_is_half_way (PorchSignIn *self)
{
  g_return_val_if_fail (PORCH_IS_SIGN_IN (self), FALSE);

  return self->half != NULL;
}
