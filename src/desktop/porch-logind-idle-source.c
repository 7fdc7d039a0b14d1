/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* systemd-logind: what the desktop hinted of its session, LockedHint at once and IdleHint after a
 * delay of its own, from which on the rest of the threshold is waited here. Owned by
 * PorchIdleMonitor. Desktops honour inhibitors before they hint, or do not hint at all.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-logind-idle-source.h"

#define BUS_NAME          "org.freedesktop.login1"
#define MANAGER_PATH      "/org/freedesktop/login1"
#define MANAGER_INTERFACE "org.freedesktop.login1.Manager"
#define SESSION_INTERFACE "org.freedesktop.login1.Session"

struct _PorchLogindIdleSource
{
  PorchBusIdleSource parent_instance;

  PorchClock *clock;
  gboolean idle_hint;
  guint64 idle_since_us; /* wall clock */
  guint timer;           /* the rest of the threshold */
};

G_DEFINE_FINAL_TYPE (PorchLogindIdleSource, porch_logind_idle_source, PORCH_TYPE_BUS_IDLE_SOURCE)

static gboolean
on_threshold_cb (gpointer user_data)
{
  PorchLogindIdleSource *self = user_data;

  self->timer = 0;
  porch_idle_source_set_idle (PORCH_IDLE_SOURCE (self), TRUE);
  return G_SOURCE_REMOVE;
}

static void
porch_logind_idle_source_watch (PorchIdleSource *source, guint threshold_s)
{
  PorchLogindIdleSource *self = PORCH_LOGIND_IDLE_SOURCE (source);
  gint64 idle_us = porch_clock_get_real_us (self->clock) - (gint64) self->idle_since_us;
  gint64 left_ms = (gint64) threshold_s * 1000 - idle_us / 1000;

  porch_clock_clear_timeout (self->clock, &self->timer);
  if (threshold_s == 0 || !self->idle_hint)
    porch_idle_source_set_idle (source, FALSE);
  else if (left_ms <= 0)
    porch_idle_source_set_idle (source, TRUE);
  else
    self->timer = porch_clock_add_timeout (self->clock, MIN (left_ms, (gint64) threshold_s * 1000),
                                           on_threshold_cb, self);
}

static void
read_properties (PorchLogindIdleSource *self, GVariant *values)
{
  PorchIdleSource *source = PORCH_IDLE_SOURCE (self);
  gboolean idle = self->idle_hint;
  gboolean locked = porch_idle_source_get_locked (source);
  guint64 since_us = self->idle_since_us;

  g_variant_lookup (values, "LockedHint", "b", &locked);
  g_variant_lookup (values, "IdleSinceHint", "t", &since_us);
  g_variant_lookup (values, "IdleHint", "b", &idle);

  porch_idle_source_set_locked (source, locked);
  if (idle == self->idle_hint && since_us == self->idle_since_us)
    return;

  /* Without a moment, it is now. */
  self->idle_hint = idle;
  self->idle_since_us = since_us != 0 ? since_us : (guint64) porch_clock_get_real_us (self->clock);
  porch_logind_idle_source_watch (source, porch_idle_source_get_threshold_s (source));
}

static void
on_properties_changed_cb (GDBusConnection *bus,
                          const char *sender,
                          const char *path,
                          const char *interface,
                          const char *signal,
                          GVariant *parameters,
                          gpointer user_data)
{
  g_autoptr (GVariant) values = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;

  g_variant_get (parameters, "(&s@a{sv}as)", NULL, &values, NULL);
  read_properties (PORCH_LOGIND_IDLE_SOURCE (user_data), values);
}

static void
on_properties_read_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchLogindIdleSource) self = user_data;
  g_autoptr (GVariant) values = NULL;
  g_autoptr (GVariant) reply = porch_bus_idle_source_call_finish (PORCH_BUS_IDLE_SOURCE (self), bus,
                                                                  result);

  if (reply == NULL)
    return;

  g_variant_get (reply, "(@a{sv})", &values);
  porch_idle_source_set_features (PORCH_IDLE_SOURCE (self),
                                  PORCH_IDLE_FEATURE_IDLE | PORCH_IDLE_FEATURE_LOCK);
  read_properties (self, values);
}

static void
on_session_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchLogindIdleSource) self = user_data;
  PorchBusIdleSource *source = PORCH_BUS_IDLE_SOURCE (self);
  g_autoptr (GVariant) reply = porch_bus_idle_source_call_finish (source, bus, result);
  const char *path = NULL;

  if (reply == NULL)
    return;

  g_variant_get (reply, "(&o)", &path);
  porch_bus_idle_source_subscribe (source, path, "org.freedesktop.DBus.Properties",
                                   "PropertiesChanged", on_properties_changed_cb);
  porch_bus_idle_source_call (source, path, "org.freedesktop.DBus.Properties", "GetAll",
                              g_variant_new ("(s)", SESSION_INTERFACE), "(a{sv})",
                              on_properties_read_cb);
}

static void
porch_logind_idle_source_appeared (PorchBusIdleSource *source)
{
  const char *session = g_getenv ("XDG_SESSION_ID");

  /* A program of systemd's user instance belongs to no session: "auto" is the one on the screen. */
  porch_bus_idle_source_call (
      source, MANAGER_PATH, MANAGER_INTERFACE, "GetSession",
      g_variant_new ("(s)", session != NULL && *session != '\0' ? session : "auto"), "(o)",
      on_session_cb);
}

static void
porch_logind_idle_source_vanished (PorchBusIdleSource *source)
{
  PorchLogindIdleSource *self = PORCH_LOGIND_IDLE_SOURCE (source);

  porch_clock_clear_timeout (self->clock, &self->timer);
  self->idle_hint = FALSE;
}

static void
porch_logind_idle_source_dispose (GObject *object)
{
  PorchLogindIdleSource *self = PORCH_LOGIND_IDLE_SOURCE (object);

  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->timer);

  G_OBJECT_CLASS (porch_logind_idle_source_parent_class)->dispose (object);
}

static void
porch_logind_idle_source_finalize (GObject *object)
{
  g_clear_object (&PORCH_LOGIND_IDLE_SOURCE (object)->clock);

  G_OBJECT_CLASS (porch_logind_idle_source_parent_class)->finalize (object);
}

static void
porch_logind_idle_source_class_init (PorchLogindIdleSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  PorchBusIdleSourceClass *bus_class = PORCH_BUS_IDLE_SOURCE_CLASS (klass);

  object_class->dispose = porch_logind_idle_source_dispose;
  object_class->finalize = porch_logind_idle_source_finalize;
  bus_class->appeared = porch_logind_idle_source_appeared;
  bus_class->vanished = porch_logind_idle_source_vanished;
  PORCH_IDLE_SOURCE_CLASS (klass)->watch = porch_logind_idle_source_watch;
}

static void
porch_logind_idle_source_init (PorchLogindIdleSource *self)
{
}

/**
 * porch_logind_idle_source_new:
 * @system_bus: the system bus
 * @clock: the clock
 *
 * Returns: (transfer full): a source, not started yet
 */
PorchIdleSource *
porch_logind_idle_source_new (GDBusConnection *system_bus, PorchClock *clock)
{
  PorchLogindIdleSource *self = g_object_new (PORCH_TYPE_LOGIND_IDLE_SOURCE, NULL);

  self->clock = g_object_ref (clock);
  porch_idle_source_set_name (PORCH_IDLE_SOURCE (self), "logind");
  porch_bus_idle_source_set_bus (PORCH_BUS_IDLE_SOURCE (self), system_bus, BUS_NAME);
  return PORCH_IDLE_SOURCE (self);
}
