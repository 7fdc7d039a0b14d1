/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PorchSectionKind:
 * @PORCH_SECTION_FAVOURITES: who was given a star, online or not
 * @PORCH_SECTION_ONLINE: who else is online, or was when the connection was lost
 * @PORCH_SECTION_OFFLINE: everybody else
 *
 * The sections of the list, in their order.
 */
typedef enum
{
  PORCH_SECTION_FAVOURITES,
  PORCH_SECTION_ONLINE,
  PORCH_SECTION_OFFLINE,
} PorchSectionKind;

#define PORCH_N_SECTIONS 3

#define PORCH_TYPE_SECTION (porch_section_get_type ())

G_DECLARE_FINAL_TYPE (PorchSection, porch_section, PORCH, SECTION, GObject)

PorchSection *porch_section_new (PorchSectionKind kind);
PorchSectionKind porch_section_get_kind (PorchSection *self);
const char *porch_section_get_id (PorchSection *self);
const char *porch_section_get_title (PorchSection *self);
guint porch_section_get_count (PorchSection *self);
void porch_section_set_count (PorchSection *self, guint count);
gboolean porch_section_get_collapsed (PorchSection *self);
void porch_section_set_collapsed (PorchSection *self, gboolean collapsed);

G_END_DECLS
