/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* The status rule: what a person's last statement means at a given moment, and which of two
 * statements counts. Pure functions of values; who keeps the values is PorchRoster on the client
 * and the presence service on the server.
 */

#define G_LOG_DOMAIN "porch-presence"

#include "presence/porch-presence.h"

GType
porch_status_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { PORCH_STATUS_UNKNOWN, "PORCH_STATUS_UNKNOWN", "unknown" },
    { PORCH_STATUS_OFFLINE, "PORCH_STATUS_OFFLINE", "offline" },
    { PORCH_STATUS_ONLINE, "PORCH_STATUS_ONLINE", "online" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("PorchStatus", values));

  return type;
}

/**
 * porch_status_to_string:
 * @status: a status
 *
 * Returns: the word for programs, as on the wire: "online", "offline", and "unknown" beside them
 */
const char *
porch_status_to_string (PorchStatus status)
{
  switch (status)
    {
    case PORCH_STATUS_ONLINE:
      return "online";
    case PORCH_STATUS_OFFLINE:
      return "offline";
    case PORCH_STATUS_UNKNOWN:
    default:
      return "unknown";
    }
}

/**
 * porch_status_from_string:
 * @string: (nullable): a word from the wire
 *
 * Returns: the status, or %PORCH_STATUS_UNKNOWN for any other word than "online" and "offline"
 */
PorchStatus
porch_status_from_string (const char *string)
{
  if (g_strcmp0 (string, "online") == 0)
    return PORCH_STATUS_ONLINE;
  if (g_strcmp0 (string, "offline") == 0)
    return PORCH_STATUS_OFFLINE;

  return PORCH_STATUS_UNKNOWN;
}

/**
 * porch_presence_evaluate:
 * @presence: what was said last
 * @now_us: the server's clock, Unix microseconds
 *
 * A person is online when the last status is not offline and their last activity is strictly less
 * than five minutes ago.
 *
 * Returns: the status now; %PORCH_STATUS_UNKNOWN when nothing was ever said
 */
PorchStatus
porch_presence_evaluate (const PorchPresence *presence, gint64 now_us)
{
  g_return_val_if_fail (presence != NULL, PORCH_STATUS_UNKNOWN);

  if (presence->status != PORCH_STATUS_ONLINE)
    return presence->status;

  if (now_us < porch_presence_get_expiry_us (presence))
    return PORCH_STATUS_ONLINE;

  return PORCH_STATUS_OFFLINE;
}

/**
 * porch_presence_get_expiry_us:
 * @presence: what was said last
 *
 * Returns: the first moment, Unix microseconds, at which an online person no longer counts as
 * online
 */
gint64
porch_presence_get_expiry_us (const PorchPresence *presence)
{
  g_return_val_if_fail (presence != NULL, 0);

  return presence->last_active_us + PORCH_ONLINE_WINDOW_US;
}

/**
 * porch_presence_clamp:
 * @presence: (inout): a statement that has just been received
 * @now_us: the server's clock, Unix microseconds
 *
 * Moves a last activity in the future to now, so that it cannot outrank what comes later. What is
 * ahead by no more than %PORCH_CLOCK_TOLERANCE_US stays.
 */
void
porch_presence_clamp (PorchPresence *presence, gint64 now_us)
{
  g_return_if_fail (presence != NULL);

  if (presence->last_active_us > now_us + PORCH_CLOCK_TOLERANCE_US)
    presence->last_active_us = now_us;
  presence->last_active_us = MAX (presence->last_active_us, 0);
}

/**
 * porch_presence_supersedes:
 * @news: a statement, already clamped
 * @known: the one that counts so far
 * @after_gap: whether events may have been missed since @known was learnt
 *
 * A newer last activity wins, an older one never does. On a tie an event outranks an answer over
 * HTTP, since the original web app derives its answer from the last activity alone and goes on
 * saying online after somebody left; between two of a kind the later arrival wins. One answer wins
 * a tie all the same: offline, after a gap. No server derives it while the person's window is open,
 * so the event that said it was missed.
 *
 * Returns: whether @news replaces @known
 */
gboolean
porch_presence_supersedes (const PorchPresence *news,
                           const PorchPresence *known,
                           gboolean after_gap)
{
  g_return_val_if_fail (news != NULL, FALSE);
  g_return_val_if_fail (known != NULL, FALSE);

  if (known->status == PORCH_STATUS_UNKNOWN)
    return TRUE;

  if (news->last_active_us != known->last_active_us)
    return news->last_active_us > known->last_active_us;

  if (news->source >= known->source)
    return TRUE;

  return after_gap && news->source == PORCH_PRESENCE_SOURCE_HTTP
         && news->status == PORCH_STATUS_OFFLINE;
}
