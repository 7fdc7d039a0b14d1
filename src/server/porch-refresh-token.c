/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* How refresh tokens come one from another, whichever store keeps their hashes: a token's successor
 * is HMAC-SHA256 (token secret, token). So a store holds nothing but SHA-256 hashes, and the newest
 * token of a session can be handed out again to who presents one of its forebears.
 */

#define G_LOG_DOMAIN "porch-store"

#include "server/porch-refresh-token.h"

#include <string.h>

#include "protocol/porch-auth-message.h"
#include "protocol/porch-jwt.h"
#include "server/porch-random.h"

#define TOKEN_BYTES 32
#define HASH_BYTES  PORCH_REFRESH_TOKEN_HASH_BYTES

/* How far the newest token may be from one that was used within the reuse window. */
#define DESCENDANTS_MAX 100

/**
 * porch_refresh_token_new:
 *
 * Returns: (transfer full): the first token of a session
 */
char *
porch_refresh_token_new (void)
{
  return porch_random_token (TOKEN_BYTES);
}

/**
 * porch_refresh_token_hash:
 * @token: a token
 * @hash: (out caller-allocates): what a store keeps of it
 */
void
porch_refresh_token_hash (const char *token, guint8 hash[HASH_BYTES])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = HASH_BYTES;

  g_checksum_update (checksum, (const guchar *) token, -1);
  g_checksum_get_digest (checksum, hash, &length);
}

/**
 * porch_refresh_token_derive_successor:
 * @secret: the server's token secret
 * @token: a token
 *
 * Returns: (transfer full): the token that follows it, always the same
 */
char *
porch_refresh_token_derive_successor (const char *secret, const char *token)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) secret, strlen (secret));
  guint8 digest[HASH_BYTES];
  gsize length = HASH_BYTES;
  char *successor;

  g_hmac_update (hmac, (const guchar *) token, -1);
  g_hmac_get_digest (hmac, digest, &length);
  successor = porch_base64url_encode (digest, length);
  explicit_bzero (digest, sizeof digest);

  return successor;
}

/**
 * porch_refresh_token_find_newest:
 * @secret: the server's token secret
 * @token: a token that was used before
 * @newest: the hash of its session's newest token
 * @is_within_window: whether it was used a moment ago; otherwise it must be the newest one's parent
 *
 * Follows the line of successors from @token to the newest.
 *
 * Returns: (transfer full) (nullable): the newest token, or %NULL where it is further away
 */
char *
porch_refresh_token_find_newest (const char *secret,
                                 const char *token,
                                 const guint8 newest[HASH_BYTES],
                                 gboolean is_within_window)
{
  guint max = is_within_window ? DESCENDANTS_MAX : 1;
  char *descendant = porch_refresh_token_derive_successor (secret, token);

  for (guint i = 0; i < max; i++)
    {
      guint8 hash[HASH_BYTES];
      char *next;

      porch_refresh_token_hash (descendant, hash);
      if (memcmp (hash, newest, HASH_BYTES) == 0)
        return descendant;

      next = porch_refresh_token_derive_successor (secret, descendant);
      porch_secret_free (descendant);
      descendant = next;
    }

  porch_secret_free (descendant);
  return NULL;
}
