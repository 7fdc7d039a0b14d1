/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What "now" is for the labels on the screen, and the one timer that makes them all say their new
 * words in the same frame. One for the program, made at first use, so that a status indicator works
 * in any .ui without being handed a clock. While nothing that tells a time is mapped there is no
 * timer.
 */

#define G_LOG_DOMAIN "porch-ui"

#include "ui/porch-display-clock.h"

/* Last-active times are told in minutes: nothing shorter can be seen. */
#define TICK_MS (60 * 1000)

struct _PorchDisplayClock
{
  GObject parent_instance;

  PorchServerClock *server_clock;
  guint n_holds;
  guint tick_id;
};

enum
{
  SIGNAL_TICK,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PorchDisplayClock, porch_display_clock, G_TYPE_OBJECT)

static gboolean
on_tick_cb (gpointer user_data)
{
  PorchDisplayClock *self = user_data;

  g_signal_emit (self, signals[SIGNAL_TICK], 0);

  return G_SOURCE_CONTINUE;
}

static void
porch_display_clock_stop (PorchDisplayClock *self)
{
  if (self->server_clock != NULL)
    porch_clock_clear_timeout (porch_display_clock_get_clock (self), &self->tick_id);
}

static void
porch_display_clock_start (PorchDisplayClock *self)
{
  if (self->n_holds > 0 && self->tick_id == 0)
    self->tick_id = porch_clock_add_timeout (porch_display_clock_get_clock (self), TICK_MS,
                                             on_tick_cb, self);
}

static void
porch_display_clock_dispose (GObject *object)
{
  PorchDisplayClock *self = PORCH_DISPLAY_CLOCK (object);

  porch_display_clock_stop (self);
  g_clear_object (&self->server_clock);

  G_OBJECT_CLASS (porch_display_clock_parent_class)->dispose (object);
}

static void
porch_display_clock_class_init (PorchDisplayClockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = porch_display_clock_dispose;

  /**
   * PorchDisplayClock::tick:
   *
   * A minute has passed: whoever tells a time words it anew. All do so in this one emission.
   */
  signals[SIGNAL_TICK] = g_signal_new ("tick", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
porch_display_clock_init (PorchDisplayClock *self)
{
  g_autoptr (PorchClock) clock = porch_clock_new ();

  self->server_clock = porch_server_clock_new (clock);
}

/**
 * porch_display_clock_get_default:
 *
 * Returns: (transfer none): the program's own
 */
PorchDisplayClock *
porch_display_clock_get_default (void)
{
  static PorchDisplayClock *instance;

  if (instance == NULL)
    instance = g_object_new (PORCH_TYPE_DISPLAY_CLOCK, NULL);

  return instance;
}

/**
 * porch_display_clock_set_server_clock:
 * @self: a display clock
 * @server_clock: the clock that the contacts' times are told by
 *
 * Until this is called now is what this computer says.
 */
void
porch_display_clock_set_server_clock (PorchDisplayClock *self, PorchServerClock *server_clock)
{
  g_return_if_fail (PORCH_IS_DISPLAY_CLOCK (self));
  g_return_if_fail (PORCH_IS_SERVER_CLOCK (server_clock));

  if (self->server_clock == server_clock)
    return;

  porch_display_clock_stop (self);
  g_set_object (&self->server_clock, server_clock);
  porch_display_clock_start (self);
}

/**
 * porch_display_clock_get_clock:
 * @self: a display clock
 *
 * Returns: (transfer none): this computer's clock, for countdowns and timers
 */
PorchClock *
porch_display_clock_get_clock (PorchDisplayClock *self)
{
  g_return_val_if_fail (PORCH_IS_DISPLAY_CLOCK (self), NULL);

  return porch_server_clock_get_clock (self->server_clock);
}

/**
 * porch_display_clock_get_now_us:
 * @self: a display clock
 *
 * Returns: the server's time now, microseconds since the Unix epoch
 */
gint64
porch_display_clock_get_now_us (PorchDisplayClock *self)
{
  g_return_val_if_fail (PORCH_IS_DISPLAY_CLOCK (self), 0);

  return porch_server_clock_get_now_us (self->server_clock);
}

/**
 * porch_display_clock_hold:
 * @self: a display clock
 *
 * Asks for ticks, as a widget does when it is mapped.
 */
void
porch_display_clock_hold (PorchDisplayClock *self)
{
  g_return_if_fail (PORCH_IS_DISPLAY_CLOCK (self));

  self->n_holds++;
  porch_display_clock_start (self);
}

/**
 * porch_display_clock_release:
 * @self: a display clock
 *
 * Takes back a porch_display_clock_hold(), as a widget does when it is unmapped. After the last one
 * the timer stops.
 */
void
porch_display_clock_release (PorchDisplayClock *self)
{
  g_return_if_fail (PORCH_IS_DISPLAY_CLOCK (self));
  g_return_if_fail (self->n_holds > 0);

  if (--self->n_holds == 0)
    porch_display_clock_stop (self);
}
