/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The tray's menu as a panel reads it: com.canonical.dbusmenu over a real bus. */

#include "desktop/porch-tray-menu.h"

#include "porch-tray-fixture.h"

#define PATH      "/menu"
#define INTERFACE "com.canonical.dbusmenu"

typedef struct
{
  PorchTrayFixture tray;
  PorchTrayMenu *menu;
  GString *chosen;
  guint n_layouts_told;
  guint n_properties_told;
  guint signals_id;
} Fixture;

static void
on_open_window_cb (Fixture *fixture)
{
  g_string_append (fixture->chosen, "window;");
}

static void
on_open_person_cb (Fixture *fixture, const char *user_id)
{
  g_string_append_printf (fixture->chosen, "person %s;", user_id);
}

static void
on_open_preferences_cb (Fixture *fixture)
{
  g_string_append (fixture->chosen, "preferences;");
}

static void
on_toggle_appear_offline_cb (Fixture *fixture)
{
  g_string_append (fixture->chosen, "appear offline;");
}

static void
on_quit_cb (Fixture *fixture)
{
  g_string_append (fixture->chosen, "quit;");
}

static void
on_told_cb (GDBusConnection *bus,
            const char *sender,
            const char *path,
            const char *interface,
            const char *signal,
            GVariant *parameters,
            gpointer user_data)
{
  Fixture *fixture = user_data;

  if (g_str_equal (signal, "LayoutUpdated"))
    fixture->n_layouts_told++;
  else if (g_str_equal (signal, "ItemsPropertiesUpdated"))
    fixture->n_properties_told++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  porch_tray_fixture_set_up (&fixture->tray);
  fixture->chosen = g_string_new (NULL);
  fixture->menu = porch_tray_menu_new ();
  g_signal_connect_swapped (fixture->menu, "open-window", G_CALLBACK (on_open_window_cb), fixture);
  g_signal_connect_swapped (fixture->menu, "open-person", G_CALLBACK (on_open_person_cb), fixture);
  g_signal_connect_swapped (fixture->menu, "open-preferences", G_CALLBACK (on_open_preferences_cb),
                            fixture);
  g_signal_connect_swapped (fixture->menu, "toggle-appear-offline",
                            G_CALLBACK (on_toggle_appear_offline_cb), fixture);
  g_signal_connect_swapped (fixture->menu, "quit", G_CALLBACK (on_quit_cb), fixture);
  porch_tray_menu_export (fixture->menu, fixture->tray.bus, PATH, &error);
  g_assert_no_error (error);
  porch_tray_menu_set_roster (fixture->menu, fixture->tray.roster);
  porch_tray_menu_set_own (fixture->menu, PORCH_TRAY_STATE_ONLINE, FALSE);
  fixture->signals_id = g_dbus_connection_signal_subscribe (
      fixture->tray.panel, NULL, INTERFACE, NULL, PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_told_cb,
      fixture, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_dbus_connection_signal_unsubscribe (fixture->tray.panel, fixture->signals_id);
  g_assert_finalize_object (fixture->menu);
  g_string_free (fixture->chosen, TRUE);
  porch_tray_fixture_tear_down (&fixture->tray);
}

static GVariant *
call (Fixture *fixture, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = porch_tray_fixture_call (&fixture->tray, PATH, INTERFACE, method, parameters,
                                             &error);

  g_assert_no_error (error);
  return reply;
}

static GVariant *
fetch_layout (Fixture *fixture)
{
  g_autoptr (GVariant) reply = call (fixture, "GetLayout", g_variant_new ("(iias)", 0, -1, NULL));
  g_autoptr (GVariant) layout = g_variant_get_child_value (reply, 1);

  return g_variant_get_child_value (layout, 2);
}

/* Fetches the layout and writes it as "Open|-|(Nobody is online)|-|[ ]Appear offline": parentheses
 * where an entry cannot be chosen. */
static char *
describe_layout (Fixture *fixture)
{
  g_autoptr (GVariant) children = fetch_layout (fixture);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (children); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (children, i);
      g_autoptr (GVariant) child = g_variant_get_variant (boxed);
      g_autoptr (GVariant) properties = g_variant_get_child_value (child, 1);
      const char *label = "-";
      gboolean enabled = TRUE;
      int checked = -1;

      g_variant_lookup (properties, "label", "&s", &label);
      g_variant_lookup (properties, "enabled", "b", &enabled);
      g_variant_lookup (properties, "toggle-state", "i", &checked);
      g_string_append_printf (text, "%s%s%s%s%s", i > 0 ? "|" : "",
                              checked == 1   ? "[x]"
                              : checked == 0 ? "[ ]"
                                             : "",
                              enabled ? "" : "(", label, enabled ? "" : ")");
    }
  return g_string_free (text, FALSE);
}

static void
assert_layout (Fixture *fixture, const char *expected)
{
  g_autofree char *layout = describe_layout (fixture);

  g_assert_cmpstr (layout, ==, expected);
}

/* Returns: the id of the entry with this label, as a panel that has fetched the layout knows it */
static int
find_entry (Fixture *fixture, const char *wanted)
{
  g_autoptr (GVariant) children = fetch_layout (fixture);

  for (gsize i = 0; i < g_variant_n_children (children); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (children, i);
      g_autoptr (GVariant) child = g_variant_get_variant (boxed);
      g_autoptr (GVariant) properties = g_variant_get_child_value (child, 1);
      const char *label = "";
      int id;

      g_variant_lookup (properties, "label", "&s", &label);
      g_variant_get_child (child, 0, "i", &id);
      if (g_str_equal (label, wanted))
        return id;
    }
  g_error ("The menu has no entry %s", wanted);
}

static void
click (Fixture *fixture, int id)
{
  g_autoptr (GVariant) reply = call (
      fixture, "Event",
      g_variant_new ("(isvu)", id, "clicked", g_variant_new_int32 (0), (guint32) 0));
}

static void
tell (Fixture *fixture, const char *name, PorchStatus status)
{
  porch_tray_fixture_tell (&fixture->tray, name, status);
  porch_tray_menu_update (fixture->menu);
}

static void
test_people_stand_between_open_and_the_verbs (Fixture *fixture, gconstpointer data)
{
  tell (fixture, "Ben", PORCH_STATUS_ONLINE);
  tell (fixture, "Ann", PORCH_STATUS_ONLINE);
  tell (fixture, "Zoe", PORCH_STATUS_ONLINE);
  tell (fixture, "Cleo", PORCH_STATUS_OFFLINE);
  porch_contact_set_favourite (porch_roster_lookup (fixture->tray.roster, "zoe"), TRUE);

  assert_layout (fixture, "Open Porchlight|-|Zoe|Ann|Ben|-|[ ]Appear offline|Preferences|Quit");
}

static void
test_at_most_ten_people (Fixture *fixture, gconstpointer data)
{
  for (char c = 'A'; c <= 'M'; c++)
    tell (fixture, (char[]){ c, '\0' }, PORCH_STATUS_ONLINE);

  assert_layout (fixture, "Open Porchlight|-|A|B|C|D|E|F|G|H|I|J|3 more…|-|[ ]Appear offline|"
                          "Preferences|Quit");
  click (fixture, find_entry (fixture, "3 more…"));
  g_assert_cmpstr (fixture->chosen->str, ==, "window;");
}

static void
test_nobody_is_said_in_words (Fixture *fixture, gconstpointer data)
{
  assert_layout (fixture, "Open Porchlight|-|(Nobody is online)|-|[ ]Appear offline|Preferences|"
                          "Quit");
}

static void
test_without_a_connection_nobody_is_named (Fixture *fixture, gconstpointer data)
{
  tell (fixture, "Ann", PORCH_STATUS_ONLINE);
  porch_tray_menu_set_own (fixture->menu, PORCH_TRAY_STATE_NOT_CONNECTED, TRUE);
  assert_layout (fixture, "Open Porchlight|-|(Not connected)|-|[x]Appear offline|Preferences|Quit");

  porch_tray_menu_set_own (fixture->menu, PORCH_TRAY_STATE_SIGNED_OUT, FALSE);
  assert_layout (fixture, "Open Porchlight|-|(You are signed out)|-|[ ](Appear offline)|"
                          "Preferences|Quit");
  click (fixture, find_entry (fixture, "Appear offline"));
  g_assert_cmpstr (fixture->chosen->str, ==, "");
}

static void
test_each_entry_does_what_it_says (Fixture *fixture, gconstpointer data)
{
  static const char *const labels[] = { "Open Porchlight", "Ann", "Appear offline", "Preferences",
                                        "Quit" };

  tell (fixture, "Ann", PORCH_STATUS_ONLINE);
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    click (fixture, find_entry (fixture, labels[i]));

  g_assert_cmpstr (fixture->chosen->str, ==, "window;person ann;appear offline;preferences;quit;");
}

static void
test_only_a_click_chooses (Fixture *fixture, gconstpointer data)
{
  static const char *const events[] = { "hovered", "opened", "closed", "x-of-another-desktop" };
  int quit = find_entry (fixture, "Quit");

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autoptr (GVariant) reply = call (
          fixture, "Event",
          g_variant_new ("(isvu)", quit, events[i], g_variant_new_int32 (0), (guint32) 0));
    }
  g_assert_cmpstr (fixture->chosen->str, ==, "");
}

static void
test_a_click_on_who_just_left_opens_them (Fixture *fixture, gconstpointer data)
{
  /* given an open menu with Ann and Ben */
  tell (fixture, "Ann", PORCH_STATUS_ONLINE);
  tell (fixture, "Ben", PORCH_STATUS_ONLINE);
  int ann = find_entry (fixture, "Ann");
  int ben = find_entry (fixture, "Ben");

  /* when Ann goes and the panel has seen that, but the pointer is on her already */
  tell (fixture, "Ann", PORCH_STATUS_OFFLINE);
  assert_layout (fixture, "Open Porchlight|-|Ben|-|[ ]Appear offline|Preferences|Quit");
  click (fixture, ann);

  /* then it is her page that opens, and Ben's entry is still his */
  g_assert_cmpstr (fixture->chosen->str, ==, "person ann;");
  g_assert_cmpint (find_entry (fixture, "Ben"), ==, ben);
}

static void
test_names_are_shown_as_they_are (Fixture *fixture, gconstpointer data)
{
  tell (fixture, "an_n <b>&", PORCH_STATUS_ONLINE);

  /* A single underscore would underline the letter after it. */
  assert_layout (fixture, "Open Porchlight|-|an__n <b>&|-|[ ]Appear offline|Preferences|Quit");
}

static void
test_event_group_names_unknown_entries (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariantBuilder) events = g_variant_builder_new (G_VARIANT_TYPE ("a(isvu)"));
  g_variant_builder_add (events, "(isvu)", 77, "clicked", g_variant_new_int32 (0), (guint32) 0);
  g_variant_builder_add (events, "(isvu)", find_entry (fixture, "Preferences"), "clicked",
                         g_variant_new_int32 (0), (guint32) 0);
  g_autoptr (GVariant) reply = call (fixture, "EventGroup", g_variant_new ("(a(isvu))", events));
  g_autofree char *text = g_variant_print (reply, FALSE);

  g_assert_cmpstr (text, ==, "([77],)");
  g_assert_cmpstr (fixture->chosen->str, ==, "preferences;");
}

static void
test_unknown_entries_are_errors (Fixture *fixture, gconstpointer data)
{
  const struct
  {
    const char *method;
    GVariant *parameters;
  } calls[] = {
    { "GetLayout", g_variant_new ("(iias)", 77, -1, NULL) },
    { "GetProperty", g_variant_new ("(is)", 77, "label") },
    { "GetProperty", g_variant_new ("(is)", 0, "no-such-property") },
    { "Event", g_variant_new ("(isvu)", 77, "clicked", g_variant_new_int32 (0), (guint32) 0) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (porch_tray_fixture_call (&fixture->tray, PATH, INTERFACE, calls[i].method,
                                              calls[i].parameters, &error));
      g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS);
    }
}

static void
test_properties_in_groups_and_alone (Fixture *fixture, gconstpointer data)
{
  const gint32 ids[] = { find_entry (fixture, "Quit"), 77 };
  const char *const names[] = { "label", NULL };
  g_autoptr (GVariant) some = call (
      fixture, "GetGroupProperties",
      g_variant_new ("(@ai^as)",
                     g_variant_new_fixed_array (G_VARIANT_TYPE_INT32, ids, 2, sizeof (gint32)),
                     names));
  g_autoptr (GVariant) all = call (fixture, "GetGroupProperties",
                                   g_variant_new ("(aias)", NULL, NULL));
  g_autoptr (GVariant) entries = g_variant_get_child_value (all, 0);
  g_autoptr (GVariant) visible = call (fixture, "GetProperty",
                                       g_variant_new ("(is)", ids[0], "visible"));
  g_autofree char *some_text = g_variant_print (some, FALSE);
  g_autofree char *visible_text = g_variant_print (visible, FALSE);

  g_assert_cmpstr (some_text, ==, "([(8, {'label': <'Quit'>})],)");
  /* the root, and seven entries */
  g_assert_cmpuint (g_variant_n_children (entries), ==, 8);
  g_assert_cmpstr (visible_text, ==, "(<true>,)");
}

static void
test_nothing_is_told_before_a_panel_asks (Fixture *fixture, gconstpointer data)
{
  tell (fixture, "Ann", PORCH_STATUS_ONLINE);
  tell (fixture, "Ben", PORCH_STATUS_ONLINE);
  porch_tray_fixture_settle (&fixture->tray);

  g_assert_cmpuint (fixture->n_layouts_told + fixture->n_properties_told, ==, 0);
}

static void
test_a_change_is_told_once_until_fetched (Fixture *fixture, gconstpointer data)
{
  g_autofree char *empty = describe_layout (fixture);

  /* when three people come before the panel has looked */
  tell (fixture, "Ann", PORCH_STATUS_ONLINE);
  tell (fixture, "Ben", PORCH_STATUS_ONLINE);
  tell (fixture, "Cleo", PORCH_STATUS_ONLINE);
  porch_tray_fixture_settle (&fixture->tray);

  /* then it is told once, and has them all when it looks */
  g_assert_cmpuint (fixture->n_layouts_told, ==, 1);
  assert_layout (fixture, "Open Porchlight|-|Ann|Ben|Cleo|-|[ ]Appear offline|Preferences|Quit");

  /* when somebody is heard of again and nothing is new, then nothing is told */
  tell (fixture, "Ann", PORCH_STATUS_ONLINE);
  porch_tray_fixture_settle (&fixture->tray);
  g_assert_cmpuint (fixture->n_layouts_told, ==, 1);

  /* when one goes, then that is told */
  tell (fixture, "Ann", PORCH_STATUS_OFFLINE);
  porch_tray_fixture_settle (&fixture->tray);
  g_assert_cmpuint (fixture->n_layouts_told, ==, 2);
  g_assert_cmpuint (fixture->n_properties_told, ==, 0);
}

static void
test_the_checkmark_is_told_as_a_property (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = describe_layout (fixture);

  porch_tray_menu_set_own (fixture->menu, PORCH_TRAY_STATE_OFFLINE, TRUE);
  porch_tray_menu_update (fixture->menu);
  porch_tray_fixture_settle (&fixture->tray);

  g_assert_cmpuint (fixture->n_properties_told, ==, 1);
  g_assert_cmpuint (fixture->n_layouts_told, ==, 0);
  assert_layout (fixture, "Open Porchlight|-|(Nobody is online)|-|[x]Appear offline|Preferences|"
                          "Quit");
}

static void
assert_about_to_show (Fixture *fixture, gboolean expected)
{
  g_autoptr (GVariant) reply = call (fixture, "AboutToShow", g_variant_new ("(i)", 0));
  gboolean need_update;

  g_variant_get (reply, "(b)", &need_update);
  g_assert_cmpint (need_update, ==, expected);
}

static void
test_about_to_show_says_whether_to_fetch (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = describe_layout (fixture);
  assert_about_to_show (fixture, FALSE);

  /* A change of which the tray has not yet been told to tell. */
  porch_tray_fixture_tell (&fixture->tray, "Ann", PORCH_STATUS_ONLINE);
  assert_about_to_show (fixture, TRUE);

  assert_layout (fixture, "Open Porchlight|-|Ann|-|[ ]Appear offline|Preferences|Quit");
  assert_about_to_show (fixture, FALSE);
}

static void
test_what_a_panel_ignored_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = describe_layout (fixture);

  /* given a panel that opens the menu whatever AboutToShow says */
  porch_tray_fixture_tell (&fixture->tray, "Ann", PORCH_STATUS_ONLINE);
  assert_about_to_show (fixture, TRUE);
  g_assert_cmpuint (fixture->n_layouts_told, ==, 0);

  /* when the tray tells of the change, then this panel hears of it too */
  porch_tray_menu_update (fixture->menu);
  porch_tray_fixture_settle (&fixture->tray);
  g_assert_cmpuint (fixture->n_layouts_told, ==, 1);
}

static void
test_about_to_show_group (Fixture *fixture, gconstpointer data)
{
  const gint32 ids[] = { 0, 77 };
  g_autoptr (GVariant) reply = call (
      fixture, "AboutToShowGroup",
      g_variant_new ("(@ai)",
                     g_variant_new_fixed_array (G_VARIANT_TYPE_INT32, ids, 2, sizeof (gint32))));
  g_autofree char *text = g_variant_print (reply, FALSE);

  g_assert_cmpstr (text, ==, "([0], [77])");
}

#define add(path, func)                                                                            \
  g_test_add ("/desktop/tray-menu/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("people-stand-between-open-and-the-verbs", test_people_stand_between_open_and_the_verbs);
  add ("at-most-ten-people", test_at_most_ten_people);
  add ("nobody-is-said-in-words", test_nobody_is_said_in_words);
  add ("without-a-connection-nobody-is-named", test_without_a_connection_nobody_is_named);
  add ("each-entry-does-what-it-says", test_each_entry_does_what_it_says);
  add ("only-a-click-chooses", test_only_a_click_chooses);
  add ("a-click-on-who-just-left-opens-them", test_a_click_on_who_just_left_opens_them);
  add ("names-are-shown-as-they-are", test_names_are_shown_as_they_are);
  add ("event-group-names-unknown-entries", test_event_group_names_unknown_entries);
  add ("unknown-entries-are-errors", test_unknown_entries_are_errors);
  add ("properties-in-groups-and-alone", test_properties_in_groups_and_alone);
  add ("nothing-is-told-before-a-panel-asks", test_nothing_is_told_before_a_panel_asks);
  add ("a-change-is-told-once-until-fetched", test_a_change_is_told_once_until_fetched);
  add ("the-checkmark-is-told-as-a-property", test_the_checkmark_is_told_as_a_property);
  add ("about-to-show-says-whether-to-fetch", test_about_to_show_says_whether_to_fetch);
  add ("what-a-panel-ignored-is-told", test_what_a_panel_ignored_is_told);
  add ("about-to-show-group", test_about_to_show_group);

  return g_test_run ();
}
