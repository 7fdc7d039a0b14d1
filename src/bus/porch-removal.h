/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PORCH_TYPE_REMOVAL (porch_removal_get_type ())
G_DECLARE_FINAL_TYPE (PorchRemoval, porch_removal, PORCH, REMOVAL, GObject)

PorchRemoval *porch_removal_new (const char *folder);

G_END_DECLS
