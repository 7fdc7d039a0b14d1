/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-notify-rule.h"
#include "presence/porch-roster.h"

G_BEGIN_DECLS

/**
 * PORCH_NOTIFY_GATHER_MS:
 *
 * Who comes within this time of the first is told with the first.
 */
#define PORCH_NOTIFY_GATHER_MS 3000

/**
 * PORCH_NOTIFY_FLAP_US:
 *
 * Who was gone for less than this was not gone.
 */
#define PORCH_NOTIFY_FLAP_US (15 * G_TIME_SPAN_SECOND)

/**
 * PorchNotification:
 * @id: names it while it is shown; never 0, not used twice
 * @status: what it says of its people: %PORCH_STATUS_ONLINE or %PORCH_STATUS_OFFLINE
 * @after_quiet_hours: whether it was kept back until the quiet hours were over
 * @title: the sentence, plain text
 * @body: more of it, plain text; "" for none
 * @contacts: (element-type PorchContact): whom it is about, at least one
 *
 * Something to tell the person.
 */
typedef struct
{
  guint id;
  PorchStatus status;
  gboolean after_quiet_hours;
  char *title;
  char *body;
  GPtrArray *contacts;
} PorchNotification;

#define PORCH_TYPE_NOTIFICATION_RULES (porch_notification_rules_get_type ())
G_DECLARE_FINAL_TYPE (PorchNotificationRules,
                      porch_notification_rules,
                      PORCH,
                      NOTIFICATION_RULES,
                      GObject)

/**
 * PorchNotificationRules:
 *
 * What of a roster's comings and goings is worth telling.
 *
 * Signals:
 *  "notify-people" (const PorchNotification *notification): to be shown; one whose id was told
 *    before replaces it
 *  "withdraw" (guint id): no longer true
 */

PorchNotificationRules *porch_notification_rules_new (PorchRoster *roster, PorchClock *clock);
void porch_notification_rules_set_default (PorchNotificationRules *self, PorchNotifyDefault value);
void porch_notification_rules_set_quiet_hours (PorchNotificationRules *self,
                                               const PorchQuietHours *hours);
void porch_notification_rules_forget (PorchNotificationRules *self, guint id);
void porch_notification_rules_withdraw_all (PorchNotificationRules *self);

G_END_DECLS
