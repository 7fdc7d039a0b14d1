/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Whether a film or a call keeps the session from becoming idle, as the session manager knows it.
 * Owned by PorchIdleMonitor, which asks where its source does not see to it. Where there is no such
 * session manager, nothing inhibits.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-idle-inhibition.h"

#define BUS_NAME  "org.gnome.SessionManager"
#define PATH      "/org/gnome/SessionManager"
#define INTERFACE "org.gnome.SessionManager"

/* Its flag for "the session being marked as idle". */
#define FLAG_IDLE 8

#define CALL_TIMEOUT_MS 2000

struct _PorchIdleInhibition
{
  GObject parent_instance;

  GDBusConnection *bus;
  guint signals_id;
  guint owner_id;
};

G_DEFINE_FINAL_TYPE (PorchIdleInhibition, porch_idle_inhibition, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_changed_cb (GDBusConnection *bus,
               const char *sender,
               const char *path,
               const char *interface,
               const char *signal,
               GVariant *parameters,
               gpointer user_data)
{
  if (g_str_equal (signal, "InhibitorAdded") || g_str_equal (signal, "InhibitorRemoved")
      || g_str_equal (signal, "NameOwnerChanged"))
    g_signal_emit (user_data, signals[SIGNAL_CHANGED], 0);
}

static void
unfollow (PorchIdleInhibition *self)
{
  if (self->signals_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->signals_id);
  if (self->owner_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->owner_id);
  self->signals_id = 0;
  self->owner_id = 0;
}

static void
porch_idle_inhibition_dispose (GObject *object)
{
  unfollow (PORCH_IDLE_INHIBITION (object));

  G_OBJECT_CLASS (porch_idle_inhibition_parent_class)->dispose (object);
}

static void
porch_idle_inhibition_finalize (GObject *object)
{
  g_clear_object (&PORCH_IDLE_INHIBITION (object)->bus);

  G_OBJECT_CLASS (porch_idle_inhibition_parent_class)->finalize (object);
}

static void
porch_idle_inhibition_class_init (PorchIdleInhibitionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_idle_inhibition_dispose;
  object_class->finalize = porch_idle_inhibition_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
porch_idle_inhibition_init (PorchIdleInhibition *self)
{
}

/**
 * porch_idle_inhibition_new:
 * @bus: the session bus
 *
 * Returns: (transfer full): an object that follows nothing yet
 */
PorchIdleInhibition *
porch_idle_inhibition_new (GDBusConnection *bus)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);

  PorchIdleInhibition *self = g_object_new (PORCH_TYPE_IDLE_INHIBITION, NULL);

  self->bus = g_object_ref (bus);
  return self;
}

static void
on_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);
  gboolean inhibited = FALSE;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  if (reply != NULL)
    g_variant_get (reply, "(b)", &inhibited);
  else
    g_debug ("Nothing is known of inhibitors: %s", error->message);
  g_task_return_boolean (task, inhibited);
}

/**
 * porch_idle_inhibition_check_async:
 * @self: an object
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer, after 2 s at most
 * @user_data: for @callback
 */
void
porch_idle_inhibition_check_async (PorchIdleInhibition *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (PORCH_IS_IDLE_INHIBITION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_idle_inhibition_check_async);
  g_dbus_connection_call (self->bus, BUS_NAME, PATH, INTERFACE, "IsInhibited",
                          g_variant_new ("(u)", FLAG_IDLE), G_VARIANT_TYPE ("(b)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, cancellable,
                          on_answered_cb, task);
}

/**
 * porch_idle_inhibition_check_finish:
 * @self: an object
 * @result: a result
 * @error: return location for %G_IO_ERROR_CANCELLED
 *
 * Returns: whether something keeps the session from becoming idle
 */
gboolean
porch_idle_inhibition_check_finish (PorchIdleInhibition *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_idle_inhibition_set_followed:
 * @self: an object
 * @followed: whether "changed" is to be emitted
 *
 * Not followed, inhibitors that come and go wake nobody.
 */
void
porch_idle_inhibition_set_followed (PorchIdleInhibition *self, gboolean followed)
{
  g_return_if_fail (PORCH_IS_IDLE_INHIBITION (self));

  if (followed == (self->signals_id != 0))
    return;

  if (!followed)
    {
      unfollow (self);
      return;
    }

  self->signals_id = g_dbus_connection_signal_subscribe (self->bus, BUS_NAME, INTERFACE, NULL, PATH,
                                                         NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                         on_changed_cb, self, NULL);
  self->owner_id = g_dbus_connection_signal_subscribe (
      self->bus, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
      "/org/freedesktop/DBus", BUS_NAME, G_DBUS_SIGNAL_FLAGS_NONE, on_changed_cb, self, NULL);
}
