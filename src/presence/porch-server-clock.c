/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The API server's clock as this computer knows it: the local one, which may be wrong by hours,
 * plus an offset taken from the Date of the server's own answers. Owned by the session and its
 * roster.
 *
 * The offset is kept against the clock that never jumps, so that setting the local wall clock does
 * not move anybody's status. Events are never a source: one person could forge theirs for everyone.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "presence/porch-server-clock.h"

#define N_SAMPLES 5

/* Date has whole seconds, cut: on the average the truth is half a second later. */
#define DATE_ROUNDING_US (G_USEC_PER_SEC / 2)

struct _PorchServerClock
{
  GObject parent_instance;

  PorchClock *clock;
  /* Server's clock minus the monotonic one, the oldest first. */
  gint64 samples[N_SAMPLES];
  guint n_samples;
  gint64 offset_us;
};

enum
{
  PROP_0,
  PROP_OFFSET_US,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PorchServerClock, porch_server_clock, G_TYPE_OBJECT)

static int
compare_samples (gconstpointer a, gconstpointer b)
{
  gint64 difference = *(const gint64 *) a - *(const gint64 *) b;

  return (difference > 0) - (difference < 0);
}

static gint64
porch_server_clock_get_median (PorchServerClock *self)
{
  gint64 sorted[N_SAMPLES];

  memcpy (sorted, self->samples, sizeof sorted);
  qsort (sorted, self->n_samples, sizeof *sorted, compare_samples);

  return sorted[self->n_samples / 2];
}

static void
porch_server_clock_take_offset (PorchServerClock *self, gint64 offset_us)
{
  if (self->offset_us == offset_us)
    return;

  self->offset_us = offset_us;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OFFSET_US]);
}

static gint64
porch_server_clock_get_local_offset (PorchServerClock *self)
{
  return porch_clock_get_real_us (self->clock) - porch_clock_get_monotonic_us (self->clock);
}

static void
porch_server_clock_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PorchServerClock *self = PORCH_SERVER_CLOCK (object);

  switch (prop_id)
    {
    case PROP_OFFSET_US:
      g_value_set_int64 (value, porch_server_clock_get_offset_us (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
porch_server_clock_finalize (GObject *object)
{
  PorchServerClock *self = PORCH_SERVER_CLOCK (object);

  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_server_clock_parent_class)->finalize (object);
}

static void
porch_server_clock_class_init (PorchServerClockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = porch_server_clock_get_property;
  object_class->finalize = porch_server_clock_finalize;

  /**
   * PorchServerClock:offset-us:
   *
   * The server's clock minus this computer's wall clock, in microseconds.
   */
  properties[PROP_OFFSET_US] = g_param_spec_int64 (
      "offset-us", NULL, NULL, G_MININT64, G_MAXINT64, 0,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
porch_server_clock_init (PorchServerClock *self)
{
}

/**
 * porch_server_clock_new:
 * @clock: this computer's clock
 *
 * Returns: (transfer full): a server clock that agrees with @clock until it learns better
 */
PorchServerClock *
porch_server_clock_new (PorchClock *clock)
{
  PorchServerClock *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);

  self = g_object_new (PORCH_TYPE_SERVER_CLOCK, NULL);
  self->clock = g_object_ref (clock);
  self->offset_us = porch_server_clock_get_local_offset (self);

  return self;
}

/**
 * porch_server_clock_get_clock:
 * @self: a server clock
 *
 * Returns: (transfer none): the local clock under it
 */
PorchClock *
porch_server_clock_get_clock (PorchServerClock *self)
{
  g_return_val_if_fail (PORCH_IS_SERVER_CLOCK (self), NULL);

  return self->clock;
}

/**
 * porch_server_clock_add_date:
 * @self: a server clock
 * @date_us: the Date of an answer that the API server has just given, Unix microseconds
 *
 * The offset is the median of the last five. Answers with an Age come from a cache and are not for
 * this.
 */
void
porch_server_clock_add_date (PorchServerClock *self, gint64 date_us)
{
  g_return_if_fail (PORCH_IS_SERVER_CLOCK (self));

  if (self->n_samples == N_SAMPLES)
    {
      memmove (self->samples, self->samples + 1, (N_SAMPLES - 1) * sizeof *self->samples);
      self->n_samples--;
    }

  self->samples[self->n_samples++] = date_us + DATE_ROUNDING_US
                                     - porch_clock_get_monotonic_us (self->clock);

  porch_server_clock_take_offset (self, porch_server_clock_get_median (self));
}

/**
 * porch_server_clock_forget:
 * @self: a server clock
 *
 * Forgets what earlier answers said, for the next one to decide alone: after another server, or
 * when the server's own clock was set.
 */
void
porch_server_clock_forget (PorchServerClock *self)
{
  g_return_if_fail (PORCH_IS_SERVER_CLOCK (self));

  self->n_samples = 0;
}

/**
 * porch_server_clock_set_offset_us:
 * @self: a server clock
 * @offset_us: the server's clock minus this computer's wall clock, now
 *
 * For the mirror of another process's server clock on the same computer.
 */
void
porch_server_clock_set_offset_us (PorchServerClock *self, gint64 offset_us)
{
  g_return_if_fail (PORCH_IS_SERVER_CLOCK (self));

  self->n_samples = 0;
  porch_server_clock_take_offset (self, offset_us + porch_server_clock_get_local_offset (self));
}

/**
 * porch_server_clock_get_offset_us:
 * @self: a server clock
 *
 * Returns: the server's clock minus this computer's wall clock, microseconds
 */
gint64
porch_server_clock_get_offset_us (PorchServerClock *self)
{
  g_return_val_if_fail (PORCH_IS_SERVER_CLOCK (self), 0);

  return self->offset_us - porch_server_clock_get_local_offset (self);
}

/**
 * porch_server_clock_get_now_us:
 * @self: a server clock
 *
 * Returns: what the server's clock shows now, Unix microseconds
 */
gint64
porch_server_clock_get_now_us (PorchServerClock *self)
{
  g_return_val_if_fail (PORCH_IS_SERVER_CLOCK (self), 0);

  return porch_clock_get_monotonic_us (self->clock) + self->offset_us;
}
