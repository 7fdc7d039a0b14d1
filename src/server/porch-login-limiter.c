/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* How often a password may be tried: from one address, whoever is tried, and for one person,
 * wherever from. Owned by the sign-in routes. A right password does not count, so that an office
 * behind one address can sign in in the morning.
 */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-login-limiter.h"

#include <gio/gio.h>
#include <string.h>

#include "server/porch-rate-limiter.h"

#define ADDRESS_BURST       30
#define ADDRESS_INTERVAL_MS 4000
#define EMAIL_BURST         10
#define EMAIL_INTERVAL_MS   20000
#define KEYS_MAX            20000
#define IPV6_SITE_BYTES     8

struct _PorchLoginLimiter
{
  GObject parent_instance;

  PorchRateLimiter *by_address;
  PorchRateLimiter *by_email;
};

G_DEFINE_FINAL_TYPE (PorchLoginLimiter, porch_login_limiter, G_TYPE_OBJECT)

/* One subscriber has 2^64 IPv6 addresses: their network counts as one. */
static char *
get_site (const char *address)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  g_autoptr (GInetAddress) site = NULL;
  guint8 bytes[16] = { 0 };

  if (inet == NULL || g_inet_address_get_family (inet) != G_SOCKET_FAMILY_IPV6)
    return g_strdup (address);

  memcpy (bytes, g_inet_address_to_bytes (inet), IPV6_SITE_BYTES);
  site = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);

  return g_inet_address_to_string (site);
}

static void
porch_login_limiter_dispose (GObject *object)
{
  PorchLoginLimiter *self = PORCH_LOGIN_LIMITER (object);

  g_clear_object (&self->by_address);
  g_clear_object (&self->by_email);

  G_OBJECT_CLASS (porch_login_limiter_parent_class)->dispose (object);
}

static void
porch_login_limiter_class_init (PorchLoginLimiterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = porch_login_limiter_dispose;
}

static void
porch_login_limiter_init (PorchLoginLimiter *self)
{
}

/**
 * porch_login_limiter_new:
 * @clock: the time
 *
 * Returns: (transfer full): a limiter
 */
PorchLoginLimiter *
porch_login_limiter_new (PorchClock *clock)
{
  PorchLoginLimiter *self;

  g_return_val_if_fail (PORCH_IS_CLOCK (clock), NULL);

  self = g_object_new (PORCH_TYPE_LOGIN_LIMITER, NULL);
  self->by_address = porch_rate_limiter_new (clock, ADDRESS_BURST, ADDRESS_INTERVAL_MS, KEYS_MAX);
  self->by_email = porch_rate_limiter_new (clock, EMAIL_BURST, EMAIL_INTERVAL_MS, KEYS_MAX);

  return self;
}

/**
 * porch_login_limiter_take:
 * @self: a limiter
 * @address: where the attempt comes from
 * @email: whom it is for, as porch_email_normalize() returns it
 * @retry_after_s: (out): with %FALSE, seconds until another attempt may be made
 *
 * Counts an attempt to sign in.
 *
 * Returns: %TRUE when it may be made
 */
gboolean
porch_login_limiter_take (PorchLoginLimiter *self,
                          const char *address,
                          const char *email,
                          guint *retry_after_s)
{
  g_autofree char *site = NULL;

  g_return_val_if_fail (PORCH_IS_LOGIN_LIMITER (self), FALSE);
  g_return_val_if_fail (address != NULL && email != NULL, FALSE);
  g_return_val_if_fail (retry_after_s != NULL, FALSE);

  site = get_site (address);

  return porch_rate_limiter_take (self->by_address, site, retry_after_s)
         && porch_rate_limiter_take (self->by_email, email, retry_after_s);
}

/**
 * porch_login_limiter_succeeded:
 * @self: a limiter
 * @address: where the attempt came from
 * @email: whom it was for
 *
 * The attempt was one with the right password: it does not count.
 */
void
porch_login_limiter_succeeded (PorchLoginLimiter *self, const char *address, const char *email)
{
  g_autofree char *site = NULL;

  g_return_if_fail (PORCH_IS_LOGIN_LIMITER (self));
  g_return_if_fail (address != NULL && email != NULL);

  site = get_site (address);
  porch_rate_limiter_give_back (self->by_address, site);
  porch_rate_limiter_give_back (self->by_email, email);
}
