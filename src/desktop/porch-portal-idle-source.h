/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "desktop/porch-bus-idle-source.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PORTAL_IDLE_SOURCE (porch_portal_idle_source_get_type ())
G_DECLARE_FINAL_TYPE (PorchPortalIdleSource,
                      porch_portal_idle_source,
                      PORCH,
                      PORTAL_IDLE_SOURCE,
                      PorchBusIdleSource)

PorchIdleSource *porch_portal_idle_source_new (GDBusConnection *bus);

G_END_DECLS
