/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-avatar-fetcher.h"

#include <glib/gstdio.h>
#include <utime.h>

#include "client/porch-client-error.h"
#include "porch-scripted-server.h"
#include "porch-test-pictures.h"

typedef struct
{
  SoupServer *server;
  char *origin;
  char *folder;
  PorchAvatarFetcher *fetcher;

  GBytes *picture;
  guint status;
  const char *location;
  gboolean is_chunked;
  gboolean stalls;
  GPtrArray *stalled;
  guint n_requests;
} Fixture;

static void
on_request_cb (SoupServer *server,
               SoupServerMessage *message,
               const char *path,
               GHashTable *query,
               gpointer user_data)
{
  Fixture *fixture = user_data;
  SoupMessageHeaders *request = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *response = soup_server_message_get_response_headers (message);

  fixture->n_requests++;
  g_assert_null (soup_message_headers_get_one (request, "Cookie"));
  g_assert_null (soup_message_headers_get_one (request, "Authorization"));

  if (fixture->stalls)
    {
      soup_server_message_pause (message);
      g_ptr_array_add (fixture->stalled, g_object_ref (message));
      return;
    }

  soup_message_headers_replace (response, "Set-Cookie", "track=me");
  if (fixture->location != NULL)
    soup_message_headers_replace (response, "Location", fixture->location);
  if (fixture->is_chunked)
    soup_message_headers_set_encoding (response, SOUP_ENCODING_CHUNKED);
  soup_message_headers_set_content_type (response, "image/png", NULL);
  soup_server_message_set_status (message, fixture->status, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message),
                                  fixture->picture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request_cb, fixture, NULL);
  soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->origin = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port ((GUri *) uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  fixture->folder = g_dir_make_tmp ("porch-avatars-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->fetcher = porch_avatar_fetcher_new (fixture->folder, fixture->origin);
  fixture->picture = porch_test_picture_png (64, 64);
  fixture->status = 200;
  fixture->stalled = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_object_run_dispose (G_OBJECT (fixture->fetcher));
  porch_run_for_ms (20);
  g_assert_finalize_object (fixture->fetcher);
  g_ptr_array_unref (fixture->stalled);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);

  dir = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->origin);
  g_bytes_unref (fixture->picture);
}

static void
set_picture (Fixture *fixture, GBytes *picture)
{
  g_bytes_unref (fixture->picture);
  fixture->picture = picture;
}

static char *
fetch (Fixture *fixture, const char *url, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  porch_avatar_fetcher_fetch_async (fixture->fetcher, url, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);

  return porch_avatar_fetcher_fetch_finish (fixture->fetcher, result, error);
}

static guint
count_files (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;

  return count;
}

static void
assert_refused (Fixture *fixture, const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fetch (fixture, url, &error);

  g_assert_null (path);
  g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_REFUSED);
  g_assert_cmpuint (count_files (fixture), ==, 0);
}

static void
test_fetches_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = g_strconcat (fixture->origin, "/avatars/bob", NULL);
  g_autofree char *before = porch_avatar_fetcher_lookup (fixture->fetcher, url);
  g_autofree char *first = fetch (fixture, url, &error);
  g_autofree char *second = NULL;
  g_autofree char *known = NULL;
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_no_error (error);
  g_assert_null (before);
  g_assert_true (g_file_get_contents (first, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, g_bytes_get_data (fixture->picture, NULL),
                   g_bytes_get_size (fixture->picture));

  /* The path on the server is the same picture. */
  second = fetch (fixture, "/avatars/bob", &error);
  known = porch_avatar_fetcher_lookup (fixture->fetcher, url);
  g_assert_cmpstr (second, ==, first);
  g_assert_cmpstr (known, ==, first);
  g_assert_cmpuint (fixture->n_requests, ==, 1);
}

static void
test_who_asks_together_waits_together (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *results[10] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    porch_avatar_fetcher_fetch_async (fixture->fetcher, "/avatars/bob", NULL,
                                      porch_test_take_result, &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autofree char *path = NULL;

      porch_test_wait_until (results[i] != NULL);
      path = porch_avatar_fetcher_fetch_finish (fixture->fetcher, results[i], NULL);
      g_assert_nonnull (path);
      g_object_unref (results[i]);
    }

  g_assert_cmpuint (fixture->n_requests, ==, 1);
}

static void
test_four_at_a_time (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *results[20] = { NULL };

  fixture->stalls = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autofree char *url = g_strdup_printf ("/avatars/%u", i);

      porch_avatar_fetcher_fetch_async (fixture->fetcher, url, NULL, porch_test_take_result,
                                        &results[i]);
    }
  porch_test_wait_until (fixture->n_requests == 4);
  porch_run_for_ms (50);
  g_assert_cmpuint (fixture->n_requests, ==, 4);

  /* Going away ends them all. */
  g_object_run_dispose (G_OBJECT (fixture->fetcher));
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;

      porch_test_wait_until (results[i] != NULL);
      g_assert_null (porch_avatar_fetcher_fetch_finish (fixture->fetcher, results[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_object_unref (results[i]);
    }
}

static void
test_not_a_picture (Fixture *fixture, gconstpointer data)
{
  const char *const bodies[] = {
    "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "GIF89a\1\1\1\1\1\1\1;",
    "<!DOCTYPE html><title>x</title>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      set_picture (fixture, g_bytes_new_static (bodies[i], strlen (bodies[i])));
      assert_refused (fixture, "/avatars/bob");
    }
}

static void
test_too_many_pixels (Fixture *fixture, gconstpointer data)
{
  const guint sizes[][2] = { { 2049, 1 }, { 1, 2049 }, { 0, 10 }, { 10, 0 }, { G_MAXUINT32, 7 } };
  g_autofree char *path = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      set_picture (fixture, porch_test_picture_png (sizes[i][0], sizes[i][1]));
      assert_refused (fixture, "/avatars/bob");
    }

  set_picture (fixture, porch_test_picture_png (2048, 2048));
  path = fetch (fixture, "/avatars/bob", NULL);
  g_assert_nonnull (path);
}

static void
test_too_many_bytes (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GBytes) png = porch_test_picture_png (64, 64);
      guint8 *bytes = g_malloc0 (512 * 1024 + 1);
      g_autoptr (GError) error = NULL;

      memcpy (bytes, g_bytes_get_data (png, NULL), g_bytes_get_size (png));
      set_picture (fixture, g_bytes_new_take (bytes, 512 * 1024 + 1));
      fixture->is_chunked = i == 1;

      g_assert_null (fetch (fixture, "/avatars/bob", &error));
      g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_TOO_LARGE);
      g_assert_cmpuint (count_files (fixture), ==, 0);
    }
}

static void
test_redirect_is_not_followed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->status = 302;
  fixture->location = "/elsewhere";

  g_assert_null (fetch (fixture, "/avatars/bob", &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (fixture->n_requests, ==, 1);
}

static void
test_private_addresses (Fixture *fixture, gconstpointer data)
{
  const char *const hosts[] = { "127.0.0.1",       "localhost",          "[::1]",     "10.0.0.1",
                                "169.254.169.254", "[::ffff:127.0.0.1]", "[fe80::1]", "0.0.0.0",
                                "0x7f000001",      "2130706433" };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *url = g_strdup_printf ("https://%s:1/x.png", hosts[i]);
      g_autoptr (GError) error = NULL;
      g_autofree char *path = fetch (fixture, url, &error);

      g_assert_null (path);
      /* The last two are no addresses to some resolvers. */
      if (i < 8)
        g_assert_error (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_REFUSED);
    }
  g_assert_cmpuint (fixture->n_requests, ==, 0);
}

static void
test_other_schemes (Fixture *fixture, gconstpointer data)
{
  const char *const urls[] = {
    "http://example.org/x.png",
    "http://127.0.0.1:1/x.png",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "https://ann:secret@example.org/x.png",
    "//example.org:80",
    "javascript:alert(1)",
    "",
    "https://",
    "ftp://example.org/x.png",
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    if (*urls[i] != '\0')
      assert_refused (fixture, urls[i]);
  g_assert_cmpuint (fixture->n_requests, ==, 0);
}

/* A name that is public when it is looked at and of this computer when it is used. */
#define TURNCOAT_TYPE_RESOLVER (turncoat_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TurncoatResolver, turncoat_resolver, TURNCOAT, RESOLVER, GResolver)

struct _TurncoatResolver
{
  GResolver parent_instance;

  guint n_lookups;
};

G_DEFINE_FINAL_TYPE (TurncoatResolver, turncoat_resolver, G_TYPE_RESOLVER)

static void
turncoat_resolver_lookup_async (GResolver *resolver,
                                const char *hostname,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  TurncoatResolver *self = TURNCOAT_RESOLVER (resolver);
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  const char *address = self->n_lookups++ == 0 ? "93.184.216.34" : "127.0.0.1";

  g_task_return_pointer (task, g_list_append (NULL, g_inet_address_new_from_string (address)),
                         NULL);
}

static void
turncoat_resolver_lookup_with_flags_async (GResolver *resolver,
                                           const char *hostname,
                                           GResolverNameLookupFlags flags,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data)
{
  if (flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY)
    {
      g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

      g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "None");
      return;
    }

  turncoat_resolver_lookup_async (resolver, hostname, cancellable, callback, user_data);
}

static GList *
turncoat_resolver_lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
turncoat_resolver_class_init (TurncoatResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name_async = turncoat_resolver_lookup_async;
  resolver_class->lookup_by_name_finish = turncoat_resolver_lookup_finish;
  resolver_class->lookup_by_name_with_flags_async = turncoat_resolver_lookup_with_flags_async;
  resolver_class->lookup_by_name_with_flags_finish = turncoat_resolver_lookup_finish;
}

static void
turncoat_resolver_init (TurncoatResolver *self)
{
}

static void
test_name_that_turns (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GResolver) before = g_resolver_get_default ();
  g_autoptr (TurncoatResolver) turncoat = g_object_new (TURNCOAT_TYPE_RESOLVER, NULL);
  g_autofree char *url = g_strdup_printf ("https://pictures.example.org:%s/x.png",
                                          strrchr (fixture->origin, ':') + 1);

  g_resolver_set_default (G_RESOLVER (turncoat));
  assert_refused (fixture, url);
  g_resolver_set_default (before);

  g_assert_cmpuint (turncoat->n_lookups, ==, 2);
  g_assert_cmpuint (fixture->n_requests, ==, 0);
}

static void
test_old_picture_does_while_there_is_no_new_one (Fixture *fixture, gconstpointer data)
{
  const struct utimbuf long_ago = { 1000000000, 1000000000 };
  g_autofree char *path = fetch (fixture, "/avatars/bob", NULL);
  g_autofree char *again = NULL;
  g_autofree char *still = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (utime (path, &long_ago), ==, 0);
  again = fetch (fixture, "/avatars/bob", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->n_requests, ==, 2);

  g_assert_cmpint (utime (path, &long_ago), ==, 0);
  fixture->status = 500;
  still = fetch (fixture, "/avatars/bob", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (still, ==, path);
}

static void
test_folder_stays_small (Fixture *fixture, gconstpointer data)
{
  g_autofree char *fetched = NULL;
  g_autofree char *oldest = g_build_filename (fixture->folder, "00", NULL);
  g_autofree char *newest = g_build_filename (fixture->folder, "33", NULL);

  for (guint i = 0; i < 34; i++)
    {
      const struct utimbuf time = { 1000000000 + i, 1000000000 + i };
      g_autofree char *name = g_strdup_printf ("%02u", i);
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_assert_true (g_file_set_contents (path, "", 0, NULL));
      g_assert_cmpint (truncate (path, 1024 * 1024), ==, 0);
      g_assert_cmpint (utime (path, &time), ==, 0);
    }

  fetched = fetch (fixture, "/avatars/bob", NULL);

  porch_test_wait_until (!g_file_test (oldest, G_FILE_TEST_EXISTS));
  porch_run_for_ms (50);
  g_assert_true (g_file_test (newest, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (fetched, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_files (fixture), ==, 32);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                            \
  g_test_add ("/client/avatar-fetcher/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("fetches-once", test_fetches_once);
  ADD ("who-asks-together-waits-together", test_who_asks_together_waits_together);
  ADD ("four-at-a-time", test_four_at_a_time);
  ADD ("not-a-picture", test_not_a_picture);
  ADD ("too-many-pixels", test_too_many_pixels);
  ADD ("too-many-bytes", test_too_many_bytes);
  ADD ("redirect-is-not-followed", test_redirect_is_not_followed);
  ADD ("private-addresses", test_private_addresses);
  ADD ("other-schemes", test_other_schemes);
  ADD ("name-that-turns", test_name_that_turns);
  ADD ("old-picture-does-while-there-is-no-new-one",
       test_old_picture_does_while_there_is_no_new_one);
  ADD ("folder-stays-small", test_folder_stays_small);
#undef ADD

  return g_test_run ();
}
