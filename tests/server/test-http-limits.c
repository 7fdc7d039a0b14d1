/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The abuse that a server on a network meets, against a real porchlightd; meanwhile somebody else
 * is served, and the process stays small.
 */

#include <libsoup/soup.h>
#include <string.h>

#include "porch-test-daemon.h"
#include "porch-test-raw.h"
#include "protocol/porch-auth-message.h"
#include "protocol/porch-discovery.h"

/* What the process may grow by, whatever is thrown at it. AddressSanitizer keeps what was freed. */
#if defined(__SANITIZE_ADDRESS__)
#define GROWTH_MAX_KIB (400 * 1024)
#else
#define GROWTH_MAX_KIB (16 * 1024)
#endif
#define BODY_BYTES (150 * 1024 * 1024)
/* Somebody else is served, and not much later than usual: in this time at most. */
#define SERVICE_MAX_US (5 * G_TIME_SPAN_SECOND)

static PorchTestDaemon *server;
static PorchDiscovery *discovery;
static char *access_token;
static guint64 rss_before_kib;

static GBytes *
call (const char *method, const char *path, const char *body, guint *status)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strconcat (server->address, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr (GError) error = NULL;
  GBytes *answer;

  if (discovery != NULL)
    soup_message_headers_append (headers, "apikey", discovery->supabase_anon_key);
  if (access_token != NULL)
    {
      g_autofree char *authorization = g_strconcat ("Bearer ", access_token, NULL);

      soup_message_headers_append (headers, "Authorization", authorization);
    }
  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  *status = soup_message_get_status (message);

  return answer;
}

static void
start (void)
{
  g_autoptr (GBytes) found = NULL;
  g_autoptr (GBytes) signed_in = NULL;
  g_autoptr (PorchAuthSession) session = NULL;
  guint status;

  server = porch_test_daemon_start (NULL);
  porch_test_daemon_add_user (server, "ann@example.org", "Ann Porter", "a good password");
  found = call ("GET", "/.well-known/porchlight", NULL, &status);
  discovery = porch_discovery_parse (g_bytes_get_data (found, NULL), g_bytes_get_size (found),
                                     NULL);
  g_assert_nonnull (discovery);
  signed_in = call ("POST", "/auth/v1/token?grant_type=password",
                    "{\"email\":\"ann@example.org\",\"password\":\"a good password\"}", &status);
  session = porch_auth_session_parse (g_bytes_get_data (signed_in, NULL),
                                      g_bytes_get_size (signed_in), g_get_real_time (), NULL);
  g_assert_nonnull (session);
  access_token = g_strdup (session->access_token);
}

/* A heartbeat of somebody else, stored and answered. */
static void
assert_serves (void)
{
  gint64 began_us = g_get_monotonic_time ();
  g_autoptr (GBytes) answer = NULL;
  guint status;

  answer = call ("POST", "/api/user/presence", "{\"status\":\"online\"}", &status);
  g_assert_cmpuint (status, ==, 200);
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, SERVICE_MAX_US);
}

static void
assert_bounded (void)
{
  assert_serves ();
  g_assert_cmpuint (porch_test_daemon_get_rss_kib (server), <, rss_before_kib + GROWTH_MAX_KIB);
}

static PorchTestRaw *
open_websocket (void)
{
  PorchTestRaw *raw = porch_test_raw_new (server->address);
  g_autofree char *path = g_strdup_printf ("/app/%s?protocol=7", discovery->pusher_key);

  porch_test_raw_open_websocket (raw, path);
  porch_test_raw_wait_for (raw, "connection_established");

  return raw;
}

static void
test_deep_json (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  const char *paths[] = { "/api/user/presence", "/auth/v1/token?grant_type=password",
                          "/auth/v1/token?grant_type=refresh_token" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      guint status;
      g_autoptr (GBytes) answer = call ("POST", paths[i], deep, &status);

      g_assert_cmpuint (status, ==, 400);
    }
  assert_bounded ();
}

static void
test_announced_body (void)
{
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (server->address);

  /* Refused by what is announced, before any of it. */
  porch_test_raw_send_text (raw, "POST /api/user/presence HTTP/1.1\r\nHost: x\r\n"
                                 "Content-Length: 157286400\r\n\r\n");
  porch_test_raw_wait_for (raw, "HTTP/1.1 413 ");
  porch_test_raw_wait_for_end (raw);
  assert_bounded ();
}

/* Sends until the server has had enough; returns how much that was. */
static gsize
send_until_refused (PorchTestRaw *raw, const char *piece, gsize length)
{
  gsize n_sent = 0;
  gint64 began_us = g_get_monotonic_time ();

  while (!raw->is_over && n_sent < BODY_BYTES)
    {
      gssize n = porch_test_raw_send_some (raw, piece + n_sent % length, length - n_sent % length);

      if (n < 0)
        break;
      n_sent += n;
      porch_test_raw_receive (raw);
      if (n == 0)
        g_usleep (1000);
      g_assert_cmpint (g_get_monotonic_time () - began_us, <, 30 * G_TIME_SPAN_SECOND);
    }

  return n_sent;
}

static void
test_chunked_body (void)
{
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (server->address);
  g_autoptr (GString) piece = g_string_new (NULL);

  /* A chunk at a time, so that no length gives it away. */
  g_string_append (piece, "400\r\n");
  for (guint i = 0; i < 1024; i++)
    g_string_append_c (piece, 'x');
  g_string_append (piece, "\r\n");

  porch_test_raw_send_text (raw, "POST /api/user/presence HTTP/1.1\r\nHost: x\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n");
  for (guint i = 0; i < 200; i++)
    if (porch_test_raw_send_some (raw, piece->str, piece->len) < 0)
      break;
  porch_test_raw_wait_for (raw, "HTTP/1.1 413 ");
  assert_serves ();

  /* It goes on all the same, and is not kept. */
  send_until_refused (raw, piece->str, piece->len);
  assert_bounded ();
}

static void
test_endless_fragments (void)
{
  g_autoptr (PorchTestRaw) raw = open_websocket ();
  g_autofree char *payload = g_strnfill (1000, 'x');
  guint n_sent = 0;

  porch_test_raw_send_frame (raw, 0x1, payload, 1000);
  for (n_sent = 1; n_sent < 263; n_sent++)
    porch_test_raw_send_frame (raw, 0x0, payload, 1000);
  /* 263,000 bytes are more than 256 KiB: 1009, too big. */
  porch_test_raw_wait_for (raw, "\x03\xf1");
  porch_test_raw_wait_for_end (raw);
  assert_bounded ();
}

/* Each of them waits for its deadline, and costs nobody else anything. */
static void
test_half_sent_requests (void)
{
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_test_raw_free);
  const char *halves[] = { "", "GET /", "POST /api/user/presence HTTP/1.1\r\nHost: x\r\nContent-Le",
                           "POST /api/user/presence HTTP/1.1\r\nHost: x\r\n"
                           "Content-Length: 100\r\n\r\n{\"stat",
                           "\x16\x03\x01\x02" };

  for (guint i = 0; i < 500; i++)
    {
      PorchTestRaw *raw = porch_test_raw_new (server->address);

      porch_test_raw_send_text (raw, halves[i % G_N_ELEMENTS (halves)]);
      g_ptr_array_add (clients, raw);
    }
  for (guint i = 0; i < 20; i++)
    assert_serves ();
  assert_bounded ();
}

/* Asks for pongs and never reads them: then its pings are not read either. */
static void
test_reader_that_never_reads (void)
{
  g_autoptr (PorchTestRaw) raw = open_websocket ();
  g_autoptr (GByteArray) ping = g_byte_array_new ();
  gsize n_sent = 0;
  guint n_stalled = 0;

  /* A ping of 125 bytes, masked with zeroes. */
  g_byte_array_set_size (ping, 2 + 4 + 125);
  memset (ping->data, 0, ping->len);
  ping->data[0] = 0x89;
  ping->data[1] = 0x80 | 125;

  while (n_stalled < 200 && n_sent < BODY_BYTES)
    {
      gssize n = porch_test_raw_send_some (raw, ping->data + n_sent % ping->len,
                                           ping->len - n_sent % ping->len);

      g_assert_cmpint (n, >=, 0);
      n_sent += n;
      n_stalled = n == 0 ? n_stalled + 1 : 0;
      if (n == 0)
        g_usleep (1000);
    }

  /* What was taken lies in the kernel's buffers at both ends. */
  g_assert_cmpuint (n_sent, <, 32 * 1024 * 1024);
  assert_bounded ();
}

static void
test_thousand_connections (void)
{
  gint64 began_us = g_get_monotonic_time ();

  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (
          (GDestroyNotify) porch_test_raw_free);

      for (guint i = 0; i < 1000; i++)
        g_ptr_array_add (clients, porch_test_raw_new (server->address));
      assert_serves ();
    }
  g_test_message ("3,000 connections in %.1f s",
                  (g_get_monotonic_time () - began_us) / (double) G_TIME_SPAN_SECOND);
  assert_bounded ();
}

static void
test_metacharacters (void)
{
  const char *paths[] = {
    "/../../../../etc/passwd",
    "/avatars/../../secrets",
    "/avatars/..%2f..%2fsecrets",
    "/avatars/%2e%2e/secrets",
    "/avatars/secrets%00.png",
    "/avatars/porchlight.db",
    "/api/user/'%20OR%20'1'='1/status",
    "/api/user/%27%3B%20DROP%20TABLE%20users%3B--/status",
    "/api/user/$(id)/status",
    "/api/user/%c0%ae%c0%ae/status",
    "/api/user/%0d%0aSet-Cookie:x/status",
    "//etc/passwd",
    "/%5c..%5c..%5csecrets",
    "/.well-known/../secrets",
    "/app/..%2f..",
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (PorchTestRaw) raw = porch_test_raw_new (server->address);
      g_autofree char *request = g_strdup_printf (
          "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
          "Connection: close\r\n\r\n",
          paths[i], access_token);

      porch_test_raw_send_text (raw, request);
      porch_test_raw_wait_for_end (raw);
      g_test_message ("%s: %.12s", paths[i], raw->received->str);
      g_assert_true (g_str_has_prefix (raw->received->str, "HTTP/1.1 4"));
      g_assert_null (strstr (raw->received->str, "root:"));
      g_assert_null (strstr (raw->received->str, "Set-Cookie"));
    }

  /* In a query for people, what SQL and LIKE would read differently finds nobody. */
  for (guint i = 0; i < 3; i++)
    {
      const char *queries[] = { "%25%25%25", "___", "%27%20OR%201=1--" };
      g_autofree char *path = g_strconcat ("/api/users?query=", queries[i], NULL);
      guint status;
      g_autoptr (GBytes) answer = call ("GET", path, NULL, &status);

      g_assert_cmpuint (status, ==, 200);
      g_assert_null (
          g_strstr_len (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), "Porter"));
    }
  assert_bounded ();
}

/* What the Host header claims is nowhere in what clients are told. */
static void
test_host_header (void)
{
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (server->address);

  porch_test_raw_send_text (raw, "GET /.well-known/porchlight HTTP/1.1\r\nHost: evil.example\r\n"
                                 "X-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n");
  porch_test_raw_wait_for_end (raw);
  g_assert_nonnull (strstr (raw->received->str, server->address));
  g_assert_null (strstr (raw->received->str, "evil.example"));
}

static void
test_restart (void)
{
  porch_test_daemon_stop (server);
  porch_test_daemon_start_again (server);
  /* The same accounts, keys and tokens. */
  assert_serves ();
}

#define ADD(name, func) g_test_add_func ("/server/limits/" name, func)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);

  ADD ("deep-json", test_deep_json);
  ADD ("announced-body", test_announced_body);
  ADD ("chunked-body", test_chunked_body);
  ADD ("endless-fragments", test_endless_fragments);
  ADD ("half-sent-requests", test_half_sent_requests);
  ADD ("reader-that-never-reads", test_reader_that_never_reads);
  ADD ("thousand-connections", test_thousand_connections);
  ADD ("metacharacters", test_metacharacters);
  ADD ("host-header", test_host_header);
  ADD ("restart", test_restart);

  start ();
  assert_serves ();
  rss_before_kib = porch_test_daemon_get_rss_kib (server);
  result = g_test_run ();
  porch_test_daemon_free (server);
  porch_discovery_free (discovery);
  g_free (access_token);

  return result;
}
