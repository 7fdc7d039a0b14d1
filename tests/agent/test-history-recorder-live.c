/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Who was here when, as two real agents and a real porchlightd live it: Bob keeps a history of Ann.
 */

#include "porch-test-desktop.h"

#include "bus/porch-agent-dbus.h"
#include "bus/porch-agent-history.h"
#include "server/porch-test-daemon.h"

#include <signal.h>
#include <string.h>

#define ANN      "ann@porch.example"
#define BOB      "bob@porch.example"
#define PASSWORD "correct horse battery"

/* Long enough to be told from the time that programs take. */
#define PAUSE_US (1200 * 1000)

typedef struct
{
  PorchTestDaemon *daemon;
  PorchTestDesktop *ann;
  PorchTestDesktop *bob;
  char *ann_id;
} Fixture;

static void
start_desktop (Fixture *fixture, PorchTestDesktop *desktop, const char *email)
{
  g_autoptr (GError) error = NULL;

  porch_test_desktop_start_agent (desktop);
  porch_test_desktop_sign_in (desktop, fixture->daemon->address, email, PASSWORD,
                              desktop->keyring == NULL, &error);
  g_assert_no_error (error);
  porch_test_wait_until (porch_agent_proxy_get_own_status (desktop->proxy) == PORCH_STATUS_ONLINE);
}

/* Ann, as Bob sees her. */
static PorchStatus
get_ann (Fixture *fixture)
{
  PorchContact *contact = porch_roster_lookup (porch_agent_proxy_get_roster (fixture->bob->proxy),
                                               fixture->ann_id);

  return contact != NULL ? porch_contact_get_status (contact) : PORCH_STATUS_UNKNOWN;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fixture->daemon = porch_test_daemon_start (NULL);
  porch_test_daemon_add_user (fixture->daemon, ANN, "Ann Lee", PASSWORD);
  porch_test_daemon_add_user (fixture->daemon, BOB, "Bob O'Neil", PASSWORD);
  fixture->ann = porch_test_desktop_new (FALSE);
  fixture->bob = porch_test_desktop_new (porch_test_desktop_has_keyring_program ());
  start_desktop (fixture, fixture->ann, ANN);
  start_desktop (fixture, fixture->bob, BOB);
  fixture->ann_id = g_strdup (porch_agent_proxy_get_id (fixture->ann->proxy));

  porch_agent_proxy_add_contact_async (fixture->bob->proxy, fixture->ann_id, NULL,
                                       porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_agent_proxy_call_finish (fixture->bob->proxy, result, &error);
  g_assert_no_error (error);
  porch_test_wait_until (get_ann (fixture) == PORCH_STATUS_ONLINE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  porch_test_desktop_free (fixture->ann);
  porch_test_desktop_free (fixture->bob);
  porch_test_daemon_free (fixture->daemon);
  g_free (fixture->ann_id);
}

static void
set_keep (Fixture *fixture, PorchHistoryKeep keep)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_set_history_keep_async (fixture->bob->proxy, keep, NULL, porch_test_take_result,
                                            &result);
  porch_test_wait_until (result != NULL);
  porch_agent_proxy_call_finish (fixture->bob->proxy, result, &error);
  g_assert_no_error (error);
  porch_test_wait_until (porch_agent_proxy_get_history_keep (fixture->bob->proxy) == keep);
}

static void
appear_offline (Fixture *fixture, gboolean offline)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_agent_proxy_set_appear_offline_async (fixture->ann->proxy, offline, 0, NULL,
                                              porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_agent_proxy_call_finish (fixture->ann->proxy, result, NULL));
  porch_test_wait_until (get_ann (fixture)
                         == (offline ? PORCH_STATUS_OFFLINE : PORCH_STATUS_ONLINE));
}

static GArray *
load (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_load_history_async (fixture->bob->proxy, fixture->ann_id, 0, 0, NULL,
                                        porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  GArray *intervals = porch_agent_proxy_load_history_finish (fixture->bob->proxy, result, &error);
  g_assert_no_error (error);
  return intervals;
}

/* Asserts that Ann was this and this, without a gap. */
static void
assert_statuses (const GArray *intervals, guint n, const PorchStatus *statuses)
{
  g_assert_cmpuint (intervals->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      const PorchInterval *interval = &g_array_index (intervals, PorchInterval, i);

      g_assert_cmpint (interval->status, ==, statuses[i]);
      if (i + 1 < n)
        g_assert_cmpint (interval->end_us, ==,
                         g_array_index (intervals, PorchInterval, i + 1).start_us);
      else
        g_assert_cmpint (interval->end_us, ==, 0);
    }
}

#define assert_history(fixture, ...)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const PorchStatus statuses_[] = { __VA_ARGS__ };                                               \
    g_autoptr (GArray) intervals_ = load (fixture);                                                \
    assert_statuses (intervals_, G_N_ELEMENTS (statuses_), statuses_);                             \
  }                                                                                                \
  G_STMT_END

#define UNKNOWN PORCH_STATUS_UNKNOWN
#define OFFLINE PORCH_STATUS_OFFLINE
#define ONLINE  PORCH_STATUS_ONLINE

/* What WasOnline says of a moment. */
static PorchStatus
was_online (Fixture *fixture, gint64 when_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) accounts = g_dbus_connection_call_sync (
      fixture->bob->bus, PORCH_AGENT_BUS_NAME, PORCH_AGENT_PATH, "org.freedesktop.DBus.Properties",
      "Get", g_variant_new ("(ss)", "app.porchlight.Agent1", "Accounts"), G_VARIANT_TYPE ("(v)"),
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GVariant) boxed = NULL;
  g_variant_get (accounts, "(v)", &boxed);
  g_autofree const char **paths = g_variant_get_objv (boxed, NULL);

  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      fixture->bob->bus, PORCH_AGENT_BUS_NAME, paths[0], "app.porchlight.Account1", "WasOnline",
      g_variant_new ("(sx)", fixture->ann_id, when_us), G_VARIANT_TYPE ("(uxx)"),
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  guint32 status;
  gint64 start_us, end_us;
  g_variant_get (answer, "(uxx)", &status, &start_us, &end_us);
  if (start_us != 0)
    {
      g_assert_cmpint (start_us, <=, when_us);
      g_assert_true (end_us == 0 || end_us > when_us);
    }
  return (PorchStatus) status;
}

static void
test_nothing_unasked (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (porch_agent_proxy_get_history_keep (fixture->bob->proxy), ==,
                   PORCH_HISTORY_NOT_ASKED);
  appear_offline (fixture, TRUE);

  g_autoptr (GArray) intervals = load (fixture);
  g_assert_cmpuint (intervals->len, ==, 0);
}

static void
test_comes_and_goes (Fixture *fixture, gconstpointer data)
{
  set_keep (fixture, PORCH_HISTORY_30_DAYS);
  assert_history (fixture, ONLINE);
  appear_offline (fixture, TRUE);
  appear_offline (fixture, FALSE);
  assert_history (fixture, ONLINE, OFFLINE, ONLINE);

  g_autoptr (GArray) intervals = load (fixture);
  const PorchInterval *absence = &g_array_index (intervals, PorchInterval, 1);
  g_assert_cmpint (was_online (fixture, absence->start_us - 1), ==, ONLINE);
  g_assert_cmpint (was_online (fixture, absence->start_us), ==, OFFLINE);
  g_assert_cmpint (was_online (fixture, absence->end_us), ==, ONLINE);
  g_assert_cmpint (was_online (fixture, 1), ==, UNKNOWN);
}

static void
test_no_more_when_off (Fixture *fixture, gconstpointer data)
{
  set_keep (fixture, PORCH_HISTORY_FOREVER);
  set_keep (fixture, PORCH_HISTORY_OFF);
  appear_offline (fixture, TRUE);
  assert_history (fixture, ONLINE, UNKNOWN);

  set_keep (fixture, PORCH_HISTORY_90_DAYS);
  assert_history (fixture, ONLINE, UNKNOWN, OFFLINE);
}

static void
start_bob_again (Fixture *fixture)
{
  porch_test_desktop_start_agent (fixture->bob);
  if (fixture->bob->keyring != NULL)
    porch_test_wait_until (get_ann (fixture) == ONLINE);
}

/* Without a keyring Bob is signed out, and knows nothing of Ann any more. */
static void
assert_history_after_restart (Fixture *fixture)
{
  if (fixture->bob->keyring != NULL)
    assert_history (fixture, ONLINE, UNKNOWN, ONLINE);
  else
    assert_history (fixture, ONLINE, UNKNOWN);

  g_autoptr (GArray) intervals = load (fixture);
  const PorchInterval *gap = &g_array_index (intervals, PorchInterval, 1);
  g_assert_cmpint (was_online (fixture, gap->start_us + 1000), ==, UNKNOWN);
}

static void
test_killed (Fixture *fixture, gconstpointer data)
{
  /* given an agent that watches, and has stored that it does */
  set_keep (fixture, PORCH_HISTORY_30_DAYS);
  assert_history (fixture, ONLINE);

  /* when it is killed, and another is started after a while */
  g_subprocess_send_signal (fixture->bob->agent, SIGKILL);
  g_subprocess_wait (fixture->bob->agent, NULL, NULL);
  g_clear_object (&fixture->bob->agent);
  g_clear_object (&fixture->bob->proxy);
  g_usleep (PAUSE_US);
  start_bob_again (fixture);

  /* then what Ann was meanwhile is unknown, not offline, and not online */
  assert_history_after_restart (fixture);
}

static void
test_quit (Fixture *fixture, gconstpointer data)
{
  set_keep (fixture, PORCH_HISTORY_30_DAYS);
  g_usleep (PAUSE_US);
  porch_test_desktop_end_agent (fixture->bob, SIGTERM);
  start_bob_again (fixture);

  /* Up to the moment of the end all is known. */
  assert_history_after_restart (fixture);
  g_autoptr (GArray) intervals = load (fixture);
  const PorchInterval *online = &g_array_index (intervals, PorchInterval, 0);
  g_assert_cmpint (online->end_us - online->start_us, >=, PAUSE_US);
}

static void
test_connection_lost (Fixture *fixture, gconstpointer data)
{
  set_keep (fixture, PORCH_HISTORY_30_DAYS);

  porch_test_daemon_stop (fixture->daemon);
  porch_test_wait_until (get_ann (fixture) == UNKNOWN);
  assert_history (fixture, ONLINE, UNKNOWN);
}

static void
test_command_line (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lines = NULL;
  g_autofree char *json = NULL;
  g_autofree char *errors = NULL;

  /* given that nothing is kept, then it says how to keep it */
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->bob, NULL, NULL, &errors, "history", "ann", NULL), ==,
      0);
  g_assert_nonnull (strstr (errors, "--keep 30-days"));

  /* given that it is, then there is a line for each interval */
  g_assert_cmpint (porch_test_desktop_run_cli (fixture->bob, NULL, NULL, NULL, "history", "--keep",
                                               "30-days", NULL),
                   ==, 0);
  appear_offline (fixture, TRUE);
  g_assert_cmpint (porch_test_desktop_run_cli (fixture->bob, NULL, &lines, NULL, "history",
                                               "--since", "2d", "ann", NULL),
                   ==, 0);
  g_auto (GStrv) split = g_strsplit (lines, "\n", -1);
  g_assert_cmpuint (g_strv_length (split), ==, 3);
  g_assert_nonnull (strstr (split[0], "Online"));
  g_assert_nonnull (strstr (split[1], "Offline"));
  g_assert_nonnull (strstr (split[1], "now"));

  g_assert_cmpint (porch_test_desktop_run_cli (fixture->bob, NULL, &json, NULL, "history", "--json",
                                               "Ann Lee", NULL),
                   ==, 0);
  g_assert_nonnull (strstr (json, "\"status\" : \"offline\""));
  g_assert_nonnull (strstr (json, "\"end\" : null"));

  /* when it is deleted, then it begins anew */
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->bob, NULL, NULL, NULL, "history", "--delete", NULL), ==,
      0);
  assert_history (fixture, OFFLINE);
}

static void
test_command_line_wrong (Fixture *fixture, gconstpointer data)
{
  static const char *const wrong[][4] = {
    { "history", NULL },
    { "history", "--since", "yesterday-ish", "ann" },
    { "history", "--since", "2999-01-01", "ann" },
    { "history", "--keep", "not-asked", NULL },
    { "history", "--delete", "ann", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_cmpint (porch_test_desktop_run_cli (fixture->bob, NULL, NULL, NULL, wrong[i][0],
                                                 wrong[i][1], wrong[i][2], wrong[i][3], NULL),
                     ==, 2);
  g_assert_cmpint (
      porch_test_desktop_run_cli (fixture->bob, NULL, NULL, NULL, "history", "nobody", NULL), ==,
      5);
}

#define test(name, func) g_test_add ("/agent/history/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test ("nothing-unasked", test_nothing_unasked);
  test ("comes-and-goes", test_comes_and_goes);
  test ("no-more-when-off", test_no_more_when_off);
  test ("killed", test_killed);
  test ("quit", test_quit);
  test ("connection-lost", test_connection_lost);
  test ("command-line", test_command_line);
  test ("command-line-wrong", test_command_line_wrong);

  return g_test_run ();
}
