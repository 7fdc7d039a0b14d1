/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* From changes to intervals, and what intervals say of a moment and of a stretch of time.
 */

#include "presence/porch-history.h"

#define HOUR G_TIME_SPAN_HOUR
#define NOW  (1700000000 * G_TIME_SPAN_SECOND)

static GArray *
make (guint n, const PorchInterval *intervals)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (PorchInterval));

  g_array_append_vals (array, intervals, n);
  return array;
}

static void
assert_interval (const GArray *intervals, guint i, PorchStatus status, gint64 start, gint64 end)
{
  g_assert_cmpuint (i, <, intervals->len);
  const PorchInterval *interval = &g_array_index (intervals, PorchInterval, i);
  g_assert_cmpint (interval->status, ==, status);
  g_assert_cmpint (interval->start_us, ==, start);
  g_assert_cmpint (interval->end_us, ==, end);
}

static void
test_keep_words (void)
{
  for (PorchHistoryKeep keep = PORCH_HISTORY_NOT_ASKED; keep <= PORCH_HISTORY_FOREVER; keep++)
    {
      PorchHistoryKeep read;
      g_assert_true (porch_history_keep_from_string (porch_history_keep_to_string (keep), &read));
      g_assert_cmpint (read, ==, keep);
    }

  PorchHistoryKeep unset;
  g_assert_false (porch_history_keep_from_string ("30", &unset));
  g_assert_false (porch_history_keep_records (PORCH_HISTORY_NOT_ASKED));
  g_assert_false (porch_history_keep_records (PORCH_HISTORY_OFF));
  g_assert_true (porch_history_keep_records (PORCH_HISTORY_30_DAYS));
  g_assert_true (porch_history_keep_records (PORCH_HISTORY_FOREVER));
}

static void
test_keep_cutoff (void)
{
  g_assert_cmpint (porch_history_keep_get_cutoff_us (PORCH_HISTORY_30_DAYS, NOW), ==,
                   NOW - 30 * G_TIME_SPAN_DAY);
  g_assert_cmpint (porch_history_keep_get_cutoff_us (PORCH_HISTORY_90_DAYS, NOW), ==,
                   NOW - 90 * G_TIME_SPAN_DAY);
  g_assert_cmpint (porch_history_keep_get_cutoff_us (PORCH_HISTORY_FOREVER, NOW), ==, 0);
  g_assert_cmpint (porch_history_keep_get_cutoff_us (PORCH_HISTORY_OFF, NOW), ==, 0);
}

static void
test_first_change_opens (void)
{
  PorchInterval closed, next;

  g_assert_true (porch_history_advance (NULL, PORCH_STATUS_ONLINE, NOW, &closed, &next));
  g_assert_cmpint (next.status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (next.start_us, ==, NOW);
  g_assert_cmpint (next.end_us, ==, 0);
}

static void
test_same_status_goes_on (void)
{
  const PorchInterval open = { PORCH_STATUS_ONLINE, NOW, 0 };
  PorchInterval closed, next;

  g_assert_false (porch_history_advance (&open, PORCH_STATUS_ONLINE, NOW + HOUR, &closed, &next));
}

static void
test_change_closes_and_opens (void)
{
  const PorchInterval open = { PORCH_STATUS_ONLINE, NOW, 0 };
  PorchInterval closed, next;

  g_assert_true (porch_history_advance (&open, PORCH_STATUS_OFFLINE, NOW + HOUR, &closed, &next));
  g_assert_cmpint (closed.status, ==, PORCH_STATUS_ONLINE);
  g_assert_cmpint (closed.start_us, ==, NOW);
  g_assert_cmpint (closed.end_us, ==, NOW + HOUR);
  g_assert_cmpint (next.status, ==, PORCH_STATUS_OFFLINE);
  g_assert_cmpint (next.start_us, ==, NOW + HOUR);
}

static void
test_changes_at_once_keep_their_order (void)
{
  /* given two changes within one millisecond, or a measured clock that stepped back a little */
  static const gint64 steps[] = { 0, G_TIME_SPAN_MILLISECOND / 2, -20 * G_TIME_SPAN_SECOND };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      const PorchInterval open = { PORCH_STATUS_ONLINE, NOW, 0 };
      PorchInterval closed, next;

      /* then the second comes a millisecond later, and both are intervals */
      g_assert_true (
          porch_history_advance (&open, PORCH_STATUS_OFFLINE, NOW + steps[i], &closed, &next));
      g_assert_cmpint (closed.end_us, ==, NOW + G_TIME_SPAN_MILLISECOND);
      g_assert_cmpint (next.start_us, ==, NOW + G_TIME_SPAN_MILLISECOND);
    }
}

static void
test_clock_set_back (void)
{
  /* given what was recorded by a clock that was three hours ahead */
  const PorchInterval open = { PORCH_STATUS_ONLINE, NOW + 3 * HOUR, 0 };
  PorchInterval closed, next;

  /* then it is forgotten, and the change is when it was */
  g_assert_true (porch_history_advance (&open, PORCH_STATUS_OFFLINE, NOW, &closed, &next));
  g_assert_cmpint (closed.end_us, ==, closed.start_us);
  g_assert_cmpint (next.start_us, ==, NOW);
}

static void
test_tidy_orders_and_cuts (void)
{
  g_autoptr (GArray) intervals = make (3, (const PorchInterval[]){
                                              { PORCH_STATUS_OFFLINE, 300, 0 },
                                              { PORCH_STATUS_ONLINE, 100, 250 },
                                              { PORCH_STATUS_UNKNOWN, 200, 0 },
                                          });

  porch_history_tidy (intervals);
  assert_interval (intervals, 0, PORCH_STATUS_ONLINE, 100, 200);
  assert_interval (intervals, 1, PORCH_STATUS_UNKNOWN, 200, 300);
  assert_interval (intervals, 2, PORCH_STATUS_OFFLINE, 300, 0);
}

static void
test_lookup (void)
{
  g_autoptr (GArray) intervals = make (3, (const PorchInterval[]){
                                              { PORCH_STATUS_ONLINE, 100, 200 },
                                              { PORCH_STATUS_OFFLINE, 300, 400 },
                                              { PORCH_STATUS_ONLINE, 400, 0 },
                                          });
  static const struct
  {
    gint64 when_us;
    int status; /* -1 for nobody knows */
  } cases[] = {
    { 99, -1 },
    { 100, PORCH_STATUS_ONLINE },
    { 199, PORCH_STATUS_ONLINE },
    { 200, -1 },
    { 250, -1 },
    { 300, PORCH_STATUS_OFFLINE },
    { 400, PORCH_STATUS_ONLINE },
    { 500, PORCH_STATUS_ONLINE }, /* now */
    { 501, -1 },                  /* the future */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PorchInterval *found = porch_history_lookup (intervals, cases[i].when_us, 500);
      g_assert_cmpint (found != NULL ? (int) found->status : -1, ==, cases[i].status);
    }
}

static void
test_clip_fills_gaps (void)
{
  g_autoptr (GArray) intervals = make (3, (const PorchInterval[]){
                                              { PORCH_STATUS_ONLINE, 100, 200 },
                                              { PORCH_STATUS_OFFLINE, 300, 400 },
                                              { PORCH_STATUS_ONLINE, 500, 0 },
                                          });

  g_autoptr (GArray) clipped = porch_history_clip (intervals, 150, 1000, 600);
  g_assert_cmpuint (clipped->len, ==, 5);
  assert_interval (clipped, 0, PORCH_STATUS_ONLINE, 150, 200);
  assert_interval (clipped, 1, PORCH_STATUS_UNKNOWN, 200, 300);
  assert_interval (clipped, 2, PORCH_STATUS_OFFLINE, 300, 400);
  assert_interval (clipped, 3, PORCH_STATUS_UNKNOWN, 400, 500);
  assert_interval (clipped, 4, PORCH_STATUS_ONLINE, 500, 600);
}

static void
test_clip_joins (void)
{
  /* given an unknown interval between two stretches that are not recorded */
  g_autoptr (GArray) intervals = make (1, (const PorchInterval[]){
                                              { PORCH_STATUS_UNKNOWN, 100, 200 },
                                          });

  g_autoptr (GArray) clipped = porch_history_clip (intervals, 0, 300, 1000);
  g_assert_cmpuint (clipped->len, ==, 1);
  assert_interval (clipped, 0, PORCH_STATUS_UNKNOWN, 0, 300);
}

static void
test_clip_of_the_future_is_empty (void)
{
  g_autoptr (GArray) intervals = make (1, (const PorchInterval[]){
                                              { PORCH_STATUS_ONLINE, 100, 0 },
                                          });

  g_autoptr (GArray) clipped = porch_history_clip (intervals, 500, 900, 400);
  g_assert_cmpuint (clipped->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/presence/history/keep-words", test_keep_words);
  g_test_add_func ("/presence/history/keep-cutoff", test_keep_cutoff);
  g_test_add_func ("/presence/history/first-change-opens", test_first_change_opens);
  g_test_add_func ("/presence/history/same-status-goes-on", test_same_status_goes_on);
  g_test_add_func ("/presence/history/change-closes-and-opens", test_change_closes_and_opens);
  g_test_add_func ("/presence/history/changes-at-once-keep-their-order",
                   test_changes_at_once_keep_their_order);
  g_test_add_func ("/presence/history/clock-set-back", test_clock_set_back);
  g_test_add_func ("/presence/history/tidy-orders-and-cuts", test_tidy_orders_and_cuts);
  g_test_add_func ("/presence/history/lookup", test_lookup);
  g_test_add_func ("/presence/history/clip-fills-gaps", test_clip_fills_gaps);
  g_test_add_func ("/presence/history/clip-joins", test_clip_joins);
  g_test_add_func ("/presence/history/clip-of-the-future-is-empty",
                   test_clip_of_the_future_is_empty);

  return g_test_run ();
}
