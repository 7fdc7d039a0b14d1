/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The page about notifications: the default for everyone, and quiet hours. A page of
 * PorchPreferences; the agent keeps them.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-preferences-notifications.h"

#include "presence/porch-time-text.h"
#include "ui/porch-combo-row.h"

#define N_DAYS 7

/* 2024-01-01, a Monday: where the days' names come from */
#define MONDAY_YEAR 2024

struct _PorchPreferencesNotifications
{
  PorchPreferencesPage parent_instance;

  AdwComboRow *default_row;
  AdwExpanderRow *quiet_row;
  GtkFlowBox *days_box;
  GtkAdjustment *from_adjustment;
  GtkAdjustment *to_adjustment;
  GtkSwitch *summary_switch;
  GtkToggleButton *day_buttons[N_DAYS];
};

G_DEFINE_FINAL_TYPE (PorchPreferencesNotifications,
                     porch_preferences_notifications,
                     PORCH_TYPE_PREFERENCES_PAGE)

static void
show_quiet_hours (PorchPreferencesNotifications *self, const PorchQuietHours *hours)
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
on_default_selected_cb (PorchPreferencesNotifications *self)
{
  PorchPreferencesPage *page = PORCH_PREFERENCES_PAGE (self);
  guint selected = adw_combo_row_get_selected (self->default_row);

  if (porch_preferences_page_is_updating (page) || selected == GTK_INVALID_LIST_POSITION)
    return;

  porch_agent_proxy_set_notify_default_async (
      porch_preferences_page_get_agent (page), (PorchNotifyDefault) selected,
      porch_preferences_page_get_cancellable (page), porch_preferences_page_on_set_cb,
      g_object_ref (self));
}

static PorchQuietHours
read_quiet_hours (PorchPreferencesNotifications *self)
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
on_quiet_hours_changed_cb (PorchPreferencesNotifications *self)
{
  PorchPreferencesPage *page = PORCH_PREFERENCES_PAGE (self);
  PorchAgentProxy *agent = porch_preferences_page_get_agent (page);

  if (porch_preferences_page_is_updating (page))
    return;

  PorchQuietHours known = porch_agent_proxy_get_quiet_hours (agent);
  PorchQuietHours hours = read_quiet_hours (self);
  if (!porch_quiet_hours_equal (&known, &hours))
    porch_agent_proxy_set_quiet_hours_async (agent, &hours,
                                             porch_preferences_page_get_cancellable (page),
                                             porch_preferences_page_on_set_cb, g_object_ref (self));
}

/* GtkSpinButton makes room for the digits of a number, not for what stands around them, as in
 * "10:00 PM" or "22時00分". */
static void
make_room (GtkEditable *editable, const char *text)
{
  int n_columns = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    n_columns += g_unichar_iswide (g_utf8_get_char (p)) ? 2 : 1;
  if (n_columns > gtk_editable_get_width_chars (editable))
    gtk_editable_set_width_chars (editable, n_columns);
}

static gboolean
on_time_output_cb (GtkSpinButton *spin)
{
  int minutes = gtk_spin_button_get_value_as_int (spin);
  g_autoptr (GDateTime) time = g_date_time_new_local (MONDAY_YEAR, 1, 1, minutes / 60, minutes % 60,
                                                      0);
  g_autofree char *text = porch_time_of_day_format (time);

  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (spin)), text))
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  make_room (GTK_EDITABLE (spin), text);
  return TRUE;
}

/* Returns: whether it was understood, as GtkSpinButton::input wants it */
static int
on_time_input_cb (GtkSpinButton *spin, double *value)
{
  guint minutes;

  if (!porch_time_of_day_parse (gtk_editable_get_text (GTK_EDITABLE (spin)), &minutes))
    return GTK_INPUT_ERROR;

  *value = minutes;
  return TRUE;
}

static void
make_days (PorchPreferencesNotifications *self)
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
      gtk_flow_box_append (self->days_box, button);
      /* The button takes the focus, and not what it is in. */
      gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
    }
}

static void
porch_preferences_notifications_update (PorchPreferencesPage *page)
{
  PorchPreferencesNotifications *self = PORCH_PREFERENCES_NOTIFICATIONS (page);
  PorchAgentProxy *agent = porch_preferences_page_get_agent (page);
  PorchQuietHours hours = porch_agent_proxy_get_quiet_hours (agent);

  adw_combo_row_set_selected (self->default_row, porch_agent_proxy_get_notify_default (agent));
  porch_preferences_page_show_locked (page, GTK_WIDGET (self->default_row),
                                      porch_agent_proxy_is_locked (agent, "notify-default"));
  show_quiet_hours (self, &hours);
  porch_preferences_page_show_locked (page, GTK_WIDGET (self->quiet_row),
                                      porch_agent_proxy_is_locked (agent, "quiet-hours"));
  /* What is locked can yet be read. */
  if (porch_agent_proxy_is_locked (agent, "quiet-hours"))
    adw_expander_row_set_expanded (self->quiet_row, hours.days != 0);
}

static void
porch_preferences_notifications_class_init (PorchPreferencesNotificationsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  PORCH_PREFERENCES_PAGE_CLASS (klass)->update = porch_preferences_notifications_update;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-preferences-notifications.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesNotifications, default_row);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesNotifications, quiet_row);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesNotifications, days_box);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesNotifications,
                                        from_adjustment);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesNotifications, to_adjustment);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesNotifications,
                                        summary_switch);
  gtk_widget_class_bind_template_callback (widget_class, on_default_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_quiet_hours_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_time_output_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_time_input_cb);
}

static void
porch_preferences_notifications_init (PorchPreferencesNotifications *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  porch_combo_row_show_whole (self->default_row);
  make_days (self);
}
