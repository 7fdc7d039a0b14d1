/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void porch_log_catcher_install (void);
char *porch_log_catcher_take (void);

G_END_DECLS
