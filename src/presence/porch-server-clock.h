/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"

G_BEGIN_DECLS

#define PORCH_TYPE_SERVER_CLOCK (porch_server_clock_get_type ())

G_DECLARE_FINAL_TYPE (PorchServerClock, porch_server_clock, PORCH, SERVER_CLOCK, GObject)

PorchServerClock *porch_server_clock_new (PorchClock *clock);
PorchClock *porch_server_clock_get_clock (PorchServerClock *self);
void porch_server_clock_add_date (PorchServerClock *self, gint64 date_us);
void porch_server_clock_forget (PorchServerClock *self);
void porch_server_clock_set_offset_us (PorchServerClock *self, gint64 offset_us);
gint64 porch_server_clock_get_offset_us (PorchServerClock *self);
gint64 porch_server_clock_get_now_us (PorchServerClock *self);

G_END_DECLS
