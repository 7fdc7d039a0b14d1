/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PREFERENCES_PAGE (porch_preferences_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (PorchPreferencesPage,
                          porch_preferences_page,
                          PORCH,
                          PREFERENCES_PAGE,
                          AdwPreferencesPage)

/**
 * PorchPreferencesPageClass:
 * @update: shows what the agent has; called once there is one, and whenever something of it changed
 */
struct _PorchPreferencesPageClass
{
  AdwPreferencesPageClass parent_class;

  void (*update) (PorchPreferencesPage *self);
};

void porch_preferences_page_set_agent (PorchPreferencesPage *self, PorchAgentProxy *agent);
PorchAgentProxy *porch_preferences_page_get_agent (PorchPreferencesPage *self);
GCancellable *porch_preferences_page_get_cancellable (PorchPreferencesPage *self);
gboolean porch_preferences_page_is_updating (PorchPreferencesPage *self);
void porch_preferences_page_say (PorchPreferencesPage *self, const char *words);
gboolean porch_preferences_page_check (PorchPreferencesPage *self, const GError *error);
void
porch_preferences_page_show_locked (PorchPreferencesPage *self, GtkWidget *row, gboolean locked);
void porch_preferences_page_on_set_cb (GObject *source, GAsyncResult *result, gpointer user_data);

G_END_DECLS
