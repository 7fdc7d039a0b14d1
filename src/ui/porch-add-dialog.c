/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Finds somebody and adds them to the list: by name or email address where the server can be
 * searched, by user id, or by a porchlight://add link pasted or opened. A link only fills in the
 * field. The agent does the work (PorchAgentProxy); whom it finds is forgotten with the dialog.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-add-dialog.h"

#include <glib/gi18n-lib.h>

#include "ui/porch-status-avatar.h"
#include "ui/porch-uri.h"

/* A server answers fewer letters with an error. */
#define MIN_QUERY_CHARS 3

struct _PorchAddDialog
{
  AdwWindow parent_instance;

  GtkSearchEntry *entry;
  GtkStack *stack;
  GtkSpinner *spinner;
  AdwStatusPage *hint_page;
  GtkListBox *results;
  GtkLabel *error_label;

  PorchAgentProxy *agent;
  GCancellable *searching;
  GCancellable *adding;
};

typedef struct
{
  PorchAddDialog *dialog;
  GtkWidget *button;
} Addition;

G_DEFINE_FINAL_TYPE (PorchAddDialog, porch_add_dialog, ADW_TYPE_WINDOW)

static void
addition_free (Addition *addition)
{
  g_object_unref (addition->dialog);
  g_object_unref (addition->button);
  g_free (addition);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Addition, addition_free)

static void
porch_add_dialog_show (PorchAddDialog *self, const char *page)
{
  gtk_stack_set_visible_child_name (self->stack, page);
  /* A spinner that turns asks for frames, seen or not. */
  gtk_spinner_set_spinning (self->spinner, g_str_equal (page, "busy"));
}

static void
porch_add_dialog_show_error (PorchAddDialog *self, const char *error)
{
  gtk_label_set_label (self->error_label, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
}

static void
set_added (GtkWidget *button)
{
  gtk_button_set_label (GTK_BUTTON (button), _ ("On Your List"));
  gtk_widget_set_sensitive (button, FALSE);
}

static void
on_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Addition) addition = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error))
    {
      set_added (addition->button);
      return;
    }

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  gtk_widget_set_sensitive (addition->button, TRUE);
  porch_add_dialog_show_error (addition->dialog, error->message);
}

static void
on_add_clicked_cb (PorchAddDialog *self, GtkWidget *button)
{
  const char *user_id = g_object_get_data (G_OBJECT (button), "user-id");
  Addition *addition = g_new0 (Addition, 1);

  addition->dialog = g_object_ref (self);
  addition->button = g_object_ref (button);
  gtk_widget_set_sensitive (button, FALSE);
  porch_add_dialog_show_error (self, NULL);
  porch_agent_proxy_add_contact_async (self->agent, user_id, self->adding, on_added_cb, addition);
}

static GtkWidget *
porch_add_dialog_make_button (PorchAddDialog *self, const char *user_id, const char *name)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Add"));
  /* Translators: a person's name or user id. */
  g_autofree char *label = g_strdup_printf (_ ("Add %s"), name);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "user-id", g_strdup (user_id), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_add_clicked_cb), self,
                           G_CONNECT_SWAPPED);
  if (porch_roster_lookup (porch_agent_proxy_get_roster (self->agent), user_id) != NULL)
    set_added (button);
  else if (g_strcmp0 (user_id, porch_agent_proxy_get_id (self->agent)) == 0)
    {
      gtk_button_set_label (GTK_BUTTON (button), C_ ("search result", "You"));
      gtk_widget_set_sensitive (button, FALSE);
    }

  return button;
}

static void
porch_add_dialog_append (PorchAddDialog *self,
                         const char *user_id,
                         const char *name,
                         const char *avatar,
                         const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *picture = porch_status_avatar_new ();
  GtkWidget *button = porch_add_dialog_make_button (self, user_id, name);

  porch_status_avatar_set_show_status (PORCH_STATUS_AVATAR (picture), FALSE);
  porch_status_avatar_set_name (PORCH_STATUS_AVATAR (picture), name);
  porch_status_avatar_set_avatar (PORCH_STATUS_AVATAR (picture), avatar);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), picture);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  gtk_list_box_append (self->results, row);
  gtk_widget_set_visible (GTK_WIDGET (self->results), TRUE);
}

static void
porch_add_dialog_clear (PorchAddDialog *self)
{
  GtkWidget *row;

  g_cancellable_cancel (self->searching);
  g_clear_object (&self->searching);
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->results))) != NULL)
    gtk_list_box_remove (self->results, row);
  /* An empty list would still have its frame. */
  gtk_widget_set_visible (GTK_WIDGET (self->results), FALSE);
}

static void
on_searched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAddDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) people = porch_agent_proxy_search_finish (PORCH_AGENT_PROXY (source),
                                                                  result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->searching);
  if (people == NULL)
    {
      porch_add_dialog_show_error (self, error->message);
      porch_add_dialog_show (self, "results");
      return;
    }

  for (guint i = 0; i < people->len; i++)
    {
      PorchPerson *person = people->pdata[i];
      const char *name = *person->name != '\0' ? person->name : person->id;

      porch_add_dialog_append (self, person->id, name, person->avatar, NULL);
    }
  porch_add_dialog_show (self, people->len > 0 ? "results" : "nobody");
}

/* Ids are chosen by the server; nearly all servers' are UUIDs. */
static gboolean
looks_like_id (const char *text)
{
  return g_uuid_string_is_valid (text);
}

static void
porch_add_dialog_offer_id (PorchAddDialog *self, const char *user_id)
{
  porch_add_dialog_append (self, user_id, user_id, NULL, _ ("User ID"));
  porch_add_dialog_show (self, "results");
}

/* A link may be of another server than one's own; its people are not to be found here. */
static void
porch_add_dialog_take_link (PorchAddDialog *self, const PorchUri *link)
{
  const char *server = porch_agent_proxy_get_server (self->agent);

  if (link->server != NULL && g_strcmp0 (link->server, server) != 0)
    {
      /* Translators: two servers' addresses. */
      g_autofree char *error = g_strdup_printf (
          _ ("This link is for people of %s. You are signed in to %s."), link->server, server);

      porch_add_dialog_show_error (self, error);
      porch_add_dialog_show (self, "results");
      return;
    }

  porch_add_dialog_offer_id (self, link->user);
}

static void
on_query_changed_cb (PorchAddDialog *self)
{
  g_autofree char *query = g_strstrip (
      g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  g_autoptr (PorchUri) link = porch_uri_parse (query);

  porch_add_dialog_clear (self);
  porch_add_dialog_show_error (self, NULL);

  if (link != NULL && link->kind == PORCH_URI_ADD)
    porch_add_dialog_take_link (self, link);
  else if (looks_like_id (query)
           || (*query != '\0' && !porch_agent_proxy_get_can_search (self->agent)))
    porch_add_dialog_offer_id (self, query);
  else if (g_utf8_strlen (query, -1) < MIN_QUERY_CHARS)
    porch_add_dialog_show (self, "hint");
  else
    {
      self->searching = g_cancellable_new ();
      porch_add_dialog_show (self, "busy");
      porch_agent_proxy_search_async (self->agent, query, self->searching, on_searched_cb,
                                      g_object_ref (self));
    }
}

static void
on_stop_search_cb (PorchAddDialog *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static void
porch_add_dialog_dispose (GObject *object)
{
  PorchAddDialog *self = PORCH_ADD_DIALOG (object);

  g_cancellable_cancel (self->searching);
  g_clear_object (&self->searching);
  g_cancellable_cancel (self->adding);
  g_clear_object (&self->adding);
  g_clear_object (&self->agent);

  G_OBJECT_CLASS (porch_add_dialog_parent_class)->dispose (object);
}

static void
porch_add_dialog_class_init (PorchAddDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_add_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/porchlight/Porchlight/ui/porch-add-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchAddDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, PorchAddDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, PorchAddDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, PorchAddDialog, hint_page);
  gtk_widget_class_bind_template_child (widget_class, PorchAddDialog, results);
  gtk_widget_class_bind_template_child (widget_class, PorchAddDialog, error_label);
  gtk_widget_class_bind_template_callback (widget_class, on_query_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
porch_add_dialog_init (PorchAddDialog *self)
{
  self->adding = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * porch_add_dialog_new:
 * @parent: the window that it belongs to
 * @agent: what searches and adds
 *
 * Returns: (transfer floating): a dialog with an empty field
 */
GtkWidget *
porch_add_dialog_new (GtkWindow *parent, PorchAgentProxy *agent)
{
  PorchAddDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (agent), NULL);

  self = g_object_new (PORCH_TYPE_ADD_DIALOG, "transient-for", parent, NULL);
  self->agent = g_object_ref (agent);
  if (!porch_agent_proxy_get_can_search (agent))
    {
      g_object_set (self->entry, "placeholder-text", _ ("User ID or link"), NULL);
      adw_status_page_set_description (
          self->hint_page,
          _ ("This server cannot be searched. Ask the person for their user ID or link."));
    }

  return GTK_WIDGET (self);
}

/**
 * porch_add_dialog_set_query:
 * @self: a dialog
 * @query: a name, an id or a link
 *
 * Fills in the field, as if it had been typed.
 */
void
porch_add_dialog_set_query (PorchAddDialog *self, const char *query)
{
  g_return_if_fail (PORCH_IS_ADD_DIALOG (self));
  g_return_if_fail (query != NULL);

  gtk_editable_set_text (GTK_EDITABLE (self->entry), query);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
}
