/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "desktop/porch-idle-source.h"
#include "porch-test-wait.h"

G_BEGIN_DECLS

#define PORCH_TYPE_SCRIPTED_IDLE_SOURCE (porch_scripted_idle_source_get_type ())
G_DECLARE_FINAL_TYPE (PorchScriptedIdleSource,
                      porch_scripted_idle_source,
                      PORCH,
                      SCRIPTED_IDLE_SOURCE,
                      PorchIdleSource)

PorchIdleSource *porch_scripted_idle_source_new (const char *name, PorchIdleFeatures features);
guint porch_scripted_idle_source_get_watched_s (PorchIdleSource *source);

/* Programs that tests talk to. */
GSubprocess *porch_idle_test_spawn (const char *const *argv, GSubprocessFlags flags);
char *porch_idle_test_start_x_server (GSubprocess **server);
void porch_idle_test_press_key (const char *display);
void porch_idle_test_end (GSubprocess *process);

G_END_DECLS
