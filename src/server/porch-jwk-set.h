/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "protocol/porch-jwt.h"

G_BEGIN_DECLS

#define PORCH_JWK_SET_MAX_BYTES (64 * 1024)
#define PORCH_JWK_SET_KEYS_MAX  32

typedef struct _PorchJwkSet PorchJwkSet;

PorchJwkSet *porch_jwk_set_parse (const char *bytes, gsize length, GError **error);
PorchJwkSet *porch_jwk_set_ref (PorchJwkSet *self);
void porch_jwk_set_unref (PorchJwkSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchJwkSet, porch_jwk_set_unref)
guint porch_jwk_set_get_n_keys (PorchJwkSet *self);
gboolean porch_jwk_set_has_key (PorchJwkSet *self, const char *key_id);
gboolean porch_jwk_set_verify (PorchJwkSet *self, const char *token, const PorchJwtHeader *header);

G_END_DECLS
