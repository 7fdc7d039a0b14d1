/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "desktop/porch-bus-idle-source.h"

G_BEGIN_DECLS

#define PORCH_TYPE_SCREENSAVER_IDLE_SOURCE (porch_screensaver_idle_source_get_type ())
G_DECLARE_FINAL_TYPE (PorchScreensaverIdleSource,
                      porch_screensaver_idle_source,
                      PORCH,
                      SCREENSAVER_IDLE_SOURCE,
                      PorchBusIdleSource)

PorchIdleSource *porch_screensaver_idle_source_new (GDBusConnection *bus,
                                                    PorchClock *clock,
                                                    const char *bus_name,
                                                    const char *path);

G_END_DECLS
