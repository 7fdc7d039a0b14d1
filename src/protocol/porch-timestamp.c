/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Times as they travel: RFC 3339 in JSON, IMF-fixdate (RFC 9110, 5.6.7) in the header Date. By hand
 * rather than through GDateTime, since the server formats one for every heartbeat. It does not know
 * what time it is.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "protocol/porch-timestamp.h"

#include <string.h>
#include <time.h>

static gboolean
read_digits (const char **at, guint count, int *value)
{
  *value = 0;
  for (guint i = 0; i < count; i++)
    {
      if (!g_ascii_isdigit (**at))
        return FALSE;
      *value = *value * 10 + g_ascii_digit_value (*(*at)++);
    }

  return TRUE;
}

static gboolean
read_char (const char **at, char expected)
{
  if (**at != expected)
    return FALSE;

  (*at)++;
  return TRUE;
}

/* Of a fraction the microseconds count; more digits are read and dropped. */
static gboolean
read_fraction (const char **at, gint64 *fraction_us)
{
  gint64 unit_us = G_USEC_PER_SEC / 10;

  *fraction_us = 0;
  if (!read_char (at, '.'))
    return TRUE;
  if (!g_ascii_isdigit (**at))
    return FALSE;

  for (; g_ascii_isdigit (**at); (*at)++, unit_us /= 10)
    *fraction_us += g_ascii_digit_value (**at) * unit_us;

  return TRUE;
}

static gboolean
read_offset (const char **at, gint64 *offset_s)
{
  int hours, minutes;
  int sign = **at == '-' ? -1 : 1;

  *offset_s = 0;
  if (read_char (at, 'Z') || read_char (at, 'z'))
    return TRUE;
  if (!read_char (at, '+') && !read_char (at, '-'))
    return FALSE;
  if (!read_digits (at, 2, &hours) || !read_char (at, ':') || !read_digits (at, 2, &minutes))
    return FALSE;
  if (hours > 23 || minutes > 59)
    return FALSE;

  *offset_s = sign * (hours * 3600 + minutes * 60);
  return TRUE;
}

static gboolean
read_time_of_day (const char **at, struct tm *tm)
{
  if (!read_digits (at, 2, &tm->tm_hour) || !read_char (at, ':')
      || !read_digits (at, 2, &tm->tm_min) || !read_char (at, ':')
      || !read_digits (at, 2, &tm->tm_sec))
    return FALSE;

  /* 60 is a leap second. */
  return tm->tm_hour <= 23 && tm->tm_min <= 59 && tm->tm_sec <= 60;
}

/* Before 1970 nobody was active, and 0 stands for never. */
static gboolean
tm_to_us (struct tm *tm, gint64 *time_us)
{
  if (tm->tm_year + 1900 < 1970
      || !g_date_valid_dmy (tm->tm_mday, tm->tm_mon + 1, tm->tm_year + 1900))
    return FALSE;

  *time_us = (gint64) timegm (tm) * G_USEC_PER_SEC;
  return TRUE;
}

/**
 * porch_timestamp_parse:
 * @string: (nullable): a time as RFC 3339 writes it, with any fraction and any offset
 * @time_us: (out): return location for microseconds since the Unix epoch, untouched on failure
 *
 * Returns: whether @string is such a time, from 1970 to 9999
 */
gboolean
porch_timestamp_parse (const char *string, gint64 *time_us)
{
  struct tm tm = { 0 };
  gint64 fraction_us, offset_s, seconds_us;
  const char *at = string;

  g_return_val_if_fail (time_us != NULL, FALSE);

  if (string == NULL)
    return FALSE;

  if (!read_digits (&at, 4, &tm.tm_year) || !read_char (&at, '-')
      || !read_digits (&at, 2, &tm.tm_mon) || !read_char (&at, '-')
      || !read_digits (&at, 2, &tm.tm_mday))
    return FALSE;
  if (!read_char (&at, 'T') && !read_char (&at, 't') && !read_char (&at, ' '))
    return FALSE;
  if (!read_time_of_day (&at, &tm) || !read_fraction (&at, &fraction_us)
      || !read_offset (&at, &offset_s) || *at != '\0')
    return FALSE;

  tm.tm_year -= 1900;
  tm.tm_mon -= 1;
  if (!tm_to_us (&tm, &seconds_us))
    return FALSE;

  seconds_us += fraction_us - offset_s * G_USEC_PER_SEC;
  if (seconds_us < 0 || seconds_us / G_USEC_PER_SEC > PORCH_TIMESTAMP_MAX_S)
    return FALSE;

  *time_us = seconds_us;
  return TRUE;
}

/**
 * porch_timestamp_parse_http_date:
 * @string: (nullable): the header Date: "Sun, 06 Nov 1994 08:49:37 GMT"
 * @time_us: (out): return location for microseconds since the Unix epoch, untouched on failure
 *
 * Reads the one form that RFC 9110 lets anyone send. The day of the week is not checked against the
 * date.
 *
 * Returns: whether @string is such a date
 */
gboolean
porch_timestamp_parse_http_date (const char *string, gint64 *time_us)
{
  static const char days[] = "Mon,Tue,Wed,Thu,Fri,Sat,Sun,";
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char name[5] = { 0 };
  struct tm tm = { 0 };
  const char *found;
  const char *at = string;

  g_return_val_if_fail (time_us != NULL, FALSE);

  if (string == NULL || strlen (string) != strlen ("Sun, 06 Nov 1994 08:49:37 GMT"))
    return FALSE;

  memcpy (name, at, 4);
  found = strstr (days, name);
  if (found == NULL || (found - days) % 4 != 0)
    return FALSE;
  at += 4;

  if (!read_char (&at, ' ') || !read_digits (&at, 2, &tm.tm_mday) || !read_char (&at, ' '))
    return FALSE;

  memcpy (name, at, 3);
  name[3] = '\0';
  found = strstr (months, name);
  if (found == NULL || (found - months) % 3 != 0)
    return FALSE;
  tm.tm_mon = (found - months) / 3;
  at += 3;

  if (!read_char (&at, ' ') || !read_digits (&at, 4, &tm.tm_year) || !read_char (&at, ' ')
      || !read_time_of_day (&at, &tm) || strcmp (at, " GMT") != 0)
    return FALSE;

  tm.tm_year -= 1900;
  return tm_to_us (&tm, time_us);
}

/**
 * porch_timestamp_format:
 * @time_us: microseconds since the Unix epoch, up to the year 9999
 *
 * Writes a time in UTC with as many digits of the second as it needs (none, three or six), so that
 * reading it back gives @time_us.
 *
 * Returns: (transfer full) (nullable): "2024-01-15T10:30:00Z", or %NULL for 0 and less, which stand
 *   for never and are null in JSON
 */
char *
porch_timestamp_format (gint64 time_us)
{
  time_t seconds = time_us / G_USEC_PER_SEC;
  int fraction_us = time_us % G_USEC_PER_SEC;
  char date[] = "2024-01-15T10:30:00";
  struct tm tm;

  if (time_us <= 0)
    return NULL;

  seconds = MIN (seconds, PORCH_TIMESTAMP_MAX_S);
  gmtime_r (&seconds, &tm);
  strftime (date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm);

  if (fraction_us == 0)
    return g_strconcat (date, "Z", NULL);
  if (fraction_us % 1000 == 0)
    return g_strdup_printf ("%s.%03dZ", date, fraction_us / 1000);
  return g_strdup_printf ("%s.%06dZ", date, fraction_us);
}
