/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PORCH_USER_ID_MAX_BYTES       128
#define PORCH_PRESENCE_CHANNEL_PREFIX "presence-user-"
#define PORCH_STATUS_CHANGE_EVENT     "user-status-change"

gboolean porch_user_id_is_valid (const char *user_id);
char *porch_user_id_to_channel (const char *user_id);
const char *porch_user_id_from_channel (const char *channel);

G_END_DECLS
