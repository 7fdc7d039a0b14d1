/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The page about privacy: what others see, and what this computer keeps of others. A page of
 * PorchPreferences.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-preferences-privacy.h"

struct _PorchPreferencesPrivacy
{
  PorchPreferencesPage parent_instance;
};

G_DEFINE_FINAL_TYPE (PorchPreferencesPrivacy,
                     porch_preferences_privacy,
                     PORCH_TYPE_PREFERENCES_PAGE)

static void
porch_preferences_privacy_class_init (PorchPreferencesPrivacyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-preferences-privacy.ui");
}

static void
porch_preferences_privacy_init (PorchPreferencesPrivacy *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
