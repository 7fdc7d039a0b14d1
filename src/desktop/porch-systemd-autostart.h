/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "desktop/porch-autostart-way.h"

G_BEGIN_DECLS

/**
 * PorchSystemdAutostart:
 *
 * Start at log-in by the systemd user unit porchlight-agent.service.
 */
#define PORCH_TYPE_SYSTEMD_AUTOSTART (porch_systemd_autostart_get_type ())
G_DECLARE_FINAL_TYPE (PorchSystemdAutostart,
                      porch_systemd_autostart,
                      PORCH,
                      SYSTEMD_AUTOSTART,
                      GObject)

PorchAutostartWay *porch_systemd_autostart_new (GDBusConnection *bus);

G_END_DECLS
