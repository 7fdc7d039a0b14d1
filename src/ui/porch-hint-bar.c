/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Something that is good to know once, at the foot of the window, until the person closes it. Owned
 * by PorchWindow, which decides whether it was closed before.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-hint-bar.h"

struct _PorchHintBar
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *sentence_label;
};

G_DEFINE_FINAL_TYPE (PorchHintBar, porch_hint_bar, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_close_clicked_cb (PorchHintBar *self)
{
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

static void
porch_hint_bar_dispose (GObject *object)
{
  g_clear_pointer (&PORCH_HINT_BAR (object)->box, gtk_widget_unparent);

  G_OBJECT_CLASS (porch_hint_bar_parent_class)->dispose (object);
}

static void
porch_hint_bar_class_init (PorchHintBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = porch_hint_bar_dispose;

  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "hintbar");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/porchlight/Porchlight/ui/porch-hint-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchHintBar, box);
  gtk_widget_class_bind_template_child (widget_class, PorchHintBar, sentence_label);
  gtk_widget_class_bind_template_callback (widget_class, on_close_clicked_cb);
}

static void
porch_hint_bar_init (PorchHintBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * porch_hint_bar_new:
 * @sentence: what is good to know, translated
 *
 * Returns: (transfer floating): a bar that says so
 */
GtkWidget *
porch_hint_bar_new (const char *sentence)
{
  g_return_val_if_fail (sentence != NULL, NULL);

  PorchHintBar *self = g_object_new (PORCH_TYPE_HINT_BAR, NULL);

  gtk_label_set_label (self->sentence_label, sentence);

  return GTK_WIDGET (self);
}
