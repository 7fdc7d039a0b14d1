/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* In a sandbox the desktop decides whether the agent may go on without a window: it is asked before
 * the window closes, and where it refuses the person is told, while they can still do something
 * about it. The window is out of sight meanwhile, so that closing takes no time, and a desktop that
 * does not answer keeps it open for a moment only. Owned by the window, which it destroys in the
 * end. Outside a sandbox it asks nobody.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-closing.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

/* The desktop may ask the person itself, for as long as that takes. */
#define PATIENCE_S 3

struct _PorchClosing
{
  GObject parent_instance;

  GtkWindow *window; /* unowned: it owns this */
  PorchAgentProxy *agent;
  GCancellable *cancellable; /* while the desktop is asked */
  guint patience_id;
};

G_DEFINE_FINAL_TYPE (PorchClosing, porch_closing, G_TYPE_OBJECT)

static void
stop_asking (PorchClosing *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->patience_id, g_source_remove);
}

static void
close_window (PorchClosing *self)
{
  stop_asking (self);
  gtk_window_destroy (self->window);
}

static void
on_response_cb (PorchClosing *self, const char *response)
{
  if (g_str_equal (response, "close"))
    close_window (self);
}

static void
show_refusal (PorchClosing *self, const char *message)
{
  gtk_window_present (self->window);

  GtkWidget *dialog = adw_message_dialog_new (self->window, _ ("Your Light May Go Out"), message);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("_Keep Open"), "close",
                                    _ ("_Close Anyway"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchClosing) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_granted = porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error);

  /* The window went, or nobody waits any longer. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->cancellable == NULL)
    return;

  stop_asking (self);
  if (g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_FAILED))
    show_refusal (self, error->message);
  else if (!gtk_widget_get_visible (GTK_WIDGET (self->window)))
    close_window (self);

  if (!is_granted)
    g_debug ("Without a window: %s", error->message);
}

static gboolean
on_patience_over_cb (gpointer user_data)
{
  PorchClosing *self = user_data;

  self->patience_id = 0;
  if (gtk_widget_get_visible (GTK_WIDGET (self->window)))
    stop_asking (self);
  else
    close_window (self);
  return G_SOURCE_REMOVE;
}

static void
porch_closing_dispose (GObject *object)
{
  PorchClosing *self = PORCH_CLOSING (object);

  stop_asking (self);

  G_OBJECT_CLASS (porch_closing_parent_class)->dispose (object);
}

static void
porch_closing_finalize (GObject *object)
{
  PorchClosing *self = PORCH_CLOSING (object);

  g_clear_object (&self->agent);

  G_OBJECT_CLASS (porch_closing_parent_class)->finalize (object);
}

static void
porch_closing_class_init (PorchClosingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_closing_dispose;
  object_class->finalize = porch_closing_finalize;
}

static void
porch_closing_init (PorchClosing *self)
{
}

/**
 * porch_closing_new:
 * @window: the window, which is to own this
 * @agent: the agent
 *
 * Returns: (transfer full): what is settled before @window closes
 */
PorchClosing *
porch_closing_new (GtkWindow *window, PorchAgentProxy *agent)
{
  g_return_val_if_fail (GTK_IS_WINDOW (window), NULL);
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (agent), NULL);

  PorchClosing *self = g_object_new (PORCH_TYPE_CLOSING, NULL);
  self->window = window;
  self->agent = g_object_ref (agent);
  return self;
}

/**
 * porch_closing_may_close:
 * @self: what is settled before the window closes
 *
 * To be asked when the window is to close.
 *
 * Returns: whether it may at once; else this destroys it when the desktop has answered, unless that
 *   refuses, or somebody shows it again meanwhile
 */
gboolean
porch_closing_may_close (PorchClosing *self)
{
  g_return_val_if_fail (PORCH_IS_CLOSING (self), TRUE);

  if (g_strcmp0 (porch_agent_proxy_get_start_at_login_way (self->agent), "portal") != 0
      || !porch_agent_proxy_get_has_account (self->agent))
    return TRUE;

  gtk_widget_set_visible (GTK_WIDGET (self->window), FALSE);
  if (self->cancellable == NULL)
    {
      self->cancellable = g_cancellable_new ();
      self->patience_id = g_timeout_add_seconds (PATIENCE_S, on_patience_over_cb, self);
      porch_agent_proxy_stay_in_background_async (self->agent, self->cancellable, on_answered_cb,
                                                  g_object_ref (self));
    }
  return FALSE;
}
