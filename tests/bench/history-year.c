/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A year of 500 contacts with 8 intervals a day each, in the order in which the agent writes it, a
 * day at a time. Prints the file's size in bytes, how long the query of one person's week takes
 * at p99 in microseconds, and how long pruning a day takes, for history-year.py.
 */

#include "store/porch-agent-database.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#define N_CONTACTS  500
#define N_DAYS      365
#define N_INTERVALS 8 /* a day */
#define N_QUERIES   2000

#define KEY "0123456789abcdef0123456789abcdef"

#define BEGIN_US (1700000000 * G_TIME_SPAN_SECOND)

static void
fail (const GError *error)
{
  g_printerr ("%s\n", error->message);
  exit (1);
}

static char *
new_user_id (guint i)
{
  return g_strdup_printf ("7f3c9a52-0000-4000-8000-%012u", i);
}

static void
write_contacts (PorchAgentDatabase *database)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_store_change_free);
  g_autoptr (GError) error = NULL;
  const PorchAccountRecord account = {
    .key = (char *) KEY,
    .server = (char *) "https://porch.example",
    .discovery = (char *) "{}",
    .email = (char *) "ann@porch.example",
    .client_id = (char *) "client",
  };

  PorchStoreChange *change = g_new0 (PorchStoreChange, 1);
  change->account = porch_account_record_copy (&account);
  change->account_key = g_strdup (KEY);
  g_ptr_array_add (changes, change);
  for (guint i = 0; i < N_CONTACTS; i++)
    {
      g_autofree char *user_id = new_user_id (i);
      const PorchContactRecord contact = { .user_id = user_id, .name = (char *) "Somebody" };

      change = g_new0 (PorchStoreChange, 1);
      change->contact = porch_contact_record_copy (&contact);
      change->account_key = g_strdup (KEY);
      g_ptr_array_add (changes, change);
    }
  if (!porch_agent_database_write (database, changes, NULL, &error))
    fail (error);
}

/* Everybody changes, each at some moment of these three hours. */
static void
add_round (GArray *history, guint round)
{
  gint64 step_us = G_TIME_SPAN_DAY / N_INTERVALS;

  for (guint i = 0; i < N_CONTACTS; i++)
    {
      const PorchHistoryChange change = {
        .account = g_strdup (KEY),
        .user_id = new_user_id ((i * 7 + round) % N_CONTACTS),
        .status = round % 2 == 0 ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE,
        .at_us = BEGIN_US + round * step_us + i * (step_us / N_CONTACTS) + i * 1234567 % 999983,
      };
      g_array_append_val (history, change);
    }
}

static void
write_day (PorchAgentDatabase *database, guint day)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  g_autoptr (GArray) history = g_array_new (FALSE, FALSE, sizeof (PorchHistoryChange));
  g_autoptr (GError) error = NULL;

  g_array_set_clear_func (history, (GDestroyNotify) porch_history_change_clear);
  for (guint i = 0; i < N_INTERVALS; i++)
    add_round (history, day * N_INTERVALS + i);
  if (!porch_agent_database_write (database, changes, history, &error))
    fail (error);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *) a;
  gint64 second = *(const gint64 *) b;

  return (first > second) - (first < second);
}

/* Returns: the p99 of weeks all over the year, one person each */
static gint64
query_weeks (PorchAgentDatabase *database)
{
  g_autofree gint64 *times_us = g_new (gint64, N_QUERIES);

  for (guint i = 0; i < N_QUERIES; i++)
    {
      g_autofree char *user_id = new_user_id (i * 13 % N_CONTACTS);
      gint64 since_us = BEGIN_US + (i * 31 % (N_DAYS - 7)) * G_TIME_SPAN_DAY;
      g_autoptr (GError) error = NULL;
      gint64 begin_us = g_get_monotonic_time ();
      g_autoptr (GArray) intervals = porch_agent_database_load_history (
          database, KEY, user_id, since_us, since_us + 7 * G_TIME_SPAN_DAY, &error);
      times_us[i] = g_get_monotonic_time () - begin_us;

      if (intervals == NULL)
        fail (error);
      if (intervals->len < 7 * N_INTERVALS)
        {
          g_printerr ("A week of %u intervals\n", intervals->len);
          exit (1);
        }
    }
  qsort (times_us, N_QUERIES, sizeof *times_us, compare_times);
  return times_us[N_QUERIES * 99 / 100];
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  if (argc != 2)
    {
      g_printerr ("Usage: history-year FILE\n");
      return 2;
    }

  PorchAgentDatabase *database = porch_agent_database_new (argv[1]);
  write_contacts (database);
  for (guint day = 0; day < N_DAYS; day++)
    write_day (database, day);
  porch_agent_database_free (database);
  if (g_stat (argv[1], &info) != 0)
    return 1;

  /* As after a start: nothing of it is in the database's own cache. */
  database = porch_agent_database_new (argv[1]);
  gint64 week_us = query_weeks (database);
  gint64 begin_us = g_get_monotonic_time ();
  if (!porch_agent_database_prune_history (database, KEY, BEGIN_US + G_TIME_SPAN_DAY, &error))
    fail (error);
  gint64 prune_us = g_get_monotonic_time () - begin_us;
  porch_agent_database_free (database);

  g_print ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
           (gint64) info.st_size, week_us, prune_us);
  return 0;
}
