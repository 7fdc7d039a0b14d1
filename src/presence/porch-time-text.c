/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A time of day as the person's locale writes it, with twelve hours or with 24, and what they type
 * as one. The locale only knows times with seconds, which say too much for a list of people.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "presence/porch-time-text.h"

#include <langinfo.h>
#include <string.h>

#define FALLBACK_PATTERN "%H:%M"
#define FALLBACK_TWELVE  "%I:%M:%S %p"

/* %T and %r are short for others. */
static GString *
expand_pattern (const char *pattern, const char *twelve_hours)
{
  GString *expanded = g_string_new (pattern);

  g_string_replace (expanded, "%r", *twelve_hours != '\0' ? twelve_hours : FALLBACK_TWELVE, 0);
  g_string_replace (expanded, "%T", "%H:%M:%S", 0);
  return expanded;
}

/* ar_EG names the time zone with every time; here all times are of the person's own. */
static void
remove_time_zone (GString *pattern)
{
  g_string_replace (pattern, "%Z ", "", 0);
  g_string_replace (pattern, " %Z", "", 0);
}

/* What stands between two numbers, as in 14:02:30, goes with the second of them. */
static gboolean
is_separator (char c)
{
  return c == ':' || c == '.' || c == ',' || c == '-';
}

/**
 * porch_time_pattern_without_seconds:
 * @pattern: a time of day in the language of strftime(), as nl_langinfo (T_FMT) gives it
 * @twelve_hours: what "%r" in it stands for, nl_langinfo (T_FMT_AMPM)
 *
 * Returns: (transfer full): the same without seconds and time zone: "%H:%M", "%I:%M %p",
 *   "%H時%M分"
 */
char *
porch_time_pattern_without_seconds (const char *pattern, const char *twelve_hours)
{
  g_return_val_if_fail (pattern != NULL && twelve_hours != NULL, NULL);

  GString *text = expand_pattern (pattern, twelve_hours);
  remove_time_zone (text);

  const char *seconds = strstr (text->str, "%OS");
  gsize length = 3;

  if (seconds == NULL)
    {
      seconds = strstr (text->str, "%S");
      length = 2;
    }
  if (seconds == NULL)
    return g_string_free (text, FALSE);

  gsize start = (gsize) (seconds - text->str);
  gsize end = start + length;
  if (start > 0 && is_separator (text->str[start - 1]))
    start--;
  else
    {
      /* "%M分 %S秒": the unit stands behind its number. */
      end += strcspn (text->str + end, " %");
      while (start > 0 && text->str[start - 1] == ' ')
        start--;
    }
  g_string_erase (text, (gssize) start, (gssize) (end - start));
  return g_string_free (text, FALSE);
}

/**
 * porch_time_of_day_format:
 * @time: a moment
 *
 * Returns: (transfer full): its time of day without seconds, as the locale writes it: "14:02",
 * "2:02 PM"
 */
char *
porch_time_of_day_format (GDateTime *time)
{
  g_return_val_if_fail (time != NULL, NULL);

  g_autofree char *pattern = porch_time_pattern_without_seconds (nl_langinfo (T_FMT),
                                                                 nl_langinfo (T_FMT_AMPM));
  char *text = g_date_time_format (time, *pattern != '\0' ? pattern : FALLBACK_PATTERN);

  return text != NULL ? g_strstrip (text) : g_date_time_format (time, FALLBACK_PATTERN);
}

/* Reads the next number, of any script's digits; Returns: whether there is one */
static gboolean
read_number (const char **text, guint *number)
{
  const char *p = *text;

  while (*p != '\0' && g_unichar_digit_value (g_utf8_get_char (p)) < 0)
    p = g_utf8_next_char (p);
  if (*p == '\0')
    return FALSE;

  *number = 0;
  for (; *p != '\0' && g_unichar_digit_value (g_utf8_get_char (p)) >= 0; p = g_utf8_next_char (p))
    *number = MIN (*number * 10 + (guint) g_unichar_digit_value (g_utf8_get_char (p)), 9999);
  *text = p;
  return TRUE;
}

/* language_word: the locale's, "" where it has none */
static gboolean
says (const char *text, const char *word, const char *language_word)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autofree char *folded_word = g_utf8_casefold (language_word, -1);

  return strstr (folded, word) != NULL
         || (*folded_word != '\0' && strstr (folded, folded_word) != NULL);
}

/**
 * porch_time_of_day_parse:
 * @text: what a person typed: "14:02", "2:02 pm", "7"
 * @minutes: (out): since midnight
 *
 * Returns: whether it is a time of day
 */
gboolean
porch_time_of_day_parse (const char *text, guint *minutes)
{
  g_return_val_if_fail (text != NULL && minutes != NULL, FALSE);

  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;

  gboolean is_afternoon = says (text, "pm", nl_langinfo (PM_STR));
  gboolean is_morning = !is_afternoon && says (text, "am", nl_langinfo (AM_STR));
  guint hour, minute = 0;

  if (!read_number (&text, &hour))
    return FALSE;
  read_number (&text, &minute);
  if ((is_afternoon || is_morning) && hour == 12)
    hour = 0;
  if (is_afternoon && hour < 12)
    hour += 12;
  if (hour > 23 || minute > 59)
    return FALSE;

  *minutes = hour * 60 + minute;
  return TRUE;
}
