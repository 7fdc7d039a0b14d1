/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "protocol/porch-presence-message.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PUBLISHER (porch_publisher_get_type ())
G_DECLARE_INTERFACE (PorchPublisher, porch_publisher, PORCH, PUBLISHER, GObject)

/**
 * PorchPublisherInterface:
 *
 * Who carries the server's events to the clients, and lets those into channels that may be there.
 * Nothing here waits: an event that cannot be delivered is logged, and what caused it has succeeded
 * all the same.
 *
 * Signals:
 *   "owner-connected" (const char *user_id): the person is a member of their own channel
 *   "owner-disconnected" (const char *user_id): no connection of theirs is any more
 * of a publisher that sees its clients.
 */
struct _PorchPublisherInterface
{
  GTypeInterface parent_iface;

  void (*publish) (PorchPublisher *self,
                   const char *channel,
                   const char *event,
                   const char *data,
                   const char *except_socket_id);
  gboolean (*is_watched) (PorchPublisher *self, const char *channel);
  char *(*authorize) (PorchPublisher *self,
                      const char *session_id,
                      const char *socket_id,
                      const char *channel,
                      const char *channel_data);
  void (*end_session) (PorchPublisher *self, const char *session_id);
  void (*flush_async) (PorchPublisher *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
};

void porch_publisher_publish (PorchPublisher *self,
                              const char *channel,
                              const char *event,
                              const char *data,
                              const char *except_socket_id);
void porch_publisher_publish_status (PorchPublisher *self, const PorchUserState *state);
gboolean porch_publisher_is_watched (PorchPublisher *self, const char *channel);
char *porch_publisher_authorize (PorchPublisher *self,
                                 const char *session_id,
                                 const char *socket_id,
                                 const char *channel,
                                 const char *channel_data);
void porch_publisher_end_session (PorchPublisher *self, const char *session_id);
void porch_publisher_flush_async (PorchPublisher *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean porch_publisher_flush_finish (PorchPublisher *self, GAsyncResult *result, GError **error);

void porch_publisher_owner_connected (PorchPublisher *self, const char *user_id);
void porch_publisher_owner_disconnected (PorchPublisher *self, const char *user_id);

G_END_DECLS
