/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The form that signs in: server, email address, password. After the server's field is left the
 * agent looks the server up, and the host that the password will go to is named before anything is
 * sent. Every error stands under the field that it belongs to, and nothing that was typed is lost.
 * The agent does the work (PorchAgentProxy); PorchWindow shows the list when there is a session.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-sign-in-page.h"

#include "bus/porch-sign-in-proxy.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  FIELD_NONE,
  FIELD_SERVER,
  FIELD_EMAIL,
  FIELD_PASSWORD,
} Field;

struct _PorchSignInPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *back_button;
  GtkLabel *subtitle_label;
  GtkEditable *server_row;
  GtkListBoxRow *server_error_row;
  GtkLabel *server_error_label;
  GtkLabel *server_note;
  GtkEditable *email_row;
  GtkListBoxRow *email_error_row;
  GtkLabel *email_error_label;
  GtkEditable *password_row;
  GtkListBoxRow *password_error_row;
  GtkLabel *password_error_label;
  GtkLabel *form_error_label;
  GtkButton *submit_button;
  GtkStack *submit_stack;
  GtkSpinner *submit_spinner;

  PorchAgentProxy *agent;
  /* What the server's field said when it was looked up, and what came of it. */
  char *looked_up;
  PorchServerInfo *server;
  /* The host that was on the screen when the person pressed the button. */
  char *named_host;
  gboolean submit_after_look_up;
  GCancellable *looking_up;
  GCancellable *signing_in;
};

G_DEFINE_FINAL_TYPE (PorchSignInPage, porch_sign_in_page, GTK_TYPE_WIDGET)

static void porch_sign_in_page_submit (PorchSignInPage *self);

static void
set_error (GtkEditable *field, GtkListBoxRow *error_row, GtkLabel *error_label, const char *error)
{
  gtk_label_set_label (error_label, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (error_row), error != NULL);
  if (error != NULL)
    {
      gtk_widget_add_css_class (GTK_WIDGET (field), "error");
      gtk_accessible_update_state (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_STATE_INVALID,
                                   GTK_ACCESSIBLE_INVALID_TRUE, -1);
      gtk_accessible_update_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      error, -1);
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (field), "error");
      gtk_accessible_reset_state (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_STATE_INVALID);
      gtk_accessible_reset_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
    }
}

/* Shows an error, or with %NULL none, under a field. */
static void
porch_sign_in_page_set_error (PorchSignInPage *self, Field field, const char *error)
{
  switch (field)
    {
    case FIELD_SERVER:
      set_error (self->server_row, self->server_error_row, self->server_error_label, error);
      break;
    case FIELD_EMAIL:
      set_error (self->email_row, self->email_error_row, self->email_error_label, error);
      break;
    case FIELD_PASSWORD:
      set_error (self->password_row, self->password_error_row, self->password_error_label, error);
      break;
    case FIELD_NONE:
    default:
      gtk_label_set_label (self->form_error_label, error != NULL ? error : "");
      gtk_widget_set_visible (GTK_WIDGET (self->form_error_label), error != NULL);
      break;
    }
}

static Field
find_field (const GError *error)
{
  if (error->domain != PORCH_AGENT_ERROR)
    return FIELD_NONE;

  switch (error->code)
    {
    case PORCH_AGENT_ERROR_INVALID_ADDRESS:
    case PORCH_AGENT_ERROR_UNREACHABLE:
    case PORCH_AGENT_ERROR_NOT_PORCHLIGHT:
    case PORCH_AGENT_ERROR_TLS:
      return FIELD_SERVER;
    case PORCH_AGENT_ERROR_INVALID_CREDENTIALS:
    case PORCH_AGENT_ERROR_RATE_LIMIT:
      return FIELD_PASSWORD;
    default:
      return FIELD_NONE;
    }
}

static void
porch_sign_in_page_focus (PorchSignInPage *self, Field field)
{
  GtkEditable *const rows[] = { NULL, self->server_row, self->email_row, self->password_row };

  if (rows[field] != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (rows[field]));
}

static void
porch_sign_in_page_update_busy (PorchSignInPage *self)
{
  gboolean busy = self->signing_in != NULL || self->submit_after_look_up;

  gtk_stack_set_visible_child_name (self->submit_stack, busy ? "busy" : "ready");
  gtk_spinner_set_spinning (self->submit_spinner, busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->submit_button), !busy);
}

static void
porch_sign_in_page_set_note (PorchSignInPage *self, const char *note)
{
  gtk_label_set_label (self->server_note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->server_note), note != NULL);
}

static void
porch_sign_in_page_name_host (PorchSignInPage *self)
{
  const char *name = self->server->name;
  g_autofree char *note = NULL;

  if (name != NULL && *name != '\0' && g_strcmp0 (name, self->server->host) != 0)
    /* Translators: the name that a server gives itself, and a host name. */
    note = g_strdup_printf (_ ("%s. Your password goes to %s."), name, self->server->host);
  else
    /* Translators: a host name. */
    note = g_strdup_printf (_ ("Your password goes to %s."), self->server->host);

  porch_sign_in_page_set_note (self, note);
}

/* Whether the person knew where the password goes when they pressed the button: it was named, or is
 * in the address that they typed. */
static gboolean
porch_sign_in_page_host_is_agreed (PorchSignInPage *self)
{
  const char *address = gtk_editable_get_text (self->server_row);
  const char *host = self->server->host;
  const char *found = strstr (address, host);

  if (g_strcmp0 (self->named_host, host) == 0)
    return TRUE;

  /* As a whole: "example.org" is not agreed to by who typed "notexample.org". */
  return found != NULL && (found == address || found[-1] == '/')
         && strchr (":/", found[strlen (host)]) != NULL;
}

static void
on_looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchSignInPage) self = user_data;
  g_autoptr (GError) error = NULL;
  PorchServerInfo *server = porch_agent_proxy_discover_finish (PORCH_AGENT_PROXY (source), result,
                                                               &error);
  gboolean submit = self->submit_after_look_up;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->looking_up);
  self->submit_after_look_up = FALSE;
  self->server = server;
  if (server == NULL)
    {
      g_clear_pointer (&self->looked_up, g_free);
      porch_sign_in_page_set_note (self, NULL);
      porch_sign_in_page_set_error (self, FIELD_SERVER, error->message);
      if (submit)
        porch_sign_in_page_focus (self, FIELD_SERVER);
    }
  else
    {
      porch_sign_in_page_name_host (self);
    }

  porch_sign_in_page_update_busy (self);
  if (server != NULL && submit)
    porch_sign_in_page_submit (self);
}

/* Asks the agent what the typed address is, unless that is known or being asked. */
static void
porch_sign_in_page_look_up (PorchSignInPage *self)
{
  const char *address = gtk_editable_get_text (self->server_row);

  if (self->agent == NULL || *address == '\0' || g_strcmp0 (self->looked_up, address) == 0)
    return;

  g_free (self->looked_up);
  self->looked_up = g_strdup (address);
  porch_sign_in_page_set_note (self, _ ("Looking for the server…"));
  self->looking_up = g_cancellable_new ();
  porch_agent_proxy_discover_async (self->agent, address, self->looking_up, on_looked_up_cb,
                                    g_object_ref (self));
}

static void
porch_sign_in_page_forget_server (PorchSignInPage *self)
{
  g_cancellable_cancel (self->looking_up);
  g_clear_object (&self->looking_up);
  g_clear_pointer (&self->looked_up, g_free);
  g_clear_pointer (&self->server, porch_server_info_free);
  g_clear_pointer (&self->named_host, g_free);
  self->submit_after_look_up = FALSE;
}

static void porch_sign_in_page_sign_in (PorchSignInPage *self, gboolean keep_in_memory);

static void
on_keep_in_memory_response_cb (PorchSignInPage *self, const char *response)
{
  if (g_strcmp0 (response, "keep") == 0)
    porch_sign_in_page_sign_in (self, TRUE);
}

static void
porch_sign_in_page_ask_keep_in_memory (PorchSignInPage *self)
{
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _ ("Keep for This Run Only?"),
      _ ("This computer has no keyring to keep you signed in. You can sign in until Porchlight "
         "quits, and will be asked again then."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "keep",
                                    _ ("_Sign In for Now"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "keep",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_keep_in_memory_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_signed_in_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchSignInPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean signed_in = porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error);
  Field field;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->signing_in);
  porch_sign_in_page_update_busy (self);

  if (signed_in)
    {
      gtk_editable_set_text (self->password_row, "");
      gtk_widget_activate_action (GTK_WIDGET (self), "win.signed-in", NULL);
      return;
    }

  if (g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NO_SECRET_SERVICE))
    {
      porch_sign_in_page_ask_keep_in_memory (self);
      return;
    }

  field = find_field (error);
  porch_sign_in_page_set_error (self, field, error->message);
  porch_sign_in_page_focus (self, field);
}

static void
porch_sign_in_page_sign_in (PorchSignInPage *self, gboolean keep_in_memory)
{
  if (self->signing_in != NULL || self->server == NULL)
    return;

  self->signing_in = g_cancellable_new ();
  porch_sign_in_page_update_busy (self);
  porch_agent_proxy_sign_in_async (self->agent, self->server, "password",
                                   gtk_editable_get_text (self->email_row),
                                   gtk_editable_get_text (self->password_row), keep_in_memory,
                                   self->signing_in, on_signed_in_cb, g_object_ref (self));
}

/* Says under each field what is missing, and returns the first such. */
static Field
porch_sign_in_page_check_fields (PorchSignInPage *self)
{
  const char *email = gtk_editable_get_text (self->email_row);
  Field first = FIELD_NONE;

  if (*gtk_editable_get_text (self->password_row) == '\0')
    {
      porch_sign_in_page_set_error (self, FIELD_PASSWORD, _ ("Enter your password."));
      first = FIELD_PASSWORD;
    }

  if (strchr (email, '@') == NULL)
    {
      porch_sign_in_page_set_error (self, FIELD_EMAIL,
                                    *email == '\0' ? _ ("Enter your email address.")
                                                   : _ ("This is not an email address."));
      first = FIELD_EMAIL;
    }

  if (*gtk_editable_get_text (self->server_row) == '\0')
    {
      porch_sign_in_page_set_error (self, FIELD_SERVER, _ ("Enter your server’s address."));
      first = FIELD_SERVER;
    }

  return first;
}

static void
porch_sign_in_page_submit (PorchSignInPage *self)
{
  Field incomplete;

  if (self->agent == NULL || self->signing_in != NULL || self->submit_after_look_up)
    return;

  porch_sign_in_page_set_error (self, FIELD_NONE, NULL);
  incomplete = porch_sign_in_page_check_fields (self);
  if (incomplete != FIELD_NONE)
    {
      porch_sign_in_page_focus (self, incomplete);
      return;
    }

  if (self->server == NULL)
    {
      self->submit_after_look_up = TRUE;
      porch_sign_in_page_update_busy (self);
      porch_sign_in_page_look_up (self);
      return;
    }

  if (!porch_sign_in_page_host_is_agreed (self))
    {
      g_autofree char *error = g_strdup_printf (
          /* Translators: a host name. */
          _ ("Your password would go to %s. Press Sign In again if that is right."),
          self->server->host);

      g_free (self->named_host);
      self->named_host = g_strdup (self->server->host);
      porch_sign_in_page_set_error (self, FIELD_NONE, error);
      return;
    }

  porch_sign_in_page_sign_in (self, FALSE);
}

static void
on_submit_cb (PorchSignInPage *self)
{
  /* What the note names is what the person has read. */
  if (self->server != NULL)
    {
      g_free (self->named_host);
      self->named_host = g_strdup (self->server->host);
    }
  porch_sign_in_page_submit (self);
}

static void
on_server_changed_cb (PorchSignInPage *self)
{
  porch_sign_in_page_forget_server (self);
  porch_sign_in_page_set_note (self, NULL);
  porch_sign_in_page_set_error (self, FIELD_SERVER, NULL);
  porch_sign_in_page_set_error (self, FIELD_NONE, NULL);
  porch_sign_in_page_update_busy (self);
}

static void
on_email_changed_cb (PorchSignInPage *self)
{
  porch_sign_in_page_set_error (self, FIELD_EMAIL, NULL);
  porch_sign_in_page_set_error (self, FIELD_PASSWORD, NULL);
}

static void
on_password_changed_cb (PorchSignInPage *self)
{
  porch_sign_in_page_set_error (self, FIELD_PASSWORD, NULL);
}

static void
on_server_left_cb (PorchSignInPage *self)
{
  porch_sign_in_page_look_up (self);
}

static void
on_server_activated_cb (PorchSignInPage *self)
{
  porch_sign_in_page_focus (self, FIELD_EMAIL);
}

static void
on_email_activated_cb (PorchSignInPage *self)
{
  if (*gtk_editable_get_text (self->password_row) == '\0')
    porch_sign_in_page_focus (self, FIELD_PASSWORD);
  else
    on_submit_cb (self);
}

static void
porch_sign_in_page_dispose (GObject *object)
{
  PorchSignInPage *self = PORCH_SIGN_IN_PAGE (object);

  g_cancellable_cancel (self->looking_up);
  g_clear_object (&self->looking_up);
  g_cancellable_cancel (self->signing_in);
  g_clear_object (&self->signing_in);
  g_clear_object (&self->agent);
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (porch_sign_in_page_parent_class)->dispose (object);
}

static void
porch_sign_in_page_finalize (GObject *object)
{
  PorchSignInPage *self = PORCH_SIGN_IN_PAGE (object);

  g_free (self->looked_up);
  g_free (self->named_host);
  g_clear_pointer (&self->server, porch_server_info_free);

  G_OBJECT_CLASS (porch_sign_in_page_parent_class)->finalize (object);
}

static void
porch_sign_in_page_class_init (PorchSignInPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_sign_in_page_dispose;
  object_class->finalize = porch_sign_in_page_finalize;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/app/porchlight/Porchlight/ui/porch-sign-in-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, box);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, subtitle_label);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, server_row);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, server_error_row);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, server_error_label);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, server_note);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, email_row);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, email_error_row);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, email_error_label);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, password_row);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, password_error_row);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, password_error_label);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, form_error_label);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, submit_button);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, submit_stack);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, submit_spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_server_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_server_left_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_server_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_email_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_email_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_password_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_submit_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "signinpage");
}

static void
porch_sign_in_page_init (PorchSignInPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * porch_sign_in_page_new:
 * @agent: what looks servers up and signs in
 *
 * Returns: (transfer floating): an empty form
 */
GtkWidget *
porch_sign_in_page_new (PorchAgentProxy *agent)
{
  PorchSignInPage *self;

  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (agent), NULL);

  self = g_object_new (PORCH_TYPE_SIGN_IN_PAGE, NULL);
  self->agent = g_object_ref (agent);

  return GTK_WIDGET (self);
}

/**
 * porch_sign_in_page_set_server:
 * @self: a sign-in page
 * @server: an address
 *
 * Fills in the server's field, as a link does. Nothing is submitted.
 */
void
porch_sign_in_page_set_server (PorchSignInPage *self, const char *server)
{
  g_return_if_fail (PORCH_IS_SIGN_IN_PAGE (self));
  g_return_if_fail (server != NULL);

  gtk_editable_set_text (self->server_row, server);
  porch_sign_in_page_look_up (self);
}

/**
 * porch_sign_in_page_prepare:
 * @self: a sign-in page, about to be shown
 * @can_go_back: whether there is a list to go back to
 *
 * Says why there is something to sign in to, fills in what is known of the account and puts the
 * keyboard on the first empty field.
 */
void
porch_sign_in_page_prepare (PorchSignInPage *self, gboolean can_go_back)
{
  g_return_if_fail (PORCH_IS_SIGN_IN_PAGE (self));
  g_return_if_fail (self->agent != NULL);

  gtk_widget_set_visible (self->back_button, can_go_back);
  if (porch_agent_proxy_get_has_account (self->agent))
    {
      const char *server = porch_agent_proxy_get_server (self->agent);
      const char *email = porch_agent_proxy_get_email (self->agent);

      gboolean is_signed_out = g_strcmp0 (porch_agent_proxy_get_state (self->agent), "signed-out")
                               == 0;

      gtk_label_set_label (self->subtitle_label,
                           is_signed_out
                               ? _ ("You are signed out. Your list is kept on this computer.")
                               : porch_agent_proxy_get_error_message (self->agent));
      if (*gtk_editable_get_text (self->server_row) == '\0' && server != NULL)
        porch_sign_in_page_set_server (self, server);
      if (*gtk_editable_get_text (self->email_row) == '\0' && email != NULL)
        gtk_editable_set_text (self->email_row, email);
    }
  else
    {
      const char *data_error = porch_agent_proxy_get_data_error (self->agent);

      gtk_label_set_label (self->subtitle_label, *data_error != '\0'
                                                     ? data_error
                                                     : _ ("See who is online, and since when."));
    }

  if (*gtk_editable_get_text (self->server_row) == '\0')
    porch_sign_in_page_focus (self, FIELD_SERVER);
  else if (*gtk_editable_get_text (self->email_row) == '\0')
    porch_sign_in_page_focus (self, FIELD_EMAIL);
  else
    porch_sign_in_page_focus (self, FIELD_PASSWORD);
}

/**
 * porch_sign_in_page_get_busy:
 * @self: a sign-in page
 *
 * Returns: whether a sign-in is under way
 */
gboolean
porch_sign_in_page_get_busy (PorchSignInPage *self)
{
  g_return_val_if_fail (PORCH_IS_SIGN_IN_PAGE (self), FALSE);

  return self->signing_in != NULL;
}
