/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The interface of a place that keeps people, sessions and presence, with the records that it
 * hands out. Made once by porchlightd's main. It stores and answers; it decides nothing: who is
 * online is the presence service's business, who may sign in the sign-in routes'.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-store.h"

#include <string.h>

#include "protocol/porch-auth-message.h"

enum
{
  SESSION_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_QUARK (porch - store - error - quark, porch_store_error)

G_DEFINE_INTERFACE (PorchStore, porch_store, G_TYPE_OBJECT)

static void
porch_store_default_init (PorchStoreInterface *iface)
{
  /**
   * PorchStore::session-ended:
   * @self: the store
   * @session_id: the session
   *
   * A session ended, by this process or by another that shares the data: its access tokens are to
   * be refused from now on. Emitted before the call that ended it is answered.
   */
  signals[SESSION_ENDED] = g_signal_new ("session-ended", PORCH_TYPE_STORE, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

/**
 * porch_store_user_copy:
 * @user: a user
 *
 * Returns: (transfer full): a deep copy
 */
PorchStoreUser *
porch_store_user_copy (const PorchStoreUser *user)
{
  PorchStoreUser *copy;

  g_return_val_if_fail (user != NULL, NULL);

  copy = g_memdup2 (user, sizeof *user);
  copy->id = g_strdup (user->id);
  copy->email = g_strdup (user->email);
  copy->password_hash = g_strdup (user->password_hash);
  copy->first_name = g_strdup (user->first_name);
  copy->last_name = g_strdup (user->last_name);
  copy->avatar = g_strdup (user->avatar);

  return copy;
}

/**
 * porch_store_user_free:
 * @user: (nullable): a user
 *
 * Frees it.
 */
void
porch_store_user_free (PorchStoreUser *user)
{
  if (user == NULL)
    return;

  g_free (user->id);
  g_free (user->email);
  porch_secret_free (user->password_hash);
  g_free (user->first_name);
  g_free (user->last_name);
  g_free (user->avatar);
  g_free (user);
}

/**
 * porch_store_avatar_free:
 * @avatar: (nullable): an avatar
 *
 * Frees it.
 */
void
porch_store_avatar_free (PorchStoreAvatar *avatar)
{
  if (avatar == NULL)
    return;

  g_free (avatar->content_type);
  g_free (avatar->version);
  g_clear_pointer (&avatar->image, g_bytes_unref);
  g_free (avatar);
}

/**
 * porch_refresh_result_free:
 * @result: (nullable): a result
 *
 * Frees it and wipes the token.
 */
void
porch_refresh_result_free (PorchRefreshResult *result)
{
  if (result == NULL)
    return;

  g_free (result->session_id);
  g_free (result->user_id);
  g_free (result->methods);
  porch_secret_free (result->refresh_token);
  g_free (result);
}

/**
 * porch_store_presence_copy:
 * @presence: a presence
 *
 * Returns: (transfer full): a deep copy
 */
PorchStorePresence *
porch_store_presence_copy (const PorchStorePresence *presence)
{
  PorchStorePresence *copy;

  g_return_val_if_fail (presence != NULL, NULL);

  copy = g_memdup2 (presence, sizeof *presence);
  copy->user_id = g_strdup (presence->user_id);
  copy->client = g_strdup (presence->client);

  return copy;
}

/**
 * porch_store_presence_free:
 * @presence: (nullable): a presence
 *
 * Frees it.
 */
void
porch_store_presence_free (PorchStorePresence *presence)
{
  if (presence == NULL)
    return;

  g_free (presence->user_id);
  g_free (presence->client);
  g_free (presence);
}

/**
 * porch_email_normalize:
 * @email: an email address as somebody typed it
 *
 * The one spelling under which an address is stored and looked up: without surrounding white space
 * and in lower case, as Supabase Auth does. Whether it can receive mail is not checked.
 *
 * Returns: (transfer full) (nullable): the address, or %NULL where it cannot be one
 */
char *
porch_email_normalize (const char *email)
{
  g_autofree char *stripped = NULL;
  const char *at;

  g_return_val_if_fail (email != NULL, NULL);

  if (strlen (email) > PORCH_EMAIL_MAX_BYTES || !g_utf8_validate (email, -1, NULL))
    return NULL;

  stripped = g_strstrip (g_strdup (email));
  at = strchr (stripped, '@');
  if (at == NULL || at == stripped || at[1] == '\0' || strchr (at + 1, '@') != NULL)
    return NULL;

  for (const char *p = stripped; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isspace (g_utf8_get_char (p)) || g_unichar_iscntrl (g_utf8_get_char (p)))
      return NULL;

  return g_utf8_strdown (stripped, -1);
}

/**
 * porch_name_fold:
 * @name: a person's name, or a part of one
 *
 * Makes names comparable whatever their case and however their accents are encoded.
 *
 * Returns: (transfer full) (nullable): the folded name, or %NULL where @name is not UTF-8
 */
char *
porch_name_fold (const char *name)
{
  g_autofree char *normalized = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  normalized = g_utf8_normalize (name, -1, G_NORMALIZE_ALL_COMPOSE);

  return normalized != NULL ? g_utf8_casefold (normalized, -1) : NULL;
}

/**
 * porch_store_add_user_async:
 * @self: a store
 * @user: the user; its avatar, status and last-active are not looked at
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called when it is durable
 * @user_data: for @callback
 *
 * Adds a person. Fails with %PORCH_STORE_ERROR_EXISTS where the id or the email address is taken.
 */
void
porch_store_add_user_async (PorchStore *self,
                            const PorchStoreUser *user,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (user != NULL);

  PORCH_STORE_GET_IFACE (self)->add_user_async (self, user, cancellable, callback, user_data);
}

/**
 * porch_store_add_user_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it is stored
 */
gboolean
porch_store_add_user_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_store_put_profile_async:
 * @self: a store
 * @profile: a person whose account is elsewhere: id, names, and perhaps an email address and the
 *   address of a picture; created_at_us counts for one who is new
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Adds a person who signs in at a service of their own, or brings up to date what is known of them.
 * They have no password here. Their service keeps email addresses apart, and it may move one from
 * one person to another: who was here with it before has none then.
 */
void
porch_store_put_profile_async (PorchStore *self,
                               const PorchStoreUser *profile,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (profile != NULL && profile->id != NULL);

  PORCH_STORE_GET_IFACE (self)->put_profile_async (self, profile, cancellable, callback, user_data);
}

/**
 * porch_store_put_profile_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it is stored
 */
gboolean
porch_store_put_profile_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_store_remove_user_async:
 * @self: a store
 * @user_id: whom
 * @now_us: the time, Unix microseconds
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called when it is durable
 * @user_data: for @callback
 *
 * Removes a person with all that is theirs; their sessions end. Fails with
 * %PORCH_STORE_ERROR_NOT_FOUND where there is none.
 */
void
porch_store_remove_user_async (PorchStore *self,
                               const char *user_id,
                               gint64 now_us,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (user_id != NULL);

  PORCH_STORE_GET_IFACE (self)->remove_user_async (self, user_id, now_us, cancellable, callback,
                                                   user_data);
}

/**
 * porch_store_remove_user_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it is stored
 */
gboolean
porch_store_remove_user_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_store_set_password_async:
 * @self: a store
 * @user_id: whose
 * @password_hash: as crypt(3) writes it
 * @now_us: the time, Unix microseconds
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called when it is durable
 * @user_data: for @callback
 *
 * Replaces a person's password and ends all their sessions. Fails with %PORCH_STORE_ERROR_NOT_FOUND
 * where there is no such person.
 */
void
porch_store_set_password_async (PorchStore *self,
                                const char *user_id,
                                const char *password_hash,
                                gint64 now_us,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (user_id != NULL);
  g_return_if_fail (password_hash != NULL);

  PORCH_STORE_GET_IFACE (self)->set_password_async (self, user_id, password_hash, now_us,
                                                    cancellable, callback, user_data);
}

/**
 * porch_store_set_password_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it is stored
 */
gboolean
porch_store_set_password_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_store_set_avatar_async:
 * @self: a store
 * @user_id: whose
 * @content_type: what kind of picture
 * @image: the encoded picture
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called when it is durable
 * @user_data: for @callback
 *
 * Replaces a person's picture. Fails with %PORCH_STORE_ERROR_NOT_FOUND where there is no such
 * person.
 */
void
porch_store_set_avatar_async (PorchStore *self,
                              const char *user_id,
                              const char *content_type,
                              GBytes *image,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (user_id != NULL);
  g_return_if_fail (content_type != NULL);
  g_return_if_fail (image != NULL);

  PORCH_STORE_GET_IFACE (self)->set_avatar_async (self, user_id, content_type, image, cancellable,
                                                  callback, user_data);
}

/**
 * porch_store_set_avatar_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it is stored
 */
gboolean
porch_store_set_avatar_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_store_get_avatar_async:
 * @self: a store
 * @user_id: whose
 * @cancellable: (nullable): cancels the call
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Reads a person's picture. Fails with %PORCH_STORE_ERROR_NOT_FOUND where there is none.
 */
void
porch_store_get_avatar_async (PorchStore *self,
                              const char *user_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (user_id != NULL);

  PORCH_STORE_GET_IFACE (self)->get_avatar_async (self, user_id, cancellable, callback, user_data);
}

/**
 * porch_store_get_avatar_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the picture, or %NULL with @error set
 */
PorchStoreAvatar *
porch_store_get_avatar_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_store_get_user_by_email_async:
 * @self: a store
 * @email: as porch_email_normalize() returns it
 * @cancellable: (nullable): cancels the call
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Looks a person up for signing in. Fails with %PORCH_STORE_ERROR_NOT_FOUND where there is none.
 */
void
porch_store_get_user_by_email_async (PorchStore *self,
                                     const char *email,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (email != NULL);

  PORCH_STORE_GET_IFACE (self)->get_user_by_email_async (self, email, cancellable, callback,
                                                         user_data);
}

/**
 * porch_store_get_user_by_email_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the user, with the password hash, or %NULL with @error set
 */
PorchStoreUser *
porch_store_get_user_by_email_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_store_get_users_async:
 * @self: a store
 * @ids: (array zero-terminated=1): user ids
 * @cancellable: (nullable): cancels the call
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Looks people up by id; unknown ids are left out. Password hashes are not read.
 */
void
porch_store_get_users_async (PorchStore *self,
                             const char *const *ids,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (ids != NULL);

  PORCH_STORE_GET_IFACE (self)->get_users_async (self, ids, cancellable, callback, user_data);
}

/**
 * porch_store_get_users_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type PorchStoreUser): the users that exist among the ids, or
 *   %NULL with @error set
 */
GPtrArray *
porch_store_get_users_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_store_search_users_async:
 * @self: a store
 * @query: (nullable): letters of a name, or one exact email address; %NULL for everybody
 * @limit: how many at most
 * @cancellable: (nullable): cancels the call
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Finds people whose name contains the query, whatever its case, or whose email address it is.
 * Password hashes are not read.
 */
void
porch_store_search_users_async (PorchStore *self,
                                const char *query,
                                guint limit,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));

  PORCH_STORE_GET_IFACE (self)->search_users_async (self, query, limit, cancellable, callback,
                                                    user_data);
}

/**
 * porch_store_search_users_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type PorchStoreUser): the users found, by name, or %NULL with
 *   @error set
 */
GPtrArray *
porch_store_search_users_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_store_add_session_async:
 * @self: a store
 * @user_id: who signed in
 * @methods: how they signed in, as "amr" in their tokens names it, with spaces between
 * @now_us: the time, Unix microseconds
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called when it is durable
 * @user_data: for @callback
 *
 * Begins a session. Fails with %PORCH_STORE_ERROR_NOT_FOUND where there is no such person.
 */
void
porch_store_add_session_async (PorchStore *self,
                               const char *user_id,
                               const char *methods,
                               gint64 now_us,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (user_id != NULL);

  PORCH_STORE_GET_IFACE (self)->add_session_async (self, user_id, methods, now_us, cancellable,
                                                   callback, user_data);
}

/**
 * porch_store_add_session_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the session with its first refresh token, as rotated, or %NULL with
 *   @error set
 */
PorchRefreshResult *
porch_store_add_session_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_store_refresh_session_async:
 * @self: a store
 * @refresh_token: what the client presented
 * @now_us: the time, Unix microseconds
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called when it is durable
 * @user_data: for @callback
 *
 * Exchanges a refresh token for its successor, by the rules of #PorchRefreshOutcome. A refused
 * token is a result, not an error.
 */
void
porch_store_refresh_session_async (PorchStore *self,
                                   const char *refresh_token,
                                   gint64 now_us,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (refresh_token != NULL);

  PORCH_STORE_GET_IFACE (self)->refresh_session_async (self, refresh_token, now_us, cancellable,
                                                       callback, user_data);
}

/**
 * porch_store_refresh_session_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): what became of the token, or %NULL with @error set
 */
PorchRefreshResult *
porch_store_refresh_session_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_store_end_sessions_async:
 * @self: a store
 * @user_id: whose
 * @session_id: (nullable): which; may be %NULL with a global scope
 * @scope: how many
 * @now_us: the time, Unix microseconds
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called when it is durable
 * @user_data: for @callback
 *
 * Signs out. What has ended already is no error.
 */
void
porch_store_end_sessions_async (PorchStore *self,
                                const char *user_id,
                                const char *session_id,
                                PorchSessionScope scope,
                                gint64 now_us,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (user_id != NULL);
  g_return_if_fail (session_id != NULL || scope == PORCH_SESSION_SCOPE_GLOBAL);

  PORCH_STORE_GET_IFACE (self)->end_sessions_async (self, user_id, session_id, scope, now_us,
                                                    cancellable, callback, user_data);
}

/**
 * porch_store_end_sessions_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it is stored
 */
gboolean
porch_store_end_sessions_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_store_list_ended_sessions_async:
 * @self: a store
 * @since_us: Unix microseconds
 * @cancellable: (nullable): cancels the call
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Lists the sessions that ended at @since_us or later, whose access tokens may still be about. They
 * are remembered for a day.
 */
void
porch_store_list_ended_sessions_async (PorchStore *self,
                                       gint64 since_us,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));

  PORCH_STORE_GET_IFACE (self)->list_ended_sessions_async (self, since_us, cancellable, callback,
                                                           user_data);
}

/**
 * porch_store_list_ended_sessions_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type utf8): session ids, or %NULL with @error set
 */
GPtrArray *
porch_store_list_ended_sessions_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_store_record_presence_async:
 * @self: a store
 * @presence: what one program of a person told
 * @combined: the person's status over all their programs, as far as this server knows
 * @cancellable: (nullable): cancels the call; what it was to write may be written nevertheless
 * @callback: called when it is durable
 * @user_data: for @callback
 *
 * Stores what a heartbeat told. Calls that come while others are being written share the next
 * commit. Fails with %PORCH_STORE_ERROR_NOT_FOUND where there is no such person.
 */
void
porch_store_record_presence_async (PorchStore *self,
                                   const PorchStorePresence *presence,
                                   PorchStatus combined,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (presence != NULL);

  PORCH_STORE_GET_IFACE (self)->record_presence_async (self, presence, combined, cancellable,
                                                       callback, user_data);
}

/**
 * porch_store_record_presence_finish:
 * @self: a store
 * @result: what the callback got
 * @combined: (out) (optional): the person's status over all their programs
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it is stored
 */
gboolean
porch_store_record_presence_finish (PorchStore *self,
                                    GAsyncResult *result,
                                    PorchStatus *combined,
                                    GError **error)
{
  gssize status;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  status = g_task_propagate_int (G_TASK (result), error);
  if (status < 0)
    return FALSE;

  if (combined != NULL)
    *combined = (PorchStatus) status;

  return TRUE;
}

/**
 * porch_store_list_presences_async:
 * @self: a store
 * @since_us: Unix microseconds
 * @cancellable: (nullable): cancels the call
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Lists what was told at @since_us or later, for a server that starts.
 */
void
porch_store_list_presences_async (PorchStore *self,
                                  gint64 since_us,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (PORCH_IS_STORE (self));

  PORCH_STORE_GET_IFACE (self)->list_presences_async (self, since_us, cancellable, callback,
                                                      user_data);
}

/**
 * porch_store_list_presences_finish:
 * @self: a store
 * @result: what the callback got
 * @error: a place for an error of %PORCH_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type PorchStorePresence): what each program told last, or
 *   %NULL with @error set
 */
GPtrArray *
porch_store_list_presences_finish (PorchStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * porch_store_session_ended:
 * @self: a store
 * @session_id: the session
 *
 * For implementations: emits #PorchStore::session-ended.
 */
void
porch_store_session_ended (PorchStore *self, const char *session_id)
{
  g_return_if_fail (PORCH_IS_STORE (self));
  g_return_if_fail (session_id != NULL);

  g_signal_emit (self, signals[SESSION_ENDED], 0, session_id);
}
