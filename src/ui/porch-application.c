/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The program porchlight-window: one instance in a session, one window. A second start hands over
 * what it was asked for and ends. It holds the agent's proxy, which starts the agent where none is
 * running; the agent stays when the window closes, and goes with "Quit".
 */

#define G_LOG_DOMAIN "porch-ui"

#include "config.h"

#include "ui/porch-application.h"

#include <glib/gi18n-lib.h>

#include "bus/porch-agent-proxy.h"
#include "bus/porch-removal.h"
#include "bus/porch-settings.h"
#include "ui/porch-about.h"
#include "ui/porch-agent-keeper.h"
#include "ui/porch-display-clock.h"
#include "ui/porch-help.h"
#include "ui/porch-window.h"

/* How long a window waits to be shown with the list in it. */
#define PRESENT_MS 150
/* How long the start waits for the agent to say whose contacts it has. */
#define ASKING_MAX_MS 30

struct _PorchApplication
{
  AdwApplication parent_instance;

  PorchAgentProxy *agent;
  PorchAgentKeeper *keeper;
  GSettings *settings;
  PorchRemoval *removal;
  guint present_id;
};

G_DEFINE_FINAL_TYPE (PorchApplication, porch_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "person", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, NULL, N_ ("Open the page of a person"),
    N_ ("USER-ID") },
  { "preferences", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL, N_ ("Open the preferences"),
    NULL },
  { "search", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, NULL, N_ ("Search the list"),
    N_ ("NAME") },
  { "version", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL },
  { NULL },
};

static PorchWindow *
porch_application_get_window (PorchApplication *self)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  for (GList *link = windows; link != NULL; link = link->next)
    {
      if (PORCH_IS_WINDOW (link->data))
        return link->data;
    }

  return NULL;
}

static gboolean
on_present_cb (gpointer user_data)
{
  PorchApplication *self = user_data;
  PorchWindow *window = porch_application_get_window (self);

  self->present_id = 0;
  if (window != NULL)
    gtk_window_present (GTK_WINDOW (window));

  return G_SOURCE_REMOVE;
}

static void
on_agent_ready_cb (PorchApplication *self)
{
  if (self->present_id == 0)
    return;

  g_source_remove (self->present_id);
  on_present_cb (self);
}

static void
take_in_answers (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* A new window waits the blink of an eye for the agent's answer, so that the first thing it shows
 * is the list. */
static PorchWindow *
porch_application_present_window (PorchApplication *self)
{
  PorchWindow *window = porch_application_get_window (self);
  gboolean is_ready;

  if (window == NULL)
    {
      window = PORCH_WINDOW (porch_window_new (GTK_APPLICATION (self), self->agent));
      g_object_get (self->agent, "ready", &is_ready, NULL);
      if (!is_ready)
        {
          self->present_id = g_timeout_add (PRESENT_MS, on_present_cb, self);
          take_in_answers ();
          if (self->present_id != 0)
            gtk_widget_realize (GTK_WIDGET (window));
          return window;
        }
    }

  if (self->present_id == 0)
    gtk_window_present (GTK_WINDOW (window));

  return window;
}

static void
show_person_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  porch_window_show_person (porch_application_present_window (user_data),
                            g_variant_get_string (parameter, NULL));
}

static void
search_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  porch_window_search (porch_application_present_window (user_data),
                       g_variant_get_string (parameter, NULL));
}

static void
preferences_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  porch_window_show_preferences (porch_application_present_window (user_data));
}

static void
porch_application_close_windows (PorchApplication *self)
{
  GtkWindow *active;

  while ((active = gtk_application_get_active_window (GTK_APPLICATION (self))) != NULL)
    {
      g_autoptr (GtkWindow) window = g_object_ref (active);

      /* Lets it remember its size. */
      gtk_window_close (window);
      gtk_window_destroy (window);
    }
}

/* As the person would close it: it may have something to say first. */
static void
porch_application_close_window (PorchApplication *self)
{
  PorchWindow *window = porch_application_get_window (self);
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self)));

  for (GList *link = windows; link != NULL; link = link->next)
    {
      if (link->data != window)
        gtk_window_destroy (link->data);
    }
  if (window != NULL)
    gtk_window_close (GTK_WINDOW (window));
}

/* Dialogs count: whoever is in the preferences is in the window. */
static gboolean
has_active_window (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (gtk_window_is_active (window))
        return TRUE;
    }

  return FALSE;
}

/* The tray's icon was clicked: a window that is in use goes, any other comes to the front. */
static void
toggle_window_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PorchApplication *self = user_data;

  if (has_active_window ())
    porch_application_close_window (self);
  else
    porch_application_present_window (self);
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PorchApplication *self = PORCH_APPLICATION (user_data);

  porch_about_show (gtk_application_get_active_window (GTK_APPLICATION (self)), self->agent);
}

static void
help_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PorchApplication *self = PORCH_APPLICATION (user_data);

  /* Not the one that is active: a dialog has no place to say that it failed. */
  porch_help_show (GTK_WINDOW (porch_application_present_window (self)));
}

static void
on_agent_quit_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GApplication) application = user_data;
  g_autoptr (GError) error = NULL;

  if (!porch_agent_proxy_call_finish (PORCH_AGENT_PROXY (source), result, &error)
      && !g_error_matches (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NOT_RUNNING))
    g_warning ("The agent may still be running: %s", error->message);

  g_application_quit (application);
}

/* The window goes at once; the program waits until the agent has said offline. */
static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PorchApplication *self = user_data;

  g_application_hold (G_APPLICATION (self));
  porch_application_close_windows (self);
  porch_agent_proxy_quit_async (self->agent, NULL, on_agent_quit_cb, g_object_ref (self));
}

/* The agent sees it as well, and ends by itself. */
static void
on_removed_cb (PorchApplication *self)
{
  porch_application_close_windows (self);
  g_application_quit (G_APPLICATION (self));
}

static const GActionEntry actions[] = {
  { .name = "about", .activate = about_cb },
  { .name = "help", .activate = help_cb },
  { .name = "preferences", .activate = preferences_cb },
  { .name = "quit", .activate = quit_cb },
  { .name = "search", .activate = search_cb, .parameter_type = "s" },
  { .name = "show-person", .activate = show_person_cb, .parameter_type = "s" },
  { .name = "toggle-window", .activate = toggle_window_cb },
};

static void
porch_application_set_accels (PorchApplication *self)
{
  static const struct
  {
    const char *action;
    const char *accels[3];
  } table[] = {
    { "app.help", { "F1" } },
    { "app.quit", { "<Control>q" } },
    { "win.add", { "<Control>n" } },
    { "win.preferences", { "<Control>comma" } },
    { "win.search", { "<Control>f" } },
    { "win.show-shortcuts", { "<Control>question", "<Control>slash" } },
    { "window.close", { "<Control>w" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), table[i].action,
                                           table[i].accels);
}

static gboolean
on_asking_late_cb (gpointer user_data)
{
  gboolean *is_late = user_data;

  *is_late = TRUE;

  return G_SOURCE_REMOVE;
}

static gboolean
is_ready (PorchAgentProxy *agent)
{
  gboolean ready;

  g_object_get (agent, "ready", &ready, NULL);

  return ready;
}

/* Waits for the short answers that tell whom to ask for the contacts, so that the long one is under
 * way while GTK gets ready. */
static void
porch_application_wait_until_asked (PorchApplication *self)
{
  gboolean is_late = FALSE;
  guint timer_id = g_timeout_add (ASKING_MAX_MS, on_asking_late_cb, &is_late);

  while (!is_late && !porch_agent_proxy_get_has_account (self->agent) && !is_ready (self->agent))
    g_main_context_iteration (NULL, TRUE);

  if (!is_late)
    g_source_remove (timer_id);
}

static void
porch_application_ask_agent (PorchApplication *self, GDBusConnection *bus)
{
  self->agent = porch_agent_proxy_new (bus, TRUE);
  g_signal_connect_object (self->agent, "notify::ready", G_CALLBACK (on_agent_ready_cb), self,
                           G_CONNECT_SWAPPED);
  porch_display_clock_set_server_clock (porch_display_clock_get_default (),
                                        porch_agent_proxy_get_server_clock (self->agent));
  self->keeper = porch_agent_keeper_new (
      self->agent, porch_display_clock_get_clock (porch_display_clock_get_default ()));
  porch_agent_proxy_load_async (self->agent, NULL, NULL, NULL);
}

static gboolean
is_owned (GDBusConnection *bus, const char *name)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
      g_variant_new ("(s)", name), G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean owned = FALSE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &owned);

  return owned;
}

/* Before the name is owned, so that nobody can ask for anything yet: unless this start only hands
 * over to another, the agent is asked while GTK and libadwaita get ready, which takes longer than
 * the few questions and answers that it takes to have the list. */
static gboolean
porch_application_dbus_register (GApplication *application,
                                 GDBusConnection *bus,
                                 const char *object_path,
                                 GError **error)
{
  PorchApplication *self = PORCH_APPLICATION (application);

  if (!G_APPLICATION_CLASS (porch_application_parent_class)
           ->dbus_register (application, bus, object_path, error))
    return FALSE;

  if (!is_owned (bus, g_application_get_application_id (application)))
    {
      porch_application_ask_agent (self, bus);
      porch_application_wait_until_asked (self);
      gtk_init ();
      take_in_answers ();
      adw_init ();
      take_in_answers ();
    }

  return TRUE;
}

static gboolean
style_to_color_scheme (GValue *value, GVariant *variant, gpointer user_data)
{
  const char *style = g_variant_get_string (variant, NULL);

  if (g_str_equal (style, "light"))
    g_value_set_enum (value, ADW_COLOR_SCHEME_FORCE_LIGHT);
  else if (g_str_equal (style, "dark"))
    g_value_set_enum (value, ADW_COLOR_SCHEME_FORCE_DARK);
  else
    g_value_set_enum (value, ADW_COLOR_SCHEME_DEFAULT);

  return TRUE;
}

static void
porch_application_follow_settings (PorchApplication *self)
{
  self->settings = porch_settings_new ();
  if (self->settings != NULL)
    g_settings_bind_with_mapping (self->settings, "style", adw_style_manager_get_default (),
                                  "color-scheme", G_SETTINGS_BIND_GET, style_to_color_scheme, NULL,
                                  NULL, NULL);
}

static void
porch_application_startup (GApplication *application)
{
  PorchApplication *self = PORCH_APPLICATION (application);

  G_APPLICATION_CLASS (porch_application_parent_class)->startup (application);

  if (self->agent == NULL)
    porch_application_ask_agent (self, g_application_get_dbus_connection (application));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  porch_application_set_accels (self);
  porch_application_follow_settings (self);
  gtk_window_set_default_icon_name (PORCH_APPLICATION_ID);
  self->removal = porch_removal_new ("/app");
  g_signal_connect_object (self->removal, "removed", G_CALLBACK (on_removed_cb), self,
                           G_CONNECT_SWAPPED);
  take_in_answers ();
}

static void
porch_application_activate (GApplication *application)
{
  porch_application_present_window (PORCH_APPLICATION (application));
}

static void
porch_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  PorchWindow *window = porch_application_present_window (PORCH_APPLICATION (application));

  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);

      porch_window_open_link (window, uri);
    }
}

static int
porch_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  const char *action = NULL;
  const char *person, *search;
  GVariant *parameter = NULL;
  g_autoptr (GError) error = NULL;

  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("porchlight %s\n", PORCH_VERSION);
      return 0;
    }

  if (g_variant_dict_lookup (dict, "person", "&s", &person))
    {
      action = "show-person";
      parameter = g_variant_new_string (person);
    }
  else if (g_variant_dict_lookup (dict, "search", "&s", &search))
    {
      action = "search";
      parameter = g_variant_new_string (search);
    }
  else if (g_variant_dict_contains (dict, "preferences"))
    action = "preferences";
  else
    return -1;

  if (!g_application_register (application, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  /* In the instance that has the window, which may be this one. */
  g_action_group_activate_action (G_ACTION_GROUP (application), action, parameter);

  return g_application_get_is_remote (application) ? 0 : -1;
}

static void
porch_application_finalize (GObject *object)
{
  PorchApplication *self = PORCH_APPLICATION (object);

  g_clear_handle_id (&self->present_id, g_source_remove);
  g_clear_object (&self->settings);
  g_clear_object (&self->removal);
  g_clear_object (&self->keeper);
  g_clear_object (&self->agent);

  G_OBJECT_CLASS (porch_application_parent_class)->finalize (object);
}

static void
porch_application_class_init (PorchApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->finalize = porch_application_finalize;
  application_class->dbus_register = porch_application_dbus_register;
  application_class->startup = porch_application_startup;
  application_class->activate = porch_application_activate;
  application_class->open = porch_application_open;
  application_class->handle_local_options = porch_application_handle_local_options;
}

static void
porch_application_init (PorchApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _ ("[LINK]"));
}

/**
 * porch_application_new:
 *
 * Returns: (transfer full): the program
 */
PorchApplication *
porch_application_new (void)
{
  return g_object_new (PORCH_TYPE_APPLICATION, "application-id", PORCH_APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, NULL);
}
