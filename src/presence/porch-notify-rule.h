/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PorchNotifyRule:
 * @PORCH_NOTIFY_DEFAULT: as #PorchNotifyDefault says for everyone
 * @PORCH_NOTIFY_NEVER: tell nothing of this person
 * @PORCH_NOTIFY_ONCE: tell when they come online the next time; then the default again
 * @PORCH_NOTIFY_ALWAYS: tell each time that they come online
 * @PORCH_NOTIFY_ALSO_LEAVES: tell each time that they come online, and when they leave
 *
 * What to tell of a contact. The values are kept in the agent's database and travel on the bus.
 */
typedef enum
{
  PORCH_NOTIFY_DEFAULT,
  PORCH_NOTIFY_NEVER,
  PORCH_NOTIFY_ONCE,
  PORCH_NOTIFY_ALWAYS,
  PORCH_NOTIFY_ALSO_LEAVES,
} PorchNotifyRule;

#define PORCH_TYPE_NOTIFY_RULE (porch_notify_rule_get_type ())
GType porch_notify_rule_get_type (void);
const char *porch_notify_rule_to_string (PorchNotifyRule rule);
gboolean porch_notify_rule_from_string (const char *string, PorchNotifyRule *rule);

/**
 * PorchNotifyDefault:
 * @PORCH_NOTIFY_NOBODY: tell of nobody
 * @PORCH_NOTIFY_FAVOURITES: tell when a favourite comes online
 * @PORCH_NOTIFY_EVERYBODY: tell when anybody comes online
 *
 * What to tell of a contact that has no rule of its own.
 */
typedef enum
{
  PORCH_NOTIFY_NOBODY,
  PORCH_NOTIFY_FAVOURITES,
  PORCH_NOTIFY_EVERYBODY,
} PorchNotifyDefault;

#define PORCH_TYPE_NOTIFY_DEFAULT (porch_notify_default_get_type ())
GType porch_notify_default_get_type (void);
const char *porch_notify_default_to_string (PorchNotifyDefault value);
gboolean porch_notify_default_from_string (const char *string, PorchNotifyDefault *value);

/* Minutes of a day. */
#define PORCH_DAY_MINUTES (24 * 60)

/**
 * PorchQuietHours:
 * @days: the days on which they begin, a bit each, Monday is 1, Sunday 64; 0 for never
 * @from_min: when they begin, minutes since midnight of that day, local time
 * @to_min: when they end; not after @from_min means on the day after
 * @summary: whether to tell afterwards who came meanwhile and is still there
 *
 * When to tell nothing.
 */
typedef struct
{
  guint days;
  guint from_min;
  guint to_min;
  gboolean summary;
} PorchQuietHours;

#define PORCH_QUIET_ALL_DAYS 127

/* Never, and ten in the evening until seven once somebody chooses days. */
#define PORCH_QUIET_HOURS_NONE                                                                     \
  {                                                                                                \
    .days = 0, .from_min = 22 * 60, .to_min = 7 * 60, .summary = TRUE                              \
  }

gboolean porch_quiet_hours_is_valid (const PorchQuietHours *hours);
gboolean porch_quiet_hours_equal (const PorchQuietHours *a, const PorchQuietHours *b);
gint64 porch_quiet_hours_get_end_us (const PorchQuietHours *hours, gint64 real_us);

G_END_DECLS
