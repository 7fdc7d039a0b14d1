/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define PORCH_TYPE_CLOCK (porch_clock_get_type ())

G_DECLARE_DERIVABLE_TYPE (PorchClock, porch_clock, PORCH, CLOCK, GObject)

/**
 * PorchClockClass:
 * @get_real_us: the wall clock, microseconds since the Unix epoch
 * @get_monotonic_us: a clock that never jumps and goes on during suspend, microseconds
 * @get_suspended_us: for how long the computer has been suspended since it started, microseconds
 * @add_timeout: arms a timer, like g_timeout_add(); intervals that are whole seconds and longer
 *   than one are coalesced with other timers, like g_timeout_add_seconds()
 * @remove_timeout: disarms one
 * @random: a number in [0, 1)
 *
 * Where time, timers and chance come from. Everything in Porchlight asks its clock, never GLib, so
 * that a test can run a day in milliseconds.
 */
struct _PorchClockClass
{
  GObjectClass parent_class;

  gint64 (*get_real_us) (PorchClock *self);
  gint64 (*get_monotonic_us) (PorchClock *self);
  gint64 (*get_suspended_us) (PorchClock *self);
  guint (*add_timeout) (PorchClock *self, guint interval_ms, GSourceFunc func, gpointer user_data);
  void (*remove_timeout) (PorchClock *self, guint id);
  double (*random) (PorchClock *self);
};

PorchClock *porch_clock_new (void);
gint64 porch_clock_get_real_us (PorchClock *self);
gint64 porch_clock_get_monotonic_us (PorchClock *self);
gint64 porch_clock_get_suspended_us (PorchClock *self);
guint
porch_clock_add_timeout (PorchClock *self, guint interval_ms, GSourceFunc func, gpointer user_data);
void porch_clock_clear_timeout (PorchClock *self, guint *id);
double porch_clock_random (PorchClock *self);

G_END_DECLS
