/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-way-in.h"
#include "presence/porch-clock.h"
#include "protocol/porch-discovery.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define PORCH_TYPE_BROWSER_SIGN_IN (porch_browser_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (PorchBrowserSignIn, porch_browser_sign_in, PORCH, BROWSER_SIGN_IN, GObject)

PorchBrowserSignIn *porch_browser_sign_in_new (PorchClock *clock,
                                               const PorchDiscovery *discovery,
                                               const char *provider,
                                               GError **error);
const char *porch_browser_sign_in_get_address (PorchBrowserSignIn *self);
void porch_browser_sign_in_wait_async (PorchBrowserSignIn *self,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
PorchWayIn *
porch_browser_sign_in_wait_finish (PorchBrowserSignIn *self, GAsyncResult *result, GError **error);

G_END_DECLS
