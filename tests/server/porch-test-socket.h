/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <libsoup/soup.h>

#include "protocol/porch-pusher-frame.h"
#include "server/porch-broker.h"

G_BEGIN_DECLS

/* A client of the broker over libsoup. It answers pings unless told not to. */
typedef struct
{
  SoupSession *session;
  SoupWebsocketConnection *connection;
  char *socket_id; /* NULL where the broker refused */
  GPtrArray *frames;
  gboolean is_mute;
  gboolean is_closed;
  guint close_code;
} PorchTestSocket;

PorchTestSocket *porch_test_socket_new (const char *address, const char *key, const char *query);
void porch_test_socket_free (PorchTestSocket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchTestSocket, porch_test_socket_free)
void porch_test_socket_send (PorchTestSocket *self, const char *text);
PorchPusherFrame *porch_test_socket_wait (PorchTestSocket *self, const char *event);
guint porch_test_socket_count (PorchTestSocket *self, const char *event);
void porch_test_socket_wait_closed (PorchTestSocket *self);
PorchPusherFrame *porch_test_socket_subscribe (PorchTestSocket *self,
                                               PorchBroker *broker,
                                               const char *channel,
                                               const char *user_id);

G_END_DECLS
