/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *porch_totp_new_secret (void);
char *porch_totp_make_code (const char *secret, gint64 step);
gboolean porch_totp_find_step (const char *secret,
                               const char *code,
                               gint64 now_us,
                               gint64 last_step,
                               gint64 *step);
char *porch_totp_build_uri (const char *secret, const char *issuer, const char *account);

G_END_DECLS
