/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The preferences' group about notifications: the default for everyone, and quiet hours. It shows
 * what the agent keeps, and gives it each choice at once. A part of PorchPreferences.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-notification-settings.h"

#include <stdio.h>

#define N_DAYS 7

/* 2024-01-01, a Monday: where the days' names come from */
#define MONDAY_YEAR 2024

struct _PorchNotificationSettings
{
  AdwPreferencesGroup parent_instance;

  AdwComboRow *default_row;
  AdwExpanderRow *quiet_row;
  GtkWidget *days_box;
  GtkAdjustment *from_adjustment;
  GtkAdjustment *to_adjustment;
  GtkSwitch *summary_switch;
  GtkToggleButton *day_buttons[N_DAYS];

  PorchAgentProxy *agent;
  GCancellable *cancellable;
  /* While the widgets are set, what they tell is not the person's choice. */
  gboolean is_updating;
};

G_DEFINE_FINAL_TYPE (PorchNotificationSettings,
                     porch_notification_settings,
                     ADW_TYPE_PREFERENCES_GROUP)

enum
{
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
show_quiet_hours (PorchNotificationSettings *self, const PorchQuietHours *hours)
{
  gboolean is_on = hours->days != 0;

  for (guint i = 0; i < N_DAYS; i++)
    gtk_toggle_button_set_active (self->day_buttons[i], !is_on || (hours->days & (1u << i)) != 0);
  gtk_adjustment_set_value (self->from_adjustment, hours->from_min);
  gtk_adjustment_set_value (self->to_adjustment, hours->to_min);
  gtk_switch_set_active (self->summary_switch, hours->summary);
  adw_expander_row_set_enable_expansion (self->quiet_row, is_on);
}

static void
porch_notification_settings_update (PorchNotificationSettings *self)
{
  PorchQuietHours hours = porch_agent_proxy_get_quiet_hours (self->agent);

  self->is_updating = TRUE;
  adw_combo_row_set_selected (self->default_row,
                              porch_agent_proxy_get_notify_default (self->agent));
  show_quiet_hours (self, &hours);
  self->is_updating = FALSE;
}

static void
on_called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchNotificationSettings) self = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
  porch_notification_settings_update (self);
}

static void
on_default_selected_cb (PorchNotificationSettings *self)
{
  guint selected = adw_combo_row_get_selected (self->default_row);

  if (self->is_updating || self->agent == NULL || selected == GTK_INVALID_LIST_POSITION)
    return;

  porch_agent_proxy_set_notify_default_async (self->agent, (PorchNotifyDefault) selected,
                                              self->cancellable, on_called_cb, g_object_ref (self));
}

static PorchQuietHours
read_quiet_hours (PorchNotificationSettings *self)
{
  PorchQuietHours hours = {
    .from_min = (guint) gtk_adjustment_get_value (self->from_adjustment),
    .to_min = (guint) gtk_adjustment_get_value (self->to_adjustment),
    .summary = gtk_switch_get_active (self->summary_switch),
  };

  for (guint i = 0; i < N_DAYS && adw_expander_row_get_enable_expansion (self->quiet_row); i++)
    if (gtk_toggle_button_get_active (self->day_buttons[i]))
      hours.days |= 1u << i;
  return hours;
}

static void
on_quiet_hours_changed_cb (PorchNotificationSettings *self)
{
  if (self->is_updating || self->agent == NULL)
    return;

  PorchQuietHours known = porch_agent_proxy_get_quiet_hours (self->agent);
  PorchQuietHours hours = read_quiet_hours (self);
  if (!porch_quiet_hours_equal (&known, &hours))
    porch_agent_proxy_set_quiet_hours_async (self->agent, &hours, self->cancellable, on_called_cb,
                                             g_object_ref (self));
}

static gboolean
on_time_output_cb (GtkSpinButton *spin)
{
  int minutes = gtk_spin_button_get_value_as_int (spin);
  g_autofree char *text = g_strdup_printf ("%02d:%02d", minutes / 60, minutes % 60);

  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (spin)), text))
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

/* Returns: whether it was understood, as GtkSpinButton::input wants it */
static int
on_time_input_cb (GtkSpinButton *spin, double *value)
{
  guint hours, minutes = 0;

  if (sscanf (gtk_editable_get_text (GTK_EDITABLE (spin)), "%2u:%2u", &hours, &minutes) < 1
      || hours > 23 || minutes > 59)
    return GTK_INPUT_ERROR;

  *value = hours * 60 + minutes;
  return TRUE;
}

static void
make_days (PorchNotificationSettings *self)
{
  for (guint i = 0; i < N_DAYS; i++)
    {
      g_autoptr (GDateTime) day = g_date_time_new_local (MONDAY_YEAR, 1, (int) i + 1, 12, 0, 0);
      g_autofree char *short_name = g_date_time_format (day, "%a");
      g_autofree char *name = g_date_time_format (day, "%A");
      GtkWidget *button = gtk_toggle_button_new_with_label (short_name);

      gtk_widget_set_tooltip_text (button, name);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                      -1);
      g_signal_connect_object (button, "toggled", G_CALLBACK (on_quiet_hours_changed_cb), self,
                               G_CONNECT_SWAPPED);
      self->day_buttons[i] = GTK_TOGGLE_BUTTON (button);
      gtk_box_append (GTK_BOX (self->days_box), button);
    }
}

static void
porch_notification_settings_dispose (GObject *object)
{
  PorchNotificationSettings *self = PORCH_NOTIFICATION_SETTINGS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->agent);

  G_OBJECT_CLASS (porch_notification_settings_parent_class)->dispose (object);
}

static void
porch_notification_settings_class_init (PorchNotificationSettingsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_notification_settings_dispose;

  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-notification-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchNotificationSettings, default_row);
  gtk_widget_class_bind_template_child (widget_class, PorchNotificationSettings, quiet_row);
  gtk_widget_class_bind_template_child (widget_class, PorchNotificationSettings, days_box);
  gtk_widget_class_bind_template_child (widget_class, PorchNotificationSettings, from_adjustment);
  gtk_widget_class_bind_template_child (widget_class, PorchNotificationSettings, to_adjustment);
  gtk_widget_class_bind_template_child (widget_class, PorchNotificationSettings, summary_switch);
  gtk_widget_class_bind_template_callback (widget_class, on_default_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_quiet_hours_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_time_output_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_time_input_cb);
}

static void
porch_notification_settings_init (PorchNotificationSettings *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  make_days (self);
}

/**
 * porch_notification_settings_set_agent:
 * @self: the group; once only
 * @agent: whose settings to show and change
 */
void
porch_notification_settings_set_agent (PorchNotificationSettings *self, PorchAgentProxy *agent)
{
  g_return_if_fail (PORCH_IS_NOTIFICATION_SETTINGS (self));
  g_return_if_fail (PORCH_IS_AGENT_PROXY (agent));

  self->agent = g_object_ref (agent);
  g_signal_connect_object (agent, "notify::notify-default",
                           G_CALLBACK (porch_notification_settings_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (agent, "notify::quiet-hours",
                           G_CALLBACK (porch_notification_settings_update), self,
                           G_CONNECT_SWAPPED);
  porch_notification_settings_update (self);
}
