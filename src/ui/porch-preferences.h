/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PREFERENCES (porch_preferences_get_type ())

G_DECLARE_FINAL_TYPE (PorchPreferences, porch_preferences, PORCH, PREFERENCES, AdwPreferencesWindow)

GtkWidget *porch_preferences_new (GtkWindow *parent, PorchAgentProxy *agent);

G_END_DECLS
