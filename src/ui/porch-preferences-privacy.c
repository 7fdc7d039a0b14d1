/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The page about privacy: what others see, and what this computer keeps of others. A page of
 * PorchPreferences.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-preferences-privacy.h"

#include "ui/porch-history-settings.h"

struct _PorchPreferencesPrivacy
{
  PorchPreferencesPage parent_instance;

  PorchHistorySettings *history_settings;
};

G_DEFINE_FINAL_TYPE (PorchPreferencesPrivacy,
                     porch_preferences_privacy,
                     PORCH_TYPE_PREFERENCES_PAGE)

static void
porch_preferences_privacy_update (PorchPreferencesPage *page)
{
  PorchPreferencesPrivacy *self = PORCH_PREFERENCES_PRIVACY (page);

  porch_history_settings_show (self->history_settings, porch_preferences_page_get_agent (page));
}

static void
porch_preferences_privacy_class_init (PorchPreferencesPrivacyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  PORCH_PREFERENCES_PAGE_CLASS (klass)->update = porch_preferences_privacy_update;

  g_type_ensure (PORCH_TYPE_HISTORY_SETTINGS);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-preferences-privacy.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesPrivacy, history_settings);
  gtk_widget_class_bind_template_callback (widget_class, porch_preferences_page_say);
}

static void
porch_preferences_privacy_init (PorchPreferencesPrivacy *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
