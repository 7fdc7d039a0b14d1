/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Start at log-in by systemd: enables and disables the user unit as systemctl does, over the bus.
 * Owned by PorchAutostart. Usable only where systemd runs the person's session, which is when
 * graphical-session.target is up: the unit is wanted by that target, and a window manager started
 * from a console never reaches it.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "config.h"

#include "desktop/porch-systemd-autostart.h"

#include <glib/gi18n-lib.h>

#define SYSTEMD_NAME    "org.freedesktop.systemd1"
#define SYSTEMD_PATH    "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER "org.freedesktop.systemd1.Manager"
#define SYSTEMD_UNIT    "org.freedesktop.systemd1.Unit"

#define UNIT    "porchlight-agent.service"
#define SESSION "graphical-session.target"

/* A manager that is asked to reload reads all of its units again. */
#define CALL_TIMEOUT_MS (30 * 1000)

struct _PorchSystemdAutostart
{
  GObject parent_instance;

  GDBusConnection *bus;
};

static void porch_systemd_autostart_way_init (PorchAutostartWayInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchSystemdAutostart,
                               porch_systemd_autostart,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_AUTOSTART_WAY,
                                                      porch_systemd_autostart_way_init))

/* Takes @task over and gives it to @callback. */
static void
call (GTask *task,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *parameters,
      const char *reply_type,
      GAsyncReadyCallback callback)
{
  PorchSystemdAutostart *self = g_task_get_source_object (task);

  g_dbus_connection_call (self->bus, SYSTEMD_NAME, path, interface, method, parameters,
                          G_VARIANT_TYPE (reply_type), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          CALL_TIMEOUT_MS, g_task_get_cancellable (task), callback, task);
}

static void
return_not_here (GTask *task, const char *why)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", why);
}

static gboolean
is_enabled (const char *unit_file_state)
{
  return g_str_has_prefix (unit_file_state, "enabled");
}

static void
on_state_known_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);

  if (reply == NULL)
    {
      /* Installed where systemd does not look. */
      return_not_here (task, error->message);
      return;
    }

  const char *state;
  g_variant_get (reply, "(&s)", &state);
  g_task_return_int (task, is_enabled (state) ? PORCH_AUTOSTART_ON : PORCH_AUTOSTART_OFF);
}

static void
ask_for_state (GTask *task, GAsyncReadyCallback callback)
{
  call (task, SYSTEMD_PATH, SYSTEMD_MANAGER, "GetUnitFileState", g_variant_new ("(s)", UNIT), "(s)",
        callback);
}

static void
on_session_state_known_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);
  g_autoptr (GVariant) value = NULL;

  if (reply == NULL)
    {
      return_not_here (task, error->message);
      return;
    }

  g_variant_get (reply, "(v)", &value);
  const char *state = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
                          ? g_variant_get_string (value, NULL)
                          : "";
  if (g_str_equal (state, "active") || g_str_equal (state, "activating"))
    ask_for_state (g_steal_pointer (&task), on_state_known_cb);
  else
    return_not_here (task, SESSION " is not up");
}

static void
on_session_known_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);

  if (reply == NULL)
    {
      return_not_here (task, error->message);
      return;
    }

  const char *path;
  g_variant_get (reply, "(&o)", &path);
  call (g_steal_pointer (&task), path, "org.freedesktop.DBus.Properties", "Get",
        g_variant_new ("(ss)", SYSTEMD_UNIT, "ActiveState"), "(v)", on_session_state_known_cb);
}

static void
porch_systemd_autostart_query_async (PorchAutostartWay *way,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  GTask *task = g_task_new (way, cancellable, callback, user_data);

  g_task_set_source_tag (task, porch_systemd_autostart_query_async);
  call (task, SYSTEMD_PATH, SYSTEMD_MANAGER, "GetUnit", g_variant_new ("(s)", SESSION), "(o)",
        on_session_known_cb);
}

/* What a set has to do; one function a step, in order down the file. */
static void
return_failure (GTask *task, const char *detail)
{
  g_debug ("systemd does not change " UNIT ": %s", detail);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED,
                           /* Translators: what systemd said, in its language */
                           _ ("The system does not change what starts at log-in: %s"), detail);
}

/* The manager says what came of it: an administrator may have the unit start for everybody. */
static void
on_set_checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);
  gboolean wanted = GPOINTER_TO_INT (g_task_get_task_data (task));

  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      return_failure (task, error->message);
      return;
    }

  const char *state;
  g_variant_get (reply, "(&s)", &state);
  if (is_enabled (state) == wanted)
    g_task_return_boolean (task, TRUE);
  else
    return_failure (task, state);
}

static void
on_reloaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);

  /* The links are made; a manager that does not reload now does at the next log-in. */
  if (reply == NULL)
    g_debug ("systemd does not reload: %s", error->message);
  ask_for_state (g_steal_pointer (&task), on_set_checked_cb);
}

static void
on_links_changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);

  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      return_failure (task, error->message);
      return;
    }

  call (g_steal_pointer (&task), SYSTEMD_PATH, SYSTEMD_MANAGER, "Reload", NULL, "()",
        on_reloaded_cb);
}

static void
porch_systemd_autostart_set_async (PorchAutostartWay *way,
                                   gboolean enabled,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  static const char *const units[] = { UNIT, NULL };
  GTask *task = g_task_new (way, cancellable, callback, user_data);

  g_task_set_source_tag (task, porch_systemd_autostart_set_async);
  g_task_set_task_data (task, GINT_TO_POINTER (enabled), NULL);
  if (enabled)
    call (task, SYSTEMD_PATH, SYSTEMD_MANAGER, "EnableUnitFiles",
          g_variant_new ("(^asbb)", units, FALSE, FALSE), "(ba(sss))", on_links_changed_cb);
  else
    call (task, SYSTEMD_PATH, SYSTEMD_MANAGER, "DisableUnitFiles",
          g_variant_new ("(^asb)", units, FALSE), "(a(sss))", on_links_changed_cb);
}

static void
porch_systemd_autostart_way_init (PorchAutostartWayInterface *iface)
{
  iface->name = "systemd";
  iface->query_async = porch_systemd_autostart_query_async;
  iface->set_async = porch_systemd_autostart_set_async;
}

static void
porch_systemd_autostart_finalize (GObject *object)
{
  PorchSystemdAutostart *self = PORCH_SYSTEMD_AUTOSTART (object);

  g_clear_object (&self->bus);

  G_OBJECT_CLASS (porch_systemd_autostart_parent_class)->finalize (object);
}

static void
porch_systemd_autostart_class_init (PorchSystemdAutostartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_systemd_autostart_finalize;
}

static void
porch_systemd_autostart_init (PorchSystemdAutostart *self)
{
}

/**
 * porch_systemd_autostart_new:
 * @bus: the session bus, on which systemd's user manager is
 *
 * Returns: (transfer full): start at log-in by systemd
 */
PorchAutostartWay *
porch_systemd_autostart_new (GDBusConnection *bus)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);

  PorchSystemdAutostart *self = g_object_new (PORCH_TYPE_SYSTEMD_AUTOSTART, NULL);
  self->bus = g_object_ref (bus);
  return PORCH_AUTOSTART_WAY (self);
}
