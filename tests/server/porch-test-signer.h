/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>
#include <gnutls/abstract.h>

G_BEGIN_DECLS

/* A key of a Supabase project, and tokens that are signed with it. */
typedef struct
{
  gnutls_privkey_t key;
  const char *algorithm;
  const char *key_id;
} PorchTestSigner;

PorchTestSigner *porch_test_signer_new (const char *algorithm, guint rsa_bits, const char *key_id);
void porch_test_signer_free (PorchTestSigner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchTestSigner, porch_test_signer_free)
char *porch_test_signer_build_jwk (PorchTestSigner *self);
char *porch_test_signer_sign (PorchTestSigner *self, const char *header, const char *payload);

G_END_DECLS
