/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The form for a server that says nothing of itself: its parts by hand, from a link, or from a file
 * that an administrator hands out. Nothing is kept before the agent has tried each part; what is
 * wrong stands under the field that it belongs to, with what was expected there. A part of
 * PorchSignInPage.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-setup-form.h"

#include <glib/gi18n-lib.h>

#define FILE_MAX_BYTES (128 * 1024)

/* The fields in their order; what a link or a file says beyond them is kept and passed on. */
static const struct
{
  const char *part;
  const char *title;
  GtkInputPurpose purpose;
} fields[] = {
  { "supabase", N_ ("Supabase Address"), GTK_INPUT_PURPOSE_URL },
  { "key", N_ ("Supabase Anon Key"), GTK_INPUT_PURPOSE_FREE_FORM },
  { "api", N_ ("Address of the Web App"), GTK_INPUT_PURPOSE_URL },
  { "pusher", N_ ("Pusher Key"), GTK_INPUT_PURPOSE_FREE_FORM },
  { "cluster", N_ ("Pusher Cluster"), GTK_INPUT_PURPOSE_FREE_FORM },
  { "host", N_ ("Pusher Host (Instead of a Cluster)"), GTK_INPUT_PURPOSE_URL },
  { "port", N_ ("Pusher Port (443 If Empty)"), GTK_INPUT_PURPOSE_DIGITS },
  { "auth", N_ ("Path (/api/pusher/auth If Empty)"), GTK_INPUT_PURPOSE_URL },
};

typedef struct
{
  GtkEditable *row;
  GtkWidget *error_row;
  GtkLabel *error_label;
} Field;

struct _PorchSetupForm
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkListBox *list;
  GtkLabel *error_label;
  GtkWidget *submit_button;
  Field fields[G_N_ELEMENTS (fields)];

  PorchAgentProxy *agent;
  GVariant *extra; /* parts without a field: name, tls, heartbeat */
  GVariant *checked;
  GCancellable *cancellable;
  gboolean is_busy;
};

G_DEFINE_FINAL_TYPE (PorchSetupForm, porch_setup_form, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_CHECKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
field_set_error (Field *field, const char *error)
{
  gtk_label_set_label (field->error_label, error != NULL ? error : "");
  gtk_widget_set_visible (field->error_row, error != NULL);
  if (error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (field->row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (field->row), "error");
}

static void
porch_setup_form_set_error (PorchSetupForm *self, const char *error)
{
  gtk_label_set_label (self->error_label, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
}

static void
porch_setup_form_clear_errors (PorchSetupForm *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    field_set_error (&self->fields[i], NULL);
  porch_setup_form_set_error (self, NULL);
}

static void
porch_setup_form_set_busy (PorchSetupForm *self, gboolean is_busy)
{
  self->is_busy = is_busy;
  gtk_widget_set_sensitive (self->submit_button, !is_busy);
  gtk_button_set_label (GTK_BUTTON (self->submit_button), is_busy ? _ ("Trying…") : _ ("Continue"));
}

static int
find_field (const char *part)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_str_equal (fields[i].part, part))
      return i;

  return -1;
}

/* What has no field of its own stands under the form. */
static void
porch_setup_form_show_problems (PorchSetupForm *self, GVariant *problems)
{
  GVariantIter iter;
  const char *part, *sentence;
  gboolean is_first = TRUE;

  g_variant_iter_init (&iter, problems);
  while (g_variant_iter_next (&iter, "(&s&s)", &part, &sentence))
    {
      int field = find_field (part);

      if (field < 0)
        {
          porch_setup_form_set_error (self, sentence);
          continue;
        }
      field_set_error (&self->fields[field], sentence);
      if (is_first)
        gtk_widget_grab_focus (GTK_WIDGET (self->fields[field].row));
      is_first = FALSE;
    }
}

static void
on_checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchSetupForm) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchServerInfo) server = porch_agent_proxy_discover_finish (
      PORCH_AGENT_PROXY (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  porch_setup_form_set_busy (self, FALSE);
  if (server == NULL)
    porch_setup_form_set_error (self, error->message);
  else if (server->problems != NULL)
    porch_setup_form_show_problems (self, server->problems);
  else
    {
      server->setup = g_variant_ref (self->checked);
      g_signal_emit (self, signals[SIGNAL_CHECKED], 0, g_steal_pointer (&server));
    }
}

static GVariant *
porch_setup_form_build (PorchSetupForm *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  GVariantIter iter;
  const char *part, *text;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (*gtk_editable_get_text (self->fields[i].row) != '\0')
      g_variant_builder_add (&builder, "{ss}", fields[i].part,
                             gtk_editable_get_text (self->fields[i].row));
  if (self->extra != NULL)
    {
      g_variant_iter_init (&iter, self->extra);
      while (g_variant_iter_next (&iter, "{&s&s}", &part, &text))
        if (find_field (part) < 0)
          g_variant_builder_add (&builder, "{ss}", part, text);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
on_submit_cb (PorchSetupForm *self)
{
  if (self->agent == NULL || self->is_busy)
    return;

  porch_setup_form_clear_errors (self);
  porch_setup_form_set_busy (self, TRUE);
  g_clear_pointer (&self->checked, g_variant_unref);
  self->checked = porch_setup_form_build (self);
  porch_agent_proxy_check_setup_async (self->agent, self->checked, self->cancellable, on_checked_cb,
                                       g_object_ref (self));
}

static void
on_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchSetupForm) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parts = porch_agent_proxy_read_setup_finish (PORCH_AGENT_PROXY (source),
                                                                    result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  porch_setup_form_clear_errors (self);
  if (parts == NULL)
    {
      porch_setup_form_set_error (self, error->message);
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const char *text = "";

      g_variant_lookup (parts, fields[i].part, "&s", &text);
      gtk_editable_set_text (self->fields[i].row, text);
    }
  g_clear_pointer (&self->extra, g_variant_unref);
  self->extra = g_steal_pointer (&parts);
}

static void
on_file_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchSetupForm) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_load_contents_finish (G_FILE (source), result, &text, &length, NULL, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        porch_setup_form_set_error (self, error->message);
      return;
    }

  if (length > FILE_MAX_BYTES || !g_utf8_validate_len (text, length, NULL))
    porch_setup_form_set_error (self, _ ("This is not a set-up file of Porchlight."));
  else
    porch_setup_form_fill_in (self, text);
}

static void
on_file_response_cb (PorchSetupForm *self, int response, GtkFileChooserNative *chooser)
{
  g_autoptr (GtkFileChooserNative) owned = chooser;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

      g_file_load_contents_async (file, self->cancellable, on_file_loaded_cb, g_object_ref (self));
    }
}

static void
on_open_file_cb (PorchSetupForm *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _ ("Open Set-up File"), window, GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_file_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
porch_setup_form_add_field (PorchSetupForm *self, guint i)
{
  Field *field = &self->fields[i];
  GtkWidget *row = adw_entry_row_new ();
  GtkWidget *label = gtk_label_new (NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (fields[i].title));
  /* An entry's title does not wrap: where the window is narrow the rest is read here. */
  gtk_widget_set_tooltip_text (row, _ (fields[i].title));
  adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (row), fields[i].purpose);
  adw_entry_row_set_input_hints (ADW_ENTRY_ROW (row), GTK_INPUT_HINT_NO_SPELLCHECK);
  g_signal_connect_object (row, "entry-activated", G_CALLBACK (on_submit_cb), self,
                           G_CONNECT_SWAPPED);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "error");
  gtk_widget_add_css_class (label, "fielderror");

  field->row = GTK_EDITABLE (row);
  field->error_label = GTK_LABEL (label);
  field->error_row = gtk_list_box_row_new ();
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (field->error_row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (field->error_row), FALSE);
  gtk_widget_set_focusable (field->error_row, FALSE);
  gtk_widget_set_visible (field->error_row, FALSE);
  gtk_list_box_append (self->list, row);
  gtk_list_box_append (self->list, field->error_row);
}

static gboolean
porch_setup_form_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (PORCH_SETUP_FORM (widget)->fields[0].row));
}

static void
porch_setup_form_dispose (GObject *object)
{
  PorchSetupForm *self = PORCH_SETUP_FORM (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->agent);
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (porch_setup_form_parent_class)->dispose (object);
}

static void
porch_setup_form_finalize (GObject *object)
{
  PorchSetupForm *self = PORCH_SETUP_FORM (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->extra, g_variant_unref);
  g_clear_pointer (&self->checked, g_variant_unref);

  G_OBJECT_CLASS (porch_setup_form_parent_class)->finalize (object);
}

static void
porch_setup_form_class_init (PorchSetupFormClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = porch_setup_form_dispose;
  object_class->finalize = porch_setup_form_finalize;
  widget_class->grab_focus = porch_setup_form_grab_focus;

  signals[SIGNAL_CHECKED] = g_signal_new ("checked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/porchlight/Porchlight/ui/porch-setup-form.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchSetupForm, box);
  gtk_widget_class_bind_template_child (widget_class, PorchSetupForm, list);
  gtk_widget_class_bind_template_child (widget_class, PorchSetupForm, error_label);
  gtk_widget_class_bind_template_child (widget_class, PorchSetupForm, submit_button);
  gtk_widget_class_bind_template_callback (widget_class, on_submit_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_open_file_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
porch_setup_form_init (PorchSetupForm *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    porch_setup_form_add_field (self, i);
}

/**
 * porch_setup_form_set_agent:
 * @self: a form
 * @agent: what reads and tries set-ups
 */
void
porch_setup_form_set_agent (PorchSetupForm *self, PorchAgentProxy *agent)
{
  g_return_if_fail (PORCH_IS_SETUP_FORM (self));

  g_set_object (&self->agent, agent);
}

/**
 * porch_setup_form_fill_in:
 * @self: a form
 * @text: a porchlight://setup link, or what a set-up file holds
 *
 * Fills the form in. Nothing is submitted.
 */
void
porch_setup_form_fill_in (PorchSetupForm *self, const char *text)
{
  g_return_if_fail (PORCH_IS_SETUP_FORM (self));
  g_return_if_fail (text != NULL);

  porch_agent_proxy_read_setup_async (self->agent, text, self->cancellable, on_read_cb,
                                      g_object_ref (self));
}
