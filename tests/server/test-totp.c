/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "server/porch-totp.h"

#include <string.h>

/* "12345678901234567890", the key of RFC 6238, appendix B. */
#define SECRET "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

static gboolean
is_right (const char *code, gint64 time_s, gint64 last_step)
{
  gint64 step;

  return porch_totp_find_step (SECRET, code, time_s * G_TIME_SPAN_SECOND, last_step, &step);
}

static void
test_codes_of_the_rfc (void)
{
  static const struct
  {
    gint64 time_s;
    const char *code; /* the last six of its eight digits */
  } vectors[] = {
    { 59, "287082" },         { 1111111109, "081804" }, { 1111111111, "050471" },
    { 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gint64 step = 0;

      g_assert_true (porch_totp_find_step (SECRET, vectors[i].code,
                                           vectors[i].time_s * G_TIME_SPAN_SECOND, 0, &step));
      g_assert_cmpint (step, ==, vectors[i].time_s / 30);
    }
}

static void
test_one_step_apart_is_taken (void)
{
  g_assert_true (is_right ("279037", 2000000000 + 30, 0));
  g_assert_true (is_right ("279037", 2000000000 - 30, 0));
  g_assert_false (is_right ("279037", 2000000000 + 60, 0));
  g_assert_false (is_right ("279037", 2000000000 - 60, 0));
}

static void
test_step_that_was_taken (void)
{
  gint64 step = 2000000000 / 30;

  g_assert_true (is_right ("279037", 2000000000, step - 1));
  g_assert_false (is_right ("279037", 2000000000, step));
}

static void
test_what_is_no_code (void)
{
  gint64 step;

  g_assert_false (is_right ("", 2000000000, 0));
  g_assert_false (is_right ("27903", 2000000000, 0));
  g_assert_false (is_right ("2790370", 2000000000, 0));
  g_assert_false (porch_totp_find_step ("not base32!", "279037", 0, 0, &step));
}

static void
test_new_secrets (void)
{
  g_autofree char *one = porch_totp_new_secret ();
  g_autofree char *two = porch_totp_new_secret ();
  g_autofree char *uri = porch_totp_build_uri (SECRET, "a b.example", "ann@example.org");

  g_assert_cmpuint (strlen (one), ==, 32);
  g_assert_cmpuint (strspn (one, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), ==, 32);
  g_assert_cmpstr (one, !=, two);
  g_assert_cmpstr (uri, ==,
                   "otpauth://totp/a%20b.example:ann@example.org?algorithm=SHA1&digits=6"
                   "&issuer=a%20b.example&period=30&secret=" SECRET);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/totp/codes-of-the-rfc", test_codes_of_the_rfc);
  g_test_add_func ("/server/totp/one-step-apart-is-taken", test_one_step_apart_is_taken);
  g_test_add_func ("/server/totp/step-that-was-taken", test_step_that_was_taken);
  g_test_add_func ("/server/totp/what-is-no-code", test_what_is_no_code);
  g_test_add_func ("/server/totp/new-secrets", test_new_secrets);

  return g_test_run ();
}
