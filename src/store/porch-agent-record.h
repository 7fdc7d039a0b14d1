/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-history.h"
#include "presence/porch-notify-rule.h"
#include "presence/porch-presence.h"

G_BEGIN_DECLS

/**
 * PorchAccountRecord:
 * @key: names the account for good: 32 lower-case hexadecimal digits
 * @server: the origin that the person typed
 * @discovery: what the server said of itself when they signed in, as JSON
 * @email: the address that they signed in with
 * @user_id: (nullable): their id on the server, once known
 * @client_id: random id of this installation, for the account's server alone
 * @name: (nullable): their name
 * @avatar: (nullable): address of their picture
 * @appear_offline: whether they chose to appear offline
 * @appear_offline_until_us: until when, this computer's wall clock; 0 for until changed
 * @notify_default: whom an old agent told of who had no rule of their own; now a setting
 * @quiet_hours: when it told nothing; now a setting
 * @history_keep: for how long to keep who was here when
 * @clock_offset_us: the server's clock minus this computer's, as last known
 * @used_at_us: when they last signed in, this computer's wall clock
 *
 * What the agent keeps of an account. No token and no password: those are the token store's.
 */
typedef struct
{
  char *key;
  char *server;
  char *discovery;
  char *email;
  char *user_id;
  char *client_id;
  char *name;
  char *avatar;
  gboolean appear_offline;
  gint64 appear_offline_until_us;
  PorchNotifyDefault notify_default;
  PorchQuietHours quiet_hours;
  PorchHistoryKeep history_keep;
  gint64 clock_offset_us;
  gint64 used_at_us;
} PorchAccountRecord;

PorchAccountRecord *porch_account_record_copy (const PorchAccountRecord *record);
void porch_account_record_free (PorchAccountRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchAccountRecord, porch_account_record_free)

/**
 * PorchContactRecord:
 * @user_id: the person's id on the account's server
 * @name: (nullable): their name
 * @avatar: (nullable): address of their picture
 * @favourite: whether they are a favourite
 * @notify_rule: what to tell of them
 * @missing: whether the server no longer knew them
 * @status: the last known status
 * @last_active_us: server's clock, 0 for never
 * @known_at_us: when @status was last known to be true, server's clock
 *
 * What the agent keeps of a contact.
 */
typedef struct
{
  char *user_id;
  char *name;
  char *avatar;
  gboolean favourite;
  PorchNotifyRule notify_rule;
  gboolean missing;
  PorchStatus status;
  gint64 last_active_us;
  gint64 known_at_us;
} PorchContactRecord;

PorchContactRecord *porch_contact_record_copy (const PorchContactRecord *record);
void porch_contact_record_free (PorchContactRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchContactRecord, porch_contact_record_free)

G_END_DECLS
