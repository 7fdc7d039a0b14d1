/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* An X server's IDLETIME counter: the server itself compares, and sends an event when the person
 * has been idle for so long and when they are back; nothing is polled. Owned by PorchIdleMonitor.
 * It knows nothing of inhibitors.
 *
 * A server that hangs must not hang the agent: the connection is made in a thread, and on the main
 * loop nothing waits for a reply.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-x11-idle-source.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/sync.h>
#include <xcb/xcb.h>

#define COUNTER_NAME "IDLETIME"

struct _PorchX11IdleSource
{
  PorchIdleSource parent_instance;

  xcb_connection_t *connection;
  xcb_sync_counter_t counter;
  guint8 first_event;
  guint fd_source_id;
  GCancellable *cancellable;

  /* Fires when the counter has come to the threshold, at once where it is there already; then it
   * rests until it is set again. */
  xcb_sync_alarm_t idle_alarm;
  /* Fires each time that the counter falls below the threshold: at input. */
  xcb_sync_alarm_t active_alarm;
};

G_DEFINE_FINAL_TYPE (PorchX11IdleSource, porch_x11_idle_source, PORCH_TYPE_IDLE_SOURCE)

/* What the thread finds. */
typedef struct
{
  xcb_connection_t *connection;
  xcb_sync_counter_t counter;
  guint8 first_event;
} Display;

static void
display_free (Display *display)
{
  if (display->connection != NULL)
    xcb_disconnect (display->connection);
  g_free (display);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Display, display_free)

static xcb_sync_counter_t
find_counter (xcb_connection_t *connection)
{
  g_autofree xcb_sync_list_system_counters_reply_t *reply = xcb_sync_list_system_counters_reply (
      connection, xcb_sync_list_system_counters (connection), NULL);
  if (reply == NULL)
    return XCB_NONE;

  xcb_sync_systemcounter_iterator_t iter = xcb_sync_list_system_counters_counters_iterator (reply);
  for (; iter.rem > 0; xcb_sync_systemcounter_next (&iter))
    {
      /* Not xcb_sync_systemcounter_name(), which skips what the compiler pads the struct with. */
      const char *name = (const char *) (&iter.data->name_len + 1);

      if (iter.data->name_len == strlen (COUNTER_NAME)
          && memcmp (name, COUNTER_NAME, strlen (COUNTER_NAME)) == 0)
        return iter.data->counter;
    }
  return XCB_NONE;
}

static void
connect_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (Display) display = g_new0 (Display, 1);

  display->connection = xcb_connect (NULL, NULL);
  if (xcb_connection_has_error (display->connection))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "There is no X server");
      return;
    }

  const xcb_query_extension_reply_t *sync = xcb_get_extension_data (display->connection,
                                                                    &xcb_sync_id);
  if (sync != NULL && sync->present)
    {
      g_autofree xcb_sync_initialize_reply_t *version = xcb_sync_initialize_reply (
          display->connection,
          xcb_sync_initialize (display->connection, XCB_SYNC_MAJOR_VERSION, XCB_SYNC_MINOR_VERSION),
          NULL);

      display->first_event = sync->first_event;
      if (version != NULL)
        display->counter = find_counter (display->connection);
    }

  if (display->counter == XCB_NONE)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                             "The X server does not count idle time");
  else
    g_task_return_pointer (task, g_steal_pointer (&display), (GDestroyNotify) display_free);
}

static void
disconnect (PorchX11IdleSource *self)
{
  g_clear_handle_id (&self->fd_source_id, g_source_remove);
  g_clear_pointer (&self->connection, xcb_disconnect);
}

static xcb_sync_int64_t
to_counter (gint64 value)
{
  return (xcb_sync_int64_t){ .hi = (gint32) (value >> 32), .lo = (guint32) value };
}

static xcb_sync_alarm_t
create_alarm (PorchX11IdleSource *self, xcb_sync_testtype_t test, gint64 value)
{
  xcb_sync_alarm_t alarm = xcb_generate_id (self->connection);
  const xcb_sync_create_alarm_value_list_t values = {
    .counter = self->counter,
    .valueType = XCB_SYNC_VALUETYPE_ABSOLUTE,
    .value = to_counter (value),
    .testType = test,
    .delta = to_counter (0),
    .events = 1,
  };

  xcb_sync_create_alarm_aux (self->connection, alarm,
                             XCB_SYNC_CA_COUNTER | XCB_SYNC_CA_VALUE_TYPE | XCB_SYNC_CA_VALUE
                                 | XCB_SYNC_CA_TEST_TYPE | XCB_SYNC_CA_DELTA | XCB_SYNC_CA_EVENTS,
                             &values);
  return alarm;
}

static void
set_idle_alarm (PorchX11IdleSource *self)
{
  guint threshold_s = porch_idle_source_get_threshold_s (PORCH_IDLE_SOURCE (self));

  if (self->idle_alarm != XCB_NONE)
    xcb_sync_destroy_alarm (self->connection, self->idle_alarm);
  self->idle_alarm = create_alarm (self, XCB_SYNC_TESTTYPE_POSITIVE_COMPARISON,
                                   (gint64) threshold_s * 1000);
}

static void
on_alarm (PorchX11IdleSource *self, const xcb_sync_alarm_notify_event_t *event)
{
  if (event->state == XCB_SYNC_ALARMSTATE_DESTROYED)
    return;

  if (event->alarm == self->idle_alarm)
    porch_idle_source_set_idle (PORCH_IDLE_SOURCE (self), TRUE);
  else if (event->alarm == self->active_alarm
           && porch_idle_source_get_idle (PORCH_IDLE_SOURCE (self)))
    {
      porch_idle_source_set_idle (PORCH_IDLE_SOURCE (self), FALSE);
      if (porch_idle_source_get_threshold_s (PORCH_IDLE_SOURCE (self)) != 0)
        set_idle_alarm (self);
    }
}

static gboolean
on_readable_cb (int fd, GIOCondition condition, gpointer user_data)
{
  PorchX11IdleSource *self = user_data;
  g_autoptr (PorchX11IdleSource) alive = g_object_ref (self);
  xcb_generic_event_t *event;

  while (self->connection != NULL && (event = xcb_poll_for_event (self->connection)) != NULL)
    {
      if ((event->response_type & 0x7f) == self->first_event + XCB_SYNC_ALARM_NOTIFY)
        on_alarm (self, (const xcb_sync_alarm_notify_event_t *) event);
      free (event);
    }
  if (self->connection == NULL)
    return G_SOURCE_REMOVE;

  xcb_flush (self->connection);
  if (!xcb_connection_has_error (self->connection))
    return G_SOURCE_CONTINUE;

  g_debug ("The X server is gone");
  self->fd_source_id = 0;
  disconnect (self);
  porch_idle_source_set_features (PORCH_IDLE_SOURCE (self), 0);
  return G_SOURCE_REMOVE;
}

static void
porch_x11_idle_source_watch (PorchIdleSource *source, guint threshold_s)
{
  PorchX11IdleSource *self = PORCH_X11_IDLE_SOURCE (source);

  if (self->idle_alarm != XCB_NONE)
    xcb_sync_destroy_alarm (self->connection, self->idle_alarm);
  if (self->active_alarm != XCB_NONE)
    xcb_sync_destroy_alarm (self->connection, self->active_alarm);
  self->idle_alarm = XCB_NONE;
  self->active_alarm = XCB_NONE;

  if (threshold_s != 0)
    {
      /* One below, so that it has been above when the other one fires. */
      self->active_alarm = create_alarm (self, XCB_SYNC_TESTTYPE_NEGATIVE_TRANSITION,
                                         (gint64) threshold_s * 1000 - 1);
      set_idle_alarm (self);
    }
  xcb_flush (self->connection);
}

static void
on_connected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PorchX11IdleSource *self = PORCH_X11_IDLE_SOURCE (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (Display) display = g_task_propagate_pointer (G_TASK (result), &error);

  if (display == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("%s", error->message);
      return;
    }

  self->connection = g_steal_pointer (&display->connection);
  self->counter = display->counter;
  self->first_event = display->first_event;
  self->fd_source_id = g_unix_fd_add (xcb_get_file_descriptor (self->connection),
                                      G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable_cb, self);
  porch_idle_source_set_features (PORCH_IDLE_SOURCE (self), PORCH_IDLE_FEATURE_IDLE);
}

static void
porch_x11_idle_source_start (PorchIdleSource *source)
{
  PorchX11IdleSource *self = PORCH_X11_IDLE_SOURCE (source);
  const char *display = g_getenv ("DISPLAY");
  const char *wayland = g_getenv ("WAYLAND_DISPLAY");

  /* Xwayland sees only what goes to its own windows. */
  if (display == NULL || *display == '\0' || (wayland != NULL && *wayland != '\0'))
    return;

  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_connected_cb, NULL);
  g_task_set_source_tag (task, porch_x11_idle_source_start);
  g_task_run_in_thread (task, connect_in_thread);
}

static void
porch_x11_idle_source_dispose (GObject *object)
{
  PorchX11IdleSource *self = PORCH_X11_IDLE_SOURCE (object);

  g_cancellable_cancel (self->cancellable);
  disconnect (self);

  G_OBJECT_CLASS (porch_x11_idle_source_parent_class)->dispose (object);
}

static void
porch_x11_idle_source_finalize (GObject *object)
{
  g_clear_object (&PORCH_X11_IDLE_SOURCE (object)->cancellable);

  G_OBJECT_CLASS (porch_x11_idle_source_parent_class)->finalize (object);
}

static void
porch_x11_idle_source_class_init (PorchX11IdleSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  PorchIdleSourceClass *source_class = PORCH_IDLE_SOURCE_CLASS (klass);

  object_class->dispose = porch_x11_idle_source_dispose;
  object_class->finalize = porch_x11_idle_source_finalize;
  source_class->start = porch_x11_idle_source_start;
  source_class->watch = porch_x11_idle_source_watch;
}

static void
porch_x11_idle_source_init (PorchX11IdleSource *self)
{
  self->cancellable = g_cancellable_new ();
  porch_idle_source_set_name (PORCH_IDLE_SOURCE (self), "XSync IDLETIME");
}

/**
 * porch_x11_idle_source_new:
 *
 * Returns: (transfer full): a source for the X server of DISPLAY, not started yet
 */
PorchIdleSource *
porch_x11_idle_source_new (void)
{
  return g_object_new (PORCH_TYPE_X11_IDLE_SOURCE, NULL);
}
