/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "bus/porch-agent-proxy.h"

G_BEGIN_DECLS

/**
 * PorchOwnState:
 * @state: the account's state, as Account1 names it
 * @own_status: what the server answered last
 * @own_error: (nullable): why the own presence cannot be confirmed
 * @appear_offline: whether the person chose so
 * @appear_offline_until_us: until when, this computer's clock; 0 until changed
 * @away: why the person is not there, "" where they are
 * @next_try_us: when the next try to connect comes, this computer's clock; 0 for none
 *
 * What the line under the own name is made of.
 */
typedef struct
{
  const char *state;
  PorchStatus own_status;
  const char *own_error;
  gboolean appear_offline;
  gint64 appear_offline_until_us;
  const char *away;
  gint64 next_try_us;
} PorchOwnState;

void porch_own_state_read (PorchOwnState *self, PorchAgentProxy *agent);
char *porch_own_state_format (const PorchOwnState *self, gint64 now_us);
const char *porch_own_status_describe_appear_offline (PorchAgentProxy *agent);
PorchStatus porch_own_state_get_shown_status (const PorchOwnState *self);
char *porch_format_next_try (gint64 next_try_us, gint64 now_us);

G_END_DECLS
