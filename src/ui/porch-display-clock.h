/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-server-clock.h"

G_BEGIN_DECLS

#define PORCH_TYPE_DISPLAY_CLOCK (porch_display_clock_get_type ())

G_DECLARE_FINAL_TYPE (PorchDisplayClock, porch_display_clock, PORCH, DISPLAY_CLOCK, GObject)

PorchDisplayClock *porch_display_clock_get_default (void);
void porch_display_clock_set_server_clock (PorchDisplayClock *self, PorchServerClock *server_clock);
PorchClock *porch_display_clock_get_clock (PorchDisplayClock *self);
gint64 porch_display_clock_get_now_us (PorchDisplayClock *self);
void porch_display_clock_hold (PorchDisplayClock *self);
void porch_display_clock_release (PorchDisplayClock *self);

G_END_DECLS
