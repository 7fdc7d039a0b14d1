/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Sign-in and user routes behind the real HTTP server on a loopback port, and libsoup as their
 * client. Everything runs in this process, so that a test can move the clock.
 */

#include "porch-test-server.h"

#include <glib/gstdio.h>

#include "server/porch-password.h"
#include "server/porch-sqlite-store.h"

PorchTestServer *
porch_test_server_new (void)
{
  PorchTestServer *self = g_new0 (PorchTestServer, 1);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  self->clock = porch_fake_clock_new (PORCH_TEST_NOW_US);
  self->folder = g_dir_make_tmp ("porch-server-XXXXXX", NULL);
  self->secrets = porch_secrets_load (self->folder, PORCH_TEST_NOW_US, &error);
  g_assert_no_error (error);
  path = g_build_filename (self->folder, "porchlight.db", NULL);
  self->store = PORCH_STORE (porch_sqlite_store_new (path, self->secrets->token_secret, &error));
  g_assert_no_error (error);

  self->broker = porch_broker_new (PORCH_CLOCK (self->clock), self->secrets->pusher_key,
                                   self->secrets->pusher_secret);
  self->presence = porch_presence_service_new (PORCH_CLOCK (self->clock), self->store,
                                               PORCH_PUBLISHER (self->broker));
  self->auth_routes = porch_auth_routes_new (PORCH_CLOCK (self->clock), self->store, self->secrets);
  self->user_routes = porch_user_routes_new (
      PORCH_CLOCK (self->clock), self->store, self->presence,
      porch_auth_routes_get_authenticator (self->auth_routes));
  self->presence_routes = porch_presence_routes_new (
      self->presence, self->store, PORCH_PUBLISHER (self->broker),
      porch_auth_routes_get_authenticator (self->auth_routes));
  self->pusher_http_routes = porch_pusher_http_routes_new (
      PORCH_CLOCK (self->clock), self->broker, self->secrets->pusher_app_id,
      self->secrets->pusher_key, self->secrets->pusher_secret);
  self->http = porch_http_server_new (PORCH_CLOCK (self->clock));
  porch_auth_routes_register (self->auth_routes, self->http);
  porch_user_routes_register (self->user_routes, self->http);
  porch_presence_routes_register (self->presence_routes, self->http);
  porch_broker_add_routes (self->broker, self->http);
  porch_pusher_http_routes_register (self->pusher_http_routes, self->http);
  porch_http_server_listen (self->http, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  self->address = porch_http_server_dup_address (self->http);
  self->session = soup_session_new ();

  return self;
}

void
porch_test_server_free (PorchTestServer *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  soup_session_abort (self->session);
  g_clear_object (&self->session);
  porch_http_server_stop (self->http);
  g_clear_object (&self->http);
  porch_broker_stop (self->broker);
  g_clear_object (&self->pusher_http_routes);
  g_clear_object (&self->presence_routes);
  g_clear_object (&self->user_routes);
  g_clear_object (&self->auth_routes);
  g_clear_object (&self->presence);
  g_clear_object (&self->broker);
  /* A job that the store was given may still be under way, and hold it. */
  g_object_add_weak_pointer (G_OBJECT (self->store), (gpointer *) &self->store);
  g_object_unref (self->store);
  for (guint i = 0; self->store != NULL && i < 5000; i++)
    {
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
    }
  g_assert_null (self->store);
  porch_secrets_free (self->secrets);
  g_clear_object (&self->clock);

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->address);
  g_free (self);
}

/* Returns the new user's id. */
char *
porch_test_server_add_user (PorchTestServer *self,
                            const char *email,
                            const char *password,
                            const char *first_name,
                            const char *last_name)
{
  g_autoptr (PorchStoreUser) user = g_new0 (PorchStoreUser, 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  user->id = g_uuid_string_random ();
  user->email = g_strdup (email);
  user->password_hash = porch_password_hash (password, &error);
  g_assert_no_error (error);
  user->first_name = g_strdup (first_name);
  user->last_name = g_strdup (last_name);
  user->created_at_us = PORCH_TEST_NOW_US;
  porch_store_add_user_async (self->store, user, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  porch_store_add_user_finish (self->store, result, &error);
  g_assert_no_error (error);

  return g_strdup (user->id);
}

/* After the body come names and values of headers, then NULL. */
void
porch_test_server_advance_s (PorchTestServer *self, guint seconds)
{
  for (guint i = 0; i < seconds; i++)
    {
      porch_fake_clock_advance_ms (self->clock, 1000);
      /* The clock must not outrun a ping and its pong on their way through the kernel. */
      g_usleep (200);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

PorchTestAnswer *
porch_test_server_call (PorchTestServer *self,
                        const char *method,
                        const char *path,
                        const char *body,
                        ...)
{
  g_autofree char *uri = g_strconcat (self->address, path, NULL);
  PorchTestAnswer *answer;
  va_list headers;

  va_start (headers, body);
  answer = porch_test_call_valist (self->session, method, uri, body, headers);
  va_end (headers);

  return answer;
}
