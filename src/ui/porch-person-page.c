/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A person's page: picture, status, when they were last active, their week (PorchPersonHistory),
 * and what can be done with them. It follows the contact; what its buttons do is the window's
 * business (actions "win.toggle-favourite", "win.set-notify" and "win.remove").
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-person-page.h"

#include <glib/gi18n-lib.h>

#include "presence/porch-last-active.h"
#include "ui/porch-combo-row.h"
#include "ui/porch-display-clock.h"
#include "ui/porch-person-history.h"
#include "ui/porch-status-avatar.h"

struct _PorchPersonPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  PorchStatusAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *status_label;
  GtkWidget *missing_label;
  AdwActionRow *since_row;
  AdwActionRow *last_active_row;
  AdwActionRow *id_row;
  PorchPersonHistory *history;
  GtkSwitch *favourite_switch;
  AdwComboRow *notify_row;

  PorchContact *contact;
};

G_DEFINE_FINAL_TYPE (PorchPersonPage, porch_person_page, GTK_TYPE_WIDGET)

/* In the order in which they are offered. */
static const struct
{
  PorchNotifyRule rule;
  const char *words;
} notify_choices[] = {
  { PORCH_NOTIFY_DEFAULT, NC_ ("tell me when they come online", "As in Preferences") },
  { PORCH_NOTIFY_ONCE, NC_ ("tell me when they come online", "Once") },
  { PORCH_NOTIFY_ALWAYS, NC_ ("tell me when they come online", "Always") },
  { PORCH_NOTIFY_ALSO_LEAVES, NC_ ("tell me when they come online", "Also When They Leave") },
  { PORCH_NOTIFY_NEVER, NC_ ("tell me when they come online", "Never") },
};

static void
porch_person_page_make_notify_choices (PorchPersonPage *self)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (notify_choices); i++)
    gtk_string_list_append (words, g_dpgettext2 (GETTEXT_PACKAGE, "tell me when they come online",
                                                 notify_choices[i].words));
  adw_combo_row_set_model (self->notify_row, G_LIST_MODEL (words));
}

static void
porch_person_page_show_notify_rule (PorchPersonPage *self)
{
  PorchNotifyRule rule = porch_contact_get_notify_rule (self->contact);

  for (guint i = 0; i < G_N_ELEMENTS (notify_choices); i++)
    if (notify_choices[i].rule == rule)
      adw_combo_row_set_selected (self->notify_row, i);
}

static void
on_notify_selected_cb (PorchPersonPage *self)
{
  guint selected = adw_combo_row_get_selected (self->notify_row);

  if (self->contact == NULL || selected >= G_N_ELEMENTS (notify_choices))
    return;

  PorchNotifyRule rule = notify_choices[selected].rule;
  if (rule != porch_contact_get_notify_rule (self->contact))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.set-notify", "(ss)",
                                porch_contact_get_id (self->contact),
                                porch_notify_rule_to_string (rule));
}

static void
porch_person_page_update (PorchPersonPage *self)
{
  gint64 now_us = porch_display_clock_get_now_us (porch_display_clock_get_default ());
  gint64 since_us;
  g_autofree char *status = NULL;
  g_autofree char *last_active = NULL;

  if (self->contact == NULL)
    return;

  status = porch_contact_format_status (self->contact, now_us);
  last_active = porch_last_active_format_exact (porch_contact_get_last_active_us (self->contact));
  since_us = porch_contact_get_online_since_us (self->contact);

  gtk_label_set_label (self->name_label, porch_contact_get_display_name (self->contact));
  gtk_label_set_label (self->status_label, status);
  adw_action_row_set_subtitle (self->last_active_row, last_active);
  adw_action_row_set_subtitle (self->id_row, porch_contact_get_id (self->contact));
  gtk_widget_set_visible (self->missing_label, porch_contact_get_missing (self->contact));
  gtk_switch_set_active (self->favourite_switch, porch_contact_get_favourite (self->contact));
  porch_person_page_show_notify_rule (self);

  gtk_widget_set_visible (GTK_WIDGET (self->since_row), since_us > 0);
  if (since_us > 0)
    {
      g_autofree char *since = porch_last_active_format_exact (since_us);

      adw_action_row_set_subtitle (self->since_row, since);
    }
}

static gboolean
on_favourite_state_set_cb (PorchPersonPage *self, gboolean state)
{
  if (self->contact != NULL && state != porch_contact_get_favourite (self->contact))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toggle-favourite", "s",
                                porch_contact_get_id (self->contact));

  return FALSE;
}

static void
on_history_failed_cb (PorchPersonPage *self, const char *sentence)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s", sentence);
}

static void
on_copy_id_clicked_cb (PorchPersonPage *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          porch_contact_get_id (self->contact));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s", _ ("User ID copied"));
}

static void
on_remove_clicked_cb (PorchPersonPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.remove", "s",
                              porch_contact_get_id (self->contact));
}

static void
porch_person_page_map (GtkWidget *widget)
{
  PorchDisplayClock *clock = porch_display_clock_get_default ();

  porch_display_clock_hold (clock);
  g_signal_connect_swapped (clock, "tick", G_CALLBACK (porch_person_page_update), widget);
  porch_person_page_update (PORCH_PERSON_PAGE (widget));

  GTK_WIDGET_CLASS (porch_person_page_parent_class)->map (widget);
}

static void
porch_person_page_unmap (GtkWidget *widget)
{
  PorchDisplayClock *clock = porch_display_clock_get_default ();

  GTK_WIDGET_CLASS (porch_person_page_parent_class)->unmap (widget);

  g_signal_handlers_disconnect_by_func (clock, porch_person_page_update, widget);
  porch_display_clock_release (clock);
}

static void
porch_person_page_dispose (GObject *object)
{
  PorchPersonPage *self = PORCH_PERSON_PAGE (object);

  if (self->contact != NULL)
    g_signal_handlers_disconnect_by_data (self->contact, self);
  g_clear_object (&self->contact);
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (porch_person_page_parent_class)->dispose (object);
}

static void
porch_person_page_class_init (PorchPersonPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_person_page_dispose;
  widget_class->map = porch_person_page_map;
  widget_class->unmap = porch_person_page_unmap;

  g_type_ensure (PORCH_TYPE_PERSON_HISTORY);
  g_type_ensure (PORCH_TYPE_STATUS_AVATAR);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-person-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchPersonPage, box);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonPage, avatar);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonPage, name_label);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonPage, status_label);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonPage, missing_label);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonPage, since_row);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonPage, last_active_row);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonPage, id_row);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonPage, favourite_switch);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonPage, history);
  gtk_widget_class_bind_template_child (widget_class, PorchPersonPage, notify_row);
  gtk_widget_class_bind_template_callback (widget_class, on_notify_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_favourite_state_set_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_history_failed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_id_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_clicked_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "personpage");
}

static void
porch_person_page_init (PorchPersonPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  porch_combo_row_show_whole (self->notify_row);
  porch_person_page_make_notify_choices (self);
}

/**
 * porch_person_page_new:
 * @agent: whom to ask when somebody was here
 *
 * Returns: (transfer floating): a page of nobody yet
 */
GtkWidget *
porch_person_page_new (PorchAgentProxy *agent)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (agent), NULL);

  PorchPersonPage *self = g_object_new (PORCH_TYPE_PERSON_PAGE, NULL);
  porch_person_history_set_agent (self->history, agent);
  return GTK_WIDGET (self);
}

/**
 * porch_person_page_get_contact:
 * @self: a person's page
 *
 * Returns: (transfer none) (nullable): whose it is
 */
PorchContact *
porch_person_page_get_contact (PorchPersonPage *self)
{
  g_return_val_if_fail (PORCH_IS_PERSON_PAGE (self), NULL);

  return self->contact;
}

/**
 * porch_person_page_set_contact:
 * @self: a person's page
 * @contact: (nullable): whose it is to be; with %NULL it lets go of the last one
 */
void
porch_person_page_set_contact (PorchPersonPage *self, PorchContact *contact)
{
  g_return_if_fail (PORCH_IS_PERSON_PAGE (self));
  g_return_if_fail (contact == NULL || PORCH_IS_CONTACT (contact));

  if (self->contact == contact)
    return;

  if (self->contact != NULL)
    g_signal_handlers_disconnect_by_data (self->contact, self);
  g_set_object (&self->contact, contact);
  if (contact != NULL)
    g_signal_connect_swapped (contact, "notify", G_CALLBACK (porch_person_page_update), self);

  porch_status_avatar_set_user (self->avatar, contact);
  porch_person_history_set_contact (self->history, contact);
  porch_person_page_update (self);
}
