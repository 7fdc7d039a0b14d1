/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-token-store.h"

G_BEGIN_DECLS

#define PORCH_TYPE_MEMORY_TOKEN_STORE (porch_memory_token_store_get_type ())
G_DECLARE_FINAL_TYPE (PorchMemoryTokenStore,
                      porch_memory_token_store,
                      PORCH,
                      MEMORY_TOKEN_STORE,
                      GObject)

PorchTokenStore *porch_memory_token_store_new (void);

G_END_DECLS
