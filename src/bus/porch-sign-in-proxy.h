/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

/**
 * PorchServerInfo:
 * @server: the origin that is signed in to, or ""
 * @setup: (nullable): what was filled in by hand, a{ss}
 * @name: the name that the server gives itself, or ""
 * @host: who receives the password
 * @hosts: every host that is talked to
 * @ways: "password", "code", "reset", "new-account", and "browser:" with each provider
 * @problems: (nullable): the parts of @setup that are wrong (a(ss)); then there are no ways
 *
 * A server as the agent found it, and what a sign-in at it needs to know.
 */
typedef struct
{
  char *server;
  GVariant *setup;
  char *name;
  char *host;
  GStrv hosts;
  GStrv ways;
  GVariant *problems;
} PorchServerInfo;

void porch_server_info_free (PorchServerInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PorchServerInfo, porch_server_info_free)
gboolean porch_server_info_offers (const PorchServerInfo *info, const char *way);

void porch_agent_proxy_discover_async (PorchAgentProxy *self,
                                       const char *address,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
void porch_agent_proxy_check_setup_async (PorchAgentProxy *self,
                                          GVariant *setup,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
PorchServerInfo *
porch_agent_proxy_discover_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error);
void porch_agent_proxy_read_setup_async (PorchAgentProxy *self,
                                         const char *text,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
GVariant *
porch_agent_proxy_read_setup_finish (PorchAgentProxy *self, GAsyncResult *result, GError **error);

void porch_agent_proxy_request_mail_async (PorchAgentProxy *self,
                                           const PorchServerInfo *server,
                                           const char *email,
                                           const char *purpose,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
void porch_agent_proxy_sign_in_async (PorchAgentProxy *self,
                                      const PorchServerInfo *server,
                                      const char *way,
                                      const char *email,
                                      const char *secret,
                                      gboolean keep_in_memory,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
void porch_agent_proxy_start_browser_async (PorchAgentProxy *self,
                                            const PorchServerInfo *server,
                                            const char *provider,
                                            gboolean agent_opens,
                                            gboolean keep_in_memory,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
char *porch_agent_proxy_start_browser_finish (PorchAgentProxy *self,
                                              GAsyncResult *result,
                                              GError **error);
void porch_agent_proxy_finish_browser_async (PorchAgentProxy *self,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
void porch_agent_proxy_confirm_sign_in_async (PorchAgentProxy *self,
                                              const char *code,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);
void porch_agent_proxy_cancel_sign_in_async (PorchAgentProxy *self,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
void porch_agent_proxy_sign_out_others_async (PorchAgentProxy *self,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);

G_END_DECLS
