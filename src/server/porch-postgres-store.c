/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* PorchStore on PostgreSQL, and every SQL statement that it runs. Each call is a transaction of its
 * own, but for heartbeats: those that come while others are being stored share the next commit, so
 * the more load, the larger the batches and the less each costs. Made once by PorchServer. What
 * several instances decide together is in PorchPostgresSchema's functions, what they tell each
 * other PorchPeers' business; the connection is PorchPostgresConnection's.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-postgres-store.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "server/porch-postgres-connection.h"
#include "server/porch-postgres-schema.h"
#include "server/porch-refresh-token.h"

#define ENDED_KEPT_US        G_TIME_SPAN_DAY
#define USED_TOKEN_KEPT_US   (30 * G_TIME_SPAN_DAY)
#define IDLE_SESSION_KEPT_US (365 * G_TIME_SPAN_DAY)
/* How many heartbeats share a commit, and how many may wait for one. */
#define BATCH_MAX   1000
#define WAITING_MAX 20000

#define SELECT_USER                                                                                \
  "SELECT u.id, u.email, u.first_name, u.last_name, u.created_at, a.version, u.avatar, "           \
  "  CASE WHEN s.is_online OR u.last_active > coalesce (p.last_active, 0) + 1000000 THEN 2 "       \
  "    WHEN p.last_active IS NOT NULL THEN 1 ELSE 0 END, "                                         \
  "  coalesce (greatest (p.last_active, u.last_active), 0), u.password_hash "                      \
  "FROM {PEOPLE} u "                                                                               \
  "LEFT JOIN porchlight.avatars a ON a.user_id = u.id "                                            \
  "LEFT JOIN porchlight.statuses s ON s.user_id = u.id "                                           \
  "LEFT JOIN LATERAL (SELECT max (last_active) AS last_active FROM porchlight.presences "          \
  "  WHERE user_id = u.id) p ON TRUE "

/* $1 the user, $2 the session, $3 a PorchSessionScope */
#define SESSIONS_IN_SCOPE                                                                          \
  "user_id = $1 AND CASE $3::integer WHEN 0 THEN id = $2::text WHEN 1 THEN TRUE "                  \
  "ELSE id <> $2::text END"

typedef enum
{
  ADD_USER,
  REMOVE_USER,
  END_STATUS,
  FORGET_STATUS,
  FORGET_PRESENCES,
  SET_PASSWORD,
  SET_AVATAR,
  GET_AVATAR,
  GET_USER_BY_EMAIL,
  GET_USERS,
  SEARCH_USERS,
  ADD_SESSION,
  FORGET_IDLE_SESSIONS,
  ADD_TOKEN,
  GET_TOKEN,
  USE_TOKEN,
  SET_NEWEST_TOKEN,
  FORGET_USED_TOKENS,
  REVOKE_SESSION,
  REMEMBER_ENDED_SESSION,
  REMEMBER_ENDED_SESSIONS,
  FORGET_ENDED_SESSIONS,
  REMOVE_SESSIONS,
  LIST_ENDED_SESSIONS,
  RECORD_PRESENCES,
  SETTLE,
  LIST_PRESENCES,
  N_STATEMENTS
} Statement;

static const char *const sql[N_STATEMENTS] = {
  [ADD_USER] = "INSERT INTO porchlight.users (id, email, password_hash, first_name, last_name, "
               "folded_name, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
  [REMOVE_USER] = "DELETE FROM porchlight.users WHERE id = $1",
  [END_STATUS] = "UPDATE porchlight.statuses SET is_online = FALSE WHERE user_id = $1",
  [FORGET_STATUS] = "DELETE FROM porchlight.statuses WHERE user_id = $1",
  [FORGET_PRESENCES] = "DELETE FROM porchlight.presences WHERE user_id = $1",
  [SET_PASSWORD] = "UPDATE porchlight.users SET password_hash = $2 WHERE id = $1",
  [SET_AVATAR] = "INSERT INTO porchlight.avatars (user_id, content_type, version, image) "
                 "VALUES ($1, $2, $3, $4) ON CONFLICT (user_id) DO UPDATE SET "
                 "content_type = excluded.content_type, version = excluded.version, "
                 "image = excluded.image",
  [GET_AVATAR] = "SELECT content_type, version, image FROM porchlight.avatars WHERE user_id = $1",
  [GET_USER_BY_EMAIL] = SELECT_USER "WHERE u.email = $1 AND u.password_hash IS NOT NULL",
  [GET_USERS] = SELECT_USER "JOIN unnest ($1::text[]) WITH ORDINALITY AS wanted (id, place) "
                            "ON u.key = wanted.id::{KEY} ORDER BY wanted.place",
  [SEARCH_USERS] = SELECT_USER "WHERE strpos (u.folded_name, $1) > 0 OR u.email = $2 "
                               "ORDER BY u.folded_name COLLATE \"C\" LIMIT $3",
  [ADD_SESSION] = "INSERT INTO porchlight.sessions (id, user_id, newest_token, refreshed_at) "
                  "VALUES ($1, $2, $3, $4)",
  [FORGET_IDLE_SESSIONS] = "DELETE FROM porchlight.sessions WHERE user_id = $1 "
                           "AND refreshed_at < $2",
  [ADD_TOKEN] = "INSERT INTO porchlight.refresh_tokens (hash, session_id) VALUES ($1, $2) "
                "ON CONFLICT DO NOTHING",
  [GET_TOKEN] = "SELECT s.id, s.user_id, s.newest_token, s.is_revoked, t.used_at "
                "FROM porchlight.refresh_tokens t "
                "JOIN porchlight.sessions s ON s.id = t.session_id WHERE t.hash = $1",
  /* Two instances may rotate a token at once: they derive the same successor. */
  [USE_TOKEN] = "UPDATE porchlight.refresh_tokens SET used_at = $2 "
                "WHERE hash = $1 AND used_at IS NULL",
  [SET_NEWEST_TOKEN] = "UPDATE porchlight.sessions SET newest_token = $2, refreshed_at = $3 "
                       "WHERE id = $1 AND newest_token = $4",
  [FORGET_USED_TOKENS] = "DELETE FROM porchlight.refresh_tokens "
                         "WHERE session_id = $1 AND used_at < $2",
  [REVOKE_SESSION] = "UPDATE porchlight.sessions SET is_revoked = TRUE WHERE id = $1",
  [REMEMBER_ENDED_SESSION] = "INSERT INTO porchlight.ended_sessions (session_id, ended_at) "
                             "VALUES ($1, $2)",
  [REMEMBER_ENDED_SESSIONS] = "INSERT INTO porchlight.ended_sessions (session_id, ended_at) "
                              "SELECT id, $4 FROM porchlight.sessions WHERE " SESSIONS_IN_SCOPE,
  [FORGET_ENDED_SESSIONS] = "DELETE FROM porchlight.ended_sessions WHERE ended_at < $1",
  [REMOVE_SESSIONS] = "DELETE FROM porchlight.sessions WHERE " SESSIONS_IN_SCOPE,
  [LIST_ENDED_SESSIONS] = "SELECT session_id FROM porchlight.ended_sessions WHERE ended_at >= $1",
  /* In one order, so that the batches of two instances cannot wait for each other. Only who was
   * offline touches statuses. */
  [RECORD_PRESENCES]
  = "WITH news AS MATERIALIZED (SELECT n.*, u.key "
    "  FROM unnest ($1::text[], $2::text[], $3::boolean[], $4::bigint[]) "
    "    AS n (user_id, client, is_online, last_active) "
    "  JOIN {PEOPLE} u ON u.key = n.user_id::{KEY}), "
    "stored AS (INSERT INTO porchlight.presences AS p (user_id, client, is_online, last_active) "
    "  SELECT user_id, client, is_online, last_active FROM news ORDER BY user_id, client "
    "  ON CONFLICT (user_id, client) DO UPDATE SET "
    "    is_online = CASE WHEN excluded.last_active >= p.last_active THEN excluded.is_online "
    "      ELSE p.is_online END, "
    "    last_active = greatest (p.last_active, excluded.last_active) RETURNING 1), "
    "risen AS (INSERT INTO porchlight.statuses AS s (user_id, is_online, last_active, due_at) "
    "  SELECT user_id, TRUE, max (last_active), max (last_active) + 300000000 FROM news "
    "  WHERE is_online AND NOT EXISTS (SELECT FROM porchlight.statuses o "
    "    WHERE o.user_id = news.user_id AND o.is_online) "
    "  GROUP BY user_id ORDER BY user_id "
    "  ON CONFLICT (user_id) DO UPDATE SET is_online = TRUE, last_active = excluded.last_active, "
    "    due_at = excluded.due_at, lost_at = NULL WHERE NOT s.is_online)"
    "{TOUCH} "
    "SELECT count(*) FROM stored",
  [SETTLE] = "SELECT person, porchlight.settle (person, $2) "
             "FROM unnest ($1::text[]) AS person ORDER BY person",
  [LIST_PRESENCES] = "SELECT user_id, client, is_online, last_active FROM porchlight.presences "
                     "WHERE last_active >= $1",
};

struct _PorchPostgresStore
{
  GObject parent_instance;

  PorchClock *clock;
  PorchPostgresPeople *people;
  PorchPostgresConnection *connection;
  char *token_secret;
  GPtrArray *waiting; /* GTask of heartbeats for the next batch */
  gboolean is_recording;
  gboolean is_failing; /* the administrator was told */
};

static void porch_postgres_store_iface_init (PorchStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchPostgresStore,
                               porch_postgres_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_STORE,
                                                      porch_postgres_store_iface_init))

/* Whether an error is a call's own answer. Of a lost connection the connection tells by itself. */
static gboolean
is_answer (const GError *error)
{
  return error->domain == G_IO_ERROR
         || g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND)
         || g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_EXISTS)
         || g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE);
}

/* Tells the administrator once, however many calls it costs. */
static GPtrArray *
take_results (PorchPostgresStore *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GPtrArray *results = porch_postgres_connection_run_finish (self->connection, result,
                                                             &local_error);

  if (results != NULL)
    {
      if (self->is_failing)
        g_message ("The database works again");
      self->is_failing = FALSE;
      return results;
    }

  if (!is_answer (local_error))
    {
      if (!self->is_failing)
        g_warning ("%s. What cannot be stored is refused meanwhile.", local_error->message);
      self->is_failing = TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local_error));

  return NULL;
}

static GTask *
make_task (PorchPostgresStore *self,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  return g_task_new (self, cancellable, callback, user_data);
}

/* Runs a call of which task is the answer. */
static void
run (GTask *task, PorchPostgresCall *call, GAsyncReadyCallback callback)
{
  PorchPostgresStore *self = g_task_get_source_object (task);

  porch_postgres_connection_run_async (self->connection, call, g_task_get_cancellable (task),
                                       callback, task);
}

static char *
get_text (const PGresult *result, int row, int column)
{
  return PQgetisnull (result, row, column) ? NULL : g_strdup (PQgetvalue (result, row, column));
}

static gint64
get_number (const PGresult *result, int row, int column)
{
  return g_ascii_strtoll (PQgetvalue (result, row, column), NULL, 10);
}

static gboolean
get_boolean (const PGresult *result, int row, int column)
{
  return *PQgetvalue (result, row, column) == 't';
}

static GBytes *
get_bytes (const PGresult *result, int row, int column)
{
  size_t length;
  unsigned char *bytes = PQunescapeBytea ((guchar *) PQgetvalue (result, row, column), &length);

  return g_bytes_new_with_free_func (bytes, length, PQfreemem, bytes);
}

static PorchStoreUser *
read_user (const PGresult *result, int row)
{
  PorchStoreUser *user = g_new0 (PorchStoreUser, 1);

  user->id = get_text (result, row, 0);
  user->email = get_text (result, row, 1);
  user->first_name = get_text (result, row, 2);
  user->last_name = get_text (result, row, 3);
  user->created_at_us = get_number (result, row, 4);
  user->avatar = !PQgetisnull (result, row, 5)
                     ? g_strdup_printf ("/avatars/%s?v=%s", user->id, PQgetvalue (result, row, 5))
                     : get_text (result, row, 6);
  user->status = (PorchStatus) get_number (result, row, 7);
  user->last_active_us = get_number (result, row, 8);

  return user;
}

/* Refuses what only porchlightd's own table of people takes. */
static gboolean
refuse_on_others_table (GTask *task)
{
  PorchPostgresStore *self = g_task_get_source_object (task);

  if (porch_postgres_people_are_own (self->people))
    return FALSE;

  g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_FAILED,
                           "People are in the web app's table, which adds and removes them");
  g_object_unref (task);

  return TRUE;
}

static void
on_stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = take_results (self, result, &error);

  if (results != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Like on_stored_cb(), and the last statement must have found somebody. */
static void
on_stored_of_user_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = take_results (self, result, &error);

  if (results == NULL)
    g_task_return_error (task, error);
  else if (g_str_equal (PQcmdTuples (g_ptr_array_index (results, results->len - 1)), "0"))
    g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                             "There is no such user");
  else
    g_task_return_boolean (task, TRUE);
}

static void
porch_postgres_store_add_user_async (PorchStore *store,
                                     const PorchStoreUser *user,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  g_autofree char *name = g_strdup_printf ("%s %s", user->first_name, user->last_name);
  g_autofree char *folded_name = porch_name_fold (name);
  PorchPostgresCall *call;

  if (refuse_on_others_table (task))
    return;

  call = porch_postgres_call_new ();
  porch_postgres_call_add (call, ADD_USER, "ssssssi", user->id, user->email, user->password_hash,
                           user->first_name, user->last_name, folded_name, user->created_at_us);
  run (task, call, on_stored_cb);
}

static void
add_end_of_sessions (PorchPostgresCall *call,
                     const char *user_id,
                     const char *session_id,
                     PorchSessionScope scope,
                     gint64 now_us)
{
  porch_postgres_call_add (call, FORGET_ENDED_SESSIONS, "i", now_us - ENDED_KEPT_US);
  porch_postgres_call_add (call, REMEMBER_ENDED_SESSIONS, "ssii", user_id, session_id,
                           (gint64) scope, now_us);
  porch_postgres_call_add (call, REMOVE_SESSIONS, "ssi", user_id, session_id, (gint64) scope);
}

/* Their sessions first: a foreign key would take them without a word. */
static void
porch_postgres_store_remove_user_async (PorchStore *store,
                                        const char *user_id,
                                        gint64 now_us,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call;

  if (refuse_on_others_table (task))
    return;

  call = porch_postgres_call_new ();
  add_end_of_sessions (call, user_id, NULL, PORCH_SESSION_SCOPE_GLOBAL, now_us);
  porch_postgres_call_add (call, END_STATUS, "s", user_id);
  porch_postgres_call_add (call, FORGET_STATUS, "s", user_id);
  porch_postgres_call_add (call, FORGET_PRESENCES, "s", user_id);
  porch_postgres_call_add (call, REMOVE_USER, "s", user_id);
  run (task, call, on_stored_of_user_cb);
}

static void
porch_postgres_store_set_password_async (PorchStore *store,
                                         const char *user_id,
                                         const char *password_hash,
                                         gint64 now_us,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call;

  if (refuse_on_others_table (task))
    return;

  call = porch_postgres_call_new ();
  add_end_of_sessions (call, user_id, NULL, PORCH_SESSION_SCOPE_GLOBAL, now_us);
  porch_postgres_call_add (call, SET_PASSWORD, "ss", user_id, password_hash);
  run (task, call, on_stored_of_user_cb);
}

static void
porch_postgres_store_set_avatar_async (PorchStore *store,
                                       const char *user_id,
                                       const char *content_type,
                                       GBytes *image,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  g_autofree char *version = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, image);
  PorchPostgresCall *call;

  if (refuse_on_others_table (task))
    return;

  version[16] = '\0';
  call = porch_postgres_call_new ();
  porch_postgres_call_add (call, SET_AVATAR, "sssb", user_id, content_type, version, image);
  run (task, call, on_stored_cb);
}

static void
on_avatar_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = take_results (self, result, &error);
  const PGresult *rows;
  PorchStoreAvatar *avatar;

  if (results == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  rows = g_ptr_array_index (results, 0);
  if (PQntuples (rows) == 0)
    {
      g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                               "There is no such avatar");
      return;
    }

  avatar = g_new0 (PorchStoreAvatar, 1);
  avatar->content_type = get_text (rows, 0, 0);
  avatar->version = get_text (rows, 0, 1);
  avatar->image = get_bytes (rows, 0, 2);
  g_task_return_pointer (task, avatar, (GDestroyNotify) porch_store_avatar_free);
}

static void
porch_postgres_store_get_avatar_async (PorchStore *store,
                                       const char *user_id,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, GET_AVATAR, "s", user_id);
  run (task, call, on_avatar_read_cb);
}

static void
on_user_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = take_results (self, result, &error);
  const PGresult *rows;
  PorchStoreUser *user;

  if (results == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  rows = g_ptr_array_index (results, 0);
  if (PQntuples (rows) == 0)
    {
      g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                               "There is no user with this email address");
      return;
    }

  user = read_user (rows, 0);
  user->password_hash = get_text (rows, 0, 9);
  g_task_return_pointer (task, user, (GDestroyNotify) porch_store_user_free);
}

static void
porch_postgres_store_get_user_by_email_async (PorchStore *store,
                                              const char *email,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, GET_USER_BY_EMAIL, "s", email);
  run (task, call, on_user_read_cb);
}

static void
on_users_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = take_results (self, result, &error);
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_store_user_free);
  const PGresult *rows;

  if (results == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  rows = g_ptr_array_index (results, 0);
  for (int row = 0; row < PQntuples (rows); row++)
    g_ptr_array_add (users, read_user (rows, row));
  g_task_return_pointer (task, g_steal_pointer (&users), (GDestroyNotify) g_ptr_array_unref);
}

static void
porch_postgres_store_get_users_async (PorchStore *store,
                                      const char *const *ids,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  PorchPostgresStore *self = PORCH_POSTGRES_STORE (store);
  GTask *task = make_task (self, cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();
  g_autoptr (GPtrArray) possible = g_ptr_array_new ();
  g_autofree char *array = NULL;

  for (guint i = 0; ids[i] != NULL; i++)
    if (porch_postgres_people_may_have (self->people, ids[i]))
      g_ptr_array_add (possible, (char *) ids[i]);
  g_ptr_array_add (possible, NULL);

  array = porch_postgres_array_from_strv ((const char *const *) possible->pdata);
  porch_postgres_call_add (call, GET_USERS, "s", array);
  run (task, call, on_users_read_cb);
}

static void
porch_postgres_store_search_users_async (PorchStore *store,
                                         const char *query,
                                         guint limit,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();
  g_autofree char *letters = porch_name_fold (query != NULL ? query : "");
  g_autofree char *email = query != NULL ? porch_email_normalize (query) : NULL;

  porch_postgres_call_add (call, SEARCH_USERS, "ssi", letters, email, (gint64) limit);
  run (task, call, on_users_read_cb);
}

static void
on_session_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = take_results (self, result, &error);

  if (results != NULL)
    g_task_return_pointer (task, g_task_get_task_data (task),
                           (GDestroyNotify) porch_refresh_result_free);
  else
    {
      porch_refresh_result_free (g_task_get_task_data (task));
      g_task_return_error (task, error);
    }
}

static void
porch_postgres_store_add_session_async (PorchStore *store,
                                        const char *user_id,
                                        gint64 now_us,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();
  PorchRefreshResult *session = g_new0 (PorchRefreshResult, 1);
  guint8 hash[PORCH_REFRESH_TOKEN_HASH_BYTES];

  session->outcome = PORCH_REFRESH_ROTATED;
  session->session_id = g_uuid_string_random ();
  session->user_id = g_strdup (user_id);
  session->refresh_token = porch_refresh_token_new ();
  porch_refresh_token_hash (session->refresh_token, hash);
  g_task_set_task_data (task, session, NULL);

  porch_postgres_call_add (call, ADD_SESSION, "sshi", session->session_id, user_id, hash, now_us);
  porch_postgres_call_add (call, ADD_TOKEN, "hs", hash, session->session_id);
  porch_postgres_call_add (call, FORGET_IDLE_SESSIONS, "si", user_id,
                           now_us - IDLE_SESSION_KEPT_US);
  run (task, call, on_session_added_cb);
}

/* A refresh under way: the token that was presented, and what becomes of it. */
typedef struct
{
  char *token;
  gint64 now_us;
  PorchRefreshResult *result;
} Refresh;

static void
refresh_free (Refresh *refresh)
{
  porch_secret_free (refresh->token);
  porch_refresh_result_free (refresh->result);
  g_free (refresh);
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
  PorchPostgresStore *self = g_task_get_source_object (task);
  Refresh *refresh = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = take_results (self, result, &error);

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
  PorchPostgresStore *self = g_task_get_source_object (task);
  Refresh *refresh = g_task_get_task_data (task);
  PorchRefreshResult *result = refresh->result;
  PorchPostgresCall *call = porch_postgres_call_new ();
  guint8 successor[PORCH_REFRESH_TOKEN_HASH_BYTES];

  result->outcome = PORCH_REFRESH_ROTATED;
  result->refresh_token = porch_refresh_token_derive_successor (self->token_secret, refresh->token);
  porch_refresh_token_hash (result->refresh_token, successor);

  porch_postgres_call_add (call, ADD_TOKEN, "hs", successor, result->session_id);
  porch_postgres_call_add (call, USE_TOKEN, "hi", hash, refresh->now_us);
  porch_postgres_call_add (call, SET_NEWEST_TOKEN, "shih", result->session_id, successor,
                           refresh->now_us, hash);
  porch_postgres_call_add (call, FORGET_USED_TOKENS, "si", result->session_id,
                           refresh->now_us - USED_TOKEN_KEPT_US);
  run (g_object_ref (task), call, on_refresh_stored_cb);
}

static void
revoke_family (GTask *task)
{
  Refresh *refresh = g_task_get_task_data (task);
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, REVOKE_SESSION, "s", refresh->result->session_id);
  porch_postgres_call_add (call, REMEMBER_ENDED_SESSION, "si", refresh->result->session_id,
                           refresh->now_us);
  run (g_object_ref (task), call, on_refresh_stored_cb);
}

/* Decides what becomes of a token that is known. */
static void
decide_refresh (GTask *task,
                const PGresult *rows,
                const guint8 hash[PORCH_REFRESH_TOKEN_HASH_BYTES])
{
  PorchPostgresStore *self = g_task_get_source_object (task);
  Refresh *refresh = g_task_get_task_data (task);
  PorchRefreshResult *result = refresh->result;
  g_autoptr (GBytes) newest = get_bytes (rows, 0, 2);
  gboolean is_within_window = refresh->now_us - get_number (rows, 0, 4)
                              < PORCH_REFRESH_REUSE_WINDOW_US;

  result->session_id = get_text (rows, 0, 0);
  result->user_id = get_text (rows, 0, 1);
  result->outcome = PORCH_REFRESH_REVOKED;
  if (get_boolean (rows, 0, 3))
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
      self->token_secret, refresh->token, g_bytes_get_data (newest, NULL), is_within_window);
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
  PorchPostgresStore *self = g_task_get_source_object (task);
  Refresh *refresh = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = take_results (self, result, &error);
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

static void
porch_postgres_store_refresh_session_async (PorchStore *store,
                                            const char *refresh_token,
                                            gint64 now_us,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();
  Refresh *refresh = g_new0 (Refresh, 1);
  guint8 hash[PORCH_REFRESH_TOKEN_HASH_BYTES];

  refresh->token = g_strdup (refresh_token);
  refresh->now_us = now_us;
  refresh->result = g_new0 (PorchRefreshResult, 1);
  g_task_set_task_data (task, refresh, (GDestroyNotify) refresh_free);

  porch_refresh_token_hash (refresh_token, hash);
  porch_postgres_call_add (call, GET_TOKEN, "h", hash);
  run (task, call, on_token_read_cb);
}

static void
porch_postgres_store_end_sessions_async (PorchStore *store,
                                         const char *user_id,
                                         const char *session_id,
                                         PorchSessionScope scope,
                                         gint64 now_us,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();

  add_end_of_sessions (call, user_id, session_id, scope, now_us);
  run (task, call, on_stored_cb);
}

static void
on_ended_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = take_results (self, result, &error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  const PGresult *rows;

  if (results == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  rows = g_ptr_array_index (results, 0);
  for (int row = 0; row < PQntuples (rows); row++)
    g_ptr_array_add (ids, get_text (rows, row, 0));
  g_task_return_pointer (task, g_steal_pointer (&ids), (GDestroyNotify) g_ptr_array_unref);
}

static void
porch_postgres_store_list_ended_sessions_async (PorchStore *store,
                                                gint64 since_us,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, LIST_ENDED_SESSIONS, "i", since_us);
  run (task, call, on_ended_listed_cb);
}

/* Heartbeats of one commit. Several of one program are one row: the last. */
typedef struct
{
  PorchPostgresStore *store;
  GPtrArray *tasks;
  GHashTable *latest; /* "user\nclient" → PorchStorePresence, a task's */
  gboolean has_offline;
} Batch;

static void
batch_free (Batch *batch)
{
  g_object_unref (batch->store);
  g_ptr_array_unref (batch->tasks);
  g_hash_table_unref (batch->latest);
  g_free (batch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Batch, batch_free)

static Batch *
batch_new (PorchPostgresStore *self, GPtrArray *tasks)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->store = g_object_ref (self);
  batch->tasks = tasks;
  batch->latest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < tasks->len; i++)
    {
      PorchStorePresence *presence = g_task_get_task_data (g_ptr_array_index (tasks, i));

      g_hash_table_insert (batch->latest,
                           g_strconcat (presence->user_id, "\n", presence->client, NULL), presence);
      batch->has_offline |= presence->status == PORCH_STATUS_OFFLINE;
    }

  return batch;
}

static PorchPostgresCall *
build_record_call (Batch *batch)
{
  PorchPostgresCall *call = porch_postgres_call_new ();
  g_autoptr (GString) ids = g_string_new (NULL);
  g_autoptr (GString) clients = g_string_new (NULL);
  g_autoptr (GString) are_online = g_string_new ("{");
  g_autoptr (GString) times = g_string_new ("{");
  g_autoptr (GString) offline_ids = g_string_new (NULL);
  gint64 now_us = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, batch->latest);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const PorchStorePresence *presence = value;
      gboolean is_online = presence->status == PORCH_STATUS_ONLINE;

      porch_postgres_array_append (ids, presence->user_id);
      porch_postgres_array_append (clients, presence->client);
      g_string_append (are_online, is_online ? "t," : "f,");
      g_string_append_printf (times, "%" G_GINT64_FORMAT ",", presence->last_active_us);
      if (!is_online)
        porch_postgres_array_append (offline_ids, presence->user_id);
      now_us = MAX (now_us, presence->last_active_us);
    }
  g_string_append_c (ids, '}');
  g_string_append_c (clients, '}');
  are_online->str[are_online->len - 1] = '}';
  times->str[times->len - 1] = '}';

  porch_postgres_call_add (call, RECORD_PRESENCES, "ssss", ids->str, clients->str, are_online->str,
                           times->str);
  if (batch->has_offline)
    {
      g_string_append_c (offline_ids, '}');
      porch_postgres_call_add (call, SETTLE, "si", offline_ids->str, now_us);
    }

  return call;
}

static void record_now (PorchPostgresStore *self, GPtrArray *tasks);

/* Each by itself, so that one that cannot be stored takes no other with it. */
static void
record_one_by_one (PorchPostgresStore *self, GPtrArray *tasks)
{
  for (guint i = 0; i < tasks->len; i++)
    {
      GPtrArray *one = g_ptr_array_new_with_free_func (g_object_unref);

      g_ptr_array_add (one, g_object_ref (g_ptr_array_index (tasks, i)));
      record_now (self, one);
    }
}

/* Who said offline may be online by another program. */
static GHashTable *
read_settled (const PGresult *rows)
{
  GHashTable *online = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int row = 0; row < PQntuples (rows); row++)
    if (get_boolean (rows, row, 1))
      g_hash_table_add (online, get_text (rows, row, 0));

  return online;
}

static void
answer_recorded (Batch *batch, GPtrArray *results)
{
  g_autoptr (GHashTable) online = NULL;

  if (batch->has_offline)
    online = read_settled (g_ptr_array_index (results, 1));

  for (guint i = 0; i < batch->tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (batch->tasks, i);
      const PorchStorePresence *presence = g_task_get_task_data (task);
      gboolean is_online = presence->status == PORCH_STATUS_ONLINE
                           || g_hash_table_contains (online, presence->user_id);

      g_task_return_int (task, is_online ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE);
    }
}

static void record_waiting (PorchPostgresStore *self);

static void
on_recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Batch) batch = user_data;
  PorchPostgresStore *self = batch->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (self->connection, result,
                                                                        &error);
  gint64 n_stored = results != NULL ? get_number (g_ptr_array_index (results, 0), 0, 0) : 0;

  if (results != NULL && n_stored == g_hash_table_size (batch->latest))
    answer_recorded (batch, results);
  else if (batch->tasks->len > 1
           && !g_error_matches (error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE))
    record_one_by_one (self, batch->tasks);
  else
    {
      if (error == NULL)
        g_set_error_literal (&error, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                             "There is no such user");
      for (guint i = 0; i < batch->tasks->len; i++)
        g_task_return_error (g_ptr_array_index (batch->tasks, i), g_error_copy (error));
    }
}

static void
record_now (PorchPostgresStore *self, GPtrArray *tasks)
{
  Batch *batch = batch_new (self, tasks);

  porch_postgres_connection_run_async (self->connection, build_record_call (batch), NULL,
                                       on_recorded_cb, batch);
}

static void
on_batch_recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPostgresStore) self = g_object_ref (((Batch *) user_data)->store);

  self->is_recording = FALSE;
  on_recorded_cb (source, result, user_data);
  record_waiting (self);
}

/* One batch at a time: what comes meanwhile makes the next one. */
static void
record_waiting (PorchPostgresStore *self)
{
  GPtrArray *tasks;
  Batch *batch;

  if (self->is_recording || self->waiting->len == 0)
    return;

  if (self->waiting->len <= BATCH_MAX)
    {
      tasks = g_steal_pointer (&self->waiting);
      self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
    }
  else
    {
      tasks = g_ptr_array_new_with_free_func (g_object_unref);
      for (guint i = 0; i < BATCH_MAX; i++)
        g_ptr_array_add (tasks, g_object_ref (g_ptr_array_index (self->waiting, i)));
      g_ptr_array_remove_range (self->waiting, 0, BATCH_MAX);
    }

  self->is_recording = TRUE;
  batch = batch_new (self, tasks);
  porch_postgres_connection_run_async (self->connection, build_record_call (batch), NULL,
                                       on_batch_recorded_cb, batch);
}

static void
porch_postgres_store_record_presence_async (PorchStore *store,
                                            const PorchStorePresence *presence,
                                            PorchStatus combined,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data)
{
  PorchPostgresStore *self = PORCH_POSTGRES_STORE (store);
  g_autoptr (GTask) task = make_task (self, cancellable, callback, user_data);

  if (self->waiting->len >= WAITING_MAX)
    g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_UNAVAILABLE,
                             "The database does not keep up");
  else if (!porch_postgres_people_may_have (self->people, presence->user_id))
    g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                             "There is no such user");
  else
    {
      g_task_set_task_data (task, porch_store_presence_copy (presence),
                            (GDestroyNotify) porch_store_presence_free);
      g_ptr_array_add (self->waiting, g_object_ref (task));
      record_waiting (self);
    }
}

static void
on_presences_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = take_results (self, result, &error);
  g_autoptr (GPtrArray) presences = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_store_presence_free);
  const PGresult *rows;

  if (results == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  rows = g_ptr_array_index (results, 0);
  for (int row = 0; row < PQntuples (rows); row++)
    {
      PorchStorePresence *presence = g_new0 (PorchStorePresence, 1);

      presence->user_id = get_text (rows, row, 0);
      presence->client = get_text (rows, row, 1);
      presence->status = get_boolean (rows, row, 2) ? PORCH_STATUS_ONLINE : PORCH_STATUS_OFFLINE;
      presence->last_active_us = get_number (rows, row, 3);
      g_ptr_array_add (presences, presence);
    }
  g_task_return_pointer (task, g_steal_pointer (&presences), (GDestroyNotify) g_ptr_array_unref);
}

static void
porch_postgres_store_list_presences_async (PorchStore *store,
                                           gint64 since_us,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, LIST_PRESENCES, "i", since_us);
  run (task, call, on_presences_listed_cb);
}

static void
porch_postgres_store_iface_init (PorchStoreInterface *iface)
{
  iface->add_user_async = porch_postgres_store_add_user_async;
  iface->remove_user_async = porch_postgres_store_remove_user_async;
  iface->set_password_async = porch_postgres_store_set_password_async;
  iface->set_avatar_async = porch_postgres_store_set_avatar_async;
  iface->get_avatar_async = porch_postgres_store_get_avatar_async;
  iface->get_user_by_email_async = porch_postgres_store_get_user_by_email_async;
  iface->get_users_async = porch_postgres_store_get_users_async;
  iface->search_users_async = porch_postgres_store_search_users_async;
  iface->add_session_async = porch_postgres_store_add_session_async;
  iface->refresh_session_async = porch_postgres_store_refresh_session_async;
  iface->end_sessions_async = porch_postgres_store_end_sessions_async;
  iface->list_ended_sessions_async = porch_postgres_store_list_ended_sessions_async;
  iface->record_presence_async = porch_postgres_store_record_presence_async;
  iface->list_presences_async = porch_postgres_store_list_presences_async;
}

static void
on_notified_cb (PorchPostgresStore *self, const char *channel, const char *session_id)
{
  porch_store_session_ended (PORCH_STORE (self), session_id);
}

static void
on_missed_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PorchPostgresStore) self = PORCH_POSTGRES_STORE (user_data);
  g_autoptr (GPtrArray) ids = porch_store_list_ended_sessions_finish (PORCH_STORE (self), result,
                                                                      NULL);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    porch_store_session_ended (PORCH_STORE (self), g_ptr_array_index (ids, i));
}

/* Sessions may have ended while nobody could tell: all that are remembered are told. */
static void
on_ready_cb (PorchPostgresStore *self)
{
  porch_store_list_ended_sessions_async (PORCH_STORE (self),
                                         porch_clock_get_real_us (self->clock) - ENDED_KEPT_US,
                                         NULL, on_missed_listed_cb, g_object_ref (self));
}

static void
porch_postgres_store_finalize (GObject *object)
{
  PorchPostgresStore *self = PORCH_POSTGRES_STORE (object);

  g_clear_object (&self->connection);
  g_clear_pointer (&self->people, porch_postgres_people_free);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_clear_object (&self->clock);
  porch_secret_free (self->token_secret);

  G_OBJECT_CLASS (porch_postgres_store_parent_class)->finalize (object);
}

static void
porch_postgres_store_class_init (PorchPostgresStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_postgres_store_finalize;
}

static void
porch_postgres_store_init (PorchPostgresStore *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

/* The schema and the table of people, on a connection of their own that may block. */
static gboolean
prepare_database (PorchPostgresStore *self,
                  const char *conninfo,
                  const PorchUserTable *users,
                  GError **error)
{
  g_autoptr (PGconn) pg = porch_postgres_connect_blocking (conninfo, error);

  if (pg == NULL || !porch_postgres_schema_migrate (pg, error))
    return FALSE;

  self->people = porch_postgres_people_new (pg, users, error);

  return self->people != NULL;
}

static GStrv
expand_statements (PorchPostgresPeople *people)
{
  GStrv statements = g_new0 (char *, N_STATEMENTS + 1);

  for (guint i = 0; i < N_STATEMENTS; i++)
    statements[i] = porch_postgres_people_expand (people, sql[i]);

  return statements;
}

/**
 * porch_postgres_store_new:
 * @clock: for deadlines and pauses
 * @conninfo: as libpq reads it
 * @instance: which process of porchlightd this is: a UUID
 * @users: (nullable): the web app's table of people; %NULL for porchlightd's own
 * @token_secret: derives a refresh token's successor; the same for all instances, at every start
 * @error: a place for an error of %PORCH_STORE_ERROR
 *
 * Connects, and brings the schema up to date. Blocks, so it is for a program's start. The store is
 * used in the main context that is the thread's default now.
 *
 * Returns: (transfer full): the store, or %NULL with @error set
 */
PorchPostgresStore *
porch_postgres_store_new (PorchClock *clock,
                          const char *conninfo,
                          const char *instance,
                          const PorchUserTable *users,
                          const char *token_secret,
                          GError **error)
{
  g_autoptr (PorchPostgresStore) self = NULL;
  g_auto (GStrv) statements = NULL;

  g_return_val_if_fail (conninfo != NULL, NULL);
  g_return_val_if_fail (token_secret != NULL, NULL);

  self = g_object_new (PORCH_TYPE_POSTGRES_STORE, NULL);
  self->clock = g_object_ref (clock);
  self->token_secret = g_strdup (token_secret);
  if (!prepare_database (self, conninfo, users, error))
    return NULL;

  statements = expand_statements (self->people);
  self->connection = porch_postgres_connection_new (
      clock, conninfo, instance, (const char *const *) statements, PORCH_POSTGRES_SESSIONS_CHANNEL);
  if (!porch_postgres_connection_start (self->connection, error))
    return NULL;

  g_signal_connect_object (self->connection, "notified", G_CALLBACK (on_notified_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->connection, "ready", G_CALLBACK (on_ready_cb), self,
                           G_CONNECT_SWAPPED);

  return g_steal_pointer (&self);
}
