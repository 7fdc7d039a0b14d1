/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Signing in in the person's own browser with PKCE (RFC 7636): the secret that only this program
 * knows, the address to open, and what the browser comes back with. Owned by PorchAgentSignIn; who
 * opens the browser is not decided here.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-browser-sign-in.h"

#include "config.h"

#include "client/porch-client-error.h"
#include "client/porch-pkce-listener.h"
#include "presence/porch-text.h"
#include "protocol/porch-auth-message.h"
#include "protocol/porch-jwt.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

#define SECRET_BYTES       32
#define PROVIDER_MAX_BYTES 64

struct _PorchBrowserSignIn
{
  GObject parent_instance;

  PorchPkceListener *listener;
  char *verifier;
  char *address;
};

G_DEFINE_FINAL_TYPE (PorchBrowserSignIn, porch_browser_sign_in, G_TYPE_OBJECT)

/* 43 letters that nobody guesses. */
static char *
new_secret (void)
{
  guint8 bytes[SECRET_BYTES];
  char *secret;

  for (gsize filled = 0; filled < sizeof bytes;)
    {
      gssize got = getrandom (bytes + filled, sizeof bytes - filled, 0);

      if (got > 0)
        filled += got;
      else if (errno != EINTR)
        g_error ("The system gives no random numbers: %s", g_strerror (errno));
    }
  secret = porch_base64url_encode (bytes, sizeof bytes);
  explicit_bzero (bytes, sizeof bytes);
  return secret;
}

static char *
build_challenge (const char *verifier)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[SECRET_BYTES];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) verifier, -1);
  g_checksum_get_digest (checksum, digest, &length);
  return porch_base64url_encode (digest, length);
}

static char *
build_address (PorchBrowserSignIn *self, const PorchDiscovery *discovery, const char *provider)
{
  g_autofree char *challenge = build_challenge (self->verifier);
  g_autofree char *back = porch_pkce_listener_get_address (self->listener);
  g_autofree char *escaped_provider = g_uri_escape_string (provider, NULL, FALSE);
  g_autofree char *escaped_back = g_uri_escape_string (back, NULL, FALSE);

  return g_strdup_printf ("%s/auth/v1/authorize?provider=%s&redirect_to=%s&code_challenge=%s"
                          "&code_challenge_method=s256",
                          discovery->supabase_url, escaped_provider, escaped_back, challenge);
}

static void
on_back_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PorchBrowserSignIn *self = g_task_get_source_object (task);
  GError *error = NULL;
  char *code = porch_pkce_listener_wait_finish (PORCH_PKCE_LISTENER (source), result, &error);

  if (code == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_task_return_pointer (task, porch_way_in_new_for_browser (code, self->verifier),
                         (GDestroyNotify) porch_way_in_free);
  porch_secret_free (code);
}

static void
porch_browser_sign_in_finalize (GObject *object)
{
  PorchBrowserSignIn *self = PORCH_BROWSER_SIGN_IN (object);

  g_clear_object (&self->listener);
  porch_secret_free (self->verifier);
  g_free (self->address);

  G_OBJECT_CLASS (porch_browser_sign_in_parent_class)->finalize (object);
}

static void
porch_browser_sign_in_class_init (PorchBrowserSignInClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_browser_sign_in_finalize;
}

static void
porch_browser_sign_in_init (PorchBrowserSignIn *self)
{
}

/**
 * porch_browser_sign_in_new:
 * @clock: the program's clock
 * @discovery: where the server's parts are
 * @provider: who vouches for the person, as the server names it
 * @error: %PORCH_CLIENT_ERROR, in one translated sentence
 *
 * Returns: (transfer full) (nullable): a sign-in that waits for its address to be opened
 */
PorchBrowserSignIn *
porch_browser_sign_in_new (PorchClock *clock,
                           const PorchDiscovery *discovery,
                           const char *provider,
                           GError **error)
{
  g_autoptr (PorchBrowserSignIn) self = NULL;
  g_autoptr (GError) cause = NULL;
  g_autofree char *nonce = NULL;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (discovery != NULL && provider != NULL, NULL);

  if (!porch_text_consists_of (provider, PORCH_TEXT_ALPHANUMERIC "-_:", PROVIDER_MAX_BYTES))
    {
      g_set_error_literal (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_FAILED,
                           _ ("This server does not offer this way to sign in."));
      return NULL;
    }

  self = g_object_new (PORCH_TYPE_BROWSER_SIGN_IN, NULL);
  self->verifier = new_secret ();
  nonce = new_secret ();
  self->listener = porch_pkce_listener_new (clock, nonce, &cause);
  if (self->listener == NULL)
    {
      g_message ("The browser would find nobody: %s", cause->message);
      g_set_error_literal (error, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_FAILED,
                           _ ("Porchlight cannot be reached by a browser on this computer."));
      return NULL;
    }

  self->address = build_address (self, discovery, provider);
  return g_steal_pointer (&self);
}

/**
 * porch_browser_sign_in_get_address:
 * @self: a sign-in
 *
 * Returns: (transfer none): what a browser is to open
 */
const char *
porch_browser_sign_in_get_address (PorchBrowserSignIn *self)
{
  g_return_val_if_fail (PORCH_IS_BROWSER_SIGN_IN (self), NULL);

  return self->address;
}

/**
 * porch_browser_sign_in_wait_async:
 * @self: a sign-in
 * @cancellable: (nullable): to give up
 * @callback: called when the browser is back, or its five minutes are over
 * @user_data: for @callback
 */
void
porch_browser_sign_in_wait_async (PorchBrowserSignIn *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PORCH_IS_BROWSER_SIGN_IN (self));

  task = g_task_new (self, cancellable, callback, user_data);
  porch_pkce_listener_wait_async (self->listener, cancellable, on_back_cb, task);
}

/**
 * porch_browser_sign_in_wait_finish:
 * @self: a sign-in
 * @result: what the callback got
 * @error: %PORCH_CLIENT_ERROR, in one translated sentence, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): what PorchSignIn takes
 */
PorchWayIn *
porch_browser_sign_in_wait_finish (PorchBrowserSignIn *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
