/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A token bucket for each of many keys (addresses, users), owned by whoever limits something. Its
 * memory is bounded: the key that was seen longest ago makes room. A key that was forgotten begins
 * with a full bucket, so max_keys must be more than one attacker can afford to bring.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-rate-limiter.h"

typedef struct
{
  GList link; /* in by_use; data is the bucket */
  char *key;
  double tokens;
  gint64 filled_at_us; /* monotonic */
} Bucket;

struct _PorchRateLimiter
{
  GObject parent_instance;

  PorchClock *clock;
  guint burst;
  gint64 interval_us;
  guint max_keys;

  GHashTable *buckets; /* key, owned by the bucket, to Bucket */
  GQueue by_use;       /* links in the buckets, the latest first */
};

G_DEFINE_FINAL_TYPE (PorchRateLimiter, porch_rate_limiter, G_TYPE_OBJECT)

static void
bucket_free (Bucket *bucket)
{
  g_free (bucket->key);
  g_free (bucket);
}

static void
fill (PorchRateLimiter *self, Bucket *bucket)
{
  gint64 now_us = porch_clock_get_monotonic_us (self->clock);
  double poured = (double) (now_us - bucket->filled_at_us) / (double) self->interval_us;

  bucket->tokens = MIN (bucket->tokens + poured, (double) self->burst);
  bucket->filled_at_us = now_us;
}

static void
forget_oldest (PorchRateLimiter *self)
{
  Bucket *oldest = g_queue_peek_tail (&self->by_use);

  g_queue_unlink (&self->by_use, &oldest->link);
  g_hash_table_remove (self->buckets, oldest->key);
}

static Bucket *
get_bucket (PorchRateLimiter *self, const char *key)
{
  Bucket *bucket = g_hash_table_lookup (self->buckets, key);

  if (bucket != NULL)
    {
      g_queue_unlink (&self->by_use, &bucket->link);
      fill (self, bucket);
    }
  else
    {
      if (self->by_use.length == self->max_keys)
        forget_oldest (self);

      bucket = g_new0 (Bucket, 1);
      bucket->link.data = bucket;
      bucket->key = g_strdup (key);
      bucket->tokens = self->burst;
      bucket->filled_at_us = porch_clock_get_monotonic_us (self->clock);
      g_hash_table_insert (self->buckets, bucket->key, bucket);
    }
  g_queue_push_head_link (&self->by_use, &bucket->link);

  return bucket;
}

static void
porch_rate_limiter_finalize (GObject *object)
{
  PorchRateLimiter *self = PORCH_RATE_LIMITER (object);

  g_clear_pointer (&self->buckets, g_hash_table_unref);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (porch_rate_limiter_parent_class)->finalize (object);
}

static void
porch_rate_limiter_class_init (PorchRateLimiterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = porch_rate_limiter_finalize;
}

static void
porch_rate_limiter_init (PorchRateLimiter *self)
{
  self->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) bucket_free);
  g_queue_init (&self->by_use);
}

/**
 * porch_rate_limiter_new:
 * @clock: the time
 * @burst: how often something may happen at once
 * @interval_ms: milliseconds after which it may happen once more
 * @max_keys: how many keys are remembered
 *
 * Returns: (transfer full): a limiter
 */
PorchRateLimiter *
porch_rate_limiter_new (PorchClock *clock, guint burst, guint interval_ms, guint max_keys)
{
  PorchRateLimiter *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (burst > 0 && interval_ms > 0 && max_keys > 0, NULL);

  self = g_object_new (PORCH_TYPE_RATE_LIMITER, NULL);
  self->clock = g_object_ref (clock);
  self->burst = burst;
  self->interval_us = (gint64) interval_ms * 1000;
  self->max_keys = max_keys;

  return self;
}

/**
 * porch_rate_limiter_take:
 * @self: a limiter
 * @key: who does it
 * @retry_after_s: (out) (optional): with %FALSE, seconds until it may be done again, at least 1
 *
 * Counts one more time.
 *
 * Returns: %TRUE when it may be done now
 */
gboolean
porch_rate_limiter_take (PorchRateLimiter *self, const char *key, guint *retry_after_s)
{
  Bucket *bucket;

  g_return_val_if_fail (PORCH_IS_RATE_LIMITER (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  bucket = get_bucket (self, key);
  if (bucket->tokens >= 1)
    {
      bucket->tokens -= 1;
      return TRUE;
    }

  if (retry_after_s != NULL)
    *retry_after_s = 1
                     + (guint) ((1 - bucket->tokens) * (double) self->interval_us / G_USEC_PER_SEC);

  return FALSE;
}

/**
 * porch_rate_limiter_give_back:
 * @self: a limiter
 * @key: who did it
 *
 * Takes one time back: it was not what the limit is against.
 */
void
porch_rate_limiter_give_back (PorchRateLimiter *self, const char *key)
{
  Bucket *bucket;

  g_return_if_fail (PORCH_IS_RATE_LIMITER (self));
  g_return_if_fail (key != NULL);

  bucket = g_hash_table_lookup (self->buckets, key);
  if (bucket != NULL)
    bucket->tokens = MIN (bucket->tokens + 1, (double) self->burst);
}

/**
 * porch_rate_limiter_get_n_keys:
 * @self: a limiter
 *
 * Returns: how many keys are remembered
 */
guint
porch_rate_limiter_get_n_keys (PorchRateLimiter *self)
{
  g_return_val_if_fail (PORCH_IS_RATE_LIMITER (self), 0);

  return self->by_use.length;
}
