/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

/* What the agent keeps of accounts and contacts, as plain records: they travel between the main
 * loop and the store's thread, so nothing in them is shared.
 */

#define G_LOG_DOMAIN "porch-store"

#include "store/porch-agent-record.h"

/**
 * porch_account_record_copy:
 * @record: a record
 *
 * Returns: (transfer full): a copy
 */
PorchAccountRecord *
porch_account_record_copy (const PorchAccountRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);

  PorchAccountRecord *copy = g_new (PorchAccountRecord, 1);
  *copy = *record;
  copy->key = g_strdup (record->key);
  copy->server = g_strdup (record->server);
  copy->discovery = g_strdup (record->discovery);
  copy->email = g_strdup (record->email);
  copy->user_id = g_strdup (record->user_id);
  copy->client_id = g_strdup (record->client_id);
  copy->name = g_strdup (record->name);
  copy->avatar = g_strdup (record->avatar);
  return copy;
}

/**
 * porch_account_record_free:
 * @record: (transfer full) (nullable): a record
 */
void
porch_account_record_free (PorchAccountRecord *record)
{
  if (record == NULL)
    return;

  g_free (record->key);
  g_free (record->server);
  g_free (record->discovery);
  g_free (record->email);
  g_free (record->user_id);
  g_free (record->client_id);
  g_free (record->name);
  g_free (record->avatar);
  g_free (record);
}

/**
 * porch_contact_record_copy:
 * @record: a record
 *
 * Returns: (transfer full): a copy
 */
PorchContactRecord *
porch_contact_record_copy (const PorchContactRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);

  PorchContactRecord *copy = g_new (PorchContactRecord, 1);
  *copy = *record;
  copy->user_id = g_strdup (record->user_id);
  copy->name = g_strdup (record->name);
  copy->avatar = g_strdup (record->avatar);
  return copy;
}

/**
 * porch_contact_record_free:
 * @record: (transfer full) (nullable): a record
 */
void
porch_contact_record_free (PorchContactRecord *record)
{
  if (record == NULL)
    return;

  g_free (record->user_id);
  g_free (record->name);
  g_free (record->avatar);
  g_free (record);
}
