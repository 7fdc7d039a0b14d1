/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Messages a day that a free plan of hosted Pusher carries. */
#define PORCH_FREE_MESSAGES 200000

guint porch_message_budget_per_day (guint heartbeat_s);
guint porch_message_budget_people (guint heartbeat_s, guint messages);

G_END_DECLS
