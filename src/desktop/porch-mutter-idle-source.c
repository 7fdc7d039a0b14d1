/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* GNOME Shell and its relatives: org.gnome.Mutter.IdleMonitor tells once when the person has been
 * idle for so long, and once when they are back. Owned by PorchIdleMonitor. It knows nothing of
 * inhibitors.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-mutter-idle-source.h"

#define BUS_NAME  "org.gnome.Mutter.IdleMonitor"
#define PATH      "/org/gnome/Mutter/IdleMonitor/Core"
#define INTERFACE "org.gnome.Mutter.IdleMonitor"

struct _PorchMutterIdleSource
{
  PorchBusIdleSource parent_instance;

  /* Mutter's names of our watches, 0 for none. Its answers come in the order of the calls: while
   * there are more to come, the one at hand is of a watch that is no longer wanted. */
  guint32 idle_watch;
  guint32 active_watch;
  guint n_idle_calls;
};

G_DEFINE_FINAL_TYPE (PorchMutterIdleSource, porch_mutter_idle_source, PORCH_TYPE_BUS_IDLE_SOURCE)

static void
call (PorchMutterIdleSource *self,
      const char *method,
      GVariant *parameters,
      const char *reply_type,
      GAsyncReadyCallback callback)
{
  porch_bus_idle_source_call (PORCH_BUS_IDLE_SOURCE (self), PATH, INTERFACE, method, parameters,
                              reply_type, callback);
}

static void
remove_watch (PorchMutterIdleSource *self, guint32 *watch)
{
  if (*watch != 0)
    call (self, "RemoveWatch", g_variant_new ("(u)", *watch), NULL, NULL);
  *watch = 0;
}

static void
on_active_watch_added_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchMutterIdleSource) self = user_data;
  g_autoptr (GVariant) reply = porch_bus_idle_source_call_finish (PORCH_BUS_IDLE_SOURCE (self), bus,
                                                                  result);

  if (reply == NULL)
    return;

  remove_watch (self, &self->active_watch);
  g_variant_get (reply, "(u)", &self->active_watch);
  if (!porch_idle_source_get_idle (PORCH_IDLE_SOURCE (self)))
    remove_watch (self, &self->active_watch);
}

static void
on_watch_fired_cb (GDBusConnection *bus,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *signal,
                   GVariant *parameters,
                   gpointer user_data)
{
  PorchMutterIdleSource *self = user_data;
  guint32 watch = 0;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(u)")))
    g_variant_get (parameters, "(u)", &watch);
  if (watch == 0)
    return;

  if (watch == self->idle_watch)
    {
      porch_idle_source_set_idle (PORCH_IDLE_SOURCE (self), TRUE);
      call (self, "AddUserActiveWatch", NULL, "(u)", on_active_watch_added_cb);
    }
  else if (watch == self->active_watch)
    {
      /* It tells once. */
      self->active_watch = 0;
      porch_idle_source_set_idle (PORCH_IDLE_SOURCE (self), FALSE);
    }
}

static void
on_idle_watch_added_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchMutterIdleSource) self = user_data;
  g_autoptr (GVariant) reply = porch_bus_idle_source_call_finish (PORCH_BUS_IDLE_SOURCE (self), bus,
                                                                  result);

  self->n_idle_calls--;
  if (reply == NULL)
    return;

  remove_watch (self, &self->idle_watch);
  g_variant_get (reply, "(u)", &self->idle_watch);
  if (self->n_idle_calls > 0 || porch_idle_source_get_threshold_s (PORCH_IDLE_SOURCE (self)) == 0)
    remove_watch (self, &self->idle_watch);
}

static void
porch_mutter_idle_source_watch (PorchIdleSource *source, guint threshold_s)
{
  PorchMutterIdleSource *self = PORCH_MUTTER_IDLE_SOURCE (source);

  remove_watch (self, &self->idle_watch);
  remove_watch (self, &self->active_watch);
  if (threshold_s == 0)
    return;

  self->n_idle_calls++;
  call (self, "AddIdleWatch", g_variant_new ("(t)", (guint64) threshold_s * 1000), "(u)",
        on_idle_watch_added_cb);
}

static void
on_idle_time_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchMutterIdleSource) self = user_data;
  g_autoptr (GVariant) reply = porch_bus_idle_source_call_finish (PORCH_BUS_IDLE_SOURCE (self), bus,
                                                                  result);

  if (reply != NULL)
    porch_idle_source_set_features (PORCH_IDLE_SOURCE (self), PORCH_IDLE_FEATURE_IDLE);
}

static void
porch_mutter_idle_source_appeared (PorchBusIdleSource *source)
{
  porch_bus_idle_source_subscribe (source, PATH, INTERFACE, "WatchFired", on_watch_fired_cb);
  call (PORCH_MUTTER_IDLE_SOURCE (source), "GetIdletime", NULL, "(t)", on_idle_time_cb);
}

static void
porch_mutter_idle_source_vanished (PorchBusIdleSource *source)
{
  PorchMutterIdleSource *self = PORCH_MUTTER_IDLE_SOURCE (source);

  self->idle_watch = 0;
  self->active_watch = 0;
}

static void
porch_mutter_idle_source_class_init (PorchMutterIdleSourceClass *klass)
{
  PorchBusIdleSourceClass *bus_class = PORCH_BUS_IDLE_SOURCE_CLASS (klass);

  bus_class->appeared = porch_mutter_idle_source_appeared;
  bus_class->vanished = porch_mutter_idle_source_vanished;
  PORCH_IDLE_SOURCE_CLASS (klass)->watch = porch_mutter_idle_source_watch;
}

static void
porch_mutter_idle_source_init (PorchMutterIdleSource *self)
{
}

/**
 * porch_mutter_idle_source_new:
 * @bus: the session bus
 *
 * Returns: (transfer full): a source, not started yet
 */
PorchIdleSource *
porch_mutter_idle_source_new (GDBusConnection *bus)
{
  PorchMutterIdleSource *self = g_object_new (PORCH_TYPE_MUTTER_IDLE_SOURCE, NULL);

  porch_idle_source_set_name (PORCH_IDLE_SOURCE (self), INTERFACE);
  porch_bus_idle_source_set_bus (PORCH_BUS_IDLE_SOURCE (self), bus, BUS_NAME);
  return PORCH_IDLE_SOURCE (self);
}
