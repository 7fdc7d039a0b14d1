/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Keeps each account's tokens in the Secret Service, or in the Secret portal's file inside a
 * sandbox: only libsecret's secret_password_* calls know both. Owned by PorchAgentService; nothing
 * else writes these items.
 *
 * A locked keyring is asked for once: whoever dismisses the prompt is not asked again before they
 * say so (porch_keyring_prompt_again()), yet an unlock by other means is noticed at the next call.
 * libsecret does not tell a dismissed prompt from an item that is not there, so the collection's
 * own lock is looked at.
 */

#define G_LOG_DOMAIN "porch-desktop"

#include "desktop/porch-keyring.h"

#include <libsecret/secret.h>
#include <string.h>

#define SECRETS_NAME       "org.freedesktop.secrets"
#define SECRETS_COLLECTION "/org/freedesktop/secrets/aliases/default"

/* Looking at the lock must not wait for a service that hangs. */
#define LOCK_TIMEOUT_MS (5 * 1000)

static const SecretSchema schema = {
  "app.porchlight.Porchlight.Session",
  SECRET_SCHEMA_NONE,
  { { "account", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

struct _PorchKeyring
{
  GObject parent_instance;

  GDBusConnection *bus;

  /* A prompt was dismissed: no other one until asked for. */
  gboolean declined;
};

typedef struct
{
  char *account;
  char *secret;
  void (*proceed) (GTask *task);
  gboolean tried_again;
} Request;

static void porch_keyring_token_store_init (PorchTokenStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PorchKeyring,
                               porch_keyring,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PORCH_TYPE_TOKEN_STORE,
                                                      porch_keyring_token_store_init))

static void
request_free (Request *request)
{
  g_free (request->account);
  porch_secret_free (request->secret);
  g_free (request);
}

static GHashTable *
build_attributes (const char *account)
{
  return secret_attributes_build (&schema, "account", account, NULL);
}

static gboolean
is_absence (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_EXEC_FAILED)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_CHILD_EXITED)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_INVALID)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND);
}

static void
return_locked (GTask *task)
{
  PorchKeyring *self = g_task_get_source_object (task);

  self->declined = TRUE;
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PENDING, "The keyring is locked");
}

/* A service that was started anew does not know the session that libsecret keeps with it: without
 * that, the same may succeed.
 *
 * Returns: whether it is tried again
 */
static gboolean
try_again (GTask *task)
{
  Request *request = g_task_get_task_data (task);

  secret_service_disconnect ();
  if (request == NULL || request->tried_again)
    return FALSE;

  request->tried_again = TRUE;
  request->proceed (g_object_ref (task));
  return TRUE;
}

/* Everything but absence may be over the next time; none of it means that a session is gone. */
static void
return_failure (GTask *task, GError *error)
{
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_task_return_error (task, error);
  else if (is_absence (error))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                               "There is no secret service: %s", error->message);
      g_error_free (error);
    }
  else if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED)
           || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      /* A dismissed prompt may come as a cancellation that nobody here asked for. */
      return_locked (task);
      g_error_free (error);
    }
  else if (try_again (task))
    {
      g_debug ("Trying again: %s", error->message);
      g_error_free (error);
    }
  else
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PENDING, "The secret service fails: %s",
                               error->message);
      g_error_free (error);
    }
}

/* Returns: whether the reply to a question for the collection's lock says that it is locked. Where
 * nobody answers (a sandbox, another layout) it counts as open, and libsecret finds out. */
static gboolean
is_locked_finish (GDBusConnection *bus, GAsyncResult *result)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (bus, result, NULL);
  if (reply == NULL)
    return FALSE;

  g_autoptr (GVariant) locked = NULL;
  g_variant_get (reply, "(v)", &locked);
  return g_variant_is_of_type (locked, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (locked);
}

static void
ask_is_locked (GTask *task, GAsyncReadyCallback callback)
{
  PorchKeyring *self = g_task_get_source_object (task);

  g_dbus_connection_call (self->bus, SECRETS_NAME, SECRETS_COLLECTION,
                          "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", "org.freedesktop.Secret.Collection", "Locked"),
                          G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, LOCK_TIMEOUT_MS,
                          g_task_get_cancellable (task), callback, task);
}

static void
on_lock_known_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchKeyring *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);

  if (is_locked_finish (G_DBUS_CONNECTION (source), result))
    {
      return_locked (task);
      return;
    }

  self->declined = FALSE;
  request->proceed (g_steal_pointer (&task));
}

/* Goes on at once, or where a prompt was dismissed only if the keyring was opened since. */
static void
start (PorchKeyring *self,
       const char *account,
       char *secret,
       void (*proceed) (GTask *task),
       gpointer source_tag,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->account = g_strdup (account);
  request->secret = secret;
  request->proceed = proceed;
  g_task_set_source_tag (task, source_tag);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);

  if (self->declined)
    ask_is_locked (task, on_lock_known_cb);
  else
    proceed (task);
}

static void
on_absence_explained_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (is_locked_finish (G_DBUS_CONNECTION (source), result))
    return_locked (task);
  else
    g_task_return_pointer (task, NULL, NULL);
}

static void
on_looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  char *secret = secret_password_lookup_nonpageable_finish (result, &error);

  if (error != NULL)
    {
      return_failure (task, g_steal_pointer (&error));
      return;
    }

  if (secret == NULL)
    {
      ask_is_locked (g_steal_pointer (&task), on_absence_explained_cb);
      return;
    }

  PorchAuthSession *session = porch_auth_session_parse_stored (secret, strlen (secret), &error);
  secret_password_free (secret);
  if (session == NULL)
    {
      /* Nobody can use what is there; the person signs in again, which replaces it. */
      g_warning ("The keyring's item cannot be read: %s", error->message);
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  g_task_return_pointer (task, session, (GDestroyNotify) porch_auth_session_free);
}

static void
look_up (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = build_attributes (request->account);

  secret_password_lookupv (&schema, attributes, g_task_get_cancellable (task), on_looked_up_cb,
                           task);
}

static void
porch_keyring_load_async (PorchTokenStore *store,
                          const char *account,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  start (PORCH_KEYRING (store), account, NULL, look_up, porch_keyring_load_async, cancellable,
         callback, user_data);
}

static PorchAuthSession *
porch_keyring_load_finish (PorchTokenStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else if (error != NULL)
    return_failure (task, g_steal_pointer (&error));
  else
    return_locked (task);
}

static void
store_secret (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = build_attributes (request->account);

  secret_password_storev (&schema, attributes, SECRET_COLLECTION_DEFAULT, "Porchlight",
                          request->secret, g_task_get_cancellable (task), on_stored_cb, task);
}

static void
porch_keyring_save_async (PorchTokenStore *store,
                          const char *account,
                          const PorchAuthSession *session,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  start (PORCH_KEYRING (store), account, porch_auth_session_build (session, 0), store_secret,
         porch_keyring_save_async, cancellable, callback, user_data);
}

static gboolean
porch_keyring_save_finish (PorchTokenStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_clearing_explained_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (is_locked_finish (G_DBUS_CONNECTION (source), result))
    return_locked (task);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_cleared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (secret_password_clear_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else if (error != NULL)
    return_failure (task, g_steal_pointer (&error));
  else
    ask_is_locked (g_steal_pointer (&task), on_clearing_explained_cb);
}

static void
clear_secret (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = build_attributes (request->account);

  secret_password_clearv (&schema, attributes, g_task_get_cancellable (task), on_cleared_cb, task);
}

static void
porch_keyring_clear_async (PorchTokenStore *store,
                           const char *account,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  start (PORCH_KEYRING (store), account, NULL, clear_secret, porch_keyring_clear_async, cancellable,
         callback, user_data);
}

static gboolean
porch_keyring_clear_finish (PorchTokenStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
porch_keyring_token_store_init (PorchTokenStoreInterface *iface)
{
  iface->load_async = porch_keyring_load_async;
  iface->load_finish = porch_keyring_load_finish;
  iface->save_async = porch_keyring_save_async;
  iface->save_finish = porch_keyring_save_finish;
  iface->clear_async = porch_keyring_clear_async;
  iface->clear_finish = porch_keyring_clear_finish;
}

static void
on_checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  secret_password_free (secret_password_lookup_nonpageable_finish (result, &error));
  if (error != NULL)
    return_failure (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
porch_keyring_finalize (GObject *object)
{
  PorchKeyring *self = PORCH_KEYRING (object);

  g_clear_object (&self->bus);

  G_OBJECT_CLASS (porch_keyring_parent_class)->finalize (object);
}

static void
porch_keyring_class_init (PorchKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_keyring_finalize;
}

static void
porch_keyring_init (PorchKeyring *self)
{
}

/**
 * porch_keyring_new:
 * @bus: the session bus
 *
 * Returns: (transfer full): a keyring; nothing is asked of the secret service yet
 */
PorchKeyring *
porch_keyring_new (GDBusConnection *bus)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);

  PorchKeyring *self = g_object_new (PORCH_TYPE_KEYRING, NULL);
  self->bus = g_object_ref (bus);
  return self;
}

/**
 * porch_keyring_check_async:
 * @self: a keyring
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Finds out whether there is a secret service at all, without a prompt: asked before a password is
 * sent to a server, so that nobody signs in first and learns then that it cannot be kept.
 */
void
porch_keyring_check_async (PorchKeyring *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (PORCH_IS_KEYRING (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, porch_keyring_check_async);

  /* No item has this account, so that no prompt comes of it. */
  g_autoptr (GHashTable) attributes = build_attributes ("");
  secret_password_lookupv (&schema, attributes, cancellable, on_checked_cb, task);
}

/**
 * porch_keyring_check_finish:
 * @self: a keyring
 * @result: a result
 * @error: return location: %G_IO_ERROR_NOT_SUPPORTED where there is none, %G_IO_ERROR_PENDING where
 *   it does not answer now
 *
 * Returns: whether there is a secret service
 */
gboolean
porch_keyring_check_finish (PorchKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * porch_keyring_prompt_again:
 * @self: a keyring
 *
 * The person acts: a locked keyring may ask for its password once more.
 */
void
porch_keyring_prompt_again (PorchKeyring *self)
{
  g_return_if_fail (PORCH_IS_KEYRING (self));

  self->declined = FALSE;
}
