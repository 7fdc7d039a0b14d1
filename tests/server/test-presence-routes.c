/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "porch-test-server.h"
#include "porch-test-socket.h"
#include "protocol/porch-pusher-signature.h"
#include "protocol/porch-user-id.h"

typedef struct
{
  PorchTestServer *server;
  char *user_id;
  char *authorization;
} Fixture;

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (PorchTestAnswer) answer = NULL;

  self->server = porch_test_server_new ();
  self->user_id = porch_test_server_add_user (self->server, "ann@example.org", "password", "Ann",
                                              "O\"Neil");
  answer = porch_test_server_call (self->server, "POST", "/auth/v1/token?grant_type=password",
                                   "{\"email\":\"ann@example.org\",\"password\":\"password\"}",
                                   "apikey", self->server->secrets->anon_key, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  self->authorization = g_strconcat ("Bearer ", porch_test_answer_get (answer, "access_token"),
                                     NULL);

  return self;
}

static void
fixture_free (Fixture *self)
{
  porch_test_server_free (self->server);
  g_free (self->user_id);
  g_free (self->authorization);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static PorchTestAnswer *
call (Fixture *self, const char *method, const char *path, const char *body)
{
  return porch_test_server_call (self->server, method, path, body, "Authorization",
                                 self->authorization, NULL);
}

static void
assert_status (Fixture *self, const char *method, const char *path, const char *body, guint status)
{
  g_autoptr (PorchTestAnswer) answer = call (self, method, path, body);

  g_assert_cmpuint (answer->status, ==, status);
  if (status >= 400)
    g_assert_nonnull (porch_test_answer_get (answer, "error"));
}

static void
test_update (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestAnswer) online = call (self, "POST", "/api/user/presence",
                                             "{\"status\":\"online\"}");
  g_autoptr (PorchTestAnswer) offline = NULL;

  g_assert_cmpuint (online->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (online, "status"), ==, "online");
  g_assert_nonnull (porch_test_answer_get (online, "lastActive"));
  g_assert_nonnull (strstr (online->text, "\"success\":true"));
  g_assert_nonnull (soup_message_headers_get_one (online->headers, "Date"));

  offline = call (self, "POST", "/api/user/presence",
                  "{\"status\":\"offline\",\"client\":\"laptop\",\"unknown\":[1]}");
  g_assert_cmpuint (offline->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (offline, "status"), ==, "online");
}

static void
test_bad_updates (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autofree char *deep = g_strnfill (100000, '[');
  const char *bodies[] = { "",
                           "{}",
                           "[]",
                           "null",
                           "{\"status\":\"away\"}",
                           "{\"status\":1}",
                           "{\"status\":\"online\",\"client\":7}",
                           "{\"status\":\"online\"",
                           deep };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    assert_status (self, "POST", "/api/user/presence", bodies[i], 400);
}

static void
test_nobody_signed_in (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  g_free (self->authorization);
  self->authorization = g_strdup ("Bearer nonsense");
  assert_status (self, "POST", "/api/user/presence", "{\"status\":\"online\"}", 401);
  assert_status (self, "GET", "/api/user/anyone/status", NULL, 401);
  assert_status (self, "POST", "/api/pusher/auth", "socket_id=1.2&channel_name=presence-user-a",
                 401);
}

static void
test_status (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autofree char *path = g_strdup_printf ("/api/user/%s/status", self->user_id);
  g_autoptr (PorchTestAnswer) before = call (self, "GET", path, NULL);
  g_autoptr (PorchTestAnswer) after = NULL;

  g_assert_cmpuint (before->status, ==, 200);
  g_assert_cmpstr (porch_test_answer_get (before, "status"), ==, "offline");
  g_assert_null (porch_test_answer_get (before, "lastActive"));

  assert_status (self, "POST", "/api/user/presence", "{\"status\":\"online\"}", 200);
  after = call (self, "GET", path, NULL);
  g_assert_cmpstr (porch_test_answer_get (after, "userId"), ==, self->user_id);
  g_assert_cmpstr (porch_test_answer_get (after, "status"), ==, "online");
  g_assert_nonnull (porch_test_answer_get (after, "lastActive"));
  g_assert_cmpstr (porch_test_answer_get (after, "user.id"), ==, self->user_id);
  g_assert_cmpstr (porch_test_answer_get (after, "user.firstName"), ==, "Ann");
  g_assert_cmpstr (porch_test_answer_get (after, "user.lastName"), ==, "O\"Neil");
}

static void
test_status_of_nobody (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_status (self, "GET", "/api/user/nobody/status", NULL, 404);
  assert_status (self, "GET", "/api/user/%27%20OR%201%3D1%20--/status", NULL, 404);
  assert_status (self, "GET", "/api/user/..%2F..%2Fetc%2Fpasswd/status", NULL, 404);
  assert_status (self, "GET", "/api/user/%25/status", NULL, 404);
}

static void
test_authorization (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestAnswer) answer = call (self, "POST", "/api/pusher/auth",
                                             "socket_id=12.34&channel_name=presence-user-somebody");
  const char *data = porch_test_answer_get (answer, "channel_data");
  g_autoptr (PorchPusherMember) member = NULL;

  g_assert_cmpuint (answer->status, ==, 200);
  member = porch_pusher_member_parse (data, NULL);
  g_assert_cmpstr (member->user_id, ==, self->user_id);
  g_assert_nonnull (strstr (member->user_info, "\"name\":\"Ann O\\\"Neil\""));
  g_assert_true (porch_pusher_channel_auth_verify (
      porch_test_answer_get (answer, "auth"), self->server->secrets->pusher_key,
      self->server->secrets->pusher_secret, "12.34", "presence-user-somebody", data));
}

static void
test_connection_ends_with_its_session (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestSocket) socket = porch_test_socket_new (
      self->server->address, self->server->secrets->pusher_key, "protocol=7");
  g_autoptr (PorchTestSocket) stranger = porch_test_socket_new (
      self->server->address, self->server->secrets->pusher_key, "protocol=7");
  g_autofree char *form = NULL;
  g_autoptr (PorchTestAnswer) authorized = NULL;
  g_autoptr (PorchTestAnswer) signed_out = NULL;

  form = g_strdup_printf ("socket_id=%s&channel_name=presence-user-somebody", socket->socket_id);
  authorized = call (self, "POST", "/api/pusher/auth", form);
  g_assert_cmpuint (authorized->status, ==, 200);

  signed_out = porch_test_server_call (self->server, "POST", "/auth/v1/logout?scope=global", "",
                                       "apikey", self->server->secrets->anon_key, "Authorization",
                                       self->authorization, NULL);
  g_assert_cmpuint (signed_out->status, ==, 204);

  porch_test_socket_wait_closed (socket);
  g_assert_cmpuint (socket->close_code, ==, 4009);
  g_assert_cmpuint (stranger->close_code, ==, 0);
}

static void
test_bad_authorizations (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_status (self, "POST", "/api/pusher/auth", "", 400);
  assert_status (self, "POST", "/api/pusher/auth", "socket_id=1.2", 400);
  assert_status (self, "POST", "/api/pusher/auth", "socket_id=x&channel_name=presence-user-a", 400);
  assert_status (self, "POST", "/api/pusher/auth",
                 "socket_id=1.2:presence-user-b&channel_name=presence-user-a", 400);
  assert_status (self, "POST", "/api/pusher/auth", "socket_id=1.2&channel_name=a%20b", 400);
  assert_status (self, "POST", "/api/pusher/auth", "socket_id=1.2&channel_name=private-x", 403);
  assert_status (self, "POST", "/api/pusher/auth", "socket_id=1.2&channel_name=presence-x", 403);
  assert_status (self, "POST", "/api/pusher/auth", "socket_id=1.2&channel_name=public", 403);
}

#define ADD(name, func) g_test_add_func ("/server/presence-routes/" name, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("update", test_update);
  ADD ("bad-updates", test_bad_updates);
  ADD ("nobody-signed-in", test_nobody_signed_in);
  ADD ("status", test_status);
  ADD ("status-of-nobody", test_status_of_nobody);
  ADD ("authorization", test_authorization);
  ADD ("connection-ends-with-its-session", test_connection_ends_with_its_session);
  ADD ("bad-authorizations", test_bad_authorizations);

  return g_test_run ();
}
