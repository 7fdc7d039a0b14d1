/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The question that a person is asked once: whether Porchlight starts when they log in. It stands
 * above the list, in nobody's way, until it is answered; the answer is the agent's to keep. Owned
 * by PorchWindow.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-startup-question.h"

struct _PorchStartupQuestion
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkWidget *answers;

  PorchAgentProxy *agent;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PorchStartupQuestion, porch_startup_question, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
porch_startup_question_update (PorchStartupQuestion *self)
{
  gboolean is_open = porch_agent_proxy_get_running (self->agent)
                     && porch_agent_proxy_get_has_account (self->agent)
                     && g_strcmp0 (porch_agent_proxy_get_state (self->agent), "signed-out") != 0
                     && g_strcmp0 (porch_agent_proxy_get_start_at_login (self->agent), "undecided")
                            == 0;

  gtk_revealer_set_reveal_child (self->revealer, is_open);
}

static void
on_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchStartupQuestion) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
  if (self->answers != NULL)
    gtk_widget_set_sensitive (self->answers, TRUE);
}

/* In a sandbox the desktop asks too, which takes as long as the person wants. */
static void
answer (PorchStartupQuestion *self, gboolean enabled)
{
  gtk_widget_set_sensitive (self->answers, FALSE);
  porch_agent_proxy_set_start_at_login_async (self->agent, enabled, self->cancellable, on_set_cb,
                                              g_object_ref (self));
}

static void
on_yes_clicked_cb (PorchStartupQuestion *self)
{
  answer (self, TRUE);
}

static void
on_no_clicked_cb (PorchStartupQuestion *self)
{
  answer (self, FALSE);
}

static void
porch_startup_question_dispose (GObject *object)
{
  PorchStartupQuestion *self = PORCH_STARTUP_QUESTION (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->agent);
  self->answers = NULL;
  g_clear_pointer ((GtkWidget **) &self->revealer, gtk_widget_unparent);

  G_OBJECT_CLASS (porch_startup_question_parent_class)->dispose (object);
}

static void
porch_startup_question_class_init (PorchStartupQuestionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_startup_question_dispose;

  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-startup-question.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchStartupQuestion, revealer);
  gtk_widget_class_bind_template_child (widget_class, PorchStartupQuestion, answers);
  gtk_widget_class_bind_template_callback (widget_class, on_yes_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_no_clicked_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "startupquestion");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
porch_startup_question_init (PorchStartupQuestion *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * porch_startup_question_set_agent:
 * @self: the question
 * @agent: who knows whether it was asked; set once
 */
void
porch_startup_question_set_agent (PorchStartupQuestion *self, PorchAgentProxy *agent)
{
  static const char *const properties[] = {
    "notify::running",
    "notify::has-account",
    "notify::state",
    "notify::start-at-login",
  };

  g_return_if_fail (PORCH_IS_STARTUP_QUESTION (self));
  g_return_if_fail (PORCH_IS_AGENT_PROXY (agent));
  g_return_if_fail (self->agent == NULL);

  self->agent = g_object_ref (agent);
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    g_signal_connect_object (agent, properties[i], G_CALLBACK (porch_startup_question_update), self,
                             G_CONNECT_SWAPPED);
  porch_startup_question_update (self);
}
