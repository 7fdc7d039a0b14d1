/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Asks an address what is there: GET /.well-known/porchlight. For the sign-in form, which asks
 * about what a person typed, and for PorchSession, which looks whether an agreed server still says
 * the same. It decides nothing.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-discover.h"

#include "config.h"

#include "client/porch-client-error.h"

#include <glib/gi18n-lib.h>

#define DISCOVERY_DEADLINE_MS 15000

static void
on_document_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const char *server = g_task_get_task_data (task);
  g_autofree char *host = porch_client_error_get_host (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchHttpAnswer) answer = porch_http_client_send_finish (PORCH_HTTP_CLIENT (source),
                                                                      result, &error);
  PorchDiscovery *discovery;

  if (answer == NULL)
    {
      g_debug ("Discovery at %s: %s", host, error->message);
      g_task_return_error (task, porch_client_error_new_for_network (error, host));
      return;
    }

  if (answer->status >= 500 || answer->status == 429 || answer->status == 407)
    {
      error = porch_client_error_new_for_status (answer->status, host);
      g_task_return_new_error (task, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_UNREACHABLE, "%s",
                               error->message);
      return;
    }

  discovery = answer->status == 200
                  ? porch_discovery_parse_from (server, answer->body, answer->length, &error)
                  : NULL;
  if (discovery == NULL)
    {
      g_message ("Discovery at %s: status %u, %s", host, answer->status,
                 error != NULL ? error->message : "no document");
      g_task_return_new_error (task, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_NOT_PORCHLIGHT,
                               /* Translators: %s is the name of a server */
                               _ ("%s answers, but it is not a Porchlight server."), host);
      return;
    }

  g_task_return_pointer (task, discovery, (GDestroyNotify) porch_discovery_free);
}

/* Takes @task, whose data is the server's origin. */
static void
fetch (PorchHttpClient *http, GTask *task)
{
  const char *server = g_task_get_task_data (task);
  g_autofree char *url = g_strconcat (server, "/.well-known/porchlight", NULL);
  g_autoptr (SoupMessage) message = porch_http_message_new ("GET", url);

  porch_http_client_send_async (http, message, PORCH_HTTP_BODY_MAX_BYTES, DISCOVERY_DEADLINE_MS,
                                g_task_get_cancellable (task), on_document_cb, task);
}

/**
 * porch_discover_fetch_async:
 * @http: a client
 * @server: an origin, from porch_server_address_normalize()
 * @cancellable: (nullable): to give up
 * @callback: called when it is done; ends with porch_discover_finish()
 * @user_data: for @callback
 *
 * Asks a known server for its discovery document.
 */
void
porch_discover_fetch_async (PorchHttpClient *http,
                            const char *server,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PORCH_IS_HTTP_CLIENT (http));
  g_return_if_fail (server != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_discover_async);
  g_task_set_task_data (task, g_strdup (server), g_free);
  fetch (http, task);
}

/**
 * porch_discover_async:
 * @typed: what a person typed as their server's address
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Makes an origin of what was typed and asks it for its discovery document.
 */
void
porch_discover_async (const char *typed,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchClock) clock = NULL;
  g_autoptr (PorchHttpClient) http = NULL;
  char *server;

  g_return_if_fail (typed != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_discover_async);
  server = porch_server_address_normalize (typed, &error);
  if (server == NULL)
    {
      g_message ("Not an address: %s", error->message);
      g_task_return_new_error (task, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_INVALID_ADDRESS, "%s",
                               _ ("This is not the address of a server. It looks like "
                                  "porch.example.org."));
      return;
    }

  g_task_set_task_data (task, server, g_free);
  clock = porch_clock_new ();
  http = porch_http_client_new (clock);
  fetch (http, g_steal_pointer (&task));
}

/**
 * porch_discover_finish:
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR_INVALID_ADDRESS, %PORCH_CLIENT_ERROR_UNREACHABLE,
 *   %PORCH_CLIENT_ERROR_NOT_PORCHLIGHT or %PORCH_CLIENT_ERROR_TLS, with one translated sentence for
 *   under the server field
 *
 * Returns: (transfer full): where the server's parts are
 */
PorchDiscovery *
porch_discover_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, porch_discover_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_discover_get_server:
 * @result: what the callback got
 *
 * Returns: (transfer none) (nullable): the origin that was asked, or %NULL where what was typed is
 *   not an address
 */
const char *
porch_discover_get_server (GAsyncResult *result)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, porch_discover_async), NULL);

  return g_task_get_task_data (G_TASK (result));
}
