/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Where a browser comes back to after a sign-in (RFC 8252, 7.3): a port of 127.0.0.1 that takes one
 * request, the one that knows the nonce, and is gone after it, or after five minutes. Everything
 * else on it is 404. Owned by PorchBrowserSignIn; what the code is good for it does not know.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-pkce-listener.h"

#include "config.h"

#include "client/porch-auth-sentence.h"
#include "client/porch-client-error.h"
#include "presence/porch-text.h"
#include "protocol/porch-auth-message.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#define CALLBACK_PATH     "/callback"
#define CODE_MAX_BYTES    1024
#define REFUSAL_MAX_BYTES 200

struct _PorchPkceListener
{
  GObject parent_instance;

  PorchClock *clock;
  SoupServer *server;
  char *nonce;
  guint16 port;

  char *code; /* what came, until the page is delivered */
  GError *refusal;
  GTask *task;
  guint timer;
  gulong cancelled_handler;
};

G_DEFINE_FINAL_TYPE (PorchPkceListener, porch_pkce_listener, G_TYPE_OBJECT)

static void
stop (PorchPkceListener *self)
{
  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  porch_clock_clear_timeout (self->clock, &self->timer);
}

/* What came is answered to who waits, and nothing is listened to any more. */
static void
finish (PorchPkceListener *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (task == NULL)
    return;

  stop (self);
  g_clear_signal_handler (&self->cancelled_handler, g_task_get_cancellable (task));
  if (self->code != NULL)
    g_task_return_pointer (task, g_steal_pointer (&self->code), (GDestroyNotify) porch_secret_free);
  else
    g_task_return_error (task, g_steal_pointer (&self->refusal));
}

static void
respond (SoupServerMessage *message, guint status, const char *title, const char *text)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  char *page = g_markup_printf_escaped (
      "<!DOCTYPE html><html><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title>"
      "<style>:root{color-scheme:light dark}body{font:1.1em/1.5 system-ui,sans-serif;"
      "max-width:30em;margin:20vh auto;padding:0 1em;text-align:center}</style></head>"
      "<body><h1>%s</h1><p>%s</p></body></html>",
      title, title, text);

  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "Referrer-Policy", "no-referrer");
  soup_message_headers_replace (headers, "Content-Security-Policy",
                                "default-src 'none'; style-src 'unsafe-inline'");
  soup_message_headers_replace (headers, "Connection", "close");
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "text/html; charset=utf-8", SOUP_MEMORY_TAKE, page,
                                    strlen (page));
}

/* In a time that says nothing of where the first difference is. */
static gboolean
nonce_is_right (PorchPkceListener *self, const char *nonce)
{
  guint difference = 0;

  if (nonce == NULL || strlen (nonce) != strlen (self->nonce))
    return FALSE;

  for (gsize i = 0; self->nonce[i] != '\0'; i++)
    difference |= (guint) (nonce[i] ^ self->nonce[i]);
  return difference == 0;
}

/* What an address says may be any bytes. */
static char *
read_words (GHashTable *query, const char *name)
{
  const char *bytes = g_hash_table_lookup (query, name);
  g_autofree char *text = bytes != NULL ? g_utf8_make_valid (bytes, -1) : NULL;

  return porch_text_clean (text, REFUSAL_MAX_BYTES);
}

static void
take_refusal (PorchPkceListener *self, GHashTable *query)
{
  g_autofree char *code = read_words (query, "error_code");
  g_autofree char *words = read_words (query, "error_description");
  g_autoptr (GError) error = porch_auth_error_parse (0, code, NULL, 0);

  g_message ("The browser came back with %s: %s", code != NULL ? code : "an error",
             words != NULL ? words : "");
  if (g_error_matches (error, PORCH_AUTH_ERROR, PORCH_AUTH_ERROR_FAILED))
    self->refusal = g_error_new_literal (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_FAILED,
                                         _ ("You were not signed in: the page in the browser "
                                            "refused it, or you did."));
  else
    self->refusal = porch_auth_sentence_describe (error, 403, "");
}

/* Any page in any browser here may send to this port, and as much as it likes: nothing of it is
 * kept.
 */
static void
on_headers_cb (SoupServer *server,
               SoupServerMessage *message,
               const char *path,
               GHashTable *query,
               gpointer user_data)
{
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
}

static void
on_request_cb (SoupServer *server,
               SoupServerMessage *message,
               const char *path,
               GHashTable *query,
               gpointer user_data)
{
  PorchPkceListener *self = user_data;
  const char *code;

  if (self->task == NULL || self->code != NULL || self->refusal != NULL
      || soup_server_message_get_method (message) != SOUP_METHOD_GET
      || !g_str_equal (path, CALLBACK_PATH) || query == NULL
      || !nonce_is_right (self, g_hash_table_lookup (query, "nonce")))
    {
      soup_server_message_set_status (message, 404, NULL);
      return;
    }

  code = g_hash_table_lookup (query, "code");
  if (porch_text_is_visible_ascii (code) && strlen (code) <= CODE_MAX_BYTES)
    {
      self->code = g_strdup (code);
      respond (message, 200, _ ("You Are Back"),
               _ ("Porchlight goes on by itself. You can close this page."));
    }
  else
    {
      take_refusal (self, query);
      respond (message, 200, _ ("You Are Not Signed In"),
               _ ("Porchlight says why. You can close this page."));
    }
}

/* The page is out, or the browser has gone; both are the end of it. */
static void
on_request_over_cb (SoupServer *server, SoupServerMessage *message, PorchPkceListener *self)
{
  if (self->code != NULL || self->refusal != NULL)
    finish (self);
}

static gboolean
on_timeout_cb (gpointer user_data)
{
  PorchPkceListener *self = user_data;

  self->timer = 0;
  /* It may be back, and slow to fetch the page. */
  if (self->code == NULL && self->refusal == NULL)
    self->refusal = g_error_new_literal (
        PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_FAILED,
        _ ("The browser did not come back within five minutes. If it ended on another page, the "
           "server does not let programs be signed in to this way."));
  finish (self);

  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled_idle_cb (gpointer user_data)
{
  PorchPkceListener *self = user_data;

  if (self->task != NULL)
    {
      g_clear_pointer (&self->code, porch_secret_free);
      g_clear_error (&self->refusal);
      self->refusal = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                           "The browser is waited for no longer");
      finish (self);
    }
  return G_SOURCE_REMOVE;
}

/* Not from inside the handler, which must not disconnect itself. */
static void
on_cancelled_cb (GCancellable *cancellable, PorchPkceListener *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_cancelled_idle_cb, g_object_ref (self), g_object_unref);
}

static void
porch_pkce_listener_dispose (GObject *object)
{
  PorchPkceListener *self = PORCH_PKCE_LISTENER (object);

  if (self->clock != NULL)
    stop (self);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_pkce_listener_parent_class)->dispose (object);
}

static void
porch_pkce_listener_finalize (GObject *object)
{
  PorchPkceListener *self = PORCH_PKCE_LISTENER (object);

  porch_secret_free (self->nonce);
  porch_secret_free (self->code);
  g_clear_error (&self->refusal);

  G_OBJECT_CLASS (porch_pkce_listener_parent_class)->finalize (object);
}

static void
porch_pkce_listener_class_init (PorchPkceListenerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_pkce_listener_dispose;
  object_class->finalize = porch_pkce_listener_finalize;
}

static void
porch_pkce_listener_init (PorchPkceListener *self)
{
}

/**
 * porch_pkce_listener_new:
 * @clock: the program's clock
 * @nonce: what a request must know
 * @error: return location: no port can be had
 *
 * Returns: (transfer full) (nullable): a listener on a port of its own on 127.0.0.1
 */
PorchPkceListener *
porch_pkce_listener_new (PorchClock *clock, const char *nonce, GError **error)
{
  g_autoptr (PorchPkceListener) self = NULL;
  g_autoptr (GSocketAddress) loopback = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  GSList *uris;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (nonce != NULL, NULL);

  self = g_object_new (PORCH_TYPE_PKCE_LISTENER, NULL);
  self->clock = g_object_ref (clock);
  self->nonce = g_strdup (nonce);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_early_handler (self->server, NULL, on_headers_cb, NULL, NULL);
  soup_server_add_handler (self->server, NULL, on_request_cb, self, NULL);
  g_signal_connect_object (self->server, "request-finished", G_CALLBACK (on_request_over_cb), self,
                           0);
  g_signal_connect_object (self->server, "request-aborted", G_CALLBACK (on_request_over_cb), self,
                           0);
  if (!soup_server_listen (self->server, loopback, 0, error))
    return NULL;

  uris = soup_server_get_uris (self->server);
  self->port = g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return g_steal_pointer (&self);
}

/**
 * porch_pkce_listener_get_address:
 * @self: a listener
 *
 * Returns: (transfer full): where the browser is to be sent back to
 */
char *
porch_pkce_listener_get_address (PorchPkceListener *self)
{
  g_return_val_if_fail (PORCH_IS_PKCE_LISTENER (self), NULL);

  return g_strdup_printf ("http://127.0.0.1:%u" CALLBACK_PATH "?nonce=%s", self->port, self->nonce);
}

/**
 * porch_pkce_listener_wait_async:
 * @self: a listener that nobody waits for yet
 * @cancellable: (nullable): to give up
 * @callback: called when the browser is back, or its time is over
 * @user_data: for @callback
 */
void
porch_pkce_listener_wait_async (PorchPkceListener *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (PORCH_IS_PKCE_LISTENER (self));
  g_return_if_fail (self->task == NULL && self->server != NULL);

  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (self->task, FALSE);
  self->timer = porch_clock_add_timeout (self->clock, PORCH_PKCE_LISTENER_MS, on_timeout_cb, self);
  if (cancellable != NULL)
    self->cancelled_handler = g_signal_connect (cancellable, "cancelled",
                                                G_CALLBACK (on_cancelled_cb), self);
}

/**
 * porch_pkce_listener_wait_finish:
 * @self: a listener
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR, in one translated sentence, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the code; free it with porch_secret_free()
 */
char *
porch_pkce_listener_wait_finish (PorchPkceListener *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
