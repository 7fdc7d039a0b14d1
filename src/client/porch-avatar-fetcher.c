/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Fetches pictures that other people named, and keeps them in a bounded folder that the window
 * reads. Owned by the agent, one for each account. An address somebody else chose is not trusted:
 * it may not lead into the home network, it gets no token and no cookie, and what it gives is
 * looked at before it is kept. Nothing is decoded here.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-avatar-fetcher.h"

#include "config.h"

#include "client/porch-client-error.h"
#include "client/porch-http-client.h"
#include "client/porch-image-header.h"
#include "client/porch-public-address.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define PICTURE_MAX_BYTES   (512 * 1024)
#define PICTURE_MAX_PIXELS  2048
#define FETCHES_MAX         4
#define WAITING_MAX         10000
#define URL_MAX_BYTES       2048
#define DEADLINE_MS         20000
#define IDLE_TIMEOUT_S      10
#define FRESH_US            (24 * G_TIME_SPAN_HOUR)
#define FOLDER_MAX_BYTES    (32 * 1024 * 1024)
#define FOLDER_MAX_PICTURES 2000

struct _PorchAvatarFetcher
{
  GObject parent_instance;

  char *folder;
  GUri *server;
  PorchHttpClient *http;

  GHashTable *fetches; /* address → Fetch */
  GQueue waiting;      /* of Fetch, not owned */
  guint n_running;
  gboolean is_pruning;
};

/* A picture that is wanted; owned by the table, and kept alive by what is under way. */
typedef struct
{
  grefcount ref_count;
  PorchAvatarFetcher *fetcher;
  char *url;
  char *path;
  gboolean is_own; /* of the account's own server */
  GPtrArray *tasks;
  GCancellable *cancellable;
  gboolean is_refused;
} Fetch;

G_DEFINE_FINAL_TYPE (PorchAvatarFetcher, porch_avatar_fetcher, G_TYPE_OBJECT)

static void pump_fetches (PorchAvatarFetcher *self);

static void
fetch_unref (Fetch *fetch)
{
  if (!g_ref_count_dec (&fetch->ref_count))
    return;

  g_free (fetch->url);
  g_free (fetch->path);
  g_ptr_array_unref (fetch->tasks);
  g_object_unref (fetch->cancellable);
  g_object_unref (fetch->fetcher);
  g_free (fetch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fetch, fetch_unref)

static Fetch *
fetch_ref (Fetch *fetch)
{
  g_ref_count_inc (&fetch->ref_count);

  return fetch;
}

static char *
build_path (PorchAvatarFetcher *self, const char *url)
{
  g_autofree char *name = g_compute_checksum_for_string (G_CHECKSUM_SHA256, url, -1);

  return g_build_filename (self->folder, name, NULL);
}

static int
get_port (GUri *uri)
{
  if (g_uri_get_port (uri) > 0)
    return g_uri_get_port (uri);

  return g_str_equal (g_uri_get_scheme (uri), "https") ? 443 : 80;
}

static gboolean
is_of_server (PorchAvatarFetcher *self, GUri *uri)
{
  return self->server != NULL
         && g_str_equal (g_uri_get_scheme (uri), g_uri_get_scheme (self->server))
         && g_ascii_strcasecmp (g_uri_get_host (uri), g_uri_get_host (self->server)) == 0
         && get_port (uri) == get_port (self->server);
}

/* The whole address of a picture, or NULL where we do not go. */
static char *
resolve_url (PorchAvatarFetcher *self, const char *url, gboolean *is_own)
{
  g_autoptr (GUri) uri = NULL;
  const char *host;

  if (strlen (url) > URL_MAX_BYTES)
    return NULL;

  uri = self->server != NULL ? g_uri_parse_relative (self->server, url, G_URI_FLAGS_ENCODED, NULL)
                             : g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  host = uri != NULL ? g_uri_get_host (uri) : NULL;
  if (host == NULL || *host == '\0' || g_uri_get_userinfo (uri) != NULL)
    return NULL;

  *is_own = is_of_server (self, uri);
  if (!*is_own && !g_str_equal (g_uri_get_scheme (uri), "https"))
    return NULL;

  return g_uri_to_string_partial (uri, G_URI_HIDE_FRAGMENT);
}

static GError *
new_refusal (const char *why)
{
  return g_error_new (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_REFUSED, "%s (%s)",
                      _ ("This picture is not taken."), why);
}

/* Oldest first. */
typedef struct
{
  char *path;
  gint64 time;
  gint64 size;
} Picture;

static void
picture_free (Picture *picture)
{
  g_free (picture->path);
  g_free (picture);
}

static int
compare_pictures (gconstpointer a, gconstpointer b)
{
  const Picture *first = *(Picture *const *) a;
  const Picture *second = *(Picture *const *) b;

  return (first->time > second->time) - (first->time < second->time);
}

static void
prune_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const char *folder = task_data;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) pictures = g_ptr_array_new_with_free_func ((GDestroyNotify) picture_free);
  gint64 bytes = 0;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf info;
      Picture *picture;

      if (g_stat (path, &info) != 0 || !S_ISREG (info.st_mode))
        continue;

      picture = g_new0 (Picture, 1);
      picture->path = g_steal_pointer (&path);
      picture->time = info.st_mtime;
      picture->size = info.st_size;
      g_ptr_array_add (pictures, picture);
      bytes += picture->size;
    }

  g_ptr_array_sort (pictures, compare_pictures);
  for (guint i = 0; i < pictures->len; i++)
    {
      const Picture *picture = pictures->pdata[i];

      if (bytes <= FOLDER_MAX_BYTES && pictures->len - i <= FOLDER_MAX_PICTURES)
        break;

      g_unlink (picture->path);
      bytes -= picture->size;
    }

  g_task_return_boolean (task, TRUE);
}

static void
on_pruned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PORCH_AVATAR_FETCHER (source)->is_pruning = FALSE;
}

/* The pictures that were fetched longest ago go first; fetched means used, since what is shown is
 * fetched again every day. */
static void
prune_folder (PorchAvatarFetcher *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->is_pruning)
    return;

  self->is_pruning = TRUE;
  task = g_task_new (self, NULL, on_pruned_cb, NULL);
  g_task_set_task_data (task, g_strdup (self->folder), g_free);
  g_task_run_in_thread (task, prune_in_thread);
}

/* Ends a fetch that runs: everyone who waits gets the file or @error. */
static void
finish_fetch (Fetch *fetch, const GError *error)
{
  PorchAvatarFetcher *self = fetch->fetcher;
  g_autoptr (Fetch) alive = fetch_ref (fetch);

  if (self->http == NULL)
    return;

  if (error != NULL)
    g_debug ("%s: %s", fetch->url, error->message);

  self->n_running--;
  g_hash_table_remove (self->fetches, fetch->url);
  for (guint i = 0; i < fetch->tasks->len; i++)
    {
      if (error != NULL)
        g_task_return_error (fetch->tasks->pdata[i], g_error_copy (error));
      else
        g_task_return_pointer (fetch->tasks->pdata[i], g_strdup (fetch->path), g_free);
    }

  if (self->n_running == 0 && error == NULL)
    prune_folder (self);
  pump_fetches (self);
}

/* No picture came now; one from before does as well. */
static void
fail_fetch (Fetch *fetch, const GError *error)
{
  if (!g_error_matches (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_REFUSED)
      && g_file_test (fetch->path, G_FILE_TEST_IS_REGULAR))
    finish_fetch (fetch, NULL);
  else
    finish_fetch (fetch, error);
}

static void
on_written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fetch) fetch = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    finish_fetch (fetch, NULL);
  else
    fail_fetch (fetch, error);
}

static GError *
check_answer (const PorchHttpAnswer *answer)
{
  guint width, height;

  if (answer->status != 200)
    return g_error_new (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_FAILED, "Status %u", answer->status);

  if (!porch_image_header_parse ((const guint8 *) answer->body, answer->length, &width, &height))
    return new_refusal ("neither PNG nor JPEG nor WebP");

  if (width == 0 || height == 0 || width > PICTURE_MAX_PIXELS || height > PICTURE_MAX_PIXELS)
    return new_refusal ("too many pixels");

  return NULL;
}

static void
on_picture_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fetch) fetch = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchHttpAnswer) answer = porch_http_client_send_finish (PORCH_HTTP_CLIENT (source),
                                                                      result, &error);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (fetch->is_refused)
    {
      g_clear_error (&error);
      error = new_refusal ("a private address");
    }
  else if (answer != NULL)
    {
      error = check_answer (answer);
    }
  if (error != NULL)
    {
      fail_fetch (fetch, error);
      return;
    }

  file = g_file_new_for_path (fetch->path);
  bytes = g_bytes_new (answer->body, answer->length);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE,
                                       fetch->cancellable, on_written_cb, fetch_ref (fetch));
}

/* The last word on where a request goes: the address that the socket itself is about to talk to,
 * whatever the name said a moment ago. A proxy's own address is the person's choice. */
static void
on_network_event_cb (SoupMessage *message,
                     GSocketClientEvent event,
                     GIOStream *stream,
                     Fetch *fetch)
{
  g_autoptr (GSocketAddress) address = NULL;

  if ((event != G_SOCKET_CLIENT_CONNECTING && event != G_SOCKET_CLIENT_CONNECTED)
      || !G_IS_SOCKET_CONNECTION (stream))
    return;

  address = g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (stream), NULL);
  if (!G_IS_INET_SOCKET_ADDRESS (address) || G_IS_PROXY_ADDRESS (address)
      || porch_address_is_public (
          g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    return;

  fetch->is_refused = TRUE;
  g_cancellable_cancel (fetch->cancellable);
}

static void
send_fetch (Fetch *fetch)
{
  g_autoptr (SoupMessage) message = porch_http_message_new ("GET", fetch->url);

  if (message == NULL)
    {
      g_autoptr (GError) error = new_refusal ("not an address");

      fail_fetch (fetch, error);
      return;
    }

  soup_message_add_flags (message, SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  if (!fetch->is_own)
    g_signal_connect_data (message, "network-event", G_CALLBACK (on_network_event_cb),
                           fetch_ref (fetch), (GClosureNotify) fetch_unref, 0);
  porch_http_client_send_async (fetch->fetcher->http, message, PICTURE_MAX_BYTES, DEADLINE_MS,
                                fetch->cancellable, on_picture_cb, fetch_ref (fetch));
}

static void
on_resolved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fetch) fetch = user_data;
  g_autoptr (GError) error = NULL;
  g_autolist (GInetAddress) addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source),
                                                                          result, &error);

  for (GList *at = addresses; at != NULL && error == NULL; at = at->next)
    if (!porch_address_is_public (at->data))
      error = new_refusal ("a private address");

  if (fetch->fetcher->http == NULL)
    return;

  if (error != NULL)
    fail_fetch (fetch, error);
  else
    send_fetch (fetch);
}

/* Looks at the addresses before a packet leaves, so that nobody can use us to knock on doors at
 * home; the own server is spared, it may be at home itself. */
static void
start_fetch (Fetch *fetch)
{
  g_autoptr (GResolver) resolver = NULL;
  g_autoptr (GUri) uri = NULL;

  if (fetch->is_own)
    {
      send_fetch (fetch);
      return;
    }

  resolver = g_resolver_get_default ();
  uri = g_uri_parse (fetch->url, G_URI_FLAGS_ENCODED, NULL);
  g_resolver_lookup_by_name_async (resolver, g_uri_get_host (uri), fetch->cancellable,
                                   on_resolved_cb, fetch_ref (fetch));
}

static void
pump_fetches (PorchAvatarFetcher *self)
{
  while (self->http != NULL && self->n_running < FETCHES_MAX && !g_queue_is_empty (&self->waiting))
    {
      self->n_running++;
      start_fetch (g_queue_pop_head (&self->waiting));
    }
}

static void
porch_avatar_fetcher_dispose (GObject *object)
{
  PorchAvatarFetcher *self = PORCH_AVATAR_FETCHER (object);
  g_autoptr (GObject) http = G_OBJECT (g_steal_pointer (&self->http));
  GHashTableIter iter;
  gpointer value;

  g_queue_clear (&self->waiting);
  g_hash_table_iter_init (&iter, self->fetches);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      g_autoptr (Fetch) fetch = fetch_ref (value);

      g_hash_table_iter_remove (&iter);
      g_cancellable_cancel (fetch->cancellable);
      for (guint i = 0; i < fetch->tasks->len; i++)
        g_task_return_new_error (fetch->tasks->pdata[i], G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                 "The fetcher went away");
      g_ptr_array_set_size (fetch->tasks, 0);
    }
  if (http != NULL)
    g_object_run_dispose (http);

  G_OBJECT_CLASS (porch_avatar_fetcher_parent_class)->dispose (object);
}

static void
porch_avatar_fetcher_finalize (GObject *object)
{
  PorchAvatarFetcher *self = PORCH_AVATAR_FETCHER (object);

  g_clear_pointer (&self->fetches, g_hash_table_unref);
  g_clear_pointer (&self->server, g_uri_unref);
  g_clear_pointer (&self->folder, g_free);

  G_OBJECT_CLASS (porch_avatar_fetcher_parent_class)->finalize (object);
}

static void
porch_avatar_fetcher_class_init (PorchAvatarFetcherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_avatar_fetcher_dispose;
  object_class->finalize = porch_avatar_fetcher_finalize;
}

static void
porch_avatar_fetcher_init (PorchAvatarFetcher *self)
{
  g_autoptr (PorchClock) clock = porch_clock_new ();

  self->http = porch_http_client_new (clock);
  soup_session_set_idle_timeout (porch_http_client_get_session (self->http), IDLE_TIMEOUT_S);
  self->fetches = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) fetch_unref);
  g_queue_init (&self->waiting);
}

/**
 * porch_avatar_fetcher_new:
 * @folder: the folder of the pictures, made where it is missing
 * @server: (nullable): the origin of the account's server: relative addresses are of it, and it
 *   alone may be at a private address or without TLS
 *
 * Returns: (transfer full): a fetcher
 */
PorchAvatarFetcher *
porch_avatar_fetcher_new (const char *folder, const char *server)
{
  PorchAvatarFetcher *self;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (PORCH_TYPE_AVATAR_FETCHER, NULL);
  self->folder = g_strdup (folder);
  if (server != NULL)
    self->server = g_uri_parse (server, G_URI_FLAGS_ENCODED, NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    g_message ("%s cannot be made: %s", folder, g_strerror (errno));

  return self;
}

/**
 * porch_avatar_fetcher_lookup:
 * @self: a fetcher
 * @url: a picture's address, or a path on the account's server
 *
 * Returns: (transfer full) (nullable): the file, where the picture was fetched before
 */
char *
porch_avatar_fetcher_lookup (PorchAvatarFetcher *self, const char *url)
{
  g_autofree char *resolved = NULL;
  g_autofree char *path = NULL;
  gboolean is_own;

  g_return_val_if_fail (PORCH_IS_AVATAR_FETCHER (self), NULL);
  g_return_val_if_fail (url != NULL, NULL);

  resolved = resolve_url (self, url, &is_own);
  if (resolved == NULL)
    return NULL;

  path = build_path (self, resolved);
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
}

static gboolean
is_fresh (const char *path)
{
  GStatBuf info;
  gint64 age_us;

  if (g_stat (path, &info) != 0)
    return FALSE;

  age_us = g_get_real_time () - (gint64) info.st_mtime * G_USEC_PER_SEC;
  return age_us < FRESH_US && age_us > -FRESH_US;
}

/**
 * porch_avatar_fetcher_fetch_async:
 * @self: a fetcher
 * @url: a picture's address, or a path on the account's server
 * @cancellable: (nullable): to give up waiting
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Gets a picture into the folder: https or of the account's own server, at most 512 KiB, PNG, JPEG
 * or WebP, at most 2048 × 2048. One that came within the last day is not asked for again.
 */
void
porch_avatar_fetcher_fetch_async (PorchAvatarFetcher *self,
                                  const char *url,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *resolved = NULL;
  g_autofree char *path = NULL;
  gboolean is_own = FALSE;
  Fetch *fetch;

  g_return_if_fail (PORCH_IS_AVATAR_FETCHER (self));
  g_return_if_fail (url != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  resolved = resolve_url (self, url, &is_own);
  if (resolved == NULL || g_queue_get_length (&self->waiting) >= WAITING_MAX)
    {
      g_task_return_error (task, new_refusal ("not an https address"));
      return;
    }

  path = build_path (self, resolved);
  if (is_fresh (path))
    {
      g_task_return_pointer (task, g_steal_pointer (&path), g_free);
      return;
    }

  fetch = g_hash_table_lookup (self->fetches, resolved);
  if (fetch != NULL)
    {
      g_ptr_array_add (fetch->tasks, g_steal_pointer (&task));
      return;
    }

  fetch = g_new0 (Fetch, 1);
  g_ref_count_init (&fetch->ref_count);
  fetch->fetcher = g_object_ref (self);
  fetch->url = g_steal_pointer (&resolved);
  fetch->path = g_steal_pointer (&path);
  fetch->is_own = is_own;
  fetch->tasks = g_ptr_array_new_with_free_func (g_object_unref);
  fetch->cancellable = g_cancellable_new ();
  g_ptr_array_add (fetch->tasks, g_steal_pointer (&task));
  g_hash_table_insert (self->fetches, fetch->url, fetch);
  g_queue_push_tail (&self->waiting, fetch);
  pump_fetches (self);
}

/**
 * porch_avatar_fetcher_fetch_finish:
 * @self: a fetcher
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR_REFUSED where the picture is not taken, or why it did not come
 *
 * Returns: (transfer full): the file
 */
char *
porch_avatar_fetcher_fetch_finish (PorchAvatarFetcher *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
