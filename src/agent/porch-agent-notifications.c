/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Ties the account that is used, the rules for what is worth telling and who shows notifications
 * here; what the person clicks is done. Owned by PorchAgentService. It decides nothing.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-agent-notifications.h"

#include "agent/porch-window-opener.h"
#include "desktop/porch-notifier.h"

struct _PorchAgentNotifications
{
  GObject parent_instance;

  GDBusConnection *bus;
  PorchClock *clock;
  PorchAgentPreferences *preferences;
  PorchNotifier *notifier;
  PorchAgentAccount *account;
  PorchNotificationRules *rules; /* of the account */
};

G_DEFINE_FINAL_TYPE (PorchAgentNotifications, porch_agent_notifications, G_TYPE_OBJECT)

static void
on_notify_people_cb (PorchAgentNotifications *self, const PorchNotification *notification)
{
  porch_notifier_show (self->notifier, notification);
}

static void
on_withdraw_cb (PorchAgentNotifications *self, guint id)
{
  porch_notifier_withdraw (self->notifier, id);
}

static void
on_open_cb (PorchAgentNotifications *self, const char *user_id, const char *token)
{
  if (*user_id != '\0')
    porch_window_show_person (self->bus, user_id, token);
  else
    porch_window_open (self->bus, token);
}

static void
on_stop_cb (PorchAgentNotifications *self, const char *user_id)
{
  if (self->account != NULL)
    porch_agent_account_set_notify_rule (self->account, user_id, PORCH_NOTIFY_NEVER);
}

static void
on_closed_cb (PorchAgentNotifications *self, guint id)
{
  if (self->rules != NULL)
    porch_notification_rules_forget (self->rules, id);
}

static void
on_preferences_changed_cb (PorchAgentNotifications *self)
{
  PorchQuietHours quiet_hours = porch_agent_preferences_get_quiet_hours (self->preferences);

  if (self->rules == NULL)
    return;

  porch_notification_rules_set_default (
      self->rules, porch_agent_preferences_get_notify_default (self->preferences));
  porch_notification_rules_set_quiet_hours (self->rules, &quiet_hours);
}

static void
leave_account (PorchAgentNotifications *self)
{
  if (self->rules != NULL)
    porch_notification_rules_withdraw_all (self->rules);
  g_clear_object (&self->rules);
  g_clear_object (&self->account);
}

static void
porch_agent_notifications_dispose (GObject *object)
{
  PorchAgentNotifications *self = PORCH_AGENT_NOTIFICATIONS (object);

  if (self->notifier != NULL)
    leave_account (self);
  g_clear_object (&self->notifier);

  G_OBJECT_CLASS (porch_agent_notifications_parent_class)->dispose (object);
}

static void
porch_agent_notifications_finalize (GObject *object)
{
  PorchAgentNotifications *self = PORCH_AGENT_NOTIFICATIONS (object);

  g_clear_object (&self->bus);
  g_clear_object (&self->preferences);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_agent_notifications_parent_class)->finalize (object);
}

static void
porch_agent_notifications_class_init (PorchAgentNotificationsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_agent_notifications_dispose;
  object_class->finalize = porch_agent_notifications_finalize;
}

static void
porch_agent_notifications_init (PorchAgentNotifications *self)
{
}

/**
 * porch_agent_notifications_new:
 * @bus: the session bus
 * @clock: the clock
 * @preferences: whom to tell of, and when not
 *
 * Returns: (transfer full): notifications of no account yet
 */
PorchAgentNotifications *
porch_agent_notifications_new (GDBusConnection *bus,
                               PorchClock *clock,
                               PorchAgentPreferences *preferences)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);
  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (PORCH_IS_AGENT_PREFERENCES (preferences), NULL);

  PorchAgentNotifications *self = g_object_new (PORCH_TYPE_AGENT_NOTIFICATIONS, NULL);
  self->bus = g_object_ref (bus);
  self->clock = g_object_ref (clock);
  self->preferences = g_object_ref (preferences);
  g_signal_connect_object (preferences, "changed", G_CALLBACK (on_preferences_changed_cb), self,
                           G_CONNECT_SWAPPED);
  self->notifier = porch_notifier_new (bus);
  g_signal_connect_object (self->notifier, "open", G_CALLBACK (on_open_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->notifier, "stop", G_CALLBACK (on_stop_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->notifier, "closed", G_CALLBACK (on_closed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * porch_agent_notifications_set_account:
 * @self: notifications
 * @account: (nullable): of whose contacts they tell from now on
 */
void
porch_agent_notifications_set_account (PorchAgentNotifications *self, PorchAgentAccount *account)
{
  g_return_if_fail (PORCH_IS_AGENT_NOTIFICATIONS (self));
  g_return_if_fail (account == NULL || PORCH_IS_AGENT_ACCOUNT (account));

  if (self->account == account)
    return;

  leave_account (self);
  if (account == NULL)
    return;

  self->account = g_object_ref (account);
  self->rules = porch_notification_rules_new (porch_agent_account_get_roster (account),
                                              self->clock);
  g_signal_connect_object (self->rules, "notify-people", G_CALLBACK (on_notify_people_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->rules, "withdraw", G_CALLBACK (on_withdraw_cb), self,
                           G_CONNECT_SWAPPED);
  on_preferences_changed_cb (self);
}
