/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-notify-rule.h"
#include "presence/porch-presence.h"

G_BEGIN_DECLS

/**
 * PORCH_NAME_MAX_CHARS:
 *
 * How much of a person's name is kept; the rest is cut, with an ellipsis.
 */
#define PORCH_NAME_MAX_CHARS 200

#define PORCH_TYPE_CONTACT (porch_contact_get_type ())

G_DECLARE_FINAL_TYPE (PorchContact, porch_contact, PORCH, CONTACT, GObject)

PorchContact *porch_contact_new (const char *id);
const char *porch_contact_get_id (PorchContact *self);
const char *porch_contact_get_name (PorchContact *self);
const char *porch_contact_get_display_name (PorchContact *self);
void porch_contact_set_name (PorchContact *self, const char *name);
const char *porch_contact_get_avatar (PorchContact *self);
void porch_contact_set_avatar (PorchContact *self, const char *avatar);
gboolean porch_contact_get_favourite (PorchContact *self);
void porch_contact_set_favourite (PorchContact *self, gboolean favourite);
PorchNotifyRule porch_contact_get_notify_rule (PorchContact *self);
void porch_contact_set_notify_rule (PorchContact *self, PorchNotifyRule rule);
gboolean porch_contact_get_missing (PorchContact *self);
void porch_contact_set_missing (PorchContact *self, gboolean missing);
PorchStatus porch_contact_get_status (PorchContact *self);
PorchStatus porch_contact_get_last_known_status (PorchContact *self);
gint64 porch_contact_get_last_active_us (PorchContact *self);
gint64 porch_contact_get_online_since_us (PorchContact *self);
gint64 porch_contact_get_known_at_us (PorchContact *self);
char *porch_contact_format_status (PorchContact *self, gint64 now_us);
char *porch_contact_format_status_long (PorchContact *self, gint64 now_us);

G_END_DECLS
