/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Keeps sessions for this run only: for a person who has no secret service and agreed to sign in
 * again the next time, and for tests. Nothing is written anywhere.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-memory-token-store.h"

struct _PorchMemoryTokenStore
{
  GObject parent_instance;

  GHashTable *sessions; /* account → PorchAuthSession */
};

static void porch_memory_token_store_iface_init (PorchTokenStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchMemoryTokenStore,
                               porch_memory_token_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_TOKEN_STORE,
                                                      porch_memory_token_store_iface_init))

static void
porch_memory_token_store_load_async (PorchTokenStore *store,
                                     const char *account,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  PorchMemoryTokenStore *self = PORCH_MEMORY_TOKEN_STORE (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const PorchAuthSession *session = g_hash_table_lookup (self->sessions, account);

  g_task_return_pointer (task, session != NULL ? porch_auth_session_copy (session) : NULL,
                         (GDestroyNotify) porch_auth_session_free);
}

static PorchAuthSession *
porch_memory_token_store_load_finish (PorchTokenStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
porch_memory_token_store_save_async (PorchTokenStore *store,
                                     const char *account,
                                     const PorchAuthSession *session,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  PorchMemoryTokenStore *self = PORCH_MEMORY_TOKEN_STORE (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_hash_table_replace (self->sessions, g_strdup (account), porch_auth_session_copy (session));
  g_task_return_boolean (task, TRUE);
}

static void
porch_memory_token_store_clear_async (PorchTokenStore *store,
                                      const char *account,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  PorchMemoryTokenStore *self = PORCH_MEMORY_TOKEN_STORE (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_hash_table_remove (self->sessions, account);
  g_task_return_boolean (task, TRUE);
}

static gboolean
porch_memory_token_store_finish (PorchTokenStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
porch_memory_token_store_finalize (GObject *object)
{
  PorchMemoryTokenStore *self = PORCH_MEMORY_TOKEN_STORE (object);

  g_hash_table_unref (self->sessions);

  G_OBJECT_CLASS (porch_memory_token_store_parent_class)->finalize (object);
}

static void
porch_memory_token_store_class_init (PorchMemoryTokenStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_memory_token_store_finalize;
}

static void
porch_memory_token_store_iface_init (PorchTokenStoreInterface *iface)
{
  iface->load_async = porch_memory_token_store_load_async;
  iface->load_finish = porch_memory_token_store_load_finish;
  iface->save_async = porch_memory_token_store_save_async;
  iface->save_finish = porch_memory_token_store_finish;
  iface->clear_async = porch_memory_token_store_clear_async;
  iface->clear_finish = porch_memory_token_store_finish;
}

static void
porch_memory_token_store_init (PorchMemoryTokenStore *self)
{
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) porch_auth_session_free);
}

/**
 * porch_memory_token_store_new:
 *
 * Returns: (transfer full): a store that forgets everything when the program ends
 */
PorchTokenStore *
porch_memory_token_store_new (void)
{
  return g_object_new (PORCH_TYPE_MEMORY_TOKEN_STORE, NULL);
}
