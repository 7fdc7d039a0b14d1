/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Porchlight developers
 */

#pragma once

#include "presence/porch-clock.h"
#include "server/porch-store.h"

G_BEGIN_DECLS

#define PORCH_TYPE_DEMO (porch_demo_get_type ())
G_DECLARE_FINAL_TYPE (PorchDemo, porch_demo, PORCH, DEMO, GObject)

PorchDemo *porch_demo_new (PorchClock *clock,
                           PorchStore *store,
                           const char *url,
                           const char *anon_key,
                           const char *pusher_key,
                           guint n_people);
void porch_demo_start (PorchDemo *self);

G_END_DECLS
