/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "server/porch-config.h"

G_BEGIN_DECLS

void porch_log_set_up (PorchLogFormat format, GLogLevelFlags level);
char *porch_log_format_json (GLogLevelFlags level, const GLogField *fields, gsize n_fields);

G_END_DECLS
