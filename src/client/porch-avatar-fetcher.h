/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PORCH_TYPE_AVATAR_FETCHER (porch_avatar_fetcher_get_type ())
G_DECLARE_FINAL_TYPE (PorchAvatarFetcher, porch_avatar_fetcher, PORCH, AVATAR_FETCHER, GObject)

PorchAvatarFetcher *porch_avatar_fetcher_new (const char *folder, const char *server);
char *porch_avatar_fetcher_lookup (PorchAvatarFetcher *self, const char *url);
void porch_avatar_fetcher_fetch_async (PorchAvatarFetcher *self,
                                       const char *url,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
char *
porch_avatar_fetcher_fetch_finish (PorchAvatarFetcher *self, GAsyncResult *result, GError **error);

G_END_DECLS
