/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The preferences: what each page shows, that a choice is the agent's at once, and what is locked;
 * and what the window tells of the desktop.
 */

#include <adwaita.h>

#include "bus/porch-settings.h"
#include "porch-stage.h"
#include "porch-test-wait.h"
#include "ui/porch-about.h"
#include "ui/porch-preferences.h"

static GtkWidget *
open_preferences (PorchStage *stage)
{
  GtkWidget *preferences;

  porch_stage_open_window (stage);
  preferences = porch_preferences_new (GTK_WINDOW (stage->window), stage->agent);
  gtk_window_present (GTK_WINDOW (preferences));
  porch_stage_run_for (200);

  return preferences;
}

static void
show_page (GtkWidget *preferences, const char *name)
{
  adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (preferences), name);
  porch_stage_run_for (300);
}

static void
test_pages (PorchStage *stage, gconstpointer data)
{
  GtkWidget *preferences;

  preferences = open_preferences (stage);
  g_assert_nonnull (porch_stage_find (preferences, "GtkLabel", "robin@example.org"));

  static const char *const pages[] = { "account", "presence", "notifications", "privacy",
                                       "appearance" };
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *picture = g_strdup_printf ("preferences-%s", pages[i]);

      show_page (preferences, pages[i]);
      porch_stage_take_picture (preferences, picture);
    }

  /* What is chosen is the agent's, and shown. */
  show_page (preferences, "presence");
  GtkWidget *away_after = porch_stage_find (preferences, "AdwComboRow",
                                            "Appear Offline When Away For");
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (away_after)), ==, 2);
  adw_combo_row_set_selected (ADW_COMBO_ROW (away_after), 0);
  porch_test_wait_until (porch_agent_proxy_get_away_after_minutes (stage->agent) == 0);
  porch_stage_run_for (50);
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (away_after)), ==, 0);
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static GtkSwitch *
find_switch_of_row (GtkWidget *window, const char *title)
{
  GtkWidget *row = porch_stage_find (window, "AdwActionRow", title);

  return GTK_SWITCH (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row)));
}

static void
test_start (PorchStage *stage, gconstpointer data)
{
  PorchDBusAgent1 *agent = porch_fake_agent_get_agent (stage->fake);
  GtkWidget *preferences = open_preferences (stage);

  show_page (preferences, "presence");
  porch_stage_run_for (100);
  GtkSwitch *start = find_switch_of_row (preferences, "Start at Log-in");
  g_assert_false (gtk_switch_get_active (start));

  /* What is chosen is the agent's. */
  gtk_switch_set_active (start, TRUE);
  porch_test_wait_until (g_strcmp0 (porch_agent_proxy_get_start_at_login (stage->agent), "on")
                         == 0);
  g_assert_cmpstr (porch_dbus_agent1_get_start_at_login (agent), ==, "on");

  /* A desktop that refuses is said, and the switch is as it was. */
  porch_dbus_agent1_set_start_at_login_way (agent, "portal");
  gtk_switch_set_active (start, FALSE);
  porch_test_wait_until (porch_stage_find (preferences, "GtkLabel", "Your desktop does not let")
                         != NULL);
  g_assert_true (gtk_switch_get_active (start));
  gtk_window_destroy (GTK_WINDOW (preferences));
}

/* The server decides what appearing offline hides. */
static void
test_appearing_offline_says_what_it_hides (PorchStage *stage, gconstpointer data)
{
  GtkWidget *preferences = open_preferences (stage);
  PorchDBusAccount1 *account = porch_fake_agent_get_account (stage->fake);

  show_page (preferences, "presence");
  GtkWidget *row = porch_stage_find (preferences, "AdwActionRow", "Appear Offline");
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==,
                   "Others do not see that you are here");

  porch_dbus_account1_set_lists_watchers (account, TRUE);
  porch_test_wait_until (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)),
                                 "can still see that you watch them")
                         != NULL);
  porch_stage_take_picture (preferences, "preferences-presence-watchers");
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static PorchQuietHours
get_quiet_hours (PorchStage *stage)
{
  GVariant *value = porch_dbus_account1_get_quiet_hours (
      porch_fake_agent_get_account (stage->fake));
  PorchQuietHours hours;

  g_variant_get (value, "(uuub)", &hours.days, &hours.from_min, &hours.to_min, &hours.summary);
  return hours;
}

static void
test_notifications (PorchStage *stage, gconstpointer data)
{
  GtkWidget *preferences = open_preferences (stage);

  show_page (preferences, "notifications");

  /* when the default is chosen, then the agent is told at once */
  GtkWidget *default_row = porch_stage_find (preferences, "AdwComboRow",
                                             "Tell Me Who Comes Online");
  adw_combo_row_set_selected (ADW_COMBO_ROW (default_row), PORCH_NOTIFY_FAVOURITES);
  porch_test_wait_until (g_str_equal (
      porch_dbus_account1_get_notify_default (porch_fake_agent_get_account (stage->fake)),
      "favourites"));

  /* when quiet hours are switched on, then they are each night's */
  GtkWidget *quiet_row = porch_stage_find (preferences, "AdwExpanderRow", "Quiet Hours");
  adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (quiet_row), TRUE);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (quiet_row), TRUE);
  porch_test_wait_until (get_quiet_hours (stage).days == PORCH_QUIET_ALL_DAYS);
  g_assert_cmpuint (get_quiet_hours (stage).from_min, ==, 22 * 60);
  porch_stage_take_picture (preferences, "preferences-quiet-hours");

  /* when a day is left out and a time is typed, then so they are */
  porch_test_wait_until (porch_stage_find (quiet_row, "GtkToggleButton", "Mon") != NULL);
  GtkWidget *monday = porch_stage_find (quiet_row, "GtkToggleButton", "Mon");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (monday), FALSE);
  porch_test_wait_until (get_quiet_hours (stage).days == (PORCH_QUIET_ALL_DAYS & ~1u));
  GtkWidget *from = porch_stage_find (quiet_row, "GtkSpinButton", NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (from)), ==, "22:00");
  gtk_editable_set_text (GTK_EDITABLE (from), "21:15");
  gtk_spin_button_update (GTK_SPIN_BUTTON (from));
  porch_test_wait_until (get_quiet_hours (stage).from_min == 21 * 60 + 15);

  /* when they are switched off, then there are none */
  adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (quiet_row), FALSE);
  porch_test_wait_until (get_quiet_hours (stage).days == 0);
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static void
test_locked (PorchStage *stage, gconstpointer data)
{
  static const char *const locked[] = { "away-after", "quiet-hours", NULL };
  PorchDBusAgent1 *agent = porch_fake_agent_get_agent (stage->fake);

  porch_dbus_account1_set_quiet_hours (porch_fake_agent_get_account (stage->fake),
                                       g_variant_new ("(uuub)", 31, 1320, 420, TRUE));
  porch_dbus_agent1_set_locked_settings (agent, locked);
  GtkWidget *preferences = open_preferences (stage);

  show_page (preferences, "presence");
  GtkWidget *away_after = porch_stage_find (preferences, "AdwComboRow",
                                            "Appear Offline When Away For");
  g_assert_false (gtk_widget_get_sensitive (away_after));
  g_assert_nonnull (porch_stage_find (away_after, "GtkLabel", "Locked by your administrator"));
  porch_stage_take_picture (preferences, "preferences-locked");

  /* What is locked is shown, and what is not can be chosen. */
  show_page (preferences, "notifications");
  GtkWidget *quiet_row = porch_stage_find (preferences, "AdwExpanderRow", "Quiet Hours");
  g_assert_false (gtk_widget_get_sensitive (quiet_row));
  g_assert_true (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (quiet_row)));
  g_assert_true (gtk_widget_get_sensitive (
      porch_stage_find (preferences, "AdwComboRow", "Tell Me Who Comes Online")));
  porch_stage_take_picture (preferences, "preferences-locked-quiet-hours");

  /* when the policy goes, then the row is as it was */
  porch_dbus_agent1_set_locked_settings (agent, locked + 2);
  porch_test_wait_until (gtk_widget_get_sensitive (away_after));
  show_page (preferences, "presence");
  g_assert_nonnull (porch_stage_find (away_after, "GtkLabel", "A locked screen counts at once"));
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static void
test_style (PorchStage *stage, gconstpointer data)
{
  g_autoptr (GSettings) settings = porch_settings_new ();
  GtkWidget *preferences = open_preferences (stage);

  /* when a style is chosen, then the settings have it */
  show_page (preferences, "appearance");
  GtkWidget *style_row = porch_stage_find (preferences, "AdwComboRow", "Style");
  adw_combo_row_set_selected (ADW_COMBO_ROW (style_row), 2);
  g_assert_cmpint (g_settings_get_enum (settings, "style"), ==, 2);

  /* when another program changes it, then the row follows */
  g_settings_set_string (settings, "style", "light");
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (style_row)), ==, 1);
  g_settings_reset (settings, "style");

  /* when the order is chosen, then the list has it */
  GtkWidget *order_row = porch_stage_find (preferences, "AdwComboRow", "Sort Who Is Offline");
  adw_combo_row_set_selected (ADW_COMBO_ROW (order_row), 1);
  g_autofree char *order = g_settings_get_string (settings, "offline-order");
  g_assert_cmpstr (order, ==, "name");
  g_settings_reset (settings, "offline-order");
  gtk_window_destroy (GTK_WINDOW (preferences));
}

/* How each page looks where the desktop is another. */
static void
take_pictures (GtkWidget *preferences, const char *kind)
{
  static const char *const pages[] = { "account", "presence", "notifications", "privacy",
                                       "appearance" };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *picture = g_strdup_printf ("preferences-%s-%s", pages[i], kind);

      show_page (preferences, pages[i]);
      porch_stage_take_picture (preferences, picture);
    }
}

static void
test_dark (PorchStage *stage, gconstpointer data)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  GtkWidget *preferences = open_preferences (stage);

  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  take_pictures (preferences, "dark");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static void
test_right_to_left (PorchStage *stage, gconstpointer data)
{
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  GtkWidget *preferences = open_preferences (stage);
  take_pictures (preferences, "rtl");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static void
test_narrow (PorchStage *stage, gconstpointer data)
{
  GtkWidget *preferences = open_preferences (stage);

  gtk_window_set_default_size (GTK_WINDOW (preferences), 360, 560);
  porch_stage_run_for (300);
  g_assert_cmpint (gtk_widget_get_width (preferences), <=, 360);
  take_pictures (preferences, "narrow");
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static void
test_tray_hint (PorchStage *stage, gconstpointer data)
{
  g_autoptr (GSettings) settings = porch_settings_new ();
  const char *hint
      = "Your desktop shows no status icons. Where its panel has a status tray to add, "
        "Porchlight's icon appears there.";

  porch_stage_add_neighbours (stage);
  porch_dbus_agent1_set_tray_hint (porch_fake_agent_get_agent (stage->fake), hint);
  porch_stage_open_window (stage);
  porch_test_wait_until (porch_stage_find (stage->window, "PorchHintBar", NULL) != NULL);
  GtkWidget *bar = porch_stage_find (stage->window, "PorchHintBar", NULL);
  g_assert_nonnull (porch_stage_find (bar, "GtkLabel", "no status icons"));
  porch_stage_take_picture (stage->window, "tray-hint");

  /* when it was closed, then neither this window nor the next one shows it */
  g_signal_emit_by_name (porch_stage_find (bar, "GtkButton", NULL), "clicked");
  g_assert_null (porch_stage_find (stage->window, "PorchHintBar", NULL));
  gtk_window_destroy (GTK_WINDOW (stage->window));
  g_clear_object (&stage->agent);
  porch_stage_open_window (stage);
  g_assert_null (porch_stage_find (stage->window, "PorchHintBar", NULL));
  g_settings_reset (settings, "tray-hint-closed");
}

static void
test_debug_info (PorchStage *stage, gconstpointer data)
{
  static const char *const names[] = { "org.kde.StatusNotifierWatcher", NULL };
  static const char *const secrets[] = { "robin", "Robin", "Ashe",   "a-user-id",
                                         "Ann",   "Marsh", "s3cret", "Maple" };
  PorchDBusAccount1 *account = porch_fake_agent_get_account (stage->fake);

  porch_stage_add_neighbours (stage);
  porch_dbus_account1_set_id (account, "a-user-id");
  porch_dbus_account1_set_error_code (account, "refused");
  porch_dbus_account1_set_error_detail (account, "Bearer s3cret refused for a-user-id");
  porch_dbus_agent1_set_idle_source (porch_fake_agent_get_agent (stage->fake), "XSync");
  porch_stage_open_window (stage);

  g_autofree char *info = porch_about_format_debug_info (stage->agent, names);
  g_assert_nonnull (strstr (info, "Agent: test\n"));
  g_assert_nonnull (strstr (info, "Idle source: XSync\n"));
  g_assert_nonnull (strstr (info, "Tray host: yes\n"));
  g_assert_nonnull (strstr (info, "Portal: no\n"));
  g_assert_nonnull (strstr (info, "Account's host: porch.example.org\n"));
  g_assert_nonnull (strstr (info, "Trouble: refused\n"));
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    g_assert_null (strstr (info, secrets[i]));
}

int
main (int argc, char *argv[])
{
  porch_stage_init (&argc, &argv);

#define ADD(name, func)                                                                            \
  g_test_add ("/ui/preferences/" name, PorchStage, NULL, porch_stage_set_up_signed_in, func,       \
              porch_stage_tear_down)
  ADD ("pages", test_pages);
  ADD ("start", test_start);
  ADD ("appearing-offline-says-what-it-hides", test_appearing_offline_says_what_it_hides);
  ADD ("notifications", test_notifications);
  ADD ("locked", test_locked);
  ADD ("style", test_style);
  ADD ("dark", test_dark);
  ADD ("right-to-left", test_right_to_left);
  ADD ("narrow", test_narrow);
  ADD ("tray-hint", test_tray_hint);
  ADD ("debug-info", test_debug_info);
#undef ADD

  return porch_stage_run ();
}
