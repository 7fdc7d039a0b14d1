/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-http-request.h"

G_BEGIN_DECLS

/* Of one message, however many frames it comes in. */
#define PORCH_WEBSOCKET_MESSAGE_MAX_BYTES (256 * 1024)
/* What may be under way to a client that does not acknowledge it. */
#define PORCH_WEBSOCKET_UNACKNOWLEDGED_MAX_BYTES (1024 * 1024)

typedef struct _PorchWebsocket PorchWebsocket;

/**
 * PorchWebsocketFuncs:
 * @message: a text message came; valid UTF-8, and only until this returns
 * @closed: the connection is over; called once, and the callee frees the socket
 */
typedef struct
{
  void (*message) (PorchWebsocket *self, const char *text, gsize length, gpointer user_data);
  void (*closed) (PorchWebsocket *self, gpointer user_data);
} PorchWebsocketFuncs;

PorchWebsocket *porch_websocket_accept (PorchHttpRequest *request,
                                        const PorchWebsocketFuncs *funcs,
                                        gpointer user_data);
void porch_websocket_free (PorchWebsocket *self);
GBytes *porch_websocket_build_frame (const char *text);
void porch_websocket_send (PorchWebsocket *self, GBytes *frame);
void porch_websocket_send_text (PorchWebsocket *self, const char *text);
void porch_websocket_close (PorchWebsocket *self, guint16 code, const char *reason);
void porch_websocket_abort (PorchWebsocket *self);

G_END_DECLS
