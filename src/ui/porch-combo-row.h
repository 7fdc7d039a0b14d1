/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void porch_combo_row_show_whole (AdwComboRow *row);

G_END_DECLS
