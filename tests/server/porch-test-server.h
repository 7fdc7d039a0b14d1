/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "porch-fake-clock.h"
#include "porch-test-client.h"
#include "porch-test-wait.h"
#include "server/porch-auth-routes.h"
#include "server/porch-broker.h"
#include "server/porch-presence-routes.h"
#include "server/porch-pusher-http-routes.h"
#include "server/porch-user-routes.h"

G_BEGIN_DECLS

#define PORCH_TEST_NOW_US G_GINT64_CONSTANT (1700000000000000)

/* The server's parts that answer over HTTP, in this process and at a clock of the test's. */
typedef struct
{
  PorchFakeClock *clock;
  PorchSecrets *secrets;
  PorchStore *store;
  PorchAuthRoutes *auth_routes;
  char *folder;

  PorchBroker *broker;
  PorchPresenceService *presence;
  PorchUserRoutes *user_routes;
  PorchPresenceRoutes *presence_routes;
  PorchPusherHttpRoutes *pusher_http_routes;
  PorchHttpServer *http;
  SoupSession *session;
  char *address;
} PorchTestServer;

PorchTestServer *porch_test_server_new (void);
void porch_test_server_free (PorchTestServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchTestServer, porch_test_server_free)
char *porch_test_server_add_user (PorchTestServer *self,
                                  const char *email,
                                  const char *password,
                                  const char *first_name,
                                  const char *last_name);

void porch_test_server_advance_s (PorchTestServer *self, guint seconds);
PorchTestAnswer *porch_test_server_call (PorchTestServer *self,
                                         const char *method,
                                         const char *path,
                                         const char *body,
                                         ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
