/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-token-store.h"

G_BEGIN_DECLS

#define PORCH_TYPE_KEYRING (porch_keyring_get_type ())
G_DECLARE_FINAL_TYPE (PorchKeyring, porch_keyring, PORCH, KEYRING, GObject)

/**
 * PorchKeyring:
 *
 * Sessions in the person's keyring: the PorchTokenStore of all who want to be signed in the next
 * time too.
 */

PorchKeyring *porch_keyring_new (GDBusConnection *bus);
void porch_keyring_check_async (PorchKeyring *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean porch_keyring_check_finish (PorchKeyring *self, GAsyncResult *result, GError **error);
void porch_keyring_prompt_again (PorchKeyring *self);

G_END_DECLS
