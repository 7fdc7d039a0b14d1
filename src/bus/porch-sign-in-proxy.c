/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The agent's calls by which a person gets in, as the window and the command line make them: a part
 * of PorchAgentProxy. Secrets go through pipes, which no bus monitor can read.
 */

#define G_LOG_DOMAIN "porch-bus"

#include "bus/porch-sign-in-proxy.h"

#include "config.h"

#include "bus/porch-agent-proxy-private.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/* Signing in asks a server that may be slow to answer; the agent's own limits end it sooner. */
#define CALL_TIMEOUT_MS (90 * 1000)
/* The agent waits for a browser for five minutes. */
#define BROWSER_TIMEOUT_MS (6 * 60 * 1000)

/* The servers' own limit; far below what a pipe takes at once. */
#define SECRET_MAX_BYTES 1024

/**
 * porch_server_info_free:
 * @info: (transfer full) (nullable): a server
 */
void
porch_server_info_free (PorchServerInfo *info)
{
  if (info == NULL)
    return;

  g_free (info->server);
  g_clear_pointer (&info->setup, g_variant_unref);
  g_free (info->name);
  g_free (info->host);
  g_strfreev (info->hosts);
  g_strfreev (info->ways);
  g_clear_pointer (&info->problems, g_variant_unref);
  g_free (info);
}

/**
 * porch_server_info_offers:
 * @info: a server
 * @way: a way in
 *
 * Returns: whether it offers that
 */
gboolean
porch_server_info_offers (const PorchServerInfo *info, const char *way)
{
  g_return_val_if_fail (info != NULL && way != NULL, FALSE);

  return info->ways != NULL && g_strv_contains ((const char *const *) info->ways, way);
}

/* Returns: (transfer full): a pipe's end to read @secret from, as the only descriptor; small enough
 * that the pipe holds it whole */
static GUnixFDList *
put_into_pipe (const char *secret, GError **error)
{
  int fds[2];
  if (strlen (secret) > SECRET_MAX_BYTES)
    {
      g_set_error_literal (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_INVALID_CREDENTIALS,
                           _ ("The password is too long."));
      return NULL;
    }
  if (!g_unix_open_pipe (fds, FD_CLOEXEC, error))
    return NULL;

  gsize length = strlen (secret);
  gssize written = write (fds[1], secret, length);
  close (fds[1]);
  if (written < 0 || (gsize) written != length)
    {
      close (fds[0]);
      g_set_error_literal (error, PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_FAILED,
                           _ ("The password could not be handed over."));
      return NULL;
    }

  return g_unix_fd_list_new_from_array (&fds[0], 1);
}

static void
begin_options (GVariantDict *options, const PorchServerInfo *server, gboolean keep_in_memory)
{
  g_variant_dict_init (options, NULL);
  if (server->setup != NULL)
    g_variant_dict_insert_value (options, "setup", server->setup);
  if (keep_in_memory)
    g_variant_dict_insert (options, "keep-in-memory", "b", TRUE);
}

/* What the calls name: the agent tries a set-up again, and needs no name for it. */
static const char *
get_address (const PorchServerInfo *server)
{
  return server->setup == NULL && server->server != NULL ? server->server : "";
}

/**
 * porch_agent_proxy_discover_async:
 * @self: a proxy
 * @address: what was typed
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Looks at what a person typed as their server's address.
 */
void
porch_agent_proxy_discover_async (PorchAgentProxy *self,
                                  const char *address,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (address != NULL);

  porch_agent_proxy_call (self, PORCH_PROXY_AGENT, "Discover", g_variant_new ("(s)", address), NULL,
                          CALL_TIMEOUT_MS, porch_agent_proxy_discover_async, cancellable, callback,
                          user_data);
}

/**
 * porch_agent_proxy_check_setup_async:
 * @self: a proxy
 * @setup: what was filled in by hand, a{ss}
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Tries each part of a set-up. Ends with porch_agent_proxy_discover_finish(), whose answer may have
 * problems.
 */
void
porch_agent_proxy_check_setup_async (PorchAgentProxy *self,
                                     GVariant *setup,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (g_variant_is_of_type (setup, G_VARIANT_TYPE ("a{ss}")));

  porch_agent_proxy_call (self, PORCH_PROXY_AGENT, "CheckSetup", g_variant_new ("(@a{ss})", setup),
                          NULL, CALL_TIMEOUT_MS, porch_agent_proxy_check_setup_async, cancellable,
                          callback, user_data);
}

/**
 * porch_agent_proxy_discover_finish:
 * @self: a proxy
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_ERROR that belongs under the server field
 *
 * Returns: (transfer full): the server
 */
PorchServerInfo *
porch_agent_proxy_discover_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = porch_agent_proxy_call_take (self, result, error);
  if (reply == NULL)
    return NULL;

  g_autoptr (GVariant) found = g_variant_get_child_value (reply, 0);
  PorchServerInfo *info = g_new0 (PorchServerInfo, 1);
  g_variant_lookup (found, "server", "s", &info->server);
  g_variant_lookup (found, "name", "s", &info->name);
  g_variant_lookup (found, "host", "s", &info->host);
  g_variant_lookup (found, "hosts", "^as", &info->hosts);
  g_variant_lookup (found, "ways", "^as", &info->ways);
  info->problems = g_variant_lookup_value (found, "problems", G_VARIANT_TYPE ("a(ss)"));
  return info;
}

/**
 * porch_agent_proxy_read_setup_async:
 * @self: a proxy
 * @text: a porchlight://setup link, or what a set-up file holds
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Has the agent read what a form is to be filled in with.
 */
void
porch_agent_proxy_read_setup_async (PorchAgentProxy *self,
                                    const char *text,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (text != NULL);

  porch_agent_proxy_call (self, PORCH_PROXY_AGENT, "ReadSetup", g_variant_new ("(s)", text), NULL,
                          CALL_TIMEOUT_MS, porch_agent_proxy_read_setup_async, cancellable,
                          callback, user_data);
}

/**
 * porch_agent_proxy_read_setup_finish:
 * @self: a proxy
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_ERROR
 *
 * Returns: (transfer full): the parts, a{ss}
 */
GVariant *
porch_agent_proxy_read_setup_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = porch_agent_proxy_call_take (self, result, error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/**
 * porch_agent_proxy_request_mail_async:
 * @self: a proxy
 * @server: a server
 * @email: whom to write to
 * @purpose: "code" or "reset"
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Has the server send a message. Ends with porch_agent_proxy_call_finish().
 */
void
porch_agent_proxy_request_mail_async (PorchAgentProxy *self,
                                      const PorchServerInfo *server,
                                      const char *email,
                                      const char *purpose,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_auto (GVariantDict) options = { 0 };

  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (server != NULL && email != NULL && purpose != NULL);

  begin_options (&options, server, FALSE);
  porch_agent_proxy_call (self, PORCH_PROXY_AGENT, "RequestMail",
                          g_variant_new ("(sss@a{sv})", get_address (server), email, purpose,
                                         g_variant_dict_end (&options)),
                          NULL, CALL_TIMEOUT_MS, porch_agent_proxy_request_mail_async, cancellable,
                          callback, user_data);
}

/**
 * porch_agent_proxy_sign_in_async:
 * @self: a proxy
 * @server: a server
 * @way: "password", "code" or "new-account"
 * @email: the person's email address
 * @secret: the password, or the code of a message; goes through a pipe
 * @keep_in_memory: do without a secret service, for this run only
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Ends with porch_agent_proxy_call_finish(): %PORCH_AGENT_ERROR_NO_SECRET_SERVICE asks whether to
 * do it again with keep_in_memory, %PORCH_AGENT_ERROR_SECOND_FACTOR for
 * porch_agent_proxy_confirm_sign_in_async(), %PORCH_AGENT_ERROR_CONFIRM_EMAIL for the way "code".
 */
void
porch_agent_proxy_sign_in_async (PorchAgentProxy *self,
                                 const PorchServerInfo *server,
                                 const char *way,
                                 const char *email,
                                 const char *secret,
                                 gboolean keep_in_memory,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_auto (GVariantDict) options = { 0 };
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;

  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (server != NULL && way != NULL && email != NULL && secret != NULL);

  fds = put_into_pipe (secret, &error);
  if (fds == NULL)
    {
      g_task_report_error (self, callback, user_data, porch_agent_proxy_sign_in_async, error);
      return;
    }

  begin_options (&options, server, keep_in_memory);
  g_variant_dict_insert (&options, "way", "s", way);
  porch_agent_proxy_call (
      self, PORCH_PROXY_AGENT, "SignIn",
      g_variant_new ("(ssh@a{sv})", get_address (server), email, 0, g_variant_dict_end (&options)),
      fds, CALL_TIMEOUT_MS, porch_agent_proxy_sign_in_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_start_browser_async:
 * @self: a proxy
 * @server: a server
 * @provider: who vouches for the person
 * @agent_opens: whether the agent opens the browser; otherwise the caller does
 * @keep_in_memory: do without a secret service, for this run only
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Begins a sign-in in the browser.
 */
void
porch_agent_proxy_start_browser_async (PorchAgentProxy *self,
                                       const PorchServerInfo *server,
                                       const char *provider,
                                       gboolean agent_opens,
                                       gboolean keep_in_memory,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_auto (GVariantDict) options = { 0 };

  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (server != NULL && provider != NULL);

  begin_options (&options, server, keep_in_memory);
  if (agent_opens)
    g_variant_dict_insert (&options, "open", "b", TRUE);
  porch_agent_proxy_call (
      self, PORCH_PROXY_AGENT, "StartBrowserSignIn",
      g_variant_new ("(ss@a{sv})", get_address (server), provider, g_variant_dict_end (&options)),
      NULL, CALL_TIMEOUT_MS, porch_agent_proxy_start_browser_async, cancellable, callback,
      user_data);
}

/**
 * porch_agent_proxy_start_browser_finish:
 * @self: a proxy
 * @result: a result
 * @error: return location for an error of %PORCH_AGENT_ERROR
 *
 * Returns: (transfer full): the address that a browser is to open
 */
char *
porch_agent_proxy_start_browser_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = porch_agent_proxy_call_take (self, result, error);
  char *address = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(s)", &address);
  return address;
}

/**
 * porch_agent_proxy_finish_browser_async:
 * @self: a proxy
 * @cancellable: (nullable): a cancellable
 * @callback: called when the browser is back
 * @user_data: for @callback
 *
 * Waits for the browser. Ends with porch_agent_proxy_call_finish(), whose errors are those of
 * porch_agent_proxy_sign_in_async().
 */
void
porch_agent_proxy_finish_browser_async (PorchAgentProxy *self,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  porch_agent_proxy_call (self, PORCH_PROXY_AGENT, "FinishBrowserSignIn", NULL, NULL,
                          BROWSER_TIMEOUT_MS, porch_agent_proxy_finish_browser_async, cancellable,
                          callback, user_data);
}

/**
 * porch_agent_proxy_confirm_sign_in_async:
 * @self: a proxy
 * @code: what the authenticator shows; goes through a pipe
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * The second step. Ends with porch_agent_proxy_call_finish().
 */
void
porch_agent_proxy_confirm_sign_in_async (PorchAgentProxy *self,
                                         const char *code,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;

  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));
  g_return_if_fail (code != NULL);

  fds = put_into_pipe (code, &error);
  if (fds == NULL)
    {
      g_task_report_error (self, callback, user_data, porch_agent_proxy_confirm_sign_in_async,
                           error);
      return;
    }

  porch_agent_proxy_call (self, PORCH_PROXY_AGENT, "ConfirmSignIn", g_variant_new ("(h)", 0), fds,
                          CALL_TIMEOUT_MS, porch_agent_proxy_confirm_sign_in_async, cancellable,
                          callback, user_data);
}

/**
 * porch_agent_proxy_cancel_sign_in_async:
 * @self: a proxy
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable): called with the answer
 * @user_data: for @callback
 *
 * Gives up what waits for a browser or a code. Ends with porch_agent_proxy_call_finish().
 */
void
porch_agent_proxy_cancel_sign_in_async (PorchAgentProxy *self,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  porch_agent_proxy_call (self, PORCH_PROXY_AGENT, "CancelSignIn", NULL, NULL, CALL_TIMEOUT_MS,
                          porch_agent_proxy_cancel_sign_in_async, cancellable, callback, user_data);
}

/**
 * porch_agent_proxy_sign_out_others_async:
 * @self: a proxy
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Ends every other session of this person. Ends with porch_agent_proxy_call_finish().
 */
void
porch_agent_proxy_sign_out_others_async (PorchAgentProxy *self,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  g_return_if_fail (PORCH_IS_AGENT_PROXY (self));

  porch_agent_proxy_call (self, PORCH_PROXY_ACCOUNT, "SignOutOthers", NULL, NULL, CALL_TIMEOUT_MS,
                          porch_agent_proxy_sign_out_others_async, cancellable, callback,
                          user_data);
}
