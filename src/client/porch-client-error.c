/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The error domain of the network side of the agent, and the one place where what went wrong on the
 * wire becomes a sentence for a person. The causes themselves stay in logs and details.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-client-error.h"

#include "config.h"

#include <glib/gi18n-lib.h>

G_DEFINE_QUARK (porch - client - error - quark, porch_client_error)

/**
 * porch_client_error_new_for_network:
 * @cause: why no answer came
 * @host: whom was asked
 *
 * A cancelled operation and an error of %PORCH_CLIENT_ERROR but too-large stay what they are.
 *
 * Returns: (transfer full): an error whose message is one translated sentence
 */
GError *
porch_client_error_new_for_network (const GError *cause, const char *host)
{
  g_return_val_if_fail (cause != NULL, NULL);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (cause);

  if (cause->domain == G_TLS_ERROR)
    return g_error_new (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_TLS,
                        /* Translators: %s is the name of a server */
                        _ ("The certificate of %s does not prove that it is the right server, so "
                           "nothing was sent."),
                        host);

  if (g_error_matches (cause, PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_TOO_LARGE))
    return g_error_new (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_NOT_PORCHLIGHT,
                        /* Translators: %s is the name of a server */
                        _ ("%s answers, but not as a Porchlight server does."), host);

  if (cause->domain == PORCH_CLIENT_ERROR)
    return g_error_copy (cause);

  return g_error_new (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_UNREACHABLE,
                      /* Translators: %s is the name of a server */
                      _ ("%s cannot be reached. Check the address and the network connection."),
                      host);
}

/**
 * porch_client_error_new_for_status:
 * @http_status: an HTTP status that is not the one hoped for
 * @host: who answered
 *
 * Returns: (transfer full): an error whose message is one translated sentence
 */
GError *
porch_client_error_new_for_status (guint http_status, const char *host)
{
  if (http_status == 401 || http_status == 403)
    return g_error_new (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_UNAUTHORIZED,
                        /* Translators: %s is the name of a server */
                        _ ("%s refused the request."), host);

  if (http_status == 407)
    return g_error_new_literal (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_UNREACHABLE,
                                _ ("The proxy of this network wants a name and a password. Give "
                                   "them in the network settings."));

  if (http_status == 429)
    return g_error_new_literal (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_RATE_LIMIT,
                                _ ("Too many tries. Wait a few minutes, then try again."));

  if (http_status >= 500)
    return g_error_new (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_SERVER,
                        /* Translators: %s is the name of a server */
                        _ ("%s has a problem of its own at the moment. Try again later."), host);

  return g_error_new (PORCH_CLIENT_ERROR, PORCH_CLIENT_ERROR_NOT_PORCHLIGHT,
                      /* Translators: %s is the name of a server */
                      _ ("%s answers, but not as a Porchlight server does."), host);
}

/**
 * porch_client_error_get_host:
 * @url: an address
 *
 * Returns: (transfer full): its host, with the port where one is given, as a sentence names it
 */
char *
porch_client_error_get_host (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return g_strdup (url);

  if (g_uri_get_port (uri) > 0)
    return g_strdup_printf ("%s:%d", g_uri_get_host (uri), g_uri_get_port (uri));

  return g_strdup (g_uri_get_host (uri));
}
