/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Every screen of the window in the language that tests/languages/in-language sets: no words are
 * cut, and in the language of nobody none are left in English. With PORCH_PICTURES set to a folder
 * each screen leaves a picture there, to be looked at.
 */

#include "config.h"

#include <adwaita.h>
#include <libintl.h>

#include "porch-stage.h"
#include "porch-test-wait.h"
#include "ui/porch-about.h"
#include "ui/porch-add-dialog.h"
#include "ui/porch-preferences.h"
#include "ui/porch-window.h"

#define PSEUDO "en_XA"

/* Until a screen without animations is laid out. */
#define REST_MS 100

/* What a person, a server or a library wrote. */
static const char *const not_ours[] = {
  "Porchlight",
  PORCH_VERSION,
  "Maple Street",
  "porch.example.org",
  "example.org",
  "The email address or the password is not right.",
  "many.example.org",
  "abcd.supabase.co",
  "Ann Marsh",
  "Anna Lindqvist",
  "Anneliese Freifrau",
  "Robin Ashe",
  /* libadwaita's and GTK's */
  "About Porchlight",
  "Close",
  "Minimize",
  "Maximize",
  "Back",
  "Copy",
  "Cut",
  "Paste",
  "Details",
  "What’s New",
  "Legal",
  "Credits",
  "Troubleshooting",
  "Copyright",
  "This application comes with absolutely no warranty",
  "Debugging Information",
  "Show All",
  "Clear entry",
  "Show Text",
  "Escape",
  "Shortcuts",
  "Search Results",
  "No Results Found",
  "Try a different search",
};

static const char *language;

/* A day's name, or a whole date */
static gboolean
is_of_locale (const char *text)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  for (int i = 0; i < 7; i++)
    {
      g_autoptr (GDateTime) day = g_date_time_add_days (now, i);
      g_autofree char *name = g_date_time_format (day, "%a");

      if (g_str_has_prefix (text, name))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_not_ours (const char *text)
{
  gboolean has_letters = FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    has_letters = has_letters || g_unichar_isalpha (g_utf8_get_char (p));
  /* A number, a time, two initials */
  if (!has_letters || g_utf8_strlen (text, -1) <= 3 || is_of_locale (text))
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (not_ours); i++)
    if (strstr (text, not_ours[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* A fault is told with where it is, and all of them before the test fails. */
static void
complain (const char *screen, const char *fault, const char *text)
{
  g_test_message ("%s, %s: %s: %s", language, screen, fault, text);
  g_test_fail ();
}

static void
check_words (PorchStage *stage, const char *screen, const char *text)
{
  if (!g_str_equal (language, PSEUDO) || text == NULL || *text == '\0')
    return;
  if (porch_roster_lookup (porch_fake_agent_get_roster (stage->fake), text) != NULL)
    return;
  if (strstr (text, "⟦") == NULL && !is_not_ours (text))
    complain (screen, "not translated", text);
}

static gboolean
has_tooltip (GtkWidget *widget)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    if (gtk_widget_get_has_tooltip (widget))
      return TRUE;
  return FALSE;
}

static gboolean
is_in (GtkWidget *widget, const char *type_name)
{
  return gtk_widget_get_ancestor (widget, g_type_from_name (type_name)) != NULL;
}

/* Squeezed beside something wide, a label puts its words one letter below the other. */
static gboolean
is_broken_in_a_word (PangoLayout *layout)
{
  const char *text = pango_layout_get_text (layout);
  const PangoLogAttr *attrs = pango_layout_get_log_attrs_readonly (layout, NULL);

  for (int i = 1; i < pango_layout_get_line_count (layout); i++)
    {
      const PangoLayoutLine *line = pango_layout_get_line_readonly (layout, i);

      if (!attrs[g_utf8_pointer_to_offset (text, text + line->start_index)].is_line_break)
        return TRUE;
    }
  return FALSE;
}

/* A name may be too long for its row; our own words may not, unless they can be read elsewhere: by
 * a tooltip, or as the name of the page that a narrow switcher switches to. */
static void
check_fits (PorchStage *stage, const char *screen, GtkLabel *label)
{
  PangoLayout *layout = gtk_label_get_layout (label);
  const char *text = gtk_label_get_text (label);
  int width, height;

  if (*text == '\0' || g_str_equal (text, "Porchlight")
      || porch_roster_lookup (porch_fake_agent_get_roster (stage->fake), text) != NULL
      || strstr (text, "Anneliese Freifrau") != NULL || has_tooltip (GTK_WIDGET (label))
      || is_in (GTK_WIDGET (label), "AdwViewSwitcher"))
    return;

  pango_layout_get_pixel_size (layout, &width, &height);
  if (pango_layout_is_ellipsized (layout))
    complain (screen, "cut", text);
  else if (width > gtk_widget_get_width (GTK_WIDGET (label)) + 1
           || height > gtk_widget_get_height (GTK_WIDGET (label)) + 1)
    complain (screen, "larger than its place", text);
  else if (is_broken_in_a_word (layout))
    complain (screen, "broken in a word", text);
}

static void
check_menu (PorchStage *stage, const char *screen, GMenuModel *menu)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autofree char *label = NULL;
      g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);

      if (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label))
        check_words (stage, screen, label);
      if (section != NULL)
        check_menu (stage, screen, section);
    }
}

static void
walk (PorchStage *stage, const char *screen, GtkWidget *widget)
{
  if (!gtk_widget_get_child_visible (widget) || !gtk_widget_get_mapped (widget))
    return;

  check_words (stage, screen, gtk_widget_get_tooltip_text (widget));
  if (GTK_IS_LABEL (widget))
    {
      check_words (stage, screen, gtk_label_get_text (GTK_LABEL (widget)));
      check_fits (stage, screen, GTK_LABEL (widget));
    }
  if (GTK_IS_MENU_BUTTON (widget)
      && gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (widget)) != NULL)
    check_menu (stage, screen, gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (widget)));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    walk (stage, screen, child);
}

static void
check_screen (PorchStage *stage, GtkWidget *window, const char *screen)
{
  g_autofree char *picture = g_strdup_printf ("%s-%s", language, screen);

  porch_stage_run_for (REST_MS);
  walk (stage, screen, window);
  porch_stage_take_picture (window, picture);
}

/* The narrowest that the window may be. */
static void
check_narrow_screen (PorchStage *stage, GtkWidget *window, int width, const char *screen)
{
  g_autofree char *narrow = g_strconcat (screen, "-narrow", NULL);

  gtk_window_set_default_size (GTK_WINDOW (window), width, 560);
  check_screen (stage, window, narrow);
}

static GtkWidget *
find_other_window (PorchStage *stage)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (window != stage->window && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}

static void
check_dialog (PorchStage *stage, const char *screen)
{
  porch_test_wait_until (find_other_window (stage) != NULL);
  GtkWidget *dialog = find_other_window (stage);

  check_screen (stage, dialog, screen);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_list (PorchStage *stage, gconstpointer data)
{
  porch_stage_add_neighbours (stage);
  porch_dbus_agent1_set_start_at_login (porch_fake_agent_get_agent (stage->fake), "undecided");
  porch_stage_open_window (stage);
  check_screen (stage, stage->window, "list");
  check_narrow_screen (stage, stage->window, 300, "list");
  gtk_widget_activate_action (stage->window, "win.show-person", "s", "Ann Marsh");
  check_screen (stage, stage->window, "person");
}

static void
test_person (PorchStage *stage, gconstpointer data)
{
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  gtk_widget_activate_action (stage->window, "win.show-person", "s", "Gus Haddad");
  check_screen (stage, stage->window, "person-offline");
  check_narrow_screen (stage, stage->window, 300, "person-offline");
}

static void
test_trouble (PorchStage *stage, gconstpointer data)
{
  PorchDBusAccount1 *account = porch_fake_agent_get_account (stage->fake);

  porch_stage_add_neighbours (stage);
  porch_dbus_account1_set_state (account, "waiting");
  porch_dbus_account1_set_next_try (account, g_get_real_time () + 125 * G_USEC_PER_SEC);
  porch_stage_open_window (stage);
  check_screen (stage, stage->window, "waiting");
  check_narrow_screen (stage, stage->window, 300, "waiting");
  porch_dbus_account1_set_state (account, "no-network");
  check_screen (stage, stage->window, "no-network");
}

static void
test_empty (PorchStage *stage, gconstpointer data)
{
  porch_stage_open_window (stage);
  check_screen (stage, stage->window, "empty");
  check_narrow_screen (stage, stage->window, 300, "empty");
}

static void
test_sign_in (PorchStage *stage, gconstpointer data)
{
  porch_stage_open_window (stage);
  check_screen (stage, stage->window, "sign-in");
  check_narrow_screen (stage, stage->window, 300, "sign-in");
}

/* Found by what it is called in English. */
static GtkWidget *
find (PorchStage *stage, const char *type_name, const char *english)
{
  return porch_stage_find (stage->window, type_name, g_dgettext (GETTEXT_PACKAGE, english));
}

static void
fill_in (PorchStage *stage, const char *english, const char *text)
{
  GtkWidget *field = find (stage, "AdwEntryRow", english);

  if (field == NULL)
    field = find (stage, "AdwPasswordEntryRow", english);
  g_assert_nonnull (field);
  gtk_editable_set_text (GTK_EDITABLE (field), text);
}

static void
test_sign_in_steps (PorchStage *stage, gconstpointer data)
{
  porch_stage_open_window (stage);
  fill_in (stage, "Server Address", "many.example.org");
  fill_in (stage, "Email Address", "robin@example.org");
  fill_in (stage, "Password", "wrong");
  /* The first time it may only say where the password would go. */
  for (guint i = 0; i < 2; i++)
    {
      g_signal_emit_by_name (find (stage, "AdwPasswordEntryRow", "Password"), "entry-activated");
      porch_stage_run_for (200);
    }
  porch_test_wait_until (find (stage, "GtkButton", "Email Me a Code Instead") != NULL);
  check_screen (stage, stage->window, "sign-in-ways");
  check_narrow_screen (stage, stage->window, 300, "sign-in-ways");
  g_signal_emit_by_name (find (stage, "GtkButton", "Email Me a Code Instead"), "clicked");
  porch_test_wait_until (find (stage, "GtkLabel", "Look into Your Mail") != NULL);
  check_screen (stage, stage->window, "sign-in-code");
}

static void
test_set_up (PorchStage *stage, gconstpointer data)
{
  porch_stage_open_window (stage);
  porch_window_open_link (PORCH_WINDOW (stage->window),
                          "porchlight://setup?supabase=https%3A%2F%2Fabcd.supabase.co");
  porch_test_wait_until (find (stage, "GtkLabel", "Set Up by Hand") != NULL);
  check_screen (stage, stage->window, "set-up");
  check_narrow_screen (stage, stage->window, 300, "set-up");
}

static void
test_history (PorchStage *stage, gconstpointer data)
{
  PorchDBusAccount1 *account = porch_fake_agent_get_account (stage->fake);
  const PorchInterval morning = { PORCH_STATUS_ONLINE, stage->now_us - 26 * G_TIME_SPAN_HOUR,
                                  stage->now_us - 22 * G_TIME_SPAN_HOUR };

  g_array_append_val (porch_fake_agent_get_history (stage->fake), morning);
  porch_dbus_account1_set_history_keep (account, "not-asked");
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  gtk_window_set_default_size (GTK_WINDOW (stage->window), 380, 860);
  gtk_widget_activate_action (stage->window, "win.show-person", "s", "Ann Marsh");
  check_screen (stage, stage->window, "history-question");
  porch_dbus_account1_set_history_keep (account, "30-days");
  check_screen (stage, stage->window, "history-week");
  check_narrow_screen (stage, stage->window, 300, "history-week");
}

static void
test_add (PorchStage *stage, gconstpointer data)
{
  porch_stage_open_window (stage);
  GtkWidget *dialog = porch_add_dialog_new (GTK_WINDOW (stage->window), stage->agent);
  gtk_window_present (GTK_WINDOW (dialog));
  check_screen (stage, dialog, "add");
  porch_add_dialog_set_query (PORCH_ADD_DIALOG (dialog), "ann");
  porch_test_wait_until (porch_stage_find (dialog, "GtkLabel", "Anna Lindqvist") != NULL);
  check_screen (stage, dialog, "add-results");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_preferences (PorchStage *stage, gconstpointer data)
{
  static const char *const pages[] = { "account", "presence", "notifications", "privacy",
                                       "appearance" };

  porch_dbus_account1_set_quiet_hours (porch_fake_agent_get_account (stage->fake),
                                       g_variant_new ("(uuub)", 31, 1320, 420, TRUE));
  porch_stage_open_window (stage);
  GtkWidget *preferences = porch_preferences_new (GTK_WINDOW (stage->window), stage->agent);
  gtk_window_present (GTK_WINDOW (preferences));
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *screen = g_strconcat ("preferences-", pages[i], NULL);

      adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (preferences), pages[i]);
      porch_stage_run_for (REST_MS);
      GtkWidget *row = porch_stage_find (preferences, "AdwExpanderRow", NULL);
      if (row != NULL)
        adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
      check_screen (stage, preferences, screen);
    }
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *screen = g_strconcat ("preferences-", pages[i], NULL);

      adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (preferences), pages[i]);
      check_narrow_screen (stage, preferences, 400, screen);
    }
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static void
test_dialogs (PorchStage *stage, gconstpointer data)
{
  porch_stage_add_neighbours (stage);
  porch_stage_open_window (stage);
  gtk_widget_activate_action (stage->window, "win.show-shortcuts", NULL);
  check_dialog (stage, "shortcuts");
  porch_about_show (GTK_WINDOW (stage->window), stage->agent);
  check_dialog (stage, "about");
}

int
main (int argc, char *argv[])
{
  language = g_getenv ("LANGUAGE");
  if (language == NULL || g_getenv ("PORCH_WORDS") == NULL)
    {
      g_print ("1..0 # SKIP tests/languages/in-language says in which language\n");
      return 77;
    }

  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("PORCH_WORDS"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  porch_stage_init (&argc, &argv);
  g_test_set_nonfatal_assertions ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);

#define ADD(name, set_up, func)                                                                    \
  g_test_add ("/languages/" name, PorchStage, NULL, porch_stage_set_up_##set_up, func,             \
              porch_stage_tear_down)
  ADD ("list", signed_in, test_list);
  ADD ("person", signed_in, test_person);
  ADD ("trouble", signed_in, test_trouble);
  ADD ("empty", signed_in, test_empty);
  ADD ("sign-in", signed_out, test_sign_in);
  ADD ("sign-in-steps", signed_out, test_sign_in_steps);
  ADD ("set-up", signed_out, test_set_up);
  ADD ("history", signed_in, test_history);
  ADD ("add", signed_in, test_add);
  ADD ("preferences", signed_in, test_preferences);
  ADD ("dialogs", signed_in, test_dialogs);
#undef ADD

  return porch_stage_run ();
}
