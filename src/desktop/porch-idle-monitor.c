/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Whether the person is there: chooses among the desktop's sources the first that answers, at run
 * time and again whenever one comes or goes, and asks for inhibitors where that source does not see
 * to them. Owned by the agent. What being away means is not its business.
 *
 * For the lock every source that knows about it is listened to, not the first alone: none says that
 * the screen is locked when it is not, but several never say that it is.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-idle-monitor.h"

#include "desktop/porch-logind-idle-source.h"
#include "desktop/porch-mutter-idle-source.h"
#include "desktop/porch-portal-idle-source.h"
#include "desktop/porch-screensaver-idle-source.h"
#include "desktop/porch-wayland-idle-source.h"
#include "desktop/porch-x11-idle-source.h"

struct _PorchIdleMonitor
{
  GObject parent_instance;

  PorchClock *clock;
  PorchIdleInhibition *inhibition;
  GPtrArray *sources;      /* best first */
  PorchIdleSource *chosen; /* unowned: one of them, or NULL */
  guint threshold_s;

  PorchIdleState state;
  GCancellable *check; /* of the question that is under way */
  guint timer;         /* while waiting */

  gboolean locked;
  GStrv lock_names;
};

G_DEFINE_FINAL_TYPE (PorchIdleMonitor, porch_idle_monitor, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (PorchIdleState,
                    porch_idle_state,
                    G_DEFINE_ENUM_VALUE (PORCH_IDLE_STATE_ACTIVE, "active"),
                    G_DEFINE_ENUM_VALUE (PORCH_IDLE_STATE_ASKING, "asking"),
                    G_DEFINE_ENUM_VALUE (PORCH_IDLE_STATE_INHIBITED, "inhibited"),
                    G_DEFINE_ENUM_VALUE (PORCH_IDLE_STATE_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (PORCH_IDLE_STATE_IDLE, "idle"))

enum
{
  PROP_IDLE = 1,
  PROP_LOCKED,
  PROP_SOURCE_NAME,
  PROP_LOCK_SOURCE_NAMES,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* Screen savers that speak like org.gnome.ScreenSaver; the first can often be asked for idleness.
 */
static const struct
{
  const char *name;
  const char *path;
} screensavers[] = {
  { "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver" },
  { "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver" },
  { "org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver" },
  { "org.mate.ScreenSaver", "/org/mate/ScreenSaver" },
  { "org.xfce.ScreenSaver", "/org/xfce/ScreenSaver" },
};

static void ask (PorchIdleMonitor *self);

static void
set_state (PorchIdleMonitor *self, PorchIdleState state)
{
  PorchIdleState old = self->state;

  if (old == state)
    return;

  g_autofree char *from = g_enum_to_string (PORCH_TYPE_IDLE_STATE, old);
  g_autofree char *to = g_enum_to_string (PORCH_TYPE_IDLE_STATE, state);
  g_debug ("The person: %s → %s", from, to);

  self->state = state;
  porch_clock_clear_timeout (self->clock, &self->timer);
  g_cancellable_cancel (self->check);
  g_clear_object (&self->check);
  if (self->inhibition != NULL)
    porch_idle_inhibition_set_followed (self->inhibition, state == PORCH_IDLE_STATE_INHIBITED);
  if ((old == PORCH_IDLE_STATE_IDLE) != (state == PORCH_IDLE_STATE_IDLE))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IDLE]);
}

static gboolean
on_waited_cb (gpointer user_data)
{
  PorchIdleMonitor *self = user_data;

  self->timer = 0;
  ask (self);
  return G_SOURCE_REMOVE;
}

static void
on_checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchIdleMonitor) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean inhibited = porch_idle_inhibition_check_finish (PORCH_IDLE_INHIBITION (source), result,
                                                           &error);

  if (error != NULL)
    return;

  if (self->state == PORCH_IDLE_STATE_ASKING)
    set_state (self, inhibited ? PORCH_IDLE_STATE_INHIBITED : PORCH_IDLE_STATE_IDLE);
  else if (self->state == PORCH_IDLE_STATE_INHIBITED && !inhibited)
    {
      /* Whoever watched the film may still sit there. */
      set_state (self, PORCH_IDLE_STATE_WAITING);
      self->timer = porch_clock_add_timeout (self->clock, self->threshold_s * 1000, on_waited_cb,
                                             self);
    }
}

static void
check (PorchIdleMonitor *self)
{
  g_cancellable_cancel (self->check);
  g_clear_object (&self->check);
  self->check = g_cancellable_new ();
  porch_idle_inhibition_check_async (self->inhibition, self->check, on_checked_cb,
                                     g_object_ref (self));
}

static void
ask (PorchIdleMonitor *self)
{
  set_state (self, PORCH_IDLE_STATE_ASKING);
  check (self);
}

static void
on_inhibition_changed_cb (PorchIdleMonitor *self)
{
  if (self->state == PORCH_IDLE_STATE_INHIBITED)
    check (self);
}

static void
update_idle (PorchIdleMonitor *self)
{
  if (self->chosen == NULL || !porch_idle_source_get_idle (self->chosen))
    set_state (self, PORCH_IDLE_STATE_ACTIVE);
  else if (self->inhibition == NULL
           || (porch_idle_source_get_features (self->chosen) & PORCH_IDLE_FEATURE_INHIBITORS))
    set_state (self, PORCH_IDLE_STATE_IDLE);
  else if (self->state == PORCH_IDLE_STATE_ACTIVE)
    ask (self);
}

static void
update_locked (PorchIdleMonitor *self)
{
  gboolean locked = FALSE;

  for (guint i = 0; i < self->sources->len; i++)
    locked |= porch_idle_source_get_locked (g_ptr_array_index (self->sources, i));

  if (self->locked == locked)
    return;

  self->locked = locked;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOCKED]);
}

static PorchIdleSource *
find_source (PorchIdleMonitor *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    {
      PorchIdleSource *source = g_ptr_array_index (self->sources, i);

      if (porch_idle_source_get_features (source) & PORCH_IDLE_FEATURE_IDLE)
        return source;
    }
  return NULL;
}

static void
choose (PorchIdleMonitor *self)
{
  PorchIdleSource *old = self->chosen;
  PorchIdleSource *source = find_source (self);

  if (old == source)
    return;

  self->chosen = source;
  if (old != NULL)
    porch_idle_source_watch (old, 0);
  if (source != NULL)
    porch_idle_source_watch (source, self->threshold_s);
  g_debug ("Idleness is told by %s", porch_idle_monitor_get_source_name (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SOURCE_NAME]);
  update_idle (self);
}

static void
update_lock_names (PorchIdleMonitor *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->sources->len; i++)
    {
      PorchIdleSource *source = g_ptr_array_index (self->sources, i);

      if (porch_idle_source_get_features (source) & PORCH_IDLE_FEATURE_LOCK)
        g_strv_builder_add (builder, porch_idle_source_get_name (source));
    }

  g_auto (GStrv) names = g_strv_builder_end (builder);
  if (g_strv_equal ((const char *const *) names, (const char *const *) self->lock_names))
    return;

  g_strfreev (self->lock_names);
  self->lock_names = g_steal_pointer (&names);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOCK_SOURCE_NAMES]);
}

static void
on_features_cb (PorchIdleMonitor *self)
{
  choose (self);
  update_lock_names (self);
  update_locked (self);
}

static void
on_idle_cb (PorchIdleMonitor *self, GParamSpec *pspec, PorchIdleSource *source)
{
  if (source == self->chosen)
    update_idle (self);
}

static void
porch_idle_monitor_dispose (GObject *object)
{
  PorchIdleMonitor *self = PORCH_IDLE_MONITOR (object);

  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->timer);
  g_cancellable_cancel (self->check);
  g_clear_object (&self->check);
  self->chosen = NULL;
  /* A question under way keeps a source: disposing of it ends that. */
  for (guint i = 0; i < self->sources->len; i++)
    {
      g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->sources, i), self);
      g_object_run_dispose (g_ptr_array_index (self->sources, i));
    }
  g_ptr_array_set_size (self->sources, 0);
  g_clear_object (&self->inhibition);

  G_OBJECT_CLASS (porch_idle_monitor_parent_class)->dispose (object);
}

static void
porch_idle_monitor_finalize (GObject *object)
{
  PorchIdleMonitor *self = PORCH_IDLE_MONITOR (object);

  g_ptr_array_unref (self->sources);
  g_strfreev (self->lock_names);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_idle_monitor_parent_class)->finalize (object);
}

static void
porch_idle_monitor_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PorchIdleMonitor *self = PORCH_IDLE_MONITOR (object);

  switch (id)
    {
    case PROP_IDLE:
      g_value_set_boolean (value, porch_idle_monitor_get_idle (self));
      break;
    case PROP_LOCKED:
      g_value_set_boolean (value, self->locked);
      break;
    case PROP_SOURCE_NAME:
      g_value_set_string (value, porch_idle_monitor_get_source_name (self));
      break;
    case PROP_LOCK_SOURCE_NAMES:
      g_value_set_boxed (value, self->lock_names);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
porch_idle_monitor_class_init (PorchIdleMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = porch_idle_monitor_dispose;
  object_class->finalize = porch_idle_monitor_finalize;
  object_class->get_property = porch_idle_monitor_get_property;

  properties[PROP_IDLE] = g_param_spec_boolean ("idle", NULL, NULL, FALSE, flags);
  properties[PROP_LOCKED] = g_param_spec_boolean ("locked", NULL, NULL, FALSE, flags);
  properties[PROP_SOURCE_NAME] = g_param_spec_string ("source-name", NULL, NULL, "", flags);
  properties[PROP_LOCK_SOURCE_NAMES] = g_param_spec_boxed ("lock-source-names", NULL, NULL,
                                                           G_TYPE_STRV, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
porch_idle_monitor_init (PorchIdleMonitor *self)
{
  self->sources = g_ptr_array_new_with_free_func (g_object_unref);
  self->lock_names = g_new0 (char *, 1);
}

/**
 * porch_idle_monitor_new:
 * @clock: the clock
 * @inhibition: (nullable): whom to ask for inhibitors
 *
 * Returns: (transfer full): a monitor that has no source yet
 */
PorchIdleMonitor *
porch_idle_monitor_new (PorchClock *clock, PorchIdleInhibition *inhibition)
{
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);

  PorchIdleMonitor *self = g_object_new (PORCH_TYPE_IDLE_MONITOR, NULL);

  self->clock = g_object_ref (clock);
  if (inhibition != NULL)
    {
      self->inhibition = g_object_ref (inhibition);
      g_signal_connect_object (inhibition, "changed", G_CALLBACK (on_inhibition_changed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  return self;
}

/**
 * porch_idle_monitor_new_for_desktop:
 * @clock: the clock
 * @session_bus: the session bus
 *
 * On Wayland the compositor comes first, on X11 Mutter and then the server itself; they tell by
 * themselves. Screen savers come behind, since they have to be asked again and again.
 *
 * Returns: (transfer full): a monitor with every source but the system bus's
 */
PorchIdleMonitor *
porch_idle_monitor_new_for_desktop (PorchClock *clock, GDBusConnection *session_bus)
{
  g_autoptr (PorchIdleInhibition) inhibition = porch_idle_inhibition_new (session_bus);
  PorchIdleMonitor *self = porch_idle_monitor_new (clock, inhibition);

  porch_idle_monitor_add_source (self, porch_wayland_idle_source_new ());
  porch_idle_monitor_add_source (self, porch_mutter_idle_source_new (session_bus));
  porch_idle_monitor_add_source (self, porch_x11_idle_source_new ());
  porch_idle_monitor_add_source (self, porch_portal_idle_source_new (session_bus));
  for (guint i = 0; i < G_N_ELEMENTS (screensavers); i++)
    porch_idle_monitor_add_source (self, porch_screensaver_idle_source_new (session_bus, clock,
                                                                            screensavers[i].name,
                                                                            screensavers[i].path));
  return self;
}

/**
 * porch_idle_monitor_add_source:
 * @self: a monitor
 * @source: (transfer full): a source, not started yet; better than those that are added after it
 */
void
porch_idle_monitor_add_source (PorchIdleMonitor *self, PorchIdleSource *source)
{
  g_return_if_fail (PORCH_IS_IDLE_MONITOR (self));
  g_return_if_fail (PORCH_IS_IDLE_SOURCE (source));

  g_ptr_array_add (self->sources, source);
  g_signal_connect_object (source, "notify::features", G_CALLBACK (on_features_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (source, "notify::idle", G_CALLBACK (on_idle_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (source, "notify::locked", G_CALLBACK (update_locked), self,
                           G_CONNECT_SWAPPED);
  porch_idle_source_start (source);
}

/**
 * porch_idle_monitor_add_system_bus:
 * @self: a monitor
 * @system_bus: the system bus, which may not be there
 *
 * Adds logind, behind all others, and asks it for inhibitors too.
 */
void
porch_idle_monitor_add_system_bus (PorchIdleMonitor *self, GDBusConnection *system_bus)
{
  g_return_if_fail (PORCH_IS_IDLE_MONITOR (self));

  porch_idle_monitor_add_source (self, porch_logind_idle_source_new (system_bus, self->clock));
  if (self->inhibition != NULL)
    porch_idle_inhibition_add_system_bus (self->inhibition, system_bus);
}

/**
 * porch_idle_monitor_set_threshold_s:
 * @self: a monitor
 * @threshold_s: after how many seconds without input the person is idle; 0: never
 */
void
porch_idle_monitor_set_threshold_s (PorchIdleMonitor *self, guint threshold_s)
{
  g_return_if_fail (PORCH_IS_IDLE_MONITOR (self));

  self->threshold_s = threshold_s;
  if (self->chosen != NULL)
    porch_idle_source_watch (self->chosen, threshold_s);
}

/**
 * porch_idle_monitor_get_idle:
 * @self: a monitor
 *
 * Returns: whether there was no input for as long as the threshold, and nothing inhibits
 */
gboolean
porch_idle_monitor_get_idle (PorchIdleMonitor *self)
{
  g_return_val_if_fail (PORCH_IS_IDLE_MONITOR (self), FALSE);

  return self->state == PORCH_IDLE_STATE_IDLE;
}

/**
 * porch_idle_monitor_get_locked:
 * @self: a monitor
 *
 * Returns: whether the screen is locked
 */
gboolean
porch_idle_monitor_get_locked (PorchIdleMonitor *self)
{
  g_return_val_if_fail (PORCH_IS_IDLE_MONITOR (self), FALSE);

  return self->locked;
}

/**
 * porch_idle_monitor_get_source_name:
 * @self: a monitor
 *
 * Returns: who tells whether the person is idle, "" for nobody
 */
const char *
porch_idle_monitor_get_source_name (PorchIdleMonitor *self)
{
  g_return_val_if_fail (PORCH_IS_IDLE_MONITOR (self), "");

  return self->chosen != NULL ? porch_idle_source_get_name (self->chosen) : "";
}

/**
 * porch_idle_monitor_get_lock_source_names:
 * @self: a monitor
 *
 * Returns: (transfer none): who tells whether the screen is locked
 */
const char *const *
porch_idle_monitor_get_lock_source_names (PorchIdleMonitor *self)
{
  g_return_val_if_fail (PORCH_IS_IDLE_MONITOR (self), NULL);

  return (const char *const *) self->lock_names;
}
