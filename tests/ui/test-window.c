/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The window in each of its states, over a bus of its own with only the agent's end of it faked.
 * With PORCH_PICTURES set to a folder each state leaves a picture there, to be looked at.
 */

#include <adwaita.h>

#include "bus/porch-agent-proxy.h"
#include "porch-fake-agent.h"
#include "porch-test-wait.h"
#include "ui/porch-add-dialog.h"
#include "ui/porch-display-clock.h"
#include "ui/porch-preferences.h"
#include "ui/porch-window.h"

/* One for all tests: GTK may connect to it, too, and would not survive its end. */
static GTestDBus *bus;

typedef struct
{
  GDBusConnection *agent_end;
  GDBusConnection *window_end;
  PorchFakeAgent *fake;
  PorchAgentProxy *agent;
  GtkWidget *window;
  gint64 now_us;
} Fixture;

static gboolean
on_timeout_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

/* Lets the main loop run; a test that waits for something uses porch_test_wait_until(). */
static void
run_for (guint ms)
{
  gboolean done = FALSE;

  g_timeout_add (ms, on_timeout_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

static GtkWidget *
find_widget (GtkWidget *root, const char *type_name, const char *text)
{
  if (!gtk_widget_get_child_visible (root) || !gtk_widget_get_visible (root))
    return NULL;

  if (g_str_equal (G_OBJECT_TYPE_NAME (root), type_name))
    {
      g_autofree char *own_text = NULL;

      if (text == NULL)
        return root;
      if (GTK_IS_LABEL (root))
        own_text = g_strdup (gtk_label_get_label (GTK_LABEL (root)));
      else if (g_object_class_find_property (G_OBJECT_GET_CLASS (root), "title") != NULL)
        g_object_get (root, "title", &own_text, NULL);
      else if (GTK_IS_BUTTON (root))
        own_text = g_strdup (gtk_button_get_label (GTK_BUTTON (root)));
      if (own_text != NULL && strstr (own_text, text) != NULL)
        return root;
    }

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type_name, text);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
shows (Fixture *fixture, const char *text)
{
  return find_widget (fixture->window, "GtkLabel", text) != NULL;
}

static GtkEditable *
get_field (Fixture *fixture, const char *title)
{
  GtkWidget *row = find_widget (fixture->window, "AdwEntryRow", title);

  if (row == NULL)
    row = find_widget (fixture->window, "AdwPasswordEntryRow", title);
  g_assert_nonnull (row);

  return GTK_EDITABLE (row);
}

static void
take_picture (GtkWidget *window, const char *name)
{
  const char *folder = g_getenv ("PORCH_PICTURES");

  if (folder == NULL)
    return;

  /* Until what moves has come to rest. */
  run_for (700);

  g_autofree char *file = g_strdup_printf ("%s/%s.png", folder, name);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int width = gdk_paintable_get_intrinsic_width (paintable);
  int height = gdk_paintable_get_intrinsic_height (paintable);

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
  g_autoptr (GdkTexture) texture = gsk_renderer_render_texture (
      gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);

  g_assert_true (gdk_texture_save_to_png (texture, file));
}

static void
add (Fixture *fixture, const char *name, PorchStatus status, double minutes_ago, gboolean favourite)
{
  PorchContactState state = {
    .status = status,
    .last_known_status = status,
    .last_active_us = minutes_ago < 0
                          ? 0
                          : fixture->now_us - (gint64) (minutes_ago * G_TIME_SPAN_MINUTE),
    .online_since_us = status == PORCH_STATUS_ONLINE ? fixture->now_us - 3 * G_TIME_SPAN_HOUR / 2
                                                     : 0,
  };
  PorchContact *contact = porch_fake_agent_add (fixture->fake, name, name, &state);

  porch_contact_set_favourite (contact, favourite);
}

static void
add_neighbours (Fixture *fixture)
{
  add (fixture, "Ann Marsh", PORCH_STATUS_ONLINE, 0, TRUE);
  add (fixture, "Tomás Rivera", PORCH_STATUS_OFFLINE, 42, TRUE);
  add (fixture, "Ben Okafor", PORCH_STATUS_ONLINE, 1, FALSE);
  add (fixture, "Cleo Lind", PORCH_STATUS_ONLINE, 2, FALSE);
  add (fixture, "Zoë Park", PORCH_STATUS_ONLINE, 0, FALSE);
  add (fixture, "Dina Rossi", PORCH_STATUS_OFFLINE, 7, FALSE);
  add (fixture, "Emil Novák", PORCH_STATUS_OFFLINE, 12, FALSE);
  add (fixture, "Fay Silva", PORCH_STATUS_OFFLINE, 190, FALSE);
  add (fixture, "Gus Haddad", PORCH_STATUS_OFFLINE, 60 * 26, FALSE);
  add (fixture, "Hana Sato", PORCH_STATUS_OFFLINE, 60 * 24 * 12, FALSE);
  add (fixture, "Ivo Brandt", PORCH_STATUS_OFFLINE, -1, FALSE);
  add (fixture, "李小龍", PORCH_STATUS_OFFLINE, 3000, FALSE);
}

static void
set_up (Fixture *fixture, gboolean has_account)
{
  g_autoptr (GError) error = NULL;
  const GDBusConnectionFlags flags = G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                     | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION;

  fixture->now_us = g_get_real_time ();
  fixture->agent_end = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                                               flags, NULL, NULL, &error);
  g_assert_no_error (error);
  fixture->window_end = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                                                flags, NULL, NULL, &error);
  g_assert_no_error (error);
  fixture->fake = porch_fake_agent_new (fixture->agent_end, has_account);
}

static void
set_up_signed_in (Fixture *fixture, gconstpointer data)
{
  set_up (fixture, TRUE);
}

static void
set_up_signed_out (Fixture *fixture, gconstpointer data)
{
  set_up (fixture, FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->window != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  run_for (50);
  g_clear_object (&fixture->agent);
  g_clear_object (&fixture->fake);
  g_clear_object (&fixture->agent_end);
  g_clear_object (&fixture->window_end);
}

static void
open_window (Fixture *fixture)
{
  gboolean ready;

  fixture->agent = porch_agent_proxy_new (fixture->window_end, FALSE);
  fixture->window = porch_window_new (NULL, fixture->agent);
  gtk_window_present (GTK_WINDOW (fixture->window));
  porch_test_wait_until ((g_object_get (fixture->agent, "ready", &ready, NULL), ready));
  run_for (100);
}

/* Returns: (transfer none) (nullable): the dialog that asks the person something */
static GtkWidget *
find_question (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (ADW_IS_MESSAGE_DIALOG (toplevel))
        return toplevel;
    }
  return NULL;
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  add_neighbours (fixture);
  open_window (fixture);

  g_assert_true (shows (fixture, "Ann Marsh"));
  g_assert_true (shows (fixture, "Last active 7m ago"));
  g_assert_true (shows (fixture, "Favourites"));
  porch_test_wait_until (shows (fixture, "4 of 12 online"));
  take_picture (fixture->window, "list");
}

static void
test_dark (Fixture *fixture, gconstpointer data)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  add_neighbours (fixture);
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  open_window (fixture);
  g_assert_true (shows (fixture, "Ann Marsh"));
  take_picture (fixture->window, "list-dark");
  gtk_widget_activate_action (fixture->window, "win.show-person", "s", "Ann Marsh");
  take_picture (fixture->window, "person-dark");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);
}

static void
test_right_to_left (Fixture *fixture, gconstpointer data)
{
  add_neighbours (fixture);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  open_window (fixture);
  g_assert_true (shows (fixture, "Ann Marsh"));
  take_picture (fixture->window, "list-rtl");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static void
test_narrow (Fixture *fixture, gconstpointer data)
{
  add (fixture, "Maximiliane Alexandra Freifrau von Hohenstein-Wiesengrund zu Tannenberg",
       PORCH_STATUS_ONLINE, 0, TRUE);
  add (fixture, "<b>Bob</b> & the \"Markup\" family", PORCH_STATUS_OFFLINE, 9, FALSE);
  add_neighbours (fixture);
  open_window (fixture);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 300, 480);
  run_for (200);

  g_assert_cmpint (gtk_widget_get_width (fixture->window), <=, 300);
  take_picture (fixture->window, "list-narrow");
  gtk_widget_activate_action (
      fixture->window, "win.show-person", "s",
      "Maximiliane Alexandra Freifrau von Hohenstein-Wiesengrund zu Tannenberg");
  take_picture (fixture->window, "person-narrow");
}

static void
test_large_text (Fixture *fixture, gconstpointer data)
{
  GtkSettings *settings = gtk_settings_get_default ();
  int dpi;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", dpi * 2, NULL);
  add_neighbours (fixture);
  open_window (fixture);
  g_assert_true (shows (fixture, "Ann Marsh"));
  take_picture (fixture->window, "list-large-text");
  gtk_widget_activate_action (fixture->window, "win.show-person", "s", "Ann Marsh");
  take_picture (fixture->window, "person-large-text");
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  open_window (fixture);

  porch_test_wait_until (find_widget (fixture->window, "AdwStatusPage", "Nobody on Your List Yet")
                         != NULL);
  take_picture (fixture->window, "empty");
}

static void
test_unknown (Fixture *fixture, gconstpointer data)
{
  PorchDBusAccount1 *account = porch_fake_agent_get_account (fixture->fake);

  add_neighbours (fixture);
  open_window (fixture);
  porch_dbus_account1_set_error_message (account, "porch.example.org does not answer");
  porch_dbus_account1_set_error_detail (account,
                                        "Could not connect to 203.0.113.7: No route to host");
  porch_dbus_account1_set_error_code (account, "unreachable");
  porch_dbus_account1_set_next_try (account, g_get_real_time () + 12 * G_USEC_PER_SEC);
  porch_dbus_account1_set_state (account, "waiting");
  porch_roster_set_unknown (porch_fake_agent_get_roster (fixture->fake));

  porch_test_wait_until (shows (fixture, "Not connected, trying again in"));
  porch_test_wait_until (shows (fixture, "Online as of"));
  porch_test_wait_until (shows (fixture, "porch.example.org does not answer"));
  take_picture (fixture->window, "unknown");

  gtk_widget_activate_action (fixture->window, "win.try-now", NULL);
  porch_test_wait_until (shows (fixture, "Connecting…"));
}

static void
test_no_match (Fixture *fixture, gconstpointer data)
{
  add_neighbours (fixture);
  open_window (fixture);
  gtk_widget_activate_action (fixture->window, "win.search", NULL);
  porch_test_wait_until (find_widget (fixture->window, "GtkSearchEntry", NULL) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (find_widget (fixture->window, "GtkSearchEntry", NULL)),
                         "zoe");
  porch_test_wait_until (!shows (fixture, "Ann Marsh"));
  g_assert_true (shows (fixture, "Zoë Park"));
  take_picture (fixture->window, "search");

  gtk_editable_set_text (GTK_EDITABLE (find_widget (fixture->window, "GtkSearchEntry", NULL)),
                         "<xavier>");
  porch_test_wait_until (find_widget (fixture->window, "AdwStatusPage", "No Match") != NULL);
  take_picture (fixture->window, "no-match");
}

static void
test_change (Fixture *fixture, gconstpointer data)
{
  PorchContactState state = { .status = PORCH_STATUS_ONLINE,
                              .last_known_status = PORCH_STATUS_ONLINE,
                              .last_active_us = fixture->now_us };

  add_neighbours (fixture);
  open_window (fixture);
  porch_roster_mirror (
      porch_fake_agent_get_roster (fixture->fake),
      porch_roster_lookup (porch_fake_agent_get_roster (fixture->fake), "Dina Rossi"), &state);
  porch_test_wait_until (shows (fixture, "5 of 12 online"));
  g_assert_false (shows (fixture, "Last active 7m ago"));
}

static void
test_person (Fixture *fixture, gconstpointer data)
{
  add_neighbours (fixture);
  open_window (fixture);
  gtk_widget_activate_action (fixture->window, "win.show-person", "s", "Ann Marsh");
  run_for (300);
  g_assert_true (shows (fixture, "Online Since"));
  take_picture (fixture->window, "person");

  gtk_widget_activate_action (fixture->window, "win.remove", "s", "Ann Marsh");
  porch_test_wait_until (shows (fixture, "3 of 11 online"));
  g_assert_true (shows (fixture, "Ann Marsh removed"));
  take_picture (fixture->window, "removed");

  gtk_widget_activate_action (fixture->window, "win.undo-remove", "s", "Ann Marsh");
  porch_test_wait_until (shows (fixture, "of 12 online"));
}

static PorchNotifyRule
get_rule (Fixture *fixture, const char *name)
{
  return porch_contact_get_notify_rule (
      porch_roster_lookup (porch_fake_agent_get_roster (fixture->fake), name));
}

static void
test_person_notify_rule (Fixture *fixture, gconstpointer data)
{
  add_neighbours (fixture);
  open_window (fixture);
  gtk_widget_activate_action (fixture->window, "win.show-person", "s", "Ann Marsh");
  run_for (300);
  GtkWidget *row = find_widget (fixture->window, "AdwComboRow", "Tell Me When They Come Online");
  g_assert_nonnull (row);

  /* when the person chooses, then the agent is told */
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), 3);
  porch_test_wait_until (get_rule (fixture, "Ann Marsh") == PORCH_NOTIFY_ALSO_LEAVES);

  /* when it is changed elsewhere, then the page says so; another's page says theirs */
  porch_contact_set_notify_rule (
      porch_roster_lookup (porch_fake_agent_get_roster (fixture->fake), "Ann Marsh"),
      PORCH_NOTIFY_NEVER);
  porch_test_wait_until (adw_combo_row_get_selected (ADW_COMBO_ROW (row)) == 4);
  gtk_widget_activate_action (fixture->window, "win.show-person", "s", "Ben Okafor");
  porch_test_wait_until (adw_combo_row_get_selected (ADW_COMBO_ROW (row)) == 0);
  g_assert_cmpint (get_rule (fixture, "Ann Marsh"), ==, PORCH_NOTIFY_NEVER);
  g_assert_cmpint (get_rule (fixture, "Ben Okafor"), ==, PORCH_NOTIFY_DEFAULT);
}

static GtkWidget *
find_icon_button (GtkWidget *root, const char *icon_name)
{
  if (GTK_IS_BUTTON (root)
      && g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (root)), icon_name) == 0
      && gtk_widget_get_mapped (root))
    return root;

  GtkWidget *found = NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_icon_button (child, icon_name);
  return found;
}

static void
test_bell (Fixture *fixture, gconstpointer data)
{
  add_neighbours (fixture);
  open_window (fixture);
  GtkWidget *row = find_widget (fixture->window, "PorchContactRow", NULL);

  /* given the keyboard on Ann's row, which shows the bell */
  gtk_widget_grab_focus (gtk_widget_get_parent (row));
  porch_test_wait_until (find_icon_button (row, "porch-tell-not-symbolic") != NULL);
  take_picture (fixture->window, "bell");

  /* when it is pressed, then the agent tells of her; pressed again, no longer */
  g_signal_emit_by_name (find_icon_button (row, "porch-tell-not-symbolic"), "clicked");
  porch_test_wait_until (get_rule (fixture, "Ann Marsh") == PORCH_NOTIFY_ALWAYS);
  porch_test_wait_until (find_icon_button (row, "porch-tell-symbolic") != NULL);
  g_signal_emit_by_name (find_icon_button (row, "porch-tell-symbolic"), "clicked");
  porch_test_wait_until (get_rule (fixture, "Ann Marsh") == PORCH_NOTIFY_NEVER);
}

static void
test_add (Fixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;

  add (fixture, "Ann Marsh", PORCH_STATUS_ONLINE, 0, FALSE);
  open_window (fixture);
  dialog = porch_add_dialog_new (GTK_WINDOW (fixture->window), fixture->agent);
  gtk_window_present (GTK_WINDOW (dialog));
  take_picture (dialog, "add");

  porch_add_dialog_set_query (PORCH_ADD_DIALOG (dialog), "ann");
  porch_test_wait_until (find_widget (dialog, "GtkLabel", "Anna Lindqvist") != NULL);
  take_picture (dialog, "add-results");

  porch_add_dialog_set_query (PORCH_ADD_DIALOG (dialog),
                              "porchlight://add?server=https%3A%2F%2Fother.example.org&user=x");
  porch_test_wait_until (find_widget (dialog, "GtkLabel", "This link is for people of") != NULL);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
show_page (GtkWidget *preferences, const char *name)
{
  adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (preferences), name);
  run_for (300);
}

static void
test_preferences (Fixture *fixture, gconstpointer data)
{
  GtkWidget *preferences;

  open_window (fixture);
  preferences = porch_preferences_new (GTK_WINDOW (fixture->window), fixture->agent);
  gtk_window_present (GTK_WINDOW (preferences));
  run_for (200);
  g_assert_nonnull (find_widget (preferences, "GtkLabel", "robin@example.org"));

  static const char *const pages[] = { "account", "presence", "notifications", "privacy",
                                       "appearance" };
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *picture = g_strdup_printf ("preferences-%s", pages[i]);

      show_page (preferences, pages[i]);
      take_picture (preferences, picture);
    }

  /* What is chosen is the agent's, and shown. */
  show_page (preferences, "presence");
  GtkWidget *away_after = find_widget (preferences, "AdwComboRow", "Appear Offline When Away For");
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (away_after)), ==, 2);
  adw_combo_row_set_selected (ADW_COMBO_ROW (away_after), 0);
  porch_test_wait_until (porch_agent_proxy_get_away_after_minutes (fixture->agent) == 0);
  run_for (50);
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (away_after)), ==, 0);
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static GtkSwitch *
find_switch_of_row (GtkWidget *window, const char *title)
{
  GtkWidget *row = find_widget (window, "AdwActionRow", title);

  return GTK_SWITCH (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row)));
}

static void
test_preferences_of_start (Fixture *fixture, gconstpointer data)
{
  PorchDBusAgent1 *agent = porch_fake_agent_get_agent (fixture->fake);
  GtkWidget *preferences;

  open_window (fixture);
  preferences = porch_preferences_new (GTK_WINDOW (fixture->window), fixture->agent);
  gtk_window_present (GTK_WINDOW (preferences));
  show_page (preferences, "presence");
  run_for (100);
  GtkSwitch *start = find_switch_of_row (preferences, "Start at Log-in");
  g_assert_false (gtk_switch_get_active (start));

  /* What is chosen is the agent's. */
  gtk_switch_set_active (start, TRUE);
  porch_test_wait_until (g_strcmp0 (porch_agent_proxy_get_start_at_login (fixture->agent), "on")
                         == 0);
  g_assert_cmpstr (porch_dbus_agent1_get_start_at_login (agent), ==, "on");

  /* A desktop that refuses is said, and the switch is as it was. */
  porch_dbus_agent1_set_start_at_login_way (agent, "portal");
  gtk_switch_set_active (start, FALSE);
  porch_test_wait_until (find_widget (preferences, "GtkLabel", "Your desktop does not let")
                         != NULL);
  g_assert_true (gtk_switch_get_active (start));
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static void
test_asks_once_whether_to_start (Fixture *fixture, gconstpointer data)
{
  PorchDBusAgent1 *agent = porch_fake_agent_get_agent (fixture->fake);
  GtkWidget *title;

  /* given somebody who was not asked yet */
  porch_dbus_agent1_set_start_at_login (agent, "undecided");
  add_neighbours (fixture);
  open_window (fixture);
  title = find_widget (fixture->window, "GtkLabel", "Start when you log in?");
  g_assert_nonnull (title);
  take_picture (fixture->window, "start-question");

  /* when they answer, then the agent knows and the question is gone */
  g_signal_emit_by_name (find_widget (fixture->window, "GtkButton", "_Yes"), "clicked");
  porch_test_wait_until (g_strcmp0 (porch_dbus_agent1_get_start_at_login (agent), "on") == 0);
  porch_test_wait_until (!gtk_widget_get_mapped (title));
}

static void
on_window_destroyed_cb (gboolean *is_destroyed)
{
  *is_destroyed = TRUE;
}

static void
test_asks_before_it_leaves_no_window (Fixture *fixture, gconstpointer data)
{
  PorchDBusAgent1 *agent = porch_fake_agent_get_agent (fixture->fake);
  gboolean is_destroyed = FALSE;

  /* given a sandbox whose desktop lets nobody run without a window */
  porch_dbus_agent1_set_start_at_login_way (agent, "portal");
  add_neighbours (fixture);
  open_window (fixture);
  g_signal_connect_swapped (fixture->window, "destroy", G_CALLBACK (on_window_destroyed_cb),
                            &is_destroyed);

  /* when it is closed, then it is out of sight at once, and back with what the desktop says */
  gtk_window_close (GTK_WINDOW (fixture->window));
  g_assert_false (gtk_widget_get_visible (fixture->window));
  porch_test_wait_until (find_question () != NULL);
  GtkWidget *dialog = find_question ();
  g_assert_true (gtk_widget_get_visible (fixture->window));
  g_assert_cmpstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), ==,
                   "Your desktop does not let Porchlight do that.");
  take_picture (dialog, "closing-refused");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_assert_false (is_destroyed);

  /* and when the desktop lets it, then it goes */
  porch_dbus_agent1_set_start_at_login (agent, "on");
  gtk_window_close (GTK_WINDOW (fixture->window));
  porch_test_wait_until (is_destroyed);
  fixture->window = NULL;
}

static PorchQuietHours
get_quiet_hours (Fixture *fixture)
{
  GVariant *value = porch_dbus_account1_get_quiet_hours (
      porch_fake_agent_get_account (fixture->fake));
  PorchQuietHours hours;

  g_variant_get (value, "(uuub)", &hours.days, &hours.from_min, &hours.to_min, &hours.summary);
  return hours;
}

static void
test_preferences_of_notifications (Fixture *fixture, gconstpointer data)
{
  open_window (fixture);
  GtkWidget *preferences = porch_preferences_new (GTK_WINDOW (fixture->window), fixture->agent);
  gtk_window_present (GTK_WINDOW (preferences));
  run_for (200);

  show_page (preferences, "notifications");

  /* when the default is chosen, then the agent is told at once */
  GtkWidget *default_row = find_widget (preferences, "AdwComboRow", "Tell Me Who Comes Online");
  adw_combo_row_set_selected (ADW_COMBO_ROW (default_row), PORCH_NOTIFY_FAVOURITES);
  porch_test_wait_until (g_str_equal (
      porch_dbus_account1_get_notify_default (porch_fake_agent_get_account (fixture->fake)),
      "favourites"));

  /* when quiet hours are switched on, then they are each night's */
  GtkWidget *quiet_row = find_widget (preferences, "AdwExpanderRow", "Quiet Hours");
  adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (quiet_row), TRUE);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (quiet_row), TRUE);
  porch_test_wait_until (get_quiet_hours (fixture).days == PORCH_QUIET_ALL_DAYS);
  g_assert_cmpuint (get_quiet_hours (fixture).from_min, ==, 22 * 60);
  take_picture (preferences, "preferences-quiet-hours");

  /* when a day is left out and a time is typed, then so they are */
  porch_test_wait_until (find_widget (quiet_row, "GtkToggleButton", "Mon") != NULL);
  GtkWidget *monday = find_widget (quiet_row, "GtkToggleButton", "Mon");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (monday), FALSE);
  porch_test_wait_until (get_quiet_hours (fixture).days == (PORCH_QUIET_ALL_DAYS & ~1u));
  GtkWidget *from = find_widget (quiet_row, "GtkSpinButton", NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (from)), ==, "22:00");
  gtk_editable_set_text (GTK_EDITABLE (from), "21:15");
  gtk_spin_button_update (GTK_SPIN_BUTTON (from));
  porch_test_wait_until (get_quiet_hours (fixture).from_min == 21 * 60 + 15);

  /* when they are switched off, then there are none */
  adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (quiet_row), FALSE);
  porch_test_wait_until (get_quiet_hours (fixture).days == 0);
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static void
fill_in (Fixture *fixture, const char *server, const char *email, const char *password)
{
  gtk_editable_set_text (get_field (fixture, "Server Address"), server);
  gtk_editable_set_text (get_field (fixture, "Email Address"), email);
  gtk_editable_set_text (get_field (fixture, "Password"), password);
  g_signal_emit_by_name (get_field (fixture, "Password"), "entry-activated");
}

static void
test_sign_in_errors (Fixture *fixture, gconstpointer data)
{
  open_window (fixture);
  take_picture (fixture->window, "sign-in");

  fill_in (fixture, "", "robin", "");
  g_assert_true (shows (fixture, "Enter your server’s address."));
  g_assert_true (shows (fixture, "This is not an email address."));
  g_assert_true (shows (fixture, "Enter your password."));
  take_picture (fixture->window, "sign-in-incomplete");

  fill_in (fixture, "unreachable.example.org", "robin@example.org", "secret");
  porch_test_wait_until (shows (fixture, "No answer from unreachable.example.org"));
  take_picture (fixture->window, "sign-in-unreachable");

  fill_in (fixture, "website.example.org", "robin@example.org", "secret");
  porch_test_wait_until (shows (fixture, "is not a Porchlight server"));

  fill_in (fixture, "tls.example.org", "robin@example.org", "secret");
  porch_test_wait_until (shows (fixture, "is not secure"));

  fill_in (fixture, "porch.example.org", "robin@example.org", "wrong");
  porch_test_wait_until (shows (fixture, "The email address or the password is not right."));
  g_assert_true (shows (fixture, "Your password goes to porch.example.org."));
  take_picture (fixture->window, "sign-in-wrong");

  /* Nothing that was typed is lost. */
  g_assert_cmpstr (gtk_editable_get_text (get_field (fixture, "Server Address")), ==,
                   "porch.example.org");
  g_assert_cmpstr (gtk_editable_get_text (get_field (fixture, "Email Address")), ==,
                   "robin@example.org");
  g_assert_cmpstr (gtk_editable_get_text (get_field (fixture, "Password")), ==, "wrong");
}

static void
test_sign_in_names_host (Fixture *fixture, gconstpointer data)
{
  open_window (fixture);

  fill_in (fixture, "elsewhere.example.org", "robin@example.org", "right");
  porch_test_wait_until (shows (fixture, "Your password would go to auth.example.net"));
  g_assert_null (porch_fake_agent_get_password (fixture->fake));

  g_signal_emit_by_name (get_field (fixture, "Password"), "entry-activated");
  porch_test_wait_until (shows (fixture, "Robin Ashe"));
  g_assert_cmpstr (porch_fake_agent_get_password (fixture->fake), ==, "right");
}

static void
test_sign_in (Fixture *fixture, gconstpointer data)
{
  add_neighbours (fixture);
  open_window (fixture);

  fill_in (fixture, "porch.example.org", "robin@example.org", "right");
  porch_test_wait_until (shows (fixture, "4 of 12 online"));
  g_assert_cmpstr (porch_fake_agent_get_password (fixture->fake), ==, "right");
}

static void
test_sign_in_without_keyring (Fixture *fixture, gconstpointer data)
{
  open_window (fixture);
  fill_in (fixture, "porch.example.org", "robin@example.org", "keyring");
  porch_test_wait_until (find_question () != NULL);
  GtkWidget *dialog = find_question ();
  take_picture (dialog, "sign-in-no-keyring");

  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  porch_test_wait_until (shows (fixture, "Robin Ashe"));
}

static void
test_session_ends (Fixture *fixture, gconstpointer data)
{
  PorchDBusAccount1 *account = porch_fake_agent_get_account (fixture->fake);

  add_neighbours (fixture);
  open_window (fixture);
  porch_dbus_account1_set_error_code (account, "no-access-token");
  porch_dbus_account1_set_state (account, "signed-out");
  porch_roster_set_unknown (porch_fake_agent_get_roster (fixture->fake));

  /* The list stays, and the way back is one button. */
  porch_test_wait_until (find_widget (fixture->window, "GtkButton", "Sign In Again") != NULL);
  g_assert_true (shows (fixture, "Ann Marsh"));
  take_picture (fixture->window, "session-ended");

  gtk_widget_activate_action (fixture->window, "win.sign-in", NULL);
  porch_test_wait_until (shows (fixture, "You are signed out."));
  g_assert_cmpstr (gtk_editable_get_text (get_field (fixture, "Email Address")), ==,
                   "robin@example.org");
  take_picture (fixture->window, "sign-in-again");
}

static void
test_server_changes (Fixture *fixture, gconstpointer data)
{
  PorchDBusAccount1 *account = porch_fake_agent_get_account (fixture->fake);

  add_neighbours (fixture);
  open_window (fixture);
  porch_dbus_account1_set_error_code (account, "server-changed");
  porch_dbus_account1_set_error_message (account, "porch.example.org has moved.");
  porch_dbus_account1_set_state (account, "waiting");
  porch_test_wait_until (find_widget (fixture->window, "GtkButton", "Sign In Again") != NULL);
  take_picture (fixture->window, "server-changed");

  /* The form stays, whatever else changes, until it is sent or left. */
  gtk_widget_activate_action (fixture->window, "win.sign-in", NULL);
  porch_dbus_account1_set_next_try (account, g_get_real_time () + G_TIME_SPAN_MINUTE);
  run_for (50);
  g_assert_true (shows (fixture, "porch.example.org has moved."));
  g_assert_cmpstr (gtk_editable_get_text (get_field (fixture, "Email Address")), ==,
                   "robin@example.org");

  gtk_widget_activate_action (fixture->window, "win.back", NULL);
  porch_test_wait_until (shows (fixture, "Ann Marsh"));
}

static void
test_first_one_online_is_in_sight (Fixture *fixture, gconstpointer data)
{
  GtkWidget *list;

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("Neighbour %02u", i);

      add (fixture, name, PORCH_STATUS_OFFLINE, 60 + i, FALSE);
    }
  open_window (fixture);
  run_for (200);

  add (fixture, "Ann Marsh", PORCH_STATUS_ONLINE, 0, FALSE);
  porch_test_wait_until (shows (fixture, "Ann Marsh"));
  run_for (200);

  list = find_widget (fixture->window, "GtkListView", NULL);
  g_assert_cmpfloat (
      gtk_adjustment_get_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list))), ==, 0);
  take_picture (fixture->window, "first-one-online");
}

static void
test_agent_ends (Fixture *fixture, gconstpointer data)
{
  add_neighbours (fixture);
  open_window (fixture);
  g_clear_object (&fixture->fake);

  porch_test_wait_until (find_widget (fixture->window, "GtkButton", "Start It Again") != NULL);
  porch_test_wait_until (shows (fixture, "Online as of"));
  g_assert_true (shows (fixture, "Not connected"));
  g_assert_false (shows (fixture, "of 12 online"));

  fixture->fake = porch_fake_agent_new (fixture->agent_end, TRUE);
  add_neighbours (fixture);
  porch_test_wait_until (shows (fixture, "4 of 12 online"));
  porch_test_wait_until (find_widget (fixture->window, "GtkButton", "Start It Again") == NULL);
}

static void
add_test (const char *path,
          void (*set_up_func) (Fixture *, gconstpointer),
          void (*test_func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up_func, test_func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_autoptr (AdwApplication) application = NULL;
  g_autoptr (GError) error = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  /* Before the bus, which takes DISPLAY from the environment. */
  gtk_init ();
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);

  /* For the stylesheet and the icons, which a program loads from its resources. */
  application = adw_application_new ("app.porchlight.Porchlight", G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", NULL);

  add_test ("/ui/window/list", set_up_signed_in, test_list);
  add_test ("/ui/window/dark", set_up_signed_in, test_dark);
  add_test ("/ui/window/right-to-left", set_up_signed_in, test_right_to_left);
  add_test ("/ui/window/narrow", set_up_signed_in, test_narrow);
  add_test ("/ui/window/large-text", set_up_signed_in, test_large_text);
  add_test ("/ui/window/empty", set_up_signed_in, test_empty);
  add_test ("/ui/window/unknown", set_up_signed_in, test_unknown);
  add_test ("/ui/window/no-match", set_up_signed_in, test_no_match);
  add_test ("/ui/window/change", set_up_signed_in, test_change);
  add_test ("/ui/window/person", set_up_signed_in, test_person);
  add_test ("/ui/window/add", set_up_signed_in, test_add);
  add_test ("/ui/window/preferences", set_up_signed_in, test_preferences);
  add_test ("/ui/window/preferences-of-start", set_up_signed_in, test_preferences_of_start);
  add_test ("/ui/window/asks-once-whether-to-start", set_up_signed_in,
            test_asks_once_whether_to_start);
  add_test ("/ui/window/asks-before-it-leaves-no-window", set_up_signed_in,
            test_asks_before_it_leaves_no_window);
  add_test ("/ui/window/preferences-of-notifications", set_up_signed_in,
            test_preferences_of_notifications);
  add_test ("/ui/window/person-notify-rule", set_up_signed_in, test_person_notify_rule);
  add_test ("/ui/window/bell", set_up_signed_in, test_bell);
  add_test ("/ui/window/agent-ends", set_up_signed_in, test_agent_ends);
  add_test ("/ui/window/session-ends", set_up_signed_in, test_session_ends);
  add_test ("/ui/window/first-one-online-is-in-sight", set_up_signed_in,
            test_first_one_online_is_in_sight);
  add_test ("/ui/window/server-changes", set_up_signed_in, test_server_changes);
  add_test ("/ui/window/sign-in", set_up_signed_out, test_sign_in);
  add_test ("/ui/window/sign-in-errors", set_up_signed_out, test_sign_in_errors);
  add_test ("/ui/window/sign-in-names-host", set_up_signed_out, test_sign_in_names_host);
  add_test ("/ui/window/sign-in-without-keyring", set_up_signed_out, test_sign_in_without_keyring);

  result = g_test_run ();
  g_test_dbus_stop (bus);

  return result;
}
