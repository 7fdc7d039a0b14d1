/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "agent/porch-agent-account.h"
#include "agent/porch-agent-preferences.h"

G_BEGIN_DECLS

#define PORCH_TYPE_ACCOUNT_SERVICE (porch_account_service_get_type ())
G_DECLARE_FINAL_TYPE (PorchAccountService, porch_account_service, PORCH, ACCOUNT_SERVICE, GObject)

/**
 * PorchAccountService:
 *
 * An account as app.porchlight.Account1 on the bus.
 *
 * Signals:
 *  "forgotten": the person signed out and wanted all of it gone; the account is over
 */

PorchAccountService *porch_account_service_new (PorchAgentAccount *account,
                                                PorchAgentPreferences *preferences,
                                                PorchClock *clock);
PorchAgentAccount *porch_account_service_get_account (PorchAccountService *self);
const char *porch_account_service_get_path (PorchAccountService *self);
gboolean
porch_account_service_export (PorchAccountService *self, GDBusConnection *bus, GError **error);
void porch_account_service_unexport (PorchAccountService *self);

G_END_DECLS
