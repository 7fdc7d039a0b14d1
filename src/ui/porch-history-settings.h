/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_HISTORY_SETTINGS (porch_history_settings_get_type ())
G_DECLARE_FINAL_TYPE (PorchHistorySettings,
                      porch_history_settings,
                      PORCH,
                      HISTORY_SETTINGS,
                      AdwPreferencesGroup)

/**
 * PorchHistorySettings:
 *
 * The preferences' group about who was here when.
 *
 * Signals:
 *  "say" (const char *sentence): what the person is to be told
 */

void porch_history_settings_show (PorchHistorySettings *self, PorchAgentProxy *agent);

G_END_DECLS
