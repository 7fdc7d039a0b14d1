/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The keys of a Supabase project, fetched when they are needed: again after ten minutes, and, at
 * most once a minute, when a token names one that is not among them. While the project cannot be
 * reached those that are known go on counting. Whoever asks while a fetch is under way waits for
 * that one. Owned by PorchJwtVerifier.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-jwks.h"

#include <libsoup/soup.h>

#include "client/porch-http-client.h"
#include "protocol/porch-json.h"

#define DEADLINE_MS 10000

struct _PorchJwks
{
  GObject parent_instance;

  PorchClock *clock;
  PorchHttpClient *http;
  GCancellable *cancellable;
  char *url;

  PorchJwkSet *keys; /* NULL before the first success */
  gint64 fetched_us; /* when these came, monotonic */
  gint64 asked_us;   /* when they were last asked for; 0 for never */
  gboolean is_fetching;
  GPtrArray *waiting; /* GTask */
};

G_DEFINE_FINAL_TYPE (PorchJwks, porch_jwks, G_TYPE_OBJECT)

static void
porch_jwks_dispose (GObject *object)
{
  PorchJwks *self = PORCH_JWKS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->http);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_jwks_parent_class)->dispose (object);
}

static void
porch_jwks_finalize (GObject *object)
{
  PorchJwks *self = PORCH_JWKS (object);

  g_clear_pointer (&self->keys, porch_jwk_set_unref);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->waiting);
  g_free (self->url);

  G_OBJECT_CLASS (porch_jwks_parent_class)->finalize (object);
}

static void
porch_jwks_class_init (PorchJwksClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_jwks_dispose;
  object_class->finalize = porch_jwks_finalize;
}

static void
porch_jwks_init (PorchJwks *self)
{
  self->cancellable = g_cancellable_new ();
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

static gint64
get_now_us (PorchJwks *self)
{
  return porch_clock_get_monotonic_us (self->clock);
}

static void
take_answer (PorchJwks *self, const PorchHttpAnswer *answer, GError *error)
{
  g_autoptr (GError) parse_error = NULL;
  PorchJwkSet *keys = NULL;

  if (answer != NULL && answer->status == SOUP_STATUS_OK)
    keys = porch_jwk_set_parse (answer->body, answer->length, &parse_error);

  if (keys == NULL)
    {
      g_warning ("Cannot read the project's keys at %s: %s", self->url,
                 error != NULL         ? error->message
                 : parse_error != NULL ? parse_error->message
                                       : soup_status_get_phrase (answer->status));
      return;
    }

  if (porch_jwk_set_get_n_keys (keys) == 0)
    g_warning ("The project shows no keys at %s: it signs with its secret alone", self->url);
  g_clear_pointer (&self->keys, porch_jwk_set_unref);
  self->keys = keys;
  self->fetched_us = get_now_us (self);
}

static void
answer_waiting (PorchJwks *self)
{
  g_autoptr (GPtrArray) waiting = self->waiting;

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);

      if (self->keys != NULL)
        g_task_return_pointer (task, porch_jwk_set_ref (self->keys),
                               (GDestroyNotify) porch_jwk_set_unref);
      else
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED,
                                 "The project's keys are not known");
    }
}

static void
on_fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchJwks) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchHttpAnswer) answer = porch_http_client_send_finish (PORCH_HTTP_CLIENT (source),
                                                                      result, &error);

  self->is_fetching = FALSE;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    take_answer (self, answer, error);
  answer_waiting (self);
}

static void
fetch (PorchJwks *self)
{
  g_autoptr (SoupMessage) message = porch_http_message_new ("GET", self->url);

  self->is_fetching = TRUE;
  self->asked_us = get_now_us (self);
  porch_http_client_send_async (self->http, message, PORCH_JWK_SET_MAX_BYTES, DEADLINE_MS,
                                self->cancellable, on_fetched_cb, g_object_ref (self));
}

/* Whether it is time to look, for a key that is known or not. */
static gboolean
is_due (PorchJwks *self, const char *key_id)
{
  gint64 now_us = get_now_us (self);
  gboolean may_ask = self->asked_us == 0
                     || now_us - self->asked_us >= PORCH_JWKS_UNKNOWN_S * G_TIME_SPAN_SECOND;

  if (self->keys == NULL || !porch_jwk_set_has_key (self->keys, key_id))
    return may_ask;

  return may_ask && now_us - self->fetched_us >= PORCH_JWKS_FRESH_S * G_TIME_SPAN_SECOND;
}

/**
 * porch_jwks_new:
 * @clock: how old keys are
 * @url: where they are
 *
 * Returns: (transfer full): keys that are fetched when they are first needed
 */
PorchJwks *
porch_jwks_new (PorchClock *clock, const char *url)
{
  PorchJwks *self = g_object_new (PORCH_TYPE_JWKS, NULL);

  self->clock = g_object_ref (clock);
  self->http = porch_http_client_new (clock);
  self->url = g_strdup (url);

  return self;
}

/**
 * porch_jwks_get_async:
 * @self: keys
 * @key_id: (nullable): which one is needed
 * @cancellable: (nullable): a cancellable
 * @callback: called with the keys
 * @user_data: for @callback
 *
 * Gets the keys, newer ones where it is time for that. The one that is needed may still not be
 * among them.
 */
void
porch_jwks_get_async (PorchJwks *self,
                      const char *key_id,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PORCH_IS_JWKS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_ptr_array_add (self->waiting, task);
  if (!self->is_fetching && is_due (self, key_id))
    fetch (self);
  if (!self->is_fetching)
    answer_waiting (self);
}

/**
 * porch_jwks_get_finish:
 * @self: keys
 * @result: what the callback got
 * @error: %G_IO_ERROR
 *
 * Returns: (transfer full): the keys, or %NULL where none could ever be read
 */
PorchJwkSet *
porch_jwks_get_finish (PorchJwks *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
