/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What the two notifiers say on the bus, and what they make of the answers. How it looks is
 * test-notifications' business, which has a real server.
 */

#include "desktop/porch-portal-notifier.h"
#include "desktop/porch-server-notifier.h"

#include "porch-bus-mock.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define SERVER "org.freedesktop.Notifications"

/* Nothing here takes so long: a server that hangs may cost two calls of 10 s one after the other.
 */
#define PATIENCE_US (40 * G_USEC_PER_SEC)

/* A call that waited for a server that hangs would take 10 s. */
#define STALL_MAX_US G_USEC_PER_SEC

typedef struct
{
  GTestDBus *dbus;
  GDBusConnection *bus;
  GDBusConnection *other;
  PorchBusMock *mock;
  PorchNotifier *notifier;
  PorchNotification notification;

  /* What the notifier told: "open ann token", "stop ann", "closed 1". */
  GString *told;
} Fixture;

#define wait_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 until_us = g_get_monotonic_time () + PATIENCE_US;                                       \
    while (!(condition))                                                                           \
      {                                                                                            \
        g_assert_cmpint (g_get_monotonic_time (), <, until_us);                                    \
        g_main_context_iteration (NULL, FALSE);                                                    \
        g_usleep (1000);                                                                           \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

static void
on_open_cb (Fixture *fixture, const char *user_id, const char *token)
{
  g_string_append_printf (fixture->told, "open %s %s\n", user_id, token != NULL ? token : "-");
}

static void
on_stop_cb (Fixture *fixture, const char *user_id)
{
  g_string_append_printf (fixture->told, "stop %s\n", user_id);
}

static void
on_closed_cb (Fixture *fixture, guint id)
{
  g_string_append_printf (fixture->told, "closed %u\n", id);
}

static void
set_up (Fixture *fixture)
{
  fixture->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->dbus);
  fixture->bus = porch_bus_mock_connect (fixture->dbus);
  fixture->other = porch_bus_mock_connect (fixture->dbus);
  fixture->told = g_string_new (NULL);
  fixture->notification = (PorchNotification){
    .id = 1,
    .status = PORCH_STATUS_ONLINE,
    .title = (char *) "Ann is online",
    .body = (char *) "<b>& more",
    .contacts = g_ptr_array_new_with_free_func (g_object_unref),
  };
  g_ptr_array_add (fixture->notification.contacts, porch_contact_new ("ann"));
}

static void
use (Fixture *fixture, PorchNotifier *notifier)
{
  fixture->notifier = notifier;
  g_signal_connect_swapped (notifier, "open", G_CALLBACK (on_open_cb), fixture);
  g_signal_connect_swapped (notifier, "stop", G_CALLBACK (on_stop_cb), fixture);
  g_signal_connect_swapped (notifier, "closed", G_CALLBACK (on_closed_cb), fixture);
}

/* capabilities: Python's list of strings */
static void
start_server (Fixture *fixture, const char *capabilities)
{
  g_autofree char *code = g_strdup_printf ("ret = %s", capabilities);

  fixture->mock = porch_bus_mock_new (fixture->dbus, fixture->other, SERVER,
                                      "/org/freedesktop/Notifications", SERVER);
  porch_bus_mock_add_method (fixture->mock, "GetCapabilities", "", "as", code);
  porch_bus_mock_add_method (fixture->mock, "Notify", "susssasa{sv}i", "u",
                             "ret = args[1] or 70 + len (self.call_log)");
  porch_bus_mock_add_method (fixture->mock, "CloseNotification", "u", "", "");
}

static void
set_up_server (Fixture *fixture, gconstpointer capabilities)
{
  set_up (fixture);
  start_server (fixture, capabilities);
  use (fixture, porch_server_notifier_new (fixture->bus));
}

static void
set_up_portal (Fixture *fixture, gconstpointer code)
{
  set_up (fixture);
  fixture->mock = porch_bus_mock_new (
      fixture->dbus, fixture->other, "org.freedesktop.portal.Desktop",
      "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Notification");
  porch_bus_mock_add_method (fixture->mock, "AddNotification", "sa{sv}", "", code);
  porch_bus_mock_add_method (fixture->mock, "RemoveNotification", "s", "", "");
  use (fixture, porch_portal_notifier_new (fixture->bus));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  /* Calls that are under way hold it, until they are answered. */
  g_object_run_dispose (G_OBJECT (fixture->notifier));
  g_object_add_weak_pointer (G_OBJECT (fixture->notifier), (gpointer *) &fixture->notifier);
  g_object_unref (fixture->notifier);
  wait_until (fixture->notifier == NULL);
  porch_bus_mock_free (fixture->mock);
  g_ptr_array_unref (fixture->notification.contacts);
  g_string_free (fixture->told, TRUE);
  g_dbus_connection_close_sync (fixture->bus, NULL, NULL);
  g_dbus_connection_close_sync (fixture->other, NULL, NULL);
  g_object_unref (fixture->bus);
  g_object_unref (fixture->other);
  g_test_dbus_down (fixture->dbus);
  g_object_unref (fixture->dbus);
}

/* Returns: (transfer full): what was called with, as text, once it was called so often */
static char *
wait_for_calls (Fixture *fixture, const char *method, guint n_calls)
{
  wait_until (porch_bus_mock_count_calls (fixture->mock, method) >= n_calls);
  g_autoptr (GVariant) calls = porch_bus_mock_call (fixture->mock, "GetMethodCalls",
                                                    g_variant_new ("(s)", method));
  return g_variant_print (calls, FALSE);
}

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in %s", part, text);
}

static void
assert_lacks (const char *text, const char *part)
{
  if (strstr (text, part) != NULL)
    g_error ("“%s” is in %s", part, text);
}

static void
test_server_that_can_all (Fixture *fixture, gconstpointer data)
{
  porch_contact_set_avatar (g_ptr_array_index (fixture->notification.contacts, 0), "/a b.png");
  porch_notifier_show (fixture->notifier, &fixture->notification);
  g_autofree char *calls = wait_for_calls (fixture, "Notify", 1);

  assert_contains (calls, "'Ann is online'");
  assert_contains (calls, "'&lt;b&gt;&amp; more'");
  assert_contains (calls, "'default', 'Open', 'stop', 'Stop telling me'");
  assert_contains (calls, "'desktop-entry': <'app.porchlight.Porchlight'>");
  assert_contains (calls, "'image-path': <'file:///a%20b.png'>");
}

static void
test_server_that_can_nothing (Fixture *fixture, gconstpointer data)
{
  porch_notifier_show (fixture->notifier, &fixture->notification);
  g_autofree char *calls = wait_for_calls (fixture, "Notify", 1);

  assert_contains (calls, "'Ann is online'");
  assert_lacks (calls, "more");
  assert_lacks (calls, "'stop'");
}

static void
test_server_without_markup (Fixture *fixture, gconstpointer data)
{
  porch_notifier_show (fixture->notifier, &fixture->notification);
  g_autofree char *calls = wait_for_calls (fixture, "Notify", 1);

  assert_contains (calls, "'<b>& more'");
}

static void
emit (Fixture *fixture, const char *signal, const char *signature, const char *arguments)
{
  porch_bus_mock_emit (fixture->mock, signal, signature, g_variant_new_parsed (arguments));
}

/* Shows a notification twice, and returns the server's id for it, which the second time names. */
static guint32
get_server_id (Fixture *fixture)
{
  porch_notifier_show (fixture->notifier, &fixture->notification);
  wait_until (porch_bus_mock_count_calls (fixture->mock, "Notify") >= 1);
  porch_notifier_show (fixture->notifier, &fixture->notification);
  wait_until (porch_bus_mock_count_calls (fixture->mock, "Notify") >= 2);

  g_autoptr (GVariant) reply = porch_bus_mock_call (fixture->mock, "GetMethodCalls",
                                                    g_variant_new ("(s)", "Notify"));
  g_autoptr (GVariant) list = g_variant_get_child_value (reply, 0);
  g_autoptr (GVariant) second = g_variant_get_child_value (list, 1);
  g_autoptr (GVariant) arguments = g_variant_get_child_value (second, 1);
  g_autoptr (GVariant) boxed = g_variant_get_child_value (arguments, 1);
  g_autoptr (GVariant) id = g_variant_get_variant (boxed);
  return g_variant_get_uint32 (id);
}

static void
test_server_actions (Fixture *fixture, gconstpointer data)
{
  guint32 id = get_server_id (fixture);
  g_assert_cmpuint (id, !=, 0);
  g_autofree char *token = g_strdup_printf ("[<uint32 %u>, <'token'>]", id);
  g_autofree char *open = g_strdup_printf ("[<uint32 %u>, <'default'>]", id);
  g_autofree char *stop = g_strdup_printf ("[<uint32 %u>, <'stop'>]", id);
  g_autofree char *closed = g_strdup_printf ("[<uint32 %u>, <uint32 2>]", id);

  /* those of others are none of ours */
  emit (fixture, "ActionInvoked", "us", "[<uint32 5>, <'default'>]");
  emit (fixture, "ActivationToken", "us", token);
  emit (fixture, "ActionInvoked", "us", open);
  emit (fixture, "ActionInvoked", "us", stop);
  wait_until (strstr (fixture->told->str, "closed") != NULL);
  wait_until (porch_bus_mock_count_calls (fixture->mock, "CloseNotification") == 1);
  emit (fixture, "NotificationClosed", "uu", closed);
  porch_notifier_withdraw (fixture->notifier, 1);
  g_assert_cmpstr (fixture->told->str, ==, "open ann token\nstop ann\nclosed 1\n");
}

static void
test_server_closes (Fixture *fixture, gconstpointer data)
{
  guint32 id = get_server_id (fixture);
  g_autofree char *closed = g_strdup_printf ("[<uint32 %u>, <uint32 2>]", id);

  emit (fixture, "NotificationClosed", "uu", "[<uint32 5>, <uint32 2>]");
  emit (fixture, "NotificationClosed", "uu", closed);
  wait_until (g_str_equal (fixture->told->str, "closed 1\n"));

  /* what is closed is not closed again */
  porch_notifier_withdraw (fixture->notifier, 1);
  g_assert_cmpuint (porch_bus_mock_count_calls (fixture->mock, "CloseNotification"), ==, 0);
}

static void
test_server_withdraws_what_is_on_its_way (Fixture *fixture, gconstpointer data)
{
  porch_notifier_show (fixture->notifier, &fixture->notification);
  wait_until (porch_bus_mock_count_calls (fixture->mock, "Notify") == 1);
  porch_notifier_withdraw (fixture->notifier, 1);
  g_autofree char *calls = wait_for_calls (fixture, "CloseNotification", 1);
  g_assert_cmpstr (fixture->told->str, ==, "");
}

/* Stopped, it answers nobody; nobody here waits, and the calls stay few. */
static void
test_server_that_hangs (Fixture *fixture, gconstpointer data)
{
  g_subprocess_send_signal (fixture->mock->process, SIGSTOP);

  gint64 began_us = g_get_monotonic_time ();
  for (guint i = 1; i <= 1000; i++)
    {
      fixture->notification.id = i;
      porch_notifier_show (fixture->notifier, &fixture->notification);
    }
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, STALL_MAX_US);

  /* The oldest were given up at once; when it does not answer, so are the others. */
  g_assert_nonnull (strstr (fixture->told->str, "closed 968\n"));
  g_assert_null (strstr (fixture->told->str, "closed 969\n"));
  wait_until (strstr (fixture->told->str, "closed 969\n") != NULL);

  g_subprocess_send_signal (fixture->mock->process, SIGCONT);
  porch_notifier_show (fixture->notifier, &fixture->notification);
  wait_until (porch_bus_mock_count_calls (fixture->mock, "Notify") == 1);
  g_assert_cmpuint (porch_bus_mock_count_calls (fixture->mock, "GetCapabilities"), ==, 2);
}

static void
test_server_replaced (Fixture *fixture, gconstpointer data)
{
  get_server_id (fixture);
  porch_bus_mock_free (fixture->mock);
  wait_until (g_str_equal (fixture->told->str, "closed 1\n"));

  start_server (fixture, "[]");
  porch_notifier_show (fixture->notifier, &fixture->notification);
  g_autofree char *calls = wait_for_calls (fixture, "Notify", 1);
  assert_lacks (calls, "'stop'");
}

static void
test_portal (Fixture *fixture, gconstpointer data)
{
  porch_notifier_show (fixture->notifier, &fixture->notification);
  g_autofree char *calls = wait_for_calls (fixture, "AddNotification", 1);
  assert_contains (calls, "'presence-1'");
  assert_contains (calls, "'default-action': <'open-person'>");
  assert_contains (calls, "'stop-telling'");
  assert_lacks (calls, "app.");

  emit (fixture, "ActionInvoked", "ssav",
        "[<'presence-1'>, <'open-person'>, <[<'ann'>, <{'activation-token': <'t'>}>]>]");
  emit (fixture, "ActionInvoked", "ssav", "[<'presence-1'>, <'stop-telling'>, <[<'ann'>]>]");
  wait_until (strstr (fixture->told->str, "stop") != NULL);
  g_assert_cmpstr (fixture->told->str, ==, "open ann t\nstop ann\n");

  porch_notifier_withdraw (fixture->notifier, 1);
  g_autofree char *removed = wait_for_calls (fixture, "RemoveNotification", 1);
  assert_contains (removed, "'presence-1'");
}

static void
test_portal_that_takes_no_picture (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("porch-picture-XXXXXX", &path, NULL);
  g_assert_cmpint (write (fd, "picture", 7), ==, 7);
  close (fd);
  porch_contact_set_avatar (g_ptr_array_index (fixture->notification.contacts, 0), path);

  porch_notifier_show (fixture->notifier, &fixture->notification);
  g_autofree char *calls = wait_for_calls (fixture, "AddNotification", 2);
  const char *icon = strstr (calls, "'icon'");
  g_assert_nonnull (icon);
  g_assert_null (strstr (icon + 1, "'icon'"));
  g_unlink (path);
}

#define ADD(path, capabilities, function)                                                          \
  g_test_add ("/desktop/notifier/" path, Fixture, capabilities, set_up_server, function, tear_down)
#define ALL "['actions', 'body', 'body-markup', 'persistence']"

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!porch_bus_mock_is_possible ())
    {
      g_print ("1..0 # SKIP python-dbusmock is not installed\n");
      return 0;
    }

  ADD ("server-that-can-all", ALL, test_server_that_can_all);
  ADD ("server-that-can-nothing", "[]", test_server_that_can_nothing);
  ADD ("server-without-markup", "['body']", test_server_without_markup);
  ADD ("server-actions", ALL, test_server_actions);
  ADD ("server-closes", ALL, test_server_closes);
  ADD ("server-withdraws-what-is-on-its-way", ALL, test_server_withdraws_what_is_on_its_way);
  ADD ("server-that-hangs", ALL, test_server_that_hangs);
  ADD ("server-replaced", ALL, test_server_replaced);
  g_test_add ("/desktop/notifier/portal", Fixture, "", set_up_portal, test_portal, tear_down);
  g_test_add ("/desktop/notifier/portal-that-takes-no-picture", Fixture,
              "if 'icon' in args[1]: raise dbus.exceptions.DBusException('no', "
              "name='org.freedesktop.portal.Error.InvalidArgument')",
              set_up_portal, test_portal_that_takes_no_picture, tear_down);

  return g_test_run ();
}
