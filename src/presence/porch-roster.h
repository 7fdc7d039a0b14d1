/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-contact.h"
#include "presence/porch-server-clock.h"

G_BEGIN_DECLS

#define PORCH_TYPE_ROSTER (porch_roster_get_type ())

G_DECLARE_FINAL_TYPE (PorchRoster, porch_roster, PORCH, ROSTER, GObject)

/**
 * PorchContactState:
 * @status: the effective status
 * @last_known_status: the status before it became unknown; equal to @status otherwise
 * @last_active_us: server's clock, Unix microseconds, 0 for never
 * @online_since_us: server's clock; 0 when not online or when the beginning was not seen
 * @known_at_us: server's clock; when the status was last known to be true
 *
 * What another roster (the agent's) concluded about a contact, for a mirror to repeat.
 */
typedef struct
{
  PorchStatus status;
  PorchStatus last_known_status;
  gint64 last_active_us;
  gint64 online_since_us;
  gint64 known_at_us;
} PorchContactState;

PorchRoster *porch_roster_new (PorchServerClock *server_clock);
PorchServerClock *porch_roster_get_server_clock (PorchRoster *self);
PorchContact *porch_roster_lookup (PorchRoster *self, const char *id);
guint porch_roster_get_n_online (PorchRoster *self);
void porch_roster_add (PorchRoster *self, PorchContact *contact);
void porch_roster_add_many (PorchRoster *self, GPtrArray *contacts);
gboolean porch_roster_remove (PorchRoster *self, const char *id);
void porch_roster_clear (PorchRoster *self);

gboolean porch_roster_apply (PorchRoster *self, const char *id, const PorchPresence *presence);
void porch_roster_owner_joined (PorchRoster *self, const char *id);
void porch_roster_owner_left (PorchRoster *self, const char *id);
void porch_roster_set_unknown (PorchRoster *self);
void porch_roster_mirror (PorchRoster *self, PorchContact *contact, const PorchContactState *state);

G_END_DECLS
