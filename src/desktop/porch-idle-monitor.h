/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "desktop/porch-idle-inhibition.h"
#include "desktop/porch-idle-source.h"
#include "presence/porch-clock.h"

G_BEGIN_DECLS

/**
 * PorchIdleState:
 * @PORCH_IDLE_STATE_ACTIVE: the person is there
 * @PORCH_IDLE_STATE_ASKING: there was no input for long enough; whether something inhibits idling
 *   is being asked
 * @PORCH_IDLE_STATE_INHIBITED: there was none, yet a film or a call goes on
 * @PORCH_IDLE_STATE_WAITING: the film has ended; the threshold is counted once more from there
 * @PORCH_IDLE_STATE_IDLE: the person is not there
 */
typedef enum
{
  PORCH_IDLE_STATE_ACTIVE,
  PORCH_IDLE_STATE_ASKING,
  PORCH_IDLE_STATE_INHIBITED,
  PORCH_IDLE_STATE_WAITING,
  PORCH_IDLE_STATE_IDLE,
} PorchIdleState;

#define PORCH_TYPE_IDLE_STATE (porch_idle_state_get_type ())
GType porch_idle_state_get_type (void);

#define PORCH_TYPE_IDLE_MONITOR (porch_idle_monitor_get_type ())
G_DECLARE_FINAL_TYPE (PorchIdleMonitor, porch_idle_monitor, PORCH, IDLE_MONITOR, GObject)

/**
 * PorchIdleMonitor:
 *
 * Whether the person is there, by the first source that answers.
 *
 * Properties, read-only with explicit notify: idle, locked (booleans), source-name (string, ""
 * where nothing answers), lock-source-names (strv).
 */

PorchIdleMonitor *porch_idle_monitor_new (PorchClock *clock, PorchIdleInhibition *inhibition);
PorchIdleMonitor *porch_idle_monitor_new_for_desktop (PorchClock *clock,
                                                      GDBusConnection *session_bus);
void porch_idle_monitor_add_source (PorchIdleMonitor *self, PorchIdleSource *source);
void porch_idle_monitor_add_system_bus (PorchIdleMonitor *self, GDBusConnection *system_bus);
void porch_idle_monitor_set_threshold_s (PorchIdleMonitor *self, guint threshold_s);

gboolean porch_idle_monitor_get_idle (PorchIdleMonitor *self);
gboolean porch_idle_monitor_get_locked (PorchIdleMonitor *self);
const char *porch_idle_monitor_get_source_name (PorchIdleMonitor *self);
const char *const *porch_idle_monitor_get_lock_source_names (PorchIdleMonitor *self);

G_END_DECLS
