/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "store/porch-agent-record.h"

G_BEGIN_DECLS

/* What an import may hold; an export of so many contacts is well below the bytes. */
#define PORCH_CONTACT_FILE_MAX_BYTES    (8 * 1024 * 1024)
#define PORCH_CONTACT_FILE_MAX_CONTACTS 10000

char *porch_contact_file_build (const char *server, GPtrArray *contacts);
GPtrArray *porch_contact_file_parse (const char *json, char **server, GError **error);

G_END_DECLS
