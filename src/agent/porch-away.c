/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Whether the person is there: puts together idleness, lock, sleep and what programs say. After
 * how many minutes idleness counts is PorchAgentPreferences\'. Owned by PorchAgentService, which
 * makes others see it. It knows no account.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-away.h"

#include "desktop/porch-idle-monitor.h"
#include "desktop/porch-sleep-monitor.h"

struct _PorchAway
{
  GObject parent_instance;

  PorchAgentPreferences *preferences;
  PorchIdleMonitor *idle_monitor;
  PorchSleepMonitor *sleep_monitor;
  GCancellable *cancellable;

  PorchAwayReason reason;
  gboolean told;
};

G_DEFINE_FINAL_TYPE (PorchAway, porch_away, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (PorchAwayReason,
                    porch_away_reason,
                    G_DEFINE_ENUM_VALUE (PORCH_AWAY_NOT, ""),
                    G_DEFINE_ENUM_VALUE (PORCH_AWAY_TOLD, "told"),
                    G_DEFINE_ENUM_VALUE (PORCH_AWAY_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (PORCH_AWAY_LOCKED, "locked"),
                    G_DEFINE_ENUM_VALUE (PORCH_AWAY_ASLEEP, "asleep"))

enum
{
  SIGNAL_CHANGED,
  SIGNAL_FALLING_ASLEEP,
  SIGNAL_WOKE_UP,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
emit_changed (PorchAway *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static PorchAwayReason
find_reason (PorchAway *self)
{
  if (porch_sleep_monitor_get_state (self->sleep_monitor) != PORCH_SLEEP_STATE_AWAKE)
    return PORCH_AWAY_ASLEEP;
  if (porch_idle_monitor_get_locked (self->idle_monitor))
    return PORCH_AWAY_LOCKED;
  if (porch_idle_monitor_get_idle (self->idle_monitor))
    return PORCH_AWAY_IDLE;

  return self->told ? PORCH_AWAY_TOLD : PORCH_AWAY_NOT;
}

static void
update_reason (PorchAway *self)
{
  PorchAwayReason reason = find_reason (self);

  if (self->reason == reason)
    return;

  self->reason = reason;
  g_debug ("The person is %s",
           reason == PORCH_AWAY_NOT ? "here" : porch_away_get_reason_code (self));
  emit_changed (self);
}

static void
on_falling_asleep_cb (PorchAway *self)
{
  update_reason (self);
  g_signal_emit (self, signals[SIGNAL_FALLING_ASLEEP], 0);
}

static void
on_woke_up_cb (PorchAway *self)
{
  update_reason (self);
  g_signal_emit (self, signals[SIGNAL_WOKE_UP], 0);
}

static void
on_preferences_changed_cb (PorchAway *self)
{
  porch_idle_monitor_set_threshold_s (self->idle_monitor, porch_away_get_after_minutes (self) * 60);
  emit_changed (self);
}

static void
on_system_bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchAway) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("There is no system bus, and no logind on it: %s", error->message);
      return;
    }

  g_dbus_connection_set_exit_on_close (bus, FALSE);
  porch_idle_monitor_add_system_bus (self->idle_monitor, bus);
  porch_sleep_monitor_add_system_bus (self->sleep_monitor, bus);
}

static void
porch_away_dispose (GObject *object)
{
  PorchAway *self = PORCH_AWAY (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->idle_monitor);
  g_clear_object (&self->sleep_monitor);

  G_OBJECT_CLASS (porch_away_parent_class)->dispose (object);
}

static void
porch_away_finalize (GObject *object)
{
  PorchAway *self = PORCH_AWAY (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->preferences);

  G_OBJECT_CLASS (porch_away_parent_class)->finalize (object);
}

static void
porch_away_class_init (PorchAwayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = porch_away_dispose;
  object_class->finalize = porch_away_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  signals[SIGNAL_FALLING_ASLEEP] = g_signal_new ("falling-asleep", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                 NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_WOKE_UP] = g_signal_new ("woke-up", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
porch_away_init (PorchAway *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * porch_away_new:
 * @bus: the session bus
 * @clock: the clock
 * @preferences: after how many minutes idleness counts
 *
 * Returns: (transfer full): an object for which the person is here until the desktop answers
 */
PorchAway *
porch_away_new (GDBusConnection *bus, PorchClock *clock, PorchAgentPreferences *preferences)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_AGENT_PREFERENCES (preferences), NULL);

  PorchAway *self = g_object_new (PORCH_TYPE_AWAY, NULL);

  self->preferences = g_object_ref (preferences);
  self->idle_monitor = porch_idle_monitor_new_for_desktop (clock, bus);
  self->sleep_monitor = porch_sleep_monitor_new (clock);
  g_signal_connect_object (preferences, "changed", G_CALLBACK (on_preferences_changed_cb), self,
                           G_CONNECT_SWAPPED);
  on_preferences_changed_cb (self);
  g_signal_connect_object (self->idle_monitor, "notify::idle", G_CALLBACK (update_reason), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->idle_monitor, "notify::locked", G_CALLBACK (update_reason), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->idle_monitor, "notify::source-name", G_CALLBACK (emit_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->idle_monitor, "notify::lock-source-names",
                           G_CALLBACK (emit_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sleep_monitor, "falling-asleep", G_CALLBACK (on_falling_asleep_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sleep_monitor, "woke-up", G_CALLBACK (on_woke_up_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * porch_away_start:
 * @self: an object
 *
 * Asks the system bus too.
 */
void
porch_away_start (PorchAway *self)
{
  g_return_if_fail (PORCH_IS_AWAY (self));

  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_system_bus_cb, g_object_ref (self));
}

/**
 * porch_away_set_told:
 * @self: an object
 * @idle: whether a program says that the person is not there
 */
void
porch_away_set_told (PorchAway *self, gboolean idle)
{
  g_return_if_fail (PORCH_IS_AWAY (self));

  self->told = idle;
  update_reason (self);
}

/**
 * porch_away_let_sleep:
 * @self: an object
 *
 * The server was told: sleep goes on.
 */
void
porch_away_let_sleep (PorchAway *self)
{
  g_return_if_fail (PORCH_IS_AWAY (self));

  if (self->sleep_monitor != NULL)
    porch_sleep_monitor_let_go (self->sleep_monitor);
}

/**
 * porch_away_get_reason:
 * @self: an object
 *
 * Returns: why the person is not there
 */
PorchAwayReason
porch_away_get_reason (PorchAway *self)
{
  g_return_val_if_fail (PORCH_IS_AWAY (self), PORCH_AWAY_NOT);

  return self->reason;
}

/**
 * porch_away_get_reason_code:
 * @self: an object
 *
 * Returns: the same, as Agent1.Away says it
 */
const char *
porch_away_get_reason_code (PorchAway *self)
{
  g_return_val_if_fail (PORCH_IS_AWAY (self), "");

  g_autoptr (GEnumClass) reasons = g_type_class_ref (PORCH_TYPE_AWAY_REASON);
  return g_enum_get_value (reasons, self->reason)->value_nick;
}

/**
 * porch_away_get_after_minutes:
 * @self: an object
 *
 * Returns: after how many minutes without input the person is idle; 0 for never
 */
guint
porch_away_get_after_minutes (PorchAway *self)
{
  g_return_val_if_fail (PORCH_IS_AWAY (self), 0);

  return porch_agent_preferences_get_away_after_minutes (self->preferences);
}

/**
 * porch_away_get_idle_source:
 * @self: an object
 *
 * Returns: who tells that the person is idle, "" for nobody
 */
const char *
porch_away_get_idle_source (PorchAway *self)
{
  g_return_val_if_fail (PORCH_IS_AWAY (self), "");

  return porch_idle_monitor_get_source_name (self->idle_monitor);
}

/**
 * porch_away_get_lock_sources:
 * @self: an object
 *
 * Returns: (transfer none): who tells that the screen is locked
 */
const char *const *
porch_away_get_lock_sources (PorchAway *self)
{
  g_return_val_if_fail (PORCH_IS_AWAY (self), NULL);

  return porch_idle_monitor_get_lock_source_names (self->idle_monitor);
}
