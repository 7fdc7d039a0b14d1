/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The agent as its clients see it. Follows the agent's name on the bus; each time that it appears,
 * reads the first account and all its contacts and then repeats what the signals tell. Owned by
 * main of the window and of the command line. It knows one account and keeps nothing: when the
 * agent goes, what was known last stays to be shown, as unknown.
 *
 * Everything is read from and called on the agent's unique name, so that nothing here can start an
 * agent by accident. Messages on one connection keep their order: a signal that comes before the
 * answer to GetContacts is older than it.
 */

#define G_LOG_DOMAIN "porch-bus"

#include "bus/porch-agent-proxy.h"

#include "config.h"

#include "bus/porch-agent-dbus.h"
#include "bus/porch-agent-proxy-private.h"
#include "bus/porch-agent-starter.h"
#include "bus/porch-contact-wire.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Signing in asks a server that may be slow to answer; the agent's own limits end it sooner. */
#define CALL_TIMEOUT_MS (90 * 1000)

struct _PorchAgentProxy
{
  GObject parent_instance;

  PorchClock *clock;
  PorchServerClock *server_clock;
  PorchRoster *roster;

  GDBusConnection *bus;
  gboolean may_start;
  gboolean started; /* for the loads that wait */
  gboolean running;
  gboolean ready;
  gboolean has_account;
  guint name_watch_id;

  PorchDBusAgent1 *agent;
  PorchDBusAccount1 *account;
  char *account_path;

  /* What Account1's and Agent1's properties hold, by property id; NULL stands for the type's
   * nothing. */
  GVariant **values;

  /* The tasks of porch_agent_proxy_load_async() that wait for "ready". */
  GPtrArray *loads;

  GCancellable *cancellable;       /* everything, until dispose */
  GCancellable *agent_cancellable; /* what is under way with the agent that is there now */
  GCancellable *account_cancellable;
};

G_DEFINE_FINAL_TYPE (PorchAgentProxy, porch_agent_proxy, G_TYPE_OBJECT)

enum
{
  PROP_ROSTER = 1,
  PROP_RUNNING,
  PROP_READY,
  PROP_HAS_ACCOUNT,
  PROP_ID,
  PROP_EMAIL,
  PROP_SERVER,
  PROP_SERVER_NAME,
  PROP_NAME,
  PROP_AVATAR,
  PROP_STATE,
  PROP_ERROR_CODE,
  PROP_ERROR_MESSAGE,
  PROP_ERROR_DETAIL,
  PROP_NEXT_TRY_US,
  PROP_OWN_STATUS,
  PROP_OWN_LAST_ACTIVE_US,
  PROP_APPEAR_OFFLINE,
  PROP_APPEAR_OFFLINE_UNTIL_US,
  PROP_OWN_ERROR,
  PROP_CAN_SEARCH,
  PROP_LISTS_WATCHERS,
  PROP_NOTIFY_DEFAULT,
  PROP_QUIET_HOURS,
  PROP_HISTORY_KEEP,
  PROP_ENDING,
  PROP_AWAY,
  PROP_AWAY_AFTER_MINUTES,
  PROP_HEARTBEAT_S,
  PROP_IDLE_SOURCE,
  PROP_LOCK_SOURCES,
  PROP_START_AT_LOGIN,
  PROP_START_AT_LOGIN_WAY,
  PROP_DATA_ERROR,
  PROP_LOCKED_SETTINGS,
  PROP_TRAY_HINT,
  PROP_VERSION,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static const struct
{
  guint id;
  const char *name;
  const char *remote_name;
  const char *type;
  gboolean is_agents; /* else the account's */
} remote_properties[] = {
  { PROP_ID, "id", "Id", "s" },
  { PROP_EMAIL, "email", "Email", "s" },
  { PROP_SERVER, "server", "Server", "s" },
  { PROP_SERVER_NAME, "server-name", "ServerName", "s" },
  { PROP_NAME, "name", "Name", "s" },
  { PROP_AVATAR, "avatar", "Avatar", "s" },
  { PROP_STATE, "state", "State", "s" },
  { PROP_ERROR_CODE, "error-code", "ErrorCode", "s" },
  { PROP_ERROR_MESSAGE, "error-message", "ErrorMessage", "s" },
  { PROP_ERROR_DETAIL, "error-detail", "ErrorDetail", "s" },
  { PROP_NEXT_TRY_US, "next-try-us", "NextTry", "x" },
  { PROP_OWN_STATUS, "own-status", "OwnStatus", "u" },
  { PROP_OWN_LAST_ACTIVE_US, "own-last-active-us", "OwnLastActive", "x" },
  { PROP_APPEAR_OFFLINE, "appear-offline", "AppearOffline", "b" },
  { PROP_APPEAR_OFFLINE_UNTIL_US, "appear-offline-until-us", "AppearOfflineUntil", "x" },
  { PROP_OWN_ERROR, "own-error", "OwnError", "s" },
  { PROP_CAN_SEARCH, "can-search", "CanSearch", "b" },
  { PROP_LISTS_WATCHERS, "lists-watchers", "ListsWatchers", "b" },
  { PROP_NOTIFY_DEFAULT, "notify-default", "NotifyDefault", "s" },
  { PROP_QUIET_HOURS, "quiet-hours", "QuietHours", "(uuub)" },
  { PROP_HISTORY_KEEP, "history-keep", "HistoryKeep", "s" },
  { PROP_ENDING, "ending", "Ending", "b", TRUE },
  { PROP_AWAY, "away", "Away", "s", TRUE },
  { PROP_AWAY_AFTER_MINUTES, "away-after-minutes", "AwayAfterMinutes", "u", TRUE },
  { PROP_HEARTBEAT_S, "heartbeat-s", "HeartbeatSeconds", "u", TRUE },
  { PROP_IDLE_SOURCE, "idle-source", "IdleSource", "s", TRUE },
  { PROP_LOCK_SOURCES, "lock-sources", "LockSources", "as", TRUE },
  { PROP_START_AT_LOGIN, "start-at-login", "StartAtLogin", "s", TRUE },
  { PROP_START_AT_LOGIN_WAY, "start-at-login-way", "StartAtLoginWay", "s", TRUE },
  { PROP_DATA_ERROR, "data-error", "DataError", "s", TRUE },
  { PROP_LOCKED_SETTINGS, "locked-settings", "LockedSettings", "as", TRUE },
  { PROP_TRAY_HINT, "tray-hint", "TrayHint", "s", TRUE },
  { PROP_VERSION, "version", "Version", "s", TRUE },
};

static void
set_boolean (PorchAgentProxy *self, gboolean *field, gboolean value, guint property)
{
  if (*field == value)
    return;

  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* value: (nullable): taken if floating */
static void
set_value (PorchAgentProxy *self, guint property, GVariant *value)
{
  g_autoptr (GVariant) owned = value != NULL ? g_variant_ref_sink (value) : NULL;
  GVariant *known = self->values[property];

  if (known == owned || (known != NULL && owned != NULL && g_variant_equal (known, owned)))
    return;

  g_clear_pointer (&self->values[property], g_variant_unref);
  self->values[property] = g_steal_pointer (&owned);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static const char *
get_string (PorchAgentProxy *self, guint property)
{
  GVariant *value = self->values[property];

  return value != NULL ? g_variant_get_string (value, NULL) : "";
}

static gint64
get_int64 (PorchAgentProxy *self, guint property)
{
  GVariant *value = self->values[property];

  return value != NULL ? g_variant_get_int64 (value) : 0;
}

static gboolean
get_boolean (PorchAgentProxy *self, guint property)
{
  GVariant *value = self->values[property];

  return value != NULL && g_variant_get_boolean (value);
}

static guint32
get_uint32 (PorchAgentProxy *self, guint property)
{
  GVariant *value = self->values[property];

  return value != NULL ? g_variant_get_uint32 (value) : 0;
}

static char **
dup_strv (PorchAgentProxy *self, guint property)
{
  GVariant *value = self->values[property];

  return value != NULL ? g_variant_dup_strv (value, NULL) : g_new0 (char *, 1);
}

/* error: (nullable): ends with success */
static void
end_loads (PorchAgentProxy *self, const GError *error)
{
  g_autoptr (GPtrArray) loads = g_steal_pointer (&self->loads);
  self->loads = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < loads->len; i++)
    {
      if (error != NULL)
        g_task_return_error (g_ptr_array_index (loads, i), g_error_copy (error));
      else
        g_task_return_boolean (g_ptr_array_index (loads, i), TRUE);
    }
}

static void
become_ready (PorchAgentProxy *self)
{
  self->started = FALSE;
  set_boolean (self, &self->ready, TRUE, PROP_READY);
  end_loads (self, NULL);
}

static void
read_property (PorchAgentProxy *self, const char *remote_name, GVariant *value)
{
  for (guint i = 0; i < G_N_ELEMENTS (remote_properties); i++)
    if (strcmp (remote_properties[i].remote_name, remote_name) == 0
        && g_variant_is_of_type (value, G_VARIANT_TYPE (remote_properties[i].type)))
      set_value (self, remote_properties[i].id, value);

  if (strcmp (remote_name, "ClockOffset") == 0
      && g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    porch_server_clock_set_offset_us (self->server_clock, g_variant_get_int64 (value));
}

static void
read_cached_properties (PorchAgentProxy *self, gpointer proxy)
{
  for (guint i = 0; i < G_N_ELEMENTS (remote_properties); i++)
    {
      g_autoptr (GVariant) value = g_dbus_proxy_get_cached_property (
          G_DBUS_PROXY (proxy), remote_properties[i].remote_name);
      if (value != NULL)
        read_property (self, remote_properties[i].remote_name, value);
    }
}

static void
on_properties_changed_cb (PorchAgentProxy *self,
                          GVariant *changed,
                          const char *const *invalidated,
                          GDBusProxy *proxy)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_object_freeze_notify (G_OBJECT (self));
  g_variant_iter_init (&iter, changed);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    read_property (self, name, value);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
on_contacts_changed_cb (PorchAgentProxy *self,
                        GVariant *changed,
                        const char *const *removed,
                        PorchDBusAccount1 *account)
{
  porch_contact_wire_apply (self->roster, changed);
  for (guint i = 0; removed[i] != NULL; i++)
    porch_roster_remove (self->roster, removed[i]);
}

static gpointer
free_variant (gpointer variant)
{
  g_variant_unref (variant);

  return NULL;
}

static void
on_contacts_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAgentProxy) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) contacts = NULL;

  if (!porch_dbus_account1_call_get_contacts_finish (PORCH_DBUS_ACCOUNT1 (source), &contacts,
                                                     result, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_message ("Cannot read the contacts: %s", error->message);
      end_loads (self, error);
      return;
    }

  porch_contact_wire_replace (self->roster, contacts);
  /* 10,000 contacts are 100,000 small values: a window that opens does not wait while they are
   * freed. */
  g_thread_unref (g_thread_new ("porch-free", free_variant, g_steal_pointer (&contacts)));
  become_ready (self);
}

static void
on_account_made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAgentProxy) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchDBusAccount1) account = porch_dbus_account1_proxy_new_finish (result, &error);

  if (account == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_message ("Cannot read the account: %s", error->message);
      end_loads (self, error);
      return;
    }

  g_set_object (&self->account, account);
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (account), CALL_TIMEOUT_MS);
  g_signal_connect_object (account, "g-properties-changed", G_CALLBACK (on_properties_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "contacts-changed", G_CALLBACK (on_contacts_changed_cb), self,
                           G_CONNECT_SWAPPED);

  g_object_freeze_notify (G_OBJECT (self));
  read_cached_properties (self, account);
  porch_server_clock_set_offset_us (self->server_clock,
                                    porch_dbus_account1_get_clock_offset (account));
  set_boolean (self, &self->has_account, TRUE, PROP_HAS_ACCOUNT);
  g_object_thaw_notify (G_OBJECT (self));

  porch_dbus_account1_call_get_contacts (account, self->account_cancellable, on_contacts_read_cb,
                                         g_object_ref (self));
}

static void
drop_account (PorchAgentProxy *self)
{
  g_cancellable_cancel (self->account_cancellable);
  g_clear_object (&self->account_cancellable);
  g_clear_pointer (&self->account_path, g_free);
  if (self->account != NULL)
    g_signal_handlers_disconnect_by_data (self->account, self);
  g_clear_object (&self->account);
}

static void
forget_account (PorchAgentProxy *self)
{
  drop_account (self);

  g_object_freeze_notify (G_OBJECT (self));
  set_boolean (self, &self->has_account, FALSE, PROP_HAS_ACCOUNT);
  for (guint i = 0; i < G_N_ELEMENTS (remote_properties); i++)
    if (!remote_properties[i].is_agents)
      set_value (self, remote_properties[i].id, NULL);
  g_object_thaw_notify (G_OBJECT (self));

  porch_roster_clear (self->roster);
}

static void
follow_first_account (PorchAgentProxy *self)
{
  const char *const *paths = porch_dbus_agent1_get_accounts (self->agent);
  const char *path = paths != NULL ? paths[0] : NULL;

  if (path == NULL)
    {
      forget_account (self);
      become_ready (self);
      return;
    }

  if (g_strcmp0 (path, self->account_path) == 0)
    return;

  if (self->account != NULL)
    forget_account (self);
  drop_account (self);
  set_boolean (self, &self->ready, FALSE, PROP_READY);
  self->account_path = g_strdup (path);
  self->account_cancellable = g_cancellable_new ();
  porch_dbus_account1_proxy_new (
      self->bus, G_DBUS_PROXY_FLAGS_NONE, g_dbus_proxy_get_name (G_DBUS_PROXY (self->agent)), path,
      self->account_cancellable, on_account_made_cb, g_object_ref (self));
}

static void
on_agent_made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAgentProxy) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PorchDBusAgent1) agent = porch_dbus_agent1_proxy_new_finish (result, &error);

  if (agent == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_message ("Cannot read the agent: %s", error->message);
      end_loads (self, error);
      return;
    }

  g_set_object (&self->agent, agent);
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (agent), CALL_TIMEOUT_MS);
  g_signal_connect_object (agent, "notify::accounts", G_CALLBACK (follow_first_account), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (agent, "g-properties-changed", G_CALLBACK (on_properties_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_object_freeze_notify (G_OBJECT (self));
  read_cached_properties (self, agent);
  set_boolean (self, &self->running, TRUE, PROP_RUNNING);
  g_object_thaw_notify (G_OBJECT (self));
  follow_first_account (self);
}

static void
drop_agent (PorchAgentProxy *self)
{
  drop_account (self);
  g_cancellable_cancel (self->agent_cancellable);
  g_clear_object (&self->agent_cancellable);
  if (self->agent != NULL)
    g_signal_handlers_disconnect_by_data (self->agent, self);
  g_clear_object (&self->agent);
}

static void
on_agent_appeared_cb (GDBusConnection *bus,
                      const char *name,
                      const char *name_owner,
                      gpointer user_data)
{
  PorchAgentProxy *self = user_data;

  g_debug ("The agent is %s", name_owner);
  drop_agent (self);
  self->agent_cancellable = g_cancellable_new ();
  porch_dbus_agent1_proxy_new (self->bus, G_DBUS_PROXY_FLAGS_NONE, name_owner, PORCH_AGENT_PATH,
                               self->agent_cancellable, on_agent_made_cb, g_object_ref (self));
}

static void
on_started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAgentProxy) self = user_data;
  g_autoptr (GError) error = NULL;

  /* When it is there, its name tells. */
  if (!porch_agent_start_finish (result, &error))
    {
      self->started = FALSE;
      end_loads (self, error);
    }
}

static void
start_agent (PorchAgentProxy *self)
{
  self->started = TRUE;
  porch_agent_start_async (self->bus, self->clock, self->cancellable, on_started_cb,
                           g_object_ref (self));
}

static GError *
new_not_running_error (void)
{
  return g_error_new_literal (PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NOT_RUNNING,
                              _ ("Porchlight is not running."));
}

static void
on_agent_vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  PorchAgentProxy *self = user_data;

  g_debug ("There is no agent");
  drop_agent (self);

  g_object_freeze_notify (G_OBJECT (self));
  set_boolean (self, &self->running, FALSE, PROP_RUNNING);
  set_boolean (self, &self->ready, FALSE, PROP_READY);
  set_value (self, PROP_OWN_STATUS, NULL);
  set_value (self, PROP_NEXT_TRY_US, NULL);
  g_object_thaw_notify (G_OBJECT (self));
  porch_roster_set_unknown (self->roster);

  /* One that goes as soon as it is there would be started for ever. */
  if (self->loads->len > 0 && self->may_start && bus != NULL && !self->started)
    start_agent (self);
  else
    {
      self->started = FALSE;
      g_autoptr (GError) error = new_not_running_error ();
      end_loads (self, error);
    }
}

static void
follow_name (PorchAgentProxy *self)
{
  self->name_watch_id = g_bus_watch_name_on_connection (
      self->bus, PORCH_AGENT_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_agent_appeared_cb,
      on_agent_vanished_cb, self, NULL);
}

static void
on_bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAgentProxy) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (g_cancellable_is_cancelled (self->cancellable) || self->bus != NULL)
    return;

  if (bus == NULL)
    {
      g_debug ("No session bus: %s", error->message);
      g_clear_error (&error);
      g_set_error (&error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_NOT_RUNNING, "%s",
                   _ ("There is no session bus, which Porchlight needs."));
      end_loads (self, error);
      return;
    }

  self->bus = g_steal_pointer (&bus);
  follow_name (self);
}

static void
on_call_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_proxy_call_with_unix_fd_list_finish (G_DBUS_PROXY (source),
                                                                           NULL, result, &error);

  if (reply != NULL)
    {
      g_task_return_pointer (task, g_steal_pointer (&reply), (GDestroyNotify) g_variant_unref);
      return;
    }

  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    {
      g_clear_error (&error);
      error = new_not_running_error ();
    }
  else
    g_dbus_error_strip_remote_error (error);
  g_task_return_error (task, g_steal_pointer (&error));
}

/* target: (nullable): the proxy to call on; what its absence means is found out here */
static void
call_for (PorchAgentProxy *self,
          gpointer target,
          const char *method,
          GVariant *parameters,
          GUnixFDList *fds,
          int timeout_ms,
          gpointer source_tag,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  g_autoptr (GVariant) owned = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, source_tag);

  if (self->agent == NULL)
    g_task_return_error (task, new_not_running_error ());
  else if (target == NULL)
    g_task_return_new_error (task, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_SIGNED_OUT, "%s",
                             _ ("Nobody is signed in."));
  else
    g_dbus_proxy_call_with_unix_fd_list (G_DBUS_PROXY (target), method, owned,
                                         G_DBUS_CALL_FLAGS_NO_AUTO_START, timeout_ms, fds,
                                         cancellable, on_call_cb, g_steal_pointer (&task));
}

static void
call (PorchAgentProxy *self,
      gpointer target,
      const char *method,
      GVariant *parameters,
      GUnixFDList *fds,
      gpointer source_tag,
      GCancellable *cancellable,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  call_for (self, target, method, parameters, fds, -1, source_tag, cancellable, callback,
            user_data);
}

static GVariant *
call_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
porch_agent_proxy_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PorchAgentProxy *self = PORCH_AGENT_PROXY (object);

  switch (id)
    {
    case PROP_ROSTER:
      g_value_set_object (value, self->roster);
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, self->running);
      break;
    case PROP_READY:
      g_value_set_boolean (value, self->ready);
      break;
    case PROP_HAS_ACCOUNT:
      g_value_set_boolean (value, self->has_account);
      break;
    case PROP_OWN_STATUS:
      g_value_set_enum (value, porch_agent_proxy_get_own_status (self));
      break;
    case PROP_QUIET_HOURS:
      g_value_set_variant (value, self->values[PROP_QUIET_HOURS]);
      break;
    default:
      if (G_IS_PARAM_SPEC_STRING (pspec))
        g_value_set_string (value, get_string (self, id));
      else if (G_IS_PARAM_SPEC_INT64 (pspec))
        g_value_set_int64 (value, get_int64 (self, id));
      else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
        g_value_set_boolean (value, get_boolean (self, id));
      else if (G_IS_PARAM_SPEC_UINT (pspec))
        g_value_set_uint (value, get_uint32 (self, id));
      else if (G_IS_PARAM_SPEC_BOXED (pspec))
        g_value_take_boxed (value, dup_strv (self, id));
      else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
porch_agent_proxy_dispose (GObject *object)
{
  PorchAgentProxy *self = PORCH_AGENT_PROXY (object);

  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                      "The proxy is gone");

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->name_watch_id, g_bus_unwatch_name);
  drop_agent (self);
  end_loads (self, cancelled);

  G_OBJECT_CLASS (porch_agent_proxy_parent_class)->dispose (object);
}

static void
porch_agent_proxy_finalize (GObject *object)
{
  PorchAgentProxy *self = PORCH_AGENT_PROXY (object);

  for (guint i = 0; i < N_PROPS; i++)
    g_clear_pointer (&self->values[i], g_variant_unref);
  g_free (self->values);
  g_ptr_array_unref (self->loads);
  g_clear_object (&self->roster);
  g_clear_object (&self->server_clock);
  g_clear_object (&self->clock);
  g_clear_object (&self->bus);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (porch_agent_proxy_parent_class)->finalize (object);
}

static GParamSpec *
new_pspec (const char *name, guint id, const char *type)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  if (id == PROP_OWN_STATUS)
    return g_param_spec_enum (name, NULL, NULL, PORCH_TYPE_STATUS, PORCH_STATUS_UNKNOWN, flags);

  switch (*type)
    {
    case 's':
      return g_param_spec_string (name, NULL, NULL, "", flags);
    case 'x':
      return g_param_spec_int64 (name, NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
    case 'b':
      return g_param_spec_boolean (name, NULL, NULL, FALSE, flags);
    case '(':
      return g_param_spec_variant (name, NULL, NULL, G_VARIANT_TYPE (type), NULL, flags);
    case 'u':
      return g_param_spec_uint (name, NULL, NULL, 0, G_MAXUINT, 0, flags);
    case 'a':
      return g_param_spec_boxed (name, NULL, NULL, G_TYPE_STRV, flags);
    default:
      g_assert_not_reached ();
    }
}

static void
porch_agent_proxy_class_init (PorchAgentProxyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = porch_agent_proxy_get_property;
  object_class->dispose = porch_agent_proxy_dispose;
  object_class->finalize = porch_agent_proxy_finalize;

  properties[PROP_ROSTER] = g_param_spec_object ("roster", NULL, NULL, PORCH_TYPE_ROSTER,
                                                 G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                                                     | G_PARAM_STATIC_STRINGS);
  properties[PROP_RUNNING] = new_pspec ("running", PROP_RUNNING, "b");
  properties[PROP_READY] = new_pspec ("ready", PROP_READY, "b");
  properties[PROP_HAS_ACCOUNT] = new_pspec ("has-account", PROP_HAS_ACCOUNT, "b");
  for (guint i = 0; i < G_N_ELEMENTS (remote_properties); i++)
    properties[remote_properties[i].id] = new_pspec (
        remote_properties[i].name, remote_properties[i].id, remote_properties[i].type);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* Registers the errors' names before the first answer comes. */
  (void) PORCH_AGENT_ERROR;
}

static void
porch_agent_proxy_init (PorchAgentProxy *self)
{
  self->values = g_new0 (GVariant *, N_PROPS);
  self->loads = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
  self->clock = porch_clock_new ();
  self->server_clock = porch_server_clock_new (self->clock);
  self->roster = porch_roster_new (self->server_clock);
}

/**
 * porch_agent_proxy_new:
 * @bus: (nullable) (transfer none): the bus, or %NULL for the session bus
 * @start: whether porch_agent_proxy_load_async() may start an agent: for the window and `sign-in`
 *   alone
 *
 * Nothing is read before porch_agent_proxy_load_async().
 *
 * Returns: (transfer full): a proxy
 */
PorchAgentProxy *
porch_agent_proxy_new (GDBusConnection *bus, gboolean start)
{
  PorchAgentProxy *self = g_object_new (PORCH_TYPE_AGENT_PROXY, NULL);

  self->may_start = start;
  g_set_object (&self->bus, bus);
  return self;
}

/**
 * porch_agent_proxy_load_async:
 * @self: a proxy
 * @cancellable: (nullable): for the caller's wait; the proxy itself goes on
 * @callback: called when "ready", or when there is nothing to wait for
 * @user_data: for @callback
 *
 * Finds the agent, or starts one where that is allowed, and reads its first account and contacts.
 * To be called again where an agent that went shall be started again.
 */
void
porch_agent_proxy_load_async (PorchAgentProxy *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_agent_proxy_load_async);

  if (self->ready)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  g_ptr_array_add (self->loads, g_steal_pointer (&task));
  if (self->bus == NULL)
    g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, on_bus_cb, g_object_ref (self));
  else if (self->name_watch_id == 0)
    follow_name (self);
  else if (self->agent_cancellable == NULL && self->may_start)
    start_agent (self);
  else if (self->agent_cancellable == NULL)
    {
      g_autoptr (GError) error = new_not_running_error ();
      end_loads (self, error);
    }
}

/**
 * porch_agent_proxy_load_finish:
 * @self: a proxy
 * @result: a result
 * @error: return location
 *
 * Returns: %TRUE when "ready"; else %PORCH_AGENT_ERROR_NOT_RUNNING, or what went wrong
 */
gboolean
porch_agent_proxy_load_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_agent_proxy_get_roster:
 * @self: a proxy
 *
 * Returns: (transfer none): the mirror of the agent's roster, the same object always
 */
PorchRoster *
porch_agent_proxy_get_roster (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return self->roster;
}

/**
 * porch_agent_proxy_get_server_clock:
 * @self: a proxy
 *
 * Returns: (transfer none): the API server's clock as the agent knows it
 */
PorchServerClock *
porch_agent_proxy_get_server_clock (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return self->server_clock;
}

/**
 * porch_agent_proxy_get_running:
 * @self: a proxy
 *
 * Returns: whether an agent is on the bus
 */
gboolean
porch_agent_proxy_get_running (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), FALSE);

  return self->running;
}

/**
 * porch_agent_proxy_get_has_account:
 * @self: a proxy
 *
 * Returns: whether the agent knows an account, signed in or not
 */
gboolean
porch_agent_proxy_get_has_account (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), FALSE);

  return self->has_account;
}

/**
 * porch_agent_proxy_get_appear_offline:
 * @self: a proxy
 *
 * Returns: whether the person chose to appear offline
 */
gboolean
porch_agent_proxy_get_appear_offline (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), FALSE);

  return get_boolean (self, PROP_APPEAR_OFFLINE);
}

/**
 * porch_agent_proxy_get_appear_offline_until_us:
 * @self: a proxy
 *
 * Returns: until when, this computer's wall clock, Unix microseconds; 0 for until changed
 */
gint64
porch_agent_proxy_get_appear_offline_until_us (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), 0);

  return get_int64 (self, PROP_APPEAR_OFFLINE_UNTIL_US);
}

/**
 * porch_agent_proxy_get_next_try_us:
 * @self: a proxy
 *
 * Returns: when the next try to connect comes, this computer's wall clock, Unix microseconds; 0 for
 *   none
 */
gint64
porch_agent_proxy_get_next_try_us (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), 0);

  return get_int64 (self, PROP_NEXT_TRY_US);
}

/**
 * porch_agent_proxy_get_own_last_active_us:
 * @self: a proxy
 *
 * Returns: when the person was last active, server's clock, Unix microseconds; 0 for never
 */
gint64
porch_agent_proxy_get_own_last_active_us (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), 0);

  return get_int64 (self, PROP_OWN_LAST_ACTIVE_US);
}

/**
 * porch_agent_proxy_get_own_status:
 * @self: a proxy
 *
 * Returns: what the server answered last and others see
 */
PorchStatus
porch_agent_proxy_get_own_status (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), PORCH_STATUS_UNKNOWN);

  GVariant *value = self->values[PROP_OWN_STATUS];
  guint32 status = value != NULL ? g_variant_get_uint32 (value) : PORCH_STATUS_UNKNOWN;
  return status <= PORCH_STATUS_ONLINE ? (PorchStatus) status : PORCH_STATUS_UNKNOWN;
}

/**
 * porch_agent_proxy_get_id:
 * @self: a proxy
 *
 * Returns: the person's user id, or ""
 */
const char *
porch_agent_proxy_get_id (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_ID);
}

/**
 * porch_agent_proxy_get_email:
 * @self: a proxy
 *
 * Returns: the address that was signed in with, or ""
 */
const char *
porch_agent_proxy_get_email (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_EMAIL);
}

/**
 * porch_agent_proxy_get_server:
 * @self: a proxy
 *
 * Returns: the origin that was signed in to, or ""
 */
const char *
porch_agent_proxy_get_server (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_SERVER);
}

/**
 * porch_agent_proxy_get_server_name:
 * @self: a proxy
 *
 * Returns: the name that the server gives itself, or ""
 */
const char *
porch_agent_proxy_get_server_name (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_SERVER_NAME);
}

/**
 * porch_agent_proxy_get_name:
 * @self: a proxy
 *
 * Returns: the person's name, or ""
 */
const char *
porch_agent_proxy_get_name (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_NAME);
}

/**
 * porch_agent_proxy_get_avatar:
 * @self: a proxy
 *
 * Returns: a file in the agent's cache, or ""
 */
const char *
porch_agent_proxy_get_avatar (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_AVATAR);
}

/**
 * porch_agent_proxy_get_state:
 * @self: a proxy
 *
 * Returns: Account1.State, or "" without an account
 */
const char *
porch_agent_proxy_get_state (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_STATE);
}

/**
 * porch_agent_proxy_get_error_code:
 * @self: a proxy
 *
 * Returns: Account1.ErrorCode, or ""
 */
const char *
porch_agent_proxy_get_error_code (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_ERROR_CODE);
}

/**
 * porch_agent_proxy_get_error_message:
 * @self: a proxy
 *
 * Returns: what is wrong, one sentence for a person, or ""
 */
const char *
porch_agent_proxy_get_error_message (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_ERROR_MESSAGE);
}

/**
 * porch_agent_proxy_get_error_detail:
 * @self: a proxy
 *
 * Returns: the exact error, for who asks for details, or ""
 */
const char *
porch_agent_proxy_get_error_detail (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_ERROR_DETAIL);
}

/**
 * porch_agent_proxy_get_data_error:
 * @self: a proxy
 *
 * Returns: a sentence where the agent could not read who is signed in, or ""
 */
const char *
porch_agent_proxy_get_data_error (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_DATA_ERROR);
}

/**
 * porch_agent_proxy_get_own_error:
 * @self: a proxy
 *
 * Returns: what is wrong with the own channel, as a sentence, or ""
 */
const char *
porch_agent_proxy_get_own_error (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_OWN_ERROR);
}

/**
 * porch_agent_proxy_get_can_search:
 * @self: a proxy
 *
 * Returns: whether the server can be searched for people
 */
gboolean
porch_agent_proxy_get_can_search (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), FALSE);

  return get_boolean (self, PROP_CAN_SEARCH);
}

/**
 * porch_agent_proxy_get_lists_watchers:
 * @self: a proxy
 *
 * Returns: whether the server was seen to show people who watches them
 */
gboolean
porch_agent_proxy_get_lists_watchers (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), FALSE);

  return get_boolean (self, PROP_LISTS_WATCHERS);
}

/**
 * porch_agent_proxy_get_notify_default:
 * @self: a proxy
 *
 * Returns: what is told of a contact that has no rule of its own
 */
PorchNotifyDefault
porch_agent_proxy_get_notify_default (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), PORCH_NOTIFY_NOBODY);

  PorchNotifyDefault value = PORCH_NOTIFY_NOBODY;
  porch_notify_default_from_string (get_string (self, PROP_NOTIFY_DEFAULT), &value);
  return value;
}

/**
 * porch_agent_proxy_get_quiet_hours:
 * @self: a proxy
 *
 * Returns: when nothing is told
 */
PorchQuietHours
porch_agent_proxy_get_quiet_hours (PorchAgentProxy *self)
{
  PorchQuietHours none = PORCH_QUIET_HOURS_NONE;
  PorchQuietHours hours;

  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), none);

  GVariant *value = self->values[PROP_QUIET_HOURS];
  if (value == NULL)
    return none;
  g_variant_get (value, "(uuub)", &hours.days, &hours.from_min, &hours.to_min, &hours.summary);
  return porch_quiet_hours_is_valid (&hours) ? hours : none;
}

/**
 * porch_agent_proxy_get_away:
 * @self: a proxy
 *
 * Returns: why the person is not there: "told", "idle", "locked", "asleep", or "" where they are
 */
const char *
porch_agent_proxy_get_away (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_AWAY);
}

/**
 * porch_agent_proxy_get_ending:
 * @self: a proxy
 *
 * Returns: whether the agent, that is there or was last, said that it ends because it was told to
 */
gboolean
porch_agent_proxy_get_ending (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), FALSE);

  return get_boolean (self, PROP_ENDING);
}

/**
 * porch_agent_proxy_get_away_after_minutes:
 * @self: a proxy
 *
 * Returns: after how many minutes without input the person is idle; 0 for never
 */
guint
porch_agent_proxy_get_away_after_minutes (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), 0);

  return get_uint32 (self, PROP_AWAY_AFTER_MINUTES);
}

/**
 * porch_agent_proxy_get_heartbeat_s:
 * @self: a proxy
 *
 * Returns: the seconds between heartbeats that the person chose; 0 for what the server says
 */
guint
porch_agent_proxy_get_heartbeat_s (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), 0);

  return get_uint32 (self, PROP_HEARTBEAT_S);
}

/**
 * porch_agent_proxy_get_idle_source:
 * @self: a proxy
 *
 * Returns: who tells that the person is idle, "" for nobody
 */
const char *
porch_agent_proxy_get_idle_source (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_IDLE_SOURCE);
}

/**
 * porch_agent_proxy_dup_lock_sources:
 * @self: a proxy
 *
 * Returns: (transfer full): who tells that the screen is locked
 */
char **
porch_agent_proxy_dup_lock_sources (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return dup_strv (self, PROP_LOCK_SOURCES);
}

/**
 * porch_agent_proxy_get_start_at_login:
 * @self: a proxy
 *
 * Returns: whether the agent starts at log-in: "on", "off", "undecided", "" where it is not known
 */
const char *
porch_agent_proxy_get_start_at_login (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_START_AT_LOGIN);
}

/**
 * porch_agent_proxy_get_start_at_login_way:
 * @self: a proxy
 *
 * Returns: by what: "systemd", "autostart-file", "portal", "" where it is not known
 */
const char *
porch_agent_proxy_get_start_at_login_way (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_START_AT_LOGIN_WAY);
}

/**
 * porch_agent_proxy_is_locked:
 * @self: a proxy
 * @setting: "away-after", "notify-default" or "quiet-hours"
 *
 * Returns: whether an administrator's policy holds the setting
 */
gboolean
porch_agent_proxy_is_locked (PorchAgentProxy *self, const char *setting)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), FALSE);
  g_return_val_if_fail (setting != NULL, FALSE);

  g_auto (GStrv) locked = dup_strv (self, PROP_LOCKED_SETTINGS);
  return g_strv_contains ((const char *const *) locked, setting);
}

/**
 * porch_agent_proxy_get_tray_hint:
 * @self: a proxy
 *
 * Returns: what somebody should know whose desktop shows no tray icon, "" where there is nothing to
 *   say
 */
const char *
porch_agent_proxy_get_tray_hint (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_TRAY_HINT);
}

/**
 * porch_agent_proxy_get_version:
 * @self: a proxy
 *
 * Returns: the agent's version, "" before it is known
 */
const char *
porch_agent_proxy_get_version (PorchAgentProxy *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PROXY (self), NULL);

  return get_string (self, PROP_VERSION);
}

/**
 * porch_person_free:
 * @person: (transfer full) (nullable): a person whom Search found
 */
void
porch_person_free (PorchPerson *person)
{
  if (person == NULL)
    return;

  g_free (person->id);
  g_free (person->name);
  g_free (person->avatar);
  g_free (person);
}

/**
 * porch_agent_proxy_sign_out_async:
 * @self: a proxy
 * @forget: whether to delete contacts, states, avatars and tokens too
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Signs out; the contacts stay unless all is to be forgotten.
 */
void
porch_agent_proxy_sign_out_async (PorchAgentProxy *self,
                                  gboolean forget,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  call (self, self->account, "SignOut", g_variant_new ("(b)", forget), NULL,
        porch_agent_proxy_sign_out_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_add_contact_async:
 * @self: a proxy
 * @user_id: a user id, or a porchlight://add link to this server
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Adds a contact.
 */
void
porch_agent_proxy_add_contact_async (PorchAgentProxy *self,
                                     const char *user_id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (user_id != NULL);

  call (self, self->account, "AddContact", g_variant_new ("(s)", user_id), NULL,
        porch_agent_proxy_add_contact_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_remove_contact_async:
 * @self: a proxy
 * @user_id: a contact's id
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Removes a contact; adding it again undoes that.
 */
void
porch_agent_proxy_remove_contact_async (PorchAgentProxy *self,
                                        const char *user_id,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (user_id != NULL);

  call (self, self->account, "RemoveContact", g_variant_new ("(s)", user_id), NULL,
        porch_agent_proxy_remove_contact_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_set_favourite_async:
 * @self: a proxy
 * @user_id: a contact's id
 * @favourite: whether it is one
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Marks a contact as a favourite, or not.
 */
void
porch_agent_proxy_set_favourite_async (PorchAgentProxy *self,
                                       const char *user_id,
                                       gboolean favourite,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (user_id != NULL);

  call (self, self->account, "SetFavourite", g_variant_new ("(sb)", user_id, favourite), NULL,
        porch_agent_proxy_set_favourite_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_set_notify_async:
 * @self: a proxy
 * @user_id: a contact's id
 * @rule: what to tell of them
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 */
void
porch_agent_proxy_set_notify_async (PorchAgentProxy *self,
                                    const char *user_id,
                                    PorchNotifyRule rule,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (user_id != NULL);

  call (self, self->account, "SetNotify",
        g_variant_new ("(ss)", user_id, porch_notify_rule_to_string (rule)), NULL,
        porch_agent_proxy_set_notify_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_set_notify_default_async:
 * @self: a proxy
 * @value: what to tell of a contact that has no rule of its own
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 */
void
porch_agent_proxy_set_notify_default_async (PorchAgentProxy *self,
                                            PorchNotifyDefault value,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  call (self, self->account, "SetNotifyDefault",
        g_variant_new ("(s)", porch_notify_default_to_string (value)), NULL,
        porch_agent_proxy_set_notify_default_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_set_quiet_hours_async:
 * @self: a proxy
 * @hours: when to tell nothing
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 */
void
porch_agent_proxy_set_quiet_hours_async (PorchAgentProxy *self,
                                         const PorchQuietHours *hours,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (hours != NULL);

  call (self, self->account, "SetQuietHours",
        g_variant_new ("((uuub))", hours->days, hours->from_min, hours->to_min, hours->summary),
        NULL, porch_agent_proxy_set_quiet_hours_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_set_appear_offline_async:
 * @self: a proxy
 * @offline: whether to appear offline
 * @until_us: this computer's wall clock, Unix microseconds; 0 for until changed
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Appears offline to others, or not.
 */
void
porch_agent_proxy_set_appear_offline_async (PorchAgentProxy *self,
                                            gboolean offline,
                                            gint64 until_us,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  call (self, self->account, "SetAppearOffline", g_variant_new ("(bx)", offline, until_us), NULL,
        porch_agent_proxy_set_appear_offline_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_try_now_async:
 * @self: a proxy
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Connects now instead of at the end of the wait.
 */
void
porch_agent_proxy_try_now_async (PorchAgentProxy *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  call (self, self->account, "TryNow", NULL, NULL, porch_agent_proxy_try_now_async, cancellable,
        callback, user_data);
}

/**
 * porch_agent_proxy_set_idle_async:
 * @self: a proxy
 * @idle: whether the person is not there
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * For a program that knows better than the desktop.
 */
void
porch_agent_proxy_set_idle_async (PorchAgentProxy *self,
                                  gboolean idle,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  call (self, self->agent, "SetIdle", g_variant_new ("(b)", idle), NULL,
        porch_agent_proxy_set_idle_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_set_heartbeat_s_async:
 * @self: a proxy
 * @heartbeat_s: 30, 60 or 120 seconds; 0 for what the server says
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Chooses how often the server is told that the person is here.
 */
void
porch_agent_proxy_set_heartbeat_s_async (PorchAgentProxy *self,
                                         guint heartbeat_s,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  call (self, self->agent, "SetHeartbeatSeconds", g_variant_new ("(u)", heartbeat_s), NULL,
        porch_agent_proxy_set_heartbeat_s_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_set_away_after_minutes_async:
 * @self: a proxy
 * @minutes: after how many minutes without input the person is idle: 5, 10, 15 or 30; 0 for never
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 */
void
porch_agent_proxy_set_away_after_minutes_async (PorchAgentProxy *self,
                                                guint minutes,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  call (self, self->agent, "SetAwayAfterMinutes", g_variant_new ("(u)", minutes), NULL,
        porch_agent_proxy_set_away_after_minutes_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_set_start_at_login_async:
 * @self: a proxy
 * @enabled: whether the agent shall start at log-in
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 */
void
porch_agent_proxy_set_start_at_login_async (PorchAgentProxy *self,
                                            gboolean enabled,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  call (self, self->agent, "SetStartAtLogin", g_variant_new ("(b)", enabled), NULL,
        porch_agent_proxy_set_start_at_login_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_stay_in_background_async:
 * @self: a proxy
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks the desktop to let the agent run on without a window.
 */
void
porch_agent_proxy_stay_in_background_async (PorchAgentProxy *self,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  call (self, self->agent, "StayInBackground", NULL, NULL,
        porch_agent_proxy_stay_in_background_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_quit_async:
 * @self: a proxy
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Says offline to the server, then ends the agent.
 */
void
porch_agent_proxy_quit_async (PorchAgentProxy *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  call (self, self->agent, "Quit", NULL, NULL, porch_agent_proxy_quit_async, cancellable, callback,
        user_data);
}

/**
 * porch_agent_proxy_call_finish:
 * @self: a proxy
 * @result: the result of a call that answers with nothing but success
 * @error: return location for an error of %PORCH_AGENT_ERROR
 *
 * Returns: whether it was done
 */
gboolean
porch_agent_proxy_call_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = call_finish (self, result, error);

  return reply != NULL;
}

/**
 * porch_agent_proxy_search_async:
 * @self: a proxy
 * @query: at least three letters of a name, or one whole email address
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks the server for people.
 */
void
porch_agent_proxy_search_async (PorchAgentProxy *self,
                                const char *query,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (query != NULL);

  call (self, self->account, "Search", g_variant_new ("(s)", query), NULL,
        porch_agent_proxy_search_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_search_finish:
 * @self: a proxy
 * @result: a result
 * @error: return location
 *
 * Returns: (transfer container) (element-type PorchPerson): the people found
 */
GPtrArray *
porch_agent_proxy_search_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = call_finish (self, result, error);
  if (reply == NULL)
    return NULL;

  GPtrArray *people = g_ptr_array_new_with_free_func ((GDestroyNotify) porch_person_free);
  g_autoptr (GVariantIter) iter = NULL;
  const char *id, *name, *avatar;
  g_variant_get (reply, "(a(sss))", &iter);
  while (g_variant_iter_next (iter, "(&s&s&s)", &id, &name, &avatar))
    {
      PorchPerson *person = g_new0 (PorchPerson, 1);
      person->id = g_strdup (id);
      person->name = g_strdup (name);
      person->avatar = g_strdup (avatar);
      g_ptr_array_add (people, person);
    }
  return people;
}

/**
 * porch_agent_proxy_export_async:
 * @self: a proxy
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks for the contacts as JSON; porchlight(1) describes it.
 */
void
porch_agent_proxy_export_async (PorchAgentProxy *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  call (self, self->account, "Export", NULL, NULL, porch_agent_proxy_export_async, cancellable,
        callback, user_data);
}

/**
 * porch_agent_proxy_export_finish:
 * @self: a proxy
 * @result: a result
 * @error: return location
 *
 * Returns: (transfer full): the contacts as JSON
 */
char *
porch_agent_proxy_export_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = call_finish (self, result, error);
  char *json = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(s)", &json);
  return json;
}

/**
 * porch_agent_proxy_import_async:
 * @self: a proxy
 * @json: what an export gave
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Adds the contacts that an export names.
 */
void
porch_agent_proxy_import_async (PorchAgentProxy *self,
                                const char *json,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (json != NULL);

  call (self, self->account, "Import", g_variant_new ("(s)", json), NULL,
        porch_agent_proxy_import_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_import_finish:
 * @self: a proxy
 * @result: a result
 * @error: return location
 *
 * Returns: how many contacts were added; 0 with @error set where it failed
 */
guint
porch_agent_proxy_import_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = call_finish (self, result, error);
  guint32 added = 0;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &added);
  return added;
}

/**
 * porch_agent_proxy_call:
 * @self: a proxy
 * @target: whose method it is
 * @method: its name
 * @parameters: (nullable): what it takes
 * @fds: (nullable): the descriptors that go with it
 * @timeout_ms: how long to wait for the answer, milliseconds, or -1
 * @source_tag: the caller
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Calls the agent.
 */
void
porch_agent_proxy_call (PorchAgentProxy *self,
                        PorchProxyTarget target,
                        const char *method,
                        GVariant *parameters,
                        GUnixFDList *fds,
                        int timeout_ms,
                        gpointer source_tag,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  call_for (self, target == PORCH_PROXY_AGENT ? (gpointer) self->agent : (gpointer) self->account,
            method, parameters, fds, timeout_ms, source_tag, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_call_take:
 * @self: a proxy
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_ERROR
 *
 * Returns: (transfer full): what the agent answered
 */
GVariant *
porch_agent_proxy_call_take (PorchAgentProxy *self, GAsyncResult *result, GError **error)
{
  return call_finish (self, result, error);
}
