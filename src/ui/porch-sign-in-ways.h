/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

#include "bus/porch-sign-in-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_SIGN_IN_WAYS (porch_sign_in_ways_get_type ())
G_DECLARE_FINAL_TYPE (PorchSignInWays, porch_sign_in_ways, PORCH, SIGN_IN_WAYS, GtkWidget)

/**
 * PorchSignInWays:
 *
 * Signals:
 *  "chosen" (const char *way): "code", "reset", "new-account", or "browser:" with a provider
 */

void porch_sign_in_ways_show (PorchSignInWays *self, const PorchServerInfo *server);

G_END_DECLS
