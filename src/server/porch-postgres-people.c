/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Which table people are in: porchlightd's own, or that of a web app, which is read and written as
 * the web app does it. Statements name it {PEOPLE} and get the right SQL in its place. A web app's
 * table is checked against the catalogue once, at the start, with everything that is wrong in one
 * answer. Owned by PorchPostgresStore.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-postgres-people.h"

#include <string.h>

#include "presence/porch-text.h"
#include "server/porch-postgres-call.h"
#include "server/porch-postgres-result.h"
#include "server/porch-store.h"

#define INTEGER_MAX_DIGITS 9

typedef enum
{
  COLUMN_ID,
  COLUMN_FIRST_NAME,
  COLUMN_LAST_NAME,
  COLUMN_AVATAR,
  COLUMN_EMAIL,
  COLUMN_LAST_ACTIVE,
  N_COLUMNS
} Column;

/* As the web app that Porchlight comes from has them. */
static const char *const default_names[N_COLUMNS] = {
  [COLUMN_ID] = "id",
  [COLUMN_FIRST_NAME] = "firstName",
  [COLUMN_LAST_NAME] = "lastName",
  [COLUMN_AVATAR] = "avatar",
  [COLUMN_EMAIL] = "email",
  [COLUMN_LAST_ACTIVE] = "lastActive",
};

struct _PorchPostgresPeople
{
  char *relation;           /* a subquery */
  char *touch;              /* what a heartbeat writes beside; "" for nothing */
  char *key_type;           /* of ids */
  char *columns[N_COLUMNS]; /* quoted; NULL for those that are missing */
  char *last_active_type;
  gboolean are_own;
};

static const char own_relation[]
    = "(SELECT id, id AS key, email, password_hash, first_name, last_name, folded_name, created_at,"
      " avatar_url AS avatar, NULL::bigint AS last_active FROM porchlight.users)";

#define SELECT_COLUMN                                                                              \
  "SELECT format_type (a.atttypid, NULL), has_column_privilege (c.oid, a.attnum, 'SELECT'),"       \
  " has_column_privilege (c.oid, a.attnum, 'UPDATE') "                                             \
  "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "                                     \
  "JOIN pg_namespace n ON n.oid = c.relnamespace "                                                 \
  "WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = $3 AND a.attnum > 0 "                   \
  "AND NOT a.attisdropped"

#define SELECT_TABLE                                                                               \
  "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "                        \
  "WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'f')"

static PGresult *
look_up (PGconn *pg, const char *sql, const char *schema, const char *table, const char *column)
{
  const char *const values[] = { schema, table, column };

  return PQexecParams (pg, sql, column != NULL ? 3 : 2, NULL, values, NULL, NULL, 0);
}

static char *
quote (PGconn *pg, const char *name)
{
  char *escaped = PQescapeIdentifier (pg, name, strlen (name));
  char *quoted = g_strdup (escaped);

  PQfreemem (escaped);

  return quoted;
}

static gboolean
is_true (const PGresult *result, int column)
{
  return *PQgetvalue (result, 0, column) == 't';
}

/* What is wrong with a column that is there; NULL where nothing is. */
static const char *
find_fault (Column column, const PGresult *found)
{
  static const char *const key_types[] = { "text", "character varying", "uuid", "integer", "bigint",
                                           NULL };
  static const char *const time_types[] = { "timestamp without time zone",
                                            "timestamp with time zone", NULL };
  const char *type = PQgetvalue (found, 0, 0);

  if (column == COLUMN_ID && !g_strv_contains (key_types, type))
    return "is neither text nor a UUID nor a whole number";
  if (column == COLUMN_LAST_ACTIVE && !g_strv_contains (time_types, type))
    return "is no timestamp";
  if (!is_true (found, 1))
    return "may not be read by this role";
  if (column == COLUMN_LAST_ACTIVE && !is_true (found, 2))
    return "may not be written by this role";

  return NULL;
}

/* A column with a name of its own must be there; one of the default names may be missing, but for
 * the id. */
static void
take_column (PorchPostgresPeople *self,
             PGconn *pg,
             const PorchUserTable *table,
             const char *schema,
             Column column,
             const char *chosen,
             GString *faults)
{
  const char *name = chosen != NULL ? chosen : default_names[column];
  g_autoptr (PGresult) found = NULL;
  const char *fault;

  if (*name == '\0' && column != COLUMN_ID)
    return;

  found = look_up (pg, SELECT_COLUMN, schema, table->table, name);
  if (PQntuples (found) != 1)
    {
      if (chosen != NULL || column == COLUMN_ID)
        g_string_append_printf (faults, "; it has no column “%s”", name);
      else
        g_message ("The table of people has no column “%s”, which is done without", name);
      return;
    }

  fault = find_fault (column, found);
  if (fault != NULL)
    {
      g_string_append_printf (faults, "; its column “%s” %s", name, fault);
      return;
    }

  self->columns[column] = quote (pg, name);
  if (column == COLUMN_ID)
    self->key_type = g_strdup (PQgetvalue (found, 0, 0));
  if (column == COLUMN_LAST_ACTIVE)
    self->last_active_type = g_strdup (PQgetvalue (found, 0, 0));
}

/* Without a time zone it is UTC, as an ORM writes it. */
static const char *
get_zone (PorchPostgresPeople *self)
{
  return g_str_equal (self->last_active_type, "timestamp with time zone") ? ""
                                                                          : " AT TIME ZONE 'UTC'";
}

static char *
text_of (PorchPostgresPeople *self, Column column, const char *otherwise)
{
  return self->columns[column] != NULL
             ? g_strdup_printf ("coalesce (t.%s::text, %s)", self->columns[column], otherwise)
             : g_strdup (otherwise);
}

static void
build_relation (PorchPostgresPeople *self, const char *table)
{
  g_autofree char *first_name = text_of (self, COLUMN_FIRST_NAME, "''");
  g_autofree char *last_name = text_of (self, COLUMN_LAST_NAME, "''");
  g_autofree char *email = text_of (self, COLUMN_EMAIL, "''");
  g_autofree char *avatar = text_of (self, COLUMN_AVATAR, "NULL::text");
  g_autofree char *last_active = g_strdup ("NULL::bigint");

  if (self->columns[COLUMN_LAST_ACTIVE] != NULL)
    {
      g_free (last_active);
      last_active = g_strdup_printf ("(extract (epoch FROM t.%s%s) * 1000000)::bigint",
                                     self->columns[COLUMN_LAST_ACTIVE], get_zone (self));
    }

  self->relation = g_strdup_printf (
      "(SELECT t.%s::text AS id, t.%s AS key, lower (%s) AS email, NULL::text AS password_hash,"
      " %s AS first_name, %s AS last_name, lower (normalize (%s || ' ' || %s, NFKC)) AS "
      "folded_name,"
      " 0::bigint AS created_at, %s AS avatar, %s AS last_active FROM %s t)",
      self->columns[COLUMN_ID], self->columns[COLUMN_ID], email, first_name, last_name, first_name,
      last_name, avatar, last_active, table);
}

/* In the order of the ids, as every other instance locks them. */
static void
build_touch (PorchPostgresPeople *self, const char *table)
{
  const char *id = self->columns[COLUMN_ID];
  const char *last_active = self->columns[COLUMN_LAST_ACTIVE];

  if (last_active == NULL)
    {
      self->touch = g_strdup ("");
      return;
    }

  self->touch = g_strdup_printf (
      ", locked AS (SELECT t.%s AS key FROM %s t WHERE t.%s IN (SELECT key FROM news)"
      " ORDER BY 1 FOR NO KEY UPDATE)"
      ", touched AS (UPDATE %s t SET %s = to_timestamp (n.last_active / 1000000.0)%s"
      " FROM (SELECT key, max (last_active) AS last_active FROM news GROUP BY key) n"
      " JOIN locked l ON l.key = n.key WHERE t.%s = n.key)",
      id, table, id, table, last_active, get_zone (self), id);
}

static gboolean
map_table (PorchPostgresPeople *self, PGconn *pg, const PorchUserTable *table, GError **error)
{
  const char *schema = table->schema != NULL ? table->schema : "public";
  const char *const chosen[N_COLUMNS] = {
    [COLUMN_ID] = table->id,
    [COLUMN_FIRST_NAME] = table->first_name,
    [COLUMN_LAST_NAME] = table->last_name,
    [COLUMN_AVATAR] = table->avatar,
    [COLUMN_EMAIL] = table->email,
    [COLUMN_LAST_ACTIVE] = table->last_active,
  };
  g_autoptr (PGresult) found = look_up (pg, SELECT_TABLE, schema, table->table, NULL);
  g_autoptr (GString) faults = g_string_new (NULL);
  g_autofree char *quoted_schema = NULL;
  g_autofree char *quoted_table = NULL;
  g_autofree char *name = NULL;

  if (PQntuples (found) != 1)
    {
      g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FAILED,
                   "The database has no table “%s” in the schema “%s”", table->table, schema);
      return FALSE;
    }

  for (Column column = 0; column < N_COLUMNS; column++)
    take_column (self, pg, table, schema, column, chosen[column], faults);
  if (faults->len > 0)
    {
      g_set_error (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FAILED,
                   "The table “%s” cannot be used as the table of people%s", table->table,
                   faults->str);
      return FALSE;
    }

  quoted_schema = quote (pg, schema);
  quoted_table = quote (pg, table->table);
  name = g_strdup_printf ("%s.%s", quoted_schema, quoted_table);
  build_relation (self, name);
  build_touch (self, name);

  return TRUE;
}

/**
 * porch_postgres_people_new:
 * @pg: a connection that may block
 * @table: (nullable): the web app's table
 * @error: a place for an error of %PORCH_STORE_ERROR that names what is missing
 *
 * Returns: (transfer full): where people are, or %NULL
 */
PorchPostgresPeople *
porch_postgres_people_new (PGconn *pg, const PorchUserTable *table, GError **error)
{
  g_autoptr (PorchPostgresPeople) self = g_new0 (PorchPostgresPeople, 1);

  if (table != NULL && table->table != NULL)
    return map_table (self, pg, table, error) ? g_steal_pointer (&self) : NULL;

  self->are_own = TRUE;
  self->relation = g_strdup (own_relation);
  self->touch = g_strdup ("");
  self->key_type = g_strdup ("text");

  return g_steal_pointer (&self);
}

/**
 * porch_postgres_people_free:
 * @self: (nullable): people
 */
void
porch_postgres_people_free (PorchPostgresPeople *self)
{
  if (self == NULL)
    return;

  for (Column column = 0; column < N_COLUMNS; column++)
    g_free (self->columns[column]);
  g_free (self->relation);
  g_free (self->touch);
  g_free (self->key_type);
  g_free (self->last_active_type);
  g_free (self);
}

/**
 * porch_postgres_people_are_own:
 * @self: people
 *
 * Returns: whether they are in porchlightd's own table, which alone it adds people to
 */
gboolean
porch_postgres_people_are_own (PorchPostgresPeople *self)
{
  return self->are_own;
}

/**
 * porch_postgres_people_may_have:
 * @self: people
 * @user_id: an id
 *
 * Returns: whether it can be the id of anybody there; PostgreSQL refuses a statement with one that
 *   is not even of the column's type
 */
gboolean
porch_postgres_people_may_have (PorchPostgresPeople *self, const char *user_id)
{
  if (g_str_equal (self->key_type, "uuid"))
    return g_uuid_string_is_valid (user_id);
  if (g_str_equal (self->key_type, "integer") || g_str_equal (self->key_type, "bigint"))
    return porch_text_consists_of (user_id, "0123456789",
                                   *self->key_type == 'i' ? INTEGER_MAX_DIGITS
                                                          : 2 * INTEGER_MAX_DIGITS);

  return TRUE;
}

/**
 * porch_postgres_people_expand:
 * @self: people
 * @sql: a statement
 *
 * Replaces {PEOPLE} by a relation with the columns id, key, email, password_hash, first_name,
 * last_name, folded_name, created_at, avatar and last_active; {KEY} by the type of key, which is
 * the id with the web app's own index; {TOUCH} by what writes the last activity of the relation
 * "news".
 *
 * Returns: (transfer full): the statement to prepare
 */
char *
porch_postgres_people_expand (PorchPostgresPeople *self, const char *sql)
{
  GString *expanded = g_string_new (sql);

  g_string_replace (expanded, "{PEOPLE}", self->relation, 0);
  g_string_replace (expanded, "{KEY}", self->key_type, 0);
  g_string_replace (expanded, "{TOUCH}", self->touch, 0);

  return g_string_free (expanded, FALSE);
}
