/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The page about how the window looks: light or dark, and in which order people stand. A page of
 * PorchPreferences; what is chosen is in the settings, and the window follows them.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-preferences-appearance.h"

#include "bus/porch-settings.h"
#include "ui/porch-combo-row.h"

#define VALUES_MAX 4

/* A key of the settings, and its values in the order of the row's choices. */
typedef struct
{
  const char *key;
  const char *values[VALUES_MAX];
} Choice;

static const Choice style_choice = { "style", { "system", "light", "dark" } };
static const Choice offline_order_choice = { "offline-order", { "last-active", "name" } };

struct _PorchPreferencesAppearance
{
  PorchPreferencesPage parent_instance;

  AdwComboRow *style_row;
  AdwComboRow *offline_order_row;

  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (PorchPreferencesAppearance,
                     porch_preferences_appearance,
                     PORCH_TYPE_PREFERENCES_PAGE)

static gboolean
value_to_position (GValue *value, GVariant *variant, gpointer user_data)
{
  const Choice *choice = user_data;

  for (guint i = 0; choice->values[i] != NULL; i++)
    if (g_str_equal (choice->values[i], g_variant_get_string (variant, NULL)))
      g_value_set_uint (value, i);

  return TRUE;
}

static GVariant *
position_to_value (const GValue *value, const GVariantType *type, gpointer user_data)
{
  const Choice *choice = user_data;
  guint position = g_value_get_uint (value);

  return position < VALUES_MAX && choice->values[position] != NULL
             ? g_variant_new_string (choice->values[position])
             : NULL;
}

static void
update_locks (PorchPreferencesAppearance *self)
{
  PorchPreferencesPage *page = PORCH_PREFERENCES_PAGE (self);

  porch_preferences_page_show_locked (page, GTK_WIDGET (self->style_row),
                                      !g_settings_is_writable (self->settings, style_choice.key));
  porch_preferences_page_show_locked (
      page, GTK_WIDGET (self->offline_order_row),
      !g_settings_is_writable (self->settings, offline_order_choice.key));
}

static void
bind_row (PorchPreferencesAppearance *self, AdwComboRow *row, const Choice *choice)
{
  porch_combo_row_show_whole (row);
  g_settings_bind_with_mapping (self->settings, choice->key, row, "selected",
                                G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY,
                                value_to_position, position_to_value, (gpointer) choice, NULL);
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
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesAppearance,
                                        offline_order_row);
}

static void
porch_preferences_appearance_init (PorchPreferencesAppearance *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->settings = porch_settings_new ();
  if (self->settings == NULL)
    return;

  bind_row (self, self->style_row, &style_choice);
  bind_row (self, self->offline_order_row, &offline_order_choice);
  g_signal_connect_object (self->settings, "writable-changed", G_CALLBACK (update_locks), self,
                           G_CONNECT_SWAPPED);
  update_locks (self);
}
