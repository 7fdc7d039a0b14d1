/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "desktop/porch-tray-state.h"
#include "presence/porch-roster.h"

G_BEGIN_DECLS

/**
 * PORCH_TRAY_MENU_PEOPLE_MAX:
 *
 * How many people the menu names.
 */
#define PORCH_TRAY_MENU_PEOPLE_MAX 10

#define PORCH_TYPE_TRAY_MENU (porch_tray_menu_get_type ())
G_DECLARE_FINAL_TYPE (PorchTrayMenu, porch_tray_menu, PORCH, TRAY_MENU, GObject)

/**
 * PorchTrayMenu:
 *
 * The tray's menu: Open, who is online, Appear offline, Preferences, Quit; as
 * com.canonical.dbusmenu on the bus.
 *
 * Signals:
 *  "open-window", "open-preferences", "toggle-appear-offline", "quit": an entry was chosen
 *  "open-person" (const char *user_id): a person was chosen
 */

PorchTrayMenu *porch_tray_menu_new (void);
gboolean porch_tray_menu_export (PorchTrayMenu *self,
                                 GDBusConnection *bus,
                                 const char *path,
                                 GError **error);
void porch_tray_menu_set_roster (PorchTrayMenu *self, PorchRoster *roster);
void porch_tray_menu_set_own (PorchTrayMenu *self, PorchTrayState state, gboolean appear_offline);
void porch_tray_menu_update (PorchTrayMenu *self);

G_END_DECLS
