/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#include "server/porch-login-limiter.h"

#include "porch-fake-clock.h"
#include "server/porch-rate-limiter.h"

#define NOW_US G_GINT64_CONSTANT (1700000000000000)

static void
test_burst_then_one_an_interval (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (NOW_US);
  g_autoptr (PorchRateLimiter) limiter = porch_rate_limiter_new (PORCH_CLOCK (clock), 3, 2500, 10);
  guint retry_after_s = 0;

  for (guint i = 0; i < 3; i++)
    g_assert_true (porch_rate_limiter_take (limiter, "ann", NULL));
  g_assert_false (porch_rate_limiter_take (limiter, "ann", &retry_after_s));
  g_assert_cmpuint (retry_after_s, ==, 3);
  g_assert_true (porch_rate_limiter_take (limiter, "bob", NULL));

  porch_fake_clock_advance_ms (clock, 2499);
  g_assert_false (porch_rate_limiter_take (limiter, "ann", &retry_after_s));
  g_assert_cmpuint (retry_after_s, ==, 1);
  porch_fake_clock_advance_ms (clock, 2);
  g_assert_true (porch_rate_limiter_take (limiter, "ann", NULL));
  g_assert_false (porch_rate_limiter_take (limiter, "ann", NULL));
}

static void
test_bucket_holds_no_more_than_the_burst (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (NOW_US);
  g_autoptr (PorchRateLimiter) limiter = porch_rate_limiter_new (PORCH_CLOCK (clock), 2, 1000, 10);

  g_assert_true (porch_rate_limiter_take (limiter, "ann", NULL));
  porch_fake_clock_advance_ms (clock, 3600 * 1000);
  porch_rate_limiter_give_back (limiter, "ann");

  g_assert_true (porch_rate_limiter_take (limiter, "ann", NULL));
  g_assert_true (porch_rate_limiter_take (limiter, "ann", NULL));
  g_assert_false (porch_rate_limiter_take (limiter, "ann", NULL));
}

static void
test_memory_is_bounded (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (NOW_US);
  g_autoptr (PorchRateLimiter) limiter = porch_rate_limiter_new (PORCH_CLOCK (clock), 1, 1000, 100);

  /* Given one key that keeps coming among very many others */
  g_assert_true (porch_rate_limiter_take (limiter, "ann", NULL));
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *key = g_strdup_printf ("other-%u", i);

      porch_rate_limiter_take (limiter, key, NULL);
      if (i % 50 == 0)
        g_assert_false (porch_rate_limiter_take (limiter, "ann", NULL));
    }

  /* Then it is remembered, and not more keys than allowed */
  g_assert_false (porch_rate_limiter_take (limiter, "ann", NULL));
  g_assert_cmpuint (porch_rate_limiter_get_n_keys (limiter), ==, 100);
}

/* Tries until refused; gives up at 1000. */
static guint
count_attempts (PorchLoginLimiter *limiter, const char *address_format, const char *email_format)
{
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *number = g_strdup_printf ("%x", i + 1);
      g_auto (GStrv) address_parts = g_strsplit (address_format, "#", 2);
      g_auto (GStrv) email_parts = g_strsplit (email_format, "#", 2);
      g_autofree char *address = g_strjoinv (number, address_parts);
      g_autofree char *email = g_strjoinv (number, email_parts);
      guint retry_after_s = 0;

      if (!porch_login_limiter_take (limiter, address, email, &retry_after_s))
        {
          g_assert_cmpuint (retry_after_s, >, 0);
          return i;
        }
    }

  return 1000;
}

static void
test_attempts_of_an_address (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (NOW_US);
  g_autoptr (PorchLoginLimiter) limiter = porch_login_limiter_new (PORCH_CLOCK (clock));

  g_assert_cmpuint (count_attempts (limiter, "192.0.2.1", "person#@example.org"), ==, 30);
  g_assert_cmpuint (count_attempts (limiter, "192.0.2.2", "person#@example.net"), ==, 30);
}

static void
test_attempts_on_a_person (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (NOW_US);
  g_autoptr (PorchLoginLimiter) limiter = porch_login_limiter_new (PORCH_CLOCK (clock));

  g_assert_cmpuint (count_attempts (limiter, "address-#", "ann@example.org"), ==, 10);
  g_assert_cmpuint (count_attempts (limiter, "another-#", "ann@example.org"), ==, 0);
}

static void
test_ipv6_network_is_one (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (NOW_US);
  g_autoptr (PorchLoginLimiter) limiter = porch_login_limiter_new (PORCH_CLOCK (clock));

  g_assert_cmpuint (count_attempts (limiter, "2001:db8:1:2::#", "person#@example.org"), ==, 30);
  g_assert_cmpuint (count_attempts (limiter, "2001:db8:1:3::#", "person#@example.net"), ==, 30);
}

static void
test_success_does_not_count (void)
{
  g_autoptr (PorchFakeClock) clock = porch_fake_clock_new (NOW_US);
  g_autoptr (PorchLoginLimiter) limiter = porch_login_limiter_new (PORCH_CLOCK (clock));

  for (guint i = 0; i < 100; i++)
    {
      guint retry_after_s;

      g_assert_true (
          porch_login_limiter_take (limiter, "192.0.2.1", "ann@example.org", &retry_after_s));
      porch_login_limiter_succeeded (limiter, "192.0.2.1", "ann@example.org");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/rate-limiter/burst-then-one-an-interval",
                   test_burst_then_one_an_interval);
  g_test_add_func ("/server/rate-limiter/bucket-holds-no-more-than-the-burst",
                   test_bucket_holds_no_more_than_the_burst);
  g_test_add_func ("/server/rate-limiter/memory-is-bounded", test_memory_is_bounded);
  g_test_add_func ("/server/login-limiter/attempts-of-an-address", test_attempts_of_an_address);
  g_test_add_func ("/server/login-limiter/attempts-on-a-person", test_attempts_on_a_person);
  g_test_add_func ("/server/login-limiter/ipv6-network-is-one", test_ipv6_network_is_one);
  g_test_add_func ("/server/login-limiter/success-does-not-count", test_success_does_not_count);

  return g_test_run ();
}
