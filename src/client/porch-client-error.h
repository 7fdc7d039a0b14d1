/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PorchClientError:
 * @PORCH_CLIENT_ERROR_FAILED: anything else
 * @PORCH_CLIENT_ERROR_INVALID_ADDRESS: what was typed cannot be a server's address
 * @PORCH_CLIENT_ERROR_UNREACHABLE: nobody answers there
 * @PORCH_CLIENT_ERROR_NOT_PORCHLIGHT: what answers there speaks something else
 * @PORCH_CLIENT_ERROR_TLS: the server's certificate does not prove who it is
 * @PORCH_CLIENT_ERROR_INVALID_CREDENTIALS: unknown email address or wrong password, never which
 * @PORCH_CLIENT_ERROR_RATE_LIMIT: too many tries, or too many requests
 * @PORCH_CLIENT_ERROR_NO_TOKEN_STORE: signed in, but there is nowhere to keep the session
 * @PORCH_CLIENT_ERROR_SIGNED_OUT: nobody is signed in, or the server ended the session
 * @PORCH_CLIENT_ERROR_NO_SUCH_USER: the server does not know that person
 * @PORCH_CLIENT_ERROR_NOT_CONNECTED: no connection at the moment
 * @PORCH_CLIENT_ERROR_UNAUTHORIZED: the server refused a token that was just refreshed
 * @PORCH_CLIENT_ERROR_UNSUPPORTED: the server lacks this part of the interface
 * @PORCH_CLIENT_ERROR_SERVER: the server failed (5xx)
 * @PORCH_CLIENT_ERROR_TOO_LARGE: more arrived than is accepted
 * @PORCH_CLIENT_ERROR_SECOND_FACTOR: the account wants a second step, an authenticator's code
 * @PORCH_CLIENT_ERROR_CONFIRM_EMAIL: a message was sent that must be answered first
 * @PORCH_CLIENT_ERROR_CAPTCHA: the server wants a captcha, which only a web page can show
 * @PORCH_CLIENT_ERROR_REFUSED: against the rules: an address or a picture that we do not take
 *
 * What goes wrong between this computer and a server. Messages are one translated sentence for a
 * person; what the server said goes to the log and to details only.
 */
typedef enum
{
  PORCH_CLIENT_ERROR_FAILED,
  PORCH_CLIENT_ERROR_INVALID_ADDRESS,
  PORCH_CLIENT_ERROR_UNREACHABLE,
  PORCH_CLIENT_ERROR_NOT_PORCHLIGHT,
  PORCH_CLIENT_ERROR_TLS,
  PORCH_CLIENT_ERROR_INVALID_CREDENTIALS,
  PORCH_CLIENT_ERROR_RATE_LIMIT,
  PORCH_CLIENT_ERROR_NO_TOKEN_STORE,
  PORCH_CLIENT_ERROR_SIGNED_OUT,
  PORCH_CLIENT_ERROR_NO_SUCH_USER,
  PORCH_CLIENT_ERROR_NOT_CONNECTED,
  PORCH_CLIENT_ERROR_UNAUTHORIZED,
  PORCH_CLIENT_ERROR_UNSUPPORTED,
  PORCH_CLIENT_ERROR_SERVER,
  PORCH_CLIENT_ERROR_TOO_LARGE,
  PORCH_CLIENT_ERROR_SECOND_FACTOR,
  PORCH_CLIENT_ERROR_CONFIRM_EMAIL,
  PORCH_CLIENT_ERROR_CAPTCHA,
  PORCH_CLIENT_ERROR_REFUSED,
} PorchClientError;

#define PORCH_CLIENT_ERROR (porch_client_error_quark ())
GQuark porch_client_error_quark (void);
GError *porch_client_error_new_for_network (const GError *cause, const char *host);
GError *porch_client_error_new_for_status (guint http_status, const char *host);
char *porch_client_error_get_host (const char *url);

G_END_DECLS
