/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A time of day without its seconds, in the locales of the world, and what people type as one. */

#include "presence/porch-time-text.h"

static void
test_patterns (void)
{
  static const struct
  {
    const char *pattern, *twelve_hours, *expected;
  } cases[] = {
    { "%H:%M:%S", "", "%H:%M" },                      /* C */
    { "%T", "", "%H:%M" },                            /* de_DE */
    { "%r", "%I:%M:%S %p", "%I:%M %p" },              /* en_US */
    { "%H.%M.%S", "", "%H.%M" },                      /* fi_FI */
    { "%k,%M,%S", "", "%k,%M" },                      /* bg_BG */
    { "%H時%M分%S秒", "%p%I時%M分%S秒", "%H時%M分" }, /* ja_JP */
    { "%H시 %M분 %S초", "%p %I시 %M분 %S초", "%H시 %M분" },
    { "%p %I시 %M분 %S초", "", "%p %I시 %M분" },
    { "%OH:%OM:%OS", "", "%OH:%OM" },                   /* fa_IR */
    { "%Z %I:%M:%S %p", "%Z %I:%M:%S %p", "%I:%M %p" }, /* ar_EG */
    { "%r", "%I:%M:%S %p %Z", "%I:%M %p" },
    { "%r", "", "%I:%M %p" },
    { "%R", "", "%R" },
    { "%S", "", "" },
    { "", "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *pattern = porch_time_pattern_without_seconds (cases[i].pattern,
                                                                     cases[i].twelve_hours);
      g_assert_cmpstr (pattern, ==, cases[i].expected);
    }
}

static void
test_format (void)
{
  g_autoptr (GDateTime) time = g_date_time_new_utc (2026, 11, 24, 14, 2, 30);
  g_autofree char *text = porch_time_of_day_format (time);

  g_assert_cmpstr (text, ==, "14:02");
}

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    int minutes; /* -1: it is none */
  } cases[] = {
    { "14:02", 14 * 60 + 2 },
    { "7", 7 * 60 },
    { "9.30", 9 * 60 + 30 },
    { "2:02 PM", 14 * 60 + 2 },
    { "12:15 am", 15 },
    { "12:15pm", 12 * 60 + 15 },
    { "22時05分", 22 * 60 + 5 },
    { "٢١:١٥", 21 * 60 + 15 },
    { "24:00", -1 },
    { "10:60", -1 },
    { "soon", -1 },
    { "", -1 },
    { "99999999999", -1 },
    { "\xff", -1 },
    { "00:00", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint minutes = 0;
      gboolean is_time = porch_time_of_day_parse (cases[i].text, &minutes);

      g_assert_cmpint (is_time ? (int) minutes : -1, ==, cases[i].minutes);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/presence/time-text/patterns", test_patterns);
  g_test_add_func ("/presence/time-text/format", test_format);
  g_test_add_func ("/presence/time-text/parse", test_parse);

  return g_test_run ();
}
