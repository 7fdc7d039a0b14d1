/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-presence.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define PORCH_NAME_MAX_BYTES       1024 /* longer names are cut */
#define PORCH_AVATAR_URL_MAX_BYTES 2048
#define PORCH_USERS_MAX            100
#define PORCH_CLIENT_ID_MAX_BYTES  64

/* POST /api/user/presence: the request */
typedef struct
{
  PorchStatus status;
  char *client; /* random id of an installation, or NULL */
} PorchPresenceUpdate;

PorchPresenceUpdate *porch_presence_update_parse (const char *bytes, gsize length, GError **error);
void porch_presence_update_free (PorchPresenceUpdate *update);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchPresenceUpdate, porch_presence_update_free)
char *porch_presence_update_build (PorchStatus status, const char *client);

/* ... and the answer: {"success":true,"lastActive":…}. Porchlightd adds "status": what others see.
 */
typedef struct
{
  gint64 last_active_us;
  PorchStatus status; /* unknown where the server does not say */
} PorchPresenceAnswer;

gboolean porch_presence_answer_parse (const char *bytes,
                                      gsize length,
                                      PorchPresenceAnswer *answer,
                                      GError **error);
char *porch_presence_answer_build (PorchStatus status, gint64 last_active_us);

/* A person's state: GET /api/user/{id}/status, an element of GET /api/users?ids=, and the data of
 * the event user-status-change are all this.
 */
typedef struct
{
  char *user_id;
  PorchStatus status;
  gint64 last_active_us;
  char *first_name;
  char *last_name;
  char *avatar; /* URL, or a path on the server, or NULL */
} PorchUserState;

PorchUserState *porch_user_state_parse (const char *bytes, gsize length, GError **error);
PorchUserState *porch_user_state_copy (const PorchUserState *state);
void porch_user_state_free (PorchUserState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchUserState, porch_user_state_free)
char *porch_user_state_build (const PorchUserState *state);
char *porch_user_state_get_name (const PorchUserState *state);

/* GET /api/users?ids= : {"users":[state, …]}; (element-type PorchUserState) */
GPtrArray *porch_user_states_parse (const char *bytes, gsize length, GError **error);
char *porch_user_states_build (GPtrArray *states);

/* GET /api/users?query= : {"users":[{"id","firstName","lastName","avatar"}]}, as states whose
 * status is unknown; (element-type PorchUserState)
 */
GPtrArray *porch_user_profiles_parse (const char *bytes, gsize length, GError **error);
char *porch_user_profiles_build (GPtrArray *profiles);

gboolean porch_avatar_is_acceptable (const char *avatar);

/* {"error":"…"} of the API routes */
char *porch_api_error_parse (const char *bytes, gsize length);
char *porch_api_error_build (const char *message);

G_END_DECLS
