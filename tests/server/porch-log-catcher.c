/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Catches warnings in a test that provokes them: g_test_expect_message() does not see structured
 * ones. Everything else is logged as ever, and a critical still ends the test.
 */

#include "porch-log-catcher.h"

static GMutex mutex;
static GString *caught; /* under the mutex */

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  if (level != G_LOG_LEVEL_WARNING)
    return g_log_writer_default (level, fields, n_fields, NULL);

  g_mutex_lock (&mutex);
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      g_string_append_printf (caught, "%s%s", caught->len > 0 ? "\n" : "",
                              (const char *) fields[i].value);
  g_mutex_unlock (&mutex);

  return G_LOG_WRITER_HANDLED;
}

/**
 * porch_log_catcher_install:
 *
 * Catches warnings from now on, of every thread. Once a process.
 */
void
porch_log_catcher_install (void)
{
  caught = g_string_new (NULL);
  g_log_set_writer_func (write_log, NULL, NULL);
}

/**
 * porch_log_catcher_take:
 *
 * Returns: (transfer full): what was caught since the last call, a line a warning
 */
char *
porch_log_catcher_take (void)
{
  char *warnings;

  g_mutex_lock (&mutex);
  warnings = g_strdup (caught->str);
  g_string_truncate (caught, 0);
  g_mutex_unlock (&mutex);

  return warnings;
}
