/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What PostgreSQL answers, as GLib has it: values of a row, and errors by their SQLSTATE. */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-postgres-result.h"

#include "server/porch-store.h"

/**
 * porch_postgres_get_text:
 * @result: a result
 * @row: a row that it has
 * @column: a column that it has
 *
 * Returns: (transfer full) (nullable): the text, %NULL for NULL
 */
char *
porch_postgres_get_text (const PGresult *result, int row, int column)
{
  return PQgetisnull (result, row, column) ? NULL : g_strdup (PQgetvalue (result, row, column));
}

/**
 * porch_postgres_get_number:
 * @result: a result
 * @row: a row that it has
 * @column: a column that it has, of an integer type
 *
 * Returns: the number, 0 for NULL
 */
gint64
porch_postgres_get_number (const PGresult *result, int row, int column)
{
  return g_ascii_strtoll (PQgetvalue (result, row, column), NULL, 10);
}

/**
 * porch_postgres_get_boolean:
 * @result: a result
 * @row: a row that it has
 * @column: a column that it has, of the type boolean
 *
 * Returns: whether it is true; %FALSE for NULL
 */
gboolean
porch_postgres_get_boolean (const PGresult *result, int row, int column)
{
  return *PQgetvalue (result, row, column) == 't';
}

/**
 * porch_postgres_get_bytes:
 * @result: a result
 * @row: a row that it has
 * @column: a column that it has, of the type bytea
 *
 * Returns: (transfer full): the bytes
 */
GBytes *
porch_postgres_get_bytes (const PGresult *result, int row, int column)
{
  size_t length;
  guchar *bytes = PQunescapeBytea ((guchar *) PQgetvalue (result, row, column), &length);

  return g_bytes_new_with_free_func (bytes, length, PQfreemem, bytes);
}

/**
 * porch_postgres_set_error:
 * @result: a result that is a failure
 * @error: a place for an error of %PORCH_STORE_ERROR
 *
 * Tells by its SQLSTATE what a failure means (PostgreSQL's manual, appendix A).
 */
void
porch_postgres_set_error (const PGresult *result, GError **error)
{
  const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  const char *message = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);

  if (state == NULL)
    state = "";

  if (g_str_equal (state, "23505"))
    g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_EXISTS,
                         "There is a user with this email address");
  else if (g_str_equal (state, "23503"))
    g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                         "There is no such user");
  else if (g_str_equal (state, "53100"))
    g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FULL,
                         "The disk that holds the database is full");
  else if (g_str_has_prefix (state, "XX"))
    g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_DAMAGED, "The database is damaged: %s",
                 message != NULL ? message : state);
  else if (g_str_has_prefix (state, "08") || g_str_has_prefix (state, "57P")
           || g_str_has_prefix (state, "53") || g_str_equal (state, "25006") || *state == '\0')
    g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE,
                 "The database cannot be used now: %s", message != NULL ? message : state);
  else
    g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FAILED, "The database fails: %s",
                 message != NULL ? message : state);
}
