/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A section's heading in the list: title, count, and an arrow that says whether it is collapsed.
 * Recycled by the list view's factory (PorchWindow); activating it is the list view's business.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-section-row.h"

#include <glib/gi18n-lib.h>

struct _PorchSectionRow
{
  GtkWidget parent_instance;

  GtkLabel *title_label;
  GtkLabel *count_label;
  GtkImage *arrow;

  PorchSection *section;
};

G_DEFINE_FINAL_TYPE (PorchSectionRow, porch_section_row, GTK_TYPE_WIDGET)

static void
porch_section_row_update (PorchSectionRow *self)
{
  gboolean collapsed = porch_section_get_collapsed (self->section);
  guint count = porch_section_get_count (self->section);
  const char *title = porch_section_get_title (self->section);
  g_autofree char *count_text = g_strdup_printf ("%u", count);
  /* Translators: a section's title and how many people are in it, for a screen reader. */
  g_autofree char *label = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%s, %u person", "%s, %u people", count), title, count);
  GtkWidget *list_row = gtk_widget_get_parent (GTK_WIDGET (self));

  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->count_label, count_text);
  if (collapsed)
    gtk_widget_add_css_class (GTK_WIDGET (self), "collapsed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "collapsed");

  if (list_row != NULL)
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (list_row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      label, -1);
      gtk_accessible_update_state (GTK_ACCESSIBLE (list_row), GTK_ACCESSIBLE_STATE_EXPANDED,
                                   !collapsed, -1);
    }
}

static void
porch_section_row_dispose (GObject *object)
{
  PorchSectionRow *self = PORCH_SECTION_ROW (object);
  GtkWidget *child;

  porch_section_row_unbind (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (porch_section_row_parent_class)->dispose (object);
}

static void
porch_section_row_class_init (PorchSectionRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_section_row_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-section-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchSectionRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, PorchSectionRow, count_label);
  gtk_widget_class_bind_template_child (widget_class, PorchSectionRow, arrow);
  gtk_widget_class_set_css_name (widget_class, "sectionrow");
}

static void
porch_section_row_init (PorchSectionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * porch_section_row_new:
 *
 * Returns: (transfer floating): a heading of nothing yet
 */
GtkWidget *
porch_section_row_new (void)
{
  return g_object_new (PORCH_TYPE_SECTION_ROW, NULL);
}

/**
 * porch_section_row_bind:
 * @self: a heading, in its place in the list
 * @section: what to show and follow
 */
void
porch_section_row_bind (PorchSectionRow *self, PorchSection *section)
{
  g_return_if_fail (PORCH_IS_SECTION_ROW (self));
  g_return_if_fail (PORCH_IS_SECTION (section));

  porch_section_row_unbind (self);
  self->section = g_object_ref (section);
  g_signal_connect_swapped (section, "notify", G_CALLBACK (porch_section_row_update), self);
  porch_section_row_update (self);
}

/**
 * porch_section_row_unbind:
 * @self: a heading
 *
 * Lets go of the section.
 */
void
porch_section_row_unbind (PorchSectionRow *self)
{
  GtkWidget *list_row;

  g_return_if_fail (PORCH_IS_SECTION_ROW (self));

  if (self->section == NULL)
    return;

  /* The list item may become a person's next, who is neither open nor closed. */
  list_row = gtk_widget_get_parent (GTK_WIDGET (self));
  if (list_row != NULL)
    gtk_accessible_reset_state (GTK_ACCESSIBLE (list_row), GTK_ACCESSIBLE_STATE_EXPANDED);
  g_signal_handlers_disconnect_by_data (self->section, self);
  g_clear_object (&self->section);
}
