/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One account at one server: makes the parts of the client, ties them together, and turns their
 * states into the one state, and the one sentence, that a person sees. Owned by the agent, one for
 * each account. It keeps no contact: those are in the roster that it feeds.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-session.h"

#include "config.h"

#include "client/porch-network.h"
#include "client/porch-own-presence.h"
#include "client/porch-presence-api.h"
#include "client/porch-pusher-connection.h"
#include "client/porch-pusher-sentence.h"
#include "client/porch-watcher.h"
#include "protocol/porch-user-id.h"

#include <glib/gi18n-lib.h>

struct _PorchSession
{
  GObject parent_instance;

  PorchClock *clock;
  PorchRoster *roster;
  char *server;
  PorchDiscovery *discovery;
  char *client_id;
  char *host;

  PorchHttpClient *http;
  PorchAuth *auth;
  PorchPresenceApi *api;
  PorchPusherConnection *connection; /* these three only while somebody is signed in */
  PorchWatcher *watcher;
  PorchOwnPresence *own_presence;
  GCancellable *cancellable;

  GHashTable *watched; /* ids, also while signed out */
  GHashTable *full;    /* channels that have no room for us */
  gboolean appears_offline;
  gboolean is_away;
  guint heartbeat_s;      /* chosen by the person, or 0 */
  gboolean leaves;        /* signs out by itself */
  gboolean was_signed_in; /* in this run, or nobody was found in the token store */
  gboolean is_discovering;
  gboolean server_moved; /* it names other addresses than those the person agreed to */

  PorchNetwork *network;
  PorchSessionState state;
  const char *error_code;
  char *error_message;
  char *error_detail;
  gint64 next_try_us;
  gboolean can_search;
  char *user_id;
  char *email;
  char *name;
  char *avatar_url;
};

G_DEFINE_ENUM_TYPE (PorchSessionState,
                    porch_session_state,
                    G_DEFINE_ENUM_VALUE (PORCH_SESSION_SIGNED_OUT, "signed-out"),
                    G_DEFINE_ENUM_VALUE (PORCH_SESSION_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (PORCH_SESSION_CONNECTED, "connected"),
                    G_DEFINE_ENUM_VALUE (PORCH_SESSION_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (PORCH_SESSION_NO_NETWORK, "no-network"))

G_DEFINE_FINAL_TYPE (PorchSession, porch_session, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_ERROR_CODE,
  PROP_ERROR_MESSAGE,
  PROP_ERROR_DETAIL,
  PROP_NEXT_TRY_US,
  PROP_OWN_STATUS,
  PROP_OWN_LAST_ACTIVE_US,
  PROP_OWN_ERROR,
  PROP_CAN_SEARCH,
  PROP_LISTS_WATCHERS,
  PROP_USER_ID,
  PROP_EMAIL,
  PROP_NAME,
  PROP_AVATAR_URL,
  N_PROPS,
};

enum
{
  SIGNAL_PROFILE,
  SIGNAL_MISSING,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* What is wrong: a code, a sentence, and the exact words. */
typedef struct
{
  const char *code;
  char *message;
  const char *detail;
} Trouble;

static void
set_state (PorchSession *self, PorchSessionState state)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (self->state == state)
    return;

  from = g_enum_to_string (PORCH_TYPE_SESSION_STATE, self->state);
  to = g_enum_to_string (PORCH_TYPE_SESSION_STATE, state);
  g_debug ("Session at %s: %s -> %s", self->host, from, to);

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_string (PorchSession *self, char **field, guint prop, const char *value)
{
  if (g_strcmp0 (*field, value) == 0)
    return;

  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

static PorchSessionState
evaluate_state (PorchSession *self)
{
  if (self->connection == NULL)
    {
      if (porch_auth_get_state (self->auth) != PORCH_AUTH_LOADING)
        return PORCH_SESSION_SIGNED_OUT;

      return porch_auth_get_store_locked (self->auth) ? PORCH_SESSION_WAITING
                                                      : PORCH_SESSION_CONNECTING;
    }

  switch (porch_pusher_connection_get_state (self->connection))
    {
    case PORCH_PUSHER_CONNECTING:
    case PORCH_PUSHER_HANDSHAKING:
      return PORCH_SESSION_CONNECTING;
    case PORCH_PUSHER_CONNECTED:
      return PORCH_SESSION_CONNECTED;
    case PORCH_PUSHER_IDLE:
    case PORCH_PUSHER_WAITING:
    case PORCH_PUSHER_REFUSED:
    default:
      return porch_network_get_has_way (self->network) ? PORCH_SESSION_WAITING
                                                       : PORCH_SESSION_NO_NETWORK;
    }
}

static Trouble
describe_connection_error (PorchSession *self, const GError *error)
{
  if (porch_network_get_has_portal (self->network))
    return (Trouble){ "captive-portal",
                      g_strdup (_ ("This network lets nobody through before they sign in to it. "
                                   "Open any web page to do so.")),
                      error->message };

  if (!porch_network_get_has_way (self->network))
    return (Trouble){ "unreachable", g_strdup (_ ("There is no network.")), error->message };

  return (Trouble){ porch_pusher_sentence_get_code (error),
                    porch_pusher_sentence_describe (error, self->host), error->message };
}

/* Their state is read over HTTP meanwhile, at each try for a place. */
static Trouble
describe_full_channels (PorchSession *self)
{
  guint n_full = g_hash_table_size (self->full);

  return (
      Trouble){ "channel-full",
                /* Translators: people on the list */
                g_strdup_printf (
                    g_dngettext (GETTEXT_PACKAGE,
                                 "%u person is watched by so many that the server has no room for "
                                 "you. Their status may be minutes late.",
                                 "%u people are watched by so many that the server has no room for "
                                 "you. Their status may be minutes late.",
                                 n_full),
                    n_full),
                "" };
}

static Trouble
evaluate_trouble (PorchSession *self)
{
  const GError *error = self->connection != NULL
                            ? porch_pusher_connection_get_error (self->connection)
                            : NULL;
  const char *own_error = self->own_presence != NULL
                              ? porch_own_presence_get_error (self->own_presence)
                              : "";
  const char *end_sentence = porch_auth_get_end_sentence (self->auth);

  if (self->server_moved)
    /* Translators: %s is the name of a server */
    return (
        Trouble){ "server-changed",
                  g_strdup_printf (_ ("%s has moved parts of itself to other addresses. Sign in "
                                      "again to agree to that."),
                                   self->host),
                  "" };

  if (error != NULL)
    return describe_connection_error (self, error);

  if (porch_auth_get_store_locked (self->auth))
    return (Trouble){ "keyring-locked",
                      g_strdup (_ ("The keyring is locked. Unlock it to stay signed in.")), "" };

  if (*own_error != '\0')
    return (Trouble){ "subscription-failed", g_strdup (own_error), "" };

  if (g_hash_table_size (self->full) > 0)
    return describe_full_channels (self);

  if (self->connection == NULL && self->was_signed_in)
    return (Trouble){ "signed-out",
                      g_strdup (end_sentence != NULL ? end_sentence : _ ("You are signed out.")),
                      "" };

  if (self->connection == NULL && porch_auth_get_state (self->auth) == PORCH_AUTH_SIGNED_OUT)
    return (Trouble){ "no-access-token", g_strdup (_ ("No access token. Sign in.")), "" };

  return (Trouble){ "", g_strdup (""), "" };
}

/* Draws the conclusions from the states of the parts. */
static void
update (PorchSession *self)
{
  Trouble trouble;
  g_autofree char *message = NULL;
  gint64 next_try_us = self->connection != NULL
                           ? porch_pusher_connection_get_next_try_us (self->connection)
                           : 0;
  gboolean can_search = self->watcher != NULL && porch_watcher_get_has_list (self->watcher);

  g_object_freeze_notify (G_OBJECT (self));

  trouble = evaluate_trouble (self);
  message = trouble.message;
  if (!g_str_equal (self->error_code, trouble.code))
    {
      self->error_code = trouble.code;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR_CODE]);
    }
  set_string (self, &self->error_message, PROP_ERROR_MESSAGE, message);
  set_string (self, &self->error_detail, PROP_ERROR_DETAIL, trouble.detail);

  if (self->next_try_us != next_try_us)
    {
      self->next_try_us = next_try_us;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEXT_TRY_US]);
    }
  if (self->can_search != can_search)
    {
      self->can_search = can_search;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_SEARCH]);
    }
  set_state (self, evaluate_state (self));

  g_object_thaw_notify (G_OBJECT (self));
}

static void
take_user (PorchSession *self, const PorchAuthUser *user)
{
  g_autofree char *name = NULL;

  if (user != NULL && (user->first_name != NULL || user->last_name != NULL))
    {
      name = g_strjoin (" ", user->first_name != NULL ? user->first_name : "",
                        user->last_name != NULL ? user->last_name : "", NULL);
      g_strstrip (name);
    }

  g_object_freeze_notify (G_OBJECT (self));
  set_string (self, &self->user_id, PROP_USER_ID, user != NULL ? user->id : NULL);
  set_string (self, &self->email, PROP_EMAIL, user != NULL ? user->email : NULL);
  set_string (self, &self->name, PROP_NAME, name);
  set_string (self, &self->avatar_url, PROP_AVATAR_URL, user != NULL ? user->avatar : NULL);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
on_told_cb (PorchWatcher *watcher,
            const PorchUserState *state,
            PorchPresenceSource source,
            PorchSession *self)
{
  if (g_strcmp0 (state->user_id, self->user_id) == 0)
    {
      g_autofree char *name = porch_user_state_get_name (state);

      if (name != NULL && *name != '\0')
        set_string (self, &self->name, PROP_NAME, name);
      if (state->avatar != NULL)
        set_string (self, &self->avatar_url, PROP_AVATAR_URL, state->avatar);
      porch_own_presence_told (self->own_presence, state, source);
    }

  g_signal_emit (self, signals[SIGNAL_PROFILE], 0, state);
}

static void
on_missing_cb (PorchWatcher *watcher, const char *user_id, gboolean missing, PorchSession *self)
{
  g_signal_emit (self, signals[SIGNAL_MISSING], 0, user_id, missing);
}

static void
on_lists_watchers_cb (PorchSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LISTS_WATCHERS]);
}

static void
on_own_status_cb (PorchOwnPresence *own_presence, GParamSpec *pspec, PorchSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN_STATUS]);
}

static void
on_own_last_active_cb (PorchOwnPresence *own_presence, GParamSpec *pspec, PorchSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN_LAST_ACTIVE_US]);
}

static void
on_own_error_cb (PorchOwnPresence *own_presence, GParamSpec *pspec, PorchSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN_ERROR]);
  update (self);
}

static void
on_discovered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PorchSession *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchDiscovery) discovery = porch_discover_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* A server that does not answer now was agreed to all the same. */
  self->is_discovering = FALSE;
  if (discovery == NULL)
    return;

  if (self->heartbeat_s == 0)
    porch_own_presence_set_heartbeat_s (self->own_presence, discovery->heartbeat_s);

  /* Its name and its heartbeat may change; where it sends us may not. */
  g_free (discovery->name);
  discovery->name = g_strdup (self->discovery->name);
  discovery->heartbeat_s = self->discovery->heartbeat_s;
  self->server_moved = !porch_discovery_equal (discovery, self->discovery);
  update (self);
}

/* Asks the server whether its addresses are still the ones that the person agreed to. */
static void
check_discovery (PorchSession *self)
{
  if (self->server == NULL || self->is_discovering)
    return;

  self->is_discovering = TRUE;
  porch_discover_fetch_async (self->http, self->server, self->cancellable, on_discovered_cb, self);
}

static void
on_socket_lost (PorchSession *self)
{
  /* Where pings vanish, the connections that are kept for requests are as dead. */
  if (g_error_matches (porch_pusher_connection_get_error (self->connection), PORCH_PUSHER_ERROR,
                       PORCH_PUSHER_ERROR_TIMED_OUT))
    porch_http_client_renew (self->http);
  porch_network_check (self->network);
}

static void
on_subscription_failed_cb (PorchPusherConnection *connection,
                           const char *channel,
                           const GError *error,
                           PorchSession *self)
{
  const char *user_id = porch_user_id_from_channel (channel);

  if (!g_error_matches (error, PORCH_PUSHER_ERROR, PORCH_PUSHER_ERROR_CHANNEL_FULL)
      || g_strcmp0 (user_id, self->user_id) == 0)
    return;

  g_hash_table_add (self->full, g_strdup (channel));
  update (self);
}

static void
on_subscribed_cb (PorchPusherConnection *connection,
                  const char *channel,
                  GStrv members,
                  PorchSession *self)
{
  if (g_hash_table_remove (self->full, channel))
    update (self);
}

static void
on_connection_state_cb (PorchPusherConnection *connection, GParamSpec *pspec, PorchSession *self)
{
  PorchPusherState state = porch_pusher_connection_get_state (connection);

  if (state == PORCH_PUSHER_CONNECTED)
    porch_network_set_proven (self->network);
  else if (state == PORCH_PUSHER_WAITING)
    on_socket_lost (self);
  update (self);

  /* Who is refused, or finds nobody there, may be knocking at the wrong door by now. */
  if (state == PORCH_PUSHER_REFUSED || state == PORCH_PUSHER_WAITING)
    check_discovery (self);
}

/* Without a way there is nothing to try: the parts wait for one. */
static void
on_has_way_cb (PorchSession *self)
{
  gboolean has_way = porch_network_get_has_way (self->network);

  if (self->connection == NULL)
    return;

  porch_pusher_connection_set_has_network (self->connection, has_way);
  porch_own_presence_set_has_network (self->own_presence, has_way);
  update (self);
}

static void
start_parts (PorchSession *self)
{
  g_autofree char *url = porch_discovery_get_socket_url (self->discovery);
  const PorchAuthUser *user = porch_auth_get_user (self->auth);
  GHashTableIter iter;
  gpointer user_id;

  take_user (self, user);
  self->was_signed_in = TRUE;
  self->cancellable = g_cancellable_new ();
  self->connection = porch_pusher_connection_new (self->clock, self->http, self->api, url);
  self->watcher = porch_watcher_new (self->clock, self->api, self->connection, self->roster,
                                     user->id);
  self->own_presence = porch_own_presence_new (
      porch_roster_get_server_clock (self->roster), self->api, self->connection, user->id,
      self->client_id, self->heartbeat_s != 0 ? self->heartbeat_s : self->discovery->heartbeat_s);
  porch_own_presence_set_hidden (self->own_presence, self->is_away || self->appears_offline);

  g_signal_connect_object (self->connection, "notify::state", G_CALLBACK (on_connection_state_cb),
                           self, 0);
  g_signal_connect_object (self->connection, "subscription-failed",
                           G_CALLBACK (on_subscription_failed_cb), self, 0);
  g_signal_connect_object (self->connection, "subscribed", G_CALLBACK (on_subscribed_cb), self, 0);
  g_signal_connect_object (self->watcher, "notify::has-list", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->watcher, "notify::lists-watchers",
                           G_CALLBACK (on_lists_watchers_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->watcher, "told", G_CALLBACK (on_told_cb), self, 0);
  g_signal_connect_object (self->watcher, "missing", G_CALLBACK (on_missing_cb), self, 0);
  g_signal_connect_object (self->own_presence, "notify::status", G_CALLBACK (on_own_status_cb),
                           self, 0);
  g_signal_connect_object (self->own_presence, "notify::last-active-us",
                           G_CALLBACK (on_own_last_active_cb), self, 0);
  g_signal_connect_object (self->own_presence, "notify::error", G_CALLBACK (on_own_error_cb), self,
                           0);

  g_hash_table_iter_init (&iter, self->watched);
  while (g_hash_table_iter_next (&iter, &user_id, NULL))
    porch_watcher_watch (self->watcher, user_id);

  porch_pusher_connection_connect (self->connection);
  porch_own_presence_start (self->own_presence);
  on_has_way_cb (self);
  check_discovery (self);
}

/* A part may have a request under way that keeps it: disposing of it ends that. */
static void
clear_part (gpointer part_pointer)
{
  GObject **part = part_pointer;
  g_autoptr (GObject) object = g_steal_pointer (part);

  if (object != NULL)
    g_object_run_dispose (object);
}

static void
stop_parts (PorchSession *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->is_discovering = FALSE;
  self->server_moved = FALSE;
  g_hash_table_remove_all (self->full);
  clear_part (&self->own_presence);
  clear_part (&self->watcher);
  clear_part (&self->connection);
  porch_roster_set_unknown (self->roster);
}

static void
on_auth_state_cb (PorchAuth *auth, GParamSpec *pspec, PorchSession *self)
{
  g_object_freeze_notify (G_OBJECT (self));

  if (porch_auth_has_session (auth) && self->connection == NULL)
    {
      start_parts (self);
    }
  else if (porch_auth_get_state (auth) == PORCH_AUTH_SIGNED_OUT && self->connection != NULL)
    {
      stop_parts (self);
      take_user (self, NULL);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN_STATUS]);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN_LAST_ACTIVE_US]);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN_ERROR]);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LISTS_WATCHERS]);
      if (self->leaves)
        self->was_signed_in = FALSE;
    }
  update (self);

  g_object_thaw_notify (G_OBJECT (self));
}

static void
on_network_changed_cb (PorchSession *self)
{
  if (self->connection != NULL)
    porch_pusher_connection_check (self->connection, 0);
}

static void
on_network_usable_cb (PorchSession *self)
{
  if (self->connection != NULL && self->state != PORCH_SESSION_CONNECTED)
    porch_session_try_now (self);
}

static void
porch_session_dispose (GObject *object)
{
  PorchSession *self = PORCH_SESSION (object);

  if (self->roster != NULL)
    stop_parts (self);
  if (self->auth != NULL)
    g_signal_handlers_disconnect_by_data (self->auth, self);
  clear_part (&self->auth);
  clear_part (&self->http);
  g_clear_object (&self->api);
  clear_part (&self->network);
  g_clear_object (&self->roster);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_session_parent_class)->dispose (object);
}

static void
porch_session_finalize (GObject *object)
{
  PorchSession *self = PORCH_SESSION (object);

  g_clear_pointer (&self->watched, g_hash_table_unref);
  g_clear_pointer (&self->full, g_hash_table_unref);
  g_clear_pointer (&self->discovery, porch_discovery_free);
  g_free (self->server);
  g_free (self->client_id);
  g_free (self->host);
  g_free (self->error_message);
  g_free (self->error_detail);
  g_free (self->user_id);
  g_free (self->email);
  g_free (self->name);
  g_free (self->avatar_url);

  G_OBJECT_CLASS (porch_session_parent_class)->finalize (object);
}

static void
porch_session_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PorchSession *self = PORCH_SESSION (object);
  PorchOwnPresence *own_presence = self->own_presence;

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ERROR_CODE:
      g_value_set_string (value, self->error_code);
      break;
    case PROP_ERROR_MESSAGE:
      g_value_set_string (value, self->error_message);
      break;
    case PROP_ERROR_DETAIL:
      g_value_set_string (value, self->error_detail);
      break;
    case PROP_NEXT_TRY_US:
      g_value_set_int64 (value, self->next_try_us);
      break;
    case PROP_OWN_STATUS:
      g_value_set_enum (value, own_presence != NULL ? porch_own_presence_get_status (own_presence)
                                                    : PORCH_STATUS_UNKNOWN);
      break;
    case PROP_OWN_LAST_ACTIVE_US:
      g_value_set_int64 (
          value, own_presence != NULL ? porch_own_presence_get_last_active_us (own_presence) : 0);
      break;
    case PROP_OWN_ERROR:
      g_value_set_string (value,
                          own_presence != NULL ? porch_own_presence_get_error (own_presence) : "");
      break;
    case PROP_CAN_SEARCH:
      g_value_set_boolean (value, self->can_search);
      break;
    case PROP_LISTS_WATCHERS:
      g_value_set_boolean (value, self->watcher != NULL
                                      && porch_watcher_get_lists_watchers (self->watcher));
      break;
    case PROP_USER_ID:
      g_value_set_string (value, self->user_id);
      break;
    case PROP_EMAIL:
      g_value_set_string (value, self->email);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_AVATAR_URL:
      g_value_set_string (value, self->avatar_url);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_session_class_init (PorchSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = porch_session_dispose;
  object_class->finalize = porch_session_finalize;
  object_class->get_property = porch_session_get_property;

  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, PORCH_TYPE_SESSION_STATE,
                                              PORCH_SESSION_SIGNED_OUT, flags);
  properties[PROP_ERROR_CODE] = g_param_spec_string ("error-code", NULL, NULL, "", flags);
  properties[PROP_ERROR_MESSAGE] = g_param_spec_string ("error-message", NULL, NULL, "", flags);
  properties[PROP_ERROR_DETAIL] = g_param_spec_string ("error-detail", NULL, NULL, "", flags);
  properties[PROP_NEXT_TRY_US] = g_param_spec_int64 ("next-try-us", NULL, NULL, 0, G_MAXINT64, 0,
                                                     flags);
  properties[PROP_OWN_STATUS] = g_param_spec_enum ("own-status", NULL, NULL, PORCH_TYPE_STATUS,
                                                   PORCH_STATUS_UNKNOWN, flags);
  properties[PROP_OWN_LAST_ACTIVE_US] = g_param_spec_int64 ("own-last-active-us", NULL, NULL, 0,
                                                            G_MAXINT64, 0, flags);
  properties[PROP_OWN_ERROR] = g_param_spec_string ("own-error", NULL, NULL, "", flags);
  properties[PROP_CAN_SEARCH] = g_param_spec_boolean ("can-search", NULL, NULL, FALSE, flags);
  properties[PROP_LISTS_WATCHERS] = g_param_spec_boolean ("lists-watchers", NULL, NULL, FALSE,
                                                          flags);
  properties[PROP_USER_ID] = g_param_spec_string ("user-id", NULL, NULL, NULL, flags);
  properties[PROP_EMAIL] = g_param_spec_string ("email", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_AVATAR_URL] = g_param_spec_string ("avatar-url", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_PROFILE] = g_signal_new ("profile", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_MISSING] = g_signal_new ("missing", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
porch_session_init (PorchSession *self)
{
  self->watched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->full = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->error_code = "";
  self->error_message = g_strdup ("");
  self->error_detail = g_strdup ("");
}

/**
 * porch_session_new:
 * @clock: the program's clock
 * @roster: what is fed
 * @token_store: where tokens are kept between runs
 * @server: (nullable): the origin of the server, which is asked whether its addresses are still the
 *   agreed ones, or %NULL where they were typed by hand
 * @discovery: the addresses that the person agreed to
 * @account: the account's id, the key in @token_store
 * @client_id: (nullable): the random id of this installation
 *
 * Returns: (transfer full): a session that is signed out
 */
PorchSession *
porch_session_new (PorchClock *clock,
                   PorchRoster *roster,
                   PorchTokenStore *token_store,
                   const char *server,
                   const PorchDiscovery *discovery,
                   const char *account,
                   const char *client_id)
{
  PorchSession *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_ROSTER (roster), NULL);
  g_return_val_if_fail (PORCH_IS_TOKEN_STORE (token_store), NULL);
  g_return_val_if_fail (discovery != NULL, NULL);
  g_return_val_if_fail (account != NULL, NULL);

  self = g_object_new (PORCH_TYPE_SESSION, NULL);
  self->clock = g_object_ref (clock);
  self->roster = g_object_ref (roster);
  self->server = g_strdup (server);
  self->discovery = porch_discovery_copy (discovery);
  self->client_id = g_strdup (client_id);
  self->host = porch_client_error_get_host (discovery->api_url);

  self->http = porch_http_client_new (clock);
  self->auth = porch_auth_new (clock, self->http, token_store, discovery, account);
  self->api = porch_presence_api_new (self->http, self->auth,
                                      porch_roster_get_server_clock (roster), discovery);
  g_signal_connect (self->auth, "notify::state", G_CALLBACK (on_auth_state_cb), self);
  g_signal_connect_swapped (self->auth, "notify::store-locked", G_CALLBACK (update), self);

  self->network = porch_network_new (clock, discovery->api_url);
  g_signal_connect_object (self->network, "notify::has-way", G_CALLBACK (on_has_way_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->network, "notify::has-portal", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->network, "changed", G_CALLBACK (on_network_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->network, "usable", G_CALLBACK (on_network_usable_cb), self,
                           G_CONNECT_SWAPPED);

  return self;
}

static void
on_begun_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (porch_auth_begin_finish (PORCH_AUTH (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * porch_session_begin_async:
 * @self: a session that is signed out
 * @session: (transfer full): what a PorchSignIn ended with
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Keeps the session in the token store, and starts everything else.
 */
void
porch_session_begin_async (PorchSession *self,
                           PorchAuthSession *session,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PORCH_IS_SESSION (self));

  self->leaves = FALSE;
  porch_server_clock_forget (porch_roster_get_server_clock (self->roster));
  task = g_task_new (self, cancellable, callback, user_data);
  porch_auth_begin_async (self->auth, session, cancellable, on_begun_cb, task);
}

/**
 * porch_session_begin_finish:
 * @self: a session
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR, with one translated sentence
 *
 * Returns: whether somebody is signed in now
 */
gboolean
porch_session_begin_finish (PorchSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_session_resume:
 * @self: a session that is signed out
 *
 * Takes up the session that the token store kept.
 */
void
porch_session_resume (PorchSession *self)
{
  g_return_if_fail (PORCH_IS_SESSION (self));

  self->leaves = FALSE;
  porch_auth_resume (self->auth);
  update (self);
}

static void
on_stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchSession *self = g_task_get_source_object (task);

  porch_own_presence_stop_finish (PORCH_OWN_PRESENCE (source), result);
  if (self->connection != NULL)
    porch_pusher_connection_disconnect (self->connection);
  g_task_return_boolean (task, TRUE);
}

/**
 * porch_session_stop_async:
 * @self: a session
 * @callback: called when the server knows, or after %PORCH_GOODBYE_MS
 * @user_data: for @callback
 *
 * The end of the run: says offline and closes the socket. The session stays in the token store.
 */
void
porch_session_stop_async (PorchSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (PORCH_IS_SESSION (self));

  task = g_task_new (self, NULL, callback, user_data);
  if (self->own_presence == NULL)
    g_task_return_boolean (task, TRUE);
  else
    porch_own_presence_stop_async (self->own_presence, on_stopped_cb, g_steal_pointer (&task));
}

/**
 * porch_session_stop_finish:
 * @self: a session
 * @result: what the callback got
 *
 * Ends porch_session_stop_async(), which cannot fail.
 */
void
porch_session_stop_finish (PorchSession *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

static void
on_signed_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (porch_auth_sign_out_finish (PORCH_AUTH (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_stopped_to_sign_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PorchSession *self = PORCH_SESSION (source);

  porch_session_stop_finish (self, result);
  if (self->auth == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session went away");
      g_object_unref (task);
      return;
    }

  porch_auth_sign_out_async (self->auth, g_task_get_cancellable (task), on_signed_out_cb, task);
}

/**
 * porch_session_sign_out_async:
 * @self: a session
 * @cancellable: (nullable): to give up telling the server
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Says offline, ends the session at the server, and forgets its tokens here.
 */
void
porch_session_sign_out_async (PorchSession *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PORCH_IS_SESSION (self));

  self->leaves = TRUE;
  task = g_task_new (self, cancellable, callback, user_data);
  porch_session_stop_async (self, on_stopped_to_sign_out_cb, task);
}

/**
 * porch_session_sign_out_finish:
 * @self: a session
 * @result: what the callback got
 * @error: %G_IO_ERROR_CANCELLED
 *
 * Returns: whether the session is over here; the server may not have heard of it
 */
gboolean
porch_session_sign_out_finish (PorchSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_session_watch:
 * @self: a session
 * @user_id: a contact in the roster
 *
 * Follows a person, now or as soon as somebody is signed in.
 */
void
porch_session_watch (PorchSession *self, const char *user_id)
{
  g_return_if_fail (PORCH_IS_SESSION (self));
  g_return_if_fail (porch_user_id_is_valid (user_id));

  g_hash_table_add (self->watched, g_strdup (user_id));
  if (self->watcher != NULL)
    porch_watcher_watch (self->watcher, user_id);
}

/**
 * porch_session_unwatch:
 * @self: a session
 * @user_id: a contact
 *
 * Follows a person no longer.
 */
void
porch_session_unwatch (PorchSession *self, const char *user_id)
{
  g_return_if_fail (PORCH_IS_SESSION (self));
  g_return_if_fail (user_id != NULL);

  g_autofree char *channel = porch_user_id_to_channel (user_id);

  g_hash_table_remove (self->watched, user_id);
  if (g_hash_table_remove (self->full, channel))
    update (self);
  if (self->watcher != NULL)
    porch_watcher_unwatch (self->watcher, user_id);
}

static void
on_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *profiles = porch_presence_api_search_finish (PORCH_PRESENCE_API (source), result,
                                                          &error);

  if (profiles != NULL)
    g_task_return_pointer (task, profiles, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

/**
 * porch_session_search_async:
 * @self: a session
 * @query: letters of a name, or an email address
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Searches the server for people.
 */
void
porch_session_search_async (PorchSession *self,
                            const char *query,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PORCH_IS_SESSION (self));
  g_return_if_fail (query != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  porch_presence_api_search_async (self->api, query, cancellable, on_found_cb, task);
}

/**
 * porch_session_search_finish:
 * @self: a session
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR, with one translated sentence
 *
 * Returns: (transfer full) (element-type PorchUserState): who was found; their status is unknown
 */
GPtrArray *
porch_session_search_finish (PorchSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
apply_hidden (PorchSession *self)
{
  if (self->own_presence != NULL)
    porch_own_presence_set_hidden (self->own_presence, self->is_away || self->appears_offline);
}

/**
 * porch_session_set_appear_offline:
 * @self: a session
 * @appear_offline: what the person chose
 *
 * Whether to be offline for others while watching them.
 */
void
porch_session_set_appear_offline (PorchSession *self, gboolean appear_offline)
{
  g_return_if_fail (PORCH_IS_SESSION (self));

  self->appears_offline = appear_offline;
  apply_hidden (self);
}

/**
 * porch_session_set_away:
 * @self: a session
 * @away: whether the person is idle, the screen locked, or the computer about to sleep
 *
 * An absent person is offline for others. The change leaves at once.
 */
void
porch_session_set_away (PorchSession *self, gboolean away)
{
  g_return_if_fail (PORCH_IS_SESSION (self));

  self->is_away = away;
  apply_hidden (self);
}

static void
on_settled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  porch_own_presence_settle_finish (PORCH_OWN_PRESENCE (source), result);
  g_task_return_boolean (task, TRUE);
}

/**
 * porch_session_settle_async:
 * @self: a session
 * @callback: called when the server has what others are to see, or could not be told, or after
 *   %PORCH_GOODBYE_MS
 * @user_data: for @callback
 *
 * For whoever has to wait before the computer sleeps.
 */
void
porch_session_settle_async (PorchSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (PORCH_IS_SESSION (self));

  task = g_task_new (self, NULL, callback, user_data);
  if (self->own_presence == NULL)
    g_task_return_boolean (task, TRUE);
  else
    porch_own_presence_settle_async (self->own_presence, on_settled_cb, g_steal_pointer (&task));
}

/**
 * porch_session_settle_finish:
 * @self: a session
 * @result: what the callback got
 *
 * Ends porch_session_settle_async(), which cannot fail.
 */
void
porch_session_settle_finish (PorchSession *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

/**
 * porch_session_set_heartbeat_s:
 * @self: a session
 * @heartbeat_s: seconds between heartbeats, 30 to 120, or 0 for what the server says
 *
 * Counts from the next heartbeat on.
 */
void
porch_session_set_heartbeat_s (PorchSession *self, guint heartbeat_s)
{
  g_return_if_fail (PORCH_IS_SESSION (self));

  self->heartbeat_s = heartbeat_s;
  if (self->own_presence != NULL)
    porch_own_presence_set_heartbeat_s (
        self->own_presence, heartbeat_s != 0 ? heartbeat_s : self->discovery->heartbeat_s);
}

/**
 * porch_session_woke_up:
 * @self: a session
 *
 * The computer slept: nothing that was known is true any more. Everyone is unknown at once, and
 * the socket is opened anew.
 */
void
porch_session_woke_up (PorchSession *self)
{
  g_return_if_fail (PORCH_IS_SESSION (self));

  if (self->connection == NULL)
    return;

  porch_roster_set_unknown (self->roster);
  porch_http_client_renew (self->http);
  porch_auth_try_now (self->auth);
  porch_pusher_connection_reconnect (self->connection);
  porch_own_presence_woke_up (self->own_presence);
}

/**
 * porch_session_try_now:
 * @self: a session
 *
 * Ends every wait: for the socket, for a refresh, for the next heartbeat, for the keyring.
 */
void
porch_session_try_now (PorchSession *self)
{
  g_return_if_fail (PORCH_IS_SESSION (self));

  porch_auth_try_now (self->auth);
  if (self->connection == NULL)
    return;

  porch_pusher_connection_try_now (self->connection);
  porch_own_presence_try_now (self->own_presence);
}

/**
 * porch_session_get_auth:
 * @self: a session
 *
 * Returns: (transfer none): the person's session at Supabase Auth
 */
PorchAuth *
porch_session_get_auth (PorchSession *self)
{
  g_return_val_if_fail (PORCH_IS_SESSION (self), NULL);

  return self->auth;
}

/**
 * porch_session_get_state:
 * @self: a session
 *
 * Returns: where it stands
 */
PorchSessionState
porch_session_get_state (PorchSession *self)
{
  g_return_val_if_fail (PORCH_IS_SESSION (self), PORCH_SESSION_SIGNED_OUT);

  return self->state;
}

/**
 * porch_session_get_user_id:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): who is signed in
 */
const char *
porch_session_get_user_id (PorchSession *self)
{
  g_return_val_if_fail (PORCH_IS_SESSION (self), NULL);

  return self->user_id;
}
