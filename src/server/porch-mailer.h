/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"

G_BEGIN_DECLS

#define PORCH_TYPE_MAILER (porch_mailer_get_type ())

G_DECLARE_FINAL_TYPE (PorchMailer, porch_mailer, PORCH, MAILER, GObject)

PorchMailer *porch_mailer_new (PorchClock *clock,
                               const char *const *command,
                               const char *from,
                               const char *server_name);
void porch_mailer_send_code (PorchMailer *self, const char *address, const char *code);

G_END_DECLS
