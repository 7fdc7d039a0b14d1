/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_CONNECTION_BANNER (porch_connection_banner_get_type ())

G_DECLARE_FINAL_TYPE (PorchConnectionBanner,
                      porch_connection_banner,
                      PORCH,
                      CONNECTION_BANNER,
                      GtkWidget)

void porch_connection_banner_set_agent (PorchConnectionBanner *self, PorchAgentProxy *agent);

G_END_DECLS
