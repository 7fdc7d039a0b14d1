/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One person at two computers: a real agent on each, first with a real porchlightd, which tells the
 * two apart by their client ids, then with a server that keeps what the original keeps, where the
 * one that is active says so again.
 */

#include "porch-test-desktop.h"

#include "client/porch-scripted-server.h"
#include "server/porch-test-daemon.h"

#include <signal.h>

#define ANN      "ann@porch.example"
#define BOB      "bob@porch.example"
#define PASSWORD "correct horse battery"

/* So long is looked on where nothing may happen. */
#define LOOK_ON_MS 1500

/* An update a second, and the time on the way. */
#define SAID_AGAIN_MAX_US (2 * G_TIME_SPAN_SECOND)

static PorchTestDesktop *
start_desktop (const char *server, const char *email, const char *password)
{
  PorchTestDesktop *desktop = porch_test_desktop_new (FALSE);
  g_autoptr (GError) error = NULL;

  porch_test_desktop_start_agent (desktop);
  porch_test_desktop_sign_in (desktop, server, email, password, TRUE, &error);
  g_assert_no_error (error);
  porch_test_wait_until (g_str_equal (porch_agent_proxy_get_state (desktop->proxy), "connected"));
  return desktop;
}

static void
set_idle (PorchTestDesktop *desktop, gboolean idle)
{
  g_assert_cmpint (
      porch_test_desktop_run_cli (desktop, NULL, NULL, NULL, "idle", idle ? "on" : "off", NULL), ==,
      0);
}

static void
on_status_cb (PorchContact *contact, GParamSpec *pspec, guint *n_changes)
{
  *n_changes += 1;
}

static PorchContact *
add_contact (PorchTestDesktop *desktop, const char *user_id)
{
  PorchRoster *roster = porch_agent_proxy_get_roster (desktop->proxy);
  g_autoptr (GAsyncResult) result = NULL;

  porch_agent_proxy_add_contact_async (desktop->proxy, user_id, NULL, porch_test_take_result,
                                       &result);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_agent_proxy_call_finish (desktop->proxy, result, NULL));
  porch_test_wait_until (porch_roster_lookup (roster, user_id) != NULL);
  return porch_roster_lookup (roster, user_id);
}

static void
test_porchlightd (void)
{
  g_autoptr (PorchTestDaemon) daemon = porch_test_daemon_start (NULL);
  guint n_changes = 0;

  /* given Ann at two computers, and Bob who watches her */
  porch_test_daemon_add_user (daemon, ANN, "Ann Lee", PASSWORD);
  porch_test_daemon_add_user (daemon, BOB, "Bob O'Neil", PASSWORD);
  g_autoptr (PorchTestDesktop) laptop = start_desktop (daemon->address, ANN, PASSWORD);
  g_autoptr (PorchTestDesktop) tower = start_desktop (daemon->address, ANN, PASSWORD);
  g_autoptr (PorchTestDesktop) bobs = start_desktop (daemon->address, BOB, PASSWORD);
  PorchContact *ann = add_contact (bobs, porch_agent_proxy_get_id (laptop->proxy));
  porch_test_wait_until (porch_contact_get_status (ann) == PORCH_STATUS_ONLINE);
  g_signal_connect (ann, "notify::status", G_CALLBACK (on_status_cb), &n_changes);

  /* when she leaves one of them, then nobody sees anything, and she is told what they see */
  set_idle (laptop, TRUE);
  porch_run_for_ms (LOOK_ON_MS);
  g_assert_cmpint (porch_agent_proxy_get_own_status (laptop->proxy), ==, PORCH_STATUS_ONLINE);
  set_idle (laptop, FALSE);
  porch_run_for_ms (LOOK_ON_MS);
  porch_test_desktop_end_agent (tower, SIGTERM);
  porch_run_for_ms (LOOK_ON_MS);
  g_assert_cmpuint (n_changes, ==, 0);

  /* when she leaves the last, then she is offline */
  set_idle (laptop, TRUE);
  porch_test_wait_until (porch_contact_get_status (ann) == PORCH_STATUS_OFFLINE);
  g_signal_handlers_disconnect_by_data (ann, &n_changes);
}

static void
test_original (void)
{
  g_autoptr (PorchScriptedServer) server = porch_scripted_server_new ();

  /* given Ann at two computers */
  server->is_original = TRUE;
  g_autoptr (PorchTestDesktop) laptop = start_desktop (server->origin, SCRIPTED_EMAIL,
                                                       SCRIPTED_PASSWORD);
  g_autoptr (PorchTestDesktop) tower = start_desktop (server->origin, SCRIPTED_EMAIL,
                                                      SCRIPTED_PASSWORD);
  porch_test_wait_until (
      porch_scripted_server_count_subscribed (server, "presence-user-" SCRIPTED_USER) == 2);
  porch_run_for_ms (LOOK_ON_MS);

  /* when she leaves one of them, then the other says that she is here */
  guint n_updates = server->n_updates;
  set_idle (laptop, TRUE);
  porch_test_wait_until (server->n_updates > n_updates);
  gint64 began_us = g_get_monotonic_time ();
  porch_test_wait_until (server->n_updates == n_updates + 2);
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, SAID_AGAIN_MAX_US);
  g_assert_cmpint (server->last_status, ==, PORCH_STATUS_ONLINE);

  /* and the two do not go on about it */
  porch_run_for_ms (LOOK_ON_MS);
  g_assert_cmpuint (server->n_updates, ==, n_updates + 2);

  /* when she leaves the last, then she is offline */
  porch_test_desktop_end_agent (tower, SIGTERM);
  porch_test_wait_until (server->last_status == PORCH_STATUS_OFFLINE);
  porch_run_for_ms (LOOK_ON_MS);
  g_assert_cmpint (server->last_status, ==, PORCH_STATUS_OFFLINE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/agent/several-machines/porchlightd", test_porchlightd);
  g_test_add_func ("/agent/several-machines/original", test_original);

  return g_test_run ();
}
