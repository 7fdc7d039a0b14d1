/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-config.h"

G_BEGIN_DECLS

void porch_config_file_read (const char *path, PorchConfig *config, GPtrArray *faults);

G_END_DECLS
