/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One account on a real bus: when its contacts' changes are told, and that they are all told.
 */

#include "agent/porch-account-service.h"

#include "bus/porch-agent-dbus.h"
#include "client/porch-client-error.h"
#include "client/porch-memory-token-store.h"

#include "porch-fake-clock.h"
#include "porch-test-desktop.h"
#include "server/porch-test-server.h"

#include <glib/gstdio.h>

#define NOW_US (1700000000 * G_TIME_SPAN_SECOND)

typedef struct
{
  PorchTestDesktop *desktop;
  PorchFakeClock *clock;
  PorchAgentStore *store;
  PorchAgentAccount *account;
  PorchAccountService *service;

  /* The agent's own connection to the bus, and what a client hears on its own. */
  GDBusConnection *agent_bus;
  PorchDBusAccount1 *client;
  guint n_signals;
  guint n_changed;
  guint n_removed;
} Fixture;

static void
on_contacts_changed_cb (Fixture *fixture, GVariant *changed, const char *const *removed)
{
  fixture->n_signals++;
  fixture->n_changed = g_variant_n_children (changed);
  fixture->n_removed = g_strv_length ((GStrv) removed);
}

/* What was sent has come when the answer to a later call has. */
static void
let_signals_come (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) contacts = NULL;
  g_autoptr (GError) error = NULL;

  porch_dbus_account1_call_get_contacts (fixture->client, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_dbus_account1_call_get_contacts_finish (fixture->client, &contacts, result, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char discovery[]
      = "{\"version\":1,\"name\":\"Porch\",\"supabase\":{\"url\":\"https://porch.example\","
        "\"anonKey\":\"anon\"},\"api\":{\"url\":\"https://porch.example\"},\"pusher\":{\"key\":"
        "\"key\",\"host\":\"porch.example\",\"cluster\":null,\"port\":443,\"tls\":true,"
        "\"authEndpoint\":\"/api/pusher/auth\"},\"presence\":{\"heartbeatSeconds\":30}}";
  const PorchAccountRecord record = {
    .key = (char *) "0123456789abcdef0123456789abcdef",
    .server = (char *) "https://porch.example",
    .discovery = (char *) discovery,
    .email = (char *) "ann@porch.example",
    .client_id = (char *) "client",
  };
  g_autoptr (PorchTokenStore) tokens = porch_memory_token_store_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fixture->desktop = porch_test_desktop_new (FALSE);
  fixture->clock = porch_fake_clock_new (NOW_US);
  fixture->store = porch_agent_store_new (fixture->desktop->database, PORCH_CLOCK (fixture->clock));
  fixture->account = porch_agent_account_new (PORCH_CLOCK (fixture->clock), fixture->store, tokens,
                                              fixture->desktop->folder, &record);
  g_autoptr (PorchAgentPreferences) preferences = porch_agent_preferences_new ();
  fixture->service = porch_account_service_new (fixture->account, preferences,
                                                PORCH_CLOCK (fixture->clock));

  fixture->agent_bus = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (fixture->desktop->dbus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (porch_account_service_export (fixture->service, fixture->agent_bus, &error));
  porch_dbus_account1_proxy_new (fixture->desktop->bus, G_DBUS_PROXY_FLAGS_NONE,
                                 g_dbus_connection_get_unique_name (fixture->agent_bus),
                                 porch_account_service_get_path (fixture->service), NULL,
                                 porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  fixture->client = porch_dbus_account1_proxy_new_finish (result, &error);
  g_assert_no_error (error);
  g_signal_connect_swapped (fixture->client, "contacts-changed",
                            G_CALLBACK (on_contacts_changed_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->client);
  porch_account_service_unexport (fixture->service);
  g_clear_object (&fixture->service);
  g_clear_object (&fixture->account);
  g_clear_object (&fixture->store);
  g_clear_object (&fixture->clock);
  g_dbus_connection_close_sync (fixture->agent_bus, NULL, NULL);
  g_clear_object (&fixture->agent_bus);
  porch_test_desktop_free (fixture->desktop);
}

static void
add_contacts (Fixture *fixture, guint n)
{
  g_autoptr (GPtrArray) contacts = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("user-%u", i);
      g_ptr_array_add (contacts, porch_contact_new (id));
    }
  porch_roster_add_many (porch_agent_account_get_roster (fixture->account), contacts);
}

static void
apply (Fixture *fixture, guint i, PorchStatus status)
{
  g_autofree char *id = g_strdup_printf ("user-%u", i);
  const PorchPresence presence = { status, NOW_US, PORCH_PRESENCE_SOURCE_EVENT };

  porch_roster_apply (porch_agent_account_get_roster (fixture->account), id, &presence);
}

static void
test_first_at_once_then_together (Fixture *fixture, gconstpointer data)
{
  /* given contacts that were told, some time ago */
  add_contacts (fixture, 100);
  porch_fake_clock_advance_ms (fixture->clock, 1000);
  let_signals_come (fixture);
  g_assert_cmpuint (fixture->n_changed, ==, 100);
  fixture->n_signals = 0;

  /* when one changes, then it is told without waiting */
  apply (fixture, 0, PORCH_STATUS_ONLINE);
  porch_fake_clock_advance_ms (fixture->clock, 0);
  let_signals_come (fixture);
  g_assert_cmpuint (fixture->n_signals, ==, 1);
  g_assert_cmpuint (fixture->n_changed, ==, 1);

  /* when others do within 16 ms, then they wait, and go together */
  for (guint i = 1; i < 50; i++)
    apply (fixture, i, PORCH_STATUS_ONLINE);
  porch_fake_clock_advance_ms (fixture->clock, 15);
  let_signals_come (fixture);
  g_assert_cmpuint (fixture->n_signals, ==, 1);
  porch_fake_clock_advance_ms (fixture->clock, 1);
  let_signals_come (fixture);
  g_assert_cmpuint (fixture->n_signals, ==, 2);
  g_assert_cmpuint (fixture->n_changed, ==, 49);

  /* when nothing changes, then nothing is armed any more */
  porch_fake_clock_advance_ms (fixture->clock, 16);
  guint n_wakeups = porch_fake_clock_get_n_wakeups (fixture->clock);
  porch_fake_clock_advance_ms (fixture->clock, 1000);
  g_assert_cmpuint (porch_fake_clock_get_n_wakeups (fixture->clock), ==, n_wakeups);
}

/* As on the original web app, where each heartbeat is an event. */
static void
test_heartbeat_without_a_change_is_not_told (Fixture *fixture, gconstpointer data)
{
  PorchRoster *roster = porch_agent_account_get_roster (fixture->account);

  /* given somebody who is online, and was told */
  add_contacts (fixture, 1);
  porch_fake_clock_advance_ms (fixture->clock, 1000);
  apply (fixture, 0, PORCH_STATUS_ONLINE);
  porch_fake_clock_advance_ms (fixture->clock, 1000);
  let_signals_come (fixture);
  fixture->n_signals = 0;

  /* when they go on saying so for half an hour */
  for (guint i = 1; i <= 60; i++)
    {
      const PorchPresence presence = { PORCH_STATUS_ONLINE, NOW_US + i * 30 * G_TIME_SPAN_SECOND,
                                       PORCH_PRESENCE_SOURCE_EVENT };

      porch_fake_clock_advance_ms (fixture->clock, 30 * 1000);
      porch_roster_apply (roster, "user-0", &presence);
    }
  porch_fake_clock_advance_ms (fixture->clock, 1000);
  let_signals_come (fixture);

  /* then nobody is told that nothing has changed, and they are online still */
  PorchContact *contact = porch_roster_lookup (roster, "user-0");
  g_assert_cmpint (porch_contact_get_status (contact), ==, PORCH_STATUS_ONLINE);
  g_assert_cmpuint (fixture->n_signals, ==, 0);
}

static void
test_removed_and_added_again (Fixture *fixture, gconstpointer data)
{
  add_contacts (fixture, 3);
  porch_fake_clock_advance_ms (fixture->clock, 1000);
  let_signals_come (fixture);

  /* when one is removed and another both in one go, then each is told as it is in the end */
  PorchRoster *roster = porch_agent_account_get_roster (fixture->account);
  g_autoptr (PorchContact) again = porch_contact_new ("user-1");
  porch_roster_remove (roster, "user-0");
  porch_roster_remove (roster, "user-1");
  porch_roster_add (roster, again);
  porch_fake_clock_advance_ms (fixture->clock, 100);
  let_signals_come (fixture);
  g_assert_cmpuint (fixture->n_removed, ==, 1);
  g_assert_cmpuint (fixture->n_changed, ==, 1);
}

static void
test_search_outlives_a_sign_in (Fixture *fixture, gconstpointer data)
{
  static const char answer[]
      = "{\"access_token\":\"a\",\"refresh_token\":\"r\",\"expires_in\":3600,"
        "\"user\":{\"id\":\"0a000000-0000-4000-8000-000000000001\"}}";
  g_autoptr (PorchTestServer) server = porch_test_server_new ();
  g_autoptr (PorchTokenStore) tokens = porch_memory_token_store_new ();
  g_autoptr (GAsyncResult) searched = NULL;
  g_autoptr (GAsyncResult) signed_in = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = g_strdup_printf (
      "{\"version\":1,\"supabase\":{\"url\":\"%s\",\"anonKey\":\"%s\"},\"api\":{\"url\":\"%s\"},"
      "\"pusher\":{\"key\":\"key\",\"host\":\"127.0.0.1\",\"port\":1,\"tls\":false}}",
      server->address, server->secrets->anon_key, server->address);
  g_autoptr (PorchDiscovery) discovery = porch_discovery_parse (json, strlen (json), &error);
  g_assert_no_error (error);
  PorchAuthSession *session = porch_auth_session_parse (answer, strlen (answer), NOW_US, &error);
  g_assert_no_error (error);

  /* given a search of the session that there was */
  porch_agent_account_search_async (fixture->account, "bob", NULL, porch_test_take_result,
                                    &searched);
  porch_test_wait_until (searched != NULL);

  /* when the account signs in anew before the answer is looked at */
  porch_agent_account_begin_async (fixture->account, tokens, discovery, session, NULL,
                                   porch_test_take_result, &signed_in);
  porch_test_wait_until (signed_in != NULL);
  porch_agent_account_begin_finish (fixture->account, signed_in, &error);
  g_assert_no_error (error);

  /* then the answer is that session's: nobody was signed in */
  g_assert_null (porch_agent_account_search_finish (fixture->account, searched, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_SIGNED_OUT);
}

#define test(name, func)                                                                           \
  g_test_add ("/agent/account-service/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test ("first-at-once-then-together", test_first_at_once_then_together);
  test ("heartbeat-without-a-change-is-not-told", test_heartbeat_without_a_change_is_not_told);
  test ("removed-and-added-again", test_removed_and_added_again);
  test ("search-outlives-a-sign-in", test_search_outlives_a_sign_in);

  return g_test_run ();
}
