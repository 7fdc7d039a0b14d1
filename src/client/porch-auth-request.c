/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What every request to Supabase Auth carries: the project's key, the version of the errors, and a
 * person's token where there is one. For PorchAuth and PorchSignIn; it sends nothing by itself.
 */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-auth-request.h"

#include <string.h>

#include "protocol/porch-auth-message.h"

/**
 * porch_auth_request_new:
 * @discovery: where the server's parts are
 * @method: GET or POST
 * @path: what follows /auth/v1/, with its query
 *
 * Returns: (transfer full): a request, which follows no redirect
 */
SoupMessage *
porch_auth_request_new (const PorchDiscovery *discovery, const char *method, const char *path)
{
  g_autofree char *url = g_strconcat (discovery->supabase_url, "/auth/v1/", path, NULL);
  SoupMessage *message = porch_http_message_new (method, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_headers_replace (headers, "apikey", discovery->supabase_anon_key);
  soup_message_headers_replace (headers, "X-Supabase-Api-Version", PORCH_SUPABASE_API_VERSION);

  return message;
}

/**
 * porch_auth_request_set_bearer:
 * @message: a request
 * @access_token: a person's access token
 *
 * Makes it a request of that person.
 */
void
porch_auth_request_set_bearer (SoupMessage *message, const char *access_token)
{
  g_autofree char *value = g_strconcat ("Bearer ", access_token, NULL);

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", value);
  explicit_bzero (value, strlen (value));
}
