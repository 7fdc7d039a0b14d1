/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PORCH_REFRESH_TOKEN_HASH_BYTES:
 *
 * How long the hash of a refresh token is: all of it that a store may keep.
 */
#define PORCH_REFRESH_TOKEN_HASH_BYTES 32

char *porch_refresh_token_new (void);
void porch_refresh_token_hash (const char *token, guint8 hash[PORCH_REFRESH_TOKEN_HASH_BYTES]);
char *porch_refresh_token_derive_successor (const char *secret, const char *token);
char *porch_refresh_token_find_newest (const char *secret,
                                       const char *token,
                                       const guint8 newest[PORCH_REFRESH_TOKEN_HASH_BYTES],
                                       gboolean is_within_window);

G_END_DECLS
