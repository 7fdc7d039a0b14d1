/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A clock that stands still until a test moves it: timers fire in order while it is advanced, each
 * at its own moment.
 */

#include "porch-fake-clock.h"

typedef struct
{
  guint id;
  gint64 due_us;
  gint64 interval_us;
  GSourceFunc func;
  gpointer user_data;
} FakeTimer;

struct _PorchFakeClock
{
  PorchClock parent_instance;

  gint64 monotonic_us;
  gint64 suspended_us;
  gint64 real_offset_us;
  double random;
  GPtrArray *timers;
  guint last_id;
  guint n_wakeups;
};

G_DEFINE_FINAL_TYPE (PorchFakeClock, porch_fake_clock, PORCH_TYPE_CLOCK)

static gint64
porch_fake_clock_get_real_us (PorchClock *clock)
{
  PorchFakeClock *self = PORCH_FAKE_CLOCK (clock);

  return self->monotonic_us + self->real_offset_us;
}

static gint64
porch_fake_clock_get_monotonic_us (PorchClock *clock)
{
  return PORCH_FAKE_CLOCK (clock)->monotonic_us;
}

static gint64
porch_fake_clock_get_suspended_us (PorchClock *clock)
{
  return PORCH_FAKE_CLOCK (clock)->suspended_us;
}

static guint
porch_fake_clock_add_timeout (PorchClock *clock,
                              guint interval_ms,
                              GSourceFunc func,
                              gpointer user_data)
{
  PorchFakeClock *self = PORCH_FAKE_CLOCK (clock);
  FakeTimer *timer = g_new0 (FakeTimer, 1);

  timer->id = ++self->last_id;
  timer->interval_us = (gint64) interval_ms * 1000;
  timer->due_us = self->monotonic_us + timer->interval_us;
  timer->func = func;
  timer->user_data = user_data;
  g_ptr_array_add (self->timers, timer);

  return timer->id;
}

static FakeTimer *
porch_fake_clock_find (PorchFakeClock *self, guint id)
{
  for (guint i = 0; i < self->timers->len; i++)
    {
      FakeTimer *timer = g_ptr_array_index (self->timers, i);

      if (timer->id == id)
        return timer;
    }

  return NULL;
}

static void
porch_fake_clock_remove_timeout (PorchClock *clock, guint id)
{
  PorchFakeClock *self = PORCH_FAKE_CLOCK (clock);
  FakeTimer *timer = porch_fake_clock_find (self, id);

  g_assert_nonnull (timer);
  g_ptr_array_remove (self->timers, timer);
}

static double
porch_fake_clock_random (PorchClock *clock)
{
  return PORCH_FAKE_CLOCK (clock)->random;
}

static void
porch_fake_clock_finalize (GObject *object)
{
  PorchFakeClock *self = PORCH_FAKE_CLOCK (object);

  g_clear_pointer (&self->timers, g_ptr_array_unref);

  G_OBJECT_CLASS (porch_fake_clock_parent_class)->finalize (object);
}

static void
porch_fake_clock_class_init (PorchFakeClockClass *klass)
{
  PorchClockClass *clock_class = PORCH_CLOCK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = porch_fake_clock_finalize;
  clock_class->get_real_us = porch_fake_clock_get_real_us;
  clock_class->get_monotonic_us = porch_fake_clock_get_monotonic_us;
  clock_class->get_suspended_us = porch_fake_clock_get_suspended_us;
  clock_class->add_timeout = porch_fake_clock_add_timeout;
  clock_class->remove_timeout = porch_fake_clock_remove_timeout;
  clock_class->random = porch_fake_clock_random;
}

static void
porch_fake_clock_init (PorchFakeClock *self)
{
  self->timers = g_ptr_array_new_with_free_func (g_free);
  self->monotonic_us = G_USEC_PER_SEC;
  self->random = 0.5;
}

/* A clock whose wall shows real_us. */
PorchFakeClock *
porch_fake_clock_new (gint64 real_us)
{
  PorchFakeClock *self = g_object_new (PORCH_TYPE_FAKE_CLOCK, NULL);

  porch_fake_clock_set_real_us (self, real_us);

  return self;
}

/* Lets time pass in which no timer runs, and none comes nearer. */
void
porch_fake_clock_suspend_ms (PorchFakeClock *self, gint64 ms)
{
  self->monotonic_us += ms * 1000;
  self->suspended_us += ms * 1000;
  for (guint i = 0; i < self->timers->len; i++)
    ((FakeTimer *) g_ptr_array_index (self->timers, i))->due_us += ms * 1000;
}

/* Sets the wall clock, as a person or NTP does: nothing else moves. */
void
porch_fake_clock_set_real_us (PorchFakeClock *self, gint64 real_us)
{
  self->real_offset_us = real_us - self->monotonic_us;
}

void
porch_fake_clock_set_random (PorchFakeClock *self, double random)
{
  self->random = random;
}

guint
porch_fake_clock_get_n_timers (PorchFakeClock *self)
{
  return self->timers->len;
}

/* How often a timer has fired. */
guint
porch_fake_clock_get_n_wakeups (PorchFakeClock *self)
{
  return self->n_wakeups;
}

static FakeTimer *
porch_fake_clock_find_next (PorchFakeClock *self, gint64 until_us)
{
  FakeTimer *next = NULL;

  for (guint i = 0; i < self->timers->len; i++)
    {
      FakeTimer *timer = g_ptr_array_index (self->timers, i);

      if (timer->due_us <= until_us && (next == NULL || timer->due_us < next->due_us))
        next = timer;
    }

  return next;
}

/* Lets time pass, and whatever is due in it happen. What the main context has ready runs as well.
 */
void
porch_fake_clock_advance_ms (PorchFakeClock *self, gint64 ms)
{
  gint64 until_us = self->monotonic_us + ms * 1000;
  FakeTimer *timer;

  while ((timer = porch_fake_clock_find_next (self, until_us)) != NULL)
    {
      guint id = timer->id;

      self->monotonic_us = timer->due_us;
      self->n_wakeups++;

      if (timer->func (timer->user_data) == G_SOURCE_REMOVE)
        {
          timer = porch_fake_clock_find (self, id);
          if (timer != NULL)
            g_ptr_array_remove (self->timers, timer);
        }
      else if ((timer = porch_fake_clock_find (self, id)) != NULL)
        {
          timer->due_us += MAX (timer->interval_us, 1);
        }

      while (g_main_context_iteration (NULL, FALSE))
        ;
    }

  self->monotonic_us = until_us;
}
