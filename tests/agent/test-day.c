/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A day of 24 hours with 200 contacts, in which everybody comes and goes every hour: the agent's
 * own parts on a clock that is moved by hand, at the parts of a porchlightd in the same process.
 * What they hold in memory at the end of the day is what they held in its morning.
 */

#include "agent/porch-account-service.h"
#include "agent/porch-agent-notifications.h"
#include "client/porch-memory-token-store.h"
#include "protocol/porch-auth-message.h"

#include "porch-test-desktop.h"
#include "server/porch-test-server.h"

#include <malloc.h>
#include <sqlite3.h>
#include <string.h>

#define ANN      "ann@porch.example"
#define PASSWORD "correct horse battery"

#define N_CONTACTS 200
#define N_HOURS    24
/* Shorter than anything that waits for an answer. */
#define STEP_S 5
/* Everybody once an hour; five minutes later they are gone. */
#define COMES_S (3600 / N_CONTACTS)

/* The hours that are compared, and what may be between them. */
#define MORNING            3
#define GROWTH_MAX_PERCENT 1.0
/* SQLite keeps pages, of two databases, up to a size that it was told. */
#define SQLITE_MAX_BYTES (6 * 1024 * 1024)

typedef struct
{
  PorchTestDesktop *desktop;
  PorchTestServer *server;
  char *contact_ids[N_CONTACTS];
  PorchAgentPreferences *preferences;
  PorchAgentStore *store;
  PorchAgentAccount *account;
  PorchAccountService *service;
  PorchAgentNotifications *notifications;
  guint n_changes;
} Fixture;

/* Returns: whether anything happened */
static gboolean
run_until_quiet (void)
{
  gboolean happened = FALSE;

  for (guint n_quiet = 0; n_quiet < (happened ? 8 : 2);)
    {
      gboolean happens = g_main_context_iteration (NULL, FALSE);

      happened |= happens;
      n_quiet = happens ? 0 : n_quiet + 1;
      if (n_quiet > 0)
        g_usleep (200);
    }
  return happened;
}

/* Until nothing is under way. Both ends are in this thread but for the server's store, which has
 * answered everything else once it has answered a last question. */
static void
settle (Fixture *fixture)
{
  const char *const somebody[] = { fixture->contact_ids[0], NULL };

  while (run_until_quiet ())
    {
      g_autoptr (GAsyncResult) result = NULL;

      porch_store_get_users_async (fixture->server->store, somebody, NULL, porch_test_take_result,
                                   &result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_autoptr (GPtrArray) users = porch_store_get_users_finish (fixture->server->store, result,
                                                                  NULL);
      g_assert_nonnull (users);
    }
}

static char *
add_user (PorchTestServer *server, guint number)
{
  g_autoptr (PorchStoreUser) user = g_new0 (PorchStoreUser, 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  user->id = g_uuid_string_random ();
  user->email = g_strdup_printf ("person%u@porch.example", number);
  user->password_hash = g_strdup ("*");
  user->first_name = g_strdup_printf ("Person %u", number);
  user->last_name = g_strdup ("Example");
  user->created_at_us = PORCH_TEST_NOW_US;
  porch_store_add_user_async (server->store, user, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_store_add_user_finish (server->store, result, &error);
  g_assert_no_error (error);
  return g_strdup (user->id);
}

static PorchDiscovery *
describe_server (PorchTestServer *server)
{
  g_autoptr (GUri) uri = g_uri_parse (server->address, G_URI_FLAGS_NONE, NULL);
  PorchDiscovery *discovery = g_new0 (PorchDiscovery, 1);

  discovery->name = g_strdup ("Porch");
  discovery->supabase_url = g_strdup (server->address);
  discovery->supabase_anon_key = g_strdup (server->secrets->anon_key);
  discovery->api_url = g_strdup (server->address);
  discovery->pusher_key = g_strdup (server->secrets->pusher_key);
  discovery->pusher_host = g_strdup (g_uri_get_host (uri));
  discovery->pusher_port = g_uri_get_port (uri);
  discovery->auth_endpoint = g_strdup ("/api/pusher/auth");
  discovery->heartbeat_s = 30;
  return discovery;
}

static PorchAuthSession *
get_session (PorchTestServer *server)
{
  g_autoptr (PorchTestAnswer) answer = porch_test_server_call (
      server, "POST", "/auth/v1/token?grant_type=password",
      "{\"email\":\"" ANN "\",\"password\":\"" PASSWORD "\"}", "apikey", server->secrets->anon_key,
      NULL);
  g_autoptr (GError) error = NULL;

  PorchAuthSession *session = porch_auth_session_parse (
      answer->text, strlen (answer->text), porch_clock_get_real_us (PORCH_CLOCK (server->clock)),
      &error);
  g_assert_no_error (error);
  return session;
}

static void
on_status_changed_cb (Fixture *fixture)
{
  fixture->n_changes++;
}

static void
make_agent (Fixture *fixture)
{
  g_autoptr (PorchDiscovery) discovery = describe_server (fixture->server);
  g_autofree char *json = porch_discovery_build (discovery);
  g_autoptr (PorchTokenStore) tokens = porch_memory_token_store_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  PorchClock *clock = PORCH_CLOCK (fixture->server->clock);
  const PorchAccountRecord record = {
    .key = (char *) "0123456789abcdef0123456789abcdef",
    .server = fixture->server->address,
    .discovery = json,
    .email = (char *) ANN,
    .client_id = (char *) "client",
  };

  fixture->preferences = porch_agent_preferences_new ();
  fixture->store = porch_agent_store_new (fixture->desktop->database, clock);
  fixture->account = porch_agent_account_new (clock, fixture->store, tokens,
                                              fixture->desktop->folder, &record);
  fixture->service = porch_account_service_new (fixture->account, fixture->preferences, clock);
  g_assert_true (porch_account_service_export (fixture->service, fixture->desktop->bus, &error));
  fixture->notifications = porch_agent_notifications_new (fixture->desktop->bus, clock,
                                                          fixture->preferences);
  porch_agent_notifications_set_account (fixture->notifications, fixture->account);

  porch_agent_account_begin_async (fixture->account, tokens, discovery,
                                   get_session (fixture->server), NULL, porch_test_take_result,
                                   &result);
  porch_test_wait_until (result != NULL);
  porch_agent_account_begin_finish (fixture->account, result, &error);
  g_assert_no_error (error);
  porch_agent_account_set_history_keep (fixture->account, PORCH_HISTORY_FOREVER);
}

static void
add_contacts (Fixture *fixture)
{
  for (guint i = 0; i < N_CONTACTS; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      fixture->contact_ids[i] = add_user (fixture->server, i);
      porch_agent_account_add_contact_async (fixture->account, fixture->contact_ids[i], NULL,
                                             porch_test_take_result, &result);
      porch_fake_clock_advance_ms (fixture->server->clock, 100);
      porch_test_wait_until (result != NULL);
      g_assert_true (porch_agent_account_add_contact_finish (fixture->account, result, NULL));
    }
  g_signal_connect_swapped (porch_agent_account_get_roster (fixture->account), "status-changed",
                            G_CALLBACK (on_status_changed_cb), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->desktop = porch_test_desktop_new (FALSE);
  fixture->server = porch_test_server_new ();
  g_free (porch_test_server_add_user (fixture->server, ANN, PASSWORD, "Ann", "Lee"));
  make_agent (fixture);
  add_contacts (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_agent_account_stop_async (fixture->account, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_signal_handlers_disconnect_by_data (porch_agent_account_get_roster (fixture->account), fixture);
  g_clear_object (&fixture->notifications);
  porch_account_service_unexport (fixture->service);
  g_clear_object (&fixture->service);
  g_clear_object (&fixture->account);
  g_clear_object (&fixture->store);
  g_clear_object (&fixture->preferences);
  settle (fixture);
  for (guint i = 0; i < N_CONTACTS; i++)
    g_free (fixture->contact_ids[i]);
  porch_test_server_free (fixture->server);
  porch_test_desktop_free (fixture->desktop);
}

static void
on_updated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PorchPresence presence;

  g_assert_true (porch_presence_service_update_finish (PORCH_PRESENCE_SERVICE (source), result,
                                                       &presence, NULL));
}

/* The first n_come come, one after the other. */
static void
live (Fixture *fixture, guint n_come, guint seconds)
{
  guint n_came = 0;

  for (guint second = 0; second < seconds; second += STEP_S)
    {
      for (; n_came < n_come && n_came * COMES_S <= second; n_came++)
        porch_presence_service_update_async (fixture->server->presence,
                                             fixture->contact_ids[n_came], NULL,
                                             PORCH_STATUS_ONLINE, on_updated_cb, NULL);
      porch_fake_clock_advance_ms (fixture->server->clock, STEP_S * 1000);
      settle (fixture);
    }
}

static gsize
measure_heap (void)
{
  return mallinfo2 ().uordblks - sqlite3_memory_used ();
}

static void
test_memory_is_flat (Fixture *fixture, gconstpointer data)
{
  gsize heap[N_HOURS];

  if (mallinfo2 ().uordblks == 0)
    {
      g_test_skip ("The sanitizers have a heap of their own");
      return;
    }

  for (guint hour = 0; hour < N_HOURS; hour++)
    {
      live (fixture, N_CONTACTS, 3600);
      heap[hour] = measure_heap ();
      g_test_message ("Hour %u: %" G_GSIZE_FORMAT " bytes, and %" G_GINT64_FORMAT " of SQLite's",
                      hour + 1, heap[hour], (gint64) sqlite3_memory_used ());
    }

  /* Everybody was seen to come and to go, every hour. (A busy machine lets the clock outrun a
   * message now and then.) */
  live (fixture, 0, 360);
  g_assert_cmpuint (fixture->n_changes, <=, 2 * N_CONTACTS * N_HOURS);
  g_assert_cmpuint (fixture->n_changes, >=, 2 * N_CONTACTS * N_HOURS * 99 / 100);

  double growth_percent = ((double) heap[N_HOURS - 1] - heap[MORNING]) * 100 / heap[MORNING];
  g_test_message ("The heap grew by %.2f %% from hour %u to hour %u", growth_percent, MORNING + 1,
                  N_HOURS);
  g_assert_cmpfloat (growth_percent, <=, GROWTH_MAX_PERCENT);
  g_assert_cmpint (sqlite3_memory_used (), <, SQLITE_MAX_BYTES);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/agent/day/memory-is-flat", Fixture, NULL, set_up, test_memory_is_flat, tear_down);

  return g_test_run ();
}
