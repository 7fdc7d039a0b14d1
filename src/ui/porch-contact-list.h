/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-roster.h"
#include "ui/porch-section.h"

G_BEGIN_DECLS

#define PORCH_TYPE_CONTACT_LIST (porch_contact_list_get_type ())

G_DECLARE_FINAL_TYPE (PorchContactList, porch_contact_list, PORCH, CONTACT_LIST, GObject)

PorchContactList *porch_contact_list_new (PorchRoster *roster);
PorchSection *porch_contact_list_get_section (PorchContactList *self, PorchSectionKind kind);
const char *porch_contact_list_get_search (PorchContactList *self);
void porch_contact_list_set_search (PorchContactList *self, const char *search);
void porch_contact_list_set_sorts_by_name (PorchContactList *self, gboolean by_name);
gboolean porch_contact_list_get_searching (PorchContactList *self);
void porch_contact_list_hold (PorchContactList *self, PorchContact *contact);
void porch_contact_list_release (PorchContactList *self, PorchContact *contact);
PorchContact *porch_contact_list_get_moving (PorchContactList *self);

G_END_DECLS
