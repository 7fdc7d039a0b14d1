/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The keys that a project shows, each of which is then tried on a token that nobody signed. */

#include "fuzz.h"

#include "server/porch-jwk-set.h"

#define HEAD "eyJhbGciOiJFUzI1NiJ9.e30."
/* As long as a signature of ES256, and zero in both halves. */
#define ZEROS                                                                                      \
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autoptr (PorchJwkSet) set = porch_jwk_set_parse ((const char *) bytes, length, NULL);
  g_autoptr (PorchJwtHeader) header = porch_jwt_header_parse (HEAD ZEROS, NULL);

  g_assert_nonnull (header);
  if (set == NULL)
    return 0;

  g_assert_cmpuint (porch_jwk_set_get_n_keys (set), <=, PORCH_JWK_SET_KEYS_MAX);
  g_assert_false (porch_jwk_set_verify (set, HEAD ZEROS, header));

  return 0;
}
