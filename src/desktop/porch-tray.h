/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "desktop/porch-tray-state.h"
#include "presence/porch-roster.h"

G_BEGIN_DECLS

#define PORCH_TRAY_PATH "/StatusNotifierItem"

#define PORCH_TYPE_TRAY (porch_tray_get_type ())
G_DECLARE_FINAL_TYPE (PorchTray, porch_tray, PORCH, TRAY, GObject)

/**
 * PorchTray:
 *
 * The icon in the panel's tray with its tooltip and menu. It shows what it is given and passes on
 * what the person does.
 *
 * Signals; token is (nullable), what the window needs to get the focus on Wayland:
 *  "toggle-window" (const char *token): the icon was clicked
 *  "open-window" (const char *token)
 *  "open-person" (const char *user_id, const char *token)
 *  "open-preferences" (const char *token)
 *  "toggle-appear-offline"
 *  "quit"
 *  "no-host": no panel of this session shows icons; once
 */

PorchTray *porch_tray_new (GDBusConnection *bus, PorchClock *clock);
gboolean porch_tray_start (PorchTray *self, GError **error);
void porch_tray_set_roster (PorchTray *self, PorchRoster *roster);
void porch_tray_set_own (PorchTray *self,
                         PorchTrayState state,
                         gboolean appear_offline,
                         gint64 appear_offline_until_us);
const char *porch_tray_get_own_line (PorchTray *self);
char *porch_tray_format_no_host (const char *current_desktop);

G_END_DECLS
