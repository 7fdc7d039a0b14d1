/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The form that signs in: server, email address, password, and the other ways in that the server
 * offers, each with the steps that it takes. After the server's field is left the agent looks the
 * server up, and the host that the password will go to is named before anything is sent. Every
 * error stands under the field that it belongs to, and nothing that was typed is lost. The agent
 * does the work (PorchAgentProxy); PorchWindow shows the list when there is a session.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-sign-in-page.h"

#include "bus/porch-sign-in-proxy.h"
#include "ui/porch-code-step.h"
#include "ui/porch-setup-form.h"
#include "ui/porch-sign-in-ways.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  FIELD_NONE,
  FIELD_SERVER,
  FIELD_EMAIL,
  FIELD_PASSWORD,
} Field;

/* What is being tried; tried once more where the keyring is missing. */
typedef enum
{
  ATTEMPT_PASSWORD,
  ATTEMPT_NEW_ACCOUNT,
  ATTEMPT_CODE,    /* of a message */
  ATTEMPT_CONFIRM, /* the authenticator's code */
  ATTEMPT_BROWSER,
} Attempt;

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
  GtkWidget *step_back_button;
  GtkStack *steps;
  GtkWidget *credentials_list;
  PorchSignInWays *other_ways;
  PorchCodeStep *code_step;
  PorchSetupForm *setup_form;
  GtkSpinner *browser_spinner;

  PorchAgentProxy *agent;
  /* What the server's field said when it was looked up, and what came of it. */
  char *looked_up;
  PorchServerInfo *server;
  /* The host that was on the screen when the person pressed the button. */
  char *named_host;
  gboolean submit_after_look_up;
  Attempt attempt;
  gboolean keep_in_memory;
  char *provider;
  char *browser_address;
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
  porch_code_step_set_busy (self->code_step, busy);
}

static void
porch_sign_in_page_show_step (PorchSignInPage *self, const char *step)
{
  gboolean is_form = g_str_equal (step, "form");

  gtk_stack_set_visible_child_name (self->steps, step);
  gtk_spinner_set_spinning (self->browser_spinner, g_str_equal (step, "browser"));
  gtk_widget_set_visible (self->step_back_button, !is_form);
  if (g_str_equal (step, "code"))
    gtk_widget_grab_focus (GTK_WIDGET (self->code_step));
  else if (g_str_equal (step, "setup"))
    gtk_widget_grab_focus (GTK_WIDGET (self->setup_form));
}

/* Just the ways that the server offers; before it is known, the usual one. */
static void
porch_sign_in_page_show_ways (PorchSignInPage *self)
{
  const PorchServerInfo *server = self->server;
  gboolean has_password = server == NULL || porch_server_info_offers (server, "password");
  gboolean has_code = server != NULL && porch_server_info_offers (server, "code");

  gtk_widget_set_visible (GTK_WIDGET (self->password_row), has_password);
  gtk_widget_set_visible (GTK_WIDGET (self->submit_button), has_password);
  gtk_widget_set_visible (self->credentials_list, has_password || has_code);
  porch_sign_in_ways_show (self->other_ways, server);
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
  porch_sign_in_page_show_ways (self);
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
  porch_sign_in_page_show_ways (self);
}

static void porch_sign_in_page_try (PorchSignInPage *self);

static void
on_keep_in_memory_response_cb (PorchSignInPage *self, const char *response)
{
  self->keep_in_memory = g_strcmp0 (response, "keep") == 0;
  if (self->keep_in_memory)
    porch_sign_in_page_try (self);
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
porch_sign_in_page_ask_code (PorchSignInPage *self, Attempt attempt)
{
  g_autofree char *text = NULL;

  self->attempt = attempt;
  if (attempt == ATTEMPT_CONFIRM)
    {
      porch_code_step_ask (self->code_step, _ ("One More Step"),
                           _ ("Enter the code that your authenticator app shows."), FALSE);
    }
  else
    {
      text = g_strdup_printf (
          /* Translators: an email address */
          _ ("If %s has an account, a message with a code is on its way there. Its link works too: "
             "open it, then sign in here."),
          gtk_editable_get_text (self->email_row));
      porch_code_step_ask (self->code_step, _ ("Look into Your Mail"), text, TRUE);
    }
  porch_sign_in_page_show_step (self, "code");
}

/* What is wrong with an attempt, where the person is looking. */
static void
porch_sign_in_page_show_failure (PorchSignInPage *self, const GError *error)
{
  Field field = find_field (error);

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->steps), "code") == 0)
    {
      porch_code_step_set_error (self->code_step, error->message);
      gtk_widget_grab_focus (GTK_WIDGET (self->code_step));
      return;
    }

  porch_sign_in_page_show_step (self, "form");
  porch_sign_in_page_set_error (self, field, error->message);
  porch_sign_in_page_focus (self, field);
}

static void
on_signed_in_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchSignInPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean signed_in = porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->signing_in);
  porch_sign_in_page_update_busy (self);

  if (signed_in)
    {
      gtk_editable_set_text (self->password_row, "");
      self->keep_in_memory = FALSE;
      porch_sign_in_page_show_step (self, "form");
      gtk_widget_activate_action (GTK_WIDGET (self), "win.signed-in", NULL);
    }
  else if (g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NO_SECRET_SERVICE))
    porch_sign_in_page_ask_keep_in_memory (self);
  else if (g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_SECOND_FACTOR))
    porch_sign_in_page_ask_code (self, ATTEMPT_CONFIRM);
  else if (g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_CONFIRM_EMAIL))
    porch_sign_in_page_ask_code (self, ATTEMPT_CODE);
  else
    porch_sign_in_page_show_failure (self, error);
}

static void
on_browser_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchSignInPage) self = user_data;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (source), result, NULL))
    porch_sign_in_page_set_error (self, FIELD_NONE, _ ("No browser could be opened."));
}

static void
on_browser_again_cb (PorchSignInPage *self)
{
  if (self->browser_address != NULL)
    gtk_show_uri_full (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->browser_address,
                       GDK_CURRENT_TIME, self->signing_in, on_browser_opened_cb,
                       g_object_ref (self));
}

static void
on_browser_started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchSignInPage) self = user_data;
  g_autoptr (GError) error = NULL;
  char *address = porch_agent_proxy_start_browser_finish (PORCH_AGENT_PROXY (source), result,
                                                          &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (address == NULL)
    {
      g_clear_object (&self->signing_in);
      porch_sign_in_page_update_busy (self);
      if (g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NO_SECRET_SERVICE))
        porch_sign_in_page_ask_keep_in_memory (self);
      else
        porch_sign_in_page_show_failure (self, error);
      return;
    }

  g_free (self->browser_address);
  self->browser_address = address;
  porch_sign_in_page_show_step (self, "browser");
  on_browser_again_cb (self);
  porch_agent_proxy_finish_browser_async (self->agent, self->signing_in, on_signed_in_cb,
                                          g_object_ref (self));
}

static void
porch_sign_in_page_send (PorchSignInPage *self, const char *way, const char *secret)
{
  porch_agent_proxy_sign_in_async (
      self->agent, self->server, way, gtk_editable_get_text (self->email_row), secret,
      self->keep_in_memory, self->signing_in, on_signed_in_cb, g_object_ref (self));
}

/* Begins what is to be tried, or does it once more. */
static void
porch_sign_in_page_try_with (PorchSignInPage *self, const char *code)
{
  if (self->signing_in != NULL || self->server == NULL)
    return;

  self->signing_in = g_cancellable_new ();
  porch_sign_in_page_update_busy (self);
  switch (self->attempt)
    {
    case ATTEMPT_PASSWORD:
      porch_sign_in_page_send (self, "password", gtk_editable_get_text (self->password_row));
      break;
    case ATTEMPT_NEW_ACCOUNT:
      porch_sign_in_page_send (self, "new-account", gtk_editable_get_text (self->password_row));
      break;
    case ATTEMPT_CODE:
      porch_sign_in_page_send (self, "code", code);
      break;
    case ATTEMPT_CONFIRM:
      porch_agent_proxy_confirm_sign_in_async (self->agent, code, self->signing_in, on_signed_in_cb,
                                               g_object_ref (self));
      break;
    case ATTEMPT_BROWSER:
      porch_agent_proxy_start_browser_async (self->agent, self->server, self->provider, FALSE,
                                             self->keep_in_memory, self->signing_in,
                                             on_browser_started_cb, g_object_ref (self));
      break;
    }
}

static void
porch_sign_in_page_try (PorchSignInPage *self)
{
  porch_sign_in_page_try_with (self, porch_code_step_get_code (self->code_step));
}

static void
on_code_submitted_cb (PorchSignInPage *self, const char *code)
{
  porch_sign_in_page_try_with (self, code);
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

  porch_sign_in_page_try (self);
}

static void
on_submit_named (PorchSignInPage *self, Attempt attempt)
{
  self->attempt = attempt;
  /* What the note names is what the person has read. */
  if (self->server != NULL)
    {
      g_free (self->named_host);
      self->named_host = g_strdup (self->server->host);
    }
  porch_sign_in_page_submit (self);
}

static void
on_submit_cb (PorchSignInPage *self)
{
  on_submit_named (self, ATTEMPT_PASSWORD);
}

/* An address to write to, or the field says that there is none. */
static const char *
porch_sign_in_page_check_email (PorchSignInPage *self)
{
  const char *email = gtk_editable_get_text (self->email_row);

  if (strchr (email, '@') != NULL)
    return email;

  porch_sign_in_page_show_step (self, "form");
  porch_sign_in_page_set_error (self, FIELD_EMAIL,
                                *email == '\0' ? _ ("Enter your email address.")
                                               : _ ("This is not an email address."));
  porch_sign_in_page_focus (self, FIELD_EMAIL);
  return NULL;
}

static void
on_mail_requested_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchSignInPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean is_sent = porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->signing_in);
  porch_sign_in_page_update_busy (self);
  if (!is_sent)
    porch_sign_in_page_show_failure (self, error);
  else if (self->attempt == ATTEMPT_CODE)
    porch_sign_in_page_ask_code (self, ATTEMPT_CODE);
  else
    {
      text = g_strdup_printf (
          /* Translators: an email address */
          _ ("If %s has an account, a message is on its way there. Its link lets you choose a new "
             "password."),
          gtk_editable_get_text (self->email_row));
      porch_sign_in_page_set_note (self, text);
    }
}

static void
porch_sign_in_page_request_mail (PorchSignInPage *self, Attempt attempt, const char *purpose)
{
  const char *email = porch_sign_in_page_check_email (self);

  if (email == NULL || self->server == NULL || self->signing_in != NULL)
    return;

  porch_sign_in_page_set_error (self, FIELD_NONE, NULL);
  self->attempt = attempt;
  self->signing_in = g_cancellable_new ();
  porch_sign_in_page_update_busy (self);
  porch_agent_proxy_request_mail_async (self->agent, self->server, email, purpose, self->signing_in,
                                        on_mail_requested_cb, g_object_ref (self));
}

static void
on_code_clicked_cb (PorchSignInPage *self)
{
  porch_sign_in_page_request_mail (self, ATTEMPT_CODE, "code");
}

static void
on_way_chosen_cb (PorchSignInPage *self, const char *way)
{
  porch_sign_in_page_set_error (self, FIELD_NONE, NULL);
  if (g_str_equal (way, "code"))
    on_code_clicked_cb (self);
  else if (g_str_equal (way, "reset"))
    porch_sign_in_page_request_mail (self, ATTEMPT_PASSWORD, "reset");
  else if (g_str_equal (way, "new-account"))
    on_submit_named (self, ATTEMPT_NEW_ACCOUNT);
  else
    {
      g_free (self->provider);
      self->provider = g_strdup (way + strlen ("browser:"));
      self->attempt = ATTEMPT_BROWSER;
      porch_sign_in_page_try (self);
    }
}

static void
on_setup_clicked_cb (PorchSignInPage *self)
{
  porch_sign_in_page_show_step (self, "setup");
}

/* server: (transfer full) */
static void
on_setup_checked_cb (PorchSignInPage *self, PorchServerInfo *server)
{
  g_autofree char *hosts = g_strjoinv (", ", server->hosts);
  g_autofree char *note = NULL;

  porch_sign_in_page_forget_server (self);
  gtk_editable_set_text (self->server_row, server->server);
  self->looked_up = g_strdup (server->server);
  self->server = server;
  porch_sign_in_page_show_ways (self);
  /* Translators: a host name, and the names of several */
  note = g_strdup_printf (_ ("Your password goes to %s. Porchlight talks to %s."), server->host,
                          hosts);
  porch_sign_in_page_set_note (self, note);
  porch_sign_in_page_show_step (self, "form");
  porch_sign_in_page_focus (self, FIELD_EMAIL);
}

/* Back to the form, where nothing that was typed is lost. */
static void
on_step_back_cb (PorchSignInPage *self)
{
  g_cancellable_cancel (self->signing_in);
  g_clear_object (&self->signing_in);
  porch_agent_proxy_cancel_sign_in_async (self->agent, NULL, NULL, NULL);
  porch_sign_in_page_update_busy (self);
  porch_sign_in_page_show_step (self, "form");
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
  g_free (self->provider);
  g_free (self->browser_address);
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
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, step_back_button);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, steps);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, credentials_list);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, other_ways);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, code_step);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, setup_form);
  gtk_widget_class_bind_template_child (widget_class, PorchSignInPage, browser_spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_way_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_code_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_code_submitted_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_checked_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_step_back_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_browser_again_cb);
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
  g_type_ensure (PORCH_TYPE_CODE_STEP);
  g_type_ensure (PORCH_TYPE_SETUP_FORM);
  g_type_ensure (PORCH_TYPE_SIGN_IN_WAYS);
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
  porch_setup_form_set_agent (self->setup_form, agent);

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
 * porch_sign_in_page_set_up:
 * @self: a sign-in page
 * @link: a porchlight://setup link with the parts of a server
 *
 * Fills in the form for a set-up by hand. Nothing is submitted.
 */
void
porch_sign_in_page_set_up (PorchSignInPage *self, const char *link)
{
  g_return_if_fail (PORCH_IS_SIGN_IN_PAGE (self));
  g_return_if_fail (link != NULL);

  porch_setup_form_fill_in (self->setup_form, link);
  porch_sign_in_page_show_step (self, "setup");
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
