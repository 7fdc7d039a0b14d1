/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-pusher-connection.h"

G_BEGIN_DECLS

/* How long saying goodbye may take at the end of a run. */
#define PORCH_GOODBYE_MS 2000

/**
 * PorchOwnPresenceState:
 * @PORCH_OWN_PRESENCE_STOPPED: nothing is said
 * @PORCH_OWN_PRESENCE_ACTIVE: "online" is said at every heartbeat
 * @PORCH_OWN_PRESENCE_HIDDEN: "offline" was said, or is being said until the server has it
 * @PORCH_OWN_PRESENCE_STOPPING: "offline" is being said for the last time
 */
typedef enum
{
  PORCH_OWN_PRESENCE_STOPPED,
  PORCH_OWN_PRESENCE_ACTIVE,
  PORCH_OWN_PRESENCE_HIDDEN,
  PORCH_OWN_PRESENCE_STOPPING,
} PorchOwnPresenceState;

#define PORCH_TYPE_OWN_PRESENCE_STATE (porch_own_presence_state_get_type ())
GType porch_own_presence_state_get_type (void);

#define PORCH_TYPE_OWN_PRESENCE (porch_own_presence_get_type ())
G_DECLARE_FINAL_TYPE (PorchOwnPresence, porch_own_presence, PORCH, OWN_PRESENCE, GObject)

/**
 * PorchOwnPresence:
 *
 * Properties: status (PorchStatus), last-active-us (int64, server's clock), error (string, "" for
 * none: the own channel could not be subscribed to).
 */

PorchOwnPresence *porch_own_presence_new (PorchServerClock *server_clock,
                                          PorchPresenceApi *api,
                                          PorchPusherConnection *connection,
                                          const char *user_id,
                                          const char *client_id,
                                          guint heartbeat_s);
void porch_own_presence_start (PorchOwnPresence *self);
void porch_own_presence_stop_async (PorchOwnPresence *self,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
void porch_own_presence_stop_finish (PorchOwnPresence *self, GAsyncResult *result);
void porch_own_presence_set_hidden (PorchOwnPresence *self, gboolean hidden);
void porch_own_presence_settle_async (PorchOwnPresence *self,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
void porch_own_presence_settle_finish (PorchOwnPresence *self, GAsyncResult *result);
void porch_own_presence_woke_up (PorchOwnPresence *self);
void porch_own_presence_set_heartbeat_s (PorchOwnPresence *self, guint heartbeat_s);
void porch_own_presence_set_has_network (PorchOwnPresence *self, gboolean has_network);
void porch_own_presence_told (PorchOwnPresence *self,
                              const PorchUserState *state,
                              PorchPresenceSource source);
void porch_own_presence_try_now (PorchOwnPresence *self);

PorchStatus porch_own_presence_get_status (PorchOwnPresence *self);
gint64 porch_own_presence_get_last_active_us (PorchOwnPresence *self);
const char *porch_own_presence_get_error (PorchOwnPresence *self);

G_END_DECLS
