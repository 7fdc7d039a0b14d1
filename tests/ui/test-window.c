/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The window in each of its states, over a bus of its own with only the agent's end of it faked.
 * With PORCH_PICTURES set to a folder each state leaves a picture there, to be looked at.
 */

#include <adwaita.h>

#include "porch-stage.h"
#include "porch-test-wait.h"
#include "ui/porch-add-dialog.h"
#include "ui/porch-display-clock.h"
#include "ui/porch-window.h"

static gboolean
shows (PorchStage *stage, const char *text)
{
  return porch_stage_find (stage->window, "GtkLabel", text) != NULL;
}

static GtkEditable *
get_field (PorchStage *stage, const char *title)
{
  GtkWidget *row = porch_stage_find (stage->window, "AdwEntryRow", title);

  if (row == NULL)
    row = porch_stage_find (stage->window, "AdwPasswordEntryRow", title);
  g_assert_nonnull (row);

  return GTK_EDITABLE (row);
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
test_list (PorchStage *stage, gconstpointer data)
{
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);

  g_assert_true (shows (stage, "Ann Marsh"));
  g_assert_true (shows (stage, "Last active 7m ago"));
  g_assert_true (shows (stage, "Favourites"));
  porch_test_wait_until (shows (stage, "4 of 12 online"));
  porch_stage_take_picture (stage->window, "list");
}

static void
test_dark (PorchStage *stage, gconstpointer data)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  porch_stage_add_neighbours (stage);
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  porch_stage_open_window (stage);
  g_assert_true (shows (stage, "Ann Marsh"));
  porch_stage_take_picture (stage->window, "list-dark");
  gtk_widget_activate_action (stage->window, "win.show-person", "s", "Ann Marsh");
  porch_stage_take_picture (stage->window, "person-dark");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);
}

static void
test_right_to_left (PorchStage *stage, gconstpointer data)
{
  porch_stage_add_neighbours (stage);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  porch_stage_open_window (stage);
  g_assert_true (shows (stage, "Ann Marsh"));
  porch_stage_take_picture (stage->window, "list-rtl");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static void
test_narrow (PorchStage *stage, gconstpointer data)
{
  porch_stage_add (stage, "Maximiliane Alexandra Freifrau von Hohenstein-Wiesengrund zu Tannenberg",
                   PORCH_STATUS_ONLINE, 0, TRUE);
  porch_stage_add (stage, "<b>Bob</b> & the \"Markup\" family", PORCH_STATUS_OFFLINE, 9, FALSE);
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  gtk_window_set_default_size (GTK_WINDOW (stage->window), 300, 480);
  porch_stage_run_for (200);

  g_assert_cmpint (gtk_widget_get_width (stage->window), <=, 300);
  porch_stage_take_picture (stage->window, "list-narrow");
  gtk_widget_activate_action (
      stage->window, "win.show-person", "s",
      "Maximiliane Alexandra Freifrau von Hohenstein-Wiesengrund zu Tannenberg");
  porch_stage_take_picture (stage->window, "person-narrow");
}

static void
test_large_text (PorchStage *stage, gconstpointer data)
{
  GtkSettings *settings = gtk_settings_get_default ();
  int dpi;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", dpi * 2, NULL);
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  g_assert_true (shows (stage, "Ann Marsh"));
  porch_stage_take_picture (stage->window, "list-large-text");
  gtk_widget_activate_action (stage->window, "win.show-person", "s", "Ann Marsh");
  porch_stage_take_picture (stage->window, "person-large-text");
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

static void
test_empty (PorchStage *stage, gconstpointer data)
{
  porch_stage_open_window (stage);

  porch_test_wait_until (
      porch_stage_find (stage->window, "AdwStatusPage", "Nobody on Your List Yet") != NULL);
  porch_stage_take_picture (stage->window, "empty");
}

static void
test_unknown (PorchStage *stage, gconstpointer data)
{
  PorchDBusAccount1 *account = porch_fake_agent_get_account (stage->fake);

  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  porch_dbus_account1_set_error_message (account, "porch.example.org does not answer");
  porch_dbus_account1_set_error_detail (account,
                                        "Could not connect to 203.0.113.7: No route to host");
  porch_dbus_account1_set_error_code (account, "unreachable");
  porch_dbus_account1_set_next_try (account, g_get_real_time () + 12 * G_USEC_PER_SEC);
  porch_dbus_account1_set_state (account, "waiting");
  porch_roster_set_unknown (porch_fake_agent_get_roster (stage->fake));

  porch_test_wait_until (shows (stage, "Not connected, trying again in"));
  porch_test_wait_until (shows (stage, "Online as of"));
  porch_test_wait_until (shows (stage, "porch.example.org does not answer"));
  porch_stage_take_picture (stage->window, "unknown");

  gtk_widget_activate_action (stage->window, "win.try-now", NULL);
  porch_test_wait_until (shows (stage, "Connecting…"));
}

static void
test_no_match (PorchStage *stage, gconstpointer data)
{
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  gtk_widget_activate_action (stage->window, "win.search", NULL);
  porch_test_wait_until (porch_stage_find (stage->window, "GtkSearchEntry", NULL) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (porch_stage_find (stage->window, "GtkSearchEntry", NULL)),
                         "zoe");
  porch_test_wait_until (!shows (stage, "Ann Marsh"));
  g_assert_true (shows (stage, "Zoë Park"));
  porch_stage_take_picture (stage->window, "search");

  gtk_editable_set_text (GTK_EDITABLE (porch_stage_find (stage->window, "GtkSearchEntry", NULL)),
                         "<xavier>");
  porch_test_wait_until (porch_stage_find (stage->window, "AdwStatusPage", "No Match") != NULL);
  porch_stage_take_picture (stage->window, "no-match");
}

static void
test_change (PorchStage *stage, gconstpointer data)
{
  PorchContactState state = { .status = PORCH_STATUS_ONLINE,
                              .last_known_status = PORCH_STATUS_ONLINE,
                              .last_active_us = stage->now_us };

  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  porch_roster_mirror (
      porch_fake_agent_get_roster (stage->fake),
      porch_roster_lookup (porch_fake_agent_get_roster (stage->fake), "Dina Rossi"), &state);
  porch_test_wait_until (shows (stage, "5 of 12 online"));
  g_assert_false (shows (stage, "Last active 7m ago"));
}

static void
test_person (PorchStage *stage, gconstpointer data)
{
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  gtk_widget_activate_action (stage->window, "win.show-person", "s", "Ann Marsh");
  porch_stage_run_for (300);
  g_assert_true (shows (stage, "Online Since"));
  porch_stage_take_picture (stage->window, "person");

  gtk_widget_activate_action (stage->window, "win.remove", "s", "Ann Marsh");
  porch_test_wait_until (shows (stage, "3 of 11 online"));
  g_assert_true (shows (stage, "Ann Marsh removed"));
  porch_stage_take_picture (stage->window, "removed");

  gtk_widget_activate_action (stage->window, "win.undo-remove", "s", "Ann Marsh");
  porch_test_wait_until (shows (stage, "of 12 online"));
}

static PorchNotifyRule
get_rule (PorchStage *stage, const char *name)
{
  return porch_contact_get_notify_rule (
      porch_roster_lookup (porch_fake_agent_get_roster (stage->fake), name));
}

static void
test_person_notify_rule (PorchStage *stage, gconstpointer data)
{
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  gtk_widget_activate_action (stage->window, "win.show-person", "s", "Ann Marsh");
  porch_stage_run_for (300);
  GtkWidget *row = porch_stage_find (stage->window, "AdwComboRow", "Tell Me When They Come Online");
  g_assert_nonnull (row);

  /* when the person chooses, then the agent is told */
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), 3);
  porch_test_wait_until (get_rule (stage, "Ann Marsh") == PORCH_NOTIFY_ALSO_LEAVES);

  /* when it is changed elsewhere, then the page says so; another's page says theirs */
  porch_contact_set_notify_rule (
      porch_roster_lookup (porch_fake_agent_get_roster (stage->fake), "Ann Marsh"),
      PORCH_NOTIFY_NEVER);
  porch_test_wait_until (adw_combo_row_get_selected (ADW_COMBO_ROW (row)) == 4);
  gtk_widget_activate_action (stage->window, "win.show-person", "s", "Ben Okafor");
  porch_test_wait_until (adw_combo_row_get_selected (ADW_COMBO_ROW (row)) == 0);
  g_assert_cmpint (get_rule (stage, "Ann Marsh"), ==, PORCH_NOTIFY_NEVER);
  g_assert_cmpint (get_rule (stage, "Ben Okafor"), ==, PORCH_NOTIFY_DEFAULT);
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
test_bell (PorchStage *stage, gconstpointer data)
{
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  GtkWidget *row = porch_stage_find (stage->window, "PorchContactRow", NULL);

  /* given the keyboard on Ann's row, which shows the bell */
  gtk_widget_grab_focus (gtk_widget_get_parent (row));
  porch_test_wait_until (find_icon_button (row, "porch-tell-not-symbolic") != NULL);
  porch_stage_take_picture (stage->window, "bell");

  /* when it is pressed, then the agent tells of her; pressed again, no longer */
  g_signal_emit_by_name (find_icon_button (row, "porch-tell-not-symbolic"), "clicked");
  porch_test_wait_until (get_rule (stage, "Ann Marsh") == PORCH_NOTIFY_ALWAYS);
  porch_test_wait_until (find_icon_button (row, "porch-tell-symbolic") != NULL);
  g_signal_emit_by_name (find_icon_button (row, "porch-tell-symbolic"), "clicked");
  porch_test_wait_until (get_rule (stage, "Ann Marsh") == PORCH_NOTIFY_NEVER);
}

static void
test_own_menu (PorchStage *stage, gconstpointer data)
{
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  GtkWidget *row = porch_stage_find (stage->window, "PorchOwnRow", NULL);
  GtkMenuButton *button = GTK_MENU_BUTTON (porch_stage_find (row, "GtkMenuButton", NULL));

  gtk_menu_button_popup (button);
  GtkWidget *menu = GTK_WIDGET (gtk_menu_button_get_popover (button));
  porch_test_wait_until (gtk_widget_get_mapped (menu));
  /* GTK looks where the pointer is once the menu has been drawn, and by then it has to be there. */
  porch_stage_run_for (300);
  porch_stage_take_picture (menu, "own-menu");
  gtk_menu_button_popdown (button);
  porch_test_wait_until (!gtk_widget_get_mapped (menu));

  gtk_widget_activate_action (row, "own.presence", "s", "offline");
  porch_test_wait_until (shows (stage, "Appearing offline"));
}

static void
test_add (PorchStage *stage, gconstpointer data)
{
  GtkWidget *dialog;

  porch_stage_add (stage, "Ann Marsh", PORCH_STATUS_ONLINE, 0, FALSE);
  porch_stage_open_window (stage);
  dialog = porch_add_dialog_new (GTK_WINDOW (stage->window), stage->agent);
  gtk_window_present (GTK_WINDOW (dialog));
  porch_stage_take_picture (dialog, "add");

  porch_add_dialog_set_query (PORCH_ADD_DIALOG (dialog), "ann");
  porch_test_wait_until (porch_stage_find (dialog, "GtkLabel", "Anna Lindqvist") != NULL);
  porch_stage_take_picture (dialog, "add-results");

  porch_add_dialog_set_query (PORCH_ADD_DIALOG (dialog),
                              "porchlight://add?server=https%3A%2F%2Fother.example.org&user=x");
  porch_test_wait_until (porch_stage_find (dialog, "GtkLabel", "This link is for people of")
                         != NULL);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static gboolean
has_add_dialog (GtkWidget *window)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) candidate = g_list_model_get_item (windows, i);

      if (PORCH_IS_ADD_DIALOG (candidate)
          && gtk_window_get_transient_for (candidate) == GTK_WINDOW (window))
        return TRUE;
    }
  return FALSE;
}

static void
test_link_opens_the_add_dialog (PorchStage *stage, gconstpointer data)
{
  porch_stage_open_window (stage);
  porch_window_open_link (PORCH_WINDOW (stage->window),
                          "porchlight://add?server=https%3A%2F%2Fporch.example.org&user=ann");
  porch_test_wait_until (has_add_dialog (stage->window));

  /* nobody is added before the person says so */
  porch_stage_run_for (50);
  g_assert_cmpuint (
      g_list_model_get_n_items (G_LIST_MODEL (porch_fake_agent_get_roster (stage->fake))), ==, 0);
}

static void
test_searched_by_the_desktop (PorchStage *stage, gconstpointer data)
{
  /* given a person's page */
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  porch_window_show_person (PORCH_WINDOW (stage->window), "Ben Okafor");

  /* when somebody goes on searching in the window, then the list shows whom it finds */
  porch_window_search (PORCH_WINDOW (stage->window), "zoe");
  porch_test_wait_until (porch_stage_find (stage->window, "GtkLabel", "Zoë Park") != NULL
                         && porch_stage_find (stage->window, "GtkLabel", "Dina Rossi") == NULL);
  porch_stage_take_picture (stage->window, "searched-by-the-desktop");
}

static void
test_asks_once_whether_to_start (PorchStage *stage, gconstpointer data)
{
  PorchDBusAgent1 *agent = porch_fake_agent_get_agent (stage->fake);
  GtkWidget *title;

  /* given somebody who was not asked yet */
  porch_dbus_agent1_set_start_at_login (agent, "undecided");
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  title = porch_stage_find (stage->window, "GtkLabel", "Start when you log in?");
  g_assert_nonnull (title);
  porch_stage_take_picture (stage->window, "start-question");

  /* when they answer, then the agent knows and the question is gone */
  g_signal_emit_by_name (porch_stage_find (stage->window, "GtkButton", "_Yes"), "clicked");
  porch_test_wait_until (g_strcmp0 (porch_dbus_agent1_get_start_at_login (agent), "on") == 0);
  porch_test_wait_until (!gtk_widget_get_mapped (title));
}

static void
on_window_destroyed_cb (gboolean *is_destroyed)
{
  *is_destroyed = TRUE;
}

static void
test_asks_before_it_leaves_no_window (PorchStage *stage, gconstpointer data)
{
  PorchDBusAgent1 *agent = porch_fake_agent_get_agent (stage->fake);
  gboolean is_destroyed = FALSE;

  /* given a sandbox whose desktop lets nobody run without a window */
  porch_dbus_agent1_set_start_at_login_way (agent, "portal");
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  g_signal_connect_swapped (stage->window, "destroy", G_CALLBACK (on_window_destroyed_cb),
                            &is_destroyed);

  /* when it is closed, then it is out of sight at once, and back with what the desktop says */
  gtk_window_close (GTK_WINDOW (stage->window));
  g_assert_false (gtk_widget_get_visible (stage->window));
  porch_test_wait_until (find_question () != NULL);
  GtkWidget *dialog = find_question ();
  g_assert_true (gtk_widget_get_visible (stage->window));
  g_assert_cmpstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), ==,
                   "Your desktop does not let Porchlight do that.");
  porch_stage_take_picture (dialog, "closing-refused");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_assert_false (is_destroyed);

  /* and when the desktop lets it, then it goes */
  porch_dbus_agent1_set_start_at_login (agent, "on");
  gtk_window_close (GTK_WINDOW (stage->window));
  porch_test_wait_until (is_destroyed);
  stage->window = NULL;
}

static void
fill_in (PorchStage *stage, const char *server, const char *email, const char *password)
{
  gtk_editable_set_text (get_field (stage, "Server Address"), server);
  gtk_editable_set_text (get_field (stage, "Email Address"), email);
  gtk_editable_set_text (get_field (stage, "Password"), password);
  g_signal_emit_by_name (get_field (stage, "Password"), "entry-activated");
}

static void
test_sign_in_errors (PorchStage *stage, gconstpointer data)
{
  porch_stage_open_window (stage);
  porch_stage_take_picture (stage->window, "sign-in");

  fill_in (stage, "", "robin", "");
  g_assert_true (shows (stage, "Enter your server’s address."));
  g_assert_true (shows (stage, "This is not an email address."));
  g_assert_true (shows (stage, "Enter your password."));
  porch_stage_take_picture (stage->window, "sign-in-incomplete");

  fill_in (stage, "unreachable.example.org", "robin@example.org", "secret");
  porch_test_wait_until (shows (stage, "No answer from unreachable.example.org"));
  porch_stage_take_picture (stage->window, "sign-in-unreachable");

  fill_in (stage, "website.example.org", "robin@example.org", "secret");
  porch_test_wait_until (shows (stage, "is not a Porchlight server"));

  fill_in (stage, "tls.example.org", "robin@example.org", "secret");
  porch_test_wait_until (shows (stage, "is not secure"));

  fill_in (stage, "porch.example.org", "robin@example.org", "wrong");
  porch_test_wait_until (shows (stage, "The email address or the password is not right."));
  g_assert_true (shows (stage, "Your password goes to porch.example.org."));
  porch_stage_take_picture (stage->window, "sign-in-wrong");

  /* Nothing that was typed is lost. */
  g_assert_cmpstr (gtk_editable_get_text (get_field (stage, "Server Address")), ==,
                   "porch.example.org");
  g_assert_cmpstr (gtk_editable_get_text (get_field (stage, "Email Address")), ==,
                   "robin@example.org");
  g_assert_cmpstr (gtk_editable_get_text (get_field (stage, "Password")), ==, "wrong");
}

static void
test_sign_in_names_host (PorchStage *stage, gconstpointer data)
{
  porch_stage_open_window (stage);

  fill_in (stage, "elsewhere.example.org", "robin@example.org", "right");
  porch_test_wait_until (shows (stage, "Your password would go to auth.example.net"));
  g_assert_null (porch_fake_agent_get_password (stage->fake));

  g_signal_emit_by_name (get_field (stage, "Password"), "entry-activated");
  porch_test_wait_until (shows (stage, "Robin Ashe"));
  g_assert_cmpstr (porch_fake_agent_get_password (stage->fake), ==, "right");
}

static void
test_sign_in (PorchStage *stage, gconstpointer data)
{
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);

  fill_in (stage, "porch.example.org", "robin@example.org", "right");
  porch_test_wait_until (shows (stage, "4 of 12 online"));
  g_assert_cmpstr (porch_fake_agent_get_password (stage->fake), ==, "right");
}

static void
test_sign_in_without_keyring (PorchStage *stage, gconstpointer data)
{
  porch_stage_open_window (stage);
  fill_in (stage, "porch.example.org", "robin@example.org", "keyring");
  porch_test_wait_until (find_question () != NULL);
  GtkWidget *dialog = find_question ();
  porch_stage_take_picture (dialog, "sign-in-no-keyring");

  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  porch_test_wait_until (shows (stage, "Robin Ashe"));
}

static void
test_session_ends (PorchStage *stage, gconstpointer data)
{
  PorchDBusAccount1 *account = porch_fake_agent_get_account (stage->fake);

  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  porch_dbus_account1_set_error_code (account, "no-access-token");
  porch_dbus_account1_set_state (account, "signed-out");
  porch_roster_set_unknown (porch_fake_agent_get_roster (stage->fake));

  /* The list stays, and the way back is one button. */
  porch_test_wait_until (porch_stage_find (stage->window, "GtkButton", "Sign In Again") != NULL);
  g_assert_true (shows (stage, "Ann Marsh"));
  porch_stage_take_picture (stage->window, "session-ended");

  gtk_widget_activate_action (stage->window, "win.sign-in", NULL);
  porch_test_wait_until (shows (stage, "You are signed out."));
  g_assert_cmpstr (gtk_editable_get_text (get_field (stage, "Email Address")), ==,
                   "robin@example.org");
  porch_stage_take_picture (stage->window, "sign-in-again");
}

static void
test_server_changes (PorchStage *stage, gconstpointer data)
{
  PorchDBusAccount1 *account = porch_fake_agent_get_account (stage->fake);

  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  porch_dbus_account1_set_error_code (account, "server-changed");
  porch_dbus_account1_set_error_message (account, "porch.example.org has moved.");
  porch_dbus_account1_set_state (account, "waiting");
  porch_test_wait_until (porch_stage_find (stage->window, "GtkButton", "Sign In Again") != NULL);
  porch_stage_take_picture (stage->window, "server-changed");

  /* The form stays, whatever else changes, until it is sent or left. */
  gtk_widget_activate_action (stage->window, "win.sign-in", NULL);
  porch_dbus_account1_set_next_try (account, g_get_real_time () + G_TIME_SPAN_MINUTE);
  porch_stage_run_for (50);
  g_assert_true (shows (stage, "porch.example.org has moved."));
  g_assert_cmpstr (gtk_editable_get_text (get_field (stage, "Email Address")), ==,
                   "robin@example.org");

  gtk_widget_activate_action (stage->window, "win.back", NULL);
  porch_test_wait_until (shows (stage, "Ann Marsh"));
}

static void
test_first_one_online_is_in_sight (PorchStage *stage, gconstpointer data)
{
  GtkWidget *list;

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("Neighbour %02u", i);

      porch_stage_add (stage, name, PORCH_STATUS_OFFLINE, 60 + i, FALSE);
    }
  porch_stage_open_window (stage);
  porch_stage_run_for (200);

  porch_stage_add (stage, "Ann Marsh", PORCH_STATUS_ONLINE, 0, FALSE);
  porch_test_wait_until (shows (stage, "Ann Marsh"));
  porch_stage_run_for (200);

  list = porch_stage_find (stage->window, "GtkListView", NULL);
  g_assert_cmpfloat (
      gtk_adjustment_get_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list))), ==, 0);
  porch_stage_take_picture (stage->window, "first-one-online");
}

static void
test_agent_ends (PorchStage *stage, gconstpointer data)
{
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  g_clear_object (&stage->fake);

  porch_test_wait_until (porch_stage_find (stage->window, "GtkButton", "Start It Again") != NULL);
  porch_test_wait_until (shows (stage, "Online as of"));
  g_assert_true (shows (stage, "Not connected"));
  g_assert_false (shows (stage, "of 12 online"));

  stage->fake = porch_fake_agent_new (stage->agent_end, TRUE);
  porch_stage_add_neighbours (stage);
  porch_test_wait_until (shows (stage, "4 of 12 online"));
  porch_test_wait_until (porch_stage_find (stage->window, "GtkButton", "Start It Again") == NULL);
}

static void
add_test (const char *path,
          void (*set_up_func) (PorchStage *, gconstpointer),
          void (*test_func) (PorchStage *, gconstpointer))
{
  g_test_add (path, PorchStage, NULL, set_up_func, test_func, porch_stage_tear_down);
}

int
main (int argc, char *argv[])
{
  porch_stage_init (&argc, &argv);

  add_test ("/ui/window/list", porch_stage_set_up_signed_in, test_list);
  add_test ("/ui/window/dark", porch_stage_set_up_signed_in, test_dark);
  add_test ("/ui/window/right-to-left", porch_stage_set_up_signed_in, test_right_to_left);
  add_test ("/ui/window/narrow", porch_stage_set_up_signed_in, test_narrow);
  add_test ("/ui/window/large-text", porch_stage_set_up_signed_in, test_large_text);
  add_test ("/ui/window/empty", porch_stage_set_up_signed_in, test_empty);
  add_test ("/ui/window/unknown", porch_stage_set_up_signed_in, test_unknown);
  add_test ("/ui/window/no-match", porch_stage_set_up_signed_in, test_no_match);
  add_test ("/ui/window/change", porch_stage_set_up_signed_in, test_change);
  add_test ("/ui/window/person", porch_stage_set_up_signed_in, test_person);
  add_test ("/ui/window/own-menu", porch_stage_set_up_signed_in, test_own_menu);
  add_test ("/ui/window/add", porch_stage_set_up_signed_in, test_add);
  add_test ("/ui/window/link-opens-the-add-dialog", porch_stage_set_up_signed_in,
            test_link_opens_the_add_dialog);
  add_test ("/ui/window/searched-by-the-desktop", porch_stage_set_up_signed_in,
            test_searched_by_the_desktop);
  add_test ("/ui/window/asks-once-whether-to-start", porch_stage_set_up_signed_in,
            test_asks_once_whether_to_start);
  add_test ("/ui/window/asks-before-it-leaves-no-window", porch_stage_set_up_signed_in,
            test_asks_before_it_leaves_no_window);
  add_test ("/ui/window/person-notify-rule", porch_stage_set_up_signed_in, test_person_notify_rule);
  add_test ("/ui/window/bell", porch_stage_set_up_signed_in, test_bell);
  add_test ("/ui/window/agent-ends", porch_stage_set_up_signed_in, test_agent_ends);
  add_test ("/ui/window/session-ends", porch_stage_set_up_signed_in, test_session_ends);
  add_test ("/ui/window/first-one-online-is-in-sight", porch_stage_set_up_signed_in,
            test_first_one_online_is_in_sight);
  add_test ("/ui/window/server-changes", porch_stage_set_up_signed_in, test_server_changes);
  add_test ("/ui/window/sign-in", porch_stage_set_up_signed_out, test_sign_in);
  add_test ("/ui/window/sign-in-errors", porch_stage_set_up_signed_out, test_sign_in_errors);
  add_test ("/ui/window/sign-in-names-host", porch_stage_set_up_signed_out,
            test_sign_in_names_host);
  add_test ("/ui/window/sign-in-without-keyring", porch_stage_set_up_signed_out,
            test_sign_in_without_keyring);

  return porch_stage_run ();
}
