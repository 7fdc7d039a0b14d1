/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_OWN_ROW (porch_own_row_get_type ())

G_DECLARE_FINAL_TYPE (PorchOwnRow, porch_own_row, PORCH, OWN_ROW, GtkWidget)

void porch_own_row_set_agent (PorchOwnRow *self, PorchAgentProxy *agent);

G_END_DECLS
