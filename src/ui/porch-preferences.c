/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Preferences: the account, leaving it, notifications, and taking the list along. Only what works
 * is here. The agent does the work (PorchAgentProxy).
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-preferences.h"

#include <glib/gi18n-lib.h>

#include "ui/porch-notification-settings.h"

/* A list of many thousand contacts is far below this. */
#define MAX_IMPORT_BYTES (4 * 1024 * 1024)

struct _PorchPreferences
{
  AdwPreferencesWindow parent_instance;

  AdwActionRow *person_row;
  AdwActionRow *server_row;
  GtkSwitch *appear_offline_switch;
  AdwComboRow *away_after_row;
  PorchNotificationSettings *notification_settings;

  PorchAgentProxy *agent;
  GCancellable *cancellable;
  GFile *export_file;
};

/* The rows of away_after_row, in minutes; 0 for never. */
static const guint away_after_minutes[] = { 0, 5, 10, 15, 30 };

G_DEFINE_FINAL_TYPE (PorchPreferences, porch_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static void
porch_preferences_say (PorchPreferences *self, const char *words)
{
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (escaped));
}

/* Ends a call: says what went wrong, unless the window was closed meanwhile. */
static gboolean
porch_preferences_check (PorchPreferences *self, const GError *error)
{
  if (error == NULL)
    return TRUE;

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    porch_preferences_say (self, error->message);

  return FALSE;
}

static void
porch_preferences_update (PorchPreferences *self)
{
  const char *name = porch_agent_proxy_get_name (self->agent);
  const char *email = porch_agent_proxy_get_email (self->agent);
  const char *server = porch_agent_proxy_get_server (self->agent);
  const char *server_name = porch_agent_proxy_get_server_name (self->agent);
  gboolean has_name = name != NULL && *name != '\0';
  gboolean has_server_name = server_name != NULL && *server_name != '\0';

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->person_row), has_name ? name : email);
  adw_action_row_set_subtitle (self->person_row, has_name ? email : NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->server_row),
                                 has_server_name ? server_name : server);
  adw_action_row_set_subtitle (self->server_row, has_server_name ? server : NULL);
  gtk_switch_set_active (self->appear_offline_switch,
                         porch_agent_proxy_get_appear_offline (self->agent));

  for (guint i = 0; i < G_N_ELEMENTS (away_after_minutes); i++)
    if (away_after_minutes[i] == porch_agent_proxy_get_away_after_minutes (self->agent))
      adw_combo_row_set_selected (self->away_after_row, i);
}

/* Ends a call that sets something: where it failed, the rows show again what is. */
static void
on_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferences) self = user_data;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error);
  if (!porch_preferences_check (self, error) && self->agent != NULL)
    porch_preferences_update (self);
}

static gboolean
on_appear_offline_state_set_cb (PorchPreferences *self, gboolean state)
{
  if (state != porch_agent_proxy_get_appear_offline (self->agent))
    porch_agent_proxy_set_appear_offline_async (self->agent, state, 0, self->cancellable, on_set_cb,
                                                g_object_ref (self));

  return FALSE;
}

static void
on_away_after_selected_cb (PorchPreferences *self)
{
  guint selected = adw_combo_row_get_selected (self->away_after_row);

  /* The row selects its first item while it is made. */
  if (self->agent == NULL || selected >= G_N_ELEMENTS (away_after_minutes)
      || away_after_minutes[selected] == porch_agent_proxy_get_away_after_minutes (self->agent))
    return;

  porch_agent_proxy_set_away_after_minutes_async (
      self->agent, away_after_minutes[selected], self->cancellable, on_set_cb, g_object_ref (self));
}

static void
on_signed_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferences) self = user_data;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error);
  if (porch_preferences_check (self, error))
    gtk_window_close (GTK_WINDOW (self));
}

static void
porch_preferences_sign_out (PorchPreferences *self, gboolean forget)
{
  porch_agent_proxy_sign_out_async (self->agent, forget, self->cancellable, on_signed_out_cb,
                                    g_object_ref (self));
}

static void
on_sign_out_clicked_cb (PorchPreferences *self)
{
  porch_preferences_sign_out (self, FALSE);
}

static void
on_forget_response_cb (PorchPreferences *self, const char *response)
{
  if (g_strcmp0 (response, "forget") == 0)
    porch_preferences_sign_out (self, TRUE);
}

static void
on_forget_clicked_cb (PorchPreferences *self)
{
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (self), _ ("Sign Out and Forget?"),
      _ ("Your list, the pictures and everything else that this computer keeps of the account are "
         "deleted. This cannot be undone."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "forget",
                                    _ ("Sign Out and _Forget"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "forget",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_forget_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static GtkFileChooserNative *
porch_preferences_choose_file (PorchPreferences *self,
                               const char *title,
                               GtkFileChooserAction action,
                               GCallback callback)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action,
                                                               NULL, NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", callback, self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));

  return chooser;
}

static void
on_exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferences) self = user_data;
  g_autoptr (GError) error = NULL;

  g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  if (porch_preferences_check (self, error))
    porch_preferences_say (self, _ ("List exported"));
}

static void
on_export_ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferences) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = porch_agent_proxy_export_finish (PORCH_AGENT_PROXY (source), result,
                                                           &error);

  if (!porch_preferences_check (self, error))
    return;

  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&json), strlen (json));

  g_file_replace_contents_bytes_async (self->export_file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_REPLACE_DESTINATION, self->cancellable,
                                       on_exported_cb, g_object_ref (self));
}

static void
on_export_response_cb (PorchPreferences *self, int response, GtkFileChooserNative *chooser)
{
  g_autoptr (GtkFileChooserNative) owned = chooser;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_clear_object (&self->export_file);
      self->export_file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      porch_agent_proxy_export_async (self->agent, self->cancellable, on_export_ready_cb,
                                      g_object_ref (self));
    }
}

static void
on_export_clicked_cb (PorchPreferences *self)
{
  GtkFileChooserNative *chooser = porch_preferences_choose_file (
      self, _ ("Export List"), GTK_FILE_CHOOSER_ACTION_SAVE, G_CALLBACK (on_export_response_cb));

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "porchlight-contacts.json");
}

static void
on_imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferences) self = user_data;
  g_autoptr (GError) error = NULL;
  guint n_added = porch_agent_proxy_import_finish (PORCH_AGENT_PROXY (source), result, &error);

  if (porch_preferences_check (self, error))
    {
      g_autofree char *words = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "%u person added", "%u people added", n_added), n_added);

      porch_preferences_say (self, words);
    }
}

static void
on_import_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferences) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result,
                                                               &error);

  if (!porch_preferences_check (self, error))
    return;

  gsize length = g_bytes_get_size (bytes);
  g_autofree char *json = g_strndup (g_bytes_get_data (bytes, NULL), length);

  if (length >= MAX_IMPORT_BYTES || !g_utf8_validate (json, length, NULL))
    porch_preferences_say (self, _ ("This file is not a list of contacts"));
  else
    porch_agent_proxy_import_async (self->agent, json, self->cancellable, on_imported_cb,
                                    g_object_ref (self));
}

static void
on_import_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferences) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);

  if (porch_preferences_check (self, error))
    g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), MAX_IMPORT_BYTES, G_PRIORITY_DEFAULT,
                                     self->cancellable, on_import_read_cb, g_object_ref (self));
}

static void
on_import_response_cb (PorchPreferences *self, int response, GtkFileChooserNative *chooser)
{
  g_autoptr (GtkFileChooserNative) owned = chooser;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

      g_file_read_async (file, G_PRIORITY_DEFAULT, self->cancellable, on_import_opened_cb,
                         g_object_ref (self));
    }
}

static void
on_import_clicked_cb (PorchPreferences *self)
{
  porch_preferences_choose_file (self, _ ("Import List"), GTK_FILE_CHOOSER_ACTION_OPEN,
                                 G_CALLBACK (on_import_response_cb));
}

static void
porch_preferences_dispose (GObject *object)
{
  PorchPreferences *self = PORCH_PREFERENCES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->export_file);
  g_clear_object (&self->agent);

  G_OBJECT_CLASS (porch_preferences_parent_class)->dispose (object);
}

static void
porch_preferences_class_init (PorchPreferencesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_preferences_dispose;

  g_type_ensure (PORCH_TYPE_NOTIFICATION_SETTINGS);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchPreferences, person_row);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferences, server_row);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferences, appear_offline_switch);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferences, away_after_row);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferences, notification_settings);
  gtk_widget_class_bind_template_callback (widget_class, porch_preferences_say);
  gtk_widget_class_bind_template_callback (widget_class, on_appear_offline_state_set_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_away_after_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_out_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_forget_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_export_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_import_clicked_cb);
}

static void
porch_preferences_init (PorchPreferences *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * porch_preferences_new:
 * @parent: the window that it belongs to
 * @agent: whose account it is about
 *
 * Returns: (transfer floating): the preferences
 */
GtkWidget *
porch_preferences_new (GtkWindow *parent, PorchAgentProxy *agent)
{
  PorchPreferences *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (agent), NULL);

  self = g_object_new (PORCH_TYPE_PREFERENCES, "transient-for", parent, NULL);
  self->agent = g_object_ref (agent);
  g_signal_connect_object (agent, "notify", G_CALLBACK (porch_preferences_update), self,
                           G_CONNECT_SWAPPED);
  porch_notification_settings_set_agent (self->notification_settings, agent);
  porch_preferences_update (self);

  return GTK_WIDGET (self);
}
