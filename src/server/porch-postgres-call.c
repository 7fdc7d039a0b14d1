/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What goes to PostgreSQL in one piece: statements with their parameters, which are committed
 * together or not at all. Made by who asks, sent by PorchPostgresConnection. It knows nothing of
 * what the statements mean.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-postgres-call.h"

#include <string.h>

#include "server/porch-refresh-token.h"

#define STATEMENT_NAME_FORMAT "porch_%u"
#define STATEMENT_NAME_SIZE   16

typedef enum
{
  STEP_EXECUTE, /* a prepared statement */
  STEP_PREPARE,
  STEP_SQL,
} StepKind;

typedef struct
{
  StepKind kind;
  guint statement;
  char *sql;
  GPtrArray *params; /* text, NULL for NULL */
} Step;

struct _PorchPostgresCall
{
  GPtrArray *steps;
};

static void
step_free (Step *step)
{
  g_free (step->sql);
  g_clear_pointer (&step->params, g_ptr_array_unref);
  g_free (step);
}

/**
 * porch_postgres_call_new:
 *
 * Returns: (transfer full): an empty call
 */
PorchPostgresCall *
porch_postgres_call_new (void)
{
  PorchPostgresCall *self = g_new0 (PorchPostgresCall, 1);

  self->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) step_free);

  return self;
}

/**
 * porch_postgres_call_free:
 * @self: (nullable): a call
 */
void
porch_postgres_call_free (PorchPostgresCall *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->steps);
  g_free (self);
}

static Step *
add_step (PorchPostgresCall *self, StepKind kind)
{
  Step *step = g_new0 (Step, 1);

  step->kind = kind;
  g_ptr_array_add (self->steps, step);

  return step;
}

static char *
format_bytea (const guint8 *bytes, gsize length)
{
  static const char digits[] = "0123456789abcdef";
  char *text = g_malloc (2 * length + 3);

  text[0] = '\\';
  text[1] = 'x';
  for (gsize i = 0; i < length; i++)
    {
      text[2 + 2 * i] = digits[bytes[i] >> 4];
      text[3 + 2 * i] = digits[bytes[i] & 0xf];
    }
  text[2 + 2 * length] = '\0';

  return text;
}

/**
 * porch_postgres_call_add:
 * @self: a call
 * @statement: which of the connection's prepared statements
 * @types: a letter for each parameter: s a string or %NULL, i a #gint64, o a #gboolean, h the hash
 *   of a refresh token, b a #GBytes
 * @...: the parameters, which are copied
 *
 * Adds a statement to run.
 */
void
porch_postgres_call_add (PorchPostgresCall *self, guint statement, const char *types, ...)
{
  Step *step = add_step (self, STEP_EXECUTE);
  va_list args;

  step->statement = statement;
  step->params = g_ptr_array_new_full (strlen (types), g_free);

  va_start (args, types);
  for (const char *type = types; *type != '\0'; type++)
    {
      char *text;

      if (*type == 's')
        text = g_strdup (va_arg (args, const char *));
      else if (*type == 'i')
        text = g_strdup_printf ("%" G_GINT64_FORMAT, va_arg (args, gint64));
      else if (*type == 'o')
        text = g_strdup (va_arg (args, gboolean) ? "t" : "f");
      else if (*type == 'h')
        text = format_bytea (va_arg (args, const guint8 *), PORCH_REFRESH_TOKEN_HASH_BYTES);
      else
        {
          gsize length;
          gconstpointer data = g_bytes_get_data (va_arg (args, GBytes *), &length);

          text = format_bytea (data, length);
        }
      g_ptr_array_add (step->params, text);
    }
  va_end (args);
}

/**
 * porch_postgres_call_add_sql:
 * @self: a call
 * @sql: one statement without parameters, such as LISTEN
 */
void
porch_postgres_call_add_sql (PorchPostgresCall *self, const char *sql)
{
  add_step (self, STEP_SQL)->sql = g_strdup (sql);
}

/**
 * porch_postgres_call_add_preparation:
 * @self: a call
 * @statement: by which number it will be run
 * @sql: the statement
 */
void
porch_postgres_call_add_preparation (PorchPostgresCall *self, guint statement, const char *sql)
{
  Step *step = add_step (self, STEP_PREPARE);

  step->statement = statement;
  step->sql = g_strdup (sql);
}

static gboolean
send_step (const Step *step, PGconn *connection)
{
  char name[STATEMENT_NAME_SIZE];

  if (step->kind == STEP_SQL)
    return PQsendQueryParams (connection, step->sql, 0, NULL, NULL, NULL, NULL, 0);

  g_snprintf (name, sizeof name, STATEMENT_NAME_FORMAT, step->statement);
  if (step->kind == STEP_PREPARE)
    return PQsendPrepare (connection, name, step->sql, 0, NULL);

  return PQsendQueryPrepared (connection, name, (int) step->params->len,
                              (const char *const *) step->params->pdata, NULL, NULL, 0);
}

/**
 * porch_postgres_call_send:
 * @self: a call
 * @connection: in pipeline mode
 *
 * Hands the call to libpq, which sends what the socket takes.
 *
 * Returns: %FALSE where the connection is lost
 */
gboolean
porch_postgres_call_send (PorchPostgresCall *self, PGconn *connection)
{
  for (guint i = 0; i < self->steps->len; i++)
    if (!send_step (g_ptr_array_index (self->steps, i), connection))
      return FALSE;

  return PQpipelineSync (connection);
}

/**
 * porch_postgres_array_append:
 * @array: the text of an array so far: at first ""
 * @value: what to append
 *
 * Builds a parameter such as {"a","b"}; the caller appends the closing brace.
 */
void
porch_postgres_array_append (GString *array, const char *value)
{
  g_string_append (array, array->len == 0 ? "{\"" : ",\"");
  for (const char *p = value; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (array, '\\');
      g_string_append_c (array, *p);
    }
  g_string_append_c (array, '"');
}

/**
 * porch_postgres_array_from_strv:
 * @values: (array zero-terminated=1): strings
 *
 * Returns: (transfer full): them as one parameter
 */
char *
porch_postgres_array_from_strv (const char *const *values)
{
  GString *array = g_string_new (NULL);

  for (guint i = 0; values[i] != NULL; i++)
    porch_postgres_array_append (array, values[i]);
  g_string_append (array, array->len == 0 ? "{}" : "}");

  return g_string_free (array, FALSE);
}
