/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What people type at the command line, and what of a stranger's name reaches the terminal.
 */

#include "cli/porch-cli-text.h"

#include "porch-fake-clock.h"

static void
test_duration (void)
{
  static const struct
  {
    const char *text;
    gint64 duration_us;
  } good[] = {
    { "45", 45 * G_TIME_SPAN_MINUTE },  { "45m", 45 * G_TIME_SPAN_MINUTE },
    { "30s", 30 * G_TIME_SPAN_SECOND }, { "1h30m", 90 * G_TIME_SPAN_MINUTE },
    { "2d", 2 * G_TIME_SPAN_DAY },      { "366d", 366 * G_TIME_SPAN_DAY },
  };
  static const char *const bad[] = { "",    "0",   "0m",   "-1h",    "h",
                                     "1x",  "1 h", "367d", "366d1s", "99999999999999999999d",
                                     "1.5h" };
  gint64 duration_us;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (porch_cli_parse_duration (good[i].text, &duration_us));
      g_assert_cmpint (duration_us, ==, good[i].duration_us);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (porch_cli_parse_duration (bad[i], &duration_us));
}

static void
test_when (void)
{
  /* 2026-11-24 12:00 UTC, where the tests are */
  const gint64 now_us = G_GINT64_CONSTANT (1795521600) * G_USEC_PER_SEC;
  static const struct
  {
    const char *text;
    gint64 seconds_ago;
  } good[] = {
    { "2d", 2 * 86400 },
    { "12h", 12 * 3600 },
    { "2026-11-24", 12 * 3600 },
    { "2026-11-01", 23 * 86400 + 12 * 3600 },
    { "2026-11-24T09:30:00Z", 2 * 3600 + 1800 },
    { "2026-11-24T09:30:00+02:00", 4 * 3600 + 1800 },
    { "2026-11-24T09:30:00", 2 * 3600 + 1800 },
  };
  static const char *const bad[] = { "",           "yesterday",  "2026-11-25",
                                     "2026-13-01", "1969-12-31", "2026-11-24T13:00:00Z",
                                     "T",          "-2d" };
  gint64 when_us;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (porch_cli_parse_when (good[i].text, now_us, &when_us));
      g_assert_cmpint (now_us - when_us, ==, good[i].seconds_ago * G_USEC_PER_SEC);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (porch_cli_parse_when (bad[i], now_us, &when_us));
}

static void
test_length (void)
{
  static const struct
  {
    gint64 seconds;
    const char *text;
  } cases[] = {
    { 0, "0s" },
    { 40, "40s" },
    { 18 * 60 + 59, "18m" },
    { 3 * 3600 + 18 * 60, "3h 18m" },
    { 76 * 3600, "3d 4h" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = porch_cli_format_length (cases[i].seconds * G_USEC_PER_SEC);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
add_contact (PorchRoster *roster, const char *id, const char *name)
{
  g_autoptr (PorchContact) contact = porch_contact_new (id);

  porch_contact_set_name (contact, name);
  porch_roster_add (roster, contact);
}

static void
assert_found (PorchRoster *roster, const char *who, const char *id)
{
  gboolean ambiguous;
  PorchContact *contact = porch_cli_find_contact (roster, who, &ambiguous);

  g_assert_nonnull (contact);
  g_assert_cmpstr (porch_contact_get_id (contact), ==, id);
  g_assert_false (ambiguous);
}

static void
assert_not_found (PorchRoster *roster, const char *who, gboolean expect_ambiguous)
{
  gboolean ambiguous;

  g_assert_null (porch_cli_find_contact (roster, who, &ambiguous));
  g_assert_cmpint (ambiguous, ==, expect_ambiguous);
}

static void
test_who (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (1700000000 * G_TIME_SPAN_SECOND);
  g_autoptr (PorchServerClock) server_clock = porch_server_clock_new (PORCH_CLOCK (clock));
  g_autoptr (PorchRoster) roster = porch_roster_new (server_clock);

  add_contact (roster, "1", "Ann");
  add_contact (roster, "2", "Ann Lee");
  add_contact (roster, "3", "Émile Zola");
  add_contact (roster, "4", "1");
  add_contact (roster, "5", "Bob");
  add_contact (roster, "6", "Bob");
  add_contact (roster, "7", NULL);

  assert_found (roster, "ann", "1");
  assert_found (roster, "ann l", "2");
  assert_found (roster, "émi", "3");
  assert_found (roster, "1", "1");
  assert_found (roster, "7", "7");
  assert_not_found (roster, "an", TRUE);
  assert_not_found (roster, "bob", TRUE);
  assert_found (roster, "6", "6");
  assert_not_found (roster, "zoe", FALSE);
  assert_not_found (roster, "", FALSE);
}

static void
test_name_commands_no_terminal (void)
{
  g_autofree char *escape = porch_cli_make_printable ("\033]0;x\007Ann\r\nBob\t");
  g_autofree char *direction = porch_cli_make_printable ("Ann\u202eeeL");
  g_autofree char *invalid = porch_cli_make_printable ("Ann\xff");
  g_autofree char *plain = porch_cli_make_printable ("Ann “Zoë” 李 👩");

  g_assert_cmpstr (escape, ==, " ]0;x Ann  Bob ");
  g_assert_cmpstr (direction, ==, "Ann eeL");
  g_assert_cmpstr (invalid, ==, "Ann\uFFFD");
  g_assert_cmpstr (plain, ==, "Ann “Zoë” 李 👩");
}

static void
test_columns (void)
{
  g_assert_cmpuint (porch_cli_count_columns (""), ==, 0);
  g_assert_cmpuint (porch_cli_count_columns ("Zoë"), ==, 3);
  g_assert_cmpuint (porch_cli_count_columns ("Zoe\u0308"), ==, 3);
  g_assert_cmpuint (porch_cli_count_columns ("小龙 Li"), ==, 7);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/text/duration", test_duration);
  g_test_add_func ("/cli/text/when", test_when);
  g_test_add_func ("/cli/text/length", test_length);
  g_test_add_func ("/cli/text/who", test_who);
  g_test_add_func ("/cli/text/name-commands-no-terminal", test_name_commands_no_terminal);
  g_test_add_func ("/cli/text/columns", test_columns);

  return g_test_run ();
}
