/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Tells before the computer sleeps and after it woke up. Owned by the agent. Before: logind, with a
 * delay inhibitor that is taken again for each sleep. After: logind, or the clocks, whichever comes
 * first, so that it is right where logind cannot be reached: time that passed in suspend is looked
 * at whenever the main loop turns, and a timer that the kernel ends at resume makes it turn.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-sleep-monitor.h"

#include "config.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define BUS_NAME  "org.freedesktop.login1"
#define PATH      "/org/freedesktop/login1"
#define INTERFACE "org.freedesktop.login1.Manager"

#define CALL_TIMEOUT_MS 5000

/* Less than this in suspend breaks no connection; and the two clocks are not read at once. */
#define SLEEP_MIN_US G_USEC_PER_SEC

typedef struct
{
  GSource source;
  PorchSleepMonitor *monitor; /* unowned: it destroys the source */
  int timer_fd;               /* or -1 */
} ClockSource;

struct _PorchSleepMonitor
{
  GObject parent_instance;

  PorchClock *clock;
  GSource *clock_source;
  gint64 suspended_us; /* in which we were awake last */

  GDBusConnection *system_bus;
  guint watch_id;
  guint signal_id;
  GCancellable *cancellable;
  int inhibitor; /* a descriptor, or -1 */
  PorchSleepState state;
  guint let_go_timer;
};

G_DEFINE_FINAL_TYPE (PorchSleepMonitor, porch_sleep_monitor, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (PorchSleepState,
                    porch_sleep_state,
                    G_DEFINE_ENUM_VALUE (PORCH_SLEEP_STATE_AWAKE, "awake"),
                    G_DEFINE_ENUM_VALUE (PORCH_SLEEP_STATE_FALLING_ASLEEP, "falling-asleep"),
                    G_DEFINE_ENUM_VALUE (PORCH_SLEEP_STATE_ASLEEP, "asleep"))

enum
{
  SIGNAL_FALLING_ASLEEP,
  SIGNAL_WOKE_UP,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_state (PorchSleepMonitor *self, PorchSleepState state)
{
  g_autofree char *from = g_enum_to_string (PORCH_TYPE_SLEEP_STATE, self->state);
  g_autofree char *to = g_enum_to_string (PORCH_TYPE_SLEEP_STATE, state);

  g_debug ("The computer: %s → %s", from, to);
  self->state = state;
}

static void
drop_inhibitor (PorchSleepMonitor *self)
{
  if (self->inhibitor >= 0)
    close (self->inhibitor);
  self->inhibitor = -1;
}

static void
on_inhibited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchSleepMonitor) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), &fds, result, &error);
  gint32 handle = 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  drop_inhibitor (self);
  if (reply != NULL)
    {
      g_variant_get (reply, "(h)", &handle);
      self->inhibitor = fds != NULL ? g_unix_fd_list_get (fds, handle, &error) : -1;
    }
  if (self->inhibitor < 0)
    g_debug ("Sleep will not wait for us: %s", error != NULL ? error->message : "no descriptor");
}

static void
take_inhibitor (PorchSleepMonitor *self)
{
  g_dbus_connection_call_with_unix_fd_list (
      self->system_bus, BUS_NAME, PATH, INTERFACE, "Inhibit",
      g_variant_new ("(ssss)", "sleep", "Porchlight", _ ("Your contacts are told that you leave"),
                     "delay"),
      G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, NULL,
      self->cancellable, on_inhibited_cb, g_object_ref (self));
}

static gboolean
on_let_go_timeout_cb (gpointer user_data)
{
  PorchSleepMonitor *self = user_data;

  self->let_go_timer = 0;
  g_message ("Sleep waits no longer");
  porch_sleep_monitor_let_go (self);
  return G_SOURCE_REMOVE;
}

static void
fall_asleep (PorchSleepMonitor *self)
{
  if (self->state != PORCH_SLEEP_STATE_AWAKE)
    return;

  set_state (self, PORCH_SLEEP_STATE_FALLING_ASLEEP);
  self->let_go_timer = porch_clock_add_timeout (self->clock, PORCH_SLEEP_DELAY_MS,
                                                on_let_go_timeout_cb, self);
  g_signal_emit (self, signals[SIGNAL_FALLING_ASLEEP], 0);
}

static void
wake_up (PorchSleepMonitor *self)
{
  self->suspended_us = porch_clock_get_suspended_us (self->clock);
  porch_clock_clear_timeout (self->clock, &self->let_go_timer);
  set_state (self, PORCH_SLEEP_STATE_AWAKE);
  if (self->system_bus != NULL && self->inhibitor < 0 && self->cancellable != NULL)
    take_inhibitor (self);
  g_signal_emit (self, signals[SIGNAL_WOKE_UP], 0);
}

static void
on_prepare_for_sleep_cb (GDBusConnection *bus,
                         const char *sender,
                         const char *path,
                         const char *interface,
                         const char *signal,
                         GVariant *parameters,
                         gpointer user_data)
{
  PorchSleepMonitor *self = user_data;
  gboolean begins = FALSE;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;

  g_variant_get (parameters, "(b)", &begins);
  if (begins)
    fall_asleep (self);
  else if (self->state != PORCH_SLEEP_STATE_AWAKE)
    wake_up (self);
}

static void
forget_logind (PorchSleepMonitor *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  drop_inhibitor (self);
}

static void
on_logind_vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  PorchSleepMonitor *self = user_data;

  forget_logind (self);
  if (self->state != PORCH_SLEEP_STATE_AWAKE)
    wake_up (self);
}

static void
on_logind_appeared_cb (GDBusConnection *bus,
                       const char *name,
                       const char *owner,
                       gpointer user_data)
{
  PorchSleepMonitor *self = user_data;

  forget_logind (self);
  self->cancellable = g_cancellable_new ();
  take_inhibitor (self);
}

static gboolean
has_slept (PorchSleepMonitor *self)
{
  return porch_clock_get_suspended_us (self->clock) - self->suspended_us >= SLEEP_MIN_US;
}

static void
arm_timer_fd (int fd)
{
  /* Never due; ended by the kernel when the wall clock jumps, which it does at each resume. */
  const struct itimerspec never = { .it_value = { .tv_sec = G_MAXINT32 } };

  if (timerfd_settime (fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) != 0)
    g_debug ("No timer tells of resume: %s", g_strerror (errno));
}

static gboolean
clock_source_prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  return has_slept (((ClockSource *) source)->monitor);
}

static gboolean
clock_source_check (GSource *source)
{
  ClockSource *clock_source = (ClockSource *) source;
  guint64 expirations;

  if (clock_source->timer_fd >= 0
      && read (clock_source->timer_fd, &expirations, sizeof expirations) < 0 && errno == ECANCELED)
    arm_timer_fd (clock_source->timer_fd);
  return has_slept (clock_source->monitor);
}

static gboolean
clock_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_autoptr (PorchSleepMonitor) self = g_object_ref (((ClockSource *) source)->monitor);

  g_debug ("The clocks say that the computer slept");
  wake_up (self);
  return G_SOURCE_CONTINUE;
}

static void
clock_source_finalize (GSource *source)
{
  ClockSource *clock_source = (ClockSource *) source;

  if (clock_source->timer_fd >= 0)
    close (clock_source->timer_fd);
}

static GSourceFuncs clock_source_funcs = {
  .prepare = clock_source_prepare,
  .check = clock_source_check,
  .dispatch = clock_source_dispatch,
  .finalize = clock_source_finalize,
};

static GSource *
clock_source_new (PorchSleepMonitor *self)
{
  GSource *source = g_source_new (&clock_source_funcs, sizeof (ClockSource));
  ClockSource *clock_source = (ClockSource *) source;

  clock_source->monitor = self;
  clock_source->timer_fd = timerfd_create (CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (clock_source->timer_fd >= 0)
    {
      arm_timer_fd (clock_source->timer_fd);
      g_source_add_unix_fd (source, clock_source->timer_fd, G_IO_IN);
    }
  g_source_set_static_name (source, "porch-sleep-monitor");
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_attach (source, NULL);
  return source;
}

static void
porch_sleep_monitor_dispose (GObject *object)
{
  PorchSleepMonitor *self = PORCH_SLEEP_MONITOR (object);

  if (self->clock_source != NULL)
    g_source_destroy (self->clock_source);
  g_clear_pointer (&self->clock_source, g_source_unref);
  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->let_go_timer);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  if (self->signal_id != 0)
    g_dbus_connection_signal_unsubscribe (self->system_bus, self->signal_id);
  self->signal_id = 0;
  forget_logind (self);

  G_OBJECT_CLASS (porch_sleep_monitor_parent_class)->dispose (object);
}

static void
porch_sleep_monitor_finalize (GObject *object)
{
  PorchSleepMonitor *self = PORCH_SLEEP_MONITOR (object);

  g_clear_object (&self->system_bus);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_sleep_monitor_parent_class)->finalize (object);
}

static void
porch_sleep_monitor_class_init (PorchSleepMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = porch_sleep_monitor_dispose;
  object_class->finalize = porch_sleep_monitor_finalize;

  signals[SIGNAL_FALLING_ASLEEP] = g_signal_new ("falling-asleep", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                 NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_WOKE_UP] = g_signal_new ("woke-up", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
porch_sleep_monitor_init (PorchSleepMonitor *self)
{
  self->inhibitor = -1;
}

/**
 * porch_sleep_monitor_new:
 * @clock: the clock
 *
 * Returns: (transfer full): a monitor that knows the clocks alone
 */
PorchSleepMonitor *
porch_sleep_monitor_new (PorchClock *clock)
{
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);

  PorchSleepMonitor *self = g_object_new (PORCH_TYPE_SLEEP_MONITOR, NULL);

  self->clock = g_object_ref (clock);
  self->suspended_us = porch_clock_get_suspended_us (clock);
  self->clock_source = clock_source_new (self);
  return self;
}

/**
 * porch_sleep_monitor_add_system_bus:
 * @self: a monitor
 * @system_bus: the system bus
 *
 * Asks logind too, now or as soon as it is there.
 */
void
porch_sleep_monitor_add_system_bus (PorchSleepMonitor *self, GDBusConnection *system_bus)
{
  g_return_if_fail (PORCH_IS_SLEEP_MONITOR (self));
  g_return_if_fail (self->system_bus == NULL);

  self->system_bus = g_object_ref (system_bus);
  self->signal_id = g_dbus_connection_signal_subscribe (
      system_bus, BUS_NAME, INTERFACE, "PrepareForSleep", PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_prepare_for_sleep_cb, self, NULL);
  self->watch_id = g_bus_watch_name_on_connection (
      system_bus, BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_logind_appeared_cb,
      on_logind_vanished_cb, self, NULL);
}

/**
 * porch_sleep_monitor_let_go:
 * @self: a monitor
 *
 * What had to be done before sleep is done: sleep goes on.
 */
void
porch_sleep_monitor_let_go (PorchSleepMonitor *self)
{
  g_return_if_fail (PORCH_IS_SLEEP_MONITOR (self));

  if (self->state != PORCH_SLEEP_STATE_FALLING_ASLEEP)
    return;

  porch_clock_clear_timeout (self->clock, &self->let_go_timer);
  drop_inhibitor (self);
  set_state (self, PORCH_SLEEP_STATE_ASLEEP);
}

/**
 * porch_sleep_monitor_get_state:
 * @self: a monitor
 *
 * Returns: whether the computer sleeps, or is about to
 */
PorchSleepState
porch_sleep_monitor_get_state (PorchSleepMonitor *self)
{
  g_return_val_if_fail (PORCH_IS_SLEEP_MONITOR (self), PORCH_SLEEP_STATE_AWAKE);

  return self->state;
}
