/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Notifications by org.freedesktop.Notifications. What the server can do is read when the first
 * notification is to be shown, and again when another server takes its place. A server that hangs
 * costs a few calls that time out, and the notifications that it did not show. Owned by
 * PorchAgentNotifications.
 *
 * The server tells of the notifications of all programs; it is listened to only while one of ours
 * is there.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "config.h"

#include "desktop/porch-server-notifier.h"

#include <glib/gi18n-lib.h>

#define SERVER_NAME      "org.freedesktop.Notifications"
#define SERVER_PATH      "/org/freedesktop/Notifications"
#define SERVER_INTERFACE "org.freedesktop.Notifications"

#define ACTION_OPEN "default"
#define ACTION_STOP "stop"

/* The server may have to be started first. */
#define CALL_TIMEOUT_MS (10 * 1000)

#define CALLS_MAX 4

/* A server that keeps notifications until they are closed shall not be filled by us. */
#define BUBBLES_MAX 32

enum
{
  URGENCY_LOW,
  URGENCY_NORMAL,
};

typedef enum
{
  CAPABILITIES_UNKNOWN,
  CAPABILITIES_ASKED,
  CAPABILITIES_KNOWN,
} CapabilitiesState;

typedef enum
{
  BUBBLE_DUE,
  BUBBLE_SENDING,
  BUBBLE_SHOWN,
} BubbleState;

typedef struct
{
  guint id;
  BubbleState state;
  gboolean is_changed;   /* while it is being sent */
  gboolean is_withdrawn; /* while it is being sent */
  guint32 server_id;
  PorchStatus status;
  char *title;
  char *body;
  char *user_id;
  char *picture;
  char *token;
} Bubble;

struct _PorchServerNotifier
{
  GObject parent_instance;

  GDBusConnection *bus;
  guint watch_id;
  guint signals_id;

  CapabilitiesState capabilities;
  gboolean has_actions;
  gboolean has_body;
  gboolean has_markup;
  gboolean has_persistence;

  /* Bubble, the oldest first. */
  GPtrArray *bubbles;
  guint n_calls;
  GCancellable *cancellable;
};

static void porch_server_notifier_notifier_init (PorchNotifierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchServerNotifier,
                               porch_server_notifier,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_NOTIFIER,
                                                      porch_server_notifier_notifier_init))

static void
bubble_free (Bubble *bubble)
{
  g_free (bubble->title);
  g_free (bubble->body);
  g_free (bubble->user_id);
  g_free (bubble->picture);
  g_free (bubble->token);
  g_free (bubble);
}

static Bubble *
find_bubble (PorchServerNotifier *self, guint id)
{
  for (guint i = 0; i < self->bubbles->len; i++)
    {
      Bubble *bubble = g_ptr_array_index (self->bubbles, i);
      if (bubble->id == id)
        return bubble;
    }
  return NULL;
}

static Bubble *
find_by_server_id (PorchServerNotifier *self, guint32 server_id)
{
  for (guint i = 0; i < self->bubbles->len; i++)
    {
      Bubble *bubble = g_ptr_array_index (self->bubbles, i);
      if (bubble->server_id == server_id && server_id != 0)
        return bubble;
    }
  return NULL;
}

static void
remove_bubble (PorchServerNotifier *self, Bubble *bubble)
{
  g_ptr_array_remove (self->bubbles, bubble);
  if (self->bubbles->len > 0 || self->signals_id == 0)
    return;

  g_dbus_connection_signal_unsubscribe (self->bus, self->signals_id);
  self->signals_id = 0;
}

/* It is there no longer, and nobody here took it back. */
static void
lose_bubble (PorchServerNotifier *self, Bubble *bubble)
{
  guint id = bubble->id;

  remove_bubble (self, bubble);
  porch_notifier_emit_closed (PORCH_NOTIFIER (self), id);
}

static void
call_server (PorchServerNotifier *self,
             const char *method,
             GVariant *parameters,
             const GVariantType *reply_type,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_dbus_connection_call (self->bus, SERVER_NAME, SERVER_PATH, SERVER_INTERFACE, method, parameters,
                          reply_type, G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS, self->cancellable,
                          callback, user_data);
}

static void
close_on_server (PorchServerNotifier *self, guint32 server_id)
{
  g_dbus_connection_call (self->bus, SERVER_NAME, SERVER_PATH, SERVER_INTERFACE,
                          "CloseNotification", g_variant_new ("(u)", server_id), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, NULL, NULL, NULL);
}

/* Some servers leave a notification where it is when one of its buttons was pressed. */
static void
close_bubble (PorchServerNotifier *self, guint id)
{
  porch_notifier_withdraw (PORCH_NOTIFIER (self), id);
  porch_notifier_emit_closed (PORCH_NOTIFIER (self), id);
}

static void
invoke (PorchServerNotifier *self, Bubble *bubble, const char *action)
{
  guint id = bubble->id;
  g_autofree char *user_id = g_strdup (bubble->user_id);
  g_autofree char *token = g_steal_pointer (&bubble->token);

  if (g_str_equal (action, ACTION_OPEN))
    porch_notifier_emit_open (PORCH_NOTIFIER (self), user_id, token);
  else if (g_str_equal (action, ACTION_STOP))
    {
      porch_notifier_emit_stop (PORCH_NOTIFIER (self), user_id);
      close_bubble (self, id);
    }
}

static void
on_server_signal_cb (GDBusConnection *bus,
                     const char *sender_name,
                     const char *object_path,
                     const char *interface_name,
                     const char *signal_name,
                     GVariant *parameters,
                     gpointer user_data)
{
  PorchServerNotifier *self = user_data;
  guint32 server_id;
  const char *text;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(us)")))
    {
      g_variant_get (parameters, "(u&s)", &server_id, &text);
      Bubble *bubble = find_by_server_id (self, server_id);

      if (bubble == NULL)
        return;
      if (g_str_equal (signal_name, "ActionInvoked"))
        invoke (self, bubble, text);
      else if (g_str_equal (signal_name, "ActivationToken"))
        {
          g_free (bubble->token);
          bubble->token = g_strdup (text);
        }
    }
  else if (g_str_equal (signal_name, "NotificationClosed")
           && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uu)")))
    {
      g_variant_get (parameters, "(uu)", &server_id, NULL);
      Bubble *bubble = find_by_server_id (self, server_id);

      if (bubble != NULL && bubble->state == BUBBLE_SHOWN)
        lose_bubble (self, bubble);
    }
}

static void
listen_to_server (PorchServerNotifier *self)
{
  if (self->signals_id == 0)
    self->signals_id = g_dbus_connection_signal_subscribe (
        self->bus, SERVER_NAME, SERVER_INTERFACE, NULL, SERVER_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
        on_server_signal_cb, self, NULL);
}

static GVariant *
build_hints (PorchServerNotifier *self, const Bubble *bubble)
{
  g_auto (GVariantDict) hints = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *picture = bubble->picture != NULL
                                 ? g_filename_to_uri (bubble->picture, NULL, NULL)
                                 : NULL;
  gboolean is_online = bubble->status == PORCH_STATUS_ONLINE;

  /* Where a server keeps what it showed, a going need not interrupt anybody. */
  guint8 urgency = is_online || !self->has_persistence ? URGENCY_NORMAL : URGENCY_LOW;

  g_variant_dict_insert (&hints, "desktop-entry", "s", PORCH_APPLICATION_ID);
  g_variant_dict_insert (&hints, "category", "s",
                         is_online ? "presence.online" : "presence.offline");
  g_variant_dict_insert (&hints, "urgency", "y", urgency);
  if (picture != NULL)
    g_variant_dict_insert (&hints, "image-path", "s", picture);
  return g_variant_dict_end (&hints);
}

static GVariant *
build_actions (PorchServerNotifier *self, const Bubble *bubble)
{
  g_auto (GVariantBuilder) actions = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));

  if (self->has_actions)
    {
      g_variant_builder_add (&actions, "s", ACTION_OPEN);
      g_variant_builder_add (&actions, "s", C_ ("notification", "Open"));
    }
  if (self->has_actions && *bubble->user_id != '\0')
    {
      g_variant_builder_add (&actions, "s", ACTION_STOP);
      g_variant_builder_add (&actions, "s", _ ("Stop telling me"));
    }
  return g_variant_builder_end (&actions);
}

static GVariant *
build_notify (PorchServerNotifier *self, const Bubble *bubble)
{
  g_autofree char *body = NULL;

  if (!self->has_body)
    body = g_strdup ("");
  else if (self->has_markup)
    body = g_markup_escape_text (bubble->body, -1);
  else
    body = g_strdup (bubble->body);

  return g_variant_new ("(susss@as@a{sv}i)", _ ("Porchlight"), bubble->server_id,
                        PORCH_APPLICATION_ID, bubble->title, body, build_actions (self, bubble),
                        build_hints (self, bubble), -1);
}

static void pump (PorchServerNotifier *self);

typedef struct
{
  PorchServerNotifier *self;
  guint id;
} Sending;

static void
end_sending (PorchServerNotifier *self, Bubble *bubble, guint32 server_id)
{
  bubble->server_id = server_id;
  bubble->state = bubble->is_changed ? BUBBLE_DUE : BUBBLE_SHOWN;
  bubble->is_changed = FALSE;
  if (!bubble->is_withdrawn)
    return;

  close_on_server (self, server_id);
  remove_bubble (self, bubble);
}

static void
on_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Sending *sending = user_data;
  g_autoptr (PorchServerNotifier) self = sending->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);
  Bubble *bubble = find_bubble (self, sending->id);
  guint32 server_id = 0;

  self->n_calls--;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || bubble == NULL)
    return;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &server_id);
  else
    g_message ("A notification was not shown: %s", error->message);

  if (server_id != 0)
    end_sending (self, bubble, server_id);
  else
    lose_bubble (self, bubble);
  pump (self);
}

static void
send_bubble (PorchServerNotifier *self, Bubble *bubble)
{
  Sending *sending = g_new (Sending, 1);

  sending->self = g_object_ref (self);
  sending->id = bubble->id;
  bubble->state = BUBBLE_SENDING;
  self->n_calls++;
  listen_to_server (self);
  call_server (self, "Notify", build_notify (self, bubble), G_VARIANT_TYPE ("(u)"), on_sent_cb,
               sending);
}

static void
lose_due (PorchServerNotifier *self)
{
  for (guint i = self->bubbles->len; i > 0; i--)
    {
      Bubble *bubble = g_ptr_array_index (self->bubbles, i - 1);
      if (bubble->state == BUBBLE_DUE)
        lose_bubble (self, bubble);
    }
}

static void
on_capabilities_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchServerNotifier) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                              &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    {
      g_message ("Notifications cannot be shown: %s", error->message);
      self->capabilities = CAPABILITIES_UNKNOWN;
      lose_due (self);
      return;
    }

  g_autofree const char **names = NULL;
  g_variant_get (reply, "(^a&s)", &names);
  self->has_actions = g_strv_contains (names, "actions");
  self->has_body = g_strv_contains (names, "body");
  self->has_markup = g_strv_contains (names, "body-markup");
  self->has_persistence = g_strv_contains (names, "persistence");
  self->capabilities = CAPABILITIES_KNOWN;
  pump (self);
}

static void
ask_for_capabilities (PorchServerNotifier *self)
{
  self->capabilities = CAPABILITIES_ASKED;
  call_server (self, "GetCapabilities", NULL, G_VARIANT_TYPE ("(as)"), on_capabilities_cb,
               g_object_ref (self));
}

/* Sends what is due, as far as the server's answers keep up. */
static void
pump (PorchServerNotifier *self)
{
  for (guint i = 0; i < self->bubbles->len && self->n_calls < CALLS_MAX; i++)
    {
      Bubble *bubble = g_ptr_array_index (self->bubbles, i);

      if (bubble->state != BUBBLE_DUE)
        continue;
      if (self->capabilities == CAPABILITIES_UNKNOWN)
        ask_for_capabilities (self);
      if (self->capabilities != CAPABILITIES_KNOWN)
        return;
      send_bubble (self, bubble);
    }
}

/* Another server knows nothing of what the last one showed. */
static void
lose_server (PorchServerNotifier *self)
{
  if (self->capabilities == CAPABILITIES_KNOWN)
    self->capabilities = CAPABILITIES_UNKNOWN;
  for (guint i = self->bubbles->len; i > 0; i--)
    {
      Bubble *bubble = g_ptr_array_index (self->bubbles, i - 1);
      if (bubble->server_id != 0 && bubble->state == BUBBLE_SHOWN)
        lose_bubble (self, bubble);
    }
}

static void
on_server_vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  lose_server (user_data);
}

/* The oldest goes: what is kept so long was seen, or will not be. */
static void
make_room (PorchServerNotifier *self)
{
  if (self->bubbles->len < BUBBLES_MAX)
    return;

  close_bubble (self, ((Bubble *) g_ptr_array_index (self->bubbles, 0))->id);
}

static void
porch_server_notifier_show (PorchNotifier *notifier, const PorchNotification *notification)
{
  PorchServerNotifier *self = PORCH_SERVER_NOTIFIER (notifier);
  Bubble *bubble = find_bubble (self, notification->id);

  if (bubble == NULL)
    {
      make_room (self);
      bubble = g_new0 (Bubble, 1);
      bubble->id = notification->id;
      g_ptr_array_add (self->bubbles, bubble);
    }
  else if (bubble->state == BUBBLE_SENDING)
    bubble->is_changed = TRUE;
  else
    bubble->state = BUBBLE_DUE;

  g_free (bubble->title);
  g_free (bubble->body);
  g_free (bubble->user_id);
  g_free (bubble->picture);
  bubble->status = notification->status;
  bubble->title = g_strdup (notification->title);
  bubble->body = g_strdup (notification->body);
  bubble->user_id = g_strdup (porch_notifier_get_user_id (notification));
  bubble->picture = g_strdup (porch_notifier_get_picture (notification));
  pump (self);
}

static void
porch_server_notifier_withdraw (PorchNotifier *notifier, guint id)
{
  PorchServerNotifier *self = PORCH_SERVER_NOTIFIER (notifier);
  Bubble *bubble = find_bubble (self, id);

  if (bubble == NULL)
    return;
  if (bubble->state == BUBBLE_SENDING)
    {
      bubble->is_withdrawn = TRUE;
      return;
    }

  if (bubble->server_id != 0)
    close_on_server (self, bubble->server_id);
  remove_bubble (self, bubble);
}

static void
porch_server_notifier_notifier_init (PorchNotifierInterface *iface)
{
  iface->show = porch_server_notifier_show;
  iface->withdraw = porch_server_notifier_withdraw;
}

static void
porch_server_notifier_dispose (GObject *object)
{
  PorchServerNotifier *self = PORCH_SERVER_NOTIFIER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  if (self->signals_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->signals_id);
  self->signals_id = 0;

  /* What an agent that is gone said is not true any more, nor can it be acted on. */
  for (guint i = 0; i < self->bubbles->len; i++)
    {
      Bubble *bubble = g_ptr_array_index (self->bubbles, i);
      if (bubble->server_id != 0 && !g_dbus_connection_is_closed (self->bus))
        close_on_server (self, bubble->server_id);
    }
  g_ptr_array_set_size (self->bubbles, 0);

  G_OBJECT_CLASS (porch_server_notifier_parent_class)->dispose (object);
}

static void
porch_server_notifier_finalize (GObject *object)
{
  PorchServerNotifier *self = PORCH_SERVER_NOTIFIER (object);

  g_ptr_array_unref (self->bubbles);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->bus);

  G_OBJECT_CLASS (porch_server_notifier_parent_class)->finalize (object);
}

static void
porch_server_notifier_class_init (PorchServerNotifierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_server_notifier_dispose;
  object_class->finalize = porch_server_notifier_finalize;
}

static void
porch_server_notifier_init (PorchServerNotifier *self)
{
  self->bubbles = g_ptr_array_new_with_free_func ((GDestroyNotify) bubble_free);
  self->cancellable = g_cancellable_new ();
}

/**
 * porch_server_notifier_new:
 * @bus: the session bus
 *
 * Returns: (transfer full): a notifier by the session's notification server, which is started only
 *   when there is something to show
 */
PorchNotifier *
porch_server_notifier_new (GDBusConnection *bus)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);

  PorchServerNotifier *self = g_object_new (PORCH_TYPE_SERVER_NOTIFIER, NULL);
  self->bus = g_object_ref (bus);
  self->watch_id = g_bus_watch_name_on_connection (bus, SERVER_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                   NULL, on_server_vanished_cb, self, NULL);
  return PORCH_NOTIFIER (self);
}
