/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* RFC 3339 and the header Date. */

#include "protocol/porch-timestamp.h"

#define TEN_THIRTY (G_GINT64_CONSTANT (1705314600) * G_USEC_PER_SEC)

static void
assert_reads (const char *string, gint64 expected_us)
{
  gint64 time_us = -1;

  if (!porch_timestamp_parse (string, &time_us))
    g_error ("%s: not read", string);
  g_assert_cmpint (time_us, ==, expected_us);
}

static void
test_utc (void)
{
  assert_reads ("2024-01-15T10:30:00Z", TEN_THIRTY);
  assert_reads ("2024-01-15t10:30:00z", TEN_THIRTY);
  assert_reads ("2024-01-15 10:30:00Z", TEN_THIRTY);
  assert_reads ("1970-01-01T00:00:00Z", 0);
}

static void
test_fractions (void)
{
  assert_reads ("2024-01-15T10:30:00.5Z", TEN_THIRTY + 500000);
  assert_reads ("2024-01-15T10:30:00.123Z", TEN_THIRTY + 123000);
  assert_reads ("2024-01-15T10:30:00.123456Z", TEN_THIRTY + 123456);
  assert_reads ("2024-01-15T10:30:00.123456789Z", TEN_THIRTY + 123456);
}

static void
test_offsets (void)
{
  assert_reads ("2024-01-15T12:30:00+02:00", TEN_THIRTY);
  assert_reads ("2024-01-15T05:00:00.25-05:30", TEN_THIRTY + 250000);
  assert_reads ("2024-01-15T10:30:00-00:00", TEN_THIRTY);
}

static void
test_calendar (void)
{
  assert_reads ("2024-02-29T00:00:00Z", G_GINT64_CONSTANT (1709164800) * G_USEC_PER_SEC);
  assert_reads ("2016-12-31T23:59:60Z", G_GINT64_CONSTANT (1483228800) * G_USEC_PER_SEC);
  assert_reads ("9999-12-31T23:59:59Z", PORCH_TIMESTAMP_MAX_S * G_USEC_PER_SEC);
}

static void
test_refuses_what_is_no_time (void)
{
  const char *const strings[] = {
    "",
    "now",
    "2024-01-15",
    "2024-01-15T10:30:00",
    "2024-01-15T10:30Z",
    "2024-1-15T10:30:00Z",
    "2024-13-15T10:30:00Z",
    "2024-00-15T10:30:00Z",
    "2023-02-29T10:30:00Z",
    "2024-01-15T24:00:00Z",
    "2024-01-15T10:60:00Z",
    "2024-01-15T10:30:61Z",
    "2024-01-15T10:30:00.Z",
    "2024-01-15T10:30:00+0200",
    "2024-01-15T10:30:00+24:00",
    "2024-01-15T10:30:00+02:60",
    "2024-01-15T10:30:00Z ",
    " 2024-01-15T10:30:00Z",
    "-2024-01-15T10:30:00Z",
    "12024-01-15T10:30:00Z",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "0000-00-00T00:00:00Z",
  };
  gint64 time_us = 42;

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    if (porch_timestamp_parse (strings[i], &time_us))
      g_error ("%s: was taken", strings[i]);
  g_assert_false (porch_timestamp_parse (NULL, &time_us));
  g_assert_cmpint (time_us, ==, 42);
}

static void
assert_writes (gint64 time_us, const char *expected)
{
  g_autofree char *string = porch_timestamp_format (time_us);

  g_assert_cmpstr (string, ==, expected);
}

static void
test_writes_what_it_reads (void)
{
  assert_writes (TEN_THIRTY, "2024-01-15T10:30:00Z");
  assert_writes (TEN_THIRTY + 7000, "2024-01-15T10:30:00.007Z");
  assert_writes (TEN_THIRTY + 7, "2024-01-15T10:30:00.000007Z");
  assert_writes (0, NULL);
  assert_writes (-1, NULL);
  assert_writes (G_MAXINT64, "9999-12-31T23:59:59.775807Z");
}

static void
test_http_date (void)
{
  gint64 time_us = 42;

  g_assert_true (porch_timestamp_parse_http_date ("Mon, 15 Jan 2024 10:30:00 GMT", &time_us));
  g_assert_cmpint (time_us, ==, TEN_THIRTY);
}

static void
test_http_date_refuses_the_rest (void)
{
  const char *const strings[] = {
    "",
    "Monday, 15-Jan-24 10:30:00 GMT",
    "Mon Jan 15 10:30:00 2024",
    "Mon, 15 Jan 2024 10:30:00 UTC",
    "Mon, 15 Jan 2024 10:30:00 +00",
    "Mon, 15 jan 2024 10:30:00 GMT",
    "on,M 15 Jan 2024 10:30:00 GMT",
    "Mon, 15 anF 2024 10:30:00 GMT",
    "Mon, 32 Jan 2024 10:30:00 GMT",
    "Mon, 15 Jan 2024 25:30:00 GMT",
    "Mon, 15 Jan 1924 10:30:00 GMT",
    "Mon, 15 Jan 2024 10:30:00 GMT ",
  };
  gint64 time_us = 42;

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    if (porch_timestamp_parse_http_date (strings[i], &time_us))
      g_error ("%s: was taken", strings[i]);
  g_assert_false (porch_timestamp_parse_http_date (NULL, &time_us));
  g_assert_cmpint (time_us, ==, 42);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/timestamp/utc", test_utc);
  g_test_add_func ("/protocol/timestamp/fractions", test_fractions);
  g_test_add_func ("/protocol/timestamp/offsets", test_offsets);
  g_test_add_func ("/protocol/timestamp/calendar", test_calendar);
  g_test_add_func ("/protocol/timestamp/refuses-what-is-no-time", test_refuses_what_is_no_time);
  g_test_add_func ("/protocol/timestamp/writes-what-it-reads", test_writes_what_it_reads);
  g_test_add_func ("/protocol/timestamp/http-date", test_http_date);
  g_test_add_func ("/protocol/timestamp/http-date-refuses-the-rest",
                   test_http_date_refuses_the_rest);

  return g_test_run ();
}
