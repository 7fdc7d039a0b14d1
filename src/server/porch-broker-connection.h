/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "protocol/porch-pusher-frame.h"
#include "server/porch-http-request.h"

G_BEGIN_DECLS

/* A client is pinged after this silence, and gone when the pong does not come in time. */
#define PORCH_BROKER_SILENCE_S 30
#define PORCH_BROKER_PONG_S    15
/* How long a client may take for its half of the closing handshake. */
#define PORCH_BROKER_CLOSE_S 5
/* Client events a second. */
#define PORCH_BROKER_CLIENT_EVENTS_MAX 10

/* Close codes and error codes of Pusher Channels, protocol 7. */
#define PORCH_PUSHER_CLOSE_UNKNOWN_APP          4001
#define PORCH_PUSHER_CLOSE_UNSUPPORTED_PROTOCOL 4007
#define PORCH_PUSHER_CLOSE_NO_PROTOCOL          4008
#define PORCH_PUSHER_CLOSE_UNAUTHORIZED         4009
#define PORCH_PUSHER_CLOSE_OVER_CAPACITY        4100
#define PORCH_PUSHER_CLOSE_RECONNECT            4200
#define PORCH_PUSHER_CLOSE_NO_PONG              4201
#define PORCH_PUSHER_ERROR_CLIENT_EVENT         4301

typedef struct _PorchBrokerConnection PorchBrokerConnection;

/**
 * PorchBrokerConnectionFuncs:
 * @frame: an event came that is not about the connection itself
 * @closed: the client has gone; the callee frees the connection
 */
typedef struct
{
  void (*frame) (PorchBrokerConnection *self, PorchPusherFrame *frame, gpointer user_data);
  void (*closed) (PorchBrokerConnection *self, gpointer user_data);
} PorchBrokerConnectionFuncs;

PorchBrokerConnection *porch_broker_connection_accept (PorchHttpRequest *request,
                                                       PorchClock *clock,
                                                       const PorchBrokerConnectionFuncs *funcs,
                                                       gpointer user_data);
void porch_broker_connection_free (PorchBrokerConnection *self);
const char *porch_broker_connection_get_socket_id (PorchBrokerConnection *self);
const char *porch_broker_connection_get_session_id (PorchBrokerConnection *self);
void porch_broker_connection_set_session_id (PorchBrokerConnection *self, const char *session_id);
GHashTable *porch_broker_connection_get_subscriptions (PorchBrokerConnection *self);
gboolean porch_broker_connection_is_established (PorchBrokerConnection *self);
void porch_broker_connection_establish (PorchBrokerConnection *self);
void porch_broker_connection_send (PorchBrokerConnection *self, GBytes *frame);
void porch_broker_connection_send_event (PorchBrokerConnection *self,
                                         const char *event,
                                         const char *channel,
                                         const char *data);
void
porch_broker_connection_send_error (PorchBrokerConnection *self, int code, const char *message);
gboolean porch_broker_connection_take_client_event (PorchBrokerConnection *self);
gboolean porch_broker_connection_check (PorchBrokerConnection *self, gint64 now_us);
void porch_broker_connection_close (PorchBrokerConnection *self, guint16 code, const char *reason);

G_END_DECLS
