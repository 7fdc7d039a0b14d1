/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean porch_image_header_parse (const guint8 *bytes, gsize length, guint *width, guint *height);

G_END_DECLS
