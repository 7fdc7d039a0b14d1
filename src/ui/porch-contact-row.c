/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A person in the list: picture with status, name, and since when. Recycled by the list view's
 * factory (PorchWindow) and therefore light: few widgets, and one handler on the contact. While the
 * pointer or the keyboard is on it the row is held in its place and shows its bell and its star,
 * which are made only then. What they do is the window's business (actions "win.set-notify" and
 * "win.toggle-favourite").
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-contact-row.h"

#include <glib/gi18n-lib.h>

#include "presence/porch-last-active.h"
#include "ui/porch-display-clock.h"
#include "ui/porch-status-avatar.h"

struct _PorchContactRow
{
  GtkWidget parent_instance;

  PorchStatusAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *status_label;
  GtkWidget *bell_button;
  GtkWidget *star_button;

  PorchContactList *list;
  PorchContact *contact;
  PorchStatus shown_status;
  gboolean has_pointer;
  gboolean has_focus;
  gboolean is_held;
};

G_DEFINE_FINAL_TYPE (PorchContactRow, porch_contact_row, GTK_TYPE_WIDGET)

/* Two names for one animation: changing from one to the other starts it again, and nobody needs to
 * take it away afterwards. With animations off GTK shows its end at once. */
static void
porch_contact_row_fade (PorchContactRow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean again = gtk_widget_has_css_class (widget, "changed");

  gtk_widget_remove_css_class (widget, again ? "changed" : "changed-again");
  gtk_widget_add_css_class (widget, again ? "changed-again" : "changed");
}

static void
on_star_clicked_cb (PorchContactRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toggle-favourite", "s",
                              porch_contact_get_id (self->contact));
}

/* Whether they are asked about by a rule of their own */
static gboolean
porch_contact_row_is_told (PorchContactRow *self)
{
  PorchNotifyRule rule = porch_contact_get_notify_rule (self->contact);

  return rule != PORCH_NOTIFY_DEFAULT && rule != PORCH_NOTIFY_NEVER;
}

static void
on_bell_clicked_cb (PorchContactRow *self)
{
  PorchNotifyRule rule = porch_contact_row_is_told (self) ? PORCH_NOTIFY_NEVER
                                                          : PORCH_NOTIFY_ALWAYS;

  gtk_widget_activate_action (GTK_WIDGET (self), "win.set-notify", "(ss)",
                              porch_contact_get_id (self->contact),
                              porch_notify_rule_to_string (rule));
}

static GtkWidget *
porch_contact_row_make_button (PorchContactRow *self, GCallback callback)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  g_signal_connect_swapped (button, "clicked", callback, self);
  gtk_widget_set_parent (button, GTK_WIDGET (self));

  return button;
}

static void
porch_contact_row_word_button (GtkWidget *button, const char *icon_name, const char *words)
{
  gtk_button_set_icon_name (GTK_BUTTON (button), icon_name);
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
}

static void
porch_contact_row_update_buttons (PorchContactRow *self)
{
  gboolean has_attention = self->has_pointer || self->has_focus;
  gboolean favourite = porch_contact_get_favourite (self->contact);
  gboolean told = porch_contact_row_is_told (self);

  if (self->star_button == NULL && !has_attention)
    return;
  if (self->star_button == NULL)
    {
      self->bell_button = porch_contact_row_make_button (self, G_CALLBACK (on_bell_clicked_cb));
      self->star_button = porch_contact_row_make_button (self, G_CALLBACK (on_star_clicked_cb));
    }

  porch_contact_row_word_button (
      self->bell_button, told ? "porch-tell-symbolic" : "porch-tell-not-symbolic",
      told ? _ ("Stop Telling Me") : _ ("Tell Me When They Come Online"));
  porch_contact_row_word_button (
      self->star_button, favourite ? "starred-symbolic" : "non-starred-symbolic",
      favourite ? _ ("Remove from Favourites") : _ ("Add to Favourites"));
  gtk_widget_set_visible (self->bell_button, has_attention);
  gtk_widget_set_visible (self->star_button, has_attention);
}

/* As it reads amid a sentence. */
static char *
lower_first_letter (const char *words)
{
  const char *rest = *words != '\0' ? g_utf8_next_char (words) : words;
  g_autofree char *first = g_utf8_strdown (words, rest - words);

  return g_strconcat (first, rest, NULL);
}

static void
porch_contact_row_update_accessible (PorchContactRow *self, const char *name, const char *status)
{
  GtkWidget *list_row = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *lower = lower_first_letter (status);
  /* Translators: a person's name and their status, for a screen reader: "Ann Marsh, online since
   * 09:12". */
  g_autofree char *label = g_strdup_printf (_ ("%s, %s"), name, lower);
  g_autofree char *exact = NULL;

  if (list_row == NULL)
    return;

  exact = porch_last_active_format_exact (porch_contact_get_last_active_us (self->contact));
  gtk_accessible_update_property (GTK_ACCESSIBLE (list_row), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, exact, -1);
}

static void
porch_contact_row_update (PorchContactRow *self)
{
  const char *name = porch_contact_get_display_name (self->contact);
  PorchStatus status = porch_contact_get_status (self->contact);
  g_autofree char *words = porch_contact_format_status_long (
      self->contact, porch_display_clock_get_now_us (porch_display_clock_get_default ()));

  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->status_label, words);
  if (status == PORCH_STATUS_UNKNOWN)
    gtk_widget_add_css_class (GTK_WIDGET (self), "unknown");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "unknown");

  porch_contact_row_update_accessible (self, name, words);
}

static void
on_contact_notify_cb (PorchContactRow *self, GParamSpec *pspec)
{
  PorchStatus status = porch_contact_get_status (self->contact);

  porch_contact_row_update (self);
  if (g_str_equal (pspec->name, "favourite") || g_str_equal (pspec->name, "notify-rule"))
    porch_contact_row_update_buttons (self);

  /* Becoming unknown happens to everybody at once, and is not news of anybody. */
  if (status != self->shown_status && status != PORCH_STATUS_UNKNOWN
      && self->shown_status != PORCH_STATUS_UNKNOWN)
    porch_contact_row_fade (self);
  self->shown_status = status;
}

static void
porch_contact_row_set_held (PorchContactRow *self, gboolean held)
{
  if (self->is_held == held || self->contact == NULL)
    return;

  self->is_held = held;
  if (held)
    porch_contact_list_hold (self->list, self->contact);
  else
    porch_contact_list_release (self->list, self->contact);
}

static void
porch_contact_row_set_attention (PorchContactRow *self, gboolean has_pointer, gboolean has_focus)
{
  self->has_pointer = has_pointer;
  self->has_focus = has_focus;
  porch_contact_row_set_held (self, has_pointer || has_focus);
  if (self->contact != NULL)
    porch_contact_row_update_buttons (self);
}

static void
on_pointer_enter_cb (PorchContactRow *self)
{
  porch_contact_row_set_attention (self, TRUE, self->has_focus);
}

static void
on_pointer_leave_cb (PorchContactRow *self)
{
  porch_contact_row_set_attention (self, FALSE, self->has_focus);
}

static void
on_list_row_state_flags_changed_cb (PorchContactRow *self,
                                    GtkStateFlags previous,
                                    GtkWidget *list_row)
{
  gboolean has_focus = (gtk_widget_get_state_flags (list_row) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;

  if (has_focus != self->has_focus)
    porch_contact_row_set_attention (self, self->has_pointer, has_focus);
}

/* The keyboard is on the list item, this row's parent. */
static void
on_parent_changed_cb (PorchContactRow *self)
{
  GtkWidget *list_row = gtk_widget_get_parent (GTK_WIDGET (self));

  if (list_row != NULL)
    g_signal_connect_object (list_row, "state-flags-changed",
                             G_CALLBACK (on_list_row_state_flags_changed_cb), self,
                             G_CONNECT_SWAPPED);
}

static gboolean
on_name_query_tooltip_cb (GtkWidget *widget,
                          int x,
                          int y,
                          gboolean keyboard,
                          GtkTooltip *tooltip,
                          gpointer user_data)
{
  PorchContactRow *self = user_data;

  if (self->contact == NULL
      || !pango_layout_is_ellipsized (gtk_label_get_layout (self->name_label)))
    return FALSE;

  gtk_tooltip_set_text (tooltip, porch_contact_get_display_name (self->contact));

  return TRUE;
}

static gboolean
on_status_query_tooltip_cb (GtkWidget *widget,
                            int x,
                            int y,
                            gboolean keyboard,
                            GtkTooltip *tooltip,
                            gpointer user_data)
{
  PorchContactRow *self = user_data;
  g_autofree char *exact = NULL;

  if (self->contact == NULL)
    return FALSE;

  exact = porch_last_active_format_exact (porch_contact_get_last_active_us (self->contact));
  gtk_tooltip_set_text (tooltip, exact);

  return TRUE;
}

static void
porch_contact_row_map (GtkWidget *widget)
{
  PorchContactRow *self = PORCH_CONTACT_ROW (widget);
  PorchDisplayClock *clock = porch_display_clock_get_default ();

  porch_display_clock_hold (clock);
  g_signal_connect_swapped (clock, "tick", G_CALLBACK (porch_contact_row_update), self);
  if (self->contact != NULL)
    porch_contact_row_update (self);

  GTK_WIDGET_CLASS (porch_contact_row_parent_class)->map (widget);
}

static void
porch_contact_row_unmap (GtkWidget *widget)
{
  PorchContactRow *self = PORCH_CONTACT_ROW (widget);
  PorchDisplayClock *clock = porch_display_clock_get_default ();

  GTK_WIDGET_CLASS (porch_contact_row_parent_class)->unmap (widget);

  g_signal_handlers_disconnect_by_func (clock, porch_contact_row_update, self);
  porch_display_clock_release (clock);
}

static void
porch_contact_row_dispose (GObject *object)
{
  PorchContactRow *self = PORCH_CONTACT_ROW (object);
  GtkWidget *child;

  porch_contact_row_unbind (self);
  self->bell_button = NULL;
  self->star_button = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->list);

  G_OBJECT_CLASS (porch_contact_row_parent_class)->dispose (object);
}

static void
porch_contact_row_class_init (PorchContactRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_contact_row_dispose;
  widget_class->map = porch_contact_row_map;
  widget_class->unmap = porch_contact_row_unmap;

  g_type_ensure (PORCH_TYPE_STATUS_AVATAR);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-contact-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchContactRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, PorchContactRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, PorchContactRow, status_label);
  gtk_widget_class_bind_template_callback (widget_class, on_pointer_enter_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_pointer_leave_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_name_query_tooltip_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_status_query_tooltip_cb);
  gtk_widget_class_set_css_name (widget_class, "contactrow");
}

static void
porch_contact_row_init (PorchContactRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::parent", G_CALLBACK (on_parent_changed_cb), NULL);
}

/**
 * porch_contact_row_new:
 * @list: the list that holds the row's contact in place
 *
 * Returns: (transfer floating): a row of nobody yet
 */
GtkWidget *
porch_contact_row_new (PorchContactList *list)
{
  PorchContactRow *self;

  g_return_val_if_fail (PORCH_IS_CONTACT_LIST (list), NULL);

  self = g_object_new (PORCH_TYPE_CONTACT_ROW, NULL);
  self->list = g_object_ref (list);

  return GTK_WIDGET (self);
}

/**
 * porch_contact_row_get_contact:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): who is shown
 */
PorchContact *
porch_contact_row_get_contact (PorchContactRow *self)
{
  g_return_val_if_fail (PORCH_IS_CONTACT_ROW (self), NULL);

  return self->contact;
}

/**
 * porch_contact_row_bind:
 * @self: a row, in its place in the list
 * @contact: whom to show and follow
 */
void
porch_contact_row_bind (PorchContactRow *self, PorchContact *contact)
{
  g_return_if_fail (PORCH_IS_CONTACT_ROW (self));
  g_return_if_fail (PORCH_IS_CONTACT (contact));

  porch_contact_row_unbind (self);
  self->contact = g_object_ref (contact);
  self->shown_status = porch_contact_get_status (contact);
  g_signal_connect_swapped (contact, "notify", G_CALLBACK (on_contact_notify_cb), self);

  porch_status_avatar_set_user (self->avatar, contact);
  porch_contact_row_update (self);
  porch_contact_row_set_attention (self, self->has_pointer, self->has_focus);
  if (porch_contact_list_get_moving (self->list) == contact)
    porch_contact_row_fade (self);
}

/**
 * porch_contact_row_unbind:
 * @self: a row
 *
 * Lets go of the contact.
 */
void
porch_contact_row_unbind (PorchContactRow *self)
{
  g_return_if_fail (PORCH_IS_CONTACT_ROW (self));

  if (self->contact == NULL)
    return;

  porch_contact_row_set_held (self, FALSE);
  g_signal_handlers_disconnect_by_data (self->contact, self);
  gtk_widget_remove_css_class (GTK_WIDGET (self), "changed");
  gtk_widget_remove_css_class (GTK_WIDGET (self), "changed-again");
  g_clear_object (&self->contact);
}
