/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The error domain of the network side of the agent. */

#define G_LOG_DOMAIN "porch-client"

#include "client/porch-client-error.h"

G_DEFINE_QUARK (porch - client - error - quark, porch_client_error)
