/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-config.h"
#include "server/porch-secrets.h"
#include "server/porch-store.h"

G_BEGIN_DECLS

PorchStore *porch_open_store (PorchClock *clock,
                              const PorchConfig *config,
                              const PorchSecrets *secrets,
                              const char *instance,
                              GError **error);

G_END_DECLS
