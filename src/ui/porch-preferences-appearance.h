/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "ui/porch-preferences-page.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PREFERENCES_APPEARANCE (porch_preferences_appearance_get_type ())
G_DECLARE_FINAL_TYPE (PorchPreferencesAppearance,
                      porch_preferences_appearance,
                      PORCH,
                      PREFERENCES_APPEARANCE,
                      PorchPreferencesPage)

G_END_DECLS
