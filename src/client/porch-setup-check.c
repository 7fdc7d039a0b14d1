/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Tries each part of a set-up that was made by hand, all at once, before it is kept: the sign-in
 * service with its key, the presence API, the socket, and who authorises channels. Nobody is signed
 * in for it, so each is asked something whose refusal proves that it is the right one. What is
 * wrong is said of the part that is wrong, with what was expected there.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-setup-check.h"

#include "config.h"

#include "client/porch-auth-request.h"
#include "client/porch-client-error.h"
#include "client/porch-pusher-connection.h"
#include "client/porch-pusher-sentence.h"
#include "protocol/porch-auth-message.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CHECK_DEADLINE_MS 15000
/* Nobody's id, and nobody's channel. */
#define NOBODY "00000000-0000-4000-8000-000000000000"

typedef struct
{
  PorchClock *clock;
  PorchHttpClient *http;
  PorchDiscovery *discovery;
  PorchPusherConnection *connection;
  guint timer;          /* of the socket */
  GError *socket_error; /* why there is none */
  guint socket_idle;    /* it has answered */
  GPtrArray *problems;
  guint n_waiting;
} Check;

static void
end_socket (Check *check)
{
  porch_clock_clear_timeout (check->clock, &check->timer);
  g_clear_handle_id (&check->socket_idle, g_source_remove);
  if (check->connection != NULL)
    g_object_run_dispose (G_OBJECT (check->connection));
  g_clear_object (&check->connection);
}

static void
check_free (Check *check)
{
  end_socket (check);
  g_clear_error (&check->socket_error);
  g_clear_object (&check->http);
  g_clear_object (&check->clock);
  porch_discovery_free (check->discovery);
  g_ptr_array_unref (check->problems);
  g_free (check);
}

static int
compare_problems (gconstpointer a, gconstpointer b)
{
  const PorchSetupProblem *const *left = a, *const *right = b;

  return (int) (*left)->part - (int) (*right)->part;
}

/* Takes a reference of the task for each part that is tried. */
static void
step (GTask *task)
{
  Check *check = g_task_get_task_data (task);

  if (--check->n_waiting > 0)
    return;

  g_ptr_array_sort (check->problems, compare_problems);
  g_task_return_pointer (task, g_ptr_array_ref (check->problems),
                         (GDestroyNotify) g_ptr_array_unref);
}

static void
add_problem (Check *check, PorchSetupPart part, const char *sentence)
{
  g_ptr_array_add (check->problems, porch_setup_problem_new (part, sentence));
}

/* Returns: (transfer full) (nullable): what a part answered; where it did not, that is its problem
 */
static PorchHttpAnswer *
take_answer (Check *check,
             PorchSetupPart part,
             const char *url,
             GObject *source,
             GAsyncResult *result)
{
  g_autofree char *host = porch_client_error_get_host (url);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GError) error = NULL;
  PorchHttpAnswer *answer = porch_http_client_send_finish (PORCH_HTTP_CLIENT (source), result,
                                                           &cause);

  if (answer == NULL)
    {
      error = porch_client_error_new_for_network (cause, host);
      g_debug ("%s: %s", host, cause->message);
      add_problem (check, part, error->message);
    }
  return answer;
}

static void
on_settings_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr (PorchHttpAnswer) answer = take_answer (check, PORCH_SETUP_SUPABASE_URL,
                                                    check->discovery->supabase_url, source, result);
  g_autoptr (PorchAuthSettings) settings = NULL;

  if (answer != NULL && answer->status == 200)
    settings = porch_auth_settings_parse (answer->body, answer->length, NULL);
  if (answer != NULL && (answer->status == 401 || answer->status == 403))
    add_problem (check, PORCH_SETUP_ANON_KEY,
                 _ ("The sign-in service refuses this key. The project’s anon (or publishable) key "
                    "is expected here."));
  else if (answer != NULL && settings == NULL)
    add_problem (check, PORCH_SETUP_SUPABASE_URL,
                 _ ("What answers there is no Supabase sign-in. The address of a Supabase project "
                    "is expected here, such as https://abcd.supabase.co."));
  step (task);
}

static void
on_status_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr (PorchHttpAnswer) answer = take_answer (check, PORCH_SETUP_API_URL,
                                                    check->discovery->api_url, source, result);

  if (answer != NULL && (answer->status != 401 || !answer->is_json))
    add_problem (check, PORCH_SETUP_API_URL,
                 _ ("What answers there has no presence API. The address of the web app is "
                    "expected here, before /api/user/presence."));
  step (task);
}

static void
on_authorized_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr (PorchHttpAnswer) answer = take_answer (check, PORCH_SETUP_AUTH_ENDPOINT,
                                                    check->discovery->api_url, source, result);

  /* Nobody is signed in: whoever authorises channels there refuses. */
  if (answer != NULL && answer->status != 400 && answer->status != 401 && answer->status != 403)
    add_problem (check, PORCH_SETUP_AUTH_ENDPOINT,
                 _ ("Nothing there authorises channels. The path that the web app gives its Pusher "
                    "client is expected here, such as /api/pusher/auth."));
  step (task);
}

static void
finish_socket (GTask *task, const GError *error)
{
  Check *check = g_task_get_task_data (task);
  PorchSetupPart part = check->discovery->pusher_host != NULL ? PORCH_SETUP_PUSHER_HOST
                                                              : PORCH_SETUP_PUSHER_CLUSTER;
  g_autofree char *url = porch_discovery_get_socket_url (check->discovery);
  g_autofree char *host = porch_client_error_get_host (url);
  g_autofree char *sentence = error != NULL ? porch_pusher_sentence_describe (error, host) : NULL;

  if (g_error_matches (error, PORCH_PUSHER_ERROR, PORCH_PUSHER_ERROR_NO_SUCH_APP))
    add_problem (check, PORCH_SETUP_PUSHER_KEY,
                 _ ("There is no app with this key. The key (not the id, not the secret) of a "
                    "Pusher app in this cluster is expected here."));
  else if (sentence != NULL)
    add_problem (check, part, sentence);
  end_socket (check);
  step (task);
  g_object_unref (task);
}

static gboolean
on_socket_answered_cb (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Check *check = g_task_get_task_data (task);

  check->socket_idle = 0;
  finish_socket (task, check->socket_error);
  return G_SOURCE_REMOVE;
}

/* The connection is not taken down from inside of itself. */
static void
on_socket_state_cb (PorchPusherConnection *connection, GParamSpec *pspec, GTask *task)
{
  Check *check = g_task_get_task_data (task);
  PorchPusherState state = porch_pusher_connection_get_state (connection);

  if (check->socket_idle != 0
      || (state != PORCH_PUSHER_CONNECTED && state != PORCH_PUSHER_WAITING
          && state != PORCH_PUSHER_REFUSED))
    return;

  if (state != PORCH_PUSHER_CONNECTED)
    check->socket_error = g_error_copy (porch_pusher_connection_get_error (connection));
  check->socket_idle = g_idle_add (on_socket_answered_cb, task);
}

static gboolean
on_socket_late_cb (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = g_error_new_literal (PORCH_PUSHER_ERROR, PORCH_PUSHER_ERROR_TIMED_OUT,
                                                  "No answer");

  check->timer = 0;
  finish_socket (task, error);
  return G_SOURCE_REMOVE;
}

static void
try_socket (GTask *task)
{
  Check *check = g_task_get_task_data (task);
  g_autofree char *url = porch_discovery_get_socket_url (check->discovery);

  check->n_waiting++;
  g_object_ref (task); /* until finish_socket() */
  check->connection = porch_pusher_connection_new (check->clock, check->http, NULL, url);
  g_signal_connect_object (check->connection, "notify::state", G_CALLBACK (on_socket_state_cb),
                           task, 0);
  check->timer = porch_clock_add_timeout (check->clock, CHECK_DEADLINE_MS, on_socket_late_cb, task);
  porch_pusher_connection_connect (check->connection);
}

/* Takes @message. */
static void
ask (GTask *task, SoupMessage *message, GAsyncReadyCallback callback)
{
  Check *check = g_task_get_task_data (task);

  check->n_waiting++;
  porch_http_client_send_async (check->http, message, PORCH_HTTP_BODY_MAX_BYTES, CHECK_DEADLINE_MS,
                                g_task_get_cancellable (task), callback, g_object_ref (task));
  g_object_unref (message);
}

static void
try_api (GTask *task)
{
  Check *check = g_task_get_task_data (task);
  g_autofree char *status_url = g_strconcat (check->discovery->api_url,
                                             "/api/user/" NOBODY "/status", NULL);
  g_autofree char *auth_url = g_strconcat (check->discovery->api_url,
                                           check->discovery->auth_endpoint, NULL);
  SoupMessage *authorization = porch_http_message_new ("POST", auth_url);

  ask (task, porch_http_message_new ("GET", status_url), on_status_cb);
  porch_http_message_take_body (authorization, "application/x-www-form-urlencoded",
                                g_strdup ("socket_id=1.1&channel_name=presence-user-" NOBODY));
  ask (task, authorization, on_authorized_cb);
}

/**
 * porch_setup_check_async:
 * @clock: the program's clock
 * @discovery: the set-up
 * @cancellable: (nullable): to give up
 * @callback: called when each part has answered, or had its time
 * @user_data: for @callback
 *
 * Tries each part of a set-up.
 */
void
porch_setup_check_async (PorchClock *clock,
                         const PorchDiscovery *discovery,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Check *check;

  g_return_if_fail (PORCH_IS_CLOCK (clock));
  g_return_if_fail (discovery != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_setup_check_async);
  check = g_new0 (Check, 1);
  check->clock = g_object_ref (clock);
  check->http = porch_http_client_new (clock);
  check->discovery = porch_discovery_copy (discovery);
  check->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) porch_setup_problem_free);
  g_task_set_task_data (task, check, (GDestroyNotify) check_free);

  ask (task, porch_auth_request_new (check->discovery, "GET", "settings"), on_settings_cb);
  try_api (task);
  try_socket (task);
}

/**
 * porch_setup_check_finish:
 * @result: what the callback got
 * @error: %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type PorchSetupProblem): what is wrong, in the order of the
 *   parts; nothing where all is well
 */
GPtrArray *
porch_setup_check_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, porch_setup_check_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
