/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What a person's id may look like, and the name of the channel that carries their presence. An id
 * ends up in URLs, channel names and D-Bus messages: whoever reads one off the network asks here
 * first.
 */

#define G_LOG_DOMAIN "porch-protocol"

#include "protocol/porch-user-id.h"

#include <string.h>

#include "presence/porch-text.h"

/**
 * porch_user_id_is_valid:
 * @user_id: (nullable): an id
 *
 * An id is made of what Pusher allows in the name of a channel, so that it fits into one and needs
 * no escape in a URL. "." and ".." are none: they would climb in a path; a comma stands between ids
 * in a list.
 *
 * Returns: whether @user_id is one, of 1 to %PORCH_USER_ID_MAX_BYTES
 */
gboolean
porch_user_id_is_valid (const char *user_id)
{
  if (g_strcmp0 (user_id, ".") == 0 || g_strcmp0 (user_id, "..") == 0)
    return FALSE;

  return porch_text_consists_of (user_id, PORCH_TEXT_ALPHANUMERIC "-_=@.;",
                                 PORCH_USER_ID_MAX_BYTES);
}

/**
 * porch_user_id_to_channel:
 * @user_id: a valid id
 *
 * Returns: (transfer full): the person's presence channel
 */
char *
porch_user_id_to_channel (const char *user_id)
{
  g_return_val_if_fail (user_id != NULL, NULL);

  return g_strconcat (PORCH_PRESENCE_CHANNEL_PREFIX, user_id, NULL);
}

/**
 * porch_user_id_from_channel:
 * @channel: (nullable): the name of a channel
 *
 * Returns: (transfer none) (nullable): whose presence channel it is (a part of @channel), or %NULL
 *   where it is another kind of channel
 */
const char *
porch_user_id_from_channel (const char *channel)
{
  const char *user_id;

  if (channel == NULL || !g_str_has_prefix (channel, PORCH_PRESENCE_CHANNEL_PREFIX))
    return NULL;

  user_id = channel + strlen (PORCH_PRESENCE_CHANNEL_PREFIX);
  return porch_user_id_is_valid (user_id) ? user_id : NULL;
}
