/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-presence.h"

G_BEGIN_DECLS

/**
 * PORCH_REFRESH_REUSE_WINDOW_US:
 *
 * How long a refresh token that was used is taken again: two refreshes may have raced.
 */
#define PORCH_REFRESH_REUSE_WINDOW_US (10 * G_TIME_SPAN_SECOND)

/**
 * PORCH_STORE_CLIENTS_MAX:
 *
 * How many installations of one person are remembered; the one seen longest ago makes room.
 */
#define PORCH_STORE_CLIENTS_MAX 16

/**
 * PorchStoreError:
 * @PORCH_STORE_ERROR_FAILED: something else; the message says what
 * @PORCH_STORE_ERROR_NOT_FOUND: there is no such user, session or avatar
 * @PORCH_STORE_ERROR_EXISTS: a user with that id or email address is there already
 * @PORCH_STORE_ERROR_FULL: the disk is full: nothing was stored, reading goes on
 * @PORCH_STORE_ERROR_DAMAGED: the data is damaged: nothing more is written until a restart
 * @PORCH_STORE_ERROR_UNAVAILABLE: the database cannot be reached: it is worth trying again soon
 */
typedef enum
{
  PORCH_STORE_ERROR_FAILED,
  PORCH_STORE_ERROR_NOT_FOUND,
  PORCH_STORE_ERROR_EXISTS,
  PORCH_STORE_ERROR_FULL,
  PORCH_STORE_ERROR_DAMAGED,
  PORCH_STORE_ERROR_UNAVAILABLE,
} PorchStoreError;

#define PORCH_STORE_ERROR (porch_store_error_quark ())
GQuark porch_store_error_quark (void);

/**
 * PorchStoreUser:
 * @id: a UUID
 * @email: as porch_email_normalize() returns it; empty where a person from elsewhere has none
 * @password_hash: (nullable): as crypt(3) writes it; %NULL where a listing leaves it out
 * @first_name: may be empty
 * @last_name: may be empty
 * @avatar: (nullable): "/avatars/{id}?v=…", set by porch_store_set_avatar_async() alone; or an
 *   address elsewhere, from porch_store_put_profile_async()
 * @status: combined over the person's clients, as last stored; unknown before the first
 * @last_active_us: Unix microseconds, 0 for never
 * @created_at_us: Unix microseconds
 *
 * A person with an account on this server.
 */
typedef struct
{
  char *id;
  char *email;
  char *password_hash;
  char *first_name;
  char *last_name;
  char *avatar;
  PorchStatus status;
  gint64 last_active_us;
  gint64 created_at_us;
} PorchStoreUser;

PorchStoreUser *porch_store_user_copy (const PorchStoreUser *user);
void porch_store_user_free (PorchStoreUser *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchStoreUser, porch_store_user_free)

/**
 * PorchStoreAvatar:
 * @content_type: image/png, image/jpeg or image/webp
 * @version: changes with the picture; what "v=" in a #PorchStoreUser's avatar says
 * @image: the encoded picture
 *
 * A person's picture.
 */
typedef struct
{
  char *content_type;
  char *version;
  GBytes *image;
} PorchStoreAvatar;

void porch_store_avatar_free (PorchStoreAvatar *avatar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchStoreAvatar, porch_store_avatar_free)

/**
 * PorchRefreshOutcome:
 * @PORCH_REFRESH_ROTATED: it was the newest: its successor is stored and handed out
 * @PORCH_REFRESH_REUSED: it was used within the reuse window, or is the parent of the newest (the
 *   client never received that answer): the newest is handed out again
 * @PORCH_REFRESH_NOT_FOUND: no such token, or its session was signed out
 * @PORCH_REFRESH_REVOKED: any other reuse, which ends the session, or a token of a session that
 *   ended so before
 *
 * What became of a refresh token that was presented.
 */
typedef enum
{
  PORCH_REFRESH_ROTATED,
  PORCH_REFRESH_REUSED,
  PORCH_REFRESH_NOT_FOUND,
  PORCH_REFRESH_REVOKED,
} PorchRefreshOutcome;

/**
 * PorchRefreshResult:
 * @outcome: what became of the token
 * @session_id: (nullable): the session, a UUID
 * @user_id: (nullable): whose it is
 * @methods: (nullable): how they signed in, as they did then: "password", "otp totp" …
 * @refresh_token: (nullable): the token to hand out, with ROTATED and REUSED; wiped when freed
 */
typedef struct
{
  PorchRefreshOutcome outcome;
  char *session_id;
  char *user_id;
  char *methods;
  char *refresh_token;
} PorchRefreshResult;

void porch_refresh_result_free (PorchRefreshResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchRefreshResult, porch_refresh_result_free)

/* What a store keeps of a code that was sent: a hash with a key that is not in it. */
#define PORCH_STORE_CODE_HASH_BYTES 32
/* How often one code may be guessed. */
#define PORCH_STORE_CODE_TRIES_MAX 5

/**
 * PorchStoreFactor:
 * @id: a UUID
 * @user_id: whose
 * @name: what they call it; may be empty
 * @secret: the key that their authenticator app has, in base32; wiped when freed
 * @is_verified: whether it ever told a right code, and is asked for since
 * @created_at_us: Unix microseconds
 * @last_step: the time step of the last code that was taken, see porch_totp_find_step()
 *
 * A second step of a person: an authenticator app (RFC 6238).
 */
typedef struct
{
  char *id;
  char *user_id;
  char *name;
  char *secret;
  gboolean is_verified;
  gint64 created_at_us;
  gint64 last_step;
} PorchStoreFactor;

PorchStoreFactor *porch_store_factor_copy (const PorchStoreFactor *factor);
void porch_store_factor_free (PorchStoreFactor *factor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchStoreFactor, porch_store_factor_free)

/**
 * PorchSessionScope:
 * @PORCH_SESSION_SCOPE_LOCAL: the one session
 * @PORCH_SESSION_SCOPE_GLOBAL: every session of the user
 * @PORCH_SESSION_SCOPE_OTHERS: every session of the user but the one
 *
 * Which sessions end; the words of Supabase Auth's logout.
 */
typedef enum
{
  PORCH_SESSION_SCOPE_LOCAL,
  PORCH_SESSION_SCOPE_GLOBAL,
  PORCH_SESSION_SCOPE_OTHERS,
} PorchSessionScope;

/**
 * PorchStorePresence:
 * @user_id: who
 * @client: which installation of theirs; "" for a program that does not say
 * @status: what it said
 * @last_active_us: Unix microseconds
 *
 * What one program of a person told.
 */
typedef struct
{
  char *user_id;
  char *client;
  PorchStatus status;
  gint64 last_active_us;
} PorchStorePresence;

PorchStorePresence *porch_store_presence_copy (const PorchStorePresence *presence);
void porch_store_presence_free (PorchStorePresence *presence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchStorePresence, porch_store_presence_free)

char *porch_email_normalize (const char *email);
char *porch_name_fold (const char *name);

#define PORCH_TYPE_STORE (porch_store_get_type ())
G_DECLARE_INTERFACE (PorchStore, porch_store, PORCH, STORE, GObject)

/**
 * PorchStoreInterface:
 *
 * Where porchlightd keeps people, sessions and presence. An implementation starts a #GTask with
 * itself as the source and answers it in the caller's main context, after what was written is
 * durable; the wrapper's _finish says with which type. Arguments are copied before a call returns.
 * Where several servers share the data, it is the store that knows who is online.
 */
struct _PorchStoreInterface
{
  GTypeInterface parent_iface;

  void (*add_user_async) (PorchStore *self,
                          const PorchStoreUser *user,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
  void (*put_profile_async) (PorchStore *self,
                             const PorchStoreUser *profile,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
  void (*remove_user_async) (PorchStore *self,
                             const char *user_id,
                             gint64 now_us,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
  void (*set_password_async) (PorchStore *self,
                              const char *user_id,
                              const char *password_hash,
                              gint64 now_us,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
  void (*set_avatar_async) (PorchStore *self,
                            const char *user_id,
                            const char *content_type,
                            GBytes *image,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  void (*get_avatar_async) (PorchStore *self,
                            const char *user_id,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  void (*get_user_by_email_async) (PorchStore *self,
                                   const char *email,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
  void (*get_users_async) (PorchStore *self,
                           const char *const *ids,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
  void (*search_users_async) (PorchStore *self,
                              const char *query,
                              guint limit,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
  void (*add_session_async) (PorchStore *self,
                             const char *user_id,
                             const char *methods,
                             gint64 now_us,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
  void (*refresh_session_async) (PorchStore *self,
                                 const char *refresh_token,
                                 gint64 now_us,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
  void (*end_sessions_async) (PorchStore *self,
                              const char *user_id,
                              const char *session_id,
                              PorchSessionScope scope,
                              gint64 now_us,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
  void (*list_ended_sessions_async) (PorchStore *self,
                                     gint64 since_us,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
  void (*put_code_async) (PorchStore *self,
                          const char *user_id,
                          const guint8 *hash,
                          gint64 expires_us,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
  void (*take_code_async) (PorchStore *self,
                           const char *user_id,
                           const guint8 *hash,
                           gint64 now_us,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
  void (*add_factor_async) (PorchStore *self,
                            const PorchStoreFactor *factor,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  void (*list_factors_async) (PorchStore *self,
                              const char *user_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
  void (*use_factor_async) (PorchStore *self,
                            const char *user_id,
                            const char *factor_id,
                            gint64 step,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  void (*remove_factors_async) (PorchStore *self,
                                const char *user_id,
                                const char *factor_id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
  void (*record_presence_async) (PorchStore *self,
                                 const PorchStorePresence *presence,
                                 PorchStatus combined,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
  void (*list_presences_async) (PorchStore *self,
                                gint64 since_us,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
};

void porch_store_add_user_async (PorchStore *self,
                                 const PorchStoreUser *user,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean porch_store_add_user_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_put_profile_async (PorchStore *self,
                                    const PorchStoreUser *profile,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean porch_store_put_profile_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_remove_user_async (PorchStore *self,
                                    const char *user_id,
                                    gint64 now_us,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean porch_store_remove_user_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_set_password_async (PorchStore *self,
                                     const char *user_id,
                                     const char *password_hash,
                                     gint64 now_us,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean porch_store_set_password_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_set_avatar_async (PorchStore *self,
                                   const char *user_id,
                                   const char *content_type,
                                   GBytes *image,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean porch_store_set_avatar_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_get_avatar_async (PorchStore *self,
                                   const char *user_id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
PorchStoreAvatar *
porch_store_get_avatar_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_get_user_by_email_async (PorchStore *self,
                                          const char *email,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
PorchStoreUser *
porch_store_get_user_by_email_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_get_users_async (PorchStore *self,
                                  const char *const *ids,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GPtrArray *porch_store_get_users_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_search_users_async (PorchStore *self,
                                     const char *query,
                                     guint limit,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GPtrArray *porch_store_search_users_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_add_session_async (PorchStore *self,
                                    const char *user_id,
                                    const char *methods,
                                    gint64 now_us,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
PorchRefreshResult *
porch_store_add_session_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_refresh_session_async (PorchStore *self,
                                        const char *refresh_token,
                                        gint64 now_us,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
PorchRefreshResult *
porch_store_refresh_session_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_end_sessions_async (PorchStore *self,
                                     const char *user_id,
                                     const char *session_id,
                                     PorchSessionScope scope,
                                     gint64 now_us,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean porch_store_end_sessions_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_list_ended_sessions_async (PorchStore *self,
                                            gint64 since_us,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
GPtrArray *
porch_store_list_ended_sessions_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_record_presence_async (PorchStore *self,
                                        const PorchStorePresence *presence,
                                        PorchStatus combined,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean porch_store_record_presence_finish (PorchStore *self,
                                             GAsyncResult *result,
                                             PorchStatus *combined,
                                             GError **error);
void porch_store_list_presences_async (PorchStore *self,
                                       gint64 since_us,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GPtrArray *
porch_store_list_presences_finish (PorchStore *self, GAsyncResult *result, GError **error);

/* Codes and second steps are in porch-store-proofs.c. */
void porch_store_put_code_async (PorchStore *self,
                                 const char *user_id,
                                 const guint8 *hash,
                                 gint64 expires_us,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean porch_store_put_code_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_take_code_async (PorchStore *self,
                                  const char *user_id,
                                  const guint8 *hash,
                                  gint64 now_us,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean porch_store_take_code_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_add_factor_async (PorchStore *self,
                                   const PorchStoreFactor *factor,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean porch_store_add_factor_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_list_factors_async (PorchStore *self,
                                     const char *user_id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GPtrArray *porch_store_list_factors_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_use_factor_async (PorchStore *self,
                                   const char *user_id,
                                   const char *factor_id,
                                   gint64 step,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean porch_store_use_factor_finish (PorchStore *self, GAsyncResult *result, GError **error);
void porch_store_remove_factors_async (PorchStore *self,
                                       const char *user_id,
                                       const char *factor_id,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean porch_store_remove_factors_finish (PorchStore *self, GAsyncResult *result, GError **error);

void porch_store_session_ended (PorchStore *self, const char *session_id);

G_END_DECLS
