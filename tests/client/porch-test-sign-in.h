/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-sign-in.h"

G_BEGIN_DECLS

PorchAuthSession *porch_test_sign_in (PorchClock *clock,
                                      const PorchDiscovery *discovery,
                                      const char *email,
                                      const char *password,
                                      GError **error);

G_END_DECLS
