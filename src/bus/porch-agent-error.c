/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The errors that the agent answers with, and their names on the bus. Both ends register them, so
 * that what one end returns the other end matches by code.
 */

#define G_LOG_DOMAIN "porch-bus"

#include "bus/porch-agent-error.h"

static const GDBusErrorEntry entries[] = {
  { PORCH_AGENT_ERROR_FAILED, "app.porchlight.Error.Failed" },
  { PORCH_AGENT_ERROR_INVALID_ADDRESS, "app.porchlight.Error.InvalidAddress" },
  { PORCH_AGENT_ERROR_UNREACHABLE, "app.porchlight.Error.Unreachable" },
  { PORCH_AGENT_ERROR_NOT_PORCHLIGHT, "app.porchlight.Error.NotPorchlight" },
  { PORCH_AGENT_ERROR_TLS, "app.porchlight.Error.Tls" },
  { PORCH_AGENT_ERROR_INVALID_CREDENTIALS, "app.porchlight.Error.InvalidCredentials" },
  { PORCH_AGENT_ERROR_RATE_LIMIT, "app.porchlight.Error.RateLimit" },
  { PORCH_AGENT_ERROR_NO_SECRET_SERVICE, "app.porchlight.Error.NoSecretService" },
  { PORCH_AGENT_ERROR_SIGNED_OUT, "app.porchlight.Error.SignedOut" },
  { PORCH_AGENT_ERROR_NO_SUCH_USER, "app.porchlight.Error.NoSuchUser" },
  { PORCH_AGENT_ERROR_NOT_CONNECTED, "app.porchlight.Error.NotConnected" },
  { PORCH_AGENT_ERROR_INVALID_ARGUMENT, "app.porchlight.Error.InvalidArgument" },
  { PORCH_AGENT_ERROR_DATABASE, "app.porchlight.Error.Database" },
  { PORCH_AGENT_ERROR_LOCKED, "app.porchlight.Error.Locked" },
  { PORCH_AGENT_ERROR_SECOND_FACTOR, "app.porchlight.Error.SecondFactor" },
  { PORCH_AGENT_ERROR_CONFIRM_EMAIL, "app.porchlight.Error.ConfirmEmail" },
  { PORCH_AGENT_ERROR_CAPTCHA, "app.porchlight.Error.Captcha" },
  { PORCH_AGENT_ERROR_NOT_RUNNING, "app.porchlight.Error.NotRunning" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (entries) == PORCH_AGENT_ERROR_NOT_RUNNING + 1);

/**
 * porch_agent_error_quark:
 *
 * Registers the D-Bus names at its first call.
 *
 * Returns: the domain of #PorchAgentError
 */
GQuark
porch_agent_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("porch-agent-error-quark", &quark, entries,
                                      G_N_ELEMENTS (entries));
  return (GQuark) quark;
}
