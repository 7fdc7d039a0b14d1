/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_ADD_DIALOG (porch_add_dialog_get_type ())

G_DECLARE_FINAL_TYPE (PorchAddDialog, porch_add_dialog, PORCH, ADD_DIALOG, AdwWindow)

GtkWidget *porch_add_dialog_new (GtkWindow *parent, PorchAgentProxy *agent);
void porch_add_dialog_set_query (PorchAddDialog *self, const char *query);

G_END_DECLS
