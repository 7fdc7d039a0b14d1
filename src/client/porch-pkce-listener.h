/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* For how long the browser is waited for. */
#define PORCH_PKCE_LISTENER_MS (5 * 60 * 1000)

#define PORCH_TYPE_PKCE_LISTENER (porch_pkce_listener_get_type ())
G_DECLARE_FINAL_TYPE (PorchPkceListener, porch_pkce_listener, PORCH, PKCE_LISTENER, GObject)

PorchPkceListener *porch_pkce_listener_new (PorchClock *clock, const char *nonce, GError **error);
char *porch_pkce_listener_get_address (PorchPkceListener *self);
void porch_pkce_listener_wait_async (PorchPkceListener *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
char *
porch_pkce_listener_wait_finish (PorchPkceListener *self, GAsyncResult *result, GError **error);

G_END_DECLS
