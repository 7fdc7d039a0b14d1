/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The errors of app.porchlight.Agent1, mapped to D-Bus names app.porchlight.Error.*; the message is
 * one translated sentence for a person. */
typedef enum
{
  PORCH_AGENT_ERROR_FAILED,              /* app.porchlight.Error.Failed */
  PORCH_AGENT_ERROR_INVALID_ADDRESS,     /* under the server field */
  PORCH_AGENT_ERROR_UNREACHABLE,         /* under the server field */
  PORCH_AGENT_ERROR_NOT_PORCHLIGHT,      /* under the server field */
  PORCH_AGENT_ERROR_TLS,                 /* under the server field */
  PORCH_AGENT_ERROR_INVALID_CREDENTIALS, /* under the password field */
  PORCH_AGENT_ERROR_RATE_LIMIT,          /* under the password field */
  PORCH_AGENT_ERROR_NO_SECRET_SERVICE,   /* ask whether to keep the session for this run only */
  PORCH_AGENT_ERROR_SIGNED_OUT,
  PORCH_AGENT_ERROR_NO_SUCH_USER,
  PORCH_AGENT_ERROR_NOT_CONNECTED,
  PORCH_AGENT_ERROR_INVALID_ARGUMENT,
  PORCH_AGENT_ERROR_DATABASE,
  PORCH_AGENT_ERROR_LOCKED,        /* an administrator's policy holds the setting */
  PORCH_AGENT_ERROR_SECOND_FACTOR, /* ask for the authenticator's code, then ConfirmSignIn */
  PORCH_AGENT_ERROR_CONFIRM_EMAIL, /* a message was sent: ask for its code, or wait for the link */
  PORCH_AGENT_ERROR_CAPTCHA,       /* offer the browser */
  PORCH_AGENT_ERROR_NOT_RUNNING,   /* made by PorchAgentProxy: no agent on the bus */
} PorchAgentError;

#define PORCH_AGENT_ERROR (porch_agent_error_quark ())
GQuark porch_agent_error_quark (void);

G_END_DECLS
