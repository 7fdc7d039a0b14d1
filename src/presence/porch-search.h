/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *porch_search_fold (const char *text);
char **porch_search_split (const char *search);
gboolean porch_search_matches (const char *folded, const char *const *terms);

G_END_DECLS
