/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One account: ties the session that learns to the roster that concludes, to the store that keeps
 * and to the pictures. Owned by PorchAgentService; PorchAccountService shows it on the bus. It
 * knows neither the bus nor how anything travels.
 *
 * A session is made for each sign-in and lives until the next: signed out, it says why.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-agent-account.h"

#include "config.h"

#include "agent/porch-contact-file.h"
#include "bus/porch-agent-error.h"
#include "client/porch-avatar-fetcher.h"
#include "desktop/porch-keyring.h"
#include "protocol/porch-link.h"
#include "protocol/porch-user-id.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

/* How long AddContact waits for the server to say that there is no such person. */
#define ADD_TIMEOUT_MS (5 * 1000)

/* The moment at which a person no longer appears offline is of the wall clock, which may jump and
 * does not count a suspend: look at it so often. */
#define APPEAR_OFFLINE_CHECK_MS (60 * 1000)

/* Below this, another offset of the server's clock is the noise of its measure. */
#define CLOCK_OFFSET_STEP_US G_TIME_SPAN_SECOND

struct _PorchAgentAccount
{
  GObject parent_instance;

  PorchClock *clock;
  PorchAgentStore *store;
  PorchTokenStore *token_store;
  PorchServerClock *server_clock;
  PorchRoster *roster;
  PorchHistoryRecorder *history;
  PorchAvatarFetcher *avatars; /* made with its folder when the first picture is known of */
  char *avatar_folder;

  PorchAccountRecord *record;
  PorchDiscovery *discovery; /* the record's, read */
  char *avatar;
  gboolean forgotten;
  gboolean away;
  guint heartbeat_s; /* chosen by the person, or 0 */

  PorchSession *session;

  /* What was last put in the store for each contact, by user id, with the address of its picture;
   * and those removed in this run, for whoever wants one back. */
  GHashTable *contacts;
  GHashTable *removed;

  /* Whose pictures, and their addresses, were asked for since we are connected. */
  GHashTable *avatars_tried;

  /* The AddContact calls (GTask) that wait to hear of their person. */
  GPtrArray *adds;

  guint appear_offline_timeout_id;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PorchAgentAccount, porch_agent_account, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
emit_changed (PorchAgentAccount *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
put_account (PorchAgentAccount *self)
{
  if (!self->forgotten)
    porch_agent_store_put_account (self->store, self->record);
}

static PorchContactRecord *
build_record (PorchAgentAccount *self, PorchContact *contact)
{
  const char *id = porch_contact_get_id (contact);
  const PorchContactRecord *known = g_hash_table_lookup (self->contacts, id);
  gint64 known_at_us = porch_contact_get_known_at_us (contact);
  PorchContactRecord *record = g_new0 (PorchContactRecord, 1);

  record->user_id = g_strdup (id);
  record->name = g_strdup (porch_contact_get_name (contact));
  record->avatar = known != NULL ? g_strdup (known->avatar) : NULL;
  record->favourite = porch_contact_get_favourite (contact);
  record->notify_rule = porch_contact_get_notify_rule (contact);
  record->missing = porch_contact_get_missing (contact);
  record->status = porch_contact_get_last_known_status (contact);
  record->last_active_us = porch_contact_get_last_active_us (contact);
  record->known_at_us = known_at_us != 0 || record->status == PORCH_STATUS_UNKNOWN
                            ? known_at_us
                            : porch_server_clock_get_now_us (self->server_clock);
  return record;
}

/* While somebody is online their last activity moves on every few minutes; that alone is not worth
 * a write. It is written when they or we go. */
static gboolean
is_worth_writing (PorchContact *contact,
                  const PorchContactRecord *known,
                  const PorchContactRecord *record)
{
  return known == NULL || porch_contact_get_status (contact) != PORCH_STATUS_ONLINE
         || known->status != record->status || known->missing != record->missing
         || known->favourite != record->favourite || known->notify_rule != record->notify_rule
         || g_strcmp0 (known->name, record->name) != 0
         || g_strcmp0 (known->avatar, record->avatar) != 0;
}

static void
put_contact (PorchAgentAccount *self, PorchContact *contact)
{
  PorchContactRecord *record = build_record (self, contact);

  if (self->forgotten
      || !is_worth_writing (contact, g_hash_table_lookup (self->contacts, record->user_id), record))
    {
      porch_contact_record_free (record);
      return;
    }

  porch_agent_store_put_contact (self->store, self->record->key, record);
  g_hash_table_replace (self->contacts, record->user_id, record);
}

static void
end_adds (PorchAgentAccount *self, const char *user_id, gboolean missing)
{
  for (guint i = self->adds->len; i > 0; i--)
    {
      GTask *waiting = g_ptr_array_index (self->adds, i - 1);
      if (user_id != NULL && g_strcmp0 (g_task_get_task_data (waiting), user_id) != 0)
        continue;

      g_autoptr (GTask) task = g_ptr_array_steal_index (self->adds, i - 1);
      if (missing)
        {
          porch_agent_account_remove_contact (self, g_task_get_task_data (task));
          g_hash_table_remove (self->removed, g_task_get_task_data (task));
          g_task_return_new_error (task, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NO_SUCH_USER, "%s",
                                   _ ("The server knows nobody with this id."));
        }
      else
        g_task_return_boolean (task, TRUE);
    }
}

static void
on_contact_changed_cb (PorchAgentAccount *self, PorchContact *contact, PorchRoster *roster)
{
  put_contact (self, contact);
  if (porch_contact_get_status (contact) != PORCH_STATUS_UNKNOWN)
    end_adds (self, porch_contact_get_id (contact), FALSE);
}

/* record: (transfer full): what is known of the person; becomes what was last put */
static PorchContact *
new_contact (PorchAgentAccount *self, PorchContactRecord *record)
{
  PorchContact *contact = porch_contact_new (record->user_id);
  g_autofree char *avatar = porch_agent_account_lookup_avatar (self, record->avatar);
  PorchContactState state = {
    .status = PORCH_STATUS_UNKNOWN,
    .last_known_status = record->status,
    .last_active_us = record->last_active_us,
    .known_at_us = record->known_at_us,
  };

  porch_contact_set_name (contact, record->name);
  porch_contact_set_avatar (contact, avatar);
  porch_contact_set_favourite (contact, record->favourite);
  porch_contact_set_notify_rule (contact, record->notify_rule);
  porch_contact_set_missing (contact, record->missing);
  porch_roster_mirror (self->roster, contact, &state);
  g_hash_table_replace (self->contacts, record->user_id, record);
  return contact;
}

/* record: (transfer full) */
static void
add_contact (PorchAgentAccount *self, PorchContactRecord *record)
{
  porch_agent_store_put_contact (self->store, self->record->key, record);

  g_autoptr (PorchContact) contact = new_contact (self, record);
  porch_roster_add (self->roster, contact);
  porch_session_watch (self->session, porch_contact_get_id (contact));
}

typedef struct
{
  PorchAgentAccount *self;
  char *user_id; /* NULL for the person's own */
  char *url;
} AvatarRequest;

static void
avatar_request_free (AvatarRequest *request)
{
  g_object_unref (request->self);
  g_free (request->user_id);
  g_free (request->url);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AvatarRequest, avatar_request_free)

static PorchAvatarFetcher *
get_avatars (PorchAgentAccount *self)
{
  if (self->avatars == NULL)
    self->avatars = porch_avatar_fetcher_new (self->avatar_folder, self->record->server);
  return self->avatars;
}

static void
show_avatar (PorchAgentAccount *self, const char *user_id, const char *path)
{
  if (user_id == NULL)
    {
      g_free (self->avatar);
      self->avatar = g_strdup (path);
      emit_changed (self);
      return;
    }

  PorchContact *contact = porch_roster_lookup (self->roster, user_id);
  if (contact != NULL)
    porch_contact_set_avatar (contact, path);
}

static const char *
get_avatar_url (PorchAgentAccount *self, const char *user_id)
{
  if (user_id == NULL)
    return self->record->avatar;

  const PorchContactRecord *record = g_hash_table_lookup (self->contacts, user_id);
  return record != NULL ? record->avatar : NULL;
}

static void
on_avatar_fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AvatarRequest) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = porch_avatar_fetcher_fetch_finish (PORCH_AVATAR_FETCHER (source), result,
                                                             &error);

  if (path == NULL)
    {
      g_debug ("No picture: %s", error->message);
      return;
    }

  /* Another may have been told meanwhile. */
  if (g_strcmp0 (get_avatar_url (request->self, request->user_id), request->url) == 0)
    show_avatar (request->self, request->user_id, path);
}

static void
update_avatar (PorchAgentAccount *self, const char *user_id, const char *url)
{
  if (url == NULL || *url == '\0')
    {
      show_avatar (self, user_id, NULL);
      return;
    }

  g_autofree char *cached = porch_agent_account_lookup_avatar (self, url);
  if (cached != NULL)
    {
      show_avatar (self, user_id, cached);
      return;
    }

  /* Once a connection: what fails is not asked for again at each event. */
  if (!g_hash_table_add (self->avatars_tried,
                         g_strconcat (user_id != NULL ? user_id : "", " ", url, NULL)))
    return;

  AvatarRequest *request = g_new0 (AvatarRequest, 1);
  request->self = g_object_ref (self);
  request->user_id = g_strdup (user_id);
  request->url = g_strdup (url);
  porch_avatar_fetcher_fetch_async (get_avatars (self), url, self->cancellable,
                                    on_avatar_fetched_cb, request);
}

static void
remove_avatars (PorchAgentAccount *self)
{
  g_autoptr (GDir) folder = g_dir_open (self->avatar_folder, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->avatar_folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (self->avatar_folder);
}

static void
on_profile_cb (PorchAgentAccount *self, const PorchUserState *state, PorchSession *session)
{
  PorchContact *contact = porch_roster_lookup (self->roster, state->user_id);
  if (contact == NULL)
    return;

  const PorchContactRecord *known = g_hash_table_lookup (self->contacts, state->user_id);
  gboolean avatar_changed = g_strcmp0 (known->avatar, state->avatar) != 0;
  if (avatar_changed)
    {
      PorchContactRecord *record = build_record (self, contact);

      g_free (record->avatar);
      record->avatar = g_strdup (state->avatar);
      porch_agent_store_put_contact (self->store, self->record->key, record);
      g_hash_table_replace (self->contacts, record->user_id, record);
    }

  g_autofree char *name = porch_user_state_get_name (state);
  if (name != NULL && *name != '\0')
    porch_contact_set_name (contact, name);
  if (avatar_changed || porch_contact_get_avatar (contact) == NULL)
    update_avatar (self, state->user_id, state->avatar);
}

static void
on_missing_cb (PorchAgentAccount *self,
               const char *user_id,
               gboolean missing,
               PorchSession *session)
{
  PorchContact *contact = porch_roster_lookup (self->roster, user_id);

  if (contact != NULL)
    porch_contact_set_missing (contact, missing);
  if (missing)
    end_adds (self, user_id, TRUE);
}

/* text: (nullable); Returns: whether the field holds something else now */
static gboolean
replace_text (char **field, const char *text)
{
  if (text == NULL || g_strcmp0 (*field, text) == 0)
    return FALSE;

  g_free (*field);
  *field = g_strdup (text);
  return TRUE;
}

static void
on_session_changed_cb (PorchAgentAccount *self, GParamSpec *pspec, PorchSession *session)
{
  g_autofree char *name = NULL;
  g_autofree char *user_id = NULL;
  g_autofree char *avatar = NULL;

  if (porch_session_get_state (session) != PORCH_SESSION_CONNECTED)
    g_hash_table_remove_all (self->avatars_tried);

  g_object_get (session, "name", &name, "user-id", &user_id, "avatar-url", &avatar, NULL);
  gboolean avatar_changed = replace_text (&self->record->avatar, avatar);
  gboolean record_changed = replace_text (&self->record->name, name);
  record_changed |= replace_text (&self->record->user_id, user_id);

  if (avatar_changed || record_changed)
    put_account (self);
  if (avatar_changed || (self->avatar == NULL && g_str_equal (pspec->name, "avatar-url")))
    update_avatar (self, NULL, self->record->avatar);
  emit_changed (self);
}

static void
on_offset_changed_cb (PorchAgentAccount *self)
{
  gint64 offset_us = porch_server_clock_get_offset_us (self->server_clock);

  if (ABS (offset_us - self->record->clock_offset_us) < CLOCK_OFFSET_STEP_US)
    return;

  self->record->clock_offset_us = offset_us;
  put_account (self);
  emit_changed (self);
}

static void
watch_contacts (PorchAgentAccount *self)
{
  GHashTableIter iter;
  gpointer user_id;

  g_hash_table_iter_init (&iter, self->contacts);
  while (g_hash_table_iter_next (&iter, &user_id, NULL))
    porch_session_watch (self->session, user_id);
}

static PorchSession *
new_session (PorchAgentAccount *self, PorchTokenStore *token_store, const PorchDiscovery *discovery)
{
  return porch_session_new (self->clock, self->roster, token_store,
                            discovery->by_hand ? NULL : self->record->server, discovery,
                            self->record->key, self->record->client_id);
}

/* session: (transfer full) */
static void
use_session (PorchAgentAccount *self, PorchSession *session)
{
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      /* It may be signed in, and must not feed the roster beside the new one. */
      g_object_run_dispose (G_OBJECT (self->session));
    }
  g_clear_object (&self->session);

  self->session = session;
  g_signal_connect_object (session, "profile", G_CALLBACK (on_profile_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "missing", G_CALLBACK (on_missing_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify", G_CALLBACK (on_session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  porch_session_set_appear_offline (session, self->record->appear_offline);
  porch_session_set_away (session, self->away);
  porch_session_set_heartbeat_s (session, self->heartbeat_s);
  watch_contacts (self);
  emit_changed (self);
}

static gboolean on_appear_offline_timeout_cb (gpointer user_data);

static void
arm_appear_offline (PorchAgentAccount *self)
{
  porch_clock_clear_timeout (self->clock, &self->appear_offline_timeout_id);
  if (!self->record->appear_offline || self->record->appear_offline_until_us == 0)
    return;

  gint64 left_ms = (self->record->appear_offline_until_us - porch_clock_get_real_us (self->clock))
                   / 1000;
  self->appear_offline_timeout_id = porch_clock_add_timeout (
      self->clock, CLAMP (left_ms + 1, 1, APPEAR_OFFLINE_CHECK_MS), on_appear_offline_timeout_cb,
      self);
}

static gboolean
on_appear_offline_timeout_cb (gpointer user_data)
{
  PorchAgentAccount *self = user_data;

  self->appear_offline_timeout_id = 0;
  if (porch_clock_get_real_us (self->clock) >= self->record->appear_offline_until_us)
    porch_agent_account_set_appear_offline (self, FALSE, 0);
  else
    arm_appear_offline (self);
  return G_SOURCE_REMOVE;
}

/* Returns: (transfer full): the id of whom a person means by @text */
static char *
resolve_contact (PorchAgentAccount *self, const char *text, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *user_id = NULL;

  if (g_str_has_prefix (stripped, "porchlight:"))
    {
      g_autoptr (PorchLink) link = porch_link_parse (stripped, NULL);

      if (link == NULL || link->kind != PORCH_LINK_ADD)
        {
          g_set_error_literal (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT,
                               _ ("This link does not name a person."));
          return NULL;
        }
      if (g_strcmp0 (link->server, self->record->server) != 0)
        {
          g_set_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT,
                       _ ("This link is of another server: %s"), link->server);
          return NULL;
        }
      user_id = g_strdup (link->user_id);
    }
  else
    user_id = g_steal_pointer (&stripped);

  if (!porch_user_id_is_valid (user_id))
    {
      g_set_error_literal (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT,
                           _ ("This is neither a user id nor a Porchlight link."));
      return NULL;
    }
  if (g_strcmp0 (user_id, self->record->user_id) == 0)
    {
      g_set_error_literal (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT,
                           _ ("That is you."));
      return NULL;
    }
  return g_steal_pointer (&user_id);
}

typedef struct
{
  PorchAgentAccount *self;
  GTask *task;
} AddTimeout;

static gboolean
on_add_timeout_cb (gpointer user_data)
{
  AddTimeout *timeout = user_data;
  guint position;

  /* Silence is no refusal: they stay on the list, and the list says what is known of them. */
  if (g_ptr_array_find (timeout->self->adds, timeout->task, &position))
    {
      g_autoptr (GTask) task = g_ptr_array_steal_index (timeout->self->adds, position);
      g_task_return_boolean (task, TRUE);
    }
  g_object_unref (timeout->task);
  g_object_unref (timeout->self);
  g_free (timeout);
  return G_SOURCE_REMOVE;
}

static void
on_contacts_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchAgentAccount *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) records = porch_agent_store_load_contacts_finish (
      PORCH_AGENT_STORE (source), result, NULL);
  g_autoptr (GPtrArray) contacts = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      PorchContactRecord *record = g_ptr_array_index (records, i);

      records->pdata[i] = NULL;
      if (record->user_id != NULL && porch_user_id_is_valid (record->user_id))
        g_ptr_array_add (contacts, new_contact (self, record));
      else
        porch_contact_record_free (record);
    }
  porch_roster_add_many (self->roster, contacts);
  watch_contacts (self);
  porch_history_recorder_start (self->history);
  g_task_return_boolean (task, TRUE);
}

static void
on_stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  porch_session_stop_finish (PORCH_SESSION (source), result);
  g_task_return_boolean (task, TRUE);
}

typedef struct
{
  PorchSession *session;
  PorchDiscovery *discovery;
} Beginning;

static void
beginning_free (Beginning *beginning)
{
  g_clear_object (&beginning->session);
  porch_discovery_free (beginning->discovery);
  g_free (beginning);
}

static void
on_begun_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchAgentAccount *self = g_task_get_source_object (task);
  Beginning *beginning = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!porch_session_begin_finish (PORCH_SESSION (source), result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  porch_discovery_free (self->discovery);
  self->discovery = g_steal_pointer (&beginning->discovery);
  g_free (self->record->discovery);
  self->record->discovery = porch_discovery_build (self->discovery);
  self->record->used_at_us = porch_clock_get_real_us (self->clock);
  replace_text (&self->record->user_id, porch_session_get_user_id (PORCH_SESSION (source)));
  put_account (self);
  use_session (self, g_steal_pointer (&beginning->session));
  porch_history_recorder_start (self->history);
  porch_agent_store_flush_async (self->store, NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
forget (PorchAgentAccount *self)
{
  self->forgotten = TRUE;
  porch_history_recorder_stop (self->history);
  porch_roster_clear (self->roster);
  g_hash_table_remove_all (self->contacts);
  g_hash_table_remove_all (self->removed);
  g_cancellable_cancel (self->cancellable);
  remove_avatars (self);
  porch_agent_store_remove_account (self->store, self->record->key);
  porch_agent_store_flush_async (self->store, NULL, NULL);
}

static void
on_signed_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchAgentAccount *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  /* The server may be out of reach; here the session is over all the same. */
  if (!porch_session_sign_out_finish (PORCH_SESSION (source), result, &error))
    g_message ("The server was not told of the sign-out: %s", error->message);

  porch_roster_set_unknown (self->roster);
  if (GPOINTER_TO_INT (g_task_get_task_data (task)))
    forget (self);
  emit_changed (self);
  g_task_return_boolean (task, TRUE);
}

static void
porch_agent_account_dispose (GObject *object)
{
  PorchAgentAccount *self = PORCH_AGENT_ACCOUNT (object);

  g_cancellable_cancel (self->cancellable);
  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->appear_offline_timeout_id);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_object (&self->history);

  G_OBJECT_CLASS (porch_agent_account_parent_class)->dispose (object);
}

static void
porch_agent_account_finalize (GObject *object)
{
  PorchAgentAccount *self = PORCH_AGENT_ACCOUNT (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->avatars);
  g_clear_object (&self->roster);
  g_clear_object (&self->server_clock);
  g_clear_object (&self->token_store);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_ptr_array_unref (self->adds);
  g_hash_table_unref (self->contacts);
  g_hash_table_unref (self->removed);
  g_hash_table_unref (self->avatars_tried);
  porch_account_record_free (self->record);
  porch_discovery_free (self->discovery);
  g_free (self->avatar_folder);
  g_free (self->avatar);

  G_OBJECT_CLASS (porch_agent_account_parent_class)->finalize (object);
}

static void
porch_agent_account_class_init (PorchAgentAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_agent_account_dispose;
  object_class->finalize = porch_agent_account_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
porch_agent_account_init (PorchAgentAccount *self)
{
  self->contacts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                          (GDestroyNotify) porch_contact_record_free);
  self->removed = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) porch_contact_record_free);
  self->avatars_tried = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->adds = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}

/* Returns: (transfer full) (nullable): the addresses that the record keeps */
static PorchDiscovery *
read_discovery (const PorchAccountRecord *record)
{
  g_autoptr (GError) error = NULL;
  PorchDiscovery *discovery = porch_discovery_parse (record->discovery, strlen (record->discovery),
                                                     &error);

  if (discovery == NULL)
    g_warning ("The stored addresses of %s cannot be read: %s", record->server, error->message);
  return discovery;
}

/**
 * porch_agent_account_new:
 * @clock: the clock
 * @store: where the account is kept
 * @token_store: where its session is kept
 * @cache_folder: (type filename): where its pictures are kept, in a folder of its own
 * @record: the account
 *
 * Returns: (transfer full) (nullable): the account, signed out; %NULL where @record cannot be used
 */
PorchAgentAccount *
porch_agent_account_new (PorchClock *clock,
                         PorchAgentStore *store,
                         PorchTokenStore *token_store,
                         const char *cache_folder,
                         const PorchAccountRecord *record)
{
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_AGENT_STORE (store), NULL);
  g_return_val_if_fail (PORCH_IS_TOKEN_STORE (token_store), NULL);
  g_return_val_if_fail (record != NULL, NULL);

  g_autoptr (PorchDiscovery) discovery = read_discovery (record);
  if (discovery == NULL)
    return NULL;

  PorchAgentAccount *self = g_object_new (PORCH_TYPE_AGENT_ACCOUNT, NULL);
  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->token_store = g_object_ref (token_store);
  self->record = porch_account_record_copy (record);
  self->server_clock = porch_server_clock_new (clock);
  porch_server_clock_set_offset_us (self->server_clock, record->clock_offset_us);
  self->roster = porch_roster_new (self->server_clock);
  self->history = porch_history_recorder_new (store, self->roster, record->key,
                                              record->history_keep);
  self->avatar_folder = g_build_filename (cache_folder, record->key, NULL);
  self->avatar = porch_agent_account_lookup_avatar (self, record->avatar);

  if (record->appear_offline && record->appear_offline_until_us != 0
      && record->appear_offline_until_us <= porch_clock_get_real_us (clock))
    {
      self->record->appear_offline = FALSE;
      self->record->appear_offline_until_us = 0;
    }
  arm_appear_offline (self);

  g_signal_connect_object (self->roster, "contact-changed", G_CALLBACK (on_contact_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->server_clock, "notify::offset-us",
                           G_CALLBACK (on_offset_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "notify::fault", G_CALLBACK (emit_changed), self,
                           G_CONNECT_SWAPPED);
  self->discovery = g_steal_pointer (&discovery);
  use_session (self, new_session (self, token_store, self->discovery));
  return self;
}

/**
 * porch_agent_account_load_async:
 * @self: an account
 * @callback: called when the contacts are in the roster
 * @user_data: for @callback
 *
 * Fills the roster from the store, everybody as unknown.
 */
void
porch_agent_account_load_async (PorchAgentAccount *self,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, porch_agent_account_load_async);
  porch_agent_store_load_contacts_async (self->store, self->record->key, NULL,
                                         on_contacts_loaded_cb, task);
}

/**
 * porch_agent_account_load_finish:
 * @self: an account
 * @result: a result
 *
 * Ends a load. What could not be read is the store's fault to tell.
 */
void
porch_agent_account_load_finish (PorchAgentAccount *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

/**
 * porch_agent_account_resume:
 * @self: an account
 *
 * Takes up the session that the token store kept, if it did.
 */
void
porch_agent_account_resume (PorchAgentAccount *self)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  porch_session_resume (self->session);
}

/**
 * porch_agent_account_stop_async:
 * @self: an account
 * @callback: called when the server was told, or did not answer for 2 s
 * @user_data: for @callback
 *
 * The agent ends: says offline, and puts what is known last in the store.
 */
void
porch_agent_account_stop_async (PorchAgentAccount *self,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, porch_agent_account_stop_async);
  g_cancellable_cancel (self->cancellable);
  end_adds (self, NULL, FALSE);
  porch_session_stop_async (self->session, on_stopped_cb, task);
  porch_roster_set_unknown (self->roster);
}

/**
 * porch_agent_account_stop_finish:
 * @self: an account
 * @result: a result
 */
void
porch_agent_account_stop_finish (PorchAgentAccount *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

/**
 * porch_agent_account_begin_async:
 * @self: an account; a session that it has is replaced
 * @token_store: where this session is kept
 * @discovery: where the server's parts are now
 * @session: (transfer full): what the person was given
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 */
void
porch_agent_account_begin_async (PorchAgentAccount *self,
                                 PorchTokenStore *token_store,
                                 const PorchDiscovery *discovery,
                                 PorchAuthSession *session,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));
  g_return_if_fail (discovery != NULL);
  g_return_if_fail (session != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_agent_account_begin_async);
  Beginning *beginning = g_new0 (Beginning, 1);
  beginning->discovery = porch_discovery_copy (discovery);
  beginning->session = new_session (self, token_store, discovery);
  g_task_set_task_data (task, beginning, (GDestroyNotify) beginning_free);

  porch_session_begin_async (beginning->session, session, cancellable, on_begun_cb, task);
}

/**
 * porch_agent_account_begin_finish:
 * @self: an account
 * @result: a result
 * @error: return location for an error of %PORCH_CLIENT_ERROR
 *
 * Returns: whether the person is signed in
 */
gboolean
porch_agent_account_begin_finish (PorchAgentAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_agent_account_sign_out_async:
 * @self: an account
 * @forget_all: whether to delete contacts, states and pictures too
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * The tokens are deleted in any case.
 */
void
porch_agent_account_sign_out_async (PorchAgentAccount *self,
                                    gboolean forget_all,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, porch_agent_account_sign_out_async);
  g_task_set_task_data (task, GINT_TO_POINTER (forget_all), NULL);
  porch_session_sign_out_async (self->session, NULL, on_signed_out_cb, task);
}

/**
 * porch_agent_account_sign_out_finish:
 * @self: an account
 * @result: a result
 * @error: return location
 *
 * Returns: %TRUE: here, signing out always succeeds
 */
gboolean
porch_agent_account_sign_out_finish (PorchAgentAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_agent_account_add_contact_async:
 * @self: an account
 * @text: a user id, or a porchlight://add link to the account's server
 * @cancellable: (nullable): a cancellable
 * @callback: called when the person is on the list
 * @user_data: for @callback
 *
 * Connected, this waits some seconds for the server to say whether there is such a person.
 */
void
porch_agent_account_add_contact_async (PorchAgentAccount *self,
                                       const char *text,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));
  g_return_if_fail (text != NULL);

  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_agent_account_add_contact_async);

  GError *error = NULL;
  g_autofree char *user_id = resolve_contact (self, text, &error);
  if (user_id == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  PorchContactRecord *record = NULL;
  if (porch_roster_lookup (self->roster, user_id) != NULL
      || g_hash_table_steal_extended (self->removed, user_id, NULL, (gpointer *) &record))
    {
      if (record != NULL)
        add_contact (self, record);
      porch_agent_store_flush_async (self->store, NULL, NULL);
      g_task_return_boolean (task, TRUE);
      return;
    }

  record = g_new0 (PorchContactRecord, 1);
  record->user_id = g_strdup (user_id);
  add_contact (self, record);
  porch_agent_store_flush_async (self->store, NULL, NULL);

  if (porch_session_get_state (self->session) != PORCH_SESSION_CONNECTED)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  AddTimeout *timeout = g_new0 (AddTimeout, 1);
  timeout->self = g_object_ref (self);
  timeout->task = g_object_ref (task);
  porch_clock_add_timeout (self->clock, ADD_TIMEOUT_MS, on_add_timeout_cb, timeout);
  g_task_set_task_data (task, g_steal_pointer (&user_id), g_free);
  g_ptr_array_add (self->adds, g_steal_pointer (&task));
}

/**
 * porch_agent_account_add_contact_finish:
 * @self: an account
 * @result: a result
 * @error: return location: %PORCH_AGENT_ERROR_INVALID_ARGUMENT, %PORCH_AGENT_ERROR_NO_SUCH_USER
 *
 * Returns: whether the person is on the list
 */
gboolean
porch_agent_account_add_contact_finish (PorchAgentAccount *self,
                                        GAsyncResult *result,
                                        GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_agent_account_remove_contact:
 * @self: an account
 * @user_id: a contact's id
 *
 * Within this run adding them again brings back what was known.
 *
 * Returns: whether they were on the list
 */
gboolean
porch_agent_account_remove_contact (PorchAgentAccount *self, const char *user_id)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), FALSE);
  g_return_val_if_fail (user_id != NULL, FALSE);

  PorchContact *contact = porch_roster_lookup (self->roster, user_id);
  if (contact == NULL)
    return FALSE;

  PorchContactRecord *record = build_record (self, contact);
  porch_session_unwatch (self->session, record->user_id);
  porch_roster_remove (self->roster, record->user_id);
  g_hash_table_remove (self->contacts, record->user_id);
  porch_agent_store_remove_contact (self->store, self->record->key, record->user_id);
  porch_agent_store_flush_async (self->store, NULL, NULL);
  g_hash_table_replace (self->removed, record->user_id, record);
  return TRUE;
}

/**
 * porch_agent_account_set_favourite:
 * @self: an account
 * @user_id: a contact's id
 * @favourite: whether they are one
 *
 * Returns: whether they are on the list
 */
gboolean
porch_agent_account_set_favourite (PorchAgentAccount *self, const char *user_id, gboolean favourite)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), FALSE);
  g_return_val_if_fail (user_id != NULL, FALSE);

  PorchContact *contact = porch_roster_lookup (self->roster, user_id);
  if (contact == NULL)
    return FALSE;

  porch_contact_set_favourite (contact, favourite);
  return TRUE;
}

/**
 * porch_agent_account_set_notify_rule:
 * @self: an account
 * @user_id: a contact's id
 * @rule: what to tell of them
 *
 * Returns: whether they are on the list
 */
gboolean
porch_agent_account_set_notify_rule (PorchAgentAccount *self,
                                     const char *user_id,
                                     PorchNotifyRule rule)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), FALSE);
  g_return_val_if_fail (user_id != NULL, FALSE);

  PorchContact *contact = porch_roster_lookup (self->roster, user_id);
  if (contact == NULL)
    return FALSE;

  porch_contact_set_notify_rule (contact, rule);
  return TRUE;
}

/**
 * porch_agent_account_set_history_keep:
 * @self: an account
 * @keep: for how long to keep who was here when
 */
void
porch_agent_account_set_history_keep (PorchAgentAccount *self, PorchHistoryKeep keep)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  self->record->history_keep = keep;
  put_account (self);
  porch_history_recorder_set_keep (self->history, keep);
  emit_changed (self);
}

/**
 * porch_agent_account_search_async:
 * @self: an account
 * @query: what to look for
 * @cancellable: (nullable): a cancellable
 * @callback: called with the people found
 * @user_data: for @callback
 */
void
porch_agent_account_search_async (PorchAgentAccount *self,
                                  const char *query,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  porch_session_search_async (self->session, query, cancellable, callback, user_data);
}

/**
 * porch_agent_account_search_finish:
 * @self: an account
 * @result: a result
 * @error: return location for an error of %PORCH_CLIENT_ERROR
 *
 * Returns: (transfer full) (element-type PorchUserState): the people found
 */
GPtrArray *
porch_agent_account_search_finish (PorchAgentAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), NULL);

  /* The session that was asked: the account may have signed in anew meanwhile. */
  g_autoptr (GObject) session = g_async_result_get_source_object (result);
  return porch_session_search_finish (PORCH_SESSION (session), result, error);
}

/**
 * porch_agent_account_set_appear_offline:
 * @self: an account
 * @offline: whether to appear offline
 * @until_us: until when, this computer's wall clock; 0 for until changed
 */
void
porch_agent_account_set_appear_offline (PorchAgentAccount *self, gboolean offline, gint64 until_us)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  self->record->appear_offline = offline;
  self->record->appear_offline_until_us = offline ? until_us : 0;
  arm_appear_offline (self);
  put_account (self);
  porch_session_set_appear_offline (self->session, offline);
  emit_changed (self);
}

/**
 * porch_agent_account_set_away:
 * @self: an account
 * @away: whether the person is not there: idle, locked out, or the computer about to sleep
 *
 * Others see an absent person as offline.
 */
void
porch_agent_account_set_away (PorchAgentAccount *self, gboolean away)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  self->away = away;
  porch_session_set_away (self->session, away);
}

/**
 * porch_agent_account_set_heartbeat_s:
 * @self: an account
 * @heartbeat_s: seconds between heartbeats, or 0 for what the server says
 */
void
porch_agent_account_set_heartbeat_s (PorchAgentAccount *self, guint heartbeat_s)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  self->heartbeat_s = heartbeat_s;
  porch_session_set_heartbeat_s (self->session, heartbeat_s);
}

static void
on_settled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  porch_session_settle_finish (PORCH_SESSION (source), result);
  g_task_return_boolean (task, TRUE);
}

/**
 * porch_agent_account_settle_async:
 * @self: an account
 * @callback: called when the server was told what others are to see, or cannot be, or after 2 s
 * @user_data: for @callback
 */
void
porch_agent_account_settle_async (PorchAgentAccount *self,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, porch_agent_account_settle_async);
  porch_session_settle_async (self->session, on_settled_cb, task);
}

/**
 * porch_agent_account_settle_finish:
 * @self: an account
 * @result: a result
 */
void
porch_agent_account_settle_finish (PorchAgentAccount *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

/**
 * porch_agent_account_falling_asleep:
 * @self: an account
 *
 * The computer is about to sleep: from now on nobody watches.
 */
void
porch_agent_account_falling_asleep (PorchAgentAccount *self)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  porch_history_recorder_pause (self->history);
}

/**
 * porch_agent_account_woke_up:
 * @self: an account
 *
 * The computer slept: everybody is unknown until the server has been asked again.
 */
void
porch_agent_account_woke_up (PorchAgentAccount *self)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  porch_session_woke_up (self->session);
  porch_history_recorder_resume (self->history);
}

/**
 * porch_agent_account_try_now:
 * @self: an account
 *
 * The person does not want to wait: connects now, and asks a locked keyring again.
 */
void
porch_agent_account_try_now (PorchAgentAccount *self)
{
  g_return_if_fail (PORCH_IS_AGENT_ACCOUNT (self));

  if (PORCH_IS_KEYRING (self->token_store))
    porch_keyring_prompt_again (PORCH_KEYRING (self->token_store));
  porch_session_try_now (self->session);
}

/**
 * porch_agent_account_export:
 * @self: an account
 *
 * Returns: (transfer full): the contacts as a file's text
 */
char *
porch_agent_account_export (PorchAgentAccount *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), NULL);

  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->roster)); i++)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (G_LIST_MODEL (self->roster), i);
      g_ptr_array_add (records,
                       g_hash_table_lookup (self->contacts, porch_contact_get_id (contact)));
    }
  return porch_contact_file_build (self->record->server, records);
}

/**
 * porch_agent_account_import:
 * @self: an account
 * @json: a file's text
 * @added: (out): how many contacts were added
 * @error: return location for %PORCH_AGENT_ERROR_INVALID_ARGUMENT
 *
 * Adds whom the file names and the list lacks; who is on the list stays as they are.
 *
 * Returns: whether the file could be used; where not, nobody was added
 */
gboolean
porch_agent_account_import (PorchAgentAccount *self, const char *json, guint *added, GError **error)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), FALSE);
  g_return_val_if_fail (json != NULL && added != NULL, FALSE);

  *added = 0;
  g_autofree char *server = NULL;
  g_autoptr (GPtrArray) records = porch_contact_file_parse (json, &server, error);
  if (records == NULL)
    return FALSE;

  if (g_strcmp0 (server, self->record->server) != 0)
    {
      g_set_error (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT,
                   _ ("These contacts are of another server: %s"), server);
      return FALSE;
    }

  g_autoptr (GPtrArray) contacts = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < records->len; i++)
    {
      PorchContactRecord *record = g_ptr_array_index (records, i);

      if (g_hash_table_contains (self->contacts, record->user_id)
          || g_strcmp0 (record->user_id, self->record->user_id) == 0)
        continue;

      records->pdata[i] = NULL;
      porch_agent_store_put_contact (self->store, self->record->key, record);
      g_ptr_array_add (contacts, new_contact (self, record));
    }
  porch_roster_add_many (self->roster, contacts);
  for (guint i = 0; i < contacts->len; i++)
    porch_session_watch (self->session, porch_contact_get_id (g_ptr_array_index (contacts, i)));
  *added = contacts->len;
  porch_agent_store_flush_async (self->store, NULL, NULL);
  return TRUE;
}

/**
 * porch_agent_account_get_record:
 * @self: an account
 *
 * Returns: (transfer none): what is kept of it
 */
const PorchAccountRecord *
porch_agent_account_get_record (PorchAgentAccount *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), NULL);

  return self->record;
}

/**
 * porch_agent_account_get_server_name:
 * @self: an account
 *
 * Returns: (transfer none) (nullable): the name that the server gives itself
 */
const char *
porch_agent_account_get_server_name (PorchAgentAccount *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), NULL);

  return self->discovery->name;
}

/**
 * porch_agent_account_get_roster:
 * @self: an account
 *
 * Returns: (transfer none): its contacts
 */
PorchRoster *
porch_agent_account_get_roster (PorchAgentAccount *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), NULL);

  return self->roster;
}

/**
 * porch_agent_account_get_history:
 * @self: an account
 *
 * Returns: (transfer none): who was here when
 */
PorchHistoryRecorder *
porch_agent_account_get_history (PorchAgentAccount *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), NULL);

  return self->history;
}

/**
 * porch_agent_account_get_session:
 * @self: an account
 *
 * Returns: (transfer none): its session; another one after each sign-in
 */
PorchSession *
porch_agent_account_get_session (PorchAgentAccount *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), NULL);

  return self->session;
}

/**
 * porch_agent_account_get_store:
 * @self: an account
 *
 * Returns: (transfer none): where it is kept
 */
PorchAgentStore *
porch_agent_account_get_store (PorchAgentAccount *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), NULL);

  return self->store;
}

/**
 * porch_agent_account_get_avatar:
 * @self: an account
 *
 * Returns: (transfer none) (nullable) (type filename): the person's own picture
 */
const char *
porch_agent_account_get_avatar (PorchAgentAccount *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), NULL);

  return self->avatar;
}

/**
 * porch_agent_account_lookup_avatar:
 * @self: an account
 * @url: (nullable): a picture's address
 *
 * Returns: (transfer full) (nullable) (type filename): the picture, where it is here already
 */
char *
porch_agent_account_lookup_avatar (PorchAgentAccount *self, const char *url)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), NULL);

  return url != NULL && *url != '\0' ? porch_avatar_fetcher_lookup (get_avatars (self), url) : NULL;
}

/**
 * porch_agent_account_is_signed_in:
 * @self: an account
 *
 * Returns: whether there is a session, connected or not
 */
gboolean
porch_agent_account_is_signed_in (PorchAgentAccount *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (self), FALSE);

  return porch_session_get_state (self->session) != PORCH_SESSION_SIGNED_OUT;
}
