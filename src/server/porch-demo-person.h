/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <libsoup/soup.h>

#include "presence/porch-clock.h"

G_BEGIN_DECLS

/**
 * PorchDemoServer:
 * @session: what every simulated person's requests go through
 * @url: the server's own address
 * @anon_key: its anonymous API key
 * @pusher_key: its broker's key
 *
 * Where the simulated people live.
 */
typedef struct
{
  SoupSession *session;
  char *url;
  char *anon_key;
  char *pusher_key;
} PorchDemoServer;

#define PORCH_TYPE_DEMO_PERSON (porch_demo_person_get_type ())
G_DECLARE_FINAL_TYPE (PorchDemoPerson, porch_demo_person, PORCH, DEMO_PERSON, GObject)

PorchDemoPerson *porch_demo_person_new (PorchClock *clock,
                                        const PorchDemoServer *server,
                                        const char *user_id,
                                        const char *email,
                                        const char *password);
gboolean porch_demo_person_is_here (PorchDemoPerson *self);
void porch_demo_person_come (PorchDemoPerson *self);
void porch_demo_person_leave (PorchDemoPerson *self);
void porch_demo_person_vanish (PorchDemoPerson *self);

G_END_DECLS
