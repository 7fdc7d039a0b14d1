/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

#include "bus/porch-sign-in-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_SETUP_FORM (porch_setup_form_get_type ())
G_DECLARE_FINAL_TYPE (PorchSetupForm, porch_setup_form, PORCH, SETUP_FORM, GtkWidget)

/**
 * PorchSetupForm:
 *
 * Signals:
 *  "checked" (gpointer: PorchServerInfo *, which the handler takes): every part has answered
 */

void porch_setup_form_set_agent (PorchSetupForm *self, PorchAgentProxy *agent);
void porch_setup_form_fill_in (PorchSetupForm *self, const char *text);

G_END_DECLS
