/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

const char *porch_pusher_sentence_get_code (const GError *error);
char *porch_pusher_sentence_describe (const GError *error, const char *host);

G_END_DECLS
