/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-clock.h"

G_BEGIN_DECLS

/* How long sleep is put off at most: just below 2 s, since a timer of whole seconds may be late. */
#define PORCH_SLEEP_DELAY_MS 1950

/**
 * PorchSleepState:
 * @PORCH_SLEEP_STATE_AWAKE: the computer runs
 * @PORCH_SLEEP_STATE_FALLING_ASLEEP: sleep is announced, and waits for us
 * @PORCH_SLEEP_STATE_ASLEEP: we let it go; it sleeps at any moment
 */
typedef enum
{
  PORCH_SLEEP_STATE_AWAKE,
  PORCH_SLEEP_STATE_FALLING_ASLEEP,
  PORCH_SLEEP_STATE_ASLEEP,
} PorchSleepState;

#define PORCH_TYPE_SLEEP_STATE (porch_sleep_state_get_type ())
GType porch_sleep_state_get_type (void);

#define PORCH_TYPE_SLEEP_MONITOR (porch_sleep_monitor_get_type ())
G_DECLARE_FINAL_TYPE (PorchSleepMonitor, porch_sleep_monitor, PORCH, SLEEP_MONITOR, GObject)

/**
 * PorchSleepMonitor:
 *
 * Signals:
 *  "falling-asleep": the computer is about to sleep, and waits for porch_sleep_monitor_let_go(),
 *    %PORCH_SLEEP_DELAY_MS at most
 *  "woke-up": it slept; without logind this comes with nothing before it
 */

PorchSleepMonitor *porch_sleep_monitor_new (PorchClock *clock);
void porch_sleep_monitor_add_system_bus (PorchSleepMonitor *self, GDBusConnection *system_bus);
void porch_sleep_monitor_let_go (PorchSleepMonitor *self);
PorchSleepState porch_sleep_monitor_get_state (PorchSleepMonitor *self);

G_END_DECLS
