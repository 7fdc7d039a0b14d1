/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* See the header. */

#include "porch-client-fixture.h"

#include "client/porch-memory-token-store.h"
#include "porch-test-sign-in.h"

void
porch_client_fixture_set_up (PorchClientFixture *self, gconstpointer data)
{
  g_autoptr (PorchDiscovery) discovery = NULL;
  g_autofree char *url = NULL;

  self->server = porch_scripted_server_new ();
  self->fake_clock = porch_fake_clock_new (g_get_real_time ());
  self->clock = PORCH_CLOCK (self->fake_clock);
  self->server_clock = porch_server_clock_new (self->clock);
  self->roster = porch_roster_new (self->server_clock);
  self->token_store = porch_memory_token_store_new ();
  discovery = porch_scripted_server_get_discovery (self->server);
  url = porch_discovery_get_socket_url (discovery);
  self->http = porch_http_client_new (self->clock);
  self->auth = porch_auth_new (self->clock, self->http, self->token_store, discovery, "account");
  self->api = porch_presence_api_new (self->http, self->auth, self->server_clock, discovery);
  self->connection = porch_pusher_connection_new (self->clock, self->http, self->api, url);
}

void
porch_client_fixture_tear_down (PorchClientFixture *self, gconstpointer data)
{
  g_object_run_dispose (G_OBJECT (self->connection));
  g_object_run_dispose (G_OBJECT (self->auth));
  g_object_run_dispose (G_OBJECT (self->http));
  porch_run_for_ms (20);

  g_assert_finalize_object (self->connection);
  g_assert_finalize_object (self->api);
  g_assert_finalize_object (self->auth);
  g_assert_finalize_object (self->http);
  g_assert_finalize_object (self->token_store);
  g_assert_finalize_object (self->roster);
  g_assert_finalize_object (self->server_clock);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (self->fake_clock), ==, 0);
  g_assert_finalize_object (self->fake_clock);
  porch_scripted_server_free (self->server);
}

/* (transfer full): what the server gives who knows the password */
PorchAuthSession *
porch_client_fixture_get_session (PorchClientFixture *self)
{
  g_autoptr (PorchDiscovery) discovery = porch_scripted_server_get_discovery (self->server);
  g_autoptr (GError) error = NULL;
  PorchAuthSession *session = porch_test_sign_in (self->clock, discovery, SCRIPTED_EMAIL,
                                                  SCRIPTED_PASSWORD, &error);

  g_assert_no_error (error);
  return session;
}

void
porch_client_fixture_sign_in (PorchClientFixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_auth_begin_async (self->auth, porch_client_fixture_get_session (self), NULL,
                          porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_auth_begin_finish (self->auth, result, &error);
  g_assert_no_error (error);
}

void
porch_client_fixture_connect (PorchClientFixture *self)
{
  porch_pusher_connection_connect (self->connection);
  porch_test_wait_until (porch_pusher_connection_get_state (self->connection)
                         == PORCH_PUSHER_CONNECTED);
}

/* (transfer none): the roster has it */
PorchContact *
porch_client_fixture_add_contact (PorchClientFixture *self, const char *id)
{
  g_autoptr (PorchContact) contact = porch_contact_new (id);

  porch_roster_add (self->roster, contact);

  return contact;
}
