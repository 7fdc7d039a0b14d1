/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GError *porch_auth_sentence_describe (const GError *error, guint http_status, const char *host);
char *porch_auth_sentence_for_end (const GError *error, const char *host);

G_END_DECLS
