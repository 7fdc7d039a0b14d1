/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-presence.h"

G_BEGIN_DECLS

typedef enum
{
  PORCH_STORE_ERROR_FAILED,
  PORCH_STORE_ERROR_NOT_FOUND,
  PORCH_STORE_ERROR_EXISTS,
  PORCH_STORE_ERROR_FULL,
} PorchStoreError;

#define PORCH_STORE_ERROR (porch_store_error_quark ())
GQuark porch_store_error_quark (void);

/* A person with an account on this server. */
typedef struct
{
  char *id;
  char *email;
  char *password_hash; /* NULL where a listing leaves it out */
  char *first_name;
  char *last_name;
  char *avatar;       /* "/avatars/{id}?v=…" or NULL */
  PorchStatus status; /* combined over the person's clients, as last stored */
  gint64 last_active_us;
  gint64 created_at_us;
} PorchStoreUser;

PorchStoreUser *porch_store_user_copy (const PorchStoreUser *user);
void porch_store_user_free (PorchStoreUser *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchStoreUser, porch_store_user_free)

/* What became of a refresh token that was presented. */
typedef enum
{
  PORCH_REFRESH_ROTATED, /* it was the newest: the new token is stored */
  PORCH_REFRESH_REUSED,  /* used less than 10 s ago, or the parent of the newest: the newest is
                            answered again (its text is kept encrypted or derivable, see the .c) */
  PORCH_REFRESH_NOT_FOUND,
  PORCH_REFRESH_REVOKED, /* the family was revoked, by this call or before */
} PorchRefreshOutcome;

typedef struct
{
  PorchRefreshOutcome outcome;
  char *session_id;
  char *user_id;
  char *refresh_token; /* the token to hand out, with ROTATED and REUSED */
} PorchRefreshResult;

void porch_refresh_result_free (PorchRefreshResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchRefreshResult, porch_refresh_result_free)

/* What a person's program told: one row a person and client. */
typedef struct
{
  char *user_id;
  char *client; /* "" for a program that does not say which installation it is */
  PorchStatus status;
  gint64 last_active_us;
} PorchStorePresence;

void porch_store_presence_free (PorchStorePresence *presence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchStorePresence, porch_store_presence_free)

#define PORCH_TYPE_STORE (porch_store_get_type ())
G_DECLARE_INTERFACE (PorchStore, porch_store, PORCH, STORE, GObject)

/**
 * PorchStoreInterface:
 *
 * Where porchlightd keeps people, sessions and presence. Every call is asynchronous and is answered
 * after what it wrote is durable. Implementations: PorchSqliteStore (PostgreSQL later); one
 * conformance suite in tests/server/ runs on each.
 */
struct _PorchStoreInterface
{
  GTypeInterface parent_iface;

  void (*add_user_async) (PorchStore *self,
                          const PorchStoreUser *user,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
  gboolean (*add_user_finish) (PorchStore *self, GAsyncResult *result, GError **error);
  void (*remove_user_async) (PorchStore *self,
                             const char *user_id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
  gboolean (*remove_user_finish) (PorchStore *self, GAsyncResult *result, GError **error);
  void (*set_password_async) (PorchStore *self,
                              const char *user_id,
                              const char *password_hash,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
  gboolean (*set_password_finish) (PorchStore *self, GAsyncResult *result, GError **error);
  void (*set_avatar_async) (PorchStore *self,
                            const char *user_id,
                            const char *content_type,
                            GBytes *image,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  gboolean (*set_avatar_finish) (PorchStore *self, GAsyncResult *result, GError **error);
  void (*get_avatar_async) (PorchStore *self,
                            const char *user_id,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  GBytes *(*get_avatar_finish) (PorchStore *self,
                                GAsyncResult *result,
                                char **content_type,
                                GError **error);

  void (*get_user_by_email_async) (PorchStore *self,
                                   const char *email,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
  PorchStoreUser *(*get_user_by_email_finish) (PorchStore *self,
                                               GAsyncResult *result,
                                               GError **error);
  /* The users that exist among ids, without password hashes; (element-type PorchStoreUser). */
  void (*get_users_async) (PorchStore *self,
                           const char *const *ids,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
  GPtrArray *(*get_users_finish) (PorchStore *self, GAsyncResult *result, GError **error);
  /* At most limit users: name contains query (case-folded), or e-mail equals it; NULL lists all. */
  void (*search_users_async) (PorchStore *self,
                              const char *query,
                              guint limit,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
  GPtrArray *(*search_users_finish) (PorchStore *self, GAsyncResult *result, GError **error);

  /* A new session with its first refresh token; session_id and refresh_token are made by the store.
   */
  void (*add_session_async) (PorchStore *self,
                             const char *user_id,
                             gint64 now_us,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
  PorchRefreshResult *(*add_session_finish) (PorchStore *self,
                                             GAsyncResult *result,
                                             GError **error);
  void (*refresh_session_async) (PorchStore *self,
                                 const char *refresh_token,
                                 gint64 now_us,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
  PorchRefreshResult *(*refresh_session_finish) (PorchStore *self,
                                                 GAsyncResult *result,
                                                 GError **error);
  /* One session, or with NULL every session of the user. */
  void (*remove_sessions_async) (PorchStore *self,
                                 const char *user_id,
                                 const char *session_id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
  gboolean (*remove_sessions_finish) (PorchStore *self, GAsyncResult *result, GError **error);
  /* Whether the session is still there: asked once for each access token seen. */
  void (*has_session_async) (PorchStore *self,
                             const char *session_id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
  gboolean (*has_session_finish) (PorchStore *self, GAsyncResult *result, GError **error);

  /* Stores one client's presence, and the combined status and last-active on the user. Many calls
   * that come while a commit is under way share the next one. NOT_FOUND where there is no such
   * user. */
  void (*record_presence_async) (PorchStore *self,
                                 const PorchStorePresence *presence,
                                 PorchStatus combined,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
  gboolean (*record_presence_finish) (PorchStore *self, GAsyncResult *result, GError **error);
  /* Every stored client presence with last_active_us at or after since_us; (element-type
   * PorchStorePresence). */
  void (*list_presences_async) (PorchStore *self,
                                gint64 since_us,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
  GPtrArray *(*list_presences_finish) (PorchStore *self, GAsyncResult *result, GError **error);
};

G_END_DECLS
