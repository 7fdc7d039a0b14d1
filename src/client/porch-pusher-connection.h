/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-presence-api.h"
#include "protocol/porch-json.h"
#include "protocol/porch-pusher-frame.h"

G_BEGIN_DECLS

/* The largest frame that is taken; libsoup closes the socket at a larger one. A hundred members of
 * a presence channel, with what is said of each, need as much as an answer over HTTP. */
#define PORCH_PUSHER_FRAME_MAX_BYTES PORCH_JSON_MAX_BYTES

/**
 * PorchPusherState:
 * @PORCH_PUSHER_IDLE: not wanted
 * @PORCH_PUSHER_CONNECTING: the WebSocket is being opened
 * @PORCH_PUSHER_HANDSHAKING: it is open, and pusher:connection_established is awaited
 * @PORCH_PUSHER_CONNECTED: channels can be subscribed to
 * @PORCH_PUSHER_WAITING: the next try comes by itself
 * @PORCH_PUSHER_REFUSED: the server said not to come again (close codes 4000 to 4099)
 */
typedef enum
{
  PORCH_PUSHER_IDLE,
  PORCH_PUSHER_CONNECTING,
  PORCH_PUSHER_HANDSHAKING,
  PORCH_PUSHER_CONNECTED,
  PORCH_PUSHER_WAITING,
  PORCH_PUSHER_REFUSED,
} PorchPusherState;

#define PORCH_TYPE_PUSHER_STATE (porch_pusher_state_get_type ())
GType porch_pusher_state_get_type (void);

/**
 * PorchPusherError:
 * @PORCH_PUSHER_ERROR_UNREACHABLE: no WebSocket could be opened
 * @PORCH_PUSHER_ERROR_TLS: the certificate does not prove who the server is
 * @PORCH_PUSHER_ERROR_TIMED_OUT: silence, also after a ping
 * @PORCH_PUSHER_ERROR_REFUSED: close codes 4000 to 4099 but for the three that follow
 * @PORCH_PUSHER_ERROR_NO_SUCH_APP: close code 4001: nobody there knows the key
 * @PORCH_PUSHER_ERROR_DISABLED: close code 4003: the app is switched off
 * @PORCH_PUSHER_ERROR_QUOTA: close code 4004: the app has used up what its plan allows
 * @PORCH_PUSHER_ERROR_OVER_CAPACITY: close codes 4100 to 4199
 * @PORCH_PUSHER_ERROR_CLOSED: closed for any other reason
 * @PORCH_PUSHER_ERROR_SUBSCRIPTION: a channel could not be subscribed to
 * @PORCH_PUSHER_ERROR_CHANNEL_FULL: a presence channel has as many members as it may (hosted
 *   Pusher: 100)
 *
 * Why there is no connection. Messages are for logs and details.
 */
typedef enum
{
  PORCH_PUSHER_ERROR_UNREACHABLE,
  PORCH_PUSHER_ERROR_TLS,
  PORCH_PUSHER_ERROR_TIMED_OUT,
  PORCH_PUSHER_ERROR_REFUSED,
  PORCH_PUSHER_ERROR_NO_SUCH_APP,
  PORCH_PUSHER_ERROR_DISABLED,
  PORCH_PUSHER_ERROR_QUOTA,
  PORCH_PUSHER_ERROR_OVER_CAPACITY,
  PORCH_PUSHER_ERROR_CLOSED,
  PORCH_PUSHER_ERROR_SUBSCRIPTION,
  PORCH_PUSHER_ERROR_CHANNEL_FULL,
} PorchPusherError;

#define PORCH_PUSHER_ERROR (porch_pusher_error_quark ())
GQuark porch_pusher_error_quark (void);

#define PORCH_TYPE_PUSHER_CONNECTION (porch_pusher_connection_get_type ())
G_DECLARE_FINAL_TYPE (PorchPusherConnection,
                      porch_pusher_connection,
                      PORCH,
                      PUSHER_CONNECTION,
                      GObject)

/**
 * PorchPusherConnection:
 *
 * Property: state (PorchPusherState).
 *
 * Signals:
 *  "event" (gpointer: const PorchPusherFrame *): an event on a channel, not one of the protocol's
 *  "subscribed" (const char *channel, GStrv members): with the ids of a presence channel's members
 *  "member-added", "member-removed" (const char *channel, const char *user_id)
 *  "subscription-failed" (const char *channel, const GError *): tried again by itself
 *  "settled": no subscription is under way any more
 */

PorchPusherConnection *porch_pusher_connection_new (PorchClock *clock,
                                                    PorchHttpClient *http,
                                                    PorchPresenceApi *api,
                                                    const char *url);
void porch_pusher_connection_connect (PorchPusherConnection *self);
void porch_pusher_connection_disconnect (PorchPusherConnection *self);
void porch_pusher_connection_reconnect (PorchPusherConnection *self);
void porch_pusher_connection_try_now (PorchPusherConnection *self);
void porch_pusher_connection_check (PorchPusherConnection *self, guint silence_ms);
void porch_pusher_connection_set_has_network (PorchPusherConnection *self, gboolean has_network);
void porch_pusher_connection_subscribe (PorchPusherConnection *self, const char *channel);
void porch_pusher_connection_unsubscribe (PorchPusherConnection *self, const char *channel);

PorchPusherState porch_pusher_connection_get_state (PorchPusherConnection *self);
gint64 porch_pusher_connection_get_next_try_us (PorchPusherConnection *self);
const GError *porch_pusher_connection_get_error (PorchPusherConnection *self);

G_END_DECLS
