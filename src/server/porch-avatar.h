/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PORCH_AVATAR_MAX_BYTES:
 *
 * The largest picture that is stored, and that clients take.
 */
#define PORCH_AVATAR_MAX_BYTES (512 * 1024)

GBytes *porch_avatar_load (const char *path, const char **content_type, GError **error);

G_END_DECLS
