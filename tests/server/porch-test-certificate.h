/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void porch_test_certificate_write (const char *folder, char **certificate_path, char **key_path);

G_END_DECLS
