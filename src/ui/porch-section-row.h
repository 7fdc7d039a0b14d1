/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

#include "ui/porch-section.h"

G_BEGIN_DECLS

#define PORCH_TYPE_SECTION_ROW (porch_section_row_get_type ())

G_DECLARE_FINAL_TYPE (PorchSectionRow, porch_section_row, PORCH, SECTION_ROW, GtkWidget)

GtkWidget *porch_section_row_new (void);
void porch_section_row_bind (PorchSectionRow *self, PorchSection *section);
void porch_section_row_unbind (PorchSectionRow *self);

G_END_DECLS
