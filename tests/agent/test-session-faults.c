/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What can go wrong in the person's session around an agent: names that something else has taken, a
 * panel that restarts all the time, a keyring that is locked, notifications that hang. Real agents
 * of two people and a real porchlightd; each test prints how long the agent's main loop stood still
 * at most. That the end of the session bus is told to the server is in test-agent.
 */

#include "porch-bus-mock.h"
#include "porch-stall-meter.h"
#include "porch-test-desktop.h"

#include "server/porch-test-daemon.h"

#include <signal.h>
#include <stdlib.h>

#define ANN      "ann@porch.example"
#define BOB      "bob@porch.example"
#define PASSWORD "correct horse battery"

/* The contract. */
#define STALL_MAX_US (50 * G_TIME_SPAN_MILLISECOND)

/* Longer than any call of the agent waits; PORCH_HANG_S says another, such as 60. */
#define HANG_S 12

/* Who was gone for a shorter time has only flapped, and is not told of. */
#define FLAP_S 16

#define PANEL_RESTARTS 5

typedef struct
{
  PorchTestDaemon *daemon;
  PorchTestDesktop *ann;
  PorchTestDesktop *bob;
  char *bob_id;
  PorchStallMeter *meter;
} Fixture;

static void
sign_in (PorchTestDesktop *desktop, PorchTestDaemon *daemon, const char *email, gboolean in_memory)
{
  g_autoptr (GError) error = NULL;

  porch_test_desktop_sign_in (desktop, daemon->address, email, PASSWORD, in_memory, &error);
  g_assert_no_error (error);
  porch_test_wait_until (g_str_equal (porch_agent_proxy_get_state (desktop->proxy), "connected"));
  porch_test_wait_until (*porch_agent_proxy_get_id (desktop->proxy) != '\0');
}

static void
call_well (PorchTestDesktop *desktop, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;

  porch_test_wait_until (*result != NULL);
  porch_agent_proxy_call_finish (desktop->proxy, *result, &error);
  g_assert_no_error (error);
}

static void
let_bob_say (Fixture *fixture, PorchStatus status)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_agent_proxy_set_appear_offline_async (fixture->bob->proxy, status == PORCH_STATUS_OFFLINE,
                                              0, NULL, porch_test_take_result, &result);
  call_well (fixture->bob, &result);
}

static void
set_up (Fixture *fixture, gconstpointer with_keyring)
{
  fixture->daemon = porch_test_daemon_start (NULL);
  porch_test_daemon_add_user (fixture->daemon, ANN, "Ann Lee", PASSWORD);
  porch_test_daemon_add_user (fixture->daemon, BOB, "Bob O'Neil", PASSWORD);
  fixture->ann = porch_test_desktop_new (with_keyring != NULL);
  fixture->bob = porch_test_desktop_new (FALSE);
  porch_test_desktop_start_agent (fixture->bob);
  sign_in (fixture->bob, fixture->daemon, BOB, TRUE);
  fixture->bob_id = g_strdup (porch_agent_proxy_get_id (fixture->bob->proxy));
  let_bob_say (fixture, PORCH_STATUS_OFFLINE);
  porch_test_wait_until (porch_agent_proxy_get_own_status (fixture->bob->proxy)
                         == PORCH_STATUS_OFFLINE);
}

static void
tear_down (Fixture *fixture, gconstpointer with_keyring)
{
  porch_test_desktop_free (fixture->ann);
  porch_test_desktop_free (fixture->bob);
  porch_test_daemon_free (fixture->daemon);
  g_free (fixture->bob_id);
}

static PorchStatus
get_bob_status (Fixture *fixture)
{
  PorchContact *bob = porch_roster_lookup (porch_agent_proxy_get_roster (fixture->ann->proxy),
                                           fixture->bob_id);

  return bob != NULL ? porch_contact_get_status (bob) : PORCH_STATUS_UNKNOWN;
}

/* Bob comes or goes, and Ann sees it: everything on the way works. */
static void
let_bob_be (Fixture *fixture, PorchStatus status)
{
  let_bob_say (fixture, status);
  porch_test_wait_until (get_bob_status (fixture) == status);
}

static void
start_ann (Fixture *fixture)
{
  porch_test_desktop_start_agent (fixture->ann);
  fixture->meter = porch_stall_meter_start (g_test_dbus_get_bus_address (fixture->ann->dbus));
}

static void
let_ann_watch_bob (Fixture *fixture, gboolean in_memory)
{
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) told = NULL;

  sign_in (fixture->ann, fixture->daemon, ANN, in_memory);
  porch_agent_proxy_add_contact_async (fixture->ann->proxy, fixture->bob_id, NULL,
                                       porch_test_take_result, &added);
  call_well (fixture->ann, &added);
  porch_agent_proxy_set_notify_async (fixture->ann->proxy, fixture->bob_id, PORCH_NOTIFY_ALWAYS,
                                      NULL, porch_test_take_result, &told);
  call_well (fixture->ann, &told);
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_OFFLINE);
}

static void
assert_no_stall (Fixture *fixture, const char *what)
{
  guint n_answers;
  gint64 longest_us = porch_stall_meter_stop (g_steal_pointer (&fixture->meter), &n_answers);

  g_print ("# %s: longest stall %.1f ms in %u answers\n", what, (double) longest_us / 1000,
           n_answers);
  g_assert_cmpuint (n_answers, >, 20);
  g_assert_cmpint (longest_us, <=, STALL_MAX_US);
}

static gboolean
on_over_cb (gpointer user_data)
{
  gboolean *over = user_data;

  *over = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (guint seconds)
{
  gboolean over = FALSE;

  g_timeout_add_seconds (seconds, on_over_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* The meter itself: a main loop that stands still is seen. */
static void
test_stall_is_seen (Fixture *fixture, gconstpointer data)
{
  guint n_answers;

  start_ann (fixture);
  run_for (1);
  g_subprocess_send_signal (fixture->ann->agent, SIGSTOP);
  g_usleep (4 * STALL_MAX_US);
  g_subprocess_send_signal (fixture->ann->agent, SIGCONT);
  run_for (1);
  g_assert_cmpint (porch_stall_meter_stop (g_steal_pointer (&fixture->meter), &n_answers), >,
                   2 * STALL_MAX_US);
}

/* Takes every question, and counts it where user_data says so, and answers none. */
static GDBusMessage *
swallow_cb (GDBusConnection *bus, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  int *n_questions = user_data;

  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;

  if (n_questions != NULL)
    g_atomic_int_inc (n_questions);
  g_object_unref (message);
  return NULL;
}

/* A panel that shows icons, as far as the bus knows of it; real ones are in test-tray-hosts. */
typedef struct
{
  GDBusConnection *bus;
  GDBusNodeInfo *node;
  guint n_icons;
} Panel;

static const char panel_xml[]
    = "<node><interface name='org.kde.StatusNotifierWatcher'>"
      "<method name='RegisterStatusNotifierItem'><arg type='s' direction='in'/></method>"
      "<property name='IsStatusNotifierHostRegistered' type='b' access='read'/>"
      "</interface></node>";

static void
on_panel_called_cb (GDBusConnection *bus,
                    const char *sender,
                    const char *path,
                    const char *interface,
                    const char *method,
                    GVariant *parameters,
                    GDBusMethodInvocation *invocation,
                    gpointer user_data)
{
  Panel *panel = user_data;

  panel->n_icons++;
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static GVariant *
on_panel_read_cb (GDBusConnection *bus,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *property,
                  GError **error,
                  gpointer user_data)
{
  return g_variant_new_boolean (TRUE);
}

static void
own_name (GDBusConnection *bus, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
      g_variant_new ("(su)", name, 4u), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
}

static Panel *
panel_start (Fixture *fixture)
{
  static const GDBusInterfaceVTable vtable = {
    .method_call = on_panel_called_cb,
    .get_property = on_panel_read_cb,
  };
  Panel *panel = g_new0 (Panel, 1);

  panel->bus = porch_bus_mock_connect (fixture->ann->dbus);
  panel->node = g_dbus_node_info_new_for_xml (panel_xml, NULL);
  g_dbus_connection_register_object (panel->bus, "/StatusNotifierWatcher",
                                     panel->node->interfaces[0], &vtable, panel, NULL, NULL);
  own_name (panel->bus, "org.kde.StatusNotifierWatcher");
  return panel;
}

static void
panel_end (Panel *panel)
{
  g_dbus_connection_close_sync (panel->bus, NULL, NULL);
  g_object_unref (panel->bus);
  g_dbus_node_info_unref (panel->node);
  g_free (panel);
}

static void
take_names (GDBusConnection *bus)
{
  static const char *const names[] = {
    "org.freedesktop.Notifications",
    "org.kde.StatusNotifierWatcher",
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.gnome.Mutter.IdleMonitor",
    "org.gnome.SessionManager",
    "org.freedesktop.portal.Desktop",
    "org.freedesktop.systemd1",
    "ca.desrt.dconf",
    "app.porchlight.Porchlight",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    own_name (bus, names[i]);
}

/* silent: whether who took the names answers nothing, or that they know no such method */
static void
check_taken_names (Fixture *fixture, gboolean silent, const char *what)
{
  GDBusConnection *squatter = porch_bus_mock_connect (fixture->ann->dbus);

  /* given a session in which something else has all the names */
  if (silent)
    g_dbus_connection_add_filter (squatter, swallow_cb, NULL, NULL);
  take_names (squatter);

  /* then what Porchlight is for works */
  start_ann (fixture);
  let_ann_watch_bob (fixture, TRUE);
  let_bob_be (fixture, PORCH_STATUS_ONLINE);
  g_assert_cmpint (porch_test_desktop_run_cli (fixture->ann, NULL, NULL, NULL, "status", NULL), ==,
                   0);
  let_bob_be (fixture, PORCH_STATUS_OFFLINE);

  /* when they are gone and the real ones there, then the agent uses those */
  g_dbus_connection_close_sync (squatter, NULL, NULL);
  g_object_unref (squatter);
  Panel *panel = panel_start (fixture);
  porch_test_wait_until (panel->n_icons > 0);
  panel_end (panel);
  assert_no_stall (fixture, what);
}

static void
test_names_taken_by_the_silent (Fixture *fixture, gconstpointer data)
{
  check_taken_names (fixture, TRUE, "names taken by what never answers");
}

static void
test_names_taken_by_others (Fixture *fixture, gconstpointer data)
{
  check_taken_names (fixture, FALSE, "names taken by what is something else");
}

/* One that has our own name is taken for an agent that runs. */
static void
test_own_name_taken (Fixture *fixture, gconstpointer data)
{
  const char *const argv[] = { g_getenv ("PORCHLIGHT_AGENT"), NULL };
  GDBusConnection *squatter = porch_bus_mock_connect (fixture->ann->dbus);
  g_autoptr (GError) error = NULL;

  own_name (squatter, PORCH_AGENT_BUS_NAME);
  g_autoptr (GSubprocess) agent = porch_test_desktop_spawn (
      fixture->ann, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, argv);
  g_subprocess_wait_check (agent, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (porch_test_desktop_run_cli (fixture->ann, NULL, NULL, NULL, "status", NULL), !=,
                   0);

  /* when it is gone, then all is right */
  g_dbus_connection_close_sync (squatter, NULL, NULL);
  g_object_unref (squatter);
  start_ann (fixture);
  let_ann_watch_bob (fixture, TRUE);
  let_bob_be (fixture, PORCH_STATUS_ONLINE);
  run_for (1);
  assert_no_stall (fixture, "own name taken, then free");
}

static void
test_panel_restarts_all_the_time (Fixture *fixture, gconstpointer data)
{
  start_ann (fixture);
  let_ann_watch_bob (fixture, TRUE);

  /* when the panel comes and goes, then the icon is in each */
  for (guint i = 0; i < PANEL_RESTARTS; i++)
    {
      Panel *panel = panel_start (fixture);

      porch_test_wait_until (panel->n_icons > 0);
      let_bob_be (fixture, i % 2 == 0 ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE);
      panel_end (panel);
      run_for (1);
    }
  assert_no_stall (fixture, "panel restarting every second");
}

static void
lock_keyring (Fixture *fixture)
{
  const char *const collections[] = { "/org/freedesktop/secrets/aliases/default", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      fixture->ann->bus, "org.freedesktop.secrets", "/org/freedesktop/secrets",
      "org.freedesktop.Secret.Service", "Lock", g_variant_new ("(^ao)", collections), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
}

static void
test_keyring_locked_in_mid_session (Fixture *fixture, gconstpointer data)
{
  start_ann (fixture);
  let_ann_watch_bob (fixture, FALSE);

  /* when the keyring is locked under her, then she stays signed in, a lost connection included */
  lock_keyring (fixture);
  let_bob_be (fixture, PORCH_STATUS_ONLINE);
  porch_test_daemon_stop (fixture->daemon);
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_UNKNOWN);
  porch_test_daemon_start_again (fixture->daemon);
  porch_test_wait_until (
      g_str_equal (porch_agent_proxy_get_state (fixture->ann->proxy), "connected"));
  porch_test_wait_until (get_bob_status (fixture) == PORCH_STATUS_ONLINE);
  assert_no_stall (fixture, "keyring locked in mid-session");

  /* and is signed in at the next start, once it is open again */
  porch_test_desktop_stop_keyring (fixture->ann);
  porch_test_desktop_start_keyring (fixture->ann);
  porch_test_desktop_end_agent (fixture->ann, SIGTERM);
  porch_test_desktop_start_agent (fixture->ann);
  porch_test_wait_until (
      g_str_equal (porch_agent_proxy_get_state (fixture->ann->proxy), "connected"));
}

/* The real server of notifications, that hangs and goes on, is in test-notifications. */
static void
test_notifications_hang (Fixture *fixture, gconstpointer data)
{
  const char *hang = g_getenv ("PORCH_HANG_S");
  GDBusConnection *server = porch_bus_mock_connect (fixture->ann->dbus);
  int n_questions = 0;

  /* given a server of notifications that hangs */
  g_dbus_connection_add_filter (server, swallow_cb, &n_questions, NULL);
  own_name (server, "org.freedesktop.Notifications");
  start_ann (fixture);
  let_ann_watch_bob (fixture, TRUE);
  run_for (FLAP_S);

  /* when there is something to tell, then it is asked, and nobody waits for it */
  let_bob_be (fixture, PORCH_STATUS_ONLINE);
  porch_test_wait_until (g_atomic_int_get (&n_questions) > 0);
  run_for (hang != NULL ? (guint) atoi (hang) : HANG_S);
  let_bob_be (fixture, PORCH_STATUS_OFFLINE);
  g_assert_cmpint (porch_test_desktop_run_cli (fixture->ann, NULL, NULL, NULL, "status", NULL), ==,
                   0);

  /* when it is gone, then all goes on */
  g_dbus_connection_close_sync (server, NULL, NULL);
  g_object_unref (server);
  let_bob_be (fixture, PORCH_STATUS_ONLINE);
  assert_no_stall (fixture, "notifications hanging");
}

#define test(name, func)                                                                           \
  g_test_add ("/session-faults/" name, Fixture, NULL, set_up, func, tear_down)
#define test_with_keyring(name, func)                                                              \
  g_test_add ("/session-faults/" name, Fixture, "", set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  if (!porch_bus_mock_is_possible () || !porch_test_desktop_has_keyring_program ())
    {
      g_print ("1..0 # SKIP python3-dbusmock or gnome-keyring-daemon is not installed\n");
      return 77;
    }

  test ("stall-is-seen", test_stall_is_seen);
  test ("names-taken-by-the-silent", test_names_taken_by_the_silent);
  test ("names-taken-by-others", test_names_taken_by_others);
  test ("own-name-taken", test_own_name_taken);
  test ("panel-restarts-all-the-time", test_panel_restarts_all_the_time);
  test_with_keyring ("keyring-locked-in-mid-session", test_keyring_locked_in_mid_session);
  test ("notifications-hang", test_notifications_hang);

  return g_test_run ();
}
