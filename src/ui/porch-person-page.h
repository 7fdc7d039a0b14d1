/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PERSON_PAGE (porch_person_page_get_type ())

G_DECLARE_FINAL_TYPE (PorchPersonPage, porch_person_page, PORCH, PERSON_PAGE, GtkWidget)

GtkWidget *porch_person_page_new (PorchAgentProxy *agent);
PorchContact *porch_person_page_get_contact (PorchPersonPage *self);
void porch_person_page_set_contact (PorchPersonPage *self, PorchContact *contact);

G_END_DECLS
