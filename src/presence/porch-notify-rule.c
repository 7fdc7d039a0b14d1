/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What a person wants to be told of others, as values: the rule for a contact, the default for
 * everyone, and quiet hours. Owned by nobody; what follows from them is PorchNotificationRules'.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "presence/porch-notify-rule.h"

G_DEFINE_ENUM_TYPE (PorchNotifyRule,
                    porch_notify_rule,
                    G_DEFINE_ENUM_VALUE (PORCH_NOTIFY_DEFAULT, "default"),
                    G_DEFINE_ENUM_VALUE (PORCH_NOTIFY_NEVER, "never"),
                    G_DEFINE_ENUM_VALUE (PORCH_NOTIFY_ONCE, "once"),
                    G_DEFINE_ENUM_VALUE (PORCH_NOTIFY_ALWAYS, "always"),
                    G_DEFINE_ENUM_VALUE (PORCH_NOTIFY_ALSO_LEAVES, "also-leaves"))

G_DEFINE_ENUM_TYPE (PorchNotifyDefault,
                    porch_notify_default,
                    G_DEFINE_ENUM_VALUE (PORCH_NOTIFY_NOBODY, "nobody"),
                    G_DEFINE_ENUM_VALUE (PORCH_NOTIFY_FAVOURITES, "favourites"),
                    G_DEFINE_ENUM_VALUE (PORCH_NOTIFY_EVERYBODY, "everybody"))

static const char *
enum_to_nick (GType type, int value)
{
  g_autoptr (GEnumClass) values = g_type_class_ref (type);
  const GEnumValue *found = g_enum_get_value (values, value);

  /* The nicks are static. */
  return found != NULL ? found->value_nick : NULL;
}

static gboolean
enum_from_nick (GType type, const char *nick, int *value)
{
  g_autoptr (GEnumClass) values = g_type_class_ref (type);
  const GEnumValue *found = g_enum_get_value_by_nick (values, nick);

  if (found != NULL)
    *value = found->value;
  return found != NULL;
}

/**
 * porch_notify_rule_to_string:
 * @rule: a rule
 *
 * Returns: "default", "never", "once", "always" or "also-leaves"
 */
const char *
porch_notify_rule_to_string (PorchNotifyRule rule)
{
  return enum_to_nick (PORCH_TYPE_NOTIFY_RULE, (int) rule);
}

/**
 * porch_notify_rule_from_string:
 * @string: what porch_notify_rule_to_string() gives
 * @rule: (out): the rule
 *
 * Returns: whether there is such a rule
 */
gboolean
porch_notify_rule_from_string (const char *string, PorchNotifyRule *rule)
{
  g_return_val_if_fail (string != NULL && rule != NULL, FALSE);

  int value;
  gboolean found = enum_from_nick (PORCH_TYPE_NOTIFY_RULE, string, &value);
  if (found)
    *rule = (PorchNotifyRule) value;
  return found;
}

/**
 * porch_notify_default_to_string:
 * @value: a default
 *
 * Returns: "nobody", "favourites" or "everybody"
 */
const char *
porch_notify_default_to_string (PorchNotifyDefault value)
{
  return enum_to_nick (PORCH_TYPE_NOTIFY_DEFAULT, (int) value);
}

/**
 * porch_notify_default_from_string:
 * @string: what porch_notify_default_to_string() gives
 * @value: (out): the default
 *
 * Returns: whether there is such a default
 */
gboolean
porch_notify_default_from_string (const char *string, PorchNotifyDefault *value)
{
  g_return_val_if_fail (string != NULL && value != NULL, FALSE);

  int number;
  gboolean found = enum_from_nick (PORCH_TYPE_NOTIFY_DEFAULT, string, &number);
  if (found)
    *value = (PorchNotifyDefault) number;
  return found;
}

/**
 * porch_quiet_hours_is_valid:
 * @hours: quiet hours from outside
 *
 * Returns: whether they name days of a week and minutes of a day
 */
gboolean
porch_quiet_hours_is_valid (const PorchQuietHours *hours)
{
  g_return_val_if_fail (hours != NULL, FALSE);

  return hours->days <= PORCH_QUIET_ALL_DAYS && hours->from_min < PORCH_DAY_MINUTES
         && hours->to_min < PORCH_DAY_MINUTES;
}

/**
 * porch_quiet_hours_equal:
 * @a: quiet hours
 * @b: quiet hours
 *
 * Returns: whether they are the same
 */
gboolean
porch_quiet_hours_equal (const PorchQuietHours *a, const PorchQuietHours *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->days == b->days && a->from_min == b->from_min && a->to_min == b->to_min
         && !a->summary == !b->summary;
}

/* weekday: 1 for Monday to 7 for Sunday */
static gboolean
begin_on (const PorchQuietHours *hours, int weekday)
{
  return (hours->days & (1u << (weekday - 1))) != 0;
}

/**
 * porch_quiet_hours_get_end_us:
 * @hours: quiet hours
 * @real_us: a moment, Unix microseconds
 *
 * Returns: when the quiet hours that hold at @real_us end, in local time, Unix microseconds; 0
 *   where it is not quiet
 */
gint64
porch_quiet_hours_get_end_us (const PorchQuietHours *hours, gint64 real_us)
{
  g_return_val_if_fail (hours != NULL, 0);

  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (real_us / G_USEC_PER_SEC);
  if (now == NULL || hours->days == 0)
    return 0;

  int weekday = g_date_time_get_day_of_week (now);
  int day_before = weekday == 1 ? 7 : weekday - 1;
  guint minute = (guint) (g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now));
  gboolean over_midnight = hours->to_min <= hours->from_min;
  int days_to_end = 0;

  if (over_midnight && minute < hours->to_min && begin_on (hours, day_before))
    days_to_end = 0;
  else if (minute < hours->from_min || !begin_on (hours, weekday))
    return 0;
  else if (over_midnight)
    days_to_end = 1;
  else if (minute >= hours->to_min)
    return 0;

  g_autoptr (GDateTime) last_day = g_date_time_add_days (now, days_to_end);
  g_autoptr (GDateTime) end = g_date_time_new_local (
      g_date_time_get_year (last_day), g_date_time_get_month (last_day),
      g_date_time_get_day_of_month (last_day), (int) hours->to_min / 60, (int) hours->to_min % 60,
      0);
  return end != NULL ? g_date_time_to_unix (end) * G_USEC_PER_SEC : 0;
}
