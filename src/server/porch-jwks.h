/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-clock.h"
#include "server/porch-jwk-set.h"

G_BEGIN_DECLS

/* How long keys are taken for current, and how often a name that is not among them is looked for.
 */
#define PORCH_JWKS_FRESH_S   600
#define PORCH_JWKS_UNKNOWN_S 60

#define PORCH_TYPE_JWKS (porch_jwks_get_type ())
G_DECLARE_FINAL_TYPE (PorchJwks, porch_jwks, PORCH, JWKS, GObject)

PorchJwks *porch_jwks_new (PorchClock *clock, const char *url);
void porch_jwks_get_async (PorchJwks *self,
                           const char *key_id,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
PorchJwkSet *porch_jwks_get_finish (PorchJwks *self, GAsyncResult *result, GError **error);

G_END_DECLS
