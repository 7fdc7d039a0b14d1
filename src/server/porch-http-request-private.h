/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <libsoup/soup.h>

#include "server/porch-http-request.h"
#include "server/porch-transport.h"

G_BEGIN_DECLS

/* What only the connection, the server and the WebSocket may do with a request. */

typedef struct _PorchHttpConnection PorchHttpConnection;

PorchHttpRequest *porch_http_request_new (PorchHttpConnection *connection,
                                          const char *address,
                                          const char *method,
                                          const char *target,
                                          SoupMessageHeaders *headers);
void porch_http_request_set_address (PorchHttpRequest *self, const char *address);
void porch_http_request_set_body (PorchHttpRequest *self, GBytes *body);
GStrv porch_http_request_get_segments (PorchHttpRequest *self);
void porch_http_request_set_path_param (PorchHttpRequest *self, const char *name, guint segment);
void porch_http_request_disconnect (PorchHttpRequest *self);
PorchTransport *porch_http_request_steal_transport (PorchHttpRequest *self, GBytes **rest);

G_END_DECLS
