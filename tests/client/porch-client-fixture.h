/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "client/porch-pusher-connection.h"
#include "porch-fake-clock.h"
#include "porch-scripted-server.h"
#include "presence/porch-roster.h"

G_BEGIN_DECLS

#define BOB   "0b000000-0000-4000-8000-000000000002"
#define CAROL "0c000000-0000-4000-8000-000000000003"

/* The parts under a session, each by itself, over a scripted server and a fake clock. */
typedef struct
{
  PorchScriptedServer *server;
  PorchFakeClock *fake_clock;
  PorchClock *clock;
  PorchServerClock *server_clock;
  PorchRoster *roster;
  PorchTokenStore *token_store;
  PorchHttpClient *http;
  PorchAuth *auth;
  PorchPresenceApi *api;
  PorchPusherConnection *connection;
} PorchClientFixture;

void porch_client_fixture_set_up (PorchClientFixture *self, gconstpointer data);
void porch_client_fixture_tear_down (PorchClientFixture *self, gconstpointer data);
PorchAuthSession *porch_client_fixture_get_session (PorchClientFixture *self);
void porch_client_fixture_sign_in (PorchClientFixture *self);
void porch_client_fixture_connect (PorchClientFixture *self);
PorchContact *porch_client_fixture_add_contact (PorchClientFixture *self, const char *id);

G_END_DECLS
