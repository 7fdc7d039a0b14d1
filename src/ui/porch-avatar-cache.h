/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

#define PORCH_TYPE_AVATAR_CACHE (porch_avatar_cache_get_type ())

G_DECLARE_FINAL_TYPE (PorchAvatarCache, porch_avatar_cache, PORCH, AVATAR_CACHE, GObject)

PorchAvatarCache *porch_avatar_cache_get_default (void);
PorchAvatarCache *porch_avatar_cache_new (const char *folder, gsize max_bytes);
GdkTexture *porch_avatar_cache_lookup (PorchAvatarCache *self, const char *file, int pixels);
gsize porch_avatar_cache_get_n_bytes (PorchAvatarCache *self);
void porch_avatar_cache_load_async (PorchAvatarCache *self,
                                    const char *file,
                                    int pixels,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
GdkTexture *
porch_avatar_cache_load_finish (PorchAvatarCache *self, GAsyncResult *result, GError **error);

G_END_DECLS
