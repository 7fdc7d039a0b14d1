/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A person's week on their page, the question whether to keep it, and the preferences about it.
 */

#include <adwaita.h>

#include "bus/porch-agent-history.h"
#include "porch-stage.h"
#include "porch-test-wait.h"
#include "ui/porch-preferences.h"
#include "ui/porch-week-timeline.h"

#define ANN "Ann Marsh"

static gboolean
shows (PorchStage *stage, const char *text)
{
  return porch_stage_find (stage->window, "GtkLabel", text) != NULL;
}

static void
set_keep (PorchStage *stage, const char *keep)
{
  porch_dbus_account1_set_history_keep (porch_fake_agent_get_account (stage->fake), keep);
}

static gint64
midnight_days_ago (PorchStage *stage, int days)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (stage->now_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) day = g_date_time_add_days (now, -days);
  g_autoptr (GDateTime) midnight = g_date_time_new_local (
      g_date_time_get_year (day), g_date_time_get_month (day), g_date_time_get_day_of_month (day),
      0, 0, 0);

  return g_date_time_to_unix (midnight) * G_USEC_PER_SEC;
}

static void
add_interval (PorchStage *stage, PorchStatus status, gint64 start_us, gint64 end_us)
{
  const PorchInterval interval = { status, start_us, end_us };

  if (start_us < stage->now_us)
    g_array_append_val (porch_fake_agent_get_history (stage->fake), interval);
}

/* Two weeks of somebody who comes at nine, has lunch, and leaves at six; in the nights the computer
 * is off. */
static void
add_weeks (PorchStage *stage)
{
  for (int days = 13; days >= 0; days--)
    {
      gint64 midnight_us = midnight_days_ago (stage, days);
      gint64 nine_us = midnight_us + 9 * G_TIME_SPAN_HOUR + days % 5 * 11 * G_TIME_SPAN_MINUTE;
      gint64 noon_us = midnight_us + 12 * G_TIME_SPAN_HOUR + days % 3 * 20 * G_TIME_SPAN_MINUTE;
      gint64 six_us = midnight_us + 18 * G_TIME_SPAN_HOUR - days % 4 * 17 * G_TIME_SPAN_MINUTE;

      add_interval (stage, PORCH_STATUS_UNKNOWN, midnight_us, midnight_us + 7 * G_TIME_SPAN_HOUR);
      add_interval (stage, PORCH_STATUS_OFFLINE, midnight_us + 7 * G_TIME_SPAN_HOUR, nine_us);
      add_interval (stage, PORCH_STATUS_ONLINE, nine_us, noon_us);
      add_interval (stage, PORCH_STATUS_OFFLINE, noon_us, noon_us + G_TIME_SPAN_HOUR);
      add_interval (stage, PORCH_STATUS_ONLINE, noon_us + G_TIME_SPAN_HOUR, six_us);
      add_interval (stage, PORCH_STATUS_OFFLINE, six_us, midnight_us + 23 * G_TIME_SPAN_HOUR);
    }
}

static void
show_ann (PorchStage *stage)
{
  gtk_widget_activate_action (stage->window, "win.show-person", "s", ANN);
  porch_stage_run_for (100);
}

static void
open_ann (PorchStage *stage)
{
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  gtk_window_set_default_size (GTK_WINDOW (stage->window), 380, 860);
  show_ann (stage);
}

static void
click (PorchStage *stage, const char *label)
{
  GtkWidget *button = porch_stage_find (stage->window, "GtkButton", label);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

static void
test_asks_once (PorchStage *stage, gconstpointer data)
{
  /* given a person who was not asked yet */
  set_keep (stage, "not-asked");
  add_weeks (stage);
  open_ann (stage);
  porch_test_wait_until (shows (stage, "Keep a history of who was here when?"));
  g_assert_false (shows (stage, "This Week"));
  porch_stage_take_picture (stage->window, "history-question");

  /* when they answer, then the agent knows, and the week is there instead */
  click (stage, "For 90 Days");
  porch_test_wait_until (porch_agent_proxy_get_history_keep (stage->agent)
                         == PORCH_HISTORY_90_DAYS);
  porch_test_wait_until (shows (stage, "This Week"));
  g_assert_false (shows (stage, "Keep a history of who was here when?"));
}

static void
test_no_is_an_answer (PorchStage *stage, gconstpointer data)
{
  set_keep (stage, "not-asked");
  open_ann (stage);
  porch_test_wait_until (shows (stage, "Keep a history of who was here when?"));

  click (stage, "No, Thanks");
  porch_test_wait_until (porch_agent_proxy_get_history_keep (stage->agent) == PORCH_HISTORY_OFF);
  porch_test_wait_until (!shows (stage, "Keep a history of who was here when?"));
  porch_stage_run_for (100);
  g_assert_false (shows (stage, "This Week"));
}

/* The rows of the week. */
static GtkWidget *
find_days (PorchStage *stage)
{
  GtkWidget *timeline = porch_stage_find (stage->window, "PorchWeekTimeline", NULL);

  g_assert_nonnull (timeline);
  return porch_stage_find (timeline, "GtkListBox", NULL);
}

static void
test_week (PorchStage *stage, gconstpointer data)
{
  set_keep (stage, "30-days");
  add_weeks (stage);
  open_ann (stage);
  porch_test_wait_until (shows (stage, "This Week"));
  porch_stage_take_picture (stage->window, "history-week");

  /* then there is a row for each day, which says in words what it shows */
  guint n_rows = 0, n_online = 0, n_to_come = 0;
  for (GtkWidget *row = gtk_widget_get_first_child (find_days (stage)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      g_autofree char *label = gtk_test_accessible_check_property (
          GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, "");
      n_rows++;
      n_online += strstr (label, "Online") != NULL && strstr (label, "Not known") != NULL;
      n_to_come += strstr (label, "Yet to come") != NULL;
    }
  g_assert_cmpuint (n_rows, ==, 7);
  /* Today is one of either, or neither in its small hours. */
  g_assert_cmpuint (n_online + n_to_come, >=, 6);
}

static GtkWidget *
find_by_tooltip (GtkWidget *root, const char *tooltip)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (root), tooltip) == 0)
    return root;

  GtkWidget *found = NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_by_tooltip (child, tooltip);
  return found;
}

static void
test_weeks_before (PorchStage *stage, gconstpointer data)
{
  set_keep (stage, "30-days");
  add_weeks (stage);
  open_ann (stage);
  porch_test_wait_until (shows (stage, "This Week"));

  GtkWidget *back = find_by_tooltip (stage->window, "The Week Before");
  GtkWidget *forward = find_by_tooltip (stage->window, "The Week After");
  g_assert_false (gtk_widget_get_sensitive (forward));
  g_signal_emit_by_name (back, "clicked");
  porch_test_wait_until (shows (stage, "Last Week"));
  porch_stage_take_picture (stage->window, "history-last-week");

  /* No further back than is kept. */
  for (guint i = 0; i < 10 && gtk_widget_get_sensitive (back); i++)
    {
      g_signal_emit_by_name (back, "clicked");
      porch_stage_run_for (100);
    }
  g_assert_false (gtk_widget_get_sensitive (back));
  g_assert_true (gtk_widget_get_sensitive (forward));
}

static void
test_off_shows_what_is_left (PorchStage *stage, gconstpointer data)
{
  add_weeks (stage);
  open_ann (stage);
  porch_test_wait_until (shows (stage, "This Week"));
}

/* A size that is asked for while the answer to the last one is on its way gets lost. */
static void
make_narrow (GtkWidget *window)
{
  for (int i = 0; i < 50 && gtk_widget_get_width (window) > 300; i++)
    {
      gtk_window_set_default_size (GTK_WINDOW (window), 300, 860 + i % 2);
      porch_stage_run_for (200);
    }
}

static void
test_looks (PorchStage *stage, gconstpointer data)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  GtkSettings *settings = gtk_settings_get_default ();
  int dpi;

  set_keep (stage, "forever");
  add_weeks (stage);
  open_ann (stage);
  porch_test_wait_until (shows (stage, "This Week"));

  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  porch_stage_take_picture (stage->window, "history-dark");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);

  make_narrow (stage->window);
  g_assert_cmpint (gtk_widget_get_width (stage->window), <=, 300);
  porch_stage_take_picture (stage->window, "history-narrow");

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", dpi * 2, NULL);
  porch_stage_run_for (200);
  porch_stage_take_picture (stage->window, "history-large-text");
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

static void
test_right_to_left (PorchStage *stage, gconstpointer data)
{
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  set_keep (stage, "30-days");
  add_weeks (stage);
  open_ann (stage);
  porch_test_wait_until (shows (stage, "This Week"));
  porch_stage_take_picture (stage->window, "history-rtl");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static void
test_settings (PorchStage *stage, gconstpointer data)
{
  /* given the page about privacy */
  set_keep (stage, "30-days");
  add_weeks (stage);
  porch_stage_open_window (stage);
  GtkWidget *preferences = GTK_WIDGET (
      g_object_ref_sink (porch_preferences_new (GTK_WINDOW (stage->window), stage->agent)));
  adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (preferences), "privacy");
  gtk_window_present (GTK_WINDOW (preferences));
  porch_stage_run_for (200);
  GtkWidget *keep = porch_stage_find (preferences, "AdwComboRow", "Keep a History");
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (keep)), ==, 1);
  porch_stage_take_picture (preferences, "preferences-history");

  /* when another choice is made, then the agent has it */
  adw_combo_row_set_selected (ADW_COMBO_ROW (keep), 3);
  porch_test_wait_until (porch_agent_proxy_get_history_keep (stage->agent)
                         == PORCH_HISTORY_FOREVER);

  /* when the history is deleted, and that is confirmed, then it is gone */
  g_signal_emit_by_name (porch_stage_find (preferences, "GtkButton", "_Delete…"), "clicked");
  porch_stage_run_for (100);
  GListModel *windows = gtk_window_get_toplevels ();
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      if (ADW_IS_MESSAGE_DIALOG (window))
        {
          porch_stage_take_picture (window, "delete-history");
          adw_message_dialog_response (ADW_MESSAGE_DIALOG (window), "delete");
          break;
        }
    }
  porch_test_wait_until (porch_fake_agent_get_history (stage->fake)->len == 0);
  porch_test_wait_until (porch_stage_find (preferences, "GtkLabel", "History deleted") != NULL);
  gtk_window_destroy (GTK_WINDOW (preferences));
  g_object_unref (preferences);
}

#define test(name, func)                                                                           \
  g_test_add ("/ui/person-history/" name, PorchStage, NULL, porch_stage_set_up_signed_in, func,    \
              porch_stage_tear_down)

int
main (int argc, char *argv[])
{
  porch_stage_init (&argc, &argv);

  test ("asks-once", test_asks_once);
  test ("no-is-an-answer", test_no_is_an_answer);
  test ("week", test_week);
  test ("weeks-before", test_weeks_before);
  test ("off-shows-what-is-left", test_off_shows_what_is_left);
  test ("looks", test_looks);
  test ("right-to-left", test_right_to_left);
  test ("settings", test_settings);

  return porch_stage_run ();
}
