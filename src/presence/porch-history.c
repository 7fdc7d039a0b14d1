/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Who was here when, as values: how a change of status ends one interval and begins the next, and
 * what a row of intervals says of a moment or of a stretch of time. Pure functions, owned by
 * nobody; what is recorded, and where, is the agent's.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "presence/porch-history.h"

/* The server's clock is a measured one, which may step back by as much; and changes that come
 * within one millisecond are told apart by moving each on by one. A greater step back is another
 * time, and what was recorded in the wrong one gives way. */
#define STEP_BACK_US (G_TIME_SPAN_MINUTE)

/* What the database can tell apart. */
#define TICK_US G_TIME_SPAN_MILLISECOND

static const char *const keep_words[] = {
  [PORCH_HISTORY_NOT_ASKED] = "not-asked", [PORCH_HISTORY_OFF] = "off",
  [PORCH_HISTORY_30_DAYS] = "30-days",     [PORCH_HISTORY_90_DAYS] = "90-days",
  [PORCH_HISTORY_FOREVER] = "forever",
};

/**
 * porch_history_keep_to_string:
 * @keep: for how long
 *
 * Returns: "not-asked", "off", "30-days", "90-days" or "forever"
 */
const char *
porch_history_keep_to_string (PorchHistoryKeep keep)
{
  g_return_val_if_fail ((guint) keep < G_N_ELEMENTS (keep_words), NULL);

  return keep_words[keep];
}

/**
 * porch_history_keep_from_string:
 * @string: what porch_history_keep_to_string() gives
 * @keep: (out): for how long
 *
 * Returns: whether there is such a choice
 */
gboolean
porch_history_keep_from_string (const char *string, PorchHistoryKeep *keep)
{
  g_return_val_if_fail (string != NULL && keep != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (keep_words); i++)
    if (g_str_equal (string, keep_words[i]))
      {
        *keep = (PorchHistoryKeep) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * porch_history_keep_records:
 * @keep: for how long
 *
 * Returns: whether anything is recorded at all
 */
gboolean
porch_history_keep_records (PorchHistoryKeep keep)
{
  return keep >= PORCH_HISTORY_30_DAYS;
}

/**
 * porch_history_keep_get_cutoff_us:
 * @keep: for how long
 * @now_us: the server's clock
 *
 * Returns: what ended before this is deleted; 0 where nothing is
 */
gint64
porch_history_keep_get_cutoff_us (PorchHistoryKeep keep, gint64 now_us)
{
  switch (keep)
    {
    case PORCH_HISTORY_30_DAYS:
      return MAX (now_us - 30 * G_TIME_SPAN_DAY, 0);
    case PORCH_HISTORY_90_DAYS:
      return MAX (now_us - 90 * G_TIME_SPAN_DAY, 0);
    case PORCH_HISTORY_NOT_ASKED:
    case PORCH_HISTORY_OFF:
    case PORCH_HISTORY_FOREVER:
    default:
      return 0;
    }
}

/**
 * porch_history_advance:
 * @open: (nullable): what was so until now, its end 0
 * @status: what a person is from now on
 * @at_us: now, server's clock
 * @closed: (out): @open with its end; equal to its start where it is better forgotten
 * @next: (out): what is so from now on, its end 0
 *
 * Returns: whether there was a change; where there was none, nothing is set and @open goes on
 */
gboolean
porch_history_advance (const PorchInterval *open,
                       PorchStatus status,
                       gint64 at_us,
                       PorchInterval *closed,
                       PorchInterval *next)
{
  g_return_val_if_fail (closed != NULL && next != NULL, FALSE);

  if (open != NULL && open->status == status)
    return FALSE;

  *closed = open != NULL ? *open : (PorchInterval){ .end_us = 0 };
  if (open != NULL)
    {
      if (at_us < open->start_us + TICK_US && at_us > open->start_us - STEP_BACK_US)
        at_us = open->start_us + TICK_US;
      closed->end_us = MAX (at_us, open->start_us);
    }

  *next = (PorchInterval){ .status = status, .start_us = at_us };
  return TRUE;
}

static int
compare_starts (gconstpointer a, gconstpointer b)
{
  const PorchInterval *first = a;
  const PorchInterval *second = b;

  return (first->start_us > second->start_us) - (first->start_us < second->start_us);
}

static gint64
get_end_us (const PorchInterval *interval, gint64 now_us)
{
  return interval->end_us != 0 ? interval->end_us : MAX (now_us, interval->start_us);
}

/**
 * porch_history_tidy:
 * @intervals: (element-type PorchInterval): intervals of one person
 *
 * Puts them in order of their starts, and ends each where the next begins: after a clock that was
 * set back, what was recorded later is right.
 */
void
porch_history_tidy (GArray *intervals)
{
  g_return_if_fail (intervals != NULL);

  g_array_sort (intervals, compare_starts);
  for (guint i = 0; i + 1 < intervals->len; i++)
    {
      PorchInterval *interval = &g_array_index (intervals, PorchInterval, i);
      gint64 next_us = g_array_index (intervals, PorchInterval, i + 1).start_us;

      if (interval->end_us == 0 || interval->end_us > next_us)
        interval->end_us = next_us;
    }
}

/**
 * porch_history_lookup:
 * @intervals: (element-type PorchInterval): a person's intervals, tidy
 * @when_us: a moment, server's clock
 * @now_us: the server's clock
 *
 * Returns: (transfer none) (nullable): the interval that holds the moment; %NULL where none does,
 *   which is as good as unknown
 */
const PorchInterval *
porch_history_lookup (const GArray *intervals, gint64 when_us, gint64 now_us)
{
  g_return_val_if_fail (intervals != NULL, NULL);

  for (guint i = intervals->len; i > 0; i--)
    {
      const PorchInterval *interval = &g_array_index (intervals, PorchInterval, i - 1);

      if (interval->start_us <= when_us)
        /* What lasts holds this very moment too. */
        return when_us < get_end_us (interval, now_us + 1) ? interval : NULL;
    }
  return NULL;
}

static void
append (GArray *clipped, PorchStatus status, gint64 start_us, gint64 end_us)
{
  PorchInterval *last = clipped->len > 0 ? &g_array_index (clipped, PorchInterval, clipped->len - 1)
                                         : NULL;

  if (start_us >= end_us)
    return;
  if (last != NULL && last->status == status)
    {
      last->end_us = end_us;
      return;
    }

  const PorchInterval interval = { status, start_us, end_us };
  g_array_append_val (clipped, interval);
}

/**
 * porch_history_clip:
 * @intervals: (element-type PorchInterval): a person's intervals, tidy
 * @since_us: a moment, server's clock
 * @until_us: another, not before it
 * @now_us: the server's clock; nothing is known of what comes later
 *
 * Returns: (transfer full) (element-type PorchInterval): what was so from @since_us until @until_us
 *   or now, without a gap: where nothing is recorded it is unknown
 */
GArray *
porch_history_clip (const GArray *intervals, gint64 since_us, gint64 until_us, gint64 now_us)
{
  g_return_val_if_fail (intervals != NULL, NULL);

  GArray *clipped = g_array_new (FALSE, FALSE, sizeof (PorchInterval));
  gint64 at_us = since_us;
  until_us = MIN (until_us, now_us);

  for (guint i = 0; i < intervals->len; i++)
    {
      const PorchInterval *interval = &g_array_index (intervals, PorchInterval, i);
      gint64 start_us = CLAMP (interval->start_us, at_us, MAX (until_us, at_us));
      gint64 end_us = MIN (get_end_us (interval, now_us), until_us);

      if (end_us <= start_us)
        continue;
      append (clipped, PORCH_STATUS_UNKNOWN, at_us, start_us);
      append (clipped, interval->status, start_us, end_us);
      at_us = end_us;
    }
  append (clipped, PORCH_STATUS_UNKNOWN, at_us, until_us);
  return clipped;
}
