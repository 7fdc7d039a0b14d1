/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A screen saver on the session bus: org.freedesktop.ScreenSaver, org.gnome.ScreenSaver and those
 * that copied the latter. They tell when they are active, which is when the screen is locked, and
 * some can be asked for how long there was no input. Owned by PorchIdleMonitor.
 *
 * How long has to be asked again and again, yet no more often than it can matter: once a threshold
 * while the person is there, and once a second only while they are not.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-screensaver-idle-source.h"

#define BACK_CHECK_MS 1000

struct _PorchScreensaverIdleSource
{
  PorchBusIdleSource parent_instance;

  PorchClock *clock;
  char *path;
  guint timer; /* when to ask again */
};

G_DEFINE_FINAL_TYPE (PorchScreensaverIdleSource,
                     porch_screensaver_idle_source,
                     PORCH_TYPE_BUS_IDLE_SOURCE)

static gboolean on_timer_cb (gpointer user_data);

static void
call (PorchScreensaverIdleSource *self,
      const char *method,
      const char *reply_type,
      GAsyncReadyCallback callback)
{
  /* Their interfaces are called as their names. */
  porch_bus_idle_source_call (PORCH_BUS_IDLE_SOURCE (self), self->path,
                              porch_idle_source_get_name (PORCH_IDLE_SOURCE (self)), method, NULL,
                              reply_type, callback);
}

static void
add_feature (PorchScreensaverIdleSource *self, PorchIdleFeatures feature)
{
  PorchIdleSource *source = PORCH_IDLE_SOURCE (self);

  porch_idle_source_set_features (source, porch_idle_source_get_features (source) | feature);
}

/* Milliseconds: the specification's draft says seconds, but those who answer mean milliseconds, and
 * those who ask rely on it. */
static void
on_idle_time_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchScreensaverIdleSource) self = user_data;
  PorchIdleSource *source = PORCH_IDLE_SOURCE (self);
  guint threshold_ms = porch_idle_source_get_threshold_s (source) * 1000;
  g_autoptr (GVariant) reply = porch_bus_idle_source_call_finish (PORCH_BUS_IDLE_SOURCE (self), bus,
                                                                  result);
  guint32 idle_ms = 0;

  if (reply == NULL || threshold_ms == 0)
    return;

  g_variant_get (reply, "(u)", &idle_ms);
  porch_idle_source_set_idle (source, idle_ms >= threshold_ms);

  porch_clock_clear_timeout (self->clock, &self->timer);
  guint wait_ms = idle_ms >= threshold_ms ? BACK_CHECK_MS : threshold_ms - idle_ms;
  self->timer = porch_clock_add_timeout (self->clock, MAX (wait_ms, BACK_CHECK_MS), on_timer_cb,
                                         self);
}

static gboolean
on_timer_cb (gpointer user_data)
{
  PorchScreensaverIdleSource *self = user_data;

  self->timer = 0;
  call (self, "GetSessionIdleTime", "(u)", on_idle_time_cb);
  return G_SOURCE_REMOVE;
}

static void
porch_screensaver_idle_source_watch (PorchIdleSource *source, guint threshold_s)
{
  PorchScreensaverIdleSource *self = PORCH_SCREENSAVER_IDLE_SOURCE (source);

  porch_clock_clear_timeout (self->clock, &self->timer);
  if (threshold_s != 0)
    call (self, "GetSessionIdleTime", "(u)", on_idle_time_cb);
}

static void
on_first_idle_time_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchScreensaverIdleSource) self = user_data;
  g_autoptr (GVariant) reply = porch_bus_idle_source_call_finish (PORCH_BUS_IDLE_SOURCE (self), bus,
                                                                  result);

  if (reply != NULL)
    add_feature (self, PORCH_IDLE_FEATURE_IDLE);
}

static void
on_active_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchScreensaverIdleSource) self = user_data;
  g_autoptr (GVariant) reply = porch_bus_idle_source_call_finish (PORCH_BUS_IDLE_SOURCE (self), bus,
                                                                  result);
  gboolean active = FALSE;

  if (reply == NULL)
    return;

  g_variant_get (reply, "(b)", &active);
  add_feature (self, PORCH_IDLE_FEATURE_LOCK);
  porch_idle_source_set_locked (PORCH_IDLE_SOURCE (self), active);
}

static void
on_active_changed_cb (GDBusConnection *bus,
                      const char *sender,
                      const char *path,
                      const char *interface,
                      const char *signal,
                      GVariant *parameters,
                      gpointer user_data)
{
  PorchIdleSource *source = PORCH_IDLE_SOURCE (user_data);
  gboolean active = FALSE;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;

  g_variant_get (parameters, "(b)", &active);
  porch_idle_source_set_locked (source, active);
}

static void
porch_screensaver_idle_source_appeared (PorchBusIdleSource *source)
{
  PorchScreensaverIdleSource *self = PORCH_SCREENSAVER_IDLE_SOURCE (source);

  porch_bus_idle_source_subscribe (source, NULL,
                                   porch_idle_source_get_name (PORCH_IDLE_SOURCE (self)),
                                   "ActiveChanged", on_active_changed_cb);
  call (self, "GetActive", "(b)", on_active_cb);
  call (self, "GetSessionIdleTime", "(u)", on_first_idle_time_cb);
}

static void
porch_screensaver_idle_source_vanished (PorchBusIdleSource *source)
{
  PorchScreensaverIdleSource *self = PORCH_SCREENSAVER_IDLE_SOURCE (source);

  porch_clock_clear_timeout (self->clock, &self->timer);
}

static void
porch_screensaver_idle_source_dispose (GObject *object)
{
  PorchScreensaverIdleSource *self = PORCH_SCREENSAVER_IDLE_SOURCE (object);

  if (self->clock != NULL)
    porch_clock_clear_timeout (self->clock, &self->timer);

  G_OBJECT_CLASS (porch_screensaver_idle_source_parent_class)->dispose (object);
}

static void
porch_screensaver_idle_source_finalize (GObject *object)
{
  PorchScreensaverIdleSource *self = PORCH_SCREENSAVER_IDLE_SOURCE (object);

  g_clear_object (&self->clock);
  g_free (self->path);

  G_OBJECT_CLASS (porch_screensaver_idle_source_parent_class)->finalize (object);
}

static void
porch_screensaver_idle_source_class_init (PorchScreensaverIdleSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  PorchBusIdleSourceClass *bus_class = PORCH_BUS_IDLE_SOURCE_CLASS (klass);

  object_class->dispose = porch_screensaver_idle_source_dispose;
  object_class->finalize = porch_screensaver_idle_source_finalize;
  bus_class->appeared = porch_screensaver_idle_source_appeared;
  bus_class->vanished = porch_screensaver_idle_source_vanished;
  PORCH_IDLE_SOURCE_CLASS (klass)->watch = porch_screensaver_idle_source_watch;
}

static void
porch_screensaver_idle_source_init (PorchScreensaverIdleSource *self)
{
}

/**
 * porch_screensaver_idle_source_new:
 * @bus: the session bus
 * @clock: the clock
 * @bus_name: the screen saver's name, which is its interface's too
 * @path: its object
 *
 * Returns: (transfer full): a source, not started yet
 */
PorchIdleSource *
porch_screensaver_idle_source_new (GDBusConnection *bus,
                                   PorchClock *clock,
                                   const char *bus_name,
                                   const char *path)
{
  PorchScreensaverIdleSource *self = g_object_new (PORCH_TYPE_SCREENSAVER_IDLE_SOURCE, NULL);

  self->clock = g_object_ref (clock);
  self->path = g_strdup (path);
  porch_idle_source_set_name (PORCH_IDLE_SOURCE (self), bus_name);
  porch_bus_idle_source_set_bus (PORCH_BUS_IDLE_SOURCE (self), bus, bus_name);
  return PORCH_IDLE_SOURCE (self);
}
