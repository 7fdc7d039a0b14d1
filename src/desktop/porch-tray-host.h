/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-clock.h"

G_BEGIN_DECLS

/**
 * PorchTrayHostState:
 * @PORCH_TRAY_HOST_UNKNOWN: no panel shows the icon now; one may still be starting
 * @PORCH_TRAY_HOST_PRESENT: a panel shows the icon
 * @PORCH_TRAY_HOST_ABSENT: none did since the session began: this desktop has none
 */
typedef enum
{
  PORCH_TRAY_HOST_UNKNOWN,
  PORCH_TRAY_HOST_PRESENT,
  PORCH_TRAY_HOST_ABSENT,
} PorchTrayHostState;

#define PORCH_TYPE_TRAY_HOST_STATE (porch_tray_host_state_get_type ())
GType porch_tray_host_state_get_type (void);

#define PORCH_TYPE_TRAY_HOST (porch_tray_host_get_type ())
G_DECLARE_FINAL_TYPE (PorchTrayHost, porch_tray_host, PORCH, TRAY_HOST, GObject)

/**
 * PorchTrayHost:
 *
 * Whoever shows tray icons in this session: finds them, and registers ours with each that comes.
 *
 * Properties: state (#PorchTrayHostState), read-only with explicit notify.
 */

PorchTrayHost *porch_tray_host_new (GDBusConnection *bus, PorchClock *clock);
void porch_tray_host_start (PorchTrayHost *self);
PorchTrayHostState porch_tray_host_get_state (PorchTrayHost *self);

G_END_DECLS
