/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What heartbeats cost where each of them is a message, as on the original web app: how many a
 * person sends in a day, and how many people a plan carries. For whoever chooses between them.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "presence/porch-message-budget.h"

#define DAY_S (24 * 60 * 60)

/**
 * porch_message_budget_per_day:
 * @heartbeat_s: seconds between heartbeats, not 0
 *
 * Returns: the messages of one person who is online all day
 */
guint
porch_message_budget_per_day (guint heartbeat_s)
{
  g_return_val_if_fail (heartbeat_s > 0, 0);

  return DAY_S / heartbeat_s;
}

/**
 * porch_message_budget_people:
 * @heartbeat_s: seconds between heartbeats, not 0
 * @messages: how many a plan carries in a day
 *
 * Returns: how many people it is enough for
 */
guint
porch_message_budget_people (guint heartbeat_s, guint messages)
{
  guint per_day = porch_message_budget_per_day (heartbeat_s);

  return per_day > 0 ? messages / per_day : 0;
}
