/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_STARTUP_QUESTION (porch_startup_question_get_type ())

/**
 * PorchStartupQuestion:
 *
 * Asks once, after the first sign-in, whether Porchlight shall start at log-in.
 *
 * Signals:
 *  "failed" (const char *sentence): the answer could not be acted on
 */
G_DECLARE_FINAL_TYPE (PorchStartupQuestion,
                      porch_startup_question,
                      PORCH,
                      STARTUP_QUESTION,
                      GtkWidget)

void porch_startup_question_set_agent (PorchStartupQuestion *self, PorchAgentProxy *agent);

G_END_DECLS
