/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The desktop's search, asked over a real bus as GNOME Shell asks. */

#include "desktop/porch-search-provider.h"

#include "porch-bus-mock.h"
#include "porch-fake-clock.h"
#include "porch-test-wait.h"

#include <string.h>

#define NOW_US (G_GINT64_CONSTANT (1705492800) * G_USEC_PER_SEC)

typedef struct
{
  GTestDBus *dbus;
  GDBusConnection *bus;
  GDBusConnection *shell;
  PorchFakeClock *clock;
  PorchServerClock *server_clock;
  PorchRoster *roster;
  PorchSearchProvider *provider;
  char *asked;
} Fixture;

static void
on_open_person_cb (Fixture *fixture, const char *user_id, guint timestamp)
{
  fixture->asked = g_strdup_printf ("person %s %u", user_id, timestamp);
}

static void
on_open_search_cb (Fixture *fixture, const char *search, guint timestamp)
{
  fixture->asked = g_strdup_printf ("search %s %u", search, timestamp);
}

/* minutes_ago: 0 for online */
static void
add (Fixture *fixture, const char *id, const char *name, guint minutes_ago)
{
  g_autoptr (PorchContact) contact = porch_contact_new (id);
  PorchPresence presence = {
    .status = minutes_ago == 0 ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE,
    .last_active_us = NOW_US - minutes_ago * G_TIME_SPAN_MINUTE,
  };

  porch_contact_set_name (contact, name);
  porch_roster_add (fixture->roster, contact);
  porch_roster_apply (fixture->roster, id, &presence);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->dbus);
  fixture->bus = porch_bus_mock_connect (fixture->dbus);
  fixture->shell = porch_bus_mock_connect (fixture->dbus);
  fixture->clock = porch_fake_clock_new (NOW_US);
  fixture->server_clock = porch_server_clock_new (PORCH_CLOCK (fixture->clock));
  fixture->roster = porch_roster_new (fixture->server_clock);
  fixture->provider = porch_search_provider_new ();
  g_signal_connect_swapped (fixture->provider, "open-person", G_CALLBACK (on_open_person_cb),
                            fixture);
  g_signal_connect_swapped (fixture->provider, "open-search", G_CALLBACK (on_open_search_cb),
                            fixture);
  porch_search_provider_set_roster (fixture->provider, fixture->roster);
  porch_search_provider_export (fixture->provider, fixture->bus, &error);
  g_assert_no_error (error);

  add (fixture, "1", "Zoë Annis", 0);
  add (fixture, "2", "Ann Marsh", 0);
  add (fixture, "3", "Joanna Lind", 42);
  add (fixture, "4", "Hannes Park", 5 * 24 * 60);
  add (fixture, "5", "Ben Okafor", 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->provider);
  g_object_unref (fixture->roster);
  g_object_unref (fixture->server_clock);
  g_object_unref (fixture->clock);
  g_object_unref (fixture->shell);
  g_object_unref (fixture->bus);
  g_test_dbus_down (fixture->dbus);
  g_object_unref (fixture->dbus);
  g_free (fixture->asked);
}

static GVariant *
ask (Fixture *fixture, const char *method, GVariant *parameters)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_call (fixture->shell, g_dbus_connection_get_unique_name (fixture->bus),
                          PORCH_SEARCH_PROVIDER_PATH, "org.gnome.Shell.SearchProvider2", method,
                          parameters, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL,
                          porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  GVariant *reply = g_dbus_connection_call_finish (fixture->shell, result, &error);
  g_assert_no_error (error);
  return reply;
}

static void
assert_finds (Fixture *fixture, const char *first, const char *second, const char *expected)
{
  const char *const terms[] = { first, second, NULL };
  const char *const previous[] = { "5", NULL };
  g_auto (GStrv) ids = NULL;
  g_auto (GStrv) narrowed = NULL;

  g_autoptr (GVariant) reply = ask (fixture, "GetInitialResultSet", g_variant_new ("(^as)", terms));
  g_variant_get (reply, "(^as)", &ids);
  g_autofree char *joined = g_strjoinv (" ", ids);
  g_assert_cmpstr (joined, ==, expected);

  /* Narrowing it down finds the same. */
  g_autoptr (GVariant) sub = ask (fixture, "GetSubsearchResultSet",
                                  g_variant_new ("(^as^as)", previous, terms));
  g_variant_get (sub, "(^as)", &narrowed);
  g_autofree char *sub_joined = g_strjoinv (" ", narrowed);
  g_assert_cmpstr (sub_joined, ==, expected);
}

static void
test_finds (Fixture *fixture, gconstpointer data)
{
  /* who is online first, by name, then who was here last */
  assert_finds (fixture, "ann", NULL, "2 1 3 4");
  assert_finds (fixture, "ZOE", "ann", "1");
  assert_finds (fixture, "nobody", NULL, "");
  assert_finds (fixture, "", NULL, "");

  porch_search_provider_set_roster (fixture->provider, NULL);
  assert_finds (fixture, "ann", NULL, "");
}

static void
assert_meta (GVariant *metas, gsize position, const char *name, const char *description)
{
  g_autoptr (GVariant) meta = g_variant_get_child_value (metas, position);
  const char *shown_name, *shown_description;

  g_assert_true (g_variant_lookup (meta, "name", "&s", &shown_name));
  g_assert_true (g_variant_lookup (meta, "description", "&s", &shown_description));
  g_assert_cmpstr (shown_name, ==, name);
  g_assert_cmpstr (shown_description, ==, description);
}

static void
test_describes (Fixture *fixture, gconstpointer data)
{
  const char *const ids[] = { "2", "gone", "3", NULL };

  porch_contact_set_avatar (porch_roster_lookup (fixture->roster, "2"), "/cache/ann.png");

  g_autoptr (GVariant) reply = ask (fixture, "GetResultMetas", g_variant_new ("(^as)", ids));
  g_autoptr (GVariant) metas = g_variant_get_child_value (reply, 0);

  /* whom nobody knows any more is left out */
  g_assert_cmpuint (g_variant_n_children (metas), ==, 2);
  assert_meta (metas, 0, "Ann Marsh", "Online");
  assert_meta (metas, 1, "Joanna Lind", "Last active 42m ago");

  g_autoptr (GVariant) ann = g_variant_get_child_value (metas, 0);
  g_autoptr (GVariant) serialized = g_variant_lookup_value (ann, "icon", NULL);
  g_autoptr (GIcon) icon = g_icon_deserialize (serialized);
  g_autofree char *text = g_icon_to_string (icon);
  g_assert_cmpstr (text, ==, "/cache/ann.png");
}

static void
test_opens (Fixture *fixture, gconstpointer data)
{
  const char *const terms[] = { "ann", "ma", NULL };

  g_variant_unref (ask (fixture, "ActivateResult", g_variant_new ("(s^asu)", "2", terms, 7u)));
  porch_test_wait_until (fixture->asked != NULL);
  g_assert_cmpstr (fixture->asked, ==, "person 2 7");
  g_clear_pointer (&fixture->asked, g_free);

  g_variant_unref (ask (fixture, "LaunchSearch", g_variant_new ("(^asu)", terms, 7u)));
  porch_test_wait_until (fixture->asked != NULL);
  g_assert_cmpstr (fixture->asked, ==, "search ann ma 7");
}

/* The shell reads this file, and starts nobody. */
static void
test_is_announced (void)
{
  g_autofree char *path = g_test_build_filename (
      G_TEST_DIST, "..", "data", "app.porchlight.Porchlight.search-provider.ini", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  g_autofree char *object = g_key_file_get_string (file, "Shell Search Provider", "ObjectPath",
                                                   NULL);
  g_assert_cmpstr (object, ==, PORCH_SEARCH_PROVIDER_PATH);
  g_assert_false (g_key_file_get_boolean (file, "Shell Search Provider", "AutoStart", &error));
  g_assert_no_error (error);
}

#define test(name, func)                                                                           \
  g_test_add ("/search-provider/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test ("finds", test_finds);
  test ("describes", test_describes);
  test ("opens", test_opens);
  g_test_add_func ("/search-provider/is-announced", test_is_announced);

  return g_test_run ();
}
