/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-presence.h"

G_BEGIN_DECLS

/**
 * PorchHistoryKeep:
 * @PORCH_HISTORY_NOT_ASKED: nobody was asked yet, so that nothing is recorded
 * @PORCH_HISTORY_OFF: nothing is recorded
 * @PORCH_HISTORY_30_DAYS: recorded, and deleted after 30 days
 * @PORCH_HISTORY_90_DAYS: recorded, and deleted after 90 days
 * @PORCH_HISTORY_FOREVER: recorded, and kept
 *
 * For how long who was here when is kept. The values are kept in the agent's database.
 */
typedef enum
{
  PORCH_HISTORY_NOT_ASKED,
  PORCH_HISTORY_OFF,
  PORCH_HISTORY_30_DAYS,
  PORCH_HISTORY_90_DAYS,
  PORCH_HISTORY_FOREVER,
} PorchHistoryKeep;

const char *porch_history_keep_to_string (PorchHistoryKeep keep);
gboolean porch_history_keep_from_string (const char *string, PorchHistoryKeep *keep);
gboolean porch_history_keep_records (PorchHistoryKeep keep);
gint64 porch_history_keep_get_cutoff_us (PorchHistoryKeep keep, gint64 now_us);

/**
 * PorchInterval:
 * @status: what a person was
 * @start_us: from when on, server's clock, Unix microseconds
 * @end_us: until when; 0 while it lasts
 *
 * A time in which a person's status did not change. Unknown is a status like the others: nobody
 * was looking.
 */
typedef struct
{
  PorchStatus status;
  gint64 start_us;
  gint64 end_us;
} PorchInterval;

gboolean porch_history_advance (const PorchInterval *open,
                                PorchStatus status,
                                gint64 at_us,
                                PorchInterval *closed,
                                PorchInterval *next);
void porch_history_tidy (GArray *intervals);
const PorchInterval *porch_history_lookup (const GArray *intervals, gint64 when_us, gint64 now_us);
GArray *
porch_history_clip (const GArray *intervals, gint64 since_us, gint64 until_us, gint64 now_us);

G_END_DECLS
