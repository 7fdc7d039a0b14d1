/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PORCH_TEXT_ALPHANUMERIC "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

char *porch_text_clean (const char *text, gsize max_bytes);
gboolean porch_text_consists_of (const char *text, const char *allowed, gsize max_bytes);
gboolean porch_text_is_visible_ascii (const char *text);

G_END_DECLS
