/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-http-client.h"
#include "protocol/porch-discovery.h"

G_BEGIN_DECLS

SoupMessage *
porch_auth_request_new (const PorchDiscovery *discovery, const char *method, const char *path);
void porch_auth_request_set_bearer (SoupMessage *message, const char *access_token);

G_END_DECLS
