/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <gio/gio.h>

#include "presence/porch-clock.h"
#include "store/porch-agent-record.h"

G_BEGIN_DECLS

/**
 * PorchAgentStoreFault:
 * @PORCH_AGENT_STORE_FAULT_NONE: all that was put is stored, or soon will be
 * @PORCH_AGENT_STORE_FAULT_UNWRITABLE: the disk is full, or the file may not be written; tried
 * again until it succeeds, nothing that was put is lost while the agent runs
 * @PORCH_AGENT_STORE_FAULT_DAMAGED: the file cannot be read as a database: what could be read was,
 *   and nothing is written to it any more
 * @PORCH_AGENT_STORE_FAULT_NEWER: a newer Porchlight made the file: left as it is
 *
 * What keeps the store from storing.
 */
typedef enum
{
  PORCH_AGENT_STORE_FAULT_NONE,
  PORCH_AGENT_STORE_FAULT_UNWRITABLE,
  PORCH_AGENT_STORE_FAULT_DAMAGED,
  PORCH_AGENT_STORE_FAULT_NEWER,
} PorchAgentStoreFault;

#define PORCH_TYPE_AGENT_STORE_FAULT (porch_agent_store_fault_get_type ())
GType porch_agent_store_fault_get_type (void);

/* Its codes are those of #PorchAgentStoreFault, never %PORCH_AGENT_STORE_FAULT_NONE. */
#define PORCH_AGENT_STORE_ERROR (porch_agent_store_error_quark ())
GQuark porch_agent_store_error_quark (void);

#define PORCH_TYPE_AGENT_STORE (porch_agent_store_get_type ())
G_DECLARE_FINAL_TYPE (PorchAgentStore, porch_agent_store, PORCH, AGENT_STORE, GObject)

/**
 * PorchAgentStore:
 *
 * The agent's own SQLite file: accounts, contacts and their last known states, who was here when,
 * and the settings that are the agent's. Reading is asynchronous; what is put is kept in memory and
 * written together, in one transaction, some seconds later or at porch_agent_store_flush_async().
 * What is equal to what is stored already costs no write.
 *
 * Properties: fault (#PorchAgentStoreFault), read-only with explicit notify.
 */

PorchAgentStore *porch_agent_store_new (const char *path, PorchClock *clock);
const char *porch_agent_store_get_path (PorchAgentStore *self);
PorchAgentStoreFault porch_agent_store_get_fault (PorchAgentStore *self);

void porch_agent_store_load_accounts_async (PorchAgentStore *self,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
GPtrArray *porch_agent_store_load_accounts_finish (PorchAgentStore *self,
                                                   GAsyncResult *result,
                                                   GError **error);
void porch_agent_store_load_contacts_async (PorchAgentStore *self,
                                            const char *account,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
GPtrArray *porch_agent_store_load_contacts_finish (PorchAgentStore *self,
                                                   GAsyncResult *result,
                                                   GError **error);

void porch_agent_store_put_account (PorchAgentStore *self, const PorchAccountRecord *record);
void porch_agent_store_remove_account (PorchAgentStore *self, const char *account);
void porch_agent_store_put_contact (PorchAgentStore *self,
                                    const char *account,
                                    const PorchContactRecord *record);
void
porch_agent_store_remove_contact (PorchAgentStore *self, const char *account, const char *user_id);
void porch_agent_store_mark_told_async (PorchAgentStore *self,
                                        const char *hint,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
porch_agent_store_mark_told_finish (PorchAgentStore *self, GAsyncResult *result, GError **error);
void porch_agent_store_load_setting_async (PorchAgentStore *self,
                                           const char *setting,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean
porch_agent_store_load_setting_finish (PorchAgentStore *self, GAsyncResult *result, gint64 *value);
void porch_agent_store_put_setting (PorchAgentStore *self, const char *setting, gint64 value);
void porch_agent_store_put_history (PorchAgentStore *self,
                                    const char *account,
                                    const char *user_id,
                                    PorchStatus status,
                                    gint64 at_us);
void porch_agent_store_begin_history (PorchAgentStore *self, const char *account);
void porch_agent_store_prune_history (PorchAgentStore *self, const char *account, gint64 cutoff_us);
void porch_agent_store_load_history_async (PorchAgentStore *self,
                                           const char *account,
                                           const char *user_id,
                                           gint64 since_us,
                                           gint64 until_us,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
GArray *
porch_agent_store_load_history_finish (PorchAgentStore *self, GAsyncResult *result, GError **error);
void porch_agent_store_delete_history_async (PorchAgentStore *self,
                                             const char *account,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
gboolean porch_agent_store_delete_history_finish (PorchAgentStore *self,
                                                  GAsyncResult *result,
                                                  GError **error);
void porch_agent_store_flush_async (PorchAgentStore *self,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
porch_agent_store_flush_finish (PorchAgentStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
