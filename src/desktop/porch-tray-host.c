/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Registers the tray's icon with the session's StatusNotifierWatcher, by our unique bus name: a
 * name of its own is refused in a sandbox (protocols.md, Desktop). A watcher that restarts has
 * forgotten us, so that each new owner of its name is told anew. Owned by PorchTray, which is the
 * icon; this starts no watcher, and asks nobody anything while nothing changes on the bus.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-tray-host.h"

#define WATCHER_NAME      "org.kde.StatusNotifierWatcher"
#define WATCHER_PATH      "/StatusNotifierWatcher"
#define WATCHER_INTERFACE "org.kde.StatusNotifierWatcher"

#define CALL_TIMEOUT_MS (10 * 1000)

/* A watcher may own its name before it answers; it is asked again after one second, two, four. */
#define FIRST_RETRY_MS 1000
#define MAX_RETRIES    3

/* A session's panel may start after us; from then on there is none. */
#define ABSENCE_MS (60 * 1000)

struct _PorchTrayHost
{
  GObject parent_instance;

  GDBusConnection *bus;
  PorchClock *clock;
  PorchTrayHostState state;

  guint watch_id;
  guint hosts_changed_id;
  guint retry_timeout_id;
  guint absence_timeout_id;
  guint n_retries;

  /* Of what was asked of the present watcher. */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PorchTrayHost, porch_tray_host, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (PorchTrayHostState,
                    porch_tray_host_state,
                    G_DEFINE_ENUM_VALUE (PORCH_TRAY_HOST_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (PORCH_TRAY_HOST_PRESENT, "present"),
                    G_DEFINE_ENUM_VALUE (PORCH_TRAY_HOST_ABSENT, "absent"))

enum
{
  PROP_STATE = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
set_state (PorchTrayHost *self, PorchTrayHostState state)
{
  if (self->state == state)
    return;

  g_autoptr (GEnumClass) states = g_type_class_ref (PORCH_TYPE_TRAY_HOST_STATE);
  g_debug ("The tray's host: %s -> %s", g_enum_get_value (states, self->state)->value_nick,
           g_enum_get_value (states, state)->value_nick);
  if (state == PORCH_TRAY_HOST_PRESENT)
    porch_clock_clear_timeout (self->clock, &self->absence_timeout_id);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static gboolean
on_absence_timeout_cb (gpointer user_data)
{
  PorchTrayHost *self = user_data;

  self->absence_timeout_id = 0;
  set_state (self, PORCH_TRAY_HOST_ABSENT);
  return G_SOURCE_REMOVE;
}

static void
call_watcher (PorchTrayHost *self,
              const char *interface,
              const char *method,
              GVariant *parameters,
              const GVariantType *reply_type,
              GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->bus, WATCHER_NAME, WATCHER_PATH, interface, method, parameters,
                          reply_type, G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS,
                          self->cancellable, callback, g_object_ref (self));
}

static void
on_hosts_known_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchTrayHost) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);
  g_autoptr (GVariant) registered = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* A watcher that cannot say whether anybody looks took our icon all the same. */
  if (reply != NULL)
    g_variant_get (reply, "(v)", &registered);
  if (registered == NULL || !g_variant_is_of_type (registered, G_VARIANT_TYPE_BOOLEAN)
      || g_variant_get_boolean (registered))
    set_state (self, PORCH_TRAY_HOST_PRESENT);
  else if (self->state == PORCH_TRAY_HOST_PRESENT)
    set_state (self, PORCH_TRAY_HOST_UNKNOWN);
}

static void
ask_for_hosts (PorchTrayHost *self)
{
  call_watcher (self, "org.freedesktop.DBus.Properties", "Get",
                g_variant_new ("(ss)", WATCHER_INTERFACE, "IsStatusNotifierHostRegistered"),
                G_VARIANT_TYPE ("(v)"), on_hosts_known_cb);
}

static void
on_hosts_changed_cb (GDBusConnection *bus,
                     const char *sender_name,
                     const char *object_path,
                     const char *interface_name,
                     const char *signal_name,
                     GVariant *parameters,
                     gpointer user_data)
{
  PorchTrayHost *self = user_data;

  /* The watcher tells of icons by signals too. */
  if (g_str_has_prefix (signal_name, "StatusNotifierHost"))
    ask_for_hosts (self);
}

static gboolean on_retry_timeout_cb (gpointer user_data);

static void
on_registered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchTrayHost) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);

  if (reply != NULL)
    ask_for_hosts (self);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  else if (self->n_retries < MAX_RETRIES)
    self->retry_timeout_id = porch_clock_add_timeout (
        self->clock, FIRST_RETRY_MS << self->n_retries, on_retry_timeout_cb, self);
  else
    g_message ("The panel does not take the tray's icon: %s", error->message);
}

static void
register_item (PorchTrayHost *self)
{
  call_watcher (self, WATCHER_INTERFACE, "RegisterStatusNotifierItem",
                g_variant_new ("(s)", g_dbus_connection_get_unique_name (self->bus)), NULL,
                on_registered_cb);
}

static gboolean
on_retry_timeout_cb (gpointer user_data)
{
  PorchTrayHost *self = user_data;

  self->retry_timeout_id = 0;
  self->n_retries++;
  register_item (self);
  return G_SOURCE_REMOVE;
}

static void
leave_watcher (PorchTrayHost *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  porch_clock_clear_timeout (self->clock, &self->retry_timeout_id);
  if (self->hosts_changed_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->hosts_changed_id);
  self->hosts_changed_id = 0;
}

static void
on_watcher_appeared_cb (GDBusConnection *bus,
                        const char *name,
                        const char *owner,
                        gpointer user_data)
{
  PorchTrayHost *self = user_data;

  leave_watcher (self);
  self->cancellable = g_cancellable_new ();
  self->n_retries = 0;
  self->hosts_changed_id = g_dbus_connection_signal_subscribe (
      bus, owner, WATCHER_INTERFACE, NULL, WATCHER_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_hosts_changed_cb, self, NULL);
  register_item (self);
}

static void
on_watcher_vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  PorchTrayHost *self = user_data;

  leave_watcher (self);
  if (self->state == PORCH_TRAY_HOST_PRESENT)
    set_state (self, PORCH_TRAY_HOST_UNKNOWN);
}

static void
porch_tray_host_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PorchTrayHost *self = PORCH_TRAY_HOST (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
porch_tray_host_dispose (GObject *object)
{
  PorchTrayHost *self = PORCH_TRAY_HOST (object);

  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  if (self->clock != NULL)
    {
      leave_watcher (self);
      porch_clock_clear_timeout (self->clock, &self->absence_timeout_id);
    }
  g_clear_object (&self->bus);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_tray_host_parent_class)->dispose (object);
}

static void
porch_tray_host_class_init (PorchTrayHostClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = porch_tray_host_get_property;
  object_class->dispose = porch_tray_host_dispose;

  properties[PROP_STATE] = g_param_spec_enum (
      "state", NULL, NULL, PORCH_TYPE_TRAY_HOST_STATE, PORCH_TRAY_HOST_UNKNOWN,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
porch_tray_host_init (PorchTrayHost *self)
{
}

/**
 * porch_tray_host_new:
 * @bus: the session bus
 * @clock: for the time that a panel is given
 *
 * Returns: (transfer full): a host, not yet looked for
 */
PorchTrayHost *
porch_tray_host_new (GDBusConnection *bus, PorchClock *clock)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);

  PorchTrayHost *self = g_object_new (PORCH_TYPE_TRAY_HOST, NULL);
  self->bus = g_object_ref (bus);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * porch_tray_host_start:
 * @self: a host; once only
 *
 * Registers with the watcher that is there, and with each that comes. The icon's object must be on
 * the bus: some hosts ask at once.
 */
void
porch_tray_host_start (PorchTrayHost *self)
{
  g_return_if_fail (PORCH_IS_TRAY_HOST (self));
  g_return_if_fail (self->watch_id == 0);

  self->absence_timeout_id = porch_clock_add_timeout (self->clock, ABSENCE_MS,
                                                      on_absence_timeout_cb, self);
  self->watch_id = g_bus_watch_name_on_connection (
      self->bus, WATCHER_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_watcher_appeared_cb,
      on_watcher_vanished_cb, self, NULL);
}

/**
 * porch_tray_host_get_state:
 * @self: a host
 *
 * Returns: whether anybody shows the icon
 */
PorchTrayHostState
porch_tray_host_get_state (PorchTrayHost *self)
{
  g_return_val_if_fail (PORCH_IS_TRAY_HOST (self), PORCH_TRAY_HOST_UNKNOWN);

  return self->state;
}
