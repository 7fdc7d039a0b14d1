/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What goes wrong in the agent, told to its callers: every error that leaves by the bus is one of
 * PORCH_AGENT_ERROR with a sentence for a person.
 */

#define G_LOG_DOMAIN "porch-agent"

#include "agent/porch-service-error.h"

#include "config.h"

#include "bus/porch-agent-error.h"
#include "client/porch-client-error.h"

#include <glib/gi18n-lib.h>

static PorchAgentError
code_from_client (int code)
{
  switch ((PorchClientError) code)
    {
    case PORCH_CLIENT_ERROR_INVALID_ADDRESS:
    case PORCH_CLIENT_ERROR_REFUSED:
      return PORCH_AGENT_ERROR_INVALID_ADDRESS;
    case PORCH_CLIENT_ERROR_UNREACHABLE:
    case PORCH_CLIENT_ERROR_SERVER:
      return PORCH_AGENT_ERROR_UNREACHABLE;
    case PORCH_CLIENT_ERROR_NOT_PORCHLIGHT:
    case PORCH_CLIENT_ERROR_TOO_LARGE:
      return PORCH_AGENT_ERROR_NOT_PORCHLIGHT;
    case PORCH_CLIENT_ERROR_TLS:
      return PORCH_AGENT_ERROR_TLS;
    case PORCH_CLIENT_ERROR_INVALID_CREDENTIALS:
      return PORCH_AGENT_ERROR_INVALID_CREDENTIALS;
    case PORCH_CLIENT_ERROR_RATE_LIMIT:
      return PORCH_AGENT_ERROR_RATE_LIMIT;
    case PORCH_CLIENT_ERROR_NO_TOKEN_STORE:
      return PORCH_AGENT_ERROR_NO_SECRET_SERVICE;
    case PORCH_CLIENT_ERROR_SIGNED_OUT:
      return PORCH_AGENT_ERROR_SIGNED_OUT;
    case PORCH_CLIENT_ERROR_NO_SUCH_USER:
      return PORCH_AGENT_ERROR_NO_SUCH_USER;
    case PORCH_CLIENT_ERROR_NOT_CONNECTED:
      return PORCH_AGENT_ERROR_NOT_CONNECTED;
    case PORCH_CLIENT_ERROR_SECOND_FACTOR:
      return PORCH_AGENT_ERROR_SECOND_FACTOR;
    case PORCH_CLIENT_ERROR_CONFIRM_EMAIL:
      return PORCH_AGENT_ERROR_CONFIRM_EMAIL;
    case PORCH_CLIENT_ERROR_CAPTCHA:
      return PORCH_AGENT_ERROR_CAPTCHA;
    case PORCH_CLIENT_ERROR_UNAUTHORIZED:
    case PORCH_CLIENT_ERROR_UNSUPPORTED:
    case PORCH_CLIENT_ERROR_FAILED:
      break;
    }
  return PORCH_AGENT_ERROR_FAILED;
}

/* Its sentence stays where that was written for a person. */
static GError *
describe_error (const GError *error)
{
  if (error->domain == PORCH_AGENT_ERROR)
    return g_error_copy (error);
  if (error->domain == PORCH_CLIENT_ERROR)
    return g_error_new_literal (PORCH_AGENT_ERROR, code_from_client (error->code), error->message);

  g_warning ("An error that nobody put in words: %s", error->message);
  return g_error_new_literal (PORCH_AGENT_ERROR, PORCH_AGENT_ERROR_FAILED,
                              _ ("Something went wrong in Porchlight; its log says more."));
}

/**
 * porch_service_return_error:
 * @invocation: (transfer full): a call that failed
 * @error: why, of any domain
 *
 * Answers with an error of %PORCH_AGENT_ERROR.
 */
void
porch_service_return_error (GDBusMethodInvocation *invocation, const GError *error)
{
  g_return_if_fail (error != NULL);

  g_dbus_method_invocation_take_error (invocation, describe_error (error));
}
