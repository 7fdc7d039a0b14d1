/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include <adwaita.h>

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

#define PORCH_TYPE_SIGN_IN_PAGE (porch_sign_in_page_get_type ())

G_DECLARE_FINAL_TYPE (PorchSignInPage, porch_sign_in_page, PORCH, SIGN_IN_PAGE, GtkWidget)

GtkWidget *porch_sign_in_page_new (PorchAgentProxy *agent);
void porch_sign_in_page_set_server (PorchSignInPage *self, const char *server);
void porch_sign_in_page_set_up (PorchSignInPage *self, const char *link);
void porch_sign_in_page_prepare (PorchSignInPage *self, gboolean can_go_back);
gboolean porch_sign_in_page_get_busy (PorchSignInPage *self);

G_END_DECLS
