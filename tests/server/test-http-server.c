/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include <string.h>

#include "porch-fake-clock.h"
#include "porch-log-catcher.h"
#include "porch-test-raw.h"
#include "server/porch-http-server.h"

#define NOW_US (G_GINT64_CONSTANT (1705314600) * G_TIME_SPAN_SECOND) /* 2024-01-15T10:30:00Z */

typedef struct
{
  PorchFakeClock *clock;
  PorchHttpServer *http;
  char *address;
  PorchHttpRequest *kept; /* by the route that does not answer */
} Fixture;

static void
on_echo (PorchHttpRequest *request, gpointer user_data)
{
  const char *id = porch_http_request_get_path_param (request, "id");
  const char *query = porch_http_request_get_query_param (request, "q");
  g_autofree char *text = g_strdup_printf (
      "%s|%s|%s|%" G_GSIZE_FORMAT, id, query != NULL ? query : "-",
      porch_http_request_get_address (request),
      g_bytes_get_size (porch_http_request_get_body (request)));
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  porch_http_request_respond_bytes (request, 200, "text/plain", bytes);
}

static void
on_keep (PorchHttpRequest *request, gpointer user_data)
{
  Fixture *self = user_data;

  self->kept = g_object_ref (request);
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (GError) error = NULL;

  self->clock = porch_fake_clock_new (NOW_US);
  self->http = porch_http_server_new (PORCH_CLOCK (self->clock));
  porch_http_server_add_route (self->http, "GET", "/echo/{id}/end", on_echo, self);
  porch_http_server_add_route (self->http, "POST", "/echo/{id}/end", on_echo, self);
  porch_http_server_add_route (self->http, "GET", "/keep", on_keep, self);
  porch_http_server_listen (self->http, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  self->address = porch_http_server_dup_address (self->http);

  return self;
}

static void
fixture_free (Fixture *self)
{
  porch_http_server_stop (self->http);
  g_clear_object (&self->kept);
  g_assert_finalize_object (self->http);
  g_object_unref (self->clock);
  g_free (self->address);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
assert_answer (Fixture *self, const char *request, const char *answer)
{
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (self->address);

  porch_test_raw_send_text (raw, request);
  porch_test_raw_wait_for (raw, answer);
}

/* The answer comes, and then the end: what may still be sent is not read as a request. */
static void
assert_refused (Fixture *self, const char *request, guint status)
{
  g_autofree char *status_line = g_strdup_printf ("HTTP/1.1 %u ", status);
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (self->address);

  porch_test_raw_send_text (raw, request);
  porch_test_raw_wait_for (raw, "\r\n\r\n");
  g_assert_true (g_str_has_prefix (raw->received->str, status_line));
  g_assert_nonnull (strstr (raw->received->str, "\r\nConnection: close\r\n"));
  porch_test_raw_wait_for_end (raw);
}

static void
test_routes (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_answer (self, "GET /echo/a/end HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\na|-|127.0.0.1|0");
  assert_answer (self, "GET /echo/a%20b/end?q=%C3%A9+1&z HTTP/1.1\r\nHost: x\r\n\r\n",
                 "\r\n\r\na b|é 1|127.0.0.1|0");
  assert_answer (self, "GET http://x/echo/a/end HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\na|");
  assert_answer (self, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 ");
  assert_answer (self, "GET /echo/a/end/ HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 ");
  assert_answer (self, "PUT /echo/a/end HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405 ");
  assert_answer (self, "PUT /echo/a/end HTTP/1.1\r\nHost: x\r\n\r\n", "Allow: GET, POST\r\n");
  assert_answer (self, "GET /echo/a/end HTTP/1.1\r\nHost: x\r\n\r\n",
                 "Date: Mon, 15 Jan 2024 10:30:00 GMT\r\n");
}

static void
test_malformed_paths (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  /* A slash that was encoded stays within its segment, dots climb nowhere. */
  assert_answer (self, "GET /echo/a%2Fb/end HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\na/b|");
  assert_answer (self, "GET /echo/../echo/a/end HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 ");
  assert_answer (self, "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
                 "HTTP/1.1 404 ");
  assert_answer (self, "GET /echo/%00/end HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400 ");
  assert_answer (self, "GET /echo/%ff/end HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400 ");
  assert_answer (self, "GET /echo/%c0%ae/end HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400 ");
  assert_answer (self, "GET /echo/%zz/end HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400 ");
  assert_answer (self, "GET * HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400 ");
}

static void
test_keep_alive (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (self->address);

  /* Three at once, each answered, in order; the last one asks for the end. */
  porch_test_raw_send_text (raw, "GET /echo/one/end HTTP/1.1\r\nHost: x\r\n\r\n"
                                 "POST /echo/two/end HTTP/1.1\r\nHost: x\r\n"
                                 "Content-Length: 5\r\n\r\nhello"
                                 "HEAD /echo/three/end HTTP/1.1\r\nHost: x\r\n"
                                 "Connection: close\r\n\r\n");
  porch_test_raw_wait_for_end (raw);
  g_assert_nonnull (strstr (raw->received->str, "one|-|127.0.0.1|0HTTP/1.1 200 OK"));
  g_assert_nonnull (strstr (raw->received->str, "two|-|127.0.0.1|5HTTP/1.1 200 OK"));
  /* HEAD has the length, and no body. */
  g_assert_nonnull (strstr (raw->received->str, "Content-Length: 19\r\n"));
  g_assert_null (strstr (raw->received->str, "three|"));
}

static void
test_thousand_pipelined (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (self->address);
  g_autoptr (GString) requests = g_string_new (NULL);
  guint n_answers = 0;

  for (guint i = 0; i < 1000; i++)
    g_string_append (requests, "GET /echo/x/end HTTP/1.1\r\nHost: x\r\n\r\n");
  g_string_append (requests, "GET /echo/x/end HTTP/1.0\r\n\r\n");
  porch_test_raw_send (raw, requests->str, requests->len);
  porch_test_raw_wait_for_end (raw);
  for (const char *at = raw->received->str; (at = strstr (at, "HTTP/1.1 200 OK")) != NULL; at++)
    n_answers++;
  g_assert_cmpuint (n_answers, ==, 1001);
}

static void
test_chunked (void)
{
  g_autoptr (Fixture) self = fixture_new ();

#define CHUNKED "POST /echo/a/end HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
  assert_answer (self, CHUNKED "5;x=y\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nT: u\r\n\r\n",
                 "\r\n\r\na|-|127.0.0.1|21");
  assert_refused (self, CHUNKED "zz\r\n", 400);
  assert_refused (self, CHUNKED "5\r\nhelloXX", 400);
  assert_refused (self, CHUNKED "20001\r\n", 413);
  assert_refused (self, CHUNKED "ffffffffffffffff\r\n", 400);
}

static void
test_expect (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (self->address);

  porch_test_raw_send_text (raw, "POST /echo/a/end HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                                 "Expect: 100-continue\r\n\r\n");
  porch_test_raw_wait_for (raw, "HTTP/1.1 100 Continue\r\n\r\n");
  porch_test_raw_send_text (raw, "ok");
  porch_test_raw_wait_for (raw, "a|-|127.0.0.1|2");

  assert_refused (self,
                  "POST /echo/a/end HTTP/1.1\r\nHost: x\r\nContent-Length: 157286400\r\n"
                  "Expect: 100-continue\r\n\r\n",
                  413);
}

static void
test_refusals (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autofree char *filler = g_strnfill (PORCH_HTTP_HEADERS_MAX_BYTES, 'x');
  g_autofree char *long_header = g_strdup_printf ("GET /echo/a/end HTTP/1.1\r\nHost: x\r\nX: %s",
                                                  filler);

#define POST "POST /echo/a/end HTTP/1.1\r\nHost: x\r\n"
  assert_refused (self, "nonsense\r\n\r\n", 400);
  assert_refused (self, "GET /echo/a/end HTTP/1.1\r\n\r\n", 400);
  assert_refused (self, POST "Content-Length: 131073\r\n\r\n", 413);
  assert_refused (self, POST "Content-Length: 99999999999999999999\r\n\r\n", 400);
  assert_refused (self, POST "Content-Length: -1\r\n\r\n", 400);
  assert_refused (self, POST "Content-Length: 5, 6\r\n\r\nhello!", 400);
  assert_refused (self, POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400);
  assert_refused (self, POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
  assert_refused (self, POST "Transfer-Encoding: gzip, chunked\r\n\r\n", 501);
  assert_refused (self, long_header, 431);
}

static void
advance_s (Fixture *self, guint seconds)
{
  for (guint i = 0; i < seconds; i++)
    porch_fake_clock_advance_ms (self->clock, 1000);
}

/* Lets the server see what was sent. */
static void
settle (void)
{
  for (guint i = 0; i < 20; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (500);
    }
}

static void
assert_deadline (const char *sent, guint deadline_s, const char *answer)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (self->address);

  porch_test_raw_send_text (raw, sent);
  settle ();
  advance_s (self, deadline_s - 1);
  porch_test_raw_receive (raw);
  g_assert_false (raw->is_over);

  advance_s (self, 2);
  if (answer != NULL)
    porch_test_raw_wait_for (raw, answer);
  advance_s (self, 3);
  porch_test_raw_wait_for_end (raw);
}

static void
test_deadlines (void)
{
  assert_deadline ("", 10, NULL);
  assert_deadline ("GET /echo/a/end HTTP/1.1\r\nHost: x\r\n", 10, "HTTP/1.1 408 ");
  assert_deadline (POST "Content-Length: 5\r\n\r\nhel", 20, "HTTP/1.1 408 ");
  assert_deadline ("GET /echo/a/end HTTP/1.1\r\nHost: x\r\n\r\n", 150, "HTTP/1.1 200 ");
}

/* A byte now and then buys no time. */
static void
test_slow_headers (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (self->address);

  for (guint i = 0; i < 11; i++)
    {
      porch_test_raw_send_some (raw, "G", 1);
      settle ();
      advance_s (self, 1);
    }
  porch_test_raw_wait_for (raw, "HTTP/1.1 408 ");
}

static void
test_client_that_goes (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (self->address);
  GCancellable *cancellable;

  porch_test_raw_send_text (raw, "GET /keep HTTP/1.1\r\nHost: x\r\n\r\n");
  while (self->kept == NULL)
    g_main_context_iteration (NULL, TRUE);
  cancellable = porch_http_request_get_cancellable (self->kept);
  g_assert_false (g_cancellable_is_cancelled (cancellable));

  porch_test_raw_free (g_steal_pointer (&raw));
  while (!g_cancellable_is_cancelled (cancellable))
    g_main_context_iteration (NULL, TRUE);

  /* Nobody gets this, and nothing breaks. */
  porch_http_request_respond_error (self->kept, 200, "late");
  g_assert_true (porch_http_request_is_answered (self->kept));
}

static void
test_answered_later (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (self->address);

  porch_test_raw_send_text (raw, "GET /keep HTTP/1.1\r\nHost: x\r\n\r\n"
                                 "GET /echo/next/end HTTP/1.1\r\nHost: x\r\n\r\n");
  while (self->kept == NULL)
    g_main_context_iteration (NULL, TRUE);
  advance_s (self, 60);
  porch_http_request_respond_json (self->kept, 202, "{}");
  porch_test_raw_wait_for (raw, "next|");
  g_assert_true (g_str_has_prefix (raw->received->str, "HTTP/1.1 202 "));
}

static void
test_forgotten_request (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestRaw) raw = porch_test_raw_new (self->address);
  g_autofree char *warnings = NULL;

  porch_test_raw_send_text (raw, "GET /keep HTTP/1.1\r\nHost: x\r\n\r\n");
  while (self->kept == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&self->kept);
  warnings = porch_log_catcher_take ();
  g_assert_nonnull (strstr (warnings, "was not answered"));
  porch_test_raw_wait_for (raw, "HTTP/1.1 500 ");
}

/* On [::] a client with an IPv4 address is still that address. */
static void
test_mapped_address (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchHttpServer) http = porch_http_server_new (PORCH_CLOCK (self->clock));
  g_autofree char *listening = NULL;
  g_autofree char *address = NULL;
  g_autoptr (PorchTestRaw) raw = NULL;
  g_autoptr (GError) error = NULL;

  porch_http_server_add_route (http, "GET", "/echo/{id}/end", on_echo, self);
  if (!porch_http_server_listen (http, "[::]:0", &error))
    {
      g_test_skip (error->message);
      return;
    }

  listening = porch_http_server_dup_address (http);
  address = g_strconcat ("http://127.0.0.1", strrchr (listening, ':'), NULL);
  raw = porch_test_raw_new (address);
  porch_test_raw_send_text (raw, "GET /echo/a/end HTTP/1.1\r\nHost: x\r\n\r\n");
  porch_test_raw_wait_for (raw, "a|-|127.0.0.1|0");
  porch_http_server_stop (http);
}

static void
test_connection_cap (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PorchTestRaw) first = NULL;
  g_autoptr (PorchTestRaw) second = NULL;
  g_autoptr (PorchTestRaw) third = NULL;
  g_autofree char *warnings = NULL;

  porch_http_server_set_max_connections (self->http, 2, 1);
  first = porch_test_raw_new (self->address);
  settle ();
  /* Loopback may have more than one. */
  second = porch_test_raw_new (self->address);
  settle ();
  third = porch_test_raw_new (self->address);
  porch_test_raw_wait_for_end (third);
  warnings = porch_log_catcher_take ();
  g_assert_nonnull (strstr (warnings, "more are refused"));

  porch_test_raw_free (g_steal_pointer (&first));
  settle ();
  assert_answer (self, "GET /echo/a/end HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 ");
}

#define ADD(name, func) g_test_add_func ("/server/http-server/" name, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  porch_log_catcher_install ();

  ADD ("routes", test_routes);
  ADD ("malformed-paths", test_malformed_paths);
  ADD ("keep-alive", test_keep_alive);
  ADD ("thousand-pipelined", test_thousand_pipelined);
  ADD ("chunked", test_chunked);
  ADD ("expect", test_expect);
  ADD ("refusals", test_refusals);
  ADD ("deadlines", test_deadlines);
  ADD ("slow-headers", test_slow_headers);
  ADD ("client-that-goes", test_client_that_goes);
  ADD ("answered-later", test_answered_later);
  ADD ("forgotten-request", test_forgotten_request);
  ADD ("mapped-address", test_mapped_address);
  ADD ("connection-cap", test_connection_cap);

  return g_test_run ();
}
