/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The window: the list with oneself above it, a person's page, and the sign-in form, of which one
 * is shown at a time. It owns the list's model and turns what a person does into calls of the agent
 * (PorchAgentProxy), whose answer comes back by the roster; it keeps no state of its own about
 * anybody.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-window.h"

#include <glib/gi18n-lib.h>

#include "bus/porch-settings.h"
#include "ui/porch-add-dialog.h"
#include "ui/porch-closing.h"
#include "ui/porch-connection-banner.h"
#include "ui/porch-contact-list.h"
#include "ui/porch-contact-row.h"
#include "ui/porch-hint-bar.h"
#include "ui/porch-own-row.h"
#include "ui/porch-person-page.h"
#include "ui/porch-preferences.h"
#include "ui/porch-section-row.h"
#include "ui/porch-sign-in-page.h"
#include "ui/porch-startup-question.h"
#include "ui/porch-uri.h"

/* Rows in the first frame: a screen of them. The others are made in the frames after it, some at a
 * time, up to as many as a GtkListView keeps; from there on it recycles. */
#define FIRST_ROWS   12
#define ROWS_A_FRAME 16
#define MAX_ROWS     208

struct _PorchWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toast_overlay;
  GtkStack *page_stack;
  GtkWidget *list_page;
  AdwWindowTitle *title;
  GtkToggleButton *search_button;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  PorchOwnRow *own_row;
  PorchConnectionBanner *banner;
  PorchStartupQuestion *startup_question;
  GtkStack *content_stack;
  GtkSpinner *loading_spinner;
  AdwStatusPage *no_match_page;
  GtkWidget *search_server_button;
  AdwStatusPage *error_page;
  GtkListView *list_view;

  /* Made when they are first shown. */
  PorchSignInPage *sign_in_page;
  PorchPersonPage *person_page;

  PorchAgentProxy *agent;
  GCancellable *cancellable;
  PorchClosing *closing;
  PorchContactList *list;
  GtkSliceListModel *slice;
  GSettings *settings;
  GtkWidget *add_dialog;
  GtkWidget *preferences;

  /* Why the agent could not be had; NULL while it can, or is asked. */
  GError *load_error;
  gboolean is_loading;
  /* A session that ended under the window leaves the list on the screen until the person asks. */
  gboolean had_session;
  gboolean wants_sign_in;
  /* Whom or what to show as soon as the contacts are there. */
  char *pending_person;
  char *pending_link;
  gboolean preferences_are_pending;
};

enum
{
  PROP_0,
  PROP_AGENT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PorchWindow, porch_window, ADW_TYPE_APPLICATION_WINDOW)

static void porch_window_load (PorchWindow *self);

static gboolean
porch_window_is_ready (PorchWindow *self)
{
  gboolean ready;

  g_object_get (self->agent, "ready", &ready, NULL);

  return ready;
}

static gboolean
porch_window_is_signed_out (PorchWindow *self)
{
  return !porch_agent_proxy_get_has_account (self->agent)
         || g_strcmp0 (porch_agent_proxy_get_state (self->agent), "signed-out") == 0;
}

/* Somebody is signed in, but the server wants to be agreed to anew. */
static gboolean
porch_window_server_has_changed (PorchWindow *self)
{
  return g_strcmp0 (porch_agent_proxy_get_error_code (self->agent), "server-changed") == 0;
}

static PorchRoster *
porch_window_get_roster (PorchWindow *self)
{
  return porch_agent_proxy_get_roster (self->agent);
}

static guint
porch_window_get_n_contacts (PorchWindow *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (porch_window_get_roster (self)));
}

static void
porch_window_say (PorchWindow *self, const char *words)
{
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  adw_toast_overlay_add_toast (self->toast_overlay, adw_toast_new (escaped));
}

/* Ends a call of the agent: says what went wrong. */
static void
on_called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    porch_window_say (self, error->message);
}

static void
porch_window_update_title (PorchWindow *self)
{
  guint n_contacts = porch_window_get_n_contacts (self);
  guint n_online = porch_roster_get_n_online (porch_window_get_roster (self));
  const char *state = porch_agent_proxy_get_state (self->agent);
  gboolean is_running = porch_agent_proxy_get_running (self->agent);
  g_autofree char *subtitle = NULL;

  /* Without a connection nobody counts as online, and "0 of 12" would be a lie. */
  if (n_contacts == 0)
    subtitle = g_strdup ("");
  else if (is_running && g_strcmp0 (state, "connected") == 0)
    /* Translators: how many people of the list are online. */
    subtitle = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%u of %u online", "%u of %u online", n_contacts), n_online,
        n_contacts);
  else if (is_running && g_strcmp0 (state, "connecting") == 0)
    subtitle = g_strdup (_ ("Connecting…"));
  else
    subtitle = g_strdup (_ ("Not connected"));

  adw_window_title_set_subtitle (self->title, subtitle);
  /* The narrowest window has room for half of it. */
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), *subtitle != '\0' ? subtitle : NULL);
}

static void
porch_window_update_no_match (PorchWindow *self)
{
  const char *query = porch_contact_list_get_search (self->list);
  g_autofree char *escaped = g_markup_escape_text (query != NULL ? query : "", -1);
  /* Translators: what was searched for. */
  g_autofree char *description = g_strdup_printf (_ ("Nobody on your list is called “%s”."),
                                                  escaped);

  adw_status_page_set_description (self->no_match_page, description);
  gtk_widget_set_visible (self->search_server_button,
                          porch_agent_proxy_get_can_search (self->agent));
}

/* Which of list, empty, no match, loading and error is shown under the own row. */
static void
porch_window_update_content (PorchWindow *self)
{
  const char *content = "list";

  if (porch_window_get_n_contacts (self) == 0)
    {
      if (self->load_error != NULL)
        content = "error";
      else
        content = porch_window_is_ready (self) ? "empty" : "loading";
    }
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->list)) == 0)
    {
      content = "no-match";
      porch_window_update_no_match (self);
    }

  gtk_stack_set_visible_child_name (self->content_stack, content);
  /* A spinner that turns asks for frames, seen or not. */
  gtk_spinner_set_spinning (self->loading_spinner, g_str_equal (content, "loading"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.add", !porch_window_is_signed_out (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.preferences",
                                 porch_agent_proxy_get_has_account (self->agent));
  gtk_widget_set_visible (GTK_WIDGET (self->own_row),
                          porch_agent_proxy_get_has_account (self->agent));
}

static void
porch_window_show_sign_in (PorchWindow *self)
{
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->page_stack), "sign-in") == 0)
    return;

  if (self->sign_in_page == NULL)
    {
      self->sign_in_page = PORCH_SIGN_IN_PAGE (porch_sign_in_page_new (self->agent));
      gtk_stack_add_named (self->page_stack, GTK_WIDGET (self->sign_in_page), "sign-in");
    }
  gtk_stack_set_visible_child_name (self->page_stack, "sign-in");
  porch_sign_in_page_prepare (self->sign_in_page, self->had_session);
}

static void
porch_window_show_list (PorchWindow *self)
{
  gtk_stack_set_visible_child_name (self->page_stack, "list");
  if (self->person_page != NULL)
    porch_person_page_set_contact (self->person_page, NULL);
}

static void
porch_window_show_pending (PorchWindow *self)
{
  g_autofree char *person = g_steal_pointer (&self->pending_person);
  g_autofree char *link = g_steal_pointer (&self->pending_link);

  /* Either may have to wait on, for a session. */
  if (person != NULL)
    porch_window_show_person (self, person);
  if (link != NULL)
    porch_window_open_link (self, link);
  if (self->preferences_are_pending)
    porch_window_show_preferences (self);
}

/* Which of sign-in form, list and person is shown. */
static void
porch_window_update_page (PorchWindow *self)
{
  gboolean is_signed_out;

  if (!porch_window_is_ready (self)
      || (self->sign_in_page != NULL && porch_sign_in_page_get_busy (self->sign_in_page)))
    return;

  is_signed_out = porch_window_is_signed_out (self);
  if (!is_signed_out)
    self->had_session = TRUE;
  if (!is_signed_out && !porch_window_server_has_changed (self))
    self->wants_sign_in = FALSE;

  if (!porch_agent_proxy_get_has_account (self->agent))
    self->had_session = FALSE;

  if (self->wants_sign_in || (is_signed_out && !self->had_session))
    porch_window_show_sign_in (self);
  else if (g_strcmp0 (gtk_stack_get_visible_child_name (self->page_stack), "sign-in") == 0)
    porch_window_show_list (self);

  porch_window_show_pending (self);
}

static void
on_agent_notify_cb (PorchWindow *self)
{
  porch_window_update_title (self);
  porch_window_update_content (self);
  porch_window_update_page (self);
}

static void
on_roster_items_changed_cb (PorchWindow *self, guint position, guint removed, guint added)
{
  PorchContact *shown = NULL;

  if (self->person_page != NULL)
    shown = porch_person_page_get_contact (self->person_page);

  porch_window_update_title (self);
  porch_window_update_content (self);

  if (shown != NULL
      && porch_roster_lookup (porch_window_get_roster (self), porch_contact_get_id (shown)) == NULL)
    porch_window_show_list (self);
}

static gboolean
on_tick_add_rows_cb (GtkWidget *widget, GdkFrameClock *frame_clock, gpointer user_data)
{
  PorchWindow *self = user_data;
  guint size = gtk_slice_list_model_get_size (self->slice) + ROWS_A_FRAME;

  if (size < MAX_ROWS && size < g_list_model_get_n_items (G_LIST_MODEL (self->list)))
    {
      gtk_slice_list_model_set_size (self->slice, size);
      return G_SOURCE_CONTINUE;
    }

  gtk_slice_list_model_set_size (self->slice, G_MAXUINT);

  return G_SOURCE_REMOVE;
}

/* The first tick comes before the first frame that shows the list, so that frame is let by. */
static gboolean
on_first_tick_cb (GtkWidget *widget, GdkFrameClock *frame_clock, gpointer user_data)
{
  gtk_widget_add_tick_callback (widget, on_tick_add_rows_cb, user_data, NULL);

  return G_SOURCE_REMOVE;
}

static void
on_list_mapped_cb (PorchWindow *self)
{
  if (gtk_slice_list_model_get_size (self->slice) != G_MAXUINT)
    gtk_widget_add_tick_callback (GTK_WIDGET (self->list_view), on_first_tick_cb, self, NULL);
}

static void
on_row_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  PorchWindow *self = user_data;
  GObject *object = gtk_list_item_get_item (item);
  GtkWidget *row = gtk_list_item_get_child (item);

  /* A recycled item seldom changes from person to heading: there are three headings. */
  if (PORCH_IS_SECTION (object))
    {
      if (!PORCH_IS_SECTION_ROW (row))
        gtk_list_item_set_child (item, porch_section_row_new ());
      porch_section_row_bind (PORCH_SECTION_ROW (gtk_list_item_get_child (item)),
                              PORCH_SECTION (object));
    }
  else
    {
      if (!PORCH_IS_CONTACT_ROW (row))
        gtk_list_item_set_child (item, porch_contact_row_new (self->list));
      porch_contact_row_bind (PORCH_CONTACT_ROW (gtk_list_item_get_child (item)),
                              PORCH_CONTACT (object));
    }
}

static void
on_row_unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  if (PORCH_IS_SECTION_ROW (row))
    porch_section_row_unbind (PORCH_SECTION_ROW (row));
  else if (PORCH_IS_CONTACT_ROW (row))
    porch_contact_row_unbind (PORCH_CONTACT_ROW (row));
}

static void
on_row_activated_cb (PorchWindow *self, guint position)
{
  g_autoptr (GObject) object = g_list_model_get_item (G_LIST_MODEL (self->slice), position);

  if (PORCH_IS_CONTACT (object))
    porch_window_show_person (self, porch_contact_get_id (PORCH_CONTACT (object)));
  else if (PORCH_IS_SECTION (object) && !porch_contact_list_get_searching (self->list))
    porch_section_set_collapsed (PORCH_SECTION (object),
                                 !porch_section_get_collapsed (PORCH_SECTION (object)));
}

static void
on_search_changed_cb (PorchWindow *self)
{
  porch_contact_list_set_search (self->list,
                                 gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
  porch_window_update_content (self);
}

/* Enter in the search opens whom it found first. */
static void
on_search_activated_cb (PorchWindow *self)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GObject) object = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (PORCH_IS_CONTACT (object))
        {
          porch_window_show_person (self, porch_contact_get_id (PORCH_CONTACT (object)));
          return;
        }
    }
}

static void
on_section_collapsed_cb (PorchWindow *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) collapsed = NULL;

  for (PorchSectionKind kind = 0; kind < PORCH_N_SECTIONS; kind++)
    {
      PorchSection *section = porch_contact_list_get_section (self->list, kind);

      if (porch_section_get_collapsed (section))
        g_strv_builder_add (builder, porch_section_get_id (section));
    }

  collapsed = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, "collapsed-sections", (const char *const *) collapsed);
}

static void
on_hint_closed_cb (PorchWindow *self, GtkWidget *hint_bar)
{
  if (self->settings != NULL)
    g_settings_set_boolean (self->settings, "tray-hint-closed", TRUE);
  gtk_box_remove (GTK_BOX (self->list_page), hint_bar);
}

/* Once is enough: neither a second bar, nor one after the person closed the first. */
static void
porch_window_show_tray_hint (PorchWindow *self)
{
  const char *hint = porch_agent_proxy_get_tray_hint (self->agent);
  GtkWidget *last = gtk_widget_get_last_child (self->list_page);
  GtkWidget *hint_bar;

  if (*hint == '\0' || PORCH_IS_HINT_BAR (last)
      || (self->settings != NULL && g_settings_get_boolean (self->settings, "tray-hint-closed")))
    return;

  hint_bar = porch_hint_bar_new (hint);
  g_signal_connect_object (hint_bar, "closed", G_CALLBACK (on_hint_closed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->list_page), hint_bar);
}

static void
on_offline_order_changed_cb (PorchWindow *self)
{
  porch_contact_list_set_sorts_by_name (self->list,
                                        g_settings_get_enum (self->settings, "offline-order") != 0);
}

static void
porch_window_restore (PorchWindow *self)
{
  g_auto (GStrv) collapsed = NULL;

  self->settings = porch_settings_new ();
  if (self->settings == NULL)
    return;

  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));

  g_signal_connect_object (self->settings, "changed::offline-order",
                           G_CALLBACK (on_offline_order_changed_cb), self, G_CONNECT_SWAPPED);
  on_offline_order_changed_cb (self);
  collapsed = g_settings_get_strv (self->settings, "collapsed-sections");
  for (PorchSectionKind kind = 0; kind < PORCH_N_SECTIONS; kind++)
    {
      PorchSection *section = porch_contact_list_get_section (self->list, kind);

      porch_section_set_collapsed (section, g_strv_contains ((const char *const *) collapsed,
                                                             porch_section_get_id (section)));
      g_signal_connect_object (section, "notify::collapsed", G_CALLBACK (on_section_collapsed_cb),
                               self, G_CONNECT_SWAPPED);
    }
}

static void
porch_window_remember (PorchWindow *self)
{
  int width, height;

  if (self->settings == NULL)
    return;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (self->settings, "window-width", width);
  g_settings_set_int (self->settings, "window-height", height);
  g_settings_set_boolean (self->settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
}

static void
on_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_load_finish (PORCH_AGENT_PROXY (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->is_loading = FALSE;
  if (error != NULL)
    {
      g_autofree char *escaped = g_markup_escape_text (error->message, -1);

      g_warning ("No agent: %s", error->message);
      adw_status_page_set_description (self->error_page, escaped);
      if (porch_window_get_n_contacts (self) > 0)
        porch_window_say (self, error->message);
      self->load_error = g_steal_pointer (&error);
    }
  on_agent_notify_cb (self);
}

static void
porch_window_load (PorchWindow *self)
{
  if (self->is_loading)
    return;

  self->is_loading = TRUE;
  g_clear_error (&self->load_error);
  porch_agent_proxy_load_async (self->agent, self->cancellable, on_loaded_cb, g_object_ref (self));
  porch_window_update_content (self);
}

/* query: (nullable): what to fill in */
static void
porch_window_show_add_dialog (PorchWindow *self, const char *query)
{
  if (porch_window_is_signed_out (self))
    return;

  if (self->add_dialog == NULL)
    g_set_weak_pointer (&self->add_dialog, porch_add_dialog_new (GTK_WINDOW (self), self->agent));
  gtk_window_present (GTK_WINDOW (self->add_dialog));
  if (query != NULL)
    porch_add_dialog_set_query (PORCH_ADD_DIALOG (self->add_dialog), query);
}

static void
add_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  porch_window_show_add_dialog (PORCH_WINDOW (widget), NULL);
}

static void
search_server_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  PorchWindow *self = PORCH_WINDOW (widget);

  porch_window_show_add_dialog (self, gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

static void
search_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  PorchWindow *self = PORCH_WINDOW (widget);

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->page_stack), "list") != 0)
    return;

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
back_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  PorchWindow *self = PORCH_WINDOW (widget);
  const char *page = gtk_stack_get_visible_child_name (self->page_stack);

  if (g_strcmp0 (page, "person") == 0)
    porch_window_show_list (self);
  else if (g_strcmp0 (page, "sign-in") == 0 && self->had_session)
    {
      self->wants_sign_in = FALSE;
      porch_window_show_list (self);
    }
}

static void
preferences_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  porch_window_show_preferences (PORCH_WINDOW (widget));
}

static void
reload_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  porch_window_load (PORCH_WINDOW (widget));
}

static void
report_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  porch_window_say (PORCH_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

/* Not as GtkApplication's "gtk/help-overlay.ui", which is built with every window, seen or not. */
static void
show_shortcuts_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (
      "/app/porchlight/Porchlight/ui/porch-shortcuts.ui");
  GtkWindow *shortcuts = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (shortcuts, GTK_WINDOW (widget));
  gtk_window_present (shortcuts);
}

static void
sign_in_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  PorchWindow *self = PORCH_WINDOW (widget);

  self->wants_sign_in = TRUE;
  porch_window_update_page (self);
}

static void
signed_in_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  on_agent_notify_cb (PORCH_WINDOW (widget));
}

static void
try_now_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  PorchWindow *self = PORCH_WINDOW (widget);

  porch_agent_proxy_try_now_async (self->agent, self->cancellable, on_called_cb,
                                   g_object_ref (self));
}

static void
toggle_favourite_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  PorchWindow *self = PORCH_WINDOW (widget);
  const char *user_id = g_variant_get_string (parameter, NULL);
  PorchContact *contact = porch_roster_lookup (porch_window_get_roster (self), user_id);

  if (contact != NULL)
    porch_agent_proxy_set_favourite_async (self->agent, user_id,
                                           !porch_contact_get_favourite (contact),
                                           self->cancellable, on_called_cb, g_object_ref (self));
}

/* parameter: a user id and a rule's name */
static void
set_notify_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  PorchWindow *self = PORCH_WINDOW (widget);
  const char *user_id, *name;
  PorchNotifyRule rule;

  g_variant_get (parameter, "(&s&s)", &user_id, &name);
  if (porch_notify_rule_from_string (name, &rule))
    porch_agent_proxy_set_notify_async (self->agent, user_id, rule, self->cancellable, on_called_cb,
                                        g_object_ref (self));
}

static void
undo_remove_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  PorchWindow *self = PORCH_WINDOW (widget);

  porch_agent_proxy_add_contact_async (self->agent, g_variant_get_string (parameter, NULL),
                                       self->cancellable, on_called_cb, g_object_ref (self));
}

static void
remove_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  PorchWindow *self = PORCH_WINDOW (widget);
  const char *user_id = g_variant_get_string (parameter, NULL);
  PorchContact *contact = porch_roster_lookup (porch_window_get_roster (self), user_id);
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;
  AdwToast *toast;

  if (contact == NULL)
    return;

  name = g_markup_escape_text (porch_contact_get_display_name (contact), -1);
  /* Translators: a person's name. */
  title = g_strdup_printf (_ ("%s removed"), name);
  toast = adw_toast_new (title);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, "win.undo-remove");
  adw_toast_set_action_target (toast, "s", user_id);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);

  porch_agent_proxy_remove_contact_async (self->agent, user_id, self->cancellable, on_called_cb,
                                          g_object_ref (self));
  porch_window_show_list (self);
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

static void
show_person_cb (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  porch_window_show_person (PORCH_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static gboolean
porch_window_close_request (GtkWindow *window)
{
  PorchWindow *self = PORCH_WINDOW (window);

  porch_window_remember (self);
  if (!porch_closing_may_close (self->closing))
    return TRUE;

  return GTK_WINDOW_CLASS (porch_window_parent_class)->close_request (window);
}

/* GtkListView keeps its first row where it is, so that whoever comes before it, as the first one
 * online does, would come out of sight. Who looks at the top stays there, unless the pointer is on
 * a row, which must not move away under it.
 */
static void
on_rows_changed_cb (PorchWindow *self, guint position, guint removed, guint added)
{
  GtkAdjustment *scroll = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->list_view));

  if (position != 0 || added == 0 || gtk_adjustment_get_value (scroll) > 0
      || (gtk_widget_get_state_flags (GTK_WIDGET (self->list_view)) & GTK_STATE_FLAG_PRELIGHT) != 0)
    return;

  gtk_widget_activate_action (GTK_WIDGET (self->list_view), "list.scroll-to-item", "u", 0);
}

static void
porch_window_make_list (PorchWindow *self)
{
  PorchRoster *roster = porch_window_get_roster (self);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  self->list = porch_contact_list_new (roster);
  self->slice = gtk_slice_list_model_new (g_object_ref (G_LIST_MODEL (self->list)), 0, FIRST_ROWS);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_row_bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_row_unbind_cb), self, 0);
  gtk_list_view_set_factory (self->list_view, factory);
  g_object_unref (factory);

  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (
      g_object_ref (G_LIST_MODEL (self->slice)));
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (selection, "items-changed", G_CALLBACK (on_rows_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);

  g_signal_connect_object (roster, "items-changed", G_CALLBACK (on_roster_items_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (roster, "notify::n-online", G_CALLBACK (porch_window_update_title), self,
                           G_CONNECT_SWAPPED);
}

static void
porch_window_constructed (GObject *object)
{
  PorchWindow *self = PORCH_WINDOW (object);

  G_OBJECT_CLASS (porch_window_parent_class)->constructed (object);

  self->closing = porch_closing_new (GTK_WINDOW (self), self->agent);
  porch_window_make_list (self);
  porch_window_restore (self);
  porch_own_row_set_agent (self->own_row, self->agent);
  porch_connection_banner_set_agent (self->banner, self->agent);
  porch_startup_question_set_agent (self->startup_question, self->agent);
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  gtk_search_bar_set_key_capture_widget (self->search_bar, self->list_page);
  g_signal_connect_object (self->agent, "notify::tray-hint",
                           G_CALLBACK (porch_window_show_tray_hint), self, G_CONNECT_SWAPPED);
  porch_window_show_tray_hint (self);
  g_signal_connect_object (self->agent, "notify", G_CALLBACK (on_agent_notify_cb), self,
                           G_CONNECT_SWAPPED);
  on_agent_notify_cb (self);
  porch_window_load (self);
}

static void
porch_window_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_AGENT:
      g_value_set_object (value, PORCH_WINDOW (object)->agent);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_window_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_AGENT:
      PORCH_WINDOW (object)->agent = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_window_dispose (GObject *object)
{
  PorchWindow *self = PORCH_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->closing != NULL)
    g_object_run_dispose (G_OBJECT (self->closing));
  g_clear_object (&self->closing);
  g_clear_weak_pointer (&self->add_dialog);
  g_clear_weak_pointer (&self->preferences);

  G_OBJECT_CLASS (porch_window_parent_class)->dispose (object);
}

static void
porch_window_finalize (GObject *object)
{
  PorchWindow *self = PORCH_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->slice);
  g_clear_object (&self->list);
  g_clear_object (&self->settings);
  g_clear_object (&self->agent);
  g_clear_error (&self->load_error);
  g_free (self->pending_person);
  g_free (self->pending_link);

  G_OBJECT_CLASS (porch_window_parent_class)->finalize (object);
}

static void
porch_window_class_init_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (PORCH_TYPE_CONNECTION_BANNER);
  g_type_ensure (PORCH_TYPE_OWN_ROW);
  g_type_ensure (PORCH_TYPE_STARTUP_QUESTION);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/porchlight/Porchlight/ui/porch-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, page_stack);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, list_page);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, title);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, search_button);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, search_bar);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, own_row);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, startup_question);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, content_stack);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, loading_spinner);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, no_match_page);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, search_server_button);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, error_page);
  gtk_widget_class_bind_template_child (widget_class, PorchWindow, list_view);
  gtk_widget_class_bind_template_callback (widget_class, on_list_mapped_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, porch_window_say);
}

static void
porch_window_class_init_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.add", NULL, add_cb);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_cb);
  gtk_widget_class_install_action (widget_class, "win.preferences", NULL, preferences_cb);
  gtk_widget_class_install_action (widget_class, "win.reload", NULL, reload_cb);
  gtk_widget_class_install_action (widget_class, "win.remove", "s", remove_cb);
  gtk_widget_class_install_action (widget_class, "win.report", "s", report_cb);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_cb);
  gtk_widget_class_install_action (widget_class, "win.search-server", NULL, search_server_cb);
  gtk_widget_class_install_action (widget_class, "win.show-person", "s", show_person_cb);
  gtk_widget_class_install_action (widget_class, "win.show-shortcuts", NULL, show_shortcuts_cb);
  gtk_widget_class_install_action (widget_class, "win.sign-in", NULL, sign_in_cb);
  gtk_widget_class_install_action (widget_class, "win.signed-in", NULL, signed_in_cb);
  gtk_widget_class_install_action (widget_class, "win.set-notify", "(ss)", set_notify_cb);
  gtk_widget_class_install_action (widget_class, "win.toggle-favourite", "s", toggle_favourite_cb);
  gtk_widget_class_install_action (widget_class, "win.try-now", NULL, try_now_cb);
  gtk_widget_class_install_action (widget_class, "win.undo-remove", "s", undo_remove_cb);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Back, 0, "win.back", NULL);
}

static void
porch_window_class_init (PorchWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GtkWindowClass *window_class = GTK_WINDOW_CLASS (klass);

  object_class->constructed = porch_window_constructed;
  object_class->get_property = porch_window_get_property;
  object_class->set_property = porch_window_set_property;
  object_class->dispose = porch_window_dispose;
  object_class->finalize = porch_window_finalize;
  window_class->close_request = porch_window_close_request;

  /**
   * PorchWindow:agent:
   *
   * The agent that is shown.
   */
  properties[PROP_AGENT] = g_param_spec_object ("agent", NULL, NULL, PORCH_TYPE_AGENT_PROXY,
                                                G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                                                    | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  porch_window_class_init_template (widget_class);
  porch_window_class_init_actions (widget_class);
}

static void
porch_window_init (PorchWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * porch_window_new:
 * @application: (nullable): the program
 * @agent: the agent to show; the window loads it
 *
 * Returns: (transfer floating): the window
 */
GtkWidget *
porch_window_new (GtkApplication *application, PorchAgentProxy *agent)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (agent), NULL);

  return g_object_new (PORCH_TYPE_WINDOW, "application", application, "agent", agent, NULL);
}

/**
 * porch_window_show_person:
 * @self: the window
 * @user_id: somebody on the list
 *
 * Opens a person's page, as soon as the contacts are there.
 */
void
porch_window_show_person (PorchWindow *self, const char *user_id)
{
  PorchContact *contact;

  g_return_if_fail (PORCH_IS_WINDOW (self));
  g_return_if_fail (user_id != NULL);

  contact = porch_roster_lookup (porch_window_get_roster (self), user_id);
  if (contact != NULL)
    {
      if (self->person_page == NULL)
        {
          self->person_page = PORCH_PERSON_PAGE (porch_person_page_new (self->agent));
          gtk_stack_add_named (self->page_stack, GTK_WIDGET (self->person_page), "person");
        }
      porch_person_page_set_contact (self->person_page, contact);
      gtk_stack_set_visible_child_name (self->page_stack, "person");
    }
  else if (porch_window_is_ready (self) && !porch_window_is_signed_out (self))
    {
      porch_window_say (self, _ ("This person is not on your list"));
    }
  else
    {
      g_free (self->pending_person);
      self->pending_person = g_strdup (user_id);
    }
}

/**
 * porch_window_search:
 * @self: the window
 * @search: what to search the list for
 */
void
porch_window_search (PorchWindow *self, const char *search)
{
  g_return_if_fail (PORCH_IS_WINDOW (self));
  g_return_if_fail (search != NULL);

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->page_stack), "sign-in") == 0)
    return;

  porch_window_show_list (self);
  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), search);
  gtk_editable_set_position (GTK_EDITABLE (self->search_entry), -1);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

/**
 * porch_window_show_preferences:
 * @self: the window
 *
 * Opens the preferences, as soon as there is an account that they are about.
 */
void
porch_window_show_preferences (PorchWindow *self)
{
  g_return_if_fail (PORCH_IS_WINDOW (self));

  self->preferences_are_pending = !porch_agent_proxy_get_has_account (self->agent);
  if (self->preferences_are_pending)
    return;

  if (self->preferences == NULL)
    g_set_weak_pointer (&self->preferences, porch_preferences_new (GTK_WINDOW (self), self->agent));
  gtk_window_present (GTK_WINDOW (self->preferences));
}

/**
 * porch_window_open_link:
 * @self: the window
 * @uri: a porchlight:// link
 *
 * Fills in the form that the link is for, and submits nothing. A link to add somebody waits until
 * there is a session.
 */
void
porch_window_open_link (PorchWindow *self, const char *uri)
{
  g_autoptr (PorchUri) link = NULL;

  g_return_if_fail (PORCH_IS_WINDOW (self));
  g_return_if_fail (uri != NULL);

  link = porch_uri_parse (uri);
  if (link == NULL)
    {
      porch_window_say (self, _ ("This link is none that Porchlight knows"));
    }
  else if (!porch_window_is_ready (self)
           || (link->kind == PORCH_URI_ADD && porch_window_is_signed_out (self)))
    {
      g_free (self->pending_link);
      self->pending_link = g_strdup (uri);
    }
  else if (link->kind == PORCH_URI_ADD)
    {
      porch_window_show_add_dialog (self, uri);
    }
  else if (porch_window_is_signed_out (self))
    {
      porch_window_show_sign_in (self);
      if (link->server != NULL)
        porch_sign_in_page_set_server (self->sign_in_page, link->server);
      else
        porch_sign_in_page_set_up (self->sign_in_page, uri);
    }
  else
    {
      porch_window_say (self, _ ("Sign out to use another server"));
    }
}
