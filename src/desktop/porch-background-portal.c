/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The Background portal. Owned by PorchAutostart, in a sandbox alone. The portal may ask the person
 * and answers when they did, by a signal of an object whose name is known beforehand, so that no
 * answer is missed. It keeps nothing: the portal remembers what was granted.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "config.h"

#include "desktop/porch-background-portal.h"

#include <glib/gi18n-lib.h>

#define PORTAL_NAME      "org.freedesktop.portal.Desktop"
#define PORTAL_PATH      "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.Background"
#define PORTAL_REQUEST   "org.freedesktop.portal.Request"

/* What starts at log-in, inside the sandbox. */
#define AGENT "porchlight-agent"

/* The portal refuses longer lines. */
#define STATUS_MAX_CHARS 96

/* The answer to the call itself; the person has all the time they want. */
#define CALL_TIMEOUT_MS (30 * 1000)

#define RESPONSE_GRANTED 0

struct _PorchBackgroundPortal
{
  GObject parent_instance;

  GDBusConnection *bus;
  guint n_requests;
  char *status;
};

G_DEFINE_FINAL_TYPE (PorchBackgroundPortal, porch_background_portal, G_TYPE_OBJECT)

/* A request under way. */
typedef struct
{
  GDBusConnection *bus;
  gboolean wants_autostart;
  guint response_id;
  guint name_watch_id;
  GSource *cancelled;
} Request;

static void
stop_listening (Request *request)
{
  if (request->response_id != 0)
    g_dbus_connection_signal_unsubscribe (request->bus, request->response_id);
  request->response_id = 0;
  g_clear_handle_id (&request->name_watch_id, g_bus_unwatch_name);
  if (request->cancelled != NULL)
    g_source_destroy (request->cancelled);
  g_clear_pointer (&request->cancelled, g_source_unref);
}

static void
request_free (Request *request)
{
  stop_listening (request);
  g_clear_object (&request->bus);
  g_free (request);
}

/* Whichever of the answer, the portal's end, an error of the call and the cancellable comes first
 * ends the task; the others find it ended. */
static gboolean
end_wait (GTask *task)
{
  Request *request = g_task_get_task_data (task);

  if (request->response_id == 0)
    return FALSE;

  stop_listening (request);
  return TRUE;
}

static void
on_response_cb (GDBusConnection *bus,
                const char *sender,
                const char *path,
                const char *interface,
                const char *signal,
                GVariant *parameters,
                gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Request *request = g_task_get_task_data (task);
  g_autoptr (GVariant) results = NULL;
  gboolean background = FALSE;
  gboolean autostart = FALSE;
  guint32 response;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")) || !end_wait (task))
    return;

  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "background", "b", &background);
  g_variant_lookup (results, "autostart", "b", &autostart);
  g_debug ("The Background portal answers %u: background %d, autostart %d", response, background,
           autostart);

  if (response != RESPONSE_GRANTED || !background)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "%s",
                             _ ("Your desktop does not let Porchlight run without a window. You "
                                "can allow it in the desktop's settings."));
  else if (request->wants_autostart && !autostart)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "%s",
                             _ ("Your desktop does not let Porchlight start at log-in. You can "
                                "allow it in the desktop's settings."));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_portal_vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  if (end_wait (task))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s",
                             _ ("Your desktop does not say whether Porchlight may start at "
                                "log-in."));
}

static gboolean
on_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  if (end_wait (task))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
listen (GTask *task, const char *path)
{
  Request *request = g_task_get_task_data (task);

  if (request->response_id != 0)
    g_dbus_connection_signal_unsubscribe (request->bus, request->response_id);
  request->response_id = g_dbus_connection_signal_subscribe (
      request->bus, PORTAL_NAME, PORTAL_REQUEST, "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_response_cb, g_object_ref (task), g_object_unref);
}

/* The portal is there: what ends the wait from now on, besides its answer. */
static void
wait_for_response (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  request->name_watch_id = g_bus_watch_name_on_connection (
      request->bus, PORTAL_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_portal_vanished_cb,
      g_object_ref (task), g_object_unref);
  if (cancellable == NULL)
    return;

  request->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (request->cancelled, G_SOURCE_FUNC (on_cancelled_cb), g_object_ref (task),
                         g_object_unref);
  g_source_attach (request->cancelled, g_main_context_get_thread_default ());
}

static void
on_requested_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);

  if (request->response_id == 0)
    return;

  if (reply != NULL)
    {
      const char *path;

      /* Old portals choose the name themselves. */
      g_variant_get (reply, "(&o)", &path);
      listen (task, path);
      wait_for_response (task);
      return;
    }

  end_wait (task);
  if (g_task_return_error_if_cancelled (task))
    return;
  g_message ("There is no Background portal: %s", error->message);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s",
                           _ ("Your desktop has no way to start a sandboxed program at log-in."));
}

static char *
build_request_path (PorchBackgroundPortal *self, const char *token)
{
  const char *unique = g_dbus_connection_get_unique_name (self->bus);
  g_autofree char *sender = g_strdelimit (g_strdup (unique != NULL ? unique + 1 : ""), ".", '_');

  return g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);
}

static GVariant *
build_options (const char *token, gboolean autostart)
{
  const char *const commandline[] = { AGENT, NULL };
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&options, "handle_token", "s", token);
  /* Translators: why Porchlight wants to run without a window; the desktop shows it when it asks */
  g_variant_dict_insert (&options, "reason", "s",
                         _ ("Keep your own light on and tell you who is online"));
  g_variant_dict_insert (&options, "autostart", "b", autostart);
  g_variant_dict_insert (&options, "commandline", "^as", commandline);
  /* That would start the window. */
  g_variant_dict_insert (&options, "dbus-activatable", "b", FALSE);
  return g_variant_dict_end (&options);
}

static void
porch_background_portal_finalize (GObject *object)
{
  PorchBackgroundPortal *self = PORCH_BACKGROUND_PORTAL (object);

  g_clear_object (&self->bus);
  g_free (self->status);

  G_OBJECT_CLASS (porch_background_portal_parent_class)->finalize (object);
}

static void
porch_background_portal_class_init (PorchBackgroundPortalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_background_portal_finalize;
}

static void
porch_background_portal_init (PorchBackgroundPortal *self)
{
}

/**
 * porch_background_portal_new:
 * @bus: the session bus
 *
 * Returns: (transfer full): the portal, asked for nothing yet
 */
PorchBackgroundPortal *
porch_background_portal_new (GDBusConnection *bus)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);

  PorchBackgroundPortal *self = g_object_new (PORCH_TYPE_BACKGROUND_PORTAL, NULL);
  self->bus = g_object_ref (bus);
  return self;
}

/**
 * porch_background_portal_request_async:
 * @self: the portal
 * @autostart: whether the agent shall start at log-in too
 * @cancellable: (nullable): a cancellable
 * @callback: called when the desktop, or the person, has answered
 * @user_data: for @callback
 *
 * Asks that the agent may run without a window. What was granted for an earlier request counts no
 * longer: asked without @autostart, the agent does not start at log-in any more.
 */
void
porch_background_portal_request_async (PorchBackgroundPortal *self,
                                       gboolean autostart,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_return_if_fail (PORCH_IS_BACKGROUND_PORTAL (self));

  g_autofree char *token = g_strdup_printf ("porchlight_background_%u", self->n_requests++);
  g_autofree char *path = build_request_path (self, token);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  g_task_set_source_tag (task, porch_background_portal_request_async);
  request->bus = g_object_ref (self->bus);
  request->wants_autostart = autostart;
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);

  listen (task, path);
  g_dbus_connection_call (
      self->bus, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, "RequestBackground",
      g_variant_new ("(s@a{sv})", "", build_options (token, autostart)), G_VARIANT_TYPE ("(o)"),
      G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS, cancellable, on_requested_cb, task);
}

/**
 * porch_background_portal_request_finish:
 * @self: the portal
 * @result: a result
 * @error: return location; its message is a sentence for a person
 *
 * Returns: whether all that was asked for is granted: %G_IO_ERROR_PERMISSION_DENIED where it is
 *   not, %G_IO_ERROR_NOT_SUPPORTED where nobody answers
 */
gboolean
porch_background_portal_request_finish (PorchBackgroundPortal *self,
                                        GAsyncResult *result,
                                        GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_background_portal_set_status:
 * @self: the portal
 * @line: what the desktop's list of background programs says of the agent
 *
 * Waits for nothing; a desktop without such a list shows nothing.
 */
void
porch_background_portal_set_status (PorchBackgroundPortal *self, const char *line)
{
  g_return_if_fail (PORCH_IS_BACKGROUND_PORTAL (self));
  g_return_if_fail (line != NULL);

  if (g_strcmp0 (self->status, line) == 0)
    return;

  g_free (self->status);
  self->status = g_strdup (line);

  g_autofree char *message = g_utf8_substring (line, 0,
                                               MIN (g_utf8_strlen (line, -1), STATUS_MAX_CHARS));
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_variant_dict_insert (&options, "message", "s", message);
  g_dbus_connection_call (self->bus, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, "SetStatus",
                          g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), NULL,
                          G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS, NULL, NULL, NULL);
}
