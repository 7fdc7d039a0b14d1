/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *porch_program_find (const char *name, const char *build_folder);
GSubprocessLauncher *porch_program_launcher_new (GSubprocessFlags flags);

G_END_DECLS
