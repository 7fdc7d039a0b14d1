/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What the person chose for all of the agent on this computer, in GSettings: after how long they
 * are away, whom to tell of, and when to tell nothing. Another program may change it at any time,
 * and an administrator's policy may hold it. Owned by PorchAgentService. It acts on nothing by
 * itself.
 *
 * Agents before these settings kept the same in their database; what was chosen there is moved
 * once.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-agent-preferences.h"

#include "config.h"

#include "bus/porch-agent-error.h"
#include "bus/porch-settings.h"

#include <glib/gi18n-lib.h>

#define KEY_AWAY_AFTER          "away-after"
#define KEY_HEARTBEAT           "heartbeat"
#define KEY_NOTIFY_DEFAULT      "notify-default"
#define KEY_QUIET_HOURS_DAYS    "quiet-hours-days"
#define KEY_QUIET_HOURS_FROM    "quiet-hours-from"
#define KEY_QUIET_HOURS_UNTIL   "quiet-hours-until"
#define KEY_QUIET_HOURS_SUMMARY "quiet-hours-summary"

/* Names in the old agent's database, and the mark that they were moved. */
#define OLD_AWAY_AFTER "away-after-minutes"
#define OLD_MOVED      "preferences-moved"

#define AWAY_AFTER_MINUTES_DEFAULT 10

/* What a person may choose. */
static const guint away_after_choices[] = { 0, 5, 10, 15, 30 };

/* A setting as the bus knows it, and the keys that it is made of. */
static const struct
{
  const char *name;
  const char *keys[5];
} preferences[] = {
  { "away-after", { KEY_AWAY_AFTER } },
  { "heartbeat", { KEY_HEARTBEAT } },
  { "notify-default", { KEY_NOTIFY_DEFAULT } },
  { "quiet-hours",
    { KEY_QUIET_HOURS_DAYS, KEY_QUIET_HOURS_FROM, KEY_QUIET_HOURS_UNTIL,
      KEY_QUIET_HOURS_SUMMARY } },
};

struct _PorchAgentPreferences
{
  GObject parent_instance;

  GSettings *settings; /* NULL where the schema is not installed */
};

G_DEFINE_FINAL_TYPE (PorchAgentPreferences, porch_agent_preferences, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_locked (PorchAgentPreferences *self, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (preferences); i++)
    for (guint j = 0; g_str_equal (preferences[i].name, name) && preferences[i].keys[j] != NULL;
         j++)
      if (!g_settings_is_writable (self->settings, preferences[i].keys[j]))
        return TRUE;
  return FALSE;
}

/* Whether it may be set at all */
static gboolean
check_writable (PorchAgentPreferences *self, const char *name, GError **error)
{
  if (self->settings == NULL)
    {
      g_set_error_literal (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_FAILED,
                           _ ("Porchlight's settings are not installed on this computer."));
      return FALSE;
    }
  if (is_locked (self, name))
    {
      g_set_error_literal (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_LOCKED,
                           _ ("This setting is locked by your administrator."));
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_choice (gint64 minutes)
{
  for (guint i = 0; i < G_N_ELEMENTS (away_after_choices); i++)
    if (minutes == away_after_choices[i])
      return TRUE;
  return FALSE;
}

/* What an old agent kept, while it is moved. */
typedef struct
{
  PorchAgentPreferences *self;
  PorchNotifyDefault notify_default;
  PorchQuietHours quiet_hours;
} Move;

static void
move_free (Move *move)
{
  g_object_unref (move->self);
  g_free (move);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Move, move_free)

static gboolean
move_value (gboolean moved, GError *error)
{
  if (!moved)
    g_message ("An old setting is left behind: %s", error->message);
  g_clear_error (&error);
  return moved;
}

static void
on_old_away_after_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Move) move = user_data;
  PorchAgentStore *store = PORCH_AGENT_STORE (source);
  const PorchQuietHours none = PORCH_QUIET_HOURS_NONE;
  gint64 minutes = AWAY_AFTER_MINUTES_DEFAULT;
  GError *error = NULL;
  gboolean moved = FALSE;

  porch_agent_store_load_setting_finish (store, result, &minutes);
  if (minutes != AWAY_AFTER_MINUTES_DEFAULT && is_choice (minutes))
    moved |= move_value (
        porch_agent_preferences_set_away_after_minutes (move->self, (guint) minutes, &error),
        g_steal_pointer (&error));
  if (move->notify_default != PORCH_NOTIFY_NOBODY)
    moved |= move_value (
        porch_agent_preferences_set_notify_default (move->self, move->notify_default, &error),
        g_steal_pointer (&error));
  if (!porch_quiet_hours_equal (&move->quiet_hours, &none))
    moved |= move_value (
        porch_agent_preferences_set_quiet_hours (move->self, &move->quiet_hours, &error),
        g_steal_pointer (&error));

  if (moved)
    porch_agent_store_put_setting (store, OLD_MOVED, TRUE);
}

static void
on_old_mark_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Move) move = user_data;
  PorchAgentStore *store = PORCH_AGENT_STORE (source);
  gint64 moved = FALSE;

  porch_agent_store_load_setting_finish (store, result, &moved);
  if (!moved)
    porch_agent_store_load_setting_async (store, OLD_AWAY_AFTER, on_old_away_after_loaded_cb,
                                          g_steal_pointer (&move));
}

static void
emit_changed (PorchAgentPreferences *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
porch_agent_preferences_dispose (GObject *object)
{
  g_clear_object (&PORCH_AGENT_PREFERENCES (object)->settings);

  G_OBJECT_CLASS (porch_agent_preferences_parent_class)->dispose (object);
}

static void
porch_agent_preferences_class_init (PorchAgentPreferencesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = porch_agent_preferences_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
porch_agent_preferences_init (PorchAgentPreferences *self)
{
  self->settings = porch_settings_new ();
  if (self->settings == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (preferences); i++)
    for (guint j = 0; preferences[i].keys[j] != NULL; j++)
      {
        const char *key = preferences[i].keys[j];
        g_autofree char *changed = g_strconcat ("changed::", key, NULL);
        g_autofree char *writable = g_strconcat ("writable-changed::", key, NULL);

        g_signal_connect_object (self->settings, changed, G_CALLBACK (emit_changed), self,
                                 G_CONNECT_SWAPPED);
        g_signal_connect_object (self->settings, writable, G_CALLBACK (emit_changed), self,
                                 G_CONNECT_SWAPPED);
        /* Only what was read is watched. */
        g_variant_unref (g_settings_get_value (self->settings, key));
      }
}

/**
 * porch_agent_preferences_new:
 *
 * Returns: (transfer full): the person's preferences, at once; where the schema is not installed,
 *   the defaults for good
 */
PorchAgentPreferences *
porch_agent_preferences_new (void)
{
  return g_object_new (PORCH_TYPE_AGENT_PREFERENCES, NULL);
}

/**
 * porch_agent_preferences_move_old:
 * @self: the preferences
 * @store: the agent's database
 * @record: (nullable): the account that was used last
 *
 * Takes over what an agent before these settings kept in its database, once.
 */
void
porch_agent_preferences_move_old (PorchAgentPreferences *self,
                                  PorchAgentStore *store,
                                  const PorchAccountRecord *record)
{
  g_return_if_fail (PORCH_IS_AGENT_PREFERENCES (self));
  g_return_if_fail (PORCH_IS_AGENT_STORE (store));

  Move *move = g_new0 (Move, 1);
  move->self = g_object_ref (self);
  move->quiet_hours = (PorchQuietHours) PORCH_QUIET_HOURS_NONE;
  if (record != NULL)
    {
      move->notify_default = record->notify_default;
      move->quiet_hours = record->quiet_hours;
    }
  porch_agent_store_load_setting_async (store, OLD_MOVED, on_old_mark_loaded_cb, move);
}

/**
 * porch_agent_preferences_get_away_after_minutes:
 * @self: the preferences
 *
 * Returns: after how many minutes without input the person is away; 0 for never
 */
guint
porch_agent_preferences_get_away_after_minutes (PorchAgentPreferences *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PREFERENCES (self), AWAY_AFTER_MINUTES_DEFAULT);

  return self->settings != NULL ? (guint) g_settings_get_enum (self->settings, KEY_AWAY_AFTER)
                                : AWAY_AFTER_MINUTES_DEFAULT;
}

/**
 * porch_agent_preferences_set_away_after_minutes:
 * @self: the preferences
 * @minutes: 5, 10, 15 or 30; 0 for never
 * @error: return location for a #PorchAgentError
 *
 * Returns: whether that may be chosen
 */
gboolean
porch_agent_preferences_set_away_after_minutes (PorchAgentPreferences *self,
                                                guint minutes,
                                                GError **error)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PREFERENCES (self), FALSE);

  if (!is_choice (minutes))
    {
      g_set_error_literal (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT,
                           _ ("Only never, 5, 10, 15 or 30 minutes can be chosen."));
      return FALSE;
    }

  return check_writable (self, "away-after", error)
         && g_settings_set_enum (self->settings, KEY_AWAY_AFTER, (int) minutes);
}

/**
 * porch_agent_preferences_get_heartbeat_s:
 * @self: the preferences
 *
 * Returns: the seconds between heartbeats: 30, 60 or 120; 0 for what the server says
 */
guint
porch_agent_preferences_get_heartbeat_s (PorchAgentPreferences *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PREFERENCES (self), 0);

  return self->settings != NULL ? (guint) g_settings_get_enum (self->settings, KEY_HEARTBEAT) : 0;
}

/**
 * porch_agent_preferences_set_heartbeat_s:
 * @self: the preferences
 * @heartbeat_s: 30, 60 or 120 seconds; 0 for what the server says
 * @error: return location for a #PorchAgentError
 *
 * Returns: whether that may be chosen
 */
gboolean
porch_agent_preferences_set_heartbeat_s (PorchAgentPreferences *self,
                                         guint heartbeat_s,
                                         GError **error)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PREFERENCES (self), FALSE);

  if (heartbeat_s != 0 && heartbeat_s != 30 && heartbeat_s != 60 && heartbeat_s != 120)
    {
      g_set_error_literal (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT,
                           _ ("Only 30, 60 or 120 seconds can be chosen."));
      return FALSE;
    }

  return check_writable (self, "heartbeat", error)
         && g_settings_set_enum (self->settings, KEY_HEARTBEAT, (int) heartbeat_s);
}

/**
 * porch_agent_preferences_get_notify_default:
 * @self: the preferences
 *
 * Returns: whom to tell of who has no rule of their own
 */
PorchNotifyDefault
porch_agent_preferences_get_notify_default (PorchAgentPreferences *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PREFERENCES (self), PORCH_NOTIFY_NOBODY);

  return self->settings != NULL
             ? (PorchNotifyDefault) g_settings_get_enum (self->settings, KEY_NOTIFY_DEFAULT)
             : PORCH_NOTIFY_NOBODY;
}

/**
 * porch_agent_preferences_set_notify_default:
 * @self: the preferences
 * @value: whom to tell of who has no rule of their own
 * @error: return location for a #PorchAgentError
 *
 * Returns: whether that may be chosen
 */
gboolean
porch_agent_preferences_set_notify_default (PorchAgentPreferences *self,
                                            PorchNotifyDefault value,
                                            GError **error)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PREFERENCES (self), FALSE);

  return check_writable (self, "notify-default", error)
         && g_settings_set_enum (self->settings, KEY_NOTIFY_DEFAULT, (int) value);
}

/**
 * porch_agent_preferences_get_quiet_hours:
 * @self: the preferences
 *
 * Returns: when to tell nothing, valid
 */
PorchQuietHours
porch_agent_preferences_get_quiet_hours (PorchAgentPreferences *self)
{
  PorchQuietHours hours = PORCH_QUIET_HOURS_NONE;

  g_return_val_if_fail (PORCH_IS_AGENT_PREFERENCES (self), hours);

  if (self->settings != NULL)
    {
      hours.days = g_settings_get_flags (self->settings, KEY_QUIET_HOURS_DAYS);
      hours.from_min = g_settings_get_uint (self->settings, KEY_QUIET_HOURS_FROM);
      hours.to_min = g_settings_get_uint (self->settings, KEY_QUIET_HOURS_UNTIL);
      hours.summary = g_settings_get_boolean (self->settings, KEY_QUIET_HOURS_SUMMARY);
    }
  return hours;
}

/**
 * porch_agent_preferences_set_quiet_hours:
 * @self: the preferences
 * @hours: when to tell nothing
 * @error: return location for a #PorchAgentError
 *
 * Returns: whether that may be chosen
 */
gboolean
porch_agent_preferences_set_quiet_hours (PorchAgentPreferences *self,
                                         const PorchQuietHours *hours,
                                         GError **error)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PREFERENCES (self), FALSE);
  g_return_val_if_fail (hours != NULL, FALSE);

  if (!porch_quiet_hours_is_valid (hours))
    {
      g_set_error_literal (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_ARGUMENT,
                           _ ("These are no hours of a week."));
      return FALSE;
    }
  if (!check_writable (self, "quiet-hours", error))
    return FALSE;

  /* All of it at once: nobody sees half of a choice. */
  g_autoptr (GSettings) batch = porch_settings_new ();
  g_settings_delay (batch);
  g_settings_set_flags (batch, KEY_QUIET_HOURS_DAYS, hours->days);
  g_settings_set_uint (batch, KEY_QUIET_HOURS_FROM, hours->from_min);
  g_settings_set_uint (batch, KEY_QUIET_HOURS_UNTIL, hours->to_min);
  g_settings_set_boolean (batch, KEY_QUIET_HOURS_SUMMARY, hours->summary);
  g_settings_apply (batch);
  return TRUE;
}

/**
 * porch_agent_preferences_dup_locked:
 * @self: the preferences
 *
 * Returns: (transfer full): the settings that an administrator's policy holds, as
 *   Agent1.LockedSettings names them
 */
char **
porch_agent_preferences_dup_locked (PorchAgentPreferences *self)
{
  g_return_val_if_fail (PORCH_IS_AGENT_PREFERENCES (self), NULL);

  g_autoptr (GStrvBuilder) locked = g_strv_builder_new ();
  for (guint i = 0; self->settings != NULL && i < G_N_ELEMENTS (preferences); i++)
    if (is_locked (self, preferences[i].name))
      g_strv_builder_add (locked, preferences[i].name);
  return g_strv_builder_end (locked);
}
