/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Who shows notifications on this desktop: org.freedesktop.Notifications, or the portal where we
 * run in a sandbox. Owned by PorchAgentNotifications. What is worth showing is decided elsewhere.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-notifier.h"

#include "desktop/porch-portal-notifier.h"
#include "desktop/porch-server-notifier.h"

G_DEFINE_INTERFACE (PorchNotifier, porch_notifier, G_TYPE_OBJECT)

enum
{
  SIGNAL_OPEN,
  SIGNAL_STOP,
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
porch_notifier_default_init (PorchNotifierInterface *iface)
{
  signals[SIGNAL_OPEN] = g_signal_new ("open", PORCH_TYPE_NOTIFIER, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_STOP] = g_signal_new ("stop", PORCH_TYPE_NOTIFIER, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", PORCH_TYPE_NOTIFIER, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

/**
 * porch_notifier_new:
 * @bus: the session bus
 *
 * Returns: (transfer full): who shows notifications here; asked for nothing yet
 */
PorchNotifier *
porch_notifier_new (GDBusConnection *bus)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);

  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    return porch_portal_notifier_new (bus);
  return porch_server_notifier_new (bus);
}

/**
 * porch_notifier_show:
 * @self: a notifier
 * @notification: what to show; replaces the one of the same id
 *
 * Waits for nothing. What nobody shows in time is not shown.
 */
void
porch_notifier_show (PorchNotifier *self, const PorchNotification *notification)
{
  g_return_if_fail (PORCH_IS_NOTIFIER (self));
  g_return_if_fail (notification != NULL && notification->id != 0);

  PORCH_NOTIFIER_GET_IFACE (self)->show (self, notification);
}

/**
 * porch_notifier_withdraw:
 * @self: a notifier
 * @id: a notification's id; one that is not shown is none to withdraw
 */
void
porch_notifier_withdraw (PorchNotifier *self, guint id)
{
  g_return_if_fail (PORCH_IS_NOTIFIER (self));

  PORCH_NOTIFIER_GET_IFACE (self)->withdraw (self, id);
}

/**
 * porch_notifier_emit_open:
 * @self: a notifier
 * @user_id: whom it is about, "" for several people
 * @token: (nullable): the activation token of the click
 */
void
porch_notifier_emit_open (PorchNotifier *self, const char *user_id, const char *token)
{
  g_signal_emit (self, signals[SIGNAL_OPEN], 0, user_id, token);
}

/**
 * porch_notifier_emit_stop:
 * @self: a notifier
 * @user_id: of whom the person wants to be told no longer
 */
void
porch_notifier_emit_stop (PorchNotifier *self, const char *user_id)
{
  g_signal_emit (self, signals[SIGNAL_STOP], 0, user_id);
}

/**
 * porch_notifier_emit_closed:
 * @self: a notifier
 * @id: a notification that is shown no longer
 */
void
porch_notifier_emit_closed (PorchNotifier *self, guint id)
{
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, id);
}

static PorchContact *
get_only_contact (const PorchNotification *notification)
{
  return notification->contacts->len == 1 ? g_ptr_array_index (notification->contacts, 0) : NULL;
}

/**
 * porch_notifier_get_user_id:
 * @notification: a notification
 *
 * Returns: whom it is about, "" for several people
 */
const char *
porch_notifier_get_user_id (const PorchNotification *notification)
{
  PorchContact *contact = get_only_contact (notification);

  return contact != NULL ? porch_contact_get_id (contact) : "";
}

/**
 * porch_notifier_get_picture:
 * @notification: a notification
 *
 * Returns: (nullable) (type filename): the picture of whom it is about
 */
const char *
porch_notifier_get_picture (const PorchNotification *notification)
{
  PorchContact *contact = get_only_contact (notification);

  return contact != NULL ? porch_contact_get_avatar (contact) : NULL;
}
