/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What people type, and what may be printed for them. Pure text, tested by itself.
 */

#define G_LOG_DOMAIN "porch-cli"

#include "cli/porch-cli-text.h"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

/* Nobody means to appear offline for longer, and the sum must not overflow. */
#define DURATION_MAX_US (366 * G_TIME_SPAN_DAY)

static gint64
unit_from_letter (char letter)
{
  switch (letter)
    {
    case 's':
      return G_TIME_SPAN_SECOND;
    case 'm':
    case '\0':
      return G_TIME_SPAN_MINUTE;
    case 'h':
      return G_TIME_SPAN_HOUR;
    case 'd':
      return G_TIME_SPAN_DAY;
    default:
      return 0;
    }
}

/**
 * porch_cli_parse_duration:
 * @text: numbers with units of s, m, h or d: "45m", "1h30m"; a bare number is of minutes
 * @duration_us: (out): the sum, microseconds
 *
 * Returns: whether it is a duration, longer than nothing and not above a year
 */
gboolean
porch_cli_parse_duration (const char *text, gint64 *duration_us)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (duration_us != NULL, FALSE);

  gint64 sum_us = 0;
  while (*text != '\0')
    {
      if (!g_ascii_isdigit (*text))
        return FALSE;

      char *end = NULL;
      guint64 number = g_ascii_strtoull (text, &end, 10);
      gint64 unit_us = unit_from_letter (*end);
      if (unit_us == 0 || number > (guint64) (DURATION_MAX_US / unit_us))
        return FALSE;

      sum_us += (gint64) number * unit_us;
      if (sum_us > DURATION_MAX_US)
        return FALSE;
      text = *end != '\0' ? end + 1 : end;
    }

  *duration_us = sum_us;
  return sum_us > 0;
}

/**
 * porch_cli_parse_when:
 * @text: a duration that has passed since then ("2d"), a date ("2026-11-01", when it began here),
 * or a time as in RFC 3339, of this place where it names no other
 * @now_us: now, Unix microseconds
 * @when_us: (out): then, Unix microseconds
 *
 * Returns: whether it is a moment, not later than now
 */
gboolean
porch_cli_parse_when (const char *text, gint64 now_us, gint64 *when_us)
{
  g_return_val_if_fail (text != NULL && when_us != NULL, FALSE);

  gint64 ago_us;
  if (porch_cli_parse_duration (text, &ago_us))
    {
      *when_us = now_us - ago_us;
      return TRUE;
    }

  gboolean is_date = strchr (text, 'T') == NULL && strchr (text, 't') == NULL;
  g_autofree char *iso = is_date ? g_strconcat (text, "T00:00:00", NULL) : g_strdup (text);
  g_autoptr (GTimeZone) here = g_time_zone_new_local ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (iso, here);
  if (time == NULL)
    return FALSE;

  *when_us = g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
  return *when_us >= 0 && *when_us <= now_us;
}

/**
 * porch_cli_format_length:
 * @length_us: how long something took
 *
 * Returns: (transfer full): "3d 4h", "3h 18m", "18m" or "40s", translated
 */
char *
porch_cli_format_length (gint64 length_us)
{
  guint seconds = (guint) CLAMP (length_us / G_USEC_PER_SEC, 0, (gint64) G_MAXUINT32);
  guint minutes = seconds / 60;
  guint hours = minutes / 60;

  if (hours >= 24)
    /* Translators: days and hours, abbreviated as far as is usual in your language. */
    return g_strdup_printf (_ ("%ud %uh"), hours / 24, hours % 24);
  if (hours > 0)
    /* Translators: hours and minutes, abbreviated as far as is usual in your language. */
    return g_strdup_printf (_ ("%uh %um"), hours, minutes % 60);
  if (minutes > 0)
    /* Translators: minutes, abbreviated as far as is usual in your language. */
    return g_strdup_printf (_ ("%um"), minutes);
  /* Translators: seconds, abbreviated as far as is usual in your language. */
  return g_strdup_printf (_ ("%us"), seconds);
}

typedef enum
{
  MATCH_NONE,
  MATCH_PREFIX,
  MATCH_NAME,
  MATCH_ID,
} Match;

static Match
match_contact (PorchContact *contact, const char *who, const char *folded)
{
  if (g_strcmp0 (porch_contact_get_id (contact), who) == 0)
    return MATCH_ID;

  const char *name = porch_contact_get_name (contact);
  if (name == NULL)
    return MATCH_NONE;

  g_autofree char *folded_name = g_utf8_casefold (name, -1);
  if (g_str_equal (folded_name, folded))
    return MATCH_NAME;
  return g_str_has_prefix (folded_name, folded) ? MATCH_PREFIX : MATCH_NONE;
}

/**
 * porch_cli_find_contact:
 * @roster: the contacts
 * @who: an id, a name or the beginning of a name, upper and lower case alike
 * @ambiguous: (out): whether it is that of more than one
 *
 * An id counts before a name, and a whole name before the beginning of another.
 *
 * Returns: (transfer none) (nullable): the one that is meant
 */
PorchContact *
porch_cli_find_contact (PorchRoster *roster, const char *who, gboolean *ambiguous)
{
  g_return_val_if_fail (PORCH_IS_ROSTER (roster), NULL);
  g_return_val_if_fail (who != NULL && ambiguous != NULL, NULL);

  g_autofree char *folded = g_utf8_casefold (who, -1);
  PorchContact *best = NULL;
  Match best_match = MATCH_NONE;

  *ambiguous = FALSE;
  if (*who == '\0')
    return NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (roster)); i++)
    {
      g_autoptr (PorchContact) contact = g_list_model_get_item (G_LIST_MODEL (roster), i);
      Match match = match_contact (contact, who, folded);

      if (match == MATCH_NONE || match < best_match)
        continue;

      *ambiguous = match == best_match;
      best = contact;
      best_match = match;
    }
  return *ambiguous ? NULL : best;
}

/**
 * porch_cli_make_printable:
 * @text: what a stranger chose: a name
 *
 * Returns: (transfer full): the same with everything that could command a terminal, or turn the
 *   line's direction, replaced by spaces
 */
char *
porch_cli_make_printable (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *printable = g_string_sized_new (strlen (valid));

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);
      GUnicodeType type = g_unichar_type (character);

      if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR
          || type == G_UNICODE_PARAGRAPH_SEPARATOR)
        g_string_append_c (printable, ' ');
      else
        g_string_append_unichar (printable, character);
    }
  return g_string_free (printable, FALSE);
}

/**
 * porch_cli_count_columns:
 * @text: what porch_cli_make_printable() gave
 *
 * Returns: how many columns of a terminal it takes
 */
guint
porch_cli_count_columns (const char *text)
{
  g_return_val_if_fail (text != NULL, 0);

  guint columns = 0;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (!g_unichar_iszerowidth (character))
        columns += g_unichar_iswide (character) ? 2 : 1;
    }
  return columns;
}
