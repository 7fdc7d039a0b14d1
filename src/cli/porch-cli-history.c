/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* porchlight history: when somebody was here, as far as this computer saw it; and for how long that
 * is kept.
 */

#define G_LOG_DOMAIN "porch-cli"

#include "cli/porch-cli.h"

#include "config.h"

#include "bus/porch-agent-history.h"
#include "cli/porch-cli-text.h"
#include "presence/porch-time-text.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#define DEFAULT_SINCE_US (7 * G_TIME_SPAN_DAY)

static void
add_time (JsonBuilder *builder, const char *member, gint64 time_us)
{
  json_builder_set_member_name (builder, member);
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  if (time_us <= 0 || seconds == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }

  g_autoptr (GDateTime) time = g_date_time_add (seconds, time_us % G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format_iso8601 (time);
  json_builder_add_string_value (builder, text);
}

static void
print_json (PorchContact *contact, const GArray *intervals)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "id");
  json_builder_add_string_value (builder, porch_contact_get_id (contact));
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, porch_contact_get_display_name (contact));
  json_builder_set_member_name (builder, "intervals");
  json_builder_begin_array (builder);
  for (guint i = 0; i < intervals->len; i++)
    {
      const PorchInterval *interval = &g_array_index (intervals, PorchInterval, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "status");
      json_builder_add_string_value (builder, porch_status_to_string (interval->status));
      add_time (builder, "start", interval->start_us);
      add_time (builder, "end", interval->end_us);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);
  g_print ("%s\n", text);
}

static const char *
get_word (PorchStatus status)
{
  switch (status)
    {
    case PORCH_STATUS_ONLINE:
      return _ ("Online");
    case PORCH_STATUS_OFFLINE:
      return _ ("Offline");
    case PORCH_STATUS_UNKNOWN:
    default:
      return _ ("Not known");
    }
}

static char *
format_moment (GDateTime *moment)
{
  /* Translators: a day, strftime format: its weekday, number and month, all short */
  g_autofree char *day = g_date_time_format (moment, _ ("%a %e %b"));
  g_autofree char *time = porch_time_of_day_format (moment);

  /* Translators: a day and a time of day */
  return g_strdup_printf (C_ ("day and time", "%s %s"), day, time);
}

/* The end's date is said where it is another than the start's. */
static char *
format_stretch (const PorchInterval *interval, gboolean lasts)
{
  g_autoptr (GDateTime) start = g_date_time_new_from_unix_local (interval->start_us
                                                                 / G_USEC_PER_SEC);
  g_autoptr (GDateTime) end = g_date_time_new_from_unix_local (interval->end_us / G_USEC_PER_SEC);
  gboolean same_day = g_date_time_get_year (start) == g_date_time_get_year (end)
                      && g_date_time_get_day_of_year (start) == g_date_time_get_day_of_year (end);
  g_autofree char *from = format_moment (start);
  g_autofree char *until = same_day ? porch_time_of_day_format (end) : format_moment (end);

  /* Translators: a stretch of time: its two ends */
  return g_strdup_printf (C_ ("stretch of time", "%s – %s"), from,
                          /* Translators: the end of a stretch of time that still lasts */
                          lasts ? C_ ("stretch of time", "now") : until);
}

static void
print_column (const char *text, guint columns)
{
  guint width = porch_cli_count_columns (text);

  g_print ("%s%*s  ", text, (int) (columns > width ? columns - width : 0), "");
}

/* intervals: without a gap, each with an end */
static void
print_lines (const GArray *intervals)
{
  g_autoptr (GPtrArray) stretches = g_ptr_array_new_with_free_func (g_free);
  guint stretch_columns = 0, word_columns = 0;

  for (guint i = 0; i < intervals->len; i++)
    {
      const PorchInterval *interval = &g_array_index (intervals, PorchInterval, i);
      char *stretch = format_stretch (interval, i + 1 == intervals->len);

      g_ptr_array_add (stretches, stretch);
      stretch_columns = MAX (stretch_columns, porch_cli_count_columns (stretch));
      word_columns = MAX (word_columns, porch_cli_count_columns (get_word (interval->status)));
    }

  for (guint i = 0; i < intervals->len; i++)
    {
      const PorchInterval *interval = &g_array_index (intervals, PorchInterval, i);
      g_autofree char *length = porch_cli_format_length (interval->end_us - interval->start_us);

      print_column (g_ptr_array_index (stretches, i), stretch_columns);
      print_column (get_word (interval->status), word_columns);
      g_print ("%s\n", length);
    }
}

/* Returns: (transfer full): what is recorded since @since_us; where not all comes in one answer,
 * the rest is asked for */
static GArray *
load (PorchAgentProxy *agent, PorchContact *contact, gint64 since_us, GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (PorchInterval));
  for (guint n_known = G_MAXUINT; n_known != all->len;)
    {
      g_autoptr (GAsyncResult) result = NULL;
      porch_agent_proxy_load_history_async (agent, porch_contact_get_id (contact), since_us, 0,
                                            NULL, porch_cli_take_result, &result);
      g_autoptr (GArray) part = porch_agent_proxy_load_history_finish (
          agent, porch_cli_wait (&result), error);
      if (part == NULL)
        return NULL;

      n_known = all->len;
      for (guint i = 0; i < part->len; i++)
        {
          const PorchInterval *interval = &g_array_index (part, PorchInterval, i);

          /* A later answer begins with the one that the answer before ended with. */
          if (all->len == 0 || interval->start_us > since_us)
            g_array_append_val (all, *interval);
        }
      if (all->len > 0)
        since_us = g_array_index (all, PorchInterval, all->len - 1).start_us;
    }
  porch_history_tidy (all);
  return g_steal_pointer (&all);
}

static PorchCliExit
show (PorchAgentProxy *agent, const char *who, gint64 since_us, gboolean json)
{
  g_autoptr (GError) error = NULL;
  PorchContact *contact = porch_cli_find_person (agent, who);
  if (contact == NULL)
    return PORCH_CLI_NOBODY;

  g_autoptr (GArray) recorded = load (agent, contact, since_us, &error);
  if (recorded == NULL)
    return porch_cli_report (error);

  if (json)
    {
      print_json (contact, recorded);
      return PORCH_CLI_OK;
    }

  if (recorded->len > 0)
    {
      PorchServerClock *clock = porch_agent_proxy_get_server_clock (agent);
      const PorchInterval *last = &g_array_index (recorded, PorchInterval, recorded->len - 1);

      /* The agent's clock may be ahead of what it has told of it, by less than a second. */
      gint64 now_us = MAX (porch_server_clock_get_now_us (clock), last->start_us + 1);
      /* Before the first that is recorded nobody looked, which is not worth a line. */
      since_us = MAX (since_us, g_array_index (recorded, PorchInterval, 0).start_us);
      g_autoptr (GArray) intervals = porch_history_clip (recorded, since_us, now_us, now_us);
      print_lines (intervals);
    }
  if (!porch_history_keep_records (porch_agent_proxy_get_history_keep (agent)))
    g_printerr ("%s\n", _ ("porchlight: No history is kept. To keep one: porchlight history "
                           "--keep 30-days"));
  return PORCH_CLI_OK;
}

static PorchCliExit
set_keep (PorchAgentProxy *agent, PorchHistoryKeep keep)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_set_history_keep_async (agent, keep, NULL, porch_cli_take_result, &result);
  return porch_agent_proxy_call_finish (agent, porch_cli_wait (&result), &error)
             ? PORCH_CLI_OK
             : porch_cli_report (error);
}

static PorchCliExit
delete_all (PorchAgentProxy *agent)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  porch_agent_proxy_delete_history_async (agent, NULL, porch_cli_take_result, &result);
  return porch_agent_proxy_call_finish (agent, porch_cli_wait (&result), &error)
             ? PORCH_CLI_OK
             : porch_cli_report (error);
}

/**
 * porch_cli_history:
 * @argc: how many arguments
 * @argv: the arguments
 *
 * porchlight history [--json] [--since WHEN] WHO, or with --keep PERIOD or --delete instead
 *
 * Returns: what to exit with
 */
PorchCliExit
porch_cli_history (int argc, char **argv)
{
  gboolean json = FALSE, is_delete = FALSE;
  g_autofree char *since = NULL;
  g_autofree char *keep_text = NULL;
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"), NULL },
    { "since", 's', 0, G_OPTION_ARG_STRING, &since,
      N_ ("From when on: 2d, 2026-11-01, or a time as in RFC 3339; seven days otherwise"),
      N_ ("WHEN") },
    { "keep", 'k', 0, G_OPTION_ARG_STRING, &keep_text,
      N_ ("Keep a history for so long: off, 30-days, 90-days, forever"), N_ ("PERIOD") },
    { "delete", 0, 0, G_OPTION_ARG_NONE, &is_delete, N_ ("Delete the history of everybody"), NULL },
    { NULL },
  };
  if (!porch_cli_parse (&argc, &argv, entries, "WHO", 0, 1))
    return PORCH_CLI_USAGE;

  PorchHistoryKeep keep = PORCH_HISTORY_NOT_ASKED;
  gint64 now_us = g_get_real_time ();
  gint64 since_us = now_us - DEFAULT_SINCE_US;
  /* One of the three, and what it needs. */
  if ((argc > 1) + (keep_text != NULL) + is_delete != 1
      || (keep_text != NULL
          && (!porch_history_keep_from_string (keep_text, &keep)
              || keep == PORCH_HISTORY_NOT_ASKED))
      || (since != NULL && !porch_cli_parse_when (since, now_us, &since_us)))
    {
      g_printerr ("%s\n", _ ("Usage: porchlight history [--json] [--since WHEN] WHO\n"
                             "       porchlight history --keep off|30-days|90-days|forever\n"
                             "       porchlight history --delete"));
      return PORCH_CLI_USAGE;
    }

  g_autoptr (PorchAgentProxy) agent = NULL;
  PorchCliExit code = porch_cli_connect (FALSE, TRUE, &agent);
  if (agent == NULL)
    return code;
  if (keep_text != NULL)
    return set_keep (agent, keep);
  return is_delete ? delete_all (agent) : show (agent, argv[1], since_us, json);
}
