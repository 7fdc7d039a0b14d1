/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PORCH_DEMO_AVATAR_SIZE 256

GBytes *porch_demo_avatar_render (guint number);

G_END_DECLS
