/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Asks for a code: the one that was sent by email, or the one that an authenticator app shows. A
 * part of PorchSignInPage, which knows what the code is for.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-code-step.h"

struct _PorchCodeStep
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *title_label;
  GtkLabel *text_label;
  GtkEditable *code_row;
  GtkListBoxRow *error_row;
  GtkLabel *error_label;
  GtkWidget *submit_button;
  GtkWidget *again_button;
};

G_DEFINE_FINAL_TYPE (PorchCodeStep, porch_code_step, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_SUBMITTED,
  SIGNAL_AGAIN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_code_changed_cb (PorchCodeStep *self)
{
  porch_code_step_set_error (self, NULL);
  gtk_widget_set_sensitive (self->submit_button, *gtk_editable_get_text (self->code_row) != '\0');
}

static void
on_submit_cb (PorchCodeStep *self)
{
  const char *code = gtk_editable_get_text (self->code_row);

  if (*code != '\0' && gtk_widget_get_sensitive (self->submit_button))
    g_signal_emit (self, signals[SIGNAL_SUBMITTED], 0, code);
}

static void
on_again_cb (PorchCodeStep *self)
{
  g_signal_emit (self, signals[SIGNAL_AGAIN], 0);
}

static gboolean
porch_code_step_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (PORCH_CODE_STEP (widget)->code_row));
}

static void
porch_code_step_dispose (GObject *object)
{
  g_clear_pointer (&PORCH_CODE_STEP (object)->box, gtk_widget_unparent);

  G_OBJECT_CLASS (porch_code_step_parent_class)->dispose (object);
}

static void
porch_code_step_class_init (PorchCodeStepClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = porch_code_step_dispose;
  widget_class->grab_focus = porch_code_step_grab_focus;

  signals[SIGNAL_SUBMITTED] = g_signal_new ("submitted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_AGAIN] = g_signal_new ("again", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/porchlight/Porchlight/ui/porch-code-step.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchCodeStep, box);
  gtk_widget_class_bind_template_child (widget_class, PorchCodeStep, title_label);
  gtk_widget_class_bind_template_child (widget_class, PorchCodeStep, text_label);
  gtk_widget_class_bind_template_child (widget_class, PorchCodeStep, code_row);
  gtk_widget_class_bind_template_child (widget_class, PorchCodeStep, error_row);
  gtk_widget_class_bind_template_child (widget_class, PorchCodeStep, error_label);
  gtk_widget_class_bind_template_child (widget_class, PorchCodeStep, submit_button);
  gtk_widget_class_bind_template_child (widget_class, PorchCodeStep, again_button);
  gtk_widget_class_bind_template_callback (widget_class, on_code_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_submit_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_again_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
porch_code_step_init (PorchCodeStep *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * porch_code_step_ask:
 * @self: a step
 * @title: what is asked for
 * @text: where the person finds it
 * @again: whether another can be sent
 *
 * Asks for a code, and forgets the one of before.
 */
void
porch_code_step_ask (PorchCodeStep *self, const char *title, const char *text, gboolean again)
{
  g_return_if_fail (PORCH_IS_CODE_STEP (self));
  g_return_if_fail (title != NULL && text != NULL);

  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->text_label, text);
  gtk_widget_set_visible (self->again_button, again);
  gtk_editable_set_text (self->code_row, "");
  porch_code_step_set_error (self, NULL);
}

/**
 * porch_code_step_get_code:
 * @self: a step
 *
 * Returns: (transfer none): what was entered
 */
const char *
porch_code_step_get_code (PorchCodeStep *self)
{
  g_return_val_if_fail (PORCH_IS_CODE_STEP (self), NULL);

  return gtk_editable_get_text (self->code_row);
}

/**
 * porch_code_step_set_error:
 * @self: a step
 * @error: (nullable): what is wrong with the code
 */
void
porch_code_step_set_error (PorchCodeStep *self, const char *error)
{
  g_return_if_fail (PORCH_IS_CODE_STEP (self));

  gtk_label_set_label (self->error_label, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_row), error != NULL);
  if (error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->code_row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->code_row), "error");
}

/**
 * porch_code_step_set_busy:
 * @self: a step
 * @busy: whether the code is at the server
 */
void
porch_code_step_set_busy (PorchCodeStep *self, gboolean busy)
{
  g_return_if_fail (PORCH_IS_CODE_STEP (self));

  gtk_widget_set_sensitive (self->submit_button,
                            !busy && *gtk_editable_get_text (self->code_row) != '\0');
  gtk_widget_set_sensitive (self->again_button, !busy);
}
