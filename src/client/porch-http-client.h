/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <libsoup/soup.h>

#include "presence/porch-clock.h"

G_BEGIN_DECLS

/* The most that an answer's body may be, unless the caller says otherwise. */
#define PORCH_HTTP_BODY_MAX_BYTES (128 * 1024)
/* From the request to the last byte of the answer, however slowly it drips. */
#define PORCH_HTTP_DEADLINE_MS 30000

#define PORCH_TYPE_HTTP_CLIENT (porch_http_client_get_type ())
G_DECLARE_FINAL_TYPE (PorchHttpClient, porch_http_client, PORCH, HTTP_CLIENT, GObject)

/**
 * PorchHttpAnswer:
 * @status: the HTTP status
 * @body: (array length=length) (nullable): the whole body
 * @length: its length in bytes
 * @error_code: (nullable): the x-sb-error-code header
 * @is_json: whether it says that it is JSON
 * @date_us: the Date of an answer that no cache kept, Unix microseconds, or 0
 * @retry_after_s: what Retry-After asks for in seconds, at most an hour, or 0
 *
 * An answer, complete. The body is wiped when it is freed, since it may be a token.
 */
typedef struct
{
  guint status;
  char *body;
  gsize length;
  char *error_code;
  gboolean is_json;
  gint64 date_us;
  guint retry_after_s;
} PorchHttpAnswer;

PorchHttpClient *porch_http_client_new (PorchClock *clock);
SoupSession *porch_http_client_get_session (PorchHttpClient *self);
void porch_http_client_renew (PorchHttpClient *self);
void porch_http_client_send_async (PorchHttpClient *self,
                                   SoupMessage *message,
                                   gsize max_bytes,
                                   guint deadline_ms,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
PorchHttpAnswer *
porch_http_client_send_finish (PorchHttpClient *self, GAsyncResult *result, GError **error);
void porch_http_answer_free (PorchHttpAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchHttpAnswer, porch_http_answer_free)

SoupMessage *porch_http_message_new (const char *method, const char *url);
void porch_http_message_take_body (SoupMessage *message, const char *content_type, char *body);

G_END_DECLS
