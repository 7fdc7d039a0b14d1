/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The page about the account: who is signed in and where, leaving it, and taking the list along. A
 * page of PorchPreferences; the agent does the work.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-preferences-account.h"

#include "bus/porch-sign-in-proxy.h"

#include <glib/gi18n-lib.h>

/* A list of many thousand contacts is far below this. */
#define MAX_IMPORT_BYTES (4 * 1024 * 1024)

struct _PorchPreferencesAccount
{
  PorchPreferencesPage parent_instance;

  AdwActionRow *person_row;
  AdwActionRow *server_row;

  GFile *export_file;
};

G_DEFINE_FINAL_TYPE (PorchPreferencesAccount,
                     porch_preferences_account,
                     PORCH_TYPE_PREFERENCES_PAGE)

static GtkWindow *
get_window (PorchPreferencesAccount *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
on_signed_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferencesAccount) self = user_data;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error);
  if (porch_preferences_page_check (PORCH_PREFERENCES_PAGE (self), error))
    gtk_window_close (get_window (self));
}

static void
porch_preferences_account_sign_out (PorchPreferencesAccount *self, gboolean forget)
{
  porch_agent_proxy_sign_out_async (
      porch_preferences_page_get_agent (PORCH_PREFERENCES_PAGE (self)), forget,
      porch_preferences_page_get_cancellable (PORCH_PREFERENCES_PAGE (self)), on_signed_out_cb,
      g_object_ref (self));
}

static void
on_sign_out_clicked_cb (PorchPreferencesAccount *self)
{
  porch_preferences_account_sign_out (self, FALSE);
}

static void
on_others_signed_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferencesAccount) self = user_data;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error);
  if (porch_preferences_page_check (PORCH_PREFERENCES_PAGE (self), error))
    porch_preferences_page_say (PORCH_PREFERENCES_PAGE (self), _ ("Signed out everywhere else"));
}

static void
on_sign_out_others_clicked_cb (PorchPreferencesAccount *self)
{
  porch_agent_proxy_sign_out_others_async (
      porch_preferences_page_get_agent (PORCH_PREFERENCES_PAGE (self)),
      porch_preferences_page_get_cancellable (PORCH_PREFERENCES_PAGE (self)),
      on_others_signed_out_cb, g_object_ref (self));
}

static void
on_forget_response_cb (PorchPreferencesAccount *self, const char *response)
{
  if (g_strcmp0 (response, "forget") == 0)
    porch_preferences_account_sign_out (self, TRUE);
}

static void
on_forget_clicked_cb (PorchPreferencesAccount *self)
{
  GtkWidget *dialog = adw_message_dialog_new (
      get_window (self), _ ("Sign Out and Forget?"),
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
porch_preferences_account_choose_file (PorchPreferencesAccount *self,
                                       const char *title,
                                       GtkFileChooserAction action,
                                       GCallback callback)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (title, get_window (self), action,
                                                               NULL, NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", callback, self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));

  return chooser;
}

static void
on_exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferencesAccount) self = user_data;
  g_autoptr (GError) error = NULL;

  g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  if (porch_preferences_page_check (PORCH_PREFERENCES_PAGE (self), error))
    porch_preferences_page_say (PORCH_PREFERENCES_PAGE (self), _ ("List exported"));
}

static void
on_export_ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferencesAccount) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = porch_agent_proxy_export_finish (PORCH_AGENT_PROXY (source), result,
                                                           &error);

  if (!porch_preferences_page_check (PORCH_PREFERENCES_PAGE (self), error))
    return;

  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&json), strlen (json));

  g_file_replace_contents_bytes_async (
      self->export_file, bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION,
      porch_preferences_page_get_cancellable (PORCH_PREFERENCES_PAGE (self)), on_exported_cb,
      g_object_ref (self));
}

static void
on_export_response_cb (PorchPreferencesAccount *self, int response, GtkFileChooserNative *chooser)
{
  g_autoptr (GtkFileChooserNative) owned = chooser;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_clear_object (&self->export_file);
      self->export_file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      porch_agent_proxy_export_async (
          porch_preferences_page_get_agent (PORCH_PREFERENCES_PAGE (self)),
          porch_preferences_page_get_cancellable (PORCH_PREFERENCES_PAGE (self)),
          on_export_ready_cb, g_object_ref (self));
    }
}

static void
on_export_clicked_cb (PorchPreferencesAccount *self)
{
  GtkFileChooserNative *chooser = porch_preferences_account_choose_file (
      self, _ ("Export List"), GTK_FILE_CHOOSER_ACTION_SAVE, G_CALLBACK (on_export_response_cb));

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "porchlight-contacts.json");
}

static void
on_imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferencesAccount) self = user_data;
  g_autoptr (GError) error = NULL;
  guint n_added = porch_agent_proxy_import_finish (PORCH_AGENT_PROXY (source), result, &error);

  if (porch_preferences_page_check (PORCH_PREFERENCES_PAGE (self), error))
    {
      g_autofree char *words = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "%u person added", "%u people added", n_added), n_added);

      porch_preferences_page_say (PORCH_PREFERENCES_PAGE (self), words);
    }
}

static void
on_import_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferencesAccount) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result,
                                                               &error);

  if (!porch_preferences_page_check (PORCH_PREFERENCES_PAGE (self), error))
    return;

  gsize length = g_bytes_get_size (bytes);
  g_autofree char *json = g_strndup (g_bytes_get_data (bytes, NULL), length);

  if (length >= MAX_IMPORT_BYTES || !g_utf8_validate (json, length, NULL))
    porch_preferences_page_say (PORCH_PREFERENCES_PAGE (self),
                                _ ("This file is not a list of contacts"));
  else
    porch_agent_proxy_import_async (
        porch_preferences_page_get_agent (PORCH_PREFERENCES_PAGE (self)), json,
        porch_preferences_page_get_cancellable (PORCH_PREFERENCES_PAGE (self)), on_imported_cb,
        g_object_ref (self));
}

static void
on_import_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPreferencesAccount) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);

  if (porch_preferences_page_check (PORCH_PREFERENCES_PAGE (self), error))
    g_input_stream_read_bytes_async (
        G_INPUT_STREAM (stream), MAX_IMPORT_BYTES, G_PRIORITY_DEFAULT,
        porch_preferences_page_get_cancellable (PORCH_PREFERENCES_PAGE (self)), on_import_read_cb,
        g_object_ref (self));
}

static void
on_import_response_cb (PorchPreferencesAccount *self, int response, GtkFileChooserNative *chooser)
{
  g_autoptr (GtkFileChooserNative) owned = chooser;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

      g_file_read_async (file, G_PRIORITY_DEFAULT,
                         porch_preferences_page_get_cancellable (PORCH_PREFERENCES_PAGE (self)),
                         on_import_opened_cb, g_object_ref (self));
    }
}

static void
on_import_clicked_cb (PorchPreferencesAccount *self)
{
  porch_preferences_account_choose_file (self, _ ("Import List"), GTK_FILE_CHOOSER_ACTION_OPEN,
                                         G_CALLBACK (on_import_response_cb));
}

static void
porch_preferences_account_update (PorchPreferencesPage *page)
{
  PorchPreferencesAccount *self = PORCH_PREFERENCES_ACCOUNT (page);
  PorchAgentProxy *agent = porch_preferences_page_get_agent (page);
  const char *name = porch_agent_proxy_get_name (agent);
  const char *email = porch_agent_proxy_get_email (agent);
  const char *server = porch_agent_proxy_get_server (agent);
  const char *server_name = porch_agent_proxy_get_server_name (agent);
  gboolean has_name = name != NULL && *name != '\0';
  gboolean has_server_name = server_name != NULL && *server_name != '\0';

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->person_row), has_name ? name : email);
  adw_action_row_set_subtitle (self->person_row, has_name ? email : NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->server_row),
                                 has_server_name ? server_name : server);
  adw_action_row_set_subtitle (self->server_row, has_server_name ? server : NULL);
}

static void
porch_preferences_account_dispose (GObject *object)
{
  g_clear_object (&PORCH_PREFERENCES_ACCOUNT (object)->export_file);

  G_OBJECT_CLASS (porch_preferences_account_parent_class)->dispose (object);
}

static void
porch_preferences_account_class_init (PorchPreferencesAccountClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = porch_preferences_account_dispose;
  PORCH_PREFERENCES_PAGE_CLASS (klass)->update = porch_preferences_account_update;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-preferences-account.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesAccount, person_row);
  gtk_widget_class_bind_template_child (widget_class, PorchPreferencesAccount, server_row);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_out_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_out_others_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_forget_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_export_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_import_clicked_cb);
}

static void
porch_preferences_account_init (PorchPreferencesAccount *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
