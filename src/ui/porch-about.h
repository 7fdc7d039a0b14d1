/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

void porch_about_show (GtkWindow *parent, PorchAgentProxy *agent);
char *porch_about_format_debug_info (PorchAgentProxy *agent, const char *const *bus_names);

G_END_DECLS
