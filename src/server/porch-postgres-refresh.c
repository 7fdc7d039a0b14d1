/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The exchange of a refresh token for its successor, by the rules of PorchRefreshOutcome: the token
 * is read, and then used up, or its session ended. Nothing is locked in between. Two instances that
 * are handed the same token at once derive the same successor, so both answers are good. Used by
 * PorchPostgresStore.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-postgres-refresh.h"

#include "protocol/porch-auth-message.h"
#include "server/porch-postgres-result.h"
#include "server/porch-postgres-statements.h"
#include "server/porch-refresh-token.h"
#include "server/porch-store.h"

#define USED_TOKEN_KEPT_US (30 * G_TIME_SPAN_DAY)

/* A refresh under way: the token that was presented, and what becomes of it. */
typedef struct
{
  PorchPostgresConnection *connection;
  char *token_secret;
  char *token;
  gint64 now_us;
  PorchRefreshResult *result;
} Refresh;

static void
refresh_free (Refresh *refresh)
{
  g_object_unref (refresh->connection);
  porch_secret_free (refresh->token_secret);
  porch_secret_free (refresh->token);
  porch_refresh_result_free (refresh->result);
  g_free (refresh);
}

/* Runs a step of which task waits for the answer. */
static void
run (GTask *task, PorchPostgresCall *call, GAsyncReadyCallback callback)
{
  Refresh *refresh = g_task_get_task_data (task);

  porch_postgres_connection_run_async (refresh->connection, call, g_task_get_cancellable (task),
                                       callback, g_object_ref (task));
}

static void
return_refresh (GTask *task)
{
  Refresh *refresh = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&refresh->result),
                         (GDestroyNotify) porch_refresh_result_free);
}

static void
on_refresh_stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Refresh *refresh = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (refresh->connection, result,
                                                                        &error);

  /* The session ended between the two steps. */
  if (g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND))
    {
      porch_refresh_result_free (refresh->result);
      refresh->result = g_new0 (PorchRefreshResult, 1);
      refresh->result->outcome = PORCH_REFRESH_NOT_FOUND;
      g_clear_error (&error);
    }

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    return_refresh (task);
}

static void
rotate_token (GTask *task, const guint8 hash[PORCH_REFRESH_TOKEN_HASH_BYTES])
{
  Refresh *refresh = g_task_get_task_data (task);
  PorchRefreshResult *result = refresh->result;
  PorchPostgresCall *call = porch_postgres_call_new ();
  guint8 successor[PORCH_REFRESH_TOKEN_HASH_BYTES];

  result->outcome = PORCH_REFRESH_ROTATED;
  result->refresh_token = porch_refresh_token_derive_successor (refresh->token_secret,
                                                                refresh->token);
  porch_refresh_token_hash (result->refresh_token, successor);

  porch_postgres_call_add (call, PORCH_STATEMENT_ADD_TOKEN, "hs", successor, result->session_id);
  porch_postgres_call_add (call, PORCH_STATEMENT_USE_TOKEN, "hi", hash, refresh->now_us);
  porch_postgres_call_add (call, PORCH_STATEMENT_SET_NEWEST_TOKEN, "shih", result->session_id,
                           successor, refresh->now_us, hash);
  porch_postgres_call_add (call, PORCH_STATEMENT_FORGET_USED_TOKENS, "si", result->session_id,
                           refresh->now_us - USED_TOKEN_KEPT_US);
  run (task, call, on_refresh_stored_cb);
}

static void
revoke_family (GTask *task)
{
  Refresh *refresh = g_task_get_task_data (task);
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, PORCH_STATEMENT_REVOKE_SESSION, "s", refresh->result->session_id);
  porch_postgres_call_add (call, PORCH_STATEMENT_REMEMBER_ENDED_SESSION, "si",
                           refresh->result->session_id, refresh->now_us);
  run (task, call, on_refresh_stored_cb);
}

/* Decides what becomes of a token that is known. */
static void
decide_refresh (GTask *task,
                const PGresult *rows,
                const guint8 hash[PORCH_REFRESH_TOKEN_HASH_BYTES])
{
  Refresh *refresh = g_task_get_task_data (task);
  PorchRefreshResult *result = refresh->result;
  g_autoptr (GBytes) newest = porch_postgres_get_bytes (rows, 0, 2);
  gboolean is_within_window = refresh->now_us - porch_postgres_get_number (rows, 0, 4)
                              < PORCH_REFRESH_REUSE_WINDOW_US;

  result->session_id = porch_postgres_get_text (rows, 0, 0);
  result->user_id = porch_postgres_get_text (rows, 0, 1);
  result->methods = porch_postgres_get_text (rows, 0, 5);
  result->outcome = PORCH_REFRESH_REVOKED;
  if (porch_postgres_get_boolean (rows, 0, 3))
    {
      return_refresh (task);
      return;
    }
  if (PQgetisnull (rows, 0, 4))
    {
      rotate_token (task, hash);
      return;
    }

  /* The parent of the newest is one step away, however long ago it was used. */
  result->refresh_token = porch_refresh_token_find_newest (
      refresh->token_secret, refresh->token, g_bytes_get_data (newest, NULL), is_within_window);
  if (result->refresh_token == NULL)
    {
      revoke_family (task);
      return;
    }

  result->outcome = PORCH_REFRESH_REUSED;
  return_refresh (task);
}

static void
on_token_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Refresh *refresh = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (refresh->connection, result,
                                                                        &error);
  guint8 hash[PORCH_REFRESH_TOKEN_HASH_BYTES];

  if (results == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  porch_refresh_token_hash (refresh->token, hash);
  if (PQntuples (g_ptr_array_index (results, 0)) > 0)
    decide_refresh (task, g_ptr_array_index (results, 0), hash);
  else
    {
      refresh->result->outcome = PORCH_REFRESH_NOT_FOUND;
      return_refresh (task);
    }
}

/**
 * porch_postgres_refresh_begin:
 * @connection: where sessions are
 * @token_secret: derives a refresh token's successor
 * @refresh_token: what the client presented
 * @now_us: the time, Unix microseconds
 * @task: is answered with a #PorchRefreshResult; its data is ours
 *
 * See porch_store_refresh_session_async().
 */
void
porch_postgres_refresh_begin (PorchPostgresConnection *connection,
                              const char *token_secret,
                              const char *refresh_token,
                              gint64 now_us,
                              GTask *task)
{
  PorchPostgresCall *call = porch_postgres_call_new ();
  Refresh *refresh = g_new0 (Refresh, 1);
  guint8 hash[PORCH_REFRESH_TOKEN_HASH_BYTES];

  refresh->connection = g_object_ref (connection);
  refresh->token_secret = g_strdup (token_secret);
  refresh->token = g_strdup (refresh_token);
  refresh->now_us = now_us;
  refresh->result = g_new0 (PorchRefreshResult, 1);
  g_task_set_task_data (task, refresh, (GDestroyNotify) refresh_free);

  porch_refresh_token_hash (refresh_token, hash);
  porch_postgres_call_add (call, PORCH_STATEMENT_GET_TOKEN, "h", hash);
  run (task, call, on_token_read_cb);
}
