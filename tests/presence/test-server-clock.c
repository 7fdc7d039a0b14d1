/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The offset to the server's clock (system.md, The rule). */

#include "presence/porch-server-clock.h"

#include "porch-fake-clock.h"

#define NOW (G_GINT64_CONSTANT (1705492800) * G_USEC_PER_SEC)

typedef struct
{
  PorchFakeClock *clock;
  PorchServerClock *server_clock;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = porch_fake_clock_new (NOW);
  fixture->server_clock = porch_server_clock_new (PORCH_CLOCK (fixture->clock));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->server_clock);
  g_assert_finalize_object (fixture->clock);
}

/* An answer whose Date is this far from the local clock. */
static void
answer (Fixture *fixture, gint64 offset_us)
{
  gint64 now_us = porch_clock_get_real_us (PORCH_CLOCK (fixture->clock));

  porch_server_clock_add_date (fixture->server_clock, now_us + offset_us - G_USEC_PER_SEC / 2);
}

static void
test_agrees_with_the_local_clock_at_first (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (porch_server_clock_get_now_us (fixture->server_clock), ==, NOW);
  g_assert_cmpint (porch_server_clock_get_offset_us (fixture->server_clock), ==, 0);
}

static void
test_follows_a_server_hours_ahead (Fixture *fixture, gconstpointer data)
{
  answer (fixture, 3 * G_TIME_SPAN_HOUR);
  porch_fake_clock_advance_ms (fixture->clock, 1000);

  g_assert_cmpint (porch_server_clock_get_now_us (fixture->server_clock), ==,
                   NOW + 3 * G_TIME_SPAN_HOUR + G_USEC_PER_SEC);
}

static void
test_is_the_median_of_the_last_five (Fixture *fixture, gconstpointer data)
{
  answer (fixture, -G_TIME_SPAN_DAY);
  answer (fixture, 10);
  answer (fixture, 30);
  answer (fixture, 20);
  answer (fixture, G_TIME_SPAN_DAY);
  g_assert_cmpint (porch_server_clock_get_offset_us (fixture->server_clock), ==, 20);

  answer (fixture, 40);
  g_assert_cmpint (porch_server_clock_get_offset_us (fixture->server_clock), ==, 30);
}

static void
test_setting_the_local_clock_moves_nobody (Fixture *fixture, gconstpointer data)
{
  answer (fixture, 0);

  porch_fake_clock_set_real_us (fixture->clock, NOW - 3 * G_TIME_SPAN_HOUR);

  g_assert_cmpint (porch_server_clock_get_now_us (fixture->server_clock), ==, NOW);
  g_assert_cmpint (porch_server_clock_get_offset_us (fixture->server_clock), ==,
                   3 * G_TIME_SPAN_HOUR);
}

static void
test_forgetting_lets_the_next_answer_decide (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 5; i++)
    answer (fixture, 0);
  porch_server_clock_forget (fixture->server_clock);

  answer (fixture, G_TIME_SPAN_HOUR);

  g_assert_cmpint (porch_server_clock_get_offset_us (fixture->server_clock), ==, G_TIME_SPAN_HOUR);
}

static void
test_a_mirror_takes_the_offset_over (Fixture *fixture, gconstpointer data)
{
  porch_server_clock_set_offset_us (fixture->server_clock, -G_TIME_SPAN_HOUR);

  g_assert_cmpint (porch_server_clock_get_now_us (fixture->server_clock), ==,
                   NOW - G_TIME_SPAN_HOUR);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                                            \
  g_test_add ("/presence/server-clock/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("agrees-with-the-local-clock-at-first", test_agrees_with_the_local_clock_at_first);
  ADD ("follows-a-server-hours-ahead", test_follows_a_server_hours_ahead);
  ADD ("is-the-median-of-the-last-five", test_is_the_median_of_the_last_five);
  ADD ("setting-the-local-clock-moves-nobody", test_setting_the_local_clock_moves_nobody);
  ADD ("forgetting-lets-the-next-answer-decide", test_forgetting_lets_the_next_answer_decide);
  ADD ("a-mirror-takes-the-offset-over", test_a_mirror_takes_the_offset_over);

  return g_test_run ();
}
