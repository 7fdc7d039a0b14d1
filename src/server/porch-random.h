/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void porch_random_fill (guint8 *bytes, gsize length);
char *porch_random_token (gsize n_bytes);

G_END_DECLS
