/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "ui/porch-preferences-page.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PREFERENCES_ACCOUNT (porch_preferences_account_get_type ())
G_DECLARE_FINAL_TYPE (PorchPreferencesAccount,
                      porch_preferences_account,
                      PORCH,
                      PREFERENCES_ACCOUNT,
                      PorchPreferencesPage)

G_END_DECLS
