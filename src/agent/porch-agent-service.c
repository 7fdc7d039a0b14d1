/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The agent itself: makes the store, the keyring and an account object for each account, shows them
 * on the bus and takes in whom PorchAgentSignIn sends. Owned by main of porchlight-agent. What an
 * account does is PorchAgentAccount's; this knows which there are.
 *
 * One account is signed in at a time, and it is the first of Accounts: the window shows the first.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-agent-service.h"

#include "config.h"

#include "agent/porch-account-service.h"
#include "agent/porch-agent-autostart.h"
#include "agent/porch-agent-notifications.h"
#include "agent/porch-agent-preferences.h"
#include "agent/porch-agent-search.h"
#include "agent/porch-agent-sign-in.h"
#include "agent/porch-agent-tray.h"
#include "agent/porch-away.h"
#include "agent/porch-service-error.h"
#include "agent/porch-window-opener.h"
#include "bus/porch-agent-dbus.h"
#include "bus/porch-agent-error.h"
#include "bus/porch-agent-proxy.h"
#include "client/porch-memory-token-store.h"
#include "desktop/porch-keyring.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _PorchAgentService
{
  GObject parent_instance;

  GDBusConnection *bus;
  PorchClock *clock;
  char *cache_folder;

  PorchAgentStore *store;
  PorchAgentPreferences *preferences;
  PorchKeyring *keyring;
  PorchAgentTray *tray;
  PorchAgentNotifications *notifications;
  PorchAgentSearch *search;
  PorchAway *away;
  PorchAgentAutostart *autostart;
  PorchDBusAgent1 *skeleton;

  /* PorchAccountService, last used first */
  GPtrArray *accounts;

  /* Accounts that are to tell their server before the computer sleeps */
  guint n_settling;

  PorchAgentSignIn *sign_in;
};

G_DEFINE_FINAL_TYPE (PorchAgentService, porch_agent_service, G_TYPE_OBJECT)

enum
{
  SIGNAL_QUIT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static PorchAgentAccount *
get_account (PorchAgentService *self, guint position)
{
  return porch_account_service_get_account (g_ptr_array_index (self->accounts, position));
}

static void
update_accounts (PorchAgentService *self)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 0; i < self->accounts->len; i++)
    g_ptr_array_add (
        paths, (gpointer) porch_account_service_get_path (g_ptr_array_index (self->accounts, i)));
  g_ptr_array_add (paths, NULL);
  porch_dbus_agent1_set_accounts (self->skeleton, (const char *const *) paths->pdata);

  PorchAgentAccount *used = self->accounts->len > 0 ? get_account (self, 0) : NULL;
  porch_agent_tray_set_account (self->tray, used);
  porch_agent_notifications_set_account (self->notifications, used);
  porch_agent_search_set_account (self->search, used);
  if (self->accounts->len > 0)
    porch_dbus_agent1_set_data_error (self->skeleton, "");
}

static void
on_forgotten_cb (PorchAgentService *self, PorchAccountService *account)
{
  g_autoptr (PorchAccountService) keep = g_object_ref (account);

  g_ptr_array_remove (self->accounts, account);
  update_accounts (self);
  porch_account_service_unexport (account);
}

/* position: 0 for the front, -1 for the end */
static PorchAccountService *
add_account (PorchAgentService *self, PorchAgentAccount *account, int position)
{
  PorchAccountService *service = porch_account_service_new (account, self->preferences,
                                                            self->clock);

  porch_agent_account_set_away (account, porch_away_get_reason (self->away) != PORCH_AWAY_NOT);
  porch_agent_account_set_heartbeat_s (account,
                                       porch_agent_preferences_get_heartbeat_s (self->preferences));
  g_ptr_array_insert (self->accounts, position, service);
  g_signal_connect_object (service, "forgotten", G_CALLBACK (on_forgotten_cb), self,
                           G_CONNECT_SWAPPED);
  return service;
}

static PorchAccountService *
find_account (PorchAgentService *self, const char *server, const char *email)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      const PorchAccountRecord *record = porch_agent_account_get_record (get_account (self, i));

      if (g_str_equal (record->server, server) && g_ascii_strcasecmp (record->email, email) == 0)
        return g_ptr_array_index (self->accounts, i);
    }
  return NULL;
}

static PorchAgentAccount *
find_signed_in (PorchAgentService *self)
{
  for (guint i = 0; i < self->accounts->len; i++)
    if (porch_agent_account_is_signed_in (get_account (self, i)))
      return get_account (self, i);
  return NULL;
}

static char *
new_random_id (void)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_auto (GStrv) parts = g_strsplit (uuid, "-", -1);

  return g_strjoinv (NULL, parts);
}

/* Somebody who is being taken in. */
typedef struct
{
  PorchAgentService *self;
  GDBusMethodInvocation *invocation;
  PorchAgentAccount *account;
  PorchAccountService *known;
} Entry;

static void
entry_free (Entry *entry)
{
  if (entry->self->sign_in != NULL)
    porch_agent_sign_in_over (entry->self->sign_in);
  g_clear_object (&entry->self);
  g_clear_object (&entry->account);
  g_clear_object (&entry->known);
  g_free (entry);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Entry, entry_free)

static void
on_begun_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Entry) entry = user_data;
  PorchAgentService *self = entry->self;
  g_autoptr (GError) error = NULL;

  if (!porch_agent_account_begin_finish (entry->account, result, &error))
    {
      porch_service_return_error (g_steal_pointer (&entry->invocation), error);
      return;
    }

  PorchAccountService *service = entry->known;
  if (service == NULL)
    {
      service = add_account (self, entry->account, 0);
      if (!porch_account_service_export (service, self->bus, &error))
        g_warning ("The account cannot be shown: %s", error->message);
    }
  else
    {
      g_ptr_array_remove (self->accounts, g_object_ref (service));
      g_ptr_array_insert (self->accounts, 0, service);
    }
  update_accounts (self);
  g_dbus_method_invocation_return_value (
      g_steal_pointer (&entry->invocation),
      g_variant_new ("(o)", porch_account_service_get_path (service)));
}

static PorchAgentAccount *
new_account (PorchAgentService *self, const PorchAgentEntry *person)
{
  g_autofree char *key = new_random_id ();
  g_autofree char *client_id = new_random_id ();
  g_autofree char *discovery = porch_discovery_build (person->discovery);
  PorchAccountRecord record = {
    .key = key,
    .server = (char *) person->server,
    .discovery = discovery,
    .email = (char *) person->email,
    .client_id = client_id,
    .quiet_hours = PORCH_QUIET_HOURS_NONE,
  };

  return porch_agent_account_new (self->clock, self->store, PORCH_TOKEN_STORE (self->keyring),
                                  self->cache_folder, &record);
}

/* Whether this is the way to agree to a server's new addresses, which takes the place of a session.
 * Who comes by a browser has no email address yet.
 */
static gboolean
is_renewal (PorchAgentAccount *account, const char *address, const char *email)
{
  const PorchAccountRecord *record = porch_agent_account_get_record (account);
  g_autofree char *server = porch_server_address_normalize (address, NULL);
  g_autofree char *code = NULL;

  g_object_get (porch_agent_account_get_session (account), "error-code", &code, NULL);
  return g_strcmp0 (code, "server-changed") == 0 && g_strcmp0 (server, record->server) == 0
         && (*email == '\0' || g_ascii_strcasecmp (email, record->email) == 0);
}

static char *
on_refuse_cb (PorchAgentService *self, const char *address, const char *email)
{
  PorchAgentAccount *signed_in = find_signed_in (self);

  if (signed_in == NULL || is_renewal (signed_in, address, email))
    return NULL;

  const PorchAccountRecord *record = porch_agent_account_get_record (signed_in);
  /* Translators: an email address, and the address of a server */
  return g_strdup_printf (_ ("You are signed in as %s at %s. Sign out first."), record->email,
                          record->server);
}

static gpointer
on_known_setup_cb (PorchAgentService *self, const char *server)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      const PorchAccountRecord *record = porch_agent_account_get_record (get_account (self, i));
      g_autoptr (PorchDiscovery) discovery = porch_discovery_parse (
          record->discovery, strlen (record->discovery), NULL);

      if (discovery != NULL && discovery->by_hand && g_str_equal (record->server, server))
        return g_steal_pointer (&discovery);
    }
  return NULL;
}

static void
on_entered_cb (PorchAgentService *self, PorchAgentEntry *person)
{
  g_autoptr (PorchTokenStore) token_store = person->keep_in_memory
                                                ? porch_memory_token_store_new ()
                                                : PORCH_TOKEN_STORE (g_object_ref (self->keyring));
  g_autofree char *refusal = on_refuse_cb (self, person->server, person->email);
  Entry *entry = g_new0 (Entry, 1);

  entry->self = g_object_ref (self);
  entry->invocation = person->invocation;
  if (refusal != NULL)
    {
      g_dbus_method_invocation_return_error_literal (g_steal_pointer (&entry->invocation),
                                                     PORCH_AGENT_ERROR,
                                                     PORCH_AGENT_ERROR_INVALID_ARGUMENT, refusal);
      entry_free (entry);
      return;
    }

  g_set_object (&entry->known, find_account (self, person->server, person->email));
  entry->account = entry->known != NULL
                       ? g_object_ref (porch_account_service_get_account (entry->known))
                       : new_account (self, person);
  porch_agent_account_begin_async (entry->account, token_store, person->discovery,
                                   g_steal_pointer (&person->session), NULL, on_begun_cb, entry);
}

/* The window has no business without the agent, and would only say so. */
static void
quit (PorchAgentService *self)
{
  porch_window_quit (self->bus);
  g_signal_emit (self, signals[SIGNAL_QUIT], 0);
}

static gboolean
on_quit_cb (PorchAgentService *self, GDBusMethodInvocation *invocation)
{
  porch_dbus_agent1_complete_quit (self->skeleton, invocation);
  quit (self);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_set_idle_cb (PorchAgentService *self, GDBusMethodInvocation *invocation, gboolean idle)
{
  porch_away_set_told (self->away, idle);
  porch_dbus_agent1_complete_set_idle (self->skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_set_heartbeat_seconds_cb (PorchAgentService *self,
                             GDBusMethodInvocation *invocation,
                             guint seconds)
{
  g_autoptr (GError) error = NULL;

  if (porch_agent_preferences_set_heartbeat_s (self->preferences, seconds, &error))
    porch_dbus_agent1_complete_set_heartbeat_seconds (self->skeleton, invocation);
  else
    porch_service_return_error (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_set_away_after_minutes_cb (PorchAgentService *self,
                              GDBusMethodInvocation *invocation,
                              guint minutes)
{
  g_autoptr (GError) error = NULL;

  if (porch_agent_preferences_set_away_after_minutes (self->preferences, minutes, &error))
    porch_dbus_agent1_complete_set_away_after_minutes (self->skeleton, invocation);
  else
    porch_service_return_error (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_away_changed_cb (PorchAgentService *self)
{
  porch_dbus_agent1_set_away (self->skeleton, porch_away_get_reason_code (self->away));
  porch_dbus_agent1_set_away_after_minutes (self->skeleton,
                                            porch_away_get_after_minutes (self->away));
  porch_dbus_agent1_set_idle_source (self->skeleton, porch_away_get_idle_source (self->away));
  porch_dbus_agent1_set_lock_sources (self->skeleton, porch_away_get_lock_sources (self->away));

  for (guint i = 0; i < self->accounts->len; i++)
    porch_agent_account_set_away (get_account (self, i),
                                  porch_away_get_reason (self->away) != PORCH_AWAY_NOT);
}

static void
on_preferences_changed_cb (PorchAgentService *self)
{
  g_auto (GStrv) locked = porch_agent_preferences_dup_locked (self->preferences);

  porch_dbus_agent1_set_locked_settings (self->skeleton, (const char *const *) locked);
  porch_dbus_agent1_set_heartbeat_seconds (
      self->skeleton, porch_agent_preferences_get_heartbeat_s (self->preferences));
  for (guint i = 0; i < self->accounts->len; i++)
    porch_agent_account_set_heartbeat_s (
        get_account (self, i), porch_agent_preferences_get_heartbeat_s (self->preferences));
}

static void
on_account_settled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAgentService) self = user_data;

  porch_agent_account_settle_finish (PORCH_AGENT_ACCOUNT (source), result);
  if (--self->n_settling == 0 && self->away != NULL)
    porch_away_let_sleep (self->away);
}

static void
on_falling_asleep_cb (PorchAgentService *self)
{
  self->n_settling += self->accounts->len;
  if (self->n_settling == 0)
    porch_away_let_sleep (self->away);

  for (guint i = 0; i < self->accounts->len; i++)
    {
      porch_agent_account_falling_asleep (get_account (self, i));
      porch_agent_account_settle_async (get_account (self, i), on_account_settled_cb,
                                        g_object_ref (self));
    }
}

static void
on_woke_up_cb (PorchAgentService *self)
{
  for (guint i = 0; i < self->accounts->len; i++)
    porch_agent_account_woke_up (get_account (self, i));
}

static void
on_tray_hint_cb (PorchAgentService *self, const char *sentence)
{
  porch_dbus_agent1_set_tray_hint (self->skeleton, sentence);
}

static void
on_autostart_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_agent_autostart_set_finish (PORCH_AGENT_AUTOSTART (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    porch_service_return_error (invocation, error);
}

static gboolean
on_set_start_at_login_cb (PorchAgentService *self,
                          GDBusMethodInvocation *invocation,
                          gboolean enabled)
{
  porch_agent_autostart_set_async (self->autostart, enabled, on_autostart_set_cb, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_stay_granted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_agent_autostart_stay_finish (PORCH_AGENT_AUTOSTART (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    porch_service_return_error (invocation, error);
}

static gboolean
on_stay_in_background_cb (PorchAgentService *self, GDBusMethodInvocation *invocation)
{
  porch_agent_autostart_stay_async (self->autostart, on_stay_granted_cb, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_autostart_changed_cb (PorchAgentService *self)
{
  porch_dbus_agent1_set_start_at_login_way (self->skeleton,
                                            porch_agent_autostart_get_way (self->autostart));
  porch_dbus_agent1_set_start_at_login (self->skeleton,
                                        porch_agent_autostart_get_choice_code (self->autostart));
}

static void
on_own_line_cb (PorchAgentService *self, const char *line)
{
  porch_agent_autostart_set_status (self->autostart, line);
}

/* Accounts that are still being loaded; the task ends with the last of them. */
typedef struct
{
  guint n_loading;
} Start;

static void
show (PorchAgentService *self, GTask *task)
{
  GError *error = NULL;

  /* Taken up first, so that nobody ever sees the person as signed out meanwhile. */
  if (self->accounts->len > 0)
    porch_agent_account_resume (get_account (self, 0));

  for (guint i = 0; i < self->accounts->len; i++)
    if (!porch_account_service_export (g_ptr_array_index (self->accounts, i), self->bus, &error))
      {
        g_task_return_error (task, error);
        return;
      }
  update_accounts (self);
  porch_agent_tray_start (self->tray);
  porch_agent_search_start (self->search);
  porch_away_start (self->away);
  porch_agent_autostart_start (self->autostart);
  if (g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), self->bus,
                                        PORCH_AGENT_PATH, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_account_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Start *start = g_task_get_task_data (task);
  PorchAgentAccount *account = PORCH_AGENT_ACCOUNT (source);

  porch_agent_account_load_finish (account, result);
  add_account (g_task_get_source_object (task), account, -1);
  if (--start->n_loading == 0)
    show (g_task_get_source_object (task), task);
}

/* An empty list is no proof that nobody has signed in where the file cannot be read. */
static void
update_data_error (PorchAgentService *self)
{
  const char *path = porch_agent_store_get_path (self->store);
  g_autofree char *sentence = NULL;

  switch (porch_agent_store_get_fault (self->store))
    {
    case PORCH_AGENT_STORE_FAULT_NONE:
      break;
    case PORCH_AGENT_STORE_FAULT_DAMAGED:
      /* Translators: a file */
      sentence = g_strdup_printf (_ ("The file of your account and contacts is damaged. It is left "
                                     "as it is; move it away to begin anew: %s"),
                                  path);
      break;
    case PORCH_AGENT_STORE_FAULT_NEWER:
    case PORCH_AGENT_STORE_FAULT_UNWRITABLE:
      /* Translators: a file */
      sentence = g_strdup_printf (_ ("The file of your account and contacts cannot be read: %s"),
                                  path);
      break;
    }
  porch_dbus_agent1_set_data_error (self->skeleton, sentence != NULL ? sentence : "");
}

static void
on_accounts_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchAgentService *self = g_task_get_source_object (task);
  Start *start = g_task_get_task_data (task);
  g_autoptr (GPtrArray) records = porch_agent_store_load_accounts_finish (
      PORCH_AGENT_STORE (source), result, NULL);

  if (records == NULL || records->len == 0)
    update_data_error (self);
  porch_agent_preferences_move_old (
      self->preferences, self->store,
      records != NULL && records->len > 0 ? g_ptr_array_index (records, 0) : NULL);

  /* The store's worker answers in the order of the questions, and so the accounts keep theirs. */
  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      g_autoptr (PorchAgentAccount) account = porch_agent_account_new (
          self->clock, self->store, PORCH_TOKEN_STORE (self->keyring), self->cache_folder,
          g_ptr_array_index (records, i));
      if (account == NULL)
        continue;

      start->n_loading++;
      porch_agent_account_load_async (account, on_account_loaded_cb, g_object_ref (task));
    }

  if (start->n_loading == 0)
    show (self, task);
}

/* What the end still waits for: each account's goodbye, and what is to be written. */
typedef struct
{
  guint n_waiting;
} Stop;

static void
step_stop (GTask *task)
{
  Stop *stop = g_task_get_task_data (task);

  if (--stop->n_waiting == 0)
    g_task_return_boolean (task, TRUE);
}

static void
on_account_stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  porch_agent_account_stop_finish (PORCH_AGENT_ACCOUNT (source), result);
  step_stop (task);
}

static void
on_flushed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!porch_agent_store_flush_finish (PORCH_AGENT_STORE (source), result, &error))
    g_warning ("The last states are not stored: %s", error->message);
  step_stop (task);
}

static void
porch_agent_service_dispose (GObject *object)
{
  PorchAgentService *self = PORCH_AGENT_SERVICE (object);
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self->skeleton);

  if (skeleton != NULL && g_dbus_interface_skeleton_get_connection (skeleton) != NULL)
    g_dbus_interface_skeleton_unexport (skeleton);
  if (self->sign_in != NULL)
    g_object_run_dispose (G_OBJECT (self->sign_in));
  g_clear_object (&self->sign_in);
  g_clear_object (&self->tray);
  g_clear_object (&self->notifications);
  g_clear_object (&self->search);
  g_clear_object (&self->away);
  g_clear_object (&self->autostart);
  g_ptr_array_set_size (self->accounts, 0);

  G_OBJECT_CLASS (porch_agent_service_parent_class)->dispose (object);
}

static void
porch_agent_service_finalize (GObject *object)
{
  PorchAgentService *self = PORCH_AGENT_SERVICE (object);

  g_ptr_array_unref (self->accounts);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->keyring);
  g_clear_object (&self->preferences);
  g_clear_object (&self->store);
  g_clear_object (&self->bus);
  g_clear_object (&self->clock);
  g_free (self->cache_folder);

  G_OBJECT_CLASS (porch_agent_service_parent_class)->finalize (object);
}

static void
porch_agent_service_class_init (PorchAgentServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_agent_service_dispose;
  object_class->finalize = porch_agent_service_finalize;

  signals[SIGNAL_QUIT] = g_signal_new ("quit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);

  /* Registers the errors' names before the first call comes. */
  (void) PORCH_AGENT_ERROR;
}

static void
porch_agent_service_init (PorchAgentService *self)
{
  self->accounts = g_ptr_array_new_with_free_func (g_object_unref);
  self->skeleton = porch_dbus_agent1_skeleton_new ();
  porch_dbus_agent1_set_version (self->skeleton, PORCH_VERSION);
  porch_dbus_agent1_set_tray_hint (self->skeleton, "");
  porch_dbus_agent1_set_data_error (self->skeleton, "");
}

/**
 * porch_agent_service_new:
 * @bus: the session bus
 * @clock: the clock
 * @data_folder: (type filename): where the agent's database is
 * @cache_folder: (type filename): where pictures are
 *
 * Returns: (transfer full): the agent, which does nothing yet
 */
PorchAgentService *
porch_agent_service_new (GDBusConnection *bus,
                         PorchClock *clock,
                         const char *data_folder,
                         const char *cache_folder)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (data_folder != NULL && cache_folder != NULL, NULL);

  PorchAgentService *self = g_object_new (PORCH_TYPE_AGENT_SERVICE, NULL);
  g_autofree char *database = g_build_filename (data_folder, "agent.db", NULL);

  self->bus = g_object_ref (bus);
  self->clock = g_object_ref (clock);
  self->cache_folder = g_build_filename (cache_folder, "avatars", NULL);
  self->store = porch_agent_store_new (database, clock);
  self->keyring = porch_keyring_new (bus);
  self->preferences = porch_agent_preferences_new ();
  g_signal_connect_object (self->preferences, "changed", G_CALLBACK (on_preferences_changed_cb),
                           self, G_CONNECT_SWAPPED);
  on_preferences_changed_cb (self);
  self->away = porch_away_new (bus, clock, self->preferences);
  g_signal_connect_object (self->away, "changed", G_CALLBACK (on_away_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->away, "falling-asleep", G_CALLBACK (on_falling_asleep_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->away, "woke-up", G_CALLBACK (on_woke_up_cb), self,
                           G_CONNECT_SWAPPED);
  on_away_changed_cb (self);
  self->autostart = porch_agent_autostart_new (bus, self->store);
  g_signal_connect_object (self->autostart, "changed", G_CALLBACK (on_autostart_changed_cb), self,
                           G_CONNECT_SWAPPED);
  on_autostart_changed_cb (self);
  self->tray = porch_agent_tray_new (bus, clock, self->store);
  self->search = porch_agent_search_new (bus);
  self->notifications = porch_agent_notifications_new (bus, clock, self->preferences);
  g_signal_connect_object (self->tray, "quit", G_CALLBACK (quit), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tray, "hint", G_CALLBACK (on_tray_hint_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tray, "own-line", G_CALLBACK (on_own_line_cb), self,
                           G_CONNECT_SWAPPED);
  self->sign_in = porch_agent_sign_in_new (self->skeleton, clock, self->keyring);
  g_signal_connect_object (self->sign_in, "refuse", G_CALLBACK (on_refuse_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sign_in, "known-setup", G_CALLBACK (on_known_setup_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sign_in, "entered", G_CALLBACK (on_entered_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->skeleton, "handle-set-idle", G_CALLBACK (on_set_idle_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->skeleton, "handle-set-heartbeat-seconds",
                           G_CALLBACK (on_set_heartbeat_seconds_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->skeleton, "handle-set-away-after-minutes",
                           G_CALLBACK (on_set_away_after_minutes_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->skeleton, "handle-set-start-at-login",
                           G_CALLBACK (on_set_start_at_login_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->skeleton, "handle-stay-in-background",
                           G_CALLBACK (on_stay_in_background_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->skeleton, "handle-quit", G_CALLBACK (on_quit_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * porch_agent_service_start_async:
 * @self: the agent
 * @callback: called when everything known is on the bus
 * @user_data: for @callback
 *
 * Reads accounts and contacts, takes up the session that was last used, and shows all on the bus;
 * owning the name is left to the caller.
 */
void
porch_agent_service_start_async (PorchAgentService *self,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_SERVICE (self));

  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, porch_agent_service_start_async);
  g_task_set_task_data (task, g_new0 (Start, 1), g_free);
  porch_agent_store_load_accounts_async (self->store, NULL, on_accounts_loaded_cb, task);
}

/**
 * porch_agent_service_start_finish:
 * @self: the agent
 * @result: a result
 * @error: return location
 *
 * Returns: whether it is on the bus
 */
gboolean
porch_agent_service_start_finish (PorchAgentService *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_agent_service_stop_async:
 * @self: the agent
 * @callback: called when the servers were told, or did not answer for 2 s, and all is stored
 * @user_data: for @callback
 */
void
porch_agent_service_stop_async (PorchAgentService *self,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_SERVICE (self));

  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, porch_agent_service_stop_async);
  Stop *stop = g_new0 (Stop, 1);
  stop->n_waiting = self->accounts->len + 1;
  porch_dbus_agent1_set_ending (self->skeleton, TRUE);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_task_set_task_data (task, stop, g_free);

  for (guint i = 0; i < self->accounts->len; i++)
    porch_agent_account_stop_async (get_account (self, i), on_account_stopped_cb,
                                    g_object_ref (task));
  porch_agent_store_flush_async (self->store, on_flushed_cb, g_object_ref (task));
}

/**
 * porch_agent_service_stop_finish:
 * @self: the agent
 * @result: a result
 */
void
porch_agent_service_stop_finish (PorchAgentService *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}
