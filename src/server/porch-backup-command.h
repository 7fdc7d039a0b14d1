/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-config.h"

G_BEGIN_DECLS

int porch_backup_command_run (int argc, char **argv, const PorchConfig *config);

G_END_DECLS
