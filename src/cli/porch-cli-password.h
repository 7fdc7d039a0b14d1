/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The servers' own limit. */
#define PORCH_CLI_PASSWORD_MAX_BYTES 1024

char *porch_cli_read_password (const char *prompt);
void porch_cli_free_password (char *password);

G_END_DECLS
