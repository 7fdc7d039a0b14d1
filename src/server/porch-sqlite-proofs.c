/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The SQL of codes that were sent by mail and of authenticator apps, on PorchSqliteDatabase and by
 * its rules: PorchSqliteStore's worker calls it within a transaction.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-sqlite-proofs.h"

#include "server/porch-sqlite-database-private.h"

/* A code that is right has no tries left either. ?1 the user, ?2 the hash, ?3 now */
#define TAKE_CODE                                                                                  \
  "UPDATE codes SET tries = CASE hash WHEN ?2 THEN " G_STRINGIFY (                                 \
      PORCH_STORE_CODE_TRIES_MAX) " ELSE tries + 1 END WHERE user_id = ?1 AND expires_at > ?3 "    \
                                  "AND tries < " G_STRINGIFY (PORCH_STORE_CODE_TRIES_MAX) " RETUR" \
                                                                                          "NING "  \
                                                                                          "hash "  \
                                                                                          "= ?2"

static gboolean
set_not_found (GError **error, const char *message)
{
  g_set_error_literal (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND, message);

  return FALSE;
}

static char *
column_text (PorchSqliteQuery *query, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (query, column));
}

/* Runs a statement of which the first row says in its first column whether it did something. */
static gboolean
run_and_ask (PorchSqliteDatabase *database,
             PorchSqliteQuery *query,
             const char *otherwise,
             GError **error)
{
  gboolean has_row, did = FALSE;

  if (query == NULL || !porch_sqlite_database_step (database, query, &has_row, error))
    return FALSE;

  /* To the end: what is left half way is not committed. */
  while (has_row)
    {
      did |= sqlite3_column_int (query, 0) != 0;
      if (!porch_sqlite_database_step (database, query, &has_row, error))
        return FALSE;
    }

  return did || set_not_found (error, otherwise);
}

/**
 * porch_sqlite_proofs_put_code:
 * @database: a database in a transaction
 * @user_id: whose
 * @hash: what is kept of it
 * @expires_us: Unix microseconds
 * @error: a place for an error
 *
 * See porch_store_put_code_async().
 *
 * Returns: %TRUE when it was written
 */
gboolean
porch_sqlite_proofs_put_code (PorchSqliteDatabase *database,
                              const char *user_id,
                              const guint8 *hash,
                              gint64 expires_us,
                              GError **error)
{
  g_autoptr (PorchSqliteQuery) query = porch_sqlite_database_query (
      database, error,
      "INSERT INTO codes (user_id, hash, expires_at) VALUES (?1, ?2, ?3) ON CONFLICT (user_id) "
      "DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at, tries = 0",
      "shi", user_id, hash, expires_us);
  gboolean has_row;

  return query != NULL && porch_sqlite_database_step (database, query, &has_row, error);
}

/**
 * porch_sqlite_proofs_take_code:
 * @database: a database in a transaction
 * @user_id: whose
 * @hash: what would be kept of it
 * @now_us: Unix microseconds
 * @error: a place for an error
 *
 * See porch_store_take_code_async().
 *
 * Returns: %TRUE when it was right
 */
gboolean
porch_sqlite_proofs_take_code (PorchSqliteDatabase *database,
                               const char *user_id,
                               const guint8 *hash,
                               gint64 now_us,
                               GError **error)
{
  g_autoptr (PorchSqliteQuery) query = porch_sqlite_database_query (database, error, TAKE_CODE,
                                                                    "shi", user_id, hash, now_us);

  return run_and_ask (database, query, "The code is not right", error);
}

/**
 * porch_sqlite_proofs_add_factor:
 * @database: a database in a transaction
 * @factor: what to add
 * @error: a place for an error
 *
 * See porch_store_add_factor_async().
 *
 * Returns: %TRUE when it was written
 */
gboolean
porch_sqlite_proofs_add_factor (PorchSqliteDatabase *database,
                                const PorchStoreFactor *factor,
                                GError **error)
{
  g_autoptr (PorchSqliteQuery) forget = porch_sqlite_database_query (
      database, error, "DELETE FROM factors WHERE user_id = ?1 AND NOT is_verified", "s",
      factor->user_id);
  g_autoptr (PorchSqliteQuery) add = NULL;
  gboolean has_row;

  if (forget == NULL || !porch_sqlite_database_step (database, forget, &has_row, error))
    return FALSE;

  add = porch_sqlite_database_query (
      database, error,
      "INSERT INTO factors (id, user_id, name, secret, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
      "ssssi", factor->id, factor->user_id, factor->name, factor->secret, factor->created_at_us);

  return add != NULL && porch_sqlite_database_step (database, add, &has_row, error);
}

static PorchStoreFactor *
read_factor (PorchSqliteQuery *query)
{
  PorchStoreFactor *factor = g_new0 (PorchStoreFactor, 1);

  factor->id = column_text (query, 0);
  factor->user_id = column_text (query, 1);
  factor->name = column_text (query, 2);
  factor->secret = column_text (query, 3);
  factor->is_verified = sqlite3_column_int (query, 4) != 0;
  factor->created_at_us = sqlite3_column_int64 (query, 5);
  factor->last_step = sqlite3_column_int64 (query, 6);

  return factor;
}

/**
 * porch_sqlite_proofs_list_factors:
 * @database: a database
 * @user_id: whose
 * @error: a place for an error
 *
 * See porch_store_list_factors_async().
 *
 * Returns: (transfer full) (element-type PorchStoreFactor): the factors, or %NULL with @error set
 */
GPtrArray *
porch_sqlite_proofs_list_factors (PorchSqliteDatabase *database,
                                  const char *user_id,
                                  GError **error)
{
  g_autoptr (GPtrArray) factors = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_store_factor_free);
  g_autoptr (PorchSqliteQuery) query = porch_sqlite_database_query (
      database, error,
      "SELECT id, user_id, name, secret, is_verified, created_at, last_step FROM factors "
      "WHERE user_id = ?1 ORDER BY created_at, id",
      "s", user_id);
  gboolean has_row;

  if (query == NULL)
    return NULL;

  while (TRUE)
    {
      if (!porch_sqlite_database_step (database, query, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&factors);

      g_ptr_array_add (factors, read_factor (query));
    }
}

/**
 * porch_sqlite_proofs_use_factor:
 * @database: a database in a transaction
 * @user_id: whose
 * @factor_id: which
 * @step: the time step of the code
 * @error: a place for an error
 *
 * See porch_store_use_factor_async().
 *
 * Returns: %TRUE when it counts
 */
gboolean
porch_sqlite_proofs_use_factor (PorchSqliteDatabase *database,
                                const char *user_id,
                                const char *factor_id,
                                gint64 step,
                                GError **error)
{
  g_autoptr (PorchSqliteQuery) query = porch_sqlite_database_query (
      database, error,
      "UPDATE factors SET last_step = ?3, is_verified = TRUE "
      "WHERE user_id = ?1 AND id = ?2 AND last_step < ?3 RETURNING TRUE",
      "ssi", user_id, factor_id, step);

  return run_and_ask (database, query, "The code was used before", error);
}

/**
 * porch_sqlite_proofs_remove_factors:
 * @database: a database in a transaction
 * @user_id: whose
 * @factor_id: (nullable): which
 * @error: a place for an error
 *
 * See porch_store_remove_factors_async().
 *
 * Returns: %TRUE when they are gone
 */
gboolean
porch_sqlite_proofs_remove_factors (PorchSqliteDatabase *database,
                                    const char *user_id,
                                    const char *factor_id,
                                    GError **error)
{
  g_autoptr (PorchSqliteQuery) query = porch_sqlite_database_query (
      database, error,
      "DELETE FROM factors WHERE user_id = ?1 AND (?2 IS NULL OR id = ?2) RETURNING TRUE", "ss",
      user_id, factor_id);

  return run_and_ask (database, query, "There is no such second step", error);
}
