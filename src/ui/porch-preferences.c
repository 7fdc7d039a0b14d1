/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Preferences: a window of pages, each of which is a file of its own and shows, changes and says by
 * itself what it is about (PorchPreferencesPage). This puts them together.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-preferences.h"

#include "ui/porch-preferences-account.h"
#include "ui/porch-preferences-appearance.h"
#include "ui/porch-preferences-notifications.h"
#include "ui/porch-preferences-presence.h"
#include "ui/porch-preferences-privacy.h"

struct _PorchPreferences
{
  AdwPreferencesWindow parent_instance;

  PorchPreferencesPage *account_page;
  PorchPreferencesPage *presence_page;
  PorchPreferencesPage *notifications_page;
  PorchPreferencesPage *privacy_page;
  PorchPreferencesPage *appearance_page;
};

G_DEFINE_FINAL_TYPE (PorchPreferences, porch_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static void
porch_preferences_class_init (PorchPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (PORCH_TYPE_PREFERENCES_ACCOUNT);
  g_type_ensure (PORCH_TYPE_PREFERENCES_APPEARANCE);
  g_type_ensure (PORCH_TYPE_PREFERENCES_NOTIFICATIONS);
  g_type_ensure (PORCH_TYPE_PREFERENCES_PRESENCE);
  g_type_ensure (PORCH_TYPE_PREFERENCES_PRIVACY);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchPreferences, account_page);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferences, presence_page);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferences, notifications_page);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferences, privacy_page);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferences, appearance_page);
}

static void
porch_preferences_init (PorchPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * porch_preferences_new:
 * @parent: the window that it belongs to
 * @agent: whose account it is about
 *
 * Returns: (transfer floating): the preferences
 */
GtkWidget *
porch_preferences_new (GtkWindow *parent, PorchAgentProxy *agent)
{
  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (agent), NULL);

  PorchPreferences *self = g_object_new (PORCH_TYPE_PREFERENCES, "transient-for", parent, NULL);
  PorchPreferencesPage *const pages[] = { self->account_page, self->presence_page,
                                          self->notifications_page, self->privacy_page,
                                          self->appearance_page };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    porch_preferences_page_set_agent (pages[i], agent);

  return GTK_WIDGET (self);
}
