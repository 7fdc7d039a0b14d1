/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "desktop/porch-autostart-way.h"
#include "desktop/porch-background-portal.h"

G_BEGIN_DECLS

/**
 * PorchPortalAutostart:
 *
 * Start at log-in by the Background portal, all that a sandbox has.
 */
#define PORCH_TYPE_PORTAL_AUTOSTART (porch_portal_autostart_get_type ())
G_DECLARE_FINAL_TYPE (PorchPortalAutostart,
                      porch_portal_autostart,
                      PORCH,
                      PORTAL_AUTOSTART,
                      GObject)

PorchAutostartWay *porch_portal_autostart_new (PorchBackgroundPortal *portal);

G_END_DECLS
