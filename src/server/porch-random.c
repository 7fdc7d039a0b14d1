/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* Randomness for secrets, from the kernel. For jitter there is PorchClock. */

#define G_LOG_DOMAIN "porch-server"

#include "server/porch-random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "protocol/porch-jwt.h"

/**
 * porch_random_fill:
 * @bytes: (out caller-allocates) (array length=length): a place for them
 * @length: how many
 *
 * Fills a buffer with bytes that nobody can guess. A program that cannot have them must not go on:
 * it ends.
 */
void
porch_random_fill (guint8 *bytes, gsize length)
{
  gsize filled = 0;

  while (filled < length)
    {
      gssize n = getrandom (bytes + filled, length - filled, 0);

      if (n > 0)
        filled += n;
      else if (errno != EINTR)
        g_error ("The kernel gives no random numbers: %s", g_strerror (errno));
    }
}

/**
 * porch_random_token:
 * @n_bytes: how many random bytes, 64 at most
 *
 * Returns: (transfer full): that many random bytes in base64url
 */
char *
porch_random_token (gsize n_bytes)
{
  guint8 bytes[64];
  char *token;

  g_return_val_if_fail (n_bytes > 0 && n_bytes <= sizeof bytes, NULL);

  porch_random_fill (bytes, n_bytes);
  token = porch_base64url_encode (bytes, n_bytes);
  explicit_bzero (bytes, sizeof bytes);

  return token;
}
