/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "agent/porch-history-recorder.h"
#include "client/porch-session.h"
#include "store/porch-agent-store.h"

G_BEGIN_DECLS

#define PORCH_TYPE_AGENT_ACCOUNT (porch_agent_account_get_type ())
G_DECLARE_FINAL_TYPE (PorchAgentAccount, porch_agent_account, PORCH, AGENT_ACCOUNT, GObject)

/**
 * PorchAgentAccount:
 *
 * One account with everything that is its own: its record and contacts in the store, its roster,
 * its session, its pictures.
 *
 * Signals:
 *  "changed": anything but a contact changed
 */

PorchAgentAccount *porch_agent_account_new (PorchClock *clock,
                                            PorchAgentStore *store,
                                            PorchTokenStore *token_store,
                                            const char *cache_folder,
                                            const PorchAccountRecord *record);
void porch_agent_account_load_async (PorchAgentAccount *self,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
void porch_agent_account_load_finish (PorchAgentAccount *self, GAsyncResult *result);
void porch_agent_account_resume (PorchAgentAccount *self);
void porch_agent_account_stop_async (PorchAgentAccount *self,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
void porch_agent_account_stop_finish (PorchAgentAccount *self, GAsyncResult *result);

void porch_agent_account_begin_async (PorchAgentAccount *self,
                                      PorchTokenStore *token_store,
                                      const PorchDiscovery *discovery,
                                      PorchAuthSession *session,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
porch_agent_account_begin_finish (PorchAgentAccount *self, GAsyncResult *result, GError **error);
void porch_agent_account_sign_out_async (PorchAgentAccount *self,
                                         gboolean forget_all,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean
porch_agent_account_sign_out_finish (PorchAgentAccount *self, GAsyncResult *result, GError **error);

void porch_agent_account_add_contact_async (PorchAgentAccount *self,
                                            const char *text,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
gboolean porch_agent_account_add_contact_finish (PorchAgentAccount *self,
                                                 GAsyncResult *result,
                                                 GError **error);
gboolean porch_agent_account_remove_contact (PorchAgentAccount *self, const char *user_id);
gboolean porch_agent_account_set_favourite (PorchAgentAccount *self,
                                            const char *user_id,
                                            gboolean favourite);
gboolean porch_agent_account_set_notify_rule (PorchAgentAccount *self,
                                              const char *user_id,
                                              PorchNotifyRule rule);
void porch_agent_account_set_history_keep (PorchAgentAccount *self, PorchHistoryKeep keep);
void porch_agent_account_search_async (PorchAgentAccount *self,
                                       const char *query,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GPtrArray *
porch_agent_account_search_finish (PorchAgentAccount *self, GAsyncResult *result, GError **error);
void
porch_agent_account_set_appear_offline (PorchAgentAccount *self, gboolean offline, gint64 until_us);
void porch_agent_account_set_away (PorchAgentAccount *self, gboolean away);
void porch_agent_account_set_heartbeat_s (PorchAgentAccount *self, guint heartbeat_s);
void porch_agent_account_settle_async (PorchAgentAccount *self,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
void porch_agent_account_settle_finish (PorchAgentAccount *self, GAsyncResult *result);
void porch_agent_account_falling_asleep (PorchAgentAccount *self);
void porch_agent_account_woke_up (PorchAgentAccount *self);
void porch_agent_account_try_now (PorchAgentAccount *self);
char *porch_agent_account_export (PorchAgentAccount *self);
gboolean porch_agent_account_import (PorchAgentAccount *self,
                                     const char *json,
                                     guint *added,
                                     GError **error);

const PorchAccountRecord *porch_agent_account_get_record (PorchAgentAccount *self);
const char *porch_agent_account_get_server_name (PorchAgentAccount *self);
PorchRoster *porch_agent_account_get_roster (PorchAgentAccount *self);
PorchHistoryRecorder *porch_agent_account_get_history (PorchAgentAccount *self);
PorchSession *porch_agent_account_get_session (PorchAgentAccount *self);
PorchAgentStore *porch_agent_account_get_store (PorchAgentAccount *self);
const char *porch_agent_account_get_avatar (PorchAgentAccount *self);
char *porch_agent_account_lookup_avatar (PorchAgentAccount *self, const char *url);
gboolean porch_agent_account_is_signed_in (PorchAgentAccount *self);

G_END_DECLS
