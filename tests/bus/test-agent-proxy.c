/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The agent as its clients see it, on a real bus: here stands, in the agent's place, an object with
 * the same generated interface that says what each test wants.
 */

#include "bus/porch-agent-proxy.h"

#include "bus/porch-agent-dbus.h"
#include "bus/porch-sign-in-proxy.h"

#include "porch-test-wait.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#define ACCOUNT_PATH PORCH_AGENT_PATH "/account/a"

/* Nothing here takes long; this only ends a test that would hang. */

typedef struct
{
  GTestDBus *dbus;

  /* The agent's side */
  GDBusConnection *agent_bus;
  PorchDBusAgent1 *agent;
  PorchDBusAccount1 *account;
  guint name_id;
  gboolean has_name;
  GVariant *contacts;
  char *password;
  gboolean kept_in_memory;
  PorchAgentError error;

  /* The client's side */
  GDBusConnection *bus;
  PorchAgentProxy *proxy;
  guint n_notified;
} Fixture;

static GDBusConnection *
connect_to_bus (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (fixture->dbus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return bus;
}

static gboolean
on_get_contacts_cb (Fixture *fixture, GDBusMethodInvocation *invocation)
{
  porch_dbus_account1_complete_get_contacts (fixture->account, invocation, fixture->contacts);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_sign_in_cb (Fixture *fixture,
               GDBusMethodInvocation *invocation,
               GUnixFDList *fds,
               const char *server,
               const char *email,
               GVariant *password,
               GVariant *options)
{
  char buffer[64] = "";
  int fd = g_unix_fd_list_get (fds, g_variant_get_handle (password), NULL);

  g_assert_cmpint (read (fd, buffer, sizeof buffer - 1), >, 0);
  close (fd);
  fixture->password = g_strdup (buffer);
  g_variant_lookup (options, "keep-in-memory", "b", &fixture->kept_in_memory);
  porch_dbus_agent1_complete_sign_in (fixture->agent, invocation, NULL, ACCOUNT_PATH);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_add_contact_cb (Fixture *fixture, GDBusMethodInvocation *invocation, const char *user_id)
{
  g_dbus_method_invocation_return_error (invocation, PORCH_AGENT_ERROR, fixture->error,
                                         "A sentence.");
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_search_cb (Fixture *fixture, GDBusMethodInvocation *invocation, const char *query)
{
  porch_dbus_account1_complete_search (
      fixture->account, invocation,
      g_variant_new_parsed ("[('id-1', %s, ''), ('id-2', 'Bob', '/cache/bob')]", query));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_name_acquired_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  ((Fixture *) user_data)->has_name = TRUE;
}

static void
start_agent (Fixture *fixture)
{
  fixture->has_name = FALSE;
  fixture->name_id = g_bus_own_name_on_connection (fixture->agent_bus, PORCH_AGENT_BUS_NAME,
                                                   G_BUS_NAME_OWNER_FLAGS_NONE, on_name_acquired_cb,
                                                   NULL, fixture, NULL);
  porch_test_wait_until (fixture->has_name);
}

static void
set_contacts (Fixture *fixture, const char *text)
{
  g_clear_pointer (&fixture->contacts, g_variant_unref);
  fixture->contacts = g_variant_ref_sink (
      g_variant_parse (G_VARIANT_TYPE ("a(sssuuxxxu)"), text, NULL, NULL, NULL));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *const accounts[] = { ACCOUNT_PATH, NULL };

  fixture->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->dbus);
  fixture->agent_bus = connect_to_bus (fixture);
  fixture->bus = connect_to_bus (fixture);

  fixture->agent = porch_dbus_agent1_skeleton_new ();
  porch_dbus_agent1_set_accounts (fixture->agent, accounts);
  g_signal_connect_swapped (fixture->agent, "handle-sign-in", G_CALLBACK (on_sign_in_cb), fixture);
  fixture->account = porch_dbus_account1_skeleton_new ();
  porch_dbus_account1_set_email (fixture->account, "ann@porch.example");
  porch_dbus_account1_set_state (fixture->account, "connected");
  porch_dbus_account1_set_own_status (fixture->account, PORCH_STATUS_ONLINE);
  porch_dbus_account1_set_clock_offset (fixture->account, 5 * G_TIME_SPAN_HOUR);
  g_signal_connect_swapped (fixture->account, "handle-get-contacts",
                            G_CALLBACK (on_get_contacts_cb), fixture);
  g_signal_connect_swapped (fixture->account, "handle-add-contact", G_CALLBACK (on_add_contact_cb),
                            fixture);
  g_signal_connect_swapped (fixture->account, "handle-search", G_CALLBACK (on_search_cb), fixture);
  g_assert_true (g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (fixture->agent),
                                                   fixture->agent_bus, PORCH_AGENT_PATH, NULL));
  g_assert_true (g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (fixture->account),
                                                   fixture->agent_bus, ACCOUNT_PATH, NULL));
  set_contacts (fixture, "[('bob', 'Bob', '', 2, 2, 7, 6, 0, 1), ('cleo', 'Cleo', '', 1, 1, 5, 0, "
                         "0, 0)]");
  fixture->proxy = porch_agent_proxy_new (fixture->bus, FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->proxy);
  g_clear_handle_id (&fixture->name_id, g_bus_unown_name);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (fixture->agent));
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (fixture->account));
  g_clear_object (&fixture->agent);
  g_clear_object (&fixture->account);
  g_dbus_connection_close_sync (fixture->agent_bus, NULL, NULL);
  g_dbus_connection_close_sync (fixture->bus, NULL, NULL);
  g_clear_object (&fixture->agent_bus);
  g_clear_object (&fixture->bus);
  g_clear_pointer (&fixture->contacts, g_variant_unref);
  g_clear_pointer (&fixture->password, g_free);
  g_test_dbus_down (fixture->dbus);
  g_clear_object (&fixture->dbus);
}

static gboolean
load (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_agent_proxy_load_async (fixture->proxy, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  return porch_agent_proxy_load_finish (fixture->proxy, result, error);
}

static void
load_well (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  start_agent (fixture);
  g_assert_true (load (fixture, &error));
  g_assert_no_error (error);
}

static PorchContact *
lookup (Fixture *fixture, const char *id)
{
  return porch_roster_lookup (porch_agent_proxy_get_roster (fixture->proxy), id);
}

static void
test_nobody_runs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (load (fixture, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NOT_RUNNING);
  g_assert_false (porch_agent_proxy_get_running (fixture->proxy));

  /* and a verb says the same */
  g_autoptr (GAsyncResult) result = NULL;
  g_clear_error (&error);
  porch_agent_proxy_try_now_async (fixture->proxy, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_false (porch_agent_proxy_call_finish (fixture->proxy, result, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NOT_RUNNING);
}

static void
test_loads (Fixture *fixture, gconstpointer data)
{
  load_well (fixture);

  g_assert_true (porch_agent_proxy_get_running (fixture->proxy));
  g_assert_true (porch_agent_proxy_get_has_account (fixture->proxy));
  g_assert_cmpstr (porch_agent_proxy_get_email (fixture->proxy), ==, "ann@porch.example");
  g_assert_cmpstr (porch_agent_proxy_get_state (fixture->proxy), ==, "connected");
  g_assert_cmpstr (porch_agent_proxy_get_name (fixture->proxy), ==, "");
  g_assert_cmpint (porch_agent_proxy_get_own_status (fixture->proxy), ==, PORCH_STATUS_ONLINE);
  gint64 offset_us = porch_server_clock_get_offset_us (
      porch_agent_proxy_get_server_clock (fixture->proxy));
  g_assert_cmpint (ABS (offset_us - 5 * G_TIME_SPAN_HOUR), <, G_TIME_SPAN_SECOND);
  g_assert_cmpint (porch_contact_get_status (lookup (fixture, "bob")), ==, PORCH_STATUS_ONLINE);
  g_assert_true (porch_contact_get_favourite (lookup (fixture, "bob")));
  g_assert_cmpint (porch_contact_get_status (lookup (fixture, "cleo")), ==, PORCH_STATUS_OFFLINE);
}

static void
test_repeats_contacts_changed (Fixture *fixture, gconstpointer data)
{
  const char *const removed[] = { "cleo", NULL };

  load_well (fixture);
  porch_dbus_account1_emit_contacts_changed (
      fixture->account,
      g_variant_new_parsed (
          "[('bob', 'Robert', '', uint32 1, uint32 1, int64 8, int64 0, int64 0, uint32 0),"
          " ('dora', 'Dora', '', uint32 2, uint32 2, int64 9, int64 0, int64 0, uint32 0)]"),
      removed);
  porch_test_wait_until (lookup (fixture, "cleo") == NULL);

  g_assert_cmpstr (porch_contact_get_name (lookup (fixture, "bob")), ==, "Robert");
  g_assert_cmpint (porch_contact_get_status (lookup (fixture, "bob")), ==, PORCH_STATUS_OFFLINE);
  g_assert_cmpint (porch_contact_get_status (lookup (fixture, "dora")), ==, PORCH_STATUS_ONLINE);
}

static void
on_notify_cb (Fixture *fixture)
{
  fixture->n_notified++;
}

static void
test_repeats_properties_once (Fixture *fixture, gconstpointer data)
{
  load_well (fixture);
  g_signal_connect_swapped (fixture->proxy, "notify::state", G_CALLBACK (on_notify_cb), fixture);

  porch_dbus_account1_set_state (fixture->account, "waiting");
  porch_dbus_account1_set_next_try (fixture->account, 42);
  porch_test_wait_until (porch_agent_proxy_get_next_try_us (fixture->proxy) == 42);

  g_assert_cmpstr (porch_agent_proxy_get_state (fixture->proxy), ==, "waiting");
  g_assert_cmpuint (fixture->n_notified, ==, 1);

  /* another property alone does not notify it again */
  porch_dbus_account1_set_next_try (fixture->account, 43);
  porch_test_wait_until (porch_agent_proxy_get_next_try_us (fixture->proxy) == 43);
  g_assert_cmpuint (fixture->n_notified, ==, 1);
}

static void
test_agent_goes_and_comes_back (Fixture *fixture, gconstpointer data)
{
  gboolean ready = FALSE;

  /* given an agent that goes */
  load_well (fixture);
  g_clear_handle_id (&fixture->name_id, g_bus_unown_name);
  porch_test_wait_until (!porch_agent_proxy_get_running (fixture->proxy));

  /* then nothing stays green, and who the person is stays known */
  g_assert_cmpint (porch_contact_get_status (lookup (fixture, "bob")), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpint (porch_contact_get_last_known_status (lookup (fixture, "bob")), ==,
                   PORCH_STATUS_ONLINE);
  g_assert_cmpint (porch_agent_proxy_get_own_status (fixture->proxy), ==, PORCH_STATUS_UNKNOWN);
  g_assert_cmpstr (porch_agent_proxy_get_email (fixture->proxy), ==, "ann@porch.example");

  /* when it is back with others, then all is read again */
  set_contacts (fixture, "[('cleo', 'Cleo', '', 2, 2, 5, 0, 0, 0)]");
  start_agent (fixture);
  porch_test_wait_until ((g_object_get (fixture->proxy, "ready", &ready, NULL), ready));
  g_assert_null (lookup (fixture, "bob"));
  g_assert_cmpint (porch_contact_get_status (lookup (fixture, "cleo")), ==, PORCH_STATUS_ONLINE);
}

static void
test_no_account (Fixture *fixture, gconstpointer data)
{
  const char *const nobody[] = { NULL };
  const char *const accounts[] = { ACCOUNT_PATH, NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  /* given an agent without an account, then verbs say that nobody is signed in */
  porch_dbus_agent1_set_accounts (fixture->agent, nobody);
  load_well (fixture);
  g_assert_false (porch_agent_proxy_get_has_account (fixture->proxy));
  porch_agent_proxy_export_async (fixture->proxy, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  g_assert_null (porch_agent_proxy_export_finish (fixture->proxy, result, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_SIGNED_OUT);

  /* when one comes, then it is followed */
  porch_dbus_agent1_set_accounts (fixture->agent, accounts);
  porch_test_wait_until (lookup (fixture, "bob") != NULL);
  g_assert_true (porch_agent_proxy_get_has_account (fixture->proxy));

  /* when it is forgotten, then nothing of it stays */
  porch_dbus_agent1_set_accounts (fixture->agent, nobody);
  porch_test_wait_until (!porch_agent_proxy_get_has_account (fixture->proxy));
  g_assert_cmpstr (porch_agent_proxy_get_email (fixture->proxy), ==, "");
  g_assert_null (lookup (fixture, "bob"));
}

static void
test_password_goes_through_a_pipe (Fixture *fixture, gconstpointer data)
{
  const PorchServerInfo server = { .server = (char *) "porch.example" };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  load_well (fixture);
  porch_agent_proxy_sign_in_async (fixture->proxy, &server, "password", "ann@porch.example",
                                   "pässwörd", TRUE, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  g_assert_true (porch_agent_proxy_call_finish (fixture->proxy, result, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->password, ==, "pässwörd");
  g_assert_true (fixture->kept_in_memory);
}

static void
test_too_long_a_password_is_not_sent (Fixture *fixture, gconstpointer data)
{
  const PorchServerInfo server = { .server = (char *) "porch.example" };
  g_autofree char *password = g_strnfill (1025, 'x');
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  load_well (fixture);
  porch_agent_proxy_sign_in_async (fixture->proxy, &server, "password", "ann@porch.example",
                                   password, FALSE, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  g_assert_false (porch_agent_proxy_call_finish (fixture->proxy, result, &error));
  g_assert_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_CREDENTIALS);
  g_assert_null (fixture->password);
}

static void
test_errors_keep_code_and_sentence (Fixture *fixture, gconstpointer data)
{
  load_well (fixture);

  for (fixture->error = PORCH_AGENT_ERROR_FAILED; fixture->error <= PORCH_AGENT_ERROR_DATABASE;
       fixture->error++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      porch_agent_proxy_add_contact_async (fixture->proxy, "x", NULL, porch_test_take_result,
                                           &result);
      porch_test_wait_until (result != NULL);
      g_assert_false (porch_agent_proxy_call_finish (fixture->proxy, result, &error));
      g_assert_error (error, PORCH_AGENT_ERROR, (int) fixture->error);
      g_assert_cmpstr (error->message, ==, "A sentence.");
    }
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  load_well (fixture);
  porch_agent_proxy_search_async (fixture->proxy, "ann", NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  g_autoptr (GPtrArray) people = porch_agent_proxy_search_finish (fixture->proxy, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (people->len, ==, 2);
  g_assert_cmpstr (((PorchPerson *) g_ptr_array_index (people, 0))->name, ==, "ann");
  g_assert_cmpstr (((PorchPerson *) g_ptr_array_index (people, 1))->avatar, ==, "/cache/bob");
}

static void
test_disposed_while_loading (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  start_agent (fixture);
  g_autoptr (PorchAgentProxy) proxy = porch_agent_proxy_new (fixture->bus, FALSE);
  porch_agent_proxy_load_async (proxy, NULL, porch_test_take_result, &result);
  g_object_run_dispose (G_OBJECT (proxy));

  /* then the wait ends, and nothing comes of it that touches what is gone */
  g_autoptr (GError) error = NULL;
  porch_test_wait_until (result != NULL);
  g_assert_false (porch_agent_proxy_load_finish (proxy, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (load (fixture, NULL));
  g_assert_false (porch_agent_proxy_get_running (proxy));
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/bus/agent-proxy/nobody-runs", test_nobody_runs);
  add ("/bus/agent-proxy/loads", test_loads);
  add ("/bus/agent-proxy/repeats-contacts-changed", test_repeats_contacts_changed);
  add ("/bus/agent-proxy/repeats-properties-once", test_repeats_properties_once);
  add ("/bus/agent-proxy/agent-goes-and-comes-back", test_agent_goes_and_comes_back);
  add ("/bus/agent-proxy/no-account", test_no_account);
  add ("/bus/agent-proxy/password-goes-through-a-pipe", test_password_goes_through_a_pipe);
  add ("/bus/agent-proxy/too-long-a-password-is-not-sent", test_too_long_a_password_is_not_sent);
  add ("/bus/agent-proxy/errors-keep-code-and-sentence", test_errors_keep_code_and_sentence);
  add ("/bus/agent-proxy/search", test_search);
  add ("/bus/agent-proxy/disposed-while-loading", test_disposed_while_loading);

  return g_test_run ();
}
