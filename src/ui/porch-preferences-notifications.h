/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "ui/porch-preferences-page.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PREFERENCES_NOTIFICATIONS (porch_preferences_notifications_get_type ())
G_DECLARE_FINAL_TYPE (PorchPreferencesNotifications,
                      porch_preferences_notifications,
                      PORCH,
                      PREFERENCES_NOTIFICATIONS,
                      PorchPreferencesPage)

G_END_DECLS
