/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-http-request-private.h"
#include "server/porch-transport.h"

G_BEGIN_DECLS

/**
 * PorchHttpConnectionFuncs:
 * @request: a request is there, whole: to be answered now or later
 * @answered: it was answered, so long after it was there
 * @closed: the connection is over, and to be freed by the callee
 */
typedef struct
{
  void (*request) (PorchHttpConnection *self, PorchHttpRequest *request, gpointer user_data);
  void (*answered) (PorchHttpConnection *self,
                    PorchHttpRequest *request,
                    guint status,
                    gint64 duration_us,
                    gpointer user_data);
  void (*closed) (PorchHttpConnection *self, gpointer user_data);
} PorchHttpConnectionFuncs;

PorchHttpConnection *porch_http_connection_new (PorchTransport *transport,
                                                PorchClock *clock,
                                                const PorchHttpConnectionFuncs *funcs,
                                                gpointer user_data);
void porch_http_connection_free (PorchHttpConnection *self);
gboolean porch_http_connection_is_overdue (PorchHttpConnection *self, gint64 now_us);
void porch_http_connection_expire (PorchHttpConnection *self);
void porch_http_connection_wind_down (PorchHttpConnection *self);
void porch_http_connection_respond (PorchHttpConnection *self,
                                    guint status,
                                    const char *content_type,
                                    const char *extra_headers,
                                    const char *body,
                                    gsize length);
PorchTransport *porch_http_connection_steal_transport (PorchHttpConnection *self, GBytes **rest);

G_END_DECLS
