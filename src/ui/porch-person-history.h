/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_PERSON_HISTORY (porch_person_history_get_type ())
G_DECLARE_FINAL_TYPE (PorchPersonHistory, porch_person_history, PORCH, PERSON_HISTORY, GtkWidget)

/**
 * PorchPersonHistory:
 *
 * When a person was here: their week, or the question whether to keep a history.
 *
 * Signals:
 *  "failed" (const char *sentence): what the person chose could not be done
 */

void porch_person_history_set_agent (PorchPersonHistory *self, PorchAgentProxy *agent);
void porch_person_history_set_contact (PorchPersonHistory *self, PorchContact *contact);

G_END_DECLS
