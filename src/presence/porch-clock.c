/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The system's clock, timers and random numbers, and the class that tests replace them with
 * (PorchFakeClock in tests/). Made once by each program's main and handed down.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "presence/porch-clock.h"

#include <time.h>

G_DEFINE_TYPE (PorchClock, porch_clock, G_TYPE_OBJECT)

static gint64
porch_clock_system_get_real_us (PorchClock *self)
{
  return g_get_real_time ();
}

static gint64
porch_clock_system_get_monotonic_us (PorchClock *self)
{
  /* Not g_get_monotonic_time(), which stands still while the computer is suspended. */
  struct timespec now;

  if (clock_gettime (CLOCK_BOOTTIME, &now) != 0)
    return g_get_monotonic_time ();

  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gint64
porch_clock_system_get_suspended_us (PorchClock *self)
{
  struct timespec awake;
  struct timespec all;

  if (clock_gettime (CLOCK_MONOTONIC, &awake) != 0 || clock_gettime (CLOCK_BOOTTIME, &all) != 0)
    return 0;

  return (gint64) (all.tv_sec - awake.tv_sec) * G_USEC_PER_SEC
         + (all.tv_nsec - awake.tv_nsec) / 1000;
}

static guint
porch_clock_system_add_timeout (PorchClock *self,
                                guint interval_ms,
                                GSourceFunc func,
                                gpointer user_data)
{
  if (interval_ms > 1000 && interval_ms % 1000 == 0)
    return g_timeout_add_seconds (interval_ms / 1000, func, user_data);

  return g_timeout_add (interval_ms, func, user_data);
}

static void
porch_clock_system_remove_timeout (PorchClock *self, guint id)
{
  g_source_remove (id);
}

static double
porch_clock_system_random (PorchClock *self)
{
  return g_random_double ();
}

static void
porch_clock_class_init (PorchClockClass *klass)
{
  klass->get_real_us = porch_clock_system_get_real_us;
  klass->get_monotonic_us = porch_clock_system_get_monotonic_us;
  klass->get_suspended_us = porch_clock_system_get_suspended_us;
  klass->add_timeout = porch_clock_system_add_timeout;
  klass->remove_timeout = porch_clock_system_remove_timeout;
  klass->random = porch_clock_system_random;
}

static void
porch_clock_init (PorchClock *self)
{
}

/**
 * porch_clock_new:
 *
 * Returns: (transfer full): the system's clock
 */
PorchClock *
porch_clock_new (void)
{
  return g_object_new (PORCH_TYPE_CLOCK, NULL);
}

/**
 * porch_clock_get_real_us:
 * @self: a clock
 *
 * The wall clock of this computer. It may be wrong and it may jump: to compare with what a server
 * says, use #PorchServerClock.
 *
 * Returns: microseconds since the Unix epoch
 */
gint64
porch_clock_get_real_us (PorchClock *self)
{
  g_return_val_if_fail (PORCH_IS_CLOCK (self), 0);

  return PORCH_CLOCK_GET_CLASS (self)->get_real_us (self);
}

/**
 * porch_clock_get_monotonic_us:
 * @self: a clock
 *
 * Returns: microseconds since an arbitrary moment; never goes back, never jumps with the wall
 * clock, and goes on while the computer is suspended
 */
gint64
porch_clock_get_monotonic_us (PorchClock *self)
{
  g_return_val_if_fail (PORCH_IS_CLOCK (self), 0);

  return PORCH_CLOCK_GET_CLASS (self)->get_monotonic_us (self);
}

/**
 * porch_clock_get_suspended_us:
 * @self: a clock
 *
 * Only how much it has grown says anything, and only beyond a few milliseconds: two clocks are read
 * one after the other.
 *
 * Returns: for how long the computer has been suspended since it started, microseconds
 */
gint64
porch_clock_get_suspended_us (PorchClock *self)
{
  g_return_val_if_fail (PORCH_IS_CLOCK (self), 0);

  return PORCH_CLOCK_GET_CLASS (self)->get_suspended_us (self);
}

/**
 * porch_clock_add_timeout:
 * @self: a clock
 * @interval_ms: milliseconds until the first call, and between calls
 * @func: (scope notified): called until it returns %G_SOURCE_REMOVE
 * @user_data: for @func; the caller disarms the timer before it goes
 *
 * Arms a timer in the main context. Whole seconds above one share the process's coalesced wake-ups
 * and may come up to a second late.
 *
 * Returns: an id for porch_clock_clear_timeout(), never 0
 */
guint
porch_clock_add_timeout (PorchClock *self, guint interval_ms, GSourceFunc func, gpointer user_data)
{
  g_return_val_if_fail (PORCH_IS_CLOCK (self), 0);
  g_return_val_if_fail (func != NULL, 0);

  return PORCH_CLOCK_GET_CLASS (self)->add_timeout (self, interval_ms, func, user_data);
}

/**
 * porch_clock_clear_timeout:
 * @self: a clock
 * @id: (inout): a field that holds a timer's id, or 0
 *
 * Disarms the timer, if there is one, and sets the field to 0.
 */
void
porch_clock_clear_timeout (PorchClock *self, guint *id)
{
  g_return_if_fail (id != NULL);

  if (*id == 0)
    return;

  g_return_if_fail (PORCH_IS_CLOCK (self));

  PORCH_CLOCK_GET_CLASS (self)->remove_timeout (self, *id);
  *id = 0;
}

/**
 * porch_clock_random:
 * @self: a clock
 *
 * For jitter, never for secrets.
 *
 * Returns: a number in [0, 1)
 */
double
porch_clock_random (PorchClock *self)
{
  g_return_val_if_fail (PORCH_IS_CLOCK (self), 0);

  return PORCH_CLOCK_GET_CLASS (self)->random (self);
}
