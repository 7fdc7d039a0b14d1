/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <libsoup/soup.h>

#include "porch-test-wait.h"
#include "presence/porch-clock.h"
#include "presence/porch-presence.h"
#include "protocol/porch-discovery.h"

G_BEGIN_DECLS

#define SCRIPTED_EMAIL    "ann@example.org"
#define SCRIPTED_PASSWORD "correct horse"
#define SCRIPTED_USER     "0a000000-0000-4000-8000-000000000001"

typedef struct _PorchScriptedServer PorchScriptedServer;

/**
 * PorchScriptedServer:
 *
 * The server's half of what the client speaks, in the test's own main context, built with our own
 * protocol library. It does what a test tells it, faults above all, and counts what it was asked.
 */
struct _PorchScriptedServer
{
  SoupServer *soup;
  guint16 port;
  char *origin;
  GPtrArray *sockets;  /* of Socket */
  GHashTable *users;   /* id → PorchUserState */
  GPtrArray *stalled;  /* of SoupServerMessage: those that get no answer */
  GHashTable *answers; /* path → Answer: what a test wrote down */
  GHashTable *bodies;  /* path → what was sent there last */

  /* What it is told. */
  gboolean loses_refresh_answers; /* does the refresh, then hangs up */
  guint refresh_status;           /* or 0 to do it */
  const char *refresh_error;      /* the error_code that goes with it */
  guint expires_in_s;
  guint refuses_tokens; /* how many more API calls are answered with 401 */
  guint update_status;  /* or 0 to take it */
  guint retry_after_s;
  gboolean stalls_updates;
  guint users_status; /* of the list, or 0 to give it */
  gboolean lacks_list;
  const char *garbled_user; /* who makes every list that they are in unreadable, or NULL */
  /* As the original: it keeps nothing but when a person was last active, tells every update to the
   * channel, and makes a member of everybody who subscribes. */
  gboolean is_original;
  gboolean lists_no_status;   /* answers an update as the original does */
  guint authorization_status; /* or 0 to authorise */
  gboolean ignores_pings;
  gboolean ignores_subscriptions;
  gboolean greets_badly;
  gboolean says_date;
  gint64 date_offset_s;

  /* What it saw. */
  guint n_password_grants;
  guint n_refresh_grants;
  guint n_logouts;
  guint n_updates;
  guint n_batches;
  guint n_singles;
  guint n_searches;
  guint n_authorizations;
  guint n_sockets;
  guint n_pings;
  guint n_pongs;
  guint n_discoveries;
  guint generation; /* of the tokens */
  guint used_refresh_token;
  PorchStatus last_status;
  char *last_client;
};

PorchScriptedServer *porch_scripted_server_new (void);
void porch_scripted_server_free (PorchScriptedServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchScriptedServer, porch_scripted_server_free)
void porch_scripted_server_stop (PorchScriptedServer *self);
void porch_scripted_server_start (PorchScriptedServer *self);

PorchDiscovery *porch_scripted_server_get_discovery (PorchScriptedServer *self);
void porch_scripted_server_set_user (PorchScriptedServer *self,
                                     const char *id,
                                     const char *name,
                                     PorchStatus status,
                                     gint64 last_active_us);
void porch_scripted_server_set_answer (PorchScriptedServer *self,
                                       const char *path,
                                       guint status,
                                       const char *json);
const char *porch_scripted_server_get_body (PorchScriptedServer *self, const char *path);
guint porch_scripted_server_count_subscribed (PorchScriptedServer *self, const char *channel);
void porch_scripted_server_send (PorchScriptedServer *self, const char *frame);
void porch_scripted_server_send_status (PorchScriptedServer *self,
                                        const char *channel_owner,
                                        const char *id,
                                        PorchStatus status,
                                        gint64 last_active_us);
void
porch_scripted_server_send_member (PorchScriptedServer *self, const char *event, const char *id);
void porch_scripted_server_close_sockets (PorchScriptedServer *self, guint code);

void porch_iterate (void);
void porch_run_for_ms (guint ms);

G_END_DECLS
