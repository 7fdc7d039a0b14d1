/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void porch_service_return_error (GDBusMethodInvocation *invocation, const GError *error);

G_END_DECLS
