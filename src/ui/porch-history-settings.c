/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The preferences' group about who was here when: for how long it is kept, and deleting it. It
 * shows what the agent keeps, and gives it each choice at once. A part of PorchPreferencesPrivacy.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-history-settings.h"

#include <glib/gi18n-lib.h>

#include "bus/porch-agent-history.h"
#include "ui/porch-combo-row.h"

/* The rows of keep_row; whoever was not asked yet has chosen nothing else. */
static const PorchHistoryKeep choices[] = { PORCH_HISTORY_OFF, PORCH_HISTORY_30_DAYS,
                                            PORCH_HISTORY_90_DAYS, PORCH_HISTORY_FOREVER };

struct _PorchHistorySettings
{
  AdwPreferencesGroup parent_instance;

  AdwComboRow *keep_row;
  GtkWidget *delete_button;

  PorchAgentProxy *agent;
  GCancellable *cancellable;
  /* While the row is set, what it tells is not the person's choice. */
  gboolean is_updating;
};

G_DEFINE_FINAL_TYPE (PorchHistorySettings, porch_history_settings, ADW_TYPE_PREFERENCES_GROUP)

enum
{
  SIGNAL_SAY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
porch_history_settings_update (PorchHistorySettings *self)
{
  PorchHistoryKeep keep = porch_agent_proxy_get_history_keep (self->agent);

  self->is_updating = TRUE;
  adw_combo_row_set_selected (self->keep_row, 0);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (choices[i] == keep)
      adw_combo_row_set_selected (self->keep_row, i);
  self->is_updating = FALSE;
}

/* Ends a call: says what went wrong, unless the window was closed meanwhile. */
static gboolean
finish_call (PorchHistorySettings *self, GObject *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  if (porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error))
    return !g_cancellable_is_cancelled (self->cancellable);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[SIGNAL_SAY], 0, error->message);
  return FALSE;
}

static void
on_keep_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchHistorySettings) self = user_data;

  if (!finish_call (self, source, result) && !g_cancellable_is_cancelled (self->cancellable))
    porch_history_settings_update (self);
}

static void
on_keep_selected_cb (PorchHistorySettings *self)
{
  guint selected = adw_combo_row_get_selected (self->keep_row);

  if (self->is_updating || self->agent == NULL || selected >= G_N_ELEMENTS (choices))
    return;

  porch_agent_proxy_set_history_keep_async (self->agent, choices[selected], self->cancellable,
                                            on_keep_set_cb, g_object_ref (self));
}

static void
on_deleted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchHistorySettings) self = user_data;

  if (finish_call (self, source, result))
    g_signal_emit (self, signals[SIGNAL_SAY], 0, _ ("History deleted"));
}

static void
on_delete_response_cb (PorchHistorySettings *self, const char *response)
{
  if (g_str_equal (response, "delete"))
    porch_agent_proxy_delete_history_async (self->agent, self->cancellable, on_deleted_cb,
                                            g_object_ref (self));
}

static void
on_delete_clicked_cb (PorchHistorySettings *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                              _ ("Delete History?"),
                                              _ ("All that Porchlight has recorded of when the "
                                                 "people on your list were here will be deleted "
                                                 "for good."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "delete",
                                    _ ("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "delete",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_delete_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
porch_history_settings_dispose (GObject *object)
{
  PorchHistorySettings *self = PORCH_HISTORY_SETTINGS (object);

  g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (porch_history_settings_parent_class)->dispose (object);
}

static void
porch_history_settings_finalize (GObject *object)
{
  PorchHistorySettings *self = PORCH_HISTORY_SETTINGS (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->agent);

  G_OBJECT_CLASS (porch_history_settings_parent_class)->finalize (object);
}

static void
porch_history_settings_class_init (PorchHistorySettingsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_history_settings_dispose;
  object_class->finalize = porch_history_settings_finalize;

  signals[SIGNAL_SAY] = g_signal_new ("say", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-history-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchHistorySettings, keep_row);
  gtk_widget_class_bind_template_child (widget_class, PorchHistorySettings, delete_button);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_delete_clicked_cb);
}

static void
porch_history_settings_init (PorchHistorySettings *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  porch_combo_row_show_whole (self->keep_row);
}

/**
 * porch_history_settings_show:
 * @self: the group
 * @agent: whose settings to show and change; always the same
 *
 * Shows what the agent has.
 */
void
porch_history_settings_show (PorchHistorySettings *self, PorchAgentProxy *agent)
{
  g_return_if_fail (PORCH_IS_HISTORY_SETTINGS (self));
  g_return_if_fail (PORCH_IS_AGENT_PROXY (agent));

  g_set_object (&self->agent, agent);
  porch_history_settings_update (self);
}
