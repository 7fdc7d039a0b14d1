/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What a session does when the computer's network comes and goes: with a network monitor of the
 * test's, and names that nobody resolves, so that no packet leaves.
 */

#include "client/porch-memory-token-store.h"
#include "client/porch-session.h"
#include "porch-fake-clock.h"
#include "porch-scripted-server.h"

#define FAKE_TYPE_MONITOR (fake_monitor_get_type ())
G_DECLARE_FINAL_TYPE (FakeMonitor, fake_monitor, FAKE, MONITOR, GObject)

struct _FakeMonitor
{
  GObject parent_instance;

  gboolean is_reachable; /* the server, by the routes that there are */
  gboolean is_available; /* some network */
  GNetworkConnectivity connectivity;
  guint n_questions;
};

static void
fake_monitor_can_reach_async (GNetworkMonitor *monitor,
                              GSocketConnectable *connectable,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  FakeMonitor *self = FAKE_MONITOR (monitor);
  g_autoptr (GTask) task = g_task_new (monitor, cancellable, callback, user_data);

  self->n_questions++;
  if (self->is_reachable)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, "No route");
}

static gboolean
fake_monitor_can_reach_finish (GNetworkMonitor *monitor, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
fake_monitor_monitor_init (GNetworkMonitorInterface *iface)
{
  iface->can_reach_async = fake_monitor_can_reach_async;
  iface->can_reach_finish = fake_monitor_can_reach_finish;
}

static gboolean
fake_monitor_init_now (GInitable *initable, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
fake_monitor_initable_init (GInitableIface *iface)
{
  iface->init = fake_monitor_init_now;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeMonitor,
                               fake_monitor,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, fake_monitor_initable_init)
                                   G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR,
                                                          fake_monitor_monitor_init))

static void
fake_monitor_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (g_str_equal (pspec->name, "network-available"))
    g_value_set_boolean (value, FAKE_MONITOR (object)->is_available);
  else if (g_str_equal (pspec->name, "connectivity"))
    g_value_set_enum (value, FAKE_MONITOR (object)->connectivity);
  else
    g_param_value_set_default (pspec, value);
}

static void
fake_monitor_class_init (FakeMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fake_monitor_get_property;
  g_object_class_override_property (object_class, 1, "network-available");
  g_object_class_override_property (object_class, 2, "network-metered");
  g_object_class_override_property (object_class, 3, "connectivity");
}

static void
fake_monitor_init (FakeMonitor *self)
{
  self->connectivity = G_NETWORK_CONNECTIVITY_FULL;
}

#define DEAF_TYPE_RESOLVER (deaf_resolver_get_type ())
G_DECLARE_FINAL_TYPE (DeafResolver, deaf_resolver, DEAF, RESOLVER, GResolver)

struct _DeafResolver
{
  GResolver parent_instance;

  guint n_lookups;
};

G_DEFINE_FINAL_TYPE (DeafResolver, deaf_resolver, G_TYPE_RESOLVER)

static void
deaf_resolver_lookup_async (GResolver *resolver,
                            const char *hostname,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  DEAF_RESOLVER (resolver)->n_lookups++;
  g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "Nobody");
}

static void
deaf_resolver_lookup_with_flags_async (GResolver *resolver,
                                       const char *hostname,
                                       GResolverNameLookupFlags flags,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  deaf_resolver_lookup_async (resolver, hostname, cancellable, callback, user_data);
}

static GList *
deaf_resolver_lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
deaf_resolver_class_init (DeafResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name_async = deaf_resolver_lookup_async;
  resolver_class->lookup_by_name_finish = deaf_resolver_lookup_finish;
  resolver_class->lookup_by_name_with_flags_async = deaf_resolver_lookup_with_flags_async;
  resolver_class->lookup_by_name_with_flags_finish = deaf_resolver_lookup_finish;
}

static void
deaf_resolver_init (DeafResolver *self)
{
}

typedef struct
{
  FakeMonitor *monitor;
  DeafResolver *resolver;
  PorchFakeClock *clock;
  PorchServerClock *server_clock;
  PorchRoster *roster;
  PorchTokenStore *token_store;
  PorchSession *session;
} Fixture;

static void
keep_session (PorchTokenStore *store)
{
  PorchAuthUser user = { .id = (char *) SCRIPTED_USER, .email = (char *) SCRIPTED_EMAIL };
  const PorchAuthSession session = {
    .access_token = (char *) "access",
    .refresh_token = (char *) "refresh",
    .expires_at_us = g_get_real_time () + G_TIME_SPAN_DAY,
    .expires_in_s = 24 * 3600,
    .user = &user,
  };
  g_autoptr (GAsyncResult) result = NULL;

  porch_token_store_save_async (store, "account", &session, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_true (porch_token_store_save_finish (store, result, NULL));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  PorchDiscovery discovery = {
    .name = (char *) "Far away",
    .supabase_url = (char *) "https://porch.example.org",
    .supabase_anon_key = (char *) "anon",
    .api_url = (char *) "https://porch.example.org",
    .pusher_key = (char *) "key",
    .pusher_host = (char *) "porch.example.org",
    .pusher_port = 443,
    .pusher_tls = TRUE,
    .auth_endpoint = (char *) "/api/pusher/auth",
    .heartbeat_s = 30,
  };

  fixture->resolver = g_object_new (DEAF_TYPE_RESOLVER, NULL);
  g_resolver_set_default (G_RESOLVER (fixture->resolver));
  fixture->monitor = FAKE_MONITOR (g_network_monitor_get_default ());
  fixture->monitor->is_reachable = TRUE;
  fixture->monitor->is_available = TRUE;
  fixture->clock = porch_fake_clock_new (g_get_real_time ());
  fixture->server_clock = porch_server_clock_new (PORCH_CLOCK (fixture->clock));
  fixture->roster = porch_roster_new (fixture->server_clock);
  fixture->token_store = porch_memory_token_store_new ();
  keep_session (fixture->token_store);
  fixture->session = porch_session_new (PORCH_CLOCK (fixture->clock), fixture->roster,
                                        fixture->token_store, NULL, &discovery, "account", NULL);
  porch_session_resume (fixture->session);
  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_WAITING);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_run_dispose (G_OBJECT (fixture->session));
  porch_run_for_ms (20);
  g_assert_finalize_object (fixture->session);
  g_assert_finalize_object (fixture->roster);
  g_object_unref (fixture->token_store);
  g_object_unref (fixture->server_clock);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);
  g_object_unref (fixture->clock);
  g_object_unref (fixture->resolver);
}

/* Routes come and go several times in a row when a network changes. */
static void
change_network (Fixture *fixture, gboolean is_there)
{
  fixture->monitor->is_reachable = is_there;
  fixture->monitor->is_available = is_there;
  for (guint i = 0; i < 5; i++)
    g_signal_emit_by_name (fixture->monitor, "network-changed", FALSE);
  porch_fake_clock_advance_ms (fixture->clock, 500);
  porch_run_for_ms (20);
}

static char *
get_string (Fixture *fixture, const char *property)
{
  char *value;

  g_object_get (fixture->session, property, &value, NULL);

  return value;
}

static void
test_unreachable_is_not_no_network (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = get_string (fixture, "error-code");
  g_autofree char *detail = get_string (fixture, "error-detail");

  g_assert_cmpstr (code, ==, "unreachable");
  g_assert_cmpstr (detail, ==, "Nobody");
}

static void
test_no_network_is_said (Fixture *fixture, gconstpointer data)
{
  g_autofree char *sentence = NULL;
  guint n_questions = fixture->monitor->n_questions;

  change_network (fixture, FALSE);

  g_assert_cmpint (porch_session_get_state (fixture->session), ==, PORCH_SESSION_NO_NETWORK);
  sentence = get_string (fixture, "error-message");
  g_assert_cmpstr (sentence, ==, "There is no network.");
  g_assert_cmpuint (fixture->monitor->n_questions, ==, n_questions + 1);
}

static void
advance_s (Fixture *fixture, guint seconds)
{
  for (guint i = 0; i < seconds / 10; i++)
    {
      porch_fake_clock_advance_ms (fixture->clock, 10000);
      porch_run_for_ms (2);
    }
}

static void
test_network_that_is_back_is_used_at_once (Fixture *fixture, gconstpointer data)
{
  guint n_lookups;

  change_network (fixture, FALSE);
  advance_s (fixture, 120);
  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_NO_NETWORK);
  n_lookups = fixture->resolver->n_lookups;

  change_network (fixture, TRUE);

  g_assert_cmpuint (fixture->resolver->n_lookups, >, n_lookups);
  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_WAITING);
}

/* Neither the socket nor a heartbeat tries what cannot be, until the system may have been wrong. */
static void
test_without_a_way_nothing_is_tried (Fixture *fixture, gconstpointer data)
{
  gint64 next_try_us;
  guint n_lookups;

  change_network (fixture, FALSE);
  n_lookups = fixture->resolver->n_lookups;
  g_object_get (fixture->session, "next-try-us", &next_try_us, NULL);
  g_assert_cmpint (next_try_us - porch_clock_get_real_us (PORCH_CLOCK (fixture->clock)), >,
                   290 * G_USEC_PER_SEC);

  advance_s (fixture, 280);
  g_assert_cmpuint (fixture->resolver->n_lookups, ==, n_lookups);

  advance_s (fixture, 30);
  g_assert_cmpuint (fixture->resolver->n_lookups, >, n_lookups);
  g_assert_cmpint (porch_session_get_state (fixture->session), ==, PORCH_SESSION_NO_NETWORK);
}

/* Lost in the middle of the night, with no word from the system about it. */
static void
test_loss_without_a_word_is_found_out (Fixture *fixture, gconstpointer data)
{
  fixture->monitor->is_reachable = FALSE;
  fixture->monitor->is_available = FALSE;
  advance_s (fixture, 60);

  porch_test_wait_until (porch_session_get_state (fixture->session) == PORCH_SESSION_NO_NETWORK);
}

static void
assert_tries_go_on (Fixture *fixture)
{
  guint n_lookups = fixture->resolver->n_lookups;

  g_assert_cmpint (porch_session_get_state (fixture->session), ==, PORCH_SESSION_WAITING);
  advance_s (fixture, 60);
  g_assert_cmpuint (fixture->resolver->n_lookups, >, n_lookups);
}

/* As on a host with no route but to its neighbours. */
static void
test_tries_go_on_where_the_server_has_a_route (Fixture *fixture, gconstpointer data)
{
  fixture->monitor->is_available = FALSE;
  g_signal_emit_by_name (fixture->monitor, "network-changed", FALSE);
  porch_fake_clock_advance_ms (fixture->clock, 500);
  porch_run_for_ms (20);

  assert_tries_go_on (fixture);
}

/* As behind a proxy that alone resolves names. */
static void
test_tries_go_on_where_there_is_a_network (Fixture *fixture, gconstpointer data)
{
  fixture->monitor->is_reachable = FALSE;
  g_signal_emit_by_name (fixture->monitor, "network-changed", TRUE);
  porch_fake_clock_advance_ms (fixture->clock, 500);
  porch_run_for_ms (20);

  assert_tries_go_on (fixture);
}

static void
set_connectivity (Fixture *fixture, GNetworkConnectivity connectivity)
{
  fixture->monitor->connectivity = connectivity;
  g_object_notify (G_OBJECT (fixture->monitor), "connectivity");
  porch_fake_clock_advance_ms (fixture->clock, 500);
  porch_run_for_ms (20);
}

static void
test_captive_portal_is_named (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = NULL;
  g_autofree char *code_afterwards = NULL;
  guint n_lookups;

  fixture->monitor->is_reachable = TRUE;
  set_connectivity (fixture, G_NETWORK_CONNECTIVITY_PORTAL);
  code = get_string (fixture, "error-code");
  g_assert_cmpstr (code, ==, "captive-portal");

  /* Who signed in to the network is connected at once. */
  n_lookups = fixture->resolver->n_lookups;
  set_connectivity (fixture, G_NETWORK_CONNECTIVITY_FULL);
  g_assert_cmpuint (fixture->resolver->n_lookups, >, n_lookups);
  code_afterwards = get_string (fixture, "error-code");
  g_assert_cmpstr (code_afterwards, ==, "unreachable");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  /* Makes GIO know its extension points. */
  g_proxy_resolver_get_default ();
  g_io_extension_point_implement (G_NETWORK_MONITOR_EXTENSION_POINT_NAME, FAKE_TYPE_MONITOR, "fake",
                                  1000);

#define ADD(name, func)                                                                            \
  g_test_add ("/client/session-network/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("unreachable-is-not-no-network", test_unreachable_is_not_no_network);
  ADD ("no-network-is-said", test_no_network_is_said);
  ADD ("network-that-is-back-is-used-at-once", test_network_that_is_back_is_used_at_once);
  ADD ("without-a-way-nothing-is-tried", test_without_a_way_nothing_is_tried);
  ADD ("loss-without-a-word-is-found-out", test_loss_without_a_word_is_found_out);
  ADD ("tries-go-on-where-the-server-has-a-route", test_tries_go_on_where_the_server_has_a_route);
  ADD ("tries-go-on-where-there-is-a-network", test_tries_go_on_where_there_is_a_network);
  ADD ("captive-portal-is-named", test_captive_portal_is_named);
#undef ADD

  return g_test_run ();
}
