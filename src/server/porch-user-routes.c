/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Other people, as one may see them: states of many at once, the search for somebody to add, and
 * pictures. Owned by porchlightd's main, which registers the routes once. Nobody's email address
 * ever leaves here.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-user-routes.h"

#include <string.h>

#include "protocol/porch-presence-message.h"
#include "protocol/porch-user-id.h"
#include "server/porch-rate-limiter.h"

#define QUERY_MIN_CHARS     3
#define QUERY_MAX_BYTES     320
#define HITS_MAX            10
#define SEARCH_BURST        20
#define SEARCH_INTERVAL_MS  1000
#define SEARCHERS_MAX       10000
#define AVATAR_CACHE_POLICY "public, max-age=86400"
#define STORE_RETRY_AFTER_S "5"

struct _PorchUserRoutes
{
  GObject parent_instance;

  PorchClock *clock;
  PorchStore *store;
  PorchPresenceService *presence;
  PorchAuthenticator *authenticator;
  PorchRateLimiter *search_limiter;
};

typedef struct
{
  PorchUserRoutes *self;
  PorchHttpRequest *request;
} Call;

G_DEFINE_FINAL_TYPE (PorchUserRoutes, porch_user_routes, G_TYPE_OBJECT)

static Call *
call_new (PorchUserRoutes *self, PorchHttpRequest *request)
{
  Call *call = g_new0 (Call, 1);

  call->self = g_object_ref (self);
  call->request = g_object_ref (request);

  return call;
}

static void
call_free (Call *call)
{
  g_object_unref (call->self);
  g_object_unref (call->request);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
respond_failure (PorchHttpRequest *request, const GError *error)
{
  g_info ("%s: %s", porch_http_request_get_path (request), error->message);
  porch_http_request_set_header (request, "Retry-After", STORE_RETRY_AFTER_S);
  porch_http_request_respond_error (request, 503, "The server cannot answer now");
}

static PorchUserState *
make_profile (const PorchStoreUser *user)
{
  PorchUserState *state = g_new0 (PorchUserState, 1);

  state->user_id = g_strdup (user->id);
  state->first_name = g_strdup (user->first_name);
  state->last_name = g_strdup (user->last_name);
  state->avatar = g_strdup (user->avatar);

  return state;
}

static PorchUserState *
make_state (PorchUserRoutes *self, const PorchStoreUser *user)
{
  PorchUserState *state = make_profile (user);
  PorchPresence presence = porch_presence_service_view (self->presence, user);

  state->last_active_us = presence.last_active_us;
  state->status = presence.status;

  return state;
}

static void
on_states_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_user_state_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = porch_store_get_users_finish (PORCH_STORE (source), result, &error);
  g_autofree char *json = NULL;

  if (users == NULL)
    {
      respond_failure (call->request, error);
      return;
    }

  for (guint i = 0; i < users->len; i++)
    g_ptr_array_add (states, make_state (call->self, g_ptr_array_index (users, i)));
  json = porch_user_states_build (states);
  porch_http_request_respond_json (call->request, 200, json);
}

/* What cannot be an id is nobody's: it is left out, like an unknown one. */
static void
answer_states (PorchUserRoutes *self, PorchHttpRequest *request, const char *list)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit (list, ",", PORCH_USERS_MAX + 1);
  g_auto (GStrv) ids = NULL;

  if (g_strv_length (parts) > PORCH_USERS_MAX)
    {
      porch_http_request_respond_error (request, 400, "Too many ids");
      return;
    }

  for (guint i = 0; parts[i] != NULL; i++)
    if (porch_user_id_is_valid (parts[i]))
      g_strv_builder_add (builder, parts[i]);
  ids = g_strv_builder_end (builder);

  porch_store_get_users_async (self->store, (const char *const *) ids,
                               porch_http_request_get_cancellable (request), on_states_got_cb,
                               call_new (self, request));
}

static void
on_search_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GPtrArray) profiles = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_user_state_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = porch_store_search_users_finish (PORCH_STORE (source), result,
                                                                 &error);
  g_autofree char *json = NULL;

  if (users == NULL)
    {
      respond_failure (call->request, error);
      return;
    }

  for (guint i = 0; i < users->len; i++)
    g_ptr_array_add (profiles, make_profile (g_ptr_array_index (users, i)));
  json = porch_user_profiles_build (profiles);
  porch_http_request_respond_json (call->request, 200, json);
}

static void
answer_search (PorchUserRoutes *self,
               PorchHttpRequest *request,
               const char *searcher_id,
               const char *query)
{
  g_autofree char *stripped = g_strstrip (g_strdup (query));
  guint retry_after_s;

  if (g_utf8_strlen (stripped, -1) < QUERY_MIN_CHARS || strlen (stripped) > QUERY_MAX_BYTES)
    {
      porch_http_request_respond_error (request, 400, "A search needs 3 letters or more");
      return;
    }

  if (!porch_rate_limiter_take (self->search_limiter, searcher_id, &retry_after_s))
    {
      g_autofree char *retry_after = g_strdup_printf ("%u", retry_after_s);

      porch_http_request_set_header (request, "Retry-After", retry_after);
      porch_http_request_respond_error (request, 429, "Too many searches");
      return;
    }

  porch_store_search_users_async (self->store, stripped, HITS_MAX,
                                  porch_http_request_get_cancellable (request), on_search_done_cb,
                                  call_new (self, request));
}

static void
on_users_authenticated_cb (PorchHttpRequest *request,
                           const PorchJwtClaims *claims,
                           gpointer user_data)
{
  PorchUserRoutes *self = user_data;
  const char *ids = porch_http_request_get_query_param (request, "ids");
  const char *query = porch_http_request_get_query_param (request, "query");

  if (ids != NULL)
    answer_states (self, request, ids);
  else if (query != NULL)
    answer_search (self, request, claims->sub, query);
  else
    porch_http_request_respond_error (request, 400, "Either ids or query is needed");
}

static void
handle_users (PorchHttpRequest *request, gpointer user_data)
{
  PorchUserRoutes *self = user_data;

  porch_authenticator_authenticate (self->authenticator, request, on_users_authenticated_cb, self);
}

static void
on_avatar_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchStoreAvatar) avatar = porch_store_get_avatar_finish (PORCH_STORE (source), result,
                                                                       &error);
  g_autofree char *etag = NULL;
  const char *known;

  if (avatar == NULL)
    {
      if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
        porch_http_request_respond_error (call->request, 404, "No such avatar");
      else
        respond_failure (call->request, error);
      return;
    }

  etag = g_strdup_printf ("\"%s\"", avatar->version);
  porch_http_request_set_header (call->request, "ETag", etag);
  porch_http_request_set_header (call->request, "Cache-Control", AVATAR_CACHE_POLICY);
  porch_http_request_set_header (call->request, "Content-Security-Policy",
                                 "default-src 'none'; sandbox");

  known = porch_http_request_get_header (call->request, "If-None-Match");
  if (known != NULL && strstr (known, etag) != NULL)
    {
      g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

      porch_http_request_respond_bytes (call->request, 304, NULL, nothing);
      return;
    }

  porch_http_request_respond_bytes (call->request, 200, avatar->content_type, avatar->image);
}

/* Without a token: avatars are fetched without one, by whoever knows the id. */
static void
handle_avatar (PorchHttpRequest *request, gpointer user_data)
{
  PorchUserRoutes *self = user_data;
  const char *user_id = porch_http_request_get_path_param (request, "id");

  if (!porch_user_id_is_valid (user_id))
    {
      porch_http_request_respond_error (request, 404, "No such avatar");
      return;
    }

  porch_store_get_avatar_async (self->store, user_id, porch_http_request_get_cancellable (request),
                                on_avatar_got_cb, call_new (self, request));
}

static void
porch_user_routes_dispose (GObject *object)
{
  PorchUserRoutes *self = PORCH_USER_ROUTES (object);

  g_clear_object (&self->search_limiter);
  g_clear_object (&self->authenticator);
  g_clear_object (&self->presence);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_user_routes_parent_class)->dispose (object);
}

static void
porch_user_routes_class_init (PorchUserRoutesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = porch_user_routes_dispose;
}

static void
porch_user_routes_init (PorchUserRoutes *self)
{
}

/**
 * porch_user_routes_new:
 * @clock: the time
 * @store: where people are
 * @presence: who is online; where it knows nothing of somebody, the store's last word counts
 * @authenticator: tells who asks
 *
 * Returns: (transfer full): the routes
 */
PorchUserRoutes *
porch_user_routes_new (PorchClock *clock,
                       PorchStore *store,
                       PorchPresenceService *presence,
                       PorchAuthenticator *authenticator)
{
  PorchUserRoutes *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_STORE (store), NULL);
  g_return_val_if_fail (PORCH_IS_PRESENCE_SERVICE (presence), NULL);
  g_return_val_if_fail (PORCH_IS_AUTHENTICATOR (authenticator), NULL);

  self = g_object_new (PORCH_TYPE_USER_ROUTES, NULL);
  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->presence = g_object_ref (presence);
  self->authenticator = g_object_ref (authenticator);
  self->search_limiter = porch_rate_limiter_new (clock, SEARCH_BURST, SEARCH_INTERVAL_MS,
                                                 SEARCHERS_MAX);

  return self;
}

/**
 * porch_user_routes_register:
 * @self: the routes, which outlive @http
 * @http: the server
 *
 * Adds the routes to a server.
 */
void
porch_user_routes_register (PorchUserRoutes *self, PorchHttpServer *http)
{
  g_return_if_fail (PORCH_IS_USER_ROUTES (self));
  g_return_if_fail (PORCH_IS_HTTP_SERVER (http));

  porch_http_server_add_route (http, "GET", "/api/users", handle_users, self);
  porch_http_server_add_route (http, "GET", "/avatars/{id}", handle_avatar, self);
}
