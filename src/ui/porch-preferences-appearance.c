/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The page about how the window looks: light or dark. A page of PorchPreferences; what is chosen is
 * in the settings, and PorchApplication follows them.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-preferences-appearance.h"

#include "bus/porch-settings.h"
#include "ui/porch-combo-row.h"

struct _PorchPreferencesAppearance
{
  PorchPreferencesPage parent_instance;

  AdwComboRow *style_row;

  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (PorchPreferencesAppearance,
                     porch_preferences_appearance,
                     PORCH_TYPE_PREFERENCES_PAGE)

/* The rows of style_row, as the settings call them. */
static const char *const styles[] = { "system", "light", "dark", NULL };

static gboolean
style_to_position (GValue *value, GVariant *variant, gpointer user_data)
{
  const char *style = g_variant_get_string (variant, NULL);

  for (guint i = 0; styles[i] != NULL; i++)
    if (g_str_equal (styles[i], style))
      g_value_set_uint (value, i);

  return TRUE;
}

static GVariant *
position_to_style (const GValue *value, const GVariantType *type, gpointer user_data)
{
  guint position = g_value_get_uint (value);

  return position < G_N_ELEMENTS (styles) - 1 ? g_variant_new_string (styles[position]) : NULL;
}

static void
update_style_lock (PorchPreferencesAppearance *self)
{
  porch_preferences_page_show_locked (PORCH_PREFERENCES_PAGE (self), GTK_WIDGET (self->style_row),
                                      !g_settings_is_writable (self->settings, "style"));
}

static void
porch_preferences_appearance_dispose (GObject *object)
{
  g_clear_object (&PORCH_PREFERENCES_APPEARANCE (object)->settings);

  G_OBJECT_CLASS (porch_preferences_appearance_parent_class)->dispose (object);
}

static void
porch_preferences_appearance_class_init (PorchPreferencesAppearanceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = porch_preferences_appearance_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-preferences-appearance.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesAppearance, style_row);
}

static void
porch_preferences_appearance_init (PorchPreferencesAppearance *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  porch_combo_row_show_whole (self->style_row);

  self->settings = porch_settings_new ();
  if (self->settings == NULL)
    return;

  g_settings_bind_with_mapping (self->settings, "style", self->style_row, "selected",
                                G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY,
                                style_to_position, position_to_style, NULL, NULL);
  g_signal_connect_object (self->settings, "writable-changed::style",
                           G_CALLBACK (update_style_lock), self, G_CONNECT_SWAPPED);
  update_style_lock (self);
}
