/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "porch-fake-clock.h"
#include "porch-test-signer.h"
#include "server/porch-http-server.h"

G_BEGIN_DECLS

#define PORCH_TEST_PROJECT_NOW_S G_GINT64_CONSTANT (1700000000)

/* What a Supabase project shows a server that verifies its tokens: its keys, and whose a token is.
 */
typedef struct
{
  PorchFakeClock *clock;
  PorchHttpServer *http;
  char *url;
  char *issuer;
  GString *keys; /* JWKs, commas between */
  char *user;    /* what GET /user answers */
  guint status;  /* of all answers */
  guint n_key_requests;
  guint n_user_requests;
} PorchTestProject;

PorchTestProject *porch_test_project_new (PorchFakeClock *clock);
void porch_test_project_free (PorchTestProject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchTestProject, porch_test_project_free)
void porch_test_project_add_key (PorchTestProject *self, PorchTestSigner *signer);
void porch_test_project_stop (PorchTestProject *self);
char *porch_test_project_build_claims (PorchTestProject *self, const char *extra);

G_END_DECLS
