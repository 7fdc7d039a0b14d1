/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void porch_help_show (GtkWindow *parent);
char *porch_help_find (void);

G_END_DECLS
