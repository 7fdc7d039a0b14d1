/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "desktop/porch-bus-idle-source.h"

G_BEGIN_DECLS

#define PORCH_TYPE_LOGIND_IDLE_SOURCE (porch_logind_idle_source_get_type ())
G_DECLARE_FINAL_TYPE (PorchLogindIdleSource,
                      porch_logind_idle_source,
                      PORCH,
                      LOGIND_IDLE_SOURCE,
                      PorchBusIdleSource)

PorchIdleSource *porch_logind_idle_source_new (GDBusConnection *system_bus, PorchClock *clock);

G_END_DECLS
