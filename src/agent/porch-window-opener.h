/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void porch_window_open (GDBusConnection *bus, const char *token);
void porch_window_toggle (GDBusConnection *bus, const char *token);
void porch_window_show_person (GDBusConnection *bus, const char *user_id, const char *token);
void porch_window_show_preferences (GDBusConnection *bus, const char *token);
void porch_window_search (GDBusConnection *bus, const char *search, const char *token);
void porch_window_quit (GDBusConnection *bus);

G_END_DECLS
