/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-discover.h"

#include "client/porch-client-error.h"
#include "porch-scripted-server.h"

static PorchDiscovery *
discover (const char *typed, char **server, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_discover_async (typed, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  if (server != NULL)
    *server = g_strdup (porch_discover_get_server (result));

  return porch_discover_finish (result, error);
}

static void
assert_fails (const char *typed, PorchClientError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (discover (typed, NULL, &error));
  g_assert_error (error, PORCH_CLIENT_ERROR, (int) code);
  g_assert_cmpstr (error->message, !=, "");
}

static void
test_finds_a_server (void)
{
  g_autoptr (PorchScriptedServer) server = porch_scripted_server_new ();
  g_autofree char *typed = g_strdup_printf (" 127.0.0.1:%u/ ", server->port);
  g_autofree char *origin = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchDiscovery) discovery = discover (typed, &origin, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (origin, ==, server->origin);
  g_assert_cmpstr (discovery->name, ==, "Scripted");
}

static void
test_not_an_address (void)
{
  const char *const typed[] = {
    "", "   ", "ftp://example.org", "http://example.org", "a b", "https://ann:secret@example.org"
  };

  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    assert_fails (typed[i], PORCH_CLIENT_ERROR_INVALID_ADDRESS);
}

static void
test_nobody_there (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *typed = g_strdup_printf ("127.0.0.1:%u", port);

  g_socket_listener_close (listener);
  assert_fails (typed, PORCH_CLIENT_ERROR_UNREACHABLE);
}

typedef struct
{
  guint status;
  const char *type;
  char *body;
  const char *location;
} Page;

static void
on_request_cb (SoupServer *server,
               SoupServerMessage *message,
               const char *path,
               GHashTable *query,
               gpointer user_data)
{
  const Page *page = user_data;

  soup_server_message_set_status (message, page->status, NULL);
  soup_server_message_set_response (message, page->type, SOUP_MEMORY_COPY, page->body,
                                    strlen (page->body));
  if (page->location != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location",
                                  page->location);
}

static void
assert_page_fails (Page *page, PorchClientError code)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autofree char *typed = NULL;
  GSList *uris;

  soup_server_add_handler (server, NULL, on_request_cb, page, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL);
  uris = soup_server_get_uris (server);
  typed = g_strdup_printf ("127.0.0.1:%d", g_uri_get_port ((GUri *) uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  assert_fails (typed, code);
  soup_server_disconnect (server);
}

static void
test_something_else_there (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autofree char *huge = g_strnfill (10 * 1024 * 1024, ' ');
  Page pages[] = {
    { 200, "text/html", (char *) "<!DOCTYPE html><title>A router</title>", NULL },
    { 200, "application/json", (char *) "{}", NULL },
    { 200, "application/json", (char *) "{\"version\":2}", NULL },
    { 200, "application/json", (char *) "", NULL },
    { 200, "application/json", deep, NULL },
    { 200, "application/json", huge, NULL },
    { 404, "text/html", (char *) "<!DOCTYPE html><title>Not found</title>", NULL },
    { 302, "text/html", (char *) "", "/elsewhere" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    assert_page_fails (&pages[i], PORCH_CLIENT_ERROR_NOT_PORCHLIGHT);
}

static void
test_server_in_trouble (void)
{
  Page page = { 502, "text/html", (char *) "Bad gateway", NULL };

  assert_page_fails (&page, PORCH_CLIENT_ERROR_UNREACHABLE);
}

static void
test_plain_addresses_are_not_taken (void)
{
  Page page = {
    200, "application/json",
    (char *) "{\"version\":1,\"name\":\"x\",\"supabase\":{\"url\":\"http://example.org\","
             "\"anonKey\":\"k\"},\"api\":{\"url\":\"https://example.org\"},\"pusher\":{\"key\":"
             "\"k\",\"host\":\"example.org\",\"port\":443,\"tls\":true,\"authEndpoint\":\"/a\"}}",
    NULL
  };

  assert_page_fails (&page, PORCH_CLIENT_ERROR_NOT_PORCHLIGHT);
}

static void
test_wrong_certificate (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "client", "fixtures",
                                                 "self-signed.pem", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_file (path, &error);
  g_autoptr (SoupServer) server = NULL;
  g_autofree char *typed = NULL;
  GSList *uris;

  g_assert_no_error (error);
  server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS,
                            &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server);
  typed = g_strdup_printf ("https://127.0.0.1:%d", g_uri_get_port ((GUri *) uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  assert_fails (typed, PORCH_CLIENT_ERROR_TLS);
  soup_server_disconnect (server);
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_discover_async ("127.0.0.1:1", cancellable, porch_test_take_result, &result);
  g_cancellable_cancel (cancellable);
  porch_test_wait_until (result != NULL);

  g_assert_null (porch_discover_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/discover/finds-a-server", test_finds_a_server);
  g_test_add_func ("/client/discover/not-an-address", test_not_an_address);
  g_test_add_func ("/client/discover/nobody-there", test_nobody_there);
  g_test_add_func ("/client/discover/something-else-there", test_something_else_there);
  g_test_add_func ("/client/discover/server-in-trouble", test_server_in_trouble);
  g_test_add_func ("/client/discover/plain-addresses-are-not-taken",
                   test_plain_addresses_are_not_taken);
  g_test_add_func ("/client/discover/wrong-certificate", test_wrong_certificate);
  g_test_add_func ("/client/discover/cancel", test_cancel);

  return g_test_run ();
}
