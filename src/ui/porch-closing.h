/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_CLOSING (porch_closing_get_type ())
G_DECLARE_FINAL_TYPE (PorchClosing, porch_closing, PORCH, CLOSING, GObject)

/**
 * PorchClosing:
 *
 * What is settled before a window closes that leaves the agent running without one.
 */
PorchClosing *porch_closing_new (GtkWindow *window, PorchAgentProxy *agent);
gboolean porch_closing_may_close (PorchClosing *self);

G_END_DECLS
