/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* One account on the bus: repeats what PorchAgentAccount knows as properties and signals of
 * Account1, and a person's verbs the other way. Owned by PorchAgentService. It decides nothing.
 *
 * ContactsChanged: the first change goes at once, what follows within 16 ms goes together, so that
 * a burst of events costs the window one frame and one message.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-account-service.h"

#include "config.h"

#include "agent/porch-history-service.h"
#include "agent/porch-service-error.h"
#include "bus/porch-agent-dbus.h"
#include "bus/porch-agent-error.h"
#include "bus/porch-agent-proxy.h"
#include "bus/porch-contact-wire.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CONTACTS_HOLD_MS 16

/* While the person is online nobody shows when they were last active, and each heartbeat moves it:
 * told anew only so often, so that a heartbeat wakes nobody on the bus. */
#define LAST_ACTIVE_STEP_US (4 * G_TIME_SPAN_MINUTE)

/* What a person may type to search for; the server has a limit of its own. */
#define QUERY_MIN_CHARS 3
#define QUERY_MAX_BYTES 512

struct _PorchAccountService
{
  GObject parent_instance;

  PorchAgentAccount *account;
  PorchAgentPreferences *preferences;
  PorchClock *clock;
  PorchDBusAccount1 *skeleton;
  PorchHistoryService *history;
  char *path;

  /* The roster's ids in its order, to name those that leave it. */
  GPtrArray *ids;

  /* The ids of whom the bus was not told yet, and the timer that holds them back. */
  GHashTable *changed;
  GHashTable *removed;
  guint hold_timeout_id;
};

G_DEFINE_FINAL_TYPE (PorchAccountService, porch_account_service, G_TYPE_OBJECT)

enum
{
  SIGNAL_FORGOTTEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
tell_contacts (PorchAccountService *self)
{
  PorchRoster *roster = porch_agent_account_get_roster (self->account);
  g_auto (GVariantBuilder) changed = G_VARIANT_BUILDER_INIT (
      G_VARIANT_TYPE ("a" PORCH_CONTACT_WIRE_TYPE));
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->changed);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      PorchContact *contact = porch_roster_lookup (roster, id);
      if (contact != NULL)
        g_variant_builder_add_value (&changed, porch_contact_wire_build (contact));
    }

  g_autofree const char **removed = (const char **) g_hash_table_get_keys_as_array (self->removed,
                                                                                    NULL);
  porch_dbus_account1_emit_contacts_changed (self->skeleton, g_variant_builder_end (&changed),
                                             removed);
  g_hash_table_remove_all (self->changed);
  g_hash_table_remove_all (self->removed);
}

static gboolean
on_hold_timeout_cb (gpointer user_data)
{
  PorchAccountService *self = user_data;

  self->hold_timeout_id = 0;
  if (g_hash_table_size (self->changed) == 0 && g_hash_table_size (self->removed) == 0)
    return G_SOURCE_REMOVE;

  self->hold_timeout_id = porch_clock_add_timeout (self->clock, CONTACTS_HOLD_MS,
                                                   on_hold_timeout_cb, self);
  tell_contacts (self);
  return G_SOURCE_REMOVE;
}

/* At once means at the next turn of the main loop: what one event changes goes in one message. */
static void
hold_contacts (PorchAccountService *self)
{
  if (self->hold_timeout_id == 0)
    self->hold_timeout_id = porch_clock_add_timeout (self->clock, 0, on_hold_timeout_cb, self);
}

static void
on_contact_changed_cb (PorchAccountService *self, PorchContact *contact, PorchRoster *roster)
{
  g_hash_table_add (self->changed, g_strdup (porch_contact_get_id (contact)));
  hold_contacts (self);
}

static void
on_items_changed_cb (PorchAccountService *self,
                     guint position,
                     guint removed,
                     guint added,
                     GListModel *roster)
{
  for (guint i = 0; i < removed; i++)
    {
      const char *id = g_ptr_array_index (self->ids, position + i);

      g_hash_table_remove (self->changed, id);
      g_hash_table_add (self->removed, g_strdup (id));
    }
  if (removed > 0)
    g_ptr_array_remove_range (self->ids, position, removed);

  for (guint i = 0; i < added; i++)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (roster, position + i);
      const char *id = porch_contact_get_id (contact);

      g_ptr_array_insert (self->ids, position + i, g_strdup (id));
      g_hash_table_remove (self->removed, id);
      g_hash_table_add (self->changed, g_strdup (id));
    }
  hold_contacts (self);
}

static const char *
non_null (const char *text)
{
  return text != NULL ? text : "";
}

static const char *
get_fault_sentence (PorchAgentStoreFault fault)
{
  switch (fault)
    {
    case PORCH_AGENT_STORE_FAULT_UNWRITABLE:
      return _ ("Your contacts cannot be saved: the disk is full or not writable.");
    case PORCH_AGENT_STORE_FAULT_DAMAGED:
      return _ ("The file of your contacts is damaged. It is left as it is, and changes are kept "
                "only until Porchlight ends.");
    case PORCH_AGENT_STORE_FAULT_NEWER:
      return _ ("The file of your contacts is of a newer Porchlight. It is left as it is, and "
                "changes are kept only until Porchlight ends.");
    case PORCH_AGENT_STORE_FAULT_NONE:
      break;
    }
  return "";
}

/* What keeps the person from others comes before what keeps us from the disk. */
static void
update_error (PorchAccountService *self)
{
  PorchAgentStore *store = porch_agent_account_get_store (self->account);
  PorchAgentStoreFault fault = porch_agent_store_get_fault (store);
  g_autofree char *code = NULL;
  g_autofree char *message = NULL;
  g_autofree char *detail = NULL;

  g_object_get (porch_agent_account_get_session (self->account), "error-code", &code,
                "error-message", &message, "error-detail", &detail, NULL);
  if (*non_null (code) == '\0' && fault != PORCH_AGENT_STORE_FAULT_NONE)
    {
      porch_dbus_account1_set_error_code (self->skeleton, "database");
      porch_dbus_account1_set_error_message (self->skeleton, get_fault_sentence (fault));
      porch_dbus_account1_set_error_detail (self->skeleton, porch_agent_store_get_path (store));
      return;
    }

  porch_dbus_account1_set_error_code (self->skeleton, non_null (code));
  porch_dbus_account1_set_error_message (self->skeleton, non_null (message));
  porch_dbus_account1_set_error_detail (self->skeleton, non_null (detail));
}

static void
update_own_presence (PorchAccountService *self, PorchStatus status, gint64 last_active_us)
{
  gint64 told_us = porch_dbus_account1_get_own_last_active (self->skeleton);

  if (status != PORCH_STATUS_ONLINE
      || porch_dbus_account1_get_own_status (self->skeleton) != (guint) status
      || ABS (last_active_us - told_us) >= LAST_ACTIVE_STEP_US)
    porch_dbus_account1_set_own_last_active (self->skeleton, last_active_us);
  porch_dbus_account1_set_own_status (self->skeleton, status);
}

static void
update_session (PorchAccountService *self)
{
  g_autofree char *own_error = NULL;
  PorchSessionState state;
  PorchStatus own_status;
  gint64 next_try_us, own_last_active_us;
  gboolean can_search, lists_watchers;

  g_object_get (porch_agent_account_get_session (self->account), "state", &state, "next-try-us",
                &next_try_us, "own-status", &own_status, "own-last-active-us", &own_last_active_us,
                "own-error", &own_error, "can-search", &can_search, "lists-watchers",
                &lists_watchers, NULL);

  g_autoptr (GEnumClass) states = g_type_class_ref (PORCH_TYPE_SESSION_STATE);
  porch_dbus_account1_set_state (self->skeleton, g_enum_get_value (states, state)->value_nick);
  porch_dbus_account1_set_next_try (self->skeleton, next_try_us);
  update_own_presence (self, own_status, own_last_active_us);
  porch_dbus_account1_set_own_error (self->skeleton, non_null (own_error));
  porch_dbus_account1_set_can_search (self->skeleton, can_search);
  porch_dbus_account1_set_lists_watchers (self->skeleton, lists_watchers);
}

static void
update (PorchAccountService *self)
{
  const PorchAccountRecord *record = porch_agent_account_get_record (self->account);

  porch_dbus_account1_set_id (self->skeleton, non_null (record->user_id));
  porch_dbus_account1_set_email (self->skeleton, record->email);
  porch_dbus_account1_set_server (self->skeleton, record->server);
  porch_dbus_account1_set_server_name (
      self->skeleton, non_null (porch_agent_account_get_server_name (self->account)));
  porch_dbus_account1_set_name (self->skeleton, non_null (record->name));
  porch_dbus_account1_set_avatar (self->skeleton,
                                  non_null (porch_agent_account_get_avatar (self->account)));
  porch_dbus_account1_set_appear_offline (self->skeleton, record->appear_offline);
  porch_dbus_account1_set_appear_offline_until (self->skeleton, record->appear_offline_until_us);
  porch_dbus_account1_set_clock_offset (self->skeleton, record->clock_offset_us);
  update_session (self);
  update_error (self);
}

static void
update_preferences (PorchAccountService *self)
{
  PorchQuietHours hours = porch_agent_preferences_get_quiet_hours (self->preferences);

  porch_dbus_account1_set_notify_default (
      self->skeleton, porch_notify_default_to_string (
                          porch_agent_preferences_get_notify_default (self->preferences)));
  porch_dbus_account1_set_quiet_hours (
      self->skeleton,
      g_variant_new ("(uuub)", hours.days, hours.from_min, hours.to_min, hours.summary));
}

static gboolean
on_get_contacts_cb (PorchAccountService *self, GDBusMethodInvocation *invocation)
{
  GListModel *roster = G_LIST_MODEL (porch_agent_account_get_roster (self->account));
  g_auto (GVariantBuilder) contacts = G_VARIANT_BUILDER_INIT (
      G_VARIANT_TYPE ("a" PORCH_CONTACT_WIRE_TYPE));

  for (guint i = 0; i < self->ids->len; i++)
    {
      PorchContact *contact = porch_roster_lookup (PORCH_ROSTER (roster),
                                                   g_ptr_array_index (self->ids, i));
      g_variant_builder_add_value (&contacts, porch_contact_wire_build (contact));
    }
  porch_dbus_account1_complete_get_contacts (self->skeleton, invocation,
                                             g_variant_builder_end (&contacts));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_contact_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_agent_account_add_contact_finish (PORCH_AGENT_ACCOUNT (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    porch_service_return_error (invocation, error);
}

static gboolean
on_add_contact_cb (PorchAccountService *self, GDBusMethodInvocation *invocation, const char *text)
{
  porch_agent_account_add_contact_async (self->account, text, NULL, on_contact_added_cb,
                                         invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
complete_on_contact (GDBusMethodInvocation *invocation, gboolean found)
{
  if (found)
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_return_error_literal (invocation, PORCH_AGENT_ERROR,
                                                   PORCH_AGENT_ERROR_NO_SUCH_USER,
                                                   _ ("This person is not among your contacts."));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_remove_contact_cb (PorchAccountService *self,
                      GDBusMethodInvocation *invocation,
                      const char *user_id)
{
  return complete_on_contact (invocation,
                              porch_agent_account_remove_contact (self->account, user_id));
}

static gboolean
on_set_favourite_cb (PorchAccountService *self,
                     GDBusMethodInvocation *invocation,
                     const char *user_id,
                     gboolean favourite)
{
  return complete_on_contact (
      invocation, porch_agent_account_set_favourite (self->account, user_id, favourite));
}

static gboolean
return_invalid (GDBusMethodInvocation *invocation, const char *sentence)
{
  g_dbus_method_invocation_return_error_literal (invocation, PORCH_AGENT_ERROR,
                                                 PORCH_AGENT_ERROR_INVALID_ARGUMENT, sentence);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_set_notify_cb (PorchAccountService *self,
                  GDBusMethodInvocation *invocation,
                  const char *user_id,
                  const char *text)
{
  PorchNotifyRule rule;

  if (!porch_notify_rule_from_string (text, &rule))
    return return_invalid (invocation, _ ("There is no such rule for notifications."));

  return complete_on_contact (invocation,
                              porch_agent_account_set_notify_rule (self->account, user_id, rule));
}

static gboolean
on_set_notify_default_cb (PorchAccountService *self,
                          GDBusMethodInvocation *invocation,
                          const char *text)
{
  PorchNotifyDefault value;
  g_autoptr (GError) error = NULL;

  if (!porch_notify_default_from_string (text, &value))
    return return_invalid (invocation, _ ("There is no such rule for notifications."));

  if (porch_agent_preferences_set_notify_default (self->preferences, value, &error))
    porch_dbus_account1_complete_set_notify_default (self->skeleton, invocation);
  else
    porch_service_return_error (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_set_quiet_hours_cb (PorchAccountService *self,
                       GDBusMethodInvocation *invocation,
                       GVariant *value)
{
  PorchQuietHours hours;
  g_autoptr (GError) error = NULL;

  g_variant_get (value, "(uuub)", &hours.days, &hours.from_min, &hours.to_min, &hours.summary);
  if (porch_agent_preferences_set_quiet_hours (self->preferences, &hours, &error))
    porch_dbus_account1_complete_set_quiet_hours (self->skeleton, invocation);
  else
    porch_service_return_error (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_searched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  PorchAccountService *self = g_object_get_data (G_OBJECT (invocation), "account-service");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) people = porch_agent_account_search_finish (self->account, result, &error);

  if (people == NULL)
    {
      porch_service_return_error (invocation, error);
      return;
    }

  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sss)"));
  for (guint i = 0; i < people->len; i++)
    {
      const PorchUserState *person = g_ptr_array_index (people, i);
      g_autofree char *name = porch_user_state_get_name (person);
      g_autofree char *avatar = porch_agent_account_lookup_avatar (self->account, person->avatar);

      g_variant_builder_add (&builder, "(sss)", person->user_id, non_null (name),
                             non_null (avatar));
    }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a(sss))", &builder));
}

static gboolean
on_search_cb (PorchAccountService *self, GDBusMethodInvocation *invocation, const char *query)
{
  g_autofree char *stripped = g_strstrip (g_strdup (query));
  const char *fault = NULL;

  if (g_utf8_strlen (stripped, -1) < QUERY_MIN_CHARS)
    fault = _ ("A search needs at least three letters of a name, or a whole e-mail address.");
  else if (strlen (stripped) > QUERY_MAX_BYTES)
    fault = _ ("This is too long to search for.");
  if (fault != NULL)
    {
      g_dbus_method_invocation_return_error_literal (invocation, PORCH_AGENT_ERROR,
                                                     PORCH_AGENT_ERROR_INVALID_ARGUMENT, fault);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  g_object_set_data_full (G_OBJECT (invocation), "account-service", g_object_ref (self),
                          g_object_unref);
  porch_agent_account_search_async (self->account, stripped, NULL, on_searched_cb, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_set_appear_offline_cb (PorchAccountService *self,
                          GDBusMethodInvocation *invocation,
                          gboolean offline,
                          gint64 until_us)
{
  if (offline && until_us != 0 && until_us <= porch_clock_get_real_us (self->clock))
    {
      g_dbus_method_invocation_return_error_literal (invocation, PORCH_AGENT_ERROR,
                                                     PORCH_AGENT_ERROR_INVALID_ARGUMENT,
                                                     _ ("This time is over already."));
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  porch_agent_account_set_appear_offline (self->account, offline, until_us);
  porch_dbus_account1_complete_set_appear_offline (self->skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_try_now_cb (PorchAccountService *self, GDBusMethodInvocation *invocation)
{
  porch_agent_account_try_now (self->account);
  porch_dbus_account1_complete_try_now (self->skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

typedef struct
{
  PorchAccountService *self;
  GDBusMethodInvocation *invocation;
  gboolean forget;
} SignOut;

static void
on_signed_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree SignOut *sign_out = user_data;
  g_autoptr (PorchAccountService) self = sign_out->self;
  g_autoptr (GError) error = NULL;

  if (!porch_agent_account_sign_out_finish (PORCH_AGENT_ACCOUNT (source), result, &error))
    {
      porch_service_return_error (sign_out->invocation, error);
      return;
    }

  if (sign_out->forget)
    g_signal_emit (self, signals[SIGNAL_FORGOTTEN], 0);
  porch_dbus_account1_complete_sign_out (self->skeleton, sign_out->invocation);
}

static gboolean
on_sign_out_cb (PorchAccountService *self, GDBusMethodInvocation *invocation, gboolean forget)
{
  SignOut *sign_out = g_new0 (SignOut, 1);

  sign_out->self = g_object_ref (self);
  sign_out->invocation = invocation;
  sign_out->forget = forget;
  porch_agent_account_sign_out_async (self->account, forget, on_signed_out_cb, sign_out);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_others_signed_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;

  if (porch_auth_sign_out_others_finish (PORCH_AUTH (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    porch_service_return_error (invocation, error);
}

static gboolean
on_sign_out_others_cb (PorchAccountService *self, GDBusMethodInvocation *invocation)
{
  PorchSession *session = porch_agent_account_get_session (self->account);

  porch_auth_sign_out_others_async (porch_session_get_auth (session), NULL, on_others_signed_out_cb,
                                    invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_export_cb (PorchAccountService *self, GDBusMethodInvocation *invocation)
{
  g_autofree char *json = porch_agent_account_export (self->account);

  porch_dbus_account1_complete_export (self->skeleton, invocation, json);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_import_cb (PorchAccountService *self, GDBusMethodInvocation *invocation, const char *json)
{
  g_autoptr (GError) error = NULL;
  guint added;

  if (porch_agent_account_import (self->account, json, &added, &error))
    porch_dbus_account1_complete_import (self->skeleton, invocation, added);
  else
    porch_service_return_error (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
porch_account_service_dispose (GObject *object)
{
  PorchAccountService *self = PORCH_ACCOUNT_SERVICE (object);

  porch_account_service_unexport (self);
  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->hold_timeout_id);

  G_OBJECT_CLASS (porch_account_service_parent_class)->dispose (object);
}

static void
porch_account_service_finalize (GObject *object)
{
  PorchAccountService *self = PORCH_ACCOUNT_SERVICE (object);

  g_clear_object (&self->history);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->account);
  g_clear_object (&self->preferences);
  g_clear_object (&self->clock);
  g_ptr_array_unref (self->ids);
  g_hash_table_unref (self->changed);
  g_hash_table_unref (self->removed);
  g_free (self->path);

  G_OBJECT_CLASS (porch_account_service_parent_class)->finalize (object);
}

static void
porch_account_service_class_init (PorchAccountServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_account_service_dispose;
  object_class->finalize = porch_account_service_finalize;

  signals[SIGNAL_FORGOTTEN] = g_signal_new ("forgotten", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
porch_account_service_init (PorchAccountService *self)
{
  self->skeleton = porch_dbus_account1_skeleton_new ();
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->removed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
connect_verbs (PorchAccountService *self)
{
  static const struct
  {
    const char *signal;
    GCallback callback;
  } verbs[] = {
    { "handle-get-contacts", G_CALLBACK (on_get_contacts_cb) },
    { "handle-add-contact", G_CALLBACK (on_add_contact_cb) },
    { "handle-remove-contact", G_CALLBACK (on_remove_contact_cb) },
    { "handle-set-favourite", G_CALLBACK (on_set_favourite_cb) },
    { "handle-set-notify", G_CALLBACK (on_set_notify_cb) },
    { "handle-set-notify-default", G_CALLBACK (on_set_notify_default_cb) },
    { "handle-set-quiet-hours", G_CALLBACK (on_set_quiet_hours_cb) },
    { "handle-search", G_CALLBACK (on_search_cb) },
    { "handle-set-appear-offline", G_CALLBACK (on_set_appear_offline_cb) },
    { "handle-try-now", G_CALLBACK (on_try_now_cb) },
    { "handle-sign-out", G_CALLBACK (on_sign_out_cb) },
    { "handle-sign-out-others", G_CALLBACK (on_sign_out_others_cb) },
    { "handle-export", G_CALLBACK (on_export_cb) },
    { "handle-import", G_CALLBACK (on_import_cb) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_signal_connect_object (self->skeleton, verbs[i].signal, verbs[i].callback, self,
                             G_CONNECT_SWAPPED);
}

/**
 * porch_account_service_new:
 * @account: an account, its contacts loaded
 * @preferences: what it shows of them
 * @clock: for the time between signals
 *
 * Returns: (transfer full): the account's service, not yet on the bus
 */
PorchAccountService *
porch_account_service_new (PorchAgentAccount *account,
                           PorchAgentPreferences *preferences,
                           PorchClock *clock)
{
  g_return_val_if_fail (PORCH_IS_AGENT_ACCOUNT (account), NULL);
  g_return_val_if_fail (PORCH_IS_AGENT_PREFERENCES (preferences), NULL);
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);

  PorchAccountService *self = g_object_new (PORCH_TYPE_ACCOUNT_SERVICE, NULL);
  PorchRoster *roster = porch_agent_account_get_roster (account);

  self->account = g_object_ref (account);
  self->preferences = g_object_ref (preferences);
  self->clock = g_object_ref (clock);
  self->path = g_strconcat (PORCH_AGENT_PATH "/account/",
                            porch_agent_account_get_record (account)->key, NULL);
  connect_verbs (self);
  self->history = porch_history_service_new (account, self->skeleton);
  g_signal_connect_object (account, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (preferences, "changed", G_CALLBACK (update_preferences), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (roster, "contact-changed", G_CALLBACK (on_contact_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (roster, "items-changed", G_CALLBACK (on_items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (roster)); i++)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (G_LIST_MODEL (roster), i);
      g_ptr_array_add (self->ids, g_strdup (porch_contact_get_id (contact)));
    }
  update (self);
  update_preferences (self);
  return self;
}

/**
 * porch_account_service_get_account:
 * @self: an account's service
 *
 * Returns: (transfer none): the account
 */
PorchAgentAccount *
porch_account_service_get_account (PorchAccountService *self)
{
  g_return_val_if_fail (PORCH_IS_ACCOUNT_SERVICE (self), NULL);

  return self->account;
}

/**
 * porch_account_service_get_path:
 * @self: an account's service
 *
 * Returns: (transfer none): its object path
 */
const char *
porch_account_service_get_path (PorchAccountService *self)
{
  g_return_val_if_fail (PORCH_IS_ACCOUNT_SERVICE (self), NULL);

  return self->path;
}

/**
 * porch_account_service_export:
 * @self: an account's service
 * @bus: the session bus
 * @error: return location
 *
 * Returns: whether it is on the bus
 */
gboolean
porch_account_service_export (PorchAccountService *self, GDBusConnection *bus, GError **error)
{
  g_return_val_if_fail (PORCH_IS_ACCOUNT_SERVICE (self), FALSE);

  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), bus,
                                           self->path, error);
}

/**
 * porch_account_service_unexport:
 * @self: an account's service
 *
 * Takes it from the bus, where it is on it.
 */
void
porch_account_service_unexport (PorchAccountService *self)
{
  g_return_if_fail (PORCH_IS_ACCOUNT_SERVICE (self));

  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self->skeleton);
  if (skeleton != NULL && g_dbus_interface_skeleton_get_connection (skeleton) != NULL)
    g_dbus_interface_skeleton_unexport (skeleton);
}
