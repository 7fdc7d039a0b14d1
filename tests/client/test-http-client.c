/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-http-client.h"

#include "client/porch-client-error.h"
#include "porch-fake-clock.h"
#include "porch-scripted-server.h"

typedef struct
{
  PorchFakeClock *clock;
  PorchHttpClient *http;
  SoupServer *server;
  char *origin;
  guint n_requests;
  guint n_finished;
  SoupServerMessage *stalled;
} Fixture;

static void
on_finished_cb (SoupServerMessage *message, Fixture *fixture)
{
  fixture->n_finished++;
}

static void
on_wrote_chunk_cb (SoupServerMessage *message, gpointer user_data)
{
  static const char chunk[16 * 1024];

  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC,
                            chunk, sizeof chunk);
}

static void
respond (SoupServerMessage *message, guint status, const char *body)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body,
                                    strlen (body));
}

static void
on_request_cb (SoupServer *server,
               SoupServerMessage *message,
               const char *path,
               GHashTable *query,
               gpointer user_data)
{
  Fixture *fixture = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  fixture->n_requests++;
  g_signal_connect (message, "finished", G_CALLBACK (on_finished_cb), fixture);

  if (g_str_equal (path, "/endless"))
    {
      soup_server_message_set_status (message, 200, NULL);
      soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
      g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk_cb), NULL);
      on_wrote_chunk_cb (message, NULL);
    }
  else if (g_str_equal (path, "/long"))
    {
      g_autofree char *body = g_strnfill (PORCH_HTTP_BODY_MAX_BYTES + 1, 'x');

      respond (message, 200, body);
    }
  else if (g_str_equal (path, "/just-right"))
    {
      g_autofree char *body = g_strnfill (PORCH_HTTP_BODY_MAX_BYTES, 'x');

      respond (message, 200, body);
    }
  else if (g_str_equal (path, "/redirect"))
    {
      soup_message_headers_replace (headers, "Location", "/hello");
      respond (message, 302, "");
    }
  else if (g_str_equal (path, "/stall"))
    {
      soup_server_message_pause (message);
      g_set_object (&fixture->stalled, message);
    }
  else if (g_str_equal (path, "/cached"))
    {
      soup_message_headers_replace (headers, "Date", "Tue, 14 Nov 2023 22:13:20 GMT");
      soup_message_headers_replace (headers, "Age", "5");
      respond (message, 200, "{}");
    }
  else
    {
      soup_message_headers_replace (headers, "Date", "Tue, 14 Nov 2023 22:13:20 GMT");
      soup_message_headers_replace (headers, "Retry-After", "7");
      soup_message_headers_replace (headers, "Set-Cookie", "a=b");
      g_assert_null (soup_message_headers_get_one (
          soup_server_message_get_request_headers (message), "Cookie"));
      g_assert_null (soup_message_headers_get_one (
          soup_server_message_get_request_headers (message), "Accept-Encoding"));
      respond (message, 200, "{\"hello\":1}");
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  fixture->clock = porch_fake_clock_new (g_get_real_time ());
  fixture->http = porch_http_client_new (PORCH_CLOCK (fixture->clock));
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request_cb, fixture, NULL);
  soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->origin = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port ((GUri *) uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_run_dispose (G_OBJECT (fixture->http));
  porch_run_for_ms (20);
  g_assert_finalize_object (fixture->http);
  g_clear_object (&fixture->stalled);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  g_assert_cmpuint (porch_fake_clock_get_n_timers (fixture->clock), ==, 0);
  g_object_unref (fixture->clock);
  g_free (fixture->origin);
}

static void
send (Fixture *fixture, const char *path, GCancellable *cancellable, GAsyncResult **result)
{
  g_autofree char *url = g_strconcat (fixture->origin, path, NULL);
  g_autoptr (SoupMessage) message = porch_http_message_new ("GET", url);

  porch_http_client_send_async (fixture->http, message, PORCH_HTTP_BODY_MAX_BYTES,
                                PORCH_HTTP_DEADLINE_MS, cancellable, porch_test_take_result,
                                result);
}

static PorchHttpAnswer *
ask (Fixture *fixture, const char *path, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  send (fixture, path, NULL, &result);
  porch_test_wait_until (result != NULL);

  return porch_http_client_send_finish (fixture->http, result, error);
}

static void
test_answer (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PorchHttpAnswer) answer = ask (fixture, "/hello", &error);

      g_assert_no_error (error);
      g_assert_cmpuint (answer->status, ==, 200);
      g_assert_cmpstr (answer->body, ==, "{\"hello\":1}");
      g_assert_cmpuint (answer->length, ==, 11);
      g_assert_true (answer->is_json);
      g_assert_cmpint (answer->date_us, ==, G_GINT64_CONSTANT (1700000000000000));
      g_assert_cmpuint (answer->retry_after_s, ==, 7);
    }
}

static void
test_date_of_a_cache_is_not_taken (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchHttpAnswer) answer = ask (fixture, "/cached", NULL);

  g_assert_cmpint (answer->date_us, ==, 0);
}

static void
test_body_is_bounded (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchHttpAnswer) just_right = ask (fixture, "/just-right", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (just_right->length, ==, PORCH_HTTP_BODY_MAX_BYTES);
  g_assert_null (ask (fixture, "/long", &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_TOO_LARGE);
}

static void
test_endless_body_is_left (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (fixture, "/endless", &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_TOO_LARGE);

  /* The server can stop, too: the connection is closed, not read to its end. */
  porch_test_wait_until (fixture->n_finished == 1);
}

static void
test_redirect_is_an_answer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PorchHttpAnswer) answer = ask (fixture, "/redirect", NULL);

  g_assert_cmpuint (answer->status, ==, 302);
  g_assert_cmpuint (fixture->n_requests, ==, 1);
}

static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  send (fixture, "/stall", NULL, &result);
  porch_test_wait_until (fixture->n_requests == 1);
  porch_fake_clock_advance_ms (fixture->clock, PORCH_HTTP_DEADLINE_MS);
  porch_test_wait_until (result != NULL);

  g_assert_null (porch_http_client_send_finish (fixture->http, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  send (fixture, "/stall", cancellable, &result);
  porch_test_wait_until (fixture->n_requests == 1);
  g_cancellable_cancel (cancellable);
  porch_test_wait_until (result != NULL);

  g_assert_null (porch_http_client_send_finish (fixture->http, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancelled_before_it_began (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  send (fixture, "/hello", cancellable, &result);
  porch_test_wait_until (result != NULL);

  g_assert_null (porch_http_client_send_finish (fixture->http, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_goes_away (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  send (fixture, "/stall", NULL, &result);
  porch_test_wait_until (fixture->n_requests == 1);
  g_object_run_dispose (G_OBJECT (fixture->http));
  porch_test_wait_until (result != NULL);

  g_assert_null (porch_http_client_send_finish (fixture->http, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                            \
  g_test_add ("/client/http-client/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("answer", test_answer);
  ADD ("date-of-a-cache-is-not-taken", test_date_of_a_cache_is_not_taken);
  ADD ("body-is-bounded", test_body_is_bounded);
  ADD ("endless-body-is-left", test_endless_body_is_left);
  ADD ("redirect-is-an-answer", test_redirect_is_an_answer);
  ADD ("deadline", test_deadline);
  ADD ("cancel", test_cancel);
  ADD ("cancelled-before-it-began", test_cancelled_before_it_began);
  ADD ("goes-away", test_goes_away);
#undef ADD

  return g_test_run ();
}
