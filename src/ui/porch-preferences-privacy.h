/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "ui/porch-preferences-page.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PREFERENCES_PRIVACY (porch_preferences_privacy_get_type ())
G_DECLARE_FINAL_TYPE (PorchPreferencesPrivacy,
                      porch_preferences_privacy,
                      PORCH,
                      PREFERENCES_PRIVACY,
                      PorchPreferencesPage)

G_END_DECLS
