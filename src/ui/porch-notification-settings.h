/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_NOTIFICATION_SETTINGS (porch_notification_settings_get_type ())
G_DECLARE_FINAL_TYPE (PorchNotificationSettings,
                      porch_notification_settings,
                      PORCH,
                      NOTIFICATION_SETTINGS,
                      AdwPreferencesGroup)

/**
 * PorchNotificationSettings:
 *
 * The preferences' group about notifications.
 *
 * Signals:
 *  "failed" (const char *words): a choice was not taken, and why
 */

void porch_notification_settings_set_agent (PorchNotificationSettings *self,
                                            PorchAgentProxy *agent);

G_END_DECLS
