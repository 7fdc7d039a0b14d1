/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_WINDOW (porch_window_get_type ())

G_DECLARE_FINAL_TYPE (PorchWindow, porch_window, PORCH, WINDOW, AdwApplicationWindow)

GtkWidget *porch_window_new (GtkApplication *application, PorchAgentProxy *agent);
void porch_window_show_person (PorchWindow *self, const char *user_id);
void porch_window_search (PorchWindow *self, const char *search);
void porch_window_show_preferences (PorchWindow *self);
void porch_window_open_link (PorchWindow *self, const char *uri);

G_END_DECLS
