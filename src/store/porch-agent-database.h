/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "store/porch-agent-store.h"
#include "store/porch-history-table.h"

G_BEGIN_DECLS

/**
 * PorchStoreChange:
 * @account: (nullable): an account to put; then the other fields are not set
 * @account_key: the account that is changed
 * @contact: (nullable): a contact to put
 * @user_id: (nullable): a contact to remove; with neither, the account and all of it is removed
 * @setting: (nullable): a setting to put; then no other field but @value is set
 * @value: its value
 *
 * One thing to be written.
 */
typedef struct
{
  PorchAccountRecord *account;
  char *account_key;
  PorchContactRecord *contact;
  char *user_id;
  char *setting;
  gint64 value;
} PorchStoreChange;

void porch_store_change_free (PorchStoreChange *change);

typedef struct _PorchAgentDatabase PorchAgentDatabase;

PorchAgentDatabase *porch_agent_database_new (const char *path);
void porch_agent_database_free (PorchAgentDatabase *self);
GPtrArray *porch_agent_database_load_accounts (PorchAgentDatabase *self, GError **error);
GPtrArray *
porch_agent_database_load_contacts (PorchAgentDatabase *self, const char *account, GError **error);
gboolean
porch_agent_database_mark_told (PorchAgentDatabase *self, const char *hint, GError **error);
gboolean porch_agent_database_load_setting (PorchAgentDatabase *self,
                                            const char *setting,
                                            gint64 *value,
                                            GError **error);
gboolean porch_agent_database_write (PorchAgentDatabase *self,
                                     GPtrArray *changes,
                                     GArray *history,
                                     GError **error);
gboolean porch_agent_database_end_history_run (PorchAgentDatabase *self,
                                               const char *account,
                                               GError **error);
gboolean porch_agent_database_prune_history (PorchAgentDatabase *self,
                                             const char *account,
                                             gint64 cutoff_us,
                                             GError **error);
gboolean
porch_agent_database_delete_history (PorchAgentDatabase *self, const char *account, GError **error);
GArray *porch_agent_database_load_history (PorchAgentDatabase *self,
                                           const char *account,
                                           const char *user_id,
                                           gint64 since_us,
                                           gint64 until_us,
                                           GError **error);

G_END_DECLS
