/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "desktop/porch-idle-source.h"

G_BEGIN_DECLS

#define PORCH_TYPE_X11_IDLE_SOURCE (porch_x11_idle_source_get_type ())
G_DECLARE_FINAL_TYPE (PorchX11IdleSource,
                      porch_x11_idle_source,
                      PORCH,
                      X11_IDLE_SOURCE,
                      PorchIdleSource)

PorchIdleSource *porch_x11_idle_source_new (void);

G_END_DECLS
