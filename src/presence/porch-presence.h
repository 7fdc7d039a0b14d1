/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PORCH_ONLINE_WINDOW_US:
 *
 * A person whose last activity is this old, or older, is offline whatever was said last.
 */
#define PORCH_ONLINE_WINDOW_US (5 * G_TIME_SPAN_MINUTE)

/**
 * PORCH_MEMBER_GRACE_US:
 *
 * How long a person may be gone from their own presence channel before they count as offline.
 */
#define PORCH_MEMBER_GRACE_US (15 * G_TIME_SPAN_SECOND)

/**
 * PORCH_CLOCK_TOLERANCE_US:
 *
 * By how much a last activity may be ahead of the server's clock as it is known here, from a Date
 * of whole seconds: what is that close is kept as it was said. To move it would put statements of
 * the same second out of their order whenever that knowledge changes.
 */
#define PORCH_CLOCK_TOLERANCE_US (2 * G_TIME_SPAN_SECOND)

/**
 * PorchStatus:
 * @PORCH_STATUS_UNKNOWN: nothing can be known now: we are not connected, or were never told
 * @PORCH_STATUS_OFFLINE: not there
 * @PORCH_STATUS_ONLINE: there
 */
typedef enum
{
  PORCH_STATUS_UNKNOWN,
  PORCH_STATUS_OFFLINE,
  PORCH_STATUS_ONLINE,
} PorchStatus;

#define PORCH_TYPE_STATUS (porch_status_get_type ())
GType porch_status_get_type (void);
const char *porch_status_to_string (PorchStatus status);
PorchStatus porch_status_from_string (const char *string);

/**
 * PorchPresenceSource:
 * @PORCH_PRESENCE_SOURCE_STORE: read back from this computer's own database: not news
 * @PORCH_PRESENCE_SOURCE_HTTP: an answer of the presence API
 * @PORCH_PRESENCE_SOURCE_EVENT: an event on the person's channel
 *
 * Where a presence was learnt. The later ones outrank the earlier ones on a tie of last-active.
 */
typedef enum
{
  PORCH_PRESENCE_SOURCE_STORE,
  PORCH_PRESENCE_SOURCE_HTTP,
  PORCH_PRESENCE_SOURCE_EVENT,
} PorchPresenceSource;

/**
 * PorchPresence:
 * @status: what was said: online, offline, or unknown when nothing was
 * @last_active_us: when the person was last active, server's clock, Unix microseconds; 0 for never
 * @source: where it was learnt
 *
 * One statement about a person, as it came.
 */
typedef struct
{
  PorchStatus status;
  gint64 last_active_us;
  PorchPresenceSource source;
} PorchPresence;

PorchStatus porch_presence_evaluate (const PorchPresence *presence, gint64 now_us);
gint64 porch_presence_get_expiry_us (const PorchPresence *presence);
void porch_presence_clamp (PorchPresence *presence, gint64 now_us);
gboolean porch_presence_supersedes (const PorchPresence *news,
                                    const PorchPresence *known,
                                    gboolean after_gap);

G_END_DECLS
