/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "bus/porch-agent-error.h"
#include "presence/porch-roster.h"

G_BEGIN_DECLS

#define PORCH_AGENT_BUS_NAME "app.porchlight.Porchlight.Agent"
#define PORCH_AGENT_PATH     "/app/porchlight/Agent"

#define PORCH_TYPE_AGENT_PROXY (porch_agent_proxy_get_type ())
G_DECLARE_FINAL_TYPE (PorchAgentProxy, porch_agent_proxy, PORCH, AGENT_PROXY, GObject)

/**
 * PorchAgentProxy:
 *
 * The agent as the window and the command line see it: its first account's state as properties, its
 * contacts as a PorchRoster that mirrors the agent's, and a person's verbs as methods.
 *
 * Properties, read-only with explicit notify, named as those of Account1 in
 * data/app.porchlight.Agent1.xml: running (the agent is on the bus), ready (the account, if any,
 * and its contacts have arrived), has-account, id, email, server, server-name, name, avatar, state,
 * error-code, error-message, error-detail, next-try-us, own-status (PorchStatus),
 * own-last-active-us, appear-offline, appear-offline-until-us, own-error, can-search,
 * lists-watchers, notify-default (a string), quiet-hours (a variant), history-keep (a string);
 * those of Agent1: ending, away, away-after-minutes, idle-source, lock-sources,
 * start-at-login, start-at-login-way, locked-settings, tray-hint, version; roster (PorchRoster).
 *
 * When the agent goes from the bus "running" becomes FALSE, every contact becomes unknown, and what
 * else was known stays to be shown; when it is back all is read again. A verb then fails with
 * PORCH_AGENT_ERROR_NOT_RUNNING, and without an account with PORCH_AGENT_ERROR_SIGNED_OUT.
 */

/* bus: (nullable) for the session bus. start: whether the agent may be started by this. */
PorchAgentProxy *porch_agent_proxy_new (GDBusConnection *bus, gboolean start);
/* Completes when "ready" or an error: PORCH_AGENT_ERROR_NOT_RUNNING where there is no agent and
 * none may be, or could be, started. Called again after the agent went, it starts a new one. */
void porch_agent_proxy_load_async (PorchAgentProxy *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean
porch_agent_proxy_load_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error);

PorchRoster *porch_agent_proxy_get_roster (PorchAgentProxy *self);
PorchServerClock *porch_agent_proxy_get_server_clock (PorchAgentProxy *self);
gboolean porch_agent_proxy_get_running (PorchAgentProxy *self);
gboolean porch_agent_proxy_get_has_account (PorchAgentProxy *self);
gboolean porch_agent_proxy_get_appear_offline (PorchAgentProxy *self);
gint64 porch_agent_proxy_get_appear_offline_until_us (PorchAgentProxy *self);
gint64 porch_agent_proxy_get_next_try_us (PorchAgentProxy *self);
gint64 porch_agent_proxy_get_own_last_active_us (PorchAgentProxy *self);
PorchStatus porch_agent_proxy_get_own_status (PorchAgentProxy *self);
const char *porch_agent_proxy_get_id (PorchAgentProxy *self);
const char *porch_agent_proxy_get_email (PorchAgentProxy *self);
const char *porch_agent_proxy_get_server (PorchAgentProxy *self);
const char *porch_agent_proxy_get_server_name (PorchAgentProxy *self);
const char *porch_agent_proxy_get_name (PorchAgentProxy *self);
const char *porch_agent_proxy_get_avatar (PorchAgentProxy *self);
const char *porch_agent_proxy_get_state (PorchAgentProxy *self);
const char *porch_agent_proxy_get_error_code (PorchAgentProxy *self);
const char *porch_agent_proxy_get_error_message (PorchAgentProxy *self);
const char *porch_agent_proxy_get_error_detail (PorchAgentProxy *self);
const char *porch_agent_proxy_get_own_error (PorchAgentProxy *self);
const char *porch_agent_proxy_get_data_error (PorchAgentProxy *self);
gboolean porch_agent_proxy_get_can_search (PorchAgentProxy *self);
gboolean porch_agent_proxy_get_lists_watchers (PorchAgentProxy *self);
PorchNotifyDefault porch_agent_proxy_get_notify_default (PorchAgentProxy *self);
PorchQuietHours porch_agent_proxy_get_quiet_hours (PorchAgentProxy *self);
gboolean porch_agent_proxy_get_ending (PorchAgentProxy *self);
const char *porch_agent_proxy_get_away (PorchAgentProxy *self);
guint porch_agent_proxy_get_away_after_minutes (PorchAgentProxy *self);
guint porch_agent_proxy_get_heartbeat_s (PorchAgentProxy *self);
const char *porch_agent_proxy_get_idle_source (PorchAgentProxy *self);
char **porch_agent_proxy_dup_lock_sources (PorchAgentProxy *self);
const char *porch_agent_proxy_get_start_at_login (PorchAgentProxy *self);
const char *porch_agent_proxy_get_start_at_login_way (PorchAgentProxy *self);
gboolean porch_agent_proxy_is_locked (PorchAgentProxy *self, const char *setting);
const char *porch_agent_proxy_get_tray_hint (PorchAgentProxy *self);
const char *porch_agent_proxy_get_version (PorchAgentProxy *self);

/* A person found by Search. */
typedef struct
{
  char *id;
  char *name;
  char *avatar;
} PorchPerson;

void porch_person_free (PorchPerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchPerson, porch_person_free)

void porch_agent_proxy_sign_out_async (PorchAgentProxy *self,
                                       gboolean forget,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
void porch_agent_proxy_add_contact_async (PorchAgentProxy *self,
                                          const char *user_id,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
void porch_agent_proxy_remove_contact_async (PorchAgentProxy *self,
                                             const char *user_id,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
void porch_agent_proxy_set_favourite_async (PorchAgentProxy *self,
                                            const char *user_id,
                                            gboolean favourite,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
void porch_agent_proxy_set_notify_async (PorchAgentProxy *self,
                                         const char *user_id,
                                         PorchNotifyRule rule,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
void porch_agent_proxy_set_notify_default_async (PorchAgentProxy *self,
                                                 PorchNotifyDefault value,
                                                 GCancellable *cancellable,
                                                 GAsyncReadyCallback callback,
                                                 gpointer user_data);
void porch_agent_proxy_set_quiet_hours_async (PorchAgentProxy *self,
                                              const PorchQuietHours *hours,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);
void porch_agent_proxy_set_appear_offline_async (PorchAgentProxy *self,
                                                 gboolean offline,
                                                 gint64 until_us,
                                                 GCancellable *cancellable,
                                                 GAsyncReadyCallback callback,
                                                 gpointer user_data);
void porch_agent_proxy_try_now_async (PorchAgentProxy *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
void porch_agent_proxy_set_idle_async (PorchAgentProxy *self,
                                       gboolean idle,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
void porch_agent_proxy_set_heartbeat_s_async (PorchAgentProxy *self,
                                              guint heartbeat_s,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);
void porch_agent_proxy_set_away_after_minutes_async (PorchAgentProxy *self,
                                                     guint minutes,
                                                     GCancellable *cancellable,
                                                     GAsyncReadyCallback callback,
                                                     gpointer user_data);
void porch_agent_proxy_set_start_at_login_async (PorchAgentProxy *self,
                                                 gboolean enabled,
                                                 GCancellable *cancellable,
                                                 GAsyncReadyCallback callback,
                                                 gpointer user_data);
void porch_agent_proxy_stay_in_background_async (PorchAgentProxy *self,
                                                 GCancellable *cancellable,
                                                 GAsyncReadyCallback callback,
                                                 gpointer user_data);
void porch_agent_proxy_quit_async (PorchAgentProxy *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/* Ends every call above that answers with nothing but success. */
gboolean
porch_agent_proxy_call_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error);
/* (element-type PorchPerson) */
void porch_agent_proxy_search_async (PorchAgentProxy *self,
                                     const char *query,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GPtrArray *
porch_agent_proxy_search_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error);
void porch_agent_proxy_export_async (PorchAgentProxy *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
char *porch_agent_proxy_export_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error);
void porch_agent_proxy_import_async (PorchAgentProxy *self,
                                     const char *json,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
guint porch_agent_proxy_import_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error);

G_END_DECLS
