/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* PorchStore on PostgreSQL. Each call is a transaction of its own, but for heartbeats, which
 * PorchPostgresRecorder gathers. Made once by porch_open_store(). The SQL is in
 * PorchPostgresStatements, what several instances decide together in PorchPostgresSchema's
 * functions; what they tell each other is PorchPeers' business, the connection
 * PorchPostgresConnection's.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-postgres-store.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "server/porch-postgres-people.h"
#include "server/porch-postgres-recorder.h"
#include "server/porch-postgres-refresh.h"
#include "server/porch-postgres-result.h"
#include "server/porch-postgres-schema.h"
#include "server/porch-postgres-statements.h"
#include "server/porch-refresh-token.h"

#define ENDED_KEPT_US        G_TIME_SPAN_DAY
#define IDLE_SESSION_KEPT_US (365 * G_TIME_SPAN_DAY)

struct _PorchPostgresStore
{
  GObject parent_instance;

  PorchClock *clock;
  PorchPostgresPeople *people;
  PorchPostgresConnection *connection;
  char *token_secret;
  PorchPostgresRecorder *recorder;
};

static void porch_postgres_store_iface_init (PorchStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchPostgresStore,
                               porch_postgres_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_STORE,
                                                      porch_postgres_store_iface_init))

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

static PorchStoreUser *
read_user (const PGresult *result, int row)
{
  PorchStoreUser *user = g_new0 (PorchStoreUser, 1);

  user->id = porch_postgres_get_text (result, row, 0);
  user->email = porch_postgres_get_text (result, row, 1);
  if (g_str_equal (user->email, user->id))
    user->email[0] = '\0';
  user->first_name = porch_postgres_get_text (result, row, 2);
  user->last_name = porch_postgres_get_text (result, row, 3);
  user->created_at_us = porch_postgres_get_number (result, row, 4);
  user->avatar = porch_postgres_get_text (result, row, 6);
  if (user->avatar == NULL && !PQgetisnull (result, row, 5))
    user->avatar = g_strdup_printf ("/avatars/%s?v=%s", user->id, PQgetvalue (result, row, 5));
  user->status = (PorchStatus) porch_postgres_get_number (result, row, 7);
  user->last_active_us = porch_postgres_get_number (result, row, 8);

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
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (self->connection, result,
                                                                        &error);

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
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (self->connection, result,
                                                                        &error);

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
  porch_postgres_call_add (call, PORCH_STATEMENT_ADD_USER, "ssssssi", user->id, user->email,
                           user->password_hash, user->first_name, user->last_name, folded_name,
                           user->created_at_us);
  run (task, call, on_stored_cb);
}

/* A web app's table has its own way of knowing people. */
static void
porch_postgres_store_put_profile_async (PorchStore *store,
                                        const PorchStoreUser *profile,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  PorchPostgresStore *self = PORCH_POSTGRES_STORE (store);
  GTask *task = make_task (self, cancellable, callback, user_data);
  g_autofree char *name = g_strdup_printf ("%s %s", profile->first_name, profile->last_name);
  g_autofree char *folded_name = porch_name_fold (name);
  PorchPostgresCall *call;

  if (!porch_postgres_people_are_own (self->people))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  call = porch_postgres_call_new ();
  porch_postgres_call_add (call, PORCH_STATEMENT_RELEASE_EMAIL, "ss", profile->id, profile->email);
  porch_postgres_call_add (call, PORCH_STATEMENT_PUT_PROFILE, "sssssis", profile->id,
                           profile->email, profile->first_name, profile->last_name, folded_name,
                           profile->created_at_us, profile->avatar);
  run (task, call, on_stored_cb);
}

static void
add_end_of_sessions (PorchPostgresCall *call,
                     const char *user_id,
                     const char *session_id,
                     PorchSessionScope scope,
                     gint64 now_us)
{
  porch_postgres_call_add (call, PORCH_STATEMENT_FORGET_ENDED_SESSIONS, "i",
                           now_us - ENDED_KEPT_US);
  porch_postgres_call_add (call, PORCH_STATEMENT_REMEMBER_ENDED_SESSIONS, "ssii", user_id,
                           session_id, (gint64) scope, now_us);
  porch_postgres_call_add (call, PORCH_STATEMENT_REMOVE_SESSIONS, "ssi", user_id, session_id,
                           (gint64) scope);
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
  porch_postgres_call_add (call, PORCH_STATEMENT_END_STATUS, "s", user_id);
  porch_postgres_call_add (call, PORCH_STATEMENT_FORGET_STATUS, "s", user_id);
  porch_postgres_call_add (call, PORCH_STATEMENT_FORGET_PRESENCES, "s", user_id);
  porch_postgres_call_add (call, PORCH_STATEMENT_REMOVE_USER, "s", user_id);
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
  porch_postgres_call_add (call, PORCH_STATEMENT_SET_PASSWORD, "ss", user_id, password_hash);
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
  porch_postgres_call_add (call, PORCH_STATEMENT_SET_AVATAR, "sssb", user_id, content_type, version,
                           image);
  run (task, call, on_stored_cb);
}

static void
on_avatar_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (self->connection, result,
                                                                        &error);
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
  avatar->content_type = porch_postgres_get_text (rows, 0, 0);
  avatar->version = porch_postgres_get_text (rows, 0, 1);
  avatar->image = porch_postgres_get_bytes (rows, 0, 2);
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

  porch_postgres_call_add (call, PORCH_STATEMENT_GET_AVATAR, "s", user_id);
  run (task, call, on_avatar_read_cb);
}

static void
on_user_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (self->connection, result,
                                                                        &error);
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
  user->password_hash = porch_postgres_get_text (rows, 0, 9);
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

  porch_postgres_call_add (call, PORCH_STATEMENT_GET_USER_BY_EMAIL, "s", email);
  run (task, call, on_user_read_cb);
}

static void
on_users_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (self->connection, result,
                                                                        &error);
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
  porch_postgres_call_add (call, PORCH_STATEMENT_GET_USERS, "s", array);
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

  porch_postgres_call_add (call, PORCH_STATEMENT_SEARCH_USERS, "ssi", letters, email,
                           (gint64) limit);
  run (task, call, on_users_read_cb);
}

static void
on_session_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (self->connection, result,
                                                                        &error);

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
                                        const char *methods,
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
  session->methods = g_strdup (methods);
  session->refresh_token = porch_refresh_token_new ();
  porch_refresh_token_hash (session->refresh_token, hash);
  g_task_set_task_data (task, session, NULL);

  porch_postgres_call_add (call, PORCH_STATEMENT_ADD_SESSION, "sshis", session->session_id, user_id,
                           hash, now_us, methods);
  porch_postgres_call_add (call, PORCH_STATEMENT_ADD_TOKEN, "hs", hash, session->session_id);
  porch_postgres_call_add (call, PORCH_STATEMENT_FORGET_IDLE_SESSIONS, "si", user_id,
                           now_us - IDLE_SESSION_KEPT_US);
  run (task, call, on_session_added_cb);
}

static void
porch_postgres_store_refresh_session_async (PorchStore *store,
                                            const char *refresh_token,
                                            gint64 now_us,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data)
{
  PorchPostgresStore *self = PORCH_POSTGRES_STORE (store);
  g_autoptr (GTask) task = make_task (self, cancellable, callback, user_data);

  porch_postgres_refresh_begin (self->connection, self->token_secret, refresh_token, now_us, task);
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
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (self->connection, result,
                                                                        &error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  const PGresult *rows;

  if (results == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  rows = g_ptr_array_index (results, 0);
  for (int row = 0; row < PQntuples (rows); row++)
    g_ptr_array_add (ids, porch_postgres_get_text (rows, row, 0));
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

  porch_postgres_call_add (call, PORCH_STATEMENT_LIST_ENDED_SESSIONS, "i", since_us);
  run (task, call, on_ended_listed_cb);
}

/* Of a statement whose first row says whether it did something. */
static void
on_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (self->connection, result,
                                                                        &error);
  const PGresult *rows = results != NULL ? g_ptr_array_index (results, 0) : NULL;

  if (rows == NULL)
    g_task_return_error (task, error);
  else if (PQntuples (rows) > 0 && porch_postgres_get_boolean (rows, 0, 0))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                             "There is no such proof");
}

static void
porch_postgres_store_put_code_async (PorchStore *store,
                                     const char *user_id,
                                     const guint8 *hash,
                                     gint64 expires_us,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, PORCH_STATEMENT_PUT_CODE, "shi", user_id, hash, expires_us);
  run (task, call, on_stored_cb);
}

static void
porch_postgres_store_take_code_async (PorchStore *store,
                                      const char *user_id,
                                      const guint8 *hash,
                                      gint64 now_us,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, PORCH_STATEMENT_TAKE_CODE, "shi", user_id, hash, now_us);
  run (task, call, on_asked_cb);
}

static void
porch_postgres_store_add_factor_async (PorchStore *store,
                                       const PorchStoreFactor *factor,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, PORCH_STATEMENT_FORGET_UNVERIFIED_FACTORS, "s", factor->user_id);
  porch_postgres_call_add (call, PORCH_STATEMENT_ADD_FACTOR, "ssssi", factor->id, factor->user_id,
                           factor->name, factor->secret, factor->created_at_us);
  run (task, call, on_stored_cb);
}

static void
on_factors_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (self->connection, result,
                                                                        &error);
  g_autoptr (GPtrArray) factors = g_ptr_array_new_with_free_func (
      (GDestroyNotify) porch_store_factor_free);
  const PGresult *rows;

  if (results == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  rows = g_ptr_array_index (results, 0);
  for (int row = 0; row < PQntuples (rows); row++)
    {
      PorchStoreFactor *factor = g_new0 (PorchStoreFactor, 1);

      factor->id = porch_postgres_get_text (rows, row, 0);
      factor->user_id = porch_postgres_get_text (rows, row, 1);
      factor->name = porch_postgres_get_text (rows, row, 2);
      factor->secret = porch_postgres_get_text (rows, row, 3);
      factor->is_verified = porch_postgres_get_boolean (rows, row, 4);
      factor->created_at_us = porch_postgres_get_number (rows, row, 5);
      factor->last_step = porch_postgres_get_number (rows, row, 6);
      g_ptr_array_add (factors, factor);
    }
  g_task_return_pointer (task, g_steal_pointer (&factors), (GDestroyNotify) g_ptr_array_unref);
}

static void
porch_postgres_store_list_factors_async (PorchStore *store,
                                         const char *user_id,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, PORCH_STATEMENT_LIST_FACTORS, "s", user_id);
  run (task, call, on_factors_listed_cb);
}

static void
porch_postgres_store_use_factor_async (PorchStore *store,
                                       const char *user_id,
                                       const char *factor_id,
                                       gint64 step,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, PORCH_STATEMENT_USE_FACTOR, "ssi", user_id, factor_id, step);
  run (task, call, on_asked_cb);
}

static void
porch_postgres_store_remove_factors_async (PorchStore *store,
                                           const char *user_id,
                                           const char *factor_id,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data)
{
  GTask *task = make_task (PORCH_POSTGRES_STORE (store), cancellable, callback, user_data);
  PorchPostgresCall *call = porch_postgres_call_new ();

  porch_postgres_call_add (call, PORCH_STATEMENT_REMOVE_FACTORS, "ss", user_id, factor_id);
  run (task, call, on_asked_cb);
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

  if (porch_postgres_people_may_have (self->people, presence->user_id))
    porch_postgres_recorder_add (self->recorder, presence, task);
  else
    g_task_return_new_error (task, PORCH_STORE_ERROR, PORCH_STORE_ERROR_NOT_FOUND,
                             "There is no such user");
}

static void
on_presences_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchPostgresStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results = porch_postgres_connection_run_finish (self->connection, result,
                                                                        &error);
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

      presence->user_id = porch_postgres_get_text (rows, row, 0);
      presence->client = porch_postgres_get_text (rows, row, 1);
      presence->status = porch_postgres_get_boolean (rows, row, 2) ? PORCH_STATUS_ONLINE
                                                                   : PORCH_STATUS_OFFLINE;
      presence->last_active_us = porch_postgres_get_number (rows, row, 3);
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

  porch_postgres_call_add (call, PORCH_STATEMENT_LIST_PRESENCES, "i", since_us);
  run (task, call, on_presences_listed_cb);
}

static void
porch_postgres_store_iface_init (PorchStoreInterface *iface)
{
  iface->add_user_async = porch_postgres_store_add_user_async;
  iface->put_profile_async = porch_postgres_store_put_profile_async;
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
  iface->put_code_async = porch_postgres_store_put_code_async;
  iface->take_code_async = porch_postgres_store_take_code_async;
  iface->add_factor_async = porch_postgres_store_add_factor_async;
  iface->list_factors_async = porch_postgres_store_list_factors_async;
  iface->use_factor_async = porch_postgres_store_use_factor_async;
  iface->remove_factors_async = porch_postgres_store_remove_factors_async;
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
  g_clear_object (&self->recorder);
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
}

/* The schema and the table of people, on a connection of their own that may block. */
static gboolean
prepare_database (PorchPostgresStore *self,
                  const PorchPostgresAddress *address,
                  const PorchUserTable *users,
                  GError **error)
{
  g_autoptr (PGconn) pg = porch_postgres_connect_blocking (address, error);

  if (pg == NULL || !porch_postgres_schema_migrate (pg, error))
    return FALSE;

  self->people = porch_postgres_people_new (pg, users, error);

  return self->people != NULL;
}

/**
 * porch_postgres_store_new:
 * @clock: for deadlines and pauses
 * @address: where the database is
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
                          const PorchPostgresAddress *address,
                          const PorchUserTable *users,
                          const char *token_secret,
                          GError **error)
{
  g_autoptr (PorchPostgresStore) self = NULL;
  g_auto (GStrv) statements = NULL;

  g_return_val_if_fail (address != NULL && address->conninfo != NULL, NULL);
  g_return_val_if_fail (token_secret != NULL, NULL);

  self = g_object_new (PORCH_TYPE_POSTGRES_STORE, NULL);
  self->clock = g_object_ref (clock);
  self->token_secret = g_strdup (token_secret);
  if (!prepare_database (self, address, users, error))
    return NULL;

  statements = porch_postgres_statements_expand (self->people);
  self->connection = porch_postgres_connection_new (
      clock, address, (const char *const *) statements, PORCH_POSTGRES_SESSIONS_CHANNEL);
  if (!porch_postgres_connection_start (self->connection, error))
    return NULL;
  self->recorder = porch_postgres_recorder_new (self->connection);

  g_signal_connect_object (self->connection, "notified", G_CALLBACK (on_notified_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->connection, "ready", G_CALLBACK (on_ready_cb), self,
                           G_CONNECT_SWAPPED);

  return g_steal_pointer (&self);
}
