/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "ui/porch-preferences-page.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PREFERENCES_PRESENCE (porch_preferences_presence_get_type ())
G_DECLARE_FINAL_TYPE (PorchPreferencesPresence,
                      porch_preferences_presence,
                      PORCH,
                      PREFERENCES_PRESENCE,
                      PorchPreferencesPage)

G_END_DECLS
