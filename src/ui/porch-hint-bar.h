/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PORCH_TYPE_HINT_BAR (porch_hint_bar_get_type ())
G_DECLARE_FINAL_TYPE (PorchHintBar, porch_hint_bar, PORCH, HINT_BAR, GtkWidget)

/**
 * PorchHintBar:
 *
 * Signals:
 *  "closed": the person has read it
 */

GtkWidget *porch_hint_bar_new (const char *sentence);

G_END_DECLS
