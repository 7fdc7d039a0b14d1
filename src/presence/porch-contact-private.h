/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-contact.h"
#include "presence/porch-roster.h"

G_BEGIN_DECLS

/* What the roster and its contacts know of each other. Only PorchRoster writes these fields. */
struct _PorchContact
{
  GObject parent_instance;

  char *id;
  char *name;
  char *avatar;

  /* The last statement that counted, and what follows from it now. */
  PorchPresence presence;
  PorchStatus status;
  PorchStatus last_known_status;
  gint64 online_since_us;
  gint64 known_at_us;

  /* When the grace of an owner gone from their channel ends, 0 while they are there; and whether it
   * has ended. */
  gint64 grace_ends_us;

  PorchNotifyRule notify_rule;
  guint favourite : 1;
  guint missing : 1;
  guint owner_gone : 1;
  /* Events may have been missed since the last statement. */
  guint after_gap : 1;

  /* The roster that holds it, unowned, and its places there. */
  PorchRoster *roster;
  GSequenceIter *position;
  GSequenceIter *deadline;
};

void porch_contact_notify_presence (PorchContact *self,
                                    PorchStatus old_status,
                                    gint64 old_last_active_us);
void porch_roster_contact_changed (PorchRoster *self, PorchContact *contact);

G_END_DECLS
