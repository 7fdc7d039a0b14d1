/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The presence API over HTTP: a person says that they are there, asks about another, and gets
 * authorised for a channel. It reads requests and writes answers; PorchPresenceService decides what
 * they mean. Owned by main.
 *
 *   POST /api/user/presence       {"status": "online" | "offline", "client"?: …}
 *   GET  /api/user/{id}/status
 *   POST /api/pusher/auth         socket_id=…&channel_name=…
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-presence-routes.h"

#include <libsoup/soup.h>
#include <string.h>

#include "protocol/porch-json.h"
#include "protocol/porch-presence-message.h"
#include "protocol/porch-pusher-frame.h"
#include "protocol/porch-user-id.h"

/* A lost database is tried again within seconds. */
#define STORE_RETRY_AFTER_S "5"

/* Of user_info, to which hosted Pusher gives 1 KB with the name. */
#define AVATAR_MAX_BYTES 512

struct _PorchPresenceRoutes
{
  GObject parent_instance;

  PorchPresenceService *service;
  PorchStore *store;
  PorchPublisher *publisher;
  PorchAuthenticator *authenticator;
};

G_DEFINE_FINAL_TYPE (PorchPresenceRoutes, porch_presence_routes, G_TYPE_OBJECT)

/* A request that waits for the store, and who answers it. */
typedef struct
{
  PorchPresenceRoutes *routes;
  PorchHttpRequest *request;
  char *session_id; /* of an authorisation, as these */
  char *socket_id;
  char *channel;
} Pending;

static void
porch_presence_routes_dispose (GObject *object)
{
  PorchPresenceRoutes *self = PORCH_PRESENCE_ROUTES (object);

  g_clear_object (&self->service);
  g_clear_object (&self->store);
  g_clear_object (&self->publisher);
  g_clear_object (&self->authenticator);

  G_OBJECT_CLASS (porch_presence_routes_parent_class)->dispose (object);
}

static void
porch_presence_routes_class_init (PorchPresenceRoutesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = porch_presence_routes_dispose;
}

static void
porch_presence_routes_init (PorchPresenceRoutes *self)
{
}

static Pending *
pending_new (PorchPresenceRoutes *self, PorchHttpRequest *request)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->routes = g_object_ref (self);
  pending->request = g_object_ref (request);

  return pending;
}

static void
pending_free (Pending *pending)
{
  g_object_unref (pending->routes);
  g_object_unref (pending->request);
  g_free (pending->session_id);
  g_free (pending->socket_id);
  g_free (pending->channel);
  g_free (pending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static void
respond_store_error (PorchHttpRequest *request, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      porch_http_request_respond_error (request, SOUP_STATUS_SERVICE_UNAVAILABLE, "Cancelled");
      return;
    }

  /* The store has told the administrator already, once. */
  g_info ("%s", error->message);
  if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE))
    {
      porch_http_request_set_header (request, "Retry-After", STORE_RETRY_AFTER_S);
      porch_http_request_respond_error (request, SOUP_STATUS_SERVICE_UNAVAILABLE,
                                        "The server cannot reach its database");
    }
  else if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FULL))
    porch_http_request_respond_error (request, SOUP_STATUS_INSUFFICIENT_STORAGE,
                                      "The server has no room left");
  else
    porch_http_request_respond_error (request, SOUP_STATUS_INTERNAL_SERVER_ERROR,
                                      "The server cannot use its database");
}

static void
on_presence_updated_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  PorchPresence presence;

  if (porch_presence_service_update_finish (PORCH_PRESENCE_SERVICE (object), result, &presence,
                                            &error))
    {
      json = porch_presence_answer_build (presence.status, presence.last_active_us);
      porch_http_request_respond_json (pending->request, SOUP_STATUS_OK, json);
    }
  /* The account was removed while its token was still good. */
  else if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    porch_http_request_respond_error (pending->request, SOUP_STATUS_UNAUTHORIZED, "Unauthorized");
  else
    respond_store_error (pending->request, error);
}

static void
on_presence_authenticated_cb (PorchHttpRequest *request,
                              const PorchJwtClaims *claims,
                              gpointer user_data)
{
  PorchPresenceRoutes *self = user_data;
  g_autoptr (PorchPresenceUpdate) update = NULL;
  gsize length;
  const char *body;

  body = g_bytes_get_data (porch_http_request_get_body (request), &length);
  update = porch_presence_update_parse (body, length, NULL);
  if (update == NULL)
    {
      porch_http_request_respond_error (request, SOUP_STATUS_BAD_REQUEST, "Invalid status");
      return;
    }

  porch_presence_service_update_async (self->service, claims->sub, update->client, update->status,
                                       on_presence_updated_cb, pending_new (self, request));
}

static void
handle_presence (PorchHttpRequest *request, gpointer user_data)
{
  PorchPresenceRoutes *self = user_data;

  porch_authenticator_authenticate (self->authenticator, request, on_presence_authenticated_cb,
                                    self);
}

static void
respond_user_state (PorchPresenceRoutes *self,
                    PorchHttpRequest *request,
                    const PorchStoreUser *user)
{
  PorchPresence presence = porch_presence_service_view (self->service, user);
  PorchUserState state = {
    .user_id = user->id,
    .first_name = user->first_name,
    .last_name = user->last_name,
    .avatar = user->avatar,
  };
  g_autofree char *json = NULL;

  state.status = presence.status;
  state.last_active_us = presence.last_active_us;
  json = porch_user_state_build (&state);
  porch_http_request_respond_json (request, SOUP_STATUS_OK, json);
}

static void
on_status_user_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = porch_store_get_users_finish (PORCH_STORE (object), result, &error);

  if (users == NULL)
    respond_store_error (pending->request, error);
  else if (users->len == 0)
    porch_http_request_respond_error (pending->request, SOUP_STATUS_NOT_FOUND, "User not found");
  else
    respond_user_state (pending->routes, pending->request, g_ptr_array_index (users, 0));
}

static void
on_status_authenticated_cb (PorchHttpRequest *request,
                            const PorchJwtClaims *claims,
                            gpointer user_data)
{
  PorchPresenceRoutes *self = user_data;
  const char *user_id = porch_http_request_get_path_param (request, "id");
  const char *const ids[] = { user_id, NULL };

  if (!porch_user_id_is_valid (user_id))
    {
      porch_http_request_respond_error (request, SOUP_STATUS_NOT_FOUND, "User not found");
      return;
    }

  porch_store_get_users_async (self->store, ids, porch_http_request_get_cancellable (request),
                               on_status_user_read_cb, pending_new (self, request));
}

static void
handle_status (PorchHttpRequest *request, gpointer user_data)
{
  PorchPresenceRoutes *self = user_data;

  porch_authenticator_authenticate (self->authenticator, request, on_status_authenticated_cb, self);
}

static char *
build_user_info (const PorchStoreUser *user)
{
  PorchUserState state = { .first_name = user->first_name, .last_name = user->last_name };
  g_autofree char *name = porch_user_state_get_name (&state);
  GString *json = g_string_new ("{");

  porch_json_append_string_member (json, "name", name);
  /* The address of a picture elsewhere may be longer than a cluster takes: better none. */
  porch_json_append_string_member (
      json, "avatar",
      user->avatar != NULL && strlen (user->avatar) < AVATAR_MAX_BYTES ? user->avatar : NULL);
  g_string_append_c (json, '}');

  return g_string_free (json, FALSE);
}

static void
on_subscriber_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = porch_store_get_users_finish (PORCH_STORE (object), result, &error);
  const PorchStoreUser *user;
  g_autofree char *user_info = NULL;
  g_autofree char *channel_data = NULL;
  g_autofree char *json = NULL;

  if (users == NULL)
    {
      respond_store_error (pending->request, error);
      return;
    }
  if (users->len == 0)
    {
      porch_http_request_respond_error (pending->request, SOUP_STATUS_UNAUTHORIZED, "Unauthorized");
      return;
    }

  user = g_ptr_array_index (users, 0);
  user_info = build_user_info (user);
  channel_data = porch_pusher_member_build (user->id, user_info);
  json = porch_publisher_authorize (pending->routes->publisher, pending->session_id,
                                    pending->socket_id, pending->channel, channel_data);
  porch_http_request_respond_json (pending->request, SOUP_STATUS_OK, json);
}

/* Who is signed in may watch anybody; no other private or presence channel means anything here. */
static void
on_subscriber_authenticated_cb (PorchHttpRequest *request,
                                const PorchJwtClaims *claims,
                                gpointer user_data)
{
  PorchPresenceRoutes *self = user_data;
  g_autofree char *body = NULL;
  g_autoptr (GHashTable) form = NULL;
  const char *socket_id;
  const char *channel;
  const char *ids[] = { NULL, NULL };
  Pending *pending;
  gsize length;
  const char *bytes;

  bytes = g_bytes_get_data (porch_http_request_get_body (request), &length);
  body = g_strndup (bytes, length);
  form = soup_form_decode (body);
  socket_id = g_hash_table_lookup (form, "socket_id");
  channel = g_hash_table_lookup (form, "channel_name");
  if (socket_id == NULL || channel == NULL || !porch_pusher_socket_id_is_valid (socket_id)
      || !porch_pusher_channel_name_is_valid (channel))
    {
      porch_http_request_respond_error (request, SOUP_STATUS_BAD_REQUEST,
                                        "socket_id and channel_name are needed");
      return;
    }
  if (porch_user_id_from_channel (channel) == NULL)
    {
      porch_http_request_respond_error (request, SOUP_STATUS_FORBIDDEN, "Forbidden");
      return;
    }

  pending = pending_new (self, request);
  pending->session_id = g_strdup (claims->session_id);
  pending->socket_id = g_strdup (socket_id);
  pending->channel = g_strdup (channel);
  ids[0] = claims->sub;
  porch_store_get_users_async (self->store, ids, porch_http_request_get_cancellable (request),
                               on_subscriber_read_cb, pending);
}

static void
handle_authorization (PorchHttpRequest *request, gpointer user_data)
{
  PorchPresenceRoutes *self = user_data;

  porch_authenticator_authenticate (self->authenticator, request, on_subscriber_authenticated_cb,
                                    self);
}

static void
on_session_ended_cb (PorchPresenceRoutes *self, const char *session_id)
{
  porch_publisher_end_session (self->publisher, session_id);
}

/**
 * porch_presence_routes_new:
 * @service: who is online
 * @store: who has an account
 * @publisher: whom authorisations are for
 * @authenticator: who is signed in
 *
 * Returns: (transfer full): the routes of the presence API
 */
PorchPresenceRoutes *
porch_presence_routes_new (PorchPresenceService *service,
                           PorchStore *store,
                           PorchPublisher *publisher,
                           PorchAuthenticator *authenticator)
{
  PorchPresenceRoutes *self = g_object_new (PORCH_TYPE_PRESENCE_ROUTES, NULL);

  self->service = g_object_ref (service);
  self->store = g_object_ref (store);
  self->publisher = g_object_ref (publisher);
  self->authenticator = g_object_ref (authenticator);
  g_signal_connect_object (store, "session-ended", G_CALLBACK (on_session_ended_cb), self,
                           G_CONNECT_SWAPPED);

  return self;
}

/**
 * porch_presence_routes_register:
 * @self: the routes, which outlive @http
 * @http: a server
 */
void
porch_presence_routes_register (PorchPresenceRoutes *self, PorchHttpServer *http)
{
  g_return_if_fail (PORCH_IS_PRESENCE_ROUTES (self));

  porch_http_server_add_route (http, "POST", "/api/user/presence", handle_presence, self);
  porch_http_server_add_route (http, "GET", "/api/user/{id}/status", handle_status, self);
  porch_http_server_add_route (http, "POST", "/api/pusher/auth", handle_authorization, self);
}
