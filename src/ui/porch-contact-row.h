/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

#include "ui/porch-contact-list.h"

G_BEGIN_DECLS

#define PORCH_TYPE_CONTACT_ROW (porch_contact_row_get_type ())

G_DECLARE_FINAL_TYPE (PorchContactRow, porch_contact_row, PORCH, CONTACT_ROW, GtkWidget)

GtkWidget *porch_contact_row_new (PorchContactList *list);
PorchContact *porch_contact_row_get_contact (PorchContactRow *self);
void porch_contact_row_bind (PorchContactRow *self, PorchContact *contact);
void porch_contact_row_unbind (PorchContactRow *self);

G_END_DECLS
