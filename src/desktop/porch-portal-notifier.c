/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Notifications by the Notification portal, for a sandbox. The portal's host cannot see our files,
 * so that a picture travels as bytes; where the portal refuses it, the sentence is shown without.
 * It never tells what was closed. Owned by PorchAgentNotifications.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "config.h"

#include "desktop/porch-portal-notifier.h"

#include <glib/gi18n-lib.h>

#define PORTAL_NAME      "org.freedesktop.portal.Desktop"
#define PORTAL_PATH      "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.Notification"

/* Not "app.…": those would be actions of a GApplication, and start the window. */
#define ACTION_OPEN "open-person"
#define ACTION_STOP "stop-telling"

#define CALL_TIMEOUT_MS (10 * 1000)

/* Pending calls of a portal that hangs; what comes on top is not shown. */
#define CALLS_MAX 8

/* A picture that is larger is not sent over the bus. */
#define PICTURE_MAX_BYTES (512 * 1024)

struct _PorchPortalNotifier
{
  GObject parent_instance;

  GDBusConnection *bus;
  guint signals_id;
  guint n_calls;
  /* By the id of each that is on its way, whether it is withdrawn meanwhile. */
  GHashTable *sending;
  GCancellable *cancellable;
};

static void porch_portal_notifier_notifier_init (PorchNotifierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchPortalNotifier,
                               porch_portal_notifier,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_NOTIFIER,
                                                      porch_portal_notifier_notifier_init))

/* A notification on its way; one function a step, in order down the file. */
typedef struct
{
  PorchPortalNotifier *self;
  guint id;
  char *title;
  char *body;
  char *user_id;
  GBytes *picture; /* (nullable) */
} Sending;

static void
sending_free (Sending *sending)
{
  sending->self->n_calls--;
  g_clear_object (&sending->self);
  g_clear_pointer (&sending->picture, g_bytes_unref);
  g_free (sending->title);
  g_free (sending->body);
  g_free (sending->user_id);
  g_free (sending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sending, sending_free)

static char *
build_id (guint id)
{
  return g_strdup_printf ("presence-%u", id);
}

static void
remove_notification (PorchPortalNotifier *self, guint id)
{
  g_autofree char *name = build_id (id);

  g_dbus_connection_call (self->bus, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE,
                          "RemoveNotification", g_variant_new ("(s)", name), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, NULL, NULL, NULL);
}

static GVariant *
build_buttons (const Sending *sending)
{
  g_auto (GVariantBuilder) buttons = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_auto (GVariantDict) stop = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&stop, "label", "s", _ ("Stop telling me"));
  g_variant_dict_insert (&stop, "action", "s", ACTION_STOP);
  g_variant_dict_insert (&stop, "target", "s", sending->user_id);
  g_variant_builder_add_value (&buttons, g_variant_dict_end (&stop));
  return g_variant_builder_end (&buttons);
}

static GVariant *
build_notification (const Sending *sending)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "title", "s", sending->title);
  if (*sending->body != '\0')
    g_variant_dict_insert (&dict, "body", "s", sending->body);
  g_variant_dict_insert (&dict, "default-action", "s", ACTION_OPEN);
  g_variant_dict_insert (&dict, "default-action-target", "s", sending->user_id);
  if (*sending->user_id != '\0')
    g_variant_dict_insert_value (&dict, "buttons", build_buttons (sending));
  if (sending->picture != NULL)
    {
      GVariant *bytes = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, sending->picture,
                                                  TRUE);
      g_variant_dict_insert_value (&dict, "icon", g_variant_new ("(sv)", "bytes", bytes));
    }
  return g_variant_dict_end (&dict);
}

static void send_notification (Sending *sending);

static void
on_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Sending) sending = user_data;
  PorchPortalNotifier *self = sending->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (reply == NULL && sending->picture != NULL && g_dbus_error_is_remote_error (error)
      && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    {
      g_debug ("The portal does not take the picture: %s", error->message);
      g_clear_pointer (&sending->picture, g_bytes_unref);
      send_notification (g_steal_pointer (&sending));
      return;
    }

  gboolean is_withdrawn = GPOINTER_TO_INT (
      g_hash_table_lookup (self->sending, GUINT_TO_POINTER (sending->id)));
  g_hash_table_remove (self->sending, GUINT_TO_POINTER (sending->id));
  if (reply == NULL)
    {
      g_message ("A notification was not shown: %s", error->message);
      porch_notifier_emit_closed (PORCH_NOTIFIER (self), sending->id);
    }
  else if (is_withdrawn)
    remove_notification (self, sending->id);
}

/* sending: (transfer full) */
static void
send_notification (Sending *sending)
{
  PorchPortalNotifier *self = sending->self;
  g_autofree char *name = build_id (sending->id);

  g_dbus_connection_call (self->bus, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, "AddNotification",
                          g_variant_new ("(s@a{sv})", name, build_notification (sending)), NULL,
                          G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS, self->cancellable, on_sent_cb,
                          sending);
}

static void
on_picture_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Sending) sending = user_data;
  g_autoptr (GError) error = NULL;

  sending->picture = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (sending->picture != NULL && g_bytes_get_size (sending->picture) > PICTURE_MAX_BYTES)
    g_clear_pointer (&sending->picture, g_bytes_unref);
  send_notification (g_steal_pointer (&sending));
}

static void
porch_portal_notifier_show (PorchNotifier *notifier, const PorchNotification *notification)
{
  PorchPortalNotifier *self = PORCH_PORTAL_NOTIFIER (notifier);
  const char *picture = porch_notifier_get_picture (notification);

  if (self->n_calls >= CALLS_MAX)
    {
      porch_notifier_emit_closed (notifier, notification->id);
      return;
    }

  Sending *sending = g_new0 (Sending, 1);
  sending->self = g_object_ref (self);
  sending->id = notification->id;
  sending->title = g_strdup (notification->title);
  sending->body = g_strdup (notification->body);
  sending->user_id = g_strdup (porch_notifier_get_user_id (notification));
  self->n_calls++;
  g_hash_table_insert (self->sending, GUINT_TO_POINTER (sending->id), GINT_TO_POINTER (FALSE));

  if (picture == NULL)
    {
      send_notification (sending);
      return;
    }
  g_autoptr (GFile) file = g_file_new_for_path (picture);
  g_file_load_bytes_async (file, self->cancellable, on_picture_read_cb, sending);
}

static void
porch_portal_notifier_withdraw (PorchNotifier *notifier, guint id)
{
  PorchPortalNotifier *self = PORCH_PORTAL_NOTIFIER (notifier);

  if (g_hash_table_contains (self->sending, GUINT_TO_POINTER (id)))
    g_hash_table_insert (self->sending, GUINT_TO_POINTER (id), GINT_TO_POINTER (TRUE));
  else
    remove_notification (self, id);
}

static void
porch_portal_notifier_notifier_init (PorchNotifierInterface *iface)
{
  iface->show = porch_portal_notifier_show;
  iface->withdraw = porch_portal_notifier_withdraw;
}

/* parameters: the action's target where it has one, and what the platform adds, a dictionary. */
static void
on_action_invoked_cb (GDBusConnection *bus,
                      const char *sender_name,
                      const char *object_path,
                      const char *interface_name,
                      const char *signal_name,
                      GVariant *parameters,
                      gpointer user_data)
{
  PorchNotifier *self = user_data;
  g_autoptr (GVariantIter) values = NULL;
  g_autofree char *user_id = g_strdup ("");
  g_autofree char *token = NULL;
  const char *id, *action;
  GVariant *value;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssav)")))
    return;

  g_variant_get (parameters, "(&s&sav)", &id, &action, &values);
  while (g_variant_iter_loop (values, "v", &value))
    {
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        {
          g_free (user_id);
          user_id = g_variant_dup_string (value, NULL);
        }
      else if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT) && token == NULL)
        g_variant_lookup (value, "activation-token", "s", &token);
    }

  if (g_str_equal (action, ACTION_OPEN))
    porch_notifier_emit_open (self, user_id, token);
  else if (g_str_equal (action, ACTION_STOP) && *user_id != '\0')
    porch_notifier_emit_stop (self, user_id);
}

static void
porch_portal_notifier_dispose (GObject *object)
{
  PorchPortalNotifier *self = PORCH_PORTAL_NOTIFIER (object);

  g_cancellable_cancel (self->cancellable);
  if (self->signals_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->signals_id);
  self->signals_id = 0;

  G_OBJECT_CLASS (porch_portal_notifier_parent_class)->dispose (object);
}

static void
porch_portal_notifier_finalize (GObject *object)
{
  PorchPortalNotifier *self = PORCH_PORTAL_NOTIFIER (object);

  g_hash_table_unref (self->sending);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->bus);

  G_OBJECT_CLASS (porch_portal_notifier_parent_class)->finalize (object);
}

static void
porch_portal_notifier_class_init (PorchPortalNotifierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_portal_notifier_dispose;
  object_class->finalize = porch_portal_notifier_finalize;
}

static void
porch_portal_notifier_init (PorchPortalNotifier *self)
{
  self->sending = g_hash_table_new (NULL, NULL);
  self->cancellable = g_cancellable_new ();
}

/**
 * porch_portal_notifier_new:
 * @bus: the session bus
 *
 * Returns: (transfer full): a notifier by the Notification portal
 */
PorchNotifier *
porch_portal_notifier_new (GDBusConnection *bus)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);

  PorchPortalNotifier *self = g_object_new (PORCH_TYPE_PORTAL_NOTIFIER, NULL);
  self->bus = g_object_ref (bus);
  self->signals_id = g_dbus_connection_signal_subscribe (
      bus, PORTAL_NAME, PORTAL_INTERFACE, "ActionInvoked", PORTAL_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_action_invoked_cb, self, NULL);
  return PORCH_NOTIFIER (self);
}
