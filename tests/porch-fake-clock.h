/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"

G_BEGIN_DECLS

#define PORCH_TYPE_FAKE_CLOCK (porch_fake_clock_get_type ())

G_DECLARE_FINAL_TYPE (PorchFakeClock, porch_fake_clock, PORCH, FAKE_CLOCK, PorchClock)

PorchFakeClock *porch_fake_clock_new (gint64 real_us);
void porch_fake_clock_advance_ms (PorchFakeClock *self, gint64 ms);
void porch_fake_clock_suspend_ms (PorchFakeClock *self, gint64 ms);
void porch_fake_clock_set_real_us (PorchFakeClock *self, gint64 real_us);
void porch_fake_clock_set_random (PorchFakeClock *self, double random);
guint porch_fake_clock_get_n_timers (PorchFakeClock *self);
guint porch_fake_clock_get_n_wakeups (PorchFakeClock *self);

G_END_DECLS
