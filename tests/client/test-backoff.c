/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "client/porch-backoff.h"

#include "porch-fake-clock.h"

static void
test_doubles_up_to_the_limit (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (0);
  PorchBackoff backoff;

  porch_backoff_init (&backoff, 1000, 30000);
  porch_fake_clock_set_random (clock, 0);

  g_assert_cmpuint (porch_backoff_next_ms (&backoff, PORCH_CLOCK (clock)), ==, 1000);
  g_assert_cmpuint (porch_backoff_next_ms (&backoff, PORCH_CLOCK (clock)), ==, 2000);
  g_assert_cmpuint (porch_backoff_next_ms (&backoff, PORCH_CLOCK (clock)), ==, 4000);
  for (guint i = 0; i < 100; i++)
    porch_backoff_next_ms (&backoff, PORCH_CLOCK (clock));
  g_assert_cmpuint (porch_backoff_next_ms (&backoff, PORCH_CLOCK (clock)), ==, 15000);
}

static void
test_half_is_chance (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (0);
  PorchBackoff backoff;

  porch_backoff_init (&backoff, 1000, 30000);
  porch_fake_clock_set_random (clock, 0.999999);

  g_assert_cmpuint (porch_backoff_next_ms (&backoff, PORCH_CLOCK (clock)), ==, 1999);
}

static void
test_starts_anew_after_success (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (0);
  PorchBackoff backoff;

  porch_backoff_init (&backoff, 1000, 30000);
  porch_fake_clock_set_random (clock, 0);
  for (guint i = 0; i < 4; i++)
    porch_backoff_next_ms (&backoff, PORCH_CLOCK (clock));

  porch_backoff_reset (&backoff);

  g_assert_cmpuint (porch_backoff_next_ms (&backoff, PORCH_CLOCK (clock)), ==, 1000);
}

static void
test_is_never_shorter_than_the_least (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (0);
  PorchBackoff backoff;

  porch_backoff_init (&backoff, 5000, 5000);
  porch_fake_clock_set_random (clock, 0);

  g_assert_cmpuint (porch_backoff_next_ms (&backoff, PORCH_CLOCK (clock)), ==, 5000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/backoff/doubles-up-to-the-limit", test_doubles_up_to_the_limit);
  g_test_add_func ("/client/backoff/half-is-chance", test_half_is_chance);
  g_test_add_func ("/client/backoff/starts-anew-after-success", test_starts_anew_after_success);
  g_test_add_func ("/client/backoff/is-never-shorter-than-the-least",
                   test_is_never_shorter_than_the_least);

  return g_test_run ();
}
