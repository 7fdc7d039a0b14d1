/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What the idle sources on a bus have in common: they follow a name, ask its owner with a short
 * patience, and listen to its signals as long as it is there. Owned by PorchIdleMonitor.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-bus-idle-source.h"

/* A part of the desktop that hangs is no source. */
#define CALL_TIMEOUT_MS 2000

typedef struct
{
  GDBusConnection *bus;
  char *bus_name;
  guint watch_id;
  GArray *subscriptions;     /* guint */
  GCancellable *cancellable; /* of what was asked of the owner that is there now */
} PorchBusIdleSourcePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PorchBusIdleSource,
                                     porch_bus_idle_source,
                                     PORCH_TYPE_IDLE_SOURCE)

static PorchBusIdleSourcePrivate *
get_private (PorchBusIdleSource *self)
{
  return porch_bus_idle_source_get_instance_private (self);
}

static void
let_go (PorchBusIdleSource *self)
{
  PorchBusIdleSourcePrivate *priv = get_private (self);

  g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->cancellable);
  for (guint i = 0; i < priv->subscriptions->len; i++)
    g_dbus_connection_signal_unsubscribe (priv->bus, g_array_index (priv->subscriptions, guint, i));
  g_array_set_size (priv->subscriptions, 0);
}

static void
on_vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  PorchBusIdleSource *self = user_data;
  PorchBusIdleSourceClass *klass = PORCH_BUS_IDLE_SOURCE_GET_CLASS (self);

  let_go (self);
  if (klass->vanished != NULL)
    klass->vanished (self);
  porch_idle_source_set_features (PORCH_IDLE_SOURCE (self), 0);
}

static void
on_appeared_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  PorchBusIdleSource *self = user_data;

  /* A name that changes hands does not vanish in between. */
  on_vanished_cb (bus, name, self);
  get_private (self)->cancellable = g_cancellable_new ();
  PORCH_BUS_IDLE_SOURCE_GET_CLASS (self)->appeared (self);
}

static void
porch_bus_idle_source_start (PorchIdleSource *source)
{
  PorchBusIdleSource *self = PORCH_BUS_IDLE_SOURCE (source);
  PorchBusIdleSourcePrivate *priv = get_private (self);

  priv->watch_id = g_bus_watch_name_on_connection (priv->bus, priv->bus_name,
                                                   G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared_cb,
                                                   on_vanished_cb, self, NULL);
}

static void
porch_bus_idle_source_dispose (GObject *object)
{
  PorchBusIdleSource *self = PORCH_BUS_IDLE_SOURCE (object);

  g_clear_handle_id (&get_private (self)->watch_id, g_bus_unwatch_name);
  let_go (self);

  G_OBJECT_CLASS (porch_bus_idle_source_parent_class)->dispose (object);
}

static void
porch_bus_idle_source_finalize (GObject *object)
{
  PorchBusIdleSourcePrivate *priv = get_private (PORCH_BUS_IDLE_SOURCE (object));

  g_array_unref (priv->subscriptions);
  g_clear_object (&priv->bus);
  g_free (priv->bus_name);

  G_OBJECT_CLASS (porch_bus_idle_source_parent_class)->finalize (object);
}

static void
porch_bus_idle_source_class_init (PorchBusIdleSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_bus_idle_source_dispose;
  object_class->finalize = porch_bus_idle_source_finalize;
  PORCH_IDLE_SOURCE_CLASS (klass)->start = porch_bus_idle_source_start;
}

static void
porch_bus_idle_source_init (PorchBusIdleSource *self)
{
  get_private (self)->subscriptions = g_array_new (FALSE, FALSE, sizeof (guint));
}

/**
 * porch_bus_idle_source_set_bus:
 * @self: a source that is being made
 * @bus: the bus
 * @bus_name: the name to follow
 */
void
porch_bus_idle_source_set_bus (PorchBusIdleSource *self, GDBusConnection *bus, const char *bus_name)
{
  g_return_if_fail (PORCH_IS_BUS_IDLE_SOURCE (self));
  g_return_if_fail (G_IS_DBUS_CONNECTION (bus));

  PorchBusIdleSourcePrivate *priv = get_private (self);
  priv->bus = g_object_ref (bus);
  priv->bus_name = g_strdup (bus_name);
}

/**
 * porch_bus_idle_source_call:
 * @self: a source whose name has appeared
 * @path: the object
 * @interface: the interface
 * @method: the method
 * @parameters: (nullable): its arguments, taken where floating
 * @reply_type: (nullable): what is expected back
 * @callback: (nullable): ends with porch_bus_idle_source_call_finish(); its data is a reference to
 *   @self that it owns
 */
void
porch_bus_idle_source_call (PorchBusIdleSource *self,
                            const char *path,
                            const char *interface,
                            const char *method,
                            GVariant *parameters,
                            const char *reply_type,
                            GAsyncReadyCallback callback)
{
  g_return_if_fail (PORCH_IS_BUS_IDLE_SOURCE (self));

  PorchBusIdleSourcePrivate *priv = get_private (self);
  g_dbus_connection_call (priv->bus, priv->bus_name, path, interface, method, parameters,
                          reply_type != NULL ? G_VARIANT_TYPE (reply_type) : NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, priv->cancellable,
                          callback, callback != NULL ? g_object_ref (self) : NULL);
}

/**
 * porch_bus_idle_source_call_finish:
 * @self: a source
 * @bus: the callback's source
 * @result: the callback's result
 *
 * Returns: (transfer full) (nullable): the reply, or %NULL where there is none, or the name has
 *   vanished meanwhile
 */
GVariant *
porch_bus_idle_source_call_finish (PorchBusIdleSource *self, GObject *bus, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  if (reply == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("%s does not answer: %s", porch_idle_source_get_name (PORCH_IDLE_SOURCE (self)),
             error->message);
  return reply;
}

/**
 * porch_bus_idle_source_subscribe:
 * @self: a source whose name has appeared
 * @path: (nullable): the object, or %NULL for any
 * @interface: the interface
 * @signal: the signal
 * @callback: called with @self, until the name vanishes
 */
void
porch_bus_idle_source_subscribe (PorchBusIdleSource *self,
                                 const char *path,
                                 const char *interface,
                                 const char *signal,
                                 GDBusSignalCallback callback)
{
  g_return_if_fail (PORCH_IS_BUS_IDLE_SOURCE (self));

  PorchBusIdleSourcePrivate *priv = get_private (self);
  guint id = g_dbus_connection_signal_subscribe (priv->bus, priv->bus_name, interface, signal, path,
                                                 NULL, G_DBUS_SIGNAL_FLAGS_NONE, callback, self,
                                                 NULL);
  g_array_append_val (priv->subscriptions, id);
}
