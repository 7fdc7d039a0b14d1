/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The tray's icon over a real bus, asked as a panel asks, and registered with a real watcher:
 * Ayatana's, which needs no screen. What needs one is in test-tray-hosts.
 */

#include "desktop/porch-tray.h"

#include "porch-tray-fixture.h"

#include <signal.h>

#define INTERFACE "org.kde.StatusNotifierItem"
#define WATCHER   "/usr/libexec/ayatana-indicator-application/ayatana-indicator-application-service"

#define WAIT_US (10 * G_TIME_SPAN_SECOND)

typedef struct
{
  PorchTrayFixture tray_fixture;
  PorchTray *tray;
  GString *events;
  GSubprocess *watcher;
  guint n_tooltips_told;
  guint n_icons_told;
  guint signals_id;
} Fixture;

static void
on_toggle_window_cb (Fixture *fixture, const char *token)
{
  g_string_append_printf (fixture->events, "toggle %s;", token != NULL ? token : "-");
}

static void
on_open_window_cb (Fixture *fixture, const char *token)
{
  g_string_append_printf (fixture->events, "open %s;", token != NULL ? token : "-");
}

static void
on_open_person_cb (Fixture *fixture, const char *user_id, const char *token)
{
  g_string_append_printf (fixture->events, "person %s %s;", user_id, token != NULL ? token : "-");
}

static void
on_toggle_appear_offline_cb (Fixture *fixture)
{
  g_string_append (fixture->events, "appear offline;");
}

static void
on_no_host_cb (Fixture *fixture)
{
  g_string_append (fixture->events, "no host;");
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

  fixture->n_tooltips_told += g_str_equal (signal, "NewToolTip");
  fixture->n_icons_told += g_str_equal (signal, "NewIcon");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  porch_tray_fixture_set_up (&fixture->tray_fixture);
  fixture->events = g_string_new (NULL);
  fixture->tray = porch_tray_new (fixture->tray_fixture.bus,
                                  PORCH_CLOCK (fixture->tray_fixture.clock));
  g_signal_connect_swapped (fixture->tray, "toggle-window", G_CALLBACK (on_toggle_window_cb),
                            fixture);
  g_signal_connect_swapped (fixture->tray, "open-window", G_CALLBACK (on_open_window_cb), fixture);
  g_signal_connect_swapped (fixture->tray, "open-person", G_CALLBACK (on_open_person_cb), fixture);
  g_signal_connect_swapped (fixture->tray, "toggle-appear-offline",
                            G_CALLBACK (on_toggle_appear_offline_cb), fixture);
  g_signal_connect_swapped (fixture->tray, "no-host", G_CALLBACK (on_no_host_cb), fixture);
  fixture->signals_id = g_dbus_connection_signal_subscribe (
      fixture->tray_fixture.panel, NULL, INTERFACE, NULL, PORCH_TRAY_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_told_cb, fixture, NULL);
  porch_tray_set_roster (fixture->tray, fixture->tray_fixture.roster);
  porch_tray_set_own (fixture->tray, PORCH_TRAY_STATE_ONLINE, FALSE, 0);
  porch_tray_start (fixture->tray, &error);
  g_assert_no_error (error);
}

static void
stop_watcher (Fixture *fixture)
{
  if (fixture->watcher == NULL)
    return;

  g_subprocess_send_signal (fixture->watcher, SIGKILL);
  g_subprocess_wait (fixture->watcher, NULL, NULL);
  g_clear_object (&fixture->watcher);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  stop_watcher (fixture);
  g_dbus_connection_signal_unsubscribe (fixture->tray_fixture.panel, fixture->signals_id);
  /* A call to the watcher that was under way holds the host a little longer. */
  g_object_add_weak_pointer (G_OBJECT (fixture->tray), (gpointer *) &fixture->tray);
  g_object_unref (fixture->tray);
  g_assert_null (fixture->tray);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_string_free (fixture->events, TRUE);
  porch_tray_fixture_tear_down (&fixture->tray_fixture);
}

static GVariant *
call (Fixture *fixture, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = porch_tray_fixture_call (&fixture->tray_fixture, PORCH_TRAY_PATH, INTERFACE,
                                             method, parameters, &error);

  g_assert_no_error (error);
  return reply;
}

static GVariant *
get_property (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = porch_tray_fixture_call (
      &fixture->tray_fixture, PORCH_TRAY_PATH, "org.freedesktop.DBus.Properties", "Get",
      g_variant_new ("(ss)", INTERFACE, name), &error);
  GVariant *value;

  g_assert_no_error (error);
  g_variant_get (reply, "(v)", &value);
  return value;
}

static void
assert_icon (Fixture *fixture, const char *expected)
{
  g_autoptr (GVariant) icon = get_property (fixture, "IconName");

  g_assert_cmpstr (g_variant_get_string (icon, NULL), ==, expected);
}

static void
assert_tooltip (Fixture *fixture, const char *title, const char *text)
{
  g_autoptr (GVariant) tooltip = get_property (fixture, "ToolTip");
  const char *actual_title, *actual_text;

  g_variant_get (tooltip, "(&s@a(iiay)&s&s)", NULL, NULL, &actual_title, &actual_text);
  g_assert_cmpstr (actual_title, ==, title);
  g_assert_cmpstr (actual_text, ==, text);
}

/* What the real watcher shows to Ayatana's panels. Returns: (nullable): our entry as text */
static char *
find_in_watcher (Fixture *fixture)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      fixture->tray_fixture.panel, "org.ayatana.indicator.application",
      "/org/ayatana/indicator/application/service", "org.ayatana.indicator.application.service",
      "GetApplications", NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, 1000, NULL, NULL);
  g_autoptr (GVariantIter) iter = NULL;
  const char *icon, *bus_name, *path, *description;

  if (reply == NULL)
    return NULL;

  g_variant_get (reply, "(a(sisossssss))", &iter);
  while (g_variant_iter_next (iter, "(&si&s&o&s&s&s&s&s&s)", &icon, NULL, &bus_name, &path, NULL,
                              NULL, NULL, &description, NULL, NULL))
    if (g_str_equal (bus_name, g_dbus_connection_get_unique_name (fixture->tray_fixture.bus)))
      return g_strdup_printf ("%s at %s: %s", icon, path, description);
  return NULL;
}

static void
wait_until_shown (Fixture *fixture, const char *expected)
{
  gint64 end_us = g_get_monotonic_time () + WAIT_US;
  g_autofree char *shown = NULL;

  while (g_strcmp0 (shown, expected) != 0 && g_get_monotonic_time () < end_us)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (10 * G_TIME_SPAN_MILLISECOND);
      porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 10);
      g_free (shown);
      shown = find_in_watcher (fixture);
    }
  g_assert_cmpstr (shown, ==, expected);
}

#define LIT_ENTRY                                                                                  \
  "app.porchlight.Porchlight-lit-symbolic at /StatusNotifierItem/Menu: You are online"

/* Returns: whether there is such a watcher, and it shows the icon */
static gboolean
start_watcher (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  if (!g_file_test (WATCHER, G_FILE_TEST_IS_EXECUTABLE))
    {
      g_test_skip ("ayatana-indicator-application is not installed");
      return FALSE;
    }

  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS",
                                g_test_dbus_get_bus_address (fixture->tray_fixture.dbus), TRUE);
  g_subprocess_launcher_unsetenv (launcher, "DISPLAY");
  /* Another's program is not held to our rules. */
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  fixture->watcher = g_subprocess_launcher_spawn (launcher, &error, WATCHER, NULL);
  g_assert_no_error (error);
  wait_until_shown (fixture, LIT_ENTRY);
  return TRUE;
}

static void
test_every_property_is_answered (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    const char *text;
  } expected[] = {
    { "Category", "'Communications'" },
    { "Id", "'app.porchlight.Porchlight'" },
    { "Title", "'Porchlight'" },
    { "Status", "'Active'" },
    { "WindowId", "0" },
    { "IconThemePath", "''" },
    { "Menu", "objectpath '/StatusNotifierItem/Menu'" },
    { "ItemIsMenu", "false" },
    { "IconName", "'app.porchlight.Porchlight-lit-symbolic'" },
    { "IconAccessibleDesc", "'You are online'" },
    { "OverlayIconName", "''" },
    { "OverlayIconPixmap", "@a(iiay) []" },
    { "AttentionIconName", "''" },
    { "AttentionIconPixmap", "@a(iiay) []" },
    { "AttentionMovieName", "''" },
    { "AttentionAccessibleDesc", "''" },
    { "XAyatanaLabel", "''" },
    { "XAyatanaLabelGuide", "''" },
    { "XAyatanaOrderingIndex", "uint32 0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (GVariant) value = get_property (fixture, expected[i].name);
      g_autofree char *text = g_variant_print (value, TRUE);

      g_assert_cmpstr (text, ==, expected[i].text);
    }

  g_autoptr (GVariant) pixmap = get_property (fixture, "IconPixmap");
  g_assert_cmpuint (g_variant_n_children (pixmap), >, 0);
  g_autoptr (GVariant) tooltip = get_property (fixture, "ToolTip");
  g_assert_cmpstr (g_variant_get_type_string (tooltip), ==, "(sa(iiay)ss)");
}

static void
test_icon_has_three_states (Fixture *fixture, gconstpointer data)
{
  porch_tray_set_own (fixture->tray, PORCH_TRAY_STATE_OFFLINE, TRUE, 0);
  assert_icon (fixture, "app.porchlight.Porchlight-unlit-symbolic");
  porch_tray_set_own (fixture->tray, PORCH_TRAY_STATE_NOT_CONNECTED, TRUE, 0);
  assert_icon (fixture, "app.porchlight.Porchlight-crossed-symbolic");
  porch_tray_set_own (fixture->tray, PORCH_TRAY_STATE_SIGNED_OUT, FALSE, 0);
  assert_icon (fixture, "app.porchlight.Porchlight-crossed-symbolic");
  porch_tray_set_own (fixture->tray, PORCH_TRAY_STATE_ONLINE, FALSE, 0);
  assert_icon (fixture, "app.porchlight.Porchlight-lit-symbolic");

  /* Told at each change of the picture, and at no other. */
  porch_tray_fixture_settle (&fixture->tray_fixture);
  g_assert_cmpuint (fixture->n_icons_told, ==, 3);
}

static void
test_clicks (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *method;
    const char *expected;
  } clicks[] = {
    { "Activate", "toggle -;" },
    { "SecondaryActivate", "appear offline;" },
    { "ContextMenu", "open -;" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (clicks); i++)
    {
      g_autoptr (GVariant) reply = call (fixture, clicks[i].method, g_variant_new ("(ii)", 3, 4));

      g_assert_cmpstr (fixture->events->str, ==, clicks[i].expected);
      g_string_truncate (fixture->events, 0);
    }

  g_autoptr (GVariant) scrolled = call (fixture, "Scroll", g_variant_new ("(is)", 5, "vertical"));
  g_assert_cmpstr (fixture->events->str, ==, "");
}

static void
test_token_goes_with_the_click_that_follows (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GVariant) token = i == 0 ? call (fixture, "ProvideXdgActivationToken",
                                                  g_variant_new ("(s)", "t0k3n"))
                                          : NULL;
      g_autoptr (GVariant) reply = call (fixture, "Activate", g_variant_new ("(ii)", 0, 0));
      porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 1000);
    }

  g_assert_cmpstr (fixture->events->str, ==, "toggle t0k3n;toggle -;");
}

static void
test_a_double_click_is_one (Fixture *fixture, gconstpointer data)
{
  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 1000);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GVariant) reply = call (fixture, "Activate", g_variant_new ("(ii)", 0, 0));
      porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 200);
    }

  g_assert_cmpstr (fixture->events->str, ==, "toggle -;toggle -;");
}

static void
test_token_goes_with_a_menu_entry (Fixture *fixture, gconstpointer data)
{
  porch_tray_fixture_tell (&fixture->tray_fixture, "Ann", PORCH_STATUS_ONLINE);
  g_autoptr (GVariant) layout = porch_tray_fixture_call (
      &fixture->tray_fixture, PORCH_TRAY_PATH "/Menu", "com.canonical.dbusmenu", "GetLayout",
      g_variant_new ("(iias)", 0, -1, NULL), NULL);
  g_autoptr (GVariant) token = call (fixture, "ProvideXdgActivationToken",
                                     g_variant_new ("(s)", "t0k3n"));
  g_autoptr (GVariant) clicked = porch_tray_fixture_call (
      &fixture->tray_fixture, PORCH_TRAY_PATH "/Menu", "com.canonical.dbusmenu", "Event",
      g_variant_new ("(isvu)", 100, "clicked", g_variant_new_int32 (0), (guint32) 0), NULL);

  g_assert_cmpstr (fixture->events->str, ==, "person ann t0k3n;");
}

static void
test_signed_out_nothing_is_toggled (Fixture *fixture, gconstpointer data)
{
  porch_tray_set_own (fixture->tray, PORCH_TRAY_STATE_SIGNED_OUT, FALSE, 0);
  g_autoptr (GVariant) reply = call (fixture, "SecondaryActivate", g_variant_new ("(ii)", 0, 0));

  g_assert_cmpstr (fixture->events->str, ==, "");
}

static void
test_without_a_panel_nothing_runs (Fixture *fixture, gconstpointer data)
{
  for (char c = 'A'; c <= 'Z'; c++)
    porch_tray_fixture_tell (&fixture->tray_fixture, (char[]){ c, '\0' }, PORCH_STATUS_ONLINE);
  porch_tray_fixture_settle (&fixture->tray_fixture);

  /* The roster's soonest expiry and the wait for a panel. */
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->tray_fixture.clock), ==, 2);
  g_assert_cmpuint (fixture->n_tooltips_told, ==, 0);
}

static void
test_no_panel_is_said_once (Fixture *fixture, gconstpointer data)
{
  porch_tray_fixture_settle (&fixture->tray_fixture);
  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 59 * 1000);
  g_assert_cmpstr (fixture->events->str, ==, "");

  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 1000);
  g_assert_cmpstr (fixture->events->str, ==, "no host;");

  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 24 * 60 * 60 * 1000);
  g_assert_cmpstr (fixture->events->str, ==, "no host;");
}

static GDBusMessage *
count_calls (GDBusConnection *bus, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  int *n_calls = user_data;

  if (incoming
      && g_strcmp0 (g_dbus_message_get_member (message), "RegisterStatusNotifierItem") == 0)
    g_atomic_int_inc (n_calls);
  return message;
}

static void
test_a_name_taken_by_something_else (Fixture *fixture, gconstpointer data)
{
  /* given something that has the watcher's name and is no watcher */
  int n_calls = 0;
  guint filter_id = g_dbus_connection_add_filter (fixture->tray_fixture.panel, count_calls,
                                                  &n_calls, NULL);
  guint name_id = g_bus_own_name_on_connection (
      fixture->tray_fixture.panel, "org.kde.StatusNotifierWatcher", G_BUS_NAME_OWNER_FLAGS_NONE,
      NULL, NULL, NULL, NULL);

  /* when a day goes by */
  gint64 end_us = g_get_monotonic_time () + WAIT_US;
  while (g_atomic_int_get (&n_calls) < 4 && g_get_monotonic_time () < end_us)
    {
      porch_tray_fixture_settle (&fixture->tray_fixture);
      porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 1000);
    }
  for (guint hour = 0; hour < 24; hour++)
    {
      porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 60 * 60 * 1000);
      porch_tray_fixture_settle (&fixture->tray_fixture);
    }

  /* then it was asked some times, and the person told that there is no panel */
  g_assert_cmpint (g_atomic_int_get (&n_calls), ==, 4);
  g_assert_cmpstr (fixture->events->str, ==, "no host;");

  g_bus_unown_name (name_id);
  g_dbus_connection_remove_filter (fixture->tray_fixture.panel, filter_id);
}

static void
test_watcher_shows_the_icon_again_when_it_restarts (Fixture *fixture, gconstpointer data)
{
  if (!start_watcher (fixture))
    return;

  for (guint i = 0; i < 3; i++)
    {
      stop_watcher (fixture);
      g_assert_true (start_watcher (fixture));
    }

  /* With a panel nobody is told that there is none. */
  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 60 * 60 * 1000);
  g_assert_cmpstr (fixture->events->str, ==, "");
}

static void
test_watcher_follows_the_icon (Fixture *fixture, gconstpointer data)
{
  if (!start_watcher (fixture))
    return;

  porch_tray_set_own (fixture->tray, PORCH_TRAY_STATE_NOT_CONNECTED, FALSE, 0);

  wait_until_shown (
      fixture,
      "app.porchlight.Porchlight-crossed-symbolic at /StatusNotifierItem/Menu: Not connected");
}

static void
test_tooltip_says_who (Fixture *fixture, gconstpointer data)
{
  if (!start_watcher (fixture))
    return;
  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 1000);
  assert_tooltip (fixture, "Nobody is online", "You are online");

  porch_tray_fixture_tell (&fixture->tray_fixture, "Ann", PORCH_STATUS_ONLINE);
  porch_tray_fixture_tell (&fixture->tray_fixture, "Ben", PORCH_STATUS_ONLINE);
  porch_tray_fixture_tell (&fixture->tray_fixture, "Cleo", PORCH_STATUS_ONLINE);
  porch_tray_fixture_tell (&fixture->tray_fixture, "Dora", PORCH_STATUS_ONLINE);
  porch_tray_set_own (fixture->tray, PORCH_TRAY_STATE_OFFLINE, TRUE,
                      PORCH_TEST_NOW_US + 3 * G_TIME_SPAN_HOUR);
  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 0);
  assert_tooltip (fixture, "Ann, Ben and 2 others are online", "You appear offline until 15:00");

  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 1000);
  porch_tray_set_own (fixture->tray, PORCH_TRAY_STATE_NOT_CONNECTED, FALSE, 0);
  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 0);
  assert_tooltip (fixture, "Not connected", "");
}

static void
test_a_busy_morning_is_told_once_a_second (Fixture *fixture, gconstpointer data)
{
  if (!start_watcher (fixture))
    return;
  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 5000);
  porch_tray_fixture_settle (&fixture->tray_fixture);
  fixture->n_tooltips_told = 0;

  /* when somebody comes every tenth of a second, for two seconds */
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("Person %u", i);

      porch_tray_fixture_tell (&fixture->tray_fixture, name, PORCH_STATUS_ONLINE);
      porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 100);
    }
  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 5000);
  porch_tray_fixture_settle (&fixture->tray_fixture);

  /* then the first is told at once, and the others at the end of each second */
  g_assert_cmpuint (fixture->n_tooltips_told, ==, 3);
  assert_tooltip (fixture, "Person 0, Person 1 and 18 others are online", "You are online");
}

static void
test_what_is_heard_again_is_not_told (Fixture *fixture, gconstpointer data)
{
  if (!start_watcher (fixture))
    return;
  porch_tray_fixture_tell (&fixture->tray_fixture, "Ann", PORCH_STATUS_ONLINE);
  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 5000);
  porch_tray_fixture_settle (&fixture->tray_fixture);
  fixture->n_tooltips_told = 0;

  for (guint i = 0; i < 10; i++)
    {
      porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 30 * 1000);
      porch_tray_fixture_tell (&fixture->tray_fixture, "Ann", PORCH_STATUS_ONLINE);
    }
  porch_fake_clock_advance_ms (fixture->tray_fixture.clock, 5000);
  porch_tray_fixture_settle (&fixture->tray_fixture);

  g_assert_cmpuint (fixture->n_tooltips_told, ==, 0);
}

static void
test_no_host_in_words_that_help (void)
{
  g_autofree char *gnome = porch_tray_format_no_host ("ubuntu:GNOME");
  g_autofree char *other = porch_tray_format_no_host ("XFCE");
  g_autofree char *none = porch_tray_format_no_host (NULL);

  g_assert_nonnull (strstr (gnome, "AppIndicator and KStatusNotifierItem Support"));
  g_assert_null (strstr (other, "GNOME"));
  g_assert_nonnull (strstr (other, "applications menu"));
  g_assert_cmpstr (none, ==, other);
}

#define add(path, func) g_test_add ("/desktop/tray/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("every-property-is-answered", test_every_property_is_answered);
  add ("icon-has-three-states", test_icon_has_three_states);
  add ("clicks", test_clicks);
  add ("token-goes-with-the-click-that-follows", test_token_goes_with_the_click_that_follows);
  add ("a-double-click-is-one", test_a_double_click_is_one);
  add ("token-goes-with-a-menu-entry", test_token_goes_with_a_menu_entry);
  add ("signed-out-nothing-is-toggled", test_signed_out_nothing_is_toggled);
  add ("without-a-panel-nothing-runs", test_without_a_panel_nothing_runs);
  add ("no-panel-is-said-once", test_no_panel_is_said_once);
  add ("a-name-taken-by-something-else", test_a_name_taken_by_something_else);
  add ("watcher-shows-the-icon-again-when-it-restarts",
       test_watcher_shows_the_icon_again_when_it_restarts);
  add ("watcher-follows-the-icon", test_watcher_follows_the_icon);
  add ("tooltip-says-who", test_tooltip_says_who);
  add ("a-busy-morning-is-told-once-a-second", test_a_busy_morning_is_told_once_a_second);
  add ("what-is-heard-again-is-not-told", test_what_is_heard_again_is_not_told);
  g_test_add_func ("/desktop/tray/no-host-in-words-that-help", test_no_host_in_words_that_help);

  return g_test_run ();
}
