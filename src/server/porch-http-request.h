/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PORCH_TYPE_HTTP_REQUEST (porch_http_request_get_type ())
G_DECLARE_FINAL_TYPE (PorchHttpRequest, porch_http_request, PORCH, HTTP_REQUEST, GObject)

/**
 * PorchHttpRequest:
 *
 * One request, received whole. A handler that answers later keeps a reference; the request outlives
 * the client, and an answer to a client that has gone is dropped. A request that is let go without
 * an answer answers 500.
 */
const char *porch_http_request_get_method (PorchHttpRequest *self);
const char *porch_http_request_get_path (PorchHttpRequest *self);
const char *porch_http_request_get_path_param (PorchHttpRequest *self, const char *name);
GHashTable *porch_http_request_get_query_params (PorchHttpRequest *self);
const char *porch_http_request_get_query_param (PorchHttpRequest *self, const char *name);
const char *porch_http_request_get_header (PorchHttpRequest *self, const char *name);
GBytes *porch_http_request_get_body (PorchHttpRequest *self);
const char *porch_http_request_get_address (PorchHttpRequest *self);
const char *porch_http_request_get_bearer_token (PorchHttpRequest *self);
GCancellable *porch_http_request_get_cancellable (PorchHttpRequest *self);
gboolean porch_http_request_is_answered (PorchHttpRequest *self);

void porch_http_request_set_header (PorchHttpRequest *self, const char *name, const char *value);
void porch_http_request_respond_json (PorchHttpRequest *self, guint status, const char *json);
void porch_http_request_respond_error (PorchHttpRequest *self, guint status, const char *message);
void porch_http_request_respond_bytes (PorchHttpRequest *self,
                                       guint status,
                                       const char *content_type,
                                       GBytes *bytes);

G_END_DECLS
