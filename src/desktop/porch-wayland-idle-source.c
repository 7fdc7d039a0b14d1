/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* ext-idle-notify-v1 of a Wayland compositor, the one source that honours inhibitors by itself and
 * costs nothing while nothing happens. Owned by PorchIdleMonitor. It has a connection of its own to
 * the compositor, in which nothing is ever shown.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-wayland-idle-source.h"

#include "ext-idle-notify-v1-client-protocol.h"

#include <glib-unix.h>
#include <wayland-client.h>

struct _PorchWaylandIdleSource
{
  PorchIdleSource parent_instance;

  struct wl_display *display;
  struct wl_registry *registry;
  struct wl_seat *seat;
  guint32 seat_id;
  struct ext_idle_notifier_v1 *notifier;
  guint32 notifier_id;
  struct ext_idle_notification_v1 *notification;
  guint fd_source_id;
};

G_DEFINE_FINAL_TYPE (PorchWaylandIdleSource, porch_wayland_idle_source, PORCH_TYPE_IDLE_SOURCE)

static void
on_idled_cb (void *data, struct ext_idle_notification_v1 *notification)
{
  porch_idle_source_set_idle (data, TRUE);
}

static void
on_resumed_cb (void *data, struct ext_idle_notification_v1 *notification)
{
  porch_idle_source_set_idle (data, FALSE);
}

static const struct ext_idle_notification_v1_listener notification_listener = {
  .idled = on_idled_cb,
  .resumed = on_resumed_cb,
};

static void
disconnect (PorchWaylandIdleSource *self)
{
  g_clear_handle_id (&self->fd_source_id, g_source_remove);
  g_clear_pointer (&self->notification, ext_idle_notification_v1_destroy);
  g_clear_pointer (&self->notifier, ext_idle_notifier_v1_destroy);
  g_clear_pointer (&self->seat, wl_seat_destroy);
  g_clear_pointer (&self->registry, wl_registry_destroy);
  g_clear_pointer (&self->display, wl_display_disconnect);
}

static void
lose (PorchWaylandIdleSource *self)
{
  g_debug ("The compositor is gone");
  disconnect (self);
  porch_idle_source_set_features (PORCH_IDLE_SOURCE (self), 0);
}

static void
update_features (PorchWaylandIdleSource *self)
{
  porch_idle_source_set_features (PORCH_IDLE_SOURCE (self),
                                  self->seat != NULL && self->notifier != NULL
                                      ? PORCH_IDLE_FEATURE_IDLE | PORCH_IDLE_FEATURE_INHIBITORS
                                      : 0);
}

static void
on_global_cb (void *data,
              struct wl_registry *registry,
              guint32 id,
              const char *interface,
              guint32 version)
{
  PorchWaylandIdleSource *self = data;

  if (self->seat == NULL && g_str_equal (interface, wl_seat_interface.name))
    {
      self->seat = wl_registry_bind (registry, id, &wl_seat_interface, 1);
      self->seat_id = id;
    }
  else if (self->notifier == NULL && g_str_equal (interface, ext_idle_notifier_v1_interface.name))
    {
      self->notifier = wl_registry_bind (registry, id, &ext_idle_notifier_v1_interface, 1);
      self->notifier_id = id;
    }
  update_features (self);
}

static void
on_global_remove_cb (void *data, struct wl_registry *registry, guint32 id)
{
  PorchWaylandIdleSource *self = data;

  if (self->seat != NULL && id == self->seat_id)
    {
      g_clear_pointer (&self->notification, ext_idle_notification_v1_destroy);
      g_clear_pointer (&self->seat, wl_seat_destroy);
    }
  else if (self->notifier != NULL && id == self->notifier_id)
    {
      g_clear_pointer (&self->notification, ext_idle_notification_v1_destroy);
      g_clear_pointer (&self->notifier, ext_idle_notifier_v1_destroy);
    }
  update_features (self);
}

static const struct wl_registry_listener registry_listener = {
  .global = on_global_cb,
  .global_remove = on_global_remove_cb,
};

static gboolean
on_readable_cb (int fd, GIOCondition condition, gpointer user_data)
{
  PorchWaylandIdleSource *self = user_data;
  g_autoptr (PorchWaylandIdleSource) alive = g_object_ref (self);

  while (wl_display_prepare_read (self->display) != 0)
    wl_display_dispatch_pending (self->display);

  if (wl_display_read_events (self->display) < 0 || wl_display_dispatch_pending (self->display) < 0
      || wl_display_flush (self->display) < 0 || (condition & (G_IO_HUP | G_IO_ERR)))
    {
      self->fd_source_id = 0;
      lose (self);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static void
porch_wayland_idle_source_start (PorchIdleSource *source)
{
  PorchWaylandIdleSource *self = PORCH_WAYLAND_IDLE_SOURCE (source);
  const char *name = g_getenv ("WAYLAND_DISPLAY");

  /* Without a name libwayland tries "wayland-0", which may be another session's. */
  if (name == NULL || *name == '\0')
    return;

  self->display = wl_display_connect (name);
  if (self->display == NULL)
    {
      g_debug ("There is no Wayland compositor at %s", name);
      return;
    }

  self->registry = wl_display_get_registry (self->display);
  wl_registry_add_listener (self->registry, &registry_listener, self);
  self->fd_source_id = g_unix_fd_add (wl_display_get_fd (self->display),
                                      G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable_cb, self);
  wl_display_flush (self->display);
}

static void
porch_wayland_idle_source_watch (PorchIdleSource *source, guint threshold_s)
{
  PorchWaylandIdleSource *self = PORCH_WAYLAND_IDLE_SOURCE (source);

  g_clear_pointer (&self->notification, ext_idle_notification_v1_destroy);
  if (threshold_s != 0)
    {
      self->notification = ext_idle_notifier_v1_get_idle_notification (
          self->notifier, threshold_s * 1000, self->seat);
      ext_idle_notification_v1_add_listener (self->notification, &notification_listener, self);
    }
  wl_display_flush (self->display);
}

static void
porch_wayland_idle_source_dispose (GObject *object)
{
  disconnect (PORCH_WAYLAND_IDLE_SOURCE (object));

  G_OBJECT_CLASS (porch_wayland_idle_source_parent_class)->dispose (object);
}

static void
porch_wayland_idle_source_class_init (PorchWaylandIdleSourceClass *klass)
{
  PorchIdleSourceClass *source_class = PORCH_IDLE_SOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = porch_wayland_idle_source_dispose;
  source_class->start = porch_wayland_idle_source_start;
  source_class->watch = porch_wayland_idle_source_watch;
}

static void
porch_wayland_idle_source_init (PorchWaylandIdleSource *self)
{
  porch_idle_source_set_name (PORCH_IDLE_SOURCE (self), "ext-idle-notify-v1");
}

/**
 * porch_wayland_idle_source_new:
 *
 * Returns: (transfer full): a source for the compositor of WAYLAND_DISPLAY, not started yet
 */
PorchIdleSource *
porch_wayland_idle_source_new (void)
{
  return g_object_new (PORCH_TYPE_WAYLAND_IDLE_SOURCE, NULL);
}
