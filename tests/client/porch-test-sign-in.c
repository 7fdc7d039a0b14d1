/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* A session as the agent gets it, by password, for the tests of what comes after. */

#include "porch-test-sign-in.h"

#include "porch-test-wait.h"

/* Waits in the test's own main context. */
PorchAuthSession *
porch_test_sign_in (PorchClock *clock,
                    const PorchDiscovery *discovery,
                    const char *email,
                    const char *password,
                    GError **error)
{
  g_autoptr (PorchHttpClient) http = porch_http_client_new (clock);
  g_autoptr (PorchSignIn) sign_in = porch_sign_in_new (http, clock, discovery);
  g_autoptr (PorchWayIn) way = porch_way_in_new (PORCH_WAY_PASSWORD, email, password);
  g_autoptr (GAsyncResult) result = NULL;
  PorchAuthSession *session;

  porch_sign_in_enter_async (sign_in, way, NULL, porch_test_take_result, &result);
  porch_test_wait_until (result != NULL);
  session = porch_sign_in_enter_finish (sign_in, result, error);
  g_object_run_dispose (G_OBJECT (http));
  return session;
}
