/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "desktop/porch-autostart-way.h"

G_BEGIN_DECLS

/**
 * PorchXdgAutostart:
 *
 * Start at log-in by a file in ~/.config/autostart.
 */
#define PORCH_TYPE_XDG_AUTOSTART (porch_xdg_autostart_get_type ())
G_DECLARE_FINAL_TYPE (PorchXdgAutostart, porch_xdg_autostart, PORCH, XDG_AUTOSTART, GObject)

/* The file's name. */
#define PORCH_XDG_AUTOSTART_FILE "app.porchlight.Porchlight.Agent.desktop"

PorchAutostartWay *porch_xdg_autostart_new (const char *program);

G_END_DECLS
