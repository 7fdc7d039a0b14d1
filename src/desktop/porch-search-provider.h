/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-roster.h"

G_BEGIN_DECLS

#define PORCH_SEARCH_PROVIDER_PATH "/app/porchlight/Agent/SearchProvider"

#define PORCH_TYPE_SEARCH_PROVIDER (porch_search_provider_get_type ())
G_DECLARE_FINAL_TYPE (PorchSearchProvider, porch_search_provider, PORCH, SEARCH_PROVIDER, GObject)

/**
 * PorchSearchProvider:
 *
 * Finds the people of a roster for GNOME Shell's search.
 *
 * Signals; timestamp is that of the click or key, 0 where it is not known:
 *  "open-person" (const char *user_id, guint timestamp)
 *  "open-search" (const char *search, guint timestamp): in the window
 */

PorchSearchProvider *porch_search_provider_new (void);
gboolean
porch_search_provider_export (PorchSearchProvider *self, GDBusConnection *bus, GError **error);
void porch_search_provider_set_roster (PorchSearchProvider *self, PorchRoster *roster);

G_END_DECLS
