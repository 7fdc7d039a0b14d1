/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Where porchlightd's messages go: to the journal with their fields, where standard error is one,
 * else to standard error as a line of text or as an object of JSON a line. Standard output is for
 * what was asked for. Set up once by main; what is written, and that no secret is, is everybody's
 * own business.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol/porch-json.h"
#include "protocol/porch-timestamp.h"

/* A field of a program's own: PORCH_METHOD is written as "method". */
#define OWN_PREFIX "PORCH_"

static PorchLogFormat log_format;
static GLogLevelFlags log_level;
static gboolean is_journal;

static const char *
get_level_name (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return "error";
  if (level & G_LOG_LEVEL_WARNING)
    return "warning";
  if (level & G_LOG_LEVEL_MESSAGE)
    return "message";

  return level & G_LOG_LEVEL_INFO ? "info" : "debug";
}

static const char *
find_field (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (fields[i].length < 0 && g_str_equal (fields[i].key, key))
      return fields[i].value;

  return NULL;
}

/**
 * porch_log_format_json:
 * @level: how bad it is
 * @fields: (array length=n_fields): what was logged
 * @n_fields: how many fields
 *
 * Returns: (transfer full): an object with time, level, message and what the program added, in one
 *   line without its end
 */
char *
porch_log_format_json (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  GString *json = g_string_new ("{");
  g_autofree char *time = porch_timestamp_format (g_get_real_time ());

  porch_json_append_string_member (json, "time", time);
  porch_json_append_string_member (json, "level", get_level_name (level));
  porch_json_append_string_member (json, "domain", find_field (fields, n_fields, "GLIB_DOMAIN"));
  porch_json_append_string_member (json, "message", find_field (fields, n_fields, "MESSAGE"));
  for (gsize i = 0; i < n_fields; i++)
    if (fields[i].length < 0 && g_str_has_prefix (fields[i].key, OWN_PREFIX))
      {
        g_autofree char *name = g_ascii_strdown (fields[i].key + strlen (OWN_PREFIX), -1);

        porch_json_append_string_member (json, name, fields[i].value);
      }
  g_string_append_c (json, '}');

  return g_string_free (json, FALSE);
}

/* What libraries have to say below a warning is of no use to an administrator. */
static gboolean
is_wanted (GLogLevelFlags level, const char *domain)
{
  GLogLevelFlags least = domain != NULL && g_str_has_prefix (domain, "porch-")
                             ? log_level
                             : G_LOG_LEVEL_WARNING;

  /* GLib's levels grow as they matter less. */
  return (level & G_LOG_LEVEL_MASK) <= least;
}

static GLogWriterOutput
write_message (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  g_autofree char *line = NULL;

  if (!is_wanted (level, find_field (fields, n_fields, "GLIB_DOMAIN")))
    return G_LOG_WRITER_HANDLED;

  if (log_format == PORCH_LOG_FORMAT_JSON)
    {
      line = porch_log_format_json (level, fields, n_fields);
      fprintf (stderr, "%s\n", line);
      fflush (stderr);
      return G_LOG_WRITER_HANDLED;
    }

  if (is_journal
      && g_log_writer_journald (level, fields, n_fields, user_data) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;

  return g_log_writer_standard_streams (level, fields, n_fields, user_data);
}

/**
 * porch_log_set_up:
 * @format: how messages are written
 * @level: the least that is
 *
 * Decides where messages go. Once, before anything is logged.
 */
void
porch_log_set_up (PorchLogFormat format, GLogLevelFlags level)
{
  log_format = format;
  log_level = level;
  is_journal = g_log_writer_is_journald (fileno (stderr));
  g_log_writer_default_set_use_stderr (TRUE);
  g_log_set_writer_func (write_message, NULL, NULL);
}
